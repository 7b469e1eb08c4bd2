//! Invoices: made for a period, paid or not, and what comes back of them.
//!
//! *The invoice over 4.90 EUR was paid on the second attempt. On the tenth of 30 days Ida changes to
//! the plan for 9.90: the 20 days that are left, today among them, are worth 3.26, which is credited,
//! and 6.64 are to be paid today.*

use super::{end, stand, standing};
use crate::draft::Draft;
use crate::event::{Event, Kind, PaymentBack, PaymentEnd};
use crate::outcome::{Change, Measure, Note, PlanEnd, Refusal};
use crate::program::{Gives, Metric, PlanRule, TakeBack};
use crate::stage::{perk, reverse, tier};
use crate::state::{Gap, Invoice, InvoiceStage, Membership, Paid, Paying, Voucher};
use regulars_base::{Name, Text, Timestamp};
use regulars_ledger::Account;

/// Makes the invoice of the period that just began. What costs nothing is paid at once.
pub(super) fn bill(draft: &mut Draft<'_>, rule: &PlanRule, at: Timestamp) {
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    let price = if rule.keeps_price {
        own.price
    } else {
        rule.price
    };
    let mut discount = 0;
    if own.intro_left > 0 {
        own.intro_left -= 1;
        discount = rule.intro.map_or(0, |(intro, _)| (price - intro).max(0));
    }
    let worth = price - discount;
    let credit = standing.credit.min(worth);
    standing.credit -= credit;
    (own.days, own.worth) = (own.until - own.from, worth);
    let (plan, from, until) = (own.plan, own.from, own.until);
    stand(draft, standing);
    let count = draft
        .state
        .wallet
        .paying
        .as_ref()
        .map_or(0, |paying| paying.count);
    let number = count.saturating_add(1);
    let amount = worth - credit;
    draft.take(Change::Invoiced(Box::new(Invoice {
        number,
        plan,
        issued_at: at,
        from,
        until,
        price,
        discount,
        credit,
        tax: rule.tax_in(worth),
        stage: InvoiceStage::Open,
        attempts: u16::from(amount > 0),
        asked: amount > 0,
        retry_at: None,
        credited: 0,
        owed_back: 0,
        paid_back: 0,
        reference: Text::default(),
        gifts: Vec::new(),
        voucher: None,
    })));
    draft.note(Note::Invoiced {
        number,
        plan,
        from,
        until,
        amount,
        credit,
    });
    if amount == 0 {
        settle(draft, number, &Text::default(), at);
    }
}

