//! What is sent is what is read, and the document names the fields that the reader knows.

use super::*;
use crate::json::At;
use regulars_base::{Currency, Timestamp};
use regulars_engine::event::{Fault, Incoming, Kind, Who};
use serde_json::{Value, json};
use utoipa::PartialSchema;

const NOW: &str = "2025-03-02T00:00:00Z";

fn read_value(value: &Value) -> Result<Incoming, Vec<Fault>> {
    read_text(&value.to_string())
}

fn read_text(text: &str) -> Result<Incoming, Vec<Fault>> {
    let raw = serde_json::from_str(text).expect("is JSON");
    let door = Door {
        now: NOW.parse().expect("is a time"),
        arrival: Timestamp::LAST,
        preview: false,
        decimals: &|points| (points == "beans").then_some(1),
        program: None,
    };
    read(raw, At::ROOT, &door)
}

const ANA: &str = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f";

/// The faults of an event, as `pointer what`.
fn faults(value: &Value) -> Vec<String> {
    let told = |fault: Fault| format!("{} {}", fault.at, fault.what);
    let found = read_value(value).expect_err("is wrong");
    found.into_iter().map(told).collect()
}

fn event(kind: &str, more: &Value) -> Value {
    let mut event = json!({
        "type": kind, "source": "till-1", "id": "R-1", "at": "2025-03-01T09:00:00Z",
        "customer": {"kind": "email", "value": "ana@example.com"},
    });
    for (name, value) in more.as_object().expect("is an object") {
        event[name] = value.clone();
    }
    event
}

fn card(more: &Value) -> Value {
    event("gift_card", more)
}

