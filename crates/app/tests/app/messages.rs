//! Messages: who gets them, who does not and why, and what becomes of them whatever stops.

use crate::support::{CAFE, Shop, customer, key, text};
use regulars_app::engage::{Channel, NotSent, Sending};
use regulars_app::mail::Mailer;
use regulars_app::{
    Audience, ChannelSettings, Error, Identity, MemberPatch, MemberRef, MessageSettings,
    MessageStage, NewMember, NewSend, OutboxAsk, OutboxMessage, PageAsk, Send, SendStage,
    TemplateDraft, TemplateWords, WhenUncertain,
};
use regulars_base::MemberId;
use regulars_testkit::TestDb;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

regulars_testkit::on_both! {
    a_template_says_what_is_wrong_at_its_place,
    a_send_reaches_whoever_allowed_it_and_names_a_reason_for_everybody_else,
    a_cap_holds_across_sends_and_the_night_is_waited_for,
    one_click_unsubscribes_and_nothing_is_sent_after_it,
    a_letter_that_comes_back_is_the_last_to_that_address,
    what_is_stopped_is_not_sent_and_what_fails_is_tried_again,
    the_inbox_needs_no_consent_and_keeps_what_it_got,
    a_server_that_is_killed_loses_no_letter_and_sends_none_twice,
    a_server_that_is_killed_may_send_a_letter_again_where_that_is_asked_for,
}

/// The café asks who may be written to.
pub(crate) fn program() -> String {
    format!(
        "{CAFE}{}",
        r#"
[activity.letters]
consent = "keep"
"#
    )
}

fn shop(db: TestDb, mailer: Mailer) -> Shop {
    let program = program();
    let shop = Shop::with(db, &program, |config| regulars_app::Config {
        mail: Some(mailer),
        ..config
    });
    shop.set("2025-03-03T12:00:00Z");
    let settings = MessageSettings {
        address: "https://club.example".into(),
        channels: BTreeMap::from([(
            "email".to_owned(),
            ChannelSettings {
                consent: "letters".into(),
                ..ChannelSettings::default()
            },
        )]),
        ..MessageSettings::default()
    };
    shop.app
        .set_message_settings(shop.tenant, settings)
        .expect("is right");
    shop
}

pub(crate) fn join(shop: &Shop, name: &str, attributes: serde_json::Value) -> MemberId {
    let identity = |kind: &str, value: String| Identity {
        kind: text(kind),
        value: text(&value),
    };
    let new = NewMember {
        key: key(&format!("join-{name}")),
        identities: vec![
            identity("customer", name.to_owned()),
            identity("email", format!("{name}@example.com")),
        ],
        attributes: serde_json::from_value(attributes).expect("is an object"),
        occurred_at: None,
        referral_code: None,
    };
    shop.app.enrol(shop.tenant, new).expect("joins").0.id
}

pub(crate) fn allows(shop: &Shop, member: MemberId) {
    let receipt = shop.app.consent(shop.tenant, member, "letters", true);
    let verdict = receipt.expect("is taken").verdict;
    assert_eq!(verdict, regulars_engine::outcome::Verdict::Accepted);
}

pub(crate) fn draft(words: &[(&str, &str, &str)]) -> TemplateDraft {
    let words = words.iter().map(|(language, subject, text)| {
        let own = TemplateWords {
            subject: (*subject).into(),
            text: (*text).into(),
            html: None,
        };
        ((*language).to_owned(), own)
    });
    TemplateDraft {
        name: "Hello".into(),
        language: "en".into(),
        words: words.collect(),
    }
}

pub(crate) fn hello(shop: &Shop) {
    let draft = draft(&[
        (
            "en",
            "For {first_name|you}",
            "Hello {first_name|there}, {balance} beans. {unsubscribe_link}",
        ),
        (
            "de",
            "Für {first_name|dich}",
            "Hallo {first_name|du}, {balance} Bohnen.",
        ),
    ]);
    shop.app
        .put_template(shop.tenant, ("hello", None), &draft)
        .expect("is right");
}

