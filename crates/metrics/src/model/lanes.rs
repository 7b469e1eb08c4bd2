//! Logarithms and exponentials of eight numbers at a time.
//!
//! The standard library's take one number each. These are plain arithmetic over arrays, without a
//! branch, so that the compiler makes vector instructions of them on every machine. They are exact to
//! about 2e-16 relative (exponential) and to one or two units in the last place (logarithm).

/// How many numbers are worked on at once.
pub const LANES: usize = 8;

/// That many numbers.
pub type Lane = [f64; LANES];

/// What an integer below 2^52 becomes a float by: its bits are put in the place of these.
const TWO_52_BITS: u64 = 0x4330_0000_0000_0000;
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// (artanh s / s - 1) / s² as powers of s², from the highest down.
const ARTANH: [f64; 10] = [
    1.0 / 21.0,
    1.0 / 19.0,
    1.0 / 17.0,
    1.0 / 15.0,
    1.0 / 13.0,
    1.0 / 11.0,
    1.0 / 9.0,
    1.0 / 7.0,
    1.0 / 5.0,
    1.0 / 3.0,
];

/// (e^r - 1 - r) / r² as powers of r, from the highest down.
const EXPONENTIAL: [f64; 12] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    1.0 / 2.0,
];

/// Horner's scheme, from the highest power down.
#[inline(always)]
#[must_use]
pub fn polynomial<const TERMS: usize>(x: f64, terms: &[f64; TERMS]) -> f64 {
    let mut sum = 0.0;
    for term in terms {
        sum = sum * x + term;
    }
    sum
}

/// Natural logarithms of positive, normal numbers.
#[inline(always)]
#[must_use]
pub fn ln(x: Lane) -> Lane {
    // x = 2^k m with m between √½ and √2: taking √½'s bits away first makes the exponent field count so.
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        let bits = x[i].to_bits();
        let above = bits.wrapping_sub(ROOT_HALF).wrapping_add(1023 << 52);
        let k = f64::from_bits((above >> 52) | TWO_52_BITS) - (TWO_52 + 1023.0);
        let m = f64::from_bits((above & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF));
        // ln m = 2 artanh s, with s = (m - 1) / (m + 1) below 0.172.
        let s = (m - 1.0) / (m + 1.0);
        let z = s * s;
        let tail = polynomial(z, &ARTANH);
        out[i] = k * std::f64::consts::LN_2 + (2.0 * s + 2.0 * s * z * tail);
    }
    out
}

/// Exponentials of numbers from -700 to 0; what is below counts as -700.
#[inline(always)]
#[must_use]
pub fn exp_negative(x: Lane) -> Lane {
    // Adding this rounds to whole numbers, and leaves them in the lowest bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        let x = if x[i] < -700.0 { -700.0 } else { x[i] };
        let rounded = x * std::f64::consts::LOG2_E + ROUND;
        let k = rounded - ROUND;
        let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
        let tail = polynomial(r, &EXPONENTIAL);
        let scale = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
        out[i] = scale * (1.0 + r + r * r * tail);
    }
    out
}

/// The sum of the lanes, in one fixed order.
#[inline(always)]
#[must_use]
pub fn sum(x: Lane) -> f64 {
    ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

    use super::{exp_negative, ln};

    #[test]
    fn they_are_those_of_the_standard_library() {
        let mut x = 1e-300_f64;
        while x < 1e300 {
            let ours = ln([x; 8])[3];
            assert!(
                (ours - x.ln()).abs() <= 4e-16 * x.ln().abs().max(0.4),
                "{x}"
            );
            x *= 1.013_7;
        }
        for at in [1.0, 1.0 - 1e-12, 1.0 + 1e-12, FRAC_1_SQRT_2, SQRT_2] {
            let (ours, theirs) = (ln([at; 8])[0], f64::ln(at));
            assert!(
                (ours - theirs).abs() <= 4e-16 * theirs.abs().max(1e-3),
                "{at}"
            );
        }
        let mut x = -700.0;
        while x <= 0.0 {
            let (ours, theirs) = (exp_negative([x; 8])[5], f64::exp(x));
            assert!(
                (ours - theirs).abs() <= 1e-15 * theirs,
                "{x}: {ours} {theirs}"
            );
            x += 0.137;
        }
        assert_eq!(exp_negative([0.0; 8])[0], 1.0);
        assert!(exp_negative([f64::NEG_INFINITY; 8])[0] < 1e-300);
    }
}
