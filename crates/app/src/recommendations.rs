//! Recommendations: worked out of the log, kept as a table, answered where somebody is served.
//!
//! *Of 1,200 baskets with green tea, 240 had honey in them.* The table is made anew by hand (a job) or at night;
//! an answer says how old it is, and why it names what it names. A share of members is held out everywhere at
//! once: they are shown nothing, and what they would have been shown is noted like what the others were, so that
//! both can be compared ([ADR 0116](../../../docs/adr/0116-what-is-recommended-to-whom.md)).

mod build;
mod evaluate;

pub use evaluate::{Evaluated, evaluate_recommendations};

pub(crate) use build::run;

use crate::master_data::{self, MasterEntry, MasterSort};
use crate::portal::secret_of;
use crate::{App, Error, MemberRef, members, only_setting};
use build::Body;
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engage::holdout;
use regulars_engine::Program;
use regulars_engine::event::Kind as EventKind;
use regulars_engine::outcome::Verdict;
use regulars_metrics::recommend::{self, Because, Link, Linked, choose};
use regulars_store::{Cursor, RecommendedCount, RecommendedRow, Store};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The sort of setting of what a merchant sets.
const SETTINGS: &str = "recommendation_settings";
/// The sort of setting of the table that is there.
const MODEL: &str = "recommendation_model";
/// What the hold-out is of: one for all places.
const HOLD_OUT: &str = "recommendations";
/// The most that is recommended at once.
pub const RECOMMENDED_MOST: usize = 20;
/// So much of a member's log is looked at, the newest first.
const ROWS_MOST: usize = 300;
/// So many products of it count.
const BOUGHT_MOST: usize = 200;
/// So many products of a category are compared.
const COMPARED_MOST: usize = 1000;
/// Since so many days what was shown is counted.
const COUNTED_DAYS: i32 = 90;

/// What a merchant sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecommendationSettings {
    /// How many members in a hundred are shown nothing.
    pub hold_out: u8,
}

impl Default for RecommendationSettings {
    fn default() -> Self {
        Self { hold_out: 10 }
    }
}

/// The table that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecommendationModel {
    /// When it was made, in microseconds since 1970; 0 if there is none.
    pub built_micros: i64,
    /// Since when somebody makes a new one; 0 if nobody does.
    pub begun_micros: i64,
    /// Lines of orders that were counted.
    pub lines: u64,
    /// Baskets.
    pub baskets: u64,
    /// Customers.
    pub customers: u64,
    /// Products.
    pub products: u64,
    /// Links between them.
    pub links: u64,
    /// What most customers bought.
    popular: Vec<String>,
}

/// How recommendations stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecommendationStatus {
    /// The table.
    pub model: RecommendationModel,
    /// What the merchant set.
    pub settings: RecommendationSettings,
    /// What was shown in the last 90 days, by place.
    pub shown: Vec<RecommendedCount>,
}

/// Why something is recommended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// `both` of `of` baskets with `bought` had it too.
    Together(Because<String>),
    /// `both` of `of` customers who bought `bought` bought it within 30 days.
    After(Because<String>),
    /// `both` of `of` customers who bought `bought` bought it, too.
    Also(Because<String>),
    /// They bought it so many times.
    Again(u32),
    /// Many customers bought it lately.
    Popular,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// Which product; only its id is known where the shop says nothing of it.
    pub product: MasterEntry,
    /// Why.
    pub why: Why,
    /// What the one that the reason names is called.
    pub bought_name: Option<String>,
}

/// What is recommended to somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recommended {
    /// To whom, if they are known.
    pub member: Option<MemberId>,
    /// They are held out: nothing is shown.
    pub held_out: bool,
    /// When the table was made that says so; nothing if there is none.
    pub built_at: Option<Timestamp>,
    /// The best first.
    pub items: Vec<Recommendation>,
}

/// For whom something is to be recommended, where, and how much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecommendAsk {
    /// How many at most.
    pub most: usize,
    /// Where it is shown; noted for the comparison with those who are held out. Nothing if it is not shown.
    pub place: Option<String>,
    /// What they bought already may be named again.
    pub again: bool,
}

/// A product beside others of its category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The product.
    pub product: MasterEntry,
    /// In how many baskets it was.
    pub baskets: u32,
    /// How many customers bought it.
    pub customers: u32,
    /// How many of them on another day again.
    pub again: u32,
    /// The dearer one that most of its customers went on to: which, how many, of how many.
    pub step_up: Option<(String, u32, u32)>,
}

