//! What happened in games, as sentences and in the few words of stories.

use super::{amount_of, id_of, money, number, title};
use crate::outcome::GameNote;
use crate::program::Program;
use regulars_base::Name;

/// What people call a challenge, a badge, a level, a game, a draw or a cause.
fn called(program: &Program, name: Name) -> &str {
    let games = &program.games;
    let challenges = games.challenges.iter().map(|own| (own.name, &own.title));
    let badges = games.badges.iter().map(|own| (own.name, &own.title));
    let levels = games.levels.iter().map(|own| (own.name, &own.title));
    let boards = games.boards.iter().map(|own| (own.name, &own.title));
    let of_chance = games.games.iter().map(|own| (own.name, &own.title));
    let prizes = games.games.iter().flat_map(|game| &game.prizes);
    let prizes = prizes.map(|own| (own.name, &own.title));
    let draws = games.draws.iter().map(|own| (own.name, &own.title));
    let causes = games.causes.iter().map(|own| (own.name, &own.title));
    challenges
        .chain(badges)
        .chain(levels)
        .chain(boards)
        .chain(of_chance)
        .chain(prizes)
        .chain(draws)
        .chain(causes)
        .find(|(own, _)| *own == name)
        .map_or("something of an earlier program", |(_, title)| title)
}

/// What a step of a challenge is called, and how much of it is needed.
fn step_of(program: &Program, challenge: Name, step: u8) -> (&str, i64) {
    let rule = program.games.challenge(challenge);
    let step = rule.and_then(|rule| rule.steps.get(usize::from(step)));
    step.map_or(("a step", 0), |step| (step.title.as_str(), step.need))
}

/// A note as a sentence.
pub(super) fn note(program: &Program, note: &GameNote) -> String {
    let called = |name: &Name| called(program, *name);
    let of = |points: &Name, n: &i64| amount_of(program, *points, *n);
    match note {
        GameNote::Counted {
            challenge,
            step,
            by,
            now,
        } => {
            let (title, need) = step_of(program, *challenge, *step);
            format!(
                "{}: {by:+} for {title}, {now} of {need} now",
                called(challenge)
            )
        }
        GameNote::Streak {
            challenge,
            length,
            freezes,
        } => {
            let rule = program.games.challenge(*challenge);
            let times = rule.and_then(|rule| rule.streak).map_or(0, |own| own.times);
            let may = match freezes {
                0 => String::new(),
                1 => ", one more may be missed".to_owned(),
                more => format!(", {more} more may be missed"),
            };
            format!("{}: {length} of {times} in a row{may}", called(challenge))
        }
        GameNote::Met {
            challenge,
            times: 1,
        } => format!("{} is met", called(challenge)),
        GameNote::Met { challenge, times } => {
            format!("{} is met for the {times}. time", called(challenge))
        }
        GameNote::Unmet { challenge, .. } => format!(
            "{} is not met any more, as what it counted came back",
            called(challenge)
        ),
        GameNote::Joined { challenge } => format!("takes part in {}", called(challenge)),
        GameNote::GavePoints { by, points, amount } => {
            format!("{} gives {}", called(by), of(points, amount))
        }
        GameNote::GaveReward { by, reward } => {
            format!("{} gives {}", called(by), title(program, *reward))
        }
        GameNote::TookReward { by, reward } => format!(
            "{}: {} is taken back, as what it was for came back",
            called(by),
            title(program, *reward)
        ),
        GameNote::Badge { badge } => format!("badge {}", called(badge)),
        GameNote::Level { level } => format!("level {} is reached", called(level)),
        GameNote::Plays { game, by, left } => {
            let plays = if by.abs() == 1 { "play" } else { "plays" };
            format!("{}: {by:+} {plays}, {left} in hand", called(game))
        }
        GameNote::PaidPlay {
            game,
            points,
            amount,
        } => format!("{}: paid with {}", called(game), of(points, amount)),
        GameNote::Played {
            game,
            roll,
            whole,
            drawn,
            given,
        } => {
            let came = match (drawn, given) {
                (None, _) => "nothing this time".to_owned(),
                (Some(drawn), None) => format!("{}, of which none is left", called(drawn)),
                (Some(drawn), Some(given)) if drawn == given => called(given).to_owned(),
                (Some(drawn), Some(given)) => {
                    format!("{}, as no {} is left", called(given), called(drawn))
                }
            };
            format!("{}: number {roll} of {whole}, {came}", called(game))
        }
        GameNote::Tickets { draw, by, now } => {
            let tickets = if by.abs() == 1 { "ticket" } else { "tickets" };
            format!("{}: {by:+} {tickets}, {now} now", called(draw))
        }
        GameNote::Donated {
            cause,
            points,
            amount,
            worth,
            matched,
        } => {
            let (points, worth) = (of(points, amount), money(program, *worth));
            let more = match matched {
                0 => String::new(),
                more => format!(", and {} are added", money(program, *more)),
            };
            format!("{points} for {}: {worth}{more}", called(cause))
        }
        GameNote::ForTeam {
            challenge,
            step,
            by,
            ..
        } => format!(
            "{}: {by:+} for {}, with the team",
            called(challenge),
            step_of(program, *challenge, *step).0
        ),
        GameNote::TeamCounted {
            challenge,
            step,
            by,
            now,
            ..
        } => {
            let (title, need) = step_of(program, *challenge, *step);
            let rule = program.games.challenge(*challenge);
            match rule.and_then(|rule| rule.streak) {
                Some(streak) => format!(
                    "{}: {by:+} for {title} by one of the team, {now} of {} in a row now",
                    called(challenge),
                    streak.times
                ),
                None => format!(
                    "{}: {by:+} for {title} by one of the team, {now} of {need} now",
                    called(challenge)
                ),
            }
        }
        GameNote::TookPart {
            challenge,
            reached: true,
            ..
        } => format!("{}: somebody took part, and is told", called(challenge)),
        GameNote::TookPart { challenge, .. } => format!(
            "{}: somebody is told that too little of it is left",
            called(challenge)
        ),
        GameNote::TeamReached { challenge, .. } => {
            format!("{}: the team did it", called(challenge))
        }
        GameNote::TeamUndone { challenge, .. } => format!(
            "{}: of what the team did too little is left",
            called(challenge)
        ),
        GameNote::Placed {
            contest,
            place,
            alternate,
        } => {
            let stands_in = if *alternate { ", standing in" } else { "" };
            format!("{}: place {place}{stands_in}", called(contest))
        }
    }
}

