//! A disk that can be told to fail, under the real server; and what the server does on it.

use crate::faults::book::Book;
use crate::faults::kills::{moment, open};
use crate::faults::load::Load;
use crate::faults::{seed, until};
use crate::serving::Server;
use crate::shop::{Shop, two_lines, wait};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The switches of disk.c, by their places.
#[derive(Clone, Copy, Debug)]
pub(super) enum Switch {
    /// So many bytes may files still grow by.
    Room,
    /// The number of the error of each change.
    WriteFault,
    /// Milliseconds that each sync takes longer.
    SyncDelay,
    /// The number of the error of each sync.
    SyncFault,
    /// Seconds by which the clock is wrong.
    Clock,
    /// 1: no sync is done. 2: none of the write-ahead log.
    SyncLie,
    /// How often a fault was given.
    Struck,
    /// How often was synced.
    Syncs,
}

/// Numbers of the system's errors.
const NO_SPACE: i64 = 28;
const READ_ONLY: i64 = 30;
const BROKEN: i64 = 5;

/// The disk that the folder of a shop lies on.
pub(super) struct Disk {
    folder: TempDir,
    root: PathBuf,
    switches: File,
}

impl Disk {
    /// Under this shop.
    pub(super) fn of(shop: &Shop) -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder takes a folder");
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let made = Command::new(&compiler)
            .args([
                "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o",
            ])
            .arg(folder.path().join("disk.so"))
            .args(["tests/cli/faults/disk.c", "-lpthread"])
            .status();
        assert!(
            made.expect("the C compiler is there that SQLite is built with")
                .success()
        );
        let switches = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(folder.path().join("switches"))
            .expect("the folder takes a file");
        switches.set_len(8 * 8).expect("it may be that long");
        let disk = Self {
            folder,
            root: shop.path(".").canonicalize().expect("the folder is there"),
            switches,
        };
        disk.set(Switch::Room, -1);
        disk
    }

    /// The folder that lies on it.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where each change is written down.
    pub(super) fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// How long the journal is by now.
    pub(super) fn mark(&self) -> u64 {
        std::fs::metadata(self.journal()).map_or(0, |it| it.len())
    }

    pub(super) fn set(&self, switch: Switch, to: i64) {
        let done = self
            .switches
            .write_all_at(&to.to_le_bytes(), switch as u64 * 8);
        done.expect("the file takes it");
    }

    pub(super) fn get(&self, switch: Switch) -> i64 {
        let mut bytes = [0; 8];
        let done = self.switches.read_exact_at(&mut bytes, switch as u64 * 8);
        done.expect("it is that long");
        i64::from_le_bytes(bytes)
    }

    /// A command that works on this disk.
    pub(super) fn command(&self, shop: &Shop, args: &[&str]) -> Command {
        let mut command = shop.command(args);
        command
            .env("LD_PRELOAD", self.folder.path().join("disk.so"))
            .env("FAULTS_FOLDER", &self.root)
            .env("FAULTS_JOURNAL", self.journal())
            .env("FAULTS_SWITCHES", self.folder.path().join("switches"));
        command
    }

    /// A server on it.
    pub(super) fn server(&self, shop: &Shop) -> Server {
        let args = ["serve", "--listen", "127.0.0.1:0", "--json"];
        Server::start_as(&mut self.command(shop, &args))
    }
}

/// Under load the disk breaks, the tills are told, it is mended, and all goes on. Between two such times the
/// server is killed once, so that what the disk holds counts, and not what memory does.
fn goes_on(of: &str, faults: &[(Switch, i64)], said: &[&str]) {
    let (mut dice, book, shop) = (seed(of), Book::default(), Shop::new());
    let key = open(&shop);
    let disk = Disk::of(&shop);
    let mut server = disk.server(&shop);
    for (round, (switch, broken)) in faults.iter().enumerate() {
        let load = Load::on(&server, &book, &key, round as u64);
        let mut own = dice.clone();
        let problems = load.during(&mut dice, || {
            moment(&book, &mut own);
            book.problems();
            let usual = disk.get(*switch);
            let struck = disk.get(Switch::Struck);
            disk.set(*switch, *broken);
            let mut problems = Vec::new();
            until("the disk breaks and no till is told", || {
                problems.extend(book.problems());
                problems.len() >= 3
            });
            assert!(disk.get(Switch::Struck) > struck, "nothing was broken");
            // Also while nothing can be written, who asks is answered.
            let health = crate::faults::load::Line::to(server.text("listening")).ask(
                ("GET", "/healthz"),
                &key,
                "",
            );
            assert!(health.is_ok(), "{health:?}");
            disk.set(*switch, usual);
            let mended = Instant::now();
            moment(&book, &mut own);
            assert!(
                mended.elapsed() < Duration::from_secs(10),
                "it goes on too late"
            );
            problems
        });
        for (status, words) in &problems {
            assert_eq!(*status, 503, "{words}");
            assert!(said.iter().any(|it| words.contains(it)), "{words}");
        }
        if round % 2 == 1 {
            server.kill();
            server = disk.server(&shop);
        }
        book.must_hold(
            format_args!("after {switch:?} {broken}"),
            (&shop, &server),
            &key,
            u64::MAX,
        );
    }
    assert!(server.stop().success());
}

#[test]
fn a_full_disk_is_said_so_and_the_server_goes_on_when_there_is_space() {
    let faults = [
        (Switch::Room, 0),
        (Switch::Room, 50_000),
        (Switch::WriteFault, NO_SPACE),
        (Switch::Room, 3_000),
    ];
    goes_on("full", &faults, &["free some space"]);
}

#[test]
fn a_read_only_file_system_is_said_so_and_the_server_goes_on_when_it_can_write() {
    let faults = [
        (Switch::WriteFault, READ_ONLY),
        (Switch::WriteFault, READ_ONLY),
    ];
    goes_on("read-only", &faults, &["check the disk", "right to write"]);
}

#[test]
fn a_disk_that_does_not_write_is_said_so_and_the_server_goes_on() {
    let faults = [
        (Switch::WriteFault, BROKEN),
        (Switch::SyncFault, BROKEN),
        (Switch::SyncFault, BROKEN),
    ];
    goes_on("broken", &faults, &["check the disk"]);
}

#[test]
fn a_slow_disk_makes_answers_late_and_nothing_else() {
    let (mut dice, book, shop) = (seed("slow"), Book::default(), Shop::new());
    let key = open(&shop);
    let disk = Disk::of(&shop);
    let mut server = disk.server(&shop);
    disk.set(Switch::SyncDelay, 200);
    let load = Load::on(&server, &book, &key, 0);
    let begun = Instant::now();
    load.during(&mut dice, || {
        until("nothing is acknowledged", || book.acknowledged() >= 30);
        server.kill();
    });
    assert!(
        begun.elapsed() >= Duration::from_millis(400),
        "the disk was not slow"
    );
    assert_eq!(book.problems(), [], "whoever waits is answered");
    disk.set(Switch::SyncDelay, 0);
    server = disk.server(&shop);
    if let Err(faults) = book.check(&shop, &server, &key, u64::MAX) {
        panic!("{faults}");
    }
    assert!(server.stop().success());
}

#[test]
fn a_server_on_a_full_disk_is_not_started_and_says_why() {
    let shop = Shop::new();
    open(&shop);
    let disk = Disk::of(&shop);
    disk.set(Switch::Room, 0);
    let done = wait(&mut disk.command(&shop, &["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(done.code, Some(2), "{done:#?}");
    let (what, advice) = two_lines(&done.err);
    assert!(what.contains("full"), "{what}");
    assert!(advice.contains("free some space"), "{advice}");
}
