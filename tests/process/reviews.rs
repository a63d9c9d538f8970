//! `reviews list`, `choose` and `reject`: doubts are decided from a shell, beside a service.

use rust_c2s_api::simulator::{Simulator, Situation};
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::home::Home;
use crate::running::{Running, eventually, run, simulator, variables};

const GOES_ON: &str = "a running service continues with the lead within a second";
const NOBODYS: &str = "01990f2e-7d6c-7c3a-9b1d-2f4e6a8c0e12";

/// One value of the database, as text.
async fn stored(database: &TestDatabase, query: &'static str) -> Option<String> {
    let value = sqlx::query_scalar::<_, Option<String>>(query);
    let value = value.fetch_optional(database.pool()).await.unwrap();
    value.flatten()
}

async fn wait_for(database: &TestDatabase, state: &str) {
    eventually(state, async || {
        let now = stored(database, "select state from ops.leads").await;
        now.as_deref() == Some(state)
    })
    .await;
}

/// The CPFs of the two who share a name, the first in the list before the other.
fn cpfs_of_namesakes(simulator: &Simulator) -> Vec<String> {
    let world = simulator.world();
    let lead = world.lead(Situation::Namesake);
    let contacts = [&lead.lookup_phone, &lead.lookup_email].map(|one| one.clone().unwrap());
    let people = world.people().iter().filter(|person| {
        let mut own = person.phones.iter().chain(&person.emails);
        own.any(|one| contacts.contains(one))
    });
    let mut cpfs: Vec<String> = people.map(|person| person.cpf.clone()).collect();
    cpfs.sort();
    cpfs
}

#[tokio::test]
async fn a_doubt_is_listed_chosen_and_taken_back_from_a_shell() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let set = variables(&simulator, &database.url(), &[]);
    let only_database = [("DB_URL", database.url())];
    let maria = [("DB_URL", database.url()), ("USER", "maria".to_owned())];
    let lead_id = Situation::Namesake.lead_id();

    let none = run(&home, &["reviews", "list"], &only_database).await;
    assert_eq!(none.assert_success().text, "no reviews\n");
    let doubtful = run(&home, &["process", &lead_id], &set).await;
    doubtful.assert_failure(&format!("lead {lead_id}: review"));

    let list = run(&home, &["reviews", "list"], &maria).await;
    println!("{}", list.assert_success().text);
    let (review_id, rest) = list.text.split_once("  ").unwrap();
    assert!(rest.starts_with(&format!("lead {lead_id}")), "{rest}");
    for cpf in cpfs_of_namesakes(&simulator) {
        assert!(!list.text.contains(&cpf), "{}", list.text);
        let masked = format!("***.{}.{}-**", &cpf[3..6], &cpf[6..9]);
        assert!(list.text.contains(&masked), "{}", list.text);
    }
    let sentence = "Mais de uma pessoa combina com o lead.";
    assert!(list.text.contains(sentence), "{}", list.text);
    let looked = "select actor || ' ' || action from ops.access_log where action = 'reviews_list'";
    let looked = stored(&database, looked).await;
    assert_eq!(looked.as_deref(), Some("cli:maria reviews_list"));

    let choose = ["reviews", "choose", review_id, "1"];
    let nameless = run(&home, &choose, &only_database).await;
    nameless.assert_failure("say it with --by NAME");
    let out_of_range = ["reviews", "choose", review_id, "3"];
    let out_of_range = run(&home, &out_of_range, &maria).await;
    out_of_range.assert_failure("the review has no candidate of this number");
    let unknown = ["reviews", "reject", NOBODYS];
    let unknown = run(&home, &unknown, &maria).await;
    unknown.assert_failure("there is no review of this id");

    let by_joao = [&choose[..], &["--by", "joao"]].concat();
    let chosen = run(&home, &by_joao, &only_database).await;
    let text = &chosen.assert_success().text;
    let expected = format!("lead {lead_id} is candidate 1: {GOES_ON}\n");
    assert_eq!(*text, expected);
    let decided_by = stored(&database, "select decided_by from ops.reviews").await;
    assert_eq!(decided_by.as_deref(), Some("cli:joao"));
    let other = ["reviews", "choose", review_id, "2"];
    let other = run(&home, &other, &maria).await;
    other.assert_failure("the review was decided otherwise before");

    let service = Running::start(&home, &["serve"], &set);
    wait_for(&database, "completed").await;
    let rejected = run(&home, &["reviews", "reject", review_id], &maria).await;
    let text = &rejected.assert_success().text;
    let expected = format!("lead {lead_id} is none of the candidates: {GOES_ON}\n");
    assert_eq!(*text, expected);
    // The other namesake is told, after a correction.
    while simulator.messages(&lead_id).len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    wait_for(&database, "completed").await;
    service.stop("TERM").await.assert_success();

    let empty = run(&home, &["reviews", "list"], &only_database).await;
    assert_eq!(empty.assert_success().text, "no reviews\n");
    let all = run(&home, &["reviews", "list", "--decided"], &only_database).await;
    let all = &all.assert_success().text;
    assert!(all.contains("rejected by cli:maria at "), "{all}");
}
