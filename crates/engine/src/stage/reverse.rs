//! Refunds take back exactly what was earned.
//!
//! *Finn bought for 100 EUR and earned 100 beans. He returns a third, then another third, then the
//! rest, in any order, even before the till reports the purchase: in the end 100 beans are taken
//! back, from the lots that they made. Had he spent them, the program says whether he owes them.*
//!
//! What is taken back is always reckoned from the sum of all that came back so far, so the order
//! of the refunds does not matter, and what came back as a whole is taken back to the unit.

use crate::draft::Draft;
use crate::event::{Event, Refund, RefundLine, Refunded};
use crate::outcome::{Change, Measure, Note, Refusal};
use crate::program::{Lapsed, Metric, SpentPoints, TakeBack};
use crate::stage::reckon::{self, Kept};
use crate::stage::{
    card, coupon, games, group, money, partner, perk, redeem, referral, sell_through, staff, tier,
};
use crate::state::{Grant, LineSet, OrderKey, OrderLine, Paid, Purchased, RedemptionStage};
use regulars_base::{Name, Rounding, Text};
use regulars_ledger::{Account, Dates};

/// What one line gets back: money in minor units, things in thousandths.
#[derive(Clone, Copy, Default)]
struct Share {
    amount: i64,
    quantity: i64,
}

/// Something came back.
pub(crate) fn refund(draft: &mut Draft<'_>, event: &Event, refund: &Refund) -> Result<(), Refusal> {
    let Some(purchased) = &draft.state.order.purchased else {
        draft.take(Change::RefundAwaits(
            event.occurred_at,
            Box::new(refund.clone()),
        ));
        draft.note(Note::RefundKept);
        tier::review(draft);
        return Ok(());
    };
    let shares = shares(purchased, &refund.what)?;
    take_back(draft, event, &shares);
    tier::undo(draft);
    tier::review(draft);
    Ok(())
}

/// Refunds that came before their purchase. One that asks for more than was bought takes what
/// there is: it was accepted when it came.
pub(crate) fn waiting(draft: &mut Draft<'_>, event: &Event) {
    if draft.state.order.waiting.is_empty() {
        return;
    }
    let refunds = draft.state.order.waiting.clone();
    draft.take(Change::RefundsTaken);
    for (_, refund) in refunds {
        let Some(purchased) = &draft.state.order.purchased else {
            return;
        };
        let rest = || shares(purchased, &Refunded::Rest);
        if let Ok(shares) = shares(purchased, &refund.what).or_else(|_| rest()) {
            take_back(draft, event, &shares);
        }
    }
}

/// What each line gets back.
fn shares(purchased: &Purchased, what: &Refunded) -> Result<Vec<Share>, Refusal> {
    let left = |line: &OrderLine| Share {
        amount: line.amount - line.refunded,
        quantity: line.quantity - line.refunded_quantity,
    };
    match what {
        Refunded::Rest => Ok(purchased.lines.iter().map(left).collect()),
        Refunded::Amount(asked) => {
            let lines: Vec<Share> = purchased.lines.iter().map(left).collect();
            let goods: i64 = lines.iter().map(|line| line.amount).sum();
            if *asked > goods + purchased.delivery {
                return Err(Refusal::RefundTooLarge {
                    left: goods + purchased.delivery,
                    asked: *asked,
                    of: Measure::Amount,
                });
            }
            Ok(spread(&lines, goods, (*asked).min(goods)))
        }
        Refunded::Lines(lines) => {
            let mut shares = vec![Share::default(); purchased.lines.len()];
            for line in lines {
                let is = |bought: &OrderLine| bought.id == line.line;
                let place =
                    purchased
                        .lines
                        .iter()
                        .position(is)
                        .ok_or_else(|| Refusal::UnknownLine {
                            line: line.line.clone(),
                        })?;
                let (left, taken) = (left(&purchased.lines[place]), &mut shares[place]);
                add_line(line, left, taken)?;
            }
            Ok(shares)
        }
    }
}

/// Adds what one line of a refund asks for to what the line gets back.
fn add_line(line: &RefundLine, left: Share, taken: &mut Share) -> Result<(), Refusal> {
    let free = Share {
        amount: left.amount - taken.amount,
        quantity: left.quantity - taken.quantity,
    };
    let part = |of: i64, num: i64, den: i64| {
        if num >= den {
            of
        } else {
            Rounding::Down.divide_clamped(i128::from(of) * i128::from(num), i128::from(den))
        }
    };
    let (amount, quantity) = match (line.amount, line.quantity) {
        (None, None) => (free.amount, free.quantity),
        (Some(amount), None) => (amount, part(free.quantity, amount, free.amount)),
        (None, Some(quantity)) => (part(free.amount, quantity, free.quantity), quantity),
        (Some(amount), Some(quantity)) => (amount, quantity),
    };
    let measures = [
        (free.amount, amount, Measure::Amount),
        (free.quantity, quantity, Measure::Quantity),
    ];
    for (left, asked, of) in measures {
        if asked > left {
            return Err(Refusal::RefundTooLarge { left, asked, of });
        }
    }
    taken.amount += amount;
    taken.quantity += quantity;
    Ok(())
}

