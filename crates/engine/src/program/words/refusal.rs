//! Why an event was refused, and what to do.

use super::{amount_of, money, number};
use crate::outcome::{Measure, Refusal};
use crate::program::Program;
use regulars_base::Timestamp;

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
        Refusal::NotAtThisPartner => {
            "the reward is not to be had here: `partner` of the reward says where it is"
        }
        Refusal::UnknownPartner => "the program has no such partner: use an id of [partner]",
        Refusal::PaysLater => {
            "the partner pays later, so there is no balance to pay into: set `pays = \"ahead\"`"
        }
        Refusal::UnknownDispute => {
            "the partner has no such dispute, or it is over: use the id of the event that began it"
        }
        Refusal::SameMember => "a member cannot be merged into themselves",
        Refusal::UnknownPlan => "the program has no such plan: use an id of [[plan]]",
        Refusal::OnPlanAlready => "the member is on a plan already: change it instead",
        Refusal::PlanNotAgainYet => "the plan ended not long ago, and may not be joined again yet",
        Refusal::NotOnPlan => "the member is on no plan: let them join one first",
        Refusal::SamePlan => "the member is on this plan already",
        Refusal::PlanIsPaused => "the plan is paused: resume it first",
        Refusal::PlanNotPaused => {
            "the plan is neither paused nor cancelled: there is nothing to resume"
        }
        Refusal::PauseNotOffered => {
            "the plan cannot be paused: it offers no pause, or none is left, or it is in its trial or cancelled"
        }
        Refusal::PlanCancelledAlready => "the plan is cancelled already, and ends with its period",
        Refusal::PaymentOpen => "a payment is open, or money is to be paid back: settle that first",
        Refusal::UnknownInvoice => "the member has no such invoice",
        Refusal::InvoiceSettled => {
            "the invoice is settled already, or this answers an attempt that is over"
        }
        Refusal::PlanNeeded => "the reward is for members of a plan",
        Refusal::UnknownTier => "the program has no such tier: use an id of [[tier]]",
        Refusal::LowestTier => {
            "everybody is in the lowest tier: name a tier above it, or take away what was given"
        }
        Refusal::TierEndsTooSoon => "the tier would be over before it began: name a later end",
        Refusal::NoTierGiven => "no tier was given by hand that could be taken away",
        Refusal::UnknownMatch => {
            "the program takes over nothing from there: use an id of [[match]]"
        }
        Refusal::UnknownMatchTier => {
            "nothing is taken over for that tier: use one of `tiers` of the [[match]]"
        }
        Refusal::AlreadyMatched => {
            "a tier of another program was taken over for this member before: that is done once"
        }
        Refusal::TierReached => "the member is in this tier already, or in a higher one",
        Refusal::UnknownField { field } => {
            return format!("the activity has no field `{field}`: declare it in the program file");
        }
        Refusal::FieldMissing { field } => {
            return format!("the activity lacks the field `{field}`");
        }
        Refusal::FieldInvalid { field } => {
            return format!("the value of `{field}` is not what the program file declares");
        }
        Refusal::NotBought => {
            "the member has not bought it: name the order (of the same source) and the product"
        }
        Refusal::Returned => "what it is about was returned",
        Refusal::SubmissionExists => {
            "an activity of this id waits for moderation already: give each its own"
        }
        Refusal::NotConsented => "the consent was not given, so it cannot be withdrawn",
        Refusal::TooSoon { again_at } => {
            return format!("it is too soon after the last: again from {again_at} on");
        }
        Refusal::DoneAlready { again_at } => return again("it was done already", *again_at),
        Refusal::ToldTooLate => {
            "it is told so late that nobody knows any more what was done near it"
        }
        Refusal::UnknownProfileField { field } => {
            return format!("the program keeps no field `{field}`: list it in [profile]");
        }
        Refusal::NoBirthdays => "the program keeps no birthdays: add the section [birthday]",
        Refusal::BirthdayFixed { again_at } => {
            return again("another birthday was said before", *again_at);
        }
        Refusal::UnknownSubmission => {
            "nothing of this id waits for moderation: it was dealt with, or has lapsed"
        }
    };
    text.to_owned()
}

/// Why not now, and when, if ever.
fn again(why: &str, at: Option<Timestamp>) -> String {
    match at {
        Some(at) => format!("{why}: again from {at} on"),
        None => format!("{why}, and counts once ever"),
    }
}
