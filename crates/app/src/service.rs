//! Service cases: what a member is not happy with, until somebody has made it good.
//!
//! A low score, a text about a theme that asks for it, a complaint on the pages for members or a person at the
//! desk opens one. It has a clock (by the hours in which the shop works), somebody whose it is, what was said to
//! and fro, and how it ended. What people do to it is checked against how they saw it: of two who change it at
//! once the second looks again. What was said is kept line by line beside it, so that two who write at once both
//! do ([ADR 0113](../../../docs/adr/0113-what-is-a-case-of-a-member.md)).

mod letters;
mod making_good;
mod report;
mod settings;

pub use letters::{InboundDone, InboundLetter};
pub use making_good::MadeGood;
pub use report::ServiceReport;
pub use settings::{FollowUp, ServiceSettings};

use crate::cases::{read, written};
use crate::page::all_of;
use crate::page::{Page, PageAsk};
use crate::programs::hex;
use crate::{App, Caller, Error, MemberRef, input};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_store::Case;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The sort of cases.
const SERVICE: &str = "service";
/// How the id of a case begins.
const CASE: &str = "cas_";
/// The sort of rows by which a member's cases are found; the member's id follows.
const OF_MEMBER: &str = "service-of:";
/// So many cases are looked at for a list, and read at a time.
const LOOKED_AT_MOST: usize = 20_000;
const ROWS: usize = 1000;
/// So many lines a case has at most.
const LINES_MOST: usize = 1000;
const SUBJECT_MOST: usize = 200;
const TEXT_MOST: usize = 10_000;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// It is the shop's turn.
    Open,
    /// It is the member's turn.
    Waiting,
    /// It is over.
    Solved,
}

impl ServiceState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Waiting, Self::Solved];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Solved => "solved",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// Why a case was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceCause {
    /// An answer to a survey.
    LowScore,
    /// What a text is about.
    Keyword,
    /// A member wrote.
    Complaint,
    /// Somebody at the desk.
    ByHand,
}

impl ServiceCause {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LowScore => "low_score",
            Self::Keyword => "keyword",
            Self::Complaint => "complaint",
            Self::ByHand => "by_hand",
        }
    }
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceOutcome {
    /// The shop made it good.
    MadeGood,
    /// It was explained.
    Explained,
    /// There was nothing to do.
    Nothing,
}

impl ServiceOutcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::MadeGood, Self::Explained, Self::Nothing];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MadeGood => "made_good",
            Self::Explained => "explained",
            Self::Nothing => "nothing",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// A person whose case it is, or who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Their id, or that of a key.
    pub id: String,
    /// What they are called.
    pub name: String,
}

/// A case of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceCase {
    /// Its id (`cas_…`).
    pub id: String,
    /// Where it stands.
    pub state: ServiceState,
    /// Why it was opened.
    pub cause: ServiceCause,
    /// Whose it is about.
    pub member: MemberId,
    /// The organisation that they belong to, where somebody looks after it.
    pub group: Option<MemberId>,
    /// What it is about, in one line; empty once the member was forgotten.
    pub subject: String,
    /// The survey and the asking that it came from.
    pub survey: Option<(String, String)>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whose it is.
    pub agent: Option<Agent>,
    /// Until when the member has a first answer.
    pub answer_due: Timestamp,
    /// Until when it is solved.
    pub solve_due: Timestamp,
    /// When they had one.
    pub answered_at: Option<Timestamp>,
    /// When it was solved, the last time.
    pub solved_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<ServiceOutcome>,
    /// Points that were given for it, and how often.
    pub made_good: i64,
    /// How often something was given: it names each.
    pub gifts: u32,
}

impl ServiceCase {
    /// Until when something is to be done next; nothing where that is the member's turn, or it is over.
    pub fn due(&self) -> Option<Timestamp> {
        match (self.state, self.answered_at) {
            (ServiceState::Solved | ServiceState::Waiting, _) => None,
            (ServiceState::Open, None) => Some(self.answer_due),
            (ServiceState::Open, Some(_)) => Some(self.solve_due),
        }
    }

    /// Whether a promise was broken by then: the first answer or the solution came late, or is late.
    pub fn is_late(&self, now: Timestamp) -> bool {
        let late = |done: Option<Timestamp>, due: Timestamp| done.unwrap_or(now) > due;
        let unsolved = self
            .solved_at
            .filter(|_| self.state == ServiceState::Solved);
        late(self.answered_at.or(unsolved), self.answer_due) || late(unsolved, self.solve_due)
    }
}

