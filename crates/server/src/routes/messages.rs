//! Messages: templates, sends, what became of each, and what is set for all.

use crate::acting::Acting;
use crate::auth::{Admin, Key, Programs, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::message::{
    BouncedIn, MessageOut, MessagePreviewIn, MessagePreviewOut, MessageSettingsBody, MessagesOut,
    ResolveIn, SendIn, SendOut, TemplateIn, TemplateOut, TemplateWordsBody, TemplatesOut,
};
use regulars_api::{PageOut, Problem};
use regulars_app::{
    Audience, ChannelSettings, MessageSettings, MessageStage, NewSend, OutboxAsk, TemplateDraft,
    TemplateWords, WhenUncertain,
};
use regulars_engine::event::Fault;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SendPageQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessagePageQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
    /// At this stage only: `waiting`, `handed_over`, `sent`, `not_sent`, `uncertain`, `given_up`, `bounced`.
    stage: Option<String>,
    /// For this reason only.
    reason: Option<String>,
}

/// How many messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessagesOfQuery {
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

fn words(all: BTreeMap<String, TemplateWordsBody>) -> BTreeMap<String, TemplateWords> {
    let each = all.into_iter().map(|(language, own)| {
        let words = TemplateWords {
            subject: own.subject,
            text: own.text,
            html: own.html,
        };
        (language, words)
    });
    each.collect()
}

/// List templates
///
/// With what a place in one may name.
#[utoipa::path(get, path = "/v1/templates", tag = "messages", responses(
    (status = 200, body = TemplatesOut, description = "All of them, by their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_templates(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<TemplatesOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let (_, program) = app.program_in_force(tenant, app.now())?;
        let attributes = program.attributes.iter().map(|own| own.id.clone());
        Ok((app.templates(tenant)?, attributes.collect::<Vec<_>>()))
    });
    let (all, attributes) = found.await?;
    Ok(axum::Json(view::templates(&all, &attributes)))
}

