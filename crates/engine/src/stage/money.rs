//! Store credit: money of a member that pays for orders.
//!
//! *Ana's kettle was broken. She takes the 30 EUR as store credit, and pays for coffee with it a week
//! later: 18 EUR of 18. Half of the coffee comes back, and 9 EUR are hers again, as good as they were.
//! She has 21 EUR, which never lapse, and which are no points.*
//!
//! Each account is a book like that of points: lots with dates, balanced postings, the same proof. Its
//! money pays only where a purchase says so; an order that was merely paid "with store credit" in
//! some other system's books moves nothing.

mod card;

pub(crate) use card::{
    card_move, card_returned, card_used, check as check_card, money_back, money_in,
};

use crate::draft::Draft;
use crate::event::{
    CreditWhy, Event, GiftCardReturned, GiftCardUsed, Kind, PaidFrom, Purchase, StoreCredit,
};
use crate::follow::tell;
use crate::outcome::{Change, MoneyNote, Note, Refusal};
use crate::program::CreditRule;
use crate::stage::{gives, reverse};
use crate::state::{
    Credited, MoneyChange, MoneyUse, OrderKey, Paid, PaidByCard, Purchased, Purse, Spent, UseStage,
};
use regulars_base::{Name, Timestamp};
use regulars_ledger::{Account, Dates, Origin, Posting, SpendOrder};

fn change(draft: &mut Draft<'_>, change: MoneyChange) {
    draft.take(Change::Money(Box::new(change)));
}

fn note(draft: &mut Draft<'_>, note: MoneyNote) {
    draft.note(Note::Money(Box::new(note)));
}

fn rule<'p>(draft: &Draft<'p>) -> Result<&'p CreditRule, Refusal> {
    let rule = draft.program.money.credit.as_deref();
    rule.ok_or(Refusal::NoStoreCredit)
}

fn order_key(event: &Event, order: &regulars_base::Text) -> OrderKey {
    OrderKey {
        source: event.key.source.clone(),
        order: order.clone(),
    }
}

/// Whether a purchase may be paid as it says. Of gift cards only their own wallets know that.
pub(crate) fn check(draft: &Draft<'_>, event: &Event, bought: &Purchase) -> Result<(), Refusal> {
    let price = by_credit(bought);
    if bought.payments.iter().all(|payment| payment.from.is_none()) || is_paid(draft, event, bought)
    {
        return Ok(());
    }
    if bought.currency != draft.program.currency {
        return Err(Refusal::MoneyInOtherCurrency);
    }
    if price > 0 {
        let money = rule(draft)?.terms.name;
        let available = draft.state.wallet.available(money, draft.now);
        if available < price {
            return Err(Refusal::InsufficientMoney { available, price });
        }
    }
    Ok(())
}

/// How much of a purchase store credit pays, in minor units.
pub(crate) fn by_credit(bought: &Purchase) -> i64 {
    let payments = bought.payments.iter();
    let own = payments.filter(|own| own.from.as_deref() == Some(&PaidFrom::Credit));
    own.map(|payment| payment.amount).sum()
}

/// What was bought by a customer who is no member is dealt with twice, and paid once.
fn is_paid(draft: &Draft<'_>, event: &Event, bought: &Purchase) -> bool {
    let (key, purse) = (order_key(event, &bought.order), draft.state.wallet.purse());
    let mut uses = purse.uses.iter();
    uses.any(|own| own.order.as_ref() == Some(&key))
        || purse.by_card.iter().any(|own| own.order == key)
}

