//! What games count of events: steps of challenges, plays, tickets, badges.

use super::condition::Condition;
use super::{
    BadgeRule, BoardRule, CauseRule, ChallengeRule, DrawRule, GameRule, LevelRule, Limit, StampFor,
    Trigger,
};
use regulars_base::{Name, Timestamp};

/// All that a program has of games. Empty, it costs an event nothing but the look whether it is.
#[derive(Clone, Debug, Default)]
pub struct GameRules {
    /// What is counted of events, in the order of the file.
    pub tallies: Vec<Tally>,
    /// Challenges.
    pub challenges: Vec<ChallengeRule>,
    /// Badges.
    pub badges: Vec<BadgeRule>,
    /// Levels, those of each kind of points by ascending threshold.
    pub levels: Vec<LevelRule>,
    /// Leaderboards.
    pub boards: Vec<BoardRule>,
    /// Games of chance.
    pub games: Vec<GameRule>,
    /// Prize draws.
    pub draws: Vec<DrawRule>,
    /// Causes that points are given to.
    pub causes: Vec<CauseRule>,
}

/// Something that is counted of events. An order remembers by the tally's name how much of it was
/// counted, so that a refund takes that back.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Its name in records of orders.
    pub name: Name,
    /// What it listens to.
    pub on: Trigger,
    /// When it counts. A condition that names a line is asked for each line.
    pub when: Option<Condition>,
    /// What counts once.
    pub each: StampFor,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// The lowest tier for which it counts, by its place.
    pub tier: Option<u16>,
    /// Where it is counted.
    pub towards: Towards,
}

/// Where a tally is counted, by places in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Towards {
    /// A step of a challenge.
    Step {
        /// The challenge.
        challenge: u16,
        /// The step.
        step: u8,
    },
    /// Freezes for the streak of a challenge.
    Freezes(u16),
    /// Plays of a game.
    Plays(u16),
    /// Tickets of a draw.
    Tickets(u16),
    /// A badge.
    Badge(u16),
}

impl GameRules {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tallies.is_empty()
            && self.levels.is_empty()
            && self.boards.is_empty()
            && self.games.is_empty()
            && self.draws.is_empty()
            && self.causes.is_empty()
    }

    /// The challenge of this name.
    pub fn challenge(&self, name: Name) -> Option<&ChallengeRule> {
        self.challenges.iter().find(|own| own.name == name)
    }

    /// Whether members share the stock of a prize, or what a merchant adds to a cause.
    pub(crate) fn has_shared(&self) -> bool {
        let mut prizes = self.games.iter().flat_map(|game| &game.prizes);
        prizes.any(|prize| prize.stock.is_some())
            || self.causes.iter().any(|cause| cause.matched.is_some())
    }

    /// What each limit of a game or a draw is.
    pub(crate) fn limits(&self) -> impl Iterator<Item = &Limit> {
        let of_games = self.games.iter().flat_map(|game| &game.limits);
        of_games.chain(self.draws.iter().flat_map(|draw| &draw.limits))
    }

    /// What each thing is called: name and id.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (Name, &String)> {
        let challenges = self.challenges.iter().map(|own| (own.name, &own.id));
        let badges = self.badges.iter().map(|own| (own.name, &own.id));
        let levels = self.levels.iter().map(|own| (own.name, &own.id));
        let boards = self.boards.iter().map(|own| (own.name, &own.id));
        let games = self.games.iter().map(|own| (own.name, &own.id));
        let prizes = self.games.iter().flat_map(|game| &game.prizes);
        let prizes = prizes.map(|own| (own.name, &own.id));
        let draws = self.draws.iter().map(|own| (own.name, &own.id));
        let causes = self.causes.iter().map(|own| (own.name, &own.id));
        challenges
            .chain(badges)
            .chain(levels)
            .chain(boards)
            .chain(games)
            .chain(prizes)
            .chain(draws)
            .chain(causes)
    }

    /// What each thing is called in states and records, in words.
    pub(crate) fn names(&self) -> Vec<String> {
        let of = |kind: &str, id: &String| format!("{kind} {id}");
        let mut names: Vec<String> = Vec::new();
        names.extend(self.challenges.iter().map(|own| of("challenge", &own.id)));
        names.extend(self.badges.iter().map(|own| of("badge", &own.id)));
        names.extend(self.levels.iter().map(|own| of("level", &own.id)));
        names.extend(self.boards.iter().map(|own| of("leaderboard", &own.id)));
        names.extend(self.games.iter().map(|own| of("game", &own.id)));
        for game in &self.games {
            let prizes = game.prizes.iter();
            names.extend(prizes.map(|own| format!("game {}: {}", game.id, own.id)));
        }
        names.extend(self.draws.iter().map(|own| of("draw", &own.id)));
        names.extend(self.causes.iter().map(|own| of("cause", &own.id)));
        names
    }
}
