//! Lift: what a journey or a send brought, against those who were held out of it; and what one could show,
//! before it starts.
//!
//! Each member counts once, with so many days after they first came in and as many before. What they bought
//! is read from what is kept for segments, page by page: no statement for a member ([ADR
//! 0114](../../../docs/adr/0114-when-may-one-say-what-a-campaign-brought.md)).

mod control_group;
mod power;
mod sheet;

pub use control_group::{CONTROL_PERCENT_MOST, ControlDraw, ControlGroupView};
pub use power::{Power, PowerWarning};

pub(crate) use control_group::{ControlGroup, is_set as has_control_group};
pub(crate) use power::Past;

use crate::messages::Audience;
use crate::{App, Error, journeys, offers};
use power::foreseen;
use regulars_base::{CivilDay, Currency, MemberId, TenantId, Timestamp, WalletId};
use regulars_engage::{Bought, holdout};
use regulars_metrics::Interval;
use regulars_metrics::lift::NoAnswer;
use regulars_store::{BoughtOf, BoughtRow, Store};
use sheet::Sheet;
use std::time::Duration;

/// So many members are read together.
const TOGETHER: usize = 5000;
/// The most days after coming in; what is kept of days reaches that far back, for whoever came in lately.
pub const LIFT_DAYS_MOST: u16 = 180;
/// So many days ago somebody may have come in, to be counted: what they bought before is kept as long.
const OLDEST_DAYS: i32 = 540;
/// How long somebody who asks waits for what the log has and portraits do not.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LiftMetric {
    /// What was paid for goods, less what came back.
    #[default]
    Spend,
    /// How many orders.
    Orders,
    /// Whether they bought at all.
    Returned,
}

impl LiftMetric {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Spend, Self::Orders, Self::Returned];

    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spend => "spend",
            Self::Orders => "orders",
            Self::Returned => "returned",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// What its means are in.
    pub const fn unit(self) -> regulars_metrics::Unit {
        match self {
            Self::Spend => regulars_metrics::Unit::Money,
            Self::Orders => regulars_metrics::Unit::Count,
            Self::Returned => regulars_metrics::Unit::Share,
        }
    }

    /// Of orders and money.
    const fn of(self, (orders, money): (i64, i64)) -> i64 {
        match self {
            Self::Spend => money,
            Self::Orders => orders,
            Self::Returned => (orders > 0) as i64,
        }
    }
}

/// What is asked of a lift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiftAsk {
    /// What is compared.
    pub metric: LiftMetric,
    /// In so many days after coming in.
    pub days: u16,
}

impl Default for LiftAsk {
    fn default() -> Self {
        Self {
            metric: LiftMetric::default(),
            days: 30,
        }
    }
}

impl LiftAsk {
    pub(crate) fn check(self) -> Result<Self, Error> {
        if !(1..=LIFT_DAYS_MOST).contains(&self.days) {
            let what = format!("must be 1 to {LIFT_DAYS_MOST}");
            return Err(Error::invalid("/days", what));
        }
        Ok(self)
    }
}

/// What something brought.
#[derive(Clone, Debug, PartialEq)]
pub struct LiftView {
    /// What was compared, in which window.
    pub ask: LiftAsk,
    /// The currency of money.
    pub currency: Currency,
    /// Those who came in since then count: the share that is held out did not change meanwhile.
    pub since: CivilDay,
    /// How many in a hundred were to be held out.
    pub hold_out: u8,
    /// Those who got it.
    pub treated: LiftGroup,
    /// Those who were held out.
    pub held_out: LiftGroup,
    /// Members who do not count, and why.
    pub left_out: LeftOut,
    /// The answer, of those whose window has ended; or why there is none.
    pub answer: Result<LiftAnswer, LiftRefusal>,
    /// What may be looked at on any day; or why there is nothing.
    pub any_day: Result<LiftAnyDay, LiftRefusal>,
    /// Whether all of the log was counted; if not, the figures move while one waits.
    pub complete: bool,
}

/// One of the two groups.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LiftGroup {
    /// How many of them there are whose window has ended.
    pub customers: u64,
    /// How many of these bought something in it.
    pub buyers: u64,
    /// What each of these comes to; nothing where there is nobody.
    pub mean: Option<f64>,
    /// How many whose window has not ended yet.
    pub waiting: u64,
}

