//! Power that fails: what was written and not synced is there in part, in any order, or not at all, and the last
//! page is torn. A killed process leaves all of it behind, and so proves nothing of this.

use crate::faults::book::Book;
use crate::faults::disk::{Disk, Switch};
use crate::faults::kills::open_by;
use crate::faults::load::Load;
use crate::faults::{Dice, figure, seed, until};
use crate::serving::Server;
use crate::shop::{CAFE, Shop, wait};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// What a disk writes at once.
const SECTOR: usize = 512;

/// A line of the journal of disk.c.
#[derive(Debug)]
struct Step<'a> {
    /// Where it begins and ends in the journal.
    from: u64,
    to: u64,
    kind: u32,
    path: &'a str,
    at: u64,
    data: &'a [u8],
}

const WRITE: u32 = 1;
const TRUNCATE: u32 = 2;
const SYNC: u32 = 3;
const UNLINK: u32 = 4;
const CREATE: u32 = 5;
const RENAME: u32 = 6;
const FOLDER: u32 = 7;

/// All whole lines.
fn steps(journal: &[u8]) -> Vec<Step<'_>> {
    let (mut all, mut rest, mut from) = (Vec::new(), journal, 0);
    while let Some((head, after)) = rest.split_at_checked(24) {
        let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes"));
        let long =
            |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().expect("eight bytes"));
        let (path, data) = (
            word(4) as usize,
            usize::try_from(long(16)).expect("is small"),
        );
        let Some((own, after)) = after.split_at_checked(path + data) else {
            break;
        };
        let to = from + (24 + path + data) as u64;
        all.push(Step {
            from,
            to,
            kind: word(0),
            path: std::str::from_utf8(&own[..path]).expect("the test's paths are text"),
            at: long(8),
            data: &own[path..],
        });
        (rest, from) = (after, to);
    }
    all
}

/// A file: what is safe of it, and what was done to it since.
#[derive(Default)]
struct Content<'a> {
    safe: Vec<u8>,
    since: Vec<&'a Step<'a>>,
}

/// What a disk holds, and what it has been told.
#[derive(Default)]
struct Platter<'a> {
    contents: Vec<Content<'a>>,
    /// Names as the running system sees them, and those that are safe.
    names: Names,
    safe: Names,
    /// Names that changed since their folder was synced: what they are now, if they still are.
    since: Vec<(u64, String, Option<Entry>)>,
}

/// What is behind a name: a file's content, or a folder.
type Entry = Option<usize>;
type Names = BTreeMap<String, Entry>;

fn put(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    if bytes.len() < at + data.len() {
        bytes.resize(at + data.len(), 0);
    }
    bytes[at..at + data.len()].copy_from_slice(data);
}

fn place(at: u64) -> usize {
    usize::try_from(at).expect("the test's files are small")
}

fn done(bytes: &mut Vec<u8>, step: &Step<'_>) {
    match step.kind {
        WRITE => put(bytes, place(step.at), step.data),
        _ => bytes.resize(place(step.at), 0),
    }
}

impl<'a> Platter<'a> {
    /// A folder as it is, all of it safe.
    fn of(folder: &Path) -> Self {
        let mut platter = Self::default();
        for file in std::fs::read_dir(folder).expect("it is a folder") {
            let path = file.expect("it can be read").path();
            let name = path.to_str().expect("the test's paths are text").to_owned();
            let safe = std::fs::read(&path).expect("it is a file, and can be read");
            platter.names.insert(name, Some(platter.contents.len()));
            platter.contents.push(Content {
                safe,
                since: Vec::new(),
            });
        }
        platter.safe = platter.names.clone();
        platter
    }

    fn take(&mut self, step: &'a Step<'a>) {
        let known = self.names.get(step.path).copied();
        match step.kind {
            WRITE | TRUNCATE => {
                let at = known.flatten();
                let at = at.unwrap_or_else(|| panic!("{} was never made", step.path));
                self.contents[at].since.push(step);
            }
            CREATE => {
                let at = self.contents.len();
                self.contents.push(Content::default());
                self.rename(step.from, step.path, Some(Some(at)));
            }
            FOLDER => self.rename(step.from, step.path, Some(None)),
            UNLINK => self.rename(step.from, step.path, None),
            RENAME => {
                let to = std::str::from_utf8(step.data).expect("the test's paths are text");
                self.rename(step.from, step.path, None);
                self.rename(step.from, to, known);
            }
            SYNC => match known.flatten() {
                // What came while it was being synced is not safe yet.
                Some(at) => {
                    let Content { safe, since } = &mut self.contents[at];
                    since.retain(|own| {
                        let is_safe = own.from < step.at;
                        if is_safe {
                            done(safe, own);
                        }
                        !is_safe
                    });
                }
                None => self.sync_folder(step),
            },
            other => panic!("the journal has a line of kind {other}"),
        }
    }

