//! A program: what a merchant wrote, compiled. Immutable, named by the hash of its text.
//!
//! What people write is read by [`compile`](compile::compile), which says all that is wrong with
//! it at once; so what is here is always right, and deciding cannot fail.

pub mod compile;
pub mod condition;
pub mod diagnostic;
pub mod difference;
mod expiry;
pub mod file;
mod listeners;
pub mod manual;
mod memory;
mod phrase;
mod reader;
pub mod schema;
pub mod words;

pub use listeners::Listeners;
pub use memory::Memory;

use crate::stage::tier::Look;
use crate::state::Wallet;
use condition::Condition;
use regulars_base::{
    Almanac, CivilDay, Currency, Name, Period, Ratio, Rounding, Span, Timestamp, Zone,
};
use regulars_ledger::{AlreadySpent, SpendOrder};

/// The merchant's rules, ready to decide by.
#[derive(Clone, Debug)]
pub struct Program {
    /// SHA-256 of the file's text: the version.
    pub hash: [u8; 32],
    /// What people call it.
    pub name: String,
    /// The currency that the program counts in.
    pub currency: Currency,
    /// Currencies that are taken as well, and what one minor unit of them is worth in minor units
    /// of the program's.
    pub rates: Vec<(Currency, Ratio)>,
    /// The merchant's time zone: days, weeks and months are those of its calendar.
    pub zone: Zone,
    /// The language of the program's own texts: a BCP 47 tag.
    pub locale: String,
    /// What happens when somebody who is no member buys.
    pub unknown: UnknownCustomer,
    /// The kinds of points.
    pub points: Vec<Points>,
    /// The rules, in order of the file.
    pub rules: Vec<Rule>,
    /// The rules, by what they listen to.
    pub listeners: Vec<Listeners>,
    /// Which of several rules on the same event give. Flat gifts always do.
    pub select: Selection,
    /// How several factors on the same points combine.
    pub multiply: Stacking,
    /// The tiers, lowest first. Empty if there are none; the first has no threshold.
    pub tiers: Vec<TierRule>,
    /// How finely progress towards tiers must be kept.
    pub grain: Grain,
    /// Everything that some tier counts.
    pub metrics: Vec<Metric>,
    /// Stamp cards.
    pub cards: Vec<CardRule>,
    /// Rewards.
    pub rewards: Vec<Reward>,
    /// Activities that count, beside `visit`.
    pub activities: Vec<ActivityRule>,
    /// What a refund does.
    pub refund: RefundPolicy,
    /// How long a used redemption is kept, so that it can be returned.
    pub return_window: Span,
    /// How far back all of this looks.
    pub memory: Memory,
}

/// What happens when somebody who is no member does something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownCustomer {
    /// They become a member.
    #[default]
    Enrol,
    /// It is kept, and counts once they are.
    Hold,
    /// It is refused.
    Refuse,
}

/// A kind of points.
#[derive(Clone, Debug)]
pub struct Points {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What one is called.
    pub one: String,
    /// What many are called.
    pub other: String,
    /// Decimals: 100 points with 2 decimals are kept as 10,000.
    pub decimals: u8,
    /// What a whole point is worth, in minor units of the program's currency, for liability.
    pub worth: Option<Ratio>,
    /// How long they are pending.
    pub pending: Option<Pending>,
    /// When they lapse.
    pub expiry: Expiry,
    /// Whether they can be spent. Status points cannot.
    pub spendable: bool,
    /// Which lots are spent first.
    pub spend_order: SpendOrder,
}

/// How long points are pending after they were earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// For so long ...
    pub span: Span,
    /// ... and then to the end of the day, if so.
    pub to_end_of_day: bool,
}

/// When points lapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// All at one moment: the start of that day.
    On(CivilDay),
    /// Each lot on its own.
    After {
        /// So long after ...
        span: Span,
        /// ... this ...
        from: CountedFrom,
        /// ... and then to the end of the day, month, quarter, half-year or year that this is in;
        /// to the very moment if not said.
        round_up: Option<Period>,
        /// Or back to the start of the day, month ... that this is in.
        round_down: Option<Period>,
        /// What a month after the 31st is.
        month_end: MonthEnd,
    },
    /// All of them, when nothing was bought, done or redeemed for so long (to the end of that day).
    Inactivity(Span),
    /// At the end of the period in which they were earned (plus so many more periods).
    EndOf(Period, i32),
}

