//! Store credit and gift cards: each refusal has its reason, and whatever happens to a card in
//! whatever order, money is neither made nor lost.

use crate::world::{World, bought, program, refund, text};
use proptest::prelude::*;
use regulars_base::{Currency, MemberId};
use regulars_engine::event::{
    CreditWhy, GiftCardReturned, GiftCardUsed, GiftHold, GiftIssue, GiftLoad, GiftMove, Kind,
    PaidFrom, Payment, Refunded, StoreCredit,
};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_engine::program::MoneyAccount;
use regulars_engine::state::{OrderKey, UseStage};

const PROGRAM: &str = r#"
[program]
name = "Money"
currency = "EUR"
timezone = "UTC"

[rates]
USD = 0.9

[points.beans]

[store_credit]
most = "100.00 EUR"

[gift_card]
least = "5.00 EUR"
most = "60.00 EUR"
hold = "1 day"
"#;

const NO_MONEY: &str = "program = { name = \"None\", currency = \"EUR\" }\npoints.beans = {}\n";

fn credit(amount: i64, why: CreditWhy, order: Option<&str>) -> Kind {
    Kind::StoreCredit(Box::new(StoreCredit {
        amount,
        why,
        order: order.map(text),
        reason: text("a test"),
        by: text("tests"),
    }))
}

fn by_hand(amount: i64) -> Kind {
    credit(amount, CreditWhy::ByHand, None)
}

fn card(what: GiftMove) -> Kind {
    Kind::GiftCard(Box::new(what))
}

fn issue(amount: i64, active: bool) -> Kind {
    card(GiftMove::Issued(GiftIssue {
        amount,
        sold: true,
        active,
        pin: None,
        order: None,
        reason: text(""),
        by: text(""),
    }))
}

fn load(amount: i64) -> Kind {
    card(GiftMove::Loaded(GiftLoad {
        amount,
        sold: true,
        order: None,
        reason: text("a test"),
        by: text(""),
    }))
}

fn reserve(hold: &str, amount: i64) -> Kind {
    card(GiftMove::Reserved(GiftHold {
        hold: text(hold),
        amount,
        order: None,
        commit: false,
    }))
}

fn commit(hold: &str, amount: Option<i64>) -> Kind {
    card(GiftMove::Committed {
        hold: text(hold),
        amount,
        order: None,
    })
}

/// An order of 20 EUR of which so much is paid out of an account.
fn paid(order: &str, amount: i64, from: PaidFrom) -> Kind {
    let Kind::Purchase(mut purchase) = bought(order, &[("", 2000, 1000)]) else {
        unreachable!("a purchase is one");
    };
    purchase.payments = vec![Payment {
        method: text("an account"),
        amount,
        from: Some(Box::new(from)),
    }];
    Kind::Purchase(purchase)
}

fn member() -> World {
    let mut world = World::new(program(PROGRAM));
    world.happen(0, Kind::Enrolment);
    world
}

fn gift_card() -> World {
    let mut world = World::new(program(PROGRAM));
    world.happen(0, issue(5000, true));
    world
}

#[test]
fn each_refusal_of_store_credit_has_its_reason() {
    let few = |available, price| Refusal::InsufficientMoney { available, price };
    let beyond = |left, asked| Refusal::CreditBeyondRefund { left, asked };
    let refunded = |order: &str, amount| credit(amount, CreditWhy::Refund, Some(order));
    let table = [
        (by_hand(10_001), Refusal::MoneyTooMuch { most: 10_000 }),
        (by_hand(-1), few(0, 1)),
        (paid("r-1", 500, PaidFrom::Credit), few(0, 500)),
        (refunded("nothing", 1), beyond(0, 1)),
        (credit(1, CreditWhy::Refund, None), beyond(0, 1)),
        (issue(5000, true), Refusal::UnknownGiftCard),
        (load(500), Refusal::UnknownGiftCard),
    ];
    for (kind, expected) in table {
        let mut world = member();
        assert_eq!(world.refusal(1, kind.clone()), expected, "{kind:?}");
        assert!(world.wallet.money.is_none(), "{kind:?}");
    }
    let mut other = World::new(program(NO_MONEY));
    other.happen(0, Kind::Enrolment);
    assert_eq!(other.refusal(1, by_hand(1)), Refusal::NoStoreCredit);
    let asks = paid("r-1", 500, PaidFrom::Credit);
    assert_eq!(other.refusal(1, asks), Refusal::NoStoreCredit);
    assert_eq!(other.refusal(1, issue(500, true)), Refusal::NoGiftCards);
    let mut stranger = World::new(program(PROGRAM));
    assert_eq!(stranger.refusal(1, by_hand(1)), Refusal::NotEnrolled);
    let mut world = member();
    world.happen(1, by_hand(5000));
    let Kind::Purchase(mut dollars) = paid("r-1", 500, PaidFrom::Credit) else {
        unreachable!("a purchase is one");
    };
    dollars.currency = Currency::new("USD").expect("is a currency");
    let dollars = world.refusal(1, Kind::Purchase(dollars));
    assert_eq!(dollars, Refusal::MoneyInOtherCurrency);
}

