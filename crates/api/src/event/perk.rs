//! What happens to rewards on the wire: alike in events and in requests of their own.

use super::{EventIn, HeadIn};
use crate::amount::Amount;
use crate::event::read::points_amount;
use crate::json::{self, At, Fields};
use regulars_base::Text;
use regulars_engine::event::{
    Attributes, CodesAdded, Fault, Fulfil, FulfilMove, Kind, PerkEvent, Pick, Restock, ReturnPart,
    RewardReturn, StockMove,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The kinds that this file reads.
pub(super) const KINDS: [&str; 7] = [
    "reward_return",
    "restock",
    "automatic_rewards",
    "fulfilment",
    "codes_added",
    "pick",
    "attributes",
];

/// The most of anything at once.
const MOST: i64 = 1_000_000_000;

/// A part of a redemption comes back: so many of the reward, so many points where points pay a part
/// of an order, or all that has not come back yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RewardReturnEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The redemption's id.
    pub redemption: String,
    /// How many of the reward come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub quantity: Option<i64>,
    /// Instead of it, where points pay a part of an order: which of the points that paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
    /// And how many of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The stock of a reward changes. It concerns no member: `member` and `customer` are left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RestockEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which reward, by its id in the program file.
    #[schema(example = "mug")]
    pub reward: String,
    /// So many came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub up: Option<i64>,
    /// Or so many are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub down: Option<i64>,
    /// Or so many are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub set: Option<i64>,
    /// Why: shown to auditors.
    #[schema(example = "delivery of Monday")]
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A member wants rewards that are redeemed by themselves, or wants them no more.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AutomaticRewardsEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Whether they do.
    pub wanted: bool,
}

/// A redemption that is sent to the member goes on its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FulfilmentEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The redemption's id.
    pub redemption: String,
    /// What happened: `dispatched`, `delivered`, `failed` or `returned`. With the last two the points
    /// come back.
    #[schema(example = "dispatched")]
    pub state: String,
    /// Who carries it, where it is dispatched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The carrier's number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Why, where it failed or came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Codes of a supplier came in. It concerns no member, and is sent by the server itself where codes are
/// brought in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodesAddedEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// For which reward, by its id in the program file.
    pub reward: String,
    /// How many.
    #[schema(minimum = 1)]
    pub count: i64,
}

/// A member picks one of the rewards of a menu.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PickEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The menu: a reward, by its id in the program file.
    #[schema(example = "welcome-menu")]
    pub menu: String,
    /// Which of its rewards.
    #[schema(example = "mug")]
    pub pick: String,
}

/// What sort of member it is: the program declares attributes and their values.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttributesEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Attributes and their values; an empty text for none any more.
    #[schema(value_type = std::collections::HashMap<String, String>, example = json!({"group": "trade"}))]
    pub values: BTreeMap<String, String>,
    /// Who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Reads one of [`KINDS`].
pub(super) fn read(
    named: &str,
    fields: &mut Fields<'_>,
    decimals: &dyn Fn(&str) -> Option<u8>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    let perk = match named {
        "reward_return" => {
            let redemption = fields.required_text("redemption", faults);
            let part = part(fields, decimals, faults);
            let reason = fields.text_or_empty("reason", faults);
            PerkEvent::Return(RewardReturn {
                redemption: redemption?,
                part: part?,
                reason,
            })
        }
        "restock" => {
            let reward = fields.required_text("reward", faults);
            let (how, reason, by) = restock(fields, faults);
            PerkEvent::Restock(Restock {
                reward: reward?,
                how: how?,
                reason: reason?,
                by,
            })
        }
        "fulfilment" => {
            let redemption = fields.required_text("redemption", faults);
            PerkEvent::Fulfil(Fulfil {
                to: moved(fields, faults)?,
                redemption: redemption?,
            })
        }
        "codes_added" => {
            let reward = fields.required_text("reward", faults);
            let count = needed_whole(fields, "count", faults);
            PerkEvent::CodesAdded(CodesAdded {
                reward: reward?,
                count: count?,
            })
        }
        "pick" => {
            let menu = fields.required_text("menu", faults);
            let pick = fields.required_text("pick", faults);
            PerkEvent::Pick(Pick {
                menu: menu?,
                pick: pick?,
            })
        }
        "attributes" => PerkEvent::Attributes(attributes(fields, faults)?),
        _ => PerkEvent::Automatic(wanted(fields, faults)?),
    };
    Some(Kind::Perk(Box::new(perk)))
}

