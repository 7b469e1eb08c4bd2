//! `regulars suspicions`: who takes advantage of the program, and what a person decides.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop, read_text, whoever};
use crate::print::{Print, Table, counted};
use crate::trail::{self, COMMAND_LINE};
use clap::{Args, Subcommand};
use regulars_api::FromJson;
use regulars_api::json::At;
use regulars_api::suspicion::SuspicionRulesBody;
use regulars_app::engage::suspicion::SignKind;
use regulars_app::{
    Caller, Error, PageAsk, Suspicion, SuspicionAsk, SuspicionRuling, SuspicionState, Told,
};
use regulars_server::view;
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};

/// Look for who takes advantage of the program, list suspicions, decide
#[derive(Args)]
pub(crate) struct Suspicions {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Look for them now; a server does so every night
    Find {
        #[command(flatten)]
        shop: Shop,
    },
    /// List suspicions, those for which most speaks first
    List {
        /// Those that stand so: open, cleared or reversed.
        #[arg(long, value_name = "STATE", default_value = "open")]
        state: String,
        /// Those with this sign among their reasons, as pace or fan_in.
        #[arg(long, value_name = "SIGN")]
        sign: Option<String>,
        /// Those with this score at least.
        #[arg(long, value_name = "SCORE", default_value_t = 0)]
        least: i64,
        /// How many at most.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show a suspicion, with what would be taken back
    Show {
        /// Its id (sus_…), as listed.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say that nothing was wrong: a member who was put on hold for it is let go
    Clear {
        /// Its id (sus_…), as listed.
        id: String,
        /// Why: the member and auditors will read it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take back what was given wrongly, as far as it is there
    Reverse {
        /// Its id (sus_…), as listed.
        id: String,
        /// Why: the member and auditors will read it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The member stays on hold all the same.
        #[arg(long)]
        keep_on_hold: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what is taken for suspicious, or set it from a file
    Rules {
        /// A file as `--json` shows the rules.
        #[arg(long, value_name = "FILE")]
        set: Option<PathBuf>,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Suspicions, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Find { shop } => {
            let open = shop.open()?;
            let looked = open.app.look_for_suspicions(open.id(), &mut |_, _| true)?;
            print.line(format!(
                "{}, {} for which more speaks than before, {} put on hold",
                counted(looked.opened, "new suspicion"),
                looked.more,
                counted(looked.held, "member")
            ));
            print.json(&serde_json::json!({
                "opened": looked.opened, "more": looked.more, "held": looked.held
            }))?;
        }
        What::List {
            state,
            sign,
            least,
            limit,
            shop,
        } => {
            let known = SuspicionState::by_name(state);
            let known = known.ok_or_else(|| {
                let what = format!("--state: {state} is no state");
                Failure::new(what, "there are open, cleared and reversed")
            })?;
            let ask = SuspicionAsk {
                state: Some(known),
                sign: sign.as_deref().map(named).transpose()?,
                least: *least,
                ..SuspicionAsk::default()
            };
            list(&shop.open()?, (&ask, *limit), print)?;
        }
        What::Show { id, shop } => {
            let open = shop.open()?;
            let own = open.app.suspicion(open.id(), id)?;
            show(&open, &own, print)?;
        }
        What::Clear { id, reason, shop } => {
            rule(&shop.open()?, id, (SuspicionRuling::Clear, reason), print)?;
        }
        What::Reverse {
            id,
            reason,
            keep_on_hold,
            shop,
        } => {
            let ruling = SuspicionRuling::Reverse {
                stays_on_hold: *keep_on_hold,
            };
            rule(&shop.open()?, id, (ruling, reason), print)?;
        }
        What::Rules { set, shop } => rules(&shop.open()?, set.as_deref(), print)?,
    }
    Ok(Answer::Yes)
}

fn named(sign: &str) -> Result<SignKind, Failure> {
    let names = SignKind::ALL.map(SignKind::name).join(", ");
    let none = || {
        Failure::new(
            format!("--sign: {sign} is no sign"),
            format!("there are {names}"),
        )
    };
    SignKind::by_name(sign).ok_or_else(none)
}

/// Against whom, in one word or two.
fn against(own: &Suspicion) -> String {
    match own.name.is_empty() {
        true => format!("{} {}", own.suspect.kind(), own.suspect.id()),
        false => format!("{} {}", own.suspect.kind(), own.name),
    }
}

fn list(open: &Open, (ask, limit): (&SuspicionAsk, usize), print: &Print) -> anyhow::Result<()> {
    let page = PageAsk { after: None, limit };
    let found = open.app.suspicions(open.id(), ask, &page)?.items;
    let mut table = Table::new(&["ID", "SCORE", "AGAINST", "HELD", "WHY"]);
    for own in &found {
        let reasons: Vec<String> = own.signs.iter().map(|sign| sign.text()).collect();
        table.row(vec![
            own.id.clone(),
            own.score.to_string(),
            against(own),
            if own.held_at.is_some() { "yes" } else { "" }.to_owned(),
            reasons.join("; "),
        ]);
    }
    print.table(&table);
    let items: Vec<_> = found
        .iter()
        .map(|own| view::suspicion(own, &own.taken))
        .collect();
    print.json(&serde_json::json!({ "items": items }))
}

fn show(open: &Open, own: &Suspicion, print: &Print) -> anyhow::Result<()> {
    let takes = open.app.suspicion_takes(open.id(), own)?;
    print.line(format!(
        "{} is {}: {} against {}",
        own.id,
        own.state.name(),
        own.score,
        against(own)
    ));
    for sign in &own.signs {
        print.line(format!("  {:>3}  {}", sign.weight, sign.text()));
    }
    let out = view::suspicion(own, &takes);
    for taken in &out.taken {
        print.line(format!(
            "  {} of {} {} of {}: {}",
            taken.amount.0, taken.given.0, taken.points, taken.member, taken.state
        ));
    }
    print.json(&out)
}

fn rule(
    open: &Open,
    id: &str,
    (ruling, reason): (SuspicionRuling, &str),
    print: &Print,
) -> anyhow::Result<()> {
    // Whoever sits at the database is nobody of the merchant's people.
    let by = Caller {
        tenant: open.id(),
        key: COMMAND_LINE.into(),
        name: whoever(),
        scopes: Vec::new(),
        adjust_most: None,
        money_most: None,
        partner: None,
        store: None,
        rate: None,
    };
    let ruled = open.app.rule_suspicion(&by, id, (ruling, reason))?;
    let act = match ruling {
        SuspicionRuling::Clear => "clear_suspicion",
        SuspicionRuling::Reverse { .. } => "reverse_suspicion",
    };
    let told = Told {
        before: "open".to_owned(),
        after: ruled.suspicion.state.name().to_owned(),
        why: reason.to_owned(),
        ..Told::default()
    };
    trail::note(open, act, id.to_owned(), told)?;
    show(open, &ruled.suspicion, print)
}

fn rules(open: &Open, set: Option<&Path>, print: &Print) -> anyhow::Result<()> {
    let own = match set {
        None => open.app.suspicion_rules(open.id())?,
        Some(file) => {
            let text = read_text(file)?;
            let raw: &RawValue = serde_json::from_str(&text).map_err(|error| {
                let what = format!("{}: {error}", file.display());
                Failure::new(what, "write it as PUT /v1/suspicion-rules takes it")
            })?;
            let mut faults = Vec::new();
            let body = SuspicionRulesBody::from_json(raw, At::ROOT, &mut faults);
            let Some(body) = body.filter(|_| faults.is_empty()) else {
                return Err(Error::Invalid(faults).into());
            };
            let new = view::read_suspicion_rules(&body)?;
            let (_, after) = open.app.set_suspicion_rules(open.id(), new)?;
            let told = Told {
                after: format!("{} paces", after.paces.len()),
                ..Told::default()
            };
            trail::note(open, "set_suspicion_rules", String::new(), told)?;
            after
        }
    };
    let out = view::suspicion_rules(&own);
    print.line(format!(
        "looked for: {}; somebody looks from {} on, on hold from {} on; {} days",
        if out.on { "yes" } else { "no" },
        out.review_from,
        out.hold_from,
        out.days
    ));
    let mut table = Table::new(&["SIGN", "LIMIT", "WEIGHT"]);
    for pace in &out.paces {
        table.row(vec![
            format!("{} per {} in {} minutes", pace.of, pace.per, pace.minutes),
            pace.most.to_string(),
            pace.weight.to_string(),
        ]);
    }
    for sign in &out.signs {
        table.row(vec![
            sign.sign.clone(),
            sign.limit.to_string(),
            sign.weight.to_string(),
        ]);
    }
    print.table(&table);
    print.json(&out)
}
