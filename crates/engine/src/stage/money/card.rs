//! Gift cards: a code with money behind it, for whoever has the code.
//!
//! *Bo buys a card for 50 EUR and gives it to Cy, who is no member. At the till 18.40 EUR are set aside
//! on it, the receipt is printed, and they are spent; had the till broken down, they would be free
//! again an hour later. The 31.60 EUR that are left pay for other things later, or become Cy's store
//! credit. Bo lost the receipt with the code? The shop blocks the card, and puts what is left on
//! another.*
//!
//! A card is a wallet of its own, found by the hash of its code, which is kept nowhere. Two tills that
//! spend the last 10 EUR at once are two events of one wallet: the second finds nothing left.

use super::{change, give_back, note, order_key, own, put_back, take};
use crate::draft::Draft;
use crate::event::{
    Event, GiftCardReturned, GiftCardUsed, GiftHold, GiftIssue, GiftLoad, GiftMove, Kind,
    MoneyBack, MoneyIn, MoneyInto,
};
use crate::follow::tell;
use crate::outcome::{MoneyNote, Refusal};
use crate::program::GiftCardRule;
use crate::stage::gives;
use crate::state::{CardStage, GiftCard, MoneyChange, MoneyUse, Paid, Spent, UseStage};
use regulars_base::{MemberId, Text, Timestamp};
use regulars_ledger::{Account, Posting};

fn rule<'p>(draft: &Draft<'p>) -> Result<&'p GiftCardRule, Refusal> {
    let rule = draft.program.money.cards.as_deref();
    rule.ok_or(Refusal::NoGiftCards)
}

/// A gift card is nobody's wallet, and a member's wallet no gift card.
pub(crate) fn check(draft: &Draft<'_>, event: &Event) -> Result<(), Refusal> {
    let is_card = draft.state.wallet.gift_card().is_some();
    match &event.kind {
        Kind::Tick
        | Kind::Changeover(_)
        | Kind::GiftCard(_)
        | Kind::GiftCardUsed(_)
        | Kind::GiftCardReturned(_)
        | Kind::MoneyIn(_)
        | Kind::MoneyBack(_) => Ok(()),
        _ if is_card && !event.follows_from_another() => Err(Refusal::IsGiftCard),
        _ => Ok(()),
    }
}

/// Something happens to a card.
pub(crate) fn card_move(
    draft: &mut Draft<'_>,
    event: &Event,
    what: &GiftMove,
) -> Result<(), Refusal> {
    let rule = rule(draft)?;
    if let GiftMove::Issued(issue) = what {
        return issued(draft, event, issue, rule);
    }
    let Some(card) = draft.state.wallet.gift_card().cloned() else {
        return Err(Refusal::UnknownGiftCard);
    };
    match what {
        GiftMove::Issued(_) => Ok(()),
        GiftMove::Activated { .. } => activated(draft, event, card),
        GiftMove::Loaded(load) => loaded(draft, event, &card, (load, rule)),
        GiftMove::Reserved(hold) => reserved(draft, event, &card, (hold, rule)),
        GiftMove::Committed {
            hold,
            amount,
            order,
        } => committed(draft, event, hold, (*amount, order.as_ref())),
        GiftMove::Cancelled { hold } => {
            let held = held(draft, hold)?;
            let amount = held.amount();
            let_go(draft, held, None);
            note(draft, MoneyNote::HoldCancelled { amount });
            Ok(())
        }
        GiftMove::Refunded { hold, amount } => refunded(draft, hold, *amount),
        GiftMove::Blocked { blocked, .. } => block(draft, card, *blocked),
        GiftMove::Replaced { into, .. } => replaced(draft, event, card, *into),
        GiftMove::IntoCredit { to, amount } => {
            into_credit(draft, event, (&card, rule), (*to, *amount))
        }
    }
}

fn usable(card: &GiftCard) -> Result<(), Refusal> {
    match card.stage {
        CardStage::Active => Ok(()),
        CardStage::Inactive => Err(Refusal::GiftCardNotActive),
        CardStage::Blocked | CardStage::Replaced(_) => Err(Refusal::GiftCardBlocked),
    }
}

fn available(draft: &Draft<'_>, rule: &GiftCardRule) -> i64 {
    draft.state.wallet.available(rule.terms.name, draft.now)
}

/// The most that may be on a card holds for what is set aside on it as well.
fn may_take(draft: &Draft<'_>, rule: &GiftCardRule, amount: i64) -> Result<(), Refusal> {
    let book = draft.state.wallet.book(rule.terms.name);
    let has = book.map_or(0, |book| book.total() + book.held);
    let most = rule.most.unwrap_or(i64::MAX);
    if amount < rule.least || has.saturating_add(amount) > most {
        return Err(Refusal::GiftCardAmount {
            least: rule.least,
            most: most.saturating_sub(has),
        });
    }
    Ok(())
}

