//! Bodies, parameters and headers: read within limits, and told as problems when they are wrong.

use crate::failure::Failure;
use crate::state::Server;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use futures_util::StreamExt;
use regulars_api::json::At;
use regulars_api::{Code, FromJson};
use regulars_app::{Identity, MemberRef};
use regulars_base::Text;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// The longest body of one thing: an order of 10,000 lines fits.
pub(crate) const BODY_MAX: usize = 4 * 1024 * 1024;
/// The longest body of many.
pub(crate) const BATCH_MAX: usize = 16 * 1024 * 1024;
/// The deepest nesting of objects and lists.
pub(crate) const DEPTH_MAX: usize = 64;
/// Of a body that is too long, so much is still taken in (and thrown away), so that the sender
/// hears why instead of finding the connection broken.
const DRAINED_MAX: usize = 256 * 1024 * 1024;

/// The header that makes a request one request, however often it is sent.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A body as it came: UTF-8, within the limits of length and depth.
pub(crate) struct Whole<const MAX: usize>(Bytes);

impl<const MAX: usize> Whole<MAX> {
    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a body is checked to be UTF-8 when it is read")
    }
}

/// A body that is read as JSON.
pub(crate) struct Json<const MAX: usize>(Whole<MAX>);

impl<const MAX: usize> Json<MAX> {
    /// The body's text; read it with [`Json::raw`].
    pub(crate) fn raw(&self) -> Result<&RawValue, Failure> {
        parse(self.0.text())
    }
}

/// A JSON body that became a `T`.
pub(crate) struct In<T>(pub(crate) T);

/// As [`In`], where the body may be left out.
pub(crate) struct MaybeIn<T>(pub(crate) T);

/// The text of one value, which must be JSON.
pub(crate) fn parse(text: &str) -> Result<&RawValue, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::new(Code::InvalidJson, format!("the body breaks off: {error}")))
}

impl<const MAX: usize> FromRequest<Server> for Whole<MAX> {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body, MAX, server).await?;
        if let Err(error) = std::str::from_utf8(&bytes) {
            let detail = format!("byte {} is not UTF-8", error.valid_up_to());
            return Err(Failure::new(Code::InvalidUtf8, detail));
        }
        Ok(Self(bytes))
    }
}

impl<const MAX: usize> FromRequest<Server> for Json<MAX> {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        expect_type(request.headers(), &["application/json"])?;
        let whole = Whole::from_request(request, server).await?;
        expect_shallow(whole.text())?;
        Ok(Self(whole))
    }
}

impl<T: FromJson> FromRequest<Server> for In<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        let json = Json::<BODY_MAX>::from_request(request, server).await?;
        convert(json.raw()?).map(Self)
    }
}

impl<T: FromJson> FromRequest<Server> for MaybeIn<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        let whole = Whole::<BODY_MAX>::from_request(request, server).await?;
        let text = match whole.text().trim() {
            "" => "{}",
            text => text,
        };
        expect_shallow(text)?;
        convert(parse(text)?).map(Self)
    }
}

fn convert<T: FromJson>(raw: &RawValue) -> Result<T, Failure> {
    let mut faults = Vec::new();
    match T::from_json(raw, At::ROOT, &mut faults) {
        Some(read) if faults.is_empty() => Ok(read),
        _ => Err(Failure::invalid(faults)),
    }
}

/// Refuses another content type than these. None at all is taken for the right one.
pub(crate) fn expect_type(headers: &HeaderMap, taken: &[&str]) -> Result<(), Failure> {
    let Some(sent) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let sent = sent.to_str().unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if taken
        .iter()
        .any(|taken| essence.eq_ignore_ascii_case(taken))
    {
        return Ok(());
    }
    let detail = format!("`{essence}` is not taken here; send {}", taken.join(" or "));
    Err(Failure::new(Code::UnsupportedMediaType, detail))
}

/// Refuses what is nested too deeply, before anything is built from it.
pub(crate) fn expect_shallow(text: &str) -> Result<(), Failure> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > DEPTH_MAX {
                    let detail = format!("objects and lists nest deeper than {DEPTH_MAX} levels");
                    return Err(Failure::new(Code::TooDeep, detail));
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

async fn read(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    server: &Server,
) -> Result<Bytes, Failure> {
    let limit = server.settings().body_timeout;
    match tokio::time::timeout(limit, read_within(headers, body, most)).await {
        Ok(read) => read,
        Err(_) => {
            let detail = format!("the body did not arrive within {} s", limit.as_secs_f32());
            Err(Failure::new(Code::BodyTooSlow, detail))
        }
    }
}

async fn read_within(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Failure> {
    let told = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut stream = body.into_data_stream();
    let mut parts: Vec<Bytes> = Vec::new();
    let mut length = 0_usize;
    let mut too_long = told.is_some_and(|told| told > most);
    if too_long && (headers.contains_key(EXPECT) || told.unwrap_or(0) > DRAINED_MAX) {
        return Err(too_large(most));
    }
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| {
            let detail = format!("the body broke off: {error}");
            Failure::new(Code::InvalidJson, detail)
        })?;
        length += part.len();
        too_long |= length > most;
        if too_long {
            parts.clear();
            if length > DRAINED_MAX {
                break;
            }
        } else {
            parts.push(part);
        }
    }
    if too_long {
        return Err(too_large(most));
    }
    Ok(match parts.len() {
        1 => parts.swap_remove(0),
        _ => parts.concat().into(),
    })
}

/// Longer than a path takes.
pub(crate) fn too_large(most: usize) -> Failure {
    let mib = most / (1024 * 1024);
    let detail = format!("more than {mib} MiB are not taken at once; send it in parts");
    Failure::new(Code::TooLarge, detail)
}

/// The `Idempotency-Key`, if it was sent.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<Text>, Failure> {
    let Some(sent) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let wrong = |what: &str| Failure::parameter("Idempotency-Key", what);
    let sent = sent
        .to_str()
        .map_err(|_| wrong("holds other characters than ASCII"))?;
    if sent.is_empty() {
        return Err(wrong("is empty"));
    }
    Text::new(sent)
        .map(Some)
        .map_err(|error| wrong(&error.to_string()))
}

/// Parameters of the path.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Server> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        match Path::<T>::from_request_parts(parts, server).await {
            Ok(Path(read)) => Ok(Self(read)),
            Err(error) => Err(Failure::parameter("path", error.body_text())),
        }
    }
}

/// Parameters of the query.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Server> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        match Query::<T>::from_request_parts(parts, server).await {
            Ok(Query(read)) => Ok(Self(read)),
            Err(error) => Err(Failure::parameter("query", error.body_text())),
        }
    }
}

/// A member as paths name them: `mem_…`, or `kind:value` of an identity.
pub(crate) fn member_ref(text: &str) -> Result<MemberRef, Failure> {
    if let Some((kind, value)) = text.split_once(':') {
        let wrong =
            |error: regulars_base::TextError| Failure::parameter("member", error.to_string());
        let (kind, value) = (
            Text::new(kind).map_err(wrong)?,
            Text::new(value).map_err(wrong)?,
        );
        return Ok(MemberRef::Identity(Identity { kind, value }));
    }
    let what = "is neither an id (mem_ and 32 hexadecimal digits) nor an identity (kind:value)";
    text.parse()
        .map(MemberRef::Id)
        .map_err(|_| Failure::parameter("member", what))
}
