//! A clerk with pencil and paper: the naive model. It reads the manual and the events, knows nothing of
//! the engine, and says what must be in every wallet, in stock and on the accounts of partners.
//!
//! It is slow and plain on purpose, and shares no line with what it checks. Where the two disagree, one
//! of them, or the manual, is wrong.

use crate::deed::{Nonsense, Source, Told, What};
use crate::paper::{
    ALWAYS, Account, BEANS, DAY, Funder, Gift, NEVER, Redemption, STARS, Sheet, Terms as Lot,
    over_a_year_ago, start_of, year_and_month,
};
use crate::terms::{FULL, HOLD_DAYS, MUGS, Multiply, REACH, Terms};
use regulars_base::{Name, Timestamp};
use regulars_engine::state::Wallet;
use regulars_ledger::Dates;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// What a server said of an event, and wrote down of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It was decided.
    Decided(Decided),
    /// Its key was used for something else.
    Reused,
    /// It makes no sense, so nothing was written.
    Invalid,
    /// There is no such member, so nothing was written.
    NoMember,
    /// Something else, in words.
    Other(String),
}

/// A decision, as far as the clerk looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Whether it was told before.
    pub duplicate: bool,
    /// Yes or no.
    pub accepted: bool,
    /// When it was written down.
    pub recorded_at: i64,
    /// What partners are owed by it (or owe, below zero), in millionths of a cent.
    pub partners: BTreeMap<String, i64>,
}

/// When events are told.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// What the clock shows.
    pub now: i64,
    /// Whether the servers had written them before they died, and are told them again.
    pub again: bool,
}

/// The clerk.
#[derive(Debug, Default)]
pub struct Clerk {
    versions: Vec<(i64, Terms)>,
    /// What was decided: under which key, of what, and whether yes or no.
    told: HashMap<(Source, u64), (u64, bool)>,
    sheets: HashMap<u32, Sheet>,
    mugs: i64,
    /// What the partner who pays ahead has used up, in millionths of a cent.
    used_up: i64,
    /// The latest moment at which anything was done by itself.
    ticked_at: i64,
    /// What the event that is worked on means for partners.
    partners: BTreeMap<String, i64>,
}

impl Clerk {
    /// Another version is in force from this moment on; the first always was.
    pub fn apply(&mut self, from: i64, terms: Terms) {
        let from = if self.versions.is_empty() {
            i64::MIN
        } else {
            from
        };
        self.versions.push((from, terms));
    }

    fn version(&self, at: i64) -> Terms {
        let mut in_force = self.versions.iter().filter(|(from, _)| *from <= at);
        let newest = in_force.next_back().or(self.versions.first());
        newest.expect("a storm begins with a program").1.clone()
    }

    /// An event was told, and this was seen of it. Says what should have been seen.
    pub fn told(&mut self, told: &Told, moment: Moment, seen: &Seen) -> Result<(), String> {
        if told.at > moment.now + DAY {
            return same(&Seen::Invalid, seen);
        }
        let key = (told.source, told.number);
        let content = fingerprint(told);
        if let Some((known, accepted)) = self.told.get(&key) {
            let (known, accepted) = (*known, *accepted);
            if known != content {
                return same(&Seen::Reused, seen);
            }
            return match seen {
                Seen::Decided(own) if own.duplicate && own.accepted == accepted => Ok(()),
                _ => Err(format!(
                    "it was told before, and answered {accepted}; now it is {seen:?}"
                )),
            };
        }
        if told.what == What::Nonsense(Nonsense::Member) {
            return same(&Seen::NoMember, seen);
        }
        let Seen::Decided(own) = seen else {
            return Err(format!("it is new and makes sense; it was {seen:?}"));
        };
        let mut sheet = self.sheets.remove(&told.member).unwrap_or_default();
        let least = moment.now.max(told.at).max(sheet.clock);
        let recorded = own.recorded_at;
        // A tick that had nothing to do for the clerk may have moved the wallet's clock.
        let ticked = recorded > least && recorded <= self.ticked_at;
        if recorded != least && !ticked {
            return Err(format!(
                "it should be recorded at {least}, and was at {recorded}"
            ));
        }
        self.partners.clear();
        self.touch(&mut sheet, recorded);
        let accepted = self.happens(&mut sheet, told, recorded);
        // After what was told late the version of today looks at the wallet once more.
        let mut later = self.versions.iter().skip(1).map(|(from, _)| *from);
        if later.any(|from| from > told.at && from <= recorded) && due(&sheet) <= recorded {
            self.touch(&mut sheet, recorded);
        }
        self.sheets.insert(told.member, sheet);
        self.told.insert(key, (content, accepted));
        self.partners.retain(|_, micros| *micros != 0);
        let due = Decided {
            duplicate: moment.again,
            accepted,
            recorded_at: recorded,
            partners: self.partners.clone(),
        };
        same(&Seen::Decided(due), seen)
    }

