//! The customers behind a figure, by name: from a cell of a picture to whoever is in it.

use super::{Counted, Insight, InsightOptions};
use crate::{App, Error};
use regulars_base::{CivilDay, TenantId};
use regulars_lake::facts::Facts;
use regulars_metrics::behind::{Behind, Bought, Lived, Stretch};
use regulars_metrics::catalog::{self, Metric};
use regulars_metrics::deeds::Person;
use regulars_metrics::kind_of_loyalty::{KINDS, Kind};
use regulars_metrics::metric::rfm::Segment;
use regulars_metrics::report::{Report, Scored};
use regulars_metrics::sums::Basics;
use regulars_metrics::{CustomerFacts, CustomerSummary};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

/// Customers behind a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum List {
    /// Those of an RFM segment.
    Segment(Segment),
    /// Those who first bought in the period of that name.
    Cohort(String),
    /// Those who were active at the start of the period of that name and lost by its end.
    Lost(String),
    /// Those of a cohort who bought in its so manieth period after the first.
    Returned(String, usize),
    /// Those with these scores of recency and frequency, from 1 to 5.
    Scores(u8, u8),
    /// Those who bought on this day or later.
    Since(CivilDay),
    /// Those who were lost in the so manieth period after their first purchase.
    LostAfter(usize),
    /// Those who are loyal in this way.
    Kind(Kind),
    /// A tenth of the customers by what they are expected to bring, from 1, the best.
    Tenth(usize),
    /// Those whom a metric counts above the line, of all time or of the period of that name.
    Metric(&'static str, Option<String>),
}

/// A customer behind a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BehindFigure {
    /// The customer, as files name them; the member's id in a shop.
    pub customer: String,
    /// Whether they are counted above the line too, or below it only.
    pub above: bool,
}

/// How lists are written.
const HOW: &str = "write segment=at_risk, cohort=2025-03, cohort=2025-03+2, lost=2025-03, \
                   since=2025-03-31, scores=5-1, lost_after=2, kind=price, tenth=1, or a metric: churn_rate=2025-03, nps=all";

impl FromStr for List {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let none = || Error::invalid("/list", format!("`{text}` names no customers; {HOW}"));
        let of = |what: &str, id: &str, all: Vec<&str>| {
            let what = format!("`{id}` is no {what}; there are {}", all.join(", "));
            Error::invalid("/list", what)
        };
        let (which, value) = text.split_once('=').ok_or_else(none)?;
        Ok(match which {
            "segment" => Segment::ALL
                .into_iter()
                .find(|it| it.id() == value)
                .map(Self::Segment)
                .ok_or_else(|| of("segment", value, Segment::ALL.map(Segment::id).to_vec()))?,
            "kind" => KINDS
                .into_iter()
                .find(|it| it.id() == value)
                .map(Self::Kind)
                .ok_or_else(|| of("kind of loyalty", value, KINDS.map(Kind::id).to_vec()))?,
            "cohort" => match value.split_once('+') {
                Some((period, age)) => {
                    Self::Returned(period.to_owned(), age.parse().map_err(|_| none())?)
                }
                None => Self::Cohort(value.to_owned()),
            },
            "lost" => Self::Lost(value.to_owned()),
            "since" => {
                let day = value.parse::<CivilDay>();
                Self::Since(day.map_err(|why| Error::invalid("/list", why.to_string()))?)
            }
            "lost_after" => Self::LostAfter(value.parse().map_err(|_| none())?),
            "tenth" => {
                let tenth = value.parse().ok().filter(|tenth| (1..=10).contains(tenth));
                Self::Tenth(tenth.ok_or_else(none)?)
            }
            "scores" => {
                let score = |text: &str| text.parse().ok().filter(|it| (1..=5).contains(it));
                let scores = value.split_once('-');
                let scores = scores.and_then(|(one, other)| Some((score(one)?, score(other)?)));
                scores.map(|(r, f)| Self::Scores(r, f)).ok_or_else(none)?
            }
            id => {
                let metric = catalog::find(id).ok_or_else(none)?;
                Self::Metric(metric.id, (value != "all").then(|| value.to_owned()))
            }
        })
    }
}

