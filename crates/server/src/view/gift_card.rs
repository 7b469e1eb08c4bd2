//! Gift cards.

use crate::view::receipt;
use regulars_api::Amount;
use regulars_api::balance::ExpiringOut;
use regulars_api::gift_card::{GiftCardOut, HoldOut, MadeCardOut};
use regulars_app::{CardView, MadeCard};
use regulars_engine::state::CardStage;

/// A gift card as it stands.
pub fn gift_card(card: &CardView) -> GiftCardOut {
    let money = |minor| Amount::money(minor, card.program.currency);
    let expiring = card.expiries.iter().map(|expiry| ExpiringOut {
        at: expiry.at.to_string(),
        amount: money(expiry.amount),
        available_at: None,
    });
    let holds = card.holds.iter().map(|(hold, amount, until)| HoldOut {
        hold: hold.clone(),
        amount: money(*amount),
        until: until.to_string(),
    });
    let (status, replaced_by) = match card.stage {
        CardStage::Inactive => ("inactive", None),
        CardStage::Active => ("active", None),
        CardStage::Blocked => ("blocked", None),
        CardStage::Replaced(by) => ("replaced", Some(by.to_string())),
    };
    GiftCardOut {
        card: card.card.to_string(),
        status: status.to_owned(),
        currency: card.program.currency.to_string(),
        available: money(card.available),
        held: money(card.held),
        waiting: money(card.waiting),
        issued_at: card.issued_at.to_string(),
        replaced_by,
        expiring: expiring.collect(),
        holds: holds.collect(),
    }
}

/// A gift card that was made.
pub fn made_card(made: &MadeCard) -> MadeCardOut {
    MadeCardOut {
        card: made.card.to_string(),
        code: made.code.clone(),
        pin: made.pin.clone(),
        receipt: receipt(&made.receipt),
    }
}
