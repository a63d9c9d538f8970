-- What marketing asks: one row per party, one row per lead. Read by dashboards, under a role that sees nothing else
-- (docs/database/ANALYTICS_GUIDE.md); so there is no whole CPF in them, not even one that somebody typed into a name.

create schema analytics;

-- Whether eleven digits are a CPF, by their check digits.
create function core.is_cpf(digits text) returns boolean
    language sql immutable strict parallel safe
    return digits ~ '^[0-9]{11}$' and digits !~ '^(.)\1*$' and (
        select bool_and(substr(digits, checked + 1, 1)::int = (
            select sum(substr(digits, place, 1)::int * (checked + 2 - place)) * 10 % 11 % 10
            from generate_series(1, checked) as place))
        from generate_series(9, 10) as checked);
comment on function core.is_cpf(text) is 'Whether eleven digits are a CPF, by their check digits.';

-- Eleven digits, whatever stands between them that is neither digit nor letter, looked for from each digit on: neither a country
-- code nor another number must hide a CPF. One other number in a hundred has a CPF's check digits, and is masked too.
create function core.mask_cpfs(value text) returns text
    language plpgsql immutable strict parallel safe as $$
declare
    plain  text := translate(value, '０１２３４５６７８９', '0123456789');
    masked text := plain;
    found  text;
    digits text;
begin
    if plain !~ '[0-9]([^0-9A-Za-z@]{0,3}[0-9]){10}' then
        return value;
    end if;
    for start in 1..length(plain) - 10 loop
        found := substring(substr(plain, start) from '^[0-9](?:[^0-9A-Za-z@]{0,3}[0-9]){10}');
        digits := regexp_replace(found, '[^0-9]', '', 'g');
        if core.is_cpf(digits) then
            masked := replace(masked, found, '***.' || substr(digits, 4, 3) || '.' || substr(digits, 7, 3) || '-**');
        end if;
    end loop;
    return masked;
end $$;
comment on function core.mask_cpfs(text) is 'A text with the CPFs in it masked, as ***.456.789-**. A sole trader''s name may end with one, and people type theirs anywhere.';

-- A million e-mails and places are only looked through where they hold nine digits grouped as a CPF's are.
create function core.mask_grouped_cpfs(value text) returns text
    language sql immutable parallel safe
    return case when value ~ '[0-9]{3}[^A-Za-z@]{0,3}[0-9]{3}[^A-Za-z@]{0,3}[0-9]{3}' then core.mask_cpfs(value) else value end;
comment on function core.mask_grouped_cpfs(text) is 'As core.mask_cpfs, quicker, where nobody types a CPF digit by digit.';

create function core.has_phone_form(digits text) returns boolean
    language sql immutable parallel safe
    return digits ~ '^[1-9][1-9](9[0-9]{8}|[2-5][0-9]{7})$';
comment on function core.has_phone_form(text) is 'Whether national digits have the form of a Brazilian phone: an area code, and a mobile or a landline.';

-- How much of a profile's completeness counts after so many days. In steps, and by days: otherwise every row would be
-- another one at each refresh. 30 days are FRESH_DAYS: so long an answer is used again.
create function analytics.lead_score(quality numeric, enriched_at timestamptz, today date) returns numeric
    language sql immutable parallel safe
    return round(quality * case
        when not enriched_at between '1900-01-01Z' and '9999-01-01Z' then null
        when today - (enriched_at at time zone 'America/Sao_Paulo')::date <= 30 then 1
        when today - (enriched_at at time zone 'America/Sao_Paulo')::date <= 90 then 0.9
        when today - (enriched_at at time zone 'America/Sao_Paulo')::date <= 180 then 0.75
        when today - (enriched_at at time zone 'America/Sao_Paulo')::date <= 365 then 0.5
        else 0.25 end, 2);
comment on function analytics.lead_score(numeric, timestamptz, date) is 'Completeness of a profile, 0 to 1, times its freshness: 1 up to 30 days, 0.9 to 90, 0.75 to 180, 0.5 to 365, then 0.25. Nothing of credit risk is in it.';

