//! Reads a journey from its TOML text; all that is wrong is said at once, each at its place.

use super::{Journey, NAME_MOST, STEPS_MOST, Seeing, Start, Step, What};
use crate::segment::SegmentFault;
use crate::{Channel, Segment, holdout};
use regulars_engine::Program;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml_edit::{Document, Item, Table, TableLike, Value};

/// The longest text, in bytes.
const TEXT_MOST: usize = 100_000;
/// The longest id of a step, in letters.
const ID_MOST: usize = 40;
/// The longest sentence, in letters.
const WORDS_MOST: usize = 200;
/// The most points that one step gives.
const AWARD_MOST: i64 = 1_000_000;
/// The most points that a journey gives in all.
const BUDGET_MOST: i64 = 1_000_000_000;
/// The longest wait, in days.
const DAYS_MOST: i64 = 3660;
/// What leads out of a journey.
const END: &str = "end";
const MINUTE: i64 = 60_000_000;
/// What a step may do, and the field that says it.
const DEEDS: [&str; 7] = [
    "wait",
    "wait_until",
    "wait_for",
    "if",
    "send",
    "award",
    "task",
];
/// Kinds of event that may be waited for, by their names.
const KINDS: [&str; 11] = [
    "enrolment",
    "purchase",
    "refund",
    "profile",
    "reward_request",
    "plan_join",
    "plan_cancel",
    "payment_failed",
    "sign_up",
    "referral_click",
    "friend_news",
];

/// What else there is that a journey may name.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Templates, by their ids.
    pub templates: BTreeSet<String>,
    /// Segments, by their ids.
    pub segments: BTreeSet<String>,
}

impl Journey {
    /// Reads a journey.
    ///
    /// # Errors
    /// It is no TOML, lacks something, names what is not there, or leads back.
    pub fn read(text: &str, program: &Program, known: &Known) -> Result<Self, Vec<SegmentFault>> {
        let mut reader = Reader {
            text,
            program,
            known,
            faults: Vec::new(),
        };
        let journey = reader.journey();
        let mut faults = reader.faults;
        faults.sort_by_key(|fault| (fault.line, fault.column));
        match journey.filter(|_| faults.is_empty()) {
            Some(journey) => Ok(journey),
            None => Err(faults),
        }
    }
}

/// What is read, and what was found wrong with it.
struct Reader<'a> {
    text: &'a str,
    program: &'a Program,
    known: &'a Known,
    faults: Vec<SegmentFault>,
}

/// A table, with what it is called and where it stands.
#[derive(Clone, Copy)]
struct Part<'a> {
    table: &'a dyn TableLike,
    at: usize,
}

