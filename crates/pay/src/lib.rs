//! Whoever moves money: what they are asked, and what they answer.
//!
//! A decision moves no money, it makes an invoice that asks for it. The application reads what is
//! asked from its database and hands it to a [`Provider`]: [`Manual`], where people move the money and
//! tell it by hand, or [`Stripe`], over HTTP. Whatever is asked carries a key that derives from the
//! invoice and the attempt: asked twice, it is done once.

mod manual;
mod provider;
mod secret;
mod signature;
mod stripe;

pub use manual::Manual;
pub use provider::{Answer, BadWebhook, Charge, Provider, Repay, Subject, Told, Unreached, What};
pub use secret::Secret;
pub use signature::{TOLERANCE_SECONDS, sign};
pub use stripe::Stripe;
