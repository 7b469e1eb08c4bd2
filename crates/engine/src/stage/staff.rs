//! Sales staff are given points for what they sell.
//!
//! *Kim sells Ana a camera for 400 EUR and gets 40 points for it: into her own wallet, by a rule with
//! `to = "staff"`, within her own limit of 200 a day. Ana brings the camera back: Kim's 40 are taken
//! back as well. What Kim buys herself, with her own name on the receipt, pays her nothing.*
//!
//! The customer's side asks the rules, since it knows the purchase; the seller's knows the limits and
//! the lots. What travels is an event in the same commit (`docs/adr/0040`). The customer's order
//! remembers who sold it and what the rules came to; the seller's wallet what it was given, as long as
//! goods may be returned.

use crate::draft::Draft;
use crate::event::{Event, StaffAward, StaffBack, StaffNews, StaffWhat};
use crate::event::{Kind, MergeOut};
use crate::follow::tell;
use crate::outcome::{Change, ChannelNote, Note};
use crate::program::{Program, Recipient, TakeBack, Trigger};
use crate::stage::earn::{self, Awards, Findings, Scene};
use crate::stage::grant::{Award, Given, Source, grant};
use crate::stage::reckon::Kept;
use crate::stage::{gives, reverse, tier};
use crate::state::{
    Channel, ChannelChange, Grant, Grants, LineSet, OrderKey, Paid, Purchased, StaffGift,
    StaffSale, StaffShare, Staffed,
};
use regulars_base::Text;
use smallvec::SmallVec;

/// The kind of identity by which a receipt names who sold.
pub const IDENTITY: &str = "staff";

/// Whether some rule gives staff something for events of this sort.
pub(crate) fn asked(program: &Program, trigger: Trigger) -> bool {
    let for_staff = |to: Recipient| to == Recipient::Staff;
    program
        .rules
        .iter()
        .any(|rule| for_staff(rule.to) && rule.on == trigger)
}

fn take(draft: &mut Draft<'_>, change: ChannelChange) {
    draft.take(Change::Channel(Box::new(change)));
}

fn note(draft: &mut Draft<'_>, note: ChannelNote) {
    draft.note(Note::Channel(Box::new(note)));
}

/// An order was placed: whoever sold it is told what the rules for staff come to.
pub(crate) fn sold(draft: &mut Draft<'_>, scene: &Scene<'_>, trigger: Trigger) {
    let named = scene.purchase().is_some_and(|sold| !sold.staff.is_empty());
    if !named || !asked(draft.program, trigger) {
        return;
    }
    let Some(member) = draft.state.staff else {
        return note(draft, ChannelNote::StaffUnknown);
    };
    let buyers = [draft.state.owner, draft.state.actor];
    if buyers.contains(&Some(member)) {
        return note(draft, ChannelNote::StaffIsBuyer);
    }
    let (mut awards, mut trace) = (Awards::new(), Vec::new());
    let mut findings = Findings {
        awards: &mut awards,
        trace: &mut trace,
    };
    reckon(draft, scene, trigger, &mut findings);
    let program = draft.program;
    let shares: Vec<(StaffAward, LineSet)> = awards
        .iter()
        .filter(|award| award.before > 0)
        .map(|award| {
            let told = StaffAward {
                rule: award.name(program),
                points: program.points[usize::from(award.points)].name,
                basis: award.basis,
                before: award.before,
            };
            (told, award.lines.clone())
        })
        .collect();
    let (Some(buyer), Some(order)) = (draft.state.owner, order_of(scene.event)) else {
        return;
    };
    if shares.is_empty() {
        return;
    }
    let remembered = shares.iter().map(|(award, lines)| StaffShare {
        rule: award.rule,
        points: award.points,
        before: award.before,
        lines: lines.clone(),
    });
    draft.take(Change::OrderStaffed(Box::new(Staffed {
        member,
        shares: remembered.collect(),
    })));
    note(draft, ChannelNote::SoldBy(member));
    let awards = shares.into_iter().map(|(award, _)| award).collect();
    let text = |of: fn(&crate::event::Purchase) -> &Text| {
        scene
            .purchase()
            .map(|sold| of(sold).clone())
            .unwrap_or_default()
    };
    let news = StaffNews {
        buyer,
        order,
        store: text(|sold| &sold.store),
        channel: text(|sold| &sold.channel),
        what: StaffWhat::Sold(awards),
    };
    tell(
        draft,
        scene.event,
        "staff",
        member,
        Kind::StaffNews(Box::new(news)),
    );
}

