//! Birthdays and anniversaries of membership: they come by themselves, at the start of the day.
//!
//! *Ana was born on 29 February and joined on 10 May. Each 28 February (or 1 March, as the program
//! says) she gets 100 beans, each 10 May 20 beans for each year: whether the clock ticks that night,
//! or she buys a week later, or nobody looks for three years.*

use crate::draft::Draft;
use crate::event::{self, Event, Kind};
use crate::outcome::{Change, Note, Refusal};
use crate::program::{BIRTHDAY_APART_DAYS, BirthdayChange, BirthdayRule, Program, Trigger};
use crate::stage::{earn, tier};
use crate::state::{Birthday, Wallet};
use regulars_base::{CivilDay, EventKey, Span, Timestamp};

/// The next anniversary of membership after the wallet's clock, if some rule listens to those.
pub(crate) fn anniversary_at(program: &Program, wallet: &Wallet) -> Option<Timestamp> {
    if !program.listens_to(Trigger::Anniversary) {
        return None;
    }
    let joined = program.zone.day(wallet.enrolled_at?);
    let days = program.zone.day(wallet.clock).number() - joined.number();
    // No year is longer, so that at least so many are over; in the centuries that days may lie in
    // the shorter ones come to less than a year. This is asked several times for each event.
    let over = days.max(0) / 366;
    let at = |years: i32| program.zone.start_of(joined.plus_months(years * 12));
    (over + 1..over + 4).map(at).find(|at| *at > wallet.clock)
}

/// How many years lie between two days.
pub(crate) fn years(joined: CivilDay, day: CivilDay) -> i32 {
    let years = i32::from(day.year_month_day().0 - joined.year_month_day().0);
    match joined.plus_months(years.saturating_mul(12)) > day {
        true => (years - 1).max(0),
        false => years.max(0),
    }
}

/// When the gift for the birthday comes next, if the program keeps birthdays.
pub(crate) fn birthday_at(program: &Program, wallet: &Wallet) -> Option<Timestamp> {
    program.birthday?;
    let birthday = wallet.engaged()?.birthday?;
    wallet.enrolled_at.map(|_| birthday.gift_at)
}

/// What falls on this moment. The wallet's clock says how far anniversaries were looked at.
pub(crate) fn happen(draft: &mut Draft<'_>, at: Timestamp) {
    let program = draft.program;
    if birthday_at(program, &draft.state.wallet).is_some_and(|then| then <= at) {
        give_birthday(draft, at);
    }
    let wallet = &draft.state.wallet;
    if anniversary_at(program, wallet).is_some_and(|then| then <= at) {
        let joined = program.zone.day(wallet.enrolled_at.unwrap_or(at));
        let years = years(joined, program.zone.day(at));
        draft.take(Change::ClockMoved(at));
        draft.note(Note::Anniversary { years, at });
        give(draft, Trigger::Anniversary, at);
    }
}

fn give_birthday(draft: &mut Draft<'_>, at: Timestamp) {
    let (Some(rule), Some(engaged)) = (draft.program.birthday, draft.state.wallet.engaged()) else {
        return;
    };
    let Some(mut birthday) = engaged.birthday else {
        return;
    };
    birthday.given_at = at;
    birthday.gift_at = gift_at(draft.program, &rule, &birthday, draft.program.zone.day(at));
    draft.take(Change::BirthdaySet(Some(birthday)));
    draft.note(Note::Birthday { at });
    give(draft, Trigger::Birthday, at);
}

/// The rules that listen to it give, as at that moment; tiers are looked at.
fn give(draft: &mut Draft<'_>, trigger: Trigger, at: Timestamp) {
    let event = Event {
        key: EventKey {
            source: regulars_base::Text::default(),
            external_id: regulars_base::Text::default(),
        },
        occurred_at: at,
        recorded_at: at,
        entropy: draft.entropy,
        kind: Kind::Tick,
    };
    earn::without_purchase(draft, &event, trigger);
    draft.as_of(at, tier::review);
}

/// When the next gift comes: from `today` on, not too soon after the last one, and not for a
/// birthday that was said too late.
fn gift_at(
    program: &Program,
    rule: &BirthdayRule,
    birthday: &Birthday,
    today: CivilDay,
) -> Timestamp {
    let zone = &program.zone;
    let mut from = today;
    if birthday.given_at > Timestamp::FIRST {
        from = from.max(zone.day(birthday.given_at).plus_days(BIRTHDAY_APART_DAYS));
    }
    let told = zone.day(birthday.set_at).plus_days(rule.notice_days);
    from = from.max(told);
    zone.start_of(rule.gift_day((birthday.month, birthday.day), from))
}

/// Whether the member may say this birthday.
pub(crate) fn check(
    draft: &Draft<'_>,
    event: &Event,
    said: event::Birthday,
) -> Result<(), Refusal> {
    let Some(rule) = draft.program.birthday else {
        return Err(Refusal::NoBirthdays);
    };
    let Some(own) = draft.state.wallet.engaged().and_then(|own| own.birthday) else {
        return Ok(());
    };
    if (own.month, own.day) == (said.month, said.day) {
        return Ok(());
    }
    let again_at = match rule.change {
        BirthdayChange::Ever => return Ok(()),
        BirthdayChange::Once if own.changes == 0 => return Ok(()),
        BirthdayChange::Never | BirthdayChange::Once => None,
        BirthdayChange::Yearly => {
            let zone = &draft.program.zone;
            let again = zone.start_of(Span::Months(12).after(zone.day(own.set_at)));
            if event.occurred_at >= again {
                return Ok(());
            }
            Some(again)
        }
    };
    Err(Refusal::BirthdayFixed { again_at })
}

/// The member says their birthday. Whoever says it on the day gets the gift at once, if the program
/// asks for no notice.
pub(crate) fn say(draft: &mut Draft<'_>, event: &Event, said: event::Birthday) {
    let Some(rule) = draft.program.birthday else {
        return;
    };
    let before = draft.state.wallet.engaged().and_then(|own| own.birthday);
    if before.is_some_and(|own| (own.month, own.day) == (said.month, said.day)) {
        return;
    }
    let mut birthday = Birthday {
        month: said.month,
        day: said.day,
        set_at: event.occurred_at,
        changes: before.map_or(0, |own| own.changes.saturating_add(1)),
        given_at: before.map_or(Timestamp::FIRST, |own| own.given_at),
        gift_at: Timestamp::LAST,
    };
    birthday.gift_at = gift_at(draft.program, &rule, &birthday, draft.today.day);
    draft.take(Change::BirthdaySet(Some(birthday)));
    let gift_at = birthday.gift_at;
    draft.note(Note::BirthdaySet { gift_at });
    if gift_at <= draft.now {
        let now = draft.now;
        give_birthday(draft, now);
    }
}

/// Of two members who are one, the birthday of the one who stays counts; the last gift of either
/// was the last.
pub(crate) fn merge(draft: &mut Draft<'_>, theirs: Birthday) {
    let Some(rule) = draft.program.birthday else {
        return;
    };
    let ours = draft.state.wallet.engaged().and_then(|own| own.birthday);
    let mut birthday = ours.unwrap_or(theirs);
    birthday.given_at = birthday.given_at.max(theirs.given_at);
    birthday.gift_at = gift_at(draft.program, &rule, &birthday, draft.today.day);
    draft.take(Change::BirthdaySet(Some(birthday)));
}
