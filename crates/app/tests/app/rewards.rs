//! Rewards: set aside, used, given back; and points moved by hand.

use crate::support::{CAFE, Shop, customer, key, purchase, text};
use regulars_app::{Error, Redeem, RedemptionView};
use regulars_engine::event::Adjustment;
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_testkit::TestDb;
use std::sync::Barrier;

regulars_testkit::on_both! {
    a_reward_is_set_aside_then_used,
    a_reward_that_is_given_back_gives_back_its_points,
    too_few_points_is_a_refusal,
    the_last_one_goes_to_one_member,
    many_clients_at_once_get_just_what_there_is,
    points_are_moved_by_hand_with_a_reason,
}

const DAY: &str = "2025-03-01T08:00:00Z";

fn mug(id: &str, name: &str) -> Redeem {
    Redeem {
        key: key(id),
        who: customer(name),
        reward: text("mug"),
        quantity: 1,
        order: None,
        commit: false,
    }
}

/// What a redemption shows, without the program by which it does.
fn shown(view: &RedemptionView) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        view.id.clone(),
        (view.reward.clone(), view.rule, view.quantity),
        (view.cost.clone(), view.by_voucher),
        (view.held_until, view.committed_at, view.order.clone()),
        view.fulfilment,
    )
}

fn a_reward_is_set_aside_then_used(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 8000));
    let (held, receipt) = shop
        .app
        .redeem(shop.tenant, mug("m-1", "ana"))
        .expect("is taken");
    let held = held.expect("it was accepted");
    assert_eq!(held.cost, [("beans".into(), 50)]);
    assert!(held.held_until.is_some());
    assert_eq!((receipt.points[0].change, receipt.points[0].held), (0, 50));
    assert_eq!(shop.available("ana"), 30);
    let (again, second) = shop
        .app
        .redeem(shop.tenant, mug("m-1", "ana"))
        .expect("is known");
    assert!(second.duplicate);
    assert_eq!(again.as_ref().map(shown), Some(shown(&held)));
    let ana = customer("ana");
    let (used, _) = shop
        .app
        .commit_redemption(shop.tenant, &ana, text("m-1"), None, key("m-1-used"))
        .expect("it is used");
    assert!(used.expect("it is kept for a while").committed_at.is_some());
    assert_eq!(shop.available("ana"), 30);
    shop.verified();
}

fn a_reward_that_is_given_back_gives_back_its_points(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 8000));
    shop.app
        .redeem(shop.tenant, mug("m-1", "ana"))
        .expect("is taken");
    let receipt = shop
        .app
        .cancel_redemption(shop.tenant, &customer("ana"), text("m-1"), key("m-1-back"))
        .expect("it is given back");
    assert_eq!(receipt.verdict, Verdict::Accepted);
    assert_eq!(shop.available("ana"), 80);
    let open = shop.app.redemptions(shop.tenant, &customer("ana"));
    assert!(open.expect("she is known").is_empty());
}

fn too_few_points_is_a_refusal(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    let (view, receipt) = shop
        .app
        .redeem(shop.tenant, mug("m-1", "ana"))
        .expect("is recorded");
    assert!(view.is_none());
    let Verdict::Refused(Refusal::InsufficientPoints {
        available, price, ..
    }) = receipt.verdict
    else {
        panic!("{receipt:?}")
    };
    assert_eq!((available, price), (10, 50));
    assert_eq!(shop.available("ana"), 10);
}

fn the_last_one_goes_to_one_member(db: TestDb) {
    let one = CAFE.replace(
        "price = { beans = 50 }",
        "price = { beans = 50 }\nstock = 1",
    );
    let shop = Shop::with(db, &one, |mut config| {
        config.lanes = 4;
        config
    });
    for name in ["ana", "bo", "cy", "dee"] {
        shop.take(purchase(name, &format!("r-{name}"), DAY, 8000));
    }
    let accepted = std::thread::scope(|scope| {
        let threads = ["ana", "bo", "cy", "dee"].map(|name| {
            let shop = &shop;
            scope.spawn(move || {
                let redeemed = shop
                    .app
                    .redeem(shop.tenant, mug(&format!("m-{name}"), name));
                redeemed.expect("is recorded").1.verdict == Verdict::Accepted
            })
        });
        let done = threads.map(|thread| thread.join().expect("it ends"));
        done.into_iter().filter(|accepted| *accepted).count()
    });
    assert_eq!(accepted, 1);
    shop.verified();
}

