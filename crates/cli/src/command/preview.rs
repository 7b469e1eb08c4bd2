//! `regulars preview`: what a basket would earn. Nothing is written.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Shop, read_text};
use crate::member;
use crate::print::{Print, Style, Table};
use clap::Args;
use regulars_api::event::{Door, read};
use regulars_api::json::At;
use regulars_engine::event::{Fault, Incoming, Who};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_server::view;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Say what a basket (or any other event) would earn, and why; nothing is written
///
/// The basket is an event as the API takes it. Its type may be left out if it is a purchase, its
/// source, id and time always: {"order": "R-1", "currency": "EUR", "total": "12.40"}
#[derive(Args)]
pub(crate) struct Preview {
    /// The basket as a JSON file; `-` (or nothing) for standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Whose basket, if the file does not say.
    #[arg(long, value_name = "MEMBER")]
    member: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Preview, print: &Print) -> anyhow::Result<Answer> {
    let text = read_text(&ask.file)?;
    let open = ask.shop.open()?;
    let now = open.app.now();
    let (_, program) = open.app.program_in_force(open.id(), now)?;
    let whose = match &ask.member {
        Some(name) => Some(member::find(&open.app, open.id(), name)?),
        None => None,
    };
    let id = whose.as_ref().map(|member| member.id.to_string());
    let text = completed(&text, id.as_deref())?;
    let raw: &RawValue = serde_json::from_str(&text).map_err(|error| not_json(&error))?;
    let decimals = |id: &str| {
        let points = program.points.iter().find(|points| points.id == id)?;
        Some(points.decimals)
    };
    let door = Door {
        now,
        arrival: now,
        preview: true,
        decimals: &decimals,
        program: Some(&program),
    };
    let incoming = read(raw, At::ROOT, &door).map_err(|faults| wrong(&faults))?;
    let called = whose
        .as_ref()
        .map_or_else(|| called(&incoming), member::called);
    let preview = open.app.preview(open.id(), incoming)?;
    print.json(&view::preview(&preview))?;
    shown(&preview, &called, print);
    Ok(match preview.outcome.verdict {
        Verdict::Accepted => Answer::Yes,
        Verdict::Refused(_) => Answer::No,
    })
}

/// The event with what may be left out: amounts stay as they were written.
fn completed(text: &str, member: Option<&str>) -> anyhow::Result<String> {
    let mut fields: BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let purchase: &RawValue = serde_json::from_str(r#""purchase""#)?;
    fields.entry("type".to_owned()).or_insert(purchase);
    if fields.contains_key("currency") || fields.contains_key("total") {
        let order: &RawValue = serde_json::from_str(r#""preview""#)?;
        fields.entry("order".to_owned()).or_insert(order);
    }
    let whose = member.map(|id| format!("\"{id}\""));
    if let Some(id) = &whose {
        fields.remove("customer");
        fields.insert("member".to_owned(), serde_json::from_str(id)?);
    }
    Ok(serde_json::to_string(&fields)?)
}

fn not_json(error: &serde_json::Error) -> Failure {
    Failure::new(
        format!("the basket is no JSON object: {error}"),
        r#"write it as in {"order": "R-1", "currency": "EUR", "total": "12.40"}"#,
    )
}

fn wrong(faults: &[Fault]) -> Failure {
    let each: Vec<String> = faults
        .iter()
        .map(|fault| format!("{} {}", fault.at.trim_start_matches('/'), fault.what))
        .collect();
    Failure::new(
        format!("the basket is wrong: {}", each.join("\n       ")),
        "correct it and run the command again",
    )
}

fn called(incoming: &Incoming) -> String {
    match &incoming.who {
        Who::Member(id) => id.to_string(),
        Who::Identity { kind, value } => format!("{kind} {value}"),
        Who::OfOrder => "whoever placed the order".to_owned(),
    }
}

fn shown(preview: &regulars_app::Preview, called: &str, print: &Print) {
    let program = &preview.program;
    let title = format!("By version {} for {called}:", preview.version);
    print.line(print.style(Style::Bold, title));
    if let Verdict::Refused(refusal) = &preview.outcome.verdict {
        let why = words::refusal(program, refusal);
        print.line(print.style(Style::Bad, format!("refused: {why}")));
    }
    let mut table = Table::new(&["POINTS", ">WOULD MOVE", ">THEN AVAILABLE"]);
    for (name, available) in &preview.available {
        let decimals = program.terms_named(*name).map_or(0, |it| it.decimals);
        let moved = preview.points.iter().find(|it| it.points == *name);
        let moved = moved.map_or(0, |it| it.change);
        let sign = if moved > 0 { "+" } else { "" };
        table.row(vec![
            words::id_of(program, *name).to_owned(),
            format!("{sign}{}", words::number(decimals, moved)),
            words::number(decimals, *available),
        ]);
    }
    if !table.is_empty() {
        print.table(&table);
    }
    for note in &preview.outcome.trace {
        print.line(format!("  {}", words::note(program, note)));
    }
}
