//! Coupons: codes made and brought along, used by many at once, and what they would do to a basket.

use crate::support::{Shop, app, key, purchase, text};
use regulars_app::{BringCodes, CodeState, Error, MakeCodes, batch_of};
use regulars_engine::code::{Code, Fit, Pattern};
use regulars_engine::event::{CodeAssign, CodeUse, Event, Incoming, Kind, Who};
use regulars_engine::outcome::{CodeFault, Refusal, Verdict};
use regulars_testkit::TestDb;
use std::collections::BTreeSet;
use std::sync::Barrier;

regulars_testkit::on_both! {
    codes_are_made_once_and_a_batch_goes_on_where_it_stopped,
    codes_that_are_brought_along_are_all_accounted_for,
    many_clients_at_once_use_a_code_just_as_often_as_it_may_be,
    a_code_tells_its_history,
    codes_are_listed_by_how_they_stand,
}

const PROGRAM: &str = r#"
[program]
name = "Coupons"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[coupon]]
id = "many"
kind = "money off"
off = "5 EUR"
pattern = "MANY-####-####"
uses = 20

[[coupon]]
id = "word"
kind = "percent off"
off = "10%"
code = "WORD"
limit = [{ times = 1, per = "member" }, { times = 20, per = "program" }]

[[coupon]]
id = "short"
kind = "money off"
off = "5 EUR"
pattern = "SHORT-#####"

[[coupon]]
id = "brief"
kind = "money off"
off = "5 EUR"
pattern = "BRIEF-####-####"
expires = "10 days"
"#;

fn make(coupon: &str, count: u64, batch: &str) -> MakeCodes {
    MakeCodes {
        coupon: coupon.into(),
        count,
        batch: batch_of(Some(batch)),
    }
}

fn bring(codes: &[&str], batch: &str) -> BringCodes {
    BringCodes {
        coupon: "many".into(),
        codes: codes.iter().map(ToString::to_string).collect(),
        batch: batch_of(Some(batch)),
    }
}

fn used(who: &str, code: &str, order: Option<&str>) -> Incoming {
    let id = format!("use-{who}-{code}");
    let purchase = purchase(who, &id, "2025-03-01T09:00:00Z", 0);
    Incoming {
        who: purchase.who,
        event: Event {
            key: key(&id),
            kind: Kind::CodeUse(CodeUse {
                code: Code::new(code).expect("right"),
                order: order.map(text),
            }),
            ..purchase.event
        },
    }
}

fn codes_are_made_once_and_a_batch_goes_on_where_it_stopped(db: TestDb) {
    let shop = Shop::open(db, PROGRAM);
    let mut told = Vec::new();
    let made = shop
        .app
        .make_codes(shop.tenant, &make("many", 700, "first"), &mut |made| {
            told.push(made);
        })
        .expect("right");
    assert_eq!((made.made, told.last()), (700, Some(&700)));
    // Said again it makes nothing; with more it makes what is missing.
    for count in [700, 1_500] {
        let again = make("many", count, "first");
        let made = shop
            .app
            .make_codes(shop.tenant, &again, &mut |_| {})
            .expect("right");
        assert_eq!(made.made, i64::try_from(count).expect("right"));
    }
    let (mut all, mut after) = (BTreeSet::new(), None);
    loop {
        let page = shop
            .app
            .codes(shop.tenant, ("many", None), after.take(), 400)
            .expect("right");
        after = page.last().map(|own| own.row.code.clone());
        all.extend(page.into_iter().map(|own| own.row.code));
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all.len(), 1_500);
    let pattern = Pattern::new("MANY-####-####").expect("right");
    assert!(all.iter().all(|code| pattern.fit(code) == Fit::Yes));
    for wrong in [
        make("short", 1_000, "a"),
        make("word", 1, "b"),
        make("short", 1, "first"),
    ] {
        let refused = shop.app.make_codes(shop.tenant, &wrong, &mut |_| {});
        assert!(matches!(refused, Err(Error::Invalid(_))), "{wrong:?}");
    }
    shop.verified();
}

fn codes_that_are_brought_along_are_all_accounted_for(db: TestDb) {
    let shop = Shop::open(db, PROGRAM);
    let list = ["old-1", "OLD2", " old 1", "", "word", "old-3"];
    let brought = shop
        .app
        .bring_codes(shop.tenant, &bring(&list, "a"))
        .expect("right");
    assert_eq!((brought.added, brought.again), (3, 0));
    assert_eq!(brought.known, [Code::new("OLD1").expect("right")]);
    let wrong: Vec<usize> = brought.wrong.iter().map(|(place, _)| *place).collect();
    assert_eq!(wrong, [4, 5]);
    let again = shop
        .app
        .bring_codes(shop.tenant, &bring(&list, "a"))
        .expect("right");
    assert_eq!((again.added, again.again, again.known.len()), (0, 4, 0));
    let other = shop
        .app
        .bring_codes(shop.tenant, &bring(&["OLD-3", "OLD-4"], "b"));
    let other = other.expect("right");
    assert_eq!((other.added, other.known.len()), (1, 1));
}

