//! Partners: what they have coming for a period, entry by entry; what is booked with them by hand;
//! and the end of a period.

use crate::{App, Error, NOW, Page, PageAsk, Receipt};
use regulars_base::{
    CivilDay, EventKey, MemberId, Name, Period, TenantId, Text, Timestamp, largest_remainder,
};
use regulars_engine::Program;
use regulars_engine::event::{
    Event, Incoming, Kind, PartnerMove, PartnerPost, PostWhat, Role, Who,
};
use regulars_engine::outcome::{Change, PartnerEntry, Verdict};
use regulars_engine::program::Foreign;
use regulars_engine::program::partner::MICROS;
use regulars_engine::program::words;
use regulars_engine::settlement::{Payment, Settlement, Settling};
use std::sync::Arc;

/// The most money that is booked by hand at once, in minor units.
const POST_MOST: u64 = 1_000_000_000_000;

/// What all parties owe for a period.
#[derive(Clone, Debug)]
pub struct PeriodSettlement {
    /// The period's name: `2025-03`.
    pub period: String,
    /// The program in force, which knows what partners are called.
    pub program: Arc<Program>,
    /// The program in force at the period's last moment, or now if it is not over: it says at what rates
    /// partners with a currency of their own are settled with.
    pub at_end: Arc<Program>,
    /// The figures.
    pub settlement: Settlement,
    /// Disputes that are open at the end of the period.
    pub disputes: Vec<Dispute>,
}

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id: the external id of the event that began it.
    pub id: String,
    /// The partner, by id.
    pub partner: String,
    /// The event whose entry it is about, as `source/id`.
    pub refers: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// An entry of a partner's account, and what it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedEntry {
    /// When it was booked: the period that it counts for.
    pub recorded_at: Timestamp,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The event.
    pub key: EventKey,
    /// The member whose points they were; nobody for what was booked by hand.
    pub member: Option<MemberId>,
    /// Why, where it was booked by hand, and the event that it is about.
    pub reason: Option<(String, Option<String>)>,
    /// What was booked.
    pub entry: PartnerEntry,
}

impl App {
    /// Books something with a partner by hand.
    pub fn post_with_partner(
        &self,
        tenant: TenantId,
        post: PartnerPost,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        if post.reason.as_str().trim().is_empty() {
            let what = "is empty: say why, the partner and auditors will read it";
            return Err(Error::invalid("/reason", what));
        }
        if let PostWhat::PaidIn(amount) | PostWhat::Corrected { amount, .. } = &post.what
            && (*amount == 0 || amount.unsigned_abs() > POST_MOST)
        {
            let what = "must not be 0, and at most 10 billion either way";
            return Err(Error::invalid("/amount", what));
        }
        self.ingest_one(tenant, of_coalition(key, Kind::PartnerPost(Box::new(post))))
    }

    /// What all parties owe for a period: `2025-03`, `2025-Q1`, a day in it; the one of today if
    /// nothing is said.
    pub fn settlement(
        &self,
        tenant: TenantId,
        period: Option<&str>,
    ) -> Result<PeriodSettlement, Error> {
        let (settling, period, program, disputes) = self.settling(tenant, period)?;
        let last = Timestamp::from_micros(period.until.micros() - 1).min(self.now());
        let at_end = self
            .program_in_force(tenant, last)
            .map(|(_, program)| program);
        Ok(PeriodSettlement {
            period: period.name,
            // Before the first version nothing was booked.
            at_end: at_end.unwrap_or_else(|_| Arc::clone(&program)),
            program,
            settlement: settling.settle(),
            disputes,
        })
    }

    /// Closes a period that is over: its figures are put down, and do not change any more. Closing
    /// it again answers the same.
    pub fn close_period(
        &self,
        tenant: TenantId,
        period: &str,
        by: Text,
    ) -> Result<PeriodSettlement, Error> {
        let (settling, asked, ..) = self.settling(tenant, Some(period))?;
        if settling.settle().closed {
            return self.settlement(tenant, Some(period));
        }
        if self.now() < asked.until {
            let what = format!(
                "{} is not over yet; close it after its last day",
                asked.name
            );
            return Err(Error::invalid("/period", what));
        }
        let next = settling
            .closed_until()
            .map_or(!settling.has_earlier(), |closed| closed == asked.from);
        if !next {
            let what = format!(
                "{} does not follow the last period that was closed: close them one after the other",
                asked.name
            );
            return Err(Error::invalid("/period", what));
        }
        let name = Text::new(&asked.name).unwrap_or_default();
        // Whoever closes another period at the same moment is refused: the number is used once.
        let number = settling.closed_count();
        let key = EventKey {
            source: text("settlement"),
            external_id: text(&format!("closing-{number}")),
        };
        let closing = Kind::PeriodClosed(Box::new(settling.closing(name, by)));
        let receipt = self.ingest_one(tenant, of_coalition(key, closing))?;
        debug_assert_eq!(receipt.verdict, Verdict::Accepted);
        self.settlement(tenant, Some(period))
    }

