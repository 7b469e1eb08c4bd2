//! The only place that prints: answers to standard output, everything beside them to standard error.
//! Colours and widths are those of a terminal, and only where there is one.

use crate::failure::Failure;
use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, presets};
use serde::Serialize;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// How answers are given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Print {
    /// As JSON.
    pub(crate) json: bool,
    /// With colours, on standard output.
    colours: bool,
    /// With colours, on standard error.
    error_colours: bool,
}

/// How a part of a line stands out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    /// Important.
    Bold,
    /// Less important.
    Faint,
    /// Right.
    Good,
    /// Wrong.
    Bad,
}

/// A table for people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    headers: Vec<(String, bool)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these columns. One whose header starts with `>` is of figures, and set to the right.
    pub(crate) fn new(headers: &[impl AsRef<str>]) -> Self {
        let side = |header: &str| match header.strip_prefix('>') {
            Some(figures) => (figures.to_owned(), true),
            None => (header.to_owned(), false),
        };
        Self {
            headers: headers.iter().map(|it| side(it.as_ref())).collect(),
            rows: Vec::new(),
        }
    }

    /// One row more.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Print {
    /// Finds out what standard output is.
    pub(crate) fn new(json: bool) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            json,
            colours: wanted && !json && std::io::stdout().is_terminal(),
            error_colours: wanted && std::io::stderr().is_terminal(),
        }
    }

    /// A line of an answer for people; nothing where JSON is asked for.
    pub(crate) fn line(&self, line: impl Display) {
        if !self.json {
            out(&format!("{line}\n"));
        }
    }

    /// Text as it is, whatever is asked for: a generated file.
    pub(crate) fn raw(&self, text: &str) {
        out(text);
    }

    /// A line beside the answer: what is going on.
    pub(crate) fn note(&self, line: impl Display) {
        if !self.json {
            aside(&format!("{line}\n"));
        }
    }

    /// The answer as one JSON document.
    pub(crate) fn json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            out(&format!("{}\n", serde_json::to_string_pretty(value)?));
        }
        Ok(())
    }

    /// A part of the answer as a line of JSON.
    pub(crate) fn json_line(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            out(&format!("{}\n", serde_json::to_string(value)?));
        }
        Ok(())
    }

    /// What went wrong, and what to do.
    pub(crate) fn failure(&self, failure: &Failure) {
        if self.json {
            let problem = serde_json::json!({ "error": failure.what, "advice": failure.advice });
            aside(&format!("{problem}\n"));
            return;
        }
        let (bad, end) = if self.error_colours {
            ("\u{1b}[1;31m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        aside(&format!("{bad}error:{end} {}\n", failure.what));
        aside(&format!(" help: {}\n", failure.advice));
    }

    /// The text in that style, where there are colours.
    pub(crate) fn style(&self, style: Style, text: impl Display) -> String {
        if !self.colours {
            return text.to_string();
        }
        let code = match style {
            Style::Bold => 1,
            Style::Faint => 2,
            Style::Good => 32,
            Style::Bad => 31,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A table; nothing where JSON is asked for.
    pub(crate) fn table(&self, table: &Table) {
        if self.json {
            return;
        }
        let mut drawn = comfy_table::Table::new();
        drawn.load_style(presets::NOTHING);
        drawn.set_content_arrangement(ContentArrangement::Dynamic);
        if !std::io::stdout().is_terminal() {
            // Whoever reads it by machine wants one line per row.
            drawn.set_content_arrangement(ContentArrangement::Disabled);
        }
        if !self.colours {
            let width = drawn.width();
            drawn.force_no_tty();
            if let Some(width) = width {
                drawn.set_width(width);
            }
        }
        let header = |(header, figures): &(String, bool)| {
            let cell = Cell::new(header).add_attribute(Attribute::Bold);
            aligned(cell, *figures)
        };
        // A table whose columns have no names has no head.
        if table.headers.iter().any(|(header, _)| !header.is_empty()) {
            drawn.set_header(table.headers.iter().map(header));
        }
        for row in &table.rows {
            let sides = table.headers.iter().map(|(_, figures)| *figures);
            drawn.add_row(
                row.iter()
                    .zip(sides)
                    .map(|(text, figures)| aligned(Cell::new(text), figures)),
            );
        }
        let trimmed: String = drawn
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        out(&trimmed);
    }
}

fn aligned(cell: Cell, figures: bool) -> Cell {
    if figures {
        cell.set_alignment(CellAlignment::Right)
    } else {
        cell
    }
}

/// To standard output. Where nobody reads on (`| head`), the command ends as if all were said.
fn out(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        let broken = error.kind() == std::io::ErrorKind::BrokenPipe;
        std::process::exit(if broken { 0 } else { 2 });
    }
}

/// To standard error. Where that is closed there is nobody to tell.
fn aside(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// A count with thousands set apart: `1469307` is `1,469,307`.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// Such a thing, once or often: `1 order`, `12 orders`, `2 entries`.
pub(crate) fn counted(number: u64, one: &str) -> String {
    let many = match one.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{one}s"),
    };
    let word = if number == 1 { one } else { &many };
    format!("{} {word}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_set_apart_in_thousands() {
        for (number, shown) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_469_307, "1,469,307"),
        ] {
            assert_eq!(count(number), shown);
        }
        assert_eq!(counted(1, "order"), "1 order");
        assert_eq!(counted(2, "entry"), "2 entries");
        assert_eq!(counted(12_000, "order"), "12,000 orders");
    }
}
