//! Store credit and gift cards.

use super::{member, moment, paid, text};
use regulars_engine::event::{
    CreditWhy, GiftCardReturned, GiftCardUsed, GiftHold, GiftIssue, GiftLoad, GiftMove, Kind,
    MoneyBack, MoneyIn, MoneyInto, PaidFrom, Payment, StoreCredit,
};
use regulars_engine::outcome::{Change, MoneyNote, Note, Refusal};
use regulars_engine::state::{
    CardStage, Credited, GiftCard, MoneyChange, MoneyUse, OrderKey, PaidByCard, Purse, Spent,
    UseStage,
};

fn order() -> OrderKey {
    OrderKey {
        source: text("till"),
        order: text("o-1"),
    }
}

fn card() -> GiftCard {
    GiftCard {
        issued_at: moment(0),
        stage: CardStage::Inactive,
        waiting: 50_00,
        sold: true,
        pin: Some([7; 16]),
    }
}

fn used(stage: UseStage) -> MoneyUse {
    MoneyUse {
        id: text("h-1"),
        spent: vec![Spent {
            paid: paid(),
            back: 20,
        }],
        stage,
        order: Some(order()),
    }
}

fn by_card() -> PaidByCard {
    PaidByCard {
        order: order(),
        card: member(9),
        hold: text("h-1"),
        amount: 5_00,
        back: 1_00,
        at: moment(1),
    }
}

fn credited() -> Credited {
    Credited {
        order: order(),
        amount: 5_00,
        at: moment(1),
    }
}

fn purse() -> Purse {
    Purse {
        card: Some(card()),
        uses: vec![used(UseStage::Used(moment(1)))],
        by_card: vec![by_card()],
        credited: vec![credited()],
    }
}

pub(super) fn kinds() -> Vec<Kind> {
    vec![
        Kind::StoreCredit(Box::new(StoreCredit {
            amount: -5_00,
            why: CreditWhy::Refund,
            order: Some(text("o-1")),
            reason: text("sorry"),
            by: text("eve"),
        })),
        Kind::GiftCard(Box::new(moves().remove(0))),
        Kind::GiftCardUsed(Box::new(GiftCardUsed {
            hold: text("h-1"),
            amount: 5_00,
            order: order(),
        })),
        Kind::GiftCardReturned(Box::new(GiftCardReturned {
            hold: text("h-1"),
            amount: 5_00,
            order: order(),
        })),
        Kind::MoneyIn(Box::new(MoneyIn {
            from: member(9),
            lots: vec![paid()],
            into: MoneyInto::NewCard(Box::new(card())),
        })),
        Kind::MoneyBack(Box::new(MoneyBack {
            from: member(1),
            lots: vec![paid()],
            credit: true,
        })),
        Kind::MoneyMoved(Box::new(purse())),
    ]
}

pub(super) fn moves() -> Vec<GiftMove> {
    let hold = || text("h-1");
    let (reason, by) = (|| text("lost"), || text("eve"));
    vec![
        GiftMove::Issued(GiftIssue {
            amount: 50_00,
            sold: true,
            active: false,
            pin: Some([7; 16]),
            order: Some(text("o-1")),
            reason: reason(),
            by: by(),
        }),
        GiftMove::Activated {
            order: Some(text("o-2")),
        },
        GiftMove::Loaded(GiftLoad {
            amount: -5_00,
            sold: false,
            order: Some(text("o-1")),
            reason: reason(),
            by: by(),
        }),
        GiftMove::Reserved(GiftHold {
            hold: hold(),
            amount: 5_00,
            order: Some(text("o-1")),
            commit: true,
        }),
        GiftMove::Committed {
            hold: hold(),
            amount: Some(4_00),
            order: Some(text("o-1")),
        },
        GiftMove::Cancelled { hold: hold() },
        GiftMove::Refunded {
            hold: hold(),
            amount: 1_00,
        },
        GiftMove::Blocked {
            blocked: true,
            reason: reason(),
            by: by(),
        },
        GiftMove::Replaced {
            into: member(8),
            reason: reason(),
            by: by(),
        },
        GiftMove::IntoCredit {
            to: member(1),
            amount: Some(5_00),
        },
    ]
}

