//! Groups: whose wallet an event is decided in does not depend on how events come in batches, nor on
//! how many write at once; and a merge that was a mistake is undone.

use crate::support::{Shop, customer, event, key, purchase, refund, text, who};
use regulars_app::MemberRef;
use regulars_base::MemberId;
use regulars_engine::event::{
    GroupInvite, GroupJoin, GroupLeave, GroupSet, Incoming, Kind, Refunded, RewardRequest, Who,
};
use regulars_engine::outcome::Verdict;
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    whatever_the_batches_a_household_comes_to_the_same,
    people_who_buy_at_once_all_count,
    a_preview_of_a_person_is_that_of_the_group,
    who_was_merged_by_mistake_is_parted_again,
}

const FAMILY: &str = r#"
[program]
name     = "Family"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }

[[reward]]
id    = "mug"
price = { beans = 50 }

[[group]]
id         = "family"
people_max = 20
join       = "open"
on_leaving = "brought_in"
"#;

fn open(db: TestDb, batch: usize, lanes: usize) -> (Shop, Vec<MemberId>) {
    let shop = Shop::with(db, FAMILY, |mut config| {
        config.batch = batch;
        config.lanes = lanes;
        config
    });
    shop.set("2025-06-01T09:00:00Z");
    let names = (0..6).map(|number| format!("m{number}"));
    let join = |name: String| {
        let id = format!("join-{name}");
        let joins = event(who(&name), &id, "2025-01-01T09:00:00Z", Kind::Enrolment);
        shop.take(joins).member
    };
    let ids = names.map(join).collect();
    (shop, ids)
}

/// The household `smith`.
fn founded(shop: &Shop) -> MemberId {
    let set = GroupSet {
        group: text("family"),
        title: text("The Smiths"),
        manager: text(""),
        from: None,
        until: None,
    };
    let kind = Kind::GroupSet(Box::new(set));
    let set = event(who("smith"), "found", "2025-01-02T09:00:00Z", kind);
    shop.take(set).member
}

fn comes_in(name: &str, group: MemberId) -> Incoming {
    let kind = Kind::GroupJoin(GroupJoin { group });
    event(
        who(name),
        &format!("in-{name}"),
        "2025-01-03T09:00:00Z",
        kind,
    )
}

/// They come in, buy, bring back and leave, in turns: all of it may be one batch.
fn history(group: MemberId, ids: &[MemberId]) -> Vec<Incoming> {
    let mut events = Vec::new();
    for number in 0..ids.len() {
        let name = format!("m{number}");
        events.push(comes_in(&name, group));
        let (order, at) = (format!("o{number}"), "2025-01-04T09:00:00Z");
        events.push(purchase(&name, &order, at, 3000));
        let back = Refunded::Amount(1000);
        let whom = if number % 2 == 0 {
            Who::OfOrder
        } else {
            who(&name)
        };
        let at = "2025-01-05T09:00:00Z";
        events.push(refund(whom, &format!("r{number}"), &order, at, back));
    }
    let invite = Kind::GroupInvite(Box::new(GroupInvite {
        person: ids[0],
        role: text(""),
    }));
    events.push(event(who("m1"), "invite", "2025-01-06T09:00:00Z", invite));
    let leave = Kind::GroupLeave(GroupLeave { person: None });
    events.push(event(who("m1"), "leave", "2025-01-07T09:00:00Z", leave));
    let rest = Refunded::Rest;
    events.push(refund(
        who("m1"),
        "back",
        "o1",
        "2025-01-08T09:00:00Z",
        rest,
    ));
    events.push(purchase("m1", "alone", "2025-01-09T09:00:00Z", 700));
    events
}

fn whatever_the_batches_a_household_comes_to_the_same(db: TestDb) {
    let verdicts = |shop: &Shop, events: Vec<Incoming>| {
        let receipts = shop.app.ingest(shop.tenant, events).into_iter();
        let verdicts = receipts.map(|it| it.expect("is decided").verdict);
        verdicts.collect::<Vec<Verdict>>()
    };
    let (shop, ids) = open(db, 1, 1);
    let first = verdicts(&shop, history(founded(&shop), &ids));
    let refused = first.iter().filter(|it| **it != Verdict::Accepted);
    assert_eq!(
        refused.count(),
        1,
        "only the invitation is refused: {first:?}"
    );
    // Six bought for 30 and brought 10 back: 120. One left with a sixth, and brought the rest back.
    assert_eq!(shop.available("smith"), 80);
    assert_eq!(shop.available("m1"), 27);
    let totals = shop.totals();
    shop.verified();
    for batch in [2, 7, 64] {
        let (other, ids) = open(TestDb::sqlite(), batch, 1);
        let group = founded(&other);
        assert_eq!(verdicts(&other, history(group, &ids)), first);
        assert_eq!(other.totals(), totals, "in batches of {batch}");
        other.verified();
        let again = other.app.ingest(other.tenant, history(group, &ids));
        assert!(again.into_iter().all(|it| it.expect("is known").duplicate));
        assert_eq!(other.totals(), totals, "again in batches of {batch}");
    }
}

