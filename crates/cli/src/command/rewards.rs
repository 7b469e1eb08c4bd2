//! `regulars rewards`: what is in stock, what comes back, what members want by itself.

use super::transfer::told;
use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop, whoever};
use crate::member;
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::MemberRef;
use regulars_base::{EventKey, Text};
use regulars_engine::event::{PerkEvent, Restock, ReturnPart, RewardReturn, StockMove};
use regulars_server::view;

/// See and change what is in stock, take back a part of a redemption
#[derive(Args)]
pub(crate) struct Rewards {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Say how many there are of each reward whose stock is counted.
    Stock {
        #[command(flatten)]
        shop: Shop,
    },
    /// Change the stock of a reward.
    Restock {
        /// The reward, by its id in the program file.
        reward: String,
        #[command(flatten)]
        how: How,
        /// Why: auditors will read it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take back a part of a redemption, or all that has not come back yet.
    Return {
        /// The member: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
        member: String,
        /// The redemption's id.
        redemption: String,
        /// How many of the reward come back.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        quantity: Option<i64>,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Switch rewards that are redeemed by themselves on or off for a member.
    Automatic {
        /// The member.
        member: String,
        /// `on` or `off`.
        #[arg(value_parser = ["on", "off"])]
        wanted: String,
        #[command(flatten)]
        shop: Shop,
    },
}

/// How a stock changes.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// So many came in.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
    up: Option<i64>,
    /// So many are gone.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
    down: Option<i64>,
    /// So many are there.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..=1_000_000_000))]
    set: Option<i64>,
}

impl How {
    fn moved(&self) -> StockMove {
        let up = self.up.map(StockMove::Up);
        let down = self.down.map(StockMove::Down);
        up.or(down)
            .unwrap_or_else(|| StockMove::Set(self.set.unwrap_or(0)))
    }
}

pub(crate) fn run(ask: &Rewards, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Stock { shop } => stock(&shop.open()?, print),
        What::Restock {
            reward,
            how,
            reason,
            shop,
        } => {
            let perk = PerkEvent::Restock(Restock {
                reward: text("REWARD", reward)?,
                how: how.moved(),
                reason: text("--reason", reason)?,
                by: text("USER", &whoever())?,
            });
            let open = shop.open()?;
            let receipt = open
                .app
                .perk_of_house(open.id(), perk.clone(), key(&open, &perk)?)?;
            print.json(&view::receipt(&receipt))?;
            told(&receipt, print)?;
            Ok(Answer::Yes)
        }
        What::Return {
            member,
            redemption,
            quantity,
            reason,
            shop,
        } => {
            let perk = PerkEvent::Return(RewardReturn {
                redemption: text("REDEMPTION", redemption)?,
                part: quantity.map_or(ReturnPart::Rest, ReturnPart::Quantity),
                reason: text("--reason", reason)?,
            });
            tell(&shop.open()?, member, perk, print)
        }
        What::Automatic {
            member,
            wanted,
            shop,
        } => tell(
            &shop.open()?,
            member,
            PerkEvent::Automatic(wanted == "on"),
            print,
        ),
    }
}

fn stock(open: &Open, print: &Print) -> anyhow::Result<Answer> {
    let left = open.app.stock(open.id())?;
    let mut table = Table::new(&["REWARD", "TITLE", ">LEFT"]);
    for own in &left {
        table.row(vec![
            own.reward.clone(),
            own.title.clone(),
            own.left.to_string(),
        ]);
    }
    let items: Vec<_> = left
        .iter()
        .map(|own| serde_json::json!({"reward": own.reward, "title": own.title, "left": own.left}))
        .collect();
    print.json(&serde_json::json!({ "items": items }))?;
    if table.is_empty() {
        print.line("The program counts no stock: no reward has `stock`.");
    } else {
        print.table(&table);
    }
    Ok(Answer::Yes)
}

/// Lets it happen, and says what came of it.
fn tell(open: &Open, member: &str, perk: PerkEvent, print: &Print) -> anyhow::Result<Answer> {
    let member = member::find(&open.app, open.id(), member)?;
    let who = MemberRef::Id(member.id);
    let key = key(open, &perk)?;
    let receipt = open.app.perk(open.id(), &who, perk, key)?;
    print.json(&view::receipt(&receipt))?;
    told(&receipt, print)?;
    Ok(Answer::Yes)
}

/// Each call is an event of its own.
fn key(open: &Open, perk: &PerkEvent) -> anyhow::Result<EventKey> {
    let id = format!("{}-{}", perk.word(), open.app.now().micros());
    Ok(EventKey {
        source: text("source", "command-line")?,
        external_id: text("id", &id)?,
    })
}

fn text(flag: &str, written: &str) -> anyhow::Result<Text> {
    Text::new(written).map_err(|error| {
        let advice = "write a few words on one line";
        Failure::new(format!("{flag}: {error}"), advice).into()
    })
}
