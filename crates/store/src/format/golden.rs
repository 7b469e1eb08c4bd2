//! One line for each kind of event, change, note and refusal: what is stored today is read for
//! ever. A new variant fails until it has a line.
//!
//! `UPDATE=1 cargo nextest run -p regulars-store golden` adds the lines that are missing; it never
//! changes one that is there.

mod channel;
mod group;
mod money;
mod people;
mod perk;

use super::{decode, encode};
use regulars_base::{Currency, EventKey, MemberId, Name, Span, Text, Timestamp};
use regulars_engine::Outcome;
use regulars_engine::code::Code;
use regulars_engine::event::{
    self, Activity, Adjustment, Approved, BooksClosing, ChallengeJoin, Changeover, ClosedSum,
    Closing, CodeAssign, CodeTransfer, CodeUndo, CodeUse, Contest, Donation, Event, Kind,
    LineParts, MemberHold, MergeIn, MergeOut, Moderation, OpeningBalance, PartnerMove, PartnerPost,
    PaymentBack, PaymentEnd, Placed, PlanChoice, Play, PostWhat, Purchase, PurchaseParts, Redated,
    Refund, RefundLine, Refunded, RewardEnd, RewardRequest, Role, SumKey, Tickets, TierGrant,
    TierMatch, TierRevoke, Value,
};
use regulars_engine::outcome::{
    Change, CodeFault, FollowUp, GameNote, GroupNote, Idle, Measure, Miss, Note, PartnerEntry,
    PlanEnd, Refusal, Verdict,
};
use regulars_engine::state::{
    Badge, Birthday, Card, CardGift, Challenge, Consent, ConsentGift, CouponUse, DatedStamps, Done,
    Floor, FloorKind, ForTeam, GameChange, Games, Gap, Grant, GroupChange, Invoice, InvoiceStage,
    Level, LineSet, MarkOf, Matched, Membership, OnHold, OrderKey, OrderLine, Paid, PartnerMark,
    PastPlan, Paying, PlanStage, PlanStanding, Progress, Purchased, Redemption, RedemptionStage,
    Rise, Score, SharedKey, Spent, StampGrant, StampTime, Submission, Tier, TierHeld, TierStanding,
    Voucher,
};
use regulars_ledger::{Account, Dates, Posting, Statement};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::fmt::Debug;

const FILE: &str = "src/format/golden.txt";

fn text(text: &str) -> Text {
    Text::new(text).expect("short")
}

