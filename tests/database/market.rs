//! A market that is known to the last lead: drawn here, put into a database, and what the views must say of it reckoned
//! from what was drawn.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rust_c2s_api::models::day_in_sao_paulo;
use rust_c2s_api::simulator::Crowd;
use sqlx::PgPool;
use uuid::Uuid;

/// Who a party is, and what is known of it.
#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) id: Uuid,
    pub(crate) is_company: bool,
    pub(crate) name: String,
    pub(crate) document: String,
    pub(crate) birth: Option<NaiveDate>,
    pub(crate) company_size: Option<&'static str>,
    /// Completeness in hundredths, and the age of the profile in days.
    pub(crate) profile: Option<(i64, u64)>,
    pub(crate) city: Option<String>,
    pub(crate) holdings: Vec<Holding>,
}

/// That somebody owns a property, or did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holding {
    pub(crate) property: usize,
    pub(crate) is_current: bool,
    /// A second period of the same property, which is not another property.
    pub(crate) is_repeated: bool,
}

#[derive(Debug)]
pub(crate) struct Lead {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) campaign: Option<&'static str>,
    pub(crate) price_centavos: Option<i64>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) party: Option<usize>,
    pub(crate) outcome: Option<&'static str>,
    /// Whether marketing sees it.
    pub(crate) counts: bool,
}

#[derive(Debug)]
pub(crate) struct Market {
    pub(crate) now: DateTime<Utc>,
    pub(crate) parties: Vec<Party>,
    /// Market values in centavos.
    pub(crate) properties: Vec<Option<i64>>,
    pub(crate) leads: Vec<Lead>,
}

const CAMPAIGNS: [Option<&str>; 4] = [
    Some("Primavera 2026"),
    Some("Vila Nova"),
    Some("Zona Sul"),
    None,
];
const SIZES: [Option<&str>; 4] = [Some("ME"), Some("EPP"), Some("DEMAIS"), None];
/// None lies within a day of a bound that a question has.
const LEAD_AGES: [u64; 8] = [0, 2, 5, 12, 25, 45, 100, 420];
/// On both sides of each bound of analytics.lead_score.
const PROFILE_AGES: [u64; 10] = [0, 29, 30, 31, 90, 91, 180, 181, 365, 366];
/// In reais, on both sides of each bound that a question has.
const VALUES: [i64; 9] = [
    0, 120_000, 499_999, 500_000, 999_999, 1_000_000, 2_000_001, 5_000_000, 5_000_001,
];

impl Market {
    /// The same for the same seed and moment.
    pub(crate) fn drawn(seed: u64, now: DateTime<Utc>) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let properties = (0..120).map(|_| value(&mut random)).collect();
        let crowd = Crowd::new(9);
        let parties = (0..160)
            .map(|number| party(&mut random, &crowd, number, now))
            .collect::<Vec<_>>();
        let leads = (0..400)
            .map(|number| lead(&mut random, &crowd, number, &parties, now))
            .collect();
        Self {
            now,
            parties,
            properties,
            leads,
        }
    }

    /// The leads that marketing sees, with their parties.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (&Lead, Option<&Party>)> {
        let seen = self.leads.iter().filter(|lead| lead.counts);
        seen.map(|lead| (lead, lead.party.map(|party| &self.parties[party])))
    }

    /// Leads of a party that marketing sees.
    pub(crate) fn leads_of(&self, party: &Party) -> usize {
        let of_party = |one: Option<&Party>| one.is_some_and(|one| one.id == party.id);
        self.seen().filter(|(_, one)| of_party(*one)).count()
    }

    pub(crate) fn property_count(&self, party: &Party) -> usize {
        self.owned(party).count()
    }

    fn owned<'a>(&'a self, party: &'a Party) -> impl Iterator<Item = Option<i64>> {
        let current = party.holdings.iter();
        let current = current.filter(|one| one.is_current && !one.is_repeated);
        current.map(|one| self.properties[one.property])
    }

    /// In centavos.
    pub(crate) fn assets(&self, party: &Party) -> Option<i64> {
        let values: Vec<i64> = self.owned(party).flatten().collect();
        let is_unknown = values.is_empty() && self.property_count(party) > 0;
        (!is_unknown).then(|| values.iter().sum())
    }

    pub(crate) fn age(&self, party: &Party) -> Option<i32> {
        let (birth, today) = (party.birth?, day_in_sao_paulo(self.now));
        let years = today.year() - birth.year();
        let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
        let age = if had_birthday { years } else { years - 1 };
        (birth <= today && age <= 130).then_some(age)
    }

    /// In hundredths.
    pub(crate) fn score(&self, party: &Party) -> Option<i64> {
        let (quality, days) = party.profile?;
        let freshness = match days {
            0..=30 => 100,
            31..=90 => 90,
            91..=180 => 75,
            181..=365 => 50,
            _ => 25,
        };
        Some((quality * freshness + 50) / 100)
    }
}

