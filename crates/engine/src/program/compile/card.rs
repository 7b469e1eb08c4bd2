//! Stamp cards.

use super::earning::{condition, trigger};
use super::gives::gives;
use super::limit::{Owner, limits};
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::MILESTONE;
use crate::program::phrase;
use crate::program::reader::Node;
use crate::program::{CardRule, Gives, Milestone, StampFor, Trigger};
use regulars_base::{Name, Span};

/// Reads `[[card]]`.
pub(super) fn cards(ctx: &Ctx<'_>) -> Option<Vec<CardRule>> {
    all(ctx
        .root
        .parts("card")
        .iter()
        .map(|part| card(ctx, part))
        .collect())
}

/// What a reseller sold on has rules of its own: its reports put nothing on cards and count for no
/// challenge.
pub(super) fn no_reports(node: &Node<'_>, on: Option<Trigger>) {
    if let (Some(at), Some(Trigger::SellThrough)) = (node.get("on"), on) {
        at.error(Wrong::new(
            "only rules listen to `sell_through`",
            "write an [[earn]] that gives points",
        ));
    }
}

fn card(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<CardRule> {
    let node = &part.node;
    let on = trigger(ctx, node);
    if let (Some(at), Some(Trigger::Birthday | Trigger::Anniversary)) = (node.get("on"), on) {
        at.error(Wrong::new(
            "a card is not stamped by what comes once a year",
            "write a rule that gives points",
        ));
    }
    no_reports(node, on);
    let when = node.get("when").map(|at| condition(ctx, &at, on));
    let each = match node.get("each") {
        None => StampFor::Event,
        Some(at) => match at.text()? {
            "event" => StampFor::Event,
            "item" => StampFor::Item,
            _ => StampFor::Amount(ctx.shop.money(&at)?),
        },
    };
    if let Some(at) = node.get("each")
        && each != StampFor::Event
        && on.is_some_and(|on| on != Trigger::Purchase)
    {
        at.error(Wrong::new(
            "only purchases have items and amounts",
            "write `event`, or listen to `purchase`",
        ));
    }
    let carry_over = node
        .get("carry_over")
        .and_then(|at| at.flag())
        .unwrap_or(true);
    let full = node.get("full").and_then(|at| at.whole());
    let gives = node.get("gives").and_then(|at| gives(ctx, &at));
    let milestones = milestones(ctx, node, full);
    let owner = Owner {
        kind: "card",
        id: part.id,
        points: &[],
    };
    let length = |name: &str| node.get(name).and_then(|at| at.read(phrase::length));
    let apart_minutes = apart(node, each);
    let (within, expires) = (length("within"), length("expires"));
    if let (Some(full), Some(apart)) = (full, apart_minutes) {
        can_fill(node, full, apart, [within, expires]);
    }
    let only_points = |gives: &Gives| matches!(gives, Gives::Points(_));
    if let (Some(at), Some(gives)) = (node.get("voucher_expires"), &gives)
        && only_points(gives)
        && milestones.iter().all(|own| only_points(&own.gives))
    {
        at.warn(Wrong::new(
            "the card gives no voucher that could be void",
            "leave it out, or let the card give a reward",
        ));
    }
    Some(CardRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        limits: limits(ctx, node, &owner),
        within,
        apart_minutes,
        expires,
        voucher_expires: length("voucher_expires"),
        carry_over,
        keeps_rest: keeps_rest(node, each, carry_over),
        rest: CardRule::rest_of(part.id),
        each,
        full: full?,
        milestones,
        on: on?,
        when: match when {
            Some(condition) => Some(condition?),
            None => None,
        },
        gives: gives?,
    })
}

