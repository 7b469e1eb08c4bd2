//! Households and organisations: founded, found, joined and left.

use crate::auth::{Adjust, Key, Read, Redeem};
use crate::extract::{Asked, BODY_MAX, In, Json, Params, member_ref};
use crate::failure::Failure;
use crate::routes::{joined, own_key};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::group::{
    ByIn, GroupIn, GroupOut, GroupRead, GroupsOut, JoinGroupIn, PersonIn, PersonRoleIn,
    PersonRoleRead, TeamChallengeOut,
};
use regulars_api::receipt::ReceiptOut;
use regulars_app::{Acting, GroupFilter, Identity, MemberRef, NewGroup};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which groups.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupQuery {
    /// Those of this sort, by its id in the program file.
    pub(crate) group: Option<String>,
    /// Those that this operator looks after.
    pub(crate) manager: Option<String>,
    /// Those that are closed, too.
    pub(crate) closed: Option<bool>,
}

/// A group, and who acts for it.
fn acting(group: &str, by: Option<&str>) -> Result<Acting, Failure> {
    Ok(Acting {
        group: member_ref(group)?,
        by: by.map(member_ref).transpose()?,
    })
}

/// List groups
///
/// With their people and what they have. Looks through all wallets.
#[utoipa::path(get, path = "/v1/groups", tag = "groups", params(GroupQuery), responses(
    (status = 200, body = GroupsOut, description = "The groups, in the order of their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_groups(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<GroupQuery>,
) -> Result<axum::Json<GroupsOut>, Failure> {
    let filter = GroupFilter {
        group: query.group,
        manager: query.manager,
        closed: query.closed.unwrap_or(false),
    };
    let tenant = key.tenant;
    let groups = server.call(move |app| app.groups(tenant, &filter)).await?;
    Ok(axum::Json(GroupsOut {
        items: groups.iter().map(view::group).collect(),
    }))
}

/// Look up a group
#[utoipa::path(get, path = "/v1/groups/{group}", tag = "groups",
    params(("group" = String, Path, description = "The group: an id (`mem_…`), or an identity (`family:smith`)")),
    responses(
        (status = 200, body = GroupOut, description = "The group, its people, and what each would take along"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_group(
    State(server): State<Server>,
    key: Key<Read>,
    Params(group): Params<String>,
) -> Result<axum::Json<GroupOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&group)?);
    let group = server.call(move |app| app.group(tenant, &who)).await?;
    Ok(axum::Json(view::group(&group)))
}

/// When a team is looked at.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TeamQuery {
    /// The periods that this moment (`2025-03-01T09:00:00Z`) falls into; now if left out.
    pub(crate) at: Option<String>,
}