#[test]
fn a_refund_is_paid_out_as_credit_once() {
    let mut world = member();
    world.happen(1, bought("r-1", &[("", 2000, 1000)]));
    world.happen(2, refund("r-1", Refunded::Amount(500)));
    let out = |amount| credit(amount, CreditWhy::Refund, Some("r-1"));
    let beyond = |left, asked| Refusal::CreditBeyondRefund { left, asked };
    assert_eq!(world.refusal(3, out(501)), beyond(500, 501));
    world.happen(3, out(300));
    assert_eq!(world.refusal(3, out(201)), beyond(200, 201));
    world.happen(3, out(200));
    assert_eq!(world.refusal(3, out(1)), beyond(0, 1));
}

#[test]
fn each_refusal_of_gift_cards_has_its_reason() {
    let few = |available, price| Refusal::InsufficientMoney { available, price };
    let amount = |least, most| Refusal::GiftCardAmount { least, most };
    let table = [
        (issue(5000, true), Refusal::GiftCardExists),
        (
            card(GiftMove::Activated { order: None }),
            Refusal::GiftCardExists,
        ),
        (load(499), amount(500, 1000)),
        (load(1001), amount(500, 1000)),
        (load(-5001), few(5000, 5001)),
        (reserve("h", 5001), few(5000, 5001)),
        (commit("h", None), Refusal::UnknownHold),
        (
            card(GiftMove::Cancelled { hold: text("h") }),
            Refusal::UnknownHold,
        ),
        (
            card(GiftMove::Refunded {
                hold: text("h"),
                amount: 1,
            }),
            Refusal::UnknownHold,
        ),
        (
            card(GiftMove::IntoCredit {
                to: MemberId::from_bytes([2; 16]),
                amount: Some(5001),
            }),
            few(5000, 5001),
        ),
        (
            card(GiftMove::Replaced {
                into: MemberId::from_bytes([1; 16]),
                reason: text("lost"),
                by: text("tests"),
            }),
            Refusal::SameMember,
        ),
        (Kind::Enrolment, Refusal::IsGiftCard),
        (bought("r-1", &[("", 2000, 1000)]), Refusal::IsGiftCard),
    ];
    for (kind, expected) in table {
        let mut world = gift_card();
        let before = world.wallet.clone();
        assert_eq!(world.refusal(1, kind.clone()), expected, "{kind:?}");
        assert_eq!(world.wallet.books, before.books, "{kind:?}");
        assert_eq!(world.wallet.money, before.money, "{kind:?}");
    }
    let mut world = World::new(program(PROGRAM));
    assert_eq!(world.refusal(0, issue(499, true)), amount(500, 6000));
    world.happen(0, issue(5000, false));
    assert_eq!(
        world.refusal(1, reserve("h", 1)),
        Refusal::GiftCardNotActive
    );
    let mut world = gift_card();
    world.happen(1, reserve("h", 100));
    assert_eq!(world.refusal(1, reserve("h", 100)), Refusal::HoldExists);
    assert_eq!(world.refusal(1, commit("h", Some(101))), few(100, 101));
    let block = |blocked| {
        card(GiftMove::Blocked {
            blocked,
            reason: text("stolen"),
            by: text("tests"),
        })
    };
    world.happen(1, block(true));
    assert_eq!(world.refusal(1, reserve("i", 1)), Refusal::GiftCardBlocked);
    // What was set aside before may still be used.
    world.happen(1, commit("h", None));
    world.happen(1, block(false));
    let out = world.happen(1, reserve("i", 1));
    assert_eq!(out.verdict, Verdict::Accepted);
}

