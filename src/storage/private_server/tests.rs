#![expect(clippy::unwrap_used, reason = "tests")]
//! Against real servers, each in a directory of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use super::*;

/// Short, because of the socket's path, and open to the account that root drops to.
fn place() -> TempDir {
    let place = tempfile::Builder::new()
        .prefix("c2s")
        .tempdir_in("/tmp")
        .unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o711)).unwrap();
    place
}

async fn started_at(server: &PrivateServer) -> String {
    one(server, "select pg_postmaster_start_time()::text").await
}

async fn one(server: &PrivateServer, query: &'static str) -> String {
    let mut connection = server.connect_options("postgres").connect().await.unwrap();
    let value = sqlx::query_scalar(query)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    value
}

impl PrivateServer {
    /// What `kill -9` leaves: the lock is free, the server runs.
    fn abandon(mut self) {
        self.stop_on_drop = false;
    }
}

#[tokio::test]
async fn a_fresh_server_is_closed_durable_and_gone_after_stop() {
    let place = place();
    let root = place.path().join("a new/server's place");
    let server = PrivateServer::start(&root).await.unwrap();

    assert_eq!(one(&server, "show fsync").await, "on");
    assert_eq!(one(&server, "show listen_addresses").await, "");
    assert_eq!(one(&server, "show server_encoding").await, "UTF8");
    for closed in ["data", "socket"] {
        let mode = fs::metadata(root.join(closed))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{closed}");
    }

    server.ensure_database("enrich \"me\"").await.unwrap();
    server.ensure_database("enrich \"me\"").await.unwrap();
    let by_url: PgConnectOptions = server.url("enrich \"me\"").parse().unwrap();
    by_url.connect().await.unwrap().close().await.unwrap();

    let options = server.connect_options("postgres");
    server.stop().await.unwrap();
    options.connect().await.unwrap_err();

    let again = PrivateServer::start(&root).await.unwrap();
    assert_eq!(
        one(
            &again,
            "select count(*)::text from pg_database where datname like 'enrich%'"
        )
        .await,
        "1"
    );
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_beside_the_first_is_refused_and_harmless() {
    let place = place();
    let first = PrivateServer::start(place.path()).await.unwrap();
    let since = started_at(&first).await;

    let refused = PrivateServer::start(place.path()).await.unwrap_err();
    assert!(matches!(refused, PrivateServerError::InUse { .. }));
    assert!(refused.to_string().contains("in use by another process"));

    assert_eq!(started_at(&first).await, since);
    first.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_survived_its_parent_is_adopted() {
    let place = place();
    let first = PrivateServer::start(place.path()).await.unwrap();
    let since = started_at(&first).await;
    first.abandon();

    let second = PrivateServer::start(place.path()).await.unwrap();
    assert_eq!(started_at(&second).await, since);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let place = place();
    let server = PrivateServer::start(place.path()).await.unwrap();
    let options = server.connect_options("postgres");
    drop(server);
    options.connect().await.unwrap_err();
}

#[tokio::test]
async fn a_half_made_data_directory_is_made_anew() {
    let place = place();
    let half = place.path().join("data.new");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("PG_VERSION"), "15\n").unwrap();

    let server = PrivateServer::start(place.path()).await.unwrap();
    assert!(!half.exists());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn somebody_elses_files_are_not_removed() {
    let place = place();
    let data = place.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("thesis.txt"), "the only copy").unwrap();

    let refused = PrivateServer::start(place.path()).await.unwrap_err();
    assert!(matches!(
        refused,
        PrivateServerError::File {
            action: "remove",
            ..
        }
    ));
    assert!(data.join("thesis.txt").exists());
}

#[tokio::test]
async fn a_wrong_pg_bin_dir_is_named() {
    let place = place();
    let places = Places {
        only: Some(place.path().join("nowhere")),
        path: vec![],
    };
    let refused = PrivateServer::start_with(place.path(), places)
        .await
        .unwrap_err();
    let said = refused.to_string();
    assert!(
        said.contains("PG_BIN_DIR=") && said.contains("nowhere holds no initdb"),
        "{said}"
    );
}

#[tokio::test]
async fn many_share_one_server_and_only_the_last_stops_it() {
    let place = place();
    let (a, b) = tokio::join!(
        SharedServer::join(place.path()),
        SharedServer::join(place.path())
    );
    let (a, b) = (a.unwrap(), b.unwrap());

    assert_eq!(
        stop_shared(place.path()).await.unwrap(),
        Stopped::StillInUse
    );
    drop(a);
    assert_eq!(
        stop_shared(place.path()).await.unwrap(),
        Stopped::StillInUse
    );
    let options = b.connect_options("postgres");
    options
        .clone()
        .connect()
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    drop(b);
    options
        .clone()
        .connect()
        .await
        .unwrap()
        .close()
        .await
        .unwrap();

    assert_eq!(stop_shared(place.path()).await.unwrap(), Stopped::Yes);
    options.connect().await.unwrap_err();
    assert_eq!(stop_shared(place.path()).await.unwrap(), Stopped::Yes);
}
