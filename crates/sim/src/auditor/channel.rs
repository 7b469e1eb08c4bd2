//! What sales and partners gave, in the auditor's own sums.

use super::Auditor;
use crate::timeline::Decision;
use regulars_base::{Almanac, MemberId, Name, Text, Timestamp};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, ChannelNote, Note};
use regulars_engine::program::{LimitScope, Limited};
use regulars_engine::state::{ChannelChange, OrderKey};
use std::collections::BTreeMap;

/// What was written down of sales and of partners' awards.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    /// Whose sale, which order, rule and points: given, and taken back.
    sales: BTreeMap<(MemberId, OrderKey, Name, Name), (i64, i64)>,
    /// Awards that are there: when, which points, how many.
    awards: BTreeMap<(Text, Text), (Timestamp, Name, i64)>,
    /// What of a budget is used: its limit, its period.
    used: BTreeMap<(Name, i32), i64>,
}

impl Auditor {
    /// Of a sale never more is taken back than was given; of a budget never more is given than it is.
    pub(super) fn channel(&mut self, member: MemberId, decision: &Decision) {
        // What is too old to be taken back is forgotten, and stays used.
        let taken_back = match &decision.event.kind {
            Kind::PartnerAwardCancel(back) => Some(&back.award),
            _ => None,
        };
        for change in &decision.outcome.changes {
            let Change::Channel(change) = change else {
                continue;
            };
            match &**change {
                ChannelChange::Sold(sale) => {
                    for gift in &sale.gifts {
                        let key = (member, sale.order.clone(), gift.rule, gift.paid.points);
                        let sum = self.channel.sales.entry(key).or_default();
                        // What came over by a merge brings along what was taken.
                        *sum = (gift.paid.amount, gift.taken);
                    }
                }
                ChannelChange::SaleTaken {
                    order,
                    rule,
                    points,
                    by,
                } => {
                    let key = (member, order.clone(), *rule, *points);
                    let sum = self.channel.sales.entry(key).or_default();
                    sum.1 += by;
                    if *by <= 0 || sum.1 > sum.0 {
                        let what = format!("of a sale of {order:?} {} of {} went", sum.1, sum.0);
                        self.faults.push(what);
                    }
                }
                ChannelChange::Awarded(gift) => {
                    let key = (gift.source.clone(), gift.id.clone());
                    let (points, amount) = (gift.paid.points, gift.paid.amount);
                    let earlier = self.channel.awards.insert(key, (gift.at, points, amount));
                    // What comes over by a merge was counted when it was given.
                    if earlier.is_none() {
                        self.budget(decision, gift.partner, (gift.at, points, amount));
                    }
                }
                ChannelChange::AwardGone { source, id } if taken_back == Some(id) => {
                    let key = (source.clone(), id.clone());
                    let gone = self.channel.awards.remove(&key);
                    let partner = decision.outcome.trace.iter().find_map(|note| match note {
                        Note::Channel(own) => match **own {
                            ChannelNote::AwardBack { partner, .. } => Some(partner),
                            _ => None,
                        },
                        _ => None,
                    });
                    if let (Some((at, points, amount)), Some(partner)) = (gone, partner) {
                        self.budget(decision, partner, (at, points, -amount));
                    }
                }
                _ => {}
            }
        }
    }

    /// So much of a partner's budgets is used.
    fn budget(
        &mut self,
        decision: &Decision,
        partner: Name,
        (at, points, amount): (Timestamp, Name, i64),
    ) {
        let program = &decision.program;
        let own = program.partner_named(partner);
        let rule = own.and_then(|(_, partner)| partner.awards.as_deref());
        for limit in rule.map_or(&[][..], |rule| &rule.limits) {
            let by = match limit.what {
                Limited::Times => amount.signum(),
                Limited::Points(place) if program.points[usize::from(place)].name == points => {
                    amount
                }
                Limited::Points(_) => 0,
            };
            if limit.per != LimitScope::Program || by == 0 {
                continue;
            }
            let day = Almanac::of(program.zone.day(at));
            let period = limit.every.map_or(0, |every| day.number(every));
            let used = self.channel.used.entry((limit.name, period)).or_default();
            *used += by;
            if *used > limit.most || *used < 0 {
                let what = format!("of a partner's budget of {} {used} is used", limit.most);
                self.faults.push(what);
            }
        }
    }
}
