//! The report as one page: no network, no script, no font of its own; it reads on a telephone and
//! prints.

use super::{Finding, Measured, Mood, Report, picture, words};
use crate::{
    catalog::Metric,
    metric::{cohorts, rfm},
};
use std::fmt::Write as _;

/// A part of the page that somebody else adds: a heading, and what stands below it as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its anchor in the page.
    pub id: String,
    /// Its heading, as text.
    pub heading: String,
    /// What stands below, as HTML.
    pub body: String,
}

/// How many cohorts and ages are drawn; the newest. All of them are in the JSON and the tables.
const DRAWN: usize = 24;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5c6675;--paper:#fff;--edge:#dfe3e8;--mark:#1f6f8b;--good:#1d7a46;--bad:#b3362b;--note:#7a5c00}\
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a3acb8;--paper:#14181e;--edge:#2c333d;--mark:#58b4d1;--good:#5cc98b;--bad:#f08377;--note:#e0b84c}}\
*{box-sizing:border-box}body{margin:0 auto;max-width:56rem;padding:1rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2.2rem 0 .4rem;padding-top:.6rem;border-top:1px solid var(--edge)}h3{font-size:1rem;margin:0}\
p{margin:.3rem 0}small,.soft{color:var(--soft);font-size:.875rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem;color:var(--soft)}\
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:.6rem;margin:1rem 0}.tile{border:1px solid var(--edge);border-radius:.5rem;padding:.6rem .8rem}.tile b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}\
.finding{border-left:.3rem solid var(--note);padding:.2rem 0 .2rem .8rem;margin:.9rem 0}.finding.good{border-color:var(--good)}.finding.worrying{border-color:var(--bad)}\
.wide,.picture{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--edge);vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
svg{display:block;width:100%;height:auto;overflow:visible;margin:.6rem 0;font:12px system-ui,sans-serif}svg text{fill:var(--ink)}svg .mark{fill:var(--mark)}svg .on{fill:var(--paper)}svg .curve{fill:none;stroke:var(--mark);stroke-width:2.5}svg .rule{fill:none;stroke:var(--edge)}svg .whisker{stroke:var(--ink);stroke-width:1.5;fill:none}\
details{margin:.6rem 0}summary{cursor:pointer}\
@media(max-width:46rem){svg{min-width:42rem;font-size:13px}.picture{border-bottom:1px dashed var(--edge)}table{font-size:.875rem}.tile b{font-size:1.1rem}}\
@page{margin:14mm}\
@media print{body{max-width:none;padding:0;font-size:10.5pt}.wide,.picture{overflow:visible;border:0}svg{min-width:0;font-size:12px}table{font-size:8.5pt}th,td{white-space:normal;overflow-wrap:anywhere}thead,tr:first-child{break-after:avoid}a{color:inherit}.tile b{font-size:1.05rem}h2{break-after:avoid}svg,.picture,.finding,.tile,tr{break-inside:avoid}h2,h3{break-after:avoid}:root{--ink:#000;--soft:#444;--paper:#fff;--edge:#bbb;--mark:#1f6f8b}svg .mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

/// Text that cannot become markup.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// The whole page; `sections` are put behind our own.
pub fn page(report: &Report, sections: &[Section]) -> String {
    let mut page = String::new();
    let title = escaped(&report.title);
    let _ = write!(
        page,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>"
    );
    let _ = write!(
        page,
        "<p>{} to {}, {} orders and refunds of {} customers.</p>",
        report.calendar.first(),
        report.calendar.last(),
        words::count((orders(report)).into()),
        words::count(report.curve.customers.into())
    );
    tiles(&mut page, report);
    findings(&mut page, report);
    over_time(&mut page, report);
    cohort_map(&mut page, report);
    rfm_grid(&mut page, report);
    churn(&mut page, report);
    returns(&mut page, report);
    concentration(&mut page, report);
    by_group(&mut page, report);
    for section in sections {
        let (id, heading) = (escaped(&section.id), escaped(&section.heading));
        let _ = write!(page, "<h2 id=\"{id}\">{heading}</h2>{}", section.body);
    }
    all_figures(&mut page, report);
    source(&mut page, report);
    page.push_str("</body></html>\n");
    page
}

fn orders(report: &Report) -> u64 {
    report
        .periods
        .iter()
        .map(|sums| sums.orders + sums.refunds)
        .sum()
}

fn money(report: &Report, minor: i128) -> String {
    words::money(minor, report.decimals, report.currency)
}

fn shown(report: &Report, it: &crate::Figure) -> String {
    words::figure(it, report.decimals, report.currency)
}

fn tiles(page: &mut String, report: &Report) {
    let ids = [
        "revenue",
        "customers",
        "repurchase_rate",
        "churn_rate",
        "average_order_value",
        "purchase_frequency",
        "revenue_per_customer",
        "interpurchase_time",
    ];
    page.push_str("<div class=\"tiles\">");
    for it in ids.iter().filter_map(|id| report.find(id)) {
        let (name, value) = (escaped(it.metric.name), escaped(&shown(report, &it.figure)));
        let note = match it.metric.id {
            "churn_rate" => format!("per {}, window {} days", period(report), report.window.days),
            "interpurchase_time" => "median".to_owned(),
            _ => String::new(),
        };
        let _ = write!(
            page,
            "<div class=\"tile\"><small>{name}</small><b>{value}</b><small>{note}</small></div>"
        );
    }
    page.push_str("</div>");
}

fn period(report: &Report) -> &'static str {
    use regulars_base::Period;
    match report.calendar.period() {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::HalfYear => "half-year",
        Period::Year => "year",
    }
}

fn findings(page: &mut String, report: &Report) {
    page.push_str("<h2 id=\"findings\">What stands out</h2>");
    if report.findings.is_empty() {
        page.push_str("<p>Nothing is beyond the thresholds that are looked at.</p>");
    }
    for Finding {
        mood,
        what,
        why,
        advice,
        ..
    } in &report.findings
    {
        let (class, word) = match mood {
            Mood::Good => ("good", "Good"),
            Mood::Worrying => ("worrying", "Worrying"),
            Mood::Note => ("note", "Worth knowing"),
        };
        let (what, why, advice) = (escaped(what), escaped(why), escaped(advice));
        let _ = write!(
            page,
            "<div class=\"finding {class}\"><h3>{word}: {what}</h3><p class=\"soft\">{why}</p>\
             <p><b>What to do:</b> {advice}</p></div>"
        );
    }
}

/// What a picture shows, and over how many.
fn caption(page: &mut String, metric: &Metric, more: &str) {
    let (definition, more) = (escaped(metric.definition), escaped(more));
    let _ = write!(page, "<p class=\"soft\">{definition} {more}</p>");
}

fn bars_of(report: &Report, it: &Measured) -> Vec<picture::Bar> {
    let from = report.calendar.len().saturating_sub(60);
    (from..report.calendar.len())
        .filter_map(|at| {
            let figure = &it.periods[at];
            Some(picture::Bar {
                name: report.calendar.name(at),
                value: figure.value?,
                interval: figure
                    .interval
                    .map(|interval| (interval.low, interval.high)),
                shown: shown(report, figure),
                faint: !report.calendar.is_whole(at),
            })
        })
        .collect()
}

fn over_time(page: &mut String, report: &Report) {
    let _ = write!(page, "<h2 id=\"time\">By {}</h2>", period(report));
    for id in ["revenue", "customers", "returning_rate"] {
        let Some(it) = report.find(id) else { continue };
        let bars = bars_of(report, it);
        if bars.is_empty() {
            continue;
        }
        let _ = write!(page, "<h3>{}</h3>", escaped(it.metric.name));
        page.push_str(&picture::bars(it.metric.name, &bars));
        let cut = "Faint: periods of which not all days are in the data; at most the newest 60 are drawn.";
        caption(page, it.metric, cut);
    }
}

fn cohort_map(page: &mut String, report: &Report) {
    let calendar = &report.calendar;
    let first = calendar.len().saturating_sub(DRAWN);
    let rows: Vec<(String, u64, Vec<Option<f64>>)> = (first..calendar.len())
        .filter(|&cohort| report.cohorts.size(cohort) > 0)
        .map(|cohort| {
            let ages = (calendar.len() - cohort).min(DRAWN);
            let share = |age| report.cohorts.retention(calendar, cohort, age).value;
            (
                calendar.name(cohort),
                report.cohorts.size(cohort),
                (0..ages).map(share).collect(),
            )
        })
        .collect();
    page.push_str("<h2 id=\"cohorts\">Cohorts: who comes back</h2>");
    if rows.is_empty() {
        page.push_str("<p>n/a: nobody bought first in these periods.</p>");
    } else {
        page.push_str("<div class=\"wide\">");
        page.push_str(&picture::heat_map(
            "Share of each cohort that bought again, in percent",
            &rows,
        ));
        page.push_str("</div>");
    }
    let customers: u64 = rows.iter().map(|(_, size, _)| size).sum();
    let more = format!(
        "Over {} customers of the newest {DRAWN} cohorts at most; rows are cohorts with their size, columns periods since the first purchase, figures percent.",
        words::count(customers.into())
    );
    caption(page, &cohorts::METRIC, &more);
}

fn rfm_grid(page: &mut String, report: &Report) {
    let money = |minor| money(report, minor);
    page.push_str("<h2 id=\"rfm\">RFM: how lately and how often</h2><div class=\"wide\">");
    page.push_str(&picture::grid(
        "Customers by recency and frequency",
        &report.grid,
        &money,
    ));
    page.push_str("</div>");
    let customers = words::count(report.curve.customers.into());
    caption(
        page,
        &rfm::METRIC,
        &format!("Over {customers} customers; the deeper the colour, the more they spent."),
    );
    page.push_str(&picture::segments("Segments", &report.segments, &money));
    page.push_str("<div class=\"wide\"><table><tr><th>Segment</th><th>What to do</th></tr>");
    for row in report.segments.iter().filter(|row| row.customers > 0) {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td></tr>",
            row.segment.name(),
            escaped(row.segment.advice())
        );
    }
    page.push_str("</table></div>");
}

