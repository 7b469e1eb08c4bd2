//! Requests at a fixed rate, whatever becomes of those before.

use crate::load::{self, receive};
use crate::serving::Server;
use anyhow::{Context, ensure};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// More connections than the server works on requests at once.
const CONNECTIONS: usize = 3000;

/// An answer that came.
pub(crate) struct Answer {
    /// Since the beginning.
    pub(crate) at: Duration,
    pub(crate) millis: f64,
    pub(crate) taken: bool,
}

/// Sends single events, so many a second, and waits for all answers.
pub(crate) fn send(server: &Server, bodies: &[String], rate: f64) -> anyhow::Result<Vec<Answer>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(open_loop(server, bodies, rate))
}

/// So many of a hundred are at most so large.
pub(crate) fn percentile(mut millis: Vec<f64>, percent: usize) -> f64 {
    millis.sort_by(f64::total_cmp);
    let last = millis.len().saturating_sub(1);
    millis
        .get(last * percent / 100)
        .copied()
        .unwrap_or_default()
}

async fn open_loop(server: &Server, bodies: &[String], rate: f64) -> anyhow::Result<Vec<Answer>> {
    let head: Arc<str> = load::head(server, "/v1/events").into();
    let (free, mut idle) = mpsc::unbounded_channel::<mpsc::UnboundedSender<(String, Duration)>>();
    let (told, mut answers) = mpsc::unbounded_channel();
    let begin = Instant::now();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(server.address).await?;
        stream.set_nodelay(true)?;
        tokio::spawn(talk(
            stream,
            head.clone(),
            free.clone(),
            told.clone(),
            begin,
        ));
    }
    drop((told, free));
    let begun = begin.elapsed();
    for (at, body) in bodies.iter().enumerate() {
        let due = begun + Duration::from_secs_f64(at as f64 / rate);
        let now = begin.elapsed();
        // Timers tick by the millisecond: those that are due are sent together.
        if due > now + Duration::from_millis(1) {
            tokio::time::sleep(due - now).await;
        }
        let connection = idle.recv().await.context("all connections are gone")?;
        connection
            .send((body.clone(), due))
            .ok()
            .context("a connection is gone")?;
    }
    let mut all: Vec<Answer> = Vec::with_capacity(bodies.len());
    drop(idle);
    while let Some(answer) = answers.recv().await {
        let mut answer: Answer = answer?;
        answer.at = answer.at.saturating_sub(begun);
        all.push(answer);
    }
    ensure!(
        all.len() == bodies.len(),
        "{} of {} were answered",
        all.len(),
        bodies.len()
    );
    Ok(all)
}

/// One connection: what it is given, until nobody gives any more.
async fn talk(
    mut stream: TcpStream,
    head: Arc<str>,
    free: mpsc::UnboundedSender<mpsc::UnboundedSender<(String, Duration)>>,
    told: mpsc::UnboundedSender<anyhow::Result<Answer>>,
    begin: Instant,
) {
    let (mut request, mut answer) = (Vec::new(), Vec::new());
    loop {
        let (sender, mut given) = mpsc::unbounded_channel();
        if free.send(sender).is_err() {
            return;
        }
        let Some((body, due)) = given.recv().await else {
            return;
        };
        request.clear();
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(format!("{}\r\n\r\n{body}", body.len()).as_bytes());
        let exchanged = async {
            stream.write_all(&request).await?;
            receive(&mut stream, &mut answer).await?;
            let taken = answer.starts_with(b"HTTP/1.1 201");
            let told_to_wait = answer.starts_with(b"HTTP/1.1 429")
                && answer
                    .windows(12)
                    .any(|part| part.eq_ignore_ascii_case(b"retry-after:"));
            ensure!(
                taken || told_to_wait,
                "not as it should be: {}",
                String::from_utf8_lossy(&answer)
            );
            // From when it was due: what had to wait for a connection waited for the server.
            let millis = (begin.elapsed().saturating_sub(due)).as_secs_f64() * 1000.0;
            Ok(Answer {
                at: begin.elapsed(),
                millis,
                taken,
            })
        };
        let answer = exchanged.await;
        let failed = answer.is_err();
        if told.send(answer).is_err() || failed {
            return;
        }
    }
}
