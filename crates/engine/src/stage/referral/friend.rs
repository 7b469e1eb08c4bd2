//! The friend's side: who sent them, whether it counts, and which purchases do.
//!
//! *Bo followed the links of Ana and of Cy, and joined: he is the friend of the last, Cy. His first
//! purchase of 20 EUR and more counts.*

use super::{gift, on_doubt, open, origin, take};
use crate::draft::Draft;
use crate::event::{Event, FriendNews, Kind, News, ReferralReview, SignUp, Touch};
use crate::follow::tell;
use crate::outcome::{Note, Refusal};
use crate::program::{OnDoubt, ReferralRule};
use crate::stage::earn::Scene;
use crate::stage::{enrol, reverse, tier};
use crate::state::{Doubt, OrderKey, Origin, Purchased, ReferralChange, Standing};
use regulars_base::{Span, Timestamp};

/// A customer came by other members' links.
pub(crate) fn sign_up(
    draft: &mut Draft<'_>,
    event: &Event,
    sign_up: &SignUp,
) -> Result<(), Refusal> {
    let program = draft.program;
    let rule = program.referral.as_deref().ok_or(Refusal::NoReferrals)?;
    let me = draft.state.owner.ok_or(Refusal::NotEnrolled)?;
    if origin(draft).is_some() {
        return Err(Refusal::AlreadyReferred);
    }
    let touch = attributed(draft, rule, &sign_up.touches, event.occurred_at);
    let touch = touch.ok_or(Refusal::ReferralTooLate)?;
    if touch.referrer == me {
        return Err(Refusal::SelfReferral);
    }
    let known = is_known(draft, touch.at);
    if known && rule.known_customer == OnDoubt::Refuse {
        return Err(Refusal::KnownCustomer);
    }
    if draft.state.wallet.enrolled_at.is_none() {
        enrol::welcome(draft, event);
    }
    let doubt = (known && rule.known_customer == OnDoubt::Review).then_some(Doubt::KnownCustomer);
    let referrer = touch.referrer;
    take(
        draft,
        ReferralChange::Came(Origin {
            friend: me,
            referrer,
            at: event.occurred_at,
            standing: Standing::Asked(doubt),
            orders: Vec::new(),
        }),
    );
    super::recognise(draft, &sign_up.marks);
    draft.note(Note::CameByReferral { referrer });
    let marks = sign_up.marks.clone();
    inform(draft, event, "joined", News::Joined { marks, doubt });
    tier::review(draft);
    Ok(())
}

/// Whether somebody was a customer before they followed the link, or has done something since they
/// joined.
fn is_known(draft: &Draft<'_>, followed_at: Timestamp) -> bool {
    let wallet = &draft.state.wallet;
    match wallet.enrolled_at {
        None => wallet.active_at > Timestamp::FIRST || !wallet.waiting.is_empty(),
        Some(joined) => joined < followed_at || wallet.active_at > joined,
    }
}

/// Whose friend it is, of those whose links were followed not too long ago.
fn attributed(
    draft: &Draft<'_>,
    rule: &ReferralRule,
    touches: &[Touch],
    at: Timestamp,
) -> Option<Touch> {
    let zone = &draft.program.zone;
    let in_time = |touch: &&Touch| rule.within.after(zone.day(touch.at)) >= zone.day(at);
    let in_time = touches.iter().filter(in_time);
    let found = match rule.first_click {
        true => in_time.min_by_key(|touch| touch.at),
        false => in_time.max_by_key(|touch| touch.at),
    };
    found.copied()
}

/// The referrer's side has answered.
pub(crate) fn answer(draft: &mut Draft<'_>, event: &Event, standing: Standing) {
    let asked = |origin: &Origin| matches!(origin.standing, Standing::Asked(_));
    if !origin(draft).is_some_and(asked) {
        return;
    }
    take(draft, ReferralChange::Stands(standing));
    match standing {
        Standing::Counts => begin(draft, event),
        Standing::InReview(why) => draft.note(Note::ReferralInReview(why)),
        Standing::Refused(why) => draft.note(Note::ReferralRefused(why)),
        Standing::Asked(_) => {}
    }
}

/// The referral counts from now on: so do the purchases that were made meanwhile.
fn begin(draft: &mut Draft<'_>, event: &Event) {
    draft.note(Note::ReferralCounts);
    let Some(rule) = draft.program.referral.as_deref() else {
        return;
    };
    if let Some(gives) = &rule.welcome {
        gift::give_friend(draft, event, 0, gives);
    }
    for number in 1..=counted(draft) {
        step(draft, event, rule, number);
    }
}

/// So many purchases count now.
fn step(draft: &mut Draft<'_>, event: &Event, rule: &ReferralRule, number: i64) {
    let Some(step) = rule.step(number) else {
        return;
    };
    if let Some(gives) = &step.friend {
        gift::give_friend(draft, event, number, gives);
    }
    let mark = format!("bought-{number}");
    inform(draft, event, &mark, News::Bought { step: number });
}

fn counted(draft: &Draft<'_>) -> i64 {
    origin(draft).map_or(0, |origin| i64::try_from(origin.orders.len()).unwrap_or(0))
}