impl List {
    /// Whether a model says who is in it.
    const fn needs_models(&self) -> bool {
        matches!(self, Self::Kind(_) | Self::Tenth(_))
    }
}

impl App {
    /// The members behind a figure of the shop, by their ids in order. It goes over the whole log; where
    /// a model says who they are, the model is fitted.
    pub fn list_customers(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        list: &List,
    ) -> Result<Vec<String>, Error> {
        if let List::Metric(id, period) = list {
            let all = self.behind_figure(tenant, id, period.as_deref(), options)?;
            return Ok(above(all));
        }
        if list.needs_models() {
            return self.insight(tenant, options, &|_| true)?.list(list);
        }
        let counted = self.counted(tenant, options)?;
        let Counted {
            facts,
            basics,
            report,
        } = &counted;
        Listed {
            facts,
            basics,
            report,
        }
        .of(list)
    }
}

impl Insight {
    /// The names of the customers behind a figure, in the order of the alphabet.
    pub fn list(&self, list: &List) -> Result<Vec<String>, Error> {
        let listed = Listed {
            facts: &self.facts,
            basics: &self.basics,
            report: &self.report,
        };
        match list {
            List::Kind(kind) => Ok(listed.named(|it| self.kinds.of(it.customer) == Some(*kind))),
            List::Tenth(tenth) => {
                let refused =
                    |why: &dyn std::fmt::Display| Error::invalid("/list", why.to_string());
                let outlook = self.outlook.as_ref().map_err(|why| refused(why))?;
                let value = outlook.value.as_ref().map_err(|why| refused(why))?;
                let mut worth: Vec<(f64, u64)> = outlook
                    .prospects
                    .iter()
                    .filter_map(|it| Some((it.value?, it.customer)))
                    .collect();
                worth.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                let size = worth.len().div_ceil(value.tenths.len().max(1)).max(1);
                let of = worth.chunks(size).nth(tenth - 1).unwrap_or_default();
                let of: BTreeSet<u64> = of.iter().map(|(_, customer)| *customer).collect();
                Ok(listed.named(|it| of.contains(&it.customer)))
            }
            List::Metric(id, name) => {
                let metric = catalog::find(id).ok_or_else(|| Error::not_found("metric", *id))?;
                let period = name
                    .as_deref()
                    .map(|name| listed.period(name))
                    .transpose()?;
                let each = |each: &mut dyn FnMut(&str, &Person)| {
                    for (name, person) in &self.people {
                        each(name, person);
                    }
                    Ok(())
                };
                let all = behind(&self.facts, &self.report, metric, period, each)?;
                Ok(above(all))
            }
            _ => listed.of(list),
        }
    }
}

fn above(all: Vec<BehindFigure>) -> Vec<String> {
    let above = all.into_iter().filter(|it| it.above);
    above.map(|it| it.customer).collect()
}

/// From what a list is made.
struct Listed<'a> {
    facts: &'a Facts,
    basics: &'a Basics,
    report: &'a Report,
}

