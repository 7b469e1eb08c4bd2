//! Whether a message may go to a member now.
//!
//! *Ana allowed letters in March, has had two of three this week, and it is nine in the evening where she
//! lives: hers waits until eight. Bo withdrew; Cleo never said anything; Dan's address bounced. Each of them is
//! not written to, and the delivery log says why.*

use crate::Channel;
use regulars_base::{CivilDay, Timestamp, Zone};

const SECOND_MICROS: i64 = 1_000_000;
const DAY_MICROS: i64 = 86_400 * SECOND_MICROS;

/// What a merchant sets for all messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendingRules {
    /// How many a member gets at most.
    pub cap: Option<Cap>,
    /// When nobody is disturbed.
    pub quiet: Option<QuietHours>,
}

/// So many messages in so many days, whatever sends them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// How many.
    pub most: u32,
    /// In how many days.
    pub days: u16,
}

/// Hours of the night, by the clock on the member's wall; over midnight where they end before they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// The minute of the day from which on nobody is disturbed.
    pub from: u16,
    /// The first minute that is no longer quiet.
    pub until: u16,
}

/// What a member said to being written to on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// It is not asked for.
    NotAsked,
    /// They allow it.
    Given,
    /// They asked for it, and have not confirmed that it was them.
    Unconfirmed,
    /// They never said anything.
    Never,
    /// They withdrew it, or unsubscribed.
    Withdrawn,
}

/// What is known of a member when a message to them is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addressee {
    /// Whether who they are was forgotten.
    pub forgotten: bool,
    /// Whether they are a member: enrolled, and not merged into somebody else.
    pub here: bool,
    /// Whether they are on hold.
    pub on_hold: bool,
    /// Whether they have an address on the channel.
    pub has_address: bool,
    /// Whether that address takes nothing any more.
    pub bounced: bool,
    /// What they said.
    pub allowed: Allowed,
    /// Whether they are in a control group, which gets nothing so that others can be compared with it.
    pub held_out: bool,
    /// Whether they are in that of the whole program, and this is a campaign.
    pub in_control_group: bool,
    /// How many messages they got, or are about to get, within the days of the cap.
    pub lately: u32,
}

/// Why a message does not go to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotSent {
    /// Who they are was forgotten.
    Forgotten,
    /// They are no member, or were merged into somebody else.
    Left,
    /// They are on hold.
    OnHold,
    /// They have no address on the channel.
    NoAddress,
    /// They never allowed it.
    NoConsent,
    /// They asked for it, and have not confirmed that it was them.
    Unconfirmed,
    /// They withdrew their consent, or unsubscribed.
    Unsubscribed,
    /// Their address takes nothing any more.
    Bounced,
    /// They are in the control group of the whole program.
    ControlGroup,
    /// They are in the control group.
    HeldOut,
    /// They got enough lately.
    Capped,
    /// Somebody stopped the send before it was their turn.
    Stopped,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It goes.
    Send,
    /// It waits until then: it is night where they live.
    Wait(Timestamp),
    /// It does not go.
    Not(NotSent),
}

impl NotSent {
    /// All reasons, in the order in which they are looked at.
    pub const ALL: [Self; 12] = [
        Self::Forgotten,
        Self::Left,
        Self::OnHold,
        Self::NoAddress,
        Self::NoConsent,
        Self::Unconfirmed,
        Self::Unsubscribed,
        Self::Bounced,
        Self::ControlGroup,
        Self::HeldOut,
        Self::Capped,
        Self::Stopped,
    ];

    /// Its code in records and answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Forgotten => "forgotten",
            Self::Left => "left",
            Self::OnHold => "on_hold",
            Self::NoAddress => "no_address",
            Self::NoConsent => "no_consent",
            Self::Unconfirmed => "not_confirmed",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::ControlGroup => "control_group",
            Self::HeldOut => "held_out",
            Self::Capped => "capped",
            Self::Stopped => "stopped",
        }
    }
}

