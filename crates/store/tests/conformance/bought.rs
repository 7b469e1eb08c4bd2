//! Whoever is compared with others: found with what they bought, page by page, and by what was meant for them.

use crate::world::{open, shop};
use regulars_base::{Timestamp, WalletId};
use regulars_engine::program::condition::figure::Plain;
use regulars_store::{
    BoughtOf, BoughtRow, JourneyDeed, JourneyPass, JourneyRow, MessageRow, MessageStage, MoveCause,
    PortraitRow, SegmentMove, SegmentPass, SendRow, SendStage, Store,
};
use regulars_testkit::{TestDb, member, on_both};

on_both! {
    everybody_is_found_page_by_page_with_what_they_bought,
    a_journey_has_those_who_came_in_and_when_they_first_did,
    a_send_has_whoever_it_was_meant_for_whatever_became_of_it,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn wallet(n: u64) -> WalletId {
    WalletId::from_bytes(*member(n).bytes())
}

/// What is kept of the member of this number.
fn kept(n: u64) -> String {
    format!(r#"{{"days":[[{n},1,100]]}}"#)
}

fn portrait(n: u64, here: bool) -> PortraitRow {
    let mut plain = [None; Plain::COUNT];
    plain[Plain::Joined.place()] = Some(7);
    PortraitRow {
        wallet: wallet(n),
        here,
        next_on: None,
        tier: String::new(),
        plan: String::new(),
        plain,
        numbers: Vec::new(),
        texts: Vec::new(),
        state: kept(n),
    }
}

/// Members 1 to 5, of whom 4 has left; 2 and 5 are in a segment. Of 9 nothing is kept.
fn begin(db: &TestDb, journeys: JourneyPass) -> Box<dyn Store> {
    let mut store = open(db);
    let entered = |n| SegmentMove {
        no: 0,
        segment: "away".into(),
        wallet: wallet(n),
        at: at(1),
        day: 1,
        entered: true,
        cause: MoveCause::Change,
    };
    let pass = SegmentPass {
        portraits: (1..=5).map(|n| portrait(n, n != 4)).collect(),
        moves: vec![entered(2), entered(5)],
        journeys,
        ..SegmentPass::default()
    };
    assert!(store.segment_pass(shop(), &pass).unwrap());
    store
}

fn row(n: u64) -> BoughtRow {
    BoughtRow {
        wallet: wallet(n),
        came_at: None,
        joined_on: None,
        held_out: false,
        portrait: Some(kept(n)),
    }
}

fn everybody_is_found_page_by_page_with_what_they_bought(db: TestDb) {
    let mut store = begin(&db, JourneyPass::default());
    let joined = |n| BoughtRow {
        joined_on: Some(7),
        ..row(n)
    };
    let all = BoughtOf::Everybody;
    let first = store.bought(shop(), &all, None, 3).unwrap();
    assert_eq!(first, [joined(1), joined(2), joined(3)]);
    let rest = store.bought(shop(), &all, Some(wallet(3)), 3).unwrap();
    assert_eq!(rest, [joined(5)]);
    let segment = BoughtOf::Segment("away".into());
    let own = store.bought(shop(), &segment, None, 9).unwrap();
    assert_eq!(own, [row(2), row(5)]);
    let none = BoughtOf::Segment("here".into());
    assert_eq!(store.bought(shop(), &none, None, 9).unwrap(), []);
}

fn a_journey_has_those_who_came_in_and_when_they_first_did(db: TestDb) {
    let own = |n: u64, entry: u32| JourneyRow {
        wallet: wallet(n),
        journey: "welcome".into(),
        version: 1,
        entry,
        step: "pause".into(),
        since: at(50),
        due: None,
        done: false,
        held_out: n == 3,
        deeds: 1,
        state: "{}".into(),
    };
    let deed = |n: u64, (entry, no): (u32, u32), second: i64| JourneyDeed {
        wallet: wallet(n),
        journey: "welcome".into(),
        entry,
        no,
        step: "hello".into(),
        at: at(second),
        did: "entered".into(),
        reason: String::new(),
        points: 0,
        pending: false,
    };
    let journeys = JourneyPass {
        rows: vec![
            own(1, 2),
            own(3, 1),
            own(9, 1),
            JourneyRow {
                journey: "other".into(),
                ..own(2, 1)
            },
        ],
        deeds: vec![
            deed(1, (1, 0), 10),
            deed(1, (1, 1), 11),
            deed(1, (2, 0), 40),
            deed(3, (1, 0), 20),
            deed(9, (1, 0), 30),
        ],
        ..JourneyPass::default()
    };
    let mut store = begin(&db, journeys);
    let came = |n: u64, second: i64| BoughtRow {
        came_at: Some(at(second)),
        held_out: n == 3,
        portrait: (n < 9).then(|| kept(n)),
        ..row(n)
    };
    let of = BoughtOf::Journey("welcome".into());
    let found = store.bought(shop(), &of, None, 2).unwrap();
    assert_eq!(found, [came(1, 10), came(3, 20)]);
    let found = store.bought(shop(), &of, Some(wallet(3)), 2).unwrap();
    assert_eq!(found, [came(9, 30)]);
}

fn a_send_has_whoever_it_was_meant_for_whatever_became_of_it(db: TestDb) {
    let message = |n: u64, stage: MessageStage, reason: &str, address: bool| MessageRow {
        send: "snd_b".into(),
        member: member(n),
        channel: "email".into(),
        stage,
        reason: reason.into(),
        at: at(1),
        due: None,
        tries: 0,
        counts: true,
        address: address.then_some([1; 32]),
        content: None,
    };
    let not = MessageStage::NotSent;
    let journeys = JourneyPass {
        sends: vec![SendRow {
            id: "snd_b".into(),
            stage: SendStage::Planned,
            after: None,
            body: "{}".into(),
            made_at: at(1),
        }],
        messages: vec![
            message(1, MessageStage::Sent, "", true),
            // Nobody knows whether a member who is held out would have unsubscribed.
            message(2, not, "unsubscribed", true),
            message(3, not, "held_out", false),
            message(4, not, "no_consent", false),
            message(5, not, "capped", false),
            message(6, MessageStage::Bounced, "", true),
            message(7, not, "control_group", false),
        ],
        ..JourneyPass::default()
    };
    let mut store = begin(&db, journeys);
    let of = BoughtOf::Send("snd_b".into());
    let found = store.bought(shop(), &of, None, 9).unwrap();
    let held = BoughtRow {
        held_out: true,
        ..row(3)
    };
    let unknown = BoughtRow {
        portrait: None,
        ..row(6)
    };
    assert_eq!(found, [row(1), row(2), held, row(5), unknown]);
    let rest = store.bought(shop(), &of, Some(wallet(3)), 1).unwrap();
    assert_eq!(rest, [row(5)]);
}
