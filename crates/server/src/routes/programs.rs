//! Program files: checked, planned, applied as a version, rolled back. The file itself is the
//! body, so that `curl --data-binary @program.toml` is all it takes.

use crate::acting::Acting;
use crate::auth::{Key, Programs, Read};
use crate::extract::{Asked, BODY_MAX, Params, Whole};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use regulars_api::program::{CheckOut, MoverOut, PlanOut, RolledBackOut, VersionOut, VersionsOut};
use regulars_api::{PageOut, Problem};
use regulars_app::{Apply, PlanOrders, RollBack, check};
use regulars_base::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

/// List all program versions
#[utoipa::path(get, path = "/v1/programs", tag = "programs", responses(
    (status = 200, body = VersionsOut, description = "All versions, newest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_programs(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<VersionsOut>, Failure> {
    let tenant = key.tenant;
    let versions = server.call(move |app| app.programs(tenant)).await?;
    let items = versions.into_iter().map(view::version).collect();
    Ok(axum::Json(VersionsOut { items }))
}

/// Check a program file
///
/// All that is wrong with it at once, with line, column and a hint. Nothing is changed.
#[utoipa::path(post, path = "/v1/programs/check", tag = "programs",
    request_body(content = Option<String>, content_type = "application/toml", description = "The program file"),
    responses(
        (status = 200, body = CheckOut, description = "What was found"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn check_program(
    State(server): State<Server>,
    _key: Key<Read>,
    file: Whole<BODY_MAX>,
) -> Result<axum::Json<CheckOut>, Failure> {
    let checked = server.call(move |_| Ok(check(file.text()))).await?;
    Ok(axum::Json(view::check(&checked)))
}

/// How much is looked at.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlanQuery {
    /// On how many of the last purchases the effect is worked out: at most 100,000; 1,000 if left
    /// out.
    sample: Option<usize>,
    /// From when on it would decide, for what becomes of members; from now on if left out.
    from: Option<String>,
    /// Whether all members are looked at: who moves, and what becomes of what their points are worth.
    members: Option<bool>,
    /// Whether the file and the version in force are run over all that the shop's own log says customers
    /// did: what they come to is kept, and shown whenever the same file is planned.
    history: Option<bool>,
}

/// From when on, and which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MoversQuery {
    /// From when on the file would decide; from now on if left out.
    from: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// A moment of the query.
pub(super) fn moment(name: &str, text: Option<String>) -> Result<Option<Timestamp>, Failure> {
    let wrong = |error: regulars_base::TimeError| Failure::parameter(name, error.to_string());
    text.map(|text| text.parse().map_err(wrong)).transpose()
}

/// Plan a program file
///
/// What it would change: the differences in words, and the effect on the last purchases. Nothing
/// is changed.
#[utoipa::path(post, path = "/v1/programs/plan", tag = "programs", params(PlanQuery),
    request_body(content = String, content_type = "application/toml", description = "The program file"),
    responses(
        (status = 200, body = PlanOut, description = "What it would change"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn plan_program(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<PlanQuery>,
    file: Whole<BODY_MAX>,
) -> Result<axum::Json<PlanOut>, Failure> {
    let sample = query.sample.unwrap_or(1000);
    if sample > 100_000 {
        return Err(Failure::parameter("sample", "must be at most 100000"));
    }
    let tenant = key.tenant;
    let from = moment("from", query.from)?;
    let all = query.members.unwrap_or(false);
    let history = query.history.unwrap_or(false);
    let (plan, members, figures) = server
        .call(move |app| {
            let plan = app.plan(tenant, file.text(), sample)?;
            let asked = all && plan.against.is_some();
            let members = asked.then(|| app.plan_members(tenant, file.text(), from));
            if history && plan.against.is_some() {
                app.plan_figures(tenant, file.text(), PlanOrders::Log, &mut |_| true)?;
            }
            let figures = app.planned(tenant, file.text())?;
            Ok((plan, members.transpose()?, figures))
        })
        .await?;
    let mut plan = view::plan(&plan);
    plan.members = members.as_ref().map(view::members_plan);
    plan.figures = figures.iter().map(view::plan_figures).collect();
    Ok(axum::Json(plan))
}

/// List who would move
///
/// Members of whom something changes at the moment when the file takes over: their tier, the end of
/// it, the dates of their points, a stamp card, a voucher. Nothing is changed.
#[utoipa::path(post, path = "/v1/programs/plan/members", tag = "programs", params(MoversQuery),
    request_body(content = String, content_type = "application/toml", description = "The program file"),
    responses(
        (status = 200, body = PageOut<MoverOut>, description = "A page of them, in order of their ids"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn plan_program_members(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<MoversQuery>,
    file: Whole<BODY_MAX>,
) -> Result<axum::Json<PageOut<MoverOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let from = moment("from", query.from)?;
    let tenant = key.tenant;
    let page = server.call(move |app| app.movers(tenant, file.text(), from, &ask));
    Ok(axum::Json(view::page(page.await?, |it| view::mover(&it))))
}

/// From when on, and why.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplyQuery {
    /// From when on it decides (by the time of the event): from now on if left out; a first version
    /// from the beginning of time.
    pub(super) from: Option<String>,
    /// Why: kept with the version.
    pub(super) note: Option<String>,
}

/// Apply a program file
///
/// Makes it the next version. The text that is in force already changes nothing and is answered
/// with its version.
#[utoipa::path(post, path = "/v1/programs", tag = "programs", params(ApplyQuery),
    request_body(content = String, content_type = "application/toml", description = "The program file"),
    responses(
        (status = 201, body = VersionOut, description = "A new version"),
        (status = 200, body = VersionOut, description = "It is in force already"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn apply_program(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Asked(query): Asked<ApplyQuery>,
    file: Whole<BODY_MAX>,
) -> Result<Response, Failure> {
    let from = moment("from", query.from)?;
    let (tenant, by) = (key.tenant, key.name.clone());
    let note = query.note.unwrap_or_default();
    acting.why(&note);
    let applied = server.call(move |app| {
        let before = app.programs(tenant)?.iter().map(|it| it.version).max();
        let text = file.text().to_owned();
        let version = app.apply(
            tenant,
            &Apply {
                text,
                from,
                by,
                note,
            },
        )?;
        Ok((before, version))
    });
    let (before, version) = applied.await?;
    let is_new = Some(version.version) > before;
    let number = |version: i64| format!("version {version}");
    acting.moved(
        before.map(number).unwrap_or_default(),
        number(version.version),
    );
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, axum::Json(view::version(version))).into_response())
}

/// See a program version
#[utoipa::path(get, path = "/v1/programs/{version}", tag = "programs",
    params(("version" = i64, Path, description = "Its number")),
    responses(
        (status = 200, body = VersionOut, description = "The version"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_program(
    State(server): State<Server>,
    key: Key<Read>,
    Params(number): Params<i64>,
) -> Result<axum::Json<VersionOut>, Failure> {
    let tenant = key.tenant;
    let versions = server.call(move |app| app.programs(tenant)).await?;
    let found = versions.into_iter().find(|it| it.version == number);
    let found = found.ok_or_else(|| {
        let detail = format!("there is no program version `{number}`");
        Failure::new(regulars_api::Code::UnknownVersion, detail)
    })?;
    Ok(axum::Json(view::version(found)))
}

/// See the file of a program version, as it was applied
#[utoipa::path(get, path = "/v1/programs/{version}/text", tag = "programs",
    params(("version" = i64, Path, description = "Its number")),
    responses(
        (status = 200, body = String, content_type = "application/toml", description = "The file"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_program_text(
    State(server): State<Server>,
    key: Key<Read>,
    Params(number): Params<i64>,
) -> Result<Response, Failure> {
    let tenant = key.tenant;
    let text = server
        .call(move |app| app.program_text(tenant, number))
        .await?;
    Ok(([(CONTENT_TYPE, "application/toml; charset=utf-8")], text).into_response())
}

/// Why.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RollBackQuery {
    /// From when on; from now on if left out.
    from: Option<String>,
    /// Why: kept with the new version.
    note: Option<String>,
}

/// Roll back to a program version
///
/// Applies its file as a new version, from a moment on. What was given stays given; `lost` says what
/// cannot be undone.
#[utoipa::path(post, path = "/v1/programs/{version}/roll-back", tag = "programs",
    params(("version" = i64, Path, description = "The version to go back to"), RollBackQuery),
    responses(
        (status = 201, body = RolledBackOut, description = "The new version, and what cannot be undone"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn roll_back_program(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(number): Params<i64>,
    Asked(query): Asked<RollBackQuery>,
) -> Result<(StatusCode, axum::Json<RolledBackOut>), Failure> {
    acting.why(query.note.as_deref().unwrap_or_default());
    let tenant = key.tenant;
    let ask = RollBack {
        to: Some(number),
        from: moment("from", query.from)?,
        by: key.name.clone(),
        note: query.note.unwrap_or_default(),
    };
    let rolled = server.call(move |app| {
        let before = app.programs(tenant)?.iter().map(|it| it.version).max();
        Ok((before, app.roll_back(tenant, &ask)?))
    });
    let (before, done) = rolled.await?;
    let before = before.map(|version| format!("version {version}"));
    let after = format!("version {}, as version {}", done.version.version, done.to);
    acting.moved(before.unwrap_or_default(), after);
    Ok((StatusCode::CREATED, axum::Json(view::rolled_back(done))))
}
