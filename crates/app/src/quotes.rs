//! Quotes: what a basket would cost, earn and allow; and the purchase that commits exactly that.
//!
//! What was quoted is kept nowhere. Its token says what was promised, and whoever commits it sends the
//! basket once more: the same is reckoned again on what is known by then, and either comes to the very
//! same prices or is refused.

use crate::input::{self, Timing};
use crate::preview::{look, state_of};
use crate::programs::{hex, unhex};
use crate::versions::Versions;
use crate::{App, Error, MemberRef, NOW, Receipt, decide, receipt};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::code::Code;
use regulars_engine::event::{Event, Incoming, Kind, Purchase, RewardRequest, RewardUse, Who};
use regulars_engine::outcome::Verdict;
use regulars_engine::price::{Basket, PricedLine};
use regulars_engine::quote::{Asked, Quote, Wish, quote};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// How much is looked at for the best combination: about a millisecond's work.
const EFFORT: u64 = 60_000;

/// A basket that is to be quoted.
#[derive(Clone, Debug)]
pub struct QuoteAsk {
    /// Whose it is, if they are known.
    pub who: Option<Who>,
    /// The basket.
    pub basket: Basket,
    /// Who asks: the source of the purchase that it may become.
    pub source: Text,
    /// The codes that were typed.
    pub codes: Vec<Code>,
    /// The rewards that may be used, each with how many (0 for as many as can be); nothing for each
    /// that the program offers.
    pub rewards: Option<Vec<(Text, i64)>>,
    /// The rewards that are used in the best combination are set aside.
    pub reserve: bool,
    /// For how many minutes the quote can be committed.
    pub minutes: i64,
}

/// A quote.
#[derive(Clone, Debug)]
pub struct Quoting {
    /// Whose basket it is, if they are known.
    pub member: Option<MemberId>,
    /// The program that says so.
    pub program: Arc<Program>,
    /// The answer.
    pub quote: Quote,
    /// Commits it.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
    /// What was set aside for it.
    pub reserved: bool,
}

/// A quote is to be committed: the basket of the question, and what was promised.
#[derive(Clone, Debug)]
pub struct CommitQuote {
    /// Whose it is.
    pub who: Who,
    /// The basket. Its order's number is that of the order.
    pub basket: Basket,
    /// The token.
    pub token: String,
    /// The key of the purchase.
    pub key: EventKey,
}

/// What was promised, as it stands in a token. Nobody gains by writing one of their own: whatever it
/// says is reckoned again.
#[derive(Serialize, Deserialize)]
struct Promise {
    expires_at: Timestamp,
    nonce: [u8; 16],
    reserved: bool,
    codes: Vec<Code>,
    rewards: Vec<(Text, i64)>,
    digest: [u8; 16],
}

impl App {
    /// What a basket would cost, earn and allow. Nothing is written, unless rewards are to be set
    /// aside.
    pub fn quote(&self, tenant: TenantId, ask: QuoteAsk) -> Result<Quoting, Error> {
        let now = self.now();
        let nonce = input::random();
        let wishes = match &ask.rewards {
            Some(own) => Some(wishes(&nonce, own)?),
            None => None,
        };
        let asked = Reckoning {
            who: ask.who.clone(),
            basket: &ask.basket,
            codes: &ask.codes,
            wishes,
            source: ask.source.clone(),
            nonce,
            all: false,
        };
        let (member, program, quote) = self.reckon(tenant, asked)?;
        let used = used(&quote);
        let reserved = ask.reserve && !used.is_empty();
        if reserved {
            let who = member.ok_or_else(|| {
                Error::invalid("/reserve", "is for a member: say whose basket it is")
            })?;
            self.reserve(tenant, who, &ask.source, &used)?;
        }
        let expires_at = now.plus_micros(ask.minutes.clamp(1, 1440) * 60_000_000);
        let promise = Promise {
            expires_at,
            nonce,
            reserved,
            codes: codes(&quote),
            rewards: used
                .iter()
                .map(|own| (own.reward.clone(), own.quantity))
                .collect(),
            digest: digest(member, &ask.basket, &quote, reserved),
        };
        Ok(Quoting {
            member,
            program,
            quote,
            token: promise.token(),
            expires_at,
            reserved,
        })
    }

