//! What a member has: now, or as of a date.

use crate::engagement::{self, Engaged};
use crate::membership::{self, StandingPlan};
use crate::{App, Error, MemberRef, ReferralStanding, members, messages, referrals};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::Run;
use regulars_engine::outlook::{CardOutlook, TierOutlook};
use regulars_engine::program::{ChallengeRule, LevelRule, MoneyAccount, Points, TeamRule, words};
use regulars_engine::state::{self, Belongs, Card, Games, OnHold, Reissued, Voucher, Wallet};
use regulars_ledger::{Book, Lot};
use regulars_store::{self as stored, Store};
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
    /// Store credit, and what is on a gift card: as points, in minor units.
    pub money: Vec<(MoneyAccount, Balance)>,
    /// The tier, what keeps it and the way to the next, by the tiers' places in the program; nothing if
    /// the program has no tiers.
    pub tier: Option<TierOutlook>,
    /// Stamp cards in hand.
    pub cards: Vec<CardInHand>,
    /// Free rewards in hand.
    pub vouchers: Vec<VoucherInHand>,
    /// Free rewards that lapsed within a year, and can be given again.
    pub lapsed: Vec<VoucherInHand>,
    /// Free rewards that were given again within a year: the event, the reward, when, whether it is in hand.
    pub reissued: Vec<(String, String, Timestamp, bool)>,
    /// Since when and why they are on hold, if they are.
    pub on_hold: Option<(Timestamp, String)>,
    /// The plan that they pay for.
    pub plan: Option<StandingPlan>,
    /// What they told of themselves, and did without buying.
    pub engaged: Engaged,
    /// Where the member stands with referrals; nothing if the program has none.
    pub referral: Option<ReferralStanding>,
    /// Challenges, badges, levels and plays.
    pub games: GamesInHand,
    /// The group that they belong to, and what it has.
    pub group: Option<Shared>,
}

/// What somebody shares with the group that they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Which.
    pub group: MemberId,
    /// What people call it.
    pub title: String,
    /// Their role in it.
    pub role: String,
    /// Since when they belong to it.
    pub since: Timestamp,
    /// What the group has, as [`Balances::points`].
    pub points: Vec<Balance>,
    /// Its store credit, as [`Balances::money`].
    pub money: Vec<(MoneyAccount, Balance)>,
    /// Its free rewards in hand.
    pub vouchers: Vec<VoucherInHand>,
}

/// What a member has of games.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GamesInHand {
    /// Challenges that count now, and what is missing.
    pub challenges: Vec<ChallengeInHand>,
    /// Badges: id, title, and when each was given.
    pub badges: Vec<(String, String, Timestamp)>,
    /// The highest level of each ladder: id, title, when it was reached, and at how many points the
    /// next one is.
    pub levels: Vec<(String, String, Timestamp, Option<i64>)>,
    /// Plays in hand, by game.
    pub plays: Vec<(String, i64)>,
    /// Tickets, by draw that is open.
    pub tickets: Vec<(String, i64)>,
}

/// A challenge that counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeInHand {
    /// Its id in the program file.
    pub challenge: String,
    /// What people call it.
    pub title: String,
    /// Whether the member takes part: of those that ask to be joined.
    pub joined: bool,
    /// How often it was met (in this period).
    pub met: i64,
    /// Its steps: what each is called, how much is counted, how much is needed. A streak is one
    /// step: periods in a row.
    pub steps: Vec<(String, i64, i64)>,
    /// Missed periods that a streak may still have.
    pub freezes: Option<i64>,
    /// Until when it counts, or the streak must go on.
    pub until: Option<Timestamp>,
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
        let (member, identities, wallet, shared, versions) = core.pool.with(|store| {
            let wallet = |member: &stored::Member, store: &mut dyn Store| {
                Ok::<_, Error>(match as_of.filter(|at| *at < now) {
                    Some(at) => store.wallet_at(tenant, member.wallet, at)?,
                    None => {
                        let row = store.wallet(tenant, member.id)?;
                        row.map(|row| row.state).unwrap_or_default()
                    }
                })
            };
            let member = members::find(store, tenant, who)?;
            let own = wallet(&member, store)?;
            let shared = match own.member_of() {
                Some(belongs) => {
                    let group = members::find(store, tenant, &MemberRef::Id(belongs.group))?;
                    Some((belongs, wallet(&group, store)?))
                }
                None => None,
            };
            let versions = core.versions.latest(tenant, store)?;
            Ok((member.id, member.identities, own, shared, versions))
        })?;
        let as_of = as_of.unwrap_or(now);
        let (_, program) = versions.at(as_of)?;
        let wallet = versions.caught_up(member, wallet, as_of)?;
        let mut engaged = engagement::engaged(program, member, &wallet);
        if engaged.consents.iter().any(|own| own.given) {
            core.pool.with(|store| {
                messages::mark_unconfirmed(store, (tenant, member), &mut engaged.consents)
            })?;
        }
        let balance = |points: &Points| balance(points, wallet.book(points.name), as_of);
        let mut team = None;
        let group = match shared {
            Some((belongs, shared)) => {
                let shared = versions.caught_up(belongs.group, shared, as_of)?;
                let mut group = shown(program, member, &belongs, &shared, as_of);
                if wallet.in_team().is_some() {
                    // With a team nothing is shared but its challenges.
                    group.points.clear();
                    team = Some(shared);
                }
                Some(group)
            }
            None => None,
        };
        Ok(Balances {
            member,
            as_of,
            points: program.points.iter().map(balance).collect(),
            money: money(program, &wallet, as_of),
            tier: TierOutlook::of(program, &wallet, as_of),
            cards: cards(program, &wallet),
            vouchers: vouchers(program, &wallet.vouchers),
            lapsed: vouchers(program, &wallet.perks().lapsed),
            reissued: reissued(program, &wallet),
            on_hold: wallet.on_hold.as_deref().map(held),
            plan: membership::standing(program, &wallet, as_of),
            engaged,
            referral: referrals::standing(program, &wallet, &identities),
            games: games(program, &wallet, team.as_ref(), as_of),
            group,
            program: Arc::clone(program),
        })
    }
}

