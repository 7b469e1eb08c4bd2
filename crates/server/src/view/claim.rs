//! Claims and awards.

use regulars_api::Amount;
use regulars_api::award::{AwardOut, AwardRejectOut, AwardTotalOut};
use regulars_api::claim::{ClaimLineOut, ClaimOut};
use regulars_app::{Award, Claim};
use regulars_base::Currency;
use regulars_engine::event::LineParts;

/// How many rows an answer names.
const SHOWN: usize = 100;

/// A claim.
pub fn claim(claim: &Claim) -> ClaimOut {
    let money = |minor: i64| match Currency::new(&claim.currency) {
        Ok(currency) => Amount::money(minor, currency),
        Err(_) => Amount::number(minor, 0),
    };
    let line = |line: &LineParts| ClaimLineOut {
        sku: line.sku.to_string(),
        category: line.category.to_string(),
        brand: line.brand.to_string(),
        quantity: Amount::number(line.quantity, 3),
        amount: money(line.amount),
    };
    ClaimOut {
        id: claim.id.clone(),
        member: claim.member.to_string(),
        source: claim.source.to_string(),
        order: claim.order.to_string(),
        on: claim.on().to_string(),
        total: money(claim.total),
        currency: claim.currency.clone(),
        reference: claim.reference.as_ref().map(ToString::to_string),
        text: claim.text.clone(),
        lines: claim.lines.iter().map(line).collect(),
        filed_at: claim.filed_at.to_string(),
        filed_by: claim.filed_by.clone(),
        matches: claim.match_.name().to_owned(),
        state: claim.state.name().to_owned(),
        decided_by: claim.decided_by.clone(),
        decided_at: claim.decided_at.map(|at| at.to_string()),
        reason: claim.reason.clone(),
    }
}

/// Points for many members.
pub fn award(award: &Award) -> AwardOut {
    let rows = |rows: &[(u64, String)]| {
        let shown = rows.iter().take(SHOWN);
        let row = |(line, reason): &(u64, String)| AwardRejectOut {
            line: *line,
            reason: reason.clone(),
        };
        shown.map(row).collect()
    };
    let totals = award.totals.iter();
    AwardOut {
        id: award.id.clone(),
        state: award.state.name().to_owned(),
        proposed_by: award.proposed_by.clone(),
        proposed_at: award.proposed_at.to_string(),
        note: award.note.clone(),
        decided_by: award.decided_by.clone(),
        decided_at: award.decided_at.map(|at| at.to_string()),
        undone_by: award.undone_by.clone(),
        rows: award.rows.len() as u64,
        members: award.members,
        totals: totals
            .map(|(points, decimals, amount)| AwardTotalOut {
                points: points.clone(),
                amount: Amount::number(*amount, *decimals),
            })
            .collect(),
        rejects: rows(&award.rejects),
        rejected: award.rejects.len() as u64,
        refused: rows(&award.refused),
    }
}

/// Rows that cannot be booked, as a file.
pub fn award_rejects(award: &Award) -> String {
    let mut file = String::from("line,reason\n");
    for (line, reason) in award.rejects.iter().chain(&award.refused) {
        file += &format!("{line},\"{}\"\n", reason.replace('"', "\"\""));
    }
    file
}
