//! What sets a journey off on a day: birthdays, anniversaries, renewals, points about to lapse, and nothing at
//! all for a while.

use super::{Journey, Standing, Start};
use crate::Figures;
use regulars_base::{CivilDay, Timestamp};
use regulars_engine::Program;
use regulars_engine::outlook::{Figure, TierOutlook, Way};
use regulars_engine::program::Metric;
use regulars_engine::program::condition::figure::Plain;
use regulars_engine::state::Wallet;

/// A day that was missed, since no server ran, is made up for so many days later.
pub const GRACE_DAYS: i32 = 3;

/// What of a member days go by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// When they joined.
    pub joined: Option<CivilDay>,
    /// Month and day of their birthday.
    pub birthday: Option<(u8, u8)>,
    /// When their paid membership is renewed, or ends.
    pub renews: Option<CivilDay>,
    /// When points lapse, sorted.
    pub lapses: Vec<CivilDay>,
    /// When they bought last.
    pub last_order: Option<CivilDay>,
}

impl Dates {
    /// Those of a member.
    pub fn of(program: &Program, wallet: &Wallet, figures: &Figures) -> Self {
        let day = |at| program.zone.day(at);
        let birthday = wallet.engagement.as_ref().and_then(|own| own.birthday);
        let current = wallet.paying.as_ref();
        let current = current.and_then(|own| own.standing.current.as_ref());
        let lots = wallet.books.iter().flat_map(|book| book.lots.iter());
        let lots = lots.filter(|lot| lot.dates.expires_at < Timestamp::LAST && lot.points > 0);
        let mut lapses: Vec<CivilDay> = lots.map(|lot| day(lot.dates.expires_at)).collect();
        lapses.sort_unstable();
        lapses.dedup();
        let last = figures.plain(Plain::LastOrder);
        Self {
            joined: wallet.enrolled_at.map(day),
            birthday: birthday.map(|own| (own.month, own.day)),
            renews: current.map(|own| CivilDay::from_number(own.until)),
            lapses,
            last_order: last
                .and_then(|day| i32::try_from(day).ok())
                .map(CivilDay::from_number),
        }
    }
}

impl Start {
    /// The first day from `from` on on which it sets off by itself.
    fn day(&self, dates: &Dates, from: CivilDay) -> Option<CivilDay> {
        let not_before = |day: CivilDay| (day >= from).then_some(day);
        match self {
            Self::Birthday(before) => {
                let birthday = dates.birthday?;
                let each = years(from).map(|year| in_year(year, birthday));
                each.map(|day| day.plus_days(-before))
                    .find(|day| *day >= from)
            }
            Self::Anniversary(before) => {
                let joined = dates.joined?;
                let (first, month, day) = joined.year_month_day();
                let own = (month.unsigned_abs(), day.unsigned_abs());
                let each = years(from).filter(|year| *year > first);
                let mut each = each.map(|year| in_year(year, own).plus_days(-before));
                each.find(|day| *day >= from)
            }
            Self::Renewal(before) => not_before(dates.renews?.plus_days(-before)),
            Self::Expiry(before) => {
                let mut each = dates.lapses.iter().map(|day| day.plus_days(-before));
                each.find(|day| *day >= from)
            }
            Self::Inactivity(days) => not_before(dates.last_order?.plus_days(*days)),
            Self::Event(_) | Self::NearTier(_) | Self::Segment(_) | Self::Holds => None,
        }
    }
}

impl Journey {
    /// Whether a day sets it off for somebody: today, or one that was missed lately; not one before the
    /// journey was begun, and none that set it off already.
    pub fn starts_on(
        &self,
        dates: &Dates,
        (today, begun): (CivilDay, CivilDay),
        before: Option<&Standing>,
        program: &Program,
    ) -> bool {
        let entered = before.map(|own| program.zone.day(own.entered_at).plus_days(1));
        let from = today.plus_days(-GRACE_DAYS).max(begun);
        let from = entered.map_or(from, |day| day.max(from));
        let day = self.start.day(dates, from);
        day.is_some_and(|day| day <= today)
    }

    /// Whether what somebody is sets it off: little is missing to the next tier, or a condition holds.
    pub fn starts_as_is(&self, program: &Program, wallet: &Wallet, figures: &Figures) -> bool {
        match self.start {
            Start::NearTier(missing) => {
                let outlook = TierOutlook::of(program, wallet, wallet.clock);
                let next = outlook.and_then(|own| own.next);
                next.is_some_and(|next| !next.way.met && is_near(&next.way, missing, program))
            }
            Start::Holds => self.when.as_ref().is_some_and(|when| when.holds(figures)),
            _ => false,
        }
    }

    /// The next day after today on which it may be set off without anything happening.
    pub fn wakes_on(&self, dates: &Dates, today: CivilDay) -> Option<CivilDay> {
        self.start.day(dates, today.plus_days(1))
    }
}

/// Years in which a day from `from` on may lie.
fn years(from: CivilDay) -> impl Iterator<Item = i16> {
    let year = from.year_month_day().0;
    (0..=2).map(move |more| year.saturating_add(more))
}

/// A day of a year. Those of 29 February have theirs a day earlier in other years.
fn in_year(year: i16, (month, day): (u8, u8)) -> CivilDay {
    let leap = CivilDay::of(year, 3, 1).plus_days(-1).year_month_day().2 == 29;
    let day = if (month, day) == (2, 29) && !leap {
        28
    } else {
        day
    };
    CivilDay::of(
        year,
        i8::try_from(month).unwrap_or(1),
        i8::try_from(day).unwrap_or(1),
    )
}

/// Whether at most so much is missing of as many figures as are needed.
fn is_near(way: &Way, missing: i64, program: &Program) -> bool {
    let near = |figure: &&Figure| figure.missing() <= missing.saturating_mul(unit(figure, program));
    let figures = way.figures.iter().filter(near).count();
    let groups = way.groups.iter();
    let groups = groups.filter(|group| group.met || is_near(group, missing, program));
    figures + groups.count() >= way.need
}

/// How many of the smallest unit one of what people count is.
fn unit(figure: &Figure, program: &Program) -> i64 {
    let decimals = match figure.metric {
        Metric::Spend | Metric::Sold => program.currency.exponent(),
        Metric::Earned(name) | Metric::Balance(name) => {
            let points = program.points.iter().find(|own| own.name == name);
            points.map_or(0, |own| own.decimals)
        }
        _ => 0,
    };
    10_i64.saturating_pow(u32::from(decimals))
}
