//! What customers do beside buying: out of a shop's log, or out of files with answers and costs.
//!
//! A shop's log is gone over wallet by wallet, and nobody is kept but who was merged: so it takes as much
//! memory for a million members as for one.

use super::InsightOptions;
use crate::dimensions::Dimensions;
use crate::standing::Standing;
use crate::statement::worth;
use crate::{App, Error};
use regulars_base::{CivilDay, Currency, MemberId, TenantId, Timestamp, WalletId, Zone};
use regulars_engine::Program;
use regulars_engine::event::{Activity, Kind, News, Value};
use regulars_engine::outcome::{Change, Verdict};
use regulars_engine::program::Answered;
use regulars_engine::state::ReferralChange;
use regulars_lake::facts::GROUP_MARK;
use regulars_lake::{Field, Options, open};
use regulars_ledger::{Account, Statement};
use regulars_metrics::catalog::Need;
use regulars_metrics::deeds::{Deed, Did, NO_GROUP, Person, Spend, SpendOn};
use regulars_metrics::kinds::Recorded;
use regulars_store::Logged;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where customers' deeds are known from.
pub(super) enum People<'a> {
    /// Files, or nothing: few people, who are kept.
    Files(BTreeMap<String, Person>),
    /// A shop's log.
    Shop(Log<'a>),
}

/// All that is known beside orders.
pub(super) struct Known<'a> {
    pub(super) people: People<'a>,
    pub(super) spends: Vec<Spend>,
    /// Names of groups of spend, by number; those of deeds follow.
    pub(super) groups: Vec<String>,
    pub(super) knows: BTreeSet<Need>,
    pub(super) point: i128,
    /// The file of costs and the time zone of its days.
    costs: Option<(PathBuf, Zone)>,
}

/// A shop's log.
pub(super) struct Log<'a> {
    pub(super) app: &'a App,
    pub(super) tenant: TenantId,
    pub(super) program: Arc<Program>,
    pub(super) by: Vec<String>,
}

impl Known<'static> {
    /// Out of the files that are named, or nothing.
    pub(super) fn of_files(options: &InsightOptions) -> Result<Self, Error> {
        let mut known = Known {
            people: People::Files(BTreeMap::new()),
            spends: Vec::new(),
            groups: Vec::new(),
            knows: BTreeSet::new(),
            point: 1,
            costs: None,
        };
        known.add_files(options)?;
        Ok(known)
    }
}

impl<'a> Known<'a> {
    /// Out of a shop's log, and files of costs.
    pub(super) fn of_shop(log: Log<'a>, options: &InsightOptions) -> Result<Self, Error> {
        let points = points_of(&log.program);
        let decimals = points.map_or(0, |points| points.decimals);
        let rules = &log.program.insight;
        let asks =
            rules.recommend.is_some() || !rules.loyalty.is_empty() || !rules.attachment.is_empty();
        let mut knows = BTreeSet::from([Need::Program]);
        knows.extend(asks.then_some(Need::Answers));
        let mut known = Known {
            people: People::Shop(log),
            spends: Vec::new(),
            groups: Vec::new(),
            knows,
            point: 10_i128.pow(decimals.into()),
            costs: None,
        };
        known.add_files(options)?;
        Ok(known)
    }

    fn add_files(&mut self, options: &InsightOptions) -> Result<(), Error> {
        let zone = zone(options)?;
        if let Some(path) = &options.scores {
            let People::Files(people) = &mut self.people else {
                let why =
                    "a shop's answers are activities of its log; name their fields in [insight]";
                return Err(Error::invalid("/scores", why));
            };
            scores(path, &zone, people)?;
            self.knows.insert(Need::Answers);
        }
        if let Some(path) = &options.costs {
            // Looked through before orders are, so that what is wrong is said at once; read for good once
            // it is known in which currency orders are.
            let code = options.currency.as_deref().unwrap_or("USD");
            let currency =
                Currency::new(code).map_err(|e| Error::invalid("/currency", e.to_string()))?;
            costs(path, &zone, (currency, false), &mut self.groups)?;
            self.costs = Some((path.clone(), zone));
            self.knows.insert(Need::Spend);
        }
        Ok(())
    }

    /// Takes what was spent, in the currency of the orders.
    pub(super) fn spend_in(&mut self, currency: Currency) -> Result<(), Error> {
        if let Some((path, zone)) = &self.costs {
            self.spends = costs(path, zone, (currency, true), &mut self.groups)?;
        }
        Ok(())
    }

    /// What is recorded of customers beside orders that kinds of loyalty are told by.
    pub(super) fn recorded(&self) -> Recorded {
        match &self.people {
            People::Files(_) => Recorded::default(),
            People::Shop(log) => Recorded {
                extras: !log.program.insight.extras.is_empty(),
                referrals: true,
            },
        }
    }

