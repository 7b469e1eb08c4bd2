//! Events as a stream: one on each line in, one result on each line out, in the same order.
//!
//! However long the stream is, what is held in memory is bounded: so many events on their way,
//! and so many bytes of them. When the database is slower than the sender, the sender waits.

use super::guess::{self, Sent, Tries};
use super::{incoming, needs_program, program, unreadable};
use crate::auth::{Any, Key};
use crate::extract::{BODY_MAX, expect_shallow, expect_type, parse};
use crate::failure::Failure;
use crate::language;
use crate::state::Server;
use crate::view;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::{FutureExt, StreamExt};
use regulars_api::event::EventIn;
use regulars_api::json::At;
use regulars_api::receipt::ResultOut;
use regulars_api::{Code, Problem};
use regulars_app::Caller;
use regulars_engine::Program;
use regulars_engine::event::Incoming;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// The most events of one stream that are on their way at once.
const WAITING_MAX: usize = 1024;
/// The most bytes of them. A multiple of the longest line, or a long line would wait for ever.
const BYTES_MAX: usize = 8 * BODY_MAX;
/// Results are sent in pieces of about this length.
const PIECE: usize = 32 * 1024;

/// An event of a stream that is on its way, and the memory that it takes.
struct Waiting {
    line: u64,
    sent: Sent,
    _memory: OwnedSemaphorePermit,
}

/// Send a stream of events
///
/// One event on each line (NDJSON), as many as you like; lines of at most 4 MiB. The answer is
/// 200 and has one result on each line, in the same order, while the events come in. Empty lines
/// are skipped. A line that is wrong does the others no harm.
#[utoipa::path(post, path = "/v1/events/stream", tag = "events",
    request_body(content = EventIn, content_type = "application/x-ndjson", description = "One event on each line"),
    responses(
        (status = 200, body = ResultOut, content_type = "application/x-ndjson", description = "One result on each line"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Nothing was taken, and why"),
    ))]
pub(crate) async fn stream_events(
    State(server): State<Server>,
    key: Key<Any>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let taken = [
        "application/x-ndjson",
        "application/jsonl",
        "application/json",
    ];
    expect_type(&headers, &taken)?;
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    let caller = Caller::clone(&key);
    tokio::spawn(take_in(server.clone(), caller, body, sender));
    // The head goes before the first result, and is to say how those are worded.
    language::language();
    let kind = [(CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(results(server, receiver))).into_response())
}

/// The results as they become known, several lines in a piece where several are there.
fn results(
    server: Server,
    receiver: mpsc::Receiver<Waiting>,
) -> impl futures_util::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    let begun = (server, receiver, language::along());
    futures_util::stream::unfold(begun, |(server, mut receiver, reader)| async move {
        let mut piece = Vec::new();
        let mut next = receiver.recv().await;
        while let Some(waiting) = next {
            let settled = waiting.sent.settled(&server).await;
            let mut result = reader.run(|| view::result(settled));
            result.line = Some(waiting.line);
            if serde_json::to_writer(&mut piece, &result).is_ok() {
                piece.push(b'\n');
            }
            if piece.len() >= PIECE {
                break;
            }
            next = receiver.recv().now_or_never().flatten();
        }
        (!piece.is_empty()).then(|| (Ok(Bytes::from(piece)), (server, receiver, reader)))
    })
}

