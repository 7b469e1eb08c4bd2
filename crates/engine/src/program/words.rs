//! Words for people, made from ids and integers when somebody asks: what a note of a trace says,
//! and why an event was refused.
//!
//! Three lengths: [`note`] is a sentence for members and staff, [`short`] the few words that
//! stories assert, [`refusal`] says what to do.
//!
//! Each receipt has a dozen sentences, so those of purchases are put together from their parts in one
//! go, without the machinery of formatting.

mod channel;
mod engagement;
mod games;
mod group;
mod money;
pub mod outlook;
mod people;
mod perk;
mod plan;
mod refusal;
mod short;
pub mod summary;
pub mod tier;

pub use people::doubt;
pub use refusal::{code_fault, left_out, refusal};
pub use short::short;

use super::partner::MICROS;
use super::{
    CardRule, Effect, Formula, GroupRule, Limit, LimitScope, Limited, Points, Program, Rule,
};
use crate::outcome::{Miss, Note};
use regulars_base::{Money, Name, Period, Rounding, Timestamp};

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
    let one = n.unsigned_abs() == 10_u64.pow(points.decimals.min(18).into());
    let name = if one { &points.one } else { &points.other };
    [&number(points.decimals, n), " ", name].concat()
}

/// As [`amount`], for points that the program may not have any more.
pub fn amount_of(program: &Program, name: Name, n: i64) -> String {
    if let Some(said) = money::amount_of(program, name, n) {
        return said;
    }
    match program.points_named(name) {
        Some(points) => amount(points, n),
        None => format!("{n} points of an earlier program"),
    }
}

/// Minor units of the program's currency: `12.40 EUR`.
pub fn money(program: &Program, minor: i64) -> String {
    Money::new(minor, program.currency).to_string()
}

/// What the program calls `name`: the id of a rule, tier, card, reward or kind of points.
pub fn id_of(program: &Program, name: Name) -> &str {
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
        .map_or("(of an earlier program)", |(_, id)| id)
}

/// What the program calls a tier; the lowest if none is named.
pub fn tier_id(program: &Program, name: Option<Name>) -> &str {
    match name {
        Some(name) => id_of(program, name),
        None => program.tiers.first().map_or("none", |tier| &tier.id),
    }
}

/// When a lot lapses.
fn lapse(program: &Program, at: Timestamp) -> String {
    match at {
        Timestamp::LAST => "never".to_owned(),
        at => format!("on {}", program.zone.day(at)),
    }
}

/// The title of a reward.
fn title(program: &Program, name: Name) -> &str {
    let reward = program.reward_named(name);
    reward.map_or("a reward of an earlier program", |reward| &reward.title)
}

