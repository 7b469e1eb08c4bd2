//! Coupons: a code is presented, used, and sometimes given back.
//!
//! *Eva's basket holds beans for 24 EUR, and she has the code SORRY-K7XQ-9MW2, "5 EUR off from
//! 20 EUR on". The shop asks what it would do, takes 5 EUR off, and reports the purchase with the
//! code: now it is used, once and for this order, however often the report is sent. Two weeks later
//! the whole order comes back, and the code may be used again.*
//!
//! Who may use a code and how often is decided when it is used; what the basket must hold, when it
//! is used and once more when its purchase arrives, if it was used before that.

use crate::code::{Code, Fit};
use crate::draft::Draft;
use crate::event::{CodeAssign, CodeTransfer, CodeUndo, CodeUse, Event, Kind, Purchase};
use crate::outcome::{Change, CodeFault, FollowUp, Note, Refusal};
use crate::price::{Basket, Discount, Taken, WhyNot, price};
use crate::program::{CouponCodes, CouponRule, LimitScope, Metric, Program};
use crate::stage::earn::Scene;
use crate::stage::{enrol, gives, grant, reverse, tier};
use crate::state::{CodeRecord, Codes, CouponUse, Grant, Grants, LineSet, OrderKey, Paid};
use regulars_base::{Almanac, CivilDay, EventKey, MemberId, Ratio, Text};
use regulars_ledger::Account;

/// A code that may be used.
#[derive(Clone)]
pub(crate) struct Presented<'p> {
    pub(crate) code: Code,
    pub(crate) coupon: &'p CouponRule,
    /// What is known of the code itself; nothing for the one word of a campaign.
    record: Option<CodeRecord>,
    /// It was used for this very order already.
    used: bool,
    pub(crate) discount: Discount,
}

/// What a code is, or why it is none.
pub(crate) fn look_up<'p>(
    program: &'p Program,
    codes: &Codes,
    code: &Code,
) -> Result<(&'p CouponRule, Option<CodeRecord>), CodeFault> {
    let shared = |coupon: &&CouponRule| coupon.shared_code() == Some(code);
    if let Some(coupon) = program.coupons.iter().find(shared) {
        return Ok((coupon, None));
    }
    if let Some(record) = codes.get(code) {
        // A campaign that left the file has ended.
        let coupon = program.coupon_named(record.coupon);
        return coupon
            .map(|coupon| (coupon, Some(*record)))
            .ok_or(CodeFault::Ended);
    }
    let mut patterns = program.coupons.iter().filter_map(CouponRule::pattern);
    match patterns.any(|pattern| pattern.fit(code) == Fit::Mistyped) {
        true => Err(CodeFault::Mistyped),
        false => Err(CodeFault::Unknown),
    }
}

/// The codes that an event presents; all of them may be used, or the event is refused.
pub(crate) fn present<'p>(draft: &Draft<'p>, event: &Event) -> Result<Vec<Presented<'p>>, Refusal> {
    let codes = match &event.kind {
        Kind::Purchase(purchase) => &purchase.codes[..],
        Kind::CodeUse(asked) => std::slice::from_ref(&asked.code),
        _ => return Ok(Vec::new()),
    };
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let kept = enrol::is_kept(draft, event);
    let mut presented = Vec::with_capacity(codes.len());
    for answer in examine(draft, event, codes, kept) {
        presented.push(answer.map_err(|(code, why)| refusal(draft, code, why))?);
    }
    let Kind::Purchase(purchase) = &event.kind else {
        return Ok(presented);
    };
    let basket = Basket::of(listed(purchase), nothing());
    let discounts: Vec<Discount> = presented.iter().map(|own| own.discount.clone()).collect();
    let priced = price(&draft.program.combine, &basket, &discounts);
    for (own, taken) in presented.iter().zip(priced.discounts) {
        match fault(&taken) {
            // What the discount took off is no longer to be seen: the delivery was free.
            None | Some(CodeFault::NothingToTakeOff) => {}
            Some(why) => return Err(refusal(draft, own.code.clone(), why)),
        }
    }
    Ok(presented)
}