    /// All that is due by now is done to these members; whoever has something due must be among them.
    pub fn ticked(&mut self, now: i64, members: &[u32]) -> Result<(), String> {
        self.ticked_at = self.ticked_at.max(now);
        let due = self.sheets.iter().filter(|(_, sheet)| due(sheet) <= now);
        let missed = due
            .map(|(member, _)| *member)
            .filter(|own| !members.contains(own));
        if let Some(member) = missed.min() {
            return Err(format!("something is due to C-{member}, and no tick was"));
        }
        for member in members {
            let mut sheet = self.sheets.remove(member).unwrap_or_default();
            let now = now.max(sheet.clock);
            self.touch(&mut sheet, now);
            self.sheets.insert(*member, sheet);
        }
        Ok(())
    }

    /// What fell due until now, in the order of time.
    fn touch(&mut self, sheet: &mut Sheet, now: i64) {
        loop {
            let at = due(sheet);
            if at > now {
                break;
            }
            let at = at.max(sheet.clock);
            for account in &mut sheet.accounts {
                account.release(at);
                account.lapse(at);
            }
            self.holds_end(sheet, at);
            tier_ends(sheet, at);
        }
        for account in &mut sheet.accounts {
            account.release(now);
        }
        sheet.clock = sheet.clock.max(now);
    }

    fn holds_end(&mut self, sheet: &mut Sheet, at: i64) {
        let over = |own: &Redemption| own.held_until.is_some_and(|until| until <= at);
        let ended = sheet.redemptions.iter().filter(|(_, own)| over(own));
        let ended: Vec<u64> = ended.map(|(id, _)| *id).collect();
        for id in ended {
            self.give_back(sheet, id);
        }
    }

    /// A redemption is undone: points return with their old dates, a mug into the stock.
    fn give_back(&mut self, sheet: &mut Sheet, id: u64) {
        let Some(own) = sheet.redemptions.remove(&id) else {
            return;
        };
        let beans = &mut sheet.accounts[BEANS];
        for (lot, points) in &own.paid {
            if own.held_until.is_some() {
                beans.held -= points;
            }
            beans.put(*lot, *points);
        }
        if own.held_until.is_none() {
            let points = own.paid.iter().map(|(_, points)| points).sum();
            self.paid_at_till(own.till, points, -1);
        }
        if own.mug {
            self.mugs -= 1;
        }
    }

    /// The event itself. Whether it is accepted.
    fn happens(&mut self, sheet: &mut Sheet, told: &Told, now: i64) -> bool {
        let terms = self.version(told.at);
        match &told.what {
            What::Nonsense(Nonsense::Points | Nonsense::Reward) => {
                // Whoever asks for something that is not there is a customer all the same.
                sheet.enrolled = true;
                return false;
            }
            // It was in the future when it was made, and is told when that has come.
            What::Nonsense(Nonsense::Future) => {
                sheet.enrolled = true;
                self.visit(sheet, told, &terms, now);
            }
            What::Nonsense(_) => return false,
            What::Back(order, lines) => self.back(sheet, &terms, told.source, (*order, lines), now),
            what => {
                sheet.enrolled = true;
                if !self.member_does(sheet, told, &terms, what, now) {
                    return false;
                }
            }
        }
        review(sheet, now);
        true
    }