pub(crate) fn to(audience: Audience) -> NewSend {
    NewSend {
        name: String::new(),
        template: "hello".into(),
        channel: "email".into(),
        audience,
        hold_out: 0,
    }
}

pub(crate) fn everybody(shop: &Shop) -> Audience {
    let draft = regulars_app::SegmentDraft {
        name: "Everybody who bought little".into(),
        condition: "orders_ever < 99".into(),
    };
    match shop.app.segment(shop.tenant, "all") {
        Ok(_) => {}
        Err(_) => drop(
            shop.app
                .make_segment(shop.tenant, "all", &draft)
                .expect("is right"),
        ),
    }
    let wait = Duration::from_secs(60);
    shop.app
        .follow_segments(shop.tenant, wait)
        .expect("follows");
    Audience::Segment("all".into())
}

pub(crate) fn send(shop: &Shop, audience: Audience) -> Send {
    let send = shop
        .app
        .send_message(shop.tenant, &to(audience))
        .expect("is sent");
    shop.app.plan_sends(shop.tenant).expect("is planned");
    shop.app.post_messages(shop.tenant).expect("is posted");
    shop.app.send(shop.tenant, &send.id).expect("is there")
}

pub(crate) fn outbox(shop: &Shop, send: &Send) -> Vec<OutboxMessage> {
    let page = PageAsk {
        after: None,
        limit: 1000,
    };
    let ask = (send.id.as_str(), &OutboxAsk::default());
    shop.app
        .outbox(shop.tenant, ask, &page)
        .expect("is listed")
        .items
}

pub(crate) fn told(shop: &Shop, send: &Send, member: MemberId) -> (MessageStage, String) {
    let all = outbox(shop, send);
    let own = all.into_iter().find(|own| own.member == member);
    own.map(|own| (own.stage, own.reason)).expect("has a row")
}

fn a_template_says_what_is_wrong_at_its_place(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    let wrong = draft(&[("en", "Hi {nobody}", "{tier} and {balance}")]);
    let error = shop.app.put_template(shop.tenant, ("hello", None), &wrong);
    let Err(Error::Invalid(faults)) = error else {
        panic!("{error:?}");
    };
    let said: Vec<String> = faults.iter().map(|own| format!("{own:?}")).collect();
    assert_eq!(faults.len(), 2, "{said:?}");
    assert!(said[0].contains("/words/en/subject"), "{said:?}");
    assert!(said[0].contains("line 1, column 4"), "{said:?}");
    assert!(said[1].contains("{tier|there}"), "{said:?}");
    hello(&shop);
    let again = shop
        .app
        .put_template(shop.tenant, ("hello", None), &draft(&[("en", "a", "b")]));
    assert!(matches!(again, Err(Error::Exists { .. })), "{again:?}");
    let second =
        shop.app
            .put_template(shop.tenant, ("hello", Some(1)), &draft(&[("en", "a", "b")]));
    assert_eq!(second.expect("is the next").version, 2);
    let late = shop
        .app
        .put_template(shop.tenant, ("hello", Some(1)), &draft(&[("en", "a", "b")]));
    assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
}

