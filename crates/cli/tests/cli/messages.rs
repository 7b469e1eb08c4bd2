//! Messages by the executable: a template from a file, what it says to a member, a send and its log.

use crate::shop::{CAFE, Shop};
use serde_json::json;

fn begin() -> Shop {
    let shop = Shop::new();
    shop.write(
        "cafe.toml",
        format!("{CAFE}\n[activity.letters]\nconsent = \"keep\"\n"),
    );
    shop.write("orders.csv", crate::shop::ORDERS);
    shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    let words = json!({"en": {"subject": "Hello", "text": "You have {balance} beans."}});
    let template = json!({"name": "Hello", "language": "en", "words": words});
    shop.write("hello.json", template.to_string());
    shop
}

#[test]
fn a_template_is_written_looked_at_for_a_member_and_sent() {
    let shop = begin();
    let written = shop.ok(["messages", "template", "hello", "hello.json"]);
    assert!(written.contains("hello version 1"), "{written}");
    let again = shop.ok(["messages", "template", "hello", "hello.json"]);
    assert!(again.contains("hello version 2"), "{again}");
    assert!(shop.ok(["messages", "templates"]).contains("Hello"));
    let shown = shop.ok(["messages", "preview", "hello", "ana", "--channel", "inbox"]);
    assert!(shown.contains("You have 120 beans."), "{shown}");
    let sent = shop.json([
        "messages",
        "send",
        "hello",
        "--member",
        "ana",
        "--channel",
        "inbox",
    ]);
    let id = sent["id"].as_str().expect("has an id").to_owned();
    assert!(shop.ok(["messages", "list"]).contains(&id));
    let stopped = shop.json(["messages", "stop", &id]);
    assert_eq!(stopped["stage"], "stopped");
    assert_eq!(shop.ok(["messages", "log", &id]), "");
}

/// What is wrong, and what to do.
fn both((what, help): (String, String)) -> String {
    format!("{what} {help}")
}

#[test]
fn what_cannot_be_sent_says_what_to_do() {
    let shop = begin();
    shop.ok(["messages", "template", "hello", "hello.json"]);
    let refused = both(shop.refuses(["messages", "send", "hello", "--member", "ana"]));
    assert!(refused.contains("consent"), "{refused}");
    let refused = both(shop.refuses(["messages", "log", "snd_1", "--stage", "lost"]));
    assert!(refused.contains("not_sent"), "{refused}");
    shop.write("hello.json", "{}");
    let refused = both(shop.refuses(["messages", "template", "hello", "hello.json"]));
    assert!(refused.contains("hello.json"), "{refused}");
}
