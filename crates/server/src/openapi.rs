//! The OpenAPI document: made from the same table as the routes, committed as `openapi.json`.

use crate::router;
use crate::routes::webhooks;
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

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

/// The document, as it is committed: one line for each thing, so that a change is seen in a review.
pub fn document() -> String {
    let mut text = router::paths()
        .into_openapi()
        .to_pretty_json()
        .expect("a document of our own types is JSON");
    text.push('\n');
    text
}
