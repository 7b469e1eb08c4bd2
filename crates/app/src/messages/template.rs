//! Templates: kept as records with versions, checked when they are saved.

use super::NAME_MOST;
use crate::people::read;
use crate::versioned;
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_engage::{Parsed, TemplateFault};
use regulars_engine::Program;
use regulars_engine::event::Fault;
use regulars_store::Setting;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The sort of setting.
pub(crate) const KIND: &str = "template";
/// So many there may be.
const MOST: usize = 500;
/// The longest subject, in letters.
const SUBJECT_MOST: usize = 200;
/// The longest text or HTML, in bytes.
const TEXT_MOST: usize = 100_000;

/// What a template says in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateWords {
    /// What it is about, in one line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as HTML, for letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

/// What somebody wants a template to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateDraft {
    /// What people call it.
    pub name: String,
    /// The language of those in whose own it says nothing.
    pub language: String,
    /// What it says, by language.
    pub words: BTreeMap<String, TemplateWords>,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The language of those in whose own it says nothing.
    pub language: String,
    /// What it says, by language.
    pub words: BTreeMap<String, TemplateWords>,
    /// How often it was written, from 1.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// What is kept of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    name: String,
    language: String,
    words: BTreeMap<String, TemplateWords>,
    changed_at_micros: i64,
}

/// A template that is ready to be written to members.
pub(crate) struct Compiled {
    language: String,
    words: BTreeMap<String, CompiledWords>,
}

/// The same in one language.
pub(crate) struct CompiledWords {
    pub(crate) subject: Parsed,
    pub(crate) text: Parsed,
    pub(crate) html: Option<Parsed>,
}

impl Template {
    pub(super) fn kept(&self) -> Kept {
        Kept {
            name: self.name.clone(),
            language: self.language.clone(),
            words: self.words.clone(),
            changed_at_micros: self.changed_at.micros(),
        }
    }
}

impl Kept {
    /// What a draft says, if all of it is right.
    pub(super) fn checked(
        draft: &TemplateDraft,
        program: &Program,
        now: Timestamp,
        id: Option<&str>,
    ) -> Result<Self, Error> {
        let mut faults = Vec::new();
        let name = draft.name.trim();
        if id.is_some() && !(1..=NAME_MOST).contains(&name.chars().count()) {
            let what = format!("must be 1 to {NAME_MOST} characters");
            faults.push(Fault::new("/name", what));
        }
        if !draft.words.contains_key(&draft.language) {
            let what = "must be a language in which the template says something";
            faults.push(Fault::new("/language", what));
        }
        for (language, words) in &draft.words {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if !(2..=20).contains(&language.len()) || !language.bytes().all(letter) {
                let at = format!("/words/{language}");
                faults.push(Fault::new(at, "must be a language as en, de or zh-Hans"));
            }
            faults.extend(words_faults(language, words, program));
        }
        match faults.is_empty() {
            true => Ok(Self {
                name: name.to_owned(),
                language: draft.language.clone(),
                words: draft.words.clone(),
                changed_at_micros: now.micros(),
            }),
            false => Err(Error::Invalid(faults)),
        }
    }

    /// Ready to be written to members. An attribute that the program no longer declares is a fault now.
    pub(super) fn compiled(&self, program: &Program) -> Result<Compiled, Error> {
        let mut words = BTreeMap::new();
        for (language, own) in &self.words {
            let faults = words_faults(language, own, program);
            if !faults.is_empty() {
                return Err(Error::Invalid(faults));
            }
            let own = CompiledWords {
                subject: parsed(&own.subject, program).unwrap_or_default(),
                text: parsed(&own.text, program).unwrap_or_default(),
                html: own
                    .html
                    .as_deref()
                    .and_then(|html| parsed(html, program).ok()),
            };
            words.insert(language.clone(), own);
        }
        Ok(Compiled {
            language: self.language.clone(),
            words,
        })
    }
}

impl Compiled {
    /// Whether it names what is recommended, in any language.
    pub(super) fn recommends(&self) -> bool {
        let names = |own: &CompiledWords| {
            let html = own.html.as_ref().is_some_and(Parsed::recommends);
            own.subject.recommends() || own.text.recommends() || html
        };
        self.words.values().any(names)
    }

