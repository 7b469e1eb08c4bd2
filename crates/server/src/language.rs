//! In which language a request is answered, where sentences of a program are said: why points moved, why
//! something was refused. It is the one that `Accept-Language` likes best of those that there are.
//!
//! A hundred views say such sentences, so the language is not handed through all of them: it goes with
//! the task that answers, and with a call of the application that it waits for.

use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use regulars_engine::Program;
use regulars_engine::program::words::{Language, Reader};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

tokio::task_local! {
    static READ: Arc<Read>;
}

/// What the caller reads, and whether something was said to them.
struct Read {
    language: Language,
    said: AtomicBool,
}

/// Answers in the language that the caller reads, and says which it is if anything was put into words.
pub(crate) async fn read(request: Request, next: Next) -> Response {
    let read = Arc::new(Read {
        language: asked(request.headers()),
        said: AtomicBool::new(false),
    });
    let mut response = READ.scope(read.clone(), next.run(request)).await;
    if read.said.load(Ordering::Relaxed) {
        let tag = HeaderValue::from_static(read.language.tag());
        response.headers_mut().insert(CONTENT_LANGUAGE, tag);
    }
    response
}

/// The language of the request that is answered; English where none is.
pub(crate) fn language() -> Language {
    let read = READ.try_with(|read| {
        read.said.store(true, Ordering::Relaxed);
        read.language
    });
    read.unwrap_or_default()
}

/// Who reads the answer: sentences about `program` are for them.
pub(crate) fn reader(program: &Program) -> Reader<'_> {
    let language = language();
    Reader { program, language }
}

/// Who is answered, to be taken along to where the task of the request does not reach.
pub(crate) struct Along(Option<Arc<Read>>);

/// Who is answered now.
pub(crate) fn along() -> Along {
    Along(READ.try_with(Clone::clone).ok())
}

impl Along {
    /// Does work for them.
    pub(crate) fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(read) => READ.sync_scope(read.clone(), work),
            None => work(),
        }
    }
}

/// The language that is liked best of those that there are; of equals the first. Neither a wish for
/// nothing (`q=0`) nor `*` names one.
fn asked(headers: &HeaderMap) -> Language {
    let mut best = (0.0, Language::En);
    let all = headers.get_all(ACCEPT_LANGUAGE).iter();
    for one in all
        .filter_map(|header| header.to_str().ok())
        .flat_map(|text| text.split(','))
    {
        let (tag, rest) = one.split_once(';').unwrap_or((one, ""));
        let weight = rest.trim().strip_prefix("q=");
        let weight = weight.map_or(Some(1.0), |text| text.trim().parse::<f32>().ok());
        if let (Some(language), Some(weight)) = (Language::of(tag), weight)
            && weight > best.0
        {
            best = (weight, language);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_liked_best_is_read() {
        for (sent, language) in [
            ("de", Language::De),
            ("de-AT,de;q=0.9,en;q=0.8", Language::De),
            ("fr-FR, ru;q=0.5, en;q=0.4", Language::Ru),
            ("en;q=0.4, zh-TW;q=0.7", Language::ZhHant),
            ("zh-Hant-HK", Language::ZhHant),
            ("zh-Hans-TW", Language::ZhHans),
            ("zh", Language::ZhHans),
            ("fr, *", Language::En),
            ("de;q=0, fr", Language::En),
            ("ru;q=lots", Language::En),
            ("", Language::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(sent));
            assert_eq!(asked(&headers), language, "{sent}");
        }
        assert_eq!(asked(&HeaderMap::new()), Language::En);
    }
}
