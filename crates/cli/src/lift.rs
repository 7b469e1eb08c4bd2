//! How lift is asked for and printed, of whatever it is.

use crate::print::{Print, Table};
use clap::Args;
use regulars_api::lift::{LiftGroupOut, LiftOut, NoAnswerOut, PowerOut};
use regulars_app::{LIFT_DAYS_MOST, LiftAsk, LiftMetric, LiftView, Power};
use regulars_server::view;

/// What is compared.
#[derive(Args)]
pub(crate) struct Compare {
    /// `spend`, `orders` or `returned`: whether they bought at all.
    #[arg(long, default_value = "spend", value_parser = metric)]
    metric: LiftMetric,
    /// In how many days after coming in.
    #[arg(long, default_value_t = 30,
          value_parser = clap::value_parser!(u16).range(1..=i64::from(LIFT_DAYS_MOST)))]
    days: u16,
}

impl Compare {
    pub(crate) const fn ask(&self) -> LiftAsk {
        LiftAsk {
            metric: self.metric,
            days: self.days,
        }
    }
}

fn metric(name: &str) -> Result<LiftMetric, String> {
    let known = LiftMetric::by_name(name);
    known.ok_or_else(|| "must be spend, orders or returned".to_owned())
}

/// A figure of a lift in words: money in whole units of its currency.
fn figure(own: &LiftOut, value: f64) -> String {
    match own.unit.as_str() {
        "share" => format!("{:.1} %", value * 100.0),
        "count" => format!("{value:.3}"),
        _ => money(value, own.decimals),
    }
}

fn money(minor: f64, decimals: u8) -> String {
    let whole = minor / 10_f64.powi(decimals.into());
    format!("{whole:.*}", usize::from(decimals))
}

pub(crate) fn told(own: &LiftView, print: &Print) -> anyhow::Result<()> {
    let own = view::lift(own);
    shown(&own, print);
    print.json(&own)
}

/// The same, without the document.
pub(crate) fn shown(own: &LiftOut, print: &Print) {
    let unit = match own.unit.as_str() {
        "minor_units" => own.currency.clone(),
        other => other.to_owned(),
    };
    print.line(format!(
        "{} ({unit}) in {} days, of those who came in since {}; {} % held out",
        own.metric, own.days, own.since, own.hold_out_percent
    ));
    let mut table = Table::new(&["GROUP", ">MEMBERS", ">BOUGHT", ">EACH", ">WAIT"]);
    for (name, group) in [("got it", &own.treated), ("held out", &own.held_out)] {
        table.row(row(name, group, own));
    }
    print.table(&table);
    if own.earlier + own.unknown + own.control_group > 0 {
        print.line(format!(
            "not counted: {} who came in before, {} of whom nothing is known, {} in the control group of the program",
            own.earlier, own.unknown, own.control_group
        ));
    }
    print.line(answer(own));
    print.line(any_day(own));
    if !own.complete {
        print.note("the log is still being read: the figures move".to_owned());
    }
}

fn row(name: &str, own: &LiftGroupOut, of: &LiftOut) -> Vec<String> {
    vec![
        name.to_owned(),
        own.customers.to_string(),
        own.buyers.to_string(),
        own.mean.map_or_else(|| "–".into(), |mean| figure(of, mean)),
        own.waiting.to_string(),
    ]
}

fn answer(own: &LiftOut) -> String {
    let Some(found) = &own.answer else {
        return refused("no answer", own.no_answer.as_ref());
    };
    let said = |value| figure(own, value);
    let relative = found.relative.map_or_else(String::new, |part| {
        format!(", {:+.1} % of what is bought anyway", part * 100.0)
    });
    format!(
        "brought each {} ({} to {}, 95 %){relative}; {} in all",
        said(found.each),
        said(found.interval.low),
        said(found.interval.high),
        said(found.in_all)
    )
}

fn any_day(own: &LiftOut) -> String {
    let Some(found) = &own.any_day else {
        return refused("on any day", own.no_any_day.as_ref());
    };
    let shows = if found.shows {
        "it is there"
    } else {
        "nothing is shown yet"
    };
    format!(
        "on any day, so far (day {}): {} to {}: {shows}",
        found.day,
        figure(own, found.interval.low),
        figure(own, found.interval.high)
    )
}

fn refused(what: &str, why: Option<&NoAnswerOut>) -> String {
    format!("{what}: {}", why.map_or("", |why| &why.detail))
}

/// What could be told, before it starts.
pub(crate) fn power(own: &Power) -> Vec<String> {
    let PowerOut {
        days,
        members,
        held_out,
        each,
        least,
        relative,
        warning,
        currency,
        decimals,
    } = view::power(own);
    let said = |minor| money(minor, decimals);
    let mut lines = vec![format!(
        "{members} members are expected, {held_out} of them held out; each spent {} {currency} in {days} days",
        said(each)
    )];
    if let Some(least) = least {
        let part = relative.map_or_else(String::new, |part| format!(" ({:.1} %)", part * 100.0));
        lines.push(format!(
            "an effect of {} {currency} each{part} is seen four times of five",
            said(least)
        ));
    }
    let why = warning.as_deref().map(|warning| match warning {
        "nobody_held_out" => "nobody is held out: nothing can be told of what it brings",
        "too_few" => "too few for any answer: hold out more, or take more members",
        "few_buyers" => "too few of those held out would buy anything: hold out more, or wait longer",
        _ => "only an effect larger than most have could be told: hold out more, or take more members",
    });
    lines.extend(why.map(|why| format!("warning: {why}")));
    lines
}
