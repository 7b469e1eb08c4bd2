//! Both databases take the same steps: the two migration folders hold the same file names.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

/// The two folders below `crates/store/migrations`.
const SIDES: [&str; 2] = ["sqlite", "postgres"];

pub(crate) fn faults(migrations: &Path) -> anyhow::Result<Vec<String>> {
    if !migrations.exists() {
        return Ok(vec![format!("{} is missing", migrations.display())]);
    }
    let [left, right] = SIDES.map(|side| names(&migrations.join(side)));
    Ok(compare(&left?, &right?))
}

fn compare(left: &BTreeSet<String>, right: &BTreeSet<String>) -> Vec<String> {
    let badly_named = left
        .union(right)
        .filter(|name| !well_named(name))
        .map(|name| format!("migration `{name}` is not named like 0001_what_it_does.sql"));
    let one_sided = left.symmetric_difference(right).map(|name| {
        let (here, there) = if left.contains(name) {
            (SIDES[0], SIDES[1])
        } else {
            (SIDES[1], SIDES[0])
        };
        format!("migration `{name}` is there for {here} and not for {there}. Write its twin")
    });
    badly_named.chain(one_sided).collect()
}

/// `0001_sentence.sql`.
fn well_named(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".sql") else {
        return false;
    };
    let Some((number, sentence)) = stem.split_once('_') else {
        return false;
    };
    number.len() == 4
        && number.bytes().all(|b| b.is_ascii_digit())
        && !sentence.is_empty()
        && sentence
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn names(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_without_its_twin_is_found() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert!(compare(&set(&["0001_events.sql"]), &set(&["0001_events.sql"])).is_empty());
        let faults = compare(
            &set(&["0001_events.sql", "2.sql"]),
            &set(&["0001_events.sql"]),
        );
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