/// What a line of a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The member said it.
    Member,
    /// It was said to the member.
    Reply,
    /// It is between agents.
    Note,
    /// Something was done.
    Change,
}

/// A line of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLine {
    /// Its number, in the order of time.
    pub id: String,
    /// What it is.
    pub kind: LineKind,
    /// When.
    pub at: Timestamp,
    /// Who, if not the member.
    pub by: Option<Agent>,
    /// What was said; empty once the member was forgotten.
    pub text: String,
    /// The letter's `Message-ID`, with its brackets.
    #[serde(default)]
    pub letter: Option<String>,
    /// Why a letter was not taken; empty if it was, or none was sent.
    #[serde(default)]
    pub unsent: String,
}

/// A case to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// Whose.
    pub member: MemberId,
    /// Why.
    pub cause: ServiceCause,
    /// What it is about, in one line.
    pub subject: String,
    /// What the member said; or what the desk notes.
    pub text: String,
    /// The survey and the asking that it comes from: for one asking there is one case.
    pub survey: Option<(String, String)>,
    /// Who opens it, if not the member or a rule.
    pub by: Option<Agent>,
}

/// Which cases are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAsk {
    /// In this state; those that are not solved, if nothing.
    pub state: Option<ServiceState>,
    /// Of this agent; `Some(None)` for those that nobody has.
    pub agent: Option<Option<String>>,
    /// Late ones only.
    pub late: bool,
    /// Of this member only.
    pub member: Option<MemberId>,
    /// Of people of this organisation only.
    pub group: Option<MemberId>,
}

/// What somebody does to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceChange {
    /// It becomes somebody's, or nobody's.
    Assign(Option<String>),
    /// It is over.
    Solve(ServiceOutcome),
    /// It is not over after all.
    Reopen,
}

impl Caller {
    /// Who that is, as lines of cases name them.
    pub fn agent(&self) -> Agent {
        Agent {
            id: self.key.clone(),
            name: self.name.clone(),
        }
    }
}

fn checked(text: &str, at: &str, most: usize) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most {
        return Err(Error::invalid(
            at,
            format!("must be 1 to {most} characters"),
        ));
    }
    Ok(text.to_owned())
}

impl App {
    /// Opens a case; nothing if the asking it comes from has one already.
    pub fn open_service_case(
        &self,
        tenant: TenantId,
        new: &NewCase,
    ) -> Result<Option<ServiceCase>, Error> {
        let mut subject = new.subject.replace(['\r', '\n'], " ");
        subject = checked(&subject, "/subject", SUBJECT_MOST)?;
        let text = checked(&new.text, "/text", TEXT_MOST)?;
        let now = self.now();
        let member = self.member(tenant, &MemberRef::Id(new.member))?.id;
        let settings = self.service_settings(tenant)?;
        let (_, program) = self.program_in_force(tenant, now)?;
        let hours = settings.business_hours();
        let after = |minutes| hours.after(now, minutes, &program.zone);
        let (group, agent) = self.account_manager_of(tenant, member)?;
        let case = ServiceCase {
            id: format!("{CASE}{}", hex(&input::time_ordered(now)[..10])),
            state: ServiceState::Open,
            cause: new.cause,
            member,
            group,
            subject,
            survey: new.survey.clone(),
            opened_at: now,
            agent,
            answer_due: after(settings.answer_minutes),
            solve_due: after(settings.solve_minutes),
            answered_at: None,
            solved_at: None,
            outcome: None,
            made_good: 0,
            gifts: 0,
        };
        let row = row_of(&case)?;
        let marks: Vec<[u8; 32]> = new
            .survey
            .iter()
            .map(|own| Sha256::digest(format!("{SERVICE}\n{}", own.1)).into())
            .collect();
        let index = Case {
            kind: format!("{OF_MEMBER}{member}"),
            id: case.id.clone(),
            state: String::new(),
            body: "{}".into(),
        };
        let opened = self.core().write(move |store| {
            let taken = store.open_case(tenant, &row, &marks)?;
            if taken.is_none() {
                store.open_case(tenant, &index, &[])?;
            }
            Ok(taken.is_none())
        })?;
        if !opened {
            return Ok(None);
        }
        let kind = match new.by {
            None => LineKind::Member,
            Some(_) => LineKind::Note,
        };
        self.add_line(tenant, &case.id, (kind, new.by.clone()), &text)?;
        Ok(Some(case))
    }

    /// A case.
    pub fn service_case(&self, tenant: TenantId, id: &str) -> Result<ServiceCase, Error> {
        read(&self.case(tenant, (SERVICE, "case"), id)?)
    }

