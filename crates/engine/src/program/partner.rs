//! Partners who share the program's points, and what the points cost and bring them.

use super::{AwardRule, Program};
use crate::event::{Event, Kind};
use regulars_base::{Currency, Name, Period, Ratio, Rounding};

/// Millionths of a minor unit in one minor unit: what partners owe is kept that finely, and rounded
/// when a period is settled.
pub const MICROS: i64 = 1_000_000;

/// A partner.
#[derive(Clone, Debug)]
pub struct Partner {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// The sources whose events are its own. None for a fund, which only pays.
    pub sources: Vec<String>,
    /// Of these sources only events in these stores; all if none is named.
    pub stores: Vec<String>,
    /// Of these sources only orders of these channels; all if none is named.
    pub channels: Vec<String>,
    /// What one smallest unit of points (by place) costs whoever funds it, in millionths of a minor
    /// unit. Points that are not named cost nothing.
    pub cost: Vec<(u16, i64)>,
    /// What one smallest unit of points (by place) brings at its till, in millionths of a minor unit.
    pub worth: Vec<(u16, i64)>,
    /// What the operator keeps of what the points bring, in millionths.
    pub fee: i64,
    /// Who pays for the points that it funds, and in which proportion.
    pub payers: Vec<(Payer, i64)>,
    /// Whether it pays ahead, into a balance that its points are drawn from.
    pub ahead: bool,
    /// The name of the shared figure that counts what is used up of that balance.
    pub balance: Name,
    /// Whether it gives no points that its balance does not cover.
    pub refuses_when_empty: bool,
    /// The currency that it reckons in, if that is not the program's.
    pub foreign: Option<Foreign>,
    /// What it may give out of a budget of its own, if anything.
    pub awards: Option<Box<AwardRule>>,
}

/// A currency that a partner reckons in, and at what it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The currency.
    pub currency: Currency,
    /// What one minor unit of it comes to, in minor units of the program's currency; more than nothing.
    pub rate: Ratio,
}

impl Foreign {
    /// What one whole unit of it comes to in the program's currency: `0.235`.
    pub fn whole(&self, program: Currency) -> String {
        let scale = |currency: Currency| 10_i64.pow(currency.exponent().into());
        let num = self.rate.num().checked_mul(scale(self.currency));
        let den = self.rate.den().checked_mul(scale(program));
        let whole = num
            .zip(den)
            .and_then(|(num, den)| Ratio::new(num, den).ok());
        whole.map_or(String::new(), |rate| rate.to_string())
    }

    /// Millionths of a minor unit of the program's currency in minor units of its own: to the nearest, a
    /// half to the even neighbour.
    pub fn minor(&self, micros: i128) -> i64 {
        let (num, den) = (self.rate.num().into(), self.rate.den().into());
        let whole = i128::checked_mul(micros, den).zip(i128::checked_mul(MICROS.into(), num));
        let (num, den) = whole.unwrap_or((micros.signum() * i128::from(i64::MAX), 1));
        Rounding::HalfEven.divide_clamped(num, den)
    }
}

/// Who pays for points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// The operator: nothing is owed.
    Operator,
    /// The partner at this place.
    Partner(u16),
}

/// Who funds what a rule gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Funding {
    /// Whoever the event belongs to.
    #[default]
    Till,
    /// The operator.
    Operator,
    /// The partner at this place.
    Partner(u16),
}

/// What the partners have agreed on.
#[derive(Clone, Copy, Debug)]
pub struct Coalition {
    /// Whose points are spent first.
    pub spend: Consumption,
    /// Who has what points cost that nobody spends.
    pub breakage: Breakage,
    /// How often is settled.
    pub period: Period,
}

/// Whose points are spent first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consumption {
    /// Those that lapse first, whoever funds them.
    #[default]
    Soonest,
    /// Those of the partner at whose till they are spent.
    OwnFirst,
    /// Of each funder the same share of what there is.
    Proportional,
}

/// Who has what points cost that nobody spends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Breakage {
    /// The operator.
    #[default]
    Operator,
    /// Whoever funded them gets it back.
    Funder,
    /// All partners, in proportion to what they paid for points.
    Pool,
}

/// What the balance of a partner who pays ahead is called.
pub(crate) fn balance(id: &str) -> String {
    format!("partner {id}: balance")
}

impl Default for Coalition {
    fn default() -> Self {
        Self {
            spend: Consumption::default(),
            breakage: Breakage::default(),
            period: Period::Month,
        }
    }
}

impl Partner {
    /// Whether what happens there is its own. A source alone decides where no stores and channels are
    /// told apart.
    pub fn owns(&self, source: &str, store: &str, channel: &str) -> bool {
        let among = |all: &[String], one: &str| all.iter().any(|own| own == one);
        among(&self.sources, source)
            && (self.stores.is_empty() || among(&self.stores, store))
            && (self.channels.is_empty() || among(&self.channels, channel))
    }

    /// What so many points (by place) cost whoever funds them, in millionths of a minor unit.
    pub fn cost_of(&self, points: u16, amount: i64) -> i64 {
        at_price(&self.cost, points, amount)
    }

    /// What so many points (by place) bring at its till, in millionths of a minor unit.
    pub fn worth_of(&self, points: u16, amount: i64) -> i64 {
        at_price(&self.worth, points, amount)
    }
}

/// No entry is worth more than a billion: sums stay far below `i64`.
const MICROS_MOST: i128 = 1_000_000_000 * 100 * MICROS as i128;

fn at_price(prices: &[(u16, i64)], points: u16, amount: i64) -> i64 {
    let price = prices.iter().find(|(own, _)| *own == points);
    let micros = price.map_or(0, |(_, price)| i128::from(*price) * i128::from(amount));
    i64::try_from(micros.clamp(-MICROS_MOST, MICROS_MOST)).expect("was clamped")
}

impl Program {
    /// The place of the partner whom an event belongs to.
    #[inline(always)]
    pub fn partner_of(&self, event: &Event) -> Option<u16> {
        if self.partners.is_empty() {
            return None;
        }
        self.owner_of(event)
    }

    #[inline(never)]
    fn owner_of(&self, event: &Event) -> Option<u16> {
        let (store, channel) = match &event.kind {
            Kind::Purchase(purchase) => (purchase.store.as_str(), purchase.channel.as_str()),
            Kind::Activity(activity) => (activity.store.as_str(), ""),
            Kind::SellThrough(report) => (report.sold.store.as_str(), report.sold.channel.as_str()),
            Kind::StaffNews(news) => (news.store.as_str(), news.channel.as_str()),
            _ => ("", ""),
        };
        let source = event.key.source.as_str();
        let owns = |partner: &Partner| partner.owns(source, store, channel);
        let place = self.partners.iter().position(owns)?;
        u16::try_from(place).ok()
    }

    /// The partner of this name, and its place.
    pub fn partner_named(&self, name: Name) -> Option<(u16, &Partner)> {
        let mut partners = (0_u16..).zip(&self.partners);
        partners.find(|(_, partner)| partner.name == name)
    }

    /// The partner of this id.
    pub fn partner(&self, id: &str) -> Option<&Partner> {
        self.partners.iter().find(|partner| partner.id == id)
    }
}
