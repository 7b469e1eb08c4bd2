//! Lifetime value: what a customer will still bring, from how often they will come back, what they
//! will spend each time, and what of it stays.
//!
//! Expected purchases of each month to come, times the expected spend, times the margin, discounted
//! to today month by month. What a customer brought so far is not in it: customer value is margin so
//! far and this.

use super::gamma_gamma::GammaGamma;
use super::refusal::Refusal;
use super::{BgNbd, ParetoNbd};

/// A model of repeat buying.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Buying {
    /// Customers leave after a purchase.
    BgNbd(BgNbd),
    /// Customers leave at any moment.
    ParetoNbd(ParetoNbd),
}

impl Buying {
    /// How likely a customer with this history is to be active still.
    #[must_use]
    pub fn probability_alive(&self, repeats: u32, last: f64, observed: f64) -> f64 {
        match self {
            Self::BgNbd(model) => model.probability_alive(repeats, last, observed),
            Self::ParetoNbd(model) => model.probability_alive(repeats, last, observed),
        }
    }

    /// How often a customer with this history is to be expected within the next `horizon`.
    #[must_use]
    pub fn expected(&self, repeats: u32, last: f64, observed: f64, horizon: f64) -> f64 {
        match self {
            Self::BgNbd(model) => model.expected(repeats, last, observed, horizon),
            Self::ParetoNbd(model) => model.expected(repeats, last, observed, horizon),
        }
    }

    /// How often somebody who is active, came back so often and was looked at for so long is to be expected
    /// within the next `horizon`. When they came last does not matter then.
    #[must_use]
    pub fn expected_while_active(&self, repeats: u32, observed: f64, horizon: f64) -> f64 {
        match self {
            Self::BgNbd(model) => {
                model.expected_while_active(f64::from(repeats), observed, horizon)
            }
            Self::ParetoNbd(model) => {
                model.expected_while_active(f64::from(repeats), observed, horizon)
            }
        }
    }

    /// How often a new customer comes back within `horizon` of the first purchase, on average.
    #[must_use]
    pub fn expected_of_new(&self, horizon: f64) -> f64 {
        match self {
            Self::BgNbd(model) => model.expected_of_new(horizon),
            Self::ParetoNbd(model) => model.expected_of_new(horizon),
        }
    }
}

/// How far one looks, and what later money is worth. Printed with every value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    months: u32,
    month: f64,
    margin: f64,
    discount_yearly: f64,
}

/// Fifty years.
const MONTHS_MAX: u32 = 600;

impl Terms {
    /// How many months.
    #[must_use]
    pub fn months(&self) -> u32 {
        self.months
    }

    /// Which share of the spend stays.
    #[must_use]
    pub fn margin(&self) -> f64 {
        self.margin
    }

    /// By how much money a year later is worth less.
    #[must_use]
    pub fn discount_yearly(&self) -> f64 {
        self.discount_yearly
    }

    /// `months` ahead, each `month` long in the unit of time of the histories (30.4 where that is days);
    /// `margin` of the spend stays (0 to 1); money a year later is worth less by `discount_yearly` (0.15
    /// for 15 %).
    ///
    /// # Errors
    /// [`Refusal::BadArgument`] for what is outside of that.
    pub fn new(
        months: u32,
        month: f64,
        margin: f64,
        discount_yearly: f64,
    ) -> Result<Self, Refusal> {
        let sound = (1..=MONTHS_MAX).contains(&months)
            && month.is_finite()
            && month > 0.0
            && (0.0..=1.0).contains(&margin)
            && (0.0..=10.0).contains(&discount_yearly);
        if !sound {
            return Err(Refusal::BadArgument {
                what: "lifetime value takes 1 to 600 months of a length above zero, a margin from 0 to \
                       1 and a yearly discount from 0 to 10",
            });
        }
        Ok(Self {
            months,
            month,
            margin,
            discount_yearly,
        })
    }
}

