//! Tiers in words: what a trace says of them, and what a figure is called.

use super::{amount_of, id_of, money, tier_id, title};
use crate::outcome::Note;
use crate::program::{Metric, Program};
use crate::state::FloorKind;
use regulars_base::{Name, Timestamp};

/// A note of tiers as a sentence; nothing for others.
pub(super) fn sentence(program: &Program, note: &Note) -> Option<String> {
    let id = |tier: &Name| id_of(program, *tier);
    Some(match note {
        Note::FloorLaid { tier, kind, until } => {
            format!(
                "tier {} is theirs {}",
                id(tier),
                hold(program, *kind, *until)
            )
        }
        Note::FloorGone { tier, kind } => match kind {
            FloorKind::ByHand => format!("tier {}, given by hand, holds no more", id(tier)),
            FloorKind::Trial => format!("tier {}: the trial is over", id(tier)),
            FloorKind::Lifetime | FloorKind::LifetimeHeld => {
                format!("tier {} is no longer theirs for ever", id(tier))
            }
        },
        Note::ChallengeMet { tier } => {
            format!(
                "tier {}: the challenge is met, the tier is theirs",
                id(tier)
            )
        }
        Note::RiseUndone { tier } => format!(
            "tier {} is lost again: what it was reached with came back",
            id(tier)
        ),
        Note::TierGavePoints {
            tier,
            points,
            amount,
        } => format!(
            "tier {} is reached and gives {}",
            id(tier),
            amount_of(program, *points, *amount)
        ),
        Note::TierGaveReward { tier, reward } => format!(
            "tier {} is reached and gives {}",
            id(tier),
            title(program, *reward)
        ),
        Note::TierRewardTakenBack { tier, reward } => format!(
            "tier {}: {} is taken back",
            id(tier),
            title(program, *reward)
        ),
        Note::TierGiftKept { tier } => format!(
            "tier {}: what it gave was used or is kept, and is not given again",
            id(tier)
        ),
        Note::OwnTierMoved { from, to, at } => format!(
            "by their own figures tier {} instead of {} from {} on",
            tier_id(program, *to),
            tier_id(program, *from),
            program.zone.day(*at)
        ),
        _ => return None,
    })
}

/// Why and until when a tier holds: `by hand until 2025-03-01`, `for ever`.
pub fn hold(program: &Program, kind: FloorKind, until: Timestamp) -> String {
    let why = match kind {
        FloorKind::ByHand => "by hand",
        FloorKind::Trial => "on trial",
        FloorKind::Lifetime => return "for ever, by what they did in all".to_owned(),
        FloorKind::LifetimeHeld => return "for ever, as they held it so long".to_owned(),
    };
    match until {
        Timestamp::LAST => format!("{why} for ever"),
        until => format!("{why} until {}", program.zone.day(until)),
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
pub fn bare(program: &Program, metric: Metric, n: i64) -> String {
    match metric {
        Metric::Spend | Metric::Sold => money(program, n),
        Metric::Earned(points) | Metric::Balance(points) => amount_of(program, points, n),
        Metric::Orders | Metric::Visits | Metric::Referrals => figure(program, metric, n),
    }
}

/// So much of a metric: `200.00 EUR spent`, `1 order`, `50 beans earned`.
pub fn figure(program: &Program, metric: Metric, n: i64) -> String {
    let counted = |one: &str, other: &str| format!("{n} {}", if n == 1 { one } else { other });
    match metric {
        Metric::Spend => format!("{} spent", money(program, n)),
        Metric::Sold => format!("{} sold on", money(program, n)),
        Metric::Orders => counted("order", "orders"),
        Metric::Visits => counted("visit", "visits"),
        Metric::Referrals => counted("friend referred", "friends referred"),
        Metric::Earned(points) => format!("{} earned", amount_of(program, points, n)),
        Metric::Balance(points) => format!("{} to spend", amount_of(program, points, n)),
    }
}
