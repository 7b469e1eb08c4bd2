//! Files: imported once, however often they come, and to the same sums on every road.

use crate::support::{CAFE, Shop, customer, event, who};
use regulars_app::{
    Backtest, BacktestReport, Config, Error, Identity, ImportFile, ImportOptions, ImportProgress,
    Joining, MemberRef, TierEnd, TierProof, backtest,
};
use regulars_base::{Period, Text};
use regulars_engine::event::{Kind, TierRevoke};
use regulars_testkit::TestDb;
use std::fmt::Write as _;
use std::path::PathBuf;

regulars_testkit::on_both! {
    a_file_delivered_twice_counts_once,
    an_import_that_was_stopped_goes_on,
    a_budget_is_drawn_in_the_order_of_the_file,
    rows_that_cannot_be_taken_are_written_down,
    negative_amounts_are_refunds_or_discounts,
    members_come_in_from_a_file,
    balances_of_other_programs_come_in_and_are_proved,
    a_balance_that_cannot_be_taken_is_named_and_missing_from_nothing,
    tiers_of_another_program_come_in_and_are_proved,
    a_tier_that_cannot_be_taken_is_named_and_missing_from_nothing,
    a_file_that_is_not_there_is_named,
}

/// Orders of a few dozen customers over two years, some of which come back.
fn orders(count: u32) -> String {
    let mut csv = String::from("order_id,customer_id,date,type,sku,quantity,amount\n");
    let mut dice = 7_u32;
    let mut roll = |sides: u32| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 8) % sides
    };
    for order in 0..count {
        let (day, customer) = (order * 700 / count, roll(40));
        let (year, month) = (2023 + day / 360, 1 + day % 360 / 30);
        let date = format!(
            "{year}-{month:02}-{:02}T{:02}:00:00Z",
            1 + day % 28,
            roll(24)
        );
        for line in 0..=roll(3) {
            let (sku, cents) = (roll(9), 100 + roll(9_900));
            let _ = writeln!(
                csv,
                "o-{order},c-{customer},{date},sale,p-{sku},{},{}.{:02}",
                1 + line,
                cents / 100,
                cents % 100
            );
        }
        if roll(20) == 0 {
            let _ = writeln!(csv, "o-{order},c-{customer},{date},refund,p-1,1,1.00");
        }
    }
    csv
}

fn file(db: &TestDb, name: &str, content: &str) -> ImportOptions {
    let path = db.path(name);
    std::fs::write(&path, content).expect("the test's folder takes a file");
    ImportOptions {
        file: path,
        ..ImportOptions::default()
    }
}

fn go_on(_: ImportProgress) -> bool {
    true
}

fn tested(options: &ImportOptions, threads: usize, program: &str) -> BacktestReport {
    let ask = Backtest {
        program: program.to_owned(),
        against: None,
        orders: options.clone(),
        threads,
        until: None,
        differences: 10,
        assumptions: None,
        joining: None,
    };
    let report = backtest(&ask, &mut go_on).expect("the file can be read");
    BacktestReport {
        seconds: 0.0,
        ..report
    }
}

/// The statement of a shop in the words of a back-test: month, points, issued, redeemed, closing.
fn statement(shop: &Shop, upto: &BacktestReport) -> Vec<(String, i64, i64, i64, i64)> {
    let last = upto.months.last().expect("something happened").month;
    let rows = shop.app.statement(shop.tenant).expect("there is a program");
    rows.iter()
        .filter(|row| row.month <= last)
        .filter(|row| row.statement.issued != 0 || row.statement.expired != 0)
        .map(|row| {
            let it = &row.statement;
            (
                format!("{} {}", row.month, row.points),
                it.issued,
                it.redeemed,
                it.expired,
                it.closing(),
            )
        })
        .collect()
}

fn history(report: &BacktestReport) -> Vec<(String, i64, i64, i64, i64)> {
    let months = report.months.iter();
    months
        .filter(|row| row.issued != 0 || row.expired != 0)
        .map(|row| {
            (
                format!("{} {}", row.month, row.points),
                row.issued,
                row.redeemed,
                row.expired,
                row.closing,
            )
        })
        .collect()
}

