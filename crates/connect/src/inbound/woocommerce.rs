//! WooCommerce. Amounts are decimal texts. There is no topic for refunds: an order lists what was paid back
//! in `refunds`, each with a number of its own, so each is an event of its own and counts once, however often
//! the order is told of.

use super::order::{Order, cancelled, refund, taken};
use super::scalar::{Scalar, label};
use super::{
    Access, Answer, Fault, Headers, NOT_PAID, News, Page, Parcel, Person, Request, Setup,
    UNKNOWN_TOPIC, json,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regulars_base::{Currency, Timestamp};
use regulars_engine::event::{LineParts, Refunded};
use serde::Deserialize;

/// The most orders of a page.
const PAGE: usize = 100;
/// An order that was deleted: shops that tidy up delete old ones, and nobody's points are to go by that.
const DELETED: &str =
    "an order that is deleted keeps its points; cancel it or pay it back to take them";

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShopOrder {
    id: Scalar,
    status: String,
    currency: String,
    date_created_gmt: Scalar,
    date_paid_gmt: Scalar,
    date_modified_gmt: Scalar,
    shipping_total: Scalar,
    shipping_tax: Scalar,
    total: Scalar,
    customer_id: Scalar,
    billing: Billing,
    line_items: Vec<Item>,
    coupon_lines: Vec<Coupon>,
    refunds: Vec<Back>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Billing {
    email: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    id: Scalar,
    product_id: Scalar,
    sku: Option<String>,
    quantity: Scalar,
    subtotal: Scalar,
    total: Scalar,
    total_tax: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Coupon {
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Back {
    id: Scalar,
    total: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Customer {
    id: Scalar,
    email: Option<String>,
    date_created_gmt: Scalar,
}

/// The first delivery to a new address: a form that is not signed, and says nothing.
pub(super) fn is_greeting(body: &str) -> bool {
    let number = body.trim().strip_prefix("webhook_id=");
    number
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|own| own.is_ascii_digit()))
}

/// What a delivery says.
pub(super) fn read(setup: &Setup, headers: &Headers, body: &str) -> Result<Parcel, Fault> {
    let topic = headers.get("x-wc-webhook-topic");
    let parcel = Parcel::new(headers.get("x-wc-webhook-delivery-id"), topic);
    match topic {
        "order.created" | "order.updated" | "order.restored" => {
            of_order(setup, parcel, &json(body)?)
        }
        "order.deleted" => Ok(parcel.not_used(DELETED)),
        "customer.created" | "customer.updated" => {
            let own: Customer = json(body)?;
            let person = Person::new(own.id.as_str(), own.email.as_deref().unwrap_or_default());
            let since = own.date_created_gmt.moment(true)?;
            Ok(parcel.with(vec![News::Customer(person, since)]))
        }
        _ => Ok(parcel.not_used(UNKNOWN_TOPIC)),
    }
}

fn of_order(setup: &Setup, parcel: Parcel, own: &ShopOrder) -> Result<Parcel, Fault> {
    let paid_at = own.date_paid_gmt.moment(true)?;
    let off = own.status == "cancelled";
    // One that is called off unpaid never counted.
    let counts = setup.paid.contains(&own.status) || (off && paid_at.is_some());
    if !counts {
        return Ok(parcel.not_used(NOT_PAID));
    }
    let money = taken(setup, &own.currency)?;
    let made = own.date_created_gmt.moment(true)?;
    let at = paid_at.or(made);
    let at = at.ok_or_else(|| Fault("the order has no time".into()))?;
    let changed = own.date_modified_gmt.moment(true)?.unwrap_or(at);
    let number = own.id.text()?;
    let mut news = order(own, money, at)?.news(setup)?;
    for back in &own.refunds {
        let amount = back.total.decimal(money)?.saturating_abs();
        if amount > 0 {
            // When it was, an order does not say: not after the change that tells of it.
            let id = back.id.as_str();
            news.push(refund(&number, id, changed, Refunded::Amount(amount))?);
        }
    }
    if off {
        news.push(cancelled(&number, changed)?);
    }
    Ok(parcel.with(news))
}

fn order(own: &ShopOrder, money: Currency, at: Timestamp) -> Result<Order, Fault> {
    let email = own.billing.email.as_deref().unwrap_or_default();
    let lines = own.line_items.iter().map(|item| line(item, money));
    Ok(Order {
        number: own.id.text()?,
        at,
        currency: money,
        customer: Person::new(own.customer_id.as_str(), email),
        total: own.total.decimal(money)?,
        delivery: own.shipping_total.decimal(money)? + own.shipping_tax.decimal(money)?,
        lines: lines.collect::<Result<_, _>>()?,
        codes: own
            .coupon_lines
            .iter()
            .map(|own| own.code.clone())
            .collect(),
    })
}

/// What a line comes to is written without its tax.
fn line(item: &Item, money: Currency) -> Result<LineParts, Fault> {
    let (net, tax) = (item.total.decimal(money)?, item.total_tax.decimal(money)?);
    let sku = item.sku.as_deref().filter(|sku| !sku.is_empty());
    Ok(LineParts {
        id: item.id.text()?,
        sku: label(sku.unwrap_or(item.product_id.as_str())),
        quantity: item.quantity.quantity()?,
        amount: net + tax,
        discount: item.subtotal.decimal(money)? - net,
        tax,
        ..LineParts::default()
    })
}

fn ask(access: &Access, url: String) -> Request {
    let pair = STANDARD.encode(format!("{}:{}", access.key, access.secret));
    Request {
        url,
        pass: ("authorization", format!("Basic {pair}")),
    }
}

/// All orders that were changed since a moment, those that were changed first first.
pub(super) fn begin(access: &Access, since: Timestamp) -> Request {
    let path = format!(
        "/wp-json/wc/v3/orders?per_page={PAGE}&orderby=modified&order=asc&dates_are_gmt=true\
         &modified_after={since}&page=1"
    );
    ask(access, access.at(&path))
}

/// One page of them. How many there are is in the header `X-WP-TotalPages`.
pub(super) fn page(setup: &Setup, access: &Access, answer: &Answer) -> Result<Page, Fault> {
    let orders: Vec<ShopOrder> = json(&answer.body)?;
    let read = |own: &ShopOrder| of_order(setup, Parcel::new(own.id.as_str(), "orders"), own);
    let all: u64 = answer.pages.trim().parse().unwrap_or(1);
    let (head, page) = answer
        .url
        .rsplit_once("&page=")
        .unwrap_or((&answer.url, "1"));
    let page: u64 = page.parse().map_err(Fault::of)?;
    let next = (page < all).then(|| ask(access, format!("{head}&page={}", page + 1)));
    Ok(Page {
        parcels: orders.iter().map(read).collect(),
        next,
    })
}