fn points_are_moved_by_hand_with_a_reason(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    let adjust = |id: &str, amount, reason: &str| {
        let adjustment = Adjustment {
            points: text("beans"),
            amount,
            reason: text(reason),
            by: text("a test"),
        };
        shop.app
            .adjust(shop.tenant, &customer("ana"), adjustment, key(id))
    };
    let given = adjust("a-1", 25, "sorry for the cold coffee").expect("is taken");
    assert_eq!(given.points[0].change, 25);
    adjust("a-2", -5, "counted twice").expect("is taken");
    assert_eq!(shop.available("ana"), 30);
    let unexplained = adjust("a-3", 5, " ");
    assert!(matches!(unexplained, Err(Error::Invalid(_))));
    let rows = shop.app.statement(shop.tenant).expect("there is a program");
    let last = rows.last().expect("something moved");
    assert_eq!(
        (last.statement.adjusted, last.statement.closing()),
        (20, 30)
    );
    assert_eq!(last.liability, Some(30));
}

/// So many clients are after so many things. `scripts/rush` sets more of both.
fn clients_and_things() -> (usize, usize) {
    let clients = std::env::var("REGULARS_CLIENTS").ok();
    let clients = clients.and_then(|clients| clients.parse().ok());
    let clients: usize = clients.unwrap_or(80);
    (clients, clients / 20)
}

/// Each client is a member of their own, and sends what got no answer once more.
fn many_clients_at_once_get_just_what_there_is(db: TestDb) {
    let (clients, things) = clients_and_things();
    // So many ask at the same moment: each holds a connection of its own.
    let threads = clients.min(48);
    let program = format!(
        "[program]\nname = \"Rush\"\ncurrency = \"EUR\"\ntimezone = \"UTC\"\n\n[points.beans]\n\n\
         [[earn]]\nid = \"welcome\"\non = \"enrolment\"\ngive = {{ beans = 100 }}\n\n\
         [[reward]]\nid = \"last\"\nprice = {{ beans = 100 }}\nstock = {things}\n"
    );
    let shop = Shop::open(db, &program);
    let start = Barrier::new(threads);
    let client = |no: usize| {
        let own = Redeem {
            key: key(&format!("rush-{no}")),
            who: customer(&format!("client-{no}")),
            reward: text("last"),
            quantity: 1,
            order: None,
            commit: no.is_multiple_of(2),
        };
        let (_, first) = shop.app.redeem(shop.tenant, own.clone()).expect("is taken");
        let (_, second) = shop.app.redeem(shop.tenant, own).expect("is taken");
        assert!(second.duplicate && first.verdict == second.verdict);
        first.verdict
    };
    let verdicts: Vec<Verdict> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let (start, client) = (&start, &client);
                scope.spawn(move || {
                    start.wait();
                    let own = (thread..clients).step_by(threads);
                    own.map(client).collect::<Vec<Verdict>>()
                })
            })
            .collect();
        let done = running.into_iter();
        done.flat_map(|own| own.join().expect("comes to an end"))
            .collect()
    });
    assert_eq!(verdicts.len(), clients);
    let got = verdicts.iter().filter(|own| **own == Verdict::Accepted);
    assert_eq!(got.count(), things);
    let refused = verdicts.iter().filter(|own| **own != Verdict::Accepted);
    for verdict in refused {
        assert_eq!(*verdict, Verdict::Refused(Refusal::OutOfStock));
    }
    shop.verified();
}
