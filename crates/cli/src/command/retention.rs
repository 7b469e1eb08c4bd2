//! `regulars retention`: how long personal data are kept.

use crate::Answer;
use crate::flags::{Open, Shop};
use crate::print::Print;
use crate::trail::note;
use clap::{Args, Subcommand};
use regulars_app::{Aged, Retention as Times, Told};
use regulars_server::view;

/// See and set how long personal data are kept, see what would go, let it go
#[derive(Args)]
pub(crate) struct Retention {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// See how long each sort is kept
    Show {
        #[command(flatten)]
        shop: Shop,
    },
    /// Set it; what is not named stays as it is, 0 is for ever
    Set {
        #[command(flatten)]
        given: Given,
        #[command(flatten)]
        shop: Shop,
    },
    /// See how much is older; with times, how much would be. Nothing goes
    Preview {
        #[command(flatten)]
        given: Given,
        #[command(flatten)]
        shop: Shop,
    },
    /// Let go what is older, now; a server does so every night. It cannot be had back
    Run {
        #[command(flatten)]
        shop: Shop,
    },
}

/// Times.
#[derive(Args)]
struct Given {
    /// Members for whom nothing happened are forgotten after so many months (6 to 240).
    #[arg(long, value_name = "MONTHS")]
    members: Option<u32>,
    /// What messages said goes after so many days (7 to 3650; so it is of the others).
    #[arg(long, value_name = "DAYS")]
    messages: Option<u32>,
    /// What members wrote in surveys.
    #[arg(long, value_name = "DAYS")]
    answers: Option<u32>,
    /// Where rewards were sent.
    #[arg(long, value_name = "DAYS")]
    addresses: Option<u32>,
    /// What was said in cases, since they were solved.
    #[arg(long, value_name = "DAYS")]
    cases: Option<u32>,
    /// What was noted of talks.
    #[arg(long, value_name = "DAYS")]
    contacts: Option<u32>,
}

impl Given {
    fn over(&self, set: Times) -> Times {
        Times {
            members_months: self.members.unwrap_or(set.members_months),
            messages_days: self.messages.unwrap_or(set.messages_days),
            answers_days: self.answers.unwrap_or(set.answers_days),
            addresses_days: self.addresses.unwrap_or(set.addresses_days),
            cases_days: self.cases.unwrap_or(set.cases_days),
            contacts_days: self.contacts.unwrap_or(set.contacts_days),
        }
    }
}

pub(crate) fn run(ask: &Retention, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Show { shop } => {
            let open = shop.open()?;
            show(open.app.retention(open.id())?, print)
        }
        What::Set { given, shop } => {
            let open = shop.open()?;
            let new = given.over(open.app.retention(open.id())?);
            let (before, after) = open.app.set_retention(open.id(), new)?;
            put_down(
                &open,
                "set_retention",
                (before.in_words(), after.in_words()),
            )?;
            show(after, print)
        }
        What::Preview { given, shop } => {
            let open = shop.open()?;
            let of = given.over(open.app.retention(open.id())?);
            told(
                open.app.preview_retention(open.id(), &of)?,
                "would go",
                print,
            )
        }
        What::Run { shop } => {
            let open = shop.open()?;
            let went = open.app.retain(open.id())?;
            put_down(&open, "run_retention", (String::new(), went.in_words()))?;
            told(went, "went", print)
        }
    }
}

fn put_down(open: &Open, act: &str, (before, after): (String, String)) -> anyhow::Result<()> {
    let told = Told {
        before,
        after,
        ..Told::default()
    };
    note(open, act, String::new(), told)
}

fn show(times: Times, print: &Print) -> anyhow::Result<Answer> {
    print.line(times.in_words());
    print.json(&view::retention(times))?;
    Ok(Answer::Yes)
}

fn told(aged: Aged, what: &str, print: &Print) -> anyhow::Result<Answer> {
    let words = aged.in_words();
    print.line(match words.is_empty() {
        true => format!("nothing {what}"),
        false => format!("{what}: {words}"),
    });
    if aged.on_plan > 0 {
        print.line(format!("stay, since they are on a plan: {}", aged.on_plan));
    }
    print.json(&view::aged(aged))?;
    Ok(Answer::Yes)
}
