//! How much somebody may ask for.

use crate::client::{Answer, Request};
use crate::testapp::TestApp;
use regulars_app::{NewKey, Rate, Scope};
use regulars_server::Settings;
use regulars_testkit::TestDb;

/// So few that a test is over before a bucket has filled by one.
const FEW: Rate = Rate {
    per_second: 1,
    burst: 3,
};

fn app() -> TestApp {
    let settings = Settings {
        address_rate: Some(FEW),
        ..Settings::default()
    };
    TestApp::with(TestDb::sqlite(), settings)
}

/// Is let pass so often, and told to wait then.
fn is_let_pass(times: usize, ask: impl Fn() -> Answer) {
    for left in (0..times).rev() {
        let answer = ask();
        assert_ne!(answer.status, 429, "{}", answer.text());
        let told = answer.header("ratelimit").expect("what is left is told");
        assert!(told.contains(&format!("r={left};")), "{told}");
    }
    let answer = ask();
    let wait: u32 = (answer.header("retry-after").and_then(|it| it.parse().ok())).expect("a time");
    assert!((1..=2).contains(&wait), "{wait}");
    answer.problem("too_many_requests");
}

#[test]
fn each_address_has_its_own_bucket_at_doors_that_are_open_to_all() {
    let app = app();
    let from = |address: &str| {
        // The test's own connection counts as a proxy: it comes from this machine.
        Request::new("GET", "/v1/front-door")
            .header("X-Forwarded-For", address)
            .send(app.address)
    };
    is_let_pass(3, || from("203.0.113.7"));
    is_let_pass(3, || from("203.0.113.8"));
    // Of IPv6 the first half counts: the other half whoever has it gives themselves.
    is_let_pass(3, || from("2001:db8::1"));
    from("2001:db8::2").problem("too_many_requests");
    // Whoever shows a key is not counted by where they come from.
    let with_key = || {
        Request::new("GET", "/v1/members")
            .key(&app.admin)
            .header("X-Forwarded-For", "203.0.113.7")
            .send(app.address)
    };
    for _ in 0..5 {
        assert_eq!(with_key().status, 200);
    }
}

#[test]
fn a_key_with_a_rate_waits_and_keeps_nobody_else_waiting() {
    let app = app();
    let new = NewKey {
        name: "a script".into(),
        scopes: vec![Scope::Read],
        expires_at: None,
        partner: None,
        store: None,
        rate: Some(FEW),
    };
    let made = app.app.create_key(app.tenant, new).expect("it is made");
    let ask = || {
        Request::new("GET", "/v1/members")
            .key(&made.secret)
            .send(app.address)
    };
    is_let_pass(3, ask);
    assert_eq!(app.get("/v1/members").status, 200);
}
