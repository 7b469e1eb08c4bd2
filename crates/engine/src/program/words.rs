//! Words for people, made from ids and integers when somebody asks: what a note of a trace says,
//! and why an event was refused.
//!
//! Three lengths: [`note`] is a sentence for members and staff, [`short`] the few words that
//! stories assert, [`refusal`] says what to do.
//!
//! They are read in five languages: a [`Reader`] names the program and the language, and a program alone
//! is read in English. What stories assert is English always.
//!
//! Each receipt has a dozen sentences, so those of purchases are put together from their parts in one
//! go, without the machinery of formatting; in English nothing is looked up for them.

mod channel;
pub mod difference;
mod engagement;
mod games;
mod group;
mod language;
mod money;
pub mod outlook;
mod people;
mod perk;
mod plan;
mod reader;
mod refusal;
mod short;
pub mod summary;
pub mod tier;

pub use language::Language;
pub use people::doubt;
pub use reader::Reader;
pub use refusal::{code_fault, left_out, refusal};
pub use short::short;

use super::{CardRule, Effect, Formula, GroupRule, Limit, Limited, Points, Program, Rule};
use crate::outcome::{Miss, Note};
use language::{plural, say, word};
use regulars_base::{Money, Name, Period, Timestamp};
use std::borrow::Cow;

/// `n` of the points' smallest unit as people write it: 15 with one decimal is `1.5`.
pub fn number(decimals: u8, n: i64) -> String {
    if decimals == 0 {
        return n.to_string();
    }
    let unit = 10_u64.pow(decimals.min(18).into());
    let (sign, size) = (if n < 0 { "-" } else { "" }, n.unsigned_abs());
    if size % unit == 0 {
        return format!("{sign}{}", size / unit);
    }
    let part = format!("{:0width$}", size % unit, width = decimals.into());
    format!("{sign}{}.{}", size / unit, part.trim_end_matches('0'))
}

/// `n` points with their name: `1 bean`, `12 beans`, `1.5 beans`.
pub fn amount(points: &Points, n: i64) -> String {
    [&number(points.decimals, n), " ", points_name(points, n)].concat()
}

/// What so many points are called.
fn points_name(points: &Points, n: i64) -> &str {
    let one = n.unsigned_abs() == 10_u64.pow(points.decimals.min(18).into());
    if one { &points.one } else { &points.other }
}

/// As [`amount`], for points that the program may not have any more.
pub fn amount_of(program: &Program, name: Name, n: i64) -> String {
    Reader::from(program).of(name, n)
}

/// Minor units of the program's currency: `12.40 EUR`.
pub fn money(program: &Program, minor: i64) -> String {
    Money::new(minor, program.currency).to_string()
}

/// What the program calls `name`: the id of a rule, tier, card, reward or kind of points.
pub fn id_of(program: &Program, name: Name) -> &str {
    Reader::from(program).id(name)
}

/// The id of what is called `name`, if the program has it.
fn found(program: &Program, name: Name) -> Option<&str> {
    let rules = program.rules.iter().map(|rule| (rule.name, &rule.id));
    let tiers = program.tiers.iter().map(|tier| (tier.name, &tier.id));
    let cards = program.cards.iter().map(|card| (card.name, &card.id));
    let rewards = program
        .rewards
        .iter()
        .map(|reward| (reward.name, &reward.id));
    let plans = program.plans.iter().map(|plan| (plan.name, &plan.id));
    let points = program
        .points
        .iter()
        .map(|points| (points.name, &points.id));
    let coupons = program
        .coupons
        .iter()
        .map(|coupon| (coupon.name, &coupon.id));
    let partners = program.partners.iter().map(|own| (own.name, &own.id));
    let money = program.money.accounts().map(|(_, own)| (own.name, &own.id));
    rules
        .chain(tiers)
        .chain(cards)
        .chain(rewards)
        .chain(plans)
        .chain(points)
        .chain(engagement::ids(program))
        .chain(coupons)
        .chain(program.games.ids())
        .chain(partners)
        .chain(money)
        .chain(program.groups.iter().flat_map(GroupRule::named))
        .find(|(own, _)| *own == name)
        .map(|(_, id)| id.as_str())
}

