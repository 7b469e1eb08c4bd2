//! What the API answers when it does not do as asked: RFC 9457, with one table of codes.
//!
//! The table below is the only place that knows a code, its status and its words. The page of the
//! manual is made from it, and a test of the server provokes each of them.

use regulars_engine::event::Fault;
use regulars_engine::outcome::{CodeFault, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// Why a request was not done. Stable: codes are added, never changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// All of them, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it stands in the answer.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// What happened, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What it means and what to do about it.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

codes! {
    /// The body is no JSON. The detail says where it breaks off.
    InvalidJson = "invalid_json", 400, "The body is not JSON";
    /// The body holds bytes that are not UTF-8. Send it as UTF-8.
    InvalidUtf8 = "invalid_utf8", 400, "The body is not UTF-8";
    /// The body nests objects and lists deeper than 64 levels, which nothing here needs.
    TooDeep = "too_deep", 400, "The body is nested too deeply";
    /// A parameter in the path or in the query cannot be read. `errors` names it.
    InvalidParameter = "invalid_parameter", 400, "A parameter is wrong";
    /// A redemption needs an `Idempotency-Key` header: it becomes the redemption's id, so that a
    /// request sent twice spends once.
    IdempotencyKeyMissing = "idempotency_key_missing", 400, "The Idempotency-Key header is missing";
    /// What came in is not taken for what a payment provider told: no signature is by a secret of ours,
    /// it is too old, or no provider is configured.
    BadWebhook = "bad_webhook", 400, "The webhook is not taken";
    /// Send `Authorization: Bearer reg_…` with a key that is known, not expired and not revoked.
    Unauthorized = "unauthorized", 401, "The API key is missing, unknown, expired or revoked";
    /// What came in for a connector is not signed as its platform signs, or is too old. It is counted, and
    /// nothing else happens: compare the secret with the platform's, and the clocks.
    UnsignedDelivery = "unsigned_delivery", 401, "The delivery is not signed as it must be";
    /// The key is valid and lacks the scope for this. The detail names the scope.
    Forbidden = "forbidden", 403, "The API key may not do this";
    /// Whoever changes how they come in (their second factor, a passkey) has signed in within the last
    /// quarter of an hour. Sign in again.
    SignInAgain = "sign_in_again", 403, "Sign in again first";
    /// There is no such path. The list of all paths is at `/docs`.
    UnknownRoute = "unknown_route", 404, "There is no such path";
    /// There is no member of this id or identity.
    UnknownMember = "unknown_member", 404, "There is no such member";
    /// There is no such program version.
    UnknownVersion = "unknown_version", 404, "There is no such program version";
    /// There is no key of this id.
    UnknownKey = "unknown_key", 404, "There is no such API key";
    /// There is no event of this source and id, or no order that a refund without a customer names.
    UnknownEvent = "unknown_event", 404, "There is no such event";
    /// Something else that the request names is not there. The detail says what.
    NotFound = "not_found", 404, "There is no such thing";
    /// The path exists and does not take this method.
    MethodNotAllowed = "method_not_allowed", 405, "The path does not take this method";
    /// The body did not arrive in time. Send it again.
    BodyTooSlow = "body_too_slow", 408, "The body did not arrive in time";
    /// The id (or the Idempotency-Key) was used before with another content. The earlier one
    /// stands. Send a new id, or the same content to get the earlier answer.
    KeyReused = "key_reused", 409, "The id was used before for something else";
    /// The identity belongs to another member. Merge the two, or leave the identity out.
    IdentityTaken = "identity_taken", 409, "The identity belongs to another member";
    /// Something of this name exists already.
    Exists = "exists", 409, "There is one of this name already";
    /// Whoever proposed it cannot approve it. Send the approval with the key of a second person.
    SecondPersonNeeded = "second_person_needed", 409, "A second person must approve it";
    /// No program is in force yet, so nothing can be decided. Apply a program file first.
    NoProgram = "no_program", 409, "No program is in force";
    /// The body is longer than this path takes: 4 MiB, for batches 16 MiB, for one line of a
    /// stream 4 MiB. Send it in parts.
    TooLarge = "too_large", 413, "The body is too large";
    /// Send `Content-Type: application/json`; for streams `application/x-ndjson`.
    UnsupportedMediaType = "unsupported_media_type", 415, "The content type is not taken";
    /// Fields are missing, unknown or wrong. `errors` names all of them at once, each with a JSON
    /// pointer.
    InvalidInput = "invalid_input", 422, "The input is wrong";
    /// The program file is wrong. `findings` names all that is, each with line, column and a hint.
    InvalidProgram = "invalid_program", 422, "The program file is wrong";
    /// The condition of a segment is wrong. `findings` names all that is, each with line, column and a hint.
    InvalidCondition = "invalid_condition", 422, "The condition is wrong";
    /// The text of a journey is wrong. `findings` names all that is, each with line, column and a hint.
    InvalidJourney = "invalid_journey", 422, "The journey is wrong";
    /// Too many codes were tried that do not exist. Try again after the seconds of `Retry-After`;
    /// codes that exist are not looked at either until then.
    TooManyGuesses = "too_many_guesses", 429, "Too many wrong codes";
    /// Too much was asked for in a minute by the same member, or of the same shop. Try again after the
    /// seconds of `Retry-After`.
    TooManyRequests = "too_many_requests", 429, "Too many requests";
    /// The code is not the one that was sent to that address, was used, or is no longer good (ten
    /// minutes, five tries). Ask for a new one.
    WrongCode = "wrong_code", 403, "The code is wrong, or no longer good";
    /// Whoever joins accepts the terms, and members accept new ones before anything else: `terms` is
    /// their version. Show them, and send it along.
    TermsNeeded = "terms_needed", 409, "The terms are to be accepted first";
    /// Nobody told the server how to send letters: start it with `--smtp` and `--mail-from`.
    NoMail = "no_mail", 503, "The server sends no mail";
    /// Nobody told the server how to sign such passes: start it with `--passes`, and a table of the merchant
    /// in that file.
    NoPasses = "no_passes", 404, "The server signs no such passes";
    /// The card was made and not handed out yet: activate it for a member first.
    CardInactive = "card_inactive", 409, "The card is not active";
    /// The card was replaced, or its member left. Ask for the member's other card, or find
    /// them by something else.
    CardEnded = "card_ended", 409, "The card is no longer good";
    /// A fault of the server. It is in its log under the request id; nothing was half-written.
    Internal = "internal", 500, "Something broke";
    /// More is asked for than this server can do just now. Nothing was done: send the same request again
    /// after the seconds of `Retry-After`.
    Busy = "busy", 429, "Too busy just now";
    /// What it takes did not answer, or asks to try again: the database, or a platform. Send the same request again
    /// after the seconds of `Retry-After`.
    TryAgain = "try_again", 503, "It could not be done just now";
    /// The database cannot be used until somebody does something: the detail says what. Nothing
    /// was written.
    Unavailable = "unavailable", 503, "The database cannot be used";

    /// The customer is no member, and the program takes members only. Enrol them first.
    NotEnrolled = "not_enrolled", 409, "The customer is not a member";
    /// The customer is a member already.
    AlreadyEnrolled = "already_enrolled", 409, "The customer is a member already";
    /// The order's number was used by another purchase of the same source.
    OrderExists = "order_exists", 409, "The order exists already";
    /// The order's currency is not the program's, and the program declares no rate for it.
    CurrencyNotAccepted = "currency_not_accepted", 409, "The currency is not accepted";
    /// More would come back than was bought. `left` is what had not come back yet.
    RefundTooLarge = "refund_too_large", 409, "The refund is larger than what is left of the purchase";
    /// The refund names a line that the order does not have.
    UnknownLine = "unknown_line", 409, "The order has no such line";
    /// The program has no such points. Use an id of `[points]` in the program file.
    UnknownPoints = "unknown_points", 409, "The program has no such points";
    /// The program has no such activity. Declare it in the program file.
    UnknownActivity = "unknown_activity", 409, "The program has no such activity";
    /// The program has no such reward.
    UnknownReward = "unknown_reward", 409, "The program has no such reward";
    /// The reward is not offered yet.
    RewardNotYetOffered = "reward_not_yet_offered", 409, "The reward is not offered yet";
    /// The reward is not offered any more.
    RewardEnded = "reward_ended", 409, "The reward is not offered any more";
    /// The reward (or game, or challenge) is for members of a higher tier.
    TierTooLow = "tier_too_low", 409, "It is for members of a higher tier";
    /// The reward has no price in points: only a voucher for it pays, and the member holds none.
    VoucherNeeded = "voucher_needed", 409, "The reward takes a voucher";
    /// The member has used up the limit of the reward, the game or the tickets.
    LimitReached = "limit_reached", 409, "The limit is used up";
    /// There is none left of the reward.
    OutOfStock = "out_of_stock", 409, "There is none left";
    /// The member has too few points: `available` are there, it takes `price`.
    InsufficientPoints = "insufficient_points", 409, "The member has too few points";
    /// A redemption with this id was made before.
    RedemptionExists = "redemption_exists", 409, "The redemption exists already";
    /// There is no such redemption, or it was given back.
    UnknownRedemption = "unknown_redemption", 409, "There is no such redemption";
    /// The redemption was used already.
    RedemptionUsed = "redemption_used", 409, "The redemption was used already";
    /// The member has open redemptions. Commit or cancel them before the merge.
    OpenRedemptions = "open_redemptions", 409, "The member has open redemptions";
    /// A member cannot be merged into themselves, nor hand a code on to themselves.
    SameMember = "same_member", 409, "It is one and the same member";
    /// The program has no such plan. Use an id of `[[plan]]` in the program file.
    UnknownPlan = "unknown_plan", 409, "The program has no such plan";
    /// The member is on a plan already. Change it instead of joining another.
    OnPlanAlready = "on_plan_already", 409, "The member is on a plan already";
    /// The member left a plan not long ago, and the program says how long they wait before the next.
    PlanNotAgainYet = "plan_not_again_yet", 409, "The plan may not be joined again yet";
    /// The member is on no plan, so there is nothing to change, pause or cancel.
    NotOnPlan = "not_on_plan", 409, "The member is on no plan";
    /// The member is on this plan already.
    SamePlan = "same_plan", 409, "The member is on this plan already";
    /// The plan is paused. Resume it first.
    PlanIsPaused = "plan_is_paused", 409, "The plan is paused";
    /// The plan is neither paused nor cancelled: there is nothing to resume.
    PlanNotPaused = "plan_not_paused", 409, "The plan is not paused";
    /// The plan offers no pause, or none is left in these twelve months, or it is in its trial or cancelled.
    PauseNotOffered = "pause_not_offered", 409, "The plan cannot be paused";
    /// The plan is cancelled already, and ends with its period.
    PlanCancelledAlready = "plan_cancelled_already", 409, "The plan is cancelled already";
    /// A payment is open, or money is to be paid back. Settle that first.
    PaymentOpen = "payment_open", 409, "A payment is open";
    /// The member has no such invoice, or it is so old that nothing can happen to it any more.
    UnknownInvoice = "unknown_invoice", 409, "There is no such invoice";
    /// The invoice is settled already, or this answers an attempt that is over.
    InvoiceSettled = "invoice_settled", 409, "The invoice is settled already";
    /// The reward is only for members of certain plans, while they have the benefits.
    PlanNeeded = "plan_needed", 409, "The reward is for members of a plan";
    /// The program has no such tier. Use an id of `[[tier]]` in the program file.
    UnknownTier = "unknown_tier", 409, "The program has no such tier";
    /// Everybody is in the lowest tier, so it is not given. Take away what was given instead.
    LowestTier = "lowest_tier", 409, "Everybody is in the lowest tier";
    /// The tier would be over before it began. Name a later end, or none.
    TierEndsTooSoon = "tier_ends_too_soon", 409, "The tier would be over before it began";
    /// No tier was given to the member by hand, so none can be taken away.
    NoTierGiven = "no_tier_given", 409, "No tier was given by hand";
    /// The program takes over no tiers from there. Use an id of `[[match]]` in the program file.
    UnknownMatch = "unknown_match", 409, "Nothing is taken over from that program";
    /// Nothing is taken over for that tier of the other program. Use one of `tiers` of the
    /// `[[match]]`.
    UnknownMatchTier = "unknown_match_tier", 409, "Nothing is taken over for that tier";
    /// A tier of another program was taken over for this member before. That is done once.
    AlreadyMatched = "already_matched", 409, "A tier was taken over for this member before";
    /// The member is in the tier that they would get already, or in a higher one.
    TierReached = "tier_reached", 409, "The member is in this tier already";
    /// The activity has a field that the program does not declare.
    UnknownField = "unknown_field", 409, "The activity has no such field";
    /// The activity lacks a field that the program needs.
    FieldMissing = "field_missing", 409, "The activity lacks a field";
    /// A field's value is not what the program declares: another type, or out of bounds.
    FieldInvalid = "field_invalid", 409, "A field's value is wrong";
    /// The activity is about something that the member has not bought: name an order of theirs (of the same
    /// source) and a product in it.
    NotBought = "not_bought", 409, "The member has not bought it";
    /// What the activity is about was returned.
    Returned = "returned", 409, "It was returned";
    /// An activity of this id waits for moderation already.
    SubmissionExists = "submission_exists", 409, "It waits already";
    /// The consent was not given, so it cannot be withdrawn.
    NotConsented = "not_consented", 409, "The consent was not given";
    /// It comes too soon after the last. `again_at` says from when on it may come again.
    TooSoon = "too_soon", 409, "It is too soon";
    /// It was done already. `again_at` says from when on it may come again, if ever.
    DoneAlready = "done_already", 409, "It was done already";
    /// It is told so late that nobody knows any more what was done near it.
    ToldTooLate = "told_too_late", 409, "It is told too late";
    /// The program keeps no such field of the profile. List it in `[profile]`.
    UnknownProfileField = "unknown_profile_field", 409, "The profile has no such field";
    /// The program keeps no birthdays. Add the section `[birthday]`.
    NoBirthdays = "no_birthdays", 409, "The program keeps no birthdays";
    /// Another birthday was said before, and the program does not let it be changed now. `again_at` says
    /// from when on it may, if ever.
    BirthdayFixed = "birthday_fixed", 409, "The birthday cannot be changed";
    /// Nothing of this id waits for moderation: it was dealt with, or has lapsed.
    UnknownSubmission = "unknown_submission", 409, "Nothing of this id waits";
    /// The program has no referrals. Add `[referral]` to the program file.
    NoReferrals = "no_referrals", 409, "The program has no referrals";
    /// Somebody has sent the customer already: one member, once.
    AlreadyReferred = "already_referred", 409, "Somebody has sent the customer already";
    /// The link was followed longer ago than the program allows. Enrol the customer without it.
    ReferralTooLate = "referral_too_late", 409, "The link was followed too long ago";
    /// Members do not refer themselves.
    SelfReferral = "self_referral", 409, "Members do not refer themselves";
    /// The customer was one before they followed the link, or has done something since they joined.
    KnownCustomer = "known_customer", 409, "The customer was one before";
    /// The member was sent by nobody, or it was decided so already. Name the friend who was sent.
    NothingToReview = "nothing_to_review", 409, "There is no referral to approve or reject";
    /// The program lets nobody send points, or not these. See `[transfer]` of the program file.
    NoTransfers = "no_transfers", 409, "Members may not send these points";
    /// Members do not send points to themselves.
    TransferToSelf = "transfer_to_self", 409, "Members do not send points to themselves";
    /// The member joined too short a time ago to send points.
    JoinedTooLately = "joined_too_lately", 409, "The member joined too short a time ago";
    /// It is less than may be sent at once. `least` is how much may.
    TransferTooSmall = "transfer_too_small", 409, "Too few points to send at once";
    /// It is more than may be sent at once. `most` is how much may.
    TransferTooLarge = "transfer_too_large", 409, "Too many points to send at once";
    /// The member has sent as often, or as much, as the program allows for now.
    TransferLimitReached = "transfer_limit_reached", 409, "The limit for sending points is used up";
    /// Sending points is for members of a higher tier.
    TransferTierTooLow = "transfer_tier_too_low", 409, "Sending points is for members of a higher tier";
    /// The code looks like one of a campaign, but its check letter does not fit: a letter is wrong, or two
    /// are swapped. It does not count as guessing.
    CodeMistyped = "code_mistyped", 409, "The code is mistyped";
    /// There is no such code.
    CodeUnknown = "code_unknown", 409, "There is no such code";
    /// The code stands there twice, or was used for this order already.
    CodeTwice = "code_twice", 409, "The code stands there twice";
    /// An operator made the code void.
    CodeVoid = "code_void", 409, "The code is void";
    /// The coupon is not good yet.
    CodeNotYet = "code_not_yet", 409, "The code is not good yet";
    /// The code is too old, or its campaign has ended.
    CodeEnded = "code_ended", 409, "The code is no longer good";
    /// The code was used as often as it may be.
    CodeUsedUp = "code_used_up", 409, "The code was used already";
    /// The code is in another member's hand.
    CodeNotYours = "code_not_yours", 409, "The code belongs to another member";
    /// The member, or the order, has used this coupon as often as it may be.
    CodeLimitReached = "code_limit_reached", 409, "The coupon's limit is used up";
    /// All members together have used up the coupon.
    CodeBudgetSpent = "code_budget_spent", 409, "The coupon is used up";
    /// The coupon is for members of a higher tier.
    CodeTierTooLow = "code_tier_too_low", 409, "The coupon is for members of a higher tier";
    /// The coupon is for the first order that a customer ever placed.
    CodeNotFirstOrder = "code_not_first_order", 409, "The coupon is for a first order";
    /// The goods cost less than the coupon asks for. `least` is what they must cost.
    CodeBelowLeast = "code_below_least", 409, "The goods cost too little for the coupon";
    /// The coupon's condition does not hold for the basket. The detail has it.
    CodeCondition = "code_condition", 409, "The coupon does not apply to the basket";
    /// Another coupon of the same group applies already.
    CodeGroupTaken = "code_group_taken", 409, "Another coupon of its group applies";
    /// The coupon is combined with no other discount, or another one is not.
    CodeNotCombined = "code_not_combined", 409, "The coupons are not combined";
    /// As many discounts apply to the basket as the program lets.
    CodeTooMany = "code_too_many", 409, "Too many discounts";
    /// The member has not used this code (for this order), or the use can no longer be given back.
    UnknownCodeUse = "unknown_code_use", 409, "There is no such use of the code";
    /// All members use this code, so that it is nobody's own.
    CodeIsShared = "code_is_shared", 409, "All use this code";
    /// The code is in somebody's hand already.
    CodeTaken = "code_taken", 409, "The code is taken";
    /// The campaign does not let its codes be handed on.
    CodeNotTransferable = "code_not_transferable", 409, "The code is not handed on";
    /// The program has no such challenge, or none that asks to be joined.
    UnknownChallenge = "unknown_challenge", 409, "The program has no such challenge to join";
    /// The program has no such game.
    UnknownGame = "unknown_game", 409, "The program has no such game";
    /// The program has no such draw.
    UnknownDraw = "unknown_draw", 409, "The program has no such draw";
    /// The program has no such cause.
    UnknownCause = "unknown_cause", 409, "The program has no such cause";
    /// A challenge, game, draw or cause has not begun yet, is over, or sells no tickets.
    NotOpen = "not_open", 409, "It is not open";
    /// The member takes part in the challenge already.
    AlreadyJoined = "already_joined", 409, "The member takes part already";
    /// The member has earned no play, and the game sells none.
    NoPlayLeft = "no_play_left", 409, "The member has no play left";
    /// Less is given than the cause takes at once: `least` says how much that is.
    TooLittleGiven = "too_little_given", 409, "The cause takes more at once";
    /// Only partners give points so, and the source of the event belongs to none of them.
    NotOfPartner = "not_of_partner", 409, "The source belongs to no partner";
    /// The partner has no budget for these points. See `awards` of its `[partner.NAME]` in the program.
    NoPartnerAwards = "no_partner_awards", 409, "The partner has no budget for these points";
    /// The partner gives points for other reasons. Use one of `reasons` in the program file.
    UnknownAwardReason = "unknown_award_reason", 409, "The partner has other reasons";
    /// The partner's budget, or what it paid ahead, is used up. `left` is what is left of it.
    PartnerBudgetSpent = "partner_budget_spent", 409, "The partner's budget is used up";
    /// The member has had as much of the partner as may be. `left` is what is left.
    PartnerAwardLimit = "partner_award_limit", 409, "The member has had as much of the partner as may be";
    /// The partner has given the member nothing under this id, or it was taken back, or was given too
    /// long ago.
    UnknownPartnerAward = "unknown_partner_award", 409, "There is no such award to take back";
    /// The program takes no reports of what was sold on: it has no section `[sell_through]`.
    NoSellThrough = "no_sell_through", 409, "No reports of what was sold on are taken";
    /// The reward is not to be had at this partner's: `partner` of the reward says where it is.
    NotAtThisPartner = "not_at_this_partner", 409, "The reward is not to be had here";
    /// The program has no such partner. Use an id of `[partner]` in the program file.
    UnknownPartner = "unknown_partner", 409, "The program has no such partner";
    /// The partner pays later, so it has no balance to pay into.
    PaysLater = "pays_later", 409, "The partner pays later";
    /// The partner has no such dispute, or it is over.
    UnknownDispute = "unknown_dispute", 409, "The partner has no such dispute";
    /// The reward's `when` does not hold for the member.
    RewardNotForMember = "reward_not_for_member", 409, "The reward is for other members";
    /// The reward's `least` says how many are given at least; send as many.
    RewardTooFew = "reward_too_few", 409, "Too few of the reward at once";
    /// The reward's `share` says how much of the goods points pay; `most` in the answer says how many
    /// of the reward that is for this order.
    RewardShareTooLarge = "reward_share_too_large", 409, "More of the order would be paid with points than is let";
    /// By `group`, `exclusive`, or the `most` of all coupons: use it for another order, or without the
    /// others.
    RewardNotCombined = "reward_not_combined", 409, "The reward is not combined with the other discounts";
    /// What was quoted holds no more: something was used, changed or ran out since. Ask for a new quote,
    /// and show it.
    QuoteOutdated = "quote_outdated", 409, "The quote holds no more";
    /// Ask for a new quote, and show it.
    QuoteExpired = "quote_expired", 409, "The quote has expired";
    /// `left` in the answer says how many of the redemption (or of its points) have not come back yet.
    ReturnTooLarge = "return_too_large", 409, "More would come back than is left of the redemption";
    /// Only where points pay a part of an order some of the points come back. Say by `quantity` how many
    /// of the reward do.
    NotReturnedByPoints = "not_returned_by_points", 409, "The redemption comes back by the piece";
    /// What it put into the member's hand was used, or has lapsed: there is nothing to take back.
    VoucherUsed = "voucher_used", 409, "The voucher of the redemption was used";
    /// It would be redeemed again at once. Switch that off for the member first (`automatic_rewards`).
    RedeemedByItself = "redeemed_by_itself", 409, "The reward is redeemed by itself";
    /// Add `stock` to the reward in the program file.
    NoStockKept = "no_stock_kept", 409, "The program counts no stock of the reward";
    /// `left` in the answer says how many are there.
    StockTooLow = "stock_too_low", 409, "Fewer are there than would be taken away";
    /// The redemption is none that is sent, or it was given back.
    NothingToFulfil = "nothing_to_fulfil", 409, "The redemption is not sent";
    /// `state` in the answer says how far it has come: what is ordered is dispatched, what is dispatched
    /// arrives, fails or comes back.
    FulfilmentOutOfTurn = "fulfilment_out_of_turn", 409, "What is sent has not come so far, or is further already";
    /// Tell by an event `fulfilment` that it came back: then the points do.
    OnItsWay = "on_its_way", 409, "The redemption is on its way to the member";
    /// Bring in more codes of the supplier.
    OutOfCodes = "out_of_codes", 409, "No code of the supplier is left";
    /// Add `codes = true` to the reward in the program file.
    NoCodesKept = "no_codes_kept", 409, "The reward has no codes of a supplier";
    /// The member knows the code, or may: it cannot be taken back.
    CodeHandedOut = "code_handed_out", 409, "The redemption brought a code, and does not come back";
    /// The reward is a menu: send an event `pick`.
    PickInstead = "pick_instead", 409, "One of the menu's rewards is picked";
    /// The program has no such menu, or the reward is not on it.
    NotOnTheMenu = "not_on_the_menu", 409, "The reward is not on the menu";
    /// The member has no right to pick from it, or has picked already.
    NothingToPick = "nothing_to_pick", 409, "The member has nothing to pick";
    /// What went to a cause does not come back, nor does store credit that the reward gave and that is
    /// not there any more.
    GivenAway = "given_away", 409, "What was given away or spent does not come back";
    /// Declare it as `[attribute.NAME]` in the program file.
    UnknownAttribute = "unknown_attribute", 409, "The program declares no such attribute";
    /// A code is shown to the member once. A key that may adjust points sees it again, with `again`.
    CodeShownBefore = "code_shown_before", 409, "The code was shown already";
    /// The attribute's `values` in the program file say which it may have.
    UnknownAttributeValue = "unknown_attribute_value", 409, "The attribute has no such value";
    /// The program has no store credit, or gift cards become none. Add `[store_credit]` to the program file.
    NoStoreCredit = "no_store_credit", 409, "The program has no store credit";
    /// The program has no gift cards. Add `[gift_card]` to the program file.
    NoGiftCards = "no_gift_cards", 409, "The program has no gift cards";
    /// The id is that of a gift card: what members do, cards do not.
    IsGiftCard = "is_gift_card", 409, "This is a gift card";
    /// There is no such gift card, or its PIN is wrong. Wrong codes are counted as guesses.
    UnknownGiftCard = "unknown_gift_card", 409, "There is no such gift card";
    /// The gift card was issued, or activated, before.
    GiftCardExists = "gift_card_exists", 409, "The gift card was issued before";
    /// The gift card was not sold yet. Activate it first.
    GiftCardNotActive = "gift_card_not_active", 409, "The gift card was not sold yet";
    /// The gift card is blocked, or another took its place.
    GiftCardBlocked = "gift_card_blocked", 409, "The gift card is blocked";
    /// So much is not put on a gift card. `least` and `most` say how much is.
    GiftCardAmount = "gift_card_amount", 409, "So much is not put on a gift card";
    /// There is too little money on the account. `available` and `price` say how much.
    InsufficientMoney = "insufficient_money", 409, "There is too little money on the account";
    /// More money than the program lets would be on the account. `most` says how much that is.
    MoneyTooMuch = "money_too_much", 409, "Too much money for the account";
    /// The order is in another currency than the account that is to pay for it.
    MoneyInOtherCurrency = "money_in_other_currency", 409, "The account has another currency";
    /// More would be paid back than came back of the order, or it was paid back already. `left` is what is
    /// left.
    CreditBeyondRefund = "credit_beyond_refund", 409, "More would be paid back than came back";
    /// Money was set aside on the card under this id before. Give each its own.
    HoldExists = "hold_exists", 409, "The id was used before";
    /// No money is set aside (or was spent) on the card under this id.
    UnknownHold = "unknown_hold", 409, "Nothing is set aside under this id";
    /// Use an id of `[[group]]` of the program file.
    UnknownGroup = "unknown_group", 409, "The program has no such group";
    /// Found the group first.
    NotAGroup = "not_a_group", 409, "The member is no group";
    /// A group is a member of its own: found it under an identity that nobody has.
    NotToBeAGroup = "not_to_be_a_group", 409, "The member is a person, or another sort of group";
    /// Name a person.
    IsAGroup = "is_a_group", 409, "The member is a group";
    /// Found another.
    GroupClosed = "group_closed", 409, "The group is closed";
    /// See `people_max` of the `[[group]]`. Who is invited has a seat until the invitation lapses.
    GroupFull = "group_full", 409, "No more people may belong to the group";
    /// Use one of `role` of the `[[group]]`.
    UnknownRole = "unknown_role", 409, "The group has no such role";
    /// One is its head: they hand it on by giving somebody their role.
    HeadExists = "head_exists", 409, "The group has a head already";
    /// They leave it first.
    InGroupAlready = "in_group_already", 409, "The member belongs to a group already";
    /// Look at the people of the group.
    NotInGroup = "not_in_group", 409, "The member does not belong to the group";
    /// Or too long ago: invite them (again).
    NotInvited = "not_invited", 409, "The group has not invited the member";
    /// Try again at `again_at`.
    RejoinTooSoon = "rejoin_too_soon", 409, "The member left a group not long ago";
    /// See `role` of the `[[group]]`.
    MayNotBuy = "may_not_buy", 409, "Their role does not let them buy for the group";
    /// See `role` of the `[[group]]`.
    MayNotSpend = "may_not_spend", 409, "Their role does not let them spend the points of the group";
    /// See `role` of the `[[group]]`.
    MayNotInvite = "may_not_invite", 409, "Their role does not let them invite others";
    /// See `role` of the `[[group]]`.
    MayNotManage = "may_not_manage", 409, "Their role does not let them manage the group";
    /// `left` is how many they still may.
    SpendMaxReached = "spend_max_reached", 409, "They may not spend so many points of the group in this month";
    /// They hand the group on, or close it.
    HeadStays = "head_stays", 409, "The head of the group stays";
    /// Only the latest few merges into a member can be undone.
    NotMerged = "not_merged", 409, "Nobody knows of such a merge";
    /// A merge can be undone for 90 days.
    UnmergeTooLate = "unmerge_too_late", 409, "The merge is too long ago to be undone";
    /// Whoever leaves, or is to be forgotten, has no plan: it is cancelled and runs out, or is paid back.
    OnPlan = "on_plan", 409, "The membership has to end first";
    /// `detail` says why. They earn meanwhile; they are let go by `POST /v1/members/{member}/release`.
    MemberOnHold = "member_on_hold", 409, "The member is on hold";
    /// There is nothing to let go.
    NotOnHold = "not_on_hold", 409, "The member is not on hold";
    /// A voucher that lapsed within a year is given again, or one for a used redemption of a single reward
    /// that is not sent.
    NothingToReissue = "nothing_to_reissue", 409, "There is nothing to give again";
    /// What was given again is given no third time.
    ReissuedAlready = "reissued_already", 409, "It was given again before";
    /// Five in a year for one member.
    ReissueLimitReached = "reissue_limit_reached", 409, "As many were given again as are in a year";
    /// Only the latest few of a member are remembered.
    UnknownReissue = "unknown_reissue", 409, "Nothing was given again under this id";
    /// What is taken over would be gone at once. Name a later `expires_at`, or leave those points behind.
    PointsLapsed = "points_lapsed", 409, "The points would be gone before they are there";
}

impl Code {
    /// By its text.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|own| own.code() == code)
    }
}

