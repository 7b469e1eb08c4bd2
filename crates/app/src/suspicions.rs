//! Suspicions: signs that somebody takes advantage of the program, until a person has looked.
//!
//! Signs are found behind the log and at night, and at the door when points are about to leave. One suspicion
//! gathers all that speaks against one suspect. From a score on a member is put on hold by an event of the log; a
//! person clears them, or takes back what the rows gave that a sign names ([ADR
//! 0127](../../../docs/adr/0127-what-happens-to-somebody-who-takes-advantage.md)).

mod decide;
mod door;
mod look;
mod settings;

pub use decide::{Ruled, Ruling as SuspicionRuling};
pub(crate) use door::{forget_door, note_contact};
pub use look::SuspicionsLooked;
pub(crate) use look::run;

use crate::cases::{read, written};
use crate::page::{Page, PageAsk, all_of};
use crate::programs::hex;
use crate::{App, Error, MemberRef, input};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engage::suspicion::{Sign, SignKind, Suspect, SuspicionRules, score};
use regulars_engine::event::{Kind, MemberHold};
use regulars_engine::outcome::Verdict;
use regulars_store::Case;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The sort of cases.
const SUSPICION: &str = "suspicion";
/// The sort of rows by which the suspicions of a suspect are found.
const OF_SUSPECT: &str = "suspicion-of:";
/// The sort of rows that say of which suspicions points are taken later.
const LATER: &str = "suspicion-later";
/// The source of what is booked for a suspicion, and who does it where nobody is there.
const SOURCE: &str = "suspicion";
const WATCH: &str = "watch";
/// So many suspicions are looked at for a list, and read at a time.
const LOOKED_AT_MOST: usize = 20_000;
const ROWS: usize = 1000;
/// So often a change is tried that others get in the way of.
const TRIES: usize = 8;
/// So much evidence a sign keeps.
const EVIDENCE_MOST: usize = 500;

/// Where a suspicion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspicionState {
    /// Somebody must look.
    Open,
    /// There was nothing wrong.
    Cleared,
    /// What was given wrongly was taken back.
    Reversed,
}

impl SuspicionState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Cleared, Self::Reversed];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Cleared => "cleared",
            Self::Reversed => "reversed",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// What became of points that are to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenState {
    /// Nothing is there any more.
    Gone,
    /// They are about to be booked.
    Due,
    /// They are booked.
    Booked,
    /// They are more than who decided may adjust: they wait for a second person.
    Waits,
    /// What was free is booked; the rest is not free yet, and is taken as soon as it is.
    Later,
}

impl TakenState {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Due => "due",
            Self::Booked => "booked",
            Self::Waits => "waits",
            Self::Later => "later",
        }
    }
}

/// Points of a member that are taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Whose.
    pub member: MemberId,
    /// Which points, by their id in the program file.
    pub points: Text,
    /// Their decimals.
    pub decimals: u8,
    /// How many were given wrongly, in the smallest unit.
    pub given: i64,
    /// How many of them were still there, and are taken.
    pub amount: i64,
    /// How many are not free yet, and are taken as soon as they are.
    pub later: i64,
    /// What became of it.
    pub state: TakenState,
}

/// All that speaks against somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspicion {
    /// Its id (`sus_…`).
    pub id: String,
    /// Where it stands.
    pub state: SuspicionState,
    /// Against whom.
    pub suspect: Suspect,
    /// What an agent or a caller is called.
    pub name: String,
    /// The reasons.
    pub signs: Vec<Sign>,
    /// What they come to.
    pub score: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When a reason last came in.
    pub changed_at: Timestamp,
    /// When the member was put on hold for it.
    pub held_at: Option<Timestamp>,
    /// Who decided, by name and id.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
    /// Whether the member stays on hold.
    pub stays_on_hold: bool,
    /// What is taken back.
    pub taken: Vec<Taken>,
}

