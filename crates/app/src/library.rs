//! The library: programs of many kinds to start from. The same files stand in `programs/`, where each
//! is checked, and most have a story in `scenarios/`.

/// A program to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its name: that of its file, without the ending.
    pub name: &'static str,
    file: &'static str,
}

macro_rules! library {
    ($($name:literal)+) => {
        /// All of them, by name.
        pub const LIBRARY: &[Sample] = &[$(Sample {
            name: $name,
            file: include_str!(concat!("../../../programs/", $name, ".toml")),
        }),+];
    };
}

library! {
    "airline" "b2b-distributor" "beauty-tiers" "cdnow" "charity" "coalition" "coffee-shop" "coffee-stamps" "fashion"
    "game-app" "grocery" "membership" "subscription-box"
}

impl Sample {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        LIBRARY.iter().find(|sample| sample.name == name)
    }

    /// The program file, without the line that tells editors where the schema lies in our own
    /// repository.
    pub fn text(&self) -> &'static str {
        match self.file.split_once('\n') {
            Some((first, rest)) if first.starts_with("#:schema") => rest,
            _ => self.file,
        }
    }

    /// What it is, in a sentence or two: the comment that it opens with.
    pub fn about(&self) -> String {
        let comment = self
            .text()
            .lines()
            .map_while(|line| line.strip_prefix("# "));
        comment.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_of_the_folder_is_in_the_library_and_says_what_it_is() {
        let folder = "../../programs";
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the programs are there")
            .filter_map(|file| {
                let name = file.expect("a readable folder").file_name();
                name.to_str()?.strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
        names.sort();
        let known: Vec<&str> = LIBRARY.iter().map(|sample| sample.name).collect();
        assert_eq!(names, known);
        for sample in LIBRARY {
            assert!(
                sample.about().ends_with('.'),
                "{}: {}",
                sample.name,
                sample.about()
            );
            assert!(!sample.text().contains("#:schema"), "{}", sample.name);
        }
    }
}
