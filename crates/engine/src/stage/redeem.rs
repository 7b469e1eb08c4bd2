//! Rewards: asked for, set aside, used, given back.
//!
//! *Gus asks for a free coffee. 450 beans are set aside, the ones that lapse first; at the till the
//! reward is used, or an hour later nothing has happened and the beans are his again, with their
//! old dates. Twice the same request is one redemption; two requests for the last mug are one mug.*

use crate::draft::Draft;
use crate::event::{Event, Purchase, RewardEnd, RewardRequest, RewardUse};
use crate::outcome::{Change, Note, Refusal};
use crate::price::{Basket, Discount, Off, price};
use crate::program::{Reward, RewardKind};
use crate::stage::coupon::{self, Presented};
use crate::stage::earn::Scene;
use crate::stage::{gives, grant, group, hold, partner, perk, tier};
use crate::state::{LineSet, OrderKey, Paid, Redemption, RedemptionStage, Spent, Voucher, Wallet};
use regulars_base::{Almanac, Name, Rounding, Text, Timestamp};
use regulars_ledger::{Account, Dates, Posting};

/// What pays for a reward: a voucher, or else points.
#[derive(Clone, Debug)]
pub(crate) struct Pays {
    pub(crate) voucher: Option<Voucher>,
    pub(crate) points: Vec<(Name, i64)>,
}

/// A reward that is used for a purchase, which it may be.
#[derive(Clone)]
pub(crate) struct Used<'p> {
    reward: &'p Reward,
    asked: RewardRequest,
    /// What pays for it; nothing if it was set aside before.
    pays: Option<Pays>,
}

/// A member asks for a reward.
pub(crate) fn request(
    draft: &mut Draft<'_>,
    event: &Event,
    request: &RewardRequest,
) -> Result<(), Refusal> {
    let reward = look_up(draft, &request.reward)?;
    let pays = check(draft, event, request, reward, &[])?;
    draft.take(Change::WasActive(event.occurred_at));
    take_and_use(draft, event, request, reward, pays);
    Ok(())
}

fn look_up<'p>(draft: &Draft<'p>, id: &Text) -> Result<&'p Reward, Refusal> {
    let is = |reward: &&Reward| reward.id == id.as_str();
    let found = draft.program.rewards.iter().find(is);
    found.ok_or(Refusal::UnknownReward)
}

/// As [`take`]; and what is spent at once is used.
fn take_and_use(
    draft: &mut Draft<'_>,
    event: &Event,
    request: &RewardRequest,
    reward: &Reward,
    pays: Pays,
) {
    let made = take(draft, event, request, reward, pays);
    if request.commit {
        perk::use_it(draft, &made);
    }
}

/// The member has it: points or a voucher leave, and so does a piece of the stock.
pub(crate) fn take(
    draft: &mut Draft<'_>,
    event: &Event,
    request: &RewardRequest,
    reward: &Reward,
    pays: Pays,
) -> Redemption {
    let day = Almanac::of(draft.program.zone.day(event.occurred_at));
    let voucher = pays.voucher;
    partner::remember_till(draft, &request.redemption);
    let spent = pay(draft, request, reward, pays);
    group::spent(draft, event, &request.redemption, &spent);
    if reward.stock.is_some() {
        let key = grant::stock_key(reward);
        draft.take(Change::Drawn {
            key,
            by: request.quantity,
        });
    }
    perk::speak_for(draft, reward, request.quantity);
    if voucher.is_none() {
        for limit in &reward.limits {
            grant::use_up(draft, &day, limit, request.quantity);
        }
    }
    let zone = &draft.program.zone;
    let stage = if request.commit {
        RedemptionStage::Committed(draft.now)
    } else {
        let until = zone.same_time_on(reward.hold.after(zone.day(draft.now)), draft.now);
        RedemptionStage::Held(until)
    };
    let made = Redemption {
        id: request.redemption.clone(),
        reward: reward.name,
        quantity: request.quantity,
        spent,
        voucher,
        stage,
        order: order_key(event, request.order.as_ref()),
    };
    draft.take(Change::RedemptionMade(Box::new(made.clone())));
    made
}

