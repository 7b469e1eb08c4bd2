//! Personal offers: for each member one of a set, by what came of them so far; taken once, within a budget.
//!
//! A choice is made when somebody looks, and stands for some days. It is recorded with the chance of each offer and
//! the number that decided, so that it can be made again, and so that one can say later what another way of
//! choosing would have earned. When its days are over, the member's log says whether an order came ([ADR
//! 0115](../../../docs/adr/0115-which-offer-does-a-member-get.md)).

mod choose;
mod figures;
mod record;
mod settle;
mod take;

pub use choose::{ChoiceView, MemberOffer, OfferChance, OfferState};
pub use figures::{KnownOf, OfferFigures, OfferRegret, OfferReplay, OfferSetFigures, ReplayWay};
pub use record::OfferSetView;
pub use take::TakenOffer;

pub(crate) use record::{OFFER_SET, drawn};
pub(crate) use settle::run;
