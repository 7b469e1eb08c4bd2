//! Points for purchases, and for anything else that rules listen to.
//!
//! *Ana buys beans for 12.40 EUR on a Tuesday. The rule "spend" gives 12 beans (1 per euro, rounded
//! down per order); "tuesday-beans" doubles that for the beans on the receipt; her tier gives a
//! quarter more. Each rule says what it gave, or why not.*
//!
//! The order is fixed: all rules that give, in the order of the file; then all that multiply, on
//! the exact value that the former had before rounding; then the tier's own factor. Each part is
//! rounded and limited on its own, so the parts always add up to the whole.

use crate::draft::Draft;
use crate::event::{Activity, Event, Kind, Line, Purchase};
use crate::outcome::{Change, GroupNote, Miss, Note, Refusal};
use crate::program::condition::{Condition, Facts};
use crate::program::{
    Effect, Exclusion, Gift, Metric, Partner, PlanRule, Program, Rule, Selection, TakeBack, Trigger,
};
use crate::stage::coupon::{self, Presented};
use crate::stage::exact::Exact;
use crate::stage::grant::{Award, Given, Source, grant};
use crate::stage::multiply::multiply;
use crate::stage::{card, games, group, referral, reverse, staff, tier};
use crate::state::{Bought, Grants, LineSet, OrderLine, Purchased, StampGrants, State};
use regulars_base::{Almanac, Name, Ratio, Text, Timestamp};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::sync::Arc;

/// What is asked again and again while one event is decided.
pub(crate) struct Scene<'e> {
    pub(crate) event: &'e Event,
    /// The purchase, in the program's currency.
    bought: Option<Cow<'e, Box<Purchase>>>,
    activity: Option<&'e Activity>,
    pub(crate) day: Almanac,
    second: i32,
    /// The first day of the stretch of progress that the event counts into.
    pub(crate) progress_day: i32,
    /// The place of the member's tier.
    pub(crate) tier: usize,
    /// The plan whose benefits the member has when it happens.
    pub(crate) plan: Option<u16>,
    /// When what it gives dates from: the event, unless it had to be approved first.
    pub(crate) dated_at: Timestamp,
    /// The place of the partner whom the event belongs to.
    partner: Option<u16>,
}

impl<'e> Scene<'e> {
    /// Of an event that happened on this day, at this second of it.
    pub(crate) fn new(
        program: &Program,
        state: &State,
        event: &'e Event,
        (day, second): (Almanac, i32),
    ) -> Self {
        let (bought, activity) = match &event.kind {
            Kind::Purchase(purchase) => (Some(purchase), None),
            Kind::SellThrough(report) => (Some(&report.sold), None),
            Kind::Activity(activity) => (None, Some(activity)),
            Kind::Approved(approved) => (None, Some(&approved.activity)),
            _ => (None, None),
        };
        let bought = bought.map(|purchase| match rate(program, purchase) {
            Some(rate) if rate != Ratio::ONE => {
                Cow::Owned(Box::new(purchase.converted(program.currency, rate)))
            }
            _ => Cow::Borrowed(purchase),
        });
        let tier = program.tier_at(state.wallet.tier.name);
        let progress_day = program.progress_day(&day);
        let plan = plan_at(program, state, event.occurred_at);
        Self {
            event,
            bought,
            activity,
            day,
            second,
            progress_day,
            tier,
            plan,
            dated_at: event.occurred_at,
            partner: program.partner_of(event),
        }
    }

    /// Of the event that is being decided.
    pub(crate) fn of(draft: &Draft<'_>, event: &'e Event) -> Self {
        let local = draft.local(event.occurred_at);
        Self::new(draft.program, draft.state, event, local)
    }

    /// Whether the event belongs to one of these partners.
    #[inline(never)]
    pub(crate) fn is_at(&self, partners: &[u16]) -> bool {
        self.partner.is_some_and(|own| partners.contains(&own))
    }

    /// The purchase, in the program's currency; nothing if the event is none.
    pub(crate) fn purchase(&self) -> Option<&Purchase> {
        self.bought.as_ref().map(|bought| &***bought)
    }

