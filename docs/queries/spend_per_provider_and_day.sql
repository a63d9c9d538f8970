-- Quanto foi gasto e quanto foi economizado com cada fornecedor, por dia, nos últimos 30 dias?
-- Em centavos, aos preços configurados. Economizado: respostas guardadas, ao último preço pago pela mesma pergunta.
select (c.at at time zone 'America/Sao_Paulo')::date as day,
       c.provider,
       count(*) filter (where c.outcome <> 'cached') as calls,
       sum(c.cost_centavos) as spent_centavos,
       count(*) filter (where c.outcome = 'cached') as cached,
       sum(coalesce(paid.cost_centavos, 0)) filter (where c.outcome = 'cached') as saved_centavos
from ops.provider_calls c
left join (
    select distinct on (provider, operation) provider, operation, cost_centavos
    from ops.provider_calls
    where outcome in ('hit', 'miss')
    order by provider, operation, call_id desc) paid
    on paid.provider = c.provider and paid.operation = c.operation
where c.at > now() - interval '30 days'
group by day, c.provider
order by day desc, c.provider;