/// Reads `remainder`. Who buys for 7 EUR and for 8 EUR expects the stamp for 10 EUR that one order of
/// 15 EUR would have given; but money of several days has no day on which it could lapse.
fn keeps_rest(node: &Node<'_>, each: StampFor, carry_over: bool) -> bool {
    let by_amount = matches!(each, StampFor::Amount(_));
    let possible = by_amount && carry_over && node.get("within").is_none();
    let Some(at) = node.get("remainder") else {
        return possible;
    };
    let keep = at.text() == Some("keep");
    if !by_amount {
        at.error(Wrong::new(
            "only stamps for an amount leave money over",
            "leave it out, or write `each = \"10 EUR\"`",
        ));
    } else if keep && !possible {
        at.error(Wrong::new(
            "money is kept for the next stamp only where stamps stay and carry over",
            "write `remainder = \"drop\"`, or leave out `within` and `carry_over`",
        ));
    }
    keep && possible
}

/// Reads `milestone`.
fn milestones(ctx: &Ctx<'_>, node: &Node<'_>, full: Option<i64>) -> Vec<Milestone> {
    let mut milestones: Vec<Milestone> = Vec::new();
    let list = node.get("milestone").map_or(Vec::new(), |at| at.list());
    for node in list.iter().filter_map(|at| at.node(&MILESTONE)) {
        let gives = node.get("gives").and_then(|at| gives(ctx, &at));
        let Some(at) = node.get("at") else { continue };
        let Some(stamps) = at.whole() else { continue };
        if let Some(last) = milestones.last()
            && stamps <= last.stamps
        {
            at.error(Wrong::new(
                format!("a milestone at {stamps} after one at {}", last.stamps),
                "write them in ascending order, each number once",
            ));
        }
        if let Some(full) = full
            && stamps >= full
        {
            at.error(Wrong::new(
                format!("a card that is full with {full} stamps has no milestone at {stamps}"),
                "write a number below `full`; what a full card gives stands in `gives` of the card",
            ));
        }
        // One that gives nothing right counts for the order of the others all the same.
        milestones.push(Milestone {
            stamps,
            gives: gives.unwrap_or(Gives::Points(Vec::new())),
        });
    }
    milestones
}

/// Reads `apart`.
fn apart(node: &Node<'_>, each: StampFor) -> Option<i32> {
    let at = node.get("apart")?;
    let minutes = at.read(phrase::minutes)?;
    if each != StampFor::Event {
        at.error(Wrong::new(
            "stamps for items or amounts come several at once, so they are not apart",
            "leave it out, or write `each = \"event\"`",
        ));
    }
    Some(minutes)
}

/// Says so where stamps that are so far apart cannot fill the card before the first has lapsed, or
/// the card is void.
fn can_fill(node: &Node<'_>, full: i64, apart: i32, [within, expires]: [Option<Span>; 2]) {
    let days_most = |span: Span| match span {
        Span::Days(days) => i64::from(days),
        Span::Months(months) => i64::from(months) * 31,
    };
    let takes = (full - 1).saturating_mul(i64::from(apart));
    // The day of the first stamp counts as a whole; a card is void at the end of its last day.
    for (field, span, more_days) in [("within", within, 0), ("expires", expires, 1)] {
        let lasts = span.map(|span| (days_most(span) + more_days) * 24 * 60);
        if lasts.is_some_and(|lasts| takes >= lasts) {
            let apart = crate::program::words::minutes(apart);
            let wrong = Wrong::new(
                format!(
                    "{full} stamps that are {apart} apart take longer than `{field}`: the card is never full"
                ),
                format!("write a longer `{field}`, a shorter `apart` or a lower `full`"),
            );
            let at = node.get(field).map_or(node.key(field), |at| at.place());
            node.source().error(at, wrong);
        }
    }
}

/// Whether some card gives this reward, full or on the way.
pub(super) fn gives_reward(ctx: &Ctx<'_>, id: &str) -> bool {
    let gives = |node: &Node<'_>| node.get("gives").and_then(|at| at.text()) == Some(id);
    let on_the_way = |node: &Node<'_>| {
        let list = node.get("milestone").map_or(Vec::new(), |at| at.list());
        let mut milestones = list.iter().filter_map(|at| at.node(&MILESTONE));
        milestones.any(|milestone| gives(&milestone))
    };
    let parts = ctx.root.parts("card");
    parts
        .iter()
        .any(|part| gives(&part.node) || on_the_way(&part.node))
}
