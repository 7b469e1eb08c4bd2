//! Money accounts: store credit, and gift cards.

use super::{Expiry, Points, Program};
use crate::code::Pattern;
use regulars_base::{Currency, Name, Ratio, Span};
use regulars_ledger::SpendOrder;

/// The money accounts of a program.
#[derive(Clone, Debug, Default)]
pub struct MoneyRules {
    /// Store credit of members, if there is any.
    pub credit: Option<Box<CreditRule>>,
    /// Gift cards, if there are any.
    pub cards: Option<Box<GiftCardRule>>,
}

/// Store credit.
#[derive(Clone, Debug)]
pub struct CreditRule {
    /// What the money is called, how it is kept, and when it lapses.
    pub terms: Points,
    /// The most that a member may have, in minor units. Refunds are taken beyond it.
    pub most: Option<i64>,
    /// Whether refunds may be paid out as store credit.
    pub refunds: bool,
}

/// Gift cards.
#[derive(Clone, Debug)]
pub struct GiftCardRule {
    /// What the money is called, how it is kept, and when it lapses.
    pub terms: Points,
    /// What codes look like.
    pub pattern: Pattern,
    /// The least that a card is issued with, or loaded by, in minor units.
    pub least: i64,
    /// The most that may be on a card, in minor units.
    pub most: Option<i64>,
    /// How long money is set aside at a till, in minutes.
    pub hold_minutes: i64,
    /// Whether what is on a card may become store credit.
    pub into_credit: bool,
    /// How many digits a card's PIN has; nothing if cards have none.
    pub pin_digits: Option<u8>,
}

/// A money account of a program, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyAccount {
    /// A member's store credit.
    Credit,
    /// A gift card.
    GiftCard,
}

impl MoneyAccount {
    /// What its money is called in states, records and statements. It holds a blank, so that no id of a
    /// program is ever the same; and the currency, so that a program that changes its own leaves
    /// what was promised in the old one alone.
    pub fn id(self, currency: Currency) -> String {
        match self {
            Self::Credit => format!("store credit {currency}"),
            Self::GiftCard => format!("gift card {currency}"),
        }
    }

    /// Its name in the API: `store_credit`, `gift_card`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Credit => "store_credit",
            Self::GiftCard => "gift_card",
        }
    }

    /// The terms of its money.
    pub(crate) fn terms(self, currency: Currency, expires: Option<Span>) -> Points {
        let id = self.id(currency);
        let name = Name::of(&id);
        let called = match self {
            Self::Credit => format!("{currency} of store credit"),
            Self::GiftCard => format!("{currency} of the gift card"),
        };
        Points {
            id,
            name,
            one: called.clone(),
            other: called,
            decimals: currency.exponent(),
            worth: Ratio::new(10_i64.pow(currency.exponent().into()), 1).ok(),
            pending: None,
            expiry: expires.map_or(Expiry::Never, |span| Expiry::After {
                span,
                from: super::CountedFrom::default(),
                round_up: None,
                round_down: None,
                month_end: super::MonthEnd::default(),
            }),
            spendable: true,
            spend_order: SpendOrder::SoonestExpiry,
        }
    }
}

impl MoneyRules {
    /// The terms of each of its accounts.
    pub fn accounts(&self) -> impl Iterator<Item = (MoneyAccount, &Points)> {
        let credit = self
            .credit
            .iter()
            .map(|own| (MoneyAccount::Credit, &own.terms));
        let cards = self
            .cards
            .iter()
            .map(|own| (MoneyAccount::GiftCard, &own.terms));
        credit.chain(cards)
    }
}

impl Program {
    /// The points of this name, or the money.
    pub fn terms_named(&self, name: Name) -> Option<&Points> {
        let money = || {
            let mut accounts = self.money.accounts();
            accounts
                .find(|(_, terms)| terms.name == name)
                .map(|(_, terms)| terms)
        };
        self.points_named(name).or_else(money)
    }
}
