//! The part of the page about what is to come, or why nothing is said of it.

use super::html::{Section, escaped};
use super::{Report, picture, words};
use crate::model::Refusal;
use crate::model::holdout::{BIN_LAST, Bin};
use crate::model::spend_check::SpendCheck;
use crate::outlook::{Checked, Outlook, Value};
use std::fmt::Write as _;

/// The section of the page.
#[must_use]
pub fn section(report: &Report, outlook: &Result<Outlook, Refusal>) -> Section {
    let mut body = String::new();
    match outlook {
        Ok(outlook) => written(&mut body, report, outlook),
        Err(refusal) => {
            let _ = write!(
                body,
                "<p>Nothing is said of what is to come: {}.</p>",
                escaped(&refusal.to_string())
            );
        }
    }
    Section {
        id: "outlook".to_owned(),
        heading: "What is to come".to_owned(),
        body,
    }
}

fn number(value: f64) -> String {
    words::count(value.round() as i128)
}

fn money(report: &Report, minor: f64) -> String {
    words::money(minor.round() as i128, report.decimals, report.currency)
}

fn written(body: &mut String, report: &Report, outlook: &Outlook) {
    let fit = &outlook.buying;
    let _ = write!(
        body,
        "<p>Of {} customers, {} are to be expected to be active still. Within {} months they will come back \
         on {} days with a purchase.</p>",
        number(fit.customers as f64),
        number(outlook.active),
        outlook.terms.months(),
        number(outlook.purchases)
    );
    match &outlook.value {
        Ok(value) => bring(body, report, outlook, value),
        Err(refusal) => {
            let _ = write!(
                body,
                "<p>What they will bring is not said: {}.</p>",
                escaped(&refusal.to_string())
            );
        }
    }
    match &outlook.checked {
        Ok(checked) => check(body, report, checked),
        Err(refusal) => {
            let _ = write!(
                body,
                "<p>This could not be checked on a time held out: {}. Take it with care.</p>",
                escaped(&refusal.to_string())
            );
        }
    }
    let parameters: Vec<String> = crate::model::bg_nbd::PARAMETERS
        .iter()
        .zip(&fit.estimates)
        .map(|(name, it)| {
            format!(
                "{name} {:.3} (standard error {:.3})",
                it.value, it.standard_error
            )
        })
        .collect();
    let _ = write!(
        body,
        "<p class=\"soft\">Repeat buying by BG/NBD, fitted to {} customers, {} of whom came back; time in days: \
         {}. Who never came back counts as active: the model lets customers leave after a purchase only.</p>",
        number(fit.customers as f64),
        number(fit.repeaters as f64),
        parameters.join(", ")
    );
}

fn bring(body: &mut String, report: &Report, outlook: &Outlook, value: &Value) {
    let independence = value.spending.independence;
    let _ = write!(
        body,
        "<p>They will bring {}{}. A tenth of the customers each, the best first, what one of them will \
         bring:</p>",
        escaped(&money(report, value.total)),
        match outlook.terms.margin() {
            1.0 => " in sales",
            _ => " in margin",
        }
    );
    let bars: Vec<picture::Bar> = value
        .tenths
        .iter()
        .zip(1..)
        .map(|(&tenth, place)| picture::Bar {
            name: format!("{place}"),
            value: tenth,
            interval: None,
            shown: money(report, tenth),
            faint: false,
        })
        .collect();
    body.push_str(&picture::bars(
        "What a customer will bring, by tenths",
        &bars,
    ));
    let caution = if independence.holds {
        "small enough for the model"
    } else {
        "too large for the model, so values of those who buy most lean to one side"
    };
    let _ = write!(
        body,
        "<p class=\"soft\">{} within {} months, {} a year taken off for coming later. Spend by \
         Gamma-Gamma, fitted to {} customers. Correlation of frequency and spend {:.2} ({:.2} to {:.2}): {}.</p>",
        match outlook.terms.margin() {
            1.0 => "Sales, not margin,".to_owned(),
            margin => format!("A margin of {} of sales", words::percent(margin)),
        },
        outlook.terms.months(),
        words::percent(outlook.terms.discount_yearly()),
        number(value.spending.customers as f64),
        independence.correlation,
        independence.interval.0,
        independence.interval.1,
        caution
    );
}

