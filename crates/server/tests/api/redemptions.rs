//! Rewards: set aside, used, given back.

use crate::testapp::{TestApp, but};
use regulars_testkit::TestDb;
use serde_json::json;

regulars_testkit::on_both! { a_reward_is_set_aside_used_and_given_back }

fn a_reward_is_set_aside_used_and_given_back(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let id = app.member_with("ana@example.com", "25.00");
    let path = format!("/v1/members/{id}/redemptions");
    let coffee = json!({"reward": "free-coffee"});
    app.post(&path, &coffee).problem("idempotency_key_missing");
    let made = app.post_once(&path, "r-1", &coffee).with(201);
    assert_eq!(made["redemption"]["status"], "held");
    assert_eq!(
        made["redemption"]["cost"][0],
        json!({"points": "beans", "amount": "10"})
    );
    assert_eq!(app.beans(&id), "15");
    let again = app.post_once(&path, "r-1", &coffee);
    assert_eq!(again.header("idempotency-hit"), Some("true"));
    assert_eq!(again.with(200), made);
    assert_eq!(app.beans(&id), "15");
    let two = but(coffee.clone(), &json!({"quantity": 2}));
    app.post_once(&path, "r-1", &two).problem("key_reused");

    let commit = format!("{path}/r-1/commit");
    let used = app.post(&commit, &json!({"order": "R-9"})).with(201);
    assert_eq!(used["redemption"]["status"], "committed");
    assert_eq!(used["redemption"]["order"], "R-9");
    app.post(&commit, &json!({"order": "R-9"})).with(200);
    let cancel = format!("{path}/r-1/cancel");
    app.post(&cancel, &json!({})).with(201);
    app.post(&cancel, &json!({})).with(200);
    assert_eq!(app.beans(&id), "25");

    let at_once = but(coffee, &json!({"commit": true}));
    let made = app.post_once(&path, "r-2", &at_once).with(201);
    assert_eq!(made["redemption"]["status"], "committed");
    let listed = app.get(&path).with(200);
    let ids: Vec<&str> = listed["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["id"].as_str())
        .collect();
    assert_eq!(ids, ["r-2"]);
    let dear = but(at_once, &json!({"quantity": 2}));
    let told = app
        .post_once(&path, "r-3", &dear)
        .problem("insufficient_points");
    assert_eq!(
        (&told["available"], &told["price"]),
        (&json!("15"), &json!("20")),
        "{told:#}"
    );
    let hit = app.post_once(&path, "r-3", &dear);
    hit.problem("insufficient_points");
    assert_eq!(hit.header("idempotency-hit"), Some("true"));
}
