//! Missing points: claims that a rule or a person decides, and awards that two persons make.

use crate::support::{CAFE, Shop, customer, moment, purchase, text};
use regulars_app::{
    AwardState, ClaimState, Error, KeptOrder, Match, NewClaim, PageAsk, ProposeAward, Ruling,
};
use regulars_base::CivilDay;
use regulars_engine::event::{Kind, LineParts};
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    a_claim_that_says_what_a_kept_order_says_is_approved_by_rule,
    a_person_decides_the_others_with_a_reason,
    an_order_or_a_receipt_is_claimed_once_and_nobody_is_told_whose_it_is,
    a_claim_counts_as_of_its_own_day_by_the_version_of_then,
    orders_from_before_joining_count_within_their_window,
    lines_of_a_claim_are_those_of_the_order,
    an_award_takes_two_persons_and_is_undone_as_a_whole,
}

fn cafe(claims: &str) -> String {
    format!("{CAFE}\n[claims]\n{claims}\n")
}

fn claim(order: &str, on: (i16, i8, i8), total: i64) -> NewClaim {
    NewClaim {
        source: text("till"),
        order: text(order),
        on: CivilDay::of(on.0, on.1, on.2),
        total,
        reference: None,
        text: None,
        lines: Vec::new(),
        by: "the app".into(),
    }
}

fn keep(shop: &Shop, order: &str, at: &str, total: i64) {
    let Kind::Purchase(purchase) = purchase("nobody", order, at, total).event.kind else {
        unreachable!("it is a purchase")
    };
    let kept = KeptOrder {
        source: text("till"),
        at: moment(at),
        purchase: *purchase,
    };
    assert!(shop.app.keep_order(shop.tenant, &kept).expect("is kept"));
    assert!(!shop.app.keep_order(shop.tenant, &kept).expect("is kept"));
}

fn ruling(approve: bool) -> Ruling {
    Ruling {
        approve,
        by: "eva".into(),
        reason: "saw the receipt".into(),
        lines: Vec::new(),
    }
}

fn joined(shop: &Shop, name: &str) {
    let at = shop.app.now().to_string();
    shop.take(purchase(name, &format!("first-{name}"), &at, 1_00));
}

fn a_claim_that_says_what_a_kept_order_says_is_approved_by_rule(db: TestDb) {
    let shop = Shop::open(db, &cafe("approve_up_to = \"20 EUR\""));
    joined(&shop, "ana");
    let before = shop.available("ana");
    shop.set("2025-03-10T09:00:00Z");
    keep(&shop, "r-1", "2025-03-05T10:00:00Z", 12_40);
    keep(&shop, "r-2", "2025-03-05T11:00:00Z", 12_40);
    keep(&shop, "r-3", "2025-03-05T11:00:00Z", 30_00);
    let file = |order, total| {
        let new = claim(order, (2025, 3, 5), total);
        let filed = shop.app.file_claim(shop.tenant, &customer("ana"), &new);
        filed.expect("can be filed")
    };
    let filed = file("r-1", 12_40);
    assert_eq!(filed.state, ClaimState::Approved);
    assert_eq!(filed.decided_by.as_deref(), Some("rule"));
    assert_eq!(shop.available("ana"), before + 12);
    // Filed again it is the same, and gives nothing more.
    assert_eq!(file("r-1", 12_40).id, filed.id);
    assert_eq!(shop.available("ana"), before + 12);
    // Another total, too large a total, and no receipt: a person looks at these.
    for (order, total, found) in [
        ("r-2", 13_40, Match::Differs),
        ("r-3", 30_00, Match::Exact),
        ("r-4", 5_00, Match::Nothing),
    ] {
        let filed = file(order, total);
        assert_eq!((filed.state, filed.match_), (ClaimState::Open, found));
    }
    assert_eq!(shop.available("ana"), before + 12);
    shop.verified();
}

fn a_person_decides_the_others_with_a_reason(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    joined(&shop, "ana");
    let before = shop.available("ana");
    let file = |order| {
        let new = claim(order, (2025, 3, 1), 10_00);
        let filed = shop.app.file_claim(shop.tenant, &customer("ana"), &new);
        filed.expect("can be filed").id
    };
    let (yes, no) = (file("r-1"), file("r-2"));
    let listed = |state| {
        let page = shop.app.claims(shop.tenant, state, &PageAsk::default());
        page.expect("a page").items.len()
    };
    assert_eq!(listed(Some(ClaimState::Open)), 2);
    let silent = Ruling {
        reason: " ".into(),
        ..ruling(true)
    };
    let refused = shop.app.rule_claim(shop.tenant, &yes, &silent);
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    let (_, receipt) = shop
        .app
        .rule_claim(shop.tenant, &yes, &ruling(true))
        .expect("can be done");
    assert_eq!(receipt.expect("it is booked").points[0].change, 10);
    // Twice is once.
    let (_, again) = shop
        .app
        .rule_claim(shop.tenant, &yes, &ruling(true))
        .expect("can be done");
    assert!(again.expect("it is booked").duplicate);
    let late = shop.app.rule_claim(shop.tenant, &yes, &ruling(false));
    assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
    let (rejected, receipt) = shop
        .app
        .rule_claim(shop.tenant, &no, &ruling(false))
        .expect("can be done");
    assert_eq!(
        (rejected.state, receipt.is_none()),
        (ClaimState::Rejected, true)
    );
    assert_eq!(shop.available("ana"), before + 10);
    assert_eq!(listed(Some(ClaimState::Open)), 0);
    assert_eq!(listed(None), 2);
    // What was rejected may be claimed again.
    assert_ne!(file("r-2"), no);
    let unknown = shop.app.rule_claim(shop.tenant, "clm_none", &ruling(true));
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
}