fn a_file_delivered_twice_counts_once(db: TestDb) {
    let options = file(&db, "orders.csv", &orders(800));
    let shop = Shop::open(db, CAFE);
    shop.set("2025-01-01T00:00:00Z");
    let first = shop
        .app
        .import(shop.tenant, &options, &mut go_on)
        .expect("the file is fine");
    assert_eq!((first.rejected, first.refused, first.duplicates), (0, 0, 0));
    assert!(first.events > 800, "{first:?}");
    shop.app.tick_due(shop.app.now()).expect("ticks are events");
    let totals = shop.totals();
    shop.verified();

    let second = shop
        .app
        .import(shop.tenant, &options, &mut go_on)
        .expect("the file is fine");
    assert_eq!((second.events, second.duplicates), (0, first.events));
    assert_eq!(shop.totals(), totals);

    let end = Period::Day.first_day(Period::Day.number("2024-12-31".parse().expect("a day")));
    let ask = Backtest {
        program: CAFE.to_owned(),
        against: None,
        orders: options.clone(),
        threads: 2,
        until: Some(end),
        differences: 0,
        assumptions: None,
        joining: None,
    };
    let report = backtest(&ask, &mut go_on).expect("the file can be read");
    assert_eq!(report.events, first.events);
    assert_eq!(statement(&shop, &report), history(&report));
}

fn an_import_that_was_stopped_goes_on(db: TestDb) {
    let options = file(&db, "orders.csv", &orders(5_000));
    let shop = Shop::open(db, CAFE);
    shop.set("2025-01-01T00:00:00Z");
    let stopped = shop
        .app
        .import(shop.tenant, &options, &mut |_| false)
        .expect("it stops where it is told to");
    assert!(stopped.stopped, "{stopped:?}");
    let rest = shop
        .app
        .import(shop.tenant, &options, &mut go_on)
        .expect("the file is fine");
    assert!(rest.resumed && !rest.stopped, "{rest:?}");
    assert!(
        rest.duplicates >= stopped.events && rest.events > 0,
        "{rest:?}"
    );
    let whole = tested(&options, 1, CAFE);
    assert_eq!(stopped.events + rest.events, whole.events);
    assert_eq!(
        shop.app.counts(shop.tenant).expect("counts").events,
        whole.events
    );
    shop.verified();
}

