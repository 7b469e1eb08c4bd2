//! `regulars membership`, `regulars invoices`, `regulars payment`: what an agent does about plans.

use crate::Answer;
use crate::flags::{Open, Shop};
use crate::member;
use crate::print::{Print, Style, Table};
use clap::{Args, ValueEnum};
use regulars_app::{MemberRef, Receipt};
use regulars_base::{CivilDay, EventKey, Text};
use regulars_engine::event::{Kind, PaymentBack, PaymentEnd, PlanChoice};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_server::view;

/// Let a member join, change, pause, resume or cancel a plan
///
/// What a change would cost today: echo '{"type": "plan_change", "plan": "PLAN"}' | regulars preview
#[derive(Args)]
pub(crate) struct Membership {
    /// Whose: an id (mem_…), a customer number, or an identity as in email:ana@example.com.
    member: String,
    /// What to do.
    action: Action,
    /// The plan to join, or to change to.
    #[arg(required_if_eq_any([("action", "join"), ("action", "change")]))]
    plan: Option<String>,
    /// Makes it one, however often it is run.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    Join,
    Change,
    Pause,
    Resume,
    Cancel,
}

/// List a member's invoices
#[derive(Args)]
pub(crate) struct Invoices {
    /// Whose: an id (mem_…), a customer number, or an identity as in email:ana@example.com.
    member: String,
    #[command(flatten)]
    shop: Shop,
}

/// Say what became of an invoice's payment: paid, failed, or paid back
#[derive(Args)]
pub(crate) struct Payment {
    /// Whose: an id (mem_…), a customer number, or an identity as in email:ana@example.com.
    member: String,
    /// The number of the invoice.
    invoice: u32,
    /// What became of it.
    result: Became,
    /// With `refunded`: how much, as in 4.90; all that is owed back, or else all that was paid, if not said.
    #[arg(long)]
    amount: Option<String>,
    /// What the payment is called where it was made.
    #[arg(long, default_value = "")]
    reference: String,
    /// With `failed`: why.
    #[arg(long, default_value = "")]
    reason: String,
    /// Makes it one, however often it is run.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Became {
    Paid,
    Failed,
    Refunded,
}

pub(crate) fn run(ask: &Membership, print: &Print) -> anyhow::Result<Answer> {
    let plan = Text::new(ask.plan.as_deref().unwrap_or_default())?;
    let kind = match ask.action {
        Action::Join => Kind::PlanJoin(PlanChoice { plan }),
        Action::Change => Kind::PlanChange(PlanChoice { plan }),
        Action::Pause => Kind::PlanPause,
        Action::Resume => Kind::PlanResume,
        Action::Cancel => Kind::PlanCancel,
    };
    let open = ask.shop.open()?;
    tell(&open, &ask.member, kind, ask.id.as_deref(), print)
}

pub(crate) fn payment(ask: &Payment, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let (invoice, reference) = (ask.invoice, Text::new(&ask.reference)?);
    let end = |reference| -> anyhow::Result<PaymentEnd> {
        Ok(PaymentEnd {
            invoice,
            attempt: None,
            reference,
            reason: Text::new(&ask.reason)?,
        })
    };
    let kind = match ask.result {
        Became::Paid => Kind::PaymentSucceeded(end(reference)?),
        Became::Failed => Kind::PaymentFailed(end(reference)?),
        Became::Refunded => {
            let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
            let minor = |amount: &String| program.currency.minor(amount);
            let amount = ask.amount.as_ref().map(minor).transpose()?;
            anyhow::ensure!(
                amount.is_none_or(|it| it > 0),
                "the amount must be above zero"
            );
            Kind::PaymentRefunded(PaymentBack {
                invoice,
                amount,
                reference,
            })
        }
    };
    tell(&open, &ask.member, kind, ask.id.as_deref(), print)
}

/// Writes it down, and says what came of it.
fn tell(
    open: &Open,
    name: &str,
    kind: Kind,
    id: Option<&str>,
    print: &Print,
) -> anyhow::Result<Answer> {
    let member = member::find(&open.app, open.id(), name)?;
    let made_up = || format!("{}-{}", kind_word(&kind), open.app.now().micros());
    let key = EventKey {
        source: Text::new("cli")?,
        external_id: Text::new(id.map_or_else(made_up, str::to_owned))?,
    };
    let who = MemberRef::Id(member.id);
    let receipt = open.app.happen(open.id(), &who, kind, key)?;
    print.json(&view::receipt(&receipt))?;
    Ok(shown(&receipt, print))
}

fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::PaymentSucceeded(_) | Kind::PaymentFailed(_) | Kind::PaymentRefunded(_) => "payment",
        _ => "membership",
    }
}

fn shown(receipt: &Receipt, print: &Print) -> Answer {
    let program = &receipt.program;
    for reason in receipt.reasons() {
        print.line(reason);
    }
    match &receipt.verdict {
        Verdict::Accepted => Answer::Yes,
        Verdict::Refused(refusal) => {
            let why = words::refusal(program, refusal);
            print.line(print.style(Style::Bad, format!("refused: {why}")));
            Answer::No
        }
    }
}

pub(crate) fn invoices(ask: &Invoices, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let member = member::find(&open.app, open.id(), &ask.member)?;
    let invoices = open.app.invoices(open.id(), &MemberRef::Id(member.id))?;
    let program = &invoices.program;
    let out = invoices.items.iter().map(|it| view::invoice(program, it));
    print.json(&serde_json::json!({ "items": out.collect::<Vec<_>>() }))?;
    if invoices.items.is_empty() {
        print.line("There are no invoices.");
        return Ok(Answer::Yes);
    }
    let mut table = Table::new(&[
        ">NO",
        "PLAN",
        "FROM",
        "TO",
        ">PRICE",
        ">TO PAY",
        "STATUS",
        ">CREDITED",
        ">PAID BACK",
    ]);
    for invoice in &invoices.items {
        let money = |minor| words::money(program, minor);
        let some = |minor| {
            if minor == 0 {
                String::new()
            } else {
                money(minor)
            }
        };
        let owed = match invoice.owed_back {
            0 => some(invoice.paid_back),
            owed => format!("{} owed", money(owed)),
        };
        table.row(vec![
            invoice.number.to_string(),
            words::id_of(program, invoice.plan).to_owned(),
            CivilDay::from_number(invoice.from).to_string(),
            CivilDay::from_number(invoice.until.max(invoice.from + 1) - 1).to_string(),
            money(invoice.price),
            money(invoice.amount()),
            invoice.status().to_owned(),
            some(invoice.credited),
            owed,
        ]);
    }
    print.table(&table);
    Ok(Answer::Yes)
}
