//! The control group of the whole program: members who get no campaigns, so that all of it can be compared with
//! nothing.
//!
//! What the program itself promises goes on for them: points, tiers, rewards, and letters about what they did.
//! Who is in it is a keyed hash, as for each hold-out. Each change is kept with its day ([ADR
//! 0114](../../../../docs/adr/0114-when-may-one-say-what-a-campaign-brought.md)).

use super::{LiftAsk, LiftView, Whose};
use crate::{App, Error, MemberRef, only_setting};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engage::holdout;
use regulars_store::{BoughtOf, Store};
use serde::{Deserialize, Serialize};

const KIND: &str = "control_group";
/// The largest share, in hundredths.
pub const CONTROL_PERCENT_MOST: u8 = 20;
/// The longest name of a draw.
const NAME_MOST: usize = 40;
/// So many changes are kept.
const CHANGES_MOST: usize = 200;

/// Who is in the control group: how many in a hundred, by which draw, since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlDraw {
    /// How many in a hundred.
    pub percent: u8,
    /// What the draw is called: another name draws others.
    pub name: String,
    since_micros: i64,
}

impl ControlDraw {
    /// Since when.
    pub const fn since(&self) -> Timestamp {
        Timestamp::from_micros(self.since_micros)
    }

    /// Whether a member is in it. No journey and no send is called so.
    fn has(&self, secret: &[u8; 32], member: MemberId) -> bool {
        let what = format!("control group: {}", self.name);
        holdout::is_held_out(secret, &what, member, self.percent)
    }
}

/// All draws, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Draws {
    draws: Vec<ControlDraw>,
}

impl Draws {
    fn of(store: &mut dyn Store, tenant: TenantId) -> Result<Self, Error> {
        only_setting::get(store, tenant, KIND)
    }

    /// The one that holds now.
    fn newest(&self) -> Option<&ControlDraw> {
        self.draws.last()
    }
}

/// The control group, as whoever decides asks it.
#[derive(Clone, Debug)]
pub(crate) struct ControlGroup {
    draws: Vec<ControlDraw>,
    secret: [u8; 32],
}

impl ControlGroup {
    pub(crate) fn of(
        store: &mut dyn Store,
        tenant: TenantId,
        secret: [u8; 32],
    ) -> Result<Self, Error> {
        Ok(Self {
            draws: Draws::of(store, tenant)?.draws,
            secret,
        })
    }

    /// Whether a member was in it at a moment.
    pub(crate) fn has(&self, member: MemberId, at: Timestamp) -> bool {
        let mut draws = self.draws.iter().rev();
        let draw = draws.find(|own| own.since() <= at);
        draw.is_some_and(|own| own.has(&self.secret, member))
    }
}

/// Whether somebody is in a control group now.
pub(crate) fn is_set(store: &mut dyn Store, tenant: TenantId) -> Result<bool, Error> {
    let draws = Draws::of(store, tenant)?;
    Ok(draws.newest().is_some_and(|own| own.percent > 0))
}

/// The control group, and what all campaigns together brought.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlGroupView {
    /// How it is drawn now; nothing where it never was.
    pub draw: Option<ControlDraw>,
    /// All draws, the newest first.
    pub draws: Vec<ControlDraw>,
    /// How many members there are, and how many of them are in it.
    pub members: (u64, u64),
    /// What those who are not in it came to more.
    pub lift: LiftView,
}

