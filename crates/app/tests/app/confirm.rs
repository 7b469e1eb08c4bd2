//! Consents that count once they were confirmed by a link.

use crate::messages::{allows, hello, join, program, send, told};
use crate::support::{Shop, customer};
use regulars_app::mail::{Letter, Mailer};
use regulars_app::{
    Audience, ChannelSettings, ConfirmStands, Error, MemberRef, MessageSettings, MessageStage,
};
use regulars_base::MemberId;
use regulars_engine::event::Kind;
use regulars_store::Cursor;
use regulars_testkit::TestDb;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

regulars_testkit::on_both! {
    nobody_is_written_to_who_has_not_confirmed,
    a_link_is_good_for_its_time_and_for_what_was_asked,
    what_was_allowed_before_counts,
    a_letter_goes_once_more_to_who_asks_for_it_at_the_desk,
}

type Letters = Arc<Mutex<Vec<Letter>>>;

fn settings(confirm: bool) -> MessageSettings {
    let email = ChannelSettings {
        consent: "letters".into(),
        confirm,
        ..ChannelSettings::default()
    };
    MessageSettings {
        address: "https://club.example".into(),
        cap_most: 1,
        channels: BTreeMap::from([("email".to_owned(), email)]),
        ..MessageSettings::default()
    }
}

fn shop(db: TestDb, confirm: bool) -> (Shop, Letters) {
    let (mailer, letters) = Mailer::kept();
    let shop = Shop::with(db, &program(), |config| regulars_app::Config {
        mail: Some(mailer),
        ..config
    });
    shop.set("2025-03-03T12:00:00Z");
    let set = shop
        .app
        .set_message_settings(shop.tenant, settings(confirm));
    set.expect("is right");
    hello(&shop);
    (shop, letters)
}

/// What the server does by itself.
fn work(shop: &Shop) -> usize {
    shop.app.seal(shop.tenant).expect("it seals");
    let asked = shop
        .app
        .ask_to_confirm(shop.tenant)
        .expect("they are asked");
    shop.app.plan_sends(shop.tenant).expect("is planned");
    shop.app.post_messages(shop.tenant).expect("is posted");
    // What became of letters is shown where a test fails.
    for who in ["ana", "bo"] {
        let log = shop.app.messages_to(shop.tenant, &customer(who), None, 10);
        eprintln!("{who}: {log:?}");
    }
    asked
}

fn token(letter: &Letter) -> String {
    let (_, rest) = letter.text.split_once("/confirm/").expect("it has a link");
    rest.split_whitespace()
        .next()
        .expect("to its end")
        .to_owned()
}

fn last(letters: &Letters) -> Letter {
    letters
        .lock()
        .expect("nobody failed")
        .last()
        .cloned()
        .expect("there is one")
}

fn to_confirm(shop: &Shop, member: MemberId) -> bool {
    let has = shop.app.balances(shop.tenant, &MemberRef::Id(member), None);
    has.expect("is there").engaged.consents[0].to_confirm
}

fn nobody_is_written_to_who_has_not_confirmed(db: TestDb) {
    let (shop, letters) = shop(db, true);
    let ana = join(&shop, "ana", json!({"name": "Ana", "language": "de"}));
    allows(&shop, ana);
    // Before anybody looked, and after.
    let not = (MessageStage::NotSent, "not_confirmed".to_owned());
    let early = send(&shop, Audience::Member(ana));
    assert_eq!(told(&shop, &early, ana), not);
    assert!(to_confirm(&shop, ana));
    assert_eq!(work(&shop), 1);
    let letter = last(&letters);
    assert!(
        letter.subject.contains("bitte bestätigen"),
        "{}",
        letter.subject
    );
    assert_eq!(letter.to, "ana@example.com");
    assert_eq!(work(&shop), 0, "once");
    let late = send(&shop, Audience::Member(ana));
    assert_eq!(told(&shop, &late, ana), not);

    // She is reminded once, and then no more.
    shop.set("2025-03-06T12:00:01Z");
    assert_eq!(work(&shop), 1);
    assert!(last(&letters).subject.starts_with("Erinnerung"));
    shop.set("2025-03-12T12:00:00Z");
    assert_eq!(work(&shop), 0);

    // To look at the page does nothing.
    let token = token(&letter);
    let seen = shop.app.confirming(&token).expect("it is hers");
    assert_eq!(seen.stands, ConfirmStands::Open);
    assert_eq!(
        (seen.link.member, seen.link.language.as_deref()),
        (ana, Some("de"))
    );
    assert!(to_confirm(&shop, ana));
    let done = shop.app.confirm(&token).expect("she presses the button");
    assert_eq!(done.stands, ConfirmStands::Done);
    let again = shop.app.confirm(&token).expect("twice is once");
    assert_eq!(again.stands, ConfirmStands::Done);
    assert!(!to_confirm(&shop, ana));
    assert_eq!(work(&shop), 0);
    let sent = send(&shop, Audience::Member(ana));
    assert_eq!(told(&shop, &sent, ana).0, MessageStage::Sent);

    // Both are in her ledger: that she allowed it, and that she confirmed it.
    let mut store = shop.db.connect();
    let wallet = store
        .wallet(shop.tenant, ana)
        .expect("it reads")
        .expect("she has one");
    let log = store.log(shop.tenant, wallet.wallet, Cursor::Before(u64::MAX), 50);
    let origins: Vec<String> = log
        .expect("it reads")
        .iter()
        .filter_map(|row| match &row.event.kind {
            Kind::Activity(own) => own.field("origin").map(|origin| format!("{origin:?}")),
            _ => None,
        })
        .collect();
    assert_eq!(origins.len(), 2, "{origins:?}");
    assert!(
        origins[0].contains("confirmation") && origins[1].contains("portal"),
        "{origins:?}"
    );
    shop.verified();
}

