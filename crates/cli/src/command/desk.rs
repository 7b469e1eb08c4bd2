//! `regulars desk`: put a member on hold, let them go, give a free reward again.

use crate::Answer;
use crate::deed::{self, text};
use crate::flags::{Open, Shop, whoever};
use crate::member;
use crate::print::Print;
use clap::{Args, Subcommand};
use regulars_app::MemberRef;
use regulars_base::Text;
use regulars_engine::event::{Kind, MemberHold, PerkEvent, Reissue, ReissueBack, ReissueOf};

/// Put a member on hold, let them go, or give a free reward again
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
