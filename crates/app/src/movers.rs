//! Who moves when a program file takes over: members' tiers, the dates of their points, their cards
//! and vouchers; and what becomes of what the points are worth.
//!
//! Each wallet is looked at once and let go, so a million of them take no more memory than one.

use crate::plan::Candidate;
use crate::statement::worth;
use crate::takeovers::aged;
use crate::{App, Error, Page, PageAsk};
use regulars_base::{MemberId, Name, Span, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::changeover::{self, Side, Takeover};
use regulars_engine::program::words;
use regulars_engine::state::Wallet;
use std::collections::BTreeMap;

/// What becomes of members at the moment when a file takes over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembersPlan {
    /// When it takes over.
    pub at: Timestamp,
    /// How many members there are.
    pub members: u64,
    /// Of how many something changes at that moment.
    pub moved: u64,
    /// Who goes from which tier to which; ids in the two files.
    pub tiers: Vec<TierMoves>,
    /// How many stay in their tier, with another end of it.
    pub tier_ends: u64,
    /// How many hold a stamp card that the file does not have, or that takes another number of
    /// stamps there.
    pub cards: u64,
    /// How many hold a voucher for a reward that the file does not have.
    pub vouchers: u64,
    /// What becomes of points, kind by kind.
    pub points: Vec<PointsPlan>,
    /// The program's currency, of what points are worth.
    pub currency: String,
}

/// So many members go from one tier to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierMoves {
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// How many.
    pub members: u64,
}

/// What becomes of one kind of points. Amounts are in their smallest unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointsPlan {
    /// Their id.
    pub points: String,
    /// Decimals of the amounts.
    pub decimals: u8,
    /// How many would lapse sooner than they do today.
    pub sooner: i64,
    /// How many would lapse later.
    pub later: i64,
    /// How many would lapse at that very moment.
    pub at_once: i64,
    /// What wallets hold, by today's version and by the file.
    pub held: Both,
    /// What they would hold a year later, if nobody bought anything.
    pub held_in_a_year: Both,
    /// What the former is worth, in minor units, where the version says what a point is worth.
    pub liability: (Option<i64>, Option<i64>),
    /// What the latter is worth.
    pub liability_in_a_year: (Option<i64>, Option<i64>),
}

/// A figure by today's version and by the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// By the version that is in force without the file.
    pub before: i64,
    /// By the file.
    pub after: i64,
}

/// A member of whom something changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// Who.
    pub member: MemberId,
    /// Their standing by today's version.
    pub before: MoverStanding,
    /// Their standing by the file.
    pub after: MoverStanding,
    /// Whether a stamp card of theirs changes.
    pub cards: bool,
    /// Whether a voucher of theirs is void.
    pub vouchers: bool,
}

/// What a member has at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoverStanding {
    /// Their tier; nothing if there are none.
    pub tier: Option<String>,
    /// When it is looked at again.
    pub tier_until: Option<Timestamp>,
    /// When points of theirs lapse next.
    pub next_expiry: Option<Timestamp>,
    /// What lapses then, in the smallest unit, over all kinds.
    pub next_expiring: i64,
    /// What they hold: the points' id, their decimals, how many in the smallest unit.
    pub held: Vec<(String, u8, i64)>,
}

/// A wallet before and after.
struct Pair {
    before: Wallet,
    after: Wallet,
}