fn a_send_reaches_whoever_allowed_it_and_names_a_reason_for_everybody_else(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let shop = shop(db, mailer);
    hello(&shop);
    let ana = join(&shop, "ana", json!({"name": "Ana Lima"}));
    let bo = join(&shop, "bo", json!({"name": "Bo", "language": "de-AT"}));
    let [cleo, dan, eve, fay] =
        ["cleo", "dan", "eve", "fay"].map(|own| join(&shop, own, json!({})));
    [ana, bo, dan, eve, fay]
        .into_iter()
        .for_each(|own| allows(&shop, own));
    let withdrawn = shop.app.consent(shop.tenant, dan, "letters", false);
    withdrawn.expect("is taken");
    let patch = MemberPatch {
        remove_identities: vec![Identity {
            kind: text("email"),
            value: text("eve@example.com"),
        }],
        ..MemberPatch::default()
    };
    shop.app
        .patch_member(shop.tenant, eve, patch)
        .expect("is changed");
    let all = everybody(&shop);
    shop.app
        .erase(shop.tenant, &MemberRef::Id(fay), "asked")
        .expect("is forgotten");

    let preview = shop
        .app
        .preview_message(shop.tenant, ("hello", "email"), &customer("bo"));
    let preview = preview.expect("is shown");
    assert_eq!(preview.sending, Sending::Send);
    assert_eq!(preview.says.text, "Hallo Bo, 0 Bohnen.");
    let preview = shop
        .app
        .preview_message(shop.tenant, ("hello", "email"), &customer("cleo"));
    assert_eq!(
        preview.expect("is shown").sending,
        Sending::Not(NotSent::NoConsent)
    );

    let sent = send(&shop, all);
    assert_eq!(sent.stage, SendStage::Planned);
    let stages = [ana, bo, cleo, dan, eve, fay].map(|own| told(&shop, &sent, own));
    let not = |reason: &str| (MessageStage::NotSent, reason.to_owned());
    let yes = (MessageStage::Sent, String::new());
    assert_eq!(
        stages,
        [
            yes.clone(),
            yes,
            not("no_consent"),
            not("unsubscribed"),
            not("no_address"),
            not("forgotten")
        ]
    );
    let letters = letters.lock().expect("is whole").clone();
    let mut got: Vec<_> = letters
        .iter()
        .map(|own| (&*own.to, &*own.subject))
        .collect();
    got.sort_unstable();
    assert_eq!(
        got,
        [("ana@example.com", "For Ana"), ("bo@example.com", "Für Bo")]
    );
    let to_ana = letters
        .iter()
        .find(|own| own.to.starts_with("ana"))
        .expect("has one");
    assert!(
        to_ana
            .text
            .starts_with("Hello Ana, 0 beans. https://club.example/unsubscribe/")
    );
    // What it said is not kept once it was taken.
    assert!(outbox(&shop, &sent).iter().all(|own| own.says.is_none()));
    let counted: i64 = sent.counts.iter().map(|own| own.2).sum();
    assert_eq!(counted, 6);
    let log = shop
        .app
        .messages_to(shop.tenant, &customer("cleo"), None, 9)
        .expect("is listed");
    assert_eq!(log[0].reason, "no_consent");
}

fn a_cap_holds_across_sends_and_the_night_is_waited_for(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let shop = shop(db, mailer);
    hello(&shop);
    let ana = join(&shop, "ana", json!({"time_zone": "Asia/Tokyo"}));
    allows(&shop, ana);
    let count = || letters.lock().expect("is whole").len();
    // It is nine in the evening in Tokyo.
    let first = send(&shop, Audience::Member(ana));
    assert_eq!(
        told(&shop, &first, ana),
        (MessageStage::Waiting, "quiet_hours".into())
    );
    assert_eq!(count(), 0);
    shop.set("2025-03-03T22:59:00Z");
    shop.app.post_messages(shop.tenant).expect("is posted");
    assert_eq!(count(), 0);
    shop.set("2025-03-03T23:00:00Z");
    shop.app.post_messages(shop.tenant).expect("is posted");
    assert_eq!(told(&shop, &first, ana).0, MessageStage::Sent);
    for _ in 0..2 {
        let more = send(&shop, Audience::Member(ana));
        assert_eq!(told(&shop, &more, ana).0, MessageStage::Sent);
    }
    let fourth = send(&shop, Audience::Member(ana));
    assert_eq!(
        told(&shop, &fourth, ana),
        (MessageStage::NotSent, "capped".into())
    );
    shop.set("2025-03-11T00:00:00Z");
    let later = send(&shop, Audience::Member(ana));
    assert_eq!(told(&shop, &later, ana).0, MessageStage::Sent);
    assert_eq!(count(), 4);
}

