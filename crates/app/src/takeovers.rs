//! What happens to wallets when a version of the program takes over from another: at the tick of
//! the date or at the wallet's next event, whichever comes first.

use crate::Error;
use crate::app::Core;
use crate::background::tick;
use crate::input::Timing;
use crate::lane::{Item, Reply, Tally};
use crate::versions::Versions;
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::changeover::{self, Side, Takeover};
use regulars_engine::event::{Changeover, Event, Kind};
use regulars_engine::outcome::Change;
use regulars_engine::state::{State, Wallet};
use regulars_engine::{Outcome, Program, step};
use regulars_store::Version;
use std::sync::Arc;

/// How many wallets are brought over at a time.
const AT_ONCE: usize = 1000;

/// Up to which takeover all wallets of a tenant were brought over.
const JOB: &str = "changeover";

/// A version takes over.
#[derive(Clone, Debug)]
pub(crate) struct Over {
    /// When: once it is in force, and known.
    pub(crate) at: Timestamp,
    /// The place of the version before.
    pub(crate) old: usize,
    /// The place of the version that takes over.
    pub(crate) new: usize,
    changeover: Changeover,
}

/// All takeovers of a list of versions, in the order of time. A version that is applied for a
/// moment that is past takes over when it is applied.
pub(crate) fn of(list: &[(Version, Arc<Program>)]) -> Vec<Over> {
    let known_at = |place: usize| list[place].0.in_force_from.max(list[place].0.applied_at);
    let mut moments: Vec<Timestamp> = (1..list.len()).map(known_at).collect();
    moments.sort_unstable();
    moments.dedup();
    let (mut overs, mut current) = (Vec::new(), 0);
    for at in moments {
        let known = (0..list.len()).filter(|place| *place == 0 || known_at(*place) <= at);
        let key = |place: &usize| (list[*place].0.in_force_from, list[*place].0.no);
        let in_force = known.filter(|place| key(place).0 <= at).max_by_key(key);
        let new = in_force.unwrap_or(0);
        if list[new].0.hash != list[current].0.hash {
            overs.push(Over {
                at,
                old: current,
                new,
                changeover: changeover::between(&list[current].1, &list[new].1),
            });
        }
        current = new;
    }
    overs
}

impl Versions {
    /// The takeovers after `after` and not after `until`.
    pub(crate) fn overs(&self, after: Timestamp, until: Timestamp) -> &[Over] {
        // Most merchants never change a running program, and most wallets have seen the last.
        if self.overs.last().is_none_or(|last| last.at <= after) {
            return &[];
        }
        let place = |at: Timestamp| self.overs.partition_point(|over| over.at <= at);
        let (first, last) = (place(after), place(until));
        self.overs.get(first..last).unwrap_or_default()
    }

    /// As the engine looks at it.
    pub(crate) fn takeover<'a>(&'a self, over: &'a Over) -> Takeover<'a> {
        Takeover {
            at: over.at,
            old: &self.list[over.old].1,
            new: &self.list[over.new].1,
            changeover: &over.changeover,
        }
    }

    /// The number of the version that decides, and the version.
    pub(crate) fn side(&self, over: &Over, side: Side) -> (i64, &Arc<Program>) {
        let place = match side {
            Side::Old => over.old,
            Side::New => over.new,
        };
        let (version, program) = &self.list[place];
        (version.no, program)
    }

    /// The wallet once all versions that take over by `until` have done so; whether that made any
    /// difference.
    pub(crate) fn brought_over(
        &self,
        member: MemberId,
        mut wallet: Wallet,
        until: Timestamp,
    ) -> (Wallet, bool) {
        let mut moved = false;
        for over in self.overs(wallet.clock, until) {
            for (side, event) in changeover::events(&self.takeover(over), member, &wallet) {
                wallet = after(self.side(over, side).1, wallet, &event);
                moved = true;
            }
        }
        (wallet, moved)
    }