    fn member_does(
        &mut self,
        sheet: &mut Sheet,
        told: &Told,
        terms: &Terms,
        what: &What,
        now: i64,
    ) -> bool {
        match what {
            What::Buy(order, lines) => {
                self.buy(sheet, told, terms, (*order, lines), now);
                true
            }
            What::Visit => {
                self.visit(sheet, told, terms, now);
                true
            }
            What::Ask(id, mug, commit) => self.ask(sheet, told, terms, (*id, *mug, *commit), now),
            What::Use(id) => self.use_it(sheet, told.source, *id, now),
            What::Cancel(id) => {
                let own = sheet.redemptions.get(id);
                let over = |own: &Redemption| {
                    own.held_until.is_none() && over_a_year_ago(own.used_at, now)
                };
                let may = own.is_some_and(|own| !over(own) && !anothers(told.source, own.till));
                if may {
                    self.give_back(sheet, *id);
                }
                may
            }
            What::Adjust(stars, amount) => adjust(sheet, terms, told.at, (*stars, *amount), now),
            What::Back(..) | What::Nonsense(_) => false,
        }
    }

    /// Beans come in that somebody pays for.
    fn issue(&mut self, account: &mut Account, lot: Lot, points: i64) {
        account.put(lot, points);
        self.pay_for(lot.funder, points);
    }

    fn pay_for(&mut self, funder: Option<Funder>, points: i64) {
        let Some(partner) = funder.map(|funder| funder.source) else {
            return;
        };
        let cost = cost(partner);
        *self.partners.entry(partner.name().into()).or_default() -= cost * points;
        if partner == Source::Bakery {
            self.used_up += cost * points;
        }
    }

    /// Points were spent at a till, or (with -1) came back.
    fn paid_at_till(&mut self, till: Option<Source>, points: i64, sign: i64) {
        let Some(till) = till else { return };
        let (worth, fee) = match till {
            Source::Bakery => (800_000, 0),
            Source::Cinema => (600_000, 12_000),
            Source::Till => return,
        };
        let micros = sign * points * (worth - fee);
        *self.partners.entry(till.name().into()).or_default() += micros;
    }

    fn buy(
        &mut self,
        sheet: &mut Sheet,
        told: &Told,
        terms: &Terms,
        (order, lines): (u64, &[(bool, i64)]),
        now: i64,
    ) {
        let lot = earned(terms, told.at, Funder::of(told.source));
        let gifts = gifts(terms, sheet.tier, lines, lot);
        let points: i64 = gifts.iter().map(|gift| gift.given).sum();
        if points > 0 {
            self.issue(&mut sheet.accounts[BEANS], lot, points);
        }
        let paid: i64 = lines.iter().map(|(_, amount)| amount).sum();
        *sheet.spent.entry(year_and_month(told.at).0).or_default() += paid;
        let own = sheet.orders.entry((told.source, order)).or_default();
        own.at = told.at;
        own.lines = lines.iter().map(|(_, amount)| (*amount, false)).collect();
        own.gifts = gifts;
        let early = std::mem::take(&mut own.early);
        for lines in early {
            self.back(sheet, terms, told.source, (order, &lines), now);
        }
    }

    /// Something came back.
    fn back(
        &mut self,
        sheet: &mut Sheet,
        terms: &Terms,
        source: Source,
        (order, lines): (u64, &[usize]),
        now: i64,
    ) {
        let own = sheet.orders.entry((source, order)).or_default();
        if !own.is_told() {
            own.early.push(lines.to_vec());
            return;
        }
        for (place, (amount, back)) in own.lines.iter_mut().enumerate() {
            if (lines.is_empty() || lines.contains(&place)) && !*back {
                *back = true;
                *sheet.spent.entry(year_and_month(own.at).0).or_default() -= *amount;
            }
        }
        let mut due = Vec::new();
        let (bought, whole) = (own.lines.clone(), own.all_came_back());
        for gift in &mut own.gifts {
            let by = share(gift, &bought, whole, terms.only_when_whole) - gift.taken;
            if by > 0 {
                gift.taken += by;
                due.push((gift.terms, by));
            }
        }
        for (lot, by) in due {
            self.take_back(&mut sheet.accounts[BEANS], terms, lot, by, now);
        }
    }

    /// From the lot that they made, then from the others; what is gone is owed, or borne.
    fn take_back(&mut self, beans: &mut Account, terms: &Terms, lot: Lot, by: i64, now: i64) {
        if lot.until <= now {
            return;
        }
        let own = |other: &Lot| {
            other.until == lot.until
                && other.funder == lot.funder
                && (other.from == lot.from || other.from == ALWAYS)
        };
        let mut order: Vec<Lot> = beans
            .lots
            .keys()
            .filter(|other| own(other))
            .rev()
            .copied()
            .collect();
        let others = beans
            .lots
            .keys()
            .filter(|other| !own(other) && other.until > now);
        order.extend(others);
        let taken: i64 = beans
            .take(&order, by)
            .iter()
            .map(|(_, points)| points)
            .sum();
        let mut paid_for = taken;
        if terms.go_negative {
            beans.debt += by - taken;
            paid_for = by;
        }
        self.pay_for(lot.funder, -paid_for);
    }