/// What a lot's life counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CountedFrom {
    /// From the day on which it was earned.
    #[default]
    Earning,
    /// From the day on which it became free.
    Release,
}

/// What "a month later" means where that month has no such day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MonthEnd {
    /// Its last day: 31 January + 1 month = 28 February.
    #[default]
    Clip,
    /// The first day of the next: 31 January + 1 month = 1 March.
    Spill,
}

/// A way to earn.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// Which events it listens to.
    pub on: Trigger,
    /// From when on (by the time of the event).
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// When it counts. A condition that names a line is asked for each line.
    pub when: Option<Condition>,
    /// What never counts.
    pub except: Exclusion,
    /// What it gives.
    pub effect: Effect,
    /// What it never passes.
    pub limits: Vec<Limit>,
}

/// Which events a rule or a card listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Purchases.
    Purchase,
    /// Activities of this name (`visit` among them).
    Activity(Name),
    /// The moment of joining.
    Enrolment,
}

/// What a rule gives.
#[derive(Clone, Debug)]
pub enum Effect {
    /// So many points of each kind.
    Give {
        /// What, per kind of points.
        gifts: Vec<Gift>,
        /// What amounts it counts.
        base: Base,
        /// How its result is rounded.
        rounding: Rounding,
        /// Whether each line is rounded on its own, or the order as a whole.
        round_per_line: bool,
        /// Whether factors apply to it. A flat gift is never multiplied.
        flat: bool,
    },
    /// Times what other rules gave, for the lines for which it holds.
    Times {
        /// By this.
        factor: Ratio,
        /// The places of the rules that it multiplies, in order.
        of: Vec<u16>,
        /// How its own part is rounded.
        rounding: Rounding,
    },
}

/// So many points of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The points' place in the program.
    pub points: u16,
    /// How many (in the points' smallest unit), for what.
    pub formula: Formula,
}

/// How many points for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// `points` for each `per` minor units of the base.
    PerAmount {
        /// In the points' smallest unit.
        points: i64,
        /// Minor units of the program's currency.
        per: i64,
    },
    /// So many for each thing (lines' quantities, in thousandths).
    PerItem(i64),
    /// So many for each line that matches.
    PerLine(i64),
    /// So many, once.
    Fixed(i64),
}

/// What amounts a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// Tax counts.
    pub tax: bool,
    /// Delivery counts.
    pub delivery: bool,
    /// What was taken off by discounts counts as if it had been paid.
    pub discounts: bool,
}

/// What never counts for a rule.
#[derive(Clone, Debug, Default)]
pub struct Exclusion {
    /// Lines of these categories.
    pub category: Vec<String>,
    /// Lines of these brands.
    pub brand: Vec<String>,
    /// Lines of these products.
    pub sku: Vec<String>,
    /// What was paid by these methods: the lines count for less, in proportion.
    pub paid_by: Vec<String>,
}

/// What a rule, a card or a reward never passes.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Its name in states and records.
    pub name: Name,
    /// Whom it counts.
    pub per: LimitScope,
    /// Over which period; for ever if not said. (Nothing for a limit per order.)
    pub every: Option<Period>,
    /// What it counts.
    pub what: Limited,
    /// How much it lets through.
    pub most: i64,
}

/// Whom a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// Each order on its own.
    Order,
    /// Each member.
    Member,
    /// All members together: a budget.
    Program,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// How often.
    Times,
    /// Points of one kind, by their place in the program.
    Points(u16),
}

/// Which of several rules on the same event give. Flat gifts always do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Every rule that matches.
    #[default]
    All,
    /// For each kind of points, only the rule that gives most; of equals the first.
    Best,
    /// For each kind of points, only the first rule that gives any.
    First,
}

/// How several factors on the same points combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stacking {
    /// Only the largest counts.
    #[default]
    Best,
    /// What each adds is added: x2 and x3 give x4.
    Add,
    /// Each multiplies what the ones before left: x2 and x3 give x6.
    Compound,
}

/// A tier.
#[derive(Clone, Debug)]
pub struct TierRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What it takes; the lowest tier takes nothing.
    pub reach: Option<Reach>,
    /// What it takes to keep it, where that differs.
    pub renew: Option<Reach>,
    /// What becomes of it.
    pub keep: Keep,
    /// Factors on points earned, by the points' place in the program.
    pub earn: Vec<(u16, Ratio)>,
}

