//! Following the log: who comes into journeys and goes on in them, and what is to be done.

use super::{JOURNEY, JourneyState, Kept, known, stopped};
use crate::Error;
use crate::app::Core;
use crate::lift::ControlGroup;
use crate::messages::{Letter, letters};
use crate::people::read;
use crate::portal::secret_of;
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp, WalletId, Zone};
use regulars_engage::journey::{Dates, Deed, Did, End, Happened, Sight, Standing, Start, What};
use regulars_engage::{Figures, Journey, NotSent, holdout};
use regulars_engine::Program;
use regulars_engine::state::Wallet;
use regulars_store::{JourneyCount, JourneyDeed, JourneyPass, JourneyRow, Logged, SendRow, Store};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// The word for points that a journey gave.
pub(super) const AWARD: &str = "award";
/// The word for those that were beyond its budget.
const OVER_BUDGET: &str = "over_budget";
/// The word for a message.
const MESSAGE: &str = "message";

/// A journey that runs.
pub(crate) struct Live {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) journey: Journey,
    pub(crate) begun: Timestamp,
}

/// The journeys that run, as far as nothing is wrong with them.
pub(crate) fn live(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
) -> Result<Vec<Live>, Error> {
    let rows = store.settings(tenant, JOURNEY)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let known = known(store, tenant)?;
    let mut all = Vec::new();
    for row in rows {
        let kept: Kept = read(&row)?;
        if kept.state != JourneyState::Running {
            continue;
        }
        if let Ok(journey) = Journey::read(&kept.text, program, &known) {
            all.push(Live {
                id: row.id,
                version: row.version,
                journey,
                begun: Timestamp::from_micros(kept.begun_micros),
            });
        }
    }
    Ok(all)
}

/// Where a member is, by what is kept of it.
pub(super) fn standing(row: &JourneyRow) -> Result<Standing, Error> {
    let own: Standing = serde_json::from_str(&row.state)
        .map_err(|error| Error::Corrupt(format!("a journey's member cannot be read: {error}")))?;
    Ok(Standing {
        end: stopped(row.done, own.end),
        ..own
    })
}

/// How many points a journey gave.
pub(super) fn given(counts: &[JourneyCount]) -> i64 {
    let awards = counts.iter().filter(|own| own.did == AWARD);
    awards.map(|own| own.points).sum()
}

/// Messages that a pass sends, to be written before it is.
pub(crate) type Letters = Vec<(usize, Letter)>;

/// A pass over some wallets.
pub(crate) struct Walk<'a> {
    program: &'a Program,
    live: &'a [Live],
    now: Timestamp,
    secret: [u8; 32],
    control: ControlGroup,
    zones: HashMap<WalletId, Zone>,
    /// What of their budgets is left, by the place of the journey.
    left: BTreeMap<usize, i64>,
    /// A task that somebody did: whose, and at which step of which journey.
    pub(crate) task: Option<(WalletId, &'a str, &'a str)>,
    pub(crate) pass: JourneyPass,
    pub(crate) letters: Letters,
    pub(crate) did_task: bool,
}

/// What is seen of a wallet in a pass.
pub(crate) struct Seen<'a> {
    pub(crate) wallet: WalletId,
    /// What the wallet knows.
    pub(crate) state: &'a Wallet,
    pub(crate) figures: &'a Figures,
    /// What is new in its log.
    pub(crate) events: &'a [Logged],
    /// Segments that its member came into.
    pub(crate) entered: &'a [String],
}

