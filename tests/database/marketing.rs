//! The ten questions of marketing (`docs/queries`), asked under the dashboards' role of a market that is known to the last
//! lead, and their answers reckoned from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rust_c2s_api::models::day_in_sao_paulo;
use rust_c2s_api::services::analytics::Analytics;
use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::market::{Lead, Market, Party};
use crate::questions::ask_of;
use crate::reader::Reader;

/// Every file, with whether it names leads, and so may tell contacts.
pub(crate) const MARKETING: &[&str] = &[
    "hot_leads",
    "people_by_age_and_assets",
    "companies_by_size",
    "campaigns",
    "leads_with_several_properties",
    "score_distribution",
    "enrichment_rate_by_month",
    "parties_with_large_assets",
    "leads_without_email_or_phone",
    "recent_companies_with_assets",
];

/// A bound in reais, in centavos.
const fn reais(reais: i64) -> i64 {
    reais * 100
}

/// A number of hundredths as the database writes it.
fn hundredths(number: Option<i64>) -> Value {
    number.map_or(Value::Null, |number| json!(number as f64 / 100.0))
}

/// So that 5, 5.0 and 5.00 are the same, and a moment has one spelling.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(format!("{:.2}", number.as_f64().unwrap())),
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(moment) => json!(instant(moment)),
            Err(_) => json!(text),
        },
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), plain(value)))
            .collect(),
        other => other.clone(),
    }
}

fn instant(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

async fn assert_answers(pool: &PgPool, question: &str, expected: &[Value]) {
    assert!(!expected.is_empty(), "{question} has an answer");
    let rows = ask_of(pool, question, "").await;
    let rows: Vec<Value> = rows.into_iter().map(Value::Object).collect();
    let (answer, expected) = (plain(&json!(rows)), plain(&json!(expected)));
    assert_eq!(answer, expected, "{question}");
}

/// Rows with what they are ordered by, the greatest first; equal ones by a second key, the least first.
fn ordered<K: Ord, S: Ord>(mut rows: Vec<(K, S, Value)>) -> Vec<Value> {
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    rows.into_iter().map(|(_, _, row)| row).collect()
}

fn type_of(party: &Party) -> &'static str {
    if party.is_company { "PJ" } else { "PF" }
}

impl Market {
    fn is_younger(&self, lead: &Lead, days: i64) -> bool {
        lead.created_at > self.now - TimeDelta::days(days)
    }

    fn hot_leads(&self) -> Vec<Value> {
        let hot = self.seen().filter_map(|(lead, party)| {
            let party = party?;
            let score = self.score(party).filter(|score| *score >= 80)?;
            let row = json!({
                "lead_id": lead.id, "lead_name": lead.name, "party_name": party.name,
                "email": lead.email, "phone": lead.phone, "lead_score": hundredths(Some(score)),
                "campaign_name": lead.campaign, "total_assets_brl": hundredths(self.assets(party)),
                "lead_created_at": instant(lead.created_at),
            });
            self.is_younger(lead, 7)
                .then_some(((score, lead.created_at), &lead.id, row))
        });
        ordered(hot.collect())
    }

    fn people_by_age_and_assets(&self) -> Vec<Value> {
        let mut counted: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
        for party in self.parties.iter().filter(|party| !party.is_company) {
            let band = match self.age(party) {
                None => "idade desconhecida",
                Some(..18) => "00-17",
                Some(18..30) => "18-29",
                Some(30..40) => "30-39",
                Some(40..50) => "40-49",
                Some(50..60) => "50-59",
                Some(_) => "60+",
            };
            let tier = match (self.property_count(party), self.assets(party)) {
                (0, _) => "0 sem imóvel conhecido",
                (_, None) => "5 imóveis de valor desconhecido",
                (_, Some(value)) if value < reais(500_000) => "1 menos de R$ 500 mil",
                (_, Some(value)) if value < reais(1_000_000) => {
                    "2 de R$ 500 mil a menos de R$ 1 milhão"
                }
                (_, Some(value)) if value <= reais(5_000_000) => "3 de R$ 1 milhão a R$ 5 milhões",
                (_, Some(_)) => "4 mais de R$ 5 milhões",
            };
            let (people, with_leads) = counted.entry((band, tier)).or_default();
            *people += 1;
            *with_leads += usize::from(self.leads_of(party) > 0);
        }
        let rows = counted.into_iter().map(|((band, tier), (people, with_leads))| {
            json!({"age_band": band, "asset_tier": tier, "people": people, "with_leads": with_leads})
        });
        rows.collect()
    }

