//! Rows that could not be taken, written to a file with line and reason.

use crate::Error;
use regulars_lake::Reject;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The file of rejects: made with the first of them.
pub(crate) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    pub(crate) count: u64,
}

impl Rejects {
    /// At `path`; an older file there is replaced only if there is something to reject.
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            count: 0,
        }
    }

    pub(crate) fn write(&mut self, reject: &Reject) -> Result<(), Error> {
        self.count += 1;
        let line = format!(
            "{},{},{},{}\n",
            reject.line,
            cell(reject.order.as_deref().unwrap_or_default()),
            cell(&reject.reason),
            cell(&reject.text)
        );
        let path = &self.path;
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let made = File::create(path).map_err(|error| failed(path, &error))?;
                let mut made = BufWriter::new(made);
                made.write_all(b"line,order,reason,text\n")
                    .map_err(|error| failed(path, &error))?;
                none.insert(made)
            }
        };
        file.write_all(line.as_bytes())
            .map_err(|error| failed(path, &error))
    }

    /// Where they are, if there are any.
    pub(crate) fn finish(self) -> Result<Option<PathBuf>, Error> {
        let Some(mut file) = self.file else {
            return Ok(None);
        };
        file.flush().map_err(|error| failed(&self.path, &error))?;
        Ok(Some(self.path))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        why: format!("rejected rows cannot be written there: {error}; name another file"),
    }
}

/// A cell of a CSV file.
pub(crate) fn cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
