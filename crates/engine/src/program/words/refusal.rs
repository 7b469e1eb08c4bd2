//! Why an event was refused, and what to do.

use super::{amount_of, money, number};
use crate::code::Code;
use crate::outcome::{CodeFault, Measure, Refusal};
use crate::program::Program;
use regulars_base::Name;

/// A refusal as a sentence that says what to do.
pub fn refusal(program: &Program, refusal: &Refusal) -> String {
    let text = match refusal {
        Refusal::NotEnrolled => {
            "the customer is no member, and this program takes members only: enrol them first"
        }
        Refusal::AlreadyEnrolled => "the customer is a member already",
        Refusal::OrderExists => {
            "another purchase of the same source has this order number: give each order its own"
        }
        Refusal::CurrencyNotAccepted => {
            return format!(
                "the order is not in {}: add its currency to [rates] of the program to count it",
                program.currency
            );
        }
        Refusal::RefundTooLarge { left, asked, of } => {
            let shown = |n: i64| match of {
                Measure::Amount => money(program, n),
                Measure::Quantity => number(3, n),
            };
            let (left, asked) = (shown(*left), shown(*asked));
            return format!("{asked} would come back, and only {left} of what was bought is left");
        }
        Refusal::UnknownLine { line } => {
            return format!("the order has no line `{line}`");
        }
        Refusal::UnknownPoints => "the program has no such points: use an id of [points]",
        Refusal::UnknownActivity => {
            "the program has no such activity: declare it as [activity.NAME]"
        }
        Refusal::UnknownReward => "the program has no such reward: use an id of [[reward]]",
        Refusal::RewardNotYetOffered => "the reward is not offered yet",
        Refusal::RewardEnded => "the reward is not offered any more",
        Refusal::TierTooLow => "the reward is for members of a higher tier",
        Refusal::VoucherNeeded => "the reward is only for members who hold a voucher for it",
        Refusal::LimitReached => "the reward's limit is used up",
        Refusal::OutOfStock => "there is none left",
        Refusal::InsufficientPoints {
            points,
            available,
            price,
        } => {
            return format!(
                "it takes {}, and {} are available",
                amount_of(program, *points, *price),
                amount_of(program, *points, *available)
            );
        }
        Refusal::RedemptionExists => "a redemption with this id was made before: give each its own",
        Refusal::UnknownRedemption => "there is no such redemption, or it was given back",
        Refusal::RedemptionUsed => "the redemption was used already",
        Refusal::OpenRedemptions => {
            "the member has open redemptions: commit or cancel them before the merge"
        }
        Refusal::SameMember => {
            "a member cannot be merged into themselves, nor hand a code on to themselves"
        }
        Refusal::CodeNotUsable { code, coupon, why } => {
            return format!("{code}: {}", code_fault(program, *coupon, why));
        }
        Refusal::UnknownCodeUse => {
            "the member has not used this code (for this order), or it can no longer be given back"
        }
        Refusal::CodeIsShared => "all use this code, so it is nobody's own",
        Refusal::CodeTaken => "the code is in somebody's hand already",
        Refusal::CodeNotTransferable => {
            "codes of this campaign are not handed on: set `transfer` of the coupon to let them be"
        }
    };
    text.to_owned()
}

/// Why a code does not apply, as a sentence. `coupon` is its campaign, if it is a code.
pub fn code_fault(program: &Program, coupon: Option<Name>, fault: &CodeFault) -> String {
    let coupon = coupon.and_then(|name| program.coupon_named(name));
    let other = |other: &Option<Code>| match other {
        Some(code) => format!("`{code}`"),
        None => "another discount".to_owned(),
    };
    let text = match fault {
        CodeFault::Mistyped => "the code is mistyped: one or two letters do not fit, look again",
        CodeFault::Unknown => "there is no such code",
        CodeFault::Twice => "the code stands there twice, or was used for this order already",
        CodeFault::Void => "the code was made void",
        CodeFault::NotYet => "the code is not good yet",
        CodeFault::Ended => "the code is no longer good",
        CodeFault::UsedUp => "the code was used already",
        CodeFault::NotYours => "the code belongs to another member",
        CodeFault::LimitReached => "the member has used this coupon as often as it may be",
        CodeFault::BudgetSpent => "the coupon was used by as many as it may be",
        CodeFault::TierTooLow => match coupon.and_then(|coupon| coupon.tier) {
            Some(place) => {
                let tier = program.tiers.get(usize::from(place));
                let tier = tier.map_or("a higher one", |tier| tier.id.as_str());
                return format!("the coupon is for members from tier {tier} on");
            }
            None => "the coupon is for members of a higher tier",
        },
        CodeFault::NotFirstOrder => "the coupon is for a first order",
        CodeFault::BelowLeast { least, goods } => {
            let (least, goods) = (money(program, *least), money(program, *goods));
            return format!("the goods must cost at least {least}, and they cost {goods}");
        }
        CodeFault::Condition => match coupon.and_then(|coupon| coupon.when.as_ref()) {
            Some(when) => {
                return format!("the condition of the coupon does not hold: `{}`", when.text);
            }
            None => "the condition of the coupon does not hold",
        },
        CodeFault::GroupTaken { by } => {
            return format!("{} of the same group applies already", other(by));
        }
        CodeFault::NotCombined { with } => {
            return format!("it is not combined with {}", other(with));
        }
        CodeFault::TooMany { most } => {
            return format!("no more than {most} discounts apply to one basket");
        }
        CodeFault::NothingToTakeOff => "there is nothing left that it could be taken off",
    };
    text.to_owned()
}
