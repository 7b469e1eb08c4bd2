//! Rewards: asked for, set aside, used, given back.
//!
//! *Gus asks for a free coffee. 450 beans are set aside, the ones that lapse first; at the till the
//! reward is used, or an hour later nothing has happened and the beans are his again, with their
//! old dates. Twice the same request is one redemption; two requests for the last mug are one mug.*

use crate::draft::Draft;
use crate::event::{Event, RewardEnd, RewardRequest};
use crate::outcome::{Change, Note, Refusal};
use crate::program::Reward;
use crate::stage::{grant, partner};
use crate::state::{OrderKey, Paid, Redemption, RedemptionStage, Spent, Voucher, Wallet};
use regulars_base::{Almanac, Text, Timestamp};
use regulars_ledger::{Account, Posting};

/// A member asks for a reward.
pub(crate) fn request(
    draft: &mut Draft<'_>,
    event: &Event,
    request: &RewardRequest,
) -> Result<(), Refusal> {
    let program = draft.program;
    let is = |reward: &&Reward| reward.id == request.reward.as_str();
    let reward = program
        .rewards
        .iter()
        .find(is)
        .ok_or(Refusal::UnknownReward)?;
    let day = Almanac::of(program.zone.day(event.occurred_at));
    let voucher = check(draft, event, request, reward, day)?;
    draft.take(Change::WasActive(event.occurred_at));
    partner::remember_till(draft, &request.redemption);
    let spent = pay(draft, request, reward, voucher);
    if reward.stock.is_some() {
        let key = grant::stock_key(reward);
        draft.take(Change::Drawn {
            key,
            by: request.quantity,
        });
    }
    if voucher.is_none() {
        for limit in &reward.limits {
            grant::use_up(draft, &day, limit, request.quantity);
        }
    }
    let zone = &program.zone;
    let stage = if request.commit {
        RedemptionStage::Committed(draft.now)
    } else {
        let until = zone.same_time_on(reward.hold.after(zone.day(draft.now)), draft.now);
        RedemptionStage::Held(until)
    };
    draft.take(Change::RedemptionMade(Box::new(Redemption {
        id: request.redemption.clone(),
        reward: reward.name,
        quantity: request.quantity,
        spent,
        voucher,
        stage,
        order: order_key(event, request.order.as_ref()),
    })));
    Ok(())
}

/// All reasons to say no, in order; says which voucher pays, if one does.
fn check(
    draft: &Draft<'_>,
    event: &Event,
    request: &RewardRequest,
    reward: &Reward,
    day: Almanac,
) -> Result<Option<Voucher>, Refusal> {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    if find(wallet, &request.redemption).is_some() {
        return Err(Refusal::RedemptionExists);
    }
    if reward.from.is_some_and(|from| event.occurred_at < from) {
        return Err(Refusal::RewardNotYetOffered);
    }
    if reward.until.is_some_and(|until| event.occurred_at >= until) {
        return Err(Refusal::RewardEnded);
    }
    let here = |at: u16| draft.partner == Some(at);
    if !reward.partners.is_empty() && !reward.partners.iter().copied().any(here) {
        return Err(Refusal::NotAtThisPartner);
    }
    let held = wallet
        .vouchers
        .iter()
        .filter(|held| held.reward == reward.name);
    let voucher = held.min_by_key(|held| held.expires_at).copied();
    let voucher = voucher.filter(|_| request.quantity == 1);
    if voucher.is_none() {
        let tier = program.tier_at(wallet.tier.name);
        if reward.tier.is_some_and(|lowest| tier < usize::from(lowest)) {
            return Err(Refusal::TierTooLow);
        }
        if !reward.plans.is_empty() && !on_any(draft, event, &reward.plans) {
            return Err(Refusal::PlanNeeded);
        }
        if reward.price.is_empty() && reward.plans.is_empty() {
            return Err(Refusal::VoucherNeeded);
        }
        let short = |limit| grant::left(draft, &day, limit) < request.quantity;
        if reward.limits.iter().any(short) {
            return Err(Refusal::LimitReached);
        }
    }
    if let Some(stock) = reward.stock {
        let used = draft.state.shared.used(grant::stock_key(reward));
        if stock - used < request.quantity {
            return Err(Refusal::OutOfStock);
        }
    }
    if voucher.is_none() {
        for (points, price) in prices(draft, reward, request.quantity) {
            let available = wallet.available(points, draft.now);
            if available < price {
                return Err(Refusal::InsufficientPoints {
                    points,
                    available,
                    price,
                });
            }
        }
    }
    Ok(voucher)
}