    /// What was said and done, the oldest first.
    pub fn service_lines(&self, tenant: TenantId, id: &str) -> Result<Vec<ServiceLine>, Error> {
        let page = PageAsk {
            after: None,
            limit: LINES_MOST,
        };
        Ok(self.cases(tenant, (id, None), &page, read)?.items)
    }

    /// Cases, those first that are due first; what is nobody's turn comes after, the newest first.
    pub fn service_cases(
        &self,
        tenant: TenantId,
        ask: &ServiceAsk,
        page: &PageAsk,
    ) -> Result<Page<ServiceCase>, Error> {
        let now = self.now();
        let mut all = Vec::new();
        match ask.state {
            Some(state) => all.extend(self.all_service_cases(tenant, Some(state))?),
            None => {
                for state in [ServiceState::Open, ServiceState::Waiting] {
                    all.extend(self.all_service_cases(tenant, Some(state))?);
                }
            }
        }
        let wanted = |own: &ServiceCase| {
            let agent = own.agent.as_ref().map(|own| &own.id);
            ask.agent
                .as_ref()
                .is_none_or(|asked| asked.as_ref() == agent)
                && (!ask.late || own.is_late(now))
                && ask.member.is_none_or(|member| own.member == member)
                && ask.group.is_none_or(|group| own.group == Some(group))
        };
        let mut keyed: Vec<(String, ServiceCase)> = all
            .into_iter()
            .filter(wanted)
            .map(|own| (place(&own), own))
            .collect();
        keyed.sort_by(|one, other| one.0.cmp(&other.0));
        let page = Page::of(keyed, page, |own| &own.0);
        Ok(page.map(|own| own.1))
    }

    /// All cases in a state or in any, by age; at most so many as are looked at for a list.
    pub(crate) fn all_service_cases(
        &self,
        tenant: TenantId,
        state: Option<ServiceState>,
    ) -> Result<Vec<ServiceCase>, Error> {
        let of = (SERVICE, state.map(ServiceState::name));
        all_of((ROWS, LOOKED_AT_MOST), |page| {
            self.cases(tenant, of, page, read)
        })
    }

