//! Every seed and every example goes through its door: what fuzzing found once is found in each test run.

#![allow(clippy::disallowed_methods, reason = "seeds are files")]

use regulars_doors::{DOORS, example};
use std::path::Path;

fn seeds(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(name);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let read = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path).expect("a readable seed");
        (path.display().to_string(), bytes)
    };
    paths.map(read).collect()
}

#[test]
fn whatever_came_in_once_comes_in_again() {
    let parts = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Vec::new();
    for door in DOORS {
        let examples = example::of(door.name).into_iter().enumerate();
        let examples = examples.map(|(at, own)| (format!("{} example {at}", door.name), own));
        let of_door: Vec<_> = seeds(door.name).into_iter().chain(examples).collect();
        assert!(
            !of_door.is_empty(),
            "{} has neither seed nor example",
            door.name
        );
        all.extend(of_door.into_iter().map(|(name, bytes)| (door, name, bytes)));
    }
    std::thread::scope(|scope| {
        for part in 0..parts {
            let own = all.iter().skip(part).step_by(parts);
            scope.spawn(move || {
                for (door, name, bytes) in own {
                    println!("{name}");
                    (door.open)(bytes);
                }
            });
        }
    });
}
