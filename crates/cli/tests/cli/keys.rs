//! Keys and tenants.

use crate::shop::{CAFE, Shop};

#[test]
fn keys_are_made_listed_and_revoked_and_the_secret_is_shown_once() {
    let shop = Shop::cafe();
    let args = ["keys", "create", "--name", "till", "--scope", "read,ingest"];
    let key = shop.json(args);
    let secret = key["secret"].as_str().expect("is shown");
    assert!(secret.starts_with("reg_"), "{secret}");
    assert_eq!(key["scopes"], serde_json::json!(["read", "ingest"]));
    let listed = shop.ok(["keys", "list", "--json"]);
    assert!(!listed.contains(secret), "{listed}");
    let id = key["id"].as_str().expect("has an id");
    assert!(shop.ok(["keys", "list"]).contains(id));
    shop.ok(["keys", "revoke", id]);
    assert!(shop.ok(["keys", "list"]).contains("revoked"));
    let (what, advice) = shop.refuses(["keys", "revoke", "key_nothing"]);
    assert!(what.contains("key_nothing"), "{what}");
    assert!(advice.contains("keys list"), "{advice}");
}

#[test]
fn a_scope_that_is_none_names_those_there_are() {
    let shop = Shop::cafe();
    let (what, advice) = shop.refuses(["keys", "create", "--name", "x", "--scope", "write"]);
    assert_eq!(what, "`write` is no scope of a key");
    assert!(advice.contains("read, ingest, redeem"), "{advice}");
}

#[test]
fn tenants_keep_apart() {
    let shop = Shop::cafe();
    shop.ok(["tenants", "create", "second"]);
    let (what, advice) = shop.refuses(["tenants", "create", "second"]);
    assert!(what.contains("exists already"), "{what}");
    assert!(advice.contains("another name"), "{advice}");
    let tenants = shop.json(["tenants"]);
    assert_eq!(tenants["items"].as_array().map(Vec::len), Some(2));

    let (what, _) = shop.refuses(["balance", "ana", "--tenant", "second"]);
    assert!(what.contains("nobody"), "{what}");
    assert_eq!(
        shop.json(["balance", "ana"])["points"][0]["available"],
        "120"
    );
    let (what, advice) = shop.refuses(["balance", "ana", "--tenant", "third"]);
    assert!(what.contains("default, second"), "{what}");
    assert!(advice.contains("tenants create"), "{advice}");
}

#[test]
fn of_several_tenants_none_is_guessed() {
    let shop = Shop::new();
    for name in ["one", "two"] {
        shop.ok(["tenants", "create", name]);
    }
    shop.write("cafe.toml", CAFE);
    let (what, advice) = shop.refuses(["apply", "cafe.toml"]);
    assert_eq!(what, "there are several tenants: one, two");
    assert!(advice.contains("--tenant NAME"), "{advice}");
    shop.ok(["apply", "cafe.toml", "--tenant", "two"]);
}
