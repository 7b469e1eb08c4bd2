//! `decide` and `step`: the order of the stages, and all control flow.
//!
//! First whatever was due before the event is done (lapsed points, ended holds, tiers, cards), in
//! the order of time. Then the event itself, by its kind. Then tiers are looked at. A late tick
//! and many early ones therefore end alike, and an event that overtakes its tick is still right.

use crate::draft::Draft;
use crate::event::{Event, Kind, PerkEvent};
use crate::outcome::{Change, Note, Outcome, Refusal, Verdict};
use crate::program::{Program, UnknownCustomer};
use crate::stage::coupon::Presented;
use crate::stage::redeem::Used;
use crate::stage::{
    activity, adjust, catch_up, changeover, coupon, earn, enrol, games, group, hold, membership,
    merge, moderate, money, partner, partner_award, perk, profile, redeem, referral, reverse,
    sell_through, staff, take_over, tier, transfer, unmerge, yearly,
};
use crate::state::State;

/// Decides an event and moves the state: the hot path. `out` is cleared first and keeps its
/// memory. Total: what the event may not do is a refusal in `out`.
pub fn step(program: &Program, state: &mut State, event: &Event, out: &mut Outcome) {
    out.clear();
    let mut draft = Draft::new(program, state, event, out);
    if matches!(event.kind, Kind::Changeover(_)) {
        // What was due before was done by the version before. What only this one asks for happens
        // now, and not at a moment at which it did not decide yet.
        catch_up::arrive(&mut draft);
    }
    catch_up::catch_up(&mut draft);
    act(&mut draft, event, true);
}

/// As [`step`], for an event that was told so late that another version is in force by now than the
/// one that decides it: what happens by itself is not this version's any more. The one that is in
/// force has done it before, if [`before_late`](crate::changeover::before_late) asked for that.
pub fn step_late(program: &Program, state: &mut State, event: &Event, out: &mut Outcome) {
    out.clear();
    let mut draft = Draft::new(program, state, event, out);
    catch_up::arrive(&mut draft);
    act(&mut draft, event, false);
}

/// `in_force` says whether what happens by itself is for this version to do.
fn act(draft: &mut Draft<'_>, event: &Event, in_force: bool) {
    group::say_who(draft);
    match dispatch(draft, event) {
        Ok(()) => {
            games::finish(draft, event);
            // What a tick brings was brought when it fell due.
            if in_force && !matches!(event.kind, Kind::Tick) {
                perk::run(draft);
            }
        }
        Err(refusal) => draft.out.verdict = Verdict::Refused(refusal),
    }
    enrol::say_again(draft);
    moderate::say_again(draft);
}

/// Decides an event on a copy of the state: for previews.
pub fn decide(program: &Program, state: &State, event: &Event) -> Outcome {
    let mut out = Outcome::default();
    step(program, &mut state.clone(), event, &mut out);
    out
}

