//! Lift: what a send and a journey brought, against those who were held out, and what one could show beforehand.

use crate::messages::{everybody, hello, join, outbox, program, to};
use crate::support::{Shop, purchase};
use regulars_app::{
    Audience, Error, JourneyMembersAsk, JourneyState, LiftAsk, LiftMetric, LiftView, MemberRef,
    NewSend, PageAsk, Power, PowerWarning,
};
use regulars_base::{CivilDay, MemberId};
use regulars_testkit::TestDb;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

regulars_testkit::on_both! {
    what_a_send_brought_is_told_day_by_day_and_at_the_end,
    what_a_journey_brought_is_told_of_those_whose_days_are_over,
    who_came_in_under_another_share_does_not_count,
    it_is_said_beforehand_what_a_comparison_could_show,
    the_control_group_gets_no_campaign_and_all_of_them_are_compared_with_it,
}

const MEMBERS: usize = 300;

/// A member's number, and what they are called.
fn named(number: usize) -> String {
    format!("m{number}")
}

/// So many members who bought on the 1st of March, each something else.
fn crowd(db: TestDb, members: usize) -> (Shop, Vec<MemberId>) {
    let shop = Shop::open(db, &program());
    shop.set("2025-03-01T10:00:00Z");
    let ids = (0..members).map(|number| {
        let name = named(number);
        let id = join(&shop, &name, json!({}));
        buys(
            &shop,
            number,
            "2025-03-01T11:00:00Z",
            500 + spread(number, 1),
        );
        id
    });
    let ids = ids.collect();
    shop.set("2025-03-05T10:00:00Z");
    hello(&shop);
    (shop, ids)
}

/// Between 0 and 599, another for each member and time.
fn spread(number: usize, time: usize) -> i64 {
    let mixed = (number * 7919 + time * 104_729) % 600;
    i64::try_from(mixed).expect("is small")
}

fn buys(shop: &Shop, number: usize, at: &str, minor: i64) {
    let name = named(number);
    shop.take(purchase(&name, &format!("{name}-{at}"), at, minor));
}

fn day(text: &str) -> CivilDay {
    text.parse().expect("is a day")
}

fn ask(metric: LiftMetric, days: u16) -> LiftAsk {
    LiftAsk { metric, days }
}

fn page() -> PageAsk {
    PageAsk {
        after: None,
        limit: 1000,
    }
}

/// A send to everybody, through the inbox: no mail server is asked. Who is held out of it.
fn sent(shop: &Shop, hold_out: u8) -> (String, BTreeSet<MemberId>) {
    let new = NewSend {
        channel: "inbox".into(),
        hold_out,
        ..to(everybody(shop))
    };
    let send = shop.app.send_message(shop.tenant, &new).expect("is sent");
    shop.app.plan_sends(shop.tenant).expect("is planned");
    let held = outbox(shop, &send);
    let held = held.into_iter().filter(|own| own.reason == "held_out");
    (send.id.clone(), held.map(|own| own.member).collect())
}

fn refusal(view: &LiftView) -> &'static str {
    view.answer.as_ref().expect_err("is none").code()
}

