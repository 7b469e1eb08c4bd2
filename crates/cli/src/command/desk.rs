//! `regulars desk`: put a member on hold, let them go, give a free reward again; what happened with them, and
//! what was said.

use crate::Answer;
use crate::deed::{self, text};
use crate::failure::Failure;
use crate::flags::{Open, Shop, whoever};
use crate::member;
use crate::print::{Print, Table};
use crate::trail::COMMAND_LINE;
use clap::{Args, Subcommand};
use regulars_app::{Agent, ContactKind, Happened, MemberRef, NewContact, PageAsk};
use regulars_base::Text;
use regulars_engine::event::{Kind, MemberHold, PerkEvent, Reissue, ReissueBack, ReissueOf};
use regulars_server::view;

/// Put a member on hold, let them go, give a free reward again; see what happened with them, note a talk
#[derive(Args)]
pub(crate) struct Desk {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Put on hold: they earn, and neither spend nor send.
    Hold {
        #[command(flatten)]
        whose: Whose,
    },
    /// Let go: they have all that they had, and what they earned meanwhile.
    Release {
        #[command(flatten)]
        whose: Whose,
    },
    /// Give a free reward again: its voucher lapsed, or was used and they had nothing of it.
    Reissue {
        #[command(flatten)]
        whose: Whose,
        /// The reward whose voucher lapsed, by its id in the program file.
        #[arg(
            long,
            conflicts_with = "redemption",
            required_unless_present = "redemption"
        )]
        reward: Option<String>,
        /// The id of a used redemption of a single reward.
        #[arg(long)]
        redemption: Option<String>,
    },
    /// List all that happened with a member, the newest first.
    Timeline {
        /// The member: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
        member: String,
        /// Of this sort only: entry, message, survey, case or contact.
        #[arg(long, value_name = "SORT")]
        only: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        shop: Shop,
    },
    /// Note a talk with a member.
    Contact {
        /// The member: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
        member: String,
        /// How: phone, chat, in_person or post.
        #[arg(long, value_name = "WAY")]
        by: String,
        /// What was said.
        #[arg(long)]
        text: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take back what was given again, as long as it is unused.
    Undo {
        #[command(flatten)]
        whose: Whose,
        /// The id that `reissue` said.
        id: String,
    },
}

/// For whom, and why.
#[derive(Args)]
struct Whose {
    /// The member: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
    member: String,
    /// Why: the member and auditors will read it.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Desk, print: &Print) -> anyhow::Result<Answer> {
    let by = text("USER", &whoever())?;
    let (whose, kind) = match &ask.what {
        What::Timeline {
            member,
            only,
            limit,
            shop,
        } => return timeline(&shop.open()?, member, (only.as_deref(), *limit), print),
        What::Contact {
            member,
            by,
            text,
            shop,
        } => return contact(&shop.open()?, member, (by, text), print),
        What::Hold { whose } => (whose, hold(whose, true, by)?),
        What::Release { whose } => (whose, hold(whose, false, by)?),
        What::Reissue {
            whose,
            reward,
            redemption,
        } => {
            let of = match (reward, redemption) {
                (Some(reward), _) => ReissueOf::Lapsed(text("--reward", reward)?),
                (None, redemption) => {
                    let id = redemption.as_deref().unwrap_or_default();
                    ReissueOf::Used(text("--redemption", id)?)
                }
            };
            let reason = text("--reason", &whose.reason)?;
            let perk = PerkEvent::Reissue(Box::new(Reissue { of, reason, by }));
            (whose, Kind::Perk(Box::new(perk)))
        }
        What::Undo { whose, id } => {
            let reissue = text("ID", id)?;
            let reason = text("--reason", &whose.reason)?;
            let perk = PerkEvent::ReissueBack(Box::new(ReissueBack {
                reissue,
                reason,
                by,
            }));
            (whose, Kind::Perk(Box::new(perk)))
        }
    };
    tell(&whose.shop.open()?, &whose.member, kind, print)
}

fn timeline(
    open: &Open,
    member: &str,
    (only, limit): (Option<&str>, usize),
    print: &Print,
) -> anyhow::Result<Answer> {
    if only.is_some_and(|only| !Happened::KINDS.contains(&only)) {
        let advice = format!("there are {}", Happened::KINDS.join(", "));
        return Err(Failure::new("--only: is no sort", advice).into());
    }
    let who = MemberRef::Id(member::find(&open.app, open.id(), member)?.id);
    let page = PageAsk { after: None, limit };
    let page = open.app.timeline(open.id(), &who, only, &page)?;
    let items: Vec<_> = page.items.iter().map(view::happened).collect();
    let mut table = Table::new(&["WHEN", "SORT", "WHAT", "STATE", "SAYS"]);
    for own in &items {
        table.row(vec![
            own.at.clone(),
            own.kind.clone(),
            own.what.clone(),
            own.state.clone().unwrap_or_default(),
            own.says.join("; "),
        ]);
    }
    print.table(&table);
    print.json(&serde_json::json!({ "items": items }))?;
    Ok(Answer::Yes)
}

fn contact(
    open: &Open,
    member: &str,
    (way, text): (&str, &str),
    print: &Print,
) -> anyhow::Result<Answer> {
    let kind = ContactKind::by_name(way).ok_or_else(|| {
        let all = ContactKind::ALL.map(ContactKind::name).join(", ");
        Failure::new(
            format!("--by: `{way}` is no way"),
            format!("there are {all}"),
        )
    })?;
    let who = MemberRef::Id(member::find(&open.app, open.id(), member)?.id);
    let new = NewContact {
        kind,
        at: None,
        text: text.to_owned(),
    };
    let by = Agent {
        id: COMMAND_LINE.to_owned(),
        name: whoever(),
    };
    let noted = view::contact(open.app.note_contact(open.id(), by, &who, &new)?);
    print.line(format!("noted: {} at {}", noted.kind, noted.at));
    print.json(&noted)?;
    Ok(Answer::Yes)
}

fn hold(whose: &Whose, on: bool, by: Text) -> anyhow::Result<Kind> {
    let reason = text("--reason", &whose.reason)?;
    Ok(Kind::MemberHold(Box::new(MemberHold { on, reason, by })))
}

/// Lets it happen, and says what came of it.
fn tell(open: &Open, member: &str, kind: Kind, print: &Print) -> anyhow::Result<Answer> {
    let member = member::find(&open.app, open.id(), member)?;
    let undone = matches!(&kind, Kind::Perk(perk) if matches!(**perk, PerkEvent::Reissue(_)));
    let key = deed::key(open, kind.word())?;
    let id = key.external_id.clone();
    let receipt = (open.app).serve(open.id(), &MemberRef::Id(member.id), kind, key)?;
    let answer = deed::tell(&receipt, print)?;
    if undone && matches!(answer, Answer::Yes) {
        print.line(format!(
            "`regulars desk undo` takes it back: its id is {id}."
        ));
    }
    Ok(answer)
}
