//! What an agent gives for a case: points, out of a budget of their own and the month; beyond it a second person
//! decides, as with any other adjustment.

use super::{LineKind, SERVICE, ServiceCase};
use crate::people::read;
use crate::{App, Caller, Error, HeldAdjustment, MemberRef, Receipt};
use regulars_base::{EventKey, TenantId, Text};
use regulars_engine::event::Adjustment;
use regulars_engine::outcome::Verdict;
use regulars_store::Setting;
use serde::{Deserialize, Serialize};

/// The sort of record that says what an agent gave in a month.
const SPENT: &str = "agent-budget";
/// So often it is tried to write what was given.
const TRIES: usize = 8;

/// What an agent gave in a month, in the smallest unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Spent {
    points: i64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum MadeGood {
    /// It is given; what came of it.
    Given(Box<Receipt>),
    /// It is more than the agent may give: it waits for a second person.
    Waits(Box<HeldAdjustment>),
}

impl App {
    /// Gives points for a case: so many, in the smallest unit of the program's first points.
    ///
    /// # Errors
    /// The program has no points, or too few or too many are asked for.
    pub fn make_good(
        &self,
        by: &Caller,
        id: &str,
        (amount, reason): (i64, &str),
    ) -> Result<(ServiceCase, MadeGood), Error> {
        let tenant = by.tenant;
        if amount <= 0 {
            return Err(Error::invalid("/amount", "must be above 0"));
        }
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let points = program.points.first().ok_or_else(|| {
            Error::invalid("/amount", "cannot be given: the program has no points")
        })?;
        let text =
            |text: &str| Text::new(text).map_err(|why| Error::invalid("/reason", why.to_string()));
        let adjustment = Adjustment {
            points: text(&points.id)?,
            amount,
            reason: text(reason.trim())?,
            by: text(&by.signature())?,
        };
        let (year, month, _) = program.zone.day(now).year_month_day();
        let account = format!("{}.{year:04}-{month:02}", by.key);
        let unit = 10_i64.saturating_pow(u32::from(points.decimals));
        let budget = self.service_settings(tenant)?.budget.saturating_mul(unit);
        // Each gift of a case has a number, so that a request that is lost half-way is not given twice.
        let (case, number) = self.rewrite(tenant, id, |case| {
            case.gifts += 1;
            Ok(case.gifts)
        })?;
        let key = EventKey {
            source: text(SERVICE)?,
            external_id: text(&format!("{id}.{number}"))?,
        };
        let within = by.may_adjust(amount, points.decimals)
            && self.spend(tenant, (&account, budget), amount)?;
        let who = MemberRef::Id(case.member);
        if !within {
            let held = self.hold_adjustment(by, &who, &adjustment, points.decimals, &key)?;
            let says = format!(
                "asked for {} {}, which waits for a second person",
                shown(amount, unit),
                points.id
            );
            self.add_line(tenant, id, (LineKind::Change, Some(by.agent())), &says)?;
            return Ok((case, MadeGood::Waits(Box::new(held))));
        }
        let receipt = match self.adjust(tenant, &who, adjustment, key) {
            Ok(receipt) if receipt.verdict == Verdict::Accepted => receipt,
            other => {
                // Nothing was given, so nothing was spent.
                self.spend(tenant, (&account, i64::MAX), -amount)?;
                return Ok((case, MadeGood::Given(Box::new(other?))));
            }
        };
        let (case, ()) = self.rewrite(tenant, id, |case| {
            case.made_good = case.made_good.saturating_add(amount);
            Ok(())
        })?;
        let says = format!(
            "gave {} {}: {}",
            shown(amount, unit),
            points.id,
            reason.trim()
        );
        self.add_line(tenant, id, (LineKind::Change, Some(by.agent())), &says)?;
        Ok((case, MadeGood::Given(Box::new(receipt))))
    }

    /// What an agent has left of this month's budget, in the smallest unit of the first points.
    pub fn budget_left(&self, by: &Caller) -> Result<i64, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(by.tenant, now)?;
        let Some(points) = program.points.first() else {
            return Ok(0);
        };
        let (year, month, _) = program.zone.day(now).year_month_day();
        let account = format!("{}.{year:04}-{month:02}", by.key);
        let unit = 10_i64.saturating_pow(u32::from(points.decimals));
        let budget = self
            .service_settings(by.tenant)?
            .budget
            .saturating_mul(unit);
        let row = self
            .core()
            .pool
            .with(|store| Ok(store.setting(by.tenant, SPENT, &account)?))?;
        let spent: Spent = row.as_ref().map(read).transpose()?.unwrap_or_default();
        Ok((budget - spent.points).max(0))
    }

    /// Takes so much out of what an agent may give in a month; `false` if it is not there.
    fn spend(
        &self,
        tenant: TenantId,
        (account, budget): (&str, i64),
        amount: i64,
    ) -> Result<bool, Error> {
        for _ in 0..TRIES {
            let row = self
                .core()
                .pool
                .with(|store| Ok(store.setting(tenant, SPENT, account)?))?;
            let mut spent: Spent = row.as_ref().map(read).transpose()?.unwrap_or_default();
            spent.points = spent.points.saturating_add(amount);
            if spent.points > budget {
                return Ok(false);
            }
            let next = Setting {
                kind: SPENT.into(),
                id: account.to_owned(),
                version: row.map_or(1, |row| row.version + 1),
                body: serde_json::to_string(&spent)
                    .map_err(|error| Error::Bug(error.to_string()))?,
            };
            let written = self
                .core()
                .write(move |store| Ok(store.put_setting(tenant, &next)?))?;
            if written {
                return Ok(true);
            }
        }
        Err(Error::Retry(
            "much is given out of this budget at once".into(),
        ))
    }
}

/// So many points, as people write them.
fn shown(amount: i64, unit: i64) -> String {
    match amount % unit {
        0 => (amount / unit).to_string(),
        part => format!(
            "{}.{part:0width$}",
            amount / unit,
            width = unit.ilog10() as usize
        ),
    }
}