fn put_on(draft: &mut Draft<'_>, sold: bool, amount: i64, at: Timestamp) {
    if let (Some(rule), 1..) = (&draft.program.money.cards, amount) {
        let from = if sold {
            Account::Issued
        } else {
            Account::Adjusted
        };
        let dates = own(draft.dates(&rule.terms, at, false));
        draft.issue(rule.terms.name, from, amount, dates, at);
    }
}

fn issued(
    draft: &mut Draft<'_>,
    event: &Event,
    issue: &GiftIssue,
    rule: &GiftCardRule,
) -> Result<(), Refusal> {
    let wallet = &draft.state.wallet;
    if wallet.gift_card().is_some() {
        return Err(Refusal::GiftCardExists);
    }
    if wallet.enrolled_at.is_some() || !wallet.books.is_empty() {
        return Err(Refusal::UnknownGiftCard);
    }
    may_take(draft, rule, issue.amount)?;
    let (stage, waiting) = match issue.active {
        true => (CardStage::Active, 0),
        false => (CardStage::Inactive, issue.amount),
    };
    let card = GiftCard {
        issued_at: event.occurred_at,
        stage,
        waiting,
        sold: issue.sold,
        pin: issue.pin,
    };
    change(draft, MoneyChange::CardSet(card));
    let amount = issue.amount;
    match issue.active {
        true => {
            put_on(draft, issue.sold, amount, event.occurred_at);
            note(draft, MoneyNote::CardIssued { amount });
        }
        false => note(draft, MoneyNote::CardMade { amount }),
    }
    Ok(())
}

fn activated(draft: &mut Draft<'_>, event: &Event, card: GiftCard) -> Result<(), Refusal> {
    match card.stage {
        CardStage::Inactive => {}
        CardStage::Active => return Err(Refusal::GiftCardExists),
        CardStage::Blocked | CardStage::Replaced(_) => return Err(Refusal::GiftCardBlocked),
    }
    let (amount, sold) = (card.waiting, card.sold);
    let active = GiftCard {
        stage: CardStage::Active,
        waiting: 0,
        ..card
    };
    change(draft, MoneyChange::CardSet(active));
    put_on(draft, sold, amount, event.occurred_at);
    note(draft, MoneyNote::CardIssued { amount });
    Ok(())
}

fn loaded(
    draft: &mut Draft<'_>,
    event: &Event,
    card: &GiftCard,
    (load, rule): (&GiftLoad, &GiftCardRule),
) -> Result<(), Refusal> {
    usable(card)?;
    if load.amount < 0 {
        let (available, price) = (available(draft, rule), load.amount.saturating_neg());
        if available < price {
            return Err(Refusal::InsufficientMoney { available, price });
        }
        take(draft, rule.terms.name, Account::Adjusted, price);
    } else {
        may_take(draft, rule, load.amount)?;
        put_on(draft, load.sold, load.amount, event.occurred_at);
    }
    let amount = load.amount;
    note(draft, MoneyNote::CardLoaded { amount });
    Ok(())
}

fn find<'d>(draft: &'d Draft<'_>, hold: &Text) -> Option<&'d MoneyUse> {
    let mut uses = draft.state.wallet.purse().uses.iter();
    uses.find(|own| own.id == *hold && !is_over(draft, own))
}

/// Whether it is too long ago to come back. The wallet forgets it some time later; when exactly must not
/// matter to anybody.
fn is_over(draft: &Draft<'_>, used: &MoneyUse) -> bool {
    match used.stage {
        UseStage::Used(at) | UseStage::Lapsed(at) => gives::is_over(draft, at),
        UseStage::Held(_) => false,
    }
}

/// What is set aside under this id.
fn held(draft: &Draft<'_>, hold: &Text) -> Result<MoneyUse, Refusal> {
    let found = find(draft, hold).filter(|own| matches!(own.stage, UseStage::Held(_)));
    found.cloned().ok_or(Refusal::UnknownHold)
}

