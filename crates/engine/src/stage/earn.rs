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
use crate::outcome::{Change, Miss, Note, Refusal};
use crate::program::condition::Facts;
use crate::program::{
    Base, Effect, Exclusion, Formula, Gift, Metric, Program, Rule, Selection, TakeBack, Trigger,
};
use crate::stage::grant::{Award, Source, grant};
use crate::stage::multiply::multiply;
use crate::stage::{card, reverse, tier};
use crate::state::{Bought, Grant, LineSet, OrderLine, Places, Purchased, StampGrant, State};
use regulars_base::{Almanac, Ratio, Rounding};
use smallvec::{SmallVec, smallvec};
use std::borrow::Cow;

/// What a rule gave for each line, exactly: `num / den` points for each of `lines`.
pub(crate) struct Piece {
    /// The rule's place.
    pub(crate) rule: u16,
    /// The points' place.
    pub(crate) points: u16,
    /// The denominator that all lines share.
    pub(crate) den: i128,
    /// Line by line: its place, and the numerator. A gift for the order as a whole has the place
    /// [`WHOLE`].
    pub(crate) lines: Values,
}

/// Lines by place, and what each comes to.
type Values = SmallVec<[(u16, i128); 4]>;

/// The place of what belongs to no line: delivery.
pub(crate) const WHOLE: u16 = u16::MAX;

/// What is asked again and again while one event is decided.
pub(crate) struct Scene<'e> {
    pub(crate) event: &'e Event,
    /// The purchase, in the program's currency.
    bought: Option<Cow<'e, Purchase>>,
    activity: Option<&'e Activity>,
    pub(crate) day: Almanac,
    second: i32,
    /// The first day of the stretch of progress that the event counts into.
    pub(crate) progress_day: i32,
    /// The place of the member's tier.
    pub(crate) tier: usize,
}

impl<'e> Scene<'e> {
    pub(crate) fn new(program: &Program, state: &State, event: &'e Event) -> Self {
        let (day, second) = program.zone.local(event.occurred_at);
        let (bought, activity) = match &event.kind {
            Kind::Purchase(purchase) => (Some(&**purchase), None),
            Kind::Activity(activity) => (None, Some(activity)),
            _ => (None, None),
        };
        let bought = bought.map(|purchase| match rate(program, purchase) {
            Some(rate) if rate != Ratio::ONE => {
                Cow::Owned(purchase.converted(program.currency, rate))
            }
            _ => Cow::Borrowed(purchase),
        });
        let tier = program.tier_at(state.wallet.tier.name);
        let (progress_day, day) = (program.progress_day(day), Almanac::of(day));
        Self {
            event,
            bought,
            activity,
            day,
            second,
            progress_day,
            tier,
        }
    }

    /// The purchase, in the program's currency; nothing if the event is none.
    pub(crate) fn purchase(&self) -> Option<&Purchase> {
        self.bought.as_deref()
    }

    pub(crate) fn facts<'a>(
        &'a self,
        program: &'a Program,
        state: &'a State,
        line: Option<&'a Line>,
    ) -> Facts<'a> {
        Facts {
            purchase: self.purchase(),
            line,
            activity: self.activity,
            day: self.day.day,
            second: self.second,
            wallet: &state.wallet,
            tier: program
                .tiers
                .get(self.tier)
                .map_or("", |tier| tier.id.as_str()),
        }
    }
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
pub(crate) fn purchase(draft: &mut Draft<'_>, event: &Event, purchase: &Purchase) {
    let scene = Scene::new(draft.program, draft.state, event);
    draft.take(Change::WasActive(event.occurred_at));
    let grants = rules(draft, &scene, Trigger::Purchase);
    let stamps = card::stamp(draft, &scene, Trigger::Purchase);
    place_order(draft, &scene, purchase, grants, stamps);
    reverse::waiting(draft, event);
}

