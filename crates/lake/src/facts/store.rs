//! Rows by part: in memory, and in a temporary file what does not fit.

use super::{
    PARTS,
    rows::{Layout, Row, part_of},
};
use crate::Error;
use arrow_buffer::{MutableBuffer, ToByteSlice};
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

/// Rows of a part, as one thread read them.
#[derive(Clone, Debug)]
struct Chunk {
    /// Which of all groups of rows of all files the first is from.
    group: usize,
    words: Vec<u32>,
}

/// All rows, by part.
#[derive(Debug)]
pub(super) struct Store {
    parts: Vec<Mutex<Part>>,
    /// Words in memory, and how many there may be.
    held: AtomicUsize,
    most: usize,
    spill: Mutex<Option<Spill>>,
    spilled: AtomicU64,
    folder: PathBuf,
}

/// What of a part lies in memory.
#[derive(Debug, Default)]
struct Part {
    chunks: Vec<Chunk>,
    /// Whether the lines of each order are one row already.
    is_settled: bool,
}

/// A temporary file: where in it the rows of each part lie. It is gone when this is dropped.
#[derive(Debug)]
struct Spill {
    file: File,
    path: PathBuf,
    extents: Vec<Vec<Extent>>,
    end: u64,
    /// The part whose turn it is to go.
    next: usize,
}

/// Chunks of one part that lie together in the file.
#[derive(Clone, Debug)]
struct Extent {
    /// In bytes.
    offset: u64,
    /// The group of rows of each, and how many words it has.
    chunks: Vec<(usize, usize)>,
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
        let words = chunk.words.len();
        let held = self.held.fetch_add(words, Ordering::Relaxed) + words;
        locked(&self.parts[part]).chunks.push(chunk);
        if held > self.most {
            self.make_room()?;
        }
        Ok(())
    }

    /// Writes parts to the temporary file, one after the other, until an eighth of the memory is free:
    /// what need not go stays, and what goes lies together.
    fn make_room(&self) -> Result<(), Error> {
        let mut spill = locked(&self.spill);
        // Another thread may have done it while this one waited.
        if self.held.load(Ordering::Relaxed) <= self.most {
            return Ok(());
        }
        if spill.is_none() {
            *spill = Some(Spill::create(&self.folder)?);
        }
        let file = spill.as_mut().expect("was made above");
        for _ in 0..PARTS {
            let part = file.next;
            file.next = (part + 1) % PARTS;
            let chunks = std::mem::take(&mut locked(&self.parts[part]).chunks);
            let words = chunks.iter().map(|chunk| chunk.words.len()).sum::<usize>();
            if words > 0 {
                file.write(part, &chunks)?;
                self.spilled.fetch_add(words as u64 * 4, Ordering::Relaxed);
            }
            let held = self.held.fetch_sub(words, Ordering::Relaxed) - words;
            if held <= self.most - self.most / 8 {
                break;
            }
        }
        Ok(())
    }

    /// Shows the rows of a part, wherever they are, in the order of the files as far as possible: those
    /// are by time more often than not, and then nobody has to sort.
    ///
    /// `show` is told whether it may answer with fewer rows that say the same; whoever asks next gets those.
    pub(super) fn with_part(
        &self,
        part: usize,
        show: impl FnOnce(&[&[u32]], bool) -> Option<Vec<u32>>,
    ) -> Result<(), Error> {
        let spilled = locked(&self.spill).as_ref().map(|spill| spill.of(part));
        let spilled = spilled.map(Spilled::read).transpose()?.unwrap_or_default();
        let mut held = locked(&self.parts[part]);
        let mut chunks = Vec::new();
        for (extent, words) in &spilled {
            let mut rest: &[u32] = words.typed_data();
            for (group, length) in &extent.chunks {
                let (chunk, after) = rest.split_at(*length);
                chunks.push((*group, chunk));
                rest = after;
            }
        }
        chunks.extend(held.chunks.iter().map(|chunk| (chunk.group, &*chunk.words)));
        // One thread's chunks of a group stay as it read them.
        chunks.sort_by_key(|(group, _)| *group);
        let chunks: Vec<&[u32]> = chunks.into_iter().map(|(_, words)| words).collect();
        let may_settle = spilled.is_empty() && !held.is_settled;
        if let Some(words) = show(&chunks, may_settle) {
            held.chunks = vec![Chunk { group: 0, words }];
            held.is_settled = true;
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
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|e| Error::io("create", &path, e))?;
        Ok(Self {
            file,
            path,
            extents: vec![Vec::new(); PARTS],
            end: 0,
            next: 0,
        })
    }

    /// As they lie in memory: no other machine reads them.
    fn write(&mut self, part: usize, chunks: &[Chunk]) -> Result<(), Error> {
        let offset = self.end;
        for chunk in chunks {
            let bytes = chunk.words.to_byte_slice();
            let written = self.file.write_all(bytes);
            written.map_err(|e| Error::io("write", &self.path, e))?;
            self.end += bytes.len() as u64;
        }
        let chunks = chunks.iter().map(|chunk| (chunk.group, chunk.words.len()));
        let chunks = chunks.collect();
        self.extents[part].push(Extent { offset, chunks });
        Ok(())
    }

    fn of(&self, part: usize) -> Spilled {
        Spilled {
            path: self.path.clone(),
            extents: self.extents[part].clone(),
        }
    }
}