    /// The cases of a member, by age.
    pub fn service_cases_of(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<ServiceCase>, Error> {
        let kind = format!("{OF_MEMBER}{member}");
        let page = PageAsk {
            after: None,
            limit: ROWS,
        };
        let ids = self.cases(tenant, (&kind, None), &page, |own| Ok(own.id.clone()))?;
        ids.items
            .iter()
            .map(|id| self.service_case(tenant, id))
            .collect()
    }

    /// Does something to a case, and writes down who did.
    pub fn change_service_case(
        &self,
        by: &Caller,
        id: &str,
        change: &ServiceChange,
    ) -> Result<ServiceCase, Error> {
        let now = self.now();
        let agent = match change {
            ServiceChange::Assign(Some(own)) if *own == by.key => Some(by.agent()),
            ServiceChange::Assign(Some(person)) => {
                let person = self.person(by.tenant, person)?;
                Some(Agent {
                    id: person.id,
                    name: person.name,
                })
            }
            _ => None,
        };
        let (case, says) = self.rewrite(by.tenant, id, |case| {
            Ok(match change {
                ServiceChange::Assign(_) => {
                    case.agent.clone_from(&agent);
                    match &agent {
                        Some(agent) => format!("assigned to {}", agent.name),
                        None => "assigned to nobody".into(),
                    }
                }
                ServiceChange::Solve(outcome) => {
                    if case.state == ServiceState::Solved {
                        return Err(Error::invalid("/case", "is solved already"));
                    }
                    case.state = ServiceState::Solved;
                    case.solved_at = Some(now);
                    case.outcome = Some(*outcome);
                    format!("solved: {}", outcome.name())
                }
                ServiceChange::Reopen => {
                    if case.state != ServiceState::Solved {
                        return Err(Error::invalid("/case", "is not solved"));
                    }
                    case.state = ServiceState::Open;
                    "opened again".into()
                }
            })
        })?;
        self.add_line(by.tenant, id, (LineKind::Change, Some(by.agent())), &says)?;
        if matches!(change, ServiceChange::Solve(_)) {
            self.follow_up(by.tenant, &case)?;
        }
        Ok(case)
    }

    /// Asks the member by a survey, so many days after their case was solved, once.
    fn follow_up(&self, tenant: TenantId, case: &ServiceCase) -> Result<(), Error> {
        let Some(own) = self.service_settings(tenant)?.follow_up else {
            return Ok(());
        };
        let to = (own.survey.as_str(), case.member);
        self.ask_later(tenant, to, (&case.id, own.days))
    }

    /// A note between agents.
    pub fn note_on_case(&self, by: &Caller, id: &str, text: &str) -> Result<ServiceLine, Error> {
        self.service_case(by.tenant, id)?;
        let text = checked(text, "/text", TEXT_MOST)?;
        self.add_line(by.tenant, id, (LineKind::Note, Some(by.agent())), &text)
    }

    /// A member says something in a case of theirs: it is the shop's turn again.
    pub fn answer_own_case(
        &self,
        tenant: TenantId,
        (member, id): (MemberId, &str),
        text: &str,
    ) -> Result<ServiceCase, Error> {
        let case = self.service_case(tenant, id)?;
        if case.member != member {
            return Err(Error::not_found("case", id));
        }
        self.said_by_member(tenant, id, text, None)
    }

    fn said_by_member(
        &self,
        tenant: TenantId,
        id: &str,
        text: &str,
        letter: Option<String>,
    ) -> Result<ServiceCase, Error> {
        let text = checked(text, "/text", TEXT_MOST)?;
        let line = ServiceLine {
            letter,
            ..self.line(LineKind::Member, None, &text)
        };
        self.keep_line(tenant, id, &line)?;
        let (case, ()) = self.rewrite(tenant, id, |case| {
            case.state = ServiceState::Open;
            Ok(())
        })?;
        Ok(case)
    }

    /// Changes a case as it is now, however many others change it.
    fn rewrite<T>(
        &self,
        tenant: TenantId,
        id: &str,
        mut change: impl FnMut(&mut ServiceCase) -> Result<T, Error>,
    ) -> Result<(ServiceCase, T), Error> {
        self.rewrite_case(tenant, (SERVICE, "case"), id, |seen| {
            let mut case: ServiceCase = read(seen)?;
            let done = change(&mut case)?;
            Ok((Some(row_of(&case)?), (case, done)))
        })
    }

    fn line(&self, kind: LineKind, by: Option<Agent>, text: &str) -> ServiceLine {
        let now = self.now();
        ServiceLine {
            id: hex(&input::time_ordered(now)),
            kind,
            at: now,
            by,
            text: text.to_owned(),
            letter: None,
            unsent: String::new(),
        }
    }

    fn add_line(
        &self,
        tenant: TenantId,
        case: &str,
        (kind, by): (LineKind, Option<Agent>),
        text: &str,
    ) -> Result<ServiceLine, Error> {
        let line = self.line(kind, by, text);
        self.keep_line(tenant, case, &line)?;
        Ok(line)
    }

    fn keep_line(&self, tenant: TenantId, case: &str, line: &ServiceLine) -> Result<(), Error> {
        let row = Case {
            kind: case.to_owned(),
            id: line.id.clone(),
            state: String::new(),
            body: written(line)?,
        };
        self.core()
            .write(move |store| Ok(store.open_case(tenant, &row, &[]).map(drop)?))
    }

    /// Takes what was said out of the cases of a member who is forgotten. That there was a case, and how it
    /// ended, stays.
    pub(crate) fn forget_service_cases(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<(), Error> {
        for case in self.service_cases_of(tenant, member)? {
            self.forget_service_case(tenant, &case.id)?;
        }
        Ok(())
    }

    /// Takes what was said out of a case.
    pub(crate) fn forget_service_case(&self, tenant: TenantId, id: &str) -> Result<(), Error> {
        for line in self.service_lines(tenant, id)? {
            if line.kind == LineKind::Change {
                continue;
            }
            let seen = self.case(tenant, (id, "line"), &line.id)?;
            let next = Case {
                body: written(&ServiceLine {
                    text: String::new(),
                    letter: None,
                    ..line
                })?,
                ..seen.clone()
            };
            self.core()
                .write(move |store| Ok(store.replace_case(tenant, &seen, &next)?))?;
        }
        // Last, so that a case which has a subject is known to have words yet.
        self.rewrite(tenant, id, |case| {
            case.subject = String::new();
            Ok(())
        })?;
        Ok(())
    }
}

fn row_of(case: &ServiceCase) -> Result<Case, Error> {
    Ok(Case {
        kind: SERVICE.into(),
        id: case.id.clone(),
        state: case.state.name().into(),
        body: written(case)?,
    })
}

/// Where a case stands in a list: what is due first comes first, and of the rest the newest.
fn place(case: &ServiceCase) -> String {
    match case.due() {
        Some(due) => format!("0{:020}{}", due.micros().max(0), case.id),
        None => format!("1{:020}{}", i64::MAX - case.opened_at.micros(), case.id),
    }
}