/// What the program calls a tier; the lowest if none is named.
pub fn tier_id(program: &Program, name: Option<Name>) -> &str {
    match name {
        Some(name) => id_of(program, name),
        None => program.tiers.first().map_or("none", |tier| &tier.id),
    }
}

/// When a lot lapses.
fn lapse(reader: Reader<'_>, at: Timestamp) -> String {
    match at {
        Timestamp::LAST => say!(reader, "never"),
        at => say!(reader, "on {day}", day = reader.day(at)),
    }
}

/// A period in one word.
pub const fn period(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::HalfYear => "half-year",
        Period::Year => "year",
    }
}

/// A note as a sentence.
pub fn note<'p>(reader: impl Into<Reader<'p>>, note: &Note) -> String {
    noted(reader.into(), note)
}

fn noted(reader: Reader<'_>, note: &Note) -> String {
    match note {
        Note::Gave {
            rule,
            points,
            basis,
            before,
            given,
        } => gave(reader, *rule, *points, *basis, (*before, *given)),
        Note::Missed { rule, why } => match reader.program.rules.get(usize::from(*rule)) {
            Some(own) => {
                let when = own.when.as_ref().map(|when| when.text.as_str());
                let start = [own.id.as_str(), word!(reader, ": not counted, ")];
                if let Miss::TooSoon(past) = why {
                    return start.concat() + &too_soon(reader, *past, own.apart_minutes);
                }
                missed(reader, &start, *why, when, &own.limits)
            }
            None => say!(reader, "a rule of an earlier program: not counted"),
        },
        Note::NotStamped { card, why } => match reader.program.cards.get(usize::from(*card)) {
            Some(own) => no_stamp(reader, own, *why),
            None => say!(reader, "a card of an earlier program: no stamp"),
        },
        Note::Stamped { card, by, stamps } => match reader.program.cards.get(usize::from(*card)) {
            Some(own) => plural!(
                reader,
                by.abs(),
                "card {card}: {by} stamp, {stamps} of {full} now",
                "card {card}: {by} stamps, {stamps} of {full} now",
                card = own.id,
                by = format_args!("{by:+}"),
                stamps,
                full = own.full,
            ),
            None => say!(
                reader,
                "a card of an earlier program: {by}",
                by = format_args!("{by:+}")
            ),
        },
        Note::CardKeeps { card, left, .. } => {
            let left = match *left {
                0 => say!(reader, "nothing"),
                left => reader.money(left),
            };
            match reader.program.cards.get(usize::from(*card)) {
                Some(own) => say!(
                    reader,
                    "card {id}: {left} kept for the next stamp",
                    id = own.id,
                    left
                ),
                None => say!(reader, "a card of an earlier program: {left} kept", left),
            }
        }
        other => moved(reader, other),
    }
}

/// Why a rule gave, as a sentence.
fn gave(
    reader: Reader<'_>,
    rule: u16,
    points: Name,
    basis: i64,
    (before, given): (i64, i64),
) -> String {
    let Some(own) = reader.program.rules.get(usize::from(rule)) else {
        let points = reader.of(points, given);
        return say!(
            reader,
            "a rule of an earlier program gives {points}",
            points
        );
    };
    let counted: Cow<'_, str> = match formula(reader.program, own, points) {
        Some(Formula::PerAmount { .. }) => [reader.money(basis).as_str(), word!(reader, " gives ")]
            .concat()
            .into(),
        Some(Formula::PerItem(_)) => items(reader, basis).into(),
        Some(Formula::PerLine(_)) => plural!(
            reader,
            basis,
            "{n} line gives ",
            "{n} lines give ",
            n = basis
        )
        .into(),
        Some(Formula::Fixed(_)) => "".into(),
        None => word!(reader, "on top ").into(),
    };
    let start = word!(reader, ": ");
    let first = [&own.id, start, &counted, &reader.of(points, before)].concat();
    if before == given {
        return first;
    }
    let of_these = |limit: &&Limit| match limit.what {
        Limited::Times => false,
        Limited::Points(at) => reader
            .points
            .get(usize::from(at))
            .is_some_and(|own| own.name == points),
    };
    let limits: Vec<String> = own
        .limits
        .iter()
        .filter(of_these)
        .map(|own| reader.limit(own))
        .collect();
    let given = reader.of(points, given);
    if limits.is_empty() {
        say!(reader, "{first}, limited to {given}", first, given)
    } else {
        say!(
            reader,
            "{first}, limit of {limits} reached: {given}",
            first,
            limits = limits.join(word!(reader, " or ")),
            given
        )
    }
}

