//! What a shop does not keep for ever: for each sort of personal data a time, set by the shop. Every night what is
//! older goes, in the way in which it goes when a member is forgotten; what went stands in the audit trail.

use crate::background::for_each_tenant;
use crate::service::ServiceState;
use crate::{App, Error, MemberRef, NewAct, Told, only_setting};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::event::Kind;
use regulars_store::{Aging, Cursor, Member, Store};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const POLICY: &str = "retention";
const LAST: &str = "retention-run";
/// How often a server looks whether it is time.
const EVERY: Duration = Duration::from_secs(60);
/// So many members are looked at, or forgotten, at once.
const MEMBERS_AT_ONCE: usize = 500;
/// So many rows go in one transaction.
const ROWS_AT_ONCE: usize = 1000;
/// So many entries of a ledger are read at once to find the last one that a member brought about.
const ENTRIES_AT_ONCE: usize = 16;
const DAY_MICROS: i64 = 86_400_000_000;
/// The shortest and the longest time, in days; for members in months.
const DAYS: (u32, u32) = (7, 3650);
const MONTHS: (u32, u32) = (6, 240);
/// A month, in days, where it is only about how long ago something is.
const MONTH_DAYS: u32 = 31;

/// How long personal data are kept; 0 for as long as the member is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// After so many months in which nothing happened for a member they are forgotten.
    pub members_months: u32,
    /// What messages said goes after so many days.
    pub messages_days: u32,
    /// What members wrote in surveys.
    pub answers_days: u32,
    /// Where rewards were sent, since they came.
    pub addresses_days: u32,
    /// What was said in cases, since they were solved.
    pub cases_days: u32,
    /// What was noted of talks.
    pub contacts_days: u32,
}

/// How much of each there is, or went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aged {
    /// Members for whom nothing happened.
    pub members: u64,
    /// More of them who stay, since they are on a plan.
    pub on_plan: u64,
    /// Messages.
    pub messages: u64,
    /// Surveys that were answered.
    pub answers: u64,
    /// Addresses of rewards that were sent.
    pub addresses: u64,
    /// Cases that were solved.
    pub cases: u64,
    /// Talks that were noted.
    pub contacts: u64,
}

/// Lets go what is old every night, until the app is closed.
pub(crate) fn run(app: &App) {
    let words = "what is old is still there, and goes later";
    for_each_tenant(app, EVERY, words, |tenant| {
        app.retain_at_night(tenant).map(drop)
    });
}

impl Retention {
    fn check(&self) -> Result<(), Error> {
        let days = [
            ("messages_days", self.messages_days),
            ("answers_days", self.answers_days),
            ("addresses_days", self.addresses_days),
            ("cases_days", self.cases_days),
            ("contacts_days", self.contacts_days),
        ];
        let days = days.into_iter().map(|(name, own)| (name, own, DAYS));
        let months = [("members_months", self.members_months, MONTHS)];
        let wrong = months
            .into_iter()
            .chain(days)
            .find(|(_, own, (least, most))| *own != 0 && !(*least..=*most).contains(own));
        match wrong {
            None => Ok(()),
            Some((name, _, (least, most))) => Err(Error::invalid(
                format!("/{name}"),
                format!("must be {least} to {most}, or 0 to keep it"),
            )),
        }
    }

    /// In words, for the trail.
    pub fn in_words(&self) -> String {
        let all = [
            ("members", self.members_months, "months"),
            ("messages", self.messages_days, "days"),
            ("answers", self.answers_days, "days"),
            ("addresses", self.addresses_days, "days"),
            ("cases", self.cases_days, "days"),
            ("contacts", self.contacts_days, "days"),
        ];
        let words = all.map(|(name, own, unit)| match own {
            0 => format!("{name}: for ever"),
            own => format!("{name}: {own} {unit}"),
        });
        words.join(", ")
    }

