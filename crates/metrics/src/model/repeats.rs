//! Histories of repeat buying as the models of it take them: how often a customer came back, when last,
//! and for how long we looked.
//!
//! Many customers have the same history, above all those who never came back. The likelihood needs
//! each history once, with the number of customers who have it.

use super::lanes::{LANES, Lane};
use super::refusal::Refusal;
use super::spread;

/// What one customer did, as columns over customers.
#[derive(Clone, Copy, Debug)]
pub struct Repeats<'a> {
    repeats: &'a [u32],
    last: &'a [f64],
    observed: &'a [f64],
}

/// A repeat customer of more purchases than this is an error in the data (one a minute for two years).
const REPEATS_MAX: u32 = 1_000_000;

impl<'a> Repeats<'a> {
    /// Columns with one row per customer who bought at least once: purchases after the first
    /// (`repeats`), the time from the first to the last (`last`) and from the first to the end of
    /// what was looked at (`observed`), both in the same unit, any one.
    ///
    /// # Errors
    /// Columns of different lengths, and the first row that no customer can have.
    pub fn new(repeats: &'a [u32], last: &'a [f64], observed: &'a [f64]) -> Result<Self, Refusal> {
        for right in [last.len(), observed.len()] {
            if right != repeats.len() {
                return Err(Refusal::Lengths {
                    left: repeats.len(),
                    right,
                });
            }
        }
        // One pass without a way out first: it is the usual case, and the compiler makes vectors of it.
        let sound = repeats
            .iter()
            .zip(last)
            .zip(observed)
            .fold(true, |sound, ((&repeats, &last), &observed)| {
                sound & is_sound(repeats, last, observed)
            });
        if !sound {
            return Err(first_fault(repeats, last, observed));
        }
        Ok(Self {
            repeats,
            last,
            observed,
        })
    }

    /// How many customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.repeats.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.repeats.is_empty()
    }

    /// One customer: repeats, last, observed.
    #[must_use]
    pub fn row(&self, place: usize) -> (u32, f64, f64) {
        (self.repeats[place], self.last[place], self.observed[place])
    }
}

fn is_sound(repeats: u32, last: f64, observed: f64) -> bool {
    (repeats <= REPEATS_MAX)
        & (last >= 0.0)
        & (last <= observed)
        & (observed <= 1e9)
        & ((repeats > 0) | (last == 0.0))
}

fn first_fault(repeats: &[u32], last: &[f64], observed: &[f64]) -> Refusal {
    let row = (0..repeats.len())
        .find(|&row| !is_sound(repeats[row], last[row], observed[row]))
        .unwrap_or_default();
    let (repeats, last, observed) = (repeats[row], last[row], observed[row]);
    let why = if repeats > REPEATS_MAX {
        "more than a million purchases of one customer"
    } else if last.is_nan() || last < 0.0 {
        "the last purchase lies before the first"
    } else if observed.is_nan() || observed > 1e9 {
        "the time that was looked at is no number below a thousand million"
    } else if last > observed {
        "the last purchase lies after the end of what was looked at"
    } else {
        "somebody who never came back has a last purchase after the first"
    };
    Refusal::BadRow { row, why }
}

/// Histories with the number of customers who have each.
#[derive(Clone, Debug)]
pub struct Collapsed {
    /// Those who came back, parted by how often; from few repeats to many.
    pub groups: Vec<Group>,
    /// For each time that was looked at: whom it concerns. Padded with rows of nobody.
    pub ends: Vec<End>,
    /// `more_than[i]`: how many customers came back more than `i` times.
    pub more_than: Vec<f64>,
    /// How many customers.
    pub customers: f64,
    /// How many of them came back.
    pub repeaters: f64,
    /// How often they came back, all together.
    pub repeats: f64,
    /// How long they were looked at, all together.
    pub observed: f64,
}

/// Those who came back equally often, eight at a time. Padded with rows of weight zero.
#[derive(Clone, Debug)]
pub struct Group {
    /// How often.
    pub repeats: f64,
    /// When last.
    pub last: Vec<Lane>,
    /// How long they were looked at.
    pub observed: Vec<Lane>,
    /// How many customers.
    pub weight: Vec<Lane>,
}

/// Eight times that were looked at.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// How long.
    pub observed: Lane,
    /// How many customers.
    pub customers: Lane,
    /// How many of them never came back.
    pub once: Lane,
    /// How often they came back, all together.
    pub repeats: Lane,
}

#[derive(Clone, Copy)]
struct Row {
    repeats: u32,
    weight: u32,
    last: f64,
    observed: f64,
}

#[derive(Clone, Copy)]
struct EndRow {
    observed: f64,
    customers: f64,
    once: f64,
    repeats: f64,
}

/// Customers that one task looks at. Fixed, so that the pieces do not depend on the machine.
const PIECE: usize = 1 << 16;

