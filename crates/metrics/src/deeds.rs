//! What customers do beside buying, and what a program does for them: joining, answers to surveys,
//! engagement, referrals, points, rewards; and what a shop spends on customers.
//!
//! Sums of deeds stand beside those of orders ([`crate::sums::Sums`]), for all time, for each period and for
//! each group, so a metric may be made of both.

use crate::{Calendar, Purchase};
use regulars_base::CivilDay;

/// Something that a customer did, or that was done for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Bought for so much, in minor units.
    Bought(i64),
    /// Was given back so much, above zero.
    GaveBack(i64),
    /// Answered "would you recommend us" with 0 to 10.
    Recommends(u8),
    /// Answered a question of the loyalty index with 1 (surely) to 6 (surely not).
    Loyal(u8),
    /// Answered a question on trust and attachment with 0 to 100.
    Attached(u8),
    /// Engaged, with a weight in thousandths.
    Engaged(i64),
    /// Took something for which nothing is paid: a visit, a gift, a check.
    TookExtra,
    /// Somebody followed the customer's link.
    Visited,
    /// A friend joined by the customer's word.
    FriendJoined,
    /// A friend bought for the first time by the customer's word.
    FriendBought,
    /// Came by another customer's word.
    Referred,
    /// Points, in their smallest unit: given.
    Issued(i64),
    /// Used.
    Redeemed(i64),
    /// Lapsed.
    Expired(i64),
    /// Given or taken by hand, sent to or by others.
    OtherPoints(i64),
    /// A reward that cost the shop so much, in minor units.
    Reward(i64),
}

/// A deed of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Did {
    /// When.
    pub day: CivilDay,
    /// The group it belongs to, by its number; [`NO_GROUP`] for none.
    pub group: u32,
    /// What.
    pub deed: Deed,
}

/// Stands for no group.
pub const NO_GROUP: u32 = u32::MAX;

/// A customer with all their deeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Since when they are a member; nobody is where no program is known.
    pub joined: Option<CivilDay>,
    /// What they did; [`Person::sort`] puts it in order.
    pub did: Vec<Did>,
}

impl Person {
    /// Puts deeds in the order of time.
    pub fn sort(&mut self) {
        self.did.sort_by_key(|did| did.day);
    }

    /// Whether they are a member on that day.
    #[must_use]
    pub fn is_member_on(&self, day: CivilDay) -> bool {
        self.joined.is_some_and(|joined| joined <= day)
    }

    /// Adds purchases and refunds, of no group.
    pub fn add_purchases(&mut self, purchases: &[Purchase]) {
        self.did.extend(purchases.iter().map(|it| Did {
            day: it.day,
            group: NO_GROUP,
            deed: if it.is_purchase() {
                Deed::Bought(it.amount)
            } else {
                Deed::GaveBack(-it.amount)
            },
        }));
    }
}

/// What a shop spends on customers, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spend {
    /// When.
    pub day: CivilDay,
    /// What for.
    pub on: SpendOn,
    /// How much.
    pub amount: i64,
    /// The group it belongs to; [`NO_GROUP`] for none.
    pub group: u32,
}

/// What is spent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendOn {
    /// Winning customers.
    Acquisition,
    /// Keeping them.
    Retention,
    /// Running the program.
    Program,
}

impl SpendOn {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Acquisition, Self::Retention, Self::Program];

    /// Its name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Acquisition => "acquisition",
            Self::Retention => "retention",
            Self::Program => "program",
        }
    }
}

/// Count, sum and squares of amounts, one for each customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// How many.
    pub count: u64,
    /// What they come to.
    pub sum: i128,
    /// What their squares come to.
    pub squares: i128,
}

impl Amounts {
    const fn add(&mut self, amount: i64) {
        let amount = amount as i128;
        self.count += 1;
        self.sum += amount;
        self.squares += amount * amount;
    }

    const fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Mean and squared standard error of it; nothing for fewer than two.
    #[must_use]
    pub fn mean(&self) -> Option<(f64, f64)> {
        if self.count < 2 {
            return None;
        }
        let n = self.count as f64;
        let mean = self.sum as f64 / n;
        let variance = ((self.squares as f64 - self.sum as f64 * mean) / (n - 1.0)).max(0.0);
        Some((mean, variance / n))
    }
}

