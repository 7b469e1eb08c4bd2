//! A candidate and the version in force over what a shop's own log says: what customers did and what staff gave
//! or took is decided afresh by both, wallet by wallet. What else moved points then is counted and named, so
//! that nobody takes the figures for more than they are.

use crate::backtest::{BacktestReport, Read, compare, report};
use crate::plan_figures::MOVERS;
use crate::standing::Standing;
use crate::{App, Error, ImportProgress, walk};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Event, Incoming, Kind, Who};
use regulars_engine::outcome::Verdict;
use regulars_sim::replay::Replay;
use std::cell::Cell;
use std::collections::BTreeMap;

/// What a replay of the log came to.
pub(crate) struct OfLog {
    pub(crate) report: BacktestReport,
    /// What moved points then and is not decided afresh, by sort, with how often.
    pub(crate) left_out: BTreeMap<&'static str, u64>,
}

/// Runs both over the log. `progress` says whether to go on; the log is not read further where not.
pub(crate) fn of_log(
    app: &App,
    tenant: TenantId,
    (candidate, current): (&Program, &Program),
    until: Timestamp,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<OfLog, Error> {
    let (mut new, mut old) = (
        Replay::new(candidate).lenient(),
        Replay::new(current).lenient(),
    );
    let (mut read, mut left_out) = (Read::default(), BTreeMap::new());
    let decided = Cell::new(0);
    app.core().pool.with(|store| {
        let standing = Standing::read(store, tenant)?;
        let mut at = |done, total| {
            progress(ImportProgress {
                done,
                total,
                rows: decided.get(),
                events: decided.get(),
                ..ImportProgress::default()
            })
        };
        walk::each_event(store, tenant, &mut at, &mut |row| {
            if row.outcome.verdict != Verdict::Accepted {
                return;
            }
            match fate(&row.event) {
                Fate::Decided => {
                    decided.update(|rows| rows + 1);
                    let incoming = Incoming {
                        who: Who::Member(standing.of(row.member)),
                        event: row.event,
                    };
                    new.feed(incoming.clone());
                    old.feed(incoming);
                }
                Fate::LeftOut(sort) => *left_out.entry(sort).or_default() += 1,
                Fate::Follows => {}
            }
        })
    })?;
    read.rows = decided.get();
    let (new, old) = (new.finish(until), old.finish(until));
    let mut sum = report(&new, &read, &[]);
    compare(&mut sum, (&new, &old), &read, &[], MOVERS);
    Ok(OfLog {
        report: sum,
        left_out,
    })
}

/// What becomes of a row of the log.
enum Fate {
    /// Both versions decide it afresh.
    Decided,
    /// It is not decided afresh.
    LeftOut(&'static str),
    /// The program did it by itself, or it is about no member: nothing is missing without it.
    Follows,
}

fn fate(event: &Event) -> Fate {
    match &event.kind {
        Kind::Enrolment
        | Kind::Purchase(_)
        | Kind::Refund(_)
        | Kind::Activity(_)
        | Kind::Profile(_)
        | Kind::Birthday(_)
        | Kind::RewardRequest(_)
        | Kind::RewardCommit(_)
        | Kind::RewardCancel(_)
        | Kind::Adjustment(_)
        | Kind::OpeningBalance(_) => Fate::Decided,
        Kind::Tick
        | Kind::Changeover(_)
        | Kind::PartnerPost(_)
        | Kind::PeriodClosed(_)
        | Kind::BooksClosed(_)
        | Kind::Fingerprints(_)
        | Kind::MemberChanged(_) => Fate::Follows,
        Kind::MergeOut(_) | Kind::MergeIn(_) | Kind::Unmerge(_) | Kind::Unmerged(_) => {
            Fate::LeftOut("merges")
        }
        Kind::PlanJoin(_)
        | Kind::PlanChange(_)
        | Kind::PlanPause
        | Kind::PlanResume
        | Kind::PlanCancel
        | Kind::PaymentSucceeded(_)
        | Kind::PaymentFailed(_)
        | Kind::PaymentRefunded(_) => Fate::LeftOut("paid memberships"),
        Kind::TierGrant(_) | Kind::TierRevoke(_) | Kind::TierMatch(_) => {
            Fate::LeftOut("tiers by hand")
        }
        Kind::Moderation(_) | Kind::Approved(_) => Fate::LeftOut("decisions on submissions"),
        Kind::ReferralClick
        | Kind::SignUp(_)
        | Kind::ReferralReview(_)
        | Kind::FriendNews(_)
        | Kind::RingQuestion(_)
        | Kind::ReferralAnswer(_)
        | Kind::ReferralMoved(_) => Fate::LeftOut("referrals"),
        Kind::TransferOut(_) | Kind::TransferIn(_) | Kind::TransferBack(_) => {
            Fate::LeftOut("transfers of points")
        }
        Kind::CodeUse(_) | Kind::CodeUndo(_) | Kind::CodeAssign(_) | Kind::CodeTransfer(_) => {
            Fate::LeftOut("codes of coupons")
        }
        Kind::ChallengeJoin(_)
        | Kind::Play(_)
        | Kind::Tickets(_)
        | Kind::Donation(_)
        | Kind::Placed(_)
        | Kind::TeamNews(_) => Fate::LeftOut("games"),
        Kind::StaffNews(_)
        | Kind::ChannelMoved(_)
        | Kind::PartnerAward(_)
        | Kind::PartnerAwardCancel(_)
        | Kind::SellThrough(_) => Fate::LeftOut("staff, partners and resellers"),
        Kind::MemberHold(_) => Fate::LeftOut("members on hold"),
        Kind::Perk(_) => Fate::LeftOut("what happened to rewards later"),
        Kind::StoreCredit(_)
        | Kind::GiftCard(_)
        | Kind::GiftCardUsed(_)
        | Kind::GiftCardReturned(_)
        | Kind::MoneyIn(_)
        | Kind::MoneyBack(_)
        | Kind::MoneyMoved(_) => Fate::LeftOut("store credit and gift cards"),
        Kind::GroupSet(_)
        | Kind::GroupInvite(_)
        | Kind::GroupInvited(_)
        | Kind::GroupJoin(_)
        | Kind::GroupEntry(_)
        | Kind::GroupAnswer(_)
        | Kind::GroupBrought(_)
        | Kind::GroupLeave(_)
        | Kind::GroupLeft(_)
        | Kind::GroupRole(_)
        | Kind::GroupClose => Fate::LeftOut("groups"),
    }
}
