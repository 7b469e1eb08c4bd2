//! `regulars coupons`: codes of coupons are made, brought along, listed, looked at, made void.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Style, Table, count};
use crate::progress::Progress;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use regulars_app::{BringCodes, MakeCodes, batch_of};
use regulars_engine::code::Code;
use regulars_server::view;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Make codes of coupons, bring some along, see and end them
#[derive(Args)]
pub(crate) struct Coupons {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make codes that nobody can guess. Interrupted, it goes on where it stopped if the batch has a
    /// name
    Make {
        /// The coupon's id in the program file.
        coupon: String,
        /// How many the batch is to have.
        #[arg(long)]
        count: u64,
        /// The batch's name: the same name is the same batch.
        #[arg(long, value_name = "NAME")]
        batch: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Bring codes along from a file, one a line
    Import {
        /// The coupon's id in the program file.
        coupon: String,
        /// The file.
        file: PathBuf,
        /// The batch's name: the file's name if not said.
        #[arg(long, value_name = "NAME")]
        batch: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Write all codes of a coupon as CSV
    Export {
        /// The coupon's id in the program file.
        coupon: String,
        /// The file; the terminal if not said.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        shop: Shop,
    },
    /// See a code, and what happened to it
    Show {
        /// The code.
        code: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Make a code void: it can be used no more
    Void {
        /// The code.
        code: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Coupons, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Make {
            coupon,
            count,
            batch,
            shop,
        } => make(shop, coupon, (*count, batch.as_deref()), print),
        What::Import {
            coupon,
            file,
            batch,
            shop,
        } => import(shop, coupon, (file, batch.as_deref()), print),
        What::Export { coupon, out, shop } => export(shop, coupon, out.as_ref(), print),
        What::Show { code, shop } => show(shop, code, false, print),
        What::Void { code, shop } => show(shop, code, true, print),
    }
}

fn make(
    shop: &Shop,
    coupon: &str,
    (asked, batch): (u64, Option<&str>),
    print: &Print,
) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let bar = Progress::new(print, "codes");
    let make = MakeCodes {
        coupon: coupon.to_owned(),
        count: asked,
        batch: batch_of(batch),
    };
    let made = open.app.make_codes(open.id(), &make, &mut |made| {
        bar.at(made, asked, count(made));
    });
    bar.clear();
    let made = made?;
    let so_many = count(u64::try_from(made.made).unwrap_or(0));
    print.line(format!("the batch has {so_many} codes of {coupon}"));
    print.json(&view::code_batch(&made, coupon))?;
    Ok(Answer::Yes)
}

fn import(
    shop: &Shop,
    coupon: &str,
    (file, batch): (&PathBuf, Option<&str>),
    print: &Print,
) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{shown}`"))?;
    let lines = text
        .lines()
        .map(|line| line.trim().trim_matches('"').to_owned());
    let bring = BringCodes {
        coupon: coupon.to_owned(),
        codes: lines.collect(),
        batch: batch_of(Some(batch.unwrap_or(&shown))),
    };
    let brought = open.app.bring_codes(open.id(), &bring)?;
    print.line(format!("{} codes are new", count(brought.added)));
    if brought.again > 0 {
        let again = count(brought.again);
        print.line(format!("{again} were there by an earlier try"));
    }
    for code in &brought.known {
        print.line(format!("{code}: is there already"));
    }
    for (line, what) in &brought.wrong {
        print.line(format!("line {line}: {what}"));
    }
    print.json(&serde_json::json!({
        "added": brought.added,
        "again": brought.again,
        "known": brought.known.iter().map(Code::as_str).collect::<Vec<_>>(),
        "wrong": brought.wrong.iter().map(|(line, what)| serde_json::json!({"line": line, "what": what}))
            .collect::<Vec<_>>(),
    }))?;
    match brought.known.is_empty() && brought.wrong.is_empty() {
        true => Ok(Answer::Yes),
        false => Ok(Answer::No),
    }
}

fn export(
    shop: &Shop,
    coupon: &str,
    out: Option<&PathBuf>,
    print: &Print,
) -> anyhow::Result<Answer> {
    const PAGE: usize = 5000;
    let open = shop.open()?;
    let mut file = match out {
        Some(path) => {
            let shown = path.display();
            let made = std::fs::File::create(path);
            Some(BufWriter::new(
                made.with_context(|| format!("cannot write `{shown}`"))?,
            ))
        }
        None => None,
    };
    let mut line = |text: String| -> anyhow::Result<()> {
        match &mut file {
            Some(file) => Ok(writeln!(file, "{text}")?),
            None => {
                print.line(text);
                Ok(())
            }
        }
    };
    line("code,status,used,uses,member,issued_at,expires_at,void_at".to_owned())?;
    let (mut after, mut written, now) = (None, 0_u64, open.app.now());
    loop {
        let page = open
            .app
            .codes(open.id(), (coupon, None), after.take(), PAGE)?;
        for code in &page {
            let shown = view::code(code, now);
            let some = |text: &Option<String>| text.clone().unwrap_or_default();
            line(format!(
                "{},{},{},{},{},{},{},{}",
                csv(&shown.code),
                shown.status,
                shown.used,
                shown.uses,
                some(&shown.member),
                shown.issued_at,
                some(&shown.expires_at),
                some(&shown.void_at)
            ))?;
            written += 1;
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.row.code.clone()),
            _ => break,
        }
    }
    if let Some(file) = &mut file {
        file.flush()?;
        print.line(format!("{} codes written", count(written)));
    }
    print.json(&serde_json::json!({ "codes": written }))?;
    Ok(Answer::Yes)
}

/// A cell: codes that were brought along may hold anything.
fn csv(text: &str) -> String {
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

fn show(shop: &Shop, code: &str, void: bool, print: &Print) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let code = Code::new(code).map_err(|error| anyhow::anyhow!("`{code}` {error}"))?;
    let seen = match void {
        true => open.app.void_code(open.id(), &code)?,
        false => open.app.code(open.id(), &code)?,
    };
    let shown = view::code(&seen, open.app.now());
    print.json(&shown)?;
    print.line(format!(
        "{}  {} of {}, used {} of {}",
        print.style(Style::Bold, &shown.code),
        shown.status,
        shown.coupon,
        shown.used,
        shown.uses
    ));
    let mut table = Table::new(&["WHEN", "WHAT", "MEMBER", "ORDER", "EVENT"]);
    table.row(vec![
        shown.issued_at.clone(),
        "issued".into(),
        String::new(),
        String::new(),
        String::new(),
    ]);
    for step in &shown.history {
        table.row(vec![
            step.at.clone(),
            step.what.clone(),
            step.member.clone(),
            step.order.clone().unwrap_or_default(),
            format!("{}/{}", step.event.source, step.event.id),
        ]);
    }
    if let Some(at) = &shown.void_at {
        let empty = String::new;
        table.row(vec![at.clone(), "void".into(), empty(), empty(), empty()]);
    }
    print.table(&table);
    Ok(Answer::Yes)
}
