//! Lift by the executable: what a journey brought or why that cannot be said, and the control group.

use crate::shop::{CAFE, ORDERS, Shop};

#[test]
fn lift_is_told_and_the_control_group_is_drawn_and_shown() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    let own = "name = \"Hi\"\nhold_out = \"20 %\"\n[start]\non = \"purchase\"\n[[step]]\nid = \"points\"\naward = 5\nreason = \"Hi\"\n";
    shop.write("hi.toml", own);
    let tried = shop.ok(["journeys", "try", "hi.toml", "--since", "2026-03-01"]);
    assert!(
        tried.contains("members are expected") && tried.contains("too few"),
        "{tried}"
    );
    shop.ok(["journeys", "put", "hi", "hi.toml"]);
    let told = shop.ok([
        "journeys", "lift", "hi", "--metric", "returned", "--days", "7",
    ]);
    assert!(told.contains("returned (share) in 7 days"), "{told}");
    assert!(told.contains("at least 50 are needed"), "{told}");
    let wrong = shop.fails(2, ["journeys", "lift", "hi", "--days", "181"]);
    assert!(wrong.contains("181"), "{wrong}");

    let none = shop.ok(["control-group", "show"]);
    assert!(none.contains("no draw was made yet"), "{none}");
    let drawn = shop.ok(["control-group", "set", "10", "--draw", "2026"]);
    assert!(drawn.contains("10 % by the draw 2026"), "{drawn}");
    // The name stays if nobody says another.
    let larger = shop.json(["control-group", "set", "20"]);
    assert_eq!(
        (&larger["name"], &larger["percent"]),
        (&"2026".into(), &20.into())
    );
    let shown = shop.json(["control-group", "show"]);
    assert_eq!(
        shown["draws"].as_array().map(Vec::len),
        Some(2),
        "{shown:#}"
    );
    assert_eq!(shown["members"], 2);
    shop.fails(2, ["control-group", "set", "21"]);
}
