//! The real server, when everything around it breaks: it is killed, its disk fills, lies or loses power, its
//! database dies, the network stalls. Whatever it acknowledged is there once, and nothing is half there.
//!
//! How long these tests are is said by the environment, so that `make test` and `make crash` run the same ones.

mod book;
mod broken;
mod campaign;
mod clock;
mod disk;
mod failover;
mod kills;
mod load;
mod network;
mod outage;
mod post;
mod power;
mod rolling;

use std::time::{Duration, Instant};

/// How long something may take that happens sooner or later.
const PATIENCE: Duration = Duration::from_secs(90);

/// Numbers out of a seed (SplitMix64): the same seed gives the same ones.
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// One of `0..end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True so often out of a hundred.
    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// How many of something there are to be: the figure of `make crash`, or else this one.
fn figure(name: &str, usual: u64) -> u64 {
    let told = std::env::var(format!("REGULARS_CRASH_{name}")).ok();
    told.map_or(usual, |told| {
        told.parse()
            .unwrap_or_else(|error| panic!("REGULARS_CRASH_{name}: {told}: {error}"))
    })
}

/// Where the dice begin. It is printed: what is found is found again with it.
fn seed(of: &str) -> Dice {
    let seed = figure("SEED", 1);
    println!("{of}: REGULARS_CRASH_SEED={seed}");
    let own = of
        .bytes()
        .fold(seed, |sum, byte| Dice(sum ^ u64::from(byte)).next());
    Dice(own)
}

/// Waits until something is so.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