    /// The entries behind a partner's statement, the oldest first: those of its account, and those
    /// of points that it funded.
    pub fn partner_entries(
        &self,
        tenant: TenantId,
        partner: &str,
        period: Option<&str>,
        page: &PageAsk,
    ) -> Result<Page<BookedEntry>, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let name = known(&program, partner)?;
        let asked = Asked::read(&program, period, self.now())?;
        let skip = page.cursor()?.unwrap_or(0);
        let mut all: Vec<BookedEntry> = Vec::new();
        self.core().pool.with(|store| {
            Ok(store.each_event(tenant, &mut |row| {
                let at = row.event.recorded_at;
                if at < asked.from || at >= asked.until {
                    return Ok(());
                }
                for change in &row.outcome.changes {
                    if let Change::PartnerBooked(entry) = change
                        && (entry.partner == Some(name) || entry.funder == Some(name))
                    {
                        all.push(booked(&row.event, row.member, **entry));
                    }
                }
                Ok(())
            })?)
        })?;
        all.sort_by(|a, b| (a.recorded_at, &a.key).cmp(&(b.recorded_at, &b.key)));
        let limit = page.limit();
        let more = all.len() > skip + limit;
        Ok(Page {
            items: all.into_iter().skip(skip).take(limit).collect(),
            next: more.then(|| (skip + limit).to_string()),
        })
    }

    /// Everything that was booked with partners in a period is added up from the log, which is the
    /// only truth; what a closed period came to stands there, too.
    fn settling(
        &self,
        tenant: TenantId,
        period: Option<&str>,
    ) -> Result<(Settling, Asked, Arc<Program>, Vec<Dispute>), Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        if program.partners.is_empty() {
            return Err(Error::not_found("partner", "of the program in force"));
        }
        let asked = Asked::read(&program, period, self.now())?;
        let mut settling = Settling::new(asked.from, asked.until);
        let mut disputes: Vec<Dispute> = Vec::new();
        let mut over: Vec<String> = Vec::new();
        self.core().pool.with(|store| {
            Ok(store.each_event(tenant, &mut |row| {
                settling.take(&row.event, &row.outcome);
                if row.event.recorded_at < asked.until
                    && row.outcome.verdict == Verdict::Accepted
                    && let Kind::PartnerPost(post) = &row.event.kind
                {
                    match &post.what {
                        PostWhat::Disputed { refers } => disputes.push(Dispute {
                            id: row.event.key.external_id.to_string(),
                            partner: post.partner.to_string(),
                            refers: refers.to_string(),
                            reason: post.reason.to_string(),
                            since: row.event.recorded_at,
                        }),
                        PostWhat::DisputeEnded { dispute } => over.push(dispute.to_string()),
                        PostWhat::PaidIn(_) | PostWhat::Corrected { .. } => {}
                    }
                }
                Ok(())
            })?)
        })?;
        disputes.retain(|dispute| !over.contains(&dispute.id));
        Ok((settling, asked, program, disputes))
    }
}

impl PeriodSettlement {
    /// What a party is called: the operator, or a partner by its id.
    pub fn id_of(&self, party: Option<Name>) -> &str {
        party.map_or("operator", |name| words::id_of(&self.program, name))
    }
}

impl PeriodSettlement {
    /// The currency that a party reckons in, if it is not the program's, and at what it is settled.
    pub fn foreign(&self, party: Option<Name>) -> Option<Foreign> {
        let (_, partner) = self.at_end.partner_named(party?)?;
        partner.foreign
    }

