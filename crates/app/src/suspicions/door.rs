//! What is known of how a member comes in, and the look before points leave.

use super::text;
use crate::people::read;
use crate::{App, Error, MemberRef, members, versioned};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engage::suspicion::{Door, Sign, Suspect, takeover_signs};
use regulars_store::{Identity, Store};
use sha2::{Digest, Sha256};

/// The sort of setting that says how a member comes in.
const DOOR: &str = "member-door";
/// What a person is recognised by that somebody who takes over an account changes.
const CONTACTS: [&str; 3] = ["email", "phone", "card"];

/// Notes how a member comes in, if `change` says that it is another since.
fn note(
    store: &mut dyn Store,
    tenant: TenantId,
    member: MemberId,
    change: impl FnOnce(&mut Door) -> bool,
) -> Result<(), Error> {
    let row = store.setting(tenant, DOOR, &member.to_string())?;
    let mut door: Door = row.as_ref().map(read).transpose()?.unwrap_or_default();
    if change(&mut door) {
        let version = row.map(|row| row.version);
        let next = versioned::next(DOOR, (&member.to_string(), version), &door)?;
        // Who is faster has noted as much.
        store.put_setting(tenant, &next)?;
    }
    Ok(())
}

/// Something that a member is recognised by was taken away or put beside what was there.
pub(crate) fn note_contact(
    store: &mut dyn Store,
    tenant: TenantId,
    (member, had): (MemberId, &[Identity]),
    moved: &[Identity],
    at: Timestamp,
) -> Result<(), Error> {
    // Who had none of the kind tells it for the first time.
    let is_other = moved.iter().any(|own| {
        CONTACTS.contains(&own.kind.as_str()) && had.iter().any(|had| had.kind == own.kind)
    });
    if !is_other {
        return Ok(());
    }
    note(store, tenant, member, |door| {
        door.contact_changed = door.contact_changed.max(Some(at));
        true
    })
}

/// Forgets how a member came in.
pub(crate) fn forget_door(
    store: &mut dyn Store,
    tenant: TenantId,
    member: MemberId,
) -> Result<(), Error> {
    store.delete_setting(tenant, DOOR, &member.to_string())?;
    Ok(())
}

/// A device by what a browser says of itself, without the numbers that each of its versions changes. What it said
/// cannot be told from it, and two members with the same machine have two.
fn device(member: MemberId, says: &str) -> u64 {
    let plain: String = says.chars().filter(|own| !own.is_ascii_digit()).collect();
    let hash = Sha256::digest(format!("{member}\n{plain}"));
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first)
}

impl App {
    /// A member signed in from a device.
    pub fn note_sign_in(
        &self,
        tenant: TenantId,
        member: MemberId,
        says: &str,
    ) -> Result<(), Error> {
        let (device, now) = (device(member, says), self.now());
        self.core()
            .write(move |store| note(store, tenant, member, |door| door.signed_in(device, now)))
    }

    /// Points are about to leave somebody's wallet: looks at what they did so far, and at how they came in. Where
    /// that comes to enough they are on hold before anything leaves, and the event that follows is refused.
    pub(crate) fn look_at_the_door(&self, tenant: TenantId, who: &MemberRef) -> Result<(), Error> {
        let rules = self.suspicion_rules(tenant)?;
        if !rules.on {
            return Ok(());
        }
        let found = self.core().pool.with(|store| {
            let member = match members::find(store, tenant, who) {
                Ok(found) => found.id,
                // The event itself says that nobody is there.
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            let row = store.setting(tenant, DOOR, &member.to_string())?;
            let door: Door = row.as_ref().map(read).transpose()?.unwrap_or_default();
            Ok(Some((member, door)))
        })?;
        let Some((member, door)) = found else {
            return Ok(());
        };
        let past = self.suspicions_of(tenant, &Suspect::Member(member))?;
        for own in &past {
            // What is to be taken as soon as it is free is taken before it can be spent.
            self.take_what_is_free(tenant, own)?;
        }
        let done = past.iter().filter_map(|own| own.decided_at).max();
        let mut signs = self.member_signs(tenant, &rules, (member, None), done)?;
        signs.extend(takeover_signs(&rules, &door, self.now(), done));
        self.suspect(tenant, &rules, member, signs)?;
        Ok(())
    }

    /// Somebody (a key or a person) tried so many codes in a minute that do not exist, and has to wait.
    pub fn note_guesses(
        &self,
        tenant: TenantId,
        (id, name): (&str, &str),
        count: u32,
    ) -> Result<(), Error> {
        let rules = self.suspicion_rules(tenant)?;
        let signs: Vec<Sign> = Sign::of_guesses(&rules, i64::from(count))
            .into_iter()
            .collect();
        let suspect = Suspect::Caller(text(id)?.to_string());
        self.raise(tenant, &rules, (&suspect, name, signs))
            .map(drop)
    }
}
