//! What a basket would cost, earn and allow, with nothing written.
//!
//! *Eva has 500 beans, a code, and a basket of 40 EUR. One question answers all of it: "5 EUR off" is
//! hers for 400 beans, the free coffee is not (it takes 300, and beside the other she has 100 left), the
//! code takes a tenth off. Both together are the best that she can do: 31.00 EUR, for which she earns
//! 31 beans.*

use crate::code::Code;
use crate::coupons::ValidatedCode;
use crate::decide::decide;
use crate::draft::Draft;
use crate::event::{
    Event, Kind, LineParts, Payment, Purchase, PurchaseParts, RewardRequest, RewardUse,
};
use crate::outcome::{Outcome, Refusal};
use crate::price::{Basket, Candidate, Discount, Priced, WhyNot, best, price};
use crate::program::{Program, Reward, RewardKind};
use crate::stage::redeem::Pays;
use crate::stage::{catch_up, coupon, redeem};
use crate::state::{LineSet, Redemption, RedemptionStage, State};
use regulars_base::{Name, Text};
use regulars_ledger::Account;

/// What is asked about a basket.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The basket.
    pub basket: &'a Basket,
    /// The codes that were typed.
    pub codes: &'a [Code],
    /// The rewards that may be used; nothing for each that the program offers.
    pub rewards: Option<&'a [Wish]>,
    /// All of the codes and rewards are used, or none: nothing is chosen.
    pub all: bool,
    /// How much is looked at for the best combination.
    pub effort: u64,
}

/// A reward that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Its id in the program.
    pub reward: Text,
    /// How many.
    pub quantity: i64,
    /// The redemption that it is or will be.
    pub redemption: Text,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// What the basket costs with the best combination.
    pub priced: Priced,
    /// Each reward, in the order of the question, or of the program.
    pub rewards: Vec<QuotedReward>,
    /// Each code, in order.
    pub codes: Vec<QuotedCode>,
    /// No combination takes more off than this: where it is what the best one takes off, that is
    /// proved to be the best.
    pub off_at_most: i64,
    /// What is left of each kind of points that the best combination spends, or that could be spent.
    pub left: Vec<(Name, i64)>,
    /// The purchase as it would be reported.
    pub purchase: Event,
    /// What that would come to.
    pub outcome: Outcome,
}

impl Quote {
    /// What the purchase would earn, of each kind of points.
    pub fn earned(&self) -> Vec<(Name, i64)> {
        let mut earned: Vec<(Name, i64)> = Vec::new();
        let issued = self
            .outcome
            .postings()
            .filter(|own| own.from == Account::Issued);
        for posting in issued {
            match earned
                .iter_mut()
                .find(|(points, _)| *points == posting.points)
            {
                Some((_, sum)) => *sum += posting.amount,
                None => earned.push((posting.points, posting.amount)),
            }
        }
        earned
    }
}

/// A reward in a quote.
#[derive(Clone, Debug, PartialEq)]
pub struct QuotedReward {
    /// Which, as it was asked for.
    pub wish: Wish,
    /// Its place in the program, if it is there.
    pub place: Option<usize>,
    /// What it takes of the member's points.
    pub price: Vec<(Name, i64)>,
    /// A voucher pays for it.
    pub by_voucher: bool,
    /// It is set aside already.
    pub held: bool,
    /// What it takes off alone, in minor units.
    pub alone: i64,
    /// The place of what it takes off in [`Priced::discounts`], if it is used.
    pub taken: Option<usize>,
    /// Why it is not used.
    pub why_not: Option<LeftOut>,
}

/// A code in a quote.
#[derive(Clone, Debug, PartialEq)]
pub struct QuotedCode {
    /// What it is by itself. What it takes off stands in [`Quote::priced`], if it is used.
    pub code: ValidatedCode,
    /// What it takes off alone, in minor units.
    pub alone: i64,
    /// Why it is not used, where that is no fault of its own.
    pub why_not: Option<LeftOut>,
}

/// Why something is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// The member may not have it.
    Refused(Refusal),
    /// It does not go with what is used.
    Combined(WhyNot),
    /// What is used takes the points that it would take.
    PointsSpent,
    /// Without it more is taken off, or as much for fewer points.
    BetterWithout,
    /// It is nothing that is taken off a basket: it is asked for by itself.
    NotOfBasket,
}

/// Something that may be taken off.
struct Offer {
    of: Of,
    candidate: Candidate,
    alone: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Reward(usize),
    Code(usize),
}