    /// What conditions may ask about; the line is named by whoever asks for each.
    pub(crate) fn facts<'a>(&'a self, program: &'a Program, state: &'a State) -> Facts<'a> {
        Facts {
            purchase: self.purchase(),
            line: None,
            activity: self.activity,
            day: self.day.day,
            second: self.second,
            program: Some(program),
            wallet: &state.wallet,
            tier: program
                .tiers
                .get(self.tier)
                .map_or("", |tier| tier.id.as_str()),
            plan: self.plan_rule(program).map_or("", |plan| &plan.id),
            partner: self.partner_rule(program).map_or("", |own| &own.id),
        }
    }

    /// The partner whom the event belongs to.
    #[inline]
    fn partner_rule<'p>(&self, program: &'p Program) -> Option<&'p Partner> {
        program.partners.get(usize::from(self.partner?))
    }

    /// The plan whose benefits the member has.
    #[inline]
    pub(crate) fn plan_rule<'p>(&self, program: &'p Program) -> Option<&'p PlanRule> {
        program.plans.get(usize::from(self.plan?))
    }
}

/// The place of the plan whose benefits the member had at `at`.
#[inline]
pub(crate) fn plan_at(program: &Program, state: &State, at: Timestamp) -> Option<u16> {
    let name = state.wallet.plan_at(at)?;
    let place = program.plans.iter().position(|plan| plan.name == name)?;
    u16::try_from(place).ok()
}

/// The program takes its own currency, and those for which it declares a rate.
fn rate(program: &Program, purchase: &Purchase) -> Option<Ratio> {
    if purchase.currency == program.currency {
        return Some(Ratio::ONE);
    }
    let declared = program
        .rates
        .iter()
        .find(|(currency, _)| *currency == purchase.currency);
    declared.map(|(_, rate)| *rate)
}

/// What makes a purchase no purchase.
pub(crate) fn check(draft: &Draft<'_>, purchase: &Purchase) -> Result<(), Refusal> {
    if draft.state.order.purchased.is_some() {
        return Err(Refusal::OrderExists);
    }
    rate(draft.program, purchase)
        .map(|_| ())
        .ok_or(Refusal::CurrencyNotAccepted)
}

/// A member bought something.
pub(crate) fn purchase(
    draft: &mut Draft<'_>,
    event: &Event,
    purchase: &Purchase,
    codes: &[Presented<'_>],
) {
    let scene = Scene::of(draft, event);
    draft.take(Change::WasActive(event.occurred_at));
    // The record of the order is filled where it stays: it is too large to be handed around.
    let mut placed = Arc::<Purchased>::default();
    let record = Arc::get_mut(&mut placed).expect("nobody shares a record that was just made");
    begin(record, draft.program, &scene, purchase);
    if group::is_out_of_contract(&draft.state.wallet, event.occurred_at) {
        draft.note(Note::Group(GroupNote::OutsideContract));
        (record.counted, record.spend) = (false, 0);
        coupon::use_without_points(draft, event, codes);
    } else {
        rules(draft, &scene, Trigger::Purchase, &mut record.grants);
        card::stamp(draft, &scene, Trigger::Purchase, &mut record.stamps);
        coupon::use_for_order(draft, event, codes, &mut record.grants);
        games::count(draft, &scene, Trigger::Purchase, &mut record.stamps);
    }
    let (day, spend, counted) = (placed.day, placed.spend, placed.counted);
    let given = draft.state.actor.map(|_| placed.grants.clone());
    draft.take(Change::OrderPlaced(placed));
    if let Some(given) = given {
        group::brought(draft, &given);
    }
    tier::progress(draft, Metric::Spend, day, spend);
    tier::progress(draft, Metric::Orders, day, i64::from(counted));
    if draft.state.wallet.referral.is_some() {
        referral::bought(draft, &scene);
    }
    staff::sold(draft, &scene, Trigger::Purchase);
    reverse::waiting(draft, event);
}

/// A member did something else that rules and cards listen to.
pub(crate) fn without_purchase(draft: &mut Draft<'_>, event: &Event, trigger: Trigger) {
    let mut scene = Scene::of(draft, event);
    if trigger == Trigger::Enrolment {
        // The purchase that made the customer a member earns on its own, as a purchase.
        (scene.bought, scene.activity) = (None, None);
    }
    listeners(draft, &scene, trigger);
}

/// Rules, cards and games: what they gave is told.
fn listeners(draft: &mut Draft<'_>, scene: &Scene<'_>, trigger: Trigger) -> Grants {
    let mut grants = Grants::new();
    rules(draft, scene, trigger, &mut grants);
    card::stamp(draft, scene, trigger, &mut StampGrants::new());
    games::count(draft, scene, trigger, &mut StampGrants::new());
    grants
}

/// An activity counts for the moment of the event; what it gives dates from `dated_at`, and is told.
pub(crate) fn activity(
    draft: &mut Draft<'_>,
    event: &Event,
    activity: &Activity,
    dated_at: Timestamp,
) -> Grants {
    let mut scene = Scene::of(draft, event);
    (scene.bought, scene.activity, scene.dated_at) = (None, Some(activity), dated_at);
    listeners(
        draft,
        &scene,
        Trigger::Activity(Name::of(activity.name.as_str())),
    )
}

/// Begins the record of an order: it has earned nothing yet.
pub(crate) fn begin(
    record: &mut Purchased,
    program: &Program,
    scene: &Scene<'_>,
    purchase: &Purchase,
) {
    record.at = scene.event.occurred_at;
    record.day = scene.progress_day;
    record.counted = true;
    record.spend = scene.purchase().map_or(0, Purchase::goods);
    record.delivery = purchase.delivery;
    let line = |line: &Line| OrderLine {
        id: line.id.clone(),
        quantity: line.quantity,
        amount: line.amount,
        refunded_quantity: 0,
        refunded: 0,
    };
    record.lines.extend(purchase.lines.iter().map(line));
    if program.activities.iter().any(|own| own.of_purchase) {
        let products = purchase
            .lines
            .iter()
            .map(|line| Name::of(line.sku.as_str()));
        record.products = products.collect();
    }
    if program.refund.take_back == TakeBack::ReckonAgain {
        let tier = program.tiers.get(scene.tier).map(|tier| tier.name);
        record.bought = Some(Box::new(Bought {
            purchase: purchase.clone(),
            tier,
        }));
    }
}

/// What rules come to: on the stack, as this is made and dropped for every event.
pub(crate) type Awards<'p> = SmallVec<[Award<'p>; 4]>;

