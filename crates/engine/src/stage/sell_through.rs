//! Resellers earn for what they sell on.
//!
//! *The reseller North reports that it sold four cameras on to a school. It did not buy them that day,
//! and spends nothing: but rules that listen to `sell_through` give it points for them, as rules for
//! purchases would, and its figure `sold` grows towards the next tier. A week later one camera comes
//! back, or somebody finds that the invoice was a false one: a refund of the report takes back exactly
//! what it gave.*
//!
//! A report is a purchase in all but this: it is not the reseller's own spend and no order of theirs.

use crate::draft::Draft;
use crate::event::{Event, SellThrough};
use crate::outcome::{Change, ChannelNote, Note, Refusal};
use crate::program::{Metric, Trigger};
use crate::stage::{earn, reverse, staff, tier};
use crate::state::{LineSet, Purchased, StampGrant};
use regulars_base::Name;
use std::sync::Arc;

/// What a report counts as sold on is remembered beside the stamps of an order, under this name.
fn figure() -> Name {
    Name::of("#sold on")
}

/// Whether an order is a report of what was sold on.
pub(crate) fn is_report(order: &Purchased) -> bool {
    order.stamps.iter().any(|own| own.card == figure())
}

/// What the rules of an order listened to.
pub(crate) fn trigger(order: &Purchased) -> Trigger {
    match is_report(order) {
        true => Trigger::SellThrough,
        false => Trigger::Purchase,
    }
}

/// What makes a report none.
pub(crate) fn check(draft: &Draft<'_>, report: &SellThrough) -> Result<(), Refusal> {
    if draft.program.sell_through.is_none() {
        return Err(Refusal::NoSellThrough);
    }
    earn::check(draft, &report.sold)
}

/// A reseller reports what it sold on.
pub(crate) fn report(draft: &mut Draft<'_>, event: &Event, report: &SellThrough) {
    let scene = earn::Scene::of(draft, event);
    draft.take(Change::WasActive(event.occurred_at));
    let mut placed = Arc::<Purchased>::default();
    let record = Arc::get_mut(&mut placed).expect("nobody shares a record that was just made");
    earn::begin(record, draft.program, &scene, &report.sold);
    let sold = std::mem::take(&mut record.spend);
    record.counted = false;
    // Also where nothing was paid: it is what tells a report from an order.
    record.stamps.push(StampGrant {
        card: figure(),
        given: sold,
        taken: 0,
        lines: LineSet::All,
    });
    draft.note(Note::Channel(Box::new(ChannelNote::SoldOn(sold))));
    earn::rules(draft, &scene, Trigger::SellThrough, &mut record.grants);
    let day = placed.day;
    draft.take(Change::OrderPlaced(placed));
    // It is no order of the reseller's own.
    draft.take(Change::OrdersJoined(-1));
    tier::progress(draft, Metric::Sold, day, sold);
    staff::sold(draft, &scene, Trigger::SellThrough);
    reverse::waiting(draft, event);
}

/// What came back counts as sold on no more. Whether it was such a count.
pub(crate) fn take_off(draft: &mut Draft<'_>, counted: Name, by: i64, day: i32) -> bool {
    let own = counted == figure();
    if own {
        tier::progress(draft, Metric::Sold, day, -by);
    }
    own
}

/// Whether something that an order counted is what was sold on: it follows the money.
pub(crate) fn counts_money(counted: Name) -> bool {
    counted == figure()
}
