//! Tiers in words: what a trace says of them, and what a figure is called.

use super::language::{plural, say, word};
use super::reader::Plain;
use super::{Reader, id_of};
use crate::outcome::Note;
use crate::program::{Metric, Program, Within};
use crate::state::FloorKind;
use regulars_base::{Name, Period, Span, Timestamp};

/// A note of tiers as a sentence; nothing for others.
pub(super) fn sentence(reader: Reader<'_>, note: &Note) -> Option<String> {
    let id = |tier: &Name| reader.id(*tier);
    Some(match note {
        Note::FloorLaid { tier, kind, until } => {
            say!(
                reader,
                "tier {tier} is theirs {hold}",
                tier = id(tier),
                hold = hold(reader, *kind, *until)
            )
        }
        Note::FloorGone { tier, kind } => match kind {
            FloorKind::ByHand => say!(
                reader,
                "tier {tier}, given by hand, holds no more",
                tier = id(tier)
            ),
            FloorKind::Trial => say!(reader, "tier {tier}: the trial is over", tier = id(tier)),
            FloorKind::Lifetime | FloorKind::LifetimeHeld => {
                say!(
                    reader,
                    "tier {tier} is no longer theirs for ever",
                    tier = id(tier)
                )
            }
        },
        Note::ChallengeMet { tier } => {
            say!(
                reader,
                "tier {tier}: the challenge is met, the tier is theirs",
                tier = id(tier)
            )
        }
        Note::RiseUndone { tier } => say!(
            reader,
            "tier {tier} is lost again: what it was reached with came back",
            tier = id(tier)
        ),
        Note::TierGavePoints {
            tier,
            points,
            amount,
        } => say!(
            reader,
            "tier {tier} is reached and gives {amount}",
            tier = id(tier),
            amount = reader.of(*points, *amount)
        ),
        Note::TierGaveReward { tier, reward } => say!(
            reader,
            "tier {tier} is reached and gives {reward}",
            tier = id(tier),
            reward = reader.title(*reward)
        ),
        Note::TierRewardTakenBack { tier, reward } => say!(
            reader,
            "tier {tier}: {reward} is taken back",
            tier = id(tier),
            reward = reader.title(*reward)
        ),
        Note::TierGiftKept { tier } => say!(
            reader,
            "tier {tier}: what it gave was used or is kept, and is not given again",
            tier = id(tier)
        ),
        Note::OwnTierMoved { from, to, at } => say!(
            reader,
            "by their own figures tier {to} instead of {from} from {day} on",
            to = reader.tier(*to),
            from = reader.tier(*from),
            day = reader.day(*at)
        ),
        _ => return None,
    })
}

/// Why and until when a tier holds: `by hand until 2025-03-01`, `for ever`.
pub(super) fn hold(reader: Reader<'_>, kind: FloorKind, until: Timestamp) -> String {
    let why = match kind {
        FloorKind::ByHand => word!(reader, "by hand"),
        FloorKind::Trial => word!(reader, "on trial"),
        FloorKind::Lifetime => return say!(reader, "for ever, by what they did in all"),
        FloorKind::LifetimeHeld => return say!(reader, "for ever, as they held it so long"),
    };
    match until {
        Timestamp::LAST => say!(reader, "{why} for ever", why),
        until => say!(reader, "{why} until {day}", why, day = reader.day(until)),
    }
}

/// The name of a metric, as the file and the API write it: `spend`, or the id of points.
pub fn metric(program: &Program, metric: Metric) -> &str {
    match metric {
        Metric::Spend => "spend",
        Metric::Orders => "orders",
        Metric::Visits => "visits",
        Metric::Referrals => "referrals",
        Metric::Sold => "sold",
        Metric::Earned(points) | Metric::Balance(points) => id_of(program, points),
    }
}

/// So much of a metric without what became of it: `80.00 EUR`, `1 order`, `50 beans`.
pub(super) fn bare(reader: Reader<'_>, metric: Metric, n: i64) -> String {
    match metric {
        Metric::Spend | Metric::Sold => reader.money(n),
        Metric::Earned(points) | Metric::Balance(points) => reader.of(points, n),
        Metric::Orders | Metric::Visits | Metric::Referrals => figure(reader, metric, n),
    }
}

/// So much of a metric: `200.00 EUR spent`, `1 order`, `50 beans earned`.
pub(super) fn figure(reader: Reader<'_>, metric: Metric, n: i64) -> String {
    match metric {
        Metric::Spend => say!(reader, "{amount} spent", amount = reader.money(n)),
        Metric::Sold => say!(reader, "{amount} sold on", amount = reader.money(n)),
        Metric::Orders => plural!(reader, n, "{n} order", "{n} orders", n),
        Metric::Visits => plural!(reader, n, "{n} visit", "{n} visits", n),
        Metric::Referrals => {
            plural!(reader, n, "{n} friend referred", "{n} friends referred", n)
        }
        Metric::Earned(points) => say!(reader, "{amount} earned", amount = reader.of(points, n)),
        Metric::Balance(points) => say!(reader, "{amount} to spend", amount = reader.of(points, n)),
    }
}

/// Within which time: `in a calendar year`.
pub(super) fn within(reader: Reader<'_>, within: Within) -> String {
    let language = reader.language;
    time(&Plain { language }, within)
}

/// As `within`, which names nothing of a program.
pub(super) fn time(reader: &Plain, within: Within) -> String {
    match within {
        Within::Calendar(Period::Day) => say!(reader, "in a calendar day"),
        Within::Calendar(Period::Week) => say!(reader, "in a calendar week"),
        Within::Calendar(Period::Month) => say!(reader, "in a calendar month"),
        Within::Calendar(Period::Quarter) => say!(reader, "in a calendar quarter"),
        Within::Calendar(Period::HalfYear) => say!(reader, "in a calendar half-year"),
        Within::Calendar(Period::Year) => say!(reader, "in a calendar year"),
        Within::YearFrom(month, day) => say!(
            reader,
            "in a year from {month}-{day}",
            month = format_args!("{month:02}"),
            day = format_args!("{day:02}"),
        ),
        Within::Rolling(span) => rolling(reader, span),
        Within::Anniversary => say!(reader, "in a year of membership"),
        Within::TierYear => say!(reader, "in a year of the tier"),
        Within::SinceTier => say!(reader, "since the tier began"),
        Within::Ever => say!(reader, "ever"),
        Within::YearOf(_) => say!(reader, "in a year of the member's own"),
    }
}

fn rolling(reader: &Plain, span: Span) -> String {
    match span {
        Span::Days(n) => plural!(reader, n, "in {n} day", "in {n} days", n),
        Span::Months(months) if months % 12 == 0 => {
            plural!(
                reader,
                months / 12,
                "in {n} year",
                "in {n} years",
                n = months / 12
            )
        }
        Span::Months(n) => plural!(reader, n, "in {n} month", "in {n} months", n),
    }
}
