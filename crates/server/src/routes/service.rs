//! Service cases: the queue, what is said and given, what comes in by letter, and what a member sees.

use crate::acting::Acting;
use crate::auth::{Adjust, Ingest, Key, Programs, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::member_auth::Me;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::service::{
    CaseIn, CaseLineOut, CaseOut, CasePatch, CaseTextIn, CaseWithLinesOut, FollowUpBody, InboundIn,
    InboundOut, MadeGoodOut, MakeGoodIn, OwnCaseIn, OwnCaseOut, OwnCasesOut, ServiceReportOut,
    ServiceSettingsBody,
};
use regulars_api::{Amount, PageOut, Problem, json};
use regulars_app::{
    App, Error, FollowUp, InboundLetter, MadeGood, MemberRef, NewCase, ServiceAsk, ServiceCause,
    ServiceChange, ServiceOutcome, ServiceSettings, ServiceState,
};
use regulars_base::{CivilDay, TenantId};
use regulars_engine::event::Fault;
use regulars_engine::outcome::Verdict;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CasesQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
    /// In this state: `open`, `waiting`, `solved`; those that are not solved, if left out.
    state: Option<String>,
    /// Of this person, by their id; `me` for one's own, `nobody` for those that nobody has.
    agent: Option<String>,
    /// Late ones only.
    late: Option<bool>,
    /// Of this member only.
    member: Option<String>,
    /// Of people of this organisation only.
    group: Option<String>,
}

/// Of which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CasesReportQuery {
    /// Opened on this day or later.
    from: Option<String>,
    /// Opened on this day or earlier.
    to: Option<String>,
}

/// The first points of the program, by which cases are made good, and their decimals.
fn points(app: &App, tenant: TenantId) -> Result<(String, u8), Error> {
    let (_, program) = app.program_in_force(tenant, app.now())?;
    let first = program.points.first();
    Ok(first.map_or_else(|| (String::new(), 0), |own| (own.id.clone(), own.decimals)))
}

