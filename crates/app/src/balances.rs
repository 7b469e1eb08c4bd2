//! What a member has: now, or as of a date.

use crate::engagement::{self, Engaged};
use crate::membership::{self, StandingPlan};
use crate::{App, Error, MemberRef, ReferralStanding, members, referrals};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::outlook::{CardOutlook, TierOutlook};
use regulars_engine::program::{Points, words};
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
    /// The tier, what keeps it and the way to the next, by the tiers' places in the program; nothing if
    /// the program has no tiers.
    pub tier: Option<TierOutlook>,
    /// Stamp cards in hand.
    pub cards: Vec<CardInHand>,
    /// Free rewards in hand.
    pub vouchers: Vec<VoucherInHand>,
    /// The plan that they pay for.
    pub plan: Option<StandingPlan>,
    /// What they told of themselves, and did without buying.
    pub engaged: Engaged,
    /// Where the member stands with referrals; nothing if the program has none.
    pub referral: Option<ReferralStanding>,
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
    /// What it gives next, and when its oldest stamps lapse.
    pub outlook: CardOutlook,
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

impl Balances {
    /// The id of the tier; nothing if the program has none.
    pub fn tier_id(&self) -> Option<&str> {
        let tier = self.program.tiers.get(self.tier.as_ref()?.tier)?;
        Some(&tier.id)
    }
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
        let (member, identities, wallet, versions) = core.pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let wallet = match as_of.filter(|at| *at < now) {
                Some(at) => store.wallet_at(tenant, member.wallet, at)?,
                None => {
                    let row = store.wallet(tenant, member.id)?;
                    row.map(|row| row.state).unwrap_or_default()
                }
            };
            let versions = core.versions.latest(tenant, store)?;
            Ok((member.id, member.identities, wallet, versions))
        })?;
        let as_of = as_of.unwrap_or(now);
        let (_, program) = versions.at(as_of)?;
        let wallet = versions.caught_up(member, wallet, as_of)?;
        let balance = |points: &Points| balance(points, wallet.book(points.name), as_of);
        Ok(Balances {
            member,
            as_of,
            points: program.points.iter().map(balance).collect(),
            tier: TierOutlook::of(program, &wallet, as_of),
            cards: cards(program, &wallet),
            vouchers: vouchers(program, &wallet),
            plan: membership::standing(program, &wallet, as_of),
            engaged: engagement::engaged(program, member, &wallet),
            referral: referrals::standing(program, &wallet, &identities),
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

fn cards(program: &Program, wallet: &Wallet) -> Vec<CardInHand> {
    let shown = |held: &Card| {
        let rule = program.cards.iter().find(|rule| rule.name == held.card)?;
        Some(CardInHand {
            card: rule.id.clone(),
            stamps: held.stamps,
            full: rule.full,
            expires_at: (held.expires_at < Timestamp::LAST).then_some(held.expires_at),
            outlook: CardOutlook::of(rule, held, wallet),
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
