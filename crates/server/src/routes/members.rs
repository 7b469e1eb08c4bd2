//! Members: joined, found, changed, merged.

use crate::auth::{Adjust, Ingest, Key, Read};
use crate::extract::{Asked, In, Params, idempotency_key, member_ref};
use crate::failure::Failure;
use crate::routes::{event_key, own_key};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::member::{EnrolledOut, IdentityIn, MemberIn, MemberOut, MemberPatch, MergeIn};
use regulars_api::receipt::ReceiptOut;
use regulars_api::{PageOut, Problem};
use regulars_app::{App, Error, Identity, MemberRef, NewMember, Receipt};
use regulars_base::{TenantId, Text};
use regulars_engine::event::Kind;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The `next` of the page before; left out for the first.
    pub(crate) after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    pub(crate) limit: Option<usize>,
}

/// Which members.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MembersQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
    /// Only those one of whose identities begins so (capitals do not matter), or whose name
    /// (`name`, `first_name`, `last_name`, `given_name`, `family_name` among the attributes) has words
    /// that begin so; an id, too. The best first, and no further page: ask more closely. Where personal fields stand
    /// closed in the database, whole identities and whole words of names are found alone (`finds_exactly` of a
    /// session says so).
    find: Option<String>,
}

/// List members
#[utoipa::path(get, path = "/v1/members", tag = "members", params(MembersQuery), responses(
    (status = 200, body = PageOut<MemberOut>, description = "A page of members, in order of their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_members(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<MembersQuery>,
) -> Result<axum::Json<PageOut<MemberOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let find = query.find.filter(|find| !find.trim().is_empty());
    let find = find.map(|find| Text::new(find.trim()));
    let find = find
        .transpose()
        .map_err(|error| Failure::parameter("find", error.to_string()))?;
    let page = server.call(move |app| match &find {
        Some(find) => app.find_members(tenant, find.as_str(), ask.limit),
        None => app.members(tenant, &ask),
    });
    let page = page.await?;
    Ok(axum::Json(view::page(page, view::member)))
}

/// Enrol a member
///
/// With an `Idempotency-Key` the same request sent again is answered with the earlier member.
#[utoipa::path(post, path = "/v1/members", tag = "members", request_body = MemberIn,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent")),
    responses(
        (status = 201, body = EnrolledOut, description = "The member, and what joining gave"),
        (status = 200, body = EnrolledOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_member(
    State(server): State<Server>,
    key: Key<Ingest>,
    headers: HeaderMap,
    In(body): In<MemberIn>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let new = NewMember {
        key: own,
        identities: body.identities.into_iter().map(identity).collect(),
        attributes: body.attributes,
        occurred_at: body.at,
        referral_code: body.referral_code,
    };
    let tenant = key.tenant;
    let enrolled = server.call(move |app| {
        let (member, receipt) = app.enrol(tenant, new)?;
        Ok((view::whole_member(app, tenant, member)?, receipt))
    });
    let (member, receipt) = enrolled.await?;
    let out = EnrolledOut {
        member,
        receipt: view::receipt(&receipt),
    };
    Ok(view::answer(&receipt, out))
}

/// Look a member up by an identity
///
/// The same as `GET /v1/members/{kind}:{value}`, for those who keep e-mail addresses out of URLs.
#[utoipa::path(post, path = "/v1/members/lookup", tag = "members", request_body = IdentityIn, responses(
    (status = 200, body = MemberOut, description = "The member"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not found, and why"),
))]
pub(crate) async fn look_up_member(
    State(server): State<Server>,
    key: Key<Read>,
    In(body): In<IdentityIn>,
) -> Result<axum::Json<MemberOut>, Failure> {
    let (tenant, who) = (key.tenant, MemberRef::Identity(identity(body)));
    let member = server.call(move |app| view::whole_member(app, tenant, app.member(tenant, &who)?));
    Ok(axum::Json(member.await?))
}

/// See a member
#[utoipa::path(get, path = "/v1/members/{member}", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = MemberOut, description = "The member"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not found, and why"),
    ))]