/// All reasons to say no to what is told of a payment, in order.
pub(super) fn check(paying: Option<&Paying>, kind: &Kind) -> Result<(), Refusal> {
    let find = |number: u32| {
        let invoice = paying.and_then(|paying| paying.invoice(number));
        invoice.ok_or(Refusal::UnknownInvoice)
    };
    match kind {
        Kind::PaymentSucceeded(end) => {
            let paid = matches!(find(end.invoice)?.stage, InvoiceStage::Paid(_));
            (!paid).then_some(()).ok_or(Refusal::InvoiceSettled)
        }
        Kind::PaymentFailed(end) => {
            let own = find(end.invoice)?;
            let awaited = end.attempt.is_none_or(|attempt| attempt == own.attempts);
            let fits = own.is_open() && own.asked && awaited;
            fits.then_some(()).ok_or(Refusal::InvoiceSettled)
        }
        Kind::PaymentRefunded(back) => {
            let own = find(back.invoice)?;
            let left = own.owed_back + own.refundable();
            if left == 0 {
                return Err(Refusal::InvoiceSettled);
            }
            match back.amount {
                Some(asked) if asked > left => Err(Refusal::RefundTooLarge {
                    left,
                    asked,
                    of: Measure::Amount,
                }),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// What whoever moves money tells. It was checked.
pub(crate) fn money(draft: &mut Draft<'_>, event: &Event) {
    match &event.kind {
        Kind::PaymentSucceeded(end) => {
            let now = draft.now;
            settle(draft, end.invoice, &end.reference, now);
        }
        Kind::PaymentFailed(end) => fail(draft, end),
        Kind::PaymentRefunded(back) => paid_back(draft, back),
        _ => {}
    }
}

/// An invoice is paid: benefits begin, and what the period gives is given. Money for an invoice that
/// nobody asks for any more is owed back.
fn settle(draft: &mut Draft<'_>, number: u32, reference: &Text, at: Timestamp) {
    let Some(mut invoice) = own(draft, number) else {
        return;
    };
    let wanted = invoice.is_open();
    invoice.stage = InvoiceStage::Paid(at);
    (invoice.asked, invoice.retry_at) = (false, None);
    invoice.reference = reference.clone();
    let amount = invoice.amount();
    if !wanted {
        invoice.owed_back = amount;
    }
    draft.note(Note::InvoicePaid { number, amount });
    if wanted {
        let mut standing = standing(draft);
        if let Some(own) = &mut standing.current {
            own.benefits_from.get_or_insert(at);
            super::period::close_gap(own, at);
        }
        stand(draft, standing);
        give(draft, &mut invoice, at);
    } else {
        draft.note(Note::OwedBack { number, amount });
    }
    draft.take(Change::Invoiced(Box::new(invoice)));
}

/// It is asked for again on the next of the plan's days, as long as its grace lasts.
fn fail(draft: &mut Draft<'_>, end: &PaymentEnd) {
    let Some(mut invoice) = own(draft, end.invoice) else {
        return;
    };
    let (program, now) = (draft.program, draft.now);
    let rule = program.plan_named(invoice.plan);
    let issued_on = program.zone.day(invoice.issued_at);
    let days = rule.map_or(&[][..], |rule| &rule.retry_days);
    let moments = days
        .iter()
        .map(|days| program.zone.start_of(issued_on.plus_days(*days)));
    invoice.retry_at = moments.filter(|moment| *moment > now).min();
    invoice.asked = false;
    let (number, attempt, retry_at) = (invoice.number, invoice.attempts, invoice.retry_at);
    draft.take(Change::Invoiced(Box::new(invoice)));
    draft.note(Note::PaymentFailed {
        number,
        attempt,
        retry_at,
    });
    let mut standing = standing(draft);
    if let Some(own) = &mut standing.current
        && rule.is_some_and(|rule| !rule.grace_benefits)
        && own.benefits_from.is_some()
        && !own.without.iter().any(|gap| gap.until == Timestamp::LAST)
    {
        own.without.push(Gap {
            from: now,
            until: Timestamp::LAST,
        });
        stand(draft, standing);
    }
}

/// Money went back. When nothing of a period is left, what it gave is taken back, and if it is the
/// one that runs, the plan is over.
fn paid_back(draft: &mut Draft<'_>, back: &PaymentBack) {
    let Some(mut invoice) = own(draft, back.invoice) else {
        return;
    };
    let amount = match (back.amount, invoice.owed_back) {
        (Some(amount), _) => amount,
        (None, 0) => invoice.refundable(),
        (None, owed) => owed,
    };
    let unasked = amount - amount.min(invoice.owed_back);
    invoice.owed_back -= amount - unasked;
    invoice.paid_back += amount;
    let number = invoice.number;
    draft.note(Note::PaidBack { number, amount });
    let nothing_left = unasked > 0 && invoice.refundable() == 0;
    if nothing_left {
        take_gifts(draft, &mut invoice);
        // What credit had paid of it is credit again.
        let mut standing = standing(draft);
        let rest = invoice.kept();
        standing.credit += rest;
        invoice.credited += rest;
        stand(draft, standing);
    }
    let (plan, until) = (invoice.plan, invoice.until);
    draft.take(Change::Invoiced(Box::new(invoice)));
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    if (own.plan, own.until) != (plan, until) || unasked == 0 {
        return;
    }
    own.worth -= unasked;
    stand(draft, standing);
    if nothing_left {
        let now = draft.now;
        end(draft, now, PlanEnd::PaidBack);
    }
}

/// The days from `day` on are credited: the invoice is for those before.
pub(super) fn cut(draft: &mut Draft<'_>, old: &Membership, day: i32, credit: i64) {
    if let Some(mut invoice) = of_period(draft, old.plan, old.until) {
        invoice.until = day.max(invoice.from);
        invoice.credited += credit;
        draft.take(Change::Invoiced(Box::new(invoice)));
    }
}

/// A pause moved the period's end.
pub(super) fn stretch(draft: &mut Draft<'_>, plan: Name, before: i32, until: i32) {
    if let Some(mut invoice) = of_period(draft, plan, before) {
        invoice.until = until;
        draft.take(Change::Invoiced(Box::new(invoice)));
    }
}

/// So much of the running period is to be paid back; what credit had paid of it is credit again.
pub(super) fn give_back(draft: &mut Draft<'_>, own: &Membership, worth: i64) {
    let mut standing = standing(draft);
    let Some(mut invoice) = of_period(draft, own.plan, own.until) else {
        standing.credit += worth;
        stand(draft, standing);
        return;
    };
    let amount = worth.min(invoice.refundable());
    invoice.owed_back += amount;
    invoice.credited += worth - amount;
    standing.credit += worth - amount;
    let number = invoice.number;
    draft.take(Change::Invoiced(Box::new(invoice)));
    stand(draft, standing);
    if amount > 0 {
        draft.note(Note::OwedBack { number, amount });
    }
}

/// What a period gives when it is paid.
fn give(draft: &mut Draft<'_>, invoice: &mut Invoice, at: Timestamp) {
    let program = draft.program;
    let rule = program.plan_named(invoice.plan);
    match rule.and_then(|rule| rule.gives.as_ref()) {
        Some(Gives::Reward(place)) => {
            let reward = program.rewards[usize::from(*place)].name;
            let voucher = Voucher {
                reward,
                origin: invoice.plan,
                issued_at: at,
                expires_at: Timestamp::LAST,
            };
            draft.take(Change::VoucherIssued(voucher));
            invoice.voucher = Some(voucher);
            let plan = invoice.plan;
            draft.note(Note::PlanVoucher { plan, reward });
        }
        Some(Gives::Points(amounts)) => {
            for (place, amount) in amounts {
                let terms = &program.points[usize::from(*place)];
                let (points, amount) = (terms.name, *amount);
                let plan = invoice.plan;
                draft.note(Note::PlanGift {
                    plan,
                    points,
                    amount,
                });
                let dates = draft.dates(terms, at, false);
                draft.issue(points, Account::Issued, amount, dates, at);
                let day = draft.local(at).0;
                let day = program.progress_day(&day);
                tier::progress(draft, Metric::Earned(points), day, amount);
                invoice.gifts.push(Paid {
                    points,
                    dates,
                    amount,
                });
            }
        }
        None => {}
    }
}

/// Points go back by the policies of refunds; a reward does if it is still in hand.
fn take_gifts(draft: &mut Draft<'_>, invoice: &mut Invoice) {
    let (plan, day) = (invoice.plan, draft.program.progress_day(&draft.today));
    if let Some(voucher) = invoice.voucher.take()
        && let Some(held) = perk::in_hand(&draft.state.wallet, &voucher)
    {
        perk::take(draft, held);
        let reward = voucher.reward;
        draft.note(Note::PlanVoucherTakenBack { plan, reward });
    }
    for gift in std::mem::take(&mut invoice.gifts) {
        if draft.program.refund.take_back != TakeBack::Nothing {
            tier::earned_back(draft, &gift, day);
            reverse::take_points(draft, plan, gift);
        }
    }
}

fn own(draft: &Draft<'_>, number: u32) -> Option<Invoice> {
    draft.state.wallet.paying.as_ref()?.invoice(number).cloned()
}

/// The invoice of the period that ends before this day.
fn of_period(draft: &Draft<'_>, plan: Name, until: i32) -> Option<Invoice> {
    let paying = draft.state.wallet.paying.as_ref()?;
    let is = |invoice: &&Invoice| (invoice.plan, invoice.until) == (plan, until);
    paying.invoices.iter().rev().find(is).cloned()
}
