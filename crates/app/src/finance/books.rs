//! The books of points, closed month by month.
//!
//! A closed month is an event of the house: it is in the log once, chained, sealed and proved like every
//! other, and nothing can change it. It holds what moved from the beginning until the end of the month,
//! as far as it was written down by then; a month comes to what the sums grew by since the one before.
//! So what is told late counts for the next month that is closed, and all months together come to what
//! the ledger says.

use super::decimals_of;
use crate::{App, Error, NOW};
use regulars_base::{CivilDay, EventKey, Name, Period, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{BooksClosing, Event, Incoming, Kind, Who};
use regulars_engine::outcome::Verdict;
use regulars_ledger::{Dates, Posting, Statement};
use regulars_store::{Moved, Store};
use std::collections::{BTreeMap, BTreeSet};

/// A month of the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BooksPeriod {
    /// Its name: `2025-03`.
    pub period: String,
    /// When it was closed, and who did; nothing while it is open.
    pub closed: Option<(Timestamp, String)>,
    /// By kind of points and money account, those that ever moved.
    pub lines: Vec<BooksLine>,
}

/// What one kind of points came to in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BooksLine {
    /// The points' id in the program file; `store credit EUR` or `gift card EUR` for money.
    pub points: String,
    /// Decimals of the figures.
    pub decimals: u8,
    /// What moved. It foots: `statement.closing()` is what the next month opens with.
    pub statement: Statement,
}

/// Sums from the beginning, by kind of points.
type Sums = BTreeMap<Name, Statement>;

/// What the books are read from: all closings, the oldest first, and where the next month begins.
struct Books {
    closed: Vec<(BooksClosing, Timestamp)>,
    next: Option<Timestamp>,
}

impl App {
    /// The months of the books: those that are closed, as they were closed, and the next one, as it
    /// would be closed now.
    pub fn books(&self, tenant: TenantId) -> Result<Vec<BooksPeriod>, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        self.core().pool.with(|store| {
            let books = Books::read(store, tenant, &program)?;
            let mut periods = Vec::new();
            let mut before = Sums::new();
            for (closing, at) in &books.closed {
                let sums: Sums = closing.sums.iter().copied().collect();
                periods.push(BooksPeriod {
                    period: closing.period.to_string(),
                    closed: Some((*at, closing.by.to_string())),
                    lines: lines(&program, &before, &sums),
                });
                before = sums;
            }
            if let Some(from) = books.next.filter(|from| *from <= now) {
                let moved = store.moved(tenant, &[after(&program, from)])?;
                periods.push(BooksPeriod {
                    period: name(&program, from),
                    closed: None,
                    lines: lines(&program, &before, &sums(&moved)),
                });
            }
            Ok(periods)
        })
    }

    /// Closes a month that is over: what points came to is put down, and does not change any more.
    /// Months are closed one after the other. Closing one again answers the same.
    pub fn close_books(
        &self,
        tenant: TenantId,
        period: &str,
        by: Text,
    ) -> Result<BooksPeriod, Error> {
        if let Some(known) = self.closed_period(tenant, period)? {
            return Ok(known);
        }
        // Points that lapsed by the end of the month belong into it.
        self.core().tick_due_of(tenant, self.now())?;
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let books = self
            .core()
            .pool
            .with(|store| Books::read(store, tenant, &program))?;
        let from = books.next.ok_or_else(|| {
            Error::invalid(
                "/period",
                "nothing has moved yet, so there is no month to close",
            )
        })?;
        let (next, until) = (name(&program, from), after(&program, from));
        if next != period {
            let what = format!(
                "`{period}` is not the month to close next; that is {next}: close them one after \
                 the other"
            );
            return Err(Error::invalid("/period", what));
        }
        if self.now() < until {
            let what = format!("{period} is not over yet; close it after its last day");
            return Err(Error::invalid("/period", what));
        }
        let moved = self
            .core()
            .pool
            .with(|store| Ok(store.moved(tenant, &[until])?))?;
        let closing = BooksClosing {
            period: Text::new(period).unwrap_or_default(),
            from,
            until,
            sums: sums(&moved).into_iter().collect(),
            by,
        };
        // Whoever closes at the same moment is refused: the number is used once.
        let receipt = self.ingest_one(tenant, of_house(key(books.closed.len()), closing))?;
        debug_assert_eq!(receipt.verdict, Verdict::Accepted);
        self.closed_period(tenant, period)?
            .ok_or_else(|| Error::Bug("a month that was closed is not among the books".into()))
    }

    fn closed_period(&self, tenant: TenantId, period: &str) -> Result<Option<BooksPeriod>, Error> {
        let known = |it: &BooksPeriod| it.closed.is_some() && it.period == period;
        Ok(self.books(tenant)?.into_iter().find(known))
    }
}

