//! Households and organisations.

use super::{member, moment, name, paid, text, voucher};
use regulars_base::Name;
use regulars_engine::event::{
    GroupAnswer, GroupBrought, GroupEntry, GroupInvite, GroupInvited, GroupJoin, GroupLeave,
    GroupLeft, GroupRole, GroupSet, Kind, TeamNews, Unmerge, Unmerged,
};
use regulars_engine::outcome::{Change, GroupNote, Note, Refusal};
use regulars_engine::state::{
    Act, Belongs, GroupChange, Invitation, Invited, Merged, Person, Progress,
};

pub(super) fn kinds() -> Vec<Kind> {
    vec![
        Kind::GroupSet(Box::new(GroupSet {
            group: text("family"),
            title: text("The Smiths"),
            manager: text("eve"),
            from: Some(moment(0)),
            until: Some(moment(14)),
        })),
        Kind::GroupInvite(Box::new(GroupInvite {
            person: member(2),
            role: text("child"),
        })),
        Kind::GroupInvited(Box::new(GroupInvited {
            group: member(1),
            rule: name(),
            role: name(),
            until: moment(14),
        })),
        Kind::GroupJoin(GroupJoin { group: member(1) }),
        Kind::GroupEntry(GroupEntry { person: member(2) }),
        Kind::GroupAnswer(Box::new(GroupAnswer {
            group: member(1),
            answer: Err(Refusal::GroupFull),
        })),
        Kind::GroupBrought(Box::new(GroupBrought {
            person: member(2),
            lots: vec![paid()],
        })),
        Kind::GroupLeave(GroupLeave {
            person: Some(member(2)),
        }),
        Kind::GroupLeft(Box::new(GroupLeft {
            group: member(1),
            lots: vec![paid()],
        })),
        Kind::GroupRole(Box::new(GroupRole {
            person: member(2),
            role: text("adult"),
            spend_max: vec![(text("beans"), 50)],
        })),
        Kind::GroupClose,
        Kind::Unmerge(Unmerge { member: member(2) }),
        Kind::Unmerged(Box::new(Unmerged {
            from: member(1),
            lots: vec![paid()],
            progress: vec![Progress {
                metric: name(),
                day: 20_000,
                amount: 3,
            }],
            vouchers: vec![voucher()],
            gifted: vec![name()],
        })),
        Kind::TeamNews(Box::new(TeamNews::Effort {
            person: member(2),
            challenge: Name::of("challenge may"),
            step: 0,
            by: 2,
            at: moment(1),
        })),
    ]
}

pub(super) fn changes() -> Vec<GroupChange> {
    let (person, group, points) = (member(2), member(1), name());
    let (role, rule, until) = (name(), name(), moment(14));
    vec![
        GroupChange::Set {
            rule,
            title: text("The Smiths"),
            manager: text("eve"),
            from: Some(moment(0)),
            until: Some(until),
        },
        GroupChange::Invited(Invited {
            person,
            role,
            until,
        }),
        GroupChange::InvitedNoMore(person),
        GroupChange::Entered(Person {
            member: person,
            role,
            since: moment(0),
            spend_max: vec![(points, 50)],
            month: 660,
            spent: vec![(points, 5)],
            brought: vec![(points, 60)],
        }),
        GroupChange::Out(person),
        GroupChange::RoleSet {
            person,
            role,
            spend_max: vec![(points, 50)],
        },
        GroupChange::Brought {
            person,
            points,
            by: -6,
        },
        GroupChange::Spent {
            person,
            month: 660,
            points,
            by: 5,
        },
        GroupChange::Acted(Act {
            redemption: text("r-1"),
            person,
            month: 660,
        }),
        GroupChange::ActGone(text("r-1")),
        GroupChange::Closed(moment(1)),
        GroupChange::Wanted(Invitation {
            group,
            rule,
            role,
            until,
        }),
        GroupChange::WantedNoMore(group),
        GroupChange::Joined(Belongs {
            group,
            rule,
            since: moment(0),
        }),
        GroupChange::Left(moment(1)),
        GroupChange::JoinedTeam(Belongs {
            group,
            rule,
            since: moment(0),
        }),
        GroupChange::Contributed {
            person,
            challenge: Name::of("challenge may"),
            period: 664,
            step: 0,
            by: 2,
        },
        GroupChange::Told {
            person,
            challenge: Name::of("challenge may"),
            period: 664,
            reached: true,
        },
        GroupChange::EffortForgotten {
            challenge: Name::of("challenge may"),
            period: 664,
        },
    ]
}

pub(super) fn notes() -> Vec<GroupNote> {
    let (person, group, points) = (member(2), member(1), name());
    let (role, until, amount) = (name(), moment(14), 12);
    let why = || Box::new(Refusal::GroupFull);
    vec![
        GroupNote::By { person },
        GroupNote::Founded,
        GroupNote::Changed,
        GroupNote::Invited {
            person,
            role,
            until,
        },
        GroupNote::Wanted { group, role, until },
        GroupNote::Asked { group },
        GroupNote::Entered { person, role },
        GroupNote::TurnedAway { person, why: why() },
        GroupNote::Joined { group, role },
        GroupNote::NotLetIn { group, why: why() },
        GroupNote::BroughtAlong { points, amount },
        GroupNote::CameIn {
            person,
            points,
            amount,
        },
        GroupNote::Out { person },
        GroupNote::Share {
            person,
            points,
            amount,
        },
        GroupNote::Left { group },
        GroupNote::Got { points, amount },
        GroupNote::Role { person, role },
        GroupNote::Closed,
        GroupNote::OutsideContract,
    ]
}

pub(super) fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::UnknownGroup,
        Refusal::NotAGroup,
        Refusal::NotToBeAGroup,
        Refusal::IsAGroup,
        Refusal::GroupClosed,
        Refusal::GroupFull,
        Refusal::UnknownRole,
        Refusal::HeadExists,
        Refusal::InGroupAlready,
        Refusal::NotInGroup,
        Refusal::NotInvited,
        Refusal::RejoinTooSoon {
            again_at: moment(14),
        },
        Refusal::MayNotBuy,
        Refusal::MayNotSpend,
        Refusal::MayNotInvite,
        Refusal::MayNotManage,
        Refusal::SpendMaxReached {
            points: name(),
            left: 3,
        },
        Refusal::HeadStays,
        Refusal::NotMerged,
        Refusal::UnmergeTooLate,
        Refusal::MemberOnHold {
            reason: text("stolen"),
        },
        Refusal::NotOnHold,
        Refusal::NothingToReissue,
        Refusal::ReissuedAlready,
        Refusal::ReissueLimitReached,
        Refusal::UnknownReissue,
        Refusal::PointsLapsed,
    ]
}

pub(super) fn merges() -> Vec<Change> {
    vec![
        Change::MergeKept(Box::new(Merged {
            member: member(2),
            at: moment(0),
            lots: vec![paid()],
            progress: vec![Progress {
                metric: name(),
                day: 20_000,
                amount: 3,
            }],
            vouchers: vec![voucher()],
            gifted: vec![name()],
            orders: 2,
        })),
        Change::MergeForgotten(member(2)),
    ]
}

pub(super) fn parted() -> Vec<Note> {
    let (points, amount) = (name(), 12);
    vec![
        Note::PartedOut { points, amount },
        Note::Parted { from: member(1) },
        Note::PartedIn { points, amount },
    ]
}