    /// What it says to somebody who reads this language: in it, in one of its kin (`de` for `de-AT`), or in
    /// the template's own.
    pub(super) fn words(&self, language: Option<&str>) -> Option<(&str, &CompiledWords)> {
        let kin = |language: &str| {
            let root = language.split('-').next().unwrap_or_default().to_owned();
            let exact = self.words.get_key_value(language);
            let same = |own: &&String| own.split('-').next() == Some(root.as_str());
            exact.or_else(|| {
                let own = self.words.keys().find(same)?;
                self.words.get_key_value(own)
            })
        };
        let found = language.and_then(kin);
        let found = found.or_else(|| self.words.get_key_value(&self.language));
        found.map(|(language, words)| (language.as_str(), words))
    }
}

fn parsed(text: &str, program: &Program) -> Result<Parsed, Vec<TemplateFault>> {
    let attributes: Vec<&str> = program
        .attributes
        .iter()
        .map(|own| own.id.as_str())
        .collect();
    Parsed::new(text, &attributes)
}

/// All that is wrong with what it says in one language.
fn words_faults(language: &str, words: &TemplateWords, program: &Program) -> Vec<Fault> {
    let mut faults = Vec::new();
    let html = words.html.as_deref().map(|html| ("html", html, TEXT_MOST));
    let parts = [
        ("subject", words.subject.as_str(), SUBJECT_MOST),
        ("text", words.text.as_str(), TEXT_MOST),
    ];
    for (part, text, most) in parts.into_iter().chain(html) {
        let at = format!("/words/{language}/{part}");
        if text.trim().is_empty() {
            faults.push(Fault::new(&at, "is empty"));
        }
        if text.len() > most {
            faults.push(Fault::new(&at, format!("must be at most {most} bytes")));
        }
        if part == "subject" && text.contains(['\r', '\n']) {
            faults.push(Fault::new(&at, "must be one line"));
        }
        for fault in parsed(text, program).err().unwrap_or_default() {
            let TemplateFault {
                line,
                column,
                message,
                hint,
            } = fault;
            faults.push(Fault::new(
                &at,
                format!("line {line}, column {column}: {message}; {hint}"),
            ));
        }
    }
    faults
}

fn of_row(row: &Setting) -> Result<Template, Error> {
    let kept: Kept = read(row)?;
    Ok(Template {
        id: row.id.clone(),
        name: kept.name,
        language: kept.language,
        words: kept.words,
        version: row.version,
        changed_at: Timestamp::from_micros(kept.changed_at_micros),
    })
}

impl App {
    /// All templates, by their ids.
    pub fn templates(&self, tenant: TenantId) -> Result<Vec<Template>, Error> {
        let rows = (self.core().pool).with(|store| Ok(store.settings(tenant, KIND)?))?;
        rows.iter().map(of_row).collect()
    }

    /// A template.
    pub fn template(&self, tenant: TenantId, id: &str) -> Result<Template, Error> {
        let row = (self.core().pool).with(|store| Ok(store.setting(tenant, KIND, id)?))?;
        of_row(&row.ok_or_else(|| Error::not_found("template", id))?)
    }

    /// Writes a template: the first version of a new one, or the one after the version that somebody saw.
    ///
    /// # Errors
    /// Something in it is wrong (each fault at its place), or somebody else was faster.
    pub fn put_template(
        &self,
        tenant: TenantId,
        (id, seen): (&str, Option<i64>),
        draft: &TemplateDraft,
    ) -> Result<Template, Error> {
        versioned::check_id(id, "/id")?;
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let kept = Kept::checked(draft, &program, now, Some(id))?;
        if seen.is_none() && self.templates(tenant)?.len() >= MOST {
            let what = format!("is one too many: there are at most {MOST} templates");
            return Err(Error::invalid("/id", what));
        }
        let row = versioned::next(KIND, (id, seen), &kept)?;
        let written = self
            .core()
            .write(move |store| Ok(store.put_setting(tenant, &row)?))?;
        // Of one that they saw, that it is gone is said first.
        if written || seen.is_some() {
            let found = self.template(tenant, id)?;
            if written {
                return Ok(found);
            }
        }
        Err(versioned::not_written("template", id, seen))
    }

    /// Takes a template away. What was sent by it stays as it was. How it was.
    pub fn delete_template(&self, tenant: TenantId, id: &str) -> Result<Template, Error> {
        let before = self.template(tenant, id)?;
        let gone = id.to_owned();
        self.core()
            .write(move |store| Ok(store.delete_setting(tenant, KIND, &gone)?))?;
        Ok(before)
    }
}
