//! Challenges.

use super::earning::window;
use super::tally::{Frame, badge_of, given, tally, tier_of, title};
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::{STEP, STREAK, TEAM};
use crate::program::phrase;
use crate::program::reader::{At, Node, find};
use crate::program::{
    ChallengeRule, EffortOfLeaver, StampFor, Step, Streak, Tally, TeamRefund, TeamRule, Towards,
    Trigger,
};
use regulars_base::Name;

/// The most steps of a challenge.
const STEPS_MAX: usize = 20;

/// Reads `[[challenge]]`.
pub(super) fn challenges(ctx: &Ctx<'_>, tallies: &mut Vec<Tally>) -> Option<Vec<ChallengeRule>> {
    let parts = ctx.root.parts("challenge");
    let read = (0_u16..).zip(&parts);
    all(read
        .map(|(place, part)| challenge(ctx, part, place, tallies))
        .collect())
}

fn challenge(
    ctx: &Ctx<'_>,
    part: &Part<'_>,
    place: u16,
    tallies: &mut Vec<Tally>,
) -> Option<ChallengeRule> {
    let node = &part.node;
    let (from, until) = window(ctx, node);
    let tier = tier_of(ctx, node);
    let frame = |name: String, towards| Frame {
        name,
        from,
        until,
        tier,
        towards,
    };
    let mut steps = Vec::new();
    let list = node.get("step").map_or(Vec::new(), |at| at.list());
    for (number, at) in (0_u8..).zip(list.iter().take(STEPS_MAX)) {
        let Some(step) = at.node(&STEP) else { continue };
        let towards = Towards::Step {
            challenge: place,
            step: number,
        };
        let name = format!("challenge {}: step {}", part.id, number + 1);
        tallies.extend(tally(ctx, &step, frame(name, towards)));
        let titled = step.get("title").and_then(|at| at.text());
        steps.push(Step {
            title: titled.map_or_else(|| format!("step {}", number + 1), str::to_owned),
            need: step.get("count").and_then(|at| at.whole()).unwrap_or(1),
        });
    }
    if node.has("step") && (list.is_empty() || list.len() > STEPS_MAX) {
        let wrong = Wrong::new(
            format!("a challenge has 1 to {STEPS_MAX} steps"),
            "say in `step` what is to be done: `step = [{ on = \"visit\", count = 3 }]`",
        );
        node.source().error(node.key("step"), wrong);
    }
    let streak = streak(ctx, node, &list.len());
    if let Some(Some(activity)) = streak.map(|(_, freeze_on)| freeze_on) {
        tallies.push(Tally {
            name: Name::of(&format!("challenge {}: freeze", part.id)),
            on: Trigger::Activity(activity),
            when: None,
            each: StampFor::Event,
            from: None,
            until: None,
            tier: None,
            towards: Towards::Freezes(place),
        });
    }
    let flag = |name: &str| node.get(name).and_then(|at| at.flag()).unwrap_or(false);
    let team = node.get("team").and_then(|at| team(ctx, node, &at));
    let every = node.get("every").and_then(|at| phrase::period(at.text()?));
    if node.has("streak") && every.is_some() {
        let wrong = Wrong::new(
            "a streak goes over periods of its own",
            "leave out `every`; the periods stand in `streak`",
        );
        node.source().error(node.key("every"), wrong);
    }
    if flag("in_order") && list.len() < 2 {
        let wrong = Wrong::new(
            "one step alone has no order",
            "leave out `in_order`, or add a step",
        );
        node.source().error(node.key("in_order"), wrong);
    }
    if !node.has("gives") && !node.has("badge") {
        node.error(Wrong::new(
            "the challenge gives nothing",
            "add `gives` or `badge`",
        ));
    }
    let gives = given(ctx, node);
    let voucher_expires = node
        .get("voucher_expires")
        .and_then(|at| at.read(phrase::length));
    Some(ChallengeRule {
        id: part.id.to_owned(),
        name: Name::of(&format!("challenge {}", part.id)),
        title: title(node, part.id),
        from,
        until,
        tier,
        opt_in: flag("opt_in"),
        in_order: flag("in_order"),
        every,
        repeat: flag("repeat"),
        steps,
        streak: streak.map(|(streak, _)| streak),
        team,
        gives: gives?,
        badge: badge_of(ctx, node),
        voucher_expires,
    })
}

