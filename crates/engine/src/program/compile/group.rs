//! Households and organisations.

use super::limit::amounts;
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::GROUP_ROLE;
use crate::program::phrase;
use crate::program::reader::{At, Node};
use crate::program::{GroupKind, GroupRoleRule, GroupRule, HeadLeaves, OnLeaving};
use regulars_base::Name;

/// The most roles of a group.
const ROLES_MAX: usize = 20;

/// Reads `[[group]]`.
pub(super) fn groups(ctx: &Ctx<'_>) -> Option<Vec<GroupRule>> {
    let parts = ctx.root.parts("group");
    all(parts.iter().map(|part| group(ctx, part)).collect())
}

fn group(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<GroupRule> {
    let node = &part.node;
    let word = |name: &str| node.get(name).and_then(|at| at.text());
    let days = |name: &str, absent: i32| {
        let days = |text: &str| phrase::minutes(text).map(|minutes| minutes / (24 * 60));
        node.get(name)
            .map_or(Some(absent), |at| at.read(days))
            .unwrap_or(absent)
    };
    let kind = match word("kind") {
        Some("organisation") => GroupKind::Organisation,
        Some("team") => GroupKind::Team,
        _ => GroupKind::Household,
    };
    let most = node.get("people_max").and_then(|at| at.whole());
    let roles = roles(ctx, node, kind);
    if kind == GroupKind::Team {
        for shared in ["bring", "on_leaving"] {
            if node.has(shared) {
                let wrong = Wrong::new(
                    "people of a team keep their own points",
                    format!("leave out `{shared}`, or make it a household or an organisation"),
                );
                node.source().error(node.key(shared), wrong);
            }
        }
    }
    Some(GroupRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        title: word("title").unwrap_or(part.id).to_owned(),
        kind,
        people_max: most
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(8),
        open: word("join") == Some("open"),
        bring: node.get("bring").and_then(|at| at.flag()).unwrap_or(false),
        rejoin_days: days("rejoin", 0),
        invited_days: days("invited_for", 14),
        on_leaving: match word("on_leaving") {
            Some("equal") => OnLeaving::Equal,
            Some("brought_in") => OnLeaving::BroughtIn,
            _ => OnLeaving::Nothing,
        },
        head_leaves: match word("head_leaves") {
            Some("refused") => HeadLeaves::NotAllowed,
            _ => HeadLeaves::LongestIsHead,
        },
        roles: roles?,
    })
}

fn roles(ctx: &Ctx<'_>, node: &Node<'_>, kind: GroupKind) -> Option<Vec<GroupRoleRule>> {
    let Some(list) = node.get("role") else {
        if node.has("role") {
            return None;
        }
        if kind == GroupKind::Organisation {
            node.error(Wrong::new(
                "an organisation has no roles by itself",
                "say in `role` what its people may do: `role = [{ id = \"owner\", may = [\"buy\", \
                 \"spend\", \"invite\", \"manage\"] }]`",
            ));
            return None;
        }
        return Some(match kind {
            GroupKind::Team => of_team(),
            _ => of_household(),
        });
    };
    let items = list.list();
    if items.is_empty() || items.len() > ROLES_MAX {
        list.error(Wrong::new(
            format!("a group has 1 to {ROLES_MAX} roles"),
            "the first is that of its head",
        ));
        return None;
    }
    let mut roles: Vec<GroupRoleRule> = Vec::new();
    for at in &items {
        let Some(role) = role(ctx, at) else { continue };
        if kind == GroupKind::Team && (role.buy || role.spend) {
            at.error(Wrong::new(
                "a team buys and spends nothing: its people do, each for themselves",
                "leave \"buy\" and \"spend\" out of `may`",
            ));
        }
        if roles.iter().any(|own| own.id == role.id) {
            let what = format!("the role `{}` stands there twice", role.id);
            at.error(Wrong::new(what, "give each its own id"));
        }
        roles.push(role);
    }
    let head = roles.first()?;
    let (shares, all) = match kind {
        GroupKind::Team => (true, "[\"invite\", \"manage\"]"),
        _ => (
            head.buy && head.spend,
            "[\"buy\", \"spend\", \"invite\", \"manage\"]",
        ),
    };
    if !(shares && head.invite && head.manage) {
        items[0].error(Wrong::new(
            format!("the head of a group (`{}`) may not do all", head.id),
            format!("put first a role that may do all: `may = {all}`"),
        ));
    }
    Some(roles)
}

fn role(ctx: &Ctx<'_>, at: &At<'_>) -> Option<GroupRoleRule> {
    let node = at.node(&GROUP_ROLE)?;
    let id = node.get("id").and_then(|at| at.read(phrase::id));
    let may: Vec<&str> = match node.get("may") {
        Some(list) => {
            let items = list.list();
            items.iter().filter_map(|at| at.text()).collect()
        }
        None => Vec::new(),
    };
    let spend_max = node.get("spend_max");
    let spend = may.contains(&"spend");
    if let Some(at) = &spend_max
        && !spend
    {
        at.error(Wrong::new(
            "who may not spend needs no limit for it",
            "add \"spend\" to `may`, or leave `spend_max` out",
        ));
    }
    let spend_max = spend_max.map_or(Vec::new(), |at| amounts(ctx, &at));
    let id = id?;
    let name = |place: u16| Name::of(&ctx.names.points[usize::from(place)]);
    Some(GroupRoleRule {
        name: Name::of(&id),
        id,
        buy: may.contains(&"buy"),
        spend,
        invite: may.contains(&"invite"),
        manage: may.contains(&"manage"),
        spend_max: spend_max
            .into_iter()
            .map(|(place, most)| (name(place), most))
            .collect(),
    })
}

/// What people in a team may do.
fn of_team() -> Vec<GroupRoleRule> {
    let role = |id: &str, all: bool| GroupRoleRule {
        id: id.to_owned(),
        name: Name::of(id),
        buy: false,
        spend: false,
        invite: all,
        manage: all,
        spend_max: Vec::new(),
    };
    vec![role("captain", true), role("player", false)]
}

/// What people in a household may do.
fn of_household() -> Vec<GroupRoleRule> {
    let role = |id: &str, spend: bool, all: bool| GroupRoleRule {
        id: id.to_owned(),
        name: Name::of(id),
        buy: true,
        spend,
        invite: all,
        manage: all,
        spend_max: Vec::new(),
    };
    vec![
        role("head", true, true),
        role("adult", true, false),
        role("child", false, false),
    ]
}
