//! What may stand in a source file: its opening sentence, no leftovers, and each matter only in the
//! crate it belongs to.
//!
//! The checks read lines, not syntax. They are simple on purpose: whoever wants to trick them can.

use std::path::Path;

use anyhow::Context;

/// A Rust file of ours.
pub(crate) struct Source {
    /// Its path from the root of the workspace.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

/// Names that say nothing of what a file is about.
const EMPTY_NAMES: [&str; 7] = [
    "utils", "util", "helpers", "helper", "common", "misc", "mod",
];

/// Leftovers. Written in halves, so that this file passes its own check.
const LEFTOVERS: [(&str, &str); 4] = [
    (concat!("to", "do!("), "finish it"),
    (
        concat!("FIX", "ME"),
        "fix it, or say in a sentence why it is as it is",
    ),
    (concat!("unimple", "mented!("), "finish it"),
    (
        concat!("#[ig", "nore"),
        "a test that does not run is no test: mend it or delete it",
    ),
];

/// How a statement of SQL begins in a string.
const SQL: [&str; 7] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "ON CONFLICT ",
];

const PRINTS: [&str; 4] = ["println!(", "eprintln!(", "print!(", "eprint!("];

/// All Rust files of the workspace, in the order of their paths.
pub(crate) fn read_all(root: &Path) -> anyhow::Result<Vec<Source>> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        collect(root, &root.join(folder), &mut files)?;
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<Source>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("target") {
                collect(root, &path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let from_root = path
                .strip_prefix(root)
                .expect("the folder lies below the root");
            files.push(Source {
                path: from_root.to_string_lossy().into_owned(),
                text,
            });
        }
    }
    Ok(())
}

pub(crate) fn faults(files: &[Source]) -> Vec<String> {
    files.iter().flat_map(faults_of).collect()
}

fn faults_of(source: &Source) -> Vec<String> {
    let Source { path, text } = source;
    let mut faults = Vec::new();
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| part.trim_end_matches(".rs"))
        .collect();
    if let Some(name) = parts.iter().find(|part| EMPTY_NAMES.contains(part)) {
        faults.push(format!(
            "{path}: `{name}` says nothing; name it after what it holds"
        ));
    }
    // A crate's root may begin with its attributes, an included README among them.
    let opens = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    if !opens.starts_with("//!") && !opens.starts_with("#![doc") {
        faults.push(format!(
            "{path}: begin with `//!` and a sentence that says what this is for"
        ));
    }
    for (line, number) in text.lines().zip(1..) {
        for (leftover, advice) in LEFTOVERS {
            if line.contains(leftover) {
                faults.push(format!(
                    "{path}:{number}: `{leftover}` was left behind; {advice}"
                ));
            }
        }
    }
    let tests = ["tests", "tests.rs", "benches", "examples"];
    if !path.split('/').any(|part| tests.contains(&part)) {
        faults.extend(out_of_place(path, text));
    }
    faults
}

/// SQL outside the store (the bench counts rows from outside, the cluster asks facts in it), HTTP outside the server, printing outside the command line.
fn out_of_place(path: &str, text: &str) -> Vec<String> {
    let home = path.split('/').nth(1).unwrap_or_default();
    let is_xtask = path.starts_with("xtask/");
    let shipped = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]");
    let code = shipped
        .zip(1..)
        .filter(|(line, _)| !line.trim_start().starts_with("//"));
    let mut faults = Vec::new();
    for (line, number) in code {
        if !is_xtask
            && !matches!(home, "store" | "cluster" | "testkit" | "bench")
            && let Some(sql) = SQL.iter().find(|sql| line.contains(*sql))
        {
            faults.push(format!(
                "{path}:{number}: `{sql}…` is SQL; it belongs to the store"
            ));
        }
        if !is_xtask && home != "server" && line.contains("axum::") {
            faults.push(format!("{path}:{number}: axum belongs to the server"));
        }
        if !is_xtask
            && !matches!(home, "cli" | "bench" | "storm" | "doors")
            // A build script speaks to cargo by printing.
            && !path.ends_with("/build.rs")
            && PRINTS.iter().any(|print| line.contains(print))
        {
            faults.push(format!(
                "{path}:{number}: only the command line prints; use tracing, or return it"
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::{LEFTOVERS, Source, faults_of};

    fn count(path: &str, text: &str) -> usize {
        faults_of(&Source {
            path: path.to_owned(),
            text: text.to_owned(),
        })
        .len()
    }

    #[test]
    fn a_file_opens_with_a_sentence_and_has_a_name_that_says_something() {
        assert_eq!(count("crates/base/src/money.rs", "//! Money.\n"), 0);
        assert_eq!(count("crates/base/src/money.rs", "use std::fmt;\n"), 1);
        assert_eq!(count("crates/base/src/utils.rs", "//! Things.\n"), 1);
        assert_eq!(count("crates/base/tests/common/mod.rs", "//! Things.\n"), 1);
    }

    #[test]
    fn leftovers_are_found_in_tests_too() {
        for (leftover, _) in LEFTOVERS {
            let text = format!("//! A.\nfn a() {{\n    {leftover}\n}}\n");
            assert_eq!(count("crates/store/tests/all.rs", &text), 1, "{leftover}");
        }
    }

    #[test]
    fn each_matter_stays_in_its_crate() {
        let sql = "//! A.\nconst Q: &str = \"SELECT 1\";\n";
        assert_eq!(count("crates/store/src/a.rs", sql), 0);
        assert_eq!(count("crates/app/src/a.rs", sql), 1);
        let print = "//! A.\nfn a() {\n    println!(\"a\");\n}\n";
        assert_eq!(count("crates/cli/src/a.rs", print), 0);
        assert_eq!(count("crates/app/src/a.rs", print), 1);
        assert_eq!(count("crates/app/tests/a.rs", print), 0);
        let http = "//! A.\nuse axum::Router;\n";
        assert_eq!(count("crates/server/src/a.rs", http), 0);
        assert_eq!(count("crates/api/src/a.rs", http), 1);
        let test = "//! A.\n#[cfg(test)]\nmod tests {\n    // SELECT\n    println!(\"a\");\n}\n";
        assert_eq!(count("crates/app/src/a.rs", test), 0);
    }
}
