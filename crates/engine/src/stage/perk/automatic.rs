//! Rewards that are redeemed by themselves.
//!
//! *With 500 beans Ana has a voucher for 5 EUR, without asking: the moment the beans are free, in the
//! purchase that brings them or when their waiting time is over. She may switch that off, and then
//! saves up. If she returns what brought her the beans, the voucher goes back first, as long as she
//! has not used it.*

use super::{change, credit, note, vouchers_to_take};
use crate::draft::Draft;
use crate::event::{Event, Kind, RewardRequest};
use crate::outcome::{Change, PerkNote};
use crate::program::{Program, Reward, RewardKind};
use crate::stage::{gives, redeem, tier};
use crate::state::{MadeVoucher, Paid, PerkChange, Redemption, Voucher, Wallet};
use regulars_base::{EventKey, Text, Timestamp};
use regulars_ledger::AlreadySpent;

/// The member wants this, or does not.
pub(super) fn want(draft: &mut Draft<'_>, wanted: bool) {
    if draft.state.wallet.perks().by_hand_only == wanted {
        change(draft, PerkChange::ByHandOnly(!wanted));
    }
    note(draft, PerkNote::Wanted(wanted));
}

/// Redeems all that can be redeemed by itself now.
pub(crate) fn run(draft: &mut Draft<'_>) {
    if !concerns(draft.program, &draft.state.wallet) {
        return;
    }
    // It happens at no till, whoever's event it comes with.
    let till = draft.partner.take();
    let program = draft.program;
    let before = draft.out.changes.len();
    for place in &program.automatic.rewards {
        let reward = &program.rewards[usize::from(*place)];
        let most = reward.automatic.map_or(0, |own| own.most);
        for _ in 0..most {
            if !once(draft, reward) {
                break;
            }
        }
    }
    if draft.out.changes.len() > before {
        tier::review(draft);
    }
    draft.partner = till;
}

/// As [`run`], for what fell due at a moment that is over.
pub(crate) fn run_at(draft: &mut Draft<'_>, at: Timestamp) {
    if !concerns(draft.program, &draft.state.wallet) {
        return;
    }
    if draft.state.wallet.clock < at {
        draft.take(Change::ClockMoved(at));
    }
    draft.as_of(at, run);
}

/// When the next points are free that such a reward takes.
pub(crate) fn next_release(program: &Program, wallet: &Wallet) -> Option<Timestamp> {
    if !concerns(program, wallet) {
        return None;
    }
    let books = wallet.books.iter();
    let books = books.filter(|book| program.automatic.points.contains(&book.points));
    let dates = books.flat_map(|book| book.lots.iter().map(|lot| lot.dates.available_at));
    dates.filter(|at| *at > wallet.clock).min()
}

fn concerns(program: &Program, wallet: &Wallet) -> bool {
    !program.automatic.rewards.is_empty()
        && wallet.enrolled_at.is_some()
        && !wallet.perks().by_hand_only
        && wallet.on_hold.is_none()
}

/// Redeems one of a reward; `false` if that cannot be.
fn once(draft: &mut Draft<'_>, reward: &Reward) -> bool {
    // As a rule: after most events a member is still saving up.
    if redeem::is_too_dear(draft, reward) {
        return false;
    }
    let at = draft.now;
    let mut event = Event {
        key: EventKey {
            source: Text::default(),
            external_id: Text::default(),
        },
        occurred_at: at,
        recorded_at: at,
        entropy: draft.entropy,
        kind: Kind::Tick,
    };
    let mut request = RewardRequest {
        redemption: Text::default(),
        reward: Text::default(),
        quantity: 1,
        order: None,
        commit: true,
    };
    let Ok(pays) = redeem::check_paid(draft, &event, &request, reward) else {
        return false;
    };
    // Named only now, when there is something to redeem.
    let Some(redemption) = free_id(&draft.state.wallet, &reward.id, at) else {
        return false;
    };
    event.key.external_id = redemption.clone();
    request.redemption = redemption.clone();
    note(
        draft,
        PerkNote::ByItself {
            reward: reward.name,
        },
    );
    let made = redeem::take(draft, &event, &request, reward, pays);
    if !is_for_a_till(&reward.kind) {
        super::use_it(draft, &made);
        return true;
    }
    let valid = reward.automatic.and_then(|own| own.valid);
    let voucher = Voucher {
        reward: reward.name,
        origin: reward.name,
        issued_at: at,
        expires_at: gives::end(draft, valid, at),
    };
    draft.take(Change::VoucherIssued(voucher));
    let made = MadeVoucher {
        redemption,
        voucher,
    };
    change(draft, PerkChange::Made(made));
    true
}

/// Whether it is used at a till or handed over, so that it becomes a voucher; the others do what they
/// do at once.
const fn is_for_a_till(kind: &RewardKind) -> bool {
    match kind {
        RewardKind::MoneyOff(_)
        | RewardKind::PercentOff(..)
        | RewardKind::Product(_)
        | RewardKind::FreeDelivery
        | RewardKind::Payment(_)
        | RewardKind::OfPartner
        | RewardKind::Other => true,
        RewardKind::GiftCard(_)
        | RewardKind::Cashback(_)
        | RewardKind::Access(_)
        | RewardKind::Donation(..)
        | RewardKind::Tickets(..)
        | RewardKind::Menu(_) => false,
    }
}

/// What the next redemption of a reward at a moment is called: alike on every road to it.
fn free_id(wallet: &Wallet, reward: &str, at: Timestamp) -> Option<Text> {
    let named = |number: usize| Text::new(format!("auto-{reward}-{}-{number}", at.micros())).ok();
    let mut numbers = (1..=wallet.redemptions.len() + 1).map_while(named);
    numbers.find(|id| wallet.redemption(id).is_none())
}

/// Points are to be taken back: where too few are left, rewards that were redeemed by themselves
/// come back first, the newest before the others, as long as their vouchers are unused and their money
/// is there.
pub(crate) fn free_for(draft: &mut Draft<'_>, wanted: Paid) {
    let policy = draft.program.refund.already_spent;
    if draft.program.automatic.rewards.is_empty() || policy == AlreadySpent::PendingOnly {
        return;
    }
    let now = draft.now;
    loop {
        let book = draft.state.wallet.book(wanted.points);
        let lots = book.map_or(&[][..], |book| &book.lots).iter();
        let live = lots.filter(|lot| lot.dates.expires_at > now);
        if live.map(|lot| lot.points).sum::<i64>() >= wanted.amount {
            return;
        }
        let unused = |held: &&Redemption| {
            let reward = draft.program.reward_named(held.reward);
            reward.is_some_and(|reward| reward.automatic.is_some())
                && held
                    .spent
                    .iter()
                    .any(|own| own.paid.points == wanted.points)
                && !redeem::is_over(draft, held)
                && (credit::is_there(draft, held)
                    || vouchers_to_take(draft, held, held.quantity)
                        .is_ok_and(|made| !made.is_empty()))
        };
        let newest = draft.state.wallet.redemptions.iter().rev();
        let Some(held) = newest.into_iter().find(unused).cloned() else {
            return;
        };
        let day = draft.today;
        redeem::give_back(draft, held, day, false);
    }
}