fn one_click_unsubscribes_and_nothing_is_sent_after_it(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let shop = shop(db, mailer);
    hello(&shop);
    let ana = join(&shop, "ana", json!({}));
    allows(&shop, ana);
    send(&shop, Audience::Member(ana));
    let link = letters.lock().expect("is whole")[0].unsubscribe.clone();
    let link = link.expect("has one");
    let token = link
        .strip_prefix("https://club.example/unsubscribe/")
        .expect("leads there");
    let forged = format!("{}0", &token[..token.len() - 1]);
    let other = format!("{}1", &token[..token.len() - 1]);
    let bad = [forged, other].into_iter().filter(|own| own != token);
    for bad in bad {
        assert!(matches!(
            shop.app.unsubscribe(&bad),
            Err(Error::Unauthorized)
        ));
    }
    // Looking is not doing.
    shop.app.unsubscriber(token).expect("is known");
    let waits = shop
        .app
        .send_message(shop.tenant, &to(Audience::Member(ana)))
        .expect("is sent");
    shop.app.plan_sends(shop.tenant).expect("is planned");
    for _ in 0..2 {
        assert_eq!(shop.app.unsubscribe(token).expect("is done").member, ana);
    }
    // What was planned before is looked at once more before it goes.
    shop.app.post_messages(shop.tenant).expect("is posted");
    assert_eq!(
        told(&shop, &waits, ana),
        (MessageStage::NotSent, "unsubscribed".into())
    );
    assert_eq!(letters.lock().expect("is whole").len(), 1);
    let consents = shop
        .app
        .balances(shop.tenant, &customer("ana"), None)
        .expect("has them")
        .engaged
        .consents;
    assert!(!consents[0].given);
}

fn a_letter_that_comes_back_is_the_last_to_that_address(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    hello(&shop);
    let ana = join(&shop, "ana", json!({}));
    allows(&shop, ana);
    let hard = send(&shop, Audience::Member(ana));
    assert_eq!(told(&shop, &hard, ana).0, MessageStage::Sent);
    let id = outbox(&shop, &hard)[0].id.clone();
    shop.app
        .message_bounced(shop.tenant, &id, (true, "no such mailbox"))
        .expect("is noted");
    let after = send(&shop, Audience::Member(ana));
    assert_eq!(
        told(&shop, &after, ana),
        (MessageStage::NotSent, "bounced".into())
    );
    // Another address is another matter.
    let identity = |value: &str| Identity {
        kind: text("email"),
        value: text(value),
    };
    let patch = MemberPatch {
        add_identities: vec![identity("new@example.com")],
        remove_identities: vec![identity("ana@example.com")],
        ..MemberPatch::default()
    };
    shop.app
        .patch_member(shop.tenant, ana, patch)
        .expect("is changed");
    let new = send(&shop, Audience::Member(ana));
    assert_eq!(told(&shop, &new, ana).0, MessageStage::Sent);
    let unknown = shop.app.message_bounced(shop.tenant, "msg_1", (true, ""));
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
}

fn what_is_stopped_is_not_sent_and_what_fails_is_tried_again(db: TestDb) {
    let nobody =
        Mailer::smtp("smtp://127.0.0.1:1", "club@shop.example", None).expect("is an address");
    let shop = shop(db, nobody);
    hello(&shop);
    let ana = join(&shop, "ana", json!({}));
    allows(&shop, ana);
    let failing = send(&shop, Audience::Member(ana));
    let row = outbox(&shop, &failing).remove(0);
    assert_eq!(
        (row.stage, row.tries),
        (MessageStage::Waiting, 1),
        "{row:?}"
    );
    assert!(
        row.due > Some(shop.app.now()) && !row.reason.is_empty(),
        "{row:?}"
    );
    shop.set("2025-03-03T12:10:00Z");
    shop.app.post_messages(shop.tenant).expect("is posted");
    assert_eq!(outbox(&shop, &failing)[0].tries, 2);
    let stopped = shop
        .app
        .stop_send(shop.tenant, &failing.id)
        .expect("is stopped");
    assert_eq!(stopped.stage, SendStage::Stopped);
    assert_eq!(
        told(&shop, &failing, ana),
        (MessageStage::NotSent, "stopped".into())
    );
}