fn people_who_buy_at_once_all_count(db: TestDb) {
    let (shop, ids) = open(db, 16, 4);
    let group = founded(&shop);
    for number in 0..ids.len() {
        shop.take(comes_in(&format!("m{number}"), group));
    }
    let mut events = Vec::new();
    for number in 0..90 {
        let name = format!("m{}", number % ids.len());
        events.push(purchase(
            &name,
            &format!("o{number}"),
            "2025-02-01T09:00:00Z",
            500,
        ));
    }
    for receipt in shop.app.ingest(shop.tenant, events) {
        assert_eq!(receipt.expect("is decided").verdict, Verdict::Accepted);
    }
    assert_eq!(shop.available("smith"), 450);
    shop.verified();
}

fn a_preview_of_a_person_is_that_of_the_group(db: TestDb) {
    let (shop, ids) = open(db, 1, 1);
    let group = founded(&shop);
    shop.take(comes_in("m0", group));
    shop.take(purchase("m0", "o1", "2025-02-01T09:00:00Z", 6000));
    let request = |who: Who| {
        let asked = RewardRequest {
            redemption: text("mug"),
            reward: text("mug"),
            quantity: 1,
            order: None,
            commit: true,
        };
        event(
            who,
            "ask",
            "2025-02-02T09:00:00Z",
            Kind::RewardRequest(asked),
        )
    };
    let previewed = |whom: Who| {
        let preview = shop.app.preview(shop.tenant, request(whom));
        preview.expect("can be previewed")
    };
    let of_person = previewed(who("m0"));
    assert_eq!(of_person.outcome.verdict, Verdict::Accepted);
    assert_eq!(of_person.member, Some(ids[0]));
    assert_eq!(of_person.available[0].1, 10);
    // Who does not belong to it has nothing to spend.
    assert_ne!(previewed(who("m1")).outcome.verdict, Verdict::Accepted);
    assert_eq!(shop.available("smith"), 60);
}

fn who_was_merged_by_mistake_is_parted_again(db: TestDb) {
    let (shop, ids) = open(db, 8, 2);
    shop.take(purchase("m0", "o0", "2025-02-01T09:00:00Z", 4000));
    shop.take(purchase("m1", "o1", "2025-02-01T09:00:00Z", 9000));
    let merged = shop.app.merge(shop.tenant, ids[1], ids[0], key("merge"));
    assert_eq!(merged.expect("is decided").verdict, Verdict::Accepted);
    assert_eq!(shop.available("m1"), 130);
    let parted = || shop.app.unmerge(shop.tenant, ids[1], key("part"));
    assert_eq!(parted().expect("is decided").verdict, Verdict::Accepted);
    assert_eq!((shop.available("m0"), shop.available("m1")), (40, 90));
    let own = shop.app.member(shop.tenant, &customer("m1"));
    let own = own.expect("is there");
    assert_eq!((own.id, own.merged_into), (ids[1], None));
    // The orders are theirs again, and so is what comes back of them.
    let at = "2025-03-01T09:00:00Z";
    let back = refund(Who::OfOrder, "r1", "o1", at, Refunded::Rest);
    assert_eq!(shop.take(back).member, ids[1]);
    assert_eq!((shop.available("m0"), shop.available("m1")), (40, 0));
    let again = shop.app.unmerge(shop.tenant, ids[1], key("part"));
    assert!(again.expect("is known").duplicate);
    let twice = shop.app.unmerge(shop.tenant, ids[1], key("twice"));
    assert_ne!(twice.expect("is decided").verdict, Verdict::Accepted);
    // A group is nobody to be merged into.
    let group = founded(&shop);
    let into = shop.app.merge(shop.tenant, ids[2], group, key("into"));
    assert!(into.is_err());
    let unknown = shop.app.group(shop.tenant, &MemberRef::Id(ids[2]));
    assert!(unknown.is_err());
    shop.verified();
}
