//! `needs`: everything that a decision may see beside the wallet.

use crate::code::Code;
use crate::event::{Event, Kind, PerkEvent, StaffNews, StaffWhat};
use crate::program::condition::Condition;
use crate::program::{
    CouponRule, Funding, Limit, LimitScope, Payer, Program, Recipient, Rule, Trigger,
};
use crate::stage::earn::Scene;
use crate::stage::grant::{shared_key, stock_key};
use crate::stage::partner::balance_key;
use crate::stage::perk;
use crate::stage::{games, staff};
use crate::state::{SharedKey, State};
use regulars_base::{Almanac, Name, Text};

/// What to load for an event, beside the wallet itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The order's record: its number within the event's source.
    pub order: Option<Text>,
    /// Shared figures, sorted, each once.
    pub shared: Vec<SharedKey>,
    /// Codes of coupons, sorted, each once.
    pub codes: Vec<Code>,
    /// Who sold, as a receipt names them: the member whose identity of the kind `staff` this is.
    pub staff: Option<Text>,
}

/// What `event` asks for. Only events that may draw on a shared figure name it, so that nobody
/// else waits for its row: a rule whose condition the event alone answers with no is left out.
pub fn needs(program: &Program, event: &Event) -> Needs {
    let mut shared = Vec::new();
    if program.has_shared() {
        let day = Almanac::of(program.zone.day(event.occurred_at));
        match &event.kind {
            Kind::Purchase(bought) => {
                of_trigger(program, event, Trigger::Purchase, day, &mut shared);
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
                for used in &bought.rewards {
                    of_reward(program, used.reward.as_str(), day, &mut shared);
                }
            }
            Kind::Activity(activity) => {
                let trigger = Trigger::Activity(Name::of(activity.name.as_str()));
                of_trigger(program, event, trigger, day, &mut shared);
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
            }
            Kind::Approved(approved) => {
                let trigger = Trigger::Activity(Name::of(approved.activity.name.as_str()));
                of_trigger(program, event, trigger, day, &mut shared);
            }
            Kind::Profile(_) => {
                let trigger = Trigger::Activity(Name::of("profile"));
                of_trigger(program, event, trigger, day, &mut shared);
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
            }
            // Joining a plan may enrol.
            Kind::Enrolment | Kind::Birthday(_) | Kind::PlanJoin(_) | Kind::SignUp(_) => {
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
            }
            Kind::RewardRequest(request) => {
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
                of_reward(program, request.reward.as_str(), day, &mut shared);
            }
            // Which reward was set aside only the wallet knows; those that number something are few.
            Kind::RewardCommit(_) => {
                let rewards = program.rewards.iter();
                let numbered =
                    rewards.filter(|own| own.codes || perk::match_key(program, own).is_some());
                for reward in numbered {
                    of_reward(program, &reward.id, day, &mut shared);
                }
            }
            Kind::Play(play) => {
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
                of_game(program, play.game.as_str(), day, &mut shared);
            }
            Kind::Tickets(tickets) => {
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
                let mut draws = program.games.draws.iter();
                let draw = draws.find(|draw| draw.id == tickets.draw.as_str());
                let limits = draw.map_or(&[][..], |draw| &draw.limits).iter();
                let limits = limits.filter(|limit| is_shared(limit));
                shared.extend(limits.map(|limit| shared_key(limit, &day)));
            }
            Kind::Donation(donation) => {
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
                let causes = program.games.causes.iter();
                let own = causes.filter(|cause| cause.id == donation.cause.as_str());
                let matched = own.filter(|cause| cause.matched.is_some());
                shared.extend(matched.map(games::match_key));
            }
            Kind::Perk(perk) => of_perk(program, perk, day, &mut shared),
            Kind::ChallengeJoin(_) | Kind::PartnerAwardCancel(_) => {
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
            }
            Kind::SellThrough(_) => {
                of_trigger(program, event, Trigger::SellThrough, day, &mut shared);
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
            }
            Kind::PartnerAward(_) => {
                of_trigger(program, event, Trigger::Enrolment, day, &mut shared);
                of_awards(program, event, day, &mut shared);
            }
            Kind::StaffNews(news) => of_staff(program, news, day, &mut shared),
            _ => {}
        }
        of_codes(program, event, day, &mut shared);
        balances(program, event, &mut shared);
        shared.sort_unstable();
        shared.dedup();
    }
    Needs {
        order: event.order().cloned(),
        shared,
        codes: codes(program, event),
        staff: staff::named(program, event).cloned(),
    }
}

