//! Members as a CRM has them: who they are, what is known of them and what they allow, out as CSV and in again,
//! from a file or by a signed webhook. What two sides say of one member is decided by when they said it:
//! the newer wins, and a consent comes in only with its proof ([the manual](../../../docs/manual/crm.md)).

mod said;

use crate::members::{Identity, MemberPatch, NewMember};
use crate::page::PageAsk;
use crate::page::each_page;
use crate::rejects::Rejects;
use crate::{App, Error, Member, MemberRef};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::outcome::Verdict;
use regulars_lake::Reject;
use regulars_store::{Setting, Store};
use said::Columns;
pub use said::{ConsentSaid, ContactSaid};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// The sort of setting that says when something of a member was last changed.
const CHANGED: &str = "member-changed";
/// The source of what comes in by a file.
pub(crate) const SOURCE: &str = "crm";
const ROWS: usize = 1000;

/// What became of a contact that came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContactCame {
    /// Whether they are a member by this.
    pub new: bool,
    /// Whether something of them is another now.
    pub changed: bool,
    /// How many things stay as they are, since what is here is newer.
    pub kept: u64,
}

/// What became of a file of contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactsCame {
    /// Rows read.
    pub rows: u64,
    /// New members.
    pub new: u64,
    /// Members of whom something is another now, new ones not counted.
    pub changed: u64,
    /// Things that stay as they are, since what is here is newer.
    pub kept: u64,
    /// Rows that could not be taken, or not in all.
    pub rejected: u64,
    /// Where those are, if there are any.
    pub rejects: Option<std::path::PathBuf>,
}

/// How many lines of a file of contacts say something, and how many nothing.
pub(crate) fn lines(text: &str) -> Result<(usize, usize), Error> {
    let read = said::read_csv(text, &[])?;
    let good = read.iter().filter(|(_, said)| said.is_ok()).count();
    Ok((good, read.len() - good))
}

/// Notes that something of a member was changed at a moment, unless something later is noted.
pub(crate) fn note_change(
    store: &mut dyn Store,
    tenant: TenantId,
    (member, at): (MemberId, Timestamp),
) -> Result<(), Error> {
    let id = member.to_string();
    let before = store.setting(tenant, CHANGED, &id)?;
    // Whoever is faster notes a moment that is as late.
    if before
        .as_ref()
        .and_then(moment_of)
        .is_some_and(|own| own >= at)
    {
        return Ok(());
    }
    let setting = Setting {
        kind: CHANGED.into(),
        id,
        version: before.map_or(1, |row| row.version + 1),
        body: at.micros().to_string(),
    };
    store.put_setting(tenant, &setting)?;
    Ok(())
}

/// Forgets when something of a member was changed.
pub(crate) fn forget_change(
    store: &mut dyn Store,
    tenant: TenantId,
    member: MemberId,
) -> Result<(), Error> {
    store.delete_setting(tenant, CHANGED, &member.to_string())?;
    Ok(())
}

fn moment_of(row: &Setting) -> Option<Timestamp> {
    row.body.parse().ok().map(Timestamp::from_micros)
}

impl App {
    /// When something of a member was last changed: what they are recognised by, what is known of them. Since
    /// when they are known, if nothing ever was.
    pub fn changed_at(&self, tenant: TenantId, member: &Member) -> Result<Timestamp, Error> {
        let id = member.id.to_string();
        self.core().pool.with(|store| {
            let row = store.setting(tenant, CHANGED, &id)?;
            Ok(row
                .as_ref()
                .and_then(moment_of)
                .unwrap_or(member.created_at))
        })
    }

