-- Quantos perfis guardados ainda valem sem nova compra, e de quando são?
select provider,
       count(*) as profiles,
       count(*) filter (where expires_at > now()) as fresh,
       count(*) filter (where expires_at between now() and now() + interval '7 days') as expiring_in_7_days,
       min(enriched_at) as oldest,
       max(enriched_at) as newest,
       round(avg(quality_score), 2) as mean_completeness
from core.party_enrichments
group by provider
order by provider;
