//! The application on both databases, from the outside: what goes in, and what is there afterwards.

mod channel;
mod claims;
mod coupons;
mod groups;
mod import;
mod ingest;
mod insight;
mod keys;
mod members;
mod messages;
mod moderation;
mod operation;
mod payments;
mod people;
mod perks;
mod programs;
mod rewards;
mod scenarios;
mod segments;
mod support;
mod surveys;
mod webhooks;