/// Sums of deeds over a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeedSums {
    /// Members at its end.
    pub members: u64,
    /// Of those, who joined in it.
    pub joined: u64,
    /// Days that members were members in it, all together.
    pub member_days: u64,
    /// What each customer who was a member at its end bought in it, refunds taken off: those who bought.
    pub member_spend: Amounts,
    /// The same of other customers.
    pub other_spend: Amounts,
    /// Members who used points or a reward.
    pub redeemers: u64,
    /// Customers who answered whether they would recommend.
    pub respondents: u64,
    /// How many answered each of 0 to 10.
    pub recommend: [u64; 11],
    /// Customers who answered a question of the loyalty index.
    pub loyal_customers: u64,
    /// How many answered each of 1 to 6.
    pub loyal: [u64; 6],
    /// Answers on attachment.
    pub attached: Amounts,
    /// Weights of engagement, in thousandths.
    pub engaged: i128,
    /// Members by whose word somebody came.
    pub sharers: u64,
    /// How often their links were followed.
    pub visits: u64,
    /// Friends who joined.
    pub friends: u64,
    /// Friends who bought.
    pub friends_bought: u64,
    /// Customers who came by others' word.
    pub referred: u64,
    /// Of those, who bought.
    pub referred_bought: u64,
    /// Points given.
    pub issued: i128,
    /// Points used.
    pub redeemed: i128,
    /// Points lapsed.
    pub expired: i128,
    /// Points that wallets hold at its end.
    pub open: i128,
    /// What rewards cost, in minor units.
    pub rewards: i128,
    /// What was spent, by [`SpendOn`].
    pub spent: [i128; 3],
}

impl DeedSums {
    fn merge(&mut self, other: &Self) {
        self.members += other.members;
        self.joined += other.joined;
        self.member_days += other.member_days;
        self.member_spend.merge(&other.member_spend);
        self.other_spend.merge(&other.other_spend);
        self.redeemers += other.redeemers;
        self.respondents += other.respondents;
        self.loyal_customers += other.loyal_customers;
        for (sum, more) in self.recommend.iter_mut().zip(other.recommend) {
            *sum += more;
        }
        for (sum, more) in self.loyal.iter_mut().zip(other.loyal) {
            *sum += more;
        }
        self.attached.merge(&other.attached);
        self.engaged += other.engaged;
        self.sharers += other.sharers;
        self.visits += other.visits;
        self.friends += other.friends;
        self.friends_bought += other.friends_bought;
        self.referred += other.referred;
        self.referred_bought += other.referred_bought;
        self.issued += other.issued;
        self.redeemed += other.redeemed;
        self.expired += other.expired;
        self.open += other.open;
        self.rewards += other.rewards;
        for (sum, more) in self.spent.iter_mut().zip(other.spent) {
            *sum += more;
        }
    }

    /// Adds what a customer did in a stretch that ends with `last` and has so many `days`.
    fn add(&mut self, person: &Person, did: &[Did], days: i32, last: CivilDay, came: bool) {
        let mut spend = 0_i64;
        let (mut bought, mut redeems, mut answers, mut loyal, mut shares) =
            (false, false, false, false, false);
        for it in did {
            match it.deed {
                Deed::Bought(amount) => {
                    bought = true;
                    spend = spend.saturating_add(amount);
                }
                Deed::GaveBack(amount) => spend = spend.saturating_sub(amount),
                Deed::Recommends(answer) => {
                    answers = true;
                    self.recommend[usize::from(answer.min(10))] += 1;
                }
                Deed::Loyal(answer) => {
                    loyal = true;
                    self.loyal[usize::from(answer.clamp(1, 6)) - 1] += 1;
                }
                Deed::Attached(answer) => self.attached.add(answer.min(100).into()),
                Deed::Engaged(weight) => self.engaged += i128::from(weight),
                Deed::Visited => {
                    shares = true;
                    self.visits += 1;
                }
                Deed::FriendJoined => {
                    shares = true;
                    self.friends += 1;
                }
                Deed::FriendBought => {
                    shares = true;
                    self.friends_bought += 1;
                }
                Deed::Referred => self.referred += 1,
                // Engagement counts it by its weight; here it tells of kinds of loyalty alone.
                Deed::TookExtra => {}
                Deed::Issued(points) => {
                    self.issued += i128::from(points);
                    self.open += i128::from(points);
                }
                Deed::Redeemed(points) => {
                    redeems |= points > 0;
                    self.redeemed += i128::from(points);
                    self.open -= i128::from(points);
                }
                Deed::Expired(points) => {
                    self.expired += i128::from(points);
                    self.open -= i128::from(points);
                }
                Deed::OtherPoints(points) => self.open += i128::from(points),
                Deed::Reward(cost) => {
                    redeems = true;
                    self.rewards += i128::from(cost);
                }
            }
        }
        let member = person.is_member_on(last);
        if let Some(joined) = person.joined.filter(|_| member) {
            let since = last.number() - joined.number() + 1;
            self.members += 1;
            self.joined += u64::from(since <= days);
            self.member_days += u64::try_from(since.min(days)).unwrap_or_default();
        }
        match (bought, member) {
            (true, true) => self.member_spend.add(spend),
            (true, false) => self.other_spend.add(spend),
            _ => {}
        }
        self.redeemers += u64::from(redeems && member);
        self.respondents += u64::from(answers);
        self.loyal_customers += u64::from(loyal);
        self.sharers += u64::from(shares);
        self.referred_bought += u64::from(came && bought);
    }
}

