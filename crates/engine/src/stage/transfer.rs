//! Members send points to one another.
//!
//! *Ana gives Bo 50 beans for his birthday. They leave her wallet, those that lapse soonest first,
//! and come into his in the same moment, with the dates that they had. Had Bo not joined yet, they
//! would come back to her, and the limit that they counted against would be free again.*

use crate::draft::Draft;
use crate::event::{Event, Kind, TransferBack, TransferIn, TransferOut};
use crate::follow::tell;
use crate::outcome::{Change, Note, Refusal};
use crate::program::{Limit, Limited, Program, Sendable, TransferRule};
use crate::stage::grant;
use crate::state::Paid;
use regulars_base::{Almanac, Name, Timestamp};
use regulars_ledger::{Account, Origin, SpendOrder};

/// Points leave for another member.
pub(crate) fn send(
    draft: &mut Draft<'_>,
    event: &Event,
    transfer: &TransferOut,
) -> Result<(), Refusal> {
    let program = draft.program;
    let (rule, own) = rule(draft, transfer)?;
    let (day, _) = draft.local(event.occurred_at);
    check(draft, transfer, (rule, own), event.occurred_at, &day)?;
    let Some(from) = draft.state.owner else {
        return Err(Refusal::NotEnrolled);
    };
    let points = &program.points[usize::from(own.points)];
    let (name, order, to) = (points.name, points.spend_order, transfer.to);
    for limit in &rule.limits {
        let by = counts(program, limit, name, transfer.amount);
        if by > 0 {
            grant::use_up(draft, &day, limit, by);
        }
    }
    let lots = pay(draft, name, order, (Account::Transit, transfer.amount));
    let fee = match own.fee {
        0 => Vec::new(),
        fee => pay(draft, name, order, (Account::Redeemed, fee)),
    };
    draft.take(Change::WasActive(event.occurred_at));
    draft.note(Note::Sent {
        to,
        points: name,
        amount: transfer.amount,
    });
    if own.fee > 0 {
        draft.note(Note::SentFee {
            points: name,
            amount: own.fee,
        });
    }
    let arrives = TransferIn { from, lots, fee };
    tell(draft, event, "to", to, Kind::TransferIn(Box::new(arrives)));
    Ok(())
}

/// What the program says about sending these points.
fn rule<'p>(
    draft: &Draft<'p>,
    transfer: &TransferOut,
) -> Result<(&'p TransferRule, Sendable), Refusal> {
    let program = draft.program;
    let name = Name::of(transfer.points.as_str());
    if program.points_named(name).is_none() {
        return Err(Refusal::UnknownPoints);
    }
    let rule = program.transfer.as_deref().ok_or(Refusal::NoTransfers)?;
    let is = |own: &&Sendable| program.points[usize::from(own.points)].name == name;
    let own = rule.points.iter().find(is).copied();
    Ok((rule, own.ok_or(Refusal::NoTransfers)?))
}

/// Whatever speaks against it.
fn check(
    draft: &Draft<'_>,
    transfer: &TransferOut,
    (rule, own): (&TransferRule, Sendable),
    at: Timestamp,
    day: &Almanac,
) -> Result<(), Refusal> {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    if draft.state.owner == Some(transfer.to) {
        return Err(Refusal::TransferToSelf);
    }
    let place = program.tier_at(wallet.tier.name);
    if rule.tier.is_some_and(|least| place < usize::from(least)) {
        return Err(Refusal::TransferTierTooLow);
    }
    let joined = wallet.enrolled_at.unwrap_or(at);
    let since = program.zone.day(joined).plus_days(rule.joined_days);
    if rule.joined_days > 0 && since > day.day {
        return Err(Refusal::JoinedTooLately);
    }
    if transfer.amount < own.least {
        return Err(Refusal::TransferTooSmall { least: own.least });
    }
    if transfer.amount > own.most {
        return Err(Refusal::TransferTooLarge { most: own.most });
    }
    let points = program.points[usize::from(own.points)].name;
    let over = |limit: &Limit| {
        let by = counts(program, limit, points, transfer.amount);
        by > 0 && by > grant::left(draft, day, limit)
    };
    if rule.limits.iter().any(over) {
        return Err(Refusal::TransferLimitReached);
    }
    let price = transfer.amount.saturating_add(own.fee);
    let available = wallet.available(points, draft.now);
    if available < price {
        return Err(Refusal::InsufficientPoints {
            points,
            available,
            price,
        });
    }
    Ok(())
}

