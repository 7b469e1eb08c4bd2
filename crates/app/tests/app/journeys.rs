//! Journeys: those of the library over scripted histories, live and over the log alike; what is sent and given
//! once, whoever stops; budgets, control groups, tasks, and faults at their places.

use crate::support::{CAFE, Shop, app, customer, event, key, moment, purchase, text, visit, who};
use regulars_app::engage::Said;
use regulars_app::mail::Mailer;
use regulars_app::{
    ChannelSettings, Config, Error, Identity, JOURNEYS, JourneyDeed, JourneyMembersAsk,
    JourneySample, JourneyState, MessageSettings, MessageStage, NewMember, OutboxAsk, PageAsk,
    SegmentDraft,
};
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp, Zone};
use regulars_engine::event::{Activity, Birthday, Kind, PlanChoice, RewardRequest};
use regulars_testkit::TestDb;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use toml_edit::{Document, Item, Table};

regulars_testkit::on_both! {
    each_journey_of_the_library_goes_as_its_story_says_live_and_over_history,
    a_wrong_journey_says_all_that_is_wrong_at_its_place,
    what_is_sent_goes_through_the_outbox_with_its_reasons,
    points_are_given_within_the_budget_and_booked_once_by_however_many_servers,
    those_who_are_held_out_go_through_it_and_get_nothing,
    a_journey_is_paused_changed_and_stopped,
    a_task_waits_for_whoever_does_it,
    a_segment_sets_a_journey_off_and_so_does_a_condition,
    a_share_of_a_send_is_held_out,
    a_server_that_is_killed_decides_nothing_twice_and_forgets_nobody,
}

/// The café with all that stories need.
fn program() -> String {
    format!(
        "{CAFE}{}",
        r#"
[activity.letters]
consent = "keep"

[activity.review]

[birthday]
change = "ever"

[profile]
fields = ["name"]

[[plan]]
id    = "club"
title = "Club"
price = "5.00 EUR"
every = "1 month"
trial = "20 days"
"#
    )
}

fn shop(db: TestDb, mailer: Mailer) -> Shop {
    let shop = Shop::with(db, &program(), |config| Config {
        mail: Some(mailer),
        ..config
    });
    let own = ChannelSettings {
        consent: "letters".into(),
        ..ChannelSettings::default()
    };
    let settings = MessageSettings {
        address: "https://club.example".into(),
        cap_most: 0,
        quiet_from: String::new(),
        quiet_until: String::new(),
        channels: BTreeMap::from([("email".to_owned(), own)]),
        ..MessageSettings::default()
    };
    let set = shop.app.set_message_settings(shop.tenant, settings);
    set.expect("is right");
    shop
}

/// Somebody joins at a moment.
fn join_at(shop: &Shop, name: &str, at: Option<Timestamp>) -> MemberId {
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
        attributes: serde_json::from_value(json!({"name": name})).expect("is an object"),
        occurred_at: at,
        referral_code: None,
    };
    shop.app.enrol(shop.tenant, new).expect("joins").0.id
}

fn join(shop: &Shop, name: &str) -> MemberId {
    join_at(shop, name, None)
}

fn follow(shop: &Shop) {
    let wait = Duration::from_secs(60);
    let done = shop.app.follow_segments(shop.tenant, wait);
    assert!(done.expect("follows"), "it took too long");
}

fn put(shop: &Shop, id: &str, journey: &str) {
    let put = shop.app.put_journey(shop.tenant, (id, None), journey);
    put.unwrap_or_else(|error| panic!("{id}: {error:?}"));
}

fn set(shop: &Shop, id: &str, state: JourneyState) {
    let seen = shop.app.journey(shop.tenant, id).expect("is there").version;
    let set = shop.app.set_journey_state(shop.tenant, (id, seen), state);
    set.unwrap_or_else(|error| panic!("{id}: {error:?}"));
}

fn start(shop: &Shop, id: &str, journey: &str) {
    put(shop, id, journey);
    set(shop, id, JourneyState::Running);
}

