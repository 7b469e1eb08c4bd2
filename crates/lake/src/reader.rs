//! Opening a file and reading it, a step ahead of whoever takes the rows.
//!
//! Decoding runs on a thread of its own, so that a consumer with work of its own overlaps with it.
//! At most a few batches wait; a reader that is dropped stops its thread.

use crate::{
    Batch, Chunk, Digest, Error, Field, Found, Kind, Options, Reject,
    delimited::{CsvSource, JsonSource},
    detect, digest,
    encoding::Decoder,
    lines::Lines,
    parquet_file::ParquetSource,
    row::Builder,
};
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

/// How many batches may wait for the consumer.
const AHEAD: usize = 4;

/// A file that is being read. Holds the texts that its batches name by codes.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    found: Found,
    total: u64,
    from: Receiver<Message>,
    texts: [Vec<Arc<str>>; Field::COUNT],
    ended: bool,
}

/// What the reading thread sends.
#[derive(Debug)]
enum Message {
    /// Rows, and the texts that appear in them for the first time.
    Chunk(Box<Chunk>, Vec<(Field, Vec<Arc<str>>)>),
    Failed(Error),
    End,
}

enum Source {
    Csv(CsvSource<Decoder<File>>),
    Json(JsonSource<Decoder<File>>),
    Parquet(Box<ParquetSource>),
}

/// Opens the file at `path`: finds out how it is written, checks that what is needed is there, and
/// begins to read.
pub fn open(path: &Path, options: &Options) -> Result<Reader, Error> {
    let found = detect::found(path, options)?;
    let mut source = source(path, &found, options)?;
    let total = match &source {
        Source::Parquet(parquet) => parquet.total,
        _ => std::fs::metadata(path)
            .map_err(|e| Error::io("open", path, e))?
            .len(),
    };
    let mut builder = Builder::new(&found, options);
    let rows = options.batch_rows.max(1);
    let (to, from) = sync_channel(AHEAD);
    let of = path.to_owned();
    std::thread::Builder::new()
        .name("read".to_owned())
        .spawn(move || {
            let last = match read_all(&of, &mut source, &mut builder, rows, &to) {
                Ok(()) => Message::End,
                Err(error) => Message::Failed(error),
            };
            // Nobody listens when the reader was dropped, and then nothing is lost.
            let _ = to.send(last);
        })
        .map_err(|e| Error::io("start reading", path, e))?;
    let texts = std::array::from_fn(|_| Vec::new());
    Ok(Reader {
        path: path.to_owned(),
        found,
        total,
        from,
        texts,
        ended: false,
    })
}

fn source(path: &Path, found: &Found, options: &Options) -> Result<Source, Error> {
    let text = || -> Result<Lines<Decoder<File>>, Error> {
        let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
        Ok(Lines::new(Decoder::new(file, found.encoding)))
    };
    Ok(match (found.kind, found.delimited) {
        (Kind::Parquet, _) => Source::Parquet(Box::new(ParquetSource::open(
            path,
            &found.mapping,
            options.batch_rows.max(1),
        )?)),
        (Kind::Csv, Some(how)) => {
            let mapped = found
                .mapping
                .columns()
                .map(|(field, at, _)| (field, at))
                .collect();
            let (mut lines, mut parts) = (text()?, Vec::new());
            let mut columns = 0;
            if how.header {
                lines
                    .next_record(&how, &mut parts)
                    .map_err(|e| Error::io("read", path, e))?;
                columns = parts.len();
            }
            Source::Csv(CsvSource {
                lines,
                how,
                columns,
                mapped,
                parts,
            })
        }
        _ => {
            let mapped = found
                .mapping
                .columns()
                .map(|(field, _, name)| (field, name.to_owned()));
            Source::Json(JsonSource {
                mapped: mapped.collect(),
                lines: text()?,
            })
        }
    })
}

fn read_all(
    path: &Path,
    source: &mut Source,
    builder: &mut Builder,
    rows: usize,
    to: &SyncSender<Message>,
) -> Result<(), Error> {
    let failed = |e| Error::io("read", path, e);
    loop {
        let mut rejects: Vec<Reject> = Vec::new();
        let mut more = true;
        // Rejects count too, or a file of nothing else would be held in memory.
        while more && builder.batch.len() + rejects.len() < rows {
            more = match source {
                Source::Csv(csv) => csv.read(builder, &mut rejects).map_err(failed)?,
                Source::Json(json) => json.read(builder, &mut rejects).map_err(failed)?,
                Source::Parquet(parquet) => {
                    let more = parquet.read(path, builder, &mut rejects)?;
                    if more && builder.batch.is_empty() && rejects.is_empty() {
                        continue;
                    }
                    if more {
                        break;
                    }
                    false
                }
            };
        }
        let done = match source {
            Source::Csv(csv) => csv.lines.done,
            Source::Json(json) => json.lines.done,
            Source::Parquet(parquet) => parquet.done,
        };
        let batch = builder.take();
        if !batch.is_empty() || !rejects.is_empty() {
            let fresh = Field::ALL
                .into_iter()
                .map(|field| (field, builder.interners[field.index()].take_fresh()))
                .filter(|(_, texts)| !texts.is_empty())
                .collect();
            let chunk = Box::new(Chunk {
                batch,
                rejects,
                done,
            });
            if to.send(Message::Chunk(chunk, fresh)).is_err() {
                return Ok(());
            }
        }
        if !more {
            return Ok(());
        }
    }
}

impl Reader {
    /// The next rows; `None` at the end. After an error nothing more comes.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator could not lend the dictionaries"
    )]
    pub fn next(&mut self) -> Result<Option<Chunk>, Error> {
        if self.ended {
            return Ok(None);
        }
        match self.from.recv() {
            Ok(Message::Chunk(chunk, fresh)) => {
                for (field, texts) in fresh {
                    self.texts[field.index()].extend(texts);
                }
                Ok(Some(*chunk))
            }
            Ok(Message::End) => {
                self.ended = true;
                Ok(None)
            }
            Ok(Message::Failed(error)) => {
                self.ended = true;
                Err(error)
            }
            Err(_) => {
                self.ended = true;
                // The decoder of Parquet may give up on bytes that no writer would have written.
                Err(if self.found.kind == Kind::Parquet {
                    let reason = "the decoder gave up".to_owned();
                    Error::Parquet {
                        path: self.path.clone(),
                        reason,
                    }
                } else {
                    Error::Stopped(self.path.clone())
                })
            }
        }
    }

    /// How the file is written, and which column means what.
    pub const fn found(&self) -> &Found {
        &self.found
    }

    /// The end of the scale of [`Chunk::done`]: rows for Parquet, bytes for all else.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// All texts of a field that appeared so far, by their codes. Only recurring texts have codes.
    pub fn texts(&self, field: Field) -> &[Arc<str>] {
        &self.texts[field.index()]
    }

    /// A text of `row`, recurring or not.
    pub fn text<'a>(&'a self, batch: &'a Batch, field: Field, row: usize) -> Option<&'a str> {
        match batch.code(field, row) {
            Some(code) => self.texts[field.index()]
                .get(code as usize)
                .map(|text| &**text),
            None => batch.plain(field, row),
        }
    }

    /// The digest of the file: with a line's number it is the key of an order without one. Reads the
    /// whole file once more; ask for it only when it is needed.
    pub fn digest(&self) -> Result<Digest, Error> {
        digest(&self.path)
    }
}
