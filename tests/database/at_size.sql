-- Beside the people of `rust-c2s-api seed`: what the views read besides, for as many people as there are. Everything is invented.
-- Nine parties in ten have an address, three of them share one; a fifteenth has a profile; one in eight owns something, up to
-- three properties; there is a company for each twentieth person, and a lead for each fifteenth: nine in ten have a person, one in
-- twenty a company.
set statement_timeout = 0;

-- Not the companies made below.
create temporary table numbered as
select p.id, row_number() over (order by p.id) as n from core.parties p;

insert into core.parties (id, party_type, cpf_cnpj, full_name, company_size, company_type)
select gen_random_uuid(), 'company', (90000000000000 + n.n)::text, 'EMPRESA INVENTADA ' || n.n || ' LTDA',
       (array['ME', 'EPP', 'DEMAIS'])[1 + n.n % 3], (array['LTDA', 'SA'])[1 + n.n % 2]
from numbered n where n.n % 20 = 0;

create temporary table firms as
select p.id, row_number() over (order by p.id) as n from core.parties p where p.party_type = 'company';

insert into core.companies (party_id, legal_name, cnpj, company_size)
select p.id, p.full_name, p.cpf_cnpj, p.company_size from core.parties p where p.party_type = 'company';

insert into core.addresses (id, street_type, street, number, neighborhood, city, state, zip_code)
select gen_random_uuid(), 'RUA', 'DAS INVENTADAS', n.n::text, 'BAIRRO ' || n.n % 900, 'CIDADE ' || n.n % 300, 'SP',
       lpad((n.n % 99999999)::text, 8, '0')
from numbered n where n.n % 3 = 0;

create temporary table places as
select a.id, row_number() over (order by a.id) as n from core.addresses a;

insert into core.party_addresses (party_id, address_id, is_primary, confidence_score)
select n.id, p.id, true, 0.4 + (n.n % 6) / 10.0
from numbered n join places p on p.n = n.n / 3
where n.n % 10 <> 0;

insert into core.party_enrichments
    (party_id, provider, raw_payload, normalized_data, quality_score, risk_score, payload_sha256, enriched_at)
select n.id, 'work_api', payload.invented, payload.invented, (n.n % 101) / 100.0, 0.5,
       decode(md5(n.n::text) || md5((-n.n)::text), 'hex'), now() - n.n % 700 * interval '1 day'
from numbered n
cross join lateral (
    select jsonb_build_object('invented', array_agg(md5(n.n::text || part))) as invented
    from generate_series(1, 60) as part) payload
where n.n % 15 = 1;
update core.parties p set enriched = true, enriched_at = e.enriched_at
from core.party_enrichments e where e.party_id = p.id;

insert into core.real_estate_properties (property_id, address_id, market_value_brl)
select gen_random_uuid(), p.id, 90000 + (p.n * 7919) % 4000000 from places p where p.n % 2 = 0;
create temporary table owned as
select r.property_id, row_number() over (order by r.property_id) as n from core.real_estate_properties r;
insert into core.ownerships (party_id, property_id, start_date, end_date)
select p.id, o.property_id, date '2010-01-01' + (p.n % 3000)::int, case when p.n % 7 = 0 then date '2024-01-01' end
from (select q.id, row_number() over (order by q.id) as n from core.parties q) p
cross join lateral generate_series(0, p.n / 8 % 3) as nth
join owned o on o.n = (p.n / 8 + nth * 7) % (select count(*) from owned) + 1
where p.n % 8 = 0;

insert into ops.leads (lead_id, source, state, outcome, run_no, first_seen_at, finished_at)
select 'invented-' || n.n, 'make', ended.state, ended.state, 1, came.at, came.at + interval '2 s'
from numbered n,
     lateral (select now() - n.n * 7 % 1000000 * interval '1 minute' as at) came,
     lateral (select case when n.n % 150 = 1 then 'unidentified' else 'completed' end as state) ended
where n.n % 15 = 1;
insert into ops.lead_details (lead_id, name, phone, email, campaign, price_centavos, crm_created_at)
select 'invented-' || n.n, p.full_name,
       case when n.n % 4 <> 0 then (select c.value from core.party_contacts c where c.party_id = n.id and c.kind = 'phone') end,
       case when n.n % 6 <> 0 then (select c.value from core.party_contacts c where c.party_id = n.id and c.kind = 'email') end,
       'Campanha ' || n.n % 40, 30000000 + n.n % 1000 * 100000, l.first_seen_at
from numbered n join core.parties p on p.id = n.id join ops.leads l on l.lead_id = 'invented-' || n.n;
insert into core.lead_parties (lead_id, party_id, run_no, matched_by, provider)
select l.lead_id, coalesce(f.id, n.id), 1, 'phone', 'diretrix'
from ops.leads l
join numbered n on l.lead_id = 'invented-' || n.n
left join firms f on n.n % 300 = 61 and f.n = n.n / 20
where l.state = 'completed';

drop table numbered, places, owned, firms;