fn the_inbox_needs_no_consent_and_keeps_what_it_got(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    hello(&shop);
    let ana = join(&shop, "ana", json!({"name": "Ana"}));
    let new = NewSend {
        channel: "inbox".into(),
        ..to(Audience::Member(ana))
    };
    shop.app.send_message(shop.tenant, &new).expect("is sent");
    shop.app.plan_sends(shop.tenant).expect("is planned");
    let got = shop
        .app
        .messages_to(shop.tenant, &customer("ana"), Some(Channel::Inbox), 9);
    let got = got.expect("is listed");
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].stage, MessageStage::Sent);
    assert_eq!(got[0].says.as_ref().expect("is kept").subject, "For Ana");
    let sms = NewSend {
        channel: "sms".into(),
        ..to(Audience::Member(ana))
    };
    let error = shop
        .app
        .send_message(shop.tenant, &sms)
        .expect_err("cannot be");
    assert!(error.to_string().contains("consent"), "{error}");
    let settings = shop.app.message_settings(shop.tenant).expect("is set");
    assert_eq!(settings.when_uncertain, WhenUncertain::Leave);
}

/// A mail server that counts letters by their ids, and takes a moment for each.
struct Sink {
    url: String,
    got: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Sink {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("is bound").port();
        let got: Arc<Mutex<BTreeMap<String, u32>>> = Arc::default();
        let counts = Arc::clone(&got);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counts = Arc::clone(&counts);
                std::thread::spawn(move || drop(Self::serve(stream, &counts)));
            }
        });
        Self {
            url: format!("smtp://127.0.0.1:{port}"),
            got,
        }
    }

    fn serve(stream: TcpStream, got: &Mutex<BTreeMap<String, u32>>) -> std::io::Result<()> {
        let mut out = stream.try_clone()?;
        out.write_all(b"220 here\r\n")?;
        let (mut in_letter, mut id) = (false, String::new());
        for line in BufReader::new(stream).lines() {
            let line = line?;
            if in_letter {
                if let Some(own) = line.strip_prefix("Message-ID: ") {
                    own.clone_into(&mut id);
                }
                if line == "." {
                    in_letter = false;
                    // It has the letter: whoever is killed now does not hear so.
                    *got.lock()
                        .expect("is whole")
                        .entry(std::mem::take(&mut id))
                        .or_default() += 1;
                    std::thread::sleep(Duration::from_millis(3));
                    out.write_all(b"250 taken\r\n")?;
                }
                continue;
            }
            match line.split(' ').next().unwrap_or_default() {
                "DATA" => {
                    in_letter = true;
                    out.write_all(b"354 go on\r\n")?;
                }
                "QUIT" => return out.write_all(b"221 bye\r\n"),
                _ => out.write_all(b"250 yes\r\n")?,
            }
        }
        Ok(())
    }

    fn letters(&self) -> u32 {
        self.got.lock().expect("is whole").values().sum()
    }
}

const MEMBERS: usize = 60;

/// Posts what is due, in a process that others kill; run by the tests below alone.
#[test]
fn posts_in_a_process_of_its_own() {
    // Run by anybody else it has nothing to post.
    let Ok(kind) = std::env::var("POSTS_KIND") else {
        return;
    };
    let told = |name: &str| std::env::var(name).expect("the test that runs it says so");
    let database = match kind.as_str() {
        "sqlite" => regulars_app::Database::Sqlite(told("POSTS_PLACE").into()),
        _ => regulars_app::Database::Postgres(told("POSTS_PLACE")),
    };
    let now = regulars_base::Timestamp::from_micros(told("POSTS_AT").parse().expect("is a moment"));
    let mailer = Mailer::smtp(&told("POSTS_TO"), "club@shop.example", None).expect("is an address");
    let app = regulars_app::App::open(regulars_app::Config {
        mail: Some(mailer),
        clock: regulars_app::Clock::from_fn(move || now),
        ..regulars_app::Config::new(database)
    });
    let app = app.expect("opens");
    let tenant = told("POSTS_FOR").parse().expect("is an id");
    app.plan_sends(tenant).expect("plans");
    app.post_messages(tenant).expect("posts");
    app.close();
}