impl<'a> Walk<'a> {
    /// Over these wallets.
    pub(crate) fn begin(
        store: &mut dyn Store,
        (tenant, program, live, now): (TenantId, &'a Program, &'a [Live], Timestamp),
        wallets: &[WalletId],
    ) -> Result<Self, Error> {
        let waits = |own: &Live| {
            let mut steps = own.journey.steps.iter();
            steps.any(|step| matches!(step.what, What::WaitUntil(_)))
        };
        let zones = match live.iter().any(waits) {
            true => zones(store, tenant, wallets)?,
            false => HashMap::new(),
        };
        let secret = secret_of(store, tenant)?;
        let mut left = BTreeMap::new();
        for (place, own) in live.iter().enumerate() {
            if let Some(budget) = own.journey.budget {
                let (counts, _) = store.journey_counts(tenant, &own.id)?;
                left.insert(place, budget - given(&counts));
            }
        }
        Ok(Self {
            program,
            live,
            now,
            control: ControlGroup::of(store, tenant, secret)?,
            secret,
            zones,
            left,
            task: None,
            pass: JourneyPass::default(),
            letters: Vec::new(),
            did_task: false,
        })
    }

    /// What journeys come to for a wallet. `rows` is where its member is in each.
    pub(crate) fn wallet(&mut self, seen: &Seen<'_>, rows: &[JourneyRow]) -> Result<(), Error> {
        let live = self.live;
        for (place, own) in live.iter().enumerate() {
            let row = rows.iter().find(|row| row.journey == own.id);
            let before = row.map(standing).transpose()?;
            let mut way = Way {
                place,
                live: own,
                standing: before.clone(),
                deeds: Vec::new(),
                to: before
                    .as_ref()
                    .map_or_else(To::nobody, |own| To::of(seen.wallet, own)),
                first: row.map_or(0, |row| row.deeds),
            };
            self.go(&mut way, seen);
            if way.standing != before {
                self.write(seen.wallet, way)?;
            }
        }
        Ok(())
    }

    /// The next day after today on which a journey may be set off for somebody.
    pub(crate) fn wakes_on(&self, seen: &Seen<'_>, today: i32) -> Option<i32> {
        let dates = Dates::of(self.program, seen.state, seen.figures);
        let today = CivilDay::from_number(today);
        let days = self
            .live
            .iter()
            .filter_map(|own| own.journey.wakes_on(&dates, today));
        days.map(CivilDay::number).min()
    }

    fn go(&mut self, way: &mut Way<'_>, seen: &Seen<'_>) {
        let zone = self.zones.get(&seen.wallet).cloned();
        let zone = zone.unwrap_or_else(|| self.program.zone.clone());
        let sight = Sight {
            now: self.now,
            zone: &zone,
            figures: seen.figures,
            program: self.program,
        };
        let journey = &way.live.journey;
        for logged in seen.events {
            let (event, outcome) = (&logged.event, &logged.outcome);
            if event.occurred_at < way.live.begun {
                continue;
            }
            if journey.starts_by(self.program, event, outcome) {
                self.come(way, seen.wallet, sight);
            } else {
                way.advance(Happened::Event(event, outcome), sight);
            }
        }
        if let Some((wallet, id, step)) = self.task
            && wallet == seen.wallet
            && id == way.live.id
        {
            way.advance(Happened::Task(step), sight);
            self.did_task |= way.deeds.iter().any(|own| own.did == Did::Completed);
        }
        way.advance(Happened::Time, sight);
        if self.is_set_off(way, seen) {
            self.come(way, seen.wallet, sight);
        }
    }

    /// Whether a day, a segment or what the member is sets the journey off.
    fn is_set_off(&self, way: &Way<'_>, seen: &Seen<'_>) -> bool {
        let journey = &way.live.journey;
        match &journey.start {
            Start::Event(_) => false,
            Start::Segment(segment) => seen.entered.contains(segment),
            Start::NearTier(_) | Start::Holds => {
                journey.starts_as_is(self.program, seen.state, seen.figures)
            }
            _ => {
                let dates = Dates::of(self.program, seen.state, seen.figures);
                let day = |at| self.program.zone.day(at);
                let days = (day(self.now), day(way.live.begun));
                journey.starts_on(&dates, days, way.standing.as_ref(), self.program)
            }
        }
    }

