//! One line for each kind of event, change, note and refusal: what is stored today is read for
//! ever. A new variant fails until it has a line.
//!
//! `UPDATE=1 cargo nextest run -p regulars-store golden` adds the lines that are missing; it never
//! changes one that is there.

use super::{decode, encode};
use regulars_base::{Currency, EventKey, MemberId, Name, Span, Text, Timestamp};
use regulars_engine::Outcome;
use regulars_engine::event::{
    Activity, Adjustment, Changeover, Event, Kind, LineParts, MergeIn, MergeOut, Purchase,
    PurchaseParts, Redated, Refund, RefundLine, Refunded, RewardEnd, RewardRequest, Value,
};
use regulars_engine::outcome::{Change, FollowUp, Measure, Miss, Note, Refusal, Verdict};
use regulars_engine::state::{
    Card, CardGift, DatedStamps, Grant, LineSet, OrderKey, OrderLine, Paid, Progress, Purchased,
    Redemption, RedemptionStage, SharedKey, Spent, StampGrant, StampTime, Tier, Voucher,
};
use regulars_ledger::{Account, Dates, Posting};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::fmt::Debug;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/format/golden.txt");

fn text(text: &str) -> Text {
    Text::new(text).expect("short")
}

fn moment(day: i64) -> Timestamp {
    Timestamp::from_micros(1_740_000_000_000_000 + day * 86_400_000_000)
}

fn name() -> Name {
    Name::of("points")
}

fn dates() -> Dates {
    Dates {
        expires_at: moment(365),
        available_at: moment(14),
    }
}

fn paid() -> Paid {
    Paid {
        points: name(),
        dates: dates(),
        amount: 120,
    }
}

fn voucher() -> Voucher {
    Voucher {
        reward: Name::of("mug"),
        origin: Name::of("card"),
        issued_at: moment(1),
        expires_at: moment(30),
    }
}

fn card() -> Card {
    Card {
        card: Name::of("card"),
        stamps: 7,
        first_at: moment(1),
        expires_at: moment(90),
        reached: 5,
    }
}

fn dated() -> DatedStamps {
    DatedStamps {
        card: Name::of("card"),
        until: moment(30),
        stamps: 3,
        given_in: -1,
    }
}

fn stamp_time() -> StampTime {
    StampTime {
        card: Name::of("card"),
        at: moment(1),
    }
}

fn card_gift() -> CardGift {
    CardGift {
        card: Name::of("card"),
        stamps: 5,
        paid: paid(),
        at: moment(1),
        day: 20_000,
    }
}

fn purchase() -> Purchase {
    let line = LineParts {
        sku: text("sku-1"),
        category: text("beans"),
        quantity: 1500,
        amount: 12_40,
        discount: 60,
        tax: 80,
        ..LineParts::default()
    };
    let parts = PurchaseParts {
        order: text("o-1"),
        currency: Currency::new("EUR").expect("there is the euro"),
        total: None,
        delivery: 3_90,
        discount: 0,
        lines: vec![line],
        payments: Vec::new(),
        channel: text("web"),
        store: text("berlin"),
        staff: Text::default(),
    };
    Purchase::new(parts).expect("right")
}

fn event(kind: Kind) -> Event {
    Event {
        key: EventKey {
            source: text("till"),
            external_id: text("e-1"),
        },
        occurred_at: moment(0),
        recorded_at: moment(1),
        entropy: [7; 16],
        kind,
    }
}

