//! `regulars quote`: what a basket would cost, earn and allow. Nothing is written.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Shop, read_text};
use crate::member;
use crate::print::{Print, Style, Table};
use clap::Args;
use regulars_api::json::{At, FromJson as _};
use regulars_api::quote::{QuoteOut, QuoteRead};
use regulars_app::QuoteAsk;
use regulars_base::Text;
use regulars_engine::event::Who;
use regulars_server::view;
use serde_json::value::RawValue;
use std::path::PathBuf;

/// Say what a basket would cost with its best rewards and codes, and what it would earn
///
/// The basket is a JSON file as `POST /v1/quote` takes it: {"currency": "EUR", "lines":
/// [{"sku": "tea", "amount": "4.50"}], "codes": ["TENTH"]}. Nothing is written.
#[derive(Args)]
pub(crate) struct Quote {
    /// The basket as a JSON file; `-` (or nothing) for standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Whose basket, if the file does not say.
    #[arg(long, value_name = "MEMBER")]
    member: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Quote, print: &Print) -> anyhow::Result<Answer> {
    let text = read_text(&ask.file)?;
    let raw: &RawValue = serde_json::from_str(&text).map_err(|error| {
        let advice =
            r#"write it as in {"currency": "EUR", "lines": [{"sku": "tea", "amount": "4.50"}]}"#;
        Failure::new(format!("the basket is no JSON: {error}"), advice)
    })?;
    let mut faults = Vec::new();
    let read = QuoteRead::from_json(raw, At::ROOT, &mut faults);
    let read = match read {
        Some(read) if faults.is_empty() => read,
        _ => {
            let each: Vec<String> = faults
                .iter()
                .map(|fault| format!("{} {}", fault.at.trim_start_matches('/'), fault.what))
                .collect();
            let what = format!("the basket is wrong: {}", each.join("\n       "));
            return Err(Failure::new(what, "correct it and run the command again").into());
        }
    };
    if read.reserve {
        let advice = "leave out `reserve`: the command only asks";
        return Err(Failure::new("a quote of the command line sets nothing aside", advice).into());
    }
    let open = ask.shop.open()?;
    let who = match &ask.member {
        Some(name) => Some(Who::Member(member::find(&open.app, open.id(), name)?.id)),
        None => read.who,
    };
    let currency = read.basket.purchase.currency;
    let asked = QuoteAsk {
        who,
        basket: read.basket,
        source: read
            .source
            .unwrap_or_else(|| Text::new("api").unwrap_or_default()),
        codes: read.codes,
        rewards: read.rewards,
        reserve: false,
        minutes: read.minutes,
    };
    let quoting = open.app.quote(open.id(), asked)?;
    let quote = view::quote(&quoting, currency);
    print.json(&quote)?;
    shown(&quote, print)?;
    Ok(match quote.refused {
        Some(_) => Answer::No,
        None => Answer::Yes,
    })
}

/// An amount as it is answered.
fn amount(of: &impl serde::Serialize) -> anyhow::Result<String> {
    let value = serde_json::to_value(of)?;
    Ok(value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned))
}

fn shown(quote: &QuoteOut, print: &Print) -> anyhow::Result<()> {
    if let Some(why) = &quote.detail {
        print.line(print.style(Style::Bad, format!("It would be refused: {why}")));
    }
    let mut used = Table::new(&["USED FOR IT", "", ">OFF"]);
    let mut left = Table::new(&["NOT USED", "", "WHY"]);
    let mut row = |what: [String; 2], applies: bool, off: String, why: Option<&String>| {
        if applies {
            used.row(vec![what[0].clone(), what[1].clone(), off]);
        } else {
            let why = why.cloned().unwrap_or_default();
            left.row(vec![what[0].clone(), what[1].clone(), why]);
        }
    };
    for own in &quote.rewards {
        let price: Vec<String> = own
            .price
            .iter()
            .map(|price| Ok(format!("{} {}", amount(&price.amount)?, price.points)))
            .collect::<anyhow::Result<_>>()?;
        let price = match own.by_voucher {
            true => "voucher".to_owned(),
            false => price.join(" and "),
        };
        let what = [format!("{} x {}", own.quantity, own.reward), price];
        row(what, own.applies, amount(&own.off)?, own.detail.as_ref());
    }
    for own in &quote.codes {
        let what = [own.code.clone(), "code".to_owned()];
        row(what, own.applies, amount(&own.off)?, own.detail.as_ref());
    }
    for table in [&used, &left] {
        if !table.is_empty() {
            print.table(table);
        }
    }
    let mut sums = Table::new(&["", ">"]);
    sums.row(vec!["off".into(), amount(&quote.off)?]);
    sums.row(vec!["to be paid".into(), amount(&quote.total)?]);
    sums.row(vec!["tax in it".into(), amount(&quote.tax)?]);
    for earned in &quote.earned {
        let name = format!("would earn {}", earned.points);
        sums.row(vec![name, amount(&earned.amount)?]);
    }
    for left in &quote.left {
        let name = format!("left of {}", left.points);
        sums.row(vec![name, amount(&left.amount)?]);
    }
    print.table(&sums);
    for reason in &quote.reasons {
        print.line(format!("  {reason}"));
    }
    Ok(())
}
