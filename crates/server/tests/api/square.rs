//! Square's Loyalty API: shapes, errors and what a request that is sent twice comes to.

use crate::client::{Answer, Request};
use crate::testapp::{TestApp, at, but};
use regulars_app::Scope;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

const LOYALTY: &str = "/compat/square/v2/loyalty";
const PHONE: &str = "+4915112345678";

/// Half a point for each euro, doubled on a rule of its own, and fifty more in March.
const PROGRAM: &str = r#"
[program]
name     = "Bean Club"
currency = "EUR"
timezone = "Europe/Berlin"

[points.stars]
decimals  = 1
expires   = { after = "12 months" }
name      = { one = "star", other = "stars" }

[points.status]
spendable = false

[[earn]]
id   = "spend"
on   = "purchase"
give = { stars = "0.5 per 1 EUR", status = "1 per 1 EUR" }

[[earn]]
id    = "double"
on    = "purchase"
when  = 'order.channel == "app"'
times = 2
of    = ["spend"]

[[earn]]
id    = "spring"
on    = "purchase"
give  = { stars = 50 }
from  = "2025-03-01"
until = "2025-03-31"
limit = [{ times = 1, per = "member" }]

[[reward]]
id    = "mug"
title = "A mug"
kind  = "other"
price = { stars = 40 }

[[reward]]
id    = "coffee"
title = "A coffee"
kind  = "other"
price = { stars = 10 }

[[reward]]
id    = "half"
title = "Half a star"
kind  = "other"
price = { stars = "0.5" }
"#;

fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.post(&format!("{LOYALTY}{path}"), body)
}

fn get(app: &TestApp, path: &str) -> Answer {
    app.get(&format!("{LOYALTY}{path}"))
}

fn account(app: &TestApp) -> String {
    let body = json!({
        "idempotency_key": "new",
        "loyalty_account": {"program_id": app.tenant.to_string(), "mapping": {"phone_number": PHONE}},
    });
    let made = post(app, "/accounts", &body).with(200);
    let again = post(app, "/accounts", &body).with(200);
    assert_eq!(again, made, "the same request sent twice");
    made["loyalty_account"]["id"]
        .as_str()
        .expect("has an id")
        .to_owned()
}

fn give(app: &TestApp, account: &str, key: &str, points: i64) {
    let body = json!({
        "idempotency_key": key, "location_id": "L1", "accumulate_points": {"points": points},
    });
    post(app, &format!("/accounts/{account}/accumulate"), &body).with(200);
}

fn balance(app: &TestApp, account: &str) -> i64 {
    let known = get(app, &format!("/accounts/{account}")).with(200);
    known["loyalty_account"]["balance"]
        .as_i64()
        .expect("is a whole number")
}

/// Status, category, code and field of the one error.
fn error(answer: &Answer) -> (u16, String, String, Option<String>) {
    let body = answer.json();
    let error = &body["errors"][0];
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{body:#}"
    );
    assert!(
        error["detail"]
            .as_str()
            .is_some_and(|detail| detail.len() > 10),
        "{body:#}"
    );
    let text = |name: &str| error[name].as_str().map(str::to_owned);
    let (category, code) = (text("category"), text("code"));
    (
        answer.status,
        category.expect("has a category"),
        code.expect("has a code"),
        text("field"),
    )
}

fn fails(answer: &Answer, status: u16, code: &str, field: Option<&str>) {
    let (is, category, said, at) = error(answer);
    assert_eq!(
        (is, said.as_str(), at.as_deref()),
        (status, code, field),
        "{}",
        answer.text()
    );
    let expected = match status {
        401 | 403 => "AUTHENTICATION_ERROR",
        _ => "INVALID_REQUEST_ERROR",
    };
    assert_eq!(category, expected);
}

fn keep(app: &TestApp, order: &str, total: &str, channel: &str) {
    let body = json!({
        "source": "square", "at": "2025-03-01T08:00:00Z", "order": order,
        "currency": "EUR", "total": total, "channel": channel,
    });
    app.post("/v1/kept-orders", &body).with(201);
}