/// The event itself. Whatever may be refused is refused before anything changes.
fn dispatch(draft: &mut Draft<'_>, event: &Event) -> Result<(), Refusal> {
    money::check_card(draft, event)?;
    hold::check(draft, event)?;
    match &event.kind {
        Kind::Tick => return Ok(()),
        Kind::Enrolment => return enrol::enrol(draft, event),
        Kind::Refund(refund) => return reverse::refund(draft, event, refund),
        Kind::MergeOut(merge) => return merge::merge_out(draft, event, merge),
        Kind::Approved(approved) => {
            moderate::approved(draft, event, approved);
            return Ok(());
        }
        Kind::Fingerprints(marks) => return referral::fingerprints(draft, marks),
        Kind::SignUp(sign_up) => return referral::sign_up(draft, event, sign_up),
        kind if event.follows_from_another() => {
            follow(draft, event, kind);
            return Ok(());
        }
        Kind::Changeover(over) => {
            changeover::changeover(draft, over);
            return Ok(());
        }
        Kind::PartnerPost(post) => return partner::post(draft, event, post),
        Kind::Perk(perk) if let PerkEvent::Restock(asked) = &**perk => {
            return perk::restock(draft, asked);
        }
        Kind::Perk(perk) if let PerkEvent::CodesAdded(asked) = &**perk => {
            return perk::add(draft, asked);
        }
        Kind::GiftCard(what) => return money::card_move(draft, event, what),
        Kind::StoreCredit(credit) => return money::credit(draft, event, credit),
        Kind::MemberHold(asked) => return hold::happen(draft, asked),
        Kind::Unmerge(asked) => return unmerge::part(draft, event, asked),
        // It is told to others, and decides nothing.
        Kind::MemberChanged(_) => return Ok(()),
        kind if group::is_about(kind) => return group::happen(draft, event, kind),
        Kind::PeriodClosed(_) | Kind::BooksClosed(_) => {
            draft.note(Note::PeriodClosed);
            return Ok(());
        }
        _ => {}
    }
    let (codes, rewards) = match early(draft, event) {
        Ok(brought) => brought,
        Err(refusal) => {
            // What was kept until the enrolment is dealt with, if only by a refusal.
            enrol::take_kept(draft, event);
            return Err(refusal);
        }
    };
    if draft.state.wallet.enrolled_at.is_none() {
        match draft.program.unknown {
            UnknownCustomer::Enrol => enrol::welcome(draft, event),
            UnknownCustomer::Refuse => {}
            UnknownCustomer::Hold if event.is_of_code() => {}
            UnknownCustomer::Hold => {
                coupon::use_without_points(draft, event, &codes);
                if let Kind::Purchase(bought) = &event.kind {
                    money::pay(draft, event, bought);
                }
                draft.take(Change::Kept(Box::new(event.clone())));
                draft.note(Note::Kept);
                return Ok(());
            }
        }
    }
    enrol::take_kept(draft, event);
    match &event.kind {
        Kind::Purchase(purchase) => {
            redeem::use_for_order(draft, event, rewards);
            money::pay(draft, event, purchase);
            earn::purchase(draft, event, purchase, &codes);
        }
        Kind::Activity(activity) => activity::activity(draft, event, activity),
        Kind::Profile(fields) => profile::fill(draft, event, fields),
        Kind::Birthday(birthday) => yearly::say(draft, event, *birthday),
        Kind::Moderation(moderation) => moderate::moderate(draft, moderation)?,
        Kind::RewardRequest(request) => redeem::request(draft, event, request)?,
        Kind::RewardCommit(end) => redeem::commit(draft, event, end)?,
        Kind::RewardCancel(end) => redeem::cancel(draft, event, end)?,
        Kind::Adjustment(adjustment) => adjust::adjust(draft, event, adjustment)?,
        Kind::OpeningBalance(balance) => take_over::take_over(draft, event, balance)?,
        Kind::PlanJoin(_)
        | Kind::PlanChange(_)
        | Kind::PlanPause
        | Kind::PlanResume
        | Kind::PlanCancel => membership::ask(draft, event),
        Kind::PaymentSucceeded(_) | Kind::PaymentFailed(_) | Kind::PaymentRefunded(_) => {
            membership::money(draft, event);
        }
        Kind::TierGrant(grant) => tier::grant(draft, grant),
        Kind::TierRevoke(_) => tier::revoke(draft),
        Kind::TierMatch(matched) => tier::match_tier(draft, matched),
        Kind::ReferralClick => referral::click(draft),
        Kind::ReferralReview(review) => referral::review(draft, event, review)?,
        Kind::TransferOut(transfer) => transfer::send(draft, event, transfer)?,
        Kind::CodeUse(_) => coupon::use_alone(draft, event, &codes)?,
        Kind::CodeUndo(undo) => coupon::undo(draft, event, undo)?,
        Kind::CodeAssign(assign) => coupon::assign(draft, event, assign)?,
        Kind::CodeTransfer(transfer) => coupon::transfer(draft, event, transfer)?,
        Kind::ChallengeJoin(join) => games::join(draft, event, join)?,
        Kind::Play(play) => games::play(draft, event, play)?,
        Kind::Tickets(tickets) => games::buy_tickets(draft, event, tickets)?,
        Kind::Donation(donation) => games::donate(draft, event, donation)?,
        Kind::Placed(placed) => games::place(draft, event, placed)?,
        Kind::PartnerAward(award) => partner_award::award(draft, event, award)?,
        Kind::PartnerAwardCancel(back) => partner_award::take_back(draft, event, back)?,
        Kind::SellThrough(report) => sell_through::report(draft, event, report),
        Kind::Perk(perk) => perk::happen(draft, event, perk)?,
        _ => {}
    }
    tier::review(draft);
    Ok(())
}

