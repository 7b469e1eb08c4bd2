//! A partner gives points to its own customers, out of a budget that the program sets it.
//!
//! *The bakery's cake was late: it gives Ana 50 points, and says so. It has 10 000 a month for that, and
//! no more than 200 for one member and day. The points are the bakery's: it pays for them as for those
//! that its till gives, and finds them in its statement. Within two weeks it may take them back; then
//! they are in its budget again.*

use crate::draft::Draft;
use crate::event::{Event, PartnerAward, PartnerAwardBack};
use crate::outcome::{Change, ChannelNote, Note, Refusal};
use crate::program::{AwardRule, Limit, LimitScope, Limited, Partner, Points};
use crate::stage::{grant, partner, reverse};
use crate::state::{ChannelChange, Paid, PartnerGift};
use regulars_base::{Almanac, Name, Text};
use regulars_ledger::{Account, Dates};

/// The partner whose event it is, and what it may give.
fn rule<'p>(draft: &Draft<'p>) -> Result<(&'p Partner, &'p AwardRule), Refusal> {
    let place = draft.partner.ok_or(Refusal::NotOfPartner)?;
    let partner = &draft.program.partners[usize::from(place)];
    let rule = partner.awards.as_deref().ok_or(Refusal::NoPartnerAwards)?;
    Ok((partner, rule))
}

fn points<'p>(draft: &Draft<'p>, id: &Text) -> Result<(u16, &'p Points), Refusal> {
    let mut all = (0_u16..).zip(&draft.program.points);
    let found = all.find(|(_, points)| points.name == Name::of(id.as_str()));
    found.ok_or(Refusal::UnknownPoints)
}

/// How much an award counts against a limit: nothing, if that is about other points.
const fn counts(limit: &Limit, points: u16, amount: i64) -> i64 {
    match limit.what {
        Limited::Times => 1,
        Limited::Points(of) if of == points => amount,
        Limited::Points(_) => 0,
    }
}

/// Whatever speaks against an award, before anything changes.
pub(crate) fn check(draft: &Draft<'_>, event: &Event, award: &PartnerAward) -> Result<(), Refusal> {
    let (partner, rule) = rule(draft)?;
    let (place, points) = points(draft, &award.points)?;
    let is_budget =
        |limit: &&Limit| limit.per == LimitScope::Program && limit.what == Limited::Points(place);
    if !rule.limits.iter().any(|limit| is_budget(&limit)) {
        return Err(Refusal::NoPartnerAwards);
    }
    let reason = award.reason.as_str();
    if !rule.reasons.is_empty() && !rule.reasons.iter().any(|own| own == reason) {
        return Err(Refusal::UnknownAwardReason);
    }
    let (day, _) = draft.local(event.occurred_at);
    for limit in &rule.limits {
        let by = counts(limit, place, award.amount);
        let left = grant::left(draft, &day, limit);
        if by > left {
            let left = left.max(0);
            return Err(match limit.per {
                LimitScope::Program => Refusal::PartnerBudgetSpent { left },
                LimitScope::Member | LimitScope::Order => Refusal::PartnerAwardLimit { left },
            });
        }
    }
    let paid = Paid {
        points: points.name,
        dates: dates(draft, event, partner, points),
        amount: award.amount,
    };
    if !partner::covers(draft, &[paid]) {
        return Err(Refusal::PartnerBudgetSpent { left: 0 });
    }
    Ok(())
}

/// Nothing can be returned for which they were given, so they are free at once.
fn dates(draft: &Draft<'_>, event: &Event, partner: &Partner, points: &Points) -> Dates {
    Dates {
        funder: Some(partner.name),
        ..draft.dates(points, event.occurred_at, false)
    }
}

