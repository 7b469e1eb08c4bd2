//! For whom something is put into words, and what is written the same in all sentences: amounts, money,
//! dates, and what the program calls things.

use super::Language;
use super::language::{fill, plural, say, word};
use crate::program::partner::MICROS;
use crate::program::{Limit, LimitScope, Limited, Points, Program};
use regulars_base::{CivilDay, Money, Name, Period, Rounding, Timestamp};
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// For whom something is put into words: the program that names things, and the language. A program
/// alone is read in English.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'p> {
    /// Names points, rules, rewards. Titles and names are the merchant's own words in any language.
    pub program: &'p Program,
    /// What is read.
    pub language: Language,
}

impl<'p> From<&'p Program> for Reader<'p> {
    fn from(program: &'p Program) -> Self {
        let language = Language::En;
        Self { program, language }
    }
}

impl<'p> From<&'p Arc<Program>> for Reader<'p> {
    fn from(program: &'p Arc<Program>) -> Self {
        Self::from(&**program)
    }
}

impl Deref for Reader<'_> {
    type Target = Program;

    fn deref(&self) -> &Program {
        self.program
    }
}

impl<'p> Reader<'p> {
    /// `n` of a unit with so many decimals: `1.5`.
    pub(super) fn number(self, decimals: u8, n: i64) -> String {
        self.decimal(super::number(decimals, n))
    }

    /// A number with the decimals as the language writes them.
    pub(super) fn decimal(self, number: String) -> String {
        match self.language {
            Language::En => number,
            other => number.replace('.', other.decimal()),
        }
    }

    /// `n` points with their name: `12 beans`.
    pub(super) fn amount(self, points: &Points, n: i64) -> String {
        let number = self.number(points.decimals, n);
        [&number, " ", super::points_name(points, n)].concat()
    }

    /// As `amount`, for points that the program may not have any more, and for money that is owed.
    pub(super) fn of(self, name: Name, n: i64) -> String {
        if let Some(said) = super::money::amount_of(self, name, n) {
            return said;
        }
        match self.program.points_named(name) {
            Some(points) => self.amount(points, n),
            None => say!(self, "{count} points of an earlier program", count = n),
        }
    }

    /// Minor units of the program's currency: `12.40 EUR`.
    pub(super) fn money(self, minor: i64) -> String {
        self.decimal(Money::new(minor, self.program.currency).to_string())
    }

    /// Millionths of minor units as money, rounded up.
    pub(super) fn money_of_micros(self, micros: i64) -> String {
        self.money(Rounding::Up.divide_clamped(micros.into(), MICROS.into()))
    }

    /// A date.
    pub(super) fn date(self, day: CivilDay) -> String {
        let Some(form) = self.language.date() else {
            return day.to_string();
        };
        let (year, month, day) = day.year_month_day();
        let (mm, dd) = (format_args!("{month:02}"), format_args!("{day:02}"));
        fill(
            form,
            &[
                ("y", &year),
                ("mm", &mm),
                ("m", &month),
                ("dd", &dd),
                ("d", &day),
            ],
        )
    }

    /// The date of a moment, where the shop is.
    pub(super) fn day(self, at: Timestamp) -> String {
        self.date(self.program.zone.day(at))
    }

    /// A moment, where the shop is: `2025-03-01 09:30`.
    pub(super) fn moment(self, at: Timestamp) -> String {
        let (day, second) = self.program.zone.local(at);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        format!("{} {hour:02}:{minute:02}", self.date(day))
    }

    /// The moment from which something may be done again: English keeps to what the API writes.
    pub(super) fn again_at(self, at: Timestamp) -> String {
        match self.language {
            Language::En => at.to_string(),
            _ => self.moment(at),
        }
    }

    /// What the program calls `name`: the id of a rule, tier, card, reward or kind of points.
    pub(super) fn id(self, name: Name) -> &'p str {
        let found = super::found(self.program, name);
        found.unwrap_or_else(|| word!(self, "(of an earlier program)"))
    }

    /// What the program calls a tier; the lowest if none is named.
    pub(super) fn tier(self, name: Option<Name>) -> &'p str {
        match name {
            Some(name) => self.id(name),
            None => super::tier_id(self.program, None),
        }
    }

    /// The title of a reward.
    pub(super) fn title(self, name: Name) -> &'p str {
        match self.program.reward_named(name) {
            Some(reward) => &reward.title,
            None => word!(self, "a reward of an earlier program"),
        }
    }

    /// Who funds points, as people call them.
    pub(super) fn funder(self, funder: Option<Name>) -> &'p str {
        let Some(name) = funder else {
            return word!(self, "the operator");
        };
        match self.program.partner_named(name) {
            Some((_, own)) => &own.title,
            None => word!(self, "a partner of an earlier program"),
        }
    }

    /// A limit: `200 beans per member and month`.
    pub(super) fn limit(self, limit: &Limit) -> String {
        let what: Cow<'_, str> = match limit.what {
            Limited::Times if limit.most == 1 && limit.tiers.is_empty() => {
                word!(self, "once").into()
            }
            Limited::Times => {
                let count = limit.most;
                plural!(self, count, "{count} time", "{count} times", count).into()
            }
            Limited::Points(at) => match self.program.points.get(usize::from(at)) {
                Some(points) => self.amount(points, limit.most).into(),
                None => limit.most.to_string().into(),
            },
        };
        let per = match limit.per {
            LimitScope::Order => word!(self, " per order"),
            LimitScope::Member => word!(self, " per member"),
            LimitScope::Program => word!(self, " per program"),
        };
        let every = match limit.every {
            None => "",
            Some(Period::Day) => word!(self, " and day"),
            Some(Period::Week) => word!(self, " and week"),
            Some(Period::Month) => word!(self, " and month"),
            Some(Period::Quarter) => word!(self, " and quarter"),
            Some(Period::HalfYear) => word!(self, " and half-year"),
            Some(Period::Year) => word!(self, " and year"),
        };
        [&what, per, every].concat()
    }

    /// Time that passes: `45 minutes`, `2 hours`, `1 hour 30 minutes`, `1 day`.
    pub(super) fn minutes(self, minutes: i32) -> String {
        let language = self.language;
        time(&Plain { language }, minutes)
    }
}

/// A language alone, for what names nothing of a program.
pub(super) struct Plain {
    pub(super) language: Language,
}

/// Time that passes.
pub(super) fn time(reader: &Plain, minutes: i32) -> String {
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let mut words: Vec<String> = Vec::new();
    if days != 0 {
        words.push(plural!(reader, days, "{n} day", "{n} days", n = days));
    }
    if hours != 0 {
        words.push(plural!(reader, hours, "{n} hour", "{n} hours", n = hours));
    }
    if minutes != 0 {
        let n = minutes;
        words.push(plural!(reader, n, "{n} minute", "{n} minutes", n));
    }
    match words.is_empty() {
        true => say!(reader, "less than a minute"),
        false => words.join(" "),
    }
}
