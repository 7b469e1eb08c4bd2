//! Making the table: all that members bought in the last two years is counted anew.

use super::{MODEL, RecommendationModel, kept};
use crate::app::Core;
use crate::background::for_each_tenant;
use crate::master_data::{self, MasterSort};
use crate::standing::Standing;
use crate::{App, Error, background, only_setting, walk};
use regulars_base::{MemberId, TenantId, Timestamp, Zone};
use regulars_engine::event::{Kind, Purchase};
use regulars_engine::outcome::Verdict;
use regulars_metrics::recommend::{
    AFTER_DAYS, Baskets, BoughtLine, Link, StepUp, Ware, after, also, lately, most_lately, sold,
    step_up, together,
};
use regulars_store::{Logged, Store};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;

/// So far back purchases count.
const DAYS_BACK: i32 = 730;
/// So many of what most bought lately are kept.
const POPULAR_MOST: usize = 50;
/// Whoever began a table so long ago has stopped meanwhile.
const LOST_MICROS: i64 = 3_600_000_000;
/// How often a server looks whether a night has begun.
const EVERY: Duration = Duration::from_secs(60);

/// What is kept of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    #[serde(rename = "t", with = "kept", skip_serializing_if = "Vec::is_empty")]
    pub(super) together: Vec<Link<String>>,
    #[serde(rename = "a", with = "kept", skip_serializing_if = "Vec::is_empty")]
    pub(super) after: Vec<Link<String>>,
    #[serde(rename = "c", with = "kept", skip_serializing_if = "Vec::is_empty")]
    pub(super) also: Vec<Link<String>>,
    /// Which, how many moved, of how many.
    #[serde(rename = "u", skip_serializing_if = "Vec::is_empty")]
    pub(super) step_up: Vec<(String, u32, u32)>,
    /// Baskets, customers, customers who bought it again.
    #[serde(rename = "s")]
    pub(super) sold: (u32, u32, u32),
}

/// Numbers for names, in the order in which they come; at the end in that of the names.
#[derive(Default)]
pub(super) struct Numbers {
    numbers: HashMap<String, u32>,
}

impl Numbers {
    pub(super) fn of(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_owned(), next);
        next
    }

    /// The names in order, and for each number that was given the place of its name.
    pub(super) fn sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut names: Vec<(String, u32)> = self.numbers.into_iter().collect();
        names.sort_unstable();
        let mut places = vec![0; names.len()];
        for (place, (_, number)) in (0..).zip(&names) {
            places[*number as usize] = place;
        }
        (names.into_iter().map(|own| own.0).collect(), places)
    }
}

/// What lines of a product say of it.
#[derive(Clone, Default)]
struct Said {
    amount: i128,
    quantity: i128,
    category: String,
}

/// All that was bought.
struct Bought {
    zone: Zone,
    since: i32,
    lines: Vec<BoughtLine>,
    products: Numbers,
    said: Vec<Said>,
    customers: HashMap<MemberId, u32>,
    orders: u64,
}

impl Bought {
    fn tell(&mut self, row: &Logged, member: MemberId) {
        let Kind::Purchase(purchase) = &row.event.kind else {
            return;
        };
        let day = self.zone.day(row.event.occurred_at).number();
        if row.outcome.verdict == Verdict::Accepted && day >= self.since {
            self.orders += 1;
            self.purchase(purchase, member, day);
        }
    }

    fn purchase(&mut self, purchase: &Purchase, member: MemberId, day: i32) {
        let next = u32::try_from(self.customers.len()).unwrap_or(u32::MAX);
        let customer = *self.customers.entry(member).or_insert(next);
        for line in purchase.lines.iter().filter(|own| !own.sku.is_empty()) {
            let product = self.products.of(line.sku.as_str());
            if product as usize == self.said.len() {
                self.said.push(Said::default());
            }
            let said = &mut self.said[product as usize];
            said.amount += i128::from(line.amount);
            said.quantity += i128::from(line.quantity);
            if said.category.is_empty() {
                line.category.as_str().clone_into(&mut said.category);
            }
            self.lines.push(BoughtLine {
                customer,
                day,
                order: self.orders,
                product,
            });
        }
    }
}

