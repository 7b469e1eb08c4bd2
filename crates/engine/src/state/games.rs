//! What a wallet holds of games: progress, badges, levels, plays, scores.

use regulars_base::{Name, Timestamp};
use serde::{Deserialize, Serialize};

/// All that a wallet holds of games.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Games {
    /// Challenges, by name and period.
    pub challenges: Vec<Challenge>,
    /// Badges, in the order in which they were given.
    pub badges: Vec<Badge>,
    /// The highest level of each ladder.
    pub levels: Vec<Level>,
    /// Plays that were earned and not used; below zero where a refund took one back that was.
    pub plays: Vec<(Name, i64)>,
    /// Figures on leaderboards, tickets of draws, money for causes.
    pub scores: Vec<Score>,
}

/// How far a challenge has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Which.
    pub challenge: Name,
    /// The number of the period, where it begins anew with each; else 0.
    pub period: i32,
    /// When the member joined it, if they did.
    pub joined_at: Option<Timestamp>,
    /// What was counted for each step.
    pub counts: Vec<i64>,
    /// What was counted in each period of a streak, by period.
    pub hits: Vec<(i32, i64)>,
    /// Runs of a streak whose periods are forgotten.
    pub runs: i64,
    /// Freezes that were given, less those used by runs that are forgotten.
    pub freezes: i64,
    /// How often it was met, and paid for.
    pub done: i64,
}

/// A badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// Which.
    pub badge: Name,
    /// When it was given.
    pub at: Timestamp,
}

/// The highest level of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The points of the ladder.
    pub points: Name,
    /// The threshold that was reached.
    pub at_least: i64,
    /// When.
    pub at: Timestamp,
}

/// A figure that members are compared by, or that is summed over all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The leaderboard, the draw, or the cause.
    pub board: Name,
    /// The number of the period; 0 where it counts for ever.
    pub period: i32,
    /// How much.
    pub figure: i64,
    /// Since when.
    pub at: Timestamp,
}

/// One thing that moves in games. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GameChange {
    /// The member takes part in a challenge from then on.
    Joined {
        /// Which.
        challenge: Name,
        /// When.
        at: Timestamp,
    },
    /// A step of a challenge was done so much more often (or less, below zero).
    Counted {
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
        /// The step's place.
        step: u8,
        /// By how much.
        by: i64,
    },
    /// The same for a period of a streak.
    Hit {
        /// The challenge.
        challenge: Name,
        /// The period of the streak.
        period: i32,
        /// By how much.
        by: i64,
    },
    /// Freezes of a streak were given (or taken back, below zero).
    Frozen {
        /// The challenge.
        challenge: Name,
        /// How many.
        by: i64,
    },
    /// A challenge was met so many times more (or less, below zero).
    Met {
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
        /// By how much.
        by: i64,
    },
    /// Periods of a streak that nothing depends on any more are dropped.
    HitsForgotten {
        /// The challenge.
        challenge: Name,
        /// Those before this one.
        before: i32,
        /// So many runs were in them.
        runs: i64,
        /// So many given freezes were used in them.
        freezes: i64,
    },
    /// A challenge is dropped: its period is long over.
    ChallengeForgotten {
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
    },
    /// A badge was given.
    BadgeGiven(Badge),
    /// A level was reached.
    LevelReached(Level),
    /// Plays of a game were earned (or used, or taken back, below zero).
    PlaysMoved {
        /// The game.
        game: Name,
        /// By how many.
        by: i64,
    },
    /// A figure moved.
    Scored {
        /// The leaderboard, the draw, or the cause.
        board: Name,
        /// The period.
        period: i32,
        /// By how much.
        by: i64,
        /// When.
        at: Timestamp,
    },
    /// A figure is dropped from the wallet: its period is long closed.
    ScoreForgotten {
        /// The leaderboard, the draw, or the cause.
        board: Name,
        /// The period.
        period: i32,
    },
    /// A merged member's challenge comes in.
    ChallengeCame(Challenge),
    /// All but closed figures leave for another wallet.
    Left,
}

impl Games {
    /// A challenge, if there is progress.
    pub fn challenge(&self, name: Name, period: i32) -> Option<&Challenge> {
        let place = self.place(name, period).ok()?;
        self.challenges.get(place)
    }

    /// Plays of a game in hand.
    pub fn plays(&self, game: Name) -> i64 {
        let own = self.plays.iter().find(|(own, _)| *own == game);
        own.map_or(0, |(_, left)| *left)
    }

    /// A figure.
    pub fn score(&self, board: Name, period: i32) -> i64 {
        let own = |score: &&Score| (score.board, score.period) == (board, period);
        self.scores.iter().find(own).map_or(0, |score| score.figure)
    }

