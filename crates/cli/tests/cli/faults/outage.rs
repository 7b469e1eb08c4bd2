//! A PostgreSQL of a test's own, which is killed and started again under load.

use crate::faults::book::Book;
use crate::faults::kills::{moment, open};
use crate::faults::load::Load;
use crate::faults::{figure, seed, until};
use crate::serving::Server;
use crate::shop::Shop;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A server of PostgreSQL. It is killed at the end of the test if it is still there.
pub(super) struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    pub(super) port: u16,
    child: Option<Child>,
}

fn free_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    free.local_addr().expect("it has a port").port()
}

fn said(command: &mut Command) -> String {
    let done = command
        .stdin(Stdio::null())
        .output()
        .expect("the program is there");
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {err}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

impl Cluster {
    /// An empty place for one. PostgreSQL refuses to run as root, so it may be another user's.
    fn place() -> Self {
        let programs = said(Command::new("../../scripts/postgres-for-tests").arg("--where"));
        let cluster = Self {
            folder: tempfile::tempdir().expect("the temporary folder takes a folder"),
            programs: programs.into(),
            port: free_port(),
            child: None,
        };
        if is_root() {
            said(
                Command::new("chown")
                    .arg(owner())
                    .arg(cluster.folder.path()),
            );
        }
        cluster
    }

    /// A new one that runs.
    pub(super) fn start() -> Self {
        let mut cluster = Self::place();
        said(
            cluster
                .program("initdb")
                .arg("--pgdata")
                .arg(cluster.data())
                .args([
                    "--username=regulars",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ]),
        );
        cluster.begin();
        cluster
    }

    /// A copy of this one that follows it. From then on nothing is committed that the copy has not.
    pub(super) fn standby(&self) -> Self {
        let mut standby = Self::place();
        let port = self.port.to_string();
        said(
            standby
                .program("pg_basebackup")
                .arg("--pgdata")
                .arg(standby.data())
                .args([
                    "--host=127.0.0.1",
                    "--port",
                    &port,
                    "--username=regulars",
                    "--write-recovery-conf",
                    "--checkpoint=fast",
                    "--no-sync",
                ]),
        );
        standby.begin();
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        until("the standby does not follow", || {
            self.sql("SELECT sync_state FROM pg_stat_replication") == "sync"
        });
        standby
    }

    /// It takes over.
    pub(super) fn promote(&self) {
        self.sql("SELECT pg_promote()");
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            let ids = [("--reuid", "-u"), ("--regid", "-g")];
            command.args(ids.map(|(option, which)| {
                let id = said(Command::new("id").args([which, &owner()]));
                format!("{option}={id}")
            }));
            command.arg("--clear-groups").arg(program);
            command
        } else {
            Command::new(program)
        };
        // Its user may not be allowed into the folder that the test stands in.
        command.current_dir("/");
        command
    }

    /// Runs a statement; what it says.
    pub(super) fn sql(&self, statement: &str) -> String {
        let port = self.port.to_string();
        said(self.program("psql").args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--host=127.0.0.1",
            "--port",
            &port,
            "--username=regulars",
            "--dbname=postgres",
            "--command",
            statement,
        ]))
    }

    /// Starts it, on what it kept.
    pub(super) fn begin(&mut self) {
        let (data, port) = (self.data(), self.port.to_string());
        let child = self
            .program("postgres")
            .arg("-D")
            .arg(data)
            .args(["-p", &port])
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
            ])
            // It is killed, and the machine is not: what it wrote is in memory, and that counts.
            .args(["-c", "fsync=off", "-c", "shared_buffers=32MB"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(child.expect("PostgreSQL starts"));
        until("PostgreSQL does not start", || {
            let mut ready = self.program("pg_isready");
            ready.args(["--quiet", "--host=127.0.0.1", "--port", &port]);
            ready.status().is_ok_and(|status| status.success())
        });
    }

    /// Kills it with all its processes.
    pub(super) fn kill(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let id = child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let children = children.unwrap_or_default();
        let ids = std::iter::once(id.to_string());
        let ids = ids.chain(children.split_whitespace().map(str::to_owned));
        // One of its own may have ended by itself meanwhile.
        let _ = Command::new("kill")
            .arg("-KILL")
            .args(ids)
            .stderr(Stdio::null())
            .status();
        let _ = child.wait();
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

fn is_root() -> bool {
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|it| it.uid() == 0)
}

fn owner() -> String {
    let known = Command::new("id").args(["-u", "postgres"]).output();
    let is_there = known.is_ok_and(|done| done.status.success());
    if is_there { "postgres" } else { "nobody" }.to_owned()
}

#[test]
fn a_postgres_that_is_killed_and_started_again_loses_nothing() {
    let mut cluster = Cluster::start();
    let shop = Shop::on(&format!(
        "postgres://regulars@{}/postgres",
        cluster.address()
    ));
    let (mut dice, book, key) = (seed("outage"), Book::default(), open(&shop));
    let mut server = Server::start(&shop, &[]);
    let outages = figure("OUTAGES", 2);
    for round in 0..outages {
        let load = Load::on(&server, &book, &key, round);
        let mut own = dice.clone();
        let problems = load.during(&mut dice, || {
            moment(&book, &mut own);
            book.problems();
            cluster.kill();
            let mut problems = Vec::new();
            until("the database is gone and no till is told", || {
                problems.extend(book.problems());
                !problems.is_empty()
            });
            cluster.begin();
            // The same server goes on by itself.
            moment(&book, &mut own);
            problems.extend(book.problems());
            problems
        });
        for (status, words) in &problems {
            assert_eq!(*status, 503, "{words}");
        }
        book.must_hold(
            format_args!("after outage {round}"),
            (&shop, &server),
            &key,
            0,
        );
    }
    assert!(server.stop().success());
    println!(
        "outage: {outages} kills, {} events acknowledged, none lost",
        book.acknowledged()
    );
}