regulars_testkit::on_both! {
    the_program_is_told_in_its_shape,
    points_come_in_once_however_often_they_are_sent,
    an_order_that_is_kept_earns_and_its_promotions_are_told_apart,
    a_reward_holds_the_points_and_is_redeemed_or_given_back,
    events_are_found_by_account_type_order_and_time,
    what_is_wrong_is_told_with_its_codes,
}

fn the_program_is_told_in_its_shape(db: TestDb) {
    let app = TestApp::on(db);
    fails(&get(&app, "/programs/main"), 404, "NOT_FOUND", None);
    app.apply(PROGRAM);
    let main = get(&app, "/programs/main").with(200);
    let program = &main["program"];
    let id = app.tenant.to_string();
    assert_eq!(program["id"], id);
    assert_eq!(
        program["terminology"],
        json!({"one": "star", "other": "stars"})
    );
    assert_eq!(
        program["expiration_policy"],
        json!({"expiration_duration": "P1Y"})
    );
    // Half a point is no reward for whole ones.
    let tiers = program["reward_tiers"].as_array().expect("is a list");
    let tiers: Vec<_> = tiers
        .iter()
        .map(|own| (&own["id"], &own["points"]))
        .collect();
    assert_eq!(
        tiers,
        [(&json!("coffee"), &json!(10)), (&json!("mug"), &json!(40))]
    );
    let spend = json!([{
        "accrual_type": "SPEND", "points": 1,
        "spend_data": {"amount_money": {"amount": 200, "currency": "EUR"}, "tax_mode": "AFTER_TAX"},
    }]);
    assert_eq!(program["accrual_rules"], spend);
    let by_id = get(&app, &format!("/programs/{id}")).with(200);
    assert_eq!(by_id, main);
    let listed = get(&app, "/programs").with(200);
    assert_eq!(&listed["programs"][0], program);

    let promotions = get(&app, "/programs/main/promotions?limit=1").with(200);
    let double = &promotions["loyalty_promotions"][0];
    assert_eq!(double["id"], "double");
    assert_eq!(
        double["incentive"],
        json!({"type": "POINTS_MULTIPLIER",
            "points_multiplier_data": {"points_multiplier": 2, "multiplier": "2.000"}})
    );
    let cursor = promotions["cursor"].as_str().expect("there is one more");
    let next = get(
        &app,
        &format!("/programs/main/promotions?limit=1&cursor={cursor}"),
    )
    .with(200);
    let spring = &next["loyalty_promotions"][0];
    assert_eq!(spring["id"], "spring");
    assert_eq!(
        spring["incentive"]["points_addition_data"],
        json!({"points_addition": 50})
    );
    assert_eq!(
        spring["trigger_limit"],
        json!({"times": 1, "interval": "ALL_TIME"})
    );
    assert_eq!(spring["available_time"]["start_date"], "2025-03-01");
    assert_eq!(spring["available_time"]["end_date"], "2025-03-31");
    assert_eq!(spring["status"], "ACTIVE");
    assert!(next.get("cursor").is_none(), "{next:#}");
    app.set_clock(at("2025-05-01T00:00:00Z"));
    let ended = get(&app, "/programs/main/promotions?status=ENDED").with(200);
    assert_eq!(ended["loyalty_promotions"][0]["id"], "spring");
    let one = get(&app, "/programs/main/promotions/spring").with(200);
    assert_eq!(one["loyalty_promotion"]["status"], "ENDED");

    let new = json!({"idempotency_key": "p", "loyalty_promotion": {"name": "more"}});
    let made = post(&app, "/programs/main/promotions", &new);
    fails(&made, 405, "METHOD_NOT_ALLOWED", Some("loyalty_promotion"));
    let cancelled = post(&app, "/programs/main/promotions/spring/cancel", &json!({}));
    fails(&cancelled, 405, "METHOD_NOT_ALLOWED", Some("promotion_id"));
    fails(
        &get(&app, "/programs/main/promotions/no"),
        404,
        "NOT_FOUND",
        None,
    );
    fails(&get(&app, "/programs/other"), 404, "NOT_FOUND", None);
}

