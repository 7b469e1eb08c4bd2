//! Partners in words, and what they have agreed on.

use super::told::{Told, period, rate};
use super::{Aspect, Part, aspect, channel, part, titled};
use crate::program::partner::MICROS;
use crate::program::words::language::{say, word};
use crate::program::{Breakage, Consumption, Partner, Payer};
use regulars_base::Ratio;

/// A partner.
pub(super) fn partner(to: Told<'_>, partner: &Partner) -> Part {
    let program = to.program;
    let mut aspects = Vec::new();
    for (verb, list) in [
        (word!(to, "has the sources"), &partner.sources),
        (word!(to, "in the stores"), &partner.stores),
        (word!(to, "in the channels"), &partner.channels),
    ] {
        if !list.is_empty() {
            aspects.push(aspect(verb, to.list(list)));
        }
    }
    for (prices, pays) in [(&partner.cost, true), (&partner.worth, false)] {
        for (place, micros) in prices {
            if let Some(points) = program.points.get(usize::from(*place)) {
                let verb = match pays {
                    true => say!(to, "pays for `{points}`", points = points.id),
                    false => say!(to, "is paid for `{points}`", points = points.id),
                };
                aspects.push(aspect(verb, price(to, *micros, points.decimals)));
            }
        }
    }
    if let Some(foreign) = partner.foreign {
        let whole = foreign.whole(program.currency).to_string();
        let each = say!(
            to,
            "{currency}, at {rate} {own} each",
            currency = foreign.currency,
            rate = to.decimal(whole),
            own = program.currency
        );
        aspects.push(aspect(word!(to, "reckons in"), each));
    }
    if partner.fee > 0 {
        let fee = percent(to, partner.fee);
        aspects.push(aspect(word!(to, "leaves a fee of"), fee));
    }
    if partner.payers.len() > 1 || partner.payers.iter().any(|(_, share)| *share < 1_000_000) {
        let one = |(payer, share): &(Payer, i64)| {
            let who = match payer {
                Payer::Operator => word!(to, "the operator"),
                Payer::Partner(place) => program
                    .partners
                    .get(usize::from(*place))
                    .map_or("", |partner| &partner.id),
            };
            format!("{who} {}", percent(to, *share))
        };
        let shares: Vec<String> = partner.payers.iter().map(one).collect();
        aspects.push(aspect(word!(to, "is paid for by"), to.list(&shares)));
    }
    aspects.push(match (partner.ahead, partner.refuses_when_empty) {
        (false, _) => aspect(word!(to, "pays later"), ""),
        (true, false) => aspect(
            word!(to, "pays ahead"),
            word!(to, "and goes on when the balance is used up"),
        ),
        (true, true) => aspect(
            word!(to, "pays ahead"),
            word!(to, "and gives nothing that the balance does not cover"),
        ),
    });
    channel::awards(to, &mut aspects, partner);
    titled(to, "partner", (&partner.id, &partner.title), aspects)
}

/// The partners that a rule or a reward is bound to.
pub(super) fn only_at(to: Told<'_>, aspects: &mut Vec<Aspect>, places: &[u16]) {
    let known = places
        .iter()
        .filter_map(|place| to.program.partners.get(usize::from(*place)));
    let known = known.map(|partner| to.named(&partner.id, &partner.title));
    let known: Vec<String> = known.collect();
    if !known.is_empty() {
        aspects.push(aspect(word!(to, "is only at"), to.list(&known)));
    }
}

/// What they have agreed on.
pub(super) fn coalition(to: Told<'_>) -> Part {
    let coalition = &to.program.coalition;
    let spend = match coalition.spend {
        Consumption::Soonest => word!(to, "those that lapse first"),
        Consumption::OwnFirst => word!(to, "those of the partner where they are spent"),
        Consumption::Proportional => word!(to, "of each funder the same share"),
    };
    let breakage = match coalition.breakage {
        Breakage::Operator => word!(to, "the operator's"),
        Breakage::Funder => word!(to, "given back to whoever funded the points"),
        Breakage::Pool => word!(to, "divided among all partners"),
    };
    let settled = period(to, coalition.period);
    let aspects = vec![
        aspect(word!(to, "spends first"), spend),
        aspect(word!(to, "what lapsed points cost is"), breakage),
        aspect(word!(to, "is settled each"), settled),
    ];
    part(to, "the coalition", "", aspects)
}

/// Millionths as per cent: `2.5%`.
pub(super) fn percent(to: Told<'_>, millionths: i64) -> String {
    let number = Ratio::new(millionths, 10_000).map(|ratio| ratio.to_string());
    let number = to.decimal(number.unwrap_or_default());
    say!(to, "{number}%", number)
}

/// What a whole point costs: `0.008 EUR each`.
fn price(to: Told<'_>, micros: i64, decimals: u8) -> String {
    let minor = 10_i64.pow(to.program.currency.exponent().into());
    let whole = micros.saturating_mul(10_i64.pow(decimals.min(18).into()));
    match Ratio::new(whole, MICROS.saturating_mul(minor)) {
        Ok(ratio) => say!(to, "{price} each", price = rate(to, ratio)),
        Err(_) => say!(to, "{n} millionths of a cent each", n = whole),
    }
}
