//! One line for each refusal, in order of precedence.

use crate::world::{World, bought, end, program, refund, request, text};
use regulars_base::{MemberId, Name, Timestamp};
use regulars_engine::event::{
    Activity, Adjustment, Birthday, ChallengeJoin, Donation, Kind, MergeOut, Moderation,
    OpeningBalance, PartnerAward, PartnerAwardBack, PartnerPost, PaymentBack, PaymentEnd,
    PlanChoice, Play, PostWhat, ReferralReview, RefundLine, Refunded, RewardUse, SellThrough,
    SignUp, Tickets, TierGrant, TierMatch, TierRevoke, Touch, TransferOut, Value,
};
use regulars_engine::outcome::{Measure, Refusal};

const PROGRAM: &str = r#"
[program]
name = "Refusals"
currency = "EUR"
timezone = "UTC"
unknown_customers = "refuse"

[points.beans]
name = { one = "bean", other = "beans" }

[points.stars]

[[earn]]
id = "spend"
on = "purchase"
give = { beans = "1 per 1 EUR" }

[[tier]]
id = "friend"

[[tier]]
id = "regular"
reach = { spend = "1000 EUR", within = "calendar year" }
keep = { until = "end of next year", then = "one tier down" }

[[match]]
id = "other"
tiers = { gold = "regular" }
trial = "30 days"
challenge = { orders = 2 }

[activity.review]
fields = { stars = { type = "int", least = 1, most = 5, needed = true } }
moderated = true

[activity.of-grinder]
of = "purchase"

[activity.hello]
apart = "2 days"
too_often = "refused"

[activity.survey]
fields = { survey = "text" }
once_per = "survey"
too_often = "refused"

[activity.newsletter]
consent = "keep"

[profile]
fields = ["phone"]

[birthday]

[[card]]
id = "tenth"
on = "visit"
full = 10
gives = "treat"

[[reward]]
id = "mug"
kind = "other"
price = { beans = 50 }
stock = 1
limit = [{ times = 1, per = "member" }]

[[reward]]
id = "later"
kind = "other"
price = { beans = 10 }
from = "2025-06-01"

[[reward]]
id = "over"
kind = "other"
price = { beans = 10 }
until = "2025-01-02"

[[reward]]
id = "regulars-only"
kind = "other"
price = { beans = 10 }
tier = "regular"

[[reward]]
id = "dear"
kind = "other"
price = { beans = 5000 }

[[reward]]
id = "treat"
kind = "other"

[referral]
within = "10 days"
step = [{ purchase = 1, referrer = "treat" }]

[transfer]
points = ["beans"]
least = { beans = 2 }
most = { beans = 60 }
limit = [{ times = 1 }]

[[challenge]]
id = "joined"
opt_in = true
step = [{ on = "visit" }]
gives = "treat"

[[challenge]]
id = "past"
opt_in = true
until = "2025-01-01"
step = [{ on = "visit" }]
gives = "treat"

[[challenge]]
id = "high"
opt_in = true
tier = "regular"
step = [{ on = "visit" }]
gives = "treat"

[[game]]
id = "wheel"
earn = [{ on = "visit" }]
prize = [{ id = "treat", odds = "1 in 1", gives = "treat" }]

[[game]]
id = "dear-wheel"
price = { beans = 5000 }
prize = [{ id = "treat", odds = "1 in 1", gives = "treat" }]

[[draw]]
id = "past"
closes = "2025-01-01"
price = { beans = 1 }
gives = "treat"

[[draw]]
id = "summer"
closes = "2030-01-01"
price = { beans = 300 }
limit = [{ times = 2, per = "member" }]
gives = "treat"

[[cause]]
id = "meals"
points = "beans"
worth = "0.05 EUR"
least = 10

[partner.bakery]
sources = ["bakery"]
cost = { beans = "0.01 EUR" }

[[reward]]
id = "bread"
kind = "other"
price = { beans = 10 }
partner = "bakery"
"#;

fn world() -> World {
    let mut world = World::new(program(PROGRAM));
    world.happen(0, Kind::Enrolment);
    world.happen(1, bought("R-1", &[("beans", 20_000, 1000)]));
    world
}