/// Who funds points, as people call them.
fn funder_title(program: &Program, funder: Option<Name>) -> &str {
    match funder {
        None => "the operator",
        Some(name) => program
            .partner_named(name)
            .map_or("a partner of an earlier program", |(_, own)| &own.title),
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

/// A limit: `200 beans per member and month`.
pub fn limit(program: &Program, limit: &Limit) -> String {
    let what = match limit.what {
        Limited::Times if limit.most == 1 && limit.tiers.is_empty() => "once".to_owned(),
        Limited::Times => format!("{} times", limit.most),
        Limited::Points(at) => match program.points.get(usize::from(at)) {
            Some(points) => amount(points, limit.most),
            None => limit.most.to_string(),
        },
    };
    let per = match limit.per {
        LimitScope::Order => "order",
        LimitScope::Member => "member",
        LimitScope::Program => "program",
    };
    match limit.every {
        Some(every) => format!("{what} per {per} and {}", period(every)),
        None => format!("{what} per {per}"),
    }
}

/// A note as a sentence.
pub fn note(program: &Program, note: &Note) -> String {
    match note {
        Note::Gave {
            rule,
            points,
            basis,
            before,
            given,
        } => gave(program, *rule, *points, *basis, (*before, *given)),
        Note::Missed { rule, why } => match program.rules.get(usize::from(*rule)) {
            Some(own) => {
                let when = own.when.as_ref().map(|when| when.text.as_str());
                let start = [&own.id, ": not counted, "];
                if let Miss::TooSoon(past) = why {
                    return start.concat() + &too_soon(*past, "it gave", own.apart_minutes);
                }
                missed(program, &start, *why, when, &own.limits)
            }
            None => "a rule of an earlier program: not counted".to_owned(),
        },
        Note::NotStamped { card, why } => match program.cards.get(usize::from(*card)) {
            Some(own) => no_stamp(program, own, *why),
            None => "a card of an earlier program: no stamp".to_owned(),
        },
        Note::Stamped { card, by, stamps } => match program.cards.get(usize::from(*card)) {
            Some(own) => format!(
                "card {}: {by:+} {}, {stamps} of {} now",
                own.id,
                if by.abs() == 1 { "stamp" } else { "stamps" },
                own.full
            ),
            None => format!("a card of an earlier program: {by:+}"),
        },
        Note::CardKeeps { card, left, .. } => {
            let left = match *left {
                0 => "nothing".to_owned(),
                left => money(program, left),
            };
            match program.cards.get(usize::from(*card)) {
                Some(own) => format!("card {}: {left} kept for the next stamp", own.id),
                None => format!("a card of an earlier program: {left} kept"),
            }
        }
        other => moved(program, other),
    }
}

/// Why a rule gave, as a sentence.
fn gave(
    program: &Program,
    rule: u16,
    points: Name,
    basis: i64,
    (before, given): (i64, i64),
) -> String {
    let Some(own) = program.rules.get(usize::from(rule)) else {
        let points = amount_of(program, points, given);
        return format!("a rule of an earlier program gives {points}");
    };
    let counted = match formula(program, own, points) {
        Some(Formula::PerAmount { .. }) => [&money(program, basis), " gives "].concat(),
        Some(Formula::PerItem(_)) if basis == 1000 => "1 item gives ".to_owned(),
        Some(Formula::PerItem(_)) => format!("{} items give ", number(3, basis)),
        Some(Formula::PerLine(_)) if basis == 1 => "1 line gives ".to_owned(),
        Some(Formula::PerLine(_)) => format!("{basis} lines give "),
        Some(Formula::Fixed(_)) => String::new(),
        None => "on top ".to_owned(),
    };
    let first = [&own.id, ": ", &counted, &amount_of(program, points, before)].concat();
    if before == given {
        return first;
    }
    let of_these = |limit: &&Limit| match limit.what {
        Limited::Times => false,
        Limited::Points(at) => program
            .points
            .get(usize::from(at))
            .is_some_and(|own| own.name == points),
    };
    let limits: Vec<String> = own
        .limits
        .iter()
        .filter(of_these)
        .map(|own| limit(program, own))
        .collect();
    let given = amount_of(program, points, given);
    if limits.is_empty() {
        format!("{first}, limited to {given}")
    } else {
        format!("{first}, limit of {} reached: {given}", limits.join(" or "))
    }
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
fn no_stamp(program: &Program, card: &CardRule, why: Miss) -> String {
    let start = ["card ", &card.id, ": no stamp, "];
    let Miss::TooSoon(past) = why else {
        let when = card.when.as_ref().map(|when| when.text.as_str());
        return missed(program, &start, why, when, &card.limits);
    };
    let between = minutes(past.saturating_abs());
    let close = match past {
        0.. => ["the last stamp was ", &between, " ago"],
        _ => ["there is a stamp ", &between, " later already"],
    };
    let apart = match card.apart_minutes {
        Some(apart) => [", stamps are ", &minutes(apart), " apart"].concat(),
        None => String::new(),
    };
    [&start.concat(), &close.concat(), &apart]
        .map(String::as_str)
        .concat()
}

/// Why a rule whose gifts are apart gave nothing, and when it gives again.
fn too_soon(past: i32, what: &str, apart: Option<i32>) -> String {
    let between = minutes(past.saturating_abs());
    let close = match past {
        0.. => format!("{what} {between} ago"),
        _ => format!("{what} {between} later already"),
    };
    match apart {
        Some(apart) if past >= 0 => {
            let wait = minutes(apart.saturating_sub(past));
            format!("{close}, it gives again in {wait}")
        }
        _ => close,
    }
}

/// Time that passes: `45 minutes`, `2 hours`, `1 hour 30 minutes`, `1 day`.
pub(crate) fn minutes(minutes: i32) -> String {
    const UNITS: [(i32, &str); 3] = [(24 * 60, "day"), (60, "hour"), (1, "minute")];
    let mut rest = minutes;
    let mut words: Vec<String> = Vec::new();
    for (size, unit) in UNITS {
        match rest / size {
            0 => {}
            1 => words.push(format!("1 {unit}")),
            count => words.push(format!("{count} {unit}s")),
        }
        rest %= size;
    }
    if words.is_empty() {
        words.push("less than a minute".to_owned());
    }
    words.join(" ")
}

/// A sentence of `start` and why something did not count.
fn missed(
    program: &Program,
    start: &[&str],
    why: Miss,
    when: Option<&str>,
    limits: &[Limit],
) -> String {
    let say = |why: &[&str]| [start, why].concat().concat();
    match why {
        Miss::Condition => match when {
            Some(text) => say(&["its condition `", text, "` does not hold"]),
            None => say(&["nothing in it matches"]),
        },
        Miss::Excluded => say(&["all that it could count is excluded"]),
        Miss::NotYet => say(&["it starts later"]),
        Miss::Ended => say(&["it has ended"]),
        Miss::Limit(at) => match limits.get(usize::from(at)) {
            Some(own) => say(&["its limit of ", &limit(program, own), " is used up"]),
            None => say(&["its limit is used up"]),
        },
        Miss::TooLittle => say(&["it comes to less than one"]),
        Miss::Bettered => say(&["a better one counts instead"]),
        Miss::NothingToMultiply => say(&["what it multiplies gave nothing"]),
        Miss::TooSoon(_) => say(&["it is too soon after the last"]),
        Miss::TooLate => say(&["it is told too late to count"]),
        Miss::NotHere => say(&["it is for what happens at another partner"]),
        Miss::NotCovered => say(&["what the partner paid ahead does not cover it"]),
    }
}

/// Notes of what moved, as sentences.
fn moved(program: &Program, note: &Note) -> String {
    let of = |points: &Name, n: &i64| amount_of(program, *points, *n);
    match note {
        Note::TierGave {
            tier,
            points,
            given,
        } => format!("tier {} adds {}", id_of(program, *tier), of(points, given)),
        Note::Released { points, amount } => format!("{} became free", of(points, amount)),
        Note::Expired { points, amount, at } => {
            format!("{} lapsed on {}", of(points, amount), program.zone.day(*at))
        }
        Note::TookBack {
            rule,
            points,
            amount,
        } => format!(
            "{}: {} taken back for what was returned",
            id_of(program, *rule),
            of(points, amount)
        ),
        Note::TookBackShort {
            points,
            amount,
            owed: true,
        } => format!("{} were spent already and are owed", of(points, amount)),
        Note::TookBackShort { points, amount, .. } => {
            format!(
                "{} were spent already, the program bears them",
                of(points, amount)
            )
        }
        Note::GaveBack { points, amount } => {
            format!(
                "{} that had paid for the order are given back",
                of(points, amount)
            )
        }
        Note::TierMoved { from, to, at } if from == to => {
            let day = program.zone.day(*at);
            format!("tier {} is kept from {day} on", tier_id(program, *to))
        }
        Note::TierMoved { from, to, at } => format!(
            "tier {} instead of {} from {} on",
            tier_id(program, *to),
            tier_id(program, *from),
            program.zone.day(*at)
        ),
        Note::TierRemoved { .. } => "the tier that they were in is no more".to_owned(),
        Note::Redated {
            points,
            amount,
            from,
            to,
        } => format!(
            "{} lapse {} instead of {}",
            of(points, amount),
            lapse(program, *to),
            lapse(program, *from)
        ),
        Note::CardFull { card, reward } => format!(
            "card {} is full and gives {}",
            id_of(program, *card),
            title(program, *reward)
        ),
        Note::CardExpired { card, stamps } => format!(
            "card {} became too old, with {stamps} stamps on it",
            id_of(program, *card)
        ),
        Note::Milestone {
            card,
            stamps,
            reward,
        } => format!(
            "card {}: {stamps} stamps give {}",
            id_of(program, *card),
            title(program, *reward)
        ),
        Note::CardGave {
            card,
            stamps,
            points,
            amount,
        } => format!(
            "card {}: {stamps} stamps give {}",
            id_of(program, *card),
            of(points, amount)
        ),
        Note::StampsLapsed { card, by, stamps } => format!(
            "card {}: {by} {} too old to count, {stamps} left",
            id_of(program, *card),
            if *by == 1 { "stamp is" } else { "stamps are" }
        ),
        Note::VoucherTakenBack { card, reward } => format!(
            "card {}: {} is taken back, as its stamps came back",
            id_of(program, *card),
            title(program, *reward)
        ),
        Note::Paid {
            reward,
            points,
            amount,
        } => format!(
            "{}: paid with {}",
            title(program, *reward),
            of(points, amount)
        ),
        Note::PaidByVoucher { reward } => {
            format!("{}: paid with a voucher", title(program, *reward))
        }
        Note::Adjusted { points, amount } if *amount < 0 => {
            format!("{} taken by hand", of(points, &amount.saturating_neg()))
        }
        Note::Adjusted { points, amount } => format!("{} given by hand", of(points, amount)),
        Note::Repaid { points, amount } => format!("{} repaid what was owed", of(points, amount)),
        Note::HoldExpired { reward } => {
            format!("{}: not used in time, given back", title(program, *reward))
        }
        Note::VoucherExpired { reward } => {
            format!("{}: the voucher became void", title(program, *reward))
        }
        Note::MergedOut { points, amount } => {
            format!(
                "{} moved to the member that this one was merged into",
                of(points, amount)
            )
        }
        Note::MergedIn { points, amount } => {
            format!("{} came in from a merged member", of(points, amount))
        }
        Note::CodeUsed { coupon, code } => {
            format!("coupon {}: code {code} used", id_of(program, *coupon))
        }
        Note::CodeReturned { coupon, code } => {
            let coupon = id_of(program, *coupon);
            format!("coupon {coupon}: code {code} may be used again")
        }
        Note::CouponGave {
            coupon,
            points,
            amount,
        } => format!(
            "coupon {} gives {}",
            id_of(program, *coupon),
            of(points, amount)
        ),
        Note::CodeAssigned { coupon, code } => {
            format!("coupon {}: code {code} received", id_of(program, *coupon))
        }
        Note::CodeHandedOn { coupon, code } => {
            format!("coupon {}: code {code} handed on", id_of(program, *coupon))
        }
        Note::SpentOf {
            funder,
            points,
            amount,
        } => format!(
            "{} of {}",
            of(points, amount),
            funder_title(program, *funder)
        ),
        Note::BalanceUsedUp { partner, missing } => format!(
            "{} has used up what it paid ahead: {} are missing",
            funder_title(program, Some(*partner)),
            money(
                program,
                Rounding::Up.divide_clamped((*missing).into(), MICROS.into())
            )
        ),
        Note::PartnerPosted { partner } => {
            format!("booked with {}", funder_title(program, Some(*partner)))
        }
        Note::PeriodClosed => "the period is closed".to_owned(),
        Note::Kept => "kept until the customer is a member".to_owned(),
        Note::RefundKept => "kept until the order arrives".to_owned(),
        Note::Enrolled => "became a member".to_owned(),
        Note::PutOnHold => "on hold from now on: nothing is spent or sent".to_owned(),
        Note::LetGo => "not on hold any more".to_owned(),
        Note::Games(note) => games::note(program, note),
        Note::Channel(note) => channel::note(program, note),
        Note::Perk(note) => perk::note(program, note),
        Note::Money(note) => money::note(program, note),
        // The others are sentences of `note`, or of one feature.
        other => plan::sentence(program, other)
            .or_else(|| tier::sentence(program, other))
            .or_else(|| engagement::sentence(program, other))
            .or_else(|| people::sentence(program, other))
            .or_else(|| group::sentence(program, other))
            .unwrap_or_default(),
    }
}
