//! Gift cards: made, found by their codes, looked at, put in another's place. What a code is stands
//! nowhere: a card is found by the hash of it, and whoever has read the whole database can pay with
//! none.

use crate::balances::{self, UpcomingExpiry};
use crate::members::{self, Identity};
use crate::programs::hex;
use crate::{App, Error, MemberRef, Receipt, input};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp, WalletId};
use regulars_engine::Program;
use regulars_engine::code::{Code, Pattern};
use regulars_engine::event::{GiftIssue, GiftMove, Kind};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::GiftCardRule;
use regulars_engine::state::{CardStage, MoneyUse, UseStage, Wallet};
use regulars_store::{self as stored, Store};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The kind of identity that a gift card is found by.
const KIND: &str = "gift-card";
/// What the API calls a gift card that is not there.
const WHAT: &str = "gift card";

/// Gift cards that are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeCards {
    /// How many: 1 to [`MakeCards::MOST`].
    pub count: usize,
    /// What is on each, and why. Their PINs are drawn.
    pub issue: GiftIssue,
}

impl MakeCards {
    /// The most cards of one request.
    pub const MOST: usize = 1000;
}

/// A gift card that was made.
#[derive(Clone, Debug)]
pub struct MadeCard {
    /// Its id.
    pub card: MemberId,
    /// Its code, as it is printed. It is told once: nothing if the card was made by an earlier try.
    pub code: Option<String>,
    /// Its PIN, if it has one; told once too.
    pub pin: Option<String>,
    /// What came of it.
    pub receipt: Receipt,
}

/// A gift card as it stands.
#[derive(Clone, Debug)]
pub struct CardView {
    /// Its id.
    pub card: MemberId,
    /// The program version whose currency this is.
    pub program: Arc<Program>,
    /// Where it stands.
    pub stage: CardStage,
    /// What may be spent, in minor units.
    pub available: i64,
    /// What is set aside.
    pub held: i64,
    /// What comes on it when it is activated.
    pub waiting: i64,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// What lapses, lot by lot.
    pub expiries: Vec<UpcomingExpiry>,
    /// What is set aside on it: id, amount, until when.
    pub holds: Vec<(String, i64, Timestamp)>,
}

/// How a caller names a gift card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardRef {
    /// By its id.
    Id(MemberId),
    /// By its code, and its PIN if it has one.
    Code(Code, Option<String>),
}

impl App {
    /// Makes gift cards. Each is an event of its own, named by `key` and its number; what was made by an
    /// earlier try stays, and its code is not told again: another card can take its place.
    pub fn make_gift_cards(
        &self,
        tenant: TenantId,
        make: &MakeCards,
        key: &EventKey,
    ) -> Result<Vec<MadeCard>, Error> {
        if !(1..=MakeCards::MOST).contains(&make.count) {
            let what = format!("must be 1 to {}", MakeCards::MOST);
            return Err(Error::invalid("/count", what));
        }
        let (pattern, digits) =
            self.card_rule(tenant, |rule| (rule.pattern.clone(), rule.pin_digits))?;
        let mut made = Vec::with_capacity(make.count);
        for number in 1..=make.count {
            let key = EventKey {
                source: key.source.clone(),
                external_id: match make.count {
                    1 => key.external_id.clone(),
                    _ => numbered(&key.external_id, number)?,
                },
            };
            let known = |store: &mut dyn Store| Ok(store.event(tenant, &key)?);
            let known = self.core().pool.with(known)?;
            made.push(match known {
                Some(logged) => self.made_before(tenant, logged.member, &key, make)?,
                None => self.make_one(tenant, key, (&pattern, digits), &make.issue)?,
            });
        }
        Ok(made)
    }

    fn make_one(
        &self,
        tenant: TenantId,
        key: EventKey,
        (pattern, digits): (&Pattern, Option<u8>),
        issue: &GiftIssue,
    ) -> Result<MadeCard, Error> {
        let code = draw(pattern);
        let pin = digits.map(draw_pin);
        let issue = GiftIssue {
            pin: pin.as_deref().map(|pin| pin_hash(tenant, &code, pin)),
            ..issue.clone()
        };
        let who = MemberRef::Identity(identity(tenant, &code));
        let kind = Kind::GiftCard(Box::new(GiftMove::Issued(issue)));
        let receipt = self.happen(tenant, &who, kind, key)?;
        let accepted = receipt.verdict == Verdict::Accepted;
        Ok(MadeCard {
            card: receipt.member,
            code: accepted.then(|| pattern.printed(&code)),
            pin: pin.filter(|_| accepted),
            receipt,
        })
    }

