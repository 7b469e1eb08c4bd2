//! Signing in with the merchant's own sign-on: OpenID Connect, the authorization code flow with PKCE. The
//! provider says who somebody is; what they may do is said by their roles here, so whoever was not invited
//! is not let in.
//!
//! A sign-in that is under way is known to the browser alone: one random secret, in a cookie that no script
//! can read. State, nonce and verifier are hashes of it, so that any server can go on where another began,
//! and nothing has to be kept.

mod provider;
mod token;

pub(crate) use provider::{Provider, Trouble};

use crate::auth;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regulars_app::{Error, SignOn, Site};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The path to which providers send people back.
pub(crate) const CALLBACK: &str = "/v1/sign-on/callback";
/// How long a sign-in may be under way, in seconds.
pub(crate) const LASTS_SECONDS: i64 = 600;

/// The address to which providers send people back, as the browser knows this server.
pub(crate) fn redirect_uri(headers: &HeaderMap) -> String {
    format!("{}{CALLBACK}", site(headers).origin)
}

/// This server, as the browser knows it: for passkeys, which are for one site alone.
pub(crate) fn site(headers: &HeaderMap) -> Site {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    Site::of(host.unwrap_or("localhost"), auth::by_tls(headers))
}

/// A sign-in that is under way.
pub(crate) struct UnderWay {
    secret: String,
}

impl UnderWay {
    /// A new one. Nothing if the system has no randomness.
    pub(crate) fn draw() -> Option<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self::of(&URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The one whose secret a browser sends.
    pub(crate) fn of(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
        }
    }

    /// What the browser keeps.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    fn derived(&self, what: &str) -> String {
        let hash = Sha256::digest(format!("{what}:{}", self.secret));
        URL_SAFE_NO_PAD.encode(hash)
    }

    /// Comes back with the answer, so that nobody can put in an answer of their own.
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    /// Whether that is the state of this sign-in.
    pub(crate) fn is_state(&self, state: &str) -> bool {
        bool::from(self.state().as_bytes().ct_eq(state.as_bytes()))
    }

    /// Comes back in the token, so that a token cannot be used for another sign-in.
    fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// Shown when the code is exchanged: whoever has the code alone has nothing.
    fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// What is shown of the verifier beforehand.
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier()))
    }

    /// Where the browser is sent.
    pub(crate) fn address(&self, provider: &Provider, own: &SignOn, back: &str) -> String {
        let parts = [
            ("response_type", "code"),
            ("client_id", &own.client_id),
            ("redirect_uri", back),
            ("scope", "openid email"),
            ("state", &self.state()),
            ("nonce", &self.nonce()),
            ("code_challenge", &self.challenge()),
            ("code_challenge_method", "S256"),
        ];
        let begins = match provider.authorization.contains('?') {
            true => '&',
            false => '?',
        };
        format!("{}{begins}{}", provider.authorization, form(&parts))
    }

    /// Exchanges the code for a token, checks the token, and says whose address it vouches for.
    pub(crate) fn finish(
        &self,
        provider: &Provider,
        own: &SignOn,
        back: &str,
        code: &str,
        now_seconds: i64,
    ) -> Result<String, Trouble> {
        let (token, access) = provider.exchange(own, back, code, &self.verifier())?;
        let claims = token::checked(&token, &provider.keys()?)?;
        token::meant_for(&claims, own, &self.nonce(), now_seconds)?;
        let told = match (claims["email"].is_null(), access) {
            (true, Some(access)) => provider.about(&access)?,
            _ => claims.clone(),
        };
        token::address(&claims, &told)
    }
}

/// A form, as it stands in an address or a body.
fn form(parts: &[(&str, &str)]) -> String {
    let each = parts.iter().map(|(name, value)| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let value = value.bytes().map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        });
        format!("{name}={}", value.collect::<String>())
    });
    each.collect::<Vec<_>>().join("&")
}

/// Why a sign-in came to nothing, as the console's first page is told.
pub(crate) fn reason(error: &Error) -> &'static str {
    match error {
        Error::Unauthorized => "not_invited",
        _ => "broken",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_differs_and_the_challenge_is_that_of_the_verifier() {
        let one = UnderWay::of("one");
        assert_ne!(one.state(), one.nonce());
        assert_ne!(one.state(), one.verifier());
        assert_ne!(one.state(), UnderWay::of("other").state());
        assert!(one.is_state(&one.state()) && !one.is_state(&one.nonce()));
        // RFC 7636 asks for 43 to 128 characters.
        assert_eq!(one.verifier().len(), 43);
        let hash = Sha256::digest(one.verifier());
        assert_eq!(one.challenge(), URL_SAFE_NO_PAD.encode(hash));
    }

    #[test]
    fn a_form_says_what_is_meant() {
        assert_eq!(
            form(&[("a", "x y&=ü"), ("b", "~")]),
            "a=x%20y%26%3D%C3%BC&b=~"
        );
    }
}
