//! The part of the page about who is likely to leave.

use super::html::{Section, escaped};
use super::{picture, words};
use crate::leaving::Leaving;
use crate::model::Refusal;
use crate::model::churn::{ChurnCheck, FEATURES};
use std::fmt::Write as _;

/// The section of the page.
#[must_use]
pub fn section(leaving: &Result<Leaving, Refusal>) -> Section {
    let mut body = String::new();
    match leaving {
        Ok(leaving) => written(&mut body, leaving),
        Err(refusal) => {
            let _ = write!(
                body,
                "<p>Nothing is said of who is likely to leave: {}.</p>",
                escaped(&refusal.to_string())
            );
        }
    }
    Section {
        id: "leaving".to_owned(),
        heading: "Who is likely to leave".to_owned(),
        body,
    }
}

fn written(body: &mut String, it: &Leaving) {
    let count = |number: f64| words::count(number.round() as i128);
    let (customers, left) = it.model.fitted_to();
    let _ = write!(
        body,
        "<p>Of {} customers who are active now, about {} are to be expected to buy nothing in the next {} days.</p>",
        count(it.each.len() as f64),
        count(it.expected),
        it.window.days
    );
    match &it.checked {
        Ok(checked) => check(body, checked),
        Err(refusal) => {
            let _ = write!(
                body,
                "<p>This could not be checked on a later time: {}. Take it with care.</p>",
                escaped(&refusal.to_string())
            );
        }
    }
    body.push_str(
        "<div class=\"wide\"><table><tr><th>What moves it</th><th class=\"n\">odds times</th>\
         <th class=\"n\">95 %</th></tr>",
    );
    for (name, (factor, (low, high))) in FEATURES.iter().zip(it.model.odds_factors()) {
        let _ = write!(
            body,
            "<tr><td>{}</td><td class=\"n\">{factor:.2}</td><td class=\"n\">{low:.2} to {high:.2}</td></tr>",
            name.replace('_', " ")
        );
    }
    let _ = write!(
        body,
        "</table></div><p class=\"soft\">Logistic regression, fitted to {} customers who were active on {}, {} of \
         whom bought nothing in the {} days after; checked on those active on {}. Odds times: by what the odds of \
         leaving are multiplied when the feature grows by one standard deviation.</p>",
        words::count(customers.into()),
        it.cuts.0,
        words::count(left.into()),
        it.window.days,
        it.cuts.1
    );
}

fn check(body: &mut String, checked: &ChurnCheck) {
    let better = checked.brier < checked.brier_naive;
    let verdict = if better {
        "The model came closer than the guess that everybody leaves as often as customers did before."
    } else {
        "The guess that everybody leaves as often as before was as good: do not rely on the model here."
    };
    let _ = write!(body, "<h3>Checked on the last window</h3><p>{verdict}</p>");
    let points: Vec<(f64, f64)> = checked
        .reliability
        .iter()
        .map(|bin| (bin.forecast, bin.actual))
        .collect();
    body.push_str(&picture::tracking(
        "Share that left, by the probability that was given",
        &points,
        &[(0.0, 0.0), (1.0, 1.0)],
    ));
    let or_none =
        |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |it| format!("{it:.2}"));
    let _ = write!(
        body,
        "<p class=\"soft\">Calibration: tenths of {} customers by the probability they were given (across, 0 to \
         100 %), and the share of each that left (up, 0 to 100 %); on the thin line forecast and truth are the same. Brier's \
         score {:.3}, naive {:.3} (the lower, the better). Area under ROC {}, by time since the last purchase alone \
         {}; {} left.</p>",
        words::count(checked.customers.into()),
        checked.brier,
        checked.brier_naive,
        or_none(checked.area_under_roc),
        or_none(checked.area_under_roc_naive),
        words::count(checked.left.into())
    );
}
