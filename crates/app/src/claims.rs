//! Missing points: a member says that an order was not counted, and a rule or a person decides.
//!
//! What is approved is a purchase like any other, decided as of its own day by the version of the
//! program that was in force then. Nobody is ever told whose an order or a receipt is.

use crate::cases::{read, written};
use crate::members::{self, MemberRef};
use crate::page::each_page;
use crate::programs::hex;
use crate::{App, Error, Page, PageAsk, Receipt, input};
use regulars_base::{CivilDay, EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Event, Incoming, Kind, LineParts, Purchase, PurchaseParts, Who};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_engine::program::ClaimPolicy;
use regulars_engine::program::words;
use regulars_store::{Case, CaseMove, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The sorts of cases.
pub(crate) const CLAIM: &str = "claim";
const KEPT: &str = "kept order";
/// So many claims are looked through at once where a member's are looked for.
const LOOKED_AT_AT_ONCE: usize = 1000;

/// An order that a member says was not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClaim {
    /// Which source numbers the order.
    pub source: Text,
    /// Its number.
    pub order: Text,
    /// The day of the order.
    pub on: CivilDay,
    /// What was paid, in minor units of the program's currency.
    pub total: i64,
    /// The receipt's own reference, if it has one.
    pub reference: Option<Text>,
    /// What the receipt says, or where its picture is kept.
    pub text: Option<String>,
    /// What was bought, if somebody says so; it adds up to the total.
    pub lines: Vec<LineParts>,
    /// Who files it.
    pub by: String,
}

/// An order that the shop keeps, of somebody who was no member or said nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptOrder {
    /// Which source numbers the order.
    pub source: Text,
    /// When it was bought.
    pub at: Timestamp,
    /// What.
    pub purchase: Purchase,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id.
    pub id: String,
    /// Whose.
    pub member: MemberId,
    /// Which source numbers the order.
    pub source: Text,
    /// The order's number.
    pub order: Text,
    /// The day of the order, as a day number.
    day: i32,
    /// What was paid, in minor units.
    pub total: i64,
    /// The currency of it.
    pub currency: String,
    /// The receipt's own reference.
    pub reference: Option<Text>,
    /// What the receipt says.
    pub text: Option<String>,
    /// What was bought, as far as somebody said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineParts>,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// By whom.
    pub filed_by: String,
    /// Whether an order that was kept says the same.
    pub match_: Match,
    /// Where it stands.
    pub state: ClaimState,
    /// Who decided; `rule` if nobody had to.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

/// Whether something that was kept says what a claim says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    /// Number, day and total.
    Exact,
    /// The number, but not the day or the total.
    Differs,
    /// Nothing of that number is kept that nobody claimed.
    Nothing,
}

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimState {
    /// It waits for a person.
    Open,
    /// It counts.
    Approved,
    /// It was approved, but the order was counted already.
    Refused,
    /// It does not count, and this order may be claimed again.
    Rejected,
}

/// What a person says to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Yes or no.
    pub approve: bool,
    /// Who says so.
    pub by: String,
    /// Why. Never empty.
    pub reason: String,
    /// What was bought, by the receipt, instead of what the claim says; only with a yes.
    pub lines: Vec<LineParts>,
}

impl Claim {
    /// The day of the order.
    pub fn on(&self) -> CivilDay {
        CivilDay::from_number(self.day)
    }
}

impl ClaimState {
    /// As it is stored and asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
        }
    }
}

impl Match {
    /// In one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Differs => "differs",
            Self::Nothing => "nothing",
        }
    }
}

/// What is known of an order that nobody has points for.
#[derive(Clone, Serialize, Deserialize)]
struct Known {
    at: Timestamp,
    purchase: Purchase,
}

impl App {
    /// Keeps an order of somebody who was no member or said nothing, so that it can be claimed.
    /// Whether it is new.
    pub fn keep_order(&self, tenant: TenantId, kept: &KeptOrder) -> Result<bool, Error> {
        self.tenant(tenant)?;
        let known = Known {
            at: kept.at,
            purchase: kept.purchase.clone(),
        };
        let case = Case {
            kind: KEPT.into(),
            id: kept_id(&kept.source, &kept.purchase.order),
            state: "kept".into(),
            body: written(&known)?,
        };
        let key = EventKey {
            source: kept.source.clone(),
            external_id: kept.purchase.order.clone(),
        };
        self.core().write(move |store| {
            if store.open_case(tenant, &case, &[])?.is_none() {
                return Ok(true);
            }
            match store.case(tenant, KEPT, &case.id)? {
                Some(earlier) if earlier.body == case.body => Ok(false),
                _ => Err(Error::KeyReused(key)),
            }
        })
    }

