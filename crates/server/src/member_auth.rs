//! Members who are signed in: by the cookie of their session, which no script can read and which is
//! sent to `/v1/me` only. As with operators, what changes anything needs a token as well, which only a
//! page of this server can have read.

use crate::auth::{self, Cookie};
use crate::failure::Failure;
use crate::guesses::Guesses;
use crate::state::Server;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use regulars_api::Code;
use regulars_app::{MemberRef, SignedInMember};
use regulars_base::{MemberId, TenantId};

/// A member's cookie.
pub(crate) const MEMBER: Cookie = Cookie {
    name: "regulars_member",
    path: "/v1/me",
    site: "Strict",
};

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
        let secret = MEMBER
            .of(&parts.headers)
            .ok_or_else(not_signed_in)?
            .to_owned();
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
        let caller = Guesses::caller((session.tenant.bytes(), session.member.bytes()));
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

fn not_signed_in() -> Failure {
    let detail = "nobody is signed in here: ask for a code, and show it";
    Failure::new(Code::Unauthorized, detail)
}