/// The first rows draw on the budget until it is used up, the later ones cannot: some parts of the
/// file go through one lane, others through all.
fn a_budget_is_drawn_in_the_order_of_the_file(db: TestDb) {
    let program = format!(
        "{CAFE}
[[earn]]
id    = \"welcome\"
on    = \"purchase\"
when  = 'order.lines >= 3'
until = \"2023-09-01\"
give  = {{ beans = 7 }}
limit = [{{ beans = 2500, per = \"program\", every = \"year\" }}]
"
    );
    let content = orders(5_000);
    let import = |db: TestDb, lanes: usize| {
        let options = file(&db, "orders.csv", &content);
        let shop = Shop::with(db, &program, |config| Config { lanes, ..config });
        shop.set("2025-01-01T00:00:00Z");
        let done = shop.app.import(shop.tenant, &options, &mut go_on);
        let done = done.expect("the file is fine");
        assert_eq!((done.rejected, done.refused, done.duplicates), (0, 0, 0));
        shop.verified();
        (shop.totals(), options, shop)
    };
    let (by_one, ..) = import(TestDb::sqlite(), 1);
    let (by_many, options, shop) = import(db, 4);
    assert_eq!(by_many, by_one);

    shop.app.tick_due(shop.app.now()).expect("ticks are events");
    let end = Period::Day.first_day(Period::Day.number("2024-12-31".parse().expect("a day")));
    let ask = Backtest {
        program: program.clone(),
        against: None,
        orders: options,
        threads: 2,
        until: Some(end),
        differences: 0,
        assumptions: None,
        joining: None,
    };
    let report = backtest(&ask, &mut go_on).expect("the file can be read");
    assert_eq!(statement(&shop, &report), history(&report));
}

fn rows_that_cannot_be_taken_are_written_down(db: TestDb) {
    let options = file(
        &db,
        "orders.csv",
        "order_id,customer_id,date,amount\n\
         1,ana,2024-05-01,10.00\n\
         2,ana,yesterday,10.00\n\
         3,,2024-05-01,10.00\n\
         4,ana,2024-05-02,99999999999999.00\n\
         5,ana,2030-05-02,5.00\n\
         6,ana,2024-05-03,5.00\n",
    );
    let shop = Shop::open(db, CAFE);
    shop.set("2025-01-01T00:00:00Z");
    let done = shop
        .app
        .import(shop.tenant, &options, &mut go_on)
        .expect("the file is fine");
    assert_eq!((done.events, done.rejected), (2, 4), "{done:?}");
    let rejects = std::fs::read_to_string(done.rejects.expect("there are some"));
    let rejects = rejects.expect("it was written");
    let mut lines: Vec<u32> = rejects
        .lines()
        .skip(1)
        .map(|row| {
            row.split(',')
                .next()
                .expect("a line")
                .parse()
                .expect("a number")
        })
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, [3, 4, 5, 6], "{rejects}");
    assert!(
        rejects.contains("yesterday") && rejects.contains("ahead"),
        "{rejects}"
    );
}

fn negative_amounts_are_refunds_or_discounts(db: TestDb) {
    let options = file(
        &db,
        "orders.csv",
        "order_id,customer_id,date,amount\n\
         1,ana,2024-12-01,10.00\n\
         1,ana,2024-12-01,-2.50\n\
         2,ana,2024-12-02,20.00\n\
         3,ana,2024-12-03,-4.00\n",
    );
    let nameless = file(
        &db,
        "nameless.csv",
        "customer_id,date,amount\nbo,2024-12-01,10.00\nbo,2024-12-02,-4.00\n",
    );
    let shop = Shop::open(db, CAFE);
    shop.set("2025-01-01T00:00:00Z");
    let done = shop
        .app
        .import(shop.tenant, &options, &mut go_on)
        .expect("the file is fine");
    // The third order only came back: its purchase may follow, so that refund waits for it.
    assert_eq!((done.events, done.rejected), (3, 0), "{done:?}");
    assert_eq!(shop.available("ana"), 27);
    let done = shop
        .app
        .import(shop.tenant, &nameless, &mut go_on)
        .expect("the file is fine");
    assert_eq!((done.events, done.rejected), (1, 1), "{done:?}");
    assert_eq!(shop.available("bo"), 10);
}

fn members_come_in_from_a_file(db: TestDb) {
    let mut options = file(
        &db,
        "members.csv",
        "customer_id,email,card\nana,ana@example.org,1\nbo,,2\ncy,cy@example.org,1\n",
    );
    options.holds = ImportFile::Members;
    let shop = Shop::open(db, CAFE);
    for again in [false, true] {
        let done = shop
            .app
            .import(shop.tenant, &options, &mut go_on)
            .expect("the file is fine");
        let expected = if again { (0, 2, 1) } else { (2, 0, 1) };
        assert_eq!((done.events, done.duplicates, done.rejected), expected);
    }
    let ana = shop.app.member(shop.tenant, &customer("ana"));
    assert_eq!(ana.expect("she is known").identities.len(), 3);
}

/// Headers as other programs write them; who, how many, until when.
const OTHERS: [(&str, &str); 5] = [
    (
        "smile.csv",
        "email,points\nana@example.org,300\nbo@example.org,0\n",
    ),
    (
        "yotpo.csv",
        "Email,First Name,Point Balance,Points Earned\nana@example.org,Ana,300,900\n",
    ),
    (
        "square.csv",
        "customer_id,phone_number,balance,lifetime_points\nQ8,+16295551234,300,900\n",
    ),
    (
        "voucherify.csv",
        "customer,loyalty_card.balance,expiration_date\nana,300,2099-12-31\n",
    ),
    ("plain.csv", "card,points_balance,expires\n4711,\"300\",\n"),
];

fn balances_of_other_programs_come_in_and_are_proved(db: TestDb) {
    let files = OTHERS.map(|(name, text)| file(&db, name, text));
    let shop = Shop::open(db, CAFE);
    for mut options in files {
        options.holds = ImportFile::Balances;
        for again in [false, true] {
            let done = shop.app.import(shop.tenant, &options, &mut go_on);
            let done = done.expect("the file is fine");
            let (events, known) = if again { (0, 1) } else { (1, 0) };
            assert_eq!(
                (done.events, done.duplicates, done.rejected),
                (events, known, 0)
            );
            let [proof] = &done.balances[..] else {
                panic!("{:?}", done.balances)
            };
            assert_eq!(
                (proof.in_file, proof.in_ledger, proof.not_taken),
                (300, 300, 0)
            );
            assert!(proof.holds());
        }
    }
    // Who held nothing is a member too.
    let [kind, value] = ["email", "bo@example.org"].map(|own| Text::new(own).expect("a text"));
    let bo = MemberRef::Identity(Identity { kind, value });
    let bo = shop.app.member(shop.tenant, &bo).expect("he joined");
    assert!(bo.enrolled_at.is_some());
}

fn a_balance_that_cannot_be_taken_is_named_and_missing_from_nothing(db: TestDb) {
    let mut options = file(
        &db,
        "balances.csv",
        "customer,points,expires\nana,100,2099-03-31\nana,50,\nbo,7,2001-01-01\ncy,1.5,\ndi,-3,\n,9,\nana,soon,\n",
    );
    options.holds = ImportFile::Balances;
    let shop = Shop::open(db, CAFE);
    let done = shop.app.import(shop.tenant, &options, &mut go_on);
    let done = done.expect("the file can be read");
    assert_eq!(
        (done.rows, done.events, done.rejected),
        (7, 3, 5),
        "{done:?}"
    );
    let proof = &done.balances[0];
    assert_eq!(
        (proof.in_file, proof.in_ledger, proof.not_taken),
        (157, 150, 7)
    );
    assert!(proof.holds());
    let rejects =
        std::fs::read_to_string(done.rejects.expect("there are some")).expect("it is there");
    for said in [
        "gone before they are there",
        "more than the 0 decimals",
        "below zero",
        "customer",
        "soon",
    ] {
        assert!(rejects.contains(said), "{said}: {rejects}");
    }
    assert_eq!(shop.available("ana"), 150);
}

/// Open Loyalty's files: members, and where they stand in its sets of tiers.
const LEVELS: [(&str, &str); 2] = [
    (
        "members.csv",
        "memberId,active,email,createdAt,levelId,currentLevel,manuallyAssignedLevelId,levelAchievementDate\n\
         ana,1,ana@example.org,2024-01-01T00:00:00Z,0193-G,Gold,,2024-05-01T00:00:00Z\n\
         bo,1,bo@example.org,2024-01-01T00:00:00Z,0193-B,Basic,,\n\
         cy,1,cy@example.org,2024-01-01T00:00:00Z,,,,\n",
    ),
    (
        "member_tier_changes.csv",
        "tierSetId,memberId,currentTierId,assignedManuallyTierAt,createdAt,updatedAt\n\
         s1,ana,0193-G,,2024-01-01T00:00:00Z,2024-05-01T00:00:00Z\n\
         s2,ana,0193-B,,2024-01-01T00:00:00Z,2024-05-01T00:00:00Z\n\
         s1,bo,0193-X,,2024-01-01T00:00:00Z,2024-05-01T00:00:00Z\n",
    ),
];

fn levels(options: &mut ImportOptions) {
    options.holds = ImportFile::Tiers;
    options.levels = ["0193-g=regular", "0193-B=friend", "0193-X=-"]
        .map(Into::into)
        .into();
    let end = "2026-01-01T00:00:00Z".parse().expect("is a moment");
    options.tiers_end = Some(TierEnd::At(end));
}

fn tier_of(shop: &Shop, who: &str) -> String {
    let own = shop.app.balances(shop.tenant, &customer(who), None);
    let own = own.expect("is known");
    let tier = own.tier.expect("there are tiers").tier;
    own.program.tiers[tier].id.clone()
}

fn proofs(tiers: &[TierProof]) -> Vec<(&str, u64, u64, u64)> {
    let each = tiers.iter();
    each.map(|own| (own.tier.as_str(), own.in_file, own.standing, own.not_taken))
        .collect()
}

fn tiers_of_another_program_come_in_and_are_proved(db: TestDb) {
    let files = LEVELS.map(|(name, text)| file(&db, name, text));
    let shop = Shop::open(db, CAFE);
    for (which, mut options) in files.into_iter().enumerate() {
        levels(&mut options);
        for again in [false, true] {
            let done = shop.app.import(shop.tenant, &options, &mut go_on);
            let done = done.expect("the file is fine");
            let (events, known) = if again { (0, 1) } else { (1, 0) };
            assert_eq!(
                (done.rows, done.events, done.duplicates, done.rejected),
                (3, events, known, 0)
            );
            let friends = if which == 0 { 1 } else { 2 };
            assert_eq!(
                proofs(&done.tiers),
                [("friend", friends, friends, 0), ("regular", 1, 1, 0)]
            );
            assert!(done.tiers.iter().all(TierProof::holds));
        }
    }
    assert_eq!(
        ["ana", "bo", "cy"].map(|who| tier_of(&shop, who)),
        ["regular", "friend", "friend"]
    );
    shop.verified();
    // From that day on their own figures count.
    shop.set("2026-01-01T00:00:00Z");
    shop.app.tick_due(shop.app.now()).expect("ticks are events");
    assert_eq!(tier_of(&shop, "ana"), "friend");
}

fn a_tier_that_cannot_be_taken_is_named_and_missing_from_nothing(db: TestDb) {
    let content =
        "customer,tier,valid_until\nana,regular,\nbo,Regular,2020-01-01\ncy,platinum,\n,regular,\n";
    let mut options = file(&db, "levels.csv", content);
    options.holds = ImportFile::Tiers;
    let shop = Shop::open(db, CAFE);
    // Until when is said by somebody, or nothing is taken.
    let refused = shop.app.import(shop.tenant, &options, &mut go_on);
    let Err(Error::Invalid(faults)) = refused else {
        panic!("{refused:?}")
    };
    assert!(faults[0].what.contains("--until"), "{faults:?}");
    options.tiers_end = Some(TierEnd::Never);
    for (level, said) in [
        ("gold", "LEVEL=TIER"),
        ("gold=platinum", "no tier of the program: friend, regular"),
    ] {
        options.levels = vec![level.into()];
        let refused = shop.app.import(shop.tenant, &options, &mut go_on);
        let Err(Error::Invalid(faults)) = refused else {
            panic!("{refused:?}")
        };
        assert!(faults[0].what.contains(said), "{faults:?}");
    }
    options.levels.clear();
    let done = shop.app.import(shop.tenant, &options, &mut go_on);
    let done = done.expect("the file can be read");
    assert_eq!(
        (done.rows, done.events, done.rejected),
        (4, 2, 3),
        "{done:?}"
    );
    assert_eq!(proofs(&done.tiers), [("regular", 2, 1, 1)]);
    let rejects = done.rejects.expect("there are some");
    let rejects = std::fs::read_to_string(rejects).expect("it is there");
    for said in ["--level platinum=TIER", "customer"] {
        assert!(rejects.contains(said), "{said}: {rejects}");
    }
    // Whoever stands lower than the file says is not proved.
    let taken = Kind::TierRevoke(TierRevoke {
        reason: Text::new("a mistake").expect("a text"),
        by: Text::new("eva").expect("a text"),
    });
    shop.take(event(who("ana"), "taken", "2025-03-01T08:00:00Z", taken));
    let done = shop.app.import(shop.tenant, &options, &mut go_on);
    let done = done.expect("the file can be read");
    assert_eq!(proofs(&done.tiers), [("regular", 2, 0, 1)]);
    assert!(!done.tiers[0].holds());
}

fn a_file_that_is_not_there_is_named(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let options = ImportOptions {
        file: PathBuf::from("/nowhere/orders.csv"),
        ..ImportOptions::default()
    };
    let missing = shop.app.import(shop.tenant, &options, &mut go_on);
    let Err(error @ Error::File { .. }) = missing else {
        panic!("{missing:?}")
    };
    assert!(error.to_string().contains("/nowhere/orders.csv"), "{error}");
}

#[test]
fn a_back_test_is_the_same_on_any_number_of_threads() {
    let db = TestDb::sqlite();
    let options = file(&db, "orders.csv", &orders(2000));
    let one = tested(&options, 1, CAFE);
    for threads in [2, 5] {
        assert_eq!(tested(&options, threads, CAFE), one);
    }
    assert!(one.members > 30 && one.months.len() > 20, "{one:?}");
}

#[test]
fn a_back_test_says_who_would_get_more() {
    let db = TestDb::sqlite();
    let options = file(&db, "orders.csv", &orders(200));
    let ask = Backtest {
        program: CAFE.replace("1 per 1 EUR", "2 per 1 EUR"),
        against: Some(CAFE.to_owned()),
        orders: options,
        threads: 0,
        until: None,
        differences: 3,
        assumptions: None,
        joining: None,
    };
    let report = backtest(&ask, &mut go_on).expect("the file can be read");
    let against = report.against.expect("there was another program");
    assert_eq!(report.differences.len(), 3);
    for difference in &report.differences {
        assert!(difference.candidate > difference.against, "{difference:?}");
    }
    let issued = |months: &[regulars_app::BacktestMonth]| -> i64 {
        months.iter().map(|month| month.issued).sum()
    };
    assert!(issued(&report.months) > issued(&against.months));
}

#[test]
fn a_back_test_says_what_a_plan_would_bring_in_beside_what_it_costs() {
    let db = TestDb::sqlite();
    let csv = "order_id,customer_id,date,amount\n\
               o-1,ana,2025-01-10T10:00:00Z,10.00\no-2,bo,2025-02-01T10:00:00Z,10.00\n\
               o-3,ana,2025-02-05T10:00:00Z,10.00\no-4,ana,2025-04-20T10:00:00Z,10.00\n";
    let orders = file(&db, "orders.csv", csv);
    let plan = "[[plan]]\nid = \"club\"\nprice = \"3.00 EUR\"\nevery = \"1 month\"\n\
                starts = \"at once\"\nearn = { beans = 3 }\n";
    let program = format!("{CAFE}\n{plan}");
    let run = |threads, joining: Option<&str>| {
        let ask = Backtest {
            program: program.clone(),
            against: Some(CAFE.to_owned()),
            orders: orders.clone(),
            threads,
            until: Some("2025-04-29".parse().expect("is a day")),
            differences: 10,
            assumptions: None,
            joining: joining.map(|plan| Joining {
                plan: Text::new(plan).expect("is a text"),
                per_mille: 1000,
            }),
        };
        backtest(&ask, &mut go_on)
    };
    let report = run(1, Some("club")).expect("the file can be read");
    // Ana pays on the 10th of four months, Bo on the 1st of three.
    let fees = report
        .fees
        .iter()
        .map(|(month, fees)| (month.to_string(), *fees));
    let expected = [
        ("2025-01-01", 300),
        ("2025-02-01", 600),
        ("2025-03-01", 600),
        ("2025-04-01", 600),
    ];
    let expected = expected.map(|(month, fees)| (month.to_owned(), fees));
    assert_eq!(fees.collect::<Vec<_>>(), expected);
    // Their first orders come before they join; the others earn threefold.
    let issued = |report: &BacktestReport| report.months.iter().map(|it| it.issued).sum::<i64>();
    assert_eq!(issued(&report), 10 + 10 + 30 + 30);
    let against = report.against.as_deref().expect("there is another program");
    assert_eq!((against.fees.len(), issued(against)), (0, 40));
    let again = run(3, Some("club")).expect("the file can be read");
    assert_eq!(again.fees, report.fees);
    assert_eq!(run(1, None).expect("the file can be read").fees, []);
    assert!(matches!(run(1, Some("none")), Err(Error::NotFound { .. })));
}