/// A member did something else that rules listen to.
pub(crate) fn without_purchase(draft: &mut Draft<'_>, event: &Event, trigger: Trigger) {
    let mut scene = Scene::new(draft.program, draft.state, event);
    if trigger == Trigger::Enrolment {
        // The purchase that made the customer a member earns on its own, as a purchase.
        (scene.bought, scene.activity) = (None, None);
    }
    rules(draft, &scene, trigger);
}

fn place_order(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    purchase: &Purchase,
    grants: Vec<Grant>,
    stamps: Vec<StampGrant>,
) {
    let day = scene.progress_day;
    let line = |line: &Line| OrderLine {
        id: line.id.clone(),
        quantity: line.quantity,
        amount: line.amount,
        refunded_quantity: 0,
        refunded: 0,
    };
    let spend = scene.purchase().map_or(0, Purchase::goods);
    let placed = Purchased {
        at: scene.event.occurred_at,
        day,
        counted: true,
        spend,
        delivery: purchase.delivery,
        lines: purchase.lines.iter().map(line).collect(),
        grants,
        stamps,
        bought: (draft.program.refund.take_back == TakeBack::ReckonAgain).then(|| {
            let tier = draft.program.tiers.get(scene.tier).map(|tier| tier.name);
            Box::new(Bought {
                purchase: purchase.clone(),
                tier,
            })
        }),
    };
    draft.take(Change::OrderPlaced(Box::new(placed)));
    tier::progress(draft, Metric::Spend, day, spend);
    tier::progress(draft, Metric::Orders, day, 1);
}

/// What was found of a rule, in the order in which it is told.
pub(crate) enum Finding {
    /// It gives nothing.
    Missed { rule: u16, why: Miss },
    /// It comes to so much.
    Award(Award),
}

/// All rules that listen to this, and what their limits let through of what they come to.
fn rules(draft: &mut Draft<'_>, scene: &Scene<'_>, trigger: Trigger) -> Vec<Grant> {
    let mut grants = Vec::with_capacity(4);
    for finding in reckon(draft.program, draft.state, scene, trigger) {
        match finding {
            Finding::Missed { rule, why } => draft.note(Note::Missed { rule, why }),
            Finding::Award(award) => grant(draft, scene, award, &mut grants),
        }
    }
    grants
}

/// What all rules come to, before limits, and without giving anything: those that give, in the
/// order of the file; those that multiply; the tier.
pub(crate) fn reckon(
    program: &Program,
    state: &State,
    scene: &Scene<'_>,
    trigger: Trigger,
) -> Vec<Finding> {
    let most = program.rules.len() + 2;
    let (mut findings, mut pieces) = (Vec::with_capacity(most), Vec::with_capacity(most));
    for (place, rule) in listening(program, trigger) {
        let Effect::Give {
            gifts,
            base,
            rounding,
            round_per_line,
            flat,
        } = &rule.effect
        else {
            continue;
        };
        let lines = match matched(program, state, scene, rule) {
            Ok(lines) => lines,
            Err(why) => {
                findings.push(Finding::Missed { rule: place, why });
                continue;
            }
        };
        for gift in gifts {
            let piece = value(scene, rule, place, *gift, *base, &lines);
            findings.push(Finding::Award(Award {
                from: Source::Rule(place),
                points: gift.points,
                basis: basis(&piece, *gift),
                before: round(&piece, *rounding, *round_per_line),
                lines: lines.clone(),
            }));
            if !flat {
                pieces.push(piece);
            }
        }
    }
    select(program.select, &mut findings, &mut pieces);
    multiply(program, state, scene, trigger, &pieces, &mut findings);
    findings
}