/// Which suspicions are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuspicionAsk {
    /// In this state; those that are open, if nothing.
    pub state: Option<SuspicionState>,
    /// With a sign of this kind.
    pub sign: Option<SignKind>,
    /// Against suspects of this kind.
    pub suspect: Option<String>,
    /// Against this member.
    pub member: Option<MemberId>,
    /// With this score at least.
    pub least: i64,
}

/// What signs came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Raised {
    /// Nothing that somebody would have to look at, or nothing new.
    #[default]
    Nothing,
    /// There is a suspicion, or more speaks for one.
    More {
        /// It is a new one.
        opened: bool,
        /// The member was put on hold.
        held: bool,
    },
}

impl App {
    /// A suspicion.
    pub fn suspicion(&self, tenant: TenantId, id: &str) -> Result<Suspicion, Error> {
        read(&self.case(tenant, (SUSPICION, "suspicion"), id)?)
    }

    /// Suspicions, those for which most speaks first.
    pub fn suspicions(
        &self,
        tenant: TenantId,
        ask: &SuspicionAsk,
        page: &PageAsk,
    ) -> Result<Page<Suspicion>, Error> {
        let state = ask.state.unwrap_or(SuspicionState::Open);
        let wanted = |own: &Suspicion| {
            let is_member = |member| own.suspect == Suspect::Member(member);
            ask.sign
                .is_none_or(|kind| own.signs.iter().any(|sign| sign.kind == kind))
                && (ask.suspect.as_deref()).is_none_or(|kind| own.suspect.kind() == kind)
                && ask.member.is_none_or(is_member)
                && own.score >= ask.least
        };
        let all = self.all_suspicions(tenant, state)?.into_iter();
        let mut keyed: Vec<(String, Suspicion)> =
            all.filter(wanted).map(|own| (place(&own), own)).collect();
        keyed.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Page::of(keyed, page, |own| &own.0).map(|own| own.1))
    }

    /// All in a state, by age; at most so many as are looked at for a list.
    fn all_suspicions(
        &self,
        tenant: TenantId,
        state: SuspicionState,
    ) -> Result<Vec<Suspicion>, Error> {
        let of = (SUSPICION, Some(state.name()));
        all_of((ROWS, LOOKED_AT_MOST), |page| {
            self.cases(tenant, of, page, read)
        })
    }

    /// Those of a suspect, by age.
    fn suspicions_of(&self, tenant: TenantId, suspect: &Suspect) -> Result<Vec<Suspicion>, Error> {
        let page = PageAsk {
            after: None,
            limit: ROWS,
        };
        let kind = index(suspect);
        let ids = self.cases(tenant, (&kind, None), &page, |own| Ok(own.id.clone()))?;
        let ids = ids.items.iter();
        ids.map(|id| self.suspicion(tenant, id)).collect()
    }

    /// Puts signs to what is known of a suspect: opens a suspicion where they come to enough, or adds them to the
    /// one that is open; and puts a member on hold where all come to that.
    fn raise(
        &self,
        tenant: TenantId,
        rules: &SuspicionRules,
        (suspect, name, signs): (&Suspect, &str, Vec<Sign>),
    ) -> Result<Raised, Error> {
        let past = self.suspicions_of(tenant, suspect)?;
        let signs: Vec<Sign> = signs.into_iter().filter(|own| is_new(own, &past)).collect();
        if signs.is_empty() {
            return Ok(Raised::Nothing);
        }
        let now = self.now();
        let mut open = open_of(past);
        for _ in 0..TRIES {
            let (own, opened) = match open {
                Some(id) => match self.add_signs(tenant, &id, &signs, now)? {
                    Added::Nothing => return Ok(Raised::Nothing),
                    Added::More(own) => (own, false),
                    Added::Decided => {
                        open = open_of(self.suspicions_of(tenant, suspect)?);
                        continue;
                    }
                },
                // Where too little speaks for a new one, it may still add to one that is open.
                None if score(&signs) < rules.review_from => return Ok(Raised::Nothing),
                None => match self.open_suspicion(tenant, (suspect, name), (&signs, now))? {
                    Ok(own) => (own, true),
                    Err(id) => {
                        open = Some(id);
                        continue;
                    }
                },
            };
            let held = own.score >= rules.hold_from && self.put_on_hold(tenant, &own)?;
            return Ok(Raised::More { opened, held });
        }
        Err(Error::Retry("many look at this suspect at once".into()))
    }

    /// Opens one; the id of the one that somebody else has just opened, if somebody did.
    fn open_suspicion(
        &self,
        tenant: TenantId,
        (suspect, name): (&Suspect, &str),
        (signs, now): (&[Sign], Timestamp),
    ) -> Result<Result<Box<Suspicion>, String>, Error> {
        let own = Suspicion {
            id: format!("sus_{}", hex(&input::time_ordered(now)[..10])),
            state: SuspicionState::Open,
            suspect: suspect.clone(),
            name: name.to_owned(),
            signs: signs.to_vec(),
            score: score(signs),
            opened_at: now,
            changed_at: now,
            held_at: None,
            decided_by: None,
            decided_at: None,
            reason: None,
            stays_on_hold: false,
            taken: Vec::new(),
        };
        let row = row_of(&own)?;
        let index = Case {
            kind: index(suspect),
            id: own.id.clone(),
            state: String::new(),
            body: "{}".into(),
        };
        let mark = mark(suspect);
        let taken = self.core().write(move |store| {
            let taken = store.open_case(tenant, &row, &[mark])?;
            if taken.is_none() {
                store.open_case(tenant, &index, &[])?;
            }
            Ok(taken)
        })?;
        Ok(taken.map_or(Ok(Box::new(own)), Err))
    }

    /// Adds to an open one.
    fn add_signs(
        &self,
        tenant: TenantId,
        id: &str,
        signs: &[Sign],
        now: Timestamp,
    ) -> Result<Added, Error> {
        self.rewrite_case(tenant, (SUSPICION, "suspicion"), id, |seen| {
            let mut own: Suspicion = read(seen)?;
            if own.state != SuspicionState::Open {
                return Ok((None, Added::Decided));
            }
            if !add(&mut own.signs, signs) {
                return Ok((None, Added::Nothing));
            }
            own.score = score(&own.signs);
            own.changed_at = now;
            Ok((Some(row_of(&own)?), Added::More(Box::new(own))))
        })
    }

    /// Puts the member on hold until somebody has looked, by an event like that of the desk; whether it did.
    /// Whoever is on hold already stays so by whoever put them there.
    fn put_on_hold(&self, tenant: TenantId, own: &Suspicion) -> Result<bool, Error> {
        let Suspect::Member(member) = own.suspect else {
            return Ok(false);
        };
        if own.held_at.is_some() {
            return Ok(false);
        }
        let reason = text(&format!("is looked at ({})", own.id))?;
        let done = self.hold(tenant, (member, true), (&reason, WATCH), &own.id)?;
        if !done {
            return Ok(false);
        }
        let now = self.now();
        self.rewrite_suspicion(tenant, &own.id, |own| own.held_at = Some(now))?;
        Ok(true)
    }

    /// Puts a member on hold or lets them go, once for a suspicion; whether that was so.
    fn hold(
        &self,
        tenant: TenantId,
        (member, on): (MemberId, bool),
        (reason, by): (&Text, &str),
        id: &str,
    ) -> Result<bool, Error> {
        let kind = Kind::MemberHold(Box::new(MemberHold {
            on,
            reason: reason.clone(),
            by: text(by)?,
        }));
        let key = EventKey {
            source: text(SOURCE)?,
            external_id: text(&format!("{id}/{}", if on { "hold" } else { "let-go" }))?,
        };
        let receipt = self.serve(tenant, &MemberRef::Id(member), kind, key)?;
        Ok(receipt.verdict == Verdict::Accepted)
    }

    /// Changes a suspicion as it is now, however many others change it.
    fn rewrite_suspicion(
        &self,
        tenant: TenantId,
        id: &str,
        mut change: impl FnMut(&mut Suspicion),
    ) -> Result<Suspicion, Error> {
        self.rewrite_case(tenant, (SUSPICION, "suspicion"), id, |seen| {
            let mut own: Suspicion = read(seen)?;
            change(&mut own);
            Ok((Some(row_of(&own)?), own))
        })
    }
}