fn member(no: u128) -> MemberId {
    MemberId::from_bytes(no.to_be_bytes())
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
        funder: None,
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

fn done() -> Done {
    Done {
        activity: Name::of("review"),
        about: Name::of("mug"),
        at: moment(1),
    }
}

fn submission() -> Submission {
    Submission {
        id: text("r-1"),
        source: text("shop"),
        at: moment(1),
        activity: review(),
        lapses_at: moment(31),
        approved_at: None,
    }
}

fn consent() -> Consent {
    Consent {
        purpose: Name::of("newsletter"),
        given: true,
        since: moment(1),
        gifts: vec![ConsentGift {
            rule: Name::of("spend"),
            paid: paid(),
            day: 20_000,
        }],
    }
}

fn birthday() -> Birthday {
    Birthday {
        month: 2,
        day: 29,
        set_at: moment(1),
        changes: 1,
        given_at: moment(2),
        gift_at: moment(367),
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

fn tier() -> Tier {
    Tier {
        name: Some(Name::of("friend")),
        since: moment(0),
        until: Some(moment(365)),
    }
}

fn floor() -> Floor {
    Floor {
        tier: Name::of("friend"),
        since: moment(0),
        until: moment(30),
        kind: FloorKind::ByHand,
    }
}

fn rise() -> Rise {
    Rise {
        tier: Name::of("friend"),
        at: moment(1),
        before: Tier::default(),
    }
}

fn held() -> TierHeld {
    TierHeld {
        tier: Name::of("friend"),
        since: moment(1),
    }
}

fn matched() -> Matched {
    Matched {
        program: Name::of("other"),
        tier: Name::of("friend"),
        at: moment(1),
        on_trial: true,
    }
}

fn code() -> Code {
    Code::new("SORRY-K7XQ").expect("is one")
}

fn coupon_use() -> CouponUse {
    CouponUse {
        coupon: Name::of("sorry"),
        code: code(),
        single: true,
        held: false,
        order: Some(OrderKey {
            source: text("till"),
            order: text("o-1"),
        }),
        at: moment(1),
        day: 20_000,
        paid: vec![paid()],
    }
}

fn mark() -> PartnerMark {
    PartnerMark {
        of: MarkOf::Dispute,
        id: text("d-1"),
        partner: Name::of("bakery"),
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
        codes: vec![code()],
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
            paying: Some(Box::new(Paying {
                standing: standing(),
                count: 0,
                invoices: Vec::new(),
            })),
            tier: tier(),
            standing: TierStanding {
                own: Some(tier()),
                floors: vec![floor()],
                rises: vec![rise()],
                held: vec![held()],
                gifted: vec![name()],
                matched: Some(matched()),
            },
            engagement: None,
            orders: 3,
            coupon_uses: vec![coupon_use()],
            codes: vec![code()],
            games: Some(Box::new(games())),
        })),
        Kind::Profile(vec![text("phone")]),
        Kind::Birthday(event::Birthday { month: 2, day: 29 }),
        Kind::Moderation(Moderation {
            submission: text("r-1"),
            approved: true,
            reason: text("fine"),
            by: text("ana"),
        }),
        Kind::Approved(Box::new(Approved {
            submission: text("r-1"),
            activity: review(),
            at: moment(1),
        })),
        Kind::PlanJoin(PlanChoice { plan: text("club") }),
        Kind::PlanChange(PlanChoice { plan: text("plus") }),
        Kind::PlanPause,
        Kind::PlanResume,
        Kind::PlanCancel,
        Kind::PaymentSucceeded(payment_end()),
        Kind::PaymentFailed(payment_end()),
        Kind::PaymentRefunded(PaymentBack {
            invoice: 3,
            amount: Some(4_90),
            reference: text("re_1"),
        }),
        Kind::TierGrant(TierGrant {
            tier: text("friend"),
            until: Some(moment(30)),
            reason: text("sorry"),
            by: text("ana"),
        }),
        Kind::TierRevoke(TierRevoke {
            reason: text("by mistake"),
            by: text("ana"),
        }),
        Kind::TierMatch(TierMatch {
            program: text("other"),
            tier: text("gold"),
            proof: text("card 4711"),
            by: text("ana"),
        }),
        Kind::CodeUse(CodeUse {
            code: code(),
            order: Some(text("o-1")),
        }),
        Kind::CodeUndo(CodeUndo {
            code: code(),
            order: None,
            reason: text("sorry"),
        }),
        Kind::CodeAssign(CodeAssign { code: code() }),
        Kind::CodeTransfer(CodeTransfer {
            code: code(),
            from: member(1),
            into: member(2),
        }),
        Kind::Changeover(Box::new(Changeover {
            landings: vec![(name(), None)],
            redated: vec![Redated {
                points: name(),
                by: Some(Span::Months(-12)),
            }],
            late: false,
            refund: false,
        })),
        Kind::ChallengeJoin(ChallengeJoin {
            challenge: text("weeks"),
        }),
        Kind::Play(Play {
            game: text("wheel"),
            nonce: text("luck"),
        }),
        Kind::Tickets(Tickets {
            draw: text("summer"),
            quantity: 2,
        }),
        Kind::Donation(Donation {
            cause: text("meals"),
            points: text("hearts"),
            amount: 200,
        }),
        Kind::Placed(Placed {
            contest: Contest::Leaderboard(text("week")),
            period: 2879,
            place: 1,
        }),
        Kind::Perk(Box::new(perk::events().remove(0))),
        Kind::PartnerPost(Box::new(PartnerPost {
            partner: text("bakery"),
            what: PostWhat::Corrected {
                amount: -5_00,
                refers: text("till/e-1"),
            },
            reason: text("sorry"),
            by: text("ana"),
        })),
        Kind::PeriodClosed(Box::new(Closing {
            period: text("2025-02"),
            from: moment(0),
            until: moment(28),
            sums: vec![ClosedSum {
                of: SumKey {
                    party: Some(Name::of("bakery")),
                    role: Role::Party,
                    what: PartnerMove::Issued,
                    points: Some(name()),
                    ahead: true,
                },
                points: 120,
                micros: -120_000_000,
            }],
            positions: vec![(None, 1_20), (Some(Name::of("bakery")), -1_20)],
            by: text("ana"),
        })),
    ]
    .into_iter()
    .chain(people::kinds())
    .chain(channel::kinds())
    .chain(money::kinds())
    .chain(group::kinds())
    .chain([books()])
    .chain([Kind::MemberHold(Box::new(MemberHold {
        on: true,
        reason: text("stolen"),
        by: text("eve"),
    }))])
    .chain([Kind::OpeningBalance(Box::new(OpeningBalance {
        points: text("points"),
        amount: 5,
        expires_at: Some(moment(1)),
        from: text("elsewhere"),
    }))])
    .chain([Kind::MemberChanged(vec![text("attributes.city")])])
    .collect()
}

