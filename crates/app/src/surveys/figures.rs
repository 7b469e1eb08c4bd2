//! What came of a survey: who was asked and answered, each question's figure with how sure it is, and what
//! texts are about.

use super::answers::{Numbers, parsed};
use super::asking::About;
use super::record::Survey;
use crate::{App, Error};
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp, WalletId, Zone};
use regulars_engage::survey::{Answer, QuestionKind};
use regulars_engage::themes_of;
use regulars_metrics::metric::{loyalty_index, nps};
use regulars_metrics::{Figure, Unit, mean_interval};
use regulars_store::{AskingRow, AskingStage};
use std::collections::{BTreeMap, BTreeSet};

/// So many answers are read at a time.
const ROWS: usize = 1000;
/// So many texts are shown of a theme.
const EXAMPLES: usize = 5;
/// By what figures may be shown side by side.
const GROUPS: [&str; 4] = ["month", "tier", "store", "way"];

/// Which answers are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurveyFiguresAsk {
    /// Given on this day or later.
    pub from: Option<CivilDay>,
    /// Given on this day or earlier.
    pub to: Option<CivilDay>,
    /// Of members who are in this segment now.
    pub segment: Option<String>,
    /// Side by side: by `month`, `tier`, `store` or `way`.
    pub by: Option<String>,
}

/// What came of a survey.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyFigures {
    /// Whose time is to come.
    pub waiting: i64,
    /// How many were asked, those who answered too.
    pub asked: i64,
    /// Of how many the questions were shown.
    pub opened: i64,
    /// How many answered.
    pub answered: i64,
    /// Who was not asked, by the reason.
    pub not_asked: Vec<(String, i64)>,
    /// How many answered of those who were asked.
    pub response: Figure,
    /// How many answers are counted below.
    pub counted: u64,
    /// Question by question.
    pub questions: Vec<QuestionFigures>,
    /// What texts are about, those that most are about first.
    pub themes: Vec<ThemeFigures>,
    /// Texts that are about no theme.
    pub no_theme: ThemeFigures,
    /// The main question, side by side.
    pub groups: Vec<SurveyGroup>,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionFigures {
    /// Its id.
    pub id: String,
    /// Its figure, where it has one: an NPS, an index, a share of satisfied or a mean.
    pub figure: Option<Figure>,
    /// How many answered what: numbers of the scale, or ids of options.
    pub counts: Vec<(String, u64)>,
    /// How many said something in words of their own.
    pub texts: u64,
}

/// What came of the main question for some of those who answered.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyGroup {
    /// Who: a month as `2025-03`, a tier, a store or a way; empty where it is not known.
    pub name: String,
    /// How many answered.
    pub answers: u64,
    /// The figure.
    pub figure: Figure,
}

/// Texts about a theme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThemeFigures {
    /// The theme's id; empty for texts that are about none.
    pub id: String,
    /// How many texts.
    pub texts: u64,
    /// Some of them, the newest: who, when, and what they said.
    pub examples: Vec<(MemberId, Timestamp, String)>,
}

/// An answer, as it is put out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
    /// The id of the asking.
    pub asking: String,
    /// Who.
    pub member: MemberId,
    /// When they answered.
    pub answered_at: Timestamp,
    /// Their tier then.
    pub tier: String,
    /// The store it was about.
    pub store: String,
    /// Where they answered.
    pub way: String,
    /// What they answered, question by question, empty where they were not asked or said nothing.
    pub answers: Vec<String>,
    /// What the texts are about.
    pub themes: Vec<String>,
}

/// An answer that is read.
struct Given {
    row: AskingRow,
    at: Timestamp,
    numbers: Numbers,
    about: About,
    words: BTreeMap<String, String>,
}

/// The answers to one question, added up.
#[derive(Clone, Debug, Default)]
struct Tally(BTreeMap<i64, u64>);

impl Tally {
    fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The figure of a kind of question.
    fn figure(&self, kind: QuestionKind) -> Option<Figure> {
        let at = |number: i64| self.0.get(&number).copied().unwrap_or_default();
        let sum = |power: u32| -> i128 {
            self.0
                .iter()
                .map(|(own, n)| i128::from(own.pow(power)) * i128::from(*n))
                .sum()
        };
        let all = self.count();
        match kind {
            QuestionKind::Nps => {
                let answers: [u64; 11] = std::array::from_fn(|number| at(number as i64));
                Some(nps::of(&answers))
            }
            QuestionKind::Cli => {
                let answers: [u64; 6] = std::array::from_fn(|number| at(number as i64 + 1));
                Some(loyalty_index::of(&answers, all))
            }
            QuestionKind::Csat => Some(Figure::share(at(4) + at(5), all, "answers")),
            QuestionKind::Ces => {
                let figure = Figure::quotient(Unit::Score, sum(1), all.into(), all, "answers");
                Some(figure.within(mean_interval(all, sum(1) as f64, sum(2) as f64)))
            }
            QuestionKind::One | QuestionKind::Several | QuestionKind::Text => None,
        }
    }
}

