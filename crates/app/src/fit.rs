//! A program of the library made to fit a shop: six answers, and the text that follows from them.
//!
//! The text is changed where the answers say so and stays as it is written everywhere else, with its
//! comments: it is a file to go on from, not a form.

use crate::programs::check;
use crate::{Error, Sample};
use regulars_base::Currency;
use regulars_engine::event::Fault;
use regulars_engine::program::cards::{Card, CardField, CardValue, cards};
use std::ops::Range;

/// What a shop says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// What members know it by.
    pub business: String,
    /// Its currency.
    pub currency: String,
    /// What an order comes to on average, as a decimal: `24.50`.
    pub basket: String,
    /// How much of sales is given back, in thousandths: 30 is 3 %.
    pub generosity: u32,
    /// After how many months points lapse; 0 for never.
    pub months: u32,
    /// Whether it has tiers.
    pub tiers: bool,
    /// Whether it has stamp cards.
    pub cards: bool,
}

/// A program that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitted {
    /// Its file.
    pub text: String,
    /// Sections that were not wanted and stay, since other parts need them.
    pub kept: Vec<&'static str>,
}

/// An average basket of the library's programs, in units of their currency.
const BASKET: f64 = 25.0;

/// How many units of a currency without decimals one of the library's stands for.
const WITHOUT_DECIMALS: f64 = 100.0;

/// Most of sales that can be given back, in thousandths.
pub const GENEROSITY_MOST: u32 = 500;

/// Makes a program of the library fit. All that is wrong with the answers at once.
pub fn fit(sample: &Sample, answers: &Answers) -> Result<Fitted, Error> {
    let mut faults = Vec::new();
    let mut wrong = |at: &str, what: String| faults.push(Fault::new(at, what));
    let currency = Currency::new(&answers.currency);
    if let Err(error) = &currency {
        wrong("/currency", error.to_string());
    }
    let basket: f64 = answers.basket.parse().unwrap_or(0.0);
    if !(basket > 0.0 && basket < 1e9) {
        wrong("/basket", "must be a number above 0, such as 24.50".into());
    }
    if !(1..=GENEROSITY_MOST).contains(&answers.generosity) {
        wrong(
            "/generosity",
            format!("must be 1 to {GENEROSITY_MOST} thousandths of sales"),
        );
    }
    if answers.months > 120 {
        wrong("/months", "must be 0 (never) to 120".into());
    }
    let business = answers.business.trim();
    if business.is_empty()
        || business.chars().count() > 80
        || business.chars().any(char::is_control)
    {
        wrong("/business", "must be a name of 1 to 80 characters".into());
    }
    let currency = match currency {
        Ok(currency) if faults.is_empty() => currency,
        _ => return Err(Error::Invalid(faults)),
    };
    let mut text = sample.text().to_owned();
    in_currency(&mut text, currency);
    let scale = match currency.exponent() {
        0 => basket / WITHOUT_DECIMALS / BASKET,
        _ => basket / BASKET,
    };
    figures(&mut text, answers, business, scale);
    let mut kept = Vec::new();
    for (section, wanted) in [("tier", answers.tiers), ("card", answers.cards)] {
        if !wanted && !without(&mut text, section) {
            kept.push(section);
        }
    }
    Ok(Fitted { text, kept })
}

/// The code of the currency of a program, as its file says.
fn code_of(text: &str) -> Option<String> {
    let all = cards(text)?;
    let program = all.iter().find(|card| card.section == "program")?;
    match &field(program, "currency")?.value {
        CardValue::Text(code) => Some(code.clone()),
        _ => None,
    }
}

fn field<'c>(card: &'c Card, key: &str) -> Option<&'c CardField> {
    card.fields.iter().find(|field| field.key == key)
}

