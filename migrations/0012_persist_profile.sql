-- The contacts of an answer, best first, each once.
create function core.listed_contacts(contacts jsonb)
    returns table (place bigint, contact_id uuid, contact_type core.contact_type_enum, kind text, value text,
                   is_whatsapp boolean, confidence numeric, metadata jsonb)
    language sql stable
    begin atomic
        select row_number() over (partition by c.kind order by c.ordinality), c.contact_id,
               c.kind::core.contact_type_enum, c.kind, c.value, c.is_whatsapp,
               c.confidence_percent / 100.0, c.metadata
        from (
            select distinct on (n.kind, n.value) n.*
            from rows from (jsonb_to_recordset(contacts) as (
                contact_id uuid, kind text, value text, is_whatsapp boolean, confidence_percent integer,
                metadata jsonb)) with ordinality as n
                (contact_id, kind, value, is_whatsapp, confidence_percent, metadata, ordinality)
            order by n.kind, n.value, n.ordinality) c;
    end;

-- The first of each kind becomes the primary one. What this provider no longer names is closed, not
-- deleted.
create function core.store_contacts(p_party_id uuid, provider_name text, contacts jsonb) returns void
    language sql
    begin atomic
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
    end;

-- The addresses of an answer, each once.
create function core.listed_addresses(addresses jsonb)
    returns table (place bigint, address_id uuid, street_type text, street text, number text, complement text,
                   neighborhood text, city text, state text, zip_code text, formatted_address text,
                   address_hash text)
    language sql stable
    begin atomic
        select row_number() over (order by a.ordinality), a.address_id, a.street_type, a.street, a.number,
               a.complement, a.neighborhood, a.city, a.state, a.zip_code, a.formatted_address, a.address_hash
        from (
            select distinct on (h.address_hash) n.*, h.address_hash
            from rows from (jsonb_to_recordset(addresses) as (
                address_id uuid, street_type text, street text, number text, complement text,
                neighborhood text, city text, state text, zip_code text, formatted_address text))
                with ordinality as n (
                    address_id, street_type, street, number, complement, neighborhood, city, state, zip_code,
                    formatted_address, ordinality),
                core.address_hash(n.street_type, n.street, n.number, n.complement, n.neighborhood, n.city,
                                  n.state, n.zip_code) as h (address_hash)
            order by h.address_hash, n.ordinality) a;
    end;

-- A place many people share is inserted once and never updated: an update on it halved the throughput.
-- In the order of the hashes, so that two people of one house cannot wait for each other. A statement
-- of its own reads the ids back, and so sees places that others committed meanwhile.
create function core.store_addresses(p_party_id uuid, provider_name text, addresses jsonb) returns void
    language plpgsql as $$
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

-- What was said before goes to the history when something else is said now.
create function core.store_enrichment(
    p_party_id uuid, provider_name text, bought jsonb, p_enriched_at timestamptz, p_expires_at timestamptz)
    returns void
    language plpgsql as $$
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

-- A person as a provider describes them: party, people, contacts, addresses, enrichment. Newest
-- non-empty value wins; an answer older than what is stored only fills gaps.
create function core.store_person(provider_name text, bought jsonb, p_expires_at timestamptz) returns uuid
    language plpgsql as $$
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

-- The message, `sending` and owned by this run, so that it can be posted at once. Answers send,
-- read_back (this very message may have been delivered by an earlier run) or unchanged (it was).
create function ops.queue_message(
    p_lead_id text, p_owner uuid, p_run_no bigint, p_body text, p_fingerprint bytea)
    returns table (answer text, body text, unknown_sends integer, sent_ago_secs double precision)
    language plpgsql as $$
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
        update ops.outbox o
        set state = 'sending', owner = p_owner, run_no = p_run_no, read_back = true, due_at = null
        where o.lead_id = p_lead_id and o.kind = 'message';
        -- After a send of unknown outcome no run begins before it can no longer land (due_at).
        return query select 'read_back', stored.body, stored.attempts,
                            case when stored.state = 'sending'
                                 then extract(epoch from now() - stored.sending_since)::double precision end;
    else
        update ops.outbox o
        set body = p_body, fingerprint = p_fingerprint, state = 'sending', run_no = p_run_no, owner = p_owner,
            sending_since = now(), attempts = 0, read_back = false, due_at = null, sent_at = null,
            last_error = null
        where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'send', p_body, 0, null::double precision;
    end if;
end $$;

-- T4. `person` is {party_id} of somebody stored before, or {bought: …} as core.store_person reads it,
-- with {settled: [the call]}. Answers suppressed, or what queue_message answers.
create function ops.persist_profile(
    p_lead_id text, p_owner uuid, p_run_no bigint, suppression_hashes bytea[], person jsonb, match jsonb,
    p_body text, p_fingerprint bytea, steps jsonb)
    returns table (answer text, party_id uuid, body text, unknown_sends integer, sent_ago_secs double precision)
    language plpgsql as $$
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

    if person ? 'bought' then
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

    delete from core.lead_parties lp where lp.lead_id = p_lead_id and lp.party_id <> party;
    insert into core.lead_parties (lead_id, party_id, run_no, matched_by, provider, confidence, evidence)
    values (p_lead_id, party, p_run_no, match ->> 'matched_by', match ->> 'provider',
            (match ->> 'score')::integer / 100.0, match -> 'evidence')
    on conflict (lead_id, party_id) do update
        set run_no = excluded.run_no, matched_by = excluded.matched_by, provider = excluded.provider,
            confidence = excluded.confidence, evidence = excluded.evidence;

    select * into strict queued from ops.queue_message(p_lead_id, p_owner, p_run_no, p_body, p_fingerprint);
    if queued.answer = 'unchanged' then
        perform ops.abandon_lookups(p_lead_id);
        perform ops.finish_lead(p_lead_id, 'completed', null, false, steps);
    end if;
    return query select queued.answer, party, queued.body, queued.unknown_sends, queued.sent_ago_secs;
end $$;
