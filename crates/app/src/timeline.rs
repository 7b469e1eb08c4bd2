//! All that happened with a member in one list, the newest first: orders and points, messages (sent, or not
//! and why), surveys, cases, contacts. Each is kept where it belongs; here they are only put in order, by
//! when they happened.

use crate::page::all_of;
use crate::service::ServiceCase;
use crate::surveys::Asking;
use crate::{App, Contact, Error, Explained, MemberRef, OutboxMessage, Page, PageAsk};
use regulars_base::{MemberId, TenantId, Timestamp};

/// So many entries of the ledger are looked at, the newest; the ledger itself has all.
const ENTRIES_MOST: usize = 5000;
/// So many are read at a time.
const ROWS: usize = 1000;

/// Something that happened with a member.
#[derive(Clone, Debug)]
pub enum Happened {
    /// An order, or what else moved points.
    Entry(Box<Explained>),
    /// A message to them.
    Message(Box<OutboxMessage>),
    /// A survey asked them, or they answered it.
    Survey(Box<Asking>),
    /// A case was opened.
    Case(Box<ServiceCase>),
    /// Somebody spoke with them.
    Contact(Box<Contact>),
}

impl Happened {
    /// The names of the sorts.
    pub const KINDS: [&str; 5] = ["entry", "message", "survey", "case", "contact"];

    /// Which sort it is.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Entry(_) => Self::KINDS[0],
            Self::Message(_) => Self::KINDS[1],
            Self::Survey(_) => Self::KINDS[2],
            Self::Case(_) => Self::KINDS[3],
            Self::Contact(_) => Self::KINDS[4],
        }
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Entry(own) => own.event.occurred_at,
            Self::Message(own) => own.at,
            Self::Survey(own) => own.answered_at.or(own.asked_at).unwrap_or(own.made_at),
            Self::Case(own) => own.opened_at,
            Self::Contact(own) => own.at,
        }
    }

    /// What tells it from all others of a member.
    pub fn id(&self) -> String {
        match self {
            Self::Entry(own) => format!("{:020}", own.seq),
            Self::Message(own) => own.id.clone(),
            Self::Survey(own) => own.id.clone(),
            Self::Case(own) => own.id.clone(),
            Self::Contact(own) => own.id.clone(),
        }
    }

    /// Where it stands in the list: a smaller text is a newer thing.
    fn place(&self) -> String {
        // From the far end of time downwards, so that texts sort as moments do, the newest first.
        let since_the_end = i128::from(i64::MAX) - i128::from(self.at().micros());
        format!("{since_the_end:020}/{}/{}", self.kind(), self.id())
    }
}

impl App {
    /// What happened with a member, the newest first: of this sort only, or all.
    pub fn timeline(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        kind: Option<&str>,
        page: &PageAsk,
    ) -> Result<Page<Happened>, Error> {
        let member = self.member(tenant, who)?.id;
        let all =
            self.all_that_happened(tenant, member, |own| kind.is_none_or(|kind| kind == own))?;
        let mut placed: Vec<(String, Happened)> =
            all.into_iter().map(|own| (own.place(), own)).collect();
        placed.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Page::of(placed, page, |own| &own.0).map(|own| own.1))
    }

    fn all_that_happened(
        &self,
        tenant: TenantId,
        member: MemberId,
        wants: impl Fn(&str) -> bool,
    ) -> Result<Vec<Happened>, Error> {
        let who = MemberRef::Id(member);
        let [entries, messages, surveys, cases, contacts] = Happened::KINDS.map(wants);
        let mut all = Vec::new();
        if entries {
            let own = self.newest_entries(tenant, &who)?.into_iter();
            all.extend(own.map(|own| Happened::Entry(Box::new(own))));
        }
        if messages {
            let own = self.messages_to(tenant, &who, None, ROWS)?.into_iter();
            all.extend(own.map(|own| Happened::Message(Box::new(own))));
        }
        if surveys {
            let own = self.askings_of(tenant, &who)?.into_iter();
            all.extend(own.map(|own| Happened::Survey(Box::new(own))));
        }
        if cases {
            let own = self.service_cases_of(tenant, member)?.into_iter();
            all.extend(own.map(|own| Happened::Case(Box::new(own))));
        }
        if contacts {
            let own = self.contacts(tenant, member)?.into_iter();
            all.extend(own.map(|own| Happened::Contact(Box::new(own))));
        }
        Ok(all)
    }

    fn newest_entries(&self, tenant: TenantId, who: &MemberRef) -> Result<Vec<Explained>, Error> {
        all_of((ROWS, ENTRIES_MOST), |page| self.explain(tenant, who, page))
    }
}