/// Sums of all time and of each period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeedSheet {
    /// Of all time.
    pub all: DeedSums,
    /// Of each period of the calendar.
    pub periods: Vec<DeedSums>,
}

impl DeedSheet {
    fn new(calendar: &Calendar) -> Self {
        Self {
            all: DeedSums::default(),
            periods: vec![DeedSums::default(); calendar.len()],
        }
    }

    fn add(&mut self, calendar: &Calendar, person: &Person, did: &[Did]) {
        let (first, last) = (calendar.first(), calendar.last());
        let begin = did.partition_point(|it| it.day < first);
        let end = did.partition_point(|it| it.day <= last);
        let came = did.iter().find(|it| it.deed == Deed::Referred);
        let came_by = |last: CivilDay| came.is_some_and(|it| it.day <= last);
        let whole = last.number() - first.number() + 1;
        self.all
            .add(person, &did[..end], whole, last, came_by(last));
        let mut rest = &did[begin..end];
        // What was open before the first day is open in every period.
        let mut open: i128 = did[..begin].iter().map(|it| balance(it.deed)).sum();
        for period in 0..calendar.len() {
            let start = calendar.start(period).max(first);
            let next = calendar.start(period + 1);
            let end = CivilDay::from_number(next.number() - 1).min(last);
            let (these, others) = rest.split_at(rest.partition_point(|it| it.day < next));
            rest = others;
            let sums = &mut self.periods[period];
            let days = end.number() - start.number() + 1;
            sums.add(person, these, days, end, came_by(end));
            sums.open += open;
            open += these.iter().map(|it| balance(it.deed)).sum::<i128>();
        }
    }

    fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        for (sums, more) in self.periods.iter_mut().zip(&other.periods) {
            sums.merge(more);
        }
    }
}

/// By how much a deed moves what a wallet holds.
pub(crate) fn balance(deed: Deed) -> i128 {
    match deed {
        Deed::Issued(points) | Deed::OtherPoints(points) => points.into(),
        Deed::Redeemed(points) | Deed::Expired(points) => -i128::from(points),
        _ => 0,
    }
}

/// All that is summed of deeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeedPanel {
    /// Over all customers.
    pub sheet: DeedSheet,
    /// The same for each group of deeds, by number: whoever did something in several counts in each.
    pub groups: Vec<DeedSheet>,
}

impl DeedPanel {
    /// Nothing yet.
    #[must_use]
    pub fn new(calendar: &Calendar) -> Self {
        Self {
            sheet: DeedSheet::new(calendar),
            groups: Vec::new(),
        }
    }

    fn group(&mut self, calendar: &Calendar, group: u32) -> &mut DeedSheet {
        let at = group as usize;
        while self.groups.len() <= at {
            self.groups.push(DeedSheet::new(calendar));
        }
        &mut self.groups[at]
    }

    /// Adds a customer, whose deeds are in order.
    pub fn add(&mut self, calendar: &Calendar, person: &Person) {
        self.sheet.add(calendar, person, &person.did);
        let mut by_group: Vec<Did> = person.did.clone();
        by_group.retain(|it| it.group != NO_GROUP);
        // Stable, so that days stay in order.
        by_group.sort_by_key(|it| it.group);
        for part in by_group.chunk_by(|a, b| a.group == b.group) {
            self.group(calendar, part[0].group)
                .add(calendar, person, part);
        }
    }

    /// Adds spend of the shop; what is of days outside of the calendar is left out.
    pub fn spend(&mut self, calendar: &Calendar, spend: &Spend) {
        if spend.day < calendar.first() || spend.day > calendar.last() {
            return;
        }
        let (period, on, amount) = (
            calendar.of(spend.day),
            spend.on as usize,
            i128::from(spend.amount),
        );
        let add = |sheet: &mut DeedSheet| {
            sheet.all.spent[on] += amount;
            sheet.periods[period].spent[on] += amount;
        };
        add(&mut self.sheet);
        if spend.group != NO_GROUP {
            add(self.group(calendar, spend.group));
        }
    }

