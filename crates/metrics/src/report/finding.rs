//! What stands out: each finding says what was seen, over how many customers, from which threshold on
//! it is good or worrying, and what to do.

use super::{Measured, Report, words};
use crate::{Figure, metric::rfm::Segment};

/// How a finding is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// Something to mend.
    Worrying,
    /// Something to keep.
    Good,
    /// Something to know.
    Note,
}

impl Mood {
    /// Its name in files and the API.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Worrying => "worrying",
            Self::Good => "good",
            Self::Note => "note",
        }
    }
}

/// Something that stands out: as an id with its figures, for whoever has words of their own, and in English.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which it is.
    pub id: &'static str,
    /// How it is meant.
    pub mood: Mood,
    /// The figures that the sentences name, by their names: shares from 0 to 1, days, how many.
    pub figures: Vec<(&'static str, f64)>,
    /// What was seen, in a sentence.
    pub what: String,
    /// From which threshold on, and over how many.
    pub why: String,
    /// What to do.
    pub advice: String,
}

/// With fewer customers than these nothing is called good or worrying.
const FEWEST: u64 = 30;

/// All findings, what is worrying first.
pub(super) fn all(report: &Report) -> Vec<Finding> {
    let checks: [fn(&Report) -> Option<Finding>; 8] = [
        repurchase,
        churn,
        cohorts,
        at_risk,
        concentration,
        refunds,
        second_purchase,
        early_churn,
    ];
    let mut found: Vec<Finding> = checks.iter().filter_map(|check| check(report)).collect();
    if report
        .find("customers")
        .is_none_or(|it| it.figure.customers < FEWEST)
    {
        found.push(Finding {
            id: "few",
            mood: Mood::Note,
            figures: vec![("least", FEWEST as f64)],
            what: format!("There are fewer than {FEWEST} customers."),
            why: "So few can differ by chance alone, so nothing is called good or worrying."
                .to_owned(),
            advice: "Look at single customers instead, and come back with more data.".to_owned(),
        });
    }
    found.sort_by_key(|finding| finding.mood);
    found
}

fn measured<'a>(report: &'a Report, id: &str) -> Option<(&'a Measured, f64)> {
    let it = report.find(id)?;
    (it.figure.customers >= FEWEST).then_some(())?;
    Some((it, it.figure.value?))
}

fn over(figure: &Figure) -> String {
    format!(
        "over {} {}",
        words::count(figure.customers.into()),
        figure.population
    )
}

fn share_over(share: f64, figure: &Figure) -> Vec<(&'static str, f64)> {
    vec![("share", share), ("customers", figure.customers as f64)]
}

/// Two shares, each with over how many customers.
fn compared(first: (f64, u64), second: (f64, u64)) -> Vec<(&'static str, f64)> {
    vec![
        ("first", first.0),
        ("first_customers", first.1 as f64),
        ("second", second.0),
        ("second_customers", second.1 as f64),
    ]
}

/// Good from one value on, worrying below another; nothing between.
fn mood(value: f64, worrying_below: f64, good_from: f64) -> Option<Mood> {
    if value < worrying_below {
        Some(Mood::Worrying)
    } else if value >= good_from {
        Some(Mood::Good)
    } else {
        None
    }
}

fn repurchase(report: &Report) -> Option<Finding> {
    let (it, value) = measured(report, "repurchase_rate")?;
    let mood = mood(value, 0.25, 0.40)?;
    let advice = match mood {
        Mood::Worrying => {
            "Give new customers a reason for a second purchase: a card with a stamp on it already, \
            or points that are worth something with the next order."
        }
        _ => "Keep what brings them back, and try it on customers who bought once.",
    };
    Some(Finding {
        id: "repurchase",
        mood,
        figures: share_over(value, &it.figure),
        what: format!(
            "{} of customers bought more than once.",
            words::percent(value)
        ),
        why: format!("{}; worrying below 25 %, good from 40 %.", over(&it.figure)),
        advice: advice.to_owned(),
    })
}

