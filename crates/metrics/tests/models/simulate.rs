//! Customers as the models say they are, from numbers that are the same on every run.

/// A small generator (SplitMix64): the tests need numbers that look random, not secrets.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, neither of them.
    pub(crate) fn even(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    fn waiting(&mut self, rate: f64) -> f64 {
        -self.even().ln() / rate
    }

    fn normal(&mut self) -> f64 {
        let angle = std::f64::consts::TAU * self.even();
        (-2.0 * self.even().ln()).sqrt() * angle.cos()
    }

    /// Marsaglia and Tsang's way.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.even().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.even().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

/// Histories, and what was bought after them.
pub(crate) struct Simulated {
    pub(crate) repeats: Vec<u32>,
    pub(crate) last: Vec<f64>,
    pub(crate) observed: Vec<f64>,
    pub(crate) later: Vec<u32>,
}

/// How long after the histories one looks on.
pub(crate) const HORIZON: f64 = 26.0;

fn simulate(
    count: usize,
    numbers: &mut Numbers,
    mut purchases: impl FnMut(&mut Numbers, f64) -> Vec<f64>,
) -> Simulated {
    let mut out = Simulated {
        repeats: Vec::new(),
        last: Vec::new(),
        observed: Vec::new(),
        later: Vec::new(),
    };
    for _ in 0..count {
        // To the day, in weeks.
        let observed = (26.0 * 7.0 + (numbers.bits() % 183) as f64) / 7.0;
        let times = purchases(numbers, observed + HORIZON);
        let before = times.partition_point(|&time| time <= observed);
        out.repeats.push(before as u32);
        out.last
            .push(before.checked_sub(1).map_or(0.0, |last| times[last]));
        out.observed.push(observed);
        out.later.push((times.len() - before) as u32);
    }
    out
}

pub(crate) fn bg_nbd([r, alpha, a, b]: [f64; 4], count: usize, seed: u64) -> Simulated {
    simulate(count, &mut Numbers::new(seed), |numbers, end| {
        let rate = numbers.gamma(r) / alpha;
        let (one, other) = (numbers.gamma(a), numbers.gamma(b));
        let leaves = one / (one + other);
        let mut times = Vec::new();
        let mut time = 0.0;
        loop {
            time += numbers.waiting(rate.max(1e-12));
            if time > end {
                return times;
            }
            times.push(time);
            if numbers.even() < leaves {
                return times;
            }
        }
    })
}

pub(crate) fn pareto_nbd([r, alpha, s, beta]: [f64; 4], count: usize, seed: u64) -> Simulated {
    simulate(count, &mut Numbers::new(seed), |numbers, end| {
        let rate = numbers.gamma(r) / alpha;
        let leaving = numbers.gamma(s) / beta;
        let end = end.min(numbers.waiting(leaving.max(1e-12)));
        let mut times = Vec::new();
        let mut time = numbers.waiting(rate.max(1e-12));
        while time <= end {
            times.push(time);
            time += numbers.waiting(rate.max(1e-12));
        }
        times
    })
}

/// Purchases and mean spend of customers.
pub(crate) fn gamma_gamma(
    [p, q, gamma]: [f64; 3],
    count: usize,
    seed: u64,
) -> (Vec<u32>, Vec<f64>) {
    let mut numbers = Numbers::new(seed);
    (0..count)
        .map(|_| {
            let purchases = 1 + (numbers.bits() % 8) as u32;
            let scale = numbers.gamma(q) / gamma;
            let total = numbers.gamma(p * f64::from(purchases)) / scale;
            (purchases, total / f64::from(purchases))
        })
        .unzip()
}
