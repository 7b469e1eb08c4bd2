//! A type on the wire has a name of its own: in the API's description two of one name are one, and
//! whoever reads it is told of the wrong one.

use super::sources::Source;
use std::collections::BTreeMap;

/// Where the types on the wire are.
const WIRE: &str = "crates/api/src/";

pub(crate) fn faults(files: &[Source]) -> Vec<String> {
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for source in files.iter().filter(|own| own.path.starts_with(WIRE)) {
        for name in source.text.lines().filter_map(type_of) {
            if let Some(other) = known.insert(name, &source.path) {
                let path = &source.path;
                faults.push(format!(
                    "{path}: `{name}` is a type of {other} too, and the API's description knows one of each name; give it a name of its own"
                ));
            }
        }
    }
    faults
}

/// The name of the public type that begins on this line.
fn type_of(line: &str) -> Option<&str> {
    let rest = ["pub struct ", "pub enum "]
        .iter()
        .find_map(|start| line.strip_prefix(start))?;
    rest.split(|letter: char| !letter.is_alphanumeric()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            text: text.into(),
        }
    }

    #[test]
    fn two_types_on_the_wire_of_one_name_are_told() {
        let balance = file(
            "crates/api/src/balance.rs",
            "pub struct FigureOut {\n}\npub enum Kind {}\n",
        );
        let metric = file("crates/api/src/metric.rs", "pub struct FigureOut {\n}\n");
        let inside = file("crates/app/src/metric.rs", "pub struct FigureOut {\n}\n");
        let found = faults(&[balance, metric, inside]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(
            "crates/api/src/metric.rs: `FigureOut` is a type of crates/api/src/balance.rs"
        ));
    }
}
