//! What people set by hand, and the trail of what they did.

use crate::world::{open, shop};
use regulars_store::{AuditAsk, AuditLine, AuditProof, Setting, Store, audit_hash};
use regulars_testkit::{TestDb, at, on_both, tenant};

on_both! {
    a_setting_is_written_by_who_saw_the_last_version,
    the_trail_is_numbered_and_chained,
    lines_of_the_trail_are_found_by_what_is_asked,
    two_who_add_at_once_both_stand_in_the_chain,
    a_line_that_is_changed_missing_or_added_is_named,
}

fn setting(id: &str, version: i64, body: &str) -> Setting {
    Setting {
        kind: "role".into(),
        id: id.into(),
        version,
        body: body.into(),
    }
}

fn a_setting_is_written_by_who_saw_the_last_version(db: TestDb) {
    let mut store = open(&db);
    let first = setting("b", 1, "{}");
    assert!(store.put_setting(shop(), &first).unwrap());
    assert!(!store.put_setting(shop(), &first).unwrap(), "it is there");
    assert!(!store.put_setting(shop(), &setting("b", 3, "x")).unwrap());
    let second = setting("b", 2, "{\"a\":1}");
    assert!(store.put_setting(shop(), &second).unwrap());
    assert!(
        !store.put_setting(shop(), &second).unwrap(),
        "somebody was faster"
    );
    assert!(!store.put_setting(shop(), &setting("a", 2, "x")).unwrap());
    for id in ["a", "B", "ä"] {
        assert!(store.put_setting(shop(), &setting(id, 1, "{}")).unwrap());
    }
    let all = store.settings(shop(), "role").unwrap();
    let ids: Vec<&str> = all.iter().map(|own| own.id.as_str()).collect();
    assert_eq!(ids, ["B", "a", "b", "ä"], "byte by byte");
    assert_eq!(store.setting(shop(), "role", "b").unwrap(), Some(second));
    assert_eq!(store.setting(shop(), "person", "b").unwrap(), None);
    assert!(store.delete_setting(shop(), "role", "b").unwrap());
    assert!(!store.delete_setting(shop(), "role", "b").unwrap());
    assert_eq!(store.setting(shop(), "role", "b").unwrap(), None);
}

fn line(actor: &str, act: &str, when: &str) -> AuditLine {
    AuditLine {
        no: 0,
        at: at(when),
        actor: actor.into(),
        act: act.into(),
        target: "t".into(),
        body: "{}".into(),
        hash: [0; 32],
    }
}

fn all(store: &mut dyn Store) -> Vec<AuditLine> {
    let mut lines = store.audit(shop(), &AuditAsk::default(), 100).unwrap();
    lines.reverse();
    lines
}

fn sound(lines: i64, head: Option<[u8; 32]>) -> AuditProof {
    AuditProof {
        lines,
        head,
        wrong: None,
    }
}

fn the_trail_is_numbered_and_chained(db: TestDb) {
    let mut store = open(&db);
    assert_eq!(store.prove_audit(shop()).unwrap(), sound(0, None));
    for act in ["one", "two", "three"] {
        let new = line("per_1", act, "2025-01-01T00:00:00Z");
        store.append_audit(shop(), &new).unwrap();
    }
    let lines = all(&mut *store);
    let mut before = [0; 32];
    for (line, no) in lines.iter().zip(1..) {
        assert_eq!(line.no, no);
        assert_eq!(line.hash, audit_hash(&before, line));
        before = line.hash;
    }
    assert_eq!(lines.len(), 3);
    assert_eq!(store.prove_audit(shop()).unwrap(), sound(3, Some(before)));
    let mut changed = lines[1].clone();
    changed.body = "{\"why\":\"another\"}".into();
    assert_ne!(audit_hash(&lines[0].hash, &changed), lines[1].hash);
    assert!(store.audit(tenant(2), &AuditAsk::default(), 1).is_err());
}

