//! Rewards that are sent, picked, opened, brought by codes: over HTTP.

use crate::client::{Answer, Request};
use crate::testapp::TestApp;
use regulars_api::Code;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

const PROGRAM: &str = r#"
[program]
name = "Perks"
currency = "EUR"

[points.beans]

[attribute.group]
values = ["retail", "trade"]

[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }

[[cause]]
id = "shelter"
points = "beans"
worth = "0.01 EUR"

[[reward]]
id = "mug"
price = { beans = 10 }
sent = true
stock = 5

[[reward]]
id = "hug"
price = { beans = 1 }

[[reward]]
id = "cinema"
price = { beans = 1 }
codes = true

[[reward]]
id = "lounge"
kind = "access"
to = "lounge-berlin"
price = { beans = 1 }

[[reward]]
id = "give"
kind = "donation"
cause = "shelter"
worth = "1 EUR"
price = { beans = 1 }

[[reward]]
id = "treats"
kind = "menu"
picks = ["cookie", "tea"]
price = { beans = 1 }

[[reward]]
id = "cookie"

[[reward]]
id = "tea"

[[reward]]
id = "often"
price = { beans = 1000 }
automatic = { most = 1 }
"#;

struct Shop {
    app: TestApp,
    ana: String,
}

impl Shop {
    fn on(db: TestDb) -> Self {
        let app = TestApp::on(db);
        app.apply(PROGRAM);
        let ana = app.member_with("ana@example.com", "100.00");
        Self { app, ana }
    }

    fn of(&self, path: &str) -> String {
        format!("/v1/members/{}/{path}", self.ana)
    }

    fn redeem(&self, id: &str, reward: &str, quantity: i64) -> Answer {
        let body = json!({"reward": reward, "quantity": quantity, "commit": true});
        self.app.post_once(&self.of("redemptions"), id, &body)
    }

    fn send(&self, id: &str, state: &str) -> Answer {
        let path = self.of(&format!("redemptions/{id}/fulfilment"));
        self.app.post(&path, &json!({"state": state}))
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        let request = Request::new("PUT", path).key(&self.app.admin);
        request.json(body).send(self.app.address)
    }

    fn beans(&self) -> Value {
        let balance = self.app.get(&self.of("balance")).with(200);
        balance["points"][0]["available"].clone()
    }
}

regulars_testkit::on_both! {
    what_is_sent_is_listed_with_its_address_until_that_is_forgotten,
    a_suppliers_code_is_brought_once_and_shown_once,
    what_a_reward_does_is_told_with_it
}

fn what_is_sent_is_listed_with_its_address_until_that_is_forgotten(db: TestDb) {
    let shop = Shop::on(db);
    let body = json!({"reward": "mug", "commit": true, "address": "Ana, Rua 1"});
    let made = shop.app.post_once(&shop.of("redemptions"), "m-1", &body);
    assert_eq!(made.with(201)["redemption"]["fulfilment"], "ordered");
    shop.redeem("m-2", "mug", 1).with(201);
    let first = shop
        .app
        .get("/v1/fulfilments?state=ordered&limit=1")
        .with(200);
    assert_eq!(first["items"][0]["redemption"], "m-1");
    assert_eq!(first["items"][0]["address"], "Ana, Rua 1");
    let next = first["next"].as_str().expect("there is another");
    let path = format!("/v1/fulfilments?state=ordered&after={next}");
    let second = shop.app.get(&path).with(200);
    assert_eq!(second["items"][0]["redemption"], "m-2");
    assert_eq!(second["items"][0].get("address"), None);
    assert_eq!(second.get("next"), None);
    shop.send("m-1", "dispatched").with(201);
    shop.send("m-1", "failed").with(201);
    assert_eq!(shop.beans(), "90");
    let failed = shop.app.get("/v1/fulfilments?state=failed").with(200);
    assert_eq!(failed["items"][0]["redemption"], "m-1");
    let left = shop.app.get("/v1/rewards/stock").with(200);
    assert_eq!(left["items"][0]["left"], 4);
    let path = shop.of("redemptions/m-2/address");
    let none = shop.put(&path, &json!({}));
    assert_eq!(none.status, 204, "{}", none.text());
    shop.app
        .get("/v1/fulfilments?state=lost")
        .problem("invalid_input");
}

fn a_suppliers_code_is_brought_once_and_shown_once(db: TestDb) {
    let shop = Shop::on(db);
    let codes = json!({"batch": "may", "codes": ["C-1", "C-2", "C-2"]});
    let brought = shop.app.post("/v1/rewards/cinema/codes", &codes).with(200);
    assert_eq!(brought["added"], 2);
    let again = shop.app.post("/v1/rewards/cinema/codes", &codes).with(200);
    assert_eq!(again["added"], 0);
    shop.redeem("c-1", "cinema", 1).with(201);
    shop.redeem("c-2", "cinema", 1).with(201);
    shop.redeem("c-3", "cinema", 1).problem("out_of_codes");
    let path = shop.of("redemptions/c-2/code");
    let shown = shop.app.post(&path, &json!({})).with(200);
    assert_eq!(shown["codes"], json!(["C-2"]));
    shop.app
        .post(&path, &json!({}))
        .problem("code_shown_before");
    let path = shop.of("redemptions/c-1/code");
    let shown = shop.app.post(&path, &json!({})).with(200);
    assert_eq!(shown["codes"], json!(["C-1"]));
}