-- Somebody tries a form, or the way from a portal to here.
create function analytics.is_test_lead(name text, email text) returns boolean
    language sql immutable parallel safe
    return coalesce(core.fold_text(name) ~ '(^|[^A-Z])(TESTE?S?|TESTANDO|TESTING)([^A-Z]|$)', false)
        or coalesce(lower(split_part(email, '@', 1)) ~ '^(teste?s?|testing)([^a-z]|$)', false);
comment on function analytics.is_test_lead(text, text) is 'Whether a lead is a test: its name holds the word, or its e-mail begins with it.';

create materialized view core.mv_party_analytics as
with clock as (
    select (now() at time zone 'America/Sao_Paulo')::date as today),
contacts as (
    select c.party_id,
           count(*) filter (where c.kind = 'email')::int as email_count,
           count(*) filter (where c.kind = 'phone')::int as phone_count,
           count(*) filter (where c.is_whatsapp or c.contact_type = 'whatsapp')::int as whatsapp_count,
           min(c.value_normalized) filter (where c.is_primary and c.kind = 'email') as primary_email,
           min(c.value_normalized) filter (where c.is_primary and c.kind = 'phone') as primary_phone
    from core.party_contacts c
    where c.valid_to is null
    group by c.party_id),
places as (
    select distinct on (pa.party_id) pa.party_id, a.city, a.state, a.neighborhood, pa.confidence_score
    from core.party_addresses pa
    join core.addresses a on a.id = pa.address_id
    where pa.is_current
    order by pa.party_id, pa.is_primary desc, pa.confidence_score desc nulls last, pa.address_id),
profiles as (
    select distinct on (e.party_id) e.party_id, e.quality_score, e.enriched_at
    from core.party_enrichments e
    order by e.party_id, e.enriched_at desc, e.provider),
assets as (
    select owned.party_id,
           count(*)::int as property_count,
           sum(r.market_value_brl) as total_assets_brl
    from (select distinct o.party_id, o.property_id from core.ownerships o where o.is_current) owned
    join core.real_estate_properties r on r.property_id = owned.property_id
    group by owned.party_id)
select p.id as party_id,
       case p.party_type when 'person' then 'PF' else 'PJ' end as party_type,
       case when p.full_name ~ '[0-9０-９]' then core.mask_cpfs(p.full_name) else p.full_name end as name,
       case when p.fantasy_name ~ '[0-9０-９]' then core.mask_cpfs(p.fantasy_name) else p.fantasy_name end as fantasy_name,
       case p.party_type
           when 'person' then '***.' || substr(p.cpf_cnpj, 4, 3) || '.' || substr(p.cpf_cnpj, 7, 3) || '-**'
           else p.cpf_cnpj end as cpf_cnpj,
       case when p.party_type = 'person' and p.birth_date between clock.today - interval '130 years' and clock.today
           then extract(year from age(clock.today::timestamp, p.birth_date::timestamp))::int end as age,
       core.mask_cpfs(p.company_type) as company_type,
       core.mask_cpfs(coalesce(p.company_size, company.company_size)) as company_size,
       p.enriched as is_enriched,
       profiles.enriched_at,
       profiles.quality_score,
       analytics.lead_score(profiles.quality_score, profiles.enriched_at, clock.today) as lead_score,
       core.mask_grouped_cpfs(places.city) as city,
       places.state,
       core.mask_grouped_cpfs(places.neighborhood) as neighborhood,
       places.confidence_score as address_confidence,
       coalesce(contacts.email_count, 0) as email_count,
       coalesce(contacts.phone_count, 0) as phone_count,
       coalesce(contacts.whatsapp_count, 0) as whatsapp_count,
       core.mask_grouped_cpfs(contacts.primary_email) as primary_email,
       case
           when contacts.primary_phone = ltrim(p.cpf_cnpj, '0') then null
           when core.has_phone_form(contacts.primary_phone) then contacts.primary_phone
           else core.mask_cpfs(contacts.primary_phone) end as primary_phone,
       coalesce(assets.property_count, 0) as property_count,
       case when assets.property_count is null then 0 else assets.total_assets_brl end as total_assets_brl,
       p.created_at
