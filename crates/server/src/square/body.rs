//! Bodies as Square has them: fields that it does not know are let be, and the first that is wrong is told
//! with Square's code for it.

use super::fault::wrong;
use super::{KEY_MOST, PAGE_MOST};
use crate::extract::{BODY_MAX, Json};
use crate::failure::Failure;
use crate::state::Server;
use axum::extract::{FromRequest, Request};
use regulars_base::{Text, Timestamp};
use serde_json::Value;

/// A body. Fields are named as in Square's errors: `reward.order_id`.
pub(super) struct Body(Value);

impl FromRequest<Server> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        let json = Json::<BODY_MAX>::from_request(request, server).await?;
        let value: Value = serde_json::from_str(json.raw()?.get())
            .map_err(|error| wrong("EXPECTED_JSON_BODY", "", error.to_string()))?;
        if !value.is_object() {
            return Err(wrong("EXPECTED_OBJECT", "", "the body is no object"));
        }
        Ok(Self(value))
    }
}

impl Body {
    /// What stands at a field; `null` is nothing.
    pub(super) fn at(&self, field: &str) -> Option<&Value> {
        let mut parts = field.split('.');
        let found = parts.try_fold(&self.0, |value, part| match value {
            Value::Array(items) => items.get(part.parse::<usize>().ok()?),
            other => other.get(part),
        });
        found.filter(|value| !value.is_null())
    }

    /// A text, if it is there.
    pub(super) fn maybe_text(&self, field: &str) -> Result<Option<Text>, Failure> {
        let Some(value) = self.at(field) else {
            return Ok(None);
        };
        let Some(text) = value.as_str() else {
            let detail = format!("`{field}` must be a string");
            return Err(wrong("EXPECTED_STRING", field, detail));
        };
        if text.is_empty() {
            return Err(wrong("VALUE_EMPTY", field, format!("`{field}` is empty")));
        }
        let text = Text::new(text);
        text.map(Some)
            .map_err(|error| wrong("INVALID_VALUE", field, format!("`{field}` {error}")))
    }

    /// A text that must be there.
    pub(super) fn text(&self, field: &str) -> Result<Text, Failure> {
        self.maybe_text(field)?.ok_or_else(|| missing(field))
    }

    /// A whole number, if it is there.
    pub(super) fn maybe_whole(&self, field: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.at(field) else {
            return Ok(None);
        };
        let detail = || format!("`{field}` must be a whole number");
        let whole = value.as_i64();
        whole
            .map(Some)
            .ok_or_else(|| wrong("EXPECTED_INTEGER", field, detail()))
    }

    /// A whole number that must be there.
    pub(super) fn whole(&self, field: &str) -> Result<i64, Failure> {
        self.maybe_whole(field)?.ok_or_else(|| missing(field))
    }

    /// Yes or no; no if it is not there.
    pub(super) fn flag(&self, field: &str) -> Result<bool, Failure> {
        match self.at(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => {
                let detail = format!("`{field}` must be true or false");
                Err(wrong("EXPECTED_BOOLEAN", field, detail))
            }
        }
    }

    /// How many things a list has; nothing if it is not there.
    pub(super) fn length(&self, field: &str, most: usize) -> Result<Option<usize>, Failure> {
        let Some(value) = self.at(field) else {
            return Ok(None);
        };
        let Some(items) = value.as_array() else {
            let detail = format!("`{field}` must be a list");
            return Err(wrong("EXPECTED_ARRAY", field, detail));
        };
        match items.len() {
            0 => Err(wrong("ARRAY_EMPTY", field, format!("`{field}` is empty"))),
            length if length > most => {
                let detail = format!("`{field}` has {length} values; at most {most} are taken");
                Err(wrong("ARRAY_LENGTH_TOO_LONG", field, detail))
            }
            length => Ok(Some(length)),
        }
    }

    /// A list of texts; nothing if it is not there.
    pub(super) fn texts(&self, field: &str, most: usize) -> Result<Option<Vec<Text>>, Failure> {
        let Some(length) = self.length(field, most)? else {
            return Ok(None);
        };
        let each = (0..length).map(|at| self.text(&format!("{field}.{at}")));
        each.collect::<Result<_, _>>().map(Some)
    }

    /// A moment, if it is there.
    pub(super) fn moment(&self, field: &str) -> Result<Option<Timestamp>, Failure> {
        let Some(text) = self.maybe_text(field)? else {
            return Ok(None);
        };
        let read = text.as_str().parse();
        read.map(Some).map_err(|error: regulars_base::TimeError| {
            wrong("INVALID_TIME", field, format!("`{field}` {error}"))
        })
    }

    /// What makes a request one, however often it is sent.
    pub(super) fn idempotency_key(&self) -> Result<Text, Failure> {
        let key = self.text("idempotency_key")?;
        if key.as_str().len() > KEY_MOST {
            let detail = format!("`idempotency_key` is longer than {KEY_MOST} bytes");
            return Err(wrong("VALUE_TOO_LONG", "idempotency_key", detail));
        }
        Ok(key)
    }

    /// How many are asked for.
    pub(super) fn limit(&self) -> Result<usize, Failure> {
        limit(self.maybe_whole("limit")?)
    }

    /// The cursor, unwrapped.
    pub(super) fn cursor(&self) -> Result<Option<String>, Failure> {
        cursor(self.maybe_text("cursor")?.as_ref().map(Text::as_str))
    }
}

/// How many are asked for: 1 to 30; 30 if that is not said.
pub(super) fn limit(asked: Option<i64>) -> Result<usize, Failure> {
    match asked.map(usize::try_from) {
        None => Ok(PAGE_MOST),
        Some(Ok(limit)) if (1..=PAGE_MOST).contains(&limit) => Ok(limit),
        Some(Ok(limit)) if limit > PAGE_MOST => {
            let detail = format!("`limit` is {limit}; at most {PAGE_MOST} are answered");
            Err(wrong("VALUE_TOO_HIGH", "limit", detail))
        }
        Some(_) => Err(wrong("VALUE_TOO_LOW", "limit", "`limit` must be 1 or more")),
    }
}

/// A cursor, unwrapped.
pub(super) fn cursor(sent: Option<&str>) -> Result<Option<String>, Failure> {
    let ask = crate::view::page_ask(sent.filter(|sent| !sent.is_empty()), None);
    ask.map(|ask| ask.after).map_err(|_| bad_cursor())
}

/// A cursor that is none of ours.
pub(super) fn bad_cursor() -> Failure {
    let detail = "`cursor` is none; send the `cursor` of the page before";
    wrong("INVALID_CURSOR", "cursor", detail)
}

/// A field that is missing.
pub(super) fn missing(field: &str) -> Failure {
    let detail = format!("`{field}` is missing");
    wrong("MISSING_REQUIRED_PARAMETER", field, detail)
}