/// What was done for somebody, in words.
fn deeds(shop: &Shop, id: &str, name: &str) -> Vec<String> {
    match shop.app.journey_of(shop.tenant, id, &customer(name)) {
        Ok((_, deeds)) => deeds.iter().map(told).collect(),
        Err(Error::NotFound { .. }) => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

fn told(own: &JourneyDeed) -> String {
    let zone = Zone::new("Europe/Berlin").expect("is known");
    let ended = if own.did == "ended" {
        format!(" {}", own.reason)
    } else {
        String::new()
    };
    format!("{} {} {}{ended}", zone.day(own.at), own.step, own.did)
}

// ── stories ──

/// A story of a journey of the library.
struct Story {
    journey: String,
    begins: Timestamp,
    until: CivilDay,
    /// Over the log it sets nobody off, since it asks what is only known now.
    only_live: bool,
    does: Vec<Doing>,
    comes: Vec<(String, Vec<String>)>,
}

struct Doing {
    at: String,
    who: String,
    what: String,
    times: i64,
    amount: i64,
    on: (u8, u8),
}

fn word(table: &Table, name: &str) -> String {
    let found = table.get(name).and_then(Item::as_str);
    found
        .unwrap_or_else(|| panic!("`{name}` is missing"))
        .to_owned()
}

fn number(table: &Table, name: &str, otherwise: i64) -> i64 {
    table
        .get(name)
        .and_then(Item::as_integer)
        .unwrap_or(otherwise)
}

fn tables<'a>(document: &'a Document<String>, name: &str) -> Vec<&'a Table> {
    let list = document.get(name).and_then(Item::as_array_of_tables);
    list.map(|list| list.iter().collect()).unwrap_or_default()
}

fn story(name: &str) -> Story {
    let path = format!("../../journeys/stories/{name}.toml");
    let file = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let document = Document::parse(file).expect("is TOML");
    let root = document.as_table();
    let small = |table: &Table, name| u8::try_from(number(table, name, 1)).expect("is small");
    let does = tables(&document, "does").into_iter().map(|own| Doing {
        at: word(own, "at"),
        who: word(own, "who"),
        what: word(own, "what"),
        times: number(own, "times", 1),
        amount: number(own, "for", 10_00),
        on: (small(own, "month"), small(own, "day")),
    });
    let comes = tables(&document, "comes").into_iter().map(|own| {
        let is = own.get("is").and_then(Item::as_array).expect("is a list");
        let is = is
            .iter()
            .map(|own| own.as_str().expect("is text").to_owned());
        (word(own, "who"), is.collect())
    });
    Story {
        journey: word(root, "journey"),
        begins: moment(&word(root, "begins")),
        until: word(root, "until").parse().expect("is a day"),
        only_live: root.get("only_live").and_then(Item::as_bool) == Some(true),
        does: does.collect(),
        comes: comes.collect(),
    }
}

/// Somebody does something; what it is stands in the story.
fn does(shop: &Shop, doing: &Doing, number: usize) {
    let (at, name) = (doing.at.as_str(), doing.who.as_str());
    let id = format!("{name}-{number}");
    let take = |kind: Kind| shop.take(event(who(name), &id, at, kind));
    match doing.what.as_str() {
        "joins" => drop(join_at(shop, name, Some(moment(at)))),
        "buys" => {
            for time in 0..doing.times {
                shop.take(purchase(name, &format!("{id}-{time}"), at, doing.amount));
            }
        }
        "reviews" => drop(take(Kind::Activity(Activity {
            name: text("review"),
            store: text(""),
            fields: Vec::new(),
        }))),
        "birthday" => {
            let (month, day) = doing.on;
            take(Kind::Birthday(Birthday { month, day }));
        }
        "fills the profile" => drop(take(Kind::Profile(vec![text("name")]))),
        "redeems" => drop(take(Kind::RewardRequest(RewardRequest {
            redemption: text(&id),
            reward: text("mug"),
            quantity: 1,
            order: None,
            commit: true,
        }))),
        "may leave" => {
            let member = shop.app.member(shop.tenant, &customer(name));
            let churn = ("churn".to_owned(), doing.amount * 1000);
            let said = Said {
                scores: BTreeMap::from([churn]),
                ..Said::default()
            };
            let all = BTreeMap::from([(member.expect("is there").id, said)]);
            let kept = shop.app.keep_scores(shop.tenant, &all);
            assert_eq!(kept.expect("is kept"), 1);
        }
        "subscribes" => drop(take(Kind::PlanJoin(PlanChoice { plan: text("club") }))),
        other => panic!("`{other}` is nothing that a story does"),
    }
}

