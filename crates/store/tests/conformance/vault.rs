//! The vault: what is closed stands nowhere in clear, everything is found and read as without it, and its key is
//! turned while everybody goes on.

use crate::world::{accepted, ingest, open, points, proof, shop};
use regulars_base::{MemberId, Timestamp, WalletId};
use regulars_engine::event::{Kind, RewardRequest, Who};
use regulars_store::{
    AskingRow, AskingStage, CLEAR, Case, CaseMove, Database, DeliveryBounds, DeliveryRow, Error,
    FIELDS, Identity, Member, MemberPatch, MessageAsk, MessageRow, MessageStage, SendPlan, SendRow,
    SendStage, Session, Setting, Store, VaultKeys, VaultPlace,
};
use regulars_testkit::{Story, TestDb, member, on_both, text as text_of};
use std::collections::BTreeSet;

on_both! {
    what_is_closed_stands_nowhere_in_clear_and_is_read_as_it_was_written,
    the_key_is_turned_while_everybody_goes_on,
    nobody_is_doubled_however_often_the_key_is_turned,
    a_database_that_is_there_is_closed_and_opened_again,
    without_its_key_a_database_is_refused,
    what_was_copied_from_elsewhere_does_not_open,
    names_are_found_by_how_they_begin_where_a_merchant_leaves_them_in_clear,
    every_text_is_closed_or_stands_in_clear_for_a_reason,
}

const MARK: &str = "zaphod";

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn keys(lines: &[&String]) -> VaultKeys {
    let lines: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
    VaultKeys::parse(&lines.join("\n")).unwrap()
}

fn with(db: &TestDb, keys: &VaultKeys) -> Box<dyn Store> {
    db.database.connect_with(Some(keys)).unwrap()
}

fn email(name: &str) -> Identity {
    Identity {
        kind: "email".into(),
        value: format!("{name}@example.com"),
    }
}

fn person(no: u64, name: &str) -> Member {
    let id = member(no);
    Member {
        id,
        wallet: WalletId::from_bytes(*id.bytes()),
        merged_into: None,
        created_at: at(1),
        identities: vec![email(name)],
        attributes: format!("{{\"name\":\"{name} Beeblebrox\",\"birthday\":\"1980-01-0{no}\"}}"),
    }
}