    fn rename(&mut self, from: u64, name: &str, to: Option<Entry>) {
        named(&mut self.names, name, to);
        self.since.push((from, name.to_owned(), to));
    }

    fn sync_folder(&mut self, step: &Step<'_>) {
        let Self { since, safe, .. } = self;
        since.retain(|(from, name, to)| {
            let is_own = *from < step.at && Path::new(name).parent() == Some(Path::new(step.path));
            if is_own {
                named(safe, name, *to);
            }
            !is_own
        });
    }

    /// What may be there after the power failed: of what is not safe some, by the dice.
    fn after_the_loss(&self, dice: &mut Dice) -> BTreeMap<String, Vec<u8>> {
        // One time nothing that is not safe, another one nearly all of it.
        let luck = [0, 10, 50, 90, 100][place(dice.below(5))];
        let mut names = self.safe.clone();
        for (_, name, to) in &self.since {
            if dice.chance(luck) {
                named(&mut names, name, *to);
            }
        }
        // What lies in a folder that is gone is gone with it.
        let is_there = |name: &str| {
            let above = Path::new(name).ancestors().skip(1);
            let mut known = above
                .filter_map(|it| it.to_str())
                .filter(|it| self.names.contains_key(*it));
            known.all(|folder| names.contains_key(folder))
        };
        let mut files = BTreeMap::new();
        for (name, entry) in &names {
            if let Some(at) = entry.filter(|_| is_there(name)) {
                files.insert(name.clone(), self.contents[at].after_the_loss(luck, dice));
            }
        }
        files
    }
}

impl Content<'_> {
    fn after_the_loss(&self, luck: u64, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.safe.clone();
        for (no, step) in self.since.iter().enumerate() {
            let is_last = no + 1 == self.since.len();
            match step.kind {
                WRITE if is_last || dice.chance(30) => torn(&mut bytes, step, dice),
                _ if dice.chance(luck) => done(&mut bytes, step),
                _ => {}
            }
        }
        bytes
    }
}

fn named(names: &mut Names, name: &str, to: Option<Entry>) {
    match to {
        Some(at) => names.insert(name.to_owned(), at),
        None => names.remove(name),
    };
}

/// Of a write some sectors are there. One in between that is not there holds what the disk held before.
fn torn(bytes: &mut Vec<u8>, step: &Step<'_>, dice: &mut Dice) {
    let mut at = place(step.at);
    let mut rest = step.data;
    while !rest.is_empty() {
        let (sector, after) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
        if dice.chance(50) {
            put(bytes, at, sector);
        }
        at += sector.len();
        rest = after;
    }
}

/// Puts what may be left of a disk into the folder of another shop.
fn put_down(platter: &Platter<'_>, disk: &Disk, after: &Shop, dice: &mut Dice) {
    for (name, bytes) in platter.after_the_loss(dice) {
        let name = Path::new(&name).strip_prefix(disk.root());
        let path = after.path(".").join(name.expect("it lay on the disk"));
        let folder = path.parent().expect("it lies in a folder");
        std::fs::create_dir_all(folder).expect("the folder takes a folder");
        std::fs::write(path, bytes).expect("the folder takes a file");
    }
}

