//! Signs that somebody else uses a member's account: a new device, another address, and then points leave.
//!
//! *Ana signs in from her telephone, as ever. One night somebody signs in from a machine that was never seen,
//! changes her address and asks for three mugs: each of these is nothing alone.*

use super::{Sign, SignKind, SuspicionRules};
use regulars_base::Timestamp;
use serde::{Deserialize, Serialize};

const MINUTE_MICROS: i64 = 60_000_000;
/// So many devices of a member are known, the newest last.
const DEVICES_MOST: usize = 8;

/// What is known of how a member comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Door {
    /// Devices, by a hash, each with the moment at which it was seen first.
    pub devices: Vec<(u64, Timestamp)>,
    /// When what they are recognised by was changed last.
    pub contact_changed: Option<Timestamp>,
}

impl Door {
    /// They signed in from a device. Whether anything is known that was not.
    pub fn signed_in(&mut self, device: u64, at: Timestamp) -> bool {
        if self.devices.iter().any(|own| own.0 == device) {
            return false;
        }
        self.devices.push((device, at));
        let over = self.devices.len().saturating_sub(DEVICES_MOST);
        self.devices.drain(..over);
        true
    }

    /// The newest device and when it was seen first. The first device of all is new to nobody.
    fn new_device(&self) -> Option<Timestamp> {
        let (_, others) = self.devices.split_last()?;
        let newest = self.devices.iter().map(|own| own.1).max();
        newest.filter(|_| !others.is_empty())
    }
}

/// What speaks for a takeover if points leave at `now`; what was before `since` is dealt with.
pub fn takeover_signs(
    rules: &SuspicionRules,
    door: &Door,
    now: Timestamp,
    since: Option<Timestamp>,
) -> Vec<Sign> {
    let lately = |kind, at: Option<Timestamp>| {
        let rule = rules.rule(kind)?;
        let at = at.filter(|at| since.is_none_or(|since| *at > since))?;
        let minutes = (now.micros() - at.micros()) / MINUTE_MICROS;
        (0..rule.limit * 60).contains(&minutes).then(|| {
            let figures = [("minutes", minutes), ("hours", rule.limit)];
            Sign::new(kind, "", rule.weight).with(figures)
        })
    };
    let signs = [
        lately(SignKind::NewDevice, door.new_device()),
        lately(SignKind::NewContact, door.contact_changed),
    ];
    signs.into_iter().flatten().collect()
}
