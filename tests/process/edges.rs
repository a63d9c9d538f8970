//! What a start, a stop and a second process do at the edges of their database.

use crate::home::Home;
use crate::running::run;

#[tokio::test]
async fn no_command_tells_what_a_database_url_holds() {
    let home = Home::new();
    let start = "postgres://geheim1:geheim2@127.0.0.1:1/geheim3";
    let parameters = [
        ("sslpassword=geheim4", "`sslpassword`"),
        ("sslmode=geheim5", "`sslmode`"),
        ("geheim6%40geheim7", "a parameter"),
    ];
    for (parameter, named) in parameters {
        let set = [("DB_URL", format!("{start}?{parameter}"))];
        for command in [&["migrate"][..], &["leads", "list"], &["serve"]] {
            let ended = run(&home, command, &set).await;
            ended.assert_failure("DB_URL: ").assert_failure(named);
            assert!(!ended.text.contains("geheim"), "{}", ended.text);
        }
    }
}

#[tokio::test]
async fn an_error_of_the_database_is_told_once() {
    let home = Home::new();
    // nobody listens on port 1
    let set = [("DB_URL", "postgres://user:geheim@127.0.0.1:1/database")];
    let ended = run(&home, &["migrate"], &set).await;
    ended.assert_failure("the database is unavailable");
    let told = ended.text.matches("the database is unavailable").count();
    assert_eq!(told, 1, "{}", ended.text);
}
