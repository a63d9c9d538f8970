//! The transactions of a lead and the reads, against a real PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "storage/accept.rs"]
mod accept;
#[path = "storage/access.rs"]
mod access;
#[path = "storage/analytics.rs"]
mod analytics;
#[path = "storage/analytics_reader.rs"]
mod analytics_reader;
#[path = "storage/analytics_rows.rs"]
mod analytics_rows;
#[path = "storage/batch.rs"]
mod batch;
#[path = "storage/claim.rs"]
mod claim;
#[path = "storage/counting_proxy.rs"]
mod counting_proxy;
#[path = "storage/crowd.rs"]
mod crowd;
#[path = "storage/customers.rs"]
mod customers;
#[path = "storage/ending.rs"]
mod ending;
#[path = "storage/given.rs"]
mod given;
#[path = "storage/harness.rs"]
mod harness;
#[path = "storage/inquiries.rs"]
mod inquiries;
#[path = "storage/lookups.rs"]
mod lookups;
#[path = "storage/mistaken.rs"]
mod mistaken;
#[path = "storage/name_search.rs"]
mod name_search;
#[path = "storage/names.rs"]
mod names;
#[path = "storage/people.rs"]
mod people;
#[path = "storage/persist.rs"]
mod persist;
#[path = "storage/queue.rs"]
mod queue;
#[path = "storage/reads.rs"]
mod reads;
#[path = "storage/reviews.rs"]
mod reviews;
#[path = "storage/round_trips.rs"]
mod round_trips;
#[path = "storage/schema.rs"]
mod schema;
#[path = "support/seeded.rs"]
mod seeded;
#[path = "storage/takeover.rs"]
mod takeover;
#[path = "storage/unmended.rs"]
mod unmended;
#[path = "storage/withdrawn.rs"]
mod withdrawn;