/// Lives through a story: the journey starts when it begins, and a server looks twice a day.
fn live(shop: &Shop, story: &Story, journey: &str) {
    let half = 12 * 3_600_000_000;
    let first = story.does.iter().map(|own| moment(&own.at)).min();
    let first = first.unwrap_or(story.begins).min(story.begins);
    let end = Zone::UTC.start_of(story.until.plus_days(1));
    let mut looks: BTreeSet<Timestamp> = BTreeSet::new();
    let mut at = story.begins.plus_micros(-30 * 60_000_000);
    while at < end {
        at = at.plus_micros(half);
        looks.insert(at);
    }
    shop.set_to(first);
    let mut doings = story.does.iter().enumerate().peekable();
    let mut begun = false;
    let moments = story.does.iter().map(|own| moment(&own.at));
    let moments: BTreeSet<Timestamp> = moments.chain([story.begins]).chain(looks).collect();
    for now in moments.into_iter().filter(|now| *now < end) {
        shop.set_to(now);
        shop.app.tick_due(now).expect("ticks");
        while let Some((number, doing)) = doings.next_if(|(_, own)| moment(&own.at) <= now) {
            does(shop, doing, number);
        }
        if now == story.begins && !begun {
            start(shop, &story.journey, journey);
            begun = true;
        }
        if begun {
            follow(shop);
        }
    }
}

fn each_journey_of_the_library_goes_as_its_story_says_live_and_over_history(db: TestDb) {
    // One shop for each story: members of one would come into the journeys of others.
    let mut db = Some(db);
    let is_sqlite = matches!(
        db.as_ref().map(|db| &db.database),
        Some(regulars_app::Database::Sqlite(_))
    );
    for sample in JOURNEYS {
        let fresh = || {
            if is_sqlite {
                TestDb::sqlite()
            } else {
                TestDb::postgres()
            }
        };
        let shop = shop(db.take().unwrap_or_else(fresh), Mailer::kept().0);
        let story = story(sample.name);
        let taken = shop.app.take_journey_templates(shop.tenant, sample);
        assert_eq!(taken.expect("are written").len(), sample.templates().len());
        let journey = sample
            .text
            .replace("hold_out = \"", "hold_out = \"0 %\" # \"");
        live(&shop, &story, &journey);
        let mut told: BTreeMap<String, i64> = BTreeMap::new();
        for (name, is) in &story.comes {
            let own = deeds(&shop, &story.journey, name);
            assert_eq!(&own, is, "{}: {name}", story.journey);
            for line in own {
                *told.entry(line).or_default() += 1;
            }
        }
        // The same over the log, with nothing sent: each of these, by day and step, and nothing else.
        let since = Zone::new("Europe/Berlin")
            .expect("is known")
            .day(story.begins);
        let asked = (story.journey.as_str(), journey.as_str());
        let trial = shop
            .app
            .preview_journey(shop.tenant, asked, since)
            .expect("is run");
        let replayed = trial.counts.iter().map(|own| {
            let reason = if own.reason.is_empty() { "" } else { " " };
            let line = format!("{} {} {}{reason}{}", own.day, own.step, own.did, own.reason);
            (line, own.count)
        });
        let replayed: BTreeMap<String, i64> = replayed.collect();
        assert_eq!(story.only_live, !trial.unknown.is_empty());
        if story.only_live {
            told.clear();
        }
        assert_eq!(replayed, told, "{} over history", story.journey);
    }
}

