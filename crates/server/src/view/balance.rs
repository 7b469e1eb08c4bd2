//! Balances.

use crate::view::standing;
use regulars_api::Amount;
use regulars_api::balance::{BalanceOut, ExpiringOut, PointsBalanceOut, VoucherOut};
use regulars_app::{Balance, Balances};

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
