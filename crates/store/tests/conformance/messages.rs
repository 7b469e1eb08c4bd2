//! Messages: planned page by page by one at a time, claimed, moved by whoever holds them, forgotten.

use crate::world::{open, shop};
use regulars_base::{MemberId, Timestamp, WalletId};
use regulars_store::{
    Identity, Member, MessageAsk, MessageRow, MessageStage, SendPlan, SendRow, SendStage, Store,
};
use regulars_testkit::{TestDb, member, on_both};

on_both! {
    a_page_is_planned_once_however_many_try,
    a_message_is_one_callers_until_its_time_is_over,
    what_waits_is_not_sent_once_a_send_is_stopped,
    what_counts_for_the_cap_is_counted_by_member,
    members_are_read_together_with_all_that_is_known_of_them,
    what_was_written_to_somebody_who_is_forgotten_goes,
    addresses_that_bounced_are_known,
}

const SEND: &str = "snd_1";

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn row(n: u64) -> MessageRow {
    MessageRow {
        send: SEND.into(),
        member: member(n),
        channel: "email".into(),
        stage: MessageStage::Waiting,
        reason: String::new(),
        at: at(1),
        due: Some(at(10)),
        tries: 0,
        counts: true,
        address: Some([7; 32]),
        content: Some("{}".into()),
    }
}

fn unsent(n: u64, reason: &str) -> MessageRow {
    MessageRow {
        stage: MessageStage::NotSent,
        reason: reason.into(),
        due: None,
        content: None,
        address: None,
        ..row(n)
    }
}

fn send(id: &str) -> SendRow {
    SendRow {
        id: id.into(),
        stage: SendStage::Planning,
        after: None,
        body: "{\"x\":1}".into(),
        made_at: at(1),
    }
}

fn begun(db: &TestDb) -> Box<dyn Store> {
    let mut store = open(db);
    store.add_send(shop(), &send(SEND)).unwrap();
    store
}

fn plan(store: &mut dyn Store, seen: Option<MemberId>, rows: &[MessageRow], done: bool) -> bool {
    let plan = SendPlan {
        send: SEND,
        seen,
        after: rows.last().map(|own| own.member).or(seen),
        done,
        rows,
    };
    store.plan_send(shop(), &plan).unwrap()
}

fn claim(store: &mut dyn Store, now: i64, until: i64) -> Vec<MessageRow> {
    let times = (at(now), at(until));
    store.claim_messages(shop(), times, 9).unwrap()
}

fn a_page_is_planned_once_however_many_try(db: TestDb) {
    let mut store = begun(&db);
    store.add_send(shop(), &send("snd_2")).unwrap();
    assert_eq!(store.send_to_plan(shop()).unwrap(), Some(send(SEND)));
    let first = [row(1), unsent(2, "no_consent")];
    assert!(plan(&mut *store, None, &first, false));
    // Another server, with what it read before.
    assert!(!plan(&mut *store, None, &[row(1), row(3)], true));
    let seen = store.send(shop(), SEND).unwrap().unwrap();
    assert_eq!(
        (seen.stage, seen.after),
        (SendStage::Planning, Some(member(2)))
    );
    assert!(plan(&mut *store, Some(member(2)), &[row(3)], true));
    assert_eq!(store.send_to_plan(shop()).unwrap().unwrap().id, "snd_2");
    let all = store
        .messages(shop(), SEND, &MessageAsk::default(), 9)
        .unwrap();
    assert_eq!(all, [row(1), unsent(2, "no_consent"), row(3)]);
    let ask = MessageAsk {
        stage: Some(MessageStage::Waiting),
        reason: None,
        after: Some(member(1)),
    };
    assert_eq!(store.messages(shop(), SEND, &ask, 9).unwrap(), [row(3)]);
    let ask = MessageAsk {
        reason: Some("no_consent".into()),
        ..MessageAsk::default()
    };
    assert_eq!(store.messages(shop(), SEND, &ask, 9).unwrap().len(), 1);
    let counts = store.message_counts(shop(), SEND).unwrap();
    let want = [
        (MessageStage::Waiting, String::new(), 2),
        (MessageStage::NotSent, "no_consent".into(), 1),
    ];
    assert_eq!(counts, want);
    // By when they were made, whatever their ids say: those of a journey begin with its own moment.
    let late = SendRow {
        made_at: at(2),
        ..send("snd_0")
    };
    store.add_send(shop(), &late).unwrap();
    let mut ids = |before, most| -> Vec<String> {
        let found = store.sends(shop(), before, most).unwrap();
        found.into_iter().map(|own| own.id).collect()
    };
    assert_eq!(ids(None, 9), ["snd_0", "snd_2", "snd_1"]);
    assert_eq!(ids(Some((at(2), "snd_0")), 1), ["snd_2"]);
    assert_eq!(ids(Some((at(1), "snd_2")), 9), ["snd_1"]);
}