/// All reasons to say no, in order; says what pays. `spoken` are points that pay for others.
pub(crate) fn check(
    draft: &Draft<'_>,
    event: &Event,
    request: &RewardRequest,
    reward: &Reward,
    spoken: &[(Name, i64)],
) -> Result<Pays, Refusal> {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    let day = Almanac::of(program.zone.day(event.occurred_at));
    if find(wallet, &request.redemption).is_some() {
        return Err(Refusal::RedemptionExists);
    }
    offered(event, reward)?;
    hold::may_spend(draft)?;
    if request.quantity < reward.least {
        let least = reward.least;
        return Err(Refusal::RewardTooFew { least });
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
    let points = match voucher {
        Some(_) => Vec::new(),
        None => may_buy(draft, event, request, reward, &day)?,
    };
    if let Some(stock) = reward.stock {
        let used = draft.state.shared.used(grant::stock_key(reward));
        if stock - used < request.quantity {
            return Err(Refusal::OutOfStock);
        }
    }
    perk::check_codes(draft, reward, request.quantity)?;
    perk::check_room(draft, reward, request.quantity)?;
    if reward.menu().is_some() && voucher.is_some() {
        return Err(Refusal::PickInstead);
    }
    affordable(draft, &points, spoken)?;
    group::may_spend(draft, event, &points)?;
    Ok(Pays { voucher, points })
}

/// Whether the member has too few points for one, as far as that is seen at a glance: where the price
/// is the same for everybody at all times.
pub(crate) fn is_too_dear(draft: &Draft<'_>, reward: &Reward) -> bool {
    let points = |place: u16| draft.program.points[usize::from(place)].name;
    let held = |place| draft.state.wallet.available(points(place), draft.now);
    reward.price_for.is_empty()
        && reward
            .price
            .iter()
            .any(|(place, price)| held(*place) < *price)
}

/// As [`check`], for a reward that no voucher pays and that draws on nothing shared.
pub(crate) fn check_paid(
    draft: &Draft<'_>,
    event: &Event,
    request: &RewardRequest,
    reward: &Reward,
) -> Result<Pays, Refusal> {
    let day = Almanac::of(draft.program.zone.day(event.occurred_at));
    offered(event, reward)?;
    let points = may_buy(draft, event, request, reward, &day)?;
    affordable(draft, &points, &[])?;
    perk::check_room(draft, reward, request.quantity)?;
    let voucher = None;
    Ok(Pays { voucher, points })
}

fn offered(event: &Event, reward: &Reward) -> Result<(), Refusal> {
    if reward.from.is_some_and(|from| event.occurred_at < from) {
        return Err(Refusal::RewardNotYetOffered);
    }
    if reward.until.is_some_and(|until| event.occurred_at >= until) {
        return Err(Refusal::RewardEnded);
    }
    Ok(())
}

/// Whether the member has these points, beside those that pay for others.
fn affordable(
    draft: &Draft<'_>,
    points: &[(Name, i64)],
    spoken: &[(Name, i64)],
) -> Result<(), Refusal> {
    for (points, price) in points {
        let taken = spoken.iter().filter(|(name, _)| name == points);
        let taken: i64 = taken.map(|(_, amount)| amount).sum();
        let available = draft.state.wallet.available(*points, draft.now);
        let available = available.saturating_sub(taken);
        if available < *price {
            return Err(Refusal::InsufficientPoints {
                points: *points,
                available,
                price: *price,
            });
        }
    }
    Ok(())
}

/// Whether a member without a voucher may have the reward; says what it takes.
fn may_buy(
    draft: &Draft<'_>,
    event: &Event,
    request: &RewardRequest,
    reward: &Reward,
    day: &Almanac,
) -> Result<Vec<(Name, i64)>, Refusal> {
    let program = draft.program;
    let tier = program.tier_at(draft.state.wallet.tier.name);
    if reward.tier.is_some_and(|lowest| tier < usize::from(lowest)) {
        return Err(Refusal::TierTooLow);
    }
    if !reward.plans.is_empty() && !on_any(draft, event, &reward.plans) {
        return Err(Refusal::PlanNeeded);
    }
    if reward.price.is_empty() && reward.plans.is_empty() {
        return Err(Refusal::VoucherNeeded);
    }
    if let Some(when) = &reward.when {
        let scene = Scene::of(draft, event);
        if !when.holds(&scene.facts(program, draft.state)) {
            return Err(Refusal::RewardNotForMember);
        }
    }
    let short = |limit| grant::left(draft, day, limit) < request.quantity;
    if reward.limits.iter().any(short) {
        return Err(Refusal::LimitReached);
    }
    let mut price = price_now(draft, event, reward);
    for (_, each) in &mut price {
        *each = each.saturating_mul(request.quantity);
    }
    Ok(price)
}

/// What one of a reward takes of the member now.
pub(crate) fn price_now(draft: &Draft<'_>, event: &Event, reward: &Reward) -> Vec<(Name, i64)> {
    let program = draft.program;
    let each = if reward.price_for.is_empty() {
        &reward.price[..]
    } else {
        let scene = Scene::of(draft, event);
        let tier = program.tier_at(draft.state.wallet.tier.name);
        reward.price_of(tier, &scene.facts(program, draft.state))
    };
    let name = |place: u16| program.points[usize::from(place)].name;
    each.iter()
        .map(|(place, price)| (name(*place), *price))
        .collect()
}

/// The rewards that a purchase uses: all of them may be used, or it is refused.
pub(crate) fn check_uses<'p>(
    draft: &Draft<'p>,
    event: &Event,
    purchase: &Purchase,
    codes: &[Presented<'_>],
) -> Result<Vec<Used<'p>>, Refusal> {
    let mut used = Vec::with_capacity(purchase.rewards.len());
    let mut spoken = Vec::new();
    for own in &purchase.rewards {
        let reward = look_up(draft, &own.reward)?;
        let asked = RewardRequest {
            redemption: own.redemption.clone(),
            reward: own.reward.clone(),
            quantity: own.quantity,
            order: Some(purchase.order.clone()),
            commit: true,
        };
        let pays = match find(&draft.state.wallet, &own.redemption) {
            Some(held) => {
                if partner::is_another_s(draft, &held.id) {
                    return Err(Refusal::UnknownRedemption);
                }
                set_aside(held, reward, own)?;
                None
            }
            None => {
                let pays = check(draft, event, &asked, reward, &spoken)?;
                as_told(own, reward, &pays)?;
                spoken.extend_from_slice(&pays.points);
                Some(pays)
            }
        };
        used.push(Used {
            reward,
            asked,
            pays,
        });
    }
    group::may_spend(draft, event, &spoken)?;
    combine(draft, event, purchase, &used, codes)?;
    Ok(used)
}