/// Looks at each code by itself. `kept`: it is dealt with for the second time, so that it was found
/// to be right already.
pub(crate) fn examine<'p>(
    draft: &Draft<'p>,
    event: &Event,
    codes: &[Code],
    kept: bool,
) -> Vec<Result<Presented<'p>, (Code, CodeFault)>> {
    let mut seen: Vec<(&Code, &str)> = Vec::new();
    let mut answers = Vec::with_capacity(codes.len());
    for code in codes {
        let answer = one(draft, event, code, &seen, kept);
        if let Ok(own) = &answer {
            seen.push((code, &own.coupon.id));
        }
        answers.push(answer.map_err(|why| (code.clone(), why)));
    }
    answers
}

fn one<'p>(
    draft: &Draft<'p>,
    event: &Event,
    code: &Code,
    seen: &[(&Code, &str)],
    kept: bool,
) -> Result<Presented<'p>, CodeFault> {
    let program = draft.program;
    let (coupon, record) = look_up(program, &draft.state.codes, code)?;
    if seen.iter().any(|(own, _)| *own == code) {
        return Err(CodeFault::Twice);
    }
    let used = order_of(event).is_some_and(|key| {
        let uses = &draft.state.wallet.coupon_uses;
        uses.iter()
            .any(|own| own.code == *code && own.order.as_ref() == Some(&key))
    });
    if !used {
        let before = seen.iter().filter(|(_, id)| *id == coupon.id).count();
        may_be_used(draft, event, coupon, (code, record), before)?;
    }
    let lines = match &event.kind {
        Kind::Purchase(purchase) if !(used && kept) => fits(draft, event, purchase, coupon)?,
        Kind::Purchase(_) => LineSet::All,
        _ => {
            let lowest = coupon.tier.map(usize::from);
            let own = program.tier_at(draft.state.wallet.tier.name);
            if lowest.is_some_and(|lowest| own < lowest) {
                return Err(CodeFault::TierTooLow);
            }
            if coupon.first_order && draft.state.wallet.orders > 0 {
                return Err(CodeFault::NotFirstOrder);
            }
            LineSet::All
        }
    };
    Ok(Presented {
        code: code.clone(),
        coupon,
        record,
        used,
        discount: Discount {
            id: Text::from(code.clone()),
            off: coupon.off,
            lines,
            group: coupon.group.clone(),
            exclusive: coupon.exclusive,
            order: coupon.order,
        },
    })
}

/// Whether a code may be used: what does not depend on the basket, in order of precedence.
/// `before` codes of its campaign come before it in the same event.
fn may_be_used(
    draft: &Draft<'_>,
    event: &Event,
    coupon: &CouponRule,
    (code, record): (&Code, Option<CodeRecord>),
    before: usize,
) -> Result<(), CodeFault> {
    let at = event.occurred_at;
    if record.is_some_and(|record| record.void) {
        return Err(CodeFault::Void);
    }
    if coupon.from.is_some_and(|from| at < from) {
        return Err(CodeFault::NotYet);
    }
    if coupon.until.is_some_and(|until| at >= until) {
        return Err(CodeFault::Ended);
    }
    if let (Some(record), CouponCodes::Single { uses, .. }) = (record, &coupon.codes) {
        if at >= record.expires_at {
            return Err(CodeFault::Ended);
        }
        if record.used >= *uses {
            return Err(CodeFault::UsedUp);
        }
        if record.assigned && !draft.state.wallet.codes.contains(code) {
            return Err(CodeFault::NotYours);
        }
    }
    let (day, _) = draft.local(at);
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    for limit in &coupon.limits {
        if grant::left(draft, &day, limit) <= before {
            return Err(match limit.per {
                LimitScope::Program => CodeFault::BudgetSpent,
                LimitScope::Member | LimitScope::Order => CodeFault::LimitReached,
            });
        }
    }
    Ok(())
}