fn reserved(
    draft: &mut Draft<'_>,
    event: &Event,
    card: &GiftCard,
    (asked, rule): (&GiftHold, &GiftCardRule),
) -> Result<(), Refusal> {
    usable(card)?;
    if find(draft, &asked.hold).is_some() {
        return Err(Refusal::HoldExists);
    }
    let (amount, available) = (asked.amount, available(draft, rule));
    if available < amount {
        return Err(Refusal::InsufficientMoney {
            available,
            price: amount,
        });
    }
    const MINUTE_MICROS: i64 = 60_000_000;
    let (to, stage) = match asked.commit {
        true => (Account::Redeemed, UseStage::Used(draft.now)),
        false => {
            let until = draft.now.plus_micros(rule.hold_minutes * MINUTE_MICROS);
            (Account::Held, UseStage::Held(until))
        }
    };
    let uses = draft.state.wallet.purse().uses.iter();
    let old = uses.filter(|own| own.id == asked.hold).cloned();
    for old in old.collect::<Vec<_>>() {
        change(draft, MoneyChange::UseGone(old));
    }
    let spent = take(draft, rule.terms.name, to, amount);
    let used = MoneyUse {
        id: asked.hold.clone(),
        spent,
        stage,
        order: asked.order.as_ref().map(|order| order_key(event, order)),
    };
    change(draft, MoneyChange::Used(used));
    note(
        draft,
        match asked.commit {
            true => MoneyNote::CardSpent { amount },
            false => MoneyNote::CardHeld { amount },
        },
    );
    Ok(())
}

fn committed(
    draft: &mut Draft<'_>,
    event: &Event,
    hold: &Text,
    (amount, order): (Option<i64>, Option<&Text>),
) -> Result<(), Refusal> {
    let held = held(draft, hold)?;
    let (most, order) = (held.amount(), order.map(|order| order_key(event, order)));
    let amount = amount.unwrap_or(most);
    if amount > most {
        return Err(Refusal::InsufficientMoney {
            available: most,
            price: amount,
        });
    }
    let order = order.or_else(|| held.order.clone());
    hand_over(draft, held, (amount, order));
    note(draft, MoneyNote::CardSpent { amount });
    Ok(())
}

/// So much of what is set aside is spent, by the lots that lapse first; the rest is free again.
fn hand_over(
    draft: &mut Draft<'_>,
    held: MoneyUse,
    (amount, order): (i64, Option<crate::state::OrderKey>),
) {
    let (mut rest, mut spent, at) = (amount, Vec::new(), draft.now);
    for Spent { paid, .. } in &held.spent {
        let part = rest.min(paid.amount);
        rest -= part;
        if part > 0 {
            draft.take(crate::outcome::Change::Posted(Posting {
                points: paid.points,
                from: Account::Held,
                to: Account::Redeemed,
                amount: part,
                dates: paid.dates,
                effective_at: at,
            }));
            let paid = Paid {
                amount: part,
                ..*paid
            };
            spent.push(Spent { paid, back: 0 });
        }
        if part < paid.amount {
            let paid = Paid {
                amount: paid.amount - part,
                ..*paid
            };
            put_back(draft, paid, Account::Held);
        }
    }
    let used = MoneyUse {
        id: held.id.clone(),
        spent,
        stage: UseStage::Used(at),
        order,
    };
    change(draft, MoneyChange::UseGone(held));
    change(draft, MoneyChange::Used(used));
}

/// What was set aside is free again. If it was not used in time that is remembered: since when.
pub(super) fn let_go(draft: &mut Draft<'_>, held: MoneyUse, over: Option<Timestamp>) {
    for Spent { paid, .. } in &held.spent {
        put_back(draft, *paid, Account::Held);
    }
    change(draft, MoneyChange::UseGone(held.clone()));
    if let Some(at) = over {
        let stage = UseStage::Lapsed(at);
        change(draft, MoneyChange::Used(MoneyUse { stage, ..held }));
    }
}

fn refunded(draft: &mut Draft<'_>, hold: &Text, asked: i64) -> Result<(), Refusal> {
    let found = find(draft, hold).filter(|own| matches!(own.stage, UseStage::Used(_)));
    let used = found.cloned().ok_or(Refusal::UnknownHold)?;
    let left = used.amount() - used.back();
    if asked > left {
        return Err(Refusal::CreditBeyondRefund { left, asked });
    }
    give_back(draft, used, asked);
    note(draft, MoneyNote::CardRefunded { amount: asked });
    Ok(())
}

fn block(draft: &mut Draft<'_>, card: GiftCard, blocked: bool) -> Result<(), Refusal> {
    let stage = match (card.stage, blocked) {
        (CardStage::Replaced(_), _) => return Err(Refusal::GiftCardBlocked),
        (_, true) => CardStage::Blocked,
        // A card that was never sold is let go to where it was.
        (_, false) if card.waiting > 0 => CardStage::Inactive,
        (_, false) => CardStage::Active,
    };
    change(draft, MoneyChange::CardSet(GiftCard { stage, ..card }));
    note(
        draft,
        match blocked {
            true => MoneyNote::CardBlocked,
            false => MoneyNote::CardLetGo,
        },
    );
    Ok(())
}

