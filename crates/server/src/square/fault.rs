//! What went wrong, as Square tells it: `errors` with category, code, detail and field.

use super::PREFIX;
use crate::failure::Failure;
use regulars_api::square::ErrorOut;
use regulars_api::{Code, Problem};
use serde_json::{Value, json};

/// Where a problem says which code of Square's it is.
const OWN: &str = "square";

/// The input is wrong, in a way that Square has a code for.
pub(super) fn wrong(code: &'static str, field: &str, detail: impl Into<String>) -> Failure {
    let problem = Problem::new(Code::InvalidInput, detail).with(OWN, code);
    problem.with("field", field).into()
}

/// Status and body, if the problem is one of a path of Square's.
pub(crate) fn written(path: &str, problem: &Problem) -> Option<(u16, Vec<u8>)> {
    path.starts_with(PREFIX).then(|| {
        let (status, error) = told(problem);
        let body = serde_json::to_vec(&json!({ "errors": [error] }));
        (status, body.unwrap_or_default())
    })
}

fn told(problem: &Problem) -> (u16, ErrorOut) {
    let own = problem.more.get(OWN).and_then(Value::as_str);
    let (status, code) = own.map_or_else(|| of_ours(problem), |code| (status_of(code), code));
    let error = ErrorOut {
        category: match status {
            401 | 403 => "AUTHENTICATION_ERROR",
            429 => "RATE_LIMIT_ERROR",
            500.. => "API_ERROR",
            _ => "INVALID_REQUEST_ERROR",
        },
        code: code.to_owned(),
        detail: problem.detail.clone(),
        field: field(problem, own.is_some()),
    };
    (status, error)
}

fn status_of(code: &str) -> u16 {
    match code {
        "NOT_FOUND" => 404,
        "METHOD_NOT_ALLOWED" => 405,
        "CONFLICT" => 409,
        _ => 400,
    }
}

/// Our problems in Square's words. What the program refuses is a bad request there.
fn of_ours(problem: &Problem) -> (u16, &'static str) {
    match (problem.code.as_str(), problem.status) {
        ("invalid_json", _) => (400, "EXPECTED_JSON_BODY"),
        ("unauthorized", _) => (401, "UNAUTHORIZED"),
        ("forbidden", _) => (403, "INSUFFICIENT_SCOPES"),
        ("key_reused", _) => (400, "IDEMPOTENCY_KEY_REUSED"),
        ("identity_taken" | "exists" | "already_enrolled", _) => (409, "CONFLICT"),
        ("no_program", _) => (404, "NOT_FOUND"),
        (code, _) if code.starts_with("unknown_") => (404, "NOT_FOUND"),
        (_, 404) => (404, "NOT_FOUND"),
        (_, 405) => (405, "METHOD_NOT_ALLOWED"),
        (_, 408) => (408, "REQUEST_TIMEOUT"),
        (_, 413) => (413, "REQUEST_ENTITY_TOO_LARGE"),
        (_, 415) => (415, "UNSUPPORTED_MEDIA_TYPE"),
        (_, 429) => (429, "RATE_LIMITED"),
        (_, 503) => (503, "SERVICE_UNAVAILABLE"),
        (_, 500..) => (500, "INTERNAL_SERVER_ERROR"),
        _ => (400, "BAD_REQUEST"),
    }
}

/// The field: `a.b` for what our faults call `/a/b`.
fn field(problem: &Problem, own: bool) -> Option<String> {
    if own {
        return problem.more.get("field")?.as_str().map(str::to_owned);
    }
    let at = &problem.errors.first()?.at;
    Some(at.trim_start_matches('/').replace('/', "."))
}
