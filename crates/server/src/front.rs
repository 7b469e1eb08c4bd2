//! Front ends that the server carries: their files, built in or of a folder while somebody works on
//! them, and how a browser is answered. Files under `assets/` are named by their content, so browsers
//! keep them for ever.

use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use std::path::{Component, PathBuf};

include!(concat!(env!("OUT_DIR"), "/front_files.rs"));

/// Files by name, sorted.
pub(crate) type Files = &'static [(&'static str, &'static [u8])];

/// Where the files of a front end come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Front {
    /// Those that were there when the server was built.
    #[default]
    BuiltIn,
    /// Those of a folder, read anew each time.
    Folder(PathBuf),
}

impl Front {
    pub(crate) fn file(&self, built_in: Files, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::BuiltIn => {
                let found = built_in.binary_search_by(|(own, _)| (*own).cmp(name));
                found.ok().map(|at| Cow::Borrowed(built_in[at].1))
            }
            Self::Folder(folder) => {
                let name = std::path::Path::new(name);
                let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
                if !name.components().all(plain) {
                    return None;
                }
                std::fs::read(folder.join(name)).ok().map(Cow::Owned)
            }
        }
    }

    /// A file as an answer, compressed where the browser takes that; nothing if there is none.
    pub(crate) fn answer(
        &self,
        built_in: Files,
        path: &str,
        asked: &HeaderMap,
    ) -> Option<Response> {
        let zipped = accepts_gzip(asked)
            .then(|| self.file(built_in, &format!("{path}.gz")))
            .flatten();
        let is_zipped = zipped.is_some();
        let bytes = zipped.or_else(|| self.file(built_in, path))?;
        let mut response = bytes.into_owned().into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(path)));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if is_zipped {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let kept = match path.starts_with("assets/") {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
        Some(response)
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING);
    accepted.is_some_and(|it| it.to_str().is_ok_and(|it| it.contains("gzip")))
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leaves_the_folder_names_no_file() {
        let folder = Front::Folder(".".into());
        assert!(folder.file(CONSOLE, "Cargo.toml").is_some());
        assert!(folder.file(CONSOLE, "src/lib.rs").is_some());
        for sly in ["../server/Cargo.toml", "/etc/passwd", "src/../Cargo.toml"] {
            assert!(folder.file(CONSOLE, sly).is_none(), "{sly}");
        }
    }

    #[test]
    fn built_in_files_are_sorted_so_that_they_are_found() {
        assert!(CONSOLE.is_sorted_by(|one, other| one.0 < other.0));
        assert!(PORTAL.is_sorted_by(|one, other| one.0 < other.0));
    }
}
