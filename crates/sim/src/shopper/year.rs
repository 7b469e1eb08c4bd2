//! What the demo shop has beside its orders: a bakery next door that shares the beans, members of a paid
//! club, reviews, and friends whom members sent. Like the orders it follows from the seed alone.

use super::person::Habit;
use super::{CATALOGUE, Dice, line, plain, who};
use regulars_base::{CivilDay, Currency, EventKey, Timestamp, Zone};
use regulars_engine::event::{
    Activity, Event, Incoming, Kind, Moderation, Payment, PaymentEnd, PlanChoice, Purchase,
    PurchaseParts, Value,
};

/// How many join the club.
const SUBSCRIBERS: i32 = 14;
/// How many days lie between one joining and the next.
const JOIN_EVERY: i32 = 17;
/// Of the subscribers: whose last payment failed, who pauses, who has cancelled.
const FAILS: i32 = 1;
const PAUSES: i32 = 5;
const CANCELS: i32 = 8;
/// How many buy at the bakery, and how often.
const AT_THE_BAKERY: i32 = 20;
const BAKERY_ORDERS: i32 = 12;
/// How many reviews were written; those of the last days wait for somebody.
const REVIEWS: i32 = 9;
const STILL_WAIT: i32 = 4;

/// What members did beside buying here, in the order of time. The program must have the plan `club`, the
/// partner `bakery` and the activity `review`.
pub fn year(seed: u64, members: u32, from: CivilDay, days: i32) -> Vec<Incoming> {
    let mut story = Story::new(seed, from, days);
    let regulars = regulars(seed, members, days);
    for (number, member) in (0..).zip(&regulars) {
        if number < SUBSCRIBERS {
            story.subscriber(*member, number);
        }
        if number < AT_THE_BAKERY {
            story.bakery(*member, number);
        }
        if number < REVIEWS {
            story.review(*member, number);
        }
    }
    story.events.sort_by_key(|own| own.event.occurred_at);
    story.events
}

/// The first order of somebody who is new, a week before the end.
pub fn first_order(seed: u64, member: u32, from: CivilDay, days: i32) -> Incoming {
    let mut story = Story::new(seed, from, days);
    story.order(member, days - 7, "till", "first", &[0, 6]);
    story.events.remove(0)
}

/// Members who have been coming for most of a year and still come: never the first one, whom everybody
/// looks at who tries the commands of the manual.
pub fn regulars(seed: u64, members: u32, days: i32) -> Vec<u32> {
    let stays = |member: &u32| {
        let habit = Habit::of(seed, *member, days);
        // They come often enough to be there before the story begins with them.
        habit.leaves == i32::MAX && habit.joins < days - 400 && habit.pace >= 60
    };
    (1..members).filter(stays).collect()
}

struct Story {
    seed: u64,
    from: CivilDay,
    days: i32,
    zone: Zone,
    currency: Currency,
    events: Vec<Incoming>,
}

impl Story {
    fn new(seed: u64, from: CivilDay, days: i32) -> Self {
        Self {
            seed,
            from,
            days,
            zone: Zone::new("Europe/Berlin").expect("is in the tz database"),
            currency: Currency::new("EUR").expect("is a currency"),
            events: Vec::new(),
        }
    }

    /// Joins, pays month by month, and what else befalls a plan.
    fn subscriber(&mut self, member: u32, number: i32) {
        let joins = self.from.plus_days(self.days - 20 - JOIN_EVERY * number);
        let plan = PlanChoice {
            plan: plain("club"),
        };
        self.put(member, joins, 10, "web", "join", Kind::PlanJoin(plan));
        let end = self.from.plus_days(self.days);
        let due = |month: i32| joins.plus_months(month);
        let months = (0..).take_while(|month| due(*month) < end).count();
        for (month, invoice) in (0..i32::try_from(months).unwrap_or(0)).zip(1..) {
            let last = due(month + 1) >= end;
            let failed = last && number == FAILS;
            let payment = PaymentEnd {
                invoice,
                attempt: None,
                reference: plain(&format!("pay-{member}-{invoice}")),
                reason: plain(if failed { "card expired" } else { "" }),
            };
            let kind = match failed {
                true => Kind::PaymentFailed(payment),
                false => Kind::PaymentSucceeded(payment),
            };
            self.put(member, due(month), 12, "bank", "payment", kind);
        }
        let yesterday = self.from.plus_days(self.days - 1);
        match number {
            PAUSES => self.put(member, yesterday, 9, "web", "pause", Kind::PlanPause),
            CANCELS => self.put(member, yesterday, 9, "web", "cancel", Kind::PlanCancel),
            _ => {}
        }
    }