/// What is sent is wrong.
fn wrong(at: &str, what: String) -> Error {
    Error::Invalid(vec![Fault::new(at, what)])
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// List cases
///
/// Those first that are due first, by the clock of their service level.
#[utoipa::path(get, path = "/v1/cases", tag = "cases", params(CasesQuery), responses(
    (status = 200, body = PageOut<CaseOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_cases(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<CasesQuery>,
) -> Result<axum::Json<PageOut<CaseOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let state = given(&query.state).map(|own| {
        let none = || Failure::parameter("state", "is no state; there are open, waiting, solved");
        ServiceState::by_name(own).ok_or_else(none)
    });
    let state = state.transpose()?;
    let member = given(&query.member).map(member_ref).transpose()?;
    let group = given(&query.group).map(member_ref).transpose()?;
    let agent = given(&query.agent).map(|own| match own {
        "nobody" => None,
        "me" => Some(key.key.clone()),
        id => Some(id.to_owned()),
    });
    let (tenant, late) = (key.tenant, query.late.unwrap_or_default());
    let found = server.call(move |app| {
        let id = |who: Option<MemberRef>| {
            who.map(|who| app.member(tenant, &who).map(|own| own.id))
                .transpose()
        };
        let ask = ServiceAsk {
            state,
            agent,
            late,
            member: id(member)?,
            group: id(group)?,
        };
        let found = app.service_cases(tenant, &ask, &page)?;
        Ok((found, app.now(), points(app, tenant)?.1))
    });
    let (page, now, decimals) = found.await?;
    Ok(axum::Json(view::page(page, |own| {
        view::case(&own, now, decimals)
    })))
}

/// Open a case by hand
#[utoipa::path(post, path = "/v1/cases", tag = "cases", request_body = CaseIn, responses(
    (status = 201, body = CaseOut, description = "The case"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn open_case(
    State(server): State<Server>,
    key: Key<Ingest>,
    acting: Acting,
    In(body): In<CaseIn>,
) -> Result<(StatusCode, axum::Json<CaseOut>), Failure> {
    let (tenant, who, by) = (key.tenant, member_ref(&body.member)?, key.agent());
    let opened = server.call(move |app| {
        let new = NewCase {
            member: app.member(tenant, &who)?.id,
            cause: ServiceCause::ByHand,
            subject: body.subject,
            text: body.text,
            survey: None,
            by: Some(by),
        };
        let case = app.open_service_case(tenant, &new)?;
        let case = case.ok_or_else(|| Error::Bug("a case by hand was there before".into()))?;
        Ok(view::case(&case, app.now(), points(app, tenant)?.1))
    });
    let opened = opened.await?;
    acting.to(&opened.id);
    Ok((StatusCode::CREATED, axum::Json(opened)))
}

/// See a case
///
/// With all that was said and done, and what the caller may still give this month.
#[utoipa::path(get, path = "/v1/cases/{case}", tag = "cases",
    params(("case" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = CaseWithLinesOut, description = "The case"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_case(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<CaseWithLinesOut>, Failure> {
    let by = (*key).clone();
    let found = server.call(move |app| {
        let case = app.service_case(by.tenant, &id)?;
        let lines = app.service_lines(by.tenant, &id)?;
        let (points, decimals) = points(app, by.tenant)?;
        Ok(CaseWithLinesOut {
            case: view::case(&case, app.now(), decimals),
            lines: lines.into_iter().map(view::case_line).collect(),
            budget_left: Amount::number(app.budget_left(&by)?, decimals).0,
            points,
        })
    });
    Ok(axum::Json(found.await?))
}

/// Give a case to somebody, solve it, or open it again
#[utoipa::path(patch, path = "/v1/cases/{case}", tag = "cases", request_body = CasePatch,
    params(("case" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = CaseOut, description = "The case as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn change_case(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<CasePatch>,
) -> Result<axum::Json<CaseOut>, Failure> {
    let change = match (body.agent, body.solved) {
        (Some(agent), _) => ServiceChange::Assign(Some(agent).filter(|own| !own.is_empty())),
        (None, Some(outcome)) => {
            let outcome = ServiceOutcome::by_name(&outcome).ok_or_else(|| {
                let all = ServiceOutcome::ALL.map(ServiceOutcome::name).join(", ");
                Failure::from(wrong("/solved", format!("must be one of {all}")))
            })?;
            ServiceChange::Solve(outcome)
        }
        (None, None) => ServiceChange::Reopen,
    };
    acting.to(&id);
    acting.moved("", format!("{change:?}"));
    let by = (*key).clone();
    let changed = server.call(move |app| {
        let case = app.change_service_case(&by, &id, &change)?;
        Ok(view::case(&case, app.now(), points(app, by.tenant)?.1))
    });
    Ok(axum::Json(changed.await?))
}

/// Say something in a case
///
/// To the member, by letter and on their pages; or to other agents, as a note. Where a letter could not go, the
/// line says why.
#[utoipa::path(post, path = "/v1/cases/{case}/lines", tag = "cases", request_body = CaseTextIn,
    params(("case" = String, Path, description = "Its id")),
    responses(
        (status = 201, body = CaseLineOut, description = "The line"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn say_in_case(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<CaseTextIn>,
) -> Result<(StatusCode, axum::Json<CaseLineOut>), Failure> {
    acting.to(&id);
    let by = (*key).clone();
    let said = server.call(move |app| match body.note {
        true => app.note_on_case(&by, &id, &body.text),
        false => app.reply_in_case(&by, &id, &body.text),
    });
    Ok((
        StatusCode::CREATED,
        axum::Json(view::case_line(said.await?)),
    ))
}

/// Make a case good with points
///
/// Out of the caller's budget of the month, as an adjustment. More than is left of it, or than the caller may
/// adjust alone, waits for a second person.
#[utoipa::path(post, path = "/v1/cases/{case}/points", tag = "cases", request_body = MakeGoodIn,
    params(("case" = String, Path, description = "Its id")),
    responses(
        (status = 201, body = MadeGoodOut, description = "They are given"),
        (status = 202, body = MadeGoodOut, description = "They wait for a second person"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn make_case_good(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<MakeGoodIn>,
) -> Result<(StatusCode, axum::Json<MadeGoodOut>), Failure> {
    acting.to(&id);
    acting.why(&body.reason);
    acting.moved("", body.amount.clone());
    let by = (*key).clone();
    let done = server.call(move |app| {
        let (_, decimals) = points(app, by.tenant)?;
        let amount = json::scaled(&body.amount, decimals).map_err(|why| wrong("/amount", why))?;
        let (case, made) = app.make_good(&by, &id, (amount, &body.reason))?;
        let (state, held) = match &made {
            MadeGood::Given(receipt) if receipt.verdict == Verdict::Accepted => ("given", None),
            MadeGood::Given(_) => ("refused", None),
            MadeGood::Waits(held) => ("waits", Some(held.id.clone())),
        };
        Ok(MadeGoodOut {
            state: state.to_owned(),
            held,
            case: view::case(&case, app.now(), decimals),
        })
    });
    let done = done.await?;
    let status = match done.held {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::CREATED,
    };
    Ok((status, axum::Json(done)))
}

/// Take in a letter
///
/// Whoever receives mail for the shop sends it here, whole or taken apart. The case is told by what the letter
/// answers, or by its subject; both are signed when we write them. A letter that came before is taken once.
#[utoipa::path(post, path = "/v1/cases/inbound", tag = "cases", request_body = InboundIn, responses(
    (status = 200, body = InboundOut, description = "The case it went to"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn take_letter(
    State(server): State<Server>,
    key: Key<Ingest>,
    acting: Acting,
    In(body): In<InboundIn>,
) -> Result<axum::Json<InboundOut>, Failure> {
    let tenant = key.tenant;
    let letter = InboundLetter {
        raw: body.raw,
        subject: body.subject,
        text: body.text,
        message_id: body.message_id,
        answers: body.answers,
        to: Vec::new(),
    };
    let taken = server.call(move |app| {
        let taken = app.take_letter(tenant, letter)?;
        Ok(InboundOut {
            case: view::case(&taken.case, app.now(), points(app, tenant)?.1),
            before: taken.before,
        })
    });
    let taken = taken.await?;
    acting.to(&taken.case.id);
    Ok(axum::Json(taken))
}

/// See how cases went
///
/// Those that were opened in a time: how soon they were answered and solved, and whose members bought again.
#[utoipa::path(get, path = "/v1/cases/report", tag = "cases", params(CasesReportQuery), responses(
    (status = 200, body = ServiceReportOut, description = "How they went"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_cases_report(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<CasesReportQuery>,
) -> Result<axum::Json<ServiceReportOut>, Failure> {
    let day = |name: &'static str, text: &Option<String>| {
        let read = given(text).map(str::parse::<CivilDay>).transpose();
        read.map_err(|error| Failure::parameter(name, error.to_string()))
    };
    let span = (day("from", &query.from)?, day("to", &query.to)?);
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let report = app.service_report(tenant, span)?;
        Ok(view::service_report(&report, points(app, tenant)?.1))
    });
    Ok(axum::Json(found.await?))
}

/// See what is promised to members with a case
#[utoipa::path(get, path = "/v1/case-settings", tag = "cases", responses(
    (status = 200, body = ServiceSettingsBody, description = "The settings"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_case_settings(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<ServiceSettingsBody>, Failure> {
    let tenant = key.tenant;
    let own = server.call(move |app| app.service_settings(tenant)).await?;
    Ok(axum::Json(view::service_settings(&own)))
}

/// Set what is promised, and what agents may give
#[utoipa::path(put, path = "/v1/case-settings", tag = "cases", request_body = ServiceSettingsBody, responses(
    (status = 200, body = ServiceSettingsBody, description = "The settings as they are now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_case_settings(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    In(body): In<ServiceSettingsBody>,
) -> Result<axum::Json<ServiceSettingsBody>, Failure> {
    let tenant = key.tenant;
    let mut hours = body.hours.into_iter();
    let new = ServiceSettings {
        hours: std::array::from_fn(|_| hours.next().unwrap_or_default()),
        answer_minutes: body.answer_minutes,
        solve_minutes: body.solve_minutes,
        budget: body.budget,
        recovered_days: body.recovered_days,
        reply_to: body.reply_to,
        follow_up: body
            .follow_up
            .map(|FollowUpBody { survey, days }| FollowUp { survey, days }),
    };
    let set = server.call(move |app| app.set_service_settings(tenant, new));
    let (before, after) = set.await?;
    let shown = |own: &ServiceSettings| {
        format!(
            "answer in {} minutes, solve in {}, {} points a month",
            own.answer_minutes, own.solve_minutes, own.budget
        )
    };
    acting.moved(shown(&before), shown(&after));
    Ok(axum::Json(view::service_settings(&after)))
}

/// See one's own cases
#[utoipa::path(get, path = "/v1/me/cases", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = OwnCasesOut, description = "They, the newest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_own_cases(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<OwnCasesOut>, Failure> {
    let own = server.call(move |app| {
        let mut items = Vec::new();
        for case in app
            .service_cases_of(me.tenant, me.member)?
            .into_iter()
            .rev()
        {
            let lines = app.service_lines(me.tenant, &case.id)?;
            items.push(view::own_case(case, lines));
        }
        Ok(OwnCasesOut { items })
    });
    Ok(axum::Json(own.await?))
}

/// Write to the shop
///
/// Opens a case, with a clock by which it is answered.
#[utoipa::path(post, path = "/v1/me/cases", tag = "portal", security(("member" = [])), request_body = OwnCaseIn, responses(
    (status = 201, body = OwnCaseOut, description = "The case"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn open_own_case(
    State(server): State<Server>,
    me: Me,
    In(body): In<OwnCaseIn>,
) -> Result<(StatusCode, axum::Json<OwnCaseOut>), Failure> {
    let opened = server.call(move |app| {
        let new = NewCase {
            member: me.member,
            cause: ServiceCause::Complaint,
            subject: body.subject,
            text: body.text,
            survey: None,
            by: None,
        };
        let case = app.open_service_case(me.tenant, &new)?;
        let case = case.ok_or_else(|| Error::Bug("a complaint was there before".into()))?;
        let lines = app.service_lines(me.tenant, &case.id)?;
        Ok(view::own_case(case, lines))
    });
    Ok((StatusCode::CREATED, axum::Json(opened.await?)))
}

/// Answer in a case of one's own
#[utoipa::path(post, path = "/v1/me/cases/{case}/lines", tag = "portal", security(("member" = [])),
    request_body = CaseTextIn,
    params(("case" = String, Path, description = "Its id")),
    responses(
        (status = 201, body = OwnCaseOut, description = "The case as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn say_in_own_case(
    State(server): State<Server>,
    me: Me,
    Params(id): Params<String>,
    In(body): In<CaseTextIn>,
) -> Result<(StatusCode, axum::Json<OwnCaseOut>), Failure> {
    let said = server.call(move |app| {
        let case = app.answer_own_case(me.tenant, (me.member, &id), &body.text)?;
        let lines = app.service_lines(me.tenant, &id)?;
        Ok(view::own_case(case, lines))
    });
    Ok((StatusCode::CREATED, axum::Json(said.await?)))
}
