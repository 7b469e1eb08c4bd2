//! Which offer a member gets: chosen when somebody looks, kept with its chances, the same until its days are over.

use super::record::{Kept, OFFER_SET, compiled};
use crate::lift::ControlGroup;
use crate::people::read;
use crate::segments::figures_now;
use crate::{App, Error, MemberRef, members};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engage::holdout;
use regulars_engage::offer::{OfferDraft, OfferSet, meant};
use regulars_engine::Program;
use regulars_metrics::offer::{Known, WHOLE, chances};
use regulars_store::{OfferChoice, OfferKey, OfferKnown, OfferStage, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

const DAY_MICROS: i64 = 86_400_000_000;
/// So many choices of a member are looked at.
pub(super) const CHOICES_MOST: usize = 1000;

/// One that could have been chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferChance {
    /// Which offer.
    pub offer: String,
    /// Its chance, in millionths.
    pub chance: u32,
    /// What an order that comes of it was worth, in minor units.
    pub value: i64,
    /// How often an order came of it among members of this sort, as far as was known.
    pub brought: u64,
    /// How often none did.
    pub did_not: u64,
}

impl OfferChance {
    /// What was known of it.
    pub(super) fn known(&self) -> Known {
        Known {
            brought: self.brought,
            not: self.did_not,
            value: self.value as f64,
        }
    }
}

/// How an offer stands, as its member sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferState {
    /// It can be taken.
    Open,
    /// It was taken.
    Taken,
    /// It could not be taken.
    Refused,
}

impl OfferState {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken => "taken",
            Self::Refused => "refused",
        }
    }
}

/// An offer that a member sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberOffer {
    /// The id of the choice: the set's, a dot, and the round.
    pub choice: String,
    /// The language in which it says everything.
    pub language: String,
    /// What it is.
    pub offer: OfferDraft,
    /// How it stands.
    pub state: OfferState,
    /// The first moment at which it no longer stands.
    pub until: Timestamp,
}

/// A choice as it was made, with all that can prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceView {
    /// The id of the choice.
    pub choice: String,
    /// What was chosen, and what came of it.
    pub row: OfferChoice,
    /// All that could have been chosen.
    pub among: Vec<OfferChance>,
    /// Whether the number that is drawn for this member and round is the one that is recorded, and means this offer.
    pub proved: bool,
}

/// A set as it is kept, by its id.
type Sets = BTreeMap<String, Kept>;

/// Reads the id of a choice: the set, and the round.
pub(super) fn choice_key(wallet: WalletId, choice: &str) -> Result<OfferKey, Error> {
    let read = choice.rsplit_once('.').and_then(|(set, round)| {
        Some(OfferKey {
            wallet,
            set: set.to_owned(),
            round: round.parse().ok()?,
        })
    });
    read.ok_or_else(|| Error::not_found("offer", choice))
}

pub(super) fn choice_id(key: &OfferKey) -> String {
    format!("{}.{}", key.set, key.round)
}

/// What is drawn for a member in a round of a set.
fn number(secret: &[u8; 32], key: &OfferKey) -> u32 {
    let member = MemberId::from_bytes(*key.wallet.bytes());
    let what = format!("offers: {} {}", key.set, key.round);
    holdout::drawn(secret, &what, member, WHOLE)
}

pub(super) fn among(row: &OfferChoice) -> Result<Vec<OfferChance>, Error> {
    serde_json::from_str(&row.among)
        .map_err(|error| Error::Corrupt(format!("the chances of an offer cannot be read: {error}")))
}

/// How often an order came of an offer among members of a sort, and how often none did.
pub(super) fn known_among(known: &[OfferKnown], cell: &str, offer: &str) -> (u64, u64) {
    let mut known = known.iter();
    let known = known.find(|own| own.cell == cell && own.offer == offer);
    known.map_or((0, 0), |own| (own.brought, own.did_not))
}