/// Whether the basket is as the coupon wants it, and off which lines it is taken.
fn fits(
    draft: &Draft<'_>,
    event: &Event,
    purchase: &Purchase,
    coupon: &CouponRule,
) -> Result<LineSet, CodeFault> {
    let program = draft.program;
    // As it was before anything was taken off: the shop asks before, and reports after.
    let before = Event {
        kind: Kind::Purchase(Box::new(listed(purchase))),
        ..event.clone()
    };
    let scene = Scene::of(draft, &before);
    if coupon
        .tier
        .is_some_and(|lowest| scene.tier < usize::from(lowest))
    {
        return Err(CodeFault::TierTooLow);
    }
    if coupon.first_order && draft.state.wallet.orders > 0 {
        return Err(CodeFault::NotFirstOrder);
    }
    let goods = scene.purchase().map_or(0, Purchase::goods);
    if let Some(least) = coupon.least.filter(|least| goods < *least) {
        return Err(CodeFault::BelowLeast { least, goods });
    }
    let facts = scene.facts(program, draft.state);
    let lines = match (&coupon.when, scene.purchase()) {
        (Some(when), Some(bought)) if when.per_line => {
            LineSet::those(&bought.lines, |line| when.holds_for(&facts, line))
        }
        (Some(when), _) if !when.holds(&facts) => return Err(CodeFault::Condition),
        _ => LineSet::All,
    };
    match lines.is_empty() {
        true => Err(CodeFault::Condition),
        false => Ok(lines),
    }
}

/// The purchase before discounts: what is paid for each line and what was taken off it.
pub(crate) fn listed(purchase: &Purchase) -> Purchase {
    let mut listed = purchase.clone();
    for line in &mut listed.lines {
        line.amount += line.discount;
        line.discount = 0;
    }
    listed.total = listed.lines.iter().map(|line| line.amount).sum::<i64>() + listed.delivery;
    listed
}

pub(crate) fn nothing() -> Ratio {
    Ratio::new(0, 1).expect("one is above zero")
}

/// Why a discount was not taken off, in the words of codes.
pub(crate) fn fault(taken: &Taken) -> Option<CodeFault> {
    let code = |id: &Text| Code::new(id.as_str()).ok();
    Some(match taken.why_not.as_ref()? {
        WhyNot::GroupTaken { by } => CodeFault::GroupTaken { by: code(by) },
        WhyNot::NotCombined { with } => CodeFault::NotCombined { with: code(with) },
        WhyNot::TooMany { most } => CodeFault::TooMany { most: *most },
        WhyNot::NothingToTakeOff => CodeFault::NothingToTakeOff,
    })
}

fn refusal(draft: &Draft<'_>, code: Code, why: CodeFault) -> Refusal {
    let coupon = look_up(draft.program, &draft.state.codes, &code).ok();
    Refusal::CodeNotUsable {
        code,
        coupon: coupon.map(|(coupon, _)| coupon.name),
        why,
    }
}