fn churn(page: &mut String, report: &Report) {
    let Some(it) = report.find("churn_rate") else {
        return;
    };
    page.push_str("<h2 id=\"churn\">Churn</h2>");
    let bars = bars_of(report, it);
    if bars.is_empty() {
        let days = report.window.days;
        let _ = write!(
            page,
            "<p>n/a: no whole {} lies {days} days or more after the first day of the data. Give more data, or a \
             shorter window with <code>--window</code>.</p>",
            period(report)
        );
    } else {
        page.push_str(&picture::bars("Churn rate by period", &bars));
    }
    caption(
        page,
        it.metric,
        &format!("The window is {} days.", report.window.days),
    );
    let tenure: Vec<picture::Bar> = report
        .tenure
        .iter()
        .enumerate()
        .skip(1)
        .take(36)
        .filter_map(|(age, &(active, lost))| {
            let figure = crate::Figure::share(lost, active, "active customers");
            Some(picture::Bar {
                name: format!("+{age}"),
                value: figure.value?,
                interval: figure
                    .interval
                    .map(|interval| (interval.low, interval.high)),
                shown: words::percent(figure.value?),
                faint: active < 30,
            })
        })
        .collect();
    if !tenure.is_empty() {
        page.push_str("<h3>By tenure</h3>");
        page.push_str(&picture::bars(
            "Churn rate by periods since the first purchase",
            &tenure,
        ));
        let active: u64 = report.tenure.iter().map(|(active, _)| active).sum();
        let _ = write!(
            page,
            "<p class=\"soft\">The same rate by the number of periods since the first purchase, over {} active \
             customers of all measured periods; the whisker is the 95 % interval (Wilson). Faint: fewer than 30.</p>",
            words::count(active.into())
        );
    }
}

