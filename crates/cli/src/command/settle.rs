//! `regulars settle`, `regulars partner` and `regulars statement --partner`: what partners who share
//! points owe each other.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop};
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_api::partner::{OwnMoneyOut, StatementLineOut};
use regulars_app::PageAsk;
use regulars_base::{EventKey, Name, Text};
use regulars_engine::event::{PartnerPost, PostWhat};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_server::view;

/// What closes a period and books by hand is named by whoever sits at the machine.
const BY: &str = "command line";

/// Print what partners owe each other for a period, and who pays whom; or close the period
#[derive(Args)]
pub(crate) struct Settle {
    /// `2025-03`, `2025-Q1`, `2025`, or a day in it; the period of today if left out.
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// Close it: its figures are put down, and do not change any more.
    #[arg(long, requires = "period")]
    close: bool,
    #[command(flatten)]
    shop: Shop,
}

/// Book something with a partner by hand: money paid in, a correction, a dispute
#[derive(Args)]
pub(crate) struct Partner {
    #[command(subcommand)]
    what: What,
}

/// What is booked.
#[derive(Subcommand)]
enum What {
    /// A partner who pays ahead paid in so much (or took it out, below zero).
    PaidIn {
        /// How much, in the program's currency: 500.00.
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        #[command(flatten)]
        post: Post,
    },
    /// An entry was wrong. It stays as it is; the correction counts for the period of today.
    Correct {
        /// How much in favour of the partner; below zero in the operator's.
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        /// The event whose entry it corrects, as source/id.
        #[arg(long, value_name = "SOURCE/ID")]
        refers: String,
        #[command(flatten)]
        post: Post,
    },
    /// The partner does not agree with an entry.
    Dispute {
        /// The event whose entry it is, as source/id.
        #[arg(long, value_name = "SOURCE/ID")]
        refers: String,
        #[command(flatten)]
        post: Post,
    },
    /// A dispute is over.
    EndDispute {
        /// Its id, as the statement has it.
        #[arg(long)]
        dispute: String,
        #[command(flatten)]
        post: Post,
    },
}

/// What every booking has.
#[derive(Args)]
struct Post {
    /// The partner, by its id in the program file.
    partner: String,
    /// Why: the partner and auditors read it.
    #[arg(long)]
    reason: String,
    /// Makes it one booking, however often the command is called; a dispute is called so.
    #[arg(long)]
    id: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Settle, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let period = ask.period.as_deref();
    let all = match (ask.close, period) {
        (true, Some(period)) => open.app.close_period(open.id(), period, text(BY)?)?,
        _ => open.app.settlement(open.id(), period)?,
    };
    let out = view::settlement(&all);
    let state = if out.closed { "closed" } else { "open" };
    print.line(format!("{} ({state}), in {}", out.period, out.currency));
    let mut table = Table::new(&["PARTNER", ">POSITION"]);
    for position in &out.positions {
        table.row(vec![position.partner.clone(), position.position.0.clone()]);
    }
    print.table(&table);
    for payment in &out.payments {
        let (from, to, amount) = (&payment.from, &payment.to, &payment.amount.0);
        let own = |told: &Option<OwnMoneyOut>, verb: &str| {
            let told = told.as_ref();
            told.map_or_else(String::new, |it| {
                format!(" ({verb} {} {})", it.amount.0, it.currency)
            })
        };
        let (pays, gets) = (
            own(&payment.pays, "that is"),
            own(&payment.gets, "who gets"),
        );
        let currency = &out.currency;
        print.line(format!(
            "{from} pays {amount} {currency}{pays} to {to}{gets}"
        ));
    }
    print.json(&out)?;
    Ok(Answer::Yes)
}

/// A partner's statement.
pub(crate) fn statement(
    open: &Open,
    partner: &str,
    period: Option<&str>,
    entries: bool,
    print: &Print,
) -> anyhow::Result<Answer> {
    let all = open.app.settlement(open.id(), period)?;
    let name = match (partner, all.program.partner(partner)) {
        ("operator", _) => None,
        (_, Some(partner)) => Some(partner.name),
        (_, None) => {
            let known: Vec<&str> = all
                .program
                .partners
                .iter()
                .map(|it| it.id.as_str())
                .collect();
            let advice = format!("use one of {}, or operator", known.join(", "));
            return Err(Failure::new(format!("there is no partner `{partner}`"), advice).into());
        }
    };
    let out = view::partner_statement(&all, name);
    let state = if out.closed { "closed" } else { "open" };
    print.line(format!(
        "{} for {} ({state}), in {}",
        out.partner, out.period, out.currency
    ));
    let mut table = Table::new(&["WHAT", ">POINTS", ">MONEY", ""]);
    for line in &out.lines {
        table.row(cells(line));
    }
    if out
        .rounding
        .0
        .bytes()
        .any(|byte| matches!(byte, b'1'..=b'9'))
    {
        table.row(vec![
            "rounding".into(),
            String::new(),
            out.rounding.0.clone(),
            String::new(),
        ]);
    }
    table.row(vec![
        "position".into(),
        String::new(),
        out.position.0.clone(),
        String::new(),
    ]);
    print.table(&table);
    if let Some(own) = &out.own {
        print.line(format!(
            "position in {}: {}, at {} {} each",
            own.currency, own.position.0, own.rate, out.currency
        ));
    }
    if let Some(ahead) = &out.paid_ahead {
        print.line(format!(
            "paid ahead: {} before, {} after",
            ahead.opening.0, ahead.closing.0
        ));
    }
    for dispute in &out.disputes {
        print.line(format!(
            "dispute {} about {}: {}",
            dispute.id, dispute.refers, dispute.reason
        ));
    }
    if entries && let Some(name) = name {
        list(open, (partner, name), period, print)?;
    }
    print.json(&out)?;
    Ok(Answer::Yes)
}

