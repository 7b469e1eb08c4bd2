//! The API over HTTP: a real server on a free port, with a database of its own.

mod access;
mod bad_input;
mod catalogue;
mod claims;
mod client;
mod console;
mod events;
mod games;
mod gift_cards;
mod members;
mod metrics;
mod openapi;
mod pages;
mod partners;
mod perks;
mod problems;
mod programs;
mod quotes;
mod redemptions;
mod scenarios;
mod sell_through;
mod stream;
mod testapp;
