//! Why an event was refused, and what to do.

use super::Reader;
use super::language::{say, word};
use crate::code::Code;
use crate::outcome::{CodeFault, Measure, Refusal};
use crate::price::WhyNot;
use crate::quote::LeftOut;
use regulars_base::Name;
use regulars_base::Timestamp;

/// A refusal as a sentence that says what to do.
pub fn refusal<'p>(reader: impl Into<Reader<'p>>, refusal: &Refusal) -> String {
    refused(reader.into(), refusal)
}

fn refused(reader: Reader<'_>, refusal: &Refusal) -> String {
    let text = match refusal {
        Refusal::NotEnrolled => {
            word!(
                reader,
                "the customer is no member, and this program takes members only: enrol them first"
            )
        }
        Refusal::AlreadyEnrolled => word!(reader, "the customer is a member already"),
        Refusal::OrderExists => {
            word!(
                reader,
                "another purchase of the same source has this order number: give each order its own"
            )
        }
        Refusal::CurrencyNotAccepted => {
            return say!(
                reader,
                "the order is not in {currency}: add its currency to [rates] of the program to count it",
                currency = reader.program.currency
            );
        }
        Refusal::RefundTooLarge { left, asked, of } => {
            let shown = |n: i64| match of {
                Measure::Amount => reader.money(n),
                Measure::Quantity => reader.number(3, n),
            };
            let (left, asked) = (shown(*left), shown(*asked));
            return say!(
                reader,
                "{asked} would come back, and only {left} of what was bought is left",
                asked,
                left
            );
        }
        Refusal::UnknownLine { line } => {
            return say!(reader, "the order has no line `{line}`", line);
        }
        Refusal::UnknownPoints => word!(
            reader,
            "the program has no such points: use an id of [points]"
        ),
        Refusal::UnknownActivity => {
            word!(
                reader,
                "the program has no such activity: declare it as [activity.NAME]"
            )
        }
        Refusal::ReturnTooLarge { left } => {
            return say!(reader, "only {left} of it have not come back yet", left);
        }
        Refusal::NotReturnedByPoints => {
            word!(
                reader,
                "only where points pay a part of an order some of the points come back: say how many of the reward do"
            )
        }
        Refusal::VoucherUsed => word!(
            reader,
            "the voucher that it put into the hand was used, or has lapsed"
        ),
        Refusal::RedeemedByItself => {
            word!(
                reader,
                "it is redeemed by itself, and would be again at once: switch that off for the member first"
            )
        }
        Refusal::NothingToFulfil => word!(reader, "it is not sent, or not any more"),
        Refusal::FulfilmentOutOfTurn { stage } => {
            return say!(
                reader,
                "it is {stage} already, and that is not what comes next",
                stage = super::perk::stage_word(reader, *stage)
            );
        }
        Refusal::OnItsWay => word!(
            reader,
            "it is on its way: tell that it came back, and the points do"
        ),
        Refusal::OutOfCodes => word!(reader, "no code of the supplier is left: bring in more"),
        Refusal::NoCodesKept => word!(
            reader,
            "it has no codes of a supplier: add `codes = true` to the reward"
        ),
        Refusal::CodeHandedOut => word!(
            reader,
            "the member knows its code, so it does not come back"
        ),
        Refusal::PickInstead => word!(reader, "it is a menu: pick one of its rewards"),
        Refusal::NotOnTheMenu => {
            word!(reader, "there is no such menu, or this reward is not on it")
        }
        Refusal::NothingToPick => word!(reader, "the member has nothing to pick from this menu"),
        Refusal::GivenAway => {
            word!(
                reader,
                "what was given away, or was credited and is spent, does not come back"
            )
        }
        Refusal::UnknownAttribute { attribute } => {
            return say!(
                reader,
                "there is no attribute `{attribute}`: declare it as [attribute.{attribute}]",
                attribute
            );
        }
        Refusal::UnknownAttributeValue { attribute } => {
            return say!(
                reader,
                "`{attribute}` has no such value: see [attribute.{attribute}]",
                attribute
            );
        }
        Refusal::NoStockKept => word!(
            reader,
            "the program counts no stock of it: add `stock` to the reward"
        ),
        Refusal::StockTooLow { left } => return say!(reader, "only {left} are there", left),
        Refusal::UnknownReward => word!(
            reader,
            "the program has no such reward: use an id of [[reward]]"
        ),
        Refusal::RewardNotYetOffered => word!(reader, "the reward is not offered yet"),
        Refusal::RewardEnded => word!(reader, "the reward is not offered any more"),
        Refusal::TierTooLow => word!(reader, "it is for members of a higher tier"),
        Refusal::VoucherNeeded => word!(
            reader,
            "the reward is only for members who hold a voucher for it"
        ),
        Refusal::LimitReached => word!(reader, "the limit is used up"),
        Refusal::OutOfStock => word!(reader, "there is none left"),
        Refusal::InsufficientPoints {
            points,
            available,
            price,
        } => {
            return say!(
                reader,
                "it takes {price}, and {available} are available",
                price = reader.of(*points, *price),
                available = reader.of(*points, *available)
            );
        }
        Refusal::RedemptionExists => word!(
            reader,
            "a redemption with this id was made before: give each its own"
        ),
        Refusal::UnknownRedemption => {
            word!(reader, "there is no such redemption, or it was given back")
        }
        Refusal::RedemptionUsed => word!(reader, "the redemption was used already"),
        Refusal::OpenRedemptions => {
            word!(
                reader,
                "the member has open redemptions: commit or cancel them before the merge"
            )
        }
        Refusal::SameMember => {
            word!(
                reader,
                "a member cannot be merged into themselves, nor hand a code on to themselves"
            )
        }
        Refusal::CodeNotUsable { code, coupon, why } => {
            return say!(
                reader,
                "{code}: {why}",
                code,
                why = code_fault(reader, *coupon, why)
            );
        }
        Refusal::UnknownCodeUse => {
            word!(
                reader,
                "the member has not used this code (for this order), or it can no longer be given back"
            )
        }
        Refusal::CodeIsShared => word!(reader, "all use this code, so it is nobody's own"),
        Refusal::CodeTaken => word!(reader, "the code is in somebody's hand already"),
        Refusal::CodeNotTransferable => {
            word!(
                reader,
                "codes of this campaign are not handed on: set `transfer` of the coupon to let them be"
            )
        }
        Refusal::NotAtThisPartner => {
            word!(
                reader,
                "the reward is not to be had here: `partner` of the reward says where it is"
            )
        }
        Refusal::UnknownPartner => word!(
            reader,
            "the program has no such partner: use an id of [partner]"
        ),
        Refusal::PaysLater => {
            word!(
                reader,
                "the partner pays later, so there is no balance to pay into: set `pays = \"ahead\"`"
            )
        }
        Refusal::UnknownDispute => {
            word!(
                reader,
                "the partner has no such dispute, or it is over: use the id of the event that began it"
            )
        }
        Refusal::RewardNotForMember => word!(
            reader,
            "the reward is for other members: its `when` does not hold"
        ),
        Refusal::RewardTooFew { least } => {
            return say!(
                reader,
                "at least {least} of the reward are given at once",
                least
            );
        }
        Refusal::RewardShareTooLarge { most: 0 } => {
            word!(
                reader,
                "points pay no part of this order: its goods are too few"
            )
        }
        Refusal::RewardShareTooLarge { most } => {
            return say!(
                reader,
                "points pay only a share of the order: at most {most} of the reward",
                most
            );
        }
        Refusal::RewardNotCombined { reward } => {
            let id = reader.id(*reward);
            return say!(
                reader,
                "reward {id} is not combined with what else is taken off the order",
                id
            );
        }
        Refusal::RewardPriceMoved { reward } => {
            let id = reader.id(*reward);
            return say!(
                reader,
                "reward {id} takes other points by now: ask for its price again",
                id
            );
        }
        Refusal::UnknownGroup => word!(
            reader,
            "the program has no such group: use an id of [[group]]"
        ),
        Refusal::NotAGroup => word!(reader, "the member is no group: found it first"),
        Refusal::NotToBeAGroup => {
            word!(
                reader,
                "the member is a person, or another sort of group: found the group under an identity of its own"
            )
        }
        Refusal::IsAGroup => word!(reader, "the member is a group: name a person"),
        Refusal::GroupClosed => word!(reader, "the group is closed: found another"),
        Refusal::GroupFull => word!(reader, "no more people may belong to the group"),
        Refusal::UnknownRole => word!(
            reader,
            "the group has no such role: use one of `role` of the [[group]]"
        ),
        Refusal::HeadExists => word!(reader, "the group has a head already: let them hand it on"),
        Refusal::InGroupAlready => word!(
            reader,
            "the member belongs to a group already: they leave it first"
        ),
        Refusal::NotInGroup => word!(reader, "the member does not belong to the group"),
        Refusal::NotInvited => word!(
            reader,
            "the group has not invited the member, or too long ago"
        ),
        Refusal::RejoinTooSoon { again_at } => {
            return say!(
                reader,
                "the member left a group not long ago: again from {again_at} on",
                again_at = reader.again_at(*again_at)
            );
        }
        Refusal::MayNotBuy => word!(reader, "their role does not let them buy for the group"),
        Refusal::MayNotSpend => word!(
            reader,
            "their role does not let them spend the points of the group"
        ),
        Refusal::MayNotInvite => word!(
            reader,
            "their role does not let them invite others into the group"
        ),
        Refusal::MayNotManage => word!(reader, "their role does not let them manage the group"),
        Refusal::SpendMaxReached { points, left } => {
            let left = reader.of(*points, *left);
            return say!(
                reader,
                "they may spend {left} of the group in this month, and it takes more",
                left
            );
        }
        Refusal::NotMerged => {
            word!(
                reader,
                "nobody knows of such a merge: only the latest few into a member can be undone"
            )
        }
        Refusal::MemberOnHold { reason } => {
            return say!(
                reader,
                "the member is on hold, so nothing is spent or sent: {reason}",
                reason
            );
        }
        Refusal::NotOnHold => word!(reader, "the member is not on hold"),
        Refusal::NothingToReissue => {
            word!(
                reader,
                "there is nothing to give again: no voucher for the reward lapsed within a year, or the \
             redemption is not a used one of a single reward"
            )
        }
        Refusal::ReissuedAlready => word!(reader, "it was given again before"),
        Refusal::ReissueLimitReached => {
            word!(
                reader,
                "as many rewards were given again to the member as are in a year: adjust points instead"
            )
        }
        Refusal::PointsLapsed => word!(
            reader,
            "the points would be gone before they are there: name a later end"
        ),
        Refusal::UnknownReissue => word!(
            reader,
            "nothing was given again under this id, or it was taken back"
        ),
        Refusal::UnmergeTooLate => word!(reader, "the merge is too long ago to be undone"),
        Refusal::HeadStays => {
            word!(
                reader,
                "the head stays while there is anybody else: hand the group on or close it first"
            )
        }
        Refusal::UnknownPlan => word!(
            reader,
            "the program has no such plan: use an id of [[plan]]"
        ),
        Refusal::OnPlanAlready => {
            word!(reader, "the member is on a plan already: change it instead")
        }
        Refusal::PlanNotAgainYet => word!(
            reader,
            "the plan ended not long ago, and may not be joined again yet"
        ),
        Refusal::NotOnPlan => word!(reader, "the member is on no plan: let them join one first"),
        Refusal::SamePlan => word!(reader, "the member is on this plan already"),
        Refusal::PlanIsPaused => word!(reader, "the plan is paused: resume it first"),
        Refusal::PlanNotPaused => {
            word!(
                reader,
                "the plan is neither paused nor cancelled: there is nothing to resume"
            )
        }
        Refusal::PauseNotOffered => {
            word!(
                reader,
                "the plan cannot be paused: it offers no pause, or none is left, or it is in its trial or cancelled"
            )
        }
        Refusal::PlanCancelledAlready => word!(
            reader,
            "the plan is cancelled already, and ends with its period"
        ),
        Refusal::PaymentOpen => word!(
            reader,
            "a payment is open, or money is to be paid back: settle that first"
        ),
        Refusal::UnknownInvoice => word!(reader, "the member has no such invoice"),
        Refusal::InvoiceSettled => {
            word!(
                reader,
                "the invoice is settled already, or this answers an attempt that is over"
            )
        }
        Refusal::PlanNeeded => word!(reader, "the reward is for members of a plan"),
        Refusal::UnknownTier => word!(
            reader,
            "the program has no such tier: use an id of [[tier]]"
        ),
        Refusal::LowestTier => {
            word!(
                reader,
                "everybody is in the lowest tier: name a tier above it, or take away what was given"
            )
        }
        Refusal::TierEndsTooSoon => word!(
            reader,
            "the tier would be over before it began: name a later end"
        ),
        Refusal::NoTierGiven => word!(reader, "no tier was given by hand that could be taken away"),
        Refusal::UnknownMatch => {
            word!(
                reader,
                "the program takes over nothing from there: use an id of [[match]]"
            )
        }
        Refusal::UnknownMatchTier => {
            word!(
                reader,
                "nothing is taken over for that tier: use one of `tiers` of the [[match]]"
            )
        }
        Refusal::AlreadyMatched => {
            word!(
                reader,
                "a tier of another program was taken over for this member before: that is done once"
            )
        }
        Refusal::TierReached => word!(
            reader,
            "the member is in this tier already, or in a higher one"
        ),
        Refusal::UnknownField { field } => {
            return say!(
                reader,
                "the activity has no field `{field}`: declare it in the program file",
                field
            );
        }
        Refusal::FieldMissing { field } => {
            return say!(reader, "the activity lacks the field `{field}`", field);
        }
        Refusal::FieldInvalid { field } => {
            return say!(
                reader,
                "the value of `{field}` is not what the program file declares",
                field
            );
        }
        Refusal::NotBought => {
            word!(
                reader,
                "the member has not bought it: name the order (of the same source) and the product"
            )
        }
        Refusal::Returned => word!(reader, "what it is about was returned"),
        Refusal::SubmissionExists => {
            word!(
                reader,
                "an activity of this id waits for moderation already: give each its own"
            )
        }
        Refusal::NotConsented => word!(
            reader,
            "the consent was not given, so it cannot be withdrawn"
        ),
        Refusal::TooSoon { again_at } => {
            return say!(
                reader,
                "it is too soon after the last: again from {again_at} on",
                again_at = reader.again_at(*again_at)
            );
        }
        Refusal::DoneAlready { again_at } => {
            return again(reader, word!(reader, "it was done already"), *again_at);
        }
        Refusal::ToldTooLate => {
            word!(
                reader,
                "it is told so late that nobody knows any more what was done near it"
            )
        }
        Refusal::UnknownProfileField { field } => {
            return say!(
                reader,
                "the program keeps no field `{field}`: list it in [profile]",
                field
            );
        }
        Refusal::NoBirthdays => word!(
            reader,
            "the program keeps no birthdays: add the section [birthday]"
        ),
        Refusal::BirthdayFixed { again_at } => {
            return again(
                reader,
                word!(reader, "another birthday was said before"),
                *again_at,
            );
        }
        Refusal::UnknownSubmission => {
            word!(
                reader,
                "nothing of this id waits for moderation: it was dealt with, or has lapsed"
            )
        }
        Refusal::NoReferrals => word!(reader, "the program has no referrals: add [referral] to it"),
        Refusal::SelfReferral => word!(reader, "members do not refer themselves"),
        Refusal::AlreadyReferred => word!(reader, "somebody has sent the customer already"),
        Refusal::KnownCustomer => word!(
            reader,
            "the customer was one before, so nobody has sent them"
        ),
        Refusal::ReferralTooLate => {
            word!(
                reader,
                "the link was followed too long ago: enrol the customer without it"
            )
        }
        Refusal::NothingToReview => {
            word!(
                reader,
                "there is no referral of this member that waits for it: name the friend who was sent"
            )
        }
        Refusal::NoTransfers => word!(
            reader,
            "members may not send these points: see [transfer] of the program"
        ),
        Refusal::TransferToSelf => word!(reader, "members do not send points to themselves"),
        Refusal::JoinedTooLately => word!(
            reader,
            "the member joined too short a time ago to send points"
        ),
        Refusal::TransferTooSmall { least } => {
            return say!(
                reader,
                "at least {least} of the smallest unit must be sent at once",
                least
            );
        }
        Refusal::TransferTooLarge { most } => {
            return say!(
                reader,
                "at most {most} of the smallest unit may be sent at once",
                most
            );
        }
        Refusal::TransferLimitReached => {
            word!(reader, "the member has sent as much as may be for now")
        }
        Refusal::TransferTierTooLow => {
            word!(reader, "sending points is for members of a higher tier")
        }
        Refusal::UnknownChallenge => {
            word!(
                reader,
                "the program has no such challenge to join: use an id of [[challenge]] with `opt_in`"
            )
        }
        Refusal::UnknownGame => word!(
            reader,
            "the program has no such game: use an id of [[game]]"
        ),
        Refusal::UnknownDraw => word!(
            reader,
            "the program has no such draw: use an id of [[draw]]"
        ),
        Refusal::UnknownCause => word!(
            reader,
            "the program has no such cause: use an id of [[cause]]"
        ),
        Refusal::NotOpen => word!(reader, "it has not begun yet, or is over, or is not sold"),
        Refusal::AlreadyJoined => word!(reader, "the member takes part already"),
        Refusal::NoPlayLeft => word!(reader, "the member has no play left, and none is sold"),
        Refusal::TooLittleGiven { least } => {
            return say!(
                reader,
                "the cause takes at least {least} (in the points' smallest unit)",
                least
            );
        }
        Refusal::NotOfPartner => {
            word!(
                reader,
                "only partners give points so: the source of the event belongs to none of them"
            )
        }
        Refusal::NoPartnerAwards => {
            word!(
                reader,
                "the partner has no budget for these points: see `awards` of its [partner.NAME]"
            )
        }
        Refusal::UnknownAwardReason => {
            word!(
                reader,
                "the partner gives points for other reasons: see `reasons` in the program"
            )
        }
        Refusal::PartnerBudgetSpent { left } => {
            return say!(
                reader,
                "the partner's budget has {left} left (in the points' smallest unit)",
                left
            );
        }
        Refusal::PartnerAwardLimit { left } => {
            return say!(
                reader,
                "the member may get {left} more of the partner for now",
                left
            );
        }
        Refusal::UnknownPartnerAward => {
            word!(
                reader,
                "the partner has given the member nothing under this id that it could take back (any more)"
            )
        }
        Refusal::NoSellThrough => {
            word!(
                reader,
                "the program takes no reports of what was sold on: add [sell_through] to it"
            )
        }
        Refusal::NoStoreCredit => {
            word!(
                reader,
                "the program has no store credit (or gift cards become none): add [store_credit] to it"
            )
        }
        Refusal::NoGiftCards => word!(
            reader,
            "the program has no gift cards: add [gift_card] to it"
        ),
        Refusal::IsGiftCard => word!(reader, "this is a gift card: what members do, cards do not"),
        Refusal::UnknownGiftCard => {
            word!(reader, "there is no such gift card: look at the code again")
        }
        Refusal::GiftCardExists => word!(reader, "the gift card was issued, or activated, before"),
        Refusal::GiftCardNotActive => {
            word!(reader, "the gift card was not sold yet: activate it first")
        }
        Refusal::GiftCardBlocked => word!(
            reader,
            "the gift card is blocked, or another took its place"
        ),
        Refusal::GiftCardAmount { least, most } => {
            let (least, most) = (reader.money(*least), reader.money(*most));
            return say!(
                reader,
                "at least {least} are put on a gift card, and on this at most {most} more",
                least,
                most
            );
        }
        Refusal::InsufficientMoney { available, price } => {
            let (available, price) = (reader.money(*available), reader.money(*price));
            return say!(
                reader,
                "it takes {price}, and {available} are there",
                price,
                available
            );
        }
        Refusal::MoneyTooMuch { most } => {
            return say!(
                reader,
                "at most {amount} may be on the account",
                amount = reader.money(*most)
            );
        }
        Refusal::MoneyInOtherCurrency => {
            return say!(
                reader,
                "the order is not in {currency}, in which store credit and gift cards are kept",
                currency = reader.program.currency
            );
        }
        Refusal::CreditBeyondRefund { left, asked } => {
            let (left, asked) = (reader.money(*left), reader.money(*asked));
            return say!(
                reader,
                "{asked} would be paid back, and {left} are left of what came back",
                asked,
                left
            );
        }
        Refusal::HoldExists => word!(
            reader,
            "money was set aside under this id before: give each its own"
        ),
        Refusal::UnknownHold => word!(reader, "no money is set aside (or was spent) under this id"),
    };
    text.to_owned()
}

