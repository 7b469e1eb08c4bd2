//! Surveys on the wire: what is asked, who was asked, what was answered and what came of it.

use crate::json::{self, At, Fields, FromJson};
use crate::metric::MeasuredOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a text says, by language.
type Words = BTreeMap<String, String>;

/// So many items a list here holds at most; what is too many for its kind is told by what reads it.
const LIST_MOST: usize = 200;

/// Asks something of an answer: of its number (`least`, `most` or both), or whether an option was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyTestBody {
    /// Which question.
    #[schema(example = "recommend")]
    pub question: String,
    /// The number is this at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    /// The number is this at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 6)]
    pub most: Option<i64>,
    /// This option was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
}

/// Where a survey goes on. The first that holds decides; the next question of the list follows where none does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyBranchBody {
    /// If this holds; always, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<SurveyTestBody>,
    /// The id of the question that follows, or `end`.
    #[schema(example = "why")]
    pub to: String,
}

/// Something that may be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyOptionBody {
    /// Its id.
    pub id: String,
    /// What it says, by language.
    pub says: Words,
}

/// A question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyQuestionBody {
    /// Its id.
    #[schema(example = "recommend")]
    pub id: String,
    /// How it is answered: `nps` (0 to 10), `cli` (1, surely, to 6, surely not), `csat` (1 to 5), `ces` (1, very
    /// hard, to 7, very easy), `one` or `several` of its options, or `text`.
    #[schema(example = "nps")]
    pub kind: String,
    /// What it asks, by language.
    pub says: Words,
    /// Whether it may not be left out.
    #[serde(default)]
    pub needed: bool,
    /// What may be chosen.
    #[serde(default)]
    pub options: Vec<SurveyOptionBody>,
    /// The field of the activity that the answer is booked in; it is kept beside the log alone if left out.
    #[serde(default)]
    #[schema(example = "recommend")]
    pub field: String,
    /// Where it goes on.
    #[serde(default)]
    pub next: Vec<SurveyBranchBody>,
}

/// Members are asked by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyTriggerBody {
    /// After which event: `enrolment`, `purchase`, `refund`, `redemption`, or the id of an activity.
    #[schema(example = "purchase")]
    pub on: String,
    /// So many days later.
    #[schema(example = 3)]
    pub days: u16,
}

/// A survey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyIn {
    /// The version that you saw; left out for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What people call it.
    pub name: String,
    /// The language in which it says everything.
    #[schema(example = "en")]
    pub language: String,
    /// What stands above it, by language.
    pub title: Words,
    /// What is said before the first question, by language.
    pub lead: Words,
    /// What is said after the last, by language.
    pub thanks: Words,
    /// The activity of the program that an answer is.
    #[schema(example = "survey")]
    pub activity: String,
    /// What is asked.
    pub questions: Vec<SurveyQuestionBody>,
    /// What starts it by itself; nothing, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<SurveyTriggerBody>,
    /// How members are reached: `email`, `portal`, `widget`.
    pub ways: Vec<String>,
    /// Answers that open a case.
    pub opens_case: Vec<SurveyTestBody>,
    /// Whether anybody is asked.
    pub live: bool,
}

/// A survey that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyOut {
    /// Its id.
    #[schema(example = "after-purchase")]
    pub id: String,
    /// What it is, with its version.
    pub survey: SurveyIn,
    /// When it was changed last.
    pub changed_at: String,
}

/// All surveys, by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveysOut {
    /// One by one.
    pub items: Vec<SurveyOut>,
}

/// Something that texts may be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ThemeBody {
    /// Its id.
    #[schema(example = "price")]
    pub id: String,
    /// What it is called, by language.
    pub says: Words,
    /// Words, or beginnings of words, by which it is told.
    pub words: Vec<String>,
    /// Whether a text about it opens a case.
    #[serde(default)]
    pub opens_case: bool,
}

/// What is set for all surveys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveySettingsBody {
    /// A member is asked by one survey in so many days; 0 for as many as there are.
    pub apart_days: u16,
    /// What texts are about.
    pub themes: Vec<ThemeBody>,
}

