//! Between members: what follows for another member is written with its cause, however the events
//! come in batches, and by however many writers.

use crate::support::{Shop, customer, event, key, moment, purchase, text, who};
use regulars_app::{Error, MemberRef, SignUpAsk};
use regulars_base::MemberId;
use regulars_engine::event::{
    Incoming, Kind, ReferralReview, Refunded, SignUp, Touch, TransferOut,
};
use regulars_engine::outcome::Verdict;
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    whatever_the_batches_the_totals_are_the_same,
    many_friends_at_once_are_all_counted,
    a_code_is_made_once_and_leads_from_click_to_reward,
    a_doubtful_friend_waits_in_the_list,
    what_names_nobody_is_told_and_nothing_is_written,
}

const FRIENDS: &str = r#"
[program]
name     = "Friends"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }

[referral]
link             = "https://cafe.example/?friend="
welcome          = { beans = 5 }
step             = [{ purchase = 1, referrer = { beans = 10 } }, { purchase = 2, friend = { beans = 3 } }]
limit            = [{ times = 4 }]
same_fingerprint = "review"

[transfer]
points = ["beans"]
"#;

fn open(db: TestDb, batch: usize, lanes: usize, program: &str) -> (Shop, Vec<MemberId>) {
    let shop = Shop::with(db, program, |mut config| {
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

fn joins(name: &str, id: &str, referrer: MemberId, at: &str) -> Incoming {
    let at_moment = moment(at);
    let touches = vec![Touch {
        referrer,
        at: at_moment,
    }];
    let kind = Kind::SignUp(Box::new(SignUp {
        touches,
        marks: Vec::new(),
    }));
    event(who(name), id, at, kind)
}

fn sends(from: &str, id: &str, to: MemberId, amount: i64, at: &str) -> Incoming {
    let points = text("beans");
    let kind = Kind::TransferOut(Box::new(TransferOut { to, points, amount }));
    event(who(from), id, at, kind)
}

/// Everybody sends somebody, buys, brings something back and gives points away, in turns.
fn history(ids: &[MemberId]) -> Vec<Incoming> {
    let mut events = Vec::new();
    for round in 0..4_usize {
        for (place, id) in ids.iter().enumerate() {
            let friend = format!("f{}", (place * 5 + round) % 9);
            let number = round * ids.len() + place;
            let at = format!("2025-0{}-{:02}T10:00:00Z", round + 2, place + 1);
            let later = format!("2025-0{}-{:02}T12:00:00Z", round + 2, place + 1);
            events.push(joins(&friend, &format!("s{number}"), *id, &at));
            let order = format!("o{number}");
            events.push(purchase(&friend, &order, &later, 2_000));
            let to = ids[(place + round + 1) % ids.len()];
            events.push(sends(&friend, &format!("t{number}"), to, 7, &later));
            if number.is_multiple_of(3) {
                let refund = crate::support::refund(
                    who(&friend),
                    &format!("r{number}"),
                    &order,
                    &later,
                    Refunded::Rest,
                );
                events.push(refund);
            }
        }
    }
    events
}

fn whatever_the_batches_the_totals_are_the_same(db: TestDb) {
    let (shop, ids) = open(db, 1, 1, FRIENDS);
    let refused = |receipts: Vec<Result<regulars_app::Receipt, Error>>| {
        let verdicts = receipts
            .into_iter()
            .map(|it| it.expect("is decided").verdict);
        verdicts.collect::<Vec<Verdict>>()
    };
    let first = refused(shop.app.ingest(shop.tenant, history(&ids)));
    let accepted = first.iter().filter(|it| **it == Verdict::Accepted).count();
    assert!(accepted > 40, "{accepted} of {}", first.len());
    let totals = shop.totals();
    shop.verified();
    for batch in [2, 7, 64] {
        let (other, ids) = open(TestDb::sqlite(), batch, 1, FRIENDS);
        let verdicts = refused(other.app.ingest(other.tenant, history(&ids)));
        assert_eq!(verdicts.len(), first.len());
        assert_eq!(other.totals(), totals, "in batches of {batch}");
        other.verified();
        // Sent again, all of it is known.
        let again = other.app.ingest(other.tenant, history(&ids));
        assert!(again.into_iter().all(|it| it.expect("is known").duplicate));
        assert_eq!(other.totals(), totals, "again in batches of {batch}");
    }
}

fn many_friends_at_once_are_all_counted(db: TestDb) {
    let program = FRIENDS.replace("limit            = [{ times = 4 }]\n", "");
    let (shop, ids) = open(db, 16, 4, &program);
    let mut events = Vec::new();
    for number in 0..60 {
        let friend = format!("f{number}");
        let at = "2025-02-01T10:00:00Z";
        events.push(joins(&friend, &format!("s{number}"), ids[0], at));
        let order = format!("o{number}");
        events.push(purchase(&friend, &order, "2025-02-02T10:00:00Z", 500));
    }
    for receipt in shop.app.ingest(shop.tenant, events) {
        assert_eq!(receipt.expect("is decided").verdict, Verdict::Accepted);
    }
    let balances = shop.app.balances(shop.tenant, &MemberRef::Id(ids[0]), None);
    let balances = balances.expect("she is known");
    assert_eq!(balances.points[0].available, 600);
    let referral = balances.referral.expect("the program has referrals");
    assert_eq!((referral.joined, referral.bought), (60, 60));
    shop.verified();
}

fn ask(id: &str, name: &str, code: Option<&str>, clicks: &[&str]) -> SignUpAsk {
    SignUpAsk {
        key: key(id),
        who: customer(name),
        codes: code.map(|code| (text(code), None)).into_iter().collect(),
        clicks: clicks.iter().map(|click| text(click)).collect(),
        marks: Vec::new(),
    }
}

fn a_code_is_made_once_and_leads_from_click_to_reward(db: TestDb) {
    let (shop, ids) = open(db, 8, 2, FRIENDS);
    let ana = MemberRef::Id(ids[0]);
    let code = shop.app.referral_code(shop.tenant, &ana).expect("is made");
    assert_eq!(
        code.link.as_deref(),
        Some(format!("https://cafe.example/?friend={}", code.code).as_str())
    );
    let again = shop.app.referral_code(shop.tenant, &ana).expect("is there");
    assert_eq!(again, code);
    // However it was typed.
    let typed = text(&format!(" {} ", code.code.to_lowercase()));
    for duplicate in [false, true] {
        let click = shop
            .app
            .referral_click(shop.tenant, &typed, key("click-1"))
            .expect("is counted");
        assert_eq!((click.member, click.duplicate), (ids[0], duplicate));
    }
    let joined = shop
        .app
        .sign_up(shop.tenant, ask("s", "bo", None, &["click-1"]))
        .expect("he joins");
    assert_eq!(joined.verdict, Verdict::Accepted);
    shop.take(purchase("bo", "o", "2025-06-01T09:00:00Z", 2_000));
    assert_eq!(shop.available("bo"), 25);
    let balances = shop
        .app
        .balances(shop.tenant, &ana, None)
        .expect("is known");
    assert_eq!(balances.points[0].available, 10);
    let referral = balances.referral.expect("the program has referrals");
    assert_eq!(
        (referral.clicks, referral.joined, referral.bought),
        (1, 1, 1)
    );
    assert_eq!(referral.code, Some(code.code));
    let bo = shop.app.balances(shop.tenant, &customer("bo"), None);
    let sent_by = bo.expect("is known").referral.and_then(|own| own.sent_by);
    assert_eq!(sent_by, Some((ids[0], "counts")));
    shop.verified();
}

fn a_doubtful_friend_waits_in_the_list(db: TestDb) {
    let (shop, ids) = open(db, 8, 2, FRIENDS);
    let marks = vec![regulars_engine::state::Mark::of(
        regulars_engine::state::MarkKind::Device,
        "a telephone",
    )];
    let at = "2025-05-01T09:00:00Z";
    let kind = Kind::Fingerprints(marks.clone());
    shop.take(event(who("m0"), "marks", at, kind));
    let touches = vec![Touch {
        referrer: ids[0],
        at: moment(at),
    }];
    let kind = Kind::SignUp(Box::new(SignUp { touches, marks }));
    let joined = shop.take(event(who("bo"), "s", at, kind));
    let listed = shop.app.referrals_in_review(shop.tenant).expect("is read");
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].friend, listed[0].referrer),
        (joined.member, ids[0])
    );
    assert_eq!(shop.available("bo"), 0);
    let review = |reason: &str| ReferralReview {
        approve: true,
        reason: text(reason),
        by: text("eve"),
    };
    let friend = customer("bo");
    let without = shop
        .app
        .review_referral(shop.tenant, &friend, review(" "), key("r-0"));
    assert!(matches!(without, Err(Error::Invalid(_))), "{without:?}");
    shop.app
        .review_referral(
            shop.tenant,
            &friend,
            review("They live together"),
            key("r-1"),
        )
        .expect("is approved");
    assert_eq!(shop.available("bo"), 5);
    let listed = shop.app.referrals_in_review(shop.tenant).expect("is read");
    assert!(listed.is_empty());
    shop.verified();
}

