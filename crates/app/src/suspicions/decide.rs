//! What a person decides of a suspicion: there was nothing, or what was given wrongly is taken back. Both are
//! events of the log; nothing is deleted.

use super::{SOURCE, SUSPICION, Suspicion, SuspicionState, Taken, TakenState, text};
use crate::cases::written;
use crate::{App, Caller, Error, MemberRef};
use regulars_base::{EventKey, TenantId, Text};
use regulars_engage::suspicion::{Suspect, given};
use regulars_engine::event::Adjustment;
use regulars_engine::outcome::Verdict;
use regulars_store::CaseMove;

/// What somebody decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// There was nothing wrong: the member is let go.
    Clear,
    /// What rows gave that signs name is taken back, as far as it is there.
    Reverse {
        /// The member stays on hold all the same.
        stays_on_hold: bool,
    },
}

impl Ruling {
    const fn state(self) -> SuspicionState {
        match self {
            Self::Clear => SuspicionState::Cleared,
            Self::Reverse { .. } => SuspicionState::Reversed,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// The suspicion, as it stands.
    pub suspicion: Suspicion,
    /// Whether a member was let go.
    pub let_go: bool,
}

impl App {
    /// What would be taken back: what the rows gave that signs name, and what of it is there.
    pub fn suspicion_takes(&self, tenant: TenantId, own: &Suspicion) -> Result<Vec<Taken>, Error> {
        if own.state != SuspicionState::Open {
            return Ok(own.taken.clone());
        }
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let mut taken = Vec::new();
        for ((member, name), given) in given(&own.signs) {
            let Some(points) = program.points_named(name) else {
                continue;
            };
            let balances = self.balances(tenant, &MemberRef::Id(member), None)?;
            let balance = balances.points.iter().find(|own| own.points == points.id);
            let there = balance.map_or(0, |own| own.available.max(0));
            let amount = given.min(there);
            taken.push(Taken {
                member,
                points: text(&points.id)?,
                decimals: points.decimals,
                given,
                amount,
                state: match amount {
                    0 => TakenState::Gone,
                    _ => TakenState::Due,
                },
            });
        }
        Ok(taken)
    }

    /// Somebody decides. Of two who do so at once the second is told; the same said again does what is left of it.
    ///
    /// # Errors
    /// No reason, it is decided otherwise already, or it speaks against whoever decides.
    pub fn rule_suspicion(
        &self,
        by: &Caller,
        id: &str,
        (ruling, reason): (Ruling, &str),
    ) -> Result<Ruled, Error> {
        let tenant = by.tenant;
        let reason = reason.trim();
        if reason.is_empty() {
            let what = "is empty: say why, the member and auditors will read it";
            return Err(Error::invalid("/reason", what));
        }
        Text::new(reason).map_err(|why| Error::invalid("/reason", why.to_string()))?;
        let mut own = self.suspicion(tenant, id)?;
        if let Suspect::Agent(who) | Suspect::Caller(who) = &own.suspect
            && *who == by.key
        {
            return Err(Error::SecondPerson(by.name.clone()));
        }
        let to = ruling.state();
        match own.state {
            SuspicionState::Open => {
                if let Ruling::Reverse { stays_on_hold } = ruling {
                    own.taken = self.suspicion_takes(tenant, &own)?;
                    own.stays_on_hold = stays_on_hold;
                }
                own.state = to;
                own.decided_by = Some(by.signature());
                own.decided_at = Some(self.now());
                own.reason = Some(reason.to_owned());
                let moved = CaseMove {
                    from: SuspicionState::Open.name().into(),
                    to: to.name().into(),
                    body: written(&own)?,
                    frees_marks: true,
                };
                self.decide_case(tenant, (SUSPICION, id), moved)?;
            }
            state if state == to => {}
            state => {
                let what = format!("is {} already", state.name());
                return Err(Error::invalid("/suspicion", what));
            }
        }
        self.take_back(by, &own)?;
        let let_go = self.let_go(tenant, &own)?;
        Ok(Ruled {
            suspicion: self.suspicion(tenant, id)?,
            let_go,
        })
    }

    /// Books what is due, each under a key of its own, so that nothing is booked twice.
    fn take_back(&self, by: &Caller, own: &Suspicion) -> Result<(), Error> {
        for (place, taken) in own.taken.iter().enumerate() {
            if taken.state != TakenState::Due {
                continue;
            }
            let adjustment = Adjustment {
                points: taken.points.clone(),
                amount: -taken.amount,
                reason: text(own.reason.as_deref().unwrap_or_default())?,
                by: text(own.decided_by.as_deref().unwrap_or_default())?,
            };
            let key = EventKey {
                source: text(SOURCE)?,
                external_id: text(&format!("{}/{place}", own.id))?,
            };
            let who = MemberRef::Id(taken.member);
            let state = if by.may_adjust(taken.amount, taken.decimals) {
                let receipt = self.adjust(by.tenant, &who, adjustment, key)?;
                match receipt.verdict {
                    Verdict::Accepted => TakenState::Booked,
                    // It was spent this moment.
                    Verdict::Refused(_) => TakenState::Gone,
                }
            } else {
                self.hold_adjustment(by, &who, &adjustment, taken.decimals, &key)?;
                TakenState::Waits
            };
            self.rewrite_suspicion(by.tenant, &own.id, |own| {
                if let Some(taken) = own.taken.get_mut(place) {
                    taken.state = state;
                }
            })?;
        }
        Ok(())
    }

    /// Lets the member go who was put on hold for this; whether they were. Whom a person put on hold stays so.
    fn let_go(&self, tenant: TenantId, own: &Suspicion) -> Result<bool, Error> {
        let Suspect::Member(member) = own.suspect else {
            return Ok(false);
        };
        if own.held_at.is_none() || own.stays_on_hold {
            return Ok(false);
        }
        let reason = text(own.reason.as_deref().unwrap_or_default())?;
        let by = own.decided_by.as_deref().unwrap_or_default();
        self.hold(tenant, (member, false), (&reason, by), &own.id)
    }
}