/// Spreads an amount over the lines in proportion to what is left of them, to the last minor unit.
fn spread(lines: &[Share], goods: i64, asked: i64) -> Vec<Share> {
    if asked >= goods {
        return lines.to_vec();
    }
    let share = |of: i128| Rounding::Down.divide_clamped(of * i128::from(asked), i128::from(goods));
    let (mut seen, mut given) = (0_i128, 0);
    let part = |line: &Share| {
        seen += i128::from(line.amount);
        let upto = share(seen);
        let (amount, quantity) = (upto - given, share(i128::from(line.quantity)));
        given = upto;
        Share { amount, quantity }
    };
    lines.iter().map(part).collect()
}

/// Books what came back, and takes back, uncounts and gives back what follows from it.
fn take_back(draft: &mut Draft<'_>, event: &Event, shares: &[Share]) {
    let Some(before) = draft.state.order.purchased.clone() else {
        return;
    };
    for (line, share) in (0_u16..).zip(shares) {
        let Share { amount, quantity } = *share;
        if amount != 0 || quantity != 0 {
            draft.take(Change::LineRefunded {
                line,
                amount,
                quantity,
            });
        }
    }
    let Some(after) = draft.state.order.purchased.clone() else {
        return;
    };
    let kept = reckon::kept(draft, event, &after);
    for (place, grant) in (0_u16..).zip(&after.grants) {
        take_grant(draft, &after, place, grant, &kept);
    }
    for (place, stamps) in (0_u16..).zip(&after.stamps) {
        // Stamps for money follow the money, all others the things.
        let money = card::counts_money(draft.program, stamps.card)
            || games::counts_money(draft.program, stamps.card)
            || sell_through::counts_money(stamps.card);
        let due = share_of(stamps.given, &stamps.lines, &after, Rounding::Down, !money);
        let by = due - stamps.taken;
        if by > 0 {
            draft.take(Change::StampsTaken { grant: place, by });
            if !sell_through::take_off(draft, stamps.card, by, after.day)
                && !games::take_off(draft, event, (stamps.card, by), after.at)
            {
                card::take_off(draft, stamps.card, by, after.at);
            }
        }
    }
    staff::came_back(draft, event, &after, &kept);
    uncount(draft, &before, &after);
    if draft.state.wallet.referral.is_some() {
        referral::came_back(draft, event, &after);
    }
    if !before.is_whole() && after.is_whole() {
        coupon::order_came_back(draft, event);
    }
    if draft.state.wallet.money.is_some() {
        money::came_back(draft, event, &after);
    }
    if let Kindly::Back { new_dates } = kindly(draft.program.refund.spent_points, &after) {
        give_back(draft, event, &after, new_dates);
    }
}

/// How much of `given` belongs to what came back of its lines: by money, or by things where
/// nothing was paid (or where things are what counts).
pub(crate) fn share_of(
    given: i64,
    lines: &LineSet,
    order: &Purchased,
    rounding: Rounding,
    things: bool,
) -> i64 {
    let sum = |of: fn(&OrderLine) -> i64| lines.of(&order.lines).map(of).sum::<i64>();
    let (paid, refunded) = (sum(|line| line.amount), sum(|line| line.refunded));
    let (bought, returned) = (
        sum(|line| line.quantity),
        sum(|line| line.refunded_quantity),
    );
    let (whole, part) = match (paid, bought) {
        (_, 1..) if things => (bought, returned),
        (1.., _) => (paid, refunded),
        (_, 1..) => (bought, returned),
        _ => return if order.is_whole() { given } else { 0 },
    };
    // By things alone a line whose money all came back would keep its stamps.
    if part >= whole || (paid > 0 && refunded >= paid) {
        given
    } else {
        rounding.divide_clamped(i128::from(given) * i128::from(part), i128::from(whole))
    }
}

/// How much of what was paid for an order belongs to what came back of it.
pub(crate) fn share_of_order(paid: i64, order: &Purchased) -> i64 {
    share_of(paid, &LineSet::All, order, Rounding::Down, false)
}

/// Takes back what is due of one grant.
fn take_grant(draft: &mut Draft<'_>, order: &Purchased, place: u16, grant: &Grant, kept: &Kept) {
    let policy = draft.program.refund;
    let due = match policy.take_back {
        TakeBack::Share => share_of(grant.given, &grant.lines, order, policy.rounding, false),
        TakeBack::OnlyWhenWhole | TakeBack::ReckonAgain if order.is_whole() => grant.given,
        // What a coupon gave is fixed, and no rule that could be asked again.
        TakeBack::ReckonAgain if draft.program.coupon_named(grant.rule).is_some() => {
            share_of(grant.given, &grant.lines, order, policy.rounding, false)
        }
        TakeBack::ReckonAgain => grant.given - kept.of(grant),
        TakeBack::OnlyWhenWhole | TakeBack::Nothing => 0,
    };
    let by = due.min(grant.given) - grant.taken;
    if by <= 0 {
        return;
    }
    draft.take(Change::GrantTaken { grant: place, by });
    group::came_back(draft, grant.points, by);
    let paid = Paid {
        points: grant.points,
        dates: grant.dates,
        amount: by,
    };
    tier::earned_back(draft, &paid, order.day);
    take_points(draft, grant.rule, paid);
}

