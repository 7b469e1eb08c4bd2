//! `regulars scores`: what models say of members.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Table, counted};
use clap::{Args, Subcommand};
use regulars_api::score::ScoreOut;
use regulars_app::MemberRef;
use regulars_server::view;

/// What models say of members: who is about to leave, who will bring what
#[derive(Args)]
pub(crate) struct Scores {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List scores and labels, with their meaning and how far they are to be relied on
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what is said of a member
    Of {
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Ask models now; a server does so every night
    Ask {
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Scores, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List { shop } => list(shop, print)?,
        What::Of { member, shop } => of(member, shop, print)?,
        What::Ask { shop } => {
            let open = shop.open()?;
            let run = open.app.score_members(open.id(), &|_| true)?;
            print.line(format!(
                "{} of {}: something new",
                run.changed,
                counted(run.customers, "member")
            ));
            print.json(&view::scores(Some(&run)))?;
        }
    }
    Ok(Answer::Yes)
}

fn list(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let found = view::scores(open.app.score_run(open.id())?.as_ref());
    print.line(match (&found.asked_at, &found.as_of) {
        (None, _) => {
            "No model was asked yet: a server does so at night, `regulars scores ask` now".into()
        }
        (Some(at), None) => format!("asked {at}: nobody had bought"),
        (Some(at), Some(day)) => format!(
            "asked {at}, with the orders up to {day}; active is who bought within {} days",
            found.window_days
        ),
    });
    let mut table = Table::new(&["NAME", ">MEMBERS", "RELY ON IT", "SAYS"]);
    let rows = found.scores.iter().map(|own| ("score", own));
    for (kind, own) in rows.chain(found.labels.iter().map(|own| ("label", own))) {
        table.row(vec![
            format!("{kind}(\"{}\")", own.name),
            own.members.map_or(String::new(), |own| own.to_string()),
            trust(own),
            own.says.clone(),
        ]);
    }
    print.table(&table);
    print.json(&found)
}

fn trust(own: &ScoreOut) -> String {
    match (&own.why, own.better_than_guess) {
        (Some(why), _) => why.clone(),
        (None, Some(true)) => "yes".into(),
        (None, Some(false)) => "no: a guess is as good".into(),
        (None, None) => String::new(),
    }
}

fn of(member: &str, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let who = MemberRef::Id(crate::member::find(&open.app, open.id(), member)?.id);
    let own = view::member_scores(&open.app.scores_of(open.id(), &who)?);
    print.line(match &own.as_of {
        None => format!("{}: no model was asked yet", own.member),
        Some(day) => format!("{}: by the orders up to {day}", own.member),
    });
    let mut table = Table::new(&["NAME", ">VALUE", "SAYS"]);
    for own in &own.scores {
        table.row(vec![
            format!("score(\"{}\")", own.name),
            own.value.clone(),
            own.says.clone(),
        ]);
    }
    for own in &own.labels {
        table.row(vec![
            format!("label(\"{}\")", own.name),
            own.value.clone(),
            own.says.clone(),
        ]);
    }
    print.table(&table);
    print.json(&own)
}
