//! Synthetic shoppers: a café with a catalogue, members with habits, and all that they buy, bring
//! back, visit and redeem. The same seed is the same history, to the byte: integers only.
//!
//! What is assumed, so that nobody takes it for more than it is: everyone has a taste and a pace
//! that do not depend on the program; members join over the first four fifths of the time, and some
//! leave; about one order in seventy comes back, in whole or in part; whoever has saved enough asks
//! for a reward now and then.

mod catalogue;
mod dice;
mod person;
mod year;

pub use catalogue::{CATALOGUE, Product};
pub use dice::Dice;
pub use person::{Person, person};
pub use year::{first_order, regulars, year};

use person::Habit;
use regulars_base::{CivilDay, Currency, EventKey, Text, Timestamp, Zone};
use regulars_engine::event::{
    Activity, Event, Incoming, Kind, LineParts, Payment, Purchase, PurchaseParts, Refund,
    RefundLine, Refunded, RewardRequest, Who,
};
use std::collections::BTreeMap;
use std::ops::Range;

/// Points of orders younger than this are not spent: they may be pending.
const SAVED_AFTER_DAYS: i32 = 20;

/// So many numbers of orders and events each member has at most, where histories go side by side.
const NUMBERS_EACH: u64 = 10_000;

/// What members of the demo shop do, in the order of time: `members` of them, for `days` days from
/// `from` on. The program is that of the example café.
pub fn demo(
    seed: u64,
    members: u32,
    from: CivilDay,
    days: i32,
) -> impl Iterator<Item = Incoming> + Send {
    Shop::new(seed, 0..members, from, days)
}

/// The same of members with these numbers, who all come within these days.
pub fn newcomers(
    seed: u64,
    members: Range<u32>,
    from: CivilDay,
    days: i32,
) -> impl Iterator<Item = Incoming> + Send {
    Shop::new(seed, members, from, days)
}

/// The identity by which the till knows a member.
pub fn who(member: u32) -> Who {
    Who::Identity {
        kind: plain("customer"),
        value: plain(&format!("C-{member:06}")),
    }
}

fn plain(text: &str) -> Text {
    Text::new(text).expect("short and printable, so a text")
}

struct Shop {
    seed: u64,
    /// The number of its first member.
    first: u32,
    from: CivilDay,
    days: i32,
    zone: Zone,
    currency: Currency,
    habits: Vec<Habit>,
    shoppers: Vec<Shopper>,
    /// The next day whose events are not made yet.
    day: i32,
    orders: u64,
    made: u64,
    /// Made, not handed out yet: by moment, then as made.
    waiting: BTreeMap<(Timestamp, u64), Incoming>,
}

/// What a member has done so far, as far as it decides what comes next.
#[derive(Clone, Default)]
struct Shopper {
    /// Paid not long ago: day and minor units.
    recent: Vec<(i32, i64)>,
    /// Paid long enough ago to have become points, in minor units, less what was redeemed.
    saved: i64,
}

impl Iterator for Shop {
    type Item = Incoming;

    fn next(&mut self) -> Option<Incoming> {
        loop {
            let tomorrow = self.zone.start_of(self.from.plus_days(self.day));
            let ready = self.waiting.first_key_value();
            if ready.is_some_and(|((at, _), _)| *at < tomorrow) {
                return self.waiting.pop_first().map(|(_, incoming)| incoming);
            }
            if self.day >= self.days {
                return None;
            }
            self.one_day();
        }
    }
}

impl Shop {
    fn new(seed: u64, members: Range<u32>, from: CivilDay, days: i32) -> Self {
        let habit = |member| Habit::of(seed, member, days);
        // Numbers of orders and events follow on the first member's, so that two histories have none in common.
        let made = u64::from(members.start) * NUMBERS_EACH;
        Self {
            seed,
            first: members.start,
            from,
            days,
            zone: Zone::new("Europe/Berlin").expect("is in the tz database"),
            currency: Currency::new("EUR").expect("is a currency"),
            shoppers: vec![Shopper::default(); members.len()],
            habits: members.map(habit).collect(),
            day: 0,
            orders: made,
            made,
            waiting: BTreeMap::new(),
        }
    }

    fn one_day(&mut self) {
        let weekday = self.from.plus_days(self.day).weekday();
        for member in 0..self.habits.len() {
            let habit = self.habits[member];
            if self.day < habit.joins || self.day >= habit.leaves {
                continue;
            }
            let number = self.first + u32::try_from(member).unwrap_or(0);
            let mut dice = Dice::of(
                self.seed,
                &[2, u64::from(number), self.day.unsigned_abs().into()],
            );
            if self.day == habit.joins && habit.asks_to_join {
                let at = self.moment(&mut dice);
                self.put(number, at, "till", "join", Kind::Enrolment);
            }
            // A third more on Saturdays, a third less on Mondays.
            let pace = match weekday {
                5 => habit.pace * 4 / 3,
                0 => habit.pace * 2 / 3,
                _ => habit.pace,
            };
            if dice.below(1000) < pace {
                self.order(number, habit, &mut dice);
            } else if dice.below(1000) < pace / 8 {
                let at = self.moment(&mut dice);
                let visit = Activity {
                    name: plain("visit"),
                    store: habit.store(),
                    fields: Vec::new(),
                };
                self.put(number, at, "till", "visit", Kind::Activity(visit));
            }
        }
        self.day += 1;
    }

