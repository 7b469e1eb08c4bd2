//! Changes of a program that a second person must approve, where the shop wants it so: a proposal keeps
//! the text and what it would have changed when it was made, and waits.

use crate::cases::{read, written};
use crate::held_adjustments::is_same;
use crate::page::{Page, PageAsk};
use crate::plan::differences;
use crate::programs::{Apply, ProgramVersion, compiled, hex};
use crate::{App, Error, input};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::program::words::Language;
use regulars_store::{Case, CaseMove};
use serde::{Deserialize, Serialize};

/// The sort of case.
const PROPOSAL: &str = "program-proposal";

/// Where it is kept whether a second person is needed.
const NEEDED: &str = "program-approval";

/// How many of the last purchases a proposal is tried on.
const SAMPLE: usize = 1000;

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProposalState {
    /// It waits.
    Proposed,
    /// It is a version.
    Approved,
    /// It will be none.
    Rejected,
}

impl ProposalState {
    /// As it is stored and asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Proposed, Self::Approved, Self::Rejected]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What a proposal would change, as it was when it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalEffect {
    /// The version that it is compared with.
    pub against: Option<i64>,
    /// In words, rule by rule.
    pub differences: Vec<String>,
    /// How many of the last purchases were looked at.
    pub purchases: u64,
    /// How many would give something else.
    pub changed: u64,
    /// How many members would get more.
    pub members_better: u64,
    /// How many members would get less.
    pub members_worse: u64,
}

/// A change that waits, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: ProposalState,
    /// The program file.
    pub text: String,
    /// Why.
    pub note: String,
    /// From when on it is to decide; from its approval, if nothing.
    pub from: Option<Timestamp>,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What it would change.
    pub effect: ProposalEffect,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why it was rejected.
    pub reason: String,
    /// The version that it became.
    pub version: Option<i64>,
}

impl App {
    /// Whether a second person must approve what changes the program.
    pub fn approval_needed(&self, tenant: TenantId) -> Result<bool, Error> {
        let noted = self
            .core()
            .pool
            .with(|store| Ok(store.bookmark(tenant, NEEDED)?))?;
        Ok(noted.is_some())
    }

    /// Sets whether a second person must approve what changes the program.
    pub fn set_approval_needed(&self, tenant: TenantId, needed: bool) -> Result<(), Error> {
        self.core()
            .pool
            .with(|store| Ok(store.set_bookmark(tenant, NEEDED, needed.then_some("needed"))?))
    }

    /// Proposes a program file. `Error::InvalidProgram` if the text is wrong.
    pub fn propose_program(&self, tenant: TenantId, ask: &Apply) -> Result<Proposal, Error> {
        compiled(&ask.text)?;
        let plan = self.plan(tenant, &ask.text, SAMPLE)?;
        let now = self.now();
        let proposal = Proposal {
            id: format!("prp_{}", hex(&input::time_ordered(now))),
            state: ProposalState::Proposed,
            text: ask.text.clone(),
            note: ask.note.clone(),
            from: ask.from,
            by: ask.by.clone(),
            at: now,
            effect: ProposalEffect {
                against: plan.against,
                differences: plan.differences(Language::En),
                purchases: plan.effect.purchases,
                changed: plan.effect.changed,
                members_better: plan.effect.members_better,
                members_worse: plan.effect.members_worse,
            },
            decided_by: None,
            decided_at: None,
            reason: String::new(),
            version: None,
        };
        let case = Case {
            kind: PROPOSAL.into(),
            id: proposal.id.clone(),
            state: proposal.state.name().into(),
            body: written(&proposal)?,
        };
        self.core()
            .write(move |store| Ok(store.open_case(tenant, &case, &[])?))?;
        Ok(proposal)
    }

    /// A proposal.
    pub fn proposal(&self, tenant: TenantId, id: &str) -> Result<Proposal, Error> {
        read(&self.case(tenant, (PROPOSAL, "proposal"), id)?)
    }

