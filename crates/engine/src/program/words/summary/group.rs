//! Households and organisations, in words.

use super::{Part, aspect};
use crate::program::words::amount_of;
use crate::program::{GroupKind, GroupRoleRule, GroupRule, HeadLeaves, OnLeaving, Program};

/// A sort of group.
pub(super) fn group(program: &Program, rule: &GroupRule) -> Part {
    let mut aspects = vec![
        aspect("is called", &rule.title),
        aspect(
            "is",
            match rule.kind {
                GroupKind::Household => "a household",
                GroupKind::Organisation => "an organisation",
                GroupKind::Team => "a team",
            },
        ),
        aspect("has at most", format!("{} people", rule.people_max)),
        aspect(
            "lets in",
            match rule.open {
                true => "whoever asks".to_owned(),
                false => format!("who was invited, within {} days", rule.invited_days),
            },
        ),
        aspect(
            "what people had before",
            if rule.bring {
                "comes along"
            } else {
                "stays theirs"
            },
        ),
    ];
    if rule.rejoin_days > 0 {
        let days = format!("{} days", rule.rejoin_days);
        aspects.push(aspect("takes nobody who left a group within", days));
    }
    aspects.push(aspect(
        "gives who leaves",
        match rule.on_leaving {
            OnLeaving::Nothing => "nothing",
            OnLeaving::Equal => "an equal share",
            OnLeaving::BroughtIn => "a share by what they brought in",
        },
    ));
    aspects.push(aspect(
        "when its head leaves",
        match rule.head_leaves {
            HeadLeaves::LongestIsHead => "is headed by whoever has been in it longest",
            HeadLeaves::NotAllowed => "must be handed on or closed first",
        },
    ));
    aspects.extend(
        rule.roles
            .iter()
            .map(|role| aspect(format!("lets `{}`", role.id), may(program, role))),
    );
    Part {
        kind: "group",
        id: rule.id.clone(),
        aspects,
    }
}

fn may(program: &Program, role: &GroupRoleRule) -> String {
    let words = [
        (role.buy, "buy"),
        (role.spend, "spend"),
        (role.invite, "invite"),
        (role.manage, "manage"),
    ];
    let words = words.iter().filter(|(may, _)| *may).map(|(_, word)| *word);
    let words: Vec<&str> = words.collect();
    let mut said = match words.is_empty() {
        true => "do nothing".to_owned(),
        false => words.join(", "),
    };
    for (points, most) in &role.spend_max {
        said += &format!(" (at most {} a month)", amount_of(program, *points, *most));
    }
    said
}