fn books() -> Kind {
    Kind::BooksClosed(Box::new(BooksClosing {
        period: text("2025-02"),
        from: moment(0),
        until: moment(28),
        sums: vec![(
            name(),
            Statement {
                issued: 120,
                redeemed: 50,
                ..Statement::default()
            },
        )],
        by: text("ana"),
    }))
}

fn games() -> Games {
    let challenge = Challenge {
        challenge: Name::of("challenge weeks"),
        period: 0,
        joined_at: Some(moment(0)),
        counts: vec![2],
        hits: vec![(2879, 1)],
        runs: 1,
        freezes: 2,
        done: 1,
    };
    Games {
        challenges: vec![challenge],
        badges: vec![badge()],
        levels: vec![level()],
        plays: vec![(Name::of("game wheel"), 2)],
        scores: vec![Score {
            board: Name::of("leaderboard week"),
            period: 2879,
            figure: 340,
            at: moment(1),
        }],
    }
}

fn badge() -> Badge {
    Badge {
        badge: Name::of("badge oak"),
        at: moment(1),
    }
}

fn level() -> Level {
    Level {
        points: name(),
        at_least: 1000,
        at: moment(1),
    }
}

fn game_changes() -> Vec<GameChange> {
    let (challenge, board, period, by, at) = (
        Name::of("challenge weeks"),
        Name::of("leaderboard week"),
        2879,
        3,
        moment(1),
    );
    vec![
        GameChange::Joined { challenge, at },
        GameChange::Counted {
            challenge,
            period,
            step: 1,
            by,
        },
        GameChange::Hit {
            challenge,
            period,
            by,
        },
        GameChange::Frozen { challenge, by },
        GameChange::Met {
            challenge,
            period,
            by,
        },
        GameChange::HitsForgotten {
            challenge,
            before: period,
            runs: 1,
            freezes: 2,
        },
        GameChange::ChallengeForgotten { challenge, period },
        GameChange::BadgeGiven(badge()),
        GameChange::LevelReached(level()),
        GameChange::PlaysMoved {
            game: Name::of("game wheel"),
            by,
        },
        GameChange::Scored {
            board,
            period,
            by,
            at,
        },
        GameChange::ScoreForgotten { board, period },
        GameChange::ChallengeCame(games().challenges.remove(0)),
        GameChange::Left,
    ]
}

fn game_notes() -> Vec<GameNote> {
    let (challenge, by, reward) = (
        Name::of("challenge weeks"),
        Name::of("challenge weeks"),
        Name::of("mug"),
    );
    let (points, amount, game) = (name(), 12, Name::of("game wheel"));
    let prize = Name::of("game wheel: coffee");
    vec![
        GameNote::Counted {
            challenge,
            step: 1,
            by: 1,
            now: 2,
        },
        GameNote::Streak {
            challenge,
            length: 3,
            freezes: 1,
        },
        GameNote::Met {
            challenge,
            times: 1,
        },
        GameNote::Unmet {
            challenge,
            times: 1,
        },
        GameNote::Joined { challenge },
        GameNote::GavePoints { by, points, amount },
        GameNote::GaveReward { by, reward },
        GameNote::TookReward { by, reward },
        GameNote::Badge {
            badge: badge().badge,
        },
        GameNote::Level {
            level: Name::of("level oak"),
        },
        GameNote::Plays {
            game,
            by: 1,
            left: 2,
        },
        GameNote::PaidPlay {
            game,
            points,
            amount,
        },
        GameNote::Played {
            game,
            roll: 27,
            whole: 100,
            drawn: Some(prize),
            given: None,
        },
        GameNote::Tickets {
            draw: Name::of("draw summer"),
            by: 3,
            now: 7,
        },
        GameNote::Donated {
            cause: Name::of("cause meals"),
            points,
            amount,
            worth: 60,
            matched: 60,
        },
        GameNote::Placed {
            contest: Name::of("leaderboard week"),
            place: 1,
            alternate: false,
        },
        GameNote::ForTeam {
            challenge,
            step: 0,
            by: 2,
            team: member(1),
        },
        GameNote::TeamCounted {
            challenge,
            step: 0,
            person: member(2),
            by: -2,
            now: 48,
        },
        GameNote::TookPart {
            challenge,
            person: member(2),
            reached: true,
        },
        GameNote::TeamReached {
            challenge,
            team: member(1),
        },
        GameNote::TeamUndone {
            challenge,
            team: member(1),
        },
    ]
}

