//! Surveys: what members are asked, who was asked, and what came of it; and what a member answers.

use crate::acting::Acting;
use crate::auth::{Key, Programs, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::member_auth::Me;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use regulars_api::survey::{
    AskIn, AskedOut, AskingOut, ProgressOut, SurveyAnswersIn, SurveyFiguresOut, SurveyIn,
    SurveyOut, SurveySettingsBody, SurveysOut, SurveysToAnswerOut,
};
use regulars_api::{PageOut, Problem};
use regulars_app::{
    AnswerState, AskingAsk, Audience, Error, SurveyFiguresAsk, SurveySettings, SurveyWay,
};
use regulars_base::CivilDay;
use regulars_engine::event::Fault;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which askings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AskingsQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
    /// At this stage only: `waiting`, `asked`, `given`, `answered`, `not_asked`.
    stage: Option<String>,
}

/// Which answers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SurveyFiguresQuery {
    /// Given on this day or later.
    from: Option<String>,
    /// Given on this day or earlier.
    to: Option<String>,
    /// Of members who are in this segment now.
    segment: Option<String>,
    /// The main question side by side: by `month`, `tier`, `store` or `way`.
    by: Option<String>,
}

impl SurveyFiguresQuery {
    fn ask(self) -> Result<SurveyFiguresAsk, Failure> {
        let day = |name: &'static str, text: Option<String>| {
            let read = text
                .filter(|text| !text.is_empty())
                .map(|text| text.parse::<CivilDay>());
            read.transpose()
                .map_err(|error| Failure::parameter(name, error.to_string()))
        };
        let named = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(SurveyFiguresAsk {
            from: day("from", self.from)?,
            to: day("to", self.to)?,
            segment: named(self.segment),
            by: named(self.by),
        })
    }
}

/// List surveys
#[utoipa::path(get, path = "/v1/surveys", tag = "surveys", responses(
    (status = 200, body = SurveysOut, description = "All of them, by their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_surveys(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<SurveysOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.surveys(tenant)).await?;
    Ok(axum::Json(SurveysOut {
        items: all.iter().map(view::survey).collect(),
    }))
}