fn a_link_is_good_for_its_time_and_for_what_was_asked(db: TestDb) {
    let (shop, letters) = shop(db, true);
    let ana = join(&shop, "ana", json!({}));
    allows(&shop, ana);
    work(&shop);
    let first = token(&last(&letters));
    let stands = |token: &str| shop.app.confirming(token).expect("it was made here").stands;
    // Not whole, or of another claim.
    for wrong in [
        "",
        "x",
        &first[..first.len() - 1],
        &first.replace("email", "inbox"),
    ] {
        let found = shop.app.confirm(wrong);
        assert!(
            matches!(found, Err(Error::Unauthorized)),
            "{wrong}: {found:?}"
        );
    }
    let cross = shop.app.unsubscriber(&first);
    assert!(matches!(cross, Err(Error::Unauthorized)), "{cross:?}");
    // She asks again: the older link is over.
    shop.set("2025-03-04T12:00:00Z");
    allows(&shop, ana);
    assert_eq!(work(&shop), 1);
    let second = token(&last(&letters));
    assert_eq!(
        (stands(&first), stands(&second)),
        (ConfirmStands::Over, ConfirmStands::Open)
    );
    // She takes it back: there is nothing to confirm.
    let back = shop.app.consent(shop.tenant, ana, "letters", false);
    back.expect("it is taken back");
    assert_eq!(
        shop.app.confirm(&second).expect("it reads").stands,
        ConfirmStands::Over
    );
    // And once more, until its time is up.
    shop.set("2025-03-05T12:00:00Z");
    allows(&shop, ana);
    work(&shop);
    let third = token(&last(&letters));
    assert_eq!(stands(&third), ConfirmStands::Open);
    shop.set("2025-03-19T12:00:00Z");
    assert_eq!(
        shop.app.confirm(&third).expect("it reads").stands,
        ConfirmStands::Over
    );
    assert!(to_confirm(&shop, ana));
}

fn what_was_allowed_before_counts(db: TestDb) {
    let (shop, letters) = shop(db, false);
    let ana = join(&shop, "ana", json!({}));
    allows(&shop, ana);
    work(&shop);
    shop.set("2025-03-04T12:00:00Z");
    let set = shop.app.set_message_settings(shop.tenant, settings(true));
    set.expect("is right");
    let bo = join(&shop, "bo", json!({}));
    allows(&shop, bo);
    assert_eq!(work(&shop), 1);
    assert_eq!(last(&letters).to, "bo@example.com");
    assert!(!to_confirm(&shop, ana));
    // Who confirmed it, and says once more that they allow it, has confirmed it.
    let link = token(&last(&letters));
    shop.app.confirm(&link).expect("he does");
    shop.set("2025-03-05T12:00:00Z");
    allows(&shop, bo);
    assert_eq!(work(&shop), 0);
    assert!(!to_confirm(&shop, bo));
    let wrong = MessageSettings {
        address: String::new(),
        ..settings(true)
    };
    let set = shop.app.set_message_settings(shop.tenant, wrong);
    assert!(matches!(set, Err(Error::Invalid(_))), "{set:?}");
}

fn a_letter_goes_once_more_to_who_asks_for_it_at_the_desk(db: TestDb) {
    let (shop, letters) = shop(db, true);
    let ana = join(&shop, "ana", json!({"name": "Ana", "language": "en"}));
    let bo = join(&shop, "bo", json!({"name": "Bo", "language": "en"}));
    allows(&shop, ana);
    assert_eq!(work(&shop), 1);
    let first = token(&last(&letters));
    let rows = |member| {
        let rows = shop.app.confirmations(shop.tenant, member);
        rows.expect("they are told")
    };
    assert_eq!(
        (rows(ana)[0].letters, rows(ana).len(), rows(bo).len()),
        (1, 1, 0)
    );
    // Her link is over, and nothing more would come by itself.
    shop.set("2025-03-20T12:00:00Z");
    work(&shop);
    let before = letters.lock().expect("nobody failed").len();
    let again = |member, purpose: &str, said: &str| {
        shop.app.confirm_anew(shop.tenant, (member, purpose), said)
    };
    for (member, purpose, said, expected) in [
        (ana, "letters", " ", "where and how"),
        (ana, "faxes", "by telephone", "confirmed by no letter"),
        (bo, "letters", "by telephone", "not allowed now"),
    ] {
        let wrong = again(member, purpose, said)
            .expect_err(expected)
            .to_string();
        assert!(wrong.contains(expected), "{wrong}");
    }
    again(ana, "letters", "by telephone, with Eva").expect("she asked for it");
    assert_eq!(work(&shop), 1);
    assert_eq!(letters.lock().expect("nobody failed").len(), before + 1);
    let second = token(&last(&letters));
    let stands = |token: &str| shop.app.confirming(token).expect("it is hers").stands;
    assert_eq!(
        (stands(&first), stands(&second)),
        (ConfirmStands::Over, ConfirmStands::Open)
    );
    let done = shop.app.confirm(&second).expect("she presses the button");
    assert_eq!(done.stands, ConfirmStands::Done);
    assert!(rows(ana)[0].confirmed_at.is_some());
    let over = again(ana, "letters", "by telephone")
        .expect_err("it is done")
        .to_string();
    assert!(over.contains("confirmed already"), "{over}");
}