fn value(random: &mut StdRng) -> Option<i64> {
    let known = random.random_bool(0.9);
    known.then(|| VALUES[random.random_range(0..VALUES.len())] * 100)
}

fn party(random: &mut StdRng, crowd: &Crowd, number: u64, now: DateTime<Utc>) -> Party {
    let person = crowd.person(number);
    let is_company = number.is_multiple_of(4);
    let today = day_in_sao_paulo(now);
    let birth = match random.random_range(0..20) {
        0 => None,
        1 => today.checked_add_days(Days::new(1)),
        2 => today.checked_sub_months(Months::new(12 * 131)),
        // a birthday today
        3 => today.checked_sub_months(Months::new(12 * 30)),
        _ => today.checked_sub_days(Days::new(random.random_range(1..36_000))),
    };
    Party {
        id: person.id,
        is_company,
        name: if is_company {
            format!("EMPRESA {} LTDA", person.name)
        } else {
            person.name
        },
        document: if is_company {
            (90_000_000_000_000 + number).to_string()
        } else {
            person.cpf
        },
        birth: birth.filter(|_| !is_company),
        company_size: SIZES[random.random_range(0..SIZES.len())].filter(|_| is_company),
        profile: random.random_bool(0.6).then(|| {
            let age = PROFILE_AGES[random.random_range(0..PROFILE_AGES.len())];
            let least = if random.random_bool(0.5) { 78 } else { 0 };
            (random.random_range(least..=100), age)
        }),
        city: random
            .random_bool(0.7)
            .then(|| format!("CIDADE {}", number % 7)),
        holdings: holdings(random),
    }
}

fn holdings(random: &mut StdRng) -> Vec<Holding> {
    let mut holdings = Vec::new();
    for _ in 0..random.random_range(0..4) {
        let property = random.random_range(0..120);
        if holdings
            .iter()
            .any(|one: &Holding| one.property == property)
        {
            continue;
        }
        let is_current = random.random_bool(0.8);
        let holding = |is_repeated| Holding {
            property,
            is_current,
            is_repeated,
        };
        holdings.push(holding(false));
        if random.random_bool(0.3) {
            holdings.push(holding(true));
        }
    }
    holdings
}

fn lead(
    random: &mut StdRng,
    crowd: &Crowd,
    number: u64,
    parties: &[Party],
    now: DateTime<Utc>,
) -> Lead {
    let party = random
        .random_bool(0.75)
        .then(|| random.random_range(0..parties.len()));
    // the leads of one person do not write alike
    let writer = crowd.person(1_000 + number);
    let (outcome, counts) = match random.random_range(0..20) {
        0 => (Some("suppressed"), false),
        1 => (Some("lead_missing"), false),
        2 => (None, true),
        // whoever was found is no longer there
        3 if party.is_none() => (Some("completed"), false),
        _ if party.is_none() => (Some("unidentified"), true),
        _ => (Some("completed"), true),
    };
    let is_test = random.random_bool(0.05);
    let name = if is_test {
        Some(format!("Teste {}", writer.name))
    } else {
        Some(writer.name)
    };
    let age = LEAD_AGES[random.random_range(0..LEAD_AGES.len())];
    Lead {
        id: format!("lead-{number:03}"),
        name: name.filter(|_| is_test || random.random_bool(0.9)),
        email: Some(writer.email).filter(|_| random.random_bool(0.8)),
        phone: Some(writer.phone).filter(|_| random.random_bool(0.8)),
        campaign: CAMPAIGNS[random.random_range(0..CAMPAIGNS.len())],
        price_centavos: random
            .random_bool(0.8)
            .then(|| random.random_range(10_000_000..300_000_000)),
        // each at another second, so that they have one order
        created_at: now - Days::new(age) - chrono::TimeDelta::seconds(60 + number.cast_signed()),
        party,
        outcome,
        counts: counts && !is_test,
    }
}

