-- Quanto tempo os leads levaram até o fim, por dia, nos últimos 30 dias?
-- Um lead disparado outra vez conta até o seu último fim; run_no = 1 deixa só os que terminaram na primeira execução.
select (first_seen_at at time zone 'America/Sao_Paulo')::date as day,
       count(*) as leads,
       count(*) filter (where run_no = 1) as first_run,
       round((percentile_cont(0.5) within group (order by secs) filter (where run_no = 1))::numeric, 1) as p50_secs,
       round((percentile_cont(0.95) within group (order by secs) filter (where run_no = 1))::numeric, 1) as p95_secs,
       round(max(secs), 1) as max_secs
from (
    select first_seen_at, run_no, extract(epoch from finished_at - first_seen_at) as secs
    from ops.leads
    where finished_at is not null and first_seen_at > now() - interval '30 days') finished
group by day
order by day desc;