/// Writes all money of a file in another currency; the numbers stay, as far as it has decimals.
fn in_currency(text: &mut String, currency: Currency) {
    let Some(old) = code_of(text).filter(|old| old != currency.code()) else {
        return;
    };
    // What one unit of the new one is worth was said for a program in the old one.
    let rates = cards(text)
        .into_iter()
        .flatten()
        .find(|card| card.section == "rates");
    if let Some(span) = rates.and_then(|card| card.span) {
        text.replace_range(span, "");
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(&old) {
        let (before, after) = (&rest[..at], &rest[at + old.len()..]);
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if word(before.chars().next_back()) || word(after.chars().next()) {
            out.push_str(&rest[..at + old.len()]);
        } else {
            let number = before.strip_suffix(' ').map_or("", |before| {
                let end = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
                &before[end.len()..]
            });
            let plain = &before[..before.len()
                - if number.is_empty() {
                    0
                } else {
                    number.len() + 1
                }];
            out.push_str(plain);
            if let Ok(value) = number.parse::<f64>() {
                match currency.exponent() {
                    0 => out.push_str(&decimal(value * WITHOUT_DECIMALS)),
                    _ => out.push_str(number),
                }
                out.push(' ');
            } else {
                out.push_str(&before[plain.len()..]);
            }
            out.push_str(currency.code());
        }
        rest = after;
    }
    out.push_str(rest);
    *text = match currency.exponent() {
        0 => in_conditions(&out),
        _ => out,
    };
}

/// Amounts in conditions, which name no currency: `15.00` is 1500 where there are no decimals.
fn in_conditions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        for (place, part) in line.split('\'').enumerate() {
            if place > 0 {
                out.push('\'');
            }
            if place % 2 == 0 || line.starts_with('#') {
                out.push_str(part);
                continue;
            }
            let mut rest = part;
            while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
                let number = &rest[at..];
                let end = number.find(|c: char| !(c.is_ascii_digit() || c == '.'));
                let number = &number[..end.unwrap_or(number.len())];
                out.push_str(&rest[..at]);
                match number.parse::<f64>() {
                    Ok(value) if number.contains('.') => {
                        out.push_str(&decimal(value * WITHOUT_DECIMALS));
                    }
                    _ => out.push_str(number),
                }
                rest = &rest[at + number.len()..];
            }
            out.push_str(rest);
        }
    }
    out
}

