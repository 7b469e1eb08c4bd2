//! Scores: what models say of members every night, from orders to a message; the same as the report says; once,
//! whoever stops in between.

use crate::support::{CAFE, Shop, customer, event, key, moment, purchase, text};
use regulars_app::mail::Mailer;
use regulars_app::{
    ChannelSettings, Config, Error, Identity, InsightOptions, JourneySample, JourneyState, List,
    MemberScores, MessageSettings, MoveCause, NewMember, PageAsk, SegmentDraft,
};
use regulars_base::{CivilDay, Timestamp};
use regulars_engine::event::{Incoming, Kind, MergeOut, Who};
use regulars_testkit::TestDb;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

regulars_testkit::on_both! {
    whoever_is_about_to_leave_gets_a_letter_once,
    scores_are_those_of_the_report,
    of_few_members_nothing_is_said,
    whoever_was_merged_has_no_score_of_their_own,
    a_server_that_is_killed_amid_scores_sets_nobody_off_twice,
    history_knows_no_scores,
}

const DAY: i64 = 86_400_000_000;
/// Who comes every two weeks, who every fifty days, and who came a few times and no more.
const OFTEN: usize = 40;
const RARELY: usize = 80;
const GONE: usize = 60;
const ALL: usize = OFTEN + RARELY + GONE;
/// So many of these that they are told in two parts.
const MANY: usize = 560;
/// The days of the shop until now.
const DAYS: usize = 150;
/// The last of them.
const NOW: &str = "2025-06-30T12:00:00Z";

fn program() -> String {
    format!(
        "{CAFE}\n[activity.letters]\nconsent = \"keep\"\n\n[insight]\nactive_days = 20\nmargin = \"50%\"\n"
    )
}

/// What everybody bought, the oldest first.
fn orders(rarely: usize) -> Vec<Incoming> {
    let whole = |number: usize| i64::try_from(number).expect("is small");
    let begin = moment(NOW).plus_micros(-DAY * whole(DAYS));
    let spends = |number: usize| 4_00 + whole(number * 37 % 50) * whole(number * 53 % 41) * 3;
    let mut all: Vec<(usize, String, i64)> = Vec::new();
    let mut buys = |name: String, days: &mut dyn Iterator<Item = usize>, spends: i64| {
        for day in days {
            // Most purchases are small, and some are large.
            let mixed = (day + 1) * 7919 + all.len() * 104_729;
            let share = 30 + whole(mixed % 13) * whole(mixed / 13 % 17);
            all.push((day, name.clone(), spends * share / 100));
        }
    };
    for number in 0..OFTEN {
        let mut days = (number % 14..=DAYS).step_by(14);
        buys(format!("often-{number}"), &mut days, spends(number));
    }
    for number in 0..rarely {
        let mut days = (number % 50..=DAYS).step_by(50);
        buys(format!("rarely-{number}"), &mut days, spends(number + 17));
    }
    for number in 0..GONE {
        let first = number * 7 % 90;
        let mut days = (first..).step_by(6 + number % 9).take(1 + number % 6);
        buys(format!("gone-{number}"), &mut days, spends(number + 31));
    }
    all.sort();
    let each = all.into_iter().enumerate();
    each.map(|(order, (day, name, amount))| {
        let at = begin.plus_micros(DAY * whole(day));
        purchase(&name, &format!("o-{order}"), &at.to_string(), amount)
    })
    .collect()
}

/// A shop of which models can say something.
fn shop(db: TestDb, mailer: Mailer, rarely: usize) -> Shop {
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
    join(&shop, "rarely-40");
    shop.set(NOW);
    for answer in shop.app.ingest(shop.tenant, orders(rarely)) {
        answer.expect("is taken");
    }
    shop
}

fn follow(shop: &Shop) {
    let wait = Duration::from_secs(60);
    let done = shop.app.follow_segments(shop.tenant, wait);
    assert!(done.expect("follows"), "it took too long");
}

fn scores(shop: &Shop, name: &str) -> MemberScores {
    let own = shop.app.scores_of(shop.tenant, &customer(name));
    own.expect("is there")
}

fn score(own: &MemberScores, name: &str) -> Option<i64> {
    let found = own.scores.iter().find(|own| own.0 == name);
    found.map(|own| own.1)
}

fn label<'a>(own: &'a MemberScores, name: &str) -> Option<&'a str> {
    let found = own.labels.iter().find(|own| own.0 == name);
    found.map(|own| own.1.as_str())
}

fn names(rarely: usize) -> Vec<String> {
    let often = (0..OFTEN).map(|number| format!("often-{number}"));
    let rarely = (0..rarely).map(|number| format!("rarely-{number}"));
    let gone = (0..GONE).map(|number| format!("gone-{number}"));
    often.chain(rarely).chain(gone).collect()
}