/// Whether the member has the benefits of one of these plans.
fn on_any(draft: &Draft<'_>, event: &Event, plans: &[u16]) -> bool {
    let own = draft.state.wallet.plan_at(event.occurred_at);
    let mut plans = plans.iter();
    plans.any(|place| Some(draft.program.plans[usize::from(*place)].name) == own)
}

fn prices(draft: &Draft<'_>, reward: &Reward, quantity: i64) -> Vec<(regulars_base::Name, i64)> {
    let name = |place: u16| draft.program.points[usize::from(place)].name;
    let price = |each: i64| each.saturating_mul(quantity);
    reward
        .price
        .iter()
        .map(|(place, each)| (name(*place), price(*each)))
        .collect()
}

/// Takes the voucher, or the points: out of the wallet, into `held` or `redeemed`.
fn pay(
    draft: &mut Draft<'_>,
    request: &RewardRequest,
    reward: &Reward,
    voucher: Option<Voucher>,
) -> Vec<Spent> {
    if let Some(voucher) = voucher {
        draft.take(Change::VoucherGone(voucher));
        draft.note(Note::PaidByVoucher {
            reward: reward.name,
        });
        return Vec::new();
    }
    let to = if request.commit {
        Account::Redeemed
    } else {
        Account::Held
    };
    let (first, now) = (draft.out.changes.len(), draft.now);
    let origin = partner::origin(draft);
    for (points, amount) in prices(draft, reward, request.quantity) {
        let order = draft
            .program
            .points_named(points)
            .map_or_else(Default::default, |points| points.spend_order);
        draft.post(points, |book, out| {
            book.spend((to, amount), (order, origin), now, out)
        });
        draft.note(Note::Paid {
            reward: reward.name,
            points,
            amount,
        });
    }
    let spent = |change: &Change| match change {
        Change::Posted(Posting {
            points,
            amount,
            dates,
            ..
        }) => {
            let paid = Paid {
                points: *points,
                dates: *dates,
                amount: *amount,
            };
            Some(Spent { paid, back: 0 })
        }
        _ => None,
    };
    let spent = draft.out.changes[first..]
        .iter()
        .filter_map(spent)
        .collect();
    partner::say_whose(draft, first);
    let till = partner::name_at(draft.program, draft.partner);
    partner::redeemed(draft, first, till);
    spent
}

/// A reward that was set aside is used.
pub(crate) fn commit(draft: &mut Draft<'_>, event: &Event, end: &RewardEnd) -> Result<(), Refusal> {
    let held = find(&draft.state.wallet, &end.redemption)
        .filter(|held| !partner::is_another_s(draft, &held.id))
        .ok_or(Refusal::UnknownRedemption)?;
    if matches!(held.stage, RedemptionStage::Committed(_)) {
        return Err(Refusal::RedemptionUsed);
    }
    let held = held.clone();
    partner::remember_till(draft, &held.id);
    let (first, till) = (
        draft.out.changes.len(),
        partner::till_of(&draft.state.wallet, &held.id),
    );
    for spent in &held.spent {
        hand_on(draft, spent.paid, Account::Held, Account::Redeemed);
    }
    partner::redeemed(draft, first, till);
    let order = order_key(event, end.order.as_ref())
        .or(held.order)
        .map(Box::new);
    draft.take(Change::WasActive(event.occurred_at));
    draft.take(Change::RedemptionCommitted {
        id: held.id,
        at: draft.now,
        order,
    });
    Ok(())
}

