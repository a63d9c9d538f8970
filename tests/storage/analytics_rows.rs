//! What is in the views of analytics.

use rstest::rstest;

use super::analytics::{refreshed, texts};
use super::harness::{Db, cpf};

#[tokio::test]
async fn what_nobody_expects_is_counted_where_it_belongs() {
    let db = Db::new().await;
    for unexpected in [
        // born tomorrow, at the end of time, before it began
        "insert into core.parties (id, party_type, full_name, birth_date) values
            (gen_random_uuid(), 'person', 'A', current_date + 2), (gen_random_uuid(), 'person', 'B', 'infinity'),
            (gen_random_uuid(), 'person', 'C', '-infinity'), (gen_random_uuid(), 'person', 'D', '0044-03-15 BC'),
            (gen_random_uuid(), 'person', 'E', current_date - interval '40 years 10 days')",
        // enriched at the end of time, and without a quality
        "update core.parties set enriched = true, enriched_at = 'infinity' where full_name in ('A', 'B')",
        "insert into core.party_enrichments
             (party_id, provider, raw_payload, normalized_data, quality_score, payload_sha256, enriched_at)
         select id, 'work_api', '{}', '{}', case when full_name = 'A' then 0.5 end, sha256(''),
                case full_name when 'A' then 'infinity' else timestamptz '4714-11-24 00:00 BC UTC' end
         from core.parties where enriched",
        // a property without an address and one without a value, owned twice at once, by two, and no longer
        "insert into core.real_estate_properties (property_code, market_value_brl)
         values ('p1', 100000), ('p2', null), ('p3', 9999999999999.99), ('p4', 9999999999999.99)",
        "insert into core.ownerships (party_id, property_id, start_date, end_date)
         select p.id, r.property_id, o.since::date, o.until::date
         from (values ('A', 'p1', '2020-01-01', null), ('A', 'p1', '2021-01-01', null), ('A', 'p1', '2019-01-01', '2022-01-01'),
                      ('A', 'p2', null, null), ('B', 'p1', null, null), ('C', 'p2', null, null),
                      ('D', 'p1', '2020-01-01', '2020-01-01'), ('D', 'p1', null, 'infinity'),
                      ('E', 'p3', null, null), ('E', 'p4', 'infinity', null)) o (owner, code, since, until)
         join core.parties p on p.full_name = o.owner join core.real_estate_properties r on r.property_code = o.code",
        // an address of nothing, and two that are nobody's main one
        "insert into core.addresses (id) values (gen_random_uuid())",
        "insert into core.addresses (id, city) values (gen_random_uuid(), 'PERTO'), (gen_random_uuid(), 'LONGE')",
        "insert into core.party_addresses (party_id, address_id, confidence_score)
         select p.id, a.id, case a.city when 'PERTO' then 0.9 when 'LONGE' then 0.2 end
         from core.parties p, core.addresses a where p.full_name = 'E'",
        // leads that were not fetched, without a person, of the end of time, of a price beyond all bounds
        "insert into ops.leads (lead_id, source, state, due_at) values ('bare', 'api', 'accepted', now())",
        "insert into ops.leads (lead_id, source, state, outcome, first_seen_at, finished_at)
         select id, 'api', 'unidentified', 'unidentified', '2026-03-01 02:30Z', now()
         from unnest(array['nobody', 'endless', 'ancient', 'ahead']) id",
        "insert into ops.lead_details (lead_id, name, phone, email, campaign, price_centavos, crm_created_at)
         values ('nobody', ' ', '0000', 'não informado', ' ', 0, '2026-03-01 02:30Z'),
                ('ancient', 'A', null, null, null, null, '4714-11-24 00:00 BC UTC'), ('ahead', 'A', null, null, null, null, '2027-01-01Z'),
                ('endless', 'Z', '+1 212 555 0100', 'Z@Example.com', 'C', 9223372036854775807, 'infinity')",
    ] {
        db.execute(unexpected).await;
    }
    refreshed(&db).await;
    let parties = "select concat_ws(' ', name, coalesce(age::text, '-'), coalesce(lead_score::text, '-'), property_count,
                          coalesce(total_assets_brl::text, '-'), city)
                   from core.mv_party_analytics order by name";
    assert_eq!(
        texts(&db, parties).await,
        [
            "A - - 2 100000.00",
            "B - - 1 100000.00",
            "C - - 1 -",
            "D - - 0 0",
            "E 40 - 2 19999999999999.98 PERTO"
        ]
    );
    let leads = "select concat_ws(' ', lead_id, coalesce(lead_name, '-'), coalesce(email, '-'), coalesce(phone, '-'),
                        coalesce(campaign_name, '-'), coalesce(cohort_month, '-'), coalesce(day_of_week::text, '-'),
                        is_enriched, coalesce(property_count::text, '-'), coalesce(price_brl::text, '-'))
                 from analytics.mv_mkt_lead_star order by lead_id";
    assert_eq!(
        texts(&db, leads).await,
        [
            "ahead A - - - 2026-02 6 f - -",
            "ancient A - - - 2026-02 6 f - -",
            "endless Z z@example.com +1 212 555 0100 C 2026-02 6 f - 92233720368547758.07",
            "nobody - - - - 2026-02 6 f - 0.00"
        ]
    );
}

