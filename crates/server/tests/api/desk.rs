//! The service desk: members on hold, free rewards that are given again. Over HTTP.

use crate::client::Answer;
use crate::testapp::TestApp;
use regulars_api::Code;
use regulars_testkit::TestDb;
use serde_json::json;

const PROGRAM: &str = r#"
[program]
name = "Desk"
currency = "EUR"

[points.beans]

[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }

[[card]]
id = "third"
full = 1
gives = "coffee"
voucher_expires = "10 days"

[[reward]]
id = "coffee"

[[reward]]
id = "mug"
price = { beans = 1 }
"#;

fn shop() -> (TestApp, String) {
    let app = TestApp::on(TestDb::sqlite());
    app.apply(PROGRAM);
    let ana = app.member_with("ana@example.com", "100.00");
    (app, ana)
}

/// What the desk is told when it cannot do it.
pub(crate) fn refused() -> Vec<(Code, Answer)> {
    let (app, ana) = shop();
    let of = |what: &str| format!("/v1/members/{ana}/{what}");
    let why = json!({"reason": "Her phone was stolen"});
    let redeem = |id: &str| {
        app.post_once(
            &of("redemptions"),
            id,
            &json!({"reward": "mug", "commit": true}),
        )
    };
    let again = |id: &str, redemption: &str| {
        let body = json!({"redemption": redemption, "reason": "the till had none"});
        app.post_once(&of("reissues"), id, &body)
    };
    let mut answers = vec![(Code::NotOnHold, app.post(&of("release"), &why))];
    app.post(&of("hold"), &why).with(201);
    answers.push((Code::MemberOnHold, redeem("m-0")));
    app.post(&of("release"), &why).with(201);
    let none = json!({"reward": "coffee", "reason": "x"});
    answers.push((Code::NothingToReissue, app.post(&of("reissues"), &none)));
    for number in 1..=5 {
        let id = format!("m-{number}");
        redeem(&id).with(201);
        again(&format!("a-{number}"), &id).with(201);
    }
    answers.push((Code::ReissuedAlready, again("a-6", "m-1")));
    redeem("m-6").with(201);
    answers.push((Code::ReissueLimitReached, again("a-7", "m-6")));
    let undo = app.post(&of("reissues/none/undo"), &why);
    answers.push((Code::UnknownReissue, undo));
    answers
}

#[test]
fn who_is_on_hold_and_why_stands_in_the_balance_and_at_the_till() {
    let (app, ana) = shop();
    let of = |what: &str| format!("/v1/members/{ana}/{what}");
    let why = json!({"reason": "Her phone was stolen", "by": "mia"});
    app.post_once(&of("hold"), "h-1", &why).with(201);
    app.post_once(&of("hold"), "h-1", &why).with(200);
    let shown = app.get(&of("balance")).with(200);
    assert_eq!(shown["on_hold"]["reason"], "Her phone was stolen");
    let till = app.post("/v1/till/find", &json!({"text": "ana@example.com"}));
    let till = till.with(200);
    assert_eq!(till["on_hold"], "Her phone was stolen");
    assert_eq!(till["rewards"], json!([]));
    let trail = app.get("/v1/audit").with(200);
    assert_eq!(trail["items"][0]["why"], "Her phone was stolen");
    let empty = app.post(&of("release"), &json!({"reason": " "}));
    empty.problem("invalid_input");
    app.post(&of("release"), &why).with(201);
    let shown = app.get(&of("balance")).with(200);
    assert!(shown.get("on_hold").is_none());
}

#[test]
fn what_lapsed_is_shown_given_again_and_taken_back() {
    let (app, ana) = shop();
    let of = |what: &str| format!("/v1/members/{ana}/{what}");
    let vouchers = || app.get(&of("balance")).with(200);
    assert_eq!(vouchers()["vouchers"][0]["reward"], "coffee");
    app.set_clock(app.app.now().plus_micros(20 * 86_400_000_000));
    // Whatever happens next brings what was due.
    let mug = json!({"reward": "mug", "commit": true});
    app.post_once(&of("redemptions"), "m-1", &mug).with(201);
    assert_eq!(vouchers()["lapsed"][0]["reward"], "coffee");
    let again = json!({"reward": "coffee", "reason": "She was in hospital"});
    let given = app.post_once(&of("reissues"), "a-1", &again).with(201);
    assert_eq!(given["id"], "a-1");
    let has = vouchers();
    assert_eq!(has["vouchers"][0]["reward"], "coffee");
    assert_eq!(has["reissued"][0]["in_hand"], true);
    assert!(has.get("lapsed").is_none());
    let undo = json!({"reason": "It was a mistake"});
    app.post(&of("reissues/a-1/undo"), &undo).with(201);
    let has = vouchers();
    assert_eq!(has["lapsed"][0]["reward"], "coffee");
    assert_eq!(has["vouchers"], json!([]));
}

#[test]
fn a_reward_is_given_once_for_nothing_and_with_a_reason() {
    let (app, ana) = shop();
    let of = |what: &str| format!("/v1/members/{ana}/{what}");
    let mugs = || {
        let has = app.get(&of("balance")).with(200);
        let vouchers = has["vouchers"].as_array().cloned().unwrap_or_default();
        let mine = vouchers.into_iter().filter(|own| own["reward"] == "mug");
        mine.collect::<Vec<_>>()
    };
    let gift = json!({"reward": "mug", "days": 30, "reason": "She wrote us a reference"});
    app.post_once(&of("reward-gifts"), "g-1", &gift).with(201);
    app.post_once(&of("reward-gifts"), "g-1", &gift).with(200);
    assert_eq!(mugs().len(), 1, "{:#?}", mugs());
    assert_eq!(app.beans(&ana), "100");
    let trail = app.get("/v1/audit").with(200);
    let acts = trail["items"].as_array().expect("a list").iter();
    let mut why = acts.filter(|own| own["act"] == "create_reward_gift");
    assert_eq!(why.next().expect("it is noted")["why"], gift["reason"]);
    for (wrong, at) in [
        (json!({"reward": "mug"}), "/reason"),
        (json!({"reward": "mug", "reason": " "}), "/reason"),
        (json!({"reason": "x"}), "/reward"),
        (json!({"reward": "mug", "reason": "x", "days": 0}), "/days"),
        (
            json!({"reward": "mug", "reason": "x", "days": 3651}),
            "/days",
        ),
    ] {
        let said = app
            .post(&of("reward-gifts"), &wrong)
            .problem("invalid_input");
        assert!(said.to_string().contains(at), "{wrong}: {said:#}");
    }
    let none = json!({"reward": "yacht", "reason": "x"});
    app.post(&of("reward-gifts"), &none)
        .problem("unknown_reward");
    let nobody = app.post("/v1/members/email:nobody@example.com/reward-gifts", &gift);
    nobody.problem("not_enrolled");
    assert_eq!(mugs().len(), 1);
}