    /// Those of files; of a shop nobody is kept.
    pub(super) fn few(self) -> BTreeMap<String, Person> {
        match self.people {
            People::Files(people) => people,
            People::Shop(_) => BTreeMap::new(),
        }
    }

    /// Calls `each` with everybody, whose deeds are in order, and says what groups are called.
    pub(super) fn each(&self, each: &mut dyn FnMut(&str, &Person)) -> Result<Vec<String>, Error> {
        match &self.people {
            People::Files(people) => {
                for (name, person) in people {
                    each(name, person);
                }
                Ok(self.groups.clone())
            }
            People::Shop(log) => log.each(self.groups.clone(), each),
        }
    }
}

/// The points that are looked at.
fn points_of(program: &Program) -> Option<&regulars_engine::program::Points> {
    let named = program.insight.points;
    program.points.get(named.map_or(0, usize::from))
}

fn zone(options: &InsightOptions) -> Result<Zone, Error> {
    match &options.timezone {
        Some(name) => Zone::new(name).map_err(|e| Error::invalid("/timezone", e.to_string())),
        None => Ok(Zone::UTC),
    }
}

/// One wallet of the log, or all wallets of somebody who was merged.
#[derive(Default)]
struct Life {
    person: Person,
    dimensions: Dimensions,
}

impl Log<'_> {
    fn each(
        &self,
        groups: Vec<String>,
        each: &mut dyn FnMut(&str, &Person),
    ) -> Result<Vec<String>, Error> {
        let mut groups = Groups::new(groups);
        self.app.core().pool.with(|store| {
            let standing = Standing::read(store, self.tenant)?;
            let targets = standing.took_over();
            let mut kept: BTreeMap<MemberId, Person> = BTreeMap::new();
            let mut now: Option<(WalletId, MemberId, Life)> = None;
            let mut over = |member: MemberId, life: Life, kept: &mut BTreeMap<MemberId, Person>| {
                let mut person = life.person;
                if person.did.is_empty() && person.joined.is_none() {
                    return;
                }
                let own = standing.of(member);
                if own == member && !targets.contains(&member) {
                    person.sort();
                    each(&member.to_string(), &person);
                    return;
                }
                let all = kept.entry(own).or_default();
                all.joined = match (all.joined, person.joined) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                all.did.append(&mut person.did);
            };
            store.each_event(self.tenant, &mut |row| {
                if now
                    .as_ref()
                    .is_none_or(|(wallet, ..)| *wallet != row.wallet)
                {
                    let next = (row.wallet, row.member, Life::default());
                    if let Some((_, member, life)) = now.replace(next) {
                        over(member, life, &mut kept);
                    }
                }
                if let Some((_, _, life)) = &mut now {
                    self.tell(life, &row, &mut groups);
                }
                Ok(())
            })?;
            if let Some((_, member, life)) = now {
                over(member, life, &mut kept);
            }
            for (member, mut person) in kept {
                person.sort();
                each(&member.to_string(), &person);
            }
            Ok(())
        })?;
        Ok(groups.names)
    }

    fn day(&self, at: Timestamp) -> CivilDay {
        self.program.zone.day(at)
    }

    /// What a row of the log says that somebody did.
    fn tell(&self, life: &mut Life, row: &Logged, groups: &mut Groups) {
        let program = &*self.program;
        let group = self.group(&life.dimensions, row, groups);
        let (event, person) = (&row.event, &mut life.person);
        let on = self.day(event.occurred_at);
        let did = |deed| Did {
            day: on,
            group,
            deed,
        };
        let accepted = row.outcome.verdict == Verdict::Accepted;
        match &event.kind {
            Kind::Purchase(purchase) if accepted => {
                person.did.push(did(Deed::Bought(purchase.total)));
            }
            Kind::Activity(_) | Kind::Approved(_) => {
                if let Some(activity) = row.outcome.activity(event) {
                    self.active(activity, &mut |deed| person.did.push(did(deed)));
                }
            }
            Kind::ReferralClick if accepted => person.did.push(did(Deed::Visited)),
            Kind::FriendNews(news) if accepted => match news.news {
                News::Joined { .. } => {
                    person.did.push(did(Deed::FriendJoined));
                    let weight = self.weight("referral");
                    person.did.push(did(Deed::Engaged(weight * 1000)));
                }
                News::Bought { step: 1 } => person.did.push(did(Deed::FriendBought)),
                _ => {}
            },
            _ => {}
        }
        let looked_at = points_of(program).map(|points| points.name);
        for change in &row.outcome.changes {
            match change {
                Change::Enrolled(at) => {
                    let day = self.day(*at);
                    person.joined = Some(person.joined.map_or(day, |joined| joined.min(day)));
                }
                Change::LineRefunded { amount, .. } if *amount != 0 => {
                    person.did.push(did(Deed::GaveBack(*amount)));
                }
                Change::Referral(change) if matches!(**change, ReferralChange::Came(_)) => {
                    person.did.push(did(Deed::Referred));
                }
                Change::Posted(posting) => {
                    let day = self.day(posting.effective_at);
                    let mut push = |deed| person.did.push(Did { day, group, deed });
                    if Some(posting.points) == looked_at {
                        moved(posting, &mut push);
                    }
                    let sign = match (posting.from, posting.to) {
                        (_, Account::Redeemed) => 1,
                        (Account::Redeemed, _) => -1,
                        _ => continue,
                    };
                    let points = program.points_named(posting.points);
                    if let Some(cost) = points.and_then(|own| worth(own, posting.amount)) {
                        push(Deed::Reward(sign * cost));
                    }
                }
                _ => {}
            }
        }
        life.dimensions.tell(row);
    }

    fn weight(&self, id: &str) -> i64 {
        match &self.program.insight.engagement {
            None => 1,
            Some(weights) => {
                let own = weights.iter().find(|(name, _)| name == id);
                own.map_or(0, |(_, weight)| *weight)
            }
        }
    }

    /// What an activity says.
    fn active(&self, activity: &Activity, push: &mut dyn FnMut(Deed)) {
        let rules = &self.program.insight;
        let weight = self.weight(activity.name.as_str());
        if weight > 0 {
            push(Deed::Engaged(weight * 1000));
        }
        if rules.extras.iter().any(|id| id == activity.name.as_str()) {
            push(Deed::TookExtra);
        }
        let answer = |to: &Answered| {
            let own = activity.name.as_str() == to.activity;
            match activity.field(&to.field).filter(|_| own)? {
                Value::Int(answer) => u8::try_from(*answer).ok(),
                _ => None,
            }
        };
        if let Some(answer) = rules.recommend.as_ref().and_then(answer) {
            push(Deed::Recommends(answer));
        }
        for answer in rules.loyalty.iter().filter_map(answer) {
            push(Deed::Loyal(answer));
        }
        for answer in rules.attachment.iter().filter_map(answer) {
            push(Deed::Attached(answer));
        }
    }

    fn group(&self, dimensions: &Dimensions, row: &Logged, groups: &mut Groups) -> u32 {
        if self.by.is_empty() {
            return NO_GROUP;
        }
        let value = |field: &String| dimensions.value(&self.program, row, field);
        let Some(values) = self.by.iter().map(value).collect::<Option<Vec<_>>>() else {
            return NO_GROUP;
        };
        groups.number(&values.join(GROUP_MARK))
    }
}