/// Places to remember histories in: what fits into a core's own cache. A history whose place is taken
/// is written out and counted anew, so the memory is bounded and the sums are exact all the same.
const REMEMBERED: usize = 1 << 13;
const ENDS_REMEMBERED: usize = 1 << 10;

/// Counts equal histories, every `stride`-th customer only.
#[must_use]
pub fn collapse(of: &Repeats<'_>, stride: usize, threads: usize) -> Collapsed {
    let pieces: Vec<(usize, usize)> = (0..of.len())
        .step_by(PIECE * stride)
        .map(|from| (from, (from + PIECE * stride).min(of.len())))
        .collect();
    let counted = spread::in_order(threads, &pieces, |&(from, to)| count(of, from, to, stride));
    let mut ends = EndCount::new(1 << 14);
    for piece in &counted {
        for row in &piece.1 {
            ends.add(*row);
        }
    }
    arrange(counted.iter().map(|piece| &piece.0), &ends.finish())
}

/// The histories of a piece, and the times for which its customers were looked at.
fn count(of: &Repeats<'_>, from: usize, to: usize, stride: usize) -> (Vec<Row>, Vec<EndRow>) {
    let rows = (to - from).div_ceil(stride);
    let places = (2 * rows).next_power_of_two().min(REMEMBERED);
    let shift = 64 - places.trailing_zeros();
    let nobody = Row {
        repeats: 0,
        weight: 0,
        last: 0.0,
        observed: 0.0,
    };
    let mut held = vec![nobody; places];
    let mut out = Vec::with_capacity(rows / 2);
    let mut ends = EndCount::new(ENDS_REMEMBERED);
    for place in (from..to).step_by(stride) {
        let (repeats, last, observed) = of.row(place);
        ends.add(EndRow {
            observed,
            customers: 1.0,
            once: f64::from(u8::from(repeats == 0)),
            repeats: f64::from(repeats),
        });
        if repeats == 0 {
            continue;
        }
        let hash = (last.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ observed.to_bits().rotate_left(29)
            ^ u64::from(repeats))
        .wrapping_mul(0xd6e8_feb8_6659_fd93);
        let slot = &mut held[(hash >> shift) as usize];
        let same = slot.repeats == repeats && slot.last == last && slot.observed == observed;
        if same {
            slot.weight += 1;
        } else {
            if slot.weight > 0 {
                out.push(*slot);
            }
            *slot = Row {
                repeats,
                weight: 1,
                last,
                observed,
            };
        }
    }
    out.extend(held.into_iter().filter(|row| row.weight > 0));
    (out, ends.finish())
}

/// Adds up whom each time concerns, in a bounded memory.
struct EndCount {
    held: Vec<EndRow>,
    out: Vec<EndRow>,
    shift: u32,
}

impl EndCount {
    fn new(places: usize) -> Self {
        let nobody = EndRow {
            observed: 0.0,
            customers: 0.0,
            once: 0.0,
            repeats: 0.0,
        };
        Self {
            held: vec![nobody; places],
            out: Vec::new(),
            shift: 64 - places.trailing_zeros(),
        }
    }

    #[inline(always)]
    fn add(&mut self, row: EndRow) {
        let hash = row.observed.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &mut self.held[((hash ^ (hash << 17)) >> self.shift) as usize];
        if slot.observed == row.observed {
            slot.customers += row.customers;
            slot.once += row.once;
            slot.repeats += row.repeats;
        } else {
            if slot.customers > 0.0 {
                self.out.push(*slot);
            }
            *slot = row;
        }
    }

    fn finish(mut self) -> Vec<EndRow> {
        let held = self.held.into_iter().filter(|row| row.customers > 0.0);
        self.out.extend(held);
        self.out
    }
}

/// Parts the histories by how often somebody came back.
fn arrange<'a>(pieces: impl Iterator<Item = &'a Vec<Row>> + Clone, ends: &[EndRow]) -> Collapsed {
    let most = pieces.clone().flatten().map(|row| row.repeats).max();
    let most = most.unwrap_or_default() as usize;
    let mut customers_of = vec![0.0; most + 1];
    let mut rows_of = vec![0_usize; most + 1];
    for row in pieces.clone().flatten() {
        customers_of[row.repeats as usize] += f64::from(row.weight);
        rows_of[row.repeats as usize] += 1;
    }
    let mut more_than = vec![0.0; most];
    let mut above = 0.0;
    for place in (0..most).rev() {
        above += customers_of[place + 1];
        more_than[place] = above;
    }
    let mut group_of = vec![usize::MAX; most + 1];
    let mut groups: Vec<Group> = Vec::new();
    for (repeats, &rows) in rows_of.iter().enumerate() {
        if rows > 0 {
            group_of[repeats] = groups.len();
            let blocks = rows.div_ceil(LANES);
            groups.push(Group {
                repeats: repeats as f64,
                last: vec![[0.0; LANES]; blocks],
                observed: vec![[0.0; LANES]; blocks],
                weight: vec![[0.0; LANES]; blocks],
            });
        }
    }
    let mut filled = vec![0_usize; groups.len()];
    for row in pieces.flatten() {
        let number = group_of[row.repeats as usize];
        let group = &mut groups[number];
        let (block, lane) = (filled[number] / LANES, filled[number] % LANES);
        group.last[block][lane] = row.last;
        group.observed[block][lane] = row.observed;
        group.weight[block][lane] = f64::from(row.weight);
        filled[number] += 1;
    }
    Collapsed {
        groups,
        ends: ends.chunks(LANES).map(end).collect(),
        repeaters: more_than.first().copied().unwrap_or_default(),
        more_than,
        customers: ends.iter().map(|row| row.customers).sum(),
        repeats: ends.iter().map(|row| row.repeats).sum(),
        observed: ends.iter().map(|row| row.customers * row.observed).sum(),
    }
}