    /// Adds those of `other`, who are others.
    pub fn merge(&mut self, calendar: &Calendar, other: &Self) {
        self.sheet.merge(&other.sheet);
        for (group, sheet) in (0..).zip(&other.groups) {
            self.group(calendar, group).merge(sheet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_base::Period;

    fn day(month: i8, day: i8) -> CivilDay {
        CivilDay::of(2025, month, day)
    }

    fn person(joined: Option<CivilDay>, did: &[(CivilDay, u32, Deed)]) -> Person {
        let did = did
            .iter()
            .map(|&(day, group, deed)| Did { day, group, deed });
        Person {
            joined,
            did: did.collect(),
        }
    }

    fn panel() -> (Calendar, DeedPanel) {
        let calendar = Calendar::new(Period::Month, day(1, 1), day(3, 31));
        let mut panel = DeedPanel::new(&calendar);
        let members = [
            person(
                Some(day(1, 10)),
                &[
                    (day(1, 10), 0, Deed::Bought(1000)),
                    (day(1, 10), NO_GROUP, Deed::Issued(10)),
                    (day(2, 1), 1, Deed::Bought(500)),
                    (day(2, 5), NO_GROUP, Deed::Redeemed(4)),
                    (day(3, 1), NO_GROUP, Deed::Recommends(9)),
                ],
            ),
            person(
                Some(day(3, 2)),
                &[
                    (day(3, 2), NO_GROUP, Deed::Referred),
                    (day(3, 3), 0, Deed::Bought(300)),
                    (day(3, 4), 0, Deed::GaveBack(100)),
                ],
            ),
            person(None, &[(day(2, 2), 0, Deed::Bought(700))]),
        ];
        for person in &members {
            panel.add(&calendar, person);
        }
        (calendar, panel)
    }

    #[test]
    fn members_and_points_are_carried_from_month_to_month() {
        let (calendar, panel) = panel();
        let of = |which: fn(&DeedSums) -> i128| {
            let periods = panel.sheet.periods.iter().map(which);
            periods.collect::<Vec<i128>>()
        };
        assert_eq!(of(|it| it.members.into()), [1, 1, 2]);
        assert_eq!(of(|it| it.joined.into()), [1, 0, 1]);
        assert_eq!(of(|it| it.member_days.into()), [22, 28, 31 + 30]);
        assert_eq!(of(|it| it.open), [10, 6, 6]);
        assert_eq!(of(|it| it.redeemers.into()), [0, 1, 0]);
        assert_eq!(of(|it| it.member_spend.sum), [1000, 500, 200]);
        assert_eq!(of(|it| it.other_spend.sum), [0, 700, 0]);
        assert_eq!(of(|it| it.referred_bought.into()), [0, 0, 1]);
        let all = &panel.sheet.all;
        assert_eq!((all.members, all.joined, all.open), (2, 2, 6));
        assert_eq!(all.member_spend.sum, 1700);
        assert_eq!(panel.groups[1].all.member_spend.sum, 500);
        assert_eq!(calendar.len(), 3);
    }

    /// Somebody who bought, and whose friend's code came in after the last day that is looked at.
    #[test]
    fn who_was_sent_after_the_last_day_is_nobody_s_friend_yet() {
        let (calendar, mut panel) = panel();
        let late = person(
            Some(day(2, 1)),
            &[
                (day(2, 1), 0, Deed::Bought(900)),
                (day(4, 1), NO_GROUP, Deed::Referred),
            ],
        );
        panel.add(&calendar, &late);
        let all = &panel.sheet.all;
        assert_eq!((all.referred, all.referred_bought), (1, 1));
        let bought = panel.sheet.periods.iter().map(|it| it.referred_bought);
        assert_eq!(bought.collect::<Vec<_>>(), [0, 0, 1]);
    }

    #[test]
    fn spend_outside_of_the_data_is_left_out() {
        let (calendar, mut panel) = panel();
        for (month, amount) in [(2, 50), (7, 70)] {
            panel.spend(
                &calendar,
                &Spend {
                    day: day(month, 1),
                    on: SpendOn::Retention,
                    amount,
                    group: 3,
                },
            );
        }
        assert_eq!(panel.sheet.all.spent, [0, 50, 0]);
        assert_eq!(panel.groups[3].periods[1].spent, [0, 50, 0]);
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let (calendar, whole) = panel();
        let (_, mut half) = panel();
        half.merge(&calendar, &DeedPanel::new(&calendar));
        assert_eq!(half, whole);
        half.merge(&calendar, &whole);
        assert_eq!(half.sheet.all.members, 4);
        assert_eq!(half.groups[0].all.member_spend.sum, 2 * (1000 + 200));
    }
}
