//! How much somebody does for the shop beside paying: a score from 0 to 100, in parts that are each said.
//!
//! *Ana bought eight times in a year, was here last week, sent two friends who bought, wrote three reviews and
//! answered a survey: 16 for her orders, 10 for having been here, 20 for her friends, 10 for what she did.*
//!
//! It is a figure like any other: segments ask for it as `score("advocate")`.

use crate::Figures;
use regulars_engine::Program;
use regulars_engine::program::condition::figure::{Named, Plain, WINDOWS};
use regulars_engine::state::Wallet;

/// What segments call it.
pub const ADVOCATE: &str = "advocate";
/// The highest score.
pub const ADVOCACY_MOST: i64 = 100;

/// The windows that it looks at, by their places: 30, 90 and 365 days.
const MONTH: u8 = 1;
const QUARTER: u8 = 2;
const YEAR: u8 = WINDOWS.len() as u8 - 1;

/// For each order of a year so much, and at most so much for all.
const ORDERS: (i64, i64) = (2, 20);
/// For each friend who bought.
const REFERRALS: (i64, i64) = (10, 30);
/// For each challenge that was met.
const CHALLENGES: (i64, i64) = (2, 10);
/// For an order within 30, 90 and 365 days.
const RECENCY: [(u8, i64); 3] = [(MONTH, 10), (QUARTER, 6), (YEAR, 3)];
/// For all that was done beside buying, by its weights.
const ACTIONS_MOST: i64 = 30;
/// The name in the weights of the program that means a friend who came, which is a part of its own.
const FRIEND: &str = "referral";

/// A part of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdvocacyPart {
    /// How many orders in a year.
    Orders,
    /// How long ago the last of them was.
    Recency,
    /// How many friends bought.
    Referrals,
    /// What else they did in a year: reviews, answers to surveys, visits ..., by the weights of the program.
    Actions,
    /// How many challenges they met.
    Challenges,
}

impl AdvocacyPart {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Recency => "recency",
            Self::Referrals => "referrals",
            Self::Actions => "actions",
            Self::Challenges => "challenges",
        }
    }
}

/// What a part comes to for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvocacyShare {
    /// Which part.
    pub part: AdvocacyPart,
    /// How often, or how many.
    pub times: i64,
    /// What that comes to.
    pub points: i64,
    /// The most that it can come to.
    pub most: i64,
}

/// Something that they did beside buying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvocacyAction {
    /// The activity's id.
    pub activity: String,
    /// How often in a year.
    pub times: i64,
    /// What one of them weighs.
    pub weight: i64,
}

/// What somebody comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advocacy {
    /// The score: the sum of all parts.
    pub score: i64,
    /// Part by part.
    pub parts: Vec<AdvocacyShare>,
    /// Of what the part of actions is made.
    pub actions: Vec<AdvocacyAction>,
}

/// What somebody with these figures and this wallet comes to.
pub fn advocacy(figures: &Figures, program: &Program, wallet: &Wallet) -> Advocacy {
    let share = |part, times: i64, (each, most): (i64, i64)| AdvocacyShare {
        part,
        times,
        points: times.saturating_mul(each).clamp(0, most),
        most,
    };
    let orders = figures.plain(Plain::Orders(YEAR)).unwrap_or(0);
    let friends = wallet.referral.as_ref().map_or(0, |own| own.bought);
    let games = wallet.games.iter().flat_map(|own| &own.challenges);
    let met = games.map(|own| own.done).sum();
    let actions = actions(figures, program);
    let done = actions
        .iter()
        .map(|own| own.times.saturating_mul(own.weight))
        .fold(0, i64::saturating_add);
    let parts = vec![
        share(AdvocacyPart::Orders, orders, ORDERS),
        recency(figures),
        share(AdvocacyPart::Referrals, friends, REFERRALS),
        AdvocacyShare {
            part: AdvocacyPart::Actions,
            times: actions.iter().map(|own| own.times).sum(),
            points: done.clamp(0, ACTIONS_MOST),
            most: ACTIONS_MOST,
        },
        share(AdvocacyPart::Challenges, met, CHALLENGES),
    ];
    Advocacy {
        score: parts.iter().map(|own| own.points).sum(),
        parts,
        actions,
    }
}

fn recency(figures: &Figures) -> AdvocacyShare {
    let bought = |window: u8| figures.plain(Plain::Orders(window)).unwrap_or(0) > 0;
    let found = RECENCY.iter().find(|(window, _)| bought(*window));
    AdvocacyShare {
        part: AdvocacyPart::Recency,
        times: i64::from(found.is_some()),
        points: found.map_or(0, |own| own.1),
        most: RECENCY[0].1,
    }
}

/// What they did beside buying, as far as it weighs something. What they only allow is none of it.
fn actions(figures: &Figures, program: &Program) -> Vec<AdvocacyAction> {
    let weights = program.insight.engagement.as_ref();
    let weight = |id: &str| match weights {
        None => 1,
        Some(weights) => {
            let own = weights.iter().find(|own| own.0 == id);
            own.map_or(0, |own| own.1)
        }
    };
    let allows = |id: &str| {
        program
            .activity(id)
            .is_some_and(|own| own.consent.is_some())
    };
    let done = figures
        .named
        .iter()
        .filter_map(|(named, times)| match named {
            Named::Activities(id, YEAR) => Some((id, *times)),
            _ => None,
        });
    done.filter(|(id, _)| id.as_str() != FRIEND && !allows(id))
        .map(|(id, times)| AdvocacyAction {
            activity: id.clone(),
            times,
            weight: weight(id),
        })
        .filter(|own| own.weight > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_engine::program::compile::compile;
    use regulars_engine::state::{Challenge, Games, Referral};

    const PROGRAM: &str = r#"
[program]
name     = "Café"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]

[activity.review]
"#;

    fn points(wallet: &Wallet, figures: &Figures) -> Vec<i64> {
        let (program, found) = compile(PROGRAM);
        let program = program.unwrap_or_else(|| panic!("{found:?}"));
        let own = advocacy(figures, &program, wallet);
        assert_eq!(
            own.score,
            own.parts.iter().map(|own| own.points).sum::<i64>()
        );
        own.parts.iter().map(|own| own.points).collect()
    }

    #[test]
    fn friends_and_challenges_are_told_of_the_wallet_and_each_part_has_a_most() {
        let mut wallet = Wallet::default();
        let mut figures = Figures::new(1000);
        assert_eq!(points(&wallet, &figures), [0; 5]);
        wallet.referral = Some(Box::new(Referral {
            joined: 9,
            bought: 2,
            ..Referral::default()
        }));
        let met = Challenge {
            challenge: regulars_base::Name::of("three"),
            period: 0,
            joined_at: None,
            counts: Vec::new(),
            hits: Vec::new(),
            runs: 0,
            freezes: 0,
            done: 3,
        };
        wallet.games = Some(Box::new(Games {
            challenges: vec![met],
            ..Games::default()
        }));
        figures.set(Plain::Orders(YEAR), Some(3));
        // Where the program weighs nothing, each activity counts one.
        figures.name(Named::Activities("review".into(), YEAR), 4);
        assert_eq!(points(&wallet, &figures), [6, 3, 20, 4, 6]);
        figures.set(Plain::Orders(QUARTER), Some(1));
        figures.set(Plain::Orders(YEAR), Some(80));
        assert_eq!(points(&wallet, &figures)[..2], [20, 6]);
    }
}