/// A reward is given back, used or not.
pub(crate) fn cancel(draft: &mut Draft<'_>, event: &Event, end: &RewardEnd) -> Result<(), Refusal> {
    let held = find(&draft.state.wallet, &end.redemption)
        .filter(|held| !is_over(draft, held) && !partner::is_another_s(draft, &held.id))
        .ok_or(Refusal::UnknownRedemption)?
        .clone();
    let day = Almanac::of(draft.program.zone.day(event.occurred_at));
    give_back(draft, held, day);
    Ok(())
}

/// The ids of holds that are over at `at`.
pub(crate) fn holds_ended(wallet: &Wallet, at: Timestamp) -> Vec<Text> {
    let over =
        |held: &&Redemption| matches!(held.stage, RedemptionStage::Held(until) if until <= at);
    wallet
        .redemptions
        .iter()
        .filter(over)
        .map(|held| held.id.clone())
        .collect()
}

/// A hold is over: the points are the member's again.
pub(crate) fn give_back_hold(draft: &mut Draft<'_>, id: &Text, at: Timestamp) {
    let Some(held) = find(&draft.state.wallet, id).cloned() else {
        return;
    };
    draft.note(Note::HoldExpired {
        reward: held.reward,
    });
    let day = Almanac::of(draft.program.zone.day(at));
    give_back(draft, held, day);
}

/// Points return with their old dates, a voucher into the hand, a piece into the stock, and the
/// limit has room again.
fn give_back(draft: &mut Draft<'_>, held: Redemption, day: Almanac) {
    let program = draft.program;
    let from = match held.stage {
        RedemptionStage::Held(_) => Account::Held,
        RedemptionStage::Committed(_) => Account::Redeemed,
    };
    let till = partner::till_of(&draft.state.wallet, &held.id);
    for Spent { paid, back } in &held.spent {
        let amount = paid.amount - back;
        if amount > 0 {
            let now = draft.now;
            draft.issue(paid.points, from, amount, paid.dates, now);
            if from == Account::Redeemed {
                partner::returned(draft, &Paid { amount, ..*paid }, till);
            }
            draft.note(Note::GaveBack {
                points: paid.points,
                amount,
            });
        }
    }
    if let Some(reward) = program.reward_named(held.reward) {
        if reward.stock.is_some() {
            let key = grant::stock_key(reward);
            draft.take(Change::Drawn {
                key,
                by: -held.quantity,
            });
        }
        if held.voucher.is_none() {
            for limit in &reward.limits {
                grant::use_up(draft, &day, limit, -held.quantity);
            }
        }
    }
    if let Some(voucher) = held.voucher {
        draft.take(Change::VoucherIssued(voucher));
    }
    draft.take(Change::RedemptionGone { id: held.id });
}

/// Whether a used redemption can no longer be returned. The wallet forgets it some time later; when
/// exactly must not matter to anybody.
pub(crate) fn is_over(draft: &Draft<'_>, used: &Redemption) -> bool {
    let (zone, window) = (&draft.program.zone, draft.program.return_window);
    match used.stage {
        RedemptionStage::Committed(at) => {
            zone.start_of(window.after(zone.day(at)).plus_days(1)) <= draft.now
        }
        RedemptionStage::Held(_) => false,
    }
}

fn hand_on(draft: &mut Draft<'_>, paid: Paid, from: Account, to: Account) {
    let Paid {
        points,
        dates,
        amount,
    } = paid;
    let effective_at = draft.now;
    draft.take(Change::Posted(Posting {
        points,
        from,
        to,
        amount,
        dates,
        effective_at,
    }));
}

fn find<'w>(wallet: &'w Wallet, id: &Text) -> Option<&'w Redemption> {
    wallet
        .redemptions
        .iter()
        .find(|redemption| redemption.id == *id)
}

fn order_key(event: &Event, order: Option<&Text>) -> Option<OrderKey> {
    order.map(|order| OrderKey {
        source: event.key.source.clone(),
        order: order.clone(),
    })
}
