//! Sell-through: resellers report what they sold on, and a rule or a person lets a report count.
//!
//! What counts is an event like any other, as of the day of the sale, decided by the version of the
//! program that was in force then. A serial number counts once, whoever reports it, and so does a line
//! of a reseller's own invoice. What turns out to be false is withdrawn: a refund takes back exactly
//! what the report gave.

use crate::cases::{read, written};
use crate::claims::{mark, normalised};
use crate::members::{self, MemberRef};
use crate::programs::hex;
use crate::{App, Error, Page, PageAsk, Receipt, Ruling, input};
use regulars_base::{EventKey, MemberId, Ratio, Rounding, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Event, Fault, Incoming, Kind, Refund, Refunded, SellThrough, Who};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::{SellThroughPolicy, words};
use regulars_store::{Case, CaseMove};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The sort of case.
pub(crate) const REPORT: &str = "sell-through";

/// The most serial numbers of a report, and the most lines of one that names an invoice.
const SERIALS_MAX: usize = 1_000;

/// What a reseller sold on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReport {
    /// Which source numbers the report.
    pub source: Text,
    /// When it was sold on.
    pub at: Timestamp,
    /// What; its order is the report's number.
    pub report: SellThrough,
    /// The number of the reseller's invoice, if there is one: each of its lines counts once.
    pub invoice: Option<Text>,
    /// Serial numbers of what was sold on: each counts once, whoever reports it.
    pub serials: Vec<Text>,
    /// Who files it.
    pub by: String,
}

/// A report of what was sold on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// Whose.
    pub member: MemberId,
    /// Which source numbers it.
    pub source: Text,
    /// When it was sold on.
    pub at: Timestamp,
    /// What.
    pub report: SellThrough,
    /// The number of the reseller's invoice.
    pub invoice: Option<Text>,
    /// Serial numbers.
    pub serials: Vec<Text>,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// By whom.
    pub filed_by: String,
    /// Why it waits for a person; nothing if it needs none.
    pub waits: Option<Waits>,
    /// Where it stands.
    pub state: ReportState,
    /// Whether it was let through, and so was booked, before it came to where it stands.
    pub booked: bool,
    /// Who decided; `rule` if nobody had to.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

/// Why a report waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Waits {
    /// It is above the amount that needs no approval.
    Approval,
    /// It was drawn by lot.
    Audit,
}

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportState {
    /// It waits for a person.
    Open,
    /// It counts.
    Approved,
    /// It was let through, but the program refused it: its number was used before, as a rule.
    Refused,
    /// It does not count.
    Rejected,
    /// It counts no more: what it gave was taken back.
    Withdrawn,
}

impl Waits {
    /// In one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Audit => "audit",
        }
    }
}

impl ReportState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Approved,
        Self::Refused,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// As it is stored and asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether what such a report is about may be reported again.
    const fn frees_marks(self) -> bool {
        matches!(self, Self::Refused | Self::Rejected | Self::Withdrawn)
    }
}

