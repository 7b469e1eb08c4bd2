//! A link that puts a card into Google Wallet: the card itself stands in it, signed by the merchant's account
//! (a JSON Web Token by RS256), so that nothing has to be sent to anybody before.

use crate::key::Key;
use crate::{Card, Fault};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

const ACCOUNT: &str = "service account of Google passes";
/// Where such links lead.
const SAVE: &str = "https://pay.google.com/gp/v/save/";

/// A service account, as the file says that Google gives out; of which nothing else is needed.
#[derive(Deserialize)]
struct Account {
    client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: String,
}

/// Makes links of one merchant.
#[derive(Debug)]
pub struct GooglePasses {
    email: String,
    key_id: String,
    key: Key,
    class: String,
    issuer: String,
}

impl GooglePasses {
    /// With the file of the merchant's service account, and the class of cards that they made there:
    /// `ISSUER.NAME`.
    pub fn new(account: &str, class: &str) -> Result<Self, Fault> {
        let account: Account = serde_json::from_str(account).map_err(|error| {
            Fault::unusable(
                ACCOUNT,
                format!("it is not as Google gives it out: {error}"),
            )
        })?;
        let issuer = class.split_once('.').map(|(issuer, _)| issuer);
        let issuer =
            issuer.filter(|own| !own.is_empty() && own.bytes().all(|it| it.is_ascii_digit()));
        let issuer = issuer.ok_or_else(|| {
            let why = format!("the class `{class}` must be the issuer's number, a dot and a name");
            Fault::unusable(ACCOUNT, why)
        })?;
        Ok(Self {
            email: account.client_email,
            key_id: account.private_key_id,
            key: Key::read(&account.private_key, ACCOUNT)?,
            class: class.to_owned(),
            issuer: issuer.to_owned(),
        })
    }

    /// The link of a card, signed at so many seconds since 1970.
    pub fn link(&self, card: &Card, at_seconds: u64) -> Result<String, Fault> {
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if !self.key_id.is_empty() {
            header["kid"] = json!(self.key_id);
        }
        let claims = json!({
            "iss": self.email,
            "aud": "google",
            "typ": "savetowallet",
            "iat": at_seconds,
            "payload": {"loyaltyObjects": [self.object(card)]},
        });
        let signed = format!("{}.{}", part(&header)?, part(&claims)?);
        let signature = self.key.sign(signed.as_bytes())?;
        Ok(format!(
            "{SAVE}{signed}.{}",
            URL_SAFE_NO_PAD.encode(signature)
        ))
    }

    fn object(&self, card: &Card) -> Value {
        json!({
            // Letters, digits, dots, underscores and dashes: an id is of those.
            "id": format!("{}.{}", self.issuer, card.id),
            "classId": self.class,
            "state": "ACTIVE",
            "accountId": card.number,
            "accountName": if card.name.is_empty() { &card.number } else { &card.name },
            "barcode": {"type": "QR_CODE", "value": card.number, "alternateText": card.number},
        })
    }
}

fn part(value: &Value) -> Result<String, Fault> {
    let bytes = serde_json::to_vec(value).map_err(Fault::unwritten)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
