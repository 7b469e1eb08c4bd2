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
        let name = match it.what {
            What::Revenue => "Revenue",
            What::Orders => "Orders",
            What::Customers => "Customers who buy",
        };
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

fn drawn(body: &mut String, report: &Report, it: &Coming, forecast: &Forecast, name: &str) {
    let shown = |value: f64| match it.what {
        What::Revenue => words::money(value.round() as i128, report.decimals, report.currency),
        What::Orders | What::Customers => words::count(value.round() as i128),
    };
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
}