    /// The receipt of a card that was made by an earlier try. Other input under the same key is refused.
    fn made_before(
        &self,
        tenant: TenantId,
        card: MemberId,
        key: &EventKey,
        make: &MakeCards,
    ) -> Result<MadeCard, Error> {
        let known = |store: &mut dyn Store| Ok(store.event(tenant, key)?);
        let logged = self.core().pool.with(known)?;
        let logged = logged.ok_or_else(|| Error::not_found("event", key.external_id.as_str()))?;
        let same = match &logged.event.kind {
            Kind::GiftCard(what) => match &**what {
                GiftMove::Issued(own) => {
                    GiftIssue {
                        pin: None,
                        ..own.clone()
                    } == make.issue
                }
                _ => false,
            },
            _ => false,
        };
        if !same {
            return Err(Error::KeyReused(key.clone()));
        }
        let versions = self.versions(tenant)?;
        Ok(MadeCard {
            card,
            code: None,
            pin: None,
            receipt: crate::receipt::of_logged(&logged, &versions)?,
        })
    }

    /// Another card takes the place of one that was lost: what is left goes over in the same commit.
    /// The new code is told once.
    pub fn replace_gift_card(
        &self,
        tenant: TenantId,
        card: MemberId,
        (reason, by): (Text, Text),
        key: EventKey,
    ) -> Result<MadeCard, Error> {
        let pattern = self.card_rule(tenant, |rule| rule.pattern.clone())?;
        let known = |store: &mut dyn Store| Ok(store.event(tenant, &key)?);
        if let Some(logged) = self.core().pool.with(known)? {
            let Kind::GiftCard(what) = &logged.event.kind else {
                return Err(Error::KeyReused(key));
            };
            let GiftMove::Replaced { into, .. } = **what else {
                return Err(Error::KeyReused(key));
            };
            let versions = self.versions(tenant)?;
            return Ok(MadeCard {
                card: into,
                code: None,
                pin: None,
                receipt: crate::receipt::of_logged(&logged, &versions)?,
            });
        }
        let (code, now) = (draw(&pattern), self.now());
        let (id, own) = (input::time_ordered(now), identity(tenant, &code));
        let into = MemberId::from_bytes(id);
        let row = stored::Member {
            id: into,
            wallet: WalletId::from_bytes(id),
            merged_into: None,
            created_at: now,
            identities: vec![stored::Identity {
                kind: own.kind.to_string(),
                value: own.value.to_string(),
            }],
            attributes: String::new(),
        };
        self.core()
            .write(move |store| Ok(store.create_member(tenant, &row)?))?;
        let kind = Kind::GiftCard(Box::new(GiftMove::Replaced { into, reason, by }));
        let receipt = self.happen(tenant, &MemberRef::Id(card), kind, key)?;
        let accepted = receipt.verdict == Verdict::Accepted;
        Ok(MadeCard {
            card: into,
            code: accepted.then(|| pattern.printed(&code)),
            pin: None,
            receipt,
        })
    }