/// One of each kind, with every field.
fn full() -> Vec<Value> {
    let line = json!({"id": "a", "sku": "s", "category": "coffee", "brand": "b",
        "quantity": "1.5", "amount": "12.40", "discount": "1.00", "tax": "0.50"});
    let sold_on = line.clone();
    vec![
        event("enrolment", &json!({})),
        event(
            "purchase",
            &json!({"order": "R-1", "currency": "EUR", "total": "14.40", "delivery": "2.00",
                "lines": [line], "payments": [{"method": "card", "amount": "4.40"},
                    {"method": "store-credit", "amount": "5.00", "from": "store_credit"},
                    {"method": "gift-card", "amount": "5.00", "from": ANA, "hold": "h-1"}],
                "channel": "web", "store": "1", "staff": "eve", "codes": ["WELCOME10"],
                "rewards": [{"reward": "five-off", "quantity": 2, "redemption": "r-1"}]}),
        ),
        event(
            "refund",
            &json!({"order": "R-1", "currency": "EUR", "lines": [{"line": "a", "amount": "1.00", "quantity": "1"}]}),
        ),
        event(
            "refund",
            &json!({"order": "R-1", "currency": "EUR", "amount": "1.00"}),
        ),
        event("refund", &json!({"order": "R-1", "currency": "EUR"})),
        event(
            "activity",
            &json!({"name": "review", "store": "1", "fields": {"stars": 5, "text": "good", "first": true}}),
        ),
        event("profile", &json!({"fields": ["phone", "address"]})),
        event("birthday", &json!({"month": 2, "day": 29})),
        event(
            "moderation",
            &json!({"submission": "R-1", "approved": false, "reason": "rude", "by": "eve"}),
        ),
        event(
            "reward_request",
            &json!({"redemption": "x", "reward": "coffee", "quantity": 2, "order": "R-1", "commit": true}),
        ),
        event("reward_commit", &json!({"redemption": "x", "order": "R-1"})),
        event("reward_cancel", &json!({"redemption": "x", "order": "R-1"})),
        event(
            "adjustment",
            &json!({"points": "beans", "amount": "-1.5", "reason": "sorry", "by": "eve"}),
        ),
        event(
            "opening_balance",
            &json!({"points": "beans", "amount": "300", "expires_at": "2026-04-01T00:00:00Z", "from": "Stamp Club"}),
        ),
        event(
            "tier_grant",
            &json!({"tier": "gold", "until": "2025-12-24T00:00:00Z", "reason": "sorry", "by": "eve"}),
        ),
        event("tier_revoke", &json!({"reason": "by mistake", "by": "eve"})),
        event("member_hold", &json!({"reason": "stolen", "by": "eve"})),
        event("member_release", &json!({"reason": "found", "by": "eve"})),
        event(
            "reissue",
            &json!({"reward": "mug", "reason": "ill", "by": "eve"}),
        ),
        event(
            "reissue",
            &json!({"redemption": "m-1", "reason": "ill", "by": "eve"}),
        ),
        event(
            "reissue_undo",
            &json!({"reissue": "r-1", "reason": "no", "by": "eve"}),
        ),
        event(
            "reward_gift",
            &json!({"reward": "mug", "days": 14, "reason": "an offer", "by": "eve"}),
        ),
        event(
            "tier_match",
            &json!({"program": "other", "tier": "gold", "proof": "card 4711", "by": "eve"}),
        ),
        event("referral_click", &json!({})),
        event(
            "sign_up",
            &json!({"touches": [{"referrer": ANA, "at": "2025-02-01T09:00:00Z"}],
                "fingerprints": [{"kind": "device", "value": "#00000000000000ff"}]}),
        ),
        event(
            "fingerprints",
            &json!({"fingerprints": [{"kind": "payment", "value": "#0123456789abcdef"}]}),
        ),
        event(
            "referral_review",
            &json!({"approve": true, "reason": "they live together", "by": "eve"}),
        ),
        event(
            "transfer",
            &json!({"to": ANA, "points": "beans", "amount": "1.5"}),
        ),
        event("code_use", &json!({"code": "SORRY1", "order": "R-1"})),
        event(
            "code_undo",
            &json!({"code": "SORRY1", "order": "R-1", "reason": "wrong price"}),
        ),
        event("code_assign", &json!({"code": "SORRY1"})),
        event("challenge_join", &json!({"challenge": "weeks"})),
        event("play", &json!({"game": "wheel", "nonce": "luck"})),
        event("tickets", &json!({"draw": "summer", "quantity": 2})),
        event(
            "donation",
            &json!({"cause": "meals", "points": "beans", "amount": "12.5"}),
        ),
        event(
            "partner_award",
            &json!({"points": "beans", "amount": "12.5", "reason": "the cake was late"}),
        ),
        event(
            "partner_award_cancel",
            &json!({"award": "A-1", "reason": "it was another cake"}),
        ),
        event(
            "sell_through",
            &json!({"order": "S-1", "currency": "EUR", "total": "14.40", "delivery": "2.00",
                "lines": [sold_on], "payments": [{"method": "card", "amount": "14.40"}],
                "channel": "web", "store": "1", "staff": "eve", "end_customer": "a school",
                "proof": "invoice-17.pdf"}),
        ),
        event(
            "reward_return",
            &json!({"redemption": "m-1", "quantity": 2, "reason": "chipped"}),
        ),
        event(
            "reward_return",
            &json!({"redemption": "m-1", "points": "beans", "amount": "2.5"}),
        ),
        event("automatic_rewards", &json!({"wanted": false})),
        event(
            "fulfilment",
            &json!({"redemption": "m-1", "state": "dispatched", "carrier": "post", "tracking": "4711"}),
        ),
        event(
            "fulfilment",
            &json!({"redemption": "m-1", "state": "failed", "reason": "nobody at home"}),
        ),
        event("pick", &json!({"menu": "gold-menu", "pick": "mug"})),
        event(
            "attributes",
            &json!({"values": {"group": "trade", "line": ""}, "by": "eve"}),
        ),
        {
            let mut added = event("codes_added", &json!({"reward": "cinema", "count": 500}));
            let fields = added.as_object_mut().expect("is an object");
            fields.remove("member");
            fields.remove("customer");
            added
        },
        {
            let more = json!({"reward": "mug", "up": 2, "reason": "found", "by": "eve"});
            let mut restock = event("restock", &more);
            let fields = restock.as_object_mut().expect("is an object");
            fields.remove("member");
            fields.remove("customer");
            restock
        },
        event(
            "store_credit",
            &json!({"currency": "EUR", "amount": "-1.50", "why": "by_hand", "order": "R-1",
                "reason": "sorry", "by": "eve"}),
        ),
        card(
            &json!({"move": "issue", "currency": "EUR", "amount": "50.00", "sold": false,
            "active": false, "order": "R-1", "reason": "thanks", "by": "eve"}),
        ),
        card(&json!({"move": "activate", "order": "R-2"})),
        card(
            &json!({"move": "load", "currency": "EUR", "amount": "-5.00", "sold": true,
            "order": "R-1", "reason": "wrong amount", "by": "eve"}),
        ),
        card(
            &json!({"move": "reserve", "currency": "EUR", "amount": "5.00", "hold": "h-1",
            "commit": true, "order": "R-1"}),
        ),
        card(
            &json!({"move": "commit", "currency": "EUR", "amount": "5.00", "hold": "h-1", "order": "R-1"}),
        ),
        card(&json!({"move": "cancel", "hold": "h-1"})),
        card(&json!({"move": "refund", "currency": "EUR", "amount": "5.00", "hold": "h-1"})),
        card(&json!({"move": "block", "reason": "lost", "by": "eve"})),
        card(&json!({"move": "unblock", "reason": "found", "by": "eve"})),
        card(&json!({"move": "replace", "to": ANA, "reason": "lost", "by": "eve"})),
        card(&json!({"move": "into_credit", "currency": "EUR", "amount": "5.00", "to": ANA})),
    ]
}

