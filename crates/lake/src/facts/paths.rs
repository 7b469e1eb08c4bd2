//! Which files are meant: a file, a folder with all that is in it, a pattern.

use crate::Error;
use std::path::{Path, PathBuf};

/// How files that are read end.
const ENDINGS: [&str; 8] = [
    "csv", "tsv", "txt", "tab", "ndjson", "jsonl", "parquet", "pq",
];

/// All files that `paths` mean, by name, each once.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            folder(path, &mut files)?;
            if files.len() == before {
                return Err(Error::NoFiles(path.clone()));
            }
        } else if path.exists() || !is_pattern(path) {
            files.push(path.clone());
        } else {
            let before = files.len();
            pattern(path, &mut files)?;
            if files.len() == before {
                return Err(Error::NoMatch(path.clone()));
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |e| Error::io("look into", folder, e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    Ok(paths)
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(['.', '_']))
}

/// Of files that others write by month or day, folder in folder.
fn folder(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in entries(path)? {
        let ending = path.extension().and_then(|ending| ending.to_str());
        if is_hidden(&path) {
            continue;
        }
        if path.is_dir() {
            folder(&path, files)?;
        } else if ending.is_some_and(|e| ENDINGS.contains(&&*e.to_ascii_lowercase())) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?'])
}

fn pattern(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut open = vec![PathBuf::new()];
    for component in path.components() {
        let name = component.as_os_str();
        let text = name.to_string_lossy();
        if !text.contains(['*', '?']) {
            open.iter_mut().for_each(|path| path.push(name));
            continue;
        }
        let mut found = Vec::new();
        for folder in open {
            let here = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                &folder
            };
            if !here.is_dir() {
                continue;
            }
            let names = entries(here)?;
            let fits = |path: &&PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                !is_hidden(path) && matches(text.as_bytes(), name.as_bytes())
            };
            found.extend(
                names
                    .iter()
                    .filter(fits)
                    .filter_map(|path| path.file_name())
                    .map(|name| folder.join(name)),
            );
        }
        open = found;
    }
    for path in open {
        if path.is_dir() {
            folder(&path, files)?;
        } else if path.exists() {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether `name` is of the form of `pattern`: `*` stands for anything, `?` for one byte.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[n] => (p, n) = (p + 1, n + 1),
            // Let the last star take one byte more.
            _ => match &mut star {
                Some((at, taken)) => {
                    *taken += 1;
                    (p, n) = (*at + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, name, expected) in [
            ("*.csv", "orders.csv", true),
            ("*.csv", "orders.csv.gz", false),
            ("orders-2025-??.parquet", "orders-2025-03.parquet", true),
            ("orders-2025-??.parquet", "orders-2025-3.parquet", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "ba", false),
            ("*", "", true),
            ("?", "", false),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
