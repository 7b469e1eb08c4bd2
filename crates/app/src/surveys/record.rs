//! What a survey is, and what is set for all of them.

use crate::people::read;
use crate::versioned;
use crate::{App, Error, only_setting};
use regulars_base::{TenantId, Timestamp};
use regulars_engage::survey::{Question, QuestionKind, Questions, Test, Words, words_fault};
use regulars_engage::{Theme, default_themes, theme_faults};
use regulars_engine::Program;
use regulars_engine::event::Fault;
use regulars_engine::program::FieldType;
use regulars_store::{Setting, Store};
use serde::{Deserialize, Serialize};

const SURVEY: &str = "survey";
const SETTINGS: &str = "surveys";
/// So many there may be.
const MOST: usize = 200;
const NAME_MOST: usize = 100;
/// The longest title: it is the subject of letters.
const TITLE_MOST: usize = 200;
/// A member may be asked again after so many days at most.
const APART_MOST: u16 = 730;
/// A trigger waits for so many days at most.
const DAYS_MOST: u16 = 365;
/// So many conditions may open a case.
const ALARMS_MOST: usize = 20;
/// The field of an activity that says which survey an answer is of, where it has one.
pub(super) const SURVEY_FIELD: &str = "survey";

/// What may start a survey, beside activities of the program.
const EVENTS: [&str; 4] = ["enrolment", "purchase", "refund", "redemption"];

/// How a member is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurveyWay {
    /// By a letter whose links choose the score.
    Email,
    /// On their pages.
    Portal,
    /// In the widget on pages of the shop.
    Widget,
}

impl SurveyWay {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Email, Self::Portal, Self::Widget];

    /// Its name in records and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Portal => "portal",
            Self::Widget => "widget",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// Members are asked by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyTrigger {
    /// After which event: `enrolment`, `purchase`, `refund`, `redemption`, or an activity's id.
    pub on: String,
    /// So many days later.
    pub days: u16,
}

/// What somebody wants a survey to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyDraft {
    /// What people call it.
    pub name: String,
    /// The language in which it says everything.
    pub language: String,
    /// What stands above it.
    pub title: Words,
    /// What is said before the first question.
    pub lead: Words,
    /// What is said after the last.
    pub thanks: Words,
    /// The activity of the program that an answer is.
    pub activity: String,
    /// What is asked.
    pub questions: Vec<Question>,
    /// What starts it by itself.
    pub trigger: Option<SurveyTrigger>,
    /// How members are reached.
    pub ways: Vec<SurveyWay>,
    /// Answers that open a case.
    pub opens_case: Vec<Test>,
    /// Whether anybody is asked. One that is not keeps what was answered.
    pub live: bool,
}

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    draft: SurveyDraft,
    changed_at_micros: i64,
    /// Since when its trigger is as it is: what happened before starts nothing.
    since_micros: i64,
}

/// A survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Its id.
    pub id: String,
    /// What it is.
    pub draft: SurveyDraft,
    /// How often it was written, from 1.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Since when its trigger is as it is.
    pub since: Timestamp,
}

/// What a merchant sets for all surveys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SurveySettings {
    /// A member is asked by one survey in so many days; 0 for as many as there are.
    pub apart_days: u16,
    /// What texts are about.
    pub themes: Vec<Theme>,
}

impl Default for SurveySettings {
    fn default() -> Self {
        Self {
            apart_days: 30,
            themes: default_themes(),
        }
    }
}

impl Survey {
    /// Its questions.
    pub fn questions(&self) -> Questions<'_> {
        Questions(&self.draft.questions)
    }

    /// The question whose answers it is measured by: the first of the kind `nps`, or the first with a scale.
    pub fn main_question(&self) -> Option<&Question> {
        let all = &self.draft.questions;
        let nps = all.iter().find(|own| own.kind == QuestionKind::Nps);
        nps.or_else(|| all.iter().find(|own| own.kind.scale().is_some()))
    }

    /// Whether members are reached so.
    pub fn reaches(&self, way: SurveyWay) -> bool {
        self.draft.ways.contains(&way)
    }
}