/// What the rules for staff come to. Every one that holds gives: they are not multiplied, and none is
/// chosen before another.
pub(crate) fn reckon<'p>(
    draft: &Draft<'p>,
    scene: &Scene<'_>,
    trigger: Trigger,
    findings: &mut Findings<'_, 'p>,
) {
    let program = draft.program;
    let facts = scene.facts(program, draft.state);
    for (place, rule) in (0_u16..).zip(&program.rules) {
        if rule.to == Recipient::Staff && rule.on == trigger {
            earn::give(&facts, scene, (place, rule), findings);
        }
    }
}

/// Part or all of the order came back: whoever sold it is told how much of it, in all so far.
pub(crate) fn came_back(draft: &mut Draft<'_>, event: &Event, order: &Purchased, kept: &Kept) {
    let Some(staffed) = draft.state.order.staff.clone() else {
        return;
    };
    let policy = draft.program.refund;
    let due = |share: &StaffShare| match policy.take_back {
        TakeBack::Share => {
            reverse::share_of(share.before, &share.lines, order, policy.rounding, false)
        }
        TakeBack::OnlyWhenWhole | TakeBack::ReckonAgain if order.is_whole() => share.before,
        TakeBack::ReckonAgain => share.before - kept.of(&as_grant(share)),
        TakeBack::OnlyWhenWhole | TakeBack::Nothing => 0,
    };
    let back = |share: &StaffShare| StaffBack {
        rule: share.rule,
        points: share.points,
        part: due(share),
        whole: share.before,
    };
    let parts: Vec<StaffBack> = staffed.shares.iter().map(back).collect();
    let (Some(buyer), Some(order)) = (draft.state.owner, order_of(event)) else {
        return;
    };
    if parts.iter().all(|back| back.part <= 0) {
        return;
    }
    let news = StaffNews {
        buyer,
        order,
        store: Text::default(),
        channel: Text::default(),
        what: StaffWhat::CameBack(parts),
    };
    // Several refunds may have come before their purchase, which tells of each.
    let mark = format!("staff-back-{}", draft.out.follow_ups.len());
    tell(
        draft,
        event,
        &mark,
        staffed.member,
        Kind::StaffNews(Box::new(news)),
    );
}

/// As the rules are asked again about grants.
fn as_grant(share: &StaffShare) -> Grant {
    Grant {
        rule: share.rule,
        points: share.points,
        given: share.before,
        taken: 0,
        dates: regulars_ledger::Dates::OPEN,
        lines: LineSet::All,
    }
}

fn order_of(event: &Event) -> Option<OrderKey> {
    Some(OrderKey {
        source: event.key.source.clone(),
        order: event.order()?.clone(),
    })
}

/// The seller's side.
pub(crate) fn news(draft: &mut Draft<'_>, event: &Event, told: &StaffNews) {
    match &told.what {
        StaffWhat::Sold(awards) => sale(draft, event, told, awards),
        StaffWhat::CameBack(parts) => take_back(draft, told, parts),
    }
    tier::review(draft);
}

