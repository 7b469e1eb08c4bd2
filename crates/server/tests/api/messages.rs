//! Messages: templates, sends, what became of each, and what people say of them afterwards.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp};
use regulars_app::mail::Mailer;
use regulars_app::{Config, MemberRef};
use regulars_base::MemberId;
use regulars_server::{Front, Settings};
use regulars_testkit::{HookStandIn, TestDb};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

regulars_testkit::on_both! {
    a_template_is_written_previewed_changed_and_taken_away,
    a_send_is_made_followed_and_stopped,
    what_came_back_or_is_uncertain_is_told,
    settings_of_messages_are_seen_and_set,
    a_consent_is_confirmed_by_the_button_and_not_by_a_look,
}

/// The program of the tests, with a consent.
fn program() -> String {
    format!("{PROGRAM}\n[activity.letters]\nconsent = \"keep\"\n")
}

fn shop(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(&program());
    app
}

fn ask(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::new(method, path).key(&app.admin);
    request.json(body).send(app.address)
}

fn words(subject: &str) -> Value {
    json!({"en": {"subject": subject, "text": "Hello {first_name|there}, {balance} beans."}})
}

fn template(app: &TestApp) {
    let body = json!({"name": "Hello", "language": "en", "words": words("For {first_name|you}")});
    ask(app, "PUT", "/v1/templates/hello", &body).with(200);
}

/// Settings in which letters and text messages need the one consent that there is.
fn settings(sms: &str) -> Value {
    json!({
        "address": "https://club.example", "cap_most": 3, "cap_days": 7, "quiet_from": "21:00",
        "quiet_until": "08:00", "when_uncertain": "leave",
        "channels": {"email": {"consent": "letters"}, "sms": {"consent": "letters", "url": sms}},
    })
}

fn allows(app: &TestApp, member: &str) {
    let id: MemberId = member.parse().expect("is an id");
    app.app
        .consent(app.tenant, id, "letters", true)
        .expect("is taken");
}

/// Plans and posts, as the server does by itself where it is run.
fn post(app: &TestApp) {
    app.app.plan_sends(app.tenant).expect("is planned");
    app.app.post_messages(app.tenant).expect("is posted");
}

fn a_template_is_written_previewed_changed_and_taken_away(db: TestDb) {
    let app = shop(db);
    template(&app);
    let all = app.get("/v1/templates").with(200);
    assert_eq!(all["items"][0]["id"], "hello");
    let fields = all["fields"].as_array().expect("is a list");
    assert!(fields.iter().any(|own| own["name"] == "balance"));
    let seen = app.get("/v1/templates/hello").with(200);
    assert_eq!(seen["version"], 1);
    app.get("/v1/templates/none").with(404);

    let change = |version: Value, subject: &str| {
        let name = "Hello again";
        let body =
            json!({"version": version, "name": name, "language": "en", "words": words(subject)});
        ask(&app, "PUT", "/v1/templates/hello", &body)
    };
    assert_eq!(change(Value::Null, "x").with(409)["code"], "exists");
    let wrong = change(json!(1), "For {nobody}").with(422);
    assert_eq!(wrong["errors"][0]["at"], "/words/en/subject", "{wrong:#}");
    assert_eq!(
        change(json!(1), "For {first_name|all}").with(200)["version"],
        2
    );
    change(json!(1), "late").with(422);

    app.member("ana@example.com");
    let look = |member: &str| {
        let words = words("For {first_name|you}");
        let body = json!({"member": member, "channel": "email", "language": "en", "words": words});
        ask(&app, "POST", "/v1/templates/preview", &body)
    };
    let shown = look("email:ana@example.com").with(200);
    assert_eq!(shown["says"]["text"], "Hello there, 0 beans.");
    assert_eq!(
        (&shown["goes"], &shown["reason"]),
        (&json!(false), &json!("no_consent"))
    );
    look("email:nobody@example.com").with(404);

    ask(&app, "DELETE", "/v1/templates/hello", &json!({})).with(200);
    app.get("/v1/templates/hello").with(404);
    ask(&app, "DELETE", "/v1/templates/hello", &json!({})).with(404);
}

