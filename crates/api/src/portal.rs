//! The pages for members, on the wire: what everybody may see of a program, and what a member may see
//! and do of their own.

use crate::balance::BalanceOut;
use crate::json::{At, Fields, FromJson};
use crate::member::{MemberOut, attributes};
use crate::receipt::PointsOut;
use crate::redemption::RedemptionOut;
use regulars_base::Text;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What everybody may see of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortalOut {
    /// The merchant's name, as it stands in the address of the pages.
    #[schema(example = "demo")]
    pub shop: String,
    /// What members call the program.
    pub title: String,
    /// The language of the program's own texts.
    #[schema(example = "en")]
    pub locale: String,
    /// The currency of its money.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The colour of buttons and links on white.
    #[schema(example = "#7a3e1d")]
    pub colour: String,
    /// The same on black.
    #[schema(example = "#e5a57f")]
    pub colour_dark: String,
    /// A picture, as a `data:` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Where members find a person: an e-mail address or an `https` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The terms that whoever joins accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsOut>,
    /// Questions that members ask.
    pub faq: Vec<FaqOut>,
    /// The program in words, part by part.
    pub explained: Vec<ExplainedPartOut>,
    /// Kinds of points, by their ids, in the order of the program file.
    pub points: Vec<String>,
    /// The tiers, lowest first.
    pub tiers: Vec<TitledOut>,
    /// Leaderboards that may be looked at.
    pub leaderboards: Vec<TitledOut>,
    /// What members may allow, by the ids of the activities.
    pub consents: Vec<String>,
    /// Fields of the profile that count.
    pub profile: Vec<String>,
    /// Whether members may send friends.
    pub referral: bool,
}

/// Terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TermsOut {
    /// Which.
    #[schema(example = "2025-01")]
    pub version: String,
    /// What they say, or the `https` address where they stand.
    pub text: String,
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaqOut {
    /// What members ask.
    pub question: String,
    /// What they are told.
    pub answer: String,
}

/// A part of the program in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedPartOut {
    /// What sort of part: `points`, `rule`, `tier`, `card`, `reward` ...
    #[schema(example = "rule")]
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// What it does, aspect by aspect.
    pub says: Vec<String>,
}

/// Something with a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TitledOut {
    /// Its id in the program file.
    pub id: String,
    /// What people call it.
    pub title: String,
}

/// A code is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignInCodeIn {
    /// Where it is sent to.
    #[schema(value_type = String, example = "ana@example.com")]
    pub email: Text,
    /// The language of the letter, if there is one in it; English if not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "de")]
    pub language: Option<Text>,
}

/// A code is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberSignInIn {
    /// The address that it was sent to.
    #[schema(value_type = String, example = "ana@example.com")]
    pub email: Text,
    /// The code.
    #[schema(value_type = String, example = "042017")]
    pub code: Text,
    /// The version of the terms that they accept: needed of who joins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub terms: Option<Text>,
    /// What they are called, if they join and say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Text>,
    /// The code of the member who sent them, if they join.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub referral_code: Option<Text>,
}

/// A member who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberSessionOut {
    /// At which merchant, by name.
    pub shop: String,
    /// Who.
    pub member: String,
    /// When it ends by itself.
    pub expires_at: String,
    /// To be sent as `X-Csrf-Token` with every request that is no `GET`.
    pub csrf_token: String,
    /// The version of the terms that are to be accepted before anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_due: Option<String>,
    /// Whether they joined by it.
    #[serde(default)]
    pub joined: bool,
}

/// All that the first page of a member shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeOut {
    /// Who they are.
    pub member: MemberOut,
    /// What they have.
    pub balance: BalanceOut,
    /// What they may have for it, or could.
    pub rewards: Vec<ReachableOut>,
    /// What they set aside, and used not long ago.
    pub redemptions: Vec<RedemptionOut>,
    /// Under which name they appear on leaderboards; nothing if they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Their code for friends, and the link with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral_code: Option<String>,
    /// The link, if the program names where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral_link: Option<String>,
    /// The terms that they accepted, the newest last.
    pub terms: Vec<AcceptedTermsOut>,
}

/// A reward, as it stands for a member now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReachableOut {
    /// Its id in the program file.
    pub reward: String,
    /// What people call it.
    pub title: String,
    /// What it costs, per kind of points; nothing for what a voucher or a plan pays.
    pub price: Vec<PointsOut>,
    /// What is missing, per kind of points.
    pub missing: Vec<PointsOut>,
    /// Whether they could have it now: all that the program asks is looked at.
    pub within_reach: bool,
    /// The code of why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why not, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How many vouchers for it they have in hand.
    pub vouchers: usize,
}

/// Terms that a member accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptedTermsOut {
    /// Which.
    pub version: String,
    /// When.
    pub accepted_at: String,
}

