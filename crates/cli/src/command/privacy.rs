//! `regulars member`: what a member may ask for by law.

use crate::Answer;
use crate::flags::Shop;
use crate::member::{called, find};
use crate::print::Print;
use crate::trail::note;
use anyhow::Context;
use clap::{Args, Subcommand};
use regulars_app::{MemberRef, Told};
use regulars_server::view;
use std::path::PathBuf;

/// Export all that is kept about a member, or forget who they are
#[derive(Args)]
pub(crate) struct Privacy {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Write all that is kept about a member as JSON.
    Export {
        /// The member.
        member: String,
        /// Into this file; to the standard output if left out.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Why, for the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Forget who a member is. What was booked stays, of nobody. It cannot be undone.
    Erase {
        /// The member.
        member: String,
        /// Why, for the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Privacy, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Export {
            member,
            out,
            reason,
            shop,
        } => {
            let open = shop.open()?;
            let id = find(&open.app, open.id(), member)?.id;
            let id = open.app.known_person(open.id(), &MemberRef::Id(id))?.id;
            let about = open.app.all_about(open.id(), id, view::own_entry)?;
            let all = view::member_export(about, open.app.now());
            let text = serde_json::to_string_pretty(&all)?;
            match out {
                Some(path) => std::fs::write(path, text)
                    .with_context(|| format!("cannot write `{}`", path.display()))?,
                None => print.line(text),
            }
            note(&open, "export_member", id.to_string(), because(reason))?;
        }
        What::Erase {
            member,
            reason,
            shop,
        } => {
            let open = shop.open()?;
            let member = find(&open.app, open.id(), member)?;
            let name = called(&member);
            let left = open
                .app
                .erase(open.id(), &MemberRef::Id(member.id), reason)?;
            note(&open, "erase_member", left.id.to_string(), because(reason))?;
            print.line(format!(
                "{name} is forgotten; what was booked stays with {}",
                left.id
            ));
            print.json(&view::member(left))?;
        }
    }
    Ok(Answer::Yes)
}

fn because(reason: &str) -> Told {
    Told {
        why: reason.into(),
        ..Told::default()
    }
}
