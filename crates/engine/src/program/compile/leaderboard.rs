//! Leaderboards.

use super::gives::gives;
use super::tally::title;
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::PLACE;
use crate::program::phrase;
use crate::program::reader::{Node, find};
use crate::program::{BoardRule, Counts, PlacePrize};
use regulars_base::{Name, Span};

/// Reads `[[leaderboard]]`.
pub(super) fn boards(ctx: &Ctx<'_>) -> Option<Vec<BoardRule>> {
    let parts = ctx.root.parts("leaderboard");
    all(parts.iter().map(|part| board(ctx, part)).collect())
}

fn board(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<BoardRule> {
    let node = &part.node;
    let points = node.get("points");
    let points = points.map(|at| find(&at, "kind of points", at.text()?, &ctx.names.points));
    let counts = node.get("counts").and_then(|at| at.text());
    let prizes = prizes(ctx, node);
    let every = node.get("every").and_then(|at| phrase::period(at.text()?));
    if every.is_none() && !node.has("every") {
        for field in ["closes_after", "prize"] {
            if node.has(field) {
                let wrong = Wrong::new(
                    "a leaderboard for ever is never closed",
                    format!("leave out `{field}`, or say `every = \"month\"`"),
                );
                node.source().error(node.key(field), wrong);
            }
        }
    }
    let counts = match (counts?, points) {
        ("points", Some(points)) => Counts::Points(points?),
        ("points", None) => {
            node.error(Wrong::new(
                "the leaderboard does not say which points it counts",
                "add `points = \"xp\"`",
            ));
            return None;
        }
        (_, Some(_)) => {
            let wrong = Wrong::new("`points` goes with `counts = \"points\"`", "leave it out");
            node.source().error(node.key("points"), wrong);
            return None;
        }
        ("orders", None) => Counts::Orders,
        ("stamps", None) => Counts::Stamps,
        _ => Counts::Challenges,
    };
    Some(BoardRule {
        id: part.id.to_owned(),
        name: Name::of(&format!("leaderboard {}", part.id)),
        title: title(node, part.id),
        counts,
        every,
        closes_after: node
            .get("closes_after")
            .and_then(|at| at.read(phrase::length))
            .unwrap_or(Span::Days(1)),
        prizes,
    })
}

fn prizes(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<PlacePrize> {
    let mut prizes: Vec<PlacePrize> = Vec::new();
    let list = node.get("prize").map_or(Vec::new(), |at| at.list());
    for node in list.iter().filter_map(|at| at.node(&PLACE)) {
        let gives = node.get("gives").and_then(|at| gives(ctx, &at));
        let Some(from) = node.get("place").and_then(|at| at.whole()) else {
            continue;
        };
        let to = node.get("upto").and_then(|at| at.whole()).unwrap_or(from);
        let last = prizes.last().map_or(0, |last| last.to);
        if from <= last || to < from {
            node.error(Wrong::new(
                format!("places {from} to {to} after place {last}"),
                "write the places in ascending order, each once",
            ));
        }
        if let Some(gives) = gives {
            prizes.push(PlacePrize { from, to, gives });
        }
    }
    prizes
}
