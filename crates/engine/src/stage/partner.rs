//! Partners: who pays for points, and who is paid for them.
//!
//! *Ana buys bread at the bakery and gets 20 points, which cost the bakery a cent each. In March she
//! takes 500 off her fuel: 20 of the bakery's and 480 that the grocer had funded. The filling station
//! is paid for 500, whoever funded them. In April the bread goes back: 20 points are taken back, and
//! the bakery has its 20 cents again.*
//!
//! Points remember their funder wherever they go. What it means in money is put down beside the
//! postings, entry by entry, at the prices of the day; a statement only adds up.

use crate::draft::Draft;
use crate::event::{Event, PartnerMove, PartnerPost, PostWhat};
use crate::outcome::{Change, Note, PartnerEntry, Refusal};
use crate::program::partner::MICROS;
use crate::program::{Breakage, Consumption, Funding, Partner, Payer, Program, Rule};
use crate::state::{MarkOf, Paid, PartnerMark, SharedKey, Wallet};
use regulars_base::{Name, Text, largest_remainder};
use regulars_ledger::{Account, Origin, Posting};

/// The name of the partner at this place.
pub(crate) fn name_at(program: &Program, place: Option<u16>) -> Option<Name> {
    let partner = program.partners.get(usize::from(place?))?;
    Some(partner.name)
}

/// Who funds what a rule gives for this event.
pub(crate) fn funder(draft: &Draft<'_>, rule: &Rule) -> Option<Name> {
    let place = match rule.funder {
        Funding::Till => draft.partner,
        Funding::Operator => None,
        Funding::Partner(place) => Some(place),
    };
    name_at(draft.program, place)
}

/// The shared figure that counts what a partner who pays ahead has used up; below zero by what is
/// left of what it paid in.
pub(crate) fn balance_key(partner: &Partner) -> SharedKey {
    SharedKey {
        name: partner.balance,
        period: 0,
    }
}

/// What each who pays for these points pays, in millionths, and for how many of them.
fn paid_by(program: &Program, paid: &Paid) -> Vec<(Payer, i64, i64)> {
    let known = paid
        .dates
        .funder
        .and_then(|name| program.partner_named(name));
    let Some((_, funder)) = known else {
        return Vec::new();
    };
    let place = program
        .points
        .iter()
        .position(|own| own.name == paid.points);
    let place = place.and_then(|place| u16::try_from(place).ok());
    let micros = place.map_or(0, |place| funder.cost_of(place, paid.amount));
    let weights: Vec<i64> = funder.payers.iter().map(|(_, share)| *share).collect();
    let payers = funder.payers.iter().map(|(payer, _)| *payer);
    let micros = largest_remainder(micros, &weights);
    let points = largest_remainder(paid.amount, &weights);
    let parts = payers.zip(micros.into_iter().zip(points));
    parts
        .map(|(payer, (micros, n))| (payer, micros, n))
        .collect()
}

/// Whether those who pay ahead, and give nothing that is not covered, can pay for so much more.
pub(crate) fn covers(draft: &Draft<'_>, given: &[Paid]) -> bool {
    let program = draft.program;
    let parts: Vec<(Payer, i64, i64)> = given.iter().flat_map(|it| paid_by(program, it)).collect();
    (0_u16..).zip(&program.partners).all(|(place, partner)| {
        if !(partner.ahead && partner.refuses_when_empty) {
            return true;
        }
        let own = parts
            .iter()
            .filter(|(payer, ..)| *payer == Payer::Partner(place));
        let asked: i64 = own.map(|(_, micros, _)| micros).sum();
        let used = draft.state.shared.used(balance_key(partner));
        asked == 0 || used.saturating_add(asked) <= 0
    })
}

/// Points were given: whoever pays for them does.
pub(crate) fn issued(draft: &mut Draft<'_>, paid: &Paid) {
    pays(draft, PartnerMove::Issued, paid, -1);
}

/// Points were taken back. Whoever had paid for the award has the money again for what was there, or
/// is owed by the member; not for what the program bears.
pub(crate) fn taken_back(draft: &mut Draft<'_>, first: usize, given: &Paid) {
    if given.dates.funder.is_none() {
        return;
    }
    let came_back = |change: &Change| match change {
        Change::Posted(posting) if posting.from != Account::Shortfall => posting.amount,
        _ => 0,
    };
    let amount = draft.out.changes[first..].iter().map(came_back).sum();
    if amount > 0 {
        pays(draft, PartnerMove::TakenBack, &Paid { amount, ..*given }, 1);
    }
}

