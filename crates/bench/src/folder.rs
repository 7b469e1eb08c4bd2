//! A folder for one run.

use crate::options::Options;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// A folder that removes itself.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A new one below the folder of the options.
    pub(crate) fn new(options: &Options, name: &str) -> anyhow::Result<Self> {
        let name = format!("bench-{name}-{}", std::process::id());
        let path = options.dir.join(name);
        std::fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    /// Itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is only in the way of nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
