//! What a rule comes to, line by line and exactly, before anything is rounded.
//!
//! *"1 bean per 2 EUR" on lines of 3.00 and 4.50 EUR comes to 300/200 and 450/200 beans: 3 beans if
//! the order is rounded down, 1 and 2 if each line is. A factor multiplies the exact values.*

use crate::event::{Line, Purchase};
use crate::program::{Base, Exclusion, Formula};
use crate::state::LineSet;
use regulars_base::Rounding;

/// The place of what belongs to no line: delivery, and gifts for the order as a whole.
pub(crate) const WHOLE: u16 = u16::MAX;

/// How a gift is reckoned for each line.
#[derive(Clone, Copy)]
pub(crate) struct Exact<'p> {
    formula: &'p Formula,
    base: Base,
    /// What counts of each minor unit, over `total`: less than 1 where excluded methods paid.
    kept: i64,
    total: i64,
}

/// What a gift comes to.
pub(crate) struct Worth {
    /// What was counted, as the explanation shows it: minor units, thousandths of items, or lines.
    pub(crate) basis: i64,
    /// How many points, rounded.
    pub(crate) points: i64,
}

impl<'p> Exact<'p> {
    /// For a purchase, or for something else: then only gifts of a fixed number come to anything.
    pub(crate) fn new(
        formula: &'p Formula,
        base: Base,
        except: &Exclusion,
        purchase: Option<&Purchase>,
    ) -> Self {
        let share = |purchase| except.unpaid_share(purchase);
        let (kept, total) = match formula {
            Formula::PerAmount { .. } => purchase.map_or((1, 1), share),
            _ => (1, 1),
        };
        Self {
            formula,
            base,
            kept,
            total,
        }
    }

    /// What all lines' values are divided by.
    pub(crate) fn den(&self, purchase: Option<&Purchase>) -> i128 {
        match self.formula {
            Formula::PerAmount { per, .. } => i128::from(*per) * i128::from(self.total),
            Formula::PerItem(_) if purchase.is_some() => 1000,
            _ => 1,
        }
    }

    /// Tells `each` the place of each line and what it comes to, to be divided by [`Exact::den`].
    #[inline]
    pub(crate) fn each(
        &self,
        purchase: Option<&Purchase>,
        set: &LineSet,
        mut each: impl FnMut(u16, i128),
    ) {
        let Some(purchase) = purchase else {
            return each(WHOLE, self.without_purchase());
        };
        match *self.formula {
            Formula::Fixed(points) => each(first_of(set), points.into()),
            Formula::PerLine(points) => {
                set.each(&purchase.lines, |at, _| each(at, points.into()));
            }
            Formula::PerItem(points) => {
                let points = i128::from(points);
                set.each(&purchase.lines, |at, line| {
                    each(at, i128::from(line.quantity) * points);
                });
            }
            Formula::PerAmount { points, .. } => {
                let one = i128::from(self.kept) * i128::from(points);
                set.each(&purchase.lines, |at, line| {
                    each(at, i128::from(self.base.of(line)) * one);
                });
                if self.base.delivery && *set == LineSet::All && purchase.delivery > 0 {
                    each(WHOLE, i128::from(purchase.delivery) * one);
                }
            }
        }
    }

    /// Whether it is one number, however many lines there are.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self.formula, Formula::Fixed(_))
    }

    /// What the lines come to together, to be divided by [`Exact::den`].
    pub(crate) fn sum(&self, purchase: Option<&Purchase>, set: &LineSet) -> i128 {
        let mut sum = 0;
        self.each(purchase, set, |_, value| sum += value);
        sum
    }

    fn without_purchase(&self) -> i128 {
        match *self.formula {
            Formula::Fixed(points) | Formula::PerItem(points) | Formula::PerLine(points) => {
                points.into()
            }
            Formula::PerAmount { .. } => 0,
        }
    }

    /// Adds the lines up and rounds: the sum, or each line on its own.
    pub(crate) fn worth(
        &self,
        purchase: Option<&Purchase>,
        set: &LineSet,
        rounding: Rounding,
        per_line: bool,
    ) -> Worth {
        let den = self.den(purchase);
        let (mut sum, mut count, mut points) = (0_i128, 0_i64, 0_i64);
        self.each(purchase, set, |_, value| {
            sum += value;
            count += 1;
            if per_line {
                points = points.saturating_add(rounding.divide_clamped(value, den));
            }
        });
        if !per_line {
            points = rounding.divide_clamped(sum, den);
        }
        let basis = match *self.formula {
            Formula::PerAmount { points, per } => {
                counted(sum * i128::from(per), den * i128::from(points))
            }
            Formula::PerItem(points) => counted(sum, points.into()),
            Formula::PerLine(_) | Formula::Fixed(_) => count,
        };
        Worth { basis, points }
    }
}

fn counted(num: i128, den: i128) -> i64 {
    if den > 0 {
        Rounding::Down.divide_clamped(num, den)
    } else {
        0
    }
}

/// A fixed gift belongs to the whole order, or to the first line that called for it.
fn first_of(set: &LineSet) -> u16 {
    set.first().unwrap_or(WHOLE)
}

impl Base {
    /// What a line counts for, in minor units of the order's currency.
    fn of(self, line: &Line) -> i64 {
        let taxed = if self.tax {
            line.amount
        } else {
            line.amount - line.tax
        };
        if self.discounts {
            taxed + line.discount
        } else {
            taxed
        }
    }
}

impl Exclusion {
    /// Which share of the order was not paid by excluded methods, as a fraction.
    fn unpaid_share(&self, purchase: &Purchase) -> (i64, i64) {
        let excluded: i64 = self
            .paid_by
            .iter()
            .map(|method| purchase.paid_by(method))
            .sum();
        if excluded <= 0 || purchase.total <= 0 {
            return (1, 1);
        }
        ((purchase.total - excluded).max(0), purchase.total)
    }
}
