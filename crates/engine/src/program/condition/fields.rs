//! What conditions may name, and of which type it is: for checking, for hints and for the manual.

use super::Subject;
use super::figure::{CALLS, Figure, Plain};
use super::number::Unit;
use super::tree::{Slot, Words};
use crate::program::FieldType;

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Named {
    Num(Unit, Slot),
    Text(Words),
    Flag(Box<str>),
    /// The price of one thing on the line.
    Price,
}

/// Where a name may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Always,
    Purchase,
    Line,
    Activity,
    Member,
    /// The member on the day of what happens.
    MemberThen,
    /// The member as they are, whatever happens.
    Segment,
}

/// A name that conditions may use.
struct Known {
    name: &'static str,
    of: Of,
    means: fn() -> Named,
    doc: &'static str,
}

const fn known(name: &'static str, of: Of, means: fn() -> Named, doc: &'static str) -> Known {
    Known {
        name,
        of,
        means,
        doc,
    }
}

fn figure(unit: Unit, figure: Figure) -> Named {
    Named::Num(unit, Slot::Figure(figure.into()))
}

const KNOWN: &[Known] = &[
    known(
        "order.total",
        Of::Purchase,
        || Named::Num(Unit::Money, Slot::Total),
        "what is paid in all, delivery and tax included",
    ),
    known(
        "order.goods",
        Of::Purchase,
        || Named::Num(Unit::Money, Slot::Goods),
        "what is paid for goods",
    ),
    known(
        "order.delivery",
        Of::Purchase,
        || Named::Num(Unit::Money, Slot::Delivery),
        "what is paid for delivery",
    ),
    known(
        "order.quantity",
        Of::Purchase,
        || Named::Num(Unit::Quantity, Slot::OrderQuantity),
        "how many things",
    ),
    known(
        "order.lines",
        Of::Purchase,
        || Named::Num(Unit::Whole, Slot::LineCount),
        "how many lines; `order.lines.exists(l, l.brand == \"x\")` asks whether one is so, \
         `order.lines.all(...)` whether all are",
    ),
    known(
        "order.channel",
        Of::Purchase,
        || Named::Text(Words::Channel),
        "`shop`, `web`, `app` ...",
    ),
    known(
        "order.store",
        Of::Purchase,
        || Named::Text(Words::Store),
        "which store",
    ),
    known(
        "order.staff",
        Of::Purchase,
        || Named::Text(Words::Staff),
        "who sold it",
    ),
    known(
        "order.currency",
        Of::Purchase,
        || Named::Text(Words::Currency),
        "the order's currency",
    ),
    known(
        "line.sku",
        Of::Line,
        || Named::Text(Words::Sku),
        "which product",
    ),
    known(
        "line.category",
        Of::Line,
        || Named::Text(Words::Category),
        "what kind of product",
    ),
    known(
        "line.brand",
        Of::Line,
        || Named::Text(Words::Brand),
        "whose product",
    ),
    known(
        "line.quantity",
        Of::Line,
        || Named::Num(Unit::Quantity, Slot::LineQuantity),
        "how many",
    ),
    known(
        "line.amount",
        Of::Line,
        || Named::Num(Unit::Money, Slot::LineAmount),
        "what is paid for the line",
    ),
    known(
        "line.price",
        Of::Line,
        || Named::Price,
        "what is paid for one of it",
    ),
    known(
        "line.discount",
        Of::Line,
        || Named::Num(Unit::Money, Slot::LineDiscount),
        "by how much discounts lowered the line",
    ),
    known(
        "activity.name",
        Of::Activity,
        || Named::Text(Words::ActivityName),
        "what was done",
    ),
    known(
        "activity.store",
        Of::Activity,
        || Named::Text(Words::ActivityStore),
        "in which store",
    ),
    known(
        "weekday",
        Of::Always,
        || Named::Num(Unit::Weekday, Slot::Weekday),
        "the day of the week: `\"mon\"` to `\"sun\"`",
    ),
    known(
        "local_time",
        Of::Always,
        || Named::Num(Unit::Time, Slot::LocalTime),
        "the time on the shop's clock: `\"11:00\"`",
    ),
    known(
        "date",
        Of::Always,
        || Named::Num(Unit::Date, Slot::Date),
        "the day on the shop's calendar: `\"2025-12-24\"`",
    ),
    known(
        "month",
        Of::Always,
        || Named::Num(Unit::Whole, Slot::Month),
        "its month, 1 to 12",
    ),
    known(
        "day",
        Of::Always,
        || Named::Num(Unit::Whole, Slot::Day),
        "its day of the month, 1 to 31",
    ),
    known(
        "member.tier",
        Of::Member,
        || Named::Text(Words::Tier),
        "the id of the member's tier",
    ),
    known(
        "member.plan",
        Of::Member,
        || Named::Text(Words::Plan),
        "the id of the plan whose benefits the member has; empty if none",
    ),
    known(
        "member.years",
        Of::MemberThen,
        || Named::Num(Unit::Whole, Slot::Years),
        "for how many whole years they have been a member",
    ),
    known(
        "member.birthday_days",
        Of::MemberThen,
        || Named::Num(Unit::Whole, Slot::BirthdayDays),
        "how many days the nearest birthday is away, before or after; 1000 if it is not known",
    ),
    known(
        "orders_ever",
        Of::Segment,
        || figure(Unit::Whole, Figure::Plain(Plain::OrdersEver)),
        "how many orders they placed in all",
    ),
    known(
        "spend_ever",
        Of::Segment,
        || figure(Unit::Money, Figure::Plain(Plain::SpendEver)),
        "what they paid for goods in all, less what came back",
    ),
    known(
        "first_order",
        Of::Segment,
        || figure(Unit::Date, Figure::Plain(Plain::FirstOrder)),
        "the day of their first order; unknown if they placed none",
    ),
    known(
        "last_order",
        Of::Segment,
        || figure(Unit::Date, Figure::Plain(Plain::LastOrder)),
        "the day of their last order; unknown if they placed none",
    ),
    known(
        "joined",
        Of::Segment,
        || figure(Unit::Date, Figure::Plain(Plain::Joined)),
        "the day on which they became a member",
    ),
    known(
        "days_since_first_order",
        Of::Segment,
        || figure(Unit::Whole, Figure::Age(Plain::FirstOrder)),
        "how many days ago that first order was; unknown if they placed none",
    ),
    known(
        "days_since_order",
        Of::Segment,
        || figure(Unit::Whole, Figure::Age(Plain::LastOrder)),
        "how many days ago the last order was; unknown if they placed none",
    ),
    known(
        "days_as_member",
        Of::Segment,
        || figure(Unit::Whole, Figure::Age(Plain::Joined)),
        "for how many days they have been a member",
    ),
    known(
        "partner",
        Of::Always,
        || Named::Text(Words::Partner),
        "the id of the partner whose source sent the event; empty if it is nobody's",
    ),
];