/// Whether a message goes to somebody at this moment; if not, the first reason by the order of
/// [`NotSent::ALL`]: what can be mended least comes first.
pub fn sending(
    channel: Channel,
    who: &Addressee,
    rules: &SendingRules,
    (at, zone): (Timestamp, &Zone),
) -> Sending {
    let reached_cap = |cap: Cap| channel.comes() && who.lately >= cap.most;
    let hindered = [
        (who.forgotten, NotSent::Forgotten),
        (!who.here, NotSent::Left),
        (who.on_hold, NotSent::OnHold),
        (!who.has_address, NotSent::NoAddress),
        (who.allowed == Allowed::Never, NotSent::NoConsent),
        (who.allowed == Allowed::Unconfirmed, NotSent::Unconfirmed),
        (who.allowed == Allowed::Withdrawn, NotSent::Unsubscribed),
        (who.bounced, NotSent::Bounced),
        (who.in_control_group, NotSent::ControlGroup),
        (who.held_out, NotSent::HeldOut),
        (rules.cap.is_some_and(reached_cap), NotSent::Capped),
    ];
    if let Some((_, reason)) = hindered.into_iter().find(|(holds, _)| *holds) {
        return Sending::Not(reason);
    }
    let quiet = rules.quiet.filter(|_| channel.comes());
    match quiet.and_then(|quiet| quiet.ends(at, zone)) {
        Some(until) => Sending::Wait(until),
        None => Sending::Send,
    }
}

impl Cap {
    /// From when on messages count for it.
    pub fn since(&self, at: Timestamp) -> Timestamp {
        at.plus_micros(-i64::from(self.days) * DAY_MICROS)
    }
}

impl QuietHours {
    /// When the quiet hours end in which this moment is; nothing if it is in none.
    fn ends(self, at: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let (day, second) = zone.local(at);
        let minute = u16::try_from(second / 60).unwrap_or(0);
        let over_midnight = self.until <= self.from;
        let (late, early) = (minute >= self.from, minute < self.until);
        let end = match (over_midnight, late, early) {
            (false, true, true) | (true, _, true) => day,
            (true, true, false) => day.plus_days(1),
            _ => return None,
        };
        if self.from == self.until {
            return None;
        }
        let ends = on_the_wall(zone, end, self.until);
        // Where the clock is put back at that very time, it is quiet until it shows it again.
        (ends > at).then_some(ends)
    }
}

/// The moment of a day at which a clock on the wall shows this minute.
pub(crate) fn on_the_wall(zone: &Zone, day: CivilDay, minute: u16) -> Timestamp {
    let seconds = i64::from(minute) * 60;
    let plain = zone.start_of(day).plus_micros(seconds * SECOND_MICROS);
    let (shown_on, shown) = zone.local(plain);
    // Not the same where the clock was put forward or back since midnight.
    let off = match shown_on == day {
        true => seconds - i64::from(shown),
        false => 0,
    };
    plain.plus_micros(off * SECOND_MICROS)
}