/// So much of the card's money leaves, lot by lot.
fn leave(draft: &mut Draft<'_>, to: Account, amount: i64) -> Vec<Paid> {
    let Some(rule) = &draft.program.money.cards else {
        return Vec::new();
    };
    let spent = take(draft, rule.terms.name, to, amount);
    spent.into_iter().map(|spent| spent.paid).collect()
}

fn replaced(
    draft: &mut Draft<'_>,
    event: &Event,
    card: GiftCard,
    into: MemberId,
) -> Result<(), Refusal> {
    if matches!(card.stage, CardStage::Replaced(_)) {
        return Err(Refusal::GiftCardBlocked);
    }
    if draft.state.owner == Some(into) {
        return Err(Refusal::SameMember);
    }
    // Whoever found the card may be at a till with it.
    let uses = draft.state.wallet.purse().uses.clone();
    for used in uses {
        if matches!(used.stage, UseStage::Held(_)) {
            let_go(draft, used, None);
        }
    }
    let money = rule(draft)?.terms.name;
    let amount = draft.state.wallet.available(money, draft.now).max(0);
    let lots = match amount {
        0 => Vec::new(),
        amount => leave(draft, Account::Transit, amount),
    };
    let old = GiftCard {
        stage: CardStage::Replaced(into),
        waiting: 0,
        ..card.clone()
    };
    change(draft, MoneyChange::CardSet(old));
    note(draft, MoneyNote::CardReplaced { by: into, amount });
    let stage = match card.waiting {
        0 => CardStage::Active,
        _ => CardStage::Inactive,
    };
    let card = GiftCard {
        stage,
        pin: None,
        ..card
    };
    hand_on(
        draft,
        event,
        into,
        (lots, MoneyInto::NewCard(Box::new(card))),
    );
    Ok(())
}

fn hand_on(
    draft: &mut Draft<'_>,
    event: &Event,
    to: MemberId,
    (lots, becomes): (Vec<Paid>, MoneyInto),
) {
    let moved = MoneyIn {
        from: draft.state.owner.unwrap_or(to),
        lots,
        into: becomes,
    };
    tell(draft, event, "money", to, Kind::MoneyIn(Box::new(moved)));
}

fn into_credit(
    draft: &mut Draft<'_>,
    event: &Event,
    (card, rule): (&GiftCard, &GiftCardRule),
    (to, asked): (MemberId, Option<i64>),
) -> Result<(), Refusal> {
    usable(card)?;
    if draft.program.money.credit.is_none() || !rule.into_credit {
        return Err(Refusal::NoStoreCredit);
    }
    let available = available(draft, rule);
    let price = asked.unwrap_or(available).max(1);
    if available < price {
        return Err(Refusal::InsufficientMoney { available, price });
    }
    // A card is spent on store credit, as on anything else: the one is owed no more, the other is.
    let lots = leave(draft, Account::Redeemed, price);
    note(draft, MoneyNote::CardEmptied { to, amount: price });
    hand_on(draft, event, to, (lots, MoneyInto::Credit));
    Ok(())
}

/// Money comes from a gift card: onto the card that takes its place, or into store credit. What
/// cannot be taken goes back.
pub(crate) fn money_in(draft: &mut Draft<'_>, event: &Event, moved: &MoneyIn) {
    let amount: i64 = moved.lots.iter().map(|lot| lot.amount).sum();
    let (from, at) = (moved.from, draft.now);
    // Store credit of whoever belongs to a group is the group's, since it pays for what that buys.
    if let (MoneyInto::Credit, Some(belongs)) = (&moved.into, draft.state.wallet.member_of()) {
        note(
            draft,
            MoneyNote::MoneyPassedOn {
                to: belongs.group,
                amount,
            },
        );
        let kind = Kind::MoneyIn(Box::new(moved.clone()));
        tell(draft, event, "passed", belongs.group, kind);
        return;
    }
    if taken(draft, moved, amount) {
        match moved.into {
            MoneyInto::Credit => super::give(draft, Account::Issued, amount, at),
            MoneyInto::NewCard(_) | MoneyInto::Card => {
                for lot in &moved.lots {
                    draft.issue(lot.points, Account::Transit, lot.amount, lot.dates, at);
                }
            }
        }
        note(draft, MoneyNote::CameFromCard { from, amount });
        return;
    }
    note(draft, MoneyNote::MoneyNotTaken { amount });
    let back = MoneyBack {
        from: draft.state.owner.unwrap_or(from),
        lots: moved.lots.clone(),
        credit: moved.into == MoneyInto::Credit,
    };
    tell(draft, event, "back", from, Kind::MoneyBack(Box::new(back)));
}

