-- Quantas empresas há de cada porte, quantas já deixaram um lead, e quanto têm em imóveis, em média?
-- A média é das que têm um valor conhecido; quem não tem imóvel conta como zero.
select coalesce(company.company_size, 'porte desconhecido') as company_size,
       count(*) as companies,
       count(lead.party_id) as with_leads,
       round(avg(company.total_assets_brl), 2) as mean_assets_brl
from core.mv_party_analytics company
left join (select distinct party_id from analytics.mv_mkt_lead_star) lead on lead.party_id = company.party_id
where company.party_type = 'PJ'
group by company.company_size
order by companies desc, company_size;
