//! Rows by part: in memory, and in a temporary file what does not fit.

use super::{
    PARTS,
    rows::{Layout, Row, part_of},
};
use crate::Error;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

/// How many words are written to a part at once.
const CHUNK: usize = 4096;

type Chunk = Vec<u32>;

/// All rows, by part.
#[derive(Debug)]
pub(super) struct Store {
    parts: Vec<Mutex<Vec<Chunk>>>,
    /// Words in memory, and how many there may be.
    held: AtomicUsize,
    most: usize,
    spill: Mutex<Option<Spill>>,
    spilled: AtomicU64,
    folder: PathBuf,
}

/// A temporary file: where in it the rows of each part lie. It is gone when this is dropped.
#[derive(Debug)]
struct Spill {
    file: File,
    path: PathBuf,
    /// Offset and length in bytes.
    extents: Vec<Vec<(u64, usize)>>,
    end: u64,
}

impl Drop for Spill {
    fn drop(&mut self) {
        // It is of no use to anybody; where it cannot be removed, the system's own sweep does it.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A thread that panicked takes the whole pass with it, so what it left is not read.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    pub(super) fn new(memory_bytes: usize, folder: &Path) -> Self {
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            held: AtomicUsize::new(0),
            most: memory_bytes / 4,
            spill: Mutex::new(None),
            spilled: AtomicU64::new(0),
            folder: folder.to_owned(),
        }
    }

    pub(super) fn spilled_bytes(&self) -> u64 {
        self.spilled.load(Ordering::Relaxed)
    }

    fn add(&self, part: usize, chunk: Chunk) -> Result<(), Error> {
        let held = self.held.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
        locked(&self.parts[part]).push(chunk);
        if held > self.most {
            self.spill_all()?;
        }
        Ok(())
    }

    /// Writes all that is in memory to the temporary file.
    fn spill_all(&self) -> Result<(), Error> {
        let mut spill = locked(&self.spill);
        // Another thread may have done it while this one waited.
        if self.held.load(Ordering::Relaxed) <= self.most {
            return Ok(());
        }
        if spill.is_none() {
            *spill = Some(Spill::create(&self.folder)?);
        }
        let file = spill.as_mut().expect("was made above");
        for (part, chunks) in self.parts.iter().enumerate() {
            let chunks = std::mem::take(&mut *locked(chunks));
            let words = chunks.iter().map(Vec::len).sum::<usize>();
            if words > 0 {
                file.write(part, &chunks)?;
                self.held.fetch_sub(words, Ordering::Relaxed);
                self.spilled.fetch_add(words as u64 * 4, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Shows the rows of a part, wherever they are.
    pub(super) fn with_part(&self, part: usize, show: impl FnOnce(&[Chunk])) -> Result<(), Error> {
        let from_file = match &mut *locked(&self.spill) {
            Some(spill) => spill.read(part)?,
            None => Vec::new(),
        };
        let held = locked(&self.parts[part]);
        if from_file.is_empty() {
            show(&held);
        } else {
            let mut all = from_file;
            all.extend(held.iter().cloned());
            show(&all);
        }
        Ok(())
    }
}

impl Spill {
    fn create(folder: &Path) -> Result<Self, Error> {
        // Only this process writes here; the number tells apart the passes of one process.
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("regulars-{}-{number}.rows", std::process::id()));
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|e| Error::io("create", &path, e))?;
        Ok(Self {
            file,
            path,
            extents: vec![Vec::new(); PARTS],
            end: 0,
        })
    }

    fn write(&mut self, part: usize, chunks: &[Chunk]) -> Result<(), Error> {
        let bytes: Vec<u8> = chunks
            .iter()
            .flatten()
            .flat_map(|word| word.to_le_bytes())
            .collect();
        self.file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| self.file.write_all(&bytes))
            .map_err(|e| Error::io("write", &self.path, e))?;
        self.extents[part].push((self.end, bytes.len()));
        self.end += bytes.len() as u64;
        Ok(())
    }

    fn read(&mut self, part: usize) -> Result<Vec<Chunk>, Error> {
        let mut chunks = Vec::new();
        for &(offset, length) in &self.extents[part] {
            let mut bytes = vec![0; length];
            self.file
                .seek(SeekFrom::Start(offset))
                .and_then(|_| self.file.read_exact(&mut bytes))
                .map_err(|e| Error::io("read", &self.path, e))?;
            let word = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            chunks.push(bytes.chunks_exact(4).map(word).collect());
        }
        Ok(chunks)
    }
}

/// What one thread parts; it hands over a chunk when that is full.
pub(super) struct Parting<'a> {
    store: &'a Store,
    layout: Layout,
    is_plain: bool,
    open: Vec<Chunk>,
    full: usize,
}

impl<'a> Parting<'a> {
    pub(super) fn new(store: &'a Store, layout: Layout) -> Self {
        // Whole rows only, so that each chunk can be read by itself.
        let full = CHUNK / layout.words() * layout.words();
        Self {
            store,
            layout,
            is_plain: layout.is_plain(),
            open: (0..PARTS).map(|_| Vec::new()).collect(),
            full,
        }
    }

    /// Whether the words of a row hold this one.
    #[inline]
    pub(super) fn fits(&self, row: &Row) -> bool {
        (self.layout.wide_customer || u32::try_from(row.customer).is_ok())
            && (self.layout.wide_amount || i32::try_from(row.amount).is_ok())
    }

    #[inline]
    pub(super) fn push(&mut self, row: &Row) -> Result<(), Error> {
        let part = part_of(row.customer);
        let chunk = &mut self.open[part];
        if chunk.capacity() == 0 {
            chunk.reserve_exact(self.full);
        }
        if self.is_plain {
            chunk.extend_from_slice(&Layout::plain(row));
        } else {
            self.layout.write(row, chunk);
        }
        if chunk.len() == self.full {
            self.hand_over(part)?;
        }
        Ok(())
    }

    fn hand_over(&mut self, part: usize) -> Result<(), Error> {
        let mut chunk = std::mem::take(&mut self.open[part]);
        if chunk.len() < self.full {
            chunk.shrink_to_fit();
        }
        self.store.add(part, chunk)
    }

    /// Hands over what is left.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        for part in 0..PARTS {
            if !self.open[part].is_empty() {
                self.hand_over(part)?;
            }
        }
        Ok(())
    }
}