/// What is found while the rules are gone through. All of them are told in their order, and most
/// miss: those are told at once, and for each of the others a note is kept free until its limits
/// have been asked.
pub(crate) struct Findings<'f, 'p> {
    pub(crate) awards: &'f mut Awards<'p>,
    pub(crate) trace: &'f mut Vec<Note>,
}

impl<'p> Findings<'_, 'p> {
    pub(crate) fn miss(&mut self, rule: u16, why: Miss) {
        self.trace.push(Note::Missed { rule, why });
    }

    #[inline(always)]
    pub(crate) fn award(&mut self, award: Award<'p>) {
        self.awards.push(award);
        // To be overwritten by what is given.
        self.miss(u16::MAX, Miss::TooLittle);
    }

    /// The place of the note that is kept free for the next award.
    pub(crate) const fn next_note(&self) -> usize {
        self.trace.len()
    }
}

/// All rules that listen to this, and what their limits let through of what they come to.
pub(crate) fn rules(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    trigger: Trigger,
    grants: &mut Grants,
) {
    let mut awards = Awards::new();
    let mut findings = Findings {
        awards: &mut awards,
        trace: &mut draft.out.trace,
    };
    reckon(draft.program, draft.state, scene, trigger, &mut findings);
    let mut given = Given::into(grants);
    for award in &awards {
        let note = grant(draft, scene, award, &mut given);
        draft.out.trace[award.note] = note;
    }
    given.post(draft, scene);
}

/// What all rules come to, before limits, and without giving anything: those that give, in the
/// order of the file; those that multiply; the tier.
pub(crate) fn reckon<'p>(
    program: &'p Program,
    state: &State,
    scene: &Scene<'_>,
    trigger: Trigger,
    findings: &mut Findings<'_, 'p>,
) {
    let Some(listeners) = program.listeners_to(trigger) else {
        return;
    };
    let facts = scene.facts(program, state);
    for place in listeners.give.iter().copied() {
        let rule = &program.rules[usize::from(place)];
        give(&facts, scene, (place, rule), findings);
    }
    select(program.select, findings);
    multiply(program, &facts, scene, &listeners.multiply, findings);
}

/// What a rule that gives comes to, or why it does not hold. Inlined where rules are gone through.
#[inline(always)]
pub(crate) fn give<'p>(
    facts: &Facts<'_>,
    scene: &Scene<'_>,
    (place, rule): (u16, &'p Rule),
    findings: &mut Findings<'_, 'p>,
) {
    let Effect::Give { gifts, .. } = &rule.effect else {
        return;
    };
    match matched(facts, scene, rule) {
        Ok(lines) => {
            for gift in gifts {
                come_to(rule, place, gift, &lines, facts.purchase, findings);
            }
        }
        Err(why) => findings.miss(place, why),
    }
}

