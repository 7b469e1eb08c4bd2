//! Coupons: codes are made, brought along, looked at, made void; and what codes would do to a basket.

use crate::input::{self, Timing};
use crate::preview::{look, state_of};
use crate::{App, Error, MemberRef, NOW, Receipt, decide, members};
use regulars_base::{EventKey, MemberId, Name, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::code::{Code, Pattern};
use regulars_engine::event::{CodeTransfer, Event, Incoming, Kind, Purchase, Who};
use regulars_engine::price::{Basket, Priced};
use regulars_engine::program::CouponRule;
use regulars_engine::{ValidatedCode, validate};
use regulars_store::{CodeAsk, CodeBatch, CodeFilter, CodeRow, CodeState, Issue, Logged, Store};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many codes are added in one transaction: tills wait for no more than that.
const PART: usize = 10_000;
/// How often codes are drawn anew that are there already. A pattern leaves so much room that not even
/// two in a row are likely.
const TRIES: u32 = 100;

/// Codes that are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeCodes {
    /// The campaign's id in the program file.
    pub coupon: String,
    /// How many the batch is to have in all.
    pub count: u64,
    /// The batch: said again after it was interrupted, it goes on where it stopped.
    pub batch: [u8; 16],
}

/// Codes that are brought along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BringCodes {
    /// The campaign's id in the program file.
    pub coupon: String,
    /// As they were written.
    pub codes: Vec<String>,
    /// The batch that they come into.
    pub batch: [u8; 16],
}

/// What became of codes that were brought along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// So many are new.
    pub added: u64,
    /// So many are there already by an earlier try at this very batch.
    pub again: u64,
    /// These belong to other batches already, or stand twice among them.
    pub known: Vec<Code>,
    /// These are no codes, each with its place (from 1) and what is wrong.
    pub wrong: Vec<(usize, String)>,
}

/// A code, and all that happened to it.
#[derive(Clone, Debug)]
pub struct CodeView {
    /// As it is stored.
    pub row: CodeRow,
    /// As it is printed: with the dashes of its campaign's pattern.
    pub printed: String,
    /// Its campaign's id.
    pub coupon: String,
    /// How often it may be used.
    pub uses: i64,
    /// In whose hand it is.
    pub holder: Option<MemberId>,
    /// What happened to it since it was issued, by when it was recorded.
    pub history: Vec<Logged>,
}

/// What codes would do to a basket.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// Whose basket it is, if they are known.
    pub member: Option<MemberId>,
    /// The program that says so.
    pub program: Arc<Program>,
    /// What the basket costs.
    pub priced: Priced,
    /// Each code.
    pub codes: Vec<ValidatedCode>,
}

/// The id of a batch of codes: made of the name that a caller gave it, so that the same name is the
/// same batch, or drawn.
pub fn batch_of(name: Option<&str>) -> [u8; 16] {
    match name {
        Some(name) => {
            let hash = Sha256::digest(name.as_bytes());
            *hash.first_chunk().unwrap_or(&[0; 16])
        }
        None => input::random(),
    }
}