/// What `name` stands for. Nothing if it is unknown or not to be asked about this subject: then
/// why.
pub(super) fn lookup(name: &str, subject: Subject<'_>) -> Result<Named, Option<&'static str>> {
    if let Some(own) = KNOWN.iter().find(|own| own.name == name) {
        return if asked(own.of, subject) {
            Ok((own.means)())
        } else {
            Err(Some(match own.of {
                Of::Activity => "only activities have it",
                Of::Segment => "only segments ask for it",
                _ if matches!(subject, Subject::Member(_)) => {
                    "segments ask about members as they are"
                }
                _ => "only purchases have it",
            }))
        };
    }
    let Subject::Activity(fields) = subject else {
        return Err(None);
    };
    let field = name.strip_prefix("activity.").ok_or(None)?;
    let (_, kind) = fields.iter().find(|(own, _)| own == field).ok_or(None)?;
    Ok(match kind {
        FieldType::Bool => Named::Flag(field.into()),
        FieldType::Int | FieldType::Writing => Named::Num(Unit::Whole, Slot::Field(field.into())),
        FieldType::Decimal => Named::Num(Unit::Quantity, Slot::Decimal(field.into())),
        FieldType::Money => Named::Num(Unit::Money, Slot::MoneyField(field.into())),
        FieldType::Day => Named::Num(Unit::Date, Slot::DayField(field.into())),
        FieldType::Text => Named::Text(Words::Field(field.into())),
    })
}

fn asked(of: Of, subject: Subject<'_>) -> bool {
    if matches!(subject, Subject::Member(_)) {
        return matches!(of, Of::Member | Of::Segment);
    }
    match of {
        Of::Always | Of::Member | Of::MemberThen => true,
        Of::Segment => false,
        Of::Purchase | Of::Line => matches!(subject, Subject::Purchase),
        Of::Activity => matches!(subject, Subject::Activity(_)),
    }
}

/// Whether the name is one of a line.
pub(super) fn of_line(name: &str) -> bool {
    KNOWN
        .iter()
        .any(|own| own.name == name && own.of == Of::Line)
}

/// Whether a name begins like this.
pub(super) fn root(root: &str) -> bool {
    let begins = |own: &Known| own.of != Of::Segment && own.name.split('.').next() == Some(root);
    root == "activity" || KNOWN.iter().any(begins)
}

/// Whether the name is one of the member.
pub(super) fn of_member(name: &str) -> bool {
    KNOWN
        .iter()
        .any(|own| own.name == name && matches!(own.of, Of::Member | Of::MemberThen))
}

/// All names that may be used.
pub(super) fn names(subject: Subject<'_>) -> Vec<String> {
    let own = KNOWN.iter().filter(|own| asked(own.of, subject));
    let mut names: Vec<String> = own.map(|own| own.name.to_owned()).collect();
    if let Subject::Activity(fields) = subject {
        names.extend(fields.iter().map(|(field, _)| format!("activity.{field}")));
    }
    if matches!(subject, Subject::Purchase) {
        names.push("paid_by".to_owned());
    }
    if matches!(subject, Subject::Member(_)) {
        names.extend(CALLS.iter().map(|(name, _, _)| (*name).to_owned()));
    }
    names
}

/// The names and what they mean, for the manual: (name, type, meaning).
pub(in crate::program) fn documented() -> Vec<(&'static str, &'static str, &'static str)> {
    let of_programs = |own: &&Known| own.of != Of::Segment;
    KNOWN.iter().filter(of_programs).map(told).collect()
}

/// The names that segments may use, and what they mean: (name, type, meaning).
pub fn documented_for_segments() -> Vec<(&'static str, &'static str, &'static str)> {
    let of_segments = |own: &&Known| matches!(own.of, Of::Member | Of::Segment);
    let names = KNOWN.iter().filter(of_segments).map(told);
    names
        .chain(CALLS.map(|(_, call, kind)| kind.told(call)))
        .collect()
}

/// A name, its type and its meaning.
fn told(own: &Known) -> (&'static str, &'static str, &'static str) {
    let kind = match (own.means)() {
        Named::Num(unit, _) => unit.words(),
        Named::Text(_) => "text",
        Named::Flag(_) => "yes or no",
        Named::Price => Unit::Money.words(),
    };
    (own.name, kind, own.doc)
}
