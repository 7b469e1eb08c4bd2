//! What the program in force offers, and how far each part has come.

use crate::overview::BudgetUsed;
use crate::{App, Error};
use regulars_base::{Almanac, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::{Limited, Prize, Reward, budgets};
use regulars_engine::state::SharedKey;
use regulars_store::{CodeBatch, Store};
use std::sync::Arc;

/// What the program in force offers.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// As of when.
    pub as_of: Timestamp,
    /// The program in force.
    pub program: Arc<Program>,
    /// How far its budgets and stocks have come.
    pub budgets: Vec<BudgetUsed>,
    /// Batches of codes, by age.
    pub batches: Vec<CodeBatch>,
    /// How many are gone of each thing whose stock is counted.
    stock: Vec<(SharedKey, i64)>,
}

impl Catalogue {
    /// How many of a reward are left; nothing where they are not counted.
    pub fn reward_left(&self, reward: &Reward) -> Option<i64> {
        Some(reward.stock? - self.gone(reward.name))
    }

    /// How many of a prize are left; nothing where they are not counted.
    pub fn prize_left(&self, prize: &Prize) -> Option<i64> {
        Some(prize.stock? - self.gone(prize.name))
    }

    fn gone(&self, name: regulars_base::Name) -> i64 {
        let mut known = self.stock.iter();
        known
            .find(|(key, _)| key.name == name)
            .map_or(0, |(_, used)| *used)
    }
}

impl App {
    /// What the program in force offers. It reads figures that are kept: no log.
    pub fn catalogue(&self, tenant: TenantId) -> Result<Catalogue, Error> {
        let as_of = self.now();
        let (_, program) = self.program_in_force(tenant, as_of)?;
        let prizes = program.games.games.iter().flat_map(|game| &game.prizes);
        let prizes = prizes.filter(|own| own.stock.is_some()).map(|own| own.name);
        let rewards = program.rewards.iter().filter(|own| own.stock.is_some());
        let keys: Vec<_> = rewards
            .map(|own| own.name)
            .chain(prizes)
            .map(|name| SharedKey { name, period: 0 })
            .collect();
        let (budgets, batches, used) = self.core().pool.with(|store| {
            let budgets = budgets_used(store, tenant, &program, as_of)?;
            let batches = store.code_batches(tenant)?;
            Ok((budgets, batches, store.shared(tenant, &keys)?))
        })?;
        Ok(Catalogue {
            as_of,
            program,
            budgets,
            batches,
            stock: keys.into_iter().zip(used).collect(),
        })
    }
}

/// How far the budgets and stocks of a program have come, in the periods that `at` falls into.
pub(crate) fn budgets_used(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
    at: Timestamp,
) -> Result<Vec<BudgetUsed>, Error> {
    let budgets = budgets(program, &Almanac::of(program.zone.day(at)));
    let keys: Vec<_> = budgets.iter().map(|budget| budget.key).collect();
    let used = store.shared(tenant, &keys)?;
    let used = budgets.into_iter().zip(used).map(|(budget, used)| {
        let points = match budget.what {
            Limited::Times => None,
            Limited::Points(at) => program.points.get(usize::from(at)),
        };
        BudgetUsed {
            points: points.map(|points| (points.id.clone(), points.decimals)),
            budget,
            used,
        }
    });
    Ok(used.collect())
}
