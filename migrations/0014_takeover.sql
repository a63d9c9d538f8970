-- Leads that a crash left behind are released first, each at a moment of its own, and then claimed like any
-- other; a message whose post was cut off counts among the sends of unknown outcome.

-- Leads whose last two ends were crashes run alone; there are few of them.
create index ix_leads_suspect on ops.leads (priority, due_at)
    where owner is null and crashes >= 2 and state in ('accepted', 'retrying', 'budget_hold');

-- A database that was away for longer than the lease finds every instance silent. Nobody is dead before somebody
-- has beaten for half a lease without a pause: until then the others have had the time to beat too.
alter table ops.instances add column unbroken_since timestamptz not null default now();
comment on column ops.instances.unbroken_since is 'Since when it has beaten without a pause of two thirds of the lease.';

create or replace function ops.is_alive(instance uuid, lease interval) returns boolean
    language sql stable
    return exists (
        select from ops.instances i
        where i.id = instance
          and (i.heartbeat_at > now() - lease
               or not exists (select from ops.instances w
                              where w.heartbeat_at > now() - lease
                                and w.heartbeat_at >= w.unbroken_since + lease / 2)));

-- A person has to be told: when next, should it not be done by then. Null: nothing to tell.
alter table ops.leads add column alert_at timestamptz;
create index ix_leads_alert on ops.leads (alert_at) where alert_at is not null;
comment on column ops.leads.alert_at is 'When a person is to be told of its end; null when nobody is, or somebody was.';

alter table ops.outbox add column first_sent_at timestamptz not null default now();
create index ix_outbox_undelivered on ops.outbox (first_sent_at) where state <> 'sent';
comment on column ops.outbox.first_sent_at is 'When this message was first sent, however often it was sent since.';

comment on column ops.leads.crashes is
    'How often in a row the process that ran it ended without ending the run. Other ends than a crash set it to 0.';
comment on column ops.outbox.sending_since is
    'Since when it may be on its way to the CRM, in a post that is not counted in attempts; null when it is not.';

-- A post that ended with its process, or whose run ends without knowing of it. Answers when the message can no
-- longer land unseen; null when none is on its way.
create function ops.note_cut_send(p_lead_id text, p_lands_within interval, p_reason text) returns timestamptz
    language sql
    begin atomic
        update ops.outbox o
        set state = 'unknown', owner = null, attempts = o.attempts + 1, due_at = o.sending_since + p_lands_within,
            sending_since = null, last_error = p_reason
        where o.lead_id = p_lead_id and o.kind = 'message' and o.state = 'sending' and o.sending_since is not null
        returning o.due_at;
    end;

-- A lead, locked by the caller, whose owner is dead. The run number grows, so that nothing of the dead run passes
-- should its process come back.
create function ops.release_crashed(p_lead_id text, p_lands_within interval, p_spread interval) returns void
    language plpgsql as $$
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

-- Releases what instances left behind that have been silent for the lease. Answers how many leads that were,
-- and whether a lead is due that has to run alone.
create function ops.release_leftovers(
    p_owner uuid, p_lease interval, p_lands_within interval, p_spread interval)
    returns table (released bigint, suspect_due boolean)
    language plpgsql as $$
#variable_conflict use_column
declare
    left_over text[];
begin
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

-- T1. Answers run, join, waiting, duplicate, or unknown (a replay of a lead that was never accepted), with how
-- the lead stands. A replay is a person's wish: it runs a finished lead, asks for another run of a running one, and
-- allows a message of unknown outcome to be sent three times more.
create function ops.accept_lead(
    p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_replay boolean,
    p_lease interval, p_lands_within interval, p_spread interval)
    returns table (answer text, run_no bigint, attempts integer, crashes integer,
                   state text, message_sent boolean, cpfs text[], reason text,
                   next_attempt_at timestamptz, finished_at timestamptz)
    language plpgsql as $$
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

