//! Surveys, askings and what came of them.

use super::desk::quoted;
use super::metric::figure;
use regulars_api::survey::{
    AnswerBody, AskedQuestionOut, AskingOut, NamedCountOut, QuestionFiguresOut, SaidOut,
    SurveyBranchBody, SurveyFiguresOut, SurveyGroupOut, SurveyIn, SurveyOptionBody, SurveyOut,
    SurveyQuestionBody, SurveySettingsBody, SurveyTestBody, SurveyTriggerBody, ThemeBody,
    ThemeFiguresOut, ToAnswerOut,
};
use regulars_app::engage::Theme;
use regulars_app::engage::survey::{Answer, Answers, Branch, Choice, Question, QuestionKind, Test};
use regulars_app::{
    AnswerRow, Asking, AskingStage, Survey, SurveyDraft, SurveyFigures, SurveySettings,
    SurveyTrigger, SurveyWay, ThemeFigures,
};
use regulars_engine::event::Fault;

fn test_out(own: &Test) -> SurveyTestBody {
    SurveyTestBody {
        question: own.question.clone(),
        least: own.least,
        most: own.most,
        option: own.option.clone(),
    }
}

fn test_in(own: SurveyTestBody) -> Test {
    Test {
        question: own.question,
        least: own.least,
        most: own.most,
        option: own.option,
    }
}

fn option_out(own: &Choice) -> SurveyOptionBody {
    SurveyOptionBody {
        id: own.id.clone(),
        says: own.says.clone(),
    }
}

fn question_out(own: &Question) -> SurveyQuestionBody {
    let next = own.next.iter().map(|branch| SurveyBranchBody {
        when: branch.when.as_ref().map(test_out),
        to: branch.to.clone(),
    });
    SurveyQuestionBody {
        id: own.id.clone(),
        kind: own.kind.name().to_owned(),
        says: own.says.clone(),
        needed: own.needed,
        options: own.options.iter().map(option_out).collect(),
        field: own.field.clone(),
        next: next.collect(),
    }
}

/// A survey.
pub fn survey(own: &Survey) -> SurveyOut {
    let draft = &own.draft;
    SurveyOut {
        id: own.id.clone(),
        changed_at: own.changed_at.to_string(),
        survey: SurveyIn {
            version: Some(own.version),
            name: draft.name.clone(),
            language: draft.language.clone(),
            title: draft.title.clone(),
            lead: draft.lead.clone(),
            thanks: draft.thanks.clone(),
            activity: draft.activity.clone(),
            questions: draft.questions.iter().map(question_out).collect(),
            trigger: draft.trigger.as_ref().map(|own| SurveyTriggerBody {
                on: own.on.clone(),
                days: own.days,
            }),
            ways: draft.ways.iter().map(|way| way.name().to_owned()).collect(),
            opens_case: draft.opens_case.iter().map(test_out).collect(),
            live: draft.live,
        },
    }
}

