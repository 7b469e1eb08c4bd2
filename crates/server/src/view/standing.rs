//! Where a member stands: the tier and the way to the next, and stamp cards.

use crate::language::{language, reader};
use crate::view::points;
use regulars_api::Amount;
use regulars_api::balance::{
    CardNextOut, CardOut, FallsOutOut, FigureOut, GivesOut, LifetimeTierOut, NextTierOut,
    StampsLapseOut, TierFactorOut, TierHoldOut, TierHoldWhy, TierKeepOut, TierOut, WayOut,
};
use regulars_api::receipt::PointsOut;
use regulars_app::CardInHand;
use regulars_engine::Program;
use regulars_engine::outlook::{Figure, Hold, Keeping, NextTier, TierOutlook, Way};
use regulars_engine::program::words::{self, summary};
use regulars_engine::program::{Gives, Metric};
use regulars_engine::state::FloorKind;

/// A member's tier.
pub(super) fn tier(program: &Program, outlook: &TierOutlook) -> TierOut {
    let keep = |keeping: &Keeping| keep(program, keeping);
    let lifetime = outlook.lifetime.as_ref().map(|lifetime| LifetimeTierOut {
        tier: id(program, lifetime.tier),
        way: lifetime.way.as_ref().map(|own| way(program, own)),
        held_until: lifetime.held_until.map(|at| at.to_string()),
    });
    TierOut {
        tier: id(program, outlook.tier),
        since: outlook.since.map(|at| at.to_string()),
        until: outlook.until.map(|at| at.to_string()),
        own: outlook.own.map(|own| id(program, own)),
        held: outlook.held.iter().map(|own| hold(program, own)).collect(),
        keep: outlook.keep.as_ref().map(keep),
        challenge: outlook.challenge.as_ref().map(keep),
        next: outlook.next.as_ref().map(|own| next(program, own)),
        lifetime,
        words: words::outlook::tier(reader(program), outlook),
    }
}

fn id(program: &Program, tier: usize) -> String {
    let tier = program.tiers.get(tier);
    tier.map_or_else(String::new, |tier| tier.id.clone())
}

fn hold(program: &Program, hold: &Hold) -> TierHoldOut {
    TierHoldOut {
        tier: id(program, hold.tier),
        why: match hold.kind {
            FloorKind::ByHand => TierHoldWhy::ByHand,
            FloorKind::Trial => TierHoldWhy::Trial,
            FloorKind::Lifetime | FloorKind::LifetimeHeld => TierHoldWhy::Lifetime,
        },
        until: hold.until.map(|at| at.to_string()),
    }
}

fn keep(program: &Program, keeping: &Keeping) -> TierKeepOut {
    TierKeepOut {
        tier: id(program, keeping.tier),
        by: keeping.by.map(|at| at.to_string()),
        way: way(program, &keeping.way),
    }
}

fn next(program: &Program, next: &NextTier) -> NextTierOut {
    let factor = |(place, times): &(u16, regulars_base::Ratio)| {
        let points = program.points.get(usize::from(*place))?;
        Some(TierFactorOut {
            points: points.id.clone(),
            times: summary::ratio(*times),
        })
    };
    let rewards = next.rewards.iter();
    let rewards = rewards.filter_map(|place| program.rewards.get(*place));
    NextTierOut {
        tier: id(program, next.tier),
        way: way(program, &next.way),
        earn: next.earn.iter().filter_map(factor).collect(),
        gifts: next.gifts.iter().map(|own| gives(program, own)).collect(),
        rewards: rewards.map(|reward| reward.id.clone()).collect(),
    }
}

fn gives(program: &Program, gives: &Gives) -> GivesOut {
    match gives {
        Gives::Reward(place) => {
            let reward = program.rewards.get(usize::from(*place));
            GivesOut {
                reward: reward.map(|reward| reward.id.clone()),
                points: Vec::new(),
            }
        }
        Gives::Points(amounts) => {
            let one = |(place, amount): &(u16, i64)| {
                let own = program.points.get(usize::from(*place))?;
                Some(PointsOut {
                    points: own.id.clone(),
                    amount: Amount::number(*amount, own.decimals),
                })
            };
            GivesOut {
                reward: None,
                points: amounts.iter().filter_map(one).collect(),
            }
        }
    }
}

fn way(program: &Program, own: &Way) -> WayOut {
    WayOut {
        need: own.need,
        met: own.met,
        figures: own.figures.iter().map(|own| figure(program, own)).collect(),
        groups: own.groups.iter().map(|own| way(program, own)).collect(),
    }
}

/// Spend is money, points have their own decimals, the rest is counted.
fn figure(program: &Program, own: &Figure) -> FigureOut {
    let amount = |units| match own.metric {
        Metric::Spend | Metric::Sold => Amount::money(units, program.currency),
        Metric::Earned(name) | Metric::Balance(name) => points(program, name, units),
        Metric::Orders | Metric::Visits | Metric::Referrals => Amount::number(units, 0),
    };
    FigureOut {
        metric: words::tier::metric(program, own.metric).to_owned(),
        to_spend: matches!(own.metric, Metric::Balance(_)),
        within: summary::time(language(), own.within),
        counted: amount(own.counted),
        needed: amount(own.needed),
        missing: amount(own.missing()),
        from: own.from.map(|day| day.to_string()),
        until: own.until.map(|at| at.to_string()),
        falls_out: own.falls_out.map(|(at, units)| FallsOutOut {
            at: at.to_string(),
            amount: amount(units),
        }),
    }
}

/// A stamp card in hand.
pub(super) fn card(program: &Program, card: &CardInHand) -> Option<CardOut> {
    let rule = program.cards.iter().find(|rule| rule.id == card.card)?;
    let outlook = &card.outlook;
    Some(CardOut {
        card: card.card.clone(),
        stamps: card.stamps,
        full: card.full,
        expires_at: card.expires_at.map(|at| at.to_string()),
        next: CardNextOut {
            stamps: outlook.next_at,
            gives: gives(program, &outlook.gives),
        },
        lapses: outlook.lapses.map(|(at, stamps)| StampsLapseOut {
            at: at.to_string(),
            stamps,
        }),
        kept: (outlook.kept > 0).then(|| Amount::money(outlook.kept, program.currency)),
        words: words::outlook::card(reader(program), rule, card.stamps, outlook),
    })
}
