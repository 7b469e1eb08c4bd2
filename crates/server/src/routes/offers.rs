//! Personal offers: sets of them, what members are offered and take, and what came of it.

use super::lift::LiftQuery;
use crate::acting::Acting;
use crate::auth::{Key, Programs, Read, Redeem};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::member_auth::Me;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::lift::LiftOut;
use regulars_api::offer::{
    OfferChoicesOut, OfferSetFiguresOut, OfferSetIn, OfferSetOut, OfferSetsOut, PersonalOffersOut,
    TakenOfferOut,
};
use regulars_app::{Error, OfferSetView};

/// List sets of offers
#[utoipa::path(get, path = "/v1/offer-sets", tag = "offers", responses(
    (status = 200, body = OfferSetsOut, description = "All of them, by their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_offer_sets(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<OfferSetsOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.offer_sets(tenant)).await?;
    Ok(axum::Json(OfferSetsOut {
        items: all.iter().map(view::offer_set).collect(),
    }))
}

/// See a set of offers
#[utoipa::path(get, path = "/v1/offer-sets/{set}", tag = "offers",
    params(("set" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = OfferSetOut, description = "The set"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_offer_set(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<OfferSetOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.offer_set(tenant, &id)).await?;
    Ok(axum::Json(view::offer_set(&found)))
}

/// Write a set of offers
///
/// A new one without `version`, or the one after the version that you saw. All that is wrong is told at once, each at
/// its place. What was chosen before stands, and is taken as the set is now.
#[utoipa::path(put, path = "/v1/offer-sets/{set}", tag = "offers", request_body = OfferSetIn,
    params(("set" = String, Path, description = "Its id: small letters, digits and hyphens")),
    responses(
        (status = 200, body = OfferSetOut, description = "The set as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn put_offer_set(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<OfferSetIn>,
) -> Result<axum::Json<OfferSetOut>, Failure> {
    let tenant = key.tenant;
    let version = body.version;
    let draft =
        view::offer_set_draft(body).map_err(|faults| Failure::from(Error::Invalid(faults)))?;
    let written = server.call(move |app| {
        let before = app.offer_set(tenant, &id).ok();
        let after = app.put_offer_set(tenant, (&id, version), &draft)?;
        Ok((before, after))
    });
    let (before, after) = written.await?;
    let shown = |own: &OfferSetView| {
        let draft = &own.draft;
        let live = if draft.live { "live" } else { "not live" };
        let count = draft.offers.len();
        format!(
            "{}, {count} offers, budget {}, {live}",
            draft.name, draft.budget
        )
    };
    acting.to(&after.id);
    acting.moved(
        before.as_ref().map(shown).unwrap_or_default(),
        shown(&after),
    );
    Ok(axum::Json(view::offer_set(&after)))
}

/// See how a set of offers stands
///
/// What was shown, taken and brought; what a choice by chance alone would have missed; what other ways of choosing
/// would have earned, or why that cannot be said.
#[utoipa::path(get, path = "/v1/offer-sets/{set}/figures", tag = "offers",
    params(("set" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = OfferSetFiguresOut, description = "The figures"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_offer_set_figures(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<OfferSetFiguresOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.offer_set_figures(tenant, &id));
    Ok(axum::Json(view::offer_set_figures(found.await?)))
}

/// See what the offers of a set brought
///
/// Those who were shown one against those who were held out, by what they bought after the first was chosen.
#[utoipa::path(get, path = "/v1/offer-sets/{set}/lift", tag = "offers",
    params(("set" = String, Path, description = "Its id"), LiftQuery),
    responses(
        (status = 200, body = LiftOut, description = "What they brought, or why that cannot be said"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_offer_set_lift(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<LiftQuery>,
) -> Result<axum::Json<LiftOut>, Failure> {
    let (tenant, ask) = (key.tenant, query.ask()?);
    let found = server.call(move |app| app.offers_lift(tenant, &id, ask));
    Ok(axum::Json(view::lift(&found.await?)))
}

/// See what a member is offered
///
/// Ask only when you show it: what is not chosen yet is chosen now, and counts as shown. Whoever is held out, and
/// whoever is in the control group, is offered nothing.
#[utoipa::path(get, path = "/v1/members/{member}/offers", tag = "offers",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = PersonalOffersOut, description = "The offers"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_offers(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<PersonalOffersOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let own = server.call(move |app| app.offers_of(tenant, &who)).await?;
    Ok(axum::Json(PersonalOffersOut {
        items: own.iter().map(view::personal_offer).collect(),
    }))
}

/// Take an offer for a member
///
/// What it gives is booked once, however often this is sent, and within the budget of the set.
#[utoipa::path(post, path = "/v1/members/{member}/offers/{choice}", tag = "offers",
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("choice" = String, Path, description = "The id of the choice"),
    ),
    responses(
        (status = 200, body = TakenOfferOut, description = "What came of it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn take_offer(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params((member, choice)): Params<(String, String)>,
) -> Result<axum::Json<TakenOfferOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let done = server.call(move |app| app.take_offer(tenant, &who, &choice));
    Ok(axum::Json(view::taken_offer(&done.await?)))
}

/// See what was chosen for a member, and why
///
/// Also what was shown to nobody. Nothing is chosen by asking. Each choice has the chances that it was made with and
/// the number that decided, and says whether it can be made again.
#[utoipa::path(get, path = "/v1/members/{member}/offer-choices", tag = "offers",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = OfferChoicesOut, description = "The choices, of each set the newest first"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_offer_choices(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<OfferChoicesOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let currency = app.program_in_force(tenant, app.now())?.1.currency;
        Ok((app.offer_choices_of(tenant, &who)?, currency))
    });
    let (all, currency) = found.await?;
    let items = all.into_iter().map(|own| view::offer_choice(own, currency));
    Ok(axum::Json(OfferChoicesOut {
        items: items.collect(),
    }))
}

/// See what one is offered
///
/// What is not chosen yet is chosen now.
#[utoipa::path(get, path = "/v1/me/offers", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = PersonalOffersOut, description = "The offers"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_own_offers(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<PersonalOffersOut>, Failure> {
    let own = server.call(move |app| app.offers_of(me.tenant, &me.who()));
    Ok(axum::Json(PersonalOffersOut {
        items: own.await?.iter().map(view::personal_offer).collect(),
    }))
}

/// Take an offer
///
/// Sent twice, it is taken once.
#[utoipa::path(post, path = "/v1/me/offers/{choice}", tag = "portal", security(("member" = [])),
    params(("choice" = String, Path, description = "The id of the choice")),
    responses(
        (status = 200, body = TakenOfferOut, description = "What came of it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn take_own_offer(
    State(server): State<Server>,
    me: Me,
    Params(choice): Params<String>,
) -> Result<axum::Json<TakenOfferOut>, Failure> {
    let done = server.call(move |app| app.take_offer(me.tenant, &me.who(), &choice));
    Ok(axum::Json(view::taken_offer(&done.await?)))
}
