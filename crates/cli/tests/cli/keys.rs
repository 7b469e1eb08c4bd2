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

#[test]
fn people_are_invited_given_roles_and_taken_out_and_the_trail_tells() {
    let shop = Shop::cafe();
    let (what, advice) = shop.refuses(["people", "invite", "kim@example.com"]);
    assert!(what.contains("nobody has the address"), "{what}");
    assert!(advice.contains("--name"), "{advice}");
    let args = [
        "people",
        "invite",
        "Kim@Example.com",
        "--name",
        "Kim",
        "--role",
        "analyst",
    ];
    let kim = shop.json(args);
    let first = kim["invitation"].as_str().expect("is shown");
    assert!(first.starts_with("inv_"), "{first}");
    assert!(!shop.ok(["people", "list", "--json"]).contains(first));
    let again = shop.ok(["people", "invite", "kim@example.com"]);
    assert!(again.contains("/console/#invitation=inv_"), "{again}");
    assert!(!again.contains(first), "the old link is void");

    let args = ["people", "invite", "kim@example.com", "--role", "owner"];
    let (what, advice) = shop.refuses(args);
    assert!(what.contains("Kim: analyst (invited)"), "{what}");
    assert!(advice.contains("people role"), "{advice}");
    let changed = shop.json(["people", "role", "kim@example.com", "agent,cashier"]);
    assert_eq!(changed["roles"], serde_json::json!(["agent", "cashier"]));
    shop.refuses(["people", "role", "kim@example.com", "pirate"]);

    let id = kim["id"].as_str().expect("has an id");
    let gone = shop.json(["people", "remove", id, "--reason", "left the shop"]);
    assert_eq!(gone["state"], "disabled");
    let (what, _) = shop.refuses(["people", "invite", "kim@example.com"]);
    assert!(what.contains("(disabled)"), "{what}");
    shop.refuses(["people", "remove", "nobody@example.com"]);
    assert!(shop.ok(["people", "list"]).contains("disabled"));

    let proved = shop.json(["verify"]);
    assert_eq!((&proved["ok"], &proved["acts"]), (&true.into(), &4.into()));
    let database = rusqlite::Connection::open(shop.database()).expect("the database opens");
    let sql =
        "SELECT group_concat(actor || ' ' || act, ', ') FROM (SELECT * FROM audit ORDER BY no)";
    let trail: String = database
        .query_row(sql, [], |row| row.get(0))
        .expect("is read");
    let by = |act: &str| format!("command-line {act}");
    let acts = [
        "invite_somebody",
        "invite_again",
        "change_person",
        "change_person",
    ];
    assert_eq!(trail, acts.map(by).join(", "));
    database
        .execute("UPDATE audit SET act = 'change_key' WHERE no = 3", [])
        .expect("the statement runs");
    let done = shop.run(["verify"]);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("audit 3"), "{done:#?}");
}
