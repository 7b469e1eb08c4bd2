//! Every problem code is provoked: the table of codes and this file hold each other.

use crate::client::{Answer, Request};
use crate::gift_cards;
use crate::testapp::{PROGRAM, TestApp, but, impatient, purchase};
use axum::response::IntoResponse;
use regulars_api::Code;
use regulars_app::Error;
use regulars_server::Failure;
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn raw(app: &TestApp, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    Request::new("POST", path)
        .key(&app.admin)
        .header("Content-Type", kind)
        .body(body)
        .send(app.address)
}

/// What the request itself is told.
fn of_requests(app: &TestApp, ana: &str) -> Vec<(Code, Answer)> {
    let event = |body: &str| raw(app, "/v1/events", "application/json", body);
    let get = |path: &str| app.get(path);
    let reader = app.key(&[regulars_app::Scope::Read]);
    let redemptions = format!("/v1/members/{ana}/redemptions");
    let coffee = json!({"reward": "free-coffee"});
    let bob = app.member("bob@example.com");
    let taken = json!({"add_identities": [{"kind": "email", "value": "ana@example.com"}]});
    let taken = Request::new("PATCH", &format!("/v1/members/{bob}"))
        .key(&app.admin)
        .json(&taken);
    let cards = crate::member_cards::made(app);
    let card = |number: &str, what: &str, body: &Value| {
        app.post(&format!("/v1/member-cards/{number}/{what}"), body)
    };
    card(&cards[1], "activate", &json!({"member": bob})).with(200);
    card(&cards[1], "replace", &json!({"reason": "lost"})).with(200);
    let used = purchase("first-ana@example.com", "ana@example.com", "1.00");
    vec![
        (Code::InvalidJson, event("{")),
        (
            Code::InvalidUtf8,
            raw(app, "/v1/events", "application/json", b"\xff".to_vec()),
        ),
        (Code::TooDeep, event(&"[".repeat(65))),
        (Code::InvalidParameter, get("/v1/members?limit=x")),
        (Code::IdempotencyKeyMissing, app.post(&redemptions, &coffee)),
        (
            Code::Unauthorized,
            Request::new("GET", "/v1/members").send(app.address),
        ),
        (
            Code::Forbidden,
            Request::new("GET", "/v1/keys")
                .key(&reader)
                .send(app.address),
        ),
        (Code::UnknownRoute, get("/v1/nothing")),
        (Code::UnknownMember, get("/v1/members/email:nobody")),
        (Code::UnknownVersion, get("/v1/programs/99")),
        (
            Code::UnknownKey,
            Request::new("DELETE", "/v1/keys/key_none")
                .key(&app.admin)
                .send(app.address),
        ),
        (Code::UnknownEvent, get("/v1/events/till-1/nothing")),
        (
            Code::MethodNotAllowed,
            Request::new("PUT", "/v1/events").send(app.address),
        ),
        (
            Code::NoPasses,
            get(&format!("/v1/members/{ana}/card.pkpass")),
        ),
        (
            Code::CardInactive,
            get(&format!("/v1/members/card:{}", cards[0])),
        ),
        (
            Code::CardEnded,
            get(&format!("/v1/members/card:{}", cards[1])),
        ),
        (Code::KeyReused, app.post("/v1/events", &used)),
        (Code::IdentityTaken, taken.send(app.address)),
        (Code::TooLarge, event(&" ".repeat(4 * 1024 * 1024 + 1))),
        (
            Code::UnsupportedMediaType,
            raw(app, "/v1/events", "text/xml", "<event/>"),
        ),
        (Code::InvalidInput, event("{}")),
        (
            Code::InvalidProgram,
            raw(app, "/v1/programs", "application/toml", "x"),
        ),
        (
            Code::InvalidCondition,
            app.post(
                "/v1/segments/preview",
                &json!({"condition": "orders(45) > 1"}),
            ),
        ),
        (
            Code::InvalidJourney,
            app.post("/v1/journeys/preview", &json!({"text": "name = 1"})),
        ),
        (Code::SecondPersonNeeded, {
            let file = "member,points,reason\nemail:ana@example.com,5,sorry\n";
            let award = raw(app, "/v1/awards", "text/csv", file).with(201);
            let id = award["id"].as_str().unwrap_or_default();
            app.post(&format!("/v1/awards/{id}/approve"), &json!({}))
        }),
        (Code::Exists, {
            let request = Request::new("POST", "/v1/tenants").key(crate::testapp::OPERATOR);
            request.json(&json!({"name": "test"})).send(app.address)
        }),
    ]
}