pub(super) fn change() -> Change {
    Change::Money(Box::new(changes().remove(0)))
}

pub(super) fn changes() -> Vec<MoneyChange> {
    vec![
        MoneyChange::CardSet(card()),
        MoneyChange::Used(used(UseStage::Held(moment(1)))),
        MoneyChange::UseGone(used(UseStage::Lapsed(moment(1)))),
        MoneyChange::PaidByCard(by_card()),
        MoneyChange::PaidByCardGone(by_card()),
        MoneyChange::Credited(credited()),
        MoneyChange::CreditedGone(credited()),
    ]
}

pub(super) fn stages() -> Vec<CardStage> {
    vec![
        CardStage::Inactive,
        CardStage::Active,
        CardStage::Blocked,
        CardStage::Replaced(member(8)),
    ]
}

pub(super) fn payments() -> Vec<(String, Payment)> {
    let payment = |name: &str, from: Option<PaidFrom>| {
        let payment = Payment {
            method: text(name),
            amount: 5_00,
            from: from.map(Box::new),
        };
        (name.to_owned(), payment)
    };
    let card = PaidFrom::Card {
        card: member(9),
        hold: text("h-1"),
    };
    vec![
        payment("cash", None),
        payment("store-credit", Some(PaidFrom::Credit)),
        payment("gift-card", Some(card)),
    ]
}

pub(super) fn note() -> Note {
    Note::Money(Box::new(notes().remove(0)))
}

pub(super) fn notes() -> Vec<MoneyNote> {
    let (card, amount) = (member(9), 5_00);
    vec![
        MoneyNote::CreditGiven {
            amount,
            why: CreditWhy::Cashback,
        },
        MoneyNote::CreditTaken { amount },
        MoneyNote::CreditPaid { amount },
        MoneyNote::CreditBack { amount },
        MoneyNote::CardPaid { card, amount },
        MoneyNote::CardBack { card, amount },
        MoneyNote::CardMade { amount },
        MoneyNote::CardIssued { amount },
        MoneyNote::CardLoaded { amount },
        MoneyNote::CardHeld { amount },
        MoneyNote::CardSpent { amount },
        MoneyNote::HoldCancelled { amount },
        MoneyNote::HoldOver { amount },
        MoneyNote::CardShort { amount },
        MoneyNote::CardRefunded { amount },
        MoneyNote::NotBack { amount },
        MoneyNote::CardBlocked,
        MoneyNote::CardLetGo,
        MoneyNote::CardReplaced {
            by: member(8),
            amount,
        },
        MoneyNote::CardEmptied {
            to: member(1),
            amount,
        },
        MoneyNote::CameFromCard { from: card, amount },
        MoneyNote::MoneyNotTaken { amount },
        MoneyNote::MoneyCameBack { amount },
        MoneyNote::MoneyPassedOn {
            to: member(8),
            amount,
        },
    ]
}

pub(super) fn refusals() -> Vec<Refusal> {
    let (available, price, left, asked) = (3_00, 5_00, 3_00, 5_00);
    vec![
        Refusal::NoStoreCredit,
        Refusal::NoGiftCards,
        Refusal::IsGiftCard,
        Refusal::UnknownGiftCard,
        Refusal::GiftCardExists,
        Refusal::GiftCardNotActive,
        Refusal::GiftCardBlocked,
        Refusal::GiftCardAmount {
            least: 10_00,
            most: 50_000,
        },
        Refusal::InsufficientMoney { available, price },
        Refusal::MoneyTooMuch { most: 50_000 },
        Refusal::MoneyInOtherCurrency,
        Refusal::CreditBeyondRefund { left, asked },
        Refusal::HoldExists,
        Refusal::UnknownHold,
    ]
}