/// What a tier takes.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The thresholds.
    pub thresholds: Vec<Threshold>,
    /// How many of them must be met: one, some, or all.
    pub need: usize,
    /// Within which time.
    pub within: Within,
}

/// So much of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Of what.
    pub metric: Metric,
    /// How much: minor units, points (smallest unit), orders, visits.
    pub at_least: i64,
}

/// What counts towards tiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Money paid for goods, less what came back.
    Spend,
    /// Orders that did not come back as a whole.
    Orders,
    /// Visits.
    Visits,
    /// Points earned, less what was taken back; spending them changes nothing.
    Earned(Name),
    /// Points that can be spent now: spending them may cost the tier.
    Balance(Name),
}

/// Within which time a threshold must be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// In one period of the calendar.
    Calendar(Period),
    /// In the days up to now.
    Rolling(Span),
    /// In one year of membership, counted from the day of joining.
    Anniversary,
    /// Since the member came into the tier they are in (or joined).
    SinceTier,
    /// Ever.
    Ever,
}

/// What becomes of a tier that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Until when it is kept without doing anything.
    pub until: KeepUntil,
    /// What happens then to those who do not meet its threshold any more.
    pub then: Downgrade,
    /// So many more days before that happens.
    pub grace_days: i32,
}

/// Until when a tier is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepUntil {
    /// The end of the period (calendar, or year of membership) in which it was reached, and so
    /// many more.
    EndOfPeriod(i32),
    /// So long after it was reached.
    After(Span),
    /// For ever.
    Ever,
    /// As long as its threshold is met: lost at once when it is not.
    WhileMet,
}

/// What happens to those who lose a tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Downgrade {
    /// They land one tier down.
    #[default]
    OneDown,
    /// They land in the tier whose threshold they meet.
    ToEarned,
    /// They land in the lowest.
    ToLowest,
}

/// How finely progress towards tiers is kept: the coarsest that the tiers allow, so that wallets
/// stay small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grain {
    /// By day.
    #[default]
    Day,
    /// By period of the calendar.
    Calendar(Period),
    /// One sum.
    Ever,
}

/// A stamp card.
#[derive(Clone, Debug)]
pub struct CardRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What it listens to.
    pub on: Trigger,
    /// When it counts. A condition that names a line is asked for each line.
    pub when: Option<Condition>,
    /// What one stamp is for.
    pub each: StampFor,
    /// At most so many stamps per period and member, or per order.
    pub limits: Vec<Limit>,
    /// How many stamps fill it.
    pub full: i64,
    /// What a full card gives.
    pub gives: Gives,
    /// What it gives on the way, by ascending stamps.
    pub milestones: Vec<Milestone>,
    /// Only stamps of the last so many days (today is one of them) count; all if not said.
    pub within: Option<Span>,
    /// Two stamps are at least so far apart.
    pub apart_minutes: Option<i32>,
    /// A card that is older than this (from its first stamp, to the end of that day) is void.
    pub expires: Option<Span>,
    /// The voucher that it gives is void after so long (to the end of that day).
    pub voucher_expires: Option<Span>,
    /// Stamps beyond the last go over to the next card.
    pub carry_over: bool,
}

/// What a card gives: as a voucher, or as points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A reward, by its place.
    Reward(u16),
    /// Points, by their places: so many of each kind.
    Points(Vec<(u16, i64)>),
}

/// What a card gives before it is full. It stays on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// At how many stamps.
    pub stamps: i64,
    /// What.
    pub gives: Gives,
}

/// What one stamp is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampFor {
    /// Each event (order or visit) that matches.
    Event,
    /// Each thing on the lines that match.
    Item,
    /// Each so many minor units of the lines that match.
    Amount(i64),
}

/// A reward.
#[derive(Clone, Debug)]
pub struct Reward {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// What it is.
    pub kind: RewardKind,
    /// What it costs: points by their place in the program, all of these together. Nothing for a
    /// reward that only vouchers pay.
    pub price: Vec<(u16, i64)>,
    /// The lowest tier that may have it, by its place.
    pub tier: Option<u16>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// What it never passes.
    pub limits: Vec<Limit>,
    /// How many there are in all.
    pub stock: Option<i64>,
    /// How long it is held between request and commit.
    pub hold: Span,
    /// What one costs the merchant, in minor units, where it is stated.
    pub cost: Option<i64>,
}

