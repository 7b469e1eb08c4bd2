//! The finances as tables for the accountant: CSV for a spreadsheet, Parquet for whatever reads that.

use super::{BooksLine, BooksPeriod, Finance};
use crate::Error;
use regulars_engine::program::words;
use regulars_lake::{Column, Values, write_table};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinanceDone {
    /// Files that were written.
    pub files: Vec<PathBuf>,
}

/// A column of texts, whole numbers (points in their smallest unit, money in minor units) or shares.
enum Cells {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Share(Vec<Option<f64>>),
}

/// A table: its name and its columns.
struct Sheet {
    name: &'static str,
    columns: Vec<(&'static str, Cells)>,
}

impl Finance {
    /// Writes `books`, `cohorts`, `liability` and `cost` into a folder, which is made: as CSV files
    /// with figures as people write them, and as Parquet files with whole numbers.
    pub fn write_tables(&self, books: &[BooksPeriod], folder: &Path) -> Result<FinanceDone, Error> {
        let failed = |path: &Path, why: String| Error::File {
            path: path.to_owned(),
            why,
        };
        std::fs::create_dir_all(folder)
            .map_err(|error| failed(folder, format!("the folder cannot be made: {error}")))?;
        let mut done = FinanceDone::default();
        for sheet in [
            book_rows(books),
            self.cohorts(),
            self.liabilities(),
            self.costs(),
        ] {
            let path = folder.join(format!("{}.csv", sheet.name));
            std::fs::write(&path, sheet.csv()).map_err(|e| failed(&path, e.to_string()))?;
            done.files.push(path);
            let path = folder.join(format!("{}.parquet", sheet.name));
            write_table(&path, sheet.columns()).map_err(|e| failed(&path, e.to_string()))?;
            done.files.push(path);
        }
        Ok(done)
    }

    fn cohorts(&self) -> Sheet {
        let all = || {
            self.points
                .iter()
                .flat_map(|own| own.cohorts.iter().map(move |it| (own, it)))
        };
        let int = |of: fn(&super::IssueCohort) -> Option<i64>| {
            Cells::Int(all().map(|(_, it)| of(it)).collect())
        };
        let share = |of: fn(&super::IssueCohort) -> Option<f64>| {
            Cells::Share(all().map(|(_, it)| of(it)).collect())
        };
        Sheet {
            name: "cohorts",
            columns: vec![
                (
                    "points",
                    Cells::Text(all().map(|(own, _)| Some(own.points.clone())).collect()),
                ),
                (
                    "month",
                    Cells::Text(all().map(|(_, it)| Some(it.month.to_string())).collect()),
                ),
                (
                    "decimals",
                    Cells::Int(all().map(|(own, _)| Some(own.decimals.into())).collect()),
                ),
                ("issued", int(|it| Some(it.issued))),
                ("redeemed", int(|it| Some(it.redeemed))),
                ("expired", int(|it| Some(it.expired))),
                ("open", int(|it| Some(it.open))),
                ("breakage", share(|it| it.ultimate?.breakage)),
                ("breakage_low", share(|it| Some(it.ultimate?.interval?.0))),
                ("breakage_high", share(|it| Some(it.ultimate?.interval?.1))),
                ("sales_minor", int(|it| Some(it.deferred?.sales))),
                ("deferred_minor", int(|it| Some(it.deferred?.deferred))),
                ("recognised_minor", int(|it| Some(it.deferred?.recognised))),
                (
                    "deferred_balance_minor",
                    int(|it| Some(it.deferred?.balance())),
                ),
            ],
        }
    }

    fn liabilities(&self) -> Sheet {
        let all = || {
            self.points.iter().flat_map(|own| {
                let ages = own.liability.iter().flat_map(|it| &it.by_age);
                ages.map(move |age| (own, age))
            })
        };
        Sheet {
            name: "liability",
            columns: vec![
                (
                    "points",
                    Cells::Text(all().map(|(own, _)| Some(own.points.clone())).collect()),
                ),
                (
                    "from_days",
                    Cells::Int(all().map(|(_, it)| Some(it.from_days.into())).collect()),
                ),
                (
                    "decimals",
                    Cells::Int(all().map(|(own, _)| Some(own.decimals.into())).collect()),
                ),
                (
                    "open",
                    Cells::Int(all().map(|(_, it)| Some(it.points)).collect()),
                ),
                (
                    "cost_minor",
                    Cells::Int(all().map(|(_, it)| Some(it.cost_minor)).collect()),
                ),
            ],
        }
    }

