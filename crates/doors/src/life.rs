//! A short life under a program: what a program accepts must decide whatever its members do, and the auditor's
//! naive model must agree with each decision.

use regulars_api::event::{Door, EventIn, read};
use regulars_api::json::At;
use regulars_base::Timestamp;
use regulars_engine::Program;
use regulars_engine::event::Incoming;
use regulars_engine::program::FieldType;
use regulars_engine::program::words;
use regulars_sim::auditor::Auditor;
use regulars_sim::timeline::{Decision, Fed, Timeline};
use serde_json::value::RawValue;
use std::sync::Arc;

/// A Saturday morning.
const BEGIN: i64 = 1_740_819_600_000_000;
const DAY: i64 = 86_400_000_000;
/// The most of a kind that are tried: a program may have two thousand.
const MOST: usize = 8;

pub(crate) struct Life {
    world: Timeline,
    auditor: Auditor,
    program: Arc<Program>,
    now: Timestamp,
    told: u32,
}

impl Life {
    pub(crate) fn new(program: Arc<Program>) -> Self {
        Self {
            world: Timeline::new(program.clone()),
            auditor: Auditor::default(),
            program,
            now: Timestamp::from_micros(BEGIN),
            told: 0,
        }
    }

    /// Another version takes over tomorrow.
    pub(crate) fn apply(&mut self, program: Arc<Program>) {
        self.now = self.now.plus_micros(DAY);
        self.world.apply(self.now, program.clone());
        self.program = program;
    }

