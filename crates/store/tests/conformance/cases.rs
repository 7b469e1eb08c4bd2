//! What waits for a person: opened once, moved on once, found by state.

use crate::world::{open, shop};
use regulars_store::{Case, CaseMove};
use regulars_testkit::TestDb;

fn case(id: &str) -> Case {
    Case {
        kind: "claim".into(),
        id: id.into(),
        state: "open".into(),
        body: format!("{{\"id\":\"{id}\"}}"),
    }
}

#[test]
fn a_case_is_opened_once_and_moved_on_once() {
    for db in [TestDb::sqlite(), TestDb::postgres()] {
        let mut store = open(&db);
        let (one, two) = ([1; 32], [2; 32]);
        let none = store.open_case(shop(), &case("a"), &[one, two]).unwrap();
        assert_eq!(none, None);
        // The same receipt again, and the same id again.
        let taken = store.open_case(shop(), &case("b"), &[[3; 32], two]);
        assert_eq!(taken.unwrap().as_deref(), Some("a"));
        assert_eq!(store.case(shop(), "claim", "b").unwrap(), None);
        let taken = store.open_case(shop(), &case("a"), &[]).unwrap();
        assert_eq!(taken.as_deref(), Some("a"));
        assert_eq!(
            store.open_case(shop(), &case("c"), &[[3; 32]]).unwrap(),
            None
        );
        assert_eq!(store.open_case(shop(), &case("d"), &[]).unwrap(), None);

        let to = CaseMove {
            from: "open".into(),
            to: "rejected".into(),
            body: "{}".into(),
            frees_marks: true,
        };
        assert!(store.move_case(shop(), ("claim", "a"), &to).unwrap());
        assert!(!store.move_case(shop(), ("claim", "a"), &to).unwrap());
        assert_eq!(store.open_case(shop(), &case("e"), &[one]).unwrap(), None);
        let mut ids = |state: Option<&str>, after: Option<&str>| -> Vec<String> {
            let found = store.cases(shop(), ("claim", state), after, 2).unwrap();
            found.into_iter().map(|case| case.id).collect()
        };
        assert_eq!(ids(Some("open"), None), ["c", "d"]);
        assert_eq!(ids(Some("open"), Some("d")), ["e"]);
        assert_eq!(ids(None, None), ["a", "c"]);
        assert_eq!(ids(Some("rejected"), None), ["a"]);
    }
}

#[test]
fn a_case_is_written_anew_by_whoever_saw_it_as_it_is() {
    for db in [TestDb::sqlite(), TestDb::postgres()] {
        let mut store = open(&db);
        store.open_case(shop(), &case("a"), &[]).unwrap();
        let next = |state: &str, body: &str| Case {
            state: state.into(),
            body: body.into(),
            ..case("a")
        };
        assert!(
            store
                .replace_case(shop(), &case("a"), &next("open", "{}"))
                .unwrap()
        );
        // Somebody who still has it as it was first, and somebody who takes it to be solved.
        assert!(
            !store
                .replace_case(shop(), &case("a"), &next("open", "{\"x\":1}"))
                .unwrap()
        );
        let stale = next("solved", "{}");
        assert!(
            !store
                .replace_case(shop(), &stale, &next("open", "{\"x\":1}"))
                .unwrap()
        );
        let seen = store.case(shop(), "claim", "a").unwrap().unwrap();
        assert_eq!(seen, next("open", "{}"));
        assert!(
            store
                .replace_case(shop(), &seen, &next("solved", "{}"))
                .unwrap()
        );
    }
}