impl App {
    /// A reseller reports what it sold on. The same report again is answered with the first; one about a
    /// serial number or an invoice line that another is about is `Error::Exists`.
    pub fn file_report(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        new: &NewReport,
    ) -> Result<Report, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let Some(policy) = program.sell_through else {
            let what = "is nothing that the program takes: add [sell_through] to it";
            return Err(Error::invalid("", what));
        };
        let sold = check(&program, &policy, new, now)?;
        let member = self.core().pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let wallet = store.wallet(tenant, member.id)?;
            match wallet.and_then(|row| row.state.enrolled_at) {
                Some(_) => Ok(member.id),
                None => Err(Error::invalid(
                    "/member",
                    "is no member yet: enrol them first",
                )),
            }
        })?;
        let report = filed(&policy, member, (new, sold), now);
        let case = Case {
            kind: REPORT.into(),
            id: report.id.clone(),
            state: report.state.name().into(),
            body: written(&report)?,
        };
        let marks = marks(member, new);
        let taken = self
            .core()
            .write(move |store| Ok(store.open_case(tenant, &case, &marks)?))?;
        if let Some(other) = taken {
            return self.reported_before(tenant, &report, &other);
        }
        if report.waits.is_some() {
            return Ok(report);
        }
        let ruling = Ruling {
            approve: true,
            by: "rule".into(),
            reason: "it needs no approval".into(),
            lines: Vec::new(),
        };
        let ruled = self.rule_report(tenant, &report.id, &ruling);
        ruled.map(|(report, _)| report)
    }

    /// The report that is about the same: the same, if it is.
    fn reported_before(&self, tenant: TenantId, new: &Report, id: &str) -> Result<Report, Error> {
        let earlier = self.report(tenant, id).ok();
        let said = |own: &Report| {
            let Report {
                member, source, at, ..
            } = own;
            (*member, source.clone(), *at, own.report.clone())
        };
        let same = earlier.filter(|own| said(own) == said(new));
        same.ok_or_else(|| Error::Exists {
            // Not a word on whose it is.
            what: "report of its number, of a serial number or of an invoice line",
            name: new.report.sold.order.to_string(),
        })
    }

    /// A report.
    pub fn report(&self, tenant: TenantId, id: &str) -> Result<Report, Error> {
        read(&self.case(tenant, (REPORT, "report"), id)?)
    }

    /// Reports, oldest first: those in one state, or all.
    pub fn reports(
        &self,
        tenant: TenantId,
        state: Option<ReportState>,
        page: &PageAsk,
    ) -> Result<Page<Report>, Error> {
        self.cases(tenant, (REPORT, state.map(ReportState::name)), page, read)
    }

    /// Lets a report count, or not. What counts is booked: the receipt says what it gave. Said again, it
    /// answers the same.
    pub fn rule_report(
        &self,
        tenant: TenantId,
        id: &str,
        ruling: &Ruling,
    ) -> Result<(Report, Option<Receipt>), Error> {
        let mut report = self.report(tenant, id)?;
        let to = match ruling.approve {
            true => ReportState::Approved,
            false => ReportState::Rejected,
        };
        match report.state {
            ReportState::Open => {
                report.booked = ruling.approve;
                self.move_report(tenant, &mut report, to, (&ruling.by, &ruling.reason))?;
            }
            // What was let through is booked, should that have been cut short.
            state if state == to => with_reason(&ruling.reason)?,
            state => return Err(already(state)),
        }
        if report.state != ReportState::Approved {
            return Ok((report, None));
        }
        let receipt = self.ingest_one(tenant, booking(&report)?)?;
        if let Verdict::Refused(refusal) = &receipt.verdict {
            let why = words::refusal(&receipt.program, refusal);
            let by = report.decided_by.clone().unwrap_or_default();
            self.move_report(tenant, &mut report, ReportState::Refused, (&by, &why))?;
        }
        Ok((report, Some(receipt)))
    }

    /// A report was false, or its reseller takes it back: exactly what it gave is taken back, and what it
    /// was about may be reported again. Said again, it answers the same.
    pub fn withdraw_report(
        &self,
        tenant: TenantId,
        id: &str,
        (by, reason): (&str, &str),
    ) -> Result<(Report, Option<Receipt>), Error> {
        let mut report = self.report(tenant, id)?;
        match report.state {
            ReportState::Approved => {
                // Should its booking have been cut short: what comes back must have been there.
                let receipt = self.ingest_one(tenant, booking(&report)?)?;
                if let Verdict::Refused(refusal) = &receipt.verdict {
                    // Its number is another's: what is of that is not taken back.
                    let why = words::refusal(&receipt.program, refusal);
                    self.move_report(tenant, &mut report, ReportState::Refused, (by, &why))?;
                    return Err(already(ReportState::Refused));
                }
                self.move_report(tenant, &mut report, ReportState::Withdrawn, (by, reason))?;
            }
            ReportState::Open => {
                self.move_report(tenant, &mut report, ReportState::Withdrawn, (by, reason))?;
            }
            ReportState::Withdrawn => with_reason(reason)?,
            state => return Err(already(state)),
        }
        if !report.booked {
            return Ok((report, None));
        }
        let receipt = self.ingest_one(tenant, taking_back(&report)?)?;
        Ok((report, Some(receipt)))
    }

    fn move_report(
        &self,
        tenant: TenantId,
        report: &mut Report,
        to: ReportState,
        (by, reason): (&str, &str),
    ) -> Result<(), Error> {
        with_reason(reason)?;
        let from = report.state;
        report.state = to;
        report.decided_at = Some(self.now());
        report.decided_by = Some(by.to_owned());
        report.reason = Some(reason.to_owned());
        let moved = CaseMove {
            from: from.name().into(),
            to: to.name().into(),
            body: written(report)?,
            frees_marks: to.frees_marks(),
        };
        self.decide_case(tenant, (REPORT, &report.id), moved)
    }
}

fn with_reason(reason: &str) -> Result<(), Error> {
    match reason.trim().is_empty() {
        true => Err(Error::invalid(
            "/reason",
            "is empty: say why, the reseller may ask",
        )),
        false => Ok(()),
    }
}

fn already(state: ReportState) -> Error {
    Error::invalid("/report", format!("is {} already", state.name()))
}

