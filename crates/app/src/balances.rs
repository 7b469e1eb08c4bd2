//! What a member has: now, or as of a date.

use crate::{App, Error, MemberRef, members};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::{Metric, Points, Reach, Threshold, words};
use regulars_engine::state::{Card, Voucher, Wallet};
use regulars_ledger::{Book, Lot};
use std::sync::Arc;

/// What a member has. Amounts of points are in the currency's smallest unit.
#[derive(Clone, Debug)]
pub struct Balances {
    /// Whose.
    pub member: MemberId,
    /// As of when.
    pub as_of: Timestamp,
    /// The program version whose words these are.
    pub program: Arc<Program>,
    /// One for each kind of points of the program, in its order.
    pub points: Vec<Balance>,
    /// The tier and the way to the next; nothing if the program has no tiers.
    pub tier: Option<StandingTier>,
    /// Stamp cards in hand.
    pub cards: Vec<CardInHand>,
    /// Free rewards in hand.
    pub vouchers: Vec<VoucherInHand>,
}

/// What a member has of one kind of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The points' id in the program file.
    pub points: String,
    /// Decimals: 100 points with 2 decimals are 10,000 here.
    pub decimals: u8,
    /// What may be spent; below zero while more is owed than there is.
    pub available: i64,
    /// Not free yet.
    pub pending: i64,
    /// Set aside for redemptions that are not committed yet.
    pub held: i64,
    /// Owed.
    pub debt: i64,
    /// What lapses next, lot by lot, soonest first.
    pub expiries: Vec<UpcomingExpiry>,
}

/// Points that lapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpcomingExpiry {
    /// When.
    pub at: Timestamp,
    /// How many.
    pub amount: i64,
    /// From when on they may be spent; nothing if already.
    pub available_at: Option<Timestamp>,
}

/// A member's tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingTier {
    /// Its id in the program file.
    pub tier: String,
    /// Since when; nothing for the lowest, in which everybody starts.
    pub since: Option<Timestamp>,
    /// Until when it is kept for certain.
    pub until: Option<Timestamp>,
    /// The next tier, if there is one.
    pub next: Option<String>,
    /// The way to it, threshold by threshold.
    pub progress: Vec<Progress>,
    /// How many of them are needed.
    pub need: usize,
}

/// The way to a threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// `spend`, `orders`, `visits`, or the id of points that are earned.
    pub metric: String,
    /// So much is there (minor units, points, orders, visits).
    pub counted: i64,
    /// So much is needed.
    pub needed: i64,
}

/// A stamp card in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardInHand {
    /// Its id in the program file.
    pub card: String,
    /// Stamps on it.
    pub stamps: i64,
    /// Stamps that fill it.
    pub full: i64,
    /// When it is void.
    pub expires_at: Option<Timestamp>,
}

/// A free reward in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherInHand {
    /// The reward's id in the program file.
    pub reward: String,
    /// When it was given.
    pub issued_at: Timestamp,
    /// When it is void.
    pub expires_at: Option<Timestamp>,
}

impl App {
    /// What a member has at `as_of` (now, if nothing): as if everything due by then had been
    /// done. A past date is answered from what had been recorded by then.
    pub fn balances(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        as_of: Option<Timestamp>,
    ) -> Result<Balances, Error> {
        let now = self.now();
        let core = self.core();
        let (member, wallet, versions) = core.pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let wallet = match as_of.filter(|at| *at < now) {
                Some(at) => store.wallet_at(tenant, member.wallet, at)?,
                None => {
                    let row = store.wallet(tenant, member.id)?;
                    row.map(|row| row.state).unwrap_or_default()
                }
            };
            let versions = core.versions.latest(tenant, store)?;
            Ok((member.id, wallet, versions))
        })?;
        let as_of = as_of.unwrap_or(now);
        let (_, program) = versions.at(as_of)?;
        let wallet = versions.caught_up(member, wallet, as_of)?;
        let balance = |points: &Points| balance(points, wallet.book(points.name), as_of);
        Ok(Balances {
            member,
            as_of,
            points: program.points.iter().map(balance).collect(),
            tier: tier(program, &wallet, as_of),
            cards: cards(program, &wallet),
            vouchers: vouchers(program, &wallet),
            program: Arc::clone(program),
        })
    }
}

fn balance(points: &Points, book: Option<&Book>, at: Timestamp) -> Balance {
    let none = Book::new(points.name);
    let book = book.unwrap_or(&none);
    let lapses = |lot: &&Lot| lot.dates.expires_at < Timestamp::LAST;
    let expiries = book.lots.iter().filter(lapses).map(|lot| UpcomingExpiry {
        at: lot.dates.expires_at,
        amount: lot.points,
        available_at: (lot.dates.available_at > at).then_some(lot.dates.available_at),
    });
    Balance {
        points: points.id.clone(),
        decimals: points.decimals,
        available: book.available(at),
        pending: book.pending(at),
        held: book.held,
        debt: book.debt,
        expiries: expiries.collect(),
    }
}

fn tier(program: &Program, wallet: &Wallet, at: Timestamp) -> Option<StandingTier> {
    let place = program.tier_at(wallet.tier.name);
    let current = program.tiers.get(place)?;
    let next = program.tiers.iter().skip(place + 1).find(|it| !it.closed);
    let reach = next.and_then(|next| next.reach.as_ref());
    let progress = |reach: &Reach| {
        let figures = reach.figures(&program.zone, wallet, at);
        let progress = |(threshold, counted): (&Threshold, i64)| Progress {
            metric: metric(program, threshold.metric),
            counted,
            needed: threshold.at_least,
        };
        reach.thresholds.iter().zip(figures).map(progress).collect()
    };
    Some(StandingTier {
        tier: current.id.clone(),
        since: wallet.tier.name.map(|_| wallet.tier.since),
        until: wallet.tier.until,
        next: next.map(|next| next.id.clone()),
        progress: reach.map_or_else(Vec::new, progress),
        need: reach.map_or(0, |reach| reach.need),
    })
}

fn metric(program: &Program, metric: Metric) -> String {
    match metric {
        Metric::Spend => "spend".into(),
        Metric::Orders => "orders".into(),
        Metric::Visits => "visits".into(),
        Metric::Earned(points) | Metric::Balance(points) => {
            words::id_of(program, points).to_owned()
        }
    }
}

fn cards(program: &Program, wallet: &Wallet) -> Vec<CardInHand> {
    let shown = |held: &Card| {
        let rule = program.cards.iter().find(|rule| rule.name == held.card)?;
        Some(CardInHand {
            card: rule.id.clone(),
            stamps: held.stamps,
            full: rule.full,
            expires_at: (held.expires_at < Timestamp::LAST).then_some(held.expires_at),
        })
    };
    wallet.cards.iter().filter_map(shown).collect()
}

fn vouchers(program: &Program, wallet: &Wallet) -> Vec<VoucherInHand> {
    let shown = |held: &Voucher| VoucherInHand {
        reward: words::id_of(program, held.reward).to_owned(),
        issued_at: held.issued_at,
        expires_at: (held.expires_at < Timestamp::LAST).then_some(held.expires_at),
    };
    wallet.vouchers.iter().map(shown).collect()
}