    /// The wallet as if everything due by `at` had been done, also what versions do that took over.
    pub(crate) fn caught_up(
        &self,
        member: MemberId,
        wallet: Wallet,
        at: Timestamp,
    ) -> Result<Wallet, Error> {
        let (_, program) = self.at(at)?;
        let (wallet, _) = self.brought_over(member, wallet, at);
        Ok(aged(program, wallet, at))
    }
}

/// What changes in a wallet when everything due by `at` is done under the version of that moment.
pub(crate) fn caught_up_by(
    versions: &Versions,
    member: MemberId,
    wallet: Wallet,
    at: Timestamp,
) -> Result<Vec<Change>, Error> {
    let (_, program) = versions.at(at)?;
    let (wallet, _) = versions.brought_over(member, wallet, at);
    let mut state = State {
        wallet,
        ..State::default()
    };
    let mut outcome = Outcome::default();
    step(program, &mut state, &passing(at), &mut outcome);
    Ok(outcome.changes)
}

/// The wallet once time has passed to `at` under one program. One that has seen a later moment (by
/// a sender whose clock is ahead) is as it is.
pub(crate) fn aged(program: &Program, wallet: Wallet, at: Timestamp) -> Wallet {
    after(program, wallet, &passing(at))
}

/// Time passes to `at`, and nothing else happens.
fn passing(at: Timestamp) -> Event {
    Event {
        key: EventKey {
            source: Text::default(),
            external_id: Text::default(),
        },
        occurred_at: at,
        recorded_at: at,
        entropy: [0; 16],
        kind: Kind::Tick,
    }
}

/// The wallet after an event that looks at nothing else.
pub(crate) fn after(program: &Program, wallet: Wallet, event: &Event) -> Wallet {
    let mut state = State {
        wallet,
        ..State::default()
    };
    step(program, &mut state, event, &mut Outcome::default());
    state.wallet
}

impl Core {
    /// Brings all wallets over to the versions that took over by `now`: those that it changes get a
    /// tick. How many it took. Goes through all wallets once for each takeover; should it stop in
    /// between, it begins again, and what is done is not done twice.
    pub(crate) fn bring_over(&self, tenant: TenantId, now: Timestamp) -> Result<usize, Error> {
        let (versions, done) = self.pool.with(|store| {
            let versions = self.versions.latest(tenant, store)?;
            let none = versions.overs(Timestamp::FIRST, now).is_empty();
            let done = if none {
                None
            } else {
                store.bookmark(tenant, JOB)?
            };
            Ok((versions, done))
        })?;
        let Some(last) = versions.overs(Timestamp::FIRST, now).last() else {
            return Ok(0);
        };
        let mark = format!("{}/{}", versions.list[last.new].0.no, last.at.micros());
        if done.as_deref() == Some(mark.as_str()) {
            return Ok(0);
        }
        let mut members: Vec<MemberId> = Vec::new();
        self.pool.with(|store| {
            store.each_wallet(tenant, &mut |row| {
                if row.merged_into.is_none() && versions.brought_over(row.member, row.state, now).1
                {
                    members.push(row.member);
                }
                Ok(())
            })?;
            Ok(())
        })?;
        for some in members.chunks(AT_ONCE) {
            let tally = Arc::new(Tally::default());
            for (number, member) in (0_u64..).zip(some) {
                let incoming = tick(*member, &format!("over/{mark}"));
                let mut prepared = self.prepare(incoming, &[], Timing::Live, now)?;
                prepared.incoming.event.recorded_at = now;
                let lane = self.lane_of(tenant, &prepared.incoming);
                let reply = Reply::Tally(Arc::clone(&tally), number);
                lane.push(tenant, [Item::new(prepared, reply)]);
            }
            if let Some((_, error)) = tally.wait(some.len() as u64).failed.pop() {
                return Err(error);
            }
        }
        let count = members.len();
        self.write(move |store| Ok(store.set_bookmark(tenant, JOB, Some(&mark))?))?;
        Ok(count)
    }
}
