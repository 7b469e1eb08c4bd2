//! Signs in what one member did.

use super::{Deed, DeedKind, Pace, PaceOf, PacePer, Sign, SignKind, SuspicionRules};
use regulars_base::MemberId;
use std::collections::{BTreeMap, BTreeSet};

const MINUTE_MICROS: i64 = 60_000_000;
/// Of all purchases that a seller rang up, so many in a hundred must be theirs to be a sign.
const SHARE: usize = 90;

/// What speaks against a member, in what they did; in any order, all of one wallet.
pub fn signs_of_member(rules: &SuspicionRules, deeds: &[Deed]) -> Vec<Sign> {
    let deeds = settled(deeds);
    let mut signs = Vec::new();
    if rules.on {
        let own = rules.paces.iter().filter(|own| own.per == PacePer::Member);
        signs.extend(own.filter_map(|pace| too_fast(pace, &deeds)));
    }
    signs.extend(fan_in(rules, &deeds));
    signs.extend(laundering(rules, &deeds));
    signs.extend(owing(rules, &deeds));
    signs.extend(same_seller(rules, &deeds));
    signs
}

/// In the order of time, and what came back of an order taken off what its purchase gave.
fn settled(deeds: &[Deed]) -> Vec<Deed> {
    let mut all = deeds.to_vec();
    all.sort_by_key(|own| (own.at, own.seq));
    all.dedup_by_key(|own| own.seq);
    let mut back: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for own in &all {
        if let DeedKind::Refunded { order } = &own.kind {
            back.entry(order.clone()).or_default().extend(&own.took);
        }
    }
    for own in &mut all {
        let DeedKind::Bought { order, .. } = &own.kind else {
            continue;
        };
        for (points, amount) in back.get(order).into_iter().flatten() {
            for gave in own.gave.iter_mut().filter(|gave| gave.0 == *points) {
                gave.1 = gave.1.saturating_sub(*amount).max(0);
            }
        }
        own.gave.retain(|gave| gave.1 > 0);
    }
    all
}

/// How much of what a pace counts a deed is.
fn weighed(of: PaceOf, deed: &Deed) -> i64 {
    match of {
        PaceOf::Purchases => i64::from(matches!(deed.kind, DeedKind::Bought { .. })),
        PaceOf::Redemptions => {
            let bought = matches!(deed.kind, DeedKind::Bought { .. }) && deed.spent > 0;
            i64::from(bought || deed.kind == DeedKind::Redeemed)
        }
        PaceOf::Points => deed.gave.iter().map(|own| own.1).sum(),
    }
}

/// The window with most, if that is too much. What goes beyond the limit is what may be taken back.
pub(super) fn too_fast(pace: &Pace, deeds: &[Deed]) -> Option<Sign> {
    let counted: Vec<(&Deed, i64)> = deeds
        .iter()
        .map(|own| (own, weighed(pace.of, own)))
        .filter(|own| own.1 > 0)
        .collect();
    let width = i64::from(pace.minutes) * MINUTE_MICROS;
    let (mut from, mut sum, mut best) = (0, 0_i64, (0_i64, 0, 0));
    for (until, (deed, own)) in counted.iter().enumerate() {
        sum = sum.saturating_add(*own);
        while deed.at.micros() - counted[from].0.at.micros() >= width {
            sum -= counted[from].1;
            from += 1;
        }
        if sum > best.0 {
            best = (sum, from, until + 1);
        }
    }
    let (count, from, until) = best;
    if count <= pace.most {
        return None;
    }
    let mut seen = 0_i64;
    let beyond = counted[from..until].iter().filter(|(_, own)| {
        seen = seen.saturating_add(*own);
        seen > pace.most
    });
    let beyond: Vec<&Deed> = beyond.map(|own| own.0).collect();
    let members = counted[from..until].iter().map(|own| own.0.member);
    let others = match pace.per {
        PacePer::Member => Vec::new(),
        PacePer::Store | PacePer::Seller => members.collect(),
    };
    let minutes = i64::from(pace.minutes);
    let sign = Sign::new(SignKind::Pace, pace.name(), pace.weight)
        .with([("count", count), ("most", pace.most), ("minutes", minutes)])
        .among(others);
    Some(sign.proved(beyond))
}

/// Points of many members were sent to one.
fn fan_in(rules: &SuspicionRules, deeds: &[Deed]) -> Option<Sign> {
    let rule = rules.rule(SignKind::FanIn)?;
    let from = |own: &Deed| match own.kind {
        DeedKind::Got { from } => Some(from),
        _ => None,
    };
    let senders: BTreeSet<MemberId> = deeds.iter().filter_map(from).collect();
    let count = whole(senders.len());
    (count > rule.limit).then(|| {
        let days = i64::from(rules.days);
        Sign::new(SignKind::FanIn, "", rule.weight)
            .with([("senders", count), ("limit", rule.limit), ("days", days)])
            .among(senders)
            .proved(deeds.iter().filter(|own| from(own).is_some()))
    })
}

/// Points came from others, were spent, and an order came back then: so often.
fn laundering(rules: &SuspicionRules, deeds: &[Deed]) -> Option<Sign> {
    let rule = rules.rule(SignKind::Laundering)?;
    let (mut got, mut spent, mut times) = (false, false, 0_i64);
    for own in deeds {
        match own.kind {
            DeedKind::Got { .. } => got = true,
            DeedKind::Refunded { .. } if got && spent => {
                times += 1;
                (got, spent) = (false, false);
            }
            _ if got && own.leaves() => spent = true,
            _ => {}
        }
    }
    (times > rule.limit).then(|| {
        let came = |own: &&Deed| matches!(own.kind, DeedKind::Got { .. });
        Sign::new(SignKind::Laundering, "", rule.weight)
            .with([("times", times), ("limit", rule.limit)])
            .proved(deeds.iter().filter(came))
    })
}

/// Orders came back after what they gave was spent: so often. What is owed is in the books already.
fn owing(rules: &SuspicionRules, deeds: &[Deed]) -> Option<Sign> {
    let rule = rules.rule(SignKind::Owing)?;
    let owed = |own: &&Deed| own.owes && matches!(own.kind, DeedKind::Refunded { .. });
    let times = whole(deeds.iter().filter(owed).count());
    (times > rule.limit).then(|| {
        Sign::new(SignKind::Owing, "", rule.weight).with([("times", times), ("limit", rule.limit)])
    })
}

/// Nearly all purchases of a member were rung up by one seller: whoever holds their own card under the
/// customers' orders.
fn same_seller(rules: &SuspicionRules, deeds: &[Deed]) -> Option<Sign> {
    let rule = rules.rule(SignKind::SameSeller)?;
    let mut sold: BTreeMap<&str, Vec<&Deed>> = BTreeMap::new();
    let mut all = 0;
    for own in deeds {
        if let DeedKind::Bought { seller, .. } = &own.kind {
            all += 1;
            if !seller.is_empty() {
                sold.entry(seller.as_str()).or_default().push(own);
            }
        }
    }
    let (seller, by) = sold.into_iter().max_by_key(|own| own.1.len())?;
    let count = whole(by.len());
    (count > rule.limit && by.len() * 100 >= all * SHARE).then(|| {
        let figures = [
            ("count", count),
            ("purchases", whole(all)),
            ("limit", rule.limit),
        ];
        let limit = usize::try_from(rule.limit).unwrap_or(usize::MAX);
        Sign::new(SignKind::SameSeller, seller, rule.weight)
            .with(figures)
            .proved(by.into_iter().skip(limit))
    })
}

pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
