//! Who did what: every request of a person that changes something, and every request of a key that
//! adjusts, applies or administers, leaves a line in the audit trail before it is answered. It is done in
//! one place, so that a route that is added is covered on the day it is there. A handler may say how it
//! was before, how it is since, and why.

use crate::failure::Failure;
use crate::layer::X_REQUEST_ID;
use crate::router;
use crate::square;
use crate::state::Server;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use regulars_api::Code;
use regulars_app::{Caller, NewAct, Scope, Told};
use serde_json::Value;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// What asks and changes nothing, though it is no `GET`.
const ASKS_ONLY: [&str; 12] = [
    "preview_retention",
    "preview_event",
    "quote_basket",
    "check_program",
    "plan_program",
    "plan_program_members",
    "validate_codes",
    "ask_gift_card",
    "find_at_till",
    "preview_segment",
    "preview_message",
    "preview_journey",
];

/// What signing in with the shop's own sign-on is called: it is a `GET`, since browsers go through it.
pub(crate) const SIGN_ON: &str = "sign_on";

/// What is known of a request while it is on its way.
#[derive(Clone, Default)]
pub(crate) struct Acting(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    caller: Option<Arc<Caller>>,
    is_noted: bool,
    target: Option<String>,
    told: Told,
}

impl Acting {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who it is, and what was asked of them.
    pub(crate) fn is(&self, caller: &Arc<Caller>, scope: Option<Scope>) {
        let weighty = matches!(scope, Some(Scope::Adjust | Scope::Program | Scope::Admin));
        let mut known = self.known();
        known.is_noted = caller.is_person() || weighty;
        known.caller = Some(Arc::clone(caller));
    }

    /// It weighs as much as what asks for a scope that is noted, though its path asks for another.
    pub(crate) fn weighs(&self) {
        self.known().is_noted = true;
    }

    /// Somebody signed in or tried to: that is noted, whoever it is.
    pub(crate) fn signs_in(&self, caller: Caller) {
        let mut known = self.known();
        known.is_noted = true;
        known.caller = Some(Arc::new(caller));
    }

    /// The line of somebody who signed in by another way than a request of the API.
    pub(crate) fn signed_in(caller: &Caller, by: &str) -> NewAct {
        NewAct {
            actor: caller.key.clone(),
            act: by.to_owned(),
            target: String::new(),
            told: Told {
                name: caller.name.clone(),
                ..Told::default()
            },
        }
    }

    /// To what it was done, where the path does not say so.
    pub(crate) fn to(&self, target: impl Into<String>) {
        self.known().target = Some(target.into());
    }

    /// How it was, and how it is.
    pub(crate) fn moved(&self, before: impl Into<String>, after: impl Into<String>) {
        let mut known = self.known();
        known.told.before = before.into();
        known.told.after = after.into();
    }

    /// Why it was done.
    pub(crate) fn why(&self, why: impl Into<String>) {
        self.known().told.why = why.into();
    }
}

