//! The difference between two versions of a program, in words: what `regulars plan` says before a
//! merchant applies a file.

use super::Program;
use super::words::summary::{Aspect, Part, parts};

/// What is different in `new`, one sentence each, in the order of the manual. Empty if the two mean
/// the same, however their texts differ.
pub fn difference(old: &Program, new: &Program) -> Vec<String> {
    let (before, after) = (parts(old), parts(new));
    let mut said = Vec::new();
    for part in &after {
        match same(&before, part) {
            None => said.push(arrival(&before, &after, part)),
            Some(earlier) => changes(&mut said, earlier, part),
        }
    }
    for part in &before {
        if same(&after, part).is_none() {
            said.push(format!("{} is gone", part.title()));
        }
    }
    said.extend(moves(&before, &after));
    said
}

fn same<'a>(parts: &'a [Part], part: &Part) -> Option<&'a Part> {
    parts
        .iter()
        .find(|own| own.kind == part.kind && own.id == part.id)
}

/// `tier `gold` is new, between `silver` and `platinum`: takes ...`.
fn arrival(before: &[Part], after: &[Part], part: &Part) -> String {
    let sentence = part.sentence();
    let rest = sentence.strip_prefix(&part.title()).unwrap_or_default();
    let place = match part.kind {
        "tier" if before.iter().any(|own| own.kind == "tier") => neighbours(after, part),
        _ => String::new(),
    };
    format!("{} is new{place}{rest}", part.title())
}

fn neighbours(parts: &[Part], part: &Part) -> String {
    let tiers: Vec<&Part> = parts.iter().filter(|own| own.kind == part.kind).collect();
    let Some(at) = tiers.iter().position(|own| own.id == part.id) else {
        return String::new();
    };
    let below = at.checked_sub(1).and_then(|below| tiers.get(below));
    match (below, tiers.get(at + 1)) {
        (Some(below), Some(above)) => format!(", between `{}` and `{}`", below.id, above.id),
        (Some(below), None) => format!(", above `{}`", below.id),
        (None, Some(above)) => format!(", below `{}`", above.id),
        (None, None) => String::new(),
    }
}

/// What a part does otherwise than before.
fn changes(said: &mut Vec<String>, old: &Part, new: &Part) {
    let title = new.title();
    let earlier = |aspect: &Aspect| old.aspects.iter().find(|own| own.verb == aspect.verb);
    for Aspect { verb, what } in &new.aspects {
        let aspect = Aspect {
            verb: verb.clone(),
            what: what.clone(),
        };
        match earlier(&aspect) {
            Some(own) if own.what == *what => {}
            Some(own) => said.push(format!("{title}: {verb} {what} instead of {}", own.what)),
            None => said.push(format!("{title}: now {verb} {what}").trim_end().to_owned()),
        }
    }
    for own in &old.aspects {
        if !new.aspects.iter().any(|aspect| aspect.verb == own.verb) {
            let gone = format!("{title}: no longer {} {}", own.verb, own.what);
            said.push(gone.trim_end().to_owned());
        }
    }
}

/// Rules and tiers whose order matters and is another one.
fn moves(before: &[Part], after: &[Part]) -> Vec<String> {
    let order = |parts: &[Part], others: &[Part], kind: &str| -> Vec<String> {
        let kept = |part: &&Part| part.kind == kind && same(others, part).is_some();
        parts
            .iter()
            .filter(kept)
            .map(|part| format!("`{}`", part.id))
            .collect()
    };
    let moved = |kind: &str| {
        let (old, new) = (order(before, after, kind), order(after, before, kind));
        (old != new).then(|| format!("{kind}s stand in another order: {}", new.join(", ")))
    };
    ["rule", "tier"].into_iter().filter_map(moved).collect()
}
