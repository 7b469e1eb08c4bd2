//! A decision in the making: every change is applied as it is taken, so that each stage sees the
//! state as the ones before left it.

use crate::event::Event;
use crate::outcome::{Change, Note, Outcome};
use crate::program::{Expiry, Points, Program};
use crate::stage::partner;
use crate::state::{Paid, State};
use regulars_base::{Almanac, Name, Timestamp, Zone};
use regulars_ledger::{Account, Book, Dates, Postings, SpendOrder};

pub(crate) struct Draft<'a> {
    pub(crate) program: &'a Program,
    pub(crate) state: &'a mut State,
    pub(crate) out: &'a mut Outcome,
    /// When this is decided: the later of the event's record and the wallet's clock.
    pub(crate) now: Timestamp,
    /// The day that `now` lies in, on the shop's calendar.
    pub(crate) today: Almanac,
    /// The second of that day on the shop's clock.
    second: i32,
    /// The event's randomness, for events that follow from it.
    pub(crate) entropy: [u8; 16],
    /// The place of the partner whom the event belongs to.
    pub(crate) partner: Option<u16>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(
        program: &'a Program,
        state: &'a mut State,
        event: &Event,
        out: &'a mut Outcome,
    ) -> Self {
        let now = event.recorded_at.max(state.wallet.clock);
        let (day, second) = program.zone.local(now);
        let entropy = event.entropy;
        Self {
            program,
            state,
            out,
            now,
            today: Almanac::of(day),
            second,
            entropy,
            partner: program.partner_of(event),
        }
    }

    /// Lets `work` decide as at a moment that is over: of what fell due and is only done now.
    pub(crate) fn as_of(&mut self, at: Timestamp, work: impl FnOnce(&mut Self)) {
        let kept = (self.now, self.today, self.second);
        let (day, second) = self.program.zone.local(at);
        (self.now, self.today, self.second) = (at, Almanac::of(day), second);
        work(self);
        (self.now, self.today, self.second) = kept;
    }

    /// Takes a change: the state moves, and the outcome remembers it. Inlined, so that of all the
    /// ways to apply a change only the one that is meant is left.
    #[inline(always)]
    pub(crate) fn take(&mut self, change: Change) {
        self.state.apply(&change);
        self.out.changes.push(change);
    }

    /// Remembers why.
    pub(crate) fn note(&mut self, note: Note) {
        self.out.trace.push(note);
    }

    /// Lets `write` put down postings on the book of `points`, then moves the book by them.
    /// Returns what `write` said.
    pub(crate) fn post<T>(
        &mut self,
        points: Name,
        write: impl FnOnce(&Book, &mut Postings) -> T,
    ) -> T {
        let mut postings = Postings::new();
        let said = match self.state.wallet.book(points) {
            Some(book) => write(book, &mut postings),
            None => write(&Book::new(points), &mut postings),
        };
        for posting in &postings {
            self.take(Change::Posted(*posting));
        }
        said
    }

    /// Points come in from `from`; what repays a debt is noted.
    pub(crate) fn issue(
        &mut self,
        points: Name,
        from: Account,
        amount: i64,
        dates: Dates,
        at: Timestamp,
    ) {
        let repaid = self
            .state
            .wallet
            .book(points)
            .map_or(0, |book| book.debt.min(amount));
        self.post(points, |book, out| book.issue(from, amount, dates, at, out));
        if from == Account::Issued && dates.funder.is_some() {
            let paid = Paid {
                points,
                dates,
                amount,
            };
            partner::issued(self, &paid);
        }
        if repaid > 0 {
            self.note(Note::Repaid {
                points,
                amount: repaid,
            });
        }
    }

    /// The day that `at` lies in, and the second of it, on the shop's calendar and clock.
    pub(crate) fn local(&self, at: Timestamp) -> (Almanac, i32) {
        // An import decides events when they happened; the others come in on the same day, mostly.
        if at == self.now {
            return (self.today, self.second);
        }
        match self.program.zone.local(at) {
            (day, second) if day == self.today.day => (self.today, second),
            (day, second) => (Almanac::of(day), second),
        }
    }

    /// The terms of points that are earned at `at`, funded by whoever the event belongs to.
    pub(crate) fn dates(&self, points: &Points, at: Timestamp, pending: bool) -> Dates {
        let (day, _) = self.local(at);
        Dates {
            funder: partner::name_at(self.program, self.partner),
            ..terms(&self.program.zone, points, &day, at, pending)
        }
    }
}

/// The terms of points that are earned at `at`, on the day `today`.
fn terms(zone: &Zone, points: &Points, today: &Almanac, at: Timestamp, pending: bool) -> Dates {
    let day = today.day;
    let mut released_on = day;
    let available_at = match (pending, points.pending) {
        (true, Some(pending)) => {
            released_on = pending.span.after(day);
            if pending.to_end_of_day {
                zone.start_of(released_on.plus_days(1))
            } else {
                zone.same_time_on(released_on, at)
            }
        }
        // Where the oldest are spent first a lot must know its age, so it keeps its day.
        _ if points.spend_order == SpendOrder::OldestFirst => zone.start_of(day),
        _ => Timestamp::FIRST,
    };
    let expires_at = match points.expiry {
        Expiry::Never | Expiry::Inactivity(_) => Timestamp::LAST,
        Expiry::On(day) => zone.start_of(day),
        Expiry::EndOf(period, more) => {
            zone.start_of(period.first_day(today.number(period).saturating_add(1 + more)))
        }
        Expiry::After { .. } => points.expiry.after(zone, today, released_on, at),
    };
    Dates {
        expires_at,
        available_at,
        funder: None,
    }
}
