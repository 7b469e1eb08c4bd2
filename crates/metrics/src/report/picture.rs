//! Pictures as SVG, drawn by hand: no script, no font, no network; they scale, print and can be read
//! aloud.

use super::{GridCell, SegmentRow, html::escaped, words};
use std::fmt::Write as _;

/// How wide pictures are drawn; they are shown as wide as there is room.
const WIDTH: f64 = 720.0;

struct Picture {
    body: String,
    height: f64,
    title: String,
}

impl Picture {
    fn new(title: &str, height: f64) -> Self {
        Self {
            body: String::new(),
            height,
            title: escaped(title),
        }
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        let text = escaped(text);
        let _ = write!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    fn rect(&mut self, [x, y, width, height]: [f64; 4], class: &str, strength: f64, tip: &str) {
        let (opacity, tip) = (0.06 + 0.94 * strength.clamp(0.0, 1.0), escaped(tip));
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
             fill-opacity=\"{opacity:.3}\"><title>{tip}</title></rect>",
            width.max(0.0),
            height.max(0.0)
        );
    }

    fn line(&mut self, points: &[(f64, f64)], class: &str) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = write!(
            self.body,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            points.join(" ")
        );
    }

    fn done(self) -> String {
        format!(
            "<div class=\"picture\" tabindex=\"0\"><svg viewBox=\"0 0 {WIDTH:.0} {:.0}\" role=\"img\" aria-label=\"{}\"><title>{}</title>{}</svg></div>",
            self.height, self.title, self.title, self.body
        )
    }
}

/// A bar for each of these, with a whisker where an interval is given.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) interval: Option<(f64, f64)>,
    pub(super) shown: String,
    /// Drawn fainter: cut off, or of few customers.
    pub(super) faint: bool,
}

/// Bars side by side, over the same zero.
pub(super) fn bars(title: &str, bars: &[Bar]) -> String {
    let (left, top, high, bottom) = (18.0, 22.0, 170.0, 26.0);
    let mut picture = Picture::new(title, top + high + bottom);
    let most = bars
        .iter()
        .map(|bar| {
            bar.interval
                .map_or(bar.value, |(_, high)| high.max(bar.value))
        })
        .fold(0.0, f64::max);
    let least = bars.iter().map(|bar| bar.value).fold(0.0, f64::min);
    let span = if most > least { most - least } else { 1.0 };
    let y = |value: f64| top + high * (most - value) / span;
    let step = (WIDTH - 2.0 * left) / bars.len().max(1) as f64;
    let every = bars.len().div_ceil(12).max(1);
    for (at, bar) in bars.iter().enumerate() {
        let x = left + step * at as f64;
        let (from, to) = (y(bar.value.max(0.0)), y(bar.value.min(0.0)));
        let tip = format!("{}: {}", bar.name, bar.shown);
        picture.rect(
            [x + step * 0.1, from, step * 0.8, (to - from).max(0.5)],
            "mark",
            if bar.faint { 0.3 } else { 0.85 },
            &tip,
        );
        if let Some((low, high)) = bar.interval {
            let middle = x + step / 2.0;
            picture.line(&[(middle, y(low)), (middle, y(high))], "whisker");
        }
        if at % every == 0 {
            picture.text(x + step / 2.0, top + high + 16.0, "middle", &bar.name);
        }
        if bars.len() <= 12 {
            picture.text(
                x + step / 2.0,
                from.min(bar.interval.map_or(from, |(_, high)| y(high))) - 4.0,
                "middle",
                &bar.shown,
            );
        }
    }
    if bars.len() > 12
        && let Some(best) = bars.iter().max_by(|a, b| a.value.total_cmp(&b.value))
    {
        picture.text(
            left,
            12.0,
            "start",
            &format!("highest: {} in {}", best.shown, best.name),
        );
    }
    picture.done()
}

/// A triangle: for each cohort a row with its name, its size, and a share for each age.
pub(super) fn heat_map(title: &str, rows: &[(String, u64, Vec<Option<f64>>)]) -> String {
    let (left, top, row_high) = (150.0, 22.0, 22.0);
    let columns = rows
        .iter()
        .map(|(.., shares)| shares.len())
        .max()
        .unwrap_or(0);
    let mut picture = Picture::new(title, top + row_high * rows.len() as f64 + 6.0);
    let wide = (WIDTH - left) / columns.max(1) as f64;
    // The first period is all of a cohort by definition, so it does not set the scale.
    let most = rows
        .iter()
        .flat_map(|(.., shares)| shares.iter().skip(1).flatten())
        .fold(0.0_f64, |a, &b| a.max(b));
    let scale = if most > 0.0 { most } else { 1.0 };
    for age in 0..columns {
        if columns <= 18 || age % 3 == 0 {
            picture.text(
                left + wide * (age as f64 + 0.5),
                14.0,
                "middle",
                &format!("+{age}"),
            );
        }
    }
    for (at, (name, size, shares)) in rows.iter().enumerate() {
        let y = top + row_high * at as f64;
        picture.text(0.0, y + 15.0, "start", name);
        picture.text(left - 8.0, y + 15.0, "end", &words::count((*size).into()));
        for (age, share) in shares.iter().enumerate() {
            let Some(share) = share else { continue };
            let x = left + wide * age as f64;
            let strength = if age == 0 { 1.0 } else { share / scale };
            let tip = format!(
                "{name}, {age} periods later: {} of {size}",
                words::percent(*share)
            );
            picture.rect(
                [x + 0.5, y + 0.5, wide - 1.0, row_high - 1.0],
                "mark",
                strength * 0.9,
                &tip,
            );
            if wide >= 30.0 {
                let class = if strength > 0.55 { "on" } else { "off" };
                let shown = format!("{:.0}", share * 100.0);
                let _ = write!(
                    picture.body,
                    "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{shown}</text>",
                    x + wide / 2.0,
                    y + 15.0
                );
            }
        }
    }
    picture.done()
}