fn kinds() -> Vec<Kind> {
    let member = |no: u128| MemberId::from_bytes(no.to_be_bytes());
    let end = || RewardEnd {
        redemption: text("r-1"),
        order: Some(text("o-1")),
    };
    vec![
        Kind::Enrolment,
        Kind::Purchase(Box::new(purchase())),
        Kind::Refund(refund()),
        Kind::Activity(Activity {
            name: text("visit"),
            store: text("berlin"),
            fields: vec![
                (text("new"), Value::Bool(true)),
                (text("count"), Value::Int(-3)),
                (text("who"), Value::Text(text("ana"))),
            ],
        }),
        Kind::RewardRequest(RewardRequest {
            redemption: text("r-1"),
            reward: text("mug"),
            quantity: 2,
            order: None,
            commit: true,
        }),
        Kind::RewardCommit(end()),
        Kind::RewardCancel(end()),
        Kind::Adjustment(Adjustment {
            points: text("points"),
            amount: -5,
            reason: text("sorry"),
            by: text("ana"),
        }),
        Kind::Tick,
        Kind::MergeOut(MergeOut {
            from: member(1),
            into: member(2),
        }),
        Kind::MergeIn(Box::new(MergeIn {
            from: member(1),
            enrolled_at: Some(moment(0)),
            lots: vec![paid()],
            debts: vec![(name(), 3)],
            progress: vec![Progress {
                metric: name(),
                day: 20_000,
                amount: 9,
            }],
            cards: vec![card()],
            dated: vec![dated()],
            stamp_times: vec![stamp_time()],
            card_gifts: vec![card_gift()],
            vouchers: vec![voucher()],
        })),
        Kind::Changeover(Box::new(Changeover {
            landings: vec![(name(), None)],
            redated: vec![Redated {
                points: name(),
                by: Some(Span::Months(-12)),
            }],
            late: false,
        })),
    ]
}

fn refund() -> Refund {
    Refund {
        order: text("o-1"),
        what: Refunded::Lines(vec![RefundLine {
            line: text("1"),
            amount: Some(500),
            quantity: None,
        }]),
    }
}

fn purchased() -> Purchased {
    Purchased {
        at: moment(0),
        day: 20_000,
        counted: true,
        spend: 12_40,
        delivery: 3_90,
        lines: vec![OrderLine {
            id: text("1"),
            quantity: 1500,
            amount: 12_40,
            refunded_quantity: 0,
            refunded: 1_00,
        }]
        .into(),
        grants: vec![Grant {
            rule: Name::of("spend"),
            points: name(),
            given: 12,
            taken: 1,
            dates: dates(),
            lines: [0, 3].into_iter().collect(),
        }]
        .into(),
        stamps: vec![StampGrant {
            card: Name::of("card"),
            given: 1,
            taken: 0,
            lines: LineSet::All,
        }]
        .into(),
        bought: None,
    }
}

fn redemption() -> Redemption {
    Redemption {
        id: text("r-1"),
        reward: Name::of("mug"),
        quantity: 1,
        spent: vec![Spent {
            paid: paid(),
            back: 20,
        }],
        voucher: Some(voucher()),
        stage: RedemptionStage::Held(moment(2)),
        order: Some(OrderKey {
            source: text("till"),
            order: text("o-1"),
        }),
    }
}

fn changes() -> Vec<Change> {
    let (points, limit, card, by) = (name(), Name::of("limit"), Name::of("card"), 3);
    let id = text("r-1");
    vec![
        Change::ClockMoved(moment(1)),
        Change::WasActive(moment(1)),
        Change::Enrolled(moment(1)),
        Change::Posted(Posting {
            points,
            from: Account::Issued,
            to: Account::Wallet,
            amount: 120,
            dates: dates(),
            effective_at: moment(0),
        }),
        Change::Released {
            points,
            until: moment(14),
        },
        Change::Counted {
            limit,
            period: 24_302,
            by,
        },
        Change::Progressed {
            metric: points,
            day: 20_000,
            by,
        },
        Change::Forgot {
            before_day: 19_000,
            limits: vec![(limit, 24_301)],
        },
        Change::TierSet(Tier {
            name: Some(Name::of("friend")),
            since: moment(0),
            until: Some(moment(365)),
        }),
        Change::Stamped {
            card,
            by,
            at: moment(1),
            expires_at: moment(90),
        },
        Change::CardEnded { card },
        Change::VoucherIssued(voucher()),
        Change::VoucherGone(voucher()),
        Change::RedemptionMade(Box::new(redemption())),
        Change::RedemptionCommitted {
            id: id.clone(),
            at: moment(1),
            order: redemption().order.map(Box::new),
        },
        Change::RedemptionReturned {
            id: id.clone(),
            spent: 0,
            by,
        },
        Change::RedemptionGone { id },
        Change::Drawn {
            key: SharedKey {
                name: limit,
                period: -1,
            },
            by,
        },
        Change::Kept(Box::new(event(Kind::Tick))),
        Change::KeptTaken(Box::new(event(Kind::Tick).key)),
        Change::OrderPlaced(purchased().into()),
        Change::RefundAwaits(moment(1), Box::new(refund())),
        Change::RefundsTaken,
        Change::LineRefunded {
            line: 0,
            amount: 100,
            quantity: 1500,
        },
        Change::GrantTaken { grant: 0, by },
        Change::StampsTaken { grant: 0, by },
        Change::OrderUncounted,
        Change::StampsDated(dated()),
        Change::StampTimed(stamp_time()),
        Change::MilestonesReached { card, reached: 5 },
        Change::CardGave(Box::new(card_gift())),
        Change::CardGiftGone(Box::new(card_gift())),
        Change::Redated {
            points: name(),
            from: dates(),
            to: Dates::OPEN,
        },
    ]
}