/// What a basket would cost, earn and allow. `event` is the purchase as it would be reported, at list
/// prices. Nobody's basket has an empty wallet.
pub fn quote(program: &Program, state: &State, event: &Event, asked: &Asked<'_>) -> Quote {
    let mut own = state.clone();
    let mut out = Outcome::default();
    let mut draft = Draft::new(program, &mut own, event, &mut out);
    catch_up::catch_up(&mut draft);
    let mut counter = Counter {
        draft: &draft,
        event,
        asked,
        offers: Vec::new(),
        rewards: Vec::new(),
        codes: Vec::new(),
    };
    counter.look_at_rewards();
    counter.look_at_codes();
    counter.answer(state)
}

/// Where the question is answered.
struct Counter<'a, 'p> {
    draft: &'a Draft<'p>,
    event: &'a Event,
    asked: &'a Asked<'a>,
    offers: Vec<Offer>,
    rewards: Vec<QuotedReward>,
    codes: Vec<QuotedCode>,
}

impl<'p> Counter<'_, 'p> {
    fn look_at_rewards(&mut self) {
        let program = self.draft.program;
        let offered: Vec<Wish>;
        let wishes = match self.asked.rewards {
            Some(wishes) => wishes,
            None => {
                // How much of the order is to be paid with points is for the member to say.
                let own = program.rewards.iter();
                let own = own.filter(|own| !matches!(own.kind, RewardKind::Payment(_)));
                offered = own.filter_map(Wish::of).collect();
                &offered
            }
        };
        for wish in wishes {
            let own = self.look_at_reward(wish);
            self.rewards.push(own);
        }
    }

    fn look_at_reward(&mut self, wish: &Wish) -> QuotedReward {
        let program: &'p Program = self.draft.program;
        let mut quoted = QuotedReward {
            wish: wish.clone(),
            place: None,
            price: Vec::new(),
            by_voucher: false,
            held: false,
            alone: 0,
            taken: None,
            why_not: None,
        };
        let is = |own: &Reward| own.id == wish.reward.as_str();
        let Some(place) = program.rewards.iter().position(is) else {
            quoted.why_not = Some(LeftOut::Refused(Refusal::UnknownReward));
            return quoted;
        };
        let reward = &program.rewards[place];
        quoted.place = Some(place);
        let listed = &self.asked.basket.purchase;
        let lines = redeem::lines_of(self.draft, self.event, listed, reward);
        if quoted.wish.quantity == 0 {
            quoted.wish.quantity = self.most(reward, &lines).max(reward.least);
        }
        match self.pays(reward, &quoted.wish) {
            Ok(Some(pays)) => {
                (quoted.by_voucher, quoted.price) = (pays.voucher.is_some(), pays.points);
            }
            Ok(None) => quoted.held = true,
            Err(why) => {
                quoted.why_not = Some(LeftOut::Refused(why));
                return quoted;
            }
        }
        let quantity = quoted.wish.quantity;
        if let Err(why) = redeem::within_share(listed, reward, quantity, &lines) {
            quoted.why_not = Some(LeftOut::Refused(why));
            return quoted;
        }
        let id = &quoted.wish.redemption;
        match redeem::discount(reward, quantity, lines, id) {
            None => quoted.why_not = Some(LeftOut::NotOfBasket),
            Some(discount) => {
                let of = Of::Reward(self.rewards.len());
                (quoted.alone, quoted.why_not) = self.offer(of, discount, quoted.price.clone());
            }
        }
        quoted
    }

    /// What pays for a reward; nothing if it is set aside.
    fn pays(&self, reward: &Reward, wish: &Wish) -> Result<Option<Pays>, Refusal> {
        let held = self.draft.state.wallet.redemptions.iter();
        let this = |own: &&Redemption| {
            own.id == wish.redemption && own.reward == reward.name && own.quantity == wish.quantity
        };
        if let Some(held) = held.into_iter().find(this)
            && matches!(held.stage, RedemptionStage::Held(_))
        {
            return Ok(None);
        }
        let request = RewardRequest {
            redemption: wish.redemption.clone(),
            reward: wish.reward.clone(),
            quantity: wish.quantity,
            order: None,
            commit: true,
        };
        redeem::check(self.draft, self.event, &request, reward, &[]).map(Some)
    }

    /// The most of a reward that the member's points and the order let.
    fn most(&self, reward: &Reward, lines: &LineSet) -> i64 {
        let listed = &self.asked.basket.purchase;
        let most = match redeem::within_share(listed, reward, i64::MAX, lines) {
            Err(Refusal::RewardShareTooLarge { most }) => most,
            _ => return 1,
        };
        let each = redeem::price_now(self.draft, self.event, reward);
        let wallet = &self.draft.state.wallet;
        let own = each.iter().filter(|(_, price)| *price > 0);
        let now = self.draft.now;
        let afford = own.map(|(points, price)| wallet.available(*points, now) / price);
        afford.fold(most, i64::min)
    }

    fn look_at_codes(&mut self) {
        let program = self.draft.program;
        let known = &self.draft.state.codes;
        for answer in coupon::examine(self.draft, self.event, self.asked.codes, false) {
            let (code, coupon, fault, discount) = match answer {
                Ok(own) => (own.code, Some(own.coupon.name), None, Some(own.discount)),
                Err((code, why)) => {
                    let known = coupon::look_up(program, known, &code).ok();
                    (code, known.map(|(own, _)| own.name), Some(why), None)
                }
            };
            let of = Of::Code(self.codes.len());
            let (alone, why_not) = match discount {
                Some(discount) => self.offer(of, discount, Vec::new()),
                None => (0, None),
            };
            self.codes.push(QuotedCode {
                code: ValidatedCode {
                    code,
                    coupon,
                    taken: None,
                    fault,
                },
                alone,
                why_not,
            });
        }
    }

    /// Puts a discount among the offers, unless it takes nothing off.
    fn offer(
        &mut self,
        of: Of,
        discount: Discount,
        cost: Vec<(Name, i64)>,
    ) -> (i64, Option<LeftOut>) {
        let combine = &self.draft.program.combine;
        let priced = price(combine, self.asked.basket, std::slice::from_ref(&discount));
        let taken = &priced.discounts[0];
        let why = taken.why_not.clone().map(LeftOut::Combined);
        let alone = taken.sum();
        self.offers.push(Offer {
            of,
            candidate: Candidate { discount, cost },
            alone,
        });
        (alone, why)
    }

    fn answer(mut self, state: &State) -> Quote {
        let program = self.draft.program;
        let wallet = &self.draft.state.wallet;
        let points = program.points.iter().map(|points| points.name);
        let own = points.map(|points| (points, wallet.available(points, self.draft.now)));
        let mut purse: Vec<(Name, i64)> = own.collect();
        let (chosen, off_at_most) = self.choose(&purse);
        let discounts = self.discounts(&chosen);
        let priced = price(&program.combine, self.asked.basket, &discounts);
        for (taken, place) in chosen.iter().enumerate() {
            let offer = &self.offers[*place];
            for (points, price) in &offer.candidate.cost {
                let own = purse.iter_mut().filter(|(name, _)| name == points);
                own.for_each(|(_, left)| *left -= price);
            }
            match offer.of {
                Of::Reward(at) => self.rewards[at].taken = Some(taken),
                Of::Code(at) => self.codes[at].code.taken = Some(taken),
            }
        }
        for place in 0..self.offers.len() {
            let why = match chosen.iter().position(|own| *own == place) {
                Some(taken) => priced.discounts[taken]
                    .why_not
                    .clone()
                    .map(LeftOut::Combined),
                None => Some(self.left_out(place, &chosen, &purse)),
            };
            match self.offers[place].of {
                Of::Reward(at) => self.rewards[at].why_not = why,
                Of::Code(at) => self.codes[at].why_not = why,
            }
        }
        let purchase = self.purchase(&priced);
        let outcome = decide(program, state, &purchase);
        Quote {
            priced,
            rewards: self.rewards,
            codes: self.codes,
            off_at_most,
            left: purse,
            purchase,
            outcome,
        }
    }

    fn discounts(&self, chosen: &[usize]) -> Vec<Discount> {
        let own = chosen.iter().map(|place| &self.offers[*place]);
        own.map(|offer| offer.candidate.discount.clone()).collect()
    }

    /// The offers that are used, and what no others take more off than.
    fn choose(&self, purse: &[(Name, i64)]) -> (Vec<usize>, i64) {
        let (combine, basket) = (&self.draft.program.combine, self.asked.basket);
        if self.asked.all {
            let all: Vec<usize> = (0..self.offers.len()).collect();
            let off = price(combine, basket, &self.discounts(&all)).off();
            return (all, off);
        }
        let candidates: Vec<Candidate> = self
            .offers
            .iter()
            .map(|offer| offer.candidate.clone())
            .collect();
        let found = best(combine, basket, &candidates, purse, self.asked.effort);
        let mut chosen = found.chosen;
        // What gives something else than money is used where that takes nothing away.
        for (place, offer) in self.offers.iter().enumerate() {
            if offer.candidate.discount.off != crate::price::Off::Nothing {
                continue;
            }
            let mut with = chosen.clone();
            with.push(place);
            with.sort_unstable();
            let priced = price(combine, basket, &self.discounts(&with));
            if priced.discounts.iter().all(|own| own.why_not.is_none()) {
                chosen = with;
            }
        }
        (chosen, found.at_most)
    }

    /// Why an offer is not used beside those that are.
    fn left_out(&self, place: usize, chosen: &[usize], left: &[(Name, i64)]) -> LeftOut {
        let offer = &self.offers[place];
        let alone = offer.alone == 0;
        let mut with = chosen.to_vec();
        with.push(place);
        let priced = price(
            &self.draft.program.combine,
            self.asked.basket,
            &self.discounts(&with),
        );
        // Either this one does not go with them, or one of them does not go with this one.
        let own = priced.discounts.last().and_then(|own| own.why_not.clone());
        if let Some(why) = own.filter(|why| alone || *why != WhyNot::NothingToTakeOff) {
            return LeftOut::Combined(why);
        }
        let id = &offer.candidate.discount.id;
        let others = priced.discounts.iter().filter(|own| own.id != *id);
        let others = others.filter(|own| own.why_not.is_some());
        if let Some(other) = others.into_iter().next() {
            let with = other.id.clone();
            return LeftOut::Combined(WhyNot::NotCombined { with });
        }
        let short = |(points, price): &(Name, i64)| {
            left.iter()
                .any(|(name, left)| name == points && left < price)
        };
        match offer.candidate.cost.iter().any(short) {
            true => LeftOut::PointsSpent,
            false => LeftOut::BetterWithout,
        }
    }

    /// The purchase as it would be reported.
    fn purchase(&self, priced: &Priced) -> Event {
        let listed = &self.asked.basket.purchase;
        let program = self.draft.program;
        let used = self
            .rewards
            .iter()
            .filter_map(|own| Some((own, own.taken?)));
        // What points pay is a payment where the program says so, and else a discount.
        let paying: Vec<usize> = used
            .clone()
            .filter(|(own, _)| {
                let reward = own.place.map(|place| &program.rewards[place].kind);
                matches!(reward, Some(RewardKind::Payment(pays)) if pays.is_payment)
            })
            .map(|(_, taken)| taken)
            .collect();
        let paid = |line: usize| -> i64 {
            let own = paying.iter().map(|taken| &priced.discounts[*taken]);
            own.map(|taken| taken.lines[line]).sum()
        };
        let lines = listed.lines.iter().zip(&priced.lines).enumerate();
        let lines = lines.map(|(place, (line, costs))| LineParts {
            id: line.id.clone(),
            sku: line.sku.clone(),
            category: line.category.clone(),
            brand: line.brand.clone(),
            quantity: line.quantity,
            amount: costs.gross + paid(place),
            discount: costs.off - paid(place),
            tax: costs.tax,
        });
        let by_points: i64 = (0..listed.lines.len()).map(paid).sum();
        let method = |method: &str| Text::new(method).unwrap_or_default();
        let payments = match by_points {
            0 => Vec::new(),
            _ => vec![
                Payment {
                    method: method("points"),
                    amount: by_points,
                    from: None,
                },
                Payment {
                    method: method("money"),
                    amount: priced.total(),
                    from: None,
                },
            ],
        };
        let codes = self.codes.iter().filter(|own| own.code.taken.is_some());
        let parts = PurchaseParts {
            order: listed.order.clone(),
            currency: listed.currency,
            total: None,
            delivery: priced.delivery.gross,
            discount: 0,
            lines: lines.collect(),
            payments,
            channel: listed.channel.clone(),
            store: listed.store.clone(),
            staff: listed.staff.clone(),
            codes: codes.map(|own| own.code.code.clone()).collect(),
        };
        let rewards = used.map(|(own, _)| RewardUse {
            redemption: own.wish.redemption.clone(),
            reward: own.wish.reward.clone(),
            quantity: own.wish.quantity,
            told: own.price.clone(),
        });
        let rewards: Vec<RewardUse> = rewards.collect();
        // A basket is checked at the door, and discounts only lower it.
        let purchase = Purchase::new(parts).and_then(|own| own.with_rewards(rewards));
        Event {
            kind: Kind::Purchase(Box::new(purchase.unwrap_or_else(|_| listed.clone()))),
            ..self.event.clone()
        }
    }
}

impl Wish {
    /// One of a reward, or the fewest that are given.
    fn of(reward: &Reward) -> Option<Self> {
        Some(Self {
            reward: Text::new(&reward.id).ok()?,
            quantity: reward.least,
            redemption: Text::new(format!("quote/{}", reward.id)).ok()?,
        })
    }
}