// ── what a journey may be ──

const HELLO: &str = r#"name = "Hello"
again = "never"

[start]
on = "enrolment"

[[step]]
id = "points"
award = 40
reason = "Welcome"

[[step]]
id = "letter"
send = "welcome-hello"
"#;

fn templates(shop: &Shop) {
    let welcome = JourneySample::named("welcome").expect("is there");
    let taken = shop.app.take_journey_templates(shop.tenant, welcome);
    taken.expect("are written");
}

fn a_wrong_journey_says_all_that_is_wrong_at_its_place(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    let found = |text: &str| {
        let found = shop.app.check_journey(shop.tenant, text).expect("is read");
        let each = found
            .into_iter()
            .map(|own| (own.line, own.column, own.message));
        each.collect::<Vec<_>>()
    };
    let wrong = r#"name = "Wrong"
colour = "red"
goal = "orders_evr > 0"
again = "sometimes"
hold_out = "80 %"

[start]
on = "thunder"

[[step]]
id = "a"
send = "nothing"

[[step]]
id = "b"
wait_for = "purchase"
then = "a"

[[step]]
id = "b"
wait = "3 fortnights"
if = "orders_ever > 1"

[[step]]
id = "c"
award = 0
"#;
    let told = found(wrong);
    let places: Vec<(u32, u32)> = told.iter().map(|own| (own.0, own.1)).collect();
    let lines: BTreeSet<u32> = places.iter().map(|own| own.0).collect();
    let want = [2, 3, 4, 5, 8, 12, 14, 17, 19, 20, 24, 26];
    assert_eq!(lines, BTreeSet::from(want), "{told:#?}");
    assert!(
        places.contains(&(3, 9)),
        "a condition is told at its place in it: {told:#?}"
    );
    let said = |part: &str| told.iter().any(|own| own.2.contains(part));
    for part in [
        "`colour`",
        "`thunder`",
        "no template `nothing`",
        "leads back",
        "two steps `b`",
    ] {
        assert!(said(part), "{part}: {told:#?}");
    }
    assert!(found("name = ").iter().all(|own| own.0 == 1));
    assert!(!found("").is_empty());
    let error = shop.app.put_journey(shop.tenant, ("hello", None), wrong);
    assert!(matches!(error, Err(Error::InvalidJourney(_))), "{error:?}");
    templates(&shop);
    assert_eq!(found(HELLO), []);
    put(&shop, "hello", HELLO);
    let again = shop.app.put_journey(shop.tenant, ("hello", None), HELLO);
    assert!(matches!(again, Err(Error::Exists { .. })), "{again:?}");
    let late = shop.app.put_journey(shop.tenant, ("hello", Some(7)), HELLO);
    assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
    let id = shop.app.put_journey(shop.tenant, ("library", None), HELLO);
    assert!(matches!(id, Err(Error::Invalid(_))), "{id:?}");
}

// ── what comes of it ──

