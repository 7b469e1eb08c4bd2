//! Members send friends, and both are given something for it.
//!
//! *Ana's link is on her profile. Bo follows it, joins, and gets 50 beans. He buys for 30 EUR: Ana
//! is to get 100 beans once the goods can no longer come back, two weeks later. Had he brought them
//! back in the first week, she would never have had them; in the third, they would be taken back.
//! Had he joined from Ana's own telephone, somebody would have had to look at it first.*
//!
//! Two wallets are concerned and each decides for itself (`docs/adr/0002`). The friend's knows who
//! sent them, whether it counts, and which of their purchases do; the referrer's knows what it was
//! given for whom. What either must know of the other travels as an event in the same commit:
//!
//! ```text
//! friend   sign_up ──▶ Joined ─────▶ referrer   is a fingerprint shared? a ring? (asks upwards)
//! friend   counts? ◀── ReferralAnswer ──────────
//! friend   purchase ─▶ Bought ─────▶ referrer   within the limits? held, or given at once
//! friend   refund ───▶ Returned ───▶ referrer   not given, or taken back
//! ```

mod friend;
mod gift;
mod referrer;
mod ring;

pub(crate) use friend::{answer, bought, came_back, review, sign_up};
pub(crate) use gift::{due, forget, give_held};
pub(crate) use referrer::{click, news};
pub(crate) use ring::question;

use crate::draft::Draft;
use crate::event::{Event, Kind, MergeOut};
use crate::follow::tell;
use crate::outcome::{Change, Note, Refusal};
use crate::program::{OnDoubt, ReferralRule};
use crate::stage::tier;
use crate::state::{Doubt, Mark, Origin, Referral, ReferralChange, Standing};
use regulars_base::MemberId;

fn take(draft: &mut Draft<'_>, change: ReferralChange) {
    draft.take(Change::Referral(Box::new(change)));
}

fn own<'a>(draft: &'a Draft<'_>) -> Option<&'a Referral> {
    draft.state.wallet.referral.as_deref()
}

fn origin<'a>(draft: &'a Draft<'_>) -> Option<&'a Origin> {
    own(draft)?.origin.as_ref()
}

/// What the program does about a doubt.
const fn on_doubt(rule: &ReferralRule, doubt: Doubt) -> OnDoubt {
    match doubt {
        Doubt::KnownCustomer => rule.known_customer,
        Doubt::SharedFingerprint(_) => rule.same_fingerprint,
        Doubt::Ring => rule.ring,
        Doubt::NoReferrer | Doubt::ByHand => OnDoubt::Refuse,
    }
}

/// Of two doubts the one that the program takes more seriously; the first of equals.
fn worse(rule: &ReferralRule, one: Option<Doubt>, other: Option<Doubt>) -> Option<Doubt> {
    match (one, other) {
        (Some(one), Some(other)) if on_doubt(rule, other) > on_doubt(rule, one) => Some(other),
        (one, other) => one.or(other),
    }
}

/// A customer is recognised by these.
pub(crate) fn fingerprints(draft: &mut Draft<'_>, marks: &[Mark]) -> Result<(), Refusal> {
    if draft.program.referral.is_none() {
        return Err(Refusal::NoReferrals);
    }
    recognise(draft, marks);
    tier::review(draft);
    Ok(())
}

/// What a member is recognised by, from now on.
fn recognise(draft: &mut Draft<'_>, marks: &[Mark]) {
    for mark in marks {
        take(draft, ReferralChange::Marked(*mark));
    }
}

/// Before a merge. That both sides of a referral are one person shows now: it counts no more.
/// The rest goes with the member.
pub(crate) fn part(draft: &mut Draft<'_>, event: &Event, merge: &MergeOut) {
    if draft.state.wallet.referral.is_none() {
        return;
    }
    if origin(draft).is_some_and(|origin| origin.referrer == merge.into) {
        friend::unmask(draft, event);
    }
    referrer::unmask(draft, merge.into);
    let Some(known) = draft.state.wallet.referral.clone() else {
        return;
    };
    take(draft, ReferralChange::Left);
    tell(
        draft,
        event,
        "referral",
        merge.into,
        Kind::ReferralMoved(known),
    );
}

/// What a merged member knew comes in. Who sent the member who stays, stays; of what both were
/// given for one friend, the first is kept.
pub(crate) fn join(draft: &mut Draft<'_>, theirs: &Referral) {
    let merged = theirs.clone();
    let known = own(draft).cloned().unwrap_or_default();
    let owner = draft.state.owner;
    if let (None, Some(origin)) = (&known.origin, merged.origin)
        && Some(origin.referrer) != owner
    {
        take(draft, ReferralChange::Came(origin));
    }
    for mark in merged.marks {
        take(draft, ReferralChange::Marked(mark));
    }
    for mark in merged.friend_marks {
        take(draft, ReferralChange::FriendMarked(mark));
    }
    take(
        draft,
        ReferralChange::Counted {
            clicks: merged.clicks,
            joined: merged.joined,
            in_review: merged.in_review,
            bought: merged.bought,
        },
    );
    for gift in merged.gifts {
        let has = |own: &Referral| own.gift(gift.friend, gift.step).is_some();
        if !own(draft).is_some_and(has) {
            take(draft, ReferralChange::Gave(gift));
        }
    }
}

/// The member who was merged into this one had sent them: nobody has, any more.
pub(crate) fn forget_origin(draft: &mut Draft<'_>, merged: MemberId) {
    if origin(draft).is_some_and(|origin| origin.referrer == merged) {
        friend::take_back_all(draft);
        take(draft, ReferralChange::OriginGone);
        draft.note(Note::ReferralRefused(Doubt::NoReferrer));
    }
}

/// Whether a referral stands so that purchases may count.
const fn open(standing: Standing) -> bool {
    matches!(
        standing,
        Standing::Counts | Standing::InReview(_) | Standing::Asked(_)
    )
}
