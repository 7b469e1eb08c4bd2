//! Reads what happens to rewards in a step.

use super::fields::{Fields, Reader};
use super::step::by_whom;
use regulars_base::Text;
use regulars_engine::Program;
use regulars_engine::event::{
    Attributes, CodesAdded, Fulfil, FulfilMove, PerkEvent, Pick, Reissue, ReissueBack, ReissueOf,
    Restock, ReturnPart, RewardGift, RewardReturn, StockMove,
};

/// What happens to a reward of a member.
pub(super) fn kind(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &str,
    program: &Program,
) -> Option<PerkEvent> {
    match name {
        "reward_return" => returned(reader, fields, program),
        "fulfilment" => fulfil(reader, fields),
        "pick" => Some(PerkEvent::Pick(Pick {
            menu: fields.needed(reader, "menu")?,
            pick: fields.needed(reader, "pick")?,
        })),
        "attributes" => attributes(reader, fields),
        _ => Some(PerkEvent::Automatic(
            fields.take("wanted").is_none_or(|node| reader.yes(&node)),
        )),
    }
}

/// `reward_gift = { member = "ana", reward = "coffee", days = 14 }`;
/// `reissue = { member = "ana", reward = "coffee" }`, or with `redemption`; `reissue_undo = { member = "ana",
/// reissue = "the key of that step" }`.
pub(super) fn reissue(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &str,
) -> Option<PerkEvent> {
    let reason = by_whom(reader, fields, "reason", "by hand");
    let by = by_whom(reader, fields, "by", "the shop");
    if name == "reissue_undo" {
        let reissue = fields.needed(reader, "reissue")?;
        return Some(PerkEvent::ReissueBack(Box::new(ReissueBack {
            reissue,
            reason,
            by,
        })));
    }
    if name == "reward_gift" {
        let days = fields.take("days");
        let days = days.and_then(|node| reader.number(&node, 0));
        return Some(PerkEvent::Gift(Box::new(RewardGift {
            reward: fields.needed(reader, "reward")?,
            days: days.and_then(|days| u16::try_from(days).ok()),
            reason,
            by,
        })));
    }
    let of = match fields.text(reader, "redemption") {
        Some(redemption) => ReissueOf::Used(redemption),
        None => ReissueOf::Lapsed(fields.needed(reader, "reward")?),
    };
    Some(PerkEvent::Reissue(Box::new(Reissue { of, reason, by })))
}

fn returned(reader: &mut Reader<'_>, fields: &mut Fields, program: &Program) -> Option<PerkEvent> {
    let quantity = fields.take("quantity");
    let quantity = quantity.and_then(|node| reader.number(&node, 0));
    let points = fields.text(reader, "points");
    let known = |id: &Text| program.points.iter().find(|own| own.id == id.as_str());
    let decimals = points.as_ref().and_then(known);
    let decimals = decimals.map_or(0, |points| points.decimals);
    let amount = fields.take("amount");
    let amount = amount.and_then(|node| reader.number(&node, decimals));
    Some(PerkEvent::Return(RewardReturn {
        redemption: fields.needed(reader, "redemption")?,
        part: match (quantity, points.zip(amount)) {
            (Some(quantity), _) => ReturnPart::Quantity(quantity),
            (None, Some((points, amount))) => ReturnPart::Points { points, amount },
            (None, None) => ReturnPart::Rest,
        },
        reason: fields.text(reader, "reason").unwrap_or_default(),
    }))
}

/// `fulfilment = { member = "ana", redemption = "m-1", state = "dispatched" }`.
fn fulfil(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<PerkEvent> {
    let redemption = fields.needed(reader, "redemption")?;
    let state: Text = fields.needed(reader, "state")?;
    let reason = fields.text(reader, "reason").unwrap_or_default();
    let to = match state.as_str() {
        "dispatched" => FulfilMove::Dispatched {
            carrier: fields.text(reader, "carrier").unwrap_or_default(),
            tracking: fields.text(reader, "tracking").unwrap_or_default(),
        },
        "delivered" => FulfilMove::Delivered,
        "failed" => FulfilMove::Failed { reason },
        "returned" => FulfilMove::Returned { reason },
        _ => {
            let what = "`state` is one of dispatched, delivered, failed, returned";
            reader.fault(&fields.span, what);
            return None;
        }
    };
    Some(PerkEvent::Fulfil(Fulfil { redemption, to }))
}

/// `attributes = { member = "ana", group = "trade" }`: those that the program declares.
fn attributes(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<PerkEvent> {
    let by = by_whom(reader, fields, "by", "the shop");
    let mut values = Vec::new();
    for (named, node) in fields.rest() {
        let value = reader.text(node)?;
        values.push((Text::new(named).ok()?, value));
    }
    values.sort_unstable();
    Some(PerkEvent::Attributes(Attributes { values, by }))
}

/// What concerns no member.
pub(super) fn of_house(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &str,
) -> Option<PerkEvent> {
    if name == "restock" {
        return restock(reader, fields);
    }
    let count = fields.take("count");
    Some(PerkEvent::CodesAdded(CodesAdded {
        reward: fields.needed(reader, "reward")?,
        count: count.and_then(|node| reader.number(&node, 0))?,
    }))
}

/// `restock = { reward = "mug", up = 2 }`.
fn restock(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<PerkEvent> {
    let mut number = |name: &'static str| {
        let node = fields.take(name);
        node.and_then(|node| reader.number(&node, 0))
    };
    let (up, down, set) = (number("up"), number("down"), number("set"));
    let how = match (up, down, set) {
        (Some(by), None, None) => StockMove::Up(by),
        (None, Some(by), None) => StockMove::Down(by),
        (None, None, Some(to)) => StockMove::Set(to),
        _ => {
            reader.fault(&fields.span, "a restock needs one of `up`, `down`, `set`");
            return None;
        }
    };
    Some(PerkEvent::Restock(Restock {
        reward: fields.needed(reader, "reward")?,
        how,
        reason: by_whom(reader, fields, "reason", "counted"),
        by: by_whom(reader, fields, "by", "the shop"),
    }))
}