/// `quantity`, or `points` and `amount`, or nothing for the rest.
fn part(
    fields: &mut Fields<'_>,
    decimals: &dyn Fn(&str) -> Option<u8>,
    faults: &mut Vec<Fault>,
) -> Option<ReturnPart> {
    let at = fields.at();
    let named = ["quantity", "points", "amount"].map(|name| fields.has(name));
    let quantity = whole(fields, "quantity", 1, faults);
    let points = fields.text("points", faults);
    if !named[1] && !named[2] {
        let _ = fields.raw("amount");
        return if named[0] {
            quantity.map(ReturnPart::Quantity)
        } else {
            Some(ReturnPart::Rest)
        };
    }
    if named != [false, true, true] {
        let _ = fields.raw("amount");
        faults.push(at.fault(
            "says in two ways how much comes back: give `quantity`, or `points` and `amount`",
        ));
        return None;
    }
    let places = points.as_ref().and_then(|points| decimals(points.as_str()));
    let amount = points_amount(fields, places.unwrap_or(0), faults)?;
    if amount < 0 {
        faults.push(
            at.field("amount")
                .fault("must be above zero: it says what comes back"),
        );
        return None;
    }
    let points = points?;
    Some(ReturnPart::Points { points, amount })
}

/// One of `up`, `down` and `set`; why; and by whom.
fn restock(
    fields: &mut Fields<'_>,
    faults: &mut Vec<Fault>,
) -> (Option<StockMove>, Option<Text>, Text) {
    let at = fields.at();
    let named = ["up", "down", "set"].map(|name| fields.has(name));
    let (up, down, set) = (
        whole(fields, "up", 1, faults).map(StockMove::Up),
        whole(fields, "down", 1, faults).map(StockMove::Down),
        whole(fields, "set", 0, faults).map(StockMove::Set),
    );
    if named.iter().filter(|there| **there).count() != 1 {
        faults.push(at.fault("needs one of `up`, `down` and `set`"));
    }
    let reason = fields.required_text("reason", faults);
    if reason
        .as_ref()
        .is_some_and(|it| it.as_str().trim().is_empty())
    {
        let what = "is empty: say why, auditors will read it";
        faults.push(at.field("reason").fault(what));
    }
    (
        up.or(down).or(set),
        reason,
        fields.text_or_empty("by", faults),
    )
}

