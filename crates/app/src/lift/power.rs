//! What a comparison could show, before it starts: from what members bought in the days before.

use super::{LiftAsk, LiftMetric, each_bought};
use crate::Error;
use regulars_base::{Currency, TenantId, WalletId};
use regulars_engine::Program;
use regulars_metrics::lift::power::expected;
use regulars_metrics::lift::{Arm, BUYERS_LEAST, CUSTOMERS_LEAST};
use regulars_store::{BoughtOf, Store};
use std::collections::BTreeSet;

/// Where less than an effect of so much of what is bought anyway can be told, nobody is warned.
const WEAK_FROM: f64 = 0.2;

/// What could be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// In how many days after coming in.
    pub days: u16,
    /// How many members are expected.
    pub members: u64,
    /// How many of them would be held out.
    pub held_out: u64,
    /// What each of them spent in as many days before today, in minor units.
    pub each: f64,
    /// The least effect for each member that is seen four times of five, in minor units.
    pub least: Option<f64>,
    /// The same in parts of what each spends anyway.
    pub relative: Option<f64>,
    /// What is to be known before it starts.
    pub warning: Option<PowerWarning>,
    /// The currency.
    pub currency: Currency,
}

/// Why a comparison would say little, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerWarning {
    /// Nobody is to be held out.
    NobodyHeldOut,
    /// A group is too small for any answer.
    TooFew,
    /// Too few of a group would buy anything.
    FewBuyers,
    /// Only an effect could be told that is larger than most have.
    Weak,
}

impl PowerWarning {
    /// Its code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NobodyHeldOut => "nobody_held_out",
            Self::TooFew => "too_few",
            Self::FewBuyers => "few_buyers",
            Self::Weak => "weak",
        }
    }
}

/// Whose past it is foreseen from.
pub(crate) enum Past {
    /// Everybody's in a segment.
    Segment(String),
    /// That of these.
    Some(BTreeSet<WalletId>),
}

/// What could be told of spend, with so many of them, of whom so many in a hundred are held out.
pub(crate) fn foreseen(
    store: &mut dyn Store,
    tenant: TenantId,
    past: &Past,
    (percent, program, today): (u8, &Program, i32),
) -> Result<Power, Error> {
    let LiftAsk { days, .. } = LiftAsk::default();
    let length = i32::from(days);
    let of = match past {
        Past::Segment(id) => BoughtOf::Segment(id.clone()),
        Past::Some(_) => BoughtOf::Everybody,
    };
    let mut arm = Arm::default();
    each_bought(store, tenant, &of, &mut |row, bought| {
        let counts = match past {
            Past::Segment(_) => true,
            Past::Some(own) => own.contains(&row.wallet),
        };
        if let Some(bought) = bought.filter(|bought| counts && !bought.gone) {
            let spend = |first| LiftMetric::Spend.of(bought.within(first, days));
            arm.add(spend(today - length), spend(today - 2 * length));
        }
    })?;
    Ok(of_past(&arm, percent, (days, program.currency)))
}

fn of_past(arm: &Arm, percent: u8, (days, currency): (u16, Currency)) -> Power {
    let members = arm.customers;
    let held_out = (members * u64::from(percent)).div_ceil(100);
    let expected = expected(arm);
    let least = expected.and_then(|own| own.least(members, held_out));
    let each = expected.map_or(0.0, |own| own.each);
    let relative = least.filter(|_| each > 0.0).map(|least| least / each);
    let smaller = held_out.min(members.saturating_sub(held_out));
    let buyers = smaller as f64 * arm.buyers as f64 / (members.max(1)) as f64;
    let warning = if percent == 0 {
        Some(PowerWarning::NobodyHeldOut)
    } else if smaller < CUSTOMERS_LEAST {
        Some(PowerWarning::TooFew)
    } else if buyers < BUYERS_LEAST as f64 {
        Some(PowerWarning::FewBuyers)
    } else if relative.is_none_or(|part| part > WEAK_FROM) {
        Some(PowerWarning::Weak)
    } else {
        None
    };
    Power {
        days,
        members,
        held_out,
        each,
        least,
        relative,
        warning,
        currency,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by() -> (u16, Currency) {
        (30, Currency::new("EUR").expect("is one"))
    }

    fn past(members: i64, spend: impl Fn(i64) -> i64) -> Arm {
        let mut arm = Arm::default();
        for n in 0..members {
            arm.add(spend(n), 0);
        }
        arm
    }

    #[test]
    fn it_is_said_beforehand_where_a_sample_can_carry_no_answer() {
        let warned = |members, percent| {
            let arm = past(members, |n| 900 + n % 3 * 100);
            of_past(&arm, percent, by()).warning
        };
        assert_eq!(warned(10_000, 0), Some(PowerWarning::NobodyHeldOut));
        assert_eq!(warned(400, 10), Some(PowerWarning::TooFew));
        assert_eq!(warned(500, 10), None);
        assert_eq!(warned(0, 10), Some(PowerWarning::TooFew));
        let rare = of_past(&past(10_000, |n| i64::from(n % 100 == 0) * 1000), 10, by());
        assert_eq!(rare.warning, Some(PowerWarning::FewBuyers));
        let uneven = of_past(&past(1_000, |n| i64::from(n % 4 == 0) * 4000), 10, by());
        assert_eq!(uneven.warning, Some(PowerWarning::Weak));
        // 1000 each on average, with a standard deviation of 1732; 900 against 100.
        let least = uneven.least.expect("two groups");
        assert!(
            (least - 2.8016 * 1732.9 * (1.0_f64 / 90.0).sqrt()).abs() < 1.0,
            "{least}"
        );
        assert!((uneven.relative.expect("they spend") - least / 1000.0).abs() < 1e-9);
    }
}
