//! Selling through others: reports of what was sold on, staff who sell, partners who give points out of
//! a budget.

use crate::support::{Shop, customer, event, key, moment, purchase, text, who};
use regulars_app::{
    Config, Error, MemberRef, NewReport, PageAsk, Report, ReportState, Ruling, Waits,
};
use regulars_base::EventKey;
use regulars_engine::event::{Kind, PartnerAward, SellThrough, Who};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    a_report_counts_at_once_or_waits_for_a_person,
    a_serial_number_and_an_invoice_line_count_once_whoever_reports_them,
    what_is_withdrawn_is_taken_back_exactly_and_may_be_reported_again,
    a_report_needs_its_proof_and_is_not_too_old,
    what_is_drawn_by_lot_waits,
    a_sale_pays_a_seller_of_the_same_batch_and_only_one_who_is_known_by_then,
    a_budget_is_kept_to_the_point_however_many_give_at_once,
}

const PROGRAM: &str = r#"
[program]
name     = "Distributor"
currency = "EUR"
timezone = "Europe/Berlin"

[points.credits]
name = { one = "credit", other = "credits" }

[sell_through]
approval = "above 1000 EUR"

[[earn]]
id   = "sold-on"
on   = "sell_through"
give = { credits = "1 per 10 EUR" }

[[earn]]
id   = "spiff"
to   = "staff"
give = { credits = "1 per 100 EUR" }

[[tier]]
id = "registered"

[[tier]]
id    = "silver"
reach = { sold = "500 EUR", within = "calendar year" }

[partner.maker]
sources = ["maker"]
awards  = { limit = [{ credits = 100, per = "program" }] }
"#;

fn sold(order: &str, minor: i64) -> NewReport {
    let Kind::Purchase(sold) = purchase("nobody", order, "2025-03-01T08:00:00Z", minor)
        .event
        .kind
    else {
        unreachable!("it is a purchase")
    };
    NewReport {
        source: text("portal"),
        at: moment("2025-03-01T08:00:00Z"),
        report: SellThrough {
            sold,
            customer: text("a school"),
            proof: text(""),
        },
        invoice: None,
        serials: Vec::new(),
        by: "the portal".into(),
    }
}

fn joined(shop: &Shop, name: &str) {
    let at = shop.app.now().to_string();
    shop.take(event(
        who(name),
        &format!("join-{name}"),
        &at,
        Kind::Enrolment,
    ));
}

fn file(shop: &Shop, who: &str, new: &NewReport) -> Result<Report, Error> {
    shop.app.file_report(shop.tenant, &customer(who), new)
}

fn ruling(approve: bool) -> Ruling {
    Ruling {
        approve,
        by: "eva".into(),
        reason: "saw the invoice".into(),
        lines: Vec::new(),
    }
}

fn open(db: TestDb, program: &str) -> Shop {
    let shop = Shop::open(db, program);
    joined(&shop, "north");
    joined(&shop, "south");
    shop
}

fn a_report_counts_at_once_or_waits_for_a_person(db: TestDb) {
    let shop = open(db, PROGRAM);
    let small = file(&shop, "north", &sold("s-1", 100_000)).expect("can be filed");
    assert_eq!(small.state, ReportState::Approved);
    assert_eq!(small.decided_by.as_deref(), Some("rule"));
    assert_eq!(shop.available("north"), 100);
    // Filed again it is the same, and gives nothing more.
    let again = file(&shop, "north", &sold("s-1", 100_000)).expect("is the same");
    assert_eq!((again.id, shop.available("north")), (small.id, 100));
    let large = file(&shop, "north", &sold("s-2", 100_001)).expect("can be filed");
    assert_eq!(
        (large.state, large.waits),
        (ReportState::Open, Some(Waits::Approval))
    );
    let other = file(&shop, "south", &sold("s-3", 200_000)).expect("can be filed");
    let waiting = |after: Option<String>| {
        let page = PageAsk { after, limit: 1 };
        let page = shop
            .app
            .reports(shop.tenant, Some(ReportState::Open), &page);
        page.expect("a page")
    };
    let first = waiting(None);
    assert_eq!(first.items[0].id, large.id);
    assert_eq!(waiting(first.next).items[0].id, other.id);
    let silent = Ruling {
        reason: " ".into(),
        ..ruling(true)
    };
    let refused = shop.app.rule_report(shop.tenant, &large.id, &silent);
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    for _ in 0..2 {
        let (ruled, receipt) = shop
            .app
            .rule_report(shop.tenant, &large.id, &ruling(true))
            .expect("can be done");
        assert_eq!(ruled.state, ReportState::Approved);
        assert_eq!(receipt.expect("it is booked").points[0].change, 100);
        assert_eq!(shop.available("north"), 200);
    }
    let (rejected, receipt) = shop
        .app
        .rule_report(shop.tenant, &other.id, &ruling(false))
        .expect("can be done");
    assert_eq!(
        (rejected.state, receipt.is_none()),
        (ReportState::Rejected, true)
    );
    let late = shop.app.rule_report(shop.tenant, &other.id, &ruling(true));
    assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
    assert_eq!(shop.available("south"), 0);
    assert!(waiting(None).items.is_empty());
    let nobody = file(&shop, "eva", &sold("s-9", 100));
    assert!(matches!(nobody, Err(Error::NotFound { .. })));
    shop.verified();
}

