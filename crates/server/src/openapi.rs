//! The OpenAPI document: made from the same table as the routes, committed as `openapi.json`.

use crate::router;
use crate::routes::webhooks;
use std::collections::BTreeSet;
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Object, OneOf, RefOr, Schema};

/// What the document says before the paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Regulars",
        description = "Customer loyalty: send what customers do, ask what they have, and why.\n\n\
            **Amounts** of money, points and quantities are exact decimals: sent as texts or \
            numbers (`\"12.40\"`, `12.40`), answered as texts. They never pass through floating \
            point.\n\n\
            **Problems** are `application/problem+json` (RFC 9457) with a stable `code`; \
            `/docs/errors` explains each. All faults of an input are told at once.\n\n\
            **Sending twice is safe**: an event is named by its `source` and `id`, other requests \
            by an `Idempotency-Key`. What was done before is answered again, with \
            `Idempotency-Hit: true`.\n\n\
            **Languages**: why points moved, why something was refused and what a program says is \
            said in the language that `Accept-Language` asks for, of `en`, `de`, `ru`, `zh-Hans` \
            and `zh-Hant`; else in English. `Content-Language` says which it is. Codes and names are the same in each.\n\n\
            **Requests** are named by `X-Request-Id`, yours or one that is made up; it stands in \
            the answer and in the server's log.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "events", description = "What customers do: purchases, refunds, visits ..."),
        (name = "members", description = "Who they are, what they have, and why"),
        (name = "cards", description = "Plastic cards: made in batches, activated, replaced"),
        (name = "groups", description = "Households and organisations: members who share points"),
        (name = "games", description = "Leaderboards, draws and causes"),
        (name = "redemptions", description = "Rewards: set aside, used, given back"),
        (name = "money", description = "Store credit and gift cards"),
        (name = "membership", description = "Plans that members pay for, their invoices and payments"),
        (name = "referrals", description = "Members who send friends: codes, links, reviews"),
        (name = "claims", description = "Orders that members say were not counted"),
        (name = "sell-through", description = "What resellers report that they sold on"),
        (name = "awards", description = "Points for many members, by two persons"),
        (name = "partners", description = "Partners who share points: statements, entries, settlements"),
        (name = "finance", description = "What points mean in the books, closed month by month"),
        (name = "metrics", description = "Metrics about customers, and jobs that work out reports"),
        (name = "cases", description = "What members are not happy with, and what is done about it"),
        (name = "surveys", description = "What members are asked, what they answer, and what comes of it"),
        (name = "messages", description = "Templates, messages to members, and what became of each"),
        (name = "lift", description = "The control group of the program, and what all campaigns together brought"),
        (name = "journeys", description = "What happens to a member over days, step by step: messages, points, tasks"),
        (name = "offers", description = "Personal offers: for each member one of a set, by what came of them so far"),
        (name = "segments", description = "Members of whom a condition holds: previewed, kept true, counted"),
        (name = "products", description = "Products and stores: what they are called, and what is recommended"),
        (name = "programs", description = "The merchant's rules, as versions of a file"),
        (name = "till", description = "What a cashier needs"),
        (name = "portal", description = "Pages for members: what everybody sees, and what members see and do of their own"),
        (name = "webhooks", description = "Endpoints that are told what happens"),
        (name = "connectors", description = "Shops and payment providers who tell what happens there"),
        (name = "access", description = "API keys, people, roles, sessions, settings and who did what"),
        (name = "server", description = "The server itself"),
    ),
    modifiers(&BearerKey),
    security(("key" = [])),
)]
struct Head;

struct BearerKey;

impl Modify for BearerKey {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key: `reg_…`"))
            .build();
        components.add_security_scheme("key", SecurityScheme::Http(scheme));
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "regulars_member",
            "A member's session: `POST /v1/portal/{shop}/sessions` sets it",
        ));
        components.add_security_scheme("member", SecurityScheme::ApiKey(cookie));
    }
}

/// The document before the paths are put in.
pub(crate) fn head() -> utoipa::openapi::OpenApi {
    let mut head = Head::openapi();
    let mut sent = webhooks::sent();
    head.webhooks = Some(std::mem::take(&mut sent.paths));
    head.merge(sent);
    head
}

/// What holds of all bodies and no handler says: a field that may be left out may be `null` as well, and a body
/// that may be `null` may be left out.
pub(crate) fn as_read(document: &mut utoipa::openapi::OpenApi) {
    let mut open = Vec::new();
    for body in bodies(document) {
        for content in body.content.values_mut() {
            let RefOr::T(content) = content else { continue };
            let Some(schema) = &mut content.schema else {
                continue;
            };
            if let Some(own) = of_two(schema) {
                *schema = own;
                body.required = None;
            }
            named(schema, &mut open);
        }
    }
    let Some(components) = &mut document.components else {
        return;
    };
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        if let Some(schema) = components.schemas.get_mut(&name) {
            named(schema, &mut open);
            fields_or_null(schema);
        }
    }
}

