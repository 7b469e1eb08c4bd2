//! What a basket costs once discounts are taken off.
//!
//! *A shirt for 40 EUR and a book for 10 EUR, "5 EUR off" and "10% off". The program says that
//! percentages come first: 5.00 EUR off for the ten per cent (4.00 of the shirt, 1.00 of the book),
//! then 5.00 EUR more (4.00 and 1.00). What is left, 32.00 and 8.00, is what is paid, and the tax of
//! each rate is that of its lines, to the cent.*
//!
//! Discounts are values, wherever they come from (a coupon, a reward); each is answered with what it
//! took off every line, or with the reason why it took nothing. The sum of the parts is the whole at
//! every step: a discount over its lines, the tax of a rate over its lines.

mod best;
mod spread;

pub use best::{Best, Candidate, best};

use crate::event::Purchase;
use crate::program::{Combine, PercentOf, Reward, RewardKind};
use crate::state::LineSet;
use regulars_base::{Ratio, Rounding, Text};
use spread::spread;

/// A basket that is to be priced.
#[derive(Clone, Debug)]
pub struct Basket {
    /// What is in it, at list prices: nothing is taken off yet.
    pub purchase: Purchase,
    /// Whether its prices hold the tax.
    pub tax: TaxIs,
    /// The rate of tax of each line (0.19 as a ratio); 0 where there is none for a line.
    pub rates: Vec<Ratio>,
    /// The rate of tax of the delivery.
    pub delivery_rate: Ratio,
}

/// Where the tax is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaxIs {
    /// In the price.
    #[default]
    Included,
    /// On top of it.
    Added,
}

/// Something that may be taken off.
#[derive(Clone, Debug, PartialEq)]
pub struct Discount {
    /// What people call it: a code, a redemption. Each of them once.
    pub id: Text,
    /// How much.
    pub off: Off,
    /// Off which lines.
    pub lines: LineSet,
    /// Of the discounts of one group only one counts.
    pub group: Option<Text>,
    /// It counts alone, or not at all.
    pub exclusive: bool,
    /// Lower ones come first.
    pub order: i64,
}

/// How much is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    /// So many minor units.
    Money(i64),
    /// A part, at most so many minor units.
    Percent(Ratio, Option<i64>),
    /// One thing of the cheapest line is free.
    FreeProduct,
    /// One thing of the cheapest line costs no more than so many minor units.
    ProductFor(i64),
    /// The delivery is free.
    FreeDelivery,
    /// Nothing: what it gives is no money. It counts for groups and exclusion like any other.
    Nothing,
}

/// What a basket costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    /// Each line, in order.
    pub lines: Vec<PricedLine>,
    /// The delivery.
    pub delivery: PricedLine,
    /// What became of each discount, in the order in which they were given.
    pub discounts: Vec<Taken>,
}

/// What a line costs, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PricedLine {
    /// At the list price.
    pub before: i64,
    /// Taken off by all discounts.
    pub off: i64,
    /// To be paid, without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// To be paid, with tax.
    pub gross: i64,
}

/// What became of a discount.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Its id.
    pub id: Text,
    /// What it took off each line.
    pub lines: Vec<i64>,
    /// What it took off the delivery.
    pub delivery: i64,
    /// Why it took nothing, if it does not apply.
    pub why_not: Option<WhyNot>,
}

/// Why a discount does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// Another one of its group counts already.
    GroupTaken {
        /// Which.
        by: Text,
    },
    /// It counts alone, or another one does that.
    NotCombined {
        /// The other.
        with: Text,
    },
    /// So many count already, and the program lets no more.
    TooMany {
        /// How many it lets.
        most: u16,
    },
    /// There is nothing left that it could be taken off.
    NothingToTakeOff,
}

impl Basket {
    /// A basket whose prices hold tax at one rate.
    pub fn of(purchase: Purchase, rate: Ratio) -> Self {
        Self {
            rates: vec![rate; purchase.lines.len()],
            purchase,
            tax: TaxIs::Included,
            delivery_rate: rate,
        }
    }
}

impl Off {
    /// What so many of a reward take off; nothing for one that people hand over.
    pub const fn of_reward(reward: &Reward, quantity: i64) -> Option<Self> {
        match &reward.kind {
            RewardKind::MoneyOff(minor) => Some(Self::Money(minor.saturating_mul(quantity))),
            RewardKind::PercentOff(part, most) => Some(Self::Percent(*part, *most)),
            RewardKind::Product(0) => Some(Self::FreeProduct),
            RewardKind::Product(minor) => Some(Self::ProductFor(*minor)),
            RewardKind::FreeDelivery => Some(Self::FreeDelivery),
            RewardKind::Payment(pays) => Some(Self::Money(pays.minor.saturating_mul(quantity))),
            RewardKind::Other
            | RewardKind::GiftCard(_)
            | RewardKind::Cashback(_)
            | RewardKind::Access(_)
            | RewardKind::OfPartner
            | RewardKind::Donation(..)
            | RewardKind::Tickets(..)
            | RewardKind::Menu(_) => None,
        }
    }
}

