//! Small symmetric matrices: what a fit with a handful of parameters needs, and no more.

/// A square matrix of a few rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    size: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// A matrix of `size` rows and columns, all zero.
    #[must_use]
    pub fn zero(size: usize) -> Self {
        Self {
            size,
            cells: vec![0.0; size * size],
        }
    }

    /// How many rows it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The value in a row and a column.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.size + column]
    }

    /// Puts a value down.
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.size + column] = value;
    }

    /// Puts a value down on both sides of the diagonal.
    pub fn set_both(&mut self, row: usize, column: usize, value: f64) {
        self.set(row, column, value);
        self.set(column, row, value);
    }

    /// Adds to a value.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.size + column] += value;
    }

    /// The same with each sign turned.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self {
            size: self.size,
            cells: self.cells.iter().map(|cell| -cell).collect(),
        }
    }

    /// The matrix times a vector.
    #[must_use]
    pub fn times(&self, vector: &[f64]) -> Vec<f64> {
        self.cells
            .chunks_exact(self.size)
            .map(|row| dot(row, vector))
            .collect()
    }

    /// Cholesky's lower triangle, or `None` where the matrix is not positive definite to working
    /// precision.
    #[must_use]
    pub fn cholesky(&self) -> Option<Factor> {
        let mut lower = Self::zero(self.size);
        for row in 0..self.size {
            for column in 0..=row {
                let before: f64 = (0..column)
                    .map(|k| lower.at(row, k) * lower.at(column, k))
                    .sum();
                let rest = self.at(row, column) - before;
                if row == column {
                    // A pivot that is only rounding is none.
                    if !rest.is_finite() || rest <= 1e-13 * self.at(row, row).abs() || rest <= 0.0 {
                        return None;
                    }
                    lower.set(row, row, rest.sqrt());
                } else {
                    lower.set(row, column, rest / lower.at(column, column));
                }
            }
        }
        Some(Factor { lower })
    }
}

/// A positive definite matrix, taken apart.
#[derive(Clone, Debug)]
pub struct Factor {
    lower: Matrix,
}

impl Factor {
    /// The vector that the matrix turns into `right`.
    #[must_use]
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let size = self.lower.size;
        let mut x = right.to_vec();
        for row in 0..size {
            let before: f64 = (0..row).map(|k| self.lower.at(row, k) * x[k]).sum();
            x[row] = (x[row] - before) / self.lower.at(row, row);
        }
        for row in (0..size).rev() {
            let after: f64 = (row + 1..size).map(|k| self.lower.at(k, row) * x[k]).sum();
            x[row] = (x[row] - after) / self.lower.at(row, row);
        }
        x
    }

    /// The inverse of the matrix.
    #[must_use]
    pub fn inverse(&self) -> Matrix {
        let size = self.lower.size;
        let mut inverse = Matrix::zero(size);
        for column in 0..size {
            let mut unit = vec![0.0; size];
            unit[column] = 1.0;
            for (row, value) in self.solve(&unit).into_iter().enumerate() {
                inverse.set(row, column, value);
            }
        }
        inverse
    }
}

/// The sum of the products of two vectors.
#[must_use]
pub fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::Matrix;

    #[test]
    fn a_matrix_times_its_inverse_changes_nothing() {
        let mut matrix = Matrix::zero(3);
        for (row, column, value) in [
            (0, 0, 4.0),
            (1, 1, 5.0),
            (2, 2, 6.0),
            (0, 1, 1.0),
            (0, 2, -2.0),
            (1, 2, 0.5),
        ] {
            matrix.set_both(row, column, value);
        }
        let inverse = matrix.cholesky().unwrap().inverse();
        let vector = [1.0, -2.0, 3.0];
        for (left, right) in inverse.times(&matrix.times(&vector)).iter().zip(vector) {
            assert!((left - right).abs() < 1e-14);
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_not_taken_apart() {
        let mut matrix = Matrix::zero(2);
        matrix.set(0, 0, 1.0);
        matrix.set_both(0, 1, 1.0);
        matrix.set(1, 1, 1.0);
        assert!(matrix.cholesky().is_none());
    }
}