from core.parties p
cross join clock
left join core.companies company on company.party_id = p.id
left join contacts on contacts.party_id = p.id
left join places on places.party_id = p.id
left join profiles on profiles.party_id = p.id
left join assets on assets.party_id = p.id;
create unique index uq_mv_party_analytics_party on core.mv_party_analytics (party_id);

create materialized view analytics.mv_mkt_lead_star as
with persons as (
    select distinct on (lp.lead_id) lp.lead_id, lp.party_id
    from core.lead_parties lp
    order by lp.lead_id, lp.run_no desc, lp.created_at desc, lp.party_id),
leads as (
    select l.lead_id, l.outcome, left_by.name, left_by.email, d.campaign, d.price_centavos, came.at as created_at,
           came.at at time zone 'America/Sao_Paulo' as created_here,
           left_by.phone,
           regexp_replace(left_by.phone, '[^0-9]', '', 'g') as phone_digits,
           core.national_digits(left_by.phone) as national_phone
    from ops.leads l
    left join ops.lead_details d on d.lead_id = l.lead_id
    left join ops.given_leads g on g.lead_id = l.lead_id
    -- What was given of a lead takes the place of what the CRM says, as in its run.
    cross join lateral (
        select nullif(btrim(coalesce(g.name, d.name)), '') as name, nullif(lower(btrim(coalesce(g.email, d.email))), '') as email,
               nullif(btrim(coalesce(g.phones[1], d.phone)), '') as phone) left_by
    -- Nobody is seen here a day before they came to the CRM: then the CRM's date is none.
    cross join lateral (
        select case when d.crm_created_at between '1900-01-01Z' and l.first_seen_at + interval '1 day'
                    then d.crm_created_at else l.first_seen_at end as at) came
    -- Of a lead that was not fetched yet nothing is known.
    where coalesce(d.lead_id, g.lead_id) is not null
      and l.outcome is distinct from 'suppressed' and l.outcome is distinct from 'lead_missing'
      and not analytics.is_test_lead(left_by.name, left_by.email))
select l.lead_id,
       core.mask_cpfs(l.name) as lead_name,
       case when l.email like '%@%' then core.mask_cpfs(l.email) end as email,
       case
           when ltrim(l.phone_digits, '0') = ltrim(p.cpf_cnpj, '0') then null
           -- Of a trunk zero and of a CPF's first digit one cannot tell which it is.
           when l.phone_digits like '0%' and core.is_cpf(l.phone_digits) then core.mask_cpfs(l.phone_digits)
           when core.has_phone_form(l.national_phone) then l.national_phone
           when length(l.phone_digits) >= 8 then core.mask_cpfs(l.phone) end as phone,
       a.lead_score,
       l.created_at as lead_created_at,
       to_char(l.created_here, 'YYYY-MM') as cohort_month,
       extract(isodow from l.created_here)::int as day_of_week,
       core.mask_cpfs(nullif(btrim(l.campaign), '')) as campaign_name,
       a.party_id,
       a.party_type,
       a.name as party_name,
       a.age,
       a.company_size,
       a.company_type,
       coalesce(a.is_enriched, false) as is_enriched,
       a.property_count,
       a.total_assets_brl,
       l.price_centavos * 0.01 as price_brl
from leads l
left join persons on persons.lead_id = l.lead_id
left join core.parties p on p.id = persons.party_id
left join core.mv_party_analytics a on a.party_id = persons.party_id
-- Of whom a message was written, and who is no longer there, was removed: what they left with the lead goes with them.
-- The message about somebody who was turned down is empty; their leads are without a person.
where persons.party_id is not null
   or (l.outcome is distinct from 'completed'
       and not exists (select from ops.outbox o
                       where o.lead_id = l.lead_id and o.ends_as = 'completed' and o.body <> ''));
