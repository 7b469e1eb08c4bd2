//! The HTTP API, version 1: routes, keys, limits, and the OpenAPI document that they generate.
//!
//! `router.rs` is the table of contents. A handler is thin: convert, call the application, convert
//! back. Three things are the same for every request and are done once, in `layer.rs`: the request
//! id, the headers, and turning a [`Failure`] into a problem document.
//!
//! **Invariant:** every path under `/v1` but the document itself and what everybody may see of a shop
//! (`/v1/portal`) asks for a key (or a session, which stands for one), and every call to the application
//! names the key's own tenant. Under `/v1/me` it asks for a member's session, and every call names that
//! member: no path there takes another's id.

mod acting;
mod address;
mod auth;
mod backoff;
mod callers;
mod confirm;
mod console;
mod extract;
mod failure;
mod first_sign_in;
mod front;
mod guesses;
mod home;
mod language;
mod layer;
mod mcp;
mod member_auth;
mod openapi;
mod operating;
mod plain_page;
mod portal;
mod rate;
mod room;
mod router;
mod routes;
mod serve;
mod sign_on;
mod square;
mod state;
mod survey_page;
mod unsubscribe;
pub mod view;

pub use address::{BadNetwork, Network};
pub use failure::Failure;
pub use first_sign_in::FirstSignIn;
pub use front::Front;
pub use mcp::assist;
pub use openapi::document;
pub use operating::Leaving;
pub use regulars_mail::{Letter, Mailer};
pub use router::router;
pub use serve::{Settings, serve, serve_until};