fn pays(draft: &mut Draft<'_>, what: PartnerMove, paid: &Paid, sign: i64) {
    let program = draft.program;
    for (payer, micros, amount) in paid_by(program, paid) {
        let partner = match payer {
            Payer::Operator => None,
            Payer::Partner(place) => program.partners.get(usize::from(place)),
        };
        let micros = partner.map_or(0, |_| sign * micros);
        // What lapses is told by the clock, whose ticks may be late: it must not change what a rule
        // that asks for the balance gives to somebody else.
        let ahead = what != PartnerMove::Lapsed && partner.is_some_and(|partner| partner.ahead);
        let entry = PartnerEntry {
            partner: partner.map(|partner| partner.name),
            funder: paid.dates.funder,
            what,
            points: Some(paid.points),
            amount,
            micros,
            ahead,
        };
        book(draft, entry);
        if let Some(partner) = partner.filter(|_| ahead && micros != 0) {
            draw(draft, partner, -micros);
        }
    }
}

/// Draws on what a partner paid ahead (or gives back to it, below zero).
fn draw(draft: &mut Draft<'_>, partner: &Partner, by: i64) {
    let key = balance_key(partner);
    draft.take(Change::Drawn { key, by });
    let used = draft.state.shared.used(key);
    if by > 0 && used > 0 {
        draft.note(Note::BalanceUsedUp {
            partner: partner.name,
            missing: used,
        });
    }
}

fn book(draft: &mut Draft<'_>, entry: PartnerEntry) {
    if entry.amount != 0 || entry.micros != 0 {
        draft.take(Change::PartnerBooked(Box::new(entry)));
    }
}

/// Whose points are spent first at this till.
pub(crate) fn origin(draft: &Draft<'_>) -> Origin {
    if draft.program.partners.is_empty() {
        return Origin::Any;
    }
    match draft.program.coalition.spend {
        Consumption::Soonest => Origin::Any,
        Consumption::OwnFirst => Origin::First(name_at(draft.program, draft.partner)),
        Consumption::Proportional => Origin::Proportional,
    }
}

/// Says whose points were taken by the postings since `first`, where there are partners.
pub(crate) fn say_whose(draft: &mut Draft<'_>, first: usize) {
    if draft.program.partners.is_empty() {
        return;
    }
    let mut whose: Vec<(Name, Option<Name>, i64)> = Vec::new();
    for change in &draft.out.changes[first..] {
        let Change::Posted(posting) = change else {
            continue;
        };
        let (points, funder) = (posting.points, posting.dates.funder);
        match whose
            .iter_mut()
            .find(|own| (own.0, own.1) == (points, funder))
        {
            Some((_, _, amount)) => *amount += posting.amount,
            None => whose.push((points, funder, posting.amount)),
        }
    }
    for (points, funder, amount) in whose {
        draft.note(Note::SpentOf {
            funder,
            points,
            amount,
        });
    }
}

/// Points were spent at a till, by the postings since `first`: the partner there is paid for them.
pub(crate) fn redeemed(draft: &mut Draft<'_>, first: usize, till: Option<Name>) {
    if draft.program.partners.is_empty() {
        return;
    }
    let spent: Vec<Posting> = draft.out.changes[first..]
        .iter()
        .filter_map(|change| match change {
            Change::Posted(posting) if posting.to == Account::Redeemed => Some(*posting),
            _ => None,
        })
        .collect();
    for posting in spent {
        let paid = Paid {
            points: posting.points,
            dates: posting.dates,
            amount: posting.amount,
        };
        at_till(draft, PartnerMove::Redeemed, &paid, till);
    }
}

/// Points that had been spent at a till were given back.
pub(crate) fn returned(draft: &mut Draft<'_>, paid: &Paid, till: Option<Name>) {
    if !draft.program.partners.is_empty() {
        at_till(draft, PartnerMove::Returned, paid, till);
    }
}

fn at_till(draft: &mut Draft<'_>, what: PartnerMove, paid: &Paid, till: Option<Name>) {
    if till.is_none() && paid.dates.funder.is_none() {
        return;
    }
    let program = draft.program;
    let place = program
        .points
        .iter()
        .position(|own| own.name == paid.points);
    let place = place.and_then(|place| u16::try_from(place).ok());
    let partner = till.and_then(|till| program.partner_named(till));
    let worth = match (partner, place) {
        (Some((_, partner)), Some(place)) => partner.worth_of(place, paid.amount),
        _ => 0,
    };
    let fee = partner.map_or(0, |(_, partner)| {
        let fee = i128::from(worth) * i128::from(partner.fee) / 1_000_000;
        i64::try_from(fee).expect("a part is no more than the whole")
    });
    let sign = match what {
        PartnerMove::Returned => -1,
        _ => 1,
    };
    let entry = PartnerEntry {
        partner: till,
        funder: paid.dates.funder,
        what,
        points: Some(paid.points),
        amount: paid.amount,
        micros: sign * worth,
        ahead: false,
    };
    book(draft, entry);
    let fee = PartnerEntry {
        what: PartnerMove::Fee,
        amount: 0,
        micros: -sign * fee,
        ..entry
    };
    book(draft, fee);
}

