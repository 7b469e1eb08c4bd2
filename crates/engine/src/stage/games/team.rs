//! Challenges that teams do together.
//!
//! *"Fifty coffees in May": Ida's team has bought 48, two of them hers. Ben buys the last two, and
//! everybody who bought two at least gets 100 beans and a badge; Cleo, who bought none, gets nothing.
//! Ben returns his: what the team reached is taken back, unless the program says that it stays.*
//!
//! A team is a group whose people keep their wallets. What they do is decided there; their part goes to
//! the team's wallet, which counts for all, and tells each who took part once the goal is reached: events
//! in one commit (`docs/adr/0064`). Nobody gets what it gives twice in a period, whatever teams they
//! were in.

use super::challenge::{add, in_hand, is_dropped, period_of, settle, unsettle};
use super::streak::Run;
use super::{change, note};
use crate::draft::Draft;
use crate::event::{Event, Kind, TeamNews};
use crate::follow::tell;
use crate::outcome::{Change, GameNote};
use crate::program::{ChallengeRule, EffortOfLeaver, TeamRefund, TeamRule};
use crate::stage::earn::Scene;
use crate::state::{EffortPart, ForTeam, GameChange, GroupChange};
use regulars_base::{MemberId, Name, Timestamp};

/// Sends what a member did to their team; says how much of it counted.
pub(super) fn count(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    (rule, team): (&ChallengeRule, &TeamRule),
    step: u8,
    asked: i64,
) -> i64 {
    let at = scene.event.occurred_at;
    let (Some(belongs), Some(person)) = (draft.state.wallet.in_team(), draft.state.owner) else {
        return 0;
    };
    let dropped = is_dropped(draft, rule, period_of(draft, rule, at));
    if belongs.rule != team.group || at < belongs.since || asked <= 0 || dropped {
        return 0;
    }
    let to = ForTeam {
        team: belongs.group,
        person,
    };
    if scene.purchase().is_some() && draft.state.order.team.is_none() {
        draft.take(Change::OrderForTeam(to));
    }
    send(draft, scene.event, to, (rule.name, step), asked, at);
    asked
}

/// Tells the team that so much of an order came back.
pub(super) fn uncount(
    draft: &mut Draft<'_>,
    event: &Event,
    (rule, step): (&ChallengeRule, u8),
    by: i64,
    at: Timestamp,
) {
    if let Some(to) = draft.state.order.team {
        send(draft, event, to, (rule.name, step), -by, at);
    }
}

fn send(
    draft: &mut Draft<'_>,
    cause: &Event,
    to: ForTeam,
    (challenge, step): (Name, u8),
    by: i64,
    at: Timestamp,
) {
    let ForTeam { team, person } = to;
    note(
        draft,
        GameNote::ForTeam {
            challenge,
            step,
            by,
            team,
        },
    );
    let news = TeamNews::Effort {
        person,
        challenge,
        step,
        by,
        at,
    };
    post(draft, cause, team, news);
}

fn post(draft: &mut Draft<'_>, cause: &Event, to: MemberId, news: TeamNews) {
    // One event may count for several steps, and reach something for several people.
    let mark = format!("team-{}", draft.out.follow_ups.len());
    tell(draft, cause, &mark, to, Kind::TeamNews(Box::new(news)));
}

/// What a team hears of its people, or they of it. What this version of the program does not have is
/// not counted, and gives nothing.
pub(crate) fn news(draft: &mut Draft<'_>, event: &Event, news: &TeamNews) {
    let (TeamNews::Effort { challenge, .. }
    | TeamNews::Reached { challenge, .. }
    | TeamNews::Undone { challenge, .. }) = *news;
    let Some(rule) = draft.program.games.challenge(challenge) else {
        return;
    };
    let Some(team) = &rule.team else { return };
    match *news {
        TeamNews::Effort {
            person,
            step,
            by,
            at,
            ..
        } => {
            if let Some(period) = move_by(draft, rule, (person, step), by, at) {
                review(draft, event, (rule, team), period);
            }
        }
        TeamNews::Reached { team, period, .. } => {
            note(draft, GameNote::TeamReached { challenge, team });
            teams(draft, challenge, period, 1);
            settle(draft, rule, period, event.occurred_at);
        }
        TeamNews::Undone { team, period, .. } => {
            note(draft, GameNote::TeamUndone { challenge, team });
            let held = in_hand(draft, rule, period);
            // Of a member who was merged, or parted again, another wallet may know it.
            if held.is_some_and(|held| held.counts.first().is_some_and(|teams| *teams > 0)) {
                teams(draft, challenge, period, -1);
                unsettle(draft, rule, period);
            }
        }
    }
}

/// In a member's own wallet: so many teams reached it with them.
fn teams(draft: &mut Draft<'_>, challenge: Name, period: i32, by: i64) {
    let step = 0;
    change(
        draft,
        GameChange::Counted {
            challenge,
            period,
            step,
            by,
        },
    );
}