    /// What each payment comes to in the currencies of whoever pays and is paid, in minor units; nothing
    /// for those who reckon in the program's. A party's payments add up to its position.
    pub fn payments_abroad(&self) -> Vec<(Option<i64>, Option<i64>)> {
        let payments = &self.settlement.payments;
        let mut abroad = vec![(None, None); payments.len()];
        for party in &self.settlement.parties {
            let Some(foreign) = self.foreign(party.partner) else {
                continue;
            };
            let whole = foreign.minor(i128::from(party.position.abs()) * i128::from(MICROS));
            let own = |it: &Payment| it.from == party.partner || it.to == party.partner;
            let amounts = payments
                .iter()
                .map(|it| if own(it) { it.amount } else { 0 });
            let shares = largest_remainder(whole, &amounts.collect::<Vec<i64>>());
            for ((payment, told), share) in payments.iter().zip(&mut abroad).zip(shares) {
                if payment.from == party.partner {
                    told.0 = Some(share);
                }
                if payment.to == party.partner {
                    told.1 = Some(share);
                }
            }
        }
        abroad
    }
}

/// What a figure is called in a statement.
pub fn figure(role: Role, what: PartnerMove) -> &'static str {
    match (role, what) {
        (Role::Funder, PartnerMove::Redeemed) => "own_points_redeemed",
        (Role::Funder, PartnerMove::Returned) => "own_points_returned",
        (_, what) => what.name(),
    }
}

fn booked(event: &Event, member: MemberId, entry: PartnerEntry) -> BookedEntry {
    let post = match &event.kind {
        Kind::PartnerPost(post) => Some(post),
        _ => None,
    };
    let reason = post.map(|post| {
        let refers = match &post.what {
            PostWhat::Corrected { refers, .. } | PostWhat::Disputed { refers } => Some(refers),
            PostWhat::PaidIn(_) | PostWhat::DisputeEnded { .. } => None,
        };
        (post.reason.to_string(), refers.map(Text::to_string))
    });
    BookedEntry {
        recorded_at: event.recorded_at,
        occurred_at: event.occurred_at,
        key: event.key.clone(),
        member: post.is_none().then_some(member),
        reason,
        entry,
    }
}

/// The coalition has a wallet of its own in the log: so what is booked by hand is durable, done once
/// and proved like everything else.
fn of_coalition(key: EventKey, kind: Kind) -> Incoming {
    Incoming {
        who: Who::Identity {
            kind: text("coalition"),
            value: text("settlement"),
        },
        event: Event {
            key,
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind,
        },
    }
}

fn text(words: &str) -> Text {
    Text::new(words).expect("a few plain letters are a text")
}

fn known(program: &Program, partner: &str) -> Result<Name, Error> {
    let known = program.partner(partner).map(|own| own.name);
    known.ok_or_else(|| Error::not_found("partner", partner))
}

/// A period that is asked for.
struct Asked {
    name: String,
    from: Timestamp,
    until: Timestamp,
}

impl Asked {
    fn read(program: &Program, written: Option<&str>, now: Timestamp) -> Result<Self, Error> {
        let day = match written {
            None => program.zone.day(now),
            Some(written) => day(written).ok_or_else(|| {
                let what = format!(
                    "`{written}` is no period; write it as `2025-03`, `2025-Q1`, `2025-H1`, `2025`, \
                     or as a day in it"
                );
                Error::invalid("/period", what)
            })?,
        };
        let period = program.coalition.period;
        let number = period.number(day);
        let start = |number| program.zone.start_of(period.first_day(number));
        Ok(Self {
            name: name(period, period.first_day(number)),
            from: start(number),
            until: start(number + 1),
        })
    }
}

/// A day in the period that is written so.
fn day(written: &str) -> Option<CivilDay> {
    let (year, rest) = written.split_once('-').unwrap_or((written, ""));
    let first = |month: u8| format!("{year}-{month:02}-01").parse().ok();
    match (year.len(), rest) {
        (4, "" | "Q1" | "H1") => first(1),
        (4, "Q2") => first(4),
        (4, "Q3" | "H2") => first(7),
        (4, "Q4") => first(10),
        (4, month) if month.len() == 2 => format!("{year}-{month}-01").parse().ok(),
        (4, _) => written.parse().ok(),
        _ => None,
    }
}

/// What a period is called that begins on that day.
fn name(period: Period, first: CivilDay) -> String {
    let written = first.to_string();
    let (year, month) = (&written[..4], &written[5..7]);
    match (period, month) {
        (Period::Year, _) => year.to_owned(),
        (Period::HalfYear, "01") => format!("{year}-H1"),
        (Period::HalfYear, _) => format!("{year}-H2"),
        (Period::Quarter, "01") => format!("{year}-Q1"),
        (Period::Quarter, "04") => format!("{year}-Q2"),
        (Period::Quarter, "07") => format!("{year}-Q3"),
        (Period::Quarter, _) => format!("{year}-Q4"),
        (Period::Month, _) => written[..7].to_owned(),
        (Period::Day | Period::Week, _) => written,
    }
}
