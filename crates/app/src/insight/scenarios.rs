//! Files of scenarios: what a forecast comes to if something is done or happens.

use crate::Error;
use regulars_metrics::coming::{What, WhatIf};
use regulars_metrics::forecast::scenario::Change;
use toml_edit::{Document, Item, TableLike};

/// Reads `[[scenario]]` with `name` and `change`, a list of `{ of, from, to, factor }`. All faults at once.
pub(super) fn read(text: &str) -> Result<Vec<WhatIf>, Error> {
    let wrong = |why: String| Error::invalid("/scenarios", why);
    let document = Document::parse(text)
        .map_err(|error| wrong(format!("the file is no TOML: {}", error.message())))?;
    let mut faults = Vec::new();
    for (key, _) in document.iter().filter(|(key, _)| *key != "scenario") {
        faults.push(format!(
            "`{key}` is nothing here; a file has [[scenario]] only"
        ));
    }
    let tables = document.get("scenario").and_then(Item::as_array_of_tables);
    let all: Vec<WhatIf> = tables
        .into_iter()
        .flatten()
        .zip(1..)
        .map(|(table, number)| one(number, table, &mut faults))
        .collect();
    if all.is_empty() && faults.is_empty() {
        faults.push("there is no [[scenario]]".to_owned());
    }
    match faults.is_empty() {
        true => Ok(all),
        false => Err(wrong(faults.join("; "))),
    }
}

fn one(number: usize, table: &dyn TableLike, faults: &mut Vec<String>) -> WhatIf {
    let name = table.get("name").and_then(Item::as_str).unwrap_or_default();
    if name.is_empty() {
        faults.push(format!("scenario {number} has no `name`"));
    }
    unknown(number, table, &["name", "change"], faults);
    let mut changes = Vec::new();
    let tables: Vec<&dyn TableLike> = match table.get("change") {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|it| it as &dyn TableLike).collect(),
        Some(Item::Value(toml_edit::Value::Array(list))) => list
            .iter()
            .filter_map(|it| Some(it.as_inline_table()? as &dyn TableLike))
            .collect(),
        _ => Vec::new(),
    };
    if tables.is_empty() {
        faults.push(format!("scenario {number} has no `change`"));
    }
    for table in tables {
        unknown(number, table, &["of", "from", "to", "factor"], faults);
        let of = table.get("of").and_then(Item::as_str);
        let what = of.map(|id| What::ALL.into_iter().find(|what| what.id() == id));
        if what == Some(None) {
            let all = What::ALL.map(What::id).join(", ");
            faults.push(format!("scenario {number}: `of` is one of {all}"));
        }
        let mut period = |key: &str| {
            let item = table.get(key)?;
            let number_of = item.as_integer().and_then(|it| u32::try_from(it).ok());
            if number_of.is_none_or(|it| it == 0) {
                faults.push(format!("scenario {number}: `{key}` counts periods from 1"));
            }
            number_of
        };
        let (from, to) = (period("from").unwrap_or(1), period("to"));
        let factor = table.get("factor").and_then(Item::as_str).and_then(percent);
        if factor.is_none() {
            faults.push(format!(
                "scenario {number}: `factor` is a percentage, as in \"110%\""
            ));
        }
        changes.push((
            what.flatten(),
            Change {
                from,
                to,
                factor: factor.unwrap_or(1.0),
            },
        ));
    }
    WhatIf {
        name: name.to_owned(),
        changes,
    }
}

fn unknown(number: usize, table: &dyn TableLike, known: &[&str], faults: &mut Vec<String>) {
    for (key, _) in table.iter().filter(|(key, _)| !known.contains(key)) {
        let known = known.join(", ");
        faults.push(format!(
            "scenario {number}: `{key}` is nothing here; there are {known}"
        ));
    }
}

fn percent(text: &str) -> Option<f64> {
    let number: f64 = text.strip_suffix('%')?.trim_end().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_read_and_all_faults_are_said_at_once() {
        let read_one = read(
            "[[scenario]]\nname = \"campaign\"\nchange = [{ of = \"orders\", from = 2, to = 3, factor = \"110%\" }]\n",
        );
        let all = read_one.expect("it is right");
        assert_eq!(all[0].name, "campaign");
        let (what, change) = &all[0].changes[0];
        assert_eq!(
            (*what, change.from, change.to),
            (Some(What::Orders), 2, Some(3))
        );
        assert!((change.factor - 1.1).abs() < 1e-12);
        let wrong = read("[[scenario]]\nchange = [{ of = \"luck\", from = 0, factor = \"x\" }]\n");
        let said = wrong.expect_err("four things are wrong").to_string();
        for part in ["no `name`", "`of` is one of", "from 1", "percentage"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