fn adjustment(points: &str, amount: i64) -> Kind {
    let (points, reason, by) = (text(points), text("a test"), text("tests"));
    Kind::Adjustment(Adjustment {
        points,
        amount,
        reason,
        by,
    })
}

/// An activity with these fields.
fn with(name: &str, fields: &[(&str, Value)]) -> Kind {
    let field = |(field, value): &(&str, Value)| (text(field), value.clone());
    Kind::Activity(Activity {
        name: text(name),
        store: text(""),
        fields: fields.iter().map(field).collect(),
    })
}

fn words(of: &str) -> Value {
    Value::Text(text(of))
}

fn posted(partner: &str, what: PostWhat) -> Kind {
    let (partner, reason, by) = (text(partner), text("a test"), text("tests"));
    Kind::PartnerPost(Box::new(PartnerPost {
        partner,
        what,
        reason,
        by,
    }))
}

fn activity(name: &str) -> Kind {
    Kind::Activity(Activity {
        name: text(name),
        store: text(""),
        fields: Vec::new(),
    })
}

/// The link of a member was followed on this day.
fn sign_up(day: i64, referrer: [u8; 16]) -> Kind {
    let start: Timestamp = "2025-01-01T12:00:00Z".parse().expect("is a time");
    let touch = Touch {
        referrer: MemberId::from_bytes(referrer),
        at: start.plus_micros(day * crate::world::DAY),
    };
    Kind::SignUp(Box::new(SignUp {
        touches: vec![touch],
        marks: Vec::new(),
    }))
}

fn transfer(points: &str, amount: i64, to: [u8; 16]) -> Kind {
    Kind::TransferOut(Box::new(TransferOut {
        to: MemberId::from_bytes(to),
        points: text(points),
        amount,
    }))
}

#[test]
fn who_sends_points_has_joined_long_ago_and_has_a_tier_and_a_limit() {
    let mut once = world();
    once.happen(2, transfer("beans", 60, [9; 16]));
    assert_eq!(
        once.refusal(3, transfer("beans", 60, [9; 16])),
        Refusal::TransferLimitReached
    );
    let with = |more: &str| {
        let text = PROGRAM.replace("[transfer]", &format!("[transfer]\n{more}"));
        let mut world = World::new(program(&text));
        world.happen(0, Kind::Enrolment);
        world.refusal(1, transfer("beans", 60, [9; 16]))
    };
    assert_eq!(with("joined = \"5 days\""), Refusal::JoinedTooLately);
    assert_eq!(with("tier = \"regular\""), Refusal::TransferTierTooLow);
}

#[test]
fn a_member_is_sent_once_and_only_where_the_program_has_referrals() {
    let mut world = World::new(program(PROGRAM));
    world.happen(1, sign_up(1, [9; 16]));
    assert_eq!(
        world.refusal(2, sign_up(2, [8; 16])),
        Refusal::AlreadyReferred
    );
    let (without, _) = PROGRAM.split_once("[referral]").expect("has referrals");
    let mut world = World::new(program(without));
    assert_eq!(world.refusal(1, sign_up(1, [9; 16])), Refusal::NoReferrals);
    world.happen(1, Kind::Enrolment);
    assert_eq!(world.refusal(2, Kind::ReferralClick), Refusal::NoReferrals);
    assert_eq!(
        world.refusal(2, Kind::Fingerprints(Vec::new())),
        Refusal::NoReferrals
    );
}

fn join(challenge: &str) -> Kind {
    Kind::ChallengeJoin(ChallengeJoin {
        challenge: text(challenge),
    })
}

fn play(game: &str) -> Kind {
    let (game, nonce) = (text(game), text(""));
    Kind::Play(Play { game, nonce })
}

fn tickets(draw: &str, quantity: i64) -> Kind {
    let draw = text(draw);
    Kind::Tickets(Tickets { draw, quantity })
}

fn give(cause: &str, points: &str, amount: i64) -> Kind {
    let (cause, points) = (text(cause), text(points));
    Kind::Donation(Donation {
        cause,
        points,
        amount,
    })
}

#[test]
fn who_takes_part_cannot_join_again() {
    let mut world = world();
    world.happen(2, join("joined"));
    assert_eq!(world.refusal(3, join("joined")), Refusal::AlreadyJoined);
}