/// The one that is open, by its id.
fn open_of(all: Vec<Suspicion>) -> Option<String> {
    let mut all = all.into_iter();
    all.find(|own| own.state == SuspicionState::Open)
        .map(|own| own.id)
}

/// What became of signs that were to be added.
enum Added {
    /// They were there.
    Nothing,
    /// They speak for more.
    More(Box<Suspicion>),
    /// It was decided this moment.
    Decided,
}

/// Whether a sign is none of those that somebody has said are as they should be: what is so, and not done, counts
/// again only when others come in.
fn is_new(sign: &Sign, past: &[Suspicion]) -> bool {
    if !sign.kind.is_standing() {
        return true;
    }
    let decided = past
        .iter()
        .filter(|own| own.state != SuspicionState::Open)
        .flat_map(|own| &own.signs)
        .filter(|own| own.kind == sign.kind && own.of == sign.of);
    let known: BTreeSet<MemberId> = decided.flat_map(|own| own.others.clone()).collect();
    sign.others.iter().any(|other| !known.contains(other))
}

/// Puts signs to those that are there: one of a kind replaces an earlier one, and keeps its evidence. Whether
/// anything is another since.
fn add(to: &mut Vec<Sign>, signs: &[Sign]) -> bool {
    let mut moved = false;
    for sign in signs {
        let mut sign = sign.clone();
        let same = |own: &Sign| {
            let minutes = |sign: &Sign| sign.figures.get("minutes").copied();
            let is_pace = sign.kind == SignKind::Pace;
            own.kind == sign.kind
                && own.of == sign.of
                && (!is_pace || minutes(own) == minutes(&sign))
        };
        match to.iter().position(same) {
            None => {
                to.push(sign);
                moved = true;
            }
            Some(place) => {
                let known = &to[place];
                let rows: BTreeSet<(MemberId, u64)> = sign
                    .evidence
                    .iter()
                    .map(|own| (own.member, own.seq))
                    .collect();
                let older = known.evidence.iter();
                let older = older.filter(|own| !rows.contains(&(own.member, own.seq)));
                sign.evidence.extend(older.cloned());
                sign.evidence.truncate(EVIDENCE_MOST);
                sign.evidence.sort_by_key(|own| (own.member, own.seq));
                // How long ago something was is no news.
                let grew = sign.evidence.len() > known.evidence.len()
                    || sign.others.len() > known.others.len()
                    || (sign.kind == SignKind::Guesses && sign.figures != known.figures);
                if grew {
                    to[place] = sign;
                    moved = true;
                }
            }
        }
    }
    moved
}

fn index(suspect: &Suspect) -> String {
    format!("{OF_SUSPECT}{}:{}", suspect.kind(), suspect.id())
}

/// No two suspicions of a suspect are open at once.
fn mark(suspect: &Suspect) -> [u8; 32] {
    Sha256::digest(format!("{SUSPICION}\n{}\n{}", suspect.kind(), suspect.id())).into()
}

fn row_of(own: &Suspicion) -> Result<Case, Error> {
    Ok(Case {
        kind: SUSPICION.into(),
        id: own.id.clone(),
        state: own.state.name().into(),
        body: written(own)?,
    })
}

/// Where one stands in a list: the highest score first, and of those the oldest.
fn place(own: &Suspicion) -> String {
    format!("{:03}{}", (999 - own.score).clamp(0, 999), own.id)
}

fn text(text: &str) -> Result<Text, Error> {
    Text::new(text).map_err(|error| Error::Bug(error.to_string()))
}