/// Who is to be asked: a member, or everybody who is in a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskIn {
    /// An id (`mem_…`), or an identity (`email:ana@example.com`).
    #[schema(required = false)]
    pub member: Option<String>,
    /// The segment's id.
    #[schema(required = false)]
    pub segment: Option<String>,
}

/// How many are asked. Whoever was asked lately is listed so, and not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskedOut {
    /// How many askings were made.
    pub made: u64,
}

/// Somebody is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskingOut {
    /// Its id.
    pub id: String,
    /// Who.
    pub member: String,
    /// By which survey.
    pub survey: String,
    /// How far it came: `waiting`, `asked`, `given` (being booked), `answered`, `not_asked`.
    #[schema(example = "asked")]
    pub stage: String,
    /// Why not (`asked_lately`, `survey_over`, or what keeps messages from them); of one who was asked, why by
    /// no letter; of one who answered, `refused` where the program did not take it.
    pub reason: String,
    /// When it was made.
    pub made_at: String,
    /// When they were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<String>,
    /// When the questions were first shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<String>,
    /// When they answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<String>,
    /// Where they answer without signing in; a path alone where the server was not told its address.
    pub link: String,
}

/// What a member says to a question: one of `number`, `options` and `text`; none of them passes over it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerBody {
    /// The question's id.
    pub question: String,
    /// The number on its scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// The ids of options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<String>>,
    /// Words of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a member answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SurveyAnswersIn {
    /// Question by question.
    pub answers: Vec<AnswerBody>,
    /// Whether that is all: then it is booked. Otherwise the next question is answered.
    pub send: bool,
}

/// A question as a member is asked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskedQuestionOut {
    /// Its id.
    pub id: String,
    /// How it is answered.
    pub kind: String,
    /// What it asks, by language.
    pub says: Words,
    /// Whether it may not be left out.
    pub needed: bool,
    /// The least number of its scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
    /// What may be chosen.
    pub options: Vec<SurveyOptionBody>,
}

/// What came of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressOut {
    /// `open`, `done`, or `done_before`.
    pub state: String,
    /// The question that is to be asked next; not there if all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<AskedQuestionOut>,
}

/// A survey that waits for a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ToAnswerOut {
    /// The id of the asking.
    pub asking: String,
    /// The language in which it says everything.
    pub language: String,
    /// What stands above it, by language.
    pub title: Words,
    /// What is said before the first question.
    pub lead: Words,
    /// What is said after the last.
    pub thanks: Words,
    /// The first question.
    pub first: AskedQuestionOut,
}

/// Surveys that wait for a member, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveysToAnswerOut {
    /// One by one.
    pub items: Vec<ToAnswerOut>,
}

/// A survey that waits for a member, as the widget shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WidgetSurveyOut {
    /// Where they answer, on this server.
    pub path: String,
    /// The language in which it says everything.
    pub language: String,
    /// What stands above it, by language.
    pub title: Words,
}

/// So many, of something named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedCountOut {
    /// A number, an option, or a reason.
    pub name: String,
    /// How many.
    pub count: u64,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionFiguresOut {
    /// Its id.
    pub id: String,
    /// Of the kind `nps` the Net Promoter Score; of `cli` the index, 0 to 100; of `csat` the share of 4 and 5;
    /// of `ces` the mean. Each with the interval in which it lies in 95 of 100 such samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<MeasuredOut>,
    /// How many answered what.
    pub counts: Vec<NamedCountOut>,
    /// How many said something in words of their own.
    pub texts: u64,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SaidOut {
    /// Who.
    pub member: String,
    /// When.
    pub at: String,
    /// What.
    pub text: String,
}

/// Texts about a theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ThemeFiguresOut {
    /// The theme's id; empty for texts about none.
    pub id: String,
    /// How many texts.
    pub texts: u64,
    /// Some of them, the newest.
    pub examples: Vec<SaidOut>,
}

