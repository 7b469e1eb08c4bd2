//! Cohorts: customers by the period of their first purchase, and how many of them bought again in each
//! later period.

use crate::{
    Calendar, Figure, History, Unit,
    behind::{self, Behind},
    catalog::Metric,
};

/// Cohort retention in the catalog.
pub const METRIC: Metric = Metric {
    id: "cohort_retention",
    name: "Cohort retention",
    unit: Unit::Share,
    definition: "Customers by the period of their first purchase; of each such cohort, the share that \
        bought in its k-th period after that one. Refunds are no purchases; they lower the revenue of \
        the period in which they were given.",
    of_sums: None,
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::came_back)),
};

/// A cohort in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Customers who bought.
    pub customers: u64,
    /// Their purchases.
    pub orders: u64,
    /// What they spent, refunds taken off; minor units.
    pub amount: i128,
}

impl Cell {
    fn merge(&mut self, other: Self) {
        self.customers += other.customers;
        self.orders += other.orders;
        self.amount += other.amount;
    }
}

/// The triangle: a row for each cohort, in it a cell for each period since the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cohorts {
    rows: Vec<Vec<Cell>>,
}

impl Cohorts {
    /// Adds a customer; one who never bought is in no cohort.
    pub fn add(&mut self, calendar: &Calendar, history: History<'_>) {
        let Some(first) = history.purchases.iter().find(|p| p.is_purchase()) else {
            return;
        };
        let cohort = calendar.of(first.day);
        if self.rows.len() <= cohort {
            self.rows
                .resize_with(calendar.len().max(cohort + 1), Vec::new);
        }
        let row = &mut self.rows[cohort];
        let mut counted = None;
        for purchase in history.purchases {
            // What was given back before the first purchase belongs to its period.
            let age = calendar.of(purchase.day).max(cohort) - cohort;
            if row.len() <= age {
                row.resize(age + 1, Cell::default());
            }
            let cell = &mut row[age];
            cell.amount += i128::from(purchase.amount);
            if purchase.is_purchase() {
                cell.orders += 1;
                if counted != Some(age) {
                    counted = Some(age);
                    cell.customers += 1;
                }
            }
        }
    }

    /// Adds what was counted of a cohort in its `age`-th period.
    pub fn add_cell(&mut self, calendar: &Calendar, cohort: usize, age: usize, more: Cell) {
        if self.rows.len() <= cohort {
            self.rows
                .resize_with(calendar.len().max(cohort + 1), Vec::new);
        }
        let row = &mut self.rows[cohort];
        if row.len() <= age {
            row.resize(age + 1, Cell::default());
        }
        row[age].merge(more);
    }

    /// Adds those of `other`.
    pub fn merge(&mut self, other: &Self) {
        if self.rows.len() < other.rows.len() {
            self.rows.resize_with(other.rows.len(), Vec::new);
        }
        for (row, more) in self.rows.iter_mut().zip(&other.rows) {
            if row.len() < more.len() {
                row.resize(more.len(), Cell::default());
            }
            for (cell, more) in row.iter_mut().zip(more) {
                cell.merge(*more);
            }
        }
    }

    /// How many customers bought first in a period.
    pub fn size(&self, cohort: usize) -> u64 {
        self.cell(cohort, 0).customers
    }

    /// A cohort in its `age`-th period; nothing where nobody bought.
    pub fn cell(&self, cohort: usize, age: usize) -> Cell {
        let row = self.rows.get(cohort);
        row.and_then(|row| row.get(age))
            .copied()
            .unwrap_or_default()
    }

    /// The share of a cohort that bought in its `age`-th period.
    pub fn retention(&self, calendar: &Calendar, cohort: usize, age: usize) -> Figure {
        let who = format!("customers who bought first in {}", calendar.name(cohort));
        Figure::share(self.cell(cohort, age).customers, self.size(cohort), who)
    }

    /// Of all cohorts that have had their `age`-th period in full, together.
    pub fn retention_at(&self, calendar: &Calendar, age: usize) -> Figure {
        let seen = (0..calendar.len().saturating_sub(age)).filter(|c| calendar.is_whole(c + age));
        let (mut part, mut whole) = (0, 0);
        for cohort in seen {
            part += self.cell(cohort, age).customers;
            whole += self.size(cohort);
        }
        Figure::share(
            part,
            whole,
            format!("customers of all cohorts that are {age} periods old"),
        )
    }
}
