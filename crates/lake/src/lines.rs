//! Records of a text file: lines, and fields between delimiters, without a copy.

use crate::{Delimited, Delimiter};
use std::io::{self, Read};

/// The longest row in bytes.
pub const MAX_ROW_BYTES: usize = 1 << 20;

/// The most lines that a quoted text may run over.
pub const MAX_ROW_LINES: usize = 100;

/// A field within a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether quotes are doubled inside.
    pub(crate) doubled: bool,
}

/// What the next record turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// A row; its bytes are [`Lines::bytes`].
    Row,
    /// A line beyond [`MAX_ROW_BYTES`]; the bytes are its beginning.
    TooLong,
    /// A quote that is not closed; the bytes are the line it was opened on.
    Unclosed,
}

/// Cuts a stream into records. Memory is bounded, whatever the file holds.
pub(crate) struct Lines<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    /// The line that the last record began on, counted from 1, and the next record's.
    pub(crate) line: u64,
    next_line: u64,
    /// Bytes handed out so far.
    pub(crate) done: u64,
    record: (usize, usize),
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(from: R) -> Self {
        let buffer = vec![0; 256 * 1024];
        Self {
            from,
            buffer,
            start: 0,
            end: 0,
            at_end: false,
            line: 0,
            next_line: 1,
            done: 0,
            record: (0, 0),
        }
    }

    /// The bytes of the last record, without the end of its line.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.record.0..self.record.1]
    }

    /// Reads on; bytes that were not handed out yet stay.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = loop {
            match self.from.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.at_end = read == 0;
        self.end += read;
        Ok(())
    }

    /// The length of the text up to and with the next line end at or after `from`; `None` when
    /// there is none within the longest row.
    fn line_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut looked = from;
        loop {
            let ahead = &self.buffer[self.start + looked..self.end];
            if let Some(found) = ahead.iter().position(|&byte| byte == b'\n') {
                let length = looked + found + 1;
                return Ok((length <= MAX_ROW_BYTES + 2).then_some(length));
            }
            looked = self.end - self.start;
            if looked > MAX_ROW_BYTES {
                return Ok(None);
            }
            if self.at_end {
                return Ok(Some(looked));
            }
            self.fill()?;
        }
    }

    fn take(&mut self, length: usize, lines: u64) {
        let mut end = self.start + length;
        while end > self.start && matches!(self.buffer[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        self.record = (self.start, end);
        self.start += length;
        self.done += length as u64;
        self.line = self.next_line;
        self.next_line += lines;
    }

    /// Skips a line that is too long, keeping its beginning as the record.
    fn skip_line(&mut self) -> io::Result<Record> {
        let shown = self.buffer[self.start..self.end]
            .iter()
            .take(4096)
            .copied()
            .collect::<Vec<u8>>();
        self.line = self.next_line;
        self.next_line += 1;
        loop {
            let ahead = &self.buffer[self.start..self.end];
            let found = ahead.iter().position(|&byte| byte == b'\n');
            let length = found.map_or(ahead.len(), |at| at + 1);
            self.start += length;
            self.done += length as u64;
            if found.is_some() || self.at_end {
                break;
            }
            self.fill()?;
        }
        // The beginning is put where nothing else is: before what is still to be handed out.
        if self.start < shown.len() {
            self.buffer.splice(..self.start, shown.iter().copied());
            self.end += shown.len() - self.start;
            self.start = shown.len();
        } else {
            self.buffer[..shown.len()].copy_from_slice(&shown);
        }
        self.record = (0, shown.len());
        Ok(Record::TooLong)
    }

    /// The next line that is not blank.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Record>> {
        loop {
            match self.line_end(0)? {
                None => return self.skip_line().map(Some),
                Some(0) => return Ok(None),
                Some(length) => self.take(length, 1),
            }
            if !self.bytes().trim_ascii().is_empty() {
                return Ok(Some(Record::Row));
            }
        }
    }

    /// The next record that is not blank, and its fields.
    pub(crate) fn next_record(
        &mut self,
        how: &Delimited,
        parts: &mut Vec<Part>,
    ) -> io::Result<Option<Record>> {
        loop {
            let Some(first) = self.line_end(0)? else {
                return self.skip_line().map(Some);
            };
            if first == 0 {
                return Ok(None);
            }
            let (mut length, mut lines, mut closed) = (first, 1, false);
            while lines <= MAX_ROW_LINES {
                closed = split(&self.buffer[self.start..self.start + length], how, parts);
                if closed {
                    break;
                }
                match self.line_end(length)? {
                    Some(longer) if longer > length => (length, lines) = (longer, lines + 1),
                    _ => break,
                }
            }
            if !closed {
                self.take(first, 1);
                return Ok(Some(Record::Unclosed));
            }
            self.take(length, lines as u64);
            if !self.bytes().trim_ascii().is_empty() {
                return Ok(Some(Record::Row));
            }
        }
    }
}

