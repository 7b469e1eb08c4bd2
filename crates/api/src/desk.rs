//! What a merchant sets for the console, adjustments that wait for a second person, and the till, on the
//! wire.

use crate::amount::Amount;
use crate::json::{At, Fields, FromJson};
use crate::people::words;
use crate::receipt::PointsOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What a merchant sets for all who work with the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShopSettingsOut {
    /// What is shown as the shop's name; its name on the server if empty.
    pub title: String,
    /// Its colour: `#` and six hexadecimal digits. Empty for the console's own.
    pub colour: String,
    /// Its logo: a `data:` address of a picture. Empty for the console's own.
    pub logo: String,
    /// The language of those who have chosen none.
    pub language: String,
    /// The languages that are offered.
    pub languages: Vec<String>,
    /// Of which country telephone numbers are that do not say it, as `DE`; empty where each must say it.
    #[serde(default)]
    pub country: String,
    /// What a till may do while the server cannot be reached.
    pub till: TillLimitsOut,
    /// Who vouches for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_on: Option<SignOnOut>,
    /// Whether everybody who signs in by a password shows a second factor, too.
    #[serde(default)]
    pub second_factor: bool,
    /// After how many minutes without use a session ends; 0 for not before its twelve hours.
    #[serde(default)]
    pub idle_minutes: u32,
}

/// What a till may do while the server cannot be reached: sales only, nothing is given away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillLimitsOut {
    /// How many sales it keeps at most; 0 if it may keep none.
    pub sales_most: u32,
    /// Up to which amount a cashier may enter a sale, in whole units of the program's currency.
    pub amount_most: u32,
}

/// The merchant's own sign-on, by OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignOnOut {
    /// What people call it.
    pub name: String,
    /// Its address.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Whether we have a secret there; the secret itself is never answered.
    pub has_secret: bool,
    /// To where it sends people back: to be entered there.
    pub redirect_uri: String,
}

/// What a merchant sets for all who work with the console: all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShopSettingsIn {
    /// What is shown as the shop's name.
    #[schema(required = false)]
    pub title: String,
    /// Its colour: `#` and six hexadecimal digits, or empty.
    #[schema(required = false)]
    pub colour: String,
    /// Its logo: a `data:` address (base64) of a PNG, JPEG, WebP or SVG picture of at most 48 kB, or empty.
    #[schema(required = false)]
    pub logo: String,
    /// The language of those who have chosen none.
    #[schema(example = "en")]
    pub language: String,
    /// The languages that are offered.
    #[schema(required = false)]
    pub languages: Vec<String>,
    /// Of which country telephone numbers are that do not say it, by its two capitals. Left out or empty:
    /// each must say it. Whoever sets it has the numbers that are there brought into their form.
    #[schema(example = "DE")]
    #[serde(default)]
    pub country: String,
    /// What a till may do while the server cannot be reached.
    pub till: TillLimitsIn,
    /// Who vouches for people; left out: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_on: Option<SignOnIn>,
    /// Whether everybody who signs in by a password shows a second factor, too. Whoever has none is led to
    /// set one up at the next sign-in. Left out: no.
    #[serde(default)]
    pub second_factor: bool,
    /// After how many minutes without use a session ends: up to 720; 0 for not before its twelve hours.
    /// Left out: 120.
    #[serde(default)]
    #[schema(example = 120)]
    pub idle_minutes: Option<u32>,
}

/// What a till may do while the server cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TillLimitsIn {
    /// How many sales it keeps at most: 0 to 500.
    pub sales_most: u32,
    /// Up to which amount a cashier may enter a sale, in whole units of the program's currency.
    pub amount_most: u32,
}

/// The merchant's own sign-on, by OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignOnIn {
    /// What people call it.
    #[schema(example = "Café staff")]
    pub name: String,
    /// Its address.
    #[schema(example = "https://login.example.com")]
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there. Left out or empty, the one that is known for this issuer and client stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// What is known of a shop before anybody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrontDoorOut {
    /// One for each merchant that has a sign-on of its own, or the only merchant of the server.
    pub shops: Vec<ShopDoorOut>,
}

/// A shop, as everybody may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShopDoorOut {
    /// The merchant's id.
    pub tenant: String,
    /// What is shown as its name.
    pub title: String,
    /// Its colour.
    pub colour: String,
    /// Its logo.
    pub logo: String,
    /// The language of those who have chosen none.
    pub language: String,
    /// What its own sign-on is called, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_on: Option<String>,
}

/// An adjustment that waits for a second person, or waited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldAdjustmentOut {
    /// Its id.
    pub id: String,
    /// `waiting`, `approved` (and booked) or `rejected`.
    pub state: String,
    /// Whose points.
    pub member: String,
    /// Which points.
    pub points: String,
    /// How many, either way.
    pub amount: Amount,
    /// Why.
    pub reason: String,
    /// The id of who asked for it.
    pub asked_by: String,
    /// What they are called.
    pub asked_name: String,
    /// When.
    pub asked_at: String,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
}

/// What a till has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillOut {
    /// What is shown as the shop's name.
    pub title: String,
    /// The program's currency.
    pub currency: String,
    /// Stamp cards that purchases fill, which a till can stamp by itself.
    pub cards: Vec<TillCardOut>,
    /// What it may do while the server cannot be reached.
    pub limits: TillLimitsOut,
}

