//! Following the log: what is new in it, and what a day changes, as portraits and moves, and as what journeys
//! come to.

use super::{Kept, SEGMENT};
use crate::Error;
use crate::app::Core;
use crate::journeys::{self, JOURNEY, Letters, Live, Walk};
use crate::lift::has_control_group;
use crate::offers::OFFER_SET;
use crate::people::read;
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engage::{Figures, Portrait, Said, Seen, Segment, Segments};
use regulars_engine::Program;
use regulars_engine::program::condition::figure::Plain;
use regulars_store::{
    Cursor, JourneyRow, Logged, MoveCause, PortraitRow, SegmentMove, SegmentPass, SegmentRun,
    Store, WalletRow,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How many wallets are looked at together.
const TOGETHER: usize = 500;

/// So many seals are read at once.
const SEALS: usize = 16;
/// How many rows of a log are read at a time.
const ROWS: usize = 1000;
/// How often a server looks.
const EVERY: Duration = Duration::from_secs(1);

/// Looks until the app is closed.
pub(crate) fn run(core: &Core) {
    while !core.stop.wait(EVERY) {
        let tenants = core.pool.with(|store| Ok(store.tenants()?));
        for tenant in tenants.unwrap_or_default() {
            if let Err(error) = core.follow_live(tenant.id) {
                tracing::debug!(%error, tenant = tenant.name, "segments wait");
            }
        }
    }
}

/// Where members are in journeys, by wallet.
type Rows = BTreeMap<WalletId, Vec<JourneyRow>>;

/// What a look works on.
struct Look<'a> {
    store: &'a mut dyn Store,
    tenant: TenantId,
    program: &'a Program,
    segments: &'a Segments,
    /// The same with what journeys ask: when a portrait is to be looked at.
    wakes: &'a Segments,
    live: &'a [Live],
    /// A task of a journey that somebody did: whose, and at which step of which journey.
    task: Option<(WalletId, &'a str, &'a str)>,
    /// What models say of members now, as far as they were asked.
    said: Option<&'a BTreeMap<WalletId, Said>>,
    today: i32,
    now: Timestamp,
    /// What is new in logs, as far as journeys may ask for it.
    events: BTreeMap<WalletId, Vec<Logged>>,
    /// Wallets, and their portraits as they were, that are not folded yet.
    loaded: BTreeMap<WalletId, (WalletRow, Portrait)>,
    /// Portraits as they are now, by wallet, with the wallets, and what made them so.
    done: BTreeMap<WalletId, (Portrait, WalletRow, MoveCause)>,
    /// Wallets that are being folded: a merge that was undone may lead back to one.
    open: BTreeSet<WalletId>,
}

impl Core {
    /// Follows the log where there are segments, journeys or personal offers, or a control group that all are
    /// compared with.
    pub(crate) fn follow_live(&self, tenant: TenantId) -> Result<(), Error> {
        let followed = self.pool.with(|store| {
            let mut any = |kind| Ok::<_, Error>(!store.settings(tenant, kind)?.is_empty());
            let any = any(SEGMENT)? || any(JOURNEY)? || any(OFFER_SET)?;
            Ok(any || has_control_group(store, tenant)?)
        })?;
        if followed {
            let now = self.config.clock.now();
            let versions = self
                .pool
                .with(|store| self.versions.latest(tenant, store))?;
            let (_, program) = versions.at(now)?;
            let stopped = || self.stop.wait(Duration::ZERO);
            self.follow(tenant, program, now, &|| !stopped())?;
        }
        Ok(())
    }

    /// Follows the log up to its newest seal, and the days up to `now`, while `go_on`; whether it came
    /// that far.
    pub(crate) fn follow(
        &self,
        tenant: TenantId,
        program: &Program,
        now: Timestamp,
        go_on: &dyn Fn() -> bool,
    ) -> Result<bool, Error> {
        // What was decided and not booked before a stop.
        self.book_awards(tenant)?;
        loop {
            let next = self.pool.with(|store| next(store, tenant, program, now))?;
            let Some(next) = next else {
                return Ok(true);
            };
            // If somebody else was faster, it is looked at again.
            self.pass(tenant, next)?;
            if !go_on() {
                return Ok(false);
            }
        }
    }
}

impl Core {
    /// Writes a pass, with the messages that it sends, and books the points that it gives. Whether it was
    /// written: not if somebody else was faster.
    fn pass(&self, tenant: TenantId, next: Next) -> Result<bool, Error> {
        let Next {
            mut pass, letters, ..
        } = next;
        self.write_letters(tenant, &mut pass.journeys, letters)?;
        let gives = pass.journeys.deeds.iter().any(|deed| deed.pending);
        let written = self.write(move |store| Ok(store.segment_pass(tenant, &pass)?))?;
        if written && gives {
            self.book_awards(tenant)?;
        }
        Ok(written)
    }