/// A server works, is killed, works again and ends; the power fails at so many moments of all that. After each
/// what was acknowledged by then must be there. The first that is wrong is said.
fn survives(of: &str, lie: i64, losses: u64) -> Result<usize, String> {
    let (mut dice, book, shop) = (seed(of), Book::default(), Shop::new());
    shop.write("cafe.toml", CAFE);
    let disk = Disk::of(&shop);
    let begun = Platter::of(disk.root());
    disk.set(Switch::SyncLie, lie);
    // The database is made on this disk, too: from here on it must be there.
    let key = open_by(&shop, |args| disk.command(&shop, args));
    let made = disk.mark();
    let enough = usize::try_from(figure("EVENTS", 120)).expect("is small");
    for round in 0..2 {
        let mut server = disk.server(&shop);
        let load = Load {
            book: &book,
            round,
            addresses: vec![server.text("listening").to_owned()],
            key: &key,
            mark: &|| disk.mark(),
        };
        load.during(&mut dice, || {
            let enough = book.acknowledged() + enough;
            until("nothing is acknowledged", || book.acknowledged() >= enough);
            if round == 0 {
                server.kill();
            }
        });
        if round == 1 {
            // Now the log is carried over into the file.
            assert!(server.stop().success());
        }
    }
    assert!(disk.get(Switch::Syncs) > 0, "nothing was ever synced");
    let journal = std::fs::read(disk.journal()).expect("it is there");
    let steps = steps(&journal);
    let acknowledged: Vec<u64> = book
        .all()
        .iter()
        .filter_map(|told| told.acknowledged)
        .collect();
    let last = acknowledged.iter().max().copied().unwrap_or(0);
    let end = journal.len() as u64 + 1;
    let mut moments: Vec<u64> = (0..losses)
        .map(|no| match no % 4 {
            // The very first one, and some in the end, where pages go to their places.
            0 if no == 0 => made,
            0 => last + dice.below(end - last),
            _ => made + dice.below(end - made),
        })
        .collect();
    moments.sort_unstable();
    let (mut platter, mut next) = (begun, 0);
    for moment in moments {
        while let Some(step) = steps.get(next).filter(|step| step.to <= moment) {
            platter.take(step);
            next += 1;
        }
        let after = Shop::new();
        put_down(&platter, &disk, &after, &mut dice);
        let looked = catch_unwind(AssertUnwindSafe(|| {
            let mut server = Server::start(&after, &[]);
            let found = book.check(&after, &server, &key, moment);
            let _ = server.stop();
            found
        }));
        match looked {
            Ok(Ok(_)) => {}
            Ok(Err(faults)) => {
                return Err(format!(
                    "power lost at {moment} of {}:\n{faults}",
                    journal.len()
                ));
            }
            Err(_) => {
                return Err(format!(
                    "power lost at {moment} of {}: no server starts",
                    journal.len()
                ));
            }
        }
    }
    Ok(acknowledged.len())
}

#[test]
fn sqlite_keeps_what_was_acknowledged_when_the_power_fails() {
    let losses = figure("LOSSES", 12);
    match survives("power", 0, losses) {
        Ok(events) => println!("power: {losses} losses, {events} events acknowledged, none lost"),
        Err(faults) => panic!("{faults}"),
    }
}

/// Nobody who has made a backup, or restored one, expects that it goes with the power.
#[test]
fn a_backup_and_what_was_restored_of_it_are_there_when_the_power_fails() {
    let shop = Shop::cafe();
    let disk = Disk::of(&shop);
    let second = "second/regulars.db";
    let before = shop.json(["statement"]);
    let mut moments = Vec::new();
    for args in [
        &["backup", "copy.db"][..],
        &["restore", "copy.db", "--database", second],
    ] {
        let done = wait(&mut disk.command(&shop, args));
        assert_eq!(done.code, Some(0), "{done:#?}");
        moments.push(disk.mark());
    }
    let journal = std::fs::read(disk.journal()).expect("it is there");
    let (steps, mut dice) = (steps(&journal), seed("backup"));
    for (no, moment) in moments.into_iter().enumerate() {
        for _ in 0..5 {
            let mut platter = Platter::default();
            platter
                .names
                .insert(disk.root().to_str().expect("is text").to_owned(), None);
            platter.safe = platter.names.clone();
            let made = |step: &&Step<'_>| step.to <= moment && !step.path.contains("regulars-data");
            steps
                .iter()
                .filter(made)
                .for_each(|step| platter.take(step));
            let after = Shop::new();
            put_down(&platter, &disk, &after, &mut dice);
            let place = ["copy.db", second][no];
            assert_eq!(after.json(["statement", "--database", place]), before);
        }
    }
}

/// The test, tested: `synchronous=OFF` is that nobody syncs.
#[test]
fn that_nothing_is_synced_is_noticed() {
    let noticed = survives("unsynced", 1, 12).expect_err("a disk that syncs nothing is noticed");
    assert!(noticed.contains("power lost"), "{noticed}");
}

/// And `synchronous=NORMAL` is that the write-ahead log is not synced. Events are gone, or, where the power was lost
/// while the log was carried over, the file is damaged.
#[test]
fn that_the_log_is_not_synced_is_noticed() {
    let noticed = survives("unsynced-log", 2, 12).expect_err("a log that is not synced is noticed");
    assert!(noticed.contains("power lost"), "{noticed}");
}
