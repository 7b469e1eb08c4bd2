//! A program in words, part by part and aspect by aspect: for the difference between two versions,
//! and for people who ask what a rule does.

mod account;
mod card;
mod changeover;
mod channel;
mod claim;
mod coupon;
mod earning;
mod engagement;
mod games;
mod gives;
mod group;
mod insight;
mod partner;
mod plan;
mod points;
mod portal;
mod referral;
mod refund;
mod reward;
mod tier;
mod transfer;

pub use gives::gives;
pub use tier::time;

use super::{amount, money};
use crate::program::{Program, Trigger, UnknownCustomer};
use regulars_base::{Name, Period, Ratio, Span, Timestamp};

/// A part of a program: a rule, a tier, a kind of points ...
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What sort of part: `rule`, `tier`, `points`; empty for the program as a whole.
    pub kind: &'static str,
    /// Its id; empty for what there is only one of.
    pub id: String,
    /// What it does.
    pub aspects: Vec<Aspect>,
}

/// One thing that a part does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aspect {
    /// What it does: `gives`.
    pub verb: String,
    /// What exactly: `2 beans per 1.00 EUR`. An aspect with the same verb says the same thing
    /// differently.
    pub what: String,
}

impl Part {
    /// What the part is called: `rule `spend``.
    pub fn title(&self) -> String {
        match (self.kind, self.id.as_str()) {
            ("", _) => "the program".to_owned(),
            (kind, "") => kind.to_owned(),
            (kind, id) => format!("{kind} `{id}`"),
        }
    }

    /// What the part does, in one sentence: `rule `spend`: gives 2 beans per 1.00 EUR`.
    pub fn sentence(&self) -> String {
        let said = |aspect: &Aspect| match aspect.what.as_str() {
            "" => aspect.verb.clone(),
            what => format!("{} {what}", aspect.verb),
        };
        let aspects: Vec<String> = self.aspects.iter().map(said).collect();
        match aspects.is_empty() {
            true => self.title(),
            false => format!("{}: {}", self.title(), aspects.join(", ")),
        }
    }
}

/// The parts of a program, in the order of the manual.
pub fn parts(program: &Program) -> Vec<Part> {
    let mut parts = vec![whole(program)];
    parts.extend(
        program
            .points
            .iter()
            .map(|points| points::one_kind(program, points)),
    );
    parts.extend(program.activities.iter().map(engagement::activity));
    parts.extend(engagement::profile(program));
    parts.extend(engagement::birthday(program));
    parts.extend(
        program
            .rules
            .iter()
            .map(|rule| earning::rule(program, rule)),
    );
    parts.push(earning::combine(program));
    parts.extend(program.tiers.iter().map(|tier| tier::tier(program, tier)));
    let matches = program.matches.iter();
    parts.extend(matches.map(|rule| tier::match_rule(program, rule)));
    parts.extend(program.cards.iter().map(|card| card::card(program, card)));
    parts.extend(games::parts(program));
    parts.extend(
        program
            .rewards
            .iter()
            .map(|reward| reward::reward(program, reward)),
    );
    parts.extend(program.plans.iter().map(|plan| plan::plan(program, plan)));
    let referral = program.referral.as_deref();
    parts.extend(referral.map(|rule| referral::referral(program, rule)));
    let transfer = program.transfer.as_deref();
    parts.extend(transfer.map(|rule| transfer::transfer(program, rule)));
    parts.extend(
        program
            .coupons
            .iter()
            .map(|own| coupon::coupon(program, own)),
    );
    parts.extend(coupon::combine(program));
    parts.push(refund::refund(program));
    parts.push(changeover::changeover(program));
    parts.push(claim::claims(program));
    parts.extend(channel::sell_through(program));
    let credit = program.money.credit.as_deref();
    parts.extend(credit.map(|rule| account::credit(program, rule)));
    let cards = program.money.cards.as_deref();
    parts.extend(cards.map(|rule| account::gift_card(program, rule)));
    if !program.partners.is_empty() {
        parts.push(partner::coalition(program));
    }
    let partners = program.partners.iter();
    parts.extend(partners.map(|own| partner::partner(program, own)));
    let groups = program.groups.iter();
    parts.extend(groups.map(|rule| group::group(program, rule)));
    parts.extend(program.portal.as_deref().map(portal::portal));
    parts.extend(insight::insight(program));
    parts
}

fn aspect(verb: impl Into<String>, what: impl Into<String>) -> Aspect {
    Aspect {
        verb: verb.into(),
        what: what.into(),
    }
}

fn whole(program: &Program) -> Part {
    let unknown = match program.unknown {
        UnknownCustomer::Enrol => "enrolled",
        UnknownCustomer::Hold => "kept waiting",
        UnknownCustomer::Refuse => "refused",
    };
    let mut aspects = vec![
        aspect("is called", &program.name),
        aspect("counts in", program.currency.code()),
        aspect("keeps the time of", program.zone.name()),
        aspect("speaks", &program.locale),
        aspect("unknown customers are", unknown),
    ];
    for (currency, rate) in &program.rates {
        let scale = |exponent: u8| 10_i64.pow(exponent.into());
        let (num, den) = (
            rate.num().saturating_mul(scale(currency.exponent())),
            rate.den()
                .saturating_mul(scale(program.currency.exponent())),
        );
        let whole = Ratio::new(num, den).unwrap_or(*rate);
        let code = program.currency.code();
        aspects.push(aspect(
            format!("takes {currency} at"),
            format!("{} {code}", ratio(whole)),
        ));
    }
    Part {
        kind: "",
        id: String::new(),
        aspects,
    }
}