    /// An order that nobody has points for: one that the shop keeps, or a purchase of a customer who was no
    /// member. One that counts for somebody is `Error::Exists`.
    pub fn kept_order(
        &self,
        tenant: TenantId,
        source: &Text,
        order: &Text,
    ) -> Result<KeptOrder, Error> {
        let (kept, counts) = self.core().pool.with(|store| {
            let kept = known(store, tenant, source, order)?;
            let row = store.order(tenant, source, order)?;
            Ok((kept, row.is_some_and(|row| row.state.purchased.is_some())))
        })?;
        match kept {
            Some(Known { at, purchase }) => Ok(KeptOrder {
                source: source.clone(),
                at,
                purchase,
            }),
            None if counts => Err(Error::Exists {
                what: "purchase of the order",
                name: order.to_string(),
            }),
            None => Err(Error::not_found("order", format!("{source}/{order}"))),
        }
    }

    /// A member claims an order. The same claim again is answered with the first; one for an order or
    /// a receipt that another claim is about is `Error::Exists`.
    pub fn file_claim(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        new: &NewClaim,
    ) -> Result<Claim, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let (claim, known) = self.core().pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let wallet = store.wallet(tenant, member.id)?;
            let joined = wallet.and_then(|row| row.state.enrolled_at);
            let Some(joined) = joined else {
                let what = "is no member yet: enrol them first";
                return Err(Error::invalid("/member", what));
            };
            let known = known(store, tenant, &new.source, &new.order)?;
            within(&program, new, joined, now)?;
            let claim = claim(&program, member.id, new, known.as_ref(), now);
            said(&program, &claim)?;
            Ok((claim, known))
        })?;
        let case = case_of(&claim)?;
        let marks = marks(new);
        let taken = self
            .core()
            .write(move |store| Ok(store.open_case(tenant, &case, &marks)?))?;
        if let Some(other) = taken {
            return self.filed_before(tenant, &claim, &other);
        }
        let most = program.claims.approve_up_to;
        let by_rule = known.is_some()
            && claim.match_ == Match::Exact
            && most.is_some_and(|most| claim.total <= most);
        if !by_rule {
            return Ok(claim);
        }
        let ruling = Ruling {
            approve: true,
            by: "rule".into(),
            reason: "it says what the order says that was kept".into(),
            lines: Vec::new(),
        };
        let id = claim.id.clone();
        self.rule_claim(tenant, &id, &ruling)
            .map(|(claim, _)| claim)
    }

    /// The claim that is about the same order or receipt: the same, if it is.
    fn filed_before(&self, tenant: TenantId, new: &Claim, id: &str) -> Result<Claim, Error> {
        let earlier = self.claim(tenant, id).ok();
        let same = |own: &&Claim| {
            (own.member, &own.source, &own.order, own.day, own.total)
                == (new.member, &new.source, &new.order, new.day, new.total)
                && own.lines == new.lines
        };
        earlier.as_ref().filter(same).cloned().ok_or_else(|| {
            // Not a word on whose it is.
            Error::Exists {
                what: "claim for the order or its receipt",
                name: new.order.to_string(),
            }
        })
    }

    /// A claim.
    pub fn claim(&self, tenant: TenantId, id: &str) -> Result<Claim, Error> {
        read(&self.case(tenant, (CLAIM, "claim"), id)?)
    }

    /// Claims, oldest first: those in one state, or all.
    pub fn claims(
        &self,
        tenant: TenantId,
        state: Option<ClaimState>,
        page: &PageAsk,
    ) -> Result<Page<Claim>, Error> {
        self.cases(tenant, (CLAIM, state.map(ClaimState::name)), page, read)
    }

    /// Decides a claim. What is approved is booked: the receipt says what it gave. Said again, it
    /// answers the same.
    pub fn rule_claim(
        &self,
        tenant: TenantId,
        id: &str,
        ruling: &Ruling,
    ) -> Result<(Claim, Option<Receipt>), Error> {
        if ruling.reason.trim().is_empty() {
            let what = "is empty: say why, the member may ask";
            return Err(Error::invalid("/reason", what));
        }
        let mut claim = self.claim(tenant, id)?;
        let to = match ruling.approve {
            true => ClaimState::Approved,
            false => ClaimState::Rejected,
        };
        if !ruling.lines.is_empty() {
            self.correct(tenant, &mut claim, ruling)?;
        }
        match claim.state {
            ClaimState::Open => {
                claim.state = to;
                claim.decided_at = Some(self.now());
                claim.decided_by = Some(ruling.by.clone());
                claim.reason = Some(ruling.reason.clone());
                self.move_claim(tenant, ClaimState::Open, &claim)?;
            }
            // What was approved is booked, should that have been cut short.
            state if state == to => {}
            ClaimState::Refused if ruling.approve => {}
            state => {
                let what = format!("is {} already", state.name());
                return Err(Error::invalid("/claim", what));
            }
        }
        if claim.state != ClaimState::Approved && claim.state != ClaimState::Refused {
            return Ok((claim, None));
        }
        let receipt = self.ingest_one(tenant, self.booking(tenant, &claim)?)?;
        if receipt.verdict != Verdict::Accepted && claim.state == ClaimState::Approved {
            claim.state = ClaimState::Refused;
            if let Verdict::Refused(refusal) = &receipt.verdict {
                claim.reason = Some(words::refusal(&receipt.program, refusal));
            }
            self.move_claim(tenant, ClaimState::Approved, &claim)?;
        }
        Ok((claim, Some(receipt)))
    }

    /// Whoever approves enters what the receipt says was bought.
    fn correct(&self, tenant: TenantId, claim: &mut Claim, ruling: &Ruling) -> Result<(), Error> {
        let fault = |what: &str| Err(Error::invalid("/lines", what));
        if !ruling.approve {
            return fault("are only taken with an approval");
        }
        if claim.match_ == Match::Exact {
            return fault("are those of the order that was kept");
        }
        if claim.state != ClaimState::Open {
            return match claim.lines == ruling.lines {
                true => Ok(()),
                false => fault("cannot be changed any more: the claim is decided"),
            };
        }
        claim.lines.clone_from(&ruling.lines);
        let (_, program) = self.program_in_force(tenant, claim.filed_at)?;
        said(&program, claim).map(drop)
    }

    /// A member's claims, and those of whoever was merged into them.
    pub(crate) fn claims_of(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<Claim>, Error> {
        let mut own = Vec::new();
        let page = |page: &PageAsk| self.claims(tenant, None, page);
        each_page(LOOKED_AT_AT_ONCE, page, |claims| {
            for claim in claims {
                let theirs = claim.member == member
                    || self.member(tenant, &MemberRef::Id(claim.member))?.id == member;
                if theirs {
                    own.push(claim);
                }
            }
            Ok(true)
        })?;
        Ok(own)
    }

    fn move_claim(&self, tenant: TenantId, from: ClaimState, claim: &Claim) -> Result<(), Error> {
        let to = CaseMove {
            from: from.name().into(),
            to: claim.state.name().into(),
            body: written(claim)?,
            frees_marks: claim.state == ClaimState::Rejected,
        };
        self.decide_case(tenant, (CLAIM, &claim.id), to)
    }

    /// The purchase, as of its own day. Made from the claim and what was kept alone, so that it is
    /// the same however often it is made.
    fn booking(&self, tenant: TenantId, claim: &Claim) -> Result<Incoming, Error> {
        let known = self.core().pool.with(|store| {
            let known = known(store, tenant, &claim.source, &claim.order)?;
            Ok(known.filter(|_| claim.match_ == Match::Exact))
        })?;
        let known = match known {
            Some(known) => known,
            None => self.by_claim_alone(tenant, claim)?,
        };
        Ok(Incoming {
            who: Who::Member(claim.member),
            event: Event {
                key: EventKey {
                    source: claim.source.clone(),
                    external_id: Text::new(format!("claim/{}", claim.id))
                        .map_err(|error| Error::Bug(error.to_string()))?,
                },
                occurred_at: known.at,
                recorded_at: Timestamp::LAST,
                entropy: [0; 16],
                kind: Kind::Purchase(Box::new(known.purchase)),
            },
        })
    }

    /// All that was said: a total, with lines or as one thing, at noon of the day.
    fn by_claim_alone(&self, tenant: TenantId, claim: &Claim) -> Result<Known, Error> {
        let (_, program) = self.program_in_force(tenant, claim.filed_at)?;
        const HALF_A_DAY: i64 = 12 * 3600 * 1_000_000;
        let noon = program.zone.start_of(claim.on()).plus_micros(HALF_A_DAY);
        Ok(Known {
            at: noon.min(claim.filed_at),
            purchase: said(&program, claim)?,
        })
    }
}

