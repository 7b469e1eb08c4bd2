//! Selling through others: who gets what a rule gives, what partners may give, and reports of what was
//! sold on.

use super::Ctx;
use super::limit::{Owner, limits};
use super::partner::percent;
use crate::program::diagnostic::Wrong;
use crate::program::file::AWARDS;
use crate::program::reader::Node;
use crate::program::{
    AwardRule, LimitScope, Limited, Recipient, SellThroughPolicy, Trigger, phrase,
};
use regulars_base::Span;

/// Reads `to`.
pub(super) fn recipient(node: &Node<'_>) -> Recipient {
    match node.get("to").and_then(|at| at.text()) {
        Some("staff") => Recipient::Staff,
        _ => Recipient::Member,
    }
}

/// Says so where a rule cannot be for staff.
pub(super) fn for_staff(node: &Node<'_>, to: Recipient, on: Option<Trigger>) {
    let Some(at) = node.get("to").filter(|_| to == Recipient::Staff) else {
        return;
    };
    if node.has("times") {
        at.error(Wrong::new(
            "what staff get is not multiplied",
            "give more, by a second rule with `give`",
        ));
    }
    if on.is_some_and(|on| !matches!(on, Trigger::Purchase | Trigger::SellThrough)) {
        at.error(Wrong::new(
            "only purchases and reports name who sold",
            "listen to `purchase` or `sell_through`, or leave `to` out",
        ));
    }
}

/// Reads `awards` of a partner.
pub(super) fn awards(
    ctx: &Ctx<'_>,
    node: &Node<'_>,
    id: &str,
    has_sources: bool,
) -> Option<Box<AwardRule>> {
    let at = node.get("awards")?;
    if !has_sources {
        let wrong = Wrong::new(
            "`awards` means nothing without `sources`",
            "name the sources whose events are the partner's, or leave it out",
        );
        node.source().error(node.key("awards"), wrong);
    }
    let own = at.node(&AWARDS)?;
    let every: Vec<u16> = (0_u16..)
        .zip(&ctx.names.points)
        .map(|(place, _)| place)
        .collect();
    let owner = Owner {
        kind: "partner",
        id,
        points: &every,
    };
    let limits = limits(ctx, &own, &owner);
    if limits.iter().any(|limit| limit.per == LimitScope::Order) {
        let wrong = Wrong::new(
            "an award belongs to no order",
            "limit it per member, or per program",
        );
        own.source().error(own.key("limit"), wrong);
    }
    let is_points = |what: Limited| matches!(what, Limited::Points(_));
    let budget = limits
        .iter()
        .any(|limit| limit.per == LimitScope::Program && is_points(limit.what));
    if !budget && !limits.is_empty() {
        let wrong = Wrong::new(
            "the partner has no budget to give points out of",
            "add a limit of points with `per = \"program\"`",
        );
        own.source().error(own.key("limit"), wrong);
    }
    let mut reasons: Vec<String> = Vec::new();
    for at in own.get("reasons").map_or(Vec::new(), |at| at.list()) {
        let text = at.text().unwrap_or_default();
        if text.trim().is_empty() || reasons.iter().any(|own| own == text) {
            at.error(Wrong::new(
                "a reason is empty, or stands there twice",
                "write each reason once",
            ));
        }
        reasons.push(text.to_owned());
    }
    let cancel = own.get("cancel").and_then(|at| at.read(phrase::length));
    Some(Box::new(AwardRule {
        limits,
        reasons,
        cancel: cancel.unwrap_or(Span::Days(14)),
    }))
}

/// Reads `[sell_through]`.
pub(super) fn sell_through(ctx: &Ctx<'_>) -> Option<SellThroughPolicy> {
    let parts = ctx.root.parts("sell_through");
    let node = &parts.first()?.node;
    let approval = |text: &str| match text {
        "none" => Ok(None),
        "always" => Ok(Some(0)),
        other => {
            let amount = other.strip_prefix("above ").ok_or_else(|| {
                Wrong::new(
                    format!("`{other}` does not say which reports a person approves"),
                    "write `none`, `always`, or `above 5000 EUR`",
                )
            })?;
            let Some(currency) = ctx.shop.currency else {
                return Ok(None);
            };
            // What is just that much needs nobody.
            phrase::money(amount, currency).map(|most| Some(most.saturating_add(1)))
        }
    };
    let approval = node.get("approval").and_then(|at| at.read(approval));
    let audit = node.get("audit").and_then(|at| at.read(percent));
    let approve_from = approval.flatten();
    if let (Some(at), Some(0)) = (node.get("audit"), approve_from) {
        at.warn(Wrong::new(
            "a person looks at each report anyway",
            "leave `audit` out, or let some reports through",
        ));
    }
    let flag = |name: &str| node.get(name).and_then(|at| at.flag());
    let window = node.get("window").and_then(|at| at.read(phrase::length));
    Some(SellThroughPolicy {
        approve_from,
        proof: flag("proof").unwrap_or(false),
        window: window.unwrap_or(Span::Days(90)),
        audit: audit.unwrap_or(0),
    })
}
