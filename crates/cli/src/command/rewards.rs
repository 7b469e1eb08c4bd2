//! `regulars rewards`: what is in stock, what comes back, what members want by itself.

use super::transfer::told;
use crate::Answer;
use crate::deed::{self, text};
use crate::failure::Failure;
use crate::flags::{Open, Shop, read_text, whoever};
use crate::member;
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::{Entitlement, MemberRef, PageAsk};
use regulars_engine::event::{
    Attributes, Fulfil, FulfilMove, PerkEvent, Pick, Restock, ReturnPart, RewardReturn, StockMove,
};
use regulars_server::view;
use std::path::PathBuf;

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
    /// List redemptions that are sent, by when they came to where they are; as CSV with `--csv`.
    Fulfilments {
        /// Only those that have come so far: ordered, dispatched, delivered, failed, returned, cancelled.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// As CSV, for the warehouse.
        #[arg(long)]
        csv: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say that a redemption was dispatched, delivered, did not arrive (failed), or came back.
    Fulfil {
        /// The member.
        member: String,
        /// The redemption's id.
        redemption: String,
        /// What happened.
        #[arg(value_parser = ["dispatched", "delivered", "failed", "returned"])]
        state: String,
        /// Who carries it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        carrier: String,
        /// The carrier's number for it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        tracking: String,
        /// Why it failed or came back.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say where a redemption is sent to; without an address it is forgotten.
    Address {
        /// The member.
        member: String,
        /// The redemption's id.
        redemption: String,
        /// Where to.
        address: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Bring in codes of a supplier, one a line.
    Codes {
        /// The reward, by its id in the program file.
        reward: String,
        /// The file; `-` for standard input.
        file: PathBuf,
        /// Names the batch: brought in again it counts once. The file's name if left out.
        #[arg(long, value_name = "NAME")]
        batch: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show the code of a redemption: once, or with `--again`.
    Code {
        /// The member.
        member: String,
        /// The redemption's id.
        redemption: String,
        /// Even if it was shown before.
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Pick from a menu for a member.
    Pick {
        /// The member.
        member: String,
        /// The menu, by its id in the program file.
        menu: String,
        /// Which of its rewards.
        pick: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say what sort of member it is, as in `group=trade`; `group=` for none any more.
    Attributes {
        /// The member.
        member: String,
        /// Attributes and values.
        #[arg(required = true, value_name = "NAME=VALUE")]
        values: Vec<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say what is open to a member now.
    Open {
        /// The member.
        member: String,
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
            let receipt =
                open.app
                    .perk_of_house(open.id(), perk.clone(), deed::key(&open, perk.word())?)?;
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
        What::Fulfilments { state, csv, shop } => {
            fulfilments(&shop.open()?, (state.as_deref(), *csv), print)
        }
        What::Fulfil {
            member,
            redemption,
            state,
            carrier,
            tracking,
            reason,
            shop,
        } => {
            let reason = text("--reason", reason)?;
            let to = match state.as_str() {
                "dispatched" => FulfilMove::Dispatched {
                    carrier: text("--carrier", carrier)?,
                    tracking: text("--tracking", tracking)?,
                },
                "delivered" => FulfilMove::Delivered,
                "failed" => FulfilMove::Failed { reason },
                _ => FulfilMove::Returned { reason },
            };
            let redemption = text("REDEMPTION", redemption)?;
            let perk = PerkEvent::Fulfil(Fulfil { redemption, to });
            tell(&shop.open()?, member, perk, print)
        }
        What::Address {
            member,
            redemption,
            address,
            shop,
        } => {
            let open = shop.open()?;
            let who = MemberRef::Id(member::find(&open.app, open.id(), member)?.id);
            let address = address.as_deref();
            open.app.set_address(open.id(), &who, redemption, address)?;
            print.line(match address {
                Some(_) => "Kept.",
                None => "Forgotten.",
            });
            Ok(Answer::Yes)
        }
        What::Codes {
            reward,
            file,
            batch,
            shop,
        } => {
            let written = read_text(file)?;
            let codes: Vec<String> = written
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(ToOwned::to_owned)
                .collect();
            let named = file.file_stem().unwrap_or_default().to_string_lossy();
            let batch = batch.clone().unwrap_or_else(|| named.into_owned());
            let open = shop.open()?;
            let brought = open
                .app
                .bring_supplier_codes(open.id(), reward, &batch, &codes)?;
            print.json(&view::receipt(&brought.receipt))?;
            print.line(format!(
                "{} of {} codes are new.",
                brought.added,
                codes.len()
            ));
            told(&brought.receipt, print)?;
            Ok(Answer::Yes)
        }
        What::Code {
            member,
            redemption,
            again,
            shop,
        } => {
            let open = shop.open()?;
            let who = MemberRef::Id(member::find(&open.app, open.id(), member)?.id);
            let codes = open
                .app
                .supplier_codes(open.id(), &who, redemption, *again)?;
            print.json(&serde_json::json!({ "codes": codes }))?;
            for code in &codes {
                print.line(code);
            }
            Ok(Answer::Yes)
        }
        What::Pick {
            member,
            menu,
            pick,
            shop,
        } => {
            let perk = PerkEvent::Pick(Pick {
                menu: text("MENU", menu)?,
                pick: text("PICK", pick)?,
            });
            tell(&shop.open()?, member, perk, print)
        }
        What::Attributes {
            member,
            values,
            shop,
        } => {
            let mut read = Vec::new();
            for written in values {
                let Some((name, value)) = written.split_once('=') else {
                    let what = format!("`{written}` is no attribute with a value");
                    return Err(Failure::new(what, "write it as in group=trade").into());
                };
                read.push((text("NAME", name)?, text("VALUE", value)?));
            }
            read.sort_unstable();
            let by = text("USER", &whoever())?;
            let perk = PerkEvent::Attributes(Attributes { values: read, by });
            tell(&shop.open()?, member, perk, print)
        }
        What::Open { member, shop } => {
            let open = shop.open()?;
            let who = MemberRef::Id(member::find(&open.app, open.id(), member)?.id);
            let items = open.app.entitlements(open.id(), &who)?;
            let mut table = Table::new(&["OPEN", "REWARD", "FROM", "UNTIL"]);
            let until = |own: &Entitlement| own.until.map(|at| at.to_string());
            for own in &items {
                table.row(vec![
                    own.to.clone(),
                    own.reward.clone(),
                    own.from.to_string(),
                    until(own).unwrap_or_else(|| "for ever".to_owned()),
                ]);
            }
            let shown: Vec<_> = items
                .iter()
                .map(|own| {
                    serde_json::json!({"to": own.to, "reward": own.reward,
                        "from": own.from.to_string(), "until": until(own)})
                })
                .collect();
            print.json(&serde_json::json!({ "items": shown }))?;
            if table.is_empty() {
                print.line("Nothing is open to them.");
            } else {
                print.table(&table);
            }
            Ok(Answer::Yes)
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

/// All that is sent, page by page.
fn fulfilments(
    open: &Open,
    (state, csv): (Option<&str>, bool),
    print: &Print,
) -> anyhow::Result<Answer> {
    let heads = [
        "SINCE",
        "STATE",
        "MEMBER",
        "REDEMPTION",
        "REWARD",
        "QUANTITY",
        "CARRIER",
        "TRACKING",
        "ADDRESS",
    ];
    let mut table = Table::new(&heads);
    let mut items = Vec::new();
    let mut page = PageAsk {
        limit: 1000,
        ..PageAsk::default()
    };
    if csv {
        print.line(heads.join(",").to_lowercase());
    }
    loop {
        let found = open.app.fulfilments(open.id(), state, &page)?;
        for own in found.items {
            let row = vec![
                own.since.to_string(),
                own.state,
                own.member.to_string(),
                own.redemption,
                own.reward,
                own.quantity.to_string(),
                own.carrier,
                own.tracking,
                own.address.unwrap_or_default(),
            ];
            if csv {
                let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
                print.line(cells.join(","));
                continue;
            }
            items.push(
                serde_json::json!({"since": row[0], "state": row[1], "member": row[2],
                "redemption": row[3], "reward": row[4], "quantity": own.quantity,
                "carrier": row[6], "tracking": row[7], "address": row[8]}),
            );
            table.row(row);
        }
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    if csv {
        return Ok(Answer::Yes);
    }
    print.json(&serde_json::json!({ "items": items }))?;
    if table.is_empty() {
        print.line("Nothing is sent.");
    } else {
        print.table(&table);
    }
    Ok(Answer::Yes)
}

/// A cell of a CSV file. One that a spreadsheet would take for a formula stands behind a quote.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@']);
    let cell = format!("{}{cell}", if formula { "'" } else { "" });
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

/// Lets it happen, and says what came of it.
fn tell(open: &Open, member: &str, perk: PerkEvent, print: &Print) -> anyhow::Result<Answer> {
    let member = member::find(&open.app, open.id(), member)?;
    let who = MemberRef::Id(member.id);
    let key = deed::key(open, perk.word())?;
    let receipt = open.app.perk(open.id(), &who, perk, key)?;
    print.json(&view::receipt(&receipt))?;
    told(&receipt, print)?;
    Ok(Answer::Yes)
}