impl Taken {
    /// All that it took off.
    pub fn sum(&self) -> i64 {
        self.lines.iter().sum::<i64>() + self.delivery
    }
}

impl Priced {
    /// What is to be paid in all, with tax.
    pub fn total(&self) -> i64 {
        self.all().map(|line| line.gross).sum()
    }

    /// How much of that is tax.
    pub fn tax(&self) -> i64 {
        self.all().map(|line| line.tax).sum()
    }

    /// What all discounts took off.
    pub fn off(&self) -> i64 {
        self.all().map(|line| line.off).sum()
    }

    fn all(&self) -> impl Iterator<Item = &PricedLine> {
        self.lines.iter().chain([&self.delivery])
    }
}

/// Prices a basket. The order in which discounts are handed over does not matter: they are taken in
/// the order of their numbers, then as the program says, then by how much and by their ids.
pub fn price(combine: &Combine, basket: &Basket, discounts: &[Discount]) -> Priced {
    let mut desk = Desk::new(basket);
    let mut taken: Vec<Option<Taken>> = vec![None; discounts.len()];
    let mut counted: Vec<&Discount> = Vec::new();
    for place in in_order(combine, discounts) {
        let discount = &discounts[place];
        let outcome = match refused(combine, discount, &counted) {
            Some(why) => Err(why),
            None => desk.take(combine, discount),
        };
        taken[place] = Some(match outcome {
            Ok(taken) => {
                counted.push(discount);
                taken
            }
            Err(why) => Taken {
                id: discount.id.clone(),
                lines: vec![0; desk.left.len()],
                delivery: 0,
                why_not: Some(why),
            },
        });
    }
    let (lines, delivery) = desk.priced();
    Priced {
        lines,
        delivery,
        discounts: taken.into_iter().flatten().collect(),
    }
}

/// The places of discounts in the order in which they are taken.
fn in_order(combine: &Combine, discounts: &[Discount]) -> Vec<usize> {
    let rank = |off: &Off| match off {
        Off::FreeProduct | Off::ProductFor(_) => 0,
        Off::Percent(..) if combine.percent_first => 1,
        Off::Money(_) => 2,
        Off::Percent(..) => 3,
        Off::FreeDelivery => 4,
        Off::Nothing => 5,
    };
    // Among equals by how much: a total order, so that nobody depends on how they were typed in.
    let size = |off: &Off| match off {
        Off::Money(minor) | Off::ProductFor(minor) => (*minor, 0),
        Off::Percent(part, most) => (part.of(1_000_000, Rounding::Down), most.unwrap_or(0)),
        Off::FreeProduct | Off::FreeDelivery | Off::Nothing => (0, 0),
    };
    let mut places: Vec<usize> = (0..discounts.len()).collect();
    places.sort_by(|one, other| {
        let key = |place: usize| {
            let own: &Discount = &discounts[place];
            (own.order, rank(&own.off), size(&own.off))
        };
        let ids = || discounts[*one].id.cmp(&discounts[*other].id);
        key(*one).cmp(&key(*other)).then_with(ids)
    });
    places
}

/// Why a discount does not count beside those that do.
fn refused(combine: &Combine, discount: &Discount, counted: &[&Discount]) -> Option<WhyNot> {
    let same_group = |own: &&&Discount| discount.group.is_some() && own.group == discount.group;
    if let Some(own) = counted.iter().find(same_group) {
        return Some(WhyNot::GroupTaken { by: own.id.clone() });
    }
    let alone = |own: &&&Discount| own.exclusive || discount.exclusive;
    if let Some(own) = counted.iter().find(alone) {
        let with = own.id.clone();
        return Some(WhyNot::NotCombined { with });
    }
    let most = combine.most?;
    (counted.len() >= usize::from(most)).then_some(WhyNot::TooMany { most })
}

fn holds(lines: &LineSet, place: usize) -> bool {
    u16::try_from(place).is_ok_and(|place| lines.contains(place))
}

/// What one thing of a line costs. Of a line with less than one thing (half a kilo) all is one.
fn piece(amount: i64, quantity: i64) -> i64 {
    match quantity {
        ..=1000 => amount,
        _ => {
            let whole = i128::from(amount) * 1000;
            Rounding::HalfUp.divide_clamped(whole, i128::from(quantity))
        }
    }
}

/// A basket while discounts are taken off.
#[derive(Clone)]
struct Desk<'a> {
    basket: &'a Basket,
    /// What is left of each line.
    left: Vec<i64>,
    delivery_left: i64,
}

impl<'a> Desk<'a> {
    fn new(basket: &'a Basket) -> Self {
        let lines = &basket.purchase.lines;
        Self {
            basket,
            left: lines.iter().map(|line| line.amount).collect(),
            delivery_left: basket.purchase.delivery,
        }
    }

