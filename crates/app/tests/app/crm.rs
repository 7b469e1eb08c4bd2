//! Members as a CRM has them: out as CSV, in again, and who wins where both say something.

use crate::support::{CAFE, Shop, customer, moment, purchase};
use regulars_app::{ContactsCame, Error, Identity, MemberPatch, MemberRef};
use regulars_base::Text;
use regulars_testkit::TestDb;
use serde_json::json;

regulars_testkit::on_both! {
    what_goes_out_comes_in_and_changes_nothing,
    the_newer_wins_and_the_older_fills_what_is_empty,
    a_consent_comes_in_with_its_proof_only,
    what_cannot_be_taken_is_named_and_the_rest_is_taken,
    who_is_forgotten_leaves_no_trace_of_when_they_changed,
}

const MORE: &str = r#"
[activity.letters]
consent = "keep"
"#;

fn shop(db: TestDb) -> Shop {
    let shop = Shop::open(db, &format!("{CAFE}{MORE}"));
    shop.set("2025-03-01T09:00:00Z");
    shop
}

fn import(shop: &Shop, text: &str) -> ContactsCame {
    let rejects = shop.db.path("rejects.csv");
    shop.app
        .import_contacts(shop.tenant, (text, &[]), &rejects)
        .expect("the columns are right")
}

fn export(shop: &Shop, since: Option<&str>) -> String {
    let mut text = Vec::new();
    shop.app
        .export_contacts(shop.tenant, since.map(moment), &mut text)
        .expect("it is written");
    String::from_utf8(text).expect("it is a text")
}

fn email(value: &str) -> MemberRef {
    MemberRef::Identity(Identity {
        kind: Text::new("email").expect("short"),
        value: Text::new(value).expect("short"),
    })
}

/// What is known of somebody: their city and their e-mail addresses.
fn known(shop: &Shop, who: &MemberRef) -> (Option<String>, Vec<String>) {
    let member = shop.app.member(shop.tenant, who).expect("they are known");
    let city = member.attributes.get("city").and_then(|own| own.as_str());
    let emails = member
        .identities
        .iter()
        .filter(|own| own.kind.as_str() == "email");
    (
        city.map(str::to_owned),
        emails.map(|own| own.value.to_string()).collect(),
    )
}

fn allows(shop: &Shop, who: &MemberRef) -> Option<bool> {
    let own = shop
        .app
        .balances(shop.tenant, who, None)
        .expect("they are known");
    let own = own
        .engaged
        .consents
        .iter()
        .find(|own| own.purpose == "letters")
        .cloned();
    own.map(|own| own.given)
}

fn what_goes_out_comes_in_and_changes_nothing(db: TestDb) {
    let shop = shop(db);
    let came = import(
        &shop,
        "customer,email,phone,changed_at,attribute.city,attribute.note,consent.letters,consent.letters.at,consent.letters.proof\n\
         ana,ANA@Example.com,+49 151 23456789,2025-02-01T00:00:00Z,Bonn,\"says \"\"hi\"\", often\",given,2025-02-01T00:00:00Z,the form on the shop's page\n\
         bo,bo@example.com,,,,,,,\n",
    );
    assert_eq!((came.rows, came.new, came.rejected), (2, 2, 0), "{came:?}");
    assert_eq!(allows(&shop, &customer("ana")), Some(true));
    let out = export(&shop, None);
    let head = "member,customer,email,phone,card,joined_at,changed_at,attribute.city,attribute.note,consent.letters,consent.letters.at\n";
    assert!(out.starts_with(head), "{out}");
    for part in [
        ",ana,ana@example.com,+4915123456789,,2025-03-01T09:00:00Z,2025-02-01T00:00:00Z,Bonn,\"says \"\"hi\"\", often\",given,",
        ",bo,bo@example.com,,,2025-03-01T09:00:00Z,2025-03-01T09:00:00Z,,,,\n",
    ] {
        assert!(out.contains(part), "`{part}` is not in {out}");
    }
    let again = import(&shop, &out);
    let nothing = ContactsCame {
        rows: 2,
        ..ContactsCame::default()
    };
    assert_eq!(again, nothing);
    assert_eq!(export(&shop, None), out);
    // Only those of whom something changed since.
    assert_eq!(
        export(&shop, Some("2025-03-01T09:00:01Z")).lines().count(),
        1
    );
    shop.set("2025-03-02T09:00:00Z");
    let ana = shop
        .app
        .member(shop.tenant, &customer("ana"))
        .expect("she is known")
        .id;
    let patch = MemberPatch {
        attributes: [("city".to_owned(), json!("Köln"))].into(),
        ..MemberPatch::default()
    };
    shop.app
        .patch_member(shop.tenant, ana, patch)
        .expect("it is changed");
    let late = export(&shop, Some("2025-03-01T09:00:01Z"));
    assert_eq!(late.lines().count(), 2, "{late}");
    assert!(late.contains("2025-03-02T09:00:00Z,Köln"), "{late}");
}

