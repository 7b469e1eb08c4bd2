//! What follows from a reward that is used, by its kind; and from one that is given back.
//!
//! *Twenty days in the lounge, three tickets of the summer draw, 5 EUR for the animal shelter: what a
//! reward does is done when it is used, and undone when it comes back, as far as it can be.*

use super::{change, credit, fulfil, menu, note, supplier};
use crate::draft::Draft;
use crate::outcome::{PerkNote, Refusal};
use crate::program::{Opens, Program, Reward, RewardKind};
use crate::stage::{games, gives};
use crate::state::{Access, PerkChange, Redemption, RedemptionStage, Wallet};
use regulars_base::Timestamp;

/// A redemption is used.
pub(crate) fn use_it(draft: &mut Draft<'_>, used: &Redemption) {
    let Some(reward) = draft.program.reward_named(used.reward) else {
        return;
    };
    if reward.sent {
        fulfil::order(draft, used);
    }
    if reward.codes {
        supplier::draw(draft, used, reward);
    }
    match &reward.kind {
        RewardKind::Access(opens) => open(draft, used, opens),
        RewardKind::Tickets(draw, each) => {
            let by = each.saturating_mul(used.quantity);
            games::give_tickets(draft, *draw, by);
        }
        RewardKind::Donation(cause, minor) => {
            let minor = minor.saturating_mul(used.quantity);
            let matched = games::give_to_cause(draft, *cause, minor);
            note(
                draft,
                PerkNote::ToCause {
                    reward: used.reward,
                    minor,
                    matched,
                },
            );
        }
        RewardKind::Menu(own) => menu::offer(draft, used, own),
        RewardKind::GiftCard(_) | RewardKind::Cashback(_) => credit::give(draft, used, reward),
        _ => {}
    }
}

/// Whether what a used redemption did can be undone.
pub(super) fn check_back(draft: &Draft<'_>, used: &Redemption, units: i64) -> Result<(), Refusal> {
    let wallet = &draft.state.wallet;
    fulfil::check_back(wallet, used)?;
    if matches!(used.stage, RedemptionStage::Held(_)) {
        return Ok(());
    }
    let mut numbers = wallet.perks().numbers.iter();
    if numbers.any(|own| own.redemption == used.id) {
        return Err(Refusal::CodeHandedOut);
    }
    credit::check_back(draft, used, units)?;
    match draft.program.reward_named(used.reward).map(|own| &own.kind) {
        Some(RewardKind::Donation(..)) => Err(Refusal::GivenAway),
        Some(RewardKind::Tickets(draw, _)) if !games::takes_tickets(draft, *draw) => {
            Err(Refusal::NotOpen)
        }
        _ => Ok(()),
    }
}

/// So many of a used redemption are given back: what they did is undone.
pub(crate) fn undo(draft: &mut Draft<'_>, used: &Redemption, units: i64) {
    fulfil::take_off(draft, used, units);
    if matches!(used.stage, RedemptionStage::Held(_)) {
        return;
    }
    credit::take_back(draft, used, units);
    let kind = draft.program.reward_named(used.reward).map(|own| &own.kind);
    if let Some(RewardKind::Tickets(draw, each)) = kind {
        games::give_tickets(draft, *draw, -each.saturating_mul(units));
    }
    if units >= used.quantity {
        let open = draft.state.wallet.perks().access.iter();
        let own: Vec<Access> = open
            .filter(|own| own.redemption == used.id)
            .cloned()
            .collect();
        for access in own {
            close(draft, access);
        }
    }
}

/// Something is open to the member: of several at once each adds its time, where it has one.
fn open(draft: &mut Draft<'_>, used: &Redemption, opens: &Opens) {
    let from = draft.now;
    let mut until = from;
    for _ in 0..used.quantity {
        until = gives::end(draft, opens.length, until);
        if until == Timestamp::LAST {
            break;
        }
    }
    let until = opens.until.map_or(until, |last| until.min(last));
    let access = Access {
        redemption: used.id.clone(),
        reward: used.reward,
        to: opens.to.clone(),
        from,
        until,
    };
    let reward = used.reward;
    change(draft, PerkChange::Opened(access));
    note(draft, PerkNote::Opened { reward, until });
}

/// What is over is closed.
pub(crate) fn end_access(draft: &mut Draft<'_>, at: Timestamp) {
    let open = draft.state.wallet.perks().access.iter();
    let over: Vec<Access> = open.filter(|own| own.until <= at).cloned().collect();
    for access in over {
        close(draft, access);
    }
}

fn close(draft: &mut Draft<'_>, access: Access) {
    let reward = access.reward;
    change(draft, PerkChange::Closed(access));
    note(draft, PerkNote::Closed { reward });
}

/// When the next of what is open ends.
pub(crate) fn next_end(wallet: &Wallet) -> Option<Timestamp> {
    let open = wallet.perks().access.iter().map(|own| own.until);
    open.min()
}

/// The shared figure that a donation as a reward may draw on.
pub(crate) fn match_key(program: &Program, reward: &Reward) -> Option<crate::state::SharedKey> {
    let RewardKind::Donation(cause, _) = reward.kind else {
        return None;
    };
    let cause = &program.games.causes[usize::from(cause)];
    cause.matched.is_some().then(|| games::match_key(cause))
}