fn points_come_in_once_however_often_they_are_sent(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = account(&app);
    let known = get(&app, &format!("/accounts/{id}")).with(200);
    let own = &known["loyalty_account"];
    assert_eq!(own["program_id"], app.tenant.to_string());
    assert_eq!(own["mapping"]["phone_number"], PHONE);
    assert_eq!(
        (&own["balance"], &own["lifetime_points"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(own["enrolled_at"], "2025-03-01T09:00:00Z");

    let path = format!("/accounts/{id}/accumulate");
    let body = json!({
        "idempotency_key": "a1", "location_id": "L1", "accumulate_points": {"points": 7},
    });
    let first = post(&app, &path, &body).with(200);
    let event = &first["events"][0];
    assert_eq!(event["type"], "ACCUMULATE_POINTS");
    assert_eq!(event["accumulate_points"]["points"], 7);
    assert_eq!(
        (&event["location_id"], &event["source"]),
        (&json!("L1"), &json!("LOYALTY_API"))
    );
    assert_eq!(event["loyalty_account_id"], id);
    assert_eq!(post(&app, &path, &body).with(200), first);
    assert_eq!(balance(&app, &id), 7);
    let other = but(body, &json!({"accumulate_points": {"points": 8}}));
    fails(
        &post(&app, &path, &other),
        400,
        "IDEMPOTENCY_KEY_REUSED",
        None,
    );

    let adjust = format!("/accounts/{id}/adjust");
    let down = |key: &str, points: i64| {
        let by_hand = json!({"points": points, "reason": "a mistake"});
        let body = json!({
            "idempotency_key": key, "adjust_points": by_hand, "allow_negative_balance": true,
        });
        post(&app, &adjust, &body)
    };
    // Whatever a till allows: what is not there is not taken by hand.
    fails(&down("d1", -9), 400, "BAD_REQUEST", None);
    let done = down("d2", -4).with(200);
    assert_eq!(done["event"]["adjust_points"]["points"], -4);
    assert_eq!(done["event"]["adjust_points"]["reason"], "a mistake");
    assert_eq!(down("d2", -4).with(200), done);
    assert_eq!(balance(&app, &id), 3);
    give(&app, &id, "a2", 5);
    let known = get(&app, &format!("/accounts/{id}")).with(200);
    let own = &known["loyalty_account"];
    assert_eq!(
        (&own["balance"], &own["lifetime_points"]),
        (&json!(8), &json!(12))
    );
    let lapse = own["expiring_point_deadlines"]
        .as_array()
        .expect("there are some");
    let lapse: i64 = lapse.iter().filter_map(|own| own["points"].as_i64()).sum();
    assert_eq!(lapse, 8, "{own:#}");

    let by_phone = json!({"query": {"mappings": [{"phone_number": PHONE}]}});
    let found = post(&app, "/accounts/search", &by_phone).with(200);
    assert_eq!(&found["loyalty_accounts"], &json!([own]));
    let nobody = json!({"query": {"mappings": [{"phone_number": "+4915199999999"}]}});
    assert_eq!(post(&app, "/accounts/search", &nobody).with(200), json!({}));
    app.member("ana@example.com");
    let page = post(&app, "/accounts/search", &json!({"limit": 1})).with(200);
    let cursor = page["cursor"].as_str().expect("there is one more");
    let rest = json!({"limit": 1, "cursor": cursor});
    let rest = post(&app, "/accounts/search", &rest).with(200);
    assert_ne!(
        rest["loyalty_accounts"][0]["id"],
        page["loyalty_accounts"][0]["id"]
    );
    assert!(rest.get("cursor").is_none());
}

fn an_order_that_is_kept_earns_and_its_promotions_are_told_apart(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = account(&app);
    keep(&app, "O-1", "30.00", "app");
    let ask = json!({"order_id": "O-1", "loyalty_account_id": id});
    let calculated = post(&app, "/programs/main/calculate", &ask).with(200);
    assert_eq!(calculated, json!({"points": 15, "promotion_points": 65}));
    let money = json!({"transaction_amount_money": {"amount": 1000, "currency": "EUR"}});
    let calculated = post(&app, "/programs/main/calculate", &money).with(200);
    assert_eq!(calculated, json!({"points": 5, "promotion_points": 50}));
    assert_eq!(balance(&app, &id), 0);

    let path = format!("/accounts/{id}/accumulate");
    let body = json!({
        "idempotency_key": "o1", "location_id": "L1", "accumulate_points": {"order_id": "O-1"},
    });
    let done = post(&app, &path, &body).with(200);
    let told: Vec<_> = done["events"]
        .as_array()
        .expect("is a list")
        .iter()
        .map(|event| {
            let promoted = &event["accumulate_promotion_points"];
            let base = &event["accumulate_points"];
            assert_eq!(event["location_id"], "L1");
            (
                promoted["loyalty_promotion_id"].as_str(),
                promoted["points"].as_i64().or(base["points"].as_i64()),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (None, Some(15)),
            (Some("spring"), Some(50)),
            (Some("double"), Some(15))
        ]
    );
    assert_eq!(balance(&app, &id), 80);
    assert_eq!(post(&app, &path, &body).with(200), done);
    assert_eq!(balance(&app, &id), 80);
    let twice = but(body.clone(), &json!({"idempotency_key": "o2"}));
    fails(&post(&app, &path, &twice), 400, "BAD_REQUEST", None);
    let unknown = but(
        body,
        &json!({
            "idempotency_key": "o3", "accumulate_points": {"order_id": "O-9"},
        }),
    );
    fails(&post(&app, &path, &unknown), 404, "NOT_FOUND", None);
}

fn a_reward_holds_the_points_and_is_redeemed_or_given_back(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = account(&app);
    give(&app, &id, "a1", 25);
    let wish = |key: &str, tier: &str| {
        json!({"idempotency_key": key, "reward": {
            "loyalty_account_id": id, "reward_tier_id": tier, "order_id": "O-1"}})
    };
    let made = post(&app, "/rewards", &wish("r1", "coffee")).with(200);
    let reward = made["reward"].clone();
    assert_eq!(
        (&reward["status"], &reward["points"], &reward["order_id"]),
        (&json!("ISSUED"), &json!(10), &json!("O-1"))
    );
    let one = reward["id"].as_str().expect("has an id");
    assert_eq!(
        post(&app, "/rewards", &wish("r1", "coffee")).with(200),
        made
    );
    assert_eq!(balance(&app, &id), 15);
    let path = format!("/rewards/{one}");
    assert_eq!(get(&app, &path).with(200), made);

    let deleted = Request::new("DELETE", &format!("{LOYALTY}{path}")).key(&app.admin);
    assert_eq!(deleted.send(app.address).with(200), json!({}));
    assert_eq!(deleted.send(app.address).with(200), json!({}));
    assert_eq!(balance(&app, &id), 25);
    assert_eq!(get(&app, &path).with(200)["reward"]["status"], "DELETED");

    let second = post(&app, "/rewards", &wish("r2", "coffee")).with(200);
    let two = second["reward"]["id"].as_str().expect("has an id");
    let redeem = format!("/rewards/{two}/redeem");
    let once = json!({"idempotency_key": "u1", "location_id": "L1"});
    let used = post(&app, &redeem, &once).with(200);
    assert_eq!(used["event"]["type"], "REDEEM_REWARD");
    assert_eq!(used["event"]["redeem_reward"]["reward_id"], two);
    assert_eq!(post(&app, &redeem, &once).with(200), used);
    let other = but(once, &json!({"idempotency_key": "u2"}));
    fails(&post(&app, &redeem, &other), 400, "BAD_REQUEST", None);
    let used = Request::new("DELETE", &format!("{LOYALTY}/rewards/{two}")).key(&app.admin);
    fails(
        &used.send(app.address),
        400,
        "BAD_REQUEST",
        Some("reward_id"),
    );
    assert_eq!(balance(&app, &id), 15);
    let shown = get(&app, &format!("/rewards/{two}")).with(200);
    assert_eq!(shown["reward"]["redeemed_at"], "2025-03-01T09:00:00Z");

    // What was asked for elsewhere is here, too.
    let elsewhere = app.post_once(
        &format!("/v1/members/{id}/redemptions"),
        "x-1",
        &json!({"reward": "coffee"}),
    );
    elsewhere.with(201);
    let all = post(
        &app,
        "/rewards/search",
        &json!({"query": {"loyalty_account_id": id}}),
    )
    .with(200);
    let told: Vec<_> = all["rewards"]
        .as_array()
        .expect("is a list")
        .iter()
        .map(|own| own["status"].as_str().expect("is a text"))
        .collect();
    assert_eq!(told.iter().filter(|own| **own == "ISSUED").count(), 1);
    assert_eq!(told.len(), 3);
    let issued = json!({"query": {"loyalty_account_id": id, "status": "ISSUED"}});
    let issued = post(&app, "/rewards/search", &issued).with(200);
    let its = issued["rewards"][0]["id"].as_str().expect("has an id");
    assert_eq!(
        get(&app, &format!("/rewards/{its}")).with(200)["reward"],
        issued["rewards"][0]
    );
    // Held for so long, it comes back by itself.
    app.set_clock(at("2025-03-09T09:00:00Z"));
    assert_eq!(
        get(&app, &format!("/rewards/{its}")).with(200)["reward"]["status"],
        "DELETED"
    );
    assert_eq!(balance(&app, &id), 15);

    fails(
        &post(&app, "/rewards", &wish("r3", "mug")),
        400,
        "BAD_REQUEST",
        None,
    );
    let tier = Some("reward.reward_tier_id");
    fails(
        &post(&app, "/rewards", &wish("r4", "half")),
        400,
        "UNSUPPORTED_LOYALTY_REWARD_TIER",
        tier,
    );
    fails(
        &post(&app, "/rewards", &wish("r5", "none")),
        404,
        "NOT_FOUND",
        tier,
    );
    fails(&get(&app, "/rewards/rwd_none"), 404, "NOT_FOUND", None);
    // All of them, one by one.
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = post(
            &app,
            "/rewards/search",
            &json!({"limit": 1, "cursor": cursor}),
        )
        .with(200);
        seen.extend(page["rewards"].as_array().cloned().unwrap_or_default());
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), 3);
}

fn events_are_found_by_account_type_order_and_time(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = account(&app);
    keep(&app, "O-1", "30.00", "shop");
    give(&app, &id, "a1", 10);
    app.set_clock(at("2025-03-02T09:00:00Z"));
    let body = json!({
        "idempotency_key": "o1", "location_id": "L2", "accumulate_points": {"order_id": "O-1"},
    });
    post(&app, &format!("/accounts/{id}/accumulate"), &body).with(200);
    let wish = json!({"idempotency_key": "r1", "reward": {"loyalty_account_id": id, "reward_tier_id": "coffee"}});
    let made = post(&app, "/rewards", &wish).with(200);
    let reward = made["reward"]["id"].as_str().expect("has an id");
    Request::new("DELETE", &format!("{LOYALTY}/rewards/{reward}"))
        .key(&app.admin)
        .send(app.address)
        .with(200);
    app.set_clock(at("2026-04-01T09:00:00Z"));
    app.app.tick_due(app.app.now()).expect("time passes");

    let search = |filter: &Value| {
        let found = post(
            &app,
            "/events/search",
            &json!({"query": {"filter": filter}}),
        )
        .with(200);
        let events = found["events"].as_array().cloned().unwrap_or_default();
        let told = |event: &Value| {
            let points = [
                "accumulate_points",
                "create_reward",
                "delete_reward",
                "expire_points",
                "accumulate_promotion_points",
            ];
            let points = points
                .iter()
                .find_map(|name| event[name]["points"].as_i64());
            (
                event["type"].as_str().expect("is a text").to_owned(),
                points,
            )
        };
        events.iter().map(told).collect::<Vec<_>>()
    };
    let own = |kind: &str, points: i64| (kind.to_owned(), Some(points));
    let account = json!({"loyalty_account_filter": {"loyalty_account_id": id}});
    let all = search(&account);
    let expected = [
        own("EXPIRE_POINTS", 65),
        own("EXPIRE_POINTS", 10),
        own("DELETE_REWARD", 10),
        own("CREATE_REWARD", -10),
        own("ACCUMULATE_PROMOTION_POINTS", 50),
        own("ACCUMULATE_POINTS", 15),
        own("ACCUMULATE_POINTS", 10),
    ];
    let lapsed: i64 = all
        .iter()
        .filter(|(kind, _)| kind == "EXPIRE_POINTS")
        .filter_map(|(_, points)| *points)
        .sum();
    assert_eq!(lapsed, 75, "{all:?}");
    let rest = |all: &[(String, Option<i64>)]| {
        all.iter()
            .filter(|(kind, _)| kind != "EXPIRE_POINTS")
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(rest(&all), rest(&expected));
    assert_eq!(search(&json!({})), all, "of all accounts there is this one");
    let order = search(&json!({"order_filter": {"order_id": "O-1"}}));
    assert_eq!(
        order,
        [
            own("ACCUMULATE_PROMOTION_POINTS", 50),
            own("ACCUMULATE_POINTS", 15)
        ]
    );
    assert_eq!(search(&json!({"order_filter": {"order_id": "O-9"}})), []);
    let types = but(
        account.clone(),
        &json!({"type_filter": {"types": ["CREATE_REWARD"]}}),
    );
    assert_eq!(search(&types), [own("CREATE_REWARD", -10)]);
    let first = json!({"date_time_filter": {"created_at": {"end_at": "2025-03-01T23:00:00Z"}}});
    assert_eq!(
        search(&but(account.clone(), &first)),
        [own("ACCUMULATE_POINTS", 10)]
    );
    let there = json!({"location_filter": {"location_ids": ["L1"]}});
    assert_eq!(
        search(&but(account.clone(), &there)),
        [own("ACCUMULATE_POINTS", 10)]
    );

    let (mut ids, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let body = json!({"query": {"filter": account}, "limit": 2, "cursor": cursor});
        let page = post(&app, "/events/search", &body).with(200);
        let events = page["events"].as_array().expect("is a list");
        ids.extend(events.iter().map(|event| event["id"].to_string()));
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((count, ids.len()), (all.len(), all.len()), "each once");
}

fn what_is_wrong_is_told_with_its_codes(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = account(&app);
    let path = format!("{LOYALTY}/accounts/{id}/adjust");
    let body = json!({"idempotency_key": "k", "adjust_points": {"points": 1}});
    fails(
        &Request::new("POST", &path).json(&body).send(app.address),
        401,
        "UNAUTHORIZED",
        None,
    );
    let reader = app.key(&[Scope::Read]);
    let refused = Request::new("POST", &path)
        .key(&reader)
        .json(&body)
        .send(app.address);
    fails(&refused, 403, "INSUFFICIENT_SCOPES", None);
    // A till that may send orders gives no points by hand.
    let till = app.key(&[Scope::Ingest]);
    let by_hand =
        json!({"idempotency_key": "k", "location_id": "L", "accumulate_points": {"points": 1}});
    let refused = Request::new("POST", &format!("{LOYALTY}/accounts/{id}/accumulate"))
        .key(&till)
        .json(&by_hand)
        .send(app.address);
    fails(&refused, 403, "INSUFFICIENT_SCOPES", None);

    let adjust = |body: Value| app.post(&path, &body);
    let without = |name: &str| adjust(but(body.clone(), &json!({name: null})));
    let missing = "MISSING_REQUIRED_PARAMETER";
    fails(
        &without("idempotency_key"),
        400,
        missing,
        Some("idempotency_key"),
    );
    fails(
        &without("adjust_points"),
        400,
        missing,
        Some("adjust_points.points"),
    );
    let with = |name: &str, value: Value| adjust(but(body.clone(), &json!({name: value})));
    let key = Some("idempotency_key");
    fails(
        &with("idempotency_key", json!(7)),
        400,
        "EXPECTED_STRING",
        key,
    );
    fails(&with("idempotency_key", json!("")), 400, "VALUE_EMPTY", key);
    fails(
        &with("idempotency_key", json!("k".repeat(129))),
        400,
        "VALUE_TOO_LONG",
        key,
    );
    with("idempotency_key", json!("k".repeat(128))).with(200);
    let points = Some("adjust_points.points");
    fails(
        &with("adjust_points", json!({"points": "1"})),
        400,
        "EXPECTED_INTEGER",
        points,
    );
    fails(
        &with("adjust_points", json!({"points": i64::MAX})),
        400,
        "VALUE_TOO_HIGH",
        points,
    );
    let negative = json!({"adjust_points": {"points": -1}, "allow_negative_balance": 1});
    let flag = Some("allow_negative_balance");
    fails(
        &adjust(but(body.clone(), &negative)),
        400,
        "EXPECTED_BOOLEAN",
        flag,
    );
    fails(
        &app.posting(&path, &json!([])).send(app.address),
        400,
        "EXPECTED_OBJECT",
        Some(""),
    );
    let broken = Request::new("POST", &path)
        .key(&app.admin)
        .header("Content-Type", "application/json");
    fails(
        &broken.body("{").send(app.address),
        400,
        "EXPECTED_JSON_BODY",
        None,
    );

    let new = |key: &str, phone: &str| {
        let account = json!({"program_id": "main", "mapping": {"phone_number": phone}});
        post(
            &app,
            "/accounts",
            &json!({"idempotency_key": key, "loyalty_account": account}),
        )
    };
    let phone = Some("loyalty_account.mapping.phone_number");
    fails(&new("n1", "0151 1234"), 400, "INVALID_PHONE_NUMBER", phone);
    fails(&new("n2", PHONE), 409, "CONFLICT", None);
    fails(
        &new("new", "+4915100000001"),
        400,
        "IDEMPOTENCY_KEY_REUSED",
        None,
    );
    let search = |body: Value| post(&app, "/accounts/search", &body);
    fails(
        &search(json!({"limit": 31})),
        400,
        "VALUE_TOO_HIGH",
        Some("limit"),
    );
    fails(
        &search(json!({"limit": 0})),
        400,
        "VALUE_TOO_LOW",
        Some("limit"),
    );
    fails(
        &search(json!({"cursor": "?"})),
        400,
        "INVALID_CURSOR",
        Some("cursor"),
    );
    fails(
        &search(json!({"cursor": "eHg"})),
        400,
        "INVALID_CURSOR",
        Some("cursor"),
    );
    let both = json!({"query": {"mappings": [{"phone_number": PHONE}], "customer_ids": ["c"]}});
    fails(&search(both), 400, "CONFLICTING_PARAMETERS", Some("query"));
    let none = json!({"query": {"mappings": []}});
    fails(&search(none), 400, "ARRAY_EMPTY", Some("query.mappings"));
    fails(&get(&app, "/accounts/nobody"), 404, "NOT_FOUND", None);
    fails(&get(&app, "/nothing"), 404, "NOT_FOUND", None);
    fails(
        &post(&app, "/programs", &json!({})),
        405,
        "METHOD_NOT_ALLOWED",
        None,
    );
    let status = json!({"query": {"status": "GONE"}});
    fails(
        &post(&app, "/rewards/search", &status),
        400,
        "INVALID_ENUM_VALUE",
        Some("query.status"),
    );
    // What was done by hand is in the audit trail, under a name that says what it is.
    let acts = app.get("/v1/audit?limit=50").with(200);
    let acts = acts["items"].as_array().expect("is a list");
    let named = |name: &str| acts.iter().filter(|own| own["act"] == name).count();
    assert_eq!(
        named("square_adjust_points"),
        2,
        "one done, one refused: {acts:#?}"
    );
    assert_eq!(named("square_accumulate_points"), 0);
}
