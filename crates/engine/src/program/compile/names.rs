//! The ids of a file: known before anything else is read, so that every reference can be checked
//! even where the part that it names has faults of its own.

use super::{Ctx, Part, Root};
use crate::program::diagnostic::Wrong;
use crate::program::partner::balance;
use crate::program::phrase;
use crate::program::{GroupRule, Metric, Program, Reward};
use regulars_base::Name;
use std::collections::BTreeMap;

/// The ids of a file, in order.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) points: Vec<String>,
    /// The decimals of each kind of points.
    pub(super) decimals: Vec<u8>,
    /// Whether each kind of points can be spent.
    pub(super) spendable: Vec<bool>,
    pub(super) rules: Vec<String>,
    pub(super) tiers: Vec<String>,
    pub(super) rewards: Vec<String>,
    pub(super) plans: Vec<String>,
    pub(super) activities: Vec<String>,
    pub(super) badges: Vec<String>,
    pub(super) partners: Vec<String>,
    pub(super) draws: Vec<String>,
    pub(super) causes: Vec<String>,
}

impl Names {
    /// Reads all ids; says which are no ids, or stand there twice.
    pub(super) fn collect(root: &Root<'_>) -> Self {
        let points = root.parts("points");
        let decimals = |part: &Part<'_>| {
            let decimals = part.node.get("decimals").and_then(|at| at.whole());
            decimals.and_then(|n| u8::try_from(n).ok()).unwrap_or(0)
        };
        let spendable = |part: &Part<'_>| {
            let spendable = part.node.get("spendable").and_then(|at| at.flag());
            spendable.unwrap_or(true)
        };
        for section in [
            "card",
            "match",
            "coupon",
            "challenge",
            "level",
            "leaderboard",
            "game",
            "group",
        ] {
            ids(root, section);
        }
        Self {
            decimals: points.iter().map(decimals).collect(),
            spendable: points.iter().map(spendable).collect(),
            points: ids(root, "points"),
            rules: ids(root, "earn"),
            tiers: ids(root, "tier"),
            rewards: ids(root, "reward"),
            plans: ids(root, "plan"),
            activities: ids(root, "activity"),
            badges: ids(root, "badge"),
            partners: ids(root, "partner"),
            draws: ids(root, "draw"),
            causes: ids(root, "cause"),
        }
    }
}

/// The ids of one section.
fn ids(root: &Root<'_>, section: &'static str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for part in root.parts(section) {
        if part.id.is_empty() && root.is_list(section) && part.node.get("id").is_none() {
            // That the id is missing or no text is said where the fields are checked.
            ids.push(String::new());
            continue;
        }
        match phrase::id(part.id) {
            Err(wrong) => root.source.error(part.id_at, wrong),
            Ok(id) if ids.contains(&id) => root.source.error(
                part.id_at,
                Wrong::new(
                    format!("the id `{id}` stands there twice"),
                    format!("give each [[{section}]] its own"),
                ),
            ),
            Ok(_) => {}
        }
        let taken = [
            "purchase",
            "enrolment",
            "profile",
            "birthday",
            "anniversary",
            "sell_through",
        ];
        if section == "activity" && taken.contains(&part.id) {
            let wrong = Wrong::new(
                format!("`{}` is known without being declared", part.id),
                "give the activity another name",
            );
            root.source.error(part.id_at, wrong);
        }
        ids.push(part.id.to_owned());
    }
    ids
}

/// States keep names as numbers. Of a great many programs, in one two different names may meet in
/// the same number: then one of them must be called otherwise.
pub(super) fn no_two_meet(ctx: &Ctx<'_>, program: &Program) {
    let metrics = [
        "#spend",
        "#orders",
        "#visits",
        "#referrals",
        "#sold",
        "#sold on",
    ]
    .map(String::from);
    debug_assert_eq!(Metric::Spend.name(), Name::of(&metrics[0]));
    let names = &ctx.names;
    let coupons = program.coupons.iter().map(|coupon| coupon.id.clone());
    let cards = program.cards.iter().map(|card| card.id.clone());
    let matches = program.matches.iter().map(|own| own.id.clone());
    let all = names
        .points
        .iter()
        .chain(&names.rules)
        .chain(&names.tiers)
        .chain(&names.rewards)
        .chain(&names.plans)
        .chain(&names.activities)
        .chain(&names.partners)
        .cloned()
        .chain(cards)
        .chain(matches)
        .chain(coupons)
        .chain(program.games.names())
        .chain(
            ctx.attributes
                .iter()
                .map(|own| format!("attribute {}", own.id)),
        )
        .chain(program.rewards.iter().flat_map(Reward::code_figures))
        .chain(
            program
                .groups
                .iter()
                .flat_map(GroupRule::ids)
                .map(str::to_owned),
        )
        .chain(metrics)
        .chain(
            names
                .points
                .iter()
                .map(|id| format!("{id}{}", Metric::BALANCE)),
        )
        .chain(super::limit::names(program))
        .chain(names.partners.iter().map(|id| balance(id)))
        .chain(program.money.accounts().map(|(_, terms)| terms.id.clone()));
    let mut seen: BTreeMap<Name, String> = BTreeMap::new();
    for text in all {
        let earlier = seen.entry(Name::of(&text)).or_insert_with(|| text.clone());
        if *earlier != text {
            let wrong = Wrong::new(
                format!("the names `{earlier}` and `{text}` meet in the same number"),
                "call one of them something else",
            );
            ctx.root.source.error(super::Place::START, wrong);
        }
    }
}