fn cells(line: &StatementLineOut) -> Vec<String> {
    let points = line.points.as_ref();
    let mut notes = Vec::new();
    if line.paid_ahead {
        notes.push("paid ahead".to_owned());
    }
    if let Some(late) = &line.late {
        notes.push(format!("{} of it booked late", late.0));
    }
    vec![
        line.what.replace('_', " "),
        points.map_or_else(String::new, |it| format!("{} {}", it.amount.0, it.points)),
        line.money.0.clone(),
        notes.join(", "),
    ]
}

fn list(
    open: &Open,
    (partner, name): (&str, Name),
    period: Option<&str>,
    print: &Print,
) -> anyhow::Result<()> {
    let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
    let mut table = Table::new(&["WHEN", "WHAT", ">POINTS", ">MONEY", "FUNDER", "EVENT"]);
    let mut ask = PageAsk {
        after: None,
        limit: 1000,
    };
    loop {
        let page = open.app.partner_entries(open.id(), partner, period, &ask)?;
        for booked in &page.items {
            let out = view::partner_entry(&program, name, booked, false);
            let points = out.points.as_ref();
            table.row(vec![
                out.recorded_at,
                out.what.replace('_', " "),
                points.map_or_else(String::new, |it| format!("{} {}", it.amount.0, it.points)),
                out.money.0,
                out.funder.unwrap_or_default(),
                out.event.unwrap_or_default(),
            ]);
        }
        ask.after = page.next;
        if ask.after.is_none() {
            break;
        }
    }
    print.table(&table);
    Ok(())
}

pub(crate) fn post(ask: &Partner, print: &Print) -> anyhow::Result<Answer> {
    let (What::PaidIn { post, .. }
    | What::Correct { post, .. }
    | What::Dispute { post, .. }
    | What::EndDispute { post, .. }) = &ask.what;
    let open = post.shop.open()?;
    let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
    let money = |written: &str| {
        let (sign, digits) = match written.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, written),
        };
        let minor = program.currency.minor(digits).map_err(|error| {
            let advice = format!("write it as 12.40, in {}", program.currency);
            Failure::new(error.to_string(), advice)
        })?;
        anyhow::Ok(sign * minor)
    };
    let what = match &ask.what {
        What::PaidIn { amount, .. } => PostWhat::PaidIn(money(amount)?),
        What::Correct { amount, refers, .. } => PostWhat::Corrected {
            amount: money(amount)?,
            refers: text(refers)?,
        },
        What::Dispute { refers, .. } => PostWhat::Disputed {
            refers: text(refers)?,
        },
        What::EndDispute { dispute, .. } => PostWhat::DisputeEnded {
            dispute: text(dispute)?,
        },
    };
    let booked = PartnerPost {
        partner: text(&post.partner)?,
        what,
        reason: text(&post.reason)?,
        by: text(BY)?,
    };
    let key = EventKey {
        source: text(&format!("partner:{}", post.partner))?,
        external_id: text(&post.id)?,
    };
    let receipt = open.app.post_with_partner(open.id(), booked, key)?;
    match &receipt.verdict {
        Verdict::Accepted => {
            let done = if receipt.duplicate {
                "was booked before"
            } else {
                "is booked"
            };
            print.line(format!("{} {done}", post.id));
        }
        Verdict::Refused(refusal) => print.line(words::refusal(&receipt.program, refusal)),
    }
    print.json(&serde_json::json!({
        "id": post.id,
        "accepted": receipt.verdict == Verdict::Accepted,
        "duplicate": receipt.duplicate,
    }))?;
    Ok(match receipt.verdict {
        Verdict::Accepted => Answer::Yes,
        Verdict::Refused(_) => Answer::No,
    })
}

fn text(words: &str) -> Result<Text, Failure> {
    Text::new(words).map_err(|error| Failure::new(error.to_string(), "write it shorter"))
}
