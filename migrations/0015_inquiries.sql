-- An inquiry asks the providers without a lead: it goes through the same rows, so that it and the leads answer each
-- other. Where a lead's id would stand, it stands as `inquiry:<uuid>`, which is no lead id: none has a colon.

create function ops.is_inquiry(asker text) returns boolean
    language sql immutable
    return asker like 'inquiry:%';

-- As before, and an inquiry, which has no row to be claimed, counts as asking while its instance lives; not for
-- ever, since its task may have ended without a word. The longest call takes 300 s (WORK_API_TIMEOUT_SECS), and half
-- as long again to get its turn.
create or replace function ops.is_asked(lookup ops.lookups, p_lead_id text, terms jsonb) returns boolean
    language sql stable
    return lookup.state = 'pending' and lookup.lead_id <> p_lead_id
        and case when ops.is_inquiry(lookup.lead_id) then lookup.started_at > now() - interval '15 minutes'
                 else exists (select from ops.leads l
                              where l.lead_id = lookup.lead_id and l.owner = lookup.owner
                                and l.run_no = lookup.run_no) end
        and ops.is_alive(lookup.owner, make_interval(secs => (terms ->> 'lease_secs')::double precision));

-- As before; a profile that was refused because of whom it is about, as seen from a lead, was not refused to an
-- inquiry, which asks about nobody but that person.
create or replace function ops.cached_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea)
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
          and not (ops.is_inquiry(p_lead_id) and coalesce(l.value ->> 'refused', '')
                                                  in ('profile_name_contradicts', 'deceased'))
          and (not coalesce(l.value ? 'party_id', false) or e.party_id is not null);
    end;

-- What came back is settled, and further questions are asked; either may be empty. Its fence is each pending row
-- itself: one that was taken over is another's. Repeated after its answer was lost, it settles nothing anew and
-- answers `mine` for what it had asked already.
create function ops.inquire(
    asker text, p_owner uuid, settled jsonb, absent_secs double precision, keys jsonb, terms jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
begin
    perform ops.settle_lookups(asker, p_owner, settled, absent_secs, null);
    return query select * from ops.acquire_lookups(asker, p_owner, 0, keys, terms);
end $$;

-- Looks again at a question somebody else was asking. While they still are, it only reads.
create function ops.poll_inquiry(
    asker text, p_owner uuid, p_provider text, p_kind text, p_key_hash bytea, terms jsonb)
    returns table (answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
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

-- A bought person is stored with the settlement of the call. Answers suppressed, or stored with the party. Repeated
-- after its answer was lost, it stores the same again. Whoever lost the question to another stores nothing.
create function ops.store_inquired(
    asker text, p_owner uuid, suppression_hashes bytea[], settled jsonb, bought jsonb)
    returns table (answer text, party_id uuid)
    language plpgsql as $$
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

-- As before; whoever gives up a question and whoever releases it count its call once between them.
create or replace function ops.abandon_lookups(p_lead_id text) returns void
    language plpgsql as $$
declare
    abandoned ops.lookups;
begin
    for abandoned in
        delete from ops.lookups l where l.lead_id = p_lead_id and l.state = 'pending' returning l.*
    loop
        perform ops.record_unknown_call(abandoned);
    end loop;
end $$;

-- Inquiries that ended with their process. Nobody takes them up again, as a lead is: their calls count as unknown, and
-- their questions are free.
create function ops.release_dead_inquiries(p_owner uuid, p_lease interval) returns void
    language plpgsql as $$
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
create index ix_lookups_inquired on ops.lookups (owner) where state = 'pending' and ops.is_inquiry(lead_id);

-- As before, and inquiries that are left over.
create or replace function ops.release_leftovers(
    p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval)
    returns table (released bigint, suspect_due boolean)
    language plpgsql as $$
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

comment on function ops.release_dead_inquiries(uuid, interval) is 'Ends the questions of inquiries whose instance is silent for the lease; their calls count as unknown.';
comment on function ops.is_inquiry(text) is 'Whether whoever asks is no lead but an inquiry.';
comment on function ops.is_asked(ops.lookups, text, jsonb) is 'Whether somebody else, a lead''s run or an inquiry on a living instance, is asking this question.';
comment on function ops.cached_lookup(text, text, text, bytea) is 'A stored answer that is still fresh and an answer to whoever asks, else no row.';
comment on function ops.inquire(text, uuid, jsonb, double precision, jsonb, jsonb) is 'Of an inquiry: settles what came back and acquires the next questions.';
comment on function ops.poll_inquiry(text, uuid, text, text, bytea, jsonb) is 'Of an inquiry: looks again at a question somebody else is asking; takes it over when they are gone.';
comment on function ops.store_inquired(text, uuid, bytea[], jsonb, jsonb) is 'Of an inquiry: settles the profile and stores the person. Answers suppressed or stored.';
comment on function ops.abandon_lookups(text) is 'Ends the questions of a lead or an inquiry that nobody will answer any more; their calls count as unknown.';
comment on column ops.lookups.lead_id is 'Who asked last: the lead whose run it was, or inquiry:<uuid> where no lead was behind it.';
comment on column ops.lookups.run_no is 'The run of that lead; 0 of an inquiry.';
comment on column ops.provider_calls.lead_id is 'Whose call it was: a lead, or inquiry:<uuid>.';
