//! Service cases, as agents and as members see them.

use super::metric::figure;
use regulars_api::Amount;
use regulars_api::service::{
    AgentOut, CaseLineOut, CaseOut, FollowUpBody, OwnCaseLineOut, OwnCaseOut, ServiceReportOut,
    ServiceSettingsBody,
};
use regulars_api::survey::NamedCountOut;
use regulars_app::{Agent, LineKind, ServiceCase, ServiceLine, ServiceReport, ServiceSettings};
use regulars_base::Timestamp;

fn agent(own: &Agent) -> AgentOut {
    AgentOut {
        id: own.id.clone(),
        name: own.name.clone(),
    }
}

/// A case as it stands at a moment, with points of so many decimals.
pub fn case(own: &ServiceCase, now: Timestamp, decimals: u8) -> CaseOut {
    CaseOut {
        id: own.id.clone(),
        state: own.state.name().to_owned(),
        cause: own.cause.name().to_owned(),
        member: own.member.to_string(),
        group: own.group.map(|own| own.to_string()),
        subject: own.subject.clone(),
        survey: own.survey.as_ref().map(|own| own.0.clone()),
        opened_at: own.opened_at.to_string(),
        agent: own.agent.as_ref().map(agent),
        answer_due: own.answer_due.to_string(),
        solve_due: own.solve_due.to_string(),
        due: own.due().map(|at| at.to_string()),
        late: own.is_late(now),
        answered_at: own.answered_at.map(|at| at.to_string()),
        solved_at: own.solved_at.map(|at| at.to_string()),
        outcome: own.outcome.map(|own| own.name().to_owned()),
        made_good: Amount::number(own.made_good, decimals).0,
    }
}

/// A line of a case.
pub fn case_line(own: ServiceLine) -> CaseLineOut {
    CaseLineOut {
        id: own.id,
        kind: match own.kind {
            LineKind::Member => "member",
            LineKind::Reply => "reply",
            LineKind::Note => "note",
            LineKind::Change => "change",
        }
        .to_owned(),
        at: own.at.to_string(),
        by: own.by.as_ref().map(agent),
        text: own.text,
        unsent: Some(own.unsent).filter(|own| !own.is_empty()),
    }
}

/// A case as its member sees it: what was said, and nothing of what agents say among themselves.
pub fn own_case(own: ServiceCase, lines: Vec<ServiceLine>) -> OwnCaseOut {
    let said = |line: &ServiceLine| matches!(line.kind, LineKind::Member | LineKind::Reply);
    let lines = lines.into_iter().filter(said).map(|line| OwnCaseLineOut {
        own: line.kind == LineKind::Member,
        at: line.at.to_string(),
        text: line.text,
    });
    OwnCaseOut {
        id: own.id,
        state: own.state.name().to_owned(),
        subject: own.subject,
        opened_at: own.opened_at.to_string(),
        lines: lines.collect(),
    }
}

/// What is promised.
pub fn service_settings(own: &ServiceSettings) -> ServiceSettingsBody {
    ServiceSettingsBody {
        hours: own.hours.to_vec(),
        answer_minutes: own.answer_minutes,
        solve_minutes: own.solve_minutes,
        budget: own.budget,
        recovered_days: own.recovered_days,
        reply_to: own.reply_to.clone(),
        follow_up: own.follow_up.as_ref().map(|own| FollowUpBody {
            survey: own.survey.clone(),
            days: own.days,
        }),
    }
}

/// How cases went.
pub fn service_report(own: &ServiceReport, decimals: u8) -> ServiceReportOut {
    let causes = own.causes.iter().map(|(name, count)| NamedCountOut {
        name: (*name).to_owned(),
        count: *count,
    });
    ServiceReportOut {
        opened: own.opened,
        solved: own.solved,
        answered_in_time: figure(&own.answered_in_time),
        solved_in_time: figure(&own.solved_in_time),
        answer_minutes: own.answer_minutes,
        solve_minutes: own.solve_minutes,
        recovered: figure(&own.recovered),
        lost: own.lost,
        open_still: own.open_still,
        made_good: Amount::number(own.made_good, decimals).0,
        causes: causes.collect(),
    }
}