#[test]
fn each_refusal_has_its_reason() {
    let lines = |line: &str, amount| {
        let (line, amount) = (text(line), Some(amount));
        Refunded::Lines(vec![RefundLine {
            line,
            amount,
            quantity: None,
        }])
    };
    let ana = MemberId::from_bytes([1; 16]);
    let few = |available, price| Refusal::InsufficientPoints {
        points: Name::of("beans"),
        available,
        price,
    };
    let table: Vec<(Kind, Refusal)> = vec![
        (Kind::Enrolment, Refusal::AlreadyEnrolled),
        (bought("R-1", &[("", 100, 1000)]), Refusal::OrderExists),
        (
            refund("R-1", Refunded::Amount(20_001)),
            Refusal::RefundTooLarge {
                left: 20_000,
                asked: 20_001,
                of: Measure::Amount,
            },
        ),
        (
            refund("R-1", lines("1", 20_001)),
            Refusal::RefundTooLarge {
                left: 20_000,
                asked: 20_001,
                of: Measure::Amount,
            },
        ),
        (
            refund("R-1", lines("7", 1)),
            Refusal::UnknownLine { line: text("7") },
        ),
        (adjustment("pebbles", 5), Refusal::UnknownPoints),
        (adjustment("beans", -201), few(200, 201)),
        (activity("moonwalk"), Refusal::UnknownActivity),
        (
            with("visit", &[("mood", words("fine"))]),
            Refusal::UnknownField {
                field: text("mood"),
            },
        ),
        (
            with("review", &[("mood", words("fine"))]),
            Refusal::UnknownField {
                field: text("mood"),
            },
        ),
        (
            activity("review"),
            Refusal::FieldMissing {
                field: text("stars"),
            },
        ),
        (
            with("review", &[("stars", Value::Int(6))]),
            Refusal::FieldInvalid {
                field: text("stars"),
            },
        ),
        (
            with(
                "of-grinder",
                &[("order", words("R-7")), ("product", words("grinder"))],
            ),
            Refusal::NotBought,
        ),
        (
            with(
                "newsletter",
                &[
                    ("channel", words("email")),
                    ("given", Value::Bool(false)),
                    ("origin", words("web")),
                    ("version", words("1")),
                ],
            ),
            Refusal::NotConsented,
        ),
        (
            Kind::Profile(vec![text("phone"), text("shoe")]),
            Refusal::UnknownProfileField {
                field: text("shoe"),
            },
        ),
        (
            Kind::Moderation(Moderation {
                submission: text("nothing"),
                approved: true,
                reason: text(""),
                by: text("tests"),
            }),
            Refusal::UnknownSubmission,
        ),
        (
            Kind::PartnerAward(Box::new(PartnerAward {
                points: text("beans"),
                amount: 5,
                reason: text("late"),
            })),
            Refusal::NotOfPartner,
        ),
        (
            Kind::PartnerAwardCancel(Box::new(PartnerAwardBack {
                award: text("1"),
                reason: text("by mistake"),
            })),
            Refusal::NotOfPartner,
        ),
        (sold_on(), Refusal::NoSellThrough),
        (request("r", "castle", true), Refusal::UnknownReward),
        (request("r", "later", true), Refusal::RewardNotYetOffered),
        (request("r", "over", true), Refusal::RewardEnded),
        (request("r", "regulars-only", true), Refusal::TierTooLow),
        (request("r", "bread", true), Refusal::NotAtThisPartner),
        (request("r", "treat", true), Refusal::VoucherNeeded),
        (request("r", "dear", true), few(200, 5000)),
        (
            Kind::RewardCommit(end("nothing")),
            Refusal::UnknownRedemption,
        ),
        (
            Kind::RewardCancel(end("nothing")),
            Refusal::UnknownRedemption,
        ),
        (
            Kind::MergeOut(MergeOut {
                from: ana,
                into: ana,
            }),
            Refusal::SameMember,
        ),
        (brought("gems", None), Refusal::UnknownPoints),
        (
            brought("beans", Some("2025-01-03T12:00:00Z")),
            Refusal::PointsLapsed,
        ),
        (grant("gold", None), Refusal::UnknownTier),
        (grant("friend", None), Refusal::LowestTier),
        (
            grant("regular", Some("2025-01-03T12:00:00Z")),
            Refusal::TierEndsTooSoon,
        ),
        (revoke(), Refusal::NoTierGiven),
        (matched("airline", "gold"), Refusal::UnknownMatch),
        (matched("other", "bronze"), Refusal::UnknownMatchTier),
        (sign_up(2, [9; 16]), Refusal::KnownCustomer),
        (sign_up(2, [1; 16]), Refusal::SelfReferral),
        (sign_up(-30, [9; 16]), Refusal::ReferralTooLate),
        (
            Kind::ReferralReview(Box::new(ReferralReview {
                approve: true,
                reason: text("a test"),
                by: text("tests"),
            })),
            Refusal::NothingToReview,
        ),
        (transfer("peas", 5, [9; 16]), Refusal::UnknownPoints),
        (transfer("stars", 5, [9; 16]), Refusal::NoTransfers),
        (transfer("beans", 1, [1; 16]), Refusal::TransferToSelf),
        (
            transfer("beans", 1, [9; 16]),
            Refusal::TransferTooSmall { least: 2 },
        ),
        (
            transfer("beans", 61, [9; 16]),
            Refusal::TransferTooLarge { most: 60 },
        ),
        (join("nothing"), Refusal::UnknownChallenge),
        (join("past"), Refusal::NotOpen),
        (join("high"), Refusal::TierTooLow),
        (play("nothing"), Refusal::UnknownGame),
        (play("wheel"), Refusal::NoPlayLeft),
        (play("dear-wheel"), few(200, 5000)),
        (tickets("nothing", 1), Refusal::UnknownDraw),
        (tickets("past", 1), Refusal::NotOpen),
        (tickets("summer", 3), Refusal::LimitReached),
        (tickets("summer", 1), few(200, 300)),
        (give("nothing", "beans", 10), Refusal::UnknownCause),
        (
            give("meals", "beans", 9),
            Refusal::TooLittleGiven { least: 10 },
        ),
        (give("meals", "peas", 10), Refusal::UnknownPoints),
        (give("meals", "beans", 201), few(200, 201)),
        (posted("fuel", PostWhat::PaidIn(5)), Refusal::UnknownPartner),
        (posted("bakery", PostWhat::PaidIn(5)), Refusal::PaysLater),
        (
            posted(
                "bakery",
                PostWhat::DisputeEnded {
                    dispute: text("none"),
                },
            ),
            Refusal::UnknownDispute,
        ),
    ];
    for (kind, expected) in table {
        let mut world = world();
        let wallet = world.wallet.clone();
        let refused = world.refusal(2, kind.clone());
        assert_eq!(refused, expected, "{kind:?}");
        let clock = world.wallet.clock;
        assert_eq!(
            world.wallet,
            regulars_engine::state::Wallet { clock, ..wallet },
            "{kind:?}"
        );
    }
}