fn lines_of_a_claim_are_those_of_the_order(db: TestDb) {
    let coffee = "\n[[earn]]\nid = \"coffee\"\nwhen = 'line.category == \"coffee\"'\n\
                  give = { beans = 100 }\n";
    let shop = Shop::open(db, &format!("{CAFE}{coffee}"));
    joined(&shop, "ana");
    let before = shop.available("ana");
    shop.set("2025-03-10T09:00:00Z");
    let line = |category: &str, amount: i64| LineParts {
        category: text(category),
        quantity: 1000,
        amount,
        ..LineParts::default()
    };
    let file = |order: &str, lines: Vec<LineParts>| {
        let new = NewClaim {
            lines,
            ..claim(order, (2025, 3, 5), 12_00)
        };
        shop.app.file_claim(shop.tenant, &customer("ana"), &new)
    };
    let short = file("r-1", vec![line("coffee", 4_00)]);
    assert!(matches!(short, Err(Error::Invalid(_))), "{short:?}");
    let said = vec![line("coffee", 4_00), line("tea", 8_00)];
    let filed = file("r-1", said.clone()).expect("can be filed");
    assert_eq!(file("r-1", said.clone()).expect("the same").id, filed.id);
    let other = file("r-1", vec![line("coffee", 12_00)]);
    assert!(matches!(other, Err(Error::Exists { .. })), "{other:?}");
    let (ruled, _) = shop
        .app
        .rule_claim(shop.tenant, &filed.id, &ruling(true))
        .expect("can be decided");
    assert_eq!(ruled.lines, said);
    assert_eq!(shop.available("ana"), before + 12 + 100);

    // Filed without; whoever approves has the receipt.
    let filed = file("r-2", Vec::new()).expect("can be filed");
    let with = |lines: Vec<LineParts>, approve| {
        let ruling = Ruling {
            lines,
            ..ruling(approve)
        };
        shop.app.rule_claim(shop.tenant, &filed.id, &ruling)
    };
    assert!(with(said.clone(), false).is_err(), "nothing to reject with");
    assert!(with(vec![line("coffee", 5_00)], true).is_err());
    with(said.clone(), true).expect("can be decided");
    with(said, true).expect("said again");
    assert!(
        with(vec![line("tea", 12_00)], true).is_err(),
        "it is decided"
    );
    assert_eq!(shop.available("ana"), before + 2 * 112);

    keep(&shop, "r-3", "2025-03-05T10:00:00Z", 12_00);
    let filed = file("r-3", Vec::new()).expect("can be filed");
    let ruling = Ruling {
        lines: vec![line("coffee", 12_00)],
        ..ruling(true)
    };
    let known = shop.app.rule_claim(shop.tenant, &filed.id, &ruling);
    assert!(known.is_err(), "the shop knows the lines: {known:?}");
    shop.verified();
}

fn an_order_or_a_receipt_is_claimed_once_and_nobody_is_told_whose_it_is(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    joined(&shop, "ana");
    joined(&shop, "ben");
    let with = |order, says: &str| NewClaim {
        text: Some(says.into()),
        ..claim(order, (2025, 3, 1), 10_00)
    };
    let file = |who: &str, new: &NewClaim| shop.app.file_claim(shop.tenant, &customer(who), new);
    let filed = file("ana", &with("r-1", "Café\nTotal 10.00 #A17")).expect("can be filed");
    for new in [
        claim("r-1", (2025, 3, 1), 10_00),
        with("r-2", "CAFÉ  total 10,00 # a 17"),
    ] {
        let taken = file("ben", &new).expect_err("it is claimed");
        let said = taken.to_string();
        assert!(matches!(taken, Error::Exists { .. }), "{said}");
        assert!(!said.contains(&filed.member.to_string()), "{said}");
    }
    // Somebody else's order looks like one that nobody knows, and is not counted twice.
    let theirs = file("ben", &claim("first-ana", (2025, 3, 1), 1_00)).expect("can be filed");
    assert_eq!(
        (theirs.state, theirs.match_),
        (ClaimState::Open, Match::Nothing)
    );
    let before = shop.available("ben");
    let ruled = shop.app.rule_claim(shop.tenant, &theirs.id, &ruling(true));
    assert_eq!(ruled.expect("can be done").0.state, ClaimState::Refused);
    assert_eq!(shop.available("ben"), before);
    let nobody = file("eva", &claim("r-9", (2025, 3, 1), 1_00));
    assert!(matches!(nobody, Err(Error::NotFound { .. })));
}

