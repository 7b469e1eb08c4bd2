//! Paid membership: joined, renewed, changed, paused, cancelled, paid for.
//!
//! *Ida joins "Bean Club" on 31 January: two weeks are free, then a month costs 4.90 EUR. On
//! 14 February the first invoice is made, and whoever moves money is asked for it. It fails; three
//! days later it is asked for again; her double beans go on meanwhile. In May she pauses for the
//! summer with 10 days left, in July those 10 days begin. Had nothing been paid two weeks after the
//! invoice, the plan would have ended.*
//!
//! A decision moves no money. An invoice that is `asked` for, or money that is `owed_back`, is a
//! request to the shell, which answers by an event: paid, failed, paid back. There is never more than
//! one invoice to be paid. Everything counts from the moment at which it is decided: money cannot be
//! moved in the past.

mod invoice;
mod period;

pub(crate) use invoice::money;

use crate::draft::Draft;
use crate::event::{Event, Kind};
use crate::outcome::{Change, Note, PlanEnd, Refusal};
use crate::program::{PlanRule, Program};
use crate::state::{
    Gap, Invoice, InvoiceStage, Membership, PastPlan, Paying, PlanStage, PlanStanding, Wallet,
};
use regulars_base::{CivilDay, Name, Timestamp};

pub(crate) use period::fall_due;

/// All reasons to say no, in order.
pub(crate) fn check(draft: &Draft<'_>, event: &Event) -> Result<(), Refusal> {
    let paying = draft.state.wallet.paying.as_deref();
    match &event.kind {
        Kind::PaymentSucceeded(_) | Kind::PaymentFailed(_) | Kind::PaymentRefunded(_) => {
            return invoice::check(paying, &event.kind);
        }
        Kind::PlanJoin(choice) => return check_join(draft, choice.plan.as_str()),
        _ => {}
    }
    let wanted = match &event.kind {
        Kind::PlanChange(choice) => {
            Some(named(draft.program, choice.plan.as_str()).ok_or(Refusal::UnknownPlan)?)
        }
        _ => None,
    };
    let paying = paying.ok_or(Refusal::NotOnPlan)?;
    let own = paying.standing.current.as_ref().ok_or(Refusal::NotOnPlan)?;
    let paused = matches!(own.stage, PlanStage::Paused { .. });
    let open = paying.open().is_some();
    match &event.kind {
        Kind::PlanChange(_) => {
            let same = wanted.is_some_and(|wanted| wanted.name == own.plan);
            if same && own.next.is_none() {
                return Err(Refusal::SamePlan);
            }
            if paused {
                return Err(Refusal::PlanIsPaused);
            }
            if open {
                return Err(Refusal::PaymentOpen);
            }
        }
        Kind::PlanPause => {
            if paused {
                return Err(Refusal::PlanIsPaused);
            }
            let rule = draft.program.plan_named(own.plan);
            let pause = rule.and_then(|rule| rule.pause);
            let pause = pause.filter(|_| own.stage == PlanStage::Active && !own.ends);
            let times = pauses(own, draft.today.day).count();
            if pause.is_none_or(|pause| times >= usize::from(pause.times)) {
                return Err(Refusal::PauseNotOffered);
            }
            if open {
                return Err(Refusal::PaymentOpen);
            }
        }
        Kind::PlanResume if !paused && !own.ends => return Err(Refusal::PlanNotPaused),
        Kind::PlanCancel if own.ends => return Err(Refusal::PlanCancelledAlready),
        _ => {}
    }
    Ok(())
}

fn check_join(draft: &Draft<'_>, plan: &str) -> Result<(), Refusal> {
    let rule = named(draft.program, plan).ok_or(Refusal::UnknownPlan)?;
    let Some(paying) = &draft.state.wallet.paying else {
        return Ok(());
    };
    if paying.standing.current.is_some() {
        return Err(Refusal::OnPlanAlready);
    }
    if let (Some(again), Some(past)) = (rule.again, &paying.standing.past) {
        let ended_on = draft.program.zone.day(past.until);
        if draft.today.day < again.after(ended_on) {
            return Err(Refusal::PlanNotAgainYet);
        }
    }
    Ok(())
}

