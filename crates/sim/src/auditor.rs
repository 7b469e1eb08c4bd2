//! A second opinion: a naive model that re-checks every decision from what it wrote down.
//!
//! It knows nothing of how the engine decides. It keeps books from postings alone, counts what
//! rules gave from their notes alone, and says what does not add up.

mod card;
mod channel;
mod cohort;
mod coupon;
mod engagement;
mod games;
mod group;
mod money;
mod partner;
mod people;
mod perk;
mod plan;
mod team;
mod tier;

use crate::timeline::{Decision, Timeline};
use regulars_base::{MemberId, Name, Period, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::Kind;
use regulars_engine::origin::Origins;
use regulars_engine::outcome::{Change, Note};
use regulars_engine::program::{Consumption, Limit, LimitScope, Limited};
use regulars_engine::state::{Floor, Wallet};
use regulars_ledger::{Account, Dates, Posting, SpendOrder};
use std::collections::{BTreeMap, BTreeSet};

/// Books and counts of its own.
#[derive(Clone, Debug, Default)]
pub struct Auditor {
    wallets: BTreeMap<MemberId, Books>,
    /// Every account of the program, over all wallets.
    accounts: BTreeMap<(Name, Account), i128>,
    /// What limits let through: limit, whose (nobody's for a budget), period.
    used: BTreeMap<(Name, Option<MemberId>, i32), i64>,
    /// What was written down of referrals.
    people: people::People,
    /// What was written down of sales and of partners' awards.
    channel: channel::Channel,
    /// What partners paid ahead and have not used, in millionths of a minor unit.
    ahead: BTreeMap<Name, i64>,
    /// What was written down of redemptions.
    redeemed: perk::Redeemed,
    /// What was written down of coupons.
    coupons: coupon::Coupons,
    /// What was written down of teams.
    teams: team::Sent,
    /// Whether anybody was merged: then somebody's teams may be known by two.
    merged: bool,
    /// What is wrong, in words.
    faults: Vec<String>,
}

/// A wallet, from postings and counted progress alone.
#[derive(Clone, Debug, Default)]
struct Books {
    lots: BTreeMap<(Name, Dates), i64>,
    /// Where what is in the lots came from.
    origins: Origins,
    held: BTreeMap<Name, i64>,
    debt: BTreeMap<Name, i64>,
    progress: BTreeMap<(Name, i32), i64>,
    /// Stamps by card.
    stamps: BTreeMap<Name, i64>,
    /// When each card was stamped.
    stamped: BTreeMap<Name, BTreeSet<Timestamp>>,
    /// What cards gave less what was taken back of it: card, points.
    card_points: BTreeMap<(Name, Name), i64>,
    /// Stamps that were put on, less those taken off and those that full cards took.
    left: BTreeMap<Name, i64>,
    /// Money that counted on cards by amount and made no whole stamp yet, by card.
    kept: BTreeMap<Name, i64>,
    /// Plans and invoices.
    plans: plan::Plans,
    /// What the tier does not fall below.
    floors: Vec<Floor>,
    /// How often the gift of each tier was given, less how often it was taken back: tier, what.
    tier_gifts: BTreeMap<(Name, Name), i64>,
    /// How often a tier of another program was taken over.
    matches: u32,
    /// Games.
    played: games::Played,
    /// Store credit, or a gift card.
    money: money::Money,
    clock: Option<Timestamp>,
    engaged: engagement::Engaged,
    /// Points by the month in which they came in.
    issue: cohort::Issue,
}

impl Auditor {
    /// Checks a decision, and all that followed from it, against the world as it is now. Says all
    /// that does not add up.
    pub fn check(&mut self, world: &Timeline, decision: &Decision) -> Vec<String> {
        let mut touched = BTreeSet::new();
        self.follow(decision, &mut touched);
        for member in touched {
            if let Some(wallet) = world.wallet(member) {
                self.compare(member, wallet);
                // What is told late is looked at again by the version of today.
                let today = world.program_at(decision.event.recorded_at);
                self.tier(member, wallet, (decision, today));
                self.stamps(member, wallet, &decision.program);
                self.paid(member, wallet);
                self.friends(world, member, decision);
                self.played(member, wallet, decision);
                self.purse(member, wallet, today);
                self.issued(member, wallet);
            }
        }
        self.codes(world, decision);
        self.groups(world);
        self.teams(world, self.merged);
        self.nothing_in_transit();
        for (points, sum) in self.sums() {
            if sum != 0 {
                self.faults.push(format!(
                    "the accounts of {points:?} add up to {sum}, not to 0"
                ));
            }
        }
        let Decision { event, .. } = decision;
        let about = format!("{:?} at {}: ", event.key, event.occurred_at);
        let faults = std::mem::take(&mut self.faults).into_iter();
        faults.map(|fault| about.clone() + &fault).collect()
    }

    /// Writes a decision down without looking at the world, which may have moved on since.
    pub fn write_down(&mut self, decision: &Decision) {
        self.follow(decision, &mut BTreeSet::new());
    }

    /// Compares all wallets of the world with what was written down. Says all that does not add up.
    pub fn compare_all(&mut self, world: &Timeline) -> Vec<String> {
        for (member, wallet) in world.wallets() {
            self.compare(member, wallet);
        }
        std::mem::take(&mut self.faults)
    }

    fn follow(&mut self, decision: &Decision, touched: &mut BTreeSet<MemberId>) {
        for earlier in &decision.before {
            self.follow(earlier, touched);
        }
        if let Some(member) = decision.member {
            touched.insert(member);
            let mut books = self.wallets.remove(&member).unwrap_or_default();
            let now = decision.event.recorded_at;
            if books.clock.is_some_and(|clock| clock > now) {
                self.faults.push("the wallet's clock ran backwards".into());
            }
            books.clock = Some(now);
            books
                .origins
                .follow(&decision.event, &decision.outcome.changes);
            for change in &decision.outcome.changes {
                self.change(&mut books, change, decision);
                Self::issue(&mut books, change);
            }
            self.cards(&mut books, decision);
            self.full_cards(&mut books, decision);
            self.plans(&mut books, decision);
            self.tiers(&mut books, decision);
            self.engagement(&mut books, decision);
            self.games(&mut books, decision);
            self.money(&mut books, decision);
            self.wallets.insert(member, books);
            self.limits(member, decision);
            self.perks(member, decision);
            self.people(member, decision);
            self.coupons(member, decision);
            self.channel(member, decision);
            self.partners(decision);
            self.team_notes(member, decision);
            self.merged |= matches!(decision.event.kind, Kind::MergeOut(_));
        }
        for next in &decision.follow_ups {
            self.follow(next, touched);
        }
    }

    fn change(&mut self, books: &mut Books, change: &Change, decision: &Decision) {
        match change {
            Change::Posted(posting) => self.post(books, posting, decision),
            Change::Released { points, until } => {
                let free = |dates: &Dates| dates.available_at <= *until;
                let released: Vec<(Name, Dates)> = books
                    .lots
                    .keys()
                    .filter(|(name, dates)| name == points && free(dates))
                    .copied()
                    .collect();
                for key in released {
                    let amount = books.lots.remove(&key).unwrap_or(0);
                    let available_at = Timestamp::FIRST;
                    let dates = Dates {
                        available_at,
                        ..key.1
                    };
                    *books.lots.entry((key.0, dates)).or_default() += amount;
                }
            }
            Change::Redated { points, from, to } => {
                self.redated(decision, (from, to));
                let amount = books.lots.remove(&(*points, *from)).unwrap_or(0);
                *books.lots.entry((*points, *to)).or_default() += amount;
            }
            Change::Stamped { card, by, .. } => *books.stamps.entry(*card).or_default() += by,
            Change::CardEnded { card } => {
                books.stamps.remove(card);
            }
            Change::Progressed { metric, day, by } => {
                *books.progress.entry((*metric, *day)).or_default() += by;
            }
            Change::Forgot { before_day, .. } => {
                books.progress.retain(|(_, day), _| *day >= *before_day);
            }
            Change::ProgressJoined { before_day } => {
                let all = std::mem::take(&mut books.progress);
                for ((metric, day), amount) in all {
                    let day = if day < *before_day { i32::MIN } else { day };
                    *books.progress.entry((metric, day)).or_default() += amount;
                }
            }
            Change::FloorLaid(floor) => books.floors.push(*floor),
            Change::FloorGone(floor) => books.floors.retain(|own| own != floor),
            _ => {}
        }
    }

    /// Only a changeover gives old points new dates, and none that are past.
    fn redated(&mut self, decision: &Decision, (from, to): (&Dates, &Dates)) {
        let over = matches!(decision.event.kind, Kind::Changeover(_));
        if !over
            || from.available_at != to.available_at
            || to.expires_at < decision.event.recorded_at
        {
            self.faults.push(format!("{from:?} became {to:?}"));
        }
    }

    fn post(&mut self, books: &mut Books, posting: &Posting, decision: &Decision) {
        let Posting {
            points,
            from,
            to,
            amount,
            dates,
            ..
        } = *posting;
        if amount <= 0 || from == to {
            self.faults.push(format!("no movement: {posting:?}"));
        }
        for (account, by) in [(from, -i128::from(amount)), (to, i128::from(amount))] {
            *self.accounts.entry((points, account)).or_default() += by;
        }
        if from == Account::Wallet {
            self.leaves(books, posting, decision);
            let left = books.lots.entry((points, dates)).or_default();
            *left -= amount;
            if *left < 0 {
                self.faults
                    .push(format!("a lot fell below zero: {posting:?}"));
            }
            if *left == 0 {
                books.lots.remove(&(points, dates));
            }
        }
        if to == Account::Wallet {
            *books.lots.entry((points, dates)).or_default() += amount;
        }
        for (account, kept) in [
            (Account::Held, &mut books.held),
            (Account::Debt, &mut books.debt),
        ] {
            // A debt is what is missing: it grows by what leaves it.
            let sign = if account == Account::Debt { -1 } else { 1 };
            let sum = kept.entry(points).or_default();
            *sum += sign * (i64::from(to == account) - i64::from(from == account)) * amount;
            if *sum < 0 {
                self.faults
                    .push(format!("{account:?} fell below zero: {posting:?}"));
            }
        }
    }

    /// What is spent was free, and nothing that lapses sooner was left; what lapsed was due.
    fn leaves(&mut self, books: &Books, posting: &Posting, decision: &Decision) {
        let Posting {
            points,
            to,
            dates,
            effective_at,
            ..
        } = *posting;
        let now = decision.event.recorded_at;
        match to {
            Account::Held | Account::Redeemed | Account::Adjusted => {
                // What was redeemed by itself was so when it fell due, not when it is looked at.
                let now = now.min(effective_at);
                if !dates.available(now) {
                    self.faults
                        .push(format!("spent, but not free: {posting:?}"));
                }
                let order = decision
                    .program
                    .points_named(points)
                    .map(|rule| rule.spend_order);
                // Within what its funder gives, where that is agreed on.
                let by_dates = decision.program.coalition.spend == Consumption::Soonest
                    || to == Account::Adjusted;
                let in_turn = |other: &Dates| by_dates || other.funder == dates.funder;
                let sooner = |((name, other), left): (&(Name, Dates), &i64)| {
                    *name == points
                        && *left > 0
                        && other.available(now)
                        && other.expires_at < dates.expires_at
                        && in_turn(other)
                };
                if order == Some(SpendOrder::SoonestExpiry) && books.lots.iter().any(sooner) {
                    self.faults
                        .push(format!("spent, though others lapse sooner: {posting:?}"));
                }
            }
            Account::Expired if effective_at > now || dates.available_at > now => {
                self.faults
                    .push(format!("lapsed before its time: {posting:?}"));
            }
            _ => {}
        }
    }

    /// The wallet's own figures are those of the postings.
    fn compare(&mut self, member: MemberId, wallet: &Wallet) {
        let books = self.wallets.entry(member).or_default();
        let mut lots = BTreeMap::new();
        for book in &wallet.books {
            for lot in &book.lots {
                lots.insert((book.points, lot.dates), lot.points);
            }
            let held = books.held.get(&book.points).copied().unwrap_or(0);
            let debt = books.debt.get(&book.points).copied().unwrap_or(0);
            if (held, debt) != (book.held, book.debt) {
                let own = (book.held, book.debt);
                self.faults.push(format!(
                    "{member}: holds {own:?}, postings say {:?}",
                    (held, debt)
                ));
            }
        }
        if lots != books.lots {
            let what = format!("{member}: lots are {lots:?}, postings say {:?}", books.lots);
            self.faults.push(what);
        }
        if books.origins.lots() != lots {
            let came = books.origins.lots();
            let what = format!("{member}: lots are {lots:?}, of which origins explain {came:?}");
            self.faults.push(what);
        }
        let progress = wallet.progress.iter();
        let progress: BTreeMap<(Name, i32), i64> =
            progress.map(|p| ((p.metric, p.day), p.amount)).collect();
        let same = |own: &BTreeMap<(Name, i32), i64>| {
            own.iter()
                .filter(|(_, n)| **n != 0)
                .map(|(k, n)| (*k, *n))
                .collect::<Vec<_>>()
        };
        if same(&progress) != same(&books.progress) {
            let what = format!("{member}: progress is not what was counted");
            self.faults.push(what);
        }
        let stamps = wallet.cards.iter().map(|held| (held.card, held.stamps));
        if stamps.collect::<BTreeMap<Name, i64>>() != books.stamps {
            let what = format!("{member}: stamps are not what was put on");
            self.faults.push(what);
        }
    }

    /// No limit was passed, by what the notes say was given.
    fn limits(&mut self, member: MemberId, decision: &Decision) {
        let program = &decision.program;
        let day = program.zone.day(decision.event.occurred_at);
        for (place, rule) in (0_u16..).zip(&program.rules) {
            let gave = |note: &Note| match note {
                Note::Gave {
                    rule,
                    points,
                    given,
                    ..
                } if *rule == place => Some((*points, *given)),
                _ => None,
            };
            let given: Vec<(Name, i64)> = decision.outcome.trace.iter().filter_map(gave).collect();
            if given.is_empty() {
                continue;
            }
            for limit in &rule.limits {
                let by = counted(program, limit, &given);
                let period = limit.every.map_or(0, |every: Period| every.number(day));
                let whose = match limit.per {
                    LimitScope::Order => {
                        self.within(by, limit, &rule.id);
                        continue;
                    }
                    LimitScope::Member => Some(member),
                    LimitScope::Program => None,
                };
                let used = self.used.entry((limit.name, whose, period)).or_default();
                *used += by;
                let used = *used;
                self.within(used, limit, &rule.id);
            }
        }
    }

    fn within(&mut self, used: i64, limit: &Limit, rule: &str) {
        let most = limit.most_ever();
        if used > most {
            self.faults.push(format!(
                "`{rule}` gave {used} where at most {most} were allowed"
            ));
        }
    }

    fn sums(&self) -> BTreeMap<Name, i128> {
        let mut sums: BTreeMap<Name, i128> = BTreeMap::new();
        for ((points, _), sum) in &self.accounts {
            *sums.entry(*points).or_default() += sum;
        }
        sums
    }

    /// The sum of an account over all wallets.
    pub fn account(&self, points: Name, account: Account) -> i128 {
        self.accounts.get(&(points, account)).copied().unwrap_or(0)
    }
}

fn counted(program: &Program, limit: &Limit, given: &[(Name, i64)]) -> i64 {
    match limit.what {
        Limited::Times => 1,
        Limited::Points(place) => {
            let name = program
                .points
                .get(usize::from(place))
                .map(|points| points.name);
            given
                .iter()
                .filter(|(points, _)| Some(*points) == name)
                .map(|(_, n)| n)
                .sum()
        }
    }
}
