//! How many webhooks a second a receiver on this machine takes, on kept connections, with all that
//! belongs to it: reading the log, saying each event in words, signing, and writing down how far it
//! came. The receiver shares the machine's cores.

use crate::folder::Folder;
use crate::merchant::{Merchant, PROGRAM};
use crate::options::Options;
use crate::orders;
use crate::report::Report;
use anyhow::ensure;
use regulars_app::{App, Apply, Clock, Config, Database, NewEndpoint, Outbound};
use regulars_base::Timestamp;
use regulars_server::view;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// So many members bought something.
const MEMBERS: u64 = 20_000;

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "webhooks")?;
    let path = folder.file("shop.db");
    let (url, received) = receive()?;
    endpoint(&path, url)?;
    let merchant = Merchant::opened(config(&path))?;
    // More than are sent in the time, each by some member.
    let file = folder.file("orders.csv");
    let most = (options.seconds.max(1.0) * 10_000.0) as usize;
    orders::write(&file, orders::stream(5, MEMBERS, 0).take(most))?;
    merchant.import(&file, &mut |_| true)?;
    let stop = merchant.app.clone();
    let seconds = options.seconds;
    let begin = Instant::now();
    let watch = std::thread::spawn(move || {
        while begin.elapsed().as_secs_f64() < seconds {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        stop.close();
    });
    let taken = merchant.app.tell_webhooks()?;
    let took = begin.elapsed().as_secs_f64();
    let came = received.load(Ordering::Relaxed);
    ensure!(came == taken, "{came} came and {taken} were taken");
    ensure!(
        taken < most as u64,
        "all were sent before the time was over"
    );
    if watch.join().is_err() {
        anyhow::bail!("the clock of the measurement broke");
    }
    Ok(Report::rate("webhooks", taken, took).with("members", MEMBERS as f64))
}

fn config(path: &Path) -> Config {
    Config {
        webhooks: Some(Outbound::new(view::webhook, true)),
        ..Config::new(Database::Sqlite(path.to_owned()))
    }
}

/// A merchant whose endpoint was there before all orders.
fn endpoint(path: &Path, url: String) -> anyhow::Result<()> {
    let app = App::open(Config {
        clock: Clock::from_fn(|| Timestamp::from_micros(0)),
        ..config(path)
    })?;
    let tenant = app.create_tenant("bench")?.id;
    let apply = Apply {
        text: PROGRAM.to_owned(),
        ..Apply::default()
    };
    app.apply(tenant, &apply)?;
    let new = NewEndpoint {
        url,
        ..NewEndpoint::default()
    };
    app.add_endpoint(tenant, new)?;
    app.close();
    Ok(())
}

/// A receiver that takes everything; its address, and how many came.
fn receive() -> anyhow::Result<(String, Arc<AtomicU64>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/hooks", listener.local_addr()?);
    let received = Arc::new(AtomicU64::new(0));
    let counts = Arc::clone(&received);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counts = Arc::clone(&counts);
            std::thread::spawn(move || take_all(&stream, &counts));
        }
    });
    Ok((url, received))
}

/// Takes what comes over a connection until it ends.
fn take_all(stream: &TcpStream, counts: &AtomicU64) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream);
    let mut body = Vec::new();
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return Some(());
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok()?;
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
        counts.fetch_add(1, Ordering::Relaxed);
        let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
        { stream }.write_all(answer).ok()?;
    }
}
