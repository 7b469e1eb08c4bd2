//! Which crate may depend on which.
//!
//! The order keeps impossible what must not happen: a rule that queries, a store that decides, a
//! ledger that knows tiers. To draw a new arrow, change the table and write down why in docs/adr.

use std::collections::BTreeSet;

use super::metadata::{Member, Workspace};

/// Each crate and the crates of ours that it may use. Nothing else may use anything.
const ORDER: [(&str, &[&str]); 22] = [
    ("base", &[]),
    ("ledger", &["base"]),
    ("engine", &["ledger", "base"]),
    ("engage", &["engine", "ledger", "base"]),
    ("sim", &["engine", "ledger", "base"]),
    ("store", &["engine", "ledger", "base"]),
    ("lake", &["metrics", "base"]),
    ("pay", &["base"]),
    ("mail", &[]),
    ("pass", &[]),
    ("connect", &["engine", "ledger", "base"]),
    ("api", &["engine", "ledger", "base"]),
    (
        "app",
        &[
            "store", "lake", "pay", "mail", "pass", "connect", "sim", "engage", "engine", "ledger",
            "base", "metrics",
        ],
    ),
    (
        "server",
        &["app", "api", "mail", "engine", "ledger", "base"],
    ),
    (
        "cli",
        &[
            "server", "app", "api", "sim", "engine", "ledger", "base", "metrics", "cluster",
        ],
    ),
    // `lake` for its tests only, which hold SQL to its passes.
    ("cluster", &["lake", "metrics", "base"]),
    ("testkit", &["store", "app", "engine", "base"]),
    // What `cargo xtask sim` runs; nobody ships it, so it may use what serves tests.
    (
        "storm",
        &["testkit", "app", "store", "sim", "engine", "ledger", "base"],
    ),
    // What `make fuzz` lets everything in by; nobody ships it, so it may look at every parser.
    (
        "doors",
        &[
            "app", "api", "mail", "pass", "connect", "lake", "sim", "engage", "engine", "ledger",
            "base",
        ],
    ),
    // What `make bench` runs; nobody ships it, so it may look at everything.
    (
        "bench",
        &[
            "server", "app", "api", "sim", "store", "lake", "engage", "engine", "ledger", "base",
        ],
    ),
    ("xtask", &[]),
    ("metrics", &["base"]),
];

/// Serves tests only: nobody may ship it.
const TESTS_ONLY: &str = "testkit";
/// Is a test itself, from end to end, and may use what serves tests.
const IS_A_TEST: &str = "storm";

/// The crates that may know neither clock nor disk nor network, so that a decision can be repeated.
const PURE: [&str; 6] = ["base", "ledger", "engine", "engage", "sim", "metrics"];

/// What pure crates may use of others' work. A new line here needs a line in ADR 0011.
const PURE_MAY_USE: [&str; 11] = [
    "iso_currency",
    "jiff",
    "serde",
    "serde_json",
    "sha2",
    "smallvec",
    "smol_str",
    "strsim",
    "thiserror",
    "toml_edit",
    "uuid",
];

/// Libraries that belong to one part of the house. The test kit makes databases, and the bench
/// weighs them, so these may hold their clients too.
const AT_HOME: [(&str, &[&str]); 14] = [
    ("rusqlite", &["store", "testkit", "bench"]),
    ("tokio-postgres", &["store", "testkit", "bench"]),
    ("axum", &["server"]),
    ("tower", &["server"]),
    ("tower-http", &["server"]),
    ("rmcp", &["server"]),
    ("parquet", &["lake"]),
    ("datafusion", &["cluster"]),
    ("ballista", &["cluster"]),
    ("ureq", &["pay", "server", "connect"]),
    ("lettre", &["mail"]),
    ("mail-parser", &["mail"]),
    ("clap", &["cli", "bench"]),
    ("anyhow", &["cli", "bench", "xtask"]),
];

pub(crate) fn faults(workspace: &Workspace) -> Vec<String> {
    workspace.members.iter().flat_map(faults_of).collect()
}

