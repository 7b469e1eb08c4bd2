//! What the API answers when it does not do as asked: RFC 9457, with one table of codes.
//!
//! The table below is the only place that knows a code, its status and its words. The page of the
//! manual is made from it, and a test of the server provokes each of them.

use regulars_engine::event::Fault;
use regulars_engine::outcome::Refusal;
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
    /// Send `Authorization: Bearer reg_…` with a key that is known, not expired and not revoked.
    Unauthorized = "unauthorized", 401, "The API key is missing, unknown, expired or revoked";
    /// The key is valid and lacks the scope for this. The detail names the scope.
    Forbidden = "forbidden", 403, "The API key may not do this";
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
    /// A fault of the server. It is in its log under the request id; nothing was half-written.
    Internal = "internal", 500, "Something broke";
    /// Too much is waiting to be written, or the database asks to try again. Send the same request
    /// again after the seconds of `Retry-After`.
    Busy = "busy", 503, "Too busy just now";
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
    /// The reward is for members of a higher tier.
    TierTooLow = "tier_too_low", 409, "The reward is for members of a higher tier";
    /// The reward has no price in points: only a voucher for it pays, and the member holds none.
    VoucherNeeded = "voucher_needed", 409, "The reward takes a voucher";
    /// The member has used up the reward's limit.
    LimitReached = "limit_reached", 409, "The reward's limit is used up";
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
    /// A member cannot be merged into themselves.
    SameMember = "same_member", 409, "A member cannot be merged into themselves";
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
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/manual/errors.md");
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