impl SurveyDraft {
    fn faults(&self, program: &Program) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut wrong = |at: &str, what: String| faults.push(Fault::new(at, what));
        if !(1..=NAME_MOST).contains(&self.name.trim().chars().count()) {
            wrong("/name", format!("must be 1 to {NAME_MOST} characters"));
        }
        if self.ways.is_empty() {
            wrong(
                "/ways",
                "must name one at least: email, portal, widget".into(),
            );
        }
        if let Some(trigger) = &self.trigger {
            let known = EVENTS.contains(&trigger.on.as_str())
                || program.activity(&trigger.on).is_some() && trigger.on != self.activity;
            if !known {
                let what = format!(
                    "`{}` starts nothing; write {}, or another activity of the program",
                    trigger.on,
                    EVENTS.join(", ")
                );
                wrong("/trigger/on", what);
            }
            if trigger.days > DAYS_MOST {
                wrong("/trigger/days", format!("must be at most {DAYS_MOST}"));
            }
        }
        if self.opens_case.len() > ALARMS_MOST {
            wrong(
                "/opens_case",
                format!("must be at most {ALARMS_MOST} conditions"),
            );
        }
        for (language, title) in &self.title {
            if title.len() > TITLE_MOST || title.contains(['\r', '\n']) {
                let what = format!(
                    "must be one line of at most {TITLE_MOST} bytes: letters have it above"
                );
                wrong(&format!("/title/{language}"), what);
            }
        }
        let questions = Questions(&self.questions);
        let words = [
            ("/title", &self.title),
            ("/thanks", &self.thanks),
            ("/lead", &self.lead),
        ];
        let said = words
            .iter()
            .filter(|(at, own)| *at != "/lead" || !own.is_empty());
        let pure = said.filter_map(|(at, own)| words_fault(own, &self.language, at));
        let alarms = self.opens_case.iter().enumerate();
        let alarms =
            alarms.filter_map(|(n, own)| questions.test_fault(own, &format!("/opens_case/{n}")));
        let pure = pure.chain(questions.faults(&self.language)).chain(alarms);
        faults.extend(pure.map(|(at, what)| Fault::new(at, what)));
        faults.extend(self.activity_faults(program));
        faults
    }

    /// What the program's activity could not take.
    fn activity_faults(&self, program: &Program) -> Vec<Fault> {
        let Some(activity) = program.activity(&self.activity) else {
            let what = format!(
                "`{}` is no activity: declare it in the program, as [activity.survey] with a field for each \
                 question that counts",
                self.activity
            );
            return vec![Fault::new("/activity", what)];
        };
        let mut faults = Vec::new();
        if activity.consent.is_some() || activity.of_purchase {
            let what = "must be an activity that is neither a consent nor about a purchase";
            faults.push(Fault::new("/activity", what));
        }
        let fields = || activity.fields.iter().zip(&activity.checks);
        for (place, question) in self.questions.iter().enumerate() {
            let at = format!("/questions/{place}/field");
            if question.field.is_empty() {
                continue;
            }
            let Some(((_, kind), check)) = fields().find(|own| own.0.0 == question.field) else {
                let what = format!("`{}` has no field `{}`", self.activity, question.field);
                faults.push(Fault::new(at, what));
                continue;
            };
            let fits = match question.kind.scale() {
                Some((low, high)) => {
                    *kind == FieldType::Int
                        && check.least.is_none_or(|least| least <= low)
                        && check.most.is_none_or(|most| most >= high)
                }
                None => question.kind == QuestionKind::One && *kind == FieldType::Text,
            };
            if !fits {
                let what = match question.kind.scale() {
                    Some((low, high)) => {
                        format!("must be a field of the type int that takes {low} to {high}")
                    }
                    None => "must be empty here; a question of the kind `one` may have a field of the type \
                             text, and one with a scale a field of the type int"
                        .into(),
                };
                faults.push(Fault::new(at, what));
            }
            let twice = self.questions[..place]
                .iter()
                .any(|own| own.field == question.field);
            if twice {
                let at = format!("/questions/{place}/field");
                faults.push(Fault::new(at, "is the field of another question"));
            }
        }
        for ((field, kind), check) in fields() {
            let asked = self
                .questions
                .iter()
                .any(|own| own.field == *field && own.needed);
            let told = *field == SURVEY_FIELD && *kind == FieldType::Text;
            if check.needed && !asked && !told {
                let what = format!(
                    "`{}` needs the field `{field}`: a question that must be answered has to fill it",
                    self.activity
                );
                faults.push(Fault::new("/activity", what));
            }
        }
        faults
    }
}

