//! The part of the page about the periods to come.

use super::html::{Section, escaped};
use super::{Report, picture, words};
use crate::coming::{Coming, What};
use crate::forecast::{Forecast, method::Method};
use std::fmt::Write as _;

/// How much of the past is drawn beside a forecast.
const DRAWN: usize = 24;

/// The section of the page.
#[must_use]
pub fn section(report: &Report, all: &[Coming]) -> Section {
    let mut body = String::new();
    for it in all {
        let name = match &it.category {
            Some(category) => format!("{} of {}", it.what.name(), escaped(category)),
            None => it.what.name().to_owned(),
        };
        let name = &name;
        let _ = write!(body, "<h3>{name}</h3>");
        match &it.forecast {
            Ok(forecast) => drawn(&mut body, report, it, forecast, name),
            Err(refusal) => {
                let _ = write!(
                    body,
                    "<p>Not forecast: {}. Only periods of which all days are in the data count; a shorter \
                     <code>--period</code> gives more of them.</p>",
                    escaped(&refusal.to_string())
                );
            }
        }
    }
    Section {
        id: "coming".to_owned(),
        heading: "The periods to come".to_owned(),
        body,
    }
}

const fn said(method: Method) -> &'static str {
    match method {
        Method::Last => "as in the last period",
        Method::LastSeason => "as in the same period a season ago",
        Method::Trend => "a level and a trend that bends towards the flat",
        Method::Season => "a level, a trend and a season",
    }
}

/// A value of a series in its unit, as people read it.
#[must_use]
pub fn shown(report: &Report, what: What, value: f64) -> String {
    if what.is_money() {
        return words::money(value.round() as i128, report.decimals, report.currency);
    }
    let unit = if what.is_points() {
        report.beside.point.max(1) as f64
    } else {
        1.0
    };
    words::count((value / unit).round() as i128)
}

/// What a forecast comes to under scenarios, beside itself.
fn scenarios(body: &mut String, report: &Report, it: &Coming, forecast: &Forecast) {
    if it.scenarios.is_empty() {
        return;
    }
    body.push_str("<div class=\"wide\"><table><tr><th>Period</th><th class=\"n\">Forecast</th>");
    for (name, _) in &it.scenarios {
        let _ = write!(body, "<th class=\"n\">{}</th>", escaped(name));
    }
    body.push_str("</tr>");
    for (place, ahead) in forecast.periods.iter().enumerate() {
        let value = escaped(&shown(report, it.what, ahead.value));
        let _ = write!(
            body,
            "<tr><td>+{}</td><td class=\"n\">{value}</td>",
            place + 1
        );
        for (_, periods) in &it.scenarios {
            let value = periods.get(place).map(|it| it.value);
            let value = value.map_or_else(String::new, |value| shown(report, it.what, value));
            let _ = write!(body, "<td class=\"n\">{}</td>", escaped(&value));
        }
        body.push_str("</tr>");
    }
    body.push_str(
        "</table></div><p class=\"soft\">Scenarios are assumptions of whoever wrote them: how sure they are \
         is not known.</p>",
    );
}

fn drawn(body: &mut String, report: &Report, it: &Coming, forecast: &Forecast, name: &str) {
    let shown = |value: f64| shown(report, it.what, value);
    let skip = it.past.len().saturating_sub(DRAWN);
    let past = it.past.iter().enumerate().skip(skip);
    let mut bars: Vec<picture::Bar> = past
        .map(|(at, &value)| picture::Bar {
            name: report.calendar.name(it.first + at),
            value,
            interval: None,
            shown: shown(value),
            faint: false,
        })
        .collect();
    bars.extend(
        forecast
            .periods
            .iter()
            .zip(1..)
            .map(|(ahead, place)| picture::Bar {
                name: format!("+{place}"),
                value: ahead.value,
                // Bars begin at nothing; what lies below is said in words.
                interval: Some((ahead.low.max(0.0), ahead.high.max(0.0))),
                shown: format!(
                    "{} ({} to {})",
                    shown(ahead.value),
                    shown(ahead.low),
                    shown(ahead.high)
                ),
                faint: true,
            }),
    );
    body.push_str(&picture::bars(
        &format!("{name}, as it was and as forecast"),
        &bars,
    ));
    let test = &forecast.back_test;
    let error = match test.mase {
        Some(mase) => format!("its error there was {mase:.2} times that of \"as a season ago\""),
        None => "the past never changed, so its error has no measure".to_owned(),
    };
    let _ = write!(
        body,
        "<p class=\"soft\">Faint: forecast with its {:.0} % interval. Of {} whole periods; the method that came closest \
         on the last of them: {}. Asked {} times about what was known already, {error}, and {} of the time the truth \
         lay within the interval.</p>",
        forecast.level * 100.0,
        it.past.len(),
        said(forecast.method),
        test.forecasts,
        words::percent(test.coverage)
    );
    scenarios(body, report, it, forecast);
}
