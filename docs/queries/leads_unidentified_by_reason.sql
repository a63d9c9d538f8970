-- Por que os leads dos últimos 30 dias ficaram sem identificação?
select last_error as reason,
       count(*) as leads,
       max(finished_at) as latest
from ops.leads
where state = 'unidentified' and finished_at > now() - interval '30 days'
group by last_error
order by leads desc, reason;