/// See a template
#[utoipa::path(get, path = "/v1/templates/{template}", tag = "messages",
    params(("template" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = TemplateOut, description = "The template"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_template(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<TemplateOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.template(tenant, &id)).await?;
    Ok(axum::Json(view::template(&found)))
}

/// Write a template
///
/// A new one without `version`, or the one after the version that you saw. All that is wrong is told at once,
/// each at its place.
#[utoipa::path(put, path = "/v1/templates/{template}", tag = "messages", request_body = TemplateIn,
    params(("template" = String, Path, description = "Its id: small letters, digits and hyphens")),
    responses(
        (status = 200, body = TemplateOut, description = "The template as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn put_template(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<TemplateIn>,
) -> Result<axum::Json<TemplateOut>, Failure> {
    let tenant = key.tenant;
    let draft = TemplateDraft {
        name: body.name,
        language: body.language,
        words: words(body.words),
    };
    let written = server.call(move |app| {
        let before = app.template(tenant, &id).ok();
        let after = app.put_template(tenant, (&id, body.version), &draft)?;
        Ok((before, after))
    });
    let (before, after) = written.await?;
    let subjects = |own: &regulars_app::Template| {
        let own = own.words.values().map(|own| own.subject.as_str());
        own.collect::<Vec<_>>().join("; ")
    };
    acting.to(&after.id);
    acting.moved(
        before.as_ref().map(subjects).unwrap_or_default(),
        subjects(&after),
    );
    Ok(axum::Json(view::template(&after)))
}

/// Take a template away
///
/// What is being sent by it goes on.
#[utoipa::path(delete, path = "/v1/templates/{template}", tag = "messages",
    params(("template" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = TemplateOut, description = "The template, as it was"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_template(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<TemplateOut>, Failure> {
    let tenant = key.tenant;
    let gone = server
        .call(move |app| app.delete_template(tenant, &id))
        .await?;
    acting.moved(gone.name.clone(), "");
    Ok(axum::Json(view::template(&gone)))
}

/// Preview a message for a member
///
/// What the words say to them, and whether the message would go to them now. Nothing is written.
#[utoipa::path(post, path = "/v1/templates/preview", tag = "messages", request_body = MessagePreviewIn, responses(
    (status = 200, body = MessagePreviewOut, description = "What it says"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn preview_message(
    State(server): State<Server>,
    key: Key<Read>,
    In(body): In<MessagePreviewIn>,
) -> Result<axum::Json<MessagePreviewOut>, Failure> {
    let tenant = key.tenant;
    let who = member_ref(&body.member)?;
    let draft = TemplateDraft {
        name: String::new(),
        language: body.language,
        words: words(body.words),
    };
    let shown = server.call(move |app| app.preview_draft(tenant, (&draft, &body.channel), &who));
    Ok(axum::Json(view::message_preview(&shown.await?)))
}

/// List sends
///
/// The newest first, with what became of their messages.
#[utoipa::path(get, path = "/v1/sends", tag = "messages", params(SendPageQuery), responses(
    (status = 200, body = PageOut<SendOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_sends(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<SendPageQuery>,
) -> Result<axum::Json<PageOut<SendOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let page = server.call(move |app| app.sends(tenant, &ask)).await?;
    Ok(axum::Json(view::page(page, |own| view::send(&own))))
}

/// Send a message to a segment or to a member
///
/// Who gets it is looked up at once. Each of them gets a message, or a reason why not.
#[utoipa::path(post, path = "/v1/sends", tag = "messages", request_body = SendIn, responses(
    (status = 201, body = SendOut, description = "The send"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn create_send(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    In(body): In<SendIn>,
) -> Result<(StatusCode, axum::Json<SendOut>), Failure> {
    let tenant = key.tenant;
    let who = body.member.as_deref().map(member_ref).transpose()?;
    let made = server.call(move |app| {
        let audience = match (body.segment, who) {
            (Some(segment), _) => Audience::Segment(segment),
            (None, Some(who)) => Audience::Member(app.member(tenant, &who)?.id),
            (None, None) => Audience::Segment(String::new()),
        };
        let new = NewSend {
            name: body.name,
            template: body.template,
            channel: body.channel,
            audience,
            hold_out: body.hold_out_percent,
        };
        app.send_message(tenant, &new)
    });
    let made = made.await?;
    acting.to(&made.id);
    acting.moved("", format!("{} on {}", made.template, made.channel));
    Ok((StatusCode::CREATED, axum::Json(view::send(&made))))
}

/// See a send
#[utoipa::path(get, path = "/v1/sends/{send}", tag = "messages",
    params(("send" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SendOut, description = "The send, with what became of its messages"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_send(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<SendOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.send(tenant, &id)).await?;
    Ok(axum::Json(view::send(&found)))
}

/// Stop a send
///
/// What waits is not sent. What is under way, or was sent, stays as it is.
#[utoipa::path(post, path = "/v1/sends/{send}/stop", tag = "messages",
    params(("send" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SendOut, description = "The send as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn stop_send(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<SendOut>, Failure> {
    let tenant = key.tenant;
    let stopped = server.call(move |app| app.stop_send(tenant, &id)).await?;
    acting.moved("", "stopped");
    Ok(axum::Json(view::send(&stopped)))
}

/// List what became of a send's messages
///
/// One for each member of its audience, also of those who got nothing, with the reason.
#[utoipa::path(get, path = "/v1/sends/{send}/messages", tag = "messages",
    params(("send" = String, Path, description = "Its id"), MessagePageQuery),
    responses(
        (status = 200, body = PageOut<MessageOut>, description = "A page of them, by member"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_messages(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<MessagePageQuery>,
) -> Result<axum::Json<PageOut<MessageOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let known = |name: &str| {
        let mut all = MessageStage::ALL.into_iter();
        let found = all.find(|own| view::message_stage(*own) == name);
        found.ok_or_else(|| Failure::parameter("stage", "is no stage of a message"))
    };
    let ask = OutboxAsk {
        stage: query.stage.as_deref().map(known).transpose()?,
        reason: query.reason,
    };
    let tenant = key.tenant;
    let found = server
        .call(move |app| app.outbox(tenant, (&id, &ask), &page))
        .await?;
    Ok(axum::Json(view::page(found, view::message)))
}

/// List messages to a member
///
/// The newest first, also those that were not sent, with the reason.
#[utoipa::path(get, path = "/v1/members/{member}/messages", tag = "messages",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"), MessagesOfQuery),
    responses(
        (status = 200, body = MessagesOut, description = "The messages"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_member_messages(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
    Asked(query): Asked<MessagesOfQuery>,
) -> Result<axum::Json<MessagesOut>, Failure> {
    let who = member_ref(&member)?;
    let limit = view::page_ask(None, query.limit)?.limit;
    let tenant = key.tenant;
    let found = server
        .call(move |app| app.messages_to(tenant, &who, None, limit))
        .await?;
    let items = found.into_iter().map(view::message).collect();
    Ok(axum::Json(MessagesOut { items }))
}

/// Tell that a message came back
///
/// For good (`hard`): its address is not written to again, whoever has it. Otherwise a letter is tried again, a
/// few times.
#[utoipa::path(post, path = "/v1/messages/{message}/bounced", tag = "messages", request_body = BouncedIn,
    params(("message" = String, Path, description = "Its id: letters have it as their `Message-ID`, before the @")),
    responses(
        (status = 200, body = MessageOut, description = "The message as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn message_bounced(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<BouncedIn>,
) -> Result<axum::Json<MessageOut>, Failure> {
    let tenant = key.tenant;
    let hard = if body.hard { "hard" } else { "soft" };
    let done = server.call(move |app| app.message_bounced(tenant, &id, (body.hard, &body.reason)));
    let done = done.await?;
    acting.moved("", hard);
    Ok(axum::Json(view::message(done)))
}

/// Say what becomes of a message that is uncertain
///
/// It is sent again, or counts as sent.
#[utoipa::path(post, path = "/v1/messages/{message}/resolve", tag = "messages", request_body = ResolveIn,
    params(("message" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = MessageOut, description = "The message as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn resolve_message(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<ResolveIn>,
) -> Result<axum::Json<MessageOut>, Failure> {
    let tenant = key.tenant;
    let done = server
        .call(move |app| app.resolve_message(tenant, &id, body.again))
        .await?;
    acting.moved("uncertain", view::message_stage(done.stage));
    Ok(axum::Json(view::message(done)))
}

/// See what is set for messages
#[utoipa::path(get, path = "/v1/message-settings", tag = "messages", responses(
    (status = 200, body = MessageSettingsBody, description = "What is set"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_message_settings(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<MessageSettingsBody>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.message_settings(tenant)).await?;
    Ok(axum::Json(view::message_settings(&found, &[])))
}

/// Set what holds for all messages
///
/// A channel whose provider is new or moved gets a secret, which is shown in this answer and never again.
#[utoipa::path(put, path = "/v1/message-settings", tag = "messages", request_body = MessageSettingsBody, responses(
    (status = 200, body = MessageSettingsBody, description = "What is set now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_message_settings(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<MessageSettingsBody>,
) -> Result<axum::Json<MessageSettingsBody>, Failure> {
    let when_uncertain = match body.when_uncertain.as_str() {
        "again" => WhenUncertain::Again,
        "leave" => WhenUncertain::Leave,
        _ => {
            let fault = Fault::new("/when_uncertain", "must be again or leave");
            return Err(Failure::invalid(vec![fault]));
        }
    };
    let channels = body.channels.into_iter().map(|(name, own)| {
        let set = ChannelSettings {
            consent: own.consent,
            url: own.url,
            secret: String::new(),
            confirm: own.confirm,
            confirm_since: 0,
        };
        (name, set)
    });
    let new = MessageSettings {
        address: body.address,
        cap_most: body.cap_most,
        cap_days: body.cap_days,
        quiet_from: body.quiet_from,
        quiet_until: body.quiet_until,
        when_uncertain,
        channels: channels.collect(),
    };
    let tenant = key.tenant;
    let (before, after) = server
        .call(move |app| app.set_message_settings(tenant, new))
        .await?;
    let told = |own: &MessageSettings| {
        format!(
            "{} in {} days, quiet {} to {}",
            own.cap_most, own.cap_days, own.quiet_from, own.quiet_until
        )
    };
    acting.moved(told(&before), told(&after));
    let is_new = |name: &&String| {
        let secret = |own: &MessageSettings| own.channels.get(*name).map(|own| own.secret.clone());
        secret(&before) != secret(&after)
    };
    let made: Vec<String> = after.channels.keys().filter(is_new).cloned().collect();
    Ok(axum::Json(view::message_settings(&after, &made)))
}