/// See a survey
#[utoipa::path(get, path = "/v1/surveys/{survey}", tag = "surveys",
    params(("survey" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SurveyOut, description = "The survey"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_survey(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<SurveyOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.survey(tenant, &id)).await?;
    Ok(axum::Json(view::survey(&found)))
}

/// Write a survey
///
/// A new one without `version`, or the one after the version that you saw. All that is wrong is told at once,
/// each at its place; questions that lead back to one another are refused with that way.
#[utoipa::path(put, path = "/v1/surveys/{survey}", tag = "surveys", request_body = SurveyIn,
    params(("survey" = String, Path, description = "Its id: small letters, digits, hyphens and underscores")),
    responses(
        (status = 200, body = SurveyOut, description = "The survey as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn put_survey(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<SurveyIn>,
) -> Result<axum::Json<SurveyOut>, Failure> {
    let tenant = key.tenant;
    let version = body.version;
    let draft = view::survey_draft(body).map_err(|faults| Failure::from(Error::Invalid(faults)))?;
    let written = server.call(move |app| {
        let before = app.survey(tenant, &id).ok();
        let after = app.put_survey(tenant, (&id, version), &draft)?;
        Ok((before, after))
    });
    let (before, after) = written.await?;
    let shown = |own: &regulars_app::Survey| {
        let live = if own.draft.live { "live" } else { "not live" };
        format!(
            "{}, {} questions, {live}",
            own.draft.name,
            own.draft.questions.len()
        )
    };
    acting.to(&after.id);
    acting.moved(
        before.as_ref().map(shown).unwrap_or_default(),
        shown(&after),
    );
    Ok(axum::Json(view::survey(&after)))
}

/// List who was asked
///
/// By age, with the link by which each answers without signing in.
#[utoipa::path(get, path = "/v1/surveys/{survey}/askings", tag = "surveys",
    params(("survey" = String, Path, description = "Its id"), AskingsQuery),
    responses(
        (status = 200, body = PageOut<AskingOut>, description = "A page of them"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_askings(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<AskingsQuery>,
) -> Result<axum::Json<PageOut<AskingOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let stage = query.stage.as_deref().filter(|own| !own.is_empty());
    let stage = stage.map(|own| {
        view::survey_stage(own).ok_or_else(|| {
            let what = "is no stage; there are waiting, asked, given, answered, not_asked";
            Failure::parameter("stage", what)
        })
    });
    let ask = AskingAsk {
        stage: stage.transpose()?,
    };
    let tenant = key.tenant;
    let found = server.call(move |app| app.askings(tenant, (&id, &ask), &page));
    Ok(axum::Json(view::page(found.await?, view::asking)))
}

/// Ask a member, or everybody in a segment
///
/// Each is asked at once, unless another survey asked them lately: at most one in so many days, as is set.
#[utoipa::path(post, path = "/v1/surveys/{survey}/askings", tag = "surveys", request_body = AskIn,
    params(("survey" = String, Path, description = "Its id")),
    responses(
        (status = 201, body = AskedOut, description = "How many are asked"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn ask_by_survey(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<AskIn>,
) -> Result<(StatusCode, axum::Json<AskedOut>), Failure> {
    let tenant = key.tenant;
    let who = body.member.as_deref().map(member_ref).transpose()?;
    acting.to(&id);
    let made = server.call(move |app| {
        let audience = match (body.segment, who) {
            (Some(segment), _) => Audience::Segment(segment),
            (None, Some(who)) => Audience::Member(app.member(tenant, &who)?.id),
            (None, None) => Audience::Segment(String::new()),
        };
        app.ask_by_survey(tenant, &id, &audience)
    });
    let made = made.await? as u64;
    acting.moved("", format!("{made} asked"));
    Ok((StatusCode::CREATED, axum::Json(AskedOut { made })))
}

/// See what came of a survey
///
/// Who was asked and answered; each question's figure with its interval; what texts are about, with some of
/// them.
#[utoipa::path(get, path = "/v1/surveys/{survey}/figures", tag = "surveys",
    params(("survey" = String, Path, description = "Its id"), SurveyFiguresQuery),
    responses(
        (status = 200, body = SurveyFiguresOut, description = "The figures"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_survey_figures(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<SurveyFiguresQuery>,
) -> Result<axum::Json<SurveyFiguresOut>, Failure> {
    let (ask, tenant) = (query.ask()?, key.tenant);
    let found = server.call(move |app| {
        let main = app
            .survey(tenant, &id)?
            .main_question()
            .map(|own| own.id.clone());
        Ok((app.survey_figures(tenant, &id, &ask)?, main))
    });
    let (figures, main) = found.await?;
    Ok(axum::Json(view::survey_figures(figures, main)))
}

/// Export the answers to a survey
///
/// As CSV, with a column for each question.
#[utoipa::path(get, path = "/v1/surveys/{survey}/answers", tag = "surveys",
    params(("survey" = String, Path, description = "Its id"), SurveyFiguresQuery),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The answers"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn export_answers(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<SurveyFiguresQuery>,
) -> Result<Response, Failure> {
    let (ask, tenant) = (query.ask()?, key.tenant);
    let file =
        server.call(move |app| Ok(view::answers_file(app.survey_answers(tenant, &id, &ask)?)));
    let kind = [(CONTENT_TYPE, "text/csv; charset=utf-8")];
    Ok((kind, file.await?).into_response())
}

/// See what is set for surveys
#[utoipa::path(get, path = "/v1/survey-settings", tag = "surveys", responses(
    (status = 200, body = SurveySettingsBody, description = "The settings"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_survey_settings(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<SurveySettingsBody>, Failure> {
    let tenant = key.tenant;
    let own = server.call(move |app| app.survey_settings(tenant)).await?;
    Ok(axum::Json(view::survey_settings(&own)))
}

/// Set how often members are asked, and what texts are about
#[utoipa::path(put, path = "/v1/survey-settings", tag = "surveys", request_body = SurveySettingsBody, responses(
    (status = 200, body = SurveySettingsBody, description = "The settings as they are now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_survey_settings(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    In(body): In<SurveySettingsBody>,
) -> Result<axum::Json<SurveySettingsBody>, Failure> {
    let tenant = key.tenant;
    let new = SurveySettings {
        apart_days: body.apart_days,
        themes: view::themes(body.themes),
    };
    let set = server.call(move |app| app.set_survey_settings(tenant, new));
    let (before, after) = set.await?;
    let shown = |own: &SurveySettings| {
        format!(
            "one in {} days, {} themes",
            own.apart_days,
            own.themes.len()
        )
    };
    acting.moved(shown(&before), shown(&after));
    Ok(axum::Json(view::survey_settings(&after)))
}

/// See which surveys wait for one's answer
#[utoipa::path(get, path = "/v1/me/surveys", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = SurveysToAnswerOut, description = "They, the newest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_own_surveys(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<SurveysToAnswerOut>, Failure> {
    let own =
        server.call(move |app| app.surveys_to_answer(me.tenant, me.member, SurveyWay::Portal));
    let items = own.await?.into_iter().filter_map(view::to_answer);
    Ok(axum::Json(SurveysToAnswerOut {
        items: items.collect(),
    }))
}

/// Answer a survey
///
/// Without `send` it is told which question comes next, and nothing is kept. Sent twice, it is answered once.
#[utoipa::path(post, path = "/v1/me/surveys/{asking}", tag = "portal", security(("member" = [])),
    request_body = SurveyAnswersIn,
    params(("asking" = String, Path, description = "The id of the asking")),
    responses(
        (status = 200, body = ProgressOut, description = "How far it came"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn answer_own_survey(
    State(server): State<Server>,
    me: Me,
    Params(asking): Params<String>,
    In(body): In<SurveyAnswersIn>,
) -> Result<axum::Json<ProgressOut>, Failure> {
    let mut seen = std::collections::BTreeSet::new();
    let twice = body
        .answers
        .iter()
        .position(|own| !seen.insert(own.question.clone()));
    if let Some(place) = twice {
        let fault = Fault::new(
            format!("/answers/{place}"),
            "is a second answer to one question",
        );
        return Err(Failure::from(Error::Invalid(vec![fault])));
    }
    let (answers, send) = (view::answers(body.answers), body.send);
    let done = server.call(move |app| {
        app.open_asking(me.tenant, me.member, &asking)?;
        let of = (me.member, asking.as_str());
        app.answer_asking(me.tenant, of, (&answers, send), SurveyWay::Portal.name())
    });
    let progress = done.await?;
    Ok(axum::Json(ProgressOut {
        state: match progress.state {
            AnswerState::Open => "open",
            AnswerState::Done => "done",
            AnswerState::DoneBefore => "done_before",
        }
        .to_owned(),
        next: progress.next.as_ref().map(view::asked_question),
    }))
}