fn returns(page: &mut String, report: &Report) {
    let Some(it) = report.find("interpurchase_time") else {
        return;
    };
    page.push_str("<h2 id=\"returns\">When they come back</h2>");
    let all: u64 = report.gaps.iter().sum();
    if all == 0 {
        page.push_str("<p>n/a: nobody came back on another day.</p>");
    } else {
        let longest = (report.gaps.len() - 1).max(1) as f64;
        let mut seen = 0;
        let mut points = vec![(0.0, 0.0)];
        let mut marks = Vec::new();
        let mut wanted = [0.25, 0.5, 0.75, 0.9].into_iter().peekable();
        for (gap, times) in report.gaps.iter().enumerate() {
            seen += times;
            let share = seen as f64 / all as f64;
            if *times > 0 {
                points.push((gap as f64 / longest, share));
            }
            while let Some(mark) = wanted.next_if(|&mark| share >= mark) {
                marks.push((
                    gap as f64 / longest,
                    share,
                    format!("{:.0} % within {gap} days", mark * 100.0),
                ));
            }
        }
        let across = format!("0 to {} days between two purchases", report.gaps.len() - 1);
        page.push_str(&picture::curve(
            "Share of returns within so many days",
            &points,
            &marks,
            &across,
        ));
    }
    caption(page, it.metric, &format!("Over {}.", it.figure.population));
}