fn sold_on() -> Kind {
    let Kind::Purchase(sold) = bought("S-1", &[("camera", 10_000, 1000)]) else {
        unreachable!("it is a purchase")
    };
    Kind::SellThrough(Box::new(SellThrough {
        sold,
        customer: text("a school"),
        proof: text("invoice-17"),
    }))
}

fn grant(tier: &str, until: Option<&str>) -> Kind {
    Kind::TierGrant(TierGrant {
        tier: text(tier),
        until: until.map(|until| until.parse().expect("is a time")),
        reason: text("a test"),
        by: text("tests"),
    })
}

fn brought(points: &str, until: Option<&str>) -> Kind {
    Kind::OpeningBalance(Box::new(OpeningBalance {
        points: text(points),
        amount: 5,
        expires_at: until.map(|until| until.parse().expect("is a time")),
        from: text("elsewhere"),
    }))
}

fn revoke() -> Kind {
    let (reason, by) = (text("a test"), text("tests"));
    Kind::TierRevoke(TierRevoke { reason, by })
}

fn matched(program: &str, tier: &str) -> Kind {
    Kind::TierMatch(TierMatch {
        program: text(program),
        tier: text(tier),
        proof: text("seen"),
        by: text("tests"),
    })
}

#[test]
fn a_tier_is_taken_over_once_and_only_one_that_is_higher() {
    let mut world = world();
    world.happen(2, grant("regular", None));
    assert_eq!(
        world.refusal(3, matched("other", "gold")),
        Refusal::TierReached
    );
    world.happen(4, revoke());
    world.happen(5, matched("other", "gold"));
    assert_eq!(
        world.refusal(6, matched("other", "gold")),
        Refusal::AlreadyMatched
    );
}

