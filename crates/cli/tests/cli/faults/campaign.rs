//! A server that is killed at any moment of a campaign, on both databases: nobody is forgotten, a provider that
//! knows a message by its key sends it once, and letters that may have been taken are listed, or sent again, as the
//! shop has set.

use crate::faults::disk::{Disk, Switch};
use crate::faults::kills::{on_postgres, open_by};
use crate::faults::post::{Post, Way};
use crate::faults::{Dice, figure, seed, until};
use crate::serving::Server;
use crate::shop::{CAFE, Shop};
use regulars_app::Database;
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

/// So many messages are handed over side by side: so many may be uncertain after a kill.
const TOGETHER: usize = 8;
/// What was taken by who died is anybody's again after so many seconds: the clock is set past that.
const HELD: i64 = 200;
/// So many faults are said, so that somebody reads them.
const SHOWN: usize = 5;

/// What is set for letters that may have been taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    Leave,
    Again,
}

/// A shop whose members allow letters and text messages, with what takes them.
struct Campaigns<'a> {
    shop: &'a Shop,
    disk: Disk,
    key: String,
    post: Post,
    members: usize,
    server: Server,
    /// By how many seconds the clock is ahead.
    ahead: i64,
}

/// What is said of a campaign by the server.
struct Log {
    /// The e-mail addresses of letters that may have been taken, with the ids of the letters.
    uncertain: Vec<(String, String)>,
    /// What stands at another stage than `sent` and `uncertain`, and messages that are missing.
    unsettled: Vec<String>,
}

fn address(no: usize) -> String {
    format!("m{no}@example.com")
}

fn phone(no: usize) -> String {
    format!("+4930{:07}", 1_000_000 + no)
}