/// The days of the last twelve months on which it was paused.
fn pauses(own: &Membership, today: CivilDay) -> impl Iterator<Item = i32> {
    let since = today.plus_months(-12).number();
    let days = own.paused_on.iter().copied();
    days.filter(move |day| *day > since)
}

/// What a member asks for. It was checked.
pub(crate) fn ask(draft: &mut Draft<'_>, event: &Event) {
    draft.take(Change::WasActive(event.occurred_at));
    let program = draft.program;
    match &event.kind {
        Kind::PlanJoin(choice) => {
            if let Some(rule) = named(program, choice.plan.as_str()) {
                join(draft, rule);
            }
        }
        Kind::PlanChange(choice) => {
            if let Some(rule) = named(program, choice.plan.as_str()) {
                change(draft, rule);
            }
        }
        Kind::PlanPause => pause(draft),
        Kind::PlanResume => resume(draft),
        Kind::PlanCancel => cancel(draft),
        _ => {}
    }
}

fn join(draft: &mut Draft<'_>, rule: &PlanRule) {
    let (now, today) = (draft.now, draft.today.day);
    let mut standing = standing(draft);
    let trial = rule.trial.filter(|_| !standing.tried);
    let until = match trial {
        Some(trial) => trial.after(today),
        None => rule.period_end(today, 1),
    };
    let mut own = begin(rule, now, today);
    own.until = until.number();
    own.intro_left = rule.intro.map_or(0, |(_, periods)| periods);
    if trial.is_some() {
        (own.stage, own.benefits_from) = (PlanStage::Trial, Some(now));
        (own.anchor, own.periods) = (own.until, -1);
        standing.tried = true;
    } else if !rule.starts_when_paid {
        own.benefits_from = Some(now);
    }
    let until = own.until;
    standing.current = Some(own);
    stand(draft, standing);
    draft.note(Note::PlanJoined {
        plan: rule.name,
        until,
        trial: trial.is_some(),
    });
    if trial.is_none() {
        invoice::bill(draft, rule, now);
    }
}

/// A membership of one period from `today` on, for which nothing was charged yet.
fn begin(rule: &PlanRule, now: Timestamp, today: CivilDay) -> Membership {
    Membership {
        plan: rule.name,
        since: now,
        benefits_from: None,
        anchor: today.number(),
        periods: 0,
        from: today.number(),
        until: rule.period_end(today, 1).number(),
        days: 0,
        worth: 0,
        price: rule.price,
        intro_left: 0,
        stage: PlanStage::Active,
        ends: false,
        next: None,
        without: Vec::new(),
        paused_on: Vec::new(),
    }
}

/// To another plan: at once, or with the next period. It takes back a cancellation, and a change
/// that waits.
fn change(draft: &mut Draft<'_>, rule: &PlanRule) {
    let (now, today) = (draft.now, draft.today.day);
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    own.ends = false;
    if rule.name == own.plan {
        own.next = None;
        let (plan, until) = (own.plan, own.until);
        stand(draft, standing);
        draft.note(Note::PlanResumed { plan, until });
        return;
    }
    let from = draft.program.plan_named(own.plan);
    let waits = from.is_some_and(|from| match from.is_dearer_than(rule) {
        true => from.down_at_end,
        false => from.up_at_end,
    });
    if waits && own.stage == PlanStage::Active {
        own.next = Some(rule.name);
        let (to, on) = (rule.name, own.until);
        stand(draft, standing);
        draft.note(Note::PlanChangeAwaits { to, on });
        return;
    }
    let old = own.clone();
    let trial = old.stage == PlanStage::Trial;
    let credit = match trial {
        true => 0,
        false => period::left_of(&old, old.until - today.number()),
    };
    let mut new = begin(rule, now, today);
    (new.benefits_from, new.paused_on) = (Some(now), old.paused_on.clone());
    if trial {
        new.stage = PlanStage::Trial;
        (new.until, new.anchor, new.periods) = (old.until, old.until, -1);
        new.intro_left = rule.intro.map_or(0, |(_, periods)| periods);
    }
    standing.past = past_of(&old, now).or(standing.past);
    standing.current = Some(new);
    standing.credit += credit;
    stand(draft, standing);
    invoice::cut(draft, &old, today.number(), credit);
    draft.note(Note::PlanChanged {
        from: old.plan,
        to: rule.name,
        credit,
    });
    if !trial {
        invoice::bill(draft, rule, now);
    }
}

