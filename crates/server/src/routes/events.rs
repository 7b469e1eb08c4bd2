//! Events: one, many, and a stream of them.

mod guess;
mod stream;

pub(crate) use stream::{__path_stream_events, stream_events};

use crate::auth::{self, AnyPartner, Key, Read};
use crate::extract::{BATCH_MAX, BODY_MAX, Json, Params};
use crate::failure::Failure;
use crate::routes::events::guess::{Sent, Tries};
use crate::routes::gift_cards::{given_by_hand, within_limit};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::response::Response;
use regulars_api::event::{self, Door, EventIn};
use regulars_api::json::{self, At};
use regulars_api::ledger::LedgerEntryOut;
use regulars_api::receipt::{BatchOut, ReceiptOut};
use regulars_api::{Code, Problem};
use regulars_app::{Caller, NOW, Receipt, Scope, ShopSettings};
use regulars_base::{EventKey, Text};
use regulars_engine::Program;
use regulars_engine::event::{GiftMove, GroupLeave, Incoming, Kind};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::VecDeque;
use std::sync::Arc;

/// The most events of a batch.
const EVENTS_MAX: usize = 1000;

/// Send one event
///
/// Durable when it is answered. The same event sent again (same `source`, `id` and content) is
/// answered with 200, `Idempotency-Hit: true` and the earlier receipt. An event that the program
/// refuses is recorded as refused, and answered with the refusal. The key needs the scope
/// `ingest`; for rewards, codes and a partner's own awards `redeem`, for adjustments, and for codes that are assigned or
/// given back, `adjust`. A partner's key sends events of this partner's sources; it is told what
/// moved, not the reasons, which tell of others.
#[utoipa::path(post, path = "/v1/events", tag = "events", request_body = EventIn, responses(
    (status = 201, body = ReceiptOut, description = "It counts"),
    (status = 200, body = ReceiptOut, description = "It had been taken before"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "It does not count, and why"),
))]
pub(crate) async fn create_event(
    State(server): State<Server>,
    key: Key<AnyPartner>,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let raw = body.raw()?;
    let _place = server.work();
    let program = program(&server, &key, raw.get()).await?;
    let till = at_till(&server, &key).await?;
    let incoming = incoming(
        &server,
        &key,
        raw,
        At::ROOT,
        program.as_deref(),
        till.as_ref(),
    )?;
    own_sources(&server, &key).await?.allows(&incoming)?;
    let sent = guess::send(&server, &key, incoming, None);
    let receipt = sent.settled(&server).await?;
    let mut out = view::receipt(&receipt);
    if key.partner.is_some() {
        out.reasons.clear();
    }
    Ok(view::answer(&receipt, out))
}

/// Send up to 1,000 events
///
/// Each stands for itself: one that is wrong or refused does its neighbours no harm. They are
/// decided in order. The answer is 200 and has one result for each event.
#[utoipa::path(post, path = "/v1/events/batch", tag = "events",
    request_body(content = Vec<EventIn>, description = "A list of 1 to 1,000 events, at most 16 MiB"),
    responses(
        (status = 200, body = BatchOut, description = "A result for each event"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Nothing was taken, and why"),
    ))]
pub(crate) async fn create_events(
    State(server): State<Server>,
    key: Key<AnyPartner>,
    body: Json<BATCH_MAX>,
) -> Result<axum::Json<BatchOut>, Failure> {
    let raw = body.raw()?;
    let _place = server.work();
    let program = program(&server, &key, raw.get()).await?;
    let till = at_till(&server, &key).await?;
    let mut faults = Vec::new();
    let Some(raws) = json::list(raw, EVENTS_MAX, At::ROOT, &mut faults) else {
        return Err(Failure::invalid(faults));
    };
    let own = own_sources(&server, &key).await?;
    let mut pending = Vec::with_capacity(raws.len());
    // The places of tries at codes that are on their way, the oldest first.
    let mut tries: VecDeque<usize> = VecDeque::new();
    let turns = Tries::default();
    for raw in raws {
        let incoming = incoming(
            &server,
            &key,
            raw,
            At::ROOT,
            program.as_deref(),
            till.as_ref(),
        );
        let allowed = incoming.and_then(|incoming| own.allows(&incoming).map(|()| incoming));
        let incoming = match allowed {
            Ok(incoming) => incoming,
            Err(failure) => {
                pending.push(OnItsWay::Sent(Sent::wrong(failure)));
                continue;
            }
        };
        if tries.len() == guess::TRIES
            && let Some(oldest) = tries.pop_front()
        {
            pending[oldest].settle(&server).await;
        }
        let turn = turns.turn(&incoming.event).await;
        let sent = guess::send(&server, &key, incoming, turn);
        if sent.is_try() {
            tries.push_back(pending.len());
        }
        pending.push(OnItsWay::Sent(sent));
    }
    let mut out = BatchOut {
        accepted: 0,
        duplicates: 0,
        failed: 0,
        results: Vec::with_capacity(pending.len()),
    };
    for (index, mut pending) in pending.into_iter().enumerate() {
        pending.settle(&server).await;
        let OnItsWay::Settled(settled) = pending else {
            continue;
        };
        let mut result = view::result(settled);
        result.index = Some(index);
        if let (Some(receipt), true) = (&mut result.receipt, key.partner.is_some()) {
            receipt.reasons.clear();
        }
        match result.status {
            200 => out.duplicates += 1,
            201 => out.accepted += 1,
            _ => out.failed += 1,
        }
        out.results.push(result);
    }
    Ok(axum::Json(out))
}