fn a_serial_number_and_an_invoice_line_count_once_whoever_reports_them(db: TestDb) {
    let shop = open(db, PROGRAM);
    let with = |order, serial: &str, invoice: &str| NewReport {
        serials: vec![text(serial)],
        invoice: Some(text(invoice)),
        ..sold(order, 10_000)
    };
    file(&shop, "north", &with("s-1", "SN-100 4", "2025/1")).expect("can be filed");
    for (reseller, new) in [
        // The same device, written otherwise; the same line of one's own invoice; the same number.
        ("south", with("s-2", "sn 1004", "2025/9")),
        ("north", with("s-3", "SN-2", "2025-1")),
        ("south", with("s-1", "SN-3", "2025/8")),
    ] {
        let taken = file(&shop, reseller, &new).expect_err("is taken");
        assert!(matches!(taken, Error::Exists { .. }), "{taken}");
        assert!(!taken.to_string().contains("mem_"), "{taken}");
    }
    // Another's invoice of the same number is another invoice.
    file(&shop, "south", &with("s-4", "SN-4", "2025/1")).expect("can be filed");
    assert_eq!((shop.available("north"), shop.available("south")), (10, 10));
    // A report whose number an order has is let through and refused, and holds nothing back.
    let mut bought = purchase("north", "o-1", "2025-03-01T08:00:00Z", 10_000);
    bought.event.key.source = text("portal");
    shop.take(bought);
    let before = shop.available("north");
    let refused = file(&shop, "north", &with("o-1", "SN-5", "2025/2")).expect("can be filed");
    assert_eq!(refused.state, ReportState::Refused);
    let withdrawn = shop
        .app
        .withdraw_report(shop.tenant, &refused.id, ("eva", "a slip"));
    assert!(matches!(withdrawn, Err(Error::Invalid(_))));
    assert_eq!(shop.available("north"), before);
    file(&shop, "south", &with("s-6", "SN-5", "2025/2")).expect("can be filed");
}

fn what_is_withdrawn_is_taken_back_exactly_and_may_be_reported_again(db: TestDb) {
    let shop = open(db, PROGRAM);
    let new = |order| NewReport {
        serials: vec![text("SN-1")],
        ..sold(order, 60_000)
    };
    let report = file(&shop, "north", &new("s-1")).expect("can be filed");
    let tier = |who: &str| {
        let has = shop.app.balances(shop.tenant, &customer(who), None);
        has.expect("is there").tier_id().map(str::to_owned)
    };
    assert_eq!(
        (shop.available("north"), tier("north")),
        (60, Some("silver".into()))
    );
    for _ in 0..2 {
        let (withdrawn, receipt) = shop
            .app
            .withdraw_report(shop.tenant, &report.id, ("eva", "no such school"))
            .expect("can be done");
        assert_eq!(withdrawn.state, ReportState::Withdrawn);
        assert_eq!(receipt.expect("it is booked").points[0].change, -60);
        assert_eq!(shop.available("north"), 0);
    }
    assert_eq!(tier("north"), Some("registered".into()));
    file(&shop, "south", &new("s-2")).expect("is free again");
    assert_eq!(shop.available("south"), 60);
    // One that waits is withdrawn as well, and there is nothing to take back.
    let waits = file(&shop, "north", &sold("s-3", 500_000)).expect("can be filed");
    let (withdrawn, receipt) = shop
        .app
        .withdraw_report(shop.tenant, &waits.id, ("north", "a slip"))
        .expect("can be done");
    assert_eq!(
        (withdrawn.state, receipt.is_none()),
        (ReportState::Withdrawn, true)
    );
    let late = shop.app.rule_report(shop.tenant, &waits.id, &ruling(true));
    assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
    shop.verified();
}

