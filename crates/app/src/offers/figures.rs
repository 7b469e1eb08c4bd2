//! How a set of offers stands: what was chosen, taken and brought; what a choice by chance alone would have missed;
//! and what other ways of choosing would have earned.

use super::choose::{OfferChance, among, known_among};
use super::record::{Kept, compiled, found};
use crate::people::read;
use crate::{App, Error};
use regulars_base::{Currency, TenantId, WalletId};
use regulars_metrics::offer::{Known, NoReplay, Replayed, Shown, Sums, WHOLE, chances};
use regulars_store::{OfferChoice, OfferKnown, OfferStage};
use std::collections::BTreeMap;

/// So many choices are read together.
const TOGETHER: usize = 5000;

/// How a set of offers stands. Money is in minor units.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferSetFigures {
    /// The currency of money.
    pub currency: Currency,
    /// For how many members something was chosen that they see or saw.
    pub shown: u64,
    /// How many choices were shown to nobody.
    pub held_out: u64,
    /// What the budget is, and what was drawn of it.
    pub budget: i64,
    /// What was drawn of it.
    pub drawn: i64,
    /// Offer by offer, in the order of the set.
    pub offers: Vec<OfferFigures>,
    /// What is known among members of each sort, and how likely each is to be chosen next.
    pub known: Vec<KnownOf>,
    /// What was missed; nothing while no days are over.
    pub regret: Option<OfferRegret>,
    /// What each way of choosing earned, or would have.
    pub replay: Vec<OfferReplay>,
}

/// How an offer stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferFigures {
    /// Which.
    pub offer: String,
    /// How often it was shown.
    pub shown: u64,
    /// How often it was taken.
    pub taken: u64,
    /// How often it could not be taken.
    pub refused: u64,
    /// Of how many of those shown the days are over.
    pub over: u64,
    /// Of how many of these an order came.
    pub brought: u64,
    /// What these orders came to.
    pub spent: i64,
}

/// What is known of an offer among members of a sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOf {
    /// Among whom: a tier, a segment, or empty.
    pub cell: String,
    /// Which offer.
    pub offer: String,
    /// How often an order came of it.
    pub brought: u64,
    /// How often none did.
    pub did_not: u64,
    /// Its chance to be chosen next for somebody who may have all of them, in millionths.
    pub chance: u32,
}

/// What was missed by not always showing what is now known to be the best, by what is known now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OfferRegret {
    /// By how many choices that is told.
    pub choices: u64,
    /// What these choices missed in all.
    pub own: f64,
    /// What they would have missed, had each been made evenly among those that could be chosen.
    pub even: f64,
}

/// A way of choosing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReplayWay {
    /// As was chosen.
    Own,
    /// Evenly among those that could be chosen.
    Even,
    /// Always what was known to earn most.
    Best,
    /// Always this one, of those to whom it could be shown.
    Always(String),
}

impl ReplayWay {
    /// Its name in answers, and the offer that it means.
    pub fn name(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Own => ("own", None),
            Self::Even => ("even", None),
            Self::Best => ("best", None),
            Self::Always(offer) => ("always", Some(offer)),
        }
    }
}

/// What a way of choosing earned with each choice, or would have.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferReplay {
    /// Which way.
    pub way: ReplayWay,
    /// What it earned; or why that cannot be said.
    pub told: Result<Replayed, NoReplay>,
}

impl App {
    /// How a set of offers stands.
    pub fn offer_set_figures(&self, tenant: TenantId, id: &str) -> Result<OfferSetFigures, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        self.core().pool.with(|store| {
            let kept: Kept = read(&found(store, tenant, id)?)?;
            let set = compiled(store, tenant, &kept.draft, &program)?.ok();
            let known = store.offer_known(tenant, id)?;
            let mut sheet = Sheet::new(&kept, &known);
            let mut after: Option<(WalletId, u32)> = None;
            loop {
                let page = store.offer_choices(tenant, (id, after), TOGETHER)?;
                for row in &page {
                    sheet.take(row)?;
                }
                after = match page.last() {
                    Some(last) if page.len() == TOGETHER => Some((last.key.wallet, last.key.round)),
                    _ => break,
                };
            }
            let values = set.iter().flat_map(|own| &own.offers);
            let values: Vec<(&str, i64)> = values.map(|own| (own.id.as_str(), own.value)).collect();
            Ok(OfferSetFigures {
                currency: program.currency,
                shown: sheet.offers.iter().map(|own| own.shown).sum(),
                held_out: sheet.held_out,
                budget: set.as_ref().map_or(0, |own| own.budget),
                drawn: store.offer_budget(tenant, id)?,
                known: known_of(&known, &values, kept.draft.explore),
                regret: (sheet.regret.choices > 0).then_some(sheet.regret),
                replay: sheet.replay(),
                offers: sheet.offers,
            })
        })
    }
}

/// What is known among members of each sort, with the chances that it comes to.
fn known_of(known: &[OfferKnown], values: &[(&str, i64)], explore: u8) -> Vec<KnownOf> {
    let mut cells: Vec<&str> = known.iter().map(|own| own.cell.as_str()).collect();
    cells.dedup();
    let mut all = Vec::new();
    for cell in cells {
        let each = values.iter().map(|(offer, value)| {
            let (brought, not) = known_among(known, cell, offer);
            Known {
                brought,
                not,
                value: *value as f64,
            }
        });
        let each: Vec<Known> = each.collect();
        let chances = chances(&each, f64::from(explore) / 100.0);
        for (((offer, _), known), chance) in values.iter().zip(&each).zip(chances) {
            all.push(KnownOf {
                cell: cell.to_owned(),
                offer: (*offer).to_owned(),
                brought: known.brought,
                did_not: known.not,
                chance,
            });
        }
    }
    all
}