/// What follows from an event of another member. Nothing of it is refused: whatever speaks against
/// it goes back as an event of its own.
fn follow(draft: &mut Draft<'_>, event: &Event, kind: &Kind) {
    match kind {
        Kind::MergeIn(merge) => {
            merge::merge_in(draft, event, merge);
            tier::review(draft);
        }
        Kind::FriendNews(news) => referral::news(draft, event, news),
        Kind::RingQuestion(question) => referral::question(draft, event, question),
        Kind::ReferralAnswer(standing) => {
            referral::answer(draft, event, *standing);
            tier::review(draft);
        }
        Kind::ReferralMoved(known) => referral::join(draft, known),
        Kind::TransferIn(arrives) => {
            transfer::receive(draft, event, arrives);
            tier::review(draft);
        }
        Kind::TransferBack(back) => {
            transfer::take_back(draft, back);
            tier::review(draft);
        }
        Kind::StaffNews(news) => staff::news(draft, event, news),
        Kind::ChannelMoved(known) => staff::join(draft, known),
        Kind::Perk(perk) => {
            if let PerkEvent::Moved(moved) = &**perk {
                perk::come_in(draft, moved);
            }
        }
        Kind::GiftCardUsed(used) => money::card_used(draft, used),
        Kind::GiftCardReturned(back) => money::card_returned(draft, event, back),
        Kind::MoneyIn(moved) => money::money_in(draft, event, moved),
        Kind::MoneyBack(back) => money::money_back(draft, back),
        Kind::MoneyMoved(purse) => money::join(draft, purse),
        Kind::Unmerged(luggage) => {
            unmerge::come_back(draft, luggage);
            tier::review(draft);
        }
        Kind::GroupInvited(invited) => group::wanted(draft, invited),
        Kind::GroupEntry(entry) => group::entry(draft, event, entry),
        Kind::GroupAnswer(answer) => group::answer(draft, event, answer),
        Kind::GroupBrought(brought) => {
            group::brought_along(draft, brought);
            tier::review(draft);
        }
        Kind::GroupLeft(left) => {
            group::left(draft, left);
            tier::review(draft);
        }
        Kind::TeamNews(news) => {
            games::team_news(draft, event, news);
            tier::review(draft);
        }
        _ => {}
    }
}

/// What is refused before anything else is done, and the codes and rewards that may be used.
fn early<'p>(
    draft: &Draft<'p>,
    event: &Event,
) -> Result<(Vec<Presented<'p>>, Vec<Used<'p>>), Refusal> {
    group::check(draft, event)?;
    refuse_early(draft, event)?;
    let members_only = draft.program.unknown == UnknownCustomer::Refuse;
    if members_only && draft.state.wallet.enrolled_at.is_none() {
        return Err(Refusal::NotEnrolled);
    }
    let codes = coupon::present(draft, event)?;
    if let Kind::Purchase(bought) = &event.kind {
        money::check(draft, event, bought)?;
    }
    let rewards = match &event.kind {
        Kind::Purchase(bought) if !bought.rewards.is_empty() => {
            redeem::check_uses(draft, event, bought, &codes)?
        }
        _ => Vec::new(),
    };
    Ok((codes, rewards))
}

/// What is refused whether or not the customer is a member: nothing is enrolled or kept for it.
fn refuse_early(draft: &Draft<'_>, event: &Event) -> Result<(), Refusal> {
    match &event.kind {
        Kind::Purchase(purchase) => earn::check(draft, purchase),
        Kind::Activity(activity) => activity::check(draft, event, activity),
        Kind::Profile(fields) => profile::check(draft, fields),
        Kind::Birthday(birthday) => yearly::check(draft, event, *birthday),
        Kind::PlanJoin(_)
        | Kind::PlanChange(_)
        | Kind::PlanPause
        | Kind::PlanResume
        | Kind::PlanCancel
        | Kind::PaymentSucceeded(_)
        | Kind::PaymentFailed(_)
        | Kind::PaymentRefunded(_) => membership::check(draft, event),
        Kind::PartnerAward(award) => partner_award::check(draft, event, award),
        Kind::PartnerAwardCancel(back) => partner_award::check_back(draft, event, back),
        Kind::SellThrough(report) => sell_through::check(draft, report),
        Kind::Perk(perk) => perk::check(draft, perk),
        Kind::ReferralClick if draft.program.referral.is_none() => Err(Refusal::NoReferrals),
        Kind::TransferOut(_) | Kind::ReferralClick | Kind::ReferralReview(_)
            if draft.state.wallet.enrolled_at.is_none() =>
        {
            Err(Refusal::NotEnrolled)
        }
        _ => tier::check(draft, event),
    }
}