    /// The purchase of a basket at the prices that were quoted. Look at the receipt's verdict.
    pub fn commit_quote(&self, tenant: TenantId, commit: CommitQuote) -> Result<Receipt, Error> {
        let promise = Promise::read(&commit.token)?;
        if let Some(receipt) = self.committed(tenant, &commit, &promise)? {
            return Ok(receipt);
        }
        if self.now() >= promise.expires_at {
            return Err(Error::QuoteExpired);
        }
        let asked = Reckoning {
            who: Some(commit.who.clone()),
            basket: &commit.basket,
            codes: &promise.codes,
            wishes: Some(wishes(&promise.nonce, &promise.rewards)?),
            source: commit.key.source.clone(),
            nonce: promise.nonce,
            all: true,
        };
        let (member, _, quote) = self.reckon(tenant, asked)?;
        let left_out = quote.rewards.iter().find(|own| own.why_not.is_some());
        if let Some(own) = left_out {
            let what = format!("reward `{}` cannot be used any more", own.wish.reward);
            return Err(Error::QuoteOutdated(what));
        }
        let fault = |own: &&regulars_engine::quote::QuotedCode| {
            own.code.fault.is_some() || own.why_not.is_some()
        };
        if let Some(own) = quote.codes.iter().find(fault) {
            let what = format!("code `{}` cannot be used any more", own.code.code);
            return Err(Error::QuoteOutdated(what));
        }
        if digest(member, &commit.basket, &quote, promise.reserved) != promise.digest {
            let what = "the basket, or what it costs, is not what was quoted".to_owned();
            return Err(Error::QuoteOutdated(what));
        }
        self.ingest_one(
            tenant,
            Incoming {
                who: commit.who,
                event: Event {
                    key: commit.key,
                    occurred_at: NOW,
                    ..quote.purchase
                },
            },
        )
    }

    /// The receipt of a quote that was committed before, under the same key.
    fn committed(
        &self,
        tenant: TenantId,
        commit: &CommitQuote,
        promise: &Promise,
    ) -> Result<Option<Receipt>, Error> {
        let core = self.core();
        let (logged, versions) = core.pool.with(|store| {
            let logged = store.event(tenant, &commit.key)?;
            Ok((logged, core.versions.latest(tenant, store)?))
        })?;
        let Some(logged) = logged else {
            return Ok(None);
        };
        let uses = |bought: &Purchase| {
            let own = bought.rewards.iter().map(|own| &own.redemption);
            let promised = wishes(&promise.nonce, &promise.rewards)?;
            let same = own.eq(promised.iter().map(|wish| &wish.redemption));
            Ok::<bool, Error>(
                same && bought.order == commit.basket.purchase.order
                    && bought.codes == promise.codes,
            )
        };
        match &logged.event.kind {
            Kind::Purchase(bought) if uses(bought)? => {
                Ok(Some(receipt::of_logged(&logged, &versions)?))
            }
            _ => Err(Error::KeyReused(commit.key.clone())),
        }
    }

    /// Sets rewards aside, all of them or none.
    fn reserve(
        &self,
        tenant: TenantId,
        who: MemberId,
        source: &Text,
        used: &[RewardUse],
    ) -> Result<(), Error> {
        for (at, own) in used.iter().enumerate() {
            let kind = Kind::RewardRequest(RewardRequest {
                redemption: own.redemption.clone(),
                reward: own.reward.clone(),
                quantity: own.quantity,
                order: None,
                commit: false,
            });
            let key = EventKey {
                source: source.clone(),
                external_id: own.redemption.clone(),
            };
            let incoming = crate::membership::as_sent(&MemberRef::Id(who), key, kind);
            let receipt = self.ingest_one(tenant, incoming)?;
            if receipt.verdict == Verdict::Accepted {
                continue;
            }
            for done in &used[..at] {
                let key = EventKey {
                    source: source.clone(),
                    external_id: text(&format!("{}-cancel", done.redemption)),
                };
                self.cancel_redemption(tenant, &MemberRef::Id(who), done.redemption.clone(), key)?;
            }
            let what = format!("reward `{}` cannot be used any more", own.reward);
            return Err(Error::QuoteOutdated(what));
        }
        Ok(())
    }

    fn reckon(
        &self,
        tenant: TenantId,
        mut asked: Reckoning<'_>,
    ) -> Result<(Option<MemberId>, Arc<Program>, Quote), Error> {
        let now = self.now();
        let core = self.core();
        // Someone without an identity is somebody whom nobody knows.
        let nobody = Who::Identity {
            kind: text("nobody"),
            value: text(&format!("{:032x}", u128::from_be_bytes(asked.nonce))),
        };
        let named = core.settled(tenant, asked.who.take().unwrap_or(nobody))?;
        let (versions, loaded, event) = core.pool.with(|store| {
            let mut versions = core.versions.known(tenant, store)?;
            loop {
                let event = asked.event(&versions, now)?;
                let incoming = Incoming {
                    who: named.clone(),
                    event,
                };
                let prepared = input::prepare(incoming, &[], Timing::Live, now)?;
                let ask = decide::ask(&versions, &prepared)?;
                let loaded = look(store, tenant, &versions, (ask, &prepared.incoming.event))?;
                if loaded.program == versions.newest() {
                    return Ok((versions, loaded, prepared.incoming.event));
                }
                versions = core.versions.latest(tenant, store)?;
            }
        })?;
        let (member, state) = state_of(&versions, &loaded, &named, &event)?;
        let (_, program) = versions.at(event.occurred_at)?;
        if asked.basket.purchase.currency != program.currency {
            let what = format!("must be {}: that of the program", program.currency);
            return Err(Error::invalid("/currency", what));
        }
        let asked = Asked {
            basket: asked.basket,
            codes: asked.codes,
            rewards: asked.wishes.as_deref(),
            all: asked.all,
            effort: EFFORT,
        };
        let listed = Event {
            kind: Kind::Purchase(Box::new(asked.basket.purchase.clone())),
            ..event
        };
        let quote = quote(program, &state, &listed, &asked);
        Ok((member, Arc::clone(program), quote))
    }
}

