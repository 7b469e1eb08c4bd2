//! `regulars gift-cards`: cards are made, looked at, blocked, replaced; `regulars credit`: store credit is
//! given and taken.

use super::transfer::told;
use crate::Answer;
use crate::deed::one_line;
use crate::failure::Failure;
use crate::flags::{Open, Shop};
use crate::member;
use crate::print::{Print, count};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use regulars_app::{CardRef, CardView, MakeCards, MemberRef};
use regulars_base::{Currency, EventKey, MemberId, Money, Text};
use regulars_engine::code::Code;
use regulars_engine::event::{CreditWhy, GiftIssue, GiftMove, Kind, StoreCredit};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_server::view;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Make gift cards, see and block them, put another in the place of one that was lost
#[derive(Args)]
pub(crate) struct GiftCards {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make gift cards. Their codes are written once and kept nowhere
    Make {
        /// What is on each, as in "50.00 EUR".
        amount: String,
        /// How many: at most 1,000 at once.
        #[arg(long, default_value_t = 1)]
        count: usize,
        /// They are given away: no income.
        #[arg(long)]
        given: bool,
        /// They are sold later: their money is there once each is activated.
        #[arg(long)]
        inactive: bool,
        /// Why, or for whom.
        #[arg(long, default_value = "")]
        reason: String,
        /// Where the codes are written, as CSV; the terminal if not said.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Makes it one request, however often the command is run.
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// See a gift card, by its id or its code
    Show {
        /// The card's id (`mem_…`), or its code.
        card: String,
        /// Its PIN, if it has one, and is named by its code.
        #[arg(long)]
        pin: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Block a gift card, or let it go again
    Block {
        /// The card's id (`mem_…`).
        card: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Let it go again.
        #[arg(long)]
        lift: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Put another card in the place of one that was lost. The new code is written once
    Replace {
        /// The card's id (`mem_…`).
        card: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
}

/// Give a member store credit, or take it
#[derive(Args)]
pub(crate) struct Credit {
    /// Whose, as for `balance`.
    member: String,
    /// How much, as in "12.40 EUR"; below zero to take.
    #[arg(allow_hyphen_values = true)]
    amount: String,
    /// Why: shown to the member and to auditors.
    #[arg(long)]
    reason: String,
    /// Makes it one event, however often the command is run.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

/// Who does it: whoever sits at the machine.
const BY: &str = "command-line";

pub(crate) fn run(ask: &GiftCards, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Make {
            amount,
            count,
            given,
            inactive,
            reason,
            out,
            id,
            shop,
        } => {
            let issue = GiftIssue {
                amount: 0,
                sold: !given,
                active: !inactive,
                pin: None,
                order: None,
                reason: one_line(reason)?,
                by: one_line(BY)?,
            };
            let many = (*count, amount.as_str(), id.as_deref());
            make(shop, many, (issue, out.as_ref()), print)
        }
        What::Show { card, pin, shop } => {
            let open = shop.open()?;
            let card = match card.parse::<MemberId>() {
                Ok(id) => CardRef::Id(id),
                Err(_) => CardRef::Code(code(card)?, pin.clone()),
            };
            let card = open.app.find_gift_card(open.id(), &card)?;
            let seen = open.app.gift_card(open.id(), card)?;
            show(&seen, print);
            print.json(&view::gift_card(&seen))?;
            Ok(Answer::Yes)
        }
        What::Block {
            card,
            reason,
            lift,
            shop,
        } => {
            let what = GiftMove::Blocked {
                blocked: !lift,
                reason: one_line(reason)?,
                by: one_line(BY)?,
            };
            let (open, who) = (shop.open()?, MemberRef::Id(id(card)?));
            happen(&open, &who, (Kind::GiftCard(Box::new(what)), None), print)
        }
        What::Replace { card, reason, shop } => {
            let open = shop.open()?;
            let card = id(card)?;
            let own = key("gift-card", None, open.app.now().micros())?;
            let why = (one_line(reason)?, one_line(BY)?);
            let made = open.app.replace_gift_card(open.id(), card, why, own)?;
            told(&made.receipt, print)?;
            if let Some(code) = &made.code {
                print.line(format!(
                    "{} takes its place, with the code {code}",
                    made.card
                ));
            }
            print.json(&view::made_card(&made))?;
            Ok(Answer::Yes)
        }
    }
}

/// Gives or takes store credit.
pub(crate) fn credit(ask: &Credit, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let amount = money(&ask.amount, currency(&open)?)?;
    let member = member::find(&open.app, open.id(), &ask.member)?.id;
    let credit = StoreCredit {
        amount,
        why: CreditWhy::ByHand,
        order: None,
        reason: one_line(&ask.reason)?,
        by: one_line(BY)?,
    };
    let kind = Kind::StoreCredit(Box::new(credit));
    let who = MemberRef::Id(member);
    happen(&open, &who, (kind, ask.id.as_deref()), print)
}

fn happen(
    open: &Open,
    who: &MemberRef,
    (kind, id): (Kind, Option<&str>),
    print: &Print,
) -> anyhow::Result<Answer> {
    let own = key("money", id, open.app.now().micros())?;
    let receipt = open.app.happen(open.id(), who, kind, own)?;
    told(&receipt, print)?;
    print.json(&view::receipt(&receipt))?;
    Ok(Answer::Yes)
}

fn make(
    shop: &Shop,
    (asked, amount, id): (usize, &str, Option<&str>),
    (issue, out): (GiftIssue, Option<&PathBuf>),
    print: &Print,
) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let make = MakeCards {
        count: asked,
        issue: GiftIssue {
            amount: money(amount, currency(&open)?)?,
            ..issue
        },
    };
    let own = key("gift-cards", id, open.app.now().micros())?;
    let made = open.app.make_gift_cards(open.id(), &make, &own)?;
    if let Some(first) = made.first()
        && let Verdict::Refused(refusal) = &first.receipt.verdict
    {
        let why = words::refusal(&first.receipt.program, refusal);
        return Err(Failure::new("it was refused", why).into());
    }
    let mut lines = String::from("card,code,pin\n");
    for card in &made {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        lines += &format!("{},{},{}\n", card.card, part(&card.code), part(&card.pin));
    }
    match out {
        Some(path) => {
            let shown = path.display();
            let file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path);
            let file = file.with_context(|| format!("cannot write `{shown}` anew"))?;
            let mut file = BufWriter::new(file);
            file.write_all(lines.as_bytes())?;
            file.flush()?;
            let so_many = count(u64::try_from(made.len()).unwrap_or(0));
            print.line(format!("{so_many} gift cards, their codes in {shown}"));
        }
        None => print.line(lines.trim_end()),
    }
    let shown: Vec<_> = made.iter().map(view::made_card).collect();
    print.json(&shown)?;
    Ok(Answer::Yes)
}

fn show(card: &CardView, print: &Print) {
    let money = |minor| words::money(&card.program, minor);
    let out = view::gift_card(card);
    print.line(format!("gift card {}: {}", card.card, out.status));
    print.line(format!("  {} may be spent", money(card.available)));
    if card.waiting > 0 {
        print.line(format!(
            "  {} come on it once it is activated",
            money(card.waiting)
        ));
    }
    for (hold, amount, until) in &card.holds {
        print.line(format!(
            "  {} set aside as {hold} until {until}",
            money(*amount)
        ));
    }
    if let Some(other) = &out.replaced_by {
        print.line(format!("  {other} took its place"));
    }
}

fn id(text: &str) -> anyhow::Result<MemberId> {
    text.parse().map_err(|_| {
        let what = format!("`{text}` is no id of a gift card");
        Failure::new(what, "write it as mem_…: `gift-cards show CODE` tells it").into()
    })
}

fn code(text: &str) -> anyhow::Result<Code> {
    Code::new(text).map_err(|error| {
        let advice = "write the code as it is printed, or the card's id (mem_…)";
        Failure::new(format!("`{text}` {error}"), advice).into()
    })
}

/// In which money is kept.
fn currency(open: &Open) -> anyhow::Result<Currency> {
    let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
    Ok(program.currency)
}

/// `12.40 EUR`, `12.40`, `-3 EUR`.
fn money(written: &str, own: Currency) -> anyhow::Result<i64> {
    let (sign, size) = match written.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, written),
    };
    let whole = match size.contains(' ') {
        true => size.to_owned(),
        false => format!("{size} {own}"),
    };
    let read = whole
        .parse::<Money>()
        .ok()
        .filter(|money| money.currency == own);
    match read.filter(|money| money.minor != 0) {
        Some(money) => Ok(sign * money.minor),
        None => {
            let advice = format!("write it as \"12.40 {own}\": money is kept in {own} here");
            Err(Failure::new(format!("`{written}` is no amount"), advice).into())
        }
    }
}

fn key(kind: &str, id: Option<&str>, now: i64) -> anyhow::Result<EventKey> {
    Ok(EventKey {
        source: one_line(BY)?,
        external_id: match id {
            Some(id) => one_line(id)?,
            None => Text::new(format!("{kind}-{now}"))?,
        },
    })
}
