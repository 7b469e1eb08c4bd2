//! Balances.

use regulars_api::Amount;
use regulars_api::balance::{
    BalanceOut, CardOut, ExpiringOut, PointsBalanceOut, ProgressOut, TierOut, VoucherOut,
};
use regulars_api::referral::ReferralOut;
use regulars_app::{Balance, Balances, Progress, ReferralStanding, StandingTier};
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
        referral: balances.referral.as_ref().map(referral),
    }
}

fn referral(standing: &ReferralStanding) -> ReferralOut {
    let sent_by = standing.sent_by;
    ReferralOut {
        code: standing.code.clone(),
        link: standing.link.clone(),
        clicks: standing.clicks,
        joined: standing.joined,
        in_review: standing.in_review,
        bought: standing.bought,
        held: standing.held,
        sent_by: sent_by.map(|(referrer, _)| referrer.to_string()),
        sent_by_standing: sent_by.map(|(_, stands)| stands.to_owned()),
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