/// Which event.
#[derive(Deserialize)]
pub(crate) struct EventPath {
    source: String,
    id: String,
}

/// See one event, what it moved, and why
#[utoipa::path(get, path = "/v1/events/{source}/{id}", tag = "events",
    params(("source" = String, Path, description = "The system that reported it"), ("id" = String, Path, description = "That system's own number for it")),
    responses(
        (status = 200, body = LedgerEntryOut, description = "The event's entry in the ledger"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_event(
    State(server): State<Server>,
    key: Key<Read>,
    Params(path): Params<EventPath>,
) -> Result<axum::Json<LedgerEntryOut>, Failure> {
    let text = |name: &str, text: String| {
        Text::new(text).map_err(|error| Failure::parameter(name, error.to_string()))
    };
    let event = EventKey {
        source: text("source", path.source)?,
        external_id: text("id", path.id)?,
    };
    let tenant = key.tenant;
    let entry = server.call(move |app| app.event(tenant, &event)).await?;
    Ok(axum::Json(view::entry(&entry)))
}

/// An event of a batch.
enum OnItsWay {
    /// It was handed over.
    Sent(Sent),
    /// It was answered.
    Settled(Result<Receipt, Failure>),
}

impl OnItsWay {
    /// Waits for its result, if that was not waited for already.
    async fn settle(&mut self, server: &Server) {
        let gone = || Failure::internal("an event of a batch was waited for twice");
        if let Self::Sent(sent) = self {
            let sent = std::mem::replace(sent, Sent::wrong(gone()));
            *self = Self::Settled(sent.settled(server).await);
        }
    }
}

/// The program of now, asked for only where the event may have to be held to it at the door.
async fn program(
    server: &Server,
    caller: &Caller,
    text: &str,
) -> Result<Option<Arc<Program>>, Failure> {
    if needs_program(text) {
        server.program(caller.tenant).await
    } else {
        Ok(None)
    }
}

/// Whether the text may hold an event whose fields the program declares, or in whose currency a limit is.
fn needs_program(text: &str) -> bool {
    let asked = [
        "\"adjustment\"",
        "\"activity\"",
        "\"partner_award\"",
        "\"store_credit\"",
        "\"gift_card\"",
    ];
    asked.iter().any(|kind| text.contains(kind))
}

/// What a cashier's events are held to.
struct AtTill(ShopSettings, Arc<Program>);

/// What a caller's events are held to who may only sell.
async fn at_till(server: &Server, caller: &Caller) -> Result<Option<AtTill>, Failure> {
    if !caller.may(Scope::Till) || caller.may(Scope::Ingest) {
        return Ok(None);
    }
    let tenant = caller.tenant;
    let known = server.call(move |app| {
        let (_, program) = app.program_in_force(tenant, app.now())?;
        Ok(AtTill(app.shop_settings(tenant)?, program))
    });
    known.await.map(Some)
}

/// One event, if it is right and the key may send it.
fn incoming(
    server: &Server,
    caller: &Caller,
    raw: &RawValue,
    at: At<'_>,
    program: Option<&Program>,
    till: Option<&AtTill>,
) -> Result<Incoming, Failure> {
    let door = Door {
        now: server.app().now(),
        arrival: NOW,
        preview: false,
        decimals: &|points| decimals_of(program, points),
        program,
    };
    let mut incoming = event::read(raw, at, &door).map_err(Failure::invalid)?;
    let kind = &mut incoming.event.kind;
    match kind {
        Kind::Purchase(it) => in_own_store(caller, &mut it.store)?,
        Kind::Activity(it) => in_own_store(caller, &mut it.store)?,
        Kind::SellThrough(it) => in_own_store(caller, &mut it.sold.store)?,
        _ => {}
    }
    if let Some(till) = till.filter(|_| !caller.may(scope_of(&incoming.event.kind))) {
        super::till::may_be_sent(caller, &till.0, &till.1, &incoming.event)?;
        return Ok(incoming);
    }
    auth::allow(caller, scope_of(&incoming.event.kind))?;
    let by_hand = match &incoming.event.kind {
        Kind::Adjustment(own) => Some((&own.points, own.amount)),
        Kind::OpeningBalance(own) => Some((&own.points, own.amount)),
        _ => None,
    };
    if let Some((points, amount)) = by_hand {
        let places = decimals_of(program, points.as_str()).unwrap_or(0);
        if !caller.may_adjust(amount, places) {
            let detail = "so many points are not adjusted alone: ask for it at \
                          /v1/members/{member}/adjustments, where it waits for a second person";
            return Err(Failure::new(Code::Forbidden, detail));
        }
    }
    if let Some((minor, program)) = given_by_hand(&incoming.event.kind).zip(program) {
        within_limit(caller, minor, program.currency)?;
    }
    if spends(&incoming.event.kind) {
        auth::allow(caller, Scope::Redeem)?;
    }
    Ok(incoming)
}

/// What a store's key sends happened in this store, whether it says so or not; it says of no other.
pub(crate) fn in_own_store(caller: &Caller, said: &mut Text) -> Result<(), Failure> {
    let Some(own) = &caller.store else {
        return Ok(());
    };
    if said.is_empty() {
        *said = Text::new(own.clone()).map_err(|error| Failure::internal(error.to_string()))?;
    }
    if said.as_str() == own {
        return Ok(());
    }
    let detail =
        format!("the key is for what happens in the store `{own}`, and this happened in `{said}`");
    Err(Failure::new(Code::Forbidden, detail))
}

/// The decimals of points by their id.
pub(crate) fn decimals_of(program: Option<&Program>, id: &str) -> Option<u8> {
    let mut points = program?.points.iter();
    Some(points.find(|points| points.id == id)?.decimals)
}

/// Which events a key may send, by where they come from.
enum Sources {
    /// All of the merchant's.
    All,
    /// Those of this partner, by its id in the program.
    Of(Arc<Program>, String),
}

/// A key of a partner sends what happens at this partner's own tills and shops.
async fn own_sources(server: &Server, caller: &Caller) -> Result<Sources, Failure> {
    let Some(partner) = caller.partner.clone() else {
        return Ok(Sources::All);
    };
    let tenant = caller.tenant;
    let in_force = server.call(move |app| app.program_in_force(tenant, app.now()));
    Ok(Sources::Of(in_force.await?.1, partner))
}

impl Sources {
    fn allows(&self, incoming: &Incoming) -> Result<(), Failure> {
        let Self::Of(program, partner) = self else {
            return Ok(());
        };
        let event = &incoming.event;
        let (store, channel) = match &event.kind {
            Kind::Purchase(it) => (it.store.as_str(), it.channel.as_str()),
            Kind::Activity(it) => (it.store.as_str(), ""),
            Kind::SellThrough(it) => (it.sold.store.as_str(), it.sold.channel.as_str()),
            _ => ("", ""),
        };
        let source = event.key.source.as_str();
        let owner = program.partner(partner);
        if owner.is_some_and(|owner| owner.owns(source, store, channel)) {
            return Ok(());
        }
        let detail = format!(
            "the key is for what happens at `{partner}`, and `{source}` is no source (or this no store \
             or channel) of it"
        );
        Err(Failure::new(Code::Forbidden, detail))
    }
}

/// Whether it is a purchase that is paid with what the member has here.
pub(crate) fn spends(kind: &Kind) -> bool {
    let Kind::Purchase(bought) = kind else {
        return false;
    };
    !bought.rewards.is_empty() || bought.payments.iter().any(|own| own.from.is_some())
}

/// What a key must be allowed to do to send such an event.
pub(crate) fn scope_of(kind: &Kind) -> Scope {
    match kind {
        Kind::Enrolment
        | Kind::Purchase(_)
        | Kind::Refund(_)
        | Kind::Activity(_)
        | Kind::Profile(_)
        | Kind::Birthday(_)
        | Kind::ChallengeJoin(_)
        | Kind::ReferralClick
        | Kind::SignUp(_)
        | Kind::Fingerprints(_)
        | Kind::SellThrough(_) => Scope::Ingest,
        Kind::RewardRequest(_)
        | Kind::RewardCommit(_)
        | Kind::RewardCancel(_)
        | Kind::Play(_)
        | Kind::Tickets(_)
        | Kind::Donation(_)
        | Kind::PlanJoin(_)
        | Kind::PlanChange(_)
        | Kind::PlanPause
        | Kind::PlanResume
        | Kind::PlanCancel
        | Kind::TransferOut(_)
        | Kind::CodeUse(_)
        | Kind::CodeTransfer(_)
        | Kind::PartnerAward(_)
        | Kind::PartnerAwardCancel(_)
        | Kind::GroupJoin(_)
        | Kind::GroupLeave(GroupLeave { person: None }) => Scope::Redeem,
        Kind::GiftCard(what) => scope_of_card(what),
        _ => Scope::Adjust,
    }
}

/// What a till does with a gift card that is put into its hand, it may; making money, and stopping it,
/// is for others.
pub(super) fn scope_of_card(what: &GiftMove) -> Scope {
    match what {
        GiftMove::Reserved(_)
        | GiftMove::Committed { .. }
        | GiftMove::Cancelled { .. }
        | GiftMove::Refunded { .. }
        | GiftMove::IntoCredit { .. } => Scope::Redeem,
        _ => Scope::Adjust,
    }
}

/// A line of a stream that cannot even be read as an event.
fn unreadable(code: Code, detail: impl Into<String>) -> Failure {
    Failure::new(code, detail)
}
