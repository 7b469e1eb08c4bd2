//! What models say of each member of a shop, for whoever keeps it with them: the numbers of the report, by the same
//! functions.

use super::{InsightOptions, Orders, kinds_of, leaving_of, outlook_of, read_orders, settled, told};
use crate::{App, Error};
use regulars_base::{CivilDay, MemberId, TenantId, WalletId};
use regulars_engage::Said;
use regulars_lake::facts::FactsProgress;
use regulars_metrics::CustomerSummary;
use regulars_metrics::each::{Each, OfCustomer};
use regulars_metrics::kinds::Kinds;
use regulars_metrics::leaving::Leaving;
use regulars_metrics::model::Refusal;
use regulars_metrics::outlook::Outlook;
use regulars_metrics::report::Scored;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many members are told at once.
const TOGETHER: usize = 500;

/// So many bytes of orders lie in memory at night; the rest waits in a file.
const MEMORY_BYTES: usize = 256 << 20;

/// Hears what is said of some members, in the order of their ids.
pub(crate) type EachMember<'a> = &'a mut dyn FnMut(BTreeMap<WalletId, Said>) -> Result<(), Error>;

/// What models were made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelTold {
    /// The last day of which orders are known: on it everything stands.
    pub(crate) as_of: CivilDay,
    /// How many days a window of activity has.
    pub(crate) window_days: i32,
    /// How many members ever bought.
    pub(crate) customers: u64,
    /// Model by model.
    pub(crate) models: Vec<OfModel>,
}

/// What became of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfModel {
    /// The name of its score or label.
    pub(crate) name: &'static str,
    /// Why it says nothing: code and words.
    pub(crate) refused: Option<(&'static str, String)>,
    /// Whether it came closer than a plain guess on a time that it had not seen; nothing where that could not be asked.
    pub(crate) is_better: Option<bool>,
}

impl App {
    /// Tells what models say of each member who ever bought. Nothing, if nobody did.
    pub(crate) fn models_of_each(
        &self,
        tenant: TenantId,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
        each: EachMember<'_>,
    ) -> Result<Option<ModelTold>, Error> {
        let options = InsightOptions {
            // Tills go on meanwhile.
            threads: 1,
            memory_bytes: Some(MEMORY_BYTES),
            ..InsightOptions::default()
        };
        let shop = match self.shop_facts(tenant, &options) {
            Err(Error::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let (options, rules) = settled(&shop.options)?;
        let orders = read_orders(&options, None, progress)?;
        let Orders {
            facts,
            basics,
            calendar,
            window,
            ..
        } = &orders;
        // One after the other, so that what one was made of is gone before the next.
        let leaving = leaving_of(facts, (*window, calendar.last()), &options)?;
        let outlook = outlook_of(facts, basics, calendar, &options)?;
        let known = shop.known(self, tenant)?;
        let told = Arc::new(told(&known, facts, basics)?);
        let kinds = kinds_of(facts, calendar, (&rules, told), &options)?;
        let all = Each {
            leaving: &leaving,
            outlook: &outlook,
            kinds: &kinds,
            scored: &Scored::new(basics),
            decimals: facts.currency().exponent(),
        };
        let mut members: Vec<(MemberId, &CustomerSummary)> = Vec::new();
        for customer in &basics.customers {
            let id = facts.name(customer.customer).parse();
            let id = id.map_err(|_| Error::Bug("facts name somebody who is no member".into()))?;
            members.push((id, customer));
        }
        // In the order in which the database has them.
        members.sort_unstable_by_key(|own| own.0);
        for some in members.chunks(TOGETHER) {
            let some = some.iter().map(|(member, customer)| {
                let wallet = WalletId::from_bytes(*member.bytes());
                (wallet, said(&all.of(customer)))
            });
            each(some.collect())?;
        }
        Ok(Some(ModelTold {
            as_of: calendar.last(),
            window_days: window.days,
            customers: basics.customers.len() as u64,
            models: models(&leaving, &outlook, &kinds),
        }))
    }
}

/// What is said of somebody, by the names that conditions have for it.
fn said(own: &OfCustomer) -> Said {
    let scores = [
        ("churn", own.churn),
        ("alive", own.alive),
        ("orders", own.orders),
        ("value", own.value),
    ];
    let labels = [
        ("rfm", Some(own.segment.id())),
        ("loyalty", own.kind.map(|kind| kind.id())),
    ];
    let scores = scores.into_iter();
    let labels = labels.into_iter();
    Said {
        scores: scores
            .filter_map(|(name, score)| Some((name.to_owned(), score?)))
            .collect(),
        labels: labels
            .filter_map(|(name, label)| Some((name.to_owned(), label?.to_owned())))
            .collect(),
    }
}

/// What became of each model.
fn models(
    leaving: &Result<Leaving, Refusal>,
    outlook: &Result<Outlook, Refusal>,
    kinds: &Kinds,
) -> Vec<OfModel> {
    let of = |name, refused: Option<&Refusal>, is_better| OfModel {
        name,
        refused: refused.map(|it| (it.code(), it.to_string())),
        is_better,
    };
    let left = leaving.as_ref().ok();
    let left = left.and_then(|it| it.checked.as_ref().ok());
    let held = outlook.as_ref().ok();
    let held = held.and_then(|it| it.checked.as_ref().ok());
    let bought = held.map(|it| it.holdout.beats_naive());
    let spent = held.and_then(|it| it.spend.as_ref().ok());
    let spent = spent.map(|it| it.beats_naive());
    let no_value = outlook.as_ref().map(|it| it.value.as_ref().err());
    let lasts = kinds.held().ok().map(|it| it.same > it.by_chance);
    vec![
        of(
            "churn",
            leaving.as_ref().err(),
            left.map(|it| it.brier < it.brier_naive),
        ),
        of("alive", outlook.as_ref().err(), bought),
        of("orders", outlook.as_ref().err(), bought),
        of(
            "value",
            no_value.unwrap_or_else(Some),
            bought.zip(spent).map(|(bought, spent)| bought && spent),
        ),
        of("rfm", None, None),
        of("loyalty", None, lasts),
    ]
}
