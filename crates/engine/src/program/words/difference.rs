//! The difference between two versions of a program, in words: what `regulars plan` says before a
//! merchant applies a file.

use super::language::{say, word};
use super::reader::Plain;
use super::summary::{Aspect, Part, parts};
use super::{Language, Reader};
use crate::program::Program;

/// What is different in `new`, one sentence each, in the order of the manual. Empty if the two mean
/// the same, however their texts differ.
pub fn difference(old: &Program, new: &Program, language: Language) -> Vec<String> {
    let said = |program| parts(Reader { program, language });
    let (before, after) = (said(old), said(new));
    let mut said = Vec::new();
    for part in &after {
        match same(&before, part) {
            None => said.push(arrival(&before, &after, part)),
            Some(earlier) => changes(&mut said, earlier, part),
        }
    }
    for part in &before {
        if same(&after, part).is_none() {
            said.push(say!(part, "{part} is gone", part = part.title()));
        }
    }
    said.extend(moves(&before, &after, language));
    said
}

fn same<'a>(parts: &'a [Part], part: &Part) -> Option<&'a Part> {
    parts
        .iter()
        .find(|own| own.kind == part.kind && own.id == part.id)
}

/// `tier `gold` is new, between `silver` and `platinum`: takes ...`.
fn arrival(before: &[Part], after: &[Part], part: &Part) -> String {
    let place = match part.kind {
        "tier" if before.iter().any(|own| own.kind == "tier") => neighbours(after, part),
        _ => String::new(),
    };
    let mut said = say!(part, "{part} is new{place}", part = part.title(), place);
    if !part.aspects.is_empty() {
        said += word!(part, ": ");
        said += &part.rest();
    }
    said
}

fn neighbours(parts: &[Part], part: &Part) -> String {
    let tiers: Vec<&Part> = parts.iter().filter(|own| own.kind == part.kind).collect();
    let Some(at) = tiers.iter().position(|own| own.id == part.id) else {
        return String::new();
    };
    let below = at.checked_sub(1).and_then(|below| tiers.get(below));
    let (below, above) = (
        below.map(|own| &own.id),
        tiers.get(at + 1).map(|own| &own.id),
    );
    match (below, above) {
        (Some(below), Some(above)) => {
            say!(part, ", between `{below}` and `{above}`", below, above)
        }
        (Some(below), None) => say!(part, ", above `{below}`", below),
        (None, Some(above)) => say!(part, ", below `{above}`", above),
        (None, None) => String::new(),
    }
}

/// What a part does otherwise than before.
fn changes(said: &mut Vec<String>, old: &Part, new: &Part) {
    let title = new.title();
    let earlier = |aspect: &Aspect| old.aspects.iter().find(|own| own.verb == aspect.verb);
    for aspect in &new.aspects {
        let line = new.line(aspect);
        match earlier(aspect) {
            Some(own) if own.what == aspect.what => {}
            Some(own) => {
                let what = &own.what;
                said.push(say!(
                    new,
                    "{title}: {line} instead of {what}",
                    title,
                    line,
                    what
                ));
            }
            None => said.push(say!(new, "{title}: now {line}", title, line)),
        }
    }
    for own in &old.aspects {
        if !new.aspects.iter().any(|aspect| aspect.verb == own.verb) {
            let line = old.line(own);
            said.push(say!(new, "{title}: no longer {line}", title, line));
        }
    }
}

/// Rules and tiers whose order matters and is another one.
fn moves(before: &[Part], after: &[Part], language: Language) -> Vec<String> {
    let reader = &Plain { language };
    let order = |parts: &[Part], others: &[Part], kind: &str| -> Vec<String> {
        let kept = |part: &&Part| part.kind == kind && same(others, part).is_some();
        let kept = parts.iter().filter(kept);
        kept.map(|part| format!("`{}`", part.id)).collect()
    };
    let moved = |kind: &str| {
        let (old, new) = (order(before, after, kind), order(after, before, kind));
        (old != new).then(|| new.join(word!(reader, ", ")))
    };
    let rules = moved("rule");
    let rules = rules.map(|all| say!(reader, "rules stand in another order: {all}", all));
    let tiers = moved("tier");
    let tiers = tiers.map(|all| say!(reader, "tiers stand in another order: {all}", all));
    rules.into_iter().chain(tiers).collect()
}
