-- The transactions of the pipeline are functions, so that each is one statement: one commit, one round trip.

create function ops.is_alive(instance uuid, lease interval) returns boolean
    language sql stable
    return exists (select from ops.instances i where i.id = instance and i.heartbeat_at > now() - lease);

-- Refuses whoever lost the lead, and holds it until the transaction ends.
create function ops.hold_claim(p_lead_id text, p_owner uuid, p_run_no bigint) returns void
    language plpgsql as $$
begin
    perform from ops.leads l
    where l.lead_id = p_lead_id and l.owner = p_owner and l.run_no = p_run_no
    for update;
    if not found then
        raise exception 'the claim on the lead is lost' using errcode = 'LC001';
    end if;
end $$;

-- How a lead stands. People count while they were found by the last run.
create function ops.lead_result(p_lead_id text)
    returns table (state text, message_sent boolean, cpfs text[], reason text,
                   next_attempt_at timestamptz, finished_at timestamptz)
    language sql stable
    begin atomic
        select l.state, l.message_sent,
               array(select p.cpf_cnpj
                     from core.lead_parties lp join core.parties p on p.id = lp.party_id
                     where lp.lead_id = l.lead_id and lp.run_no = l.run_no and p.party_type = 'person'
                     order by p.cpf_cnpj),
               l.last_error, l.due_at, l.finished_at
        from ops.leads l where l.lead_id = p_lead_id;
    end;

-- T1. Answers run, join, waiting or duplicate, with how the lead stands.
create function ops.accept_lead(
    p_lead_id text, p_source text, p_owner uuid, p_dedup interval, p_lease interval)
    returns table (answer text, run_no bigint, attempts integer,
                   state text, message_sent boolean, cpfs text[], reason text,
                   next_attempt_at timestamptz, finished_at timestamptz)
    language plpgsql as $$
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