/// Takes what a purchase is paid with out of the accounts that it names.
pub(crate) fn pay(draft: &mut Draft<'_>, event: &Event, bought: &Purchase) {
    if bought.payments.iter().all(|payment| payment.from.is_none()) || is_paid(draft, event, bought)
    {
        return;
    }
    let key = order_key(event, &bought.order);
    let price = by_credit(bought);
    if let (Some(rule), 1..) = (&draft.program.money.credit, price) {
        let spent = take(draft, rule.terms.name, Account::Redeemed, price);
        let used = MoneyUse {
            id: bought.order.clone(),
            spent,
            stage: UseStage::Used(draft.now),
            order: Some(key.clone()),
        };
        change(draft, MoneyChange::Used(used));
        note(draft, MoneyNote::CreditPaid { amount: price });
    }
    for (place, payment) in bought.payments.iter().enumerate() {
        let Some(PaidFrom::Card { card, hold }) = payment.from.as_deref() else {
            continue;
        };
        let paid = PaidByCard {
            order: key.clone(),
            card: *card,
            hold: hold.clone(),
            amount: payment.amount,
            back: 0,
            at: draft.now,
        };
        change(draft, MoneyChange::PaidByCard(paid));
        note(
            draft,
            MoneyNote::CardPaid {
                card: *card,
                amount: payment.amount,
            },
        );
        let used = GiftCardUsed {
            hold: hold.clone(),
            amount: payment.amount,
            order: key.clone(),
        };
        let kind = Kind::GiftCardUsed(Box::new(used));
        tell(draft, event, &format!("card-{place}"), *card, kind);
    }
}

/// Takes money out of a book, lot by lot; it must be there.
fn take(draft: &mut Draft<'_>, money: Name, to: Account, amount: i64) -> Vec<Spent> {
    let (first, now) = (draft.out.changes.len(), draft.now);
    let terms = (SpendOrder::SoonestExpiry, Origin::Any);
    draft.post(money, |book, out| book.spend((to, amount), terms, now, out));
    let spent = |change: &Change| match change {
        Change::Posted(Posting {
            points,
            amount,
            dates,
            ..
        }) => Some(Spent {
            paid: Paid {
                points: *points,
                dates: *dates,
                amount: *amount,
            },
            back: 0,
        }),
        _ => None,
    };
    draft.out.changes[first..]
        .iter()
        .filter_map(spent)
        .collect()
}

/// Money comes back out of `from` into the lot that it came from; where that has lapsed meanwhile,
/// into a new one: what was paid is not lost by time that passed at the shop's.
fn put_back(draft: &mut Draft<'_>, paid: Paid, from: Account) {
    let now = draft.now;
    let terms = draft.program.terms_named(paid.points);
    let dates = match terms {
        Some(terms) if paid.dates.expires_at <= now => draft.dates(terms, now, false),
        _ => paid.dates,
    };
    draft.issue(paid.points, from, paid.amount, own(dates), now);
}

/// Money belongs to the shop that promises it, whatever partner's till it came in at.
const fn own(dates: Dates) -> Dates {
    Dates {
        funder: None,
        ..dates
    }
}

/// Store credit by hand, of a refund, as cashback.
pub(crate) fn credit(
    draft: &mut Draft<'_>,
    event: &Event,
    credit: &StoreCredit,
) -> Result<(), Refusal> {
    let rule = rule(draft)?;
    if draft.state.wallet.enrolled_at.is_none() {
        return Err(Refusal::NotEnrolled);
    }
    let (money, amount) = (rule.terms.name, credit.amount);
    if amount < 0 {
        let available = draft.state.wallet.available(money, draft.now);
        let price = amount.saturating_neg();
        if available < price {
            return Err(Refusal::InsufficientMoney { available, price });
        }
        take(draft, money, Account::Adjusted, price);
        note(draft, MoneyNote::CreditTaken { amount: price });
        return Ok(());
    }
    match credit.why {
        CreditWhy::Refund => {
            let key = refundable(draft, event, credit, rule)?;
            let at = draft.now;
            give(draft, Account::Issued, amount, event.occurred_at);
            let credited = Credited {
                order: key,
                amount,
                at,
            };
            change(draft, MoneyChange::Credited(credited));
        }
        CreditWhy::ByHand | CreditWhy::Cashback => {
            has_room(draft, rule, amount)?;
            let from = match credit.why {
                CreditWhy::ByHand => Account::Adjusted,
                _ => Account::Issued,
            };
            give(draft, from, amount, event.occurred_at);
        }
    }
    let why = credit.why;
    note(draft, MoneyNote::CreditGiven { amount, why });
    Ok(())
}