    /// Takes a discount off, or says that there is nothing to take it off.
    fn take(&mut self, combine: &Combine, discount: &Discount) -> Result<Taken, WhyNot> {
        let mut taken = Taken {
            id: discount.id.clone(),
            lines: vec![0; self.left.len()],
            delivery: 0,
            why_not: None,
        };
        match discount.off {
            Off::Nothing => return Ok(taken),
            Off::FreeDelivery => taken.delivery = self.delivery_left,
            Off::FreeProduct => {
                if let Some((place, worth)) = self.cheapest(&discount.lines) {
                    taken.lines[place] = worth;
                }
            }
            Off::ProductFor(minor) => {
                if let Some((place, worth)) = self.cheapest(&discount.lines) {
                    taken.lines[place] = (worth - minor).max(0);
                }
            }
            Off::Money(minor) => taken.lines = self.share(&discount.lines, minor),
            Off::Percent(part, most) => {
                let of = self.percent_base(combine, &discount.lines);
                let off = part.of(of, Rounding::HalfUp).min(most.unwrap_or(i64::MAX));
                taken.lines = self.share(&discount.lines, off);
            }
        }
        if taken.sum() == 0 {
            return Err(WhyNot::NothingToTakeOff);
        }
        for (left, off) in self.left.iter_mut().zip(&taken.lines) {
            *left -= off;
        }
        self.delivery_left -= taken.delivery;
        Ok(taken)
    }

    /// What is left of all lines that are meant.
    fn left_of(&self, lines: &LineSet) -> i64 {
        let own = self.left.iter().enumerate();
        let own = own.filter(|(place, _)| holds(lines, *place));
        own.map(|(_, left)| left).sum()
    }

    /// What is left of each line that is meant; 0 for the others.
    fn meant(&self, lines: &LineSet) -> Vec<i64> {
        let meant = |(place, left): (usize, &i64)| if holds(lines, place) { *left } else { 0 };
        self.left.iter().enumerate().map(meant).collect()
    }

    /// An amount, as far as there is something left, over the lines that are meant.
    fn share(&self, lines: &LineSet, amount: i64) -> Vec<i64> {
        let meant = self.meant(lines);
        let most: i64 = meant.iter().sum();
        spread(amount.clamp(0, most), &meant)
    }

    fn percent_base(&self, combine: &Combine, lines: &LineSet) -> i64 {
        match combine.percent_of {
            PercentOf::Rest => self.meant(lines).iter().sum(),
            PercentOf::Listed => {
                let all = self.basket.purchase.lines.iter().enumerate();
                let meant = all.filter(|(place, _)| holds(lines, *place));
                meant.map(|(_, line)| line.amount).sum()
            }
        }
    }

    /// The line whose single thing costs least, and what that is.
    fn cheapest(&self, lines: &LineSet) -> Option<(usize, i64)> {
        let one = |(place, left): (usize, i64)| {
            let worth = piece(left, self.basket.purchase.lines[place].quantity);
            (worth > 0).then_some((worth, place))
        };
        let all = self.meant(lines).into_iter().enumerate();
        let (worth, place) = all.filter_map(one).min()?;
        Some((place, worth))
    }

    /// What is to be paid. The tax of each rate is reckoned once, of the sum of its lines, and then
    /// spread over them: so it is what a tax office reckons, and the lines add up to it.
    fn priced(&self) -> (Vec<PricedLine>, PricedLine) {
        let listed = self.basket.purchase.lines.iter().map(|line| line.amount);
        let listed = listed.chain([self.basket.purchase.delivery]);
        let left: Vec<i64> = self
            .left
            .iter()
            .copied()
            .chain([self.delivery_left])
            .collect();
        let mut priced: Vec<PricedLine> = listed
            .zip(&left)
            .map(|(before, left)| PricedLine {
                before,
                off: before - left,
                ..PricedLine::default()
            })
            .collect();
        let nothing = Ratio::new(0, 1).expect("one is above zero");
        let rate = |place: usize| match place == self.left.len() {
            true => self.basket.delivery_rate,
            false => self.basket.rates.get(place).copied().unwrap_or(nothing),
        };
        let mut seen: Vec<Ratio> = Vec::new();
        for own in (0..left.len()).map(rate) {
            if seen.contains(&own) {
                continue;
            }
            seen.push(own);
            let of_rate = |(place, left): (usize, &i64)| if rate(place) == own { *left } else { 0 };
            let weights: Vec<i64> = left.iter().enumerate().map(of_rate).collect();
            let taxes = spread(self.tax_of(weights.iter().sum(), own), &weights);
            for (line, tax) in priced.iter_mut().zip(taxes) {
                line.tax += tax;
            }
        }
        for (line, left) in priced.iter_mut().zip(left) {
            (line.net, line.gross) = match self.basket.tax {
                TaxIs::Included => (left - line.tax, left),
                TaxIs::Added => (left, left + line.tax),
            };
        }
        let delivery = priced.pop().unwrap_or_default();
        (priced, delivery)
    }

    /// The tax within an amount, or on top of it.
    fn tax_of(&self, amount: i64, rate: Ratio) -> i64 {
        let (num, den) = (i128::from(rate.num()), i128::from(rate.den()));
        let den = match self.basket.tax {
            TaxIs::Included => den + num,
            TaxIs::Added => den,
        };
        Rounding::HalfUp.divide_clamped(i128::from(amount) * num, den)
    }
}
