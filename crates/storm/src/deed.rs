//! What happens in a storm, as values: a history is a list of them, and can be kept in a file.

use crate::terms::Terms;
use regulars_app::NOW;
use regulars_base::{Currency, EventKey, MemberId, Text, Timestamp};
use regulars_engine::event::{
    Activity, Adjustment, Event, Incoming, Kind, LineParts, Purchase, PurchaseParts, Refund,
    RefundLine, Refunded, RewardEnd, RewardRequest, Who,
};
use serde::{Deserialize, Serialize};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// A server is told these, in this order, at once.
    Tell(usize, Vec<Told>),
    /// The clock shows this, which may be earlier than it did.
    Clock(i64),
    /// What is due is done, by this server.
    Tick(usize),
    /// Another version is in force from now on, applied at this server. The other is not told.
    Apply(usize, Terms),
    /// The servers will die while they are told the next events.
    Crash(Crash),
    /// The servers are stopped in good order, and started again.
    Restart,
}

/// Between which steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Crash {
    /// Before anything was read.
    Before,
    /// When it was decided, and nothing written.
    Inside,
    /// When it was written, and nobody told.
    After,
}

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// The operator's till.
    Till,
    /// The till of a partner who pays ahead.
    Bakery,
    /// The till of a partner who pays later.
    Cinema,
}

/// An event that somebody tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who tells it.
    pub source: Source,
    /// Its number there.
    pub number: u64,
    /// Of which member.
    pub member: u32,
    /// When it happened.
    pub at: i64,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// An order: of each line whether it is coffee, and what was paid.
    Buy(u64, Vec<(bool, i64)>),
    /// Lines of an order came back, by their places; all that is left if none is named.
    Back(u64, Vec<usize>),
    /// A visit.
    Visit,
    /// A reward is asked for: under which number, whether it is a mug, and whether it is used at once.
    Ask(u64, bool, bool),
    /// A reward that was set aside is used.
    Use(u64),
    /// A reward is given back.
    Cancel(u64),
    /// Points by hand: whether stars, and how many.
    Adjust(bool, i64),
    /// Something that makes no sense.
    Nonsense(Nonsense),
}

/// What makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nonsense {
    /// An order in another currency.
    Currency,
    /// Points that nobody has heard of.
    Points,
    /// A reward that nobody has heard of.
    Reward,
    /// An activity that nobody has heard of.
    Activity,
    /// It will happen in a week.
    Future,
    /// A member who was never there.
    Member,
}

impl Source {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Till => "till",
            Self::Bakery => "bakery",
            Self::Cinema => "cinema",
        }
    }
}

impl Told {
    /// What makes it one event.
    pub fn key(&self) -> EventKey {
        EventKey {
            source: text(self.source.name()),
            external_id: text(&format!("e{}", self.number)),
        }
    }

    /// The event, as a server gets it.
    pub fn incoming(&self) -> Incoming {
        let who = match self.what {
            What::Nonsense(Nonsense::Member) => {
                Who::Member(MemberId::from_bytes((u128::MAX - 7).to_be_bytes()))
            }
            _ => Who::Identity {
                kind: text("customer"),
                value: text(&format!("C-{}", self.member)),
            },
        };
        Incoming {
            who,
            event: Event {
                key: self.key(),
                occurred_at: Timestamp::from_micros(self.at),
                recorded_at: NOW,
                entropy: [0; 16],
                kind: self.kind(),
            },
        }
    }

    fn kind(&self) -> Kind {
        let end = |redemption: &u64| RewardEnd {
            redemption: text(&format!("r{redemption}")),
            order: None,
        };
        let ask = |redemption: u64, reward: &str, commit| {
            Kind::RewardRequest(RewardRequest {
                redemption: text(&format!("r{redemption}")),
                reward: text(reward),
                quantity: 1,
                order: None,
                commit,
            })
        };
        match &self.what {
            What::Buy(order, lines) => bought(*order, lines, "EUR"),
            What::Back(order, lines) => came_back(*order, lines),
            What::Visit => activity("visit"),
            What::Ask(redemption, mug, commit) => {
                ask(*redemption, if *mug { "mug" } else { "treat" }, *commit)
            }
            What::Use(redemption) => Kind::RewardCommit(end(redemption)),
            What::Cancel(redemption) => Kind::RewardCancel(end(redemption)),
            What::Adjust(stars, amount) => {
                adjusted(if *stars { "stars" } else { "beans" }, *amount)
            }
            What::Nonsense(Nonsense::Currency) => bought(self.number, &[(false, 100)], "CHF"),
            What::Nonsense(Nonsense::Points) => adjusted("pebbles", 1),
            What::Nonsense(Nonsense::Reward) => ask(self.number, "castle", true),
            What::Nonsense(Nonsense::Activity) => activity("levitation"),
            What::Nonsense(Nonsense::Future | Nonsense::Member) => activity("visit"),
        }
    }
}

fn activity(name: &str) -> Kind {
    Kind::Activity(Activity {
        name: text(name),
        store: Text::default(),
        fields: Vec::new(),
    })
}

fn adjusted(points: &str, amount: i64) -> Kind {
    Kind::Adjustment(Adjustment {
        points: text(points),
        amount,
        reason: text("storm"),
        by: text("storm"),
    })
}

fn bought(order: u64, lines: &[(bool, i64)], currency: &str) -> Kind {
    let line = |(coffee, amount): &(bool, i64)| LineParts {
        category: text(if *coffee { "coffee" } else { "bread" }),
        quantity: 1000,
        amount: *amount,
        ..LineParts::default()
    };
    let parts = PurchaseParts {
        order: text(&format!("o{order}")),
        currency: Currency::new(currency).expect("is a currency"),
        total: None,
        delivery: 0,
        discount: 0,
        lines: lines.iter().map(line).collect(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
        codes: Vec::new(),
    };
    let purchase = Purchase::new(parts).expect("plain lines are a purchase");
    Kind::Purchase(Box::new(purchase))
}

fn came_back(order: u64, lines: &[usize]) -> Kind {
    let line = |place: &usize| RefundLine {
        line: text(&(place + 1).to_string()),
        amount: None,
        quantity: None,
    };
    let what = match lines {
        [] => Refunded::Rest,
        some => Refunded::Lines(some.iter().map(line).collect()),
    };
    let refund = Refund::new(text(&format!("o{order}")), what);
    Kind::Refund(refund.expect("lines of an order are a refund"))
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).expect("short and printable, so a text")
}
