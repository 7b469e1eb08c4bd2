//! Members: enrolled, found by any identity, changed, merged.

use crate::app::Core;
use crate::crm::note_change;
use crate::identities::{self, Settled};
use crate::input::Timing;
use crate::suspicions::note_contact;
use crate::{App, Error, NOW, Page, PageAsk, Receipt, input, worker};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp, WalletId};
use regulars_engine::event::{Event, Incoming, Kind, MergeOut, Unmerge, Who};
use regulars_store::{self as stored, Store};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// By what a member is recognised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Identity {
    /// What sort: `email`, `phone`, `card`, `customer` ...
    pub kind: Text,
    /// Its value: e-mail addresses, telephone numbers and numbers of cards may be written in any way.
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

impl Member {
    /// What they are called: their name, or the parts of it; empty if nobody has said it.
    pub fn called(&self) -> String {
        let says = |name: &str| self.attributes.get(name).and_then(|own| own.as_str());
        let parts = || {
            let parts = [says("first_name"), says("last_name")];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        says("name").map_or_else(parts, str::to_owned)
    }
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
    /// The code of the member who sent them.
    pub referral_code: Option<Text>,
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
    /// Attributes that are fields of the program's profile count as filled. With a referral code they
    /// are the friend of the member whose code it is; whether that counts is an event of its own.
    pub fn enrol(&self, tenant: TenantId, new: NewMember) -> Result<(Member, Receipt), Error> {
        let Some(first) = new.identities.first() else {
            let what = "is empty: name at least one identity, such as an e-mail address";
            return Err(Error::invalid("/identities", what));
        };
        let referrer = match &new.referral_code {
            Some(code) => Some(self.referrer(tenant, code)?),
            None => None,
        };
        let mut with = postcard::to_stdvec(&(&new.identities, json(&new.attributes)?))
            .map_err(|error| Error::Bug(error.to_string()))?;
        if let Some(code) = &new.referral_code {
            with.extend(code.as_str().bytes());
        }
        let key = new.key.clone();
        let incoming = Incoming {
            who: first.who(),
            event: Event {
                key: new.key.clone(),
                occurred_at: new.occurred_at.unwrap_or(NOW),
                recorded_at: NOW,
                entropy: [0; 16],
                kind: Kind::Enrolment,
            },
        };
        let known = self
            .core()
            .pool
            .with(|store| Ok(store.event(tenant, &new.key)?))?;
        if known.is_none() {
            let now = self.now();
            self.versions(tenant)?.at(now)?;
            self.core()
                .write(move |store| introduce(store, tenant, &new, now))?;
        }
        let receipt = self.ingest_with(tenant, incoming, &with)?;
        if let Some(referrer) = referrer {
            self.sent_by(tenant, &key, receipt.member, referrer)?;
        }
        let member = self.member(tenant, &MemberRef::Id(receipt.member))?;
        self.tell_profile(tenant, member.id, &member.attributes)?;
        Ok((member, receipt))
    }

    /// A member, by id or identity. Of a merged one, the member who took it over.
    pub fn member(&self, tenant: TenantId, who: &MemberRef) -> Result<Member, Error> {
        self.core().pool.with(|store| {
            let row = find(store, tenant, who)?;
            full(store, tenant, row)
        })
    }

    /// All members, in order of their ids.
    pub fn members(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Member>, Error> {
        let after = page.cursor()?;
        let limit = page.limit();
        self.core().pool.with(|store| {
            let rows = store.members(tenant, after, limit + 1)?;
            let page = Page::cut(rows, limit, |row| row.id.to_string());
            page.try_map(|row| full(store, tenant, row))
        })
    }

    /// Members by the beginning of an identity, or of the words of their name; by their id, too.
    /// At most a page: whoever finds more asks more closely.
    pub fn find_members(
        &self,
        tenant: TenantId,
        text: &str,
        limit: usize,
    ) -> Result<Page<Member>, Error> {
        let limit = PageAsk { after: None, limit }.limit();
        self.core().pool.with(|store| {
            let rows = match text.trim().parse() {
                Ok(id) => store.standing_member(tenant, id)?.into_iter().collect(),
                Err(_) => beginning(store, tenant, (text, limit))?,
            };
            let mut items = Vec::with_capacity(rows.len());
            for row in rows {
                items.push(full(store, tenant, row)?);
            }
            Ok(Page { items, next: None })
        })
    }

    /// Identities of a member that were typed in another way than they are kept, with how.
    pub fn typed(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<BTreeMap<Identity, String>, Error> {
        let rows = self
            .core()
            .pool
            .with(|store| Ok(store.typed(tenant, member)?))?;
        let mut all = BTreeMap::new();
        for (own, typed) in rows {
            all.insert(Identity::read(&own)?, typed);
        }
        Ok(all)
    }

    /// Changes identities and attributes. Attributes that are fields of the program's profile count as
    /// filled from then on.
    pub fn patch_member(
        &self,
        tenant: TenantId,
        member: MemberId,
        patch: MemberPatch,
    ) -> Result<Member, Error> {
        self.patch_member_as_of(tenant, member, patch, self.now())
    }

    /// The same, as something that was changed at that moment.
    pub(crate) fn patch_member_as_of(
        &self,
        tenant: TenantId,
        member: MemberId,
        patch: MemberPatch,
        at: Timestamp,
    ) -> Result<Member, Error> {
        let core = self.shared();
        let member = self.core().write(move |store| {
            let row = find(store, tenant, &MemberRef::Id(member))?;
            let id = row.id;
            let has = |identity: &stored::Identity| row.identities.contains(identity);
            let add = all_settled(store, tenant, (&patch.add_identities, "/add_identities"))?;
            let mut remove = Vec::new();
            for identity in &patch.remove_identities {
                let as_typed = identity.stored();
                let sought = identities::sought(store, tenant, &as_typed)?;
                remove.extend([sought, as_typed].into_iter().find(has));
            }
            let typed = typed(&add);
            let add: Vec<_> = add.into_iter().map(|settled| settled.own).collect();
            let add: Vec<_> = add.into_iter().filter(|own| !has(own)).collect();
            for identity in &add {
                if let Some(error) = no_card(store, tenant, identity)? {
                    return Err(error);
                }
            }
            let attributes = changed(&row.attributes, &patch.attributes)?;
            let is_other = attributes != row.attributes || !add.is_empty() || !remove.is_empty();
            let names = changed_names((&row.attributes, &attributes), &add, &remove);
            let change = stored::MemberPatch {
                attributes: Some(attributes),
                add,
                remove,
            };
            let moved = [&change.add[..], &change.remove[..]].concat();
            if is_other {
                told_change(&core, store, (tenant, id), (change, names))?;
            }
            note_contact(store, tenant, (id, &row.identities), &moved, at)?;
            store.keep_typed(tenant, id, &typed)?;
            if is_other {
                note_change(store, tenant, (id, at))?;
            }
            let row = find(store, tenant, &MemberRef::Id(id))?;
            full(store, tenant, row)
        })?;
        self.tell_profile(tenant, member.id, &member.attributes)?;
        Ok(member)
    }

    /// `from` turned out to be `into`: points (with their dates), progress, cards and identities
    /// go over; `from` is no more. The receipt is that of `from`.
    pub fn merge(
        &self,
        tenant: TenantId,
        from: MemberId,
        into: MemberId,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let is_card = |store: &mut dyn Store| {
            let row = store.wallet(tenant, into)?;
            Ok(row.is_some_and(|row| row.state.gift_card().is_some()))
        };
        if self.core().pool.with(is_card)? {
            let what = "is a gift card: what is on it may become a member's store credit instead";
            return Err(Error::invalid("/into", what));
        }
        let row = self
            .core()
            .pool
            .with(|store| Ok(store.wallet(tenant, into)?))?;
        if row.is_some_and(|row| row.state.group().is_some()) {
            let what = "is a group: merge people into people, and let them join it";
            return Err(Error::invalid("/into", what));
        }
        let incoming = Incoming {
            who: Who::Member(from),
            event: Event {
                key,
                occurred_at: NOW,
                recorded_at: NOW,
                entropy: [0; 16],
                kind: Kind::MergeOut(MergeOut { from, into }),
            },
        };
        self.ingest_one(tenant, incoming)
    }

    /// A merge was a mistake: `member`, who was merged into another, is one of their own again, with
    /// their identities, their orders, and what is still there of what they had. The receipt is that of
    /// whoever had taken them over.
    pub fn unmerge(
        &self,
        tenant: TenantId,
        member: MemberId,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        // Once they are parted, the same request sent again would seem to be about somebody else.
        let stands = match self.event(tenant, &key) {
            Ok(earlier) => earlier.member,
            Err(Error::NotFound { .. }) => self.member(tenant, &MemberRef::Id(member))?.id,
            Err(error) => return Err(error),
        };
        let incoming = Incoming {
            who: Who::Member(stands),
            event: Event {
                key,
                occurred_at: NOW,
                recorded_at: NOW,
                entropy: [0; 16],
                kind: Kind::Unmerge(Unmerge { member }),
            },
        };
        self.ingest_one(tenant, incoming)
    }
}

/// Makes the person known under all identities, before the enrolment names the first.
fn introduce(
    store: &mut dyn Store,
    tenant: TenantId,
    new: &NewMember,
    now: Timestamp,
) -> Result<(), Error> {
    let mut found: Option<stored::Member> = None;
    let settled = all_settled(store, tenant, (&new.identities, "/identities"))?;
    let typed = typed(&settled);
    let identities: Vec<_> = settled.into_iter().map(|settled| settled.own).collect();
    for identity in &identities {
        let member = store.member_by_identity(tenant, &identity.kind, &identity.value)?;
        match (&found, member) {
            (Some(one), Some(other)) if one.id != other.id => return Err(taken(identity)),
            (None, Some(member)) => found = Some(member),
            (_, None) => {
                if let Some(error) = no_card(store, tenant, identity)? {
                    return Err(error);
                }
            }
            _ => {}
        }
    }
    let Some(member) = found else {
        let id = input::time_ordered(now);
        let member = stored::Member {
            id: MemberId::from_bytes(id),
            wallet: WalletId::from_bytes(id),
            merged_into: None,
            created_at: now,
            identities,
            attributes: json(&new.attributes)?,
        };
        store.create_member(tenant, &member)?;
        return Ok(store.keep_typed(tenant, member.id, &typed)?);
    };
    let fresh = |identity: &&stored::Identity| !member.identities.contains(identity);
    let stranger = identities.iter().find(fresh);
    let wallet = store.wallet(tenant, member.id)?;
    if wallet.is_some_and(|row| row.state.enrolled_at.is_some()) {
        // Whoever knows a member's telephone number must not get their own e-mail address onto
        // that member's account by joining again.
        let theirs = identities.iter().find(|identity| !fresh(identity));
        return match (stranger, theirs) {
            (Some(_), Some(theirs)) => Err(taken(theirs)),
            _ => Ok(()),
        };
    }
    let fresh = |identity: &stored::Identity| !member.identities.contains(identity);
    let patch = stored::MemberPatch {
        attributes: Some(changed(&member.attributes, &new.attributes)?),
        add: identities.into_iter().filter(fresh).collect(),
        remove: Vec::new(),
    };
    store.patch_member(tenant, member.id, &patch)?;
    Ok(store.keep_typed(tenant, member.id, &typed)?)
}

/// Changes what is known of a member, and writes with it an event that says the names of what was changed, so that
/// others are told of it: both or neither.
fn told_change(
    core: &Core,
    store: &mut dyn Store,
    (tenant, member): (TenantId, MemberId),
    (change, names): (stored::MemberPatch, Vec<Text>),
) -> Result<(), Error> {
    let bug = |error: regulars_base::TextError| Error::Bug(error.to_string());
    let entropy = u128::from_be_bytes(core.config.chance.bytes());
    let event = Event {
        key: EventKey {
            source: Text::new("members").map_err(bug)?,
            external_id: Text::new(format!("{member}/{entropy:032x}")).map_err(bug)?,
        },
        occurred_at: NOW,
        recorded_at: NOW,
        entropy: [0; 16],
        kind: Kind::MemberChanged(names),
    };
    let who = Who::Member(member);
    let now = core.config.clock.now();
    let prepared = core.prepare(Incoming { who, event }, &[], Timing::Live, now)?;
    worker::with_person(core, store, (tenant, prepared), &(member, change))
}

/// What of a member is changed, by name: the log keeps nothing of what stands there.
fn changed_names(
    (before, after): (&str, &str),
    add: &[stored::Identity],
    remove: &[stored::Identity],
) -> Vec<Text> {
    let read =
        |text: &str| -> BTreeMap<String, Value> { serde_json::from_str(text).unwrap_or_default() };
    let (before, after) = (read(before), read(after));
    let attributes = before.keys().chain(after.keys());
    let attributes = attributes.filter(|name| before.get(*name) != after.get(*name));
    let attributes = attributes.map(|name| ("attributes", name.as_str()));
    let identities = add.iter().chain(remove);
    let identities = identities.map(|own| ("identities", own.kind.as_str()));
    let names: BTreeSet<String> = attributes
        .chain(identities)
        .map(|(of, name)| match is_plain(name) {
            true => format!("{of}.{name}"),
            false => of.to_owned(),
        })
        .collect();
    let names = names.iter().filter_map(|name| Text::new(name).ok());
    names.collect()
}

/// Whether it is a name and nothing else: whoever writes a sentence into one does not write it into the log.
fn is_plain(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=40).contains(&name.len()) && name.bytes().all(letter)
}

/// Identities as they are kept; each that cannot be one is refused at its place.
fn all_settled(
    store: &mut dyn Store,
    tenant: TenantId,
    (all, at): (&[Identity], &str),
) -> Result<Vec<Settled>, Error> {
    let mut found: Vec<Settled> = Vec::with_capacity(all.len());
    for (place, own) in all.iter().enumerate() {
        let at = format!("{at}/{place}/value");
        let settled = identities::settled(store, tenant, (own.stored(), &at))?;
        // One that is typed in two ways is one.
        if found.iter().all(|other| other.own != settled.own) {
            found.push(settled);
        }
    }
    Ok(found)
}

fn typed(all: &[Settled]) -> Vec<(stored::Identity, String)> {
    let typed = |own: &Settled| Some((own.own.clone(), own.typed.clone()?));
    all.iter().filter_map(typed).collect()
}

fn taken(own: &stored::Identity) -> Error {
    Error::IdentityTaken {
        kind: own.kind.clone(),
        value: own.value.clone(),
    }
}

/// Members by how an identity or their name begins; numbers in whatever way they are typed.
fn beginning(
    store: &mut dyn Store,
    tenant: TenantId,
    (text, limit): (&str, usize),
) -> Result<Vec<stored::Member>, Error> {
    let mut rows: Vec<stored::Member> = Vec::new();
    for text in identities::begins(store, tenant, text)? {
        for row in store.find_members(tenant, &text, limit)? {
            if rows.len() < limit && rows.iter().all(|own| own.id != row.id) {
                rows.push(row);
            }
        }
    }
    Ok(rows)
}

impl Identity {
    /// As events name it.
    pub fn who(&self) -> Who {
        Who::Identity {
            kind: self.kind.clone(),
            value: self.value.clone(),
        }
    }

    pub(crate) fn stored(&self) -> stored::Identity {
        stored::Identity {
            kind: self.kind.to_string(),
            value: self.value.to_string(),
        }
    }

    pub(crate) fn read(own: &stored::Identity) -> Result<Self, Error> {
        let text =
            |text: &str| Text::new(text).map_err(|why| Error::Corrupt(format!("`{text}` {why}")));
        Ok(Self {
            kind: text(&own.kind)?,
            value: text(&own.value)?,
        })
    }
}

impl MemberRef {
    /// As events name it.
    pub fn who(&self) -> Who {
        match self {
            Self::Id(id) => Who::Member(*id),
            Self::Identity(identity) => identity.who(),
        }
    }
}

impl fmt::Display for MemberRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Identity(identity) => write!(f, "{}:{}", identity.kind, identity.value),
        }
    }
}