/// What of a part lies in the temporary file.
struct Spilled {
    path: PathBuf,
    extents: Vec<Extent>,
}

impl Spilled {
    /// Each thread opens the file for itself, so that none waits for another.
    fn read(self) -> Result<Vec<(Extent, MutableBuffer)>, Error> {
        if self.extents.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |e| Error::io("read", &self.path, e);
        let mut file = File::open(&self.path).map_err(failed)?;
        let read = |extent: Extent| {
            let words = extent.chunks.iter().map(|(_, words)| words).sum::<usize>();
            let mut buffer = MutableBuffer::from_len_zeroed(words * size_of::<u32>());
            file.seek(SeekFrom::Start(extent.offset)).map_err(failed)?;
            file.read_exact(&mut buffer).map_err(failed)?;
            Ok((extent, buffer))
        };
        self.extents.into_iter().map(read).collect()
    }
}

impl Chunk {
    const fn at(group: usize) -> Self {
        Self {
            group,
            words: Vec::new(),
        }
    }
}

/// What one thread parts; it hands over a chunk when that is full.
pub(super) struct Parting<'a> {
    store: &'a Store,
    pub(super) layout: Layout,
    is_plain: bool,
    open: Vec<Chunk>,
    full: usize,
    /// The group of rows that is read.
    group: usize,
    /// How many rows lie in open chunks from before.
    rows: usize,
}

impl<'a> Parting<'a> {
    pub(super) fn new(store: &'a Store, layout: Layout) -> Self {
        // Whole rows only, so that each chunk can be read by itself.
        let full = CHUNK / layout.words() * layout.words();
        Self {
            store,
            layout,
            is_plain: layout.is_plain(),
            open: (0..PARTS).map(|_| Chunk::at(0)).collect(),
            full,
            group: 0,
            rows: 0,
        }
    }

    /// A group of rows begins. Chunks hold rows of one group alone, unless groups are so small that
    /// chunks would be, too.
    pub(super) fn begin(&mut self, group: usize) -> Result<(), Error> {
        self.group = group;
        let full_rows = self.full / self.layout.words();
        if self.rows >= PARTS * full_rows {
            self.hand_over_all()?;
            self.rows = 0;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn push(&mut self, row: &Row) -> Result<(), Error> {
        let part = part_of(row.customer);
        let chunk = &mut self.open[part];
        if chunk.words.capacity() == 0 {
            chunk.group = self.group;
            chunk.words.reserve_exact(self.full);
        }
        self.rows += 1;
        if self.is_plain {
            chunk.words.extend_from_slice(&Layout::plain(row));
        } else {
            self.layout.write(row, &mut chunk.words);
        }
        if chunk.words.len() == self.full {
            self.hand_over(part)?;
        }
        Ok(())
    }

    fn hand_over(&mut self, part: usize) -> Result<(), Error> {
        let mut chunk = std::mem::replace(&mut self.open[part], Chunk::at(self.group));
        if chunk.words.len() < self.full {
            chunk.words.shrink_to_fit();
        }
        self.store.add(part, chunk)
    }

    /// Hands over what is left.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.hand_over_all()
    }

    fn hand_over_all(&mut self) -> Result<(), Error> {
        for part in 0..PARTS {
            if !self.open[part].words.is_empty() {
                self.hand_over(part)?;
            }
        }
        Ok(())
    }
}