fn a_message_is_one_callers_until_its_time_is_over(db: TestDb) {
    let mut store = begun(&db);
    plan(&mut *store, None, &[row(1), row(2)], true);
    assert_eq!(claim(&mut *store, 9, 20), []);
    let first = claim(&mut *store, 10, 20);
    assert_eq!(first.len(), 2);
    assert_eq!(claim(&mut *store, 19, 30), []);
    let second = claim(&mut *store, 20, 30);
    let moved = |own: &MessageRow| MessageRow {
        stage: MessageStage::Sent,
        due: None,
        tries: 1,
        content: None,
        at: at(21),
        ..own.clone()
    };
    // Whoever held it before comes too late.
    let late = store
        .move_messages(shop(), at(20), &[moved(&first[0])])
        .unwrap();
    assert_eq!(late, [false]);
    let done = store
        .move_messages(shop(), at(30), &[moved(&second[0])])
        .unwrap();
    assert_eq!(done, [true]);
    let sent = store.message(shop(), SEND, member(1)).unwrap().unwrap();
    assert_eq!(sent, moved(&second[0]));
    assert_eq!(claim(&mut *store, 99, 100).len(), 1);
}

fn what_waits_is_not_sent_once_a_send_is_stopped(db: TestDb) {
    let mut store = begun(&db);
    plan(&mut *store, None, &[row(1)], false);
    let held = claim(&mut *store, 10, 20).remove(0);
    assert!(store.stop_send(shop(), SEND, at(11)).unwrap());
    assert!(!store.stop_send(shop(), SEND, at(11)).unwrap());
    let handed = MessageRow {
        stage: MessageStage::HandedOver,
        ..held
    };
    assert_eq!(
        store.move_messages(shop(), at(20), &[handed]).unwrap(),
        [false]
    );
    assert!(!plan(&mut *store, Some(member(1)), &[row(2)], true));
    let stopped = store.message(shop(), SEND, member(1)).unwrap().unwrap();
    assert_eq!(
        (stopped.stage, &*stopped.reason),
        (MessageStage::NotSent, "stopped")
    );
    assert_eq!(claim(&mut *store, 99, 100), []);
}

fn what_counts_for_the_cap_is_counted_by_member(db: TestDb) {
    let mut store = begun(&db);
    let quiet = MessageRow {
        counts: false,
        ..row(3)
    };
    plan(
        &mut *store,
        None,
        &[row(1), unsent(2, "capped"), quiet],
        true,
    );
    let all = [member(1), member(2), member(3), member(4)];
    let lately = store.messages_lately(shop(), &all, at(1)).unwrap();
    assert_eq!(lately, [(member(1), 1)]);
    assert_eq!(store.messages_lately(shop(), &all, at(2)).unwrap(), []);
    assert_eq!(store.messages_lately(shop(), &[], at(1)).unwrap(), []);
    assert_eq!(
        store.messages_of(shop(), member(1), None, 9).unwrap(),
        [row(1)]
    );
    assert_eq!(
        store
            .messages_of(shop(), member(1), Some("sms"), 9)
            .unwrap(),
        []
    );
}

fn somebody(n: u64) -> Member {
    let identity = |kind: &str, value: String| Identity {
        kind: kind.into(),
        value,
    };
    Member {
        id: member(n),
        wallet: WalletId::from_bytes(*member(n).bytes()),
        merged_into: None,
        created_at: at(1),
        identities: vec![
            identity("card", n.to_string()),
            identity("email", format!("{n}@example.com")),
        ],
        attributes: format!(r#"{{"name":"No. {n}"}}"#),
    }
}

fn members_are_read_together_with_all_that_is_known_of_them(db: TestDb) {
    let mut store = open(&db);
    let all = [somebody(1), somebody(2), somebody(3)];
    all.iter()
        .for_each(|own| store.create_member(shop(), own).unwrap());
    let asked = [member(3), member(1), member(9)];
    let found = store.members_listed(shop(), &asked).unwrap();
    let mut want = vec![all[0].clone(), all[2].clone()];
    want.sort_by_key(|own| own.id);
    assert_eq!(found, want);
    assert_eq!(store.members_listed(shop(), &[]).unwrap(), []);
}

fn what_was_written_to_somebody_who_is_forgotten_goes(db: TestDb) {
    let mut store = begun(&db);
    store.create_member(shop(), &somebody(1)).unwrap();
    plan(&mut *store, None, &[row(1), row(2)], true);
    store.erase_member(shop(), member(1)).unwrap();
    let gone = store.message(shop(), SEND, member(1)).unwrap().unwrap();
    assert_eq!(
        (gone.stage, &*gone.reason),
        (MessageStage::NotSent, "forgotten")
    );
    assert_eq!((gone.address, gone.content, gone.due), (None, None, None));
    assert_eq!(
        store.message(shop(), SEND, member(2)).unwrap(),
        Some(row(2))
    );
}

fn addresses_that_bounced_are_known(db: TestDb) {
    let mut store = open(&db);
    store.add_bounce(shop(), &[1; 32], at(1)).unwrap();
    store.add_bounce(shop(), &[1; 32], at(2)).unwrap();
    let found = store.bounced(shop(), &[[1; 32], [2; 32]]).unwrap();
    assert_eq!(found, [[1; 32]]);
    assert_eq!(store.bounced(shop(), &[]).unwrap(), Vec::<[u8; 32]>::new());
}
