//! Baskets on the wire: what is about to be bought, at list prices.

use crate::amount::Amount;
use crate::json::{self, At, Fields};
use regulars_base::{Currency, Ratio, Text};
use regulars_engine::event::{Fault, LineParts, Purchase, PurchaseParts};
use regulars_engine::price::{Basket, TaxIs};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A basket at list prices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BasketIn {
    /// The currency of all amounts, which is the program's, as in ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What is in it, at list prices.
    #[schema(max_items = 10000)]
    pub lines: Vec<BasketLineIn>,
    /// For delivery; nothing if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Amount>,
    /// The rate of tax of the delivery in per cent; 0 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_tax_rate: Option<Amount>,
    /// `included` if prices hold the tax (which holds if left out), `added` if it comes on top.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "included")]
    pub tax: Option<String>,
    /// `shop`, `web`, `app` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Which store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
}

/// A line of a basket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BasketLineIn {
    /// Its id; its place (`1`, `2` ...) if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// What kind of product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Whose product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// How many, with at most three decimals; 1 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Amount>,
    /// What the line costs in all at the list price.
    pub price: Amount,
    /// The rate of tax in per cent; 0 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "19")]
    pub tax_rate: Option<Amount>,
}

pub(crate) fn basket(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Basket> {
    let base = fields.at();
    let currency = match fields.required_text("currency", faults) {
        Some(code) => Currency::new(code.as_str())
            .map_err(|error| faults.push(base.field("currency").fault(error.to_string())))
            .ok(),
        None => None,
    };
    let delivery = price(fields, "delivery", currency, faults).unwrap_or(0);
    let delivery_rate = rate(fields, "delivery_tax_rate", faults);
    let tax = match fields.text("tax", faults) {
        None => TaxIs::Included,
        Some(word) if word.as_str() == "included" => TaxIs::Included,
        Some(word) if word.as_str() == "added" => TaxIs::Added,
        Some(_) => {
            faults.push(base.field("tax").fault("is neither `included` nor `added`"));
            TaxIs::Included
        }
    };
    let at = base.field("lines");
    let raws = fields.list("lines", Purchase::LINES_MAX, faults);
    let (mut lines, mut rates) = (Vec::new(), Vec::new());
    for (place, raw) in raws.unwrap_or_default().into_iter().enumerate() {
        if let Some((line, rate)) = line(raw, at.item(place), currency, faults) {
            lines.push(line);
            rates.push(rate);
        }
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push(base.field("lines").fault("names nothing"));
    }
    let (channel, store) = (
        fields.text_or_empty("channel", faults),
        fields.text_or_empty("store", faults),
    );
    if !faults.is_empty() {
        return None;
    }
    let parts = PurchaseParts {
        order: Text::new("basket").ok()?,
        currency: currency?,
        total: None,
        delivery,
        discount: 0,
        lines,
        payments: Vec::new(),
        channel,
        store,
        staff: Text::default(),
        codes: Vec::new(),
    };
    match Purchase::new(parts) {
        Ok(purchase) => Some(Basket {
            purchase,
            tax,
            rates,
            delivery_rate,
        }),
        Err(found) => {
            let base = base.to_string();
            let told = |fault: Fault| Fault::new(format!("{base}{}", fault.at), fault.what);
            faults.extend(found.into_iter().map(told));
            None
        }
    }
}

fn line(
    raw: &RawValue,
    at: At<'_>,
    currency: Option<Currency>,
    faults: &mut Vec<Fault>,
) -> Option<(LineParts, Ratio)> {
    let mut fields = Fields::read(raw, at, faults)?;
    if fields.lacks("price") {
        faults.push(at.field("price").fault("is missing: what the line costs"));
    }
    let quantity = match fields.decimal("quantity", faults) {
        None => 1000,
        Some(written) => json::scaled(&written, 3)
            .map_err(|what| faults.push(at.field("quantity").fault(what)))
            .unwrap_or(1000),
    };
    let parts = LineParts {
        id: fields.text_or_empty("id", faults),
        sku: fields.text_or_empty("sku", faults),
        category: fields.text_or_empty("category", faults),
        brand: fields.text_or_empty("brand", faults),
        quantity,
        amount: price(&mut fields, "price", currency, faults).unwrap_or(0),
        discount: 0,
        tax: 0,
    };
    let rate = rate(&mut fields, "tax_rate", faults);
    fields.finish(faults);
    Some((parts, rate))
}

fn price(
    fields: &mut Fields<'_>,
    name: &'static str,
    currency: Option<Currency>,
    faults: &mut Vec<Fault>,
) -> Option<i64> {
    let at = fields.at();
    let written = fields.decimal(name, faults)?;
    currency?
        .minor(&written)
        .map_err(|error| faults.push(at.field(name).fault(error.to_string())))
        .ok()
}

/// Per cent as a ratio: `19` is 19/100. At most 1,000 per cent, with at most four decimals.
fn rate(fields: &mut Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Ratio {
    let nothing = Ratio::new(0, 1).expect("one is above zero");
    let at = fields.at();
    let Some(written) = fields.decimal(name, faults) else {
        return nothing;
    };
    match json::scaled(&written, 4) {
        Ok(scaled @ 0..=10_000_000) => Ratio::new(scaled, 1_000_000).unwrap_or(nothing),
        _ => {
            let what = "is no rate in per cent; write it as in 19";
            faults.push(at.field(name).fault(what));
            nothing
        }
    }
}