/// How much a transfer counts against a limit: nothing, if that is about other points.
fn counts(program: &Program, limit: &Limit, points: Name, amount: i64) -> i64 {
    match limit.what {
        Limited::Times => 1,
        Limited::Points(at) if program.points[usize::from(at)].name == points => amount,
        Limited::Points(_) => 0,
    }
}

/// Takes so many free points out of the wallet, whoever funds them; says out of which lots.
pub(crate) fn pay(
    draft: &mut Draft<'_>,
    points: Name,
    order: SpendOrder,
    to: (Account, i64),
) -> Vec<Paid> {
    let (first, now) = (draft.out.changes.len(), draft.now);
    draft.post(points, |book, out| {
        book.spend(to, (order, Origin::Any), now, out)
    });
    let posted = draft.out.changes[first..].iter();
    posted.filter_map(paid).collect()
}

/// The lot that a posting took out of the wallet.
fn paid(change: &Change) -> Option<Paid> {
    match change {
        Change::Posted(posting) => Some(Paid {
            points: posting.points,
            dates: posting.dates,
            amount: posting.amount,
        }),
        _ => None,
    }
}

/// Points arrive from another member, or go back at once where nobody takes them.
pub(crate) fn receive(draft: &mut Draft<'_>, event: &Event, arrives: &TransferIn) {
    let from = arrives.from;
    let Some(points) = arrives.lots.first().map(|lot| lot.points) else {
        return;
    };
    let amount = arrives.lots.iter().map(|lot| lot.amount).sum();
    if draft.state.wallet.enrolled_at.is_none() {
        draft.note(Note::NotTaken {
            from,
            points,
            amount,
        });
        let back = TransferBack {
            from: draft.state.owner.unwrap_or(from),
            lots: arrives.lots.clone(),
            fee: arrives.fee.clone(),
            sent_at: event.occurred_at,
            points,
        };
        let kind = Kind::TransferBack(Box::new(back));
        tell(draft, event, "back", from, kind);
        return;
    }
    draft.note(Note::Received {
        from,
        points,
        amount,
    });
    let program = draft.program;
    let restart = program.transfer.as_ref().is_some_and(|rule| rule.new_dates);
    let fresh = program
        .points_named(points)
        .filter(|_| restart)
        .map(|points| draft.dates(points, event.occurred_at, false));
    for lot in &arrives.lots {
        let dates = fresh.unwrap_or(lot.dates);
        let at = draft.now;
        draft.issue(points, Account::Transit, lot.amount, dates, at);
    }
}

/// Points come back that nobody took, with the dates that they had, and what was paid for it.
pub(crate) fn take_back(draft: &mut Draft<'_>, back: &TransferBack) {
    let program = draft.program;
    let amount = back.lots.iter().map(|lot| lot.amount).sum();
    let at = draft.now;
    for (account, lots) in [
        (Account::Transit, &back.lots),
        (Account::Redeemed, &back.fee),
    ] {
        for lot in lots {
            draft.issue(lot.points, account, lot.amount, lot.dates, at);
        }
    }
    draft.note(Note::CameBack {
        points: back.points,
        amount,
    });
    let (day, _) = draft.local(back.sent_at);
    if let Some(rule) = program.transfer.as_deref() {
        for limit in &rule.limits {
            let by = counts(program, limit, back.points, amount);
            if by > 0 {
                grant::use_up(draft, &day, limit, -by);
            }
        }
    }
}
