//! Journeys to start from, with the templates that they send. The same files stand in `journeys/`; each is
//! compiled by a test and has a story.

use crate::{App, Error, TemplateDraft, TemplateWords};
use regulars_base::TenantId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A journey to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JourneySample {
    /// Its name: that of its file, without the ending.
    pub name: &'static str,
    /// Its text, in TOML.
    pub text: &'static str,
}

macro_rules! library {
    ($($name:literal)+) => {
        /// All of them, by name.
        pub const JOURNEYS: &[JourneySample] = &[$(JourneySample {
            name: $name,
            text: include_str!(concat!("../../../../journeys/", $name, ".toml")),
        }),+];
    };
}

library! {
    "about-to-leave" "anniversary" "birthday" "expiring-points" "nearly-there" "onboarding" "referral" "renewal"
    "review" "thank-you" "welcome" "win-back"
}

/// What the templates of all of them say.
const TEMPLATES: &str = include_str!("../../../../journeys/templates.json");

/// A template in the file.
#[derive(Deserialize)]
struct Written {
    name: String,
    language: String,
    words: BTreeMap<String, TemplateWords>,
}

impl JourneySample {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        JOURNEYS.iter().find(|own| own.name == name)
    }

    /// What it is, in a sentence or two: the comment that it opens with.
    pub fn about(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix("# "));
        comment.collect::<Vec<_>>().join(" ")
    }

    /// The templates that it sends, by their ids.
    pub fn templates(&self) -> Vec<(String, TemplateDraft)> {
        let all: BTreeMap<String, Written> =
            serde_json::from_str(TEMPLATES).expect("a test reads the file");
        let sends = |id: &String| {
            self.text
                .lines()
                .any(|line| line == format!("send = \"{id}\""))
        };
        let own = all.into_iter().filter(|(id, _)| sends(id));
        let each = own.map(|(id, own)| {
            let draft = TemplateDraft {
                name: own.name,
                language: own.language,
                words: own.words,
            };
            (id, draft)
        });
        each.collect()
    }
}

impl App {
    /// Writes the templates of a journey of the library that are not there yet, so that it can be written;
    /// which these are.
    pub fn take_journey_templates(
        &self,
        tenant: TenantId,
        sample: &JourneySample,
    ) -> Result<Vec<String>, Error> {
        let mut made = Vec::new();
        for (id, draft) in sample.templates() {
            match self.put_template(tenant, (&id, None), &draft) {
                Ok(_) => made.push(id),
                Err(Error::Exists { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_journey_of_the_folder_is_in_the_library_and_says_what_it_is() {
        let mut names: Vec<String> = std::fs::read_dir("../../journeys")
            .expect("the journeys are there")
            .filter_map(|file| {
                let name = file.expect("a readable folder").file_name();
                name.to_str()?.strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
        names.sort();
        let known: Vec<&str> = JOURNEYS.iter().map(|own| own.name).collect();
        assert_eq!(names, known);
        for own in JOURNEYS {
            assert!(own.about().ends_with('.'), "{}: {}", own.name, own.about());
            let sent = own.text.lines().filter(|line| line.starts_with("send = "));
            let sent: std::collections::BTreeSet<&str> = sent.collect();
            assert_eq!(own.templates().len(), sent.len(), "{}", own.name);
        }
    }

    #[test]
    fn every_template_is_in_each_language() {
        for own in JOURNEYS {
            for (id, template) in own.templates() {
                let languages: Vec<&str> = template.words.keys().map(String::as_str).collect();
                assert_eq!(languages, ["de", "en", "ru", "zh-Hans", "zh-Hant"], "{id}");
            }
        }
    }
}
