-- Como se distribui a nota dos leads (completude e atualidade do perfil, de 0 a 1)?
-- A nota 1 está na faixa de 0,9; sem nota: ninguém foi encontrado, ou não há perfil.
select case when lead_score >= 0.9 then 0.9 else floor(lead_score * 10) / 10 end as score_from,
       count(*) as leads,
       round(100.0 * count(*) / sum(count(*)) over (), 1) as percent
from analytics.mv_mkt_lead_star
group by score_from
order by score_from desc nulls last;