/// Members who are in neither group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// They came in before another share was held out, or too long ago.
    pub earlier: u64,
    /// They were merged into somebody else, or nothing is known of them.
    pub unknown: u64,
    /// They were in the control group of the program when they came in, which gets nothing of anything.
    pub control_group: u64,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiftAnswer {
    /// So much more each of those who got it came to.
    pub each: f64,
    /// Where that lies in 95 of 100 such samples.
    pub interval: Interval,
    /// The same in parts of what those held out came to; nothing where that is nothing.
    pub relative: Option<f64>,
    /// Which part of the spread was known beforehand.
    pub explained: f64,
    /// For all who got it.
    pub in_all: f64,
}

/// What may be looked at on any day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiftAnyDay {
    /// So much more each of those who got it came to, so far.
    pub each: f64,
    /// Where that lies, also for whoever looks every day.
    pub interval: Interval,
    /// On which day of the window that is; the last one for a journey, of which only whole windows count.
    pub day: u16,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LiftRefusal {
    /// Nobody was to be held out.
    #[error(
        "nobody is held out, so there is nobody to compare with: hold some out before it starts"
    )]
    NobodyHeldOut,
    /// Nothing can be told yet without being misled now and then.
    #[error("it is too early to tell anything: look again on another day")]
    TooEarly,
    /// The sample carries no answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

impl LiftRefusal {
    /// Its code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NobodyHeldOut => "nobody_held_out",
            Self::TooEarly => "too_early",
            Self::NoAnswer(NoAnswer::TooFew { .. }) => "too_few",
            Self::NoAnswer(NoAnswer::FewBuyers { .. }) => "few_buyers",
            Self::NoAnswer(NoAnswer::Mismatch { .. }) => "mismatch",
            Self::NoAnswer(NoAnswer::Lopsided { .. }) => "lopsided",
            Self::NoAnswer(NoAnswer::NoSpread) => "no_spread",
        }
    }
}

/// Whose lift it is.
struct Whose {
    of: BoughtOf,
    hold_out: u8,
    /// Those who came in from then on count.
    since: Timestamp,
    /// What came in together counts from its day on; `None` where each comes in by themselves.
    together: Option<Timestamp>,
    /// Whether the day after coming in is the first that counts.
    from_next_day: bool,
}

impl App {
    /// What a journey brought.
    ///
    /// # Errors
    /// There is no such journey, or the window is none that is kept.
    pub fn journey_lift(
        &self,
        tenant: TenantId,
        id: &str,
        ask: LiftAsk,
    ) -> Result<LiftView, Error> {
        let ask = ask.check()?;
        let drawn = (self.core().pool).with(|store| journeys::drawn(store, tenant, id))?;
        let whose = Whose {
            of: BoughtOf::Journey(id.to_owned()),
            hold_out: drawn.percent,
            since: drawn.since(),
            together: None,
            from_next_day: drawn.by_event,
        };
        let secret = self.portal_secret(tenant)?;
        let control = (self.core().pool).with(|store| ControlGroup::of(store, tenant, secret))?;
        self.lift(tenant, &whose, ask, &mut |row, came_at| {
            let member = MemberId::from_bytes(*row.wallet.bytes());
            (!control.has(member, came_at)).then_some(row.held_out)
        })
    }

    /// What the offers of a set brought.
    ///
    /// # Errors
    /// There is no such set, or the window is none that is kept.
    pub fn offers_lift(
        &self,
        tenant: TenantId,
        set: &str,
        ask: LiftAsk,
    ) -> Result<LiftView, Error> {
        let ask = ask.check()?;
        let (hold_out, since) =
            (self.core().pool).with(|store| offers::drawn(store, tenant, set))?;
        let whose = Whose {
            of: BoughtOf::Offers(set.to_owned()),
            hold_out,
            since,
            together: None,
            from_next_day: false,
        };
        // Nothing was chosen for whoever is in the control group; who came into it later is in no group from then on.
        let secret = self.portal_secret(tenant)?;
        let control = (self.core().pool).with(|store| ControlGroup::of(store, tenant, secret))?;
        self.lift(tenant, &whose, ask, &mut |row, came_at| {
            let member = MemberId::from_bytes(*row.wallet.bytes());
            (!control.has(member, came_at)).then_some(row.held_out)
        })
    }

