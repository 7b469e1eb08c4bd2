//! Loyalty accounts, which are members; and points that come in by buying and by hand.

use super::body::{Body, bad_cursor, missing};
use super::fault::wrong;
use super::{Loyalty, PAGE_MOST, account_ref, event_key, events, source};
use crate::acting::Acting;
use crate::auth::{Adjust, Any, Ingest, Key, Read, allow};
use crate::extract::Params;
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::Json;
use axum::extract::State;
use regulars_api::Code;
use regulars_api::square::{Account, Deadline, Mapping};
use regulars_app::{
    App, Balances, Caller, Error, Identity, Member, MemberRef, NewMember, PageAsk, Past, Receipt,
    Scope,
};
use regulars_base::{EventKey, MemberId, TenantId, Text};
use regulars_engine::event::{Adjustment, Event, Incoming, Kind, Who};
use regulars_engine::program::Points;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Identities of this kind are telephones, and what Square calls a customer.
const PHONE: &str = "phone";
const CUSTOMER: &str = "customer";

/// What is known of a member, as far as an account shows it.
pub(super) struct Known {
    member: Member,
    balances: Balances,
    past: Past,
}

/// Create a loyalty account, in Square's shape
#[utoipa::path(post, path = "/compat/square/v2/loyalty/accounts", responses((status = 200, description = "The account")))]
pub(super) async fn square_create_account(
    State(server): State<Server>,
    key: Key<Ingest>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let once = body.idempotency_key()?;
    loyalty.is(body.text("loyalty_account.program_id")?.as_str())?;
    let phone = phone(&body, "loyalty_account.mapping.phone_number")?;
    let customer = body.maybe_text("loyalty_account.customer_id")?;
    let new = NewMember {
        key: event_key("enrol", &once),
        identities: [Some(phone), customer.map(|value| identity(CUSTOMER, value))]
            .into_iter()
            .flatten()
            .collect(),
        attributes: BTreeMap::new(),
        occurred_at: body.moment("loyalty_account.enrolled_at")?,
        referral_code: None,
    };
    let tenant = key.tenant;
    let done = server.call(move |app| {
        let (member, receipt) = app.enrol(tenant, new)?;
        Ok((known(app, tenant, &MemberRef::Id(member.id))?, receipt))
    });
    let (known, receipt) = done.await?;
    accepted(&receipt)?;
    Ok(Json(
        json!({ "loyalty_account": account(&loyalty, &known) }),
    ))
}

/// See a loyalty account, in Square's shape
#[utoipa::path(get, path = "/compat/square/v2/loyalty/accounts/{account}", responses((status = 200, description = "The account")))]
pub(super) async fn square_get_account(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let (tenant, who) = (key.tenant, account_ref(&id)?);
    let known = server.call(move |app| known(app, tenant, &who)).await?;
    Ok(Json(
        json!({ "loyalty_account": account(&loyalty, &known) }),
    ))
}

/// Search loyalty accounts, in Square's shape
///
/// By telephones, or by customers; all of them, by their ids, without a query.
#[utoipa::path(post, path = "/compat/square/v2/loyalty/accounts/search", responses((status = 200, description = "A page of them")))]
pub(super) async fn square_search_accounts(
    State(server): State<Server>,
    key: Key<Read>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let (limit, after) = (body.limit()?, body.cursor()?);
    let tenant = key.tenant;
    let (accounts, next) = match wanted(&body)? {
        Some(identities) => {
            let found = server.call(move |app| by_identity(app, tenant, &identities));
            (found.await?, None)
        }
        None => {
            let ask = PageAsk { after, limit };
            let found = server.call(move |app| {
                let page = app.members(tenant, &ask)?;
                let joined = page.items.iter().filter(|own| own.enrolled_at.is_some());
                let each = joined.map(|own| known(app, tenant, &MemberRef::Id(own.id)));
                Ok((each.collect::<Result<Vec<_>, _>>()?, page.next))
            });
            found.await.map_err(of_cursor)?
        }
    };
    let mut out = json!({});
    if !accounts.is_empty() {
        let shown = accounts.iter().map(|known| account(&loyalty, known));
        out["loyalty_accounts"] = json!(shown.collect::<Vec<_>>());
    }
    if let Some(next) = next {
        out["cursor"] = view::cursor(&next).into();
    }
    Ok(Json(out))
}

