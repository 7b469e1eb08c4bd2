//! What an event of the log is about, in words that an endpoint may choose by.

use regulars_base::Name;
use regulars_engine::Program;
use regulars_engine::event::{Event, Kind};
use regulars_engine::outcome::{Change, Note, Outcome, Verdict};
use regulars_ledger::{Account, Posting};
use std::cmp::Ordering;

/// What happened, as others look at it. An event may be about several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Somebody is a member from now on.
    MemberEnrolled,
    /// What is known of who a member is was changed.
    MemberChanged,
    /// Two members are one from now on, or two again.
    MemberMerged,
    /// An order was taken.
    PurchaseRecorded,
    /// Something came back.
    RefundRecorded,
    /// Points came into a wallet, to be spent at once.
    PointsAdded,
    /// Points came into a wallet that may be spent later.
    PointsPending,
    /// Pending points may be spent from now on.
    PointsReleased,
    /// Points left a wallet: spent, taken back, or taken by hand.
    PointsDeducted,
    /// Points lapsed.
    PointsExpired,
    /// A member is in a higher tier.
    TierUpgraded,
    /// A member is in a lower tier, or in none.
    TierDowngraded,
    /// A member keeps a tier for longer.
    TierProlonged,
    /// A reward was set aside or used.
    RewardRedeemed,
    /// A reward that was set aside is used.
    RewardCommitted,
    /// A reward was given back.
    RewardReturned,
    /// A free reward is in a member's hand.
    VoucherIssued,
    /// A free reward left a member's hand.
    VoucherGone,
    /// A coupon was used.
    CouponUsed,
    /// An invoice was made, or stands otherwise.
    InvoiceChanged,
    /// A consent was given or withdrawn.
    ConsentChanged,
    /// What was asked for was refused.
    EventRefused,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::MemberEnrolled,
        Self::MemberChanged,
        Self::MemberMerged,
        Self::PurchaseRecorded,
        Self::RefundRecorded,
        Self::PointsAdded,
        Self::PointsPending,
        Self::PointsReleased,
        Self::PointsDeducted,
        Self::PointsExpired,
        Self::TierUpgraded,
        Self::TierDowngraded,
        Self::TierProlonged,
        Self::RewardRedeemed,
        Self::RewardCommitted,
        Self::RewardReturned,
        Self::VoucherIssued,
        Self::VoucherGone,
        Self::CouponUsed,
        Self::InvoiceChanged,
        Self::ConsentChanged,
        Self::EventRefused,
    ];

    /// Its name in the API and in what is sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MemberEnrolled => "member.enrolled",
            Self::MemberChanged => "member.changed",
            Self::MemberMerged => "member.merged",
            Self::PurchaseRecorded => "purchase.recorded",
            Self::RefundRecorded => "refund.recorded",
            Self::PointsAdded => "points.added",
            Self::PointsPending => "points.pending",
            Self::PointsReleased => "points.released",
            Self::PointsDeducted => "points.deducted",
            Self::PointsExpired => "points.expired",
            Self::TierUpgraded => "tier.upgraded",
            Self::TierDowngraded => "tier.downgraded",
            Self::TierProlonged => "tier.prolonged",
            Self::RewardRedeemed => "reward.redeemed",
            Self::RewardCommitted => "reward.committed",
            Self::RewardReturned => "reward.returned",
            Self::VoucherIssued => "voucher.issued",
            Self::VoucherGone => "voucher.gone",
            Self::CouponUsed => "coupon.used",
            Self::InvoiceChanged => "invoice.changed",
            Self::ConsentChanged => "consent.changed",
            Self::EventRefused => "event.refused",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// What an event is about: each topic once, in order. Of some (time that passed and moved nothing)
    /// there is none.
    pub fn of(program: &Program, event: &Event, outcome: &Outcome) -> Vec<Self> {
        let refused = matches!(outcome.verdict, Verdict::Refused(_));
        let by_kind = match &event.kind {
            _ if refused => Some(Self::EventRefused),
            Kind::Purchase(_) => Some(Self::PurchaseRecorded),
            Kind::Refund(_) => Some(Self::RefundRecorded),
            Kind::MergeIn(_) | Kind::MergeOut(_) => Some(Self::MemberMerged),
            Kind::MemberChanged(_) => Some(Self::MemberChanged),
            _ => None,
        };
        let by_change = outcome.changes.iter().filter_map(of_change);
        let tiers = outcome
            .trace
            .iter()
            .filter_map(|note| of_tier(program, note));
        let mut topics: Vec<Self> = by_kind.into_iter().chain(by_change).chain(tiers).collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }
}

fn of_change(change: &Change) -> Option<Topic> {
    Some(match change {
        Change::Enrolled(_) => Topic::MemberEnrolled,
        Change::Posted(posting) => return of_posting(posting),
        Change::Released { .. } => Topic::PointsReleased,
        Change::RedemptionMade(_) => Topic::RewardRedeemed,
        Change::RedemptionCommitted { .. } => Topic::RewardCommitted,
        Change::RedemptionReturned { .. } => Topic::RewardReturned,
        Change::VoucherIssued(_) => Topic::VoucherIssued,
        Change::VoucherGone(_) => Topic::VoucherGone,
        Change::CouponUsed(_) => Topic::CouponUsed,
        Change::Invoiced(_) => Topic::InvoiceChanged,
        Change::Consented(_) => Topic::ConsentChanged,
        _ => return None,
    })
}

/// A tier is higher the later it stands in the program that decided.
fn of_tier(program: &Program, note: &Note) -> Option<Topic> {
    let rank = |tier: &Option<Name>| {
        let name = tier.as_ref()?;
        program.tiers.iter().position(|tier| tier.name == *name)
    };
    let Note::TierMoved { from, to, .. } = note else {
        return None;
    };
    Some(match rank(to).cmp(&rank(from)) {
        Ordering::Greater => Topic::TierUpgraded,
        Ordering::Less => Topic::TierDowngraded,
        Ordering::Equal => Topic::TierProlonged,
    })
}

/// What the owner of a wallet would say of a posting. What is set aside is still theirs.
fn of_posting(posting: &Posting) -> Option<Topic> {
    let own = |account| matches!(account, Account::Wallet | Account::Held);
    match (own(posting.from), own(posting.to)) {
        (false, true) if posting.dates.available_at > posting.effective_at => {
            Some(Topic::PointsPending)
        }
        (false, true) => Some(Topic::PointsAdded),
        (true, false) if posting.to == Account::Expired => Some(Topic::PointsExpired),
        (true, false) => Some(Topic::PointsDeducted),
        _ => None,
    }
}