/// Why a code does not apply, as a sentence. `coupon` is its campaign, if it is a code.
pub fn code_fault<'p>(
    reader: impl Into<Reader<'p>>,
    coupon: Option<Name>,
    fault: &CodeFault,
) -> String {
    faulty(reader.into(), coupon, fault)
}

fn faulty(reader: Reader<'_>, coupon: Option<Name>, fault: &CodeFault) -> String {
    let coupon = coupon.and_then(|name| reader.program.coupon_named(name));
    let other = |other: &Option<Code>| match other {
        Some(code) => format!("`{code}`"),
        None => say!(reader, "another discount"),
    };
    let text = match fault {
        CodeFault::Mistyped => word!(
            reader,
            "the code is mistyped: one or two letters do not fit, look again"
        ),
        CodeFault::Unknown => word!(reader, "there is no such code"),
        CodeFault::Twice => word!(
            reader,
            "the code stands there twice, or was used for this order already"
        ),
        CodeFault::Void => word!(reader, "the code was made void"),
        CodeFault::NotYet => word!(reader, "the code is not good yet"),
        CodeFault::Ended => word!(reader, "the code is no longer good"),
        CodeFault::UsedUp => word!(reader, "the code was used already"),
        CodeFault::NotYours => word!(reader, "the code belongs to another member"),
        CodeFault::LimitReached => word!(
            reader,
            "the member has used this coupon as often as it may be"
        ),
        CodeFault::BudgetSpent => word!(reader, "the coupon was used by as many as it may be"),
        CodeFault::TierTooLow => match coupon.and_then(|coupon| coupon.tier) {
            Some(place) => {
                let tier = reader.program.tiers.get(usize::from(place));
                let tier = tier.map_or(word!(reader, "a higher one"), |tier| tier.id.as_str());
                return say!(
                    reader,
                    "the coupon is for members from tier {tier} on",
                    tier
                );
            }
            None => word!(reader, "the coupon is for members of a higher tier"),
        },
        CodeFault::NotFirstOrder => word!(reader, "the coupon is for a first order"),
        CodeFault::BelowLeast { least, goods } => {
            let (least, goods) = (reader.money(*least), reader.money(*goods));
            return say!(
                reader,
                "the goods must cost at least {least}, and they cost {goods}",
                least,
                goods
            );
        }
        CodeFault::Condition => match coupon.and_then(|coupon| coupon.when.as_ref()) {
            Some(when) => {
                return say!(
                    reader,
                    "the condition of the coupon does not hold: `{text}`",
                    text = when.text
                );
            }
            None => word!(reader, "the condition of the coupon does not hold"),
        },
        CodeFault::GroupTaken { by } => {
            return say!(
                reader,
                "{by} of the same group applies already",
                by = other(by)
            );
        }
        CodeFault::NotCombined { with } => {
            return say!(reader, "it is not combined with {with}", with = other(with));
        }
        CodeFault::TooMany { most } => {
            return say!(
                reader,
                "no more than {most} discounts apply to one basket",
                most
            );
        }
        CodeFault::NothingToTakeOff => {
            word!(reader, "there is nothing left that it could be taken off")
        }
    };
    text.to_owned()
}