/// Reads `streak`, and which activity gives a freeze.
fn streak(ctx: &Ctx<'_>, node: &Node<'_>, steps: &usize) -> Option<(Streak, Option<Name>)> {
    let at = node.get("streak")?;
    if *steps > 1 {
        at.error(Wrong::new(
            "a streak has one step",
            "leave out the other steps, or make them a challenge of their own",
        ));
    }
    let own = at.node(&STREAK)?;
    let whole = |name: &str| own.get(name).and_then(|at| at.whole());
    let freeze_on = own.get("freeze_on").and_then(|at| {
        let id = at.text()?;
        find(&at, "activity", id, &ctx.names.activities).map(|_| Name::of(id))
    });
    let every = phrase::period(own.get("every")?.text()?)?;
    let times = whole("times")?;
    let streak = Streak {
        every,
        times,
        freezes: whole("freezes").unwrap_or(0),
        freeze_each: whole("freeze_each"),
    };
    if streak.freezes >= times {
        at.warn(Wrong::new(
            format!("{} of {times} periods may be missed", streak.freezes),
            "write fewer `freezes`",
        ));
    }
    Some((streak, freeze_on))
}

/// Reads `team`, and says what does not go with it.
fn team(ctx: &Ctx<'_>, node: &Node<'_>, at: &At<'_>) -> Option<TeamRule> {
    let own = at.node(&TEAM)?;
    for (field, hint) in [
        (
            "opt_in",
            "whoever is in a team takes part; leave out `opt_in`",
        ),
        ("repeat", "let it begin anew with `every`"),
        ("in_order", "make each step a challenge of its own"),
    ] {
        if node.has(field) {
            let wrong = Wrong::new(format!("teams have no `{field}`"), hint);
            node.source().error(node.key(field), wrong);
        }
    }
    for step in node.get("step").map_or(Vec::new(), |at| at.list()) {
        let step = step.node(&STEP);
        let on = step.as_ref().and_then(|step| step.get("on"));
        if let Some(at) = on.filter(|at| at.text() == Some("enrolment")) {
            at.error(Wrong::new(
                "nobody is in a team when they enrol",
                "listen to something that members do",
            ));
        }
    }
    let word = |name: &str| own.get(name).and_then(|at| at.text());
    let on_leaving = match word("on_leaving") {
        Some("leaves") => EffortOfLeaver::Leaves,
        _ => EffortOfLeaver::Stays,
    };
    let streak = node.get("streak").and_then(|at| at.node(&STREAK));
    if let Some(streak) = streak {
        if streak.has("freeze_on") {
            let wrong = Wrong::new(
                "nobody is given a freeze for a team",
                "leave out `freeze_on`",
            );
            streak.source().error(streak.key("freeze_on"), wrong);
        }
        if on_leaving == EffortOfLeaver::Leaves {
            let wrong = Wrong::new(
                "a streak does not keep who did what in which period, so nothing of it can leave",
                "write `on_leaving = \"stays\"`",
            );
            own.source().error(own.key("on_leaving"), wrong);
        }
    }
    let of = own.get("of")?;
    let id = of.text()?;
    let groups = ctx.root.parts("group");
    let ids: Vec<String> = groups.iter().map(|part| part.id.to_owned()).collect();
    let place = find(&of, "group", id, &ids)?;
    let kind = groups[usize::from(place)].node.get("kind");
    if kind.and_then(|at| at.text()) != Some("team") {
        of.error(Wrong::new(
            format!("`{id}` is no team"),
            "what people buy who share a wallet counts for them together without that: leave out `team`, \
             or give the group the kind `team`",
        ));
        return None;
    }
    Some(TeamRule {
        of: id.to_owned(),
        group: Name::of(id),
        least: own.get("least").and_then(|at| at.whole()).unwrap_or(1),
        on_leaving,
        late: own.get("late").and_then(|at| at.flag()).unwrap_or(false),
        on_refund: match word("on_refund") {
            Some("keeps") => TeamRefund::Keeps,
            _ => TeamRefund::TakesBack,
        },
    })
}
