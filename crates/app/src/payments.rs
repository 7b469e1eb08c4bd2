//! Payments: what invoices ask for is read from the database and handed to the provider; what the
//! provider answers, at once or later, comes back as an event.
//!
//! The list of what is to be asked is a table that each commit keeps: it survives whatever stops. A
//! request may be made twice (two servers, an answer that was lost), its key makes it one. A provider
//! keeps such keys for a day: what has had no answer for [`ASKED_FOR_HOURS`] is not asked any more, and
//! somebody is told to look.

use crate::app::Core;
use crate::{App, Error, MemberRef, NOW, Receipt, members};
use regulars_base::{CivilDay, EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Event, Incoming, Kind, PaymentBack, PaymentEnd, Who};
use regulars_engine::outcome::Verdict;
use regulars_engine::state::{Invoice, InvoiceStage};
use regulars_pay::{Answer, Charge, Provider, Repay, Subject, Told, What};
use regulars_store::PaymentRequest;
use std::time::{Duration, Instant};

/// How many wallets are looked at in one go.
const AT_ONCE: usize = 100;
/// So long after it was first asked, a request that nobody answered is asked no more.
const ASKED_FOR_HOURS: i64 = 20;

const HOUR_MICROS: i64 = 3_600_000_000;

/// Asks for payments until the app is closed.
pub(crate) fn run(core: &Core, every: Duration) {
    let mut asked: Option<Instant> = None;
    while !core.stop.wait(Duration::from_millis(250)) {
        if asked.is_some_and(|at| at.elapsed() < every) {
            continue;
        }
        if let Err(error) = core.ask_payments() {
            tracing::warn!(%error, "payments could not be asked for, and are tried again");
        }
        asked = Some(Instant::now());
    }
}

impl App {
    /// Asks the provider for all that invoices ask for by now. How many wallets were looked at.
    pub fn ask_payments(&self) -> Result<usize, Error> {
        self.core().ask_payments()
    }

    /// Takes what a provider tells by itself; `body` as it came. What it tells twice, or too late, is
    /// taken in silence: it would only be told again.
    pub fn payment_webhook(&self, signature: &str, body: &[u8]) -> Result<(), Error> {
        let core = self.core();
        let Some(provider) = &core.config.payments else {
            return Err(Error::BadWebhook(regulars_pay::BadWebhook::NotExpected));
        };
        let told = provider.webhook(signature, body, self.now());
        match told.map_err(Error::BadWebhook)? {
            Some(told) => core.take_told(&told),
            None => Ok(()),
        }
    }
}

impl Core {
    fn ask_payments(&self) -> Result<usize, Error> {
        let Some(provider) = self.config.payments.as_deref() else {
            return Ok(0);
        };
        let tenants = self.pool.with(|store| Ok(store.tenants()?))?;
        let mut looked_at = 0;
        for tenant in tenants {
            let now = self.config.clock.now();
            let requests = self
                .pool
                .with(|store| Ok(store.payment_requests(tenant.id, now, AT_ONCE)?))?;
            for request in requests {
                if self.stop.wait(Duration::ZERO) {
                    return Ok(looked_at);
                }
                looked_at += 1;
                self.ask_for(provider, tenant.id, &request, now)?;
            }
        }
        Ok(looked_at)
    }

    /// Asks for all that one wallet's invoices ask for. What got no final answer is put off before
    /// it is asked for, so that one that breaks down is not asked for without a pause.
    fn ask_for(
        &self,
        provider: &dyn Provider,
        tenant: TenantId,
        request: &PaymentRequest,
        now: Timestamp,
    ) -> Result<(), Error> {
        let first_at = request.first_at.unwrap_or(now);
        let age = now.micros() - first_at.micros();
        let put_off = PaymentRequest {
            tries: request.tries.saturating_add(1),
            first_at: Some(first_at),
            not_before: now.plus_micros(pause_micros(request.tries)),
            ..request.clone()
        };
        self.write(move |store| Ok(store.put_off_payment(tenant, &put_off)?))?;
        let (member, wallet, versions) = self.pool.with(|store| {
            let member = members::find(store, tenant, &MemberRef::Id(request.member))?;
            let row = store.wallet(tenant, member.id)?;
            let wallet = row.map(|row| row.state).unwrap_or_default();
            Ok((member, wallet, self.versions.latest(tenant, store)?))
        })?;
        let (_, program) = versions.at(now)?;
        let invoices = wallet.paying.map(|paying| paying.invoices);
        let asking = invoices.iter().flatten().filter(|invoice| invoice.asks());
        if age > ASKED_FOR_HOURS * HOUR_MICROS {
            tracing::error!(
                member = %member.id,
                "a payment has had no answer for {ASKED_FOR_HOURS} hours and is not asked for any \
                 more: look it up at the provider, and say by hand what became of it"
            );
            return Ok(());
        }
        let payer = member
            .identities
            .iter()
            .find(|identity| identity.kind == provider.name())
            .map(|identity| identity.value.clone());
        for invoice in asking {
            let subject = Subject {
                tenant,
                member: member.id,
                invoice: invoice.number,
                attempt: invoice.attempts,
            };
            let payer = payer.clone();
            if let Err(why) = self.one(provider, program, subject, invoice, payer)? {
                tracing::warn!(
                    member = %member.id, invoice = invoice.number, %why,
                    "a provider could not be asked, and will be again"
                );
            }
        }
        Ok(())
    }