pub(crate) async fn get_member(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<MemberOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let member = server.call(move |app| view::whole_member(app, tenant, app.member(tenant, &who)?));
    Ok(axum::Json(member.await?))
}

/// Change a member's identities and attributes
///
/// Attributes that are fields of the program's profile count as filled, each once ever.
#[utoipa::path(patch, path = "/v1/members/{member}", tag = "members", request_body = MemberPatch,
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = MemberOut, description = "The member as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_member(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(member): Params<String>,
    In(body): In<MemberPatch>,
) -> Result<axum::Json<MemberOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let patch = regulars_app::MemberPatch {
        add_identities: body.add_identities.into_iter().map(identity).collect(),
        remove_identities: body.remove_identities.into_iter().map(identity).collect(),
        attributes: body.attributes,
    };
    let member = server.call(move |app| {
        let member = app.member(tenant, &who)?;
        let member = app.patch_member(tenant, member.id, patch)?;
        view::whole_member(app, tenant, member)
    });
    Ok(axum::Json(member.await?))
}

/// Merge a member into another
///
/// Points (with their dates), progress, cards and identities go over; the member is no more.
#[utoipa::path(post, path = "/v1/members/{member}/merge", tag = "members", request_body = MergeIn,
    params(
        ("member" = String, Path, description = "The member who goes: an id (`mem_…`), or an identity"),
        ("Idempotency-Key" = Option<String>, Header, description = "Only needed to try a refused merge once more"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Merged"),
        (status = 200, body = ReceiptOut, description = "They had been merged before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn merge_member(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    In(body): In<MergeIn>,
) -> Result<Response, Failure> {
    let (from, into) = (member_ref(&member)?, member_ref(&body.into)?);
    let sent = idempotency_key(&headers)?;
    let tenant = key.tenant;
    let receipt = server.call(move |app| merge(app, tenant, &from, &into, sent));
    let receipt = receipt.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Undo a merge
///
/// The member who was merged is one of their own again: with their identities, their orders, and what is
/// still there of the points, the progress and the free rewards that went over. Cards, games, a plan and
/// what is owed stay with whoever had taken them over. With an `Idempotency-Key` the same request sent
/// again is done once.
#[utoipa::path(post, path = "/v1/members/{member}/unmerge", tag = "members",
    params(
        ("member" = String, Path, description = "The member who had been merged: an id (`mem_…`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Parted; `member` is whoever had taken them over"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn unmerge_member(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let MemberRef::Id(member) = member_ref(&member)? else {
        let what = "is no id: identities lead to whoever took the member over";
        return Err(Failure::parameter("member", what));
    };
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let receipt = server.call(move |app| app.unmerge(tenant, member, own));
    let receipt = receipt.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

fn merge(
    app: &App,
    tenant: TenantId,
    from: &MemberRef,
    into: &MemberRef,
    sent: Option<Text>,
) -> Result<Receipt, Error> {
    let id = |who: &MemberRef| match who {
        MemberRef::Id(id) => Ok(*id),
        identity => app.member(tenant, identity).map(|member| member.id),
    };
    let (from, into) = (id(from)?, id(into)?);
    let own = || Text::new(format!("merge-{from}-{into}"));
    let own = || own().expect("two ids are shorter than a text may be");
    let key = event_key(None, sent.unwrap_or_else(own));
    match app.merge(tenant, from, into, key.clone()) {
        // Once they are merged, an identity of the one leads to the other: the same request sent
        // again seems to be about somebody else.
        Err(Error::KeyReused(_)) if from == into => {
            let earlier = app.event(tenant, &key)?.event.kind;
            match earlier {
                Kind::MergeOut(it) if it.into == into => app.merge(tenant, it.from, into, key),
                _ => Err(Error::KeyReused(key)),
            }
        }
        answer => answer,
    }
}

fn identity(identity: IdentityIn) -> Identity {
    Identity {
        kind: identity.kind,
        value: identity.value,
    }
}
