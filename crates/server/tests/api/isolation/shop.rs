//! A shop that has something of everything, and those who must not get at it.

use super::sample::{Ids, Known, Marks};
use crate::client::{Answer, Request};
use crate::portal::{Browser, Shop, WITH_PAGES};
use crate::second_factor::with_passkey;
use crate::testapp::{NOW, PROGRAM, at, purchase};
use regulars_app::{Apply, NewKey, Scope};
use regulars_base::TenantId;
use regulars_testkit::{HookStandIn, TestDb};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The shop that has everything.
pub(crate) const SHOP: &str = "test";

/// What its program has beside the usual.
const MORE: &str = r#"
[activity.survey]
fields = { survey = "text" }

[sell_through]
approval = "above 100 EUR"

[[earn]]
id   = "sold-on"
on   = "sell_through"
give = { beans = "1 per 1 EUR" }

[[group]]
id   = "household"
kind = "household"

[[coupon]]
id      = "apology"
kind    = "money off"
off     = "1.00 EUR"
pattern = "SORRY-####-####"

[store_credit]

[gift_card]
pattern = "GIFT-####-####-####-####"
"#;

/// The program of the other shop, which has nothing of the same name.
pub(crate) const OTHERS: &str = r##"
[program]
name     = "Other Shop"
currency = "EUR"

[points.coins]

[[earn]]
id   = "all"
give = { coins = "1 per 1 EUR" }

[partner.florist]
sources = ["florist-till"]
cost    = { coins = "0.01 EUR" }

[portal]
title   = "Other Club"
contact = "hello@other.example"
terms   = "Be kind."
"##;

pub(crate) struct World {
    pub(crate) shop: Shop,
    known: Vec<Known>,
    other_tenant: TenantId,
    pub(crate) other: String,
    pub(crate) others_partner: String,
    pub(crate) others_member: Browser,
    pub(crate) another_member: Browser,
    pub(crate) another_partner: String,
    pub(crate) expired: String,
    pub(crate) revoked: String,
}

impl World {
    pub(crate) fn on(db: TestDb) -> Self {
        let shop = Shop::on(db);
        shop.app.apply(&format!("{PROGRAM}{WITH_PAGES}{MORE}"));
        let another_member = shop.join("trillian@example.com");
        let known = everything(&shop);
        let (expired, revoked) = keys_that_are_over(&shop);
        let app = &shop.app.app;
        let other_tenant = app
            .create_tenant("other")
            .expect("the first of its name")
            .id;
        let apply = Apply {
            text: OTHERS.into(),
            by: "test".into(),
            ..Apply::default()
        };
        app.apply(other_tenant, &apply)
            .expect("the program is right");
        let other = key(&shop, other_tenant, &[Scope::Admin], None);
        let partners = [Scope::Read, Scope::Ingest, Scope::Redeem];
        Self {
            others_partner: key(&shop, other_tenant, &partners, Some("florist")),
            others_member: shop.join_at("other", "marvin@example.com"),
            another_partner: shop.app.partner_key("cinema"),
            known,
            other_tenant,
            other,
            another_member,
            expired,
            revoked,
            shop,
        }
    }

