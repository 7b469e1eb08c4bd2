//! Looking for signs: behind the log at each wallet in which something happened, and at night at all together.

use super::{Raised, SuspicionState};
use crate::{App, Error, MemberRef, walk};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engage::suspicion::{Deed, ShopLook, Sign, Suspect, SuspicionRules, signs_of_member};
use regulars_store::{Cursor, Logged};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Who follows the log.
const RUN: &str = "suspicions";
/// When all was looked at last.
const LOOKED: &str = "suspicions-looked";
/// How often a server looks.
const EVERY: Duration = Duration::from_secs(30);
/// So many rows of a wallet are looked at behind the log: nobody honest has more in the days of a look.
const ROWS_MOST: usize = 256;
/// So many rows are read at a time.
const ROWS: usize = 64;
/// So many pairs of members are looked at that may be one person.
const PAIRS_MOST: usize = 1000;
const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;
/// Reads nothing of a wallet that has no more rows than this: no limit is that low.
const ROWS_LEAST: u64 = 3;

/// What a look came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuspicionsLooked {
    /// New suspicions.
    pub opened: u64,
    /// Those for which more speaks than before.
    pub more: u64,
    /// Members who were put on hold.
    pub held: u64,
}

/// Looks until the app is closed.
pub(crate) fn run(app: &App) {
    while !app.core().stop.wait(EVERY) {
        for tenant in app.tenants().unwrap_or_default() {
            // One may fail, and the others are done all the same.
            let done = [
                app.take_later(tenant.id).map(drop),
                app.follow_suspicions(tenant.id).map(drop),
                app.look_for_suspicions_at_night(tenant.id).map(drop),
            ];
            for error in done.into_iter().filter_map(Result::err) {
                tracing::warn!(%error, tenant = tenant.name, "suspicions were not looked for");
            }
        }
    }
}

impl SuspicionsLooked {
    fn count(&mut self, raised: Raised) {
        if let Raised::More { opened, held } = raised {
            match opened {
                true => self.opened += 1,
                false => self.more += 1,
            }
            self.held += u64::from(held);
        }
    }
}

impl App {
    /// Looks at each wallet in which something happened since it was last looked at. The server does so by itself.
    pub fn follow_suspicions(&self, tenant: TenantId) -> Result<SuspicionsLooked, Error> {
        let rules = self.suspicion_rules(tenant)?;
        let mut looked = SuspicionsLooked::default();
        if !rules.on {
            return Ok(looked);
        }
        self.core().follow_wallets(tenant, RUN, |wallet, seq| {
            if seq <= ROWS_LEAST {
                return Ok(());
            }
            let member = MemberId::from_bytes(*wallet.bytes());
            let done = self.decided_at(tenant, member)?;
            let signs = self.member_signs(tenant, &rules, (member, Some(seq)), done)?;
            looked.count(self.suspect(tenant, &rules, member, signs)?);
            Ok(())
        })?;
        Ok(looked)
    }