#[test]
fn who_is_no_member_is_refused_where_the_program_says_so() {
    let mut world = World::new(program(PROGRAM));
    assert_eq!(
        world.refusal(1, bought("R-1", &[("", 100, 1000)])),
        Refusal::NotEnrolled
    );
    assert_eq!(
        world.refusal(1, request("r", "mug", true)),
        Refusal::NotEnrolled
    );
}

#[test]
fn a_limit_comes_before_the_stock_and_a_used_id_before_both() {
    let mut world = world();
    world.happen(2, request("first", "mug", false));
    assert_eq!(
        world.refusal(3, request("first", "mug", false)),
        Refusal::RedemptionExists
    );
    assert_eq!(
        world.refusal(3, request("second", "mug", false)),
        Refusal::LimitReached
    );
    let ana = MergeOut {
        from: MemberId::from_bytes([1; 16]),
        into: MemberId::from_bytes([2; 16]),
    };
    assert_eq!(
        world.refusal(3, Kind::MergeOut(ana)),
        Refusal::OpenRedemptions
    );
    world.happen(3, Kind::RewardCommit(end("first")));
    assert_eq!(
        world.refusal(4, Kind::RewardCommit(end("first"))),
        Refusal::RedemptionUsed
    );

    let mut other = self::world();
    other.shared = world.shared;
    assert_eq!(
        other.refusal(5, request("third", "mug", false)),
        Refusal::OutOfStock
    );
}

#[test]
fn a_currency_without_a_rate_is_refused() {
    let mut world = world();
    let Kind::Purchase(mut purchase) = bought("R-2", &[("", 100, 1000)]) else {
        unreachable!()
    };
    purchase.currency = regulars_base::Currency::new("USD").expect("is a currency");
    assert_eq!(
        world.refusal(2, Kind::Purchase(purchase)),
        Refusal::CurrencyNotAccepted
    );
}

const PLANS: &str = r#"
[program]
name = "Plans"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[plan]]
id = "club"
price = "30.00 EUR"
every = "30 days"
pause = { longest = "10 days" }
again = "20 days"

[[plan]]
id = "plain"
price = "10.00 EUR"
every = "30 days"

[[reward]]
id = "lounge"
plans = ["club"]
"#;

