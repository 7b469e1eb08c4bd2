//! Lists what has grown long. A long file is a question to its author, not a fault.

use super::sources::Source;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;

pub(crate) fn remarks(files: &[Source]) -> Vec<String> {
    let mut remarks = Vec::new();
    for Source { path, text } in files {
        let lines = text.lines().count();
        if lines > FILE_LINES {
            remarks.push(format!("{path} has {lines} lines"));
        }
        for (name, line, length) in functions(text) {
            if length > FUNCTION_LINES {
                remarks.push(format!("{path}:{line} fn {name} has {length} lines"));
            }
        }
    }
    remarks
}

/// Name, first line and length of each function. The code is formatted, so a function ends at the
/// first closing brace that stands as far in as its first line.
fn functions(text: &str) -> Vec<(&str, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let end = lines[index..].iter().position(|line| {
            let trimmed = line.trim_start();
            line.len() - trimmed.len() == indent && (trimmed == "}" || trimmed.ends_with(';'))
        });
        if let Some(end) = end {
            found.push((name, index + 1, end + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let trimmed = line.trim_start();
    let at = if trimmed.starts_with("fn ") {
        0
    } else {
        trimmed.find(" fn ")? + 1
    };
    let qualifiers = &trimmed[..at];
    let only_qualifiers = qualifiers.split_whitespace().all(|word| {
        matches!(word, "async" | "const" | "unsafe" | "pub") || word.starts_with("pub(")
    });
    let name = trimmed[at + 3..].split(['(', '<']).next()?;
    only_qualifiers.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn the_length_of_a_function_runs_to_its_own_brace() {
        let text = "pub(crate) fn one(\n    a: u8,\n) {\n    if a > 0 {\n    }\n}\n\n\
                    impl A {\n    async fn two() {}\n    fn three(&self) {\n        x\n    }\n}\n\
                    trait B {\n    fn four();\n}\n// a fn five() in a comment\n";
        let found = functions(text);
        assert!(found.contains(&("one", 1, 6)), "{found:?}");
        assert!(found.contains(&("three", 10, 3)), "{found:?}");
        assert!(found.contains(&("four", 15, 1)), "{found:?}");
        assert!(!found.iter().any(|(name, ..)| *name == "five"), "{found:?}");
    }
}