fn what_a_send_brought_is_told_day_by_day_and_at_the_end(db: TestDb) {
    let (shop, ids) = crowd(db, MEMBERS);
    let (send, held) = sent(&shop, 30);
    let lift = |metric, days| {
        let found = shop.app.send_lift(shop.tenant, &send, ask(metric, days));
        found.expect("is told")
    };
    let early = lift(LiftMetric::Spend, 14);
    assert_eq!(refusal(&early), "too_few");
    assert_eq!(
        early.any_day.as_ref().expect_err("is none").code(),
        "too_early"
    );
    assert_eq!(
        (early.treated.customers, early.held_out.waiting),
        (0, held.len() as u64)
    );

    shop.set("2025-03-06T13:00:00Z");
    // On the day itself and on the next, whoever got it buys for 5.00 more, and more often.
    for (number, id) in ids.iter().enumerate() {
        let got = !held.contains(id);
        let more = if got { 500 } else { 0 };
        buys(
            &shop,
            number,
            "2025-03-05T12:00:00Z",
            1000 + spread(number, 2) + more,
        );
        // As many as not, so that few do not decide it, whoever is held out.
        if number % 2 == 0 || got && number % 4 == 1 {
            buys(&shop, number, "2025-03-06T12:00:00Z", 300);
        }
    }
    shop.set("2025-03-10T10:00:00Z");
    let so_far = lift(LiftMetric::Spend, 14);
    assert_eq!(refusal(&so_far), "too_few", "no window has ended");
    let any_day = so_far.any_day.expect("five days are over");
    assert_eq!(any_day.day, 2, "nobody bought anything since");
    assert!(
        any_day.interval.low > 0.0,
        "an effect of half is seen: {any_day:?}"
    );

    shop.set("2025-03-18T13:00:00Z");
    for number in 0..MEMBERS {
        buys(
            &shop,
            number,
            "2025-03-18T12:00:00Z",
            200 + spread(number, 3),
        );
    }
    shop.set("2025-03-20T10:00:00Z");
    let done = lift(LiftMetric::Spend, 14);
    let answer = done.answer.as_ref().expect("carries an answer");
    // 5.00 each, and 3.00 for one in four: three quarters of them instead of half.
    let want = 500.0 + 300.0 * 0.25;
    assert!((answer.each - want).abs() < 150.0, "{answer:?}");
    assert!(answer.interval.low > 0.0 && answer.interval.low < answer.each);
    let both = done.treated.customers + done.held_out.customers;
    assert_eq!((both, done.treated.waiting), (MEMBERS as u64, 0));
    assert_eq!(done.held_out.customers, held.len() as u64);
    assert_eq!(done.since, day("2025-03-05"));
    let last = done.any_day.expect("the last day");
    let (any, once) = (last.interval, answer.interval);
    assert!(
        last.day == 14 && any.low <= once.low && any.high >= once.high,
        "{any:?}"
    );
    // An order each, and one more for one in four.
    let orders = lift(LiftMetric::Orders, 14)
        .answer
        .expect("carries an answer");
    assert!((orders.each - 0.25).abs() < 0.25, "{orders:?}");
    assert_eq!(
        refusal(&lift(LiftMetric::Returned, 14)),
        "no_spread",
        "all came"
    );
    let journey = shop
        .app
        .send_lift(shop.tenant, "snd_none", LiftAsk::default());
    assert!(matches!(journey, Err(Error::NotFound { .. })));
    let long = shop
        .app
        .send_lift(shop.tenant, &send, ask(LiftMetric::Spend, 181));
    assert!(matches!(long, Err(Error::Invalid(_))));
}

const THANKS: &str = r#"
name = "Thanks"
hold_out = "30 %"

[start]
on = "holds"

[[step]]
id = "hello"
send = "hello"
channel = "inbox"
"#;

fn put(shop: &Shop, seen: Option<i64>, text: &str) {
    let when = text.replace("\n[start]", "when = \"orders_ever > 0\"\n\n[start]");
    let put = shop.app.put_journey(shop.tenant, ("thanks", seen), &when);
    put.unwrap_or_else(|error| panic!("{error:?}"));
}

fn start(shop: &Shop) {
    let seen = shop.app.journey(shop.tenant, "thanks").expect("is there");
    let set =
        (shop.app).set_journey_state(shop.tenant, ("thanks", seen.version), JourneyState::Running);
    set.expect("is started");
    follow(shop);
}

fn follow(shop: &Shop) {
    let wait = Duration::from_secs(60);
    assert!(
        shop.app
            .follow_segments(shop.tenant, wait)
            .expect("follows")
    );
}

