//! Money accounts: store credit, and gift cards.

use super::{Ctx, Part};
use crate::code::Pattern;
use crate::program::diagnostic::Wrong;
use crate::program::money::{CreditRule, GiftCardRule, MoneyAccount, MoneyRules};
use crate::program::phrase;
use regulars_base::{Currency, Span};

/// Codes of gift cards have at least so many places: 31 to the 13th codes are possible then, so that
/// whoever has the hash of one finds it by no trying.
const PLACES_MIN: usize = 14;

/// Reads `[store_credit]` and `[gift_card]`. The outer nothing: one of them cannot be read.
pub(super) fn money(ctx: &Ctx<'_>) -> Option<MoneyRules> {
    let own = ctx.shop.currency;
    let credits = ctx.root.parts("store_credit");
    let cards = ctx.root.parts("gift_card");
    let credit = credits.first().map(|part| credit(ctx, part, own));
    let has_credit = credit.is_some();
    let card = cards
        .first()
        .map(|part| gift_card(ctx, part, own, has_credit));
    Some(MoneyRules {
        credit: match credit {
            Some(read) => Some(Box::new(read?)),
            None => None,
        },
        cards: match card {
            Some(read) => Some(Box::new(read?)),
            None => None,
        },
    })
}

fn credit(ctx: &Ctx<'_>, part: &Part<'_>, own: Option<Currency>) -> Option<CreditRule> {
    let node = &part.node;
    Some(CreditRule {
        terms: MoneyAccount::Credit.terms(own?, expires(part)),
        most: node.get("most").and_then(|at| ctx.shop.money(&at)),
        refunds: node.get("refunds").and_then(|at| at.flag()).unwrap_or(true),
    })
}

fn expires(part: &Part<'_>) -> Option<Span> {
    part.node
        .get("expires")
        .and_then(|at| at.read(phrase::length))
}

fn gift_card(
    ctx: &Ctx<'_>,
    part: &Part<'_>,
    own: Option<Currency>,
    has_credit: bool,
) -> Option<GiftCardRule> {
    let node = &part.node;
    let least = node.get("least").and_then(|at| ctx.shop.money(&at));
    let most = node.get("most").and_then(|at| ctx.shop.money(&at));
    if let (Some(least), Some(most), Some(at)) = (least, most, node.get("most"))
        && least > most
    {
        at.error(Wrong::new(
            "the most is less than the least",
            "raise `most`, or lower `least`",
        ));
    }
    let asked = node.get("into_credit");
    let into_credit = asked.and_then(|at| at.flag());
    if let (Some(at), Some(true), false) = (asked, into_credit, has_credit) {
        at.error(Wrong::new(
            "there is no store credit that gift cards could become",
            "add [store_credit], or leave `into_credit` out",
        ));
    }
    let minutes = |text: &str| {
        phrase::minutes(text).map(i64::from).map_err(|_| {
            Wrong::new(
                format!("`{text}` is no time for which money could be set aside"),
                "write it as `30 minutes`, `1 hour` or `2 days`",
            )
        })
    };
    let pin = node.get("pin").and_then(|at| at.whole());
    Some(GiftCardRule {
        terms: MoneyAccount::GiftCard.terms(own?, expires(part)),
        pattern: pattern(part)?,
        least: least.unwrap_or(1),
        most,
        hold_minutes: node
            .get("hold")
            .and_then(|at| at.read(minutes))
            .unwrap_or(60),
        into_credit: into_credit.unwrap_or(has_credit),
        pin_digits: pin.and_then(|digits| u8::try_from(digits).ok()),
    })
}

fn pattern(part: &Part<'_>) -> Option<Pattern> {
    let Some(at) = part.node.get("pattern") else {
        return Some(Pattern::new("####-####-####-####").expect("the usual pattern is one"));
    };
    let hint = "write it as `GIFT-####-####-####-####`";
    at.read(|text| {
        let pattern = Pattern::new(text)
            .map_err(|why| Wrong::new(format!("`{text}` is no pattern: {why}"), hint))?;
        let places = text.chars().filter(|letter| *letter == '#').count();
        match places < PLACES_MIN {
            true => Err(Wrong::new(
                format!("a code of {places} places could be guessed, and it is money; {PLACES_MIN} are needed"),
                hint,
            )),
            false => Ok(pattern),
        }
    })
}