impl App {
    /// How recommendations stand.
    pub fn recommendation_status(&self, tenant: TenantId) -> Result<RecommendationStatus, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        let since = program.zone.day(self.now()).number() - COUNTED_DAYS;
        self.core().pool.with(|store| {
            Ok(RecommendationStatus {
                model: only_setting::get(store, tenant, MODEL)?,
                settings: only_setting::get(store, tenant, SETTINGS)?,
                shown: store.recommended_counts(tenant, since)?,
            })
        })
    }

    /// Sets what a merchant sets; what it was before.
    pub fn set_recommendation_settings(
        &self,
        tenant: TenantId,
        new: RecommendationSettings,
    ) -> Result<RecommendationSettings, Error> {
        if new.hold_out > holdout::MOST_PERCENT {
            let what = format!("must be 0 to {}", holdout::MOST_PERCENT);
            return Err(Error::invalid("/hold_out", what));
        }
        let replaced = self
            .core()
            .pool
            .with(|store| only_setting::replace(store, tenant, SETTINGS, |_| new));
        Ok(replaced?.0)
    }

    /// What is recommended to a member.
    pub fn recommend(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        ask: &RecommendAsk,
    ) -> Result<Recommended, Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let found = self.core().pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let served = Serving::open(store, tenant, (&program, now))?;
            served.to(store, (member.id, member.wallet), ask)
        });
        let (recommended, rows) = found?;
        self.note_recommended(tenant, rows)?;
        Ok(recommended)
    }

    /// What goes with a basket: what is bought together with its products. Whose it is says who is held out.
    pub fn goes_with(
        &self,
        tenant: TenantId,
        (member, products): (Option<MemberId>, &[String]),
        ask: &RecommendAsk,
    ) -> Result<Recommended, Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let found = self.core().pool.with(|store| {
            let whose = member.map(|id| members::find(store, tenant, &MemberRef::Id(id)));
            let whose = whose.transpose()?.map(|own| (own.id, own.wallet));
            let served = Serving::open(store, tenant, (&program, now))?;
            served.beside(store, (whose, products), ask)
        });
        let (recommended, rows) = found?;
        self.note_recommended(tenant, rows)?;
        Ok(recommended)
    }

    fn note_recommended(&self, tenant: TenantId, rows: Vec<RecommendedRow>) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        self.core()
            .write(move |store| Ok(store.note_recommended(tenant, &rows)?))
    }

    /// The products of a category side by side, those that most customers bought first.
    pub fn compare_products(
        &self,
        tenant: TenantId,
        category: &str,
        most: usize,
    ) -> Result<Vec<Compared>, Error> {
        self.core().pool.with(|store| {
            let ask = regulars_store::MasterAsk {
                category: Some(category.to_owned()),
                ..regulars_store::MasterAsk::default()
            };
            let rows = store.master_data(tenant, MasterSort::Product, &ask, COMPARED_MOST)?;
            let ids: Vec<&str> = rows.iter().map(|own| own.id.as_str()).collect();
            let bodies = bodies(store, tenant, &ids)?;
            let entries = master_data::listed(store, tenant, (MasterSort::Product, &ids))?;
            let mut all: Vec<Compared> = entries
                .into_iter()
                .map(|product| {
                    let body = bodies.get(&product.id);
                    let (baskets, customers, again) = body.map(|own| own.sold).unwrap_or_default();
                    Compared {
                        baskets,
                        customers,
                        again,
                        step_up: body.and_then(|own| own.step_up.first().cloned()),
                        product,
                    }
                })
                .collect();
            all.sort_by_key(|own| std::cmp::Reverse((own.customers, own.baskets)));
            all.truncate(most);
            Ok(all)
        })
    }
}

/// What was noted of members, and what they are shown.
type Served = (Recommended, Vec<RecommendedRow>);

/// What answers need to know, read once for many members.
pub(crate) struct Serving {
    tenant: TenantId,
    model: RecommendationModel,
    hold_out: u8,
    secret: [u8; 32],
    day: i32,
    /// Whether the shop says something of its products: then what it says nothing of is named to nobody.
    only_known: bool,
}

