//! The steps that bring a database up to this program's version: the same numbers and names for
//! both databases, never edited once released.

use sha2::{Digest, Sha256};

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    /// Its number; the database's version once it is done.
    pub(crate) version: i64,
    /// What it does.
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

macro_rules! step {
    ($version:literal, $name:literal) => {
        Step {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// All steps, in order.
pub(crate) const STEPS: &[Step] = &[
    step!(1, "0001_wallets_log_and_ledger"),
    step!(2, "0002_codes_of_coupons"),
    step!(3, "0003_payments_to_ask_for"),
    step!(4, "0004_scores_and_nicknames"),
    step!(5, "0005_cases"),
    step!(6, "0006_fulfilments_and_supplier_codes"),
    step!(7, "0007_sessions_and_finding_members"),
    step!(8, "0008_submissions_that_wait"),
    step!(9, "0009_who_appears_on_leaderboards"),
    step!(10, "0010_subscribers"),
    step!(11, "0011_the_pages_for_members"),
    step!(12, "0012_records_and_audit"),
    step!(13, "0013_what_is_looked_for"),
    step!(14, "0014_webhooks"),
    step!(15, "0015_segments"),
    step!(16, "0016_messages"),
    step!(17, "0017_connectors"),
    step!(18, "0018_journeys"),
    step!(19, "0019_surveys"),
    step!(21, "0021_products_and_recommendations"),
    step!(22, "0022_cards"),
    step!(23, "0023_offers"),
    step!(25, "0025_who_a_member_is"),
    step!(26, "0026_consents_to_confirm"),
    step!(28, "0028_sessions_in_use"),
    step!(32, "0032_who_was_merged"),
    step!(33, "0033_sends_by_moment"),
    step!(34, "0034_the_vault"),
];

/// The version that this program needs.
pub(crate) const KNOWN: i64 = STEPS[STEPS.len() - 1].version;

/// What tells an edited step from the one that was run.
pub(crate) fn checksum(sql: &str) -> [u8; 32] {
    Sha256::digest(sql.as_bytes()).into()
}
