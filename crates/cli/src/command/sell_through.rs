//! `regulars sell-through`: what resellers report that they sold on.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop, whoever};
use crate::print::{Print, Table};
use crate::{member, moment};
use clap::{Args, Subcommand};
use regulars_app::{MemberRef, NewReport, PageAsk, Receipt, Report, ReportState, Ruling, Waits};
use regulars_base::{Money, Text};
use regulars_engine::event::{LineParts, Purchase, PurchaseParts, SellThrough as Sold};
use regulars_server::view;

/// File, list and decide reports of what resellers sold on
#[derive(Args)]
pub(crate) struct SellThrough {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// File a report of one line for a member.
    File(Box<Filing>),
    /// List reports, oldest first.
    List {
        /// Those that are decided too.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Approve a report: it counts as of the day of the sale.
    Approve(Decision),
    /// Reject a report.
    Reject(Decision),
    /// Withdraw a report: exactly what it gave is taken back.
    Withdraw(Decision),
}

/// What was sold on, in one line.
#[derive(Args)]
struct Filing {
    /// The reseller: an id, or an identity such as email:north@example.com.
    member: String,
    /// The report's number.
    #[arg(long, value_name = "NUMBER")]
    order: String,
    /// The source that numbers it.
    #[arg(long, value_name = "NAME", default_value = "api")]
    source: String,
    /// The day of the sale.
    #[arg(long, value_name = "DAY")]
    on: String,
    /// For how much, in the program's currency: 12.40.
    #[arg(long, value_name = "AMOUNT")]
    total: String,
    /// Which product.
    #[arg(long, value_name = "TEXT", default_value = "")]
    sku: String,
    /// What kind of product.
    #[arg(long, value_name = "TEXT", default_value = "")]
    category: String,
    /// Who sold it: their identity of the kind `staff`.
    #[arg(long, value_name = "TEXT", default_value = "")]
    staff: String,
    /// To whom.
    #[arg(long, value_name = "TEXT", default_value = "")]
    end_customer: String,
    /// Where the proof is kept, or its hash.
    #[arg(long, value_name = "TEXT", default_value = "")]
    proof: String,
    /// The number of the reseller's own invoice.
    #[arg(long, value_name = "NUMBER")]
    invoice: Option<String>,
    /// A serial number of what was sold on; may be given several times.
    #[arg(long, value_name = "NUMBER")]
    serial: Vec<String>,
    #[command(flatten)]
    shop: Shop,
}

/// Which report, and why.
#[derive(Args)]
struct Decision {
    /// Its id (slt_…), as listed.
    id: String,
    /// Why: the reseller may ask.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &SellThrough, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::File(filing) => {
            let open = filing.shop.open()?;
            let new = report(&open, filing)?;
            let member = member::find(&open.app, open.id(), &filing.member)?;
            let who = MemberRef::Id(member.id);
            let report = open.app.file_report(open.id(), &who, &new)?;
            print.line(format!("{} is {}.", report.id, report.state.name()));
            print.json(&view::report(&report))?;
        }
        What::List { all, shop } => list(&shop.open()?, *all, print)?,
        What::Approve(decision) => rule(decision, true, print)?,
        What::Reject(decision) => rule(decision, false, print)?,
        What::Withdraw(decision) => {
            let open = decision.shop.open()?;
            let why = (whoever(), decision.reason.as_str());
            let done = open
                .app
                .withdraw_report(open.id(), &decision.id, (&why.0, why.1));
            tell(&done?, print)?;
        }
    }
    Ok(Answer::Yes)
}

/// A report of one line.
fn report(open: &Open, filing: &Filing) -> anyhow::Result<NewReport> {
    let Filing {
        order,
        source,
        on,
        total,
        sku,
        category,
        staff,
        end_customer,
        proof,
        invoice,
        serial,
        ..
    } = filing;
    let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
    let amount = program.currency.minor(total);
    let line = LineParts {
        sku: short("--sku", sku)?,
        category: short("--category", category)?,
        quantity: 1000,
        amount: amount.map_err(|error| wrong("--total", &error))?,
        ..LineParts::default()
    };
    let sold = Purchase::new(PurchaseParts {
        order: short("--order", order)?,
        currency: program.currency,
        total: None,
        delivery: 0,
        discount: 0,
        lines: vec![line],
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: short("--staff", staff)?,
        codes: Vec::new(),
    });
    let day = moment::read_day("--on", on)?;
    let serials = serial.iter().map(|own| short("--serial", own));
    let invoice = invoice.as_deref().map(|own| short("--invoice", own));
    Ok(NewReport {
        source: short("--source", source)?,
        at: program.zone.start_of(day),
        report: Sold {
            sold: Box::new(sold.map_err(regulars_app::Error::Invalid)?),
            customer: short("--end-customer", end_customer)?,
            proof: short("--proof", proof)?,
        },
        invoice: invoice.transpose()?,
        serials: serials.collect::<anyhow::Result<_>>()?,
        by: whoever(),
    })
}

fn list(open: &Open, all: bool, print: &Print) -> anyhow::Result<()> {
    let state = (!all).then_some(ReportState::Open);
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    let mut table = Table::new(&[
        "ID",
        "MEMBER",
        "REPORT",
        "SOLD ON",
        ">TOTAL",
        "WAITS FOR",
        "STATE",
    ]);
    loop {
        let reports = open.app.reports(open.id(), state, &page)?;
        for report in &reports.items {
            print.json_line(&view::report(report))?;
            table.row(row(report));
        }
        page.after = reports.next;
        if page.after.is_none() {
            break;
        }
    }
    match table.is_empty() {
        true => print.line("No report waits."),
        false => print.table(&table),
    }
    Ok(())
}

fn row(report: &Report) -> Vec<String> {
    let sold = &report.report.sold;
    let total = Money {
        minor: sold.total,
        currency: sold.currency,
    };
    vec![
        report.id.clone(),
        report.member.to_string(),
        sold.order.to_string(),
        report.at.to_string(),
        total.to_string(),
        report.waits.map_or("", Waits::name).to_owned(),
        report.state.name().to_owned(),
    ]
}

fn rule(decision: &Decision, approve: bool, print: &Print) -> anyhow::Result<()> {
    let open = decision.shop.open()?;
    let ruling = Ruling {
        approve,
        by: whoever(),
        reason: decision.reason.clone(),
        lines: Vec::new(),
    };
    let ruled = open.app.rule_report(open.id(), &decision.id, &ruling)?;
    tell(&ruled, print)
}

fn tell((report, receipt): &(Report, Option<Receipt>), print: &Print) -> anyhow::Result<()> {
    print.line(format!("{} is {}.", report.id, report.state.name()));
    for reason in receipt.iter().flat_map(Receipt::reasons) {
        print.line(format!("  {reason}"));
    }
    print.json(&view::report(report))
}

fn short(flag: &str, text: &str) -> anyhow::Result<Text> {
    Text::new(text).map_err(|error| wrong(flag, &error).into())
}

fn wrong(flag: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{flag} {error}"), "correct it")
}
