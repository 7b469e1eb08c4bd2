//! Balances.

use regulars_api::Amount;
use regulars_api::balance::{
    BadgeOut, BalanceOut, CardOut, ChallengeOut, CountOut, ExpiringOut, LevelOut, PointsBalanceOut,
    ProgressOut, StepOut, TierOut, VoucherOut,
};
use regulars_app::{Balance, Balances, ChallengeInHand, Progress, StandingTier};
use regulars_base::Timestamp;
use regulars_engine::Program;

/// What a member has.
pub fn balance(balances: &Balances) -> BalanceOut {
    let program = &balances.program;
    let cards = balances.cards.iter().map(|card| CardOut {
        card: card.card.clone(),
        stamps: card.stamps,
        full: card.full,
        expires_at: card.expires_at.map(|at| at.to_string()),
    });
    let vouchers = balances.vouchers.iter().map(|voucher| VoucherOut {
        reward: voucher.reward.clone(),
        issued_at: voucher.issued_at.to_string(),
        expires_at: voucher.expires_at.map(|at| at.to_string()),
    });
    BalanceOut {
        member: balances.member.to_string(),
        as_of: balances.as_of.to_string(),
        points: balances.points.iter().map(of_points).collect(),
        tier: balances.tier.as_ref().map(|it| tier(program, it)),
        cards: cards.collect(),
        vouchers: vouchers.collect(),
        challenges: balances.games.challenges.iter().map(challenge).collect(),
        badges: balances.games.badges.iter().map(badge).collect(),
        levels: balances.games.levels.iter().map(level).collect(),
        plays: balances.games.plays.iter().map(count).collect(),
        tickets: balances.games.tickets.iter().map(count).collect(),
    }
}

fn challenge(challenge: &ChallengeInHand) -> ChallengeOut {
    let steps = challenge.steps.iter();
    ChallengeOut {
        challenge: challenge.challenge.clone(),
        title: challenge.title.clone(),
        joined: challenge.joined,
        met: challenge.met,
        steps: steps
            .map(|(title, counted, needed)| StepOut {
                title: title.clone(),
                counted: *counted,
                needed: *needed,
            })
            .collect(),
        freezes: challenge.freezes,
        until: challenge.until.map(|at| at.to_string()),
    }
}

fn badge((badge, title, at): &(String, String, Timestamp)) -> BadgeOut {
    BadgeOut {
        badge: badge.clone(),
        title: title.clone(),
        given_at: at.to_string(),
    }
}

fn level((level, title, at, next_at): &(String, String, Timestamp, Option<i64>)) -> LevelOut {
    LevelOut {
        level: level.clone(),
        title: title.clone(),
        reached_at: at.to_string(),
        next_at: *next_at,
    }
}

fn count((of, count): &(String, i64)) -> CountOut {
    CountOut {
        of: of.clone(),
        count: *count,
    }
}

fn of_points(balance: &Balance) -> PointsBalanceOut {
    let amount = |units| Amount::number(units, balance.decimals);
    let expiring = balance.expiries.iter().map(|expiry| ExpiringOut {
        at: expiry.at.to_string(),
        amount: amount(expiry.amount),
        available_at: expiry.available_at.map(|at| at.to_string()),
    });
    PointsBalanceOut {
        points: balance.points.clone(),
        available: amount(balance.available),
        pending: amount(balance.pending),
        held: amount(balance.held),
        debt: amount(balance.debt),
        expiring: expiring.collect(),
    }
}

fn tier(program: &Program, tier: &StandingTier) -> TierOut {
    TierOut {
        tier: tier.tier.clone(),
        since: tier.since.map(|at| at.to_string()),
        until: tier.until.map(|at| at.to_string()),
        next: tier.next.clone(),
        progress: tier
            .progress
            .iter()
            .map(|it| progress(program, it))
            .collect(),
        need: tier.need,
    }
}

/// Spend is money, points have their own decimals, the rest is counted.
fn progress(program: &Program, progress: &Progress) -> ProgressOut {
    let amount = |units| match progress.metric.as_str() {
        "spend" => Amount::money(units, program.currency),
        "orders" | "visits" => Amount::number(units, 0),
        points => {
            let named = program.points.iter().find(|it| it.id == points);
            Amount::number(units, named.map_or(0, |points| points.decimals))
        }
    };
    ProgressOut {
        metric: progress.metric.clone(),
        counted: amount(progress.counted),
        needed: amount(progress.needed),
    }
}
