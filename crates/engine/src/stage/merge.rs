//! Two members turn out to be one person.
//!
//! *Cy signed up with two e-mail addresses. Everything in the second wallet, points with their
//! dates, progress, stamps, vouchers, debts and the paid plan, goes over into the first, through an account in
//! between, so that the books foot at every moment.*

use crate::draft::Draft;
use crate::event::{Event, Kind, MergeIn, MergeOut};
use crate::follow::tell;
use crate::outcome::{Change, Note, Refusal};
use crate::stage::card::{self, Occasion};
use crate::stage::{games, membership, money, perk, referral, staff, tier, unmerge, yearly};
use crate::state::{Card, DatedStamps, Engagement, Merged, Paid, RedemptionStage};
use regulars_base::Timestamp;
use regulars_ledger::{Account, Dates, Posting};

/// Everything leaves this wallet.
pub(crate) fn merge_out(
    draft: &mut Draft<'_>,
    event: &Event,
    merge: &MergeOut,
) -> Result<(), Refusal> {
    if merge.into == merge.from {
        return Err(Refusal::SameMember);
    }
    let held = |stage: RedemptionStage| matches!(stage, RedemptionStage::Held(_));
    if draft
        .state
        .wallet
        .redemptions
        .iter()
        .any(|redemption| held(redemption.stage))
    {
        return Err(Refusal::OpenRedemptions);
    }
    if perk::any_open(&draft.state.wallet) {
        return Err(Refusal::OpenRedemptions);
    }
    if draft.state.wallet.group().is_some() {
        return Err(Refusal::IsAGroup);
    }
    if draft.state.wallet.member_of().is_some() {
        return Err(Refusal::InGroupAlready);
    }
    if membership::has_money_open(&draft.state.wallet) {
        return Err(Refusal::PaymentOpen);
    }
    referral::part(draft, event, merge);
    staff::part(draft, event, merge);
    money::part(draft, event, merge.into);
    let wallet = &draft.state.wallet;
    let mut luggage = MergeIn {
        from: merge.from,
        enrolled_at: wallet.enrolled_at,
        lots: Vec::new(),
        debts: Vec::new(),
        progress: wallet.progress.clone(),
        cards: wallet.cards.clone(),
        dated: wallet.dated.clone(),
        stamp_times: wallet.stamp_times.clone(),
        card_gifts: wallet.card_gifts.clone(),
        vouchers: wallet.vouchers.clone(),
        paying: membership::luggage(wallet),
        tier: wallet.own_tier(),
        standing: wallet.standing().clone(),
        engagement: wallet.engagement.clone(),
        orders: wallet.orders,
        coupon_uses: wallet.coupon_uses.clone(),
        codes: wallet.codes.clone(),
        games: games::luggage(draft),
    };
    for book in &wallet.books {
        let paid = |lot: &regulars_ledger::Lot| Paid {
            points: book.points,
            dates: lot.dates,
            amount: lot.points,
        };
        luggage.lots.extend(book.lots.iter().map(paid));
        if book.debt > 0 {
            luggage.debts.push((book.points, book.debt));
        }
    }
    pack(draft, &luggage);
    let kind = Kind::MergeIn(Box::new(luggage));
    tell(draft, event, "into", merge.into, kind);
    perk::leave(draft, event, merge.into);
    Ok(())
}

/// Takes out of the wallet what is in the luggage.
fn pack(draft: &mut Draft<'_>, luggage: &MergeIn) {
    let now = draft.now;
    for lot in &luggage.lots {
        move_points(draft, *lot, Account::Wallet, Account::Transit, now);
        draft.note(Note::MergedOut {
            points: lot.points,
            amount: lot.amount,
        });
    }
    for (points, amount) in &luggage.debts {
        let owed = Paid {
            points: *points,
            dates: Dates::OPEN,
            amount: *amount,
        };
        move_points(draft, owed, Account::Transit, Account::Debt, now);
    }
    for progress in &luggage.progress {
        let (metric, day, by) = (progress.metric, progress.day, -progress.amount);
        draft.take(Change::Progressed { metric, day, by });
    }
    for card in &luggage.cards {
        draft.take(Change::CardEnded { card: card.card });
    }
    for dated in &luggage.dated {
        draft.take(Change::StampsDated(DatedStamps {
            stamps: -dated.stamps,
            given_in: -dated.given_in,
            ..*dated
        }));
    }
    for gift in &luggage.card_gifts {
        draft.take(Change::CardGiftGone(Box::new(*gift)));
    }
    for voucher in &luggage.vouchers {
        draft.take(Change::VoucherGone(*voucher));
    }
    if luggage.paying.is_some() {
        membership::leave(draft);
    }
    tier::move_out(draft, luggage);
    if let Some(engaged) = &luggage.engagement {
        for waits in &engaged.submissions {
            let id = waits.id.clone();
            draft.take(Change::SubmissionGone { id });
        }
        if engaged.birthday.is_some() {
            draft.take(Change::BirthdaySet(None));
        }
    }
    for used in &luggage.coupon_uses {
        draft.take(Change::CouponUseGone(Box::new(used.clone())));
    }
    for code in &luggage.codes {
        draft.take(Change::CodeReleased(code.clone()));
    }
    if let Some(games) = &luggage.games {
        games::pack(draft, games);
    }
}

