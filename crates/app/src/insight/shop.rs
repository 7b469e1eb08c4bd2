//! A report about a running shop: its purchases and refunds, by the same way as files of orders. They
//! are exported as facts into a folder for a moment and read from there, so that no figure has a
//! second definition.

use super::{Counted, Insight, InsightOptions, check_options, counted, insight};
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_lake::facts::FactsProgress;
use regulars_metrics::report::Report;
use std::path::PathBuf;

/// A folder that goes when nobody needs it any more.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Error> {
        let name = format!("regulars-facts-{}", uuid::Uuid::from_u128(random()?));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).map_err(|error| Error::File {
            path: path.clone(),
            why: format!("{error}; the folder for temporary files must take some"),
        })?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It lies among temporary files; whoever clears those clears it too.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn random() -> Result<u128, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Unavailable(format!("the system gives no randomness: {error}")))?;
    Ok(u128::from_ne_bytes(bytes))
}

impl App {
    /// Works everything out from the shop's purchases and refunds, as [`insight`] does from files.
    /// Days are those of the program's time zone. What `options` say of files is left aside.
    pub fn insight(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<Insight, Error> {
        let shop = self.shop_facts(tenant, options)?;
        let mut found = insight(&shop.options, progress)?;
        found.report.title = format!("Customers of {}", shop.name);
        found.report.source.files = vec![("the shop's own log".to_owned(), shop.how)];
        Ok(found)
    }

    /// The figures of a report alone, without models.
    pub fn figures(&self, tenant: TenantId, options: &InsightOptions) -> Result<Report, Error> {
        Ok(self.counted(tenant, options)?.report)
    }

    /// What is counted of the shop, without models.
    pub(super) fn counted(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
    ) -> Result<Counted, Error> {
        let shop = self.shop_facts(tenant, options)?;
        counted(&shop.options, &|_| true)
    }

    fn shop_facts(&self, tenant: TenantId, options: &InsightOptions) -> Result<ShopFacts, Error> {
        check_options(options)?;
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let folder = Folder::new()?;
        let facts = self.export_facts(tenant, &folder.0)?;
        if facts.rows == 0 {
            return Err(Error::not_found("purchase", "of anybody yet"));
        }
        let months = facts.written.len();
        Ok(ShopFacts {
            options: InsightOptions {
                files: vec![folder.0.clone()],
                timezone: Some(program.zone.name().to_owned()),
                by: options.by.clone(),
                product: options.product.clone(),
                period: options.period.clone(),
                window_days: options.window_days,
                threads: options.threads,
                memory_bytes: options.memory_bytes,
                horizon_months: options.horizon_months,
                margin: options.margin,
                discount_yearly: options.discount_yearly,
                ..InsightOptions::default()
            },
            name: program.name.to_string(),
            how: format!(
                "purchases and refunds of {months} months, days in {}",
                program.zone.name()
            ),
            _folder: folder,
        })
    }
}

/// A shop's facts in a folder that stays as long as this does.
struct ShopFacts {
    options: InsightOptions,
    name: String,
    how: String,
    _folder: Folder,
}
