//! Coupons.

use super::Limit;
use super::condition::Condition;
use crate::code::{Code, Pattern};
use crate::price::Off;
use regulars_base::{Name, Span, Text, Timestamp, Zone};

/// A campaign of coupons.
#[derive(Clone, Debug)]
pub struct CouponRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// What it takes off.
    pub off: Off,
    /// The points that it gives: by their places, so many of each.
    pub points: Vec<(u16, i64)>,
    /// When it applies. A condition that names a line says off which lines.
    pub when: Option<Condition>,
    /// The least that the goods cost at list prices.
    pub least: Option<i64>,
    /// Only for somebody's first order.
    pub first_order: bool,
    /// The lowest tier that may have it, by its place.
    pub tier: Option<u16>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// What it never passes.
    pub limits: Vec<Limit>,
    /// Its codes.
    pub codes: CouponCodes,
    /// How long a code is good after it was issued (to the end of that day).
    pub expires: Option<Span>,
    /// Of a group only one applies.
    pub group: Option<Text>,
    /// It is combined with nothing.
    pub exclusive: bool,
    /// Lower ones are taken off first.
    pub order: i64,
    /// A member may hand a code of their own on to another.
    pub transfer: bool,
    /// A refund of the whole order gives the use back.
    pub returns: bool,
}

/// The codes of a campaign.
#[derive(Clone, Debug)]
pub enum CouponCodes {
    /// One word that everybody uses.
    Shared(Code),
    /// A code each, made or brought along.
    Single {
        /// What they look like.
        pattern: Pattern,
        /// How often each may be used.
        uses: i64,
    },
}

/// How several discounts on one basket combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combine {
    /// Percentages are taken off before money.
    pub percent_first: bool,
    /// What percentages are reckoned of.
    pub percent_of: PercentOf,
    /// At most so many discounts.
    pub most: Option<u16>,
}

/// What percentages are reckoned of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PercentOf {
    /// Of what is left after the discounts before.
    #[default]
    Rest,
    /// Of the list price.
    Listed,
}

impl Default for Combine {
    fn default() -> Self {
        Self {
            percent_first: true,
            percent_of: PercentOf::Rest,
            most: None,
        }
    }
}

impl CouponRule {
    /// Its one word, if it has one.
    pub const fn shared_code(&self) -> Option<&Code> {
        match &self.codes {
            CouponCodes::Shared(code) => Some(code),
            CouponCodes::Single { .. } => None,
        }
    }

    /// When a code is void that is issued at this moment; [`Timestamp::LAST`] if never.
    pub fn code_expires(&self, zone: &Zone, issued_at: Timestamp) -> Timestamp {
        self.expires.map_or(Timestamp::LAST, |span| {
            zone.start_of(span.after(zone.day(issued_at)).plus_days(1))
        })
    }

    /// What its codes look like, if each has its own.
    pub const fn pattern(&self) -> Option<&Pattern> {
        match &self.codes {
            CouponCodes::Shared(_) => None,
            CouponCodes::Single { pattern, .. } => Some(pattern),
        }
    }
}