impl App {
    /// What becomes of all members if `text` takes over at `from` (now, if nothing).
    pub fn plan_members(
        &self,
        tenant: TenantId,
        text: &str,
        from: Option<Timestamp>,
    ) -> Result<MembersPlan, Error> {
        let candidate = self.candidate(tenant, text, from)?;
        let mut sums = Sums::new(&candidate);
        self.core().pool.with(|store| {
            store.each_wallet(tenant, &mut |row| {
                if row.merged_into.is_none() && row.state.enrolled_at.is_some() {
                    sums.add(&candidate, row.member, row.state);
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(sums.finish(&candidate))
    }

    /// A page of those of whom something changes, by their ids.
    pub fn movers(
        &self,
        tenant: TenantId,
        text: &str,
        from: Option<Timestamp>,
        page: &PageAsk,
    ) -> Result<Page<Mover>, Error> {
        let candidate = self.candidate(tenant, text, from)?;
        let mut after = page.cursor()?;
        let limit = page.limit();
        self.core().pool.with(|store| {
            let mut items = Vec::new();
            loop {
                let members = store.members(tenant, after, 1000)?;
                if members.is_empty() {
                    return Ok(Page { items, next: None });
                }
                for member in members {
                    after = Some(member.id);
                    let row = store.wallet(tenant, member.id)?;
                    let state = row.map(|row| row.state).unwrap_or_default();
                    items.extend(candidate.mover(member.id, state));
                    if items.len() == limit {
                        let next = Some(member.id.to_string());
                        return Ok(Page { items, next });
                    }
                }
            }
        })
    }

    /// Tells `each` of all of whom something changes, one after the other.
    pub fn each_mover(
        &self,
        tenant: TenantId,
        text: &str,
        from: Option<Timestamp>,
        each: &mut dyn FnMut(&Mover),
    ) -> Result<(), Error> {
        let candidate = self.candidate(tenant, text, from)?;
        self.core().pool.with(|store| {
            store.each_wallet(tenant, &mut |row| {
                if row.merged_into.is_none()
                    && let Some(mover) = candidate.mover(row.member, row.state)
                {
                    each(&mover);
                }
                Ok(())
            })?;
            Ok(())
        })
    }
}

impl Candidate {
    /// The wallet at the moment of the takeover, without it and with it.
    fn pair(&self, member: MemberId, wallet: Wallet) -> Pair {
        // A sender whose clock is ahead must not hide what happens.
        let at = self.at.max(wallet.clock.plus_micros(1));
        let (wallet, _) = self.versions.brought_over(member, wallet, at);
        let old = self.old();
        let takeover = Takeover {
            at,
            old,
            new: &self.program,
            changeover: &self.changeover,
        };
        let mut after = wallet.clone();
        for (side, event) in changeover::events(&takeover, member, &after) {
            let program = if side == Side::Old {
                old
            } else {
                &self.program
            };
            after = crate::takeovers::after(program, after, &event);
        }
        Pair {
            before: aged(old, wallet, at),
            after: aged(&self.program, after, at),
        }
    }

    /// The member, if something changes.
    fn mover(&self, member: MemberId, wallet: Wallet) -> Option<Mover> {
        wallet.enrolled_at?;
        let Pair { before, after } = self.pair(member, wallet);
        let mover = Mover {
            member,
            before: standing(self.old(), &before),
            after: standing(&self.program, &after),
            cards: cards_change(self.old(), &self.program, &before),
            vouchers: vouchers_change(&self.program, &before),
        };
        let same = mover.before == mover.after && before.books == after.books;
        (!same || mover.cards || mover.vouchers).then_some(mover)
    }
}

fn standing(program: &Program, wallet: &Wallet) -> MoverStanding {
    let lots = wallet.books.iter().flat_map(|book| &book.lots);
    let next = lots
        .clone()
        .map(|lot| lot.dates.expires_at)
        .filter(|at| *at < Timestamp::LAST)
        .min();
    let expiring = lots.filter(|lot| Some(lot.dates.expires_at) == next);
    let has_tiers = !program.tiers.is_empty();
    let held = wallet.books.iter();
    MoverStanding {
        tier: has_tiers.then(|| tier_of(program, wallet)),
        tier_until: wallet.tier.until,
        next_expiry: next,
        next_expiring: expiring.map(|lot| lot.points).sum(),
        held: held
            .map(|book| {
                let points = program.terms_named(book.points);
                let id = words::id_of(program, book.points).to_owned();
                (id, points.map_or(0, |it| it.decimals), book.total())
            })
            .collect(),
    }
}

fn tier_of(program: &Program, wallet: &Wallet) -> String {
    let place = program.tier_at(wallet.tier.name);
    let tier = program.tiers.get(place);
    tier.map_or_else(String::new, |tier| tier.id.clone())
}

fn cards_change(old: &Program, new: &Program, wallet: &Wallet) -> bool {
    let full = |program: &Program, card: Name| {
        let rule = program.cards.iter().find(|rule| rule.name == card);
        rule.map(|rule| rule.full)
    };
    let held = wallet.cards.iter().filter(|held| held.stamps > 0);
    held.clone()
        .any(|held| full(old, held.card) != full(new, held.card))
}

fn vouchers_change(new: &Program, wallet: &Wallet) -> bool {
    let gone = |reward: Name| new.reward_named(reward).is_none();
    wallet.vouchers.iter().any(|held| gone(held.reward))
}

/// Sums over all members.
struct Sums {
    plan: MembersPlan,
    tiers: BTreeMap<(String, String), u64>,
    /// By the points' place in the older version, then those that only the file has.
    kinds: Vec<Name>,
    in_a_year: Timestamp,
}

impl Sums {
    fn new(candidate: &Candidate) -> Self {
        let zone = &candidate.program.zone;
        let day = Span::Months(12).after(zone.day(candidate.at));
        let mut kinds: Vec<Name> = candidate.program.points.iter().map(|it| it.name).collect();
        for points in &candidate.old().points {
            if !kinds.contains(&points.name) {
                kinds.push(points.name);
            }
        }
        let points = kinds.iter().map(|name| {
            let new = candidate.program.points_named(*name);
            let points = new.or_else(|| candidate.old().points_named(*name));
            PointsPlan {
                points: points.map_or_else(String::new, |it| it.id.clone()),
                decimals: points.map_or(0, |it| it.decimals),
                ..PointsPlan::default()
            }
        });
        Self {
            plan: MembersPlan {
                at: candidate.at,
                points: points.collect(),
                currency: candidate.program.currency.to_string(),
                ..MembersPlan::default()
            },
            tiers: BTreeMap::new(),
            kinds,
            in_a_year: zone.same_time_on(day, candidate.at),
        }
    }

    fn add(&mut self, candidate: &Candidate, member: MemberId, wallet: Wallet) {
        let (old, new) = (candidate.old(), &*candidate.program);
        let Pair { before, after } = candidate.pair(member, wallet);
        let (from, to) = (tier_of(old, &before), tier_of(new, &after));
        let (cards, vouchers) = (
            cards_change(old, new, &before),
            vouchers_change(new, &before),
        );
        let ends = from == to && before.tier.until != after.tier.until;
        let dates = before.books != after.books;
        self.plan.members += 1;
        self.plan.moved += u64::from(from != to || ends || dates || cards || vouchers);
        self.plan.tier_ends += u64::from(ends);
        self.plan.cards += u64::from(cards);
        self.plan.vouchers += u64::from(vouchers);
        if from != to {
            *self.tiers.entry((from, to)).or_default() += 1;
        }
        let held = |wallet: &Wallet, points| wallet.book(points).map_or(0, |book| book.total());
        let until = self.in_a_year.max(after.clock);
        for (points, sums) in self.kinds.iter().zip(&mut self.plan.points) {
            let (was, is) = (held(&before, *points), held(&after, *points));
            sums.held.before += was;
            sums.held.after += is;
            sums.at_once += (was - is).max(0);
            dated(sums, *points, &before, &after);
        }
        let (before, after) = (aged(old, before, until), aged(new, after, until));
        for (points, sums) in self.kinds.iter().zip(&mut self.plan.points) {
            sums.held_in_a_year.before += held(&before, *points);
            sums.held_in_a_year.after += held(&after, *points);
        }
    }

    fn finish(mut self, candidate: &Candidate) -> MembersPlan {
        let moves = self.tiers.into_iter();
        self.plan.tiers = moves
            .map(|((from, to), members)| TierMoves { from, to, members })
            .collect();
        for (name, sums) in self.kinds.iter().zip(&mut self.plan.points) {
            let worth_of = |program: &Program, amount: i64| {
                let points = program.points_named(*name)?;
                worth(points, amount)
            };
            let both = |figure: Both| {
                (
                    worth_of(candidate.old(), figure.before),
                    worth_of(&candidate.program, figure.after),
                )
            };
            sums.liability = both(sums.held);
            sums.liability_in_a_year = both(sums.held_in_a_year);
        }
        self.plan
    }
}

/// How many points lapse sooner and how many later: lots are compared in the order in which they
/// lapse.
fn dated(sums: &mut PointsPlan, points: Name, before: &Wallet, after: &Wallet) {
    let (Some(old), Some(new)) = (before.book(points), after.book(points)) else {
        return;
    };
    // What lapses at once is the oldest: the last lots are those that are left.
    let lots = |book: &regulars_ledger::Book| -> Vec<(Timestamp, i64)> {
        let lots = book.lots.iter().rev();
        lots.map(|lot| (lot.dates.expires_at, lot.points)).collect()
    };
    let (mut old, mut new) = (lots(old), lots(new));
    old.reverse();
    new.reverse();
    let (mut was, mut is) = (old.pop(), new.pop());
    while let (Some((old_at, old_left)), Some((new_at, new_left))) = (was, is) {
        let part = old_left.min(new_left);
        sums.sooner += if new_at < old_at { part } else { 0 };
        sums.later += if new_at > old_at { part } else { 0 };
        was = match old_left - part {
            0 => old.pop(),
            left => Some((old_at, left)),
        };
        is = match new_left - part {
            0 => new.pop(),
            left => Some((new_at, left)),
        };
    }
}
