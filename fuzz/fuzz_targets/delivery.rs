#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (regulars_doors::door("delivery")
    .expect("is a door")
    .open)(data));