    /// Keeps what models say of some members with what else is kept of them, where it is something new, with what
    /// segments and journeys make of it: together or not at all, so that whoever tries again does nothing twice. Of
    /// how many it was new.
    pub(crate) fn hear(
        &self,
        tenant: TenantId,
        program: &Program,
        all: &BTreeMap<WalletId, Said>,
    ) -> Result<usize, Error> {
        loop {
            let now = self.config.clock.now();
            let next = self.pool.with(|store| {
                let seen = store.segment_run(tenant)?.unwrap_or_default();
                let wallets: Vec<WalletId> = all.keys().copied().collect();
                let mut is_new: BTreeMap<WalletId, bool> = all
                    .iter()
                    .map(|(wallet, said)| (*wallet, *said != Said::default()))
                    .collect();
                for (wallet, state) in store.portraits(tenant, &wallets)? {
                    let is_known = all
                        .get(&wallet)
                        .map(|said| Ok::<_, Error>(said.is_known_to(&parsed(&state)?)))
                        .transpose()?;
                    is_new.insert(wallet, is_known == Some(false));
                }
                let new: Vec<WalletId> = is_new
                    .into_iter()
                    .filter_map(|(wallet, is_new)| is_new.then_some(wallet))
                    .collect();
                if new.is_empty() {
                    return Ok(None);
                }
                let at = At {
                    tenant,
                    program,
                    now,
                    task: None,
                    said: Some(all),
                };
                let next = look(store, &at, &new, (seen, seen.seal))?;
                Ok(Some((next, new.len())))
            })?;
            let Some((next, new)) = next else {
                return Ok(0);
            };
            // If somebody else was faster, it is looked at again.
            if self.pass(tenant, next)? {
                return Ok(new);
            }
        }
    }

    /// Somebody did the task at which a member is; whether that is one which waits.
    pub(crate) fn complete_task(
        &self,
        tenant: TenantId,
        wallet: WalletId,
        (journey, step): (&str, &str),
    ) -> Result<bool, Error> {
        loop {
            let now = self.config.clock.now();
            let versions = self
                .pool
                .with(|store| self.versions.latest(tenant, store))?;
            let (_, program) = versions.at(now)?;
            let next = self.pool.with(|store| {
                let seen = store.segment_run(tenant)?.unwrap_or_default();
                let at = At {
                    tenant,
                    program,
                    now,
                    task: Some((wallet, journey, step)),
                    said: None,
                };
                look(store, &at, &[wallet], (seen, seen.seal))
            })?;
            if !next.did_task {
                return Ok(false);
            }
            if self.pass(tenant, next)? {
                return Ok(true);
            }
        }
    }
}

/// What a look goes by.
struct At<'a> {
    tenant: TenantId,
    program: &'a Program,
    now: Timestamp,
    task: Option<(WalletId, &'a str, &'a str)>,
    said: Option<&'a BTreeMap<WalletId, Said>>,
}

/// What is to be written next.
struct Next {
    pass: SegmentPass,
    letters: Letters,
    did_task: bool,
}

/// What is to be written next; nothing if all is as the log and the day have it.
fn next(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
    now: Timestamp,
) -> Result<Option<Next>, Error> {
    let seen = store.segment_run(tenant)?.unwrap_or_default();
    let today = program.zone.day(now).number();
    let mut due = store.portraits_due(tenant, today, TOGETHER)?;
    if due.is_empty() {
        let live = journeys::live(store, tenant, program)?;
        let live: Vec<String> = live.into_iter().map(|own| own.id).collect();
        if !live.is_empty() {
            due = store.journeys_due(tenant, (&live, now), TOGETHER)?;
        }
    }
    let (wallets, seal) = match due.is_empty() {
        false => (due, seen.seal),
        true => match sealed(store, tenant, seen.seal)? {
            Some(sealed) => sealed,
            None => return Ok(None),
        },
    };
    let at = At {
        tenant,
        program,
        now,
        task: None,
        said: None,
    };
    look(store, &at, &wallets, (seen, seal)).map(Some)
}

