//! Service levels of cases: until when one is answered and solved, by the hours in which somebody works.
//!
//! *A complaint comes on Friday at five to five, and the shop works from nine to five on weekdays. With four
//! hours for a first answer it is due on Monday at five to one, not on Friday night.*

use crate::sending::on_the_wall;
use regulars_base::{CivilDay, Timestamp, Zone};

const MINUTE_MICROS: i64 = 60_000_000;
/// So many days are looked at: whoever works a minute a week still comes to an end.
const DAYS_MOST: i32 = 3660;

/// The hours in which somebody works, by the clock on the shop's wall: for each day of the week, from Monday on,
/// the first minute and the first that is no longer one; nothing on days off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusinessHours(pub [Option<(u16, u16)>; 7]);

impl BusinessHours {
    /// Whether anybody ever works; if not, the clock never stands still.
    fn any(&self) -> bool {
        self.0.iter().flatten().any(|(from, until)| from < until)
    }

    /// From when to when somebody works on a day.
    fn on(&self, day: CivilDay, zone: &Zone) -> Option<(Timestamp, Timestamp)> {
        let (from, until) = self.0[usize::from(day.weekday())]?;
        let (from, until) = (on_the_wall(zone, day, from), on_the_wall(zone, day, until));
        (from < until).then_some((from, until))
    }

    /// The moment at which so many minutes of work are over, from a moment on.
    pub fn after(&self, from: Timestamp, minutes: u32, zone: &Zone) -> Timestamp {
        let mut left = i64::from(minutes) * MINUTE_MICROS;
        if !self.any() {
            return from.plus_micros(left);
        }
        let mut day = zone.day(from);
        let last = day.plus_days(DAYS_MOST);
        while day < last {
            if let Some((begin, end)) = self.on(day, zone) {
                let begin = begin.max(from);
                let there = (end.micros() - begin.micros()).max(0);
                if there >= left && end > begin {
                    return begin.plus_micros(left);
                }
                left -= there;
            }
            day = day.plus_days(1);
        }
        zone.start_of(last)
    }

    /// How many whole minutes of work there are between two moments.
    pub fn minutes(&self, from: Timestamp, until: Timestamp, zone: &Zone) -> i64 {
        let span = |from: Timestamp, until: Timestamp| (until.micros() - from.micros()).max(0);
        if !self.any() {
            return span(from, until) / MINUTE_MICROS;
        }
        let (mut day, mut micros) = (zone.day(from), 0);
        let last = zone.day(until).min(day.plus_days(DAYS_MOST));
        while day <= last {
            if let Some((begin, end)) = self.on(day, zone) {
                micros += span(begin.max(from), end.min(until));
            }
            day = day.plus_days(1);
        }
        micros / MINUTE_MICROS
    }
}

/// The value in the middle; of two, the lower.
pub fn median(mut all: Vec<i64>) -> Option<i64> {
    all.sort_unstable();
    let last = all.len().checked_sub(1)?;
    Some(all[last / 2])
}

/// What somebody wrote in a letter, without what they quoted of ours: a mail program puts that below a line that
/// says who wrote when, or behind marks.
pub fn unquoted(text: &str) -> String {
    let mut own: Vec<&str> = Vec::new();
    for line in text.lines() {
        let marks = ["-----Original", "-----Ursprüngliche", "________________"];
        if marks.iter().any(|mark| line.trim_start().starts_with(mark)) {
            break;
        }
        own.push(line.trim_end());
    }
    // From the end: quoted lines, empty ones, and the line that introduces them.
    let is_quoted = |line: &&str| line.starts_with('>');
    if let Some(first) = own.iter().position(is_quoted) {
        let rest = own[first..]
            .iter()
            .all(|line| is_quoted(line) || line.trim().is_empty());
        if rest {
            own.truncate(first);
            while own.last().is_some_and(|line| line.trim().is_empty()) {
                own.pop();
            }
            if own
                .last()
                .is_some_and(|line| line.trim_end().ends_with(':'))
            {
                own.pop();
            }
        }
    }
    own.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("is a moment")
    }

    fn weekdays() -> BusinessHours {
        let day = Some((9 * 60, 17 * 60));
        BusinessHours([day, day, day, day, day, None, None])
    }

    #[test]
    fn a_case_is_due_when_its_hours_of_work_are_over() {
        let berlin = Zone::new("Europe/Berlin").expect("is known");
        let cases = [
            // A Friday in winter, five to five in Berlin: four hours, of which five minutes are left today.
            ("2025-03-07T15:55:00Z", 240, "2025-03-10T11:55:00Z"),
            // Within a day.
            ("2025-03-05T08:00:00Z", 60, "2025-03-05T09:00:00Z"),
            // Before work begins, and after it ends.
            ("2025-03-05T03:00:00Z", 30, "2025-03-05T08:30:00Z"),
            ("2025-03-05T20:00:00Z", 30, "2025-03-06T08:30:00Z"),
            // Exactly to the end of a day.
            ("2025-03-05T15:00:00Z", 60, "2025-03-05T16:00:00Z"),
            // Over the Sunday on which the clock is put forward: nine in Berlin is seven in UTC then.
            ("2025-03-28T15:30:00Z", 60, "2025-03-31T07:30:00Z"),
        ];
        for (from, minutes, want) in cases {
            let due = weekdays().after(at(from), minutes, &berlin);
            assert_eq!(due, at(want), "{from} {minutes}");
            assert_eq!(
                weekdays().minutes(at(from), due, &berlin),
                i64::from(minutes),
                "the way back from {from}"
            );
        }
    }

    #[test]
    fn the_clock_never_stands_still_where_nobody_says_when_they_work() {
        let never = BusinessHours::default();
        let from = at("2025-03-08T22:00:00Z");
        assert_eq!(
            never.after(from, 90, &Zone::UTC),
            at("2025-03-08T23:30:00Z")
        );
        assert_eq!(
            never.minutes(from, at("2025-03-09T22:00:00Z"), &Zone::UTC),
            1440
        );
    }

    #[test]
    fn the_one_in_the_middle_is_the_median() {
        let cases = [
            (vec![], None),
            (vec![5], Some(5)),
            (vec![9, 1, 5], Some(5)),
            (vec![4, 1], Some(1)),
        ];
        for (all, want) in cases {
            assert_eq!(median(all), want);
        }
    }

    #[test]
    fn what_was_quoted_is_no_answer() {
        for (letter, want) in [
            (
                "Thank you!\n\nOn Monday Bean Club wrote:\n> We are sorry\n> Yours",
                "Thank you!",
            ),
            (
                "Danke\r\n\r\nAm 3. März schrieb der Klub:\r\n> Entschuldigung\r\n\r\n",
                "Danke",
            ),
            ("Sure\n-----Original Message-----\nFrom: club", "Sure"),
            (
                "> You asked how it was\nIt was cold.",
                "> You asked how it was\nIt was cold.",
            ),
            ("Two:\none\ntwo", "Two:\none\ntwo"),
        ] {
            assert_eq!(unquoted(letter), want, "{letter:?}");
        }
    }
}
