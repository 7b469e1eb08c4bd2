//! People and roles: invited, changed, disabled; what they may do.

use super::keys::scope;
use crate::acting::Acting;
use crate::auth::{Admin, Key};
use crate::extract::{In, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::Problem;
use regulars_api::people::{
    PeopleOut, PersonPatchIn, RoleIn, RoleOut, RolesOut, StaffPersonIn, StaffPersonOut,
};
use regulars_app::{NewPerson, PersonPatch, Role};

/// List people
#[utoipa::path(get, path = "/v1/people", tag = "access", responses(
    (status = 200, body = PeopleOut, description = "All people, by age"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_people(
    State(server): State<Server>,
    key: Key<Admin>,
) -> Result<axum::Json<PeopleOut>, Failure> {
    let tenant = key.tenant;
    let people = server.call(move |app| app.people(tenant)).await?;
    let items = people.into_iter().map(|it| view::person(it, None));
    Ok(axum::Json(PeopleOut {
        items: items.collect(),
    }))
}

/// Invite a person
///
/// The answer has an invitation, good for a week: whoever has it comes in as this person, once, and chooses
/// a password. Nothing is sent: hand it over as you like.
#[utoipa::path(post, path = "/v1/people", tag = "access", request_body = StaffPersonIn, responses(
    (status = 201, body = StaffPersonOut, description = "The person, with the invitation"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn invite_somebody(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<StaffPersonIn>,
) -> Result<(StatusCode, axum::Json<StaffPersonOut>), Failure> {
    let new = NewPerson {
        email: body.email,
        name: body.name,
        roles: body.roles,
        partner: body.partner,
    };
    let tenant = key.tenant;
    let made = server.call(move |app| app.invite(tenant, new)).await?;
    acting.to(&made.person.id);
    acting.moved("", made.person.told());
    let out = view::person(made.person, Some(made.token));
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// Invite a person once more
///
/// For somebody who lost the invitation, or the password. An earlier invitation is void.
#[utoipa::path(post, path = "/v1/people/{person}/invitation", tag = "access",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, body = StaffPersonOut, description = "The person, with the invitation"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn invite_again(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<StaffPersonOut>, Failure> {
    let tenant = key.tenant;
    let made = server.call(move |app| app.invite_again(tenant, &id));
    let made = made.await?;
    acting.moved("", format!("a new link for {}", made.person.told()));
    Ok(axum::Json(view::person(made.person, Some(made.token))))
}

/// Change a person
///
/// What they are called, what they may do, whether they may come in. Nobody changes what they themselves
/// may do. Whoever is disabled is out at once here, and within five seconds on other servers.
#[utoipa::path(patch, path = "/v1/people/{person}", tag = "access", request_body = PersonPatchIn,
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, body = StaffPersonOut, description = "The person"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn change_person(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<PersonPatchIn>,
) -> Result<axum::Json<StaffPersonOut>, Failure> {
    let patch = PersonPatch {
        name: body.name,
        roles: body.roles,
        enabled: body.enabled,
    };
    let by = (*key).clone();
    let changed = server.call(move |app| {
        let before = app.person(by.tenant, &id)?;
        let after = app.patch_person(by.tenant, &id, &patch, &by)?;
        Ok((before, after))
    });
    let (before, after) = changed.await?;
    server.keys().forget();
    acting.moved(before.told(), after.told());
    Ok(axum::Json(view::person(after, None)))
}

/// Take the second factor off a person
///
/// For somebody who lost theirs: codes, passkeys and recovery codes are gone, and their sessions are over.
/// Nobody does it for themselves.
#[utoipa::path(delete, path = "/v1/people/{person}/second-factor", tag = "access",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, body = StaffPersonOut, description = "The person"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn take_off_second_factor(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<StaffPersonOut>, Failure> {
    let by = (*key).clone();
    let taken = server.call(move |app| app.take_off_factors(by.tenant, &id, &by));
    let (before, after) = taken.await?;
    server.keys().forget();
    acting.moved(before.told(), after.told());
    Ok(axum::Json(view::person(after, None)))
}

/// List roles
#[utoipa::path(get, path = "/v1/roles", tag = "access", responses(
    (status = 200, body = RolesOut, description = "Those that are built in, then the merchant's own"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_roles(
    State(server): State<Server>,
    key: Key<Admin>,
) -> Result<axum::Json<RolesOut>, Failure> {
    let tenant = key.tenant;
    let roles = server.call(move |app| app.roles(tenant)).await?;
    Ok(axum::Json(RolesOut {
        items: roles.into_iter().map(view::role).collect(),
    }))
}

/// Make or change a role
///
/// One of the merchant's own: those that are built in do not change.
#[utoipa::path(put, path = "/v1/roles/{role}", tag = "access", request_body = RoleIn,
    params(("role" = String, Path, description = "Its id: small letters, digits and hyphens")),
    responses(
        (status = 200, body = RoleOut, description = "The role"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn put_role(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<RoleIn>,
) -> Result<axum::Json<RoleOut>, Failure> {
    let role = Role {
        id,
        name: body.name,
        scopes: body.scopes.into_iter().map(scope).collect(),
        adjust_most: body.adjust_most,
        money_most: body.money_most,
        built_in: false,
    };
    let tenant = key.tenant;
    let put = server.call(move |app| {
        let before = app.put_role(tenant, &role)?;
        Ok((before, role))
    });
    let (before, role) = put.await?;
    server.keys().forget();
    acting.moved(
        before.as_ref().map(told_role).unwrap_or_default(),
        told_role(&role),
    );
    Ok(axum::Json(view::role(role)))
}

/// Take a role away
///
/// One of the merchant's own that nobody has any more.
#[utoipa::path(delete, path = "/v1/roles/{role}", tag = "access",
    params(("role" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = RoleOut, description = "The role, as it was"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_role(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<RoleOut>, Failure> {
    let tenant = key.tenant;
    let role = server.call(move |app| app.delete_role(tenant, &id)).await?;
    acting.moved(told_role(&role), "");
    Ok(axum::Json(view::role(role)))
}

fn told_role(role: &Role) -> String {
    let scopes: Vec<&str> = role.scopes.iter().map(|scope| scope.name()).collect();
    let most = match role.adjust_most {
        Some(most) => format!(", adjusts up to {most}"),
        None => String::new(),
    };
    let money = match role.money_most {
        Some(most) => format!(", gives money up to {most}"),
        None => String::new(),
    };
    format!("{}: {}{most}{money}", role.name, scopes.join(", "))
}
