//! Menus: the member picks one of several rewards.
//!
//! *Gold comes with a gift of the member's own choice: a mug, a bag of beans, or a free delivery, within
//! 30 days. Eve picks the beans. Had she not, the menu says what she gets, or that the right lapses. If
//! a refund takes her tier back, it takes what she picked as well, as long as it is unused.*

use super::{change, note};
use crate::draft::Draft;
use crate::event::Pick;
use crate::outcome::{Change, PerkNote, Refusal};
use crate::program::{Menu, Reward};
use crate::stage::gives;
use crate::state::{MadeVoucher, PerkChange, Picked, Redemption, Voucher, Wallet};
use regulars_base::{Name, Timestamp};

/// The member picks.
pub(super) fn pick(draft: &mut Draft<'_>, asked: &Pick) -> Result<(), Refusal> {
    let rewards = &draft.program.rewards;
    let named = |id: &str| rewards.iter().position(|own| own.id == id);
    let menu = named(asked.menu.as_str()).map(|at| &rewards[at]);
    let (menu, own) = menu
        .and_then(|menu| Some((menu, menu.menu()?)))
        .ok_or(Refusal::NotOnTheMenu)?;
    let pick = named(asked.pick.as_str()).and_then(|at| u16::try_from(at).ok());
    let pick = pick
        .filter(|pick| own.picks.contains(pick))
        .ok_or(Refusal::NotOnTheMenu)?;
    let hand = draft.state.wallet.vouchers.iter();
    let hand = hand.filter(|held| held.reward == menu.name);
    let from = hand.min_by_key(|held| held.expires_at).copied();
    let from = from.ok_or(Refusal::NothingToPick)?;
    let at = draft.now;
    swap(draft, (from, own), pick, at, false);
    Ok(())
}

/// Nobody picked in time: the menu gives what it says.
pub(crate) fn lapse(draft: &mut Draft<'_>, from: Voucher, at: Timestamp) -> bool {
    let reward = draft.program.reward_named(from.reward);
    let Some(menu) = reward.and_then(Reward::menu) else {
        return false;
    };
    let Some(pick) = menu.unpicked else {
        return false;
    };
    swap(draft, (from, menu), pick, at, true);
    true
}

/// The voucher for the menu becomes one for what was picked.
fn swap(
    draft: &mut Draft<'_>,
    (from, menu): (Voucher, &Menu),
    pick: u16,
    at: Timestamp,
    by_itself: bool,
) {
    let reward = draft.program.rewards[usize::from(pick)].name;
    let to = Voucher {
        reward,
        origin: from.origin,
        issued_at: at,
        expires_at: gives::end(draft, menu.valid, at),
    };
    draft.take(Change::VoucherGone(from));
    draft.take(Change::VoucherIssued(to));
    change(draft, PerkChange::Picked(Picked { from, to }));
    note(
        draft,
        PerkNote::Picked {
            menu: from.reward,
            pick: reward,
            by_itself,
        },
    );
}

/// A menu was redeemed: the member may pick, once for each.
pub(super) fn offer(draft: &mut Draft<'_>, used: &Redemption, menu: &Menu) {
    let at = draft.now;
    let expires_at = gives::end(draft, menu.within, at);
    for _ in 0..used.quantity {
        let voucher = Voucher {
            reward: used.reward,
            origin: used.reward,
            issued_at: at,
            expires_at,
        };
        draft.take(Change::VoucherIssued(voucher));
        let redemption = used.id.clone();
        let made = MadeVoucher {
            redemption,
            voucher,
        };
        change(draft, PerkChange::Made(made));
    }
    note(draft, PerkNote::MayPick { menu: used.reward });
}

/// The voucher that stands for `voucher`, if it is in hand: itself, or what was picked with it.
pub(crate) fn in_hand(wallet: &Wallet, voucher: &Voucher) -> Option<Voucher> {
    let held = |own: &Voucher| wallet.vouchers.contains(own);
    if held(voucher) {
        return Some(*voucher);
    }
    let picked = wallet.perks().picked.iter();
    let mut picked = picked.filter(|own| own.from == *voucher && held(&own.to));
    picked.next().map(|own| own.to)
}

/// What was picked last with a voucher for this menu of this origin, if it is in hand.
pub(crate) fn newest_pick(wallet: &Wallet, origin: Name, menu: Name) -> Option<Voucher> {
    let own = |picked: &&Picked| {
        (picked.from.origin, picked.from.reward) == (origin, menu)
            && wallet.vouchers.contains(&picked.to)
    };
    let picked = wallet.perks().picked.iter().rev();
    picked.into_iter().find(own).map(|picked| picked.to)
}

/// Takes a voucher out of the hand, and forgets that it was picked.
pub(crate) fn take(draft: &mut Draft<'_>, voucher: Voucher) {
    draft.take(Change::VoucherGone(voucher));
    forget_pick(draft, voucher);
}

/// A voucher left the hand: that it was picked matters no more.
fn forget_pick(draft: &mut Draft<'_>, voucher: Voucher) {
    let picked = draft.state.wallet.perks().picked.iter().rev();
    if let Some(own) = picked.into_iter().find(|own| own.to == voucher).copied() {
        change(draft, PerkChange::Unpicked(own));
    }
}

/// Forgets what was picked and is not in the hand any more.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let wallet = &draft.state.wallet;
    let gone = |own: &&Picked| !wallet.vouchers.contains(&own.to);
    let gone: Vec<Picked> = wallet.perks().picked.iter().filter(gone).copied().collect();
    for picked in gone {
        change(draft, PerkChange::Unpicked(picked));
    }
}
