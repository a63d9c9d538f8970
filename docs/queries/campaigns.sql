-- Quantos leads cada campanha trouxe, quantos foram enriquecidos, e que valor está em negociação?
-- Em negociação: a soma dos preços dos imóveis procurados. Patrimônio: o das pessoas da campanha, cada uma contada uma vez.
select coalesce(campaign_name, 'sem campanha') as campaign,
       sum(leads)::bigint as leads,
       sum(enriched)::bigint as enriched,
       sum(price_brl) as pipeline_value_brl,
       sum(total_assets_brl) as people_assets_brl
from (
    select campaign_name,
           count(*) as leads,
           count(*) filter (where is_enriched) as enriched,
           sum(price_brl) as price_brl,
           case when party_id is not null then max(total_assets_brl) end as total_assets_brl
    from analytics.mv_mkt_lead_star
    group by campaign_name, party_id) of_a_person
group by campaign_name
order by leads desc, campaign;