fn bodies(document: &mut utoipa::openapi::OpenApi) -> impl Iterator<Item = &mut RequestBody> {
    let items = document.paths.paths.values_mut();
    let operations = items.flat_map(|item| {
        let all = [
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        all.into_iter().flatten()
    });
    operations.filter_map(|own| match &mut own.request_body {
        Some(RefOr::T(body)) => Some(body),
        _ => None,
    })
}

/// The one of two schemas of which the other is `null`.
fn of_two(schema: &RefOr<Schema>) -> Option<RefOr<Schema>> {
    let one = match schema {
        RefOr::T(Schema::OneOf(one)) => one,
        RefOr::T(Schema::Object(own)) => {
            let SchemaType::Array(types) = &own.schema_type else {
                return None;
            };
            let one = types.iter().find(|own| **own != Type::Null)?.clone();
            let mut object = own.clone();
            object.schema_type = SchemaType::Type(one);
            return types
                .contains(&Type::Null)
                .then_some(RefOr::T(Schema::Object(object)));
        }
        _ => return None,
    };
    let mut own = one.items.iter().filter(|item| !is_null(item));
    let first = own.next()?;
    (one.items.len() == 2 && own.next().is_none()).then(|| first.clone())
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(own)) if own.schema_type == SchemaType::Type(Type::Null))
}

/// The schemas that a schema names.
fn named(schema: &RefOr<Schema>, into: &mut Vec<String>) {
    match schema {
        RefOr::Ref(own) => {
            let name = own.ref_location.rsplit('/').next().unwrap_or_default();
            into.push(name.to_owned());
        }
        RefOr::T(Schema::Object(own)) => {
            own.properties.values().for_each(|field| named(field, into));
            if let Some(AdditionalProperties::RefOr(value)) = own.additional_properties.as_deref() {
                named(value, into);
            }
        }
        RefOr::T(Schema::Array(own)) => {
            if let ArrayItems::RefOrSchema(item) = &own.items {
                named(item, into);
            }
        }
        RefOr::T(Schema::OneOf(own)) => own.items.iter().for_each(|item| named(item, into)),
        RefOr::T(Schema::AllOf(own)) => own.items.iter().for_each(|item| named(item, into)),
        RefOr::T(Schema::AnyOf(own)) => own.items.iter().for_each(|item| named(item, into)),
        RefOr::T(_) => {}
    }
}

/// Its fields that may be left out may be `null`.
fn fields_or_null(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(own)) => {
            for (name, field) in &mut own.properties {
                fields_or_null(field);
                if !own.required.contains(name) {
                    or_null(field);
                }
            }
        }
        RefOr::T(Schema::Array(own)) => {
            if let ArrayItems::RefOrSchema(item) = &mut own.items {
                fields_or_null(item);
            }
        }
        RefOr::T(Schema::OneOf(own)) => own.items.iter_mut().for_each(fields_or_null),
        RefOr::T(Schema::AllOf(own)) => own.items.iter_mut().for_each(fields_or_null),
        _ => {}
    }
}

fn or_null(schema: &mut RefOr<Schema>) {
    let null = || RefOr::T(Object::with_type(Type::Null).into());
    let both = |own: &mut SchemaType| {
        if let SchemaType::Type(one) = own.clone()
            && one != Type::Null
        {
            *own = SchemaType::Array(vec![one, Type::Null]);
        }
    };
    match schema {
        RefOr::T(Schema::Object(own)) => {
            both(&mut own.schema_type);
            let values = own.enum_values.iter_mut();
            values.for_each(|values| values.push(serde_json::Value::Null));
        }
        RefOr::T(Schema::Array(own)) => both(&mut own.schema_type),
        RefOr::T(Schema::OneOf(own)) if !own.items.iter().any(is_null) => own.items.push(null()),
        RefOr::Ref(_) => {
            let mut one = OneOf::new();
            one.items = vec![schema.clone(), null()];
            *schema = RefOr::T(Schema::OneOf(one));
        }
        RefOr::T(_) => {}
    }
}

/// The document, as it is committed: one line for each thing, so that a change is seen in a review.
pub fn document() -> String {
    let mut text = router::paths()
        .into_openapi()
        .to_pretty_json()
        .expect("a document of our own types is JSON");
    text.push('\n');
    text
}
