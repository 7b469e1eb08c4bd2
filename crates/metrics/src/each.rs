//! What models say of each customer by themselves: whether they will leave, how often they will come, what they will
//! bring, and what they are called.
//!
//! The numbers are those of the report, rounded to what somebody can act on: a chance moves a little every day on which
//! nobody does anything, and who acts on it should not be told each time.

use crate::kind_of_loyalty::Kind;
use crate::kinds::Kinds;
use crate::leaving::Leaving;
use crate::metric::rfm::Segment;
use crate::outlook::Outlook;
use crate::report::Scored;
use crate::{CustomerSummary, model::Refusal};

/// Numbers are told in thousandths.
const THOUSAND: f64 = 1000.0;

/// No number is larger than this, in thousandths.
const MOST: f64 = 1e15;

/// What models say of a customer; numbers in thousandths, and nothing where nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfCustomer {
    /// How likely it is, in whole per cent, that they buy nothing in the window to come: of those who are active now.
    pub churn: Option<i64>,
    /// How likely they are, in whole per cent, to be customers still.
    pub alive: Option<i64>,
    /// Days with a purchase to be expected within the months, to a tenth.
    pub orders: Option<i64>,
    /// What they will bring, in whole units of the currency.
    pub value: Option<i64>,
    /// Their place in the RFM grid.
    pub segment: Segment,
    /// Why they come back.
    pub kind: Option<Kind>,
}

/// What models found out of all customers.
#[derive(Clone, Copy, Debug)]
pub struct Each<'a> {
    /// Who will leave.
    pub leaving: &'a Result<Leaving, Refusal>,
    /// What is to come.
    pub outlook: &'a Result<Outlook, Refusal>,
    /// Kinds of loyalty, sorted.
    pub kinds: &'a Kinds,
    /// Scores of all by what they bought.
    pub scored: &'a Scored,
    /// How many decimals the currency has.
    pub decimals: u8,
}

impl Each<'_> {
    /// What is said of one of them.
    #[must_use]
    pub fn of(&self, customer: &CustomerSummary) -> OfCustomer {
        let number = customer.customer;
        let outlook = self.outlook.as_ref().ok().and_then(|all| all.of(number));
        let churn = self.leaving.as_ref().ok().and_then(|all| all.of(number));
        let unit = 10_f64.powi(self.decimals.into());
        OfCustomer {
            churn: churn.and_then(per_cent),
            alive: outlook.and_then(|it| per_cent(it.probability_alive)),
            orders: outlook.and_then(|it| thousandths((it.purchases * 10.0).round() / 10.0)),
            value: outlook.and_then(|it| thousandths((it.value? / unit).round())),
            segment: self.scored.of(customer).1,
            kind: self.kinds.of(number),
        }
    }
}

/// A chance in whole per cent, in thousandths of a per cent.
fn per_cent(chance: f64) -> Option<i64> {
    thousandths((chance * 100.0).round())
}

/// What is no number says nothing.
fn thousandths(value: f64) -> Option<i64> {
    let whole = (value * THOUSAND).round();
    whole.is_finite().then(|| whole.clamp(-MOST, MOST) as i64)
}

#[cfg(test)]
mod tests {
    use super::{per_cent, thousandths};

    #[test]
    fn chances_are_whole_per_cent_and_what_is_no_number_is_nothing() {
        assert_eq!(per_cent(0.604), Some(60_000));
        assert_eq!(per_cent(0.996), Some(100_000));
        assert_eq!(thousandths(1.25), Some(1250));
        assert_eq!(thousandths(f64::NAN), None);
        assert_eq!(thousandths(1e300), Some(1_000_000_000_000_000));
    }
}
