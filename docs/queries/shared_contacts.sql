-- Quantos contatos pertencem a mais de uma pessoa? (só contagens)
select kind,
       people,
       count(*) as contacts
from (
    select kind, value_normalized, count(distinct party_id) as people
    from core.party_contacts
    where valid_to is null
    group by kind, value_normalized) contact
group by kind, people
order by kind, people;