fn the_newer_wins_and_the_older_fills_what_is_empty(db: TestDb) {
    let shop = shop(db);
    import(
        &shop,
        "customer,email,changed_at,attribute.city\nana,ana@example.com,2025-02-10T00:00:00Z,Bonn\n",
    );
    let ana = customer("ana");
    let says = |email: &str, at: &str, city: &str| {
        let text = format!(
            "customer,email,changed_at,attribute.city,attribute.size\nana,{email},{at},{city},L\n"
        );
        import(&shop, &text)
    };
    // Older, and of no known moment: what is empty is filled, what is there stays.
    let came = says("old@example.com", "2025-02-09T00:00:00Z", "Ulm");
    assert_eq!((came.changed, came.kept), (1, 2));
    let came = says("other@example.com", "", "Ulm");
    assert_eq!((came.changed, came.kept), (0, 2));
    let bonn = (Some("Bonn".to_owned()), vec!["ana@example.com".to_owned()]);
    assert_eq!(known(&shop, &ana), bonn);
    // Newer: it is taken, and the address in place of the other.
    let came = says("new@example.com", "2025-02-11T00:00:00Z", "Ulm");
    assert_eq!((came.changed, came.kept), (1, 0));
    let ulm = (Some("Ulm".to_owned()), vec!["new@example.com".to_owned()]);
    assert_eq!(known(&shop, &ana), ulm);
    // Said again it changes nothing; and what the shop changes itself is newer than what was said before.
    let came = says("new@example.com", "2025-02-11T00:00:00Z", "Ulm");
    assert_eq!((came.changed, came.kept), (0, 0));
    let id = shop.app.member(shop.tenant, &ana).expect("she is known").id;
    let patch = MemberPatch {
        attributes: [("city".to_owned(), json!("Kiel"))].into(),
        ..MemberPatch::default()
    };
    shop.app
        .patch_member(shop.tenant, id, patch)
        .expect("it is changed");
    let came = says("new@example.com", "2025-02-28T00:00:00Z", "Ulm");
    assert_eq!((came.changed, came.kept), (0, 1));
    assert_eq!(known(&shop, &ana).0.as_deref(), Some("Kiel"));
}

