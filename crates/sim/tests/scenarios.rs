//! Every story of `scenarios/`, told to the engine alone. `UPDATE=1` writes down what came of them
//! instead of what was expected.

#![allow(
    clippy::disallowed_methods,
    reason = "the stories and programs are files, and a failed seed is tried again by its number"
)]

use regulars_sim::scenario::{self, Clockwork, Difference, Scenario};
use std::path::{Path, PathBuf};

fn folder() -> &'static Path {
    Path::new("../../scenarios")
}

/// A program of the stories, or one of the examples for merchants.
fn load_program(name: &str) -> Result<String, String> {
    let folder = folder();
    let places = [
        folder.join("programs").join(name),
        folder.join("../programs").join(name),
    ];
    let found = places.iter().find(|path| path.is_file());
    let path = found.ok_or("is neither in scenarios/programs nor in programs")?;
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

fn stories() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the stories are there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    paths
}

/// What is wrong with one story, line by line.
fn tell(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a readable story");
    let story = match Scenario::parse(&text, &load_program) {
        Ok(story) => story,
        Err(faults) => return faults.iter().map(ToString::to_string).collect(),
    };
    let mut wrong = Vec::new();
    if story.about.is_empty() || !text.starts_with('#') {
        wrong.push("line 1: says what a merchant learns from it".to_owned());
    }
    let mut differences: Vec<Difference> = Vec::new();
    for clockwork in [Clockwork::Lazy, Clockwork::Punctual] {
        for step in scenario::run(&story, clockwork) {
            for difference in step.differences {
                let line = step.line;
                let said = format!("line {line} ({clockwork:?}): {}", difference.what);
                wrong.push(said);
                if clockwork == Clockwork::Lazy {
                    differences.push(difference);
                }
            }
        }
    }
    if std::env::var_os("UPDATE").is_some() && !differences.is_empty() {
        let updated = scenario::update(&text, &differences);
        std::fs::write(path, updated).expect("a writable story");
    }
    wrong
}

#[test]
fn every_story_ends_as_it_says() {
    let stories = stories();
    assert!(stories.len() >= 40, "only {} stories", stories.len());
    let mut failed = String::new();
    for path in &stories {
        let wrong = tell(path);
        if !wrong.is_empty() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            failed += &format!("\n{name}\n  {}\n", wrong.join("\n  "));
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn a_wrong_story_names_all_its_faults_with_their_lines() {
    let text = r#"# Faults.
program = """
[program]
name = "Faulty"
currency = "EUR"
[points.beans]
"""

[[step]]
at = "2025-13-01 09:00"
visit = "ana"

[[step]]
at = "2025-03-01 09:00"
purchase = { member = "ana", order = "r-1", totl = "12.40" }
expect = { points = 24 }

[[step]]
at = "2025-03-01 09:00"
refund = { order = "r-1", amount = "12.405" }
expect = { beans = "1.5" }
"#;
    let faults = Scenario::parse(text, &load_program).expect_err("is full of faults");
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [10, 15, 15, 16, 20, 21], "{faults:#?}");
}

#[test]
fn an_update_changes_what_was_expected_and_nothing_else() {
    let text = r#"# Update.
program = """
[program]
name = "Plain"
currency = "EUR"
[points.beans]
[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }
"""

[[step]] # the only one
at = "2025-03-01 09:00"
purchase = { member = "ana", order = "r-1", total = "12.40" }
expect = { beans = 7, because = ["nothing"] } # both wrong
"#;
    let story = Scenario::parse(text, &load_program).expect("is a story");
    let results = scenario::run(&story, Clockwork::Lazy);
    let differences = &results[0].differences;
    assert_eq!(differences.len(), 2, "{differences:?}");
    let updated = scenario::update(text, differences);
    let expected = text
        .replace("beans = 7", "beans = 12")
        .replace(r#"["nothing"]"#, r#"["enrolled", "spend: +12 beans"]"#);
    assert_eq!(updated, expected);
}