/// The newest three measured periods against the three before.
fn churn(report: &Report) -> Option<Finding> {
    let it = report.find("churn_rate")?;
    let measured: Vec<&Figure> = it
        .periods
        .iter()
        .filter(|figure| figure.value.is_some())
        .collect();
    let (before, late) = measured.get(measured.len().checked_sub(6)?..)?.split_at(3);
    let (before, late) = (together(before), together(late));
    if before.customers.min(late.customers) < FEWEST {
        return None;
    }
    let (from, to) = (before.value?, late.value?);
    let (a, b) = (before.interval?, late.interval?);
    let mood = if b.low > a.high {
        Mood::Worrying
    } else if b.high < a.low {
        Mood::Good
    } else {
        return None;
    };
    let (word, advice) = match mood {
        Mood::Worrying => (
            "rose",
            "Find out what changed: prices, stock, service, a competitor. Write to \
            customers who are about to leave before their window ends.",
        ),
        _ => (
            "fell",
            "Whatever was changed seems to work; keep it and measure it with a hold-out group.",
        ),
    };
    Some(Finding {
        id: "churn",
        mood,
        figures: compared((from, before.customers), (to, late.customers)),
        what: format!(
            "Churn per period {word} from {} to {}.",
            words::percent(from),
            words::percent(to)
        ),
        why: format!(
            "the newest three measured periods against the three before, {} and {} customers; said only \
             where the 95 % intervals do not meet.",
            words::count(late.customers.into()),
            words::count(before.customers.into())
        ),
        advice: advice.to_owned(),
    })
}

/// Shares of several groups as one.
fn together(figures: &[&Figure]) -> Figure {
    let sum = |part: fn(&Figure) -> i128| {
        let sum = figures.iter().map(|figure| part(figure)).sum::<i128>();
        u64::try_from(sum).unwrap_or(u64::MAX)
    };
    Figure::share(
        sum(|it| it.numerator),
        sum(|it| it.denominator),
        "customers",
    )
}

/// Whether newer cohorts come back as often in the period after their first as older ones did.
fn cohorts(report: &Report) -> Option<Finding> {
    let calendar = &report.calendar;
    let known: Vec<Figure> = (0..calendar.len().saturating_sub(1))
        .filter(|cohort| calendar.is_whole(cohort + 1) && report.cohorts.size(*cohort) > 0)
        .map(|cohort| report.cohorts.retention(calendar, cohort, 1))
        .collect();
    if known.len() < 4 {
        return None;
    }
    let (old, new) = known.split_at(known.len() / 2);
    let (old, new) = (
        together(&old.iter().collect::<Vec<_>>()),
        together(&new.iter().collect::<Vec<_>>()),
    );
    if old.customers.min(new.customers) < FEWEST {
        return None;
    }
    let (a, b) = (old.interval?, new.interval?);
    let mood = if b.high < a.low {
        Mood::Worrying
    } else if b.low > a.high {
        Mood::Good
    } else {
        return None;
    };
    let (word, advice) = match mood {
        Mood::Worrying => (
            "fewer",
            "Look at where new customers come from now, and at what their first order was.",
        ),
        _ => ("more", "Spend on the sources of these customers first."),
    };
    Some(Finding {
        id: "cohorts",
        mood,
        figures: compared((old.value?, old.customers), (new.value?, new.customers)),
        what: format!(
            "Of newer cohorts {word} bought again in their next period: {} after {}.",
            words::percent(new.value?),
            words::percent(old.value?)
        ),
        why: format!(
            "the newer half of the cohorts ({} customers) against the older ({}); said only where the 95 % \
             intervals do not meet.",
            words::count(new.customers.into()),
            words::count(old.customers.into())
        ),
        advice: advice.to_owned(),
    })
}

