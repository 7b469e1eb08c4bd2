//! Members who are signed in: by the cookie of their session, which no script can read and which is
//! sent to `/v1/me` only; it holds one for each shop of the server that a browser's owner is a member of, and
//! the page says which it means. As with operators, what changes anything needs a token as well, which only a
//! page of this server can have read.

use crate::auth::{self, Cookie};
use crate::callers;
use crate::failure::Failure;
use crate::state::Server;
use axum::extract::FromRequestParts;
use axum::http::header::HeaderName;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use regulars_api::Code;
use regulars_app::{MemberRef, SignedInMember};
use regulars_base::{MemberId, TenantId};
use sha2::{Digest, Sha256};

/// A member's cookie.
pub(crate) const MEMBER: Cookie = Cookie {
    name: "regulars_member",
    path: "/v1/me",
    site: "Strict",
};

/// Says which shop's member is meant, where a browser knows several.
const X_SHOP: HeaderName = HeaderName::from_static("x-shop");
/// So many shops' members are kept in one browser, the latest.
const KEPT: usize = 8;

/// What a browser keeps: the secret of a session for each shop that its owner is signed in at, the latest
/// last. In the cookie shops stand by a mark, so that whatever they are called fits into it.
pub(crate) struct Kept(Vec<(String, String)>);

impl Kept {
    /// What came with a request. A secret alone is somebody's who knows one shop only.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let parts = MEMBER.of(headers).unwrap_or_default().split('~');
        let pair = |part: &str| {
            let (shop, secret) = part.split_once(':').unwrap_or(("", part));
            (shop.to_owned(), secret.to_owned())
        };
        let pairs = parts.filter(|part| !part.is_empty()).map(pair);
        Self(pairs.take(KEPT).collect())
    }

    /// The secret for the shop that a request means; of a request that means none the latest.
    fn secret(&self, headers: &HeaderMap) -> Option<&str> {
        let named = headers.get(X_SHOP).and_then(|shop| shop.to_str().ok());
        let own = named.map(mark);
        let mut latest = self.0.iter().rev();
        let found = latest.find(|(shop, _)| match &own {
            Some(own) => shop == own || shop.is_empty(),
            None => true,
        });
        found.map(|(_, secret)| secret.as_str())
    }

    /// With a session more: it takes the place of an earlier one at the same shop.
    pub(crate) fn with(mut self, shop: &str, secret: &str) -> Self {
        let own = mark(shop);
        self.0.retain(|(shop, _)| *shop != own && !shop.is_empty());
        self.0.push((own, secret.to_owned()));
        let over = self.0.len().saturating_sub(KEPT);
        self.0.drain(..over);
        self
    }

    /// Without a session that is over.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        self.0.retain(|(_, own)| own != secret);
        self
    }

    /// As it is set: for so many seconds, or taken away where nothing is left.
    pub(crate) fn cookie(&self, seconds: i64, headers: &HeaderMap) -> HeaderValue {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|(shop, secret)| format!("{shop}:{secret}"))
            .collect();
        let seconds = if parts.is_empty() { 0 } else { seconds };
        MEMBER.set(&parts.join("~"), seconds, headers)
    }
}

/// What stands for a shop in the cookie: of its name as it is written in addresses, which fits into a header.
fn mark(shop: &str) -> String {
    let hash = Sha256::digest(shop.as_bytes());
    hash.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A member who is signed in, whether or not they accepted the terms of now.
pub(crate) struct SignedIn {
    pub(crate) session: SignedInMember,
    pub(crate) secret: String,
}

/// A member who is signed in and has nothing to accept.
pub(crate) struct Me {
    pub(crate) tenant: TenantId,
    pub(crate) member: MemberId,
}

impl Me {
    /// Themselves: no path under `/v1/me` names anybody else.
    pub(crate) fn who(&self) -> MemberRef {
        MemberRef::Id(self.member)
    }
}

impl FromRequestParts<Server> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        name_shop(parts);
        let kept = Kept::of(&parts.headers);
        let secret = kept.secret(&parts.headers).ok_or_else(not_signed_in)?;
        let secret = secret.to_owned();
        auth::meant(parts, &secret, false)?;
        let shown = secret.clone();
        let asked = server.call(move |app| match app.member_session(&shown) {
            Ok(session) => Ok(Some(session)),
            Err(regulars_app::Error::Unauthorized) => Ok(None),
            // Who left is nobody any more.
            Err(regulars_app::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        });
        let session = asked.await?.ok_or_else(not_signed_in)?;
        let caller = callers::name((session.tenant.bytes(), session.member.bytes()));
        server.may_ask(caller)?;
        Ok(Self { session, secret })
    }
}

impl FromRequestParts<Server> for Me {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let SignedIn { session, .. } = SignedIn::from_request_parts(parts, server).await?;
        if let Some(version) = session.terms_due {
            return Err(Failure::from(regulars_app::Error::TermsNeeded(version)));
        }
        Ok(Self {
            tenant: session.tenant,
            member: session.member,
        })
    }
}

/// A link that a browser follows has no header of ours: it says in its query which shop it means.
fn name_shop(parts: &mut Parts) {
    let mut pairs = parts.uri.query().unwrap_or_default().split('&');
    let named = pairs.find_map(|pair| pair.strip_prefix("shop="));
    let named = named.and_then(|shop| HeaderValue::from_str(shop).ok());
    if let Some(named) = named {
        parts.headers.entry(X_SHOP).or_insert(named);
    }
}

fn not_signed_in() -> Failure {
    let detail = "nobody is signed in here: ask for a code, and show it";
    Failure::new(Code::Unauthorized, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::COOKIE;

    fn sent(cookie: &HeaderValue, shop: Option<&str>) -> HeaderMap {
        let text = cookie.to_str().expect("is text");
        let pair = text.split(';').next().expect("has a value");
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(pair).expect("is a header"));
        if let Some(shop) = shop {
            headers.insert(X_SHOP, HeaderValue::from_str(shop).expect("is a header"));
        }
        headers
    }

    #[test]
    fn a_browser_keeps_a_session_for_each_shop() {
        let none = HeaderMap::new();
        let both = Kept::of(&none).with("demo", "one").with("other", "two");
        let cookie = both.with("demo", "three").cookie(60, &none);
        let of = |shop: Option<&str>| {
            let headers = sent(&cookie, shop);
            Kept::of(&headers).secret(&headers).map(ToOwned::to_owned)
        };
        assert_eq!(of(Some("demo")).as_deref(), Some("three"));
        assert_eq!(of(Some("other")).as_deref(), Some("two"));
        assert_eq!(of(Some("third")), None);
        assert_eq!(of(None).as_deref(), Some("three"), "the latest");
        let left = Kept::of(&sent(&cookie, None)).without("three");
        let left = left.cookie(60, &none);
        let headers = sent(&left, None);
        assert_eq!(Kept::of(&headers).secret(&headers), Some("two"));
        let gone = Kept::of(&headers).without("two").cookie(60, &none);
        let gone = gone.to_str().expect("is text");
        assert!(gone.contains("Max-Age=0"), "{gone}");
    }

    #[test]
    fn no_more_are_kept_than_fit() {
        let none = HeaderMap::new();
        let mut kept = Kept::of(&none);
        for number in 0..20 {
            kept = kept.with(&format!("shop-{number}"), "secret");
        }
        assert_eq!(kept.0.len(), KEPT);
        let headers = sent(&kept.cookie(60, &none), Some("shop-19"));
        assert!(Kept::of(&headers).secret(&headers).is_some());
    }
}