fn a_consent_comes_in_with_its_proof_only(db: TestDb) {
    let shop = shop(db);
    import(&shop, "email\nana@example.com\nbo@example.com\n");
    let ana = email("ana@example.com");
    let says = |given: &str, at: &str, proof: &str| {
        let text = format!(
            "email,consent.letters,consent.letters.at,consent.letters.proof\n\
             ana@example.com,{given},{at},{proof}\n"
        );
        import(&shop, &text)
    };
    for (at, proof) in [("2025-02-01T00:00:00Z", ""), ("", "the form")] {
        let came = says("given", at, proof);
        assert_eq!((came.changed, came.rejected), (0, 1), "{at} {proof}");
        assert_eq!(allows(&shop, &ana), None);
    }
    let rejects = std::fs::read_to_string(shop.db.path("rejects.csv")).expect("there are some");
    assert!(rejects.contains("has no moment"), "{rejects}");
    assert_eq!(says("given", "2025-02-01T00:00:00Z", "the form").changed, 1);
    assert_eq!(allows(&shop, &ana), Some(true));
    // The proof stands in the log.
    let page = regulars_app::PageAsk::default();
    let log = shop
        .app
        .explain(shop.tenant, &ana, &page)
        .expect("she is known");
    let told = format!("{:?}", log.items[0].event);
    assert!(told.contains("the form"), "{told}");
    // To take it back nothing has to be proved; but it must be newer than what is here.
    shop.set("2025-03-05T09:00:00Z");
    assert_eq!(says("withdrawn", "2025-02-20T00:00:00Z", "").kept, 1);
    assert_eq!(allows(&shop, &ana), Some(true));
    assert_eq!(says("withdrawn", "2025-03-04T00:00:00Z", "").changed, 1);
    assert_eq!(allows(&shop, &ana), Some(false));
    // What was said before that is not given again by it.
    assert_eq!(says("given", "2025-02-01T00:00:00Z", "the form").kept, 1);
    assert_eq!(allows(&shop, &ana), Some(false));
}

fn what_cannot_be_taken_is_named_and_the_rest_is_taken(db: TestDb) {
    let shop = shop(db);
    shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 8000));
    import(
        &shop,
        "customer,email\nana,ana@example.com\nbo,bo@example.com\n",
    );
    let came = import(
        &shop,
        "customer,email,changed_at,attribute.city,consent.fax,consent.fax.at,consent.fax.proof\n\
         ana,bo@example.com,,Bonn,,,\n\
         ,no address,,Bonn,,,\n\
         ,,,Bonn,,,\n\
         ,ana@example.com,yesterday,Bonn,,,\n\
         ,ana@example.com,2031-01-01T00:00:00Z,Bonn,,,\n\
         bo,,,Bonn,given,2025-02-01T00:00:00Z,a form\n\
         cy,cy@example.com,,Bonn,,,\n",
    );
    assert_eq!(
        (came.rows, came.new, came.changed, came.rejected),
        (7, 1, 1, 6),
        "{came:?}"
    );
    let rejects = std::fs::read_to_string(came.rejects.expect("there are some")).expect("a text");
    for part in [
        "\n2,,",
        "names two members",
        "\n3,,",
        "\n4,,",
        "names nobody",
        "\n5,,",
        "is no moment",
        "\n6,,",
        "more than a day ahead",
        "\n7,,",
        "there is no consent `fax`",
    ] {
        assert!(rejects.contains(part), "`{part}` is not in {rejects}");
    }
    assert_eq!(known(&shop, &customer("bo")).0.as_deref(), Some("Bonn"));
    // Points are where they were: a contact moves none.
    assert_eq!(shop.available("ana"), 80);
    let wrong = shop.app.import_contacts(
        shop.tenant,
        ("Mail\nana@example.com\n", &[]),
        &shop.db.path("none.csv"),
    );
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    shop.verified();
}

fn who_is_forgotten_leaves_no_trace_of_when_they_changed(db: TestDb) {
    let shop = shop(db);
    import(
        &shop,
        "customer,changed_at,attribute.city\nana,2025-02-10T00:00:00Z,Bonn\n",
    );
    let ana = shop
        .app
        .member(shop.tenant, &customer("ana"))
        .expect("she is known")
        .id;
    let kept = |shop: &Shop| {
        let rows = shop.db.rows_of("shop");
        rows["records"]
            .iter()
            .any(|row| row.contains(&ana.to_string()))
    };
    assert!(kept(&shop));
    shop.app.leave(shop.tenant, ana).expect("she may");
    assert!(!kept(&shop));
}