#[test]
fn what_is_written_is_what_was_read() {
    let eur = Currency::new("EUR").expect("is a currency");
    for sent in full() {
        let incoming = read_value(&sent).expect("is right");
        let written = EventIn::of(&incoming, eur, &|_| Some(1)).expect("can be sent");
        let written = serde_json::to_value(written).expect("is JSON");
        assert_eq!(read_value(&written).expect("is right"), incoming, "{sent}");
        assert_eq!(written, sent);
    }
}

#[test]
fn the_document_names_the_fields_that_are_read() {
    for sent in full() {
        let kind = sent["type"].as_str().expect("is a text");
        let mut wrong = sent.clone();
        wrong["zzzzzzzzzzzzzzzz"] = json!(1);
        let told = faults(&wrong).join("\n");
        let (_, known) = told
            .split_once("the fields are ")
            .expect("names the fields");
        let mut known: Vec<&str> = known.split(", ").collect();
        known.sort_unstable();
        assert_eq!(known, documented(kind), "{kind}");
    }
}

/// The fields of a kind of event in the document.
fn documented(kind: &str) -> Vec<String> {
    let head = serde_json::to_value(HeadIn::schema()).expect("is JSON");
    let own = match kind {
        "enrolment" => serde_json::to_value(EnrolmentIn::schema()),
        "purchase" => serde_json::to_value(PurchaseIn::schema()),
        "refund" => serde_json::to_value(RefundIn::schema()),
        "activity" => serde_json::to_value(ActivityIn::schema()),
        "profile" => serde_json::to_value(ProfileIn::schema()),
        "birthday" => serde_json::to_value(BirthdayIn::schema()),
        "moderation" => serde_json::to_value(ModerationIn::schema()),
        "reward_request" => serde_json::to_value(RewardRequestIn::schema()),
        "reward_commit" | "reward_cancel" => serde_json::to_value(RewardEndIn::schema()),
        "opening_balance" => serde_json::to_value(OpeningBalanceIn::schema()),
        "tier_grant" => serde_json::to_value(TierGrantEventIn::schema()),
        "tier_revoke" => serde_json::to_value(TierRevokeEventIn::schema()),
        "tier_match" => serde_json::to_value(TierMatchEventIn::schema()),
        "member_hold" | "member_release" => serde_json::to_value(MemberHoldEventIn::schema()),
        "reissue" => serde_json::to_value(ReissueEventIn::schema()),
        "reissue_undo" => serde_json::to_value(ReissueUndoEventIn::schema()),
        "reward_gift" => serde_json::to_value(RewardGiftEventIn::schema()),
        "referral_click" => serde_json::to_value(ReferralClickIn::schema()),
        "sign_up" => serde_json::to_value(SignUpIn::schema()),
        "fingerprints" => serde_json::to_value(FingerprintsIn::schema()),
        "referral_review" => serde_json::to_value(ReferralReviewIn::schema()),
        "transfer" => serde_json::to_value(TransferEventIn::schema()),
        "code_use" => serde_json::to_value(CodeUseIn::schema()),
        "code_undo" => serde_json::to_value(CodeUndoIn::schema()),
        "code_assign" => serde_json::to_value(CodeAssignIn::schema()),
        "challenge_join" => serde_json::to_value(ChallengeJoinIn::schema()),
        "play" => serde_json::to_value(PlayIn::schema()),
        "tickets" => serde_json::to_value(TicketsIn::schema()),
        "donation" => serde_json::to_value(DonationIn::schema()),
        "partner_award" => serde_json::to_value(PartnerAwardIn::schema()),
        "partner_award_cancel" => serde_json::to_value(PartnerAwardCancelIn::schema()),
        "sell_through" => serde_json::to_value(SellThroughIn::schema()),
        "reward_return" => serde_json::to_value(RewardReturnEventIn::schema()),
        "restock" => serde_json::to_value(RestockEventIn::schema()),
        "automatic_rewards" => serde_json::to_value(AutomaticRewardsEventIn::schema()),
        "fulfilment" => serde_json::to_value(FulfilmentEventIn::schema()),
        "codes_added" => serde_json::to_value(CodesAddedEventIn::schema()),
        "pick" => serde_json::to_value(PickEventIn::schema()),
        "attributes" => serde_json::to_value(AttributesEventIn::schema()),
        "store_credit" => serde_json::to_value(StoreCreditIn::schema()),
        "gift_card" => return documented_card(),
        _ => serde_json::to_value(AdjustmentEventIn::schema()),
    };
    let own = own.expect("is JSON");
    let mut names = vec!["type".to_owned()];
    let parts = own["allOf"].as_array().cloned().unwrap_or_default();
    for schema in parts.iter().chain([&head, &own]) {
        let fields = schema["properties"].as_object();
        names.extend(fields.into_iter().flatten().map(|(name, _)| name.clone()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// As [`documented`]: what happens to a card has its fields apart.
fn documented_card() -> Vec<String> {
    let schema = serde_json::to_value(GiftMoveIn::schema()).expect("is JSON");
    let fields = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let mut names: Vec<String> = fields.keys().cloned().collect();
    names.extend(documented("enrolment"));
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn amounts_are_exact_as_texts_and_as_numbers() {
    for (total, minor) in [
        ("\"12.40\"", 1240),
        ("12.40", 1240),
        ("12.4", 1240),
        ("10000000000.00", 1_000_000_000_000),
    ] {
        let text = format!(
            r#"{{"type":"purchase","source":"t","id":"1","at":"{NOW}","order":"1",
               "customer":{{"kind":"card","value":"1"}},"currency":"EUR","total":{total}}}"#
        );
        let Kind::Purchase(purchase) = read_text(&text).expect("is right").event.kind else {
            panic!("is a purchase");
        };
        assert_eq!(purchase.total, minor, "{total}");
    }
}

#[test]
fn every_fault_is_told_with_its_place() {
    let purchase = |more: Value| {
        let mut base = json!({"order": "R-1", "currency": "EUR", "total": "1.00"});
        for (name, value) in more.as_object().expect("is an object") {
            base[name] = value.clone();
        }
        event("purchase", &base)
    };
    let cases = [
        (
            purchase(json!({"total": "10000000000.01"})),
            "/total `10000000000.01` is beyond the range",
        ),
        (
            purchase(json!({"total": "1.005"})),
            "/total `1.005` has more than the 2 decimals of EUR",
        ),
        (
            purchase(json!({"total": 1e300})),
            "/total `1e+300` is no amount",
        ),
        (
            purchase(json!({"total": true})),
            "/total is true or false; a decimal number",
        ),
        (
            purchase(json!({"total": "-1.00"})),
            "/total must be 0 or more",
        ),
        (
            purchase(json!({"currency": "EUX"})),
            "/currency `EUX` is no currency of ISO 4217",
        ),
        (
            purchase(json!({"lines": [{"amount": "1.00", "quantity": -1}]})),
            "/lines/0/quantity must be 0 or more",
        ),
        (
            purchase(json!({"lines": [{"amount": "1.00", "quantity": "0.0001"}]})),
            "/lines/0/quantity `0.0001` has more than 3 decimals",
        ),
        (
            purchase(json!({"lines": [{"quantity": "1"}]})),
            "/lines/0/amount is missing",
        ),
        (
            purchase(json!({"lines": [{"amuont": "1.00"}]})),
            "/lines/0/amuont is no field here; did you mean `amount`?",
        ),
        (
            purchase(json!({"payments": [{"method": "card", "amount": "0.50"}]})),
            "/payments add up to 50",
        ),
        (
            purchase(json!({"at": "2025-03-03T00:00:01Z"})),
            "/at is more than a day ahead",
        ),
        (
            purchase(json!({"at": "9999-01-01T00:00:00Z"})),
            "/at `9999-01-01T00:00:00Z` is outside",
        ),
        (
            purchase(json!({"member": "mem_1"})),
            "names two: give either `member` or `customer`",
        ),
        (
            purchase(json!({"id": "a\nb"})),
            "/id holds a control character",
        ),
        (
            purchase(json!({"id": "x".repeat(256)})),
            "/id is 256 bytes long",
        ),
        (
            event("purchse", &json!({})),
            "/type `purchse` is no kind of event; did you mean `purchase`?",
        ),
        (
            event("tick", &json!({})),
            "/type `tick` is no kind of event",
        ),
        (
            event(
                "adjustment",
                &json!({"points": "beans", "amount": "0", "reason": "x"}),
            ),
            "/amount must not be 0",
        ),
        (
            event(
                "opening_balance",
                &json!({"points": "beans", "amount": "-3", "from": "x"}),
            ),
            "/amount is below zero",
        ),
        (
            event(
                "opening_balance",
                &json!({"points": "beans", "amount": "3"}),
            ),
            "/from is missing",
        ),
        (
            event("refund", &json!({"order": "1", "amount": "1.00"})),
            "/currency is missing",
        ),
        (
            event("activity", &json!({"name": "x", "fields": {"a/b": [1]}})),
            "/fields/a~1b is neither",
        ),
        (
            event(
                "tier_grant",
                &json!({"tier": "gold", "until": "soon", "reason": "x"}),
            ),
            "/until",
        ),
        (event("tier_revoke", &json!({"reason": ""})), "/reason"),
        (event("reissue", &json!({"reason": "x"})), "give `reward`"),
        (
            event("tier_match", &json!({"program": "x", "tier": "y"})),
            "/proof is missing",
        ),
        (
            event("profile", &json!({"fields": [7]})),
            "/fields/0 is a number; a text is expected",
        ),
        (event("profile", &json!({})), "/fields is missing"),
        (
            event("birthday", &json!({"month": 13, "day": 1})),
            "/month must be from 1 to 12",
        ),
        (
            event("birthday", &json!({"month": 2, "day": 30})),
            "/day must be from 1 to 29 in that month",
        ),
        (
            event("moderation", &json!({"submission": "x", "approved": false})),
            "/reason is missing",
        ),
        (json!([1]), " is a list; an object is expected"),
        (json!({}), "/type is missing"),
    ];
    for (sent, part) in cases {
        let told = faults(&sent);
        assert!(
            told.iter().any(|told| told.contains(part)),
            "{part}\n{told:#?}"
        );
    }
    let many = event(
        "purchase",
        &json!({"currency": "EUX", "total": "x", "lines": [{}], "sorce": 1}),
    );
    assert_eq!(faults(&many).len(), 4, "{:#?}", faults(&many));
}

#[test]
fn an_order_of_a_million_lines_is_counted_and_not_built() {
    let line = r#"{"amount":1},"#;
    let lines = line.repeat(1_000_000);
    let lines = lines.trim_end_matches(',');
    let text = format!(
        r#"{{"type":"purchase","source":"t","id":"1","order":"1","currency":"EUR",
           "customer":{{"kind":"card","value":"1"}},"lines":[{lines}]}}"#
    );
    let told = read_text(&text).expect_err("is too long");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].what, "holds 1000000 items; at most 10000 are taken");
}

#[test]
fn a_refund_may_leave_the_customer_out_and_nothing_else_may() {
    let mut refund = event("refund", &json!({"order": "R-1"}));
    refund
        .as_object_mut()
        .expect("is an object")
        .remove("customer");
    assert_eq!(read_value(&refund).expect("is right").who, Who::OfOrder);
    let mut visit = event("activity", &json!({"name": "visit"}));
    visit
        .as_object_mut()
        .expect("is an object")
        .remove("customer");
    assert!(faults(&visit)[0].contains("names nobody"));
}