    /// Asks for what one invoice asks for.
    fn one(
        &self,
        provider: &dyn Provider,
        program: &Program,
        subject: Subject,
        invoice: &Invoice,
        payer: Option<String>,
    ) -> Result<Result<(), regulars_pay::Unreached>, Error> {
        let what = if invoice.stage == InvoiceStage::Open {
            let charge = Charge {
                subject,
                amount: invoice.amount(),
                currency: program.currency,
                payer,
                description: description(program, invoice),
            };
            provider.charge(&charge).map(What::Charge)
        } else {
            let repay = Repay {
                subject,
                reference: invoice.reference.to_string(),
                amount: invoice.owed_back,
                paid_back: invoice.paid_back,
            };
            let answer = provider.repay(&repay);
            answer.map(|answer| What::Repay(answer, invoice.owed_back))
        };
        match what {
            Ok(what) => self.take_told(&Told { subject, what }).map(Ok),
            Err(unreached) => Ok(Err(unreached)),
        }
    }

    /// What a provider told becomes an event, with a key that is the same however it was told.
    fn take_told(&self, told: &Told) -> Result<(), Error> {
        let Subject {
            tenant,
            member,
            invoice,
            attempt,
        } = told.subject;
        let (id, kind) = match &told.what {
            What::Charge(Answer::Pending) | What::Repay(Answer::Pending, _) => return Ok(()),
            What::Charge(Answer::Done { reference }) => {
                let end = end(invoice, attempt, reference, "");
                let id = format!("{member}/{invoice}/{attempt}/paid");
                (id, Kind::PaymentSucceeded(end))
            }
            What::Charge(Answer::Failed { reference, reason }) => {
                let end = end(invoice, attempt, reference, reason);
                let id = format!("{member}/{invoice}/{attempt}/failed");
                (id, Kind::PaymentFailed(end))
            }
            What::Repay(Answer::Done { reference }, amount) => {
                let back = PaymentBack {
                    invoice,
                    amount: Some(*amount),
                    reference: text(reference),
                };
                let id = format!("{member}/{invoice}/back/{reference}");
                (id, Kind::PaymentRefunded(back))
            }
            What::Repay(Answer::Failed { reason, .. }, _) => {
                tracing::error!(
                    %member, invoice, %reason,
                    "money could not be paid back: pay it back in another way, and say so by hand"
                );
                return Ok(());
            }
        };
        let paid = matches!(kind, Kind::PaymentSucceeded(_));
        let incoming = from_provider(member, id, kind);
        match self.take_one(tenant, incoming) {
            Ok(receipt) => {
                if paid && !receipt.duplicate && receipt.verdict != Verdict::Accepted {
                    tracing::error!(
                        %member, invoice,
                        "money came for an invoice that is settled: pay it back by hand"
                    );
                }
                Ok(())
            }
            // The same, in other words: it was told before.
            Err(Error::KeyReused(_)) => Ok(()),
            // Whoever was meant is not here: the provider serves others too.
            Err(Error::NotFound { .. } | Error::NoProgram) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes one event; durable when it returns.
    fn take_one(&self, tenant: TenantId, incoming: Incoming) -> Result<Receipt, Error> {
        let answers = self.ingest_by(tenant, vec![incoming], &[], crate::input::Timing::Live);
        let missing = || Err(Error::Bug("an event got no answer".into()));
        answers.into_iter().next().unwrap_or_else(missing)
    }
}

fn end(invoice: u32, attempt: u16, reference: &str, reason: &str) -> PaymentEnd {
    PaymentEnd {
        invoice,
        attempt: Some(attempt),
        reference: text(reference),
        reason: text(reason),
    }
}

fn from_provider(member: MemberId, id: String, kind: Kind) -> Incoming {
    Incoming {
        who: Who::Member(member),
        event: Event {
            key: EventKey {
                source: text("payments"),
                external_id: text(&id),
            },
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind,
        },
    }
}

/// A provider's words, cut where they are too long for a text of ours.
fn text(words: &str) -> Text {
    let short: String = words
        .chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect();
    Text::new(short).unwrap_or_default()
}

/// What it is for, in words that stand on a statement.
fn description(program: &Program, invoice: &Invoice) -> String {
    let plan = program.plan_named(invoice.plan);
    let title = plan.map_or(program.name.as_str(), |plan| plan.title.as_str());
    let day = CivilDay::from_number;
    format!(
        "{title}, {} to {}",
        day(invoice.from),
        day(invoice.until - 1)
    )
}

/// A minute, then twice as long each time, up to an hour.
fn pause_micros(tries: u32) -> i64 {
    (60_000_000_i64 << tries.min(6)).min(HOUR_MICROS)
}
