//! People, roles, the audit trail, settings and the till.

use super::points;
use crate::acting;
use crate::view::access::scopes;
use regulars_api::Amount;
use regulars_api::desk::{
    HeldAdjustmentOut, ShopSettingsOut, SignOnOut, TillCardOut, TillLimitsOut, TillMemberOut,
    TillOut, TillRewardOut, TillStampsOut,
};
use regulars_api::people::{ActOut, AuditProofOut, RoleOut, StaffPersonOut};
use regulars_api::receipt::PointsOut;
use regulars_app::{
    Act, AtTill, AuditProof, HeldAdjustment, Member, Person, Role, ShopSettings, TillLimits,
};
use regulars_engine::Program;
use regulars_engine::program::Trigger;

/// A person; the invitation only when it was just made.
pub fn person(person: Person, invitation: Option<String>) -> StaffPersonOut {
    let second_factor = person.has_second_factor();
    StaffPersonOut {
        id: person.id,
        email: person.email,
        name: person.name,
        roles: person.roles,
        partner: person.partner,
        state: person.state.name().to_owned(),
        created_at: person.created_at.to_string(),
        signed_in_at: person.signed_in_at.map(|at| at.to_string()),
        second_factor,
        invited_until: person.invited_until.map(|at| at.to_string()),
        invitation,
    }
}

/// A role.
pub(crate) fn role(role: Role) -> RoleOut {
    RoleOut {
        scopes: scopes(&role.scopes),
        id: role.id,
        name: role.name,
        adjust_most: role.adjust_most,
        money_most: role.money_most,
        built_in: role.built_in,
    }
}

/// What somebody did.
pub(crate) fn act(act: Act) -> ActOut {
    let some = |text: String| (!text.is_empty()).then_some(text);
    ActOut {
        no: act.no,
        at: act.at.to_string(),
        actor: act.actor,
        name: act.told.name,
        words: acting::words(&act.act),
        act: act.act,
        target: act.target,
        refused: some(act.told.refused),
        before: some(act.told.before),
        after: some(act.told.after),
        why: some(act.told.why),
        request_id: some(act.told.request),
        hash: hex(&act.hash),
    }
}

/// The trail as a file.
pub(crate) fn acts_file(acts: Vec<Act>) -> String {
    let mut file = String::from(
        "no,at,actor,name,act,words,target,refused,before,after,why,request_id,hash\r\n",
    );
    for own in acts {
        let own = act(own);
        let cells = [
            own.no.to_string(),
            own.at,
            own.actor,
            own.name,
            own.act,
            own.words,
            own.target,
            own.refused.unwrap_or_default(),
            own.before.unwrap_or_default(),
            own.after.unwrap_or_default(),
            own.why.unwrap_or_default(),
            own.request_id.unwrap_or_default(),
            own.hash,
        ];
        file += &cells.map(|cell| quoted(&cell)).join(",");
        file += "\r\n";
    }
    file
}