/// What somebody says was bought. Lines add up to the total, to the last minor unit.
fn said(program: &Program, claim: &Claim) -> Result<Purchase, Error> {
    let sum = claim.lines.iter().map(|line| i128::from(line.amount));
    if !claim.lines.is_empty() && sum.sum::<i128>() != i128::from(claim.total) {
        return Err(Error::invalid("/lines", "do not add up to the total"));
    }
    let purchase = Purchase::new(PurchaseParts {
        order: claim.order.clone(),
        currency: program.currency,
        total: Some(claim.total),
        delivery: 0,
        discount: 0,
        lines: claim.lines.clone(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
        codes: Vec::new(),
    });
    purchase.map_err(Error::Invalid)
}

/// An order that nobody has points for: an order that the shop kept, or a purchase of a customer who
/// was no member, sent under its order number.
fn known(
    store: &mut dyn Store,
    tenant: TenantId,
    source: &Text,
    order: &Text,
) -> Result<Option<Known>, Error> {
    if let Some(case) = store.case(tenant, KEPT, &kept_id(source, order))? {
        return read(&case).map(Some);
    }
    let key = EventKey {
        source: source.clone(),
        external_id: order.clone(),
    };
    let Some(logged) = store.event(tenant, &key)? else {
        return Ok(None);
    };
    let refused = logged.outcome.verdict == Verdict::Refused(Refusal::NotEnrolled);
    let kept = |store: &mut dyn Store| -> Result<bool, Error> {
        let row = store.wallet(tenant, logged.member)?;
        let waits = |event: &Event| event.key == key;
        Ok(row.is_some_and(|row| row.state.waiting.iter().any(waits)))
    };
    match logged.event.kind {
        Kind::Purchase(ref purchase) if purchase.order == *order && (refused || kept(store)?) => {
            Ok(Some(Known {
                at: logged.event.occurred_at,
                purchase: (**purchase).clone(),
            }))
        }
        _ => Ok(None),
    }
}

/// Whether the order is young enough, and not too long before joining.
fn within(
    program: &Program,
    new: &NewClaim,
    joined: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let ClaimPolicy {
        window,
        before_joining,
        ..
    } = program.claims;
    let today = program.zone.day(now);
    let fault = |what: String| Err(Error::invalid("/on", what));
    if new.total <= 0 {
        return Err(Error::invalid("/total", "must be above zero"));
    }
    if new.on > today {
        return fault(format!("is {}, which is still to come", new.on));
    }
    let oldest = window.before(today);
    if new.on < oldest {
        return fault(format!("is {}; orders are taken back to {oldest}", new.on));
    }
    let joined = program.zone.day(joined);
    let oldest = before_joining.map_or(joined, |span| span.before(joined));
    if new.on < oldest {
        return fault(format!(
            "is {}, before the member joined; orders are taken back to {oldest}",
            new.on
        ));
    }
    Ok(())
}

fn claim(
    program: &Program,
    member: MemberId,
    new: &NewClaim,
    known: Option<&Known>,
    now: Timestamp,
) -> Claim {
    let says_the_same = |known: &Known| {
        let purchase = &known.purchase;
        program.zone.day(known.at) == new.on
            && purchase.total == new.total
            && purchase.currency == program.currency
    };
    Claim {
        id: format!("clm_{}", hex(&input::time_ordered(now))),
        member,
        source: new.source.clone(),
        order: new.order.clone(),
        day: new.on.number(),
        total: new.total,
        currency: program.currency.to_string(),
        reference: new.reference.clone(),
        text: new.text.clone(),
        lines: new.lines.clone(),
        filed_at: now,
        filed_by: new.by.clone(),
        match_: match known {
            Some(known) if says_the_same(known) => Match::Exact,
            Some(_) => Match::Differs,
            None => Match::Nothing,
        },
        state: ClaimState::Open,
        decided_by: None,
        decided_at: None,
        reason: None,
    }
}

/// What no other claim may be about: the order, and the receipt by its reference and by its text.
fn marks(new: &NewClaim) -> Vec<[u8; 32]> {
    let mut marks = vec![mark("order", &[new.source.as_str(), new.order.as_str()])];
    let reference = new.reference.iter().map(|own| ("reference", own.as_str()));
    let text = new.text.iter().map(|own| ("text", own.as_str()));
    for (what, says) in reference.chain(text) {
        let letters = normalised(says);
        if !letters.is_empty() {
            marks.push(mark(what, &[&letters]));
        }
    }
    // In one order, so that two that come at once do not wait for each other.
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// A receipt's text as two copies of it agree: letters and digits alone, in small.
pub(crate) fn normalised(text: &str) -> String {
    let kept = text.chars().filter(|letter| letter.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

pub(crate) fn mark(what: &str, parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [what].iter().chain(parts) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

fn kept_id(source: &Text, order: &Text) -> String {
    hex(&mark("kept", &[source.as_str(), order.as_str()]))
}

fn case_of(claim: &Claim) -> Result<Case, Error> {
    Ok(Case {
        kind: CLAIM.into(),
        id: claim.id.clone(),
        state: claim.state.name().into(),
        body: written(claim)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_copies_of_a_receipt_are_one_text() {
        let one = normalised("Corner  Café\nTOTAL: 12.40 EUR\n#A-17");
        assert_eq!(one, normalised("corner café total 12,40 EUR  # a 17"));
        assert_ne!(one, normalised("corner café total 12,40 EUR  # a 18"));
        assert_eq!(normalised(" - ! "), "");
    }
}
