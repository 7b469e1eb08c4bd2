//! Fits BG/NBD to histories in a file and says how long it took; `make bench-models` runs it.
//!
//! The file holds a line of names, then one customer per line: repeats, last, observed, parted by commas.
//! The clock runs over the fit only. Prints one JSON object: the median time on the clock with all
//! processors, and the mean time of one processor that does it alone (Linux; elsewhere that on the clock).

#![allow(
    clippy::disallowed_methods,
    reason = "a measurement reads a file and a clock; the crate does not"
)]

use std::time::Instant;

use regulars_metrics::model::{BgNbd, BgNbdFit, FitOptions, Repeats};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("a file");
    let rounds: usize = arguments.next().map_or(1, |n| n.parse().expect("rounds"));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let text = std::fs::read_to_string(&file).expect("a readable file");
    let (mut repeats, mut last, mut observed) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        let mut fields = line.split(',');
        let mut next = || fields.next().expect("three fields");
        repeats.push(next().parse::<u32>().expect("a count"));
        last.push(next().parse::<f64>().expect("a time"));
        observed.push(next().parse::<f64>().expect("a time"));
    }
    let fit = |threads| -> BgNbdFit {
        let histories = Repeats::new(&repeats, &last, &observed).expect("sound rows");
        BgNbd::fit(&histories, &FitOptions { threads }).expect("a fit")
    };
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let clock = Instant::now();
            fit(threads);
            clock.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (clock, before) = (Instant::now(), processor_seconds());
    let mut fitted = fit(1);
    for _ in 1..rounds {
        fitted = fit(1);
    }
    let alone = match (before, processor_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => clock.elapsed().as_secs_f64(),
    } / rounds as f64;
    let [r, alpha, a, b] = fitted.model.parameters();
    println!(
        "{{\"seconds\":{},\"processor_seconds\":{alone},\"r\":{r},\"alpha\":{alpha},\"a\":{a},\"b\":{b},\
         \"log_likelihood\":{},\"evaluations\":{}}}",
        times[times.len() / 2],
        fitted.log_likelihood,
        fitted.evaluations
    );
}

/// How long the first thread has been on a processor.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
