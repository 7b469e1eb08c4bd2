//! The files that are generated from the code and committed, so that a change in them is seen in
//! a review.
//!
//! Each is what one command of `regulars` prints. A new generated file is a new line in the table.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

/// A generated file, and the arguments of `regulars` that print it.
const GENERATED: [(&str, &[&str]); 0] = [];

/// Writes every generated file.
pub(crate) fn write(root: &Path) -> anyhow::Result<ExitCode> {
    for (path, arguments) in GENERATED {
        let text = regulars(root, arguments)?;
        let path = root.join(path);
        if std::fs::read(&path).ok().as_deref() != Some(text.as_slice()) {
            std::fs::write(&path, &text).with_context(|| format!("{}", path.display()))?;
            println!("wrote {}", path.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Says which generated files are not what the code prints.
pub(crate) fn check(root: &Path) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (path, arguments) in GENERATED {
        let text = regulars(root, arguments)?;
        if std::fs::read(root.join(path)).ok().as_deref() != Some(text.as_slice()) {
            println!(
                "{path} is not what the code says. Run `make docs` and look at the difference"
            );
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// What `regulars` prints when it is called like this.
fn regulars(root: &Path, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "run",
            "--quiet",
            "--locked",
            "--package",
            "regulars-cli",
            "--",
        ])
        .args(arguments)
        .current_dir(root)
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("`regulars {}` failed: {error}", arguments.join(" "));
    }
    Ok(output.stdout)
}
