//! How much somebody may ask for in a time: a bucket of requests that fills by itself, for each key (or
//! person), and for each address that comes to a door that is open to everybody.
//!
//! Of a bucket there is one number: the moment at which it will be full again. That is pushed on by each
//! request, and a request that would push it too far is refused, and told how long to wait. It is kept in
//! memory only: each server counts for itself.

use crate::address;
use crate::callers;
use crate::failure::Failure;
use crate::state::Server;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use regulars_api::Code;
use regulars_app::Rate;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;
use utoipa::openapi::{OpenApi, SecurityRequirement};

/// So many parts, so that requests seldom wait for each other.
const PARTS: usize = 16;
/// So many buckets are kept in a part.
const MOST: usize = 4_000;
const SECOND: u64 = 1_000_000_000;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// All buckets.
pub(crate) struct Buckets {
    begun: Instant,
    parts: [Mutex<HashMap<u64, u64>>; PARTS],
}

/// What is left in a bucket after a request, or how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) rate: Rate,
    /// So many requests more.
    pub(crate) requests: u64,
    /// Until it is full again, in seconds.
    pub(crate) full: u64,
    /// Until the next request, in seconds: nothing if this one was let pass.
    pub(crate) wait: Option<u32>,
}

/// What a request is told of its bucket, whatever it is answered with.
#[derive(Clone, Default)]
pub(crate) struct Spent(Arc<OnceLock<Left>>);

impl Default for Buckets {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            parts: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl Buckets {
    /// Takes a request out of somebody's bucket.
    pub(crate) fn take(&self, of: impl Hash, rate: Rate) -> Left {
        let now = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.take_at(callers::name(of), rate, now)
    }

    fn take_at(&self, name: u64, rate: Rate, now: u64) -> Left {
        let each = SECOND / u64::from(rate.per_second.max(1));
        let whole = each * u64::from(rate.burst.max(1));
        let place = usize::try_from(name % 16).unwrap_or(0);
        let mut part = self.parts[place]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Who has a full bucket is as good as not known.
        callers::make_room(&mut part, name, MOST, |full| *full > now);
        let full = part.entry(name).or_insert(now);
        let next = (*full).max(now) + each;
        let wait = (next - now).checked_sub(whole).filter(|over| *over > 0);
        if wait.is_none() {
            *full = next;
        }
        let used = (*full).saturating_sub(now);
        Left {
            rate,
            requests: whole.saturating_sub(used) / each,
            full: used.div_ceil(SECOND),
            wait: wait.map(|over| u32::try_from(over.div_ceil(SECOND)).unwrap_or(u32::MAX)),
        }
    }
}

impl Left {
    /// Lets it pass, or says how long to wait.
    pub(crate) fn passed(self) -> Result<(), Failure> {
        let Some(seconds) = self.wait else {
            return Ok(());
        };
        let Rate { per_second, burst } = self.rate;
        let detail = format!(
            "more than {per_second} requests a second (and {burst} at once) were asked for; try again in \
             {seconds} seconds"
        );
        Err(Failure::new(Code::TooManyRequests, detail).after(seconds))
    }
}

impl Spent {
    pub(crate) fn is(&self, left: Left) {
        // A request is counted once; whoever is counted twice is told of the first.
        let _ = self.0.set(left);
    }

