//! What waits until somebody has looked at it.

use crate::support::{CAFE, Shop, event, text, who};
use regulars_app::PageAsk;
use regulars_base::Text;
use regulars_engine::event::{Activity, Kind, Moderation};
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    what_waits_is_listed_until_somebody_has_looked_at_it,
    a_lost_row_of_what_waits_is_found,
}

const DAY: &str = "2025-03-01T08:00:00Z";

fn shop(db: TestDb) -> Shop {
    let photos = "[activity.photo]\nmoderated = true\nlapses = \"14 days\"\n\
                  \n[[earn]]\nid = \"photo\"\non = \"photo\"\ngive = { beans = 5 }\n";
    Shop::open(db, &format!("{CAFE}\n{photos}"))
}

fn photo(shop: &Shop, name: &str, id: &str) {
    let activity = Activity {
        name: text("photo"),
        store: Text::default(),
        fields: Vec::new(),
    };
    shop.take(event(who(name), id, DAY, Kind::Activity(activity)));
}

/// The ids of what waits, in pages of one.
fn listed(shop: &Shop) -> Vec<String> {
    let mut ask = PageAsk {
        after: None,
        limit: 1,
    };
    let mut ids: Vec<String> = Vec::new();
    loop {
        let page = shop.app.waiting(shop.tenant, &ask).expect("it is a page");
        ids.extend(
            page.items
                .iter()
                .map(|own| own.event.external_id.to_string()),
        );
        match page.next {
            Some(next) => ask.after = Some(next),
            None => break,
        }
    }
    ids.sort();
    ids
}

fn what_waits_is_listed_until_somebody_has_looked_at_it(db: TestDb) {
    let shop = shop(db);
    assert_eq!(listed(&shop), Vec::<String>::new());
    for (name, id) in [("ana", "p-1"), ("bo", "p-2"), ("cy", "p-3"), ("ana", "p-4")] {
        photo(&shop, name, id);
    }
    assert_eq!(listed(&shop), ["p-1", "p-2", "p-3", "p-4"]);
    let looked = |name: &str, id: &str, approved: bool| {
        let kind = Kind::Moderation(Moderation {
            submission: text(id),
            approved,
            reason: text("seen"),
            by: text("dee"),
        });
        shop.take(event(who(name), &format!("look-{id}"), DAY, kind));
    };
    looked("bo", "p-2", true);
    assert_eq!(listed(&shop), ["p-1", "p-3", "p-4"]);
    looked("ana", "p-1", false);
    looked("ana", "p-4", true);
    assert_eq!(listed(&shop), ["p-3"]);
    shop.verified();
    // What nobody looked at lapses, whether or not the clock has come by.
    shop.set("2025-03-20T00:00:00Z");
    assert_eq!(listed(&shop), Vec::<String>::new());
    shop.app.tick_due(shop.app.now()).expect("ticks are events");
    assert_eq!(listed(&shop), Vec::<String>::new());
    shop.verified();
}

fn a_lost_row_of_what_waits_is_found(db: TestDb) {
    let shop = shop(db);
    photo(&shop, "ana", "p-1");
    shop.verified();
    shop.db.execute("DELETE FROM submissions_waiting");
    let proof = shop.app.verify(shop.tenant, None, &mut |_| {});
    let wrong = proof.expect("it can be read").wrong;
    assert_eq!(wrong.map(|wrong| wrong.table), Some("submissions_waiting"));
}
