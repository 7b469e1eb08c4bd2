//! What a member sees and does of their own. Who that is, their session says: no path takes an id.

use crate::extract::{Asked, In, Params, idempotency_key};
use crate::failure::Failure;
use crate::member_auth::{Kept, Me, SignedIn};
use crate::routes::claims::of_program;
use crate::routes::members::PageQuery;
use crate::routes::{event_key, joined, made_up};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::claim::{ClaimIn, ClaimOut};
use regulars_api::games::{LeaderboardOut, NicknameIn, NicknameOut};
use regulars_api::ledger::LedgerEntryOut;
use regulars_api::member::MemberOut;
use regulars_api::message::{InboxMessageOut, InboxOut};
use regulars_api::portal::{
    AcceptTermsIn, ConsentIn, MeOut, MemberExportOut, MemberSessionOut, OwnProfileIn,
    OwnRedemptionIn,
};
use regulars_api::receipt::ReceiptOut;
use regulars_api::redemption::RedeemedOut;
use regulars_api::{PageOut, Problem};
use regulars_app::engage::Channel;
use regulars_app::{
    Error, LeaderboardAsk, MEMBER_SESSION_MICROS, MemberPatch, MemberRef, NewClaim, Redeem,
};
use regulars_base::Text;
use regulars_engine::event::Fault;

/// So many messages of the inbox are shown.
const INBOX_MOST: usize = 100;

/// The source of what members do themselves.
fn source() -> Text {
    Text::new("portal").expect("a word is a text")
}

/// See which member is signed in
///
/// Answers with the token that requests other than `GET` have to send.
#[utoipa::path(get, path = "/v1/me/session", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = MemberSessionOut, description = "The session"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_member_session(
    State(server): State<Server>,
    me: SignedIn,
) -> Result<axum::Json<MemberSessionOut>, Failure> {
    let tenant = me.session.tenant;
    let shop = server.call(move |app| app.tenant(tenant)).await?;
    let out = view::member_session(shop.name.to_string(), me.session, &me.secret, false);
    Ok(axum::Json(out))
}

