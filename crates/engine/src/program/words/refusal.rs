//! Why an event was refused, and what to do.

use super::{amount_of, money, number};
use crate::outcome::{Measure, Refusal};
use crate::program::Program;

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
        Refusal::TierTooLow => "it is for members of a higher tier",
        Refusal::VoucherNeeded => "the reward is only for members who hold a voucher for it",
        Refusal::LimitReached => "the limit is used up",
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
        Refusal::SameMember => "a member cannot be merged into themselves",
        Refusal::UnknownChallenge => {
            "the program has no such challenge to join: use an id of [[challenge]] with `opt_in`"
        }
        Refusal::UnknownGame => "the program has no such game: use an id of [[game]]",
        Refusal::UnknownDraw => "the program has no such draw: use an id of [[draw]]",
        Refusal::UnknownCause => "the program has no such cause: use an id of [[cause]]",
        Refusal::NotOpen => "it has not begun yet, or is over, or is not sold",
        Refusal::AlreadyJoined => "the member takes part already",
        Refusal::NoPlayLeft => "the member has no play left, and none is sold",
        Refusal::TooLittleGiven { least } => {
            return format!("the cause takes at least {least} (in the points' smallest unit)");
        }
    };
    text.to_owned()
}
