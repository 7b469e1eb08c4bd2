//! `regulars tier`: give a member a tier by hand, take it away, take one over from another program.

use crate::Answer;
use crate::deed::{self, text};
use crate::flags::{Open, Shop, whoever};
use crate::member;
use crate::moment;
use crate::print::Print;
use clap::{Args, Subcommand};
use regulars_app::MemberRef;
use regulars_engine::event::{Kind, TierGrant, TierMatch, TierRevoke};
use regulars_engine::program::words;

/// Give a member a tier by hand, take it away again, or take one over from another program
#[derive(Args)]
pub(crate) struct Tier {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Give a tier: they do not fall below it before its end, and may rise above it.
    Give {
        /// The member: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
        member: String,
        /// The tier, by its id in the program file.
        tier: String,
        /// Until when: the first day (or moment) on which it holds no more. For ever if left out.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        /// Why: the member and auditors will read it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take away what was given: they are where their own figures put them.
    Take {
        /// The member.
        member: String,
        /// Why: the member and auditors will read it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take over their tier of another program, on trial, once per member.
    Match {
        /// The member.
        member: String,
        /// The other program, by its id in `[[match]]` of the program file.
        program: String,
        /// Their tier there, by its id in that `[[match]]`.
        tier: String,
        /// What was shown as proof: a number, a reference.
        #[arg(long, value_name = "TEXT")]
        proof: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Tier, print: &Print) -> anyhow::Result<Answer> {
    let by = text("USER", &whoever())?;
    match &ask.what {
        What::Give {
            member,
            tier,
            until,
            reason,
            shop,
        } => {
            let open = shop.open()?;
            let until = until.as_deref();
            let until = until.map(|until| moment::read("--until", until, &open.zone()));
            let kind = Kind::TierGrant(TierGrant {
                tier: text("TIER", tier)?,
                until: until.transpose()?,
                reason: text("--reason", reason)?,
                by,
            });
            tell(&open, member, kind, print)
        }
        What::Take {
            member,
            reason,
            shop,
        } => {
            let reason = text("--reason", reason)?;
            let kind = Kind::TierRevoke(TierRevoke { reason, by });
            tell(&shop.open()?, member, kind, print)
        }
        What::Match {
            member,
            program,
            tier,
            proof,
            shop,
        } => {
            let kind = Kind::TierMatch(TierMatch {
                program: text("PROGRAM", program)?,
                tier: text("TIER", tier)?,
                proof: text("--proof", proof)?,
                by,
            });
            tell(&shop.open()?, member, kind, print)
        }
    }
}

/// Lets it happen, and says what came of it.
fn tell(open: &Open, member: &str, kind: Kind, print: &Print) -> anyhow::Result<Answer> {
    let member = member::find(&open.app, open.id(), member)?;
    let key = deed::key(open, kind.word())?;
    let who = MemberRef::Id(member.id);
    let receipt = open.app.move_tier(open.id(), &who, kind, key)?;
    let answer = deed::tell(&receipt, print)?;
    if matches!(answer, Answer::Yes) {
        let balances = open.app.balances(open.id(), &who, None)?;
        if let Some(outlook) = &balances.tier {
            for sentence in words::outlook::tier(&balances.program, outlook) {
                print.line(sentence);
            }
        }
    }
    Ok(answer)
}
