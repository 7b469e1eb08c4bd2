//! What a campaign brought: those who got it against those who were held out by lot.
//!
//! Only a hold-out that was drawn by lot shows a cause. Each customer counts once, with what they spent in
//! the weeks after they came in (`after`), and with what they had spent in the weeks before (`before`). Who
//! spent much before spends much after, whatever is sent to them; so the difference of the two means is
//! freed of what `before` explains (CUPED: Deng, Xu, Kohavi and Walker, 2013), which narrows its interval
//! and does not move it.
//!
//! Where the sample cannot carry an answer there is none, but a [`NoAnswer`] that says what is missing.

pub mod always;
pub mod mismatch;
pub mod power;
pub mod sequential;

use crate::Interval;
use crate::figure::Z;

/// So many customers at least in each of the two groups.
pub const CUSTOMERS_LEAST: u64 = 50;

/// So many at least in each group who spent something.
pub const BUYERS_LEAST: u64 = 20;

/// How lopsided the difference may be (its skewness). At this much each end of an interval of 95 % errs
/// in 1.7 to 3.3 of 100 samples instead of 2.5, and both together still in five.
pub const SKEW_MOST: f64 = 0.1;

/// Customers of one group, added up exactly. Amounts are in minor units of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arm {
    /// How many customers, those who spent nothing among them.
    pub customers: u64,
    /// How many of them spent something after.
    pub buyers: u64,
    /// What they spent after, and before.
    pub after: i128,
    /// See `after`.
    pub before: i128,
    /// Sums of products of two: after by after, after by before, before by before.
    seconds: [i128; 3],
    /// Sums of products of three, from after alone to before alone.
    thirds: [i128; 4],
}

impl Arm {
    /// Takes in a customer: what they spent after, and before.
    pub const fn add(&mut self, after: i64, before: i64) {
        let (y, x) = (after as i128, before as i128);
        self.customers += 1;
        self.buyers += (after != 0) as u64;
        self.after += y;
        self.before += x;
        self.seconds = [
            self.seconds[0] + y * y,
            self.seconds[1] + y * x,
            self.seconds[2] + x * x,
        ];
        self.thirds = [
            self.thirds[0].saturating_add(y * y * y),
            self.thirds[1].saturating_add(y * y * x),
            self.thirds[2].saturating_add(y * x * x),
            self.thirds[3].saturating_add(x * x * x),
        ];
    }

    /// Takes in all customers of another.
    pub const fn merge(&mut self, other: &Self) {
        self.customers += other.customers;
        self.buyers += other.buyers;
        self.after += other.after;
        self.before += other.before;
        let mut at = 0;
        while at < 3 {
            self.seconds[at] += other.seconds[at];
            at += 1;
        }
        let mut at = 0;
        while at < 4 {
            self.thirds[at] = self.thirds[at].saturating_add(other.thirds[at]);
            at += 1;
        }
    }

    fn moments(&self) -> Moments {
        let n = self.customers as f64;
        let (my, mx) = (self.after as f64 / n, self.before as f64 / n);
        let [yy, yx, xx] = self.seconds.map(|sum| sum as f64 / n);
        let [yyy, yyx, yxx, xxx] = self.thirds.map(|sum| sum as f64 / n);
        Moments {
            n,
            after: my,
            before: mx,
            seconds: [yy - my * my, yx - my * mx, xx - mx * mx],
            thirds: [
                yyy - 3.0 * my * yy + 2.0 * my.powi(3),
                yyx - 2.0 * my * yx - mx * yy + 2.0 * my * my * mx,
                yxx - 2.0 * mx * yx - my * xx + 2.0 * my * mx * mx,
                xxx - 3.0 * mx * xx + 2.0 * mx.powi(3),
            ],
        }
    }
}

/// Means, and moments about them.
struct Moments {
    n: f64,
    after: f64,
    before: f64,
    seconds: [f64; 3],
    thirds: [f64; 4],
}

impl Moments {
    /// Variance of `after - theta * before` over customers, as a sample estimates it.
    fn variance(&self, theta: f64) -> f64 {
        let [yy, yx, xx] = self.seconds;
        let whole = (yy - 2.0 * theta * yx + theta * theta * xx).max(0.0);
        whole * self.n / (self.n - 1.0)
    }

    /// Third moment of the same.
    fn third(&self, theta: f64) -> f64 {
        let [yyy, yyx, yxx, xxx] = self.thirds;
        yyy - 3.0 * theta * yyx + 3.0 * theta * theta * yxx - theta.powi(3) * xxx
    }
}

