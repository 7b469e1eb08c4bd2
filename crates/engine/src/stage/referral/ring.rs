//! Members who send one another in a ring.
//!
//! *Ana sent Bo, Bo sent Cy, and now Cy is said to have sent Ana. No wallet knows that much: Cy's
//! asks Bo's who sent him, and Bo's says: Ana.*

use super::{on_doubt, origin, referrer, worse};
use crate::draft::Draft;
use crate::event::{Event, Kind, RingQuestion};
use crate::follow::tell;
use crate::program::OnDoubt;
use crate::state::Doubt;
use regulars_base::MemberId;

/// So many are asked, one after the other.
const ASKED_MOST: u8 = 8;

/// Asks who sent the member who is said to have sent `friend`, and on from there; or settles it,
/// where nobody is to be asked.
pub(super) fn ask(draft: &mut Draft<'_>, event: &Event, friend: MemberId, doubt: Option<Doubt>) {
    let rule = draft.program.referral.as_deref();
    let asks = rule.is_some_and(|rule| on_doubt(rule, Doubt::Ring) != OnDoubt::Allow);
    let sender = origin(draft).map(|origin| origin.referrer).filter(|_| asks);
    match (sender, draft.state.owner) {
        (Some(sender), _) if sender == friend => found(draft, event, friend, doubt),
        (Some(sender), Some(referrer)) => {
            let question = RingQuestion {
                friend,
                referrer,
                asked: 1,
                doubt,
                found: None,
            };
            let kind = Kind::RingQuestion(Box::new(question));
            tell(draft, event, "ring", sender, kind);
        }
        _ => referrer::settle(draft, event, friend, doubt),
    }
}

fn found(draft: &mut Draft<'_>, event: &Event, friend: MemberId, doubt: Option<Doubt>) {
    let rule = draft.program.referral.as_deref();
    let doubt = rule.and_then(|rule| worse(rule, Some(Doubt::Ring), doubt));
    referrer::settle(draft, event, friend, doubt);
}

/// Somebody asks who sent this member; or the answer comes back.
pub(crate) fn question(draft: &mut Draft<'_>, event: &Event, question: &RingQuestion) {
    let RingQuestion {
        friend,
        referrer,
        asked,
        doubt,
        found: answer,
    } = question.clone();
    match answer {
        Some(true) => return found(draft, event, friend, doubt),
        Some(false) => return referrer::settle(draft, event, friend, doubt),
        None => {}
    }
    let sender = origin(draft).map(|origin| origin.referrer);
    let (to, asked, found) = match sender {
        Some(sender) if sender == friend => (referrer, asked, Some(true)),
        Some(sender) if asked < ASKED_MOST => (sender, asked + 1, None),
        _ => (referrer, asked, Some(false)),
    };
    let next = RingQuestion {
        asked,
        found,
        ..question.clone()
    };
    let kind = Kind::RingQuestion(Box::new(next));
    tell(draft, event, "ring", to, kind);
}
