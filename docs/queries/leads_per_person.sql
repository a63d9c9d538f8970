-- Quantas pessoas deixaram mais de um lead? (só contagens)
select leads,
       count(*) as people
from (
    select party_id, count(*) as leads
    from core.lead_parties
    group by party_id) person
group by leads
order by leads;