/// Looks at wallets.
fn look(
    store: &mut dyn Store,
    at: &At<'_>,
    wallets: &[WalletId],
    seals: (SegmentRun, i64),
) -> Result<Next, Error> {
    let live = journeys::live(store, at.tenant, at.program)?;
    let segments = self::live(store, at.tenant, at.program)?;
    let asked = live.iter().flat_map(|own| own.journey.conditions());
    let wakes = Segments::new(segments.iter().cloned().chain(asked).collect());
    let segments = Segments::new(segments);
    let look = Look {
        store,
        tenant: at.tenant,
        program: at.program,
        segments: &segments,
        wakes: &wakes,
        live: &live,
        task: at.task,
        said: at.said,
        today: at.program.zone.day(at.now).number(),
        now: at.now,
        events: BTreeMap::new(),
        loaded: BTreeMap::new(),
        done: BTreeMap::new(),
        open: BTreeSet::new(),
    };
    look.pass(wallets, seals)
}

/// The wallets that the next seals name, of so many wallets or of one seal; and the last of these seals.
fn sealed(
    store: &mut dyn Store,
    tenant: TenantId,
    after: i64,
) -> Result<Option<(Vec<WalletId>, i64)>, Error> {
    let (mut wallets, mut last) = (BTreeSet::new(), None);
    for seal in store.sealed(tenant, after, SEALS)? {
        wallets.extend(seal.heads.iter().map(|head| head.0));
        last = Some(seal.no);
        if wallets.len() >= TOGETHER {
            break;
        }
    }
    Ok(last.map(|last| (wallets.into_iter().collect(), last)))
}

/// The segments whose conditions the program can answer.
fn live(store: &mut dyn Store, tenant: TenantId, program: &Program) -> Result<Vec<Segment>, Error> {
    let mut all = Vec::new();
    for row in store.settings(tenant, SEGMENT)? {
        let kept: Kept = read(&row)?;
        all.extend(Segment::new(&row.id, &kept.condition, program));
    }
    Ok(all)
}

impl<'a> Look<'a> {
    fn pass(
        mut self,
        wallets: &[WalletId],
        (seen, seal): (SegmentRun, i64),
    ) -> Result<Next, Error> {
        self.load(wallets)?;
        for wallet in wallets {
            self.fold(*wallet)?;
        }
        let folded: Vec<WalletId> = self.done.keys().copied().collect();
        let mut before: BTreeMap<WalletId, BTreeSet<String>> = BTreeMap::new();
        for (wallet, segment) in self.store.segments_of(self.tenant, &folded)? {
            before.entry(wallet).or_default().insert(segment);
        }
        let mut walk = self.walk(wallets)?;
        let mut pass = SegmentPass {
            seen,
            seal,
            ..SegmentPass::default()
        };
        for (wallet, (portrait, row, cause)) in &self.done {
            let figures = portrait.figures(self.program, &row.state, self.today);
            let was = before.remove(wallet).unwrap_or_default();
            let first = pass.moves.len();
            self.moves(*wallet, (&was, &figures), *cause, &mut pass.moves);
            let mut wakes_on = portrait.wakes_on(self.wakes, &figures);
            if let Some((walk, rows)) = &mut walk {
                let moves = pass.moves[first..].iter().filter(|own| own.entered);
                let entered: Vec<String> = moves.map(|own| own.segment.clone()).collect();
                let events = self.events.get(wallet).map_or(&[][..], Vec::as_slice);
                let seen = journeys::Seen {
                    wallet: *wallet,
                    state: &row.state,
                    figures: &figures,
                    events,
                    entered: &entered,
                };
                walk.wallet(&seen, rows.get(wallet).map_or(&[], Vec::as_slice))?;
                let own = walk.wakes_on(&seen, self.today);
                wakes_on = wakes_on.into_iter().chain(own).min();
            }
            pass.portraits
                .push(self.row(*wallet, (portrait, wakes_on), &figures)?);
        }
        let mut letters = Letters::new();
        let mut did_task = false;
        if let Some((mut walk, rows)) = walk {
            let gone = wallets
                .iter()
                .filter(|wallet| !self.done.contains_key(*wallet));
            for wallet in gone {
                walk.gone(rows.get(wallet).map_or(&[], Vec::as_slice))?;
            }
            (letters, did_task) = (walk.letters, walk.did_task);
            pass.journeys = walk.pass;
        }
        Ok(Next {
            pass,
            letters,
            did_task,
        })
    }

    /// What journeys are followed by, and where members are in them; nothing where none runs.
    fn walk(&mut self, wallets: &[WalletId]) -> Result<Option<(Walk<'a>, Rows)>, Error> {
        if self.live.is_empty() {
            return Ok(None);
        }
        let folded = self.done.keys().chain(wallets).copied();
        let folded: BTreeSet<WalletId> = folded.collect();
        let folded: Vec<WalletId> = folded.into_iter().collect();
        let mut rows = Rows::new();
        for row in self.store.journeys_of(self.tenant, &folded)? {
            rows.entry(row.wallet).or_default().push(row);
        }
        let by = (self.tenant, self.program, self.live, self.now);
        let mut walk = Walk::begin(self.store, by, &folded)?;
        walk.task = self.task;
        Ok(Some((walk, rows)))
    }