    /// As the draft of the IETF has it (`draft-ietf-httpapi-ratelimit-headers`).
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let Some(left) = self.0.get() else {
            return;
        };
        let Rate { per_second, burst } = left.rate;
        let window = burst.div_ceil(per_second.max(1));
        let texts = [
            (RATE_LIMIT_POLICY, format!("\"own\";q={burst};w={window}")),
            (
                RATE_LIMIT,
                format!("\"own\";r={};t={}", left.requests, left.full),
            ),
        ];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
}

/// Counts by its address whoever comes to a door that is open to everybody. Where the address is not
/// known, nobody is counted: else all would share one bucket.
pub(crate) async fn at_the_door(
    State((server, doors)): State<(Server, Doors)>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let Some(rate) = server.settings().address_rate else {
        return next.run(request).await;
    };
    if !matched.is_some_and(|path| doors.are_open(path.as_str(), request.method())) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    if let Some(from) = address::of(&parts, &server.settings().proxies) {
        let left = server
            .buckets()
            .take(("address", address::counted(from)), rate);
        if let Some(spent) = parts.extensions.get::<Spent>() {
            spent.is(left);
        }
        if let Err(failure) = left.passed() {
            return failure.into_response();
        }
    }
    next.run(Request::from_parts(parts, body)).await
}

/// What needs neither key nor session, by path: but not what comes in signed, which many send from few
/// addresses, nor whether the server is well.
#[derive(Clone, Debug)]
pub(crate) struct Doors(Arc<HashMap<String, Vec<Method>>>);

impl Doors {
    /// As the document says.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let mut open: HashMap<String, Vec<Method>> = HashMap::new();
        for (path, item) in &document.paths.paths {
            if !path.starts_with("/v1/") || path == "/v1/payments/webhook" {
                continue;
            }
            let operations = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::DELETE, &item.delete),
                (Method::PATCH, &item.patch),
            ];
            let none = [SecurityRequirement::default()];
            let methods = operations.into_iter().filter(|(_, operation)| {
                let needs = operation.as_ref().and_then(|own| own.security.as_deref());
                needs.is_some_and(|needs| *needs == none)
            });
            let methods: Vec<Method> = methods.map(|(method, _)| method).collect();
            if !methods.is_empty() {
                open.insert(path.clone(), methods);
            }
        }
        Self(Arc::new(open))
    }

    fn are_open(&self, path: &str, method: &Method) -> bool {
        let methods = self.0.get(path);
        methods.is_some_and(|methods| methods.contains(method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router;

    const RATE: Rate = Rate {
        per_second: 10,
        burst: 20,
    };

    #[test]
    fn a_bucket_gives_what_is_in_it_and_fills_by_itself() {
        let all = Buckets::default();
        for left in (0..20).rev() {
            let took = all.take_at(1, RATE, 0);
            assert_eq!((took.requests, took.wait), (left, None));
        }
        let refused = all.take_at(1, RATE, 0);
        assert_eq!((refused.requests, refused.full), (0, 2));
        assert_eq!(refused.wait, Some(1));
        assert!(refused.passed().is_err() && all.take_at(2, RATE, 0).passed().is_ok());
        // What was refused has taken nothing: a tenth of a second is one request.
        assert_eq!(all.take_at(1, RATE, SECOND / 10).wait, None);
        assert_eq!(all.take_at(1, RATE, SECOND / 10).wait, Some(1));
        assert_eq!(all.take_at(1, RATE, 9 * SECOND).requests, 19);
    }

    #[test]
    fn over_a_minute_nobody_gets_more_than_their_rate_and_one_burst() {
        let all = Buckets::default();
        let asked = (0..60_000_u64).map(|milli| milli * 1_000_000);
        let passed = asked.filter(|now| all.take_at(7, RATE, *now).wait.is_none());
        let passed = passed.count();
        assert!((615..=620).contains(&passed), "{passed}");
    }

    #[test]
    fn made_up_callers_take_no_more_memory() {
        let all = Buckets::default();
        for name in 0..200_000 {
            all.take_at(name, RATE, 0);
        }
        let kept: usize = all.parts.iter().map(|it| it.lock().unwrap().len()).sum();
        assert!(kept <= PARTS * MOST);
    }

    #[test]
    fn what_is_open_to_all_is_what_people_come_to() {
        let doors = Doors::of(&router::paths().into_openapi());
        for path in [
            "/v1/sessions/person",
            "/v1/sessions/passkey/challenge",
            "/v1/portal/{shop}/codes",
        ] {
            assert!(doors.are_open(path, &Method::POST), "{path}: {doors:?}");
        }
        assert!(
            !doors
                .0
                .keys()
                .any(|path| path.contains("/hooks/") || path.contains("webhook"))
        );
    }
}