impl Books {
    /// Each closing is found by its number.
    fn read(store: &mut dyn Store, tenant: TenantId, program: &Program) -> Result<Self, Error> {
        let mut closed: Vec<(BooksClosing, Timestamp)> = Vec::new();
        while let Some(row) = store.event(tenant, &key(closed.len()))? {
            let Kind::BooksClosed(closing) = row.event.kind else {
                return Err(Error::Bug("another event has the key of a closing".into()));
            };
            closed.push((*closing, row.event.recorded_at));
        }
        let next = match closed.last() {
            Some((last, _)) => Some(last.until),
            None => first(store, tenant, program)?,
        };
        Ok(Self { closed, next })
    }
}

/// The first moment of the month in which something moved first.
fn first(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
) -> Result<Option<Timestamp>, Error> {
    let january = |year| Period::Month.number(CivilDay::of(year, 1, 1));
    let start = |number| program.zone.start_of(Period::Month.first_day(number));
    let starts: Vec<Timestamp> = (january(1990)..january(2100)).map(start).collect();
    let moved = store.moved(tenant, &starts)?;
    let first = moved.iter().map(|row| row.stretch.saturating_sub(1)).min();
    Ok(first.and_then(|at| starts.get(at).copied()))
}

fn after(program: &Program, from: Timestamp) -> Timestamp {
    let number = Period::Month.number(program.zone.day(from));
    program.zone.start_of(Period::Month.first_day(number + 1))
}

fn name(program: &Program, from: Timestamp) -> String {
    let day = program.zone.day(from).to_string();
    // A day is written YYYY-MM-DD.
    day.chars().take(7).collect()
}

/// What moved before the only boundary.
fn sums(moved: &[Moved]) -> Sums {
    let mut sums = Sums::new();
    for row in moved.iter().filter(|row| row.stretch == 0) {
        sums.entry(row.points).or_default().add(&Posting {
            points: row.points,
            from: row.from,
            to: row.to,
            amount: row.amount,
            dates: Dates::OPEN,
            effective_at: Timestamp::FIRST,
        });
    }
    sums
}

/// What the second sums have more than the first. Each opens with what the first came to.
fn lines(program: &Program, before: &Sums, now: &Sums) -> Vec<BooksLine> {
    let names: BTreeSet<Name> = before.keys().chain(now.keys()).copied().collect();
    let of = |sums: &Sums, name| sums.get(&name).copied().unwrap_or_default();
    let line = |name| {
        let (before, now) = (of(before, name), of(now, name));
        let statement = Statement {
            opening: before.closing(),
            issued: now.issued - before.issued,
            redeemed: now.redeemed - before.redeemed,
            expired: now.expired - before.expired,
            adjusted: now.adjusted - before.adjusted,
            transferred: now.transferred - before.transferred,
            shortfall: now.shortfall - before.shortfall,
        };
        assert_eq!(statement.closing(), now.closing(), "a month foots");
        let (points, decimals) = match decimals_of(program, name) {
            Some((id, decimals)) => (id.to_owned(), decimals),
            None => (format!("{:08x}", name.number()), 0),
        };
        BooksLine {
            points,
            decimals,
            statement,
        }
    };
    // As the program has them; money accounts behind.
    let place = |line: &BooksLine| {
        let place = program.points.iter().position(|own| own.id == line.points);
        place.unwrap_or(usize::MAX)
    };
    let mut lines: Vec<BooksLine> = names.into_iter().map(line).collect();
    lines.sort_by_key(place);
    lines
}

fn key(number: usize) -> EventKey {
    EventKey {
        source: text("books"),
        external_id: text(&format!("closing-{number}")),
    }
}

/// The house has a wallet of its own in the log, in which the books are closed.
fn of_house(key: EventKey, closing: BooksClosing) -> Incoming {
    Incoming {
        who: Who::Identity {
            kind: text("house"),
            value: text("books"),
        },
        event: Event {
            key,
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind: Kind::BooksClosed(Box::new(closing)),
        },
    }
}

fn text(words: &str) -> Text {
    Text::new(words).expect("a few plain letters are a text")
}

impl BooksLine {
    /// What its figures are called, in order.
    pub const FIGURES: [&'static str; 8] = [
        "opening",
        "issued",
        "redeemed",
        "expired",
        "adjusted",
        "transferred",
        "shortfall",
        "closing",
    ];

    /// Its figures, in the order of [`BooksLine::FIGURES`].
    pub const fn figures(&self) -> [i64; 8] {
        let it = &self.statement;
        [
            it.opening,
            it.issued,
            it.redeemed,
            it.expired,
            it.adjusted,
            it.transferred,
            it.shortfall,
            it.closing(),
        ]
    }
}