/// Cuts the body into lines and hands each to its lane. Ends with the body, or when nobody reads
/// the results any more.
async fn take_in(server: Server, caller: Caller, body: Body, sender: mpsc::Sender<Waiting>) {
    let memory = Arc::new(Semaphore::new(BYTES_MAX));
    let mut known = None;
    let tries = Tries::default();
    let mut parts = body.into_data_stream();
    let mut lines = Lines::default();
    loop {
        let part = parts.next().await;
        let ended = match part {
            Some(Ok(part)) => {
                lines.held.extend_from_slice(&part);
                false
            }
            Some(Err(error)) => {
                // What was sent whole is taken; the broken line is not.
                tracing::debug!("a stream broke off: {error}");
                return;
            }
            None => true,
        };
        while let Some((line, text)) = lines.next(ended) {
            let length = text.as_ref().map_or(1, |text| text.len().max(1));
            let units = u32::try_from(length).unwrap_or(u32::MAX);
            let Ok(memory) = Arc::clone(&memory).acquire_many_owned(units).await else {
                return;
            };
            let read = match text {
                Ok(text) => read(&server, &caller, &text, &mut known).await,
                Err(failure) => Err(failure),
            };
            let sent = match read {
                Ok(incoming) => {
                    let turn = tries.turn(&incoming.event).await;
                    guess::send(&server, &caller, incoming, turn)
                }
                Err(failure) => Sent::wrong(failure),
            };
            let waiting = Waiting {
                line,
                sent,
                _memory: memory,
            };
            if sender.send(waiting).await.is_err() {
                return;
            }
        }
        if ended {
            return;
        }
    }
}

async fn read(
    server: &Server,
    caller: &Caller,
    line: &[u8],
    known: &mut Option<Arc<Program>>,
) -> Result<Incoming, Failure> {
    let Ok(text) = std::str::from_utf8(line) else {
        return Err(unreadable(Code::InvalidUtf8, "the line is not UTF-8"));
    };
    expect_shallow(text)?;
    let raw = parse(text)?;
    if known.is_none() && needs_program(text) {
        *known = program(server, caller, text).await?;
    }
    incoming(server, caller, raw, At::ROOT, known.as_deref(), None)
}

/// Lines, cut from pieces of any length.
#[derive(Default)]
struct Lines {
    held: Vec<u8>,
    /// How much of `held` has been handed out.
    taken: usize,
    /// How much of it was looked through for the end of a line.
    looked: usize,
    count: u64,
    /// Within a line that is too long: thrown away up to its end.
    skipping: bool,
}

impl Lines {
    /// The next line with something in it and its number; nothing if more must come in first.
    fn next(&mut self, ended: bool) -> Option<(u64, Result<Vec<u8>, Failure>)> {
        loop {
            let rest = &self.held[self.looked..];
            let end = rest.iter().position(|byte| *byte == b'\n');
            let line = match end {
                Some(end) => {
                    let line = self.held[self.taken..self.looked + end].to_vec();
                    self.looked += end + 1;
                    self.taken = self.looked;
                    line
                }
                None => {
                    self.held.drain(..self.taken);
                    self.taken = 0;
                    self.looked = self.held.len();
                    if self.held.len() > BODY_MAX {
                        let first = !std::mem::replace(&mut self.skipping, true);
                        self.held.clear();
                        self.looked = 0;
                        if first {
                            self.count += 1;
                            return Some((self.count, Err(crate::extract::too_large(BODY_MAX))));
                        }
                    }
                    if !ended || self.held.is_empty() {
                        return None;
                    }
                    self.looked = 0;
                    std::mem::take(&mut self.held)
                }
            };
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            self.count += 1;
            if line.len() > BODY_MAX {
                return Some((self.count, Err(crate::extract::too_large(BODY_MAX))));
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Some((self.count, Ok(line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[&[u8]]) -> Vec<(u64, Option<usize>)> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for (place, piece) in pieces.iter().enumerate() {
            lines.held.extend_from_slice(piece);
            while let Some((line, text)) = lines.next(place + 1 == pieces.len()) {
                found.push((line, text.ok().map(|text| text.len())));
            }
        }
        found
    }

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        let whole = b"one\n\n  \ntwo\r\nthree";
        let expected = vec![(1, Some(3)), (4, Some(4)), (5, Some(5))];
        assert_eq!(cut(&[whole]), expected);
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(cut(&bytes), expected);
    }

    #[test]
    fn a_line_that_is_too_long_is_told_once_and_the_next_one_is_read() {
        let long = vec![b'x'; BODY_MAX + 1];
        let parts: [&[u8]; 4] = [b"one\n", &long, &long, b"\ntwo\n"];
        assert_eq!(cut(&parts), vec![(1, Some(3)), (2, None), (3, Some(3))]);
    }
}
