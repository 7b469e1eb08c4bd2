//! A report about a running shop: its purchases and refunds, by the same way as files of orders. They
//! are exported as facts into a folder for a moment and read from there, so that no figure has a
//! second definition.

use super::{Insight, InsightOptions, insight};
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_lake::facts::FactsProgress;
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
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let folder = Folder::new()?;
        let facts = self.export_facts(tenant, &folder.0)?;
        if facts.rows == 0 {
            return Err(Error::invalid(
                "/period",
                "no purchase was accepted yet, so there is nothing to say about customers",
            ));
        }
        let options = InsightOptions {
            files: vec![folder.0.clone()],
            columns: Vec::new(),
            timezone: Some(program.zone.name().to_owned()),
            currency: None,
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
        };
        let mut found = insight(&options, progress)?;
        found.report.title = format!("Customers of {}", program.name);
        let months = facts.written.len();
        found.report.source.files = vec![(
            "the shop's own log".to_owned(),
            format!(
                "purchases and refunds of {months} months, days in {}",
                program.zone.name()
            ),
        )];
        Ok(found)
    }
}