/// Says of a member whatever a store can be told, with the mark in it, and reads all of it back.
fn say_everything(store: &mut dyn Store) -> Vec<String> {
    let (tenant, id) = (shop(), member(1));
    let wallet = WalletId::from_bytes(*id.bytes());
    let text = |what: &str| format!("{MARK} {what}");
    store.create_member(tenant, &person(1, MARK)).unwrap();
    let typed = [(email(MARK), format!("{}@EXAMPLE.com", MARK.to_uppercase()))];
    store.keep_typed(tenant, id, &typed).unwrap();
    assert!(
        store
            .set_nickname(tenant, id, Some((MARK, "Zaphod B.")))
            .unwrap()
    );
    let address = text("lives here");
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let who = Who::Member(id);
    ingest(store, &[story.purchase(who.clone(), "o-1", 50_00)]).unwrap();
    let parcel = Kind::RewardRequest(RewardRequest {
        redemption: text_of("r-1"),
        reward: text_of("parcel"),
        quantity: 1,
        order: None,
        commit: true,
    });
    let came = ingest(store, &[story.event(who, parcel)]).unwrap();
    assert!(accepted(&came[0]), "{came:?}");
    let sent = store.fulfilments(tenant, &Default::default(), 9).unwrap();
    let redemption = sent[0].redemption.clone();
    store
        .set_address(tenant, (wallet, &redemption), (id, Some(&address)))
        .unwrap();
    let case = |state: &str, body: &str| Case {
        kind: "claim".into(),
        id: "c1".into(),
        state: state.into(),
        body: text(body),
    };
    store.open_case(tenant, &case("open", "one"), &[]).unwrap();
    let stale = store.replace_case(tenant, &case("open", "other"), &case("open", "two"));
    assert!(!stale.unwrap());
    let written = store.replace_case(tenant, &case("open", "one"), &case("open", "two"));
    assert!(written.unwrap());
    let to = CaseMove {
        from: "open".into(),
        to: "done".into(),
        body: text("three"),
        frees_marks: true,
    };
    assert!(store.move_case(tenant, ("claim", "c1"), &to).unwrap());
    let send = SendRow {
        id: "snd_1".into(),
        stage: SendStage::Planning,
        after: None,
        body: text("hello"),
        made_at: at(1),
    };
    store.add_send(tenant, &send).unwrap();
    let message = |no: u64, reason: &str| MessageRow {
        send: "snd_1".into(),
        member: member(no),
        channel: "email".into(),
        stage: MessageStage::NotSent,
        reason: reason.into(),
        at: at(1),
        due: Some(at(10)),
        tries: 0,
        counts: true,
        address: None,
        content: Some(text("dear")),
    };
    let plan = SendPlan {
        send: "snd_1",
        seen: None,
        after: None,
        done: true,
        rows: &[
            message(1, "550 zaphod is unknown"),
            message(2, "550 zaphod is unknown"),
            message(3, "quiet"),
        ],
    };
    assert!(store.plan_send(tenant, &plan).unwrap());
    let asking = AskingRow {
        id: "a1".into(),
        member: id,
        survey: "spring".into(),
        stage: AskingStage::Answered,
        reason: String::new(),
        made_at: at(1),
        due: None,
        asked_at: None,
        opened_at: None,
        answered_at: Some(at(4)),
        about: "{}".into(),
        numbers: "{}".into(),
        words: Some(text("cold coffee")),
    };
    store.add_askings(tenant, &[asking]).unwrap();
    let told = DeliveryRow {
        delivery: "d1".into(),
        topic: "orders/paid".into(),
        state: "waiting".into(),
        came_at: at(1),
        times: 1,
        said: text("what it was"),
        body: Some(text("bought")),
    };
    let bounds = DeliveryBounds {
        before: at(0),
        bodies_most: 3,
    };
    store.note_delivery(tenant, "con_1", &told, bounds).unwrap();
    let setting = Setting {
        kind: "person".into(),
        id: "p1".into(),
        version: 1,
        body: text("works here"),
    };
    assert!(store.put_setting(tenant, &setting).unwrap());
    let session = Session {
        tenant,
        hash: [1; 32],
        key: "k1".into(),
        created_at: at(1),
        expires_at: at(99),
        used_at: at(1),
        about: text("has a browser"),
    };
    store.create_session(&session).unwrap();
    let secret: [u8; 32] = *b"zaphod zaphod zaphod zaphod 1234";
    assert_eq!(store.portal_secret(tenant, &secret).unwrap(), secret);
    read_everything(store)
}