/// Takes back points that a rule, a card or a tier gave, from the lot that they made.
pub(crate) fn take_points(draft: &mut Draft<'_>, rule: Name, given: Paid) {
    let Paid {
        points,
        dates,
        amount,
    } = given;
    let (policy, now) = (draft.program.refund, draft.now);
    draft.note(Note::TookBack {
        rule,
        points,
        amount,
    });
    if policy.lapsed == Lapsed::Forgive && dates.expires_at <= now {
        return;
    }
    take_from_lot(draft, given);
}

/// Takes points from the lot that they made, by the program's policy for those that were spent.
pub(crate) fn take_from_lot(draft: &mut Draft<'_>, given: Paid) {
    let Paid {
        points,
        dates,
        amount,
    } = given;
    let (policy, now) = (draft.program.refund, draft.now);
    perk::free_for(draft, given);
    let first = draft.out.changes.len();
    draft.post(points, |book, out| {
        book.take_back(
            Account::Issued,
            amount,
            dates,
            policy.already_spent,
            now,
            out,
        );
    });
    partner::taken_back(draft, first, &given);
    note_short(draft, first, points);
}

/// Says how much was no longer there.
fn note_short(draft: &mut Draft<'_>, first: usize, points: Name) {
    let missing = draft.out.changes[first..]
        .iter()
        .find_map(|change| match change {
            Change::Posted(posting) if posting.from == Account::Debt => {
                Some((posting.amount, true))
            }
            Change::Posted(posting) if posting.from == Account::Shortfall => {
                Some((posting.amount, false))
            }
            _ => None,
        });
    if let Some((amount, owed)) = missing {
        draft.note(Note::TookBackShort {
            points,
            amount,
            owed,
        });
    }
}

/// What an order counts as money spent after what came back.
pub(crate) fn spend_left(order: &Purchased) -> i64 {
    order.spend - share_of(order.spend, &LineSet::All, order, Rounding::Down, false)
}

/// What came back no longer counts towards tiers.
fn uncount(draft: &mut Draft<'_>, before: &Purchased, after: &Purchased) {
    let gone = spend_left(before) - spend_left(after);
    tier::progress(draft, Metric::Spend, after.day, -gone);
    if after.counted && after.is_whole() {
        draft.take(Change::OrderUncounted);
        tier::progress(draft, Metric::Orders, after.day, -1);
    }
}

/// What becomes of points that were spent on the order.
enum Kindly {
    Stay,
    Back { new_dates: bool },
}

fn kindly(policy: SpentPoints, order: &Purchased) -> Kindly {
    match policy {
        SpentPoints::GiveBackOldDates => Kindly::Back { new_dates: false },
        SpentPoints::GiveBackNewDates => Kindly::Back { new_dates: true },
        SpentPoints::GiveBackWhenWhole if order.is_whole() => Kindly::Back { new_dates: false },
        SpentPoints::GiveBackWhenWhole | SpentPoints::Keep => Kindly::Stay,
    }
}

/// Gives back the share of the points that had paid for the order.
fn give_back(draft: &mut Draft<'_>, event: &Event, order: &Purchased, new_dates: bool) {
    let Some(number) = event.order() else { return };
    let key = OrderKey {
        source: event.key.source.clone(),
        order: number.clone(),
    };
    let mut back: Vec<(Text, u16, Paid, i64)> = Vec::new();
    for used in &draft.state.wallet.redemptions {
        let committed = matches!(used.stage, RedemptionStage::Committed(_));
        if !committed || used.order.as_ref() != Some(&key) || redeem::is_over(draft, used) {
            continue;
        }
        let reward = draft.program.reward_named(used.reward);
        // It took nothing off the order, and what it gave is the member's or gone.
        if reward.is_some_and(perk::outlives_its_order) {
            continue;
        }
        for (place, spent) in (0_u16..).zip(&used.spent) {
            let due = share_of(
                spent.paid.amount,
                &LineSet::All,
                order,
                Rounding::Down,
                false,
            );
            if due > spent.back {
                back.push((used.id.clone(), place, spent.paid, due - spent.back));
            }
        }
    }
    for (id, spent, paid, by) in back {
        let now = draft.now;
        let rule = draft.program.points_named(paid.points);
        let dates = match rule {
            Some(points) if new_dates => Dates {
                funder: paid.dates.funder,
                ..draft.dates(points, now, false)
            },
            _ => paid.dates,
        };
        let till = partner::till_of(&draft.state.wallet, &id);
        group::gave_back(draft, &id, paid.points, by);
        draft.take(Change::RedemptionReturned { id, spent, by });
        draft.issue(paid.points, Account::Redeemed, by, dates, now);
        partner::returned(draft, &Paid { amount: by, ..paid }, till);
        draft.note(Note::GaveBack {
            points: paid.points,
            amount: by,
        });
    }
}