/// A customer as the models see them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Purchases after the first.
    pub repeats: u32,
    /// Time from the first purchase to the last.
    pub last: f64,
    /// Time from the first purchase to now.
    pub observed: f64,
    /// What a purchase after the first was worth on average; nothing for whoever came once.
    pub mean_spend: f64,
}

/// What a customer will still bring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// How likely they are to be active still.
    pub probability_alive: f64,
    /// Purchases to be expected within the months.
    pub purchases: f64,
    /// What each is to be expected to be worth.
    pub spend: f64,
    /// Margin of it all, discounted to today; in the unit of money of the spend model.
    pub value: f64,
}

/// Purchases of somebody who is active. The same for all who came back equally often and were looked at
/// equally long: whoever values many customers works it out once for each of those.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    /// Purchases to be expected within the months.
    pub purchases: f64,
    /// The same, each worth less the later it comes.
    pub discounted: f64,
}

impl Ahead {
    /// Of somebody who came back `repeats` times within `observed`.
    #[must_use]
    pub fn new(buying: &Buying, terms: &Terms, repeats: u32, observed: f64) -> Self {
        let monthly = (1.0 + terms.discount_yearly).powf(1.0 / 12.0);
        let (mut purchases, mut discounted) = (0.0, 0.0);
        for month in 1..=terms.months {
            let horizon = terms.month * f64::from(month);
            let until = buying.expected_while_active(repeats, observed, horizon);
            // What comes within a month comes in the middle of it, on average.
            discounted += (until - purchases) * monthly.powf(0.5 - f64::from(month));
            purchases = until;
        }
        Self {
            purchases,
            discounted,
        }
    }
}

/// What a customer will still bring; `None` where the spend has no expectation (see
/// [`GammaGamma::mean`]).
#[must_use]
pub fn residual(
    buying: &Buying,
    spending: &GammaGamma,
    terms: &Terms,
    customer: &Seen,
) -> Option<Residual> {
    let ahead = Ahead::new(buying, terms, customer.repeats, customer.observed);
    residual_of(buying, spending, terms, customer, &ahead)
}

/// The same where [`Ahead`] is known.
#[must_use]
pub fn residual_of(
    buying: &Buying,
    spending: &GammaGamma,
    terms: &Terms,
    customer: &Seen,
    ahead: &Ahead,
) -> Option<Residual> {
    let Seen {
        repeats,
        last,
        observed,
        mean_spend,
    } = *customer;
    let spend = spending.expected(repeats, mean_spend)?;
    let probability_alive = buying.probability_alive(repeats, last, observed);
    Some(Residual {
        probability_alive,
        purchases: probability_alive * ahead.purchases,
        spend,
        value: probability_alive * ahead.discounted * spend * terms.margin,
    })
}

#[cfg(test)]
mod tests {
    use super::{Buying, GammaGamma, Seen, Terms, residual};
    use crate::model::BgNbd;

    #[test]
    fn without_discount_it_is_purchases_times_spend_times_margin() {
        let buying = Buying::BgNbd(BgNbd {
            r: 0.243,
            alpha: 4.414,
            a: 0.793,
            b: 2.426,
        });
        let spending = GammaGamma {
            p: 6.25,
            q: 3.74,
            gamma: 15.44,
        };
        let customer = Seen {
            repeats: 2,
            last: 30.43,
            observed: 38.86,
            mean_spend: 22.35,
        };
        let plain = Terms::new(12, 52.0 / 12.0, 0.3, 0.0).unwrap();
        let value = residual(&buying, &spending, &plain, &customer).unwrap();
        let expected = buying.expected(2, 30.43, 38.86, 52.0);
        assert!((value.purchases - expected).abs() < 1e-12);
        assert!((value.value - expected * value.spend * 0.3).abs() < 1e-9);
        let dear = Terms::new(12, 52.0 / 12.0, 0.3, 0.15).unwrap();
        let later = residual(&buying, &spending, &dear, &customer).unwrap();
        assert!(later.value < value.value && later.value > value.value / 1.15);
        assert!(Terms::new(0, 1.0, 0.3, 0.0).is_err());
        assert!(Terms::new(12, f64::NAN, 0.3, 0.0).is_err());
    }
}