/// The member's row. Of a merged one, that of the member who took it over.
pub(crate) fn find(
    store: &mut dyn Store,
    tenant: TenantId,
    who: &MemberRef,
) -> Result<stored::Member, Error> {
    let found = match who {
        MemberRef::Id(id) => store.standing_member(tenant, *id)?,
        MemberRef::Identity(identity) => {
            let own = identities::sought(store, tenant, &identity.stored())?;
            store.member_by_identity(tenant, &own.kind, &own.value)?
        }
    };
    match (found, who) {
        (Some(found), _) => Ok(found),
        (None, MemberRef::Identity(identity)) => {
            let own = identities::sought(store, tenant, &identity.stored())?;
            let card = no_card(store, tenant, &own)?;
            Err(card.unwrap_or_else(|| Error::not_found("member", who)))
        }
        (None, MemberRef::Id(_)) => Err(Error::not_found("member", who)),
    }
}

/// Why an identity that nobody has is nobody's, if it is the number of a card that was made here: such cards
/// become somebody's by being activated, and in no other way.
fn no_card(
    store: &mut dyn Store,
    tenant: TenantId,
    identity: &stored::Identity,
) -> Result<Option<Error>, Error> {
    if identity.kind != stored::CARD {
        return Ok(None);
    }
    let card = store.card(tenant, &identity.value)?;
    Ok(card.map(|card| Error::NoCard(Box::new(card))))
}