/// A member accepts the terms of now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AcceptTermsIn {
    /// Which, so that nobody accepts others than those they read.
    #[schema(value_type = String, example = "2025-01")]
    pub version: Text,
}

/// A member wants a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnRedemptionIn {
    /// Which, by its id in the program file.
    #[schema(value_type = String, example = "free-coffee")]
    pub reward: Text,
    /// Where it is sent to, if the reward is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub address: Option<String>,
}

/// A member allows something, or takes that back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsentIn {
    /// Whether it is allowed from now on.
    pub given: bool,
}

/// What a member says of themselves: fields of the program's profile, `name` and `language`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct OwnProfileIn {
    /// What is set; `null` takes one away.
    #[schema(required = false)]
    pub attributes: BTreeMap<String, Value>,
}

/// All that is kept about a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemberExportOut {
    /// When it was made.
    pub made_at: String,
    /// Who they are, what they have and accepted.
    pub me: MeOut,
    /// Everything that happened, with reasons, newest first.
    pub ledger: Vec<crate::ledger::LedgerEntryOut>,
    /// What they allowed and took back, with its proof, newest first.
    #[serde(default)]
    pub consents: Vec<crate::consent::ConsentEntryOut>,
    /// What was noted of talks with them.
    #[serde(default)]
    pub contacts: Vec<crate::timeline::ContactOut>,
    /// Orders that they said were not counted.
    #[serde(default)]
    pub claims: Vec<crate::claim::ClaimOut>,
    /// Their cases, with all that was said in them and noted between agents.
    #[serde(default)]
    pub cases: Vec<ExportedCaseOut>,
    /// Everything else that stands under their id, by the name of the table: messages, answers, consents,
    /// addresses, cards, segments, journeys, offers, sessions, and whatever else there is. Names are those of
    /// the tables of this version.
    #[serde(default)]
    pub kept: BTreeMap<String, Vec<serde_json::Map<String, serde_json::Value>>>,
}

/// A case of a member, as it goes along with their data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExportedCaseOut {
    /// The case.
    #[serde(flatten)]
    pub case: crate::service::CaseOut,
    /// What was said and done, the oldest first.
    pub lines: Vec<crate::service::CaseLineOut>,
}

/// A token for the widget on a page of the shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WidgetTokenOut {
    /// The token: `<regulars-widget token="…">`.
    pub token: String,
    /// Until when it is good; the page then asks its own server for another.
    pub expires_at: String,
}

/// What the widget shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WidgetOut {
    /// The merchant's name, as it stands in the address of the pages.
    pub shop: String,
    /// What members call the program.
    pub title: String,
    /// The colour of buttons and links on white.
    pub colour: String,
    /// The same on black.
    pub colour_dark: String,
    /// What they have.
    pub balance: BalanceOut,
    /// What they may have for it, or could.
    pub rewards: Vec<ReachableOut>,
    /// The tiers, lowest first.
    pub tiers: Vec<TitledOut>,
    /// A survey that waits for their answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<crate::survey::WidgetSurveyOut>,
}

impl FromJson for SignInCodeIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let email = fields.required_text("email", faults);
        let language = fields.text("language", faults);
        fields.finish(faults);
        Some(Self {
            email: email?,
            language,
        })
    }
}

impl FromJson for MemberSignInIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let email = fields.required_text("email", faults);
        let code = fields.required_text("code", faults);
        let terms = fields.text("terms", faults);
        let name = fields.text("name", faults);
        let referral_code = fields.text("referral_code", faults);
        fields.finish(faults);
        Some(Self {
            email: email?,
            code: code?,
            terms,
            name,
            referral_code: referral_code.filter(|code| !code.is_empty()),
        })
    }
}

impl FromJson for AcceptTermsIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let version = fields.required_text("version", faults);
        fields.finish(faults);
        Some(Self { version: version? })
    }
}

impl FromJson for OwnRedemptionIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reward = fields.required_text("reward", faults);
        let address = fields.string("address", faults);
        if address.as_ref().is_some_and(|it| it.len() > 2000) {
            faults.push(at.field("address").fault("is longer than 2000 bytes"));
        }
        fields.finish(faults);
        let address = address.map(std::borrow::Cow::into_owned);
        Some(Self {
            reward: reward?,
            address: address.filter(|address| !address.trim().is_empty()),
        })
    }
}

impl FromJson for ConsentIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("given") {
            faults.push(at.field("given").fault("is missing"));
        }
        let given = fields.boolean("given", faults);
        fields.finish(faults);
        Some(Self { given: given? })
    }
}

impl FromJson for OwnProfileIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let attributes = attributes(&mut fields, faults);
        fields.finish(faults);
        Some(Self { attributes })
    }
}
