//! Assumptions: what a program comes to if members answer it in a way that somebody states.
//!
//! A back-test knows what people did, not what they would have done. So how they would is never
//! guessed: it is written down in a file, with a name, and printed beside every figure that rests on
//! it. All figures are whole numbers, rounded once, half up.

use crate::replay::History;
use regulars_base::Rounding;
use std::fmt;
use toml_edit::{Document, Item, Table};

/// A set of assumptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Its name, printed with the figures.
    pub name: String,
    /// Which share of the points issued is redeemed in the end, in millionths.
    pub redemption_millionths: i64,
    /// By which share members buy more because of the program, in millionths.
    pub uplift_millionths: i64,
    /// Which share of sales stays once the goods are paid, in millionths.
    pub margin_millionths: i64,
}

/// What a program comes to under a set of assumptions, over all months; in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// Sales that there would not have been.
    pub more_sales: i64,
    /// What stays of them.
    pub more_margin: i64,
    /// What the points that are redeemed in the end cost.
    pub cost: i64,
}

impl Assumed {
    /// What the program earns: margin less cost.
    pub const fn net(&self) -> i64 {
        self.more_margin.saturating_sub(self.cost)
    }
}

/// What is wrong with a file of assumptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongAssumptions(String);

impl fmt::Display for WrongAssumptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongAssumptions {}

const MILLION: i128 = 1_000_000;

/// Reads a file of assumptions: `[[assumption]]` with `name`, `redemption_rate`, and if wished
/// `uplift` and `margin`, each as in `"70 %"`. All faults at once.
pub fn read(text: &str) -> Result<Vec<Assumption>, WrongAssumptions> {
    let document = Document::parse(text)
        .map_err(|error| WrongAssumptions(format!("is no TOML: {}", error.message())))?;
    let mut faults = Vec::new();
    for (key, _) in document.iter().filter(|(key, _)| *key != "assumption") {
        faults.push(format!(
            "`{key}` is nothing here; a file has [[assumption]] only"
        ));
    }
    let tables = document
        .get("assumption")
        .and_then(Item::as_array_of_tables);
    let sets: Vec<Assumption> = tables
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(at, table)| set(at + 1, table, &mut faults))
        .collect();
    if sets.is_empty() && faults.is_empty() {
        faults.push("there is no [[assumption]]".to_owned());
    }
    if faults.is_empty() {
        Ok(sets)
    } else {
        Err(WrongAssumptions(faults.join("; ")))
    }
}

fn set(number: usize, table: &Table, faults: &mut Vec<String>) -> Assumption {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let name = text("name").unwrap_or_default().to_owned();
    if name.is_empty() {
        faults.push(format!("assumption {number} has no `name`"));
    }
    let known = ["name", "redemption_rate", "uplift", "margin"];
    for (key, _) in table.iter().filter(|(key, _)| !known.contains(key)) {
        let known = known.join(", ");
        faults.push(format!(
            "assumption {number}: `{key}` is nothing here; there are {known}"
        ));
    }
    let mut share = |key: &str, needed: bool| match (table.get(key), text(key).and_then(percent)) {
        (_, Some(share)) => share,
        (None, None) if !needed => 0,
        _ => {
            let what = "must be a share of 0 to 100 %, as in \"12.5 %\"";
            faults.push(format!("assumption {number}: `{key}` {what}"));
            0
        }
    };
    Assumption {
        redemption_millionths: share("redemption_rate", true),
        uplift_millionths: share("uplift", false),
        margin_millionths: share("margin", false),
        name,
    }
}

/// `12.5 %` in millionths.
fn percent(text: &str) -> Option<i64> {
    let number = text.strip_suffix('%')?.trim_end();
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 4 || !digits(whole) || !digits(part) {
        return None;
    }
    let share: i64 = format!("{whole}{part:0<4}").parse().ok()?;
    (share <= 1_000_000).then_some(share)
}

/// What a history comes to under a set of assumptions.
pub fn under(history: &History, assumption: &Assumption) -> Assumed {
    let part = |of: i128, shares: &[i64]| {
        let above = shares
            .iter()
            .fold(of, |product, &share| product * i128::from(share));
        let below = shares.iter().fold(1, |product: i128, _| product * MILLION);
        Rounding::HalfUp.divide_clamped(above, below)
    };
    let spend: i64 = history.months.values().map(|month| month.spend).sum();
    let (uplift, margin) = (assumption.uplift_millionths, assumption.margin_millionths);
    let mut issued = vec![0_i64; history.kinds.len()];
    for month in history.months.values() {
        for (sum, flow) in issued.iter_mut().zip(&month.points) {
            *sum += flow.issued - flow.taken_back;
        }
    }
    // Whoever buys more earns more.
    let worth: i128 = (issued.iter().enumerate())
        .map(|(place, points)| i128::from(history.worth(place, *points)))
        .sum();
    let more = 1_000_000 + uplift;
    Assumed {
        more_sales: part(spend.into(), &[uplift]),
        more_margin: part(spend.into(), &[uplift, margin]),
        cost: part(worth, &[more, assumption.redemption_millionths]),
    }
}

#[cfg(test)]
mod tests {
    use super::{percent, read};

    #[test]
    fn a_file_is_read_or_all_its_faults_are_told() {
        let sets = read(
            "[[assumption]]\nname = \"as hoped\"\nredemption_rate = \"70 %\"\nuplift = \"2.5%\"\n",
        );
        let sets = sets.expect("is right");
        assert_eq!(
            (
                sets[0].redemption_millionths,
                sets[0].uplift_millionths,
                sets[0].margin_millionths
            ),
            (700_000, 25_000, 0)
        );
        let wrong = read("[[assumption]]\nuplift = 3\nluck = \"1 %\"\n")
            .unwrap_err()
            .to_string();
        for part in ["`name`", "`redemption_rate`", "`uplift`", "`luck`"] {
            assert!(wrong.contains(part), "{wrong}");
        }
        assert!(read("").is_err());
        assert_eq!(percent("100 %"), Some(1_000_000));
        assert_eq!(
            (percent("101 %"), percent("1,5 %"), percent("-1 %")),
            (None, None, None)
        );
    }
}