impl Serving {
    pub(crate) fn open(
        store: &mut dyn Store,
        tenant: TenantId,
        (program, now): (&Program, Timestamp),
    ) -> Result<Self, Error> {
        let settings: RecommendationSettings = only_setting::get(store, tenant, SETTINGS)?;
        let any = regulars_store::MasterAsk::default();
        let said = store.master_data(tenant, MasterSort::Product, &any, 1)?;
        Ok(Self {
            tenant,
            only_known: !said.is_empty(),
            model: only_setting::get(store, tenant, MODEL)?,
            hold_out: settings.hold_out,
            secret: secret_of(store, tenant)?,
            day: program.zone.day(now).number(),
        })
    }

    /// What is recommended to a member, and what is to be noted of it.
    pub(crate) fn to(
        &self,
        store: &mut dyn Store,
        (member, wallet): (MemberId, WalletId),
        ask: &RecommendAsk,
    ) -> Result<Served, Error> {
        let bought = bought(store, self.tenant, wallet)?;
        let names: Vec<&str> = bought.keys().map(String::as_str).collect();
        let bodies = bodies(store, self.tenant, &names)?;
        let linked: Vec<Linked<'_, String>> = bought
            .iter()
            .filter_map(|(product, times)| {
                let body = bodies.get(product)?;
                Some(Linked {
                    product: product.clone(),
                    times: *times,
                    together: &body.together,
                    after: &body.after,
                    also: &body.also,
                })
            })
            .collect();
        let take = |product: &String| ask.again || !bought.contains_key(product);
        let mut often: Vec<(&String, u32)> = match ask.again {
            true => bought.iter().map(|own| (own.0, *own.1)).collect(),
            false => Vec::new(),
        };
        often.sort_by_key(|own| std::cmp::Reverse(own.1));
        let wanted = Wanted {
            take: &take,
            often: &often,
            fill: true,
            most: ask.most,
        };
        let items = self.named(store, &linked, &wanted)?;
        Ok(self.answer(Some((member, wallet)), items, ask))
    }

    /// What is bought together with the products of a basket, and what is to be noted of it.
    fn beside(
        &self,
        store: &mut dyn Store,
        (whose, products): (Option<(MemberId, WalletId)>, &[String]),
        ask: &RecommendAsk,
    ) -> Result<Served, Error> {
        let names: BTreeSet<&str> = products.iter().map(String::as_str).collect();
        let listed: Vec<&str> = names
            .iter()
            .copied()
            .filter(|own| !own.is_empty())
            .collect();
        let bodies = bodies(store, self.tenant, &listed)?;
        let linked: Vec<Linked<'_, String>> = bodies
            .iter()
            .map(|(product, body)| Linked {
                product: product.clone(),
                times: 1,
                together: &body.together,
                after: &[],
                also: &[],
            })
            .collect();
        let take = |product: &String| !names.contains(product.as_str());
        let wanted = Wanted {
            take: &take,
            often: &[],
            fill: false,
            most: ask.most,
        };
        let items = self.named(store, &linked, &wanted)?;
        Ok(self.answer(whose, items, ask))
    }

    fn answer(
        &self,
        whose: Option<(MemberId, WalletId)>,
        items: Vec<Recommendation>,
        ask: &RecommendAsk,
    ) -> Served {
        let held_out = whose.is_some_and(|(member, _)| {
            holdout::is_held_out(&self.secret, HOLD_OUT, member, self.hold_out)
        });
        let noted = whose.zip(ask.place.as_ref());
        let noted = noted.map(|((_, wallet), place)| {
            let rows = items.iter().map(|own| RecommendedRow {
                wallet,
                day: self.day,
                place: place.clone(),
                product: own.product.id.clone(),
                held_out,
            });
            rows.collect()
        });
        let recommended = Recommended {
            member: whose.map(|own| own.0),
            held_out,
            built_at: self.model.built_at(),
            items: if held_out { Vec::new() } else { items },
        };
        (recommended, noted.unwrap_or_default())
    }