/// The days that are left wait; that of the pause is one of them.
fn pause(draft: &mut Draft<'_>) {
    let (now, today) = (draft.now, draft.today.day);
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    let rule = draft.program.plan_named(own.plan);
    let Some(longest) = rule.and_then(|rule| rule.pause).map(|pause| pause.longest) else {
        return;
    };
    let until = longest.after(today).number();
    own.stage = PlanStage::Paused {
        left: own.until - today.number(),
        until,
    };
    own.without.push(Gap {
        from: now,
        until: Timestamp::LAST,
    });
    own.paused_on = pauses(own, today).chain([today.number()]).collect();
    let plan = own.plan;
    stand(draft, standing);
    draft.note(Note::PlanPaused { plan, until });
}

/// Goes on after a pause, or takes a cancellation back.
fn resume(draft: &mut Draft<'_>) {
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    if matches!(own.stage, PlanStage::Paused { .. }) {
        let (today, now) = (draft.today.day.number(), draft.now);
        period::go_on(draft, today, now);
        return;
    }
    own.ends = false;
    let (plan, until) = (own.plan, own.until);
    stand(draft, standing);
    draft.note(Note::PlanResumed { plan, until });
}

/// At once where the plan says so, where it is paused, or where a payment is open, which nobody
/// asks for any more; else with the end of the period.
fn cancel(draft: &mut Draft<'_>) {
    let (now, today) = (draft.now, draft.today.day.number());
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    let rule = draft.program.plan_named(own.plan);
    let open = draft.state.wallet.paying.as_ref();
    let open = open.is_some_and(|paying| paying.open().is_some());
    let at_end = rule.is_none_or(|rule| rule.cancel_at_end);
    let waits = match own.stage {
        PlanStage::Trial => true,
        PlanStage::Active => at_end && !open,
        PlanStage::Paused { .. } => false,
    };
    if waits {
        (own.ends, own.next) = (true, None);
        let (plan, on) = (own.plan, own.until);
        stand(draft, standing);
        draft.note(Note::PlanWillEnd { plan, on });
        return;
    }
    let own = own.clone();
    if !open && rule.is_some_and(|rule| rule.refund_pro_rata) {
        // Today was used, unless the plan is paused.
        let left = match own.stage {
            PlanStage::Paused { left, .. } => left,
            _ => own.until - today - 1,
        };
        invoice::give_back(draft, &own, period::left_of(&own, left));
    }
    end(draft, now, PlanEnd::Cancelled);
}

/// The plan is over.
fn end(draft: &mut Draft<'_>, at: Timestamp, why: PlanEnd) {
    let mut standing = standing(draft);
    let Some(own) = standing.current.take() else {
        return;
    };
    standing.past = past_of(&own, at).or(standing.past);
    let open = draft.state.wallet.paying.as_ref();
    let open = open.and_then(|paying| paying.open()).cloned();
    // What credit had paid of what nobody pays any more is credit again.
    standing.credit += open.as_ref().map_or(0, |open| open.credit);
    stand(draft, standing);
    let day = draft.program.zone.day(at).number();
    if let Some(open) = open {
        let stage = match why {
            PlanEnd::NotPaid => InvoiceStage::Failed(at),
            _ => InvoiceStage::Void(at),
        };
        draft.take(Change::Invoiced(Box::new(Invoice {
            stage,
            credited: open.credit,
            asked: false,
            retry_at: None,
            ..open
        })));
    } else if day + 1 < own.until {
        invoice::cut(draft, &own, day + 1, 0);
    }
    draft.note(Note::PlanEnded {
        plan: own.plan,
        at,
        why,
    });
}

