//! Consents: given with proof, withdrawn at any time.
//!
//! *Ana allows the newsletter on the web page, under the text of March: 20 beans, once in her life.
//! When she withdraws, she keeps them or gives them back, as the program says; when she allows it
//! again, nothing is paid a second time.*

use crate::draft::Draft;
use crate::event::{Activity, Event, Value};
use crate::outcome::{Change, Note, Refusal};
use crate::program::{ActivityRule, Withdrawal};
use crate::stage::{activity, reverse, tier};
use crate::state::{Consent, ConsentGift, Paid};
use regulars_base::Name;

fn given(activity: &Activity) -> bool {
    matches!(activity.field("given"), Some(Value::Bool(true)))
}

fn known<'a>(draft: &'a Draft<'_>, purpose: Name) -> Option<&'a Consent> {
    let engaged = draft.state.wallet.engaged()?;
    engaged.consents.iter().find(|own| own.purpose == purpose)
}

/// What was never given cannot be withdrawn.
pub(crate) fn check(
    draft: &Draft<'_>,
    rule: &ActivityRule,
    activity: &Activity,
) -> Result<(), Refusal> {
    if given(activity) || known(draft, rule.name).is_some_and(|own| own.given) {
        Ok(())
    } else {
        Err(Refusal::NotConsented)
    }
}

/// A member allows something, or allows it no more.
pub(crate) fn consent(
    draft: &mut Draft<'_>,
    event: &Event,
    act: &Activity,
    withdrawal: Withdrawal,
) {
    let purpose = Name::of(act.name.as_str());
    let given = given(act);
    let before = known(draft, purpose).cloned();
    draft.note(Note::Consented { purpose, given });
    let since = event.occurred_at;
    let mut after = match before {
        // The same again: its proof is in the log.
        Some(before) if before.given == given => return,
        Some(before) => Consent {
            given,
            since,
            ..before
        },
        None => {
            let (day, _) = draft.local(since);
            let day = draft.program.progress_day(&day);
            let grants = activity::count(draft, event, act, since);
            let gift = |grant: &crate::state::Grant| ConsentGift {
                rule: grant.rule,
                paid: Paid {
                    points: grant.points,
                    dates: grant.dates,
                    amount: grant.given,
                },
                day,
            };
            let gifts = match withdrawal {
                Withdrawal::TakeBack => grants.iter().map(gift).collect(),
                Withdrawal::Keep => Vec::new(),
            };
            Consent {
                purpose,
                given,
                since,
                gifts,
            }
        }
    };
    if !given {
        for gift in std::mem::take(&mut after.gifts) {
            tier::earned_back(draft, &gift.paid, gift.day);
            reverse::take_points(draft, gift.rule, gift.paid);
        }
    }
    draft.take(Change::Consented(Box::new(after)));
}