impl<'a> Campaigns<'a> {
    fn open(shop: &'a Shop, members: usize) -> Self {
        let disk = Disk::of(shop);
        let key = open_by(shop, |args| command(&disk, shop, args));
        shop.write(
            "letters.toml",
            format!("{CAFE}\n[activity.letters]\nconsent = \"keep\"\n"),
        );
        shop.ok(["apply", "letters.toml"]);
        let mut rows = String::from(
            "customer,email,phone,consent.letters,consent.letters.at,consent.letters.proof\n",
        );
        for no in 0..members {
            let (email, phone) = (address(no), phone(no));
            let _ = writeln!(
                rows,
                "c{no},{email},{phone},given,2026-01-05T09:00:00Z,the form"
            );
        }
        shop.write("members.csv", rows);
        shop.ok(["crm", "import", "members.csv"]);
        let post = Post::start();
        let server = serve(&disk, shop, &post);
        let own = Self {
            shop,
            disk,
            key,
            post,
            members,
            server,
            ahead: 0,
        };
        let words = json!({"en": {"subject": "Hello", "text": "You have {balance} beans."}});
        let template = json!({"name": "Hello", "language": "en", "words": words});
        own.ask("PUT", "/v1/templates/hello", &template);
        let segment = json!({"id": "all", "name": "All", "condition": "consent(\"letters\")"});
        own.ask("POST", "/v1/segments", &segment);
        own
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, said) = self.server.request((method, path), &self.key, body);
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {said}"
        );
        serde_json::from_str(&said).unwrap_or_default()
    }

    /// A send to everybody by a provider, and one by letter.
    fn begin(&self, policy: Policy) -> [String; 2] {
        let when = match policy {
            Policy::Leave => "leave",
            Policy::Again => "again",
        };
        let settings = json!({
            "address": "https://club.example", "cap_most": 0, "cap_days": 7, "quiet_from": "",
            "quiet_until": "", "when_uncertain": when,
            "channels": {
                "email": {"consent": "letters"},
                "sms": {"consent": "letters", "url": self.post.provider_url()},
            },
        });
        self.ask("PUT", "/v1/message-settings", &settings);
        ["sms", "email"].map(|channel| {
            let send = json!({"template": "hello", "channel": channel, "segment": "all"});
            let made = self.ask("POST", "/v1/sends", &send);
            made["id"].as_str().expect("has an id").to_owned()
        })
    }

    /// Ends the server as a power cut does to a process, and starts another when what it held is anybody's again.
    fn kill(&mut self, change: impl FnOnce()) {
        self.server.kill();
        change();
        self.later();
        self.server = serve(&self.disk, self.shop, &self.post);
    }

    fn later(&mut self) {
        self.ahead += HELD;
        self.disk.set(Switch::Clock, self.ahead);
    }

    /// Kills so often, from the moment on at which the sends were made until nearly all is sent.
    fn kills(&mut self, kills: u64, dice: &mut Dice) {
        for kill in 0..kills {
            if kill == 0 {
                // While it is looked up who gets it: nothing was handed over yet.
                std::thread::sleep(Duration::from_micros(dice.below(900_000)));
            } else {
                let spared = (2 * TOGETHER as u64 + 2) * (kills - kill);
                let left = (2 * self.members as u64).saturating_sub(self.post.delivered() + spared);
                let some = 1 + dice.below(2 * left / (kills - kill + 1) + 1).min(left);
                let enough = self.post.requests() + some;
                until("nothing is sent any more", || {
                    self.post.requests() >= enough
                });
                std::thread::sleep(Duration::from_micros(dice.below(8_000)));
            }
            self.kill(|| ());
        }
    }

    /// Waits until nothing waits any more.
    fn settle(&mut self, sends: &[String; 2]) {
        self.later();
        for send in sends {
            until("messages wait for ever", || {
                let own = self.ask("GET", &format!("/v1/sends/{send}"), &Value::Null);
                let counts = own["counts"].as_array().expect("a list").iter();
                let mut open = counts.filter(|own| {
                    ["waiting", "handed_over"].contains(&own["stage"].as_str().unwrap_or(""))
                });
                own["stage"] == "planned" && open.next().is_none()
            });
        }
    }

    /// What the server says became of the letters and messages.
    fn log(&self, sends: &[String; 2]) -> Log {
        let (mut uncertain, mut unsettled) = (Vec::new(), Vec::new());
        for send in sends {
            let own = self.ask("GET", &format!("/v1/sends/{send}"), &Value::Null);
            let mut settled = 0;
            for count in own["counts"].as_array().expect("a list") {
                match count["stage"].as_str().unwrap_or_default() {
                    "sent" | "uncertain" => settled += count["count"].as_u64().unwrap_or(0),
                    _ => unsettled.push(format!("{}: {count}", own["channel"])),
                }
            }
            if settled != self.members as u64 {
                unsettled.push(format!("{}: {settled} are settled", own["channel"]));
            }
            let mut after = String::new();
            loop {
                let path = format!("/v1/sends/{send}/messages?stage=uncertain&limit=100{after}");
                let page = self.ask("GET", &path, &Value::Null);
                for own in page["items"].as_array().expect("a list") {
                    uncertain.push(self.letter(own));
                }
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
        }
        Log {
            uncertain,
            unsettled,
        }
    }

    /// Where an uncertain letter goes to, and its id.
    fn letter(&self, own: &Value) -> (String, String) {
        let text = |name: &str| own[name].as_str().expect("is a text").to_owned();
        let path = format!("/v1/members/{}", text("member"));
        let member = self.ask("GET", &path, &Value::Null);
        let identities = member["identities"].as_array().expect("a list").iter();
        let mut emails = identities.filter(|own| own["kind"] == "email");
        let to = emails.next().and_then(|own| own["value"].as_str());
        (to.expect("has an address").to_owned(), text("id"))
    }

    /// What is wrong with what came, after so many kills.
    fn check(&self, policy: Policy, kills: u64, log: &Log) -> Result<Came, String> {
        let mut wrong = log.unsettled.clone();
        let (by_key, letters) = (self.post.desk(Way::Provider), self.post.desk(Way::Letter));
        wrong.extend(by_key.wrong.iter().cloned());
        let listed: BTreeSet<&str> = log.uncertain.iter().map(|own| own.0.as_str()).collect();
        for no in 0..self.members {
            let (to, times) = (phone(no), by_key.times(&phone(no)));
            match times {
                0 => wrong.push(format!("{to} is lost: the provider never had it")),
                1 => {}
                _ => wrong.push(format!("{to} got it {times} times under one key")),
            }
            let (to, times) = (address(no), letters.times(&address(no)));
            let is_listed = listed.contains(to.as_str());
            match (policy, times) {
                (_, 0) if !is_listed => {
                    wrong.push(format!("{to} is lost: no letter came, and none is listed"));
                }
                (Policy::Leave, 2..) => wrong.push(format!("{to} got {times} letters")),
                (Policy::Again, _) if is_listed => {
                    wrong.push(format!("{to} is listed, and was to be sent again"));
                }
                _ => {}
            }
        }
        let came = Came {
            again: by_key.requests - self.members.min(by_key.requests),
            uncertain: listed.len(),
            of_these_taken: listed.iter().filter(|to| letters.times(to) > 0).count(),
            letters_twice: letters.more_than_once(),
        };
        let most = TOGETHER * usize::try_from(kills).expect("is small");
        for (what, many) in [
            ("uncertain", came.uncertain),
            ("sent twice", came.letters_twice),
        ] {
            if many > most {
                wrong.push(format!("{many} letters are {what}, of {most} at most"));
            }
        }
        if wrong.is_empty() {
            return Ok(came);
        }
        let all = wrong.len();
        wrong.truncate(SHOWN);
        Err(format!("{all} faults, among them:\n{}", wrong.join("\n")))
    }

    /// Somebody goes through the list, who can ask the mail server: what it did not have is sent again.
    fn resolve(&mut self, sends: &[String; 2], log: &Log) {
        for (to, id) in &log.uncertain {
            let again = self.post.desk(Way::Letter).times(to) == 0;
            self.ask(
                "POST",
                &format!("/v1/messages/{id}/resolve"),
                &json!({"again": again}),
            );
        }
        self.settle(sends);
        let letters = self.post.desk(Way::Letter);
        for no in 0..self.members {
            assert_eq!(letters.times(&address(no)), 1, "{}", address(no));
        }
        assert!(self.log(sends).uncertain.is_empty());
    }
}

