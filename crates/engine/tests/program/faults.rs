//! Files with faults, and exactly what is said about them. `UPDATE=1` writes down what is said now.

#![allow(
    clippy::disallowed_methods,
    reason = "UPDATE=1 writes what is kept in the repository anew, which takes files"
)]

use regulars_engine::program::compile::compile;
use std::{env, fs, path::PathBuf};

/// What stands before each case unless it begins with `[program]` or a syntax error of its own.
const PREAMBLE: &str = "program = { name = \"Shop\", currency = \"EUR\" }\npoints.beans = {}\n";

#[test]
fn every_fault_is_said_at_its_place_with_what_to_do() {
    let path = PathBuf::from("tests/program/faults.txt");
    let table = fs::read_to_string(&path).expect("the table is there");
    let mut now = String::new();
    let mut cases = 0;
    for case in table.split("=== ").skip(1) {
        let (name, rest) = case.split_once('\n').expect("a case has a name");
        let (input, _) = rest
            .split_once("--- says\n")
            .expect("a case has an expectation");
        let text = match name.starts_with("bare: ") {
            true => input.to_owned(),
            false => format!("{PREAMBLE}{input}"),
        };
        let (program, said) = compile(&text);
        let errors = said
            .iter()
            .any(|one| one.severity == regulars_engine::program::diagnostic::Severity::Error);
        assert_eq!(program.is_none(), errors, "{name}: a program, or an error");
        let said: String = said.iter().map(|one| format!("{one}\n")).collect();
        now += &format!("=== {name}\n{input}--- says\n{said}");
        cases += 1;
    }
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &now).expect("the table can be written");
        return;
    }
    assert!(cases >= 60, "the table lost cases: {cases}");
    for (old, new) in table.split("=== ").zip(now.split("=== ")) {
        assert_eq!(
            old, new,
            "run again with UPDATE=1 if this is what should be said"
        );
    }
    assert_eq!(table.len(), now.len());
}