/// The journey of the library, with nobody held out.
fn start(shop: &Shop) {
    let sample = JourneySample::named("about-to-leave").expect("is there");
    let taken = shop.app.take_journey_templates(shop.tenant, sample);
    taken.expect("are written");
    let text = sample.text.replace("hold_out = \"20 %\"\n", "");
    let put = shop.app.put_journey(shop.tenant, ("leave", None), &text);
    put.expect("is right");
    let set = shop
        .app
        .set_journey_state(shop.tenant, ("leave", 1), JourneyState::Running);
    set.expect("runs");
}

/// Somebody joins who may be written to.
fn join(shop: &Shop, name: &str) {
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
        attributes: serde_json::from_value(json!({})).expect("is an object"),
        occurred_at: Some(moment("2025-01-01T09:00:00Z")),
        referral_code: None,
    };
    let member = shop.app.enrol(shop.tenant, new).expect("joins").0.id;
    shop.app
        .consent(shop.tenant, member, "letters", true)
        .expect("is taken");
}

fn whoever_is_about_to_leave_gets_a_letter_once(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let shop = shop(db, mailer, RARELY);
    let draft = SegmentDraft {
        name: "About to leave".into(),
        condition: "score(\"churn\") >= 60".into(),
    };
    shop.app
        .make_segment(shop.tenant, "leaving", &draft)
        .expect("is right");
    start(&shop);
    follow(&shop);
    let size = || {
        shop.app
            .segment(shop.tenant, "leaving")
            .expect("is there")
            .members
    };
    assert_eq!(size(), 0);
    assert_eq!(shop.app.score_run(shop.tenant).expect("is read"), None);
    // Nobody was there last night: it is done at once, and once a night.
    assert!(
        shop.app
            .score_members_at_night(shop.tenant)
            .expect("is done")
    );
    assert!(
        !shop
            .app
            .score_members_at_night(shop.tenant)
            .expect("was done")
    );
    let run = shop
        .app
        .score_run(shop.tenant)
        .expect("is read")
        .expect("is there");
    assert_eq!(run.as_of(), "2025-06-30".parse().ok());
    assert_eq!(
        (run.window_days, run.customers, run.changed),
        (20, ALL as u64, ALL as u64)
    );
    for own in &run.models {
        assert_eq!(own.refused, "", "{}: {}", own.name, own.why);
    }
    let (often, rarely) = (scores(&shop, "often-10"), scores(&shop, "rarely-45"));
    assert!(
        score(&often, "churn").expect("is said") < 10_000,
        "{often:?}"
    );
    assert!(
        score(&rarely, "churn").expect("is said") > 90_000,
        "{rarely:?}"
    );
    // Who has been away for longer than the window is no member who may leave.
    let away = scores(&shop, "rarely-20");
    assert_eq!(score(&away, "churn"), None);
    assert!(score(&away, "alive").is_some());
    // All who are about to leave came in, by what a model said; memory and database say the same.
    let leaving = names(RARELY)
        .into_iter()
        .filter(|name| score(&scores(&shop, name), "churn").is_some_and(|churn| churn >= 60_000));
    let leaving: Vec<String> = leaving.collect();
    assert!((20..60).contains(&leaving.len()), "{leaving:?}");
    assert_eq!(usize::try_from(size()), Ok(leaving.len()));
    let page = PageAsk {
        after: None,
        limit: 1000,
    };
    let moves = shop
        .app
        .segment_moves(shop.tenant, "leaving", &page)
        .expect("a page")
        .items;
    assert_eq!(moves.len(), leaving.len());
    assert!(
        moves
            .iter()
            .all(|own| own.entered && own.cause == MoveCause::Score)
    );
    // They are in the journey, and the next morning they get a letter.
    let entered = || {
        let own = shop.app.journey(shop.tenant, "leave").expect("is there");
        let counts = own.counts.iter().filter(|own| own.did == "entered");
        counts.map(|own| own.count).sum::<i64>()
    };
    assert!(entered() > 0);
    shop.set("2025-07-01T09:00:00Z");
    follow(&shop);
    shop.app.post_messages(shop.tenant).expect("is posted");
    let got = letters.lock().expect("is whole").clone();
    assert_eq!(got.len(), 1, "{got:?}");
    assert_eq!(got[0].to, "rarely-40@example.com");
    // Nothing new is said, and nobody is told twice. Of a day more came in whoever had just bought.
    let came = entered();
    let again = shop
        .app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    assert_eq!(again.changed, 0);
    assert_eq!(entered(), came);
    // Somebody buys: at once they are not about to leave any more for the journey, and for the model by night.
    let name = &leaving[0];
    shop.take(purchase(name, "back", "2025-07-01T09:00:00Z", 9_00));
    follow(&shop);
    shop.set("2025-07-02T02:00:00Z");
    assert!(
        shop.app
            .score_members_at_night(shop.tenant)
            .expect("is done")
    );
    let changed = shop
        .app
        .score_run(shop.tenant)
        .expect("is read")
        .expect("is there");
    assert!((1..ALL as u64).contains(&changed.changed), "{changed:?}");
    follow(&shop);
    shop.verified();
}

