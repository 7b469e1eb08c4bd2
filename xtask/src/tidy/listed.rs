//! Every library has its reason in writing, and the list names no library that is gone.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

const LIST: &str = "docs/adr/0011-which-libraries.md";

pub(crate) fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).context("Cargo.toml")?;
    let list = std::fs::read_to_string(root.join(LIST)).context(LIST)?;
    Ok(compare(&used(&manifest), &listed(&list)))
}

fn compare(used: &BTreeSet<&str>, listed: &BTreeSet<&str>) -> Vec<String> {
    let unexplained = used.difference(listed).map(|name| {
        format!("`{name}` is a dependency, but {LIST} does not say why. Give it a line there")
    });
    let gone = listed.difference(used).map(|name| {
        format!("{LIST} has a line for `{name}`, which is no dependency (any more). Remove it")
    });
    unexplained.chain(gone).collect()
}

/// The others' packages in `[workspace.dependencies]`.
fn used(manifest: &str) -> BTreeSet<&str> {
    let lines = manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]");
    let section = lines.skip(1).take_while(|line| !line.starts_with('['));
    let names = section.filter_map(|line| Some(line.split_once('=')?.0.trim()));
    names
        .filter(|name| !name.starts_with('#') && !name.starts_with("regulars-"))
        .collect()
}

/// The names in the first column of the tables, several of them divided by commas.
fn listed(list: &str) -> BTreeSet<&str> {
    let cells = list
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('|').next());
    cells
        .flat_map(|cell| cell.split('`'))
        .map(str::trim)
        .filter(|s| is_name(s))
        .collect()
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    !text.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_without_a_reason_and_a_reason_without_a_library_are_found() {
        let manifest = "[package]\nname = \"x\"\n[workspace.dependencies]\n# pure\n\
                        regulars-base = { path = \"b\" }\nserde = \"1\"\ncsv = \"1\"\n[profile]\na=1";
        let list = "| library | why |\n|---|---|\n| `serde`, `old` | because |\n";
        let faults = compare(&used(manifest), &listed(list));
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(
            faults[0].contains("`csv`") && faults[1].contains("`old`"),
            "{faults:?}"
        );
    }
}
