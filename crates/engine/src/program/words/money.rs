//! Store credit and gift cards in words.

use super::money as of;
use crate::event::CreditWhy;
use crate::outcome::MoneyNote;
use crate::program::{MoneyAccount, Program};
use regulars_base::Name;

/// Money of an account: `12.40 EUR of store credit`; nothing for points.
pub(super) fn amount_of(program: &Program, name: Name, n: i64) -> Option<String> {
    let mut accounts = program.money.accounts();
    let (account, _) = accounts.find(|(_, terms)| terms.name == name)?;
    let whose = match account {
        MoneyAccount::Credit => "store credit",
        MoneyAccount::GiftCard => "the gift card",
    };
    Some(format!("{} of {whose}", of(program, n)))
}

/// What happened, as a sentence.
pub(super) fn note(program: &Program, note: &MoneyNote) -> String {
    let of = |amount: i64| of(program, amount);
    match *note {
        MoneyNote::CreditGiven { amount, why } => match why {
            CreditWhy::ByHand => format!("{} of store credit given by hand", of(amount)),
            CreditWhy::Refund => format!("{} of a refund paid out as store credit", of(amount)),
            CreditWhy::Cashback => format!("{} of store credit as cashback", of(amount)),
        },
        MoneyNote::CreditTaken { amount } => {
            format!("{} of store credit taken by hand", of(amount))
        }
        MoneyNote::CreditPaid { amount } => format!("{} paid with store credit", of(amount)),
        MoneyNote::CreditBack { amount } => {
            format!("{} of store credit came back, as the order did", of(amount))
        }
        MoneyNote::CardPaid { card, amount } => {
            format!("{} paid with gift card {card}", of(amount))
        }
        MoneyNote::CardBack { card, amount } => {
            format!(
                "{} go back to gift card {card}, as the order came back",
                of(amount)
            )
        }
        MoneyNote::CardMade { amount } => {
            format!(
                "gift card made: {} will be on it once it is sold",
                of(amount)
            )
        }
        MoneyNote::CardIssued { amount } => format!("gift card issued with {}", of(amount)),
        MoneyNote::CardLoaded { amount } if amount < 0 => {
            format!("{} taken off the card by hand", of(amount.saturating_neg()))
        }
        MoneyNote::CardLoaded { amount } => format!("{} put on the card", of(amount)),
        MoneyNote::CardHeld { amount } => format!("{} set aside", of(amount)),
        MoneyNote::CardSpent { amount } => format!("{} spent", of(amount)),
        MoneyNote::HoldCancelled { amount } => format!("{} no longer set aside", of(amount)),
        MoneyNote::HoldOver { amount } => {
            format!("{} were not used in time, and are free again", of(amount))
        }
        MoneyNote::CardShort { amount } => format!(
            "a purchase says that the card paid for it: {} of that were not there",
            of(amount)
        ),
        MoneyNote::CardRefunded { amount } => format!("{} came back on the card", of(amount)),
        MoneyNote::NotBack { amount } => format!(
            "{} should have come back, and this card did not pay them, or too long ago",
            of(amount)
        ),
        MoneyNote::CardBlocked => "the card is blocked".to_owned(),
        MoneyNote::CardLetGo => "the card may be used again".to_owned(),
        MoneyNote::CardReplaced { by, amount } => {
            format!("card {by} takes its place, with {}", of(amount))
        }
        MoneyNote::CardEmptied { to, amount } => {
            format!("{} become store credit of {to}", of(amount))
        }
        MoneyNote::CameFromCard { from, amount } => {
            format!("{} came from gift card {from}", of(amount))
        }
        MoneyNote::MoneyNotTaken { amount } => {
            format!(
                "{} could not be taken, and go back to the gift card",
                of(amount)
            )
        }
        MoneyNote::MoneyCameBack { amount } => {
            format!("{} came back, since they were not taken", of(amount))
        }
        MoneyNote::MoneyPassedOn { to, amount } => {
            format!("{} become store credit of the group {to}", of(amount))
        }
    }
}

/// The few words that stories assert.
pub(super) fn short(program: &Program, note: &MoneyNote) -> String {
    let of = |amount: i64| of(program, amount);
    match *note {
        MoneyNote::CreditGiven { amount, why } => {
            let why = match why {
                CreditWhy::ByHand => "by hand",
                CreditWhy::Refund => "refund",
                CreditWhy::Cashback => "cashback",
            };
            format!("credit: +{} {why}", of(amount))
        }
        MoneyNote::CreditTaken { amount } => format!("credit: -{} by hand", of(amount)),
        MoneyNote::CreditPaid { amount } => format!("credit: paid {}", of(amount)),
        MoneyNote::CreditBack { amount } => format!("credit: back {}", of(amount)),
        MoneyNote::CardPaid { amount, .. } => format!("gift card: paid {}", of(amount)),
        MoneyNote::CardBack { amount, .. } => format!("gift card: back {}", of(amount)),
        MoneyNote::CardMade { amount } => format!("card: made for {}", of(amount)),
        MoneyNote::CardIssued { amount } => format!("card: issued {}", of(amount)),
        MoneyNote::CardLoaded { amount } => format!("card: loaded {}", of(amount)),
        MoneyNote::CardHeld { amount } => format!("card: held {}", of(amount)),
        MoneyNote::CardSpent { amount } => format!("card: spent {}", of(amount)),
        MoneyNote::HoldCancelled { amount } => format!("card: cancelled {}", of(amount)),
        MoneyNote::HoldOver { amount } => format!("card: hold over {}", of(amount)),
        MoneyNote::CardShort { amount } => format!("card: short of {}", of(amount)),
        MoneyNote::CardRefunded { amount } => format!("card: refunded {}", of(amount)),
        MoneyNote::NotBack { amount } => format!("card: not back {}", of(amount)),
        MoneyNote::CardBlocked => "card: blocked".to_owned(),
        MoneyNote::CardLetGo => "card: let go".to_owned(),
        MoneyNote::CardReplaced { amount, .. } => format!("card: replaced with {}", of(amount)),
        MoneyNote::CardEmptied { amount, .. } => format!("card: into credit {}", of(amount)),
        MoneyNote::CameFromCard { amount, .. } => format!("from gift card: {}", of(amount)),
        MoneyNote::MoneyNotTaken { amount } => format!("not taken: {}", of(amount)),
        MoneyNote::MoneyCameBack { amount } => format!("came back: {}", of(amount)),
        MoneyNote::MoneyPassedOn { amount, .. } => format!("to the group: {}", of(amount)),
    }
}