/// A stamp card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillCardOut {
    /// Its id in the program file.
    pub card: String,
    /// The category of goods that it is for; empty if for any.
    pub category: String,
    /// How many stamps fill it.
    pub full: i64,
}

/// Who is looked for at a till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TillFindIn {
    /// The whole of an identity, as it is typed or scanned: `4711`, `+49 151 23456789`, `card:4711`, or a
    /// member's id.
    pub text: String,
}

/// The member before the till: no more of them than is needed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillMemberOut {
    /// Their id.
    pub member: String,
    /// What they are called; empty if that is not known.
    pub name: String,
    /// The points that they can spend.
    pub points: Vec<PointsOut>,
    /// Their tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Their stamp cards.
    pub cards: Vec<TillStampsOut>,
    /// What they can have now.
    pub rewards: Vec<TillRewardOut>,
    /// Why nothing is spent, if they are on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hold: Option<String>,
}

/// A member is put on hold, or let go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberHoldIn {
    /// Why: shown to the member, to tills and to auditors.
    #[schema(example = "Her phone was stolen")]
    pub reason: String,
    /// Who did it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A free reward is given again: `reward` or `redemption` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReissueIn {
    /// The reward whose voucher lapsed, by its id in the program file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "free-coffee")]
    pub reward: Option<String>,
    /// Instead of it: the id of a used redemption of a single reward, that the member had nothing of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<String>,
    /// Why: shown to the member and to auditors.
    #[schema(example = "She was in hospital")]
    pub reason: String,
    /// Who did it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A reward is given to a member, who pays nothing for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RewardGiftIn {
    /// The reward, by its id in the program file.
    #[schema(example = "free-coffee")]
    pub reward: String,
    /// For how many days the voucher is good, with today: 1 to 3650; for ever if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u16>,
    /// Why: shown to the member and to auditors.
    #[schema(example = "She wrote us a reference")]
    pub reason: String,
    /// Who did it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Stamps on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillStampsOut {
    /// The card's id in the program file.
    pub card: String,
    /// How many stamps.
    pub stamps: i64,
    /// How many fill it.
    pub full: i64,
}

/// A reward that a member can have now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillRewardOut {
    /// Its id in the program file.
    pub reward: String,
    /// What people call it.
    pub title: String,
    /// What it costs; nothing where a voucher pays.
    pub cost: Vec<PointsOut>,
    /// Whether a voucher pays.
    pub by_voucher: bool,
}

impl FromJson for ShopSettingsIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let title = fields.text_or_empty("title", faults);
        let colour = fields.text_or_empty("colour", faults);
        let logo = fields.string("logo", faults);
        let language = fields.required_text("language", faults);
        let languages = words(&mut fields, "languages", faults);
        let country = fields.text("country", faults).unwrap_or_default();
        let till_at = at.field("till");
        let till = fields
            .required("till", faults)
            .and_then(|raw| TillLimitsIn::from_json(raw, till_at, faults));
        let own_at = at.field("sign_on");
        let sign_on = fields.raw("sign_on");
        let wanted = sign_on.is_some();
        let sign_on = sign_on.and_then(|raw| SignOnIn::from_json(raw, own_at, faults));
        let second_factor = fields.boolean("second_factor", faults).unwrap_or(false);
        let idle_minutes = fields.integer("idle_minutes", faults).map(|number| {
            let read = u32::try_from(number);
            read.unwrap_or_else(|_| {
                let what = "must be a whole number from 0 on";
                faults.push(at.field("idle_minutes").fault(what));
                0
            })
        });
        fields.finish(faults);
        if wanted && sign_on.is_none() {
            return None;
        }
        Some(Self {
            title: title.to_string(),
            colour: colour.to_string(),
            logo: logo.unwrap_or_default().into_owned(),
            language: language?.to_string(),
            languages: languages.unwrap_or_default(),
            country: country.to_string(),
            till: till?,
            sign_on,
            second_factor,
            idle_minutes,
        })
    }
}

impl FromJson for TillLimitsIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let mut number = |name: &'static str, faults: &mut Vec<Fault>| {
            let number = fields.integer(name, faults);
            let read = number.and_then(|number| u32::try_from(number).ok());
            if read.is_none() {
                faults.push(at.field(name).fault("must be a whole number from 0 on"));
            }
            read
        };
        let sales_most = number("sales_most", faults);
        let amount_most = number("amount_most", faults);
        fields.finish(faults);
        Some(Self {
            sales_most: sales_most?,
            amount_most: amount_most?,
        })
    }
}

impl FromJson for SignOnIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let name = fields.required_text("name", faults);
        let issuer = fields.required_text("issuer", faults);
        let client_id = fields.required_text("client_id", faults);
        let client_secret = fields.string("client_secret", faults);
        fields.finish(faults);
        Some(Self {
            name: name?.to_string(),
            issuer: issuer?.to_string(),
            client_id: client_id?.to_string(),
            client_secret: client_secret.map(|text| text.into_owned()),
        })
    }
}

impl FromJson for TillFindIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let text = fields.required_text("text", faults);
        fields.finish(faults);
        Some(Self {
            text: text?.to_string(),
        })
    }
}
