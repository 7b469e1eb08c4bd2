//! Identities in one form, whatever door they come in by; members who may be one person.

use crate::support::{CAFE, Shop, app, event, key, moment, purchase, text};
use regulars_app::{Error, Identity, MemberPatch, MemberRef, NewMember, PageAsk, ShopSettings};
use regulars_base::{MemberId, WalletId};
use regulars_engine::event::{Incoming, Who};
use regulars_testkit::TestDb;
use std::collections::BTreeMap;

regulars_testkit::on_both! {
    a_member_is_found_however_they_are_named,
    what_can_be_none_is_refused,
    an_event_is_the_same_whatever_its_form_becomes,
    what_stands_in_an_older_database_is_brought_over,
    duplicates_are_found_merged_and_parted,
}

fn identity(kind: &str, value: &str) -> Identity {
    Identity {
        kind: text(kind),
        value: text(value),
    }
}

fn named(kind: &str, value: &str) -> MemberRef {
    MemberRef::Identity(identity(kind, value))
}

fn new(id: &str, identities: &[(&str, &str)]) -> NewMember {
    NewMember {
        key: key(id),
        identities: identities.iter().map(|(k, v)| identity(k, v)).collect(),
        attributes: BTreeMap::new(),
        occurred_at: None,
        referral_code: None,
    }
}

fn in_germany(shop: &Shop) {
    let german = ShopSettings {
        country: "DE".into(),
        ..ShopSettings::default()
    };
    let set = shop.app.set_shop_settings(shop.tenant, german);
    set.expect("it is a country");
}

fn bought(who: (&str, &str), order: &str) -> Incoming {
    let plain = purchase("nobody", order, "2025-03-01T09:00:00Z", 10_00);
    event(
        Who::Identity {
            kind: text(who.0),
            value: text(who.1),
        },
        order,
        "2025-03-01T09:00:00Z",
        plain.event.kind,
    )
}

pub(crate) fn a_member_is_found_however_they_are_named(db: TestDb) {
    let is_closed = db.vault.is_some();
    let shop = Shop::open(db, CAFE);
    in_germany(&shop);
    let typed = [
        ("email", " Ana@Müller.DE"),
        ("phone", "030 / 123456"),
        ("card", "2600 1234-5678"),
        // The same once more is the same.
        ("phone", "+49 30 123456"),
    ];
    let (ana, _) = shop
        .app
        .enrol(shop.tenant, new("join", &typed))
        .expect("she joins");
    let one_form = [
        identity("card", "260012345678"),
        identity("email", "ana@xn--mller-kva.de"),
        identity("phone", "+4930123456"),
    ];
    assert_eq!(ana.identities, one_form);
    let as_typed = shop.app.typed(shop.tenant, ana.id).expect("they are kept");
    assert_eq!(as_typed[&one_form[2]], "030 / 123456");
    assert_eq!(as_typed[&one_form[1]], " Ana@Müller.DE");

    for (kind, value) in [
        ("email", "ANA@xn--mller-kva.de"),
        ("phone", "0049 30 12 34 56"),
        ("phone", "+49 (0)30 123456"),
        ("card", "2600-1234 5678"),
    ] {
        let found = shop.app.member(shop.tenant, &named(kind, value));
        assert_eq!(found.expect("she is found").id, ana.id, "{value}");
        let at_till = shop.app.at_till(shop.tenant, value);
        assert_eq!(
            at_till.expect("at a till, too").member.id,
            ana.id,
            "{value}"
        );
        // Joining again finds her, and makes nobody.
        let again = shop.app.enrol(shop.tenant, new(value, &[(kind, value)]));
        assert_eq!(again.expect("she is there").0.id, ana.id, "{value}");
        let preview = shop.app.preview(shop.tenant, bought((kind, value), "p"));
        assert_eq!(
            preview.expect("it can be seen").member,
            Some(ana.id),
            "{value}"
        );
        let receipt = shop.take(bought((kind, value), &format!("o-{value}")));
        assert_eq!(receipt.member, ana.id, "{value}");
    }
    // Where fields are closed they are found whole, and else by how they begin.
    let sought = match is_closed {
        true => [
            "030 123456",
            "+49 30 123456",
            "0049 30 1234-56",
            "2600 12345678",
            "ana@xn--mller-kva.de",
        ],
        false => ["030 12", "+49 30", "0049 30 1", "2600 12", "ana@"],
    };
    for begins in sought {
        let found = shop.app.find_members(shop.tenant, begins, 10);
        let ids: Vec<MemberId> = found
            .expect("it is found")
            .items
            .iter()
            .map(|it| it.id)
            .collect();
        assert_eq!(ids, [ana.id], "{begins}");
    }
    let away = MemberPatch {
        remove_identities: vec![identity("phone", "030 123456")],
        ..MemberPatch::default()
    };
    let left = shop
        .app
        .patch_member(shop.tenant, ana.id, away)
        .expect("it goes");
    assert_eq!(left.identities, one_form[..2]);
    shop.verified();
}