    /// Where a member stands among those of this history.
    fn place(&self, member: u32) -> usize {
        (member - self.first) as usize
    }

    /// A moment of the day between seven and seven.
    fn moment(&self, dice: &mut Dice) -> Timestamp {
        let start = self.zone.start_of(self.from.plus_days(self.day));
        let seconds = 7 * 3600 + dice.below(12 * 3600);
        start.plus_micros(i64::try_from(seconds).unwrap_or(0) * 1_000_000)
    }

    fn put(&mut self, member: u32, at: Timestamp, source: &str, what: &str, kind: Kind) {
        self.made += 1;
        let incoming = Incoming {
            who: who(member),
            event: Event {
                key: EventKey {
                    source: plain(source),
                    external_id: plain(&format!("{what}-{:08}", self.made)),
                },
                occurred_at: at,
                recorded_at: at,
                entropy: Dice::of(self.seed, &[3, self.made]).bytes(),
                kind,
            },
        };
        self.waiting.insert((at, self.made), incoming);
    }

    fn order(&mut self, member: u32, habit: Habit, dice: &mut Dice) {
        self.orders += 1;
        let order = plain(&format!("R-{:08}", self.orders));
        let web = dice.below(100) < habit.web;
        let lines: Vec<LineParts> = (0..1 + dice.below(3))
            .map(|_| line(habit.product(dice, web), dice))
            .collect();
        let source = if web { "web" } else { "till" };
        let at = self.moment(dice);
        let redeems = self.redeems(member, dice);
        let delivery = if web { 390 } else { 0 };
        let goods: i64 = lines.iter().map(|line| line.amount).sum();
        let off = if redeems { goods.min(500) } else { 0 };
        let total = goods + delivery - off;
        let method = match dice.below(20) {
            0 => "gift-card",
            1..=8 => "cash",
            _ => "card",
        };
        let parts = PurchaseParts {
            codes: Vec::new(),
            order: order.clone(),
            currency: self.currency,
            total: Some(total),
            delivery,
            discount: off,
            lines,
            payments: vec![Payment {
                method: plain(method),
                amount: total,
                from: None,
            }],
            channel: plain(if web { "web" } else { "shop" }),
            store: if web { Text::default() } else { habit.store() },
            staff: plain(if web {
                ""
            } else {
                ["Kim", "Lou", "Max"][dice.place(3)]
            }),
        };
        let purchase = Purchase::new(parts).expect("the figures of a made order agree");
        if redeems {
            let request = RewardRequest {
                redemption: plain(&format!("V-{:08}", self.orders)),
                reward: plain("five-off"),
                quantity: 1,
                order: Some(order.clone()),
                commit: true,
            };
            self.put(member, at, source, "reward", Kind::RewardRequest(request));
        }
        let bought = purchase.lines.len();
        let earns = purchase.goods();
        let pays = if method == "gift-card" { 0 } else { earns };
        let place = self.place(member);
        self.shoppers[place].recent.push((self.day, pays));
        self.put(
            member,
            at,
            source,
            "order",
            Kind::Purchase(Box::new(purchase)),
        );
        if dice.below(70) == 0 {
            self.refund(member, at, source, order, bought, dice);
        }
    }

    fn refund(
        &mut self,
        member: u32,
        bought_at: Timestamp,
        source: &str,
        order: Text,
        lines: usize,
        dice: &mut Dice,
    ) {
        let days = i64::try_from(1 + dice.below(10)).unwrap_or(1);
        let at = bought_at.plus_micros(days * 86_400_000_000);
        let what = if dice.below(2) == 0 {
            Refunded::Rest
        } else {
            Refunded::Lines(vec![RefundLine {
                line: plain(&(1 + dice.place(lines)).to_string()),
                amount: None,
                quantity: None,
            }])
        };
        let refund = Refund::new(order, what).expect("a refund of a line is a refund");
        self.put(member, at, source, "refund", Kind::Refund(refund));
    }

    /// Whether the member asks for five euros off: one in three who have saved enough does.
    fn redeems(&mut self, member: u32, dice: &mut Dice) -> bool {
        let day = self.day;
        let place = self.place(member);
        let shopper = &mut self.shoppers[place];
        let old = |(then, _): &(i32, i64)| *then + SAVED_AFTER_DAYS < day;
        shopper.saved += shopper
            .recent
            .iter()
            .filter(|paid| old(paid))
            .map(|paid| paid.1)
            .sum::<i64>();
        shopper.recent.retain(|paid| !old(paid));
        // A bean for each euro of each order, rounded down: a little more than 500 euros.
        if shopper.saved < 54_000 || dice.below(3) > 0 {
            return false;
        }
        shopper.saved -= 54_000;
        true
    }
}

fn line(product: &Product, dice: &mut Dice) -> LineParts {
    let quantity = if dice.below(5) == 0 { 2 } else { 1 };
    let amount = product.price * quantity;
    LineParts {
        id: Text::default(),
        sku: plain(product.sku),
        category: plain(product.category),
        brand: plain(product.brand),
        quantity: quantity * 1000,
        amount,
        discount: 0,
        tax: amount * product.tax / (100 + product.tax),
    }
}