/// What a posting means for the points that a wallet holds.
fn moved(posting: &regulars_ledger::Posting, push: &mut dyn FnMut(Deed)) {
    let mut moved = Statement::default();
    moved.add(posting);
    let other = moved.adjusted + moved.transferred + moved.shortfall;
    for (amount, deed) in [
        (moved.issued, Deed::Issued(moved.issued)),
        (moved.redeemed, Deed::Redeemed(moved.redeemed)),
        (moved.expired, Deed::Expired(moved.expired)),
        (other, Deed::OtherPoints(other)),
    ] {
        if amount != 0 {
            push(deed);
        }
    }
}

/// Numbers for groups.
struct Groups {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Groups {
    fn new(names: Vec<String>) -> Self {
        let numbered = names.iter().cloned().zip(0..);
        Self {
            numbers: numbered.collect(),
            names,
        }
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(NO_GROUP);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

/// A row of a file of answers or costs: the day, and what stands in its columns.
struct Row {
    line: u64,
    day: CivilDay,
    amount: i64,
    currency: Option<String>,
    texts: [String; 2],
}

/// Reads a file with these columns beside `date` and the amount; the last may be left out.
fn read(
    path: &Path,
    mut options: Options,
    amount: &str,
    texts: [(Field, &str); 2],
    each: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<(), Error> {
    let failed = |why: String| Error::File {
        path: path.to_owned(),
        why,
    };
    options.header = Some(true);
    options.columns = vec!["time=date".to_owned(), format!("amount={amount}")];
    let column = |(field, name): &(Field, &str)| format!("{}={name}", field.name());
    options.columns.push(column(&texts[0]));
    let mut with_last = options.clone();
    with_last.columns.push(column(&texts[1]));
    let mut reader = open(path, &with_last)
        .or_else(|_| open(path, &options))
        .map_err(|error| failed(error.to_string()))?;
    let (zone, options_are_whole) = (options.zone, options.minor_units == Some(true));
    let mut rows = 0_u64;
    while let Some(chunk) = reader.next().map_err(|error| failed(error.to_string()))? {
        if let Some(reject) = chunk.rejects.first() {
            let what = reject.reason.strip_prefix("amount: ");
            let why = match what {
                Some(_) if options_are_whole => {
                    format!("the {amount} is no whole number; write it as 9")
                }
                Some(what) => format!("{amount}: {what}"),
                None => reject.reason.clone(),
            };
            return Err(failed(format!("line {}: {why}", reject.line)));
        }
        for at in 0..chunk.batch.len() {
            rows += 1;
            let text = |(field, _): (Field, &str)| {
                reader
                    .text(&chunk.batch, field, at)
                    .map(|text| text.to_string())
                    .unwrap_or_default()
            };
            let time = chunk.batch.number(Field::Time, at).unwrap_or_default();
            let currency = reader.text(&chunk.batch, Field::Currency, at);
            let row = Row {
                line: chunk.batch.line(at),
                currency: currency.map(str::to_owned),
                day: zone.day(Timestamp::from_micros(time)),
                amount: chunk.batch.number(Field::Amount, at).unwrap_or_default(),
                texts: texts.map(text),
            };
            let line = row.line;
            each(row).map_err(|why| failed(format!("line {line}: {why}")))?;
        }
    }
    if rows == 0 {
        let why = format!("it has no rows; write one for each {amount}, or leave the file out");
        return Err(failed(why));
    }
    Ok(())
}

/// Reads answers: columns `customer`, `date`, `score`, and `question` (`recommend`, `loyalty` or
/// `attachment`; the first if there is no such column).
fn scores(path: &Path, zone: &Zone, people: &mut BTreeMap<String, Person>) -> Result<(), Error> {
    let whole = Currency::new("JPY").map_err(|error| Error::Bug(error.to_string()))?;
    let mut options = Options::orders(whole, zone.clone());
    options.minor_units = Some(true);
    let columns = [(Field::Customer, "customer"), (Field::Category, "question")];
    read(path, options, "score", columns, &mut |row| {
        let [customer, question] = &row.texts;
        if customer.is_empty() {
            return Err("it names no customer; say who answered, or leave the line out".to_owned());
        }
        let within = |least: i64, most: i64| {
            let fits = (least..=most).contains(&row.amount);
            let answer = u8::try_from(row.amount).ok().filter(|_| fits);
            answer.ok_or_else(|| {
                format!(
                    "`{}` is no answer from {least} to {most}; correct it",
                    row.amount
                )
            })
        };
        let deed = match question.as_str() {
            "" | "recommend" => Deed::Recommends(within(0, 10)?),
            "loyalty" => Deed::Loyal(within(1, 6)?),
            "attachment" => Deed::Attached(within(0, 100)?),
            other => {
                return Err(format!(
                    "`{other}` is no question; write recommend, loyalty or attachment"
                ));
            }
        };
        people.entry(customer.clone()).or_default().did.push(Did {
            day: row.day,
            group: NO_GROUP,
            deed,
        });
        Ok(())
    })?;
    people.values_mut().for_each(Person::sort);
    Ok(())
}

/// Reads what was spent: columns `date`, `what` (`acquisition`, `retention` or `program`), `amount`, and
/// `group`, a value of what figures are grouped by.
fn costs(
    path: &Path,
    zone: &Zone,
    (currency, is_sure): (Currency, bool),
    names: &mut Vec<String>,
) -> Result<Vec<Spend>, Error> {
    let options = Options::orders(currency, zone.clone());
    // A file must name a customer: here that place holds what the money was for.
    let columns = [(Field::Customer, "what"), (Field::Brand, "group")];
    let mut groups = Groups::new(std::mem::take(names));
    let mut spends = Vec::new();
    read(path, options, "amount", columns, &mut |row| {
        let [what, group] = &row.texts;
        let on = SpendOn::ALL.into_iter().find(|on| on.id() == what);
        let on = on.ok_or_else(|| {
            format!("nothing is spent on `{what}`; write acquisition, retention or program")
        })?;
        if let Some(other) = row.currency.filter(|it| is_sure && it != currency.code()) {
            let own = currency.code();
            return Err(format!(
                "it is in {other}, and the orders are in {own}; write all costs in {own}"
            ));
        }
        spends.push(Spend {
            day: row.day,
            on,
            amount: row.amount,
            group: match group.as_str() {
                "" => NO_GROUP,
                name => groups.number(name),
            },
        });
        Ok(())
    })?;
    *names = groups.names;
    Ok(spends)
}
