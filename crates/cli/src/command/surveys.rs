//! `regulars surveys`: what members are asked, and what came of it.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Shop, read_text};
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_api::json::{At, FromJson as _};
use regulars_api::survey::SurveyIn;
use regulars_app::{Audience, SurveyFiguresAsk};
use regulars_server::view;
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};

/// Make surveys, ask members, see what came of it
#[derive(Args)]
pub(crate) struct Surveys {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List all surveys.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Write a survey from a file: JSON, as `PUT /v1/surveys/ID` takes it.
    Put {
        /// Its id.
        id: String,
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        shop: Shop,
    },
    /// Ask a member, or everybody in a segment.
    Ask {
        /// The survey's id.
        id: String,
        /// Everybody in this segment.
        #[arg(long, required_unless_present = "member", conflicts_with = "member")]
        segment: Option<String>,
        /// This member.
        #[arg(long)]
        member: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// See who was asked and answered, and what.
    Figures {
        /// The survey's id.
        id: String,
        /// Side by side: by `month`, `tier`, `store` or `way`.
        #[arg(long)]
        by: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Write all answers as CSV.
    Answers {
        /// The survey's id.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Surveys, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List { shop } => list(shop, print)?,
        What::Put { id, file, shop } => put(id, file, shop, print)?,
        What::Ask {
            id,
            segment,
            member,
            shop,
        } => ask_whom(id, (segment.as_deref(), member.as_deref()), shop, print)?,
        What::Figures { id, by, shop } => figures(id, by.as_deref(), shop, print)?,
        What::Answers { id, shop } => {
            let open = shop.open()?;
            let all = open
                .app
                .survey_answers(open.id(), id, &SurveyFiguresAsk::default())?;
            print.line(view::answers_file(all).trim_end());
        }
    }
    Ok(Answer::Yes)
}

fn list(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let all = open.app.surveys(open.id())?;
    let mut table = Table::new(&["ID", ">VERSION", "STATE", ">QUESTIONS", "NAME"]);
    for own in &all {
        table.row(vec![
            own.id.clone(),
            own.version.to_string(),
            if own.draft.live { "live" } else { "over" }.to_owned(),
            own.draft.questions.len().to_string(),
            own.draft.name.clone(),
        ]);
    }
    print.table(&table);
    print.json(&all.iter().map(view::survey).collect::<Vec<_>>())
}

fn put(id: &str, file: &Path, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let text = read_text(file)?;
    let raw: &RawValue = serde_json::from_str(&text).map_err(|error| {
        let what = format!("{}: {error}", file.display());
        Failure::new(what, "write it as PUT /v1/surveys/ID takes it")
    })?;
    let mut faults = Vec::new();
    let body = SurveyIn::from_json(raw, At::ROOT, &mut faults).filter(|_| faults.is_empty());
    let body = body.ok_or(regulars_app::Error::Invalid(faults))?;
    let open = shop.open()?;
    let seen = open.app.survey(open.id(), id).ok().map(|own| own.version);
    let draft = view::survey_draft(body).map_err(regulars_app::Error::Invalid)?;
    let written = open.app.put_survey(open.id(), (id, seen), &draft)?;
    print.line(format!("{id} is written, version {}", written.version));
    print.json(&view::survey(&written))
}

fn ask_whom(
    id: &str,
    (segment, member): (Option<&str>, Option<&str>),
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<()> {
    let open = shop.open()?;
    let audience = match (segment, member) {
        (Some(segment), _) => Audience::Segment(segment.to_owned()),
        (None, member) => {
            let member = member.unwrap_or_default();
            Audience::Member(crate::member::find(&open.app, open.id(), member)?.id)
        }
    };
    let made = open.app.ask_by_survey(open.id(), id, &audience)?;
    print.line(format!("{made} are asked as soon as a server runs"));
    print.json(&serde_json::json!({ "made": made }))
}

fn figures(id: &str, by: Option<&str>, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let ask = SurveyFiguresAsk {
        by: by.map(str::to_owned),
        ..SurveyFiguresAsk::default()
    };
    let found = open.app.survey_figures(open.id(), id, &ask)?;
    print.line(format!(
        "{} asked, {} opened, {} answered",
        found.asked, found.opened, found.answered
    ));
    let mut table = Table::new(&["QUESTION", ">FIGURE", "INTERVAL", ">ANSWERS"]);
    for own in &found.questions {
        let figure = own.figure.as_ref();
        let value = figure.and_then(|own| own.value);
        let interval = figure.and_then(|own| own.interval);
        let answers: u64 = own.counts.iter().map(|own| own.1).sum::<u64>() + own.texts;
        table.row(vec![
            own.id.clone(),
            value.map_or_else(|| "n/a".to_owned(), |own| format!("{own:.2}")),
            interval.map_or_else(String::new, |own| {
                format!("{:.2} to {:.2}", own.low, own.high)
            }),
            answers.to_string(),
        ]);
    }
    print.table(&table);
    for own in &found.groups {
        let value = own
            .figure
            .value
            .map_or_else(|| "n/a".to_owned(), |own| format!("{own:.2}"));
        print.line(format!("{}: {value} of {} answers", own.name, own.answers));
    }
    for own in &found.themes {
        print.line(format!("{}: {} texts", own.id, own.texts));
    }
    print.json(&view::survey_figures(found, None))
}
