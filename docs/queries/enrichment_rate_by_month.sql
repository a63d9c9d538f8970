-- De cada mês, que parte dos leads foi enriquecida?
select cohort_month,
       count(*) as leads,
       count(*) filter (where is_enriched) as enriched,
       round(100.0 * count(*) filter (where is_enriched) / count(*), 1) as enriched_percent
from analytics.mv_mkt_lead_star
group by cohort_month
order by cohort_month desc;