impl App {
    /// What came of a survey.
    pub fn survey_figures(
        &self,
        tenant: TenantId,
        id: &str,
        ask: &SurveyFiguresAsk,
    ) -> Result<SurveyFigures, Error> {
        if let Some(by) = ask.by.as_deref().filter(|by| !GROUPS.contains(by)) {
            let what = format!("`{by}` is nothing to group by; write {}", GROUPS.join(", "));
            return Err(Error::invalid("/by", what));
        }
        let survey = self.survey(tenant, id)?;
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let themes = self.survey_settings(tenant)?.themes;
        let counts = self
            .core()
            .pool
            .with(|store| Ok(store.asking_counts(tenant, id)?))?;
        let number = |stage: AskingStage| -> i64 {
            counts
                .iter()
                .filter(|own| own.stage == stage)
                .map(|own| own.count)
                .sum()
        };
        let answered = number(AskingStage::Given) + number(AskingStage::Answered);
        let asked = answered + number(AskingStage::Asked);
        let mut sums = Sums::new(&survey, &themes, (&program.zone, ask));
        self.each_answer(tenant, &survey, (&program.zone, ask), |given| {
            sums.add(&given)
        })?;
        let unsigned = |own: i64| u64::try_from(own).unwrap_or_default();
        let not_asked = counts
            .iter()
            .filter(|own| own.stage == AskingStage::NotAsked);
        let mut figures = SurveyFigures {
            waiting: number(AskingStage::Waiting),
            asked,
            opened: counts.iter().map(|own| own.opened).sum(),
            answered,
            not_asked: not_asked
                .map(|own| (own.reason.clone(), own.count))
                .collect(),
            response: Figure::share(
                unsigned(answered),
                unsigned(asked),
                "members who were asked",
            ),
            counted: sums.counted,
            questions: Vec::new(),
            themes: Vec::new(),
            no_theme: ThemeFigures::default(),
            groups: Vec::new(),
        };
        sums.finish(&mut figures);
        Ok(figures)
    }

    /// All answers to a survey, by the age of their askings: the ids of the questions, and each answer.
    pub fn survey_answers(
        &self,
        tenant: TenantId,
        id: &str,
        ask: &SurveyFiguresAsk,
    ) -> Result<(Vec<String>, Vec<AnswerRow>), Error> {
        let survey = self.survey(tenant, id)?;
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let themes = self.survey_settings(tenant)?.themes;
        let mut rows = Vec::new();
        self.each_answer(tenant, &survey, (&program.zone, ask), |given| {
            let mut about = BTreeSet::new();
            for text in given.words.values() {
                about.extend(themes_of(text, &themes).iter().map(|own| own.id.clone()));
            }
            let questions = survey.draft.questions.iter();
            let answers = questions.map(|own| match given.numbers.answers.get(&own.id) {
                Some(Answer::Number(number)) => number.to_string(),
                Some(Answer::Options(own)) => own.join(" "),
                _ => given.words.get(&own.id).cloned().unwrap_or_default(),
            });
            rows.push(AnswerRow {
                answers: answers.collect(),
                asking: given.row.id,
                member: given.row.member,
                answered_at: given.at,
                tier: given.numbers.tier,
                store: given.about.store,
                way: given.numbers.way,
                themes: about.into_iter().collect(),
            });
        })?;
        let ids = survey.draft.questions.iter().map(|own| own.id.clone());
        Ok((ids.collect(), rows))
    }