/// Posts in a process of its own until the mail server has so many letters, then kills it; to its end, if
/// nothing is said.
fn post_elsewhere(shop: &Shop, sink: &Sink, until: Option<u32>) {
    let (kind, place) = match &shop.db.database {
        regulars_app::Database::Sqlite(path) => ("sqlite", path.display().to_string()),
        regulars_app::Database::Postgres(address) => ("postgres", address.clone()),
    };
    let mut child = std::process::Command::new(std::env::current_exe().expect("runs"))
        .args([
            "--exact",
            "messages::posts_in_a_process_of_its_own",
            "--nocapture",
        ])
        .env("POSTS_KIND", kind)
        .env("POSTS_PLACE", place)
        .env("POSTS_AT", shop.app.now().micros().to_string())
        .env("POSTS_TO", &sink.url)
        .env("POSTS_FOR", shop.tenant.to_string())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("starts");
    let Some(until) = until else {
        assert!(child.wait().expect("ends").success());
        return;
    };
    let began = std::time::Instant::now();
    while sink.letters() < until && began.elapsed() < Duration::from_secs(120) {
        std::thread::yield_now();
    }
    child.kill().expect("is killed");
    child.wait().expect("ends");
    assert!(sink.letters() >= until, "it never came so far");
}

/// Sends to sixty members, kills whoever posts four times, and lets somebody finish.
fn killed(db: TestDb, when: WhenUncertain) -> (Vec<OutboxMessage>, BTreeMap<String, u32>) {
    let shop = shop(db, Mailer::kept().0);
    let settings = MessageSettings {
        when_uncertain: when,
        ..shop.app.message_settings(shop.tenant).expect("is set")
    };
    shop.app
        .set_message_settings(shop.tenant, settings)
        .expect("is right");
    hello(&shop);
    for number in 0..MEMBERS {
        let member = join(&shop, &format!("m{number}"), json!({}));
        allows(&shop, member);
    }
    let send = shop
        .app
        .send_message(shop.tenant, &to(everybody(&shop)))
        .expect("is sent");
    let sink = Sink::open();
    for (time, until) in [5, 12, 25, 40].into_iter().enumerate() {
        shop.set(&format!("2025-03-03T12:{:02}:00Z", time * 10));
        post_elsewhere(&shop, &sink, Some(until));
    }
    shop.set("2025-03-03T13:00:00Z");
    post_elsewhere(&shop, &sink, None);
    let rows = outbox(&shop, &send);
    let got = sink.got.lock().expect("is whole").clone();
    (rows, got)
}

/// How many letters a message came to.
fn came(got: &BTreeMap<String, u32>, own: &OutboxMessage) -> u32 {
    let id = format!("<{}@shop.example>", own.id);
    got.get(&id).copied().unwrap_or_default()
}

fn a_server_that_is_killed_loses_no_letter_and_sends_none_twice(db: TestDb) {
    let (rows, got) = killed(db, WhenUncertain::Leave);
    assert_eq!(rows.len(), MEMBERS);
    let uncertain = rows
        .iter()
        .filter(|own| own.stage == MessageStage::Uncertain);
    assert!((1..=4 * 8).contains(&uncertain.count()), "{rows:?}");
    for own in &rows {
        let letters = came(&got, own);
        match own.stage {
            MessageStage::Sent => assert_eq!(letters, 1, "{own:?}"),
            MessageStage::Uncertain => assert!(letters <= 1, "{own:?}"),
            _ => panic!("it is neither sent nor known to be uncertain: {own:?}"),
        }
    }
}

fn a_server_that_is_killed_may_send_a_letter_again_where_that_is_asked_for(db: TestDb) {
    let (rows, got) = killed(db, WhenUncertain::Again);
    assert_eq!(rows.len(), MEMBERS);
    let mut twice = 0;
    for own in &rows {
        assert_eq!(own.stage, MessageStage::Sent, "{own:?}");
        let letters = came(&got, own);
        assert!(letters >= 1, "{own:?}");
        twice += letters - 1;
    }
    assert!(twice <= 4 * 8, "{twice}");
}