/// A redemption that is set aside pays for what it was made for, and once.
fn set_aside(held: &Redemption, reward: &Reward, own: &RewardUse) -> Result<(), Refusal> {
    match held.stage {
        RedemptionStage::Committed(_) => Err(Refusal::RedemptionUsed),
        RedemptionStage::Held(_) if held.reward != reward.name => Err(Refusal::UnknownRedemption),
        RedemptionStage::Held(_) if held.quantity != own.quantity => {
            Err(Refusal::UnknownRedemption)
        }
        RedemptionStage::Held(_) => Ok(()),
    }
}

/// It takes what the member was told, if they were told anything.
fn as_told(own: &RewardUse, reward: &Reward, pays: &Pays) -> Result<(), Refusal> {
    let same = own.told.len() == pays.points.len()
        && own.told.iter().all(|told| pays.points.contains(told));
    match own.told.is_empty() || same {
        true => Ok(()),
        false => Err(Refusal::RewardPriceMoved {
            reward: reward.name,
        }),
    }
}

/// Whether all that is used for a purchase applies together.
fn combine(
    draft: &Draft<'_>,
    event: &Event,
    purchase: &Purchase,
    used: &[Used<'_>],
    codes: &[Presented<'_>],
) -> Result<(), Refusal> {
    let basket = Basket::of(coupon::listed(purchase), coupon::nothing());
    let mut discounts: Vec<Discount> = codes.iter().map(|own| own.discount.clone()).collect();
    for own in used {
        let (reward, quantity) = (own.reward, own.asked.quantity);
        let lines = lines_of(draft, event, &basket.purchase, reward);
        within_share(&basket.purchase, reward, quantity, &lines)?;
        discounts.extend(discount(reward, quantity, lines, &own.asked.redemption));
    }
    let priced = price(&draft.program.combine, &basket, &discounts);
    for own in used {
        let mut taken = priced.discounts.iter();
        let taken = taken.find(|taken| taken.id == own.asked.redemption);
        // What was taken off may no longer be seen: the delivery was free.
        if let Some(why) = taken.and_then(coupon::fault)
            && why != crate::outcome::CodeFault::NothingToTakeOff
        {
            let reward = own.reward.name;
            return Err(Refusal::RewardNotCombined { reward });
        }
    }
    Ok(())
}

/// Off which lines of a purchase a reward is taken.
pub(crate) fn lines_of(
    draft: &Draft<'_>,
    event: &Event,
    bought: &Purchase,
    reward: &Reward,
) -> LineSet {
    let Some(what) = &reward.what else {
        return LineSet::All;
    };
    let scene = Scene::of(draft, event);
    let facts = scene.facts(draft.program, draft.state);
    match what.per_line {
        true => LineSet::those(&bought.lines, |line| what.holds_for(&facts, line)),
        false if what.holds(&facts) => LineSet::All,
        false => LineSet::NONE,
    }
}

/// What so many of a reward take off these lines of a basket; nothing for one that is handed over.
pub(crate) fn discount(
    reward: &Reward,
    quantity: i64,
    lines: LineSet,
    id: &Text,
) -> Option<Discount> {
    Some(Discount {
        id: id.clone(),
        off: Off::of_reward(reward, quantity)?,
        lines,
        group: reward.group.clone(),
        exclusive: reward.exclusive,
        order: reward.order,
    })
}

/// Points pay no larger part of the goods than the program lets.
pub(crate) fn within_share(
    listed: &Purchase,
    reward: &Reward,
    quantity: i64,
    lines: &LineSet,
) -> Result<(), Refusal> {
    let RewardKind::Payment(pays) = reward.kind else {
        return Ok(());
    };
    let places = listed.lines.iter().enumerate();
    let own = places.filter(|(place, _)| u16::try_from(*place).is_ok_and(|at| lines.contains(at)));
    let goods: i64 = own.map(|(_, line)| line.amount).sum();
    let most = pays
        .share
        .map_or(goods, |share| share.of(goods, Rounding::Down));
    let most = most / pays.minor.max(1);
    match quantity <= most {
        true => Ok(()),
        false => Err(Refusal::RewardShareTooLarge { most }),
    }
}

/// Uses the rewards of a purchase, before it earns.
pub(crate) fn use_for_order(draft: &mut Draft<'_>, event: &Event, used: Vec<Used<'_>>) {
    for own in used {
        match own.pays {
            Some(pays) => take_and_use(draft, event, &own.asked, own.reward, pays),
            None => hand_over(
                draft,
                event,
                &own.asked.redemption,
                own.asked.order.as_ref(),
            ),
        }
    }
}

/// Whether the member has the benefits of one of these plans.
fn on_any(draft: &Draft<'_>, event: &Event, plans: &[u16]) -> bool {
    let own = draft.state.wallet.plan_at(event.occurred_at);
    let mut plans = plans.iter();
    plans.any(|place| Some(draft.program.plans[usize::from(*place)].name) == own)
}

/// Takes the voucher, or the points: out of the wallet, into `held` or `redeemed`.
fn pay(draft: &mut Draft<'_>, request: &RewardRequest, reward: &Reward, pays: Pays) -> Vec<Spent> {
    if let Some(voucher) = pays.voucher {
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
    for (points, amount) in pays.points {
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
    draft.take(Change::WasActive(event.occurred_at));
    hand_over(draft, event, &end.redemption, end.order.as_ref());
    Ok(())
}

/// What was set aside is used for good.
fn hand_over(draft: &mut Draft<'_>, event: &Event, id: &Text, order: Option<&Text>) {
    let Some(held) = find(&draft.state.wallet, id).cloned() else {
        return;
    };
    partner::remember_till(draft, &held.id);
    let (first, till) = (
        draft.out.changes.len(),
        partner::till_of(&draft.state.wallet, &held.id),
    );
    for spent in &held.spent {
        hand_on(draft, spent.paid, Account::Held, Account::Redeemed);
    }
    partner::redeemed(draft, first, till);
    let order = order_key(event, order).or(held.order.clone());
    draft.take(Change::RedemptionCommitted {
        id: held.id.clone(),
        at: draft.now,
        order: order.map(Box::new),
    });
    perk::use_it(draft, &held);
}

/// A reward is given back, used or not.
pub(crate) fn cancel(draft: &mut Draft<'_>, event: &Event, end: &RewardEnd) -> Result<(), Refusal> {
    let held = find(&draft.state.wallet, &end.redemption)
        .filter(|held| !is_over(draft, held) && !partner::is_another_s(draft, &held.id))
        .ok_or(Refusal::UnknownRedemption)?
        .clone();
    check_back(draft, &held, held.quantity)?;
    let day = Almanac::of(draft.program.zone.day(event.occurred_at));
    give_back(draft, held, day, false);
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
    give_back(draft, held, day, false);
}

/// Whether so many of a redemption can come back.
pub(crate) fn check_back(draft: &Draft<'_>, held: &Redemption, units: i64) -> Result<(), Refusal> {
    let reward = draft.program.reward_named(held.reward);
    let automatic = reward.is_some_and(|reward| reward.automatic.is_some());
    perk::check_back(draft, held, units)?;
    perk::vouchers_to_take(draft, held, units)?;
    let again = automatic && held.voucher.is_none();
    if again && !draft.state.wallet.perks().by_hand_only {
        return Err(Refusal::RedeemedByItself);
    }
    Ok(())
}

/// Points return with their old dates, a voucher into the hand, a piece into the stock, and the
/// limit has room again.
pub(crate) fn give_back(draft: &mut Draft<'_>, held: Redemption, day: Almanac, redated: bool) {
    for Spent { paid, back } in &held.spent {
        let amount = paid.amount - back;
        if amount > 0 {
            restore(draft, &held, Paid { amount, ..*paid }, redated);
        }
    }
    put_back(draft, &held, held.quantity, day);
    perk::take_vouchers(draft, &held, held.quantity);
    match held.voucher {
        Some(voucher) if gives::is_forfeit(&voucher) => tier::taken_back_late(draft, voucher),
        Some(voucher) => draft.take(Change::VoucherIssued(voucher)),
        None => {}
    }
    group::forget(draft, &held.id);
    draft.take(Change::RedemptionGone { id: held.id });
}

/// Points that paid for a redemption return, with their old dates or as if they were earned now.
pub(crate) fn restore(draft: &mut Draft<'_>, held: &Redemption, paid: Paid, redated: bool) {
    let from = match held.stage {
        RedemptionStage::Held(_) => Account::Held,
        RedemptionStage::Committed(_) => Account::Redeemed,
    };
    let now = draft.now;
    let dates = match draft.program.points_named(paid.points) {
        Some(points) if redated => Dates {
            funder: paid.dates.funder,
            ..draft.dates(points, now, false)
        },
        _ => paid.dates,
    };
    draft.issue(paid.points, from, paid.amount, dates, now);
    group::gave_back(draft, &held.id, paid.points, paid.amount);
    if from == Account::Redeemed {
        let till = partner::till_of(&draft.state.wallet, &held.id);
        partner::returned(draft, &paid, till);
    }
    draft.note(Note::GaveBack {
        points: paid.points,
        amount: paid.amount,
    });
}

/// So many of a redemption are in stock again, and its limits have room for them.
pub(crate) fn put_back(draft: &mut Draft<'_>, held: &Redemption, units: i64, day: Almanac) {
    let Some(reward) = draft.program.reward_named(held.reward) else {
        return;
    };
    if reward.stock.is_some() {
        let key = grant::stock_key(reward);
        draft.take(Change::Drawn { key, by: -units });
    }
    // A code that was drawn is not drawn again: it may have been seen.
    if matches!(held.stage, RedemptionStage::Held(_)) {
        perk::speak_for(draft, reward, -units);
    }
    perk::undo(draft, held, units);
    if held.voucher.is_none() {
        for limit in &reward.limits {
            grant::use_up(draft, &day, limit, -units);
        }
    }
}

/// Whether a used redemption can no longer be returned. The wallet forgets it some time later; when
/// exactly must not matter to anybody.
pub(crate) fn is_over(draft: &Draft<'_>, used: &Redemption) -> bool {
    match used.stage {
        RedemptionStage::Committed(at) => {
            gives::is_over(draft, at) && !perk::is_open(&draft.state.wallet, &used.id)
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
