//! What was said with a member where nothing of ours was in between: by telephone, in a chat, in the shop. An
//! agent notes it; it stands in the member's timeline, goes along with their data, and is forgotten with
//! them.

use crate::cases::{read, written};
use crate::page::all_of;
use crate::programs::hex;
use crate::{Agent, App, Error, MemberRef, input};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::event::Fault;
use regulars_store::Case;
use serde::{Deserialize, Serialize};

/// The sort of rows that contacts are; the member's id follows.
const OF_MEMBER: &str = "contact-of:";
/// How the id of a contact begins.
const CONTACT: &str = "con_";
const TEXT_MOST: usize = 10_000;
const ROWS: usize = 1000;
/// So many contacts of one member are kept.
pub(crate) const CONTACTS_MOST: usize = 5000;

/// How a member was spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// By telephone.
    Phone,
    /// In a chat.
    Chat,
    /// Face to face.
    InPerson,
    /// By post.
    Post,
}

impl ContactKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Phone, Self::Chat, Self::InPerson, Self::Post];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Chat => "chat",
            Self::InPerson => "in_person",
            Self::Post => "post",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// A contact with a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id (`con_…`).
    pub id: String,
    /// How they were spoken with.
    pub kind: ContactKind,
    /// When.
    pub at: Timestamp,
    /// Who noted it.
    pub by: Agent,
    /// What was said; empty once the member was forgotten.
    pub text: String,
}

/// A contact to be noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// How they were spoken with.
    pub kind: ContactKind,
    /// When; now, if nothing.
    pub at: Option<Timestamp>,
    /// What was said.
    pub text: String,
}

impl App {
    /// Notes a contact with a member.
    pub fn note_contact(
        &self,
        tenant: TenantId,
        by: Agent,
        who: &MemberRef,
        new: &NewContact,
    ) -> Result<Contact, Error> {
        let member = self.known_person(tenant, who)?.id;
        let (now, text) = (self.now(), new.text.trim());
        let mut faults = Vec::new();
        if text.is_empty() || text.chars().count() > TEXT_MOST {
            faults.push(Fault::new(
                "/text",
                format!("must be 1 to {TEXT_MOST} characters"),
            ));
        }
        if new.at.is_some_and(|at| at > now) {
            faults.push(Fault::new("/at", "is in the future: note what was said"));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        if self.contacts(tenant, member)?.len() >= CONTACTS_MOST {
            let what = format!("has {CONTACTS_MOST} contacts already");
            return Err(Error::invalid("/member", what));
        }
        let contact = Contact {
            id: format!("{CONTACT}{}", hex(&input::time_ordered(now)[..10])),
            kind: new.kind,
            at: new.at.unwrap_or(now),
            by,
            text: text.to_owned(),
        };
        let row = row_of(member, &contact)?;
        self.core()
            .write(move |store| Ok(store.open_case(tenant, &row, &[])?))?;
        Ok(contact)
    }

    /// All contacts with a member, as they were noted.
    pub fn contacts(&self, tenant: TenantId, member: MemberId) -> Result<Vec<Contact>, Error> {
        let kind = kind_of(member);
        all_of((ROWS, usize::MAX), |page| {
            self.cases(tenant, (&kind, None), page, read)
        })
    }

    /// How many talks with a member were noted before a moment and still say something; what they say goes, if it
    /// is to.
    pub(crate) fn aged_contacts(
        &self,
        tenant: TenantId,
        member: MemberId,
        before: Timestamp,
        goes: bool,
    ) -> Result<u64, Error> {
        let mut old = self.contacts(tenant, member)?;
        old.retain(|contact| contact.at < before && !contact.text.is_empty());
        let count = old.len() as u64;
        if goes {
            self.forget_those(tenant, member, old)?;
        }
        Ok(count)
    }

    /// Forgets what was said with a member: that somebody was spoken with stays.
    pub(crate) fn forget_contacts(&self, tenant: TenantId, member: MemberId) -> Result<(), Error> {
        let all = self.contacts(tenant, member)?;
        self.forget_those(tenant, member, all)
    }

    fn forget_those(
        &self,
        tenant: TenantId,
        member: MemberId,
        contacts: Vec<Contact>,
    ) -> Result<(), Error> {
        for contact in contacts {
            let seen = self.case(tenant, (&kind_of(member), "contact"), &contact.id)?;
            let text = String::new();
            let next = row_of(member, &Contact { text, ..contact })?;
            self.core()
                .write(move |store| Ok(store.replace_case(tenant, &seen, &next)?))?;
        }
        Ok(())
    }
}

fn kind_of(member: MemberId) -> String {
    format!("{OF_MEMBER}{member}")
}

fn row_of(member: MemberId, contact: &Contact) -> Result<Case, Error> {
    Ok(Case {
        kind: kind_of(member),
        id: contact.id.clone(),
        state: String::new(),
        body: written(contact)?,
    })
}
