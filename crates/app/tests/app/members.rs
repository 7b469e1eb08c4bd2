//! Members: enrolled, recognised, changed, merged.

use crate::support::{CAFE, Shop, customer, key, purchase, text};
use regulars_app::{Error, Identity, MemberPatch, MemberRef, NewMember, PageAsk};
use regulars_engine::outcome::Verdict;
use regulars_testkit::TestDb;
use serde_json::json;
use std::collections::BTreeMap;

regulars_testkit::on_both! {
    a_member_is_found_by_any_identity,
    an_enrolment_counts_once,
    somebody_who_bought_before_can_join,
    an_identity_belongs_to_one_member,
    attributes_change_one_by_one,
    members_come_in_pages,
    a_merge_brings_everything_together,
    attributes_of_the_profile_count_as_filled_once,
    a_code_at_the_enrolment_says_who_sent_them,
}

const PROFILE: &str = r#"
[program]
name     = "Profiles"
currency = "EUR"
timezone = "UTC"

[points.beans]

[profile]
fields = ["phone", "interests"]

[[earn]]
id   = "field"
on   = "profile"
give = { beans = 10 }

[referral]
welcome = { beans = 5 }
"#;

fn attributes(of: &[(&str, serde_json::Value)]) -> MemberPatch {
    let own = of
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    MemberPatch {
        attributes: own.collect(),
        ..MemberPatch::default()
    }
}

fn attributes_of_the_profile_count_as_filled_once(db: TestDb) {
    let shop = Shop::open(db, PROFILE);
    let mut ana = new("join", &[("customer", "ana")]);
    ana.attributes.insert("phone".into(), json!("  "));
    let (member, _) = shop.app.enrol(shop.tenant, ana).expect("she joins");
    assert_eq!(shop.available("ana"), 0, "an empty field is not filled");
    let patch = |of: &[(&str, serde_json::Value)]| {
        let patched = shop
            .app
            .patch_member(shop.tenant, member.id, attributes(of));
        patched.expect("is changed");
        shop.available("ana")
    };
    assert_eq!(patch(&[("phone", json!("0301"))]), 10);
    assert_eq!(patch(&[("phone", json!("0302"))]), 10, "once");
    assert_eq!(patch(&[("phone", json!(null))]), 10);
    assert_eq!(patch(&[("phone", json!("0303")), ("shoe", json!(43))]), 10);
    assert_eq!(patch(&[("interests", json!(["tea"]))]), 20);

    // At the enrolment they count as well.
    let mut cy = new("cy", &[("customer", "cy")]);
    cy.attributes.insert("phone".into(), json!("0304"));
    shop.app.enrol(shop.tenant, cy.clone()).expect("joins");
    assert_eq!(shop.available("cy"), 10);
    shop.app.enrol(shop.tenant, cy).expect("the same again");
    assert_eq!(shop.available("cy"), 10);
    shop.verified();
}

fn a_code_at_the_enrolment_says_who_sent_them(db: TestDb) {
    let shop = Shop::open(db, PROFILE);
    let enrol = |name: &str, code: Option<&str>| {
        let mut joins = new(name, &[("customer", name)]);
        joins.referral_code = code.map(text);
        shop.app.enrol(shop.tenant, joins)
    };
    enrol("ana", None).expect("she joins");
    let code = shop
        .app
        .referral_code(shop.tenant, &customer("ana"))
        .expect("a code")
        .code;
    let nobody = enrol("bo", Some("NOBODYS"));
    assert!(matches!(nobody, Err(Error::Invalid(_))), "{nobody:?}");
    let unknown = shop.app.member(shop.tenant, &customer("bo"));
    assert!(unknown.is_err(), "nothing was kept");
    // As people type it.
    let typed = code.to_ascii_lowercase();
    let (bo, receipt) = enrol("bo", Some(&typed)).expect("he joins");
    assert_eq!(receipt.verdict, Verdict::Accepted);
    assert!(bo.enrolled_at.is_some());
    assert_eq!(shop.available("bo"), 5, "the welcome of a friend");
    let (_, again) = enrol("bo", Some(&typed)).expect("the same again");
    assert!(again.duplicate);
    assert_eq!(shop.available("bo"), 5);
    let other = enrol("bo", None);
    assert!(matches!(other, Err(Error::KeyReused(_))), "{other:?}");
    let ana = shop
        .app
        .balances(shop.tenant, &customer("ana"), None)
        .expect("balances");
    assert_eq!(ana.referral.expect("she sent somebody").joined, 1);
    shop.verified();
}

fn identity(kind: &str, value: &str) -> Identity {
    Identity {
        kind: text(kind),
        value: text(value),
    }
}

fn new(id: &str, identities: &[(&str, &str)]) -> NewMember {
    NewMember {
        key: key(id),
        identities: identities.iter().map(|(k, v)| identity(k, v)).collect(),
        attributes: BTreeMap::from([("language".into(), json!("de"))]),
        occurred_at: None,
        referral_code: None,
    }
}

fn a_member_is_found_by_any_identity(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let both = [("email", "ana@example.org"), ("customer", "ana")];
    let (member, receipt) = shop
        .app
        .enrol(shop.tenant, new("join", &both))
        .expect("she joins");
    assert_eq!(receipt.verdict, Verdict::Accepted);
    assert_eq!(receipt.member, member.id);
    assert!(member.enrolled_at.is_some());
    assert_eq!(member.attributes["language"], json!("de"));
    for (kind, value) in both {
        let found = shop
            .app
            .member(shop.tenant, &MemberRef::Identity(identity(kind, value)))
            .expect("she is known");
        assert_eq!(found, member);
    }
    let nobody = shop.app.member(shop.tenant, &customer("bo"));
    assert!(matches!(
        nobody,
        Err(Error::NotFound { what: "member", .. })
    ));
    shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 700));
    assert_eq!(shop.available("ana"), 7);
}

