//! `regulars messages`: templates, messages to segments and members, and what became of each.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::Shop;
use crate::lift::{self, Compare};
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_api::message::TemplateWordsBody;
use regulars_app::{
    Audience, MemberRef, MessageStage, NewSend, OutboxAsk, PageAsk, Send, TemplateDraft,
    TemplateWords,
};
use regulars_server::view;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Write to members: templates, messages to a segment or a member, and what became of each
#[derive(Args)]
pub(crate) struct Messages {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List templates.
    Templates {
        #[command(flatten)]
        shop: Shop,
    },
    /// Write a template from a file, as a new one or over the one that is there.
    Template {
        /// Its id: small letters, digits and hyphens.
        id: String,
        /// The file: JSON with `name`, `language` and `words`, by language `subject`, `text` and `html`.
        file: PathBuf,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what a template says to a member, and whether it would go to them now.
    Preview {
        /// The template's id.
        template: String,
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        /// On which channel.
        #[arg(long, default_value = "email")]
        channel: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Send a message. The server that runs looks up who gets it, and sends it.
    Send {
        /// The template's id.
        template: String,
        /// To everybody who is in this segment.
        #[arg(long, conflicts_with = "member", required_unless_present = "member")]
        segment: Option<String>,
        /// To this member.
        #[arg(long)]
        member: Option<String>,
        /// On which channel.
        #[arg(long, default_value = "email")]
        channel: String,
        /// So many in a hundred get nothing, so that the others can be compared with them.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=50))]
        hold_out: u8,
        #[command(flatten)]
        shop: Shop,
    },
    /// List sends, the newest first.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// List what became of each message of a send.
    Log {
        /// The send's id.
        send: String,
        /// At this stage only: `waiting`, `sent`, `not_sent`, `uncertain`, …
        #[arg(long)]
        stage: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what a send brought, against those who were held out.
    Lift {
        /// The send's id.
        send: String,
        #[command(flatten)]
        compare: Compare,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what a send to a segment could tell, before it is sent.
    Power {
        /// The segment's id.
        segment: String,
        /// So many in a hundred get nothing.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(0..=50))]
        hold_out: u8,
        #[command(flatten)]
        shop: Shop,
    },
    /// Stop a send: what waits is not sent.
    Stop {
        /// The send's id.
        send: String,
        #[command(flatten)]
        shop: Shop,
    },
}

/// A template in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    language: String,
    words: BTreeMap<String, TemplateWordsBody>,
}

pub(crate) fn run(ask: &Messages, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Templates { shop } => templates(shop, print)?,
        What::Template { id, file, shop } => template(id, file, shop, print)?,
        What::Preview {
            template,
            member,
            channel,
            shop,
        } => preview((template, channel), member, shop, print)?,
        What::Send {
            template,
            segment,
            member,
            channel,
            hold_out,
            shop,
        } => {
            let to = (segment.as_deref(), member.as_deref(), *hold_out);
            send((template, channel), to, shop, print)?;
        }
        What::List { shop } => list(shop, print)?,
        What::Log { send, stage, shop } => log(send, stage.as_deref(), shop, print)?,
        What::Lift {
            send,
            compare,
            shop,
        } => {
            let open = shop.open()?;
            let found = open.app.send_lift(open.id(), send, compare.ask())?;
            lift::told(&found, print)?;
        }
        What::Power {
            segment,
            hold_out,
            shop,
        } => power(segment, *hold_out, shop, print)?,
        What::Stop { send, shop } => {
            let open = shop.open()?;
            told(&open.app.stop_send(open.id(), send)?, print)?;
        }
    }
    Ok(Answer::Yes)
}

fn power(segment: &str, hold_out: u8, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let found = open.app.foresee_send(open.id(), segment, hold_out)?;
    let busy = || {
        Failure::new(
            "what members bought is still being read",
            "ask again in a moment",
        )
    };
    let found = found.ok_or_else(busy)?;
    for line in lift::power(&found) {
        print.line(line);
    }
    print.json(&view::power(&found))
}

fn templates(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let all = open.app.templates(open.id())?;
    let mut table = Table::new(&["ID", ">VERSION", "LANGUAGES", "NAME"]);
    for own in &all {
        let languages: Vec<&str> = own.words.keys().map(String::as_str).collect();
        table.row(vec![
            own.id.clone(),
            own.version.to_string(),
            languages.join(" "),
            own.name.clone(),
        ]);
    }
    print.table(&table);
    let items: Vec<_> = all.iter().map(view::template).collect();
    print.json(&items)
}

fn template(id: &str, file: &PathBuf, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let wrong = |error: &dyn std::fmt::Display| {
        let what = format!("{}: {error}", file.display());
        Failure::new(
            what,
            "name a file with a template, see the manual page on messages",
        )
    };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
    let written: Written = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let words = written.words.into_iter().map(|(language, own)| {
        let words = TemplateWords {
            subject: own.subject,
            text: own.text,
            html: own.html,
        };
        (language, words)
    });
    let draft = TemplateDraft {
        name: written.name,
        language: written.language,
        words: words.collect(),
    };
    let open = shop.open()?;
    let all = open.app.templates(open.id())?;
    let seen = all.iter().find(|own| own.id == id).map(|own| own.version);
    let own = open.app.put_template(open.id(), (id, seen), &draft)?;
    print.line(format!("{} version {}", own.id, own.version));
    print.json(&view::template(&own))
}

fn preview(of: (&str, &str), member: &str, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let who = MemberRef::Id(crate::member::find(&open.app, open.id(), member)?.id);
    let shown = view::message_preview(&open.app.preview_message(open.id(), of, &who)?);
    print.line(format!("To: {}", shown.says.to));
    print.line(format!("Subject: {}", shown.says.subject));
    print.line(String::new());
    print.line(shown.says.text.clone());
    if let Some(reason) = &shown.reason {
        let until = shown.until.as_ref().map(|until| format!(" until {until}"));
        print.note(format!(
            "it would not go now: {reason}{}",
            until.unwrap_or_default()
        ));
    }
    print.json(&shown)
}

fn send(
    (template, channel): (&str, &str),
    to: (Option<&str>, Option<&str>, u8),
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<()> {
    let open = shop.open()?;
    let audience = match (to.0, to.1) {
        (_, Some(member)) => {
            Audience::Member(crate::member::find(&open.app, open.id(), member)?.id)
        }
        (segment, None) => Audience::Segment(segment.unwrap_or_default().to_owned()),
    };
    let new = NewSend {
        name: String::new(),
        template: template.to_owned(),
        channel: channel.to_owned(),
        audience,
        hold_out: to.2,
    };
    told(&open.app.send_message(open.id(), &new)?, print)
}

fn told(own: &Send, print: &Print) -> anyhow::Result<()> {
    let own = view::send(own);
    print.line(format!("{}  {}  {}", own.id, own.stage, own.name));
    for counted in &own.counts {
        print.line(format!(
            "  {} {} {}",
            counted.count, counted.stage, counted.reason
        ));
    }
    print.json(&own)
}

fn list(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let page = PageAsk {
        after: None,
        limit: 100,
    };
    let mut table = Table::new(&["ID", "STAGE", "CHANNEL", ">MESSAGES", ">SENT", "NAME"]);
    let all = open.app.sends(open.id(), &page)?.items;
    for own in all.iter().map(view::send) {
        let sent = own.counts.iter().filter(|counted| counted.stage == "sent");
        table.row(vec![
            own.id,
            own.stage,
            own.channel,
            own.messages.to_string(),
            sent.map(|counted| counted.count).sum::<i64>().to_string(),
            own.name,
        ]);
    }
    print.table(&table);
    let items: Vec<_> = all.iter().map(view::send).collect();
    print.json(&items)
}

fn log(send: &str, stage: Option<&str>, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let known = |name: &str| {
        let mut all = MessageStage::ALL.into_iter();
        let found = all.find(|own| view::message_stage(*own) == name);
        found.ok_or_else(|| {
            let all = MessageStage::ALL.map(view::message_stage).join(", ");
            Failure::new(
                format!("`{name}` is no stage"),
                format!("name one of {all}"),
            )
        })
    };
    let ask = OutboxAsk {
        stage: stage.map(known).transpose()?,
        reason: None,
    };
    let open = shop.open()?;
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    loop {
        let found = open.app.outbox(open.id(), (send, &ask), &page)?;
        for own in found.items.into_iter().map(view::message) {
            print.line(format!(
                "{}  {}  {}  {}",
                own.member, own.stage, own.at, own.reason
            ));
            print.json_line(&own)?;
        }
        page.after = found.next;
        if page.after.is_none() {
            return Ok(());
        }
    }
}
