//! The wire types of the API: what comes in and what is answered, as JSON, and how one becomes the
//! other. Nothing here knows HTTP; the server and clients of ours share it.
//!
//! Three rules for all of it. Amounts (of money, points, quantities) are exact decimals: read as
//! texts or numbers, written as texts. Moments are RFC 3339. What comes in is read whole: unknown
//! fields are faults, and all faults are told at once, each with a JSON pointer.

pub mod access;
pub mod advocate;
pub mod amount;
pub mod award;
pub mod balance;
pub mod basket;
pub mod catalogue;
pub mod claim;
pub mod connector;
pub mod consent;
pub mod coupon;
pub mod desk;
pub mod draft;
pub mod duplicate;
pub mod event;
pub mod finance;
pub mod games;
pub mod gift_card;
pub mod group;
pub mod journey;
pub mod json;
pub mod ledger;
pub mod lift;
pub mod master_data;
pub mod member;
pub mod member_card;
pub mod membership;
pub mod message;
pub mod metric;
pub mod offer;
pub mod overview;
pub mod page;
pub mod partner;
pub mod people;
pub mod portal;
pub mod problem;
pub mod program;
pub mod quote;
pub mod receipt;
pub mod recommendation;
pub mod redemption;
pub mod referral;
pub mod retention;
pub mod score;
pub mod segment;
pub mod sell_through;
pub mod service;
pub mod session;
pub mod square;
pub mod survey;
pub mod suspicion;
pub mod tier;
pub mod timeline;
pub mod webhook;

pub use amount::Amount;
pub use event::EventIn;
pub use json::FromJson;
pub use page::PageOut;
pub use problem::{Code, Problem};
