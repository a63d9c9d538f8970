--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: analytics; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA analytics;

--
-- Name: SCHEMA analytics; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA analytics IS 'Read models for marketing and dashboards; docs/database/ANALYTICS_GUIDE.md.';

--
-- Name: core; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA core;

--
-- Name: SCHEMA core; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA core IS 'The party model: people, their contacts, addresses and enrichments. Dashboards and SQL of the brokerage read it too.';

--
-- Name: ops; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA ops;

--
-- Name: SCHEMA ops; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA ops IS 'The machinery of the service: leads as the queue, lookups, the ledger, the outbox.';

--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

--
-- Name: contact_type_enum; Type: TYPE; Schema: core; Owner: -
--

CREATE TYPE core.contact_type_enum AS ENUM (
    'email',
    'phone',
    'whatsapp'
);

--
-- Name: TYPE contact_type_enum; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TYPE core.contact_type_enum IS 'Kinds of contacts. The service writes email and phone; whether a phone has WhatsApp is said by is_whatsapp.';

--
-- Name: fold_text(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.fold_text(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(upper(translate(value, 'áàâãäåéèêëíìîïóòôõöúùûüçñýÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝ'::text, 'aaaaaaeeeeiiiiooooouuuucnyAAAAAAEEEEIIIIOOOOOUUUUCNY'::text)), '\s+'::text, ' '::text, 'g'::text));

--
-- Name: FUNCTION fold_text(value text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.fold_text(value text) IS 'Accents stripped, capitals, blanks squeezed. Immutable, which unaccent is not, so that it can stand in generated columns.';

--
-- Name: is_test_lead(text, text); Type: FUNCTION; Schema: analytics; Owner: -
--

CREATE FUNCTION analytics.is_test_lead(name text, email text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (COALESCE((core.fold_text(name) ~ '(^|[^A-Z])(TESTE?S?|TESTANDO|TESTING)([^A-Z]|$)'::text), false) OR COALESCE((lower(split_part(email, '@'::text, 1)) ~ '^(teste?s?|testing)([^a-z]|$)'::text), false));

--
-- Name: FUNCTION is_test_lead(name text, email text); Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON FUNCTION analytics.is_test_lead(name text, email text) IS 'Whether a lead is a test: its name holds the word, or its e-mail begins with it.';

--
-- Name: lead_score(numeric, timestamp with time zone, date); Type: FUNCTION; Schema: analytics; Owner: -
--

CREATE FUNCTION analytics.lead_score(quality numeric, enriched_at timestamp with time zone, today date) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round((quality * CASE WHEN (NOT ((enriched_at >= '1900-01-01 00:00:00+00'::timestamp with time zone) AND (enriched_at <= '9999-01-01 00:00:00+00'::timestamp with time zone))) THEN NULL::numeric WHEN ((today - ((enriched_at AT TIME ZONE 'America/Sao_Paulo'::text))::date) <= 30) THEN (1)::numeric WHEN ((today - ((enriched_at AT TIME ZONE 'America/Sao_Paulo'::text))::date) <= 90) THEN 0.9 WHEN ((today - ((enriched_at AT TIME ZONE 'America/Sao_Paulo'::text))::date) <= 180) THEN 0.75 WHEN ((today - ((enriched_at AT TIME ZONE 'America/Sao_Paulo'::text))::date) <= 365) THEN 0.5 ELSE 0.25 END), 2);

--
-- Name: FUNCTION lead_score(quality numeric, enriched_at timestamp with time zone, today date); Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON FUNCTION analytics.lead_score(quality numeric, enriched_at timestamp with time zone, today date) IS 'Completeness of a profile, 0 to 1, times its freshness: 1 up to 30 days, 0.9 to 90, 0.75 to 180, 0.5 to 365, then 0.25. Nothing of credit risk is in it.';

--
-- Name: address_hash(text, text, text, text, text, text, text, text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.address_hash(street_type text, street text, number text, complement text, neighborhood text, city text, state text, zip_code text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN md5(((((((((((((((COALESCE(core.fold_text(street_type), ''::text) || ''::text) || COALESCE(core.fold_text(street), ''::text)) || ''::text) || COALESCE(core.fold_text(number), ''::text)) || ''::text) || COALESCE(core.fold_text(complement), ''::text)) || ''::text) || COALESCE(core.fold_text(neighborhood), ''::text)) || ''::text) || COALESCE(core.fold_text(city), ''::text)) || ''::text) || COALESCE(state, ''::text)) || ''::text) || COALESCE(zip_code, ''::text)));

--
-- Name: FUNCTION address_hash(street_type text, street text, number text, complement text, neighborhood text, city text, state text, zip_code text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.address_hash(street_type text, street text, number text, complement text, neighborhood text, city text, state text, zip_code text) IS 'What makes an address the same place: a hash of its folded parts.';

--
-- Name: has_phone_form(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.has_phone_form(digits text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (digits ~ '^[1-9][1-9](9[0-9]{8}|[2-5][0-9]{7})$'::text);

--
-- Name: FUNCTION has_phone_form(digits text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.has_phone_form(digits text) IS 'Whether national digits have the form of a Brazilian phone: an area code, and a mobile or a landline.';

--
-- Name: is_cpf(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.is_cpf(digits text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((digits ~ '^[0-9]{11}$'::text) AND (digits !~ '^(.)\1*$'::text) AND (SELECT bool_and(((substr(is_cpf.digits, (checked.checked + 1), 1))::integer = (SELECT (((sum(((substr(is_cpf.digits, place.place, 1))::integer * ((checked.checked + 2) - place.place))) * 10) % (11)::bigint) % (10)::bigint) FROM generate_series(1, checked.checked) place(place)))) AS bool_and FROM generate_series(9, 10) checked(checked)));

--
-- Name: FUNCTION is_cpf(digits text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.is_cpf(digits text) IS 'Whether eleven digits are a CPF, by their check digits.';

--
-- Name: like_literal(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.like_literal(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN replace(replace(replace(value, '\'::text, '\\'::text), '%'::text, '\%'::text), '_'::text, '\_'::text);

--
-- Name: FUNCTION like_literal(value text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.like_literal(value text) IS 'A text as LIKE takes it literally.';

--
-- Name: listed_addresses(jsonb); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.listed_addresses(addresses jsonb) RETURNS TABLE(place bigint, address_id uuid, street_type text, street text, number text, complement text, neighborhood text, city text, state text, zip_code text, formatted_address text, address_hash text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT row_number() OVER (ORDER BY a.ordinality) AS row_number,
     a.address_id,
     a.street_type,
     a.street,
     a.number,
     a.complement,
     a.neighborhood,
     a.city,
     a.state,
     a.zip_code,
     a.formatted_address,
     a.address_hash
    FROM ( SELECT DISTINCT ON (h.address_hash) n.address_id,
             n.street_type,
             n.street,
             n.number,
             n.complement,
             n.neighborhood,
             n.city,
             n.state,
             n.zip_code,
             n.formatted_address,
             n.ordinality,
             h.address_hash
            FROM ROWS FROM(jsonb_to_recordset(listed_addresses.addresses) AS (address_id uuid, street_type text, street text, number text, complement text, neighborhood text, city text, state text, zip_code text, formatted_address text)) WITH ORDINALITY n(address_id, street_type, street, number, complement, neighborhood, city, state, zip_code, formatted_address, ordinality),
             LATERAL core.address_hash(n.street_type, n.street, n.number, n.complement, n.neighborhood, n.city, n.state, n.zip_code) h(address_hash)
           ORDER BY h.address_hash, n.ordinality) a;
END;

--
-- Name: FUNCTION listed_addresses(addresses jsonb); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.listed_addresses(addresses jsonb) IS 'The addresses of a profile, each once.';

--
-- Name: listed_contacts(jsonb); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.listed_contacts(contacts jsonb) RETURNS TABLE(place bigint, contact_id uuid, contact_type core.contact_type_enum, kind text, value text, is_whatsapp boolean, confidence numeric, metadata jsonb)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT row_number() OVER (PARTITION BY c.kind ORDER BY c.ordinality) AS row_number,
     c.contact_id,
     (c.kind)::core.contact_type_enum AS kind,
     c.kind,
     c.value,
     c.is_whatsapp,
     ((c.confidence_percent)::numeric / 100.0),
     c.metadata
    FROM ( SELECT DISTINCT ON (n.kind, n.value) n.contact_id,
             n.kind,
             n.value,
             n.is_whatsapp,
             n.confidence_percent,
             n.metadata,
             n.ordinality
            FROM ROWS FROM(jsonb_to_recordset(listed_contacts.contacts) AS (contact_id uuid, kind text, value text, is_whatsapp boolean, confidence_percent integer, metadata jsonb)) WITH ORDINALITY n(contact_id, kind, value, is_whatsapp, confidence_percent, metadata, ordinality)
           ORDER BY n.kind, n.value, n.ordinality) c;
END;

--
-- Name: FUNCTION listed_contacts(contacts jsonb); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.listed_contacts(contacts jsonb) IS 'The contacts of a profile, best first, each once.';

--
-- Name: mask_cpfs(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.mask_cpfs(value text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
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

--
-- Name: FUNCTION mask_cpfs(value text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.mask_cpfs(value text) IS 'A text with the CPFs in it masked, as ***.456.789-**. A sole trader''s name may end with one, and people type theirs anywhere.';

--
-- Name: mask_grouped_cpfs(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.mask_grouped_cpfs(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (value ~ '[0-9]{3}[^A-Za-z@]{0,3}[0-9]{3}[^A-Za-z@]{0,3}[0-9]{3}'::text) THEN core.mask_cpfs(value) ELSE value END;

--
-- Name: FUNCTION mask_grouped_cpfs(value text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.mask_grouped_cpfs(value text) IS 'As core.mask_cpfs, quicker, where nobody types a CPF digit by digit.';

--
-- Name: name_pieces(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.name_pieces(name text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    pieces text[] := '{}';
    piece text;
    characters integer;
begin
    foreach characters in array '{2,3,4,6}'::integer[] loop
        for place in 1..length(name) - characters + 1 loop
            piece := substr(name, place, characters);
            if strpos(piece, ' ') = 0 then
                pieces := pieces || piece;
            end if;
        end loop;
    end loop;
    return pieces;
end $$;

--
-- Name: FUNCTION name_pieces(name text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.name_pieces(name text) IS 'The pieces of two, three, four and six characters that the words of a name consist of.';

--
-- Name: name_score(text, text, text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.name_score(name text, folded text, in_order text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (name = folded) THEN 100 WHEN starts_with(name, folded) THEN (90 + (floor(((9)::double precision * public.similarity(name, folded))))::integer) WHEN ((('  '::text || replace(name, ' '::text, '  '::text)) || '  '::text) ~~ in_order) THEN (70 + (floor(((19)::double precision * public.similarity(name, folded))))::integer) ELSE (1 + (floor(((68)::double precision * public.similarity(name, folded))))::integer) END;

--
-- Name: FUNCTION name_score(name text, folded text, in_order text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.name_score(name text, folded text, in_order text) IS 'How well a name answers a text, 1 to 100.';

--
-- Name: national_digits(text); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.national_digits(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(ltrim(regexp_replace(value, '\D'::text, ''::text, 'g'::text), '0'::text), '^(?:550*)+(?=[1-9][0-9]{9,10}$)'::text, ''::text);

--
-- Name: FUNCTION national_digits(value text); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.national_digits(value text) IS 'The national digits of a Brazilian number: without trunk zeros and country code.';

--
-- Name: newest(boolean, anyelement, anyelement); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.newest(incoming_is_newer boolean, incoming anyelement, stored anyelement) RETURNS anyelement
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select case when incoming_is_newer then coalesce(incoming, stored) else coalesce(stored, incoming) end $$;

--
-- Name: FUNCTION newest(incoming_is_newer boolean, incoming anyelement, stored anyelement); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.newest(incoming_is_newer boolean, incoming anyelement, stored anyelement) IS 'Of two values the newer one, unless it is null.';

--
-- Name: search_names(text, integer, integer, integer, uuid); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.search_names(p_text text, most integer, page_size integer, after_score integer, after_id uuid, OUT truncated boolean, OUT has_more boolean, OUT ids uuid[], OUT names text[], OUT cpfs text[], OUT scores integer[]) RETURNS record
    LANGUAGE plpgsql
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    SET enable_seqscan TO 'off'
    AS $_$
declare
    folded constant text := core.fold_text(normalize(p_text, NFC));
    can_be_looked_up constant boolean := folded ~ '[A-Z0-9]{3}|\S{4}';
    words text[];
    word text;
    plan json;
    people double precision;
    -- not integers: their product would be too large for one
    pages double precision;
    share double precision;
    -- of the people: who is expected to hold all words, and the rarest that can be looked up
    hold_all double precision := 1;
    hold_rarest double precision := 1;
    is_read boolean := false;
    met text := 'core.parties';
    holds_words text;
    met_people bigint;
begin
    -- a word within another one says nothing more
    words := array(
        with distinct_words as (select distinct w.word from string_to_table(folded, ' ') as w(word) where w.word <> '')
        select w.word from distinct_words w
        where not exists (select from distinct_words other where other.word <> w.word and strpos(other.word, w.word) > 0));
    -- what the indexes leave open is compared in a way that they do not serve
    select coalesce(string_agg(format('strpos(p.normalized_name, %L) > 0', w.word), ' and '), 'false')
    into holds_words from unnest(words) as w(word);

    if can_be_looked_up then
        select greatest(c.reltuples, 0), c.relpages into people, pages
        from pg_class c where c.oid = 'core.parties'::regclass;
        if people > 40000 then
            foreach word in array words loop
                execute format(
                    'explain (format json) select from core.parties p where p.party_type = ''person'' and p.normalized_name like %L',
                    '%' || core.like_literal(word) || '%')
                into plan;
                share := least((plan #>> '{0,Plan,Plan Rows}')::double precision / people, 1);
                hold_all := hold_all * share;
                if length(word) > 2 then
                    hold_rarest := least(hold_rarest, share);
                end if;
            end loop;
            -- Measured: to look up costs a row's reading for each entry of the rarest word, and that of 60 for each
            -- person met.
            is_read := 40000 * hold_all >= 40 and least(most / hold_all, 40000) < people * hold_rarest + 60 * most;
        end if;
    elsif words <> '{}' then
        met := format(
            $sql$(select * from core.parties f
                  where f.party_type = 'person' and f.normalized_name like %L
                  order by f.normalized_name using ~<~ limit 1000)$sql$,
            core.like_literal(split_part(folded, ' ', 1)) || '%');
    end if;

    loop
        execute format(
            $sql$
            with holding as materialized (
                select p.id, p.full_name, p.normalized_name, p.cpf_cnpj from %s p
                -- the words first: nearly all are people
                where %s%s and p.party_type = 'person' limit $5 + 1),
            complete as materialized (select $6 and count(*) <= $5 as is_so from holding),
            beginning as materialized (
                select p.id, p.full_name, p.normalized_name, p.cpf_cnpj from core.parties p
                where not (select is_so from complete) and p.party_type = 'person' and p.normalized_name like %L
                order by p.normalized_name using ~<~ limit $4),
            ranked as (
                select c.*, core.name_score(c.normalized_name, $1, $7) as score
                from (select * from holding union select * from beginning) c),
            rest as (
                select r.*, count(*) over () as remaining from ranked r
                where $2 is null
                   or (-r.score, r.normalized_name collate "C", r.id)
                      > (-$2, coalesce((select p.normalized_name from core.parties p where p.id = $3), '') collate "C", $3)
                order by -r.score, r.normalized_name collate "C", r.id
                limit $4)
            select not (select is_so from complete), coalesce(max(r.remaining), 0) > $4,
                   coalesce(array_agg(r.id), '{}'), coalesce(array_agg(r.full_name), '{}'),
                   coalesce(array_agg(r.cpf_cnpj), '{}'), coalesce(array_agg(r.score), '{}'),
                   (select count(*) from holding)
            from rest r
            $sql$,
            met, holds_words,
            case
                when is_read then format(' and p.ctid < ''(%s,0)''::tid', ceil(pages * 40000 / people))
                when folded ~ '\S{4}' then format(' and core.name_pieces(p.normalized_name) @> %L::text[]', array(
                    select right(w.word, case when length(w.word) > 5 then 6 else least(length(w.word), 4) end)
                    from unnest(words) as w(word) where length(w.word) > 1))
                when can_be_looked_up then (
                    select string_agg(format(' and p.normalized_name like %L', '%' || core.like_literal(w.word) || '%'), '')
                    from unnest(words) as w(word))
                else '' end,
            core.like_literal(folded) || '%')
        into truncated, has_more, ids, names, cpfs, scores, met_people
        using folded, after_score, after_id, page_size, most, words = '{}' or can_be_looked_up and not is_read,
            '% ' || replace(core.like_literal(folded), ' ', ' % ') || ' %';
        exit when not is_read or met_people >= 20;
        is_read := false;
    end loop;
    has_more := has_more and not truncated;
end $_$;

--
-- Name: FUNCTION search_names(p_text text, most integer, page_size integer, after_score integer, after_id uuid, OUT truncated boolean, OUT has_more boolean, OUT ids uuid[], OUT names text[], OUT cpfs text[], OUT scores integer[]); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.search_names(p_text text, most integer, page_size integer, after_score integer, after_id uuid, OUT truncated boolean, OUT has_more boolean, OUT ids uuid[], OUT names text[], OUT cpfs text[], OUT scores integer[]) IS 'One page of the people whose names hold every word of a text, the best matches first; at most some hundred are ranked.';

--
-- Name: store_addresses(uuid, text, jsonb); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.store_addresses(p_party_id uuid, provider_name text, addresses jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    places uuid[];
begin
    insert into core.addresses
        (id, street_type, street, number, complement, neighborhood, city, state, zip_code, formatted_address)
    select n.address_id, n.street_type, n.street, n.number, n.complement, n.neighborhood, n.city, n.state,
           n.zip_code, n.formatted_address
    from core.listed_addresses(addresses) n
    order by n.address_hash
    on conflict (address_hash) do nothing;

    select coalesce(array_agg(a.id order by n.place), '{}') into places
    from core.listed_addresses(addresses) n join core.addresses a on a.address_hash = n.address_hash;

    update core.party_addresses l
    set is_current = l.address_id = any (places), is_primary = false, updated_at = now()
    where l.party_id = p_party_id and l.metadata ->> 'source' = provider_name
      and (l.is_primary or l.is_current <> (l.address_id = any (places)));

    insert into core.party_addresses as l (party_id, address_id, is_primary, metadata)
    select p_party_id, p.id,
           p.place = 1 and not exists (
               select from core.party_addresses o where o.party_id = p_party_id and o.is_primary),
           jsonb_build_object('source', provider_name)
    from unnest(places) with ordinality as p (id, place)
    order by p.id
    on conflict (party_id, address_id) do update
        set is_primary = excluded.is_primary, is_current = true, updated_at = now();
end $$;

--
-- Name: FUNCTION store_addresses(p_party_id uuid, provider_name text, addresses jsonb); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.store_addresses(p_party_id uuid, provider_name text, addresses jsonb) IS 'Stores the addresses of a profile; existing places are linked and not touched.';

--
-- Name: store_contacts(uuid, text, jsonb); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.store_contacts(p_party_id uuid, provider_name text, contacts jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    update core.party_contacts c
    set valid_to = now(), is_primary = false, updated_at = now()
    where c.party_id = p_party_id and c.source = provider_name and c.valid_to is null
      and (c.kind, c.value_normalized) not in (
          select n.kind, n.value from core.listed_contacts(contacts) n);

    update core.party_contacts c
    set is_primary = false, updated_at = now()
    where c.party_id = p_party_id and c.is_primary
      and exists (select from core.listed_contacts(contacts) n
                  where n.kind = c.kind and n.place = 1 and n.value <> c.value_normalized);

    insert into core.party_contacts as c
        (contact_id, party_id, contact_type, value, is_primary, is_whatsapp, source, confidence, metadata)
    select n.contact_id, p_party_id, n.contact_type, n.value, n.place = 1, n.is_whatsapp, provider_name,
           n.confidence, n.metadata
    from core.listed_contacts(contacts) n
    order by n.kind, n.value
    on conflict (party_id, kind, value_normalized) do update
        set is_primary = excluded.is_primary, is_whatsapp = excluded.is_whatsapp, source = excluded.source,
            confidence = excluded.confidence, metadata = excluded.metadata, valid_to = null,
            updated_at = now();
end $$;

--
-- Name: FUNCTION store_contacts(p_party_id uuid, provider_name text, contacts jsonb); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.store_contacts(p_party_id uuid, provider_name text, contacts jsonb) IS 'Stores the contacts of a profile; closes what this provider no longer names.';

--
-- Name: store_enrichment(uuid, text, jsonb, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.store_enrichment(p_party_id uuid, provider_name text, bought jsonb, p_enriched_at timestamp with time zone, p_expires_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    payload_hash bytea := sha256(convert_to((bought -> 'raw_payload')::text, 'UTF8'));
begin
    insert into core.party_enrichment_history
        (party_id, provider, raw_payload, normalized_data, quality_score, risk_score, payload_sha256, enriched_at)
    select e.party_id, e.provider, e.raw_payload, e.normalized_data, e.quality_score, e.risk_score,
           e.payload_sha256, e.enriched_at
    from core.party_enrichments e
    where e.party_id = p_party_id and e.provider = provider_name and e.payload_sha256 <> payload_hash;

    insert into core.party_enrichments
        (party_id, provider, raw_payload, normalized_data, quality_score, risk_score, payload_sha256,
         enriched_at, expires_at)
    values (p_party_id, provider_name, bought -> 'raw_payload', bought -> 'normalized_data',
            (bought ->> 'completeness_percent')::integer / 100.0,
            1 - (bought ->> 'credit_score')::integer / 1000.0,
            payload_hash, p_enriched_at, p_expires_at)
    on conflict (party_id, provider) do update
        set raw_payload = excluded.raw_payload, normalized_data = excluded.normalized_data,
            quality_score = excluded.quality_score, risk_score = excluded.risk_score,
            payload_sha256 = excluded.payload_sha256, enriched_at = excluded.enriched_at,
            expires_at = excluded.expires_at, updated_at = now();
end $$;

--
-- Name: FUNCTION store_enrichment(p_party_id uuid, provider_name text, bought jsonb, p_enriched_at timestamp with time zone, p_expires_at timestamp with time zone); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.store_enrichment(p_party_id uuid, provider_name text, bought jsonb, p_enriched_at timestamp with time zone, p_expires_at timestamp with time zone) IS 'Stores a profile, and in the history the different one it replaces.';

--
-- Name: store_person(text, jsonb, timestamp with time zone); Type: FUNCTION; Schema: core; Owner: -
--

CREATE FUNCTION core.store_person(provider_name text, bought jsonb, p_expires_at timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    incoming core.parties := jsonb_populate_record(null::core.parties, bought -> 'party');
    marital  text := bought ->> 'marital_status';
    stored   core.parties;
    is_newer boolean := true;
begin
    insert into core.parties
        (id, party_type, cpf_cnpj, full_name, sex, birth_date, mother_name, father_name, rg,
         registration_status_date, enriched, enriched_at)
    values (incoming.id, 'person', incoming.cpf_cnpj, incoming.full_name, incoming.sex, incoming.birth_date,
            incoming.mother_name, incoming.father_name, incoming.rg, incoming.registration_status_date,
            true, incoming.enriched_at)
    on conflict (cpf_cnpj) where cpf_cnpj is not null do nothing;
    if not found then
        select * into stored from core.parties p where p.cpf_cnpj = incoming.cpf_cnpj for update;
        if not found then
            raise exception 'the party was erased meanwhile' using errcode = 'serialization_failure';
        end if;
        is_newer := incoming.enriched_at >= coalesce(stored.enriched_at, '-infinity');
        incoming.id := stored.id;
        update core.parties p
        set full_name = core.newest(is_newer, incoming.full_name, p.full_name),
            sex = core.newest(is_newer, incoming.sex, p.sex),
            birth_date = core.newest(is_newer, incoming.birth_date, p.birth_date),
            mother_name = core.newest(is_newer, incoming.mother_name, p.mother_name),
            father_name = core.newest(is_newer, incoming.father_name, p.father_name),
            rg = core.newest(is_newer, incoming.rg, p.rg),
            registration_status_date = core.newest(
                is_newer, incoming.registration_status_date, p.registration_status_date),
            enriched = true,
            enriched_at = greatest(incoming.enriched_at, p.enriched_at),
            updated_at = now()
        where p.id = incoming.id;
    end if;

    insert into core.people as q
        (party_id, full_name, mothers_name, birth_date, sex, marital_status, document_cpf)
    values (incoming.id, incoming.full_name, incoming.mother_name, incoming.birth_date, incoming.sex,
            marital, incoming.cpf_cnpj)
    on conflict (party_id) do update
        set full_name = core.newest(is_newer, excluded.full_name, q.full_name),
            mothers_name = core.newest(is_newer, excluded.mothers_name, q.mothers_name),
            birth_date = core.newest(is_newer, excluded.birth_date, q.birth_date),
            sex = core.newest(is_newer, excluded.sex, q.sex),
            marital_status = core.newest(is_newer, excluded.marital_status, q.marital_status),
            document_cpf = excluded.document_cpf,
            updated_at = now();

    if is_newer then
        perform core.store_contacts(incoming.id, provider_name, bought -> 'contacts');
        perform core.store_addresses(incoming.id, provider_name, bought -> 'addresses');
        perform core.store_enrichment(incoming.id, provider_name, bought, incoming.enriched_at, p_expires_at);
    end if;
    return incoming.id;
end $$;

--
-- Name: FUNCTION store_person(provider_name text, bought jsonb, p_expires_at timestamp with time zone); Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON FUNCTION core.store_person(provider_name text, bought jsonb, p_expires_at timestamp with time zone) IS 'Stores a bought person: party, people, contacts, addresses, enrichment. Answers the id of the party, which is an earlier one''s where the CPF is known.';

--
-- Name: abandon_lookups(text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.abandon_lookups(p_lead_id text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    abandoned ops.lookups;
begin
    for abandoned in
        delete from ops.lookups l where l.lead_id = p_lead_id and l.state = 'pending' returning l.*
    loop
        perform ops.record_unknown_call(abandoned);
    end loop;
end $$;

--
-- Name: FUNCTION abandon_lookups(p_lead_id text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.abandon_lookups(p_lead_id text) IS 'Ends the questions of a lead or an inquiry that nobody will answer any more; their calls count as unknown.';

--
-- Name: accept_lead(text, text, uuid, interval, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_lease interval) RETURNS TABLE(answer text, run_no bigint, attempts integer, state text, message_sent boolean, cpfs text[], reason text, next_attempt_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    lead ops.leads;
    decided text;
begin
    insert into ops.leads as l (lead_id, source, state, run_no, owner)
    values (p_lead_id, p_source, 'processing', 1, p_owner)
    on conflict (lead_id) do nothing
    returning * into lead;
    if found then
        decided := 'run';
    else
        select * into strict lead from ops.leads l where l.lead_id = p_lead_id for update;
        decided := case
            -- Of one's own leads one knows without a heartbeat: the database may have been away.
            when lead.state = 'processing' and (lead.owner = p_owner or ops.is_alive(lead.owner, p_lease))
                then 'join'
            when lead.state in ('completed', 'unidentified', 'suppressed', 'review', 'delivery_unknown')
                 and lead.finished_at > now() - p_dedup then 'duplicate'
            when lead.state = 'retrying' and lead.due_at > now()
                 and exists (select from ops.outbox o where o.lead_id = p_lead_id and o.state = 'unknown')
                then 'waiting'
            else 'take' end;
    end if;

    if decided = 'take' then
        decided := 'run';
        -- Whoever triggers a lead waits for it; a finished one starts with all its attempts.
        update ops.leads l
        set state = 'processing', owner = p_owner, due_at = null, finished_at = null, priority = 0,
            run_no = l.run_no + 1,
            requested_no = greatest(l.requested_no, l.run_no + 1),
            attempts = case when l.finished_at is null then l.attempts else 0 end,
            crashes = case when l.finished_at is not null then 0
                           when l.owner is not null then l.crashes + 1
                           else l.crashes end
        where l.lead_id = p_lead_id
        returning * into lead;
    end if;
    return query select decided, lead.run_no, lead.attempts, r.* from ops.lead_result(p_lead_id) r;
end $$;

--
-- Name: FUNCTION accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_lease interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_lease interval) IS 'T1 of the version before migration 14, whose instances may still run while a deploy replaces them.';

--
-- Name: accept_lead(text, text, uuid, interval, boolean, interval, interval, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean, p_lease interval, p_lands_within interval, p_spread interval) RETURNS TABLE(answer text, run_no bigint, attempts integer, crashes integer, state text, message_sent boolean, cpfs text[], reason text, next_attempt_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    lead ops.leads;
    decided text;
begin
    if not p_replay then
        insert into ops.leads as l (lead_id, source, state, run_no, owner)
        values (p_lead_id, p_source, 'processing', 1, p_owner)
        on conflict (lead_id) do nothing
        returning * into lead;
        if found then
            return query select 'run', lead.run_no, lead.attempts, lead.crashes, r.*
                         from ops.lead_result(p_lead_id) r;
            return;
        end if;
    end if;

    select * into lead from ops.leads l where l.lead_id = p_lead_id for update;
    if not found then
        return query select 'unknown', 0::bigint, 0, 0, 'failed', false, '{}'::text[], null::text,
                            null::timestamptz, null::timestamptz;
        return;
    end if;
    -- Of one's own leads one knows without a heartbeat: the database may have been away.
    if lead.state = 'processing' and lead.owner <> p_owner and not ops.is_alive(lead.owner, p_lease) then
        perform ops.release_crashed(p_lead_id, p_lands_within, p_spread);
        select * into strict lead from ops.leads l where l.lead_id = p_lead_id;
    end if;
    decided := case
        when lead.state = 'processing' then 'join'
        when lead.state in ('completed', 'unidentified', 'suppressed', 'review', 'delivery_unknown')
             and lead.finished_at > now() - p_dedup and not p_replay then 'duplicate'
        when lead.state = 'retrying' and lead.due_at > now()
             and exists (select from ops.outbox o where o.lead_id = p_lead_id and o.state = 'unknown')
            then 'waiting'
        else 'run' end;

    if p_replay and decided <> 'waiting' then
        update ops.outbox o set attempts = 0 where o.lead_id = p_lead_id and o.state <> 'sent';
    end if;
    if p_replay and decided = 'join' then
        update ops.leads l set requested_no = greatest(l.requested_no, l.run_no + 1) where l.lead_id = p_lead_id;
    end if;
    if decided = 'run' then
        -- Whoever triggers a lead waits for it; a finished one starts with all its attempts.
        update ops.leads l
        set state = 'processing', owner = p_owner, due_at = null, finished_at = null, priority = 0,
            run_no = l.run_no + 1,
            requested_no = greatest(l.requested_no, l.run_no + 1),
            attempts = case when l.finished_at is null then l.attempts else 0 end,
            crashes = case when l.finished_at is null then l.crashes else 0 end
        where l.lead_id = p_lead_id
        returning * into lead;
    end if;
    return query select decided, lead.run_no, lead.attempts, lead.crashes, r.* from ops.lead_result(p_lead_id) r;
end $$;

--
-- Name: FUNCTION accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean, p_lease interval, p_lands_within interval, p_spread interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean, p_lease interval, p_lands_within interval, p_spread interval) IS 'What T1 decides: run, join, waiting, duplicate or unknown, and how the lead stands. All of T1 in the version before migration 16.';

--
-- Name: accept_lead(text, text, uuid, interval, boolean, boolean, jsonb, jsonb, interval, interval, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean, p_force boolean, p_look jsonb, p_given jsonb, p_lease interval, p_lands_within interval, p_spread interval) RETURNS TABLE(answer text, run_no bigint, attempts integer, crashes integer, given jsonb, state text, message_sent boolean, cpfs text[], reason text, next_attempt_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
    accepted record;
    is_replay boolean := p_replay;
begin
    if p_replay and p_force then
        perform from ops.leads l where l.lead_id = p_lead_id for update;
        is_replay := not found;
    end if;
    -- Where no end answers repeats, neither does one that a run reaches after this transaction began.
    select * into strict accepted
    from ops.accept_lead(p_lead_id, coalesce(p_source, 'api'), p_owner,
                         case when p_force or p_dedup = interval '0' then interval '-1 day' else p_dedup end,
                         is_replay, p_lease, p_lands_within, p_spread);

    if accepted.answer <> 'unknown' then
        if p_look is not null then
            insert into ops.access_log (actor, action, lead_id, reason)
            values (p_look ->> 'actor', p_look ->> 'action', p_lead_id, p_look ->> 'reason');
        end if;
        if p_given is not null and ops.store_given(p_lead_id, p_given) and accepted.answer = 'join' then
            update ops.leads l set requested_no = greatest(l.requested_no, l.run_no + 1)
            where l.lead_id = p_lead_id;
        end if;
        if p_force and accepted.answer in ('run', 'waiting') then
            update ops.leads l set forced_at = now() where l.lead_id = p_lead_id;
        end if;
        if p_force and p_replay and accepted.answer = 'run' then
            update ops.outbox o set attempts = 0 where o.lead_id = p_lead_id and o.state <> 'sent';
        end if;
    end if;
    return query select accepted.answer, accepted.run_no, accepted.attempts, accepted.crashes,
                        ops.given_details(p_lead_id), accepted.state, accepted.message_sent, accepted.cpfs,
                        accepted.reason, accepted.next_attempt_at, accepted.finished_at;
end $$;

--
-- Name: FUNCTION accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean, p_force boolean, p_look jsonb, p_given jsonb, p_lease interval, p_lands_within interval, p_spread interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.accept_lead(p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean, p_force boolean, p_look jsonb, p_given jsonb, p_lease interval, p_lands_within interval, p_spread interval) IS 'T1: a trigger or a replay, with who asks and what was given. Answers run, join, waiting, duplicate or unknown, and how the lead stands.';

--
-- Name: accept_leads(text[], text, uuid, jsonb, interval, interval, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.accept_leads(p_lead_ids text[], p_source text, p_owner uuid, p_look jsonb, p_lease interval, p_lands_within interval, p_spread interval) RETURNS TABLE(lead_id text, state text)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    wanted text;
begin
    for wanted in select distinct w.id collate "C" from unnest(p_lead_ids) as w (id) order by 1 loop
        state := ops.queue_lead(wanted, p_source, p_owner, p_lease, p_lands_within, p_spread);
        lead_id := wanted;
        if p_look is not null then
            insert into ops.access_log (actor, action, lead_id, reason)
            values (p_look ->> 'actor', p_look ->> 'action', wanted, p_look ->> 'reason');
        end if;
        return next;
    end loop;
end $$;

--
-- Name: FUNCTION accept_leads(p_lead_ids text[], p_source text, p_owner uuid, p_look jsonb, p_lease interval, p_lands_within interval, p_spread interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.accept_leads(p_lead_ids text[], p_source text, p_owner uuid, p_look jsonb, p_lease interval, p_lands_within interval, p_spread interval) IS 'T1 of many leads, each once; the queue runs them. Answers how each stands.';

--
-- Name: acquire_contacts(text, uuid, bigint, jsonb, bytea, bytea[], jsonb, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.acquire_contacts(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, suppression_hashes bytea[], keys jsonb, terms jsonb) RETURNS TABLE("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select from ops.reviews r where r.lead_id = p_lead_id)
       or exists (select from ops.leads l where l.lead_id = p_lead_id and l.correction_due) then
        raise exception 'a newer version runs this lead' using errcode = 'serialization_failure';
    end if;
    return query select * from ops.write_and_acquire(
        p_lead_id, p_owner, p_run_no, details, p_contact_fingerprint, suppression_hashes, keys, terms);
end $$;

--
-- Name: FUNCTION acquire_contacts(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, suppression_hashes bytea[], keys jsonb, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.acquire_contacts(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, suppression_hashes bytea[], keys jsonb, terms jsonb) IS 'All of T2 in the version before migration 18; refuses leads with a review.';

--
-- Name: acquire_lookup(text, uuid, bigint, text, text, bytea, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.acquire_lookup(p_lead_id text, p_owner uuid, p_run_no bigint, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) RETURNS TABLE(answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    stored ops.lookups;
    wanted ops.lookups;
begin
    wanted := row(
        p_provider, p_kind, p_key_hash, 'pending', null, p_owner, p_lead_id, p_run_no,
        (terms -> 'price_centavos' ->> p_provider)::bigint, terms ->> 'purpose', terms ->> 'legal_basis',
        now(), now() + make_interval(secs => (terms ->> 'fresh_secs')::double precision));
    -- A CPF that a new contact reveals may be suppressed: nothing more is asked about that person.
    if exists (select from ops.suppressions s where s.key_hash = p_key_hash) then
        return query select 'suppressed', null::jsonb, null::uuid, null::timestamptz;
        return;
    end if;
    loop
        return query select * from ops.usable_lookup(p_lead_id, p_provider, p_kind, p_key_hash, terms);
        if found then
            insert into ops.provider_calls
                (provider, operation, lead_id, outcome, cost_centavos, latency_ms, purpose, legal_basis)
            values (p_provider, p_kind, p_lead_id, 'cached', 0, 0, wanted.purpose, wanted.legal_basis);
            return;
        end if;
        insert into ops.lookups select wanted.* on conflict do nothing;
        if found then
            return query select 'mine', null::jsonb, null::uuid, null::timestamptz;
            return;
        end if;
        select * into stored from ops.lookups l
        where l.provider = p_provider and l.kind = p_kind and l.key_hash = p_key_hash
        for update;
        -- Gone, or answered in between: look again.
        continue when not found;
        continue when exists (select from ops.usable_lookup(p_lead_id, p_provider, p_kind, p_key_hash, terms));

        if ops.is_asked(stored, p_lead_id, terms) then
            return query select 'pending', null::jsonb, null::uuid, null::timestamptz;
            return;
        end if;
        -- A pending row of this lead is one of an earlier run, which lost the lead, unless this very
        -- statement is repeated after its answer was lost.
        if stored.state = 'pending' and (stored.lead_id, stored.run_no) <> (p_lead_id, p_run_no) then
            perform ops.record_unknown_call(stored);
        end if;
        update ops.lookups l
        set state = 'pending', value = null, owner = wanted.owner, lead_id = wanted.lead_id,
            run_no = wanted.run_no, price_centavos = wanted.price_centavos, purpose = wanted.purpose,
            legal_basis = wanted.legal_basis, started_at = wanted.started_at, expires_at = wanted.expires_at
        where l.provider = p_provider and l.kind = p_kind and l.key_hash = p_key_hash;
        return query select 'mine', null::jsonb, null::uuid, null::timestamptz;
        return;
    end loop;
end $$;

--
-- Name: FUNCTION acquire_lookup(p_lead_id text, p_owner uuid, p_run_no bigint, p_provider text, p_kind text, p_key_hash bytea, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.acquire_lookup(p_lead_id text, p_owner uuid, p_run_no bigint, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) IS 'One question: answered from what is stored, pending with somebody else, suppressed, or mine to ask.';

--
-- Name: acquire_lookups(text, uuid, bigint, jsonb, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.acquire_lookups(p_lead_id text, p_owner uuid, p_run_no bigint, keys jsonb, terms jsonb) RETURNS TABLE("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    wanted record;
begin
    for wanted in
        select k.ordinality::integer as place, k.item ->> 'provider' as provider, k.item ->> 'kind' as kind,
               decode(k.item ->> 'key_hash', 'hex') as key_hash
        from jsonb_array_elements(keys) with ordinality as k (item, ordinality)
        order by 2, 3, 4
    loop
        return query
            select wanted.place, a.*
            from ops.acquire_lookup(p_lead_id, p_owner, p_run_no, wanted.provider, wanted.kind,
                                    wanted.key_hash, terms) a;
    end loop;
end $$;

--
-- Name: FUNCTION acquire_lookups(p_lead_id text, p_owner uuid, p_run_no bigint, keys jsonb, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.acquire_lookups(p_lead_id text, p_owner uuid, p_run_no bigint, keys jsonb, terms jsonb) IS 'Several questions, locked in the order of their keys, answered by position.';

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: addresses; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.addresses (
    id uuid NOT NULL,
    street_type text,
    street text,
    number text,
    complement text,
    neighborhood text,
    city text,
    state text,
    zip_code text,
    formatted_address text,
    latitude numeric(9,6),
    longitude numeric(9,6),
    is_valid boolean DEFAULT true NOT NULL,
    address_hash text GENERATED ALWAYS AS (core.address_hash(street_type, street, number, complement, neighborhood, city, state, zip_code)) STORED,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_addresses_latitude CHECK (((latitude >= ('-90'::integer)::numeric) AND (latitude <= (90)::numeric))),
    CONSTRAINT ck_addresses_longitude CHECK (((longitude >= ('-180'::integer)::numeric) AND (longitude <= (180)::numeric))),
    CONSTRAINT ck_addresses_state CHECK ((state ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT ck_addresses_zip_code CHECK ((zip_code ~ '^[0-9]{8}$'::text))
);

--
-- Name: TABLE addresses; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.addresses IS 'A place, once, however many people live there; never updated. Personal data: where somebody lives, by way of party_addresses. Kept: until deleted; it stays when its last party goes.';

--
-- Name: COLUMN addresses.id; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.addresses.id IS 'UUID v7, made by the service.';

--
-- Name: COLUMN addresses.state; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.addresses.state IS 'Two capitals; null when the provider''s value is none.';

--
-- Name: COLUMN addresses.zip_code; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.addresses.zip_code IS 'CEP, eight digits; null when the provider''s value is none.';

--
-- Name: COLUMN addresses.formatted_address; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.addresses.formatted_address IS 'The known parts in one line, without the CEP.';

--
-- Name: COLUMN addresses.latitude; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.addresses.latitude IS 'The service never sets it.';

--
-- Name: COLUMN addresses.longitude; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.addresses.longitude IS 'The service never sets it.';

--
-- Name: COLUMN addresses.address_hash; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.addresses.address_hash IS 'core.address_hash of the parts: what makes a place the same place.';

--
-- Name: companies; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.companies (
    party_id uuid NOT NULL,
    party_type text DEFAULT 'company'::text NOT NULL,
    legal_name text,
    trade_name text,
    cnpj text,
    company_size text,
    industry text,
    foundation_date date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_companies_cnpj CHECK ((cnpj ~ '^[0-9]{14}$'::text)),
    CONSTRAINT ck_companies_party_type CHECK ((party_type = 'company'::text))
);

--
-- Name: TABLE companies; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.companies IS 'The part of a party that only companies have. The service does not write it: companies named in a profile stay in party_enrichments.normalized_data. Personal data: none, unless a company bears a person''s name. Kept: as long as its party.';

--
-- Name: COLUMN companies.party_type; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.companies.party_type IS 'Always company: part of the key to parties, so that a person cannot have a row here.';

--
-- Name: COLUMN companies.cnpj; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.companies.cnpj IS 'Digits only.';

--
-- Name: lead_parties; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.lead_parties (
    lead_id text NOT NULL,
    party_id uuid NOT NULL,
    run_no bigint NOT NULL,
    matched_by text NOT NULL,
    provider text NOT NULL,
    confidence numeric(3,2),
    evidence jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_lead_parties_confidence CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric))),
    CONSTRAINT ck_lead_parties_matched_by CHECK ((matched_by = ANY (ARRAY['phone'::text, 'email'::text, 'both'::text, 'cpf'::text, 'review'::text])))
);

--
-- Name: TABLE lead_parties; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.lead_parties IS 'Whom a lead was taken for: one row per accepted lead, the person of its last run that found one. Personal data: ties a lead to a person. Kept: as long as its party; removed when the lead ends suppressed.';

--
-- Name: COLUMN lead_parties.lead_id; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.lead_parties.lead_id IS 'The lead in ops.leads and in the CRM; no foreign key, so that core stands alone.';

--
-- Name: COLUMN lead_parties.run_no; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.lead_parties.run_no IS 'The last run of the lead that found this person.';

--
-- Name: COLUMN lead_parties.matched_by; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.lead_parties.matched_by IS 'Which of the lead''s contacts led to the person; cpf: given with the lead, confirmed by the profile''s name; review: a person decided.';

--
-- Name: COLUMN lead_parties.provider; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.lead_parties.provider IS 'Who named the person for the contact: diretrix or work_api; of a given CPF whose profile confirms it: work_api.';

--
-- Name: COLUMN lead_parties.confidence; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.lead_parties.confidence IS 'The score of the decision, 0 to 1: an order, not a probability.';

--
-- Name: COLUMN lead_parties.evidence; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.lead_parties.evidence IS 'The reasons, as codes: decided by the contacts, confirmed by the profile (src/identity/reason.rs).';

--
-- Name: ownerships; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.ownerships (
    ownership_id uuid DEFAULT gen_random_uuid() NOT NULL,
    party_id uuid NOT NULL,
    property_id uuid NOT NULL,
    start_date date,
    end_date date,
    is_current boolean GENERATED ALWAYS AS ((end_date IS NULL)) STORED,
    confidence numeric(3,2),
    CONSTRAINT ck_ownerships_confidence CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric))),
    CONSTRAINT ck_ownerships_period CHECK ((end_date >= start_date))
);

--
-- Name: TABLE ownerships; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.ownerships IS 'Who owns a property, and since when. The service does not write it: the brokerage imports what it has. Personal data: what somebody owns. Kept: as long as its party and its property.';

--
-- Name: COLUMN ownerships.start_date; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.ownerships.start_date IS 'Null: not known.';

--
-- Name: COLUMN ownerships.end_date; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.ownerships.end_date IS 'Null while it holds.';

--
-- Name: COLUMN ownerships.is_current; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.ownerships.is_current IS 'Exactly when there is no end_date.';

--
-- Name: COLUMN ownerships.confidence; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.ownerships.confidence IS 'How sure the source is, 0 to 1.';

--
-- Name: parties; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.parties (
    id uuid NOT NULL,
    party_type text NOT NULL,
    cpf_cnpj text,
    full_name text NOT NULL,
    normalized_name text GENERATED ALWAYS AS (core.fold_text(full_name)) STORED,
    sex text,
    birth_date date,
    mother_name text,
    father_name text,
    rg text,
    fantasy_name text,
    normalized_fantasy_name text GENERATED ALWAYS AS (core.fold_text(fantasy_name)) STORED,
    opening_date date,
    registration_status_date date,
    company_type text,
    company_size text,
    enriched boolean DEFAULT false NOT NULL,
    enriched_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_parties_cpf_cnpj CHECK (
CASE party_type
    WHEN 'person'::text THEN (cpf_cnpj ~ '^[0-9]{11}$'::text)
    ELSE (cpf_cnpj ~ '^[0-9]{14}$'::text)
END),
    CONSTRAINT ck_parties_enriched CHECK ((enriched = (enriched_at IS NOT NULL))),
    CONSTRAINT ck_parties_full_name CHECK (((full_name ~ '\S'::text) AND (length(full_name) <= 400))),
    CONSTRAINT ck_parties_party_type CHECK ((party_type = ANY (ARRAY['person'::text, 'company'::text]))),
    CONSTRAINT ck_parties_sex CHECK ((sex = ANY (ARRAY['M'::text, 'F'::text])))
);
ALTER TABLE ONLY core.parties ALTER COLUMN normalized_name SET STATISTICS 300;

--
-- Name: TABLE parties; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.parties IS 'A person or a company as known best: one row per CPF or CNPJ, the newest non-empty value of each column. The service writes people only. Personal data: name, CPF, RG, birth, sex, parents. Kept: until deleted; nothing deletes rows of its own accord yet.';

--
-- Name: COLUMN parties.id; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.id IS 'UUID v7, made by the service.';

--
-- Name: COLUMN parties.cpf_cnpj; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.cpf_cnpj IS 'Digits only: 11 of a person, 14 of a company.';

--
-- Name: COLUMN parties.normalized_name; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.normalized_name IS 'full_name folded by core.fold_text, for searches by trigrams.';

--
-- Name: COLUMN parties.sex; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.sex IS 'As the registry has it; never guessed from the name.';

--
-- Name: COLUMN parties.mother_name; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.mother_name IS 'As the provider writes it.';

--
-- Name: COLUMN parties.normalized_fantasy_name; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.normalized_fantasy_name IS 'fantasy_name folded by core.fold_text.';

--
-- Name: COLUMN parties.registration_status_date; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.registration_status_date IS 'Since when the registration of the CPF or CNPJ has its present status.';

--
-- Name: COLUMN parties.enriched; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.enriched IS 'Whether a provider''s profile was stored: exactly when enriched_at is set.';

--
-- Name: COLUMN parties.enriched_at; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.parties.enriched_at IS 'When the newest stored profile was answered by its provider.';

--
-- Name: party_addresses; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.party_addresses (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    party_id uuid NOT NULL,
    address_id uuid NOT NULL,
    address_type text DEFAULT 'residential'::text NOT NULL,
    is_primary boolean DEFAULT false NOT NULL,
    is_current boolean DEFAULT true NOT NULL,
    verified boolean DEFAULT false NOT NULL,
    confidence_score numeric(3,2),
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_party_addresses_confidence CHECK (((confidence_score >= (0)::numeric) AND (confidence_score <= (1)::numeric))),
    CONSTRAINT ck_party_addresses_type CHECK ((address_type = ANY (ARRAY['residential'::text, 'commercial'::text, 'billing'::text, 'family_member'::text, 'other'::text])))
);

--
-- Name: TABLE party_addresses; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.party_addresses IS 'That a party has an address. Personal data: where somebody lives. Kept: as long as its party.';

--
-- Name: COLUMN party_addresses.address_type; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_addresses.address_type IS 'The service writes residential: the provider does not say.';

--
-- Name: COLUMN party_addresses.is_primary; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_addresses.is_primary IS 'The first one in the newest profile; one at most per party.';

--
-- Name: COLUMN party_addresses.is_current; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_addresses.is_current IS 'False once its source no longer names it.';

--
-- Name: COLUMN party_addresses.verified; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_addresses.verified IS 'The service never sets it.';

--
-- Name: COLUMN party_addresses.confidence_score; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_addresses.confidence_score IS 'The service never sets it.';

--
-- Name: COLUMN party_addresses.metadata; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_addresses.metadata IS 'source: the provider that said so.';

--
-- Name: party_contacts; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.party_contacts (
    contact_id uuid NOT NULL,
    party_id uuid NOT NULL,
    contact_type core.contact_type_enum NOT NULL,
    value text NOT NULL,
    kind text GENERATED ALWAYS AS (
CASE contact_type
    WHEN 'email'::core.contact_type_enum THEN 'email'::text
    ELSE 'phone'::text
END) STORED,
    value_normalized text GENERATED ALWAYS AS (
CASE contact_type
    WHEN 'email'::core.contact_type_enum THEN lower(btrim(value))
    ELSE core.national_digits(value)
END) STORED,
    is_primary boolean DEFAULT false NOT NULL,
    is_verified boolean DEFAULT false NOT NULL,
    is_whatsapp boolean DEFAULT false NOT NULL,
    source text NOT NULL,
    confidence numeric(3,2),
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    valid_from timestamp with time zone DEFAULT now() NOT NULL,
    valid_to timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_party_contacts_confidence CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric))),
    CONSTRAINT ck_party_contacts_primary CHECK (((NOT is_primary) OR (valid_to IS NULL))),
    CONSTRAINT ck_party_contacts_source CHECK ((source = ANY (ARRAY['work_api'::text, 'diretrix'::text, 'c2s'::text]))),
    CONSTRAINT ck_party_contacts_value CHECK ((value ~ '\S'::text))
);

--
-- Name: TABLE party_contacts; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.party_contacts IS 'A phone or an e-mail of a party, once per party. One that its source no longer names is closed by valid_to and not deleted. Personal data: phones, e-mails. Kept: as long as its party.';

--
-- Name: COLUMN party_contacts.contact_id; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.contact_id IS 'UUID v7, made by the service.';

--
-- Name: COLUMN party_contacts.value; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.value IS 'An e-mail in lower case, a phone as national digits; other writers may spell it otherwise.';

--
-- Name: COLUMN party_contacts.kind; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.kind IS 'email or phone: what contact_type is when WhatsApp counts as a phone.';

--
-- Name: COLUMN party_contacts.value_normalized; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.value_normalized IS 'What contacts are compared by: the e-mail trimmed and in lower case; the phone''s national digits, without 55.';

--
-- Name: COLUMN party_contacts.is_primary; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.is_primary IS 'The first one of its kind in the newest profile; one at most per party and kind.';

--
-- Name: COLUMN party_contacts.is_verified; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.is_verified IS 'The service never sets it.';

--
-- Name: COLUMN party_contacts.is_whatsapp; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.is_whatsapp IS 'As the provider says.';

--
-- Name: COLUMN party_contacts.source; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.source IS 'Who said so; the provider''s labels are in metadata.';

--
-- Name: COLUMN party_contacts.confidence; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.confidence IS 'How likely it still reaches the person, 0 to 1, from the provider''s labels by a table of our own (src/storage/person_json.rs).';

--
-- Name: COLUMN party_contacts.metadata; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.metadata IS 'The provider''s labels: of an e-mail priority, quality, personal; of a phone active, type, operator.';

--
-- Name: COLUMN party_contacts.valid_to; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_contacts.valid_to IS 'When it vanished from what its source says; null while it holds.';

--
-- Name: party_enrichments; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.party_enrichments (
    enrichment_id uuid DEFAULT gen_random_uuid() NOT NULL,
    party_id uuid NOT NULL,
    provider text NOT NULL,
    raw_payload jsonb NOT NULL,
    normalized_data jsonb NOT NULL,
    quality_score numeric(3,2),
    risk_score numeric(3,2),
    payload_sha256 bytea NOT NULL,
    enriched_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_party_enrichments_quality CHECK (((quality_score >= (0)::numeric) AND (quality_score <= (1)::numeric))),
    CONSTRAINT ck_party_enrichments_risk CHECK (((risk_score >= (0)::numeric) AND (risk_score <= (1)::numeric))),
    CONSTRAINT ck_party_enrichments_sha256 CHECK ((octet_length(payload_sha256) = 32))
);

--
-- Name: TABLE party_enrichments; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.party_enrichments IS 'The newest profile of a party from a provider; a later lookup is answered from it while it is fresh. Personal data: the whole profile, income and credit score included; only the allow-listed part of the answer (src/models/allow_list.rs). Kept: as long as its party; replaced by a newer one.';

--
-- Name: COLUMN party_enrichments.provider; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.provider IS 'work_api.';

--
-- Name: COLUMN party_enrichments.raw_payload; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.raw_payload IS 'The allow-listed part of the answer, in the vendor''s shape.';

--
-- Name: COLUMN party_enrichments.normalized_data; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.normalized_data IS 'The profile as the service reads it (src/models/person.rs); money in centavos.';

--
-- Name: COLUMN party_enrichments.quality_score; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.quality_score IS 'Completeness of the profile, 0 to 1; credit risk is in risk_score.';

--
-- Name: COLUMN party_enrichments.risk_score; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.risk_score IS 'Credit risk, 0 to 1, 1 is the worst: 1 minus a thousandth of the credit score.';

--
-- Name: COLUMN party_enrichments.payload_sha256; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.payload_sha256 IS 'Of raw_payload: another hash means that something changed.';

--
-- Name: COLUMN party_enrichments.enriched_at; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.enriched_at IS 'When the provider answered.';

--
-- Name: COLUMN party_enrichments.expires_at; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichments.expires_at IS 'Until when the answer is used again without asking (FRESH_DAYS); the row stays after it.';

--
-- Name: real_estate_properties; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.real_estate_properties (
    property_id uuid DEFAULT gen_random_uuid() NOT NULL,
    address_id uuid,
    property_code text,
    iptu_code text,
    property_type text,
    land_area_sqm numeric(14,2),
    built_area_sqm numeric(14,2),
    rooms_count integer,
    bathrooms_count integer,
    parking_spaces integer,
    market_value_brl numeric(15,2),
    tax_value_brl numeric(15,2),
    monthly_tax_brl numeric(15,2),
    CONSTRAINT ck_real_estate_properties_bathrooms CHECK ((bathrooms_count >= 0)),
    CONSTRAINT ck_real_estate_properties_built_area CHECK (((built_area_sqm >= (0)::numeric) AND (built_area_sqm <> 'NaN'::numeric))),
    CONSTRAINT ck_real_estate_properties_code CHECK ((property_code ~ '\S'::text)),
    CONSTRAINT ck_real_estate_properties_iptu_code CHECK ((iptu_code ~ '\S'::text)),
    CONSTRAINT ck_real_estate_properties_land_area CHECK (((land_area_sqm >= (0)::numeric) AND (land_area_sqm <> 'NaN'::numeric))),
    CONSTRAINT ck_real_estate_properties_market_value CHECK (((market_value_brl >= (0)::numeric) AND (market_value_brl <> 'NaN'::numeric))),
    CONSTRAINT ck_real_estate_properties_monthly_tax CHECK (((monthly_tax_brl >= (0)::numeric) AND (monthly_tax_brl <> 'NaN'::numeric))),
    CONSTRAINT ck_real_estate_properties_parking CHECK ((parking_spaces >= 0)),
    CONSTRAINT ck_real_estate_properties_rooms CHECK ((rooms_count >= 0)),
    CONSTRAINT ck_real_estate_properties_tax_value CHECK (((tax_value_brl >= (0)::numeric) AND (tax_value_brl <> 'NaN'::numeric))),
    CONSTRAINT ck_real_estate_properties_type CHECK ((property_type ~ '\S'::text))
);

--
-- Name: TABLE real_estate_properties; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.real_estate_properties IS 'A property, once. The service does not write it: the brokerage imports what it has. Personal data: where somebody may live, by way of ownerships. Kept: until deleted; it stays when its owners go.';

--
-- Name: COLUMN real_estate_properties.address_id; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.real_estate_properties.address_id IS 'Where it is; null when that is not known.';

--
-- Name: COLUMN real_estate_properties.property_code; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.real_estate_properties.property_code IS 'The importer''s own key of the property.';

--
-- Name: COLUMN real_estate_properties.iptu_code; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.real_estate_properties.iptu_code IS 'The municipal tax register''s number.';

--
-- Name: COLUMN real_estate_properties.property_type; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.real_estate_properties.property_type IS 'In the importer''s words, such as apartamento.';

--
-- Name: COLUMN real_estate_properties.market_value_brl; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.real_estate_properties.market_value_brl IS 'In reais: what it may be sold for. What it sums up to is total_assets_brl of the views.';

--
-- Name: COLUMN real_estate_properties.tax_value_brl; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.real_estate_properties.tax_value_brl IS 'In reais: the valor venal.';

--
-- Name: COLUMN real_estate_properties.monthly_tax_brl; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.real_estate_properties.monthly_tax_brl IS 'In reais: the IPTU of a month.';

--
-- Name: analytics_refreshes; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.analytics_refreshes (
    refresh_id bigint NOT NULL,
    view_name text NOT NULL,
    asked boolean NOT NULL,
    marks text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    duration_ms bigint GENERATED ALWAYS AS (((EXTRACT(epoch FROM (finished_at - started_at)) * (1000)::numeric))::bigint) STORED,
    outcome text,
    error text,
    CONSTRAINT ck_analytics_refreshes_finished CHECK (((outcome IS NULL) = (finished_at IS NULL))),
    CONSTRAINT ck_analytics_refreshes_outcome CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text, 'lost'::text]))),
    CONSTRAINT ck_analytics_refreshes_view CHECK ((view_name = ANY (ARRAY['core.mv_party_analytics'::text, 'analytics.mv_mkt_lead_star'::text])))
);

--
-- Name: TABLE analytics_refreshes; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.analytics_refreshes IS 'Each refresh of a view: when, how long, how it ended. Personal data: none. Kept: 90 days.';

--
-- Name: COLUMN analytics_refreshes.asked; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_refreshes.asked IS 'Somebody asked for it; otherwise it was time, and something had changed.';

--
-- Name: COLUMN analytics_refreshes.marks; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_refreshes.marks IS 'ops.analytics_marks when it began: the same marks later mean that nothing changed.';

--
-- Name: COLUMN analytics_refreshes.outcome; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_refreshes.outcome IS 'done; failed, with its error; lost: whoever did it fell silent. Null while it runs.';

--
-- Name: COLUMN analytics_refreshes.error; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_refreshes.error IS 'A code.';

--
-- Name: given_leads; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.given_leads (
    lead_id text NOT NULL,
    name text,
    cpf text,
    email text,
    phones text[] DEFAULT '{}'::text[] NOT NULL,
    given_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_given_leads_cpf CHECK ((cpf ~ '^[0-9]{11}$'::text))
);

--
-- Name: TABLE given_leads; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.given_leads IS 'What a caller gave of a lead (POST leads): a usable name, phones and e-mail take the place of the CRM''s. Personal data: name, CPF, phones, e-mail. Kept: until deleted; removed when the person is suppressed.';

--
-- Name: COLUMN given_leads.cpf; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.given_leads.cpf IS 'Digits only; check digits verified.';

--
-- Name: COLUMN given_leads.email; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.given_leads.email IS 'In lower case.';

--
-- Name: COLUMN given_leads.phones; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.given_leads.phones IS 'National digits, in the order given; the first is looked up.';

--
-- Name: COLUMN given_leads.given_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.given_leads.given_at IS 'When it was last given otherwise than before.';

--
-- Name: lead_details; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.lead_details (
    lead_id text NOT NULL,
    name text,
    phone text,
    email text,
    description text,
    product text,
    price_centavos bigint,
    seller text,
    campaign text,
    source text,
    crm_created_at timestamp with time zone,
    crm_updated_at timestamp with time zone,
    fetched_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE lead_details; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.lead_details IS 'What the CRM said of a lead when it was last fetched. Personal data: name, phone, e-mail, what the lead wrote. Kept: until deleted; removed when the lead ends suppressed.';

--
-- Name: COLUMN lead_details.phone; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lead_details.phone IS 'National digits; null when there is none that can exist.';

--
-- Name: COLUMN lead_details.email; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lead_details.email IS 'In lower case; null when there is none that can exist.';

--
-- Name: COLUMN lead_details.description; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lead_details.description IS 'Free text of the lead.';

--
-- Name: COLUMN lead_details.product; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lead_details.product IS 'The property asked about.';

--
-- Name: COLUMN lead_details.price_centavos; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lead_details.price_centavos IS 'The price of that property.';

--
-- Name: COLUMN lead_details.source; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lead_details.source IS 'Where the CRM has it from; ops.leads.source says who triggered it.';

--
-- Name: leads; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.leads (
    lead_id text NOT NULL,
    source text NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    state text NOT NULL,
    outcome text,
    requested_no bigint DEFAULT 1 NOT NULL,
    run_no bigint DEFAULT 0 NOT NULL,
    owner uuid,
    due_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    crashes integer DEFAULT 0 NOT NULL,
    contact_fingerprint bytea,
    message_fingerprint bytea,
    message_sent boolean DEFAULT false NOT NULL,
    timeline jsonb DEFAULT '[]'::jsonb NOT NULL,
    last_error text,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    alert_at timestamp with time zone,
    forced_at timestamp with time zone,
    correction_due boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_leads_attempts CHECK ((attempts >= 0)),
    CONSTRAINT ck_leads_crashes CHECK ((crashes >= 0)),
    CONSTRAINT ck_leads_due_at CHECK (((state = ANY (ARRAY['accepted'::text, 'retrying'::text, 'budget_hold'::text])) = (due_at IS NOT NULL))),
    CONSTRAINT ck_leads_finished_at CHECK (((state = ANY (ARRAY['accepted'::text, 'processing'::text, 'retrying'::text, 'budget_hold'::text])) = (finished_at IS NULL))),
    CONSTRAINT ck_leads_lead_id CHECK ((lead_id ~ '^[A-Za-z0-9_-]{1,64}$'::text)),
    CONSTRAINT ck_leads_outcome CHECK ((outcome = ANY (ARRAY['review'::text, 'completed'::text, 'unidentified'::text, 'suppressed'::text, 'lead_missing'::text, 'failed'::text, 'delivery_unknown'::text]))),
    CONSTRAINT ck_leads_owner CHECK (((state = 'processing'::text) = (owner IS NOT NULL))),
    CONSTRAINT ck_leads_priority CHECK ((priority = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_leads_source CHECK ((source = ANY (ARRAY['make'::text, 'c2s_webhook'::text, 'google_ads'::text, 'backfill'::text, 'api'::text]))),
    CONSTRAINT ck_leads_state CHECK ((state = ANY (ARRAY['accepted'::text, 'processing'::text, 'retrying'::text, 'budget_hold'::text, 'review'::text, 'completed'::text, 'unidentified'::text, 'suppressed'::text, 'lead_missing'::text, 'failed'::text, 'delivery_unknown'::text])))
)
WITH (fillfactor='70');

--
-- Name: TABLE leads; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.leads IS 'A lead and how it stands: the queue, one narrow row per lead. Personal data: none but the lead''s id, and a keyed hash of its contacts. Kept: until deleted; nothing deletes rows of its own accord yet.';

--
-- Name: COLUMN leads.lead_id; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.lead_id IS 'As the CRM names it; opaque.';

--
-- Name: COLUMN leads.source; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.source IS 'Who told us of it first. make: GET leads/process; api: the other routes and the command line; the others are not written yet.';

--
-- Name: COLUMN leads.priority; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.priority IS '0: somebody waits for it. 1: backfilled.';

--
-- Name: COLUMN leads.state; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.state IS 'Where it is. budget_hold is not written yet.';

--
-- Name: COLUMN leads.outcome; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.outcome IS 'The last end that was reached.';

--
-- Name: COLUMN leads.requested_no; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.requested_no IS 'The run that is asked for at least; ahead of run_no when something changed during a run.';

--
-- Name: COLUMN leads.run_no; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.run_no IS 'The fence: it only ever grows, and no write of an earlier run passes.';

--
-- Name: COLUMN leads.owner; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.owner IS 'The instance at work on it (ops.instances), while processing.';

--
-- Name: COLUMN leads.due_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.due_at IS 'When the next run is due, while one is.';

--
-- Name: COLUMN leads.attempts; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.attempts IS 'Failures of this lead since it last began anew; an outage of an upstream spends none.';

--
-- Name: COLUMN leads.crashes; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.crashes IS 'How often in a row the process that ran it ended without ending the run. Other ends than a crash set it to 0.';

--
-- Name: COLUMN leads.contact_fingerprint; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.contact_fingerprint IS 'Keyed hash of name and contacts as last fetched: tells whether they changed.';

--
-- Name: COLUMN leads.message_fingerprint; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.message_fingerprint IS 'Of the message last delivered.';

--
-- Name: COLUMN leads.message_sent; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.message_sent IS 'Whether the last finished run has a message posted; false when it was unchanged since the last delivery.';

--
-- Name: COLUMN leads.timeline; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.timeline IS 'The steps of the last run: name, outcome (a code), latency_ms, cost_centavos.';

--
-- Name: COLUMN leads.last_error; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.last_error IS 'A code, without personal data.';

--
-- Name: COLUMN leads.first_seen_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.first_seen_at IS 'When it was first accepted.';

--
-- Name: COLUMN leads.finished_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.finished_at IS 'When it reached an end state, while it is in one.';

--
-- Name: COLUMN leads.alert_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.alert_at IS 'When a person is to be told of its end; null when nobody is, or somebody was.';

--
-- Name: COLUMN leads.forced_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.forced_at IS 'Its runs use no answer that was asked for before: an admin wants them bought anew. Null when stored answers will do.';

--
-- Name: COLUMN leads.correction_due; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.leads.correction_due IS 'The broker read a message about somebody who was turned down since, and has to be told.';

--
-- Name: outbox; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.outbox (
    lead_id text NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    fingerprint bytea NOT NULL,
    state text NOT NULL,
    run_no bigint NOT NULL,
    owner uuid,
    sending_since timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    read_back boolean DEFAULT false NOT NULL,
    due_at timestamp with time zone,
    sent_at timestamp with time zone,
    last_error text,
    first_sent_at timestamp with time zone DEFAULT now() NOT NULL,
    ends_as text DEFAULT 'completed'::text NOT NULL,
    end_reason text,
    CONSTRAINT ck_outbox_attempts CHECK ((attempts >= 0)),
    CONSTRAINT ck_outbox_ends_as CHECK ((ends_as = ANY (ARRAY['completed'::text, 'review'::text, 'unidentified'::text]))),
    CONSTRAINT ck_outbox_kind CHECK ((kind = 'message'::text)),
    CONSTRAINT ck_outbox_owner CHECK (((state = 'sending'::text) = (owner IS NOT NULL))),
    CONSTRAINT ck_outbox_sent_at CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT ck_outbox_state CHECK ((state = ANY (ARRAY['sending'::text, 'unknown'::text, 'sent'::text])))
);

--
-- Name: TABLE outbox; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.outbox IS 'The message to the broker: one per lead, written as sending before it is posted. Personal data: the message with its profile. Kept: until deleted; removed when the lead ends suppressed.';

--
-- Name: COLUMN outbox.kind; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.kind IS 'message; others come later.';

--
-- Name: COLUMN outbox.body; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.body IS 'The whole text, as the broker reads it.';

--
-- Name: COLUMN outbox.fingerprint; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.fingerprint IS 'Of the message without its last line.';

--
-- Name: COLUMN outbox.state; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.state IS 'sending: posted now, or to be read back when its run died. unknown: it may have arrived. sent: it stands in the CRM.';

--
-- Name: COLUMN outbox.run_no; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.run_no IS 'The run of the lead that sends it.';

--
-- Name: COLUMN outbox.owner; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.owner IS 'The instance that sends it (ops.instances).';

--
-- Name: COLUMN outbox.sending_since; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.sending_since IS 'Since when it may be on its way to the CRM, in a post that is not counted in attempts; null when it is not.';

--
-- Name: COLUMN outbox.attempts; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.attempts IS 'Sends of unknown outcome.';

--
-- Name: COLUMN outbox.read_back; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.read_back IS 'An earlier run may have delivered it: the lead is read back before it is sent.';

--
-- Name: COLUMN outbox.due_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.due_at IS 'Not before this moment may it be read back: a late request may still land.';

--
-- Name: COLUMN outbox.last_error; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.last_error IS 'A code, without personal data.';

--
-- Name: COLUMN outbox.first_sent_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.first_sent_at IS 'When this message was first sent, however often it was sent since.';

--
-- Name: COLUMN outbox.ends_as; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.ends_as IS 'What the lead becomes once this is delivered. completed: a message about its person; the others: a note without personal data.';

--
-- Name: COLUMN outbox.end_reason; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.outbox.end_reason IS 'Why, as a code; null for a message about a person.';

--
-- Name: analytics_marks(text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.analytics_marks(p_view text) RETURNS text
    LANGUAGE sql
    RETURN (SELECT concat_ws(' '::text, ((now() AT TIME ZONE 'America/Sao_Paulo'::text))::date, EXTRACT(epoch FROM pg_postmaster_start_time()), EXTRACT(epoch FROM pg_stat_get_db_stat_reset_time((SELECT pg_database.oid FROM pg_database WHERE (pg_database.datname = current_database())))), EXTRACT(epoch FROM pg_stat_get_bgwriter_stat_reset_time()), CASE WHEN (current_setting('track_counts'::text) = 'off'::text) THEN clock_timestamp() ELSE NULL::timestamp with time zone END, (SELECT max(r.refresh_id) AS max FROM ops.analytics_refreshes r WHERE ((analytics_marks.p_view = 'analytics.mv_mkt_lead_star'::text) AND (r.view_name = 'core.mv_party_analytics'::text) AND (r.outcome = 'done'::text))), string_agg(concat_ws(':'::text, c.relfilenode, pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)), ' '::text ORDER BY c.oid)) AS concat_ws FROM pg_class c WHERE (c.oid = ANY ((CASE analytics_marks.p_view WHEN 'core.mv_party_analytics'::text THEN ARRAY['core.parties'::regclass, 'core.companies'::regclass, 'core.party_contacts'::regclass, 'core.party_addresses'::regclass, 'core.addresses'::regclass, 'core.party_enrichments'::regclass, 'core.ownerships'::regclass, 'core.real_estate_properties'::regclass] ELSE ARRAY['ops.leads'::regclass, 'ops.lead_details'::regclass, 'ops.given_leads'::regclass, 'ops.outbox'::regclass, 'core.lead_parties'::regclass] END)::oid[])));

--
-- Name: FUNCTION analytics_marks(p_view text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.analytics_marks(p_view text) IS 'What has to change for a view of analytics to be worth a refresh. Other marks do not mean that a row is another one; the same marks mean that none is.';

--
-- Name: is_inquiry(text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.is_inquiry(asker text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN (asker ~~ 'inquiry:%'::text);

--
-- Name: FUNCTION is_inquiry(asker text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.is_inquiry(asker text) IS 'Whether whoever asks is no lead but an inquiry.';

--
-- Name: lookups; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.lookups (
    provider text NOT NULL,
    kind text NOT NULL,
    key_hash bytea NOT NULL,
    state text NOT NULL,
    value jsonb,
    owner uuid,
    lead_id text NOT NULL,
    run_no bigint NOT NULL,
    price_centavos bigint NOT NULL,
    purpose text NOT NULL,
    legal_basis text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_lookups_key_hash CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT ck_lookups_kind CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text, 'profile'::text]))),
    CONSTRAINT ck_lookups_owner CHECK (((state = 'pending'::text) = (owner IS NOT NULL))),
    CONSTRAINT ck_lookups_provider CHECK ((provider = ANY (ARRAY['diretrix'::text, 'work_api'::text]))),
    CONSTRAINT ck_lookups_state CHECK ((state = ANY (ARRAY['pending'::text, 'found'::text, 'absent'::text]))),
    CONSTRAINT ck_lookups_value CHECK (((state = 'found'::text) = (value IS NOT NULL)))
);

--
-- Name: TABLE lookups; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.lookups IS 'A question to a provider and its answer, once per contact or CPF: intent before the call, cache after it. Personal data: the CPFs and names of the candidates for a contact; keyed hashes. Kept: until the same question is asked again after expires_at; removed when the lead that asked ends suppressed.';

--
-- Name: COLUMN lookups.kind; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.kind IS 'By phone or e-mail: who has this contact. profile: of a CPF.';

--
-- Name: COLUMN lookups.key_hash; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.key_hash IS 'Keyed hash of the contact or the CPF.';

--
-- Name: COLUMN lookups.state; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.state IS 'pending: being asked. found, absent: the provider''s answer. A failed call leaves no row.';

--
-- Name: COLUMN lookups.value; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.value IS 'The candidates; of a profile only its party_id, or, while a review waits for it, the allow-listed payload (held); of an answer that may not be kept only why.';

--
-- Name: COLUMN lookups.owner; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.owner IS 'The instance that asks (ops.instances), while pending.';

--
-- Name: COLUMN lookups.lead_id; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.lead_id IS 'Who asked last: the lead whose run it was, or inquiry:<uuid> where no lead was behind it.';

--
-- Name: COLUMN lookups.run_no; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.run_no IS 'The run of that lead; 0 of an inquiry.';

--
-- Name: COLUMN lookups.price_centavos; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.price_centavos IS 'What the call is expected to cost: what is charged if nobody learns how it ended.';

--
-- Name: COLUMN lookups.purpose; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.purpose IS 'LGPD_PURPOSE when it was asked.';

--
-- Name: COLUMN lookups.legal_basis; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.legal_basis IS 'LGPD_LEGAL_BASIS when it was asked.';

--
-- Name: COLUMN lookups.expires_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.lookups.expires_at IS 'Of a pending row: until when an answer, should one be found, may be used.';

--
-- Name: cached_lookup(text, text, text, bytea); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.cached_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea) RETURNS TABLE(answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (l.state = 'absent'::text) THEN 'absent'::text
             WHEN (l.value ? 'refused'::text) THEN 'refused'::text
             WHEN (l.value ? 'held'::text) THEN 'held'::text
             WHEN (l.kind = 'profile'::text) THEN 'profile'::text
             ELSE 'candidates'::text
         END AS "case",
     COALESCE(e.normalized_data, (l.value -> 'refused'::text), (l.value -> 'held'::text), l.value) AS "coalesce",
     e.party_id,
     e.enriched_at
    FROM (ops.lookups l
      LEFT JOIN core.party_enrichments e ON (((l.kind = 'profile'::text) AND (e.party_id = ((l.value ->> 'party_id'::text))::uuid) AND (e.provider = l.provider))))
   WHERE ((l.provider = cached_lookup.p_provider) AND (l.kind = cached_lookup.p_kind) AND (l.key_hash = cached_lookup.p_key_hash) AND (l.state <> 'pending'::text) AND ((l.expires_at > now()) OR ((l.lead_id = cached_lookup.p_lead_id) AND COALESCE((l.value ? 'held'::text), false))) AND ((l.lead_id = cached_lookup.p_lead_id) OR ((l.value ->> 'refused'::text) IS DISTINCT FROM 'profile_name_contradicts'::text)) AND (NOT (ops.is_inquiry(cached_lookup.p_lead_id) AND (COALESCE((l.value ->> 'refused'::text), ''::text) = ANY (ARRAY['profile_name_contradicts'::text, 'deceased'::text])))) AND ((NOT COALESCE((l.value ? 'party_id'::text), false)) OR (e.party_id IS NOT NULL)));
END;

--
-- Name: FUNCTION cached_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.cached_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea) IS 'A stored answer that is still fresh and an answer to whoever asks, else no row.';

--
-- Name: close_review(text, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.close_review(p_lead_id text, proposed_again jsonb DEFAULT '[]'::jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    closed jsonb;
begin
    delete from ops.reviews r where r.lead_id = p_lead_id and r.decision is null returning r.candidates into closed;
    perform ops.drop_held((
        select jsonb_agg(c.item) from jsonb_array_elements(closed) as c (item)
        where not proposed_again @> jsonb_build_array(jsonb_build_object('cpf_hash', c.item ->> 'cpf_hash'))));
end $$;

--
-- Name: FUNCTION close_review(p_lead_id text, proposed_again jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.close_review(p_lead_id text, proposed_again jsonb) IS 'Removes the undecided review of a lead, and the profiles that were held for it alone.';

--
-- Name: complete_delivery(text, uuid, bigint, boolean, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.complete_delivery(p_lead_id text, p_owner uuid, p_run_no bigint, was_sent boolean, steps jsonb) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    delivered ops.outbox;
begin
    if exists (select from ops.leads l join ops.outbox o on o.lead_id = l.lead_id
               where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null
                 and o.run_no = p_run_no and o.state = 'sent') then
        return;
    end if;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    update ops.outbox o
    set state = 'sent', sent_at = now(), owner = null, due_at = null, last_error = null
    where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no and o.state = 'sending'
    returning * into delivered;
    if not found then
        raise exception 'no message of this run is being sent' using errcode = 'LC001';
    end if;
    update ops.leads l
    set message_fingerprint = delivered.fingerprint, correction_due = false
    where l.lead_id = p_lead_id;
    perform ops.abandon_lookups(p_lead_id);
    -- A note is no message about a person.
    perform ops.finish_lead(p_lead_id, delivered.ends_as, delivered.end_reason,
                            was_sent and delivered.ends_as = 'completed', steps);
end $$;

--
-- Name: FUNCTION complete_delivery(p_lead_id text, p_owner uuid, p_run_no bigint, was_sent boolean, steps jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.complete_delivery(p_lead_id text, p_owner uuid, p_run_no bigint, was_sent boolean, steps jsonb) IS 'T5: the message stands in the CRM; message and lead are done.';

--
-- Name: decide_review(uuid, text, integer, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.decide_review(p_review_id uuid, p_decision text, p_candidate integer, p_look jsonb) RETURNS TABLE(answer text, lead_id text, state text)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    lead      ops.leads;
    review    ops.reviews;
    candidate jsonb;
    pair      text;
    is_told   boolean := false;
begin
    -- The lead is locked before its review, as a run does.
    select l.* into lead from ops.leads l join ops.reviews r on r.lead_id = l.lead_id
    where r.review_id = p_review_id for update of l;
    select * into review from ops.reviews r where r.review_id = p_review_id for update;
    if not found then
        return query select 'unknown', null::text, null::text;
        return;
    end if;
    if review.decision = p_decision and review.chosen is not distinct from p_candidate then
        -- Who says it again is shown it again.
        insert into ops.access_log (actor, action, lead_id, reason)
        values (p_look ->> 'actor', p_look ->> 'action', lead.lead_id, p_look ->> 'reason');
        return query select 'done', lead.lead_id, lead.state;
        return;
    end if;
    if exists (select from ops.reviews n where n.lead_id = review.lead_id
                 and (n.created_at, n.review_id) > (review.created_at, review.review_id)) then
        return query select 'unknown', null::text, null::text;
        return;
    end if;
    if review.decision = 'reject' or (review.decision = 'choose' and p_decision = 'choose') then
        return query select 'decided', lead.lead_id, lead.state;
        return;
    end if;
    if lead.state = 'processing' then
        return query select 'running', lead.lead_id, lead.state;
        return;
    end if;
    if p_decision = 'choose'
       and (p_candidate < 1 or review.candidates -> (p_candidate - 1) is null
            or ops.is_suppressed_candidate(review.candidates -> (p_candidate - 1))) then
        return query select 'no_such_candidate', lead.lead_id, lead.state;
        return;
    end if;

    if p_decision = 'reject' then
        for candidate in
            select c.item from jsonb_array_elements(review.candidates) with ordinality as c (item, ordinality)
            where review.chosen is null or c.ordinality = review.chosen
        loop
            for pair in select jsonb_array_elements_text(candidate -> 'contact_hashes') loop
                insert into ops.rejected_matches (contact_hash, cpf_hash, rejected_by)
                values (decode(pair, 'hex'), decode(candidate ->> 'cpf_hash', 'hex'), p_look ->> 'actor')
                on conflict do nothing;
            end loop;
            if candidate ->> 'cpf' is not null then
                is_told := ops.withdraw_person(lead.lead_id, candidate ->> 'cpf') or is_told;
            end if;
        end loop;
        update ops.leads l set correction_due = correction_due or is_told where l.lead_id = lead.lead_id;
    end if;
    update ops.reviews r
    set decision = p_decision, chosen = p_candidate, taken_back = review.chosen is not null, decided_by = p_look ->> 'actor', decided_at = now(),
        candidates = (
            select jsonb_agg(case when c.ordinality = p_candidate then c.item else c.item - 'cpf' - 'name' - 'profile_name' end
                             order by c.ordinality)
            from jsonb_array_elements(r.candidates) with ordinality as c (item, ordinality))
    where r.review_id = p_review_id;
    if p_decision = 'reject' then
        -- An earlier review of the lead may have chosen whoever is turned down now.
        update ops.reviews r
        set candidates = (
            select jsonb_agg(case when review.candidates @> jsonb_build_array(
                                           jsonb_build_object('cpf_hash', c.item ->> 'cpf_hash'))
                                  then c.item - 'cpf' - 'name' - 'profile_name' else c.item end order by c.ordinality)
            from jsonb_array_elements(r.candidates) with ordinality as c (item, ordinality))
        where r.lead_id = review.lead_id and r.review_id <> p_review_id;
    end if;
    perform ops.drop_held(review.candidates);
    insert into ops.access_log (actor, action, lead_id, reason)
    values (p_look ->> 'actor', p_look ->> 'action', lead.lead_id, p_look ->> 'reason');
    perform ops.run_decided_lead(lead);
    return query select 'done', l.lead_id, l.state from ops.leads l where l.lead_id = lead.lead_id;
end $$;

--
-- Name: FUNCTION decide_review(p_review_id uuid, p_decision text, p_candidate integer, p_look jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.decide_review(p_review_id uuid, p_decision text, p_candidate integer, p_look jsonb) IS 'A person decides a review, and the lead runs on. Answers unknown, decided, running, no_such_candidate or done.';

--
-- Name: reviews; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.reviews (
    review_id uuid NOT NULL,
    lead_id text NOT NULL,
    candidates jsonb NOT NULL,
    decision text,
    chosen integer,
    decided_by text,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    contact_fingerprint bytea,
    score smallint,
    reasons text[] DEFAULT '{}'::text[] NOT NULL,
    taken_back boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_reviews_chosen CHECK (((NOT (decision IS DISTINCT FROM 'choose'::text)) = (chosen IS NOT NULL))),
    CONSTRAINT ck_reviews_decided CHECK (((decision IS NOT NULL) = ((decided_at IS NOT NULL) AND (decided_by IS NOT NULL)))),
    CONSTRAINT ck_reviews_decision CHECK ((decision = ANY (ARRAY['choose'::text, 'reject'::text]))),
    CONSTRAINT ck_reviews_score CHECK (((score >= 0) AND (score <= 100)))
);

--
-- Name: TABLE reviews; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.reviews IS 'A doubtful identity, for a person to decide; one undecided at most per lead. Personal data: CPFs and names of the candidates; once it is decided, of the chosen one alone. Kept: until deleted; an undecided one goes when the lead ends otherwise, all of them when the person is suppressed.';

--
-- Name: COLUMN reviews.candidates; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.reviews.candidates IS 'The candidates with their evidence, best first: cpf, name, profile_name, cpf_hash, contact_hashes (keyed, hex), named_by, matched_by, agreement, score, reasons.';

--
-- Name: COLUMN reviews.chosen; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.reviews.chosen IS 'Which of the candidates, from 1, when the decision is choose.';

--
-- Name: COLUMN reviews.decided_by; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.reviews.decided_by IS 'The name of the key, or of whoever gave it on the command line.';

--
-- Name: COLUMN reviews.contact_fingerprint; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.reviews.contact_fingerprint IS 'Of the lead''s details it is about (as ops.leads.contact_fingerprint); a decision holds while they stay the same.';

--
-- Name: COLUMN reviews.score; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.reviews.score IS 'How much speaks for the best candidate, 0 to 100: an order, no probability.';

--
-- Name: COLUMN reviews.reasons; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.reviews.reasons IS 'What speaks for and against, as codes.';

--
-- Name: COLUMN reviews.taken_back; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.reviews.taken_back IS 'The rejection took back a choice: it is about the chosen one alone, and the lead is looked at anew.';

--
-- Name: is_reviewed(bytea); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.is_reviewed(p_cpf_hash bytea) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (EXISTS (SELECT FROM ops.reviews r WHERE ((r.candidates @> jsonb_build_array(jsonb_build_object('cpf_hash', encode(is_reviewed.p_cpf_hash, 'hex'::text)))) AND ((r.decision IS NULL) OR ((r.decision = 'choose'::text) AND (((r.candidates -> (r.chosen - 1)) ->> 'cpf_hash'::text) = encode(is_reviewed.p_cpf_hash, 'hex'::text)))) AND (NOT (EXISTS (SELECT FROM ops.reviews n WHERE ((n.lead_id = r.lead_id) AND (ROW(n.created_at, n.review_id) > ROW(r.created_at, r.review_id)))))))));

--
-- Name: FUNCTION is_reviewed(p_cpf_hash bytea); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.is_reviewed(p_cpf_hash bytea) IS 'Whether a review still needs the profile of a CPF.';

--
-- Name: drop_held(jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.drop_held(candidates jsonb) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 DELETE FROM ops.lookups k
   WHERE ((k.value ? 'held'::text) AND (k.key_hash IN ( SELECT decode((c.item ->> 'cpf_hash'::text), 'hex'::text) AS decode
            FROM jsonb_array_elements(drop_held.candidates) c(item))) AND (NOT ops.is_reviewed(k.key_hash)));
END;

--
-- Name: FUNCTION drop_held(candidates jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.drop_held(candidates jsonb) IS 'Drops held profiles of candidates that no review waits for any more.';

--
-- Name: end_in_review(text, uuid, bigint, text, jsonb, jsonb, double precision, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.end_in_review(p_lead_id text, p_owner uuid, p_run_no bigint, p_reason text, review jsonb, settled jsonb, absent_secs double precision, steps jsonb) RETURNS TABLE(state text, message_sent boolean, cpfs text[], reason text, next_attempt_at timestamp with time zone, finished_at timestamp with time zone, review_id uuid)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    opened uuid;
begin
    -- Repeated after its answer was lost, it only tells how the lead stands.
    if not exists (select from ops.leads l
                   where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null) then
        perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
        opened := ops.open_review(p_lead_id, review);
        perform from ops.end_run(
            p_lead_id, p_owner, p_run_no,
            case when opened is not null then 'review' else ops.end_without_candidates(review) end,
            case when opened is not null then p_reason
                 when ops.end_without_candidates(review) = 'unidentified' then 'rejected_before' end,
            interval '0', false, settled, absent_secs, steps, 0, 0);
        if opened is null then
            perform ops.drop_held(review -> 'candidates');
        end if;
    end if;
    return query select r.*, (select o.review_id from ops.reviews o
                              where o.lead_id = p_lead_id and o.decision is null)
                 from ops.lead_result(p_lead_id) r;
end $$;

--
-- Name: FUNCTION end_in_review(p_lead_id text, p_owner uuid, p_run_no bigint, p_reason text, review jsonb, settled jsonb, absent_secs double precision, steps jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.end_in_review(p_lead_id text, p_owner uuid, p_run_no bigint, p_reason text, review jsonb, settled jsonb, absent_secs double precision, steps jsonb) IS 'The end of a run that leaves a doubt: the review is opened, and the lead waits for a person.';

--
-- Name: end_run(text, uuid, bigint, text, text, interval, boolean, jsonb, double precision, jsonb, integer, integer); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.end_run(p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, retry_after interval, spends_attempt boolean, settled jsonb, absent_secs double precision, steps jsonb, max_attempts integer, max_unknown_sends integer) RETURNS TABLE(state text, message_sent boolean, cpfs text[], reason text, next_attempt_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    failures integer;
    unknown_sends integer := 0;
    landed_by timestamptz;
begin
    -- Repeated after its answer was lost, it only tells how the lead stands.
    if exists (select from ops.leads l
               where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null) then
        return query select * from ops.lead_result(p_lead_id);
        return;
    end if;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    perform ops.settle_lookups(p_lead_id, p_owner, settled, absent_secs, null);
    perform ops.abandon_lookups(p_lead_id);

    if ending = 'unknown' then
        update ops.outbox o
        set state = 'unknown', owner = null, attempts = o.attempts + 1, sending_since = null,
            due_at = now() + retry_after, last_error = p_reason
        where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no
        returning o.attempts into unknown_sends;
        if not found then
            raise exception 'no message of this run is being sent' using errcode = 'LC001';
        end if;
    end if;
    if ending in ('not_delivered', 'failed', 'lead_missing') then
        -- Nothing is on its way any more: the next run may read the lead back at once.
        update ops.outbox o set sending_since = null, last_error = p_reason
        where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no;
    end if;
    if ending = 'delivery_unknown' then
        update ops.outbox o
        set state = 'unknown', owner = null, sending_since = null,
            attempts = o.attempts + case when o.sending_since is null then 0 else 1 end
        where o.lead_id = p_lead_id and o.run_no = p_run_no and o.state = 'sending';
    end if;
    if ending = 'suppressed' then
        -- Nothing of the person stays with the lead; what other leads hold is the eraser's affair.
        delete from ops.lead_details d where d.lead_id = p_lead_id;
        delete from ops.lookups k where k.lead_id = p_lead_id;
        delete from ops.outbox o where o.lead_id = p_lead_id;
        delete from core.lead_parties lp where lp.lead_id = p_lead_id;
    end if;

    select l.attempts + case when spends_attempt then 1 else 0 end into failures
    from ops.leads l where l.lead_id = p_lead_id;
    if ending = 'handed_back' then
        -- The version before does not say how long a message may be on its way: left alone, it is waited for.
        if retry_after > interval '0' then
            landed_by := ops.note_cut_send(p_lead_id, retry_after, 'handed_back');
        end if;
        update ops.leads l
        set state = case when landed_by > now() then 'retrying' else 'accepted' end,
            owner = null, due_at = greatest(landed_by, now()),
            timeline = case when steps = '[]' then l.timeline else steps end
        where l.lead_id = p_lead_id;
    elsif unknown_sends > max_unknown_sends then
        perform ops.finish_lead(p_lead_id, 'delivery_unknown', p_reason, false, steps);
    elsif ending = 'unknown' or (ending in ('retry', 'not_delivered') and failures < max_attempts) then
        update ops.leads l
        set state = 'retrying', owner = null, due_at = now() + retry_after, attempts = failures,
            crashes = 0, last_error = p_reason, timeline = steps
        where l.lead_id = p_lead_id;
    elsif ending in ('retry', 'not_delivered') then
        update ops.leads l set attempts = failures where l.lead_id = p_lead_id;
        perform ops.finish_lead(p_lead_id, 'failed', p_reason, false, steps);
    else
        perform ops.finish_lead(p_lead_id, ending, p_reason, false, steps);
    end if;
    return query select * from ops.lead_result(p_lead_id);
end $$;

--
-- Name: FUNCTION end_run(p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, retry_after interval, spends_attempt boolean, settled jsonb, absent_secs double precision, steps jsonb, max_attempts integer, max_unknown_sends integer); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.end_run(p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, retry_after interval, spends_attempt boolean, settled jsonb, absent_secs double precision, steps jsonb, max_attempts integer, max_unknown_sends integer) IS 'The end of a run that delivered nothing, or does not know whether it did: an end state, or a retry.';

--
-- Name: suppressions; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.suppressions (
    key_hash bytea NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_suppressions_key_hash CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT ck_suppressions_kind CHECK ((kind = ANY (ARRAY['cpf'::text, 'phone'::text, 'email'::text]))),
    CONSTRAINT ck_suppressions_reason CHECK ((reason = ANY (ARRAY['objection'::text, 'erasure'::text])))
);

--
-- Name: TABLE suppressions; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.suppressions IS 'Contacts and CPFs of people who objected or were erased, as keyed hashes: a lead on one ends suppressed. Read by every run; not written yet. Personal data: keyed hashes, which only PRIVACY_KEY ties to a person. Kept: nothing is stored yet.';

--
-- Name: COLUMN suppressions.key_hash; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.suppressions.key_hash IS 'HMAC-SHA-256 under PRIVACY_KEY, as in ops.lookups.';

--
-- Name: is_suppressed_candidate(jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.is_suppressed_candidate(candidate jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (EXISTS (SELECT FROM ops.suppressions s WHERE ((s.key_hash = decode((is_suppressed_candidate.candidate ->> 'cpf_hash'::text), 'hex'::text)) OR (s.key_hash IN (SELECT decode(c.hash, 'hex'::text) AS decode FROM jsonb_array_elements_text((is_suppressed_candidate.candidate -> 'contact_hashes'::text)) c(hash))))));

--
-- Name: FUNCTION is_suppressed_candidate(candidate jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.is_suppressed_candidate(candidate jsonb) IS 'Whether a candidate of a review objected or was erased, by CPF or by a contact that led to them.';

--
-- Name: end_without_candidates(jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.end_without_candidates(review jsonb) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE WHEN (EXISTS (SELECT FROM jsonb_array_elements((end_without_candidates.review -> 'candidates'::text)) c(item) WHERE ops.is_suppressed_candidate(c.item))) THEN 'suppressed'::text ELSE 'unidentified'::text END;

--
-- Name: FUNCTION end_without_candidates(review jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.end_without_candidates(review jsonb) IS 'What a lead becomes whose review has nobody left to propose: suppressed when one of them objected, else unidentified.';

--
-- Name: finish_lead(text, text, text, boolean, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.finish_lead(p_lead_id text, end_state text, reason text, was_sent boolean, steps jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if end_state in ('completed', 'unidentified', 'lead_missing', 'suppressed')
       and exists (select from ops.reviews r where r.lead_id = p_lead_id and r.decision is null) then
        perform ops.close_review(p_lead_id);
    end if;
    if end_state = 'suppressed' then
        delete from ops.given_leads g
        where g.lead_id = p_lead_id
          and not exists (select from ops.leads l
                          where l.lead_id = p_lead_id and l.requested_no > l.run_no);
        delete from ops.reviews r where r.lead_id = p_lead_id;
    end if;
    if end_state in ('review', 'unidentified') then
        -- A note that the CRM refused for good is on its way no more.
        update ops.outbox o set sending_since = null where o.lead_id = p_lead_id and o.state = 'sending';
    end if;

    update ops.leads l
    set alert_at = case
            when end_state = 'delivery_unknown' and l.outcome is distinct from 'delivery_unknown'
              or reason = 'crashed_too_often'
              or (end_state = 'failed' and l.correction_due) then now()
            else l.alert_at end,
        outcome = end_state,
        message_sent = was_sent,
        timeline = steps,
        last_error = reason,
        owner = null,
        crashes = 0,
        state = case when l.requested_no > l.run_no then 'accepted' else end_state end,
        due_at = case when l.requested_no > l.run_no then now() end,
        attempts = case when l.requested_no > l.run_no then 0 else l.attempts end,
        forced_at = case when l.requested_no > l.run_no then l.forced_at end,
        finished_at = case when l.requested_no > l.run_no then null else now() end
    where l.lead_id = p_lead_id;
end $$;

--
-- Name: FUNCTION finish_lead(p_lead_id text, end_state text, reason text, was_sent boolean, steps jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.finish_lead(p_lead_id text, end_state text, reason text, was_sent boolean, steps jsonb) IS 'Ends the run of a lead; one that changed meanwhile starts again.';

--
-- Name: given_details(text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.given_details(p_lead_id text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
begin
    return (select jsonb_build_object('name', g.name, 'cpf', g.cpf, 'email', g.email, 'phones', g.phones)
            from ops.given_leads g where g.lead_id = p_lead_id);
end $$;

--
-- Name: FUNCTION given_details(p_lead_id text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.given_details(p_lead_id text) IS 'What was given of a lead; null when nothing was.';

--
-- Name: hand_back_leads(uuid); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.hand_back_leads(p_owner uuid) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    handed_back text[];
begin
    with mine as (
        select l.lead_id from ops.leads l where l.owner = p_owner order by l.lead_id for update)
    select coalesce(array_agg(mine.lead_id), '{}') into handed_back from mine;
    perform ops.abandon_lookups(lead_id) from unnest(handed_back) as lead_id;
    update ops.leads l
    set state = 'accepted', owner = null, due_at = now()
    where l.lead_id = any (handed_back);
    return cardinality(handed_back);
end $$;

--
-- Name: FUNCTION hand_back_leads(p_owner uuid); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.hand_back_leads(p_owner uuid) IS 'Hands back the leads of an instance of the version before migration 14.';

--
-- Name: hand_back_leads(uuid, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.hand_back_leads(p_owner uuid, p_lands_within interval) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    mine text[];
    landed_by timestamptz;
begin
    with owned as (
        select l.lead_id from ops.leads l where l.owner = p_owner order by l.lead_id for update)
    select coalesce(array_agg(owned.lead_id), '{}') into mine from owned;
    for place in 1 .. cardinality(mine) loop
        perform ops.abandon_lookups(mine[place]);
        landed_by := ops.note_cut_send(mine[place], p_lands_within, 'handed_back');
        update ops.leads l
        set state = case when landed_by > now() then 'retrying' else 'accepted' end,
            owner = null, due_at = greatest(landed_by, now())
        where l.lead_id = mine[place];
    end loop;
    return cardinality(mine);
end $$;

--
-- Name: FUNCTION hand_back_leads(p_owner uuid, p_lands_within interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.hand_back_leads(p_owner uuid, p_lands_within interval) IS 'Gives back all leads of an instance that stops: due at once unless their message may be on its way, nothing spent. Answers how many.';

--
-- Name: hold_claim(text, uuid, bigint); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.hold_claim(p_lead_id text, p_owner uuid, p_run_no bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform from ops.leads l
    where l.lead_id = p_lead_id and l.owner = p_owner and l.run_no = p_run_no
    for update;
    if not found then
        raise exception 'the claim on the lead is lost' using errcode = 'LC001';
    end if;
end $$;

--
-- Name: FUNCTION hold_claim(p_lead_id text, p_owner uuid, p_run_no bigint); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.hold_claim(p_lead_id text, p_owner uuid, p_run_no bigint) IS 'The fence: refuses (LC001) whoever lost the lead, and locks its row until the transaction ends.';

--
-- Name: inquire(text, uuid, jsonb, double precision, jsonb, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.inquire(asker text, p_owner uuid, settled jsonb, absent_secs double precision, keys jsonb, terms jsonb) RETURNS TABLE("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
begin
    perform ops.settle_lookups(asker, p_owner, settled, absent_secs, null);
    return query select * from ops.acquire_lookups(asker, p_owner, 0, keys, terms);
end $$;

--
-- Name: FUNCTION inquire(asker text, p_owner uuid, settled jsonb, absent_secs double precision, keys jsonb, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.inquire(asker text, p_owner uuid, settled jsonb, absent_secs double precision, keys jsonb, terms jsonb) IS 'Of an inquiry: settles what came back and acquires the next questions.';

--
-- Name: instances; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.instances (
    id uuid NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    heartbeat_at timestamp with time zone DEFAULT now() NOT NULL,
    unbroken_since timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE instances; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.instances IS 'A running process of the service. Silent for LEASE_SECS, it counts as dead and loses its leads. Personal data: none.';

--
-- Name: COLUMN instances.heartbeat_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.instances.heartbeat_at IS 'Renewed every third of LEASE_SECS; rows silent for seven days are removed.';

--
-- Name: COLUMN instances.unbroken_since; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.instances.unbroken_since IS 'Since when it has beaten without a pause of two thirds of the lease.';

--
-- Name: is_alive(uuid, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.is_alive(instance uuid, lease interval) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (EXISTS (SELECT FROM ops.instances i WHERE ((i.id = is_alive.instance) AND ((i.heartbeat_at > (now() - is_alive.lease)) OR (NOT (EXISTS (SELECT FROM ops.instances w WHERE ((w.heartbeat_at > (now() - is_alive.lease)) AND (w.heartbeat_at >= (w.unbroken_since + (is_alive.lease / (2)::double precision)))))))))));

--
-- Name: FUNCTION is_alive(instance uuid, lease interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.is_alive(instance uuid, lease interval) IS 'Whether an instance''s heartbeat is younger than the lease, or nobody can say because the database was away.';

--
-- Name: is_asked(ops.lookups, text, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.is_asked(lookup ops.lookups, p_lead_id text, terms jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (((lookup).state = 'pending'::text) AND ((lookup).lead_id <> p_lead_id) AND CASE WHEN ops.is_inquiry((lookup).lead_id) THEN ((lookup).started_at > (now() - '00:15:00'::interval)) ELSE (EXISTS (SELECT FROM ops.leads l WHERE ((l.lead_id = (is_asked.lookup).lead_id) AND (l.owner = (is_asked.lookup).owner) AND (l.run_no = (is_asked.lookup).run_no)))) END AND ops.is_alive((lookup).owner, make_interval(secs => ((terms ->> 'lease_secs'::text))::double precision)));

--
-- Name: FUNCTION is_asked(lookup ops.lookups, p_lead_id text, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.is_asked(lookup ops.lookups, p_lead_id text, terms jsonb) IS 'Whether somebody else, a lead''s run or an inquiry on a living instance, is asking this question.';

--
-- Name: known_answers(text, bytea[], jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.known_answers(p_lead_id text, suppression_hashes bytea[], keys jsonb) RETURNS TABLE("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (k.ordinality)::integer AS ordinality,
         CASE
             WHEN (EXISTS ( SELECT
                FROM ops.suppressions s
               WHERE ((s.key_hash = ANY (known_answers.suppression_hashes)) OR (s.key_hash = k.key_hash)))) THEN 'suppressed'::text
             ELSE c.answer
         END AS answer,
     c.value,
     c.party_id,
     c.fetched_at
    FROM (( SELECT n.ordinality,
             (n.item ->> 'provider'::text) AS provider,
             (n.item ->> 'kind'::text) AS kind,
             decode((n.item ->> 'key_hash'::text), 'hex'::text) AS key_hash
            FROM jsonb_array_elements(known_answers.keys) WITH ORDINALITY n(item, ordinality)) k
      LEFT JOIN LATERAL ops.cached_lookup(known_answers.p_lead_id, k.provider, k.kind, k.key_hash) c(answer, value, party_id, fetched_at) ON (true));
END;

--
-- Name: FUNCTION known_answers(p_lead_id text, suppression_hashes bytea[], keys jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.known_answers(p_lead_id text, suppression_hashes bytea[], keys jsonb) IS 'Stored answers to questions, and who is suppressed, without asking or writing anything.';

--
-- Name: lead_result(text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.lead_result(p_lead_id text) RETURNS TABLE(state text, message_sent boolean, cpfs text[], reason text, next_attempt_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT l.state,
     l.message_sent,
     ARRAY( SELECT p.cpf_cnpj
            FROM (core.lead_parties lp
              JOIN core.parties p ON ((p.id = lp.party_id)))
           WHERE ((lp.lead_id = l.lead_id) AND (lp.run_no = l.run_no) AND (p.party_type = 'person'::text))
           ORDER BY p.cpf_cnpj) AS "array",
     l.last_error,
     l.due_at,
     l.finished_at
    FROM ops.leads l
   WHERE (l.lead_id = lead_result.p_lead_id);
END;

--
-- Name: FUNCTION lead_result(p_lead_id text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.lead_result(p_lead_id text) IS 'How a lead stands, with the CPFs of its last run''s people.';

--
-- Name: look_after_reviews(); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.look_after_reviews() RETURNS TABLE(waiting bigint, oldest_secs double precision)
    LANGUAGE plpgsql
    AS $$
begin
    update ops.daily_alerts a set due_at = now() + interval '1 hour'
    where a.kind = 'held_profiles' and a.due_at <= now();
    if found then
        delete from ops.lookups k
        where k.value ? 'held' and k.started_at < now() - interval '1 day' and not ops.is_reviewed(k.key_hash);
    end if;
    return query
        update ops.daily_alerts a set due_at = now() + interval '1 minute'
        where a.kind = 'reviews_waiting' and a.due_at <= now()
          and exists (select from ops.reviews r where r.decision is null)
        returning (select count(*) from ops.reviews r where r.decision is null),
                  (select extract(epoch from now() - min(r.created_at))::double precision
                   from ops.reviews r where r.decision is null);
end $$;

--
-- Name: FUNCTION look_after_reviews(); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.look_after_reviews() IS 'Drops held profiles that no review waits for, and takes the daily alert about waiting reviews.';

--
-- Name: note_cut_send(text, interval, text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.note_cut_send(p_lead_id text, p_lands_within interval, p_reason text) RETURNS timestamp with time zone
    LANGUAGE sql
    BEGIN ATOMIC
 UPDATE ops.outbox o SET state = 'unknown'::text, owner = NULL::uuid, attempts = (o.attempts + 1), due_at = (o.sending_since + note_cut_send.p_lands_within), sending_since = NULL::timestamp with time zone, last_error = note_cut_send.p_reason
   WHERE ((o.lead_id = note_cut_send.p_lead_id) AND (o.kind = 'message'::text) AND (o.state = 'sending'::text) AND (o.sending_since IS NOT NULL))
   RETURNING o.due_at;
END;

--
-- Name: FUNCTION note_cut_send(p_lead_id text, p_lands_within interval, p_reason text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.note_cut_send(p_lead_id text, p_lands_within interval, p_reason text) IS 'Counts a post that was cut off as a send of unknown outcome. Answers when it can no longer land.';

--
-- Name: open_review(text, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.open_review(p_lead_id text, review jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
    proposed jsonb;
    review_fingerprint bytea := decode(review ->> 'contact_fingerprint', 'hex');
    opened uuid;
begin
    select jsonb_agg(c.item order by c.ordinality) into proposed
    from jsonb_array_elements(review -> 'candidates') with ordinality as c (item, ordinality)
    where not ops.is_suppressed_candidate(c.item)
      and not exists (
          select from ops.rejected_matches m
          where m.cpf_hash = decode(c.item ->> 'cpf_hash', 'hex')
            and m.contact_hash in (select decode(h.hash, 'hex')
                                   from jsonb_array_elements_text(c.item -> 'contact_hashes') as h (hash)));
    if proposed is null then
        perform ops.close_review(p_lead_id);
        perform ops.drop_held(review -> 'candidates');
        return null;
    end if;
    select r.review_id into opened from ops.reviews r
    where r.lead_id = p_lead_id and r.decision is null and r.candidates = proposed
      and r.contact_fingerprint = review_fingerprint;
    if found then
        return opened;
    end if;
    perform ops.close_review(p_lead_id, proposed);
    insert into ops.reviews (review_id, lead_id, candidates, contact_fingerprint, score, reasons, created_at)
    values ((review ->> 'review_id')::uuid, p_lead_id, proposed, review_fingerprint,
            (review ->> 'score')::smallint,
            array(select jsonb_array_elements_text(review -> 'reasons')), clock_timestamp());
    return (review ->> 'review_id')::uuid;
end $$;

--
-- Name: FUNCTION open_review(p_lead_id text, review jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.open_review(p_lead_id text, review jsonb) IS 'The undecided review of a lead: kept when it is about the same candidates, else new. Null when nobody is left to propose.';

--
-- Name: persist_profile(text, uuid, bigint, bytea[], jsonb, jsonb, text, bytea, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.persist_profile(p_lead_id text, p_owner uuid, p_run_no bigint, suppression_hashes bytea[], person jsonb, match jsonb, p_body text, p_fingerprint bytea, steps jsonb) RETURNS TABLE(answer text, party_id uuid, body text, unknown_sends integer, sent_ago_secs double precision)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
    settled jsonb := coalesce(person -> 'settled', '[]');
    party   uuid;
    expiry  timestamptz;
    queued  record;
begin
    -- Repeated after its answer was lost, when the unchanged message had ended the lead.
    select lp.party_id into party
    from ops.leads l
    join ops.outbox o on o.lead_id = l.lead_id and o.state = 'sent' and o.fingerprint = p_fingerprint
    join core.lead_parties lp on lp.lead_id = l.lead_id and lp.run_no = l.run_no
    where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null;
    if found then
        return query select 'unchanged', party, p_body, 0, null::double precision;
        return;
    end if;
    party := (person ->> 'party_id')::uuid;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    if exists (select from ops.suppressions s where s.key_hash = any (suppression_hashes)) then
        perform ops.settle_lookups(p_lead_id, p_owner, settled, 0, null);
        return query select 'suppressed', null::uuid, null::text, 0, null::double precision;
        return;
    end if;

    if person ? 'held' then
        party := ops.store_held(person -> 'held', person -> 'bought', '{}');
    elsif person ? 'bought' then
        select l.expires_at into expiry from ops.lookups l
        where l.provider = settled -> 0 ->> 'provider' and l.kind = settled -> 0 ->> 'kind'
          and l.key_hash = decode(settled -> 0 ->> 'key_hash', 'hex');
        party := core.store_person(settled -> 0 ->> 'provider', person -> 'bought', expiry);
        perform ops.settle_lookups(p_lead_id, p_owner, settled, 0, party);
    else
        perform from core.parties p where p.id = party for key share;
        if not found then
            raise exception 'the party was erased meanwhile' using errcode = 'serialization_failure';
        end if;
    end if;

    -- The CRM may have been told of somebody else: owed until it is told of this person.
    update ops.leads l set correction_due = true
    where l.lead_id = p_lead_id
      and exists (select from core.lead_parties lp where lp.lead_id = p_lead_id and lp.party_id <> party);
    if match ->> 'matched_by' = 'review' then
        -- A person has said that it was nobody else.
        perform ops.withdraw_person(p_lead_id, p.cpf_cnpj)
        from core.lead_parties lp join core.parties p on p.id = lp.party_id
        where lp.lead_id = p_lead_id and lp.party_id <> party;
    end if;
    delete from core.lead_parties lp where lp.lead_id = p_lead_id and lp.party_id <> party;
    insert into core.lead_parties (lead_id, party_id, run_no, matched_by, provider, confidence, evidence)
    values (p_lead_id, party, p_run_no, match ->> 'matched_by', match ->> 'provider',
            (match ->> 'score')::integer / 100.0, match -> 'evidence')
    on conflict (lead_id, party_id) do update
        set run_no = excluded.run_no, matched_by = excluded.matched_by, provider = excluded.provider,
            confidence = excluded.confidence, evidence = excluded.evidence;

    select * into strict queued from ops.queue_message(p_lead_id, p_owner, p_run_no, p_body, p_fingerprint);
    if queued.answer = 'unchanged' then
        update ops.leads l set correction_due = false where l.lead_id = p_lead_id and l.correction_due;
        perform ops.abandon_lookups(p_lead_id);
        perform ops.finish_lead(p_lead_id, 'completed', null, false, steps);
    end if;
    return query select queued.answer, party, queued.body, queued.unknown_sends, queued.sent_ago_secs;
end $$;

--
-- Name: FUNCTION persist_profile(p_lead_id text, p_owner uuid, p_run_no bigint, suppression_hashes bytea[], person jsonb, match jsonb, p_body text, p_fingerprint bytea, steps jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.persist_profile(p_lead_id text, p_owner uuid, p_run_no bigint, suppression_hashes bytea[], person jsonb, match jsonb, p_body text, p_fingerprint bytea, steps jsonb) IS 'T4: settles the profile, stores the person, ties the lead to them, queues the message. Answers suppressed, send, read_back or unchanged.';

--
-- Name: poll_inquiry(text, uuid, text, text, bytea, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.poll_inquiry(asker text, p_owner uuid, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) RETURNS TABLE(answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
begin
    if exists (
        select from ops.lookups k
        where k.provider = p_provider and k.kind = p_kind and k.key_hash = p_key_hash
          and ops.is_asked(k, asker, terms)
    ) then
        return query select 'pending', null::jsonb, null::uuid, null::timestamptz;
        return;
    end if;
    return query select * from ops.acquire_lookup(asker, p_owner, 0, p_provider, p_kind, p_key_hash, terms);
end $$;

--
-- Name: FUNCTION poll_inquiry(asker text, p_owner uuid, p_provider text, p_kind text, p_key_hash bytea, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.poll_inquiry(asker text, p_owner uuid, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) IS 'Of an inquiry: looks again at a question somebody else is asking; takes it over when they are gone.';

--
-- Name: poll_lookup(text, uuid, bigint, text, text, bytea, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.poll_lookup(p_lead_id text, p_owner uuid, p_run_no bigint, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) RETURNS TABLE(answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
begin
    if exists (
        select from ops.leads l, ops.lookups k
        where l.lead_id = p_lead_id and l.owner = p_owner and l.run_no = p_run_no
          and k.provider = p_provider and k.kind = p_kind and k.key_hash = p_key_hash
          and ops.is_asked(k, p_lead_id, terms)
    ) then
        return query select 'pending', null::jsonb, null::uuid, null::timestamptz;
        return;
    end if;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    return query select * from ops.acquire_lookup(
        p_lead_id, p_owner, p_run_no, p_provider, p_kind, p_key_hash, terms || '{"polled": true}');
end $$;

--
-- Name: FUNCTION poll_lookup(p_lead_id text, p_owner uuid, p_run_no bigint, p_provider text, p_kind text, p_key_hash bytea, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.poll_lookup(p_lead_id text, p_owner uuid, p_run_no bigint, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) IS 'Looks again at a question somebody else is asking; takes it over when they are gone.';

--
-- Name: queue_lead(text, text, uuid, interval, interval, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.queue_lead(p_lead_id text, p_source text, p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
    lead ops.leads;
begin
    insert into ops.leads as l (lead_id, source, state, due_at)
    values (p_lead_id, p_source, 'accepted', now())
    on conflict (lead_id) do nothing;
    if found then
        return 'accepted';
    end if;
    select * into strict lead from ops.leads l where l.lead_id = p_lead_id for update;
    if lead.state = 'processing' and lead.owner <> p_owner and not ops.is_alive(lead.owner, p_lease) then
        perform ops.release_crashed(p_lead_id, p_lands_within, p_spread);
        select * into strict lead from ops.leads l where l.lead_id = p_lead_id;
        -- Accepted, or retrying while its message may still land; due at a moment of its own, after a crash.
        return lead.state;
    end if;
    if lead.state = 'processing' then
        return lead.state;
    end if;
    if lead.state = 'retrying' and lead.due_at > now()
       and exists (select from ops.outbox o where o.lead_id = p_lead_id and o.state = 'unknown') then
        return lead.state;
    end if;
    update ops.leads l
    set state = 'accepted', due_at = least(l.due_at, now()), finished_at = null, priority = 0,
        requested_no = greatest(l.requested_no, l.run_no + 1),
        attempts = case when l.finished_at is null then l.attempts else 0 end,
        crashes = case when l.finished_at is null then l.crashes else 0 end
    where l.lead_id = p_lead_id;
    return 'accepted';
end $$;

--
-- Name: FUNCTION queue_lead(p_lead_id text, p_source text, p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.queue_lead(p_lead_id text, p_source text, p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval) IS 'Accepts one lead for the queue. Answers accepted, or processing or retrying when it is left as it is.';

--
-- Name: queue_message(text, uuid, bigint, text, bytea); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.queue_message(p_lead_id text, p_owner uuid, p_run_no bigint, p_body text, p_fingerprint bytea) RETURNS TABLE(answer text, body text, unknown_sends integer, sent_ago_secs double precision)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    stored ops.outbox;
    is_repeated boolean;
begin
    insert into ops.outbox (lead_id, kind, body, fingerprint, state, run_no, owner, sending_since)
    values (p_lead_id, 'message', p_body, p_fingerprint, 'sending', p_run_no, p_owner, now())
    on conflict (lead_id, kind) do nothing;
    if found then
        return query select 'send', p_body, 0, null::double precision;
        return;
    end if;

    select * into strict stored from ops.outbox o where o.lead_id = p_lead_id and o.kind = 'message' for update;
    if stored.body = '' and stored.fingerprint = p_fingerprint then
        -- It was withdrawn with its person, who is back.
        update ops.outbox o set body = p_body where o.lead_id = p_lead_id and o.kind = 'message';
        stored.body := p_body;
    end if;
    if stored.state = 'sent' and stored.fingerprint = p_fingerprint then
        return query select 'unchanged', stored.body, 0, null::double precision;
        return;
    end if;
    is_repeated := stored.run_no = p_run_no and stored.fingerprint = p_fingerprint;
    if is_repeated and not stored.read_back then
        -- Repeated after its answer was lost; the message is only sent now.
        update ops.outbox o set sending_since = now() where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'send', stored.body, stored.attempts, null::double precision;
    elsif stored.state <> 'sent' and stored.fingerprint = p_fingerprint then
        -- After a send of unknown outcome no run begins before it can no longer land (due_at).
        if stored.state = 'unknown' then
            stored.sending_since := null;
        end if;
        update ops.outbox o
        set state = 'sending', owner = p_owner, run_no = p_run_no, read_back = true, due_at = null,
            sending_since = stored.sending_since, ends_as = 'completed', end_reason = null
        where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'read_back', stored.body,
                            stored.attempts + case when stored.sending_since is null then 0 else 1 end,
                            extract(epoch from now() - stored.sending_since)::double precision;
    else
        update ops.outbox o
        set body = p_body, fingerprint = p_fingerprint, state = 'sending', run_no = p_run_no, owner = p_owner,
            sending_since = now(), first_sent_at = now(), attempts = 0, read_back = false, due_at = null,
            sent_at = null, last_error = null, ends_as = 'completed', end_reason = null
        where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'send', p_body, 0, null::double precision;
    end if;
end $$;

--
-- Name: FUNCTION queue_message(p_lead_id text, p_owner uuid, p_run_no bigint, p_body text, p_fingerprint bytea); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.queue_message(p_lead_id text, p_owner uuid, p_run_no bigint, p_body text, p_fingerprint bytea) IS 'Puts the message into the outbox as sending. Answers send, read_back or unchanged.';

--
-- Name: queue_note(text, uuid, bigint, text, text, jsonb, jsonb, double precision, text, bytea, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.queue_note(p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, review jsonb, settled jsonb, absent_secs double precision, p_body text, p_fingerprint bytea, steps jsonb) RETURNS TABLE(answer text, body text, unknown_sends integer, sent_ago_secs double precision)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    queued record;
begin
    -- Repeated after its answer was lost, when the unchanged note had ended the lead.
    if exists (select from ops.leads l join ops.outbox o on o.lead_id = l.lead_id and o.state = 'sent'
               where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null
                 and o.fingerprint = p_fingerprint) then
        return query select 'unchanged', p_body, 0, null::double precision;
        return;
    end if;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    perform ops.settle_lookups(p_lead_id, p_owner, settled, absent_secs, null);
    if review is not null and ops.open_review(p_lead_id, review) is null then
        return query select ops.end_without_candidates(review), null::text, 0, null::double precision;
        return;
    end if;
    select * into strict queued from ops.queue_message(p_lead_id, p_owner, p_run_no, p_body, p_fingerprint);
    if queued.answer = 'unchanged' then
        perform ops.abandon_lookups(p_lead_id);
        perform ops.finish_lead(p_lead_id, ending, p_reason, false, steps);
    else
        update ops.outbox o set ends_as = ending, end_reason = p_reason
        where o.lead_id = p_lead_id and o.kind = 'message';
    end if;
    return query select queued.answer, queued.body, queued.unknown_sends, queued.sent_ago_secs;
end $$;

--
-- Name: FUNCTION queue_note(p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, review jsonb, settled jsonb, absent_secs double precision, p_body text, p_fingerprint bytea, steps jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.queue_note(p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, review jsonb, settled jsonb, absent_secs double precision, p_body text, p_fingerprint bytea, steps jsonb) IS 'T4 of a run that accepts nobody and tells the CRM so: the note is being sent, the review is open.';

--
-- Name: recall_and_acquire(text, uuid, bigint, jsonb, bytea, bytea[], bytea[], jsonb, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.recall_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, contact_hashes bytea[], suppression_hashes bytea[], keys jsonb, terms jsonb) RETURNS TABLE("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    recalled jsonb := ops.recall_lead(p_lead_id, p_contact_fingerprint, contact_hashes);
begin
    return query select 0, 'recalled', recalled, null::uuid, null::timestamptz;
    return query select * from ops.write_and_acquire(
        p_lead_id, p_owner, p_run_no, details, p_contact_fingerprint, suppression_hashes,
        case when recalled ->> 'verdict' is null then keys else '[]' end, terms);
end $$;

--
-- Name: FUNCTION recall_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, contact_hashes bytea[], suppression_hashes bytea[], keys jsonb, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.recall_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, contact_hashes bytea[], suppression_hashes bytea[], keys jsonb, terms jsonb) IS 'T2: the fetched lead is written down, what a person has said of it is recalled, and its contacts are asked for.';

--
-- Name: recall_lead(text, bytea, bytea[]); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.recall_lead(p_lead_id text, p_contact_fingerprint bytea, contact_hashes bytea[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (
        select jsonb_build_object(
            'rejected', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'contact_hash', encode(m.contact_hash, 'hex'), 'cpf_hash', encode(m.cpf_hash, 'hex'))), '[]')
                from ops.rejected_matches m where m.contact_hash = any (contact_hashes)),
            'correction_due', l.correction_due,
            'last_delivered', encode(l.message_fingerprint, 'hex'),
            'told_cpf', told.cpf,
            'verdict', (
                select case
                    when r.decision = 'choose' then jsonb_build_object(
                        'review_id', r.review_id, 'chosen', r.candidates -> (r.chosen - 1))
                    when r.decision = 'reject' and not r.taken_back and told.parties = 0
                         and (l.forced_at > r.decided_at) is not true
                        then jsonb_build_object('review_id', r.review_id) end
                from (select n.* from ops.reviews n where n.lead_id = p_lead_id
                      order by n.created_at desc, n.review_id desc limit 1) r
                where r.contact_fingerprint = p_contact_fingerprint))
        from (select min(p.cpf_cnpj) as cpf, count(*) as parties
              from core.lead_parties lp join core.parties p on p.id = lp.party_id
              where lp.lead_id = p_lead_id) told
        left join ops.leads l on l.lead_id = p_lead_id);
end $$;

--
-- Name: FUNCTION recall_lead(p_lead_id text, p_contact_fingerprint bytea, contact_hashes bytea[]); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.recall_lead(p_lead_id text, p_contact_fingerprint bytea, contact_hashes bytea[]) IS 'What is remembered of a lead: the verdict of its latest review, who was turned down for its contacts, whom the broker was told of, and whether that was a mistake.';

--
-- Name: provider_calls; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.provider_calls (
    call_id bigint NOT NULL,
    provider text NOT NULL,
    operation text NOT NULL,
    lead_id text NOT NULL,
    outcome text NOT NULL,
    cost_centavos bigint NOT NULL,
    latency_ms bigint NOT NULL,
    purpose text NOT NULL,
    legal_basis text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_provider_calls_cost CHECK ((cost_centavos >= 0)),
    CONSTRAINT ck_provider_calls_latency CHECK ((latency_ms >= 0)),
    CONSTRAINT ck_provider_calls_operation CHECK ((operation = ANY (ARRAY['phone'::text, 'email'::text, 'profile'::text]))),
    CONSTRAINT ck_provider_calls_outcome CHECK ((outcome = ANY (ARRAY['hit'::text, 'miss'::text, 'error'::text, 'denied'::text, 'unknown'::text, 'cached'::text]))),
    CONSTRAINT ck_provider_calls_provider CHECK ((provider = ANY (ARRAY['diretrix'::text, 'work_api'::text])))
);

--
-- Name: TABLE provider_calls; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.provider_calls IS 'The ledger: one row when a call settles, and one when a stored answer was used instead; only ever appended to. Personal data: none but the lead''s id. Kept: until deleted; nothing deletes rows of its own accord yet.';

--
-- Name: COLUMN provider_calls.operation; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.provider_calls.operation IS 'What was asked: phone, email or profile.';

--
-- Name: COLUMN provider_calls.lead_id; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.provider_calls.lead_id IS 'Whose call it was: a lead, or inquiry:<uuid>.';

--
-- Name: COLUMN provider_calls.outcome; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.provider_calls.outcome IS 'hit, miss: the provider''s answer. cached: answered from what is stored. denied: refused, nothing to pay. error: surely no answer. unknown: may have been answered, counts as spent.';

--
-- Name: COLUMN provider_calls.cost_centavos; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.provider_calls.cost_centavos IS 'The configured price (PRICE_…_CENTAVOS) of a hit, a miss or an unknown; else 0.';

--
-- Name: COLUMN provider_calls.latency_ms; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.provider_calls.latency_ms IS 'How long the call took; 0 of a stored answer.';

--
-- Name: COLUMN provider_calls.purpose; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.provider_calls.purpose IS 'LGPD_PURPOSE when it was asked.';

--
-- Name: COLUMN provider_calls.legal_basis; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.provider_calls.legal_basis IS 'LGPD_LEGAL_BASIS when it was asked.';

--
-- Name: record_unknown_call(ops.lookups); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.record_unknown_call(lookup ops.lookups) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO ops.provider_calls (provider, operation, lead_id, outcome, cost_centavos, latency_ms, purpose, legal_basis)
   VALUES ((record_unknown_call.lookup).provider, (record_unknown_call.lookup).kind, (record_unknown_call.lookup).lead_id, 'unknown'::text, (record_unknown_call.lookup).price_centavos, (GREATEST((0)::numeric, (EXTRACT(epoch FROM (now() - (record_unknown_call.lookup).started_at)) * (1000)::numeric)))::bigint, (record_unknown_call.lookup).purpose, (record_unknown_call.lookup).legal_basis);
END;

--
-- Name: FUNCTION record_unknown_call(lookup ops.lookups); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.record_unknown_call(lookup ops.lookups) IS 'A row of the ledger for a call whose end nobody learns: it counts as spent.';

--
-- Name: refresh_view(text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.refresh_view(p_view text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET work_mem TO '8MB'
    SET max_parallel_workers_per_gather TO '0'
    SET jit TO 'off'
    AS $$
begin
    if p_view not in ('core.mv_party_analytics', 'analytics.mv_mkt_lead_star') then
        raise exception 'no view of analytics' using errcode = 'invalid_parameter_value';
    end if;
    -- A view that was restored without data has nothing that readers could go on reading.
    execute format('refresh materialized view %s %s',
        (select case when c.relispopulated then 'concurrently' end from pg_class c where c.oid = p_view::regclass), p_view);
end $$;

--
-- Name: FUNCTION refresh_view(p_view text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.refresh_view(p_view text) IS 'Refreshes a view of analytics while others read it.';

--
-- Name: release_crashed(text, interval, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.release_crashed(p_lead_id text, p_lands_within interval, p_spread interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    landed_by timestamptz := ops.note_cut_send(p_lead_id, p_lands_within, 'process_crashed');
begin
    update ops.leads l
    set state = case when landed_by > now() then 'retrying' else 'accepted' end,
        owner = null, run_no = l.run_no + 1, requested_no = greatest(l.requested_no, l.run_no + 1),
        crashes = l.crashes + 1, last_error = 'process_crashed',
        due_at = greatest(landed_by, now() + random() * p_spread)
    where l.lead_id = p_lead_id;
end $$;

--
-- Name: FUNCTION release_crashed(p_lead_id text, p_lands_within interval, p_spread interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.release_crashed(p_lead_id text, p_lands_within interval, p_spread interval) IS 'Releases a lead whose owner is dead: a crash is counted, and it is due at a random moment soon.';

--
-- Name: release_dead_inquiries(uuid, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.release_dead_inquiries(p_owner uuid, p_lease interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    dead ops.lookups;
begin
    for dead in
        select l.* from ops.lookups l
        where l.state = 'pending' and ops.is_inquiry(l.lead_id) and l.owner <> p_owner
          and not ops.is_alive(l.owner, p_lease)
        order by l.provider, l.kind, l.key_hash
        for update skip locked
    loop
        perform ops.record_unknown_call(dead);
        delete from ops.lookups l
        where l.provider = dead.provider and l.kind = dead.kind and l.key_hash = dead.key_hash;
    end loop;
end $$;

--
-- Name: FUNCTION release_dead_inquiries(p_owner uuid, p_lease interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.release_dead_inquiries(p_owner uuid, p_lease interval) IS 'Ends the questions of inquiries whose instance is silent for the lease; their calls count as unknown.';

--
-- Name: release_leftovers(uuid, interval, interval, interval); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.release_leftovers(p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval) RETURNS TABLE(released bigint, suspect_due boolean)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    left_over text[];
begin
    perform ops.release_dead_inquiries(p_owner, p_lease);
    with dead as (
        select l.lead_id from ops.leads l
        where l.owner is not null and l.owner <> p_owner and not ops.is_alive(l.owner, p_lease)
        order by l.lead_id
        for update skip locked)
    select coalesce(array_agg(dead.lead_id), '{}') into left_over from dead;
    perform ops.release_crashed(lead_id, p_lands_within, p_spread) from unnest(left_over) as lead_id;
    return query select cardinality(left_over)::bigint, exists (
        select from ops.leads l
        where l.owner is null and l.crashes >= 2 and l.state in ('accepted', 'retrying', 'budget_hold')
          and l.due_at <= now());
end $$;

--
-- Name: FUNCTION release_leftovers(p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.release_leftovers(p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval) IS 'Releases the leads of silent instances. Answers how many, and whether a lead is due that has to run alone.';

--
-- Name: run_decided_lead(ops.leads); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.run_decided_lead(lead ops.leads) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if not (lead.state = 'retrying' and lead.due_at > now()
            and exists (select from ops.outbox o where o.lead_id = lead.lead_id and o.state = 'unknown')) then
        update ops.leads l
        set state = 'accepted', due_at = now(), finished_at = null, priority = 0, attempts = 0, crashes = 0,
            requested_no = greatest(l.requested_no, l.run_no + 1)
        where l.lead_id = lead.lead_id;
    end if;
end $$;

--
-- Name: FUNCTION run_decided_lead(lead ops.leads); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.run_decided_lead(lead ops.leads) IS 'A lead, locked by the caller, runs again because a person decided about it.';

--
-- Name: send_again(text, uuid, bigint); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.send_again(p_lead_id text, p_owner uuid, p_run_no bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    update ops.outbox o set sending_since = now()
    where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no and o.state = 'sending';
    if not found then
        raise exception 'no message of this run is being sent' using errcode = 'LC001';
    end if;
end $$;

--
-- Name: FUNCTION send_again(p_lead_id text, p_owner uuid, p_run_no bigint); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.send_again(p_lead_id text, p_owner uuid, p_run_no bigint) IS 'Notes that a message is sent again; of the version before migration 14.';

--
-- Name: send_again(text, uuid, bigint, integer); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.send_again(p_lead_id text, p_owner uuid, p_run_no bigint, p_unknown_sends integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    update ops.outbox o
    set attempts = p_unknown_sends, sending_since = now()
    where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no and o.state = 'sending';
    if not found then
        raise exception 'no message of this run is being sent' using errcode = 'LC001';
    end if;
end $$;

--
-- Name: FUNCTION send_again(p_lead_id text, p_owner uuid, p_run_no bigint, p_unknown_sends integer); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.send_again(p_lead_id text, p_owner uuid, p_run_no bigint, p_unknown_sends integer) IS 'Notes that a message is sent again, after it was read back and found absent.';

--
-- Name: settle_and_acquire(text, uuid, bigint, jsonb, double precision, jsonb, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.settle_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, settled jsonb, absent_secs double precision, keys jsonb, terms jsonb) RETURNS TABLE("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    perform ops.settle_lookups(p_lead_id, p_owner, settled, absent_secs, null);
    return query select * from ops.acquire_lookups(p_lead_id, p_owner, p_run_no, keys, terms);
end $$;

--
-- Name: FUNCTION settle_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, settled jsonb, absent_secs double precision, keys jsonb, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.settle_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, settled jsonb, absent_secs double precision, keys jsonb, terms jsonb) IS 'T3: settles what came back and acquires the next questions.';

--
-- Name: settle_lookups(text, uuid, jsonb, double precision, uuid); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.settle_lookups(p_lead_id text, p_owner uuid, settled jsonb, absent_secs double precision, p_party_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    call record;
    asked ops.lookups;
begin
    for call in
        select s.* from jsonb_to_recordset(settled) as s (
            provider text, kind text, key_hash text, answer text, value jsonb,
            outcome text, cost_centavos bigint, latency_ms bigint)
        order by s.provider, s.kind, s.key_hash
    loop
        select * into asked from ops.lookups l
        where l.provider = call.provider and l.kind = call.kind
          and l.key_hash = decode(call.key_hash, 'hex')
          and l.state = 'pending' and l.owner = p_owner and l.lead_id = p_lead_id
        for update;
        continue when not found;

        insert into ops.provider_calls
            (provider, operation, lead_id, outcome, cost_centavos, latency_ms, purpose, legal_basis)
        values (call.provider, call.kind, p_lead_id, call.outcome, call.cost_centavos, call.latency_ms,
                asked.purpose, asked.legal_basis);
        if call.answer = 'failed' or (call.answer = 'profile' and p_party_id is null) then
            -- An error is never stored, nor a profile without its person.
            delete from ops.lookups l
            where l.provider = asked.provider and l.kind = asked.kind and l.key_hash = asked.key_hash;
        else
            update ops.lookups l
            set owner = null,
                state = case call.answer when 'absent' then 'absent' else 'found' end,
                value = case call.answer
                            when 'absent' then null
                            when 'profile' then jsonb_build_object('party_id', p_party_id)
                            else call.value end,
                expires_at = case call.answer
                                 when 'absent' then least(l.expires_at, now() + make_interval(secs => absent_secs))
                                 -- A name can be corrected in the CRM.
                                 when 'refused' then case
                                     when call.value ->> 'refused' = 'profile_name_contradicts'
                                         then least(l.expires_at, now() + interval '1 hour')
                                     else l.expires_at end
                                 else l.expires_at end
            where l.provider = asked.provider and l.kind = asked.kind and l.key_hash = asked.key_hash;
        end if;
    end loop;
end $$;

--
-- Name: FUNCTION settle_lookups(p_lead_id text, p_owner uuid, settled jsonb, absent_secs double precision, p_party_id uuid); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.settle_lookups(p_lead_id text, p_owner uuid, settled jsonb, absent_secs double precision, p_party_id uuid) IS 'Writes what came back over the pending rows of this claim, and into the ledger.';

--
-- Name: store_given(text, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.store_given(p_lead_id text, p_given jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    insert into ops.given_leads as g (lead_id, name, cpf, email, phones)
    select p_lead_id, n.name, n.cpf, n.email, coalesce(n.phones, '{}')
    from jsonb_to_record(p_given) as n (name text, cpf text, email text, phones text[])
    on conflict (lead_id) do update
        set name = excluded.name, cpf = excluded.cpf, email = excluded.email, phones = excluded.phones,
            given_at = now()
        where (g.name, g.cpf, g.email, g.phones)
              is distinct from (excluded.name, excluded.cpf, excluded.email, excluded.phones);
    return found;
end $$;

--
-- Name: FUNCTION store_given(p_lead_id text, p_given jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.store_given(p_lead_id text, p_given jsonb) IS 'Stores what was given of a lead. Answers whether it is new.';

--
-- Name: store_held(jsonb, jsonb, bytea[]); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.store_held(held_key jsonb, bought jsonb, suppression_hashes bytea[]) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
    held ops.lookups;
    party uuid;
begin
    if exists (select from ops.suppressions s where s.key_hash = any (suppression_hashes)) then
        return null;
    end if;
    -- The person's row is locked before the question's, as of a person just bought.
    select * into held from ops.lookups l
    where l.provider = held_key ->> 'provider' and l.kind = 'profile'
      and l.key_hash = decode(held_key ->> 'key_hash', 'hex') and l.state = 'found';
    if not found then
        raise exception 'the profile was withdrawn meanwhile' using errcode = 'serialization_failure';
    end if;
    party := core.store_person(held.provider, bought, held.expires_at);
    update ops.lookups l set value = jsonb_build_object('party_id', party)
    where l.provider = held.provider and l.kind = held.kind and l.key_hash = held.key_hash
      and (l.value ? 'held' or l.value ->> 'party_id' = party::text);
    if not found then
        raise exception 'the profile was withdrawn meanwhile' using errcode = 'serialization_failure';
    end if;
    return party;
end $$;

--
-- Name: FUNCTION store_held(held_key jsonb, bought jsonb, suppression_hashes bytea[]); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.store_held(held_key jsonb, bought jsonb, suppression_hashes bytea[]) IS 'A profile that was held for a review becomes that of a stored person; null when they objected.';

--
-- Name: store_inquired(text, uuid, bytea[], jsonb, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.store_inquired(asker text, p_owner uuid, suppression_hashes bytea[], settled jsonb, bought jsonb) RETURNS TABLE(answer text, party_id uuid)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    question ops.lookups;
    party    uuid;
begin
    if exists (select from ops.suppressions s where s.key_hash = any (suppression_hashes)) then
        perform ops.settle_lookups(asker, p_owner, settled, 0, null);
        return query select 'suppressed', null::uuid;
        return;
    end if;
    select * into question from ops.lookups l
    where l.provider = settled -> 0 ->> 'provider' and l.kind = settled -> 0 ->> 'kind'
      and l.key_hash = decode(settled -> 0 ->> 'key_hash', 'hex');
    party := core.store_person(settled -> 0 ->> 'provider', bought, question.expires_at);
    perform ops.settle_lookups(asker, p_owner, settled, 0, party);
    perform from ops.lookups l
    where l.provider = question.provider and l.kind = question.kind and l.key_hash = question.key_hash
      and l.state = 'found' and l.value ->> 'party_id' = party::text;
    if not found then
        raise exception 'another has taken the question over' using errcode = 'LC001';
    end if;
    return query select 'stored', party;
end $$;

--
-- Name: FUNCTION store_inquired(asker text, p_owner uuid, suppression_hashes bytea[], settled jsonb, bought jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.store_inquired(asker text, p_owner uuid, suppression_hashes bytea[], settled jsonb, bought jsonb) IS 'Of an inquiry: settles the profile and stores the person. Answers suppressed or stored.';

--
-- Name: usable_lookup(text, text, text, bytea, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.usable_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) RETURNS TABLE(answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT c.answer,
     c.value,
     c.party_id,
     c.fetched_at
    FROM ops.cached_lookup(usable_lookup.p_lead_id, usable_lookup.p_provider, usable_lookup.p_kind, usable_lookup.p_key_hash) c(answer, value, party_id, fetched_at)
   WHERE ((usable_lookup.terms ? 'polled'::text) OR (NOT (EXISTS ( SELECT
            FROM ops.leads l,
             ops.lookups k
           WHERE ((l.lead_id = usable_lookup.p_lead_id) AND (k.started_at < l.forced_at) AND (k.provider = usable_lookup.p_provider) AND (k.kind = usable_lookup.p_kind) AND (k.key_hash = usable_lookup.p_key_hash))))));
END;

--
-- Name: FUNCTION usable_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.usable_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea, terms jsonb) IS 'A stored answer that a lead may use: fresh, and asked for after the wish that it be bought anew.';

--
-- Name: withdraw_person(text, text); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.withdraw_person(p_lead_id text, p_cpf text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    party uuid;
begin
    delete from core.lead_parties lp using core.parties p
    where lp.lead_id = p_lead_id and p.id = lp.party_id and p.cpf_cnpj = p_cpf
    returning p.id into party;
    if party is null then
        return false;
    end if;
    update ops.outbox o set body = '' where o.lead_id = p_lead_id and o.ends_as = 'completed';
    -- Whoever is about to store the person for another lead holds the row.
    perform from core.parties p where p.id = party for update;
    delete from core.parties p
    where p.id = party
      and p.created_at >= (select l.first_seen_at from ops.leads l where l.lead_id = p_lead_id)
      and not exists (select from core.lead_parties o where o.party_id = party)
      and not exists (select from ops.access_log a where a.party_id = party and a.lead_id is null);
    return true;
end $$;

--
-- Name: FUNCTION withdraw_person(p_lead_id text, p_cpf text); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.withdraw_person(p_lead_id text, p_cpf text) IS 'Removes what was stored of a turned-down person for this lead alone. Answers whether the broker may have read of them.';

--
-- Name: write_and_acquire(text, uuid, bigint, jsonb, bytea, bytea[], jsonb, jsonb); Type: FUNCTION; Schema: ops; Owner: -
--

CREATE FUNCTION ops.write_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, suppression_hashes bytea[], keys jsonb, terms jsonb) RETURNS TABLE("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    if exists (select from ops.suppressions s where s.key_hash = any (suppression_hashes)) then
        return query select 0, 'suppressed', null::jsonb, null::uuid, null::timestamptz;
        return;
    end if;
    update ops.leads l set contact_fingerprint = p_contact_fingerprint where l.lead_id = p_lead_id;
    insert into ops.lead_details as d
        (lead_id, name, phone, email, description, product, price_centavos, seller, campaign, source,
         crm_created_at, crm_updated_at)
    select p_lead_id, n.*
    from jsonb_to_record(details) as n (
        name text, phone text, email text, description text, product text, price_centavos bigint,
        seller text, campaign text, source text, crm_created_at timestamptz, crm_updated_at timestamptz)
    on conflict (lead_id) do update
        set name = excluded.name, phone = excluded.phone, email = excluded.email,
            description = excluded.description, product = excluded.product,
            price_centavos = excluded.price_centavos, seller = excluded.seller,
            campaign = excluded.campaign, source = excluded.source,
            crm_created_at = excluded.crm_created_at, crm_updated_at = excluded.crm_updated_at,
            fetched_at = now();
    return query select * from ops.acquire_lookups(p_lead_id, p_owner, p_run_no, keys, terms);
end $$;

--
-- Name: FUNCTION write_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, suppression_hashes bytea[], keys jsonb, terms jsonb); Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON FUNCTION ops.write_and_acquire(p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea, suppression_hashes bytea[], keys jsonb, terms jsonb) IS 'What T2 writes, the fetched lead, and the questions about its contacts.';

--
-- Name: mv_party_analytics; Type: MATERIALIZED VIEW; Schema: core; Owner: -
--

CREATE MATERIALIZED VIEW core.mv_party_analytics AS
 WITH clock AS (
         SELECT ((now() AT TIME ZONE 'America/Sao_Paulo'::text))::date AS today
        ), contacts AS (
         SELECT c.party_id,
            (count(*) FILTER (WHERE (c.kind = 'email'::text)))::integer AS email_count,
            (count(*) FILTER (WHERE (c.kind = 'phone'::text)))::integer AS phone_count,
            (count(*) FILTER (WHERE (c.is_whatsapp OR (c.contact_type = 'whatsapp'::core.contact_type_enum))))::integer AS whatsapp_count,
            min(c.value_normalized) FILTER (WHERE (c.is_primary AND (c.kind = 'email'::text))) AS primary_email,
            min(c.value_normalized) FILTER (WHERE (c.is_primary AND (c.kind = 'phone'::text))) AS primary_phone
           FROM core.party_contacts c
          WHERE (c.valid_to IS NULL)
          GROUP BY c.party_id
        ), places AS (
         SELECT DISTINCT ON (pa.party_id) pa.party_id,
            a.city,
            a.state,
            a.neighborhood,
            pa.confidence_score
           FROM (core.party_addresses pa
             JOIN core.addresses a ON ((a.id = pa.address_id)))
          WHERE pa.is_current
          ORDER BY pa.party_id, pa.is_primary DESC, pa.confidence_score DESC NULLS LAST, pa.address_id
        ), profiles AS (
         SELECT DISTINCT ON (e.party_id) e.party_id,
            e.quality_score,
            e.enriched_at
           FROM core.party_enrichments e
          ORDER BY e.party_id, e.enriched_at DESC, e.provider
        ), assets AS (
         SELECT owned.party_id,
            (count(*))::integer AS property_count,
            sum(r.market_value_brl) AS total_assets_brl
           FROM (( SELECT DISTINCT o.party_id,
                    o.property_id
                   FROM core.ownerships o
                  WHERE o.is_current) owned
             JOIN core.real_estate_properties r ON ((r.property_id = owned.property_id)))
          GROUP BY owned.party_id
        )
 SELECT p.id AS party_id,
        CASE p.party_type
            WHEN 'person'::text THEN 'PF'::text
            ELSE 'PJ'::text
        END AS party_type,
        CASE
            WHEN (p.full_name ~ '[0-9０-９]'::text) THEN core.mask_cpfs(p.full_name)
            ELSE p.full_name
        END AS name,
        CASE
            WHEN (p.fantasy_name ~ '[0-9０-９]'::text) THEN core.mask_cpfs(p.fantasy_name)
            ELSE p.fantasy_name
        END AS fantasy_name,
        CASE p.party_type
            WHEN 'person'::text THEN (((('***.'::text || substr(p.cpf_cnpj, 4, 3)) || '.'::text) || substr(p.cpf_cnpj, 7, 3)) || '-**'::text)
            ELSE p.cpf_cnpj
        END AS cpf_cnpj,
        CASE
            WHEN ((p.party_type = 'person'::text) AND ((p.birth_date >= (clock.today - '130 years'::interval)) AND (p.birth_date <= clock.today))) THEN (EXTRACT(year FROM age((clock.today)::timestamp without time zone, (p.birth_date)::timestamp without time zone)))::integer
            ELSE NULL::integer
        END AS age,
    core.mask_cpfs(p.company_type) AS company_type,
    core.mask_cpfs(COALESCE(p.company_size, company.company_size)) AS company_size,
    p.enriched AS is_enriched,
    profiles.enriched_at,
    profiles.quality_score,
    analytics.lead_score(profiles.quality_score, profiles.enriched_at, clock.today) AS lead_score,
    core.mask_grouped_cpfs(places.city) AS city,
    places.state,
    core.mask_grouped_cpfs(places.neighborhood) AS neighborhood,
    places.confidence_score AS address_confidence,
    COALESCE(contacts.email_count, 0) AS email_count,
    COALESCE(contacts.phone_count, 0) AS phone_count,
    COALESCE(contacts.whatsapp_count, 0) AS whatsapp_count,
    core.mask_grouped_cpfs(contacts.primary_email) AS primary_email,
        CASE
            WHEN (contacts.primary_phone = ltrim(p.cpf_cnpj, '0'::text)) THEN NULL::text
            WHEN core.has_phone_form(contacts.primary_phone) THEN contacts.primary_phone
            ELSE core.mask_cpfs(contacts.primary_phone)
        END AS primary_phone,
    COALESCE(assets.property_count, 0) AS property_count,
        CASE
            WHEN (assets.property_count IS NULL) THEN (0)::numeric
            ELSE assets.total_assets_brl
        END AS total_assets_brl,
    p.created_at
   FROM ((((((core.parties p
     CROSS JOIN clock)
     LEFT JOIN core.companies company ON ((company.party_id = p.id)))
     LEFT JOIN contacts ON ((contacts.party_id = p.id)))
     LEFT JOIN places ON ((places.party_id = p.id)))
     LEFT JOIN profiles ON ((profiles.party_id = p.id)))
     LEFT JOIN assets ON ((assets.party_id = p.id)))
  WITH NO DATA;

--
-- Name: MATERIALIZED VIEW mv_party_analytics; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON MATERIALIZED VIEW core.mv_party_analytics IS 'One row per party. As of the last refresh. Personal data: name, masked CPF, age, main contacts, where somebody lives, what somebody owns. Kept: as long as its party, and until the next refresh.';

--
-- Name: COLUMN mv_party_analytics.party_type; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.party_type IS 'PF: a person. PJ: a company.';

--
-- Name: COLUMN mv_party_analytics.cpf_cnpj; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.cpf_cnpj IS 'A CPF masked, as ***.456.789-**; a CNPJ whole: it is public.';

--
-- Name: COLUMN mv_party_analytics.age; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.age IS 'Of a person in whole years, in America/Sao_Paulo; null when the date of birth is not known, lies ahead, or more than 130 years back.';

--
-- Name: COLUMN mv_party_analytics.is_enriched; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.is_enriched IS 'Whether a provider''s profile was stored.';

--
-- Name: COLUMN mv_party_analytics.enriched_at; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.enriched_at IS 'When the newest stored profile was answered.';

--
-- Name: COLUMN mv_party_analytics.quality_score; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.quality_score IS 'Completeness of the newest stored profile, 0 to 1.';

--
-- Name: COLUMN mv_party_analytics.lead_score; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.lead_score IS 'quality_score by its freshness: see analytics.lead_score. Null without a profile. Never credit risk.';

--
-- Name: COLUMN mv_party_analytics.state; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.state IS 'The UF of the address: the main one, or else the surest current one.';

--
-- Name: COLUMN mv_party_analytics.address_confidence; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.address_confidence IS 'How sure it is that somebody lives there, 0 to 1; null when nobody says.';

--
-- Name: COLUMN mv_party_analytics.email_count; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.email_count IS 'Of the contacts that hold now.';

--
-- Name: COLUMN mv_party_analytics.whatsapp_count; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.whatsapp_count IS 'Those of the phones that have WhatsApp.';

--
-- Name: COLUMN mv_party_analytics.property_count; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.property_count IS 'Properties owned now, each once; 0 when none is known of.';

--
-- Name: COLUMN mv_party_analytics.total_assets_brl; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.total_assets_brl IS 'What these are worth together, in reais; one without a value counts for nothing. 0 without properties, null when no value is known. An owner among several counts for the whole.';

--
-- Name: COLUMN mv_party_analytics.created_at; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.mv_party_analytics.created_at IS 'When the party was first stored.';

--
-- Name: mv_mkt_lead_star; Type: MATERIALIZED VIEW; Schema: analytics; Owner: -
--

CREATE MATERIALIZED VIEW analytics.mv_mkt_lead_star AS
 WITH persons AS (
         SELECT DISTINCT ON (lp.lead_id) lp.lead_id,
            lp.party_id
           FROM core.lead_parties lp
          ORDER BY lp.lead_id, lp.run_no DESC, lp.created_at DESC, lp.party_id
        ), leads AS (
         SELECT l_1.lead_id,
            l_1.outcome,
            left_by.name,
            left_by.email,
            d.campaign,
            d.price_centavos,
            came.at AS created_at,
            (came.at AT TIME ZONE 'America/Sao_Paulo'::text) AS created_here,
            left_by.phone,
            regexp_replace(left_by.phone, '[^0-9]'::text, ''::text, 'g'::text) AS phone_digits,
            core.national_digits(left_by.phone) AS national_phone
           FROM ((((ops.leads l_1
             LEFT JOIN ops.lead_details d ON ((d.lead_id = l_1.lead_id)))
             LEFT JOIN ops.given_leads g ON ((g.lead_id = l_1.lead_id)))
             CROSS JOIN LATERAL ( SELECT NULLIF(btrim(COALESCE(g.name, d.name)), ''::text) AS name,
                    NULLIF(lower(btrim(COALESCE(g.email, d.email))), ''::text) AS email,
                    NULLIF(btrim(COALESCE(g.phones[1], d.phone)), ''::text) AS phone) left_by)
             CROSS JOIN LATERAL ( SELECT
                        CASE
                            WHEN ((d.crm_created_at >= '1900-01-01 00:00:00+00'::timestamp with time zone) AND (d.crm_created_at <= (l_1.first_seen_at + '1 day'::interval))) THEN d.crm_created_at
                            ELSE l_1.first_seen_at
                        END AS at) came)
          WHERE ((COALESCE(d.lead_id, g.lead_id) IS NOT NULL) AND (l_1.outcome IS DISTINCT FROM 'suppressed'::text) AND (l_1.outcome IS DISTINCT FROM 'lead_missing'::text) AND (NOT analytics.is_test_lead(left_by.name, left_by.email)))
        )
 SELECT l.lead_id,
    core.mask_cpfs(l.name) AS lead_name,
        CASE
            WHEN (l.email ~~ '%@%'::text) THEN core.mask_cpfs(l.email)
            ELSE NULL::text
        END AS email,
        CASE
            WHEN (ltrim(l.phone_digits, '0'::text) = ltrim(p.cpf_cnpj, '0'::text)) THEN NULL::text
            WHEN ((l.phone_digits ~~ '0%'::text) AND core.is_cpf(l.phone_digits)) THEN core.mask_cpfs(l.phone_digits)
            WHEN core.has_phone_form(l.national_phone) THEN l.national_phone
            WHEN (length(l.phone_digits) >= 8) THEN core.mask_cpfs(l.phone)
            ELSE NULL::text
        END AS phone,
    a.lead_score,
    l.created_at AS lead_created_at,
    to_char(l.created_here, 'YYYY-MM'::text) AS cohort_month,
    (EXTRACT(isodow FROM l.created_here))::integer AS day_of_week,
    core.mask_cpfs(NULLIF(btrim(l.campaign), ''::text)) AS campaign_name,
    a.party_id,
    a.party_type,
    a.name AS party_name,
    a.age,
    a.company_size,
    a.company_type,
    COALESCE(a.is_enriched, false) AS is_enriched,
    a.property_count,
    a.total_assets_brl,
    ((l.price_centavos)::numeric * 0.01) AS price_brl
   FROM (((leads l
     LEFT JOIN persons ON ((persons.lead_id = l.lead_id)))
     LEFT JOIN core.parties p ON ((p.id = persons.party_id)))
     LEFT JOIN core.mv_party_analytics a ON ((a.party_id = persons.party_id)))
  WHERE ((persons.party_id IS NOT NULL) OR ((l.outcome IS DISTINCT FROM 'completed'::text) AND (NOT (EXISTS ( SELECT
           FROM ops.outbox o
          WHERE ((o.lead_id = l.lead_id) AND (o.ends_as = 'completed'::text) AND (o.body <> ''::text)))))))
  WITH NO DATA;

--
-- Name: MATERIALIZED VIEW mv_mkt_lead_star; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON MATERIALIZED VIEW analytics.mv_mkt_lead_star IS 'One row per lead, without tests, leads that were not fetched yet or the CRM does not know, and those of people who objected or were removed. As of the last refresh. Personal data: what the lead left, and of the person found for it what core.mv_party_analytics has. Kept: as long as the lead, and until the next refresh.';

--
-- Name: COLUMN mv_mkt_lead_star.lead_name; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.lead_name IS 'As given with the lead, or else as the CRM has it; a CPF in it is masked.';

--
-- Name: COLUMN mv_mkt_lead_star.email; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.email IS 'In lower case, as given with the lead, or else as the CRM has it; null without an @.';

--
-- Name: COLUMN mv_mkt_lead_star.phone; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.phone IS 'National digits; as typed when it is no Brazilian number; null with less than eight digits; null when it is the person''s CPF; masked when it may be anybody''s.';

--
-- Name: COLUMN mv_mkt_lead_star.lead_score; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.lead_score IS 'Completeness and freshness of the person''s profile, 0 to 1: see analytics.lead_score. Null without a person or a profile. Never credit risk.';

--
-- Name: COLUMN mv_mkt_lead_star.lead_created_at; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.lead_created_at IS 'When it came to the CRM; when it came here, if the CRM says nothing or a date after that.';

--
-- Name: COLUMN mv_mkt_lead_star.cohort_month; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.cohort_month IS 'YYYY-MM of lead_created_at in America/Sao_Paulo.';

--
-- Name: COLUMN mv_mkt_lead_star.day_of_week; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.day_of_week IS 'Of lead_created_at in America/Sao_Paulo: 1 Monday to 7 Sunday.';

--
-- Name: COLUMN mv_mkt_lead_star.party_id; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.party_id IS 'The person of its last run that found one, as in core.mv_party_analytics; null with all that is said of a person when none did.';

--
-- Name: COLUMN mv_mkt_lead_star.is_enriched; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.is_enriched IS 'Whether there is a stored profile of the person; false when there is no person.';

--
-- Name: COLUMN mv_mkt_lead_star.price_brl; Type: COMMENT; Schema: analytics; Owner: -
--

COMMENT ON COLUMN analytics.mv_mkt_lead_star.price_brl IS 'What the property costs that it asks about, in reais.';

--
-- Name: party_enrichment_history; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.party_enrichment_history (
    history_id bigint NOT NULL,
    party_id uuid NOT NULL,
    provider text NOT NULL,
    raw_payload jsonb NOT NULL,
    normalized_data jsonb NOT NULL,
    quality_score numeric(3,2),
    risk_score numeric(3,2),
    payload_sha256 bytea NOT NULL,
    enriched_at timestamp with time zone NOT NULL,
    replaced_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE party_enrichment_history; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.party_enrichment_history IS 'What an enrichment said before a different one replaced it; only ever appended to. Personal data: as in party_enrichments. Kept: as long as its party.';

--
-- Name: COLUMN party_enrichment_history.enriched_at; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichment_history.enriched_at IS 'When the provider had answered so.';

--
-- Name: COLUMN party_enrichment_history.replaced_at; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.party_enrichment_history.replaced_at IS 'When a different answer replaced it.';

--
-- Name: party_enrichment_history_history_id_seq; Type: SEQUENCE; Schema: core; Owner: -
--

ALTER TABLE core.party_enrichment_history ALTER COLUMN history_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME core.party_enrichment_history_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: people; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.people (
    party_id uuid NOT NULL,
    party_type text DEFAULT 'person'::text NOT NULL,
    full_name text NOT NULL,
    mothers_name text,
    birth_date date,
    sex text,
    marital_status text,
    document_cpf text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_people_document_cpf CHECK ((document_cpf ~ '^[0-9]{11}$'::text)),
    CONSTRAINT ck_people_full_name CHECK ((full_name ~ '\S'::text)),
    CONSTRAINT ck_people_party_type CHECK ((party_type = 'person'::text)),
    CONSTRAINT ck_people_sex CHECK ((sex = ANY (ARRAY['M'::text, 'F'::text])))
);

--
-- Name: TABLE people; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.people IS 'The part of a party that only people have; one row per party of type person, written together with it. Personal data: name, CPF, birth, sex, mother, marital status. Kept: as long as its party.';

--
-- Name: COLUMN people.party_type; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.people.party_type IS 'Always person: part of the key to parties, so that a company cannot have a row here.';

--
-- Name: COLUMN people.mothers_name; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.people.mothers_name IS 'The same as mother_name of the party.';

--
-- Name: COLUMN people.document_cpf; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON COLUMN core.people.document_cpf IS 'Digits only; the same as cpf_cnpj of the party.';

--
-- Name: access_log; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.access_log (
    access_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    party_id uuid,
    lead_id text,
    reason text
);

--
-- Name: TABLE access_log; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.access_log IS 'Who triggered a lead or read whose data, when, why: one row per stored person shown; one without a person for a trigger, which names its lead, for a search of leads, and for candidates whom nobody stored. Personal data: who was looked up, by id. Kept: until deleted.';

--
-- Name: COLUMN access_log.actor; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.access_log.actor IS 'The name of the key or the login; developer on an own machine, anonymous at an open trigger.';

--
-- Name: COLUMN access_log.action; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.access_log.action IS 'What was done, as a fixed word per route.';

--
-- Name: COLUMN access_log.lead_id; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.access_log.lead_id IS 'The lead that was triggered, or by which somebody was looked at.';

--
-- Name: COLUMN access_log.reason; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.access_log.reason IS 'LGPD_PURPOSE when it was done.';

--
-- Name: access_log_access_id_seq; Type: SEQUENCE; Schema: ops; Owner: -
--

ALTER TABLE ops.access_log ALTER COLUMN access_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.access_log_access_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: analytics_refreshes_refresh_id_seq; Type: SEQUENCE; Schema: ops; Owner: -
--

ALTER TABLE ops.analytics_refreshes ALTER COLUMN refresh_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.analytics_refreshes_refresh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: analytics_schedule; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.analytics_schedule (
    id boolean DEFAULT true NOT NULL,
    owner uuid,
    owned_until timestamp with time zone,
    done_at timestamp with time zone,
    retry_at timestamp with time zone,
    requested_no bigint DEFAULT 0 NOT NULL,
    done_no bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ck_analytics_schedule_done CHECK ((done_no <= requested_no)),
    CONSTRAINT ck_analytics_schedule_one CHECK (id),
    CONSTRAINT ck_analytics_schedule_owner CHECK (((owner IS NULL) = (owned_until IS NULL)))
);

--
-- Name: TABLE analytics_schedule; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.analytics_schedule IS 'One row: who refreshes the views of analytics, and what was done last. Personal data: none. Kept: for ever.';

--
-- Name: COLUMN analytics_schedule.owner; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_schedule.owner IS 'Drawn anew for each refresh; null when nobody refreshes.';

--
-- Name: COLUMN analytics_schedule.owned_until; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_schedule.owned_until IS 'Put off every few seconds while it works; then anybody may take it over.';

--
-- Name: COLUMN analytics_schedule.done_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_schedule.done_at IS 'When both views were last as they should be, refreshed or unchanged: each instance knows how long that is enough.';

--
-- Name: COLUMN analytics_schedule.retry_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_schedule.retry_at IS 'Not before, because the last refresh failed; null after one that was done, and again when somebody asks.';

--
-- Name: COLUMN analytics_schedule.requested_no; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_schedule.requested_no IS 'How many refreshes were asked for, beside the schedule.';

--
-- Name: COLUMN analytics_schedule.done_no; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.analytics_schedule.done_no IS 'As many of them are answered by a refresh that began after them.';

--
-- Name: budgets; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.budgets (
    period text NOT NULL,
    starts_on date NOT NULL,
    cap_centavos bigint NOT NULL,
    spent_centavos bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ck_budgets_cap CHECK ((cap_centavos >= 0)),
    CONSTRAINT ck_budgets_period CHECK ((period = ANY (ARRAY['day'::text, 'month'::text]))),
    CONSTRAINT ck_budgets_spent CHECK ((spent_centavos >= 0))
);

--
-- Name: TABLE budgets; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.budgets IS 'What may be spent and was spent in a day or a month. Not written yet. Personal data: none.';

--
-- Name: COLUMN budgets.starts_on; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.budgets.starts_on IS 'The first day of the period.';

--
-- Name: daily_alerts; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.daily_alerts (
    kind text NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_daily_alerts_kind CHECK ((kind = ANY (ARRAY['reviews_waiting'::text, 'held_profiles'::text])))
);

--
-- Name: TABLE daily_alerts; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.daily_alerts IS 'What is done by one instance now and then: a person is told of waiting reviews, once a day; profiles that no review waits for any more are dropped. Personal data: none.';

--
-- Name: COLUMN daily_alerts.due_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.daily_alerts.due_at IS 'Not before this moment is it done again.';

--
-- Name: google_ads_leads; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.google_ads_leads (
    google_ads_lead_id uuid NOT NULL,
    google_lead_id text NOT NULL,
    form_id bigint,
    campaign_id bigint,
    adgroup_id bigint,
    creative_id bigint,
    asset_group_id bigint,
    gcl_id text,
    payload jsonb,
    lead_id text,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE google_ads_leads; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.google_ads_leads IS 'A form filled in at Google Ads, without its google_key. Not written yet. Personal data: the form''s name, phone, e-mail. Kept: nothing is stored yet.';

--
-- Name: COLUMN google_ads_leads.lead_id; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.google_ads_leads.lead_id IS 'The lead made of it in the CRM.';

--
-- Name: privacy_key; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.privacy_key (
    id boolean DEFAULT true NOT NULL,
    key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_privacy_key_length CHECK ((octet_length(key) >= 16)),
    CONSTRAINT ck_privacy_key_one_row CHECK (id)
);

--
-- Name: TABLE privacy_key; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.privacy_key IS 'The key of all keyed hashes, made once when PRIVACY_KEY is not set; one row at most. Personal data: none, but it is a secret.';

--
-- Name: COLUMN privacy_key.id; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.privacy_key.id IS 'Always true: one row at most.';

--
-- Name: provider_calls_call_id_seq; Type: SEQUENCE; Schema: ops; Owner: -
--

ALTER TABLE ops.provider_calls ALTER COLUMN call_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.provider_calls_call_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: rejected_matches; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.rejected_matches (
    contact_hash bytea NOT NULL,
    cpf_hash bytea NOT NULL,
    rejected_by text NOT NULL,
    rejected_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE rejected_matches; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.rejected_matches IS 'A person turned down for a contact, never to be proposed for it again. Personal data: keyed hashes, which only PRIVACY_KEY ties to a person. Kept: until deleted.';

--
-- Name: webhook_events; Type: TABLE; Schema: ops; Owner: -
--

CREATE TABLE ops.webhook_events (
    event_id uuid NOT NULL,
    source text NOT NULL,
    lead_id text NOT NULL,
    hook_action text,
    updated_at timestamp with time zone,
    payload jsonb,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE webhook_events; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON TABLE ops.webhook_events IS 'An event of the CRM as it arrived. Not written yet. Personal data: the payload''s name, phone, e-mail. Kept: nothing is stored yet.';

--
-- Name: COLUMN webhook_events.updated_at; Type: COMMENT; Schema: ops; Owner: -
--

COMMENT ON COLUMN ops.webhook_events.updated_at IS 'Of the lead, as the event says.';

--
-- Name: addresses pk_addresses; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.addresses
    ADD CONSTRAINT pk_addresses PRIMARY KEY (id);

--
-- Name: companies pk_companies; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.companies
    ADD CONSTRAINT pk_companies PRIMARY KEY (party_id);

--
-- Name: lead_parties pk_lead_parties; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.lead_parties
    ADD CONSTRAINT pk_lead_parties PRIMARY KEY (lead_id, party_id);

--
-- Name: ownerships pk_ownerships; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.ownerships
    ADD CONSTRAINT pk_ownerships PRIMARY KEY (ownership_id);

--
-- Name: parties pk_parties; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.parties
    ADD CONSTRAINT pk_parties PRIMARY KEY (id);

--
-- Name: party_addresses pk_party_addresses; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_addresses
    ADD CONSTRAINT pk_party_addresses PRIMARY KEY (id);

--
-- Name: party_contacts pk_party_contacts; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_contacts
    ADD CONSTRAINT pk_party_contacts PRIMARY KEY (contact_id);

--
-- Name: party_enrichment_history pk_party_enrichment_history; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_enrichment_history
    ADD CONSTRAINT pk_party_enrichment_history PRIMARY KEY (history_id);

--
-- Name: party_enrichments pk_party_enrichments; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_enrichments
    ADD CONSTRAINT pk_party_enrichments PRIMARY KEY (enrichment_id);

--
-- Name: people pk_people; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.people
    ADD CONSTRAINT pk_people PRIMARY KEY (party_id);

--
-- Name: real_estate_properties pk_real_estate_properties; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.real_estate_properties
    ADD CONSTRAINT pk_real_estate_properties PRIMARY KEY (property_id);

--
-- Name: addresses uq_addresses_hash; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.addresses
    ADD CONSTRAINT uq_addresses_hash UNIQUE (address_hash);

--
-- Name: ownerships uq_ownerships_period; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.ownerships
    ADD CONSTRAINT uq_ownerships_period UNIQUE NULLS NOT DISTINCT (party_id, property_id, start_date, end_date);

--
-- Name: parties uq_parties_id_type; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.parties
    ADD CONSTRAINT uq_parties_id_type UNIQUE (id, party_type);

--
-- Name: party_addresses uq_party_address_link; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_addresses
    ADD CONSTRAINT uq_party_address_link UNIQUE (party_id, address_id);

--
-- Name: party_contacts uq_party_contact_unique; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_contacts
    ADD CONSTRAINT uq_party_contact_unique UNIQUE (party_id, contact_type, value);

--
-- Name: party_contacts uq_party_contacts_normalized; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_contacts
    ADD CONSTRAINT uq_party_contacts_normalized UNIQUE (party_id, kind, value_normalized);

--
-- Name: party_enrichments uq_party_enrichments_provider; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_enrichments
    ADD CONSTRAINT uq_party_enrichments_provider UNIQUE (party_id, provider);

--
-- Name: real_estate_properties uq_real_estate_properties_code; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.real_estate_properties
    ADD CONSTRAINT uq_real_estate_properties_code UNIQUE (property_code);

--
-- Name: access_log pk_access_log; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.access_log
    ADD CONSTRAINT pk_access_log PRIMARY KEY (access_id);

--
-- Name: analytics_refreshes pk_analytics_refreshes; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.analytics_refreshes
    ADD CONSTRAINT pk_analytics_refreshes PRIMARY KEY (refresh_id);

--
-- Name: analytics_schedule pk_analytics_schedule; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.analytics_schedule
    ADD CONSTRAINT pk_analytics_schedule PRIMARY KEY (id);

--
-- Name: budgets pk_budgets; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.budgets
    ADD CONSTRAINT pk_budgets PRIMARY KEY (period, starts_on);

--
-- Name: daily_alerts pk_daily_alerts; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.daily_alerts
    ADD CONSTRAINT pk_daily_alerts PRIMARY KEY (kind);

--
-- Name: given_leads pk_given_leads; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.given_leads
    ADD CONSTRAINT pk_given_leads PRIMARY KEY (lead_id);

--
-- Name: google_ads_leads pk_google_ads_leads; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.google_ads_leads
    ADD CONSTRAINT pk_google_ads_leads PRIMARY KEY (google_ads_lead_id);

--
-- Name: instances pk_instances; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.instances
    ADD CONSTRAINT pk_instances PRIMARY KEY (id);

--
-- Name: lead_details pk_lead_details; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.lead_details
    ADD CONSTRAINT pk_lead_details PRIMARY KEY (lead_id);

--
-- Name: leads pk_leads; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.leads
    ADD CONSTRAINT pk_leads PRIMARY KEY (lead_id);

--
-- Name: lookups pk_lookups; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.lookups
    ADD CONSTRAINT pk_lookups PRIMARY KEY (provider, kind, key_hash);

--
-- Name: outbox pk_outbox; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (lead_id, kind);

--
-- Name: privacy_key pk_privacy_key; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.privacy_key
    ADD CONSTRAINT pk_privacy_key PRIMARY KEY (id);

--
-- Name: provider_calls pk_provider_calls; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.provider_calls
    ADD CONSTRAINT pk_provider_calls PRIMARY KEY (call_id);

--
-- Name: rejected_matches pk_rejected_matches; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.rejected_matches
    ADD CONSTRAINT pk_rejected_matches PRIMARY KEY (contact_hash, cpf_hash);

--
-- Name: reviews pk_reviews; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.reviews
    ADD CONSTRAINT pk_reviews PRIMARY KEY (review_id);

--
-- Name: suppressions pk_suppressions; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.suppressions
    ADD CONSTRAINT pk_suppressions PRIMARY KEY (key_hash);

--
-- Name: webhook_events pk_webhook_events; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.webhook_events
    ADD CONSTRAINT pk_webhook_events PRIMARY KEY (event_id);

--
-- Name: google_ads_leads uq_google_ads_leads_google_lead_id; Type: CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.google_ads_leads
    ADD CONSTRAINT uq_google_ads_leads_google_lead_id UNIQUE (google_lead_id);

--
-- Name: uq_mv_mkt_lead_star_lead; Type: INDEX; Schema: analytics; Owner: -
--

CREATE UNIQUE INDEX uq_mv_mkt_lead_star_lead ON analytics.mv_mkt_lead_star USING btree (lead_id);

--
-- Name: ix_lead_parties_party; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_lead_parties_party ON core.lead_parties USING btree (party_id);

--
-- Name: ix_ownerships_property; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_ownerships_property ON core.ownerships USING btree (property_id);

--
-- Name: ix_parties_name_beginning; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_parties_name_beginning ON core.parties USING btree (normalized_name text_pattern_ops) WHERE (party_type = 'person'::text);

--
-- Name: ix_parties_name_pieces; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_parties_name_pieces ON core.parties USING gin (core.name_pieces(normalized_name)) WITH (fastupdate=off) WHERE (party_type = 'person'::text);

--
-- Name: ix_parties_normalized_fantasy_name; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_parties_normalized_fantasy_name ON core.parties USING gin (normalized_fantasy_name public.gin_trgm_ops) WHERE (normalized_fantasy_name IS NOT NULL);

--
-- Name: ix_parties_normalized_name; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_parties_normalized_name ON core.parties USING gin (normalized_name public.gin_trgm_ops) WITH (fastupdate=off);

--
-- Name: ix_party_addresses_address; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_party_addresses_address ON core.party_addresses USING btree (address_id);

--
-- Name: ix_party_contacts_lookup; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_party_contacts_lookup ON core.party_contacts USING btree (kind, value_normalized) WHERE (valid_to IS NULL);

--
-- Name: ix_party_enrichment_history_party; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_party_enrichment_history_party ON core.party_enrichment_history USING btree (party_id, enriched_at);

--
-- Name: ix_real_estate_properties_address; Type: INDEX; Schema: core; Owner: -
--

CREATE INDEX ix_real_estate_properties_address ON core.real_estate_properties USING btree (address_id);

--
-- Name: uq_mv_party_analytics_party; Type: INDEX; Schema: core; Owner: -
--

CREATE UNIQUE INDEX uq_mv_party_analytics_party ON core.mv_party_analytics USING btree (party_id);

--
-- Name: uq_parties_cpf_cnpj; Type: INDEX; Schema: core; Owner: -
--

CREATE UNIQUE INDEX uq_parties_cpf_cnpj ON core.parties USING btree (cpf_cnpj) WHERE (cpf_cnpj IS NOT NULL);

--
-- Name: uq_party_addresses_primary; Type: INDEX; Schema: core; Owner: -
--

CREATE UNIQUE INDEX uq_party_addresses_primary ON core.party_addresses USING btree (party_id) WHERE is_primary;

--
-- Name: uq_party_contacts_primary; Type: INDEX; Schema: core; Owner: -
--

CREATE UNIQUE INDEX uq_party_contacts_primary ON core.party_contacts USING btree (party_id, kind) WHERE (is_primary AND (valid_to IS NULL));

--
-- Name: ix_access_log_party; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_access_log_party ON ops.access_log USING btree (party_id, at);

--
-- Name: ix_analytics_refreshes_done; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_analytics_refreshes_done ON ops.analytics_refreshes USING btree (view_name, refresh_id) WHERE (outcome = 'done'::text);

--
-- Name: ix_given_leads_email; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_given_leads_email ON ops.given_leads USING btree (email);

--
-- Name: ix_given_leads_name; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_given_leads_name ON ops.given_leads USING gin (core.fold_text(name) public.gin_trgm_ops);

--
-- Name: ix_given_leads_phones; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_given_leads_phones ON ops.given_leads USING gin (phones);

--
-- Name: ix_lead_details_email; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_lead_details_email ON ops.lead_details USING btree (email);

--
-- Name: ix_lead_details_name; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_lead_details_name ON ops.lead_details USING gin (core.fold_text(name) public.gin_trgm_ops);

--
-- Name: ix_lead_details_phone; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_lead_details_phone ON ops.lead_details USING btree (phone);

--
-- Name: ix_leads_alert; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_leads_alert ON ops.leads USING btree (alert_at) WHERE (alert_at IS NOT NULL);

--
-- Name: ix_leads_first_seen; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_leads_first_seen ON ops.leads USING btree (first_seen_at, lead_id);

--
-- Name: ix_leads_owner; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_leads_owner ON ops.leads USING btree (owner) WHERE (owner IS NOT NULL);

--
-- Name: ix_leads_queue; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_leads_queue ON ops.leads USING btree (priority, due_at) WHERE ((owner IS NULL) AND (state = ANY (ARRAY['accepted'::text, 'retrying'::text, 'budget_hold'::text])));

--
-- Name: ix_leads_suspect; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_leads_suspect ON ops.leads USING btree (priority, due_at) WHERE ((owner IS NULL) AND (crashes >= 2) AND (state = ANY (ARRAY['accepted'::text, 'retrying'::text, 'budget_hold'::text])));

--
-- Name: ix_lookups_held; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_lookups_held ON ops.lookups USING btree (key_hash) WHERE (value ? 'held'::text);

--
-- Name: ix_lookups_inquired; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_lookups_inquired ON ops.lookups USING btree (owner) WHERE ((state = 'pending'::text) AND ops.is_inquiry(lead_id));

--
-- Name: ix_lookups_lead; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_lookups_lead ON ops.lookups USING btree (lead_id);

--
-- Name: ix_outbox_undelivered; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_outbox_undelivered ON ops.outbox USING btree (first_sent_at) WHERE (state <> 'sent'::text);

--
-- Name: ix_provider_calls_at; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_provider_calls_at ON ops.provider_calls USING btree (at);

--
-- Name: ix_provider_calls_lead; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_provider_calls_lead ON ops.provider_calls USING btree (lead_id);

--
-- Name: ix_reviews_candidates; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_reviews_candidates ON ops.reviews USING gin (candidates jsonb_path_ops);

--
-- Name: ix_reviews_created; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_reviews_created ON ops.reviews USING btree (created_at, review_id);

--
-- Name: ix_reviews_lead; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_reviews_lead ON ops.reviews USING btree (lead_id, created_at);

--
-- Name: ix_webhook_events_lead; Type: INDEX; Schema: ops; Owner: -
--

CREATE INDEX ix_webhook_events_lead ON ops.webhook_events USING btree (lead_id);

--
-- Name: uq_reviews_open; Type: INDEX; Schema: ops; Owner: -
--

CREATE UNIQUE INDEX uq_reviews_open ON ops.reviews USING btree (lead_id) WHERE (decision IS NULL);

--
-- Name: uq_webhook_events; Type: INDEX; Schema: ops; Owner: -
--

CREATE UNIQUE INDEX uq_webhook_events ON ops.webhook_events USING btree (source, lead_id, updated_at, hook_action) NULLS NOT DISTINCT WHERE (updated_at IS NOT NULL);

--
-- Name: companies fk_companies_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.companies
    ADD CONSTRAINT fk_companies_party FOREIGN KEY (party_id, party_type) REFERENCES core.parties(id, party_type) ON DELETE CASCADE;

--
-- Name: lead_parties fk_lead_parties_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.lead_parties
    ADD CONSTRAINT fk_lead_parties_party FOREIGN KEY (party_id) REFERENCES core.parties(id) ON DELETE CASCADE;

--
-- Name: ownerships fk_ownerships_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.ownerships
    ADD CONSTRAINT fk_ownerships_party FOREIGN KEY (party_id) REFERENCES core.parties(id) ON DELETE CASCADE;

--
-- Name: ownerships fk_ownerships_property; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.ownerships
    ADD CONSTRAINT fk_ownerships_property FOREIGN KEY (property_id) REFERENCES core.real_estate_properties(property_id) ON DELETE CASCADE;

--
-- Name: party_addresses fk_party_addresses_address; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_addresses
    ADD CONSTRAINT fk_party_addresses_address FOREIGN KEY (address_id) REFERENCES core.addresses(id);

--
-- Name: party_addresses fk_party_addresses_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_addresses
    ADD CONSTRAINT fk_party_addresses_party FOREIGN KEY (party_id) REFERENCES core.parties(id) ON DELETE CASCADE;

--
-- Name: party_contacts fk_party_contacts_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_contacts
    ADD CONSTRAINT fk_party_contacts_party FOREIGN KEY (party_id) REFERENCES core.parties(id) ON DELETE CASCADE;

--
-- Name: party_enrichment_history fk_party_enrichment_history_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_enrichment_history
    ADD CONSTRAINT fk_party_enrichment_history_party FOREIGN KEY (party_id) REFERENCES core.parties(id) ON DELETE CASCADE;

--
-- Name: party_enrichments fk_party_enrichments_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.party_enrichments
    ADD CONSTRAINT fk_party_enrichments_party FOREIGN KEY (party_id) REFERENCES core.parties(id) ON DELETE CASCADE;

--
-- Name: people fk_people_party; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.people
    ADD CONSTRAINT fk_people_party FOREIGN KEY (party_id, party_type) REFERENCES core.parties(id, party_type) ON DELETE CASCADE;

--
-- Name: real_estate_properties fk_real_estate_properties_address; Type: FK CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.real_estate_properties
    ADD CONSTRAINT fk_real_estate_properties_address FOREIGN KEY (address_id) REFERENCES core.addresses(id);

--
-- Name: given_leads fk_given_leads_lead; Type: FK CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.given_leads
    ADD CONSTRAINT fk_given_leads_lead FOREIGN KEY (lead_id) REFERENCES ops.leads(lead_id) ON DELETE CASCADE;

--
-- Name: lead_details fk_lead_details_lead; Type: FK CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.lead_details
    ADD CONSTRAINT fk_lead_details_lead FOREIGN KEY (lead_id) REFERENCES ops.leads(lead_id) ON DELETE CASCADE;

--
-- Name: outbox fk_outbox_lead; Type: FK CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.outbox
    ADD CONSTRAINT fk_outbox_lead FOREIGN KEY (lead_id) REFERENCES ops.leads(lead_id) ON DELETE CASCADE;

--
-- Name: reviews fk_reviews_lead; Type: FK CONSTRAINT; Schema: ops; Owner: -
--

ALTER TABLE ONLY ops.reviews
    ADD CONSTRAINT fk_reviews_lead FOREIGN KEY (lead_id) REFERENCES ops.leads(lead_id) ON DELETE CASCADE;

--
-- PostgreSQL database dump complete
--