/// What a campaign came to.
#[derive(Clone, Copy, Debug)]
struct Came {
    /// How often the provider was told what it knew.
    again: usize,
    uncertain: usize,
    of_these_taken: usize,
    letters_twice: usize,
}

/// Commands on a clock that the test sets. What is written is no matter here, so nothing writes it down.
fn command(disk: &Disk, shop: &Shop, args: &[&str]) -> Command {
    let mut command = disk.command(shop, args);
    command.env_remove("FAULTS_JOURNAL");
    command
}

fn serve(disk: &Disk, shop: &Shop, post: &Post) -> Server {
    let smtp = post.mail_url();
    let args = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--json",
        "--webhooks-private",
        "--smtp",
        &smtp,
        "--mail-from",
        "club@shop.example",
    ];
    Server::start_as(&mut command(disk, shop, &args))
}

/// Two campaigns, one for each policy, among which the kills are shared.
fn survives(of: &str, shop: &Shop) {
    let (kills, members) = (figure("CAMPAIGN", 6), figure("ADDRESSEES", 300));
    let members = usize::try_from(members).expect("is small");
    let mut dice = seed(of);
    let mut all = Campaigns::open(shop, members);
    all.post.pauses(true);
    for (policy, kills) in [
        (Policy::Leave, kills - kills / 2),
        (Policy::Again, kills / 2),
    ] {
        all.post.empty();
        let sends = all.begin(policy);
        all.kills(kills, &mut dice);
        all.settle(&sends);
        let log = all.log(&sends);
        let came = all
            .check(policy, kills, &log)
            .unwrap_or_else(|wrong| panic!("{of}, {policy:?}: {wrong}"));
        println!("{of}, {policy:?}: {kills} kills, {members} members, {came:?}");
        if policy == Policy::Leave {
            all.resolve(&sends, &log);
        }
    }
    assert!(all.server.stop().success());
    assert_eq!(shop.json(["verify"])["ok"], true);
}