/// What came of the main question for some of those who answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SurveyGroupOut {
    /// Who: a month, a tier, a store or a way; empty where it is not known.
    pub name: String,
    /// How many answered.
    pub answers: u64,
    /// The figure.
    pub figure: MeasuredOut,
}

/// What came of a survey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SurveyFiguresOut {
    /// Whose time is to come.
    pub waiting: u64,
    /// How many were asked, those who answered too.
    pub asked: u64,
    /// Of how many the questions were shown. What scans mail follows links, and is counted here, never below.
    pub opened: u64,
    /// How many answered.
    pub answered: u64,
    /// Who was not asked, by the reason.
    pub not_asked: Vec<NamedCountOut>,
    /// How many answered of those who were asked, with Wilson's interval.
    pub response: MeasuredOut,
    /// How many answers are counted below.
    pub counted: u64,
    /// The id of the question that groups are measured by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// Question by question.
    pub questions: Vec<QuestionFiguresOut>,
    /// What texts are about, those that most are about first.
    pub themes: Vec<ThemeFiguresOut>,
    /// Texts that are about no theme.
    pub no_theme: ThemeFiguresOut,
    /// Side by side, as was asked.
    pub groups: Vec<SurveyGroupOut>,
}

/// A text in languages; says nothing if the field is not there.
pub(crate) fn words(fields: &mut Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Words {
    let at = fields.at();
    let list = at.field(name);
    let mut all = Words::new();
    for (language, raw) in fields.pairs(name, faults).unwrap_or_default() {
        let own = json::string(raw, list.field(&language), faults);
        all.extend(own.map(|own| (language.into_owned(), own.into_owned())));
    }
    all
}

/// The items of a list; none if the field is not there.
pub(crate) fn items<T: FromJson>(
    fields: &mut Fields<'_>,
    name: &'static str,
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let at = fields.at();
    let list = at.field(name);
    let raws = fields.list(name, LIST_MOST, faults).unwrap_or_default();
    let each = raws.into_iter().enumerate();
    each.filter_map(|(place, raw)| T::from_json(raw, list.item(place), faults))
        .collect()
}

/// Days, from 0 on.
fn days(fields: &mut Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Option<u16> {
    let at = fields.at();
    let given = fields.integer(name, faults)?;
    let days = u16::try_from(given).ok();
    if days.is_none() {
        faults.push(
            at.field(name)
                .fault("must be a whole number of days, 0 to 65535"),
        );
    }
    days
}

impl FromJson for SurveyTestBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let question = fields.required_string("question", faults);
        let least = fields.integer("least", faults);
        let most = fields.integer("most", faults);
        let option = fields.string("option", faults).map(Into::into);
        fields.finish(faults);
        Some(Self {
            question: question?,
            least,
            most,
            option,
        })
    }
}

impl FromJson for SurveyBranchBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let test = fields.raw("when");
        let when = test.and_then(|raw| SurveyTestBody::from_json(raw, at.field("when"), faults));
        let to = fields.required_string("to", faults);
        fields.finish(faults);
        Some(Self { when, to: to? })
    }
}

impl FromJson for SurveyOptionBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let id = fields.required_string("id", faults);
        let says = words(&mut fields, "says", faults);
        fields.finish(faults);
        Some(Self { id: id?, says })
    }
}

impl FromJson for SurveyQuestionBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let id = fields.required_string("id", faults);
        let kind = fields.required_string("kind", faults);
        let says = words(&mut fields, "says", faults);
        let is_needed = fields.boolean("needed", faults).unwrap_or_default();
        let options = items(&mut fields, "options", faults);
        let field = fields
            .string("field", faults)
            .map(Into::into)
            .unwrap_or_default();
        let next = items(&mut fields, "next", faults);
        fields.finish(faults);
        Some(Self {
            id: id?,
            kind: kind?,
            says,
            needed: is_needed,
            options,
            field,
            next,
        })
    }
}

impl FromJson for SurveyTriggerBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let on = fields.required_string("on", faults);
        let days = days(&mut fields, "days", faults).unwrap_or_default();
        fields.finish(faults);
        Some(Self { on: on?, days })
    }
}