/// All sets that are shown.
fn live(store: &mut dyn Store, tenant: TenantId) -> Result<Sets, Error> {
    let mut sets = Sets::new();
    for row in store.settings(tenant, OFFER_SET)? {
        let kept: Kept = read(&row)?;
        if kept.draft.live {
            sets.insert(row.id, kept);
        }
    }
    Ok(sets)
}

/// For whom something is chosen, and when.
struct Look<'a> {
    tenant: TenantId,
    program: &'a Program,
    now: Timestamp,
    secret: [u8; 32],
    wallet: WalletId,
}

impl App {
    /// The offers that a member has now, one of each set at most; what is not chosen yet, is chosen now. Whoever is
    /// held out has none.
    pub fn offers_of(&self, tenant: TenantId, who: &MemberRef) -> Result<Vec<MemberOffer>, Error> {
        let now = self.now();
        let secret = self.portal_secret(tenant)?;
        let program: Arc<Program> = self.program_in_force(tenant, now)?.1;
        let (wallet, sets, rows, fresh) = self.core().pool.with(|store| {
            let wallet = members::find(store, tenant, who)?.wallet;
            let sets = live(store, tenant)?;
            if sets.is_empty() {
                return Ok((wallet, sets, Vec::new(), Vec::new()));
            }
            let rows = store.offer_choices_of(tenant, wallet, CHOICES_MOST)?;
            let look = Look {
                tenant,
                program: &program,
                now,
                secret,
                wallet,
            };
            let fresh = look.fresh(store, &sets, &rows)?;
            Ok((wallet, sets, rows, fresh))
        })?;
        let rows = match fresh.is_empty() {
            true => rows,
            false => self.core().write(move |store| {
                for own in &fresh {
                    // Somebody else may have looked this moment: theirs stands.
                    store.add_offer_choice(tenant, own)?;
                }
                Ok(store.offer_choices_of(tenant, wallet, CHOICES_MOST)?)
            })?,
        };
        let own = rows.iter().filter_map(|row| shown(&sets, row, now));
        let mut own: Vec<MemberOffer> = own.collect();
        own.reverse();
        Ok(own)
    }

