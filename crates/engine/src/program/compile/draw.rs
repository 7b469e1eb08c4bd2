//! Prize draws.

use super::game::sources;
use super::gives::gives;
use super::limit::{Owner, limits};
use super::tally::{Frame, price, title};
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use crate::program::{DrawRule, Tally, Towards};
use regulars_base::Name;

/// Reads `[[draw]]`.
pub(super) fn draws(ctx: &Ctx<'_>, tallies: &mut Vec<Tally>) -> Option<Vec<DrawRule>> {
    let parts = ctx.root.parts("draw");
    let read = (0_u16..).zip(&parts);
    all(read
        .map(|(place, part)| draw(ctx, part, place, tallies))
        .collect())
}

fn draw(ctx: &Ctx<'_>, part: &Part<'_>, place: u16, tallies: &mut Vec<Tally>) -> Option<DrawRule> {
    let node = &part.node;
    let from = node.get("from");
    let from = from.and_then(|at| at.read(|text| phrase::from(text, &ctx.shop.zone)));
    let closes = node.get("closes");
    let closes = closes.and_then(|at| at.read(|text| phrase::until(text, &ctx.shop.zone)));
    let frame = Frame {
        name: format!("draw {}", part.id),
        from,
        until: closes,
        tier: None,
        towards: Towards::Tickets(place),
    };
    sources(ctx, node, &frame, tallies);
    let rewards = ctx.root.parts("reward");
    let by_reward = rewards.iter().any(|reward| {
        let draw = reward.node.get("draw");
        draw.is_some_and(|at| at.text() == Some(part.id))
    });
    if !node.has("earn") && !node.has("price") && !by_reward {
        node.error(Wrong::new(
            "nobody can get a ticket",
            "add `earn` or `price`, or a reward of kind `draw tickets`",
        ));
    }
    if from.is_some() && closes.is_some() && from >= closes {
        let wrong = Wrong::new("it closes before it begins", "correct `from` or `closes`");
        node.source().error(node.key("closes"), wrong);
    }
    let owner = Owner {
        kind: "draw",
        id: part.id,
        points: &[],
    };
    let whole = |name: &str| node.get(name).and_then(|at| at.whole());
    let gives = node.get("gives").and_then(|at| gives(ctx, &at));
    let price = price(ctx, node);
    let limits = limits(ctx, node, &owner);
    Some(DrawRule {
        id: part.id.to_owned(),
        name: Name::of(&format!("draw {}", part.id)),
        title: title(node, part.id),
        from,
        closes: closes?,
        price,
        limits,
        winners: whole("winners").unwrap_or(1),
        alternates: whole("alternates").unwrap_or(0),
        gives: gives?,
        claim: node.get("claim").and_then(|at| at.read(phrase::length)),
    })
}
