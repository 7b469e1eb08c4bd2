//! To whom a program is told, and what is written the same in all its parts.

use super::{Aspect, aspect, condition};
use crate::program::condition::Condition;
use crate::program::words::language::{plural, say, word};
use crate::program::words::{Language, Reader};
use crate::program::{Limit, LimitScope, Limited};
use regulars_base::{Period, Ratio, Span, Timestamp};
use std::ops::Deref;

/// To whom a program is told: the shop, or its members.
#[derive(Clone, Copy)]
pub(super) struct Told<'p> {
    pub(super) reader: Reader<'p>,
    /// Whether they are members: they know things by their titles, and not the file.
    pub(super) members: bool,
}

impl<'p> Deref for Told<'p> {
    type Target = Reader<'p>;

    fn deref(&self) -> &Reader<'p> {
        &self.reader
    }
}

impl Told<'_> {
    /// An id: as the file has it, or as words.
    pub(super) fn quoted(self, id: &str) -> String {
        match self.members {
            true => plain(id),
            false => format!("`{id}`"),
        }
    }

    /// What has a title: members do not know its id.
    pub(super) fn named(self, id: &str, title: &str) -> String {
        match self.members {
            true => title.to_owned(),
            false => format!("`{id}`"),
        }
    }

    /// Several of them.
    pub(super) fn list(self, all: &[String]) -> String {
        all.join(word!(self, ", "))
    }

    /// The reward at a place.
    pub(super) fn reward_at(self, place: u16) -> String {
        let reward = self.program.rewards.get(usize::from(place));
        let (id, title) = reward.map_or(("", ""), |own| (&own.id, &own.title));
        self.named(id, title)
    }

    /// The tier at a place.
    pub(super) fn tier_at(self, place: u16) -> String {
        let tier = self.program.tiers.get(usize::from(place));
        self.quoted(tier.map_or("", |tier| &tier.id))
    }

    /// `14 days`, `1 month`.
    pub(super) fn span(self, span: Span) -> String {
        match span {
            Span::Days(n) => plural!(self, n, "{n} day", "{n} days", n),
            Span::Months(months) if months % 12 == 0 => {
                let n = months / 12;
                plural!(self, n, "{n} year", "{n} years", n)
            }
            Span::Months(n) => plural!(self, n, "{n} month", "{n} months", n),
        }
    }

    /// So many days.
    pub(super) fn days(self, n: i32) -> String {
        self.span(Span::Days(n))
    }

    /// When something counts or applies.
    pub(super) fn condition(self, verb: &str, when: &Condition) -> Aspect {
        aspect(verb, self.when(when))
    }

    /// A condition: as the file has it, or in plain words.
    pub(super) fn when(self, when: &Condition) -> String {
        let plain = self.members.then(|| condition::condition(self, when));
        let plain = plain.flatten();
        plain.unwrap_or_else(|| format!("`{}`", when.text))
    }

    /// A factor.
    pub(super) fn ratio(self, factor: Ratio) -> String {
        self.decimal(ratio(factor))
    }

    /// A moment on the shop's clock; midnight is the day alone.
    pub(super) fn clock(self, at: Timestamp) -> String {
        match self.program.zone.local(at) {
            (day, 0) => self.date(day),
            _ => self.moment(at),
        }
    }

    /// Prices: `500 beans and 2 stars`.
    pub(super) fn price(self, price: &[(u16, i64)]) -> String {
        let one = |(place, most): &(u16, i64)| {
            let points = self.program.points.get(usize::from(*place));
            points.map(|points| self.amount(points, *most))
        };
        let all: Vec<String> = price.iter().filter_map(one).collect();
        all.join(word!(self, " and "))
    }
}

/// An id as people read it.
pub(super) fn plain(id: &str) -> String {
    id.replace(['-', '_'], " ")
}

/// A factor: `1.25`, or `4/3` where no decimal is exact.
pub fn ratio(ratio: Ratio) -> String {
    let mut shown = (ratio.num() / ratio.den()).to_string();
    let mut rest = i128::from(ratio.num() % ratio.den());
    if rest != 0 {
        shown.push('.');
    }
    // Factors come from at most six decimals; money scales them by a few more.
    for _ in 0..12 {
        if rest == 0 {
            break;
        }
        rest *= 10;
        shown += &(rest / i128::from(ratio.den())).to_string();
        rest %= i128::from(ratio.den());
    }
    shown
}