impl App {
    /// Makes codes, part by part; `progress` is told how many the batch has. Nobody can foresee them,
    /// and each is there once. Said again with the same batch, it makes those that are missing.
    pub fn make_codes(
        &self,
        tenant: TenantId,
        make: &MakeCodes,
        progress: &mut dyn FnMut(u64),
    ) -> Result<CodeBatch, Error> {
        let (name, pattern, expires_at) = self.campaign(tenant, &make.coupon)?;
        pattern
            .room_for(make.count)
            .map_err(|why| Error::invalid("/count", why))?;
        let asked = i64::try_from(make.count).unwrap_or(i64::MAX);
        let known = |store: &mut dyn Store| Ok(store.code_batches(tenant)?);
        let batches = self.core().pool.with(known)?;
        let earlier = batches.into_iter().find(|own| own.batch == make.batch);
        if let Some(other) = earlier.as_ref().filter(|own| own.coupon != name) {
            let what = format!(
                "is a batch of {} codes of another coupon already",
                other.made
            );
            return Err(Error::invalid("/batch", what));
        }
        let issue = Issue {
            coupon: name,
            batch: make.batch,
            asked,
            issued_at: self.now(),
            expires_at,
        };
        let mut made = earlier.map_or(0, |own| own.made);
        let (mut tries, mut random) = (0, Randomness::default());
        while made < asked {
            let missing = usize::try_from(asked - made).unwrap_or(PART).min(PART);
            let mut codes = BTreeSet::new();
            while codes.len() < missing {
                codes.insert(pattern.draw(&mut |bytes| random.fill(bytes)));
            }
            let (issue, codes): (_, Vec<Code>) = (issue.clone(), codes.into_iter().collect());
            let issued = self
                .core()
                .write(move |store| Ok(store.issue_codes(tenant, &issue, &codes)?))?;
            made += issued.added;
            tries = if issued.added == 0 { tries + 1 } else { 0 };
            if tries > TRIES {
                return Err(Error::invalid("/count", "the pattern has no codes left"));
            }
            progress(u64::try_from(made).unwrap_or(0));
        }
        Ok(CodeBatch {
            batch: make.batch,
            coupon: name,
            asked,
            made,
            created_at: issue.issued_at,
        })
    }

    /// Adds codes that exist already, from a file or from another system. What cannot be taken is
    /// told, and nothing is lost: the same codes sent again in the same batch are counted as such.
    pub fn bring_codes(&self, tenant: TenantId, bring: &BringCodes) -> Result<Brought, Error> {
        let (name, _, expires_at) = self.campaign(tenant, &bring.coupon)?;
        let words: BTreeSet<Code> = self.with_program(tenant, |program| {
            let coupons = program.coupons.iter();
            coupons
                .filter_map(CouponRule::shared_code)
                .cloned()
                .collect()
        })?;
        let mut brought = Brought::default();
        let mut codes = Vec::with_capacity(bring.codes.len());
        for (place, text) in (1..).zip(&bring.codes) {
            match Code::new(text) {
                Ok(code) if words.contains(&code) => {
                    let what = format!("`{code}` is the one word of a coupon");
                    brought.wrong.push((place, what));
                }
                Ok(code) => codes.push(code),
                Err(error) => brought.wrong.push((place, error.to_string())),
            }
        }
        for part in codes.chunks(PART) {
            let issue = Issue {
                coupon: name,
                batch: bring.batch,
                asked: i64::try_from(codes.len()).unwrap_or(i64::MAX),
                issued_at: self.now(),
                expires_at,
            };
            let codes = part.to_vec();
            let batch = bring.batch;
            let (issued, own) = self.core().write(move |store| {
                let mut own = BTreeSet::new();
                for code in &codes {
                    let known = store.code(tenant, code)?;
                    own.extend(known.filter(|row| row.batch == batch).map(|row| row.code));
                }
                Ok((store.issue_codes(tenant, &issue, &codes)?, own))
            })?;
            brought.added += u64::try_from(issued.added).unwrap_or(0);
            for code in issued.known {
                match own.contains(&code) {
                    true => brought.again += 1,
                    false => brought.known.push(code),
                }
            }
        }
        Ok(brought)
    }

    /// All batches of codes, by age.
    pub fn code_batches(&self, tenant: TenantId) -> Result<Vec<CodeBatch>, Error> {
        let read = |store: &mut dyn Store| Ok(store.code_batches(tenant)?);
        self.core().pool.with(read)
    }

    /// Codes of a campaign in their own order, from after one of them on; those alone that stand so, if
    /// that is said. These are looked for among all that follow: where they are rare, a page reads many.
    pub fn codes(
        &self,
        tenant: TenantId,
        (coupon, state): (&str, Option<CodeState>),
        after: Option<Code>,
        limit: usize,
    ) -> Result<Vec<CodeView>, Error> {
        let program = self.with_program(tenant, Arc::clone)?;
        let rule = coupon_of(&program, coupon)?;
        let filter = CodeFilter {
            coupon: Some(rule.name),
            batch: None,
            after,
            standing: state.map(|state| CodeAsk {
                state,
                at: self.now(),
                uses: uses_of(rule),
            }),
        };
        self.core().pool.with(|store| {
            let rows = store.codes(tenant, &filter, limit)?;
            rows.into_iter()
                .map(|row| view(store, tenant, &program, row, false))
                .collect()
        })
    }

