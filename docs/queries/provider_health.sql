-- Como responderam os fornecedores nas últimas 24 horas?
select provider,
       operation,
       count(*) as calls,
       count(*) filter (where outcome = 'hit') as hits,
       count(*) filter (where outcome = 'miss') as misses,
       count(*) filter (where outcome = 'denied') as denied,
       count(*) filter (where outcome in ('error', 'unknown')) as failed,
       round(percentile_cont(0.5) within group (order by latency_ms)) as p50_ms,
       round(percentile_cont(0.95) within group (order by latency_ms)) as p95_ms
from ops.provider_calls
where outcome <> 'cached' and at > now() - interval '24 hours'
group by provider, operation
order by provider, operation;
