//! What a referral gives, to either side, and how it is taken back.
//!
//! *Two weeks after Bo's purchase Ana is given her 100 beans. They lapse like beans that she earned
//! on that day. Bo returns the shoes a month later: the beans are taken back from the lot that they
//! made, and what she has spent of them she owes, if the program says so.*

use super::{own, take};
use crate::draft::Draft;
use crate::event::Event;
use crate::outcome::{Change, Note};
use crate::program::{Gives, Lapsed, Metric, TakeBack};
use crate::stage::{self, grant, perk, reverse};
use crate::state::{Paid, ReferralChange, ReferralGift, Voucher, Wallet};
use regulars_base::{MemberId, Name, Span, Timestamp};
use regulars_ledger::Account;

/// What vouchers of referrals name as their origin.
fn name() -> Name {
    Name::of("referral")
}

/// The end of the last day of `span` after `at`; never, if there is none.
pub(super) fn end(draft: &Draft<'_>, span: Option<Span>, at: Timestamp) -> Timestamp {
    let zone = &draft.program.zone;
    let day_after = |span: Span| span.after(zone.day(at)).plus_days(1);
    span.map_or(Timestamp::LAST, |span| zone.start_of(day_after(span)))
}

/// The friend is given something for joining (0), or for the so manieth purchase.
pub(super) fn give_friend(draft: &mut Draft<'_>, event: &Event, step: i64, gives: &Gives) {
    if own(draft).is_some_and(|own| own.gift(None, step).is_some()) {
        return;
    }
    let (day, _) = draft.local(event.occurred_at);
    let gift = ReferralGift {
        friend: None,
        step,
        held_until: None,
        at: event.occurred_at,
        day: draft.program.progress_day(&day),
        counted: false,
        paid: Vec::new(),
        voucher: None,
    };
    give(draft, gift, gives, event.occurred_at);
}

/// Gives at `at`, and remembers it.
pub(super) fn give(draft: &mut Draft<'_>, mut gift: ReferralGift, gives: &Gives, at: Timestamp) {
    let program = draft.program;
    let (friend, step) = (gift.friend, gift.step);
    let waited = gift.held_until.is_some();
    gift.held_until = None;
    match gives {
        Gives::Reward(place) => {
            let reward = program.rewards[usize::from(*place)].name;
            let span = program
                .referral
                .as_ref()
                .and_then(|rule| rule.voucher_expires);
            let voucher = Voucher {
                reward,
                origin: name(),
                issued_at: at,
                expires_at: end(draft, span, at),
            };
            draft.take(Change::VoucherIssued(voucher));
            draft.note(Note::ReferralGaveReward {
                friend,
                step,
                reward,
            });
            gift.voucher = Some(voucher);
        }
        Gives::Points(amounts) => {
            for (place, amount) in amounts {
                let terms = &program.points[usize::from(*place)];
                // What has waited already need not wait for the points' own time as well; nor must
                // what is given for joining, which nobody can bring back.
                let dates = draft.dates(terms, at, !waited && step > 0);
                let points = terms.name;
                draft.note(Note::ReferralGave {
                    friend,
                    step,
                    points,
                    amount: *amount,
                });
                draft.issue(points, Account::Issued, *amount, dates, at);
                stage::tier::progress(draft, Metric::Earned(points), gift.day, *amount);
                gift.paid.push(Paid {
                    points,
                    dates,
                    amount: *amount,
                });
            }
        }
    }
    take(draft, ReferralChange::Gave(gift));
}

/// When something that is held back is given next.
pub(crate) fn due(wallet: &Wallet) -> Option<Timestamp> {
    let gifts = &wallet.referral.as_ref()?.gifts;
    gifts.iter().filter_map(|gift| gift.held_until).min()
}

/// The place of the member's tier.
pub(super) fn tier(draft: &Draft<'_>) -> usize {
    draft.program.tier_at(draft.state.wallet.tier.name)
}

/// What was held back until `at` is given, by the tier that the member has then. A program that gives it
/// no more, or not at this tier, gives nothing.
pub(crate) fn give_held(draft: &mut Draft<'_>, at: Timestamp) {
    let is_due = |gift: &&ReferralGift| gift.held_until.is_some_and(|until| until <= at);
    let mut gave = false;
    while let Some(gift) = own(draft)
        .and_then(|own| own.gifts.iter().find(is_due))
        .cloned()
    {
        let program = draft.program;
        let step = program
            .referral
            .as_ref()
            .and_then(|rule| rule.step(gift.step));
        match step.and_then(|step| step.for_referrer(tier(draft))) {
            Some(gives) => {
                let (day, _) = draft.local(at);
                let day = program.progress_day(&day);
                give(draft, ReferralGift { day, ..gift }, gives, at);
                gave = true;
            }
            None => take_back(draft, gift.friend, gift.step),
        }
    }
    if gave {
        draft.as_of(at, stage::tier::review);
    }
}

/// What was given for a friend's step is taken back, or is not given at all, if it was still held
/// back. The limits that it counted against are free again.
pub(super) fn take_back(draft: &mut Draft<'_>, friend: Option<MemberId>, step: i64) {
    let Some(gift) = own(draft).and_then(|own| own.gift(friend, step)).cloned() else {
        return;
    };
    take(draft, ReferralChange::GiftGone { friend, step });
    let program = draft.program;
    if gift.counted
        && let Some(rule) = program.referral.as_deref()
    {
        let (day, _) = draft.local(gift.at);
        for limit in &rule.limits {
            grant::use_up(draft, &day, limit, -1);
        }
    }
    if gift.held_until.is_some() {
        draft.note(Note::ReferralHoldEnded);
        return;
    }
    if let Some(voucher) = gift.voucher
        && let Some(held) = perk::in_hand(&draft.state.wallet, &voucher)
    {
        perk::take(draft, held);
        draft.note(Note::ReferralTookReward {
            reward: voucher.reward,
        });
    }
    if program.refund.take_back == TakeBack::Nothing {
        return;
    }
    for paid in gift.paid {
        let Paid { points, amount, .. } = paid;
        stage::tier::earned_back(draft, &paid, gift.day);
        draft.note(Note::ReferralTookBack { points, amount });
        if program.refund.lapsed == Lapsed::Forgive && paid.dates.expires_at <= draft.now {
            continue;
        }
        reverse::take_from_lot(draft, paid);
    }
}

/// Drops what no refund can ask for any more.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let Some(known) = own(draft) else { return };
    let (zone, window) = (&draft.program.zone, draft.program.return_window);
    let over = |gift: &&ReferralGift| {
        gift.held_until.is_none() && window.after(zone.day(gift.at)) < draft.today.day
    };
    let over: Vec<_> = known
        .gifts
        .iter()
        .filter(over)
        .map(|gift| (gift.friend, gift.step))
        .collect();
    for (friend, step) in over {
        take(draft, ReferralChange::GiftGone { friend, step });
    }
}