fn what_is_sent_goes_through_the_outbox_with_its_reasons(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let shop = shop(db, mailer);
    templates(&shop);
    shop.set("2025-03-03T12:00:00Z");
    start(&shop, "hello", HELLO);
    let ana = join(&shop, "ana");
    let ben = join(&shop, "ben");
    shop.app
        .consent(shop.tenant, ana, "letters", true)
        .expect("is taken");
    follow(&shop);
    shop.app.post_messages(shop.tenant).expect("is posted");
    let got = letters.lock().expect("is whole").clone();
    assert_eq!(got.len(), 1);
    assert_eq!(
        (&*got[0].to, &*got[0].subject),
        ("ana@example.com", "Welcome, ana")
    );
    let reason = |name: &str| {
        let (_, deeds) = shop
            .app
            .journey_of(shop.tenant, "hello", &customer(name))
            .expect("is in it");
        deeds
            .into_iter()
            .find(|own| own.did == "message")
            .map(|own| own.reason)
    };
    assert_eq!(reason("ana").as_deref(), Some(""));
    assert_eq!(reason("ben").as_deref(), Some("no_consent"));
    // One send for the step, with a row for each, as for any other.
    let page = PageAsk {
        after: None,
        limit: 9,
    };
    let sends = shop
        .app
        .sends(shop.tenant, &page)
        .expect("are listed")
        .items;
    assert_eq!(sends.len(), 1);
    assert_eq!(sends[0].name, "Hello: letter");
    let ask = OutboxAsk {
        stage: Some(MessageStage::NotSent),
        reason: None,
    };
    let rows = shop
        .app
        .outbox(shop.tenant, (&sends[0].id, &ask), &page)
        .expect("are listed");
    assert_eq!(rows.items[0].member, ben);
    let stopped = shop.app.stop_send(shop.tenant, &sends[0].id);
    assert!(matches!(stopped, Err(Error::Invalid(_))), "{stopped:?}");
    assert_eq!((shop.available("ana"), shop.available("ben")), (40, 40));
    shop.verified();
}

fn points_are_given_within_the_budget_and_booked_once_by_however_many_servers(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    templates(&shop);
    shop.set("2025-03-03T12:00:00Z");
    start(
        &shop,
        "hello",
        &HELLO.replace("[start]", "budget = 100\n\n[start]"),
    );
    for name in ["ana", "ben", "cem", "dot"] {
        join(&shop, name);
    }
    let (other, _) = app(&shop.db, |config| config);
    let now = shop.app.now();
    std::thread::scope(|scope| {
        for app in [&shop.app, &other] {
            let tenant: TenantId = shop.tenant;
            scope.spawn(move || {
                let wait = Duration::from_secs(60);
                app.follow_segments(tenant, wait).expect("follows");
            });
        }
    });
    shop.set_to(now);
    follow(&shop);
    let all = ["ana", "ben", "cem", "dot"].map(|name| shop.available(name));
    let sum: i64 = all.iter().sum();
    assert_eq!(sum, 100, "{all:?}");
    let own = shop.app.journey(shop.tenant, "hello").expect("is there");
    assert_eq!(own.given(), 100);
    let over = own.counts.iter().filter(|own| own.did == "over_budget");
    assert_eq!(over.map(|own| own.points).sum::<i64>(), 60);
    let awards = own.counts.iter().filter(|own| own.did == "award");
    assert_eq!(awards.map(|own| own.count).sum::<i64>(), 4);
    // Looking again gives nothing more.
    shop.set("2025-03-09T12:00:00Z");
    follow(&shop);
    let again = ["ana", "ben", "cem", "dot"].map(|name| shop.available(name));
    assert_eq!(all, again);
    shop.verified();
}

fn those_who_are_held_out_go_through_it_and_get_nothing(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let shop = shop(db, mailer);
    templates(&shop);
    shop.set("2025-03-03T12:00:00Z");
    start(
        &shop,
        "hello",
        &HELLO.replace("[start]", "hold_out = \"50 %\"\n\n[start]"),
    );
    let names: Vec<String> = (0..40).map(|number| format!("m{number}")).collect();
    for name in &names {
        let member = join(&shop, name);
        shop.app
            .consent(shop.tenant, member, "letters", true)
            .expect("is taken");
    }
    follow(&shop);
    shop.app.post_messages(shop.tenant).expect("is posted");
    let mut held = 0;
    for name in &names {
        let (own, deeds) = shop
            .app
            .journey_of(shop.tenant, "hello", &customer(name))
            .expect("is in it");
        let reasons = deeds
            .iter()
            .filter(|own| own.did == "award" || own.did == "message");
        let want = if own.standing.held_out {
            "held_out"
        } else {
            ""
        };
        assert!(
            reasons
                .map(|own| own.reason.as_str())
                .all(|own| own == want),
            "{deeds:?}"
        );
        let points = if own.standing.held_out { 0 } else { 40 };
        assert_eq!(shop.available(name), points);
        held += usize::from(own.standing.held_out);
    }
    // Forty draws at a half: less than four or more than thirty-six come once in millions of runs.
    assert!((4..=36).contains(&held), "{held}");
    assert_eq!(letters.lock().expect("is whole").len(), 40 - held);
}

