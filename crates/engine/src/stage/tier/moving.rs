//! The tiers of two members who turn out to be one person.
//!
//! *Cy was "regular" with one address and nothing with the other: she is "regular". What either was
//! given by hand or for ever holds on until its end; a gift that either has had is not given again.*

use super::{own_place, show, undo};
use crate::draft::Draft;
use crate::event::MergeIn;
use crate::outcome::Change;
use crate::state::{Tier, TierHeld, TierStanding};

/// Takes out of the wallet what is in the luggage.
pub(crate) fn move_out(draft: &mut Draft<'_>, luggage: &MergeIn) {
    let TierStanding {
        own,
        floors,
        rises,
        held,
        gifted,
        matched,
    } = &luggage.standing;
    if own.is_some() {
        draft.take(Change::OwnTierSet(None));
    }
    if draft.state.wallet.tier != Tier::default() {
        draft.take(Change::TierSet(Tier::default()));
    }
    for floor in floors {
        draft.take(Change::FloorGone(*floor));
    }
    for rise in rises {
        draft.take(Change::RiseGone(Box::new(*rise)));
    }
    for held in held {
        draft.take(Change::HeldNoMore(*held));
    }
    for name in gifted {
        draft.take(Change::TierGiftOpen(*name));
    }
    if matched.is_some() {
        draft.take(Change::MatchSet(None));
    }
}

/// The better of the two tiers is the one that is kept, with its own time.
pub(crate) fn move_in(draft: &mut Draft<'_>, luggage: &MergeIn) {
    let (program, theirs) = (draft.program, &luggage.standing);
    let higher = program.tier_at(luggage.tier.name) > own_place(draft);
    let own = if higher {
        undo::settle(draft, 0);
        for rise in &theirs.rises {
            draft.take(Change::Rose(Box::new(*rise)));
        }
        luggage.tier
    } else {
        draft.state.wallet.own_tier()
    };
    for floor in &theirs.floors {
        draft.take(Change::FloorLaid(*floor));
    }
    for name in &theirs.gifted {
        if !draft.state.wallet.standing().gifted.contains(name) {
            draft.take(Change::TierGifted(*name));
        }
    }
    for held in &theirs.held {
        hold(draft, *held);
    }
    let ours = draft.state.wallet.standing().matched;
    if let Some(matched) = theirs.matched
        && ours.is_none_or(|own| matched.on_trial && !own.on_trial)
    {
        draft.take(Change::MatchSet(Some(matched)));
    }
    show(draft, own, draft.now);
    // The other wallet may have been looked at earlier than this one.
    super::floor::end(draft, draft.now);
    undo::catch_up(draft);
}

/// What both held counts from the earlier of the two days.
fn hold(draft: &mut Draft<'_>, theirs: TierHeld) {
    let mut all = draft.state.wallet.standing().held.iter();
    let ours = all.find(|held| held.tier == theirs.tier).copied();
    if let Some(ours) = ours {
        if ours.since <= theirs.since {
            return;
        }
        draft.take(Change::HeldNoMore(ours));
    }
    draft.take(Change::HeldSince(theirs));
}
