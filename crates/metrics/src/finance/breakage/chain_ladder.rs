//! The chain ladder, with the standard error that Mack derived for it (ASTIN Bulletin 1993).

use super::{Breakage, Cohort, Projected, Tail, as_before, beyond, estimate, triangle};
use crate::model::Refusal;

/// Estimates breakage from cohorts, the oldest first.
///
/// # Errors
/// A cohort that cannot be (negative points, redeemed points that shrink, or more than were issued), one
/// that is older than the one before it, fewer than two ages, or an age by which no cohort had redeemed
/// anything.
pub fn chain_ladder(cohorts: &[Cohort], tail: Tail) -> Result<Breakage, Refusal> {
    let paid = triangle(cohorts)?;
    let ladder = Ladder::new(&paid)?;
    let tail = match tail {
        Tail::None => 1.0,
        Tail::Decay => ladder.tail(),
    };
    Ok(estimate(cohorts, ladder.project(&paid, tail)))
}

/// The factors of a triangle and how much cohorts scatter around them.
struct Ladder {
    factors: Vec<f64>,
    scatter: Vec<f64>,
}

impl Ladder {
    fn new(paid: &[Vec<f64>]) -> Result<Self, Refusal> {
        let ages = paid.first().map_or(0, Vec::len);
        let mut factors = Vec::new();
        let mut scatter: Vec<f64> = Vec::new();
        for age in 0..ages - 1 {
            let known: Vec<(f64, f64)> = paid
                .iter()
                .filter(|row| row.len() > age + 1)
                .map(|row| (row[age], row[age + 1]))
                .collect();
            let below: f64 = known.iter().map(|pair| pair.0).sum();
            if below <= 0.0 {
                return Err(Refusal::NoVariation {
                    what: "no cohort that was seen at the next age had redeemed anything before it",
                });
            }
            let factor = known.iter().map(|pair| pair.1).sum::<f64>() / below;
            let squares: f64 = known
                .iter()
                .filter(|pair| pair.0 > 0.0)
                .map(|pair| pair.0 * (pair.1 / pair.0 - factor).powi(2))
                .sum();
            let own = (known.len() > 1).then(|| squares / (known.len() - 1) as f64);
            scatter.push(own.unwrap_or_else(|| as_before(&scatter)));
            factors.push(factor);
        }
        Ok(Self { factors, scatter })
    }

    /// What is still to come after the oldest age, as a factor.
    fn tail(&self) -> f64 {
        let mut whole = 1.0;
        let brought = self.factors.iter().map(|factor| {
            let brought = whole * (factor - 1.0);
            whole += brought;
            brought
        });
        let brought: Vec<f64> = brought.collect();
        1.0 + beyond(&brought) / whole
    }