impl From<&Refusal> for Code {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotEnrolled => Self::NotEnrolled,
            Refusal::AlreadyEnrolled => Self::AlreadyEnrolled,
            Refusal::OrderExists => Self::OrderExists,
            Refusal::CurrencyNotAccepted => Self::CurrencyNotAccepted,
            Refusal::RefundTooLarge { .. } => Self::RefundTooLarge,
            Refusal::UnknownLine { .. } => Self::UnknownLine,
            Refusal::UnknownPoints => Self::UnknownPoints,
            Refusal::UnknownActivity => Self::UnknownActivity,
            Refusal::UnknownReward => Self::UnknownReward,
            Refusal::RewardNotYetOffered => Self::RewardNotYetOffered,
            Refusal::RewardEnded => Self::RewardEnded,
            Refusal::TierTooLow => Self::TierTooLow,
            Refusal::VoucherNeeded => Self::VoucherNeeded,
            Refusal::LimitReached => Self::LimitReached,
            Refusal::OutOfStock => Self::OutOfStock,
            Refusal::InsufficientPoints { .. } => Self::InsufficientPoints,
            Refusal::RedemptionExists => Self::RedemptionExists,
            Refusal::UnknownRedemption => Self::UnknownRedemption,
            Refusal::RedemptionUsed => Self::RedemptionUsed,
            Refusal::OpenRedemptions => Self::OpenRedemptions,
            Refusal::SameMember => Self::SameMember,
            Refusal::UnknownPlan => Self::UnknownPlan,
            Refusal::OnPlanAlready => Self::OnPlanAlready,
            Refusal::PlanNotAgainYet => Self::PlanNotAgainYet,
            Refusal::NotOnPlan => Self::NotOnPlan,
            Refusal::SamePlan => Self::SamePlan,
            Refusal::PlanIsPaused => Self::PlanIsPaused,
            Refusal::PlanNotPaused => Self::PlanNotPaused,
            Refusal::PauseNotOffered => Self::PauseNotOffered,
            Refusal::PlanCancelledAlready => Self::PlanCancelledAlready,
            Refusal::PaymentOpen => Self::PaymentOpen,
            Refusal::UnknownInvoice => Self::UnknownInvoice,
            Refusal::InvoiceSettled => Self::InvoiceSettled,
            Refusal::PlanNeeded => Self::PlanNeeded,
            Refusal::UnknownTier => Self::UnknownTier,
            Refusal::LowestTier => Self::LowestTier,
            Refusal::TierEndsTooSoon => Self::TierEndsTooSoon,
            Refusal::NoTierGiven => Self::NoTierGiven,
            Refusal::UnknownMatch => Self::UnknownMatch,
            Refusal::UnknownMatchTier => Self::UnknownMatchTier,
            Refusal::AlreadyMatched => Self::AlreadyMatched,
            Refusal::TierReached => Self::TierReached,
            Refusal::UnknownField { .. } => Self::UnknownField,
            Refusal::FieldMissing { .. } => Self::FieldMissing,
            Refusal::FieldInvalid { .. } => Self::FieldInvalid,
            Refusal::NotBought => Self::NotBought,
            Refusal::Returned => Self::Returned,
            Refusal::SubmissionExists => Self::SubmissionExists,
            Refusal::NotConsented => Self::NotConsented,
            Refusal::TooSoon { .. } => Self::TooSoon,
            Refusal::DoneAlready { .. } => Self::DoneAlready,
            Refusal::ToldTooLate => Self::ToldTooLate,
            Refusal::UnknownProfileField { .. } => Self::UnknownProfileField,
            Refusal::NoBirthdays => Self::NoBirthdays,
            Refusal::BirthdayFixed { .. } => Self::BirthdayFixed,
            Refusal::UnknownSubmission => Self::UnknownSubmission,
            Refusal::NoReferrals => Self::NoReferrals,
            Refusal::AlreadyReferred => Self::AlreadyReferred,
            Refusal::ReferralTooLate => Self::ReferralTooLate,
            Refusal::SelfReferral => Self::SelfReferral,
            Refusal::KnownCustomer => Self::KnownCustomer,
            Refusal::NothingToReview => Self::NothingToReview,
            Refusal::NoTransfers => Self::NoTransfers,
            Refusal::TransferToSelf => Self::TransferToSelf,
            Refusal::JoinedTooLately => Self::JoinedTooLately,
            Refusal::TransferTooSmall { .. } => Self::TransferTooSmall,
            Refusal::TransferTooLarge { .. } => Self::TransferTooLarge,
            Refusal::TransferLimitReached => Self::TransferLimitReached,
            Refusal::TransferTierTooLow => Self::TransferTierTooLow,
            Refusal::CodeNotUsable { why, .. } => match why {
                CodeFault::Mistyped => Self::CodeMistyped,
                CodeFault::Unknown => Self::CodeUnknown,
                CodeFault::Twice => Self::CodeTwice,
                CodeFault::Void => Self::CodeVoid,
                CodeFault::NotYet => Self::CodeNotYet,
                CodeFault::Ended => Self::CodeEnded,
                CodeFault::UsedUp => Self::CodeUsedUp,
                CodeFault::NotYours => Self::CodeNotYours,
                CodeFault::LimitReached => Self::CodeLimitReached,
                CodeFault::BudgetSpent => Self::CodeBudgetSpent,
                CodeFault::TierTooLow => Self::CodeTierTooLow,
                CodeFault::NotFirstOrder => Self::CodeNotFirstOrder,
                CodeFault::BelowLeast { .. } => Self::CodeBelowLeast,
                CodeFault::Condition | CodeFault::NothingToTakeOff => Self::CodeCondition,
                CodeFault::GroupTaken { .. } => Self::CodeGroupTaken,
                CodeFault::NotCombined { .. } => Self::CodeNotCombined,
                CodeFault::TooMany { .. } => Self::CodeTooMany,
            },
            Refusal::UnknownCodeUse => Self::UnknownCodeUse,
            Refusal::CodeIsShared => Self::CodeIsShared,
            Refusal::CodeTaken => Self::CodeTaken,
            Refusal::CodeNotTransferable => Self::CodeNotTransferable,
            Refusal::UnknownChallenge => Self::UnknownChallenge,
            Refusal::UnknownGame => Self::UnknownGame,
            Refusal::UnknownDraw => Self::UnknownDraw,
            Refusal::UnknownCause => Self::UnknownCause,
            Refusal::NotOpen => Self::NotOpen,
            Refusal::AlreadyJoined => Self::AlreadyJoined,
            Refusal::NoPlayLeft => Self::NoPlayLeft,
            Refusal::TooLittleGiven { .. } => Self::TooLittleGiven,
            Refusal::NotOfPartner => Self::NotOfPartner,
            Refusal::NoPartnerAwards => Self::NoPartnerAwards,
            Refusal::UnknownAwardReason => Self::UnknownAwardReason,
            Refusal::PartnerBudgetSpent { .. } => Self::PartnerBudgetSpent,
            Refusal::PartnerAwardLimit { .. } => Self::PartnerAwardLimit,
            Refusal::UnknownPartnerAward => Self::UnknownPartnerAward,
            Refusal::NoSellThrough => Self::NoSellThrough,
            Refusal::NotAtThisPartner => Self::NotAtThisPartner,
            Refusal::UnknownPartner => Self::UnknownPartner,
            Refusal::PaysLater => Self::PaysLater,
            Refusal::UnknownDispute => Self::UnknownDispute,
            Refusal::RewardNotForMember => Self::RewardNotForMember,
            Refusal::RewardTooFew { .. } => Self::RewardTooFew,
            Refusal::RewardShareTooLarge { .. } => Self::RewardShareTooLarge,
            Refusal::RewardNotCombined { .. } => Self::RewardNotCombined,
            Refusal::RewardPriceMoved { .. } => Self::QuoteOutdated,
            Refusal::ReturnTooLarge { .. } => Self::ReturnTooLarge,
            Refusal::NotReturnedByPoints => Self::NotReturnedByPoints,
            Refusal::VoucherUsed => Self::VoucherUsed,
            Refusal::RedeemedByItself => Self::RedeemedByItself,
            Refusal::NoStockKept => Self::NoStockKept,
            Refusal::StockTooLow { .. } => Self::StockTooLow,
            Refusal::NothingToFulfil => Self::NothingToFulfil,
            Refusal::FulfilmentOutOfTurn { .. } => Self::FulfilmentOutOfTurn,
            Refusal::OnItsWay => Self::OnItsWay,
            Refusal::OutOfCodes => Self::OutOfCodes,
            Refusal::NoCodesKept => Self::NoCodesKept,
            Refusal::CodeHandedOut => Self::CodeHandedOut,
            Refusal::PickInstead => Self::PickInstead,
            Refusal::NotOnTheMenu => Self::NotOnTheMenu,
            Refusal::NothingToPick => Self::NothingToPick,
            Refusal::GivenAway => Self::GivenAway,
            Refusal::UnknownAttribute { .. } => Self::UnknownAttribute,
            Refusal::UnknownAttributeValue { .. } => Self::UnknownAttributeValue,
            Refusal::NoStoreCredit => Self::NoStoreCredit,
            Refusal::NoGiftCards => Self::NoGiftCards,
            Refusal::IsGiftCard => Self::IsGiftCard,
            Refusal::UnknownGiftCard => Self::UnknownGiftCard,
            Refusal::GiftCardExists => Self::GiftCardExists,
            Refusal::GiftCardNotActive => Self::GiftCardNotActive,
            Refusal::GiftCardBlocked => Self::GiftCardBlocked,
            Refusal::GiftCardAmount { .. } => Self::GiftCardAmount,
            Refusal::InsufficientMoney { .. } => Self::InsufficientMoney,
            Refusal::MoneyTooMuch { .. } => Self::MoneyTooMuch,
            Refusal::MoneyInOtherCurrency => Self::MoneyInOtherCurrency,
            Refusal::CreditBeyondRefund { .. } => Self::CreditBeyondRefund,
            Refusal::HoldExists => Self::HoldExists,
            Refusal::UnknownHold => Self::UnknownHold,
            Refusal::UnknownGroup => Self::UnknownGroup,
            Refusal::NotAGroup => Self::NotAGroup,
            Refusal::NotToBeAGroup => Self::NotToBeAGroup,
            Refusal::IsAGroup => Self::IsAGroup,
            Refusal::GroupClosed => Self::GroupClosed,
            Refusal::GroupFull => Self::GroupFull,
            Refusal::UnknownRole => Self::UnknownRole,
            Refusal::HeadExists => Self::HeadExists,
            Refusal::InGroupAlready => Self::InGroupAlready,
            Refusal::NotInGroup => Self::NotInGroup,
            Refusal::NotInvited => Self::NotInvited,
            Refusal::RejoinTooSoon { .. } => Self::RejoinTooSoon,
            Refusal::MayNotBuy => Self::MayNotBuy,
            Refusal::MayNotSpend => Self::MayNotSpend,
            Refusal::MayNotInvite => Self::MayNotInvite,
            Refusal::MayNotManage => Self::MayNotManage,
            Refusal::SpendMaxReached { .. } => Self::SpendMaxReached,
            Refusal::HeadStays => Self::HeadStays,
            Refusal::NotMerged => Self::NotMerged,
            Refusal::UnmergeTooLate => Self::UnmergeTooLate,
            Refusal::MemberOnHold { .. } => Self::MemberOnHold,
            Refusal::NotOnHold => Self::NotOnHold,
            Refusal::NothingToReissue => Self::NothingToReissue,
            Refusal::ReissuedAlready => Self::ReissuedAlready,
            Refusal::ReissueLimitReached => Self::ReissueLimitReached,
            Refusal::UnknownReissue => Self::UnknownReissue,
            Refusal::PointsLapsed => Self::PointsLapsed,
        }
    }
}