    /// Looks at all that all members did, which takes a while. `progress` is told which of how many rows comes
    /// next, and says whether to go on.
    pub fn look_for_suspicions(
        &self,
        tenant: TenantId,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<SuspicionsLooked, Error> {
        let (rules, now) = (self.suspicion_rules(tenant)?, self.now());
        let mut looked = SuspicionsLooked::default();
        if !rules.on {
            return Ok(looked);
        }
        let done = self.all_decided(tenant)?;
        let own = self.members_who_work_here(tenant)?;
        let mut look = ShopLook::new(&rules, now, &done);
        let pairs = self.core().pool.with(|store| {
            walk::each_event(store, tenant, progress, &mut |row| {
                if let Some(deed) = deed(&row) {
                    look.take(deed);
                }
            })?;
            Ok(store.duplicates(tenant, (false, None), PAIRS_MOST)?)
        })?;
        let mut signs: BTreeMap<Suspect, Vec<Sign>> = BTreeMap::new();
        for pair in pairs {
            // The one who came later is looked at.
            if look.earns(pair.one) && look.earns(pair.other) {
                let sign = Sign::of_duplicate(&rules, pair.one, pair.score);
                let suspect = Suspect::Member(pair.other);
                signs.entry(suspect).or_default().extend(sign);
            }
        }
        for (suspect, sign) in look.finish(&own) {
            signs.entry(suspect).or_default().push(sign);
        }
        for (suspect, signs) in signs {
            let raised = match &suspect {
                Suspect::Member(member) => self.suspect(tenant, &rules, *member, signs)?,
                other => {
                    let name = self.called(tenant, other)?;
                    self.raise(tenant, &rules, (other, &name, signs))?
                }
            };
            looked.count(raised);
        }
        self.note_done(tenant, LOOKED, now)?;
        Ok(looked)
    }

    /// Looks at all if that was not done since this night; whether it did. The server does so by itself.
    pub fn look_for_suspicions_at_night(&self, tenant: TenantId) -> Result<bool, Error> {
        let is_old = self.is_due_tonight(tenant, LOOKED)?;
        if is_old {
            let stop = &self.core().stop;
            self.look_for_suspicions(tenant, &mut |_, _| !stop.wait(Duration::ZERO))?;
        }
        Ok(is_old)
    }

    /// Raises signs against a member who is one: whoever was merged is somebody else, and a card is nobody.
    pub(super) fn suspect(
        &self,
        tenant: TenantId,
        rules: &SuspicionRules,
        member: MemberId,
        signs: Vec<Sign>,
    ) -> Result<Raised, Error> {
        if signs.is_empty() {
            return Ok(Raised::Nothing);
        }
        match self.member(tenant, &MemberRef::Id(member)) {
            Ok(own) if own.id == member && own.enrolled_at.is_some() => {
                self.raise(tenant, rules, (&Suspect::Member(member), "", signs))
            }
            Ok(_) | Err(Error::NotFound { .. }) => Ok(Raised::Nothing),
            Err(error) => Err(error),
        }
    }

    /// What speaks against a member in the newest rows of their wallet, up to a row, and after what was decided.
    pub(super) fn member_signs(
        &self,
        tenant: TenantId,
        rules: &SuspicionRules,
        (member, head): (MemberId, Option<u64>),
        done: Option<Timestamp>,
    ) -> Result<Vec<Sign>, Error> {
        let since = self.now().plus_micros(-i64::from(rules.days) * DAY_MICROS);
        let wallet = WalletId::from_bytes(*member.bytes());
        let mut before = head.map_or(u64::MAX, |seq| seq.saturating_add(1));
        let mut deeds = Vec::new();
        self.core().pool.with(|store| {
            let mut rows = 0;
            loop {
                let page = store.log(tenant, wallet, Cursor::Before(before), ROWS)?;
                for row in &page {
                    let recorded = row.event.recorded_at;
                    if recorded < since || done.is_some_and(|done| recorded <= done) {
                        return Ok(());
                    }
                    if row.event.occurred_at >= since {
                        deeds.extend(deed(row));
                    }
                }
                rows += page.len();
                match page.last() {
                    Some(last) if page.len() == ROWS && rows < ROWS_MOST => before = last.seq,
                    _ => return Ok(()),
                }
            }
        })?;
        Ok(signs_of_member(rules, &deeds))
    }

    /// When something against a member was last decided.
    pub(super) fn decided_at(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Option<Timestamp>, Error> {
        let past = self.suspicions_of(tenant, &Suspect::Member(member))?;
        Ok(past.iter().filter_map(|own| own.decided_at).max())
    }

    fn all_decided(&self, tenant: TenantId) -> Result<BTreeMap<Suspect, Timestamp>, Error> {
        let mut done: BTreeMap<Suspect, Timestamp> = BTreeMap::new();
        for state in [SuspicionState::Cleared, SuspicionState::Reversed] {
            for own in self.all_suspicions(tenant, state)? {
                let Some(at) = own.decided_at else { continue };
                let last = done.entry(own.suspect).or_insert(at);
                *last = (*last).max(at);
            }
        }
        Ok(done)
    }

    /// Which members a person who works here is: by their address, and by the identity that receipts name sellers
    /// by.
    fn members_who_work_here(
        &self,
        tenant: TenantId,
    ) -> Result<BTreeMap<String, BTreeSet<MemberId>>, Error> {
        let mut own = BTreeMap::new();
        for person in self.people(tenant)? {
            let mut members = BTreeSet::new();
            for (kind, value) in [("email", &person.email), ("staff", &person.id)] {
                let text = |text: &str| regulars_base::Text::new(text);
                let (Ok(kind), Ok(value)) = (text(kind), text(value)) else {
                    continue;
                };
                let who = MemberRef::Identity(crate::Identity { kind, value });
                match self.member(tenant, &who) {
                    Ok(member) => members.extend([member.id]),
                    Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            own.insert(person.id, members);
        }
        Ok(own)
    }

    /// What an agent is called.
    fn called(&self, tenant: TenantId, suspect: &Suspect) -> Result<String, Error> {
        let Suspect::Agent(id) = suspect else {
            return Ok(String::new());
        };
        let people = self.people(tenant)?.into_iter();
        if let Some(person) = people.into_iter().find(|own| own.id == *id) {
            return Ok(person.name);
        }
        let keys = self.keys(tenant)?.into_iter();
        let key = keys.into_iter().find(|own| own.id == *id);
        Ok(key.map_or_else(String::new, |own| own.name))
    }
}

/// What a row says, for the owner of its wallet.
fn deed(row: &Logged) -> Option<Deed> {
    let owner = MemberId::from_bytes(*row.wallet.bytes());
    Deed::of((owner, row.seq), &row.event, &row.outcome)
}