/// All of it, in words.
fn read_everything(store: &mut dyn Store) -> Vec<String> {
    let (tenant, id) = (shop(), member(1));
    let of = |reason: &str| MessageAsk {
        reason: Some(reason.into()),
        ..MessageAsk::default()
    };
    let pages = |store: &mut dyn Store, reason: &str| {
        let found = store.messages(tenant, "snd_1", &of(reason), 9).unwrap();
        format!("{found:?}")
    };
    let standing = regulars_store::Board {
        board: regulars_base::Name::of("leaderboard orders"),
        period: 0,
    };
    vec![
        format!("{:?}", store.member(tenant, id).unwrap()),
        format!("{:?}", store.members(tenant, None, 1).unwrap()),
        format!("{:?}", store.members_listed(tenant, &[id]).unwrap()),
        format!(
            "{:?}",
            store.find_members(tenant, "Zaphod@example.com", 9).unwrap()
        ),
        format!(
            "{:?}",
            store.find_members(tenant, "beeblebrox ZAPHOD", 9).unwrap()
        ),
        format!(
            "{:?}",
            store.members_by_identities(tenant, &[email(MARK)]).unwrap()
        ),
        format!("{:?}", store.typed(tenant, id).unwrap()),
        format!("{:?}", store.nickname(tenant, id).unwrap()),
        format!("{:?}", store.standings(tenant, standing, (0, 9)).unwrap()),
        format!(
            "{:?}",
            store.fulfilments(tenant, &Default::default(), 9).unwrap()
        ),
        format!(
            "{:?}",
            store.cases(tenant, ("claim", None), None, 9).unwrap()
        ),
        format!("{:?}", store.case(tenant, "claim", "c1").unwrap()),
        format!("{:?}", store.sends(tenant, None, 9).unwrap()),
        format!("{:?}", store.messages_of(tenant, id, None, 9).unwrap()),
        format!("{:?}", store.message_counts(tenant, "snd_1").unwrap()),
        pages(store, "550 zaphod is unknown"),
        pages(store, "quiet"),
        format!("{:?}", store.askings_of(tenant, id, 9).unwrap()),
        format!("{:?}", store.delivery(tenant, "con_1", "d1").unwrap()),
        format!("{:?}", store.settings(tenant, "person").unwrap()),
        format!("{:?}", store.sessions(tenant, "k1").unwrap()),
        format!("{:?}", store.portal_secret(tenant, &[0; 32]).unwrap()),
    ]
}

fn places(db: &TestDb) -> BTreeSet<(String, String)> {
    let places = db.places_of(&[MARK, "beeblebrox"]).into_iter();
    places.map(|place| (place.table, place.column)).collect()
}

fn what_is_closed_stands_nowhere_in_clear_and_is_read_as_it_was_written(db: TestDb) {
    // Without a vault all of it stands there: else the search, or what is said, would prove nothing.
    let plain = match db.database {
        Database::Sqlite(_) => TestDb::sqlite(),
        Database::Postgres(_) => TestDb::postgres(),
    };
    let said = say_everything(&mut *open(&plain));
    if plain.vault.is_none() {
        let own =
            |field: &regulars_store::VaultField| (field.table.to_owned(), field.column.to_owned());
        let fields: BTreeSet<(String, String)> = FIELDS.iter().map(own).collect();
        assert_eq!(places(&plain), fields);
    }
    let db = db.closed();
    let mut store = open(&db);
    assert_eq!(say_everything(&mut *store), said);
    assert_eq!(places(&db), BTreeSet::new());
    assert!(db.leftovers_of(&[MARK, "beeblebrox"]).is_empty());
    assert_eq!(proof(&mut *store), Ok(()));
    // Carried elsewhere it is open: the file of it is as it would be without a vault.
    let rows = |store: &mut dyn Store| {
        let mut rows = Vec::new();
        store
            .carry_out(shop(), &mut |table, row| {
                rows.push(format!("{} {row:?}", table.name));
                Ok(())
            })
            .unwrap();
        rows
    };
    assert_eq!(rows(&mut *store), rows(&mut *open(&plain)));
    let mut about = String::new();
    let who = (member(1), WalletId::from_bytes(*member(1).bytes()));
    store
        .rows_about(shop(), who, &mut |table, row| {
            about += &format!("{} {row:?}\n", table.name);
            Ok(())
        })
        .unwrap();
    assert!(about.contains("zaphod cold coffee"), "{about}");
    store.erase_member(shop(), member(1)).unwrap();
    let gone = store.member_by_identity(shop(), "email", "zaphod@example.com");
    assert_eq!(gone.unwrap(), None);
}

/// Goes on with turning, so many rows at once.
fn portion(store: &mut dyn Store, place: &mut Option<VaultPlace>, rows: usize) {
    if let Some(at) = place {
        *place = store.turn_vault_portion(at, rows, false).unwrap().next;
    }
}

fn left(store: &mut dyn Store) -> u64 {
    let (mut place, mut left) = (Some(VaultPlace::default()), 0);
    while let Some(at) = place {
        let step = store.turn_vault_portion(&at, 100, true).unwrap();
        left += step.left;
        place = step.next;
    }
    left
}

