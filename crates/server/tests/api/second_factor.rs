//! What people show beside their password, and what somebody tries who has but one of the two.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp, at};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regulars_api::Code;
use regulars_base::Timestamp;
use regulars_testkit::TestDb;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

regulars_testkit::on_both! {
    the_password_alone_lets_nobody_in_who_has_codes_on,
    each_code_is_good_once_and_for_its_own_person_alone,
    whoever_guesses_codes_waits_and_a_recovery_code_is_good_once,
    an_administrator_takes_off_what_somebody_lost,
    a_shop_that_asks_for_a_second_factor_leads_people_to_set_one_up,
    a_passkey_lets_its_owner_in_and_nobody_else,
    what_a_passkey_signed_counts_once_for_this_page_and_this_challenge,
    a_session_ends_when_it_lies_idle_and_its_owner_ends_the_others,
    nobody_is_locked_out_by_what_others_guess,
}

const PASSWORD: &str = "correct horse battery";
/// As the requests of these tests have it.
const HOST: &str = "test";

/// What a browser of somebody keeps.
#[derive(Clone, Debug)]
struct Browser {
    cookie: String,
    csrf: String,
}

impl Browser {
    /// After an answer that let somebody in, or into a step.
    fn after(answer: &Answer, status: u16) -> Self {
        let out = answer.with(status);
        let cookie = answer.header("set-cookie").expect("sets a cookie");
        Self {
            cookie: cookie.split(';').next().expect("has a first part").into(),
            csrf: out["csrf_token"].as_str().expect("has a token").into(),
        }
    }

    fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, path)
            .header("X-Forwarded-Proto", "https")
            .header("Cookie", &self.cookie)
            .header("X-Csrf-Token", &self.csrf)
    }

    fn post(&self, app: &TestApp, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send(app.address)
    }

    fn get(&self, app: &TestApp, path: &str) -> Answer {
        self.request("GET", path).send(app.address)
    }

    fn delete(&self, app: &TestApp, path: &str) -> Answer {
        self.request("DELETE", path).send(app.address)
    }
}

fn begin(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    app
}

fn text(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name}: {value}"))
        .to_owned()
}

fn sent(app: &TestApp, path: &str, body: &Value) -> Answer {
    Request::new("POST", path)
        .header("X-Forwarded-Proto", "https")
        .json(body)
        .send(app.address)
}

/// Invites somebody; the id, and what taking it up is answered with.
fn comes(app: &TestApp, email: &str, role: &str) -> (String, Answer) {
    let body = json!({"email": email, "name": email.split('@').next(), "roles": [role]});
    let made = app.post("/v1/people", &body).with(201);
    let body = json!({"invitation": made["invitation"], "password": PASSWORD});
    let answer = sent(app, "/v1/sessions/invitation", &body);
    (text(&made, "id"), answer)
}

fn person(app: &TestApp, email: &str) -> (String, Browser) {
    let (id, answer) = comes(app, email, "analyst");
    (id, Browser::after(&answer, 201))
}

fn sign_in(app: &TestApp, email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD});
    sent(app, "/v1/sessions/person", &body)
}

fn step(app: &TestApp, email: &str) -> Browser {
    Browser::after(&sign_in(app, email), 202)
}

/// What a telephone shows at a moment: written down here once more, from the standard.
fn code(secret: &str, now: Timestamp) -> String {
    let mut bits = 0_u128;
    let mut bytes = Vec::new();
    for (place, letter) in secret.bytes().enumerate() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u128::from(value);
        if place % 8 == 7 {
            bytes.extend_from_slice(&bits.to_be_bytes()[11..]);
            bits = 0;
        }
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let count = now.micros() / 30_000_000;
    let tag = hmac::sign(&key, &count.to_be_bytes());
    let tag = tag.as_ref();
    let begins = usize::from(tag[19] & 15);
    let four: [u8; 4] = tag[begins..begins + 4].try_into().expect("has four bytes");
    format!(
        "{:06}",
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
    )
}

