//! Purchases, made beforehand: as a file for the import, as JSON for the API.
//!
//! One line each, of the same members and amounts as the purchases of bench/peers, with a product
//! and a quantity besides, so that the rules have something to look at.

use crate::random::Random;
use anyhow::{Context, anyhow};
use regulars_app::Clock;
use regulars_base::{Currency, Text, Timestamp};
use regulars_engine::event::{LineParts, Purchase, PurchaseParts};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Members, as everywhere in bench/peers.
pub(crate) const MEMBERS: u64 = 100_000;

const CATEGORIES: [&str; 8] = [
    "fruit",
    "vegetables",
    "dairy",
    "bread",
    "meat",
    "drinks",
    "household",
    "wine",
];

const CHANNELS: [&str; 3] = ["shop", "shop", "app"];

/// The first purchase was 30 days ago, each next is a second later: a shop that just moved in. Of
/// points from years ago a server would first of all let millions lapse.
const AGO_SECONDS: i64 = 30 * 24 * 3600;

/// A purchase of one line.
pub(crate) struct Order {
    number: u64,
    at: Timestamp,
    member: u64,
    /// In cents.
    amount: u64,
    quantity: u64,
    sku: u64,
    category: &'static str,
    store: u64,
    channel: &'static str,
}

/// Purchases without end, numbered from `first`.
pub(crate) fn stream(seed: u64, members: u64, first: u64) -> impl Iterator<Item = Order> {
    let mut random = Random::new(seed);
    let start = Clock::system().now().plus_micros(-AGO_SECONDS * 1_000_000);
    let after = |number: u64| i64::try_from(number).unwrap_or_default() * 1_000_000;
    (first..).map(move |number| Order {
        number,
        at: start.plus_micros(after(number)),
        member: random.below(members),
        amount: 100 + random.below(20_000),
        quantity: 1 + random.below(4),
        sku: random.below(5_000),
        category: random.one_of(&CATEGORIES),
        store: random.below(400),
        channel: random.one_of(&CHANNELS),
    })
}

/// One purchase of each member.
pub(crate) fn of_each(members: u64) -> impl Iterator<Item = Order> {
    let orders = stream(3, members, 0);
    (0..members)
        .zip(orders)
        .map(|(member, order)| Order { member, ..order })
}

impl Order {
    fn amount(&self) -> String {
        format!("{}.{:02}", self.amount / 100, self.amount % 100)
    }

    /// As `POST /v1/events` takes it, happening as it arrives.
    pub(crate) fn json(&self) -> String {
        let amount = self.amount();
        format!(
            "{{\"type\":\"purchase\",\"source\":\"till\",\"id\":\"R-{number:09}\",\
             \"customer\":{{\"kind\":\"customer\",\"value\":\"{member}\"}},\
             \"order\":\"R-{number:09}\",\"currency\":\"USD\",\
             \"lines\":[{{\"sku\":\"sku-{sku}\",\"category\":\"{category}\",\
             \"quantity\":{quantity},\"amount\":\"{amount}\"}}],\
             \"channel\":\"{channel}\",\"store\":\"{store:03}\"}}",
            number = self.number,
            member = self.member,
            sku = self.sku,
            category = self.category,
            quantity = self.quantity,
            channel = self.channel,
            store = self.store,
        )
    }
}

/// Writes an order file.
pub(crate) fn write(path: &Path, orders: impl Iterator<Item = Order>) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let mut out = BufWriter::new(file);
    writeln!(
        out,
        "order,time,customer,sku,category,quantity,amount,store,channel"
    )?;
    for order in orders {
        writeln!(
            out,
            "R-{:09},{},{},sku-{},{},{},{},{:03},{}",
            order.number,
            order.at,
            order.member,
            order.sku,
            order.category,
            order.quantity,
            order.amount(),
            order.store,
            order.channel
        )?;
    }
    out.flush()?;
    Ok(())
}

/// A purchase of one line of which nothing is known but its amount, in minor units of that currency.
pub(crate) fn purchase(order: &str, currency: Currency, amount: i64) -> anyhow::Result<Purchase> {
    let parts = PurchaseParts {
        codes: Vec::new(),
        order: Text::new(order)?,
        currency,
        total: Some(amount),
        delivery: 0,
        discount: 0,
        lines: vec![LineParts {
            quantity: 1000,
            amount,
            ..LineParts::default()
        }],
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
    };
    Purchase::new(parts).map_err(|faults| anyhow!("no purchase: {faults:?}"))
}