fn the_key_is_turned_while_everybody_goes_on(db: TestDb) {
    if db.vault.is_some() {
        return;
    }
    let (old, new) = (VaultKeys::fresh(), VaultKeys::fresh());
    let (only_old, both, only_new) = (keys(&[&old]), keys(&[&new, &old]), keys(&[&new]));
    let mut first = with(&db, &only_old);
    first.turn_vault(Some(only_old.newest())).unwrap();
    first.settle_vault().unwrap();
    drop(first);
    let mut db = db;
    db.vault = Some(both.clone());
    let mut a = open(&db);
    let said = say_everything(&mut *a);
    let mut story = Story::new("till-5", "2025-05-01T09:00:00Z");
    for no in 1..=20 {
        let bought = story.purchase(Story::customer(no), &format!("x-{no}"), 5_00);
        ingest(&mut *a, &[bought]).unwrap();
    }
    assert_eq!(left(&mut *a), 0);
    // Another server, which knows how things stood before.
    let mut b = with(&db, &both);
    assert_eq!(read_everything(&mut *b), said);
    let members = a.members(shop(), None, 99).unwrap().len();

    let turned = a.turn_vault(Some(both.newest())).unwrap();
    assert_eq!(turned.older, [only_old.newest()]);
    let all = left(&mut *a);
    assert!(all > 20, "{all}");
    let (mut place, mut round) = (Some(VaultPlace::default()), 0);
    while place.is_some() {
        round += 1;
        portion(&mut *a, &mut place, 3);
        // Whoever is known is found, in a batch too: nobody is made anew.
        assert_eq!(read_everything(&mut *b), said);
        let no = round % 20 + 1;
        let again = story.purchase(Story::customer(no), &format!("y-{round}"), 5_00);
        assert!(accepted(&ingest(&mut *b, &[again]).unwrap()[0]));
        assert_eq!(b.members(shop(), None, 99).unwrap().len(), members);
        // An identity that somebody has under the older key is theirs.
        let taken = MemberPatch {
            add: vec![email(MARK)],
            ..MemberPatch::default()
        };
        let other = b
            .member_by_identity(shop(), "customer", "7")
            .unwrap()
            .unwrap()
            .id;
        let taken = b.patch_member(shop(), other, &taken);
        assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
        assert!(!b.set_nickname(shop(), other, Some((MARK, "me"))).unwrap());
    }
    assert!(round > 10);
    assert_eq!(left(&mut *a), 0);
    a.settle_vault().unwrap();
    // The other server notices, and the older key is not needed any more.
    assert_eq!(read_everything(&mut *b), said);
    assert!(points(&mut *b, 3) > 5);
    drop(b);
    let mut c = with(&db, &only_new);
    assert_eq!(read_everything(&mut *c), said);
    assert_eq!(proof(&mut *c), Ok(()));
    let refused = db.database.connect_with(Some(&only_old)).map(|_| ());
    assert!(matches!(refused, Err(Error::Vault(_))), "{refused:?}");
}

