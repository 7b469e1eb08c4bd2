//! Folders for files that are needed for a moment.

use crate::Error;
use std::path::{Path, PathBuf};

/// A folder among the temporary files that goes when nobody needs it any more.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one; its name begins with `what` and is no other's.
    pub(crate) fn new(what: &str) -> Result<Self, Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::Unavailable(format!("the system gives no randomness: {error}"))
        })?;
        let name = format!("{what}-{}", uuid::Uuid::from_bytes(bytes));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).map_err(|error| failed(&path, &error))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it, and says where that is.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf, Error> {
        let path = self.0.join(name);
        std::fs::write(&path, text).map_err(|error| failed(&path, &error))?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It lies among temporary files; whoever clears those clears it too.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        why: format!("{error}; the folder for temporary files must take some"),
    }
}