fn a_send_is_made_followed_and_stopped(db: TestDb) {
    let (app, provider) = (shop(db), HookStandIn::start());
    ask(
        &app,
        "PUT",
        "/v1/message-settings",
        &settings(&provider.url()),
    )
    .with(200);
    template(&app);
    let phone = json!({"identities": [
        {"kind": "email", "value": "ana@example.com"}, {"kind": "phone", "value": "+4930123456"},
    ]});
    let ana = app.post("/v1/members", &phone).with(201);
    let ana = ana["member"]["id"].as_str().expect("has an id").to_owned();
    allows(&app, &ana);
    let bo = app.member("bo@example.com");

    let new = |channel: &str, to: Value| {
        let mut body = json!({"template": "hello", "channel": channel});
        let fields = body.as_object_mut().expect("is an object");
        fields.extend(to.as_object().expect("is an object").clone());
        app.post("/v1/sends", &body)
    };
    new("pigeon", json!({"member": ana})).with(422);
    new("sms", json!({"segment": "none"})).with(404);
    new("sms", json!({})).with(422);
    new("sms", json!({"member": ana, "segment": "none"})).with(422);
    let segment = json!({"id": "all", "name": "All", "condition": "orders_ever < 9"});
    app.post("/v1/segments", &segment).with(201);
    let made = new("sms", json!({"segment": "all"})).with(201);
    assert_eq!(
        (&made["stage"], &made["name"]),
        (&json!("planning"), &json!("Hello"))
    );
    post(&app);
    let id = made["id"].as_str().expect("has an id");
    let seen = app.get(&format!("/v1/sends/{id}")).with(200);
    let counts = json!([
        {"stage": "sent", "count": 1}, {"stage": "not_sent", "reason": "no_address", "count": 1},
    ]);
    assert_eq!(
        (&seen["stage"], &seen["counts"]),
        (&json!("planned"), &counts)
    );
    assert_eq!(provider.hooks().len(), 1);

    let list = |query: &str| app.get(&format!("/v1/sends/{id}/messages{query}"));
    assert_eq!(
        list("").with(200)["items"].as_array().map(Vec::len),
        Some(2)
    );
    let not = list("?stage=not_sent&reason=no_address").with(200);
    assert_eq!(not["items"][0]["member"], bo.as_str());
    assert_eq!(
        list("?stage=sent&limit=1").with(200)["items"][0]["member"],
        ana.as_str()
    );
    list("?stage=lost").with(400);
    app.get("/v1/sends/snd_none/messages").with(404);
    let of_ana = app.get(&format!("/v1/members/{ana}/messages")).with(200);
    assert_eq!(of_ana["items"][0]["stage"], "sent");

    let waits = new("sms", json!({"member": ana})).with(201);
    app.app.plan_sends(app.tenant).expect("is planned");
    let id = waits["id"].as_str().expect("has an id");
    let stopped = app
        .post(&format!("/v1/sends/{id}/stop"), &json!({}))
        .with(200);
    assert_eq!(stopped["counts"][0]["reason"], "stopped");
    post(&app);
    assert_eq!(provider.hooks().len(), 1);
    app.post("/v1/sends/snd_none/stop", &json!({})).with(404);
    let all = app.get("/v1/sends?limit=1").with(200);
    assert_eq!(all["items"][0]["id"], id);
    let next = all["next"].as_str().expect("there is another");
    let older = app.get(&format!("/v1/sends?after={next}")).with(200);
    assert_eq!(older["items"][0]["id"], made["id"]);
}

/// A mail server that takes each letter and hangs up before it says so.
fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let port = listener.local_addr().expect("is bound").port();
    let serve = |stream: TcpStream| -> std::io::Result<()> {
        let mut out = stream.try_clone()?;
        out.write_all(b"220 here\r\n")?;
        let mut in_letter = false;
        for line in BufReader::new(stream).lines() {
            let line = line?;
            match (in_letter, line.as_str()) {
                (true, ".") => return Ok(()),
                (true, _) => {}
                (false, "DATA") => {
                    in_letter = true;
                    out.write_all(b"354 go on\r\n")?;
                }
                (false, _) => out.write_all(b"250 yes\r\n")?,
            }
        }
        Ok(())
    };
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || drop(serve(stream)));
        }
    });
    format!("smtp://127.0.0.1:{port}")
}

fn what_came_back_or_is_uncertain_is_told(db: TestDb) {
    let mailer = Mailer::smtp(&silent(), "club@shop.example", None).expect("is an address");
    let nowhere = Settings {
        console: Front::Folder("/nowhere".into()),
        portal: Front::Folder("/nowhere".into()),
        ..Settings::default()
    };
    let app = TestApp::configured(db, nowhere, |config| Config {
        mail: Some(mailer),
        ..config
    });
    app.apply(&program());
    ask(&app, "PUT", "/v1/message-settings", &settings("")).with(200);
    template(&app);
    let ana = app.member("ana@example.com");
    allows(&app, &ana);
    let body = json!({"template": "hello", "channel": "email", "member": ana});
    let send = app.post("/v1/sends", &body).with(201);
    post(&app);
    let list = format!(
        "/v1/sends/{}/messages",
        send["id"].as_str().expect("has an id")
    );
    let own = app.get(&list).with(200)["items"][0].clone();
    assert_eq!(own["stage"], "uncertain", "{own:#}");
    let id = own["id"].as_str().expect("has an id");
    let say = |what: &str, body: Value| app.post(&format!("/v1/messages/{id}/{what}"), &body);
    say("resolve", json!({})).with(422);
    assert_eq!(
        say("resolve", json!({"again": true})).with(200)["stage"],
        "waiting"
    );
    say("resolve", json!({"again": true})).with(422);
    post(&app);
    assert_eq!(app.get(&list).with(200)["items"][0]["tries"], 2);
    assert_eq!(
        say("resolve", json!({"again": false})).with(200)["stage"],
        "sent"
    );

    let soft = say("bounced", json!({"hard": false, "reason": "452 full"})).with(200);
    assert_eq!(
        (&soft["stage"], &soft["reason"]),
        (&json!("waiting"), &json!("452 full"))
    );
    let hard = say("bounced", json!({"hard": true, "reason": "550 nobody"})).with(200);
    assert_eq!(hard["stage"], "bounced");
    say("bounced", json!({"reason": "?"})).with(422);
    app.post("/v1/messages/msg_1/bounced", &json!({"hard": true}))
        .with(404);
    app.post("/v1/messages/msg_1/resolve", &json!({"again": true}))
        .with(404);
    app.post("/v1/sends", &body).with(201);
    post(&app);
    let who: MemberId = ana.parse().expect("is an id");
    let who = MemberRef::Id(who);
    let log = app
        .app
        .messages_to(app.tenant, &who, None, 9)
        .expect("is listed");
    assert!(log.iter().any(|own| own.reason == "bounced"), "{log:?}");
}