fn a_journey_is_paused_changed_and_stopped(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    templates(&shop);
    shop.set("2025-03-03T12:00:00Z");
    let waits = HELLO.replace(
        "[[step]]\nid = \"points\"",
        "[[step]]\nid = \"day\"\nwait = \"1 day\"\n\n[[step]]\nid = \"points\"",
    );
    start(&shop, "hello", &waits);
    join(&shop, "ana");
    join(&shop, "ben");
    follow(&shop);
    set(&shop, "hello", JourneyState::Paused);
    join(&shop, "late");
    shop.set("2025-03-05T12:00:00Z");
    follow(&shop);
    assert_eq!(deeds(&shop, "hello", "ana"), ["2025-03-03 day entered"]);
    set(&shop, "hello", JourneyState::Running);
    // A new version, while they wait: they go on in it.
    let changed = waits.replace("award = 40", "award = 7");
    let seen = shop
        .app
        .journey(shop.tenant, "hello")
        .expect("is there")
        .version;
    let put = shop
        .app
        .put_journey(shop.tenant, ("hello", Some(seen)), &changed);
    assert_eq!(put.expect("is right").state, JourneyState::Running);
    follow(&shop);
    assert_eq!((shop.available("ana"), shop.available("late")), (7, 0));
    // Whoever joins now comes in; then it is stopped, and nobody goes on.
    join(&shop, "cem");
    follow(&shop);
    let gone = shop.app.delete_journey(shop.tenant, "hello");
    assert!(matches!(gone, Err(Error::Invalid(_))), "{gone:?}");
    set(&shop, "hello", JourneyState::Stopped);
    shop.set("2025-03-09T12:00:00Z");
    follow(&shop);
    assert_eq!(shop.available("cem"), 0);
    let ask = JourneyMembersAsk {
        step: None,
        done: Some(true),
    };
    let page = PageAsk {
        after: None,
        limit: 9,
    };
    let out = shop
        .app
        .journey_members(shop.tenant, ("hello", &ask), &page)
        .expect("are listed");
    let ends: Vec<&str> = out
        .items
        .iter()
        .filter_map(|own| {
            own.standing
                .end
                .map(regulars_app::engage::journey::End::code)
        })
        .collect();
    assert_eq!(
        ends.iter().filter(|own| **own == "stopped").count(),
        1,
        "{ends:?}"
    );
    assert_eq!(
        ends.iter().filter(|own| **own == "done").count(),
        2,
        "{ends:?}"
    );
    shop.app
        .delete_journey(shop.tenant, "hello")
        .expect("is stopped");
    assert!(shop.app.journey(shop.tenant, "hello").is_err());
}

fn a_task_waits_for_whoever_does_it(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    shop.set("2025-03-03T12:00:00Z");
    let calls = "name = \"Calls\"\n[start]\non = \"enrolment\"\n[[step]]\nid = \"call\"\ntask = \"Call them\"\nowner = \"Eva\"\n[[step]]\nid = \"points\"\naward = 5\nreason = \"Nice to talk to you\"\n";
    start(&shop, "calls", calls);
    join(&shop, "ana");
    follow(&shop);
    shop.set("2025-06-03T12:00:00Z");
    follow(&shop);
    assert_eq!(
        deeds(&shop, "calls", "ana"),
        ["2025-03-03 call entered", "2025-03-03 call task"]
    );
    let done = |step: &str| {
        shop.app
            .complete_task(shop.tenant, ("calls", step), &customer("ana"))
    };
    assert!(matches!(done("points"), Err(Error::Invalid(_))));
    assert!(done("call").expect("is done").standing.end.is_some());
    assert!(matches!(done("call"), Err(Error::Invalid(_))));
    assert_eq!(shop.available("ana"), 5);
    let nobody = shop
        .app
        .complete_task(shop.tenant, ("calls", "call"), &customer("ben"));
    assert!(matches!(nobody, Err(Error::NotFound { .. })));
}

