//! Cards of members: what one shows at a till, and plastic ones, made, activated and replaced.

use crate::acting::Acting;
use crate::auth::{Adjust, Key, Read, Till};
use crate::extract::{In, Params, member_ref};
use crate::failure::Failure;
use crate::member_auth::Me;
use crate::routes::till::guesses_left;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use regulars_api::member_card::{
    ActivateCardIn, MakeMemberCardsIn, MemberCardBatchOut, MemberCardBatchesOut, MemberCardOut,
    PassLinkOut, PlasticCardOut, ReplaceCardIn,
};
use regulars_api::{Code, Problem};
use regulars_app::pass::APPLE_MIME;
use regulars_app::{App, Error, MakeMemberCards, MemberRef, PageAsk};
use regulars_base::TenantId;

/// So many cards are read at a time for the printer's file.
const PART: usize = 1000;

/// See a member's card
///
/// What they show at a till, and for which wallets there are passes of it.
#[utoipa::path(get, path = "/v1/members/{member}/card", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = MemberCardOut, description = "The card"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_member_card(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<MemberCardOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let card = server.call(move |app| card(app, tenant, &who));
    Ok(axum::Json(card.await?))
}

/// See the code on a member's card
///
/// A QR code as an SVG picture, black on white, of no size of its own.
#[utoipa::path(get, path = "/v1/members/{member}/card.svg", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = String, content_type = "image/svg+xml", description = "The picture"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_card_picture(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<Response, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let svg = server.call(move |app| app.card_picture(tenant, &who));
    let kind = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "no-store")];
    Ok((kind, svg.await?).into_response())
}

/// Get a member's card for Apple Wallet
#[utoipa::path(get, path = "/v1/members/{member}/card.pkpass", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/vnd.apple.pkpass", description = "The signed pass"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_apple_pass(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<Response, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    apple(&server, tenant, who).await
}

/// Get the link that puts a member's card into Google Wallet
#[utoipa::path(get, path = "/v1/members/{member}/card/google", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = PassLinkOut, description = "The link: whoever has it can save the card"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_google_pass(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<PassLinkOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    google(&server, tenant, who).await
}

/// See one's own card
#[utoipa::path(get, path = "/v1/me/card", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = MemberCardOut, description = "The card"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_own_card(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<MemberCardOut>, Failure> {
    let card = server.call(move |app| card(app, me.tenant, &me.who()));
    Ok(axum::Json(card.await?))
}

/// Get one's own card for Apple Wallet
#[utoipa::path(get, path = "/v1/me/card.pkpass", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = Vec<u8>, content_type = "application/vnd.apple.pkpass", description = "The signed pass"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_own_apple_pass(
    State(server): State<Server>,
    me: Me,
) -> Result<Response, Failure> {
    apple(&server, me.tenant, me.who()).await
}

/// Get the link that puts one's own card into Google Wallet
#[utoipa::path(get, path = "/v1/me/card/google", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = PassLinkOut, description = "The link"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_own_google_pass(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<PassLinkOut>, Failure> {
    google(&server, me.tenant, me.who()).await
}

fn card(app: &App, tenant: TenantId, who: &MemberRef) -> Result<MemberCardOut, Error> {
    let card = app.member_card(tenant, who)?;
    Ok(view::member_card(card, app.signs_passes(tenant)?))
}