/// What somebody wants a survey to be; each word that is none is a fault at its place.
pub fn survey_draft(body: SurveyIn) -> Result<SurveyDraft, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut questions = Vec::new();
    for (place, own) in body.questions.into_iter().enumerate() {
        let Some(kind) = QuestionKind::by_name(&own.kind) else {
            let all = QuestionKind::ALL.map(QuestionKind::name).join(", ");
            let what = format!("`{}` is no kind of question; there are {all}", own.kind);
            faults.push(Fault::new(format!("/questions/{place}/kind"), what));
            continue;
        };
        let options = own.options.into_iter();
        let next = own.next.into_iter();
        questions.push(Question {
            id: own.id,
            kind,
            says: own.says,
            needed: own.needed,
            options: options
                .map(|own| Choice {
                    id: own.id,
                    says: own.says,
                })
                .collect(),
            field: own.field,
            next: next
                .map(|own| Branch {
                    when: own.when.map(test_in),
                    to: own.to,
                })
                .collect(),
        });
    }
    let mut ways = Vec::new();
    for (place, own) in body.ways.iter().enumerate() {
        match SurveyWay::by_name(own) {
            Some(way) if !ways.contains(&way) => ways.push(way),
            Some(_) => {}
            None => {
                let all = SurveyWay::ALL.map(SurveyWay::name).join(", ");
                let what = format!("`{own}` is no way; there are {all}");
                faults.push(Fault::new(format!("/ways/{place}"), what));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(SurveyDraft {
        name: body.name,
        language: body.language,
        title: body.title,
        lead: body.lead,
        thanks: body.thanks,
        activity: body.activity,
        questions,
        trigger: body.trigger.map(|own| SurveyTrigger {
            on: own.on,
            days: own.days,
        }),
        ways,
        opens_case: body.opens_case.into_iter().map(test_in).collect(),
        live: body.live,
    })
}

/// Themes as they come in.
pub fn themes(all: Vec<ThemeBody>) -> Vec<Theme> {
    let each = all.into_iter().map(|own| Theme {
        id: own.id,
        says: own.says,
        words: own.words,
        opens_case: own.opens_case,
    });
    each.collect()
}

/// What is set for all surveys.
pub fn survey_settings(own: &SurveySettings) -> SurveySettingsBody {
    let themes = own.themes.iter().map(|own| ThemeBody {
        id: own.id.clone(),
        says: own.says.clone(),
        words: own.words.clone(),
        opens_case: own.opens_case,
    });
    SurveySettingsBody {
        apart_days: own.apart_days,
        themes: themes.collect(),
    }
}

const STAGES: [(AskingStage, &str); 5] = [
    (AskingStage::Waiting, "waiting"),
    (AskingStage::Asked, "asked"),
    (AskingStage::Given, "given"),
    (AskingStage::Answered, "answered"),
    (AskingStage::NotAsked, "not_asked"),
];

/// The name of a stage of an asking.
pub(crate) fn survey_stage_name(stage: AskingStage) -> &'static str {
    let stage = STAGES.iter().find(|it| it.0 == stage);
    stage.map_or("", |own| own.1)
}

/// A stage of an asking by its name.
pub fn survey_stage(name: &str) -> Option<AskingStage> {
    STAGES.iter().find(|own| own.1 == name).map(|own| own.0)
}

/// An asking.
pub fn asking(own: Asking) -> AskingOut {
    AskingOut {
        id: own.id,
        member: own.member.to_string(),
        survey: own.survey,
        stage: survey_stage_name(own.stage).to_owned(),
        reason: own.reason,
        made_at: own.made_at.to_string(),
        asked_at: own.asked_at.map(|at| at.to_string()),
        opened_at: own.opened_at.map(|at| at.to_string()),
        answered_at: own.answered_at.map(|at| at.to_string()),
        link: own.link,
    }
}

/// A question as a member is asked it.
pub fn asked_question(own: &Question) -> AskedQuestionOut {
    let scale = own.kind.scale();
    AskedQuestionOut {
        id: own.id.clone(),
        kind: own.kind.name().to_owned(),
        says: own.says.clone(),
        needed: own.needed,
        least: scale.map(|own| own.0),
        most: scale.map(|own| own.1),
        options: own.options.iter().map(option_out).collect(),
    }
}

/// A survey that waits for a member.
pub fn to_answer((asking, own): (String, Survey)) -> Option<ToAnswerOut> {
    Some(ToAnswerOut {
        asking,
        first: asked_question(own.draft.questions.first()?),
        language: own.draft.language,
        title: own.draft.title,
        lead: own.draft.lead,
        thanks: own.draft.thanks,
    })
}

/// Answers as they come in.
pub fn answers(all: Vec<AnswerBody>) -> Answers {
    let each = all.into_iter().map(|own| {
        let answer = match (own.number, own.options, own.text) {
            (Some(number), _, _) => Answer::Number(number),
            (_, Some(options), _) => Answer::Options(options),
            (_, _, Some(text)) => Answer::Text(text),
            _ => Answer::Nothing,
        };
        (own.question, answer)
    });
    each.collect()
}

fn unsigned(own: i64) -> u64 {
    u64::try_from(own).unwrap_or_default()
}

fn theme_figures(own: ThemeFigures) -> ThemeFiguresOut {
    let examples = own.examples.into_iter().map(|(member, at, text)| SaidOut {
        member: member.to_string(),
        at: at.to_string(),
        text,
    });
    ThemeFiguresOut {
        id: own.id,
        texts: own.texts,
        examples: examples.collect(),
    }
}

/// What came of a survey whose groups are measured by this question.
pub fn survey_figures(own: SurveyFigures, main: Option<String>) -> SurveyFiguresOut {
    let named = |(name, count)| NamedCountOut { name, count };
    let not_asked = own
        .not_asked
        .into_iter()
        .map(|(name, count)| (name, unsigned(count)));
    let questions = own.questions.into_iter().map(|own| QuestionFiguresOut {
        id: own.id,
        figure: own.figure.as_ref().map(figure),
        counts: own.counts.into_iter().map(named).collect(),
        texts: own.texts,
    });
    let groups = own.groups.iter().map(|own| SurveyGroupOut {
        name: own.name.clone(),
        answers: own.answers,
        figure: figure(&own.figure),
    });
    SurveyFiguresOut {
        waiting: unsigned(own.waiting),
        asked: unsigned(own.asked),
        opened: unsigned(own.opened),
        answered: unsigned(own.answered),
        not_asked: not_asked.map(named).collect(),
        response: figure(&own.response),
        counted: own.counted,
        main,
        questions: questions.collect(),
        themes: own.themes.into_iter().map(theme_figures).collect(),
        no_theme: theme_figures(own.no_theme),
        groups: groups.collect(),
    }
}

/// Answers as CSV: a column for each question.
pub fn answers_file((questions, rows): (Vec<String>, Vec<AnswerRow>)) -> String {
    let first = ["answered_at", "member", "tier", "store", "way"].map(str::to_owned);
    let heads = first
        .into_iter()
        .chain(questions)
        .chain(["themes".to_owned()]);
    let mut file = line(heads);
    for row in rows {
        let first = [
            row.answered_at.to_string(),
            row.member.to_string(),
            row.tier,
            row.store,
            row.way,
        ];
        let themes = row.themes.join(" ");
        file += &line(first.into_iter().chain(row.answers).chain([themes]));
    }
    file
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|own| quoted(&own)).collect();
    format!("{}\r\n", cells.join(","))
}
