//! What members do without buying.

use super::phrase::Decimal;
use crate::event::{Activity, Fault, Value};
use regulars_base::{CivilDay, Currency, Name, Period, Span};

/// An activity that a program declares.
#[derive(Clone, Debug)]
pub struct ActivityRule {
    /// Its name in the file and in events.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// Its fields and their types, by name.
    pub fields: Vec<(String, FieldType)>,
    /// What the values of these fields must be, in the same order.
    pub checks: Vec<FieldCheck>,
    /// What pays once only.
    pub once: Option<Once>,
    /// Two of them are at least so far apart.
    pub apart_minutes: Option<i32>,
    /// What happens to one that comes too soon, or again.
    pub too_often: TooOften,
    /// It waits until somebody has looked at it.
    pub moderation: Option<Moderation>,
    /// It is about a product that the member must have bought: it names the order.
    pub of_purchase: bool,
    /// A member allows something, and may take that back.
    pub consent: Option<Withdrawal>,
}

/// The type of an activity's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// Words.
    Text,
    /// A number with at most three decimals.
    Decimal,
    /// Money of the program's currency.
    Money,
    /// A day.
    Day,
    /// A text of any length, of which only the number of characters is kept.
    Writing,
}

/// What the value of a field must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldCheck {
    /// It must be there.
    pub needed: bool,
    /// The least number (in the field's smallest unit), or characters.
    pub least: Option<i64>,
    /// The most.
    pub most: Option<i64>,
    /// It is one of these, if there are any.
    pub choices: Vec<String>,
}

/// What pays once only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The field whose every value pays once (`store` for the store).
    pub per: String,
    /// How soon it pays again.
    pub again: Again,
}

/// How soon what pays once pays again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Never.
    Never,
    /// In the next such period of the calendar.
    Each(Period),
    /// So long after it paid.
    After(Span),
}

/// What happens to an activity that comes too soon, or again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TooOften {
    /// It is written down and earns nothing.
    #[default]
    EarnsNothing,
    /// It is refused.
    Refused,
}

/// How long an activity waits until somebody has looked at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moderation {
    /// It lapses so long after it came in, at the end of that day.
    pub lapses: Span,
}

/// What becomes of what was given for a consent that is withdrawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Withdrawal {
    /// The member keeps it.
    #[default]
    Keep,
    /// It is taken back.
    TakeBack,
}

impl FieldType {
    /// What it takes, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int => "a whole number",
            Self::Text => "a text",
            Self::Decimal => "a number with at most three decimals",
            Self::Money => "an amount of money, as a number",
            Self::Day => "a day such as 2025-03-01",
            Self::Writing => "a text, or its number of characters",
        }
    }

    /// How many decimals its numbers have.
    pub(crate) const fn decimals(self, currency: Currency) -> u8 {
        match self {
            Self::Decimal => 3,
            Self::Money => currency.exponent(),
            _ => 0,
        }
    }

    /// The number that a value is measured by: itself in the smallest unit, or its characters.
    /// Nothing if it is of another type.
    fn measure(self, value: &Value, currency: Currency) -> Option<i64> {
        match (self, value) {
            (Self::Bool, Value::Bool(yes)) => Some(i64::from(*yes)),
            (Self::Int | Self::Writing, Value::Int(number)) => Some(*number),
            (Self::Decimal | Self::Money, number) => number.scaled(self.decimals(currency)),
            (Self::Text, Value::Text(text)) => i64::try_from(text.as_str().chars().count()).ok(),
            (Self::Day, Value::Text(text)) => {
                let day: CivilDay = text.as_str().parse().ok()?;
                Some(day.number().into())
            }
            _ => None,
        }
    }
}

impl Value {
    /// A number in units of which `10^decimals` make one; nothing if it is none, or finer.
    pub(crate) fn scaled(&self, decimals: u8) -> Option<i64> {
        match self {
            Self::Int(number) => number.checked_mul(10_i64.checked_pow(decimals.into())?),
            Self::Text(text) => {
                let (sign, size) = match text.as_str().strip_prefix('-') {
                    Some(size) => (-1, size),
                    None => (1, text.as_str()),
                };
                let size = Decimal::parse(size)?.scaled(decimals.into())?;
                Some(sign * size)
            }
            Self::Bool(_) => None,
        }
    }
}

impl ActivityRule {
    /// What the program knows of an activity that needs no declaration.
    pub(crate) fn undeclared(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: Name::of(id),
            fields: Vec::new(),
            checks: Vec::new(),
            once: None,
            apart_minutes: None,
            too_often: TooOften::default(),
            moderation: None,
            of_purchase: false,
            consent: None,
        }
    }

    /// All that is wrong with the fields of an activity, each with its pointer within the event.
    pub fn faults(&self, activity: &Activity, currency: Currency) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut wrong = |field: &str, what: String| {
            faults.push(Fault::new(format!("/fields/{field}"), what));
        };
        for (field, value) in &activity.fields {
            let known = self.fields.iter().zip(&self.checks);
            let mut known = known.filter(|((own, _), _)| own == field.as_str());
            match known.next() {
                None => {
                    let ids: Vec<&str> = self.fields.iter().map(|(id, _)| id.as_str()).collect();
                    let hint = match ids.is_empty() {
                        true => "it has none".to_owned(),
                        false => format!("they are {}", ids.join(", ")),
                    };
                    wrong(
                        field.as_str(),
                        format!("is no field of activity `{}`: {hint}", self.id),
                    );
                }
                Some(((_, kind), check)) => {
                    if let Err(what) = check.holds(*kind, value, currency) {
                        wrong(field.as_str(), what);
                    }
                }
            }
        }
        for ((field, kind), check) in self.fields.iter().zip(&self.checks) {
            let is = |(own, _): &(regulars_base::Text, Value)| own.as_str() == field;
            if check.needed && !activity.fields.iter().any(is) {
                wrong(field, format!("is missing: write {}", kind.words()));
            }
        }
        faults
    }
}

impl FieldCheck {
    fn holds(&self, kind: FieldType, value: &Value, currency: Currency) -> Result<(), String> {
        let Some(measured) = kind.measure(value, currency) else {
            return Err(format!("must be {}", kind.words()));
        };
        let shown = |bound: i64| match kind {
            FieldType::Text | FieldType::Writing => format!("{bound} characters"),
            FieldType::Day => i32::try_from(bound).map_or(String::new(), |number| {
                CivilDay::from_number(number).to_string()
            }),
            _ => super::words::number(kind.decimals(currency), bound),
        };
        if let Some(least) = self.least.filter(|least| measured < *least) {
            return Err(format!("must be {} at least", shown(least)));
        }
        if let Some(most) = self.most.filter(|most| measured > *most) {
            return Err(format!("must be {} at most", shown(most)));
        }
        match value {
            Value::Text(text) if !self.choices.is_empty() => {
                if self.choices.iter().any(|choice| choice == text.as_str()) {
                    return Ok(());
                }
                Err(format!("must be one of {}", self.choices.join(", ")))
            }
            _ => Ok(()),
        }
    }
}
