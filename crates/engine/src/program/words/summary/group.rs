//! Households and organisations, in words.

use super::told::Told;
use super::{Part, aspect, titled};
use crate::program::words::language::{plural, say, word};
use crate::program::{GroupKind, GroupRoleRule, GroupRule, HeadLeaves, OnLeaving};

/// A sort of group.
pub(super) fn group(to: Told<'_>, rule: &GroupRule) -> Part {
    let kind = match rule.kind {
        GroupKind::Household => word!(to, "a household"),
        GroupKind::Organisation => word!(to, "an organisation"),
        GroupKind::Team => word!(to, "a team"),
    };
    let n = i64::try_from(rule.people_max).unwrap_or(i64::MAX);
    let most = plural!(to, n, "{n} person", "{n} people", n);
    let open = match rule.open {
        true => say!(to, "whoever asks"),
        false => say!(
            to,
            "who was invited, within {span}",
            span = to.days(rule.invited_days)
        ),
    };
    let before = match rule.bring {
        true => word!(to, "comes along"),
        false => word!(to, "stays theirs"),
    };
    let mut aspects = vec![
        aspect(word!(to, "is"), kind),
        aspect(word!(to, "has at most"), most),
        aspect(word!(to, "lets in"), open),
        aspect(word!(to, "what people had before"), before),
    ];
    if rule.rejoin_days > 0 {
        let verb = word!(to, "takes nobody who left a group within");
        aspects.push(aspect(verb, to.days(rule.rejoin_days)));
    }
    let leaving = match rule.on_leaving {
        OnLeaving::Nothing => word!(to, "nothing"),
        OnLeaving::Equal => word!(to, "an equal share"),
        OnLeaving::BroughtIn => word!(to, "a share by what they brought in"),
    };
    aspects.push(aspect(word!(to, "gives who leaves"), leaving));
    let head = match rule.head_leaves {
        HeadLeaves::LongestIsHead => word!(to, "is headed by whoever has been in it longest"),
        HeadLeaves::NotAllowed => word!(to, "must be handed on or closed first"),
    };
    aspects.push(aspect(word!(to, "when its head leaves"), head));
    let lets = |role: &GroupRoleRule| say!(to, "lets `{role}`", role = role.id);
    let roles = rule.roles.iter();
    aspects.extend(roles.map(|role| aspect(lets(role), may(to, role))));
    titled(to, "group", (&rule.id, &rule.title), aspects)
}

fn may(to: Told<'_>, role: &GroupRoleRule) -> String {
    let words = [
        (role.buy, word!(to, "buy")),
        (role.spend, word!(to, "spend")),
        (role.invite, word!(to, "invite")),
        (role.manage, word!(to, "manage")),
    ];
    let words = words.into_iter().filter(|(may, _)| *may);
    let words: Vec<&str> = words.map(|(_, word)| word).collect();
    let mut said = match words.is_empty() {
        true => say!(to, "do nothing"),
        false => words.join(word!(to, ", ")),
    };
    for (points, most) in &role.spend_max {
        let most = to.of(*points, *most);
        said += &say!(to, " (at most {most} a month)", most);
    }
    said
}