    /// Reads wallets that are there, and their portraits as they were.
    fn load(&mut self, wallets: &[WalletId]) -> Result<(), Error> {
        let mut kept = BTreeMap::new();
        for (wallet, state) in self.store.portraits(self.tenant, wallets)? {
            kept.insert(wallet, parsed(&state)?);
        }
        for row in self.store.wallets(self.tenant, wallets)? {
            let portrait = kept.remove(&row.wallet).unwrap_or_default();
            self.loaded.insert(row.wallet, (row, portrait));
        }
        Ok(())
    }

    /// Who came and went. A segment whose condition cannot be answered keeps whom it has.
    fn moves(
        &self,
        wallet: WalletId,
        (was, figures): (&BTreeSet<String>, &Figures),
        cause: MoveCause,
        moves: &mut Vec<SegmentMove>,
    ) {
        for segment in self.segments.all() {
            let (before, entered) = (was.contains(&segment.id), segment.holds(figures));
            if before != entered {
                moves.push(SegmentMove {
                    no: 0,
                    segment: segment.id.clone(),
                    wallet,
                    at: self.now,
                    day: self.today,
                    entered,
                    cause,
                });
            }
        }
    }

    /// Brings the portrait of a wallet up to its log.
    fn fold(&mut self, wallet: WalletId) -> Result<(), Error> {
        if self.done.contains_key(&wallet) || !self.open.insert(wallet) {
            return Ok(());
        }
        if !self.loaded.contains_key(&wallet) {
            self.load(&[wallet])?;
        }
        if let Some((row, mut portrait)) = self.loaded.remove(&wallet) {
            let by_event = row.seq > portrait.seq;
            while portrait.seq < row.seq {
                let after = Cursor::After(portrait.seq);
                let logged = self.store.log(self.tenant, wallet, after, ROWS)?;
                if logged.is_empty() {
                    let what = format!("the log of {wallet} ends before its wallet");
                    return Err(Error::Corrupt(what));
                }
                for own in logged.into_iter().filter(|own| own.seq <= row.seq) {
                    let seen = portrait.take(self.program, own.seq, &own.event, &own.outcome);
                    if let Seen::TakesIn(member) = seen {
                        self.take_in(member, &mut portrait)?;
                    }
                    if self
                        .live
                        .iter()
                        .any(|live| live.begun <= own.event.occurred_at)
                    {
                        self.events.entry(wallet).or_default().push(own);
                    }
                }
            }
            let said = self.said.and_then(|all| all.get(&wallet));
            let is_new = said.is_some_and(|said| portrait.hear(said));
            let cause = match (is_new, by_event) {
                (true, _) => MoveCause::Score,
                (false, true) => MoveCause::Event(portrait.seq),
                (false, false) => MoveCause::Day,
            };
            self.done.insert(wallet, (portrait, row, cause));
        }
        self.open.remove(&wallet);
        Ok(())
    }

    /// Takes in the portrait of somebody who was merged into this one. A wallet has the id of whoever it
    /// was made for.
    fn take_in(&mut self, member: MemberId, portrait: &mut Portrait) -> Result<(), Error> {
        let other = WalletId::from_bytes(*member.bytes());
        self.fold(other)?;
        if let Some((other, _, _)) = self.done.get(&other) {
            portrait.take_in(other);
        }
        Ok(())
    }

    fn row(
        &self,
        wallet: WalletId,
        (portrait, next_on): (&Portrait, Option<i32>),
        figures: &Figures,
    ) -> Result<PortraitRow, Error> {
        let mut plain = [None; Plain::COUNT];
        for figure in Plain::all() {
            plain[figure.place()] = figures.plain(figure);
        }
        let numbers = figures
            .named
            .iter()
            .map(|(named, value)| (named.key(), *value));
        let texts = figures.texts.iter();
        let texts = texts.filter_map(|(text, value)| Some((text.key()?, value.clone())));
        Ok(PortraitRow {
            wallet,
            here: figures.here,
            next_on,
            tier: figures.tier.clone(),
            plan: figures.plan.clone(),
            plain,
            numbers: numbers.collect(),
            texts: texts.collect(),
            state: serde_json::to_string(portrait)
                .map_err(|error| Error::Bug(error.to_string()))?,
        })
    }
}

pub(super) fn parsed(state: &str) -> Result<Portrait, Error> {
    serde_json::from_str(state)
        .map_err(|error| Error::Corrupt(format!("a portrait cannot be read: {error}")))
}
