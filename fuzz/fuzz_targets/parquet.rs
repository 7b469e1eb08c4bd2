#![no_main]

use std::thread;

// A decoder may give up on the thread that reads for us: that is told as an error, and only how it is told
// matters. On any other thread it is a finding.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|panic| {
    if thread::current().name() != Some("read") {
        eprintln!("{panic}");
        std::process::abort();
    }
})), |data: &[u8]| (regulars_doors::door("parquet").expect("is a door").open)(data));
