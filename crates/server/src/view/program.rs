//! Program files and versions.

use super::{points, points_id};
use crate::language::{language, reader};
use regulars_api::Amount;
use regulars_api::program::{
    BothOut, CheckOut, EffectOut, EffectPointsOut, FindingOut, HeldOut, LeftOutOut, LostOut,
    MemberAtOut, MembersPlanOut, MoverOut, PartOut, PlanFiguresOut, PlanMoverOut, PlanOut,
    PlanPairOut, PlanPointsOut, PointsPlanOut, RolledBackOut, TierMovesOut, VersionOut,
};
use regulars_app::{
    Both, Checked, Finding, MembersPlan, Mover, MoverStanding, Plan, PlanFigures, PointsPlan,
    ProgramVersion, RolledBack,
};
use regulars_base::{Currency, Money, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::words::summary::{Part, parts};
use std::fmt::Write as _;

/// What a check found.
pub fn check(checked: &Checked) -> CheckOut {
    CheckOut {
        ok: checked.program.is_some(),
        name: checked.program.as_ref().map(|program| program.name.clone()),
        hash: checked.program.as_ref().map(|program| hex(&program.hash)),
        findings: checked.findings.iter().map(finding).collect(),
        parts: checked.program.as_deref().map_or_else(Vec::new, in_words),
    }
}

/// What a program says, part by part.
fn in_words(program: &Program) -> Vec<PartOut> {
    let part = |part: Part| PartOut {
        kind: part.kind.to_owned(),
        says: part.lines(),
        id: part.id,
    };
    parts(reader(program)).into_iter().map(part).collect()
}

/// A finding.
pub(crate) fn finding(finding: &Finding) -> FindingOut {
    FindingOut {
        error: finding.error,
        line: finding.line,
        column: finding.column,
        message: finding.message.clone(),
        hint: finding.hint.clone(),
    }
}

/// What a file would change.
pub fn plan(plan: &Plan) -> PlanOut {
    let effect = &plan.effect;
    // In the order of the file; kinds that it does not have any more come last.
    let kinds = &plan.candidate.points;
    let place = |name| kinds.iter().position(|points| points.name == name);
    let mut changed = effect.points.clone();
    changed.sort_by_key(|(name, _, _)| place(*name).unwrap_or(usize::MAX));
    let of_points = changed.iter().map(|(name, before, after)| EffectPointsOut {
        points: points_id(&plan.candidate, *name),
        before: points(&plan.candidate, *name, *before),
        after: points(&plan.candidate, *name, *after),
    });
    PlanOut {
        against: plan.against,
        differences: plan.differences(language()),
        effect: EffectOut {
            purchases: effect.purchases,
            changed: effect.changed,
            points: of_points.collect(),
            members_better: effect.members_better,
            members_worse: effect.members_worse,
        },
        members: None,
        figures: Vec::new(),
    }
}

/// What a file would have come to over real orders.
pub fn plan_figures(it: &PlanFigures) -> PlanFiguresOut {
    let pair = |(before, after): &(String, String)| PlanPairOut {
        before: before.clone(),
        after: after.clone(),
    };
    let money = |(before, after): (Option<i64>, Option<i64>)| {
        let currency = Currency::new(&it.currency).ok()?;
        let shown = |minor| Money { minor, currency }.to_string();
        Some(PlanPairOut {
            before: shown(before?),
            after: shown(after?),
        })
    };
    let points = it.points.iter().map(|own| PlanPointsOut {
        points: own.points.clone(),
        issued: pair(&own.issued),
        redeemed: pair(&own.redeemed),
        expired: pair(&own.expired),
        outstanding: pair(&own.outstanding),
        cost: money(own.cost_minor),
        liability: money(own.liability_minor),
    });
    let tiers = it
        .tier_moves
        .iter()
        .map(|(from, to, members)| TierMovesOut {
            from: from.clone(),
            to: to.clone(),
            members: *members,
        });
    let movers = it.movers.iter().map(|own| PlanMoverOut {
        customer: own.customer.clone(),
        points: own.points.clone(),
        before: own.before.clone(),
        after: own.after.clone(),
    });
    let [more, less, mixed, same] = it.sides;
    PlanFiguresOut {
        against: it.against,
        at: Timestamp::from_micros(it.at_micros).to_string(),
        over: it.over.clone(),
        of_log: it.of_log,
        rewards_refused_before: it.rewards_refused.0,
        rewards_refused_after: it.rewards_refused.1,
        left_out: (it.left_out.iter())
            .map(|(what, events)| LeftOutOut {
                what: what.clone(),
                events: *events,
            })
            .collect(),
        events: it.events,
        members: it.members,
        points: points.collect(),
        tiers: tiers.collect(),
        more,
        less,
        mixed,
        same,
        movers: movers.collect(),
    }
}

/// What becomes of all members.
pub fn members_plan(plan: &MembersPlan) -> MembersPlanOut {
    let money = |minor: Option<i64>| {
        let currency = Currency::new(&plan.currency).ok()?;
        Some(Amount::money(minor?, currency))
    };
    let both = |points: &PointsPlan, figure: Both, worth: (Option<i64>, Option<i64>)| BothOut {
        before: Amount::number(figure.before, points.decimals),
        after: Amount::number(figure.after, points.decimals),
        liability_before: money(worth.0),
        liability_after: money(worth.1),
    };
    let of_points = |it: &PointsPlan| PointsPlanOut {
        points: it.points.clone(),
        sooner: Amount::number(it.sooner, it.decimals),
        later: Amount::number(it.later, it.decimals),
        at_once: Amount::number(it.at_once, it.decimals),
        held: both(it, it.held, it.liability),
        held_in_a_year: both(it, it.held_in_a_year, it.liability_in_a_year),
    };
    let tiers = plan.tiers.iter().map(|it| TierMovesOut {
        from: it.from.clone(),
        to: it.to.clone(),
        members: it.members,
    });
    MembersPlanOut {
        at: plan.at.to_string(),
        members: plan.members,
        moved: plan.moved,
        tiers: tiers.collect(),
        tier_ends: plan.tier_ends,
        cards: plan.cards,
        vouchers: plan.vouchers,
        points: plan.points.iter().map(of_points).collect(),
    }
}

/// A member of whom something changes.
pub fn mover(mover: &Mover) -> MoverOut {
    let standing = |it: &MoverStanding| MemberAtOut {
        tier: it.tier.clone(),
        tier_until: it.tier_until.map(|at| at.to_string()),
        next_expiry: it.next_expiry.map(|at| at.to_string()),
        held: it
            .held
            .iter()
            .map(|(points, decimals, amount)| HeldOut {
                points: points.clone(),
                amount: Amount::number(*amount, *decimals),
            })
            .collect(),
    };
    MoverOut {
        member: mover.member.to_string(),
        before: standing(&mover.before),
        after: standing(&mover.after),
        cards: mover.cards,
        vouchers: mover.vouchers,
    }
}

/// A version that says what an earlier one said.
pub fn rolled_back(done: RolledBack) -> RolledBackOut {
    let lost = done.lost.iter().map(|it| LostOut {
        points: it.points.clone(),
        spent: Amount::number(it.spent, it.decimals),
        lapsed: Amount::number(it.lapsed, it.decimals),
    });
    RolledBackOut {
        to: done.to,
        since: done.since.to_string(),
        lost: lost.collect(),
        version: version(done.version),
    }
}

/// A version.
pub fn version(version: ProgramVersion) -> VersionOut {
    VersionOut {
        version: version.version,
        hash: version.hash,
        name: version.name,
        in_force_from: version.in_force_from.to_string(),
        applied_at: version.applied_at.to_string(),
        by: version.by,
        note: version.note,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