    /// Whether the badge was given.
    pub fn has_badge(&self, badge: Name) -> bool {
        self.badges.iter().any(|own| own.badge == badge)
    }

    fn place(&self, name: Name, period: i32) -> Result<usize, usize> {
        let key = |own: &Challenge| (own.challenge, own.period);
        self.challenges.binary_search_by_key(&(name, period), key)
    }

    fn challenge_mut(&mut self, name: Name, period: i32) -> &mut Challenge {
        let place = self.place(name, period).unwrap_or_else(|place| {
            let fresh = Challenge {
                challenge: name,
                period,
                joined_at: None,
                counts: Vec::new(),
                hits: Vec::new(),
                runs: 0,
                freezes: 0,
                done: 0,
            };
            self.challenges.insert(place, fresh);
            place
        });
        &mut self.challenges[place]
    }

    /// Moves what is held by one change.
    pub(super) fn apply(&mut self, change: &GameChange) {
        match change {
            GameChange::Joined { challenge, at } => {
                self.challenge_mut(*challenge, 0).joined_at = Some(*at);
            }
            GameChange::Counted {
                challenge,
                period,
                step,
                by,
            } => {
                let own = self.challenge_mut(*challenge, *period);
                add_at(&mut own.counts, usize::from(*step), *by);
            }
            GameChange::Hit {
                challenge,
                period,
                by,
            } => self.challenge_mut(*challenge, 0).hit(*period, *by),
            GameChange::Frozen { challenge, by } => self.challenge_mut(*challenge, 0).freezes += by,
            GameChange::Met {
                challenge,
                period,
                by,
            } => self.challenge_mut(*challenge, *period).done += by,
            GameChange::HitsForgotten {
                challenge,
                before,
                runs,
                freezes,
            } => {
                let own = self.challenge_mut(*challenge, 0);
                own.hits.retain(|(period, _)| period >= before);
                own.runs += runs;
                own.freezes -= freezes;
            }
            GameChange::ChallengeForgotten { challenge, period } => self
                .challenges
                .retain(|own| (own.challenge, own.period) != (*challenge, *period)),
            GameChange::ChallengeCame(came) => self.take_in(came),
            change => self.apply_more(change),
        }
    }

    fn apply_more(&mut self, change: &GameChange) {
        match change {
            GameChange::BadgeGiven(badge) => self.badges.push(*badge),
            GameChange::LevelReached(level) => {
                self.levels.retain(|own| own.points != level.points);
                self.levels.push(*level);
            }
            GameChange::PlaysMoved { game, by } => {
                match self.plays.iter_mut().find(|(own, _)| own == game) {
                    Some((_, left)) => *left += by,
                    None => self.plays.push((*game, *by)),
                }
                self.plays.retain(|(_, left)| *left != 0);
            }
            GameChange::Scored {
                board,
                period,
                by,
                at,
            } => {
                let own = |score: &&mut Score| (score.board, score.period) == (*board, *period);
                match self.scores.iter_mut().find(own) {
                    Some(score) => {
                        score.figure += by;
                        score.at = *at;
                    }
                    None => self.scores.push(Score {
                        board: *board,
                        period: *period,
                        figure: *by,
                        at: *at,
                    }),
                }
            }
            GameChange::ScoreForgotten { board, period } => self
                .scores
                .retain(|own| (own.board, own.period) != (*board, *period)),
            GameChange::Left => {
                let scores = std::mem::take(&mut self.scores);
                *self = Self {
                    scores,
                    ..Self::default()
                };
            }
            _ => {}
        }
    }

    /// What two members did adds up; what both were paid for once was paid for.
    fn take_in(&mut self, came: &Challenge) {
        let own = self.challenge_mut(came.challenge, came.period);
        for (step, by) in came.counts.iter().enumerate() {
            add_at(&mut own.counts, step, *by);
        }
        for (period, by) in &came.hits {
            own.hit(*period, *by);
        }
        own.runs += came.runs;
        own.freezes += came.freezes;
        own.done += came.done;
        own.joined_at = match (own.joined_at, came.joined_at) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
    }
}

impl Challenge {
    fn hit(&mut self, period: i32, by: i64) {
        match self.hits.binary_search_by_key(&period, |(own, _)| *own) {
            Ok(place) => {
                self.hits[place].1 += by;
                if self.hits[place].1 == 0 {
                    self.hits.remove(place);
                }
            }
            Err(place) => self.hits.insert(place, (period, by)),
        }
    }
}

pub(super) fn add_at(counts: &mut Vec<i64>, place: usize, by: i64) {
    if counts.len() <= place {
        counts.resize(place + 1, 0);
    }
    counts[place] += by;
}
