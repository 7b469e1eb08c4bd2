//! Journeys as pure values: whatever happens, in whatever order, nobody is sent the same step twice, everybody
//! comes out, and a machine that is stopped and read again goes on as if it had not been.

use proptest::prelude::*;
use regulars_base::{EventKey, Text, Timestamp, Zone};
use regulars_engage::journey::{Did, End, Happened, Known, Sight, Standing};
use regulars_engage::{Figures, Journey};
use regulars_engine::event::{Activity, Approved, Event, Kind, Moderation};
use regulars_engine::program::condition::figure::Plain;
use regulars_engine::{Outcome, Program, State, step};
use std::collections::{BTreeMap, BTreeSet};

const CAFE: &str = r#"
[program]
name     = "Café"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]

[activity.review]
"#;

const ALL: &str = r#"
name = "All of it"
goal = "orders_ever >= 9"
exit = "spend_ever > 1000"
again = "after 30 days"

[start]
on = "enrolment"

[[step]]
id = "first"
send = "a"

[[step]]
id = "pause"
wait = "3 days"

[[step]]
id = "morning"
wait_until = "09:30"

[[step]]
id = "review"
wait_for = "activity"
activity = "review"
within = "5 days"
late = "is-regular"
then = "thanks"

[[step]]
id = "is-regular"
if = "orders_ever > 3"
then = "thanks"
else = "call"

[[step]]
id = "call"
task = "Call them"
owner = "Eva"
within = "2 days"
late = "last"

[[step]]
id = "thanks"
award = 10
reason = "Thanks"

[[step]]
id = "last"
send = "a"
channel = "inbox"
"#;

fn program() -> Program {
    let (program, found) = regulars_engine::program::compile::compile(CAFE);
    program.unwrap_or_else(|| panic!("{found:?}"))
}

fn journey(program: &Program) -> Journey {
    let known = Known {
        templates: BTreeSet::from(["a".to_owned()]),
        segments: BTreeSet::new(),
    };
    Journey::read(ALL, program, &known).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn at(minutes: i64) -> Timestamp {
    let begun: Timestamp = "2025-03-01T09:00:00Z".parse().expect("is a moment");
    begun.plus_micros(minutes * 60_000_000)
}

fn figures(orders: i64, spend: i64) -> Figures {
    let mut figures = Figures::new(20_000);
    figures.here = true;
    figures.set(Plain::OrdersEver, Some(orders));
    figures.set(Plain::SpendEver, Some(spend));
    figures
}

fn sight<'a>(
    now: Timestamp,
    zone: &'a Zone,
    figures: &'a Figures,
    program: &'a Program,
) -> Sight<'a> {
    Sight {
        now,
        zone,
        figures,
        program,
    }
}

fn review(now: Timestamp) -> Event {
    let text = |text: &str| Text::new(text).expect("is short");
    Event {
        key: EventKey {
            source: text("t"),
            external_id: text("1"),
        },
        occurred_at: now,
        recorded_at: now,
        entropy: [0; 16],
        kind: Kind::Activity(Activity {
            name: text("review"),
            store: text(""),
            fields: Vec::new(),
        }),
    }
}

/// What may happen next: how many minutes later, what, and how many orders there are by then.
#[derive(Clone, Debug)]
enum Next {
    Time,
    Review,
    Call,
}

fn next() -> impl Strategy<Value = (i64, Next, i64)> {
    let what = prop_oneof![3 => Just(Next::Time), 1 => Just(Next::Review), 1 => Just(Next::Call)];
    (0_i64..4_000, what, 0_i64..6)
}

