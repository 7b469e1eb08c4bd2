//! What happened in games, as sentences and in the few words of stories.

use super::language::{plural, say, word};
use super::{Reader, id_of, number};
use crate::outcome::GameNote;
use crate::program::Program;
use regulars_base::Name;

/// What people call a challenge, a badge, a level, a game, a draw or a cause.
fn called(reader: Reader<'_>, name: Name) -> &str {
    let games = &reader.program.games;
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
        .map_or_else(
            || word!(reader, "something of an earlier program"),
            |(_, title)| title,
        )
}

/// What a step of a challenge is called, and how much of it is needed.
fn step_of(reader: Reader<'_>, challenge: Name, step: u8) -> (&str, i64) {
    let rule = reader.program.games.challenge(challenge);
    let step = rule.and_then(|rule| rule.steps.get(usize::from(step)));
    step.map_or_else(
        || (word!(reader, "a step"), 0),
        |step| (step.title.as_str(), step.need),
    )
}

/// A note as a sentence.
pub(super) fn note(reader: Reader<'_>, note: &GameNote) -> String {
    let called = |name: &Name| called(reader, *name);
    let of = |points: &Name, n: &i64| reader.of(*points, *n);
    match note {
        GameNote::Counted {
            challenge,
            step,
            by,
            now,
        } => {
            let (title, need) = step_of(reader, *challenge, *step);
            say!(
                reader,
                "{challenge}: {by} for {title}, {now} of {need} now",
                challenge = called(challenge),
                by = format_args!("{by:+}"),
                title,
                now,
                need
            )
        }
        GameNote::Streak {
            challenge,
            length,
            freezes,
        } => {
            let rule = reader.program.games.challenge(*challenge);
            let times = rule.and_then(|rule| rule.streak).map_or(0, |own| own.times);
            let may = match freezes {
                0 => String::new(),
                1 => say!(reader, ", one more may be missed"),
                more => say!(reader, ", {more} more may be missed", more),
            };
            say!(
                reader,
                "{challenge}: {length} of {times} in a row{may}",
                challenge = called(challenge),
                length,
                times,
                may
            )
        }
        GameNote::Met {
            challenge,
            times: 1,
        } => say!(reader, "{challenge} is met", challenge = called(challenge)),
        GameNote::Met { challenge, times } => {
            say!(
                reader,
                "{challenge} is met for the {times}. time",
                challenge = called(challenge),
                times
            )
        }
        GameNote::Unmet { challenge, .. } => say!(
            reader,
            "{challenge} is not met any more, as what it counted came back",
            challenge = called(challenge)
        ),
        GameNote::Joined { challenge } => say!(
            reader,
            "takes part in {challenge}",
            challenge = called(challenge)
        ),
        GameNote::GavePoints { by, points, amount } => {
            say!(
                reader,
                "{by} gives {amount}",
                by = called(by),
                amount = of(points, amount)
            )
        }
        GameNote::GaveReward { by, reward } => {
            say!(
                reader,
                "{by} gives {reward}",
                by = called(by),
                reward = reader.title(*reward)
            )
        }
        GameNote::TookReward { by, reward } => say!(
            reader,
            "{by}: {reward} is taken back, as what it was for came back",
            by = called(by),
            reward = reader.title(*reward)
        ),
        GameNote::Badge { badge } => say!(reader, "badge {badge}", badge = called(badge)),
        GameNote::Level { level } => {
            say!(reader, "level {level} is reached", level = called(level))
        }
        GameNote::Plays { game, by, left } => {
            plural!(
                reader,
                by.abs(),
                "{game}: {by} play, {left} in hand",
                "{game}: {by} plays, {left} in hand",
                game = called(game),
                by = format_args!("{by:+}"),
                left,
            )
        }
        GameNote::PaidPlay {
            game,
            points,
            amount,
        } => say!(
            reader,
            "{game}: paid with {amount}",
            game = called(game),
            amount = of(points, amount)
        ),
        GameNote::Played {
            game,
            roll,
            whole,
            drawn,
            given,
        } => {
            let came = match (drawn, given) {
                (None, _) => say!(reader, "nothing this time"),
                (Some(drawn), None) => say!(
                    reader,
                    "{drawn}, of which none is left",
                    drawn = called(drawn)
                ),
                (Some(drawn), Some(given)) if drawn == given => called(given).to_owned(),
                (Some(drawn), Some(given)) => {
                    say!(
                        reader,
                        "{given}, as no {drawn} is left",
                        given = called(given),
                        drawn = called(drawn)
                    )
                }
            };
            say!(
                reader,
                "{game}: number {roll} of {whole}, {came}",
                game = called(game),
                roll,
                whole,
                came
            )
        }
        GameNote::Tickets { draw, by, now } => {
            plural!(
                reader,
                by.abs(),
                "{draw}: {by} ticket, {now} now",
                "{draw}: {by} tickets, {now} now",
                draw = called(draw),
                by = format_args!("{by:+}"),
                now,
            )
        }
        GameNote::Donated {
            cause,
            points,
            amount,
            worth,
            matched,
        } => {
            let (points, worth) = (of(points, amount), reader.money(*worth));
            let more = match matched {
                0 => String::new(),
                more => say!(
                    reader,
                    ", and {amount} are added",
                    amount = reader.money(*more)
                ),
            };
            say!(
                reader,
                "{points} for {cause}: {worth}{more}",
                points,
                cause = called(cause),
                worth,
                more
            )
        }
        GameNote::ForTeam {
            challenge,
            step,
            by,
            ..
        } => say!(
            reader,
            "{challenge}: {by} for {step}, with the team",
            challenge = called(challenge),
            by = format_args!("{by:+}"),
            step = step_of(reader, *challenge, *step).0
        ),
        GameNote::TeamCounted {
            challenge,
            step,
            by,
            now,
            ..
        } => {
            let (title, need) = step_of(reader, *challenge, *step);
            let rule = reader.program.games.challenge(*challenge);
            match rule.and_then(|rule| rule.streak) {
                Some(streak) => say!(
                    reader,
                    "{challenge}: {by} for {title} by one of the team, {now} of {times} in a row now",
                    challenge = called(challenge),
                    by = format_args!("{by:+}"),
                    title,
                    now,
                    times = streak.times
                ),
                None => say!(
                    reader,
                    "{challenge}: {by} for {title} by one of the team, {now} of {need} now",
                    challenge = called(challenge),
                    by = format_args!("{by:+}"),
                    title,
                    now,
                    need
                ),
            }
        }
        GameNote::TookPart {
            challenge,
            reached: true,
            ..
        } => say!(
            reader,
            "{challenge}: somebody took part, and is told",
            challenge = called(challenge)
        ),
        GameNote::TookPart { challenge, .. } => say!(
            reader,
            "{challenge}: somebody is told that too little of it is left",
            challenge = called(challenge)
        ),
        GameNote::TeamReached { challenge, .. } => {
            say!(
                reader,
                "{challenge}: the team did it",
                challenge = called(challenge)
            )
        }
        GameNote::TeamUndone { challenge, .. } => say!(
            reader,
            "{challenge}: of what the team did too little is left",
            challenge = called(challenge)
        ),
        GameNote::Placed {
            contest,
            place,
            alternate,
        } => {
            let stands_in = if *alternate {
                word!(reader, ", standing in")
            } else {
                ""
            };
            say!(
                reader,
                "{contest}: place {place}{stands_in}",
                contest = called(contest),
                place,
                stands_in
            )
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