/// What the other wallet had comes in.
pub(crate) fn merge_in(draft: &mut Draft<'_>, event: &Event, luggage: &MergeIn) {
    let earlier = match (draft.state.wallet.enrolled_at, luggage.enrolled_at) {
        (None, Some(theirs)) => Some(theirs),
        (Some(ours), Some(theirs)) if theirs < ours => Some(theirs),
        _ => None,
    };
    if let Some(at) = earlier {
        draft.take(Change::Enrolled(at));
    }
    let now = draft.now;
    for (points, amount) in &luggage.debts {
        let owed = Paid {
            points: *points,
            dates: Dates::OPEN,
            amount: *amount,
        };
        move_points(draft, owed, Account::Debt, Account::Transit, now);
    }
    for lot in &luggage.lots {
        draft.issue(lot.points, Account::Transit, lot.amount, lot.dates, now);
        draft.note(Note::MergedIn {
            points: lot.points,
            amount: lot.amount,
        });
    }
    for progress in &luggage.progress {
        let (metric, day, by) = (progress.metric, progress.day, progress.amount);
        draft.take(Change::Progressed { metric, day, by });
    }
    for voucher in &luggage.vouchers {
        draft.take(Change::VoucherIssued(*voucher));
    }
    if let Some(paying) = &luggage.paying {
        membership::join_in(draft, &paying.standing);
    }
    if luggage.orders > 0 {
        draft.take(Change::OrdersJoined(luggage.orders));
    }
    for used in &luggage.coupon_uses {
        draft.take(Change::CouponUsed(Box::new(used.clone())));
    }
    for code in &luggage.codes {
        draft.take(Change::CodeAssigned(code.clone()));
    }
    draft.take(Change::WasActive(event.occurred_at));
    take_cards(draft, event, luggage);
    tier::move_in(draft, luggage);
    if let Some(engaged) = &luggage.engagement {
        take_engagement(draft, engaged);
    }
    if let Some(games) = &luggage.games {
        games::come_in(draft, games, event.occurred_at);
    }
    referral::forget_origin(draft, luggage.from);
    let at = draft.now;
    unmerge::remember(
        draft,
        Merged {
            member: luggage.from,
            at,
            lots: luggage.lots.clone(),
            progress: luggage.progress.clone(),
            vouchers: luggage.vouchers.clone(),
            gifted: luggage.standing.gifted.clone(),
            orders: luggage.orders,
        },
    );
}

/// What either did once was done; what waits goes on waiting; of two birthdays and of two answers
/// to one question those of the member who stays count.
fn take_engagement(draft: &mut Draft<'_>, theirs: &Engagement) {
    let ours = draft.state.wallet.engagement.clone().unwrap_or_default();
    for done in theirs.done.iter().filter(|done| !ours.done.contains(done)) {
        draft.take(Change::Done(*done));
    }
    for field in &theirs.profile {
        if !ours.profile.contains(field) {
            draft.take(Change::ProfileFilled(*field));
        }
    }
    for waits in &theirs.submissions {
        if !ours.submissions.iter().any(|own| own.id == waits.id) {
            draft.take(Change::Submitted(Box::new(waits.clone())));
        }
    }
    for consent in &theirs.consents {
        if !ours
            .consents
            .iter()
            .any(|own| own.purpose == consent.purpose)
        {
            draft.take(Change::Consented(Box::new(consent.clone())));
        }
    }
    if let Some(birthday) = theirs.birthday {
        yearly::merge(draft, birthday);
    }
}

/// Stamps add up, and keep the dates that they have; what they fill is given in. What either card
/// gave at its milestones was given: the one that is left gives it no second time.
fn take_cards(draft: &mut Draft<'_>, event: &Event, luggage: &MergeIn) {
    for card in &luggage.cards {
        let own = |held: &&Card| held.card == card.card;
        let before = draft.state.wallet.cards.iter().find(own);
        let reached = before.map_or(0, |held| held.reached);
        let (by, at, expires_at) = (card.stamps, card.first_at, card.expires_at);
        draft.take(Change::Stamped {
            card: card.card,
            by,
            at,
            expires_at,
        });
        if card.reached > reached {
            let (card, reached) = (card.card, card.reached);
            draft.take(Change::MilestonesReached { card, reached });
        }
    }
    for dated in &luggage.dated {
        draft.take(Change::StampsDated(*dated));
    }
    for stamped in &luggage.stamp_times {
        draft.take(Change::StampTimed(*stamped));
    }
    for gift in &luggage.card_gifts {
        draft.take(Change::CardGave(Box::new(*gift)));
    }
    // The other wallet may have been looked at earlier than this one.
    let now = draft.now;
    card::lapse(draft, now);
    let (day, _) = draft.local(event.occurred_at);
    let when = Occasion {
        at: event.occurred_at,
        progress_day: draft.program.progress_day(&day),
    };
    for card in &luggage.cards {
        card::join(draft, card.card, when);
    }
}

/// Moves points of one lot from one account to another.
pub(crate) fn move_points(
    draft: &mut Draft<'_>,
    what: Paid,
    from: Account,
    to: Account,
    at: Timestamp,
) {
    let Paid {
        points,
        dates,
        amount,
    } = what;
    draft.take(Change::Posted(Posting {
        points,
        from,
        to,
        amount,
        dates,
        effective_at: at,
    }));
}