fn of_row(row: &Setting) -> Result<Survey, Error> {
    let kept: Kept = read(row)?;
    Ok(Survey {
        id: row.id.clone(),
        draft: kept.draft,
        version: row.version,
        changed_at: Timestamp::from_micros(kept.changed_at_micros),
        since: Timestamp::from_micros(kept.since_micros),
    })
}

/// All surveys of a merchant, by their ids.
pub(super) fn all(store: &mut dyn Store, tenant: TenantId) -> Result<Vec<Survey>, Error> {
    store.settings(tenant, SURVEY)?.iter().map(of_row).collect()
}

/// One of them, if it is there.
pub(super) fn one(
    store: &mut dyn Store,
    tenant: TenantId,
    id: &str,
) -> Result<Option<Survey>, Error> {
    let row = store.setting(tenant, SURVEY, id)?;
    row.as_ref().map(of_row).transpose()
}

/// What is set for all surveys.
pub(crate) fn settings(store: &mut dyn Store, tenant: TenantId) -> Result<SurveySettings, Error> {
    only_setting::get(store, tenant, SETTINGS)
}

impl App {
    /// All surveys, by their ids.
    pub fn surveys(&self, tenant: TenantId) -> Result<Vec<Survey>, Error> {
        self.core().pool.with(|store| all(store, tenant))
    }

    /// A survey.
    pub fn survey(&self, tenant: TenantId, id: &str) -> Result<Survey, Error> {
        let found = self.core().pool.with(|store| one(store, tenant, id))?;
        found.ok_or_else(|| Error::not_found("survey", id))
    }

    /// Writes a survey: the first version of a new one, or the one after the version that somebody saw.
    ///
    /// # Errors
    /// Something in it is wrong (each fault at its place), or somebody else was faster.
    pub fn put_survey(
        &self,
        tenant: TenantId,
        (id, seen): (&str, Option<i64>),
        draft: &SurveyDraft,
    ) -> Result<Survey, Error> {
        if !regulars_engage::survey::is_id(id) {
            let what = "must be 1 to 40 small letters, digits, hyphens and underscores";
            return Err(Error::invalid("/id", what));
        }
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let faults = draft.faults(&program);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let all = self.surveys(tenant)?;
        if seen.is_none() && all.len() >= MOST {
            let what = format!("is one too many: there are at most {MOST} surveys");
            return Err(Error::invalid("/id", what));
        }
        let started = |own: &Survey| own.draft.live.then(|| own.draft.trigger.clone()).flatten();
        let before = all.iter().find(|own| own.id == id);
        let as_before =
            before.filter(|own| started(own) == draft.trigger.clone().filter(|_| draft.live));
        if all.iter().all(|own| started(own).is_none()) {
            // Nobody followed the log meanwhile: what happened before starts nothing.
            self.core().begin_to_follow(tenant, super::asking::RUN)?;
        }
        let kept = Kept {
            draft: draft.clone(),
            changed_at_micros: now.micros(),
            since_micros: as_before.map_or(now, |own| own.since).micros(),
        };
        let row = versioned::next(SURVEY, (id, seen), &kept)?;
        let written = self
            .core()
            .write(move |store| Ok(store.put_setting(tenant, &row)?))?;
        // Of one that they saw, that it is gone is said first.
        if written || seen.is_some() {
            let found = self.survey(tenant, id)?;
            if written {
                return Ok(found);
            }
        }
        Err(versioned::not_written("survey", id, seen))
    }

    /// What is set for all surveys.
    pub fn survey_settings(&self, tenant: TenantId) -> Result<SurveySettings, Error> {
        self.core().pool.with(|store| settings(store, tenant))
    }

    /// Sets it. What it was before, and is now.
    pub fn set_survey_settings(
        &self,
        tenant: TenantId,
        new: SurveySettings,
    ) -> Result<(SurveySettings, SurveySettings), Error> {
        let mut faults: Vec<Fault> = theme_faults(&new.themes)
            .into_iter()
            .map(|(at, what)| Fault::new(at, what))
            .collect();
        if new.apart_days > APART_MOST {
            faults.push(Fault::new(
                "/apart_days",
                format!("must be at most {APART_MOST}"),
            ));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        self.core()
            .pool
            .with(|store| only_setting::replace(store, tenant, SETTINGS, |_: &SurveySettings| new))
    }
}
