//! What is made from the list of fields is the same as what is kept in the repository. `UPDATE=1`
//! writes it anew.

#![allow(
    clippy::disallowed_methods,
    reason = "UPDATE=1 writes what is kept in the repository anew, which takes files"
)]

use regulars_engine::program::{manual, schema};
use std::{env, fs, path::PathBuf};

fn kept(path: &str, now: &str) {
    let full = PathBuf::from("../..").join(path);
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(full.parent().expect("a file has a folder"))
            .expect("a folder can be made");
        fs::write(&full, now).expect("the file can be written");
    }
    let old = fs::read_to_string(&full).unwrap_or_default();
    let hint = "write it anew with UPDATE=1 cargo test -p regulars-engine --test program";
    assert!(old == now, "{path} is not what the format says now; {hint}");
}

#[test]
fn the_schema_follows_the_list_of_fields() {
    kept("programs/program.schema.json", &schema::text());
}

#[test]
fn the_manual_follows_the_list_of_fields() {
    let pages = manual::pages();
    for (path, text) in &pages {
        kept(&format!("docs/manual/{path}"), text);
    }
    let folder = PathBuf::from("../../docs/manual/program");
    let there = fs::read_dir(folder).expect("it was read just now").count();
    assert_eq!(there, pages.len() - 1, "a page is there that nobody makes");
}
