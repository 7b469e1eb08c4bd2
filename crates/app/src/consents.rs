//! The ledger of consents: each time that a member allowed something or took it back, with its proof. It is no list
//! of its own: it stands in the log, which is only ever added to, and is read there.

use crate::page::each_page;
use crate::{App, Error, Explained, MemberRef, PageAsk};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::event::{Kind, Value};
use regulars_engine::outcome::Note;

/// So many entries of a ledger are read at once, and looked through at most.
const AT_ONCE: usize = 1000;
const MOST: usize = 100_000;

/// A member allowed something, or took it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEntry {
    /// What.
    pub purpose: String,
    /// Whether it is allowed since.
    pub given: bool,
    /// Whose it is.
    pub member: MemberId,
    /// When it was said.
    pub at: Timestamp,
    /// When it came here.
    pub recorded_at: Timestamp,
    /// Which system told it.
    pub source: String,
    /// Its proof as it was told: on which channel, where, under which words, and whatever else.
    pub said: Vec<(String, String)>,
    /// The version of the program that was in force.
    pub version: i64,
    /// The hash of its entry in the log, which covers all of it.
    pub hash: String,
}

impl ConsentEntry {
    /// What an entry of the ledger says of a consent, if it is about one.
    pub(crate) fn of(entry: &Explained) -> Option<Self> {
        let Kind::Activity(activity) = &entry.event.kind else {
            return None;
        };
        let given = entry.trace.iter().find_map(|note| match note {
            Note::Consented { given, .. } => Some(*given),
            _ => None,
        })?;
        let said = activity.fields.iter().filter_map(|(name, value)| {
            let value = match value {
                Value::Text(text) => text.to_string(),
                Value::Int(number) => number.to_string(),
                // Whether it is given stands above.
                Value::Bool(_) if name.as_str() == "given" => return None,
                Value::Bool(own) => own.to_string(),
            };
            Some((name.to_string(), value))
        });
        Some(Self {
            purpose: activity.name.to_string(),
            given,
            member: entry.member,
            at: entry.event.occurred_at,
            recorded_at: entry.event.recorded_at,
            source: entry.event.key.source.to_string(),
            said: said.collect(),
            version: entry.version,
            hash: entry.hash.clone(),
        })
    }
}

impl App {
    /// All consents that a member gave and took back, newest first.
    pub fn consents_of(
        &self,
        tenant: TenantId,
        who: &MemberRef,
    ) -> Result<Vec<ConsentEntry>, Error> {
        let (mut all, mut read) = (Vec::new(), 0);
        let page = |page: &PageAsk| self.explain(tenant, who, page);
        each_page(AT_ONCE, page, |entries| {
            all.extend(entries.iter().filter_map(ConsentEntry::of));
            read += entries.len();
            Ok(read < MOST)
        })?;
        Ok(all)
    }
}
