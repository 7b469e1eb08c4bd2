//! Journeys: written with the pass that decided them or not at all, due, counted, booked once.

use crate::world::{open, shop};
use regulars_base::{Timestamp, WalletId};
use regulars_store::{
    JourneyAsk, JourneyDeed, JourneyPass, JourneyRow, MessageRow, MessageStage, SegmentPass,
    SegmentRun, SendRow, SendStage, Store,
};
use regulars_testkit::{TestDb, member, on_both};

on_both! {
    a_pass_writes_all_that_came_of_it_or_nothing,
    those_who_are_due_are_found_in_the_journeys_that_are_asked_for,
    members_are_listed_counted_and_let_out,
    points_are_booked_once,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn wallet(n: u64) -> WalletId {
    WalletId::from_bytes(*member(n).bytes())
}

fn row(n: u64, journey: &str) -> JourneyRow {
    JourneyRow {
        wallet: wallet(n),
        journey: journey.into(),
        version: 1,
        entry: 1,
        step: "pause".into(),
        since: at(1),
        due: Some(at(10)),
        done: false,
        held_out: n == 3,
        deeds: 2,
        state: "{}".into(),
    }
}

fn deed(n: u64, no: u32, did: &str) -> JourneyDeed {
    JourneyDeed {
        wallet: wallet(n),
        journey: "welcome".into(),
        entry: 1,
        no,
        step: "hello".into(),
        at: at(1),
        did: did.into(),
        reason: String::new(),
        points: 0,
        pending: false,
    }
}

fn message(n: u64) -> MessageRow {
    MessageRow {
        send: "snd_j".into(),
        member: member(n),
        channel: "email".into(),
        stage: MessageStage::Waiting,
        reason: String::new(),
        at: at(1),
        due: Some(at(2)),
        tries: 0,
        counts: true,
        address: None,
        content: Some("{}".into()),
    }
}

fn send() -> SendRow {
    SendRow {
        id: "snd_j".into(),
        stage: SendStage::Planned,
        after: None,
        body: "{}".into(),
        made_at: at(1),
    }
}

fn pass(store: &mut dyn Store, journeys: JourneyPass) -> bool {
    let seen = store.segment_run(shop()).unwrap().unwrap_or_default();
    let pass = SegmentPass {
        seen,
        seal: seen.seal,
        journeys,
        ..SegmentPass::default()
    };
    store.segment_pass(shop(), &pass).unwrap()
}

fn a_pass_writes_all_that_came_of_it_or_nothing(db: TestDb) {
    let mut store = open(&db);
    let journeys = JourneyPass {
        rows: vec![row(1, "welcome")],
        deeds: vec![deed(1, 0, "entered"), deed(1, 1, "message")],
        sends: vec![send()],
        messages: vec![message(1)],
    };
    assert!(pass(&mut *store, journeys.clone()));
    // Another server, with what it saw before.
    let late = SegmentPass {
        seen: SegmentRun::default(),
        journeys: JourneyPass {
            rows: vec![JourneyRow {
                step: "elsewhere".into(),
                ..row(1, "welcome")
            }],
            ..journeys
        },
        ..SegmentPass::default()
    };
    assert!(!store.segment_pass(shop(), &late).unwrap());
    let found = store.journeys_of(shop(), &[wallet(1), wallet(2)]).unwrap();
    assert_eq!(found, [row(1, "welcome")]);
    let deeds = store
        .journey_deeds(shop(), ("welcome", wallet(1)), 9)
        .unwrap();
    assert_eq!(deeds, [deed(1, 0, "entered"), deed(1, 1, "message")]);
    assert_eq!(
        store.message(shop(), "snd_j", member(1)).unwrap(),
        Some(message(1))
    );
    // The same send is added once, whoever comes next.
    let next = JourneyPass {
        rows: vec![row(2, "welcome")],
        deeds: Vec::new(),
        sends: vec![send()],
        messages: vec![message(2)],
    };
    assert!(pass(&mut *store, next));
    assert_eq!(store.send(shop(), "snd_j").unwrap(), Some(send()));
    assert_eq!(store.sends(shop(), None, 9).unwrap().len(), 1);
}

fn those_who_are_due_are_found_in_the_journeys_that_are_asked_for(db: TestDb) {
    let mut store = open(&db);
    let later = JourneyRow {
        due: Some(at(20)),
        ..row(2, "welcome")
    };
    let over = JourneyRow {
        due: None,
        done: true,
        ..row(3, "welcome")
    };
    let journeys = JourneyPass {
        rows: vec![
            row(1, "welcome"),
            row(1, "away"),
            later,
            over,
            row(4, "away"),
        ],
        ..JourneyPass::default()
    };
    assert!(pass(&mut *store, journeys));
    let mut due = |journeys: &[&str], now: i64| {
        let journeys: Vec<String> = journeys.iter().map(|own| (*own).to_owned()).collect();
        let mut found = store.journeys_due(shop(), (&journeys, at(now)), 9).unwrap();
        found.sort();
        found
    };
    assert_eq!(due(&["welcome", "away"], 9), []);
    assert_eq!(due(&["welcome", "away"], 10), [wallet(1), wallet(4)]);
    assert_eq!(due(&["welcome"], 20), [wallet(1), wallet(2)]);
    assert_eq!(due(&[], 20), []);
}

fn members_are_listed_counted_and_let_out(db: TestDb) {
    let mut store = open(&db);
    let over = JourneyRow {
        due: None,
        done: true,
        step: "end".into(),
        ..row(2, "welcome")
    };
    let given = JourneyDeed {
        points: 50,
        ..deed(2, 0, "award")
    };
    let journeys = JourneyPass {
        rows: vec![row(1, "welcome"), over, row(3, "welcome"), row(1, "away")],
        deeds: vec![deed(1, 0, "entered"), given.clone(), deed(3, 0, "entered")],
        ..JourneyPass::default()
    };
    assert!(pass(&mut *store, journeys));
    let mut list = |ask: &JourneyAsk| {
        let rows = store.journey_members(shop(), "welcome", ask, 9).unwrap();
        rows.into_iter().map(|own| own.wallet).collect::<Vec<_>>()
    };
    let all = JourneyAsk::default();
    assert_eq!(list(&all), [wallet(1), wallet(2), wallet(3)]);
    let ask = JourneyAsk {
        step: Some("pause".into()),
        done: Some(false),
        after: Some(wallet(1)),
    };
    assert_eq!(list(&ask), [wallet(3)]);
    let (counts, crowds) = store.journey_counts(shop(), "welcome").unwrap();
    let told: Vec<_> = counts
        .iter()
        .map(|own| (&*own.did, own.count, own.points))
        .collect();
    assert_eq!(told, [("award", 1, 50), ("entered", 2, 0)]);
    let told: Vec<_> = crowds
        .iter()
        .map(|own| (&*own.step, own.done, own.held_out, own.count))
        .collect();
    let want = [
        ("end", true, false, 1),
        ("pause", false, false, 1),
        ("pause", false, true, 1),
    ];
    assert_eq!(told, want);
    let before = store.segment_run(shop()).unwrap().unwrap();
    assert_eq!(store.end_journey(shop(), "welcome").unwrap(), 2);
    // Whoever was about to write where members are has to look again.
    assert_ne!(store.segment_run(shop()).unwrap().unwrap(), before);
    let left = store.journeys_of(shop(), &[wallet(1)]).unwrap();
    let told: Vec<_> = left
        .iter()
        .map(|own| (&*own.journey, own.done, own.due))
        .collect();
    assert_eq!(
        told,
        [("away", false, Some(at(10))), ("welcome", true, None)]
    );
}

fn points_are_booked_once(db: TestDb) {
    let mut store = open(&db);
    let waits = |n| JourneyDeed {
        points: 50,
        pending: true,
        ..deed(n, 0, "award")
    };
    let journeys = JourneyPass {
        deeds: vec![waits(1), waits(2), deed(3, 0, "entered")],
        ..JourneyPass::default()
    };
    assert!(pass(&mut *store, journeys));
    assert_eq!(
        store.deeds_to_book(shop(), 9).unwrap(),
        [waits(1), waits(2)]
    );
    assert!(store.settle_deed(shop(), &waits(1)).unwrap());
    assert!(!store.settle_deed(shop(), &waits(1)).unwrap());
    let refused = JourneyDeed {
        points: 0,
        reason: "on_hold".into(),
        ..waits(2)
    };
    assert!(store.settle_deed(shop(), &refused).unwrap());
    assert_eq!(store.deeds_to_book(shop(), 9).unwrap(), []);
    let deeds = store
        .journey_deeds(shop(), ("welcome", wallet(2)), 9)
        .unwrap();
    assert_eq!(
        (&*deeds[0].reason, deeds[0].points, deeds[0].pending),
        ("on_hold", 0, false)
    );
}