/// Turns codes on; the secret and the recovery codes.
fn turn_on(app: &TestApp, who: &Browser, now: &str) -> (String, Vec<String>) {
    let begun = who.post(app, "/v1/oneself/totp", &json!({})).with(200);
    let secret = text(&begun, "secret");
    assert!(text(&begun, "address").contains(&format!("secret={secret}&")));
    assert!(text(&begun, "picture").starts_with("<svg"));
    let wrong = json!({"code": "000000"});
    who.post(app, "/v1/oneself/totp/confirm", &wrong)
        .problem("wrong_code");
    let right = json!({"code": code(&secret, at(now))});
    who.post(app, "/v1/oneself/totp/confirm", &right).with(200);
    let own = who.get(app, "/v1/oneself/factors").with(200);
    assert!(own["totp_since"].is_string());
    let renewed = who.post(app, "/v1/oneself/recovery-codes", &json!({}));
    let codes = renewed.with(200)["recovery_codes"].clone();
    let codes: Vec<String> = serde_json::from_value(codes).expect("are texts");
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

const NOON: &str = "2025-03-01T12:00:00Z";

fn the_password_alone_lets_nobody_in_who_has_codes_on(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let (id, mia) = person(&app, "mia@example.com");
    let (secret, codes) = turn_on(&app, &mia, NOON);
    let listed = app.get("/v1/people").with(200);
    assert_eq!(listed["items"][0]["second_factor"], true);

    let half = step(&app, "mia@example.com");
    assert!(half.cookie.starts_with("regulars_step="));
    // The step opens nothing: not as it is, not as a session, and nothing that would make it one.
    let as_session = Browser {
        cookie: half.cookie.replace("regulars_step", "regulars_session"),
        ..half.clone()
    };
    for own in [&half, &as_session] {
        own.get(&app, "/v1/members").problem("unauthorized");
        own.get(&app, "/v1/sessions/current")
            .problem("unauthorized");
        own.get(&app, "/v1/oneself/factors").problem("unauthorized");
        own.get(&app, "/v1/oneself/sessions")
            .problem("unauthorized");
        own.post(&app, "/v1/oneself/totp", &json!({}))
            .problem("unauthorized");
        own.post(&app, "/v1/oneself/passkeys/challenge", &json!({}))
            .problem("unauthorized");
        own.post(&app, "/v1/oneself/recovery-codes", &json!({}))
            .problem("unauthorized");
    }
    // A page of somebody else has no token, and says where it comes from.
    let later = at("2025-03-01T12:01:00Z");
    app.set_clock(later);
    let right = json!({"code": code(&secret, later)});
    let path = "/v1/sessions/second-factor";
    let without = Request::new("POST", path).header("Cookie", &half.cookie);
    without.json(&right).send(app.address).problem("forbidden");
    let foreign = half.request("POST", path);
    let foreign = foreign.header("Sec-Fetch-Site", "cross-site").json(&right);
    foreign.send(app.address).problem("forbidden");
    // The session of before may not be shown a code for, either.
    mia.post(&app, path, &right).problem("unauthorized");
    let inside = Browser::after(&half.post(&app, path, &right), 201);
    inside.get(&app, "/v1/members").with(200);
    // The step is over with that.
    let again = json!({"code": codes[0]});
    half.post(&app, path, &again).problem("unauthorized");

    // A new link sets a password, and asks for the code all the same.
    let link = app.post(&format!("/v1/people/{id}/invitation"), &json!({}));
    let body = json!({"invitation": link.with(200)["invitation"], "password": PASSWORD});
    sent(&app, "/v1/sessions/invitation", &body).with(202);

    // Nothing of it stands in what is kept of who did what, or is told of people.
    let trail = app.get("/v1/audit?limit=200").with(200).to_string();
    let people = app.get("/v1/people").with(200).to_string();
    for hidden in codes.iter().chain([&secret]) {
        assert!(!trail.contains(hidden.as_str()) && !people.contains(hidden.as_str()));
    }
    assert!(trail.contains("codes of a telephone are on"), "{trail}");
    // A step is over after ten minutes.
    let half = step(&app, "mia@example.com");
    let late = at("2025-03-01T12:11:01Z");
    app.set_clock(late);
    let right = json!({"code": code(&secret, late)});
    half.post(&app, path, &right).problem("unauthorized");
}

fn each_code_is_good_once_and_for_its_own_person_alone(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let (_, mia) = person(&app, "mia@example.com");
    let (_, noah) = person(&app, "noah@example.com");
    let (hers, _) = turn_on(&app, &mia, NOON);
    let (his, _) = turn_on(&app, &noah, NOON);
    assert_ne!(hers, his);
    let path = "/v1/sessions/second-factor";
    // The code that turned it on is used up.
    let used = json!({"code": code(&hers, at(NOON))});
    let half = step(&app, "mia@example.com");
    half.post(&app, path, &used).problem("unauthorized");
    let now = at("2025-03-01T12:02:00Z");
    app.set_clock(now);
    let others = json!({"code": code(&his, now)});
    half.post(&app, path, &others).problem("unauthorized");
    let right = json!({"code": code(&hers, now)});
    let second = step(&app, "mia@example.com");
    half.post(&app, path, &right).with(201);
    second.post(&app, path, &right).problem("unauthorized");
    // Nor does the one before it count any more, though it would have a moment ago.
    let before = at("2025-03-01T12:01:30Z");
    let before = json!({"code": code(&hers, before)});
    second.post(&app, path, &before).problem("unauthorized");
    let next = at("2025-03-01T12:02:30Z");
    app.set_clock(next);
    let typed = code(&hers, next);
    let typed = json!({"code": format!("{} {}", &typed[..3], &typed[3..])});
    second.post(&app, path, &typed).with(201);
    let refused = app
        .get("/v1/audit?act=show_second_factor&limit=200")
        .with(200);
    let refused = refused["items"].as_array().expect("is a list");
    let refused = refused.iter().filter(|it| it["refused"].is_string());
    assert_eq!(refused.count(), 4, "who tries codes leaves a trail");
}

fn whoever_guesses_codes_waits_and_a_recovery_code_is_good_once(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let (_, mia) = person(&app, "mia@example.com");
    let (secret, codes) = turn_on(&app, &mia, NOON);
    let path = "/v1/sessions/second-factor";
    let half = step(&app, "mia@example.com");
    let recovery = |number: usize| json!({"code": codes[number].to_uppercase()});
    let inside = Browser::after(&half.post(&app, path, &recovery(0)), 201);
    let own = inside.get(&app, "/v1/oneself/factors").with(200);
    assert_eq!(own["recovery_left"], 9);
    let half = step(&app, "mia@example.com");
    half.post(&app, path, &recovery(0)).problem("unauthorized");
    for _ in 0..4 {
        half.post(&app, path, &json!({"code": "123456"}))
            .problem("unauthorized");
    }
    // Now not even the right one is looked at, also by whoever signs in anew.
    let now = at("2025-03-01T12:00:29Z");
    app.set_clock(now);
    let waits = half.post(&app, path, &recovery(1));
    waits.problem("too_many_guesses");
    assert_eq!(waits.header("retry-after"), Some("2"));
    let again = step(&app, "mia@example.com");
    again
        .post(&app, path, &recovery(1))
        .problem("too_many_guesses");
    let now = at("2025-03-01T12:00:31Z");
    app.set_clock(now);
    let right = json!({"code": code(&secret, now)});
    again.post(&app, path, &right).with(201);
    half.post(&app, path, &recovery(1)).with(201);
    // Codes go off by a code, and then the password is enough again.
    let off = "/v1/oneself/totp/end";
    inside
        .post(&app, off, &json!({"code": "000000"}))
        .problem("wrong_code");
    let own = inside.post(&app, off, &recovery(2)).with(200);
    assert_eq!(
        (&own["totp_since"], &own["recovery_left"]),
        (&Value::Null, &json!(0))
    );
    sign_in(&app, "mia@example.com").with(201);
}

fn an_administrator_takes_off_what_somebody_lost(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let (id, mia) = person(&app, "mia@example.com");
    let (owner_id, owner) = comes(&app, "olga@example.com", "owner");
    let owner = Browser::after(&owner, 201);
    turn_on(&app, &mia, NOON);
    turn_on(&app, &owner, NOON);
    let path = format!("/v1/people/{id}/second-factor");
    mia.delete(&app, &path).problem("forbidden");
    owner
        .delete(&app, &format!("/v1/people/{owner_id}/second-factor"))
        .problem("invalid_input");
    let after = owner.delete(&app, &path).with(200);
    assert_eq!(after["second_factor"], false);
    mia.get(&app, "/v1/members").problem("unauthorized");
    sign_in(&app, "mia@example.com").with(201);
    let line = app.get("/v1/audit?act=take_off_second_factor").with(200);
    // The newest is the one that was done; before it somebody tried it for herself.
    let line = &line["items"][0];
    assert!(
        text(line, "before").contains("second factor: codes"),
        "{line}"
    );
    assert!(!text(line, "after").contains("second factor"), "{line}");
    // Only who signed in a moment ago changes how they come in.
    app.set_clock(at("2025-03-01T12:15:01Z"));
    owner
        .post(&app, "/v1/oneself/totp", &json!({}))
        .problem("sign_in_again");
    owner
        .post(&app, "/v1/oneself/recovery-codes", &json!({}))
        .problem("sign_in_again");
    // A key has no second factor, and neither has a session that stands for one.
    let key = app.posting("/v1/oneself/totp", &json!({}));
    key.send(app.address).problem("forbidden");
}

fn settings(second_factor: bool, idle_minutes: u32) -> Value {
    json!({"title": "", "colour": "", "logo": "", "language": "en", "languages": ["en"],
        "till": {"sales_most": 0, "amount_most": 0}, "second_factor": second_factor,
        "idle_minutes": idle_minutes})
}

fn set(app: &TestApp, body: &Value) -> Answer {
    let put = Request::new("PUT", "/v1/settings").key(&app.admin);
    put.json(body).send(app.address)
}

fn a_shop_that_asks_for_a_second_factor_leads_people_to_set_one_up(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let (_, mia) = person(&app, "mia@example.com");
    set(&app, &settings(true, 60)).with(200);
    mia.get(&app, "/v1/members").with(200);
    let answer = sign_in(&app, "mia@example.com");
    assert_eq!(answer.with(202)["step"], "set_up");
    let half = Browser::after(&answer, 202);
    let (early, _) = (step(&app, "mia@example.com"), ());
    half.get(&app, "/v1/members").problem("unauthorized");
    half.get(&app, "/v1/oneself/sessions")
        .problem("unauthorized");
    half.post(
        &app,
        "/v1/sessions/second-factor",
        &json!({"code": "000000"}),
    )
    .problem("invalid_input");
    let begun = half.post(&app, "/v1/oneself/totp", &json!({})).with(200);
    let secret = text(&begun, "secret");
    let right = json!({"code": code(&secret, at(NOON))});
    let done = half.post(&app, "/v1/oneself/totp/confirm", &right);
    let codes = done.with(200)["recovery_codes"].clone();
    assert_eq!(codes.as_array().map(Vec::len), Some(10));
    let cookie = done.header("set-cookie").expect("they are in");
    let cookie = cookie.split(';').next().expect("has a value").to_owned();
    let current = Request::new("GET", "/v1/sessions/current").header("Cookie", &cookie);
    current.send(app.address).with(200);
    // Whoever had another step open from before does not set up a second one beside it.
    early
        .post(&app, "/v1/oneself/totp", &json!({}))
        .problem("unauthorized");
    let answer = sign_in(&app, "mia@example.com");
    assert_eq!(answer.with(202)["step"], "show");
    // Who is invited now is led there, too.
    let (_, answer) = comes(&app, "noah@example.com", "analyst");
    assert_eq!(answer.with(202)["step"], "set_up");
    let told = app.get("/v1/audit?act=set_settings").with(200);
    let told = text(&told["items"][0], "after");
    assert!(told.contains("a second factor is asked for"), "{told}");
}

/// An authenticator made of paper.
struct Authenticator {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    count: u32,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn client_data(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
    let said = json!({"type": kind, "challenge": challenge, "origin": origin});
    said.to_string().into_bytes()
}

impl Authenticator {
    fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pair = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("makes a key");
        Self {
            pair: EcdsaKeyPair::from_pkcs8(kind, pair.as_ref(), &random).expect("is a key"),
            id: id.as_bytes().to_vec(),
            count: 1,
        }
    }

    fn data(&self, party: &str, flags: u8) -> Vec<u8> {
        let hash = Sha256::digest(party.as_bytes());
        [&hash[..], &[flags], &self.count.to_be_bytes()].concat()
    }

    /// What `navigator.credentials.create` would answer.
    fn makes(&self, challenge: &str, origin: &str, party: &str, flags: u8) -> Value {
        let point = self.pair.public_key().as_ref();
        let head = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        let key = [&head[..], &point[1..33], &[0x22, 0x58, 32], &point[33..]].concat();
        let length = u16::try_from(self.id.len())
            .expect("is short")
            .to_be_bytes();
        let made = [&[0; 16][..], &length, &self.id, &key].concat();
        let data = [self.data(party, flags | 0x40), made].concat();
        let length = u16::try_from(data.len()).expect("is short").to_be_bytes();
        let attestation = [
            &[0xa3, 0x63][..],
            b"fmt",
            &[0x64],
            b"none",
            &[0x67],
            b"attStmt",
            &[0xa0, 0x68],
            b"authData",
            &[0x59],
            &length,
            &data,
        ];
        json!({"name": "My telephone",
            "client_data": b64(client_data("webauthn.create", challenge, origin)),
            "attestation": b64(attestation.concat())})
    }

    /// What `navigator.credentials.get` would answer.
    fn shows(&mut self, challenge: &str, origin: &str, user: &str, flags: u8) -> Value {
        self.count += 1;
        let said = client_data("webauthn.get", challenge, origin);
        let data = self.data(HOST, flags);
        let message = [&data[..], &Sha256::digest(&said)].concat();
        let signature = self
            .pair
            .sign(&SystemRandom::new(), &message)
            .expect("signs");
        json!({"credential": b64(&self.id), "client_data": b64(said),
            "authenticator_data": b64(data), "signature": b64(signature), "user": user})
    }
}

const ORIGIN: &str = "https://test";
/// Somebody was there, and proved who they are.
const SURE: u8 = 5;

/// Adds a passkey; whose it is, as the authenticator keeps it.
fn add(app: &TestApp, who: &Browser, own: &Authenticator) -> (String, Answer) {
    let ask = who.post(app, "/v1/oneself/passkeys/challenge", &json!({}));
    let ask = ask.with(200);
    assert_eq!(ask["party"], HOST);
    let made = own.makes(&text(&ask, "challenge"), ORIGIN, HOST, SURE);
    (
        text(&ask, "user"),
        who.post(app, "/v1/oneself/passkeys", &made),
    )
}

fn challenge(app: &TestApp) -> String {
    let asked = sent(app, "/v1/sessions/passkey/challenge", &json!({}));
    text(&asked.with(200), "challenge")
}

fn by_passkey(app: &TestApp, shown: &Value) -> Answer {
    sent(app, "/v1/sessions/passkey", shown)
}

fn a_passkey_lets_its_owner_in_and_nobody_else(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let (id, mia) = person(&app, "mia@example.com");
    let (_, noah) = person(&app, "noah@example.com");
    let (mut hers, mut his) = (Authenticator::new("hers"), Authenticator::new("his"));
    let (user, added) = add(&app, &mia, &hers);
    let added = added.with(200);
    assert_eq!(added["recovery_codes"].as_array().map(Vec::len), Some(10));
    let (his_user, added) = add(&app, &noah, &his);
    added.with(200);
    let listed = mia.get(&app, "/v1/oneself/factors").with(200);
    let key = text(&listed["passkeys"][0], "id");
    assert_eq!(listed["passkeys"][0]["name"], "My telephone");

    // The password alone is not enough any more.
    let answer = sign_in(&app, "mia@example.com");
    let answer = answer.with(202);
    assert_eq!(
        (&answer["totp"], &answer["passkey"]),
        (&json!(false), &json!(true))
    );
    let shown = hers.shows(&challenge(&app), ORIGIN, &user, SURE);
    let inside = Browser::after(&by_passkey(&app, &shown), 201);
    let current = inside.get(&app, "/v1/sessions/current").with(200);
    assert_eq!(current["key"], json!(id));
    // Somebody else's passkey, under her name and under his own.
    let shown = his.shows(&challenge(&app), ORIGIN, &user, SURE);
    by_passkey(&app, &shown).problem("unauthorized");
    let shown = his.shows(&challenge(&app), ORIGIN, &his_user, SURE);
    let other = Browser::after(&by_passkey(&app, &shown), 201);
    let current = other.get(&app, "/v1/sessions/current").with(200);
    assert_ne!(current["key"], json!(id));
    // Nobody removes what is not theirs; what was removed lets nobody in, and the password is enough again.
    let path = format!("/v1/oneself/passkeys/{key}");
    other.delete(&app, &path).problem("not_found");
    let listed = inside.get(&app, "/v1/oneself/factors").with(200);
    assert!(listed["passkeys"][0]["used_at"].is_string());
    inside.delete(&app, &path).with(200);
    let shown = hers.shows(&challenge(&app), ORIGIN, &user, SURE);
    by_passkey(&app, &shown).problem("unauthorized");
    sign_in(&app, "mia@example.com").with(201);
    // Who is disabled does not come in by it.
    let change = Request::new("PATCH", "/v1/people/none").key(&app.admin);
    change
        .json(&json!({"enabled": false}))
        .send(app.address)
        .problem("not_found");
    let listed = app.get("/v1/people").with(200);
    let noah = listed["items"].as_array().expect("is there").iter();
    let mut noah = noah
        .filter(|it| it["name"] == "noah")
        .map(|it| text(it, "id"));
    let noah = noah.next_back().expect("is there");
    let change = Request::new("PATCH", &format!("/v1/people/{noah}")).key(&app.admin);
    change
        .json(&json!({"enabled": false}))
        .send(app.address)
        .with(200);
    let shown = his.shows(&challenge(&app), ORIGIN, &his_user, SURE);
    by_passkey(&app, &shown).problem("unauthorized");
}

fn what_a_passkey_signed_counts_once_for_this_page_and_this_challenge(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let (_, mia) = person(&app, "mia@example.com");
    let mut own = Authenticator::new("own");
    let make = |challenge: &str, origin: &str, party: &str, flags: u8| {
        let made = Authenticator::new("other").makes(challenge, origin, party, flags);
        mia.post(&app, "/v1/oneself/passkeys", &made)
    };
    let ask = || {
        let ask = mia.post(&app, "/v1/oneself/passkeys/challenge", &json!({}));
        text(&ask.with(200), "challenge")
    };
    for (origin, party, flags) in [
        ("https://evil.example", HOST, SURE),
        ("http://test", HOST, SURE),
        (ORIGIN, "evil.example", SURE),
        // Somebody was there, and did not prove who.
        (ORIGIN, HOST, 1),
    ] {
        make(&ask(), origin, party, flags).problem("invalid_input");
    }
    // A challenge of somebody else, one to come in by, one that was answered, one that is nobody's.
    let (_, noah) = person(&app, "noah@example.com");
    let others = noah.post(&app, "/v1/oneself/passkeys/challenge", &json!({}));
    let others = text(&others.with(200), "challenge");
    for wrong in [others, challenge(&app), b64("made up"), "!".into()] {
        make(&wrong, ORIGIN, HOST, SURE).problem("invalid_input");
    }
    let (user, added) = add(&app, &mia, &own);
    added.with(200);

    let once = challenge(&app);
    let shown = own.shows(&once, ORIGIN, &user, SURE);
    by_passkey(&app, &shown).with(201);
    by_passkey(&app, &shown).problem("unauthorized");
    let again = own.shows(&once, ORIGIN, &user, SURE);
    by_passkey(&app, &again).problem("unauthorized");
    for (origin, flags) in [("https://evil.example", SURE), (ORIGIN, 1), (ORIGIN, 4)] {
        let shown = own.shows(&challenge(&app), origin, &user, flags);
        by_passkey(&app, &shown).problem("unauthorized");
    }
    // One that was asked for to add a passkey.
    let shown = own.shows(&ask(), ORIGIN, &user, SURE);
    by_passkey(&app, &shown).problem("unauthorized");
    // A signature over something else, and a copy that counts anew.
    let mut shown = own.shows(&challenge(&app), ORIGIN, &user, SURE);
    shown["client_data"] = json!(b64(client_data("webauthn.get", &challenge(&app), ORIGIN)));
    by_passkey(&app, &shown).problem("unauthorized");
    own.count = 0;
    let shown = own.shows(&challenge(&app), ORIGIN, &user, SURE);
    by_passkey(&app, &shown).problem("unauthorized");
    own.count = 100;
    // Five minutes are given.
    let late = challenge(&app);
    let shown = own.shows(&late, ORIGIN, &user, SURE);
    app.set_clock(at("2025-03-01T12:05:01Z"));
    by_passkey(&app, &shown).problem("unauthorized");
    let shown = own.shows(&challenge(&app), ORIGIN, &user, SURE);
    by_passkey(&app, &shown).with(201);
    // What is kept as a challenge is no session.
    let secret = URL_SAFE_NO_PAD.decode(challenge(&app)).expect("is base 64");
    let cookie = format!(
        "regulars_session={}",
        String::from_utf8(secret).expect("is JSON")
    );
    let current = Request::new("GET", "/v1/sessions/current").header("Cookie", &cookie);
    current.send(app.address).problem("unauthorized");
    for wrong in [
        "client_data",
        "authenticator_data",
        "signature",
        "user",
        "credential",
    ] {
        let mut shown = own.shows(&challenge(&app), ORIGIN, &user, SURE);
        shown[wrong] = json!("AAAA");
        by_passkey(&app, &shown).problem("unauthorized");
    }
}

fn a_session_ends_when_it_lies_idle_and_its_owner_ends_the_others(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    set(&app, &settings(false, 721)).problem("invalid_input");
    set(&app, &settings(false, 30)).with(200);
    let (_, mia) = person(&app, "mia@example.com");
    let (_, noah) = person(&app, "noah@example.com");
    let request = Request::new("POST", "/v1/sessions/person")
        .header("User-Agent", "Netscape 4")
        .header("X-Forwarded-For", "6.6.6.6, 203.0.113.9")
        .json(&json!({"email": "mia@example.com", "password": PASSWORD}));
    let other = Browser::after(&request.send(app.address), 201);
    let listed = mia.get(&app, "/v1/oneself/sessions").with(200);
    let items = listed["items"].as_array().expect("is a list").clone();
    assert_eq!(items.len(), 2, "{listed}");
    let of = |agent: &str| items.iter().find(|it| it["agent"] == agent);
    let netscape = of("Netscape 4").expect("is listed");
    assert_eq!(netscape["address"], "203.0.113.9");
    assert_eq!(
        (
            &netscape["current"],
            items.iter().filter(|it| it["current"] == true).count()
        ),
        (&json!(false), 1)
    );
    let path = format!("/v1/oneself/sessions/{}", text(netscape, "id"));
    noah.delete(&app, &path).problem("not_found");
    assert_eq!(mia.delete(&app, &path).status, 204);
    other.get(&app, "/v1/members").problem("unauthorized");
    mia.delete(&app, &path).problem("not_found");

    let second = Browser::after(&sign_in(&app, "mia@example.com"), 201);
    assert_eq!(second.delete(&app, "/v1/oneself/sessions").status, 204);
    mia.get(&app, "/v1/members").problem("unauthorized");
    noah.get(&app, "/v1/oneself/sessions").with(200);
    // Used every so often it goes on; half an hour after the last use it is over.
    for now in ["2025-03-01T12:20:00Z", "2025-03-01T12:45:00Z"] {
        app.set_clock(at(now));
        second.get(&app, "/v1/oneself/sessions").with(200);
    }
    app.set_clock(at("2025-03-01T13:15:01Z"));
    second
        .get(&app, "/v1/oneself/sessions")
        .problem("unauthorized");
    // And never longer than twelve hours.
    set(&app, &settings(false, 0)).with(200);
    let third = Browser::after(&sign_in(&app, "mia@example.com"), 201);
    app.set_clock(at("2025-03-02T01:15:00Z"));
    third.get(&app, "/v1/oneself/sessions").with(200);
    app.set_clock(at("2025-03-02T01:15:02Z"));
    third
        .get(&app, "/v1/oneself/sessions")
        .problem("unauthorized");
}

fn nobody_is_locked_out_by_what_others_guess(db: TestDb) {
    let app = begin(db);
    app.set_clock(at(NOON));
    let tries = |password: &str, from: &str| {
        Request::new("POST", "/v1/sessions/person")
            .header("X-Forwarded-For", from)
            .json(&json!({"email": "mia@example.com", "password": password}))
            .send(app.address)
    };
    comes(&app, "mia@example.com", "analyst").1.with(201);
    tries(PASSWORD, "203.0.113.1").with(201);
    // One address guesses, and waits; she does not.
    for _ in 0..10 {
        tries("a wrong password", "198.51.100.1").problem("unauthorized");
    }
    let waits = tries(PASSWORD, "198.51.100.1");
    waits.problem("too_many_guesses");
    assert_eq!(waits.header("retry-after"), Some("60"));
    tries(PASSWORD, "203.0.113.9").with(201);
    // Many guess: whoever comes from anywhere new waits, and from where she was before she comes in.
    for place in 0..40 {
        tries("a wrong password", &format!("198.51.100.{}", place + 10)).problem("unauthorized");
    }
    tries(PASSWORD, "192.0.2.77").problem("too_many_guesses");
    tries(PASSWORD, "203.0.113.1").with(201);
    // It is over by itself.
    app.set_clock(at("2025-03-01T12:01:01Z"));
    tries(PASSWORD, "192.0.2.77").with(201);
    tries(PASSWORD, "198.51.100.1").with(201);
}

/// Somebody who took an invitation up and has a passkey: its id, and that of their session.
pub(crate) fn with_passkey(app: &TestApp, invitation: &Value) -> (String, String) {
    let body = json!({"invitation": invitation, "password": PASSWORD});
    let own = Browser::after(&sent(app, "/v1/sessions/invitation", &body), 201);
    let (_, added) = add(app, &own, &Authenticator::new("own"));
    let passkey = text(&added.with(200)["factors"]["passkeys"][0], "id");
    let sessions = own.get(app, "/v1/oneself/sessions").with(200);
    (passkey, text(&sessions["items"][0], "id"))
}

/// What is refused of people about how they come in.
pub(crate) fn refused() -> Vec<(Code, Answer)> {
    let app = begin(TestDb::sqlite());
    app.set_clock(at(NOON));
    let (_, mia) = person(&app, "mia@example.com");
    app.set_clock(at("2025-03-01T12:15:01Z"));
    let late = mia.post(&app, "/v1/oneself/totp", &json!({}));
    vec![(Code::SignInAgain, late)]
}
