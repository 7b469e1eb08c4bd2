//! Balances.

use crate::view::standing;
use regulars_api::Amount;
use regulars_api::balance::{BalanceOut, ExpiringOut, PointsBalanceOut, VoucherOut};
use regulars_api::membership::MembershipOut;
use regulars_app::{Balance, Balances, StandingPlan};
use regulars_engine::Program;

/// What a member has.
pub fn balance(balances: &Balances) -> BalanceOut {
    let program = &balances.program;
    let cards = balances.cards.iter();
    let cards = cards.filter_map(|card| standing::card(program, card));
    let vouchers = balances.vouchers.iter().map(|voucher| VoucherOut {
        reward: voucher.reward.clone(),
        issued_at: voucher.issued_at.to_string(),
        expires_at: voucher.expires_at.map(|at| at.to_string()),
    });
    BalanceOut {
        member: balances.member.to_string(),
        as_of: balances.as_of.to_string(),
        points: balances.points.iter().map(of_points).collect(),
        tier: balances.tier.as_ref().map(|it| standing::tier(program, it)),
        cards: cards.collect(),
        vouchers: vouchers.collect(),
        membership: balances.plan.as_ref().map(|it| membership(program, it)),
    }
}

fn membership(program: &Program, plan: &StandingPlan) -> MembershipOut {
    MembershipOut {
        plan: plan.plan.clone(),
        status: plan.status.to_owned(),
        benefits: plan.benefits,
        since: plan.since.to_string(),
        from: plan.from.to_string(),
        until: plan.until.plus_days(-1).to_string(),
        next_plan: plan.next.clone(),
        resumes_on: plan.resumes_on.map(|day| day.to_string()),
        open_invoice: plan.open.map(|(number, _)| number),
        credit: Amount::money(plan.credit, program.currency),
        currency: program.currency.to_string(),
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
