//! `regulars referral`: codes, and referrals that somebody must look at.

use crate::Answer;
use crate::deed::one_line;
use crate::flags::Shop;
use crate::member;
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::MemberRef;
use regulars_base::EventKey;
use regulars_engine::event::ReferralReview;
use regulars_engine::program::words;
use regulars_server::view;

/// Codes of members who send friends, and referrals that somebody must look at
#[derive(Args)]
pub(crate) struct Referral {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Say a member's code and link; make the code, if there is none.
    Code {
        /// The member, as for `balance`.
        member: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// List the referrals that somebody must look at, the oldest first.
    Reviews {
        #[command(flatten)]
        shop: Shop,
    },
    /// Let a referral count.
    Approve {
        #[command(flatten)]
        review: Review,
        #[command(flatten)]
        shop: Shop,
    },
    /// Let a referral count no more; what it gave is taken back.
    Reject {
        #[command(flatten)]
        review: Review,
        #[command(flatten)]
        shop: Shop,
    },
}

/// A referral, and why.
#[derive(Args)]
struct Review {
    /// The friend who was sent, as for `balance`.
    friend: String,
    /// Why, in words.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who says so.
    #[arg(long, value_name = "NAME", default_value = "command line")]
    by: String,
}

pub(crate) fn run(ask: &Referral, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Code { member, shop } => {
            let open = shop.open()?;
            let found = member::find(&open.app, open.id(), member)?;
            let code = open
                .app
                .referral_code(open.id(), &MemberRef::Id(found.id))?;
            print.line(code.link.as_ref().unwrap_or(&code.code));
            print.json(&serde_json::json!({
                "member": code.member.to_string(), "code": code.code, "link": code.link,
            }))?;
            Ok(Answer::Yes)
        }
        What::Reviews { shop } => reviews(shop, print),
        What::Approve { review, shop } => decide(review, shop, true, print),
        What::Reject { review, shop } => decide(review, shop, false, print),
    }
}

fn reviews(shop: &Shop, print: &Print) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let found = open.app.referrals_in_review(open.id())?;
    let mut table = Table::new(&["FRIEND", "SENT BY", "SINCE", "WHY", ">PURCHASES"]);
    let mut items = Vec::new();
    for own in &found {
        let why = words::doubt(own.doubt);
        let (friend, referrer) = (own.friend.to_string(), own.referrer.to_string());
        let at = own.at.to_string();
        items.push(serde_json::json!({
            "friend": friend, "referrer": referrer, "at": at, "reason": why,
            "purchases": own.purchases,
        }));
        let purchases = own.purchases.to_string();
        table.row(vec![friend, referrer, at, why.to_owned(), purchases]);
    }
    if found.is_empty() {
        print.line("Nothing waits for a review.");
    } else {
        print.table(&table);
    }
    print.json(&serde_json::json!({ "items": items }))?;
    Ok(Answer::Yes)
}

fn decide(review: &Review, shop: &Shop, approve: bool, print: &Print) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let found = member::find(&open.app, open.id(), &review.friend)?;
    let word = if approve { "approve" } else { "reject" };
    let now = open.app.now().micros();
    let key = EventKey {
        source: one_line("command-line")?,
        external_id: one_line(&format!("{word}-{}-{now}", found.id))?,
    };
    let what = ReferralReview {
        approve,
        reason: one_line(&review.reason)?,
        by: one_line(&review.by)?,
    };
    let who = MemberRef::Id(found.id);
    let receipt = open.app.review_referral(open.id(), &who, what, key)?;
    super::transfer::told(&receipt, print)?;
    print.json(&view::receipt(&receipt))?;
    Ok(Answer::Yes)
}
