//! How long members are looked for among many, as somebody at the desk types: letter by letter, by name, by
//! e-mail address, by card.
//!
//! Names are as common as in a country: few of them have many bearers, so that two words which hardly ever
//! stand together are the hard question.

use crate::folder::Folder;
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders;
use crate::random::Random;
use crate::report::Report;
use anyhow::ensure;
use regulars_app::Database;
use rusqlite::{Connection, params};
use std::path::Path;
use std::time::{Duration, Instant};

/// Syllables that names are made of: 12,800 family names and 160 first names.
const FAMILY: [&[&str]; 3] = [
    &[
        "web", "mül", "schm", "sch", "fisch", "mey", "wag", "beck", "hof", "koch", "bau", "rich",
        "klein", "wolf", "neu", "schwar", "zim", "braun", "krü", "hart",
    ],
    &[
        "er", "mann", "el", "ing", "ler", "en", "ner", "ter", "in", "ow", "ke", "dt", "old", "ert",
        "hard", "bach", "feld", "stein", "berg", "tal", "brück", "wald", "horst", "see", "hain",
        "au", "rode", "leben", "heim", "dorf", "ing", "sen",
    ],
    &[
        "", "s", "a", "i", "sky", "ova", "ez", "son", "sson", "wicz", "enko", "escu", "oğlu",
        "yan", "idis", "ić", "en", "er", "man", "ich",
    ],
];
const FIRST: [&[&str]; 2] = [
    &[
        "an", "ma", "jo", "le", "pe", "su", "ka", "to", "el", "ben", "lu", "fe", "no", "mi", "sa",
        "da",
    ],
    &[
        "na", "ria", "nas", "on", "ter", "sanne", "rin", "bias", "sa", "jamin",
    ],
];
/// Members whose names are put down at once.
const AT_ONCE: u64 = 50_000;

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "search")?;
    let path = folder.file("shop.db");
    let merchant = Merchant::new(Database::Sqlite(path.clone()))?;
    let file = folder.file("orders.csv");
    orders::write(&file, orders::of_each(options.members))?;
    merchant.import(&file, &mut |_| true)?;
    introduce(&path, options.members)?;

    let mut random = Random::new(11);
    let (mut millis, mut hardest) = (Vec::new(), (0.0, String::new()));
    let begin = Instant::now();
    while millis.len() < 1000 || begin.elapsed().as_secs_f64() < options.seconds {
        let person = Person::of(random.below(options.members));
        for typed in person.typed(&mut random) {
            let asked = Instant::now();
            let found = merchant.app.find_members(merchant.tenant, &typed, 20)?;
            let took = asked.elapsed().as_secs_f64() * 1e3;
            // Two words that nobody has both of are asked, too.
            ensure!(
                !found.items.is_empty() || typed.contains(' '),
                "nobody is found by `{typed}`"
            );
            if took > hardest.0 {
                hardest = (took, typed);
            }
            millis.push(took);
        }
    }
    millis.sort_by(f64::total_cmp);
    eprintln!("the hardest was `{}`, {:.1} ms", hardest.1, hardest.0);
    let p95 = millis[millis.len() * 95 / 100];
    Ok(Report::of("search")
        .with("members", options.members as f64)
        .with("asked", millis.len() as f64)
        .with("p95_ms", p95)
        .with_durations(millis))
}

/// Somebody with a name, made from a number.
struct Person {
    first: String,
    family: String,
    no: u64,
}

impl Person {
    fn of(no: u64) -> Self {
        let mut random = Random::new(no);
        // The lower of two: the first of a list is the most common.
        let mut part = |of: &[&'static str]| {
            let (one, other) = (random.below(of.len() as u64), random.below(of.len() as u64));
            of[usize::try_from(one.min(other)).unwrap_or_default()]
        };
        Self {
            first: FIRST.map(&mut part).concat(),
            family: FAMILY.map(&mut part).concat(),
            no,
        }
    }

    fn email(&self) -> String {
        format!("{}.{}{}@example.com", self.first, self.family, self.no)
    }

    /// What somebody types who looks for them, in one of four ways.
    fn typed(&self, random: &mut Random) -> Vec<String> {
        let letters = |text: &str| -> Vec<String> {
            let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.map(|end| text[..end].to_owned()).collect()
        };
        match random.below(4) {
            0 => letters(&self.family),
            1 => letters(&self.email()),
            2 => letters(&self.no.to_string()),
            _ => {
                let whole = format!("{} {}", self.first, self.family);
                let mut typed = letters(&whole);
                typed.retain(|text| !text.ends_with(' '));
                let other = Self::of(random.below(1 << 40));
                typed.push(format!("{} {}", self.first, other.family));
                typed
            }
        }
    }
}

/// Gives everybody a name and an e-mail address, many at once: each by itself is a write to the disk of its own, and
/// a million of those take longer than all that is measured.
fn introduce(path: &Path, members: u64) -> anyhow::Result<()> {
    let mut db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(60))?;
    for first in (0..members).step_by(usize::try_from(AT_ONCE)?) {
        let change = db.transaction()?;
        {
            let mut whose = change
                .prepare("SELECT tenant, member FROM identities WHERE kind = 'customer' AND lower(value) = ?1 AND tenant = 1")?;
            let mut word = change.prepare(
                "INSERT OR IGNORE INTO member_words (tenant, word, member) VALUES (?1, ?2, ?3)",
            )?;
            let mut identity = change.prepare(
                "INSERT INTO identities (tenant, hash, member, kind, value) VALUES (?1, randomblob(32), ?2, 'email', ?3)",
            )?;
            for no in first..(first + AT_ONCE).min(members) {
                let row = |row: &rusqlite::Row<'_>| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
                };
                let (tenant, member) = whose.query_row([no.to_string()], row)?;
                let person = Person::of(no);
                for part in [&person.first, &person.family] {
                    word.execute(params![tenant, part, member])?;
                }
                identity.execute(params![tenant, member, person.email()])?;
            }
        }
        change.commit()?;
    }
    Ok(())
}
