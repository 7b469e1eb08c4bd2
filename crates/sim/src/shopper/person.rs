//! Who the members are, and how they shop.

use super::catalogue::{CATALOGUE, Product};
use super::dice::Dice;
use regulars_base::Text;

/// A member's profile: kept apart from what they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// First and last name.
    pub name: String,
    /// E-mail address, of a domain that nobody can own.
    pub email: String,
}

const FIRST: [&str; 24] = [
    "Ana", "Ben", "Cleo", "Dee", "Emil", "Finn", "Greta", "Hugo", "Ida", "Jona", "Kira", "Leo",
    "Mara", "Nils", "Oona", "Pia", "Quin", "Rosa", "Sami", "Tilda", "Uwe", "Vera", "Wim", "Yara",
];
const LAST: [&str; 20] = [
    "Albers", "Brandt", "Costa", "Dietz", "Ebert", "Fiedler", "Gruber", "Hansen", "Ivanova",
    "Jansen", "Kowalski", "Lindner", "Moreau", "Novak", "Okafor", "Peters", "Quast", "Rossi",
    "Silva", "Weber",
];

/// The profile of a member of the demo shop.
pub fn person(seed: u64, member: u32) -> Person {
    let mut dice = Dice::of(seed, &[1, u64::from(member)]);
    let (first, last) = (FIRST[dice.place(FIRST.len())], LAST[dice.place(LAST.len())]);
    let (small, family) = (first.to_lowercase(), last.to_lowercase());
    Person {
        name: format!("{first} {last}"),
        email: format!("{small}.{family}.{member}@example.org"),
    }
}

/// How a member shops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habit {
    /// The day of the first order.
    pub(super) joins: i32,
    /// The first day on which they do not come any more.
    pub(super) leaves: i32,
    /// They ask to join, instead of being enrolled by their first order.
    pub(super) asks_to_join: bool,
    /// Of a thousand days, on how many they buy.
    pub(super) pace: u64,
    /// Of a hundred orders, how many on the web.
    pub(super) web: u64,
    favourite: usize,
    store: u64,
}

impl Habit {
    pub(super) fn of(seed: u64, member: u32, days: i32) -> Self {
        let mut dice = Dice::of(seed, &[0, u64::from(member)]);
        let span = u64::from(days.unsigned_abs());
        let day = |drawn: u64| i32::try_from(drawn).unwrap_or(i32::MAX);
        let joins = day(dice.below(span * 4 / 5 + 1));
        // One in three leaves, after a month at the earliest.
        let stays = 30 + dice.below(span + 1);
        let leaves = if dice.below(3) == 0 {
            joins.saturating_add(day(stays))
        } else {
            i32::MAX
        };
        // Most come now and then, some every other day.
        let pace = match dice.below(10) {
            0 => 300 + dice.below(400),
            1..=3 => 80 + dice.below(150),
            _ => 8 + dice.below(50),
        };
        Self {
            joins,
            leaves,
            asks_to_join: dice.below(3) > 0,
            pace,
            web: if dice.below(4) == 0 { 40 } else { 2 },
            favourite: dice.place(CATALOGUE.len()),
            store: 1 + dice.below(3),
        }
    }

    pub(super) fn store(self) -> Text {
        Text::new(format!("store-{}", self.store)).expect("plain letters are a text")
    }

    /// Half of the time the favourite, if it can be had there.
    pub(super) fn product(self, dice: &mut Dice, web: bool) -> &'static Product {
        let favourite = &CATALOGUE[self.favourite];
        if dice.below(2) == 0 && (favourite.sent || !web) {
            return favourite;
        }
        loop {
            let product = &CATALOGUE[dice.place(CATALOGUE.len())];
            // Gift cards and deposits are rare.
            let rare = matches!(product.category, "gift-card" | "deposit");
            if (product.sent || !web) && (!rare || dice.below(6) == 0) {
                return product;
            }
        }
    }
}
