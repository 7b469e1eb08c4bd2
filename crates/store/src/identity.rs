//! Identities as they are looked through and brought into one form.

use crate::record::Identity;
use regulars_base::MemberId;

/// An identity with its place in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// Its key: pages begin after that of the last.
    pub key: Vec<u8>,
    /// Whose it is, as it was written: merges are not followed.
    pub member: MemberId,
    /// What it is.
    pub identity: Identity,
}

/// An identity that is to be written in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// How it stands.
    pub from: IdentityRow,
    /// How it shall.
    pub value: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// It is written anew, and what stood there is kept as what was typed.
    Done,
    /// Its member has the new one as well: the old one is gone.
    Folded,
    /// Somebody else has the new one, so it stays as it was.
    Taken(MemberId),
    /// It is not there any more.
    Gone,
}