/// What is remembered of a plan whose benefits ended at `at`; nothing if they never began.
fn past_of(own: &Membership, at: Timestamp) -> Option<PastPlan> {
    let mut without = own.without.clone();
    without
        .iter_mut()
        .for_each(|gap| gap.until = gap.until.min(at));
    Some(PastPlan {
        plan: own.plan,
        from: own.benefits_from?,
        until: at,
        without,
    })
}

/// Whether money is on its way: nobody is merged meanwhile, as the answer would not find them.
pub(crate) fn has_money_open(wallet: &Wallet) -> bool {
    let paying = wallet.paying.as_ref();
    paying.is_some_and(|paying| paying.open().is_some() || paying.asks())
}

/// What goes with a merged member: where they stand. Invoices stay where they were made.
pub(crate) fn luggage(wallet: &Wallet) -> Option<Box<Paying>> {
    let paying = wallet.paying.as_ref()?;
    Some(Box::new(Paying {
        standing: paying.standing.clone(),
        ..Paying::default()
    }))
}

/// The plan leaves with the member.
pub(crate) fn leave(draft: &mut Draft<'_>) {
    let now = draft.now;
    end(draft, now, PlanEnd::Merged);
    let mut standing = standing(draft);
    standing.credit = 0;
    stand(draft, standing);
}

/// A merged member's plan comes in. Of two plans the one of the member who stays survives; what is
/// left of the other is credited to the day.
pub(crate) fn join_in(draft: &mut Draft<'_>, theirs: &PlanStanding) {
    let today = draft.today.day.number();
    let mut standing = standing(draft);
    standing.tried |= theirs.tried;
    standing.credit += theirs.credit;
    let mut credited = None;
    match (&standing.current, &theirs.current) {
        (None, Some(own)) => standing.current = Some(own.clone()),
        (Some(_), Some(other)) => {
            let left = match other.stage {
                PlanStage::Trial => 0,
                PlanStage::Active => other.until - today,
                PlanStage::Paused { left, .. } => left,
            };
            let credit = period::left_of(other, left);
            standing.credit += credit;
            credited = Some((other.plan, credit));
        }
        (_, None) => {}
    }
    stand(draft, standing);
    if let Some((plan, credit)) = credited {
        draft.note(Note::PlanCredited { plan, credit });
    }
}

/// Invoices that nothing can happen to any more leave the wallet: the log keeps them.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    const KEPT_DAYS: i32 = 400;
    let Some(paying) = &draft.state.wallet.paying else {
        return;
    };
    let before = draft.today.day.number() - KEPT_DAYS;
    let period = paying.standing.current.as_ref().map(|own| own.from);
    let old = |invoice: &&Invoice| {
        let current = period.is_some_and(|from| invoice.until > from);
        !current && !invoice.is_open() && !invoice.asks() && invoice.until < before
    };
    let old: Vec<u32> = paying
        .invoices
        .iter()
        .filter(old)
        .map(|own| own.number)
        .collect();
    for number in old {
        draft.take(Change::InvoiceGone(number));
    }
}

fn named<'p>(program: &'p Program, id: &str) -> Option<&'p PlanRule> {
    program.plan_named(Name::of(id))
}

fn standing(draft: &Draft<'_>) -> PlanStanding {
    let paying = draft.state.wallet.paying.as_ref();
    paying.map_or_else(PlanStanding::default, |paying| paying.standing.clone())
}

fn stand(draft: &mut Draft<'_>, standing: PlanStanding) {
    draft.take(Change::StandingSet(Box::new(standing)));
}
