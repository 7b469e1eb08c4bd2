//! `regulars offers`: sets of personal offers, what members are offered, and what came of it.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Shop, read_text};
use crate::lift::{self, Compare};
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_api::json::{At, FromJson as _};
use regulars_api::offer::{OfferChoicesOut, OfferReplayOut, OfferSetIn, OfferSetsOut};
use regulars_app::MemberRef;
use regulars_server::view;
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};

/// Personal offers: for each member one of a set, by what came of them so far
#[derive(Args)]
pub(crate) struct Offers {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List all sets of offers.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Write a set from a file: JSON, as `PUT /v1/offer-sets/ID` takes it.
    Put {
        /// Its id.
        id: String,
        /// The file; `-` for standard input.
        file: PathBuf,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show how a set stands: what was shown, taken and brought, and what other ways would have earned.
    Show {
        /// The set's id.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what a set brought, against those who were held out.
    Lift {
        /// The set's id.
        id: String,
        #[command(flatten)]
        compare: Compare,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what was chosen for a member and why, and whether it can be made again. Chooses nothing.
    Of {
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take an offer for a member who was shown it.
    Take {
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        /// The id of the choice, as in spring.1.
        choice: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Offers, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List { shop } => list(shop, print)?,
        What::Put { id, file, shop } => put(id, file, shop, print)?,
        What::Show { id, shop } => show(id, shop, print)?,
        What::Lift { id, compare, shop } => {
            let open = shop.open()?;
            let found = open.app.offers_lift(open.id(), id, compare.ask())?;
            lift::told(&found, print)?;
        }
        What::Of { member, shop } => of(member, shop, print)?,
        What::Take {
            member,
            choice,
            shop,
        } => return take((member, choice), shop, print),
    }
    Ok(Answer::Yes)
}

fn list(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let all = open.app.offer_sets(open.id())?;
    let mut table = Table::new(&[
        "ID",
        "STATE",
        ">OFFERS",
        ">DAYS",
        ">HELD OUT",
        ">BUDGET",
        "NAME",
    ]);
    for own in &all {
        let draft = &own.draft;
        let state = match (draft.live, own.faults.is_empty()) {
            (true, true) => "live",
            (true, false) => "broken",
            (false, _) => "over",
        };
        table.row(vec![
            own.id.clone(),
            state.to_owned(),
            draft.offers.len().to_string(),
            draft.days.to_string(),
            format!("{} %", draft.hold_out),
            draft.budget.clone(),
            draft.name.clone(),
        ]);
    }
    print.table(&table);
    for own in &all {
        for (at, what) in &own.faults {
            print.note(format!("{}: {at} {what}", own.id));
        }
    }
    print.json(&OfferSetsOut {
        items: all.iter().map(view::offer_set).collect(),
    })
}

fn put(id: &str, file: &Path, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let text = read_text(file)?;
    let raw: &RawValue = serde_json::from_str(&text).map_err(|error| {
        let what = format!("{}: {error}", file.display());
        Failure::new(what, "write it as PUT /v1/offer-sets/ID takes it")
    })?;
    let mut faults = Vec::new();
    let body = OfferSetIn::from_json(raw, At::ROOT, &mut faults).filter(|_| faults.is_empty());
    let body = body.ok_or(regulars_app::Error::Invalid(faults))?;
    let open = shop.open()?;
    let all = open.app.offer_sets(open.id())?;
    let seen = all.iter().find(|own| own.id == id).map(|own| own.version);
    let draft = view::offer_set_draft(body).map_err(regulars_app::Error::Invalid)?;
    let written = open.app.put_offer_set(open.id(), (id, seen), &draft)?;
    print.line(format!("{id} is written, version {}", written.version));
    print.json(&view::offer_set(&written))
}

fn show(id: &str, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let own = view::offer_set_figures(open.app.offer_set_figures(open.id(), id)?);
    print.line(format!(
        "shown {} times, {} choices held out; {} of {} {} of the budget drawn",
        own.shown, own.held_out, own.drawn.0, own.budget.0, own.currency
    ));
    let mut table = Table::new(&["OFFER", ">SHOWN", ">TAKEN", ">OVER", ">ORDERED", ">SPENT"]);
    for offer in &own.offers {
        table.row(vec![
            offer.offer.clone(),
            offer.shown.to_string(),
            offer.taken.to_string(),
            offer.over.to_string(),
            offer.brought.to_string(),
            offer.spent.0.clone(),
        ]);
    }
    print.table(&table);
    let mut table = Table::new(&["AMONG", "OFFER", ">ORDERED", ">DID NOT", ">CHANCE"]);
    for known in &own.known {
        let among = match known.cell.as_str() {
            "" => "all others",
            cell => cell,
        };
        table.row(vec![
            among.to_owned(),
            known.offer.clone(),
            known.brought.to_string(),
            known.did_not.to_string(),
            format!("{:.1} %", f64::from(known.chance) / 10_000.0),
        ]);
    }
    print.table(&table);
    let money = |minor: f64| {
        let whole = minor / 10_f64.powi(own.decimals.into());
        format!("{whole:.*}", usize::from(own.decimals))
    };
    if let Some(regret) = &own.regret {
        print.line(format!(
            "by what is known now, {} choices missed {} {}; evenly they would have missed {}",
            regret.choices,
            money(regret.own),
            own.currency,
            money(regret.even)
        ));
    }
    for way in &own.replay {
        print.line(replayed(way, &money));
    }
    print.json(&own)
}

/// What a way of choosing earned, in one line.
fn replayed(own: &OfferReplayOut, money: &dyn Fn(f64) -> String) -> String {
    let name = match (own.way.as_str(), &own.offer) {
        ("own", _) => "as was chosen".to_owned(),
        ("even", _) => "evenly".to_owned(),
        ("best", _) => "always what was known to be best".to_owned(),
        (_, offer) => format!("always {}", offer.as_deref().unwrap_or_default()),
    };
    let (Some(each), Some(error), Some(effective)) = (own.each, own.error, own.effective) else {
        return format!("{name}: {}", own.detail.as_deref().unwrap_or_default());
    };
    format!(
        "{name}: {} with each choice, give or take {} (worth {effective:.0} choices)",
        money(each),
        money(error)
    )
}

fn of(member: &str, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let who = MemberRef::Id(crate::member::find(&open.app, open.id(), member)?.id);
    let currency = open
        .app
        .program_in_force(open.id(), open.app.now())?
        .1
        .currency;
    let all = open.app.offer_choices_of(open.id(), &who)?;
    let all: Vec<_> = all
        .into_iter()
        .map(|own| view::offer_choice(own, currency))
        .collect();
    let mut table = Table::new(&[
        "CHOICE", "OFFER", "SINCE", "STAGE", ">CHANCE", ">ORDERS", "PROVED",
    ]);
    for own in &all {
        let mut among = own.among.iter();
        let chance = among.find(|it| it.offer == own.offer);
        let chance = chance.map_or(0.0, |it| f64::from(it.chance) / 10_000.0);
        let stage = if own.held_out { "held out" } else { &own.stage };
        table.row(vec![
            own.choice.clone(),
            own.offer.clone(),
            own.chosen_at.clone(),
            stage.to_owned(),
            format!("{chance:.1} %"),
            own.orders.map_or_else(|| "–".into(), |own| own.to_string()),
            if own.proved { "yes" } else { "no" }.to_owned(),
        ]);
    }
    print.table(&table);
    print.json(&OfferChoicesOut { items: all })
}

fn take((member, choice): (&str, &str), shop: &Shop, print: &Print) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let who = MemberRef::Id(crate::member::find(&open.app, open.id(), member)?.id);
    let done = view::taken_offer(&open.app.take_offer(open.id(), &who, choice)?);
    print.line(match done.state.as_str() {
        "taken" => format!("{choice} is taken"),
        "over" => format!("{choice} is not taken: its time is over, or it is offered no more"),
        "budget_spent" => {
            format!("{choice} is not taken: the budget of the set pays no more; raise it")
        }
        _ => format!(
            "{choice} is not taken: the program refused it; see `regulars explain {member}`"
        ),
    });
    print.json(&done)?;
    Ok(match done.state.as_str() {
        "taken" => Answer::Yes,
        _ => Answer::No,
    })
}
