//! A purchase: what was bought, what was paid for it, and with what.

use super::Fault;
use crate::code::Code;
use regulars_base::{Currency, MemberId, Money, Name, Ratio, Rounding, Text};
use serde::de::{self, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An order that was placed. Made by [`Purchase::new`], so its figures agree with each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// The order's number, unique within the event's source.
    pub order: Text,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// What the customer pays in all, delivery and tax included, in minor units.
    pub total: i64,
    /// Of that, for delivery.
    pub delivery: i64,
    /// What was bought; at least one line.
    pub lines: Vec<Line>,
    /// With what it was paid; nothing is said if empty.
    pub payments: Vec<Payment>,
    /// `shop`, `web`, `app` ...
    pub channel: Text,
    /// Which store.
    pub store: Text,
    /// Who sold it.
    pub staff: Text,
    /// The codes of coupons that were used for it.
    pub codes: Vec<Code>,
    /// The rewards that are used for it.
    pub rewards: Vec<RewardUse>,
}

/// A reward that is used for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardUse {
    /// Which redemption: one that is set aside, or a new one.
    pub redemption: Text,
    /// Which reward, by its id in the program.
    pub reward: Text,
    /// How many.
    pub quantity: i64,
    /// The points that the member was told it takes: it takes these or is refused. Nothing if nobody
    /// was told.
    pub told: Vec<(Name, i64)>,
}

/// One line of an order. Amounts are in minor units of the order's currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its id within the order; its place (`1`, `2` ...) where the source gave none.
    pub id: Text,
    /// Which product.
    pub sku: Text,
    /// What kind of product.
    pub category: Text,
    /// Whose product.
    pub brand: Text,
    /// How many, in thousandths: 1.5 kg is 1500.
    pub quantity: i64,
    /// What is paid for the line: after all discounts (its share of the order's too), tax included.
    pub amount: i64,
    /// By how much discounts lowered it.
    pub discount: i64,
    /// How much of `amount` is tax.
    pub tax: i64,
}

/// A part of what was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// `cash`, `card`, `gift-card`, `points` ...
    pub method: Text,
    /// How much, in minor units.
    pub amount: i64,
    /// Out of which account that is kept here; nothing for money that is not.
    pub from: Option<Box<PaidFrom>>,
}

/// An account that is kept here, and that pays for a purchase. A stored format: variants are added at
/// the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaidFrom {
    /// The member's store credit.
    Credit,
    /// A gift card, on which the money was set aside.
    Card {
        /// The card.
        card: MemberId,
        /// What was set aside.
        hold: Text,
    },
}

/// A payment as people read it.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Payment")]
struct WrittenPayment {
    method: Text,
    amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Box<PaidFrom>>,
}

impl Serialize for Payment {
    /// Stored, a payment out of an account is told by the sign of its amount, which is never below zero
    /// otherwise, and has the account as a third part: all others have no byte more.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let written = WrittenPayment {
                method: self.method.clone(),
                amount: self.amount,
                from: self.from.clone(),
            };
            return written.serialize(serializer);
        }
        let Some(from) = &self.from else {
            return (&self.method, self.amount).serialize(serializer);
        };
        let mut parts = serializer.serialize_tuple(3)?;
        parts.serialize_element(&self.method)?;
        parts.serialize_element(&!self.amount)?;
        parts.serialize_element(from)?;
        parts.end()
    }
}

impl<'de> Deserialize<'de> for Payment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let written = WrittenPayment::deserialize(deserializer)?;
            return Ok(Self {
                method: written.method,
                amount: written.amount,
                from: written.from,
            });
        }
        deserializer.deserialize_tuple(3, PaymentParts)
    }
}

/// Reads two parts, or three where the second says so.
struct PaymentParts;

impl<'de> Visitor<'de> for PaymentParts {
    type Value = Payment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a payment")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Payment, A::Error> {
        fn part<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(parts: &mut A) -> Result<T, A::Error> {
            let missing = || de::Error::custom("a payment ends early");
            parts.next_element()?.ok_or_else(missing)
        }
        let method = part(&mut parts)?;
        let amount: i64 = part(&mut parts)?;
        Ok(match amount {
            ..0 => Payment {
                method,
                amount: !amount,
                from: Some(part(&mut parts)?),
            },
            _ => Payment {
                method,
                amount,
                from: None,
            },
        })
    }
}

/// A purchase as a source tells it, before it is checked.
#[derive(Clone, Debug)]
pub struct PurchaseParts {
    /// The order's number.
    pub order: Text,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The grand total; worked out from the lines if not said.
    pub total: Option<i64>,
    /// For delivery.
    pub delivery: i64,
    /// A discount on the whole order that is not in the lines' amounts yet.
    pub discount: i64,
    /// The lines; none if only the total is known.
    pub lines: Vec<LineParts>,
    /// With what it was paid.
    pub payments: Vec<Payment>,
    /// Channel, or empty.
    pub channel: Text,
    /// Store, or empty.
    pub store: Text,
    /// Staff, or empty.
    pub staff: Text,
    /// Codes of coupons, or none.
    pub codes: Vec<Code>,
}

