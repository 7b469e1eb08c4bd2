//! What a step is expected to come to, and what a runner saw.

use regulars_base::Timestamp;
use regulars_engine::event::Who;
use regulars_engine::outcome::{Outcome, Refusal, Verdict};
use regulars_engine::program::words;
use regulars_engine::state::Wallet;
use regulars_engine::{Program, program::Points};
use regulars_ledger::Dates;
use std::ops::Range;

/// What a step is expected to come to.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// Whom it is about, if not the member of the step.
    pub member: Option<Who>,
    /// What is compared.
    pub wanted: Vec<Wanted>,
}

/// One thing that is compared.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What.
    pub fact: Fact,
    /// What it should be.
    pub value: Value,
    /// The bytes of the file that hold the value.
    pub span: Range<usize>,
}

/// What can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Points that may be spent.
    Available(String),
    /// Points that are not free yet.
    Pending(String),
    /// Points that the member owes.
    Debt(String),
    /// Points that are set aside.
    Held(String),
    /// Points lot by lot.
    Lots(String),
    /// The tier's id.
    Tier,
    /// The plan's id and where it stands: `club: active`.
    Plan,
    /// Stamps on a card.
    Stamps(String),
    /// Vouchers for a reward, in the member's hand.
    Vouchers(String),
    /// The code of a refusal.
    Refused,
    /// Whether the event had been seen before.
    Duplicate,
    /// The short notes.
    Because,
}

/// What a fact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number as people write it: `12.5`.
    Number(String),
    /// Words; nothing is `none`.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// Several words.
    Texts(Vec<String>),
}

/// What a runner saw after a step. Each boundary fills what it can see; what it cannot see is
/// `None` and is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The code of the refusal, if it was refused.
    pub refused: Option<String>,
    /// The event had been seen before.
    pub duplicate: bool,
    /// The short notes of the event.
    pub because: Option<Vec<String>>,
    /// Points by kind; a kind that is not there has none.
    pub points: Vec<SeenPoints>,
    /// The tier's id.
    pub tier: Option<String>,
    /// The plan's id and where it stands.
    pub plan: Option<String>,
    /// Stamps by card; a card that is not there has none.
    pub stamps: Option<Vec<(String, i64)>>,
    /// Vouchers by reward; a reward that is not there has none.
    pub vouchers: Option<Vec<(String, i64)>>,
}

/// Points of one kind, as people write numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenPoints {
    /// The id in the program file.
    pub id: String,
    /// What may be spent.
    pub available: String,
    /// What is not free yet.
    pub pending: String,
    /// What is owed.
    pub debt: String,
    /// What is set aside.
    pub held: String,
    /// Lot by lot, as [`lot_words`] writes it.
    pub lots: Option<Vec<String>>,
}

impl Seen {
    /// What a wallet shows at `now`. Whatever was due by then must have been done.
    pub fn of(program: &Program, wallet: &Wallet, now: Timestamp) -> Self {
        let tier = words::tier_id(program, wallet.tier.name);
        let card = |card: &regulars_engine::state::Card| {
            (words::id_of(program, card.card).to_owned(), card.stamps)
        };
        let mut vouchers: Vec<(String, i64)> = Vec::new();
        for voucher in &wallet.vouchers {
            let id = words::id_of(program, voucher.reward);
            match vouchers.iter_mut().find(|(own, _)| own == id) {
                Some((_, count)) => *count += 1,
                None => vouchers.push((id.to_owned(), 1)),
            }
        }
        // What cards by amount keep is no stamp: the steps' reasons tell it.
        let keeps = |name| program.cards.iter().any(|rule| rule.rest == name);
        let cards = wallet.cards.iter().filter(|held| !keeps(held.card));
        let money = program.money.accounts().map(|(_, terms)| terms);
        let points = program.points.iter().chain(money);
        Self {
            points: points
                .map(|points| seen_points(program, points, wallet, now))
                .collect(),
            tier: (!program.tiers.is_empty()).then(|| tier.to_owned()),
            plan: plan_words(program, wallet),
            stamps: Some(cards.map(card).collect()),
            vouchers: Some(vouchers),
            ..Self::default()
        }
    }

    /// Adds what an outcome says.
    #[must_use]
    pub fn told(mut self, program: &Program, outcome: &Outcome) -> Self {
        if let Verdict::Refused(refusal) = &outcome.verdict {
            self.refused = Some(code(refusal));
        }
        let short = |note| words::short(program, note);
        self.because = Some(outcome.trace.iter().filter_map(short).collect());
        self
    }

