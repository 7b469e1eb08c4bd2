//! Advocates: the score of a member in parts, the same in lists and in segments, and as days pass.

use crate::messages::join;
use crate::support::{CAFE, Shop, event, key, purchase, text, who};
use regulars_app::engage::AdvocacyPart;
use regulars_app::{AdvocateOrder, Error, MemberRef, PageAsk, SegmentDraft};
use regulars_base::{MemberId, Text};
use regulars_engine::event::{Activity, Kind, Moderation};
use regulars_testkit::TestDb;
use serde_json::json;
use std::time::Duration;

regulars_testkit::on_both! {
    a_score_is_told_part_by_part_and_asked_by_segments,
    the_highest_score_comes_first_page_by_page,
    what_somebody_must_look_at_counts_once_it_is_approved_and_never_if_it_is_not,
}

const MORE: &str = r#"
[activity.review]

[activity.gossip]

[activity.letters]
consent = "keep"

[insight]
engagement = { review = 5, visit = 1 }
"#;

fn does(shop: &Shop, name: &str, what: &str, times: usize) {
    for time in 0..times {
        let done = Activity {
            name: text(what),
            store: Text::default(),
            fields: Vec::new(),
        };
        let id = format!("{what}-{name}-{time}");
        shop.take(event(
            who(name),
            &id,
            "2025-03-01T08:00:00Z",
            Kind::Activity(done),
        ));
    }
}

fn a_score_is_told_part_by_part_and_asked_by_segments(db: TestDb) {
    let shop = Shop::open(db, &format!("{CAFE}{MORE}"));
    let (ana, bo) = (join(&shop, "ana", json!({})), join(&shop, "bo", json!({})));
    for order in 0..4 {
        let id = format!("o-{order}");
        shop.take(purchase("ana", &id, "2025-03-01T08:00:00Z", 10_00));
    }
    does(&shop, "ana", "review", 2);
    does(&shop, "ana", "gossip", 9);
    does(&shop, "bo", "review", 20);
    shop.app
        .consent(shop.tenant, ana, "letters", true)
        .expect("is taken");
    let of = |member: MemberId| {
        let own = shop.app.advocacy_of(shop.tenant, &MemberRef::Id(member));
        own.expect("is told").advocacy
    };
    let part = |member: MemberId, part: AdvocacyPart| {
        let own = of(member);
        let found = own.parts.iter().find(|own| own.part == part).cloned();
        let found = found.expect("each part is told");
        (found.times, found.points, found.most)
    };
    assert_eq!(part(ana, AdvocacyPart::Orders), (4, 8, 20));
    assert_eq!(part(ana, AdvocacyPart::Recency), (1, 10, 10));
    assert_eq!(part(ana, AdvocacyPart::Referrals), (0, 0, 30));
    // What the program does not weigh counts nothing, nor does a consent.
    assert_eq!(part(ana, AdvocacyPart::Actions), (2, 10, 30));
    assert_eq!(of(ana).score, 28);
    assert_eq!(
        part(bo, AdvocacyPart::Actions),
        (20, 30, 30),
        "there is a most"
    );
    assert_eq!(of(bo).score, 30);
    let listed = |least: i64| {
        let page = PageAsk {
            after: None,
            limit: 10,
        };
        let all = shop
            .app
            .advocates(shop.tenant, (least, AdvocateOrder::Member), &page)
            .expect("is told");
        let each = all.items.into_iter();
        each.map(|own| (own.member, own.advocacy.score))
            .collect::<Vec<_>>()
    };
    let mut both = vec![(ana, 28), (bo, 30)];
    both.sort();
    assert_eq!(listed(28), both);
    assert_eq!(listed(29), [(bo, 30)]);
    assert_eq!(listed(31), []);
    for least in [0, 101] {
        let page = PageAsk::default();
        let wrong = shop
            .app
            .advocates(shop.tenant, (least, AdvocateOrder::Score), &page);
        assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    }
    let draft = SegmentDraft {
        name: "Advocates".into(),
        condition: "score(\"advocate\") >= 25".into(),
    };
    let made = shop.app.make_segment(shop.tenant, "advocates", &draft);
    assert_eq!(made.expect("is made").members, 2);
    // After a month the last order counts for less, with nobody doing anything.
    shop.set("2025-04-05T10:00:00Z");
    let wait = Duration::from_secs(60);
    assert!(
        shop.app
            .follow_segments(shop.tenant, wait)
            .expect("follows")
    );
    assert_eq!(of(ana).score, 24);
    assert_eq!(listed(25), [(bo, 30)]);
    let now = shop
        .app
        .segment(shop.tenant, "advocates")
        .expect("is there");
    assert_eq!(now.members, 1);
}