fn at_risk(report: &Report) -> Option<Finding> {
    let all: u64 = report.segments.iter().map(|row| row.customers).sum();
    let spent: i128 = report.segments.iter().map(|row| row.spent).sum();
    let fallen =
        |row: &&super::SegmentRow| matches!(row.segment, Segment::AtRisk | Segment::CannotLose);
    let customers: u64 = report
        .segments
        .iter()
        .filter(fallen)
        .map(|row| row.customers)
        .sum();
    let theirs: i128 = report
        .segments
        .iter()
        .filter(fallen)
        .map(|row| row.spent)
        .sum();
    if all < FEWEST || spent <= 0 {
        return None;
    }
    let share = theirs as f64 / spent as f64;
    (share >= 0.15).then(|| Finding {
        id: "at_risk",
        mood: Mood::Worrying,
        figures: vec![
            ("share", share),
            ("those", customers as f64),
            ("customers", all as f64),
        ],
        what: format!(
            "{} customers who bought often have not been here for long; they brought in {} of all revenue.",
            words::count(customers.into()),
            words::percent(share)
        ),
        why: format!(
            "the segments \"at risk\" and \"cannot lose\" of {} customers; worrying from 15 % of revenue on.",
            words::count(all.into())
        ),
        advice: "Write to these customers first: \"cannot lose\" before \"at risk\". The report lists who is in \
            each."
            .to_owned(),
    })
}

fn concentration(report: &Report) -> Option<Finding> {
    let (it, value) = measured(report, "concentration")?;
    (value >= 0.6).then(|| Finding {
        id: "concentration",
        figures: share_over(value, &it.figure),
        mood: if value >= 0.8 {
            Mood::Worrying
        } else {
            Mood::Note
        },
        what: format!(
            "The best fifth of customers bring in {} of revenue.",
            words::percent(value)
        ),
        why: format!(
            "{}; noted from 60 %, worrying from 80 % on.",
            over(&it.figure)
        ),
        advice:
            "Treat them as what they are: a tier of their own, a person to talk to, early access."
                .to_owned(),
    })
}

fn refunds(report: &Report) -> Option<Finding> {
    let (it, value) = measured(report, "refund_rate")?;
    (value >= 0.10).then(|| Finding {
        id: "refunds",
        mood: Mood::Worrying,
        figures: share_over(value, &it.figure),
        what: format!("{} of what was sold came back.", words::percent(value)),
        why: format!("{}; worrying from 10 % on.", over(&it.figure)),
        advice: "See which products come back, and whether their descriptions promise too much."
            .to_owned(),
    })
}

fn second_purchase(report: &Report) -> Option<Finding> {
    let (it, days) = measured(report, "interpurchase_time")?;
    Some(Finding {
        id: "second_purchase",
        mood: Mood::Note,
        figures: vec![("days", days), ("window", f64::from(report.window.days))],
        what: format!("Half of those who come back do so within {days:.0} days."),
        why: format!(
            "{}; a customer counts as active here for {} days after a purchase.",
            it.figure.population, report.window.days
        ),
        advice: format!("Remind customers a little before day {days:.0}, not long after it."),
    })
}

/// Whether customers are lost above all at the beginning.
fn early_churn(report: &Report) -> Option<Finding> {
    let share = |part: &[(u64, u64)]| {
        let sum = |f: fn(&(u64, u64)) -> u64| part.iter().map(f).sum::<u64>();
        Figure::share(sum(|it| it.1), sum(|it| it.0), "active customers")
    };
    let (young, old) = report.tenure.split_at(report.tenure.len().min(4));
    let (young, old) = (share(young), share(old));
    if young.customers.min(old.customers) < FEWEST || young.interval?.low <= old.interval?.high {
        return None;
    }
    Some(Finding {
        id: "early_churn",
        mood: Mood::Note,
        figures: compared((young.value?, young.customers), (old.value?, old.customers)),
        what: format!(
            "Customers are lost early: {} per period in their first three, {} later.",
            words::percent(young.value?),
            words::percent(old.value?)
        ),
        why: format!(
            "{} and {} active customers; said only where the 95 % intervals do not meet.",
            words::count(young.customers.into()),
            words::count(old.customers.into())
        ),
        advice: "Put the effort into the first three periods: a welcome, a second purchase, a first reward.".to_owned(),
    })
}