/// `14 days`, `1 month`.
fn span(span: Span) -> String {
    let (count, one) = match span {
        Span::Days(days) => (days, "day"),
        Span::Months(months) if months % 12 == 0 => (months / 12, "year"),
        Span::Months(months) => (months, "month"),
    };
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

/// A factor as people write it: `1.25`.
/// A factor: `1.25`, or `4/3` where no decimal is exact.
pub fn ratio(ratio: Ratio) -> String {
    let mut shown = (ratio.num() / ratio.den()).to_string();
    let mut rest = i128::from(ratio.num() % ratio.den());
    if rest != 0 {
        shown.push('.');
    }
    // Factors come from at most six decimals; money scales them by a few more.
    for _ in 0..12 {
        if rest == 0 {
            break;
        }
        rest *= 10;
        shown += &(rest / i128::from(ratio.den())).to_string();
        rest %= i128::from(ratio.den());
    }
    shown
}

/// A period in one word, with its article.
fn each(period: Option<Period>) -> String {
    period.map_or(String::new(), |period| {
        format!("each {}", super::period(period))
    })
}

fn trigger(program: &Program, on: Trigger) -> String {
    match on {
        Trigger::Purchase => "purchases".into(),
        Trigger::Enrolment => "enrolment".into(),
        Trigger::Birthday => "birthdays".into(),
        Trigger::Anniversary => "anniversaries of membership".into(),
        Trigger::SellThrough => "what was sold on".into(),
        Trigger::Activity(name) if name == Name::of("profile") => "fields of the profile".into(),
        Trigger::Activity(name) if name == Name::of("visit") => "visits".into(),
        Trigger::Activity(name) => {
            let declared = program
                .activities
                .iter()
                .find(|activity| activity.name == name);
            declared.map_or(String::new(), |activity| activity.id.clone())
        }
    }
}

/// A moment on the shop's clock.
fn moment(program: &Program, at: Timestamp) -> String {
    match program.zone.local(at) {
        (day, 0) => day.to_string(),
        (day, second) => format!("{day} {:02}:{:02}", second / 3600, second / 60 % 60),
    }
}

/// Limits and the window of a rule or a reward.
fn bounds(
    program: &Program,
    aspects: &mut Vec<Aspect>,
    (from, until): (Option<Timestamp>, Option<Timestamp>),
    limits: &[crate::program::Limit],
) {
    if let Some(from) = from {
        aspects.push(aspect("begins on", moment(program, from)));
    }
    if let Some(until) = until {
        aspects.push(aspect("ends before", moment(program, until)));
    }
    for limit in limits {
        let (what, per) = match limit.what {
            crate::program::Limited::Times => (limit.most.to_string(), "times".into()),
            crate::program::Limited::Points(place) => {
                match program.points.get(usize::from(place)) {
                    Some(points) => (amount(points, limit.most), points.id.clone()),
                    None => continue,
                }
            }
        };
        let what = match tiers_of(program, limit) {
            Some(tiers) => format!("{what} ({tiers})"),
            None => what,
        };
        let whom = match limit.per {
            crate::program::LimitScope::Order => "order",
            crate::program::LimitScope::Member => "member",
            crate::program::LimitScope::Program => "program",
        };
        let verb = format!("is limited by {per} per {whom} {}", each(limit.every));
        aspects.push(aspect(format!("{} to", verb.trim_end()), what));
    }
}

/// What a limit lets through instead from a tier on: `5 from tier gold on`.
fn tiers_of(program: &Program, limit: &crate::program::Limit) -> Option<String> {
    let number = |most: i64| match limit.what {
        crate::program::Limited::Times => most.to_string(),
        crate::program::Limited::Points(place) => program
            .points
            .get(usize::from(place))
            .map_or_else(|| most.to_string(), |points| amount(points, most)),
    };
    let one = |(tier, most): &(u16, i64)| {
        let tier = program.tiers.get(usize::from(*tier))?;
        Some(format!("{} from tier `{}` on", number(*most), tier.id))
    };
    let all: Vec<String> = limit.tiers.iter().filter_map(one).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Prices: `500 beans and 2 stars`.
fn price(program: &Program, price: &[(u16, i64)]) -> String {
    let one = |(place, most): &(u16, i64)| {
        let points = program.points.get(usize::from(*place));
        points.map(|points| amount(points, *most))
    };
    let all: Vec<String> = price.iter().filter_map(one).collect();
    all.join(" and ")
}

/// Money of the program.
fn of_money(program: &Program, minor: i64) -> String {
    money(program, minor)
}
