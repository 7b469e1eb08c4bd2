//! Quotes.

use super::coupon::{code_in, line};
use super::{points, points_id};
use crate::language::reader;
use regulars_api::quote::{QuoteOut, QuotedRewardOut};
use regulars_api::receipt::PointsOut;
use regulars_api::{Amount, Code};
use regulars_app::Quoting;
use regulars_base::{Currency, Name};
use regulars_engine::Program;
use regulars_engine::outcome::Verdict;
use regulars_engine::price::{Priced, WhyNot};
use regulars_engine::program::words;
use regulars_engine::quote::{LeftOut, QuotedReward};

/// A quote.
pub fn quote(quoting: &Quoting, currency: Currency) -> QuoteOut {
    let (program, quote) = (&quoting.program, &quoting.quote);
    let priced = &quote.priced;
    let money = |minor: i64| Amount::money(minor, currency);
    let codes = quote.codes.iter().map(|own| {
        let applies = own.code.taken.is_some() && own.why_not.is_none();
        let out = code_in(program, priced, &own.code, applies, currency);
        match &own.why_not {
            Some(why) if own.code.fault.is_none() => regulars_api::coupon::ValidatedCodeOut {
                reason: Some(reason(why)),
                detail: Some(words::left_out(reader(program), why)),
                ..out
            },
            _ => out,
        }
    });
    let rewards = quote.rewards.iter();
    let (refused, detail) = match &quote.outcome.verdict {
        Verdict::Accepted => (None, None),
        Verdict::Refused(why) => (
            Some(Code::from(why).code().to_owned()),
            Some(words::refusal(reader(program), why)),
        ),
    };
    let off: i64 = priced.discounts.iter().map(|own| own.sum()).sum();
    QuoteOut {
        member: quoting.member.map(|member| member.to_string()),
        token: quoting.token.clone(),
        expires_at: quoting.expires_at.to_string(),
        reserved: quoting.reserved,
        lines: priced.lines.iter().map(|own| line(own, currency)).collect(),
        delivery: line(&priced.delivery, currency),
        off: money(priced.off()),
        tax: money(priced.tax()),
        total: money(priced.total()),
        proved: off >= quote.off_at_most,
        off_at_most: money(quote.off_at_most),
        rewards: rewards
            .map(|own| reward(program, priced, own, currency))
            .collect(),
        codes: codes.collect(),
        earned: listed(program, &quote.earned()),
        left: listed(program, &quote.left),
        reasons: quote
            .outcome
            .trace
            .iter()
            .map(|note| words::note(reader(program), note))
            .collect(),
        refused,
        detail,
        goes_with: Vec::new(),
    }
}

fn listed(program: &Program, all: &[(Name, i64)]) -> Vec<PointsOut> {
    let one = |(name, units): &(Name, i64)| PointsOut {
        points: points_id(program, *name),
        amount: points(program, *name, *units),
    };
    all.iter().map(one).collect()
}

fn reward(
    program: &Program,
    priced: &Priced,
    own: &QuotedReward,
    currency: Currency,
) -> QuotedRewardOut {
    let money = |minor: i64| Amount::money(minor, currency);
    let rule = own.place.and_then(|place| program.rewards.get(place));
    let taken = own.taken.and_then(|place| priced.discounts.get(place));
    QuotedRewardOut {
        reward: own.wish.reward.to_string(),
        title: rule.map(|rule| rule.title.clone()),
        quantity: own.wish.quantity,
        price: listed(program, &own.price),
        by_voucher: own.by_voucher,
        redemption: own.wish.redemption.to_string(),
        applies: own.taken.is_some() && own.why_not.is_none(),
        reason: own.why_not.as_ref().map(reason),
        detail: own
            .why_not
            .as_ref()
            .map(|why| words::left_out(reader(program), why)),
        alone: money(own.alone),
        off: money(taken.map_or(0, |taken| taken.sum())),
        lines: match taken {
            Some(taken) => taken.lines.iter().copied().map(money).collect(),
            None => priced.lines.iter().map(|_| money(0)).collect(),
        },
        delivery: money(taken.map_or(0, |taken| taken.delivery)),
    }
}

/// Why something is not used, in one word.
fn reason(why: &LeftOut) -> String {
    let word = match why {
        LeftOut::Refused(refusal) => Code::from(refusal).code(),
        LeftOut::Combined(WhyNot::GroupTaken { .. }) => "group_taken",
        LeftOut::Combined(WhyNot::NotCombined { .. }) => "not_combined",
        LeftOut::Combined(WhyNot::TooMany { .. }) => "too_many",
        LeftOut::Combined(WhyNot::NothingToTakeOff) => "nothing_to_take_off",
        LeftOut::PointsSpent => "points_spent",
        LeftOut::BetterWithout => "better_without",
        LeftOut::NotOfBasket => "not_of_basket",
    };
    word.to_owned()
}