/// Why not now, and when, if ever.
fn again(reader: Reader<'_>, why: &str, at: Option<Timestamp>) -> String {
    match at {
        Some(at) => say!(
            reader,
            "{why}: again from {at} on",
            why,
            at = reader.again_at(at)
        ),
        None => say!(reader, "{why}, and counts once ever", why),
    }
}

/// Why something is not used for a basket, in words.
pub fn left_out<'p>(reader: impl Into<Reader<'p>>, why: &LeftOut) -> String {
    unused(reader.into(), why)
}

fn unused(reader: Reader<'_>, why: &LeftOut) -> String {
    let text = match why {
        LeftOut::Refused(why) => return refusal(reader, why),
        LeftOut::Combined(WhyNot::GroupTaken { .. }) => {
            word!(reader, "another of the same group applies already")
        }
        LeftOut::Combined(WhyNot::NotCombined { .. }) => {
            word!(
                reader,
                "it is not combined with another that takes more off"
            )
        }
        LeftOut::Combined(WhyNot::TooMany { most }) => {
            return say!(
                reader,
                "no more than {most} discounts apply to one basket",
                most
            );
        }
        LeftOut::Combined(WhyNot::NothingToTakeOff) => {
            word!(reader, "there is nothing left that it could be taken off")
        }
        LeftOut::PointsSpent => word!(
            reader,
            "the points that it takes pay for others that take more off"
        ),
        LeftOut::BetterWithout => word!(
            reader,
            "without it more is taken off, or as much for fewer points"
        ),
        LeftOut::NotOfBasket => word!(
            reader,
            "it is nothing that is taken off a basket: ask for it by itself"
        ),
    };
    text.to_owned()
}
