//! Partners: statements, entries, settlements.

use super::{points, points_id};
use regulars_api::Amount;
use regulars_api::partner::{
    DisputeOut, OwnMoneyOut, OwnStatementOut, PaidAheadOut, PartnerEntryOut, PartnerStatementOut,
    PaymentOut, PositionOut, SettlementOut, StatementLineOut,
};
use regulars_api::receipt::PointsOut;
use regulars_app::{BookedEntry, Dispute, PeriodSettlement, figure};
use regulars_base::Name;
use regulars_engine::Program;
use regulars_engine::event::Role;
use regulars_engine::program::partner::MICROS;
use regulars_engine::program::{Foreign, words};
use regulars_engine::settlement::{Line, Party, minor};

/// The statement of a party of a settlement; an empty one for a partner that nothing was booked with.
pub fn partner_statement(all: &PeriodSettlement, partner: Option<Name>) -> PartnerStatementOut {
    let (program, settlement) = (&all.program, &all.settlement);
    let party = settlement.parties.iter().find(|it| it.partner == partner);
    let money = |minor: i64| Amount::money(minor, program.currency);
    let id = all.id_of(partner);
    let ahead = partner
        .and_then(|name| program.partner_named(name))
        .is_some_and(|(_, partner)| partner.ahead);
    let (opening, closing) = party.map_or((0, 0), |party| party.ahead);
    let paid_ahead = (ahead || opening != 0 || closing != 0).then(|| PaidAheadOut {
        opening: money(minor(opening)),
        closing: money(minor(closing)),
    });
    let foreign = all.foreign(partner);
    let own = |dispute: &&Dispute| partner.is_none() || dispute.partner == id;
    PartnerStatementOut {
        partner: id.to_owned(),
        period: all.period.clone(),
        from: settlement.from.to_string(),
        until: settlement.until.to_string(),
        closed: settlement.closed,
        lines: party.map_or(Vec::new(), |party| {
            let lines = party.lines.iter();
            lines.map(|it| line(program, foreign, it)).collect()
        }),
        rounding: money(party.map_or(0, |party| party.rounding)),
        position: money(party.map_or(0, |party| party.position)),
        paid_ahead,
        currency: program.currency.to_string(),
        own: foreign.map(|foreign| own_statement(program, foreign, party)),
        disputes: all.disputes.iter().filter(own).map(dispute).collect(),
    }
}

fn own_statement(program: &Program, foreign: Foreign, party: Option<&Party>) -> OwnStatementOut {
    let money = |minor: i64| Amount::money(minor, foreign.currency);
    let position = party.map_or(0, |party| in_micros(party.position));
    let position = foreign.minor(position);
    let lines = party.map_or(&[][..], |party| &party.lines);
    let counted = lines.iter().filter(|line| !line.ahead);
    let rounded: i64 = counted.map(|line| foreign.minor(line.micros)).sum();
    OwnStatementOut {
        currency: foreign.currency.to_string(),
        rate: foreign.whole(program.currency),
        rounding: money(position - rounded),
        position: money(position),
    }
}

fn in_micros(minor: i64) -> i128 {
    i128::from(minor) * i128::from(MICROS)
}

fn line(program: &Program, foreign: Option<Foreign>, line: &Line) -> StatementLineOut {
    let money = |micros: i128| Amount::money(minor(micros), program.currency);
    StatementLineOut {
        what: figure(line.role, line.what).to_owned(),
        points: line.points.map(|name| so_many(program, name, line.amount)),
        money: money(line.micros),
        paid_ahead: line.ahead,
        late: (line.late != 0).then(|| money(line.late)),
        own: foreign.map(|own| Amount::money(own.minor(line.micros), own.currency)),
    }
}

fn so_many(program: &Program, name: Name, amount: i64) -> PointsOut {
    PointsOut {
        points: points_id(program, name),
        amount: points(program, name, amount),
    }
}

fn dispute(dispute: &Dispute) -> DisputeOut {
    DisputeOut {
        id: dispute.id.clone(),
        partner: dispute.partner.clone(),
        refers: dispute.refers.clone(),
        reason: dispute.reason.clone(),
        since: dispute.since.to_string(),
    }
}

/// What all parties owe for a period.
pub fn settlement(all: &PeriodSettlement) -> SettlementOut {
    let money = |minor: i64| Amount::money(minor, all.program.currency);
    let abroad = |party: Option<Name>, minor: Option<i64>| {
        let own = all.foreign(party).zip(minor);
        own.map(|(own, minor)| OwnMoneyOut {
            amount: Amount::money(minor, own.currency),
            currency: own.currency.to_string(),
        })
    };
    let positions = all.settlement.parties.iter().map(|party| {
        let own = all.foreign(party.partner);
        let own = own.map(|own| own.minor(in_micros(party.position)));
        PositionOut {
            partner: all.id_of(party.partner).to_owned(),
            position: money(party.position),
            own: abroad(party.partner, own),
        }
    });
    let payments = all.settlement.payments.iter().zip(all.payments_abroad());
    let payments = payments.map(|(payment, (pays, gets))| PaymentOut {
        from: all.id_of(payment.from).to_owned(),
        to: all.id_of(payment.to).to_owned(),
        amount: money(payment.amount),
        pays: abroad(payment.from, pays),
        gets: abroad(payment.to, gets),
    });
    SettlementOut {
        period: all.period.clone(),
        closed: all.settlement.closed,
        currency: all.program.currency.to_string(),
        positions: positions.collect(),
        payments: payments.collect(),
    }
}

/// An entry of a partner's account. To the partner itself (`for_partner`) it shows event and member
/// only where they were at its own tills, and never whose points they were.
pub fn partner_entry(
    program: &Program,
    partner: Name,
    booked: &BookedEntry,
    for_partner: bool,
) -> PartnerEntryOut {
    let entry = &booked.entry;
    let own = entry.partner == Some(partner);
    let role = if own { Role::Party } else { Role::Funder };
    let source = booked.key.source.as_str();
    let of_own_source = program
        .partner_named(partner)
        .is_some_and(|(_, own)| own.sources.iter().any(|it| it == source));
    let shown = !for_partner || of_own_source || booked.reason.is_some();
    let funder = match entry.funder {
        None => "operator",
        Some(name) => words::id_of(program, name),
    };
    let micros = if own { entry.micros } else { 0 };
    let (reason, refers) = booked.reason.clone().unzip();
    PartnerEntryOut {
        recorded_at: booked.recorded_at.to_string(),
        at: booked.occurred_at.to_string(),
        what: figure(role, entry.what).to_owned(),
        points: entry
            .points
            .map(|name| so_many(program, name, entry.amount)),
        money: Amount::number(micros, 6 + program.currency.exponent()),
        paid_ahead: entry.ahead,
        funder: (entry.points.is_some() && (!for_partner || entry.funder == Some(partner)))
            .then(|| funder.to_owned()),
        event: shown.then(|| format!("{source}/{}", booked.key.external_id)),
        member: booked.member.filter(|_| shown).map(|id| id.to_string()),
        reason,
        refers: refers.flatten(),
    }
}