fn scores_are_those_of_the_report(db: TestDb) {
    let shop = shop(db, Mailer::kept().0, RARELY);
    shop.app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    let report = shop
        .app
        .insight(shop.tenant, &InsightOptions::default(), &|_| true);
    let report = report.expect("is worked out");
    let folder = tempfile::tempdir().expect("a folder");
    report.write_tables(folder.path()).expect("are written");
    let json = report.json();
    assert_eq!(json["leaving"]["window_days"], 20, "{}", json["leaving"]);
    // Who is in the best tenth, and in which segment, the report says by name.
    let by_id: BTreeMap<String, String> = names(RARELY)
        .into_iter()
        .map(|name| {
            let found = shop.app.member(shop.tenant, &customer(&name));
            (found.expect("is there").id.to_string(), name)
        })
        .collect();
    let list = |which: &str| {
        let which: List = which.parse().expect("is a list");
        report.list(&which).expect("is made")
    };
    let mut placed = 0;
    for segment in regulars_engine::program::condition::figure::LABELS[0].2 {
        for id in list(&format!("segment={segment}")) {
            let own = scores(&shop, &by_id[&id]);
            assert_eq!(label(&own, "rfm"), Some(*segment), "{id}");
            placed += 1;
        }
    }
    assert_eq!(placed, ALL);
    for kind in regulars_engine::program::condition::figure::LABELS[1].2 {
        for id in list(&format!("kind={kind}")) {
            let own = scores(&shop, &by_id[&id]);
            assert_eq!(label(&own, "loyalty"), Some(*kind), "{id}");
        }
    }
    let outlook = report.outlook.as_ref().expect("is said");
    let leaving = report.leaving.as_ref().expect("is said");
    let sum = |name: &str| {
        let all = by_id
            .values()
            .filter_map(|own| score(&scores(&shop, own), name));
        all.sum::<i64>()
    };
    // Each is rounded: to a whole per cent, a tenth of an order, a whole euro.
    let near = |name: &str, exact: f64, each: f64| {
        let told = sum(name) as f64 / 1000.0;
        let most = each * ALL as f64 / 2.0;
        assert!((told - exact).abs() <= most, "{name}: {told}, not {exact}");
    };
    near("churn", leaving.expected * 100.0, 1.0);
    near("alive", outlook.active * 100.0, 1.0);
    near("orders", outlook.purchases, 0.1);
    let value = outlook.value.as_ref().expect("is said");
    near("value", value.total / 100.0, 1.0);
    let said = by_id
        .values()
        .filter(|own| score(&scores(&shop, own), "churn").is_some());
    assert_eq!(said.count(), leaving.each.len());
}

fn of_few_members_nothing_is_said(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let none = shop
        .app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    assert_eq!((none.customers, none.models.len()), (0, 0));
    shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 10_00));
    let few = shop
        .app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    let refused: Vec<(&str, &str)> = few
        .models
        .iter()
        .map(|own| (own.name.as_str(), own.refused.as_str()))
        .collect();
    let too_few = "too_few";
    assert_eq!(
        refused,
        [
            ("churn", too_few),
            ("alive", too_few),
            ("orders", too_few),
            ("value", too_few),
            ("rfm", ""),
            ("loyalty", "")
        ]
    );
    let own = scores(&shop, "ana");
    assert_eq!(score(&own, "churn"), None);
    assert!(label(&own, "rfm").is_some());
    // What no model tells can be asked by nobody.
    for (condition, what) in [
        ("score(\"chrun\") > 1", "no model tells the score `chrun`"),
        (
            "label(\"kind\") == \"x\"",
            "no model tells the label `kind`",
        ),
        ("label(\"rfm\") == \"best\"", "`rfm` calls nobody `best`"),
    ] {
        let wrong = shop.app.preview_segment(shop.tenant, condition, 10);
        let Err(Error::InvalidCondition(found)) = wrong else {
            panic!("{condition}: {wrong:?}")
        };
        assert_eq!(found[0].message, what);
        assert!(found[0].hint.is_some(), "{condition}");
    }
}