/// A member's store credit, and what is on a gift card.
fn money(program: &Program, wallet: &Wallet, at: Timestamp) -> Vec<(MoneyAccount, Balance)> {
    let has = |account: MoneyAccount| match account {
        MoneyAccount::Credit => wallet.gift_card().is_none(),
        MoneyAccount::GiftCard => wallet.gift_card().is_some(),
    };
    let accounts = program
        .money
        .accounts()
        .filter(|(account, _)| has(*account));
    accounts
        .map(|(account, terms)| (account, balance(terms, wallet.book(terms.name), at)))
        .collect()
}

/// What somebody shares with their group.
fn shown(
    program: &Program,
    person: MemberId,
    belongs: &Belongs,
    group: &Wallet,
    at: Timestamp,
) -> Shared {
    let known = group.group();
    let role = known.and_then(|own| own.person(person)).map(|own| own.role);
    Shared {
        group: belongs.group,
        title: known.map_or_else(String::new, |own| own.title.to_string()),
        role: role.map_or_else(String::new, |role| words::id_of(program, role).to_owned()),
        since: belongs.since,
        points: all_points(program, group, at),
        money: money(program, group, at),
        vouchers: vouchers(program, &group.vouchers),
    }
}

/// What a wallet has of each kind of points.
pub(crate) fn all_points(program: &Program, wallet: &Wallet, at: Timestamp) -> Vec<Balance> {
    let points = program.points.iter();
    let one = |points: &Points| balance(points, wallet.book(points.name), at);
    points.map(one).collect()
}

pub(crate) fn balance(points: &Points, book: Option<&Book>, at: Timestamp) -> Balance {
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
        let rule = program.cards.iter().find(|rule| rule.name == held.card);
        // A card that has no stamp yet may have money towards one.
        let begun = || {
            let mut rules = program.cards.iter();
            let rule = rules.find(|rule| rule.rest == held.card)?;
            let stamped = wallet.cards.iter().any(|own| own.card == rule.name);
            (!stamped).then_some(rule)
        };
        let stamps = if rule.is_some() { held.stamps } else { 0 };
        let rule = rule.or_else(begun)?;
        let held = Card { stamps, ..*held };
        Some(CardInHand {
            card: rule.id.clone(),
            stamps,
            full: rule.full,
            expires_at: (held.expires_at < Timestamp::LAST).then_some(held.expires_at),
            outlook: CardOutlook::of(rule, &held, wallet),
        })
    };
    wallet.cards.iter().filter_map(shown).collect()
}

fn held(on_hold: &OnHold) -> (Timestamp, String) {
    (on_hold.since, on_hold.reason.to_string())
}

fn reissued(program: &Program, wallet: &Wallet) -> Vec<(String, String, Timestamp, bool)> {
    let shown = |own: &Reissued| {
        let reward = words::id_of(program, own.voucher.reward).to_owned();
        let in_hand = wallet.holds(&own.voucher);
        (own.id.to_string(), reward, own.at, in_hand)
    };
    wallet.perks().reissued.iter().map(shown).collect()
}

fn vouchers(program: &Program, held: &[Voucher]) -> Vec<VoucherInHand> {
    let shown = |held: &Voucher| VoucherInHand {
        reward: words::id_of(program, held.reward).to_owned(),
        issued_at: held.issued_at,
        expires_at: (held.expires_at < Timestamp::LAST).then_some(held.expires_at),
    };
    held.iter().map(shown).collect()
}