/// Two applications on one database, each with threads of its own: as two servers are.
fn many_clients_at_once_use_a_code_just_as_often_as_it_may_be(db: TestDb) {
    const CLIENTS: usize = 48;
    let (other, _) = app(&db, |config| config);
    let shop = Shop::open(db, PROGRAM);
    shop.app
        .bring_codes(shop.tenant, &bring(&["HOT"], "a"))
        .expect("right");
    for code in ["HOT", "WORD"] {
        let start = Barrier::new(CLIENTS);
        let apps = [&shop.app, &other];
        let verdicts: Vec<Verdict> = std::thread::scope(|scope| {
            let client = |no: usize| {
                let (start, app, tenant) = (&start, apps[no % 2], shop.tenant);
                scope.spawn(move || {
                    start.wait();
                    let event = used(&format!("c-{no}"), code, None);
                    // A till that got no answer sends it once more.
                    let first = app.ingest_one(tenant, event.clone()).expect("right");
                    let second = app.ingest_one(tenant, event).expect("right");
                    assert!(second.duplicate && first.verdict == second.verdict);
                    first.verdict
                })
            };
            let threads: Vec<_> = (0..CLIENTS).map(client).collect();
            let verdict = |thread: std::thread::ScopedJoinHandle<'_, Verdict>| thread.join();
            threads
                .into_iter()
                .map(|thread| verdict(thread).expect("right"))
                .collect()
        });
        let accepted = verdicts.iter().filter(|own| **own == Verdict::Accepted);
        assert_eq!(accepted.count(), 20, "{code}");
        for verdict in verdicts {
            if let Verdict::Refused(refusal) = verdict {
                let Refusal::CodeNotUsable { why, .. } = refusal else {
                    panic!("{refusal:?}")
                };
                assert!([CodeFault::UsedUp, CodeFault::BudgetSpent].contains(&why));
            }
        }
    }
    let hot = shop
        .app
        .code(shop.tenant, &Code::new("hot").expect("right"))
        .expect("right");
    assert_eq!((hot.row.used, hot.history.len()), (20, 20));
    shop.verified();
    other.close();
}

fn a_code_tells_its_history(db: TestDb) {
    let shop = Shop::open(db, PROGRAM);
    shop.app
        .bring_codes(shop.tenant, &bring(&["H-1"], "a"))
        .expect("right");
    shop.take(used("ana", "H1", Some("r-1")));
    let mut bought = purchase("ana", "r-1", "2025-03-01T09:00:00Z", 20_00);
    if let Kind::Purchase(purchase) = &mut bought.event.kind {
        purchase.codes.push(Code::new("H1").expect("right"));
    }
    assert_eq!(shop.take(bought).verdict, Verdict::Accepted);
    let mut back = purchase("ana", "r-1", "2025-03-01T09:00:00Z", 20_00);
    back.event.kind = Kind::Refund(regulars_engine::event::Refund {
        order: text("r-1"),
        what: regulars_engine::event::Refunded::Rest,
    });
    back.event.key = key("back");
    back.who = Who::OfOrder;
    shop.take(back);
    let code = shop
        .app
        .code(shop.tenant, &Code::new("h1").expect("right"))
        .expect("right");
    assert_eq!((code.row.used, code.history.len()), (0, 2));
    let void = shop
        .app
        .void_code(shop.tenant, &code.row.code)
        .expect("right");
    assert!(void.row.void_at.is_some());
    let unknown = shop
        .app
        .code(shop.tenant, &Code::new("nothing").expect("right"));
    assert!(matches!(unknown, Err(Error::NotFound { what: "code", .. })));
    shop.verified();
}

fn codes_are_listed_by_how_they_stand(db: TestDb) {
    let shop = Shop::open(db, PROGRAM);
    let bring = BringCodes {
        coupon: "brief".into(),
        ..bring(&["B-1", "B-2", "B-3", "B-4", "B-5", "B-6"], "a")
    };
    shop.app.bring_codes(shop.tenant, &bring).expect("right");
    let code = |text: &str| Code::new(text).expect("right");
    shop.take(used("ana", "B-2", None));
    let mut given = used("ben", "B-3", None);
    given.event.key = key("given");
    given.event.kind = Kind::CodeAssign(CodeAssign { code: code("B-3") });
    shop.take(given);
    shop.app
        .void_code(shop.tenant, &code("B-4"))
        .expect("right");
    let listed = |state| {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = shop
                .app
                .codes(shop.tenant, ("brief", Some(state)), after.take(), 2);
            let page = page.expect("right");
            found.extend(page.iter().map(|own| own.row.code.to_string()));
            match page.last() {
                Some(last) if page.len() == 2 => after = Some(last.row.code.clone()),
                _ => return found,
            }
        }
    };
    assert_eq!(listed(CodeState::Issued), ["B1", "B5", "B6"]);
    assert_eq!(listed(CodeState::Assigned), ["B3"]);
    assert_eq!(listed(CodeState::Used), ["B2"]);
    assert_eq!(listed(CodeState::Void), ["B4"]);
    assert!(listed(CodeState::Expired).is_empty());
    // What was used or made void stays so; what nobody used in time has lapsed.
    shop.set("2099-01-01T00:00:00Z");
    assert_eq!(listed(CodeState::Expired), ["B1", "B3", "B5", "B6"]);
    assert_eq!(
        (listed(CodeState::Used), listed(CodeState::Void)),
        (vec!["B2".into()], vec!["B4".into()])
    );
    // The database says of each what the row itself says.
    let all = shop
        .app
        .codes(shop.tenant, ("brief", None), None, 100)
        .expect("right");
    for view in all {
        let state = view.row.state(view.uses, shop.app.now());
        assert!(
            listed(state).contains(&view.row.code.to_string()),
            "{view:?}"
        );
    }
}