    fn days_of(&self, what: Aging) -> u32 {
        match what {
            Aging::Messages => self.messages_days,
            Aging::Answers => self.answers_days,
            Aging::Addresses => self.addresses_days,
        }
    }
}

impl Aged {
    fn of(&mut self, what: Aging) -> &mut u64 {
        match what {
            Aging::Messages => &mut self.messages,
            Aging::Answers => &mut self.answers,
            Aging::Addresses => &mut self.addresses,
        }
    }

    /// In words, for the trail: what there was of each; empty if nothing.
    pub fn in_words(&self) -> String {
        let all = [
            ("members", self.members),
            ("messages", self.messages),
            ("answers", self.answers),
            ("addresses", self.addresses),
            ("cases", self.cases),
            ("contacts", self.contacts),
        ];
        let there = all.into_iter().filter(|(_, count)| *count > 0);
        let words: Vec<String> = there
            .map(|(name, count)| format!("{name}: {count}"))
            .collect();
        words.join(", ")
    }
}

/// The moment so many days ago; nothing where it is kept.
fn ago(now: Timestamp, days: u32) -> Option<Timestamp> {
    (days > 0).then(|| now.plus_micros(-i64::from(days) * DAY_MICROS))
}

impl App {
    /// How long the shop keeps personal data.
    pub fn retention(&self, tenant: TenantId) -> Result<Retention, Error> {
        let core = self.core();
        core.pool
            .with(|store| only_setting::get(store, tenant, POLICY))
    }

    /// Sets it. What it was before, and is now. What is old then goes in the next night.
    pub fn set_retention(
        &self,
        tenant: TenantId,
        new: Retention,
    ) -> Result<(Retention, Retention), Error> {
        new.check()?;
        let core = self.core();
        core.pool
            .with(|store| only_setting::replace(store, tenant, POLICY, |_: &Retention| new))
    }

    /// How much would go by these times. Nothing goes.
    pub fn preview_retention(&self, tenant: TenantId, of: &Retention) -> Result<Aged, Error> {
        of.check()?;
        self.aged(tenant, of, false)
    }

    /// Lets go now what is older than the shop keeps it. How much went.
    pub fn retain(&self, tenant: TenantId) -> Result<Aged, Error> {
        let of = self.retention(tenant)?;
        let went = self.aged(tenant, &of, true)?;
        self.note_done(tenant, LAST, self.now())?;
        Ok(went)
    }

    /// The same, if it was not done since this night; what went, if it was. The server does so by itself, and puts
    /// it down in the trail.
    pub fn retain_at_night(&self, tenant: TenantId) -> Result<Option<Aged>, Error> {
        let keeps_all = self.retention(tenant)? == Retention::default();
        if keeps_all || !self.is_due_tonight(tenant, LAST)? {
            return Ok(None);
        }
        let went = self.retain(tenant)?;
        if !went.in_words().is_empty() {
            self.note(
                tenant,
                NewAct {
                    actor: "server".into(),
                    act: "run_retention".into(),
                    target: String::new(),
                    told: Told {
                        name: "server".into(),
                        after: went.in_words(),
                        ..Told::default()
                    },
                },
            )?;
        }
        Ok(Some(went))
    }

    fn aged(&self, tenant: TenantId, of: &Retention, goes: bool) -> Result<Aged, Error> {
        let now = self.now();
        let mut aged = Aged::default();
        for what in Aging::ALL {
            let Some(before) = ago(now, of.days_of(what)) else {
                continue;
            };
            *aged.of(what) = match goes {
                false => self
                    .core()
                    .pool
                    .with(|store| Ok(store.count_aged(tenant, what, before)?))?,
                true => self.let_all_go(tenant, what, before)?,
            };
        }
        if let Some(before) = ago(now, of.cases_days) {
            aged.cases = self.aged_cases(tenant, before, goes)?;
        }
        let members = ago(now, of.members_months.saturating_mul(MONTH_DAYS));
        let contacts = ago(now, of.contacts_days);
        if members.is_some() || contacts.is_some() {
            self.aged_members(tenant, (members, contacts), goes, &mut aged)?;
        }
        Ok(aged)
    }