/// See what a team does together
///
/// Its challenges, how far it has come, and who did how much: people who chose a nickname appear under
/// it, as on leaderboards, all others in one sum.
#[utoipa::path(get, path = "/v1/groups/{group}/challenges", tag = "groups",
    params(("group" = String, Path, description = "The team: an id (`mem_…`), or an identity (`crew:blue`)"), TeamQuery),
    responses(
        (status = 200, body = Vec<TeamChallengeOut>, description = "Its challenges, in the order of the program file"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_team_challenges(
    State(server): State<Server>,
    key: Key<Read>,
    Params(group): Params<String>,
    Asked(query): Asked<TeamQuery>,
) -> Result<axum::Json<Vec<TeamChallengeOut>>, Failure> {
    let at = query.at.as_deref().map(str::parse).transpose();
    let at =
        at.map_err(|error: regulars_base::TimeError| Failure::parameter("at", error.to_string()))?;
    let (tenant, who) = (key.tenant, member_ref(&group)?);
    let done = server.call(move |app| app.team_challenges(tenant, &who, at));
    let challenges = done.await?;
    Ok(axum::Json(
        challenges.iter().map(view::team_challenge).collect(),
    ))
}

/// Found a group
///
/// A group is a member of its own, under an identity that nobody has. Whoever heads it comes in at once.
#[utoipa::path(post, path = "/v1/groups", tag = "groups", request_body = GroupIn,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Founded; `member` is the group"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_group(
    State(server): State<Server>,
    key: Key<Adjust>,
    headers: HeaderMap,
    In(body): In<GroupRead>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let Some(identity) = body.identity else {
        return Err(Failure::parameter(
            "identity",
            "is missing: by what is the group recognised?",
        ));
    };
    let head = body.head.as_ref().map(|head| member_ref(head.as_str()));
    let new = NewGroup {
        key: own,
        identity: Identity {
            kind: identity.kind,
            value: identity.value,
        },
        set: body.set,
        head: head.transpose()?,
    };
    let done = server.call(move |app| app.found_group(tenant, new));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Say anew what is known of a group
///
/// What is left out is not known of it any more.
#[utoipa::path(put, path = "/v1/groups/{group}", tag = "groups", request_body = GroupIn,
    params(
        ("group" = String, Path, description = "The group: an id (`mem_…`), or an identity (`family:smith`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Changed"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_group(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(group): Params<String>,
    headers: HeaderMap,
    In(body): In<GroupRead>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let acting = acting(&group, body.by.as_ref().map(|by| by.as_str()))?;
    let done = server.call(move |app| app.set_group(tenant, &acting, body.set, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Invite somebody into a group
///
/// They say yes with `POST /v1/members/{member}/group`.
#[utoipa::path(post, path = "/v1/groups/{group}/people", tag = "groups", request_body = PersonIn,
    params(
        ("group" = String, Path, description = "The group: an id (`mem_…`), or an identity (`family:smith`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Invited"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn invite_person(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(group): Params<String>,
    headers: HeaderMap,
    In(body): In<PersonIn>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let acting = acting(&group, body.by.as_deref())?;
    let person = member_ref(&body.person)?;
    let role = joined("role", body.role.unwrap_or_default())?;
    let done = server.call(move |app| app.invite_person(tenant, &acting, (&person, role), own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Give somebody in a group another role
///
/// Or another limit for what they may spend in a month. Who gets the role of the head takes the group over.
#[utoipa::path(post, path = "/v1/groups/{group}/people/{person}/role", tag = "groups", request_body = PersonRoleIn,
    params(
        ("group" = String, Path, description = "The group: an id (`mem_…`), or an identity (`family:smith`)"),
        ("person" = String, Path, description = "Who: an id (`mem_…`), or an identity"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Given"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_person(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params((group, person)): Params<(String, String)>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let decimals = server.decimals(tenant).await?;
    let read = PersonRoleRead::read(body.raw()?, &|points| decimals.get(points).copied());
    let read = read.map_err(Failure::invalid)?;
    let acting = acting(&group, read.by.as_ref().map(|by| by.as_str()))?;
    let person = member_ref(&person)?;
    let done = server
        .call(move |app| app.give_role(tenant, &acting, (&person, read.role, read.spend_max), own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Put somebody out of a group
///
/// They take along what whoever leaves takes along.
#[utoipa::path(post, path = "/v1/groups/{group}/people/{person}/leave", tag = "groups", request_body = ByIn,
    params(
        ("group" = String, Path, description = "The group: an id (`mem_…`), or an identity (`family:smith`)"),
        ("person" = String, Path, description = "Who: an id (`mem_…`), or an identity"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "They are out"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn put_out_person(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params((group, person)): Params<(String, String)>,
    headers: HeaderMap,
    In(body): In<ByIn>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let acting = acting(&group, body.by.as_deref())?;
    let person = member_ref(&person)?;
    let done = server.call(move |app| app.put_out(tenant, &acting, &person, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Close a group
///
/// Everybody is out, its head last.
#[utoipa::path(post, path = "/v1/groups/{group}/close", tag = "groups", request_body = ByIn,
    params(
        ("group" = String, Path, description = "The group: an id (`mem_…`), or an identity (`family:smith`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Closed"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn close_group(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(group): Params<String>,
    headers: HeaderMap,
    In(body): In<ByIn>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let acting = acting(&group, body.by.as_deref())?;
    let done = server.call(move |app| app.close_group(tenant, &acting, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Come into a group
///
/// The group answers in the same moment; whether they are in stands in `group` of their balance.
#[utoipa::path(post, path = "/v1/members/{member}/group", tag = "groups", request_body = JoinGroupIn,
    params(
        ("member" = String, Path, description = "Who: an id (`mem_…`), or an identity (`email:bo@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Asked, and answered"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn join_group(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
    In(body): In<JoinGroupIn>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let (who, group): (MemberRef, MemberRef) = (member_ref(&member)?, member_ref(&body.group)?);
    let done = server.call(move |app| app.join_group(tenant, &who, &group, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Leave a group
///
/// The member takes along what whoever leaves takes along.
#[utoipa::path(post, path = "/v1/members/{member}/group/leave", tag = "groups",
    params(
        ("member" = String, Path, description = "Who: an id (`mem_…`), or an identity (`email:bo@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "They are out"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn leave_group(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let who = member_ref(&member)?;
    let done = server.call(move |app| app.leave_group(tenant, &who, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
