//! Square. Amounts are whole numbers of the currency's smallest part. A payment is what counts as an order:
//! an order's own webhooks carry no amounts. Deliveries are signed together with the address they are sent
//! to.

use super::order::{Order, refund, taken};
use super::scalar::Scalar;
use super::{Fault, NOT_PAID, News, Parcel, Person, Setup, UNKNOWN_TOPIC, json};
use regulars_engine::event::Refunded;
use serde::Deserialize;

#[derive(Deserialize)]
struct Head {
    event_id: String,
    #[serde(rename = "type")]
    topic: String,
}

#[derive(Deserialize)]
struct Event<T> {
    data: Data<T>,
}

#[derive(Deserialize)]
struct Data<T> {
    object: T,
}

#[derive(Deserialize)]
struct OfPayment {
    payment: Payment,
}

#[derive(Deserialize)]
struct OfRefund {
    refund: Back,
}

#[derive(Deserialize)]
struct OfCustomer {
    customer: Customer,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payment {
    id: Scalar,
    status: String,
    created_at: Scalar,
    total_money: Money,
    customer_id: Scalar,
    buyer_email_address: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Back {
    id: Scalar,
    payment_id: Scalar,
    status: String,
    created_at: Scalar,
    amount_money: Money,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Customer {
    id: Scalar,
    email_address: Option<String>,
    created_at: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Money {
    amount: Scalar,
    currency: String,
}

/// What a delivery says.
pub(super) fn read(setup: &Setup, body: &str) -> Result<Parcel, Fault> {
    let head: Head = json(body)?;
    let parcel = Parcel::new(&head.event_id, &head.topic);
    match head.topic.as_str() {
        "payment.created" | "payment.updated" => {
            let event: Event<OfPayment> = json(body)?;
            paid(setup, parcel, &event.data.object.payment)
        }
        "refund.created" | "refund.updated" => {
            let event: Event<OfRefund> = json(body)?;
            paid_back(setup, parcel, &event.data.object.refund)
        }
        "customer.created" | "customer.updated" => {
            let event: Event<OfCustomer> = json(body)?;
            let own = event.data.object.customer;
            let email = own.email_address.as_deref().unwrap_or_default();
            let person = Person::new(own.id.as_str(), email);
            let since = own.created_at.moment(false)?;
            Ok(parcel.with(vec![News::Customer(person, since)]))
        }
        topic if topic.starts_with("order.") => {
            Ok(parcel.not_used("an order's webhook carries no amounts: its payment counts"))
        }
        _ => Ok(parcel.not_used(UNKNOWN_TOPIC)),
    }
}

fn paid(setup: &Setup, parcel: Parcel, own: &Payment) -> Result<Parcel, Fault> {
    if !setup.paid.contains(&own.status) {
        return Ok(parcel.not_used(NOT_PAID));
    }
    let money = taken(setup, &own.total_money.currency)?;
    let at = own.created_at.moment(false)?;
    let order = Order {
        number: own.id.text()?,
        at: at.ok_or_else(|| Fault("the payment has no time".into()))?,
        currency: money,
        customer: Person::new(
            own.customer_id.as_str(),
            own.buyer_email_address.as_deref().unwrap_or_default(),
        ),
        total: own.total_money.amount.parts(money.exponent(), money)?,
        delivery: 0,
        lines: Vec::new(),
        codes: Vec::new(),
    };
    Ok(parcel.with(order.news(setup)?))
}

fn paid_back(setup: &Setup, parcel: Parcel, own: &Back) -> Result<Parcel, Fault> {
    if own.status != "COMPLETED" {
        return Ok(parcel.not_used("the refund is not completed"));
    }
    let money = taken(setup, &own.amount_money.currency)?;
    let amount = own.amount_money.amount.parts(money.exponent(), money)?;
    let at = own.created_at.moment(false)?;
    let at = at.ok_or_else(|| Fault("the refund has no time".into()))?;
    let of = own.payment_id.text()?;
    let news: News = refund(&of, own.id.as_str(), at, Refunded::Amount(amount))?;
    Ok(parcel.with(vec![news]))
}
