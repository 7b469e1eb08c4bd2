//! Between members: codes and links, who joined by them, what must be looked at, points that are
//! sent.
//!
//! A member's code is an identity like any other (kind [`CODE`]): unique with the merchant, found by
//! its hash, moved by a merge, gone when the person is forgotten. A merchant may give a member a
//! code of their choice the same way.

use crate::members::find;
use crate::membership::as_sent;
use crate::{App, Error, Identity, MemberRef, NOW, Receipt, input};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Kind, ReferralReview, SignUp, Touch, TransferOut};
use regulars_engine::state::{Doubt, Mark, Standing, Wallet};
use regulars_store as stored;

/// The kind of identity that a code is.
pub const CODE: &str = "referral_code";

/// What codes are made of: no letters and digits that look alike, and no vowel that makes words.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// So many letters: 49 bits, which nobody guesses through an interface that takes a key.
const LENGTH: usize = 10;

/// A member's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralCode {
    /// Whose.
    pub member: MemberId,
    /// The code.
    pub code: String,
    /// The link that ends with it, if the program makes links.
    pub link: Option<String>,
}

/// Somebody joins by other members' links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUpAsk {
    /// Makes it one, however often it is sent.
    pub key: EventKey,
    /// Who joins.
    pub who: MemberRef,
    /// Codes, and when their links were followed; now, if nothing.
    pub codes: Vec<(Text, Option<Timestamp>)>,
    /// Clicks that were told before, by their ids in the source of the key.
    pub clicks: Vec<Text>,
    /// What the customer is recognised by.
    pub marks: Vec<Mark>,
}

/// A referral that somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InReview {
    /// Who was sent: the review is an event of theirs.
    pub friend: MemberId,
    /// By whom.
    pub referrer: MemberId,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub doubt: Doubt,
    /// How many purchases would count.
    pub purchases: usize,
}

/// Where a member stands with referrals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralStanding {
    /// The member's code, if one was made.
    pub code: Option<String>,
    /// The link that ends with it.
    pub link: Option<String>,
    /// How often it was followed.
    pub clicks: i64,
    /// Friends who joined by it and count.
    pub joined: i64,
    /// Friends whom somebody must look at.
    pub in_review: i64,
    /// Friends who bought what they had to.
    pub bought: i64,
    /// How many rewards for friends are held back.
    pub held: usize,
    /// Who sent the member, and whether that counts: `counts`, `review`, `refused`.
    pub sent_by: Option<(MemberId, &'static str)>,
}