fn payment_end() -> PaymentEnd {
    PaymentEnd {
        invoice: 3,
        attempt: Some(2),
        reference: text("pi_1"),
        reason: text("card_declined"),
    }
}

fn standing() -> PlanStanding {
    let gap = Gap {
        from: moment(1),
        until: Timestamp::LAST,
    };
    PlanStanding {
        current: Some(Membership {
            plan: Name::of("club"),
            since: moment(0),
            benefits_from: Some(moment(1)),
            anchor: 20_000,
            periods: 2,
            from: 20_061,
            until: 20_092,
            days: 31,
            worth: 4_90,
            price: 4_90,
            intro_left: 1,
            stage: PlanStage::Paused {
                left: 10,
                until: 20_100,
            },
            ends: true,
            next: Some(Name::of("plus")),
            without: vec![gap],
            paused_on: vec![20_070],
        }),
        tried: true,
        credit: 3_26,
        past: Some(PastPlan {
            plan: Name::of("basic"),
            from: moment(0),
            until: moment(1),
            without: vec![gap],
        }),
    }
}

fn invoice() -> Invoice {
    Invoice {
        number: 3,
        plan: Name::of("club"),
        issued_at: moment(0),
        from: 20_061,
        until: 20_092,
        price: 4_90,
        discount: 1_00,
        credit: 50,
        tax: 62,
        stage: InvoiceStage::Paid(moment(1)),
        attempts: 2,
        asked: false,
        retry_at: Some(moment(2)),
        credited: 10,
        owed_back: 20,
        paid_back: 30,
        reference: text("pi_1"),
        gifts: vec![paid()],
        voucher: Some(voucher()),
    }
}

fn review() -> Activity {
    Activity {
        name: text("review"),
        store: text(""),
        fields: vec![(text("stars"), Value::Int(5))],
    }
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
        products: Vec::new(),
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
        Change::TierSet(tier()),
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
        Change::StandingSet(Box::new(standing())),
        Change::Invoiced(Box::new(invoice())),
        Change::InvoiceGone(3),
        Change::OwnTierSet(Some(tier())),
        Change::FloorLaid(floor()),
        Change::FloorGone(floor()),
        Change::Rose(Box::new(rise())),
        Change::RiseGone(Box::new(rise())),
        Change::HeldSince(held()),
        Change::HeldNoMore(held()),
        Change::TierGifted(name()),
        Change::TierGiftOpen(name()),
        Change::MatchSet(Some(matched())),
        Change::ProgressJoined { before_day: 19_000 },
        Change::Done(done()),
        Change::Undone(done()),
        Change::Submitted(Box::new(submission())),
        Change::SubmissionApproved {
            id: text("r-1"),
            at: moment(1),
        },
        Change::SubmissionGone { id: text("r-1") },
        Change::Consented(Box::new(consent())),
        Change::ProfileFilled(Name::of("phone")),
        Change::BirthdaySet(Some(birthday())),
        Change::Referral(Box::new(people::changes().remove(0))),
        Change::CodeMoved {
            code: code(),
            by: -1,
        },
        Change::CodeAssigned(code()),
        Change::CodeReleased(code()),
        Change::CouponUsed(Box::new(coupon_use())),
        Change::CouponUseGone(Box::new(coupon_use())),
        Change::OrdersJoined(3),
        Change::Redated {
            points: name(),
            from: dates(),
            to: Dates::OPEN,
        },
        Change::Games(Box::new(GameChange::Left)),
        Change::Perks(Box::new(perk::changes().remove(0))),
        Change::PartnerBooked(Box::new(PartnerEntry {
            partner: Some(Name::of("bakery")),
            funder: Some(Name::of("bakery")),
            what: PartnerMove::Issued,
            points: Some(points),
            amount: 120,
            micros: -120_000_000,
            ahead: true,
        })),
        Change::Marked(Box::new(mark())),
        Change::MarkGone(Box::new(mark())),
        money::change(),
        Change::Group(Box::new(group::changes().remove(0))),
        Change::OrderOf(member(2)),
        Change::UsedVoucherEnds {
            id: text("r-1"),
            at: moment(90),
        },
        Change::OrderForTeam(ForTeam {
            team: member(1),
            person: member(2),
        }),
    ]
    .into_iter()
    .chain(channel::changes())
    .chain(group::merges())
    .chain([Change::HoldSet(Some(Box::new(OnHold {
        since: moment(1),
        reason: text("stolen"),
        by: text("eve"),
    })))])
    .collect()
}

