//! Store credit and gift cards in words.

use super::language::say;
use super::{Reader, money as of};
use crate::event::CreditWhy;
use crate::outcome::MoneyNote;
use crate::program::{MoneyAccount, Program};
use regulars_base::Name;

/// Money of an account: `12.40 EUR of store credit`; nothing for points.
pub(super) fn amount_of(reader: Reader<'_>, name: Name, n: i64) -> Option<String> {
    let mut accounts = reader.program.money.accounts();
    let (account, _) = accounts.find(|(_, terms)| terms.name == name)?;
    let amount = reader.money(n);
    Some(match account {
        MoneyAccount::Credit => say!(reader, "{amount} of store credit", amount),
        MoneyAccount::GiftCard => say!(reader, "{amount} of the gift card", amount),
    })
}

/// What happened, as a sentence.
pub(super) fn note(reader: Reader<'_>, note: &MoneyNote) -> String {
    let of = |amount: i64| reader.money(amount);
    match *note {
        MoneyNote::CreditGiven { amount, why } => match why {
            CreditWhy::ByHand => say!(
                reader,
                "{amount} of store credit given by hand",
                amount = of(amount)
            ),
            CreditWhy::Refund => say!(
                reader,
                "{amount} of a refund paid out as store credit",
                amount = of(amount)
            ),
            CreditWhy::Cashback => say!(
                reader,
                "{amount} of store credit as cashback",
                amount = of(amount)
            ),
        },
        MoneyNote::CreditTaken { amount } => {
            say!(
                reader,
                "{amount} of store credit taken by hand",
                amount = of(amount)
            )
        }
        MoneyNote::CreditPaid { amount } => say!(
            reader,
            "{amount} paid with store credit",
            amount = of(amount)
        ),
        MoneyNote::CreditBack { amount } => {
            say!(
                reader,
                "{amount} of store credit came back, as the order did",
                amount = of(amount)
            )
        }
        MoneyNote::CardPaid { card, amount } => {
            say!(
                reader,
                "{amount} paid with gift card {card}",
                amount = of(amount),
                card
            )
        }
        MoneyNote::CardBack { card, amount } => {
            say!(
                reader,
                "{amount} go back to gift card {card}, as the order came back",
                amount = of(amount),
                card
            )
        }
        MoneyNote::CardMade { amount } => {
            say!(
                reader,
                "gift card made: {amount} will be on it once it is sold",
                amount = of(amount)
            )
        }
        MoneyNote::CardIssued { amount } => say!(
            reader,
            "gift card issued with {amount}",
            amount = of(amount)
        ),
        MoneyNote::CardLoaded { amount } if amount < 0 => {
            say!(
                reader,
                "{amount} taken off the card by hand",
                amount = of(amount.saturating_neg())
            )
        }
        MoneyNote::CardLoaded { amount } => {
            say!(reader, "{amount} put on the card", amount = of(amount))
        }
        MoneyNote::CardHeld { amount } => say!(reader, "{amount} set aside", amount = of(amount)),
        MoneyNote::CardSpent { amount } => say!(reader, "{amount} spent", amount = of(amount)),
        MoneyNote::HoldCancelled { amount } => {
            say!(reader, "{amount} no longer set aside", amount = of(amount))
        }
        MoneyNote::HoldOver { amount } => {
            say!(
                reader,
                "{amount} were not used in time, and are free again",
                amount = of(amount)
            )
        }
        MoneyNote::CardShort { amount } => say!(
            reader,
            "a purchase says that the card paid for it: {amount} of that were not there",
            amount = of(amount)
        ),
        MoneyNote::CardRefunded { amount } => say!(
            reader,
            "{amount} came back on the card",
            amount = of(amount)
        ),
        MoneyNote::NotBack { amount } => say!(
            reader,
            "{amount} should have come back, and this card did not pay them, or too long ago",
            amount = of(amount)
        ),
        MoneyNote::CardBlocked => say!(reader, "the card is blocked"),
        MoneyNote::CardLetGo => say!(reader, "the card may be used again"),
        MoneyNote::CardReplaced { by, amount } => {
            say!(
                reader,
                "card {by} takes its place, with {amount}",
                by,
                amount = of(amount)
            )
        }
        MoneyNote::CardEmptied { to, amount } => {
            say!(
                reader,
                "{amount} become store credit of {to}",
                amount = of(amount),
                to
            )
        }
        MoneyNote::CameFromCard { from, amount } => {
            say!(
                reader,
                "{amount} came from gift card {from}",
                amount = of(amount),
                from
            )
        }
        MoneyNote::MoneyNotTaken { amount } => {
            say!(
                reader,
                "{amount} could not be taken, and go back to the gift card",
                amount = of(amount)
            )
        }
        MoneyNote::MoneyCameBack { amount } => {
            say!(
                reader,
                "{amount} came back, since they were not taken",
                amount = of(amount)
            )
        }
        MoneyNote::MoneyPassedOn { to, amount } => {
            say!(
                reader,
                "{amount} become store credit of the group {to}",
                amount = of(amount),
                to
            )
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