/// A row with what the wallet knows.
pub(crate) fn full(
    store: &mut dyn Store,
    tenant: TenantId,
    row: stored::Member,
) -> Result<Member, Error> {
    let wallet = store.wallet(tenant, row.id)?;
    let identities = row.identities.iter().map(Identity::read);
    let identities = identities.collect::<Result<_, Error>>()?;
    Ok(Member {
        id: row.id,
        wallet: row.wallet,
        enrolled_at: wallet.and_then(|wallet| wallet.state.enrolled_at),
        created_at: row.created_at,
        identities,
        attributes: read(&row.attributes)?,
        merged_into: row.merged_into,
    })
}

type Attributes = BTreeMap<String, serde_json::Value>;

fn read(attributes: &str) -> Result<Attributes, Error> {
    let damaged = |error| Error::Corrupt(format!("a member's attributes cannot be read: {error}"));
    match attributes {
        "" => Ok(Attributes::new()),
        attributes => serde_json::from_str(attributes).map_err(damaged),
    }
}

fn json(attributes: &Attributes) -> Result<String, Error> {
    serde_json::to_string(attributes).map_err(|error| Error::Bug(error.to_string()))
}

/// Attributes with some of them set, or taken away by `null`.
fn changed(before: &str, patch: &Attributes) -> Result<String, Error> {
    let mut attributes = read(before)?;
    for (name, value) in patch {
        match value {
            serde_json::Value::Null => attributes.remove(name),
            value => attributes.insert(name.clone(), value.clone()),
        };
    }
    json(&attributes)
}