impl App {
    /// The control group of the program, and what those came to more who are not in it.
    ///
    /// # Errors
    /// The window is none that is kept.
    pub fn control_group(&self, tenant: TenantId, ask: LiftAsk) -> Result<ControlGroupView, Error> {
        let ask = ask.check()?;
        let secret = self.portal_secret(tenant)?;
        let draws = (self.core().pool).with(|store| Draws::of(store, tenant))?;
        let draw = draws.newest().cloned();
        let now = draw.clone().unwrap_or_default();
        let whose = Whose {
            of: BoughtOf::Everybody,
            hold_out: now.percent,
            since: now.since(),
            together: None,
            from_next_day: false,
        };
        let mut sizes = (0, 0);
        let lift = self.lift(tenant, &whose, ask, &mut |row, _| {
            let member = MemberId::from_bytes(*row.wallet.bytes());
            let is_in = now.has(&secret, member);
            sizes.0 += 1;
            sizes.1 += u64::from(is_in);
            Some(is_in)
        })?;
        Ok(ControlGroupView {
            draw,
            draws: draws.draws.into_iter().rev().collect(),
            members: sizes,
            lift,
        })
    }

    /// Draws the control group: so many in a hundred, by a draw of this name. Under the same name a larger share
    /// has whom the smaller had. What it was before, and is now.
    ///
    /// # Errors
    /// The share is too large, or the name is none.
    pub fn set_control_group(
        &self,
        tenant: TenantId,
        (percent, name): (u8, &str),
    ) -> Result<(Option<ControlDraw>, ControlDraw), Error> {
        if percent > CONTROL_PERCENT_MOST {
            let what = format!("must be 0 to {CONTROL_PERCENT_MOST}");
            return Err(Error::invalid("/percent", what));
        }
        let name = name.trim();
        if !(1..=NAME_MOST).contains(&name.chars().count()) {
            let what = format!("must be 1 to {NAME_MOST} characters");
            return Err(Error::invalid("/name", what));
        }
        let new = ControlDraw {
            percent,
            name: name.to_owned(),
            since_micros: self.now().micros(),
        };
        let (before, after) = self.core().pool.with(|store| {
            only_setting::replace(store, tenant, KIND, |before: &Draws| {
                let mut draws = before.draws.clone();
                let same = draws.last().is_some_and(|own| {
                    (own.percent, own.name.as_str()) == (percent, new.name.as_str())
                });
                if !same {
                    draws.push(new.clone());
                }
                let first = draws.len().saturating_sub(CHANGES_MOST);
                Draws {
                    draws: draws.split_off(first),
                }
            })
        })?;
        Ok((
            before.newest().cloned(),
            after.newest().cloned().unwrap_or(new),
        ))
    }

    /// Whether a member is in the control group now, and by which draw.
    pub fn in_control_group(
        &self,
        tenant: TenantId,
        who: &MemberRef,
    ) -> Result<Option<ControlDraw>, Error> {
        let member = self.member(tenant, who)?.id;
        let secret = self.portal_secret(tenant)?;
        let draws = (self.core().pool).with(|store| Draws::of(store, tenant))?;
        let draw = draws.newest().cloned();
        Ok(draw.filter(|own| own.has(&secret, member)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(percent: u8, name: &str, since: i64) -> ControlDraw {
        ControlDraw {
            percent,
            name: name.into(),
            since_micros: since,
        }
    }

    fn member(number: u64) -> MemberId {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&number.to_be_bytes());
        MemberId::from_bytes(bytes)
    }

    #[test]
    fn each_moment_goes_by_the_draw_of_then() {
        let group = ControlGroup {
            draws: vec![draw(10, "a", 100), draw(20, "a", 200), draw(10, "b", 300)],
            secret: [3; 32],
        };
        let at = |micros: i64| -> Vec<u64> {
            let at = Timestamp::from_micros(micros);
            (0..2000)
                .filter(|own| group.has(member(*own), at))
                .collect()
        };
        assert_eq!(at(99), Vec::<u64>::new());
        let (first, more, other) = (at(100), at(299), at(300));
        assert!(first.iter().all(|own| more.contains(own)), "a larger share");
        // Four standard deviations of 2,000 draws are 54, 72 and 54.
        assert!(first.len().abs_diff(200) < 54 && more.len().abs_diff(400) < 72);
        let both = other.iter().filter(|own| first.contains(own)).count();
        assert!(both < 50, "another draw has others: {both}");
    }
}