fn the_highest_score_comes_first_page_by_page(db: TestDb) {
    let shop = Shop::open(db, &format!("{CAFE}{MORE}"));
    // By how often they wrote: 30, 10, 10, 5, 20, and nothing.
    let written = [6, 2, 2, 1, 4, 0];
    let mut expected = Vec::new();
    for (no, times) in written.into_iter().enumerate() {
        let name = format!("m-{no}");
        let member = join(&shop, &name, json!({}));
        does(&shop, &name, "review", times);
        let score = i64::try_from(times * 5).expect("it is small");
        expected.extend((score > 0).then_some((member, score)));
    }
    expected.sort_by_key(|(member, score)| (-score, *member));
    let mut page = PageAsk {
        after: None,
        limit: 2,
    };
    let by = (1, AdvocateOrder::Score);
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let part = shop.app.advocates(shop.tenant, by, &page).expect("is told");
        pages += 1;
        let each = part.items.into_iter();
        found.extend(each.map(|own| (own.member, own.advocacy.score)));
        page.after = part.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(found, expected);
    assert_eq!(pages, 3);
    // Who was merged into somebody is in no list.
    let (gone, into) = (expected[0].0, expected[4].0);
    shop.app
        .merge(shop.tenant, gone, into, key("one-person"))
        .expect("they are one");
    let left = shop
        .app
        .advocates(shop.tenant, by, &PageAsk::default())
        .expect("is told");
    assert!(left.items.iter().all(|own| own.member != gone));
    assert_eq!(left.items[0].member, into);
    for cursor in ["", "5", "x.mem_1", &gone.to_string()] {
        page.after = Some(cursor.to_owned());
        let wrong = shop.app.advocates(shop.tenant, by, &page);
        assert!(
            matches!(wrong, Err(Error::Invalid(_))),
            "{cursor}: {wrong:?}"
        );
    }
}

fn what_somebody_must_look_at_counts_once_it_is_approved_and_never_if_it_is_not(db: TestDb) {
    let photo = "[activity.photo]\nmoderated = true\nlapses = \"14 days\"\n\
                 \n[insight]\nengagement = { photo = 8 }\n";
    let shop = Shop::open(db, &format!("{CAFE}\n{photo}"));
    let names = ["ana", "bo", "cy"];
    let [ana, bo, cy] = names.map(|name| join(&shop, name, json!({})));
    let draft = SegmentDraft {
        name: "Photographers".into(),
        condition: "activities(\"photo\", 30) >= 1".into(),
    };
    let made = shop.app.make_segment(shop.tenant, "photographers", &draft);
    made.expect("is made");
    for name in names {
        does(&shop, name, "photo", 1);
    }
    let followed = || {
        let wait = Duration::from_secs(60);
        let done = shop.app.follow_segments(shop.tenant, wait);
        assert!(done.expect("follows"));
        let page = PageAsk::default();
        let by = (1, AdvocateOrder::Score);
        let listed = shop.app.advocates(shop.tenant, by, &page).expect("is told");
        let listed: Vec<_> = listed
            .items
            .iter()
            .map(|own| (own.member, own.advocacy.score))
            .collect();
        let scores = [ana, bo, cy].map(|member| {
            let own = shop.app.advocacy_of(shop.tenant, &MemberRef::Id(member));
            own.expect("is told").advocacy.score
        });
        let segment = shop.app.segment(shop.tenant, "photographers");
        (scores, listed, segment.expect("is there").members)
    };
    assert_eq!(followed(), ([0; 3], Vec::new(), 0), "they wait");
    shop.set("2025-03-05T09:00:00Z");
    for (name, approved) in [("ana", true), ("bo", false)] {
        let kind = Kind::Moderation(Moderation {
            submission: text(&format!("photo-{name}-0")),
            approved,
            reason: text("seen"),
            by: text("dee"),
        });
        let id = format!("look-{name}");
        shop.take(event(who(name), &id, "2025-03-05T08:00:00Z", kind));
    }
    shop.app.tick_due(shop.app.now()).expect("ticks are events");
    assert_eq!(followed(), ([8, 0, 0], vec![(ana, 8)], 1));
    // Nobody looks at the third. It lapses; and a month after it was made, the first is out of the window, as
    // if it had counted at once.
    shop.set("2025-03-20T10:00:00Z");
    shop.app.tick_due(shop.app.now()).expect("ticks are events");
    assert_eq!(followed(), ([8, 0, 0], vec![(ana, 8)], 1));
    shop.set("2025-03-31T10:00:00Z");
    assert_eq!(followed(), ([8, 0, 0], vec![(ana, 8)], 0));
}
