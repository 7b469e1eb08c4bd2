//! What an order would have earned without what came back (`take_back = "what the rest would not
//! earn"`).
//!
//! *Hal gets 20 beans for orders of 50 EUR and more. He bought for 60 EUR and returns something for
//! 15: the share policy takes back a quarter; this one asks the rules again for the 45 EUR that he
//! kept, and takes back all 20.*

use crate::draft::Draft;
use crate::event::{Event, Kind, Line, Payment, Purchase};
use crate::stage::earn::{self, Awards, Findings, Scene, reckon};
use crate::stage::grant::Award;
use crate::stage::{sell_through, staff};
use crate::state::{Bought, Grant, OrderLine, Purchased};
use regulars_base::{Name, Rounding};

/// What each rule would give for what is left of an order: rule, points, how many.
pub(crate) struct Kept(Vec<(Name, Name, i64)>);

impl Kept {
    /// How much of a grant would be given again; never more than it was.
    pub(crate) fn of(&self, grant: &Grant) -> i64 {
        let is = |kept: &&(Name, Name, i64)| (kept.0, kept.1) == (grant.rule, grant.points);
        self.0
            .iter()
            .find(is)
            .map_or(0, |kept| kept.2.clamp(0, grant.given))
    }
}

/// Asks the rules again, by the version that decides the refund. Limits are not asked: a grant that
/// a limit cut is cut further only once the rest earns less than what was let through.
pub(crate) fn kept(draft: &Draft<'_>, event: &Event, order: &Purchased) -> Kept {
    let Some(bought) = &order.bought else {
        return Kept(Vec::new());
    };
    let (program, state) = (draft.program, &*draft.state);
    let Bought { purchase, tier } = &**bought;
    let rest = Event {
        occurred_at: order.at,
        kind: Kind::Purchase(Box::new(rest(purchase, &order.lines))),
        ..event.clone()
    };
    let mut scene = Scene::of(draft, &rest);
    scene.tier = program.tier_at(*tier);
    scene.plan = earn::plan_at(program, state, order.at);
    let (mut awards, mut trace) = (Awards::new(), Vec::new());
    let mut findings = Findings {
        awards: &mut awards,
        trace: &mut trace,
    };
    let trigger = sell_through::trigger(order);
    reckon(program, state, &scene, trigger, &mut findings);
    staff::reckon(draft, &scene, trigger, &mut findings);
    let award = |award: &Award<'_>| {
        let points = program.points[usize::from(award.points)].name;
        (award.name(program), points, award.before)
    };
    Kept(awards.iter().map(award).collect())
}

/// The purchase without what came back. Lines of which nothing is left are gone.
fn rest(purchase: &Purchase, lines: &[OrderLine]) -> Purchase {
    let left = |(line, back): (&Line, &OrderLine)| {
        let (amount, quantity) = (
            back.amount - back.refunded,
            back.quantity - back.refunded_quantity,
        );
        let share = |of: i64| part(of, amount, back.amount);
        let (discount, tax) = (share(line.discount), share(line.tax));
        let gone = amount <= 0 && (quantity <= 0 || back.amount > 0);
        (!gone).then(|| Line {
            amount,
            quantity,
            discount,
            tax,
            ..line.clone()
        })
    };
    let lines: Vec<Line> = purchase.lines.iter().zip(lines).filter_map(left).collect();
    let total = lines.iter().map(|line| line.amount).sum::<i64>() + purchase.delivery;
    let paid = |payment: &Payment| Payment {
        method: payment.method.clone(),
        amount: part(payment.amount, total, purchase.total),
        from: payment.from.clone(),
    };
    let payments = purchase.payments.iter().map(paid).collect();
    Purchase {
        total,
        lines,
        payments,
        ..purchase.clone()
    }
}

fn part(of: i64, num: i64, den: i64) -> i64 {
    if den <= 0 {
        return of;
    }
    Rounding::Down.divide_clamped(i128::from(of) * i128::from(num), i128::from(den))
}
