//! Under which terms we may use others' work, and which packages we do not take at all.
//!
//! The same lists stand in deny.toml for those who have cargo-deny; here they are checked offline
//! and in every test run.

use super::metadata::{Package, Workspace};
use super::spdx;

/// Licences that ask for nothing but a notice.
const ACCEPTED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    // Of the decompressor that DataFusion brings: that of zlib in other words.
    "bzip2-1.0.6",
];

/// Packages we do not build, and why.
const BANNED: [(&str, &str); 4] = [
    (
        "openssl",
        "it builds or finds a C library of its own on every machine",
    ),
    (
        "openssl-sys",
        "it builds or finds a C library of its own on every machine",
    ),
    (
        "aws-lc-rs",
        "it builds a large C library; rustls runs on ring or pure Rust",
    ),
    (
        "aws-lc-sys",
        "it builds a large C library; rustls runs on ring or pure Rust",
    ),
];

pub(crate) fn faults(workspace: &Workspace) -> Vec<String> {
    workspace.others.iter().filter_map(fault_of).collect()
}

fn fault_of(package: &Package) -> Option<String> {
    let Package {
        name,
        version,
        licence,
    } = package;
    if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| banned == name) {
        return Some(format!(
            "`{name}` {version} is banned: {reason}. `cargo tree -i {name}` says who brings it"
        ));
    }
    let Some(licence) = licence else {
        return Some(format!(
            "`{name}` {version} states no licence; it cannot be used"
        ));
    };
    match spdx::satisfied(licence, &ACCEPTED) {
        Ok(true) => None,
        Ok(false) => Some(format!(
            "`{name}` {version} is under {licence}, which is not accepted"
        )),
        Err(reason) => Some(format!(
            "`{name}` {version}: licence `{licence}` is unclear: {reason}"
        )),
    }
}
