//! Personal fields that stand closed: a key is made, turned and needed.

use crate::shop::Shop;

#[test]
fn a_shop_is_closed_its_key_is_turned_and_it_is_opened_again() {
    let shop = Shop::cafe();
    // What she has, but not when it was asked.
    let balance = |words: &[&str]| {
        let mut said = shop.json(words.iter().copied());
        said["as_of"].take();
        said
    };
    let before = balance(&["balance", "ana"]);
    assert!(shop.ok(["vault", "status"]).contains("stand in clear"));
    let (what, help) = shop.refuses(["vault", "turn"]);
    assert!(
        format!("{what} {help}").contains("--vault-keys"),
        "{what} {help}"
    );

    let first = shop.ok(["vault", "new-key"]);
    shop.write("keys", &first);
    let with = |words: &[&'static str]| [words, &["--vault-keys", "keys"]].concat();
    let turned = shop.json(with(&["vault", "turn"]));
    assert_eq!(
        (&turned["settled"], &turned["left"]),
        (&true.into(), &0.into()),
        "{turned:#}"
    );
    assert!(turned["rows"].as_u64() > Some(1), "{turned:#}");
    assert_eq!(balance(&with(&["balance", "ana"])), before);
    assert_eq!(shop.json(with(&["verify"]))["ok"], true);
    let (what, help) = shop.refuses(["balance", "ana"]);
    assert!(what.contains("closed with the key"), "{what} {help}");
    shop.write("other", shop.ok(["vault", "new-key"]));
    let (what, help) = shop.refuses(["balance", "ana", "--vault-keys", "other"]);
    assert!(help.contains("add the line"), "{what} {help}");
    shop.write("wrong", "no key");
    let (what, help) = shop.refuses(["balance", "ana", "--vault-keys", "wrong"]);
    assert!(
        what.contains("line 1 is no key") && help.contains("new-key"),
        "{what} {help}"
    );

    // A new key on top; when it is turned the first is not needed any more.
    let second = shop.ok(["vault", "new-key"]);
    shop.write("keys", format!("{second}{first}"));
    let turned = shop.json(with(&["vault", "turn"]));
    assert_eq!(
        turned["older"].as_array().map(Vec::len),
        Some(0),
        "{turned:#}"
    );
    shop.write("keys", &second);
    assert_eq!(balance(&with(&["balance", "ana"])), before);
    // A copy is closed, too.
    shop.ok(with(&["backup", "copy.db"]));
    let (what, _) = shop.refuses(["balance", "ana", "--database", "copy.db"]);
    assert!(what.contains("closed with the key"), "{what}");

    // Names in clear, and all of it again.
    let names = shop.json(with(&["vault", "names", "clear"]));
    assert_eq!(names["settled"], true, "{names:#}");
    let opened = shop.json(with(&["vault", "open"]));
    assert_eq!(
        (&opened["key"], &opened["left"]),
        (&serde_json::Value::Null, &0.into())
    );
    assert_eq!(balance(&["balance", "ana"]), before);
}