#[test]
fn each_refusal_of_plans_and_payments_has_its_reason() {
    let mut world = World::new(program(PLANS));
    let choice = |plan: &str| PlanChoice { plan: text(plan) };
    let join = |plan: &str| Kind::PlanJoin(choice(plan));
    let change = |plan: &str| Kind::PlanChange(choice(plan));
    let end = |invoice, attempt| PaymentEnd {
        invoice,
        attempt,
        reference: text("pi"),
        reason: text(""),
    };
    let paid = |invoice| Kind::PaymentSucceeded(end(invoice, None));
    let back = |invoice, amount| {
        Kind::PaymentRefunded(PaymentBack {
            invoice,
            amount,
            reference: text("re"),
        })
    };
    let refused = |world: &mut World, day, kind: Kind, why: Refusal| {
        assert_eq!(world.refusal(day, kind.clone()), why, "{kind:?}");
    };
    refused(&mut world, 0, join("none"), Refusal::UnknownPlan);
    refused(&mut world, 0, change("none"), Refusal::UnknownPlan);
    refused(&mut world, 0, change("club"), Refusal::NotOnPlan);
    refused(&mut world, 0, Kind::PlanPause, Refusal::NotOnPlan);
    refused(&mut world, 0, Kind::PlanResume, Refusal::NotOnPlan);
    refused(&mut world, 0, Kind::PlanCancel, Refusal::NotOnPlan);
    refused(&mut world, 0, paid(1), Refusal::UnknownInvoice);
    refused(&mut world, 0, back(1, None), Refusal::UnknownInvoice);
    world.happen(0, join("club"));
    let lounge = || request("l", "lounge", true);
    refused(&mut world, 0, lounge(), Refusal::PlanNeeded);
    refused(&mut world, 0, join("plain"), Refusal::OnPlanAlready);
    refused(&mut world, 0, change("plain"), Refusal::PaymentOpen);
    refused(&mut world, 0, Kind::PlanPause, Refusal::PaymentOpen);
    refused(&mut world, 0, back(1, None), Refusal::InvoiceSettled);
    let stale = Kind::PaymentFailed(end(1, Some(7)));
    refused(&mut world, 0, stale, Refusal::InvoiceSettled);
    let merge = MergeOut {
        from: MemberId::from_bytes([1; 16]),
        into: MemberId::from_bytes([2; 16]),
    };
    let merge = Kind::MergeOut(merge);
    refused(&mut world, 0, merge, Refusal::PaymentOpen);
    world.happen(1, paid(1));
    refused(&mut world, 1, paid(1), Refusal::InvoiceSettled);
    let too_much = Refusal::RefundTooLarge {
        left: 30_00,
        asked: 30_01,
        of: Measure::Amount,
    };
    refused(&mut world, 1, back(1, Some(30_01)), too_much);
    refused(&mut world, 1, change("club"), Refusal::SamePlan);
    refused(&mut world, 1, Kind::PlanResume, Refusal::PlanNotPaused);
    world.happen(2, Kind::PlanPause);
    refused(&mut world, 3, Kind::PlanPause, Refusal::PlanIsPaused);
    refused(&mut world, 3, change("plain"), Refusal::PlanIsPaused);
    refused(&mut world, 3, lounge(), Refusal::PlanNeeded);
    world.happen(4, Kind::PlanResume);
    refused(&mut world, 5, Kind::PlanPause, Refusal::PauseNotOffered);
    world.happen(6, Kind::PlanCancel);
    refused(
        &mut world,
        7,
        Kind::PlanCancel,
        Refusal::PlanCancelledAlready,
    );
    world.happen(40, Kind::Tick);
    refused(&mut world, 41, join("club"), Refusal::PlanNotAgainYet);
    world.happen(60, join("club"));
}

#[test]
fn what_was_done_or_said_is_refused_until_it_may_come_again() {
    let mut world = world();
    let at = |world: &World, days: i64| {
        let micros = days * crate::world::DAY;
        world.wallet.clock.plus_micros(micros)
    };
    let stars = with("review", &[("stars", Value::Int(5))]);
    world.happen(2, stars.clone());
    world.events -= 1;
    assert_eq!(world.refusal(2, stars), Refusal::SubmissionExists);

    world.happen(3, activity("hello"));
    let again_at = at(&world, 2);
    assert_eq!(
        world.refusal(4, activity("hello")),
        Refusal::TooSoon { again_at }
    );
    world.happen(5, activity("hello"));

    let survey = with("survey", &[("survey", words("spring"))]);
    world.happen(6, survey.clone());
    assert_eq!(
        world.refusal(60, survey),
        Refusal::DoneAlready { again_at: None }
    );

    let birthday = |month, day| Kind::Birthday(Birthday { month, day });
    world.happen(61, birthday(12, 24));
    world.happen(62, birthday(12, 24));
    assert_eq!(
        world.refusal(63, birthday(12, 25)),
        Refusal::BirthdayFixed { again_at: None }
    );
    let mut without = World::new(program(
        "program = { name = \"Shop\", currency = \"EUR\" }\npoints.beans = {}\n",
    ));
    assert_eq!(without.refusal(1, birthday(12, 24)), Refusal::NoBirthdays);
}

#[test]
fn what_is_told_too_late_does_not_pass_for_the_first() {
    let mut world = world();
    for day in 10..18 {
        world.happen(day * 2, activity("hello"));
    }
    assert_eq!(world.refusal(2, activity("hello")), Refusal::ToldTooLate);
}

