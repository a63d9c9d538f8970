-- Quem tem mais de R$ 5 milhões em imóveis, e quantos leads deixou?
select party.party_id,
       party.party_type,
       party.name,
       party.city,
       party.state,
       party.property_count,
       party.total_assets_brl,
       coalesce(lead.leads, 0) as leads
from core.mv_party_analytics party
left join (
    select party_id, count(*) as leads
    from analytics.mv_mkt_lead_star
    group by party_id) lead on lead.party_id = party.party_id
where party.total_assets_brl > 5000000
order by party.total_assets_brl desc, party.party_id;