/// Whether the wallet takes the money; it is a card from now on, if it is to be.
fn taken(draft: &mut Draft<'_>, moved: &MoneyIn, amount: i64) -> bool {
    let wallet = &draft.state.wallet;
    let is_card = wallet.gift_card().is_some();
    match &moved.into {
        MoneyInto::Card => is_card,
        MoneyInto::NewCard(card) => {
            let free = !is_card && wallet.enrolled_at.is_none() && wallet.books.is_empty();
            if free {
                change(draft, MoneyChange::CardSet(GiftCard::clone(card)));
            }
            free
        }
        MoneyInto::Credit => match &draft.program.money.credit {
            Some(rule) => {
                wallet.enrolled_at.is_some()
                    && !is_card
                    && super::has_room(draft, rule, amount).is_ok()
            }
            None => false,
        },
    }
}

/// Money comes back that could not be taken: the card is as good as it was.
pub(crate) fn money_back(draft: &mut Draft<'_>, back: &MoneyBack) {
    let (at, amount) = (draft.now, back.lots.iter().map(|lot| lot.amount).sum());
    let from = match back.credit {
        true => Account::Redeemed,
        false => Account::Transit,
    };
    for lot in &back.lots {
        draft.issue(lot.points, from, lot.amount, lot.dates, at);
    }
    // No card took its place after all.
    if let (false, Some(card)) = (back.credit, draft.state.wallet.gift_card().cloned()) {
        let stage = CardStage::Blocked;
        change(draft, MoneyChange::CardSet(GiftCard { stage, ..card }));
    }
    note(draft, MoneyNote::MoneyCameBack { amount });
}

/// A purchase was paid with the card: what was set aside for it is spent. If that was free again by
/// then, it is taken from what is left, and what is missing is said: the goods are gone.
pub(crate) fn card_used(draft: &mut Draft<'_>, used: &GiftCardUsed) {
    let found = find(draft, &used.hold).cloned();
    let order = Some(used.order.clone());
    let mut spent = 0;
    let paid = match found {
        Some(held) if matches!(held.stage, UseStage::Held(_)) => {
            spent = used.amount.min(held.amount());
            hand_over(draft, held, (spent, order));
            spent
        }
        Some(lapsed) if matches!(lapsed.stage, UseStage::Lapsed(_)) => {
            let money = lapsed.spent.first().map(|spent| spent.paid.points);
            let free = money.map_or(0, |money| draft.state.wallet.available(money, draft.now));
            spent = used.amount.min(lapsed.amount()).min(free.max(0));
            let lots = match (money, spent) {
                (Some(money), 1..) => take(draft, money, Account::Redeemed, spent),
                _ => Vec::new(),
            };
            let late = MoneyUse {
                id: lapsed.id.clone(),
                spent: lots,
                stage: UseStage::Used(draft.now),
                order,
            };
            change(draft, MoneyChange::UseGone(lapsed));
            change(draft, MoneyChange::Used(late));
            spent
        }
        // Spent by the till itself, for this very order.
        Some(own) if own.order == order => own.amount(),
        _ => 0,
    };
    if spent > 0 {
        note(draft, MoneyNote::CardSpent { amount: spent });
    }
    if paid < used.amount {
        let amount = used.amount - paid;
        note(draft, MoneyNote::CardShort { amount });
    }
}

/// A purchase came back, or a part of it: so does its money, onto the card that took this one's place,
/// if there is one.
pub(crate) fn card_returned(draft: &mut Draft<'_>, event: &Event, back: &GiftCardReturned) {
    let order = Some(back.order.clone());
    let found = find(draft, &back.hold).filter(|own| own.order == order);
    let Some(used) = found.cloned() else {
        let amount = back.amount;
        note(draft, MoneyNote::NotBack { amount });
        return;
    };
    // What the card did not pay, as it had too little, does not come back on it.
    let amount = back.amount.min(used.amount() - used.back());
    if amount <= 0 {
        return;
    }
    give_back(draft, used, amount);
    note(draft, MoneyNote::CardRefunded { amount });
    let stage = draft.state.wallet.gift_card().map(|card| card.stage);
    if let Some(CardStage::Replaced(into)) = stage {
        let lots = leave(draft, Account::Transit, amount);
        note(draft, MoneyNote::CardReplaced { by: into, amount });
        hand_on(draft, event, into, (lots, MoneyInto::Card));
    }
}
