-- Quantas pessoas físicas há em cada faixa de idade e de patrimônio em imóveis, e quantas delas já deixaram um lead?
select case
           when age < 18 then '00-17'
           when age < 30 then '18-29'
           when age < 40 then '30-39'
           when age < 50 then '40-49'
           when age < 60 then '50-59'
           when age >= 60 then '60+'
           else 'idade desconhecida' end as age_band,
       case tier
           when 0 then '0 sem imóvel conhecido'
           when 1 then '1 menos de R$ 500 mil'
           when 2 then '2 de R$ 500 mil a menos de R$ 1 milhão'
           when 3 then '3 de R$ 1 milhão a R$ 5 milhões'
           when 4 then '4 mais de R$ 5 milhões'
           else '5 imóveis de valor desconhecido' end as asset_tier,
       sum(people)::bigint as people,
       sum(with_leads)::bigint as with_leads
from (
    select age,
           case
               when property_count = 0 then 0
               when total_assets_brl < 500000 then 1
               when total_assets_brl < 1000000 then 2
               when total_assets_brl <= 5000000 then 3
               when total_assets_brl > 5000000 then 4 end as tier,
           count(*) filter (where not has_lead) as people,
           count(*) filter (where has_lead) as with_leads
    from (
        select age, property_count, total_assets_brl, false as has_lead
        from core.mv_party_analytics
        where party_type = 'PF'
        union all
        (select distinct on (party_id) age, property_count, total_assets_brl, true
        from analytics.mv_mkt_lead_star
        where party_type = 'PF'
        order by party_id)) counted
    group by age, tier) of_an_age
group by age_band, asset_tier
order by age_band, asset_tier;
