-- De quais leads falta o e-mail ou o telefone?
select lead_id,
       lead_name,
       email is null as without_email,
       phone is null as without_phone,
       campaign_name,
       lead_created_at
from analytics.mv_mkt_lead_star
where email is null or phone is null
order by lead_created_at desc, lead_id;
