//! An order as every shop has it, and the events that it becomes.

use super::scalar::{currency, label, text};
use super::{Fault, News, Person, Setup, Told, Whom};
use regulars_base::{Currency, Text, Timestamp};
use regulars_engine::event::{
    Kind, LineParts, Purchase, PurchaseParts, Refund, RefundLine, Refunded, RewardEnd,
};

/// An order that counts. Amounts are in minor units.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) number: Text,
    pub(super) at: Timestamp,
    pub(super) currency: Currency,
    pub(super) customer: Person,
    /// All that is paid, delivery and tax included.
    pub(super) total: i64,
    /// Of that, for delivery.
    pub(super) delivery: i64,
    pub(super) lines: Vec<LineParts>,
    /// The codes of discounts that were entered.
    pub(super) codes: Vec<String>,
}

/// The currency of an order, if it is taken.
pub(super) fn taken(setup: &Setup, code: &str) -> Result<Currency, Fault> {
    let own = currency(code)?;
    match setup.currency.filter(|taken| *taken != own) {
        None => Ok(own),
        Some(taken) => Err(Fault(format!(
            "it is in {own}, and this connector takes {taken}: enter no currency for it to take any"
        ))),
    }
}

impl Order {
    /// What follows from it: the purchase, and the redemptions that it uses.
    pub(super) fn news(self, setup: &Setup) -> Result<Vec<News>, Fault> {
        let used = self.codes.iter().filter(|code| {
            let prefix = &setup.code_prefix;
            !prefix.is_empty()
                && code
                    .get(..prefix.len())
                    .is_some_and(|own| own.eq_ignore_ascii_case(prefix))
        });
        let mut used: Vec<Text> = used
            .map(|code| text(&code.to_uppercase()))
            .collect::<Result<_, _>>()?;
        used.dedup();
        let whom = Whom::Customer(self.customer.clone());
        let (number, at) = (self.number.clone(), self.at);
        let mut news = vec![News::Event(Told {
            id: text(&format!("order/{number}"))?,
            at,
            whom: whom.clone(),
            kind: Kind::Purchase(Box::new(self.purchase()?)),
        })];
        for redemption in used {
            news.push(News::Event(Told {
                id: text(&format!("code/{number}/{redemption}"))?,
                at,
                whom: whom.clone(),
                kind: Kind::RewardCommit(RewardEnd {
                    redemption,
                    order: Some(number.clone()),
                }),
            }));
        }
        Ok(news)
    }

    /// Lines and delivery come to the total: what the lines do not say (a fee, a tip, a cent of rounding) is
    /// a line of its own, and what was taken off the whole order is spread over them.
    fn purchase(mut self) -> Result<Purchase, Fault> {
        self.delivery = self.delivery.clamp(0, self.total.max(0));
        self.lines.retain(|line| line.amount >= 0);
        let sum: i64 = self.lines.iter().map(|line| line.amount).sum();
        let rest = self.total - self.delivery - sum;
        if rest > 0 && !self.lines.is_empty() {
            self.lines.push(LineParts {
                id: label("rest"),
                category: label("other"),
                quantity: 1000,
                amount: rest,
                ..LineParts::default()
            });
        }
        for line in &mut self.lines {
            line.tax = line.tax.clamp(0, line.amount);
            line.discount = line.discount.max(0);
        }
        let parts = PurchaseParts {
            order: self.number,
            currency: self.currency,
            total: Some(self.total),
            delivery: self.delivery,
            discount: 0,
            lines: self.lines,
            payments: Vec::new(),
            channel: label("web"),
            store: Text::default(),
            staff: Text::default(),
            codes: Vec::new(),
        };
        Purchase::new(parts).map_err(faults)
    }
}

fn faults(all: Vec<regulars_engine::event::Fault>) -> Fault {
    let each = all
        .iter()
        .map(|fault| format!("{} {}", fault.at, fault.what));
    Fault::of(each.collect::<Vec<_>>().join("; "))
}

/// Something of an order came back. `id` tells it from what else came back of it.
pub(super) fn refund(
    number: &Text,
    id: &str,
    at: Timestamp,
    what: Refunded,
) -> Result<News, Fault> {
    Ok(News::Event(Told {
        id: text(&format!("refund/{number}/{id}"))?,
        at,
        whom: Whom::OfOrder,
        kind: Kind::Refund(Refund::new(number.clone(), what).map_err(faults)?),
    }))
}

/// An order was called off: what has not come back of it yet, does.
pub(super) fn cancelled(number: &Text, at: Timestamp) -> Result<News, Fault> {
    refund(number, "all", at, Refunded::Rest)
}

/// What came back: these lines where they come to the money that was paid back, else so much money. What was
/// paid back is what counts.
pub(super) fn came_back(lines: Vec<RefundLine>, money: i64) -> Refunded {
    let sum: i64 = lines.iter().filter_map(|line| line.amount).sum();
    match !lines.is_empty() && sum == money && lines.iter().all(|line| line.amount > Some(0)) {
        true => Refunded::Lines(lines),
        false => Refunded::Amount(money),
    }
}
