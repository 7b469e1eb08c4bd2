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

    /// What one of what is counted comes to, to be divided by [`Exact::den`].
    fn one(&self) -> i128 {
        match *self.formula {
            Formula::PerAmount { points, .. } => i128::from(self.kept) * i128::from(points),
            Formula::PerItem(points) | Formula::PerLine(points) | Formula::Fixed(points) => {
                points.into()
            }
        }
    }

    /// Tells `each` the place of each line and what it counts for: minor units, thousandths of
    /// items, or 1.
    #[inline(always)]
    fn count(&self, purchase: Option<&Purchase>, set: &LineSet, mut each: impl FnMut(u16, i64)) {
        let Some(purchase) = purchase else {
            let amount = matches!(self.formula, Formula::PerAmount { .. });
            return each(WHOLE, i64::from(!amount));
        };
        match *self.formula {
            Formula::Fixed(_) => each(first_of(set), 1),
            Formula::PerLine(_) => set.each(&purchase.lines, |at, _| each(at, 1)),
            Formula::PerItem(_) => set.each(&purchase.lines, |at, line| each(at, line.quantity)),
            Formula::PerAmount { .. } => {
                set.each(&purchase.lines, |at, line| each(at, self.base.of(line)));
                if self.base.delivery && *set == LineSet::All && purchase.delivery > 0 {
                    each(WHOLE, purchase.delivery);
                }
            }
        }
    }

    /// Tells `each` the place of each line and what it comes to, to be divided by [`Exact::den`].
    pub(crate) fn each(
        &self,
        purchase: Option<&Purchase>,
        set: &LineSet,
        mut each: impl FnMut(u16, i128),
    ) {
        let one = self.one();
        self.count(purchase, set, |at, counted| {
            each(at, i128::from(counted) * one);
        });
    }

    /// Whether it is one number, however many lines there are.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self.formula, Formula::Fixed(_))
    }

    /// What the lines come to together, to be divided by [`Exact::den`].
    pub(crate) fn sum(&self, purchase: Option<&Purchase>, set: &LineSet) -> i128 {
        self.counted(purchase, set) * self.one()
    }

    /// Adds the lines up and rounds: the sum, or each line on its own.
    pub(crate) fn worth(
        &self,
        purchase: Option<&Purchase>,
        set: &LineSet,
        rounding: Rounding,
        per_line: bool,
    ) -> Worth {
        let counted = self.counted(purchase, set);
        let points = if per_line {
            self.line_by_line(purchase, set, rounding)
        } else {
            rounding.divide_clamped(counted * self.one(), self.den(purchase))
        };
        let (kept, total) = (i128::from(self.kept), i128::from(self.total));
        let basis = match (self.kept, self.total) {
            (1, 1) => i64::try_from(counted).unwrap_or(i64::MAX),
            _ => Rounding::Down.divide_clamped(counted * kept, total),
        };
        Worth { basis, points }
    }

    /// What the lines count for together.
    #[inline]
    fn counted(&self, purchase: Option<&Purchase>, set: &LineSet) -> i128 {
        let mut counted = 0;
        self.count(purchase, set, |_, more| counted += i128::from(more));
        counted
    }

    /// Rounds each line on its own. Hardly any program does: apart, it is not in the way.
    #[inline(never)]
    fn line_by_line(&self, purchase: Option<&Purchase>, set: &LineSet, rounding: Rounding) -> i64 {
        let (mut points, den) = (0_i64, self.den(purchase));
        self.each(purchase, set, |_, value| {
            points = points.saturating_add(rounding.divide_clamped(value, den));
        });
        points
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
        let mut excluded = 0;
        for payment in &purchase.payments {
            let method = payment.method.as_str();
            let times = self.paid_by.iter().filter(|excluded| *excluded == method);
            excluded += payment.amount * i64::try_from(times.count()).unwrap_or(0);
        }
        if excluded <= 0 || purchase.total <= 0 {
            return (1, 1);
        }
        ((purchase.total - excluded).max(0), purchase.total)
    }
}