    /// Every few days something from the bakery next door.
    fn bakery(&mut self, member: u32, number: i32) {
        for visit in 0..BAKERY_ORDERS {
            let day = self.days - 3 - visit * 9 - number % 7;
            let cakes = [6, 7, 8];
            let what = cakes[usize::try_from((number + visit) % 3).unwrap_or(0)];
            self.order(member, day, "bakery-till", "bakery", &[what, 6]);
        }
    }

    /// A review; of the older ones somebody said that they count.
    fn review(&mut self, member: u32, number: i32) {
        let ago = if number < STILL_WAIT {
            1 + number
        } else {
            8 * number
        };
        let day = self.from.plus_days(self.days - ago);
        let stars = if number % 3 == 1 { 3 } else { 5 };
        let review = Activity {
            name: plain("review"),
            store: plain("store-1"),
            fields: vec![(plain("stars"), Value::Int(stars))],
        };
        self.put(member, day, 11, "web", "review", Kind::Activity(review));
        let submission = self
            .events
            .last()
            .map(|own| own.event.key.external_id.clone());
        let Some(submission) = submission.filter(|_| number >= STILL_WAIT) else {
            return;
        };
        let approved = number % 4 != 0;
        let verdict = Moderation {
            submission,
            approved,
            reason: plain(if approved {
                ""
            } else {
                "is about another shop"
            }),
            by: plain("Kim"),
        };
        let kind = Kind::Moderation(verdict);
        self.put(member, day.plus_days(1), 9, "moderation", "verdict", kind);
    }

    fn order(&mut self, member: u32, day: i32, source: &str, what: &str, products: &[usize]) {
        let mut dice = Dice::of(self.seed, &[5, member.into(), day.unsigned_abs().into()]);
        let lines: Vec<_> = products
            .iter()
            .map(|place| line(&CATALOGUE[*place], &mut dice))
            .collect();
        let total = lines.iter().map(|line| line.amount).sum();
        let parts = PurchaseParts {
            order: plain(&format!("{what}-{member}-{day}")),
            currency: self.currency,
            total: Some(total),
            delivery: 0,
            discount: 0,
            lines,
            payments: vec![Payment {
                method: plain("card"),
                amount: total,
                from: None,
            }],
            channel: plain("shop"),
            store: plain(if source == "till" {
                "store-1"
            } else {
                "bakery"
            }),
            staff: plain(""),
            codes: Vec::new(),
        };
        let purchase = Purchase::new(parts).expect("the figures of a made order agree");
        let day = self.from.plus_days(day);
        self.put(
            member,
            day,
            16,
            source,
            what,
            Kind::Purchase(Box::new(purchase)),
        );
    }

    fn put(&mut self, member: u32, day: CivilDay, hour: i64, source: &str, what: &str, kind: Kind) {
        let at: Timestamp = self.zone.start_of(day).plus_micros(hour * 3_600_000_000);
        let number = self.events.len() as u64;
        self.events.push(Incoming {
            who: who(member),
            event: Event {
                key: EventKey {
                    source: plain(source),
                    external_id: plain(&format!("year-{what}-{member}-{number}")),
                },
                occurred_at: at,
                recorded_at: at,
                entropy: Dice::of(self.seed, &[6, member.into(), number]).bytes(),
                kind,
            },
        });
    }
}
