//! Shopify. Amounts are decimal texts in the shop's own currency. An order says in itself whether it was
//! paid, called off or paid back, so what it says is what counts and the topic only tells orders from refunds
//! and customers: an order that is told of late or twice comes to the same events.

use super::order::{Order, came_back, cancelled, refund, taken};
use super::scalar::{Scalar, currency, label};
use super::{
    Access, Answer, Fault, Headers, NOT_PAID, News, Page, Parcel, Person, Privacy, Request, Setup,
    UNKNOWN_TOPIC, json,
};
use regulars_base::{Currency, Timestamp};
use regulars_engine::event::{LineParts, RefundLine};
use serde::Deserialize;

/// The version of the API that is asked.
const VERSION: &str = "2025-07";
/// The most orders of a page.
const PAGE: usize = 250;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct ShopOrder {
    id: Scalar,
    email: Option<String>,
    currency: String,
    created_at: Scalar,
    processed_at: Scalar,
    cancelled_at: Scalar,
    financial_status: Option<String>,
    total_price: Scalar,
    taxes_included: bool,
    customer: Option<Customer>,
    line_items: Vec<Item>,
    shipping_lines: Vec<Shipping>,
    discount_codes: Vec<DiscountCode>,
    refunds: Vec<Back>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Customer {
    id: Scalar,
    email: Option<String>,
    created_at: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    id: Scalar,
    sku: Option<String>,
    product_id: Scalar,
    vendor: Option<String>,
    price: Scalar,
    quantity: Scalar,
    discount_allocations: Vec<Part>,
    tax_lines: Vec<Tax>,
    #[serde(rename = "product_type")]
    category: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part {
    amount: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tax {
    price: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Shipping {
    price: Scalar,
    discounted_price: Scalar,
    tax_lines: Vec<Tax>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DiscountCode {
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Back {
    id: Scalar,
    order_id: Scalar,
    created_at: Scalar,
    processed_at: Scalar,
    refund_line_items: Vec<BackItem>,
    transactions: Vec<Transaction>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct BackItem {
    line_item_id: Scalar,
    quantity: Scalar,
    subtotal: Scalar,
    total_tax: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Transaction {
    kind: String,
    status: String,
    amount: Scalar,
    currency: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AskedBody {
    customer: Option<Customer>,
}

#[derive(Deserialize)]
struct Orders {
    orders: Vec<ShopOrder>,
}

/// What a delivery says.
pub(super) fn read(setup: &Setup, headers: &Headers, body: &str) -> Result<Parcel, Fault> {
    let topic = headers.get("x-shopify-topic");
    let parcel = Parcel::new(headers.get("x-shopify-webhook-id"), topic);
    let asked = |what: Privacy| {
        let asked: AskedBody = json(body)?;
        let who = asked.customer.as_ref().map(person).unwrap_or_default();
        Ok(vec![News::Privacy(what, who)])
    };
    match topic {
        "orders/create"
        | "orders/paid"
        | "orders/updated"
        | "orders/edited"
        | "orders/cancelled"
        | "orders/partially_fulfilled"
        | "orders/fulfilled" => {
            let order: ShopOrder = json(body)?;
            of_order(setup, parcel, order)
        }
        "refunds/create" => {
            let back: Back = json(body)?;
            let news: Vec<News> = of_refund(setup, &back, None)?.into_iter().collect();
            Ok(match news.is_empty() {
                true => parcel.not_used("no money was paid back"),
                false => parcel.with(news),
            })
        }
        "customers/create" | "customers/update" | "customers/enable" => {
            let customer: Customer = json(body)?;
            let since = customer.created_at.moment(false)?;
            Ok(parcel.with(vec![News::Customer(person(&customer), since)]))
        }
        "customers/data_request" => Ok(parcel.with(asked(Privacy::Show)?)),
        "customers/redact" => Ok(parcel.with(asked(Privacy::Erase)?)),
        "shop/redact" => {
            Ok(parcel.with(vec![News::Privacy(Privacy::EraseShop, Person::default())]))
        }
        _ => Ok(parcel.not_used(UNKNOWN_TOPIC)),
    }
}

fn person(customer: &Customer) -> Person {
    let email = customer.email.as_deref().unwrap_or_default();
    Person::new(customer.id.as_str(), email)
}

/// An order, what came back of it, and whether it was called off.
fn of_order(setup: &Setup, parcel: Parcel, own: ShopOrder) -> Result<Parcel, Fault> {
    let state = own.financial_status.as_deref().unwrap_or_default();
    if !setup.paid.iter().any(|paid| paid == state) {
        return Ok(parcel.not_used(NOT_PAID));
    }
    let money = taken(setup, &own.currency)?;
    let number = own.id.text()?;
    let at = match own.processed_at.moment(false)? {
        Some(at) => Some(at),
        None => own.created_at.moment(false)?,
    };
    let at = at.ok_or_else(|| Fault("the order has no time".into()))?;
    let mut news = order(&own, money, at)?.news(setup)?;
    for back in &own.refunds {
        news.extend(of_refund(setup, back, Some(&own.id))?);
    }
    if let Some(at) = own.cancelled_at.moment(false)? {
        news.push(cancelled(&number, at)?);
    }
    Ok(parcel.with(news))
}

fn order(own: &ShopOrder, money: Currency, at: Timestamp) -> Result<Order, Fault> {
    let mut customer = own.customer.as_ref().map(person).unwrap_or_default();
    if customer.email.is_empty() {
        customer = Person::new(&customer.id, own.email.as_deref().unwrap_or_default());
    }
    let lines = own.line_items.iter();
    let lines = lines.map(|item| line(item, own.taxes_included, money));
    let mut delivery = 0;
    for shipping in &own.shipping_lines {
        let price = match shipping.discounted_price.is_empty() {
            true => &shipping.price,
            false => &shipping.discounted_price,
        };
        delivery += price.decimal(money)?;
        if !own.taxes_included {
            delivery += taxes(&shipping.tax_lines, money)?;
        }
    }
    Ok(Order {
        number: own.id.text()?,
        at,
        currency: money,
        customer,
        total: own.total_price.decimal(money)?,
        delivery,
        lines: lines.collect::<Result<_, _>>()?,
        codes: own
            .discount_codes
            .iter()
            .map(|own| own.code.clone())
            .collect(),
    })
}

fn taxes(all: &[Tax], money: Currency) -> Result<i64, Fault> {
    all.iter().map(|tax| tax.price.decimal(money)).sum()
}

fn line(item: &Item, taxes_included: bool, money: Currency) -> Result<LineParts, Fault> {
    let quantity = item.quantity.quantity()?;
    let parts = item.discount_allocations.iter();
    let discount: i64 = parts
        .map(|part| part.amount.decimal(money))
        .sum::<Result<_, _>>()?;
    let tax = taxes(&item.tax_lines, money)?;
    let added = if taxes_included { 0 } else { tax };
    let full = i128::from(item.price.decimal(money)?) * i128::from(quantity) / 1000;
    let full =
        i64::try_from(full).map_err(|_| Fault("a line is beyond the range of amounts".into()))?;
    let sku = item.sku.as_deref().filter(|sku| !sku.is_empty());
    Ok(LineParts {
        id: item.id.text()?,
        sku: label(sku.unwrap_or(item.product_id.as_str())),
        category: label(item.category.as_deref().unwrap_or_default()),
        brand: label(item.vendor.as_deref().unwrap_or_default()),
        quantity,
        amount: full - discount + added,
        discount,
        tax,
    })
}

/// What was paid back, if something was: things may be taken back without money.
fn of_refund(setup: &Setup, back: &Back, of: Option<&Scalar>) -> Result<Option<News>, Fault> {
    let order = if back.order_id.is_empty() {
        of
    } else {
        Some(&back.order_id)
    };
    let order = order.ok_or_else(|| Fault("the refund names no order".into()))?;
    let mut paid = Vec::new();
    for own in &back.transactions {
        if own.kind == "refund" && own.status == "success" {
            paid.push(own);
        }
    }
    let Some(first) = paid.first() else {
        return Ok(None);
    };
    let money = match (first.currency.as_deref(), setup.currency) {
        (Some(code), _) => taken(setup, code)?,
        (None, Some(taken)) => taken,
        (None, None) => return Err(Fault("the refund says no currency".into())),
    };
    if paid.iter().any(|own| {
        own.currency
            .as_deref()
            .is_some_and(|code| currency(code) != Ok(money))
    }) {
        return Err(Fault("the refund is in several currencies".into()));
    }
    let sum: i64 = paid
        .iter()
        .map(|own| own.amount.decimal(money))
        .sum::<Result<_, _>>()?;
    if sum <= 0 {
        return Ok(None);
    }
    let at = match back.processed_at.moment(false)? {
        Some(at) => Some(at),
        None => back.created_at.moment(false)?,
    };
    let at = at.ok_or_else(|| Fault("the refund has no time".into()))?;
    let lines = |taxed: bool| {
        let all = back.refund_line_items.iter();
        all.map(|item| back_line(item, taxed, money))
            .collect::<Result<Vec<_>, Fault>>()
    };
    // Whether taxes are in the lines already, a refund does not say: its sum does.
    let with = came_back(lines(true)?, sum);
    let what = match &with {
        regulars_engine::event::Refunded::Amount(_) => came_back(lines(false)?, sum),
        _ => with,
    };
    refund(&order.text()?, back.id.as_str(), at, what).map(Some)
}

fn back_line(item: &BackItem, taxed: bool, money: Currency) -> Result<RefundLine, Fault> {
    let tax = if taxed {
        item.total_tax.decimal(money)?
    } else {
        0
    };
    let quantity = item.quantity.quantity()?;
    Ok(RefundLine {
        line: item.line_item_id.text()?,
        amount: Some(item.subtotal.decimal(money)? + tax),
        quantity: Some(quantity).filter(|own| *own > 0),
    })
}

fn ask(access: &Access, url: String) -> Request {
    Request {
        url,
        pass: ("x-shopify-access-token", access.secret.clone()),
    }
}

/// All orders that were changed since a moment, those that were changed first first.
pub(super) fn begin(access: &Access, since: Timestamp) -> Request {
    let path = format!(
        "/admin/api/{VERSION}/orders.json?status=any&limit={PAGE}&order=updated_at%20asc&updated_at_min={since}"
    );
    ask(access, access.at(&path))
}

/// One page of them. The next one is in the header `Link`.
pub(super) fn page(setup: &Setup, access: &Access, answer: &Answer) -> Result<Page, Fault> {
    let orders: Orders = json(&answer.body)?;
    let read = |own: ShopOrder| of_order(setup, Parcel::new(own.id.as_str(), "orders"), own);
    Ok(Page {
        parcels: orders.orders.into_iter().map(read).collect(),
        // It is asked with what lets us in, so it must lead to the same shop.
        next: next(&answer.link)
            .filter(|url| url.starts_with(&access.at("/")))
            .map(|url| ask(access, url.to_owned())),
    })
}

/// Where a header `Link` says that the next page is.
fn next(link: &str) -> Option<&str> {
    let part = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    part.trim().strip_prefix('<')?.split('>').next()
}
