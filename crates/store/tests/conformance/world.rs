//! A shop for the tests: a program, a tenant, and the loop that the application runs.

use regulars_base::{TenantId, WalletId};
use regulars_engine::event::{Incoming, Kind, Who};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::compile::compile;
use regulars_engine::state::State;
use regulars_engine::{Outcome, Program};
use regulars_store::{Answer, Ask, Commit, Loaded, Other, Result, Store, Tenant, input_hash};
use regulars_testkit::{TestDb, at, member, tenant};
use sha2::{Digest, Sha256};

/// The tests' tenant.
pub(crate) fn shop() -> TenantId {
    tenant(1)
}

/// A shop whose points lapse after a year, with a tier, a limit that all members share, rewards, of
/// which one is sent, and a leaderboard.
pub(crate) const PROGRAM: &str = r##"
[program]
name     = "Corner Shop"
currency = "EUR"
timezone = "Europe/Berlin"

[points.points]
name    = { one = "point", other = "points" }
worth   = "0.01 EUR"
expires = "12 months"

[[earn]]
id    = "spend"
give  = { points = "1 per 1 EUR" }
limit = [{ points = 5000, per = "program" }]

[[tier]]
id = "guest"

[[tier]]
id    = "friend"
reach = { spend = "500 EUR", within = "calendar year" }
earn  = { points = 1.5 }

[[reward]]
id    = "mug"
title = "A mug"
kind  = "other"
price = { points = 20 }
stock = 3

[[reward]]
id    = "parcel"
title = "A parcel"
kind  = "other"
price = { points = 1 }
sent  = true

[[leaderboard]]
id     = "orders"
counts = "orders"
"##;

/// The program, compiled.
pub(crate) fn program() -> Program {
    let (program, faults) = compile(PROGRAM);
    program.unwrap_or_else(|| panic!("the tests' program has faults: {faults:?}"))
}