    /// Somebody comes in, if they may.
    fn come(&self, way: &mut Way<'_>, wallet: WalletId, sight: Sight<'_>) {
        let journey = &way.live.journey;
        if !journey.takes(way.standing.as_ref(), sight) {
            return;
        }
        let member = MemberId::from_bytes(*wallet.bytes());
        let in_control_group = self.control.has(member, self.now);
        let held = in_control_group
            || holdout::is_held_out(&self.secret, &way.live.id, member, journey.hold_out);
        let (standing, deeds) = journey.enter(way.standing.as_ref(), held, sight);
        let standing = Standing {
            in_control_group,
            ..standing
        };
        way.take(standing, deeds);
    }

    /// Puts down where somebody is and what was done.
    fn write(&mut self, wallet: WalletId, way: Way<'_>) -> Result<(), Error> {
        let Some(standing) = way.standing else {
            return Ok(());
        };
        let (mut to, mut number) = (way.to, way.first);
        for deed in way.deeds {
            if deed.did == Did::Entered {
                (to, number) = (To::of(wallet, &standing), 0);
            }
            self.deed((way.place, way.live), &to, &mut number, deed)?;
        }
        self.pass.rows.push(JourneyRow {
            wallet,
            journey: way.live.id.clone(),
            version: way.live.version,
            entry: standing.entry,
            step: standing.step.clone(),
            since: standing.since,
            due: standing.due,
            done: standing.end.is_some(),
            held_out: standing.held_out,
            deeds: number,
            state: serde_json::to_string(&standing)
                .map_err(|error| Error::Bug(error.to_string()))?,
        });
        Ok(())
    }

    fn deed(
        &mut self,
        (place, live): (usize, &Live),
        to: &To,
        number: &mut u32,
        deed: Deed,
    ) -> Result<(), Error> {
        let mut own = JourneyDeed {
            wallet: to.wallet,
            journey: live.id.clone(),
            entry: to.entry,
            no: *number,
            step: deed.step.clone(),
            at: deed.at,
            did: deed.did.code().to_owned(),
            reason: String::new(),
            points: 0,
            pending: false,
        };
        *number += 1;
        let mut missing = 0;
        match deed.did {
            Did::Ended(how) => how.code().clone_into(&mut own.reason),
            Did::Award { amount, reason } if !to.held_out => {
                let left = self.left.get_mut(&place);
                let given = left.map_or(amount, |left| {
                    let given = amount.min(*left).max(0);
                    *left -= given;
                    given
                });
                missing = amount - given;
                own.points = given;
                own.pending = given > 0;
                own.reason = match own.pending {
                    true => super::award::kept(&live.journey.points, &reason)?,
                    false => String::new(),
                };
            }
            Did::Award { .. } => to.why_nothing().clone_into(&mut own.reason),
            Did::Send { template, channel } => {
                let letter = Letter {
                    member: MemberId::from_bytes(*to.wallet.bytes()),
                    journey: (live.id.clone(), live.journey.name.clone()),
                    begun: live.begun,
                    step: deed.step,
                    entry: to.entry,
                    template,
                    channel,
                    held_out: to.held_out,
                    in_control_group: to.in_control_group,
                };
                self.letters.push((self.pass.deeds.len(), letter));
            }
            _ => {}
        }
        let over = JourneyDeed {
            no: *number,
            did: OVER_BUDGET.into(),
            reason: String::new(),
            points: missing,
            pending: false,
            ..own.clone()
        };
        self.pass.deeds.push(own);
        if missing > 0 {
            *number += 1;
            self.pass.deeds.push(over);
        }
        Ok(())
    }

