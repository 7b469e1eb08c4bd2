//! Surveys: what members are asked, by whom they are reached, and what comes of their answers.
//!
//! A survey is a record with versions. Whoever is to be asked has an *asking*: made by a person, by an event
//! that its trigger names, or by a case that was solved. When it is due, it is looked whether the member was
//! asked by any survey lately; if not, they get a letter, and find it on their pages. What they answer is an
//! activity of the program, booked like any other, so rules may give points for it and figures are made of it;
//! what they say in words of their own is kept beside the log and goes with them ([ADR
//! 0112](../../../docs/adr/0112-where-does-an-answer-live.md)).

mod answers;
mod asking;
mod figures;
mod record;

pub use answers::{AnswerState, Progress};
pub use asking::{Asking, AskingAsk, SurveyLink};
pub use figures::{
    AnswerRow, QuestionFigures, SurveyFigures, SurveyFiguresAsk, SurveyGroup, ThemeFigures,
};
pub use record::{Survey, SurveyDraft, SurveySettings, SurveyTrigger, SurveyWay};

pub(crate) use asking::run;