/// Money comes into store credit out of `from`, on the terms of what comes at `at`. There must be store
/// credit in the program; else nothing happens. This is the one way in, also for rewards that
/// are paid as credit.
pub(crate) fn give(draft: &mut Draft<'_>, from: Account, amount: i64, at: Timestamp) {
    if let (Some(rule), 1..) = (&draft.program.money.credit, amount) {
        let dates = own(draft.dates(&rule.terms, at, false));
        draft.issue(rule.terms.name, from, amount, dates, at);
    }
}

/// Whether so much more may come into store credit, for which there is a program.
pub(crate) fn check_room(draft: &Draft<'_>, amount: i64) -> Result<(), Refusal> {
    has_room(draft, rule(draft)?, amount)
}

/// A reward credits so much; says to which money it went. There must be store credit in the program;
/// else nothing happens.
pub(crate) fn give_as_reward(draft: &mut Draft<'_>, amount: i64) -> Option<Name> {
    let money = draft.program.money.credit.as_ref()?.terms.name;
    let at = draft.now;
    give(draft, Account::Issued, amount, at);
    Some(money)
}

/// A reward that had credited so much comes back: so the money goes. It must be there.
pub(crate) fn take_back(draft: &mut Draft<'_>, money: Name, amount: i64) {
    take(draft, money, Account::Issued, amount);
}

fn has_room(draft: &Draft<'_>, rule: &CreditRule, amount: i64) -> Result<(), Refusal> {
    let book = draft.state.wallet.book(rule.terms.name);
    let has = book.map_or(0, regulars_ledger::Book::total);
    match rule.most.filter(|most| has.saturating_add(amount) > *most) {
        Some(most) => Err(Refusal::MoneyTooMuch { most }),
        None => Ok(()),
    }
}

/// A refund is paid out once: what came back of the order, less what went back where it came from
/// and what was credited before.
fn refundable(
    draft: &Draft<'_>,
    event: &Event,
    credit: &StoreCredit,
    rule: &CreditRule,
) -> Result<OrderKey, Refusal> {
    let none = Refusal::CreditBeyondRefund {
        left: 0,
        asked: credit.amount,
    };
    let (Some(order), Some(bought), true) =
        (&credit.order, &draft.state.order.purchased, rule.refunds)
    else {
        return Err(none);
    };
    // By then the wallet may have forgotten what was paid out before.
    if gives::is_over(draft, bought.at) {
        return Err(none);
    }
    let key = order_key(event, order);
    let purse = draft.state.wallet.purse();
    let uses = purse
        .uses
        .iter()
        .filter(|own| own.order.as_ref() == Some(&key));
    let cards = purse.by_card.iter().filter(|own| own.order == key);
    let credited = purse.credited.iter().filter(|own| own.order == key);
    let gone = uses.map(MoneyUse::back).sum::<i64>()
        + cards.map(|own| own.back).sum::<i64>()
        + credited.map(|own| own.amount).sum::<i64>();
    let delivery = if bought.is_whole() {
        bought.delivery
    } else {
        0
    };
    let left = (bought.refunded() + delivery - gone).max(0);
    match credit.amount <= left {
        true => Ok(key),
        false => Err(Refusal::CreditBeyondRefund {
            left,
            asked: credit.amount,
        }),
    }
}

/// An order came back, or a part of it: the same part of what paid for it goes back to where it came
/// from.
pub(crate) fn came_back(draft: &mut Draft<'_>, event: &Event, order: &Purchased) {
    let (purse, Some(number)) = (draft.state.wallet.purse(), event.order()) else {
        return;
    };
    let key = order_key(event, number);
    let mut uses = purse.uses.iter();
    let used = uses.find(|own| own.order.as_ref() == Some(&key)).cloned();
    let cards: Vec<PaidByCard> = purse
        .by_card
        .iter()
        .filter(|own| own.order == key)
        .cloned()
        .collect();
    if let Some(used) = used
        && let UseStage::Used(at) = used.stage
        && !gives::is_over(draft, at)
    {
        let due = reverse::share_of_order(used.amount(), order);
        let amount = due - used.back();
        if amount > 0 {
            give_back(draft, used, amount);
            note(draft, MoneyNote::CreditBack { amount });
        }
    }
    for (place, paid) in cards.into_iter().enumerate() {
        if gives::is_over(draft, paid.at) {
            continue;
        }
        let due = reverse::share_of_order(paid.amount, order);
        let amount = due - paid.back;
        if amount <= 0 {
            continue;
        }
        change(draft, MoneyChange::PaidByCardGone(paid.clone()));
        let (card, hold) = (paid.card, paid.hold.clone());
        change(
            draft,
            MoneyChange::PaidByCard(PaidByCard { back: due, ..paid }),
        );
        note(draft, MoneyNote::CardBack { card, amount });
        let back = GiftCardReturned {
            hold,
            amount,
            order: key.clone(),
        };
        let kind = Kind::GiftCardReturned(Box::new(back));
        // Several refunds may have waited for one purchase.
        tell(draft, event, &format!("card-{place}-{due}"), card, kind);
    }
}