/// Points lapsed, by the posting: what they had cost is whose the partners agreed on.
pub(crate) fn lapsed(draft: &mut Draft<'_>, posting: &Posting) {
    if posting.dates.funder.is_none() {
        return;
    }
    let paid = Paid {
        points: posting.points,
        dates: posting.dates,
        amount: posting.amount,
    };
    match draft.program.coalition.breakage {
        Breakage::Funder => pays(draft, PartnerMove::Lapsed, &paid, 1),
        Breakage::Operator => pays(draft, PartnerMove::Lapsed, &paid, 0),
        Breakage::Pool => {
            let parts = paid_by(draft.program, &paid);
            let by_partners = parts.iter().filter(|(payer, ..)| *payer != Payer::Operator);
            let micros = by_partners.map(|(_, micros, _)| micros).sum();
            pays(draft, PartnerMove::Lapsed, &paid, 0);
            let entry = PartnerEntry {
                partner: None,
                funder: paid.dates.funder,
                what: PartnerMove::Pooled,
                points: Some(paid.points),
                amount: paid.amount,
                micros,
                ahead: false,
            };
            book(draft, entry);
        }
    }
}

/// At whose till a redemption was made.
pub(crate) fn till_of(wallet: &Wallet, redemption: &Text) -> Option<Name> {
    let own = |mark: &&PartnerMark| mark.of == MarkOf::Redemption && mark.id == *redemption;
    wallet.marks.iter().find(own).map(|mark| mark.partner)
}

/// A redemption belongs to the partner at whose till it was made, or is used.
pub(crate) fn remember_till(draft: &mut Draft<'_>, redemption: &Text) {
    if let Some(partner) = name_at(draft.program, draft.partner) {
        draft.take(Change::Marked(Box::new(PartnerMark {
            of: MarkOf::Redemption,
            id: redemption.clone(),
            partner,
        })));
    }
}

/// A partner's own source ends no redemption that was made at another's till.
pub(crate) fn is_another_s(draft: &Draft<'_>, redemption: &Text) -> bool {
    let own = name_at(draft.program, draft.partner);
    let till = till_of(&draft.state.wallet, redemption);
    own.is_some() && till.is_some() && own != till
}

/// Something is booked with a partner by hand.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    event: &Event,
    post: &PartnerPost,
) -> Result<(), Refusal> {
    let partner = draft
        .program
        .partner(post.partner.as_str())
        .ok_or(Refusal::UnknownPartner)?;
    let entry = |what, minor: i64, ahead| PartnerEntry {
        partner: Some(partner.name),
        funder: None,
        what,
        points: None,
        amount: 0,
        micros: minor.saturating_mul(MICROS),
        ahead,
    };
    match &post.what {
        PostWhat::PaidIn(_) if !partner.ahead => return Err(Refusal::PaysLater),
        PostWhat::PaidIn(minor) => {
            let entry = entry(PartnerMove::PaidIn, *minor, true);
            let by = -entry.micros;
            book(draft, entry);
            let key = balance_key(partner);
            draft.take(Change::Drawn { key, by });
        }
        PostWhat::Corrected { amount, .. } => {
            book(draft, entry(PartnerMove::Corrected, *amount, false));
        }
        PostWhat::Disputed { .. } => {
            let dispute = event.key.external_id.clone();
            draft.take(Change::Marked(Box::new(PartnerMark {
                of: MarkOf::Dispute,
                id: dispute,
                partner: partner.name,
            })));
        }
        PostWhat::DisputeEnded { dispute } => {
            let mark = PartnerMark {
                of: MarkOf::Dispute,
                id: dispute.clone(),
                partner: partner.name,
            };
            if !draft.state.wallet.marks.contains(&mark) {
                return Err(Refusal::UnknownDispute);
            }
            draft.take(Change::MarkGone(Box::new(mark)));
        }
    }
    draft.note(Note::PartnerPosted {
        partner: partner.name,
    });
    Ok(())
}