fn notes() -> Vec<Note> {
    let (points, reward, amount, at) = (name(), Name::of("mug"), 12, moment(1));
    let (rule, card, tier) = (3, Name::of("card"), Name::of("friend"));
    vec![
        Note::Gave {
            rule,
            points,
            basis: 12_40,
            before: 12,
            given: 10,
        },
        Note::Missed {
            rule,
            why: Miss::Limit(2),
        },
        Note::TierGave {
            tier,
            points,
            given: 2,
        },
        Note::Released { points, amount },
        Note::Expired { points, amount, at },
        Note::TookBack {
            rule: Name::of("spend"),
            points,
            amount,
        },
        Note::TookBackShort {
            points,
            amount,
            owed: true,
        },
        Note::GaveBack { points, amount },
        Note::TierMoved {
            from: None,
            to: Some(tier),
            at,
        },
        Note::Stamped {
            card: 1,
            by: 1,
            stamps: 7,
        },
        Note::NotStamped {
            card: 1,
            why: Miss::Condition,
        },
        Note::CardFull { card, reward },
        Note::CardExpired { card, stamps: 4 },
        Note::Paid {
            reward,
            points,
            amount,
        },
        Note::PaidByVoucher { reward },
        Note::Kept,
        Note::RefundKept,
        Note::Adjusted { points, amount },
        Note::Enrolled,
        Note::Repaid { points, amount },
        Note::HoldExpired { reward },
        Note::VoucherExpired { reward },
        Note::MergedOut { points, amount },
        Note::MergedIn { points, amount },
        Note::Milestone {
            card,
            stamps: 5,
            reward,
        },
        Note::CardGave {
            card,
            stamps: 10,
            points,
            amount,
        },
        Note::StampsLapsed {
            card,
            by: 1,
            stamps: 3,
        },
        Note::VoucherTakenBack { card, reward },
        Note::TierRemoved { tier: name() },
        Note::Redated {
            points,
            amount,
            from: moment(0),
            to: Timestamp::LAST,
        },
    ]
}

fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::NotEnrolled,
        Refusal::AlreadyEnrolled,
        Refusal::OrderExists,
        Refusal::CurrencyNotAccepted,
        Refusal::RefundTooLarge {
            left: 3,
            asked: 4,
            of: Measure::Quantity,
        },
        Refusal::UnknownLine { line: text("9") },
        Refusal::UnknownPoints,
        Refusal::UnknownActivity,
        Refusal::UnknownReward,
        Refusal::RewardNotYetOffered,
        Refusal::RewardEnded,
        Refusal::TierTooLow,
        Refusal::VoucherNeeded,
        Refusal::LimitReached,
        Refusal::OutOfStock,
        Refusal::InsufficientPoints {
            points: name(),
            available: 3,
            price: 4,
        },
        Refusal::RedemptionExists,
        Refusal::UnknownRedemption,
        Refusal::RedemptionUsed,
        Refusal::OpenRedemptions,
        Refusal::SameMember,
    ]
}