fn what_a_journey_brought_is_told_of_those_whose_days_are_over(db: TestDb) {
    let (shop, ids) = crowd(db, MEMBERS);
    put(&shop, None, THANKS);
    start(&shop);
    let lift = |days| {
        let asked = ask(LiftMetric::Spend, days);
        let found = shop.app.journey_lift(shop.tenant, "thanks", asked);
        found.expect("is told")
    };
    let members = (shop.app).journey_members(
        shop.tenant,
        ("thanks", &JourneyMembersAsk::default()),
        &page(),
    );
    let members = members.expect("are listed").items;
    assert_eq!(members.len(), MEMBERS);
    let held = members.iter().filter(|own| own.standing.held_out);
    let held: BTreeSet<MemberId> = held.map(|own| own.member).collect();
    assert_eq!(lift(7).held_out.waiting, held.len() as u64);
    shop.set("2025-03-07T13:00:00Z");
    for (number, id) in ids.iter().enumerate() {
        let more = if held.contains(id) { 0 } else { 500 };
        buys(
            &shop,
            number,
            "2025-03-07T12:00:00Z",
            1000 + spread(number, 2) + more,
        );
    }
    shop.set("2025-03-12T10:00:00Z");
    let late = join(&shop, "late", json!({}));
    shop.take(purchase("late", "late-1", "2025-03-12T09:00:00Z", 900));
    follow(&shop);
    let found = lift(7);
    let answer = found.answer.as_ref().expect("carries an answer");
    assert!((answer.each - 500.0).abs() < 100.0, "{answer:?}");
    let any = found.any_day.as_ref().expect("may be looked at").interval;
    assert!(any.low > 0.0 && any.low < answer.interval.low, "{any:?}");
    assert_eq!(found.held_out.customers, held.len() as u64);
    let waiting = [found.treated.waiting, found.held_out.waiting];
    assert_eq!(waiting.iter().sum::<u64>(), 1, "{late} came in today");
    let other = shop
        .app
        .journey_lift(shop.tenant, "none", LiftAsk::default());
    assert!(matches!(other, Err(Error::NotFound { .. })));
}

fn who_came_in_under_another_share_does_not_count(db: TestDb) {
    let (shop, _) = crowd(db, 12);
    put(&shop, None, &THANKS.replace("30 %", "0 %"));
    start(&shop);
    let lift = || {
        let asked = ask(LiftMetric::Spend, 1);
        let found = shop.app.journey_lift(shop.tenant, "thanks", asked);
        found.expect("is told")
    };
    shop.set("2025-03-06T10:00:00Z");
    assert_eq!(refusal(&lift()), "nobody_held_out");
    assert_eq!(lift().treated.customers, 12);
    let version = shop.app.journey(shop.tenant, "thanks").expect("is there");
    put(&shop, Some(version.version), THANKS);
    let new = join(&shop, "m99", json!({}));
    shop.take(purchase("m99", "m99", "2025-03-06T09:00:00Z", 900));
    follow(&shop);
    shop.set("2025-03-08T10:00:00Z");
    follow(&shop);
    let found = lift();
    assert_eq!(found.left_out.earlier, 12);
    let both = found.treated.customers + found.held_out.customers;
    assert_eq!(
        (both, refusal(&found)),
        (1, "too_few"),
        "{new} came in since"
    );
    assert_eq!((found.since, found.hold_out), (day("2025-03-06"), 30));
    // What is written anew with the same share goes on.
    let version = shop.app.journey(shop.tenant, "thanks").expect("is there");
    put(
        &shop,
        Some(version.version),
        &THANKS.replace("Thanks", "Thank you"),
    );
    assert_eq!(lift().since, day("2025-03-06"));
}

fn it_is_said_beforehand_what_a_comparison_could_show(db: TestDb) {
    let (shop, _) = crowd(db, 300);
    everybody(&shop);
    let foreseen = |percent| -> Power {
        let found = shop.app.foresee_send(shop.tenant, "all", percent);
        found.expect("is told").expect("all was read")
    };
    assert_eq!(foreseen(10).warning, Some(PowerWarning::TooFew));
    assert_eq!(foreseen(0).warning, Some(PowerWarning::NobodyHeldOut));
    let half = foreseen(50);
    assert_eq!(
        (half.members, half.held_out, half.warning),
        (300, 150, None)
    );
    // 5.00 to 10.99 on the one order: about 8.00, with a standard deviation of 1.73.
    assert!((half.each - 800.0).abs() < 40.0, "{half:?}");
    let least = half.least.expect("two groups");
    assert!(
        (least - 2.8 * 173.0 * (2.0_f64 / 150.0).sqrt()).abs() < 4.0,
        "{half:?}"
    );
    let wrong = shop.app.foresee_send(shop.tenant, "all", 60);
    assert!(matches!(wrong, Err(Error::Invalid(_))));

    let text = THANKS.replace("\n[start]\non = \"holds\"", "\n[start]\non = \"purchase\"");
    let since = day("2025-03-01");
    let trial = (shop.app).preview_journey(shop.tenant, ("thanks", &text), since);
    let power = trial.expect("is run").power.expect("all was read");
    assert_eq!(
        (power.members, power.held_out, power.warning),
        (300, 90, None)
    );
    assert_eq!(power.currency.code(), "EUR");
}

