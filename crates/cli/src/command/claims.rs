//! `regulars claims`: orders that members say were not counted.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop, whoever};
use crate::print::{Print, Table};
use crate::{member, moment};
use clap::{Args, Subcommand};
use regulars_app::{Claim, ClaimState, MemberRef, NewClaim, PageAsk, Ruling};
use regulars_base::{Currency, Money, Text};
use regulars_engine::event::LineParts;
use regulars_server::view;

/// File, list, approve and reject claims of missing points
#[derive(Args)]
pub(crate) struct Claims {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// File a claim for a member.
    File {
        /// The member: an id, or an identity such as email:ana@example.com.
        member: String,
        /// The order's number.
        #[arg(long, value_name = "NUMBER")]
        order: String,
        /// The source that numbers it.
        #[arg(long, value_name = "NAME", default_value = "api")]
        source: String,
        /// The day of the order.
        #[arg(long, value_name = "DAY")]
        on: String,
        /// What was paid, in the program's currency: 12.40.
        #[arg(long, value_name = "AMOUNT")]
        total: String,
        /// The receipt's own reference.
        #[arg(long, value_name = "TEXT")]
        reference: Option<String>,
        /// What the receipt says.
        #[arg(long, value_name = "TEXT")]
        text: Option<String>,
        /// What was bought, line by line: category=coffee,sku=C-1,quantity=2,amount=9.80. May be said
        /// several times; the lines add up to the total.
        #[arg(long = "line", value_name = "FIELDS")]
        lines: Vec<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// List claims, oldest first.
    List {
        /// Those that are decided too.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Approve a claim: the order counts as of its own day.
    Approve {
        /// Its id (clm_…), as listed.
        id: String,
        /// Why: the member may ask.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// What the receipt says was bought, instead of what the claim says: as in `file`.
        #[arg(long = "line", value_name = "FIELDS")]
        lines: Vec<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Reject a claim.
    Reject {
        /// Its id (clm_…), as listed.
        id: String,
        /// Why: the member may ask.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Claims, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::File {
            member,
            order,
            source,
            on,
            total,
            reference,
            text,
            lines,
            shop,
        } => {
            let open = shop.open()?;
            let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
            let total = program.currency.minor(total);
            let new = NewClaim {
                source: short("--source", source)?,
                order: short("--order", order)?,
                on: moment::read_day("--on", on)?,
                total: total.map_err(|error| wrong("--total", &error))?,
                reference: reference
                    .as_deref()
                    .map(|text| short("--reference", text))
                    .transpose()?,
                text: text.clone(),
                lines: read_lines(program.currency, lines)?,
                by: whoever(),
            };
            let member = member::find(&open.app, open.id(), member)?;
            let who = MemberRef::Id(member.id);
            let claim = open.app.file_claim(open.id(), &who, &new)?;
            print.line(format!("{} is {}.", claim.id, claim.state.name()));
            print.json(&view::claim(&claim))?;
        }
        What::List { all, shop } => list(&shop.open()?, *all, print)?,
        What::Approve {
            id,
            reason,
            lines,
            shop,
        } => {
            let open = shop.open()?;
            let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
            let lines = read_lines(program.currency, lines)?;
            rule(&open, id, (reason, lines), true, print)?;
        }
        What::Reject { id, reason, shop } => {
            rule(&shop.open()?, id, (reason, Vec::new()), false, print)?;
        }
    }
    Ok(Answer::Yes)
}

fn list(open: &Open, all: bool, print: &Print) -> anyhow::Result<()> {
    let state = (!all).then_some(ClaimState::Open);
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    let mut table = Table::new(&[
        "ID",
        "MEMBER",
        "ORDER",
        "DAY",
        ">TOTAL",
        "KEPT ORDER",
        "STATE",
    ]);
    loop {
        let claims = open.app.claims(open.id(), state, &page)?;
        for claim in &claims.items {
            print.json_line(&view::claim(claim))?;
            table.row(row(claim));
        }
        page.after = claims.next;
        if page.after.is_none() {
            break;
        }
    }
    match table.is_empty() {
        true => print.line("No claim waits."),
        false => print.table(&table),
    }
    Ok(())
}

fn row(claim: &Claim) -> Vec<String> {
    let total = Currency::new(&claim.currency).map(|currency| Money {
        minor: claim.total,
        currency,
    });
    vec![
        claim.id.clone(),
        claim.member.to_string(),
        claim.order.to_string(),
        claim.on().to_string(),
        total.map_or_else(|_| claim.total.to_string(), |total| total.to_string()),
        claim.match_.name().to_owned(),
        claim.state.name().to_owned(),
    ]
}

/// Reads what `--line` says.
fn read_lines(currency: Currency, lines: &[String]) -> anyhow::Result<Vec<LineParts>> {
    lines.iter().map(|text| read_line(currency, text)).collect()
}

fn read_line(currency: Currency, text: &str) -> anyhow::Result<LineParts> {
    let mut line = LineParts {
        quantity: 1000,
        ..LineParts::default()
    };
    let mut paid = false;
    for field in text.split(',') {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        match name.trim() {
            "sku" => line.sku = short("--line", value)?,
            "category" => line.category = short("--line", value)?,
            "brand" => line.brand = short("--line", value)?,
            "quantity" => {
                let wrong =
                    || Failure::new(format!("--line {text}: no quantity"), "write a number");
                line.quantity = thousandths(value).ok_or_else(wrong)?;
            }
            "amount" => {
                line.amount = currency
                    .minor(value)
                    .map_err(|error| wrong("--line", &error))?;
                paid = true;
            }
            other => {
                let what = format!("--line {text}: there is no field `{other}`");
                let hint = "use sku, category, brand, quantity and amount";
                return Err(Failure::new(what, hint).into());
            }
        }
    }
    if !paid {
        let what = format!("--line {text}: the amount is missing");
        return Err(Failure::new(what, "write what was paid: amount=9.80").into());
    }
    Ok(line)
}

/// A number with at most three decimals.
fn thousandths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 3 || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<3}").parse().ok()
}

fn rule(
    open: &Open,
    id: &str,
    (reason, lines): (&str, Vec<LineParts>),
    approve: bool,
    print: &Print,
) -> anyhow::Result<()> {
    let ruling = Ruling {
        approve,
        by: whoever(),
        reason: reason.to_owned(),
        lines,
    };
    let (claim, receipt) = open.app.rule_claim(open.id(), id, &ruling)?;
    print.line(format!("{} is {}.", claim.id, claim.state.name()));
    for reason in receipt.iter().flat_map(regulars_app::Receipt::reasons) {
        print.line(format!("  {reason}"));
    }
    print.json(&view::claim(&claim))
}

fn short(flag: &str, text: &str) -> anyhow::Result<Text> {
    Text::new(text).map_err(|error| wrong(flag, &error).into())
}

fn wrong(flag: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{flag} {error}"), "correct it")
}