/// A cell. What a table program would take for a formula begins with a quotation mark instead.
pub(super) fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// What proving the trail came to.
pub(crate) fn audit_proof(proof: &AuditProof) -> AuditProofOut {
    AuditProofOut {
        ok: proof.wrong.is_none(),
        lines: proof.lines,
        head: proof.head.map(|head| hex(&head)),
        wrong: proof.wrong.map(|(no, _)| no),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An adjustment that waits, or waited.
pub(crate) fn held(held: &HeldAdjustment) -> HeldAdjustmentOut {
    HeldAdjustmentOut {
        id: held.id.clone(),
        state: held.state.name().to_owned(),
        member: held.member.to_string(),
        points: held.points.to_string(),
        amount: Amount::number(held.amount, held.decimals),
        reason: held.reason.to_string(),
        asked_by: held.asked_by.clone(),
        asked_name: held.asked_name.clone(),
        asked_at: held.asked_at.to_string(),
        decided_by: held.decided_by.clone(),
        decided_at: held.decided_at.map(|at| at.to_string()),
    }
}

/// The same in a few words, for the audit trail.
pub(crate) fn told_of_held(held: &HeldAdjustment) -> String {
    let amount = Amount::number(held.amount, held.decimals).0;
    format!(
        "{}: {amount} {} for {}, asked for by {}",
        held.state.name(),
        held.points,
        held.member,
        held.asked_name
    )
}

/// The settings of a shop, without a secret.
pub(crate) fn shop_settings(own: ShopSettings, redirect_uri: String) -> ShopSettingsOut {
    ShopSettingsOut {
        title: own.title,
        colour: own.colour,
        logo: own.logo,
        language: own.language,
        languages: own.languages,
        country: own.country,
        till: limits(&own.till),
        sign_on: own.sign_on.map(|own| SignOnOut {
            name: own.name,
            issuer: own.issuer,
            client_id: own.client_id,
            has_secret: !own.client_secret.is_empty(),
            redirect_uri,
        }),
        second_factor: own.second_factor,
        idle_minutes: own.idle_minutes,
    }
}

fn limits(own: &TillLimits) -> TillLimitsOut {
    TillLimitsOut {
        sales_most: own.sales_most,
        amount_most: own.amount_most,
    }
}

/// What a till has to know.
pub(crate) fn till(program: &Program, settings: ShopSettings, tenant: String) -> TillOut {
    let cards = program.cards.iter().filter_map(|card| {
        let buys = card.on == Trigger::Purchase;
        let category = match &card.when {
            None => String::new(),
            Some(when) => category_of(&when.text)?.to_owned(),
        };
        buys.then(|| TillCardOut {
            card: card.id.clone(),
            category,
            full: card.full,
        })
    });
    TillOut {
        title: match settings.title.is_empty() {
            true => tenant,
            false => settings.title,
        },
        currency: program.currency.to_string(),
        cards: cards.collect(),
        limits: limits(&settings.till),
    }
}

/// The category that a condition asks for, if that is all that it asks.
fn category_of(condition: &str) -> Option<&str> {
    let (left, right) = condition.split_once("==")?;
    let category = right
        .trim()
        .strip_prefix(['"', '\''])?
        .strip_suffix(['"', '\''])?;
    let whole = !category.contains(['"', '\'']);
    (left.trim() == "line.category" && whole).then_some(category)
}

/// The member before a till.
pub(crate) fn at_till(found: &AtTill) -> TillMemberOut {
    let program = &found.program;
    let own = found.balances.points.iter();
    let spendable = own.zip(&program.points).filter(|(_, rule)| rule.spendable);
    let has = spendable.map(|(own, rule)| PointsOut {
        points: own.points.clone(),
        amount: Amount::number(own.available, rule.decimals),
    });
    let cards = found.balances.cards.iter().map(|card| TillStampsOut {
        card: card.card.clone(),
        stamps: card.stamps,
        full: card.full,
    });
    // Whoever is on hold can have nothing now.
    let rewards = found.rewards.iter();
    let rewards = rewards.filter(|_| found.balances.on_hold.is_none());
    let rewards = rewards.map(|place| {
        let reward = &program.rewards[*place];
        let vouchers = &found.balances.vouchers;
        let by_voucher = vouchers.iter().any(|own| own.reward == reward.id);
        let price = reward.price.iter().filter(|_| !by_voucher);
        let cost = price.map(|(place, price)| {
            let rule = &program.points[usize::from(*place)];
            PointsOut {
                points: rule.id.clone(),
                amount: points(program, rule.name, *price),
            }
        });
        TillRewardOut {
            reward: reward.id.clone(),
            title: reward.title.clone(),
            cost: cost.collect(),
            by_voucher,
        }
    });
    TillMemberOut {
        member: found.member.id.to_string(),
        name: called(&found.member),
        points: has.collect(),
        tier: found.balances.tier_id().map(ToOwned::to_owned),
        cards: cards.collect(),
        rewards: rewards.collect(),
        on_hold: found.balances.on_hold.as_ref().map(|(_, why)| why.clone()),
    }
}

/// What somebody is called, as far as a cashier has to know: the first name, and the letter that the last
/// one begins with.
fn called(member: &Member) -> String {
    let whole = member.called();
    let mut words = whole.split_whitespace();
    let first = words.next().unwrap_or_default().to_owned();
    match words.last().and_then(|last| last.chars().next()) {
        Some(letter) => format!("{first} {letter}."),
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_read_only_where_nothing_else_is_asked() {
        assert_eq!(category_of(r#"line.category == "coffee""#), Some("coffee"));
        assert_eq!(
            category_of(r#"line.category == "a" && line.price > 2"#),
            None
        );
        assert_eq!(
            category_of(r#"line.category == "a" || line.category == "b""#),
            None
        );
        assert_eq!(category_of(r#"line.brand == "a""#), None);
    }

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a \"b\""), "\"a \"\"b\"\"\"");
    }
}
