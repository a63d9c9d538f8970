-- Ends the run. When something changed meanwhile (requested_no ahead), the lead starts again at once.
create function ops.finish_lead(
    p_lead_id text, end_state text, reason text, was_sent boolean, steps jsonb) returns void
    language sql
    begin atomic
        update ops.leads l
        set outcome = end_state,
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

-- T5. The message is with the broker. Repeated after its answer was lost, it does nothing.
create function ops.complete_delivery(
    p_lead_id text, p_owner uuid, p_run_no bigint, was_sent boolean, steps jsonb) returns void
    language plpgsql as $$
begin
    if exists (select from ops.leads l join ops.outbox o on o.lead_id = l.lead_id
               where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null
                 and o.run_no = p_run_no and o.state = 'sent') then
        return;
    end if;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    update ops.leads l
    set message_fingerprint = o.fingerprint
    from ops.outbox o
    where l.lead_id = p_lead_id and o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no;
    update ops.outbox o
    set state = 'sent', sent_at = now(), owner = null, due_at = null, last_error = null
    where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no and o.state = 'sending';
    if not found then
        raise exception 'no message of this run is being sent' using errcode = 'LC001';
    end if;
    perform ops.abandon_lookups(p_lead_id);
    perform ops.finish_lead(p_lead_id, 'completed', null, was_sent, steps);
end $$;

-- The end of a run that delivered nothing, or does not know whether it did. `ending` is an end state,
-- `retry`, `not_delivered` (retry after a send that the CRM surely or most likely did not take),
-- `unknown` (retry after a send of unknown outcome) or `handed_back`.
create function ops.end_run(
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
        set state = 'unknown', owner = null, attempts = o.attempts + 1, sending_since = now(),
            due_at = now() + retry_after,
            last_error = p_reason
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
        update ops.outbox o set state = 'unknown', owner = null
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
        update ops.leads l
        set state = 'accepted', owner = null, due_at = now(), timeline = steps
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

-- The message is about to be sent again, after it was read back and found absent.
create function ops.send_again(p_lead_id text, p_owner uuid, p_run_no bigint) returns void
    language plpgsql as $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    update ops.outbox o set sending_since = now()
    where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no and o.state = 'sending';
    if not found then
        raise exception 'no message of this run is being sent' using errcode = 'LC001';
    end if;
end $$;

-- All leads of an instance that stops: due at once, nothing spent. Answers how many.
create function ops.hand_back_leads(p_owner uuid) returns bigint
    language plpgsql as $$
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
