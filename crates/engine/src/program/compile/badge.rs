//! Badges and levels.

use super::earning::window;
use super::tally::{Frame, badge_of, given, tally, tier_of, title};
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::reader::{Node, find};
use crate::program::{BadgeRule, LevelRule, Tally, Towards};
use regulars_base::Name;

/// Reads `[[badge]]`.
pub(super) fn badges(ctx: &Ctx<'_>, tallies: &mut Vec<Tally>) -> Option<Vec<BadgeRule>> {
    let parts = ctx.root.parts("badge");
    let mut badges = Vec::new();
    for (place, part) in (0_u16..).zip(&parts) {
        let node = &part.node;
        if node.has("on") || node.has("when") {
            let (from, until) = window(ctx, node);
            let frame = Frame {
                name: format!("badge {}", part.id),
                from,
                until,
                tier: tier_of(ctx, node),
                towards: Towards::Badge(place),
            };
            tallies.extend(tally(ctx, node, frame));
        } else if !is_given(ctx, part.id) {
            ctx.root.source.findings.warn(
                part.id_at.range(),
                Wrong::new(
                    format!("nobody can get badge `{}`", part.id),
                    "add `on` or `when`, or let a challenge or a level give it",
                ),
            );
        }
        badges.push(BadgeRule {
            id: part.id.to_owned(),
            name: Name::of(&format!("badge {}", part.id)),
            title: title(node, part.id),
        });
    }
    Some(badges)
}

/// Whether a challenge or a level gives the badge.
fn is_given(ctx: &Ctx<'_>, id: &str) -> bool {
    let names = |node: &Node<'_>| node.get("badge").and_then(|at| at.text()) == Some(id);
    ["challenge", "level"].iter().any(|section| {
        let parts = ctx.root.parts(section);
        parts.iter().any(|part| names(&part.node))
    })
}

/// Reads `[[level]]`.
pub(super) fn levels(ctx: &Ctx<'_>) -> Option<Vec<LevelRule>> {
    let parts = ctx.root.parts("level");
    let levels = all(parts.iter().map(|part| level(ctx, part)).collect())?;
    for (place, level) in levels.iter().enumerate() {
        let before = levels[..place].iter().rev();
        let before = before
            .filter(|own| own.points == level.points)
            .map(|own| own.at);
        if let Some(last) = before.into_iter().next().filter(|last| level.at <= *last) {
            parts[place].node.error(Wrong::new(
                format!(
                    "level `{}` at {} stands after one at {last}",
                    level.id, level.at
                ),
                "write the levels in ascending order",
            ));
        }
    }
    Some(levels)
}

fn level(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<LevelRule> {
    let node = &part.node;
    let gives = given(ctx, node);
    let badge = badge_of(ctx, node);
    let at = node.get("points")?;
    let points = find(&at, "kind of points", at.text()?, &ctx.names.points)?;
    let place = usize::from(points);
    let own = ctx.root.parts("points");
    let lapse = own.get(place).is_some_and(|own| own.node.has("expires"));
    if ctx.names.spendable.get(place) != Some(&false) || lapse {
        let id = &ctx.names.points[place];
        at.error(Wrong::new(
            format!("a level by `{id}` could be lost: they are spent or lapse"),
            format!("write `spendable = false` in [points.{id}], and no `expires`"),
        ));
    }
    let decimals = ctx.names.decimals.get(place).copied().unwrap_or(0);
    let scale = 10_i64.pow(u32::from(decimals.min(6)));
    Some(LevelRule {
        id: part.id.to_owned(),
        name: Name::of(&format!("level {}", part.id)),
        title: title(node, part.id),
        points,
        at: node.get("at")?.whole()?.saturating_mul(scale),
        gives: gives?,
        badge,
    })
}