/// The minute of the day of a time as `21:00`.
pub fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        let digits = part.bytes().all(|letter| letter.is_ascii_digit());
        (part.len() == 2 && digits)
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("is a moment")
    }

    fn somebody() -> Addressee {
        Addressee {
            forgotten: false,
            here: true,
            on_hold: false,
            has_address: true,
            bounced: false,
            allowed: Allowed::Given,
            held_out: false,
            in_control_group: false,
            lately: 0,
        }
    }

    const RULES: SendingRules = SendingRules {
        cap: Some(Cap { most: 3, days: 7 }),
        quiet: Some(QuietHours {
            from: 21 * 60,
            until: 8 * 60,
        }),
    };

    /// Takes from somebody what a message needs.
    type Spoil = fn(&mut Addressee);

    #[test]
    fn each_reason_is_told_and_what_can_be_mended_least_comes_first() {
        let noon = at("2025-03-01T12:00:00Z");
        let all: [(NotSent, Spoil); 10] = [
            (NotSent::Forgotten, |who| who.forgotten = true),
            (NotSent::Left, |who| who.here = false),
            (NotSent::OnHold, |who| who.on_hold = true),
            (NotSent::NoAddress, |who| who.has_address = false),
            (NotSent::NoConsent, |who| who.allowed = Allowed::Never),
            (NotSent::Unsubscribed, |who| {
                who.allowed = Allowed::Withdrawn;
            }),
            (NotSent::Bounced, |who| who.bounced = true),
            (NotSent::ControlGroup, |who| who.in_control_group = true),
            (NotSent::HeldOut, |who| who.held_out = true),
            (NotSent::Capped, |who| who.lately = 3),
        ];
        let say = |who: &Addressee| sending(Channel::Email, who, &RULES, (noon, &Zone::UTC));
        assert_eq!(say(&somebody()), Sending::Send);
        // One by one, and the later ones behind the earlier.
        for (reason, change) in all {
            let mut who = somebody();
            change(&mut who);
            assert_eq!(say(&who), Sending::Not(reason));
        }
        let mut who = somebody();
        for (reason, change) in all.into_iter().rev() {
            change(&mut who);
            let told = say(&who);
            let unsaid = reason == NotSent::NoConsent;
            assert!(
                told == Sending::Not(reason) || unsaid,
                "{reason:?} {told:?}"
            );
        }
    }

    #[test]
    fn two_messages_of_three_are_no_cap_and_the_inbox_knows_none() {
        let noon = (at("2025-03-01T12:00:00Z"), &Zone::UTC);
        let two = Addressee {
            lately: 2,
            ..somebody()
        };
        let many = Addressee {
            lately: 99,
            ..somebody()
        };
        assert_eq!(sending(Channel::Email, &two, &RULES, noon), Sending::Send);
        assert_eq!(sending(Channel::Inbox, &many, &RULES, noon), Sending::Send);
        let free = SendingRules::default();
        assert_eq!(sending(Channel::Sms, &many, &free, noon), Sending::Send);
    }

    #[test]
    fn at_night_a_message_waits_until_the_members_morning() {
        let berlin = Zone::new("Europe/Berlin").expect("is known");
        let kolkata = Zone::new("Asia/Kolkata").expect("is known");
        let cases = [
            // In winter Berlin is an hour ahead.
            (&berlin, "2025-03-01T19:59:00Z", None),
            (
                &berlin,
                "2025-03-01T20:00:00Z",
                Some("2025-03-02T07:00:00Z"),
            ),
            (
                &berlin,
                "2025-03-02T06:59:59Z",
                Some("2025-03-02T07:00:00Z"),
            ),
            (&berlin, "2025-03-02T07:00:00Z", None),
            // In the night of the 30th of March the clock is put forward.
            (
                &berlin,
                "2025-03-29T22:00:00Z",
                Some("2025-03-30T06:00:00Z"),
            ),
            (
                &berlin,
                "2025-03-30T00:30:00Z",
                Some("2025-03-30T06:00:00Z"),
            ),
            // In the night of the 26th of October it is put back.
            (
                &berlin,
                "2025-10-25T20:00:00Z",
                Some("2025-10-26T07:00:00Z"),
            ),
            (
                &kolkata,
                "2025-03-01T16:00:00Z",
                Some("2025-03-02T02:30:00Z"),
            ),
        ];
        for (zone, now, until) in cases {
            let want = until.map_or(Sending::Send, |until| Sending::Wait(at(until)));
            let told = sending(Channel::Email, &somebody(), &RULES, (at(now), zone));
            assert_eq!(told, want, "{now}");
        }
        let siesta = SendingRules {
            quiet: Some(QuietHours {
                from: 13 * 60,
                until: 15 * 60,
            }),
            cap: None,
        };
        let told = |now: &str| {
            let now = (at(now), &Zone::UTC);
            sending(Channel::Sms, &somebody(), &siesta, now)
        };
        assert_eq!(told("2025-03-01T12:59:00Z"), Sending::Send);
        let three = at("2025-03-01T15:00:00Z");
        assert_eq!(told("2025-03-01T13:00:00Z"), Sending::Wait(three));
        assert_eq!(told("2025-03-01T15:00:00Z"), Sending::Send);
    }

    #[test]
    fn a_time_of_the_day_is_read_or_is_none() {
        assert_eq!(minute_of_day("21:00"), Some(1260));
        assert_eq!(minute_of_day("00:05"), Some(5));
        for bad in ["", "24:00", "9:00", "09:60", "+9:00", "x"] {
            assert_eq!(minute_of_day(bad), None, "{bad}");
        }
    }
}