fn a_segment_sets_a_journey_off_and_so_does_a_condition(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    shop.set("2025-03-03T12:00:00Z");
    join(&shop, "old");
    shop.take(purchase("old", "old-1", "2025-03-03T11:00:00Z", 90_00));
    let draft = SegmentDraft {
        name: "Spent well".into(),
        condition: "spend_ever >= 50".into(),
    };
    shop.app
        .make_segment(shop.tenant, "well", &draft)
        .expect("is right");
    let step = "[[step]]\nid = \"points\"\naward = 5\nreason = \"Thanks\"\n";
    let by_segment = format!("name = \"S\"\n[start]\non = \"segment\"\nsegment = \"well\"\n{step}");
    let by_condition =
        format!("name = \"C\"\nwhen = \"spend_ever >= 50\"\n[start]\non = \"holds\"\n{step}");
    start(&shop, "by-segment", &by_segment);
    start(&shop, "by-condition", &by_condition);
    let nameless = by_condition.replace("when = \"spend_ever >= 50\"\n", "");
    assert_eq!(
        shop.app
            .check_journey(shop.tenant, &nameless)
            .expect("is read")
            .len(),
        1
    );
    join(&shop, "new");
    follow(&shop);
    // Who was in the segment before is not set off by it; of whom a condition holds is.
    assert_eq!(deeds(&shop, "by-segment", "old").len(), 0);
    assert_eq!(deeds(&shop, "by-condition", "old").len(), 3);
    shop.take(purchase("new", "new-1", "2025-03-03T12:00:00Z", 60_00));
    shop.take(visit("new", "new-2", "2025-03-03T12:00:00Z"));
    follow(&shop);
    assert_eq!(deeds(&shop, "by-segment", "new").len(), 3);
    assert_eq!(deeds(&shop, "by-condition", "new").len(), 3);
    assert_eq!(shop.available("new"), 70);
}

fn a_share_of_a_send_is_held_out(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let shop = shop(db, mailer);
    shop.set("2025-03-03T12:00:00Z");
    crate::messages::hello(&shop);
    for number in 0..40 {
        let member = join(&shop, &format!("m{number}"));
        shop.app
            .consent(shop.tenant, member, "letters", true)
            .expect("is taken");
    }
    let new = regulars_app::NewSend {
        hold_out: 50,
        ..crate::messages::to(crate::messages::everybody(&shop))
    };
    let sent = shop.app.send_message(shop.tenant, &new).expect("is sent");
    shop.app.plan_sends(shop.tenant).expect("is planned");
    shop.app.post_messages(shop.tenant).expect("is posted");
    let ask = OutboxAsk {
        stage: Some(MessageStage::NotSent),
        reason: Some("held_out".into()),
    };
    let page = PageAsk {
        after: None,
        limit: 99,
    };
    let held = shop
        .app
        .outbox(shop.tenant, (&sent.id, &ask), &page)
        .expect("is listed");
    let held = held.items.len();
    assert!((4..=36).contains(&held), "{held}");
    assert_eq!(letters.lock().expect("is whole").len(), 40 - held);
    let much = regulars_app::NewSend {
        hold_out: 51,
        ..new
    };
    assert!(matches!(
        shop.app.send_message(shop.tenant, &much),
        Err(Error::Invalid(_))
    ));
}

// ── whoever is killed ──

/// So many members join before anybody follows.
const MEMBERS: usize = 60;

