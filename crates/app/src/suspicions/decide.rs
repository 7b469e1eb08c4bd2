//! What a person decides of a suspicion: there was nothing, or what was given wrongly is taken back. Both are
//! events of the log; nothing is deleted.

use super::{LATER, ROWS, SOURCE, SUSPICION, Suspicion, SuspicionState, Taken, TakenState, text};
use crate::cases::written;
use crate::{App, Caller, Error, MemberRef, PageAsk};
use regulars_base::{EventKey, MemberId, TenantId, Text};
use regulars_engage::suspicion::{Suspect, given};
use regulars_engine::event::{Adjustment, Kind};
use regulars_engine::outcome::Verdict;
use regulars_store::{Case, CaseMove};

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
            let (free, pending) = self.points_left(tenant, member, &points.id)?;
            let amount = given.min(free);
            let later = (given - amount).min(pending);
            taken.push(Taken {
                member,
                points: text(&points.id)?,
                decimals: points.decimals,
                given,
                amount,
                later,
                state: match amount + later {
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

    /// What a member has of some points: free, and not free yet.
    fn points_left(
        &self,
        tenant: TenantId,
        member: MemberId,
        points: &str,
    ) -> Result<(i64, i64), Error> {
        let balances = self.balances(tenant, &MemberRef::Id(member), None)?;
        let own = balances.points.iter().find(|own| own.points == points);
        Ok(own.map_or((0, 0), |own| (own.available.max(0), own.pending.max(0))))
    }

    /// What is taken of somebody, as it is booked.
    fn taking(own: &Suspicion, taken: &Taken, amount: i64) -> Result<Adjustment, Error> {
        Ok(Adjustment {
            points: taken.points.clone(),
            amount: -amount,
            reason: text(own.reason.as_deref().unwrap_or_default())?,
            by: text(own.decided_by.as_deref().unwrap_or_default())?,
        })
    }

    /// Books what is due, each under a key of its own, so that nothing is booked twice.
    fn take_back(&self, by: &Caller, own: &Suspicion) -> Result<(), Error> {
        for (place, taken) in own.taken.iter().enumerate() {
            if taken.state != TakenState::Due {
                continue;
            }
            let who = MemberRef::Id(taken.member);
            let key = EventKey {
                source: text(SOURCE)?,
                external_id: text(&format!("{}/{place}", own.id))?,
            };
            let all = taken.amount.saturating_add(taken.later);
            let state = if !by.may_adjust(all, taken.decimals) {
                let adjustment = Self::taking(own, taken, all)?;
                self.hold_adjustment(by, &who, &adjustment, taken.decimals, &key)?;
                TakenState::Waits
            } else if taken.amount == 0 {
                TakenState::Later
            } else {
                let adjustment = Self::taking(own, taken, taken.amount)?;
                let receipt = self.adjust(by.tenant, &who, adjustment, key)?;
                match (receipt.verdict, taken.later) {
                    (Verdict::Accepted, 0) => TakenState::Booked,
                    (Verdict::Accepted, _) => TakenState::Later,
                    // It was spent this moment.
                    (Verdict::Refused(_), _) => TakenState::Gone,
                }
            };
            if state == TakenState::Later {
                self.note_later(by.tenant, &own.id)?;
            }
            self.rewrite_suspicion(by.tenant, &own.id, |own| {
                if let Some(taken) = own.taken.get_mut(place) {
                    taken.state = state;
                }
            })?;
        }
        Ok(())
    }

    /// Points are taken for this suspicion later.
    fn note_later(&self, tenant: TenantId, id: &str) -> Result<(), Error> {
        let row = Case {
            kind: LATER.into(),
            id: id.to_owned(),
            state: SuspicionState::Open.name().into(),
            body: "{}".into(),
        };
        self.core()
            .write(move |store| Ok(store.open_case(tenant, &row, &[]).map(drop)?))
    }

    /// Takes what was not free when it was decided, and is now. The server does so by itself. How many suspicions
    /// still wait.
    pub fn take_later(&self, tenant: TenantId) -> Result<usize, Error> {
        let page = PageAsk {
            after: None,
            limit: ROWS,
        };
        let of = (LATER, Some(SuspicionState::Open.name()));
        let ids = self
            .cases(tenant, of, &page, |own| Ok(own.id.clone()))?
            .items;
        let mut left = 0;
        for id in ids {
            let own = self.suspicion(tenant, &id)?;
            if self.take_what_is_free(tenant, &own)? {
                let done = CaseMove {
                    from: SuspicionState::Open.name().into(),
                    to: SuspicionState::Reversed.name().into(),
                    body: "{}".into(),
                    frees_marks: false,
                };
                self.move_case(tenant, (LATER, &id), done)?;
            } else {
                left += 1;
            }
        }
        Ok(left)
    }

    /// Takes of one what is free by now; whether nothing is left of it.
    pub(super) fn take_what_is_free(
        &self,
        tenant: TenantId,
        own: &Suspicion,
    ) -> Result<bool, Error> {
        let mut is_done = true;
        for (place, taken) in own.taken.iter().enumerate() {
            if taken.state != TakenState::Later {
                continue;
            }
            let (free, pending) = self.points_left(tenant, taken.member, taken.points.as_str())?;
            let mut amount = taken.later.min(free);
            if amount > 0 {
                // By what was left of it: the same once more is the same event.
                let key = EventKey {
                    source: text(SOURCE)?,
                    external_id: text(&format!("{}/{place}/{}", own.id, taken.later))?,
                };
                let who = MemberRef::Id(taken.member);
                let adjustment = Self::taking(own, taken, amount)?;
                match self.adjust(tenant, &who, adjustment, key) {
                    Ok(receipt) if receipt.verdict == Verdict::Accepted => {}
                    Ok(_) => amount = 0,
                    // It was booked, and a stop came in between; by now more is free.
                    Err(Error::KeyReused(key)) => amount = self.was_taken(tenant, &key)?,
                    Err(error) => return Err(error),
                }
            }
            // What is neither free nor about to be was spent.
            let rest = (taken.later - amount).min(pending);
            is_done &= rest == 0;
            if (amount, rest) != (0, taken.later) {
                self.rewrite_suspicion(tenant, &own.id, |own| {
                    if let Some(taken) = own.taken.get_mut(place) {
                        taken.amount += amount;
                        taken.later = rest;
                        taken.state = match (rest, taken.amount) {
                            (0, 0) => TakenState::Gone,
                            (0, _) => TakenState::Booked,
                            _ => TakenState::Later,
                        };
                    }
                })?;
            }
        }
        Ok(is_done)
    }

    /// How many points were taken under a key.
    fn was_taken(&self, tenant: TenantId, key: &EventKey) -> Result<i64, Error> {
        let row = self
            .core()
            .pool
            .with(|store| Ok(store.event(tenant, key)?))?;
        Ok(match row.map(|row| row.event.kind) {
            Some(Kind::Adjustment(own)) => own.amount.saturating_neg(),
            _ => 0,
        })
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
