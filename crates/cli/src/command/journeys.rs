//! `regulars journeys`: what happens to members over days, and what would have happened.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Shop, read_text};
use crate::lift::{self, Compare};
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_api::journey::JourneyOut;
use regulars_app::{
    Error, Finding, JOURNEYS, JourneyMembersAsk, JourneySample, JourneyState, MemberRef, PageAsk,
};
use regulars_base::CivilDay;
use regulars_server::view;
use std::path::{Path, PathBuf};

/// Journeys: what happens to members over days, step by step, and what would have happened
#[derive(Args)]
pub(crate) struct Journeys {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List journeys, with what each came to so far.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// List journeys to start from, or print one.
    Library {
        /// Its name.
        name: Option<String>,
    },
    /// Write the templates of a journey of the library that are not there yet, and the journey itself.
    Take {
        /// Its name in the library.
        name: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Write a journey from a file, as a new one or over the one that is there.
    Put {
        /// Its id: small letters, digits and hyphens.
        id: String,
        /// The file, in TOML; `-` for standard input.
        file: PathBuf,
        #[command(flatten)]
        shop: Shop,
    },
    /// Run a journey over history: who would have got what, with nothing sent and nothing given.
    Try {
        /// The file, in TOML; `-` for standard input.
        file: PathBuf,
        /// Since which day, as in 2025-01-01.
        #[arg(long)]
        since: CivilDay,
        /// Day by day.
        #[arg(long)]
        days: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Start a journey, or resume it.
    Start {
        /// Its id.
        journey: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Pause a journey: nobody comes in, and nobody goes on.
    Pause {
        /// Its id.
        journey: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Stop a journey: everybody is out of it.
    Stop {
        /// Its id.
        journey: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show a journey, step by step.
    Show {
        /// Its id.
        journey: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what a journey brought, against those who were held out.
    Lift {
        /// Its id.
        journey: String,
        #[command(flatten)]
        compare: Compare,
        #[command(flatten)]
        shop: Shop,
    },
    /// List who is in a journey, and where.
    Members {
        /// Its id.
        journey: String,
        /// At this step only.
        #[arg(long)]
        step: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say that a task was done for a member.
    Done {
        /// The journey's id.
        journey: String,
        /// The step.
        step: String,
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Journeys, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List { shop } => list(shop, print)?,
        What::Library { name } => library(name.as_deref(), print)?,
        What::Take { name, shop } => return take(name, shop, print),
        What::Put { id, file, shop } => return put((id, file), shop, print),
        What::Try {
            file,
            since,
            days,
            shop,
        } => return over_history(file, (*since, *days), shop, print),
        What::Start { journey, shop } => set(journey, JourneyState::Running, shop, print)?,
        What::Pause { journey, shop } => set(journey, JourneyState::Paused, shop, print)?,
        What::Stop { journey, shop } => set(journey, JourneyState::Stopped, shop, print)?,
        What::Show { journey, shop } => {
            let open = shop.open()?;
            told(
                &view::journey(&open.app.journey(open.id(), journey)?),
                print,
            )?;
        }
        What::Lift {
            journey,
            compare,
            shop,
        } => {
            let open = shop.open()?;
            let found = open.app.journey_lift(open.id(), journey, compare.ask())?;
            lift::told(&found, print)?;
        }
        What::Members {
            journey,
            step,
            shop,
        } => members((journey, step.as_deref()), shop, print)?,
        What::Done {
            journey,
            step,
            member,
            shop,
        } => done((journey, step), member, shop, print)?,
    }
    Ok(Answer::Yes)
}

fn list(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let all = open.app.journeys(open.id())?;
    let mut table = Table::new(&[
        "ID",
        "STATE",
        ">HERE",
        ">ENTERED",
        ">HELD OUT",
        ">POINTS",
        "NAME",
    ]);
    for own in all.iter().map(view::journey) {
        table.row(vec![
            own.id,
            own.state,
            own.here.to_string(),
            own.entered.to_string(),
            own.held_out.to_string(),
            own.given,
            own.name,
        ]);
    }
    print.table(&table);
    for own in &all {
        for finding in &own.findings {
            print.line(format!("{}: {finding}", own.id));
        }
    }
    print.json(&view::journeys(&all))
}

fn of_library(name: &str) -> Result<&'static JourneySample, Failure> {
    JourneySample::named(name).ok_or_else(|| {
        let what = format!("the library has no journey `{name}`");
        Failure::new(what, "see which there are: `regulars journeys library`")
    })
}

fn library(name: Option<&str>, print: &Print) -> anyhow::Result<()> {
    if let Some(name) = name {
        let own = of_library(name)?;
        print.raw(own.text);
        return print.json(&view::journey_sample(own));
    }
    for own in JOURNEYS {
        print.line(format!("{}\n  {}", own.name, own.about()));
    }
    let all: Vec<_> = JOURNEYS.iter().map(view::journey_sample).collect();
    print.json(&all)
}

fn take(name: &str, shop: &Shop, print: &Print) -> anyhow::Result<Answer> {
    let own = of_library(name)?;
    let open = shop.open()?;
    for template in open.app.take_journey_templates(open.id(), own)? {
        print.line(format!("template {template}"));
    }
    let written = open.app.put_journey(open.id(), (own.name, None), own.text);
    written_or_wrong(written, Path::new(own.name), print)
}

fn put((id, file): (&str, &Path), shop: &Shop, print: &Print) -> anyhow::Result<Answer> {
    let text = read_text(file)?;
    let open = shop.open()?;
    let all = open.app.journeys(open.id())?;
    let seen = all.iter().find(|own| own.id == id).map(|own| own.version);
    let written = open.app.put_journey(open.id(), (id, seen), &text);
    written_or_wrong(written, file, print)
}

fn written_or_wrong(
    written: Result<regulars_app::JourneyView, Error>,
    file: &Path,
    print: &Print,
) -> anyhow::Result<Answer> {
    match written {
        Ok(own) => {
            let own = view::journey(&own);
            print.line(format!("{} version {}, {}", own.id, own.version, own.state));
            print.json(&own)?;
            Ok(Answer::Yes)
        }
        Err(Error::InvalidJourney(found)) => Ok(wrong(file, &found, print)),
        Err(error) => Err(error.into()),
    }
}

/// All that is wrong, one line each.
fn wrong(file: &Path, found: &[Finding], print: &Print) -> Answer {
    for finding in found {
        print.note(format!("{}:{finding}", file.display()));
    }
    Answer::No
}

fn over_history(
    file: &Path,
    (since, by_day): (CivilDay, bool),
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<Answer> {
    let text = read_text(file)?;
    let open = shop.open()?;
    let id = file.file_stem().unwrap_or_default().to_string_lossy();
    let (found, power) = match open.app.preview_journey(open.id(), (&id, &text), since) {
        Ok(found) => (view::journey_preview(&found), found.power),
        Err(Error::InvalidJourney(found)) => return Ok(wrong(file, &found, print)),
        Err(error) => return Err(error.into()),
    };
    print.line(format!(
        "{} to {}: {} members, {} came in, {} of them held out; {} {} given, {} beyond the budget",
        found.since,
        found.until,
        found.members,
        found.entered,
        found.held_out,
        found.given,
        found.points,
        found.over_budget
    ));
    if !found.unknown.is_empty() {
        print.line(format!(
            "history does not know {}: models say it now, so it held of nobody",
            found.unknown.join(", ")
        ));
    }
    for line in power.iter().flat_map(lift::power) {
        print.line(line);
    }
    let mut table = Table::new(&["DAY", "STEP", "DID", "REASON", ">TIMES"]);
    if by_day {
        for own in &found.days {
            table.row(vec![
                own.day.clone(),
                own.step.clone(),
                own.did.clone(),
                own.reason.clone(),
                own.count.to_string(),
            ]);
        }
    } else {
        for own in &found.steps {
            table.row(vec![
                "all".into(),
                own.step.clone(),
                own.did.clone(),
                own.reason.clone(),
                own.count.to_string(),
            ]);
        }
    }
    print.table(&table);
    print.json(&found)?;
    Ok(Answer::Yes)
}

fn set(id: &str, state: JourneyState, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let seen = open.app.journey(open.id(), id)?.version;
    let own = open.app.set_journey_state(open.id(), (id, seen), state)?;
    told(&view::journey(&own), print)
}

fn told(own: &JourneyOut, print: &Print) -> anyhow::Result<()> {
    print.line(format!("{}  {}  {}", own.id, own.state, own.name));
    print.line(format!(
        "{} are in it, {} came in, {} are held out, {} {} given",
        own.here, own.entered, own.held_out, own.given, own.points
    ));
    let mut table = Table::new(&["STEP", "DOES", ">HERE", "SO FAR"]);
    for step in &own.steps {
        let counts = step.counts.iter().map(|counted| {
            let reason = match counted.reason.as_str() {
                "" => String::new(),
                reason => format!(" ({reason})"),
            };
            format!("{} {}{reason}", counted.count, counted.did)
        });
        table.row(vec![
            step.id.clone(),
            format!("{} {}", step.does, step.what).trim().to_owned(),
            step.here.to_string(),
            counts.collect::<Vec<_>>().join(", "),
        ]);
    }
    print.table(&table);
    for finding in &own.findings {
        print.note(format!(
            "{}:{}: {}",
            finding.line, finding.column, finding.message
        ));
    }
    print.json(own)
}

fn members((id, step): (&str, Option<&str>), shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let ask = JourneyMembersAsk {
        step: step.map(str::to_owned),
        done: None,
    };
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    loop {
        let found = open.app.journey_members(open.id(), (id, &ask), &page)?;
        for own in found.items.iter().map(view::journey_member) {
            let held = if own.held_out { "  held out" } else { "" };
            let ended = own.ended.as_deref().unwrap_or("");
            print.line(format!(
                "{}  {}  {}  {ended}{held}",
                own.member, own.step, own.since
            ));
            print.json_line(&own)?;
        }
        page.after = found.next;
        if page.after.is_none() {
            return Ok(());
        }
    }
}

fn done(
    (journey, step): (&str, &str),
    member: &str,
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<()> {
    let open = shop.open()?;
    let who = MemberRef::Id(crate::member::find(&open.app, open.id(), member)?.id);
    let own = open.app.complete_task(open.id(), (journey, step), &who)?;
    let own = view::journey_member(&own);
    print.line(format!("{} is at {} now", own.member, own.step));
    print.json(&own)
}
