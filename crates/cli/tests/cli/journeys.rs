//! Journeys by the executable: taken from the library, tried over history, started and stopped.

use crate::shop::{CAFE, ORDERS, Shop};

fn begin() -> Shop {
    let shop = Shop::new();
    shop.write(
        "cafe.toml",
        format!("{CAFE}\n[activity.letters]\nconsent = \"keep\"\n"),
    );
    shop.write("orders.csv", ORDERS);
    shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    shop
}

#[test]
fn a_journey_of_the_library_is_taken_shown_and_tried_over_history() {
    let shop = begin();
    let library = shop.ok(["journeys", "library"]);
    assert!(library.contains("win-back") && library.contains("Whoever buys is done."));
    let text = shop.ok(["journeys", "library", "win-back"]);
    shop.write("win-back.toml", &text);
    // Its templates are not there yet: each is named at its line.
    let wrong = shop.fails(
        1,
        ["journeys", "try", "win-back.toml", "--since", "2026-03-01"],
    );
    assert!(
        wrong.contains("win-back.toml:") && wrong.contains("no template `win-back`"),
        "{wrong}"
    );
    let taken = shop.ok(["journeys", "take", "win-back"]);
    assert!(taken.contains("template win-back-points"), "{taken}");
    assert!(taken.contains("win-back version 1, draft"), "{taken}");
    // Ben bought on the 2nd of March, Ana on the 15th of April; both stayed away for more than sixty days.
    let tried = shop.json(["journeys", "try", "win-back.toml", "--since", "2026-03-01"]);
    assert_eq!(tried["members"], 2, "{tried:#}");
    assert_eq!(tried["entered"], 2);
    let days = tried["days"].as_array().expect("is a list");
    let came = |day: &str| {
        days.iter()
            .any(|own| own["day"] == day && own["did"] == "entered")
    };
    let held = tried["held_out"].as_i64().expect("is a number");
    assert!(
        held > 0 || came("2026-05-01") && came("2026-06-14"),
        "{tried:#}"
    );
    let listed = shop.ok(["journeys", "list"]);
    assert!(listed.contains("draft"), "{listed}");
}

#[test]
fn a_journey_is_started_changed_paused_and_stopped_and_says_what_is_wrong() {
    let shop = begin();
    let own = "name = \"Hi\"\n[start]\non = \"enrolment\"\n[[step]]\nid = \"points\"\naward = 5\nreason = \"Hi\"\n";
    shop.write("hi.toml", own);
    let put = shop.ok(["journeys", "put", "hi", "hi.toml"]);
    assert!(put.contains("hi version 1, draft"), "{put}");
    assert!(shop.ok(["journeys", "start", "hi"]).contains("running"));
    assert!(shop.ok(["journeys", "pause", "hi"]).contains("paused"));
    shop.write("hi.toml", own.replace("award = 5", "award = 0"));
    let wrong = shop.fails(1, ["journeys", "put", "hi", "hi.toml"]);
    assert!(wrong.contains("hi.toml:6:1"), "{wrong}");
    assert!(shop.ok(["journeys", "stop", "hi"]).contains("stopped"));
    assert!(shop.ok(["journeys", "show", "hi"]).contains("award Hi"));
    assert_eq!(shop.ok(["journeys", "members", "hi"]), "");
    let (what, help) = shop.refuses(["journeys", "show", "none"]);
    assert!(
        what.contains("no journey") && help.contains("journeys list"),
        "{what} {help}"
    );
}
