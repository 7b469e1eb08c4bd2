//! Games of chance.

use super::earning::window;
use super::limit::{Owner, limits};
use super::tally::{Frame, given, price, tally, tier_of, title};
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::{PRIZE, SOURCE};
use crate::program::phrase;
use crate::program::reader::{Node, find};
use crate::program::{GameRule, Prize, Tally, Towards};
use regulars_base::{Name, Ratio};

/// Odds are parts of a whole of at most so many: then no number is likelier than another by more
/// than one in 2^88.
const WHOLE_MAX: u128 = 1 << 40;
/// The most prizes of a game.
const PRIZES_MAX: usize = 100;

/// Reads `[[game]]`.
pub(super) fn games(ctx: &Ctx<'_>, tallies: &mut Vec<Tally>) -> Option<Vec<GameRule>> {
    let parts = ctx.root.parts("game");
    let read = (0_u16..).zip(&parts);
    all(read
        .map(|(place, part)| game(ctx, part, place, tallies))
        .collect())
}

fn game(ctx: &Ctx<'_>, part: &Part<'_>, place: u16, tallies: &mut Vec<Tally>) -> Option<GameRule> {
    let node = &part.node;
    let (from, until) = window(ctx, node);
    let tier = tier_of(ctx, node);
    let frame = Frame {
        name: format!("game {}", part.id),
        from,
        until,
        tier,
        towards: Towards::Plays(place),
    };
    sources(ctx, node, &frame, tallies);
    if !node.has("earn") && !node.has("price") {
        node.error(Wrong::new(
            "nobody can play the game",
            "add `earn` or `price`",
        ));
    }
    let owner = Owner {
        kind: "game",
        id: part.id,
        points: &[],
    };
    let price = price(ctx, node);
    let limits = limits(ctx, node, &owner);
    let (prizes, whole) = prizes(ctx, node, part.id)?;
    Some(GameRule {
        id: part.id.to_owned(),
        name: Name::of(&format!("game {}", part.id)),
        title: title(node, part.id),
        from,
        until,
        tier,
        price,
        limits,
        prizes,
        whole,
    })
}

/// Reads `earn`.
pub(super) fn sources(ctx: &Ctx<'_>, node: &Node<'_>, frame: &Frame, tallies: &mut Vec<Tally>) {
    let list = node.get("earn").map_or(Vec::new(), |at| at.list());
    for (number, at) in list.iter().enumerate() {
        let name = format!("{} by {}", frame.name, number + 1);
        let frame = Frame {
            name,
            ..frame.clone()
        };
        tallies.extend(at.node(&SOURCE).and_then(|node| tally(ctx, &node, frame)));
    }
}

/// The prizes, and the whole that their odds are parts of.
fn prizes(ctx: &Ctx<'_>, node: &Node<'_>, game: &str) -> Option<(Vec<Prize>, u64)> {
    let list = node.get("prize").map_or(Vec::new(), |at| at.list());
    if node.has("prize") && (list.is_empty() || list.len() > PRIZES_MAX) {
        let wrong = Wrong::new(
            format!("a game has 1 to {PRIZES_MAX} prizes"),
            "name them in `prize`",
        );
        node.source().error(node.key("prize"), wrong);
    }
    let nodes: Vec<Node<'_>> = list.iter().filter_map(|at| at.node(&PRIZE)).collect();
    let id = |node: &Node<'_>| {
        let id = node.get("id").and_then(|at| at.text());
        id.unwrap_or_default().to_owned()
    };
    let ids: Vec<String> = nodes.iter().map(id).collect();
    let mut prizes = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        prizes.push(prize(ctx, node, (game, place), &ids));
    }
    // Also of prizes that something else is wrong with: all is said at once.
    let said = |node: &Node<'_>| odds(node.get("odds")?.text()?).ok();
    let whole = whole(node, &nodes.iter().filter_map(said).collect::<Vec<Ratio>>());
    let mut prizes = all(prizes)?;
    for (place, node) in (0_u8..).zip(&nodes) {
        let own = &prizes[usize::from(place)];
        if own.odds.num() == 0 && !prizes.iter().any(|prize| prize.instead == Some(place)) {
            node.error(Wrong::new(
                format!("nobody can win `{}`", own.id),
                "add `odds`, or give it `instead` of another prize",
            ));
        }
    }
    // From one to its substitute and so on: whoever comes by more prizes than there are, walks in
    // a circle.
    for (place, node) in nodes.iter().enumerate() {
        let mut next = prizes[place].instead;
        for _ in 0..=prizes.len() {
            next = next.and_then(|at| prizes.get(usize::from(at))?.instead);
        }
        if next.is_some() {
            node.error(Wrong::new(
                format!(
                    "what is given instead of `{}` comes back to itself",
                    ids[place]
                ),
                "end the row with a prize without `instead`, or without `stock`",
            ));
            return None;
        }
    }
    let whole = whole?;
    for prize in &mut prizes {
        prize.parts = u64::try_from(parts(prize.odds, whole)).ok()?;
    }
    Some((prizes, u64::try_from(whole).ok()?))
}

