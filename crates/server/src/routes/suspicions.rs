//! Suspicions: the queue of those against whom something speaks, and what a person decides.

use crate::acting::Acting;
use crate::auth::{Adjust, Key, Programs, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::suspicion::{
    ClearSuspicionIn, ReverseSuspicionIn, SuspicionOut, SuspicionRulesBody, SuspicionsLookedOut,
};
use regulars_api::{PageOut, Problem};
use regulars_app::engage::suspicion::{SignKind, Suspect, SuspicionRules};
use regulars_app::{Caller, Suspicion, SuspicionAsk, SuspicionRuling, SuspicionState};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which suspicions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuspicionsQuery {
    /// `open` (so if left out), `cleared` or `reversed`.
    state: Option<String>,
    /// With this sign among their reasons, as `pace`.
    sign: Option<String>,
    /// Against suspects of this kind: `member`, `seller`, `store`, `agent` or `caller`.
    suspect: Option<String>,
    /// Against this member.
    member: Option<String>,
    /// With this score at least: 1 to 100.
    least: Option<i64>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// List suspicions
///
/// Those for which most speaks first, each with its reasons. Members are looked at behind the log and every night, and
/// before points leave; whoever comes to enough is on hold until somebody decides.
#[utoipa::path(get, path = "/v1/suspicions", tag = "members", params(SuspicionsQuery), responses(
    (status = 200, body = PageOut<SuspicionOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_suspicions(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<SuspicionsQuery>,
) -> Result<axum::Json<PageOut<SuspicionOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let state = given(&query.state).map(|own| {
        let none = || Failure::parameter("state", "must be open, cleared or reversed");
        SuspicionState::by_name(own).ok_or_else(none)
    });
    let sign = given(&query.sign).map(|own| {
        let names = SignKind::ALL.map(SignKind::name).join(", ");
        let none = || Failure::parameter("sign", format!("is no sign; there are {names}"));
        SignKind::by_name(own).ok_or_else(none)
    });
    let suspect = given(&query.suspect).map(|own| {
        let kinds = Suspect::KINDS;
        let none = || Failure::parameter("suspect", format!("must be one of {}", kinds.join(", ")));
        let known = kinds.contains(&own);
        known.then(|| own.to_owned()).ok_or_else(none)
    });
    let ask = SuspicionAsk {
        state: state.transpose()?,
        sign: sign.transpose()?,
        suspect: suspect.transpose()?,
        member: None,
        least: query.least.unwrap_or_default(),
    };
    let member = given(&query.member).map(member_ref).transpose()?;
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let member = member.map(|who| app.member(tenant, &who)).transpose()?;
        let member = member.map(|own| own.id);
        app.suspicions(tenant, &SuspicionAsk { member, ..ask }, &page)
    });
    Ok(axum::Json(view::page(found.await?, |own| {
        view::suspicion(&own, &own.taken)
    })))
}

/// See a suspicion
///
/// With what would be taken back, as far as it is still there.
#[utoipa::path(get, path = "/v1/suspicions/{suspicion}", tag = "members",
    params(("suspicion" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SuspicionOut, description = "The suspicion"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_suspicion(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<SuspicionOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let own = app.suspicion(tenant, &id)?;
        let takes = app.suspicion_takes(tenant, &own)?;
        Ok(view::suspicion(&own, &takes))
    });
    Ok(axum::Json(found.await?))
}