    /// Goes through the answers that are asked for.
    fn each_answer(
        &self,
        tenant: TenantId,
        survey: &Survey,
        (zone, ask): (&Zone, &SurveyFiguresAsk),
        mut each: impl FnMut(Given),
    ) -> Result<(), Error> {
        if let Some(segment) = &ask.segment {
            self.segment(tenant, segment)?;
        }
        for stage in [AskingStage::Given, AskingStage::Answered] {
            let mut after: Option<String> = None;
            loop {
                let (rows, inside) = self.core().pool.with(|store| {
                    let of = (survey.id.as_str(), Some(stage));
                    let rows = store.askings(tenant, of, after.as_deref(), ROWS)?;
                    let wallets: Vec<WalletId> = rows
                        .iter()
                        .map(|row| WalletId::from_bytes(*row.member.bytes()))
                        .collect();
                    let inside: BTreeSet<WalletId> = match &ask.segment {
                        Some(segment) => store
                            .segments_of(tenant, &wallets)?
                            .into_iter()
                            .filter(|own| own.1 == *segment)
                            .map(|own| own.0)
                            .collect(),
                        None => wallets.into_iter().collect(),
                    };
                    Ok((rows, inside))
                })?;
                after = rows.last().map(|row| row.id.clone());
                let count = rows.len();
                for row in rows {
                    let at = row.answered_at.unwrap_or(row.made_at);
                    let day = zone.day(at);
                    let counts = ask.from.is_none_or(|from| day >= from)
                        && ask.to.is_none_or(|to| day <= to)
                        && inside.contains(&WalletId::from_bytes(*row.member.bytes()));
                    if counts {
                        each(Given {
                            at,
                            numbers: parsed(&row.numbers)?,
                            about: parsed(&row.about)?,
                            words: row
                                .words
                                .as_deref()
                                .map(parsed)
                                .transpose()?
                                .unwrap_or_default(),
                            row,
                        });
                    }
                }
                if count < ROWS {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Answers, added up.
struct Sums<'a> {
    survey: &'a Survey,
    themes: &'a [regulars_engage::Theme],
    zone: &'a Zone,
    by: Option<&'a str>,
    counted: u64,
    numbers: BTreeMap<String, Tally>,
    options: BTreeMap<(String, String), u64>,
    texts: BTreeMap<String, u64>,
    about: BTreeMap<String, ThemeFigures>,
    groups: BTreeMap<String, Tally>,
}

impl<'a> Sums<'a> {
    fn new(
        survey: &'a Survey,
        themes: &'a [regulars_engage::Theme],
        (zone, ask): (&'a Zone, &'a SurveyFiguresAsk),
    ) -> Self {
        Self {
            survey,
            themes,
            zone,
            by: ask.by.as_deref(),
            counted: 0,
            numbers: BTreeMap::new(),
            options: BTreeMap::new(),
            texts: BTreeMap::new(),
            about: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    fn add(&mut self, given: &Given) {
        self.counted += 1;
        for (question, answer) in &given.numbers.answers {
            match answer {
                Answer::Number(number) => {
                    let tally = self.numbers.entry(question.clone()).or_default();
                    *tally.0.entry(*number).or_default() += 1;
                }
                Answer::Options(own) => {
                    for option in own {
                        let of = (question.clone(), option.clone());
                        *self.options.entry(of).or_default() += 1;
                    }
                }
                Answer::Text(_) | Answer::Nothing => {}
            }
        }
        for (question, text) in &given.words {
            *self.texts.entry(question.clone()).or_default() += 1;
            let met = themes_of(text, self.themes);
            let ids: Vec<&str> = match met.is_empty() {
                true => vec![""],
                false => met.iter().map(|own| own.id.as_str()).collect(),
            };
            for id in ids {
                let theme = self.about.entry(id.to_owned()).or_default();
                theme.texts += 1;
                theme
                    .examples
                    .push((given.row.member, given.at, text.clone()));
                theme.examples.sort_by_key(|own| std::cmp::Reverse(own.1));
                theme.examples.truncate(EXAMPLES);
            }
        }
        let main = self.survey.main_question();
        let number = main.and_then(|own| given.numbers.answers.get(&own.id));
        if let (Some(by), Some(Answer::Number(number))) = (self.by, number) {
            let name = match by {
                "month" => {
                    let (year, month, _) = self.zone.day(given.at).year_month_day();
                    format!("{year:04}-{month:02}")
                }
                "tier" => given.numbers.tier.clone(),
                "store" => given.about.store.clone(),
                _ => given.numbers.way.clone(),
            };
            let tally = self.groups.entry(name).or_default();
            *tally.0.entry(*number).or_default() += 1;
        }
    }

    fn finish(mut self, figures: &mut SurveyFigures) {
        for question in &self.survey.draft.questions {
            let tally = self.numbers.remove(&question.id).unwrap_or_default();
            let counts = match question.kind.scale() {
                Some((low, high)) => (low..=high)
                    .map(|own| {
                        (
                            own.to_string(),
                            tally.0.get(&own).copied().unwrap_or_default(),
                        )
                    })
                    .collect(),
                None => {
                    let options = question.options.iter().map(|own| {
                        let of = (question.id.clone(), own.id.clone());
                        (
                            own.id.clone(),
                            self.options.get(&of).copied().unwrap_or_default(),
                        )
                    });
                    options.collect()
                }
            };
            figures.questions.push(QuestionFigures {
                id: question.id.clone(),
                figure: tally.figure(question.kind),
                counts,
                texts: self.texts.get(&question.id).copied().unwrap_or_default(),
            });
        }
        figures.no_theme = self.about.remove("").unwrap_or_default();
        let themes = self.about.into_iter();
        figures.themes = themes.map(|(id, own)| ThemeFigures { id, ..own }).collect();
        figures
            .themes
            .sort_by(|one, other| other.texts.cmp(&one.texts).then(one.id.cmp(&other.id)));
        if let Some(main) = self.survey.main_question() {
            figures.groups = self
                .groups
                .into_iter()
                .filter_map(|(name, tally)| {
                    Some(SurveyGroup {
                        name,
                        answers: tally.count(),
                        figure: tally.figure(main.kind)?,
                    })
                })
                .collect();
        }
    }
}