/// A number without zeros that say nothing.
fn decimal(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The nearest number with two digits that count, as prices are made: 1230 becomes 1200.
fn round_number(value: f64) -> f64 {
    if value < 10.0 {
        return value.round().max(1.0);
    }
    let power = 10_f64.powf(value.log10().floor() - 1.0);
    (value / power).round() * power
}

/// Puts the figures of the answers into a file.
fn figures(text: &mut String, answers: &Answers, business: &str, scale: f64) {
    let Some(all) = cards(text) else {
        return;
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let program = all.iter().find(|card| card.section == "program");
    if let Some(name) = program.and_then(|card| field(card, "name")) {
        edits.push((name.span.clone(), quoted(business)));
    }
    let main = all
        .iter()
        .find(|card| card.section == "points" && field(card, "worth").is_some());
    let worth = main.and_then(|card| {
        let worth = field(card, "worth")?;
        let CardValue::Text(text) = &worth.value else {
            return None;
        };
        Some((worth, text.split(' ').next()?.parse::<f64>().ok()?))
    });
    let rate = main.and_then(|card| rate(&all, &card.id));
    let code = code_of(text).unwrap_or_default();
    let mut prices = scale;
    if let (Some((worth, old)), Some(rate)) = (worth, rate) {
        let new = f64::from(answers.generosity) / 1000.0 / rate;
        edits.push((
            worth.span.clone(),
            quoted(&format!("{} {code}", decimal(new))),
        ));
        prices = old / new;
    }
    if let Some(main) = main {
        match (field(main, "expires"), answers.months) {
            (Some(field), 0) => {
                if let Some(row) = &field.row {
                    edits.push((row.clone(), String::new()));
                }
            }
            (Some(field), months) => edits.push((field.span.clone(), lapse(&field.value, months))),
            (None, 0) => {}
            (None, months) => {
                if let Some(at) = main.add_at {
                    edits.push((at..at, format!("expires = \"{months} months\"\n")));
                }
            }
        }
        rewards(&all, &main.id, scale, prices, &mut edits);
    }
    for reach in all
        .iter()
        .filter(|card| card.section == "tier")
        .filter_map(|card| field(card, "reach"))
    {
        if let CardValue::Other(source) = &reach.value {
            let money = |value: f64| format!("{} {code}", decimal(round_number(value * scale)));
            let source = each_text(source, "spend", &|text| {
                let amount = text
                    .split(' ')
                    .next()
                    .and_then(|number| number.parse().ok());
                amount.map(money)
            });
            edits.push((reach.span.clone(), source));
        }
    }
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, new) in edits {
        text.replace_range(span, &new);
    }
}

/// How many points an amount of money gives, by the first rule that says so.
fn rate(all: &[Card], points: &str) -> Option<f64> {
    let gives = all
        .iter()
        .filter(|card| card.section == "earn")
        .filter_map(|card| field(card, "give"));
    gives.into_iter().find_map(|give| {
        let CardValue::Other(source) = &give.value else {
            return None;
        };
        let mut found = None;
        let _ = each_text(source, points, &|text| Some(text.to_owned()));
        let mut at = source.split(points);
        at.next();
        for rest in at {
            let rest = rest.trim_start().strip_prefix('=').map(str::trim_start);
            let Some(text) = rest.and_then(|rest| rest.strip_prefix('"')) else {
                continue;
            };
            let text = &text[..text.find('"').unwrap_or(text.len())];
            let (points, money) = text.split_once(" per ")?;
            let money: f64 = money.split(' ').next()?.parse().ok()?;
            found = Some(points.trim().parse::<f64>().ok()? / money);
            break;
        }
        found.filter(|rate| *rate > 0.0)
    })
}

/// When points lapse, as the file said it, after so many months.
fn lapse(value: &CardValue, months: u32) -> String {
    let length = format!("{months} months");
    match value {
        CardValue::Other(source) if source.contains("after") => {
            each_text(source, "after", &|_| Some(length.clone()))
        }
        _ => quoted(&length),
    }
}

/// `key = "text"` within a value that is written as a table, with other texts.
fn each_text(source: &str, key: &str, new: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(key) {
        let end = at + key.len();
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        let gap = rest.len() - rest.trim_start_matches([' ', '=']).len();
        let is_key = rest[..gap].contains('=');
        if let Some(text) = rest[gap..].strip_prefix('"').filter(|_| is_key) {
            let old = &text[..text.find('"').unwrap_or(text.len())];
            out.push_str(&rest[..=gap]);
            out.push_str(new(old).as_deref().unwrap_or(old));
            rest = &text[old.len()..];
        }
    }
    out.push_str(rest);
    out
}

/// What rewards take off and cost, so that what members get for their points is what was asked for.
fn rewards(
    all: &[Card],
    points: &str,
    scale: f64,
    prices: f64,
    edits: &mut Vec<(Range<usize>, String)>,
) {
    for reward in all.iter().filter(|card| card.section == "reward") {
        let mut times = prices;
        if let Some((off, CardValue::Text(text))) = field(reward, "off").map(|it| (it, &it.value))
            && let Some((number, code)) = text.split_once(' ')
            && let Ok(old) = number.parse::<f64>()
        {
            let new = round_number(old * scale);
            edits.push((
                off.span.clone(),
                quoted(&format!("{} {code}", decimal(new))),
            ));
            times *= new / old;
            if let Some((title, CardValue::Text(said))) =
                field(reward, "title").map(|it| (it, &it.value))
            {
                let said = said.replacen(
                    &format!("{} {code}", decimal(old)),
                    &format!("{} {code}", decimal(new)),
                    1,
                );
                edits.push((title.span.clone(), quoted(&said)));
            }
        }
        let Some((price, CardValue::Other(source))) =
            field(reward, "price").map(|it| (it, &it.value))
        else {
            continue;
        };
        let Some(at) = source.find(&format!("{points} =")) else {
            continue;
        };
        let after = at + points.len() + 2;
        let begin = after + source[after..].len() - source[after..].trim_start().len();
        let digits = source[begin..].find(|c: char| !(c.is_ascii_digit() || c == '_'));
        let end = begin + digits.unwrap_or(source.len() - begin);
        let Ok(old) = source[begin..end].replace('_', "").parse::<f64>() else {
            continue;
        };
        let new = decimal(round_number(old * times));
        edits.push((
            price.span.clone(),
            format!("{}{new}{}", &source[..begin], &source[end..]),
        ));
    }
}

/// Takes a section out, if the file is right without it.
fn without(text: &mut String, section: &str) -> bool {
    let mut other = text.clone();
    let all = cards(text).unwrap_or_default();
    let parts = all.iter().filter(|card| card.section == section);
    let mut spans: Vec<Range<usize>> = parts.filter_map(|card| card.span.clone()).collect();
    spans.sort_by_key(|span| std::cmp::Reverse(span.start));
    for span in spans {
        other.replace_range(span, "");
    }
    let right = check(&other).program.is_some() || check(text).program.is_none();
    if right {
        *text = other;
    }
    right
}

/// As TOML writes texts.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LIBRARY;

    fn answers(currency: &str, basket: &str) -> Answers {
        Answers {
            business: "Ana \"Nana\" & Söhne".to_owned(),
            currency: currency.to_owned(),
            basket: basket.to_owned(),
            generosity: 40,
            months: 18,
            tiers: true,
            cards: true,
        }
    }

    #[test]
    fn every_program_of_the_library_fits_every_shop() {
        for sample in LIBRARY {
            for (currency, basket) in [
                ("EUR", "12"),
                ("USD", "80.50"),
                ("GBP", "30"),
                ("JPY", "3000"),
                ("CNY", "150"),
            ] {
                for (tiers, cards, months) in [
                    (true, true, 0),
                    (false, true, 6),
                    (true, false, 24),
                    (false, false, 12),
                ] {
                    let asked = Answers {
                        tiers,
                        cards,
                        months,
                        ..answers(currency, basket)
                    };
                    let fitted = fit(sample, &asked).expect("the answers are right");
                    let checked = check(&fitted.text);
                    let program = checked.program.unwrap_or_else(|| {
                        panic!(
                            "{} in {currency}: {:?}\n{}",
                            sample.name, checked.findings, fitted.text
                        )
                    });
                    assert_eq!(program.currency.code(), currency, "{}", sample.name);
                    assert_eq!(program.name, asked.business, "{}", sample.name);
                }
            }
        }
    }

    #[test]
    fn the_figures_of_the_answers_are_those_of_the_file() {
        let sample = Sample::named("coffee-shop").expect("is in the library");
        let text = fit(
            sample,
            &Answers {
                cards: false,
                ..answers("USD", "50")
            },
        )
        .expect("fits")
        .text;
        // A point for a dollar, worth four cents: four in a hundred go back.
        for said in [
            "worth   = \"0.04 USD\"                 # for the liability in reports",
            "after = \"18 months\", counted_from = \"earning\"",
            "off   = \"10 USD\"",
            "title = \"10 USD off\"",
            "price = { beans = 250 }",
            "reach = { spend = \"400 USD\", within",
            "1 per 1 USD",
        ] {
            assert!(text.contains(said), "{said} is not in\n{text}");
        }
        assert!(
            !text.contains("[[card]]") && !text.contains("EUR"),
            "{text}"
        );
        let wrong = Answers {
            business: " ".into(),
            generosity: 0,
            months: 121,
            ..answers("EURO", "-1")
        };
        match fit(sample, &wrong) {
            Err(Error::Invalid(faults)) => assert_eq!(faults.len(), 5, "{faults:?}"),
            other => panic!("{other:?}"),
        }
    }
}
