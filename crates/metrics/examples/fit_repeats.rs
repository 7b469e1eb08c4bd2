//! Fits BG/NBD to histories in a file and says how long it took; `make bench-models` runs it.
//!
//! The file holds one customer per line: repeats, last, observed, parted by commas. The clock runs over
//! the fit only. Prints one JSON object.

use std::time::Instant;

use regulars_metrics::model::{BgNbd, FitOptions, Repeats};

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
    let mut times: Vec<f64> = Vec::new();
    let mut fitted = None;
    for _ in 0..rounds {
        let clock = Instant::now();
        let histories = Repeats::new(&repeats, &last, &observed).expect("sound rows");
        fitted = Some(BgNbd::fit(&histories, &FitOptions { threads }).expect("a fit"));
        times.push(clock.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let fit = fitted.expect("one round at least");
    let [r, alpha, a, b] = fit.model.parameters();
    println!(
        "{{\"seconds\":{},\"r\":{r},\"alpha\":{alpha},\"a\":{a},\"b\":{b},\"log_likelihood\":{},\
         \"evaluations\":{}}}",
        times[times.len() / 2],
        fit.log_likelihood,
        fit.evaluations
    );
}