fn the_control_group_gets_no_campaign_and_all_of_them_are_compared_with_it(db: TestDb) {
    let members = MEMBERS + 150;
    let (shop, ids) = crowd(db, members);
    let app = &shop.app;
    assert_eq!(
        app.control_group(shop.tenant, LiftAsk::default())
            .expect("is told")
            .draw,
        None
    );
    let draw = |percent, name| app.set_control_group(shop.tenant, (percent, name));
    assert!(matches!(draw(21, "first"), Err(Error::Invalid(_))));
    assert!(matches!(draw(20, " "), Err(Error::Invalid(_))));
    let (before, now) = draw(20, "first").expect("is drawn");
    assert_eq!((before, now.percent), (None, 20));
    let inside = |id: &MemberId| {
        let found = app.in_control_group(shop.tenant, &MemberRef::Id(*id));
        found.expect("is told").is_some()
    };
    let control: BTreeSet<MemberId> = ids.iter().copied().filter(inside).collect();
    // A fifth of 450: four standard deviations are 34.
    assert!(control.len().abs_diff(90) < 34, "{}", control.len());

    // A send to everybody says why they get nothing; a letter to one of them goes.
    let (send, held) = sent(&shop, 30);
    let log = app.send(shop.tenant, &send).expect("is there");
    let left_out = log.counts.iter().filter(|own| own.1 == "control_group");
    assert_eq!(left_out.map(|own| own.2).sum::<i64>(), control.len() as i64);
    assert!(held.is_disjoint(&control));
    let one = *control.first().expect("is one");
    let new = NewSend {
        channel: "inbox".into(),
        ..to(Audience::Member(one))
    };
    let own = app.send_message(shop.tenant, &new).expect("is sent");
    app.plan_sends(shop.tenant).expect("is planned");
    assert_eq!(outbox(&shop, &own)[0].reason, "");

    // A journey leads them on with nothing given, and says so.
    let gives = THANKS.replace(
        "send = \"hello\"\nchannel = \"inbox\"",
        "award = 5\nreason = \"Thanks\"",
    );
    put(&shop, None, &gives);
    start(&shop);
    let counts = app.journey(shop.tenant, "thanks").expect("is there").counts;
    let nothing = counts.iter().find(|own| own.reason == "control_group");
    assert_eq!(
        nothing.map(|own| (own.count, own.points)),
        Some((control.len() as i64, 0))
    );
    let lift = app.journey_lift(shop.tenant, "thanks", ask(LiftMetric::Spend, 7));
    let lift = lift.expect("is told");
    assert_eq!(lift.left_out.control_group, control.len() as u64);
    let both = lift.treated.waiting + lift.held_out.waiting;
    assert_eq!(both, (members - control.len()) as u64);

    shop.set("2025-03-07T13:00:00Z");
    for (number, id) in ids.iter().enumerate() {
        let more = if control.contains(id) { 0 } else { 500 };
        buys(
            &shop,
            number,
            "2025-03-07T12:00:00Z",
            1000 + spread(number, 2) + more,
        );
    }
    shop.set("2025-03-20T10:00:00Z");
    let found = app
        .control_group(shop.tenant, ask(LiftMetric::Spend, 7))
        .expect("is told");
    assert_eq!(found.members, (members as u64, control.len() as u64));
    let answer = found.lift.answer.as_ref().expect("carries an answer");
    assert!((answer.each - 500.0).abs() < 100.0, "{answer:?}");
    // Drawn anew: others, and what was so far counts no more.
    draw(20, "second").expect("is drawn");
    draw(20, "second").expect("is the same");
    let found = app
        .control_group(shop.tenant, ask(LiftMetric::Spend, 7))
        .expect("is told");
    assert_eq!(
        (found.draws.len(), found.lift.since),
        (2, day("2025-03-20"))
    );
    assert_eq!(refusal(&found.lift), "too_few");
    let again = ids
        .iter()
        .filter(|id| inside(id) && control.contains(id))
        .count();
    assert!(again < 45, "others are drawn: {again}");
}
