-- Leads given in a request's body; who triggered a lead; answers that are to be bought anew; many leads at once; and
-- what lists of leads are searched by.

-- Written with the acceptance, so that whoever runs the lead has it.
create table ops.given_leads (
    lead_id  text        constraint pk_given_leads primary key
        constraint fk_given_leads_lead references ops.leads (lead_id) on delete cascade,
    name     text,
    cpf      text        constraint ck_given_leads_cpf check (cpf ~ '^[0-9]{11}$'),
    email    text,
    phones   text[]      not null default '{}',
    given_at timestamptz not null default now()
);
comment on table ops.given_leads is 'What a caller gave of a lead (POST leads): a usable name, phones and e-mail take the place of the CRM''s. Personal data: name, CPF, phones, e-mail. Kept: until deleted; removed when the person is suppressed.';
comment on column ops.given_leads.cpf is 'Digits only; check digits verified.';
comment on column ops.given_leads.email is 'In lower case.';
comment on column ops.given_leads.phones is 'National digits, in the order given; the first is looked up.';
comment on column ops.given_leads.given_at is 'When it was last given otherwise than before.';

create index ix_given_leads_name on ops.given_leads using gin (core.fold_text(name) gin_trgm_ops);
create index ix_given_leads_phones on ops.given_leads using gin (phones);
create index ix_given_leads_email on ops.given_leads (email);
create index ix_lead_details_name on ops.lead_details using gin (core.fold_text(name) gin_trgm_ops);
create index ix_lead_details_phone on ops.lead_details (phone);
create index ix_lead_details_email on ops.lead_details (email);

alter table core.lead_parties drop constraint ck_lead_parties_matched_by;
alter table core.lead_parties add constraint ck_lead_parties_matched_by
    check (matched_by in ('phone', 'email', 'both', 'cpf', 'review'));
comment on column core.lead_parties.matched_by is 'Which of the lead''s contacts led to the person; cpf: given with the lead, confirmed by the profile''s name; review: a person decided.';
comment on column core.lead_parties.provider is 'Who named the person for the contact: diretrix or work_api; of a given CPF whose profile confirms it: work_api.';
comment on column ops.leads.source is 'Who told us of it first. make: GET leads/process; api: the other routes and the command line; the others are not written yet.';

alter table ops.leads add column forced_at timestamptz;
comment on column ops.leads.forced_at is 'Its runs use no answer that was asked for before: an admin wants them bought anew. Null when stored answers will do.';

-- In a function, so that it is read after the lead's row is locked.
create function ops.given_details(p_lead_id text) returns jsonb
    language plpgsql as $$
begin
    return (select jsonb_build_object('name', g.name, 'cpf', g.cpf, 'email', g.email, 'phones', g.phones)
            from ops.given_leads g where g.lead_id = p_lead_id);
end $$;
comment on function ops.given_details(text) is 'What was given of a lead; null when nothing was.';

-- Answers whether these are others than those that were given before.
create function ops.store_given(p_lead_id text, p_given jsonb) returns boolean
    language plpgsql as $$
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
comment on function ops.store_given(text, jsonb) is 'Stores what was given of a lead. Answers whether it is new.';

-- T1 with what belongs to a request: who asks (`{actor, action, reason}`), what was given, and whether answers are to
-- be bought anew. Forced, a lead that runs is joined, and one that ended runs again: a replay does no more than that.
create function ops.accept_lead(
    p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean, p_force boolean,
    p_look jsonb, p_given jsonb, p_lease interval, p_lands_within interval, p_spread interval)
    returns table (answer text, run_no bigint, attempts integer, crashes integer, given jsonb,
                   state text, message_sent boolean, cpfs text[], reason text,
                   next_attempt_at timestamptz, finished_at timestamptz)
    language plpgsql as $$
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
comment on function ops.accept_lead(text, text, uuid, interval, boolean, boolean, jsonb, jsonb, interval, interval, interval) is 'T1: a trigger or a replay, with who asks and what was given. Answers run, join, waiting, duplicate or unknown, and how the lead stands.';
comment on function ops.accept_lead(text, text, uuid, interval, boolean, interval, interval, interval) is 'What T1 decides: run, join, waiting, duplicate or unknown, and how the lead stands. All of T1 in the version before migration 16.';

