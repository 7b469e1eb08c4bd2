//! Codes of suppliers, addresses, and what is open: beside the log, and exact all the same.

use crate::support::{Shop, customer, event, key, purchase, text, who};
use regulars_app::{Error, PageAsk, Redeem};
use regulars_engine::event::{GroupJoin, GroupSet, Kind};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_testkit::TestDb;
use std::sync::Barrier;

regulars_testkit::on_both! {
    each_code_is_handed_out_once_whoever_asks_at_the_same_moment,
    a_batch_of_codes_stays_as_it_was_brought_in_first,
    what_a_group_has_is_open_and_sent_to_its_people,
}

const DAY: &str = "2025-02-20T08:00:00Z";

const CINEMA: &str = r#"
[program]
name     = "Cinema"
currency = "EUR"
timezone = "UTC"

[points.beans]

[store_credit]

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }

[[reward]]
id    = "ticket"
codes = true
price = { beans = 20 }

[[reward]]
id    = "mug"
sent  = true
price = { beans = 20 }

[[reward]]
id    = "lounge"
kind  = "access"
for   = "90 days"
price = { beans = 20 }

[[reward]]
id    = "back"
kind  = "cashback"
worth = "2 EUR"
price = { beans = 20 }

[[group]]
id   = "family"
join = "open"
"#;

fn asks(id: &str, name: &str, reward: &str) -> Redeem {
    Redeem {
        key: key(id),
        who: customer(name),
        reward: text(reward),
        quantity: 1,
        order: None,
        commit: true,
    }
}

fn codes(of: &str, count: usize) -> Vec<String> {
    (0..count).map(|no| format!("{of}-{no}")).collect()
}

fn each_code_is_handed_out_once_whoever_asks_at_the_same_moment(db: TestDb) {
    const MEMBERS: usize = 24;
    const CODES: usize = 15;
    let shop = Shop::with(db, CINEMA, |mut config| {
        config.lanes = 4;
        config
    });
    for no in 0..MEMBERS {
        shop.take(purchase(&format!("m{no}"), &format!("r-{no}"), DAY, 5000));
    }
    let bring = |batch: &str, codes: &[String]| {
        let app = &shop.app;
        app.bring_supplier_codes(shop.tenant, "ticket", batch, codes)
            .expect("is brought in")
    };
    bring("one", &codes("a", 10));
    bring("two", &codes("b", CODES - 10));
    let start = Barrier::new(MEMBERS);
    let ask = |no: usize| {
        start.wait();
        let (id, name) = (format!("t-{no}"), format!("m{no}"));
        let (_, receipt) = shop
            .app
            .redeem(shop.tenant, asks(&id, &name, "ticket"))
            .expect("is taken");
        match receipt.verdict {
            Verdict::Accepted => {
                let shown = shop
                    .app
                    .supplier_codes(shop.tenant, &customer(&name), &id, false);
                shown.expect("it has one")
            }
            Verdict::Refused(refusal) => {
                assert_eq!(refusal, Refusal::OutOfCodes);
                Vec::new()
            }
        }
    };
    let mut got: Vec<String> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..MEMBERS)
            .map(|no| scope.spawn(move || ask(no)))
            .collect();
        let done = asking.into_iter();
        done.flat_map(|own| own.join().expect("comes to an end"))
            .collect()
    });
    got.sort();
    let mut wanted = codes("a", 10);
    wanted.extend(codes("b", CODES - 10));
    assert_eq!(got, wanted);
    shop.verified();
}

fn a_batch_of_codes_stays_as_it_was_brought_in_first(db: TestDb) {
    let shop = Shop::open(db, CINEMA);
    for no in 0..4 {
        shop.take(purchase(&format!("m{no}"), &format!("r-{no}"), DAY, 5000));
    }
    let bring = |batch: &str, codes: &[String]| {
        let app = &shop.app;
        app.bring_supplier_codes(shop.tenant, "ticket", batch, codes)
    };
    assert_eq!(bring("may", &codes("a", 2)).expect("is new").added, 2);
    let again = bring("may", &codes("a", 2)).expect("is known");
    assert!(again.added == 0 && again.receipt.duplicate);
    let more = bring("may", &codes("a", 3));
    assert!(matches!(more, Err(Error::Invalid(_))), "{more:?}");
    let ask = |no: usize| {
        let ask = asks(&format!("t-{no}"), &format!("m{no}"), "ticket");
        let (_, receipt) = shop.app.redeem(shop.tenant, ask).expect("is taken");
        receipt.verdict
    };
    assert_eq!(ask(0), Verdict::Accepted);
    assert_eq!(ask(1), Verdict::Accepted);
    // What was not brought in is not there, and under a name of its own it is.
    assert_eq!(ask(2), Verdict::Refused(Refusal::OutOfCodes));
    assert_eq!(bring("june", &codes("a", 3)).expect("one is new").added, 1);
    assert_eq!(ask(3), Verdict::Accepted);
    let last = shop
        .app
        .supplier_codes(shop.tenant, &customer("m3"), "t-3", false);
    assert_eq!(last.expect("it has one"), ["a-2"]);
    shop.verified();
}

fn what_a_group_has_is_open_and_sent_to_its_people(db: TestDb) {
    let shop = Shop::open(db, CINEMA);
    for name in ["ana", "bo"] {
        let id = format!("join-{name}");
        shop.take(event(who(name), &id, DAY, Kind::Enrolment));
    }
    let set = Kind::GroupSet(Box::new(GroupSet {
        group: text("family"),
        title: text("The Smiths"),
        manager: text(""),
        from: None,
        until: None,
    }));
    let group = shop.take(event(who("smith"), "found", DAY, set)).member;
    for name in ["ana", "bo"] {
        let kind = Kind::GroupJoin(GroupJoin { group });
        shop.take(event(who(name), &format!("in-{name}"), DAY, kind));
    }
    shop.take(purchase("ana", "r-1", DAY, 10_000));
    for (id, reward) in [("m-1", "mug"), ("l-1", "lounge"), ("b-1", "back")] {
        let (held, receipt) = shop
            .app
            .redeem(shop.tenant, asks(id, "ana", reward))
            .expect("is taken");
        assert_eq!(receipt.verdict, Verdict::Accepted);
        assert!(held.is_some(), "{id}");
    }
    let bo = customer("bo");
    let open = shop
        .app
        .entitlements(shop.tenant, &bo)
        .expect("he is known");
    assert_eq!(open.len(), 1);
    let all = shop.app.redemptions(shop.tenant, &bo).expect("he is known");
    assert_eq!(all.len(), 3);
    let has = shop.app.balances(shop.tenant, &bo, None);
    let has = has.expect("he is known").group.expect("he is in a group");
    assert_eq!(has.money[0].1.available, 200);

    // The address stands beside the log, at the redemption, and can be forgotten.
    let ana = customer("ana");
    let set = |address| shop.app.set_address(shop.tenant, &ana, "m-1", address);
    set(Some("Bean Street 1")).expect("it is her group's");
    let sent = || {
        let page = shop
            .app
            .fulfilments(shop.tenant, None, &PageAsk::default())
            .expect("can be read");
        let own = page.items.first().expect("one is sent");
        (own.member, own.address.clone())
    };
    assert_eq!(sent(), (group, Some("Bean Street 1".into())));
    set(None).expect("it is forgotten");
    assert_eq!(sent(), (group, None));
    shop.verified();
}