/// Where not every rule gives: the others are told as bettered, and not multiplied either. What has
/// no piece is flat, and always gives.
fn select(select: Selection, findings: &mut [Finding], pieces: &mut Vec<Piece>) {
    if select == Selection::All {
        return;
    }
    let worth = |piece: &Piece| {
        let is =
            |finding: &&Finding| matches!(finding, Finding::Award(award) if award.is_of(piece));
        match findings.iter().find(is) {
            Some(Finding::Award(award)) => award.before,
            _ => 0,
        }
    };
    let worths: Vec<i64> = pieces.iter().map(worth).collect();
    let wins = |at: usize| {
        let rivals = (0..pieces.len()).filter(|rival| pieces[*rival].points == pieces[at].points);
        let giving = rivals.filter(|rival| worths[*rival] > 0);
        let winner = match select {
            Selection::First => giving.min(),
            _ => giving.min_by_key(|rival| std::cmp::Reverse(worths[*rival])),
        };
        winner.is_none_or(|winner| winner == at)
    };
    let won: Vec<bool> = (0..pieces.len()).map(wins).collect();
    for (piece, _) in pieces.iter().zip(&won).filter(|(_, won)| !**won) {
        for finding in findings.iter_mut() {
            if matches!(finding, Finding::Award(award) if award.is_of(piece)) {
                *finding = Finding::Missed {
                    rule: piece.rule,
                    why: Miss::Bettered,
                };
            }
        }
    }
    let mut won = won.into_iter();
    pieces.retain(|_| won.next().unwrap_or(true));
}

/// The rules that listen to `trigger`, with their places.
pub(crate) fn listening(program: &Program, trigger: Trigger) -> impl Iterator<Item = (u16, &Rule)> {
    (0_u16..)
        .zip(&program.rules)
        .filter(move |(_, rule)| rule.on == trigger)
}

/// The lines for which a rule holds, or why it does not. Without a purchase there are none to name.
pub(crate) fn matched(
    program: &Program,
    state: &State,
    scene: &Scene<'_>,
    rule: &Rule,
) -> Result<LineSet, Miss> {
    let at = scene.event.occurred_at;
    if rule.from.is_some_and(|from| at < from) {
        return Err(Miss::NotYet);
    }
    if rule.until.is_some_and(|until| at >= until) {
        return Err(Miss::Ended);
    }
    let when = rule.when.as_ref();
    if when.is_some_and(|when| !when.per_line && !when.holds(&scene.facts(program, state, None))) {
        return Err(Miss::Condition);
    }
    let Some(purchase) = scene.purchase() else {
        return Ok(LineSet::All);
    };
    let per_line = when.filter(|when| when.per_line);
    let all_lines = per_line.is_none() && !rule.except.names_lines();
    if all_lines {
        return Ok(LineSet::All);
    }
    let (mut lines, mut excluded) = (Places::new(), false);
    for (place, line) in (0_u16..).zip(&purchase.lines) {
        if rule.except.excludes(line) {
            excluded = true;
        } else if per_line.is_none_or(|when| when.holds(&scene.facts(program, state, Some(line)))) {
            lines.push(place);
        }
    }
    match (lines.is_empty(), excluded && per_line.is_none()) {
        (false, _) => Ok(LineSet::Some(lines)),
        (true, true) => Err(Miss::Excluded),
        (true, false) => Err(Miss::Condition),
    }
}

/// What a gift comes to, line by line, exactly.
fn value(
    scene: &Scene<'_>,
    rule: &Rule,
    place: u16,
    gift: Gift,
    base: Base,
    set: &LineSet,
) -> Piece {
    let piece = |den: i128, lines| Piece {
        rule: place,
        points: gift.points,
        den,
        lines,
    };
    let Some(purchase) = scene.purchase() else {
        let points = match gift.formula {
            Formula::Fixed(points) | Formula::PerItem(points) | Formula::PerLine(points) => points,
            Formula::PerAmount { .. } => 0,
        };
        return piece(1, smallvec![(WHOLE, i128::from(points))]);
    };
    let lines = places(purchase, set);
    match gift.formula {
        Formula::Fixed(points) => piece(1, smallvec![(first_of(set), i128::from(points))]),
        Formula::PerLine(points) => {
            piece(1, lines.map(|(at, _)| (at, i128::from(points))).collect())
        }
        Formula::PerItem(points) => {
            let of = |line: &Line| i128::from(line.quantity) * i128::from(points);
            piece(1000, lines.map(|(at, line)| (at, of(line))).collect())
        }
        Formula::PerAmount { points, per } => {
            let (kept, total) = rule.except.unpaid_share(purchase);
            let worth = |minor: i64| i128::from(minor) * kept * i128::from(points);
            let mut values: Values = lines.map(|(at, line)| (at, worth(base.of(line)))).collect();
            if base.delivery && *set == LineSet::All && purchase.delivery > 0 {
                values.push((WHOLE, worth(purchase.delivery)));
            }
            piece(i128::from(per) * total, values)
        }
    }
}