-- As before, and whoever has to be told of the end is told once.
create or replace function ops.finish_lead(
    p_lead_id text, end_state text, reason text, was_sent boolean, steps jsonb) returns void
    language sql
    begin atomic
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
            finished_at = case when l.requested_no > l.run_no then null else now() end
        where l.lead_id = p_lead_id;
    end;

-- As before, and a post that is not known of when the lead is handed back is counted.
create or replace function ops.end_run(
    p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, retry_after interval,
    spends_attempt boolean, settled jsonb, absent_secs double precision, steps jsonb,
    max_attempts integer, max_unknown_sends integer)
    returns table (state text, message_sent boolean, cpfs text[], reason text,
                   next_attempt_at timestamptz, finished_at timestamptz)
    language plpgsql as $$
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

-- The message is about to be sent again, after it was read back and found absent. `p_unknown_sends` is what
-- queue_message told, a post among them that no end of a run has counted. May be repeated.
create function ops.send_again(p_lead_id text, p_owner uuid, p_run_no bigint, p_unknown_sends integer) returns void
    language plpgsql as $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    update ops.outbox o
    set attempts = p_unknown_sends, sending_since = now()
    where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no and o.state = 'sending';
    if not found then
        raise exception 'no message of this run is being sent' using errcode = 'LC001';
    end if;
end $$;

-- As before; a post of an earlier run that no end of a run has counted is told among the unknown ones.
create or replace function ops.queue_message(
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
        -- After a send of unknown outcome no run begins before it can no longer land (due_at).
        if stored.state = 'unknown' then
            stored.sending_since := null;
        end if;
        update ops.outbox o
        set state = 'sending', owner = p_owner, run_no = p_run_no, read_back = true, due_at = null,
            sending_since = stored.sending_since
        where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'read_back', stored.body,
                            stored.attempts + case when stored.sending_since is null then 0 else 1 end,
                            extract(epoch from now() - stored.sending_since)::double precision;
    else
        update ops.outbox o
        set body = p_body, fingerprint = p_fingerprint, state = 'sending', run_no = p_run_no, owner = p_owner,
            sending_since = now(), first_sent_at = now(), attempts = 0, read_back = false, due_at = null,
            sent_at = null, last_error = null
        where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'send', p_body, 0, null::double precision;
    end if;
end $$;

-- All leads of an instance that stops: due at once, nothing spent, but those whose message may be on its way.
-- Answers how many.
create function ops.hand_back_leads(p_owner uuid, p_lands_within interval) returns bigint
    language plpgsql as $$
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

comment on function ops.accept_lead(text, text, uuid, interval, interval) is 'T1 of the version before migration 14, whose instances may still run while a deploy replaces them.';
comment on function ops.hand_back_leads(uuid) is 'Hands back the leads of an instance of the version before migration 14.';
comment on function ops.note_cut_send(text, interval, text) is 'Counts a post that was cut off as a send of unknown outcome. Answers when it can no longer land.';
comment on function ops.release_crashed(text, interval, interval) is 'Releases a lead whose owner is dead: a crash is counted, and it is due at a random moment soon.';
comment on function ops.release_leftovers(uuid, interval, interval, interval) is 'Releases the leads of silent instances. Answers how many, and whether a lead is due that has to run alone.';
comment on function ops.accept_lead(text, text, uuid, interval, boolean, interval, interval, interval) is 'T1: a trigger or a replay. Answers run, join, waiting, duplicate or unknown, and how the lead stands.';
comment on function ops.send_again(text, uuid, bigint) is 'Notes that a message is sent again; of the version before migration 14.';
comment on function ops.send_again(text, uuid, bigint, integer) is 'Notes that a message is sent again, after it was read back and found absent.';
comment on function ops.is_alive(uuid, interval) is 'Whether an instance''s heartbeat is younger than the lease, or nobody can say because the database was away.';
comment on function ops.hand_back_leads(uuid, interval) is 'Gives back all leads of an instance that stops: due at once unless their message may be on its way, nothing spent. Answers how many.';