/// `state`, and what belongs to it.
fn moved(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<FulfilMove> {
    let at = fields.at();
    let state = fields.required_text("state", faults);
    let (carrier, tracking, reason) = (
        fields.text_or_empty("carrier", faults),
        fields.text_or_empty("tracking", faults),
        fields.text_or_empty("reason", faults),
    );
    match state?.as_str() {
        "dispatched" => Some(FulfilMove::Dispatched { carrier, tracking }),
        "delivered" => Some(FulfilMove::Delivered),
        "failed" => Some(FulfilMove::Failed { reason }),
        "returned" => Some(FulfilMove::Returned { reason }),
        other => {
            let what = format!(
                "`{other}` is no such state; they are dispatched, delivered, failed, returned"
            );
            faults.push(at.field("state").fault(what));
            None
        }
    }
}

/// `values` and `by`.
fn attributes(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Attributes> {
    let at = fields.at();
    let at = at.field("values");
    if fields.lacks("values") {
        faults.push(at.fault("is missing: attributes and their values"));
    }
    let mut values = Vec::new();
    for (name, raw) in fields.pairs("values", faults).unwrap_or_default() {
        let inner = at.field(&name);
        match Text::new(&*name) {
            Ok(named) => values.extend(json::text(raw, inner, faults).map(|value| (named, value))),
            Err(error) => faults.push(inner.fault(error.to_string())),
        }
    }
    values.sort_unstable();
    let by = fields.text_or_empty("by", faults);
    Some(Attributes { values, by })
}

fn needed_whole(
    fields: &mut Fields<'_>,
    name: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<i64> {
    if fields.lacks(name) {
        faults.push(fields.at().field(name).fault("is missing"));
    }
    whole(fields, name, 1, faults)
}

fn wanted(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<bool> {
    if fields.lacks("wanted") {
        let what = "is missing: true or false";
        faults.push(fields.at().field("wanted").fault(what));
    }
    fields.boolean("wanted", faults)
}

fn whole(
    fields: &mut Fields<'_>,
    name: &'static str,
    least: i64,
    faults: &mut Vec<Fault>,
) -> Option<i64> {
    let base = fields.at();
    let at = base.field(name);
    let found = fields.integer(name, faults)?;
    if (least..=MOST).contains(&found) {
        return Some(found);
    }
    faults.push(at.fault(format!("must be {least} or more, and at most a billion")));
    None
}

/// From an event of the engine to JSON.
pub(super) fn written(
    head: HeadIn,
    perk: &PerkEvent,
    decimals: &dyn Fn(&str) -> Option<u8>,
) -> Option<EventIn> {
    let said = |text: &Text| (!text.is_empty()).then(|| text.to_string());
    Some(match perk {
        PerkEvent::Return(it) => {
            let (quantity, points) = match &it.part {
                ReturnPart::Rest => (None, None),
                ReturnPart::Quantity(units) => (Some(*units), None),
                ReturnPart::Points { points, amount } => (None, Some((points, *amount))),
            };
            EventIn::RewardReturn(RewardReturnEventIn {
                head,
                redemption: it.redemption.to_string(),
                quantity,
                points: points.map(|(points, _)| points.to_string()),
                amount: points.map(|(points, amount)| {
                    Amount::number(amount, decimals(points.as_str()).unwrap_or(0))
                }),
                reason: said(&it.reason),
            })
        }
        PerkEvent::Restock(it) => {
            let (up, down, set) = match it.how {
                StockMove::Up(by) => (Some(by), None, None),
                StockMove::Down(by) => (None, Some(by), None),
                StockMove::Set(to) => (None, None, Some(to)),
            };
            EventIn::Restock(RestockEventIn {
                head: HeadIn {
                    member: None,
                    customer: None,
                    ..head
                },
                reward: it.reward.to_string(),
                up,
                down,
                set,
                reason: it.reason.to_string(),
                by: said(&it.by),
            })
        }
        PerkEvent::Automatic(wanted) => {
            let wanted = *wanted;
            EventIn::AutomaticRewards(AutomaticRewardsEventIn { head, wanted })
        }
        PerkEvent::Fulfil(it) => {
            let none = Text::default();
            let (state, carrier, tracking, reason) = match &it.to {
                FulfilMove::Dispatched { carrier, tracking } => {
                    ("dispatched", carrier, tracking, &none)
                }
                FulfilMove::Delivered => ("delivered", &none, &none, &none),
                FulfilMove::Failed { reason } => ("failed", &none, &none, reason),
                FulfilMove::Returned { reason } => ("returned", &none, &none, reason),
            };
            EventIn::Fulfilment(FulfilmentEventIn {
                head,
                redemption: it.redemption.to_string(),
                state: state.to_owned(),
                carrier: said(carrier),
                tracking: said(tracking),
                reason: said(reason),
            })
        }
        PerkEvent::CodesAdded(it) => EventIn::CodesAdded(CodesAddedEventIn {
            head: HeadIn {
                member: None,
                customer: None,
                ..head
            },
            reward: it.reward.to_string(),
            count: it.count,
        }),
        PerkEvent::Pick(it) => EventIn::Pick(PickEventIn {
            head,
            menu: it.menu.to_string(),
            pick: it.pick.to_string(),
        }),
        PerkEvent::Attributes(it) => EventIn::Attributes(AttributesEventIn {
            head,
            values: it
                .values
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
            by: said(&it.by),
        }),
        PerkEvent::Moved(_)
        | PerkEvent::Reissue(_)
        | PerkEvent::ReissueBack(_)
        | PerkEvent::Gift(_) => return None,
    })
}

/// Reads the body of a request of its own: the fields of one of the kinds above beside those (`more`) that
/// the path says. Whoever is not named is the caller.
pub fn read_perk(
    raw: &RawValue,
    named: &str,
    path: &str,
    decimals: &dyn Fn(&str) -> Option<u8>,
    caller: &Text,
) -> Result<PerkEvent, Vec<Fault>> {
    let mut faults = Vec::new();
    let kind = Fields::read(raw, At::ROOT, &mut faults).and_then(|mut fields| {
        let found = of_path(named, path, &mut fields, decimals, &mut faults);
        fields.finish(&mut faults);
        found
    });
    match kind {
        Some(mut perk) if faults.is_empty() => {
            let by = match &mut perk {
                PerkEvent::Restock(restock) => Some(&mut restock.by),
                PerkEvent::Attributes(said) => Some(&mut said.by),
                _ => None,
            };
            if let Some(by) = by.filter(|by| by.is_empty()) {
                *by = caller.clone();
            }
            Ok(perk)
        }
        _ => Err(faults),
    }
}

/// As in an event, with what the path says.
fn of_path(
    named: &str,
    path: &str,
    fields: &mut Fields<'_>,
    decimals: &dyn Fn(&str) -> Option<u8>,
    faults: &mut Vec<Fault>,
) -> Option<PerkEvent> {
    let id = Text::new(path).ok();
    Some(match named {
        "reward_return" => {
            let part = part(fields, decimals, faults);
            let reason = fields.text_or_empty("reason", faults);
            PerkEvent::Return(RewardReturn {
                redemption: id?,
                part: part?,
                reason,
            })
        }
        "restock" => {
            let (how, reason, by) = restock(fields, faults);
            PerkEvent::Restock(Restock {
                reward: id?,
                how: how?,
                reason: reason?,
                by,
            })
        }
        "fulfilment" => PerkEvent::Fulfil(Fulfil {
            to: moved(fields, faults)?,
            redemption: id?,
        }),
        "pick" => PerkEvent::Pick(Pick {
            pick: fields.required_text("pick", faults)?,
            menu: id?,
        }),
        "attributes" => PerkEvent::Attributes(attributes(fields, faults)?),
        _ => PerkEvent::Automatic(wanted(fields, faults)?),
    })
}