fn settings_of_messages_are_seen_and_set(db: TestDb) {
    let (app, provider) = (shop(db), HookStandIn::start());
    let first = app.get("/v1/message-settings").with(200);
    assert_eq!(
        (&first["cap_most"], &first["quiet_from"]),
        (&json!(3), &json!("21:00"))
    );
    let set = |body: &Value| ask(&app, "PUT", "/v1/message-settings", body);
    let made = set(&settings(&provider.url())).with(200);
    let secret = made["channels"]["sms"]["secret"]
        .as_str()
        .expect("is shown once");
    assert!(secret.starts_with("whsec_"));
    let again = set(&settings(&provider.url())).with(200);
    assert!(
        again["channels"]["sms"].get("secret").is_none(),
        "{again:#}"
    );
    for (field, value, at) in [
        ("quiet_from", json!("9 pm"), "/quiet_from"),
        ("cap_days", json!(0), "/cap_days"),
        ("address", json!("https://club.example/"), "/address"),
        (
            "channels",
            json!({"email": {"consent": "beans"}}),
            "/channels/email/consent",
        ),
        (
            "channels",
            json!({"inbox": {"consent": "", "url": "https://x.example"}}),
            "/channels/inbox/url",
        ),
    ] {
        let mut wrong = settings("");
        wrong[field] = value;
        assert_eq!(set(&wrong).with(422)["errors"][0]["at"], at);
    }
}

fn a_consent_is_confirmed_by_the_button_and_not_by_a_look(db: TestDb) {
    let app = shop(db);
    let mut set = settings("");
    set["channels"] = json!({"email": {"consent": "letters", "confirm": true}});
    let kept = ask(&app, "PUT", "/v1/message-settings", &set).with(200);
    assert_eq!(kept["channels"]["email"]["confirm"], true);
    let ana = app.member("ana@example.com");
    allows(&app, &ana);
    app.app.seal(app.tenant).expect("it seals");
    app.app.ask_to_confirm(app.tenant).expect("she is asked");
    app.app.plan_sends(app.tenant).expect("is planned");
    let waits = |app: &TestApp| {
        let has = app.get(&format!("/v1/members/{ana}/balance")).with(200);
        has["consents"][0]["to_confirm"] == true
    };
    assert!(waits(&app));
    let path = |token: &str| format!("/confirm/{token}");
    let page = |method: &str, token: &str| {
        let request = Request::new(method, &path(token));
        request.send(app.address)
    };
    assert_eq!(page("GET", "nonsense").status, 404);
    assert_eq!(page("POST", "nonsense").status, 404);
    let letters = app.get(&format!("/v1/members/{ana}/messages")).with(200);
    let says = letters["items"][0]["says"]["text"]
        .as_str()
        .expect("it waits");
    let (_, rest) = says.split_once("/confirm/").expect("it has a link");
    let token = rest.split_whitespace().next().expect("to its end");
    let text = |answer: &Answer| String::from_utf8_lossy(&answer.body).into_owned();
    let look = page("GET", token);
    assert_eq!(look.status, 200);
    assert!(text(&look).contains("<button>Yes, I want them</button>"));
    assert!(waits(&app), "a scanner of mail follows links");
    let done = page("POST", token);
    assert!(text(&done).contains("Thank you."), "{}", text(&done));
    assert!(!waits(&app));
    assert_eq!(page("POST", token).status, 200);
    let id: MemberId = ana.parse().expect("is an id");
    let back = app.app.consent(app.tenant, id, "letters", false);
    back.expect("she takes it back");
    let over = page("GET", token);
    assert_eq!(over.status, 410);
    assert!(text(&over).contains("no longer good"));
}