    fn visit(&mut self, sheet: &mut Sheet, told: &Told, terms: &Terms, now: i64) {
        let (day, today) = (told.at.div_euclid(DAY), now.div_euclid(DAY));
        // What was given on days of more than three months ago is not remembered, so nothing is.
        if day >= today - 92 && !sheet.starred.contains(&day) {
            sheet.starred.push(day);
            let funder = Funder::of(told.source);
            sheet.accounts[STARS].put(Lot { funder, ..open() }, 1);
        }
        sheet.stamps += 1;
        if sheet.stamps == FULL {
            sheet.stamps = 0;
            let lot = earned(terms, told.at, Funder::of(told.source));
            self.issue(&mut sheet.accounts[BEANS], lot, terms.card);
        }
    }

    fn ask(
        &mut self,
        sheet: &mut Sheet,
        told: &Told,
        terms: &Terms,
        (id, mug, commit): (u64, bool, bool),
        now: i64,
    ) -> bool {
        let price = if mug { terms.mug } else { terms.treat };
        let beans = &mut sheet.accounts[BEANS];
        let none_left = mug && self.mugs >= MUGS;
        if sheet.redemptions.contains_key(&id) || none_left || beans.free(now) < price {
            return false;
        }
        let paid = beans.spend(price, now);
        let till = partner(told.source);
        if commit {
            self.paid_at_till(till, price, 1);
        } else {
            beans.held += price;
        }
        self.mugs += i64::from(mug);
        let made = Redemption {
            mug,
            paid,
            held_until: (!commit).then_some(now + HOLD_DAYS * DAY),
            used_at: now,
            till,
        };
        sheet.redemptions.insert(id, made);
        true
    }

    fn use_it(&mut self, sheet: &mut Sheet, source: Source, id: u64, now: i64) -> bool {
        let Some(own) = sheet.redemptions.get_mut(&id) else {
            return false;
        };
        if own.held_until.is_none() || anothers(source, own.till) {
            return false;
        }
        own.held_until = None;
        own.used_at = now;
        own.till = own.till.or(partner(source));
        let (till, points) = (own.till, own.paid.iter().map(|(_, points)| points).sum());
        sheet.accounts[BEANS].held -= points;
        self.paid_at_till(till, points, 1);
        true
    }

    /// Whether the wallet is what the sheet says; else what is wrong.
    pub fn compare(&mut self, member: u32, wallet: &Wallet) -> Result<(), String> {
        let mut sheet = self.sheets.remove(&member).unwrap_or_default();
        let clock = wallet.clock.micros();
        if clock > sheet.clock && clock <= self.ticked_at {
            self.touch(&mut sheet, clock);
        }
        let (own, theirs) = (shown(&sheet), theirs(wallet));
        self.sheets.insert(member, sheet);
        match own == theirs {
            true => Ok(()),
            false => Err(format!("C-{member} should have\n{own}and has\n{theirs}")),
        }
    }

    /// How many mugs are gone, and what the partner who pays ahead has used up.
    pub const fn shared(&self) -> [i64; 2] {
        [self.mugs, self.used_up]
    }
}

fn same(due: &Seen, seen: &Seen) -> Result<(), String> {
    match due == seen {
        true => Ok(()),
        false => Err(format!("it should be {due:?}, and was {seen:?}")),
    }
}

