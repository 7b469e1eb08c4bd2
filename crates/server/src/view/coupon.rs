//! Coupons and their codes.

use super::unless_never;
use crate::language::reader;
use regulars_api::Amount;
use regulars_api::coupon::{
    CodeBatchOut, CodeOut, CodeStepOut, PricedLineOut, ValidatedCodeOut, ValidatedOut, reason,
};
use regulars_api::event::EventKeyOut;
use regulars_api::receipt::PointsOut;
use regulars_app::{CodeBatch, CodeView, Quoted};
use regulars_base::{Currency, Timestamp};
use regulars_engine::code::Code;
use regulars_engine::event::Kind;
use regulars_engine::outcome::Change;
use regulars_engine::price::{Priced, PricedLine};
use regulars_engine::program::words;
use regulars_engine::{Program, ValidatedCode};

/// What codes would do to a basket.
pub fn validated(quoted: &Quoted, currency: Currency) -> ValidatedOut {
    let (program, priced) = (&quoted.program, &quoted.priced);
    let money = |minor: i64| Amount::money(minor, currency);
    let codes = quoted.codes.iter();
    let codes = codes.map(|own| code_in(program, priced, own, own.fault.is_none(), currency));
    ValidatedOut {
        codes: codes.collect(),
        lines: priced.lines.iter().map(|own| line(own, currency)).collect(),
        delivery: line(&priced.delivery, currency),
        off: money(priced.off()),
        tax: money(priced.tax()),
        total: money(priced.total()),
    }
}

/// What a code does to a basket.
pub(super) fn code_in(
    program: &Program,
    priced: &Priced,
    own: &ValidatedCode,
    applies: bool,
    currency: Currency,
) -> ValidatedCodeOut {
    let money = |minor: i64| Amount::money(minor, currency);
    let rule = own.coupon.and_then(|name| program.coupon_named(name));
    let taken = own.taken.and_then(|place| priced.discounts.get(place));
    let points = rule.map_or(&[][..], |rule| &rule.points);
    let points = points.iter().filter(|_| applies).map(|(place, units)| {
        let points = &program.points[usize::from(*place)];
        PointsOut {
            points: points.id.clone(),
            amount: Amount::number(*units, points.decimals),
        }
    });
    ValidatedCodeOut {
        code: own.code.to_string(),
        coupon: rule.map(|rule| rule.id.clone()),
        title: rule.map(|rule| rule.title.clone()),
        applies,
        reason: own.fault.as_ref().map(|fault| reason(fault).to_owned()),
        detail: own
            .fault
            .as_ref()
            .map(|fault| words::code_fault(reader(program), own.coupon, fault)),
        off: money(taken.map_or(0, |taken| taken.sum())),
        lines: match taken {
            Some(taken) => taken.lines.iter().copied().map(money).collect(),
            None => priced.lines.iter().map(|_| money(0)).collect(),
        },
        delivery: money(taken.map_or(0, |taken| taken.delivery)),
        points: points.collect(),
    }
}

/// What a line costs.
pub(super) fn line(line: &PricedLine, currency: Currency) -> PricedLineOut {
    let money = |minor: i64| Amount::money(minor, currency);
    PricedLineOut {
        before: money(line.before),
        off: money(line.off),
        net: money(line.net),
        tax: money(line.tax),
        gross: money(line.gross),
    }
}

/// A batch of codes.
pub fn code_batch(batch: &CodeBatch, coupon: &str) -> CodeBatchOut {
    CodeBatchOut {
        batch: batch_id(batch.batch),
        coupon: coupon.to_owned(),
        asked: batch.asked,
        made: batch.made,
        created_at: batch.created_at.to_string(),
    }
}

/// A batch's id in words.
pub fn batch_id(batch: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(batch))
}

/// A code as it stands at `now`.
pub fn code(view: &CodeView, now: Timestamp) -> CodeOut {
    let row = &view.row;
    let status = row.state(view.uses, now).name();
    let history = view.history.iter().flat_map(|logged| {
        let event = &logged.event;
        let order = match &event.kind {
            Kind::CodeUse(used) => used.order.as_ref(),
            _ => event.order(),
        };
        let steps = logged.outcome.changes.iter();
        let steps = steps.filter_map(|change| step(change, &row.code));
        steps.map(move |what| CodeStepOut {
            at: event.recorded_at.to_string(),
            what: what.to_owned(),
            member: logged.member.to_string(),
            event: EventKeyOut::from(&event.key),
            order: order.map(ToString::to_string),
        })
    });
    CodeOut {
        code: view.printed.clone(),
        coupon: view.coupon.clone(),
        status: status.to_owned(),
        used: row.used,
        uses: view.uses,
        member: view.holder.map(|member| member.to_string()),
        issued_at: row.issued_at.to_string(),
        expires_at: row.expires_at.and_then(unless_never),
        void_at: row.void_at.map(|at| at.to_string()),
        history: history.collect(),
    }
}

/// What a change did to a code, in a word.
fn step(change: &Change, code: &Code) -> Option<&'static str> {
    if change.code() != Some(code) {
        return None;
    }
    match change {
        Change::CodeMoved { by, .. } if *by > 0 => Some("used"),
        Change::CodeMoved { .. } => Some("returned"),
        Change::CodeAssigned(_) => Some("assigned"),
        Change::CodeReleased(_) => Some("released"),
        _ => None,
    }
}