impl Market {
    /// Puts everything into the tables that the service, or an import, fills.
    pub(crate) async fn settle(&self, pool: &PgPool) {
        let properties: Vec<Uuid> = self.properties.iter().map(|_| Uuid::now_v7()).collect();
        for (id, value) in properties.iter().zip(&self.properties) {
            // most have no address
            sqlx::query(
                "insert into core.real_estate_properties (property_id, market_value_brl) values ($1, $2::numeric / 100)",
            )
            .bind(id)
            .bind(value)
            .execute(pool)
            .await
            .unwrap();
        }
        for party in &self.parties {
            self.settle_party(pool, party, &properties).await;
        }
        for lead in &self.leads {
            self.leave(pool, lead).await;
        }
    }

    async fn settle_party(&self, pool: &PgPool, party: &Party, properties: &[Uuid]) {
        let enriched_at = party.profile.map(|(_, days)| self.now - Days::new(days));
        sqlx::query(
            "insert into core.parties (id, party_type, cpf_cnpj, full_name, birth_date, company_size, enriched, enriched_at)
             values ($1, $2, $3, $4, $5, $6, $7 is not null, $7)",
        )
        .bind(party.id)
        .bind(if party.is_company { "company" } else { "person" })
        .bind(&party.document)
        .bind(&party.name)
        .bind(party.birth)
        .bind(party.company_size)
        .bind(enriched_at)
        .execute(pool)
        .await
        .unwrap();
        if let Some((quality, _)) = party.profile {
            sqlx::query(
                "insert into core.party_enrichments
                     (party_id, provider, raw_payload, normalized_data, quality_score, risk_score, payload_sha256, enriched_at)
                 values ($1, 'work_api', '{}', '{}', $2::numeric / 100, 1, sha256(''), $3)",
            )
            .bind(party.id)
            .bind(quality)
            .bind(enriched_at)
            .execute(pool)
            .await
            .unwrap();
        }
        if let Some(city) = &party.city {
            sqlx::query(
                "with place as (
                     insert into core.addresses (id, street, city, state) values (gen_random_uuid(), $1::text, $2, 'SP') returning id)
                 insert into core.party_addresses (party_id, address_id, is_primary) select $1, id, true from place",
            )
            .bind(party.id)
            .bind(city)
            .execute(pool)
            .await
            .unwrap();
        }
        for holding in &party.holdings {
            sqlx::query(
                "insert into core.ownerships (party_id, property_id, start_date, end_date)
                 values ($1, $2, date '2010-01-01' + $3, case when $4 then null else date '2024-01-01' end)",
            )
            .bind(party.id)
            .bind(properties[holding.property])
            .bind(i32::from(holding.is_repeated))
            .bind(holding.is_current)
            .execute(pool)
            .await
            .unwrap();
        }
    }

    async fn leave(&self, pool: &PgPool, lead: &Lead) {
        sqlx::query(
            "with lead as (
                 insert into ops.leads (lead_id, source, state, outcome, run_no, first_seen_at, finished_at, due_at)
                 values ($1, 'make', coalesce($2, 'retrying'), $2, 1, $3, case when $2 is not null then $3 end,
                         case when $2 is null then $3 end)
                 returning lead_id)
             insert into ops.lead_details (lead_id, name, phone, email, campaign, price_centavos, crm_created_at)
             select lead_id, $4, $5, $6, $7, $8, $3 from lead",
        )
        .bind(&lead.id)
        .bind(lead.outcome)
        .bind(lead.created_at)
        .bind(&lead.name)
        .bind(&lead.phone)
        .bind(&lead.email)
        .bind(lead.campaign)
        .bind(lead.price_centavos)
        .execute(pool)
        .await
        .unwrap();
        if let Some(party) = lead.party {
            sqlx::query(
                "insert into core.lead_parties (lead_id, party_id, run_no, matched_by, provider)
                 values ($1, $2, 1, 'phone', 'diretrix')",
            )
            .bind(&lead.id)
            .bind(self.parties[party].id)
            .execute(pool)
            .await
            .unwrap();
        }
    }
}