/// So many items that give, in thousandths: in halves and the like as many as there are of others.
fn items(reader: Reader<'_>, thousandths: i64) -> String {
    let whole = thousandths % 1000 == 0;
    let count = if whole { thousandths / 1000 } else { 2 };
    let n = reader.number(3, thousandths);
    plural!(reader, count, "{n} item gives ", "{n} items give ", n)
}

/// The rule's formula for these points; none if it multiplies.
fn formula(program: &Program, rule: &Rule, points: Name) -> Option<Formula> {
    match &rule.effect {
        Effect::Give { gifts, .. } => gifts
            .iter()
            .find(|gift| {
                program
                    .points
                    .get(usize::from(gift.points))
                    .is_some_and(|own| own.name == points)
            })
            .map(|gift| gift.formula),
        Effect::Times { .. } => None,
    }
}

/// A sentence of why a card gave no stamp.
fn no_stamp(reader: Reader<'_>, card: &CardRule, why: Miss) -> String {
    let start = [
        word!(reader, "card "),
        &card.id,
        word!(reader, ": no stamp, "),
    ];
    let Miss::TooSoon(past) = why else {
        let when = card.when.as_ref().map(|when| when.text.as_str());
        return missed(reader, &start, why, when, &card.limits);
    };
    let time = reader.minutes(past.saturating_abs());
    let close = match past {
        0.. => say!(reader, "the last stamp was {time} ago", time),
        _ => say!(reader, "there is a stamp {time} later already", time),
    };
    let apart = match card.apart_minutes {
        Some(apart) => {
            let time = reader.minutes(apart);
            say!(reader, ", stamps are {time} apart", time)
        }
        None => String::new(),
    };
    [&start.concat(), &close, &apart]
        .map(String::as_str)
        .concat()
}

/// Why a rule whose gifts are apart gave nothing, and when it gives again.
fn too_soon(reader: Reader<'_>, past: i32, apart: Option<i32>) -> String {
    let time = reader.minutes(past.saturating_abs());
    let close = match past {
        0.. => say!(reader, "it gave {time} ago", time),
        _ => say!(reader, "it gave {time} later already", time),
    };
    match apart {
        Some(apart) if past >= 0 => {
            let time = reader.minutes(apart.saturating_sub(past));
            [close, say!(reader, ", it gives again in {time}", time)].concat()
        }
        _ => close,
    }
}

/// Time that passes: `45 minutes`, `2 hours`, `1 hour 30 minutes`, `1 day`.
pub(crate) fn minutes(minutes: i32) -> String {
    let language = Language::En;
    reader::time(&reader::Plain { language }, minutes)
}

/// A sentence of `start` and why something did not count.
fn missed(
    reader: Reader<'_>,
    start: &[&str],
    why: Miss,
    when: Option<&str>,
    limits: &[Limit],
) -> String {
    let say = |why: &[&str]| [start, why].concat().concat();
    match why {
        Miss::Condition => match when {
            Some(text) => say(&[
                word!(reader, "its condition `"),
                text,
                word!(reader, "` does not hold"),
            ]),
            None => say(&[word!(reader, "nothing in it matches")]),
        },
        Miss::Excluded => say(&[word!(reader, "all that it could count is excluded")]),
        Miss::NotYet => say(&[word!(reader, "it starts later")]),
        Miss::Ended => say(&[word!(reader, "it has ended")]),
        Miss::Limit(at) => match limits.get(usize::from(at)) {
            Some(own) => say(&[
                word!(reader, "its limit of "),
                &reader.limit(own),
                word!(reader, " is used up"),
            ]),
            None => say(&[word!(reader, "its limit is used up")]),
        },
        Miss::TooLittle => say(&[word!(reader, "it comes to less than one")]),
        Miss::Bettered => say(&[word!(reader, "a better one counts instead")]),
        Miss::NothingToMultiply => say(&[word!(reader, "what it multiplies gave nothing")]),
        Miss::TooSoon(_) => say(&[word!(reader, "it is too soon after the last")]),
        Miss::TooLate => say(&[word!(reader, "it is told too late to count")]),
        Miss::NotHere => say(&[word!(reader, "it is for what happens at another partner")]),
        Miss::NotCovered => say(&[word!(
            reader,
            "what the partner paid ahead does not cover it"
        )]),
    }
}