    /// One fact; nothing if the boundary cannot see it.
    pub(super) fn get(&self, fact: &Fact) -> Option<Value> {
        let none = || SeenPoints {
            available: "0".into(),
            pending: "0".into(),
            debt: "0".into(),
            held: "0".into(),
            lots: Some(Vec::new()),
            ..SeenPoints::default()
        };
        let points = |id: &String| {
            let found = self.points.iter().find(|points| points.id == *id);
            found.cloned().unwrap_or_else(none)
        };
        let count = |counts: &Option<Vec<(String, i64)>>, id: &String| {
            let counts = counts.as_ref()?;
            let found = counts.iter().find(|(own, _)| own == id);
            Some(Value::Number(found.map_or(0, |(_, n)| *n).to_string()))
        };
        Some(match fact {
            Fact::Available(id) => Value::Number(points(id).available),
            Fact::Pending(id) => Value::Number(points(id).pending),
            Fact::Debt(id) => Value::Number(points(id).debt),
            Fact::Held(id) => Value::Number(points(id).held),
            Fact::Lots(id) => Value::Texts(points(id).lots?),
            Fact::Tier => Value::Text(self.tier.clone().unwrap_or_else(|| "none".into())),
            Fact::Plan => Value::Text(self.plan.clone().unwrap_or_else(|| "none".into())),
            Fact::Stamps(card) => count(&self.stamps, card)?,
            Fact::Vouchers(reward) => count(&self.vouchers, reward)?,
            Fact::Refused => Value::Text(self.refused.clone().unwrap_or_else(|| "none".into())),
            Fact::Duplicate => Value::Bool(self.duplicate),
            Fact::Because => Value::Texts(self.because.clone()?),
        })
    }
}

fn plan_words(program: &Program, wallet: &Wallet) -> Option<String> {
    let paying = wallet.paying.as_ref()?;
    let own = paying.standing.current.as_ref()?;
    let plan = words::id_of(program, own.plan);
    Some(format!("{plan}: {}", paying.status()?))
}

fn seen_points(program: &Program, points: &Points, wallet: &Wallet, now: Timestamp) -> SeenPoints {
    let number = |n| words::number(points.decimals, n);
    let book = wallet.book(points.name);
    let lots = book.map_or(&[][..], |book| &book.lots);
    let lots = lots.iter().map(|lot| {
        let dates = lot.dates;
        lot_words(program, &number(lot.points), dates, now)
    });
    SeenPoints {
        id: points.id.clone(),
        available: number(wallet.available(points.name, now)),
        pending: number(book.map_or(0, |book| book.pending(now))),
        debt: number(book.map_or(0, |book| book.debt)),
        held: number(book.map_or(0, |book| book.held)),
        lots: Some(lots.collect()),
    }
}

/// A lot in words: how many points (as people write numbers), from when if they are not free at
/// `now` yet, until when if they lapse, and who funds them if a partner does. Moments are days of the shop's calendar where they are the
/// start of one.
pub fn lot_words(program: &Program, points: &str, dates: Dates, now: Timestamp) -> String {
    let moment = |at: Timestamp| {
        let (day, second) = program.zone.local(at);
        match second {
            0 => day.to_string(),
            _ => format!("{day} {:02}:{:02}", second / 3600, second / 60 % 60),
        }
    };
    let mut said = points.to_owned();
    if dates.available_at > now {
        said += &format!(" from {}", moment(dates.available_at));
    }
    if dates.expires_at < Timestamp::LAST {
        said += &format!(" until {}", moment(dates.expires_at));
    }
    if let Some(funder) = dates.funder {
        said += &format!(" of {}", words::id_of(program, funder));
    }
    said
}

/// The code of a refusal: the name of its variant in small letters, `insufficient_points`.
pub fn code(refusal: &Refusal) -> String {
    let (shown, mut code) = match refusal {
        Refusal::CodeNotUsable { why, .. } => (format!("{why:?}"), "code_".to_owned()),
        other => (format!("{other:?}"), String::new()),
    };
    let name = shown.split([' ', '{']).next().unwrap_or_default();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !code.is_empty() && !code.ends_with('_') {
            code.push('_');
        }
        code.push(letter.to_ascii_lowercase());
    }
    code
}
