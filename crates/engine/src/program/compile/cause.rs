//! Causes that members give points to.

use super::earning::window;
use super::limit::amount;
use super::tally::title;
use super::{Ctx, Part, all};
use crate::program::CauseRule;
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use crate::program::reader::find;
use regulars_base::Name;

/// Reads `[[cause]]`.
pub(super) fn causes(ctx: &Ctx<'_>) -> Option<Vec<CauseRule>> {
    let parts = ctx.root.parts("cause");
    all(parts.iter().map(|part| cause(ctx, part)).collect())
}

fn cause(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<CauseRule> {
    let node = &part.node;
    let (from, until) = window(ctx, node);
    let matched = node.get("matched").and_then(|at| ctx.shop.money(&at));
    let at = node.get("points")?;
    let points = find(&at, "kind of points", at.text()?, &ctx.names.points)?;
    super::reward::check_spendable(ctx, node, "points", &[(points, 1)]);
    let place = usize::from(points);
    let own = ctx.root.parts("points");
    let worth = node
        .get("worth")
        .or_else(|| own.get(place).and_then(|own| own.node.get("worth")));
    let Some(worth) = worth else {
        node.error(Wrong::new(
            "the cause does not say what the points are worth to it",
            "add `worth = \"0.05 EUR\"`, here or to the points",
        ));
        return None;
    };
    let currency = ctx.shop.currency?;
    let decimals = ctx.names.decimals.get(place).copied().unwrap_or(0);
    let least = node.get("least");
    let least = least.and_then(|at| amount(&at, decimals, &ctx.names.points[place]));
    Some(CauseRule {
        id: part.id.to_owned(),
        name: Name::of(&format!("cause {}", part.id)),
        title: title(node, part.id),
        points,
        worth: worth.read(|text| phrase::worth(text, currency))?,
        from,
        until,
        least: least.unwrap_or(1),
        matched,
    })
}