/// Cuts `record` into `parts`; false when it ends within quotes.
fn split(record: &[u8], how: &Delimited, parts: &mut Vec<Part>) -> bool {
    parts.clear();
    let mut end = record.len();
    while end > 0 && matches!(record[end - 1], b'\n' | b'\r') {
        end -= 1;
    }
    match how.delimiter {
        Delimiter::Blanks => {
            let mut at = 0;
            while at < end {
                let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
                at += record[at..end]
                    .iter()
                    .take_while(|byte| blank(byte))
                    .count();
                let length = record[at..end]
                    .iter()
                    .take_while(|byte| !blank(byte))
                    .count();
                if length > 0 {
                    parts.push(Part {
                        start: at,
                        end: at + length,
                        doubled: false,
                    });
                }
                at += length;
            }
            true
        }
        Delimiter::Byte(mark) => {
            let mut at = 0;
            loop {
                let quoted = how
                    .quote
                    .is_some_and(|quote| record[at..end].first() == Some(&quote));
                if quoted {
                    let Some((part, after)) = quoted_part(record, at, record[at]) else {
                        return false;
                    };
                    parts.push(part);
                    // What stands between the closing quote and the delimiter is dropped.
                    at = after.min(end);
                    at += record[at..end]
                        .iter()
                        .take_while(|&&byte| byte != mark)
                        .count();
                } else {
                    let length = record[at..end]
                        .iter()
                        .take_while(|&&byte| byte != mark)
                        .count();
                    parts.push(Part {
                        start: at,
                        end: at + length,
                        doubled: false,
                    });
                    at += length;
                }
                if at >= end {
                    return true;
                }
                at += 1;
            }
        }
    }
}

/// The part inside the quotes that open at `at`, and where the text goes on after them.
fn quoted_part(record: &[u8], at: usize, quote: u8) -> Option<(Part, usize)> {
    let (start, mut doubled) = (at + 1, false);
    let mut from = start;
    loop {
        let close = from + record[from..].iter().position(|&byte| byte == quote)?;
        if record.get(close + 1) == Some(&quote) {
            doubled = true;
            from = close + 2;
        } else {
            return Some((
                Part {
                    start,
                    end: close,
                    doubled,
                },
                close + 1,
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: Delimited = Delimited {
        delimiter: Delimiter::Byte(b','),
        quote: Some(b'"'),
        header: false,
    };

    fn rows(text: &[u8], how: &Delimited) -> Vec<(u64, Record, Vec<String>)> {
        let (mut lines, mut parts, mut rows) = (Lines::new(text), Vec::new(), Vec::new());
        while let Some(record) = lines
            .next_record(how, &mut parts)
            .expect("memory can be read")
        {
            let cells = if record == Record::Row {
                &parts[..]
            } else {
                &[]
            };
            let cell =
                |p: &Part| String::from_utf8_lossy(&lines.bytes()[p.start..p.end]).into_owned();
            rows.push((lines.line, record, cells.iter().map(cell).collect()));
        }
        rows
    }

    #[test]
    fn records_are_cut_as_people_write_them() {
        let blanks = Delimited {
            delimiter: Delimiter::Blanks,
            ..CSV
        };
        for (how, text, expected) in [
            (
                &CSV,
                "a,b\nc,d",
                vec![(1, vec!["a", "b"]), (2, vec!["c", "d"])],
            ),
            (
                &CSV,
                "a,b\r\n\r\nc,\r\n",
                vec![(1, vec!["a", "b"]), (3, vec!["c", ""])],
            ),
            (&CSV, "\"x,y\",5\"\n", vec![(1, vec!["x,y", "5\""])]),
            (
                &CSV,
                "\"x\ny\",z\nq,r",
                vec![(1, vec!["x\ny", "z"]), (3, vec!["q", "r"])],
            ),
            (
                &CSV,
                "\"say \"\"hi\"\"\",z",
                vec![(1, vec!["say \"\"hi\"\"", "z"])],
            ),
            (
                &blanks,
                " 00001 19970101  1   11.77\r\n",
                vec![(1, vec!["00001", "19970101", "1", "11.77"])],
            ),
        ] {
            let found = rows(text.as_bytes(), how);
            assert!(
                found.iter().all(|(_, record, _)| *record == Record::Row),
                "{text}"
            );
            let found: Vec<_> = found
                .into_iter()
                .map(|(line, _, cells)| (line, cells))
                .collect();
            let expected: Vec<(u64, Vec<String>)> = expected
                .into_iter()
                .map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect()))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_bad_row_costs_its_neighbours_nothing() {
        let mut text = b"a,b\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 * MAX_ROW_BYTES));
        text.extend(b"\n\"open,b\nc,d\n");
        let found = rows(&text, &CSV);
        let kinds: Vec<(u64, Record)> = found
            .iter()
            .map(|(line, record, _)| (*line, *record))
            .collect();
        use Record::*;
        assert_eq!(kinds, [(1, Row), (2, TooLong), (3, Unclosed), (4, Row)]);
        assert_eq!(found[3].2, ["c", "d"]);
    }
}