fn what_names_nobody_is_told_and_nothing_is_written(db: TestDb) {
    let (shop, ids) = open(db, 8, 2, FRIENDS);
    shop.take(purchase("m0", "o", "2025-05-01T09:00:00Z", 2_000));
    let before = shop.totals();
    let nobody = MemberId::from_bytes([7; 16]);
    let at = "2025-05-02T09:00:00Z";
    for incoming in [
        sends("m0", "t", nobody, 5, at),
        joins("bo", "s", nobody, at),
    ] {
        let told = shop.app.ingest_one(shop.tenant, incoming);
        assert!(matches!(told, Err(Error::NotFound { .. })), "{told:?}");
    }
    let told = shop
        .app
        .sign_up(shop.tenant, ask("s", "bo", Some("NOSUCHCODE"), &[]));
    assert!(matches!(told, Err(Error::NotFound { .. })), "{told:?}");
    let told = shop.app.sign_up(shop.tenant, ask("s", "bo", None, &[]));
    assert!(matches!(told, Err(Error::Invalid(_))), "{told:?}");
    assert_eq!(shop.totals(), before);
    // The same key is free for what can be done.
    let receipt = shop.take(sends("m0", "t", ids[1], 5, at));
    assert_eq!(receipt.verdict, Verdict::Accepted);
    assert_eq!(receipt.member, ids[0]);
    shop.verified();
}