    fn companies_by_size(&self) -> Vec<Value> {
        let mut sizes: BTreeMap<&str, Vec<&Party>> = BTreeMap::new();
        for party in self.parties.iter().filter(|party| party.is_company) {
            let size = party.company_size.unwrap_or("porte desconhecido");
            sizes.entry(size).or_default().push(party);
        }
        let rows = sizes.into_iter().map(|(size, parties)| {
            let known: Vec<i64> = parties
                .iter()
                .filter_map(|party| self.assets(party))
                .collect();
            let mean = known.iter().sum::<i64>() as f64 / known.len() as f64 / 100.0;
            let with_leads = parties.iter().filter(|party| self.leads_of(party) > 0);
            let row = json!({
                "company_size": size, "companies": parties.len(), "with_leads": with_leads.count(),
                "mean_assets_brl": mean,
            });
            (parties.len(), size, row)
        });
        ordered(rows.collect())
    }

    fn campaigns(&self) -> Vec<Value> {
        let mut campaigns: BTreeMap<&str, Vec<(&Lead, Option<&Party>)>> = BTreeMap::new();
        for seen in self.seen() {
            let campaign = seen.0.campaign.unwrap_or("sem campanha");
            campaigns.entry(campaign).or_default().push(seen);
        }
        let rows = campaigns.into_iter().map(|(campaign, leads)| {
            let enriched = leads
                .iter()
                .filter(|(_, party)| party.is_some_and(|party| party.profile.is_some()));
            let prices = leads.iter().filter_map(|(lead, _)| lead.price_centavos);
            let people: BTreeMap<_, _> = leads
                .iter()
                .filter_map(|(_, party)| party.map(|party| (party.id, party)))
                .collect();
            let assets = people.values().filter_map(|party| self.assets(party));
            let row = json!({
                "campaign": campaign, "leads": leads.len(), "enriched": enriched.count(),
                "pipeline_value_brl": hundredths(Some(prices.sum())),
                "people_assets_brl": hundredths(Some(assets.sum())),
            });
            (leads.len(), campaign, row)
        });
        ordered(rows.collect())
    }

    fn leads_with_several_properties(&self) -> Vec<Value> {
        let several = self.seen().filter_map(|(lead, party)| {
            let party = party?;
            let (count, assets) = (self.property_count(party), self.assets(party));
            let row = json!({
                "lead_id": lead.id, "lead_name": lead.name, "party_name": party.name,
                "party_type": type_of(party), "property_count": count,
                "total_assets_brl": hundredths(assets), "lead_created_at": instant(lead.created_at),
            });
            (count > 1).then_some(((count, assets), &lead.id, row))
        });
        ordered(several.collect())
    }

    fn score_distribution(&self) -> Vec<Value> {
        let mut bands: BTreeMap<i64, usize> = BTreeMap::new();
        for (_, party) in self.seen() {
            let score = party.and_then(|party| self.score(party));
            let band = score.map_or(-1, |score| (score / 10).min(9));
            *bands.entry(band).or_default() += 1;
        }
        let all: usize = bands.values().sum();
        let rows = bands.into_iter().map(|(band, leads)| {
            let from = (band >= 0).then_some(band * 10);
            let row =
                json!({"score_from": hundredths(from), "leads": leads, "percent": tenths(leads, all)});
            (band, 0, row)
        });
        ordered(rows.collect())
    }

    fn enrichment_rate_by_month(&self) -> Vec<Value> {
        let mut months: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (lead, party) in self.seen() {
            let month = day_in_sao_paulo(lead.created_at)
                .format("%Y-%m")
                .to_string();
            let (leads, enriched) = months.entry(month).or_default();
            *leads += 1;
            *enriched += usize::from(party.is_some_and(|party| party.profile.is_some()));
        }
        let rows = months.into_iter().map(|(month, (leads, enriched))| {
            let row = json!({
                "cohort_month": month, "leads": leads, "enriched": enriched,
                "enriched_percent": tenths(enriched, leads),
            });
            (month, 0, row)
        });
        ordered(rows.collect())
    }

    fn parties_with_large_assets(&self) -> Vec<Value> {
        let large = self.parties.iter().filter_map(|party| {
            let assets = self
                .assets(party)
                .filter(|value| *value > reais(5_000_000))?;
            let row = json!({
                "party_id": party.id, "party_type": type_of(party), "name": party.name,
                "city": party.city, "state": party.city.as_ref().map(|_| "SP"),
                "property_count": self.property_count(party),
                "total_assets_brl": hundredths(Some(assets)), "leads": self.leads_of(party),
            });
            Some((assets, party.id, row))
        });
        ordered(large.collect())
    }