fn what_can_be_none_is_refused(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let refused = |result: Result<(), Error>, at: &str, says: &str| match result {
        Err(Error::Invalid(faults)) => {
            assert_eq!(faults[0].at, at);
            assert!(faults[0].what.contains(says), "{}", faults[0].what);
        }
        other => panic!("{other:?}"),
    };
    let join = |own: (&str, &str)| {
        let both = [("customer", "ana"), own];
        shop.app.enrol(shop.tenant, new("join", &both)).map(drop)
    };
    let at = "/identities/1/value";
    refused(join(("email", "ana")), at, "no e-mail address");
    refused(join(("phone", "call me")), at, "no telephone number");
    refused(join(("phone", "030 123456")), at, "settings");
    refused(join(("card", "--")), at, "no number of a card");
    let event = shop
        .app
        .ingest_one(shop.tenant, bought(("email", "ana"), "o-1"));
    refused(event.map(drop), "/customer/value", "no e-mail address");
    // To look for it is no fault: nobody has it.
    let found = shop.app.member(shop.tenant, &named("email", "ana"));
    assert!(matches!(found, Err(Error::NotFound { .. })), "{found:?}");
    let wrong = ShopSettings {
        country: "Germany".into(),
        ..ShopSettings::default()
    };
    let set = shop.app.set_shop_settings(shop.tenant, wrong);
    refused(set.map(drop), "/country", "two capitals");
}

fn an_event_is_the_same_whatever_its_form_becomes(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let first = shop.take(bought(("email", "Ana@Example.com"), "o-1"));
    let again = shop.take(bought(("email", "Ana@Example.com"), "o-1"));
    assert!(again.duplicate && again.member == first.member);
    let other = shop
        .app
        .ingest_one(shop.tenant, bought(("email", "bo@example.com"), "o-1"));
    assert!(matches!(other, Err(Error::KeyReused(_))), "{other:?}");
}

