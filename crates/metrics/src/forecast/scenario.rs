//! Named scenarios: what a forecast comes to if something is done or happens. A scenario is an assumption
//! of the merchant, not of ours: it says by how much, and from when to when.

use super::Expected;
use crate::model::Refusal;

/// An assumption.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name, printed with the figures.
    pub name: String,
    /// What changes. What changes at the same time is multiplied.
    pub changes: Vec<Change>,
}

/// One thing that changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// From which period on, 1 for the next.
    pub from: u32,
    /// Up to and with which; `None` for good.
    pub to: Option<u32>,
    /// By what the value is multiplied: 1.1 for 10 % more.
    pub factor: f64,
}

/// The periods under a scenario. The interval is stretched with the value; how sure the assumption is, it
/// does not say.
///
/// # Errors
/// A factor that is negative or no number, or a change that ends before it begins.
pub fn under(scenario: &Scenario, periods: &[Expected]) -> Result<Vec<Expected>, Refusal> {
    let broken = |change: &Change| {
        !change.factor.is_finite()
            || change.factor < 0.0
            || change.from == 0
            || change.to.is_some_and(|to| to < change.from)
    };
    if let Some(row) = scenario.changes.iter().position(broken) {
        let why = "a change has a factor of zero or more, begins with period 1 or later and ends no earlier";
        return Err(Refusal::BadRow { row, why });
    }
    Ok(periods
        .iter()
        .zip(1..)
        .map(|(expected, period)| {
            let factor: f64 = scenario
                .changes
                .iter()
                .filter(|change| change.from <= period && change.to.is_none_or(|to| period <= to))
                .map(|change| change.factor)
                .product();
            Expected {
                value: expected.value * factor,
                low: expected.low * factor,
                high: expected.high * factor,
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{Change, Expected, Scenario, under};

    #[test]
    fn changes_hold_from_when_to_when_and_multiply() {
        let flat = [Expected {
            value: 100.0,
            low: 80.0,
            high: 120.0,
        }; 4];
        let change = |from, to, factor| Change { from, to, factor };
        let mut scenario = Scenario {
            name: "double points in spring".to_owned(),
            changes: vec![change(2, Some(3), 1.1), change(3, None, 0.5)],
        };
        let values: Vec<f64> = under(&scenario, &flat)
            .unwrap()
            .iter()
            .map(|e| e.value)
            .collect();
        for (ours, theirs) in values.iter().zip([100.0, 110.0, 55.0, 50.0]) {
            assert!((ours - theirs).abs() < 1e-9);
        }
        scenario.changes.push(change(3, Some(2), 1.0));
        assert_eq!(under(&scenario, &flat).unwrap_err().code(), "bad_row");
    }
}
