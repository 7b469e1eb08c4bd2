//! Medusa, by a subscriber of a few lines that sends the order as the shop's own API answers it, signed by
//! Standard Webhooks: `{"type": "payment.captured", "data": {"order": {…}}}`. Amounts are decimal numbers in
//! whole units (`35` is 35.00), whatever the currency.

use super::order::{Order, cancelled, refund, taken};
use super::scalar::{Scalar, label};
use super::{Fault, Headers, NOT_PAID, News, Parcel, Person, Setup, UNKNOWN_TOPIC, json};
use regulars_base::Currency;
use regulars_engine::event::{LineParts, Refunded};
use serde::Deserialize;

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    topic: String,
}

#[derive(Deserialize)]
struct Event<T> {
    data: T,
}

#[derive(Deserialize)]
struct OfOrder {
    order: ShopOrder,
}

#[derive(Deserialize)]
struct OfCustomer {
    customer: Customer,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShopOrder {
    id: Scalar,
    email: Option<String>,
    customer_id: Scalar,
    currency_code: String,
    created_at: Scalar,
    canceled_at: Scalar,
    payment_status: String,
    total: Scalar,
    shipping_total: Scalar,
    items: Vec<Item>,
    promotions: Vec<Promotion>,
    payment_collections: Vec<Collection>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    id: Scalar,
    variant_sku: Option<String>,
    product_type: Option<String>,
    quantity: Scalar,
    total: Scalar,
    discount_total: Scalar,
    tax_total: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Promotion {
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Collection {
    payments: Vec<Payment>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payment {
    refunds: Vec<Back>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Back {
    id: Scalar,
    amount: Scalar,
    created_at: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Customer {
    id: Scalar,
    email: Option<String>,
    created_at: Scalar,
}

/// What a delivery says.
pub(super) fn read(setup: &Setup, headers: &Headers, body: &str) -> Result<Parcel, Fault> {
    let head: Head = json(body)?;
    let parcel = Parcel::new(headers.get("webhook-id"), &head.topic);
    match head.topic.as_str() {
        "order.placed" | "order.updated" | "order.completed" | "order.canceled"
        | "payment.captured" | "payment.refunded" => {
            let event: Event<OfOrder> = json(body)?;
            of_order(setup, parcel, &event.data.order)
        }
        "customer.created" | "customer.updated" => {
            let event: Event<OfCustomer> = json(body)?;
            let own = event.data.customer;
            let person = Person::new(own.id.as_str(), own.email.as_deref().unwrap_or_default());
            let since = own.created_at.moment(false)?;
            Ok(parcel.with(vec![News::Customer(person, since)]))
        }
        _ => Ok(parcel.not_used(UNKNOWN_TOPIC)),
    }
}

fn of_order(setup: &Setup, parcel: Parcel, own: &ShopOrder) -> Result<Parcel, Fault> {
    let money = taken(setup, &own.currency_code)?;
    let number = own.id.text()?;
    let backs = own.payment_collections.iter().flat_map(|all| &all.payments);
    let backs: Vec<&Back> = backs.flat_map(|payment| &payment.refunds).collect();
    let off = own.canceled_at.moment(false)?;
    let counts = setup.paid.contains(&own.payment_status);
    if !counts && backs.is_empty() {
        return Ok(parcel.not_used(NOT_PAID));
    }
    let made = own.created_at.moment(false)?;
    let made = made.ok_or_else(|| Fault("the order has no time".into()))?;
    let mut news: Vec<News> = Vec::new();
    if counts {
        let email = own.email.as_deref().unwrap_or_default();
        let lines = own.items.iter().map(|item| line(item, money));
        let order = Order {
            number: number.clone(),
            at: made,
            currency: money,
            customer: Person::new(own.customer_id.as_str(), email),
            total: own.total.decimal(money)?,
            delivery: own.shipping_total.decimal(money)?,
            lines: lines.collect::<Result<_, _>>()?,
            codes: own.promotions.iter().map(|own| own.code.clone()).collect(),
        };
        news = order.news(setup)?;
    }
    for back in backs {
        let at = back.created_at.moment(false)?.unwrap_or(made);
        let amount = back.amount.decimal(money)?;
        news.push(refund(
            &number,
            back.id.as_str(),
            at,
            Refunded::Amount(amount),
        )?);
    }
    if let Some(at) = off.filter(|_| counts) {
        news.push(cancelled(&number, at)?);
    }
    Ok(parcel.with(news))
}

fn line(item: &Item, money: Currency) -> Result<LineParts, Fault> {
    Ok(LineParts {
        id: item.id.text()?,
        sku: label(item.variant_sku.as_deref().unwrap_or_default()),
        category: label(item.product_type.as_deref().unwrap_or_default()),
        quantity: item.quantity.quantity()?,
        amount: item.total.decimal(money)?,
        discount: item.discount_total.decimal(money)?,
        tax: item.tax_total.decimal(money)?,
        ..LineParts::default()
    })
}
