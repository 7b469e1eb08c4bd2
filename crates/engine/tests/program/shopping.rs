//! Facts that conditions are asked about in these tests.

use regulars_base::{CivilDay, Currency, Text};
use regulars_engine::event::{Activity, LineParts, Payment, Purchase, PurchaseParts, Value};
use regulars_engine::program::condition::Facts;
use regulars_engine::state::Wallet;

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).expect("is a text")
}

pub(crate) fn eur() -> Currency {
    Currency::new("EUR").expect("is a currency")
}

/// A line: sku, category, brand, quantity in thousandths, amount and discount in cents.
pub(crate) fn line(words: [&str; 3], numbers: [i64; 3]) -> LineParts {
    LineParts {
        sku: text(words[0]),
        category: text(words[1]),
        brand: text(words[2]),
        quantity: numbers[0],
        amount: numbers[1],
        discount: numbers[2],
        ..LineParts::default()
    }
}

/// An order of these lines, with a delivery and a gift card that pays a part.
pub(crate) fn order(lines: Vec<LineParts>, delivery: i64, channel: &str) -> Purchase {
    let total = lines.iter().map(|line| line.amount).sum::<i64>() + delivery;
    let payment = |method: &str, amount| Payment {
        method: text(method),
        amount,
        from: None,
    };
    let gift = total / 4;
    let payments = vec![payment("gift-card", gift), payment("cash", total - gift)];
    Purchase::new(PurchaseParts {
        codes: Vec::new(),
        order: text("R-1"),
        currency: eur(),
        total: None,
        delivery,
        discount: 0,
        lines,
        payments: payments
            .into_iter()
            .filter(|payment| payment.amount > 0)
            .collect(),
        channel: text(channel),
        store: text("mitte"),
        staff: text("kim"),
    })
    .expect("is an order")
}

/// Two coffees for 7.00, a bag of beans for 13.51 of which there are three, and delivery for 2.50.
pub(crate) fn breakfast() -> Purchase {
    order(
        vec![
            line(["c-1", "coffee", "house"], [2000, 700, 0]),
            line(["b-9", "coffee-beans", "Äthiopia \"1\""], [3000, 1351, 149]),
        ],
        250,
        "shop",
    )
}

pub(crate) fn review() -> Activity {
    Activity {
        name: text("review"),
        store: text("mitte"),
        fields: vec![
            (text("stars"), Value::Int(4)),
            (text("photo"), Value::Bool(true)),
            (text("title"), Value::Text(text("Lovely place"))),
        ],
    }
}

/// Tuesday 2025-12-23, 10:59:30, tier gold.
pub(crate) fn facts<'a>(wallet: &'a Wallet) -> Facts<'a> {
    Facts {
        purchase: None,
        line: None,
        activity: None,
        day: "2025-12-23".parse::<CivilDay>().expect("is a day"),
        second: 10 * 3600 + 59 * 60 + 30,
        wallet,
        tier: "gold",
        plan: "",
        partner: "",
        program: None,
    }
}
