//! The two groups, added up member by member, and what may be said of them.

use super::{LiftAnswer, LiftAnyDay, LiftAsk, LiftGroup, LiftRefusal};
use regulars_engage::Bought;
use regulars_metrics::Interval;
use regulars_metrics::lift::sequential::Bounds;
use regulars_metrics::lift::{Arm, Lift, NoAnswer, always, lift};

/// The groups: who got it, who was held out.
type Arms = [Arm; 2];

/// What is added up.
pub(super) struct Sheet {
    ask: LiftAsk,
    today: i32,
    /// Members whose window has ended.
    ended: Arms,
    /// How many members' has not.
    waiting: [u64; 2],
    /// Of those who came in together: how they stood after each day of the window that is over.
    by_day: Option<Vec<Arms>>,
}

impl Sheet {
    /// `together` is the day on which all came in, where they did.
    pub(super) fn new(ask: LiftAsk, today: i32, together: Option<i32>) -> Self {
        let over = |came: i32| {
            let over = today.saturating_sub(came).clamp(0, i32::from(ask.days));
            vec![Arms::default(); usize::try_from(over).unwrap_or(0)]
        };
        Self {
            ask,
            today,
            ended: Arms::default(),
            waiting: [0; 2],
            by_day: together.map(over),
        }
    }

    /// Takes in a member, whose window begins with a day.
    pub(super) fn take(&mut self, first: i32, held_out: bool, bought: &Bought) {
        let LiftAsk { metric, days } = self.ask;
        let arm = usize::from(held_out);
        let length = i32::from(days);
        let before = metric.of(bought.within(first.saturating_sub(length), days));
        if first.saturating_add(length) <= self.today {
            let after = metric.of(bought.within(first, days));
            self.ended[arm].add(after, before);
        } else {
            self.waiting[arm] += 1;
        }
        let mut so_far = (0_i64, 0_i64);
        let by_day = self.by_day.iter_mut().flatten();
        for (arms, (orders, money)) in by_day.zip(bought.by_day(first, days)) {
            so_far = (
                so_far.0.saturating_add(orders),
                so_far.1.saturating_add(money),
            );
            arms[arm].add(metric.of(so_far), before);
        }
    }

    pub(super) fn groups(&self) -> [LiftGroup; 2] {
        let group = |at: usize| {
            let arm = &self.ended[at];
            LiftGroup {
                customers: arm.customers,
                buyers: arm.buyers,
                mean: (arm.customers > 0).then(|| arm.after as f64 / arm.customers as f64),
                waiting: self.waiting[at],
            }
        };
        [group(0), group(1)]
    }

    /// The answer of those whose window has ended.
    pub(super) fn answer(&self, percent: u8) -> Result<LiftAnswer, LiftRefusal> {
        let found = compared(&self.ended, percent)?;
        Ok(LiftAnswer {
            each: found.each,
            interval: found.interval,
            relative: found.relative(),
            explained: found.explained,
            in_all: found.in_all,
        })
    }

    /// What may be looked at on any day.
    pub(super) fn any_day(&self, percent: u8) -> Result<LiftAnyDay, LiftRefusal> {
        match &self.by_day {
            Some(days) => self.by_looks(days, percent),
            None => self.without_an_end(percent),
        }
    }

    /// All came in together, so the end of their window is known: a look on each day.
    fn by_looks(&self, days: &[Arms], percent: u8) -> Result<LiftAnyDay, LiftRefusal> {
        let mut bounds = Bounds::default();
        let mut last = Err(LiftRefusal::TooEarly);
        for (day, arms) in (1_u16..).zip(days) {
            let found = match compared(arms, percent) {
                Ok(found) => found,
                Err(why) => {
                    last = Err(why);
                    continue;
                }
            };
            let gone = f64::from(day) / f64::from(self.ask.days);
            // A day on which nobody bought anything leaves what was told before.
            if let Some(bound) = bounds.look(gone, found.variance) {
                let method = "group sequential (O'Brien and Fleming's spending), CUPED, 95 %";
                last = Ok(told(&found, (bound, method), day));
            }
        }
        last
    }

    /// Members come in as long as it runs.
    fn without_an_end(&self, percent: u8) -> Result<LiftAnyDay, LiftRefusal> {
        let [treated, held_out] = &self.ended;
        let found = compared(&self.ended, percent)?;
        let bound = always::bound(treated.customers, held_out.customers);
        let bound = bound.ok_or(LiftRefusal::TooEarly)?;
        let method = "confidence sequence (normal mixture), CUPED, 95 %";
        Ok(told(&found, (bound, method), self.ask.days))
    }
}

fn compared([treated, held_out]: &Arms, percent: u8) -> Result<Lift, LiftRefusal> {
    if percent == 0 {
        return Err(LiftRefusal::NobodyHeldOut);
    }
    let found: Result<Lift, NoAnswer> = lift(treated, held_out, f64::from(percent) / 100.0);
    Ok(found?)
}

fn told(found: &Lift, (bound, method): (f64, &'static str), day: u16) -> LiftAnyDay {
    let off = bound * found.variance.sqrt();
    LiftAnyDay {
        each: found.each,
        interval: Interval {
            low: found.each - off,
            high: found.each + off,
            method,
        },
        day,
    }
}
