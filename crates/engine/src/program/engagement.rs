//! What members tell of themselves, and the days that come by themselves.

use regulars_base::{CivilDay, Name, Span};

/// Fields of a member's profile that count once each.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Their ids and names, in the order of the file.
    pub fields: Vec<(String, Name)>,
}

/// What the program makes of birthdays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthdayRule {
    /// How often members may correct theirs.
    pub change: BirthdayChange,
    /// It must have been known for so many days; else its gift comes in the next year.
    pub notice_days: i32,
    /// The gift comes so many days before it.
    pub early_days: i32,
    /// Those who are born on 29 February have it on 1 March in other years, not on 28 February.
    pub leap_in_march: bool,
}

/// How often members may correct their birthday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BirthdayChange {
    /// Never: what was said first stands.
    #[default]
    Never,
    /// Once.
    Once,
    /// Once a year.
    Yearly,
    /// Whenever they like.
    Ever,
}

/// Two gifts for birthdays are at least so many days apart, whatever the birthday is changed to.
pub const BIRTHDAY_APART_DAYS: i32 = 360;

impl BirthdayRule {
    /// The first gift day from `from` on, for a birthday on this month and day.
    pub(crate) fn gift_day(&self, (month, day): (u8, u8), from: CivilDay) -> CivilDay {
        let year = from.year_month_day().0;
        let gift = |year: i16| {
            self.birthday(year, (month, day))
                .plus_days(-self.early_days)
        };
        let mut years = (-1..=1).map(|more| gift(year.saturating_add(more)));
        years
            .find(|day| *day >= from)
            .unwrap_or_else(|| gift(year.saturating_add(2)))
    }

    /// The birthday in a year.
    fn birthday(&self, year: i16, (month, day): (u8, u8)) -> CivilDay {
        let (month, day) = (
            i8::try_from(month).unwrap_or(1),
            i8::try_from(day).unwrap_or(1),
        );
        let leap = CivilDay::of(year, 3, 1).plus_days(-1).year_month_day().2 == 29;
        match (month, day) {
            (2, 29) if !leap && self.leap_in_march => CivilDay::of(year, 3, 1),
            (2, 29) if !leap => CivilDay::of(year, 2, 28),
            _ => CivilDay::of(year, month, day),
        }
    }

    /// How many days the nearest birthday is away, whether it was or will be.
    pub(crate) fn distance(&self, birthday: (u8, u8), day: CivilDay) -> i32 {
        let year = day.year_month_day().0;
        let days = (-1..=1).map(|more| {
            let birthday = self.birthday(year.saturating_add(more), birthday);
            (birthday.number() - day.number()).abs()
        });
        days.min().unwrap_or(i32::MAX)
    }
}

/// What waits for moderation lapses after so long, unless the file says otherwise.
pub(super) const LAPSES: Span = Span::Days(30);