/// A note in a few words, with ids as the program file writes them.
pub(super) fn short(program: &Program, note: &GameNote) -> String {
    let id = |name: &Name| id_of(program, *name);
    let of = |points: &Name, n: &i64| super::short::of(program, *points, *n);
    match note {
        GameNote::Counted {
            challenge,
            step,
            by,
            now,
        } => format!("challenge {}: {}. {by:+} = {now}", id(challenge), step + 1),
        GameNote::Streak {
            challenge, length, ..
        } => format!("challenge {}: {length} in a row", id(challenge)),
        GameNote::Met { challenge, .. } => format!("challenge {}: met", id(challenge)),
        GameNote::Unmet { challenge, .. } => format!("challenge {}: undone", id(challenge)),
        GameNote::Joined { challenge } => format!("challenge {}: joined", id(challenge)),
        GameNote::GavePoints { by, points, amount } => {
            format!("{} -> {}", id(by), of(points, amount))
        }
        GameNote::GaveReward { by, reward } => format!("{} -> {}", id(by), id(reward)),
        GameNote::TookReward { by, reward } => format!("{}: {} taken back", id(by), id(reward)),
        GameNote::Badge { badge } => format!("badge {}", id(badge)),
        GameNote::Level { level } => format!("level {}", id(level)),
        GameNote::Plays { game, by, left } => format!("game {}: {by:+} = {left}", id(game)),
        GameNote::PaidPlay {
            game,
            points,
            amount,
        } => format!("{}: paid {}", id(game), of(points, amount)),
        GameNote::Played {
            game, drawn, given, ..
        } => {
            let named = |name: &Option<Name>| name.as_ref().map_or("nothing", id);
            match drawn == given {
                true => format!("game {}: {}", id(game), named(given)),
                false => format!(
                    "game {}: {} instead of {}",
                    id(game),
                    named(given),
                    named(drawn)
                ),
            }
        }
        GameNote::Tickets { draw, by, now } => format!("draw {}: {by:+} = {now}", id(draw)),
        GameNote::Donated {
            cause,
            points,
            amount,
            worth,
            matched,
        } => {
            let of_money = |minor: &i64| number(program.currency.exponent(), *minor);
            let more = match matched {
                0 => String::new(),
                more => format!(" + {}", of_money(more)),
            };
            let worth = of_money(worth);
            format!(
                "cause {}: {} = {worth}{more}",
                id(cause),
                of(points, amount)
            )
        }
        GameNote::Placed { contest, place, .. } => format!("{}: place {place}", id(contest)),
        GameNote::ForTeam {
            challenge,
            step,
            by,
            ..
        } => format!(
            "challenge {}: {}. {by:+} for the team",
            id(challenge),
            step + 1
        ),
        GameNote::TeamCounted {
            challenge,
            step,
            by,
            now,
            ..
        } => format!("team {}: {}. {by:+} = {now}", id(challenge), step + 1),
        GameNote::TookPart {
            challenge,
            reached: true,
            ..
        } => format!("team {}: told", id(challenge)),
        GameNote::TookPart { challenge, .. } => format!("team {}: told undone", id(challenge)),
        GameNote::TeamReached { challenge, .. } => format!("team {}: done", id(challenge)),
        GameNote::TeamUndone { challenge, .. } => {
            format!("team {}: not enough left", id(challenge))
        }
    }
}
