//! One request and its answer: counted, delayed, and spoiled if a fault falls on it.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::calls::{HandedOver, InFlight, Operation, Upstream};
use super::faults::Fault;
use super::serving::Connection;
use super::state::Memory;
use super::work_api::in_band;
use super::{Inner, locked};

const DRIP_PAUSE: Duration = Duration::from_millis(100);

/// A complete answer before anything is done to it.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            body: body.to_string().into_bytes(),
        }
    }

    pub(super) fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            body: body.as_bytes().to_vec(),
        }
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn into_response(self) -> Response {
        let looks_like_json = matches!(self.body.first(), Some(b'{' | b'['));
        let kind = if looks_like_json {
            "application/json"
        } else {
            "text/plain; charset=utf-8"
        };
        (self.status(), [(CONTENT_TYPE, kind)], self.body).into_response()
    }
}

/// A request that was counted and now waits for its answer.
pub(super) struct Exchange<'a> {
    simulator: &'a Inner,
    connection: Connection,
    latency: Duration,
    authorized: bool,
    fault: Option<Fault>,
    in_flight: InFlight,
}

impl Inner {
    /// Counts a request. A fault is only used up by a call whose credentials are right.
    pub(super) fn receive(
        &self,
        upstream: Upstream,
        operation: Operation,
        key: &str,
        authorized: bool,
        connection: &Connection,
    ) -> Exchange<'_> {
        let in_flight = self.calls.record(upstream, operation, key, authorized);
        let fault = authorized
            .then(|| locked(&self.faults).take(upstream, operation, key))
            .flatten();
        Exchange {
            simulator: self,
            connection: connection.clone(),
            latency: self.options.latency.of(upstream),
            authorized,
            fault,
            in_flight,
        }
    }
}

impl Exchange<'_> {
    /// Answers: `refused` when the credentials are wrong, else what `work` finds or does.
    pub(super) async fn answer(
        self,
        refused: Answer,
        work: impl FnOnce(&mut Memory) -> Answer,
    ) -> Response {
        let spoken = self.spoken(refused, work).await;
        spoken.map(|body| Body::new(HandedOver::new(body, self.in_flight)))
    }

    async fn spoken(&self, refused: Answer, work: impl FnOnce(&mut Memory) -> Answer) -> Response {
        // The way there and the way back: whoever leaves on the latter left work done behind.
        pause(self.latency / 2).await;
        let Some(fault) = self.fault.as_ref().filter(|_| self.authorized) else {
            let answer = if self.authorized {
                work(&mut locked(&self.simulator.memory))
            } else {
                refused
            };
            pause(self.latency / 2).await;
            return answer.into_response();
        };
        pause(self.latency / 2).await;
        match fault {
            Fault::Status(status, seconds) => refuse(*status, *seconds),
            Fault::Hang => std::future::pending().await,
            Fault::Reset => self.connection.reset().await,
            Fault::InBand(status) => Answer::json(200, &in_band(*status)).into_response(),
            Fault::ModuleNotInContract => {
                Answer::json(200, &super::work_api::module_refused("X")).into_response()
            }
            Fault::Body(status, body) => Answer::text(*status, body).into_response(),
            Fault::Slow(longer) => {
                tokio::time::sleep(*longer).await;
                work(&mut locked(&self.simulator.memory)).into_response()
            }
            spoiled => {
                let answer = work(&mut locked(&self.simulator.memory));
                spoil(answer, spoiled, &self.connection).await
            }
        }
    }
}

async fn pause(how_long: Duration) {
    if !how_long.is_zero() {
        tokio::time::sleep(how_long).await;
    }
}

/// What becomes of an answer whose work is done.
async fn spoil(answer: Answer, fault: &Fault, connection: &Connection) -> Response {
    match fault {
        Fault::StoredThenReset => connection.reset().await,
        Fault::StoredThenHang => std::future::pending().await,
        Fault::Truncated => truncate(&answer),
        Fault::Drip => drip(),
        _ => garble(&answer),
    }
}

fn refuse(status: u16, retry_after: Option<u64>) -> Response {
    let text = json!({"message": format!("simulated status {status}")});
    let mut headers = HeaderMap::new();
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    (headers, Answer::json(status, &text).into_response()).into_response()
}

/// Announces the whole length, sends half, and lets the connection break.
fn truncate(answer: &Answer) -> Response {
    let status = answer.status();
    let length = answer.body.len();
    let half = Bytes::from(answer.body[..length / 2].to_vec());
    let broken = || io::Error::other("simulated truncation");
    // The pause lets the first half leave before the connection breaks.
    let rest = stream::once(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(broken())
    });
    let body = stream::once(async move { Ok(half) }).chain(rest);
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_LENGTH, length.to_string()),
    ];
    (status, headers, Body::from_stream(body)).into_response()
}

/// White space for ever: a JSON reader never gets enough to give up.
fn drip() -> Response {
    let drops = stream::unfold((), |()| async move {
        tokio::time::sleep(DRIP_PAUSE).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
    });
    (
        StatusCode::OK,
        [(CONTENT_TYPE, "application/json")],
        Body::from_stream(drops),
    )
        .into_response()
}

fn garble(answer: &Answer) -> Response {
    let page = "<html><body><h1>It works!</h1>\u{0}{\"data\": [</body>";
    (answer.status(), [(CONTENT_TYPE, "text/html")], page).into_response()
}