fn sale(draft: &mut Draft<'_>, event: &Event, told: &StaffNews, awards: &[StaffAward]) {
    if draft.state.wallet.enrolled_at.is_none() {
        return note(draft, ChannelNote::StaffNoMember);
    }
    note(draft, ChannelNote::Sale { buyer: told.buyer });
    let program = draft.program;
    let scene = Scene::of(draft, event);
    let mut grants = Grants::new();
    let mut given = Given::into(&mut grants);
    for told in awards {
        let place = |name| program.rules.iter().position(|rule| rule.name == name);
        let points = program
            .points
            .iter()
            .position(|own| own.name == told.points);
        let places = place(told.rule).zip(points);
        let places = places.and_then(|(rule, points)| {
            Some((u16::try_from(rule).ok()?, u16::try_from(points).ok()?))
        });
        let Some((rule, points)) = places else {
            continue;
        };
        let award = Award {
            note: 0,
            from: Source::Rule(rule),
            points,
            basis: told.basis,
            before: told.before,
            lines: LineSet::All,
            exact: None,
        };
        let said = grant(draft, &scene, &award, &mut given);
        draft.note(said);
    }
    given.post(draft, &scene);
    let gift = |grant: &Grant| StaffGift {
        rule: grant.rule,
        paid: Paid {
            points: grant.points,
            dates: grant.dates,
            amount: grant.given,
        },
        taken: 0,
    };
    let gifts: Vec<StaffGift> = grants.iter().map(gift).collect();
    if !gifts.is_empty() {
        take(
            draft,
            ChannelChange::Sold(StaffSale {
                order: told.order.clone(),
                at: event.occurred_at,
                day: scene.progress_day,
                gifts,
            }),
        );
    }
}

/// What is due of each rule's gift is reckoned from the sum of all that came back, as for the customer.
fn take_back(draft: &mut Draft<'_>, told: &StaffNews, parts: &[StaffBack]) {
    let sales = draft
        .state
        .wallet
        .channel
        .as_ref()
        .map_or(&[][..], |own| &own.sales);
    let own = |sale: &&StaffSale| sale.order == told.order && !gives::is_over(draft, sale.at);
    let Some(sale) = sales.iter().find(own).cloned() else {
        return;
    };
    note(draft, ChannelNote::SaleCameBack { buyer: told.buyer });
    let policy = draft.program.refund;
    for back in parts {
        let is = |gift: &&StaffGift| (gift.rule, gift.paid.points) == (back.rule, back.points);
        let Some(gift) = sale.gifts.iter().find(is) else {
            continue;
        };
        let given = gift.paid.amount;
        let due = match back.part >= back.whole {
            true => given,
            false => policy.rounding.divide_clamped(
                i128::from(given) * i128::from(back.part),
                i128::from(back.whole),
            ),
        };
        let by = due.min(given) - gift.taken;
        if by <= 0 {
            continue;
        }
        let (rule, points) = (gift.rule, gift.paid.points);
        let order = sale.order.clone();
        let change = ChannelChange::SaleTaken {
            order,
            rule,
            points,
            by,
        };
        take(draft, change);
        let paid = Paid {
            amount: by,
            ..gift.paid
        };
        tier::earned_back(draft, &paid, sale.day);
        reverse::take_points(draft, rule, paid);
    }
}

/// Drops what can no longer come back.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let Some(own) = draft.state.wallet.channel.as_deref() else {
        return;
    };
    let sales: SmallVec<[OrderKey; 4]> = own
        .sales
        .iter()
        .filter(|sale| gives::is_over(draft, sale.at))
        .map(|sale| sale.order.clone())
        .collect();
    for order in sales {
        take(draft, ChannelChange::SaleGone(order));
    }
}

/// Before a merge: what is known of sales and of partners' awards goes with the member.
pub(crate) fn part(draft: &mut Draft<'_>, event: &Event, merge: &MergeOut) {
    let Some(known) = draft.state.wallet.channel.clone() else {
        return;
    };
    take(draft, ChannelChange::Left);
    tell(
        draft,
        event,
        "channel",
        merge.into,
        Kind::ChannelMoved(known),
    );
}

/// What a merged member knew comes in.
pub(crate) fn join(draft: &mut Draft<'_>, theirs: &Channel) {
    for sale in &theirs.sales {
        take(draft, ChannelChange::Sold(sale.clone()));
    }
    for gift in &theirs.awards {
        take(draft, ChannelChange::Awarded(gift.clone()));
    }
}

/// The member who sold, as far as the event names somebody whom rules may give something.
pub(crate) fn named<'e>(program: &Program, event: &'e Event) -> Option<&'e Text> {
    let (sold, trigger) = match &event.kind {
        Kind::Purchase(purchase) => (&**purchase, Trigger::Purchase),
        Kind::SellThrough(report) => (&*report.sold, Trigger::SellThrough),
        _ => return None,
    };
    (!sold.staff.is_empty() && asked(program, trigger)).then_some(&sold.staff)
}