/// Notes of what moved, as sentences.
fn moved(reader: Reader<'_>, note: &Note) -> String {
    let of = |points: &Name, n: &i64| reader.of(*points, *n);
    match note {
        Note::TierGave {
            tier,
            points,
            given,
        } => say!(
            reader,
            "tier {tier} adds {amount}",
            tier = reader.id(*tier),
            amount = of(points, given)
        ),
        Note::Released { points, amount } => {
            say!(reader, "{amount} became free", amount = of(points, amount))
        }
        Note::Expired { points, amount, at } => {
            say!(
                reader,
                "{amount} lapsed on {day}",
                amount = of(points, amount),
                day = reader.day(*at)
            )
        }
        Note::TookBack {
            rule,
            points,
            amount,
        } => say!(
            reader,
            "{rule}: {amount} taken back for what was returned",
            rule = reader.id(*rule),
            amount = of(points, amount)
        ),
        Note::TookBackShort {
            points,
            amount,
            owed: true,
        } => say!(
            reader,
            "{amount} were spent already and are owed",
            amount = of(points, amount)
        ),
        Note::TookBackShort { points, amount, .. } => {
            say!(
                reader,
                "{amount} were spent already, the program bears them",
                amount = of(points, amount)
            )
        }
        Note::GaveBack { points, amount } => {
            say!(
                reader,
                "{amount} that had paid for the order are given back",
                amount = of(points, amount)
            )
        }
        Note::TierMoved { from, to, at } if from == to => {
            let day = reader.day(*at);
            say!(
                reader,
                "tier {to} is kept from {day} on",
                to = reader.tier(*to),
                day
            )
        }
        Note::TierMoved { from, to, at } => say!(
            reader,
            "tier {to} instead of {from} from {day} on",
            to = reader.tier(*to),
            from = reader.tier(*from),
            day = reader.day(*at)
        ),
        Note::TierRemoved { .. } => say!(reader, "the tier that they were in is no more"),
        Note::Redated {
            points,
            amount,
            from,
            to,
        } => say!(
            reader,
            "{amount} lapse {to} instead of {from}",
            amount = of(points, amount),
            to = lapse(reader, *to),
            from = lapse(reader, *from)
        ),
        Note::CardFull { card, reward } => say!(
            reader,
            "card {card} is full and gives {reward}",
            card = reader.id(*card),
            reward = reader.title(*reward)
        ),
        Note::CardExpired { card, stamps } => say!(
            reader,
            "card {card} became too old, with {stamps} stamps on it",
            card = reader.id(*card),
            stamps
        ),
        Note::Milestone {
            card,
            stamps,
            reward,
        } => say!(
            reader,
            "card {card}: {stamps} stamps give {reward}",
            card = reader.id(*card),
            stamps,
            reward = reader.title(*reward)
        ),
        Note::CardGave {
            card,
            stamps,
            points,
            amount,
        } => say!(
            reader,
            "card {card}: {stamps} stamps give {amount}",
            card = reader.id(*card),
            stamps,
            amount = of(points, amount)
        ),
        Note::StampsLapsed { card, by, stamps } => plural!(
            reader,
            *by,
            "card {card}: {by} stamp is too old to count, {stamps} left",
            "card {card}: {by} stamps are too old to count, {stamps} left",
            card = reader.id(*card),
            by,
            stamps,
        ),
        Note::VoucherTakenBack { card, reward } => say!(
            reader,
            "card {card}: {reward} is taken back, as its stamps came back",
            card = reader.id(*card),
            reward = reader.title(*reward)
        ),
        Note::Paid {
            reward,
            points,
            amount,
        } => say!(
            reader,
            "{reward}: paid with {amount}",
            reward = reader.title(*reward),
            amount = of(points, amount)
        ),
        Note::PaidByVoucher { reward } => {
            say!(
                reader,
                "{reward}: paid with a voucher",
                reward = reader.title(*reward)
            )
        }
        Note::Adjusted { points, amount } if *amount < 0 => {
            say!(
                reader,
                "{amount} taken by hand",
                amount = of(points, &amount.saturating_neg())
            )
        }
        Note::Adjusted { points, amount } => say!(
            reader,
            "{amount} given by hand",
            amount = of(points, amount)
        ),
        Note::Repaid { points, amount } => say!(
            reader,
            "{amount} repaid what was owed",
            amount = of(points, amount)
        ),
        Note::HoldExpired { reward } => {
            say!(
                reader,
                "{reward}: not used in time, given back",
                reward = reader.title(*reward)
            )
        }
        Note::VoucherExpired { reward } => {
            say!(
                reader,
                "{reward}: the voucher became void",
                reward = reader.title(*reward)
            )
        }
        Note::MergedOut { points, amount } => {
            say!(
                reader,
                "{amount} moved to the member that this one was merged into",
                amount = of(points, amount)
            )
        }
        Note::MergedIn { points, amount } => {
            say!(
                reader,
                "{amount} came in from a merged member",
                amount = of(points, amount)
            )
        }
        Note::CodeUsed { coupon, code } => {
            say!(
                reader,
                "coupon {coupon}: code {code} used",
                coupon = reader.id(*coupon),
                code
            )
        }
        Note::CodeReturned { coupon, code } => {
            let coupon = reader.id(*coupon);
            say!(
                reader,
                "coupon {coupon}: code {code} may be used again",
                coupon,
                code
            )
        }
        Note::CouponGave {
            coupon,
            points,
            amount,
        } => say!(
            reader,
            "coupon {coupon} gives {amount}",
            coupon = reader.id(*coupon),
            amount = of(points, amount)
        ),
        Note::CodeAssigned { coupon, code } => {
            say!(
                reader,
                "coupon {coupon}: code {code} received",
                coupon = reader.id(*coupon),
                code
            )
        }
        Note::CodeHandedOn { coupon, code } => {
            say!(
                reader,
                "coupon {coupon}: code {code} handed on",
                coupon = reader.id(*coupon),
                code
            )
        }
        Note::SpentOf {
            funder,
            points,
            amount,
        } => say!(
            reader,
            "{amount} of {partner}",
            amount = of(points, amount),
            partner = reader.funder(*funder)
        ),
        Note::BalanceUsedUp { partner, missing } => say!(
            reader,
            "{partner} has used up what it paid ahead: {amount} are missing",
            partner = reader.funder(Some(*partner)),
            amount = reader.money_of_micros(*missing)
        ),
        Note::PartnerPosted { partner } => {
            say!(
                reader,
                "booked with {partner}",
                partner = reader.funder(Some(*partner))
            )
        }
        Note::PeriodClosed => say!(reader, "the period is closed"),
        Note::Kept => say!(reader, "kept until the customer is a member"),
        Note::RefundKept => say!(reader, "kept until the order arrives"),
        Note::Enrolled => say!(reader, "became a member"),
        Note::PutOnHold => say!(reader, "on hold from now on: nothing is spent or sent"),
        Note::LetGo => say!(reader, "not on hold any more"),
        Note::TakenOver { points, amount } => say!(
            reader,
            "{amount} taken over from another program",
            amount = of(points, amount)
        ),
        Note::Games(note) => games::note(reader, note),
        Note::Channel(note) => channel::note(reader, note),
        Note::Perk(note) => perk::note(reader, note),
        Note::Money(note) => money::note(reader, note),
        // The others are sentences of `note`, or of one feature.
        other => plan::sentence(reader, other)
            .or_else(|| tier::sentence(reader, other))
            .or_else(|| engagement::sentence(reader, other))
            .or_else(|| people::sentence(reader, other))
            .or_else(|| group::sentence(reader, other))
            .unwrap_or_default(),
    }
}