fn a_claim_counts_as_of_its_own_day_by_the_version_of_then(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    joined(&shop, "ana");
    let before = shop.available("ana");
    shop.set("2025-03-10T00:00:00Z");
    shop.apply(&CAFE.replace("1 per 1 EUR", "2 per 1 EUR"), None);
    shop.set("2025-03-20T00:00:00Z");
    for (order, day, gives) in [("r-1", 5, 10), ("r-2", 15, 20)] {
        let new = claim(order, (2025, 3, day), 10_00);
        let filed = shop.app.file_claim(shop.tenant, &customer("ana"), &new);
        let id = filed.expect("can be filed").id;
        let (_, receipt) = shop
            .app
            .rule_claim(shop.tenant, &id, &ruling(true))
            .expect("can be done");
        assert_eq!(receipt.expect("it is booked").points[0].change, gives);
    }
    assert_eq!(shop.available("ana"), before + 30);
}

fn orders_from_before_joining_count_within_their_window(db: TestDb) {
    let shop = Shop::open(
        db,
        &cafe("window = \"60 days\"\nbefore_joining = \"10 days\""),
    );
    joined(&shop, "ana");
    shop.set("2025-04-20T09:00:00Z");
    let file = |order, on| {
        let new = claim(order, on, 10_00);
        shop.app.file_claim(shop.tenant, &customer("ana"), &new)
    };
    let filed = file("r-1", (2025, 2, 20)).expect("nine days before joining");
    let ruled = shop.app.rule_claim(shop.tenant, &filed.id, &ruling(true));
    assert_eq!(ruled.expect("can be done").0.state, ClaimState::Approved);
    for (order, on) in [
        ("r-2", (2025, 2, 18)),
        ("r-3", (2024, 2, 20)),
        ("r-4", (2025, 4, 21)),
    ] {
        let refused = file(order, on);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    // By itself nothing counts from before joining.
    let strict = cafe("window = \"60 days\"");
    shop.apply(&strict, None);
    assert!(matches!(file("r-5", (2025, 2, 20)), Err(Error::Invalid(_))));
}

fn an_award_takes_two_persons_and_is_undone_as_a_whole(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    joined(&shop, "ana");
    joined(&shop, "ben");
    let before = (shop.available("ana"), shop.available("ben"));
    let propose = ProposeAward {
        text: "member,points,reason\n\
               customer:ana,50,\"sorry, the till was down\"\n\
               customer:ben,20,sorry\n\
               customer:eva,20,sorry\n\
               customer:ben,-5,sorry\n\
               customer:ben,5,\n"
            .into(),
        by: "tom".into(),
        note: "till down on Monday".into(),
    };
    let award = shop
        .app
        .propose_award(shop.tenant, &propose)
        .expect("can be done");
    assert_eq!((award.members, award.rows.len()), (2, 2));
    assert_eq!(award.totals[0].2, 70);
    let lines: Vec<u64> = award.rejects.iter().map(|row| row.0).collect();
    assert_eq!(lines, [4, 5, 6], "{:?}", award.rejects);
    assert_eq!((shop.available("ana"), shop.available("ben")), before);
    // The same file is the same award.
    let again = shop
        .app
        .propose_award(shop.tenant, &propose)
        .expect("can be done");
    assert_eq!(again, award);
    let alone = shop.app.approve_award(shop.tenant, &award.id, "tom");
    assert!(matches!(alone, Err(Error::SecondPerson(_))), "{alone:?}");
    for _ in 0..2 {
        let done = shop
            .app
            .approve_award(shop.tenant, &award.id, "eva")
            .expect("can be done");
        assert_eq!((done.state, done.refused.len()), (AwardState::Approved, 0));
        let now = (shop.available("ana"), shop.available("ben"));
        assert_eq!(now, (before.0 + 50, before.1 + 20));
    }
    for _ in 0..2 {
        let undone = shop
            .app
            .undo_award(shop.tenant, &award.id, "eva")
            .expect("can be done");
        assert_eq!(
            (undone.state, undone.refused.len()),
            (AwardState::Undone, 0)
        );
        assert_eq!((shop.available("ana"), shop.available("ben")), before);
    }
    let closed = shop.app.reject_award(shop.tenant, &award.id, "eva");
    assert!(matches!(closed, Err(Error::Invalid(_))));
    for text in ["", "a,b\n1,2\n", "member,points,reason\n"] {
        let propose = ProposeAward {
            text: text.into(),
            ..propose.clone()
        };
        let wrong = shop.app.propose_award(shop.tenant, &propose);
        assert!(matches!(wrong, Err(Error::Invalid(_))), "{text}: {wrong:?}");
    }
    shop.verified();
}
