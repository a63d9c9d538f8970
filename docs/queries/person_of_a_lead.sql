-- Quem foi encontrado para um lead, e com que evidência? (-v lead_id=…)
select '***.' || substr(p.cpf_cnpj, 4, 3) || '.' || substr(p.cpf_cnpj, 7, 3) || '-**' as cpf,
       lp.matched_by,
       lp.provider,
       lp.confidence,
       lp.evidence,
       p.enriched_at
from core.lead_parties lp
join core.parties p on p.id = lp.party_id
where lp.lead_id = :'lead_id' and p.party_type = 'person'
order by p.id;