    /// What they bought most often, if it may be named; then the best of what is linked: what their kind buys, and
    /// what is bought together and after; then (if so asked) what most bought lately. Where the shop says something
    /// of its products, only those of which it does: what it no longer sells is named to nobody.
    fn named(
        &self,
        store: &mut dyn Store,
        linked: &[Linked<'_, String>],
        wanted: &Wanted<'_>,
    ) -> Result<Vec<Recommendation>, Error> {
        let most = wanted.most.min(RECOMMENDED_MOST);
        let often = wanted.often.iter();
        let mut all: Vec<(String, Why)> = often
            .map(|own| (own.0.clone(), Why::Again(own.1)))
            .collect();
        for also in [true, false] {
            let linked: Vec<Linked<'_, String>> = linked
                .iter()
                .map(|own| match also {
                    true => Linked {
                        together: &[],
                        after: &[],
                        ..own.clone()
                    },
                    false => Linked {
                        also: &[],
                        ..own.clone()
                    },
                })
                .collect();
            // Some may be left out, as the shop no longer sells them.
            let chosen = choose(&linked, wanted.take, most * 3);
            all.extend(chosen.into_iter().map(|own| {
                let why = match own.because.kind {
                    recommend::Kind::Together => Why::Together(own.because),
                    recommend::Kind::After => Why::After(own.because),
                    recommend::Kind::Also => Why::Also(own.because),
                };
                (own.product, why)
            }));
        }
        if wanted.fill {
            let popular = self.model.popular.iter().filter(|own| (wanted.take)(own));
            all.extend(popular.map(|own| (own.clone(), Why::Popular)));
        }
        let mut there = BTreeSet::new();
        all.retain(|own| there.insert(own.0.clone()));
        let found = all;
        let bought = linked.iter().map(|own| own.product.as_str());
        let ids: BTreeSet<&str> = bought
            .chain(found.iter().map(|own| own.0.as_str()))
            .collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let entries = master_data::listed(store, self.tenant, (MasterSort::Product, &ids))?;
        let entries: BTreeMap<String, MasterEntry> = entries
            .into_iter()
            .map(|own| (own.id.clone(), own))
            .collect();
        let items = found.into_iter().filter_map(|(id, why)| {
            let product = match entries.get(&id) {
                Some(own) => own.clone(),
                None if self.only_known => return None,
                None => MasterEntry::unknown(id),
            };
            let of = match &why {
                Why::Together(own) | Why::After(own) | Why::Also(own) => entries.get(&own.bought),
                Why::Again(_) | Why::Popular => None,
            };
            Some(Recommendation {
                bought_name: of.map(|own| own.name.clone()),
                product,
                why,
            })
        });
        Ok(items.take(most).collect())
    }
}

/// Which products are asked for.
struct Wanted<'a> {
    /// Whether one is among them.
    take: &'a dyn Fn(&String) -> bool,
    /// What they bought already and may be named first, how many times.
    often: &'a [(&'a String, u32)],
    /// Whether what most bought comes where too little is linked.
    fill: bool,
    most: usize,
}

/// What a member bought, by product, in how many orders; the newest that count.
fn bought(
    store: &mut dyn Store,
    tenant: TenantId,
    wallet: WalletId,
) -> Result<BTreeMap<String, u32>, Error> {
    let mut found = BTreeMap::new();
    for row in store.log(tenant, wallet, Cursor::Before(u64::MAX), ROWS_MOST)? {
        let EventKind::Purchase(purchase) = &row.event.kind else {
            continue;
        };
        if row.outcome.verdict != Verdict::Accepted {
            continue;
        }
        let skus: BTreeSet<&str> = purchase.lines.iter().map(|own| own.sku.as_str()).collect();
        for sku in skus.into_iter().filter(|own| !own.is_empty()) {
            if found.len() < BOUGHT_MOST || found.contains_key(sku) {
                *found.entry(sku.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(found)
}

/// What goes with these products, by product.
fn bodies(
    store: &mut dyn Store,
    tenant: TenantId,
    products: &[&str],
) -> Result<BTreeMap<String, Body>, Error> {
    let rows = store.product_links(tenant, products)?;
    let each = rows.into_iter().map(|(product, text)| {
        let body = serde_json::from_str(&text)
            .map_err(|error| Error::Corrupt(format!("what goes with `{product}`: {error}")))?;
        Ok((product, body))
    });
    each.collect()
}

impl RecommendationModel {
    /// When it was made, if there is one.
    pub fn built_at(&self) -> Option<Timestamp> {
        (self.built_micros > 0).then(|| Timestamp::from_micros(self.built_micros))
    }
}

/// A link as it is kept, and back.
mod kept {
    use super::Link;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        links: &[Link<String>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let parts = links
            .iter()
            .map(|own| (&own.product, own.both, own.of, own.strength));
        parts.collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Link<String>>, D::Error> {
        let parts = Vec::<(String, u32, u32, u32)>::deserialize(deserializer)?;
        let link = |(product, both, of, strength)| Link {
            product,
            both,
            of,
            strength,
        };
        Ok(parts.into_iter().map(link).collect())
    }
}