    /// All that was chosen for a member, also what was shown to nobody, with its proof; of each set the newest first.
    pub fn offer_choices_of(
        &self,
        tenant: TenantId,
        who: &MemberRef,
    ) -> Result<Vec<ChoiceView>, Error> {
        let secret = self.portal_secret(tenant)?;
        let rows = self.core().pool.with(|store| {
            let wallet = members::find(store, tenant, who)?.wallet;
            Ok(store.offer_choices_of(tenant, wallet, CHOICES_MOST)?)
        })?;
        let view = |row: OfferChoice| {
            let among = among(&row)?;
            let all: Vec<u32> = among.iter().map(|own| own.chance).collect();
            let means = among.get(meant(&all, row.number));
            let drawn = number(&secret, &row.key) == row.number;
            Ok(ChoiceView {
                choice: choice_id(&row.key),
                proved: drawn && means.is_some_and(|own| own.offer == row.offer),
                row,
                among,
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// A choice as its member sees it, while it stands.
fn shown(sets: &Sets, row: &OfferChoice, now: Timestamp) -> Option<MemberOffer> {
    if row.held_out || row.until <= now {
        return None;
    }
    let kept = sets.get(&row.key.set)?;
    member_offer(kept, row)
}

pub(super) fn member_offer(kept: &Kept, row: &OfferChoice) -> Option<MemberOffer> {
    let offer = kept.draft.offers.iter().find(|own| own.id == row.offer)?;
    Some(MemberOffer {
        choice: choice_id(&row.key),
        language: kept.draft.language.clone(),
        offer: offer.clone(),
        state: match row.stage {
            OfferStage::Open => OfferState::Open,
            OfferStage::Taking | OfferStage::Taken => OfferState::Taken,
            OfferStage::Refused => OfferState::Refused,
        },
        until: row.until,
    })
}

impl Look<'_> {
    /// What is to be chosen now: of each set of which nothing stands.
    fn fresh(
        &self,
        store: &mut dyn Store,
        sets: &Sets,
        rows: &[OfferChoice],
    ) -> Result<Vec<OfferChoice>, Error> {
        let member = MemberId::from_bytes(*self.wallet.bytes());
        let control = ControlGroup::of(store, self.tenant, self.secret)?;
        if control.has(member, self.now) {
            return Ok(Vec::new());
        }
        let mut fresh = Vec::new();
        for (id, kept) in sets {
            let newest = rows.iter().find(|row| row.key.set == *id);
            if newest.is_some_and(|row| row.until > self.now) {
                continue;
            }
            let key = OfferKey {
                wallet: self.wallet,
                set: id.clone(),
                round: newest.map_or(1, |row| row.key.round.saturating_add(1)),
            };
            fresh.extend(self.choose(store, kept, key)?);
        }
        Ok(fresh)
    }

    /// Chooses; nothing where nothing is for them, or the budget pays nothing more.
    fn choose(
        &self,
        store: &mut dyn Store,
        kept: &Kept,
        key: OfferKey,
    ) -> Result<Option<OfferChoice>, Error> {
        let draft = &kept.draft;
        // Of a set that the program does not carry any more nothing is chosen until it is mended.
        let Ok(set) = compiled(store, self.tenant, draft, self.program)? else {
            return Ok(None);
        };
        let today = self.program.zone.day(self.now).number();
        let by = (self.program, today);
        let Some((figures, row)) = figures_now(store, self.tenant, by, self.wallet)? else {
            return Ok(None);
        };
        let left = set.budget - store.offer_budget(self.tenant, &key.set)?;
        let open = set.open_to(&figures).into_iter();
        let open: Vec<&str> = open
            .filter(|own| own.cost <= left)
            .map(|own| own.id.as_str())
            .collect();
        if open.is_empty() {
            return Ok(None);
        }
        let cell = set.cell(&figures);
        let among = self.among(store, (&set, &key.set), (&open, &cell), draft.explore)?;
        let all: Vec<u32> = among.iter().map(|own| own.chance).collect();
        let number = number(&self.secret, &key);
        let offer = among[meant(&all, number)].offer.clone();
        let member = MemberId::from_bytes(*self.wallet.bytes());
        let what = format!("offers: {}", key.set);
        Ok(Some(OfferChoice {
            held_out: holdout::is_held_out(&self.secret, &what, member, draft.hold_out),
            key,
            cell,
            offer,
            number,
            among: serde_json::to_string(&among).map_err(|error| Error::Bug(error.to_string()))?,
            chosen_at: self.now,
            seq: row.seq,
            until: self.now.plus_micros(i64::from(draft.days) * DAY_MICROS),
            stage: OfferStage::Open,
            cost: 0,
            taken_at: None,
            reason: String::new(),
            orders: None,
            spent: None,
        }))
    }

    /// Those that may be chosen, with their chances.
    fn among(
        &self,
        store: &mut dyn Store,
        (set, id): (&OfferSet, &str),
        (open, cell): (&[&str], &str),
        explore: u8,
    ) -> Result<Vec<OfferChance>, Error> {
        let known = store.offer_known(self.tenant, id)?;
        let offers = set.offers.iter();
        let offers = offers.filter(|offer| open.contains(&offer.id.as_str()));
        let mut among: Vec<OfferChance> = offers
            .map(|offer| {
                let (brought, did_not) = known_among(&known, cell, &offer.id);
                OfferChance {
                    offer: offer.id.clone(),
                    chance: 0,
                    value: offer.value,
                    brought,
                    did_not,
                }
            })
            .collect();
        let knowns: Vec<Known> = among.iter().map(OfferChance::known).collect();
        let all = chances(&knowns, f64::from(explore) / 100.0);
        for (own, chance) in among.iter_mut().zip(all) {
            own.chance = chance;
        }
        Ok(among)
    }
}
