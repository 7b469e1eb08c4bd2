//! What figures about customers are made from.

use super::Ctx;
use crate::program::diagnostic::{Wrong, did_you_mean};
use crate::program::phrase::{self, Decimal};
use crate::program::reader::{At, Node, find};
use crate::program::{
    AlertRule, Answered, FieldType, InsightRules, KIND_FEATURES, KINDS, KindBound, KindRule,
    METRICS, ReportRule,
};
use regulars_base::Period;

/// Reads `[insight]`.
pub(super) fn insight(ctx: &Ctx<'_>) -> InsightRules {
    let parts = ctx.root.parts("insight");
    let Some(part) = parts.first() else {
        return InsightRules::default();
    };
    let node = &part.node;
    let points = node.get("points");
    let points = points.and_then(|at| find(&at, "kind of points", at.text()?, &ctx.names.points));
    InsightRules {
        active_days: (node.get("active_days")).and_then(|at| u32::try_from(at.whole()?).ok()),
        margin: node.get("margin").and_then(|at| at.read(share)),
        points,
        recommend: node
            .get("recommend")
            .and_then(|at| answered(ctx, &at, 0, 10)),
        loyalty: each(node, "loyalty", |at| answered(ctx, at, 1, 6)),
        attachment: each(node, "attachment", |at| answered(ctx, at, 0, 100)),
        engagement: node.get("engagement").map(|at| weights(ctx, &at)),
        extras: each(node, "extras", |at| {
            let id = at.text()?;
            known_activity(ctx, at, id).then(|| id.to_owned())
        }),
        kinds: each(node, "kinds", |at| at.read(kind_rule)),
        reports: each(node, "reports", |at| at.read(report_rule)),
        alerts: each(node, "alerts", |at| at.read(alert_rule)),
    }
}

fn each<T>(node: &Node<'_>, name: &str, read: impl Fn(&At<'_>) -> Option<T>) -> Vec<T> {
    let list = node.get(name).map(|at| at.list()).unwrap_or_default();
    list.iter().filter_map(read).collect()
}

/// `40%` in millionths.
fn share(text: &str) -> Result<i64, Wrong> {
    let percent = text.strip_suffix('%').and_then(Decimal::parse);
    let millionths = percent.and_then(|percent| percent.scaled(4));
    millionths.filter(|it| *it <= 1_000_000).ok_or_else(|| {
        Wrong::new(
            format!("`{text}` is no share of sales"),
            "write 0% to 100%, with at most four decimals",
        )
    })
}

/// A number of at most six decimals, in millionths.
fn number(text: &str) -> Result<i64, Wrong> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let millionths = Decimal::parse(digits).and_then(|it| it.scaled(6));
    millionths.map(|it| sign * it).ok_or_else(|| {
        Wrong::new(
            format!("`{text}` is no number that is taken here"),
            "write a number with at most six decimals",
        )
    })
}

fn known_activity(ctx: &Ctx<'_>, at: &At<'_>, id: &str) -> bool {
    let mut known: Vec<&str> = ctx.activities.iter().map(|own| own.id.as_str()).collect();
    known.push("visit");
    if known.contains(&id) {
        return true;
    }
    at.error(Wrong {
        message: format!("unknown activity `{id}`"),
        hint: did_you_mean(id, &known),
    });
    false
}