    /// In parts, so that events come in between.
    fn let_all_go(&self, tenant: TenantId, what: Aging, before: Timestamp) -> Result<u64, Error> {
        let mut went = 0;
        loop {
            let some = self
                .core()
                .write(move |store| Ok(store.let_aged_go(tenant, what, before, ROWS_AT_ONCE)?))?;
            went += some;
            if some < ROWS_AT_ONCE as u64 {
                return Ok(went);
            }
        }
    }

    fn aged_cases(&self, tenant: TenantId, before: Timestamp, goes: bool) -> Result<u64, Error> {
        let mut count = 0;
        for case in self.all_service_cases(tenant, Some(ServiceState::Solved))? {
            let is_old = case.solved_at.is_some_and(|at| at < before);
            // Its subject goes last, so what has none was done before.
            if !is_old || case.subject.is_empty() {
                continue;
            }
            count += 1;
            if goes {
                self.forget_service_case(tenant, &case.id)?;
            }
        }
        Ok(count)
    }

    /// Goes through all members: whoever nothing happened for since `members` is forgotten, what was noted of
    /// talks before `contacts` goes.
    fn aged_members(
        &self,
        tenant: TenantId,
        (members, contacts): (Option<Timestamp>, Option<Timestamp>),
        goes: bool,
        aged: &mut Aged,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page = self
                .core()
                .pool
                .with(|store| Ok(store.members(tenant, after, MEMBERS_AT_ONCE)?))?;
            let mut old = Vec::new();
            for member in &page {
                if let Some(before) = contacts {
                    aged.contacts += self.aged_contacts(tenant, member.id, before, goes)?;
                }
                // Who has no identity was forgotten before.
                if let Some(before) = members
                    && !member.identities.is_empty()
                    && self.is_silent(tenant, member, before)?
                {
                    match self.may_leave(tenant, member.id) {
                        Ok(()) => {
                            old.push(member.id);
                            aged.members += 1;
                        }
                        Err(Error::OnPlan(_)) => aged.on_plan += 1,
                        Err(error) => return Err(error),
                    }
                }
            }
            if goes {
                self.forget(tenant, &old)?;
            }
            match page.last() {
                Some(last) if page.len() == MEMBERS_AT_ONCE => after = Some(last.id),
                _ => return Ok(()),
            }
        }
    }

    /// Whether nothing happened for a member since: nothing that they brought about, neither in their own wallet
    /// nor as somebody of a group. What time alone does is not theirs.
    fn is_silent(
        &self,
        tenant: TenantId,
        member: &Member,
        before: Timestamp,
    ) -> Result<bool, Error> {
        if member.created_at >= before {
            return Ok(false);
        }
        let core = self.core();
        let silent = core
            .pool
            .with(|store| silent(store, tenant, member, before))?;
        if !silent {
            return Ok(false);
        }
        let balances = self.balances(tenant, &MemberRef::Id(member.id), None)?;
        Ok(balances.group.is_none())
    }
}

fn silent(
    store: &mut dyn Store,
    tenant: TenantId,
    member: &Member,
    before: Timestamp,
) -> Result<bool, Error> {
    let mut at = Cursor::Before(u64::MAX);
    loop {
        let rows = store.log(tenant, member.wallet, at, ENTRIES_AT_ONCE)?;
        for row in &rows {
            if row.event.recorded_at < before {
                return Ok(true);
            }
            if !matches!(row.event.kind, Kind::Tick | Kind::MemberChanged(_)) {
                return Ok(false);
            }
        }
        match rows.last() {
            Some(last) if rows.len() == ENTRIES_AT_ONCE => at = Cursor::Before(last.seq),
            _ => return Ok(true),
        }
    }
}
