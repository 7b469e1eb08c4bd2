//! One click that ends it (RFC 8058): a link of a member and a channel, signed, good for ever, for whoever has
//! it. What it does is a consent that is withdrawn, in the log like any other, with where it was said.

use crate::{App, Error, portal};
use regulars_base::{MemberId, TenantId};
use regulars_engage::Channel;
use regulars_engine::outcome::{Refusal, Verdict};
use subtle::ConstantTimeEq as _;

/// Where links lead, before their token.
pub(super) const PATH: &str = "/unsubscribe/";
/// What is signed begins so: a signature for something else is none for this.
const CLAIM: &str = "unsubscribe";
/// Where it was said, as its proof has it.
const ORIGIN: &str = "unsubscribe";

/// The token of a member and a channel.
pub(super) fn token(
    secret: &[u8; 32],
    tenant: TenantId,
    member: MemberId,
    channel: Channel,
) -> String {
    signed_token((secret, CLAIM), (tenant, member, channel), "")
}

/// The token of a member and a channel for what is claimed, with more that is signed too.
pub(super) fn signed_token(
    (secret, claim): (&[u8; 32], &str),
    (tenant, member, channel): (TenantId, MemberId, Channel),
    more: &str,
) -> String {
    let dot = if more.is_empty() { "" } else { "." };
    let of = format!("{tenant}.{member}.{}{dot}{more}", channel.name());
    let signature = portal::signed(secret, &format!("{claim}.{of}"));
    format!("{of}.{signature}")
}

/// Whose link in a message it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkOwner {
    /// Of which merchant.
    pub tenant: TenantId,
    /// Who.
    pub member: MemberId,
    /// On what it was sent.
    pub channel: String,
    /// What the shop is called.
    pub shop: String,
    /// The language that they read, if it is known.
    pub language: Option<String>,
}

/// Whose link it is that claims this, and what else is signed. `Error::Unauthorized` if it was not made here.
pub(super) fn signed_link(
    app: &App,
    claim: &str,
    token: &str,
) -> Result<(LinkOwner, Option<String>), Error> {
    let read = || {
        let (of, signature) = token.trim().rsplit_once('.')?;
        let mut parts = of.split('.');
        let tenant = parts.next()?.parse::<TenantId>().ok()?;
        let member = parts.next()?.parse::<MemberId>().ok()?;
        let channel = Channel::by_name(parts.next()?)?;
        let more = parts.next().map(str::to_owned);
        let is_whole = parts.next().is_none();
        is_whole.then_some((tenant, member, channel, more, of, signature))
    };
    let (tenant, member, channel, more, of, signature) = read().ok_or(Error::Unauthorized)?;
    app.tenant(tenant).map_err(|_| Error::Unauthorized)?;
    let own = portal::signed(&app.portal_secret(tenant)?, &format!("{claim}.{of}"));
    if !bool::from(own.as_bytes().ct_eq(signature.as_bytes())) {
        return Err(Error::Unauthorized);
    }
    let (_, program) = app.program_in_force(tenant, app.now())?;
    let title = app.shop_settings(tenant)?.title;
    let known = app.member(tenant, &crate::MemberRef::Id(member)).ok();
    let language = known.and_then(|own| {
        let own = own.attributes.get("language")?.as_str()?;
        Some(own.to_owned())
    });
    let owner = LinkOwner {
        tenant,
        member,
        channel: channel.name().to_owned(),
        shop: if title.is_empty() {
            program.name.clone()
        } else {
            title
        },
        language,
    };
    Ok((owner, more))
}

impl App {
    /// Whose link it is. `Error::Unauthorized` if it was not made here.
    pub fn unsubscriber(&self, token: &str) -> Result<LinkOwner, Error> {
        match signed_link(self, CLAIM, token)? {
            (own, None) => Ok(own),
            (_, Some(_)) => Err(Error::Unauthorized),
        }
    }

    /// Somebody unsubscribes: they withdraw the consent of the channel. It is done however often it is asked.
    pub fn unsubscribe(&self, token: &str) -> Result<LinkOwner, Error> {
        let own = self.unsubscriber(token)?;
        let settings = self.message_settings(own.tenant)?;
        let purpose = settings
            .channels
            .get(&own.channel)
            .map(|set| set.consent.as_str());
        let purpose = purpose.filter(|purpose| !purpose.is_empty());
        let purpose = purpose.ok_or_else(|| {
            Error::invalid(
                "/channel",
                "needs no consent any more, so nothing is sent on it",
            )
        })?;
        let said = (own.channel.as_str(), ORIGIN);
        let receipt = self.consent_by(own.tenant, own.member, (purpose, false), said)?;
        match receipt.verdict {
            Verdict::Accepted | Verdict::Refused(Refusal::NotConsented) => Ok(own),
            Verdict::Refused(other) => {
                tracing::warn!(?other, member = %own.member, "somebody could not unsubscribe");
                let what = "could not be withdrawn: the program refuses it; ask the shop";
                Err(Error::invalid("/consent", what))
            }
        }
    }
}
