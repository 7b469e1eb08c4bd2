//! Vendure, by our plugin (`connectors/vendure`), signed by Standard Webhooks. Amounts are whole numbers of
//! parts of which `10^precision` make one unit, the same for all of a shop's currencies: Vendure reckons so.
//! Each delivery has the order as it stands, with its refunds, so one that was lost is made good by the next.

use super::order::{Order, cancelled, refund, taken};
use super::scalar::{Scalar, label};
use super::{Fault, Headers, NOT_PAID, News, Parcel, Person, Setup, UNKNOWN_TOPIC, json};
use regulars_base::Currency;
use regulars_engine::event::{LineParts, Refunded};
use serde::Deserialize;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    topic: String,
    data: Option<Data>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data {
    precision: u8,
    order: Option<ShopOrder>,
    customer: Option<Customer>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ShopOrder {
    code: Scalar,
    state: String,
    placed_at: Scalar,
    settled_at: Scalar,
    cancelled_at: Scalar,
    currency_code: String,
    total_with_tax: Scalar,
    shipping_with_tax: Scalar,
    coupon_codes: Vec<String>,
    customer: Option<Customer>,
    lines: Vec<Item>,
    refunds: Vec<Back>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Customer {
    id: Scalar,
    email_address: Option<String>,
    created_at: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Item {
    id: Scalar,
    sku: Option<String>,
    category: Option<String>,
    quantity: Scalar,
    price_with_tax: Scalar,
    discount_with_tax: Scalar,
    tax: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Back {
    id: Scalar,
    total: Scalar,
    settled_at: Scalar,
}

/// What a delivery says.
pub(super) fn read(setup: &Setup, headers: &Headers, body: &str) -> Result<Parcel, Fault> {
    let event: Event = json(body)?;
    let parcel = Parcel::new(headers.get("webhook-id"), &event.topic);
    let data = event.data.unwrap_or_default();
    if let Some(order) = &data.order {
        return of_order(setup, parcel, order, data.precision);
    }
    if let Some(own) = &data.customer {
        let since = own.created_at.moment(false)?;
        return Ok(parcel.with(vec![News::Customer(person(own), since)]));
    }
    Ok(parcel.not_used(UNKNOWN_TOPIC))
}

fn person(own: &Customer) -> Person {
    let email = own.email_address.as_deref().unwrap_or_default();
    Person::new(own.id.as_str(), email)
}

fn of_order(
    setup: &Setup,
    parcel: Parcel,
    own: &ShopOrder,
    precision: u8,
) -> Result<Parcel, Fault> {
    let settled = own.settled_at.moment(false)?;
    let off = own.cancelled_at.moment(false)?;
    // One that is called off was paid if it was ever settled.
    let counts = setup.paid.contains(&own.state) || (off.is_some() && settled.is_some());
    if !counts && own.refunds.is_empty() {
        return Ok(parcel.not_used(NOT_PAID));
    }
    let money = taken(setup, &own.currency_code)?;
    let number = own.code.text()?;
    let placed = own.placed_at.moment(false)?;
    let at = placed
        .or(settled)
        .ok_or_else(|| Fault("the order has no time".into()))?;
    let mut news: Vec<News> = Vec::new();
    if counts {
        let lines = own.lines.iter().map(|item| line(item, precision, money));
        let order = Order {
            number: number.clone(),
            at,
            currency: money,
            customer: own.customer.as_ref().map(person).unwrap_or_default(),
            total: own.total_with_tax.parts(precision, money)?,
            delivery: own.shipping_with_tax.parts(precision, money)?,
            lines: lines.collect::<Result<_, _>>()?,
            codes: own.coupon_codes.clone(),
        };
        news = order.news(setup)?;
    }
    for back in &own.refunds {
        let at = back.settled_at.moment(false)?.unwrap_or(at);
        let amount = back.total.parts(precision, money)?;
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

fn line(item: &Item, precision: u8, money: Currency) -> Result<LineParts, Fault> {
    Ok(LineParts {
        id: item.id.text()?,
        sku: label(item.sku.as_deref().unwrap_or_default()),
        category: label(item.category.as_deref().unwrap_or_default()),
        quantity: item.quantity.quantity()?,
        amount: item.price_with_tax.parts(precision, money)?,
        discount: item.discount_with_tax.parts(precision, money)?,
        tax: item.tax.parts(precision, money)?,
        ..LineParts::default()
    })
}