fn nobody_is_doubled_however_often_the_key_is_turned(db: TestDb) {
    if db.vault.is_some() {
        return;
    }
    let lines = [VaultKeys::fresh(), VaultKeys::fresh()];
    let both = keys(&[&lines[0], &lines[1]]);
    let ids: Vec<String> = both.ids().map(str::to_owned).collect();
    let mut db = db;
    db.vault = Some(both);
    open(&db);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut store = db.connect();
            for round in 0..12 {
                let to = [Some(&*ids[0]), None, Some(&*ids[1])][round % 3];
                store.turn_vault(to).unwrap();
                let mut place = Some(VaultPlace::default());
                while place.is_some() {
                    portion(&mut *store, &mut place, 7);
                }
                store.settle_vault().unwrap();
            }
        });
        for till in 0..2 {
            let db = &db;
            scope.spawn(move || {
                let mut store = db.connect();
                let mut story = Story::new(&format!("till-{till}"), "2025-03-01T09:00:00Z");
                for no in 0..60 {
                    let who = Story::customer(no % 20);
                    let bought = story.purchase(who, &format!("{till}-{no}"), 1_00);
                    let came = ingest(&mut *store, &[bought]).unwrap();
                    assert!(accepted(&came[0]), "{came:?}");
                    let known =
                        store.member_by_identity(shop(), "customer", &(no % 20).to_string());
                    assert!(known.unwrap().is_some());
                }
            });
        }
    });
    let mut store = open(&db);
    assert_eq!(store.members(shop(), None, 99).unwrap().len(), 20);
    for no in 0..20 {
        assert_eq!(points(&mut *store, no), 6, "{no}");
    }
    assert_eq!(proof(&mut *store), Ok(()));
}

fn a_database_that_is_there_is_closed_and_opened_again(db: TestDb) {
    if db.vault.is_some() {
        return;
    }
    let said = say_everything(&mut *open(&db));
    let before = db.rows_of("shop");
    let line = VaultKeys::fresh();
    let own = keys(&[&line]);
    let mut store = with(&db, &own);
    let turn = |store: &mut dyn Store, to: Option<&str>| {
        store.turn_vault(to).unwrap();
        let mut place = Some(VaultPlace::default());
        while place.is_some() {
            portion(store, &mut place, 2);
            assert_eq!(read_everything(store), said);
        }
        assert_eq!(left(store), 0);
        store.settle_vault().unwrap();
        assert_eq!(read_everything(store), said);
    };
    turn(&mut *store, Some(own.newest()));
    assert_eq!(places(&db), BTreeSet::new());
    assert!(db.leftovers_of(&[MARK, "beeblebrox"]).is_empty());
    let plain = db.database.connect().map(|_| ());
    assert!(matches!(plain, Err(Error::Vault(_))), "{plain:?}");
    turn(&mut *store, None);
    drop(store);
    assert_eq!(read_everything(&mut *open(&db)), said);
    assert_eq!(db.rows_of("shop"), before);
}

fn without_its_key_a_database_is_refused(db: TestDb) {
    let db = db.closed();
    open(&db);
    let own = db.vault.clone().unwrap();
    let says = |keys: Option<&VaultKeys>| {
        let refused = db.database.connect_with(keys).map(|_| ());
        let Err(Error::Vault(said)) = refused else {
            panic!("{refused:?}");
        };
        said
    };
    assert!(says(None).contains("--vault-keys"), "{}", says(None));
    let other = keys(&[&VaultKeys::fresh()]);
    let said = says(Some(&other));
    assert!(
        said.contains(own.newest()) && said.contains(other.newest()),
        "{said}"
    );
    // Whoever was there before without a key, and knows of no vault, writes nothing that nobody would find.
    db.execute("UPDATE vault SET key = ''");
    let mut unknowing = db.database.connect().unwrap();
    db.execute(&format!("UPDATE vault SET key = '{}'", own.newest()));
    let refused = unknowing.create_member(shop(), &person(1, "ana"));
    assert!(refused.is_err(), "{refused:?}");
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let bought = story.purchase(Story::customer(1), "o-1", 5_00);
    assert!(ingest(&mut *unknowing, &[bought]).is_err());
    // The steps of a new version need no key.
    assert!(db.database.migrate().is_ok());
}