/// Sign a member out
#[utoipa::path(delete, path = "/v1/me/session", tag = "portal", security(("member" = [])), responses(
    (status = 204, description = "Signed out; the cookie is taken away"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn delete_member_session(
    State(server): State<Server>,
    me: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let secret = me.secret.clone();
    let done = server.call(move |app| app.end_member_session(&secret));
    done.await?;
    Ok(signed_out(&me.secret, &server, &headers))
}

/// What other shops know of the same browser stays.
fn signed_out(secret: &str, server: &Server, headers: &HeaderMap) -> Response {
    let left = Kept::of(headers).without(secret);
    let lasts = server.seconds_until(server.app().now().plus_micros(MEMBER_SESSION_MICROS));
    let cookie = left.cookie(lasts, headers);
    (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response()
}

/// Accept the terms
#[utoipa::path(post, path = "/v1/me/terms", tag = "portal", security(("member" = [])), request_body = AcceptTermsIn, responses(
    (status = 204, description = "They are accepted as of now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn accept_terms(
    State(server): State<Server>,
    me: SignedIn,
    In(body): In<AcceptTermsIn>,
) -> Result<StatusCode, Failure> {
    let (tenant, member) = (me.session.tenant, me.session.member);
    let done = server.call(move |app| app.accept_terms(tenant, member, body.version.as_str()));
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// See one's own
///
/// All that a first page shows: who they are, what they have, and what they may have for it.
#[utoipa::path(get, path = "/v1/me", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = MeOut, description = "Their own"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_me(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<MeOut>, Failure> {
    let own = server
        .call(move |app| app.own(me.tenant, me.member))
        .await?;
    Ok(axum::Json(view::me(own)))
}

/// See what lies in the inbox
///
/// The newest hundred, the newest first.
#[utoipa::path(get, path = "/v1/me/inbox", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = InboxOut, description = "The messages"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_inbox(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<InboxOut>, Failure> {
    let own = server.call(move |app| {
        let who = MemberRef::Id(me.member);
        app.messages_to(me.tenant, &who, Some(Channel::Inbox), INBOX_MOST)
    });
    let items = own.await?.into_iter().filter_map(|own| {
        let says = own.says?;
        Some(InboxMessageOut {
            id: own.id,
            at: own.at.to_string(),
            language: says.language,
            subject: says.subject,
            text: says.text,
        })
    });
    Ok(axum::Json(InboxOut {
        items: items.collect(),
    }))
}

/// Leave the program
///
/// Who they are is forgotten, and they are signed out everywhere. What was booked stays, of nobody.
#[utoipa::path(delete, path = "/v1/me", tag = "portal", security(("member" = [])), responses(
    (status = 204, description = "They left; the cookie is taken away"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn leave(
    State(server): State<Server>,
    me: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (tenant, member) = (me.session.tenant, me.session.member);
    server.call(move |app| app.leave(tenant, member)).await?;
    Ok(signed_out(&me.secret, &server, &headers))
}

/// See one's own ledger, with reasons
///
/// Newest first. Each entry says in words which rule gave what.
#[utoipa::path(get, path = "/v1/me/ledger", tag = "portal", security(("member" = [])), params(PageQuery), responses(
    (status = 200, body = PageOut<LedgerEntryOut>, description = "A page of entries"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_own_ledger(
    State(server): State<Server>,
    me: Me,
    Asked(query): Asked<PageQuery>,
) -> Result<axum::Json<PageOut<LedgerEntryOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let page = server
        .call(move |app| app.explain(me.tenant, &me.who(), &ask))
        .await?;
    Ok(axum::Json(view::page(page, |entry| {
        view::own_entry(&entry)
    })))
}

/// Redeem a reward for oneself
///
/// The points are set aside, and the redemption's id is the code that is shown at the till, which
/// commits it. With an `Idempotency-Key` it is one, however often it is sent.
#[utoipa::path(post, path = "/v1/me/redemptions", tag = "portal", security(("member" = [])), request_body = OwnRedemptionIn,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes it one redemption, however often it is sent")),
    responses(
        (status = 201, body = RedeemedOut, description = "Set aside"),
        (status = 200, body = RedeemedOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_own_redemption(
    State(server): State<Server>,
    me: Me,
    headers: HeaderMap,
    In(body): In<OwnRedemptionIn>,
) -> Result<Response, Failure> {
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let redeem = Redeem {
        key: event_key(Some(source()), id),
        who: me.who(),
        reward: body.reward,
        quantity: 1,
        order: None,
        commit: false,
    };
    let address = body.address;
    let done = server.call(move |app| {
        let reward = redeem.reward.clone();
        let (_, program) = app.program_in_force(me.tenant, app.now())?;
        let least = program.rewards.iter().find(|own| own.id == reward.as_str());
        let quantity = least.map_or(1, |own| own.least.max(1));
        let redemption = redeem.key.external_id.clone();
        let done = app.redeem(me.tenant, Redeem { quantity, ..redeem })?;
        if let (Some(address), (Some(_), _)) = (&address, &done) {
            app.set_address(me.tenant, &me.who(), redemption.as_str(), Some(address))?;
        }
        Ok(done)
    });
    let (view, receipt) = done.await?;
    Ok(crate::routes::redemptions::redeemed(view, &receipt))
}

/// Give back what one set aside
///
/// What was used at the till stays used: the shop gives that back.
#[utoipa::path(post, path = "/v1/me/redemptions/{redemption}/cancel", tag = "portal", security(("member" = [])),
    params(("redemption" = String, Path, description = "The redemption's id")),
    responses(
        (status = 201, body = ReceiptOut, description = "Given back"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn cancel_own_redemption(
    State(server): State<Server>,
    me: Me,
    Params(redemption): Params<String>,
) -> Result<Response, Failure> {
    let id = joined("redemption", redemption)?;
    // A key of its own: another member who names this redemption must not have taken it.
    let end = event_key(Some(source()), made_up());
    let done = server.call(move |app| {
        let mut own = app.redemptions(me.tenant, &me.who())?.into_iter();
        let own = own.find(|own| own.id == id.as_str());
        let missing = || Error::NotFound {
            what: "redemption",
            name: id.to_string(),
        };
        if own.ok_or_else(missing)?.committed_at.is_some() {
            let what = "was used already: ask the shop";
            return Err(Error::Invalid(vec![Fault::new("/redemption", what)]));
        }
        app.cancel_redemption(me.tenant, &me.who(), id, end)
    });
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Claim missing points for oneself
#[utoipa::path(post, path = "/v1/me/claims", tag = "portal", security(("member" = [])), request_body = ClaimIn, responses(
    (status = 201, body = ClaimOut, description = "The claim, as it stands"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn create_own_claim(
    State(server): State<Server>,
    me: Me,
    In(body): In<ClaimIn>,
) -> Result<(StatusCode, axum::Json<ClaimOut>), Failure> {
    let new = NewClaim {
        source: body
            .source
            .unwrap_or_else(|| Text::new(crate::routes::API).expect("a word is a text")),
        order: body.order,
        on: body.on,
        total: body.total,
        reference: body.reference,
        text: body.text,
        // What was bought is for the shop to say.
        lines: Vec::new(),
        by: "the member".to_owned(),
    };
    let currency = body.currency;
    let claim = server.call(move |app| {
        of_program(app, me.tenant, currency)?;
        app.file_claim(me.tenant, &me.who(), &new)
    });
    Ok((
        StatusCode::CREATED,
        axum::Json(view::own_claim(&claim.await?)),
    ))
}

/// See how a claim of one's own stands
#[utoipa::path(get, path = "/v1/me/claims/{claim}", tag = "portal", security(("member" = [])),
    params(("claim" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ClaimOut, description = "The claim"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_own_claim(
    State(server): State<Server>,
    me: Me,
    Params(id): Params<String>,
) -> Result<axum::Json<ClaimOut>, Failure> {
    let claim = server.call(move |app| {
        let claim = app.claim(me.tenant, &id)?;
        match claim.member == me.member {
            true => Ok(claim),
            // Another's is told like one that is not there.
            false => Err(Error::NotFound {
                what: "claim",
                name: id,
            }),
        }
    });
    Ok(axum::Json(view::own_claim(&claim.await?)))
}

/// Allow something, or take that back
#[utoipa::path(put, path = "/v1/me/consents/{purpose}", tag = "portal", security(("member" = [])), request_body = ConsentIn,
    params(("purpose" = String, Path, description = "The activity's id in the program file")),
    responses(
        (status = 201, body = ReceiptOut, description = "It is so, and what it gave"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_consent(
    State(server): State<Server>,
    me: Me,
    Params(purpose): Params<String>,
    In(body): In<ConsentIn>,
) -> Result<Response, Failure> {
    let done = server.call(move |app| app.consent(me.tenant, me.member, &purpose, body.given));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Change what one says of oneself
///
/// Fields of the program's profile, `name` and `language`: nothing else.
#[utoipa::path(patch, path = "/v1/me/profile", tag = "portal", security(("member" = [])), request_body = OwnProfileIn, responses(
    (status = 200, body = MemberOut, description = "The member as it is now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn update_own_profile(
    State(server): State<Server>,
    me: Me,
    In(body): In<OwnProfileIn>,
) -> Result<axum::Json<MemberOut>, Failure> {
    let member = server.call(move |app| {
        let (_, program) = app.program_in_force(me.tenant, app.now())?;
        let is_own = |name: &String| {
            let fields = &program.profile.fields;
            ["name", "language"].contains(&name.as_str()) || fields.iter().any(|(id, _)| id == name)
        };
        let others = body.attributes.keys().filter(|name| !is_own(name));
        let faults: Vec<Fault> = others
            .map(|name| {
                Fault::new(
                    format!("/attributes/{name}"),
                    "is not the member's to change",
                )
            })
            .collect();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let patch = MemberPatch {
            attributes: body.attributes,
            ..MemberPatch::default()
        };
        app.patch_member(me.tenant, me.member, patch)
    });
    Ok(axum::Json(view::member(member.await?)))
}

/// Choose one's nickname
///
/// From then on the member appears on leaderboards, under it; with `null` no longer.
#[utoipa::path(put, path = "/v1/me/nickname", tag = "portal", security(("member" = [])), request_body = NicknameIn, responses(
    (status = 200, body = NicknameOut, description = "It is so"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn update_own_nickname(
    State(server): State<Server>,
    me: Me,
    In(body): In<NicknameIn>,
) -> Result<axum::Json<NicknameOut>, Failure> {
    let nickname = body.nickname.clone();
    let set =
        server.call(move |app| app.set_nickname(me.tenant, &me.who(), body.nickname.as_deref()));
    set.await?;
    Ok(axum::Json(NicknameOut { nickname }))
}

/// See a leaderboard, and one's own place
#[utoipa::path(get, path = "/v1/me/leaderboards/{leaderboard}", tag = "portal", security(("member" = [])),
    params(("leaderboard" = String, Path, description = "Its id in the program file")),
    responses(
        (status = 200, body = LeaderboardOut, description = "The leaderboard"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_own_leaderboard(
    State(server): State<Server>,
    me: Me,
    Params(board): Params<String>,
) -> Result<axum::Json<LeaderboardOut>, Failure> {
    let ask = LeaderboardAsk {
        at: None,
        top: 10,
        member: Some(me.who()),
        around: 2,
    };
    let board = server.call(move |app| app.leaderboard(me.tenant, &board, &ask));
    Ok(axum::Json(view::leaderboard(&board.await?)))
}

/// Take part in a challenge
#[utoipa::path(post, path = "/v1/me/challenges/{challenge}/join", tag = "portal", security(("member" = [])),
    params(("challenge" = String, Path, description = "Its id in the program file")),
    responses(
        (status = 201, body = ReceiptOut, description = "They take part"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn join_own_challenge(
    State(server): State<Server>,
    me: Me,
    Params(challenge): Params<String>,
) -> Result<Response, Failure> {
    let challenge = joined("challenge", challenge)?;
    let done = server.call(move |app| app.join_challenge(me.tenant, me.member, challenge));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Take one's data along
///
/// All that is kept about the member, as JSON; also before new terms are accepted.
#[utoipa::path(get, path = "/v1/me/export", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = MemberExportOut, description = "All of it"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn export_me(
    State(server): State<Server>,
    me: SignedIn,
) -> Result<axum::Json<MemberExportOut>, Failure> {
    let (tenant, member) = (me.session.tenant, me.session.member);
    let read = server.call(move |app| app.all_about(tenant, member, view::own_entry));
    Ok(axum::Json(view::member_export(
        read.await?,
        server.app().now(),
    )))
}