impl App {
    /// Makes the table of recommendations anew from the log. `told` hears how far it is and says whether to go
    /// on.
    ///
    /// # Errors
    /// Somebody else makes one at this moment.
    pub fn build_recommendations(
        &self,
        tenant: TenantId,
        told: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<RecommendationModel, Error> {
        let now = self.now();
        let core = self.core();
        let free = core.pool.with(|store| begin(store, tenant, now))?;
        if !free {
            return Err(Error::Busy);
        }
        let built = self.built(tenant, now, told);
        core.pool.with(|store| {
            let ended =
                only_setting::replace(store, tenant, MODEL, |before: &RecommendationModel| {
                    match &built {
                        Ok(new) => new.clone(),
                        Err(_) => RecommendationModel {
                            begun_micros: 0,
                            ..before.clone()
                        },
                    }
                });
            ended.map(drop)
        })?;
        built
    }

    fn built(
        &self,
        tenant: TenantId,
        now: Timestamp,
        told: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<RecommendationModel, Error> {
        let program = self.program_in_force(tenant, now)?.1;
        let mut bought = Bought {
            zone: program.zone.clone(),
            since: program.zone.day(now).number() - DAYS_BACK,
            lines: Vec::new(),
            products: Numbers::default(),
            said: Vec::new(),
            customers: HashMap::new(),
            orders: 0,
        };
        let core = self.core();
        core.pool.with(|store| {
            let standing = Standing::read(store, tenant)?;
            walk::each_event(store, tenant, told, &mut |row| {
                bought.tell(&row, standing.of(row.member));
            })
        })?;
        let (links, model) = table(core, tenant, (bought, now))?;
        core.write(move |store| Ok(store.replace_product_links(tenant, &links)?))?;
        Ok(model)
    }
}

/// Says that somebody begins; `false` if somebody did lately.
fn begin(store: &mut dyn Store, tenant: TenantId, now: Timestamp) -> Result<bool, Error> {
    let mut free = false;
    only_setting::replace(store, tenant, MODEL, |before: &RecommendationModel| {
        free = before.begun_micros + LOST_MICROS < now.micros();
        RecommendationModel {
            begun_micros: match free {
                true => now.micros(),
                false => before.begun_micros,
            },
            ..before.clone()
        }
    })?;
    Ok(free)
}

/// The rows of the table, and what is to be said of it.
fn table(
    core: &Core,
    tenant: TenantId,
    (bought, now): (Bought, Timestamp),
) -> Result<(Vec<(String, String)>, RecommendationModel), Error> {
    let (names, places) = bought.products.sorted();
    let mut lines = bought.lines;
    for line in &mut lines {
        line.product = places[line.product as usize];
    }
    let mut said = vec![Said::default(); names.len()];
    for (number, own) in bought.said.into_iter().enumerate() {
        said[places[number] as usize] = own;
    }
    let wares = wares(core, tenant, (&names, &said))?;
    let count = lines.len() as u64;
    let baskets = Baskets::new(lines, u32::try_from(names.len()).unwrap_or(u32::MAX));
    let named = |links: Vec<Link<u32>>| -> Vec<Link<String>> {
        let each = links.into_iter().map(|own| Link {
            product: names[own.product as usize].clone(),
            both: own.both,
            of: own.of,
            strength: own.strength,
        });
        each.collect()
    };
    let steps = |steps: Vec<StepUp<u32>>| -> Vec<(String, u32, u32)> {
        let each = steps.into_iter();
        each.map(|own| (names[own.product as usize].clone(), own.moved, own.of))
            .collect()
    };
    let (sold, now_bought) = (sold(&baskets), lately(&baskets));
    let all = together(&baskets)
        .into_iter()
        .zip(after(&baskets, AFTER_DAYS))
        .zip(also(&baskets, &now_bought))
        .zip(step_up(&baskets, &wares))
        .zip(&sold);
    let mut links = 0;
    let mut rows = Vec::with_capacity(names.len());
    for (name, ((((together, after), also), up), sold)) in names.iter().zip(all) {
        links += (together.len() + after.len() + also.len()) as u64;
        let body = Body {
            together: named(together),
            after: named(after),
            also: named(also),
            step_up: steps(up),
            sold: (sold.baskets, sold.customers, sold.again),
        };
        let text = serde_json::to_string(&body).map_err(|error| Error::Bug(error.to_string()))?;
        rows.push((name.clone(), text));
    }
    let popular = most_lately(&sold, &now_bought, POPULAR_MOST).into_iter();
    let model = RecommendationModel {
        built_micros: now.micros(),
        begun_micros: 0,
        lines: count,
        baskets: baskets.len().into(),
        customers: baskets.customers().into(),
        products: names.len() as u64,
        links,
        popular: popular.map(|own| names[own as usize].clone()).collect(),
    };
    Ok((rows, model))
}

/// Category and price of each product: what the shop says, else what lines of orders do.
fn wares(
    core: &Core,
    tenant: TenantId,
    (names, said): (&[String], &[Said]),
) -> Result<Vec<Ware>, Error> {
    let mut categories = Numbers::default();
    let mut wares = Vec::with_capacity(names.len());
    for (names, said) in names.chunks(1000).zip(said.chunks(1000)) {
        let ids: Vec<&str> = names.iter().map(String::as_str).collect();
        let known = core
            .pool
            .with(|store| master_data::listed(store, tenant, (MasterSort::Product, &ids)))?;
        let known: HashMap<String, (String, Option<i64>)> = known
            .into_iter()
            .map(|own| (own.id, (own.category, own.price)))
            .collect();
        for (name, said) in names.iter().zip(said) {
            let (category, price) = known.get(name).cloned().unwrap_or_default();
            let category = match category.is_empty() {
                true => said.category.as_str(),
                false => &category,
            };
            wares.push(Ware {
                category: (!category.is_empty()).then(|| categories.of(category)),
                price: price.or_else(|| said.price()),
            });
        }
    }
    Ok(wares)
}

impl Said {
    /// What a piece came to on average, rounded down.
    fn price(&self) -> Option<i64> {
        let quantity = (self.quantity > 0).then_some(self.quantity)?;
        i64::try_from(self.amount * 1000 / quantity).ok()
    }
}

/// Makes tables anew at night, until the app is closed: for merchants who had one made before.
pub(crate) fn run(app: &App) {
    let words = "recommendations stay as old as they are";
    for_each_tenant(app, EVERY, words, |tenant| {
        app.build_at_night(tenant).map(drop)
    });
}

impl App {
    /// Makes the table anew if the last one is of before this night; whether it did. The server does so by
    /// itself.
    pub fn build_at_night(&self, tenant: TenantId) -> Result<bool, Error> {
        let now = self.now();
        let model: RecommendationModel = self
            .core()
            .pool
            .with(|store| only_setting::get(store, tenant, MODEL))?;
        if model.built_micros == 0 {
            return Ok(false);
        }
        let program = self.program_in_force(tenant, now)?.1;
        let built = Timestamp::from_micros(model.built_micros);
        if !background::is_of_before_this_night(&program.zone, built, now) {
            return Ok(false);
        }
        let stop = &self.core().stop;
        match self.build_recommendations(tenant, &mut |_, _| !stop.wait(Duration::ZERO)) {
            Ok(_) => Ok(true),
            Err(Error::Busy) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