/// Why a request was not done: the body of every answer of status 400 and above
/// (`application/problem+json`, RFC 9457).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/docs/errors#insufficient_points")]
    pub kind: String,
    /// What happened, in a few words.
    #[schema(example = "The member has too few points")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What happened, for programs: one of a stable list.
    #[schema(example = "insufficient_points")]
    pub code: String,
    /// What happened in this case, and what to do.
    #[schema(example = "it takes 450 beans, and 120 beans are available")]
    pub detail: String,
    /// The request, as the server's log names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// All that is wrong with the input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultOut>,
    /// What else is known, by code: `available`, `price`, `left`, `member`, `findings` ...
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

/// Something wrong with the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaultOut {
    /// JSON pointer to the field; empty for the body as a whole.
    #[schema(example = "/lines/0/amount")]
    pub at: String,
    /// What is wrong and what to do.
    #[schema(example = "`12.345` has more than the 2 decimals of EUR")]
    pub what: String,
}

impl Problem {
    /// A problem of `code`, with what happened in this case.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/docs/errors#{}", code.code()),
            title: code.title().to_owned(),
            status: code.status(),
            code: code.code().to_owned(),
            detail: detail.into(),
            request_id: None,
            errors: Vec::new(),
            more: BTreeMap::new(),
        }
    }

    /// The input is wrong: all faults.
    pub fn faults(code: Code, faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [one] if one.at.is_empty() => format!("the body {}", one.what),
            [one] => format!("{} {}", one.at, one.what),
            [first, rest @ ..] => {
                let place = if first.at.is_empty() {
                    "the body"
                } else {
                    &first.at
                };
                format!("{place} {} (and {} more)", first.what, rest.len())
            }
            [] => code.title().to_owned(),
        };
        let told = |fault: Fault| FaultOut {
            at: fault.at,
            what: fault.what,
        };
        Self {
            errors: faults.into_iter().map(told).collect(),
            ..Self::new(code, detail)
        }
    }

    /// With one more thing that is known.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

