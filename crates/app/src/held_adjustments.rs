//! Adjustments above what somebody may do alone: they wait for a second person.

use crate::cases::{read, written};
use crate::programs::hex;
use crate::{App, Caller, Error, MemberRef, Page, PageAsk, Receipt, input};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::event::Adjustment;
use regulars_store::{Case, CaseMove};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The sort of cases.
pub(crate) const ADJUSTMENT: &str = "adjustment";
/// Under which source the booking stands.
const SOURCE: &str = "approved";

/// An adjustment that waits, or waited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldAdjustment {
    /// Its id (`adj_…`).
    pub id: String,
    /// Where it stands.
    pub state: HeldState,
    /// Whose points.
    pub member: MemberId,
    /// Which points.
    pub points: Text,
    /// Their decimals.
    pub decimals: u8,
    /// How many, in the smallest unit.
    pub amount: i64,
    /// Why.
    pub reason: Text,
    /// The id of who asked for it.
    pub asked_by: String,
    /// What they are called.
    pub asked_name: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided, by name and id.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldState {
    /// It waits for a second person.
    Waiting,
    /// It is booked.
    Approved,
    /// It is not, and will not be.
    Rejected,
}

impl HeldState {
    /// As it is stored and asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Approved, Self::Rejected];
        all.into_iter().find(|state| state.name() == name)
    }
}

impl Caller {
    /// Who that is, in what is written for good: two who have the same name are told apart.
    pub fn signature(&self) -> String {
        format!("{} ({})", self.name, self.key)
    }

    /// Whether they may adjust so many points (in the smallest unit) by themselves.
    pub fn may_adjust(&self, amount: i64, decimals: u8) -> bool {
        within(self.adjust_most, amount, decimals)
    }

    /// Whether they may put so much money (in minor units) into store credit or onto gift cards, or take it
    /// out by hand.
    pub fn may_move_money(&self, minor: i64, exponent: u8) -> bool {
        within(self.money_most, minor, exponent)
    }
}

