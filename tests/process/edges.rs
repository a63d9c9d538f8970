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
