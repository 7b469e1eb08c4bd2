//! `regulars-doors`: what fuzzing needs beside the fuzzer.
//!
//! ```sh
//! regulars-doors list                      # the names of all doors
//! regulars-doors examples program FOLDER   # writes what the repository has for a door into a folder
//! regulars-doors words program FILE        # writes words that it knows into a dictionary
//! regulars-doors open program FILE...      # lets files in, as the fuzzer would: what it found, once more
//! ```

#![allow(
    clippy::disallowed_methods,
    reason = "files are what it reads and writes"
)]

use regulars_doors::{DOORS, Door, door, example};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    match said[..] {
        ["list"] => DOORS.iter().for_each(|door| println!("{}", door.name)),
        ["examples", name, folder] if door(name).is_some() => examples(name, Path::new(folder)),
        ["words", name, file] if door(name).is_some() => words(name, Path::new(file)),
        ["open", name, ref files @ ..] if door(name).is_some() => {
            files.iter().for_each(|file| open(name, Path::new(file)));
        }
        _ => {
            eprintln!(
                "say `list`, `examples DOOR FOLDER`, `words DOOR FILE` or `open DOOR FILE...`"
            );
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn examples(name: &str, folder: &Path) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    for (number, bytes) in example::of(name).iter().enumerate() {
        std::fs::write(folder.join(format!("example-{number:03}")), bytes)
            .expect("it can be written");
    }
}

fn words(name: &str, file: &Path) {
    let quoted = example::words(name).into_iter();
    let quoted =
        quoted.map(|word| format!("\"{}\"\n", word.replace('\\', "\\\\").replace('"', "\\\"")));
    std::fs::write(file, quoted.collect::<String>()).expect("it can be written");
}

fn open(name: &str, file: &Path) {
    let Door { open, .. } = door(name).expect("was looked at before");
    println!("{}", file.display());
    open(&std::fs::read(file).expect("the file can be read"));
}