/// What is to be reckoned.
struct Reckoning<'a> {
    who: Option<Who>,
    basket: &'a Basket,
    codes: &'a [Code],
    wishes: Option<Vec<Wish>>,
    source: Text,
    nonce: [u8; 16],
    all: bool,
}

impl Reckoning<'_> {
    /// A purchase that names all that may be used, so that all of it is loaded.
    fn event(&mut self, versions: &Versions, now: Timestamp) -> Result<Event, Error> {
        if self.wishes.is_none() {
            let (_, program) = versions.at(now)?;
            let kind = |own: &&regulars_engine::program::Reward| {
                // How much is to be paid with points is for the member to say.
                !matches!(own.kind, regulars_engine::program::RewardKind::Payment(_))
            };
            let offered = program.rewards.iter().filter(kind);
            let offered: Vec<(Text, i64)> = offered
                .filter_map(|own| Some((Text::new(&own.id).ok()?, own.least)))
                .collect();
            self.wishes = Some(wishes(&self.nonce, &offered)?);
        }
        let named = self.wishes.iter().flatten().map(|wish| RewardUse {
            redemption: wish.redemption.clone(),
            reward: wish.reward.clone(),
            quantity: wish.quantity.max(1),
            told: Vec::new(),
        });
        let purchase = Purchase {
            codes: self.codes.to_vec(),
            rewards: named.collect(),
            ..self.basket.purchase.clone()
        };
        let nonce = format!("quote/{:032x}", u128::from_be_bytes(self.nonce));
        Ok(Event {
            key: EventKey {
                source: self.source.clone(),
                external_id: text(&nonce),
            },
            occurred_at: now,
            recorded_at: now,
            entropy: [0; 16],
            kind: Kind::Purchase(Box::new(purchase)),
        })
    }
}

impl Promise {
    fn token(&self) -> String {
        hex(&postcard::to_stdvec(self).unwrap_or_default())
    }

    fn read(token: &str) -> Result<Self, Error> {
        let read = unhex(token).and_then(|bytes| postcard::from_bytes(&bytes).ok());
        read.ok_or_else(|| Error::invalid("/token", "is not the token of a quote"))
    }
}

/// Each with the redemption that it will be: of one quote, each reward once.
fn wishes(nonce: &[u8; 16], rewards: &[(Text, i64)]) -> Result<Vec<Wish>, Error> {
    let nonce = u128::from_be_bytes(*nonce);
    let one = |(reward, quantity): &(Text, i64)| {
        let redemption = Text::new(format!("quote-{nonce:032x}-{reward}"))
            .map_err(|error| Error::invalid("/rewards", error.to_string()))?;
        Ok(Wish {
            reward: reward.clone(),
            quantity: *quantity,
            redemption,
        })
    };
    rewards.iter().map(one).collect()
}

/// The rewards that the best combination uses.
fn used(quote: &Quote) -> Vec<RewardUse> {
    match &quote.purchase.kind {
        Kind::Purchase(bought) => bought.rewards.clone(),
        _ => Vec::new(),
    }
}

fn codes(quote: &Quote) -> Vec<Code> {
    match &quote.purchase.kind {
        Kind::Purchase(bought) => bought.codes.clone(),
        _ => Vec::new(),
    }
}

/// Binds what was promised: to whom, for which basket, at which prices. What is set aside is paid by
/// then.
fn digest(member: Option<MemberId>, basket: &Basket, quote: &Quote, reserved: bool) -> [u8; 16] {
    let mut hash = Sha256::new();
    let mut add = |what: &str| {
        hash.update(what.len().to_be_bytes());
        hash.update(what.as_bytes());
    };
    add(&member.map(|member| member.to_string()).unwrap_or_default());
    let listed = &basket.purchase;
    add(&format!("{:?} {:?}", listed.currency, listed.lines));
    let costs = |line: &PricedLine| format!("{} {} {}", line.before, line.off, line.gross);
    for line in quote.priced.lines.iter().chain([&quote.priced.delivery]) {
        add(&costs(line));
    }
    for own in used(quote) {
        let price = if reserved { &[][..] } else { &own.told[..] };
        add(&format!("{} {} {price:?}", own.reward, own.quantity));
    }
    for code in codes(quote) {
        add(&code.to_string());
    }
    let hash = hash.finalize();
    *hash.first_chunk().unwrap_or(&[0; 16])
}

/// A text of ours, which is short.
fn text(text: &str) -> Text {
    Text::new(text).unwrap_or_default()
}