fn concentration(page: &mut String, report: &Report) {
    let Some(it) = report.find("concentration") else {
        return;
    };
    page.push_str("<h2 id=\"concentration\">How much comes from how few</h2>");
    if it.figure.value.is_none() {
        page.push_str("<p>n/a: nothing was spent in all.</p>");
    } else {
        let at = |percent: usize| {
            (
                percent as f64 / 100.0,
                report.curve.share(percent).value.unwrap_or(0.0),
            )
        };
        let points: Vec<(f64, f64)> = (0..=100).map(at).collect();
        let mark = |percent: usize| {
            let (x, y) = at(percent);
            (x, y, format!("best {percent} %: {}", words::percent(y)))
        };
        let across = "share of customers, the best first";
        page.push_str(&picture::curve(
            "Share of revenue of the best customers",
            &points,
            &[mark(5), mark(20), mark(50)],
            across,
        ));
    }
    caption(
        page,
        it.metric,
        &format!(
            "Over {} customers.",
            words::count(it.figure.customers.into())
        ),
    );
}

fn by_group(page: &mut String, report: &Report) {
    let Some(by) = &report.source.grouped_by else {
        return;
    };
    let ids = [
        "revenue",
        "customers",
        "repurchase_rate",
        "churn_rate",
        "average_order_value",
        "refund_rate",
    ];
    let shown_metrics: Vec<&Measured> = ids.iter().filter_map(|id| report.find(id)).collect();
    let _ = write!(
        page,
        "<h2 id=\"groups\">By {}</h2><div class=\"wide\"><table><tr><th></th>",
        escaped(by)
    );
    for it in &shown_metrics {
        let _ = write!(page, "<th class=\"n\">{}</th>", escaped(it.metric.name));
    }
    page.push_str("</tr>");
    let mut order: Vec<usize> = (0..report.source.groups.len()).collect();
    let revenue = |at: usize| {
        let groups = shown_metrics.first().map(|it| &it.groups);
        groups
            .and_then(|groups| groups.get(at))
            .map_or(0, |figure| figure.numerator)
    };
    order.sort_by_key(|&at| std::cmp::Reverse(revenue(at)));
    for &at in order.iter().take(100) {
        let name = match report.source.groups[at].as_str() {
            "" => "(none)",
            name => name,
        };
        let _ = write!(page, "<tr><td>{}</td>", escaped(name));
        for it in &shown_metrics {
            let value = it
                .groups
                .get(at)
                .map_or_else(String::new, |figure| shown(report, figure));
            let _ = write!(page, "<td class=\"n\">{}</td>", escaped(&value));
        }
        page.push_str("</tr>");
    }
    page.push_str(
        "</table></div><p class=\"soft\">A customer who bought in several groups counts in each of them, with what \
         was bought there. The 100 with most revenue are shown; all are in the JSON.</p>",
    );
}

fn all_figures(page: &mut String, report: &Report) {
    page.push_str(
        "<h2 id=\"figures\">All figures and their definitions</h2><div class=\"wide\"><table>\
         <tr><th>Figure</th><th class=\"n\">Value</th><th>95 % interval</th><th>Definition and population</th></tr>",
    );
    for it in &report.measured {
        let figure = &it.figure;
        let _ = write!(
            page,
            "<tr><td>{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"soft\">{} <b>Over</b> {} ({}).</td></tr>",
            escaped(it.metric.name),
            escaped(&shown(report, figure)),
            escaped(&words::interval(figure, report.decimals, report.currency)),
            escaped(it.metric.definition),
            escaped(&figure.population),
            words::count(figure.customers.into()),
        );
    }
    page.push_str("</table></div>");
}

fn source(page: &mut String, report: &Report) {
    let source = &report.source;
    page.push_str("<h2 id=\"source\">What this is made from</h2>");
    let lines = if source.has_orders {
        "Rows are lines of orders: rows of the same customer with the same order number are one purchase."
    } else {
        "The data has no order numbers: each row is a purchase."
    };
    let _ = write!(
        page,
        "<p>{} rows were read, {} could not be. {lines} Negative amounts are refunds. {} rows of {} name no customer; \
         they are in no figure. {} customers only gave something back; they count as nobody, their refunds count.</p>",
        words::count(source.rows.into()),
        words::count(source.rejected.into()),
        words::count(source.anonymous_rows.into()),
        escaped(&money(report, source.anonymous_amount)),
        words::count(report.only_refunds.into()),
    );
    for sentence in &source.left_out {
        let _ = write!(page, "<p>{}.</p>", escaped(sentence));
    }
    page.push_str("<details><summary>Files, and how they were read</summary>");
    for (name, how) in source.files.iter().take(200) {
        let _ = write!(
            page,
            "<h3>{}</h3><pre>{}</pre>",
            escaped(name),
            escaped(how)
        );
    }
    page.push_str("</details>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        assert_eq!(
            escaped("<b>\"a\" & 'b'"),
            "&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;"
        );
    }
}