/// A part of something: `0.1` to a shop that reads English, as its file has it, and `10%` to everybody else.
pub(super) fn share(to: Told<'_>, part: Ratio) -> String {
    let as_written = to.language == Language::En && !to.members;
    match Ratio::new(part.num().saturating_mul(100), part.den()) {
        Ok(percent) if !as_written => say!(to, "{number}%", number = to.ratio(percent)),
        _ => to.ratio(part),
    }
}

/// Money with more decimals than it is paid in: `0.008 EUR`.
pub(super) fn rate(to: Told<'_>, whole: Ratio) -> String {
    let code = to.program.currency.code();
    format!("{} {code}", to.ratio(whole))
}

/// A period in one word.
pub(super) fn period(to: Told<'_>, period: Period) -> &'static str {
    match period {
        Period::Day => word!(to, "day"),
        Period::Week => word!(to, "week"),
        Period::Month => word!(to, "month"),
        Period::Quarter => word!(to, "quarter"),
        Period::HalfYear => word!(to, "half-year"),
        Period::Year => word!(to, "year"),
    }
}

/// A period of whose start or end something is said.
pub(super) fn of_period(to: Told<'_>, period: Period) -> &'static str {
    match period {
        Period::Day => word!(to, "the day"),
        Period::Week => word!(to, "the week"),
        Period::Month => word!(to, "the month"),
        Period::Quarter => word!(to, "the quarter"),
        Period::HalfYear => word!(to, "the half-year"),
        Period::Year => word!(to, "the year"),
    }
}

/// How often, behind something else.
pub(super) fn each(to: Told<'_>, period: Option<Period>) -> &'static str {
    match period {
        None => "",
        Some(Period::Day) => word!(to, " each day"),
        Some(Period::Week) => word!(to, " each week"),
        Some(Period::Month) => word!(to, " each month"),
        Some(Period::Quarter) => word!(to, " each quarter"),
        Some(Period::HalfYear) => word!(to, " each half-year"),
        Some(Period::Year) => word!(to, " each year"),
    }
}

/// A limit. What all members share is the shop's own matter.
pub(super) fn limit(to: Told<'_>, limit: &Limit) -> Option<Aspect> {
    let (what, per) = match limit.what {
        Limited::Times => (limit.most.to_string(), word!(to, "times")),
        Limited::Points(place) => {
            let points = to.program.points.get(usize::from(place))?;
            (to.amount(points, limit.most), points.id.as_str())
        }
    };
    let tiers = tiers_of(to, limit).map(|tiers| [" (", &tiers, ")"].concat());
    let tiers = tiers.unwrap_or_default();
    if to.members {
        let shared = limit.per == LimitScope::Program;
        let said = aspect(word!(to, "at most"), to.reader.limit(limit) + &tiers);
        return (!shared).then_some(said);
    }
    let scope = match limit.per {
        LimitScope::Order => word!(to, " per order"),
        LimitScope::Member => word!(to, " per member"),
        LimitScope::Program => word!(to, " per program"),
    };
    let verb = say!(
        to,
        "is limited by {per}{scope}{each} to",
        per,
        scope,
        each = each(to, limit.every)
    );
    Some(aspect(verb, what + &tiers))
}

/// What a limit lets through instead from a tier on: `5 from tier gold on`.
fn tiers_of(to: Told<'_>, limit: &Limit) -> Option<String> {
    let number = |most: i64| match limit.what {
        Limited::Times => most.to_string(),
        Limited::Points(place) => to
            .program
            .points
            .get(usize::from(place))
            .map_or_else(|| most.to_string(), |points| to.amount(points, most)),
    };
    let one = |(tier, most): &(u16, i64)| {
        let tier = to.program.tiers.get(usize::from(*tier))?;
        Some(say!(
            to,
            "{most} from tier {tier} on",
            most = number(*most),
            tier = to.quoted(&tier.id)
        ))
    };
    let all: Vec<String> = limit.tiers.iter().filter_map(one).collect();
    (!all.is_empty()).then(|| to.list(&all))
}
