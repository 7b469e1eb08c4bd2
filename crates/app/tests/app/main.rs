//! The application on both databases, from the outside: what goes in, and what is there afterwards.

mod channel;
mod claims;
mod coupons;
mod groups;
mod identities;
mod import;
mod ingest;
mod insight;
mod journeys;
mod keys;
mod lift;
mod members;
mod messages;
mod moderation;
mod operation;
mod payments;
mod people;
mod perks;
mod programs;
mod providers;
mod rewards;
mod scenarios;
mod segments;
mod support;
mod surveys;
mod webhooks;