    /// The id of a gift card. A wrong PIN is told like a wrong code: not at all.
    pub fn find_gift_card(&self, tenant: TenantId, card: &CardRef) -> Result<MemberId, Error> {
        let (code, pin) = match card {
            CardRef::Id(id) => return Ok(*id),
            CardRef::Code(code, pin) => (code, pin.as_deref()),
        };
        let who = MemberRef::Identity(identity(tenant, code));
        let missing = || Error::not_found(WHAT, "of this code");
        self.core().pool.with(|store| {
            let member = members::find(store, tenant, &who).map_err(|error| match error {
                Error::NotFound { .. } => missing(),
                error => error,
            })?;
            let row = store.wallet(tenant, member.id)?;
            let state = row.map(|row| row.state).unwrap_or_default();
            let own = state.gift_card().ok_or_else(missing)?;
            let right = match (own.pin, pin) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(own), Some(pin)) => own.ct_eq(&pin_hash(tenant, code, pin)).into(),
            };
            right.then_some(member.id).ok_or_else(missing)
        })
    }

    /// A gift card as it stands.
    pub fn gift_card(&self, tenant: TenantId, card: MemberId) -> Result<CardView, Error> {
        let at = self.now();
        let core = self.core();
        let (wallet, versions) = core.pool.with(|store| {
            let row = store.wallet(tenant, card)?;
            let versions = core.versions.latest(tenant, store)?;
            Ok((row.map(|row| row.state).unwrap_or_default(), versions))
        })?;
        let (_, program) = versions.at(at)?;
        let wallet = versions.caught_up(card, wallet, at)?;
        view(card, program, &wallet, at)
    }

    fn card_rule<T>(
        &self,
        tenant: TenantId,
        read: impl FnOnce(&GiftCardRule) -> T,
    ) -> Result<T, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        match &program.money.cards {
            Some(rule) => Ok(read(rule)),
            None => Err(Error::not_found("section", "gift_card of the program")),
        }
    }
}

fn view(
    card: MemberId,
    program: &Arc<Program>,
    wallet: &Wallet,
    at: Timestamp,
) -> Result<CardView, Error> {
    let own = wallet
        .gift_card()
        .ok_or_else(|| Error::not_found(WHAT, card))?;
    let terms = program.money.cards.as_ref().map(|rule| &rule.terms);
    let balance = terms.map(|terms| balances::balance(terms, wallet.book(terms.name), at));
    let hold = |used: &MoneyUse| match used.stage {
        UseStage::Held(until) => Some((used.id.to_string(), used.amount(), until)),
        UseStage::Used(_) | UseStage::Lapsed(_) => None,
    };
    Ok(CardView {
        card,
        program: Arc::clone(program),
        stage: own.stage,
        available: balance.as_ref().map_or(0, |own| own.available),
        held: balance.as_ref().map_or(0, |own| own.held),
        waiting: own.waiting,
        issued_at: own.issued_at,
        expiries: balance.map(|own| own.expiries).unwrap_or_default(),
        holds: wallet.purse().uses.iter().filter_map(hold).collect(),
    })
}

/// The key of one card of many.
fn numbered(id: &Text, number: usize) -> Result<Text, Error> {
    Text::new(format!("{id}-{number}"))
        .map_err(|why| Error::invalid("/id", format!("is too long for so many cards: {why}")))
}

/// A code that nobody can foresee.
fn draw(pattern: &Pattern) -> Code {
    let (mut bytes, mut left) = ([0; 16], 0);
    pattern.draw(&mut |out| {
        for byte in out {
            if left == 0 {
                (bytes, left) = (input::random(), 16);
            }
            left -= 1;
            *byte = bytes[left];
        }
    })
}

/// Digits that nobody can foresee. Of the remainders of 16 bytes all are as likely.
fn draw_pin(digits: u8) -> String {
    let number = u128::from_be_bytes(input::random()) % 10_u128.pow(digits.into());
    format!("{number:0width$}", width = digits.into())
}

/// By what a card is found: the hash of its code, which tells nothing of it. A code has at least 31 to
/// the 13th forms, and those of two merchants differ, so nobody finds it by trying.
fn identity(tenant: TenantId, code: &Code) -> Identity {
    let hash = hash(tenant, &["code", code.as_str()]);
    let text = |text: &str| Text::new(text).expect("a short word is a text");
    Identity {
        kind: text(KIND),
        value: text(&hex(&hash[..16])),
    }
}

/// The hash of a PIN with its code: without the code it cannot be found by trying all PINs.
fn pin_hash(tenant: TenantId, code: &Code, pin: &str) -> [u8; 16] {
    let hash = hash(tenant, &["pin", code.as_str(), pin]);
    *hash.first_chunk().expect("32 bytes have 16 first ones")
}

fn hash(tenant: TenantId, parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"regulars gift card\0");
    hasher.update(tenant.bytes());
    for part in parts {
        hasher.update([0]);
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}
