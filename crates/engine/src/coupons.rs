//! What codes would do to a basket, with nothing written.

use crate::code::Code;
use crate::draft::Draft;
use crate::event::{Event, Kind};
use crate::outcome::{CodeFault, Outcome};
use crate::price::{Basket, Discount, Priced, price};
use crate::program::Program;
use crate::stage::{catch_up, coupon};
use crate::state::State;
use regulars_base::Name;

/// What codes would do to a basket.
#[derive(Clone, Debug, PartialEq)]
pub struct Validated {
    /// What the basket costs with all that apply. Its discounts are those of the codes that may be
    /// used, in their order.
    pub priced: Priced,
    /// Each code, in order.
    pub codes: Vec<ValidatedCode>,
}

/// What one code would do.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidatedCode {
    /// The code.
    pub code: Code,
    /// Its campaign, if it is a code.
    pub coupon: Option<Name>,
    /// The place of what it takes off in [`Priced::discounts`].
    pub taken: Option<usize>,
    /// Why it does not apply, if it does not.
    pub fault: Option<CodeFault>,
}

/// What `codes` would do to a basket. `event` is the purchase as it would be reported, at list
/// prices; `more` are discounts from elsewhere that are taken off beside them (their ids are no
/// codes). Nobody's basket has an empty wallet.
pub fn validate(
    program: &Program,
    state: &State,
    event: &Event,
    basket: &Basket,
    codes: &[Code],
    more: &[Discount],
) -> Validated {
    let mut state = state.clone();
    let mut out = Outcome::default();
    let mut draft = Draft::new(program, &mut state, event, &mut out);
    catch_up::catch_up(&mut draft);
    debug_assert!(
        matches!(event.kind, Kind::Purchase(_)),
        "codes are asked about for a purchase"
    );
    let answers = coupon::examine(&draft, event, codes, false);
    let mut discounts = Vec::with_capacity(answers.len() + more.len());
    let mut validated = Vec::with_capacity(answers.len());
    for answer in answers {
        validated.push(match answer {
            Ok(own) => {
                discounts.push(own.discount);
                ValidatedCode {
                    code: own.code,
                    coupon: Some(own.coupon.name),
                    taken: Some(discounts.len() - 1),
                    fault: None,
                }
            }
            Err((code, why)) => {
                let known = coupon::look_up(program, &draft.state.codes, &code).ok();
                ValidatedCode {
                    code,
                    coupon: known.map(|(coupon, _)| coupon.name),
                    taken: None,
                    fault: Some(why),
                }
            }
        });
    }
    discounts.extend_from_slice(more);
    let priced = price(&program.combine, basket, &discounts);
    for own in &mut validated {
        let taken = own.taken.and_then(|place| priced.discounts.get(place));
        own.fault = own.fault.take().or(taken.and_then(coupon::fault));
    }
    Validated {
        priced,
        codes: validated,
    }
}
