//! Ids that are the same in each run, and events in a line.

use regulars_base::{Currency, EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::event::{
    Event, Incoming, Kind, LineParts, Purchase, PurchaseParts, Refund, Refunded, Who,
};

/// The tenant number `no`.
pub fn tenant(no: u64) -> TenantId {
    TenantId::from_bytes(u128::from(no).to_be_bytes())
}

/// The member number `no`.
pub fn member(no: u64) -> MemberId {
    MemberId::from_bytes(u128::from(no).to_be_bytes())
}

/// A text that a test wrote.
pub fn text(text: &str) -> Text {
    Text::new(text).expect("a test's text is short and has no control characters")
}

/// A moment that a test wrote: `2025-03-01T09:00:00Z`.
pub fn at(moment: &str) -> Timestamp {
    moment
        .parse()
        .expect("a test's moment is written as RFC 3339 asks")
}

/// Makes events of one source, one after the other, a minute apart, each with its own key.
#[derive(Clone, Debug)]
pub struct Story {
    source: Text,
    clock: Timestamp,
    made: u64,
}

impl Story {
    /// Starts at `clock`.
    pub fn new(source: &str, clock: &str) -> Self {
        Self {
            source: text(source),
            clock: at(clock),
            made: 0,
        }
    }

    /// What time it is in the story.
    pub fn now(&self) -> Timestamp {
        self.clock
    }

    /// So many days go by.
    pub fn days(&mut self, days: i64) {
        self.clock = self.clock.plus_micros(days * 86_400_000_000);
    }

    /// An event of any kind.
    pub fn event(&mut self, who: Who, kind: Kind) -> Incoming {
        self.made += 1;
        self.clock = self.clock.plus_micros(60_000_000);
        Incoming {
            who,
            event: Event {
                key: EventKey {
                    source: self.source.clone(),
                    external_id: text(&format!("e-{}", self.made)),
                },
                occurred_at: self.clock,
                recorded_at: self.clock,
                entropy: u128::from(self.made).to_be_bytes(),
                kind,
            },
        }
    }

    /// The customer number `no` of the source.
    pub fn customer(no: u64) -> Who {
        Who::Identity {
            kind: text("customer"),
            value: text(&no.to_string()),
        }
    }

    /// A purchase of one line, in euro cents.
    pub fn purchase(&mut self, who: Who, order: &str, cents: i64) -> Incoming {
        let kind = Kind::Purchase(Box::new(purchase(order, &[cents])));
        self.event(who, kind)
    }

    /// A refund, in euro cents.
    pub fn refund(&mut self, who: Who, order: &str, cents: i64) -> Incoming {
        let refund = Refund::new(text(order), Refunded::Amount(cents));
        self.event(
            who,
            Kind::Refund(refund.expect("a test's refund is above zero")),
        )
    }
}

/// A purchase with these lines, in euro cents.
pub fn purchase(order: &str, cents: &[i64]) -> Purchase {
    let line = |amount: &i64| LineParts {
        quantity: 1000,
        amount: *amount,
        ..LineParts::default()
    };
    let parts = PurchaseParts {
        codes: Vec::new(),
        order: text(order),
        currency: Currency::new("EUR").expect("there is the euro"),
        total: None,
        delivery: 0,
        discount: 0,
        lines: cents.iter().map(line).collect(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
    };
    Purchase::new(parts).expect("a test's purchase is right")
}