/// What was sold on, in minor units of the program's currency; or all that is wrong with a report.
fn check(
    program: &Program,
    policy: &SellThroughPolicy,
    new: &NewReport,
    now: Timestamp,
) -> Result<i64, Error> {
    let mut faults = Vec::new();
    let (sold, today) = (program.zone.day(new.at), program.zone.day(now));
    let oldest = policy.window.before(today);
    if new.at > now {
        faults.push(Fault::new("/at", "is still to come"));
    } else if sold < oldest {
        let what = format!("is {sold}; sales are taken back to {oldest}");
        faults.push(Fault::new("/at", what));
    }
    if policy.proof && new.report.proof.is_empty() {
        faults.push(Fault::new(
            "/proof",
            "is missing: where the document is kept, or its hash",
        ));
    }
    if new.serials.len() > SERIALS_MAX {
        let what = format!("holds more than {SERIALS_MAX} numbers: send several reports");
        faults.push(Fault::new("/serials", what));
    }
    for (at, serial) in new.serials.iter().enumerate() {
        if normalised(serial.as_str()).is_empty() {
            let at = format!("/serials/{at}");
            faults.push(Fault::new(at, "has neither letters nor digits"));
        }
    }
    if new.invoice.is_some() && new.report.sold.lines.len() > SERIALS_MAX {
        let what = format!("holds more than {SERIALS_MAX} lines: send several reports");
        faults.push(Fault::new("/lines", what));
    }
    let currency = new.report.sold.currency;
    let declared = program.rates.iter().find(|(own, _)| *own == currency);
    let rate = match currency == program.currency {
        true => Some(Ratio::ONE),
        false => declared.map(|(_, rate)| *rate),
    };
    if rate.is_none() {
        let what = format!("is not {}, nor declared in [rates]", program.currency);
        faults.push(Fault::new("/currency", what));
    }
    match rate.filter(|_| faults.is_empty()) {
        Some(rate) => Ok(rate.of(new.report.sold.goods(), Rounding::Down)),
        None => Err(Error::Invalid(faults)),
    }
}

fn filed(
    policy: &SellThroughPolicy,
    member: MemberId,
    (new, sold): (&NewReport, i64),
    now: Timestamp,
) -> Report {
    let id = format!("slt_{}", hex(&input::time_ordered(now)));
    let waits = match policy.approve_from {
        Some(from) if sold >= from => Some(Waits::Approval),
        _ if is_drawn(&id, policy.audit) => Some(Waits::Audit),
        _ => None,
    };
    Report {
        id,
        member,
        source: new.source.clone(),
        at: new.at,
        report: new.report.clone(),
        invoice: new.invoice.clone(),
        serials: new.serials.clone(),
        filed_at: now,
        filed_by: new.by.clone(),
        waits,
        state: ReportState::Open,
        booked: false,
        decided_by: None,
        decided_at: None,
        reason: None,
    }
}

/// Whether a report is drawn for a person to look at: by its id, whose random part no reseller chooses,
/// so that anybody can see later that it was drawn, or was not.
fn is_drawn(id: &str, share_millionths: i64) -> bool {
    let hash = Sha256::digest(id);
    let first = hash.first_chunk().copied().map_or(0, u64::from_be_bytes);
    i64::try_from(first % 1_000_000).is_ok_and(|lot| lot < share_millionths)
}

/// What no other report may be about: its number, each serial number, and each line of the invoice.
fn marks(member: MemberId, new: &NewReport) -> Vec<[u8; 32]> {
    let sold = &new.report.sold;
    let mut marks = vec![mark(
        "sell-through",
        &[new.source.as_str(), sold.order.as_str()],
    )];
    let serial = |serial: &Text| mark("serial", &[&normalised(serial.as_str())]);
    marks.extend(new.serials.iter().map(serial));
    if let Some(invoice) = &new.invoice {
        // Two resellers may number their invoices alike.
        let (owner, number) = (member.to_string(), normalised(invoice.as_str()));
        let line = |id: &Text| mark("invoice line", &[&owner, &number, id.as_str()]);
        marks.extend(sold.lines.iter().map(|own| line(&own.id)));
    }
    // In one order, so that two that come at once do not wait for each other.
    marks.sort_unstable();
    marks.dedup();
    marks
}

fn key(report: &Report, mark: &str) -> Result<EventKey, Error> {
    let external_id = Text::new(format!("sell-through/{}{mark}", report.id));
    Ok(EventKey {
        source: report.source.clone(),
        external_id: external_id.map_err(|error| Error::Bug(error.to_string()))?,
    })
}

/// Made from the report alone, so that it is the same however often it is made.
fn booking(report: &Report) -> Result<Incoming, Error> {
    Ok(Incoming {
        who: Who::Member(report.member),
        event: Event {
            key: key(report, "")?,
            occurred_at: report.at,
            recorded_at: Timestamp::LAST,
            entropy: [0; 16],
            kind: Kind::SellThrough(Box::new(report.report.clone())),
        },
    })
}

/// What is left of it comes back, when it was withdrawn.
fn taking_back(report: &Report) -> Result<Incoming, Error> {
    let order = report.report.sold.order.clone();
    Ok(Incoming {
        who: Who::OfOrder,
        event: Event {
            key: key(report, "/withdrawn")?,
            occurred_at: report.decided_at.unwrap_or(report.filed_at),
            recorded_at: Timestamp::LAST,
            entropy: [0; 16],
            kind: Kind::Refund(Refund {
                order,
                what: Refunded::Rest,
            }),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::is_drawn;

    #[test]
    fn the_lot_draws_about_the_share_that_was_said() {
        let drawn = |share| {
            let ids = (0..10_000).map(|n| format!("slt_{n}"));
            ids.filter(|id| is_drawn(id, share)).count()
        };
        assert_eq!((drawn(0), drawn(1_000_000)), (0, 10_000));
        assert!((400..600).contains(&drawn(50_000)), "{}", drawn(50_000));
    }
}
