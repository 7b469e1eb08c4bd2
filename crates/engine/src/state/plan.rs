//! What a wallet keeps of paid membership: where it stands, and its invoices.

use super::{Paid, Voucher};
use regulars_base::{Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// All that a wallet keeps of paid membership. One that never had any keeps nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paying {
    /// Where it stands.
    pub standing: PlanStanding,
    /// The number of the newest invoice.
    pub count: u32,
    /// Invoices, by number: those that something can still happen to, or could not long ago.
    pub invoices: Vec<Invoice>,
}

/// Where a member stands with plans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStanding {
    /// The plan that they are on.
    pub current: Option<Membership>,
    /// Whether they had their trial.
    pub tried: bool,
    /// Money that the next invoices are lowered by, in minor units.
    pub credit: i64,
    /// The plan that ended last, for events that are told late.
    pub past: Option<PastPlan>,
}

/// A plan that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPlan {
    /// Which.
    pub plan: Name,
    /// From when on it gave its benefits.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Stretches in between in which it did not.
    pub without: Vec<Gap>,
}

/// A plan that a member is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Which.
    pub plan: Name,
    /// Since when they are on it.
    pub since: Timestamp,
    /// From when on it gives its benefits; nothing while they wait for the first payment.
    pub benefits_from: Option<Timestamp>,
    /// The day (number) from which its periods are counted.
    pub anchor: i32,
    /// How many of them are over.
    pub periods: i32,
    /// The first day of the period, or of the trial.
    pub from: i32,
    /// The first day after it.
    pub until: i32,
    /// How many days the period pays for: a pause makes it longer, not larger.
    pub days: i32,
    /// What was charged for it, in money and credit, less what was given back since.
    pub worth: i64,
    /// What a period cost on coming to the plan.
    pub price: i64,
    /// How many more periods cost what the first ones do.
    pub intro_left: u16,
    /// Where it stands.
    pub stage: PlanStage,
    /// Whether it ends with the period.
    pub ends: bool,
    /// The plan that follows with the next period.
    pub next: Option<Name>,
    /// Stretches in which it gave no benefits: pauses, and time that was not paid.
    pub without: Vec<Gap>,
    /// The days (numbers) on which it was paused in the last twelve months.
    pub paused_on: Vec<i32>,
}

/// A stretch of time without benefits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it; [`Timestamp::LAST`] while it lasts.
    pub until: Timestamp,
}

/// Where a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanStage {
    /// Free until the period's end.
    Trial,
    /// A period that is paid, or should be.
    Active,
    /// Paused: so many days of the period are left, and on that day (number) it goes on by itself.
    Paused {
        /// Days that are left.
        left: i32,
        /// The day.
        until: i32,
    },
}

/// An invoice for a stretch of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Its number in the wallet, from 1.
    pub number: u32,
    /// For which plan.
    pub plan: Name,
    /// When it was made.
    pub issued_at: Timestamp,
    /// The first day (number) that it is for.
    pub from: i32,
    /// The first day after them.
    pub until: i32,
    /// The price of the period.
    pub price: i64,
    /// By how much the price of the first periods is lower.
    pub discount: i64,
    /// How much of it credit paid.
    pub credit: i64,
    /// The tax within price less discount.
    pub tax: i64,
    /// Where it stands.
    pub stage: InvoiceStage,
    /// How often its payment was asked for.
    pub attempts: u16,
    /// Whether an answer to that is awaited.
    pub asked: bool,
    /// When it is asked for again.
    pub retry_at: Option<Timestamp>,
    /// Credit notes: for days that a change of plan left over, which became credit.
    pub credited: i64,
    /// Credit notes: what is to be paid back and has not been yet.
    pub owed_back: i64,
    /// Credit notes: what was paid back.
    pub paid_back: i64,
    /// What the provider calls the payment.
    pub reference: Text,
    /// Points that it gave when it was paid.
    pub gifts: Vec<Paid>,
    /// The reward that it gave.
    pub voucher: Option<Voucher>,
}