/// What is added up, choice by choice.
struct Sheet<'a> {
    known: BTreeMap<(&'a str, &'a str), (u64, u64)>,
    offers: Vec<OfferFigures>,
    held_out: u64,
    regret: OfferRegret,
    ways: BTreeMap<ReplayWay, Sums>,
}

impl<'a> Sheet<'a> {
    fn new(kept: &Kept, known: &'a [OfferKnown]) -> Self {
        let ids: Vec<&String> = kept.draft.offers.iter().map(|own| &own.id).collect();
        let ways = [ReplayWay::Own, ReplayWay::Even, ReplayWay::Best];
        let always = ids.iter().map(|id| ReplayWay::Always((*id).clone()));
        Self {
            known: known
                .iter()
                .map(|own| {
                    let key = (own.cell.as_str(), own.offer.as_str());
                    (key, (own.brought, own.did_not))
                })
                .collect(),
            offers: ids
                .iter()
                .map(|id| OfferFigures {
                    offer: (*id).clone(),
                    ..OfferFigures::default()
                })
                .collect(),
            held_out: 0,
            regret: OfferRegret::default(),
            ways: ways
                .into_iter()
                .chain(always)
                .map(|way| (way, Sums::default()))
                .collect(),
        }
    }

    /// Takes in a choice.
    fn take(&mut self, row: &OfferChoice) -> Result<(), Error> {
        if row.held_out {
            self.held_out += 1;
            return Ok(());
        }
        self.count(row);
        if let Some(orders) = row.orders {
            let among = among(row)?;
            self.miss(row, &among);
            self.replay_one(row, &among, orders > 0);
        }
        Ok(())
    }

    fn count(&mut self, row: &OfferChoice) {
        let place = self.offers.iter().position(|own| own.offer == row.offer);
        // One that the set has no more is still told of.
        let place = place.unwrap_or_else(|| {
            self.offers.push(OfferFigures {
                offer: row.offer.clone(),
                ..OfferFigures::default()
            });
            self.offers.len() - 1
        });
        let own = &mut self.offers[place];
        own.shown += 1;
        own.taken += u64::from(matches!(row.stage, OfferStage::Taken | OfferStage::Taking));
        own.refused += u64::from(row.stage == OfferStage::Refused);
        own.over += u64::from(row.orders.is_some());
        own.brought += u64::from(row.orders.is_some_and(|orders| orders > 0));
        own.spent = own.spent.saturating_add(row.spent.unwrap_or(0));
    }

    /// What each of them earns by what is known now, held against the one that was chosen.
    fn miss(&mut self, row: &OfferChoice, among: &[OfferChance]) {
        let mean = |own: &OfferChance| {
            let key = (row.cell.as_str(), own.offer.as_str());
            let (brought, not) = self.known.get(&key).copied().unwrap_or((0, 0));
            let known = Known {
                brought,
                not,
                value: own.value as f64,
            };
            known.mean()
        };
        let means: Vec<f64> = among.iter().map(mean).collect();
        let chosen = among.iter().position(|own| own.offer == row.offer);
        let Some(chosen) = chosen else {
            return;
        };
        let best = means.iter().copied().fold(0.0, f64::max);
        let even = means.iter().sum::<f64>() / means.len() as f64;
        self.regret.choices += 1;
        self.regret.own += best - means[chosen];
        self.regret.even += best - even;
    }

    fn replay_one(&mut self, row: &OfferChoice, among: &[OfferChance], brought: bool) {
        let Some(chosen) = among.iter().find(|own| own.offer == row.offer) else {
            return;
        };
        let chance = f64::from(chosen.chance) / f64::from(WHOLE);
        let earned = if brought { chosen.value as f64 } else { 0.0 };
        let best = most_earning(among);
        for (way, sums) in &mut self.ways {
            let other = match way {
                ReplayWay::Own => chance,
                ReplayWay::Even => 1.0 / among.len() as f64,
                ReplayWay::Best => f64::from(u8::from(best == Some(row.offer.as_str()))),
                ReplayWay::Always(offer) => {
                    if !among.iter().any(|own| own.offer == *offer) {
                        continue;
                    }
                    f64::from(u8::from(row.offer == *offer))
                }
            };
            sums.add(Shown {
                chance,
                other,
                earned,
            });
        }
    }

    fn replay(&self) -> Vec<OfferReplay> {
        let each = self.ways.iter();
        each.map(|(way, sums)| OfferReplay {
            way: way.clone(),
            told: sums.told(),
        })
        .collect()
    }
}

/// The one that was known to earn most then; the first of several.
fn most_earning(among: &[OfferChance]) -> Option<&str> {
    let mut best: Option<(&str, f64)> = None;
    for own in among {
        let mean = own.known().mean();
        if best.is_none_or(|(_, most)| mean > most) {
            best = Some((&own.offer, mean));
        }
    }
    best.map(|own| own.0)
}