/// A number that differs where anything that is told differs.
fn fingerprint(told: &Told) -> u64 {
    let text = format!("{} {} {:?}", told.member, told.at, told.what);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const fn partner(source: Source) -> Option<Source> {
    match source {
        Source::Till => None,
        partner => Some(partner),
    }
}

/// What a bean costs a partner, in millionths of a cent.
const fn cost(partner: Source) -> i64 {
    match partner {
        Source::Bakery => 1_000_000,
        Source::Cinema => 700_000,
        Source::Till => 0,
    }
}

/// Whether a partner has nothing to say of what was made at another's till.
fn anothers(source: Source, till: Option<Source>) -> bool {
    matches!((partner(source), till), (Some(own), Some(till)) if own != till)
}

const fn open() -> Lot {
    Lot {
        until: NEVER,
        from: ALWAYS,
        funder: None,
    }
}

/// When beans lapse that were earned at this moment.
fn lapse_at(terms: &Terms, at: i64) -> i64 {
    let (year, month) = year_and_month(at);
    start_of(year, month + terms.months + 1)
}

fn earned(terms: &Terms, at: i64, funder: Option<Funder>) -> Lot {
    Lot {
        until: lapse_at(terms, at),
        from: at + terms.pending_days * DAY,
        funder,
    }
}

/// What an order is given: by the rule, by the rule for coffee, by the tier.
fn gifts(terms: &Terms, tier: usize, lines: &[(bool, i64)], lot: Lot) -> Vec<Gift> {
    let of_tier = match tier {
        0 => 100,
        tier => terms.tiers[tier - 1],
    };
    let mut parts: [(i128, Vec<usize>); 3] = Default::default();
    for (place, (coffee, amount)) in lines.iter().enumerate() {
        // In millionths of a hundredth of a bean, so that nothing is rounded yet.
        let plain = i128::from(*amount) * i128::from(terms.per_euro) * 1_000_000;
        let (by_coffee, by_tier) = factors(terms, (*coffee, of_tier), plain);
        for (part, more) in parts.iter_mut().zip([plain, by_coffee, by_tier]) {
            if more > 0 {
                part.0 += more;
                part.1.push(place);
            }
        }
    }
    let whole = |(sum, of): (i128, Vec<usize>)| Gift {
        given: i64::try_from(sum / 100_000_000).expect("an order is no fortune"),
        taken: 0,
        of,
        terms: lot,
    };
    parts
        .into_iter()
        .map(whole)
        .filter(|gift| gift.given > 0)
        .collect()
}

/// What coffee and the tier add to what a line comes to.
fn factors(terms: &Terms, (coffee, of_tier): (bool, i64), plain: i128) -> (i128, i128) {
    let more = |of: i128, factor: i64| of * i128::from(factor - 100) / 100;
    if !coffee {
        return (0, more(plain, of_tier));
    }
    let by_coffee = more(plain, terms.coffee);
    match terms.multiply {
        Multiply::Best if of_tier > terms.coffee => (0, more(plain, of_tier)),
        Multiply::Best => (by_coffee, 0),
        Multiply::Add => (by_coffee, more(plain, of_tier)),
        Multiply::Compound => (by_coffee, more(plain + by_coffee, of_tier)),
    }
}

/// How much of a gift is gone, by what came back of the lines that it was for.
fn share(gift: &Gift, lines: &[(i64, bool)], whole: bool, only_when_whole: bool) -> i64 {
    if only_when_whole {
        return if whole { gift.given } else { gift.taken };
    }
    let of = gift.of.iter().map(|place| lines[*place]);
    let paid: i64 = of.clone().map(|(amount, _)| amount).sum();
    let back: i64 = of.filter(|(_, back)| *back).map(|(amount, _)| amount).sum();
    gift.given * back / paid
}

fn adjust(
    sheet: &mut Sheet,
    terms: &Terms,
    at: i64,
    (stars, amount): (bool, i64),
    now: i64,
) -> bool {
    let account = &mut sheet.accounts[if stars { STARS } else { BEANS }];
    if amount > 0 {
        let until = if stars { NEVER } else { lapse_at(terms, at) };
        account.put(Lot { until, ..open() }, amount);
        return true;
    }
    if account.free(now) < -amount {
        return false;
    }
    account.spend(-amount, now);
    true
}

/// When something next happens to a member by itself.
fn due(sheet: &Sheet) -> i64 {
    let lots = sheet
        .accounts
        .iter()
        .flat_map(|account| account.lots.keys());
    let lapse = lots.map(|lot| lot.until).min().unwrap_or(NEVER);
    let holds = sheet.redemptions.values().filter_map(|own| own.held_until);
    let holds = holds.min().unwrap_or(NEVER);
    lapse.min(holds).min(sheet.tier_until.unwrap_or(NEVER))
}

/// The highest tier that this year's spending reaches is the member's at once, until the end of next
/// year.
fn review(sheet: &mut Sheet, now: i64) {
    if !sheet.enrolled {
        return;
    }
    let (year, _) = year_and_month(now);
    let spent = sheet.spent.get(&year).copied().unwrap_or(0);
    let reached = REACH.iter().filter(|reach| spent >= **reach).count();
    if reached > sheet.tier {
        sheet.tier = reached;
        sheet.tier_until = Some(start_of(year + 2, 0));
    }
}

/// At the end of its time a tier is kept for another year by those who spent enough in the last one.
fn tier_ends(sheet: &mut Sheet, at: i64) {
    let Some(until) = sheet.tier_until.filter(|until| *until <= at) else {
        return;
    };
    let (year, _) = year_and_month(until);
    let spent = sheet.spent.get(&(year - 1)).copied().unwrap_or(0);
    if spent < REACH[sheet.tier - 1] {
        sheet.tier -= 1;
    }
    sheet.tier_until = (sheet.tier > 0).then(|| start_of(year + 1, 0));
}

/// A sheet as a text.
fn shown(sheet: &Sheet) -> String {
    let mut text = String::new();
    for (name, account) in ["beans", "stars"].iter().zip(&sheet.accounts) {
        let lots = account.lots.iter();
        let lots = lots.map(|(lot, points)| (lot.until, lot.from, funder(lot), *points));
        line(&mut text, name, (account.held, account.debt), lots);
    }
    let held = sheet
        .redemptions
        .values()
        .filter(|own| own.held_until.is_some());
    let tier = ["", "regular", "family"][sheet.tier];
    rest(
        &mut text,
        (tier, sheet.tier_until),
        sheet.stamps,
        held.count(),
    );
    text
}

/// A wallet as the same text.
fn theirs(wallet: &Wallet) -> String {
    let mut text = String::new();
    for name in ["beans", "stars"] {
        let book = wallet
            .books
            .iter()
            .find(|book| book.points == Name::of(name));
        let lots = book.map(|book| &book.lots[..]).unwrap_or_default().iter();
        let lots = lots.map(|lot| {
            let Dates {
                expires_at,
                available_at,
                funder,
            } = lot.dates;
            let until = if expires_at == Timestamp::LAST {
                NEVER
            } else {
                expires_at.micros()
            };
            let from = if available_at == Timestamp::FIRST {
                ALWAYS
            } else {
                available_at.micros()
            };
            (until, from, funder.map(partner_named), lot.points)
        });
        let sums = book.map_or((0, 0), |book| (book.held, book.debt));
        line(&mut text, name, sums, lots);
    }
    let held = wallet
        .redemptions
        .iter()
        .filter(|own| matches!(own.stage, regulars_engine::state::RedemptionStage::Held(_)));
    let tiers = ["regular", "family"].iter();
    let mut tiers = tiers.filter(|tier| wallet.tier.name == Some(Name::of(tier)));
    let tier = tiers.next().copied().unwrap_or_default();
    let until = wallet.tier.until.map(Timestamp::micros);
    let stamps = wallet.cards.iter().map(|card| card.stamps).sum();
    rest(&mut text, (tier, until), stamps, held.count());
    text
}

fn funder(lot: &Lot) -> Option<&'static str> {
    lot.funder.map(|funder| funder.source.name())
}

fn partner_named(name: Name) -> &'static str {
    let all = [Source::Bakery, Source::Cinema].iter();
    let mut all = all.map(|partner| partner.name());
    all.find(|own| Name::of(own) == name)
        .unwrap_or("somebody else")
}

fn line<'a>(
    text: &mut String,
    name: &str,
    (held, debt): (i64, i64),
    lots: impl Iterator<Item = (i64, i64, Option<&'a str>, i64)>,
) {
    let _ = write!(text, "  {name}: {held} held, {debt} owed");
    for (until, from, funder, points) in lots {
        let _ = write!(
            text,
            ", {points} of {} from {from} until {until}",
            funder.unwrap_or("nobody")
        );
    }
    text.push('\n');
}

fn rest(text: &mut String, (tier, until): (&str, Option<i64>), stamps: i64, held: usize) {
    let _ = writeln!(
        text,
        "  tier `{tier}` until {until:?}, {stamps} stamps, {held} set aside"
    );
}
