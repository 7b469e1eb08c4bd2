//! Members: enrolled, found by any identity, changed, merged.

use crate::app::soon;
use crate::{App, Error, Page, PageAsk, Receipt};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp, WalletId};
use std::collections::BTreeMap;

/// By what a member is recognised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// What sort: `email`, `phone`, `card`, `customer` ...
    pub kind: Text,
    /// Its value, as the source writes it.
    pub value: Text,
}

/// Names a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberRef {
    /// By id.
    Id(MemberId),
    /// By an identity.
    Identity(Identity),
}

/// A member (or a customer who is known and not enrolled).
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// Its wallet.
    pub wallet: WalletId,
    /// Since when a member; nothing for a customer who is not enrolled.
    pub enrolled_at: Option<Timestamp>,
    /// Since when known.
    pub created_at: Timestamp,
    /// By what they are recognised, sorted.
    pub identities: Vec<Identity>,
    /// What else is known: any JSON values by name.
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// Into whom they were merged, if so.
    pub merged_into: Option<MemberId>,
}

/// Somebody joins.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMember {
    /// Makes it one enrolment, however often it is sent.
    pub key: EventKey,
    /// By what they are recognised; at least one.
    pub identities: Vec<Identity>,
    /// What else is known.
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// When they joined; now, if nothing.
    pub occurred_at: Option<Timestamp>,
}

/// What is to change of a member. What is not said stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberPatch {
    /// Identities that come in.
    pub add_identities: Vec<Identity>,
    /// Identities that go.
    pub remove_identities: Vec<Identity>,
    /// Attributes that are set; `null` takes one away.
    pub attributes: BTreeMap<String, serde_json::Value>,
}

impl App {
    /// Somebody joins: identities and attributes are kept, the program's welcome is given. Sent
    /// again with the same key and content it answers the same, `duplicate` set in the receipt.
    pub fn enrol(&self, _tenant: TenantId, _new: NewMember) -> Result<(Member, Receipt), Error> {
        soon()
    }

    /// A member, by id or identity.
    pub fn member(&self, _tenant: TenantId, _who: &MemberRef) -> Result<Member, Error> {
        soon()
    }

    /// All members, in order of their ids.
    pub fn members(&self, _tenant: TenantId, _page: &PageAsk) -> Result<Page<Member>, Error> {
        soon()
    }

    /// Changes identities and attributes.
    pub fn patch_member(
        &self,
        _tenant: TenantId,
        _member: MemberId,
        _patch: MemberPatch,
    ) -> Result<Member, Error> {
        soon()
    }

    /// `from` turned out to be `into`: points (with their dates), progress, cards and identities
    /// go over; `from` is no more. The receipt is that of `from`.
    pub fn merge(
        &self,
        _tenant: TenantId,
        _from: MemberId,
        _into: MemberId,
        _key: EventKey,
    ) -> Result<Receipt, Error> {
        soon()
    }
}