fn what_was_copied_from_elsewhere_does_not_open(db: TestDb) {
    let db = db.closed();
    let mut store = open(&db);
    store.create_member(shop(), &person(1, "ana")).unwrap();
    store.create_member(shop(), &person(2, "bo")).unwrap();
    let hex = |id: MemberId| {
        id.bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let [one, two] = [1, 2].map(|no| db.bytes(&hex(member(no))));
    let copied = |column: &str, table: &str| {
        db.execute(&format!(
            "UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE member = {one})
             WHERE member = {two}"
        ));
    };
    copied("attributes", "profiles");
    let refused = store.member(shop(), member(2));
    assert!(
        matches!(&refused, Err(Error::Corrupt(said)) if said.contains("profiles.attributes")),
        "{refused:?}"
    );
    assert!(store.member(shop(), member(1)).unwrap().is_some());
    db.execute(&format!("DELETE FROM profiles WHERE member = {two}"));
    assert!(store.member(shop(), member(2)).unwrap().is_some());
    copied("value", "identities");
    let refused = store.member(shop(), member(2));
    assert!(
        matches!(&refused, Err(Error::Corrupt(said)) if said.contains("identities.value")),
        "{refused:?}"
    );
    // What somebody writes in clear where all is closed was not written by us.
    db.execute(&format!(
        "UPDATE profiles SET attributes = '!{{\"name\":\"Eve\"}}' WHERE member = {one}"
    ));
    let refused = store.member(shop(), member(1));
    assert!(matches!(refused, Err(Error::Corrupt(_))), "{refused:?}");
}

fn names_are_found_by_how_they_begin_where_a_merchant_leaves_them_in_clear(db: TestDb) {
    let db = db.closed();
    let mut store = open(&db);
    store.create_member(shop(), &person(1, "ana")).unwrap();
    let found =
        |store: &mut dyn Store, text: &str| store.find_members(shop(), text, 9).unwrap().len();
    let all = |store: &mut dyn Store| {
        ["ana", "beeblebrox ana", "ana@example.com", "beeb", "ana@ex"]
            .map(|text| found(store, text))
    };
    assert!(store.finds_exactly(shop()).unwrap());
    assert_eq!(all(&mut *store), [1, 1, 1, 0, 0]);
    for (clear, finds) in [(true, [1, 1, 1, 1, 0]), (false, [1, 1, 1, 0, 0])] {
        store.leave_names(shop(), clear).unwrap();
        // Before anybody has gone through the rows, too, whole words are found.
        assert_eq!(all(&mut *store)[..3], [1, 1, 1]);
        let mut place = Some(VaultPlace::default());
        while place.is_some() {
            portion(&mut *store, &mut place, 1);
        }
        assert_eq!(
            left(&mut *store),
            1,
            "the names were put down anew, and are until it is settled"
        );
        store.settle_vault().unwrap();
        assert_eq!(left(&mut *store), 0);
        assert_eq!(all(&mut *store), finds);
        assert_eq!(store.finds_exactly(shop()).unwrap(), !clear);
        let words = db.places_of(&["beeblebrox"]);
        let words: Vec<&str> = words.iter().map(|place| &*place.table).collect();
        assert_eq!(words, if clear { vec!["member_words"] } else { vec![] });
    }
}

fn every_text_is_closed_or_stands_in_clear_for_a_reason(db: TestDb) {
    let mut of_both: BTreeSet<(String, String)> = BTreeSet::new();
    for (table, column) in db.columns() {
        of_both.insert((table.clone(), column.clone()));
        let closed = FIELDS
            .iter()
            .any(|own| own.table == table && own.column == column);
        let named = CLEAR.iter().any(|own| own.0 == table && own.1 == column);
        let others = CLEAR.iter().any(|own| own.0 == table && own.1 == "*");
        // Of a table with nothing closed in it a word for all is enough; of others each new column is thought of.
        assert!(
            closed || named || others,
            "{table}.{column} is new: close it (crates/store/src/vault/field.rs), or say there why it \
             stands in clear"
        );
        assert!(!(closed && named), "{table}.{column} is both");
    }
    for (table, column) in FIELDS
        .iter()
        .map(|own| (own.table, own.column))
        .chain(CLEAR.iter().map(|own| (own.0, own.1)))
    {
        let is = |own: &(String, String)| own.0 == table && (own.1 == column || column == "*");
        assert!(of_both.iter().any(is), "there is no {table}.{column}");
    }
}