fn check(body: &mut String, report: &Report, checked: &Checked) {
    let held = &checked.holdout;
    let verdict = if held.beats_naive() {
        "The model came closer than the guess that everybody goes on as before."
    } else {
        "The guess that everybody goes on as before was as good: do not rely on the model here."
    };
    let _ = write!(
        body,
        "<h3>Checked on what came after {}</h3><p>{verdict}</p><div class=\"wide\"><table><tr><th></th>\
         <th class=\"n\">purchases</th><th class=\"n\">off by, per customer</th><th class=\"n\">Gini</th></tr>",
        checked.cut
    );
    let or_none =
        |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |it| format!("{it:.2}"));
    for (name, it) in [("model", held.model), ("as before", held.naive)] {
        let _ = write!(
            body,
            "<tr><td>{name}</td><td class=\"n\">{}</td><td class=\"n\">{:.2}</td><td class=\"n\">{}</td></tr>",
            number(it.total),
            it.root_square,
            or_none(it.gini)
        );
    }
    let _ = write!(
        body,
        "<tr><td>made</td><td class=\"n\">{}</td><td class=\"n\"></td><td class=\"n\"></td></tr></table></div>",
        number(held.total as f64)
    );
    let most = checked
        .tracked
        .iter()
        .map(|it| it.forecast.max(it.actual as f64))
        .fold(1.0, f64::max);
    let last = checked.tracked.last().map_or(1.0, |it| it.until);
    let points = |of: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        let point = |at: usize| (checked.tracked[at].until / last, of(at) / most);
        std::iter::once((0.0, 0.0))
            .chain((0..checked.tracked.len()).map(point))
            .collect()
    };
    body.push_str(&picture::tracking(
        "Repeat purchases, as made and as forecast",
        &points(&|at| checked.tracked[at].actual as f64),
        &points(&|at| checked.tracked[at].forecast),
    ));
    let _ = write!(
        body,
        "<p class=\"soft\">{} customers who began by {}; the model was fitted to what they did by then. Whole \
         line: repeat purchases as made, added up; thin line: as forecast. Off by: the root of the mean \
         squared distance. Gini: how well customers are put in order, 1 is perfect.</p>",
        number(held.customers as f64),
        checked.cut
    );
    let as_number = |value: f64| format!("{value:.2}");
    calibration(
        body,
        "Purchases of a customer in that time, by how often they had come back",
        &held.bins,
        &as_number,
    );
    match &checked.spend {
        Ok(spend) => spent(body, report, spend),
        Err(refusal) => {
            let _ = write!(
                body,
                "<p>What a purchase is worth could not be checked: {}.</p>",
                escaped(&refusal.to_string())
            );
        }
    }
}

/// Forecast and truth by how often customers had come back: a plot, and the same as a table.
fn calibration(body: &mut String, title: &str, bins: &[Bin], shown: &dyn Fn(f64) -> String) {
    let most = bins.iter().map(|it| it.forecast.max(it.actual));
    let most = most.fold(f64::MIN_POSITIVE, f64::max);
    let last = bins.last().map_or(1, |it| it.repeats.max(1));
    let points = |of: fn(&Bin) -> f64| -> Vec<(f64, f64)> {
        let point = |it: &Bin| (f64::from(it.repeats) / f64::from(last), of(it) / most);
        bins.iter().map(point).collect()
    };
    body.push_str(&picture::tracking(
        title,
        &points(|it| it.actual),
        &points(|it| it.forecast),
    ));
    let _ = write!(
        body,
        "<div class=\"wide\"><table><tr><th>Had come back</th><th class=\"n\">customers</th>\
         <th class=\"n\">forecast</th><th class=\"n\">made</th></tr>"
    );
    for it in bins {
        let or_more = if it.repeats == BIN_LAST {
            " or more"
        } else {
            ""
        };
        let _ = write!(
            body,
            "<tr><td>{}{or_more}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            it.repeats,
            words::count(it.customers.into()),
            escaped(&shown(it.forecast)),
            escaped(&shown(it.actual))
        );
    }
    let _ = write!(
        body,
        "</table></div><p class=\"soft\">{}. Whole line: as made; thin line: as forecast.</p>",
        escaped(title)
    );
}

/// What a purchase was worth, as expected and as made.
fn spent(body: &mut String, report: &Report, it: &SpendCheck) {
    let verdict = if it.beats_naive() {
        "Of what a purchase is worth the model came closer than the guess that everybody spends as before."
    } else {
        "Of what a purchase is worth the guess that everybody spends as before was as good: do not rely on the model."
    };
    let _ = write!(
        body,
        "<p>{verdict}</p><div class=\"wide\"><table><tr><th></th><th class=\"n\">a purchase</th>\
         <th class=\"n\">off by, per customer</th></tr>"
    );
    for (name, of) in [("model", it.model), ("as before", it.naive)] {
        let _ = write!(
            body,
            "<tr><td>{name}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(&money(report, of.mean)),
            escaped(&money(report, of.root_square))
        );
    }
    let _ = write!(
        body,
        "<tr><td>made</td><td class=\"n\">{}</td><td class=\"n\"></td></tr></table></div><p class=\"soft\">{} \
         customers who had come back by then and came again.</p>",
        escaped(&money(report, it.actual)),
        number(it.customers as f64)
    );
    calibration(
        body,
        "What a purchase was worth in that time, by how often customers had come back",
        &it.bins,
        &|minor| money(report, minor),
    );
}