/// What the program refuses.
fn of_program(app: &TestApp, ana: &str) -> Vec<(Code, Answer)> {
    let paid_in = json!({"what": "paid_in", "amount": "5.00", "reason": "x"});
    let over = json!({"what": "dispute_ended", "dispute": "none", "reason": "x"});
    let event = |id: &str, kind: &str, more: &Value| {
        let head = json!({"type": kind, "source": "till-1", "id": id,
            "customer": {"kind": "email", "value": "ana@example.com"}});
        app.post("/v1/events", &but(head, more))
    };
    let redeem = |id: &str, reward: &str, quantity: i64| {
        let body = json!({"reward": reward, "quantity": quantity});
        app.post_once(&format!("/v1/members/{ana}/redemptions"), id, &body)
    };
    let order = purchase("R-7", "ana@example.com", "1.00");
    let first = "first-ana@example.com";
    let refund = |id: &str, more: &Value| {
        event(
            id,
            "refund",
            &but(json!({"order": first, "currency": "EUR"}), more),
        )
    };
    let end = |what: &str, id: &str| {
        app.post(
            &format!("/v1/members/{ana}/redemptions/{id}/{what}"),
            &json!({}),
        )
    };
    let adjust = json!({"points": "peas", "amount": "1", "reason": "x"});
    redeem("mug-1", "mug", 1).with(201);
    redeem("once-1", "once", 1).with(201);
    let merge_open = {
        app.member("old@example.com");
        app.post(
            &format!("/v1/members/{ana}/merge"),
            &json!({"into": "email:old@example.com"}),
        )
    };
    end("commit", "mug-1").with(201);
    let existing = json!({"redemption": "mug-1", "reward": "once"});
    vec![
        (
            Code::AlreadyEnrolled,
            event("again", "enrolment", &json!({})),
        ),
        (
            Code::OrderExists,
            app.post(
                "/v1/events",
                &but(order.clone(), &json!({"id": "R-8", "order": first})),
            ),
        ),
        (
            Code::CurrencyNotAccepted,
            app.post(
                "/v1/events",
                &but(order, &json!({"currency": "JPY", "total": "100"})),
            ),
        ),
        (
            Code::RefundTooLarge,
            refund("F-1", &json!({"amount": "9999.00"})),
        ),
        (
            Code::UnknownLine,
            refund("F-2", &json!({"lines": [{"line": "x"}]})),
        ),
        (
            Code::UnknownPoints,
            app.post(&format!("/v1/members/{ana}/adjustments"), &adjust),
        ),
        (
            Code::PointsLapsed,
            event(
                "O-1",
                "opening_balance",
                &json!({"points": "beans", "amount": "5", "expires_at": "2001-01-01T00:00:00Z", "from": "a test"}),
            ),
        ),
        (
            Code::UnknownActivity,
            event("V-1", "activity", &json!({"name": "flying"})),
        ),
        (Code::UnknownReward, redeem("x-1", "nothing", 1)),
        (Code::RewardNotYetOffered, redeem("x-2", "soon", 1)),
        (Code::RewardEnded, redeem("x-3", "late", 1)),
        (Code::TierTooLow, redeem("x-4", "gold", 1)),
        (Code::VoucherNeeded, redeem("x-5", "voucher-only", 1)),
        (Code::LimitReached, redeem("x-6", "once", 1)),
        (Code::OutOfStock, redeem("x-7", "mug", 1)),
        (Code::InsufficientPoints, redeem("x-8", "free-coffee", 1000)),
        (
            Code::RedemptionExists,
            event("x-9", "reward_request", &existing),
        ),
        (Code::UnknownRedemption, end("commit", "nothing")),
        (Code::RedemptionUsed, {
            let path = format!("/v1/members/{ana}/redemptions/mug-1/commit");
            app.post_once(&path, "commit-2", &json!({}))
        }),
        (Code::OpenRedemptions, merge_open),
        (Code::NotAtThisPartner, redeem("x-10", "bread", 1)),
        (
            Code::UnknownPartner,
            app.post("/v1/partners/fuel/posts", &paid_in),
        ),
        (
            Code::PaysLater,
            app.post("/v1/partners/bakery/posts", &paid_in),
        ),
        (
            Code::UnknownDispute,
            app.post("/v1/partners/bakery/posts", &over),
        ),
        (
            Code::SameMember,
            app.post(&format!("/v1/members/{ana}/merge"), &json!({"into": ana})),
        ),
        (
            Code::UnknownChallenge,
            event("g-1", "challenge_join", &json!({"challenge": "none"})),
        ),
        (
            Code::UnknownGame,
            event("g-2", "play", &json!({"game": "none"})),
        ),
        (
            Code::UnknownDraw,
            event("g-3", "tickets", &json!({"draw": "none"})),
        ),
        (
            Code::UnknownCause,
            event(
                "g-4",
                "donation",
                &json!({"cause": "none", "points": "beans", "amount": "5"}),
            ),
        ),
        (
            Code::NotOpen,
            event("g-5", "play", &json!({"game": "past"})),
        ),
        (Code::AlreadyJoined, {
            let join = json!({"challenge": "joined"});
            event("g-6", "challenge_join", &join).with(201);
            event("g-7", "challenge_join", &join)
        }),
        (
            Code::NoPlayLeft,
            event("g-8", "play", &json!({"game": "wheel"})),
        ),
        (
            Code::TooLittleGiven,
            event(
                "g-9",
                "donation",
                &json!({"cause": "meals", "points": "beans", "amount": "5"}),
            ),
        ),
    ]
}

/// What is refused about partners' own awards, and about what was sold on.
fn of_the_channel() -> Vec<(Code, Answer)> {
    let app = TestApp::on(TestDb::sqlite());
    let with = "awards = { limit = [{ beans = 10, per = \"program\" }, \
                { beans = 6, per = \"member\" }], reasons = [\"late\"] }\n";
    app.apply(&PROGRAM.replace("[partner.bakery]\n", &format!("[partner.bakery]\n{with}")));
    let send = |source: &str, id: &str, kind: &str, more: &Value| {
        let event = json!({"type": kind, "source": source, "id": id,
            "customer": {"kind": "email", "value": format!("{id}@example.com")}});
        app.post("/v1/events", &but(event, more))
    };
    let award = |source: &str, id: &str, amount: &str, reason: &str| {
        let more = json!({"points": "beans", "amount": amount, "reason": reason});
        send(source, id, "partner_award", &more)
    };
    let back = json!({"award": "none", "reason": "by mistake"});
    let report = json!({"order": "S-1", "currency": "EUR", "total": "10.00"});
    vec![
        (Code::NotOfPartner, award("till-1", "p-1", "5", "late")),
        (
            Code::NoPartnerAwards,
            award("cinema-till", "p-2", "5", "late"),
        ),
        (
            Code::UnknownAwardReason,
            award("bakery-till", "p-3", "5", "fun"),
        ),
        (
            Code::PartnerBudgetSpent,
            award("bakery-till", "p-4", "11", "late"),
        ),
        (
            Code::PartnerAwardLimit,
            award("bakery-till", "p-5", "7", "late"),
        ),
        (
            Code::UnknownPartnerAward,
            send("bakery-till", "p-6", "partner_award_cancel", &back),
        ),
        (
            Code::NoSellThrough,
            send("portal", "p-7", "sell_through", &report),
        ),
    ]
}

