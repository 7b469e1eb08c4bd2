//! `regulars cards`: plastic cards are made in batches, exported for a printer, activated, replaced; and the
//! code that a member shows at a till.

use crate::Answer;
use crate::flags::{Open, Shop};
use crate::print::{Print, Table, count};
use crate::{member, trail};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use regulars_app::{MakeMemberCards, MemberRef, PageAsk, PlasticCard, Told};
use regulars_server::view;
use std::path::{Path, PathBuf};

/// So many cards are read at a time.
const PART: usize = 1000;

/// Make plastic cards, export, activate and replace them; draw a member's code
#[derive(Args)]
pub(crate) struct Cards {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a batch of cards that nobody has yet. Interrupted, the same command goes on where it stopped
    Make {
        /// The batch's name: the same name is the same batch.
        batch: String,
        /// How many cards the batch is to have.
        #[arg(long)]
        count: u32,
        /// The digits that all numbers begin with.
        #[arg(long, value_name = "DIGITS", default_value = "")]
        prefix: String,
        /// How many digits a number has, the check digit among them.
        #[arg(long, value_name = "N", default_value_t = 16)]
        digits: usize,
        #[command(flatten)]
        shop: Shop,
    },
    /// List batches, with how their cards stand
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Write the numbers of a batch as CSV, for a printer
    Export {
        /// The batch's name.
        batch: String,
        /// The file; the terminal if not said.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        shop: Shop,
    },
    /// See a card
    Show {
        /// Its number.
        number: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Hand a card out to a member: its number finds them from now on
    Activate {
        /// Its number.
        number: String,
        /// The member: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
        member: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// A card was lost: its number is refused from now on, and a blank one takes its place
    Replace {
        /// The number of the lost card.
        number: String,
        /// The number of the card that takes its place; none if left out.
        #[arg(long, value_name = "NUMBER")]
        by: Option<String>,
        /// Why: auditors will read it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Draw the code that a member shows at a till, as SVG
    Code {
        /// The member: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
        member: String,
        /// The file; the terminal if not said.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Cards, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Make {
            batch,
            count,
            prefix,
            digits,
            shop,
        } => {
            let make = MakeMemberCards {
                batch: batch.clone(),
                prefix: prefix.clone(),
                digits: *digits,
                count: *count,
            };
            made(&shop.open()?, &make, print)
        }
        What::List { shop } => list(&shop.open()?, print),
        What::Export { batch, out, shop } => {
            let file = numbers(&shop.open()?, batch)?;
            written(&file, out.as_deref(), print)
        }
        What::Show { number, shop } => {
            let open = shop.open()?;
            tell(open.app.plastic_card(open.id(), number)?, print)
        }
        What::Activate {
            number,
            member,
            shop,
        } => activate(&shop.open()?, number, member, print),
        What::Replace {
            number,
            by,
            reason,
            shop,
        } => replace(&shop.open()?, (number, by.as_deref()), reason, print),
        What::Code { member, out, shop } => {
            let open = shop.open()?;
            let who = MemberRef::Id(member::find(&open.app, open.id(), member)?.id);
            let picture = open.app.card_picture(open.id(), &who)?;
            written(&picture, out.as_deref(), print)
        }
    }
}

fn made(open: &Open, make: &MakeMemberCards, print: &Print) -> anyhow::Result<Answer> {
    let batch = open.app.make_member_cards(open.id(), make)?;
    let told = Told {
        after: format!("{} cards", make.count),
        ..Told::default()
    };
    trail::note(open, "make_card_batch", make.batch.clone(), told)?;
    print.line(format!(
        "{} has {} blank cards; write them with `regulars cards export {}`",
        batch.batch,
        count(batch.blank),
        batch.batch
    ));
    print.json(&view::member_card_batch(batch))?;
    Ok(Answer::Yes)
}

fn list(open: &Open, print: &Print) -> anyhow::Result<Answer> {
    let batches = open.app.member_card_batches(open.id())?;
    let mut table = Table::new(&["BATCH", "MADE", "BLANK", "ACTIVE", "ENDED"]);
    for own in &batches {
        table.row(vec![
            own.batch.clone(),
            own.made_at.to_string(),
            count(own.blank),
            count(own.active),
            count(own.ended),
        ]);
    }
    print.table(&table);
    let items: Vec<_> = batches.into_iter().map(view::member_card_batch).collect();
    print.json(&serde_json::json!({ "items": items }))?;
    Ok(Answer::Yes)
}

fn numbers(open: &Open, batch: &str) -> anyhow::Result<String> {
    let mut file = view::CARDS_HEAD.to_owned();
    let mut page = PageAsk {
        after: None,
        limit: PART,
    };
    loop {
        let some = open.app.member_cards(open.id(), batch, &page)?;
        file.push_str(&view::card_lines(&some.items));
        match some.next {
            Some(next) => page.after = Some(next),
            None => return Ok(file),
        }
    }
}

fn written(text: &str, out: Option<&Path>, print: &Print) -> anyhow::Result<Answer> {
    match out {
        Some(path) => {
            let shown = path.display();
            std::fs::write(path, text).with_context(|| format!("cannot write `{shown}`"))?;
            print.note(format!("{shown} is written"));
        }
        None => print.raw(text),
    }
    Ok(Answer::Yes)
}

fn activate(open: &Open, number: &str, name: &str, print: &Print) -> anyhow::Result<Answer> {
    let member = member::find(&open.app, open.id(), name)?;
    let card = open
        .app
        .activate_card(open.id(), number, &MemberRef::Id(member.id))?;
    let told = Told {
        before: "blank".into(),
        after: member.id.to_string(),
        ..Told::default()
    };
    trail::note(open, "activate_card", card.row.number.clone(), told)?;
    tell(card, print)
}

fn replace(
    open: &Open,
    (number, by): (&str, Option<&str>),
    reason: &str,
    print: &Print,
) -> anyhow::Result<Answer> {
    let (card, _) = open.app.replace_card(open.id(), number, by)?;
    let told = Told {
        before: number.to_owned(),
        after: by.unwrap_or_default().to_owned(),
        why: reason.to_owned(),
        ..Told::default()
    };
    trail::note(open, "replace_card", number.to_owned(), told)?;
    tell(card, print)
}

fn tell(card: PlasticCard, print: &Print) -> anyhow::Result<Answer> {
    let shown = view::plastic_card(card);
    let whose = shown.member.as_ref().map(|member| format!(", of {member}"));
    let next = shown
        .next
        .as_ref()
        .map(|next| format!(", replaced by {next}"));
    print.line(format!(
        "{}: {} since {}{}{}",
        shown.number,
        shown.state,
        shown.since,
        whose.unwrap_or_default(),
        next.unwrap_or_default()
    ));
    print.json(&shown)?;
    Ok(Answer::Yes)
}