    fn project(&self, paid: &[Vec<f64>], tail: f64) -> Projected {
        let ages = self.factors.len() + 1;
        // What cohorts of each age add up to: how sure a factor is.
        let sums: Vec<f64> = (0..ages - 1)
            .map(|age| {
                let known = paid.iter().filter(|row| row.len() > age + 1);
                known.map(|row| row[age]).sum()
            })
            .collect();
        let ultimates: Vec<f64> = paid
            .iter()
            .map(|row| {
                let last = row.last().copied().unwrap_or_default();
                self.factors[row.len() - 1..].iter().product::<f64>() * last
            })
            .collect();
        let relative = |age: usize| self.scatter[age] / (self.factors[age] * self.factors[age]);
        let mut out = Vec::new();
        let mut total = 0.0;
        for (place, (row, &ultimate)) in paid.iter().zip(&ultimates).enumerate() {
            let mut at = row.last().copied().unwrap_or_default();
            let mut own = 0.0;
            let mut shared = 0.0;
            for (age, sum) in sums.iter().enumerate().skip(row.len() - 1) {
                if at > 0.0 {
                    own += relative(age) * (1.0 / at + 1.0 / sum);
                }
                shared += 2.0 * relative(age) / sum;
                at *= self.factors[age];
            }
            let younger: f64 = ultimates[place + 1..].iter().sum();
            let square = ultimate * ultimate * own;
            total += square + ultimate * younger * shared;
            out.push((ultimate * tail, square.sqrt() * tail));
        }
        Projected {
            ultimates: out,
            total_error: total.sqrt() * tail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ladder, chain_ladder};
    use crate::finance::breakage::{Cohort, Tail};

    /// Taylor and Ashe's triangle, on which Mack (1993) showed his formula.
    const TAYLOR_ASHE: [&[i64]; 10] = [
        &[
            357_848, 1_124_788, 1_735_330, 2_218_270, 2_745_596, 3_319_994, 3_466_336, 3_606_286,
            3_833_515, 3_901_463,
        ],
        &[
            352_118, 1_236_139, 2_170_033, 3_353_322, 3_799_067, 4_120_063, 4_647_867, 4_914_039,
            5_339_085,
        ],
        &[
            290_507, 1_292_306, 2_218_525, 3_235_179, 3_985_995, 4_132_918, 4_628_910, 4_909_315,
        ],
        &[
            310_608, 1_418_858, 2_195_047, 3_757_447, 4_029_929, 4_381_982, 4_588_268,
        ],
        &[
            443_160, 1_136_350, 2_128_333, 2_897_821, 3_402_672, 3_873_311,
        ],
        &[396_132, 1_333_217, 2_180_715, 2_985_752, 3_691_712],
        &[440_832, 1_288_463, 2_419_861, 3_483_130],
        &[359_480, 1_421_128, 2_864_498],
        &[376_686, 1_363_294],
        &[344_014],
    ];

    #[test]
    fn mack_s_reserves_and_errors_come_out_as_published() {
        let paid: Vec<Vec<f64>> = TAYLOR_ASHE
            .iter()
            .map(|row| row.iter().map(|&value| value as f64).collect())
            .collect();
        let projected = Ladder::new(&paid).unwrap().project(&paid, 1.0);
        let published = [
            (0.0, 0.0),
            (94_634.0, 75_535.0),
            (469_511.0, 121_699.0),
            (709_638.0, 133_549.0),
            (984_889.0, 261_406.0),
            (1_419_459.0, 411_010.0),
            (2_177_641.0, 558_317.0),
            (3_920_301.0, 875_328.0),
            (4_278_972.0, 971_258.0),
            (4_625_811.0, 1_363_155.0),
        ];
        let mut total = 0.0;
        for ((row, (ultimate, error)), (reserve, published)) in
            paid.iter().zip(&projected.ultimates).zip(published)
        {
            let ours = ultimate - row.last().unwrap();
            assert!((ours - reserve).abs() < 1.0, "{ours} {reserve}");
            assert!((error - published).abs() < 1.0, "{error} {published}");
            total += ours;
        }
        assert!((total - 18_680_856.0).abs() < 1.0);
        assert!((projected.total_error - 2_447_095.0).abs() < 1.0);
    }

    fn cohort(issued: i64, redeemed: &[i64]) -> Cohort {
        Cohort {
            issued,
            expired: 0,
            redeemed: redeemed.to_vec(),
            since: 0,
        }
    }

    #[test]
    fn cohorts_that_all_went_alike_leave_no_doubt() {
        let cohorts = [
            cohort(1000, &[400, 600, 700]),
            cohort(2000, &[800, 1200]),
            cohort(500, &[200]),
        ];
        let breakage = chain_ladder(&cohorts, Tail::None).unwrap();
        for one in &breakage.cohorts {
            assert!((one.breakage.unwrap() - 0.3).abs() < 1e-12);
            let (low, high) = one.interval.unwrap();
            assert!(high - low < 1e-9);
        }
        assert!((breakage.outstanding - 350.0).abs() < 1e-9);
        assert!((breakage.total.unwrap() - 0.3).abs() < 1e-12);
    }

    #[test]
    fn points_that_never_expire_go_on_being_redeemed_ever_more_slowly() {
        let cohorts = [
            cohort(1000, &[400, 600, 700, 750, 775]),
            cohort(1000, &[400, 600, 700, 750]),
            cohort(1000, &[400, 600, 700]),
            cohort(1000, &[400, 600]),
            cohort(1000, &[400]),
        ];
        let none = chain_ladder(&cohorts, Tail::None).unwrap();
        let decay = chain_ladder(&cohorts, Tail::Decay).unwrap();
        // What is redeemed halves each time, so in the end it is 800.
        assert!((none.cohorts[4].ultimate - 775.0).abs() < 1e-9);
        assert!(
            (decay.cohorts[4].ultimate - 800.0).abs() < 1e-9,
            "{decay:?}"
        );
    }

    #[test]
    fn a_cohort_never_redeems_more_than_it_has() {
        let mut cohorts = vec![cohort(1000, &[100, 900]), cohort(1000, &[500])];
        cohorts[1].expired = 200;
        let breakage = chain_ladder(&cohorts, Tail::None).unwrap();
        assert_eq!(breakage.cohorts[1].ultimate, 800.0);
        assert!((breakage.cohorts[1].breakage.unwrap() - 0.2).abs() < 1e-12);
    }

    #[test]
    fn triangles_that_cannot_be_are_refused() {
        let code = |cohorts: &[Cohort]| chain_ladder(cohorts, Tail::None).unwrap_err().code();
        assert_eq!(code(&[]), "too_few");
        assert_eq!(code(&[cohort(10, &[5])]), "too_few");
        assert_eq!(code(&[cohort(10, &[0, 0])]), "no_variation");
        assert_eq!(code(&[cohort(10, &[5, 4])]), "bad_row");
        assert_eq!(code(&[cohort(10, &[5, 11])]), "bad_row");
        assert_eq!(code(&[cohort(10, &[])]), "bad_row");
        assert_eq!(code(&[cohort(10, &[5]), cohort(10, &[5, 6])]), "bad_row");
        assert_eq!(code(&[cohort(-1, &[0, 0])]), "bad_row");
        let empty = chain_ladder(&[cohort(10, &[5, 6]), cohort(0, &[0])], Tail::None).unwrap();
        assert_eq!(
            (empty.cohorts[1].breakage, empty.cohorts[1].ultimate),
            (None, 0.0)
        );
    }
}
