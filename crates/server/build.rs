//! Takes the files of the console and of the pages for members that were built, so that the server can
//! carry them. It builds nothing itself: without them the server works, and says so.
//!
//! They are copied, and not included from where they are: a build folder that two checkouts share
//! outlives either of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut list = String::new();
    for (front, constant) in [("console", "CONSOLE"), ("portal", "PORTAL")] {
        println!("cargo::rerun-if-changed={front}");
        let folder = root.join(front);
        let mut files = Vec::new();
        if folder.join("index.html").exists() {
            collect(&folder, &folder, &mut files);
        }
        files.sort();
        let _ = writeln!(
            list,
            "/// The files of the {front} by name, sorted.\npub(crate) static {constant}: Files = &["
        );
        for (name, path) in &files {
            let copy = out.join(front).join(name);
            let parent = copy.parent().expect("it is a file in a folder");
            std::fs::create_dir_all(parent).expect("cargo's folder can be written");
            std::fs::copy(path, &copy).expect("what is listed can be read");
            let _ = writeln!(list, "    ({name:?}, include_bytes!({copy:?})),");
        }
        list.push_str("];\n");
    }
    std::fs::write(out.join("front_files.rs"), list).expect("cargo's folder can be written");
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
            continue;
        }
        let parts = path.strip_prefix(root).into_iter().flat_map(Path::iter);
        let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        if !name.starts_with('.') {
            files.push((name, path));
        }
    }
}