impl FromRequestParts<Server> for Acting {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Puts down what was done before it is answered. Where that cannot be written, the answer is that: the
/// database cannot be used, and the request may be sent again.
pub(crate) async fn note(
    State(server): State<Server>,
    matched: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let reads = matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
    let Some(matched) = matched.filter(|_| !reads) else {
        return next.run(request).await;
    };
    let acting = Acting::default();
    request.extensions_mut().insert(acting.clone());
    let (uri, id) = (request.uri().clone(), request.headers().get(X_REQUEST_ID));
    let id = id.cloned();
    let response = next.run(request).await;
    let refused = response.extensions().get::<Failure>();
    let refused = refused.map(|failure| failure.problem.code.clone());
    let told_of = |code: &String| {
        let weighty = [
            Code::Forbidden,
            Code::SecondPersonNeeded,
            Code::Unauthorized,
        ];
        weighty.iter().any(|own| own.code() == code)
    };
    if refused.as_ref().is_some_and(|code| !told_of(code)) {
        return response;
    }
    let path = (matched.as_str(), uri.path());
    let Some((tenant, mut new)) = line(&acting, &method, path, refused) else {
        return response;
    };
    let id = id.as_ref().and_then(|id| id.to_str().ok());
    new.told.request = id.unwrap_or_default().to_owned();
    match server.call(move |app| app.note(tenant, new)).await {
        Ok(()) => response,
        Err(failure) => failure.into_response(),
    }
}

fn line(
    acting: &Acting,
    method: &Method,
    (matched, path): (&str, &str),
    refused: Option<String>,
) -> Option<(regulars_base::TenantId, NewAct)> {
    let mut known = acting.known();
    let caller = known.caller.clone().filter(|_| known.is_noted)?;
    let (act, _) = operations().get(&format!("{} {matched}", method.as_str()))?;
    if ASKS_ONLY.contains(&act.as_str()) {
        return None;
    }
    let mut told = std::mem::take(&mut known.told);
    told.name = caller.name.clone();
    told.refused = refused.unwrap_or_default();
    let new = NewAct {
        actor: caller.key.clone(),
        act: act.clone(),
        target: known.target.take().unwrap_or_else(|| target(matched, path)),
        told,
    };
    Some((caller.tenant, new))
}

/// What a path names beside its fixed parts. An identity in it is somebody's address or number, which has
/// no place in a trail that is kept for ever: of it there is only what sort it is.
fn target(matched: &str, path: &str) -> String {
    let parts = matched.split('/').zip(path.split('/'));
    let named = parts.filter(|(fixed, _)| fixed.starts_with('{'));
    let shown = named.map(|(_, part)| {
        let end = part.find(':').or_else(|| part.to_lowercase().find("%3a"));
        match end {
            Some(end) => format!("{}:…", &part[..end]),
            None => part.chars().take(100).collect(),
        }
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// The operations of the API by method and path: their names, and what they do in words.
fn operations() -> &'static BTreeMap<String, (String, String)> {
    static KNOWN: OnceLock<BTreeMap<String, (String, String)>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut document = router::paths().into_openapi();
        document.merge(square::paths().into_openapi());
        let document = serde_json::to_value(document).unwrap_or_default();
        let mut known = BTreeMap::new();
        let paths = document["paths"].as_object();
        for (path, methods) in paths.into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let text = |name: &str| match &operation[name] {
                    Value::String(text) => text.clone(),
                    _ => String::new(),
                };
                let name = format!("{} {path}", method.to_uppercase());
                known.insert(name, (text("operationId"), text("summary")));
            }
        }
        known
    })
}

/// What an operation does, in words.
pub(crate) fn words(act: &str) -> String {
    if act == SIGN_ON {
        return "Sign in with the shop's own sign-on".into();
    }
    let found = operations().values().find(|(name, _)| name == act);
    found.map_or_else(|| act.to_owned(), |(_, words)| words.clone())
}

/// The name of every operation that may leave a line.
pub(crate) fn names() -> Vec<(String, String)> {
    let writes = operations().iter().filter(|(path, (name, _))| {
        !path.starts_with("GET ") && !ASKS_ONLY.contains(&name.as_str())
    });
    let own = (SIGN_ON.to_owned(), words(SIGN_ON));
    writes
        .map(|(_, names)| names.clone())
        .chain([own])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_names_ids_and_no_addresses() {
        let of = |path: &str| target("/v1/members/{member}/merge", path);
        assert_eq!(of("/v1/members/mem_01/merge"), "mem_01");
        assert_eq!(of("/v1/members/email:ana@example.com/merge"), "email:…");
        assert_eq!(of("/v1/members/email%3Aana@example.com/merge"), "email:…");
    }

    #[test]
    fn what_only_asks_is_an_operation_all_the_same() {
        for act in ASKS_ONLY {
            assert!(operations().values().any(|(name, _)| name == act), "{act}");
        }
    }
}