/// A fixed gift belongs to the whole order, or to the first line that called for it.
fn first_of(set: &LineSet) -> u16 {
    match set {
        LineSet::All => WHOLE,
        LineSet::Some(places) => places.first().copied().unwrap_or(WHOLE),
    }
}

/// The lines of a set, with their places.
pub(crate) fn places<'a>(
    purchase: &'a Purchase,
    set: &'a LineSet,
) -> impl Iterator<Item = (u16, &'a Line)> {
    let count = match set {
        LineSet::All => purchase.lines.len(),
        LineSet::Some(places) => places.len(),
    };
    (0..count).filter_map(move |at| {
        let place = match set {
            LineSet::All => u16::try_from(at).ok()?,
            LineSet::Some(places) => places[at],
        };
        purchase
            .lines
            .get(usize::from(place))
            .map(|line| (place, line))
    })
}

fn round(piece: &Piece, rounding: Rounding, per_line: bool) -> i64 {
    let rounded = |num: i128| rounding.divide_clamped(num, piece.den);
    if per_line {
        piece
            .lines
            .iter()
            .map(|(_, num)| rounded(*num))
            .fold(0, i64::saturating_add)
    } else {
        rounded(piece.lines.iter().map(|(_, num)| num).sum())
    }
}

/// What was counted, as the explanation shows it: minor units, thousandths of items, or lines.
fn basis(piece: &Piece, gift: Gift) -> i64 {
    let sum: i128 = piece.lines.iter().map(|(_, num)| num).sum();
    let (num, den) = match gift.formula {
        Formula::PerAmount { points, per } => {
            (sum * i128::from(per), piece.den * i128::from(points))
        }
        Formula::PerItem(points) => (sum, i128::from(points)),
        Formula::PerLine(_) | Formula::Fixed(_) => {
            return i64::try_from(piece.lines.len()).unwrap_or(0);
        }
    };
    if den > 0 {
        Rounding::Down.divide_clamped(num, den)
    } else {
        0
    }
}

impl Base {
    /// What a line counts for, in minor units of the order's currency.
    fn of(self, line: &Line) -> i64 {
        let taxed = if self.tax {
            line.amount
        } else {
            line.amount - line.tax
        };
        if self.discounts {
            taxed + line.discount
        } else {
            taxed
        }
    }
}

impl Exclusion {
    fn names_lines(&self) -> bool {
        !(self.category.is_empty() && self.brand.is_empty() && self.sku.is_empty())
    }

    fn excludes(&self, line: &Line) -> bool {
        let has = |names: &[String], text: &str| names.iter().any(|name| name == text);
        has(&self.category, line.category.as_str())
            || has(&self.brand, line.brand.as_str())
            || has(&self.sku, line.sku.as_str())
    }

    /// Which share of the order was not paid by excluded methods, as a fraction.
    fn unpaid_share(&self, purchase: &Purchase) -> (i128, i128) {
        let excluded: i64 = self
            .paid_by
            .iter()
            .map(|method| purchase.paid_by(method))
            .sum();
        if excluded <= 0 || purchase.total <= 0 {
            return (1, 1);
        }
        let kept = (purchase.total - excluded).max(0);
        (i128::from(kept), i128::from(purchase.total))
    }
}