fn notes() -> Vec<Note> {
    let (points, reward, amount, at) = (name(), Name::of("mug"), 12, moment(1));
    let (rule, card, tier) = (3, Name::of("card"), Name::of("friend"));
    let plan = Name::of("club");
    let activity = Name::of("review");
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
        Note::PlanGave {
            plan,
            points,
            given: 7,
        },
        Note::PlanJoined {
            plan,
            until: 20_092,
            trial: true,
        },
        Note::Invoiced {
            number: 3,
            plan,
            from: 20_061,
            until: 20_092,
            amount: 4_90,
            credit: 50,
        },
        Note::InvoicePaid { number: 3, amount },
        Note::PaymentFailed {
            number: 3,
            attempt: 2,
            retry_at: Some(moment(2)),
        },
        Note::PaymentAsked {
            number: 3,
            attempt: 2,
        },
        Note::PlanChanged {
            from: plan,
            to: Name::of("plus"),
            credit: 3_26,
        },
        Note::PlanChangeAwaits {
            to: plan,
            on: 20_092,
        },
        Note::PlanPaused {
            plan,
            until: 20_092,
        },
        Note::PlanResumed {
            plan,
            until: 20_092,
        },
        Note::PlanWillEnd { plan, on: 20_092 },
        Note::PlanEnded {
            plan,
            at: moment(2),
            why: PlanEnd::Merged,
        },
        Note::OwedBack { number: 3, amount },
        Note::PaidBack { number: 3, amount },
        Note::PlanGift {
            plan,
            points,
            amount,
        },
        Note::PlanVoucher { plan, reward },
        Note::PlanVoucherTakenBack { plan, reward },
        Note::PlanCredited { plan, credit: 7 },
        Note::FloorLaid {
            tier,
            kind: FloorKind::Trial,
            until: at,
        },
        Note::FloorGone {
            tier,
            kind: FloorKind::LifetimeHeld,
        },
        Note::ChallengeMet { tier },
        Note::RiseUndone { tier },
        Note::TierGavePoints {
            tier,
            points,
            amount,
        },
        Note::TierGaveReward { tier, reward },
        Note::TierRewardTakenBack { tier, reward },
        Note::TierGiftKept { tier },
        Note::OwnTierMoved {
            from: None,
            to: Some(tier),
            at,
        },
        Note::NotCounted {
            activity,
            why: Idle::Again(Some(at)),
        },
        Note::Submitted {
            activity,
            until: at,
        },
        Note::Moderated {
            activity,
            approved: true,
        },
        Note::SubmissionLapsed { activity },
        Note::Consented {
            purpose: Name::of("newsletter"),
            given: true,
        },
        Note::ProfileFilled {
            field: Name::of("phone"),
        },
        Note::BirthdaySet { gift_at: at },
        Note::Birthday { at },
        Note::Anniversary { years: 3, at },
        Note::CodeUsed {
            coupon: reward,
            code: code(),
        },
        Note::CodeReturned {
            coupon: reward,
            code: code(),
        },
        Note::CouponGave {
            coupon: reward,
            points,
            amount,
        },
        Note::CodeAssigned {
            coupon: reward,
            code: code(),
        },
        Note::CodeHandedOn {
            coupon: reward,
            code: code(),
        },
        Note::TierRemoved { tier: name() },
        Note::Redated {
            points,
            amount,
            from: moment(0),
            to: Timestamp::LAST,
        },
        Note::Games(Box::new(game_notes().remove(0))),
        Note::Perk(Box::new(perk::notes().remove(0))),
        Note::SpentOf {
            funder: Some(Name::of("bakery")),
            points,
            amount,
        },
        Note::BalanceUsedUp {
            partner: Name::of("bakery"),
            missing: 120_000_000,
        },
        Note::PartnerPosted {
            partner: Name::of("bakery"),
        },
        Note::PeriodClosed,
        Note::CardKeeps {
            card: 1,
            by: 700,
            left: 500,
        },
    ]
    .into_iter()
    .chain(people::notes())
    .chain(channel::notes())
    .chain([money::note()])
    .chain([Note::Group(group::notes().remove(0))])
    .chain(group::parted())
    .chain([Note::PutOnHold, Note::LetGo])
    .chain([Note::TakenOver {
        points: name(),
        amount: 5,
    }])
    .collect()
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
        Refusal::UnknownPlan,
        Refusal::OnPlanAlready,
        Refusal::PlanNotAgainYet,
        Refusal::NotOnPlan,
        Refusal::SamePlan,
        Refusal::PlanIsPaused,
        Refusal::PlanNotPaused,
        Refusal::PauseNotOffered,
        Refusal::PlanCancelledAlready,
        Refusal::PaymentOpen,
        Refusal::UnknownInvoice,
        Refusal::InvoiceSettled,
        Refusal::PlanNeeded,
        Refusal::UnknownTier,
        Refusal::LowestTier,
        Refusal::TierEndsTooSoon,
        Refusal::NoTierGiven,
        Refusal::UnknownMatch,
        Refusal::UnknownMatchTier,
        Refusal::AlreadyMatched,
        Refusal::TierReached,
        Refusal::UnknownField {
            field: text("stars"),
        },
        Refusal::FieldMissing {
            field: text("stars"),
        },
        Refusal::FieldInvalid {
            field: text("stars"),
        },
        Refusal::NotBought,
        Refusal::Returned,
        Refusal::SubmissionExists,
        Refusal::NotConsented,
        Refusal::TooSoon {
            again_at: moment(1),
        },
        Refusal::DoneAlready { again_at: None },
        Refusal::ToldTooLate,
        Refusal::UnknownProfileField {
            field: text("phone"),
        },
        Refusal::NoBirthdays,
        Refusal::BirthdayFixed {
            again_at: Some(moment(1)),
        },
        Refusal::UnknownSubmission,
        Refusal::NoReferrals,
        Refusal::AlreadyReferred,
        Refusal::ReferralTooLate,
        Refusal::SelfReferral,
        Refusal::KnownCustomer,
        Refusal::NothingToReview,
        Refusal::NoTransfers,
        Refusal::TransferToSelf,
        Refusal::JoinedTooLately,
        Refusal::TransferTooSmall { least: 3 },
        Refusal::TransferTooLarge { most: 4 },
        Refusal::TransferLimitReached,
        Refusal::TransferTierTooLow,
        Refusal::CodeNotUsable {
            code: code(),
            coupon: Some(name()),
            why: CodeFault::Unknown,
        },
        Refusal::UnknownCodeUse,
        Refusal::CodeIsShared,
        Refusal::CodeTaken,
        Refusal::CodeNotTransferable,
        Refusal::UnknownChallenge,
        Refusal::UnknownGame,
        Refusal::UnknownDraw,
        Refusal::UnknownCause,
        Refusal::NotOpen,
        Refusal::AlreadyJoined,
        Refusal::NoPlayLeft,
        Refusal::TooLittleGiven { least: 10 },
        Refusal::NotAtThisPartner,
        Refusal::UnknownPartner,
        Refusal::PaysLater,
        Refusal::UnknownDispute,
        Refusal::RewardNotForMember,
        Refusal::RewardTooFew { least: 5 },
        Refusal::RewardShareTooLarge { most: 6 },
        Refusal::RewardNotCombined { reward: name() },
        Refusal::RewardPriceMoved { reward: name() },
        Refusal::ReturnTooLarge { left: 2 },
        Refusal::NotReturnedByPoints,
        Refusal::VoucherUsed,
        Refusal::RedeemedByItself,
        Refusal::NoStockKept,
        Refusal::StockTooLow { left: 1 },
        Refusal::NothingToFulfil,
        Refusal::FulfilmentOutOfTurn {
            stage: regulars_engine::state::FulfilmentStage::Delivered,
        },
        Refusal::OnItsWay,
        Refusal::OutOfCodes,
        Refusal::NoCodesKept,
        Refusal::CodeHandedOut,
        Refusal::PickInstead,
        Refusal::NotOnTheMenu,
        Refusal::NothingToPick,
        Refusal::GivenAway,
        Refusal::UnknownAttribute {
            attribute: text("group"),
        },
        Refusal::UnknownAttributeValue {
            attribute: text("group"),
        },
    ]
    .into_iter()
    .chain(channel::refusals())
    .chain(money::refusals())
    .chain(group::refusals())
    .collect()
}

