//! Program versions: checked, applied, in force from a time, rolled back.

use crate::support::{CAFE, Shop, moment, purchase};
use regulars_app::{Apply, Error};
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    a_new_version_decides_from_its_time_on,
    a_version_that_another_server_applied_is_noticed,
    a_wrong_file_is_never_applied,
    the_same_file_again_changes_nothing,
    rolling_back_applies_the_old_text_again,
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
        .roll_back(shop.tenant, 1, "a test", "it was too much")
        .expect("version 1 is there");
    assert_eq!((back.version, back.note.as_str()), (3, "it was too much"));
    let texts = [1, 2, 3].map(|no| shop.app.program_text(shop.tenant, no).expect("is kept"));
    assert_eq!(texts[0], texts[2]);
    assert_ne!(texts[0], texts[1]);
    let missing = shop.app.program_text(shop.tenant, 4);
    assert!(matches!(missing, Err(Error::NotFound { .. })));
}