/// A cursor that the application did not take is the caller's fault.
pub(super) fn of_cursor(failure: Failure) -> Failure {
    let at_cursor = |own: &regulars_api::problem::FaultOut| own.at == "/after";
    match failure.problem.errors.iter().any(at_cursor) {
        true => bad_cursor(),
        false => failure,
    }
}

fn wanted(body: &Body) -> Result<Option<Vec<Identity>>, Failure> {
    let phones = body.length("query.mappings", PAGE_MOST)?;
    let customers = body.texts("query.customer_ids", PAGE_MOST)?;
    match (phones, customers) {
        (Some(_), Some(_)) => {
            let detail = "search by `mappings` or by `customer_ids`, not by both";
            Err(wrong("CONFLICTING_PARAMETERS", "query", detail))
        }
        (Some(length), None) => {
            let each =
                (0..length).map(|at| phone(body, &format!("query.mappings.{at}.phone_number")));
            each.collect::<Result<_, _>>().map(Some)
        }
        (None, Some(ids)) => {
            let each = ids.into_iter().map(|id| identity(CUSTOMER, id));
            Ok(Some(each.collect()))
        }
        (None, None) => Ok(None),
    }
}

fn by_identity(app: &App, tenant: TenantId, named: &[Identity]) -> Result<Vec<Known>, Error> {
    let mut found: Vec<Known> = Vec::new();
    for identity in named {
        match known(app, tenant, &MemberRef::Identity(identity.clone())) {
            Ok(own) if found.iter().any(|other| other.member.id == own.member.id) => {}
            Ok(own) => found.push(own),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// A telephone in the form that Square takes: `+` and 7 to 15 digits, the first no zero.
fn phone(body: &Body, field: &str) -> Result<Identity, Failure> {
    let number = body.text(field)?;
    let digits = number.as_str().strip_prefix('+').unwrap_or_default();
    let right = (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if right {
        return Ok(identity(PHONE, number));
    }
    let detail = format!("`{field}` is no telephone number in the form +14155551234");
    Err(wrong("INVALID_PHONE_NUMBER", field, detail))
}

fn identity(kind: &str, value: Text) -> Identity {
    Identity {
        kind: Text::new(kind).expect("a word is a text"),
        value,
    }
}

/// A customer who is no member has no account.
fn known(app: &App, tenant: TenantId, who: &MemberRef) -> Result<Known, Error> {
    let member = app.member(tenant, who)?;
    if member.enrolled_at.is_none() {
        let (what, name) = ("member", who.to_string());
        return Err(Error::NotFound { what, name });
    }
    let who = MemberRef::Id(member.id);
    Ok(Known {
        balances: app.balances(tenant, &who, None)?,
        past: app.past(tenant, &who)?,
        member,
    })
}

fn account(loyalty: &Loyalty, known: &Known) -> Account {
    let Known {
        member,
        balances,
        past,
    } = known;
    let points = loyalty.points();
    let own = |kind: &str| {
        let mut own = member.identities.iter();
        let found = own.find(|own| own.kind.as_str() == kind);
        found.map(|own| own.value.to_string())
    };
    let balance = spendable(balances, points);
    let joined = member.enrolled_at.unwrap_or(member.created_at).to_string();
    let created = member.created_at.to_string();
    Account {
        id: member.id.to_string(),
        program_id: loyalty.id(),
        balance: loyalty.whole(balance.map_or(0, |own| own.available)),
        lifetime_points: loyalty.whole(past.came_in.get(&points.name).copied().unwrap_or(0)),
        customer_id: own(CUSTOMER),
        enrolled_at: joined,
        updated_at: past.last_at.unwrap_or(member.created_at).to_string(),
        mapping: own(PHONE).map(|phone_number| Mapping {
            id: format!("{PHONE}:{phone_number}"),
            created_at: created.clone(),
            phone_number,
        }),
        created_at: created,
        expiring_point_deadlines: balance.map_or_else(Vec::new, |own| deadlines(loyalty, own)),
    }
}

/// What a member can spend: what their group has, if they share points with one.
fn spendable<'b>(balances: &'b Balances, points: &Points) -> Option<&'b regulars_app::Balance> {
    let shared = balances.group.as_ref().map(|group| &group.points);
    let all = shared.into_iter().flatten().chain(&balances.points);
    let mut all = all.filter(|own| own.points == points.id);
    all.next()
}

/// What lapses of what can be spent. The last day of two lots is one deadline.
fn deadlines(loyalty: &Loyalty, balance: &regulars_app::Balance) -> Vec<Deadline> {
    let free = balance
        .expiries
        .iter()
        .filter(|own| own.available_at.is_none());
    let mut sums = BTreeMap::new();
    for own in free {
        *sums.entry(own.at).or_insert(0) += own.amount;
    }
    let each = sums.into_iter().map(|(at, units)| Deadline {
        points: loyalty.whole(units),
        expires_at: at.to_string(),
    });
    each.collect()
}

/// Accumulate points, in Square's shape
///
/// For an order that is kept under the source `square`: it becomes the member's purchase, and the rules
/// decide what it gives. Or so many points, which somebody reckoned: those are given by hand.
#[utoipa::path(post, path = "/compat/square/v2/loyalty/accounts/{account}/accumulate", responses((status = 200, description = "What came in")))]
pub(super) async fn square_accumulate_points(
    State(server): State<Server>,
    key: Key<Any>,
    acting: Acting,
    Params(id): Params<String>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let who = account_ref(&id)?;
    let once = event_key(events::ACCUMULATE, &body.idempotency_key()?);
    let location = body.text("location_id")?;
    if let Some(program) = body.maybe_text("accumulate_points.loyalty_program_id")? {
        loyalty.is(program.as_str())?;
    }
    let order = body.maybe_text("accumulate_points.order_id")?;
    let points = body.maybe_whole("accumulate_points.points")?;
    let receipt = match (order, points) {
        (Some(_), Some(_)) => {
            let detail = "send `order_id` or `points`, not both";
            return Err(wrong("CONFLICTING_PARAMETERS", "accumulate_points", detail));
        }
        (None, None) => return Err(missing("accumulate_points.order_id")),
        (Some(order), None) => {
            allow(&key, Scope::Ingest)?;
            accumulate_order(&server, key.tenant, who, (order, location), once.clone()).await?
        }
        (None, Some(points)) => {
            allow(&key, Scope::Adjust)?;
            if points < 1 {
                let detail = "`accumulate_points.points` must be 1 or more";
                return Err(wrong("VALUE_TOO_LOW", "accumulate_points.points", detail));
            }
            acting.weighs();
            let reason = Text::new(format!("{} {location}", events::ACCUMULATED_AT));
            let reason = reason.map_err(|error| {
                wrong(
                    "VALUE_TOO_LONG",
                    "location_id",
                    format!("`location_id` {error}"),
                )
            })?;
            let by_hand = by_hand(&loyalty, &key, (points, "accumulate_points.points"), reason)?;
            adjust(&server, &acting, (key.tenant, who, by_hand), once.clone()).await?
        }
    };
    accepted(&receipt)?;
    let events = events::of_key(&server, &loyalty, once).await?;
    Ok(Json(json!({ "events": events })))
}

async fn accumulate_order(
    server: &Server,
    tenant: TenantId,
    who: MemberRef,
    (order, location): (Text, Text),
    key: EventKey,
) -> Result<Receipt, Failure> {
    let done = server.call(move |app| {
        let member = app.member(tenant, &who)?.id;
        let earlier = earlier(app, tenant, &key, member)?;
        let kept = match earlier {
            // What was booked counts, so it is not looked for among what nobody has points for.
            Some(event) if event.order() == Some(&order) => {
                return app.ingest_one(
                    tenant,
                    Incoming {
                        who: Who::Member(member),
                        event,
                    },
                );
            }
            Some(_) => return Err(Error::KeyReused(key)),
            None => app.kept_order(tenant, &source(), &order)?,
        };
        let mut purchase = kept.purchase;
        if purchase.store.is_empty() {
            purchase.store = location;
        }
        app.ingest_one(
            tenant,
            Incoming {
                who: Who::Member(member),
                event: Event {
                    key,
                    occurred_at: kept.at,
                    recorded_at: regulars_app::NOW,
                    entropy: [0; 16],
                    kind: Kind::Purchase(Box::new(purchase)),
                },
            },
        )
    });
    done.await
}

/// The event of this key that was taken before, if it is this member's.
fn earlier(
    app: &App,
    tenant: TenantId,
    key: &EventKey,
    member: MemberId,
) -> Result<Option<Event>, Error> {
    match app.event(tenant, key) {
        Ok(found) if found.member == member => Ok(Some(found.event)),
        Ok(_) => Err(Error::KeyReused(key.clone())),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Adjust points, in Square's shape
///
/// A balance is not taken below zero, whatever `allow_negative_balance` says.
#[utoipa::path(post, path = "/compat/square/v2/loyalty/accounts/{account}/adjust", responses((status = 200, description = "What moved")))]
pub(super) async fn square_adjust_points(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let who = account_ref(&id)?;
    let once = event_key("adjust", &body.idempotency_key()?);
    if let Some(program) = body.maybe_text("adjust_points.loyalty_program_id")? {
        loyalty.is(program.as_str())?;
    }
    let field = "adjust_points.points";
    let points = body.whole(field)?;
    let said = body.maybe_text("adjust_points.reason")?;
    let reason = said.unwrap_or_else(|| Text::new("no reason was given").expect("words"));
    let by_hand = by_hand(&loyalty, &key, (points, field), reason)?;
    // Nobody is taken below zero by hand, so it is read and makes no difference.
    body.flag("allow_negative_balance")?;
    let receipt = adjust(&server, &acting, (key.tenant, who, by_hand), once.clone()).await?;
    accepted(&receipt)?;
    let events = events::of_key(&server, &loyalty, once).await?;
    Ok(Json(json!({ "event": events.first() })))
}

fn by_hand(
    loyalty: &Loyalty,
    caller: &Caller,
    (points, field): (i64, &str),
    reason: Text,
) -> Result<Adjustment, Failure> {
    let Some(amount) = loyalty.units(points) else {
        let detail = format!("`{field}` is more than can be counted");
        return Err(wrong("VALUE_TOO_HIGH", field, detail));
    };
    if !caller.may_adjust(amount, loyalty.points().decimals) {
        let detail = "so many points are not adjusted alone: ask for it in the console";
        return Err(Failure::new(Code::Forbidden, detail));
    }
    Ok(Adjustment {
        points: Text::new(&loyalty.points().id).unwrap_or_default(),
        amount,
        reason,
        by: Text::new(&caller.name).unwrap_or_default(),
    })
}

async fn adjust(
    server: &Server,
    acting: &Acting,
    (tenant, who, adjustment): (TenantId, MemberRef, Adjustment),
    key: EventKey,
) -> Result<Receipt, Failure> {
    acting.why(adjustment.reason.as_str());
    acting.moved("", format!("{} {}", adjustment.amount, adjustment.points));
    let done = server.call(move |app| app.adjust(tenant, &who, adjustment, key));
    done.await
}

/// What was refused is told.
pub(super) fn accepted(receipt: &Receipt) -> Result<(), Failure> {
    view::refused(receipt).map_or(Ok(()), Err)
}