/// A line as a source tells it, before it is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineParts {
    /// Its id, or empty.
    pub id: Text,
    /// Product, or empty.
    pub sku: Text,
    /// Category, or empty.
    pub category: Text,
    /// Brand, or empty.
    pub brand: Text,
    /// How many, in thousandths.
    pub quantity: i64,
    /// What is paid for it after its own discount, tax included.
    pub amount: i64,
    /// Its own discount, already taken off `amount`.
    pub discount: i64,
    /// Tax within `amount`.
    pub tax: i64,
}

impl Purchase {
    /// The most lines of an order.
    pub const LINES_MAX: usize = 10_000;
    /// The most of one thing on a line, in thousandths: one billion.
    pub const QUANTITY_MAX: i64 = 1_000_000_000_000;

    /// The most rewards that are used for an order.
    pub const REWARDS_MAX: usize = 32;

    /// The same with rewards that are used for it. Each redemption and each reward is named once, one
    /// or more of it.
    pub fn with_rewards(self, rewards: Vec<RewardUse>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        if rewards.len() > Self::REWARDS_MAX {
            let what = format!("holds more than {} rewards", Self::REWARDS_MAX);
            faults.push(Fault::new("/rewards", what));
        }
        for (at, own) in rewards.iter().enumerate() {
            let same = |other: &RewardUse| {
                other.reward == own.reward || other.redemption == own.redemption
            };
            if rewards[..at].iter().any(same) {
                let what = "names a reward, or a redemption, that is named before";
                faults.push(Fault::new(format!("/rewards/{at}"), what));
            }
            if own.quantity < 1 {
                let at = format!("/rewards/{at}/quantity");
                faults.push(Fault::new(at, "must be 1 or more"));
            }
        }
        match faults.is_empty() {
            true => Ok(Self { rewards, ..self }),
            false => Err(faults),
        }
    }

    /// Checks the parts against each other; all faults at once. A discount on the whole order is
    /// spread over the lines in proportion, to the last minor unit, so that lines and delivery
    /// always add up to the total.
    pub fn new(parts: PurchaseParts) -> Result<Self, Vec<Fault>> {
        let faults = check(&parts);
        if !faults.is_empty() {
            return Err(faults);
        }
        let sum: i64 = parts.lines.iter().map(|line| line.amount).sum();
        let total = parts.total.unwrap_or(sum + parts.delivery - parts.discount);
        let mut lines: Vec<Line> = parts.lines.into_iter().enumerate().map(line_of).collect();
        let goods = total - parts.delivery;
        if lines.is_empty() {
            let id = Text::new("1").expect("a digit is a text");
            lines.push(Line {
                id,
                quantity: 1000,
                amount: goods,
                ..Line::default()
            });
        } else {
            spread(&mut lines, sum, sum - goods);
        }
        Ok(Self {
            order: parts.order,
            currency: parts.currency,
            total,
            delivery: parts.delivery,
            lines,
            payments: parts.payments,
            channel: parts.channel,
            store: parts.store,
            staff: parts.staff,
            codes: parts.codes,
            rewards: Vec::new(),
        })
    }

    /// The same in another currency, one minor unit being worth `rate` of its minor units. Each
    /// amount is rounded down on its own.
    #[must_use]
    pub fn converted(&self, currency: Currency, rate: Ratio) -> Self {
        let worth = |minor: i64| rate.of(minor, Rounding::Down);
        let line = |line: &Line| Line {
            amount: worth(line.amount),
            discount: worth(line.discount),
            tax: worth(line.tax),
            ..line.clone()
        };
        let lines: Vec<Line> = self.lines.iter().map(line).collect();
        let delivery = worth(self.delivery);
        let paid = |payment: &Payment| Payment {
            method: payment.method.clone(),
            amount: worth(payment.amount),
            from: payment.from.clone(),
        };
        Self {
            currency,
            total: lines.iter().map(|line| line.amount).sum::<i64>() + delivery,
            delivery,
            lines,
            payments: self.payments.iter().map(paid).collect(),
            ..self.clone()
        }
    }

    /// What is paid for goods: the sum of the lines, in minor units.
    pub fn goods(&self) -> i64 {
        self.total - self.delivery
    }

    /// The gift cards that pay for it, in order.
    pub fn cards(&self) -> impl Iterator<Item = MemberId> + '_ {
        let card = |payment: &Payment| match payment.from.as_deref() {
            Some(PaidFrom::Card { card, .. }) => Some(*card),
            _ => None,
        };
        self.payments.iter().filter_map(card)
    }

    /// How many things, in thousandths.
    pub fn quantity(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// What was paid by `method`, in minor units.
    pub fn paid_by(&self, method: &str) -> i64 {
        let by = |payment: &&Payment| payment.method.as_str() == method;
        self.payments
            .iter()
            .filter(by)
            .map(|payment| payment.amount)
            .sum()
    }
}