/// A connection to a database that has the tests' tenant.
pub(crate) fn open(db: &TestDb) -> Box<dyn Store> {
    let mut store = db.connect();
    if store.tenants().expect("tenants can be read").is_empty() {
        let tenant = Tenant {
            id: shop(),
            name: "shop".into(),
            created_at: at("2025-01-01T00:00:00Z"),
        };
        store.create_tenant(&tenant).expect("the tenant is new");
    }
    store
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Came {
    /// It was decided, on this wallet and under this number.
    New(WalletId, u64, Outcome),
    /// It had been decided.
    Again(WalletId, u64, Outcome),
    /// Its key was used with other input.
    KeyReused,
    /// There is no such member.
    Unknown,
}

/// Ids for new members: of the event's key, so that they are the same in each run.
fn fresh(incoming: &Incoming) -> [u8; 16] {
    let key = &incoming.event.key;
    let hash = Sha256::digest(format!("{}/{}", key.source, key.external_id));
    *hash.first_chunk().expect("16 of 32 bytes")
}

/// What the events ask for.
pub(crate) fn asks(program: &Program, events: &[Incoming]) -> Vec<Ask> {
    let ask = |incoming: &Incoming| {
        let needs = regulars_engine::needs(program, &incoming.event);
        let id = regulars_base::MemberId::from_bytes(fresh(incoming));
        Ask::of(incoming, needs.shared, id)
    };
    events.iter().map(ask).collect()
}

/// Ingests events as one batch.
pub(crate) fn ingest(store: &mut dyn Store, events: &[Incoming]) -> Result<Vec<Came>> {
    ingest_with(store, events, &mut |_| ())
}

/// The same; `meanwhile` is called before each try, with the number of tries before it.
pub(crate) fn ingest_with(
    store: &mut dyn Store,
    events: &[Incoming],
    meanwhile: &mut dyn FnMut(usize),
) -> Result<Vec<Came>> {
    let program = program();
    let mut came = Vec::new();
    let mut tries = 0;
    store.batch(shop(), &asks(&program, events), &mut |loaded| {
        meanwhile(tries);
        tries += 1;
        let (results, commits) = decide(&program, loaded, events);
        came = results;
        commits
    })?;
    Ok(came)
}

/// Decides the events of a batch, one after the other.
pub(crate) fn decide(
    program: &Program,
    loaded: &mut Loaded,
    events: &[Incoming],
) -> (Vec<Came>, Vec<Commit>) {
    let (mut came, mut commits) = (Vec::<Came>::new(), Vec::new());
    for (at, incoming) in events.iter().enumerate() {
        let result = match loaded.answers[at].clone() {
            Answer::Seen(row) => Came::Again(row.wallet, row.seq, row.outcome),
            Answer::KeyReused => Came::KeyReused,
            Answer::UnknownMember | Answer::NoCard(_) => Came::Unknown,
            Answer::SameAs(earlier) => match &came[earlier] {
                Came::New(wallet, seq, outcome) => Came::Again(*wallet, *seq, outcome.clone()),
                other => other.clone(),
            },
            Answer::Fresh { wallet, order } => {
                let wallet = loaded.standing(wallet);
                let commit = one(program, loaded, (wallet, order), incoming.clone());
                let row = &loaded.wallets[wallet];
                let came = Came::New(row.wallet, commit.seq, commit.outcome.clone());
                commits.push(commit);
                follow(program, loaded, &mut commits);
                came
            }
        };
        came.push(result);
    }
    (came, commits)
}

/// What follows from the last commit, and from that, for members whose wallets were loaded.
fn follow(program: &Program, loaded: &mut Loaded, commits: &mut Vec<Commit>) {
    let cause = commits.last().expect("something was decided").clone();
    if let Kind::MergeOut(merge) = &cause.event.kind
        && cause.outcome.verdict == Verdict::Accepted
    {
        loaded.wallets[cause.wallet].merged_into = Some(merge.into);
        loaded.wallets[cause.wallet].due_at = None;
    }
    for next in cause.outcome.follow_ups {
        let Some(member) = next.member else { continue };
        let Other::At(wallet) = loaded.other(member) else {
            panic!("{member} was not loaded");
        };
        let who = Who::Member(member);
        let event = next.event;
        commits.push(one(
            program,
            loaded,
            (wallet, None),
            Incoming { who, event },
        ));
        follow(program, loaded, commits);
    }
}

/// Decides one event.
fn one(
    program: &Program,
    loaded: &mut Loaded,
    (wallet, order): (usize, Option<usize>),
    incoming: Incoming,
) -> Commit {
    let mut state = State {
        owner: Some(loaded.wallets[wallet].member),
        actor: None,
        wallet: std::mem::take(&mut loaded.wallets[wallet].state),
        order: order
            .map(|at| std::mem::take(&mut loaded.orders[at].state))
            .unwrap_or_default(),
        shared: std::mem::take(&mut loaded.shared),
        codes: std::mem::take(&mut loaded.codes),
        staff: None,
    };
    let mut outcome = Outcome::default();
    regulars_engine::step(program, &mut state, &incoming.event, &mut outcome);
    loaded.wallets[wallet].state = state.wallet;
    if let Some(at) = order {
        loaded.orders[at].state = state.order;
    }
    loaded.shared = state.shared;
    loaded.codes = state.codes;
    let input = input_hash(&incoming, &[]);
    let commit = loaded.commit((wallet, order), incoming.event, input, 1, outcome);
    loaded.set_due(wallet, program);
    commit
}

/// Whether it was decided, and accepted.
pub(crate) fn accepted(came: &Came) -> bool {
    matches!(came, Came::New(_, _, outcome) if outcome.verdict == Verdict::Accepted)
}

/// How many points a member has.
pub(crate) fn points(store: &mut dyn Store, customer: u64) -> i64 {
    let found = store
        .member_by_identity(shop(), "customer", &customer.to_string())
        .expect("members can be read");
    let Some(found) = found else { return 0 };
    let row = store.wallet(shop(), found.id).expect("wallets can be read");
    let state = row.expect("each member has a wallet").state;
    state.available(
        regulars_base::Name::of("points"),
        at("2025-12-31T00:00:00Z"),
    )
}

/// The first wrong row, said in a line.
pub(crate) fn proof(store: &mut dyn Store) -> Result<(), String> {
    let verified = store
        .verify(shop(), None, &mut |_| ())
        .map_err(|error| error.to_string())?;
    match verified.wrong {
        None => Ok(()),
        Some(wrong) => Err(format!("{} {}: {}", wrong.table, wrong.row, wrong.what)),
    }
}

/// The member number `no`, made by hand.
pub(crate) fn by_hand(no: u64) -> regulars_base::MemberId {
    member(no)
}