proptest! {
    #[test]
    fn nothing_is_done_twice_and_everybody_comes_out(steps in prop::collection::vec(next(), 1..40)) {
        let program = program();
        let journey = journey(&program);
        let zone = Zone::new("Europe/Berlin").expect("is known");
        let first = figures(0, 0);
        let (mut standing, mut deeds) = journey.enter(None, false, sight(at(0), &zone, &first, &program));
        let mut minutes = 0;
        for (later, what, orders) in steps {
            minutes += later;
            let (now, seen) = (at(minutes), figures(orders, orders * 20));
            // As it is kept between two looks.
            let kept = serde_json::to_string(&standing).expect("is written");
            let read: Standing = serde_json::from_str(&kept).expect("is read");
            prop_assert_eq!(&read, &standing);
            let event = review(now);
            let outcome = Outcome::default();
            let happened = match what {
                Next::Time => Happened::Time,
                Next::Review => Happened::Event(&event, &outcome),
                Next::Call => Happened::Task("call"),
            };
            let before = journey.place(&read.step);
            let (moved, done) = journey.advance(read, happened, sight(now, &zone, &seen, &program));
            prop_assert!(journey.place(&moved.step) >= before, "it leads on");
            // Looking once more at the same moment does nothing more.
            let (again, nothing) = journey.advance(moved.clone(), Happened::Time, sight(now, &zone, &seen, &program));
            prop_assert_eq!((&again, nothing.len()), (&moved, 0));
            standing = moved;
            deeds.extend(done);
        }
        // Left alone, it comes to its end.
        for _ in 0..10 {
            minutes += 20 * 24 * 60;
            let (moved, done) = journey.advance(standing, Happened::Time, sight(at(minutes), &zone, &first, &program));
            standing = moved;
            deeds.extend(done);
        }
        prop_assert!(standing.end.is_some(), "{:?}", standing);
        let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
        for deed in &deeds {
            *counts.entry((deed.step.clone(), deed.did.code())).or_default() += 1;
        }
        prop_assert!(counts.values().all(|count| *count == 1), "{:?}", counts);
        let ended = deeds.iter().filter(|own| matches!(own.did, Did::Ended(_))).count();
        prop_assert_eq!(ended, 1);
    }
}

/// Found by the property above: whoever comes to half past nine at half past nine has nothing to wait for.
#[test]
fn nobody_waits_for_the_minute_that_it_is() {
    let program = program();
    let journey = journey(&program);
    let zone = Zone::new("Europe/Berlin").expect("is known");
    let seen = figures(0, 0);
    let advance = |standing, minutes| {
        let sight = sight(at(minutes), &zone, &seen, &program);
        journey.advance(standing, Happened::Time, sight).0
    };
    let (standing, _) = journey.enter(None, false, sight(at(0), &zone, &seen, &program));
    let half_past_nine = 3 * 24 * 60 + 23 * 60 + 30;
    let standing = advance(advance(standing, 3843), half_past_nine);
    assert_eq!(standing.step, "review");
    assert_eq!(advance(standing.clone(), half_past_nine), standing);
}

#[test]
fn the_goal_ends_it_whoever_left_is_out_and_nobody_comes_in_too_soon() {
    let program = program();
    let journey = journey(&program);
    let zone = Zone::new("Europe/Berlin").expect("is known");
    let seen = figures(0, 0);
    assert!(journey.takes(None, sight(at(0), &zone, &seen, &program)));
    assert!(
        !journey.takes(None, sight(at(0), &zone, &figures(9, 0), &program)),
        "the goal holds"
    );
    assert!(
        !journey.takes(None, sight(at(0), &zone, &figures(0, 100_001), &program)),
        "the exit holds"
    );
    let (standing, _) = journey.enter(None, true, sight(at(0), &zone, &seen, &program));
    assert!(standing.held_out);
    let ends = |figures: &Figures| {
        let (own, _) = journey.advance(
            standing.clone(),
            Happened::Time,
            sight(at(1), &zone, figures, &program),
        );
        own.end
    };
    assert_eq!(ends(&figures(9, 0)), Some(End::Goal));
    assert_eq!(ends(&figures(1, 100_001)), Some(End::Exit));
    let mut gone = figures(1, 0);
    gone.here = false;
    assert_eq!(ends(&gone), Some(End::Left));
    assert_eq!(ends(&figures(1, 0)), None);
    let elsewhere = Standing {
        step: "no-more".into(),
        ..standing.clone()
    };
    let (own, _) = journey.advance(
        elsewhere,
        Happened::Time,
        sight(at(1), &zone, &seen, &program),
    );
    assert_eq!(own.end, Some(End::Changed));

    let over = Standing {
        end: Some(End::Done),
        ..standing.clone()
    };
    let day = |days: i64| sight(at(days * 24 * 60), &zone, &seen, &program);
    assert!(!journey.takes(Some(&standing), day(99)), "they are in it");
    assert!(!journey.takes(Some(&over), day(29)));
    assert!(journey.takes(Some(&over), day(30)));
    let (again, _) = journey.enter(Some(&over), false, day(30));
    assert_eq!((again.entry, again.held_out), (2, false));
}

