//! The program as a whole.

use super::{Ctx, Root};
use crate::program::UnknownCustomer;
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use crate::program::reader::At;
use regulars_base::{Currency, Ratio, Zone};

/// The program as a whole.
pub(super) struct Shop {
    pub(super) name: String,
    /// Nothing if the file names none that is one: then money is not looked at.
    pub(super) currency: Option<Currency>,
    pub(super) zone: Zone,
    pub(super) locale: String,
    pub(super) unknown: UnknownCustomer,
}

impl Shop {
    /// Money above zero in minor units. Where the program's currency is not known, that is said
    /// already, and any money will do.
    pub(super) fn money(&self, at: &At<'_>) -> Option<i64> {
        let parse = |text: &str| self.currency.map_or(Ok(1), |own| phrase::money(text, own));
        at.read(parse)
    }
}

/// Reads `[program]`.
pub(super) fn shop(root: &Root<'_>) -> Shop {
    let part = root.parts("program").first().copied();
    let get = |name: &str| part.and_then(|part| part.node.get(name));
    let currency = |text: &str| Currency::new(text).map_err(|error| Wrong::said(&error));
    let zone = |text: &str| Zone::new(text).map_err(|error| Wrong::said(&error));
    let locale = |text: &str| {
        let fits = |part: &str| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if text.split('-').all(fits) {
            Ok(text.to_owned())
        } else {
            Err(Wrong::new(
                format!("`{text}` is no language"),
                "write it as `en` or `de-AT`",
            ))
        }
    };
    let name = |text: &str| match text.trim() {
        "" => Err(Wrong::new(
            "the program's name is empty",
            "say what people call it",
        )),
        name => Ok(name.to_owned()),
    };
    Shop {
        name: get("name").and_then(|at| at.read(name)).unwrap_or_default(),
        // A currency that cannot be read is told by now; the rest is read as if it were this one, so
        // that conditions and gifts have their own faults told, and no others.
        currency: get("currency")
            .and_then(|at| at.read(currency))
            .or_else(|| Currency::new("EUR").ok()),
        zone: get("timezone")
            .and_then(|at| at.read(zone))
            .unwrap_or_else(|| Zone::new("UTC").expect("the tz database holds UTC")),
        locale: get("locale")
            .and_then(|at| at.read(locale))
            .unwrap_or_else(|| "en".into()),
        unknown: match get("unknown_customers").and_then(|at| at.text()) {
            Some("hold") => UnknownCustomer::Hold,
            Some("refuse") => UnknownCustomer::Refuse,
            _ => UnknownCustomer::Enrol,
        },
    }
}

/// Reads `[rates]`.
pub(super) fn rates(ctx: &Ctx<'_>) -> Vec<(Currency, Ratio)> {
    let mut rates = Vec::new();
    let Some((section, own)) = ctx.root.at("rates").zip(ctx.shop.currency) else {
        return rates;
    };
    for (code, at) in section.entries() {
        let other = match Currency::new(code) {
            Ok(other) if other != own => other,
            Ok(_) => {
                let wrong = Wrong::new(
                    format!("{own} is the program's own currency"),
                    "leave it out: its rate is 1",
                );
                section.source().error(section.key(code), wrong);
                continue;
            }
            Err(error) => {
                let wrong = Wrong::said(&error);
                section.source().error(section.key(code), wrong);
                continue;
            }
        };
        let parse = |text: &str| phrase::rate(phrase::ratio(text)?, other, own);
        match at.read(parse) {
            Some(rate) => rates.push((other, rate)),
            None if at.written().is_none() => at.error(Wrong::new(
                format!("the rate of {other} is no number"),
                "write it as `USD = 0.92`",
            )),
            None => {}
        }
    }
    rates
}