/// A value, and where it stands.
#[derive(Clone)]
struct Here<'a> {
    value: &'a Value,
    span: Range<usize>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        let line = before.rsplit('\n').next().unwrap_or(before);
        self.faults.push(SegmentFault {
            line: count(before.matches('\n').count()),
            column: count(line.chars().count()),
            message: message.into(),
            hint: Some(hint.into()),
        });
    }

    fn journey(&mut self) -> Option<Journey> {
        if self.text.len() > TEXT_MOST {
            let what = format!("this is longer than {TEXT_MOST} bytes");
            self.fault(0, what, "make two journeys of it");
            return None;
        }
        let document = match Document::parse(self.text) {
            Ok(document) => document,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                self.fault(
                    at,
                    error.message(),
                    "correct the line: it is written in TOML",
                );
                return None;
            }
        };
        let root = Part {
            table: document.as_table(),
            at: 0,
        };
        let fields = [
            "name", "start", "when", "goal", "exit", "again", "hold_out", "points", "budget",
            "step",
        ];
        self.only(root, &fields);
        let name = self.words(root, "name", NAME_MOST);
        let start = self.start(root);
        let [when, goal, exit] = ["when", "goal", "exit"].map(|name| self.condition(root, name));
        let again_after = self.again(root);
        let hold_out = self.hold_out(root);
        let points = self.points(root);
        let (points, decimals) = points.unwrap_or_default();
        let most = (1, BUDGET_MOST);
        let budget = self
            .whole(root, "budget", most)
            .map(|own| scaled(own, decimals));
        let steps = self.steps(root, decimals)?;
        if start == Some(Start::Holds) && when.is_none() && !root.table.contains_key("when") {
            let what = "`holds` starts it by a condition, and there is none";
            self.fault(self.place(root, "start"), what, "write it as `when`");
        }
        Some(Journey {
            name: name?,
            start: start?,
            when,
            goal,
            exit,
            again_after,
            hold_out,
            points,
            budget,
            steps,
        })
    }

    /// Says which fields there are not.
    fn only(&mut self, part: Part<'_>, fields: &[&str]) {
        let unknown: Vec<String> = part
            .table
            .iter()
            .filter(|(key, _)| !fields.contains(key))
            .map(|(key, _)| key.to_owned())
            .collect();
        for key in unknown {
            let at = self.place(part, &key);
            let all = fields.join("`, `");
            self.fault(
                at,
                format!("there is no field `{key}` here"),
                format!("there are `{all}`"),
            );
        }
    }

    /// Where a key stands; the table, if it does not.
    fn place(&self, part: Part<'_>, key: &str) -> usize {
        let span = part.table.get_key_value(key).and_then(|(key, item)| {
            let own = key.span();
            own.or_else(|| item.span())
        });
        span.map_or(part.at, |span| span.start)
    }

    fn value<'p>(&self, part: Part<'p>, key: &str) -> Option<Here<'p>> {
        let item = part.table.get(key)?;
        let place = self.place(part, key);
        let span = item.span().unwrap_or(place..place);
        item.as_value().map(|value| Here { value, span })
    }

    /// A field that must be there and be words.
    fn words(&mut self, part: Part<'_>, key: &str, most: usize) -> Option<String> {
        let found = self.text_of(part, key)?;
        if found.is_none() {
            let what = format!("the field `{key}` is missing");
            self.fault(part.at, what, format!("add `{key} = \"...\"`"));
        }
        let text = found?;
        if !(1..=most).contains(&text.trim().chars().count()) {
            let at = self.place(part, key);
            self.fault(
                at,
                format!("`{key}` must be 1 to {most} letters"),
                "shorten it",
            );
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// A field that may be there, and is text then. Nothing at all where it is something else.
    fn text_of(&mut self, part: Part<'_>, key: &str) -> Option<Option<String>> {
        if !part.table.contains_key(key) {
            return Some(None);
        }
        let text = self
            .value(part, key)
            .and_then(|here| here.value.as_str().map(str::to_owned));
        if text.is_none() {
            let at = self.place(part, key);
            self.fault(
                at,
                format!("`{key}` must be text"),
                format!("write `{key} = \"...\"`"),
            );
            return None;
        }
        Some(text)
    }

    /// A field that may be there, and is a whole number within bounds then.
    fn whole(&mut self, part: Part<'_>, key: &str, (least, most): (i64, i64)) -> Option<i64> {
        if !part.table.contains_key(key) {
            return None;
        }
        let number = self
            .value(part, key)
            .and_then(|here| here.value.as_integer());
        match number.filter(|number| (least..=most).contains(number)) {
            Some(number) => Some(number),
            None => {
                let at = self.place(part, key);
                let what = format!("`{key}` must be a whole number from {least} to {most}");
                self.fault(at, what, format!("write `{key} = {least}`, or more"));
                None
            }
        }
    }

    /// A condition in CEL, which says what is wrong at the place in the condition.
    fn condition(&mut self, part: Part<'_>, key: &str) -> Option<Segment> {
        let text = self.text_of(part, key)??;
        match Segment::new("", &text, self.program) {
            Ok(segment) => Some(segment),
            Err(faults) => {
                for fault in faults {
                    self.in_condition(part, (key, &text), fault);
                }
                None
            }
        }
    }

    /// A fault in a condition, told at its place in the whole text where that is known.
    fn in_condition(&mut self, part: Part<'_>, (key, text): (&str, &str), fault: SegmentFault) {
        let span = self
            .value(part, key)
            .map_or(part.at..part.at, |here| here.span);
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let line = usize::try_from(fault.line.saturating_sub(1)).unwrap_or(0);
        let within: usize = text.split('\n').take(line).map(|own| own.len() + 1).sum();
        let own_line = text.get(within..).unwrap_or_default();
        let column = usize::try_from(fault.column.saturating_sub(1)).unwrap_or(0);
        let in_line: usize = own_line.chars().take(column).map(char::len_utf8).sum();
        let start = raw.find(text).map(|at| at + within + in_line);
        let hint = fault
            .hint
            .unwrap_or_else(|| "see the manual page on segments".into());
        self.fault(span.start + start.unwrap_or(0), fault.message, hint);
    }

    fn start(&mut self, root: Part<'_>) -> Option<Start> {
        let Some(part) = self.part(root, "start") else {
            let what = "nothing says what sets it off";
            self.fault(0, what, "add `[start]` with `on = \"enrolment\"`");
            return None;
        };
        let fields = [
            "on",
            "activity",
            "segment",
            "days",
            "days_before",
            "missing",
        ];
        self.only(part, &fields);
        let on = self.words(part, "on", ID_MOST)?;
        let before = self.whole(part, "days_before", (0, 364));
        let before = i32::try_from(before.unwrap_or(0)).unwrap_or(0);
        let mut needed = |key: &str, most: i64| {
            let number = self.whole(part, key, (1, most));
            if number.is_none() && !part.table.contains_key(key) {
                let what = format!("`{on}` needs `{key}`");
                self.fault(part.at, what, format!("add `{key} = 30`"));
            }
            number
        };
        Some(match on.as_str() {
            "birthday" => Start::Birthday(before),
            "anniversary" => Start::Anniversary(before),
            "renewal" => Start::Renewal(before),
            "expiry" => Start::Expiry(before),
            "inactivity" => Start::Inactivity(i32::try_from(needed("days", 3650)?).ok()?),
            "near_tier" => Start::NearTier(needed("missing", 1_000_000_000)?),
            "holds" => Start::Holds,
            "segment" => {
                let segment = self.words(part, "segment", ID_MOST)?;
                if !self.known.segments.contains(&segment) {
                    let at = self.place(part, "segment");
                    let what = format!("there is no segment `{segment}`");
                    self.fault(at, what, "make the segment first, or name another");
                }
                Start::Segment(segment)
            }
            _ => Start::Event(self.seeing(part, "on", &on)?),
        })
    }

    /// Something that may happen, by its name.
    fn seeing(&mut self, part: Part<'_>, key: &str, name: &str) -> Option<Seeing> {
        match name {
            "tier_up" => return Some(Seeing::TierUp),
            "tier_down" => return Some(Seeing::TierDown),
            "activity" => return self.activity(part),
            kind if KINDS.contains(&kind) => return Some(Seeing::Kind(kind.to_owned())),
            _ => {}
        }
        let days = match key {
            "on" => {
                ", birthday, anniversary, renewal, expiry, inactivity, near_tier, segment, holds"
            }
            _ => "",
        };
        let at = self.place(part, key);
        let all = KINDS.join(", ");
        let what = format!("nothing is called `{name}` that could happen");
        self.fault(
            at,
            what,
            format!("there are activity, tier_up, tier_down, {all}{days}"),
        );
        None
    }

    fn activity(&mut self, part: Part<'_>) -> Option<Seeing> {
        let name = self.words(part, "activity", ID_MOST)?;
        if name != "visit" && self.program.activity(&name).is_none() {
            let at = self.place(part, "activity");
            let what = format!("the program has no activity `{name}`");
            self.fault(at, what, "name one that the program file declares");
            return None;
        }
        Some(Seeing::Activity(name))
    }

    fn part<'p>(&self, root: Part<'p>, key: &str) -> Option<Part<'p>> {
        let item = root.table.get(key)?;
        let at = self.place(root, key);
        let table = item.as_table_like()?;
        let at = item.span().map_or(at, |span| span.start);
        Some(Part { table, at })
    }

    /// `"never"`, or `"after 300 days"`.
    fn again(&mut self, root: Part<'_>) -> Option<u16> {
        let text = self.text_of(root, "again")??;
        let days = text
            .strip_prefix("after ")
            .and_then(|own| own.strip_suffix(" days"));
        let days = days.and_then(|own| own.parse::<u16>().ok());
        match days.filter(|days| (1..=3650).contains(days)) {
            Some(days) => Some(days),
            None if text == "never" => None,
            None => {
                let at = self.place(root, "again");
                let what = format!("`{text}` does not say when somebody may come in again");
                self.fault(at, what, "write `never`, or `after 300 days`");
                None
            }
        }
    }

    /// `"10 %"`.
    fn hold_out(&mut self, root: Part<'_>) -> u8 {
        let Some(Some(text)) = self.text_of(root, "hold_out") else {
            return 0;
        };
        let percent = text
            .strip_suffix('%')
            .map(str::trim)
            .and_then(|own| own.parse::<u8>().ok());
        match percent.filter(|own| *own <= holdout::MOST_PERCENT) {
            Some(percent) => percent,
            None => {
                let at = self.place(root, "hold_out");
                let most = holdout::MOST_PERCENT;
                let what = format!("`{text}` is no share from 0 % to {most} %");
                self.fault(at, what, "write a whole number as `10 %`");
                0
            }
        }
    }

    /// The points that it gives, and their decimals: the first kind, unless it says which.
    fn points(&mut self, root: Part<'_>) -> Option<(String, u8)> {
        let named = self.text_of(root, "points")?;
        let own = match &named {
            None => self.program.points.first(),
            Some(id) => self.program.points.iter().find(|own| own.id == *id),
        };
        if let (None, Some(id)) = (own, &named) {
            let at = self.place(root, "points");
            self.fault(
                at,
                format!("there are no points `{id}`"),
                "name points of the program",
            );
        }
        own.map(|own| (own.id.clone(), own.decimals))
    }

    fn steps(&mut self, root: Part<'_>, decimals: u8) -> Option<Vec<Step>> {
        let tables: Vec<&Table> = match root.table.get("step") {
            Some(Item::ArrayOfTables(tables)) => tables.iter().collect(),
            _ => Vec::new(),
        };
        if !(1..=STEPS_MOST).contains(&tables.len()) {
            let what = format!("there must be 1 to {STEPS_MOST} steps");
            self.fault(
                0,
                what,
                "add `[[step]]` with `id` and `send`, `wait` or another deed",
            );
            return None;
        }
        let parts: Vec<Part<'_>> = tables
            .iter()
            .map(|table| Part {
                table: *table,
                at: table.span().map_or(0, |span| span.start),
            })
            .collect();
        let mut places = BTreeMap::new();
        for (place, part) in parts.iter().enumerate() {
            let Some(id) = self.words(*part, "id", ID_MOST) else {
                continue;
            };
            let letter =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let at = self.place(*part, "id");
            if !id.bytes().all(letter) || id == END {
                let what = format!("`{id}` is no id of a step");
                self.fault(at, what, "write small letters, digits and hyphens");
            } else if places.insert(id.clone(), place).is_some() {
                self.fault(
                    at,
                    format!("there are two steps `{id}`"),
                    "call one of them otherwise",
                );
            }
        }
        let mut steps = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let way = Way {
                places: &places,
                place,
                count: parts.len(),
            };
            steps.extend(self.step(*part, &way, decimals));
        }
        (steps.len() == parts.len()).then_some(steps)
    }

    fn step(&mut self, part: Part<'_>, way: &Way<'_>, decimals: u8) -> Option<Step> {
        let deeds: Vec<&str> = DEEDS
            .into_iter()
            .filter(|deed| part.table.contains_key(deed))
            .collect();
        let [deed] = deeds[..] else {
            let what = "a step must do one thing";
            let hint = format!("give it one of `{}`", DEEDS.join("`, `"));
            self.fault(part.at, what, hint);
            return None;
        };
        let fields: &[&str] = match deed {
            "wait" | "wait_until" => &["id", "next"],
            "wait_for" => &["id", "activity", "within", "then", "late"],
            "if" => &["id", "then", "else"],
            "send" => &["id", "channel", "next"],
            "award" => &["id", "reason", "next"],
            _ => &["id", "owner", "within", "then", "late"],
        };
        let fields: Vec<&str> = fields.iter().copied().chain([deed]).collect();
        self.only(part, &fields);
        let onward = if fields.contains(&"then") {
            "then"
        } else {
            "next"
        };
        let next = self.leads(part, onward, way);
        let what = match deed {
            "wait" => self.length(part, "wait").map(What::Wait),
            "wait_until" => self.time_of_day(part).map(What::WaitUntil),
            "wait_for" => self.wait_for(part, way),
            "if" => self.branch(part, way),
            "send" => self.send(part),
            "award" => self.award(part, decimals),
            _ => self.task(part, way),
        };
        let id = part.table.get("id").and_then(Item::as_str)?;
        Some(Step {
            id: id.trim().to_owned(),
            what: what?,
            next: next?,
        })
    }

    /// Where a field leads: the next step, if it is left out.
    fn leads(&mut self, part: Part<'_>, key: &str, way: &Way<'_>) -> Option<usize> {
        let Some(id) = self.text_of(part, key)? else {
            return Some(way.place + 1);
        };
        if id == END {
            return Some(way.count);
        }
        let at = self.place(part, key);
        match way.places.get(&id) {
            None => {
                let hint = "name a step, or `end`";
                self.fault(at, format!("there is no step `{id}`"), hint);
                None
            }
            Some(place) if *place <= way.place => {
                let what = format!("`{id}` leads back, and nobody would come out");
                self.fault(at, what, "name a step further down, or `end`");
                None
            }
            Some(place) => Some(*place),
        }
    }

    /// `"3 days"`, `"2 hours"`, `"30 minutes"`, in microseconds.
    fn length(&mut self, part: Part<'_>, key: &str) -> Option<i64> {
        let text = self.text_of(part, key)??;
        let parsed = text.split_once(' ').and_then(|(count, unit)| {
            let minutes = match unit {
                "minute" | "minutes" => 1,
                "hour" | "hours" => 60,
                "day" | "days" => 24 * 60,
                "week" | "weeks" => 7 * 24 * 60,
                _ => return None,
            };
            count.parse::<i64>().ok()?.checked_mul(minutes)
        });
        match parsed.filter(|minutes| (1..=DAYS_MOST * 24 * 60).contains(minutes)) {
            Some(minutes) => Some(minutes * MINUTE),
            None => {
                let at = self.place(part, key);
                let what = format!("`{text}` is no length of time");
                self.fault(
                    at,
                    what,
                    "write it as `30 minutes`, `4 hours`, `3 days` or `2 weeks`",
                );
                None
            }
        }
    }

    fn time_of_day(&mut self, part: Part<'_>) -> Option<u16> {
        let text = self.text_of(part, "wait_until")??;
        let minute = crate::sending::minute_of_day(&text);
        if minute.is_none() {
            let at = self.place(part, "wait_until");
            let what = format!("`{text}` is no time of the day");
            self.fault(at, what, "write it as `09:30`");
        }
        minute
    }

    fn wait_for(&mut self, part: Part<'_>, way: &Way<'_>) -> Option<What> {
        let name = self.words(part, "wait_for", ID_MOST)?;
        let seeing = self.seeing(part, "wait_for", &name);
        if !part.table.contains_key("within") {
            let what = "nothing says how long it waits";
            self.fault(part.at, what, "add `within = \"7 days\"`");
        }
        let within = self.length(part, "within");
        let late = self.leads(part, "late", way);
        Some(What::WaitFor {
            seeing: seeing?,
            within: within?,
            late: late?,
        })
    }

    fn branch(&mut self, part: Part<'_>, way: &Way<'_>) -> Option<What> {
        let holds = self.condition(part, "if");
        let otherwise = self.leads(part, "else", way);
        Some(What::If {
            holds: holds?,
            otherwise: otherwise?,
        })
    }

    fn send(&mut self, part: Part<'_>) -> Option<What> {
        let template = self.words(part, "send", ID_MOST)?;
        if !self.known.templates.contains(&template) {
            let at = self.place(part, "send");
            let what = format!("there is no template `{template}`");
            self.fault(at, what, "write the template first, or name another");
        }
        let name = self.text_of(part, "channel")?;
        let name = name.unwrap_or_else(|| Channel::Email.name().to_owned());
        let channel = Channel::by_name(&name);
        if channel.is_none() {
            let at = self.place(part, "channel");
            let all = Channel::ALL.map(Channel::name).join(", ");
            self.fault(
                at,
                format!("`{name}` is no channel"),
                format!("there are {all}"),
            );
        }
        Some(What::Send {
            template,
            channel: channel?,
        })
    }

    fn award(&mut self, part: Part<'_>, decimals: u8) -> Option<What> {
        let amount = self.whole(part, "award", (1, AWARD_MOST));
        let reason = self.words(part, "reason", WORDS_MOST);
        Some(What::Award {
            amount: scaled(amount?, decimals),
            reason: reason?,
        })
    }

    fn task(&mut self, part: Part<'_>, way: &Way<'_>) -> Option<What> {
        let title = self.words(part, "task", WORDS_MOST);
        let owner = self.words(part, "owner", NAME_MOST);
        let within = match part.table.contains_key("within") {
            true => Some(self.length(part, "within")?),
            false => None,
        };
        let late = self.leads(part, "late", way);
        Some(What::Task {
            title: title?,
            owner: owner?,
            within,
            late: late?,
        })
    }
}

/// Where a step is, and where it may lead.
struct Way<'a> {
    places: &'a BTreeMap<String, usize>,
    place: usize,
    count: usize,
}

/// Whole points in the smallest unit.
fn scaled(points: i64, decimals: u8) -> i64 {
    points.saturating_mul(10_i64.saturating_pow(u32::from(decimals)))
}
