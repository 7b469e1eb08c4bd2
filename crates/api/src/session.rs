//! Operators who signed in, on the wire.

use crate::access::ScopeName;
use crate::json::{At, Fields, FromJson};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A session: somebody who signed in with a key, as a person, or by the link of the server's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionOut {
    /// The merchant's id.
    pub tenant: String,
    /// The merchant's name.
    pub tenant_name: String,
    /// Where it acts: `live`, or `sandbox`, which cannot reach what is live.
    pub workspace: String,
    /// What the key is for that it was signed in with, or what the person is called.
    pub name: String,
    /// The id of the key (`key_…`) or of the person (`per_…`).
    pub key: String,
    /// How many points they may adjust by themselves; left out: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjust_most: Option<i64>,
    /// The shop's colour, if it has one of its own.
    pub colour: String,
    /// The shop's logo, if it has one of its own.
    pub logo: String,
    /// The languages that the shop offers.
    pub languages: Vec<String>,
    /// The language of those who have chosen none.
    pub language: String,
    /// What the session may do: what the key may.
    pub scopes: Vec<ScopeName>,
    /// Whether members are found by whole identities and whole words of their names alone: personal fields stand
    /// closed in the database.
    pub finds_exactly: bool,
    /// When it ends by itself.
    pub expires_at: String,
    /// To be sent as `X-Csrf-Token` with every request that is no `GET`: it proves that a page of
    /// this server sends it. It is worth nothing without the cookie.
    pub csrf_token: String,
}

/// What signing in came to where the password alone is not enough: nobody is in yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInStepOut {
    /// `show`: the second factor is to be shown; `set_up`: the shop asks for one, and there is none yet.
    pub step: String,
    /// What they are called.
    pub name: String,
    /// Whether a code of their telephone is taken.
    pub totp: bool,
    /// Whether they have a passkey.
    pub passkey: bool,
    /// Until when.
    pub expires_at: String,
    /// To be sent as `X-Csrf-Token` with what is asked for in this step.
    pub csrf_token: String,
}

/// A code that is shown: of a telephone, or a recovery code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FactorCodeIn {
    /// The code.
    #[schema(example = "287082")]
    pub code: String,
}

/// What a person shows beside the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactorsOut {
    /// Since when codes of their telephone are on; left out if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_since: Option<String>,
    /// How many recovery codes are left.
    pub recovery_left: usize,
    /// Their passkeys, oldest first.
    pub passkeys: Vec<PasskeyOut>,
    /// Whether the shop asks for a second factor.
    pub required: bool,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasskeyOut {
    /// Its id.
    #[schema(example = "pk_0193e0c7a1b27c3e")]
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: String,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
}

/// A secret for a telephone. It is told once, and counts when a code of it was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpOut {
    /// The secret, to be typed where no picture can be taken.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    pub secret: String,
    /// The same as an app reads it: `otpauth://totp/…`.
    pub address: String,
    /// That as a picture (QR, SVG).
    pub picture: String,
}

/// What setting a second factor up came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactorSetOut {
    /// What the person has on now.
    pub factors: FactorsOut,
    /// Codes that stand in for a lost second factor, each once: told here and nowhere else. Empty where
    /// there were some already.
    pub recovery_codes: Vec<String>,
}

/// What a browser needs to make a passkey: bytes are in base 64 (URL, without `=`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasskeyAskOut {
    /// What is to be signed: good for five minutes, once.
    pub challenge: String,
    /// For which name the passkey is.
    #[schema(example = "shop.example")]
    pub party: String,
    /// Whose it is.
    pub user: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// The credentials that they have already.
    pub known: Vec<String>,
    /// The sorts of keys that are taken, best first, by their numbers in COSE.
    pub algorithms: Vec<i64>,
}

/// A challenge for whoever comes in by a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasskeyChallengeOut {
    /// What is to be signed, in base 64 (URL, without `=`): good for five minutes, once.
    pub challenge: String,
    /// For which name.
    #[schema(example = "shop.example")]
    pub party: String,
}

/// A passkey that was just made: bytes in base 64 (URL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PasskeyIn {
    /// What its owner calls it.
    #[schema(example = "My telephone")]
    pub name: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.attestationObject`.
    pub attestation: String,
}

/// A passkey that is shown: bytes in base 64 (URL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PasskeySignInIn {
    /// `rawId`.
    pub credential: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.authenticatorData`.
    pub authenticator_data: String,
    /// `response.signature`.
    pub signature: String,
    /// `response.userHandle`.
    pub user: String,
}

/// One's own sessions, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnSessionsOut {
    /// One by one.
    pub items: Vec<OwnSessionOut>,
}

/// A session of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnSessionOut {
    /// Its id.
    #[schema(example = "ses_0193e0c7a1b27c3e")]
    pub id: String,
    /// Since when.
    pub created_at: String,
    /// When it was last used, to the minute.
    pub used_at: String,
    /// When it ends by itself.
    pub expires_at: String,
    /// What the browser says of itself.
    pub agent: String,
    /// The address that it was opened from; empty where that is not known.
    pub address: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl FromJson for FactorCodeIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let code = fields.required_text("code", faults);
        fields.finish(faults);
        Some(Self {
            code: code?.to_string(),
        })
    }
}

impl FromJson for PasskeyIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let name = fields.required_text("name", faults);
        let client_data = fields.required_string("client_data", faults);
        let attestation = fields.required_string("attestation", faults);
        fields.finish(faults);
        Some(Self {
            name: name?.to_string(),
            client_data: client_data?,
            attestation: attestation?,
        })
    }
}

impl FromJson for PasskeySignInIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let credential = fields.required_string("credential", faults);
        let client_data = fields.required_string("client_data", faults);
        let authenticator_data = fields.required_string("authenticator_data", faults);
        let signature = fields.required_string("signature", faults);
        let user = fields.required_string("user", faults);
        fields.finish(faults);
        Some(Self {
            credential: credential?,
            client_data: client_data?,
            authenticator_data: authenticator_data?,
            signature: signature?,
            user: user?,
        })
    }
}