#[test]
fn a_purchase_tells_the_card_what_it_paid_and_what_came_back() {
    let mut world = member();
    let own = MemberId::from_bytes([9; 16]);
    let from = PaidFrom::Card {
        card: own,
        hold: text("h-1"),
    };
    let out = world.happen(1, paid("r-1", 2000, from));
    let told: Vec<_> = out.follow_ups.iter().map(|it| it.member).collect();
    assert_eq!(told, [Some(own)]);
    let mut back = 0;
    for (amount, share) in [(700, 700), (650, 650), (650, 650)] {
        let out = world.happen(2, refund("r-1", Refunded::Amount(amount)));
        let Kind::GiftCardReturned(returned) = &out.follow_ups[0].event.kind else {
            panic!("the card is told");
        };
        assert_eq!(returned.amount, share);
        back += returned.amount;
    }
    assert_eq!(back, 2000);
}

/// What happens to a card.
#[derive(Clone, Debug)]
enum Doing {
    Load(i64),
    Reserve(u8, i64),
    Spend(u8, i64),
    Commit(u8, i64),
    Cancel(u8),
    Refund(u8, i64),
    Used(u8, i64),
    Returned(u8, i64),
    Wait,
}

fn doing() -> impl Strategy<Value = Doing> {
    let (id, money) = (0_u8..6, 1_i64..4000);
    prop_oneof![
        (-3000_i64..3000).prop_map(|amount| Doing::Load(if amount == 0 { 1 } else { amount })),
        (id.clone(), money.clone()).prop_map(|(id, amount)| Doing::Reserve(id, amount)),
        (id.clone(), money.clone()).prop_map(|(id, amount)| Doing::Spend(id, amount)),
        (id.clone(), money.clone()).prop_map(|(id, amount)| Doing::Commit(id, amount)),
        id.clone().prop_map(Doing::Cancel),
        (id.clone(), money.clone()).prop_map(|(id, amount)| Doing::Refund(id, amount)),
        (id.clone(), money.clone()).prop_map(|(id, amount)| Doing::Used(id, amount)),
        (id, money).prop_map(|(id, amount)| Doing::Returned(id, amount)),
        Just(Doing::Wait),
    ]
}

fn order() -> OrderKey {
    OrderKey {
        source: text("till"),
        order: text("r-1"),
    }
}

fn kind(doing: &Doing) -> Kind {
    let hold = |id: &u8| text(format!("h-{id}"));
    match doing {
        Doing::Load(amount) => load(*amount),
        Doing::Reserve(id, amount) => reserve(&format!("h-{id}"), *amount),
        Doing::Spend(id, amount) => card(GiftMove::Reserved(GiftHold {
            hold: hold(id),
            amount: *amount,
            order: None,
            commit: true,
        })),
        Doing::Commit(id, amount) => commit(&format!("h-{id}"), Some(*amount)),
        Doing::Cancel(id) => card(GiftMove::Cancelled { hold: hold(id) }),
        Doing::Refund(id, amount) => card(GiftMove::Refunded {
            hold: hold(id),
            amount: *amount,
        }),
        Doing::Used(id, amount) => Kind::GiftCardUsed(Box::new(GiftCardUsed {
            hold: hold(id),
            amount: *amount,
            order: order(),
        })),
        Doing::Returned(id, amount) => Kind::GiftCardReturned(Box::new(GiftCardReturned {
            hold: hold(id),
            amount: *amount,
            order: order(),
        })),
        Doing::Wait => Kind::Tick,
    }
}

proptest! {
    #[test]
    fn on_a_card_money_is_neither_made_nor_lost(steps in prop::collection::vec(doing(), 1..40)) {
        let mut world = gift_card();
        let name = {
            let mut accounts = world.program.money.accounts();
            let own = accounts.find(|(account, _)| *account == MoneyAccount::GiftCard);
            own.expect("has gift cards").1.name
        };
        for (day, step) in (1..).zip(&steps) {
            world.happen(day / 3, kind(step));
            let book = world.wallet.book(name).expect("has money");
            prop_assert!(book.debt == 0 && book.held >= 0);
            // What the books say is what the statement says.
            prop_assert_eq!(book.total() + book.held, world.statement.closing());
            let uses = &world.wallet.purse().uses;
            let held = uses.iter().filter(|own| matches!(own.stage, UseStage::Held(_)));
            prop_assert_eq!(held.map(|own| own.amount()).sum::<i64>(), book.held);
            // What is spent is what was used and did not come back.
            let used = uses.iter().filter(|own| matches!(own.stage, UseStage::Used(_)));
            let spent: i64 = used.map(|own| own.amount() - own.back()).sum();
            prop_assert_eq!(spent, world.statement.redeemed);
            prop_assert!(uses.iter().all(|own| own.back() <= own.amount()));
        }
    }
}