    /// Proposals in the order in which they were made: those in one state, or all.
    pub fn proposals(
        &self,
        tenant: TenantId,
        state: Option<ProposalState>,
        page: &PageAsk,
    ) -> Result<Page<Proposal>, Error> {
        self.cases(
            tenant,
            (PROPOSAL, state.map(ProposalState::name)),
            page,
            read,
        )
    }

    /// A proposal with what it would change in a language. It is kept in English, and said anew from the
    /// two texts; where one of them compiles no more, the English stays.
    pub fn proposal_in(
        &self,
        tenant: TenantId,
        mut proposal: Proposal,
        language: Language,
    ) -> Result<Proposal, Error> {
        if language == Language::En {
            return Ok(proposal);
        }
        let versions = self.versions(tenant)?;
        let against = proposal.effect.against;
        let old = against.and_then(|no| versions.numbered(no));
        let is_lost = against.is_some() && old.is_none();
        if let (Ok(new), false) = (compiled(&proposal.text), is_lost) {
            let old = old.map(|old| &**old);
            proposal.effect.differences = differences(old, &new, language);
        }
        Ok(proposal)
    }

    /// Approves a proposal: it becomes a version. Whoever proposed it cannot; and it must be compared with
    /// the version that is in force, so that nobody approves what they have not seen.
    pub fn approve_proposal(
        &self,
        tenant: TenantId,
        id: &str,
        by: &str,
    ) -> Result<(Proposal, ProgramVersion), Error> {
        let mut proposal = self.proposal(tenant, id)?;
        if is_same(&proposal.by, by) {
            return Err(Error::SecondPerson(by.to_owned()));
        }
        // One whose approval broke off before it became a version is taken up again.
        let broke_off = proposal.state == ProposalState::Approved && proposal.version.is_none();
        if !broke_off {
            proposal = self.waiting_proposal(tenant, id)?;
        }
        let now = self.now();
        let current = match self.program_in_force(tenant, now) {
            Ok((version, _)) => Some(version),
            Err(Error::NoProgram) => None,
            Err(error) => return Err(error),
        };
        if !broke_off && proposal.effect.against != current {
            let what = "another version took over since it was proposed: propose it again, so that what it changes is known";
            return Err(Error::invalid("/proposal", what));
        }
        if !broke_off {
            proposal.state = ProposalState::Approved;
            proposal.decided_by = Some(by.to_owned());
            proposal.decided_at = Some(now);
            self.move_proposal(tenant, ProposalState::Proposed, &proposal)?;
        }
        let version = self.apply_now(
            tenant,
            &Apply {
                text: proposal.text.clone(),
                from: proposal.from,
                by: format!("{}, approved by {by}", proposal.by),
                note: proposal.note.clone(),
            },
        )?;
        proposal.version = Some(version.version);
        self.move_proposal(tenant, ProposalState::Approved, &proposal)?;
        Ok((proposal, version))
    }

    /// Rejects a proposal, or takes back one's own.
    pub fn reject_proposal(
        &self,
        tenant: TenantId,
        id: &str,
        by: &str,
        reason: &str,
    ) -> Result<Proposal, Error> {
        let mut proposal = self.waiting_proposal(tenant, id)?;
        proposal.state = ProposalState::Rejected;
        proposal.decided_by = Some(by.to_owned());
        proposal.decided_at = Some(self.now());
        reason.clone_into(&mut proposal.reason);
        self.move_proposal(tenant, ProposalState::Proposed, &proposal)?;
        Ok(proposal)
    }

    fn waiting_proposal(&self, tenant: TenantId, id: &str) -> Result<Proposal, Error> {
        let proposal = self.proposal(tenant, id)?;
        match proposal.state {
            ProposalState::Proposed => Ok(proposal),
            state => {
                let what = format!("is {} already", state.name());
                Err(Error::invalid("/proposal", what))
            }
        }
    }

    fn move_proposal(
        &self,
        tenant: TenantId,
        from: ProposalState,
        proposal: &Proposal,
    ) -> Result<(), Error> {
        let to = CaseMove {
            from: from.name().into(),
            to: proposal.state.name().into(),
            body: written(proposal)?,
            frees_marks: false,
        };
        self.decide_case(tenant, (PROPOSAL, &proposal.id), to)
    }
}
