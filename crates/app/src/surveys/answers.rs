//! What members answer: kept first, then booked as an activity of the program, once.

use super::asking::About;
use super::record::{SURVEY_FIELD, Survey, SurveyWay};
use crate::{App, Error, MemberRef, NewCase, Receipt, ServiceCause};
use regulars_base::{EventKey, MemberId, TenantId, Text};
use regulars_engage::survey::{Answer, Answers, Question, said};
use regulars_engage::themes_of;
use regulars_engine::event::{Activity, Fault, Kind, Value};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::FieldType;
use regulars_store::{AskingMove, AskingRow, AskingStage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The source of answers.
const SOURCE: &str = "survey";
/// So many surveys are shown to a member at most.
const SHOWN_MOST: usize = 100;

/// What is kept of an answer beside its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Numbers {
    /// Numbers and options, by question.
    pub(super) answers: Answers,
    /// The member's tier then.
    pub(super) tier: String,
    /// Where they answered.
    pub(super) way: String,
}

/// How far somebody came with their answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerState {
    /// They are not through, or did not send it.
    Open,
    /// It is booked now.
    Done,
    /// It was before: nothing is done.
    DoneBefore,
}

/// What comes of answers.
#[derive(Clone, Debug)]
pub struct Progress {
    /// How far they came.
    pub state: AnswerState,
    /// The question that is to be asked next; nothing if all were.
    pub next: Option<Question>,
    /// What came of it in the program, where it was booked now.
    pub receipt: Option<Receipt>,
}

impl App {
    /// The surveys by which a member is asked on their pages or in the widget: the id of the asking, and the
    /// survey.
    pub fn surveys_to_answer(
        &self,
        tenant: TenantId,
        member: MemberId,
        way: SurveyWay,
    ) -> Result<Vec<(String, Survey)>, Error> {
        let rows = self
            .core()
            .pool
            .with(|store| Ok(store.askings_of(tenant, member, SHOWN_MOST)?))?;
        let surveys = self.surveys(tenant)?;
        let asked = rows.iter().filter(|row| row.stage == AskingStage::Asked);
        let each = asked.filter_map(|row| {
            let survey = surveys.iter().find(|own| own.id == row.survey)?;
            let shown = survey.draft.live && survey.reaches(way);
            shown.then(|| (row.id.clone(), survey.clone()))
        });
        Ok(each.collect())
    }

    /// Notes that the questions were shown. A link may be followed by whatever scans mail: it is no answer.
    pub fn open_asking(&self, tenant: TenantId, member: MemberId, id: &str) -> Result<(), Error> {
        let mut row = self.asking_row(tenant, member, id)?;
        let was = (row.stage, row.due);
        if row.opened_at.is_some() || row.stage != AskingStage::Asked {
            return Ok(());
        }
        row.opened_at = Some(self.now());
        self.keep_moved(tenant, vec![AskingMove { was, row }])
    }

    /// What comes next after these answers; where `send` says that they are all, they are booked.
    ///
    /// # Errors
    /// An answer is none, at its place; or the survey is over.
    pub fn answer_asking(
        &self,
        tenant: TenantId,
        (member, id): (MemberId, &str),
        (answers, send): (&Answers, bool),
        way: &str,
    ) -> Result<Progress, Error> {
        let mut row = self.asking_row(tenant, member, id)?;
        let survey = self.survey(tenant, &row.survey)?;
        if matches!(row.stage, AskingStage::Given | AskingStage::Answered) {
            return Ok(Progress {
                state: AnswerState::DoneBefore,
                next: None,
                receipt: None,
            });
        }
        if !survey.draft.live {
            return Err(Error::invalid(
                "/survey",
                "is over: nobody is asked by it any more",
            ));
        }
        let faults = survey.questions().answer_faults(answers, send);
        if !faults.is_empty() {
            let faults = faults.into_iter().map(|(at, what)| Fault::new(at, what));
            return Err(Error::Invalid(faults.collect()));
        }
        let next = survey.questions().next(answers).cloned();
        if !send {
            return Ok(Progress {
                state: AnswerState::Open,
                next,
                receipt: None,
            });
        }
        let was = (row.stage, row.due);
        let now = self.now();
        let (numbers, words) = self.kept_answers(tenant, member, (answers, way))?;
        row.stage = AskingStage::Given;
        row.numbers = json(&numbers)?;
        row.words = (!words.is_empty()).then(|| json(&words)).transpose()?;
        row.asked_at = row.asked_at.or(Some(now));
        row.opened_at = row.opened_at.or(Some(now));
        row.answered_at = Some(now);
        // If this stops before it is booked, whoever looks for what is due books it.
        row.due = Some(now);
        let moved = AskingMove {
            was,
            row: row.clone(),
        };
        let written = self
            .core()
            .write(move |store| Ok(store.move_askings(tenant, &[moved])?))?;
        if written == 0 {
            return Err(Error::Retry(
                "it is answered somewhere else this moment".into(),
            ));
        }
        let receipt = self.booked(tenant, row, &survey)?;
        Ok(Progress {
            state: AnswerState::Done,
            next: None,
            receipt: Some(receipt),
        })
    }

