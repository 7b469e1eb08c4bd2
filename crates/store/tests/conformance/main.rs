//! What both databases must do, the same test on each; and proof that the tests would notice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod aging;
mod askings;
mod backup;
mod batch;
mod bought;
mod broken;
mod cards;
mod carry;
mod cases;
mod confirmations;
mod connectors;
mod contention;
mod desk;
mod duplicates;
mod fulfilments;
mod history;
mod journeys;
mod master_data;
mod members;
mod messages;
mod migrations;
mod offers;
mod outside;
mod portal;
mod proof;
mod schema;
mod scores;
mod sessions;
mod supplier;
mod vault;
mod webhooks;
mod world;
