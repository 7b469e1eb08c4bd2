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
    let of = format!("{tenant}.{member}.{}", channel.name());
    let signature = portal::signed(secret, &format!("{CLAIM}.{of}"));
    format!("{of}.{signature}")
}

/// Whose link it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscriber {
    /// Of which merchant.
    pub tenant: TenantId,
    /// Who.
    pub member: MemberId,
    /// From what.
    pub channel: String,
    /// What the shop is called.
    pub shop: String,
    /// The language that they read, if it is known.
    pub language: Option<String>,
}

impl App {
    /// Whose link it is. `Error::Unauthorized` if it was not made here.
    pub fn unsubscriber(&self, token: &str) -> Result<Unsubscriber, Error> {
        let read = || {
            let (of, signature) = token.trim().rsplit_once('.')?;
            let mut parts = of.split('.');
            let tenant = parts.next()?.parse::<TenantId>().ok()?;
            let member = parts.next()?.parse::<MemberId>().ok()?;
            let channel = Channel::by_name(parts.next()?)?;
            parts
                .next()
                .is_none()
                .then_some((tenant, member, channel, of, signature))
        };
        let (tenant, member, channel, of, signature) = read().ok_or(Error::Unauthorized)?;
        self.tenant(tenant).map_err(|_| Error::Unauthorized)?;
        let own = portal::signed(&self.portal_secret(tenant)?, &format!("{CLAIM}.{of}"));
        if !bool::from(own.as_bytes().ct_eq(signature.as_bytes())) {
            return Err(Error::Unauthorized);
        }
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let title = self.shop_settings(tenant)?.title;
        let known = self.member(tenant, &crate::MemberRef::Id(member)).ok();
        let language = known.and_then(|own| {
            let own = own.attributes.get("language")?.as_str()?;
            Some(own.to_owned())
        });
        Ok(Unsubscriber {
            tenant,
            member,
            channel: channel.name().to_owned(),
            shop: if title.is_empty() {
                program.name.clone()
            } else {
                title
            },
            language,
        })
    }

    /// Somebody unsubscribes: they withdraw the consent of the channel. It is done however often it is asked.
    pub fn unsubscribe(&self, token: &str) -> Result<Unsubscriber, Error> {
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