/// So much of what was paid comes back, to the lots that were spent last first: those that lapse last.
fn give_back(draft: &mut Draft<'_>, used: MoneyUse, amount: i64) {
    let mut rest = amount;
    let mut after = used.clone();
    for spent in after.spent.iter_mut().rev() {
        let part = rest.min(spent.paid.amount - spent.back);
        if part > 0 {
            spent.back += part;
            rest -= part;
            let paid = Paid {
                amount: part,
                ..spent.paid
            };
            put_back(draft, paid, Account::Redeemed);
        }
    }
    change(draft, MoneyChange::UseGone(used));
    change(draft, MoneyChange::Used(after));
}

/// What is too long ago to come back.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    if draft.state.wallet.money.is_none() {
        return;
    }
    let Purse {
        uses,
        by_card,
        credited,
        ..
    } = draft.state.wallet.purse().clone();
    for used in uses {
        if let UseStage::Used(at) | UseStage::Lapsed(at) = used.stage
            && gives::is_over(draft, at)
        {
            change(draft, MoneyChange::UseGone(used));
        }
    }
    for paid in by_card {
        if gives::is_over(draft, paid.at) {
            change(draft, MoneyChange::PaidByCardGone(paid));
        }
    }
    for own in credited {
        if gives::is_over(draft, own.at) {
            change(draft, MoneyChange::CreditedGone(own));
        }
    }
}

/// When money that is set aside is free again.
pub(crate) fn due(wallet: &crate::state::Wallet) -> Option<Timestamp> {
    let uses = wallet.money.as_ref()?.uses.iter();
    let until = |own: &MoneyUse| match own.stage {
        UseStage::Held(until) => Some(until),
        UseStage::Used(_) | UseStage::Lapsed(_) => None,
    };
    uses.filter_map(until).min()
}

/// Money that was set aside and not used in time is free again.
pub(crate) fn holds_end(draft: &mut Draft<'_>, at: Timestamp) {
    if due(&draft.state.wallet).is_none_or(|first| first > at) {
        return;
    }
    let uses = draft.state.wallet.purse().uses.clone();
    for used in uses {
        if let UseStage::Held(until) = used.stage
            && until <= at
        {
            let amount = used.amount();
            card::let_go(draft, used, Some(until));
            note(draft, MoneyNote::HoldOver { amount });
        }
    }
}

/// What a merged member had paid goes over to the other.
pub(crate) fn part(draft: &mut Draft<'_>, event: &Event, into: regulars_base::MemberId) {
    if draft.state.wallet.money.is_none() {
        return;
    }
    let purse = draft.state.wallet.purse().clone();
    for used in purse.uses.clone() {
        change(draft, MoneyChange::UseGone(used));
    }
    for paid in purse.by_card.clone() {
        change(draft, MoneyChange::PaidByCardGone(paid));
    }
    for own in purse.credited.clone() {
        change(draft, MoneyChange::CreditedGone(own));
    }
    tell(
        draft,
        event,
        "money",
        into,
        Kind::MoneyMoved(Box::new(purse)),
    );
}

/// What a merged member had paid comes in.
pub(crate) fn join(draft: &mut Draft<'_>, purse: &Purse) {
    for used in &purse.uses {
        change(draft, MoneyChange::Used(used.clone()));
    }
    for paid in &purse.by_card {
        change(draft, MoneyChange::PaidByCard(paid.clone()));
    }
    for own in &purse.credited {
        change(draft, MoneyChange::Credited(own.clone()));
    }
}
