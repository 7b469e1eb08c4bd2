//! Coupons, by what was written down: no code is used more often than it may be, no campaign gives more
//! than its limits let, and what was given back is free again.

use super::Auditor;
use crate::timeline::{Decision, Timeline};
use regulars_base::{CivilDay, MemberId, Name};
use regulars_engine::code::Code;
use regulars_engine::outcome::{Change, Verdict};
use regulars_engine::program::{CouponCodes, LimitScope};
use regulars_engine::state::CouponUse;
use std::collections::BTreeMap;

/// What was written down of coupons.
#[derive(Clone, Debug, Default)]
pub(super) struct Coupons {
    /// How often each code of its own was used, less what was given back.
    used: BTreeMap<Code, i64>,
    /// What limits of campaigns let through: limit, whose (nobody's for a budget), period.
    limits: BTreeMap<(Name, Option<MemberId>, i32), i64>,
    /// In whose hand codes are.
    hands: BTreeMap<Code, MemberId>,
    /// Uses that may still be given back.
    uses: BTreeMap<MemberId, Vec<CouponUse>>,
    /// Somebody was merged: limits of members count what they used themselves, and no longer say who.
    merged: bool,
}

impl Auditor {
    /// Writes down which codes were used, given back, handed on.
    pub(super) fn coupons(&mut self, member: MemberId, decision: &Decision) {
        let accepted = decision.outcome.verdict == Verdict::Accepted;
        let moves = matches!(
            decision.event.kind,
            regulars_engine::event::Kind::MergeOut(_) | regulars_engine::event::Kind::MergeIn(_)
        );
        self.coupons.merged |= moves && accepted;
        let changes = &decision.outcome.changes;
        let counted = |used: &CouponUse| {
            // A use that is forgotten is gone too, but its code is not free again.
            let back = |change: &Change| match change {
                Change::CodeMoved { code, by: -1 } => *code == used.code,
                Change::Counted { by, .. } => *by < 0 && !used.single,
                Change::Drawn { by, .. } => *by < 0 && !used.single,
                _ => false,
            };
            changes.iter().any(back)
        };
        for change in changes {
            match change {
                Change::CodeMoved { code, by } => {
                    let used = self.coupons.used.entry(code.clone()).or_default();
                    *used += by;
                    if *used < 0 {
                        self.faults.push(format!("{code} was given back unused"));
                    }
                }
                Change::CodeAssigned(code) => {
                    if let Some(other) = self.coupons.hands.insert(code.clone(), member)
                        && other != member
                    {
                        self.faults.push(format!("{code} was in {other}'s hand"));
                    }
                }
                Change::CodeReleased(code) => {
                    let holder = self.coupons.hands.remove(code);
                    if holder != Some(member) {
                        self.faults.push(format!("{code} was in no hand"));
                    }
                }
                Change::CouponUsed(used) => {
                    let uses = self.coupons.uses.entry(member).or_default();
                    let again = |own: &&CouponUse| {
                        own.code == used.code && own.order == used.order && used.order.is_some()
                    };
                    if !moves && uses.iter().any(|own| again(&own)) {
                        let what = format!("{} was used twice for an order", used.code);
                        self.faults.push(what);
                    }
                    uses.push((**used).clone());
                    if !moves {
                        self.count(member, decision, used, 1);
                    }
                }
                Change::CouponUseGone(used) => {
                    let uses = self.coupons.uses.entry(member).or_default();
                    match uses.iter().rposition(|own| *own == **used) {
                        Some(at) => drop(uses.remove(at)),
                        None => self.faults.push(format!("no such use: {used:?}")),
                    }
                    if !moves && counted(used) {
                        self.count(member, decision, used, -1);
                    }
                }
                _ => {}
            }
        }
    }

    fn count(&mut self, member: MemberId, decision: &Decision, used: &CouponUse, by: i64) {
        let Some(coupon) = decision.program.coupon_named(used.coupon) else {
            return;
        };
        let day = CivilDay::from_number(used.day);
        for limit in &coupon.limits {
            let whose = match limit.per {
                LimitScope::Member if self.coupons.merged => continue,
                LimitScope::Member => Some(member),
                LimitScope::Program => None,
                LimitScope::Order => continue,
            };
            let period = limit.every.map_or(0, |every| every.number(day));
            let key = (limit.name, whose, period);
            let count = self.coupons.limits.entry(key).or_default();
            *count += by;
            if *count > limit.most {
                let (id, most) = (&coupon.id, limit.most);
                let what = format!("`{id}` was used {count} times where {most} were allowed");
                self.faults.push(what);
            }
        }
    }

    /// What codes' records say is what was written down.
    pub(super) fn codes(&mut self, world: &Timeline, decision: &Decision) {
        for (code, record) in world.codes() {
            let used = self.coupons.used.get(code).copied().unwrap_or(0);
            let held = self.coupons.hands.contains_key(code);
            if (used, held) != (record.used, record.assigned) {
                let own = (record.used, record.assigned);
                let what = format!("{code} is {own:?}, written down is {:?}", (used, held));
                self.faults.push(what);
            }
            let coupon = decision.program.coupon_named(record.coupon);
            if let Some(CouponCodes::Single { uses, .. }) = coupon.map(|own| &own.codes)
                && used > *uses
            {
                self.faults.push(format!("{code} was used {used} times"));
            }
        }
        for (code, member) in &self.coupons.hands {
            let wallet = world.wallet(*member);
            if wallet.is_none_or(|wallet| !wallet.codes.contains(code)) {
                self.faults
                    .push(format!("{code} is not in {member}'s hand"));
            }
        }
    }
}
