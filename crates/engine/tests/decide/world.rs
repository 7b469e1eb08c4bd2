//! The smallest world that a decision needs: one wallet, its orders, the shared figures.

use regulars_base::{Currency, EventKey, MemberId, Text, Timestamp};
use regulars_engine::event::{
    Event, Kind, LineParts, Purchase, PurchaseParts, Refund, Refunded, RewardEnd, RewardRequest,
};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_engine::state::{Codes, Order, Shared, Wallet};
use regulars_engine::{Outcome, Program, State, program::compile::compile, step};
use regulars_ledger::Statement;
use std::collections::BTreeMap;

pub(crate) const DAY: i64 = 86_400_000_000;

pub(crate) fn program(text: &str) -> Program {
    let (program, diagnostics) = compile(text);
    let faults: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    program.unwrap_or_else(|| panic!("{}", faults.join("\n")))
}

pub(crate) fn text(text: impl AsRef<str>) -> Text {
    Text::new(text).expect("is a text")
}

pub(crate) struct World {
    pub(crate) owner: MemberId,
    /// Who acts, where the owner is a group.
    pub(crate) actor: Option<MemberId>,
    pub(crate) program: Program,
    pub(crate) wallet: Wallet,
    pub(crate) orders: BTreeMap<Text, Order>,
    pub(crate) shared: Shared,
    /// Codes that there are.
    pub(crate) codes: Codes,
    pub(crate) statement: Statement,
    pub(crate) events: u64,
}

impl World {
    pub(crate) fn new(program: Program) -> Self {
        Self {
            owner: MemberId::from_bytes([1; 16]),
            actor: None,
            program,
            wallet: Wallet::default(),
            orders: BTreeMap::new(),
            shared: Shared::default(),
            codes: Codes::default(),
            statement: Statement::default(),
            events: 0,
        }
    }

    /// Something happens on day `day` (of 2025), in the `hour`.
    pub(crate) fn happen(&mut self, day: i64, kind: Kind) -> Outcome {
        let start: Timestamp = "2025-01-01T12:00:00Z".parse().expect("is a time");
        self.events += 1;
        let at = start.plus_micros(day * DAY);
        let event = Event {
            key: EventKey {
                source: text("till"),
                external_id: text(self.events.to_string()),
            },
            occurred_at: at,
            recorded_at: at,
            entropy: [0; 16],
            kind,
        };
        self.ingest(&event)
    }

    pub(crate) fn ingest(&mut self, event: &Event) -> Outcome {
        let order = event.order().cloned();
        let record = order
            .as_ref()
            .and_then(|order| self.orders.get(order))
            .cloned();
        let mut state = State {
            owner: Some(self.owner),
            actor: self.actor,
            wallet: self.wallet.clone(),
            order: record.unwrap_or_default(),
            shared: self.shared.clone(),
            codes: self.codes.clone(),
            staff: None,
        };
        let before = state.clone();
        let mut out = Outcome::default();
        step(&self.program, &mut state, event, &mut out);
        let mut folded = before;
        for change in &out.changes {
            folded.apply(change);
        }
        assert_eq!(folded, state, "the changes are all that happened");
        for posting in out.postings() {
            self.statement.add(posting);
        }
        self.wallet = state.wallet;
        self.shared = state.shared;
        self.codes = state.codes;
        if let Some(order) = order {
            self.orders.insert(order, state.order);
        }
        out
    }

    /// The refusal of something that must be refused.
    pub(crate) fn refusal(&mut self, day: i64, kind: Kind) -> Refusal {
        match self.happen(day, kind).verdict {
            Verdict::Refused(refusal) => refusal,
            Verdict::Accepted => panic!("was accepted"),
        }
    }
}

/// An order of lines: (category, minor units, thousandths).
pub(crate) fn bought(order: &str, lines: &[(&str, i64, i64)]) -> Kind {
    let line = |(category, amount, quantity): &(&str, i64, i64)| LineParts {
        category: text(category),
        amount: *amount,
        quantity: *quantity,
        ..LineParts::default()
    };
    let parts = PurchaseParts {
        codes: Vec::new(),
        order: text(order),
        currency: Currency::new("EUR").expect("is a currency"),
        total: None,
        delivery: 0,
        discount: 0,
        lines: lines.iter().map(line).collect(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
    };
    Kind::Purchase(Box::new(Purchase::new(parts).expect("is a purchase")))
}

pub(crate) fn refund(order: &str, what: Refunded) -> Kind {
    Kind::Refund(Refund::new(text(order), what).expect("is a refund"))
}

pub(crate) fn request(id: &str, reward: &str, commit: bool) -> Kind {
    let (redemption, reward) = (text(id), text(reward));
    Kind::RewardRequest(RewardRequest {
        redemption,
        reward,
        quantity: 1,
        order: None,
        commit,
    })
}

pub(crate) fn end(id: &str) -> RewardEnd {
    RewardEnd {
        redemption: text(id),
        order: None,
    }
}
