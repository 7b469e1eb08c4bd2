//! Balances.

use crate::view::standing;
use regulars_api::Amount;
use regulars_api::balance::{
    BadgeOut, BalanceOut, ChallengeOut, ConsentOut, CountOut, ExpiringOut, LevelOut,
    MoneyBalanceOut, OnHoldOut, PointsBalanceOut, ReissuedOut, SharedOut, StepOut, SubmissionOut,
    VoucherOut,
};
use regulars_api::membership::MembershipOut;
use regulars_api::referral::ReferralOut;
use regulars_app::{
    Balance, Balances, ChallengeInHand, ReferralStanding, StandingPlan, VoucherInHand, Waiting,
};
use regulars_base::Timestamp;
use regulars_engine::Program;
use regulars_engine::event::Value;
use regulars_engine::program::MoneyAccount;

/// What a member has.
pub fn balance(balances: &Balances) -> BalanceOut {
    let program = &balances.program;
    let cards = balances.cards.iter();
    let cards = cards.filter_map(|card| standing::card(program, card));
    let engaged = &balances.engaged;
    let consents = engaged.consents.iter().map(|consent| ConsentOut {
        purpose: consent.purpose.clone(),
        given: consent.given,
        since: consent.since.to_string(),
        to_confirm: consent.to_confirm,
    });
    BalanceOut {
        member: balances.member.to_string(),
        as_of: balances.as_of.to_string(),
        points: balances.points.iter().map(of_points).collect(),
        money: balances
            .money
            .iter()
            .map(|own| money(program, own))
            .collect(),
        tier: balances.tier.as_ref().map(|it| standing::tier(program, it)),
        cards: cards.collect(),
        vouchers: balances.vouchers.iter().map(voucher).collect(),
        lapsed: balances.lapsed.iter().map(voucher).collect(),
        reissued: balances.reissued.iter().map(reissued).collect(),
        on_hold: balances.on_hold.as_ref().map(|(since, reason)| OnHoldOut {
            since: since.to_string(),
            reason: reason.clone(),
        }),
        membership: balances.plan.as_ref().map(|it| membership(program, it)),
        waiting: engaged.waiting.iter().map(submission).collect(),
        consents: consents.collect(),
        profile_left: engaged.profile_left.clone(),
        birthday_gift_at: engaged.birthday_gift_at.map(|at| at.to_string()),
        referral: balances.referral.as_ref().map(referral),
        challenges: balances.games.challenges.iter().map(challenge).collect(),
        badges: balances.games.badges.iter().map(badge).collect(),
        levels: balances.games.levels.iter().map(level).collect(),
        plays: balances.games.plays.iter().map(count).collect(),
        tickets: balances.games.tickets.iter().map(count).collect(),
        group: balances.group.as_ref().map(|own| SharedOut {
            group: own.group.to_string(),
            title: own.title.clone(),
            role: own.role.clone(),
            since: own.since.to_string(),
            points: own.points.iter().map(of_points).collect(),
            money: own.money.iter().map(|own| money(program, own)).collect(),
            vouchers: own.vouchers.iter().map(voucher).collect(),
        }),
    }
}

fn reissued((id, reward, at, in_hand): &(String, String, Timestamp, bool)) -> ReissuedOut {
    ReissuedOut {
        id: id.clone(),
        reward: reward.clone(),
        at: at.to_string(),
        in_hand: *in_hand,
    }
}

fn voucher(voucher: &VoucherInHand) -> VoucherOut {
    VoucherOut {
        reward: voucher.reward.clone(),
        issued_at: voucher.issued_at.to_string(),
        expires_at: voucher.expires_at.map(|at| at.to_string()),
    }
}

pub(super) fn money(
    program: &Program,
    (account, balance): &(MoneyAccount, Balance),
) -> MoneyBalanceOut {
    let amount = |minor| Amount::money(minor, program.currency);
    let expiring = balance.expiries.iter().map(|expiry| ExpiringOut {
        at: expiry.at.to_string(),
        amount: amount(expiry.amount),
        available_at: None,
    });
    MoneyBalanceOut {
        account: account.word().to_owned(),
        currency: program.currency.to_string(),
        available: amount(balance.available),
        held: amount(balance.held),
        expiring: expiring.collect(),
    }
}

pub(super) fn membership(program: &Program, plan: &StandingPlan) -> MembershipOut {
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

/// An activity that waits to be approved.
pub fn submission(waits: &Waiting) -> SubmissionOut {
    let value = |value: &Value| match value {
        Value::Bool(yes) => (*yes).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    };
    let activity = &waits.activity;
    let fields = activity.fields.iter();
    SubmissionOut {
        member: waits.member.to_string(),
        source: waits.event.source.to_string(),
        id: waits.event.external_id.to_string(),
        name: activity.name.to_string(),
        store: (!activity.store.is_empty()).then(|| activity.store.to_string()),
        fields: fields
            .map(|(name, own)| (name.to_string(), value(own)))
            .collect(),
        at: waits.at.to_string(),
        lapses_at: waits.lapses_at.to_string(),
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

pub(super) fn challenge(challenge: &ChallengeInHand) -> ChallengeOut {
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

pub(super) fn of_points(balance: &Balance) -> PointsBalanceOut {
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
