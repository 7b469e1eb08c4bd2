//! Every story of the project, told to the application on both databases: what is seen after each
//! step must be what the engine alone shows.

use crate::support::{app, text};
use regulars_app::{App, Apply, BringCodes, Error, MemberRef, Receipt, batch_of};
use regulars_base::{EventKey, MemberId, Name, TenantId, Timestamp, WalletId};
use regulars_engine::event::{CodeTransfer, Event, Incoming, Kind, MergeOut, Unmerge, Who};
use regulars_engine::outcome::Outcome;
use regulars_engine::state::{State, Wallet};
use regulars_engine::{Program, step};
use regulars_sim::scenario::{Action, Fact, Scenario, Seen, Step, compare};
use regulars_store::{Cursor, Identity, Logged, Member, Store};
use regulars_testkit::TestDb;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

regulars_testkit::on_both! { every_story_comes_to_the_same }

fn every_story_comes_to_the_same(db: TestDb) {
    let folder = Path::new("../../scenarios");
    let (app, clock) = app(&db, |config| config);
    let mut wrong = Vec::new();
    let stories = stories(folder);
    assert!(stories.len() >= 40, "only {} stories", stories.len());
    for path in stories {
        let name = path
            .file_stem()
            .expect("a file has a name")
            .to_string_lossy();
        let written = std::fs::read_to_string(&path).expect("the story can be read");
        let load = |program: &str| {
            let own = folder.join("programs").join(program);
            let path = match own.is_file() {
                true => own,
                false => folder.join("../programs").join(program),
            };
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let story = match Scenario::parse(&written, &load) {
            Ok(story) => story,
            Err(faults) => {
                wrong.push(format!("{name}: {faults:?}"));
                continue;
            }
        };
        let tenant = app.create_tenant(&name).expect("each story has a name").id;
        let mut teller = Teller {
            app: &app,
            store: db.connect(),
            tenant,
            clock: &clock,
            merges: BTreeMap::new(),
            gone: BTreeMap::new(),
        };
        wrong.extend(
            teller
                .tell(&story)
                .into_iter()
                .map(|line| format!("{name}.toml:{line}")),
        );
        let proof = app.verify(tenant, None, &mut |_| {}).expect("can be read");
        if let Some(row) = proof.wrong {
            wrong.push(format!("{name}: {row:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn stories(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("there is a folder of stories");
    let paths = files.map(|file| file.expect("it can be listed").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    paths.sort();
    paths
}

/// Tells a story to the application.
struct Teller<'a> {
    app: &'a App,
    /// To look at wallets as they are stored.
    store: Box<dyn Store>,
    tenant: TenantId,
    clock: &'a Arc<AtomicI64>,
    /// Who was merged into whom, by the merge's key.
    merges: BTreeMap<EventKey, (MemberId, MemberId)>,
    /// Who somebody was before they were merged.
    gone: BTreeMap<Who, MemberId>,
}

impl Teller<'_> {
    /// Line and words of each difference.
    fn tell(&mut self, story: &Scenario) -> Vec<String> {
        let first = story.steps.first().map_or(Timestamp::FIRST, |step| step.at);
        self.clock.store(first.micros(), Ordering::SeqCst);
        self.apply(&story.program.text, None);
        let mut wrong = Vec::new();
        for step in &story.steps {
            self.clock
                .store(step.recorded_at.micros(), Ordering::SeqCst);
            let seen = self.one(step);
            let differences = compare(&step.expect, &seen);
            wrong.extend(
                differences
                    .iter()
                    .map(|it| format!("{}: {}", step.line, it.what)),
            );
            if step.again {
                let second = self.one(step);
                // The second receipt is that of the first delivery; what followed from it then is
                // not said again.
                let same = Seen {
                    duplicate: seen.duplicate,
                    because: seen.because.clone(),
                    ..second.clone()
                };
                if !second.duplicate || same != seen {
                    wrong.push(format!(
                        "{}: again it was {second:?}, not {seen:?}",
                        step.line
                    ));
                }
            }
        }
        wrong
    }

    fn apply(&self, program: &str, from: Option<Timestamp>) {
        let apply = Apply {
            text: program.to_owned(),
            from,
            ..Apply::default()
        };
        let applied = self.app.apply(self.tenant, &apply);
        applied.expect("the story's program is right");
    }

    fn one(&mut self, step: &Step) -> Seen {
        let incoming = match &step.action {
            Action::Event(incoming) => step.named(incoming, &mut |who| self.enter(who)),
            Action::Merge { key, from, into } => self.merge(key, from, into, step.recorded_at),
            Action::Unmerge { key, member } => {
                let member = self.gone.get(member).copied().expect("was merged");
                let stands = self.app.member(self.tenant, &MemberRef::Id(member));
                Incoming {
                    who: Who::Member(stands.expect("was merged").id),
                    event: Event {
                        key: key.clone(),
                        occurred_at: step.recorded_at,
                        recorded_at: step.recorded_at,
                        entropy: [0; 16],
                        kind: Kind::Unmerge(Unmerge { member }),
                    },
                }
            }
            Action::Tick(who) => tick(who, step),
            Action::Apply(version) => {
                self.apply(&version.text, Some(step.at));
                return self.show(step, None, 0);
            }
            Action::Transfer { event, from, into } => self.transfer(event, from, into),
            Action::Codes { coupon, codes } => {
                let bring = BringCodes {
                    coupon: coupon.clone(),
                    codes: codes.iter().map(ToString::to_string).collect(),
                    batch: batch_of(None),
                };
                let brought = self.app.bring_codes(self.tenant, &bring);
                let brought = brought.expect("the coupon is there");
                assert_eq!(brought.added, codes.len() as u64, "{brought:?}");
                return self.show(step, None, 0);
            }
            Action::Void(code) => {
                let void = self.app.void_code(self.tenant, code);
                assert!(void.expect("it is there").row.void_at.is_some());
                return self.show(step, None, 0);
            }
        };
        let before = self.newest(step);
        match self.app.ingest_one(self.tenant, incoming) {
            Ok(receipt) => self.show(step, Some(receipt), before),
            Err(Error::KeyReused(_)) => Seen {
                refused: Some("key_reused".into()),
                ..self.show(step, None, before)
            },
            Err(error) => panic!("line {}: {error}", step.line),
        }
    }

    fn merge(&mut self, key: &EventKey, from: &Who, into: &Who, at: Timestamp) -> Incoming {
        let who = from.clone();
        // As they were before anything was merged: a merge that is told again names the same.
        let (from, into) = match self.merges.get(key) {
            Some(same) => *same,
            None => (self.enter(from), self.enter(into)),
        };
        self.merges.insert(key.clone(), (from, into));
        self.gone.entry(who).or_insert(from);
        let kind = Kind::MergeOut(MergeOut { from, into });
        Incoming {
            who: Who::Member(from),
            event: Event {
                key: key.clone(),
                occurred_at: at,
                recorded_at: at,
                entropy: [0; 16],
                kind,
            },
        }
    }

    fn transfer(&mut self, event: &Event, from: &Who, into: &Who) -> Incoming {
        let Kind::CodeTransfer(asked) = &event.kind else {
            unreachable!("a transfer is one")
        };
        let (from, into) = (self.enter(from), self.enter(into));
        let code = asked.code.clone();
        Incoming {
            who: Who::Member(from),
            event: Event {
                kind: Kind::CodeTransfer(CodeTransfer { code, from, into }),
                ..event.clone()
            },
        }
    }

    /// The member of an identity; a customer who did nothing yet, if nobody has it.
    fn enter(&mut self, who: &Who) -> MemberId {
        if let Some(id) = self.member(who) {
            return id;
        }
        let Who::Identity { kind, value } = who else {
            panic!("a story names its members")
        };
        let id = MemberId::from_bytes(u128::from(Name::of(value.as_str()).number()).to_be_bytes());
        let member = Member {
            id,
            wallet: WalletId::from_bytes(*id.bytes()),
            merged_into: None,
            created_at: self.app.now(),
            identities: vec![Identity {
                kind: kind.to_string(),
                value: value.to_string(),
            }],
            attributes: "{}".into(),
        };
        let made = self.store.create_member(self.tenant, &member);
        made.expect("nobody has this identity");
        id
    }

    /// The member of an identity, merged ones as they are.
    fn member(&mut self, who: &Who) -> Option<MemberId> {
        match who {
            Who::Member(id) => Some(*id),
            Who::Identity { kind, value } => {
                let found =
                    self.store
                        .member_by_identity(self.tenant, kind.as_str(), value.as_str());
                found.expect("can be read").map(|member| member.id)
            }
            Who::OfOrder => None,
        }
    }

    /// Whom a step's expectations are about.
    fn about(&mut self, step: &Step) -> Option<MemberId> {
        match (step.about()?, &step.action) {
            (Who::OfOrder, Action::Event(incoming)) => {
                let order = incoming.event.order()?;
                let source = &incoming.event.key.source;
                let row = self
                    .store
                    .order(self.tenant, source, order)
                    .expect("can be read")?;
                // Whose purchase it is; a refund alone is nobody's.
                row.state.purchased.as_ref()?;
                let log = self
                    .store
                    .log(self.tenant, row.wallet?, Cursor::After(0), 1);
                log.expect("can be read").first().map(|row| row.member)
            }
            (who, _) => {
                let who = who.clone();
                self.member(&who)
            }
        }
    }

    /// The number of the newest entry of whom a step is about.
    fn newest(&mut self, step: &Step) -> u64 {
        let member = self.about(step);
        let row = member.and_then(|id| self.store.wallet(self.tenant, id).expect("can be read"));
        row.map_or(0, |row| row.seq)
    }

    /// What there is to be seen after a step; `before` is the number of the newest entry that was
    /// there before it.
    fn show(&mut self, step: &Step, receipt: Option<Receipt>, before: u64) -> Seen {
        let now = step.recorded_at;
        let member = self.about(step);
        let row = member.and_then(|id| self.store.wallet(self.tenant, id).expect("can be read"));
        let wallet = row
            .as_ref()
            .map(|row| row.state.clone())
            .unwrap_or_default();
        let now = now.max(wallet.clock);
        let (_, program) = self
            .app
            .program_in_force(self.tenant, now)
            .expect("there is one");
        let seen = Seen::of(&program, &caught_up(&program, wallet, now), now);
        let seen = if step.about().is_some() {
            seen
        } else {
            Seen::default()
        };
        let mut told = Outcome::default();
        let Some(receipt) = receipt else {
            return seen;
        };
        told.verdict = receipt.verdict.clone();
        told.trace.clone_from(&receipt.trace);
        let own = &receipt.key;
        // Only where somebody asks: it looks through all that was ever written.
        let mut wanted = step.expect.wanted.iter();
        let asked = wanted.any(|wanted| wanted.fact == Fact::Because);
        let place = row.map(|row| (row.wallet, before));
        let following = if asked {
            self.following(own, place)
        } else {
            Vec::new()
        };
        for entry in following {
            told.trace.extend(entry.outcome.trace);
        }
        Seen {
            duplicate: receipt.duplicate,
            ..seen.told(&receipt.program, &told)
        }
    }

    /// What followed from an event, whosever it is, in the order in which one followed from another:
    /// what derives from it, and what the wallet had kept until now. `place` is the wallet that it
    /// concerned, and the number of the newest entry that was there before.
    fn following(&mut self, cause: &EventKey, place: Option<(WalletId, u64)>) -> Vec<Logged> {
        let mut found: Vec<Logged> = Vec::new();
        let start = format!("{}#", cause.external_id);
        let read = self.store.each_event(self.tenant, &mut |row| {
            let key = &row.event.key;
            let id = key.external_id.as_str();
            let derives = key.source == cause.source && id.starts_with(&start);
            let own = place.filter(|(wallet, _)| *wallet == row.wallet);
            let is_new = own.is_none_or(|(_, before)| row.seq > before);
            if is_new && (derives || own.is_some() && id.ends_with("#kept")) {
                found.push(row);
            }
            Ok(())
        });
        read.expect("can be read");
        found.sort_by_key(|row| row.event.key.external_id.as_str().len());
        found
    }
}

/// Time passes for one member. The server's own ticks come only when something is due that
/// somebody must be told of; a story may want one at any time.
fn tick(who: &Who, step: &Step) -> Incoming {
    Incoming {
        who: who.clone(),
        event: Event {
            key: EventKey {
                source: text("story"),
                external_id: text(&format!("tick on line {}", step.line)),
            },
            occurred_at: step.recorded_at,
            recorded_at: step.recorded_at,
            entropy: [0; 16],
            kind: Kind::Tick,
        },
    }
}

/// The wallet as if everything due by `now` had been done.
fn caught_up(program: &Program, wallet: Wallet, now: Timestamp) -> Wallet {
    let mut state = State {
        wallet,
        ..State::default()
    };
    let tick = regulars_sim::timeline::tick(now);
    step(program, &mut state, &tick, &mut Outcome::default());
    state.wallet
}
