//! What is worked out of the whole log: plans over what happened, and finances as of a moment.

use crate::support::{CAFE, Shop, customer, key, moment, purchase, text};
use regulars_app::{PlanOrders, Redeem};
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    a_plan_over_the_log_tells_of_redemptions_and_of_what_it_leaves_out,
    a_plan_that_is_stopped_leaves_nothing_behind,
    points_that_lapsed_are_not_owed_before_their_tick,
}

/// Ana buys for 80 and takes a mug for 50.
fn shop(db: TestDb) -> Shop {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 8000));
    let mug = Redeem {
        key: key("m-1"),
        who: customer("ana"),
        reward: text("mug"),
        quantity: 1,
        order: None,
        commit: true,
    };
    let (taken, _) = shop.app.redeem(shop.tenant, mug).expect("it is taken");
    assert!(taken.is_some());
    shop
}

fn half() -> String {
    CAFE.replace("\"1 per 1 EUR\"", "\"1 per 2 EUR\"")
}

fn a_plan_over_the_log_tells_of_redemptions_and_of_what_it_leaves_out(db: TestDb) {
    let shop = shop(db);
    let granted = regulars_engine::event::TierGrant {
        tier: text("regular"),
        until: None,
        reason: text("a friend of the house"),
        by: text("a test"),
    };
    let kind = regulars_engine::event::Kind::TierGrant(granted);
    let who = crate::support::who("ana");
    shop.take(crate::support::event(
        who,
        "t-1",
        "2025-03-01T08:30:00Z",
        kind,
    ));
    let figures = |text: &str, orders| {
        let done = shop
            .app
            .plan_figures(shop.tenant, text, orders, &mut |_| true);
        done.expect("it can be worked out")
    };
    let log = figures(&half(), PlanOrders::Log);
    let beans = &log.points[0];
    assert_eq!(beans.issued, ("80".into(), "40".into()));
    // With half the beans the mug could not have been had.
    assert_eq!(beans.redeemed, ("50".into(), "0".into()));
    assert_eq!(beans.outstanding, ("30".into(), "40".into()));
    assert_eq!(log.rewards_refused, (0, 1));
    assert_eq!(log.left_out, [("tiers by hand".to_owned(), 1)]);

    // Over a file of orders there are other figures, and those of the log stay.
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("orders.csv");
    std::fs::write(
        &file,
        "customer,date,order,amount\ncleo,2025-02-01,A-1,10.00\n",
    )
    .expect("is written");
    let orders = regulars_app::ImportOptions {
        file,
        ..regulars_app::ImportOptions::default()
    };
    let of_file = figures(&half(), PlanOrders::File(Box::new(orders)));
    assert_eq!(of_file.points[0].issued, ("10".into(), "5".into()));
    let kept = shop.app.planned(shop.tenant, &half()).expect("it is kept");
    assert_eq!(kept, [log, of_file]);
}

fn a_plan_that_is_stopped_leaves_nothing_behind(db: TestDb) {
    let shop = shop(db);
    let mut told = Vec::new();
    let done = shop
        .app
        .plan_figures(shop.tenant, &half(), PlanOrders::Log, &mut |at| {
            told.push((at.done, at.total));
            false
        });
    let why = done.expect_err("it was stopped").to_string();
    assert!(why.contains("stopped"), "{why}");
    // Two rows and that of joining: it stopped at the first of them.
    assert!(
        told.len() == 1 && told[0].0 == 1 && told[0].1 >= 2,
        "{told:?}"
    );
    assert_eq!(
        shop.app.planned(shop.tenant, &half()).expect("it answers"),
        []
    );
}

fn points_that_lapsed_are_not_owed_before_their_tick(db: TestDb) {
    let shop = shop(db);
    // Thirty beans lapse a year later; the server was away, and no tick has come.
    shop.set("2026-06-01T09:00:00Z");
    let at = |day: &str| {
        let finance = shop.app.finance(shop.tenant, Some(moment(day)));
        let points = finance.expect("it can be worked out").points.remove(0);
        let expired: i64 = points.cohorts.iter().map(|it| it.expired).sum();
        (points.open, points.liability_in_full, expired)
    };
    assert_eq!(at("2026-01-01T00:00:00Z"), (30, Some(30), 0));
    assert_eq!(at("2026-06-01T00:00:00Z"), (0, Some(0), 30));
    let before = format!(
        "{:?}",
        shop.app.finance(shop.tenant, None).expect("now").points
    );
    shop.app
        .tick_due(moment("2026-06-01T09:00:00Z"))
        .expect("it ticks");
    // The tick books just that: the figures are the same after it.
    let after = format!(
        "{:?}",
        shop.app.finance(shop.tenant, None).expect("now").points
    );
    assert_eq!(before, after);
    assert_eq!(at("2026-01-01T00:00:00Z"), (30, Some(30), 0));
    shop.verified();
}
