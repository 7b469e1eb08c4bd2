//! What cargo knows of the workspace, cut down to what the rules ask for.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// The packages that are built on this machine, ours and others'.
pub(crate) struct Workspace {
    /// Our own crates.
    pub(crate) members: Vec<Member>,
    /// Every package in the graph that is not ours.
    pub(crate) others: Vec<Package>,
}

/// One of our crates.
pub(crate) struct Member {
    /// The name without `regulars-`, which is also the name of its folder.
    pub(crate) name: String,
    /// What it depends on.
    pub(crate) dependencies: Vec<Dependency>,
}

/// A line of a manifest.
pub(crate) struct Dependency {
    /// The package's name.
    pub(crate) name: String,
    /// Whether it is one of our crates.
    pub(crate) ours: bool,
    /// Whether only tests use it.
    pub(crate) dev: bool,
}

/// A package that is not ours.
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// What it says of its licence.
    pub(crate) licence: Option<String>,
}

/// Asks cargo. Only packages for this machine are looked at: the manifests of the others may not
/// have been downloaded, and the rules must hold offline; for the same reason libraries behind a
/// feature are looked at only where that is named.
pub(crate) fn read(root: &Path, features: &[&str]) -> anyhow::Result<Workspace> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            &host()?,
            "--features",
            &features.join(","),
        ])
        .current_dir(root)
        .output()
        .context("cargo metadata could not be started")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    parse(&serde_json::from_slice(&output.stdout).context("cargo metadata wrote no JSON")?)
}

/// The name of the platform we run on, as rustc calls it.
fn host() -> anyhow::Result<String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("rustc was not found")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

fn parse(metadata: &Value) -> anyhow::Result<Workspace> {
    let ids =
        |list: &Value| -> Vec<String> { list.as_array().into_iter().flatten().map(text).collect() };
    let members = ids(&metadata["workspace_members"]);
    let built: Vec<String> = metadata["resolve"]["nodes"]
        .as_array()
        .context("cargo metadata resolved nothing")?
        .iter()
        .map(|node| text(&node["id"]))
        .collect();
    let mut workspace = Workspace {
        members: Vec::new(),
        others: Vec::new(),
    };
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let id = text(&package["id"]);
        if members.contains(&id) {
            workspace.members.push(member(package));
        } else if built.contains(&id) {
            workspace.others.push(Package {
                name: text(&package["name"]),
                version: text(&package["version"]),
                licence: package["license"].as_str().map(str::to_owned),
            });
        }
    }
    Ok(workspace)
}

fn member(package: &Value) -> Member {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    Member {
        name: short(&text(&package["name"])),
        dependencies: dependencies
            .map(|dependency| Dependency {
                name: short(&text(&dependency["name"])),
                ours: dependency["path"].is_string(),
                dev: dependency["kind"] == "dev",
            })
            .collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn short(name: &str) -> String {
    name.strip_prefix("regulars-").unwrap_or(name).to_owned()
}