#[rstest]
#[case::word("Teste Silva", "", true)]
#[case::inside("Maria (TESTE 2)", "", true)]
#[case::foreign("test", "", true)]
#[case::by_its_email("Maria Silva", "teste.site@example.com", true)]
#[case::numbered("Maria Silva", "test2@example.com", true)]
#[case::surname("Ana Testa", "ana@example.com", false)]
#[case::longer("Maria Testemunha", "testemunha@example.com", false)]
#[case::later("Maria Silva", "maria.teste@example.com", false)]
#[case::nothing("", "", false)]
#[tokio::test]
async fn a_test_is_told_by_its_word(
    #[case] name: &str,
    #[case] email: &str,
    #[case] is_test: bool,
) {
    let db = Db::new().await;
    let told: bool = sqlx::query_scalar("select analytics.is_test_lead($1, $2)")
        .bind(name)
        .bind(email)
        .fetch_one(&db.pool)
        .await
        .unwrap();
    assert_eq!(told, is_test);
    let nothing: bool = sqlx::query_scalar("select analytics.is_test_lead(null, null)")
        .fetch_one(&db.pool)
        .await
        .unwrap();
    assert!(!nothing);
}

#[tokio::test]
async fn a_cpf_is_masked_wherever_it_was_typed() {
    let db = Db::new().await;
    for number in 0..200 {
        let (valid, mut wrong) = (cpf(number), cpf(number).digits().to_owned());
        let last = wrong.pop().unwrap();
        wrong.push(if last == '0' { '1' } else { '0' });
        let typed = valid.digits();
        let dotted = format!(
            "{}.{}.{}-{}",
            &typed[..3],
            &typed[3..6],
            &typed[6..9],
            &typed[9..]
        );
        let mask = valid.masked();
        for (text, expected) in [
            (typed.to_owned(), mask.clone()),
            (format!("Maria {dotted}, CPF"), format!("Maria {mask}, CPF")),
            (
                format!("{typed}@example.com"),
                format!("{mask}@example.com"),
            ),
            (format!("{typed} {dotted}"), format!("{mask} {mask}")),
            (dotted.replace(['.', '-'], " - "), mask.clone()),
            (dotted.replace('-', "/"), mask.clone()),
            (dotted.replace(['.', '-'], "\u{2013}"), mask.clone()),
            (wrong.clone(), wrong.clone()),
        ] {
            let masked: String = sqlx::query_scalar("select core.mask_cpfs($1)")
                .bind(&text)
                .fetch_one(&db.pool)
                .await
                .unwrap();
            assert_eq!(masked, expected);
        }
        // Another number before or behind it may be masked as well.
        let wide = typed.replace('5', "\u{ff15}");
        for hidden in [
            format!("12 {dotted} 3"),
            format!("55{typed}"),
            format!("{typed}00"),
            format!("x_{wide}"),
        ] {
            let masked: String = sqlx::query_scalar("select core.mask_cpfs($1)")
                .bind(&hidden)
                .fetch_one(&db.pool)
                .await
                .unwrap();
            let digits: String = masked.chars().filter(char::is_ascii_digit).collect();
            assert!(
                masked.contains("***.") && !digits.contains(typed) && !masked.contains(&wide),
                "{hidden}: {masked}"
            );
        }
    }
}