impl Listed<'_> {
    fn of(&self, list: &List) -> Result<Vec<String>, Error> {
        let (calendar, window) = (&self.report.calendar, self.report.window);
        let scored = Scored::new(self.basics);
        Ok(match list {
            List::Segment(segment) => self.named(|it| scored.of(it).1 == *segment),
            List::Scores(recency, frequency) => self.named(|it| {
                let scores = scored.of(it).0;
                (scores.recency, scores.frequency) == (*recency, *frequency)
            }),
            List::Cohort(name) => {
                let cohort = self.period(name)?;
                self.named(|it| calendar.of(it.first) == cohort)
            }
            List::Returned(name, age) => {
                let cohort = self.period(name)?;
                self.found(|it| {
                    let mut bought = it.history.purchases.iter().filter(|p| p.is_purchase());
                    let first = bought.next().map(|it| calendar.of(it.day));
                    first == Some(cohort)
                        && (*age == 0 || bought.any(|it| calendar.of(it.day) == cohort + age))
                })?
            }
            List::Lost(name) => {
                let period = self.period(name)?;
                if !window.measures(calendar, period) {
                    let what = format!(
                        "who was lost in {name} is not known: the {} days before it are not all in the data",
                        window.days
                    );
                    return Err(Error::invalid("/list", what));
                }
                self.found(|it| window.loses(calendar, period, it.history))?
            }
            List::Since(day) => self.found(|it| {
                let mut latest = it.history.purchases.iter().rev();
                latest.any(|it| it.is_purchase() && it.day >= *day)
            })?,
            List::LostAfter(age) => self.found(|it| {
                let first = it.history.purchases.iter().find(|p| p.is_purchase());
                first.is_some_and(|first| {
                    let period = calendar.of(first.day) + age;
                    *age > 0
                        && period < calendar.len()
                        && window.measures(calendar, period)
                        && window.loses(calendar, period, it.history)
                })
            })?,
            List::Kind(_) | List::Tenth(_) | List::Metric(..) => {
                return Err(Error::Bug(
                    "a list of another kind was asked of purchases".into(),
                ));
            }
        })
    }

    fn period(&self, name: &str) -> Result<usize, Error> {
        let found = self.report.period(name);
        found.map_err(|why| Error::invalid("/list", why))
    }

    fn named(&self, is: impl Fn(&CustomerSummary) -> bool) -> Vec<String> {
        let those = self.basics.customers.iter().filter(|it| is(it));
        self.names(those.map(|it| it.customer))
    }

    fn found(&self, is: impl Fn(&CustomerFacts<'_>) -> bool + Sync) -> Result<Vec<String>, Error> {
        let found = self.facts.fold(
            Vec::new,
            |found: &mut Vec<u64>, it| {
                if is(&it) {
                    found.push(it.history.customer);
                }
            },
            |found, mut others| found.append(&mut others),
        );
        let found = found.map_err(|error| Error::File {
            path: PathBuf::new(),
            why: error.to_string(),
        })?;
        Ok(self.names(found.into_iter()))
    }

    fn names(&self, customers: impl Iterator<Item = u64>) -> Vec<String> {
        let names: BTreeSet<String> = customers
            .map(|customer| self.facts.name(customer).into_owned())
            .collect();
        names.into_iter().collect()
    }
}

/// Who is behind a figure, in the order of the alphabet.
pub(super) fn behind(
    facts: &Facts,
    report: &Report,
    metric: &Metric,
    period: Option<usize>,
    people: impl FnOnce(&mut dyn FnMut(&str, &Person)) -> Result<(), Error>,
) -> Result<Vec<BehindFigure>, Error> {
    let stretch = Stretch {
        calendar: &report.calendar,
        period,
        window: report.window,
    };
    let mut found = match metric.behind {
        None => {
            let what = format!("`{}` is made of no list of customers", metric.id);
            return Err(Error::invalid("/list", what));
        }
        Some(Behind::Orders(of)) => {
            let found = facts.fold(
                Vec::new,
                |found: &mut Vec<(u64, bool)>, facts| {
                    let bought = Bought { facts, stretch };
                    found.extend(of(&bought).map(|above| (facts.history.customer, above)));
                },
                |found, mut others| found.append(&mut others),
            );
            let found = found.map_err(|error| Error::File {
                path: PathBuf::new(),
                why: error.to_string(),
            })?;
            let one = |(customer, above)| BehindFigure {
                customer: facts.name(customer).into_owned(),
                above,
            };
            found.into_iter().map(one).collect::<Vec<_>>()
        }
        Some(Behind::Deeds(of)) => {
            if let Some(need) = metric
                .needs
                .filter(|need| !report.beside.knows.contains(need))
            {
                return Err(Error::invalid("/list", need.words()));
            }
            let mut found = Vec::new();
            people(&mut |name, person| {
                let above = of(&Lived { person, stretch });
                found.extend(above.map(|above| BehindFigure {
                    customer: name.to_owned(),
                    above,
                }));
            })?;
            found
        }
    };
    found.sort_by(|a, b| a.customer.cmp(&b.customer));
    Ok(found)
}