    fn leads_without_email_or_phone(&self) -> Vec<Value> {
        let without = self.seen().filter_map(|(lead, _)| {
            let row = json!({
                "lead_id": lead.id, "lead_name": lead.name, "without_email": lead.email.is_none(),
                "without_phone": lead.phone.is_none(), "campaign_name": lead.campaign,
                "lead_created_at": instant(lead.created_at),
            });
            let lacks = lead.email.is_none() || lead.phone.is_none();
            lacks.then_some((lead.created_at, &lead.id, row))
        });
        ordered(without.collect())
    }

    fn recent_companies_with_assets(&self) -> Vec<Value> {
        let recent = self.seen().filter_map(|(lead, party)| {
            let party = party.filter(|party| party.is_company)?;
            let assets = self
                .assets(party)
                .filter(|value| *value > reais(2_000_000))?;
            let row = json!({
                "lead_id": lead.id, "party_name": party.name, "company_type": null,
                "company_size": party.company_size, "property_count": self.property_count(party),
                "total_assets_brl": hundredths(Some(assets)), "email": lead.email, "phone": lead.phone,
                "lead_created_at": instant(lead.created_at),
            });
            self.is_younger(lead, 30)
                .then_some((assets, &lead.id, row))
        });
        ordered(recent.collect())
    }

    /// What a question must answer.
    fn answer(&self, question: &str) -> Vec<Value> {
        match question {
            "hot_leads" => self.hot_leads(),
            "people_by_age_and_assets" => self.people_by_age_and_assets(),
            "companies_by_size" => self.companies_by_size(),
            "campaigns" => self.campaigns(),
            "leads_with_several_properties" => self.leads_with_several_properties(),
            "score_distribution" => self.score_distribution(),
            "enrichment_rate_by_month" => self.enrichment_rate_by_month(),
            "parties_with_large_assets" => self.parties_with_large_assets(),
            "leads_without_email_or_phone" => self.leads_without_email_or_phone(),
            "recent_companies_with_assets" => self.recent_companies_with_assets(),
            other => panic!("nobody knows the answer to {other}"),
        }
    }
}

/// A share in per cent with one decimal.
fn tenths(part: usize, whole: usize) -> Value {
    let thousandths = (2_000 * part + whole) / (2 * whole);
    json!(thousandths as f64 / 10.0)
}

/// A database with this market, its views refreshed.
async fn settled(seed: u64) -> (TestDatabase, Market) {
    let database = TestDatabase::create().await.unwrap();
    let pool = database.pool();
    let now: DateTime<Utc> = sqlx::query_scalar("select now()")
        .fetch_one(pool)
        .await
        .unwrap();
    let market = Market::drawn(seed, now);
    market.settle(pool).await;
    Analytics::new(pool.clone(), None)
        .refresh_now()
        .await
        .unwrap();
    (database, market)
}

#[tokio::test]
async fn every_answer_is_the_one_reckoned_from_the_market() {
    for seed in [1, 2, 3] {
        let (database, market) = settled(seed).await;
        let Some(reader) = Reader::of(&database).await else {
            return;
        };
        for question in MARKETING {
            assert_answers(reader.pool(), question, &market.answer(question)).await;
        }
        reader.leave().await;
    }
}

#[tokio::test]
async fn the_views_have_one_row_for_each_party_and_each_lead_that_counts() {
    let (database, market) = settled(4).await;
    let pool = database.pool();
    let parties: Vec<uuid::Uuid> =
        sqlx::query_scalar("select party_id from core.mv_party_analytics")
            .fetch_all(pool)
            .await
            .unwrap();
    let found: BTreeSet<_> = parties.iter().copied().collect();
    assert_eq!(parties.len(), found.len());
    assert_eq!(found, market.parties.iter().map(|party| party.id).collect());
    let leads: Vec<(String, Option<i32>, i32)> = sqlx::query_as(
        "select lead_id, age, day_of_week from analytics.mv_mkt_lead_star order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let expected: Vec<_> = market
        .seen()
        .map(|(lead, party)| {
            let age = party
                .filter(|party| !party.is_company)
                .and_then(|party| market.age(party));
            let weekday = chrono::Datelike::weekday(&day_in_sao_paulo(lead.created_at));
            let day = i32::try_from(weekday.number_from_monday()).unwrap();
            (lead.id.clone(), age, day)
        })
        .collect();
    assert_eq!(leads, expected);
    let hidden = market.leads.iter().filter(|lead| !lead.counts).count();
    assert!(hidden > 30, "{hidden}");
}