fn what_a_reward_does_is_told_with_it(db: TestDb) {
    let shop = Shop::on(db);
    let given = shop.redeem("g-1", "give", 3).with(201);
    let does = &given["redemption"]["does"];
    assert_eq!(does["kind"], "donation");
    assert_eq!(does["amount"], "3.00");
    assert_eq!(does["to"], "shelter");
    let nothing = shop.app.get(&shop.of("entitlements")).with(200);
    assert_eq!(nothing["items"], json!([]));
    shop.redeem("l-1", "lounge", 1).with(201);
    let open = shop.app.get(&shop.of("entitlements")).with(200);
    assert_eq!(open["items"][0]["to"], "lounge-berlin");
    shop.redeem("t-1", "treats", 1).with(201);
    let pick = json!({"pick": "tea"});
    shop.app
        .post(&shop.of("menus/treats/pick"), &pick)
        .with(201);
    let set = json!({"values": {"group": "trade"}});
    shop.put(&shop.of("attributes"), &set).with(201);
    let off = json!({"wanted": false});
    shop.put(&shop.of("automatic-rewards"), &off).with(201);
    let up = json!({"up": 2, "reason": "found"});
    shop.app.post("/v1/rewards/mug/stock", &up).with(201);
    let left = shop.app.get("/v1/rewards/stock").with(200);
    assert_eq!(left["items"][0]["left"], 7);
}

/// What is refused of all that.
pub(crate) fn refused() -> Vec<(Code, Answer)> {
    let shop = Shop::on(TestDb::sqlite());
    let app = &shop.app;
    let back =
        |id: &str, body: &Value| app.post(&shop.of(&format!("redemptions/{id}/return")), body);
    let cancel = |id: &str| app.post(&shop.of(&format!("redemptions/{id}/cancel")), &json!({}));
    let stock = |reward: &str, body: &Value| app.post(&format!("/v1/rewards/{reward}/stock"), body);
    shop.redeem("m-1", "mug", 2).with(201);
    shop.redeem("h-1", "hug", 1).with(201);
    shop.redeem("g-1", "give", 1).with(201);
    shop.redeem("t-1", "treats", 1).with(201);
    let pick = |menu: &str, pick: &str| {
        app.post(
            &shop.of(&format!("menus/{menu}/pick")),
            &json!({"pick": pick}),
        )
    };
    let mut answers = vec![
        (Code::PickInstead, shop.redeem("t-2", "treats", 1)),
        (Code::NotOnTheMenu, pick("treats", "mug")),
        (Code::OutOfCodes, shop.redeem("c-0", "cinema", 1)),
        (Code::ReturnTooLarge, back("m-1", &json!({"quantity": 3}))),
        (
            Code::NotReturnedByPoints,
            back("m-1", &json!({"points": "beans", "amount": "1"})),
        ),
        (Code::NothingToFulfil, shop.send("h-1", "dispatched")),
        (Code::FulfilmentOutOfTurn, shop.send("m-1", "delivered")),
        (Code::GivenAway, cancel("g-1")),
        (
            Code::NoStockKept,
            stock("hug", &json!({"up": 1, "reason": "x"})),
        ),
        (
            Code::StockTooLow,
            stock("mug", &json!({"down": 9, "reason": "x"})),
        ),
    ];
    let codes = json!({"batch": "b", "codes": ["C-1"]});
    app.post("/v1/rewards/cinema/codes", &codes).with(200);
    shop.redeem("c-1", "cinema", 1).with(201);
    answers.push((Code::CodeHandedOut, cancel("c-1")));
    let show = || app.post(&shop.of("redemptions/c-1/code"), &json!({}));
    show().with(200);
    answers.push((Code::CodeShownBefore, show()));
    shop.send("m-1", "dispatched").with(201);
    answers.push((Code::OnItsWay, cancel("m-1")));
    pick("treats", "tea").with(201);
    answers.push((Code::NothingToPick, pick("treats", "tea")));
    shop.redeem("tea", "tea", 1).with(201);
    answers.push((Code::VoucherUsed, cancel("t-1")));
    let set = |values: &Value| shop.put(&shop.of("attributes"), &json!({ "values": values }));
    answers.push((Code::UnknownAttribute, set(&json!({"line": "x"}))));
    answers.push((Code::UnknownAttributeValue, set(&json!({"group": "x"}))));
    let event =
        json!({"type": "codes_added", "source": "s", "id": "x", "reward": "mug", "count": 1});
    answers.push((Code::NoCodesKept, app.post("/v1/events", &event)));
    let more = json!({"type": "purchase", "source": "s", "id": "p", "order": "p", "currency": "EUR",
        "total": "1000.00", "customer": {"kind": "email", "value": "ana@example.com"}});
    app.post("/v1/events", &more).with(201);
    let own = app.get(&shop.of("redemptions")).with(200);
    let own = own["items"].as_array().cloned().unwrap_or_default();
    let own = own.iter().find(|own| own["reward"] == "often");
    let own = own.and_then(|own| own["id"].as_str()).expect("by itself");
    answers.push((Code::RedeemedByItself, cancel(own)));
    answers
}