fn code_faults() -> Vec<CodeFault> {
    vec![
        CodeFault::Mistyped,
        CodeFault::Unknown,
        CodeFault::Twice,
        CodeFault::Void,
        CodeFault::NotYet,
        CodeFault::Ended,
        CodeFault::UsedUp,
        CodeFault::NotYours,
        CodeFault::LimitReached,
        CodeFault::BudgetSpent,
        CodeFault::TierTooLow,
        CodeFault::NotFirstOrder,
        CodeFault::BelowLeast {
            least: 20_00,
            goods: 19_99,
        },
        CodeFault::Condition,
        CodeFault::GroupTaken { by: Some(code()) },
        CodeFault::NotCombined { with: None },
        CodeFault::TooMany { most: 2 },
        CodeFault::NothingToTakeOff,
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
    check("referral", named(people::changes()), &mut file);
    check("group", named(group::changes()), &mut file);
    check("group-note", named(group::notes()), &mut file);
    check("news", named(people::news()), &mut file);
    check("standing", named(people::standings()), &mut file);
    check("doubt", named(people::doubts()), &mut file);
    check("code_fault", named(code_faults()), &mut file);
    check("game_change", named(game_changes()), &mut file);
    check("game_note", named(game_notes()), &mut file);
    check(
        "channel_change",
        named(channel::channel_changes()),
        &mut file,
    );
    check("channel_note", named(channel::channel_notes()), &mut file);
    check("staff_what", named(channel::whats()), &mut file);
    check("perk", named(perk::events()), &mut file);
    check("perk_change", named(perk::changes()), &mut file);
    check("perk_note", named(perk::notes()), &mut file);
    check("gift_move", named(money::moves()), &mut file);
    check("money_change", named(money::changes()), &mut file);
    check("money_note", named(money::notes()), &mut file);
    check("card_stage", named(money::stages()), &mut file);
    check("payment", money::payments(), &mut file);
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
    let funded = Dates {
        funder: Some(Name::of("bakery")),
        ..dates()
    };
    check("dates", [("Funded".to_owned(), funded)], &mut file);
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
        let mut bytes = postcard::to_stdvec(&count).expect("a number can be written");
        bytes.extend([1; 400]);
        let error = postcard::take_from_bytes::<T>(&bytes).err();
        assert!(
            error.is_some(),
            "a variant after number {count} has no golden line"
        );
    }
    after::<Kind>(kinds().len());
    after::<Change>(changes().len());
    after::<Note>(notes().len());
    after::<Refusal>(refusals().len());
    after::<regulars_engine::state::ReferralChange>(people::changes().len());
    after::<regulars_engine::event::News>(people::news().len());
    after::<CodeFault>(code_faults().len());
    after::<GameChange>(game_changes().len());
    after::<GameNote>(game_notes().len());
    after::<regulars_engine::state::ChannelChange>(channel::channel_changes().len());
    after::<regulars_engine::outcome::ChannelNote>(channel::channel_notes().len());
    after::<regulars_engine::event::StaffWhat>(channel::whats().len());
    after::<event::PerkEvent>(perk::events().len());
    after::<regulars_engine::state::PerkChange>(perk::changes().len());
    after::<regulars_engine::outcome::PerkNote>(perk::notes().len());
    after::<event::GiftMove>(money::moves().len());
    after::<regulars_engine::state::MoneyChange>(money::changes().len());
    after::<regulars_engine::outcome::MoneyNote>(money::notes().len());
    after::<GroupChange>(group::changes().len());
    after::<GroupNote>(group::notes().len());
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