/// Gives it. Called where nothing speaks against it.
pub(crate) fn award(
    draft: &mut Draft<'_>,
    event: &Event,
    award: &PartnerAward,
) -> Result<(), Refusal> {
    let (partner, rule) = rule(draft)?;
    let (place, points) = points(draft, &award.points)?;
    let paid = Paid {
        points: points.name,
        dates: dates(draft, event, partner, points),
        amount: award.amount,
    };
    let (day, _) = draft.local(event.occurred_at);
    count(draft, rule, &day, (place, award.amount));
    let at = event.occurred_at;
    draft.issue(paid.points, Account::Issued, paid.amount, paid.dates, at);
    take(
        draft,
        ChannelChange::Awarded(PartnerGift {
            source: event.key.source.clone(),
            id: event.key.external_id.clone(),
            partner: partner.name,
            at,
            paid,
        }),
    );
    draft.note(Note::Channel(Box::new(ChannelNote::Awarded {
        partner: partner.name,
        points: paid.points,
        amount: paid.amount,
        reason: award.reason.clone(),
    })));
    Ok(())
}

fn count(draft: &mut Draft<'_>, rule: &AwardRule, day: &Almanac, (place, amount): (u16, i64)) {
    for limit in &rule.limits {
        let by = counts(limit, place, amount.abs()) * amount.signum();
        if by != 0 {
            grant::use_up(draft, day, limit, by);
        }
    }
}

fn take(draft: &mut Draft<'_>, change: ChannelChange) {
    draft.take(Change::Channel(Box::new(change)));
}

fn found<'a>(draft: &'a Draft<'_>, event: &Event, award: &Text) -> Option<&'a PartnerGift> {
    let own = draft.state.wallet.channel.as_deref()?;
    let is = |gift: &&PartnerGift| gift.source == event.key.source && gift.id == *award;
    own.awards.iter().find(is)
}

/// Whatever speaks against taking one back.
pub(crate) fn check_back(
    draft: &Draft<'_>,
    event: &Event,
    back: &PartnerAwardBack,
) -> Result<(), Refusal> {
    let (_, rule) = rule(draft)?;
    let gift = found(draft, event, &back.award).filter(|gift| !is_over(draft, rule, gift));
    gift.map(|_| ()).ok_or(Refusal::UnknownPartnerAward)
}

/// Whether it was given too long ago. It may still stand in the wallet, which is tidied now and then.
fn is_over(draft: &Draft<'_>, rule: &AwardRule, gift: &PartnerGift) -> bool {
    rule.cancel.after(draft.program.zone.day(gift.at)) < draft.today.day
}

/// Takes one back, exactly. The limits that it counted against are free again.
pub(crate) fn take_back(
    draft: &mut Draft<'_>,
    event: &Event,
    back: &PartnerAwardBack,
) -> Result<(), Refusal> {
    let (_, rule) = rule(draft)?;
    let gift = found(draft, event, &back.award).cloned();
    let gift = gift.ok_or(Refusal::UnknownPartnerAward)?;
    let (source, id) = (gift.source, gift.id);
    take(draft, ChannelChange::AwardGone { source, id });
    let mut points = (0_u16..).zip(&draft.program.points);
    let place = points.find(|(_, own)| own.name == gift.paid.points);
    let (day, _) = draft.local(gift.at);
    if let Some((place, _)) = place {
        count(draft, rule, &day, (place, -gift.paid.amount));
    }
    draft.note(Note::Channel(Box::new(ChannelNote::AwardBack {
        partner: gift.partner,
        points: gift.paid.points,
        amount: gift.paid.amount,
        reason: back.reason.clone(),
    })));
    reverse::take_points(draft, gift.partner, gift.paid);
    Ok(())
}

/// Drops what can no longer be taken back.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let Some(own) = draft.state.wallet.channel.as_deref() else {
        return;
    };
    let program = draft.program;
    let over = |gift: &&PartnerGift| {
        let partner = program.partner_named(gift.partner);
        let rule = partner.and_then(|(_, partner)| partner.awards.as_deref());
        rule.is_none_or(|rule| is_over(draft, rule, gift))
    };
    let over: Vec<(Text, Text)> = own
        .awards
        .iter()
        .filter(over)
        .map(|gift| (gift.source.clone(), gift.id.clone()))
        .collect();
    for (source, id) in over {
        take(draft, ChannelChange::AwardGone { source, id });
    }
}