/// Uses the codes of a purchase; the points that they give belong to the order.
pub(crate) fn use_for_order(
    draft: &mut Draft<'_>,
    event: &Event,
    presented: &[Presented<'_>],
    grants: &mut Grants,
) {
    let at = event.occurred_at;
    let (day, _) = draft.local(at);
    let progress_day = draft.program.progress_day(&day);
    for own in presented.iter().filter(|own| !own.used) {
        use_one(draft, event, own, Vec::new());
        for (place, given) in &own.coupon.points {
            let terms = &draft.program.points[usize::from(*place)];
            let dates = draft.dates(terms, at, true);
            grants.push(Grant {
                rule: own.coupon.name,
                points: terms.name,
                given: *given,
                taken: 0,
                dates,
                lines: own.discount.lines.clone(),
            });
            draft.issue(terms.name, Account::Issued, *given, dates, at);
            tier::progress(draft, Metric::Earned(terms.name), progress_day, *given);
            draft.note(Note::CouponGave {
                coupon: own.coupon.name,
                points: terms.name,
                amount: *given,
            });
        }
    }
}

/// A code is used without a purchase, or before it.
pub(crate) fn use_alone(
    draft: &mut Draft<'_>,
    event: &Event,
    presented: &[Presented<'_>],
) -> Result<(), Refusal> {
    let at = event.occurred_at;
    for own in presented {
        if own.used {
            let code = own.code.clone();
            return Err(refusal(draft, code, CodeFault::Twice));
        }
        let mut paid = Vec::new();
        for (place, amount) in &own.coupon.points {
            let terms = &draft.program.points[usize::from(*place)];
            let dates = draft.dates(terms, at, true);
            paid.push(Paid {
                points: terms.name,
                dates,
                amount: *amount,
            });
        }
        draft.take(Change::WasActive(at));
        use_one(draft, event, own, paid.clone());
        let (day, _) = draft.local(at);
        let progress_day = draft.program.progress_day(&day);
        for Paid {
            points,
            dates,
            amount,
        } in paid
        {
            draft.issue(points, Account::Issued, amount, dates, at);
            tier::progress(draft, Metric::Earned(points), progress_day, amount);
            draft.note(Note::CouponGave {
                coupon: own.coupon.name,
                points,
                amount,
            });
        }
    }
    Ok(())
}

/// The purchase earns nothing, or not yet: its customer is no member and it is kept, or its group's
/// contract is over. The shop has taken the codes all the same, so they are used.
pub(crate) fn use_without_points(
    draft: &mut Draft<'_>,
    event: &Event,
    presented: &[Presented<'_>],
) {
    for own in presented.iter().filter(|own| !own.used) {
        use_one(draft, event, own, Vec::new());
    }
}

fn use_one(draft: &mut Draft<'_>, event: &Event, own: &Presented<'_>, paid: Vec<Paid>) {
    let (day, _) = draft.local(event.occurred_at);
    let code = own.code.clone();
    let mut held = false;
    if let (Some(record), CouponCodes::Single { uses, .. }) = (own.record, &own.coupon.codes) {
        draft.take(Change::CodeMoved {
            code: code.clone(),
            by: 1,
        });
        // Nobody holds a code on to which there is no more.
        held = record.used + 1 >= *uses && draft.state.wallet.codes.contains(&code);
        if held {
            draft.take(Change::CodeReleased(code.clone()));
        }
    }
    for limit in &own.coupon.limits {
        grant::use_up(draft, &day, limit, 1);
    }
    draft.note(Note::CodeUsed {
        coupon: own.coupon.name,
        code: code.clone(),
    });
    draft.take(Change::CouponUsed(Box::new(CouponUse {
        coupon: own.coupon.name,
        code,
        single: own.record.is_some(),
        held,
        order: order_of(event),
        at: draft.now,
        day: day.day.number(),
        paid,
    })));
}

/// An agent gives a use back.
pub(crate) fn undo(draft: &mut Draft<'_>, event: &Event, undo: &CodeUndo) -> Result<(), Refusal> {
    let order = undo.order.as_ref().map(|order| OrderKey {
        source: event.key.source.clone(),
        order: order.clone(),
    });
    let is = |own: &&CouponUse| {
        own.code == undo.code
            && (order.is_none() || own.order == order)
            && !gives::is_over(draft, own.at)
    };
    let used = draft.state.wallet.coupon_uses.iter().rfind(is);
    let used = used.ok_or(Refusal::UnknownCodeUse)?.clone();
    give_back(draft, used);
    Ok(())
}

/// All of an order came back: the codes that were used for it may be used again, unless their
/// campaign keeps them.
pub(crate) fn order_came_back(draft: &mut Draft<'_>, event: &Event) {
    if draft.state.wallet.coupon_uses.is_empty() {
        return;
    }
    let Some(key) = order_of(event) else { return };
    let program = draft.program;
    let returns = |own: &CouponUse| {
        let coupon = program.coupon_named(own.coupon);
        coupon.is_none_or(|coupon| coupon.returns)
    };
    let uses = draft.state.wallet.coupon_uses.iter();
    let back: Vec<CouponUse> = uses
        .filter(|own| own.order.as_ref() == Some(&key))
        .filter(|own| returns(own) && !gives::is_over(draft, own.at))
        .cloned()
        .collect();
    for used in back {
        give_back(draft, used);
    }
}

/// The code may be used once more, its limits have room again, and points that it gave without an
/// order go back.
fn give_back(draft: &mut Draft<'_>, used: CouponUse) {
    let code = used.code.clone();
    if used.single {
        draft.take(Change::CodeMoved {
            code: code.clone(),
            by: -1,
        });
        if used.held {
            draft.take(Change::CodeAssigned(code.clone()));
        }
    }
    let day = Almanac::of(CivilDay::from_number(used.day));
    if let Some(coupon) = draft.program.coupon_named(used.coupon) {
        for limit in &coupon.limits {
            grant::use_up(draft, &day, limit, -1);
        }
    }
    draft.note(Note::CodeReturned {
        coupon: used.coupon,
        code,
    });
    let progress_day = draft.program.progress_day(&day);
    for paid in &used.paid {
        tier::earned_back(draft, paid, progress_day);
        reverse::take_points(draft, used.coupon, *paid);
    }
    draft.take(Change::CouponUseGone(Box::new(used)));
}

/// Uses that can no longer be given back.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    if draft.state.wallet.coupon_uses.is_empty() {
        return;
    }
    let uses = draft.state.wallet.coupon_uses.iter();
    let over: Vec<CouponUse> = uses
        .filter(|own| gives::is_over(draft, own.at))
        .cloned()
        .collect();
    for used in over {
        draft.take(Change::CouponUseGone(Box::new(used)));
    }
}

/// A code is put into a member's hand: from now on nobody else may use it.
pub(crate) fn assign(
    draft: &mut Draft<'_>,
    event: &Event,
    assign: &CodeAssign,
) -> Result<(), Refusal> {
    let code = &assign.code;
    let (coupon, record) = look_up(draft.program, &draft.state.codes, code)
        .map_err(|why| refusal(draft, code.clone(), why))?;
    let Some(record) = record else {
        return Err(Refusal::CodeIsShared);
    };
    if record.assigned {
        return Err(Refusal::CodeTaken);
    }
    let uses = match &coupon.codes {
        CouponCodes::Single { uses, .. } => *uses,
        CouponCodes::Shared(_) => i64::MAX,
    };
    let why = match () {
        () if record.void => Some(CodeFault::Void),
        () if event.occurred_at >= record.expires_at => Some(CodeFault::Ended),
        () if record.used >= uses => Some(CodeFault::UsedUp),
        () => None,
    };
    if let Some(why) = why {
        return Err(refusal(draft, code.clone(), why));
    }
    draft.take(Change::CodeAssigned(code.clone()));
    draft.note(Note::CodeAssigned {
        coupon: coupon.name,
        code: code.clone(),
    });
    Ok(())
}

/// A member hands a code on: it leaves here, and goes into the other's hand in the same commit.
pub(crate) fn transfer(
    draft: &mut Draft<'_>,
    event: &Event,
    transfer: &CodeTransfer,
) -> Result<(), Refusal> {
    let code = &transfer.code;
    let (coupon, record) = look_up(draft.program, &draft.state.codes, code)
        .map_err(|why| refusal(draft, code.clone(), why))?;
    if transfer.from == transfer.into {
        return Err(Refusal::SameMember);
    }
    if record.is_none() {
        return Err(Refusal::CodeIsShared);
    }
    if !draft.state.wallet.codes.contains(code) {
        return Err(refusal(draft, code.clone(), CodeFault::NotYours));
    }
    if !coupon.transfer {
        return Err(Refusal::CodeNotTransferable);
    }
    draft.take(Change::CodeReleased(code.clone()));
    draft.note(Note::CodeHandedOn {
        coupon: coupon.name,
        code: code.clone(),
    });
    follow_up(draft, event, transfer.into, code);
    Ok(())
}

fn follow_up(draft: &mut Draft<'_>, event: &Event, member: MemberId, code: &Code) {
    let external_id = Text::new(format!("{}#into", event.key.external_id));
    let key = EventKey {
        source: event.key.source.clone(),
        external_id: external_id.unwrap_or_else(|_| event.key.external_id.clone()),
    };
    let event = Event {
        key,
        occurred_at: event.occurred_at,
        recorded_at: draft.now,
        entropy: draft.entropy,
        kind: Kind::CodeAssign(CodeAssign { code: code.clone() }),
    };
    draft.out.follow_ups.push(FollowUp {
        member: Some(member),
        event,
    });
}

/// The order that an event is about, and whose number it is.
fn order_of(event: &Event) -> Option<OrderKey> {
    let order = match &event.kind {
        Kind::CodeUse(CodeUse { order, .. }) => order.as_ref(),
        _ => event.order(),
    };
    order.map(|order| OrderKey {
        source: event.key.source.clone(),
        order: order.clone(),
    })
}