fn whoever_was_merged_has_no_score_of_their_own(db: TestDb) {
    let shop = shop(db, Mailer::kept().0, RARELY);
    shop.app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    let id = |name: &str| {
        shop.app
            .member(shop.tenant, &customer(name))
            .expect("is there")
            .id
    };
    let (from, into) = (id("rarely-45"), id("often-1"));
    let merge = Kind::MergeOut(MergeOut { from, into });
    shop.take(event(Who::Member(from), "merge", NOW, merge));
    shop.app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    let gone = shop
        .app
        .preview_segment(shop.tenant, "score(\"alive\") >= 0", 1)
        .expect("is right");
    assert_eq!(usize::try_from(gone.members), Ok(ALL - 1));
    shop.verified();
}

fn history_knows_no_scores(db: TestDb) {
    let shop = shop(db, Mailer::kept().0, RARELY);
    shop.app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    let since: CivilDay = "2025-02-01".parse().expect("is a day");
    let sample = JourneySample::named("about-to-leave").expect("is there");
    shop.app
        .take_journey_templates(shop.tenant, sample)
        .expect("are written");
    let trial = shop
        .app
        .preview_journey(shop.tenant, ("leave", sample.text), since);
    let trial = trial.expect("is run");
    assert_eq!((trial.entered, trial.counts.len()), (0, 0));
    assert_eq!(trial.unknown, ["score(\"churn\")"]);
    let known = sample
        .text
        .replace("score(\"churn\")", "score(\"advocate\")");
    let trial = shop
        .app
        .preview_journey(shop.tenant, ("leave", &known), since);
    assert_eq!(trial.expect("is run").unknown, [""; 0]);
}

// ── whoever is killed ──

/// Says scores, in a process that others kill; run by the test below alone.
#[test]
fn says_scores_in_a_process_of_its_own() {
    // Run by anybody else it has nothing to say.
    let Ok(kind) = std::env::var("SAYS_KIND") else {
        return;
    };
    let told = |name: &str| std::env::var(name).expect("the test that runs it says so");
    let database = match kind.as_str() {
        "sqlite" => regulars_app::Database::Sqlite(told("SAYS_PLACE").into()),
        _ => regulars_app::Database::Postgres(told("SAYS_PLACE")),
    };
    let now = Timestamp::from_micros(told("SAYS_AT").parse().expect("is a moment"));
    let app = regulars_app::App::open(Config {
        clock: regulars_app::Clock::from_fn(move || now),
        ..Config::new(database)
    });
    let app = app.expect("opens");
    let tenant = told("SAYS_FOR").parse().expect("is an id");
    app.score_members(tenant, &|_| true).expect("says them");
    app.close();
}

/// Says them in a process of its own, and kills it as soon as `is_time` says so.
fn score_elsewhere(shop: &Shop, is_time: &dyn Fn() -> bool) {
    let (kind, place) = match &shop.db.database {
        regulars_app::Database::Sqlite(path) => ("sqlite", path.display().to_string()),
        regulars_app::Database::Postgres(address) => ("postgres", address.clone()),
    };
    let mut child = std::process::Command::new(std::env::current_exe().expect("runs"))
        .args([
            "--exact",
            "scores::says_scores_in_a_process_of_its_own",
            "--nocapture",
        ])
        .env("SAYS_KIND", kind)
        .env("SAYS_PLACE", place)
        .env("SAYS_AT", shop.app.now().micros().to_string())
        .env("SAYS_FOR", shop.tenant.to_string())
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

fn a_server_that_is_killed_amid_scores_sets_nobody_off_twice(db: TestDb) {
    let shop = shop(db, Mailer::kept().0, MANY);
    start(&shop);
    let entered = || {
        let own = shop.app.journey(shop.tenant, "leave").expect("is there");
        let counts = own.counts.iter().filter(|own| own.did == "entered");
        counts.map(|own| own.count).sum::<i64>()
    };
    // As soon as the first part of them is kept.
    score_elsewhere(&shop, &|| entered() > 0);
    assert!(entered() > 0);
    let run = shop
        .app
        .score_members(shop.tenant, &|_| true)
        .expect("is done");
    assert_eq!(run.customers, (OFTEN + MANY + GONE) as u64);
    let mut due = 0;
    for name in names(MANY) {
        let own = scores(&shop, &name);
        assert!(label(&own, "rfm").is_some(), "{name}");
        let days = shop.app.journey_of(shop.tenant, "leave", &customer(&name));
        let did: Vec<String> = match days {
            Ok((_, deeds)) => deeds.into_iter().map(|own| own.did).collect(),
            Err(Error::NotFound { .. }) => Vec::new(),
            Err(error) => panic!("{error}"),
        };
        due += i64::from(!did.is_empty());
        assert!(did.is_empty() || did == ["entered"], "{name}: {did:?}");
    }
    assert_eq!(entered(), due);
    shop.verified();
}