    /// The ids of what is there, or others like them.
    pub(crate) fn ids(&self, there: bool) -> Ids<'_> {
        Ids {
            known: &self.known,
            there,
            marks: Marks::None,
        }
    }

    /// The id of the member who has everything.
    pub(crate) fn member(&self) -> String {
        let mut known = self.known.iter();
        let member = known.find(|known| known.place == "members/{member}");
        member.expect("is there").id.clone()
    }

    /// What nobody else may be shown.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let ids = self.known.iter().filter(|known| !known.of_all);
        // Short ones are words that anybody may use.
        let ids = ids
            .map(|known| known.id.as_str())
            .filter(|id| id.len() > 12);
        ids.chain(["Zaphod", "zaphod@", "Beeblebrox"])
    }

    /// A receiver to which the other shop is told everything.
    pub(crate) fn others_hook(&self) -> HookStandIn {
        let hook = HookStandIn::start();
        let body = json!({"url": hook.url()});
        let made = Request::new("POST", "/v1/webhooks")
            .key(&self.other)
            .json(&body);
        made.send(self.shop.app.address).with(201);
        hook
    }

    pub(crate) fn something_happens(&self) {
        let app = &self.shop.app;
        app.post(
            "/v1/events",
            &purchase("later", "zaphod@example.com", "9.00"),
        )
        .with(201);
        let event = json!({
            "type": "purchase", "source": "till", "id": "own", "order": "own", "at": NOW,
            "customer": {"kind": "email", "value": "marvin@example.com"},
            "currency": "EUR", "total": "1.00",
        });
        let own = Request::new("POST", "/v1/events")
            .key(&self.other)
            .json(&event);
        own.send(app.address).with(201);
        for tenant in [app.tenant, self.other_tenant] {
            app.app.seal(tenant).expect("it is sealed");
        }
    }

    /// What jobs there are, by the document.
    pub(crate) fn jobs(&self) -> Vec<String> {
        [
            "report",
            "metrics",
            "forecast",
            "finance",
            "recommendations",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// What a job of the other shop comes to.
    pub(crate) fn others_job(&self, what: &str) -> String {
        let ask = |method: &str, path: &str, body: Option<Value>| -> Answer {
            let request = Request::new(method, path).key(&self.other);
            let request = match body {
                Some(body) => request.json(&body),
                None => request,
            };
            request.send(self.shop.app.address)
        };
        let begun = ask("POST", "/v1/jobs", Some(json!({"what": what})));
        if begun.status >= 400 {
            return begun.text();
        }
        let id = word(&begun.json(), "id");
        finished(&format!("/v1/jobs/{id}"), &self.other, &self.shop);
        ask("GET", &format!("/v1/jobs/{id}/result"), None).text()
    }
}

/// Waits for a job.
fn finished(path: &str, key: &str, shop: &Shop) {
    let since = Instant::now();
    loop {
        let state = Request::new("GET", path).key(key);
        let state = state.send(shop.app.address).with(200);
        if !["waiting", "running"].contains(&state["state"].as_str().unwrap_or_default()) {
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{state}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn word(value: &Value, field: &str) -> String {
    let text = value[field].as_str();
    text.unwrap_or_else(|| panic!("no `{field}`: {value}"))
        .to_owned()
}

fn key(shop: &Shop, tenant: TenantId, scopes: &[Scope], partner: Option<&str>) -> String {
    let new = NewKey {
        store: None,
        rate: None,
        name: "test".into(),
        scopes: scopes.to_vec(),
        partner: partner.map(str::to_owned),
        expires_at: None,
    };
    let key = shop.app.app.create_key(tenant, new);
    key.expect("a key is made").secret
}

/// Keys of the shop that may do everything, and no longer are good.
fn keys_that_are_over(shop: &Shop) -> (String, String) {
    let new = |expires_at| NewKey {
        store: None,
        rate: None,
        name: "over".into(),
        scopes: vec![Scope::Admin],
        partner: None,
        expires_at,
    };
    let app = &shop.app.app;
    let over = app.create_key(shop.app.tenant, new(Some(at("2025-03-01T09:00:01Z"))));
    let void = app
        .create_key(shop.app.tenant, new(None))
        .expect("a key is made");
    app.revoke_key(shop.app.tenant, &void.info.id)
        .expect("it is there");
    shop.app.set_clock(at("2025-03-01T09:00:02Z"));
    (over.expect("a key is made").secret, void.secret)
}

/// Something of everything, with the ids that it has.
fn everything(shop: &Shop) -> Vec<Known> {
    let mut made = Made {
        shop,
        known: Vec::new(),
    };
    made.of_all();
    let member = made.members();
    made.rewards(&member);
    made.desk(&member);
    made.partners(&member);
    made.audiences(&member);
    made.connections();
    made.known
}

struct Made<'s> {
    shop: &'s Shop,
    known: Vec<Known>,
}

impl Made<'_> {
    fn own(&mut self, place: &'static str, id: impl Into<String>) {
        self.known.push(Known {
            place,
            id: id.into(),
            of_all: false,
        });
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::new(method, path).key(&self.shop.app.admin);
        let request = request.header("Idempotency-Key", &format!("{method} {path}"));
        let answer = request.json(body).send(self.shop.app.address);
        assert!(answer.status < 300, "{method} {path}: {}", answer.text());
        answer.json()
    }

    fn sent(&self, method: &str, path: &str, kind: &str, text: &str) -> Value {
        let request = Request::new(method, path).key(&self.shop.app.admin);
        let request = request.header("Content-Type", kind).body(text);
        let answer = request.send(self.shop.app.address);
        assert!(answer.status < 300, "{method} {path}: {}", answer.text());
        answer.json()
    }

    /// What has the same name for everybody, and is nobody's.
    fn of_all(&mut self) {
        for (place, id) in [
            ("hooks/{platform}", "stripe"),
            ("periods/{period}", "2025-02"),
            ("settlements/{period}", "2025-02"),
            ("library/{name}", "cafe"),
            ("journeys/library/{name}", "welcome"),
            ("metrics/{metric}", "active"),
            ("programs/{version}", "1"),
            ("consents/{purpose}", "newsletter"),
            // Everybody may know that the shop is there.
            ("portal/{shop}", SHOP),
            ("sign-on/{tenant}", SHOP),
        ] {
            self.known.push(Known {
                place,
                id: id.into(),
                of_all: true,
            });
        }
        for (place, id) in [
            ("causes/{cause}", "meals"),
            ("leaderboards/{leaderboard}", "week"),
            ("challenges/{challenge}", "joined"),
            ("coupons/{coupon}", "apology"),
            ("rewards/{reward}", "mug"),
            ("partners/{partner}", "bakery"),
            ("draws/{draw}", "wheel"),
            ("menus/{menu}", "free-coffee"),
        ] {
            self.own(place, id);
        }
    }

    fn members(&mut self) -> String {
        let body = json!({"identities": [{"kind": "email", "value": "zaphod@example.com"}],
            "attributes": {"name": "Zaphod Beeblebrox"}});
        let made = self.ask("POST", "/v1/members", &body);
        let member = word(&made["member"], "id");
        self.ask(
            "POST",
            "/v1/events",
            &purchase("heart-of-gold", "zaphod@example.com", "150.00"),
        );
        self.own("members/{member}", &member);
        self.own("events/{source}", "till-1");
        self.own("{source}/{id}", "heart-of-gold");
        let cards = crate::member_cards::made(&self.shop.app);
        let path = format!("/v1/member-cards/{}/activate", cards[0]);
        self.ask("POST", &path, &json!({"member": member}));
        self.own("member-cards/{number}", &cards[0]);
        self.own("card-batches/{batch}", "spring");
        member
    }

    fn rewards(&mut self, member: &str) {
        let path = format!("/v1/members/{member}/redemptions");
        let held = self.ask("POST", &path, &json!({"reward": "free-coffee"}));
        let redemption = held["redemption"]["id"]
            .as_str()
            .or(held["redemption"].as_str());
        let redemption = redemption
            .unwrap_or_else(|| panic!("no id: {held}"))
            .to_owned();
        self.own("redemptions/{redemption}", redemption);
        self.ask("POST", "/v1/coupons/apology/codes", &json!({"count": 1}));
        let codes = self.shop.app.get("/v1/coupons/apology/codes").with(200);
        self.own("codes/{code}", word(&codes["items"][0], "code"));
        let cards = self.ask(
            "POST",
            "/v1/gift-cards",
            &json!({"currency": "EUR", "amount": "50.00"}),
        );
        let card = &cards["items"][0];
        let card = card["id"].as_str().or(card["card"].as_str());
        let card = card.unwrap_or_else(|| panic!("no id: {cards}")).to_owned();
        self.own("gift-cards/{card}", card);
        let group = json!({"group": "household", "title": "Heart of Gold", "head": member,
            "identity": {"kind": "household", "value": "heart-of-gold"}});
        let group = self.ask("POST", "/v1/groups", &group);
        let id = group["group"]["id"].as_str().or(group["id"].as_str());
        let id = id.or(group["member"].as_str());
        let id = id.unwrap_or_else(|| panic!("no id: {group}")).to_owned();
        self.own("groups/{group}", id);
        self.own("{group}/people/{person}", member);
        // No plan, so no invoice; nothing lapsed, so nothing to be given again.
        self.own("invoices/{number}", "invoice-0000001");
        self.own("reissues/{reissue}", "reissue-0000001");
    }

    fn desk(&mut self, member: &str) {
        let case = json!({"member": member, "subject": "Don't panic", "text": "Lost my towel"});
        let case = word(&self.ask("POST", "/v1/cases", &case), "id");
        let points = json!({"amount": "50", "reason": "a towel"});
        let held = self.ask("POST", &format!("/v1/cases/{case}/points"), &points);
        let held = held["held"]["id"].as_str().or(held["held"].as_str());
        self.own(
            "adjustments/{adjustment}",
            held.unwrap_or("adj_0123456789abcdef"),
        );
        self.own("cases/{case}", case);
        let given = json!({"points": "beans", "amount": "1", "reason": "a towel", "by": "Ford"});
        let path = format!("/v1/members/{member}/adjustments");
        for number in 0..6 {
            let key = format!("towel-{number}");
            self.shop.app.post_once(&path, &key, &given).with(201);
        }
        self.ask("POST", "/v1/suspicions/find", &json!({}));
        let found = self.shop.app.get("/v1/suspicions").with(200);
        self.own("suspicions/{suspicion}", word(&found["items"][0], "id"));
        let claim = json!({"source": "till-1", "order": "R-42", "on": "2025-03-01",
            "currency": "EUR", "total": "12.40"});
        let claim = self.ask("POST", &format!("/v1/members/{member}/claims"), &claim);
        self.own("claims/{claim}", word(&claim, "id"));
        let person = json!({"email": "slarti@example.com", "name": "Slarti", "roles": ["manager"]});
        let person = self.ask("POST", "/v1/people", &person);
        self.own("v1/people/{person}", word(&person, "id"));
        let (passkey, session) = with_passkey(&self.shop.app, &person["invitation"]);
        self.own("passkeys/{passkey}", passkey);
        self.own("oneself/sessions/{session}", session);
        self.ask(
            "PUT",
            "/v1/roles/fjords",
            &json!({"name": "Fjords", "scopes": ["read"]}),
        );
        self.own("roles/{role}", "fjords");
        let key = self.ask(
            "POST",
            "/v1/keys",
            &json!({"name": "one", "scopes": ["read"]}),
        );
        let id = key["id"].as_str().or(key["key"]["id"].as_str());
        self.own(
            "keys/{key}",
            id.unwrap_or_else(|| panic!("no id: {key}")).to_owned(),
        );
        let proposed = format!("{PROGRAM}{WITH_PAGES}{MORE}\n# proposed");
        let proposed = self.sent(
            "POST",
            "/v1/programs/proposals",
            "application/toml",
            &proposed,
        );
        self.own("proposals/{proposal}", word(&proposed, "id"));
    }

    fn partners(&mut self, member: &str) {
        let file = "member,points,reason,kind\nemail:zaphod@example.com,5,sorry,beans\n";
        let award = self.sent("POST", "/v1/awards?note=oops", "text/csv", file);
        self.own("awards/{award}", word(&award, "id"));
        let report = json!({"source": "portal", "at": NOW, "order": "S-42", "currency": "EUR",
            "total": "500.00", "proof": "invoice-17"});
        let report = self.ask(
            "POST",
            &format!("/v1/members/{member}/sell-through"),
            &report,
        );
        self.own("sell-through/{report}", word(&report, "id"));
    }

    fn audiences(&mut self, member: &str) {
        let segment = json!({"id": "hoopy-froods", "name": "Hoopy froods",
            "condition": "orders_ever < 9"});
        self.ask("POST", "/v1/segments", &segment);
        self.own("segments/{segment}", "hoopy-froods");
        let settings = json!({
            "address": "https://club.example", "cap_most": 3, "cap_days": 7,
            "quiet_from": "21:00", "quiet_until": "08:00", "when_uncertain": "leave",
            "channels": {"email": {"consent": "newsletter"}},
        });
        self.ask("PUT", "/v1/message-settings", &settings);
        let words = json!({"en": {"subject": "For you", "text": "Hello there."}});
        let template = json!({"name": "Hello", "language": "en", "words": words});
        self.ask("PUT", "/v1/templates/towel-day", &template);
        self.own("templates/{template}", "towel-day");
        let send = json!({"template": "towel-day", "channel": "email", "member": member});
        let send = word(&self.ask("POST", "/v1/sends", &send), "id");
        let app = &self.shop.app.app;
        app.plan_sends(self.shop.app.tenant)
            .expect("they are planned");
        let messages = self.shop.app.get(&format!("/v1/sends/{send}/messages"));
        self.own(
            "messages/{message}",
            word(&messages.with(200)["items"][0], "id"),
        );
        self.own("sends/{send}", send);
        let offer = json!({"id": "towel", "title": {"en": "A towel"}, "cost": "1.00", "value": "4.00",
            "gives": {"kind": "points", "id": "beans", "amount": 10}});
        let set = json!({"name": "Towels", "language": "en", "days": 14, "budget": "100.00",
            "hold_out": 5, "offers": [offer]});
        self.ask("PUT", "/v1/offer-sets/towel-offers", &set);
        self.own("offer-sets/{set}", "towel-offers");
        // A member who is held out has none; the answers are the same then, too.
        self.shop
            .app
            .get(&format!("/v1/members/{member}/offers"))
            .with(200);
        self.own("offers/{choice}", "towel-offers.1");
        self.ask("POST", "/v1/journeys/library/welcome", &json!({}));
        let all = self.shop.app.get("/v1/journeys").with(200);
        let mut library = all["library"].as_array().expect("is a list").iter();
        let welcome = library.find(|own| own["name"] == "welcome");
        let text = word(welcome.expect("is there"), "text");
        self.ask(
            "PUT",
            "/v1/journeys/towel-trip",
            &json!({"version": null, "text": text}),
        );
        self.own("journeys/{journey}", "towel-trip");
        let survey = json!({"name": "After", "language": "en", "title": {"en": "How was it?"},
            "thanks": {"en": "Thank you."}, "activity": "survey", "ways": ["portal"],
            "live": true, "questions": [{"id": "why", "kind": "text", "says": {"en": "Why?"}}]});
        self.ask("PUT", "/v1/surveys/vogon-poetry", &survey);
        self.own("surveys/{survey}", "vogon-poetry");
        self.ask(
            "POST",
            "/v1/surveys/vogon-poetry/askings",
            &json!({"member": member}),
        );
        let askings = self
            .shop
            .app
            .get("/v1/surveys/vogon-poetry/askings")
            .with(200);
        let asking = askings["items"][0]["id"]
            .as_str()
            .unwrap_or("ask_0123456789abcdef");
        self.own("me/surveys/{asking}", asking);
        let text = "{\"id\":\"infinite-drive\",\"name\":\"Infinite drive\"}";
        self.sent("PUT", "/v1/products", "application/x-ndjson", text);
        self.own("products/{product}", "infinite-drive");
        let text = "{\"id\":\"milliways-end\",\"name\":\"Milliways\"}";
        self.sent("PUT", "/v1/stores", "application/x-ndjson", text);
        self.own("stores/{store}", "milliways-end");
        let job = self.ask("POST", "/v1/jobs", &json!({"what": "report"}));
        let job = word(&job, "id");
        finished(&format!("/v1/jobs/{job}"), &self.shop.app.admin, self.shop);
        self.own("jobs/{job}", job);
    }

    fn connections(&mut self) {
        let hook = json!({"url": "https://example.com/zaphods-hook"});
        let hook = self.ask("POST", "/v1/webhooks", &hook);
        self.own("webhooks/{endpoint}", word(&hook, "id"));
        let connector = json!({"platform": "stripe", "secret": "their-secret-42"});
        let connector = self.ask("POST", "/v1/connectors", &connector);
        self.own("connectors/{connector}", word(&connector, "id"));
        self.own("{platform}/{connector}", word(&connector, "id"));
        self.own("deliveries/{delivery}", "evt_0123456789abcdef");
    }
}