/// The page of the manual that explains every code. Committed as `docs/manual/errors.md`.
pub fn manual() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         <!-- Generated from crates/api/src/problem.rs. Do not edit; `make docs` writes it anew. -->\n\n\
         Every answer of status 400 and above is `application/problem+json` (RFC 9457): `code` is\n\
         for programs and stable, `detail` is for people, `errors` names every wrong field with a\n\
         JSON pointer, and `request_id` is what the server's log has.\n\n\
         A refused event (too few points, an order that exists already ...) is recorded: sent again\n\
         with the same id it is answered with the same refusal.\n\n",
    );
    for code in Code::ALL {
        let (name, status, title) = (code.code(), code.status(), code.title());
        let help = code.help().trim();
        let _ = write!(page, "## {name}\n\n{status}: {title}.\n\n{help}\n\n");
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_found_by_their_text() {
        for code in Code::ALL {
            assert_eq!(Code::by_code(code.code()), Some(*code));
            assert!((400..600).contains(&code.status()), "{}", code.code());
            assert!(!code.help().trim().is_empty());
        }
    }

    #[test]
    fn the_page_of_the_manual_is_the_table() {
        let path = "../../docs/manual/errors.md";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, manual()).expect("the page can be written");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == manual(),
            "docs/manual/errors.md is old; run this test with UPDATE=1"
        );
    }
}
