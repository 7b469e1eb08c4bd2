//! Partners, and what they have agreed on.

use super::channel::awards;
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::partner::{MICROS, balance};
use crate::program::phrase;
use crate::program::reader::{At, Node, find, find_at};
use crate::program::{Breakage, Coalition, Consumption, Foreign, Funding, Partner, Payer, Rule};
use regulars_base::{Currency, Name, Ratio};

/// A whole share: everything, in millionths.
const WHOLE: i64 = 1_000_000;
/// Who pays where no partner does: no partner may be called so.
const OPERATOR: &str = "operator";

/// Reads `[coalition]`.
pub(super) fn coalition(ctx: &Ctx<'_>) -> Coalition {
    let parts = ctx.root.parts("coalition");
    let Some(Part { node, .. }) = parts.first() else {
        return Coalition::default();
    };
    if ctx.names.partners.is_empty() {
        node.error(Wrong::new(
            "there is a coalition without partners",
            "add [partner.NAME] for each of them, or take [coalition] away",
        ));
    }
    let word = |field: &str| node.get(field).and_then(|at| at.text());
    Coalition {
        spend: match word("spend") {
            Some("own first") => Consumption::OwnFirst,
            Some("proportional") => Consumption::Proportional,
            _ => Consumption::Soonest,
        },
        breakage: match word("breakage") {
            Some("funder") => Breakage::Funder,
            Some("pool") => Breakage::Pool,
            _ => Breakage::Operator,
        },
        period: word("settle")
            .and_then(phrase::period)
            .unwrap_or(Coalition::default().period),
    }
}

/// Reads `[partner.*]`.
pub(super) fn partners(ctx: &Ctx<'_>) -> Option<Vec<Partner>> {
    let parts = ctx.root.parts("partner");
    let partners = all(parts.iter().map(|part| partner(ctx, part)).collect())?;
    for (place, part) in parts.iter().enumerate() {
        no_shares_of_shares(ctx, &partners, place, part);
        owns_alone(&partners, place, part);
        whose_points_bring_more(ctx, &partners[place], part);
    }
    Some(partners)
}

