//! Scenarios, told to the engine alone.

use crate::shop::{CAFE, Shop};

const STORY: &str = r#"# Ana buys twice.
program = "cafe.toml"

[[step]]
at = "2026-03-01 09:00"
purchase = { member = "ana", order = "r-1", total = "12.40" }
expect = { beans = 12 }

[[step]]
at = "2026-03-02 09:00"
purchase = { member = "ana", order = "r-2", total = "10.00" }
expect = { beans = 21 }
"#;

#[test]
fn a_story_that_ends_otherwise_names_the_step() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("story.toml", STORY);
    let done = shop.run(["try", "story.toml"]);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(
        done.out
            .contains("story.toml:9: beans: expected 21, got 22"),
        "{done:#?}"
    );
    let done = shop.run(["try", "story.toml", "--json"]);
    let line: serde_json::Value = serde_json::from_str(&done.out).expect("is a line of JSON");
    assert_eq!((&line["ok"], &line["steps"]), (&false.into(), &2.into()));
    assert_eq!(line["differences"][0]["line"], 9);
}

#[test]
fn a_story_can_be_written_anew_and_then_holds() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("story.toml", STORY);
    shop.run(["try", "story.toml", "--update"]);
    assert_eq!(
        shop.read("story.toml"),
        STORY.replace("beans = 21", "beans = 22")
    );
    let said = shop.ok(["try", "story.toml"]);
    assert!(said.contains("ok    story.toml (2 steps)"), "{said}");
}

#[test]
fn what_is_no_story_names_its_faults() {
    let shop = Shop::new();
    shop.write("story.toml", STORY.replace("purchase", "purchas"));
    let done = shop.run(["try", "story.toml"]);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("WRONG story.toml"), "{done:#?}");
    assert!(
        shop.fails(2, ["try", "nowhere.toml"])
            .contains("there is no file")
    );
}