/// What a reward is.
#[derive(Clone, Debug)]
pub enum RewardKind {
    /// So much off, in minor units.
    MoneyOff(i64),
    /// So many percent off (as a factor below one), at most so many minor units.
    PercentOff(Ratio, Option<i64>),
    /// A product: lines for which this holds.
    FreeProduct(Option<Condition>),
    /// No delivery charge.
    FreeDelivery,
    /// Anything that people hand over.
    Other,
}

/// An activity that a program declares.
#[derive(Clone, Debug)]
pub struct ActivityRule {
    /// Its name in the file and in events.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// Its fields and their types, by name.
    pub fields: Vec<(String, FieldType)>,
}

/// The type of an activity's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// Words.
    Text,
}

/// What a refund does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundPolicy {
    /// What is taken back of what was earned.
    pub take_back: TakeBack,
    /// How a share of it is rounded. What came back as a whole is always taken back to the unit.
    pub rounding: Rounding,
    /// What if it was spent already.
    pub already_spent: AlreadySpent,
    /// What if it has lapsed meanwhile.
    pub lapsed: Lapsed,
    /// What becomes of points that were spent on the order.
    pub spent_points: SpentPoints,
}

/// What is taken back of what was earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakeBack {
    /// The share of the lines that came back.
    #[default]
    Share,
    /// Everything, once all came back; nothing before.
    OnlyWhenWhole,
    /// What the rules would not have given for the rest of the order.
    ReckonAgain,
    /// Nothing.
    Nothing,
}

/// What is taken back of points that have lapsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lapsed {
    /// Nothing: they are gone already.
    #[default]
    Forgive,
    /// The same, from what there is.
    TakeBack,
}

/// What becomes of points that were spent on an order that comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpentPoints {
    /// They come back with their old dates, in the share of the order that came back.
    #[default]
    GiveBackOldDates,
    /// They come back as if they were earned on the day of the refund.
    GiveBackNewDates,
    /// They come back with their old dates, once all of the order came back; not before.
    GiveBackWhenWhole,
    /// They stay spent.
    Keep,
}

impl Program {
    /// The rules that listen to `trigger`, if there are any.
    pub(crate) fn listeners_to(&self, trigger: Trigger) -> Option<&Listeners> {
        let is = |listeners: &&Listeners| listeners.on == trigger;
        self.listeners.iter().find(is)
    }

    /// The points of this name, and their place.
    pub fn points_named(&self, name: Name) -> Option<&Points> {
        self.points.iter().find(|points| points.name == name)
    }

    /// The place of a tier; 0, the lowest, for a tier that this version does not have.
    pub fn tier_at(&self, name: Option<Name>) -> usize {
        let is = |tier: &TierRule| Some(tier.name) == name;
        self.tiers.iter().position(is).unwrap_or(0)
    }

    /// The reward of this name.
    pub fn reward_named(&self, name: Name) -> Option<&Reward> {
        self.rewards.iter().find(|reward| reward.name == name)
    }

    /// The first day of the stretch of progress that `day` counts into.
    pub fn progress_day(&self, day: &Almanac) -> i32 {
        match self.grain {
            Grain::Day => day.day.number(),
            Grain::Calendar(period) => day.first_day(period).number(),
            Grain::Ever => 0,
        }
    }
}

impl Reach {
    /// How much the wallet has of what each threshold asks for, in their order, looked at `now`.
    pub fn figures(&self, zone: &Zone, wallet: &Wallet, now: Timestamp) -> Vec<i64> {
        let day = Almanac::of(zone.day(now));
        let look = Look::new(zone, wallet, now, &day);
        look.figures(self).collect()
    }
}

impl TierRule {
    /// What it takes to reach it and to keep it.
    pub fn reaches(&self) -> impl Iterator<Item = &Reach> {
        self.reach.iter().chain(&self.renew)
    }
}

impl Metric {
    /// The name under which progress of it is kept.
    pub fn name(self) -> Name {
        match self {
            Self::Spend => Name::of("#spend"),
            Self::Orders => Name::of("#orders"),
            Self::Visits => Name::of("#visits"),
            Self::Earned(points) | Self::Balance(points) => points,
        }
    }
}