/// The variant's name, as `Debug` writes it.
fn variant(value: &impl Debug) -> String {
    let debug = format!("{value:?}");
    let end = debug
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(debug.len());
    debug[..end].to_owned()
}

/// Checks the lines of one type against the file; gives those that are missing.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    what: &str,
    values: impl IntoIterator<Item = (String, T)>,
    file: &mut BTreeMap<String, String>,
) {
    for (name, value) in values {
        let name = format!("{what}.{name}");
        let hex: String = encode(&value)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let line = file.entry(name.clone()).or_insert_with(|| hex.clone());
        assert_eq!(*line, hex, "{name} is written in another way than it was");
        let bytes: Vec<u8> = (0..line.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&line[at..at + 2], 16).expect("hexadecimal"))
            .collect();
        let read: T = decode(&bytes, &name).expect("what was written once is read for ever");
        assert_eq!(read, value, "{name}");
    }
}

fn named<T: Debug>(values: Vec<T>) -> impl Iterator<Item = (String, T)> {
    values.into_iter().map(|value| (variant(&value), value))
}

#[test]
fn golden_what_is_stored_is_read_for_ever() {
    let before = std::fs::read_to_string(FILE).unwrap_or_default();
    let lines = before.lines().filter_map(|line| line.split_once(' '));
    let known: BTreeMap<String, String> = lines
        .map(|(name, hex)| (name.to_owned(), hex.to_owned()))
        .collect();
    let mut file = known.clone();
    check(
        "event",
        kinds()
            .into_iter()
            .map(|kind| (variant(&kind), event(kind))),
        &mut file,
    );
    check("change", named(changes()), &mut file);
    check("note", named(notes()), &mut file);
    check("refusal", named(refusals()), &mut file);
    let outcome = Outcome {
        verdict: Verdict::Refused(Refusal::OutOfStock),
        changes: vec![Change::ClockMoved(moment(1))],
        trace: vec![Note::Kept],
        follow_ups: vec![FollowUp {
            member: None,
            event: event(Kind::Tick),
        }],
    };
    check("outcome", [("Outcome".to_owned(), outcome)], &mut file);
    if std::env::var_os("UPDATE").is_some() {
        let lines: Vec<String> = file
            .iter()
            .map(|(name, hex)| format!("{name} {hex}\n"))
            .collect();
        std::fs::write(FILE, lines.concat()).expect("the golden file can be written");
    } else {
        assert_eq!(file, known, "lines are missing: run with UPDATE=1");
    }
}

/// As many lines as there are variants: one that is added gets the next number, and what comes
/// after the last must not be readable yet.
#[test]
fn golden_every_variant_has_a_line() {
    fn after<T: DeserializeOwned>(count: usize) {
        let number = u8::try_from(count).expect("fewer than 128 variants");
        let mut bytes = vec![1, number];
        bytes.extend([1; 400]);
        let error = postcard::take_from_bytes::<T>(&bytes[1..]).err();
        assert!(
            error.is_some(),
            "a variant after number {count} has no golden line"
        );
    }
    after::<Kind>(kinds().len());
    after::<Change>(changes().len());
    after::<Note>(notes().len());
    after::<Refusal>(refusals().len());
}

#[test]
fn what_is_cut_off_or_of_another_format_is_refused() {
    let bytes = encode(&event(Kind::Tick));
    assert!(decode::<Event>(&bytes, "it").is_ok());
    for end in 0..bytes.len() {
        assert!(decode::<Event>(&bytes[..end], "it").is_err(), "{end}");
    }
    let mut other = bytes.clone();
    other[0] = 2;
    assert!(decode::<Event>(&other, "it").is_err());
    let longer = [&bytes[..], &[0]].concat();
    assert!(decode::<Event>(&longer, "it").is_err());
}