fn a_report_needs_its_proof_and_is_not_too_old(db: TestDb) {
    let strict = PROGRAM.replace(
        "approval = \"above 1000 EUR\"",
        "proof = true\nwindow = \"10 days\"",
    );
    let shop = open(db, &strict);
    shop.set("2025-03-20T09:00:00Z");
    let wrong = file(&shop, "north", &sold("s-1", 10_000)).expect_err("is wrong");
    let Error::Invalid(faults) = wrong else {
        panic!("{wrong}")
    };
    let at: Vec<&str> = faults.iter().map(|fault| fault.at.as_str()).collect();
    assert_eq!(at, ["/at", "/proof"]);
    let mut right = sold("s-1", 10_000);
    right.at = moment("2025-03-12T09:00:00Z");
    right.report.proof = text("sha256:ab12");
    file(&shop, "north", &right).expect("can be filed");
    right.at = moment("2025-03-21T09:00:00Z");
    assert!(matches!(
        file(&shop, "north", &right),
        Err(Error::Invalid(_))
    ));
    let without = PROGRAM
        .replace("[sell_through]\napproval = \"above 1000 EUR\"", "")
        .replace(
            "on   = \"sell_through\"\ngive = { credits = \"1 per 10 EUR\" }",
            "give = { credits = 1 }",
        );
    shop.apply(&without, None);
    assert!(matches!(
        file(&shop, "north", &right),
        Err(Error::Invalid(_))
    ));
}

fn what_is_drawn_by_lot_waits(db: TestDb) {
    let all = PROGRAM.replace("approval = \"above 1000 EUR\"", "audit = \"100%\"");
    let shop = open(db, &all);
    let report = file(&shop, "north", &sold("s-1", 100)).expect("can be filed");
    assert_eq!(
        (report.state, report.waits),
        (ReportState::Open, Some(Waits::Audit))
    );
}

fn a_sale_pays_a_seller_of_the_same_batch_and_only_one_who_is_known_by_then(db: TestDb) {
    // The two sales are another member's than who joins: only one lane keeps their order.
    let shop = Shop::with(db, PROGRAM, |config| Config { lanes: 1, ..config });
    let kim = || Who::Identity {
        kind: text("staff"),
        value: text("kim"),
    };
    let at = "2025-03-01T08:00:00Z";
    let sale = |order: &str| {
        let mut sale = purchase("ana", order, at, 100_000);
        if let Kind::Purchase(sold) = &mut sale.event.kind {
            sold.staff = text("kim");
        }
        sale
    };
    let joins = event(kim(), "join-kim", at, Kind::Enrolment);
    let events = vec![sale("r-1"), joins, sale("r-2")];
    for receipt in shop.app.ingest(shop.tenant, events) {
        receipt.expect("is taken");
    }
    let kim = MemberRef::Identity(regulars_app::Identity {
        kind: text("staff"),
        value: text("kim"),
    });
    let has = shop
        .app
        .balances(shop.tenant, &kim, None)
        .expect("is known");
    assert_eq!(
        has.points[0].available, 10,
        "the second sale, and not the first"
    );
    shop.verified();
}

fn a_budget_is_kept_to_the_point_however_many_give_at_once(db: TestDb) {
    let shop = open(db, PROGRAM);
    let give = |no: usize| {
        let award = PartnerAward {
            points: text("credits"),
            amount: 7,
            reason: text("fair"),
        };
        let name = format!("guest-{}", no % 5);
        let kind = Kind::PartnerAward(Box::new(award));
        let mut given = event(who(&name), "x", "2025-03-01T08:00:00Z", kind);
        given.event.key = EventKey {
            source: text("maker"),
            ..key(&format!("award-{no}"))
        };
        given
    };
    let verdicts: Vec<Verdict> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..24)
            .map(|no| {
                scope.spawn({
                    let (shop, give) = (&shop, &give);
                    move || shop.take(give(no)).verdict
                })
            })
            .collect();
        let done = threads.into_iter().map(|own| own.join().expect("ends"));
        done.collect()
    });
    let given = verdicts.iter().filter(|own| **own == Verdict::Accepted);
    assert_eq!(given.count(), 14, "14 times 7 is 98 of 100");
    let spent = Verdict::Refused(Refusal::PartnerBudgetSpent { left: 2 });
    assert_eq!(verdicts.iter().filter(|own| **own == spent).count(), 10);
    shop.verified();
}