/// Of challenges that teams do, how far the team of the wallet's owner has come, and what they have of it.
fn games(program: &Program, wallet: &Wallet, team: Option<&Wallet>, at: Timestamp) -> GamesInHand {
    let rules = &program.games;
    let none = Games::default();
    let held = wallet.games.as_deref().unwrap_or(&none);
    let tier = program.tier_at(wallet.tier.name);
    let counts = |rule: &&ChallengeRule| {
        rule.from.is_none_or(|from| from <= at)
            && rule.until.is_none_or(|until| at < until)
            && rule.tier.is_none_or(|lowest| tier >= usize::from(lowest))
    };
    let challenges = rules.challenges.iter().filter(counts);
    let of_team = |rule: &&ChallengeRule| {
        let sort = team.or(Some(wallet)).and_then(Wallet::group);
        let own = |team: &TeamRule| sort.is_some_and(|own| own.rule == team.group);
        rule.team.as_ref().is_none_or(own)
    };
    let shown = |rule: &ChallengeRule| {
        let own = challenge(program, held, rule, at);
        let theirs = team.filter(|_| rule.team.is_some());
        match theirs.and_then(|team| team.games.as_deref()) {
            Some(theirs) => ChallengeInHand {
                met: own.met,
                ..challenge(program, theirs, rule, at)
            },
            None if rule.team.is_some() && team.is_some() => challenge(program, &none, rule, at),
            None => own,
        }
    };
    let badge = |own: &state::Badge| {
        let rule = rules.badges.iter().find(|rule| rule.name == own.badge)?;
        Some((rule.id.clone(), rule.title.clone(), own.at))
    };
    let level = |own: &state::Level| {
        let same = |rule: &&LevelRule| program.points[usize::from(rule.points)].name == own.points;
        let ladder = || rules.levels.iter().filter(same);
        let rule = ladder().rfind(|rule| rule.at <= own.at_least)?;
        let next = ladder().find(|rule| rule.at > own.at_least);
        let next = next.map(|next| next.at);
        Some((rule.id.clone(), rule.title.clone(), own.at, next))
    };
    let open = rules.draws.iter().filter(|draw| at < draw.closes);
    GamesInHand {
        challenges: challenges.filter(of_team).map(shown).collect(),
        badges: held.badges.iter().filter_map(badge).collect(),
        levels: held.levels.iter().filter_map(level).collect(),
        plays: rules
            .games
            .iter()
            .map(|rule| (rule.id.clone(), held.plays(rule.name)))
            .collect(),
        tickets: open
            .map(|rule| (rule.id.clone(), held.score(rule.name, 0)))
            .collect(),
    }
}

pub(crate) fn challenge(
    program: &Program,
    held: &Games,
    rule: &ChallengeRule,
    at: Timestamp,
) -> ChallengeInHand {
    let zone = &program.zone;
    let day = zone.day(at);
    let period = rule.every.map_or(0, |every| every.number(day));
    let own = held.challenge(rule.name, period);
    let met = own.map_or(0, |own| own.done);
    let rounds = if rule.repeat { met } else { 0 };
    let counted = |place: usize| {
        let counted = own.and_then(|own| own.counts.get(place)).copied();
        counted.unwrap_or(0) - rounds * rule.steps[place].need
    };
    let steps = rule.steps.iter().enumerate();
    let steps = steps.map(|(place, step)| (step.title.clone(), counted(place), step.need));
    let mut shown = ChallengeInHand {
        challenge: rule.id.clone(),
        title: rule.title.clone(),
        joined: !rule.opt_in
            || held
                .challenge(rule.name, 0)
                .is_some_and(|own| own.joined_at.is_some()),
        met,
        steps: steps.collect(),
        freezes: None,
        until: rule
            .every
            .map(|every| zone.start_of(every.end_after(day)))
            .into_iter()
            .chain(rule.until)
            .min(),
    };
    if let Some(streak) = &rule.streak {
        let today = streak.every.number(day);
        let run = own.map_or_else(Run::default, |own| Run::of(streak, rule.steps[0].need, own));
        let alive = run.is_alive(today);
        let length = if alive { run.length } else { 0 };
        shown.steps = vec![(rule.steps[0].title.clone(), length, streak.times)];
        shown.freezes = Some(run.freezes);
        // The run ends with the last period that may be missed, unless the one after it is done.
        if let Some(last) = run.last.filter(|_| alive) {
            let more = i32::try_from(run.freezes).unwrap_or(0).saturating_add(2);
            let ends = zone.start_of(streak.every.first_day(last.saturating_add(more)));
            shown.until = Some(shown.until.map_or(ends, |until| until.min(ends)));
        }
    }
    shown
}
