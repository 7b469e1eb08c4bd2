//! What happens between members: referrals, and points that are sent.

use super::{member, moment, name, paid, text, voucher};
use regulars_base::Name;
use regulars_engine::event::{
    FriendNews, Kind, News, ReferralReview, RingQuestion, SignUp, Touch, TransferBack, TransferIn,
    TransferOut,
};
use regulars_engine::outcome::Note;
use regulars_engine::state::{
    Doubt, Mark, MarkKind, OrderKey, Origin, Referral, ReferralChange, ReferralGift, Standing,
};

fn mark() -> Mark {
    Mark {
        kind: MarkKind::Payment,
        hash: 0x0123_4567_89ab_cdef,
    }
}

fn order() -> OrderKey {
    OrderKey {
        source: text("till"),
        order: text("o-1"),
    }
}

fn origin() -> Origin {
    Origin {
        friend: member(2),
        referrer: member(1),
        at: moment(0),
        standing: Standing::InReview(Doubt::Ring),
        orders: vec![order()],
    }
}

fn gift() -> ReferralGift {
    ReferralGift {
        friend: Some(member(2)),
        step: 1,
        held_until: Some(moment(14)),
        at: moment(0),
        day: 20_000,
        counted: true,
        paid: vec![paid()],
        voucher: Some(voucher()),
    }
}

pub(super) fn kinds() -> Vec<Kind> {
    let touches = vec![Touch {
        referrer: member(1),
        at: moment(0),
    }];
    let (lots, fee) = (vec![paid()], vec![paid()]);
    vec![
        Kind::ReferralClick,
        Kind::SignUp(Box::new(SignUp {
            touches,
            marks: vec![mark()],
        })),
        Kind::Fingerprints(vec![mark()]),
        Kind::ReferralReview(Box::new(ReferralReview {
            approve: true,
            reason: text("why"),
            by: text("eve"),
        })),
        Kind::FriendNews(Box::new(FriendNews {
            friend: member(2),
            news: news().remove(0),
        })),
        Kind::RingQuestion(Box::new(RingQuestion {
            friend: member(2),
            referrer: member(1),
            asked: 3,
            doubt: Some(Doubt::KnownCustomer),
            found: Some(true),
        })),
        Kind::ReferralAnswer(Standing::Counts),
        Kind::ReferralMoved(Box::new(Referral {
            origin: Some(origin()),
            marks: vec![mark()],
            friend_marks: vec![mark()],
            clicks: 4,
            joined: 3,
            in_review: 2,
            bought: 1,
            gifts: vec![gift()],
        })),
        Kind::TransferOut(Box::new(TransferOut {
            to: member(2),
            points: text("points"),
            amount: 5,
        })),
        Kind::TransferIn(Box::new(TransferIn {
            from: member(1),
            lots: lots.clone(),
            fee: fee.clone(),
        })),
        Kind::TransferBack(Box::new(TransferBack {
            from: member(2),
            lots,
            fee,
            sent_at: moment(1),
            points: name(),
        })),
    ]
}

pub(super) fn news() -> Vec<News> {
    vec![
        News::Joined {
            marks: vec![mark()],
            doubt: Some(Doubt::KnownCustomer),
        },
        News::Bought { step: 1 },
        News::Returned { step: 2 },
        News::Approved {
            was_in_review: true,
        },
        News::Rejected {
            was_in_review: false,
        },
    ]
}

pub(super) fn standings() -> Vec<Standing> {
    vec![
        Standing::Asked(None),
        Standing::Counts,
        Standing::InReview(Doubt::Ring),
        Standing::Refused(Doubt::ByHand),
    ]
}

pub(super) fn doubts() -> Vec<Doubt> {
    vec![
        Doubt::KnownCustomer,
        Doubt::SharedFingerprint(MarkKind::Device),
        Doubt::Ring,
        Doubt::NoReferrer,
        Doubt::ByHand,
    ]
}

pub(super) fn changes() -> Vec<ReferralChange> {
    vec![
        ReferralChange::Came(origin()),
        ReferralChange::Stands(Standing::Counts),
        ReferralChange::OriginGone,
        ReferralChange::OrderCounts(order()),
        ReferralChange::OrderGone(order()),
        ReferralChange::Marked(mark()),
        ReferralChange::FriendMarked(mark()),
        ReferralChange::Counted {
            clicks: 1,
            joined: 2,
            in_review: 3,
            bought: -1,
        },
        ReferralChange::Gave(gift()),
        ReferralChange::GiftGone {
            friend: None,
            step: 0,
        },
        ReferralChange::Left,
    ]
}

pub(super) fn notes() -> Vec<Note> {
    let (points, amount, step) = (name(), 12, 1);
    let (friend, why, reward) = (member(2), Doubt::Ring, Name::of("mug"));
    vec![
        Note::LinkFollowed,
        Note::CameByReferral {
            referrer: member(1),
        },
        Note::ReferralCounts,
        Note::ReferralInReview(why),
        Note::ReferralRefused(why),
        Note::FriendJoined { friend },
        Note::FriendDoubted {
            friend,
            why,
            refused: true,
        },
        Note::FriendBought { friend, step },
        Note::FriendReturned { friend, step },
        Note::ReferralHeld { until: moment(14) },
        Note::ReferralGave {
            friend: Some(friend),
            step,
            points,
            amount,
        },
        Note::ReferralGaveReward {
            friend: None,
            step,
            reward,
        },
        Note::ReferralLimit { friend, step },
        Note::ReferralTookBack { points, amount },
        Note::ReferralTookReward { reward },
        Note::ReferralHoldEnded,
        Note::Sent {
            to: friend,
            points,
            amount,
        },
        Note::SentFee { points, amount },
        Note::Received {
            from: member(1),
            points,
            amount,
        },
        Note::NotTaken {
            from: member(1),
            points,
            amount,
        },
        Note::CameBack { points, amount },
    ]
}