async fn apple(server: &Server, tenant: TenantId, who: MemberRef) -> Result<Response, Failure> {
    let pass = server.call(move |app| app.apple_pass(tenant, &who));
    let kind = [
        (CONTENT_TYPE, APPLE_MIME),
        (CONTENT_DISPOSITION, "attachment; filename=\"card.pkpass\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((kind, pass.await?).into_response())
}

async fn google(
    server: &Server,
    tenant: TenantId,
    who: MemberRef,
) -> Result<axum::Json<PassLinkOut>, Failure> {
    let link = server.call(move |app| app.google_pass(tenant, &who));
    Ok(axum::Json(PassLinkOut { link: link.await? }))
}

/// List batches of plastic cards
#[utoipa::path(get, path = "/v1/card-batches", tag = "cards", responses(
    (status = 200, body = MemberCardBatchesOut, description = "The batches, with how their cards stand"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_card_batches(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<MemberCardBatchesOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.member_card_batches(tenant));
    let items = all.await?.into_iter().map(view::member_card_batch);
    Ok(axum::Json(MemberCardBatchesOut {
        items: items.collect(),
    }))
}

/// Make a batch of plastic cards
///
/// Their numbers cannot be guessed and end with a check digit (ISO/IEC 7812). Nobody has them, and they are
/// refused, until they are activated. The same request again adds what is missing.
#[utoipa::path(post, path = "/v1/card-batches", tag = "cards", request_body = MakeMemberCardsIn, responses(
    (status = 201, body = MemberCardBatchOut, description = "The batch"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn make_card_batch(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    In(body): In<MakeMemberCardsIn>,
) -> Result<(StatusCode, axum::Json<MemberCardBatchOut>), Failure> {
    let make = MakeMemberCards {
        batch: body.batch.clone(),
        prefix: body.prefix,
        digits: usize::try_from(body.digits).unwrap_or(0),
        count: u32::try_from(body.count).unwrap_or(0),
    };
    acting.to(&body.batch);
    acting.moved("", format!("{} cards", make.count));
    let tenant = key.tenant;
    let batch = server.call(move |app| app.make_member_cards(tenant, &make));
    let out = view::member_card_batch(batch.await?);
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// Get the numbers of a batch for a printer
///
/// As CSV: the number, the number in groups, and how the card stands.
#[utoipa::path(get, path = "/v1/card-batches/{batch}/cards.csv", tag = "cards",
    params(("batch" = String, Path, description = "The batch's name")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The cards"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn export_card_batch(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(batch): Params<String>,
) -> Result<Response, Failure> {
    let tenant = key.tenant;
    let file = server.call(move |app| {
        let mut file = view::CARDS_HEAD.to_owned();
        let mut page = PageAsk {
            after: None,
            limit: PART,
        };
        loop {
            let some = app.member_cards(tenant, &batch, &page)?;
            file.push_str(&view::card_lines(&some.items));
            match some.next {
                Some(next) => page.after = Some(next),
                None => return Ok(file),
            }
        }
    });
    let kind = [(CONTENT_TYPE, "text/csv; charset=utf-8")];
    Ok((kind, file.await?).into_response())
}

/// See a plastic card
#[utoipa::path(get, path = "/v1/member-cards/{number}", tag = "cards",
    params(("number" = String, Path, description = "Its number, as it is typed")),
    responses(
        (status = 200, body = PlasticCardOut, description = "The card"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_plastic_card(
    State(server): State<Server>,
    key: Key<Till>,
    Params(number): Params<String>,
) -> Result<axum::Json<PlasticCardOut>, Failure> {
    let guesses = guesses_left(&server, &key)?;
    let tenant = key.tenant;
    let card = server
        .call(move |app| app.plastic_card(tenant, &number))
        .await;
    guesses.noted(&card, &[Code::NotFound, Code::InvalidInput]);
    Ok(axum::Json(view::plastic_card(card?)))
}

/// Activate a plastic card
///
/// Its number finds the member from now on. Sent again it is the same.
#[utoipa::path(post, path = "/v1/member-cards/{number}/activate", tag = "cards", request_body = ActivateCardIn,
    params(("number" = String, Path, description = "Its number, as it is typed")),
    responses(
        (status = 200, body = PlasticCardOut, description = "The card, as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn activate_card(
    State(server): State<Server>,
    key: Key<Till>,
    acting: Acting,
    Params(number): Params<String>,
    In(body): In<ActivateCardIn>,
) -> Result<axum::Json<PlasticCardOut>, Failure> {
    let guesses = guesses_left(&server, &key)?;
    let (tenant, who) = (key.tenant, member_ref(&body.member)?);
    acting.moved("blank", &body.member);
    let card = server
        .call(move |app| app.activate_card(tenant, &number, &who))
        .await;
    guesses.noted(
        &card,
        &[Code::NotFound, Code::InvalidInput, Code::UnknownMember],
    );
    Ok(axum::Json(view::plastic_card(card?)))
}

/// Replace a plastic card that was lost
///
/// Its number is refused from now on, with this reason. A blank card takes its place, if one is named: it
/// finds the same member.
#[utoipa::path(post, path = "/v1/member-cards/{number}/replace", tag = "cards", request_body = ReplaceCardIn,
    params(("number" = String, Path, description = "The number of the lost card")),
    responses(
        (status = 200, body = PlasticCardOut, description = "The new card; the old one, if there is no new one"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn replace_card(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(number): Params<String>,
    In(body): In<ReplaceCardIn>,
) -> Result<axum::Json<PlasticCardOut>, Failure> {
    acting.moved(&number, body.by.clone().unwrap_or_default());
    acting.why(&body.reason);
    let tenant = key.tenant;
    let done = server.call(move |app| app.replace_card(tenant, &number, body.by.as_deref()));
    let (card, _) = done.await?;
    Ok(axum::Json(view::plastic_card(card)))
}
