//! Whoever calls: the scenario itself, and Make.com, who repeats a trigger that got no 2xx.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// An HTTP client.
#[derive(Clone)]
pub(crate) struct Caller(reqwest::Client);

impl Caller {
    pub(crate) fn new() -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        Self(client.build().unwrap())
    }

    /// Status and body; an error when there was no whole answer.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is a caller of the service, not an upstream call"
    )]
    pub(crate) async fn get(&self, url: &str) -> Result<(u16, Value), reqwest::Error> {
        let answer = self.0.get(url).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await?))
    }

    /// Triggers a lead as Make.com does.
    pub(crate) async fn trigger(
        &self,
        address: &str,
        lead_id: &str,
        wait_secs: u8,
    ) -> Result<(u16, Value), reqwest::Error> {
        let url = format!("http://{address}/api/v1/leads/process?id={lead_id}&wait={wait_secs}");
        self.get(&url).await
    }

    /// Gives a lead with details of it, without waiting for its run.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is a caller of the service, not an upstream call"
    )]
    pub(crate) async fn give(&self, address: &str, lead: &Value) -> (u16, Value) {
        let url = format!("http://{address}/api/v1/leads?wait=0");
        let answer = self.0.post(url).json(lead).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    #[expect(clippy::disallowed_methods, reason = "to the simulator's own surface")]
    pub(crate) async fn post(&self, url: &str, body: &Value) {
        let answer = self.0.post(url).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    #[expect(clippy::disallowed_methods, reason = "to the simulator's own surface")]
    pub(crate) async fn delete(&self, url: &str) {
        let answer = self.0.delete(url).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

/// Make.com: it triggers leads at the service that is up, and repeats what got no 2xx.
pub(crate) struct Make {
    caller: Caller,
    service: watch::Sender<String>,
    /// Triggered, and without a 2xx so far.
    open: Arc<Mutex<BTreeSet<String>>>,
    triggers: JoinSet<()>,
}

/// Between two tries of a trigger.
const PAUSE: Duration = Duration::from_millis(50);

impl Make {
    pub(crate) fn new() -> Self {
        Self {
            caller: Caller::new(),
            service: watch::Sender::default(),
            open: Arc::default(),
            triggers: JoinSet::new(),
        }
    }

    /// From now on the service is here.
    pub(crate) fn aim_at(&self, address: &str) {
        self.service.send_replace(address.to_owned());
    }

    /// Triggers a lead, without waiting for its run, until it is taken.
    pub(crate) fn trigger(&mut self, lead_id: &str) {
        let lead_id = lead_id.to_owned();
        let (caller, service) = (self.caller.clone(), self.service.subscribe());
        let open = Arc::clone(&self.open);
        open.lock().unwrap().insert(lead_id.clone());
        self.triggers.spawn(async move {
            loop {
                let address = service.borrow().clone();
                match caller.trigger(&address, &lead_id, 0).await {
                    Ok((status, _)) if (200..300).contains(&status) => break,
                    // No answer, or one that says to come back.
                    Ok((429 | 503, _)) | Err(_) => tokio::time::sleep(PAUSE).await,
                    Ok((status, answer)) => panic!("{status}: {answer}"),
                }
            }
            open.lock().unwrap().remove(&lead_id);
        });
    }

    /// The leads that are triggered and were not taken yet.
    pub(crate) fn open(&self) -> BTreeSet<String> {
        self.open.lock().unwrap().clone()
    }

    /// Waits until all are taken.
    pub(crate) async fn all_taken(self) {
        self.triggers.join_all().await;
    }
}