fn what_stands_in_an_older_database_is_brought_over(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let tenant = shop.tenant;
    let mut store = shop.db.connect();
    let mut put = |no: u8, identities: &[(&str, &str)]| {
        let own = identities
            .iter()
            .map(|(kind, value)| regulars_store::Identity {
                kind: (*kind).into(),
                value: (*value).into(),
            });
        let member = regulars_store::Member {
            id: MemberId::from_bytes([no; 16]),
            wallet: WalletId::from_bytes([no; 16]),
            merged_into: None,
            created_at: moment("2025-01-01T00:00:00Z"),
            identities: own.collect(),
            attributes: "{}".into(),
        };
        store.create_member(tenant, &member).expect("it is new");
        member.id
    };
    let ana = put(1, &[("email", "Ana@Example.com"), ("phone", "030 123456")]);
    let bo = put(2, &[("email", "ANA@example.com"), ("card", "12 34")]);
    store
        .delete_setting(tenant, "identities", "all")
        .expect("as it was before");
    drop(store);
    let Shop {
        app: before, db, ..
    } = shop;
    before.close();
    drop(before);

    let (app, _) = app(&db, |config| config);
    let id = |kind: &str, value: &str| match app.member(tenant, &named(kind, value)) {
        Ok(found) => Some(found.id),
        Err(Error::NotFound { .. }) => None,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(id("card", "1234"), Some(bo));
    // One of the two has it now; nothing is gone, and the pair is listed.
    let owner = id("email", "ana@example.com").expect("one of them");
    let whole = |id| {
        app.member(tenant, &MemberRef::Id(id))
            .expect("is there")
            .identities
    };
    assert_eq!((whole(ana).len(), whole(bo).len()), (2, 2));
    let page = PageAsk::default();
    let pairs = app
        .duplicates(tenant, false, &page)
        .expect("they are listed")
        .items;
    assert_eq!(pairs.len(), 1);
    assert_eq!((pairs[0].one.id, pairs[0].other.id), (ana, bo));
    assert_eq!(pairs[0].reasons, ["email"]);
    // A number without a country is found as it was typed, and in its form once the shop says where it is.
    assert_eq!(id("phone", "030 123456"), Some(ana));
    assert_eq!(id("phone", "+49 30 123456"), None);
    let german = ShopSettings {
        country: "DE".into(),
        ..ShopSettings::default()
    };
    app.set_shop_settings(tenant, german).expect("it is set");
    assert_eq!(id("phone", "+49 30 123456"), Some(ana));
    assert_eq!(id("phone", "030 123456"), Some(ana));

    let (from, into) = if owner == ana { (bo, ana) } else { (ana, bo) };
    app.merge(tenant, from, into, key("one"))
        .expect("they are one");
    assert_eq!(id("email", "Ana@example.com"), Some(into));
    let pairs = app
        .duplicates(tenant, false, &page)
        .expect("it reads")
        .items;
    assert_eq!(pairs, []);
}

pub(crate) fn duplicates_are_found_merged_and_parted(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let join = |id: &str, email: &str| {
        let joined = shop.app.enrol(shop.tenant, new(id, &[("email", email)]));
        joined.expect("is new").0.id
    };
    let (ana, bo) = (
        join("a", "ana.weber@example.com"),
        join("b", "anaweber@example.com"),
    );
    let cy = join("c", "anaweber+club@example.com");
    assert!(
        shop.app
            .find_duplicates_at_night(shop.tenant)
            .expect("never before")
    );
    assert!(
        !shop
            .app
            .find_duplicates_at_night(shop.tenant)
            .expect("not twice a night")
    );
    let listed = |not_same| {
        let page = shop
            .app
            .duplicates(shop.tenant, not_same, &PageAsk::default());
        let items = page.expect("it reads").items;
        items
            .iter()
            .map(|it| (it.one.id, it.other.id))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(false), [(ana, bo), (ana, cy), (bo, cy)]);
    let pair = (&MemberRef::Id(cy), &MemberRef::Id(ana));
    shop.app
        .part_duplicate(shop.tenant, pair, true)
        .expect("they are two");
    assert_eq!(
        (listed(false), listed(true)),
        (vec![(ana, bo), (bo, cy)], vec![(ana, cy)])
    );
    shop.app
        .merge(shop.tenant, bo, ana, key("one"))
        .expect("they are one");
    assert_eq!((listed(false), listed(true)), (vec![], vec![(ana, cy)]));
    let nobody = (&MemberRef::Id(ana), &named("email", "dan@example.com"));
    let said = shop.app.part_duplicate(shop.tenant, nobody, true);
    assert!(matches!(said, Err(Error::NotFound { .. })), "{said:?}");
    shop.set("2025-03-02T09:00:00Z");
    assert!(
        shop.app
            .find_duplicates_at_night(shop.tenant)
            .expect("a night later")
    );
    assert_eq!((listed(false), listed(true)), (vec![], vec![(ana, cy)]));
}
