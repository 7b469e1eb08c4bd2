//! Random histories of coupons, store credit and gift cards.

use super::{MEMBERS, audit, audited_in, id, live_in, member, seeds, text};
use regulars_base::{CivilDay, Currency, EventKey, MemberId, Timestamp, Zone};
use regulars_engine::Program;
use regulars_engine::code::Code;
use regulars_engine::event::{
    CodeAssign, CodeTransfer, CodeUndo, CodeUse, CreditWhy, Event, GiftHold, GiftIssue, GiftLoad,
    GiftMove, Incoming, Kind, LineParts, PaidFrom, Payment, Purchase, PurchaseParts, Refund,
    Refunded, StoreCredit, Who,
};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_engine::program::compile::compile;
use regulars_engine::state::CodeRecord;
use regulars_sim::shopper::Dice;
use regulars_sim::timeline::{Fed, Timeline};
use std::sync::Arc;

/// Cards have numbers of their own, far from those of members.
const CARDS: u64 = 4;
const CODES: [&str; 5] = ["OWN1", "OWN2", "OWN3", "FREE1", "FREE2"];
const WORDS: [&str; 2] = ["WORD", "ONCE"];

/// Coupons of those codes, on the plainest terms.
pub(super) const COUPONS: &str = r#"
[[coupon]]
id = "own"
kind = "money off"
off = "1 EUR"
transfer = true

[[coupon]]
id = "free"
kind = "points"
points = { beans = 20 }

[[coupon]]
id = "word"
kind = "free delivery"
code = "WORD"

[[coupon]]
id = "once"
kind = "points"
points = { beans = 5 }
code = "ONCE"
limit = [{ times = 1, per = "member" }]
"#;

fn card(number: u64) -> MemberId {
    id(1000 + number)
}

