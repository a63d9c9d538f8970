-- Quais empresas com mais de R$ 2 milhões em imóveis deixaram um lead nos últimos 30 dias?
select lead_id,
       party_name,
       company_type,
       company_size,
       property_count,
       total_assets_brl,
       email,
       phone,
       lead_created_at
from analytics.mv_mkt_lead_star
where party_type = 'PJ'
  and total_assets_brl > 2000000
  and lead_created_at > now() - interval '30 days'
order by total_assets_brl desc, lead_id;
