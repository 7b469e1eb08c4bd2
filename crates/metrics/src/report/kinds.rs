//! The part of the page about kinds of loyalty.

use super::html::Section;
use super::{picture, words};
use crate::Figure;
use crate::kind_of_loyalty::{KINDS, Kind, PURCHASES_LEAST};
use crate::kinds::Kinds;
use std::fmt::Write as _;

const fn means(kind: Kind) -> &'static str {
    match kind {
        Kind::Satisfied => "buys steadily; a better offer would win them",
        Kind::Price => "buys when it is cheap",
        Kind::Program => "buys when there is something to collect or to redeem",
        Kind::Convenience => "buys where and when it is near",
        Kind::Freebie => "takes what is free, and rarely buys",
        Kind::Advocate => "buys again and again, and recommends",
    }
}

const fn needs(kind: Kind) -> &'static str {
    match kind {
        Kind::Satisfied => "at least three days with a purchase",
        Kind::Price => "discounts",
        Kind::Program => "bonus offers and redemptions",
        Kind::Convenience => "the store of each order, and --by store",
        Kind::Freebie => "free extras: a shop's own log, and extras of [insight]",
        Kind::Advocate => "answers to \"would you recommend us\"",
    }
}

/// The section of the page.
#[must_use]
pub fn section(kinds: &Kinds) -> Section {
    let mut body = String::new();
    let now = kinds.now();
    let measured = now.measurable.iter().filter(|&&of| of > 0).count();
    if now.judged == 0 {
        let _ = write!(
            body,
            "<p>n/a: nobody bought on {PURCHASES_LEAST:.0} days or more, and with fewer, behaviour says nothing yet.</p>"
        );
    } else if measured < 2 {
        body.push_str(
            "<p>Not decided: with these data at most one kind can be measured, and there is nothing for it to be \
             ahead of. The table says what each kind needs.</p>",
        );
    }
    let bars: Vec<picture::Bar> = KINDS
        .into_iter()
        .filter(|&kind| measured > 1 && now.measurable[kind as usize] > 0)
        .map(|kind| (kind.id().to_owned(), now.of_kind[kind as usize]))
        .chain((measured > 1).then(|| ("undecided".to_owned(), now.undecided)))
        .filter_map(|(name, count)| {
            let figure = Figure::share(count, now.judged, "customers");
            Some(picture::Bar {
                faint: name == "undecided",
                name,
                value: figure.value?,
                interval: figure.interval.map(|it| (it.low, it.high)),
                shown: words::percent(figure.value?),
            })
        })
        .collect();
    if !bars.is_empty() {
        body.push_str(&picture::bars("Kinds of loyalty", &bars));
    }
    table(&mut body, kinds);
    over_time(&mut body, kinds);
    held(&mut body, kinds);
    let _ = write!(
        body,
        "<p class=\"soft\">Over {} customers with {PURCHASES_LEAST:.0} days with a purchase or more; {} had fewer. A kind \
         is given where its score (0 to 1, made of the features named) is at least 0.5 and 0.1 ahead of the next; \
         whiskers are the 95 % interval (Wilson).</p>",
        words::count(now.judged.into()),
        words::count(now.too_few.into())
    );
    Section {
        id: "kinds".to_owned(),
        heading: "Kinds of loyalty".to_owned(),
        body,
    }
}

/// Whether what is said of a customer lasts.
fn held(body: &mut String, kinds: &Kinds) {
    let _ = match kinds.held() {
        Ok(it) => {
            let verdict = match it.same > it.by_chance {
                true => "Kinds last longer than chance would have it.",
                false => "Kinds change as often as chance would have it: do not rely on them here.",
            };
            write!(
                body,
                "<h3>Checked against a quarter ago</h3><p>{verdict} Of {} customers who were of a kind then and are of \
                 one now, {} are of the same; dealt out by lot {} would be.</p>",
                words::count(it.customers.into()),
                words::percent(it.same),
                words::percent(it.by_chance)
            )
        }
        Err(refusal) => write!(
            body,
            "<p>Whether kinds last could not be checked: {}.</p>",
            super::html::escaped(&refusal.to_string())
        ),
    };
}

fn table(body: &mut String, kinds: &Kinds) {
    body.push_str(
        "<div class=\"wide\"><table><tr><th>Kind</th><th class=\"n\">customers</th><th>What speaks for it</th></tr>",
    );
    let now = kinds.now();
    for kind in KINDS {
        let (count, why) = if now.measurable[kind as usize] == 0 {
            (
                "not measurable".to_owned(),
                format!("needs {}", needs(kind)),
            )
        } else {
            let speaks = |(feature, by): (crate::kind_of_loyalty::Feature, f64)| {
                format!("{} {by:.2}", feature.id().replace('_', " "))
            };
            let evidence: Vec<String> = kinds.evidence(kind).into_iter().map(speaks).collect();
            (
                words::count(now.of_kind[kind as usize].into()),
                evidence.join(", "),
            )
        };
        let _ = write!(
            body,
            "<tr><td>{}<br><small>{}</small></td><td class=\"n\">{count}</td><td>{}</td></tr>",
            kind.id(),
            means(kind),
            super::html::escaped(&why)
        );
    }
    body.push_str("</table></div>");
}

fn over_time(body: &mut String, kinds: &Kinds) {
    let shown: Vec<Kind> = KINDS
        .into_iter()
        .filter(|&kind| kinds.on.iter().any(|(_, it)| it.of_kind[kind as usize] > 0))
        .collect();
    if shown.is_empty() || kinds.on.len() < 2 {
        return;
    }
    body.push_str("<h3>Over time</h3><div class=\"wide\"><table><tr><th>On</th>");
    for kind in &shown {
        let _ = write!(body, "<th class=\"n\">{}</th>", kind.id());
    }
    body.push_str("<th class=\"n\">undecided</th><th class=\"n\">of customers</th></tr>");
    for (day, shares) in kinds.on.iter().rev() {
        let share = |part: u64| {
            let figure = Figure::share(part, shares.judged, "customers");
            figure
                .value
                .map_or_else(|| "n/a".to_owned(), words::percent)
        };
        let _ = write!(body, "<tr><td>{day}</td>");
        for kind in &shown {
            let _ = write!(
                body,
                "<td class=\"n\">{}</td>",
                share(shares.of_kind[*kind as usize])
            );
        }
        let _ = write!(
            body,
            "<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            share(shares.undecided),
            words::count(shares.judged.into())
        );
    }
    body.push_str("</table></div>");
}