    /// A code, and all that happened to it.
    pub fn code(&self, tenant: TenantId, code: &Code) -> Result<CodeView, Error> {
        let program = self.with_program(tenant, Arc::clone)?;
        self.core().pool.with(|store| {
            let row = store.code(tenant, code)?;
            let row = row.ok_or_else(|| Error::not_found("code", code))?;
            view(store, tenant, &program, row, true)
        })
    }

    /// Makes a code void: it can be used no more. That it is void already is no error.
    pub fn void_code(&self, tenant: TenantId, code: &Code) -> Result<CodeView, Error> {
        let (at, own) = (self.now(), code.clone());
        self.core()
            .write(move |store| Ok(store.void_code(tenant, &own, at)?))?;
        self.code(tenant, code)
    }

    /// The codes in a member's hand.
    pub fn codes_of(&self, tenant: TenantId, who: &MemberRef) -> Result<Vec<CodeView>, Error> {
        let at = self.now();
        let core = self.core();
        core.pool.with(|store| {
            let versions = core.versions.latest(tenant, store)?;
            let (_, program) = versions.at(at)?;
            let member = members::find(store, tenant, who)?;
            let row = store.wallet(tenant, member.id)?;
            let wallet = row.map(|row| row.state).unwrap_or_default();
            let wallet = versions.caught_up(member.id, wallet, at)?;
            let mut held = Vec::with_capacity(wallet.codes.len());
            for code in &wallet.codes {
                if let Some(row) = store.code(tenant, code)? {
                    held.push(view(store, tenant, program, row, false)?);
                }
            }
            Ok(held)
        })
    }

    /// A member hands a code on to another.
    pub fn transfer_code(
        &self,
        tenant: TenantId,
        (from, into): (&MemberRef, &MemberRef),
        code: Code,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let find = |who| move |store: &mut dyn Store| members::find(store, tenant, who);
        let from = self.core().pool.with(find(from))?.id;
        let into = self.core().pool.with(find(into))?.id;
        let kind = Kind::CodeTransfer(CodeTransfer { code, from, into });
        self.ingest_one(
            tenant,
            Incoming {
                who: Who::Member(from),
                event: Event {
                    key,
                    occurred_at: NOW,
                    recorded_at: NOW,
                    entropy: [0; 16],
                    kind,
                },
            },
        )
    }

    /// What codes would do to a basket, for a member or for nobody; nothing is written, and whoever
    /// asks twice gets the same answer until something happens in between.
    pub fn quote_codes(
        &self,
        tenant: TenantId,
        who: Option<Who>,
        basket: Basket,
        codes: Vec<Code>,
        at: Option<Timestamp>,
    ) -> Result<Quoted, Error> {
        let now = self.now();
        // Someone without an identity is somebody whom nobody knows.
        let nonce = format!("quote/{:032x}", u128::from_be_bytes(input::random()));
        let text = |text: &str| regulars_base::Text::new(text).unwrap_or_default();
        let named = who.clone().unwrap_or(Who::Identity {
            kind: text("nobody"),
            value: text(&nonce),
        });
        let named = self.core().settled(tenant, named)?;
        let purchase = Purchase {
            codes: codes.clone(),
            ..basket.purchase.clone()
        };
        let incoming = Incoming {
            who: named.clone(),
            event: Event {
                key: EventKey {
                    source: text("quote"),
                    external_id: text(&nonce),
                },
                occurred_at: at.unwrap_or(now),
                recorded_at: now,
                entropy: [0; 16],
                kind: Kind::Purchase(Box::new(purchase)),
            },
        };
        let prepared = input::prepare(incoming, &[], Timing::Live, now)?;
        let core = self.core();
        let (versions, loaded) = core.pool.with(|store| {
            let mut versions = core.versions.known(tenant, store)?;
            loop {
                let ask = decide::ask(&versions, &prepared)?;
                let loaded = look(store, tenant, &versions, (ask, &prepared.incoming.event))?;
                if loaded.program == versions.newest() {
                    return Ok((versions, loaded));
                }
                versions = core.versions.latest(tenant, store)?;
            }
        })?;
        let event = prepared.incoming.event;
        let (member, mut state) = state_of(&versions, &loaded, &named, &event)?;
        if let Some(member) = state.owner.filter(|_| member.is_some()) {
            let until = event.recorded_at.max(event.occurred_at);
            let until = until.max(state.wallet.clock);
            (state.wallet, _) = versions.brought_over(member, state.wallet, until);
        }
        let (_, program) = versions.at(event.occurred_at)?;
        let validated = validate(program, &state, &event, &basket, &codes, &[]);
        Ok(Quoted {
            member,
            program: Arc::clone(program),
            priced: validated.priced,
            codes: validated.codes,
        })
    }

