//! Program files and versions.

use super::{points, points_id};
use regulars_api::program::{
    CheckOut, EffectOut, EffectPointsOut, FindingOut, PlanOut, VersionOut,
};
use regulars_app::{Checked, Finding, Plan, ProgramVersion};
use std::fmt::Write as _;

/// What a check found.
pub fn check(checked: &Checked) -> CheckOut {
    CheckOut {
        ok: checked.program.is_some(),
        name: checked.program.as_ref().map(|program| program.name.clone()),
        hash: checked.program.as_ref().map(|program| hex(&program.hash)),
        findings: checked.findings.iter().map(finding).collect(),
    }
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
        differences: plan.differences.clone(),
        effect: EffectOut {
            purchases: effect.purchases,
            changed: effect.changed,
            points: of_points.collect(),
            members_better: effect.members_better,
            members_worse: effect.members_worse,
        },
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