impl FromJson for SurveyIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let version = fields.integer("version", faults);
        let name = fields.required_string("name", faults);
        let language = fields.required_string("language", faults);
        let title = words(&mut fields, "title", faults);
        let lead = words(&mut fields, "lead", faults);
        let thanks = words(&mut fields, "thanks", faults);
        let activity = fields.required_string("activity", faults);
        let questions = items(&mut fields, "questions", faults);
        let started = fields.raw("trigger").filter(|raw| raw.get() != "null");
        let trigger =
            started.and_then(|raw| SurveyTriggerBody::from_json(raw, at.field("trigger"), faults));
        let ways = fields.strings("ways", LIST_MOST, faults);
        let opens_case = items(&mut fields, "opens_case", faults);
        let live = fields.boolean("live", faults).unwrap_or(true);
        fields.finish(faults);
        Some(Self {
            version,
            name: name?,
            language: language?,
            title,
            lead,
            thanks,
            activity: activity?,
            questions,
            trigger,
            ways,
            opens_case,
            live,
        })
    }
}

impl FromJson for ThemeBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let id = fields.required_string("id", faults);
        let says = words(&mut fields, "says", faults);
        let words = fields.strings("words", LIST_MOST, faults);
        let opens_case = fields.boolean("opens_case", faults).unwrap_or_default();
        fields.finish(faults);
        Some(Self {
            id: id?,
            says,
            words,
            opens_case,
        })
    }
}

impl FromJson for SurveySettingsBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("apart_days") {
            faults.push(at.field("apart_days").fault("is missing"));
        }
        if fields.lacks("themes") {
            faults.push(at.field("themes").fault("is missing; send [] for none"));
        }
        let apart_days = days(&mut fields, "apart_days", faults);
        let themes = items(&mut fields, "themes", faults);
        fields.finish(faults);
        Some(Self {
            apart_days: apart_days?,
            themes,
        })
    }
}

impl FromJson for AskIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let member = fields.string("member", faults).map(Into::into);
        let segment = fields.string("segment", faults).map(Into::into);
        fields.finish(faults);
        if member.is_some() == segment.is_some() {
            faults.push(at.fault("must say one of `member` and `segment`"));
        }
        Some(Self { member, segment })
    }
}

impl FromJson for AnswerBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let question = fields.required_string("question", faults);
        let number = fields.integer("number", faults);
        let options = fields
            .has("options")
            .then(|| fields.strings("options", LIST_MOST, faults));
        let text = fields.string("text", faults).map(Into::into);
        fields.finish(faults);
        let said = [number.is_some(), options.is_some(), text.is_some()];
        if said.into_iter().filter(|own| *own).count() > 1 {
            faults.push(at.fault("must say one of `number`, `options` and `text`"));
        }
        Some(Self {
            question: question?,
            number,
            options,
            text,
        })
    }
}

impl FromJson for SurveyAnswersIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let answers = items(&mut fields, "answers", faults);
        let send = fields.boolean("send", faults).unwrap_or_default();
        fields.finish(faults);
        Some(Self { answers, send })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_survey_is_told_at_its_place() {
        let text = r#"{"name": 1, "language": "en", "activity": "survey", "ways": ["email", 2],
            "questions": [{"id": "a", "kind": "nps", "next": [{"when": {"question": "a", "mots": 6}}]}],
            "trigger": {"on": "purchase", "days": -1}}"#;
        let raw: &RawValue = serde_json::from_str(text).expect("is JSON");
        let mut faults = Vec::new();
        SurveyIn::from_json(raw, At::ROOT, &mut faults);
        let mut places: Vec<&str> = faults.iter().map(|own| own.at.as_str()).collect();
        places.sort_unstable();
        let want = [
            "/name",
            "/questions/0/next/0/to",
            "/questions/0/next/0/when/mots",
            "/trigger/days",
            "/ways/1",
        ];
        assert_eq!(places, want, "{faults:?}");
    }
}
