//! A part of a redemption comes back.
//!
//! *Gus took three mugs for 120 beans and brings one back: 40 beans are his again, those that were
//! paid last, with the dates that they had. However many returns there are and in whatever order,
//! never more comes back than was paid.*

use super::{change, in_hand, note, take};
use crate::draft::Draft;
use crate::event::{Event, ReturnPart, RewardReturn};
use crate::outcome::{Change, PerkNote, Refusal};
use crate::program::{Reward, RewardKind, SpentPoints};
use crate::stage::{partner, redeem};
use crate::state::{MadeVoucher, Paid, PerkChange, Redemption, RedemptionStage, Spent};
use regulars_base::{Almanac, Name, Rounding};

/// Some of a redemption's rewards, or some of its points, come back.
pub(super) fn give_back_part(
    draft: &mut Draft<'_>,
    event: &Event,
    asked: &RewardReturn,
) -> Result<(), Refusal> {
    let held = draft.state.wallet.redemption(&asked.redemption);
    let held = held
        .filter(|held| !redeem::is_over(draft, held) && !partner::is_another_s(draft, &held.id))
        .ok_or(Refusal::UnknownRedemption)?
        .clone();
    let (units, amount) = match &asked.part {
        ReturnPart::Rest => (held.quantity, None),
        ReturnPart::Quantity(units) if *units > held.quantity => {
            let left = held.quantity;
            return Err(Refusal::ReturnTooLarge { left });
        }
        ReturnPart::Quantity(units) => (*units, None),
        ReturnPart::Points { points, amount } => {
            let points = Name::of(points.as_str());
            (
                by_points(draft, &held, (points, *amount))?,
                Some((points, *amount)),
            )
        }
    };
    redeem::check_back(draft, &held, units)?;
    let day = Almanac::of(draft.program.zone.day(event.occurred_at));
    if units == held.quantity {
        let redated = redates(draft, held.stage);
        redeem::give_back(draft, held, day, redated);
        return Ok(());
    }
    for (place, amount) in shares(&held, units, amount) {
        let paid = held.spent[usize::from(place)].paid;
        let redated = redates(draft, held.stage);
        let id = held.id.clone();
        draft.take(Change::RedemptionReturned {
            id,
            spent: place,
            by: amount,
        });
        redeem::restore(draft, &held, Paid { amount, ..paid }, redated);
    }
    if units > 0 {
        redeem::put_back(draft, &held, units, day);
        take_vouchers(draft, &held, units);
        change(
            draft,
            PerkChange::CameBack {
                redemption: held.id.clone(),
                by: units,
            },
        );
    }
    note(
        draft,
        PerkNote::CameBack {
            reward: held.reward,
            by: units,
            left: held.quantity - units,
        },
    );
    Ok(())
}

/// How many of the reward come back where so many of the points do: all of them with the last point,
/// else none.
fn by_points(
    draft: &Draft<'_>,
    held: &Redemption,
    (points, amount): (Name, i64),
) -> Result<i64, Refusal> {
    let reward = draft.program.reward_named(held.reward);
    let pays = |reward: &Reward| matches!(reward.kind, RewardKind::Payment(_));
    if !reward.is_some_and(pays) {
        return Err(Refusal::NotReturnedByPoints);
    }
    let left = |own: &Spent| own.paid.amount - own.back;
    let of_kind = held.spent.iter().filter(|own| own.paid.points == points);
    let of_kind = of_kind.map(left).sum();
    if amount > of_kind {
        return Err(Refusal::ReturnTooLarge { left: of_kind });
    }
    let all: i64 = held.spent.iter().map(left).sum();
    Ok(if amount == all { held.quantity } else { 0 })
}

/// Whether points that were used come back with new dates, as they do where an order comes back.
fn redates(draft: &Draft<'_>, stage: RedemptionStage) -> bool {
    matches!(stage, RedemptionStage::Committed(_))
        && draft.program.refund.spent_points == SpentPoints::GiveBackNewDates
}

/// What comes back of each lot that paid, by its place: of so many units their share of what has not
/// come back yet, rounded down, so that the last one brings the rest; the lot that was paid last
/// comes back first.
fn shares(held: &Redemption, units: i64, amount: Option<(Name, i64)>) -> Vec<(u16, i64)> {
    let mut kinds: Vec<(Name, i64)> = Vec::new();
    for own in &held.spent {
        let left = own.paid.amount - own.back;
        match kinds
            .iter_mut()
            .find(|(points, _)| *points == own.paid.points)
        {
            Some((_, sum)) => *sum += left,
            None => kinds.push((own.paid.points, left)),
        }
    }
    let mut shares = Vec::new();
    for (points, left) in kinds {
        let mut due = match amount {
            Some((asked, amount)) if asked == points => amount,
            Some(_) => 0,
            None => {
                let all = i128::from(left) * i128::from(units);
                Rounding::Down.divide_clamped(all, i128::from(held.quantity.max(1)))
            }
        };
        for (at, own) in held.spent.iter().enumerate().rev() {
            let by = due.min(own.paid.amount - own.back);
            if own.paid.points != points || by <= 0 {
                continue;
            }
            if let Ok(place) = u16::try_from(at) {
                shares.push((place, by));
                due -= by;
            }
        }
    }
    shares
}

/// The vouchers that `units` of a redemption had put into the hand: they must still be there, or it
/// cannot come back.
pub(crate) fn vouchers_to_take(
    draft: &Draft<'_>,
    held: &Redemption,
    units: i64,
) -> Result<Vec<MadeVoucher>, Refusal> {
    let made = draft.state.wallet.perks().made.iter().rev();
    let own = made.filter(|made| made.redemption == held.id);
    let all: Vec<&MadeVoucher> = own.collect();
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let mut rest = draft.state.wallet.clone();
    let mut found = Vec::new();
    for made in all {
        if let Some(held) = in_hand(&rest, &made.voucher) {
            rest.apply(&Change::VoucherGone(held));
            found.push(made.clone());
        }
    }
    let wanted = usize::try_from(units).unwrap_or(usize::MAX);
    if found.len() < wanted {
        return Err(Refusal::VoucherUsed);
    }
    found.truncate(wanted);
    Ok(found)
}

/// Takes those vouchers back.
pub(crate) fn take_vouchers(draft: &mut Draft<'_>, held: &Redemption, units: i64) {
    for made in vouchers_to_take(draft, held, units).unwrap_or_default() {
        let reward = made.voucher.reward;
        if let Some(held) = in_hand(&draft.state.wallet, &made.voucher) {
            take(draft, held);
        }
        change(draft, PerkChange::Unmade(made));
        note(draft, PerkNote::VoucherBack { reward });
    }
}