impl App {
    /// A member's code; made now, if they have none.
    pub fn referral_code(&self, tenant: TenantId, who: &MemberRef) -> Result<ReferralCode, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        if program.referral.is_none() {
            let what = "the program has no referrals: add [referral] to it";
            return Err(Error::invalid("", what));
        }
        self.core().pool.with(|store| {
            let member = find(store, tenant, who)?;
            let code = match own_code(&member.identities) {
                Some(code) => code,
                None => {
                    let code = make_code();
                    let identity = stored::Identity {
                        kind: CODE.to_owned(),
                        value: code.clone(),
                    };
                    let patch = stored::MemberPatch {
                        attributes: None,
                        add: vec![identity],
                        remove: Vec::new(),
                    };
                    // That two are alike happens once in a thousand billions: then it is an error,
                    // and the same request sent again makes another.
                    store.patch_member(tenant, member.id, &patch)?;
                    code
                }
            };
            Ok(ReferralCode {
                member: member.id,
                link: link(&program, &code),
                code,
            })
        })
    }

    /// Somebody followed a member's link. The key's id names the click for whoever joins by it.
    pub fn referral_click(
        &self,
        tenant: TenantId,
        code: &Text,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let who = MemberRef::Id(self.member(tenant, &by_code(code)?)?.id);
        self.ingest_one(tenant, as_sent(&who, key, Kind::ReferralClick))
    }

    /// A customer joins by other members' links.
    pub fn sign_up(&self, tenant: TenantId, ask: SignUpAsk) -> Result<Receipt, Error> {
        let mut touches = Vec::new();
        for (code, at) in &ask.codes {
            touches.push(Touch {
                referrer: self.member(tenant, &by_code(code)?)?.id,
                at: at.unwrap_or(NOW),
            });
        }
        for click in &ask.clicks {
            let key = EventKey {
                source: ask.key.source.clone(),
                external_id: click.clone(),
            };
            let told = self.event(tenant, &key)?;
            if !matches!(told.event.kind, Kind::ReferralClick) {
                return Err(Error::not_found("click", click));
            }
            touches.push(Touch {
                referrer: told.member,
                at: told.event.occurred_at,
            });
        }
        if touches.is_empty() {
            let what = "names nobody: give a code, or clicks";
            return Err(Error::invalid("/code", what));
        }
        let marks = ask.marks;
        let kind = Kind::SignUp(Box::new(SignUp { touches, marks }));
        self.ingest_one(tenant, as_sent(&ask.who, ask.key, kind))
    }

    /// Whose code somebody named who joins.
    pub(crate) fn referrer(&self, tenant: TenantId, code: &Text) -> Result<MemberId, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let fault = |what: &str| Error::invalid("/referral_code", what);
        if program.referral.is_none() {
            return Err(fault("counts for nothing: the program has no [referral]"));
        }
        match self.member(tenant, &by_code(code)?) {
            Ok(member) => Ok(member.id),
            Err(Error::NotFound { .. }) => Err(fault("is no member's code")),
            Err(error) => Err(error),
        }
    }

    /// Who has just joined was sent by this member: they sign up at the moment of the enrolment, under
    /// a key made from its key, so that it is once however often the enrolment is sent.
    pub(crate) fn sent_by(
        &self,
        tenant: TenantId,
        enrolment: &EventKey,
        member: MemberId,
        referrer: MemberId,
    ) -> Result<Receipt, Error> {
        let at = self.event(tenant, enrolment)?.event.occurred_at;
        let id = Text::new(format!("{}/referral", enrolment.external_id));
        let key = EventKey {
            source: enrolment.source.clone(),
            external_id: id.map_err(|error| Error::invalid("/referral_code", error.to_string()))?,
        };
        let touches = vec![Touch { referrer, at }];
        let marks = Vec::new();
        let kind = Kind::SignUp(Box::new(SignUp { touches, marks }));
        let mut incoming = as_sent(&MemberRef::Id(member), key, kind);
        incoming.event.occurred_at = at;
        self.ingest_one(tenant, incoming)
    }

    /// Somebody says whether the referral of this friend counts.
    pub fn review_referral(
        &self,
        tenant: TenantId,
        friend: &MemberRef,
        review: ReferralReview,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        if review.reason.as_str().trim().is_empty() {
            let what = "is empty: say why, auditors will read it";
            return Err(Error::invalid("/reason", what));
        }
        let kind = Kind::ReferralReview(Box::new(review));
        self.ingest_one(tenant, as_sent(friend, key, kind))
    }

    /// All referrals that somebody must look at, the oldest first. Looks through all wallets.
    pub fn referrals_in_review(&self, tenant: TenantId) -> Result<Vec<InReview>, Error> {
        let mut found = Vec::new();
        self.core().pool.with(|store| {
            store.each_wallet(tenant, &mut |row| {
                let origin = row.state.referral.and_then(|own| own.origin);
                if let Some(origin) = origin
                    && let Standing::InReview(doubt) = origin.standing
                {
                    found.push(InReview {
                        friend: row.member,
                        referrer: origin.referrer,
                        at: origin.at,
                        doubt,
                        purchases: origin.orders.len(),
                    });
                }
                Ok(())
            })?;
            Ok::<(), Error>(())
        })?;
        found.sort_by_key(|own| (own.at, own.friend));
        Ok(found)
    }

    /// A member sends points to another.
    pub fn transfer(
        &self,
        tenant: TenantId,
        (from, to): (&MemberRef, &MemberRef),
        (points, amount): (Text, i64),
        key: EventKey,
    ) -> Result<Receipt, Error> {
        if amount <= 0 {
            return Err(Error::invalid("/amount", "must be above zero"));
        }
        let to = match to {
            MemberRef::Id(id) => *id,
            identity => self.member(tenant, identity)?.id,
        };
        self.look_at_the_door(tenant, from)?;
        let kind = Kind::TransferOut(Box::new(TransferOut { to, points, amount }));
        self.ingest_one(tenant, as_sent(from, key, kind))
    }
}

/// Where a member stands; nothing where neither program nor wallet knows of referrals.
pub(crate) fn standing(
    program: &Program,
    wallet: &Wallet,
    identities: &[stored::Identity],
) -> Option<ReferralStanding> {
    let known = wallet.referral.as_deref().cloned();
    if program.referral.is_none() && known.is_none() {
        return None;
    }
    let known = known.unwrap_or_default();
    let code = own_code(identities);
    let held = known.gifts.iter().filter(|gift| gift.held_until.is_some());
    let word = |standing: Standing| match standing {
        Standing::Asked(_) | Standing::InReview(_) => "review",
        Standing::Counts => "counts",
        Standing::Refused(_) => "refused",
    };
    Some(ReferralStanding {
        link: code.as_ref().and_then(|code| link(program, code)),
        code,
        clicks: known.clicks,
        joined: known.joined,
        in_review: known.in_review,
        bought: known.bought,
        held: held.count(),
        sent_by: known
            .origin
            .map(|origin| (origin.referrer, word(origin.standing))),
    })
}

fn own_code(identities: &[stored::Identity]) -> Option<String> {
    let is = |identity: &&stored::Identity| identity.kind == CODE;
    identities.iter().find(is).map(|own| own.value.clone())
}

fn link(program: &Program, code: &str) -> Option<String> {
    let base = program.referral.as_ref()?.link.as_ref()?;
    Some(format!("{base}{code}"))
}

/// Whoever has a code, however it was typed.
fn by_code(code: &Text) -> Result<MemberRef, Error> {
    let typed = code.as_str().trim().to_ascii_uppercase();
    let value = Text::new(typed).map_err(|error| Error::invalid("/code", error.to_string()))?;
    let kind = Text::new(CODE).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(MemberRef::Identity(Identity { kind, value }))
}

/// A code from the system's randomness: each letter as likely as any other.
fn make_code() -> String {
    let mut code = String::with_capacity(LENGTH);
    while code.len() < LENGTH {
        // 240 is the last multiple of 30 in a byte.
        let bytes = input::random().into_iter().filter(|byte| *byte < 240);
        let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        code.extend(letters.take(LENGTH - code.len()));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_of_letters_that_nobody_mistakes() {
        for _ in 0..200 {
            let code = make_code();
            assert_eq!(code.len(), LENGTH);
            assert!(code.bytes().all(|byte| LETTERS.contains(&byte)), "{code}");
        }
    }
}