fn end(rows: &[EndRow]) -> End {
    let mut end = End {
        observed: [0.0; LANES],
        customers: [0.0; LANES],
        once: [0.0; LANES],
        repeats: [0.0; LANES],
    };
    for (lane, row) in rows.iter().enumerate() {
        end.observed[lane] = row.observed;
        end.customers[lane] = row.customers;
        end.once[lane] = row.once;
        end.repeats[lane] = row.repeats;
    }
    end
}

impl Collapsed {
    /// How many different histories are kept, those who never came back counted by their times.
    #[must_use]
    pub fn rows(&self) -> usize {
        let blocks: usize = self.groups.iter().map(|group| group.last.len()).sum();
        (blocks + self.ends.len()) * LANES
    }

    /// Whether a model of repeat buying can be fitted at all.
    ///
    /// # Errors
    /// Too few customers or repeat customers, all of them alike, or no time in which to come back.
    pub fn suffices(&self) -> Result<(), Refusal> {
        let enough = |what, have: f64, need: u64| {
            if have < need as f64 {
                let have = have as u64;
                Err(Refusal::TooFew { what, have, need })
            } else {
                Ok(())
            }
        };
        enough("customers", self.customers, CUSTOMERS_LEAST)?;
        enough("customers who came back", self.repeaters, REPEATERS_LEAST)?;
        let alike = self.groups.len() == 1 && self.repeaters == self.customers;
        if alike {
            return Err(Refusal::NoVariation {
                what: "every customer came back equally often",
            });
        }
        let ever_later = |group: &Group| group.last.iter().flatten().any(|last| *last > 0.0);
        if !self.groups.iter().any(ever_later) {
            return Err(Refusal::NoVariation {
                what: "every purchase was made at the moment of the first",
            });
        }
        Ok(())
    }
}

/// Fewer customers than this and the four parameters follow single ones.
pub const CUSTOMERS_LEAST: u64 = 50;

/// Fewer repeat customers than this say nothing of how repeat buying differs.
pub const REPEATERS_LEAST: u64 = 20;

#[cfg(test)]
mod tests {
    use super::{Repeats, collapse};
    use crate::model::refusal::Refusal;

    #[test]
    fn equal_histories_are_counted_once_with_their_number() {
        let repeats = [0, 2, 0, 2, 1, 0];
        let last = [0.0, 3.0, 0.0, 3.0, 1.0, 0.0];
        let observed = [9.0, 9.0, 9.0, 9.0, 9.0, 8.0];
        let rows = Repeats::new(&repeats, &last, &observed).unwrap();
        let collapsed = collapse(&rows, 1, 1);
        assert_eq!(collapsed.more_than, [3.0, 2.0]);
        assert_eq!((collapsed.customers, collapsed.repeats), (6.0, 5.0));
        let twice = &collapsed.groups[1];
        assert_eq!((twice.repeats, twice.weight[0][0]), (2.0, 2.0));
        assert_eq!(twice.weight[0][1], 0.0);
        assert_eq!(collapsed.ends[0].once.iter().sum::<f64>(), 3.0);
    }

    #[test]
    fn a_row_that_no_customer_can_have_is_named() {
        let fault = |repeats, last, observed| match Repeats::new(
            &[1, repeats],
            &[1.0, last],
            &[2.0, observed],
        )
        .unwrap_err()
        {
            Refusal::BadRow { row: 1, why } => why,
            other => panic!("{other}"),
        };
        assert!(fault(0, 1.0, 2.0).contains("never came back"));
        assert!(fault(1, 3.0, 2.0).contains("after the end"));
        assert!(fault(1, -1.0, 2.0).contains("before the first"));
        assert!(fault(1, 1.0, f64::NAN).contains("no number"));
        assert!(fault(2_000_000, 1.0, 2.0).contains("million"));
        assert!(matches!(
            Repeats::new(&[1], &[], &[1.0]),
            Err(Refusal::Lengths { .. })
        ));
    }
}