/// Where an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceStage {
    /// To be paid.
    Open,
    /// Paid then.
    Paid(Timestamp),
    /// Never paid: the plan ended over it then.
    Failed(Timestamp),
    /// Not asked for any more since then: the plan ended before it was paid.
    Void(Timestamp),
}

impl Invoice {
    /// What is to be paid in money.
    pub const fn amount(&self) -> i64 {
        self.price - self.discount - self.credit
    }

    /// What of it, money and credit, was not given back.
    pub const fn kept(&self) -> i64 {
        self.price - self.discount - self.credited - self.owed_back - self.paid_back
    }

    /// What of the money that was paid could still be given back.
    pub fn refundable(&self) -> i64 {
        match self.stage {
            InvoiceStage::Paid(_) => {
                let money = self.amount() - self.owed_back - self.paid_back;
                money.min(self.kept()).max(0)
            }
            _ => 0,
        }
    }

    /// Whether it is to be paid.
    pub const fn is_open(&self) -> bool {
        matches!(self.stage, InvoiceStage::Open)
    }

    /// Where it stands, in one word.
    pub const fn status(&self) -> &'static str {
        match self.stage {
            InvoiceStage::Open => "open",
            InvoiceStage::Paid(_) if self.paid_back > 0 && self.paid_back >= self.amount() => {
                "refunded"
            }
            InvoiceStage::Paid(_) => "paid",
            InvoiceStage::Failed(_) => "failed",
            InvoiceStage::Void(_) => "void",
        }
    }

    /// Whether something is to be done about it by whoever moves money.
    pub const fn asks(&self) -> bool {
        (self.is_open() && self.asked) || self.owed_back > 0
    }
}

impl super::Wallet {
    /// Whether its owner is on a plan, whatever its state.
    pub fn is_on_a_plan(&self) -> bool {
        let paying = self.paying.as_ref();
        paying.is_some_and(|paying| paying.standing.current.is_some())
    }
}

impl Paying {
    /// The invoice that is to be paid, if there is one. There is never more than one.
    pub fn open(&self) -> Option<&Invoice> {
        self.invoices.iter().find(|invoice| invoice.is_open())
    }

    /// The invoice of this number, if the wallet still knows it.
    pub fn invoice(&self, number: u32) -> Option<&Invoice> {
        let mut own = self.invoices.iter();
        own.find(|invoice| invoice.number == number)
    }

    /// Whether whoever moves money has something to do.
    pub fn asks(&self) -> bool {
        self.invoices.iter().any(Invoice::asks)
    }

    /// Where the plan that they are on stands, in one word; nothing if they are on none.
    pub fn status(&self) -> Option<&'static str> {
        let own = self.standing.current.as_ref()?;
        Some(match own.stage {
            PlanStage::Paused { .. } => "paused",
            _ if own.ends => "ending",
            PlanStage::Trial => "trial",
            PlanStage::Active if self.open().is_none() => "active",
            PlanStage::Active if own.benefits_from.is_none() => "waiting",
            PlanStage::Active => "overdue",
        })
    }

    /// The plan whose benefits the member has (or had) at `at`.
    pub fn plan_at(&self, at: Timestamp) -> Option<Name> {
        let within = |from: Timestamp, until: Timestamp, without: &[Gap]| {
            let in_gap = |gap: &Gap| gap.from <= at && at < gap.until;
            from <= at && at < until && !without.iter().any(in_gap)
        };
        let current = self.standing.current.as_ref();
        let current = current.filter(|own| {
            own.benefits_from
                .is_some_and(|from| within(from, Timestamp::LAST, &own.without))
        });
        let past = self.standing.past.as_ref();
        let past = past.filter(|own| within(own.from, own.until, &own.without));
        current
            .map(|own| own.plan)
            .or_else(|| past.map(|own| own.plan))
    }
}