/// Whether two signatures are of one person, or one key: by the id in them, since names change.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let id = |text: &str| {
        let inside = text.strip_suffix(')')?.rsplit_once('(')?.1;
        let known = inside.starts_with("per_") || inside.starts_with("key_");
        known.then(|| inside.to_owned())
    };
    match (id(one), id(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn within(most: Option<i64>, amount: i64, decimals: u8) -> bool {
    let unit = 10_i64.saturating_pow(u32::from(decimals));
    most.is_none_or(|most| amount.unsigned_abs() <= most.saturating_mul(unit).unsigned_abs())
}

impl App {
    /// Keeps an adjustment for a second person. The same request (by its key) is kept once.
    pub fn hold_adjustment(
        &self,
        by: &Caller,
        who: &MemberRef,
        adjustment: &Adjustment,
        decimals: u8,
        key: &EventKey,
    ) -> Result<HeldAdjustment, Error> {
        if adjustment.reason.as_str().trim().is_empty() {
            let what = "is empty: say why, the member and auditors will read it";
            return Err(Error::invalid("/reason", what));
        }
        if adjustment.amount == 0 {
            return Err(Error::invalid("/amount", "must not be 0"));
        }
        let now = self.now();
        let tenant = by.tenant;
        let member = self.member(tenant, who)?.id;
        // By age, so that the list is in the order in which they came; by the request, so that it is one.
        let asked = Sha256::digest(format!("{}\n{}\n{}", by.key, key.source, key.external_id));
        let id = format!("adj_{}", hex(&input::time_ordered(now)));
        let held = HeldAdjustment {
            id,
            state: HeldState::Waiting,
            member,
            points: adjustment.points.clone(),
            decimals,
            amount: adjustment.amount,
            reason: adjustment.reason.clone(),
            asked_by: by.key.clone(),
            asked_name: by.name.clone(),
            asked_at: now,
            decided_by: None,
            decided_at: None,
        };
        let case = Case {
            kind: ADJUSTMENT.into(),
            id: held.id.clone(),
            state: held.state.name().into(),
            body: written(&held)?,
        };
        let taken = self
            .core()
            .write(move |store| Ok(store.open_case(tenant, &case, &[asked.into()])?))?;
        match taken {
            None => Ok(held),
            Some(id) => {
                let first = self.held_adjustment(tenant, &id)?;
                let same = |one: &HeldAdjustment| {
                    (one.member, &one.points, one.amount, &one.reason)
                        == (held.member, &held.points, held.amount, &held.reason)
                };
                match same(&first) {
                    true => Ok(first),
                    false => Err(Error::KeyReused(key.clone())),
                }
            }
        }
    }

    /// One of them.
    pub fn held_adjustment(&self, tenant: TenantId, id: &str) -> Result<HeldAdjustment, Error> {
        read(&self.case(tenant, (ADJUSTMENT, "adjustment"), id)?)
    }

    /// Those in one state, or all, by age.
    pub fn held_adjustments(
        &self,
        tenant: TenantId,
        state: Option<HeldState>,
        page: &PageAsk,
    ) -> Result<Page<HeldAdjustment>, Error> {
        self.cases(tenant, (ADJUSTMENT, state.map(HeldState::name)), page, read)
    }

    /// A second person says yes: it is booked. They may adjust so many themselves, and did not ask for it.
    /// Said again, it is answered again.
    pub fn approve_adjustment(
        &self,
        by: &Caller,
        id: &str,
    ) -> Result<(HeldAdjustment, Receipt), Error> {
        let mut held = self.held_adjustment(by.tenant, id)?;
        if held.asked_by == by.key {
            return Err(Error::SecondPerson(held.asked_name));
        }
        if !by.may_adjust(held.amount, held.decimals) {
            let what = "is more than you may adjust yourself: somebody who may decides";
            return Err(Error::invalid("/amount", what));
        }
        match held.state {
            HeldState::Waiting => self.decide_adjustment(by, &mut held, HeldState::Approved)?,
            HeldState::Approved => {}
            HeldState::Rejected => return Err(Error::invalid("/adjustment", "is rejected")),
        }
        let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
        let mut signed = format!(
            "{}, asked for by {}",
            held.decided_by.as_deref().unwrap_or_default(),
            held.asked_name
        );
        while signed.len() > Text::MAX {
            signed.pop();
        }
        let adjustment = Adjustment {
            points: held.points.clone(),
            amount: held.amount,
            reason: held.reason.clone(),
            by: text(&signed)?,
        };
        let key = EventKey {
            source: text(SOURCE)?,
            external_id: text(&held.id)?,
        };
        let receipt = self.adjust(by.tenant, &MemberRef::Id(held.member), adjustment, key)?;
        Ok((held, receipt))
    }

    /// A second person, or who asked, says no: nothing is booked.
    pub fn reject_adjustment(&self, by: &Caller, id: &str) -> Result<HeldAdjustment, Error> {
        let mut held = self.held_adjustment(by.tenant, id)?;
        match held.state {
            HeldState::Waiting => self.decide_adjustment(by, &mut held, HeldState::Rejected)?,
            HeldState::Rejected => {}
            HeldState::Approved => return Err(Error::invalid("/adjustment", "is approved")),
        }
        Ok(held)
    }

    fn decide_adjustment(
        &self,
        by: &Caller,
        held: &mut HeldAdjustment,
        state: HeldState,
    ) -> Result<(), Error> {
        held.state = state;
        held.decided_by = Some(by.signature());
        held.decided_at = Some(self.now());
        let to = CaseMove {
            from: HeldState::Waiting.name().into(),
            to: state.name().into(),
            body: written(held)?,
            frees_marks: false,
        };
        self.decide_case(by.tenant, (ADJUSTMENT, &held.id), to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_takes_another_name_is_no_second_person() {
        assert!(is_same("Mia (per_1)", "Mia B. (per_1)"));
        assert!(!is_same("Mia (per_1)", "Mia (per_2)"));
        assert!(!is_same("Mia (per_2) (per_1)", "Mia (per_2)"));
        assert!(is_same("Mia", "Mia") && !is_same("Mia", "Noah"));
        assert!(!is_same("Mia (of Berlin)", "Noah (of Berlin)"));
    }
}