/// Counts somebody's part, and the same for the team; says in which period. Of what came back no more
/// comes off than they still have in it.
fn move_by(
    draft: &mut Draft<'_>,
    rule: &ChallengeRule,
    (person, step): (MemberId, u8),
    by: i64,
    at: Timestamp,
) -> Option<i32> {
    let period = period_of(draft, rule, at);
    draft.state.wallet.group()?;
    if is_dropped(draft, rule, period) {
        return None;
    }
    let counted = part(draft, rule, period, person).map_or(0, |part| part.counted(step));
    let by = by.max(-counted);
    if by == 0 {
        return None;
    }
    let challenge = rule.name;
    take(
        draft,
        GroupChange::Contributed {
            person,
            challenge,
            period,
            step,
            by,
        },
    );
    add(draft, rule, (step, period), by, at);
    let now = match (&rule.streak, in_hand(draft, rule, period)) {
        (_, None) => 0,
        (Some(streak), Some(held)) => Run::of(streak, rule.steps[0].need, held).length,
        (None, Some(held)) => held.counts.get(usize::from(step)).copied().unwrap_or(0),
    };
    note(
        draft,
        GameNote::TeamCounted {
            challenge,
            step,
            person,
            by,
            now,
        },
    );
    Some(period)
}

fn part<'a>(
    draft: &'a Draft<'_>,
    rule: &ChallengeRule,
    period: i32,
    person: MemberId,
) -> Option<&'a EffortPart> {
    let effort = draft.state.wallet.effort(rule.name, period)?;
    effort.part(person)
}

/// Compares what the team did with what is needed, and tells its people what follows.
fn review(
    draft: &mut Draft<'_>,
    event: &Event,
    (rule, team): (&ChallengeRule, &TeamRule),
    period: i32,
) {
    let challenge = rule.name;
    let Some(held) = in_hand(draft, rule, period) else {
        return;
    };
    let (was, is) = (held.done > 0, rule.met(held) > 0);
    let reached = is || (was && team.on_refund == TeamRefund::Keeps);
    if reached != was {
        let (by, times) = (if reached { 1 } else { -1 }, 1);
        change(
            draft,
            GameChange::Met {
                challenge,
                period,
                by,
            },
        );
        let said = match reached {
            true => GameNote::Met { challenge, times },
            false => GameNote::Unmet { challenge, times },
        };
        note(draft, said);
    }
    let Some(effort) = draft.state.wallet.effort(challenge, period) else {
        return;
    };
    let now_reached = reached && !was;
    for part in effort.clone().parts {
        let enough = part.counts.iter().any(|count| *count >= team.least);
        let group = draft.state.wallet.group();
        let belongs = group.is_some_and(|group| group.person(part.person).is_some());
        let gets = reached && enough && belongs && (now_reached || team.late);
        let loses = team.on_refund == TeamRefund::TakesBack && !(reached && enough);
        if !part.given && gets {
            tell_reached(draft, event, (challenge, period), part.person, true);
        } else if part.given && loses {
            tell_reached(draft, event, (challenge, period), part.person, false);
        }
    }
}

fn tell_reached(
    draft: &mut Draft<'_>,
    event: &Event,
    (challenge, period): (Name, i32),
    person: MemberId,
    reached: bool,
) {
    let Some(team) = draft.state.owner else {
        return;
    };
    take(
        draft,
        GroupChange::Told {
            person,
            challenge,
            period,
            reached,
        },
    );
    note(
        draft,
        GameNote::TookPart {
            challenge,
            person,
            reached,
        },
    );
    let news = match reached {
        true => TeamNews::Reached {
            team,
            challenge,
            period,
        },
        false => TeamNews::Undone {
            team,
            challenge,
            period,
        },
    };
    post(draft, event, person, news);
}

/// Somebody leaves the team: where the program says so, what they did leaves with them, of what is not
/// reached yet.
pub(crate) fn leave(draft: &mut Draft<'_>, person: MemberId) {
    let Some(groups) = draft.state.wallet.groups.as_deref() else {
        return;
    };
    let program = draft.program;
    let mut moves = Vec::new();
    for effort in &groups.efforts {
        let Some(rule) = program.games.challenge(effort.challenge) else {
            continue;
        };
        let leaves = rule.team.as_ref();
        let leaves = leaves.is_some_and(|team| team.on_leaving == EffortOfLeaver::Leaves);
        let held = in_hand(draft, rule, effort.period);
        if leaves && held.is_none_or(|held| held.done == 0) {
            let counts = effort.part(person).map_or(&[][..], |part| &part.counts);
            let steps = (0_u8..).zip(counts).filter(|(_, count)| **count > 0);
            moves.extend(steps.map(|(step, count)| (rule, effort.period, step, *count)));
        }
    }
    for (rule, period, step, count) in moves {
        let (challenge, by) = (rule.name, -count);
        take(
            draft,
            GroupChange::Contributed {
                person,
                challenge,
                period,
                step,
                by,
            },
        );
        change(
            draft,
            GameChange::Counted {
                challenge,
                period,
                step,
                by,
            },
        );
        let held = in_hand(draft, rule, period);
        let now = held.and_then(|held| held.counts.get(usize::from(step)).copied());
        note(
            draft,
            GameNote::TeamCounted {
                challenge,
                step,
                person,
                by,
                now: now.unwrap_or(0),
            },
        );
    }
}

/// A challenge is dropped from the wallet, and what people did for it.
pub(super) fn forget(draft: &mut Draft<'_>, challenge: Name, period: i32) {
    if draft.state.wallet.effort(challenge, period).is_some() {
        take(draft, GroupChange::EffortForgotten { challenge, period });
    }
}

fn take(draft: &mut Draft<'_>, change: GroupChange) {
    draft.take(Change::Group(Box::new(change)));
}
