//! Receipts: what the sender of an event is told.

use super::{points, points_id, why};
use crate::failure::Failure;
use crate::language::{language, reader};
use crate::layer::IDEMPOTENCY_HIT;
use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::receipt::{PointsOut, PreviewOut, ReceiptOut, ResultOut, Verdict};
use regulars_api::{Amount, Code, Problem};
use regulars_app::{PointsMoved, Preview, Receipt};
use regulars_engine::Program;
use regulars_engine::outcome::{Measure, Refusal, Verdict as Decided};
use regulars_engine::program::words;
use serde::Serialize;

/// A receipt.
pub fn receipt(receipt: &Receipt) -> ReceiptOut {
    let (verdict, code, detail) = verdict(&receipt.program, &receipt.verdict);
    ReceiptOut {
        source: receipt.key.source.to_string(),
        id: receipt.key.external_id.to_string(),
        member: receipt.member.to_string(),
        seq: receipt.seq,
        at: receipt.occurred_at.to_string(),
        recorded_at: receipt.recorded_at.to_string(),
        program_version: receipt.version,
        verdict,
        code,
        detail,
        points: moved(&receipt.program, &receipt.points),
        reasons: receipt.reasons_in(language()),
    }
}

/// Verdict, code and words.
pub(super) fn verdict(
    program: &Program,
    decided: &Decided,
) -> (Verdict, Option<String>, Option<String>) {
    match decided {
        Decided::Accepted => (Verdict::Accepted, None, None),
        Decided::Refused(refusal) => {
            let code = Code::from(refusal).code().to_owned();
            (Verdict::Refused, Some(code), Some(why(program, refusal)))
        }
    }
}

/// What moved.
pub(super) fn moved(program: &Program, moved: &[PointsMoved]) -> Vec<PointsOut> {
    let each = |moved: &PointsMoved| PointsOut {
        points: points_id(program, moved.points),
        amount: points(program, moved.points, moved.change),
    };
    moved.iter().map(each).collect()
}

/// What an event would do.
pub fn preview(preview: &Preview) -> PreviewOut {
    let program = &preview.program;
    let (verdict, code, detail) = verdict(program, &preview.outcome.verdict);
    let available = preview.available.iter().map(|(name, units)| PointsOut {
        points: points_id(program, *name),
        amount: points(program, *name, *units),
    });
    let notes = preview.outcome.trace.iter();
    PreviewOut {
        member: preview.member.map(|member| member.to_string()),
        program_version: preview.version,
        verdict,
        code,
        detail,
        points: moved(program, &preview.points),
        available: available.collect(),
        reasons: notes
            .map(|note| words::note(reader(program), note))
            .collect(),
    }
}

/// A refused event as a problem: the refusal is recorded, and this is how it is told.
fn refusal(receipt: &Receipt, refusal: &Refusal) -> Problem {
    let program = &receipt.program;
    let problem = Problem::new(Code::from(refusal), why(program, refusal))
        .with("source", receipt.key.source.as_str())
        .with("id", receipt.key.external_id.as_str())
        .with("member", receipt.member.to_string());
    let text = |amount: Amount| amount.0;
    match refusal {
        Refusal::InsufficientPoints {
            points: name,
            available,
            price,
        } => problem
            .with("points", points_id(program, *name))
            .with("available", text(points(program, *name, *available)))
            .with("price", text(points(program, *name, *price))),
        Refusal::RefundTooLarge { left, asked, of } => {
            let shown = |n: i64| match of {
                Measure::Amount => Amount::money(n, program.currency),
                Measure::Quantity => Amount::number(n, 3),
            };
            problem
                .with("left", text(shown(*left)))
                .with("asked", text(shown(*asked)))
        }
        Refusal::ReturnTooLarge { left } | Refusal::StockTooLow { left } => {
            problem.with("left", *left)
        }
        Refusal::FulfilmentOutOfTurn { stage } => problem.with("state", stage.word()),
        Refusal::UnknownAttribute { attribute } | Refusal::UnknownAttributeValue { attribute } => {
            problem.with("attribute", attribute.as_str())
        }
        Refusal::InsufficientMoney { available, price } => problem
            .with(
                "available",
                text(Amount::money(*available, program.currency)),
            )
            .with("price", text(Amount::money(*price, program.currency))),
        Refusal::GiftCardAmount { least, most } => problem
            .with("least", text(Amount::money(*least, program.currency)))
            .with("most", text(Amount::money(*most, program.currency))),
        Refusal::MoneyTooMuch { most } => {
            problem.with("most", text(Amount::money(*most, program.currency)))
        }
        Refusal::CreditBeyondRefund { left, asked } => problem
            .with("left", text(Amount::money(*left, program.currency)))
            .with("asked", text(Amount::money(*asked, program.currency))),
        Refusal::RewardTooFew { least } => problem.with("least", *least),
        Refusal::RewardShareTooLarge { most } => problem.with("most", *most),
        Refusal::TransferTooSmall { least } => problem.with("least", *least),
        Refusal::TransferTooLarge { most } => problem.with("most", *most),
        Refusal::UnknownLine { line } => problem.with("line", line.as_str()),
        Refusal::UnknownField { field }
        | Refusal::FieldMissing { field }
        | Refusal::FieldInvalid { field }
        | Refusal::UnknownProfileField { field } => problem.with("field", field.as_str()),
        Refusal::SpendMaxReached { points: name, left } => {
            problem.with("left", text(points(program, *name, *left)))
        }
        Refusal::TooSoon { again_at }
        | Refusal::RejoinTooSoon { again_at }
        | Refusal::DoneAlready {
            again_at: Some(again_at),
        }
        | Refusal::BirthdayFixed {
            again_at: Some(again_at),
        } => problem.with("again_at", again_at.to_string()),
        _ => problem,
    }
}

/// Whether the event was refused, and how that is told.
pub(crate) fn refused(receipt: &Receipt) -> Option<Failure> {
    match &receipt.verdict {
        Decided::Accepted => None,
        Decided::Refused(why) => Some(Failure {
            hit: receipt.duplicate,
            ..refusal(receipt, why).into()
        }),
    }
}

/// The answer to something that was written: 201, or 200 and `Idempotency-Hit` if it had been
/// before, or the problem that it was refused with.
pub(crate) fn answer(receipt: &Receipt, body: impl Serialize) -> Response {
    if let Some(failure) = refused(receipt) {
        return failure.into_response();
    }
    if receipt.duplicate {
        let hit = [(IDEMPOTENCY_HIT, HeaderValue::from_static("true"))];
        return (StatusCode::OK, hit, Json(body)).into_response();
    }
    (StatusCode::CREATED, Json(body)).into_response()
}

/// The result of one event among many.
pub(crate) fn result(result: Result<Receipt, Failure>) -> ResultOut {
    let (status, receipt, problem) = match result {
        Ok(it) => match refused(&it) {
            Some(failure) => (failure.problem.status, None, Some(*failure.problem)),
            None => (
                if it.duplicate { 200 } else { 201 },
                Some(receipt(&it)),
                None,
            ),
        },
        Err(failure) => {
            if let Some(cause) = &failure.cause {
                tracing::error!(code = failure.problem.code, "{cause}");
            }
            (failure.problem.status, None, Some(*failure.problem))
        }
    };
    ResultOut {
        index: None,
        line: None,
        status,
        receipt,
        problem,
    }
}
