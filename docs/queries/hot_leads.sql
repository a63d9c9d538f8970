-- Quais leads dos últimos 7 dias têm um perfil completo e recente (nota de 0,8 ou mais)?
select lead_id,
       lead_name,
       party_name,
       email,
       phone,
       lead_score,
       campaign_name,
       total_assets_brl,
       lead_created_at
from analytics.mv_mkt_lead_star
where lead_created_at > now() - interval '7 days'
  and lead_score >= 0.8
order by lead_score desc, lead_created_at desc, lead_id;
