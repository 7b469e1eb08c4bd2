//! Partners in words, and what they have agreed on.

use super::{Aspect, Part, aspect, channel};
use crate::program::partner::MICROS;
use crate::program::words::period;
use crate::program::{Breakage, Consumption, Partner, Payer, Program};
use regulars_base::Ratio;

/// A partner.
pub(super) fn partner(program: &Program, partner: &Partner) -> Part {
    let mut aspects = vec![aspect("is called", &partner.title)];
    for (verb, list) in [
        ("has the sources", &partner.sources),
        ("in the stores", &partner.stores),
        ("in the channels", &partner.channels),
    ] {
        if !list.is_empty() {
            aspects.push(aspect(verb, list.join(", ")));
        }
    }
    for (prices, verb) in [(&partner.cost, "pays for"), (&partner.worth, "is paid for")] {
        for (place, micros) in prices {
            if let Some(points) = program.points.get(usize::from(*place)) {
                let each = price(program, *micros, points.decimals);
                aspects.push(aspect(format!("{verb} `{}`", points.id), each));
            }
        }
    }
    if let Some(foreign) = partner.foreign {
        let (own, rate) = (foreign.currency, foreign.whole(program.currency));
        let each = format!("{own}, at {rate} {} each", program.currency);
        aspects.push(aspect("reckons in", each));
    }
    if partner.fee > 0 {
        aspects.push(aspect("leaves a fee of", percent(partner.fee)));
    }
    if partner.payers.len() > 1 || partner.payers.iter().any(|(_, share)| *share < 1_000_000) {
        let one = |(payer, share): &(Payer, i64)| {
            let who = match payer {
                Payer::Operator => "the operator",
                Payer::Partner(place) => program
                    .partners
                    .get(usize::from(*place))
                    .map_or("", |partner| &partner.id),
            };
            format!("{who} {}", percent(*share))
        };
        let shares: Vec<String> = partner.payers.iter().map(one).collect();
        aspects.push(aspect("is paid for by", shares.join(", ")));
    }
    aspects.push(match (partner.ahead, partner.refuses_when_empty) {
        (false, _) => aspect("pays later", ""),
        (true, false) => aspect("pays ahead", "and goes on when the balance is used up"),
        (true, true) => aspect(
            "pays ahead",
            "and gives nothing that the balance does not cover",
        ),
    });
    channel::awards(program, &mut aspects, partner);
    Part {
        kind: "partner",
        id: partner.id.clone(),
        aspects,
    }
}

/// The partners that a rule or a reward is bound to.
pub(super) fn only_at(program: &Program, aspects: &mut Vec<Aspect>, places: &[u16]) {
    let known = places
        .iter()
        .filter_map(|place| program.partners.get(usize::from(*place)));
    let ids: Vec<String> = known.map(|partner| format!("`{}`", partner.id)).collect();
    if !ids.is_empty() {
        aspects.push(aspect("is only at", ids.join(", ")));
    }
}

/// What they have agreed on.
pub(super) fn coalition(program: &Program) -> Part {
    let spend = match program.coalition.spend {
        Consumption::Soonest => "those that lapse first",
        Consumption::OwnFirst => "those of the partner where they are spent",
        Consumption::Proportional => "of each funder the same share",
    };
    let breakage = match program.coalition.breakage {
        Breakage::Operator => "the operator's",
        Breakage::Funder => "given back to whoever funded the points",
        Breakage::Pool => "divided among all partners",
    };
    Part {
        kind: "the coalition",
        id: String::new(),
        aspects: vec![
            aspect("spends first", spend),
            aspect("what lapsed points cost is", breakage),
            aspect("is settled each", period(program.coalition.period)),
        ],
    }
}

/// Millionths as per cent: `2.5%`.
pub(super) fn percent(millionths: i64) -> String {
    let ratio = Ratio::new(millionths, 10_000).map(|ratio| ratio.to_string());
    format!("{}%", ratio.unwrap_or_default())
}

/// What a whole point costs: `0.008 EUR each`.
fn price(program: &Program, micros: i64, decimals: u8) -> String {
    let minor = 10_i64.pow(program.currency.exponent().into());
    let whole = micros.saturating_mul(10_i64.pow(decimals.min(18).into()));
    let code = program.currency.code();
    match Ratio::new(whole, MICROS.saturating_mul(minor)) {
        Ok(ratio) => format!("{ratio} {code} each"),
        Err(_) => format!("{whole} millionths of a cent each"),
    }
}
