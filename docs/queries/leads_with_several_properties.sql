-- Quais leads são de quem já tem mais de um imóvel?
select lead_id,
       lead_name,
       party_name,
       party_type,
       property_count,
       total_assets_brl,
       lead_created_at
from analytics.mv_mkt_lead_star
where property_count > 1
order by property_count desc, total_assets_brl desc nulls last, lead_id;
