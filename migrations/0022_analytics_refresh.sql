-- Who refreshes the views, when, and how long it took.

-- One row: whoever owns it refreshes. No session lock, which would not pass a transaction pooler.
create table ops.analytics_schedule (
    id           boolean     constraint pk_analytics_schedule primary key default true
        constraint ck_analytics_schedule_one check (id),
    owner        uuid,
    owned_until  timestamptz,
    done_at      timestamptz,
    retry_at     timestamptz,
    requested_no bigint      not null default 0,
    done_no      bigint      not null default 0,
    constraint ck_analytics_schedule_owner check ((owner is null) = (owned_until is null)),
    constraint ck_analytics_schedule_done check (done_no <= requested_no)
);
insert into ops.analytics_schedule default values;

comment on table ops.analytics_schedule is 'One row: who refreshes the views of analytics, and what was done last. Personal data: none. Kept: for ever.';
comment on column ops.analytics_schedule.owner is 'Drawn anew for each refresh; null when nobody refreshes.';
comment on column ops.analytics_schedule.owned_until is 'Put off every few seconds while it works; then anybody may take it over.';
comment on column ops.analytics_schedule.done_at is 'When both views were last as they should be, refreshed or unchanged: each instance knows how long that is enough.';
comment on column ops.analytics_schedule.retry_at is 'Not before, because the last refresh failed; null after one that was done, and again when somebody asks.';
comment on column ops.analytics_schedule.requested_no is 'How many refreshes were asked for, beside the schedule.';
comment on column ops.analytics_schedule.done_no is 'As many of them are answered by a refresh that began after them.';

create table ops.analytics_refreshes (
    refresh_id  bigint      generated always as identity constraint pk_analytics_refreshes primary key,
    view_name   text        not null
        constraint ck_analytics_refreshes_view check (
            view_name in ('core.mv_party_analytics', 'analytics.mv_mkt_lead_star')),
    asked       boolean     not null,
    marks       text        not null,
    started_at  timestamptz not null default now(),
    finished_at timestamptz,
    duration_ms bigint      generated always as (
        (extract(epoch from finished_at - started_at) * 1000)::bigint) stored,
    outcome     text        constraint ck_analytics_refreshes_outcome check (outcome in ('done', 'failed', 'lost')),
    error       text,
    constraint ck_analytics_refreshes_finished check ((outcome is null) = (finished_at is null))
);
create index ix_analytics_refreshes_done on ops.analytics_refreshes (view_name, refresh_id) where outcome = 'done';

comment on table ops.analytics_refreshes is 'Each refresh of a view: when, how long, how it ended. Personal data: none. Kept: 90 days.';
comment on column ops.analytics_refreshes.asked is 'Somebody asked for it; otherwise it was time, and something had changed.';
comment on column ops.analytics_refreshes.marks is 'ops.analytics_marks when it began: the same marks later mean that nothing changed.';
comment on column ops.analytics_refreshes.outcome is 'done; failed, with its error; lost: whoever did it fell silent. Null while it runs.';
comment on column ops.analytics_refreshes.error is 'A code.';

-- What the server counts of writes to the tables that a view reads, with the day, by which ages are reckoned, and what tells
-- that the counts began anew. Costs the writers nothing. Counts come some seconds late at times: then a change is seen the next time.
create function ops.analytics_marks(p_view text) returns text
    language sql
    return (
        select concat_ws(' ',
            (now() at time zone 'America/Sao_Paulo')::date,
            extract(epoch from pg_postmaster_start_time()),
            extract(epoch from pg_stat_get_db_stat_reset_time((select oid from pg_database where datname = current_database()))),
            extract(epoch from pg_stat_get_bgwriter_stat_reset_time()),
            case when current_setting('track_counts') = 'off' then clock_timestamp() end,
            (select max(r.refresh_id) from ops.analytics_refreshes r
             where p_view = 'analytics.mv_mkt_lead_star' and r.view_name = 'core.mv_party_analytics' and r.outcome = 'done'),
            string_agg(concat_ws(':', c.relfilenode, pg_stat_get_tuples_inserted(c.oid),
                pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)), ' ' order by c.oid))
        from pg_class c
        where c.oid = any (case p_view
            when 'core.mv_party_analytics' then array[
                'core.parties'::regclass, 'core.companies'::regclass, 'core.party_contacts'::regclass,
                'core.party_addresses'::regclass, 'core.addresses'::regclass, 'core.party_enrichments'::regclass,
                'core.ownerships'::regclass, 'core.real_estate_properties'::regclass]
            else array[
                'ops.leads'::regclass, 'ops.lead_details'::regclass, 'ops.given_leads'::regclass, 'ops.outbox'::regclass, 'core.lead_parties'::regclass] end));
comment on function ops.analytics_marks(text) is 'What has to change for a view of analytics to be worth a refresh. Other marks do not mean that a row is another one; the same marks mean that none is.';

-- As the views' owner, who alone may: the service may have another role. In one process and with little memory, since nobody
-- waits for it: with three processes and 64 MB for each sort it took as long, and ten times the memory (measured).
create function ops.refresh_view(p_view text) returns void
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    set work_mem = '8MB'
    set max_parallel_workers_per_gather = 0
    set jit = off
    as $$
begin
    if p_view not in ('core.mv_party_analytics', 'analytics.mv_mkt_lead_star') then
        raise exception 'no view of analytics' using errcode = 'invalid_parameter_value';
    end if;
    -- A view that was restored without data has nothing that readers could go on reading.
    execute format('refresh materialized view %s %s',
        (select case when c.relispopulated then 'concurrently' end from pg_class c where c.oid = p_view::regclass), p_view);
end $$;
comment on function ops.refresh_view(text) is 'Refreshes a view of analytics while others read it.';
