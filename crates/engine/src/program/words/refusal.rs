//! Why an event was refused, and what to do.

use super::{amount_of, money, number};
use crate::code::Code;
use crate::outcome::{CodeFault, Measure, Refusal};
use crate::price::WhyNot;
use crate::program::Program;
use crate::quote::LeftOut;
use regulars_base::Name;
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
        Refusal::ReturnTooLarge { left } => {
            return format!("only {left} of it have not come back yet");
        }
        Refusal::NotReturnedByPoints => {
            "only where points pay a part of an order some of the points come back: say how many of the reward do"
        }
        Refusal::VoucherUsed => "the voucher that it put into the hand was used, or has lapsed",
        Refusal::RedeemedByItself => {
            "it is redeemed by itself, and would be again at once: switch that off for the member first"
        }
        Refusal::NothingToFulfil => "it is not sent, or not any more",
        Refusal::FulfilmentOutOfTurn { stage } => {
            return format!(
                "it is {} already, and that is not what comes next",
                stage.word()
            );
        }
        Refusal::OnItsWay => "it is on its way: tell that it came back, and the points do",
        Refusal::OutOfCodes => "no code of the supplier is left: bring in more",
        Refusal::NoCodesKept => "it has no codes of a supplier: add `codes = true` to the reward",
        Refusal::CodeHandedOut => "the member knows its code, so it does not come back",
        Refusal::PickInstead => "it is a menu: pick one of its rewards",
        Refusal::NotOnTheMenu => "there is no such menu, or this reward is not on it",
        Refusal::NothingToPick => "the member has nothing to pick from this menu",
        Refusal::GivenAway => {
            "what was given away, or was credited and is spent, does not come back"
        }
        Refusal::UnknownAttribute { attribute } => {
            return format!(
                "there is no attribute `{attribute}`: declare it as [attribute.{attribute}]"
            );
        }
        Refusal::UnknownAttributeValue { attribute } => {
            return format!("`{attribute}` has no such value: see [attribute.{attribute}]");
        }
        Refusal::NoStockKept => "the program counts no stock of it: add `stock` to the reward",
        Refusal::StockTooLow { left } => return format!("only {left} are there"),
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
        Refusal::RewardNotForMember => "the reward is for other members: its `when` does not hold",
        Refusal::RewardTooFew { least } => {
            return format!("at least {least} of the reward are given at once");
        }
        Refusal::RewardShareTooLarge { most: 0 } => {
            "points pay no part of this order: its goods are too few"
        }
        Refusal::RewardShareTooLarge { most } => {
            return format!("points pay only a share of the order: at most {most} of the reward");
        }
        Refusal::RewardNotCombined { reward } => {
            let id = super::id_of(program, *reward);
            return format!("reward {id} is not combined with what else is taken off the order");
        }
        Refusal::RewardPriceMoved { reward } => {
            let id = super::id_of(program, *reward);
            return format!("reward {id} takes other points by now: ask for its price again");
        }
        Refusal::UnknownGroup => "the program has no such group: use an id of [[group]]",
        Refusal::NotAGroup => "the member is no group: found it first",
        Refusal::NotToBeAGroup => {
            "the member is a person, or another sort of group: found the group under an identity of its own"
        }
        Refusal::IsAGroup => "the member is a group: name a person",
        Refusal::GroupClosed => "the group is closed: found another",
        Refusal::GroupFull => "no more people may belong to the group",
        Refusal::UnknownRole => "the group has no such role: use one of `role` of the [[group]]",
        Refusal::HeadExists => "the group has a head already: let them hand it on",
        Refusal::InGroupAlready => "the member belongs to a group already: they leave it first",
        Refusal::NotInGroup => "the member does not belong to the group",
        Refusal::NotInvited => "the group has not invited the member, or too long ago",
        Refusal::RejoinTooSoon { again_at } => {
            return format!("the member left a group not long ago: again from {again_at} on");
        }
        Refusal::MayNotBuy => "their role does not let them buy for the group",
        Refusal::MayNotSpend => "their role does not let them spend the points of the group",
        Refusal::MayNotInvite => "their role does not let them invite others into the group",
        Refusal::MayNotManage => "their role does not let them manage the group",
        Refusal::SpendMaxReached { points, left } => {
            let left = amount_of(program, *points, *left);
            return format!("they may spend {left} of the group in this month, and it takes more");
        }
        Refusal::NotMerged => {
            "nobody knows of such a merge: only the latest few into a member can be undone"
        }
        Refusal::MemberOnHold { reason } => {
            return format!("the member is on hold, so nothing is spent or sent: {reason}");
        }
        Refusal::NotOnHold => "the member is not on hold",
        Refusal::NothingToReissue => {
            "there is nothing to give again: no voucher for the reward lapsed within a year, or the \
             redemption is not a used one of a single reward"
        }
        Refusal::ReissuedAlready => "it was given again before",
        Refusal::ReissueLimitReached => {
            "as many rewards were given again to the member as are in a year: adjust points instead"
        }
        Refusal::UnknownReissue => "nothing was given again under this id, or it was taken back",
        Refusal::UnmergeTooLate => "the merge is too long ago to be undone",
        Refusal::HeadStays => {
            "the head stays while there is anybody else: hand the group on or close it first"
        }
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
        Refusal::NoReferrals => "the program has no referrals: add [referral] to it",
        Refusal::SelfReferral => "members do not refer themselves",
        Refusal::AlreadyReferred => "somebody has sent the customer already",
        Refusal::KnownCustomer => "the customer was one before, so nobody has sent them",
        Refusal::ReferralTooLate => {
            "the link was followed too long ago: enrol the customer without it"
        }
        Refusal::NothingToReview => {
            "there is no referral of this member that waits for it: name the friend who was sent"
        }
        Refusal::NoTransfers => "members may not send these points: see [transfer] of the program",
        Refusal::TransferToSelf => "members do not send points to themselves",
        Refusal::JoinedTooLately => "the member joined too short a time ago to send points",
        Refusal::TransferTooSmall { least } => {
            return format!("at least {least} of the smallest unit must be sent at once");
        }
        Refusal::TransferTooLarge { most } => {
            return format!("at most {most} of the smallest unit may be sent at once");
        }
        Refusal::TransferLimitReached => "the member has sent as much as may be for now",
        Refusal::TransferTierTooLow => "sending points is for members of a higher tier",
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
        Refusal::NotOfPartner => {
            "only partners give points so: the source of the event belongs to none of them"
        }
        Refusal::NoPartnerAwards => {
            "the partner has no budget for these points: see `awards` of its [partner.NAME]"
        }
        Refusal::UnknownAwardReason => {
            "the partner gives points for other reasons: see `reasons` in the program"
        }
        Refusal::PartnerBudgetSpent { left } => {
            return format!("the partner's budget has {left} left (in the points' smallest unit)");
        }
        Refusal::PartnerAwardLimit { left } => {
            return format!("the member may get {left} more of the partner for now");
        }
        Refusal::UnknownPartnerAward => {
            "the partner has given the member nothing under this id that it could take back (any more)"
        }
        Refusal::NoSellThrough => {
            "the program takes no reports of what was sold on: add [sell_through] to it"
        }
        Refusal::NoStoreCredit => {
            "the program has no store credit (or gift cards become none): add [store_credit] to it"
        }
        Refusal::NoGiftCards => "the program has no gift cards: add [gift_card] to it",
        Refusal::IsGiftCard => "this is a gift card: what members do, cards do not",
        Refusal::UnknownGiftCard => "there is no such gift card: look at the code again",
        Refusal::GiftCardExists => "the gift card was issued, or activated, before",
        Refusal::GiftCardNotActive => "the gift card was not sold yet: activate it first",
        Refusal::GiftCardBlocked => "the gift card is blocked, or another took its place",
        Refusal::GiftCardAmount { least, most } => {
            let (least, most) = (money(program, *least), money(program, *most));
            return format!(
                "at least {least} are put on a gift card, and on this at most {most} more"
            );
        }
        Refusal::InsufficientMoney { available, price } => {
            let (available, price) = (money(program, *available), money(program, *price));
            return format!("it takes {price}, and {available} are there");
        }
        Refusal::MoneyTooMuch { most } => {
            return format!("at most {} may be on the account", money(program, *most));
        }
        Refusal::MoneyInOtherCurrency => {
            return format!(
                "the order is not in {}, in which store credit and gift cards are kept",
                program.currency
            );
        }
        Refusal::CreditBeyondRefund { left, asked } => {
            let (left, asked) = (money(program, *left), money(program, *asked));
            return format!("{asked} would be paid back, and {left} are left of what came back");
        }
        Refusal::HoldExists => "money was set aside under this id before: give each its own",
        Refusal::UnknownHold => "no money is set aside (or was spent) under this id",
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

/// Why not now, and when, if ever.
fn again(why: &str, at: Option<Timestamp>) -> String {
    match at {
        Some(at) => format!("{why}: again from {at} on"),
        None => format!("{why}, and counts once ever"),
    }
}

/// Why something is not used for a basket, in words.
pub fn left_out(program: &Program, why: &LeftOut) -> String {
    let text = match why {
        LeftOut::Refused(why) => return refusal(program, why),
        LeftOut::Combined(WhyNot::GroupTaken { .. }) => "another of the same group applies already",
        LeftOut::Combined(WhyNot::NotCombined { .. }) => {
            "it is not combined with another that takes more off"
        }
        LeftOut::Combined(WhyNot::TooMany { most }) => {
            return format!("no more than {most} discounts apply to one basket");
        }
        LeftOut::Combined(WhyNot::NothingToTakeOff) => {
            "there is nothing left that it could be taken off"
        }
        LeftOut::PointsSpent => "the points that it takes pay for others that take more off",
        LeftOut::BetterWithout => "without it more is taken off, or as much for fewer points",
        LeftOut::NotOfBasket => "it is nothing that is taken off a basket: ask for it by itself",
    };
    text.to_owned()
}
