//! The HTTP API, version 1: routes, keys, limits, and the OpenAPI document that they generate.
//!
//! `router.rs` is the table of contents. A handler is thin: convert, call the application, convert
//! back. Three things are the same for every request and are done once, in `layer.rs`: the request
//! id, the headers, and turning a [`Failure`] into a problem document.
//!
//! **Invariant:** every path under `/v1` but the document itself asks for a key (or a session, which
//! stands for one), and every call to
//! the application names the key's own tenant.

mod acting;
mod auth;
mod console;
mod extract;
mod failure;
mod first_sign_in;
mod guesses;
mod home;
mod layer;
mod openapi;
mod router;
mod routes;
mod serve;
mod sign_on;
mod state;
pub mod view;

pub use console::Console;
pub use failure::Failure;
pub use first_sign_in::FirstSignIn;
pub use openapi::document;
pub use router::router;
pub use serve::{Settings, serve, serve_until};
