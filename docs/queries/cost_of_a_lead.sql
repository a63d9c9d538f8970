-- Quanto custou um lead, em centavos, em todas as suas execuções? (-v lead_id=…)
select provider,
       operation,
       outcome,
       count(*) as calls,
       sum(cost_centavos) as cost_centavos
from ops.provider_calls
where lead_id = :'lead_id'
group by provider, operation, outcome
order by provider, operation, outcome;