    fn costs(&self) -> Sheet {
        let all = || {
            self.points
                .iter()
                .flat_map(|own| own.cost.iter().map(move |it| (own, it)))
        };
        Sheet {
            name: "cost",
            columns: vec![
                (
                    "points",
                    Cells::Text(all().map(|(own, _)| Some(own.points.clone())).collect()),
                ),
                (
                    "month",
                    Cells::Text(all().map(|(_, it)| Some(it.0.to_string())).collect()),
                ),
                (
                    "cost_minor",
                    Cells::Int(all().map(|(_, it)| Some(it.1)).collect()),
                ),
            ],
        }
    }
}

fn book_rows(books: &[BooksPeriod]) -> Sheet {
    let all = || {
        books
            .iter()
            .flat_map(|period| period.lines.iter().map(move |line| (period, line)))
    };
    let text = |of: fn(&BooksPeriod, &BooksLine) -> Option<String>| {
        Cells::Text(all().map(|(period, line)| of(period, line)).collect())
    };
    let mut columns = vec![
        ("period", text(|period, _| Some(period.period.clone()))),
        (
            "closed_at",
            text(|period, _| Some(period.closed.as_ref()?.0.to_string())),
        ),
        (
            "closed_by",
            text(|period, _| Some(period.closed.as_ref()?.1.clone())),
        ),
        ("points", text(|_, line| Some(line.points.clone()))),
        (
            "decimals",
            Cells::Int(all().map(|(_, line)| Some(line.decimals.into())).collect()),
        ),
    ];
    for (at, name) in BooksLine::FIGURES.into_iter().enumerate() {
        let figures = all().map(|(_, line)| Some(line.figures()[at]));
        columns.push((name, Cells::Int(figures.collect())));
    }
    Sheet {
        name: "books",
        columns,
    }
}

impl Sheet {
    fn rows(&self) -> usize {
        match self.columns.first() {
            Some((_, Cells::Text(cells))) => cells.len(),
            Some((_, Cells::Int(cells))) => cells.len(),
            Some((_, Cells::Share(cells))) => cells.len(),
            None => 0,
        }
    }

    /// As a spreadsheet reads it: points with their decimals, money in minor units, nothing for what
    /// is not known.
    fn csv(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let mut text = names.join(",") + "\r\n";
        let decimals = self.columns.iter().find_map(|(name, cells)| match cells {
            Cells::Int(cells) if *name == "decimals" => Some(cells),
            _ => None,
        });
        for row in 0..self.rows() {
            let decimals = decimals.and_then(|it| it[row]).unwrap_or_default();
            let decimals = u8::try_from(decimals).unwrap_or_default();
            for (at, (name, cells)) in self.columns.iter().enumerate() {
                let mark = if at == 0 { "" } else { "," };
                text.push_str(mark);
                let is_points =
                    !(name.ends_with("_minor") || matches!(*name, "decimals" | "from_days"));
                match cells {
                    Cells::Text(cells) => text.push_str(&quoted(cells[row].as_deref())),
                    Cells::Int(cells) => match cells[row] {
                        Some(amount) if is_points => {
                            text.push_str(&words::number(decimals, amount));
                        }
                        Some(amount) => {
                            let _ = write!(text, "{amount}");
                        }
                        None => {}
                    },
                    Cells::Share(cells) => {
                        if let Some(share) = cells[row] {
                            let _ = write!(text, "{share:.6}");
                        }
                    }
                }
            }
            text.push_str("\r\n");
        }
        text
    }

    fn columns(self) -> Vec<Column> {
        let column = |(name, cells): (&str, Cells)| Column {
            name: name.to_owned(),
            values: match cells {
                Cells::Text(cells) => Values::Text(cells),
                Cells::Int(cells) => Values::Int(cells),
                Cells::Share(cells) => Values::Float(cells),
            },
        };
        self.columns.into_iter().map(column).collect()
    }
}

/// A text as CSV has it. One that a spreadsheet would take for a formula is marked as text.
fn quoted(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}
