//! What games count of events, and what their parts have in common.

use super::earning::{condition, trigger};
use super::{Ctx, badge, cause, challenge, draw, game, leaderboard};
use crate::program::diagnostic::Wrong;
use crate::program::reader::{Node, find};
use crate::program::{GameRules, Gives, StampFor, Tally, Towards, Trigger};
use regulars_base::{Name, Timestamp};

/// Reads all parts of games.
pub(super) fn games(ctx: &Ctx<'_>) -> Option<GameRules> {
    let mut tallies = Vec::new();
    // Each is read before any failure counts, so that everything is said at once.
    let badges = badge::badges(ctx, &mut tallies);
    let challenges = challenge::challenges(ctx, &mut tallies);
    let games = game::games(ctx, &mut tallies);
    let draws = draw::draws(ctx, &mut tallies);
    let levels = badge::levels(ctx);
    let boards = leaderboard::boards(ctx);
    let causes = cause::causes(ctx);
    Some(GameRules {
        tallies,
        challenges: challenges?,
        badges: badges?,
        levels: levels?,
        boards: boards?,
        games: games?,
        draws: draws?,
        causes: causes?,
    })
}

/// Whose tally it is, and when and for whom it counts.
#[derive(Clone)]
pub(super) struct Frame {
    /// What it is called in records of orders.
    pub(super) name: String,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    pub(super) tier: Option<u16>,
    pub(super) towards: Towards,
}

/// Reads `on`, `when` and `each`.
pub(super) fn tally(ctx: &Ctx<'_>, node: &Node<'_>, frame: Frame) -> Option<Tally> {
    let on = trigger(ctx, node);
    super::card::no_reports(node, on);
    let when = node.get("when").map(|at| condition(ctx, &at, on));
    let each = match node.get("each") {
        None => Some(StampFor::Event),
        Some(at) => match at.text()? {
            "event" => Some(StampFor::Event),
            "item" => Some(StampFor::Item),
            _ => ctx.shop.money(&at).map(StampFor::Amount),
        },
    };
    if let (Some(at), Some(each)) = (node.get("each"), each)
        && each != StampFor::Event
        && on.is_some_and(|on| on != Trigger::Purchase)
    {
        at.error(Wrong::new(
            "only purchases have items and amounts",
            "write `event`, or listen to `purchase`",
        ));
    }
    Some(Tally {
        name: Name::of(&frame.name),
        on: on?,
        when: match when {
            Some(condition) => Some(condition?),
            None => None,
        },
        each: each?,
        from: frame.from,
        until: frame.until,
        tier: frame.tier,
        towards: frame.towards,
    })
}

/// What is given, where it is said.
pub(super) fn given(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<Option<Gives>> {
    match node.get("gives") {
        None => Some(None),
        Some(at) => super::gives::gives(ctx, &at).map(Some),
    }
}

/// The badge that is given as well, by its place.
pub(super) fn badge_of(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<u16> {
    let at = node.get("badge")?;
    find(&at, "badge", at.text()?, &ctx.names.badges)
}

/// The lowest tier, by its place.
pub(super) fn tier_of(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<u16> {
    let at = node.get("tier")?;
    find(&at, "tier", at.text()?, &ctx.names.tiers)
}

/// What people call it.
pub(super) fn title(node: &Node<'_>, id: &str) -> String {
    let title = node.get("title").and_then(|at| at.text());
    title.unwrap_or(id).to_owned()
}

/// A price in points that can be spent.
pub(super) fn price(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<(u16, i64)> {
    let price = node
        .get("price")
        .map_or(Vec::new(), |at| super::limit::amounts(ctx, &at));
    super::reward::check_spendable(ctx, node, "price", &price);
    price
}

/// Whether some part of games gives this reward.
pub(super) fn gives_reward(ctx: &Ctx<'_>, id: &str) -> bool {
    let gives = |node: &Node<'_>| node.get("gives").and_then(|at| at.text()) == Some(id);
    let prizes = |node: &Node<'_>, table| {
        let list = node.get("prize").map_or(Vec::new(), |at| at.list());
        list.iter()
            .filter_map(|at| at.node(table))
            .any(|prize| gives(&prize))
    };
    let any = |section, holds: &dyn Fn(&Node<'_>) -> bool| {
        let parts = ctx.root.parts(section);
        parts.iter().any(|part| holds(&part.node))
    };
    any("challenge", &gives)
        || any("level", &gives)
        || any("draw", &gives)
        || any("game", &|node| prizes(node, &crate::program::file::PRIZE))
        || any("leaderboard", &|node| {
            prizes(node, &crate::program::file::PLACE)
        })
}
