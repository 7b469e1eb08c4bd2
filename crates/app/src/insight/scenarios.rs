//! Files of scenarios: what a forecast comes to if something is done or happens.

use crate::Error;
use regulars_metrics::coming::{Coming, What, WhatIf};
use regulars_metrics::forecast::scenario::Change;
use std::path::Path;
use toml_edit::{Document, Item, TableLike};

/// Reads a file of `[[scenario]]` with `name` and `change`, a list of `{ of, from, to, factor }`, none of
/// which begins after so many periods. All faults at once.
pub(super) fn read(path: &Path, periods: u32) -> Result<Vec<WhatIf>, Error> {
    let failed = |why: String| Error::File {
        path: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| failed(format!("it cannot be read: {error}; check the path")))?;
    let all = parsed(&text, periods);
    all.map_err(|faults| failed(format!("{}; correct the file", faults.join(", and "))))
}

/// Refuses a scenario that changes what the report has no forecast of.
pub(super) fn check(path: &Path, what_if: &[WhatIf], coming: &[Coming]) -> Result<(), Error> {
    for case in what_if {
        let named = case.changes.iter().filter_map(|(of, _)| *of);
        for what in named {
            if coming.iter().any(|it| it.what == what) {
                continue;
            }
            let need = what.needs().unwrap_or("orders");
            let (id, name) = (what.id(), &case.name);
            return Err(Error::File {
                path: path.to_owned(),
                why: format!(
                    "scenario `{name}` changes `{id}`, of which there is no forecast here: it needs {need}; \
                     leave the change out, or give what it needs"
                ),
            });
        }
    }
    Ok(())
}

fn parsed(text: &str, periods: u32) -> Result<Vec<WhatIf>, Vec<String>> {
    let document = Document::parse(text).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(before).filter(|it| *it == b'\n').count() + 1;
        let what = error.message().replace('\n', ", ");
        vec![format!("line {line}: it is no TOML: {what}")]
    })?;
    let mut faults = Vec::new();
    for (key, _) in document.iter().filter(|(key, _)| *key != "scenario") {
        faults.push(format!(
            "`{key}` is nothing here, a file has [[scenario]] only"
        ));
    }
    let tables = document.get("scenario").and_then(Item::as_array_of_tables);
    let all: Vec<WhatIf> = tables
        .into_iter()
        .flatten()
        .zip(1..)
        .map(|(table, number)| one(number, table, periods, &mut faults))
        .collect();
    if all.is_empty() && faults.is_empty() {
        faults.push("there is no [[scenario]] (in two brackets)".to_owned());
    }
    match faults.is_empty() {
        true => Ok(all),
        false => Err(faults),
    }
}

fn one(number: usize, table: &dyn TableLike, periods: u32, faults: &mut Vec<String>) -> WhatIf {
    let name = table.get("name").and_then(Item::as_str).unwrap_or_default();
    if name.is_empty() {
        faults.push(format!("scenario {number} has no `name`"));
    }
    unknown(number, table, &["name", "change"], faults);
    let mut changes = Vec::new();
    let tables: Vec<&dyn TableLike> = match table.get("change") {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|it| it as &dyn TableLike).collect(),
        Some(Item::Value(toml_edit::Value::Array(list))) => {
            if list.iter().any(|it| it.as_inline_table().is_none()) {
                let form = "{ of = \"revenue\", factor = \"110%\" }";
                faults.push(format!(
                    "scenario {number}: each change has the form {form}"
                ));
            }
            let tables = list.iter().filter_map(toml_edit::Value::as_inline_table);
            tables.map(|it| it as &dyn TableLike).collect()
        }
        _ => Vec::new(),
    };
    if tables.is_empty() {
        faults.push(format!("scenario {number} has no `change`"));
    }
    for table in tables {
        unknown(number, table, &["of", "from", "to", "factor"], faults);
        let of = table.get("of").map(|of| of.as_str().unwrap_or_default());
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
        if to.is_some_and(|to| to < from) {
            faults.push(format!("scenario {number}: a change ends before it begins"));
        }
        if from > periods {
            faults.push(format!(
                "scenario {number}: a change begins with period {from}, and only {periods} are looked ahead (--horizon)"
            ));
        }
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
            "scenario {number}: `{key}` is nothing here, there are {known}"
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
        let read_one = parsed(
            "[[scenario]]\nname = \"campaign\"\nchange = [{ of = \"orders\", from = 2, to = 3, factor = \"110%\" }]\n",
            12,
        );
        let all = read_one.expect("it is right");
        assert_eq!(all[0].name, "campaign");
        let (what, change) = &all[0].changes[0];
        assert_eq!(
            (*what, change.from, change.to),
            (Some(What::Orders), 2, Some(3))
        );
        assert!((change.factor - 1.1).abs() < 1e-12);
        let wrong = "[[scenario]]\nchange = [{ of = \"luck\", from = 0, factor = \"x\" }, 3, \
                     { from = 13, to = 2, factor = \"90%\" }]\n";
        let said = parsed(wrong, 12).expect_err("much is wrong").join("; ");
        for part in [
            "no `name`",
            "`of` is one of",
            "from 1",
            "percentage",
            "has the form",
            "ends before it begins",
            "only 12 are looked ahead",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