fn faults_of(member: &Member) -> Vec<String> {
    let name = member.name.as_str();
    let Some(allowed) = may_use(name) else {
        return vec![format!(
            "crate `{name}` has no place in the order of crates. Give it a line in \
             xtask/src/tidy/arrows.rs and say why in docs/adr"
        )];
    };
    let below = all_below(name);
    let mut faults = Vec::new();
    for dependency in &member.dependencies {
        let other = dependency.name.as_str();
        if dependency.ours {
            // A test may look at whatever its crate reaches anyway.
            let fine = if dependency.dev {
                other == TESTS_ONLY || below.contains(other)
            } else {
                (other != TESTS_ONLY || name == IS_A_TEST) && allowed.contains(&other)
            };
            if !fine {
                let allowed = allowed.join(", ");
                faults.push(format!(
                    "crate `{name}` depends on `{other}`, but may only use [{allowed}]. \
                     Move the code to where it may be used from both"
                ));
            }
            continue;
        }
        if dependency.dev {
            continue;
        }
        if PURE.contains(&name) && !PURE_MAY_USE.contains(&other) {
            faults.push(format!(
                "crate `{name}` is pure and may not use `{other}`. Keep it out, or list it in \
                 xtask/src/tidy/arrows.rs with a reason in docs/adr/0011-which-libraries.md"
            ));
        }
        if let Some((_, homes)) = AT_HOME.iter().find(|(library, _)| *library == other)
            && !homes.contains(&name)
        {
            let homes = homes.join(" or ");
            faults.push(format!(
                "`{other}` belongs to `{homes}`; crate `{name}` may not use it"
            ));
        }
    }
    faults
}

fn may_use(name: &str) -> Option<&'static [&'static str]> {
    ORDER
        .iter()
        .find(|(member, _)| *member == name)
        .map(|(_, allowed)| *allowed)
}

/// What a crate reaches, directly or through others.
fn all_below(name: &str) -> BTreeSet<&'static str> {
    let mut below = BTreeSet::new();
    let mut open: Vec<&str> = may_use(name).unwrap_or_default().to_vec();
    while let Some(next) = open.pop() {
        let line = ORDER.iter().find(|(member, _)| *member == next);
        let (known, further) = line.expect("every name in the order has a line of its own");
        if below.insert(*known) {
            open.extend_from_slice(further);
        }
    }
    below
}

#[cfg(test)]
mod tests {
    use super::super::metadata::Dependency;
    use super::*;

    fn with(name: &str, dependency: &str, ours: bool, dev: bool) -> usize {
        let dependency = Dependency {
            name: dependency.to_owned(),
            ours,
            dev,
        };
        faults_of(&Member {
            name: name.to_owned(),
            dependencies: vec![dependency],
        })
        .len()
    }

    #[test]
    fn arrows_point_downwards_only() {
        assert_eq!(with("engine", "ledger", true, false), 0);
        assert_eq!(with("ledger", "engine", true, false), 1);
        assert_eq!(with("lake", "engine", true, false), 1);
        assert_eq!(with("newcomer", "base", true, false), 1);
    }

    #[test]
    fn tests_see_what_their_crate_reaches_and_the_test_kit() {
        assert_eq!(with("server", "sim", true, false), 1);
        assert_eq!(with("server", "sim", true, true), 0);
        assert_eq!(with("store", "testkit", true, true), 0);
        assert_eq!(with("store", "testkit", true, false), 1);
        assert_eq!(with("store", "app", true, true), 1);
    }

    #[test]
    fn libraries_stay_where_they_belong() {
        assert_eq!(with("engine", "tokio", false, false), 1);
        assert_eq!(with("engine", "proptest", false, true), 0);
        assert_eq!(with("app", "rusqlite", false, false), 1);
        assert_eq!(with("store", "rusqlite", false, false), 0);
    }

    #[test]
    fn the_order_has_no_circle() {
        for (name, _) in ORDER {
            assert!(!all_below(name).contains(name), "{name} reaches itself");
        }
    }
}
