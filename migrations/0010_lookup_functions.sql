-- A row of the ledger for a call whose end nobody learns: it counts as spent.
create function ops.record_unknown_call(lookup ops.lookups) returns void
    language sql
    begin atomic
        insert into ops.provider_calls
            (provider, operation, lead_id, outcome, cost_centavos, latency_ms, purpose, legal_basis)
        values (lookup.provider, lookup.kind, lookup.lead_id, 'unknown', lookup.price_centavos,
                greatest(0, extract(epoch from now() - lookup.started_at) * 1000)::bigint,
                lookup.purpose, lookup.legal_basis);
    end;

-- A stored answer that is still fresh, else no row. A profile whose person is gone is no answer.
-- That a profile contradicts a lead's name says nothing of other leads.
create function ops.cached_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea)
    returns table (answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language sql stable
    begin atomic
        select case
                   when l.state = 'absent' then 'absent'
                   when l.value ? 'refused' then 'refused'
                   when l.kind = 'profile' then 'profile'
                   else 'candidates' end,
               coalesce(e.normalized_data, l.value -> 'refused', l.value), e.party_id, e.enriched_at
        from ops.lookups l
        left join core.party_enrichments e
            on l.kind = 'profile' and e.party_id = (l.value ->> 'party_id')::uuid and e.provider = l.provider
        where l.provider = p_provider and l.kind = p_kind and l.key_hash = p_key_hash
          and l.state <> 'pending' and l.expires_at > now()
          and (l.lead_id = p_lead_id or l.value ->> 'refused' is distinct from 'profile_name_contradicts')
          and (not coalesce(l.value ? 'party_id', false) or e.party_id is not null);
    end;

-- Whether the run of another lead is asking: its instance lives, and still has that lead in that run.
create function ops.is_asked(lookup ops.lookups, p_lead_id text, terms jsonb) returns boolean
    language sql stable
    return lookup.state = 'pending' and lookup.lead_id <> p_lead_id
        and exists (select from ops.leads l
                    where l.lead_id = lookup.lead_id and l.owner = lookup.owner and l.run_no = lookup.run_no)
        and ops.is_alive(lookup.owner, make_interval(secs => (terms ->> 'lease_secs')::double precision));

-- One question: answered from what is stored, asked by somebody alive (pending), or to be asked by
-- this run (mine), in which case a pending row is its record of intent. `terms` are fresh_secs,
-- lease_secs, purpose, legal_basis and the price of each provider.
create function ops.acquire_lookup(
    p_lead_id text, p_owner uuid, p_run_no bigint,
    p_provider text, p_kind text, p_key_hash bytea, terms jsonb)
    returns table (answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
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
        return query select * from ops.cached_lookup(p_lead_id, p_provider, p_kind, p_key_hash);
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
        continue when exists (select from ops.cached_lookup(p_lead_id, p_provider, p_kind, p_key_hash));

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

-- Several questions, `[{provider, kind, key_hash (hex)}]`. Taken in the order of their keys, so that
-- two leads that share contacts cannot wait for each other; answered by `position`, from 1.
create function ops.acquire_lookups(p_lead_id text, p_owner uuid, p_run_no bigint, keys jsonb, terms jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
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

-- Writes what came back over the pending rows of this claim, and into the ledger. A row that
-- somebody took over meanwhile is theirs, and its call stands in the ledger as `unknown` already.
create function ops.settle_lookups(
    p_lead_id text, p_owner uuid, settled jsonb, absent_secs double precision, p_party_id uuid) returns void
    language plpgsql as $$
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

-- Questions of a lead that nobody will answer any more.
create function ops.abandon_lookups(p_lead_id text) returns void
    language sql
    begin atomic
        select ops.record_unknown_call(l) from ops.lookups l where l.lead_id = p_lead_id and l.state = 'pending';
        delete from ops.lookups l where l.lead_id = p_lead_id and l.state = 'pending';
    end;

-- T2. The first row's answer is `suppressed` when the person objected or was erased: nothing of the
-- lead is written then.
create function ops.acquire_contacts(
    p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea,
    suppression_hashes bytea[], keys jsonb, terms jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
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

-- T3.
create function ops.settle_and_acquire(
    p_lead_id text, p_owner uuid, p_run_no bigint, settled jsonb, absent_secs double precision,
    keys jsonb, terms jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    perform ops.settle_lookups(p_lead_id, p_owner, settled, absent_secs, null);
    return query select * from ops.acquire_lookups(p_lead_id, p_owner, p_run_no, keys, terms);
end $$;

-- Looks again at a question somebody else was asking. While they still are, it only reads.
create function ops.poll_lookup(
    p_lead_id text, p_owner uuid, p_run_no bigint,
    p_provider text, p_kind text, p_key_hash bytea, terms jsonb)
    returns table (answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
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
        p_lead_id, p_owner, p_run_no, p_provider, p_kind, p_key_hash, terms);
end $$;