/// What is refused about plans and payments.
fn of_plans() -> Vec<(Code, Answer)> {
    let app = TestApp::on(TestDb::sqlite());
    app.apply(
        &(PROGRAM.to_owned()
            + r#"
[[plan]]
id = "club"
price = "5.00 EUR"
every = "1 month"
pause = { longest = "1 month" }
again = "1 month"

[[plan]]
id = "plain"
price = "3.00 EUR"
every = "1 month"

[[reward]]
id = "for-the-club"
plans = ["club"]
"#),
    );
    let ana = app.member("ana@example.com");
    let bob = app.member("bob@example.com");
    let plan = |who: &str, action: &str, plan: &str| {
        let body = match plan {
            "" => json!({"action": action}),
            plan => json!({"action": action, "plan": plan}),
        };
        app.post(&format!("/v1/members/{who}/membership"), &body)
    };
    let pay = |who: &str, number: u32, result: &str| {
        let path = format!("/v1/members/{who}/invoices/{number}/payments");
        app.post(&path, &json!({"result": result}))
    };
    let redeem = json!({"reward": "for-the-club"});
    let redeem = app.post_once(&format!("/v1/members/{ana}/redemptions"), "c-1", &redeem);
    let mut answers = vec![
        (
            Code::BadWebhook,
            app.post("/v1/payments/webhook", &json!({})),
        ),
        (Code::UnsignedDelivery, {
            let made = app.post("/v1/connectors", &json!({"platform": "generic"}));
            let path = made.with(201)["path"].as_str().map(str::to_owned);
            app.post(&path.unwrap_or_default(), &json!({}))
        }),
        (Code::PlanNeeded, redeem),
        (Code::UnknownPlan, plan(&ana, "join", "none")),
        (Code::NotOnPlan, plan(&ana, "cancel", "")),
        (Code::UnknownInvoice, pay(&ana, 1, "succeeded")),
    ];
    plan(&ana, "join", "club").with(201);
    answers.push((Code::OnPlanAlready, plan(&ana, "join", "club")));
    let erase = json!({"reason": "asked by letter"});
    let erase = app.post(&format!("/v1/members/{ana}/erase"), &erase);
    answers.push((Code::OnPlan, erase));
    answers.push((Code::PaymentOpen, plan(&ana, "pause", "")));
    pay(&ana, 1, "succeeded").with(201);
    answers.push((Code::InvoiceSettled, pay(&ana, 1, "succeeded")));
    answers.push((Code::SamePlan, plan(&ana, "change", "club")));
    answers.push((Code::PlanNotPaused, plan(&ana, "resume", "")));
    plan(&ana, "pause", "").with(201);
    answers.push((Code::PlanIsPaused, plan(&ana, "change", "plain")));
    plan(&ana, "resume", "").with(201);
    answers.push((Code::PauseNotOffered, plan(&ana, "pause", "")));
    plan(&ana, "cancel", "").with(201);
    answers.push((Code::PlanCancelledAlready, plan(&ana, "cancel", "")));
    plan(&bob, "join", "club").with(201);
    pay(&bob, 1, "succeeded").with(201);
    pay(&bob, 1, "refunded").with(201);
    answers.push((Code::PlanNotAgainYet, plan(&bob, "join", "club")));
    answers
}

/// What is refused of tiers.
fn of_tiers(app: &TestApp, ana: &str) -> Vec<(Code, Answer)> {
    let post = |what: &str, body: &Value| app.post(&format!("/v1/members/{ana}/{what}"), body);
    let grant = |tier: &str, until: Option<&str>| {
        let body = json!({"tier": tier, "until": until, "reason": "a test"});
        post("tier-grants", &body)
    };
    let matched = |program: &str, tier: &str| {
        let body = json!({"program": program, "tier": tier, "proof": "card 4711"});
        post("tier-matches", &body)
    };
    let none = post("tier-revocations", &json!({"reason": "a test"}));
    let given = grant("regular", None).with(201);
    assert_eq!(
        given["reasons"][0],
        "tier regular is theirs by hand for ever"
    );
    let reached = matched("other-cafe", "gold");
    post("tier-revocations", &json!({"reason": "a test"})).with(201);
    matched("other-cafe", "gold").with(201);
    let balance = app.get(&format!("/v1/members/{ana}/balance")).with(200);
    assert_eq!(balance["tier"]["tier"], "regular", "{balance:#}");
    assert_eq!(balance["tier"]["own"], "friend");
    assert_eq!(balance["tier"]["held"][0]["why"], "trial");
    assert_eq!(
        balance["tier"]["challenge"]["way"]["figures"][0]["missing"],
        "2"
    );
    vec![
        (Code::NoTierGiven, none),
        (Code::UnknownTier, grant("gold", None)),
        (Code::LowestTier, grant("friend", None)),
        (
            Code::TierEndsTooSoon,
            grant("regular", Some("2020-01-01T00:00:00Z")),
        ),
        (Code::TierReached, reached),
        (Code::UnknownMatch, matched("airline", "gold")),
        (Code::UnknownMatchTier, matched("other-cafe", "tin")),
        (Code::AlreadyMatched, matched("other-cafe", "gold")),
    ]
}

const BEFORE: &str = r#"
program = { name = "Test", currency = "EUR" }
points.beans = {}

[activity.old]
fields = { stars = { type = "int", least = 1, most = 5, needed = true } }

[activity.hello]
apart     = "2 days"
too_often = "refused"
"#;

const ENGAGEMENT: &str = r#"
program = { name = "Test", currency = "EUR" }
points.beans = {}

[activity.old]
fields = { stars = "int", mood = "text" }

[activity.review]
of        = "purchase"
moderated = true

[activity.hello]
apart     = "2 days"
too_often = "refused"

[activity.survey]
fields    = { survey = "text" }
once_per  = "survey"
too_often = "refused"

[activity.newsletter]
consent = "keep"

[profile]
fields = ["phone"]

[birthday]
"#;

/// What members who tell of themselves, and do other things than buying, are refused.
fn of_engagement() -> Vec<(Code, Answer)> {
    let app = TestApp::with(TestDb::sqlite(), impatient());
    app.apply(BEFORE);
    let send = |id: &str, kind: &str, more: &Value| {
        let head = json!({"type": kind, "source": "till-1", "id": id,
            "customer": {"kind": "email", "value": "ana@example.com"}});
        app.post("/v1/events", &but(head, more))
    };
    let birthday = json!({"month": 12, "day": 24});
    let no_birthdays = send("B-0", "birthday", &birthday);
    app.apply(ENGAGEMENT);
    let did = |id: &str, name: &str, fields: &Value| {
        send(id, "activity", &json!({"name": name, "fields": fields}))
    };
    let old = |id: &str, fields: &Value| {
        let at = json!({"name": "old", "at": "2025-02-01T09:00:00Z", "fields": fields});
        send(id, "activity", &at)
    };
    let hello = |id: &str, day: usize| {
        let at = format!("2025-02-{day:02}T09:00:00Z");
        send(id, "activity", &json!({"name": "hello", "at": at}))
    };
    for day in 0..7 {
        hello(&format!("H-{day}"), 12 + 2 * day).with(201);
    }
    did("H-8", "hello", &json!({})).with(201);
    let mut bought = purchase("R-1", "ana@example.com", "9.00");
    bought["lines"] = json!([{"sku": "cup", "amount": "9.00"}]);
    app.post("/v1/events", &bought).with(201);
    let cup = json!({"order": "R-1", "product": "cup"});
    did("S-1", "review", &cup).with(201);
    let waiting = app.get("/v1/submissions").with(200);
    assert_eq!(waiting["items"][0]["id"], "S-1");
    assert_eq!(waiting["items"][0]["fields"]["product"], "cup");
    let exists = {
        let mut again = json!({"type": "activity", "source": "till-2", "id": "S-1", "name": "review",
            "customer": {"kind": "email", "value": "ana@example.com"}});
        again["fields"] = cup.clone();
        let mut bought = purchase("R-1", "ana@example.com", "9.00");
        bought["source"] = json!("till-2");
        bought["lines"] = json!([{"sku": "cup", "amount": "9.00"}]);
        app.post("/v1/events", &bought).with(201);
        app.post("/v1/events", &again)
    };
    let not_bought = did("S-2", "review", &json!({"order": "R-9", "product": "cup"}));
    send("F-1", "refund", &json!({"order": "R-1"})).with(201);
    let returned = did("S-3", "review", &cup);
    let looked = json!({"submission": "S-1", "approved": true});
    send("M-1", "moderation", &looked).with(201);
    let answer = json!({"survey": "spring"});
    did("A-1", "survey", &answer).with(201);
    send("B-1", "birthday", &birthday).with(201);
    let withdrawn = json!({"given": false, "channel": "email", "origin": "web", "version": "1"});
    vec![
        (Code::NoBirthdays, no_birthdays),
        (
            Code::UnknownField,
            old("O-1", &json!({"stars": 3, "mood": "fine"})),
        ),
        (Code::FieldMissing, old("O-2", &json!({}))),
        (Code::FieldInvalid, old("O-3", &json!({"stars": 6}))),
        (Code::NotBought, not_bought),
        (Code::Returned, returned),
        (Code::SubmissionExists, exists),
        (Code::NotConsented, did("N-1", "newsletter", &withdrawn)),
        (Code::TooSoon, did("H-9", "hello", &json!({}))),
        (Code::DoneAlready, did("A-2", "survey", &answer)),
        (Code::ToldTooLate, hello("H-10", 2)),
        (
            Code::UnknownProfileField,
            send("P-1", "profile", &json!({"fields": ["shoe"]})),
        ),
        (
            Code::BirthdayFixed,
            send("B-2", "birthday", &json!({"month": 12, "day": 25})),
        ),
        (Code::UnknownSubmission, send("M-2", "moderation", &looked)),
    ]
}

/// What the program refuses between members.
fn between_members(app: &TestApp, ana: &str) -> Vec<(Code, Answer)> {
    let code = |who: &str| {
        let path = format!("/v1/members/{who}/referral-code");
        let made = app.post(&path, &json!({})).with(200);
        made["code"].as_str().expect("is a code").to_owned()
    };
    let join = |who: &str, body: &Value| app.post(&format!("/v1/members/{who}/sign-up"), body);
    let send = |body: &Value| app.post(&format!("/v1/members/{ana}/transfers"), body);
    let bob = "email:bob@example.com";
    let (own, theirs) = (code(ana), code(bob));
    assert_eq!(code(bob), theirs, "a code is made once");
    join("email:eve@example.com", &json!({"code": theirs})).with(201);
    let limited = {
        let five = json!({"to": bob, "points": "beans", "amount": "5"});
        let once = |id: &str| app.post_once(&format!("/v1/members/{ana}/transfers"), id, &five);
        once("gift").with(201);
        once("gift").with(200);
        once("another")
    };
    vec![
        (
            Code::AlreadyReferred,
            join("email:eve@example.com", &json!({"code": own})),
        ),
        (
            Code::ReferralTooLate,
            join(
                "email:fay@example.com",
                &json!({"code": own, "followed_at": "2020-01-01T00:00:00Z"}),
            ),
        ),
        (Code::SelfReferral, join(ana, &json!({"code": own}))),
        (
            Code::KnownCustomer,
            // She joined at nine.
            join(
                ana,
                &json!({"code": theirs, "followed_at": "2025-03-01T09:30:00Z"}),
            ),
        ),
        (
            Code::NothingToReview,
            app.post(
                &format!("/v1/members/{ana}/referral-review"),
                &json!({"approve": true, "reason": "a test"}),
            ),
        ),
        (
            Code::NoTransfers,
            send(&json!({"to": bob, "points": "stars", "amount": "5"})),
        ),
        (
            Code::TransferToSelf,
            send(&json!({"to": ana, "points": "beans", "amount": "5"})),
        ),
        (
            Code::TransferTooSmall,
            send(&json!({"to": bob, "points": "beans", "amount": "1"})),
        ),
        (
            Code::TransferTooLarge,
            send(&json!({"to": bob, "points": "beans", "amount": "41"})),
        ),
        (Code::TransferLimitReached, limited),
    ]
}

/// What other programs refuse between members.
fn of_other_programs() -> Vec<(Code, Answer)> {
    let send = |more: &str| {
        let app = TestApp::on(TestDb::sqlite());
        app.apply(&PROGRAM.replace("[transfer]", &format!("[transfer]\n{more}")));
        let ana = app.member_with("ana@example.com", "50.00");
        app.member("bob@example.com");
        let body = json!({"to": "email:bob@example.com", "points": "beans", "amount": "5"});
        app.post(&format!("/v1/members/{ana}/transfers"), &body)
    };
    let app = TestApp::on(TestDb::sqlite());
    let (without, _) = PROGRAM.split_once("[referral]").expect("has referrals");
    app.apply(without);
    app.member("ana@example.com");
    let click = json!({"type": "referral_click", "source": "web", "id": "c-1",
        "customer": {"kind": "email", "value": "ana@example.com"}});
    vec![
        (Code::JoinedTooLately, send("joined = \"5 days\"")),
        (Code::TransferTierTooLow, send("tier = \"regular\"")),
        (Code::NoReferrals, app.post("/v1/events", &click)),
    ]
}

/// A program with groups of all sorts.
const GROUPS: &str = r#"
[program]
name = "Groups"
currency = "EUR"

[points.beans]

[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }

[[reward]]
id = "treat"
price = { beans = 20 }

[[group]]
id = "company"
kind = "organisation"
people_max = 3
rejoin = "30 days"
head_leaves = "refused"
role = [
  { id = "owner", may = ["buy", "spend", "invite", "manage"] },
  { id = "guest", may = [] },
  { id = "office", may = ["buy", "spend"], spend_max = { beans = 10 } },
]
"#;

/// What groups refuse.
fn of_groups() -> Vec<(Code, Answer)> {
    let app = TestApp::on(TestDb::sqlite());
    app.apply(GROUPS);
    let people = ["ana", "bob", "cy", "dee", "ed"];
    let people = people.map(|name| app.member(&format!("{name}@example.com")));
    let [ana, bob, cy, dee, ed] = &people;
    let group = |number: &str| json!({"identity": {"kind": "vat", "value": number}, "group": "company", "head": ana});
    let made = app.post_once("/v1/groups", "made", &group("1")).with(201);
    let id = made["member"].as_str().expect("has an id");
    let again = app.post_once("/v1/groups", "made", &group("1"));
    assert_eq!(again.status, 200, "{}", again.text());
    let at = |path: &str, body: &Value| app.post(&format!("/v1/groups/{id}/{path}"), body);
    let invite = |person: &str, role: &str| at("people", &json!({"person": person, "role": role}));
    let join = |person: &str, group: &str| {
        app.post(
            &format!("/v1/members/{person}/group"),
            &json!({"group": group}),
        )
    };
    let leave = |person: &str| app.post(&format!("/v1/members/{person}/group/leave"), &json!({}));
    let redeem = |who: &str, id: &str| {
        let path = format!("/v1/members/{who}/redemptions");
        app.post_once(&path, id, &json!({"reward": "treat", "quantity": 1}))
    };
    let mut answers = vec![
        (Code::NotInvited, join(bob, id)),
        (Code::UnknownRole, invite(bob, "king")),
        (Code::HeadExists, invite(bob, "owner")),
        (Code::NotAGroup, {
            let body = json!({"person": cy});
            app.post(&format!("/v1/groups/{bob}/people"), &body)
        }),
        (Code::NotInGroup, leave(bob)),
        (Code::IsAGroup, join(id, id)),
        (Code::UnknownGroup, {
            let body = json!({"identity": {"kind": "vat", "value": "2"}, "group": "club"});
            app.post("/v1/groups", &body)
        }),
        (Code::NotToBeAGroup, {
            let body = json!({"identity": {"kind": "email", "value": "bob@example.com"}, "group": "company"});
            app.post("/v1/groups", &body)
        }),
    ];
    invite(bob, "guest").with(201);
    invite(cy, "office").with(201);
    answers.push((Code::GroupFull, invite(dee, "guest")));
    join(bob, id).with(201);
    join(cy, id).with(201);
    let by = json!({"person": ed, "by": bob});
    let buy = |order: &str, email: &str| app.post("/v1/events", &purchase(order, email, "50.00"));
    buy("R-1", "ana@example.com").with(201);
    answers.extend([
        (Code::InGroupAlready, join(bob, id)),
        (Code::MayNotInvite, at("people", &by)),
        (Code::MayNotManage, at("close", &json!({"by": bob}))),
        (Code::MayNotBuy, buy("R-2", "bob@example.com")),
        (Code::MayNotSpend, redeem(bob, "t-1")),
        (Code::SpendMaxReached, redeem(cy, "t-2")),
        (Code::HeadStays, leave(ana)),
    ]);
    let shown = app.get(&format!("/v1/members/{cy}/balance")).with(200);
    assert_eq!(shown["group"]["role"], "office");
    assert_eq!(shown["group"]["points"][0]["available"], "50");
    assert_eq!(shown["points"][0]["available"], "0");
    let shown = app.get(&format!("/v1/groups/{id}")).with(200);
    assert_eq!(shown["people"][0]["brought"][0]["amount"], "50");
    let listed = |query: &str| {
        let all = app.get(&format!("/v1/groups{query}")).with(200);
        all["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((listed(""), listed("?manager=eve")), (1, 0));
    leave(bob).with(201);
    invite(bob, "guest").with(201);
    answers.push((Code::RejoinTooSoon, join(bob, id)));
    let role = json!({"role": "owner", "by": ana});
    at(&format!("people/{cy}/role"), &role).with(201);
    at(&format!("people/{ana}/leave"), &json!({"by": cy})).with(201);
    at("close", &json!({"by": cy})).with(201);
    let merged = json!({"into": dee});
    app.post(&format!("/v1/members/{ed}/merge"), &merged)
        .with(201);
    let unmerge =
        |who: &str, id: &str| app.post_once(&format!("/v1/members/{who}/unmerge"), id, &json!({}));
    answers.push((Code::NotMerged, unmerge(dee, "u-1")));
    unmerge(ed, "u-2").with(201);
    unmerge(ed, "u-2").with(200);
    app.get(&format!("/v1/members/{ed}")).with(200);
    app.post_once(&format!("/v1/members/{ed}/merge"), "m-2", &merged)
        .with(201);
    let later = app.app.now().plus_micros(100 * 86_400_000_000);
    app.set_clock(later);
    answers.push((Code::UnmergeTooLate, unmerge(ed, "u-3")));
    answers.push((Code::GroupClosed, invite(dee, "guest")));
    assert_eq!((listed(""), listed("?closed=true")), (0, 1));
    answers
}

/// What only another server is told.
fn of_other_servers() -> Vec<(Code, Answer)> {
    let bare = TestApp::with(TestDb::sqlite(), impatient());
    let slow = Request::new("POST", "/v1/events")
        .key(&bare.admin)
        .told_length(9);
    let no_program = bare.post("/v1/events", &purchase("R-1", "ana@example.com", "1.00"));
    let members_only = TestApp::on(TestDb::sqlite());
    let named = "timezone = \"Europe/Berlin\"\nunknown_customers = \"refuse\"";
    members_only.apply(&PROGRAM.replace("timezone = \"Europe/Berlin\"", named));
    let stranger = members_only.post("/v1/events", &purchase("R-1", "ana@example.com", "1.00"));
    let closed = TestApp::new();
    closed.app.close();
    let unavailable = closed.post("/v1/events", &purchase("R-1", "ana@example.com", "1.00"));
    vec![
        (Code::BodyTooSlow, slow.send(bare.address)),
        (Code::NoProgram, no_program),
        (Code::NotEnrolled, stranger),
        (Code::Unavailable, unavailable),
    ]
}

/// What a code is told that does not apply.
fn of_codes() -> Vec<(Code, Answer)> {
    let app = TestApp::new();
    app.apply(COUPONS);
    let bring = |coupon: &str, codes: &[&str]| {
        let path = format!("/v1/coupons/{coupon}/codes/import");
        app.post(&path, &json!({"codes": codes})).with(200);
    };
    bring("single", &["A-1", "A-2", "A-3"]);
    app.post("/v1/codes/A2/void", &json!({})).with(200);
    let event = |id: &str, who: &str, kind: &str, more: &Value| {
        let head = json!({"type": kind, "source": "till-1", "id": id,
            "customer": {"kind": "email", "value": who}});
        app.post("/v1/events", &but(head, more))
    };
    let buy = |id: &str, codes: &[&str], total: &str| {
        let more = json!({"order": id, "currency": "EUR", "total": total, "codes": codes});
        event(id, "ana@example.com", "purchase", &more)
    };
    let assign =
        |id: &str, who: &str, code: &str| event(id, who, "code_assign", &json!({"code": code}));
    buy("r-1", &["A-1"], "9.00").with(201);
    assign("a-1", "bob@example.com", "A-3").with(201);
    buy("r-2", &["ONCE"], "9.00").with(201);
    let undo = json!({"code": "A2", "reason": "x"});
    let handed = json!({"code": "A-3", "into": "email:ana@example.com"});
    let mut answers = vec![
        (Code::CodeMistyped, buy("x-1", &["S-22223"], "9.00")),
        (Code::CodeUnknown, buy("x-2", &["NOTHING"], "9.00")),
        (Code::CodeTwice, buy("x-3", &["EVER", "ever"], "9.00")),
        (Code::CodeVoid, buy("x-4", &["A2"], "9.00")),
        (Code::CodeNotYet, buy("x-5", &["SOON"], "9.00")),
        (Code::CodeEnded, buy("x-6", &["LATE"], "9.00")),
        (Code::CodeUsedUp, buy("x-7", &["A1"], "9.00")),
        (Code::CodeNotYours, buy("x-8", &["A3"], "9.00")),
        (Code::CodeLimitReached, buy("x-9", &["ONCE"], "9.00")),
        (
            Code::CodeBudgetSpent,
            event(
                "x-10",
                "bob@example.com",
                "code_use",
                &json!({"code": "ONCE"}),
            ),
        ),
        (Code::CodeTierTooLow, buy("x-11", &["HIGH"], "9.00")),
        (Code::CodeNotFirstOrder, buy("x-12", &["FIRST"], "9.00")),
        (Code::CodeBelowLeast, buy("x-13", &["MUCH"], "9.00")),
        (Code::CodeCondition, buy("x-14", &["TEA"], "9.00")),
        (
            Code::CodeGroupTaken,
            buy("x-15", &["EVER", "GROUP"], "9.00"),
        ),
        (
            Code::CodeNotCombined,
            buy("x-16", &["EVER", "ALONE"], "9.00"),
        ),
        (
            Code::CodeTooMany,
            buy("x-17", &["EVER", "MORE", "MOST"], "9.00"),
        ),
        (
            Code::UnknownCodeUse,
            event("x-18", "ana@example.com", "code_undo", &undo),
        ),
        (
            Code::CodeIsShared,
            assign("x-19", "ana@example.com", "EVER"),
        ),
        (Code::CodeTaken, assign("x-20", "ana@example.com", "A3")),
        (
            Code::CodeNotTransferable,
            app.post("/v1/members/email:bob@example.com/codes/transfer", &handed),
        ),
    ];
    let ask = json!({"codes": ["GUESS-1", "GUESS-2"], "currency": "EUR", "client": "one",
        "lines": [{"price": "9.00"}]});
    for _ in 0..15 {
        let seen = app.post("/v1/coupons/validate", &ask).with(200);
        assert_eq!(seen["codes"][0]["reason"], "unknown");
    }
    let other = but(ask.clone(), &json!({"client": "two"}));
    app.post("/v1/coupons/validate", &other).with(200);
    let guessed = app.post("/v1/coupons/validate", &ask);
    assert_eq!(guessed.header("retry-after"), Some("60"));
    answers.push((Code::TooManyGuesses, guessed));
    answers
}

/// What is refused of store credit and gift cards.
fn of_money() -> Vec<(Code, Answer)> {
    let without = TestApp::on(TestDb::sqlite());
    without.apply("program = { name = \"None\", currency = \"EUR\" }\npoints.beans = {}\n");
    let bob = without.member("bob@example.com");
    let app = gift_cards::app();
    let ana = app.member("ana@example.com");
    let give = |app: &TestApp, who: &str, amount: &str| {
        let body = json!({"currency": "EUR", "amount": amount, "reason": "a test"});
        app.post(&format!("/v1/members/{who}/store-credit"), &body)
    };
    let made = gift_cards::make(&app, &json!({}));
    let later = gift_cards::make(&app, &json!({"active": false}));
    let (card, later) = (
        gift_cards::word(&made["card"]),
        gift_cards::word(&later["card"]),
    );
    let moved = |app: &TestApp, card: &str, more: &Value| {
        app.post(&format!("/v1/gift-cards/{card}/moves"), more)
    };
    let reserve = |hold: &str, amount: &str| json!({"move": "reserve", "hold": hold, "currency": "EUR", "amount": amount});
    moved(&app, &card, &reserve("h-1", "1.00")).with(201);
    let pays = json!({"total": "5.00", "currency": "USD",
        "payments": [{"method": "credit", "amount": "5.00", "from": "store_credit"}]});
    let dollars = but(purchase("R-9", "ana@example.com", "5.00"), &pays);
    let rates = gift_cards::CARDS.replace("[points.beans]", "[rates]\nUSD = 0.9\n\n[points.beans]");
    let foreign = TestApp::on(TestDb::sqlite());
    foreign.apply(&rates);
    foreign.member("ana@example.com");
    let out = json!({"currency": "EUR", "amount": "1.00", "why": "refund", "order": "none",
        "reason": "a test"});
    let issue = json!({"type": "gift_card", "source": "till-1", "id": "I-1", "member": card,
        "move": "issue", "currency": "EUR", "amount": "5.00"});
    let in_other = json!({"type": "gift_card", "source": "till-1", "id": "I-2", "member": bob,
        "move": "issue", "currency": "EUR", "amount": "5.00"});
    let block = json!({"move": "block", "reason": "a test"});
    let mut answers = vec![
        (Code::NoStoreCredit, give(&without, &bob, "1.00")),
        (Code::NoGiftCards, without.post("/v1/events", &in_other)),
        (
            Code::IsGiftCard,
            app.post(
                "/v1/events",
                &json!({"type": "purchase", "source": "till-1", "id": "P-1", "member": card,
                    "order": "P-1", "currency": "EUR", "total": "1.00"}),
            ),
        ),
        (
            Code::UnknownGiftCard,
            app.post("/v1/gift-cards/balance", &json!({"code": "GIFT-2222"})),
        ),
        (Code::GiftCardExists, app.post("/v1/events", &issue)),
        (
            Code::GiftCardNotActive,
            moved(&app, &later, &reserve("h-2", "1.00")),
        ),
        (
            Code::GiftCardAmount,
            moved(
                &app,
                &card,
                &json!({"move": "load", "currency": "EUR", "amount": "4.99"}),
            ),
        ),
        (
            Code::InsufficientMoney,
            moved(&app, &card, &reserve("h-2", "49.01")),
        ),
        (Code::MoneyTooMuch, give(&app, &ana, "100.01")),
        (
            Code::MoneyInOtherCurrency,
            foreign.post("/v1/events", &dollars),
        ),
        (
            Code::CreditBeyondRefund,
            app.post(&format!("/v1/members/{ana}/store-credit"), &out),
        ),
        (
            Code::HoldExists,
            moved(&app, &card, &reserve("h-1", "1.00")),
        ),
        (
            Code::UnknownHold,
            moved(&app, &card, &json!({"move": "cancel", "hold": "none"})),
        ),
    ];
    moved(&app, &card, &block).with(201);
    answers.push((
        Code::GiftCardBlocked,
        moved(&app, &card, &reserve("h-3", "1.00")),
    ));
    answers
}

/// What is refused of the rewards of a purchase, and of quotes.
fn of_rewards() -> Vec<(Code, Answer)> {
    let app = TestApp::on(TestDb::sqlite());
    app.apply(
        &(PROGRAM.to_owned()
            + r#"
[[reward]]
id = "two"
price = { beans = 1 }
least = 2

[[reward]]
id = "old"
price = { beans = 1 }
when = "member.years >= 9"

[[reward]]
id = "pay"
kind = "points as payment"
off = "1 EUR"
price = { beans = 1 }
share = "50%"

[[reward]]
id = "alone"
kind = "percent off"
off = "10%"
price = { beans = 1 }
exclusive = true
"#),
    );
    app.member_with("ana@example.com", "50.00");
    let bought = |order: &str, rewards: &Value| {
        let order = purchase(order, "ana@example.com", "10.00");
        app.post("/v1/events", &but(order, &json!({"rewards": rewards})))
    };
    let basket = json!({"currency": "EUR", "lines": [{"price": "9.00"}],
        "customer": {"kind": "email", "value": "ana@example.com"}});
    let quote = |minutes: i64| {
        let asked = but(basket.clone(), &json!({"minutes": minutes, "rewards": []}));
        app.post("/v1/quote", &asked).with(200)
    };
    let commit = |quote: &Value, more: &Value| {
        let told = json!({"token": quote["token"], "order": "Q-1"});
        let asked = but(but(basket.clone(), &told), more);
        app.post("/v1/quote/commit", &asked)
    };
    let (short, long) = (quote(1), quote(60));
    let mut answers = vec![
        (
            Code::RewardTooFew,
            bought("W-1", &json!([{"reward": "two"}])),
        ),
        (
            Code::RewardNotForMember,
            bought("W-2", &json!([{"reward": "old"}])),
        ),
        (
            Code::RewardShareTooLarge,
            bought("W-3", &json!([{"reward": "pay", "quantity": 6}])),
        ),
        (
            Code::RewardNotCombined,
            bought("W-4", &json!([{"reward": "pay"}, {"reward": "alone"}])),
        ),
        (
            Code::QuoteOutdated,
            commit(&long, &json!({"lines": [{"price": "8.00"}]})),
        ),
    ];
    app.set_clock(crate::testapp::at(
        short["expires_at"].as_str().expect("is said"),
    ));
    answers.push((Code::QuoteExpired, commit(&short, &json!({}))));
    answers
}

/// A coupon for each reason.
const COUPONS: &str = r#"
[program]
name = "Coupons"
currency = "EUR"
timezone = "UTC"

[points.beans]

[coupons]
most = 2

[[tier]]
id = "friend"

[[tier]]
id = "regular"
reach = { spend = "200 EUR", within = "calendar year" }
keep = { until = "end of next year" }

[[coupon]]
id = "single"
kind = "money off"
off = "1 EUR"
pattern = "S-#####"

[[coupon]]
id = "soon"
kind = "free delivery"
code = "SOON"
from = "2090-01-01"

[[coupon]]
id = "late"
kind = "free delivery"
code = "LATE"
until = "2020-01-01"

[[coupon]]
id = "once"
kind = "free delivery"
code = "ONCE"
limit = [{ times = 1, per = "member" }, { times = 1, per = "program" }]

[[coupon]]
id = "high"
kind = "free delivery"
code = "HIGH"
tier = "regular"

[[coupon]]
id = "first"
kind = "free delivery"
code = "FIRST"
first_order = true

[[coupon]]
id = "much"
kind = "free delivery"
code = "MUCH"
least = "50 EUR"

[[coupon]]
id = "tea"
kind = "free product"
code = "TEA"
when = 'line.category == "tea"'

[[coupon]]
id = "ever"
kind = "money off"
off = "1 EUR"
code = "EVER"
group = "g"

[[coupon]]
id = "group"
kind = "money off"
off = "1 EUR"
code = "GROUP"
group = "g"

[[coupon]]
id = "alone"
kind = "money off"
off = "1 EUR"
code = "ALONE"
exclusive = true

[[coupon]]
id = "more"
kind = "money off"
off = "1 EUR"
code = "MORE"

[[coupon]]
id = "most"
kind = "money off"
off = "1 EUR"
code = "MOST"
"#;

#[test]
fn every_code_is_provoked() {
    let app = TestApp::new();
    let ana = app.member_with("ana@example.com", "50.00");
    let mut answers = of_requests(&app, &ana);
    answers.extend(of_program(&app, &ana));
    answers.extend(of_plans());
    answers.extend(of_the_channel());
    answers.extend(of_tiers(&app, &ana));
    answers.extend(of_engagement());
    answers.extend(between_members(&app, &ana));
    answers.extend(of_codes());
    answers.extend(of_rewards());
    answers.extend(crate::perks::refused());
    answers.extend(crate::desk::refused());
    answers.extend(of_money());
    answers.extend(of_groups());
    answers.extend(crate::portal::refused());
    answers.extend(crate::second_factor::refused());
    answers.extend(of_other_servers());
    answers.extend(of_other_programs());
    let mut provoked = BTreeSet::new();
    for (code, answer) in answers {
        let problem = answer.problem(code.code());
        assert_eq!(answer.status, code.status(), "{}", code.code());
        assert_eq!(problem["type"], format!("/docs/errors#{}", code.code()));
        assert_eq!(
            problem["request_id"].as_str(),
            answer.header("x-request-id")
        );
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
        provoked.insert(code);
    }
    // What no request can bring about at will is made of the application's own errors.
    let made = [
        (Code::Busy, Error::Busy),
        (Code::TryAgain, Error::Retry("a test says so".into())),
        (Code::Internal, Error::Corrupt("a test says so".into())),
        (
            Code::NotFound,
            Error::NotFound {
                what: "thing",
                name: "x".into(),
            },
        ),
    ];
    for (code, error) in made {
        let failure = Failure::from(error);
        assert_eq!(failure.problem.code, code.code());
        assert_eq!(
            failure
                .into_response()
                .extensions()
                .get::<Failure>()
                .map(|it| it.problem.status),
            Some(code.status())
        );
        provoked.insert(code);
    }
    let all: BTreeSet<Code> = Code::ALL.iter().copied().collect();
    assert_eq!(provoked, all, "each code of the table needs a line here");
}