#[test]
fn sqlite_forgets_nobody_when_the_server_is_killed_in_a_campaign() {
    survives("campaign-sqlite", &Shop::new());
}

#[test]
fn postgres_forgets_nobody_when_the_server_is_killed_in_a_campaign() {
    let db = TestDb::postgres_empty();
    survives("campaign-postgres", &on_postgres(&db));
}

// ── the test, tested ──

/// How what sends or what takes is broken.
struct Broken {
    /// Whether the provider passes over keys.
    forgetful: bool,
    /// Where some are under way when the server dies.
    way: Way,
    /// Whether they were taken by then.
    taken: bool,
    /// What a store would leave that writes something else before a message is handed over.
    statement: &'static str,
}

/// A campaign to a few, whose server is killed while messages are under way; what is found.
fn a_kill_under_way(broken: &Broken) -> Result<Came, String> {
    let db = TestDb::sqlite();
    let Database::Sqlite(path) = &db.database else {
        unreachable!("it is a file")
    };
    let shop = Shop::on(path.to_str().expect("the test's paths are text"));
    let mut all = Campaigns::open(&shop, 20);
    all.post.forgets(broken.forgetful);
    // It is known that some are under way when the server dies.
    all.post.hangs(broken.way, 10, broken.taken);
    let sends = all.begin(Policy::Leave);
    until("nothing is under way", || all.post.hanging() >= 2);
    all.kill(|| {
        if !broken.statement.is_empty() {
            db.execute(broken.statement);
        }
    });
    all.post.hangs_no_more();
    all.settle(&sends);
    let found = all.check(Policy::Leave, 1, &all.log(&sends));
    assert!(all.server.stop().success());
    found
}

/// The stages as they are kept.
const MARK_SENT: &str = "UPDATE messages SET stage = 2, due = NULL WHERE stage = 1";
const MARK_WAITING: &str = "UPDATE messages SET stage = 0, tries = 0 WHERE stage = 1";

#[test]
fn what_is_under_way_when_the_server_dies_is_told_again_or_listed() {
    for (way, taken) in [
        (Way::Provider, true),
        (Way::Provider, false),
        (Way::Letter, true),
        (Way::Letter, false),
    ] {
        let whole = Broken {
            forgetful: false,
            way,
            taken,
            statement: "",
        };
        let came = a_kill_under_way(&whole).expect("nothing is wrong");
        match way {
            Way::Provider => assert!(came.again >= 2, "{taken}: {came:?}"),
            Way::Letter => assert!(came.uncertain >= 2, "{taken}: {came:?}"),
        }
        // Beside those that hang are some that were taken, and of which that was not written yet.
        assert_eq!(
            came.of_these_taken == came.uncertain,
            taken || way == Way::Provider
        );
        assert_eq!(came.letters_twice, 0);
    }
}

#[test]
fn a_provider_that_passes_over_keys_is_noticed() {
    let found = a_kill_under_way(&Broken {
        forgetful: true,
        way: Way::Provider,
        taken: true,
        statement: "",
    });
    let found = found.expect_err("somebody got it twice");
    assert!(found.contains("got it 2 times under one key"), "{found}");
}

#[test]
fn a_server_that_counts_as_sent_what_it_is_about_to_send_is_noticed() {
    for way in [Way::Provider, Way::Letter] {
        let found = a_kill_under_way(&Broken {
            forgetful: false,
            way,
            taken: false,
            statement: MARK_SENT,
        });
        let found = found.expect_err("somebody got nothing");
        assert!(found.contains("is lost"), "{found}");
    }
}

#[test]
fn a_server_that_does_not_say_before_that_it_hands_a_letter_over_is_noticed() {
    let found = a_kill_under_way(&Broken {
        forgetful: false,
        way: Way::Letter,
        taken: true,
        statement: MARK_WAITING,
    });
    let found = found.expect_err("somebody got two letters");
    assert!(found.contains("got 2 letters"), "{found}");
}