fn line_of((at, parts): (usize, LineParts)) -> Line {
    let id = if parts.id.is_empty() {
        Text::new((at + 1).to_string()).expect("digits are a text")
    } else {
        parts.id
    };
    Line {
        id,
        sku: parts.sku,
        category: parts.category,
        brand: parts.brand,
        quantity: parts.quantity,
        amount: parts.amount,
        discount: parts.discount,
        tax: parts.tax,
    }
}

/// Takes `discount` off the lines in proportion to their amounts. Each line's share is what the
/// running sum, rounded down, adds: the shares add up exactly, and no line is cut twice.
fn spread(lines: &mut [Line], sum: i64, discount: i64) {
    if discount == 0 || sum == 0 {
        return;
    }
    let (mut seen, mut spent) = (0_i128, 0_i64);
    for line in lines {
        seen += i128::from(line.amount);
        let upto = i64::try_from(i128::from(discount) * seen / i128::from(sum))
            .expect("a share of a discount is no larger than the discount");
        let share = upto - spent;
        spent = upto;
        if line.amount > 0 {
            let left = i128::from(line.tax) * i128::from(line.amount - share);
            line.tax = i64::try_from(left / i128::from(line.amount)).unwrap_or(0);
        }
        line.amount -= share;
        line.discount += share;
    }
}

fn check(parts: &PurchaseParts) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut money = |at: &dyn Fn() -> String, amount: i64| {
        if !(0..=Money::MAX).contains(&amount) {
            let what = "must be 0 or more and at most 10 billion; what came back is a refund";
            faults.push(Fault::new(at(), what));
        }
    };
    for (at, line) in parts.lines.iter().enumerate() {
        money(&|| format!("/lines/{at}/amount"), line.amount);
        money(&|| format!("/lines/{at}/discount"), line.discount);
        money(&|| format!("/lines/{at}/tax"), line.tax);
    }
    money(&|| "/delivery".into(), parts.delivery);
    money(&|| "/discount".into(), parts.discount);
    if let Some(total) = parts.total {
        money(&|| "/total".into(), total);
    }
    for (at, payment) in parts.payments.iter().enumerate() {
        money(&|| format!("/payments/{at}/amount"), payment.amount);
    }
    for (at, payment) in parts.payments.iter().enumerate() {
        let Some(from) = &payment.from else { continue };
        if payment.amount == 0 {
            let what = "must be above zero, as it is paid out of an account";
            faults.push(Fault::new(format!("/payments/{at}/amount"), what));
        }
        let earlier = &parts.payments[..at];
        if earlier.iter().any(|own| own.from.as_ref() == Some(from)) {
            let what = "names an account that pays for the order already";
            faults.push(Fault::new(format!("/payments/{at}"), what));
        }
    }
    for (at, line) in parts.lines.iter().enumerate() {
        if !(0..=Purchase::QUANTITY_MAX).contains(&line.quantity) {
            let what = "must be 0 or more and at most one billion; what came back is a refund";
            faults.push(Fault::new(format!("/lines/{at}/quantity"), what));
        }
        if line.tax > line.amount {
            faults.push(Fault::new(
                format!("/lines/{at}/tax"),
                "is more than the line's amount",
            ));
        }
    }
    if parts.order.is_empty() {
        faults.push(Fault::new("/order", "names no order"));
    }
    if parts.codes.len() > Code::MOST {
        let what = format!("holds more than {} codes", Code::MOST);
        faults.push(Fault::new("/codes", what));
    }
    if parts.lines.len() > Purchase::LINES_MAX {
        let (count, most) = (parts.lines.len(), Purchase::LINES_MAX);
        let what =
            format!("holds {count} lines; at most {most} are taken: send them as several orders");
        faults.push(Fault::new("/lines", what));
    }
    if faults.is_empty() {
        faults.extend(check_sums(parts));
    }
    faults
}

/// Lines, delivery, discount, total and payments must agree.
fn check_sums(parts: &PurchaseParts) -> Option<Fault> {
    let sum: i64 = parts.lines.iter().map(|line| line.amount).sum();
    let asked = sum + parts.delivery;
    if parts.lines.is_empty() && parts.total.is_none() {
        return Some(Fault::new(
            "/total",
            "is missing, and there are no lines to add up",
        ));
    }
    let total = parts.total.unwrap_or(asked - parts.discount);
    if total < parts.delivery {
        return Some(Fault::new("/total", "is less than the delivery alone"));
    }
    if total > Money::MAX {
        return Some(Fault::new("/total", "is beyond 10 billion"));
    }
    if !parts.lines.is_empty() && total > asked {
        let what = format!("is {total}, but lines and delivery add up to {asked} minor units");
        return Some(Fault::new("/total", what));
    }
    if parts.discount > 0 && !parts.lines.is_empty() && total != asked - parts.discount {
        let left = asked - parts.discount;
        let what =
            format!("is {total}, but lines and delivery less the discount are {left} minor units");
        return Some(Fault::new("/total", what));
    }
    let paid: i64 = parts.payments.iter().map(|payment| payment.amount).sum();
    if !parts.payments.is_empty() && paid != total {
        let what = format!("add up to {paid}, but the total is {total} minor units");
        return Some(Fault::new("/payments", what));
    }
    None
}