/// Look for suspicions now
///
/// At all that all members did in the days of a look. A server does so every night.
#[utoipa::path(post, path = "/v1/suspicions/find", tag = "members", responses(
    (status = 200, body = SuspicionsLookedOut, description = "What it came to"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn find_suspicions(
    State(server): State<Server>,
    key: Key<Adjust>,
) -> Result<axum::Json<SuspicionsLookedOut>, Failure> {
    let tenant = key.tenant;
    let looked = server.call(move |app| app.look_for_suspicions(tenant, &mut |_, _| true));
    let looked = looked.await?;
    Ok(axum::Json(SuspicionsLookedOut {
        opened: looked.opened,
        more: looked.more,
        held: looked.held,
    }))
}

async fn rule(
    server: &Server,
    by: Caller,
    acting: &Acting,
    (id, ruling, reason): (String, SuspicionRuling, String),
) -> Result<axum::Json<SuspicionOut>, Failure> {
    let why = reason.clone();
    let ruled = server.call(move |app| app.rule_suspicion(&by, &id, (ruling, &reason)));
    let own = ruled.await?.suspicion;
    acting.moved("open", told(&own));
    acting.why(why);
    Ok(axum::Json(view::suspicion(&own, &own.taken)))
}

/// As the audit trail tells of one.
fn told(own: &Suspicion) -> String {
    let taken = own.taken.iter();
    let taken: Vec<String> = taken
        .map(|own| {
            format!(
                "{} {} of {} {}",
                own.amount,
                own.points,
                own.member,
                own.state.name()
            )
        })
        .collect();
    let parts = [own.state.name().to_owned()].into_iter().chain(taken);
    parts.collect::<Vec<_>>().join(", ")
}

/// Say that nothing was wrong
///
/// Nothing is taken back; a member who was put on hold for it is let go. What was done until now is no sign any more.
#[utoipa::path(post, path = "/v1/suspicions/{suspicion}/clear", tag = "members", request_body = ClearSuspicionIn,
    params(("suspicion" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SuspicionOut, description = "The suspicion"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn clear_suspicion(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<ClearSuspicionIn>,
) -> Result<axum::Json<SuspicionOut>, Failure> {
    let what = (id, SuspicionRuling::Clear, body.reason);
    rule(&server, (*key).clone(), &acting, what).await
}

/// Take back what was given wrongly
///
/// By entries of the ledger, as far as it is there; what is more than whoever decides may adjust waits for a second
/// person. A member who was put on hold for it is let go, unless they are to stay so.
#[utoipa::path(post, path = "/v1/suspicions/{suspicion}/reverse", tag = "members", request_body = ReverseSuspicionIn,
    params(("suspicion" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SuspicionOut, description = "The suspicion"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn reverse_suspicion(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<ReverseSuspicionIn>,
) -> Result<axum::Json<SuspicionOut>, Failure> {
    let ruling = SuspicionRuling::Reverse {
        stays_on_hold: body.stays_on_hold,
    };
    rule(&server, (*key).clone(), &acting, (id, ruling, body.reason)).await
}

/// See what is taken for suspicious
#[utoipa::path(get, path = "/v1/suspicion-rules", tag = "members", responses(
    (status = 200, body = SuspicionRulesBody, description = "The rules"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_suspicion_rules(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<SuspicionRulesBody>, Failure> {
    let tenant = key.tenant;
    let own = server.call(move |app| app.suspicion_rules(tenant)).await?;
    Ok(axum::Json(view::suspicion_rules(&own)))
}

/// Set what is taken for suspicious
///
/// All of it; what was raised before stays.
#[utoipa::path(put, path = "/v1/suspicion-rules", tag = "members", request_body = SuspicionRulesBody, responses(
    (status = 200, body = SuspicionRulesBody, description = "The rules as they are now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_suspicion_rules(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    In(body): In<SuspicionRulesBody>,
) -> Result<axum::Json<SuspicionRulesBody>, Failure> {
    let tenant = key.tenant;
    let set = server.call(move |app| {
        let new = view::read_suspicion_rules(&body)?;
        app.set_suspicion_rules(tenant, new)
    });
    let (before, after) = set.await?;
    let shown = |own: &SuspicionRules| {
        let on = if own.on { "on" } else { "off" };
        format!(
            "{on}, review from {}, hold from {}, {} days, {} paces, {} signs set",
            own.review_from,
            own.hold_from,
            own.days,
            own.paces.len(),
            own.signs.len()
        )
    };
    acting.moved(shown(&before), shown(&after));
    Ok(axum::Json(view::suspicion_rules(&after)))
}