#[rstest]
#[case(90, 0, "0.90")]
#[case(90, 30, "0.90")]
#[case(90, 31, "0.81")]
#[case(90, 90, "0.81")]
#[case(90, 91, "0.68")]
#[case(90, 181, "0.45")]
#[case(90, 366, "0.23")]
#[case(100, -1, "1.00")]
#[case(0, 0, "0.00")]
#[tokio::test]
async fn a_score_is_completeness_by_freshness(
    #[case] quality: i32,
    #[case] days: i32,
    #[case] expected: &str,
) {
    let db = Db::new().await;
    // at a quarter to midnight in São Paulo
    let score: String = sqlx::query_scalar(
        "select analytics.lead_score($1::numeric / 100, '2026-06-11 02:45Z'::timestamptz - $2 * interval '1 day', '2026-06-10')::text",
    )
    .bind(quality)
    .bind(days)
    .fetch_one(&db.pool)
    .await
    .unwrap();
    assert_eq!(score, expected);
}

/// An invented CPF of a person, whose first digit is a zero: what a phone looks like with its trunk prefix.
const LIKE_A_PHONE: &str = "01131234500";

#[tokio::test]
async fn a_phone_that_is_a_cpf_is_not_shown() {
    let db = Db::new().await;
    let zero: String = sqlx::query_scalar(
        "select d from generate_series(0, 99) n, lateral (select left($1, 9) || lpad(n::text, 2, '0') as d) one where core.is_cpf(d)",
    )
    .bind(LIKE_A_PHONE)
    .fetch_one(&db.pool)
    .await
    .unwrap();
    let own = cpf(7);
    db.execute(
        "insert into core.parties (id, party_type, full_name) values (gen_random_uuid(), 'person', 'A'), (gen_random_uuid(), 'person', 'B')",
    )
    .await;
    for (name, document) in [("A", own.digits()), ("B", &zero)] {
        sqlx::query(
            "with party as (update core.parties set cpf_cnpj = $2 where full_name = $1 returning id)
             insert into core.party_contacts (contact_id, party_id, contact_type, value, is_primary, source)
             select gen_random_uuid(), id, 'phone', $2, true, 'work_api' from party",
        )
        .bind(name)
        .bind(document)
        .execute(&db.pool)
        .await
        .unwrap();
    }
    for (id, phone) in [
        ("own", own.digits()),
        ("zero", &zero),
        ("nobodys", &zero),
        ("phone", "(11) 98888-7777"),
        ("spelled", "(011) 91234-5678"),
    ] {
        sqlx::query(
            "with lead as (insert into ops.leads (lead_id, source, state, due_at) values ($1, 'api', 'accepted', now()) returning lead_id)
             insert into ops.lead_details (lead_id, phone) select lead_id, $2 from lead",
        )
        .bind(id)
        .bind(phone)
        .execute(&db.pool)
        .await
        .unwrap();
    }
    db.execute(
        "insert into core.lead_parties (lead_id, party_id, run_no, matched_by, provider)
         select l.lead_id, p.id, 1, 'phone', 'diretrix' from ops.leads l
         join core.parties p on p.full_name = case l.lead_id when 'own' then 'A' when 'zero' then 'B' end",
    )
    .await;
    db.execute(
        "insert into ops.given_leads (lead_id, name, email, phones) values ('phone', 'Dada', 'dada@example.com', '{11900000001}')",
    )
    .await;
    refreshed(&db).await;
    let given = "select concat_ws(' ', lead_name, email) from analytics.mv_mkt_lead_star where lead_id = 'phone'";
    assert_eq!(texts(&db, given).await, ["Dada dada@example.com"]);
    let phones =
        "select lead_id || ' ' || coalesce(phone, '-') from analytics.mv_mkt_lead_star order by 1";
    let masked = format!("nobodys ***.{}.{}-**", &zero[3..6], &zero[6..9]);
    assert_eq!(
        texts(&db, phones).await,
        [
            &masked,
            "own -",
            "phone 11900000001",
            "spelled 11912345678",
            "zero -"
        ]
    );
    let main = "select coalesce(primary_phone, '-') from core.mv_party_analytics";
    assert_eq!(texts(&db, main).await, ["-", "-"]);
}