    /// Whoever is due and has no wallet any more is out of it.
    pub(crate) fn gone(&mut self, rows: &[JourneyRow]) -> Result<(), Error> {
        for row in rows.iter().filter(|row| !row.done) {
            let own = standing(row)?;
            let own = Standing {
                end: Some(End::Left),
                due: None,
                ..own
            };
            self.pass.rows.push(JourneyRow {
                due: None,
                done: true,
                state: serde_json::to_string(&own)
                    .map_err(|error| Error::Bug(error.to_string()))?,
                ..row.clone()
            });
        }
        Ok(())
    }
}

/// A member on their way through a journey, in one pass.
struct Way<'a> {
    place: usize,
    live: &'a Live,
    standing: Option<Standing>,
    deeds: Vec<Deed>,
    /// Whose deeds these are until they come in anew.
    to: To,
    /// The number of the first of them.
    first: u32,
}

impl Way<'_> {
    fn advance(&mut self, happened: Happened<'_>, sight: Sight<'_>) {
        let Some(own) = self.standing.clone().filter(|own| own.end.is_none()) else {
            return;
        };
        let (standing, deeds) = self.live.journey.advance(own, happened, sight);
        self.take(standing, deeds);
    }

    fn take(&mut self, standing: Standing, deeds: Vec<Deed>) {
        self.standing = Some(standing);
        self.deeds.extend(deeds);
    }
}

/// Whose deed it is, and of which entry.
#[derive(Clone, Copy)]
struct To {
    wallet: WalletId,
    entry: u32,
    held_out: bool,
    in_control_group: bool,
}

impl To {
    const fn of(wallet: WalletId, standing: &Standing) -> Self {
        Self {
            wallet,
            entry: standing.entry,
            held_out: standing.held_out,
            in_control_group: standing.in_control_group,
        }
    }

    /// Why somebody who is held out gets nothing.
    const fn why_nothing(&self) -> &'static str {
        match self.in_control_group {
            true => NotSent::ControlGroup.code(),
            false => NotSent::HeldOut.code(),
        }
    }

    /// Before anybody came in.
    const fn nobody() -> Self {
        Self {
            wallet: WalletId::from_bytes([0; 16]),
            entry: 0,
            held_out: false,
            in_control_group: false,
        }
    }
}

/// Where members say that they live.
fn zones(
    store: &mut dyn Store,
    tenant: TenantId,
    wallets: &[WalletId],
) -> Result<HashMap<WalletId, Zone>, Error> {
    let members: Vec<MemberId> = wallets
        .iter()
        .map(|wallet| MemberId::from_bytes(*wallet.bytes()))
        .collect();
    let mut all = HashMap::new();
    for member in store.members_listed(tenant, &members)? {
        let attributes: Map<String, Value> =
            serde_json::from_str(&member.attributes).unwrap_or_default();
        let name = attributes
            .get(crate::messages::ZONE)
            .and_then(Value::as_str);
        if let Some(zone) = name.and_then(|name| Zone::new(name).ok()) {
            all.insert(member.wallet, zone);
        }
    }
    Ok(all)
}

impl Core {
    /// Writes what messages of a pass say, and puts them to it, with the reason where one is not sent.
    pub(crate) fn write_letters(
        &self,
        tenant: TenantId,
        pass: &mut JourneyPass,
        wanted: Letters,
    ) -> Result<(), Error> {
        if wanted.is_empty() {
            return Ok(());
        }
        let (places, wanted): (Vec<usize>, Vec<Letter>) = wanted.into_iter().unzip();
        let mut sends: BTreeMap<String, SendRow> = BTreeMap::new();
        for (place, written) in places.into_iter().zip(letters(self, tenant, &wanted)?) {
            let (send, message) = written;
            if let Some(deed) = pass.deeds.get_mut(place) {
                debug_assert_eq!(deed.did, MESSAGE);
                deed.reason.clone_from(&message.reason);
            }
            sends.entry(send.id.clone()).or_insert(send);
            pass.messages.push(message);
        }
        pass.sends.extend(sends.into_values());
        Ok(())
    }
}
