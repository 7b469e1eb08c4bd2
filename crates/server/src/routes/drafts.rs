//! A program that is being written: its cards, the library, trials on orders.

use crate::auth::{Key, Read};
use crate::extract::{BATCH_MAX, BODY_MAX, In, Json, Params, Whole};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use regulars_api::draft::{AnswersIn, CardsOut, FittedOut, LibraryOut, TrialIn, TrialOut};
use regulars_api::json::At;
use regulars_api::{FromJson as _, Problem};
use regulars_app::{Answers, Error, LIBRARY, Sample, Trial, TrialOrders, check, fit};
use regulars_engine::program::schema::schema;

/// See the format of a program file
///
/// As a JSON Schema: each section, each field, what it takes and means.
#[utoipa::path(get, path = "/v1/programs/schema", tag = "programs", responses(
    (status = 200, body = serde_json::Value, description = "The schema"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_program_schema(_key: Key<Read>) -> axum::Json<serde_json::Value> {
    axum::Json(schema())
}

/// See a program file as cards
///
/// Its parts with their fields, and where in the text each value stands: whoever changes a field replaces
/// those characters and no others, so comments stay.
#[utoipa::path(post, path = "/v1/programs/cards", tag = "programs",
    request_body(content = Option<String>, content_type = "application/toml", description = "The program file"),
    responses(
        (status = 200, body = CardsOut, description = "The cards"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn program_cards(
    State(server): State<Server>,
    _key: Key<Read>,
    file: Whole<BODY_MAX>,
) -> Result<axum::Json<CardsOut>, Failure> {
    let cards = server.call(move |_| Ok(view::cards(file.text()))).await?;
    Ok(axum::Json(cards))
}

/// Try a program on orders
///
/// Month by month what is issued, redeemed, lapses and is owed, tiers, and the difference to another
/// program. Nothing is written. A file has at most 16 MiB; larger ones are for `regulars backtest`.
#[utoipa::path(post, path = "/v1/programs/try", tag = "programs", request_body = TrialIn, responses(
    (status = 200, body = TrialOut, description = "What it comes to"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn try_program(
    State(server): State<Server>,
    key: Key<Read>,
    body: Json<BATCH_MAX>,
) -> Result<axum::Json<TrialOut>, Failure> {
    let mut faults = Vec::new();
    let asked = TrialIn::from_json(body.raw()?, At::ROOT, &mut faults);
    let Some(asked) = asked.filter(|_| faults.is_empty()) else {
        return Err(Failure::invalid(faults));
    };
    let tenant = key.tenant;
    let done = server.call(move |app| {
        let program = check(&asked.program);
        let Some(program) = program.program else {
            let wrong = program.findings.into_iter().filter(|finding| finding.error);
            return Err(Error::InvalidProgram(wrong.collect()));
        };
        let wrong = |at: &str, what: &str| {
            Error::Invalid(vec![regulars_engine::event::Fault::new(at, what)])
        };
        let orders = match asked.on.as_str() {
            "shop" => TrialOrders::Shop,
            "file" => {
                let none = || wrong("/file", "is missing; bring the orders as text");
                TrialOrders::File(asked.file.ok_or_else(none)?)
            }
            "sample" => {
                let basket = asked.basket.as_deref().unwrap_or("25");
                let minor = program.currency.minor(basket);
                let minor = minor.map_err(|error| wrong("/basket", &error.to_string()))?;
                if minor <= 0 {
                    return Err(wrong("/basket", "must be above 0"));
                }
                TrialOrders::Sample { basket: minor }
            }
            _ => return Err(wrong("/on", "must be shop, sample or file")),
        };
        let trial = Trial {
            program: asked.program,
            against: asked.against,
            orders,
            columns: asked.columns,
        };
        let tried = app.try_program(tenant, &trial)?;
        Ok(view::trial(&tried, &program))
    });
    Ok(axum::Json(done.await?))
}

fn named(name: &str) -> Result<&'static Sample, Failure> {
    Sample::named(name).ok_or_else(|| {
        Failure::from(Error::NotFound {
            what: "program in the library",
            name: name.chars().take(64).collect(),
        })
    })
}

/// List the library
///
/// Programs of many kinds to start from.
#[utoipa::path(get, path = "/v1/library", tag = "programs", responses(
    (status = 200, body = LibraryOut, description = "All of them, by name"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_library(_key: Key<Read>) -> axum::Json<LibraryOut> {
    axum::Json(LibraryOut {
        items: LIBRARY.iter().map(view::sample).collect(),
    })
}

/// See the file of a program of the library
#[utoipa::path(get, path = "/v1/library/{name}/text", tag = "programs",
    params(("name" = String, Path, description = "Its name: `beauty-tiers`")),
    responses(
        (status = 200, body = String, content_type = "application/toml", description = "The file"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_library_text(
    _key: Key<Read>,
    Params(name): Params<String>,
) -> Result<Response, Failure> {
    let text = named(&name)?.text();
    Ok(([(CONTENT_TYPE, "application/toml; charset=utf-8")], text).into_response())
}

/// Make a program of the library fit
///
/// Six answers of a shop, and the file that follows from them: name, currency, average basket, how much is
/// given back, when points lapse, tiers and stamp cards. Nothing is applied.
#[utoipa::path(post, path = "/v1/library/{name}/fit", tag = "programs", request_body = AnswersIn,
    params(("name" = String, Path, description = "Its name: `beauty-tiers`")),
    responses(
        (status = 200, body = FittedOut, description = "The file"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn fit_library(
    State(server): State<Server>,
    _key: Key<Read>,
    Params(name): Params<String>,
    In(body): In<AnswersIn>,
) -> Result<axum::Json<FittedOut>, Failure> {
    let sample = named(&name)?;
    let answers = Answers {
        business: body.business,
        currency: body.currency,
        basket: body.basket,
        generosity: u32::try_from(body.generosity).unwrap_or(0),
        months: u32::try_from(body.months).unwrap_or(u32::MAX),
        tiers: body.tiers,
        cards: body.cards,
    };
    let fitted = server.call(move |_| fit(sample, &answers)).await?;
    Ok(axum::Json(FittedOut {
        text: fitted.text,
        kept: fitted.kept.into_iter().map(str::to_owned).collect(),
    }))
}