    /// A campaign with codes of their own: its name, their pattern, and when one is void that is
    /// issued now.
    pub(crate) fn campaign(
        &self,
        tenant: TenantId,
        id: &str,
    ) -> Result<(Name, Pattern, Timestamp), Error> {
        let now = self.now();
        let program = self.with_program(tenant, Arc::clone)?;
        let rule = coupon_of(&program, id)?;
        let Some(pattern) = rule.pattern() else {
            let what = "is a coupon that everybody uses by one word: it has no other codes";
            return Err(Error::invalid("/coupon", what));
        };
        let expires_at = rule.code_expires(&program.zone, now);
        Ok((rule.name, pattern.clone(), expires_at))
    }

    fn with_program<T>(
        &self,
        tenant: TenantId,
        read: impl FnOnce(&Arc<Program>) -> T,
    ) -> Result<T, Error> {
        let core = self.core();
        let versions = core
            .pool
            .with(|store| core.versions.latest(tenant, store))?;
        let (_, program) = versions.at(self.now())?;
        Ok(read(program))
    }
}

fn coupon_of<'p>(program: &'p Program, id: &str) -> Result<&'p CouponRule, Error> {
    let rule = program.coupons.iter().find(|own| own.id == id);
    rule.ok_or_else(|| Error::not_found("coupon", id))
}

/// How often each code of a campaign may be used.
fn uses_of(rule: &CouponRule) -> i64 {
    match &rule.codes {
        regulars_engine::program::CouponCodes::Single { uses, .. } => *uses,
        _ => 1,
    }
}

fn view(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
    row: CodeRow,
    with_history: bool,
) -> Result<CodeView, Error> {
    let rule = program.coupon_named(row.coupon);
    let pattern = rule.and_then(CouponRule::pattern);
    let history = match with_history {
        true => store.code_history(tenant, &row.code)?,
        false => Vec::new(),
    };
    let holder = match row.holder {
        // A wallet that an event made has the id of its member; of others the log knows.
        Some(wallet) => {
            let page = store.log(tenant, wallet, regulars_store::Cursor::After(0), 1)?;
            page.first().map(|row| row.member)
        }
        None => None,
    };
    Ok(CodeView {
        printed: pattern.map_or_else(|| row.code.to_string(), |own| own.printed(&row.code)),
        coupon: rule.map_or_else(String::new, |rule| rule.id.clone()),
        uses: rule.map_or(1, uses_of),
        holder,
        history,
        row,
    })
}

/// Bytes of the system's randomness, asked for a few thousand at a time.
struct Randomness {
    bytes: Box<[u8; 4096]>,
    left: usize,
}

impl Default for Randomness {
    fn default() -> Self {
        Self {
            bytes: Box::new([0; 4096]),
            left: 0,
        }
    }
}

impl Randomness {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            if self.left == 0 {
                getrandom::fill(&mut self.bytes[..])
                    .expect("the system has a source of randomness");
                self.left = self.bytes.len();
            }
            self.left -= 1;
            *byte = std::mem::take(&mut self.bytes[self.left]);
        }
    }
}