fn lines_of_the_trail_are_found_by_what_is_asked(db: TestDb) {
    let mut store = open(&db);
    for (actor, act, when) in [
        ("per_1", "create_key", "2025-01-01T00:00:00Z"),
        ("per_2", "create_key", "2025-01-02T00:00:00Z"),
        ("per_1", "delete_key", "2025-01-03T00:00:00Z"),
    ] {
        store.append_audit(shop(), &line(actor, act, when)).unwrap();
    }
    let mut numbers = |ask: AuditAsk, limit: usize| -> Vec<i64> {
        let lines = store.audit(shop(), &ask, limit).unwrap();
        lines.iter().map(|line| line.no).collect()
    };
    let of = |actor: Option<&str>, act: Option<&str>| AuditAsk {
        actor: actor.map(Into::into),
        act: act.map(Into::into),
        ..AuditAsk::default()
    };
    assert_eq!(numbers(AuditAsk::default(), 10), [3, 2, 1]);
    assert_eq!(numbers(AuditAsk::default(), 2), [3, 2]);
    assert_eq!(numbers(of(Some("per_1"), None), 10), [3, 1]);
    assert_eq!(numbers(of(None, Some("create_key")), 10), [2, 1]);
    assert_eq!(numbers(of(Some("per_2"), Some("delete_key")), 10), [0; 0]);
    let between = AuditAsk {
        from: Some(at("2025-01-02T00:00:00Z")),
        to: Some(at("2025-01-03T00:00:00Z")),
        ..AuditAsk::default()
    };
    assert_eq!(numbers(between, 10), [2]);
    let below = AuditAsk {
        before: Some(3),
        ..AuditAsk::default()
    };
    assert_eq!(numbers(below, 1), [2]);
}

fn two_who_add_at_once_both_stand_in_the_chain(db: TestDb) {
    drop(open(&db));
    std::thread::scope(|scope| {
        for actor in ["per_1", "per_2"] {
            let db = &db;
            scope.spawn(move || {
                let mut store = db.connect();
                for _ in 0..20 {
                    let new = line(actor, "act", "2025-01-01T00:00:00Z");
                    store.append_audit(shop(), &new).unwrap();
                }
            });
        }
    });
    let mut store = db.connect();
    let lines = all(&mut *store);
    let mut before = [0; 32];
    for line in &lines {
        assert_eq!(line.hash, audit_hash(&before, line));
        before = line.hash;
    }
    assert_eq!(store.prove_audit(shop()).unwrap(), sound(40, Some(before)));
}

fn a_line_that_is_changed_missing_or_added_is_named(db: TestDb) {
    let mut store = open(&db);
    for act in ["one", "two", "three"] {
        let new = line("per_1", act, "2025-01-01T00:00:00Z");
        store.append_audit(shop(), &new).unwrap();
    }
    let zeros = db.bytes(&"00".repeat(32));
    let copy = |no: i64| {
        format!(
            "INSERT INTO audit SELECT tenant, {no}, at, actor, act, target, body, hash FROM audit
             WHERE no = 3"
        )
    };
    let damages = [
        (
            1,
            "UPDATE audit SET actor = 'per_2' WHERE no = 1".to_owned(),
        ),
        (2, "UPDATE audit SET act = 'nothing' WHERE no = 2".into()),
        (2, "UPDATE audit SET target = 'u' WHERE no = 2".into()),
        (2, "UPDATE audit SET body = '{ }' WHERE no = 2".into()),
        (3, "UPDATE audit SET at = at + 1 WHERE no = 3".into()),
        (3, format!("UPDATE audit SET hash = {zeros} WHERE no = 3")),
        (1, "DELETE FROM audit WHERE no = 1".into()),
        (2, "DELETE FROM audit WHERE no = 2".into()),
        (3, "DELETE FROM audit WHERE no = 3".into()),
        (1, "DELETE FROM audit".into()),
        (1, copy(0)),
        (4, copy(4)),
        (4, copy(9)),
        (3, "UPDATE audit_heads SET no = 2".into()),
        (4, "UPDATE audit_heads SET no = 4".into()),
        (3, format!("UPDATE audit_heads SET hash = {zeros}")),
        (1, "DELETE FROM audit_heads".into()),
    ];
    for table in ["audit", "audit_heads"] {
        db.execute(&format!(
            "CREATE TABLE kept_{table} AS SELECT * FROM {table}"
        ));
    }
    for (no, damage) in damages {
        db.execute(&damage);
        let found = store.prove_audit(shop()).unwrap().wrong;
        assert_eq!(found.map(|(no, _)| no), Some(no), "{damage}");
        let verified = store.verify(shop(), None, &mut |_| ()).unwrap();
        let named = verified.wrong.map(|wrong| (wrong.table, wrong.row));
        assert_eq!(named, Some(("audit", no.to_string())), "{damage}");
        for table in ["audit", "audit_heads"] {
            db.execute(&format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"
            ));
        }
        let verified = store.verify(shop(), None, &mut |_| ()).unwrap();
        assert_eq!((verified.wrong, verified.acts), (None, 3), "after {damage}");
    }
}