/// Follows the log, in a process that others kill; run by the test below alone.
#[test]
fn follows_in_a_process_of_its_own() {
    // Run by anybody else it has nothing to follow.
    let Ok(kind) = std::env::var("FOLLOWS_KIND") else {
        return;
    };
    let told = |name: &str| std::env::var(name).expect("the test that runs it says so");
    let database = match kind.as_str() {
        "sqlite" => regulars_app::Database::Sqlite(told("FOLLOWS_PLACE").into()),
        _ => regulars_app::Database::Postgres(told("FOLLOWS_PLACE")),
    };
    let now = Timestamp::from_micros(told("FOLLOWS_AT").parse().expect("is a moment"));
    let app = regulars_app::App::open(Config {
        clock: regulars_app::Clock::from_fn(move || now),
        ..Config::new(database)
    });
    let app = app.expect("opens");
    let tenant = told("FOLLOWS_FOR").parse().expect("is an id");
    let wait = Duration::from_secs(60);
    app.follow_segments(tenant, wait).expect("follows");
    app.close();
}

/// Follows in a process of its own, and kills it as soon as `is_time` says so; to its end, if it never does.
fn follow_elsewhere(shop: &Shop, is_time: &dyn Fn() -> bool) {
    let (kind, place) = match &shop.db.database {
        regulars_app::Database::Sqlite(path) => ("sqlite", path.display().to_string()),
        regulars_app::Database::Postgres(address) => ("postgres", address.clone()),
    };
    let mut child = std::process::Command::new(std::env::current_exe().expect("runs"))
        .args([
            "--exact",
            "journeys::follows_in_a_process_of_its_own",
            "--nocapture",
        ])
        .env("FOLLOWS_KIND", kind)
        .env("FOLLOWS_PLACE", place)
        .env("FOLLOWS_AT", shop.app.now().micros().to_string())
        .env("FOLLOWS_FOR", shop.tenant.to_string())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("starts");
    while child.try_wait().expect("is asked").is_none() && !is_time() {
        std::thread::yield_now();
    }
    // It may have ended by itself by now: then there is nobody to kill.
    let _ = child.kill();
    child.wait().expect("ends");
}

fn a_server_that_is_killed_decides_nothing_twice_and_forgets_nobody(db: TestDb) {
    let shop = shop(db, Mailer::kept().0);
    templates(&shop);
    shop.set("2025-03-03T12:00:00Z");
    start(&shop, "hello", HELLO);
    let names: Vec<String> = (0..MEMBERS).map(|number| format!("m{number}")).collect();
    for name in &names {
        let member = join(&shop, name);
        shop.app
            .consent(shop.tenant, member, "letters", true)
            .expect("is taken");
    }
    let entered = || {
        let own = shop.app.journey(shop.tenant, "hello").expect("is there");
        own.counts
            .iter()
            .filter(|own| own.did == "entered")
            .map(|own| own.count)
            .sum::<i64>()
    };
    let events = || shop.app.counts(shop.tenant).expect("are counted").events;
    // First as soon as it is decided what is to be done, then as soon as the first points are booked.
    follow_elsewhere(&shop, &|| entered() > 0);
    let before = events();
    follow_elsewhere(&shop, &|| events() > before);
    follow_elsewhere(&shop, &|| false);
    follow(&shop);
    assert_eq!(entered(), i64::try_from(MEMBERS).expect("is small"));
    for name in &names {
        let (_, deeds) = shop
            .app
            .journey_of(shop.tenant, "hello", &customer(name))
            .expect("is in it");
        let did: Vec<&str> = deeds.iter().map(|own| own.did.as_str()).collect();
        assert_eq!(did, ["entered", "award", "message", "ended"], "{name}");
        assert!(deeds.iter().all(|own| !own.pending), "{name}: {deeds:?}");
        assert_eq!(shop.available(name), 40, "{name}");
        let messages = shop
            .app
            .messages_to(shop.tenant, &customer(name), None, 9)
            .expect("are listed");
        assert_eq!(messages.len(), 1, "{name}");
    }
    shop.verified();
}