/// Why a sample carries no answer.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoAnswer {
    /// A group is too small.
    #[error("{customers} customers in the smaller group; at least {CUSTOMERS_LEAST} are needed")]
    TooFew {
        /// How many there are.
        customers: u64,
    },
    /// Too few of a group bought anything.
    #[error("{buyers} customers of a group bought something; at least {BUYERS_LEAST} are needed")]
    FewBuyers {
        /// How many did.
        buyers: u64,
    },
    /// The sizes of the groups are not those that were drawn.
    #[error(
        "{treated} against {held_out} customers is not what a hold-out of {share} gives (p = {p:.1e}): \
         somebody is missing from a group, so the two cannot be compared"
    )]
    Mismatch {
        /// How many got it.
        treated: u64,
        /// How many were held out.
        held_out: u64,
        /// The share that was to be held out.
        share: f64,
        /// How probable this or more is.
        p: f64,
    },
    /// A few customers make up nearly all of the difference.
    #[error(
        "a few customers with large orders decide the difference (skewness {skew:.2}, at most \
         {SKEW_MOST}): about {needed} customers are needed in the smaller group"
    )]
    Lopsided {
        /// The skewness of the difference.
        skew: f64,
        /// About how many it would take.
        needed: u64,
    },
    /// Everybody spent the same.
    #[error("all customers spent the same, so there is nothing to compare")]
    NoSpread,
}

/// What a campaign brought for each customer who got it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// More spent by each of those who got it than without it, in minor units.
    pub each: f64,
    /// Where it lies in 95 of 100 such samples, looked at once, at the end.
    pub interval: Interval,
    /// The variance of `each`.
    pub variance: f64,
    /// What each of those held out spent.
    pub without: f64,
    /// Which part of the variance `before` explained: so much smaller a sample did.
    pub explained: f64,
    /// What it brought in all: `each` for everybody who got it.
    pub in_all: f64,
}

impl Lift {
    /// `each` in parts of what was spent without it; nothing where nothing was spent.
    #[must_use]
    pub fn relative(&self) -> Option<f64> {
        (self.without > 0.0).then(|| self.each / self.without)
    }
}

/// What those who got it spent more than those held out, of whom there were to be `share` of all.
///
/// # Errors
///
/// When the sample carries no answer.
pub fn lift(treated: &Arm, held_out: &Arm, share: f64) -> Result<Lift, NoAnswer> {
    if let Some(p) = mismatch::mismatch(treated.customers, held_out.customers, share) {
        return Err(NoAnswer::Mismatch {
            treated: treated.customers,
            held_out: held_out.customers,
            share,
            p,
        });
    }
    let customers = treated.customers.min(held_out.customers);
    if customers < CUSTOMERS_LEAST {
        return Err(NoAnswer::TooFew { customers });
    }
    let buyers = treated.buyers.min(held_out.buyers);
    if buyers < BUYERS_LEAST {
        return Err(NoAnswer::FewBuyers { buyers });
    }
    let (ours, others) = (treated.moments(), held_out.moments());
    let theta = theta(&ours, &others);
    let variance = ours.variance(theta) / ours.n + others.variance(theta) / others.n;
    if variance <= 0.0 || !variance.is_finite() {
        return Err(NoAnswer::NoSpread);
    }
    let third = ours.third(theta) / ours.n.powi(2) - others.third(theta) / others.n.powi(2);
    let skew = third / variance.powf(1.5);
    if skew.abs() > SKEW_MOST {
        let needed = customers as f64 * (skew / SKEW_MOST).powi(2);
        return Err(NoAnswer::Lopsided {
            skew,
            needed: needed.ceil() as u64,
        });
    }
    let plain = ours.variance(0.0) / ours.n + others.variance(0.0) / others.n;
    let each = ours.after - others.after - theta * (ours.before - others.before);
    let spread = Z * variance.sqrt();
    Ok(Lift {
        each,
        interval: Interval {
            low: each - spread,
            high: each + spread,
            method: "difference of means, CUPED, 95 %",
        },
        variance,
        without: others.after,
        explained: (1.0 - variance / plain).max(0.0),
        in_all: each * ours.n,
    })
}

/// How much of `before` is taken off `after`: their common slope within the groups, which makes the
/// variance least.
fn theta(ours: &Moments, others: &Moments) -> f64 {
    // A group's part in the variance of the difference goes by one over its size.
    let both = |at: usize| ours.seconds[at] / ours.n + others.seconds[at] / others.n;
    let (together, before) = (both(1), both(2));
    if before > 0.0 { together / before } else { 0.0 }
}

#[cfg(test)]
mod tests;