/// A field that holds answers: a number, within these bounds if it says any.
fn answered(ctx: &Ctx<'_>, at: &At<'_>, least: i64, most: i64) -> Option<Answered> {
    let text = at.text()?;
    let (activity, field) = text.split_once('.')?;
    if !known_activity(ctx, at, activity) {
        return None;
    }
    let own = ctx.activities.iter().find(|own| own.id == activity)?;
    let Some(place) = own.fields.iter().position(|(name, _)| name == field) else {
        let known: Vec<&str> = own.fields.iter().map(|(name, _)| name.as_str()).collect();
        at.error(Wrong {
            message: format!("the activity `{activity}` has no field `{field}`"),
            hint: did_you_mean(field, &known),
        });
        return None;
    };
    let check = own.checks.get(place);
    let outside = check.is_some_and(|check| {
        check.least.is_some_and(|it| it < least) || check.most.is_some_and(|it| it > most)
    });
    if own.fields[place].1 != FieldType::Int || outside {
        at.error(Wrong::new(
            format!("`{text}` does not hold answers from {least} to {most}"),
            format!(
                "declare it as `{field} = {{ type = \"int\", least = {least}, most = {most} }}`"
            ),
        ));
        return None;
    }
    Some(Answered {
        activity: activity.to_owned(),
        field: field.to_owned(),
    })
}

fn weights(ctx: &Ctx<'_>, at: &At<'_>) -> Vec<(String, i64)> {
    let entries = at.entries().into_iter();
    let one = |(id, at): (&str, At<'_>)| {
        let known = id == "referral" || known_activity(ctx, &at, id);
        Some((id.to_owned(), at.whole().filter(|_| known)?))
    };
    entries.filter_map(one).collect()
}

fn one_of(what: &str, text: &str, known: &[&str]) -> Result<String, Wrong> {
    if known.contains(&text) {
        return Ok(text.to_owned());
    }
    let hint = did_you_mean(text, known);
    let all = || Some(format!("there are {}", known.join(", ")));
    Err(Wrong {
        message: format!("unknown {what} `{text}`"),
        hint: hint.or_else(all),
    })
}

/// `price if discount_share >= 0.6 and purchases >= 3`.
fn kind_rule(text: &str) -> Result<KindRule, Wrong> {
    let form = || {
        Wrong::new(
            format!("`{text}` is no rule of a kind"),
            "write `price if discount_share >= 0.6`",
        )
    };
    let (kind, rest) = text.split_once(" if ").ok_or_else(form)?;
    let bound = |part: &str| {
        let mut words = part.split_whitespace();
        let (Some(feature), Some(sign), Some(value), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(form());
        };
        Ok(KindBound {
            feature: one_of("feature", feature, &KIND_FEATURES)?,
            at_least: match sign {
                ">=" => true,
                "<=" => false,
                _ => return Err(form()),
            },
            millionths: number(value)?,
        })
    };
    Ok(KindRule {
        text: text.to_owned(),
        kind: one_of("kind of loyalty", kind, &KINDS)?,
        all: rest.split(" and ").map(bound).collect::<Result<_, _>>()?,
    })
}

/// `every month by store`.
fn report_rule(text: &str) -> Result<ReportRule, Wrong> {
    let form = || {
        Wrong::new(
            format!("`{text}` does not say how often"),
            "write `every month` or `every week by store`",
        )
    };
    let rest = text.strip_prefix("every ").ok_or_else(form)?;
    let (every, by) = match rest.split_once(" by ") {
        Some((every, by)) => (every, Some(by.to_owned())),
        None => (rest, None),
    };
    let every = phrase::period(every).ok_or_else(form)?;
    Ok(ReportRule {
        text: text.to_owned(),
        every,
        by,
    })
}

/// `churn_rate above 0.1 by month`.
fn alert_rule(text: &str) -> Result<AlertRule, Wrong> {
    let form = || {
        Wrong::new(
            format!("`{text}` is no alert"),
            "write `churn_rate above 0.1` or `nps below 20 by quarter`",
        )
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let (metric, side, value, by) = match words[..] {
        [metric, side, value] => (metric, side, value, Period::Month),
        [metric, side, value, "by", period] => (
            metric,
            side,
            value,
            phrase::period(period).ok_or_else(form)?,
        ),
        _ => return Err(form()),
    };
    Ok(AlertRule {
        text: text.to_owned(),
        metric: one_of("metric", metric, &METRICS)?,
        above: match side {
            "above" => true,
            "below" => false,
            _ => return Err(form()),
        },
        millionths: number(value)?,
        by,
    })
}
