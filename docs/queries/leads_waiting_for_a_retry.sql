-- Quais leads esperam uma nova tentativa, e por quê?
select lead_id,
       last_error,
       attempts,
       due_at,
       now() - first_seen_at as waiting_for
from ops.leads
where state = 'retrying'
order by due_at;