fn partner(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<Partner> {
    let node = &part.node;
    if part.id == OPERATOR {
        let wrong = Wrong::new(
            "no partner may be called `operator`",
            "the operator is whoever runs the program: give the partner another name",
        );
        node.source().error(part.id_at, wrong);
    }
    let sources = texts(node, "sources");
    for field in ["stores", "channels", "worth", "fee"] {
        if sources.is_empty() && node.has(field) {
            let wrong = Wrong::new(
                format!("`{field}` means nothing without `sources`"),
                "name the sources whose events are the partner's, or leave it out",
            );
            node.source().error(node.key(field), wrong);
        }
    }
    if node.has("fee") && !node.has("worth") {
        let wrong = Wrong::new(
            "a fee is taken of what the partner is paid for points, and it is paid nothing",
            "add `worth = { ... }`, or leave `fee` out",
        );
        node.source().error(node.key("fee"), wrong);
    }
    let ahead = node.get("pays").and_then(|at| at.text()) == Some("ahead");
    if !ahead && node.has("when_empty") {
        let wrong = Wrong::new(
            "`when_empty` means nothing for a partner who pays later",
            "add `pays = \"ahead\"`, or leave it out",
        );
        node.source().error(node.key("when_empty"), wrong);
    }
    if ahead && node.has("shares") {
        let wrong = Wrong::new(
            "a partner whose points others pay for has no balance of its own",
            "let those who pay pay ahead, and leave `pays` out here",
        );
        node.source().error(node.key("pays"), wrong);
    }
    let foreign = foreign(ctx, node)?;
    let cost = prices(ctx, node, "cost", foreign);
    if ahead && cost.is_empty() {
        let wrong = Wrong::new(
            "a partner who pays ahead has points that cost nothing",
            "add `cost = { ... }`, or leave `pays` out",
        );
        node.source().error(node.key("pays"), wrong);
    }
    let own = ctx.names.partners.iter().position(|id| id == part.id)?;
    let own = Payer::Partner(u16::try_from(own).ok()?);
    let fee = node.get("fee").and_then(|at| at.read(percent));
    Some(Partner {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        title: node
            .get("name")
            .and_then(|at| at.text())
            .unwrap_or(part.id)
            .to_owned(),
        stores: texts(node, "stores"),
        channels: texts(node, "channels"),
        worth: prices(ctx, node, "worth", foreign),
        fee: fee.unwrap_or(0),
        payers: match node.get("shares") {
            Some(at) => shares(ctx, &at),
            None => vec![(own, WHOLE)],
        },
        ahead,
        balance: Name::of(&balance(part.id)),
        refuses_when_empty: node.get("when_empty").and_then(|at| at.text()) == Some("refuse"),
        foreign,
        awards: awards(ctx, node, part.id, !sources.is_empty()),
        sources,
        cost,
    })
}

fn texts(node: &Node<'_>, field: &str) -> Vec<String> {
    let list = node.get(field).map_or(Vec::new(), |at| at.list());
    let mut texts: Vec<String> = Vec::new();
    for at in list {
        let text = at.text().unwrap_or_default();
        if text.is_empty() || texts.iter().any(|own| own == text) {
            at.error(Wrong::new(
                format!("`{text}` is empty, or stands there twice"),
                "name each once",
            ));
        }
        texts.push(text.to_owned());
    }
    texts
}

/// The currency that the partner reckons in. Nothing where it is said wrongly.
fn foreign(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<Option<Foreign>> {
    let program = ctx.shop.currency?;
    let (code, rate) = (node.get("currency"), node.get("rate"));
    let (code, rate) = match (code, rate) {
        (None, None) => return Some(None),
        (Some(code), Some(rate)) => (code, rate),
        (Some(_), None) => {
            let wrong = Wrong::new(
                "it is not said at what the partner's currency is settled",
                format!("add `rate = \"0.235 {program}\"`: what one unit of it comes to"),
            );
            node.source().error(node.key("currency"), wrong);
            return None;
        }
        (None, Some(_)) => {
            let wrong = Wrong::new(
                "`rate` means nothing without `currency`",
                "name the partner's currency, or leave it out",
            );
            node.source().error(node.key("rate"), wrong);
            return None;
        }
    };
    let currency = code.read(|text| match Currency::new(text) {
        Ok(own) if own == program => Err(Wrong::new(
            format!("{own} is the program's own currency"),
            "leave `currency` and `rate` out",
        )),
        Ok(own) => Ok(own),
        Err(error) => Err(Wrong::said(&error)),
    });
    let whole = rate.read(|text| match phrase::worth(text, program) {
        Ok(rate) if rate.num() > 0 => Ok(rate),
        _ => Err(Wrong::new(
            format!("`{text}` is no rate"),
            format!(
                "write what one unit of the partner's currency comes to, as `0.235 {program}`, with at \
                 most 6 decimals"
            ),
        )),
    });
    let (currency, whole) = currency.zip(whole)?;
    let den = whole
        .den()
        .checked_mul(10_i64.pow(currency.exponent().into()));
    let rate = den.and_then(|den| Ratio::new(whole.num(), den).ok())?;
    Some(Some(Foreign { currency, rate }))
}

/// Money for each kind of points, in millionths of a minor unit of the program's currency for the smallest
/// unit of points. What is written in another currency must come out even at its rate: entries are exact.
fn prices(
    ctx: &Ctx<'_>,
    node: &Node<'_>,
    field: &'static str,
    foreign: Option<Foreign>,
) -> Vec<(u16, i64)> {
    let Some(table) = node.get(field) else {
        return Vec::new();
    };
    let one = |(key, at): (&str, At<'_>)| {
        let known = &ctx.names.points;
        let place = find_at(at.source(), table.key(key), "kind of points", key, known)?;
        if ctx.names.spendable.get(usize::from(place)) == Some(&false) {
            at.error(Wrong::new(
                format!("`{key}` cannot be spent, so nobody owes anything for them"),
                format!("leave `{key}` out"),
            ));
        }
        let (currency, rate) = match foreign {
            None => (ctx.shop.currency?, Ratio::ONE),
            Some(foreign) => (foreign.currency, foreign.rate),
        };
        let worth = at.read(|text| phrase::worth(text, currency))?;
        let decimals = *ctx.names.decimals.get(usize::from(place))?;
        let den = i128::from(worth.den()) * 10_i128.pow(decimals.into());
        let den = den.saturating_mul(rate.den().into());
        let micros = i128::from(worth.num()) * i128::from(MICROS);
        let micros = micros.saturating_mul(rate.num().into());
        if micros % den != 0 {
            at.error(Wrong::new(
                "the price is finer than a millionth of the smallest coin for the smallest part of a point",
                match foreign {
                    None => "write fewer decimals",
                    Some(_) => "write fewer decimals, here or in `rate`: at it, prices must come out even",
                },
            ));
            return None;
        }
        match i64::try_from(micros / den) {
            Ok(price @ 1..=1_000_000_000_000) => Some((place, price)),
            _ => {
                at.error(Wrong::new(
                    "the price of a point is out of range",
                    "write more than nothing, and less than 10,000 for a point",
                ));
                None
            }
        }
    };
    table.entries().into_iter().filter_map(one).collect()
}

/// `2.5%` in millionths, from nothing to everything.
pub(super) fn percent(text: &str) -> Result<i64, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{text}` is no part of the whole"),
            "write it as `60%`, at most 100%, with at most 4 decimals",
        )
    };
    let number = text.strip_suffix('%').ok_or_else(wrong)?;
    let decimal = phrase::Decimal::parse(number).ok_or_else(wrong)?;
    let scaled = decimal.scaled(4).ok_or_else(wrong)?;
    match scaled {
        0..=WHOLE => Ok(scaled),
        _ => Err(wrong()),
    }
}

/// Reads `shares`.
fn shares(ctx: &Ctx<'_>, table: &At<'_>) -> Vec<(Payer, i64)> {
    let known = &ctx.names.partners;
    let one = |(key, at): (&str, At<'_>)| {
        let payer = match key {
            OPERATOR => Payer::Operator,
            _ => Payer::Partner(find_at(at.source(), table.key(key), "partner", key, known)?),
        };
        match at.read(percent)? {
            0 => {
                at.error(Wrong::new(format!("`{key}` pays nothing"), "leave it out"));
                None
            }
            share => Some((payer, share)),
        }
    };
    let entries = table.entries();
    let count = entries.len();
    let shares: Vec<(Payer, i64)> = entries.into_iter().filter_map(one).collect();
    let sum: i64 = shares.iter().map(|(_, share)| share).sum();
    // Where one has a fault of its own, the sum says nothing.
    if shares.len() == count && sum != WHOLE {
        table.error(Wrong::new(
            "the shares do not add up to 100%",
            "give the rest to `operator`, or to one of the others",
        ));
    }
    shares
}

/// Whoever pays pays, and has nobody else to pay for it.
fn no_shares_of_shares(ctx: &Ctx<'_>, partners: &[Partner], place: usize, part: &Part<'_>) {
    for (payer, _) in &partners[place].payers {
        let Payer::Partner(of) = *payer else { continue };
        let of = usize::from(of);
        let alone = [(Payer::Partner(u16::try_from(of).unwrap_or(0)), WHOLE)];
        if of != place && partners[of].payers != alone {
            let id = &ctx.names.partners[of];
            let wrong = Wrong::new(
                format!("`{id}` pays a share here, and lets others pay for it"),
                "name those who pay in the end",
            );
            part.node.source().error(part.node.key("shares"), wrong);
        }
    }
}

/// An event belongs to one partner: of those who share a source each has stores, or channels, of its
/// own.
fn owns_alone(partners: &[Partner], place: usize, part: &Part<'_>) {
    let own = &partners[place];
    let meet = |ours: &[String], theirs: &[String]| {
        ours.is_empty() || theirs.is_empty() || ours.iter().any(|one| theirs.contains(one))
    };
    for other in &partners[..place] {
        let source = own.sources.iter().find(|one| other.sources.contains(one));
        let Some(source) = source else { continue };
        if meet(&own.stores, &other.stores) && meet(&own.channels, &other.channels) {
            let wrong = Wrong::new(
                format!(
                    "events of `{source}` belong to `{}` and `{}`",
                    other.id, own.id
                ),
                "give each sources of its own, or `stores` or `channels` that tell them apart",
            );
            part.node.source().error(part.node.key("sources"), wrong);
        }
    }
}

/// Where a point brings more than any partner pays for it, the operator pays the difference.
fn whose_points_bring_more(ctx: &Ctx<'_>, partner: &Partner, part: &Part<'_>) {
    for (points, worth) in &partner.worth {
        let cost = partner.cost.iter().find(|(own, _)| own == points);
        if cost.is_some_and(|(_, cost)| cost < worth) {
            let id = &ctx.names.points[usize::from(*points)];
            let wrong = Wrong::new(
                format!("a partner pays less for `{id}` than it is paid for them"),
                "the operator pays the difference for points that are given and spent there: is that meant?",
            );
            let at = part.node.key("worth");
            ctx.root.source.findings.warn(at.range(), wrong);
        }
    }
}

/// Reads `partner` of a rule or a reward: only there.
pub(super) fn only_at(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<u16> {
    let Some(at) = node.get("partner") else {
        return Vec::new();
    };
    let one = |at: &At<'_>| find(at, "partner", at.text()?, &ctx.names.partners);
    match at.text() {
        Some(_) => one(&at).into_iter().collect(),
        None => at.list().iter().filter_map(one).collect(),
    }
}

/// Reads `funder` of a rule: who pays for what it gives.
pub(super) fn funding(ctx: &Ctx<'_>, node: &Node<'_>) -> Funding {
    let Some(at) = node.get("funder") else {
        return Funding::Till;
    };
    if node.has("times") {
        at.error(Wrong::new(
            "a rule that multiplies has no funder of its own",
            "what it adds is funded like any award of the event: leave `funder` out",
        ));
    }
    match at.text() {
        Some(OPERATOR) if !ctx.names.partners.is_empty() => Funding::Operator,
        Some(id) => {
            let place = find(&at, "partner", id, &ctx.names.partners);
            place.map_or(Funding::Till, Funding::Partner)
        }
        None => Funding::Till,
    }
}

/// A partner that no event and no rule leads to does nothing.
pub(super) fn leads_to_all(ctx: &Ctx<'_>, partners: &[Partner], rules: &[Rule]) {
    for (place, part) in (0_u16..).zip(ctx.root.parts("partner")) {
        let Some(own) = partners.get(usize::from(place)) else {
            return;
        };
        let funds = rules
            .iter()
            .any(|rule| rule.funder == Funding::Partner(place));
        let pays = partners.iter().any(|other| {
            other
                .payers
                .iter()
                .any(|(payer, _)| other.id != own.id && *payer == Payer::Partner(place))
        });
        if own.sources.is_empty() && !funds && !pays {
            let wrong = Wrong::new(
                format!("nothing belongs to partner `{}`", own.id),
                "name its `sources`, or let a rule name it as `funder`",
            );
            ctx.root.source.findings.warn(part.id_at.range(), wrong);
        }
    }
}
