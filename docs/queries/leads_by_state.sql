-- Quantos leads há em cada estado, e desde quando espera o mais antigo?
select state,
       count(*) as leads,
       min(first_seen_at) as oldest_first_seen_at,
       min(due_at) as next_due_at
from ops.leads
group by state
order by leads desc, state;