fn program(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[21]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = format!(
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\nunknown_customers = \"{}\"\n\n[points.beans]\n\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\" }}\n\
         \n[refund]\nspent_points = \"{}\"\nwindow = \"{}\"\n\n[store_credit]\n",
        one(&["enrol", "enrol", "hold", "refuse"]),
        one(&["give back with their old dates", "keep"]),
        one(&["10 years", "30 days"]),
    );
    text += &one(&["", "", "most = \"80 EUR\"\n"]);
    text += &one(&["", "", "expires = \"2 months\"\n"]);
    text += &one(&["", "refunds = false\n"]);
    text += "\n[gift_card]\n";
    text += &one(&["", "", "most = \"120 EUR\"\n"]);
    text += &one(&["", "", "expires = \"3 months\"\n"]);
    text += &one(&["", "hold = \"10 days\"\n", "hold = \"20 minutes\"\n"]);
    text += "\n[[coupon]]\nid = \"own\"\nkind = \"money off\"\noff = \"1 EUR\"\ntransfer = true\n";
    text += &one(&["", "uses = 2\n"]);
    text += &one(&["", "returns = false\n"]);
    text += &one(&["", "limit = [{ times = 1, per = \"member\" }]\n"]);
    text += "\n[[coupon]]\nid = \"free\"\nkind = \"points\"\npoints = { beans = 20 }\n";
    text += &one(&["", "uses = 3\n"]);
    text += "\n[[coupon]]\nid = \"word\"\nkind = \"free delivery\"\ncode = \"WORD\"\n";
    text += &one(&[
        "limit = [{ times = 2, per = \"member\", every = \"month\" }]\n",
        "limit = [{ times = 3, per = \"program\" }]\n",
        "limit = [{ times = 2, per = \"program\", every = \"month\" }]\n",
    ]);
    text += "\n[[coupon]]\nid = \"once\"\nkind = \"points\"\npoints = { beans = 5 }\ncode = \"ONCE\"\n\
             limit = [{ times = 1, per = \"member\" }]\n";
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

fn code(text: &str) -> Code {
    Code::new(text).expect("is a code")
}

pub(super) fn world(program: &Arc<Program>) -> Timeline {
    let mut world = Timeline::new(program.clone());
    for own in CODES {
        let coupon = if own.starts_with("OWN") {
            "own"
        } else {
            "free"
        };
        let mut rules = program.coupons.iter();
        let rule = rules.find(|rule| rule.id == coupon).expect("is there");
        world.issue(code(own), CodeRecord::new(rule.name, Timestamp::LAST));
    }
    world
}

pub(super) struct Author {
    dice: Dice,
    events: Vec<Incoming>,
    orders: Vec<(regulars_base::Text, u64)>,
    /// What was asked to be set aside: on which card, as what.
    holds: Vec<(u64, regulars_base::Text)>,
}

impl Author {
    pub(super) fn history(seed: u64, count: usize) -> Vec<Incoming> {
        let mut author = Self {
            dice: Dice::of(seed, &[98]),
            events: Vec::new(),
            orders: Vec::new(),
            holds: Vec::new(),
        };
        let mut at = Zone::UTC.start_of(CivilDay::of(2024, 1, 15));
        for number in 0..CARDS {
            let amount = author.money(9000);
            let issue = GiftIssue {
                amount,
                sold: author.dice.below(2) == 0,
                active: author.dice.below(3) > 0,
                pin: None,
                order: None,
                reason: text("by chance"),
                by: text("dice"),
            };
            author.put(Who::Member(card(number)), at, gift(GiftMove::Issued(issue)));
        }
        for number in 0..MEMBERS - 1 {
            author.put(member(number), at, Kind::Enrolment);
            let kind = author.credit();
            author.put(member(number), at, kind);
        }
        for _ in 0..count {
            let minutes = match author.dice.below(12) {
                0 => author.dice.below(60 * 24 * 90),
                1..=3 => author.dice.below(60 * 24 * 6),
                _ => author.dice.below(90),
            };
            at = at.plus_micros(i64::try_from(1 + minutes).expect("few") * 60_000_000);
            author.one(at);
        }
        author.deliver()
    }

    fn money(&mut self, most: u64) -> i64 {
        i64::try_from(1 + self.dice.below(most)).expect("small")
    }

    fn put(&mut self, who: Who, at: Timestamp, kind: Kind) {
        let number = self.events.len();
        self.events.push(Incoming {
            who,
            event: Event {
                key: EventKey {
                    source: text("seed"),
                    external_id: text(&format!("e{number}")),
                },
                occurred_at: at,
                recorded_at: at,
                entropy: [0; 16],
                kind,
            },
        });
    }

    fn one(&mut self, at: Timestamp) {
        let number = self.dice.below(MEMBERS);
        let kind = match self.dice.below(20) {
            0 => Kind::Enrolment,
            1..=6 => Kind::Purchase(Box::new(self.purchase(number))),
            7..=8 if !self.orders.is_empty() => {
                let place = self.dice.place(self.orders.len());
                let (order, owner) = self.orders[place].clone();
                let what = match self.dice.below(2) {
                    0 => Refunded::Rest,
                    _ => Refunded::Amount(self.money(2000)),
                };
                let refund = Refund::new(order, what).expect("is a refund");
                return self.put(member(owner), at, Kind::Refund(refund));
            }
            9..=11 => self.credit(),
            12..=14 => self.code(number),
            _ => {
                let (own, what) = self.on_card();
                return self.put(Who::Member(card(own)), at, gift(what));
            }
        };
        self.put(member(number), at, kind);
    }

    fn purchase(&mut self, owner: u64) -> Purchase {
        let order = text(&format!("o{}", self.orders.len()));
        self.orders.push((order.clone(), owner));
        let amount = 500 + self.money(3000);
        let mut codes = Vec::new();
        if self.dice.below(3) == 0 {
            codes.push(self.any_code());
        }
        let parts = PurchaseParts {
            order,
            currency: Currency::new("EUR").expect("is a currency"),
            total: None,
            delivery: 300,
            discount: 0,
            lines: vec![LineParts {
                amount,
                quantity: 1000,
                ..LineParts::default()
            }],
            payments: Vec::new(),
            channel: text("shop"),
            store: text(""),
            staff: text(""),
            codes,
        };
        let mut purchase = Purchase::new(parts).expect("is a purchase");
        let mut rest = purchase.total;
        for _ in 0..self.dice.below(3) {
            let from = match self.dice.below(2) {
                0 => PaidFrom::Credit,
                _ => {
                    let (own, hold) = self.held();
                    PaidFrom::Card {
                        card: card(own),
                        hold,
                    }
                }
            };
            let amount = self.money(2500).min(rest);
            let known = |own: &Payment| own.from.as_deref() == Some(&from);
            if amount > 0 && !purchase.payments.iter().any(known) {
                rest -= amount;
                purchase.payments.push(Payment {
                    method: text("an account"),
                    amount,
                    from: Some(Box::new(from)),
                });
            }
        }
        purchase
    }

    /// One of the latest that were set aside, on the card where that was; now and then any.
    fn held(&mut self) -> (u64, regulars_base::Text) {
        if self.holds.is_empty() || self.dice.below(8) == 0 {
            return (self.dice.below(CARDS + 1), text("h1"));
        }
        let back = self.dice.place(self.holds.len().min(4));
        self.holds[self.holds.len() - 1 - back].clone()
    }

    fn any_code(&mut self) -> Code {
        let all: Vec<&str> = CODES.into_iter().chain(WORDS).collect();
        code(all[self.dice.place(all.len())])
    }

    fn credit(&mut self) -> Kind {
        let order = match self.orders.is_empty() {
            true => None,
            false => Some(self.orders[self.dice.place(self.orders.len())].0.clone()),
        };
        let (why, order, amount) = match self.dice.below(4) {
            0 => (CreditWhy::Refund, order, self.money(900)),
            1 => (CreditWhy::Cashback, None, self.money(500)),
            2 => (CreditWhy::ByHand, None, -self.money(2000)),
            _ => (CreditWhy::ByHand, None, self.money(5000)),
        };
        Kind::StoreCredit(Box::new(StoreCredit {
            amount,
            why,
            order,
            reason: text("by chance"),
            by: text("dice"),
        }))
    }

    fn code(&mut self, number: u64) -> Kind {
        let code = self.any_code();
        let order = match self.dice.below(2) {
            0 => None,
            // Sometimes of a purchase that comes later.
            _ => Some(text(&format!("o{}", self.dice.below(30)))),
        };
        match self.dice.below(6) {
            0..=2 => Kind::CodeUse(CodeUse { code, order }),
            3 => Kind::CodeUndo(CodeUndo {
                code,
                order,
                reason: text("by chance"),
            }),
            4 => Kind::CodeAssign(CodeAssign { code }),
            _ => Kind::CodeTransfer(CodeTransfer {
                code,
                from: id(number),
                into: id(self.dice.below(MEMBERS)),
            }),
        }
    }

    fn on_card(&mut self) -> (u64, GiftMove) {
        let (reason, by) = (text("by chance"), text("dice"));
        let (mut own, mut hold) = self.held();
        let what = match self.dice.below(24) {
            0..=1 => GiftMove::Activated { order: None },
            2..=3 => {
                let amount = self.money(4000);
                GiftMove::Loaded(GiftLoad {
                    amount: if self.dice.below(3) == 0 {
                        -amount
                    } else {
                        amount
                    },
                    sold: self.dice.below(2) == 0,
                    order: None,
                    reason,
                    by,
                })
            }
            4 => GiftMove::Blocked {
                blocked: self.dice.below(2) == 0,
                reason,
                by,
            },
            5 if self.dice.below(3) == 0 => GiftMove::Replaced {
                // One that is there, or one that is not, or a member.
                into: match self.dice.below(3) {
                    0 => card(self.dice.below(CARDS)),
                    1 => card(CARDS),
                    _ => id(self.dice.below(MEMBERS)),
                },
                reason,
                by,
            },
            6..=7 => GiftMove::IntoCredit {
                to: match self.dice.below(5) {
                    0 => card(self.dice.below(CARDS)),
                    _ => id(self.dice.below(MEMBERS)),
                },
                amount: (self.dice.below(2) == 0).then(|| self.money(3000)),
            },
            8..=10 => GiftMove::Committed {
                hold,
                amount: (self.dice.below(2) == 0).then(|| self.money(2000)),
                order: None,
            },
            11 => GiftMove::Cancelled { hold },
            12..=13 => GiftMove::Refunded {
                hold,
                amount: self.money(1500),
            },
            _ => {
                own = self.dice.below(CARDS);
                // Sometimes under an id that was used before.
                hold = text(&format!("h{}", self.holds.len() % 30));
                self.holds.push((own, hold.clone()));
                GiftMove::Reserved(GiftHold {
                    hold,
                    amount: self.money(1500),
                    order: None,
                    commit: self.dice.below(4) == 0,
                })
            }
        };
        (own, what)
    }

    /// Some come late, some twice.
    fn deliver(mut self) -> Vec<Incoming> {
        for place in (1..self.events.len()).rev() {
            if self.dice.below(6) == 0 {
                let earlier = place.saturating_sub(1 + self.dice.place(6));
                self.events.swap(place, earlier);
            }
        }
        let mut delivered: Vec<Incoming> = Vec::new();
        let mut now = Timestamp::FIRST;
        for mut incoming in self.events {
            now = now.max(incoming.event.occurred_at);
            incoming.event.recorded_at = now;
            delivered.push(incoming);
            if self.dice.below(6) == 0 {
                let again = delivered[self.dice.place(delivered.len())].clone();
                delivered.push(again);
            }
        }
        delivered
    }
}

fn gift(what: GiftMove) -> Kind {
    Kind::GiftCard(Box::new(what))
}

#[test]
fn the_auditor_agrees_whatever_happens_to_codes_and_money() {
    for seed in seeds(120) {
        let program = program(seed);
        let context = format!("SEED={seed} codes and money");
        audited_in(&context, &world(&program), &Author::history(seed, 90));
    }
}

#[test]
fn the_auditor_agrees_on_codes_and_money_after_a_merge() {
    for seed in seeds(60) {
        let program = program(seed);
        println!("SEED={seed} codes and money, merged");
        let history = Author::history(seed, 90);
        let (first, rest) = history.split_at(history.len() / 2);
        let (mut world, mut auditor) = live_in(world(&program), first, false);
        let now = first.last().expect("not empty").event.recorded_at;
        let key = EventKey {
            source: text("seed"),
            external_id: text("merge"),
        };
        let merged = world.merge(key, &member(1), &member(0), now);
        audit(&mut auditor, &world, &merged);
        for incoming in rest {
            let fed = world.feed(incoming);
            audit(&mut auditor, &world, &fed);
        }
        let faults = auditor.compare_all(&world);
        assert!(faults.is_empty(), "SEED={seed}: {faults:#?}");
    }
}

/// A history that asks for nothing but refusals would prove nothing.
#[test]
fn most_of_what_is_asked_for_happens() {
    let (mut spent, mut asked) = (0, 0);
    for seed in 0..20 {
        let mut world = world(&program(seed));
        for incoming in Author::history(seed, 90) {
            let Fed::Decided(decision) = world.feed(&incoming) else {
                continue;
            };
            asked += 1;
            let known = !matches!(
                decision.outcome.verdict,
                Verdict::Refused(Refusal::UnknownHold | Refusal::UnknownGiftCard)
            );
            spent += usize::from(known && decision.outcome.verdict == Verdict::Accepted);
        }
    }
    assert!(spent * 2 > asked, "{spent} of {asked}");
}