/// What a gift of a rule comes to for these lines. Not inlined: most rules give nothing, and going
/// through them is quicker in a function that stays small.
#[inline(never)]
fn come_to<'p>(
    rule: &'p Rule,
    place: u16,
    gift: &'p Gift,
    lines: &LineSet,
    bought: Option<&Purchase>,
    findings: &mut Findings<'_, 'p>,
) {
    let Effect::Give {
        base,
        rounding,
        round_per_line,
        flat,
        ..
    } = &rule.effect
    else {
        return;
    };
    let exact = Exact::new(&gift.formula, *base, &rule.except, bought);
    let worth = exact.worth(bought, lines, *rounding, *round_per_line);
    findings.award(Award {
        note: findings.next_note(),
        from: Source::Rule(place),
        points: gift.points,
        basis: worth.basis,
        before: worth.points,
        lines: lines.clone(),
        exact: (!flat).then_some(exact),
    });
}

/// Where not every rule gives: the others are told as bettered, and not multiplied either. What is
/// flat always gives.
fn select(select: Selection, findings: &mut Findings<'_, '_>) {
    if select == Selection::All {
        return;
    }
    let Findings { awards, trace } = findings;
    // Each award is known by its note, which no other has.
    let giving = |award: &&Award<'_>| award.exact.is_some() && award.before > 0;
    let winner = |points: u16| {
        let mut giving = awards
            .iter()
            .filter(giving)
            .filter(|award| award.points == points);
        let winner = match select {
            Selection::First => giving.next(),
            _ => giving.min_by_key(|award| std::cmp::Reverse(award.before)),
        };
        winner.map(|award| award.note)
    };
    let lost = |award: &&Award<'_>| {
        award.exact.is_some() && winner(award.points).is_some_and(|note| note != award.note)
    };
    let lost: Vec<usize> = awards.iter().filter(lost).map(|award| award.note).collect();
    for award in awards.iter().filter(|award| lost.contains(&award.note)) {
        if let Source::Rule(rule) = award.from {
            let why = Miss::Bettered;
            trace[award.note] = Note::Missed { rule, why };
        }
    }
    awards.retain(|award| !lost.contains(&award.note));
}

/// The lines for which a rule holds, or why it does not. Without a purchase there are none to name.
/// Inlined where rules are gone through: most hold or not by a glance.
#[inline(always)]
pub(crate) fn matched(facts: &Facts<'_>, scene: &Scene<'_>, rule: &Rule) -> Result<LineSet, Miss> {
    let at = scene.event.occurred_at;
    if rule.from.is_some_and(|from| at < from) {
        return Err(Miss::NotYet);
    }
    if rule.until.is_some_and(|until| at >= until) {
        return Err(Miss::Ended);
    }
    if !rule.partners.is_empty() && !scene.is_at(&rule.partners) {
        return Err(Miss::NotHere);
    }
    match (&rule.when, facts.purchase) {
        (Some(when), Some(bought)) if when.per_line => {
            lines_matched(facts, bought, &rule.except, Some(when))
        }
        (Some(when), _) if !when.per_line && !when.holds(facts) => Err(Miss::Condition),
        (_, Some(bought)) if rule.except.names_lines() => {
            lines_matched(facts, bought, &rule.except, None)
        }
        _ => Ok(LineSet::All),
    }
}

/// The lines that are not excluded and for which the condition holds, or why there is none.
fn lines_matched(
    facts: &Facts<'_>,
    bought: &Purchase,
    except: &Exclusion,
    when: Option<&Condition>,
) -> Result<LineSet, Miss> {
    let mut excluded = false;
    let excludes = except.names_lines();
    let lines = LineSet::those(&bought.lines, |line| {
        if excludes && except.excludes(line) {
            excluded = true;
            return false;
        }
        when.is_none_or(|when| when.holds_for(facts, line))
    });
    match (lines.is_empty(), excluded && when.is_none()) {
        (false, _) => Ok(lines),
        (true, true) => Err(Miss::Excluded),
        (true, false) => Err(Miss::Condition),
    }
}

impl Exclusion {
    fn names_lines(&self) -> bool {
        !(self.category.is_empty() && self.brand.is_empty() && self.sku.is_empty())
    }

    /// Whether it names the line. Not inlined: most rules exclude nothing.
    #[inline(never)]
    fn excludes(&self, line: &Line) -> bool {
        let has = |names: &[String], text: &Text| {
            !names.is_empty() && {
                let text = text.as_str();
                names.iter().any(|name| name == text)
            }
        };
        has(&self.category, &line.category)
            || has(&self.brand, &line.brand)
            || has(&self.sku, &line.sku)
    }
}
