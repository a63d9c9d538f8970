-- Quais mensagens não chegaram ao CRM, ou não se sabe se chegaram?
select o.lead_id,
       l.state as lead_state,
       o.state as message_state,
       o.attempts as unknown_sends,
       coalesce(o.last_error, l.last_error) as reason,
       l.due_at as next_try_at
from ops.outbox o
join ops.leads l on l.lead_id = o.lead_id
where o.state <> 'sent' and l.state <> 'processing'
order by l.due_at nulls first, o.lead_id;