#[test]
fn what_comes_after_the_time_was_over_came_too_late_however_late_it_is_looked_at() {
    let program = program();
    let journey = journey(&program);
    let zone = Zone::UTC;
    let seen = figures(0, 0);
    let waits = Standing {
        entry: 1,
        entered_at: at(0),
        held_out: false,
        in_control_group: false,
        step: "review".into(),
        since: at(10),
        due: Some(at(100)),
        end: None,
    };
    let reviewed = |minute: i64| {
        let event = review(at(minute));
        let outcome = Outcome::default();
        let happened = Happened::Event(&event, &outcome);
        let (_, deeds) = journey.advance(
            waits.clone(),
            happened,
            sight(at(500), &zone, &seen, &program),
        );
        deeds.first().map(|own| own.did.code())
    };
    assert_eq!(reviewed(99), Some("seen"));
    assert_eq!(reviewed(100), Some("late"));
    // What happened before they came to the step is not what it waits for.
    assert_eq!(reviewed(9), Some("late"));
}

#[test]
fn an_activity_that_waits_for_somebody_sets_a_journey_off_once_it_is_approved() {
    let moderated = CAFE.replace("[activity.review]", "[activity.review]\nmoderated = true");
    let (program, found) = regulars_engine::program::compile::compile(&moderated);
    let program = program.unwrap_or_else(|| panic!("{found:?}"));
    let text = "name = \"Thanks\"\n[start]\non = \"activity\"\nactivity = \"review\"\n\
                \n[[step]]\nid = \"thanks\"\nsend = \"a\"\n";
    let known = Known {
        templates: BTreeSet::from(["a".to_owned()]),
        segments: BTreeSet::new(),
    };
    let journey = Journey::read(text, &program, &known);
    let journey = journey.unwrap_or_else(|faults| panic!("{faults:?}"));
    for (approved, starts) in [(true, [false, false, true]), (false, [false, false, false])] {
        let (mut state, mut out) = (State::default(), Outcome::default());
        let mut starts_by = |id: &str, kind: Kind| {
            let mut event = review(at(0));
            event.key.external_id = Text::new(id).expect("is short");
            event.kind = kind;
            step(&program, &mut state, &event, &mut out);
            journey.starts_by(&program, &event, &out)
        };
        let Kind::Activity(activity) = review(at(0)).kind else {
            panic!("it is one");
        };
        let submission = Text::new("1").expect("is short");
        let moderation = Moderation {
            submission: submission.clone(),
            approved,
            reason: Text::default(),
            by: Text::default(),
        };
        let follows = Approved {
            submission,
            activity: activity.clone(),
            at: at(0),
        };
        let came = [
            starts_by("1", Kind::Activity(activity)),
            starts_by("2", Kind::Moderation(moderation)),
            starts_by("1#approved", Kind::Approved(Box::new(follows))),
        ];
        assert_eq!(came, starts, "approved: {approved}");
    }
}