fn prize(
    ctx: &Ctx<'_>,
    node: &Node<'_>,
    (game, place): (&str, usize),
    ids: &[String],
) -> Option<Prize> {
    let id = &ids[place];
    if let Some(at) = node.get("id")
        && (ids[..place].contains(id) || phrase::id(id).is_err())
    {
        at.error(Wrong::new(
            format!("`{id}` is no id, or stands there twice"),
            "give each prize of the game an id of its own",
        ));
    }
    let instead = node.get("instead");
    if let Some(at) = &instead
        && !node.has("stock")
    {
        at.error(Wrong::new(
            "a prize without `stock` never runs out",
            "leave out `instead`, or say how many there are",
        ));
    }
    let instead = match instead {
        None => None,
        Some(at) => Some(u8::try_from(find(&at, "prize", at.text()?, ids)?).ok()?),
    };
    let gives = given(ctx, node);
    let odds = match node.get("odds") {
        Some(at) => at.read(odds),
        None => Ratio::new(0, 1).ok(),
    };
    Some(Prize {
        id: id.clone(),
        name: Name::of(&format!("game {game}: {id}")),
        title: title(node, id),
        odds: odds?,
        parts: 0,
        stock: node.get("stock").and_then(|at| at.whole()),
        instead,
        gives: gives?,
        voucher_expires: node
            .get("voucher_expires")
            .and_then(|at| at.read(phrase::length)),
    })
}

/// `1 in 50`.
fn odds(text: &str) -> Result<Ratio, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{text}` are no odds"),
            "write them as `1 in 50`: above 0, at most 1",
        )
    };
    let (num, den) = text.split_once(" in ").ok_or_else(wrong)?;
    let number = |text: &str| {
        text.parse::<i64>()
            .ok()
            .filter(|n| (1..=1_000_000_000).contains(n))
    };
    let (num, den) = (
        number(num).ok_or_else(wrong)?,
        number(den).ok_or_else(wrong)?,
    );
    if num > den {
        return Err(wrong());
    }
    Ratio::new(num, den).map_err(|_| wrong())
}

/// The whole that all odds are parts of.
fn whole(node: &Node<'_>, all: &[Ratio]) -> Option<u128> {
    let mut whole = 1_u128;
    for odds in all {
        let den = u128::from(odds.den().unsigned_abs());
        whole = whole / gcd(whole, den) * den;
        if whole > WHOLE_MAX {
            let wrong = Wrong::new(
                "the odds have no common measure that people could check",
                "write them with fewer different numbers after `in`",
            );
            node.source().error(node.key("prize"), wrong);
            return None;
        }
    }
    let sum: u128 = all.iter().map(|odds| parts(*odds, whole)).sum();
    if sum > whole {
        let wrong = Wrong::new(
            format!("the odds come to {sum} in {whole}, which is more than one"),
            "lower some of them: the rest is nothing",
        );
        node.source().error(node.key("prize"), wrong);
        return None;
    }
    Some(whole)
}

/// How many parts of the whole these odds are.
fn parts(odds: Ratio, whole: u128) -> u128 {
    u128::from(odds.num().unsigned_abs()) * whole / u128::from(odds.den().unsigned_abs())
}

const fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
