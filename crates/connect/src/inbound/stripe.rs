//! Stripe. Amounts are whole numbers of the currency's smallest part, with three exceptions of Stripe's own.
//! One payment is told of several times (as a charge, as a payment intent, as a checkout): the merchant says
//! which of them is the order, and its number is the payment's whichever it is. Of refunds a charge says what
//! was paid back in all, and each event what it was before: the difference is what came back.

use super::order::{Order, refund, taken};
use super::scalar::Scalar;
use super::{
    Access, Answer, Fault, NOT_PAID, Page, Parcel, Person, Request, Setup, UNKNOWN_TOPIC, json,
};
use regulars_base::{Currency, Timestamp};
use regulars_engine::event::Refunded;
use serde::Deserialize;

/// The most events of a page.
const PAGE: usize = 100;
/// What is asked for.
const TOPICS: [&str; 4] = [
    "charge.succeeded",
    "charge.refunded",
    "payment_intent.succeeded",
    "checkout.session.completed",
];

#[derive(Deserialize)]
struct Event<T> {
    created: Scalar,
    data: Data<T>,
}

#[derive(Deserialize)]
struct Data<T> {
    object: T,
    #[serde(default)]
    previous_attributes: Before,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Before {
    amount_refunded: Scalar,
}

#[derive(Deserialize)]
struct Head {
    id: String,
    #[serde(rename = "type")]
    topic: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Charge {
    id: String,
    amount: Scalar,
    amount_captured: Scalar,
    amount_refunded: Scalar,
    captured: bool,
    created: Scalar,
    currency: String,
    customer: Option<String>,
    payment_intent: Option<String>,
    receipt_email: Option<String>,
    billing_details: Details,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Intent {
    id: String,
    amount_received: Scalar,
    created: Scalar,
    currency: String,
    customer: Option<String>,
    receipt_email: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Checkout {
    id: String,
    amount_total: Scalar,
    total_details: Totals,
    created: Scalar,
    currency: String,
    customer: Option<String>,
    customer_email: Option<String>,
    customer_details: Option<Details>,
    payment_intent: Option<String>,
    payment_status: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Totals {
    amount_shipping: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Details {
    email: Option<String>,
}

#[derive(Deserialize)]
struct Events<'a> {
    #[serde(borrow)]
    data: Vec<&'a serde_json::value::RawValue>,
    has_more: bool,
}

/// What a delivery says.
pub(super) fn read(setup: &Setup, body: &str) -> Result<Parcel, Fault> {
    let head: Head = json(body)?;
    let parcel = Parcel::new(&head.id, &head.topic);
    let counts = |what: &str| setup.paid.iter().any(|own| own == what);
    match head.topic.as_str() {
        "charge.succeeded" if counts("charge") => {
            let event: Event<Charge> = json(body)?;
            charged(setup, parcel, &event.data.object)
        }
        "payment_intent.succeeded" if counts("payment_intent") => {
            let event: Event<Intent> = json(body)?;
            let own = event.data.object;
            let money = taken(setup, &own.currency)?;
            let email = own.receipt_email.as_deref();
            let paid = Paid {
                number: &own.id,
                created: &own.created,
                total: minor(&own.amount_received, money)?,
                delivery: 0,
            };
            let order = order(&paid, money, person(own.customer.as_deref(), email))?;
            Ok(parcel.with(order.news(setup)?))
        }
        "checkout.session.completed" if counts("checkout") => {
            let event: Event<Checkout> = json(body)?;
            checked_out(setup, parcel, &event.data.object)
        }
        "charge.succeeded" | "payment_intent.succeeded" | "checkout.session.completed" => {
            Ok(parcel.not_used("the payment counts by another topic of this connector"))
        }
        "charge.refunded" => paid_back(setup, parcel, &json(body)?),
        _ => Ok(parcel.not_used(UNKNOWN_TOPIC)),
    }
}

/// A payment, however it was told.
struct Paid<'a> {
    number: &'a str,
    created: &'a Scalar,
    total: i64,
    delivery: i64,
}

fn order(paid: &Paid<'_>, money: Currency, customer: Person) -> Result<Order, Fault> {
    Ok(Order {
        number: super::scalar::text(paid.number)?,
        at: paid.created.seconds()?,
        currency: money,
        customer,
        total: paid.total,
        delivery: paid.delivery,
        lines: Vec::new(),
        codes: Vec::new(),
    })
}

fn person(customer: Option<&str>, email: Option<&str>) -> Person {
    Person::new(customer.unwrap_or_default(), email.unwrap_or_default())
}

/// What the order of a charge is called: the payment that it belongs to, if to one.
fn number(charge: &Charge) -> &str {
    charge.payment_intent.as_deref().unwrap_or(&charge.id)
}

fn charged(setup: &Setup, parcel: Parcel, own: &Charge) -> Result<Parcel, Fault> {
    // What is only set aside on a card is captured later, with an event of its own.
    if !own.captured {
        return Ok(parcel.not_used(NOT_PAID));
    }
    let money = taken(setup, &own.currency)?;
    let amount = match own.amount_captured.is_empty() {
        true => &own.amount,
        false => &own.amount_captured,
    };
    let email = own
        .billing_details
        .email
        .as_deref()
        .or(own.receipt_email.as_deref());
    let paid = Paid {
        number: number(own),
        created: &own.created,
        total: minor(amount, money)?,
        delivery: 0,
    };
    let order = order(&paid, money, person(own.customer.as_deref(), email))?;
    Ok(parcel.with(order.news(setup)?))
}

fn checked_out(setup: &Setup, parcel: Parcel, own: &Checkout) -> Result<Parcel, Fault> {
    if own.payment_status != "paid" {
        return Ok(parcel.not_used(NOT_PAID));
    }
    let money = taken(setup, &own.currency)?;
    let details = own.customer_details.as_ref();
    let email = details.and_then(|own| own.email.as_deref());
    let paid = Paid {
        number: own.payment_intent.as_deref().unwrap_or(&own.id),
        created: &own.created,
        total: minor(&own.amount_total, money)?,
        delivery: minor(&own.total_details.amount_shipping, money)?,
    };
    let email = email.or(own.customer_email.as_deref());
    let order = order(&paid, money, person(own.customer.as_deref(), email))?;
    Ok(parcel.with(order.news(setup)?))
}

/// The event's number is what was paid back up to then: told again, and told out of turn, it is the same.
fn paid_back(setup: &Setup, parcel: Parcel, event: &Event<Charge>) -> Result<Parcel, Fault> {
    let own = &event.data.object;
    let money = taken(setup, &own.currency)?;
    let all = minor(&own.amount_refunded, money)?;
    let before = minor(&event.data.previous_attributes.amount_refunded, money)?;
    if all <= before {
        return Ok(parcel.not_used("no money was paid back"));
    }
    let number = super::scalar::text(number(own))?;
    let at = event.created.seconds()?;
    let id = format!("{}/{all}", own.id);
    Ok(parcel.with(vec![refund(
        &number,
        &id,
        at,
        Refunded::Amount(all - before),
    )?]))
}

/// Stripe reckons three currencies otherwise than ISO 4217 has them.
fn minor(amount: &Scalar, money: Currency) -> Result<i64, Fault> {
    let decimals = match money.code() {
        "ISK" | "UGX" => 2,
        "MGA" => 0,
        _ => money.exponent(),
    };
    amount.parts(decimals, money)
}

fn ask(access: &Access, url: String) -> Request {
    Request {
        url,
        pass: ("authorization", format!("Bearer {}", access.secret)),
    }
}

fn address(access: &Access) -> String {
    let types: String = TOPICS
        .iter()
        .map(|topic| format!("&types[]={topic}"))
        .collect();
    access.at(&format!("/v1/events?limit={PAGE}{types}"))
}

/// All events since a moment: the very ones that were delivered, newest first.
pub(super) fn begin(access: &Access, since: Timestamp) -> Request {
    let seconds = since.micros().div_euclid(1_000_000);
    ask(
        access,
        format!("{}&created[gte]={seconds}", address(access)),
    )
}

/// One page of them. The next one begins after the last of this.
pub(super) fn page(setup: &Setup, access: &Access, answer: &Answer) -> Result<Page, Fault> {
    let events: Events<'_> = json(&answer.body)?;
    let last = events.data.last();
    let last = last.map(|raw| json::<Head>(raw.get())).transpose()?;
    let head = answer
        .url
        .split("&starting_after=")
        .next()
        .unwrap_or_default();
    let next = last.filter(|_| events.has_more);
    Ok(Page {
        parcels: events
            .data
            .iter()
            .map(|raw| read(setup, raw.get()))
            .collect(),
        next: next.map(|last| ask(access, format!("{head}&starting_after={}", last.id))),
    })
}