/// The codes that an event names. The one word of a campaign has no record.
fn codes(program: &Program, event: &Event) -> Vec<Code> {
    let is_word = |code: &&Code| {
        let mut coupons = program.coupons.iter();
        coupons.any(|coupon| coupon.shared_code() == Some(*code))
    };
    let own = event.codes().iter().filter(|code| !is_word(code));
    let mut codes: Vec<Code> = own.cloned().collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The budgets of campaigns that a code of the event may be of. Of which campaign a code is that was
/// brought along, only its record tells.
fn of_codes(program: &Program, event: &Event, day: Almanac, out: &mut Vec<SharedKey>) {
    for code in event.codes() {
        let word = |coupon: &&CouponRule| coupon.shared_code() == Some(code);
        let only = program.coupons.iter().find(word);
        let coupons = program.coupons.iter();
        let may_be = coupons.filter(|coupon| match only {
            Some(only) => only.name == coupon.name,
            None => coupon.pattern().is_some(),
        });
        let limits = may_be.flat_map(|coupon| &coupon.limits);
        let limits = limits.filter(|limit| is_shared(limit));
        out.extend(limits.map(|limit| shared_key(limit, &day)));
    }
}

fn of_trigger(
    program: &Program,
    event: &Event,
    trigger: Trigger,
    day: Almanac,
    out: &mut Vec<SharedKey>,
) {
    let rules = program.rules.iter().filter(|rule| rule.on == trigger);
    let cards = program.cards.iter().filter(|card| card.on == trigger);
    let rules = rules.map(|rule| (&rule.limits, rule.when.as_ref()));
    let cards = cards.map(|card| (&card.limits, card.when.as_ref()));
    for (limits, when) in rules.chain(cards) {
        let mut limits = limits.iter().filter(|limit| is_shared(limit)).peekable();
        if limits.peek().is_some() && may_hold(program, event, trigger, when) {
            out.extend(limits.map(|limit| shared_key(limit, &day)));
        }
    }
}

/// Whether a condition may hold for the event. What depends on the member is not known here, and an
/// enrolment is not judged by the event that brings it about: both may.
fn may_hold(program: &Program, event: &Event, trigger: Trigger, when: Option<&Condition>) -> bool {
    let Some(when) = when else { return true };
    // What is filled in a profile is told field by field, as an activity of its own.
    let told_apart = matches!(event.kind, Kind::Profile(_));
    if when.of_member || told_apart || trigger == Trigger::Enrolment {
        return true;
    }
    let nobody = State::default();
    let (day, second) = program.zone.local(event.occurred_at);
    let scene = Scene::new(program, &nobody, event, (Almanac::of(day), second));
    let facts = scene.facts(program, &nobody);
    match scene.purchase() {
        Some(bought) if when.per_line => {
            bought.lines.iter().any(|line| when.holds_for(&facts, line))
        }
        _ => when.holds(&facts),
    }
}

fn of_perk(program: &Program, perk: &PerkEvent, day: Almanac, out: &mut Vec<SharedKey>) {
    match perk {
        PerkEvent::Restock(asked) => of_reward(program, asked.reward.as_str(), day, out),
        PerkEvent::CodesAdded(asked) => of_reward(program, asked.reward.as_str(), day, out),
        // What comes back is put back without looking.
        _ => {}
    }
}

fn of_reward(program: &Program, id: &str, day: Almanac, out: &mut Vec<SharedKey>) {
    let Some(reward) = program.rewards.iter().find(|reward| reward.id == id) else {
        return;
    };
    let limits = reward.limits.iter().filter(|limit| is_shared(limit));
    out.extend(limits.map(|limit| shared_key(limit, &day)));
    if reward.stock.is_some() {
        out.push(stock_key(reward));
    }
    if reward.codes {
        out.extend(perk::code_keys(reward));
    }
    out.extend(perk::match_key(program, reward));
}

/// The budgets of the partner whose event it is.
fn of_awards(program: &Program, event: &Event, day: Almanac, out: &mut Vec<SharedKey>) {
    let place = program.partner_of(event);
    let partner = place.map(|place| &program.partners[usize::from(place)]);
    let rule = partner.and_then(|partner| partner.awards.as_deref());
    let limits = rule.map_or(&[][..], |rule| &rule.limits).iter();
    let limits = limits.filter(|limit| is_shared(limit));
    out.extend(limits.map(|limit| shared_key(limit, &day)));
}

/// The budgets of rules that give something for a sale.
fn of_staff(program: &Program, news: &StaffNews, day: Almanac, out: &mut Vec<SharedKey>) {
    let StaffWhat::Sold(awards) = &news.what else {
        return;
    };
    let told = |rule: &&Rule| awards.iter().any(|award| award.rule == rule.name);
    let limits = program
        .rules
        .iter()
        .filter(told)
        .flat_map(|rule| &rule.limits);
    let limits = limits.filter(|limit| is_shared(limit));
    out.extend(limits.map(|limit| shared_key(limit, &day)));
}

fn of_game(program: &Program, id: &str, day: Almanac, out: &mut Vec<SharedKey>) {
    let Some(game) = program.games.games.iter().find(|game| game.id == id) else {
        return;
    };
    let limits = game.limits.iter().filter(|limit| is_shared(limit));
    out.extend(limits.map(|limit| shared_key(limit, &day)));
    let limited = game.prizes.iter().filter(|prize| prize.stock.is_some());
    out.extend(limited.map(games::stock_key));
}

/// What partners paid ahead, where the event may give points that they pay for. What gives money back
/// to them need not see the balance.
fn balances(program: &Program, event: &Event, out: &mut Vec<SharedKey>) {
    if !program.partners.iter().any(|partner| partner.ahead) {
        return;
    }
    match &event.kind {
        // These give nothing.
        Kind::Refund(_)
        | Kind::Tick
        | Kind::MergeOut(_)
        | Kind::PartnerPost(_)
        | Kind::PeriodClosed(_)
        | Kind::BooksClosed(_) => return,
        _ => {}
    }
    let own = program.partner_of(event);
    let here = |rule: &&Rule| {
        rule.partners.is_empty() || own.is_some_and(|own| rule.partners.contains(&own))
    };
    let funders = program.rules.iter().filter(here);
    let funders = funders.filter_map(|rule| match rule.funder {
        Funding::Partner(place) => Some(place),
        Funding::Till | Funding::Operator => None,
    });
    for funder in funders.chain(own) {
        for (payer, _) in &program.partners[usize::from(funder)].payers {
            if let Payer::Partner(place) = payer {
                let partner = &program.partners[usize::from(*place)];
                out.extend(partner.ahead.then(|| balance_key(partner)));
            }
        }
    }
}

fn is_shared(limit: &Limit) -> bool {
    limit.per == LimitScope::Program
}

impl Program {
    /// Whether one member's purchase may give something to another, who sold it.
    pub fn pays_staff(&self) -> bool {
        self.rules.iter().any(|rule| rule.to == Recipient::Staff)
    }

    /// Whether members share anything: a budget, a reward's stock, what a partner paid ahead, or the
    /// wallet of a group; or one member's purchase gives something to another, who sold it. A back-test
    /// of a program without can be split by wallet.
    pub fn has_shared(&self) -> bool {
        let rules = self.rules.iter().flat_map(|rule| &rule.limits);
        let cards = self.cards.iter().flat_map(|card| &card.limits);
        let rewards = self.rewards.iter().flat_map(|reward| &reward.limits);
        let mut coupons = self.coupons.iter().flat_map(|coupon| &coupon.limits);
        let awards = self
            .partners
            .iter()
            .filter_map(|partner| partner.awards.as_ref());
        let mut awards = awards.flat_map(|rule| &rule.limits);
        rules.chain(cards).chain(rewards).any(is_shared)
            || awards.any(is_shared)
            || self.pays_staff()
            || coupons.any(is_shared)
            || self
                .rewards
                .iter()
                .any(|reward| reward.stock.is_some() || reward.codes)
            || self.games.limits().any(is_shared)
            || self.games.has_shared()
            || self.partners.iter().any(|partner| partner.ahead)
            || !self.groups.is_empty()
    }
}
