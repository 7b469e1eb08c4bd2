//! How good recommendations would have been, asked of files of orders: no database, no program.

use super::build::Numbers;
use crate::insight::facts_options;
use crate::{Error, FactsProgress, InsightOptions};
use regulars_base::{CivilDay, Timestamp};
use regulars_lake::{Field, open};
use regulars_metrics::recommend::{Accuracy, BoughtLine, accuracy};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::path::Path;

/// So many products are named.
const NAMED: usize = 10;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// Lines with a customer, a product and an amount that is not below zero.
    pub lines: u64,
    /// Lines that were left out: they cannot be read, name no customer or no product, or are refunds.
    pub left_out: u64,
    /// Products.
    pub products: u32,
    /// How many products were named.
    pub named: usize,
    /// The first day that was asked.
    pub asked_from: CivilDay,
    /// How good each way was.
    pub methods: Vec<Accuracy>,
}

/// Asks each way to recommend for the next basket of each customer of these files after a day.
///
/// # Errors
/// A file cannot be read, or says of no order or of no product which it is.
pub fn evaluate_recommendations(
    options: &InsightOptions,
    progress: &dyn Fn(FactsProgress) -> bool,
) -> Result<Evaluated, Error> {
    let mut read = Read::default();
    if options.files.is_empty() {
        return Err(Error::invalid("/files", "is empty; name at least one file"));
    }
    for path in &options.files {
        read.file(path, options, progress)?;
    }
    let (names, places) = read.products.sorted();
    for line in &mut read.lines {
        line.product = places[line.product as usize];
    }
    let products = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let lines = read.lines.len() as u64;
    let (asked_from, methods) = accuracy(read.lines, products, NAMED);
    Ok(Evaluated {
        lines,
        left_out: read.left_out,
        products,
        named: NAMED,
        asked_from: CivilDay::from_number(asked_from),
        methods,
    })
}

#[derive(Default)]
struct Read {
    lines: Vec<BoughtLine>,
    left_out: u64,
    products: Numbers,
    customers: Numbers,
}

impl Read {
    fn file(
        &mut self,
        path: &Path,
        options: &InsightOptions,
        progress: &dyn Fn(FactsProgress) -> bool,
    ) -> Result<(), Error> {
        let lake = facts_options(options)?.0.files;
        let failed = |error: regulars_lake::Error| Error::File {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let mut reader = open(path, &lake).map_err(failed)?;
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        while let Some(chunk) = reader.next().map_err(failed)? {
            let batch = &chunk.batch;
            for field in [Field::Customer, Field::Order, Field::Sku] {
                if !batch.has(field) {
                    let why = format!("no column says the {field}; map one: --map {field}=COLUMN");
                    return Err(Error::File {
                        path: path.to_owned(),
                        why,
                    });
                }
            }
            self.left_out += chunk.rejects.len() as u64;
            for row in 0..batch.len() {
                let customer = reader.text(batch, Field::Customer, row);
                let product = reader.text(batch, Field::Sku, row);
                let order = batch.plain(Field::Order, row);
                let at = batch.number(Field::Time, row);
                let amount = batch.number(Field::Amount, row).unwrap_or(0);
                let refund = amount < 0 || batch.is_refund(row) == Some(true);
                let (Some(customer), Some(product), Some(order), Some(at), false) =
                    (customer, product, order, at, refund)
                else {
                    self.left_out += 1;
                    continue;
                };
                self.lines.push(BoughtLine {
                    customer: self.customers.of(customer),
                    day: lake.zone.day(Timestamp::from_micros(at)).number(),
                    order: hasher.hash_one(order),
                    product: self.products.of(product),
                });
            }
            let told = FactsProgress {
                done: chunk.done,
                total: reader.total(),
                rows: self.lines.len() as u64 + self.left_out,
            };
            if !progress(told) {
                return Err(failed(regulars_lake::Error::Interrupted));
            }
        }
        Ok(())
    }
}