-- One of many leads: accepted for the queue, due at once, unless it runs or its message may still land. Answers its state.
create function ops.queue_lead(
    p_lead_id text, p_source text, p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval)
    returns text
    language plpgsql as $$
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
comment on function ops.queue_lead(text, text, uuid, interval, interval, interval) is 'Accepts one lead for the queue. Answers accepted, or processing or retrying when it is left as it is.';

-- Many leads in one transaction, locked in the order of their ids, so that two batches cannot wait for each other.
create function ops.accept_leads(
    p_lead_ids text[], p_source text, p_owner uuid, p_look jsonb,
    p_lease interval, p_lands_within interval, p_spread interval)
    returns table (lead_id text, state text)
    language plpgsql as $$
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
comment on function ops.accept_leads(text[], text, uuid, jsonb, interval, interval, interval) is 'T1 of many leads, each once; the queue runs them. Answers how each stands.';

-- A stored answer that this lead may use: fresh, and not older than the wish that it be bought anew. What somebody was
-- just asking when this lead came (`polled` in the terms) is new enough.
create function ops.usable_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea, terms jsonb)
    returns table (answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language sql stable
    begin atomic
        select c.answer, c.value, c.party_id, c.fetched_at
        from ops.cached_lookup(p_lead_id, p_provider, p_kind, p_key_hash) c
        where terms ? 'polled'
           or not exists (
               select from ops.leads l, ops.lookups k
               where l.lead_id = p_lead_id and k.started_at < l.forced_at
                 and k.provider = p_provider and k.kind = p_kind and k.key_hash = p_key_hash);
    end;
comment on function ops.usable_lookup(text, text, text, bytea, jsonb) is 'A stored answer that a lead may use: fresh, and asked for after the wish that it be bought anew.';

-- As before, with answers that the lead may use.
create or replace function ops.acquire_lookup(
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

-- As before; an answer that was waited for is used.
create or replace function ops.poll_lookup(
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
        p_lead_id, p_owner, p_run_no, p_provider, p_kind, p_key_hash, terms || '{"polled": true}');
end $$;

-- What is known without asking, in the order of the keys: an answer, null when there is none, or suppressed. Reads only.
create function ops.known_answers(p_lead_id text, suppression_hashes bytea[], keys jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language sql stable
    begin atomic
        select k.ordinality::integer,
               case when exists (select from ops.suppressions s
                                 where s.key_hash = any (suppression_hashes) or s.key_hash = k.key_hash)
                    then 'suppressed' else c.answer end,
               c.value, c.party_id, c.fetched_at
        from (select n.ordinality, n.item ->> 'provider' as provider, n.item ->> 'kind' as kind,
                     decode(n.item ->> 'key_hash', 'hex') as key_hash
              from jsonb_array_elements(keys) with ordinality as n (item, ordinality)) k
        left join lateral ops.cached_lookup(p_lead_id, k.provider, k.kind, k.key_hash) c on true;
    end;
comment on function ops.known_answers(text, bytea[], jsonb) is 'Stored answers to questions, and who is suppressed, without asking or writing anything.';

-- As before; what was given of a suppressed person goes too, unless it was given during the run, and a wish to buy
-- answers anew ends with the lead.
create or replace function ops.finish_lead(
    p_lead_id text, end_state text, reason text, was_sent boolean, steps jsonb) returns void
    language sql
    begin atomic
        delete from ops.given_leads g
        where g.lead_id = p_lead_id and end_state = 'suppressed'
          and not exists (select from ops.leads l
                          where l.lead_id = p_lead_id and l.requested_no > l.run_no);

        update ops.leads l
        set alert_at = case
                when end_state = 'delivery_unknown' and l.outcome is distinct from 'delivery_unknown'
                  or reason = 'crashed_too_often' then now()
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
    end;

comment on table ops.access_log is 'Who triggered a lead or read whose data, when, why: one row per stored person shown; one without a person for a trigger, which names its lead, for a search of leads, and for candidates whom nobody stored. Personal data: who was looked up, by id. Kept: until deleted.';
comment on column ops.access_log.actor is 'The name of the key or the login; developer on an own machine, anonymous at an open trigger.';
comment on column ops.access_log.action is 'What was done, as a fixed word per route.';
comment on column ops.access_log.lead_id is 'The lead that was triggered, or by which somebody was looked at.';
comment on column ops.access_log.reason is 'LGPD_PURPOSE when it was done.';
