//! What a merchant promises, who works when, and whose an organisation's cases are.

use super::Agent;
use crate::{App, Error, MemberRef, only_setting};
use regulars_base::{MemberId, TenantId};
use regulars_engage::BusinessHours;
use regulars_engine::event::Fault;
use regulars_engine::program::GroupKind;
use serde::{Deserialize, Serialize};

const KIND: &str = "service";
/// The longest promise: ninety days.
const MINUTES_MOST: u32 = 90 * 24 * 60;
const DAYS_MOST: u16 = 365;
const BUDGET_MOST: i64 = 1_000_000_000;

/// A survey that asks how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Its id.
    pub survey: String,
    /// So many days after a case was solved.
    pub days: u16,
}

/// What a merchant promises, and what agents may give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceSettings {
    /// When somebody works, from Monday on: `09:00-17:00`, or empty for a day off. All empty: at any time.
    pub hours: [String; 7],
    /// In so many minutes of work a member has a first answer.
    pub answer_minutes: u32,
    /// In so many it is solved.
    pub solve_minutes: u32,
    /// How many points (whole ones) an agent may give for cases in a month; more waits for a second person.
    pub budget: i64,
    /// Who bought again within so many days after a case was opened was won back.
    pub recovered_days: u16,
    /// Where answers to letters go; to whoever sends them, if empty.
    pub reply_to: String,
    /// Asks how it went.
    pub follow_up: Option<FollowUp>,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        let day = || "09:00-17:00".to_owned();
        Self {
            hours: [
                day(),
                day(),
                day(),
                day(),
                day(),
                String::new(),
                String::new(),
            ],
            answer_minutes: 4 * 60,
            solve_minutes: 24 * 60,
            budget: 0,
            recovered_days: 60,
            reply_to: String::new(),
            follow_up: None,
        }
    }
}

impl ServiceSettings {
    /// The hours, as the clock takes them.
    pub(super) fn business_hours(&self) -> BusinessHours {
        BusinessHours(std::array::from_fn(|day| span(&self.hours[day])))
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (day, text) in self.hours.iter().enumerate() {
            if !text.is_empty() && span(text).is_none() {
                let what = "must be hours as 09:00-17:00, or empty for a day off";
                faults.push(Fault::new(format!("/hours/{day}"), what));
            }
        }
        let mut wrong = |at: &str, what: String| faults.push(Fault::new(at, what));
        for (at, own) in [
            ("/answer_minutes", self.answer_minutes),
            ("/solve_minutes", self.solve_minutes),
        ] {
            if !(1..=MINUTES_MOST).contains(&own) {
                wrong(at, format!("must be 1 to {MINUTES_MOST}"));
            }
        }
        if !(0..=BUDGET_MOST).contains(&self.budget) {
            wrong("/budget", format!("must be 0 to {BUDGET_MOST} points"));
        }
        if !(1..=DAYS_MOST).contains(&self.recovered_days) {
            wrong("/recovered_days", format!("must be 1 to {DAYS_MOST}"));
        }
        if !self.reply_to.is_empty() && !regulars_mail::is_address(&self.reply_to) {
            wrong("/reply_to", "must be an e-mail address, or empty".into());
        }
        if self
            .follow_up
            .as_ref()
            .is_some_and(|own| own.days > DAYS_MOST)
        {
            wrong("/follow_up/days", format!("must be at most {DAYS_MOST}"));
        }
        faults
    }
}

/// The minutes of hours as `09:00-17:00`.
fn span(text: &str) -> Option<(u16, u16)> {
    let minute = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
        (hour < 24 && minute < 60 || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
    };
    let (from, until) = text.split_once('-')?;
    let (from, until) = (minute(from)?, minute(until)?);
    (from < until).then_some((from, until))
}

impl App {
    /// What is promised.
    pub fn service_settings(&self, tenant: TenantId) -> Result<ServiceSettings, Error> {
        self.core()
            .pool
            .with(|store| only_setting::get(store, tenant, KIND))
    }

    /// Promises something else; what runs keeps its own due times. What it was before, and is now.
    pub fn set_service_settings(
        &self,
        tenant: TenantId,
        new: ServiceSettings,
    ) -> Result<(ServiceSettings, ServiceSettings), Error> {
        let mut faults = new.faults();
        if let Some(own) = &new.follow_up
            && self.survey(tenant, &own.survey).is_err()
        {
            let what = format!("`{}` is no survey", own.survey);
            faults.push(Fault::new("/follow_up/survey", what));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        self.core()
            .pool
            .with(|store| only_setting::replace(store, tenant, KIND, |_: &ServiceSettings| new))
    }

    /// The organisation of a member and who looks after it, as its group says: a person by id, address or name.
    pub(super) fn account_manager_of(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<(Option<MemberId>, Option<Agent>), Error> {
        let balances = self.balances(tenant, &MemberRef::Id(member), None)?;
        let Some(group) = balances.group.map(|own| own.group) else {
            return Ok((None, None));
        };
        let own = self.group(tenant, &MemberRef::Id(group))?;
        let rule = own
            .program
            .groups
            .iter()
            .find(|rule| rule.name == own.group.rule);
        let manager = own.group.manager.as_str().trim();
        if rule.is_none_or(|rule| rule.kind != GroupKind::Organisation) || manager.is_empty() {
            return Ok((None, None));
        }
        let people = self.people(tenant)?;
        let person = people.iter().find(|person| {
            [&person.id, &person.email, &person.name]
                .into_iter()
                .any(|own| own == manager)
        });
        let agent = person.map(|person| Agent {
            id: person.id.clone(),
            name: person.name.clone(),
        });
        Ok((Some(group), agent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_or_are_none() {
        assert_eq!(span("09:00-17:30"), Some((540, 1050)));
        assert_eq!(span("00:00-24:00"), Some((0, 1440)));
        for bad in ["", "9-17", "17:00-09:00", "09:00-25:00", "09:00"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }
}