create unique index uq_mv_mkt_lead_star_lead on analytics.mv_mkt_lead_star (lead_id);

comment on schema analytics is 'Read models for marketing and dashboards; docs/database/ANALYTICS_GUIDE.md.';

comment on materialized view core.mv_party_analytics is 'One row per party. As of the last refresh. Personal data: name, masked CPF, age, main contacts, where somebody lives, what somebody owns. Kept: as long as its party, and until the next refresh.';
comment on column core.mv_party_analytics.party_type is 'PF: a person. PJ: a company.';
comment on column core.mv_party_analytics.cpf_cnpj is 'A CPF masked, as ***.456.789-**; a CNPJ whole: it is public.';
comment on column core.mv_party_analytics.age is 'Of a person in whole years, in America/Sao_Paulo; null when the date of birth is not known, lies ahead, or more than 130 years back.';
comment on column core.mv_party_analytics.is_enriched is 'Whether a provider''s profile was stored.';
comment on column core.mv_party_analytics.enriched_at is 'When the newest stored profile was answered.';
comment on column core.mv_party_analytics.quality_score is 'Completeness of the newest stored profile, 0 to 1.';
comment on column core.mv_party_analytics.lead_score is 'quality_score by its freshness: see analytics.lead_score. Null without a profile. Never credit risk.';
comment on column core.mv_party_analytics.state is 'The UF of the address: the main one, or else the surest current one.';
comment on column core.mv_party_analytics.address_confidence is 'How sure it is that somebody lives there, 0 to 1; null when nobody says.';
comment on column core.mv_party_analytics.email_count is 'Of the contacts that hold now.';
comment on column core.mv_party_analytics.whatsapp_count is 'Those of the phones that have WhatsApp.';
comment on column core.mv_party_analytics.property_count is 'Properties owned now, each once; 0 when none is known of.';
comment on column core.mv_party_analytics.total_assets_brl is 'What these are worth together, in reais; one without a value counts for nothing. 0 without properties, null when no value is known. An owner among several counts for the whole.';
comment on column core.mv_party_analytics.created_at is 'When the party was first stored.';

comment on materialized view analytics.mv_mkt_lead_star is 'One row per lead, without tests, leads that were not fetched yet or the CRM does not know, and those of people who objected or were removed. As of the last refresh. Personal data: what the lead left, and of the person found for it what core.mv_party_analytics has. Kept: as long as the lead, and until the next refresh.';
comment on column analytics.mv_mkt_lead_star.lead_name is 'As given with the lead, or else as the CRM has it; a CPF in it is masked.';
comment on column analytics.mv_mkt_lead_star.email is 'In lower case, as given with the lead, or else as the CRM has it; null without an @.';
comment on column analytics.mv_mkt_lead_star.phone is 'National digits; as typed when it is no Brazilian number; null with less than eight digits; null when it is the person''s CPF; masked when it may be anybody''s.';
comment on column analytics.mv_mkt_lead_star.lead_score is 'Completeness and freshness of the person''s profile, 0 to 1: see analytics.lead_score. Null without a person or a profile. Never credit risk.';
comment on column analytics.mv_mkt_lead_star.lead_created_at is 'When it came to the CRM; when it came here, if the CRM says nothing or a date after that.';
comment on column analytics.mv_mkt_lead_star.cohort_month is 'YYYY-MM of lead_created_at in America/Sao_Paulo.';
comment on column analytics.mv_mkt_lead_star.day_of_week is 'Of lead_created_at in America/Sao_Paulo: 1 Monday to 7 Sunday.';
comment on column analytics.mv_mkt_lead_star.party_id is 'The person of its last run that found one, as in core.mv_party_analytics; null with all that is said of a person when none did.';
comment on column analytics.mv_mkt_lead_star.is_enriched is 'Whether there is a stored profile of the person; false when there is no person.';
comment on column analytics.mv_mkt_lead_star.price_brl is 'What the property costs that it asks about, in reais.';
