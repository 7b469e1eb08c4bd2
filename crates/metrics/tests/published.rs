//! The models against what their authors published, on the data that they used: CDNOW, a tenth of the
//! customers (Fader, Hardie and Lee 2005; Fader and Hardie 2013). `make data` fetches it.

use std::path::PathBuf;

use regulars_metrics::model::{BgNbd, FitOptions, GammaGamma, ParetoNbd, Repeats};

/// A published value and by what part ours may differ from it (the papers print three digits).
#[track_caller]
fn near(ours: f64, published: f64, part: f64) {
    assert!(
        (ours - published).abs() <= part * published.abs(),
        "{ours} instead of {published}"
    );
}

fn data(name: &str) -> String {
    let folder = std::env::var_os("REGULARS_DATA").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").expect("a home")).join(".cache/regulars/data"),
        PathBuf::from,
    );
    let file = folder.join(name);
    std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}. `make data` fetches it.", file.display()))
}

struct Sample {
    repeats: Vec<u32>,
    last: Vec<f64>,
    observed: Vec<f64>,
    spend: Vec<f64>,
}

fn sample() -> Sample {
    let mut sample = Sample {
        repeats: Vec::new(),
        last: Vec::new(),
        observed: Vec::new(),
        spend: Vec::new(),
    };
    for line in data("cdnow_customers_summary_with_transactions.csv")
        .lines()
        .skip(1)
    {
        let fields: Vec<f64> = line
            .split(',')
            .map(|field| field.trim().parse().expect("a number"))
            .collect();
        sample.repeats.push(fields[1] as u32);
        sample.last.push(fields[2]);
        sample.observed.push(fields[3]);
        sample.spend.push(fields[4]);
    }
    assert_eq!(sample.repeats.len(), 2357);
    sample
}

impl Sample {
    fn histories(&self) -> Repeats<'_> {
        Repeats::new(&self.repeats, &self.last, &self.observed).expect("sound rows")
    }
}

#[test]
fn bg_nbd_is_as_published() {
    let sample = sample();
    let fit = BgNbd::fit(&sample.histories(), &FitOptions::default()).expect("a fit");
    near(fit.model.r, 0.243, 0.005);
    near(fit.model.alpha, 4.414, 0.005);
    near(fit.model.a, 0.793, 0.005);
    near(fit.model.b, 2.426, 0.005);
    assert!((fit.log_likelihood + 9582.4).abs() < 0.05, "{fit:?}");
    assert_eq!(fit.repeaters, 946);
}

#[test]
fn pareto_nbd_is_as_published() {
    let sample = sample();
    let fit = ParetoNbd::fit(&sample.histories(), &FitOptions::default()).expect("a fit");
    near(fit.model.r, 0.553, 0.01);
    near(fit.model.alpha, 10.578, 0.01);
    near(fit.model.s, 0.606, 0.01);
    near(fit.model.beta, 11.669, 0.01);
    assert!((fit.log_likelihood + 9595.0).abs() < 0.05, "{fit:?}");
}

#[test]
fn gamma_gamma_is_as_published() {
    let sample = sample();
    let options = FitOptions::default();
    let fit = GammaGamma::fit(&sample.repeats, &sample.spend, &options).expect("a fit");
    assert_eq!(fit.customers, 946);
    near(fit.model.p, 6.25, 0.01);
    near(fit.model.q, 3.74, 0.01);
    near(fit.model.gamma, 15.44, 0.01);
    // Fader and Hardie print 0.11 for the correlation of frequency and spend.
    near(fit.independence.correlation, 0.11, 0.05);
    assert!(fit.independence.holds);
}