fn an_enrolment_counts_once(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let ana = new("join", &[("customer", "ana")]);
    let (member, first) = shop.app.enrol(shop.tenant, ana.clone()).expect("she joins");
    shop.set("2025-03-02T09:00:00Z");
    let (again, second) = shop.app.enrol(shop.tenant, ana).expect("the same again");
    assert!(!first.duplicate && second.duplicate);
    assert_eq!(again, member);
    let mut other = new("join", &[("customer", "ana")]);
    other.attributes.insert("language".into(), json!("en"));
    let reused = shop.app.enrol(shop.tenant, other);
    assert!(matches!(reused, Err(Error::KeyReused(_))));
    let (_, twice) = shop
        .app
        .enrol(shop.tenant, new("join-again", &[("customer", "ana")]))
        .expect("it is recorded");
    assert!(matches!(twice.verdict, Verdict::Refused(_)));
}

fn somebody_who_bought_before_can_join(db: TestDb) {
    let refuse = CAFE.replace(
        "timezone = \"Europe/Berlin\"",
        "timezone = \"Europe/Berlin\"\nunknown_customers = \"refuse\"",
    );
    let shop = Shop::open(db, &refuse);
    let before = shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 1000));
    assert!(matches!(before.verdict, Verdict::Refused(_)));
    let both = [("email", "ana@example.org"), ("customer", "ana")];
    let (member, _) = shop
        .app
        .enrol(shop.tenant, new("join", &both))
        .expect("she joins");
    assert_eq!(member.id, before.member);
    assert_eq!(member.identities.len(), 2);
    shop.take(purchase("ana", "r-2", "2025-03-01T08:30:00Z", 1000));
    assert_eq!(shop.available("ana"), 10);
}

fn an_identity_belongs_to_one_member(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let ana = new("a", &[("customer", "ana"), ("card", "1")]);
    shop.app.enrol(shop.tenant, ana).expect("she joins");
    let (bo, _) = shop
        .app
        .enrol(shop.tenant, new("b", &[("customer", "bo")]))
        .expect("he joins");
    let taken = shop.app.patch_member(
        shop.tenant,
        bo.id,
        MemberPatch {
            add_identities: vec![identity("card", "1")],
            ..MemberPatch::default()
        },
    );
    assert!(matches!(taken, Err(Error::IdentityTaken { .. })));
    let both = new("c", &[("customer", "bo"), ("card", "1")]);
    let two = shop.app.enrol(shop.tenant, both);
    assert!(matches!(two, Err(Error::IdentityTaken { .. })));
}

fn attributes_change_one_by_one(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let ana = new("a", &[("customer", "ana"), ("card", "1")]);
    let (ana, _) = shop.app.enrol(shop.tenant, ana).expect("she joins");
    let patched = shop
        .app
        .patch_member(
            shop.tenant,
            ana.id,
            MemberPatch {
                add_identities: vec![identity("card", "2")],
                remove_identities: vec![identity("card", "1")],
                attributes: BTreeMap::from([
                    ("language".into(), json!(null)),
                    ("city".into(), json!("Hamburg")),
                ]),
            },
        )
        .expect("she is there");
    assert_eq!(
        patched.attributes,
        BTreeMap::from([("city".into(), json!("Hamburg"))])
    );
    assert_eq!(
        patched.identities,
        [identity("card", "2"), identity("customer", "ana")]
    );
}

fn members_come_in_pages(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    for number in 0..5 {
        let name = format!("c{number}");
        shop.app
            .enrol(shop.tenant, new(&name, &[("customer", &name)]))
            .expect("they join");
    }
    let (mut ask, mut seen) = (PageAsk::default(), Vec::new());
    ask.limit = 2;
    for expected in [2, 2, 1] {
        let page = shop.app.members(shop.tenant, &ask).expect("a page");
        assert_eq!(page.items.len(), expected);
        seen.extend(page.items.iter().map(|member| member.id));
        ask.after = page.next;
    }
    assert_eq!(ask.after, None);
    seen.dedup();
    assert_eq!(seen.len(), 5);
    let bad = PageAsk {
        after: Some("here".into()),
        limit: 0,
    };
    let refused = shop.app.members(shop.tenant, &bad);
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

fn a_merge_brings_everything_together(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let day = "2025-03-01T08:00:00Z";
    let from = shop.take(purchase("ana@home", "r-1", day, 3000)).member;
    let into = shop.take(purchase("ana@work", "r-2", day, 2500)).member;
    let receipt = shop
        .app
        .merge(shop.tenant, from, into, key("merge"))
        .expect("both are there");
    assert_eq!(receipt.verdict, Verdict::Accepted);
    assert_eq!(receipt.points[0].change, -30);
    assert_eq!(shop.available("ana@work"), 55);
    assert_eq!(shop.available("ana@home"), 55, "the old name leads there");
    shop.take(purchase("ana@home", "r-3", day, 500));
    assert_eq!(shop.available("ana@work"), 60);
    let again = shop
        .app
        .merge(shop.tenant, from, into, key("merge"))
        .expect("the same again");
    assert!(again.duplicate);
    let oneself = shop
        .app
        .merge(shop.tenant, into, into, key("self"))
        .expect("it is recorded");
    assert!(matches!(oneself.verdict, Verdict::Refused(_)));
    shop.verified();
}