/// A member bought something. Called where the order's record was just made.
pub(crate) fn bought(draft: &mut Draft<'_>, scene: &Scene<'_>) {
    let program = draft.program;
    let (Some(rule), Some(origin)) = (program.referral.as_deref(), origin(draft)) else {
        return;
    };
    let (since, standing, event) = (origin.at, origin.standing, scene.event);
    let at = event.occurred_at;
    let last = |within: Span| within.after(program.zone.day(since));
    let late = rule
        .buy_within
        .map(last)
        .is_some_and(|last| last < scene.day.day);
    if !open(standing) || at < since || late || counted(draft) >= rule.last_step() {
        return;
    }
    if !is_enough(draft, rule, scene) {
        return;
    }
    let Some(key) = order_key(event) else { return };
    take(draft, ReferralChange::OrderCounts(key));
    if standing == Standing::Counts {
        let number = counted(draft);
        step(draft, event, rule, number);
    }
}

fn is_enough(draft: &Draft<'_>, rule: &ReferralRule, scene: &Scene<'_>) -> bool {
    let order = draft.state.order.purchased.as_deref();
    if order.is_none_or(|order| order.spend < rule.least) {
        return false;
    }
    let facts = scene.facts(draft.program, draft.state);
    match (&rule.when, scene.purchase()) {
        (None, _) => true,
        (Some(when), Some(bought)) if when.per_line => {
            bought.lines.iter().any(|line| when.holds_for(&facts, line))
        }
        (Some(when), _) => when.holds(&facts),
    }
}

/// Part or all of an order came back: it counts as long as enough of it is left.
pub(crate) fn came_back(draft: &mut Draft<'_>, event: &Event, order: &Purchased) {
    let (Some(origin), Some(key)) = (origin(draft), order_key(event)) else {
        return;
    };
    let (standing, number) = (origin.standing, counted(draft));
    if !origin.orders.contains(&key) {
        return;
    }
    let rule = draft.program.referral.as_deref();
    let least = rule.map_or(0, |rule| rule.least);
    if !order.is_whole() && reverse::spend_left(order) >= least {
        return;
    }
    take(draft, ReferralChange::OrderGone(key));
    if standing == Standing::Counts {
        lose(draft, event, number);
    }
}

/// Of so many purchases the last counts no more.
fn lose(draft: &mut Draft<'_>, event: &Event, number: i64) {
    gift::take_back(draft, None, number);
    let mark = format!("returned-{number}");
    inform(draft, event, &mark, News::Returned { step: number });
}

/// Somebody says whether the referral counts.
pub(crate) fn review(
    draft: &mut Draft<'_>,
    event: &Event,
    review: &ReferralReview,
) -> Result<(), Refusal> {
    let standing = origin(draft).map(|origin| origin.standing);
    let was_in_review = matches!(standing, Some(Standing::InReview(_)));
    match (standing, review.approve) {
        (Some(Standing::Refused(Doubt::NoReferrer)) | None, _) => Err(Refusal::NothingToReview),
        (Some(Standing::InReview(_) | Standing::Refused(_)), true) => {
            take(draft, ReferralChange::Stands(Standing::Counts));
            inform(draft, event, "approved", News::Approved { was_in_review });
            begin(draft, event);
            Ok(())
        }
        (Some(Standing::InReview(_) | Standing::Counts), false) => {
            refuse(draft, event, Doubt::ByHand);
            inform(draft, event, "rejected", News::Rejected { was_in_review });
            Ok(())
        }
        _ => Err(Refusal::NothingToReview),
    }
}

/// What it gave to either side is taken back.
fn refuse(draft: &mut Draft<'_>, event: &Event, why: Doubt) {
    let counts = origin(draft).is_some_and(|origin| origin.standing == Standing::Counts);
    take(draft, ReferralChange::Stands(Standing::Refused(why)));
    draft.note(Note::ReferralRefused(why));
    if counts {
        take_back_all(draft);
        for number in (1..=counted(draft)).rev() {
            let mark = format!("returned-{number}");
            inform(draft, event, &mark, News::Returned { step: number });
        }
    }
}

/// What the member was given as a friend is taken back.
pub(super) fn take_back_all(draft: &mut Draft<'_>) {
    let gifts = super::own(draft).map_or(&[][..], |own| &own.gifts);
    let own = gifts.iter().filter(|gift| gift.friend.is_none());
    for step in own.map(|gift| gift.step).collect::<Vec<i64>>() {
        gift::take_back(draft, None, step);
    }
}

/// The member is about to be merged into the one who sent them: they sent themselves.
pub(super) fn unmask(draft: &mut Draft<'_>, event: &Event) {
    let standing = origin(draft).map(|origin| origin.standing);
    let was_in_review = matches!(standing, Some(Standing::InReview(_)));
    let open = matches!(standing, Some(Standing::InReview(_) | Standing::Counts));
    if open {
        refuse(draft, event, Doubt::NoReferrer);
        inform(draft, event, "rejected", News::Rejected { was_in_review });
    }
    take(draft, ReferralChange::OriginGone);
}

/// Tells the referrer.
fn inform(draft: &mut Draft<'_>, event: &Event, mark: &str, news: News) {
    let Some((friend, to)) = origin(draft).map(|origin| (origin.friend, origin.referrer)) else {
        return;
    };
    let kind = Kind::FriendNews(Box::new(FriendNews { friend, news }));
    tell(draft, event, mark, to, kind);
}

fn order_key(event: &Event) -> Option<OrderKey> {
    Some(OrderKey {
        source: event.key.source.clone(),
        order: event.order()?.clone(),
    })
}

/// Where a referral stands with this doubt, by the program.
pub(super) const fn standing(rule: &ReferralRule, doubt: Option<Doubt>) -> Standing {
    match doubt {
        None => Standing::Counts,
        Some(doubt) => match on_doubt(rule, doubt) {
            OnDoubt::Allow => Standing::Counts,
            OnDoubt::Review => Standing::InReview(doubt),
            OnDoubt::Refuse => Standing::Refused(doubt),
        },
    }
}