    fn kept_answers(
        &self,
        tenant: TenantId,
        member: MemberId,
        (answers, way): (&Answers, &str),
    ) -> Result<(Numbers, BTreeMap<String, String>), Error> {
        let balances = self.balances(tenant, &MemberRef::Id(member), None)?;
        let mut numbers = Numbers {
            tier: balances.tier_id().unwrap_or_default().to_owned(),
            way: way.to_owned(),
            ..Numbers::default()
        };
        let mut words = BTreeMap::new();
        for (id, answer) in answers {
            match answer {
                Answer::Text(text) if !text.trim().is_empty() => {
                    words.insert(id.clone(), text.trim().to_owned());
                }
                Answer::Number(_) | Answer::Options(_) => {
                    numbers.answers.insert(id.clone(), answer.clone());
                }
                Answer::Text(_) | Answer::Nothing => {}
            }
        }
        Ok((numbers, words))
    }

    /// Books what somebody answered a while ago.
    pub(super) fn book_answer(
        &self,
        tenant: TenantId,
        row: AskingRow,
        survey: Option<&Survey>,
    ) -> Result<(), Error> {
        match survey {
            Some(survey) => self.booked(tenant, row, survey).map(drop),
            None => self.after_booking(tenant, row, "survey_over"),
        }
    }

    fn booked(&self, tenant: TenantId, row: AskingRow, survey: &Survey) -> Result<Receipt, Error> {
        let numbers: Numbers = parsed(&row.numbers)?;
        let about: About = parsed(&row.about)?;
        let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
        let mut fields = Vec::new();
        for question in survey
            .draft
            .questions
            .iter()
            .filter(|own| !own.field.is_empty())
        {
            let value = match numbers.answers.get(&question.id) {
                Some(Answer::Number(number)) => Value::Int(*number),
                Some(Answer::Options(own)) if own.len() == 1 => Value::Text(text(&own[0])?),
                _ => continue,
            };
            fields.push((text(&question.field)?, value));
        }
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let declared = program.activity(&survey.draft.activity);
        let told = |own: &(String, FieldType)| own.0 == SURVEY_FIELD && own.1 == FieldType::Text;
        if declared.is_some_and(|own| own.fields.iter().any(told)) {
            fields.push((text(SURVEY_FIELD)?, Value::Text(text(&survey.id)?)));
        }
        let kind = Kind::Activity(Activity {
            name: text(&survey.draft.activity)?,
            store: text(&about.store)?,
            fields,
        });
        let key = EventKey {
            source: text(SOURCE)?,
            external_id: text(&row.id)?,
        };
        let receipt = self.happen(tenant, &MemberRef::Id(row.member), kind, key)?;
        let reason = match &receipt.verdict {
            Verdict::Accepted => "",
            Verdict::Refused(_) => "refused",
        };
        self.open_case_of(tenant, (&row, &numbers), survey)?;
        self.after_booking(tenant, row, reason)?;
        Ok(receipt)
    }

    /// Opens a case where an answer, or what a text is about, asks for one; once for an asking.
    fn open_case_of(
        &self,
        tenant: TenantId,
        (row, numbers): (&AskingRow, &Numbers),
        survey: &Survey,
    ) -> Result<(), Error> {
        let words: BTreeMap<String, String> = row
            .words
            .as_deref()
            .map(parsed)
            .transpose()?
            .unwrap_or_default();
        let low = survey
            .draft
            .opens_case
            .iter()
            .any(|test| test.holds(&numbers.answers));
        let cause = if low {
            ServiceCause::LowScore
        } else {
            let themes = self.survey_settings(tenant)?.themes;
            let opens = |text: &String| themes_of(text, &themes).iter().any(|own| own.opens_case);
            if !words.values().any(opens) {
                return Ok(());
            }
            ServiceCause::Keyword
        };
        let own = survey.draft.language.as_str();
        let said_of = |question: &Question| {
            let asked = said(&question.says, None, own);
            let answer = match (numbers.answers.get(&question.id), words.get(&question.id)) {
                (Some(Answer::Number(number)), _) => number.to_string(),
                (Some(Answer::Options(chosen)), _) => chosen.join(", "),
                (_, Some(text)) => text.clone(),
                _ => return None,
            };
            Some(format!("{asked}\n{answer}"))
        };
        let lines: Vec<String> = survey.draft.questions.iter().filter_map(said_of).collect();
        let new = NewCase {
            member: row.member,
            cause,
            subject: said(&survey.draft.title, None, own)
                .chars()
                .take(200)
                .collect(),
            text: lines.join("\n\n").chars().take(10_000).collect(),
            survey: Some((survey.id.clone(), row.id.clone())),
            by: None,
        };
        self.open_service_case(tenant, &new).map(drop)
    }

    fn after_booking(
        &self,
        tenant: TenantId,
        mut row: AskingRow,
        reason: &str,
    ) -> Result<(), Error> {
        let was = (row.stage, row.due);
        row.stage = AskingStage::Answered;
        row.due = None;
        reason.clone_into(&mut row.reason);
        self.keep_moved(tenant, vec![AskingMove { was, row }])
    }
}

fn json(own: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(own).map_err(|error| Error::Bug(error.to_string()))
}

pub(super) fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::Corrupt(format!("an asking cannot be read: {error}")))
}
