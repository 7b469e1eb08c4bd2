//! Sends requests over connections that stay open, as fast as they are answered.

use crate::serving::Server;
use anyhow::{Context, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What is sent.
pub(crate) struct Load {
    pub(crate) path: &'static str,
    pub(crate) bodies: Vec<String>,
    /// Stands in every answer that is right.
    pub(crate) right: &'static str,
    pub(crate) connections: usize,
    pub(crate) seconds: f64,
}

/// What came of it.
pub(crate) struct Driven {
    pub(crate) requests: u64,
    pub(crate) seconds: f64,
    /// How long each request took.
    pub(crate) millis: Vec<f64>,
}

/// What stands before the length of a body that is sent there.
pub(crate) fn head(server: &Server, path: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: ",
        server.address, server.key
    )
}

/// Drives servers from one thread, each over its share of the connections.
pub(crate) fn drive(servers: &[Server], load: Load) -> anyhow::Result<Driven> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (load, next) = (Arc::new(load), Arc::new(AtomicUsize::new(0)));
    runtime.block_on(async {
        let mut streams = Vec::new();
        for server in servers.iter().cycle().take(load.connections) {
            let stream = TcpStream::connect(server.address).await?;
            stream.set_nodelay(true)?;
            streams.push((stream, head(server, load.path)));
        }
        let begin = Instant::now();
        let talks: Vec<_> = streams
            .into_iter()
            .map(|(stream, head)| {
                let (load, next) = (load.clone(), next.clone());
                tokio::spawn(async move { talk(stream, &load, &head, &next, begin).await })
            })
            .collect();
        let mut millis = Vec::new();
        for talk in talks {
            millis.extend(talk.await??);
        }
        Ok(Driven {
            requests: millis.len() as u64,
            seconds: begin.elapsed().as_secs_f64(),
            millis,
        })
    })
}

/// One connection: takes the next request until the time is over or none is left.
async fn talk(
    mut stream: TcpStream,
    load: &Load,
    head: &str,
    next: &AtomicUsize,
    begin: Instant,
) -> anyhow::Result<Vec<f64>> {
    let end = Duration::from_secs_f64(load.seconds);
    let (mut request, mut answer) = (Vec::new(), Vec::new());
    let mut millis = Vec::new();
    while begin.elapsed() < end {
        let Some(body) = load.bodies.get(next.fetch_add(1, Ordering::Relaxed)) else {
            break;
        };
        request.clear();
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(format!("{}\r\n\r\n", body.len()).as_bytes());
        request.extend_from_slice(body.as_bytes());
        let sent = Instant::now();
        stream.write_all(&request).await?;
        receive(&mut stream, &mut answer).await?;
        millis.push(sent.elapsed().as_secs_f64() * 1000.0);
        // It stands near the beginning: the load shares its processor with the server.
        let right = load.right.as_bytes();
        ensure!(
            answer.windows(right.len()).any(|part| part == right),
            "not as it should be: {}",
            String::from_utf8_lossy(&answer)
        );
    }
    Ok(millis)
}

/// Reads one answer.
pub(crate) async fn receive(stream: &mut TcpStream, answer: &mut Vec<u8>) -> anyhow::Result<()> {
    answer.clear();
    loop {
        let read = stream.read_buf(answer).await?;
        ensure!(read > 0, "the server hung up");
        let blank = answer.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(blank) = blank {
            let length = length(&answer[..blank])?;
            let missing = (blank + 4 + length).saturating_sub(answer.len());
            let from = answer.len();
            answer.resize(from + missing, 0);
            stream.read_exact(&mut answer[from..]).await?;
            return Ok(());
        }
    }
}

fn length(head: &[u8]) -> anyhow::Result<usize> {
    let head = std::str::from_utf8(head)?;
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    let value = value.context("the answer does not say how long it is")?;
    Ok(value.trim().parse()?)
}