    /// What a send brought.
    ///
    /// # Errors
    /// There is no such send, it belongs to a journey, or the window is none that is kept.
    pub fn send_lift(&self, tenant: TenantId, id: &str, ask: LiftAsk) -> Result<LiftView, Error> {
        let ask = ask.check()?;
        let send = self.send(tenant, id)?;
        if let Audience::Journey(journey) = &send.audience {
            let what = format!("belongs to the journey `{journey}`: ask for the lift of that");
            return Err(Error::invalid("/send", what));
        }
        let whose = Whose {
            of: BoughtOf::Send(id.to_owned()),
            hold_out: send.hold_out,
            since: send.made_at,
            together: Some(send.made_at),
            from_next_day: false,
        };
        // Whoever is in the control group has a reason of their own in the log, and is not among them.
        self.lift(tenant, &whose, ask, &mut |row, _| Some(row.held_out))
    }

    /// What a send to a segment could show, with so many in a hundred held out; nothing while what its members
    /// bought is still being read.
    ///
    /// # Errors
    /// There is no such segment.
    pub fn foresee_send(
        &self,
        tenant: TenantId,
        segment: &str,
        percent: u8,
    ) -> Result<Option<Power>, Error> {
        if percent > holdout::MOST_PERCENT {
            let what = format!("must be 0 to {}", holdout::MOST_PERCENT);
            return Err(Error::invalid("/hold_out_percent", what));
        }
        let id = self.segment(tenant, segment)?.id;
        self.foresee(tenant, &Past::Segment(id), percent)
    }

    /// What could be told; nothing while what members bought is still being read.
    pub(crate) fn foresee(
        &self,
        tenant: TenantId,
        past: &Past,
        percent: u8,
    ) -> Result<Option<Power>, Error> {
        if !self.follow_segments(tenant, PATIENCE)? {
            return Ok(None);
        }
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let by = (percent, &*program, program.zone.day(self.now()).number());
        let found = (self.core().pool).with(|store| foreseen(store, tenant, past, by))?;
        Ok(Some(found))
    }

    /// `arm` says whether somebody who came in at a moment is held out; nothing where they are in no group.
    fn lift(
        &self,
        tenant: TenantId,
        whose: &Whose,
        ask: LiftAsk,
        arm: &mut dyn FnMut(&BoughtRow, Timestamp) -> Option<bool>,
    ) -> Result<LiftView, Error> {
        let complete = self.follow_segments(tenant, PATIENCE)?;
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let day = |at| program.zone.day(at).number();
        let today = day(self.now());
        let oldest = today - OLDEST_DAYS;
        let is_early = |row: &BoughtRow, came: i32| {
            came < oldest || row.came_at.is_some_and(|at| at < whose.since)
        };
        let together = whose.together.map(day);
        let mut sheet = Sheet::new(ask, today, together);
        let mut left_out = LeftOut::default();
        self.core().pool.with(|store| {
            each_bought(store, tenant, &whose.of, &mut |row, bought| {
                let joined = row.joined_on.map(|joined| joined.max(day(whose.since)));
                let came = row.came_at.map(day).or(together).or(joined);
                let held_out = arm(row, row.came_at.unwrap_or(whose.since));
                match (came, bought, held_out) {
                    (Some(came), ..) if is_early(row, came) => left_out.earlier += 1,
                    (_, _, None) => left_out.control_group += 1,
                    (Some(came), Some(bought), Some(held_out)) if !bought.gone => {
                        let first = came + i32::from(whose.from_next_day);
                        sheet.take(first, held_out, bought);
                    }
                    _ => left_out.unknown += 1,
                }
            })
        })?;
        let [treated, held_out] = sheet.groups();
        Ok(LiftView {
            ask,
            currency: program.currency,
            since: CivilDay::from_number(day(whose.since).max(oldest)),
            hold_out: whose.hold_out,
            treated,
            held_out,
            left_out,
            answer: sheet.answer(whose.hold_out),
            any_day: sheet.any_day(whose.hold_out),
            complete,
        })
    }
}

/// Reads what all of them bought, page by page.
pub(crate) fn each_bought(
    store: &mut dyn Store,
    tenant: TenantId,
    of: &BoughtOf,
    take: &mut dyn FnMut(&BoughtRow, Option<&Bought>),
) -> Result<(), Error> {
    let mut after: Option<WalletId> = None;
    loop {
        let page = store.bought(tenant, of, after, TOGETHER)?;
        for row in &page {
            let bought = row.portrait.as_deref().map(read).transpose()?;
            take(row, bought.as_ref());
        }
        after = match page.last() {
            Some(last) if page.len() == TOGETHER => Some(last.wallet),
            _ => return Ok(()),
        };
    }
}

fn read(portrait: &str) -> Result<Bought, Error> {
    serde_json::from_str(portrait)
        .map_err(|error| Error::Corrupt(format!("a portrait cannot be read: {error}")))
}
