//! What a merchant sets for all who work with the console: how it looks, which languages it offers, what
//! a till may do without the server, and who vouches for people.

use crate::identities::form;
use crate::{App, Error, only_setting};
use regulars_base::TenantId;
use regulars_store::Store;
use serde::{Deserialize, Serialize};

const SHOP: &str = "shop";
/// The longest logo, as a `data:` address: about 48 kB of picture.
const LOGO_MOST: usize = 65_536;
/// The languages that the console speaks.
const LANGUAGES: [&str; 5] = ["en", "de", "ru", "zh-Hans", "zh-Hant"];

/// What a merchant sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShopSettings {
    /// What is shown as the shop's name; its name on the server if empty.
    pub title: String,
    /// Its colour: `#` and six hexadecimal digits. Empty for the console's own.
    pub colour: String,
    /// Its logo: a `data:` address of a PNG, JPEG, WebP or SVG picture. Empty for the console's own.
    pub logo: String,
    /// The language of those who have chosen none.
    pub language: String,
    /// The languages that are offered.
    pub languages: Vec<String>,
    /// Of which country telephone numbers are that do not say it: two capitals, as `DE`. Empty where each
    /// must say it.
    pub country: String,
    /// What a till may do while the server cannot be reached.
    pub till: TillLimits,
    /// Who vouches for people.
    pub sign_on: Option<SignOn>,
    /// Whether everybody who signs in by a password shows a second factor, too.
    pub second_factor: bool,
    /// After how many minutes without use a session ends; 0 for not before its time.
    pub idle_minutes: u32,
}

/// What a till may do while the server cannot be reached: only sales, nothing is given away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillLimits {
    /// How many sales it keeps at most; 0 if it may keep none.
    pub sales_most: u32,
    /// Up to which amount one may be, in whole units of the program's currency. It holds for what a
    /// cashier enters at any time.
    pub amount_most: u32,
}

/// The merchant's own sign-on, by OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOn {
    /// What people call it: it stands on the button.
    pub name: String,
    /// Its address: `https://…`. What it offers is asked there.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; empty if it needs none.
    pub client_secret: String,
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self {
            title: String::new(),
            colour: String::new(),
            logo: String::new(),
            language: LANGUAGES[0].into(),
            languages: LANGUAGES.map(str::to_owned).into(),
            country: String::new(),
            till: TillLimits {
                sales_most: 100,
                amount_most: 500,
            },
            sign_on: None,
            second_factor: false,
            idle_minutes: 120,
        }
    }
}

impl App {
    /// What the merchant has set.
    pub fn shop_settings(&self, tenant: TenantId) -> Result<ShopSettings, Error> {
        self.core().pool.with(|store| of(store, tenant))
    }

    /// Sets it. Where the secret of the sign-on is empty and the rest is as it was, it stays. What it was
    /// before.
    pub fn set_shop_settings(
        &self,
        tenant: TenantId,
        mut new: ShopSettings,
    ) -> Result<(ShopSettings, ShopSettings), Error> {
        new.check()?;
        let moved = self.core().pool.with(|store| {
            only_setting::replace(store, tenant, SHOP, |before: &ShopSettings| {
                if let (Some(own), Some(old)) = (&mut new.sign_on, &before.sign_on)
                    && own.client_secret.is_empty()
                    && (&own.issuer, &own.client_id) == (&old.issuer, &old.client_id)
                {
                    own.client_secret.clone_from(&old.client_secret);
                }
                new
            })
        })?;
        // Numbers without a country say something else from now on.
        self.core().write_in_one_form(tenant)?;
        Ok(moved)
    }
}

/// What a merchant has set.
pub(crate) fn of(store: &mut dyn Store, tenant: TenantId) -> Result<ShopSettings, Error> {
    only_setting::get(store, tenant, SHOP)
}

impl ShopSettings {
    fn check(&self) -> Result<(), Error> {
        let wrong = |at: &str, what: &str| Err(Error::invalid(at, what));
        if self.title.chars().count() > 80 {
            return wrong("/title", "must be at most 80 characters");
        }
        let digits = self.colour.strip_prefix('#');
        let is_colour = digits.is_some_and(|digits| {
            digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if !self.colour.is_empty() && !is_colour {
            return wrong(
                "/colour",
                "must be # and six hexadecimal digits, as #0b7285",
            );
        }
        let kinds = ["png", "jpeg", "webp", "svg+xml"];
        let is_logo = kinds
            .iter()
            .any(|kind| self.logo.starts_with(&format!("data:image/{kind};base64,")));
        if !self.logo.is_empty() && (!is_logo || self.logo.len() > LOGO_MOST) {
            return wrong(
                "/logo",
                "must be a data: address (base64) of a PNG, JPEG, WebP or SVG picture of at most 48 kB",
            );
        }
        let known = |language: &String| LANGUAGES.contains(&language.as_str());
        if self.languages.is_empty() || !self.languages.iter().all(known) {
            return wrong(
                "/languages",
                "must name some of en, de, ru, zh-Hans, zh-Hant",
            );
        }
        if !self.languages.contains(&self.language) {
            return wrong("/language", "must be one of those that are offered");
        }
        if !self.country.is_empty() && form::country(&self.country).is_none() {
            return wrong("/country", "must be the two capitals of a country, as DE");
        }
        if self.idle_minutes > 720 {
            let what = "must be at most 720: a session lasts twelve hours; 0 for not before that";
            return wrong("/idle_minutes", what);
        }
        if self.till.sales_most > 500 {
            return wrong("/till/sales_most", "must be at most 500");
        }
        let Some(own) = &self.sign_on else {
            return Ok(());
        };
        // Without TLS only on the same machine: there nobody listens in between.
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let safe = own.issuer.starts_with("https://")
            || local.iter().any(|start| {
                let rest = own.issuer.strip_prefix(start);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
            });
        if !safe || own.issuer.len() > 500 || own.issuer.contains(['?', '#', '@']) {
            return wrong("/sign_on/issuer", "must be an https:// address");
        }
        if own.client_id.is_empty() || own.client_id.len() > 200 {
            return wrong("/sign_on/client_id", "is missing");
        }
        if own.name.trim().is_empty() || own.name.chars().count() > 40 {
            return wrong("/sign_on/name", "must be 1 to 40 characters");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_safe_issuer_is_taken() {
        let with = |issuer: &str| ShopSettings {
            sign_on: Some(SignOn {
                name: "Staff".into(),
                issuer: issuer.into(),
                client_id: "regulars".into(),
                client_secret: String::new(),
            }),
            ..ShopSettings::default()
        };
        for good in [
            "https://id.example.com",
            "http://127.0.0.1:3000",
            "http://localhost/x",
        ] {
            assert!(with(good).check().is_ok(), "{good}");
        }
        for bad in [
            "http://id.example.com",
            "http://127.0.0.1.example.com",
            "https://a@b.example",
            "file:///etc/passwd",
            "",
        ] {
            assert!(with(bad).check().is_err(), "{bad}");
        }
    }
}