    /// Somebody does what the program has rules for, time passes, and much of it is taken back.
    pub(crate) fn live(&mut self) {
        let first = self.told;
        for (kind, rest) in self.deeds() {
            self.say(&kind, &rest);
            self.now = self.now.plus_micros(DAY / 3);
        }
        self.pass(400);
        for (number, part) in [(2, r#", "amount": "7""#), (2, ""), (3, "")] {
            let currency = self.program.currency;
            let order = format!("o-{}", first + number);
            let amount = if part.is_empty() {
                String::new()
            } else {
                format!(r#"{part}, "currency": "{currency}""#)
            };
            self.say("refund", &format!(r#", "order": "{order}"{amount}"#));
        }
        self.pass(40);
        for (_, wallet) in self.world.wallets() {
            postcard(wallet);
        }
    }

    fn deeds(&self) -> Vec<(String, String)> {
        let program = &self.program;
        let currency = program.currency;
        let mut deeds = vec![("enrolment".to_owned(), String::new())];
        let mut deed = |kind: &str, rest: String| deeds.push((kind.to_owned(), rest));
        for (at, amount) in ["24", "180", "1000000"].iter().enumerate() {
            let category = ["coffee", "flights", ""][at];
            deed(
                "purchase",
                format!(
                    r#", "currency": "{currency}", "total": "{amount}",
                    "lines": [{{"id": "a", "category": "{category}", "quantity": "2", "amount": "{amount}"}}]"#
                ),
            );
        }
        deed("activity", r#", "name": "visit""#.to_owned());
        for rule in program.activities.iter().take(MOST) {
            let value = |kind: &FieldType| match kind {
                FieldType::Bool => "true",
                FieldType::Int => "4",
                _ => "\"four\"",
            };
            let fields = rule.fields.iter();
            let fields: Vec<String> = fields
                .map(|(id, kind)| format!("{}: {}", quoted(id), value(kind)))
                .collect();
            let (id, fields) = (quoted(&rule.id), fields.join(", "));
            deed(
                "activity",
                format!(r#", "name": {id}, "fields": {{{fields}}}"#),
            );
        }
        deed("birthday", r#", "month": 2, "day": 29"#.to_owned());
        for points in program.points.iter().take(MOST) {
            let id = quoted(&points.id);
            deed(
                "adjustment",
                format!(r#", "points": {id}, "amount": "5000", "reason": "luck""#),
            );
        }
        for reward in program.rewards.iter().take(MOST) {
            let id = quoted(&reward.id);
            deed(
                "reward_request",
                format!(r#", "reward": {id}, "commit": false"#),
            );
            deed(
                "reward_request",
                format!(r#", "reward": {id}, "commit": true"#),
            );
        }
        for plan in program.plans.iter().take(MOST) {
            deed("plan_join", format!(r#", "plan": {}"#, quoted(&plan.id)));
        }
        for tier in program.tiers.iter().take(MOST) {
            deed(
                "tier_grant",
                format!(r#", "tier": {}, "reason": "luck""#, quoted(&tier.id)),
            );
        }
        for challenge in program.games.challenges.iter().take(MOST) {
            deed(
                "challenge_join",
                format!(r#", "challenge": {}"#, quoted(&challenge.id)),
            );
        }
        for game in program.games.games.iter().take(MOST) {
            deed("play", format!(r#", "game": {}"#, quoted(&game.id)));
        }
        for draw in program.games.draws.iter().take(MOST) {
            deed(
                "tickets",
                format!(r#", "draw": {}, "count": 2"#, quoted(&draw.id)),
            );
        }
        deed(
            "store_credit",
            format!(r#", "currency": "{currency}", "amount": "20", "reason": "luck""#),
        );
        deeds
    }

    /// Something is told, as a till tells it. What the door does not take (an amount of a currency without
    /// decimals, say) did not happen.
    fn say(&mut self, kind: &str, rest: &str) {
        self.told += 1;
        let at = self.now;
        let number = self.told;
        let order = match kind {
            "purchase" => format!(r#", "order": "o-{number}""#),
            _ => String::new(),
        };
        let text = format!(
            r#"{{"type": "{kind}", "source": "till", "id": "e-{number}", "occurred_at": "{at}",
            "customer": {{"kind": "customer", "value": "ana"}}{order}{rest}}}"#
        );
        let raw: &RawValue = serde_json::from_str(&text).expect("is JSON");
        if let Ok(incoming) = self.read(raw) {
            self.feed(&incoming);
        }
    }

    /// Reads an event as the server does. What is read can be written, and reads alike.
    pub(crate) fn read(&self, raw: &RawValue) -> Result<Incoming, usize> {
        let program = &self.program;
        let decimals = |id: &str| {
            let own = program.points.iter().find(|own| own.id == id);
            own.map(|own| own.decimals)
        };
        let door = Door {
            now: self.now,
            arrival: self.now,
            preview: false,
            decimals: &decimals,
            program: Some(program),
        };
        let incoming = match read(raw, At::ROOT, &door) {
            Ok(incoming) => incoming,
            Err(faults) => {
                assert!(!faults.is_empty(), "refused without a reason: {raw}");
                return Err(faults.len());
            }
        };
        let currency = match &incoming.event.kind {
            regulars_engine::event::Kind::Purchase(own) => own.currency,
            _ => program.currency,
        };
        if let Some(written) = EventIn::of(&incoming, currency, &decimals) {
            let text = serde_json::to_string(&written).expect("a shape of ours can be written");
            let raw: &RawValue = serde_json::from_str(&text).expect("what was written is JSON");
            if let Ok(again) = read(raw, At::ROOT, &door) {
                let at = again.event.occurred_at;
                assert_eq!(incoming.event.occurred_at, at, "{text}");
            }
        }
        Ok(incoming)
    }

    /// Something happens.
    pub(crate) fn feed(&mut self, incoming: &Incoming) {
        let told = incoming.event.recorded_at;
        self.now = self.now.max(told);
        postcard(&incoming.event);
        if let Fed::Decided(decision) = self.world.feed(incoming) {
            let faults = self.auditor.check(&self.world, &decision);
            assert!(faults.is_empty(), "{faults:#?}\n{decision:#?}");
            self.words(&decision);
            assert!(
                matches!(self.world.feed(incoming), Fed::Duplicate),
                "counted twice: {incoming:?}"
            );
        }
    }

    /// Days go by, and what is due is done.
    pub(crate) fn pass(&mut self, days: i64) {
        self.now = self.now.plus_micros(days * DAY);
        let mut done = Vec::new();
        self.world
            .advance(self.now, |decision| done.push(decision.clone()));
        for decision in &done {
            self.auditor.write_down(decision);
            self.words(decision);
        }
        let faults = self.auditor.compare_all(&self.world);
        assert!(faults.is_empty(), "after {days} days: {faults:#?}");
    }

    /// Every reason can be said, and what was decided can be kept.
    fn words(&self, decision: &Decision) {
        for note in &decision.outcome.trace {
            assert!(
                !words::note(&*decision.program, note).is_empty(),
                "{note:?}"
            );
        }
        postcard(&decision.outcome);
        for next in &decision.follow_ups {
            self.words(next);
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text can be written")
}

/// What is kept reads as it was written.
fn postcard<T>(value: &T)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let bytes = postcard::to_stdvec(value).expect("all that is kept can be written");
    let again: T = postcard::from_bytes(&bytes).expect("what was written can be read");
    assert!(*value == again, "{value:#?}\n{again:#?}");
}