#[test]
fn what_was_returned_is_not_reviewed() {
    let mut world = world();
    let Kind::Purchase(mut purchase) = bought("R-2", &[("beans", 500, 1000)]) else {
        unreachable!()
    };
    purchase.lines[0].sku = text("grinder");
    world.happen(2, Kind::Purchase(purchase));
    let review = with(
        "of-grinder",
        &[("order", words("R-2")), ("product", words("grinder"))],
    );
    world.happen(3, review.clone());
    world.happen(4, refund("R-2", Refunded::Rest));
    assert_eq!(world.refusal(5, review), Refusal::Returned);
}

#[test]
fn rewards_of_a_purchase_are_refused_by_precedence_and_nothing_of_it_counts() {
    let text = format!(
        "{PROGRAM}{}",
        r#"
[[reward]]
id = "five"
kind = "money off"
off = "5 EUR"
price = { beans = 5 }
least = 2

[[reward]]
id = "old"
kind = "money off"
off = "1 EUR"
price = { beans = 1 }
when = "member.years >= 1"

[[reward]]
id = "pay"
kind = "points as payment"
off = "1 EUR"
price = { beans = 1 }
share = "50%"

[[reward]]
id = "alone"
kind = "percent off"
off = "10%"
price = { beans = 1 }
exclusive = true
"#
    );
    let mut world = World::new(program(&text));
    world.happen(0, Kind::Enrolment);
    world.happen(1, bought("first", &[("beans", 20_00, 1000)]));
    let with = |order: &str, rewards: &[(&str, i64)], told: &[(Name, i64)]| {
        let Kind::Purchase(purchase) = bought(order, &[("beans", 10_00, 1000)]) else {
            unreachable!()
        };
        let used = rewards.iter().map(|(reward, quantity)| RewardUse {
            redemption: crate::world::text(format!("{order}-{reward}")),
            reward: crate::world::text(reward),
            quantity: *quantity,
            told: told.to_vec(),
        });
        let purchase = purchase.with_rewards(used.collect());
        Kind::Purchase(Box::new(purchase.expect("each once")))
    };
    let beans = Name::of("beans");
    let five = Name::of("five");
    for (rewards, told, why) in [
        (&[("none", 1)][..], &[][..], Refusal::UnknownReward),
        (&[("five", 1)], &[], Refusal::RewardTooFew { least: 2 }),
        (&[("old", 1)], &[], Refusal::RewardNotForMember),
        (
            &[("five", 2), ("pay", 11)],
            &[],
            Refusal::InsufficientPoints {
                points: beans,
                available: 10,
                price: 11,
            },
        ),
        (
            &[("five", 2)],
            &[(beans, 8)],
            Refusal::RewardPriceMoved { reward: five },
        ),
        (&[("pay", 6)], &[], Refusal::RewardShareTooLarge { most: 5 }),
        (
            &[("five", 2), ("alone", 1)],
            &[],
            Refusal::RewardNotCombined { reward: five },
        ),
    ] {
        let before = world.wallet.available(beans, Timestamp::LAST);
        assert_eq!(
            world.refusal(2, with("o", rewards, told)),
            why,
            "{rewards:?}"
        );
        assert_eq!(world.wallet.available(beans, Timestamp::LAST), before);
    }
    world.happen(3, with("o", &[("five", 2)], &[(beans, 10)]));
    world.happen(3, request("set-aside", "pay", false));
    let other = |quantity| {
        let Kind::Purchase(purchase) = bought("p", &[("beans", 10_00, 1000)]) else {
            unreachable!()
        };
        let used = RewardUse {
            redemption: crate::world::text("set-aside"),
            reward: crate::world::text("pay"),
            quantity,
            told: Vec::new(),
        };
        let purchase = purchase.with_rewards(vec![used]).expect("is one");
        Kind::Purchase(Box::new(purchase))
    };
    assert_eq!(world.refusal(4, other(2)), Refusal::UnknownRedemption);
    world.happen(4, other(1));
    world.happen(5, refund("p", Refunded::Rest));
    let Kind::Purchase(again) = other(1) else {
        unreachable!()
    };
    let mut again = *again;
    again.order = crate::world::text("q");
    let again = Kind::Purchase(Box::new(again));
    assert_eq!(world.refusal(6, again), Refusal::RedemptionUsed);
}
