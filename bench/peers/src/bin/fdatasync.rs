//! What the disk can do at best: appending 4 KiB and waiting until it is safe, over and over.
//! Every other figure is to be read beside this one, taken in the same minute.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Instant;

use regulars_peers::{Durations, Options, Report, Run};

fn main() -> std::io::Result<()> {
    let options = Options::from_arguments();
    let folder = options.folder("fdatasync")?;
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.file("log"))?;
    let block = [0x5Au8; 4096];
    let mut durations = Durations::default();
    let run = Run::start(&options);
    let mut done = 0;
    while run.goes_on(done) {
        let begin = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        durations.add(begin.elapsed());
        done += 1;
    }
    Report::new("fdatasync", done, run.elapsed())
        .with_durations(durations)
        .print();
    Ok(())
}
