//! Program versions: checked, applied, in force from a time, rolled back.

use crate::support::{CAFE, Shop, moment, purchase};
use regulars_app::{Apply, Error, RollBack};
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    a_new_version_decides_from_its_time_on,
    a_version_that_another_server_applied_is_noticed,
    a_wrong_file_is_never_applied,
    the_same_file_again_changes_nothing,
    rolling_back_applies_the_old_text_again,
    who_moves_is_told_before_and_happens_on_the_day,
}

fn double() -> String {
    CAFE.replace("1 per 1 EUR", "2 per 1 EUR")
}

fn a_new_version_decides_from_its_time_on(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.apply(&double(), Some(moment("2025-03-10T00:00:00Z")));
    shop.set("2025-03-20T09:00:00Z");
    let early = shop.take(purchase("ana", "r-1", "2025-03-09T12:00:00Z", 1000));
    let late = shop.take(purchase("ana", "r-2", "2025-03-10T12:00:00Z", 1000));
    assert_eq!((early.version, late.version), (1, 2));
    assert_eq!(shop.available("ana"), 30);
    shop.verified();
}

fn a_version_that_another_server_applied_is_noticed(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let day = "2025-03-01T08:00:00Z";
    shop.take(purchase("ana", "r-1", day, 1000));
    let (other, _) = crate::support::app(&shop.db, |config| config);
    let apply = Apply {
        text: double(),
        from: Some(moment(day)),
        ..Apply::default()
    };
    other.apply(shop.tenant, &apply).expect("it is right");
    let receipt = shop.take(purchase("ana", "r-2", day, 1000));
    assert_eq!(receipt.version, 2);
    assert_eq!(shop.available("ana"), 30);
    let preview = shop
        .app
        .preview(shop.tenant, purchase("ana", "r-3", day, 1000))
        .expect("it can be decided");
    assert_eq!(preview.version, 2);
}

fn a_wrong_file_is_never_applied(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let wrong = CAFE.replace("[[earn]]", "[[earnn]]");
    let apply = Apply {
        text: wrong.clone(),
        ..Apply::default()
    };
    let Err(Error::InvalidProgram(findings)) = shop.app.apply(shop.tenant, &apply) else {
        panic!("a wrong file was applied")
    };
    let line = 1 + wrong
        .lines()
        .position(|line| line == "[[earnn]]")
        .expect("is there");
    assert_eq!(findings[0].line as usize, line, "{findings:?}");
    assert_eq!(shop.app.programs(shop.tenant).expect("a list").len(), 1);
}

fn the_same_file_again_changes_nothing(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    assert_eq!(shop.apply(CAFE, None), 1);
    assert_eq!(shop.app.programs(shop.tenant).expect("a list").len(), 1);
}

fn rolling_back_applies_the_old_text_again(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.set("2025-03-02T00:00:00Z");
    assert_eq!(shop.apply(&double(), None), 2);
    shop.set("2025-03-03T00:00:00Z");
    let back = shop
        .app
        .roll_back(
            shop.tenant,
            &RollBack {
                to: None,
                from: None,
                by: "a test".into(),
                note: "it was too much".into(),
            },
        )
        .expect("version 1 is there");
    assert_eq!(back.to, 1, "the one before");
    let back = back.version;
    assert_eq!((back.version, back.note.as_str()), (3, "it was too much"));
    let texts = [1, 2, 3].map(|no| shop.app.program_text(shop.tenant, no).expect("is kept"));
    assert_eq!(texts[0], texts[2]);
    assert_ne!(texts[0], texts[1]);
    let missing = shop.app.program_text(shop.tenant, 4);
    assert!(matches!(missing, Err(Error::NotFound { .. })));
}

fn with_silver(spend: &str) -> String {
    format!(
        "[program]\nname = \"Café\"\ncurrency = \"EUR\"\n\n[points.beans]\n\n[[tier]]\nid = \"start\"\n\n\
         [[tier]]\nid = \"silver\"\nreach = {{ spend = \"{spend} EUR\" }}\n"
    )
}

fn who_moves_is_told_before_and_happens_on_the_day(db: TestDb) {
    let shop = Shop::open(db, &with_silver("1000"));
    shop.take(purchase("ana", "r-1", "2025-03-01T09:00:00Z", 60_00));
    shop.take(purchase("ben", "r-2", "2025-03-01T10:00:00Z", 10_00));
    let (text, from) = (with_silver("50"), moment("2025-04-01T00:00:00Z"));
    let plan = shop
        .app
        .plan_members(shop.tenant, &text, Some(from))
        .expect("is right");
    assert_eq!((plan.members, plan.moved), (2, 1), "{plan:?}");
    let moves = &plan.tiers[0];
    let said = (moves.from.as_str(), moves.to.as_str(), moves.members);
    assert_eq!(said, ("start", "silver", 1));
    let page = regulars_app::PageAsk::default();
    let movers = shop.app.movers(shop.tenant, &text, Some(from), &page);
    let movers = movers.expect("is right").items;
    assert_eq!(movers.len(), 1);
    let mut all = Vec::new();
    let each = &mut |mover: &regulars_app::Mover| all.push(mover.clone());
    shop.app
        .each_mover(shop.tenant, &text, Some(from), each)
        .expect("is right");
    assert_eq!(all, movers);

    shop.apply(&text, Some(from));
    let tier = |at: &str| {
        let who = regulars_app::MemberRef::Id(movers[0].member);
        let balances = shop.app.balances(shop.tenant, &who, Some(moment(at)));
        let balances = balances.expect("is there");
        balances.tier_id().expect("there are tiers").to_owned()
    };
    assert_eq!(tier("2025-03-31T23:59:59Z"), "start");
    // Nobody has written anything yet: it shows itself as it will be.
    assert_eq!(tier("2025-04-01T00:00:00Z"), "silver");
    shop.set("2025-04-02T00:00:00Z");
    assert_eq!(shop.app.tick_due(shop.app.now()).expect("can be done"), 1);
    assert_eq!(shop.app.tick_due(shop.app.now()).expect("can be done"), 0);
    assert_eq!(tier("2025-04-02T00:00:00Z"), "silver");
    let verified = shop.app.verify(shop.tenant, None, &mut |_| {});
    assert_eq!(verified.expect("can be read").wrong, None);
}