    /// Writes all members as CSV, those of whom something was changed since a moment if one is named; how many.
    pub fn export_contacts(
        &self,
        tenant: TenantId,
        since: Option<Timestamp>,
        into: &mut dyn Write,
    ) -> Result<u64, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let purposes = program
            .activities
            .iter()
            .filter(|own| own.consent.is_some());
        let purposes: Vec<String> = purposes.map(|own| own.id.clone()).collect();
        // Which attributes there are is known when all were seen.
        let mut names = BTreeSet::new();
        self.each_member(tenant, &mut |member| {
            names.extend(member.attributes.keys().cloned());
            Ok(())
        })?;
        let columns = Columns { names, purposes };
        let broken = |error: std::io::Error| {
            Error::Unavailable(format!("the contacts cannot be written: {error}"))
        };
        into.write_all(columns.head().as_bytes()).map_err(broken)?;
        let mut written = 0;
        self.each_member(tenant, &mut |member| {
            let changed_at = self.changed_at(tenant, member)?;
            let own = self.balances(tenant, &MemberRef::Id(member.id), None)?;
            let latest = own.engaged.consents.iter().map(|consent| consent.since);
            let latest = latest.chain([changed_at]).max().unwrap_or(changed_at);
            if since.is_some_and(|since| latest < since) {
                return Ok(());
            }
            written += 1;
            let line = columns.line(member, changed_at, &own.engaged.consents);
            into.write_all(line.as_bytes()).map_err(broken)
        })?;
        into.flush().map_err(broken)?;
        Ok(written)
    }

    /// Goes through all members who joined and are themselves.
    fn each_member(
        &self,
        tenant: TenantId,
        each: &mut dyn FnMut(&Member) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let own = |member: &&Member| member.merged_into.is_none() && member.enrolled_at.is_some();
        let page = |page: &PageAsk| self.members(tenant, page);
        each_page(ROWS, page, |members| {
            members.iter().filter(own).try_for_each(&mut *each)?;
            Ok(true)
        })
    }

    /// Takes in a CSV file of contacts. `columns` says what columns are called that are called otherwise:
    /// `email=E-Mail`, `attribute.city=Town`, `fax=-` (left out). What cannot be taken of a row is written to
    /// `rejects`, with line and reason.
    pub fn import_contacts(
        &self,
        tenant: TenantId,
        (text, columns): (&str, &[String]),
        rejects: &Path,
    ) -> Result<ContactsCame, Error> {
        let mut rejects = Rejects::new(rejects.to_owned());
        let mut came = ContactsCame::default();
        for (line, said) in said::read_csv(text, columns)? {
            came.rows += 1;
            let mut refuse = |reason: String| {
                rejects.write(&Reject {
                    line,
                    reason,
                    text: String::new(),
                    order: None,
                })
            };
            let said = match said {
                Ok(said) => said,
                Err(why) => {
                    refuse(why)?;
                    continue;
                }
            };
            let (own, wrong) = match self.take_contact(tenant, SOURCE, &said) {
                Ok(taken) => taken,
                Err(error) if error.passes() => return Err(error),
                Err(error) => {
                    refuse(error.to_string())?;
                    continue;
                }
            };
            came.new += u64::from(own.new);
            came.changed += u64::from(own.changed && !own.new);
            came.kept += own.kept;
            for why in wrong {
                refuse(why)?;
            }
        }
        came.rejected = rejects.count;
        came.rejects = rejects.finish()?;
        Ok(came)
    }

    /// Takes in what another program says of somebody; what of it could not be taken, in words. Whoever is no
    /// member becomes one. What is said twice changes nothing the second time.
    pub fn take_contact(
        &self,
        tenant: TenantId,
        source: &str,
        said: &ContactSaid,
    ) -> Result<(ContactCame, Vec<String>), Error> {
        said.check(self.now())?;
        let mut came = ContactCame::default();
        let (member, is_new) = match self.contact_named(tenant, said)? {
            Some(member) => (member, false),
            None => (self.new_contact(tenant, source, said)?, true),
        };
        came.new = is_new;
        if !is_new {
            self.change_contact(tenant, &member, said, &mut came)?;
        }
        let mut wrong = Vec::new();
        for (purpose, consent) in &said.consents {
            match self.take_consent(tenant, member.id, (purpose, consent), &mut came) {
                Ok(()) => {}
                Err(error) if error.passes() => return Err(error),
                Err(error) => wrong.push(error.to_string()),
            }
        }
        Ok((came, wrong))
    }

    /// Whom a contact means; nobody whom we know, or an error if it names several.
    pub(crate) fn contact_named(
        &self,
        tenant: TenantId,
        said: &ContactSaid,
    ) -> Result<Option<Member>, Error> {
        let mut found: Option<Member> = None;
        let id = said.member.iter().map(|id| Ok(MemberRef::Id(*id)));
        let identities = said
            .identities()?
            .into_iter()
            .map(|own| Ok(MemberRef::Identity(own)));
        for who in id.chain(identities) {
            let who: Result<MemberRef, Error> = who;
            let member = match self.member(tenant, &who?) {
                Ok(member) => member,
                Err(Error::NotFound { .. }) if said.member.is_none() => continue,
                Err(Error::NotFound { .. }) if found.is_some() => continue,
                Err(error) => return Err(error),
            };
            match &found {
                Some(other) if other.id != member.id => {
                    let what = format!(
                        "names two members, {} and {}: merge them, or leave one name out",
                        other.id, member.id
                    );
                    return Err(Error::invalid("", what));
                }
                _ => found = Some(member),
            }
        }
        Ok(found)
    }

    fn new_contact(
        &self,
        tenant: TenantId,
        source: &str,
        said: &ContactSaid,
    ) -> Result<Member, Error> {
        let identities = said.identities()?;
        let Some(first) = identities.first() else {
            let what = "names nobody: say an e-mail address, a telephone number, a card or a customer's number";
            return Err(Error::invalid("", what));
        };
        let new = NewMember {
            key: EventKey {
                source: named(source)?,
                external_id: named(&format!("contact/{}:{}", first.kind, first.value))?,
            },
            identities: identities.clone(),
            attributes: said.attributes.clone(),
            occurred_at: None,
            referral_code: None,
        };
        let (member, receipt) = self.enrol(tenant, new)?;
        if receipt.verdict != Verdict::Accepted && !receipt.duplicate {
            return Err(Error::invalid("", "the program takes no new members now"));
        }
        let at = (member.id, said.changed_at.unwrap_or(member.created_at));
        self.core()
            .write(move |store| note_change(store, tenant, at))?;
        Ok(member)
    }

    /// Of whom we know: what is newer wins; what is older, or of no known moment, fills what is empty.
    fn change_contact(
        &self,
        tenant: TenantId,
        member: &Member,
        said: &ContactSaid,
        came: &mut ContactCame,
    ) -> Result<(), Error> {
        let ours = self.changed_at(tenant, member)?;
        let newer = said.changed_at.is_some_and(|theirs| theirs > ours);
        let mut patch = MemberPatch::default();
        for (name, value) in &said.attributes {
            let has = member.attributes.get(name);
            match has {
                Some(has) if has == value => {}
                Some(_) if !newer => came.kept += 1,
                None if value.is_null() => {}
                _ => drop(patch.attributes.insert(name.clone(), value.clone())),
            }
        }
        for identity in said.settled_identities(self, tenant)? {
            let same: Vec<&Identity> = member
                .identities
                .iter()
                .filter(|own| own.kind == identity.kind)
                .collect();
            if same.iter().any(|own| own.value == identity.value) {
                continue;
            }
            match (same.is_empty(), newer) {
                (true, _) => patch.add_identities.push(identity),
                (false, false) => came.kept += 1,
                (false, true) => {
                    // A card is handed out and taken back at the desk, not by a list.
                    if identity.kind.as_str() == "card" {
                        came.kept += 1;
                        continue;
                    }
                    patch.remove_identities.extend(same.into_iter().cloned());
                    patch.add_identities.push(identity);
                }
            }
        }
        if patch == MemberPatch::default() {
            return Ok(());
        }
        came.changed = true;
        self.patch_member_as_of(tenant, member.id, patch, said.changed_at.unwrap_or(ours))?;
        Ok(())
    }

    /// What somebody allows: taken back whenever that is newer; given only with its proof.
    fn take_consent(
        &self,
        tenant: TenantId,
        member: MemberId,
        (purpose, said): (&str, &ConsentSaid),
        came: &mut ContactCame,
    ) -> Result<(), Error> {
        let own = self.balances(tenant, &MemberRef::Id(member), None)?.engaged;
        let own = own.consents.iter().find(|own| own.purpose == purpose);
        if own.is_some_and(|own| own.given == said.given) || (own.is_none() && !said.given) {
            return Ok(());
        }
        let at = format!("/consents/{purpose}");
        let moment = said.at.ok_or_else(|| {
            Error::invalid(&*at, "has no moment: say when it was given or taken back")
        })?;
        if own.is_some_and(|own| own.since >= moment) {
            came.kept += 1;
            return Ok(());
        }
        let proof = said.proof.trim();
        if said.given && proof.is_empty() {
            let what = "is not taken over without its proof: say where and how it was given";
            return Err(Error::invalid(at, what));
        }
        let key = EventKey {
            source: named(SOURCE)?,
            external_id: named(&format!("consent/{member}/{purpose}/{}", moment.micros()))?,
        };
        let origin = match proof {
            "" => "taken over".to_owned(),
            proof => proof.chars().take(Text::MAX / 4).collect(),
        };
        let version = format!("said {moment}");
        let receipt = self.consent_under(
            (tenant, member),
            (purpose, said.given),
            (SOURCE, &origin),
            (key, version),
        )?;
        match receipt.verdict {
            Verdict::Accepted => came.changed = true,
            _ => return Err(Error::invalid(at, "was refused by the program")),
        }
        Ok(())
    }
}

fn named(text: &str) -> Result<Text, Error> {
    Text::new(text).map_err(|error| Error::invalid("", error.to_string()))
}

/// What a cell says: a text stays one, whatever it looks like.
pub(crate) fn value_of(cell: &str) -> Value {
    Value::String(cell.to_owned())
}

/// The value of an attribute in a cell.
pub(crate) fn cell_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Attributes by their names.
pub(crate) type Attributes = BTreeMap<String, Value>;