/// Recency upwards, frequency to the right: how many customers, and the deeper the more they spent.
pub(super) fn grid(
    title: &str,
    cells: &[[GridCell; 5]; 5],
    money: &impl Fn(i128) -> String,
) -> String {
    let (left, top, wide, high) = (90.0, 8.0, 122.0, 52.0);
    let mut picture = Picture::new(title, top + 5.0 * high + 36.0);
    let most = cells
        .iter()
        .flatten()
        .map(|cell| cell.spent)
        .max()
        .unwrap_or(0)
        .max(1);
    for (recency, row) in cells.iter().enumerate() {
        let y = top + high * (4 - recency) as f64;
        picture.text(
            left - 10.0,
            y + 30.0,
            "end",
            &format!("recency {}", recency + 1),
        );
        for (frequency, cell) in row.iter().enumerate() {
            let x = left + wide * frequency as f64;
            let strength = cell.spent.max(0) as f64 / most as f64;
            let tip = format!(
                "recency {}, frequency {}: {} customers, {}",
                recency + 1,
                frequency + 1,
                words::count(cell.customers.into()),
                money(cell.spent)
            );
            picture.rect(
                [x + 1.0, y + 1.0, wide - 2.0, high - 2.0],
                "mark",
                strength * 0.9,
                &tip,
            );
            let class = if strength > 0.55 { "on" } else { "off" };
            let shown = if cell.customers == 0 {
                "–".to_owned()
            } else {
                words::count(cell.customers.into())
            };
            let _ = write!(
                picture.body,
                "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{shown}</text>",
                x + wide / 2.0,
                y + 31.0
            );
        }
    }
    for frequency in 0..5 {
        let x = left + wide * (f64::from(frequency) + 0.5);
        picture.text(
            x,
            top + 5.0 * high + 20.0,
            "middle",
            &format!("frequency {}", frequency + 1),
        );
    }
    picture.done()
}

/// Segments as bars from left to right, with what they spent.
pub(super) fn segments(
    title: &str,
    rows: &[SegmentRow],
    money: &impl Fn(i128) -> String,
) -> String {
    let (left, high) = (130.0, 26.0);
    let mut picture = Picture::new(title, high * rows.len() as f64 + 4.0);
    let most = rows
        .iter()
        .map(|row| row.customers)
        .max()
        .unwrap_or(0)
        .max(1);
    let room = WIDTH - left - 210.0;
    for (at, row) in rows.iter().enumerate() {
        let y = high * at as f64;
        let wide = room * row.customers as f64 / most as f64;
        let shown = format!(
            "{} customers, {}",
            words::count(row.customers.into()),
            money(row.spent)
        );
        picture.text(left - 8.0, y + 17.0, "end", row.segment.name());
        picture.rect(
            [left, y + 3.0, wide.max(0.5), high - 6.0],
            "mark",
            0.85,
            &shown,
        );
        picture.text(left + wide + 6.0, y + 17.0, "start", &shown);
    }
    picture.done()
}

/// A curve from 0 to 1 on both sides, with the line of equal shares.
pub(super) fn curve(
    title: &str,
    points: &[(f64, f64)],
    marks: &[(f64, f64, String)],
    across: &str,
) -> String {
    let (left, top, wide, high) = (46.0, 10.0, 640.0, 250.0);
    let mut picture = Picture::new(title, top + high + 40.0);
    let at = |(x, y): (f64, f64)| {
        (
            left + wide * x.clamp(0.0, 1.0),
            top + high * (1.0 - y.clamp(0.0, 1.0)),
        )
    };
    for tenth in [0.0, 0.25, 0.5, 0.75, 1.0] {
        picture.line(&[at((0.0, tenth)), at((1.0, tenth))], "rule");
        let (_, y) = at((0.0, tenth));
        picture.text(
            left - 6.0,
            y + 4.0,
            "end",
            &format!("{:.0} %", tenth * 100.0),
        );
    }
    let drawn: Vec<(f64, f64)> = points.iter().map(|&point| at(point)).collect();
    picture.line(&drawn, "curve");
    for (x, y, text) in marks {
        let (x, y) = at((*x, *y));
        let _ = write!(
            picture.body,
            "<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"
        );
        picture.text(x + 8.0, y + 14.0, "start", text);
    }
    picture.text(left + wide / 2.0, top + high + 28.0, "middle", across);
    picture.done()
}

/// Two curves from 0 to 1 on both sides: what was, and what was forecast.
pub(super) fn tracking(title: &str, made: &[(f64, f64)], forecast: &[(f64, f64)]) -> String {
    let (left, top, wide, high) = (8.0, 10.0, 700.0, 220.0);
    let mut picture = Picture::new(title, top + high + 10.0);
    let at = |&(x, y): &(f64, f64)| {
        (
            left + wide * x.clamp(0.0, 1.0),
            top + high * (1.0 - y.clamp(0.0, 1.0)),
        )
    };
    picture.line(&[at(&(0.0, 0.0)), at(&(1.0, 0.0))], "rule");
    for (points, class) in [(made, "curve"), (forecast, "whisker")] {
        let drawn: Vec<(f64, f64)> = points.iter().map(at).collect();
        picture.line(&drawn, class);
    }
    picture.done()
}
