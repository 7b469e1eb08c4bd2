//! A server as a process of its own, so that its memory and its processor time are its own.

use crate::merchant::Merchant;
use crate::options::Options;
use anyhow::{Context, ensure};
use regulars_app::{Database, NewKey, Scope};
use regulars_server::Settings;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tokio::sync::oneshot;

/// The database of a folder.
pub(crate) fn file(folder: &Path) -> PathBuf {
    folder.join("regulars.db")
}

/// A running server.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
}

impl Server {
    /// Over the database of this folder, which has a merchant.
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Self::begin(command.arg("serve").arg("--dir").arg(folder))
    }

    /// The same with one processor to itself, where the system can say so.
    pub(crate) fn start_on(processor: u32, folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new("taskset");
        let exe = std::env::current_exe()?;
        command.arg("-c").arg(processor.to_string()).arg(exe);
        Self::begin(command.arg("serve").arg("--dir").arg(folder))
    }

    /// Over this database of a PostgreSQL, which has a merchant.
    pub(crate) fn on_postgres(address: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Self::begin(command.arg("serve").arg("--postgres").arg(address))
    }

    fn begin(command: &mut Command) -> anyhow::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the server could not be started")?;
        let out = process.stdout.take().context("it has an output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the server did not start")?;
        let word = |name: &str| said[name].as_str().context("the server said nothing");
        Ok(Self {
            address: word("address")?.parse()?,
            key: word("key")?.to_owned(),
            process,
        })
    }

    /// A figure of the process in MiB: `VmRSS`, `VmHWM`, `RssAnon`.
    pub(crate) fn mib(&self, figure: &str) -> anyhow::Result<f64> {
        mib(&self.process.id().to_string(), figure)
    }

    /// Ends it in good order.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        drop(self.process.stdin.take());
        let ended = self.process.wait()?;
        ensure!(ended.success(), "the server ended badly: {ended}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where a measurement failed; after a good end there is nobody left to be stopped.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's own process: says where it is and serves until its input ends.
pub(crate) fn child(options: &Options) -> anyhow::Result<()> {
    let database = match &options.postgres {
        Some(address) => Database::Postgres(address.clone()),
        None => Database::Sqlite(file(&options.dir)),
    };
    let merchant = Merchant::again(database)?;
    let new = NewKey {
        store: None,
        rate: None,
        name: "bench".to_owned(),
        scopes: vec![Scope::Read, Scope::Ingest, Scope::Till],
        partner: None,
        expires_at: None,
    };
    let key = merchant.app.create_key(merchant.tenant, new)?.secret;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    println!("{}", json!({ "address": address, "key": key }));
    let (told, stop) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        // Whatever ends the input ends the server.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = told.send(());
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let stop = async {
        let _ = stop.await;
    };
    let serving = regulars_server::serve_until(merchant.app, listener, Settings::default(), stop);
    Ok(runtime.block_on(serving)?)
}

/// The same of the process that measures.
pub(crate) fn own_mib(figure: &str) -> anyhow::Result<f64> {
    mib("self", figure)
}

fn mib(process: &str, figure: &str) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).context(path)?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.split_whitespace().next());
    let kib: f64 = kib.context("the system does not tell")?.parse()?;
    Ok(kib / 1024.0)
}
