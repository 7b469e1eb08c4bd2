//! Surveys: what is asked, which question follows on which answers, and what an answer may be.
//!
//! *"Would you recommend us?" Ana says 4 and is asked what went wrong; Bo says 10 and is asked whom he thought
//! of. Neither is asked both.* A question says where to go on by conditions on answers; the first that holds
//! decides, and without one the next question of the list follows. No way leads back: a survey in which one
//! does is refused, with that way.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// So many questions a survey has at most.
const QUESTIONS_MOST: usize = 30;
/// So many options a question has at most.
const OPTIONS_MOST: usize = 20;
/// The longest words of a question, in letters.
const WORDS_MOST: usize = 500;
/// The longest text that somebody may answer, in letters.
pub const TEXT_MOST: usize = 4000;
/// Stands for the end of a survey where a question could stand.
pub const END: &str = "end";

/// What a text says, by language.
pub type Words = BTreeMap<String, String>;

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// Would you recommend us: 0 (not at all) to 10 (very likely).
    Nps,
    /// A question of the Customer Loyalty Index: 1 (surely) to 6 (surely not).
    Cli,
    /// How satisfied are you: 1 (not at all) to 5 (very).
    Csat,
    /// How easy was it: 1 (very hard) to 7 (very easy).
    Ces,
    /// One of several options.
    One,
    /// Any number of several options.
    Several,
    /// Words of one's own.
    Text,
}

impl QuestionKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Nps,
        Self::Cli,
        Self::Csat,
        Self::Ces,
        Self::One,
        Self::Several,
        Self::Text,
    ];

    /// Its name in records and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nps => "nps",
            Self::Cli => "cli",
            Self::Csat => "csat",
            Self::Ces => "ces",
            Self::One => "one",
            Self::Several => "several",
            Self::Text => "text",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// The least and the greatest number, where it is answered with one.
    pub const fn scale(self) -> Option<(i64, i64)> {
        match self {
            Self::Nps => Some((0, 10)),
            Self::Cli => Some((1, 6)),
            Self::Csat => Some((1, 5)),
            Self::Ces => Some((1, 7)),
            Self::One | Self::Several | Self::Text => None,
        }
    }

    const fn has_options(self) -> bool {
        matches!(self, Self::One | Self::Several)
    }
}

/// Something that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its id, unique in the question.
    pub id: String,
    /// What it says.
    pub says: Words,
}

/// Asks something of an answer. It does not hold where the question was not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Which question.
    pub question: String,
    /// The number is this at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    /// The number is this at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
    /// This option was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
}

/// Where it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// If this holds; always, if nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Test>,
    /// The question that follows, or [`END`].
    pub to: String,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its id, unique in the survey.
    pub id: String,
    /// How it is answered.
    pub kind: QuestionKind,
    /// What it asks.
    pub says: Words,
    /// Whether it may not be left out.
    #[serde(default)]
    pub needed: bool,
    /// What may be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The field of the activity that the answer is booked in; it is kept beside the log alone if empty.
    #[serde(default)]
    pub field: String,
    /// Where it goes on; with the next of the list where nothing holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<Branch>,
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A number on the question's scale.
    Number(i64),
    /// Options, by their ids.
    Options(Vec<String>),
    /// Words.
    Text(String),
    /// They passed over it.
    Nothing,
}

/// What somebody answered, by the ids of questions.
pub type Answers = BTreeMap<String, Answer>;

/// What is wrong, at a JSON pointer.
pub type SurveyFault = (String, String);

/// What is asked, in order.
#[derive(Clone, Copy, Debug)]
pub struct Questions<'a>(pub &'a [Question]);

impl<'a> Questions<'a> {
    /// The question of this id.
    pub fn get(self, id: &str) -> Option<&'a Question> {
        self.0.iter().find(|own| own.id == id)
    }

    /// The questions that are asked of somebody who answered so, in order; the last is unanswered yet if the
    /// survey does not end before it.
    pub fn way(self, answers: &Answers) -> Vec<&'a Question> {
        let mut way = Vec::new();
        let mut at = Some(0);
        // No way is longer than there are questions, or it led back.
        while let Some(question) = at.and_then(|at| self.0.get(at))
            && way.len() < self.0.len()
        {
            way.push(question);
            at = match answers.contains_key(&question.id) {
                true => self.after(question, answers),
                false => None,
            };
        }
        way
    }

    /// The question that is to be asked next; nothing if all were.
    pub fn next(self, answers: &Answers) -> Option<&'a Question> {
        let way = self.way(answers);
        let last = way.last().copied()?;
        (!answers.contains_key(&last.id)).then_some(last)
    }

    fn after(self, question: &Question, answers: &Answers) -> Option<usize> {
        let holds = |branch: &&Branch| branch.when.as_ref().is_none_or(|test| test.holds(answers));
        match question.next.iter().find(holds) {
            Some(branch) => self.place(&branch.to),
            None => self.place(&question.id).map(|at| at + 1),
        }
    }

    fn place(self, id: &str) -> Option<usize> {
        self.0.iter().position(|own| own.id == id)
    }

    /// All that is wrong with what somebody answered; `whole` if they say that it is all.
    pub fn answer_faults(self, answers: &Answers, whole: bool) -> Vec<SurveyFault> {
        let way = self.way(answers);
        let mut faults = Vec::new();
        for (id, answer) in answers {
            let fault = match way.iter().find(|own| own.id == *id) {
                None => Some("is not asked after these answers".to_owned()),
                Some(question) => question.fault(answer),
            };
            faults.extend(fault.map(|fault| (format!("/answers/{id}"), fault)));
        }
        if let (true, Some(open)) = (whole && faults.is_empty(), self.next(answers)) {
            faults.push((
                format!("/answers/{}", open.id),
                "is not answered yet".into(),
            ));
        }
        faults
    }

    /// All that is wrong with the questions, of a survey that says everything in `language`.
    pub fn faults(self, language: &str) -> Vec<SurveyFault> {
        let mut faults = Vec::new();
        if !(1..=QUESTIONS_MOST).contains(&self.0.len()) {
            let what = format!("must be 1 to {QUESTIONS_MOST} questions");
            faults.push(("/questions".into(), what));
        }
        let mut known = BTreeSet::new();
        for (place, question) in self.0.iter().enumerate() {
            let at = format!("/questions/{place}");
            if !is_id(&question.id) || question.id == END {
                faults.push((format!("{at}/id"), bad_id()));
            } else if !known.insert(question.id.as_str()) {
                faults.push((format!("{at}/id"), "is the id of another question".into()));
            }
            faults.extend(words_fault(&question.says, language, &format!("{at}/says")));
            faults.extend(question.option_faults(&at, language));
            for (number, branch) in question.next.iter().enumerate() {
                let at = format!("{at}/next/{number}");
                if branch.to != END && self.get(&branch.to).is_none() {
                    let what = format!("`{}` is no question; write one, or `{END}`", branch.to);
                    faults.push((format!("{at}/to"), what));
                }
                let test = branch.when.as_ref();
                faults.extend(test.and_then(|test| self.test_fault(test, &format!("{at}/when"))));
            }
        }
        // What leads where can be asked only of questions that are there.
        if faults.is_empty() {
            faults.extend(self.way_faults());
        }
        faults
    }

    /// What is wrong with a test.
    pub fn test_fault(self, test: &Test, at: &str) -> Option<SurveyFault> {
        let Some(question) = self.get(&test.question) else {
            let what = format!("`{}` is no question", test.question);
            return Some((format!("{at}/question"), what));
        };
        let bounds = [test.least, test.most];
        let numbers = bounds.iter().flatten().count();
        match (question.kind.scale(), &test.option) {
            (Some((low, high)), None) if numbers > 0 => {
                let outside = bounds
                    .into_iter()
                    .flatten()
                    .find(|own| !(low..=high).contains(own));
                outside.map(|own| {
                    let what = format!("{own} is never answered: the scale is {low} to {high}");
                    (at.to_owned(), what)
                })
            }
            (Some(_), _) => Some((
                at.to_owned(),
                "must say `least`, `most` or both: the question is answered with a number".into(),
            )),
            (None, Some(option)) if question.kind.has_options() && numbers == 0 => {
                let there = question.options.iter().any(|own| own.id == *option);
                (!there).then(|| {
                    (
                        format!("{at}/option"),
                        format!("`{option}` is no option of it"),
                    )
                })
            }
            (None, _) if question.kind.has_options() => Some((
                at.to_owned(),
                "must say `option`: the question is answered with options".into(),
            )),
            (None, _) => Some((
                at.to_owned(),
                "asks of words, which no condition can; ask of a number or an option".into(),
            )),
        }
    }

    /// A way that leads back, or questions to which none leads.
    fn way_faults(self) -> Vec<SurveyFault> {
        let mut seen = BTreeSet::new();
        let mut path = Vec::new();
        if let Some(circle) = self.circle(0, &mut path, &mut seen) {
            let place = circle[circle.len() - 2];
            let ids = circle.iter().map(|at| self.0[*at].id.as_str());
            let way: Vec<&str> = ids.collect();
            let what = format!(
                "leads back: {}; nobody would come to the end",
                way.join(" → ")
            );
            return vec![(format!("/questions/{place}/next"), what)];
        }
        let unreached = (0..self.0.len()).filter(|at| !seen.contains(at));
        let fault = |at| {
            (
                format!("/questions/{at}"),
                "is never asked: no way leads to it".into(),
            )
        };
        unreached.map(fault).collect()
    }

    /// The first circle that is met from a question on: its questions, the first of them last again.
    fn circle(
        self,
        at: usize,
        path: &mut Vec<usize>,
        seen: &mut BTreeSet<usize>,
    ) -> Option<Vec<usize>> {
        if let Some(from) = path.iter().position(|own| *own == at) {
            let mut circle = path[from..].to_vec();
            circle.push(at);
            return Some(circle);
        }
        if at >= self.0.len() || !seen.insert(at) {
            return None;
        }
        path.push(at);
        let found = self
            .follow(at)
            .into_iter()
            .find_map(|to| self.circle(to, path, seen));
        path.pop();
        found
    }

    /// Where it may go on from a question.
    fn follow(self, at: usize) -> Vec<usize> {
        let branches = &self.0[at].next;
        let mut to: Vec<usize> = branches
            .iter()
            .filter_map(|own| self.place(&own.to))
            .collect();
        if branches.iter().all(|own| own.when.is_some()) {
            to.push(at + 1);
        }
        to
    }
}

impl Question {
    fn option_faults(&self, at: &str, language: &str) -> Vec<SurveyFault> {
        let mut faults = Vec::new();
        let count = self.options.len();
        if !self.kind.has_options() && count > 0 {
            let what = "must be empty: options are for the kinds `one` and `several`";
            faults.push((format!("{at}/options"), what.into()));
        }
        if self.kind.has_options() && !(2..=OPTIONS_MOST).contains(&count) {
            let what = format!("must be 2 to {OPTIONS_MOST} options");
            faults.push((format!("{at}/options"), what));
        }
        let mut known = BTreeSet::new();
        for (number, option) in self.options.iter().enumerate() {
            let at = format!("{at}/options/{number}");
            if !is_id(&option.id) {
                faults.push((format!("{at}/id"), bad_id()));
            } else if !known.insert(option.id.as_str()) {
                faults.push((format!("{at}/id"), "is the id of another option".into()));
            }
            faults.extend(words_fault(&option.says, language, &format!("{at}/says")));
        }
        faults
    }

    /// Why an answer is none to this question.
    fn fault(&self, answer: &Answer) -> Option<String> {
        let options = || {
            let all: Vec<&str> = self.options.iter().map(|own| own.id.as_str()).collect();
            all.join(", ")
        };
        let given = |own: &String| self.options.iter().any(|option| option.id == *own);
        match (answer, self.kind.scale()) {
            (Answer::Nothing, _) => self.needed.then(|| "must be answered".to_owned()),
            (Answer::Number(own), Some((low, high))) if (low..=high).contains(own) => None,
            (_, Some((low, high))) => Some(format!("must be a number from {low} to {high}")),
            (Answer::Text(text), None) if self.kind == QuestionKind::Text => {
                match (
                    text.chars().count() > TEXT_MOST,
                    self.needed && text.trim().is_empty(),
                ) {
                    (true, _) => Some(format!("must be at most {TEXT_MOST} characters")),
                    (false, true) => Some("must be answered".into()),
                    (false, false) => None,
                }
            }
            (_, None) if self.kind == QuestionKind::Text => Some("must be a text".into()),
            (Answer::Options(own), None) => {
                let once: BTreeSet<&String> = own.iter().collect();
                let many = match self.kind {
                    QuestionKind::One => own.len() == 1,
                    _ => !self.needed || !own.is_empty(),
                };
                (!many || once.len() != own.len() || !own.iter().all(given)).then(|| {
                    let how = if self.kind == QuestionKind::One {
                        "one"
                    } else {
                        "some"
                    };
                    format!("must be {how} of {}", options())
                })
            }
            (_, None) => Some(format!("must be chosen of {}", options())),
        }
    }
}

impl Test {
    /// Whether it holds of what somebody answered.
    pub fn holds(&self, answers: &Answers) -> bool {
        match answers.get(&self.question) {
            Some(Answer::Number(own)) => {
                self.option.is_none()
                    && self.least.is_none_or(|least| *own >= least)
                    && self.most.is_none_or(|most| *own <= most)
            }
            Some(Answer::Options(own)) => self
                .option
                .as_ref()
                .is_some_and(|option| own.contains(option)),
            Some(Answer::Text(_) | Answer::Nothing) | None => false,
        }
    }
}

/// What is wrong with words that must at least be said in `language`.
pub fn words_fault(words: &Words, language: &str, at: &str) -> Option<SurveyFault> {
    if words.get(language).is_none_or(|own| own.trim().is_empty()) {
        let what = format!("says nothing in `{language}`, its own language");
        return Some((at.to_owned(), what));
    }
    let long = words
        .iter()
        .find(|own| own.1.chars().count() > WORDS_MOST)?;
    let what = format!("must be at most {WORDS_MOST} characters");
    Some((format!("{at}/{}", long.0), what))
}

/// What words say to somebody who reads this language: in it, in one of its kin (`de` for `de-AT`), or in the
/// survey's own.
pub fn said<'a>(words: &'a Words, language: Option<&str>, own: &str) -> &'a str {
    let root = |language: &str| language.split('-').next().unwrap_or_default().to_owned();
    let found = language.and_then(|language| {
        let kin = || {
            words
                .iter()
                .find(|it| root(it.0) == root(language))
                .map(|it| it.1)
        };
        words.get(language).or_else(kin)
    });
    found.or_else(|| words.get(own)).map_or("", String::as_str)
}

/// Whether something may be the id of a question, an option or a theme.
pub fn is_id(id: &str) -> bool {
    let letter =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=40).contains(&id.len()) && id.bytes().all(letter)
}

fn bad_id() -> String {
    "must be 1 to 40 small letters, digits, hyphens and underscores".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        [("en".to_owned(), text.to_owned())].into()
    }

    fn question(id: &str, kind: QuestionKind) -> Question {
        Question {
            id: id.into(),
            kind,
            says: words("?"),
            needed: false,
            options: Vec::new(),
            field: String::new(),
            next: Vec::new(),
        }
    }

    fn to(to: &str, when: Option<Test>) -> Branch {
        Branch {
            when,
            to: to.into(),
        }
    }

    fn most(question: &str, most: i64) -> Option<Test> {
        Some(Test {
            question: question.into(),
            most: Some(most),
            ..Test::default()
        })
    }

    /// Whoever would not recommend is asked why; whoever would is asked whom.
    fn asked() -> Vec<Question> {
        let mut all = vec![
            question("recommend", QuestionKind::Nps),
            question("whom", QuestionKind::One),
            question("why", QuestionKind::Text),
        ];
        all[0].needed = true;
        all[0].next = vec![to("why", most("recommend", 6))];
        all[1].options = ["friend", "nobody"]
            .map(|id| Choice {
                id: id.into(),
                says: words(id),
            })
            .into();
        all[1].next = vec![to(END, None)];
        all
    }

    fn answers(all: &[(&str, Answer)]) -> Answers {
        all.iter()
            .map(|(id, own)| ((*id).to_owned(), own.clone()))
            .collect()
    }

    #[test]
    fn what_is_asked_next_follows_from_what_was_answered() {
        let all = asked();
        let survey = Questions(&all);
        assert_eq!(survey.faults("en"), []);
        let next =
            |given: &[(&str, Answer)]| survey.next(&answers(given)).map(|own| own.id.as_str());
        assert_eq!(next(&[]), Some("recommend"));
        assert_eq!(next(&[("recommend", Answer::Number(6))]), Some("why"));
        assert_eq!(next(&[("recommend", Answer::Number(7))]), Some("whom"));
        let friend = Answer::Options(vec!["friend".into()]);
        assert_eq!(
            next(&[("recommend", Answer::Number(7)), ("whom", friend)]),
            None
        );
        assert_eq!(
            next(&[("recommend", Answer::Number(0)), ("why", Answer::Nothing)]),
            None
        );
    }

    #[test]
    fn what_is_no_answer_is_told_where_it_stands() {
        let all = asked();
        let told = |given: &[(&str, Answer)]| {
            let faults = Questions(&all).answer_faults(&answers(given), true);
            faults
                .into_iter()
                .map(|own| format!("{} {}", own.0, own.1))
                .collect::<Vec<_>>()
        };
        let number = Answer::Number;
        let text = |own: &str| Answer::Text(own.into());
        let cases: [(&[(&str, Answer)], &str); 7] = [
            (&[], "/answers/recommend is not answered yet"),
            (
                &[("recommend", number(11))],
                "/answers/recommend must be a number from 0 to 10",
            ),
            (
                &[("recommend", Answer::Nothing)],
                "/answers/recommend must be answered",
            ),
            (
                &[("recommend", text("9"))],
                "/answers/recommend must be a number from 0 to 10",
            ),
            (
                &[("recommend", number(9)), ("why", text("no"))],
                "/answers/why is not asked after these answers",
            ),
            (
                &[
                    ("recommend", number(9)),
                    ("whom", Answer::Options(vec!["dog".into()])),
                ],
                "/answers/whom must be one of friend, nobody",
            ),
            (
                &[("recommend", number(3)), ("why", number(3))],
                "/answers/why must be a text",
            ),
        ];
        for (given, want) in cases {
            assert_eq!(told(given), [want], "{given:?}");
        }
        assert_eq!(
            told(&[("recommend", number(3)), ("why", text(""))]),
            [""; 0]
        );
    }

    #[test]
    fn a_way_that_leads_back_is_told_with_its_questions() {
        let mut all = asked();
        all[2].next = vec![to("recommend", most("recommend", 3))];
        let faults = Questions(&all).faults("en");
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].0, "/questions/2/next");
        assert!(
            faults[0].1.contains("recommend → why → recommend"),
            "{faults:?}"
        );
        // Also where only conditions lead there that never hold together: who reads it should see an end.
        all[2].next = vec![to("why", None)];
        let faults = Questions(&all).faults("en");
        assert!(faults[0].1.contains("why → why"), "{faults:?}");
    }

    #[test]
    fn what_is_wrong_with_a_survey_is_told_at_its_place() {
        type Spoil = fn(&mut Vec<Question>);
        let cases: [(Spoil, &str); 9] = [
            (|all| all.clear(), "/questions"),
            (|all| all[1].id = "why".into(), "/questions/2/id"),
            (|all| all[1].id = "End!".into(), "/questions/1/id"),
            (|all| all[2].says.clear(), "/questions/2/says"),
            (|all| all[1].options.truncate(1), "/questions/1/options"),
            (
                |all| all[0].next[0].to = "gone".into(),
                "/questions/0/next/0/to",
            ),
            (
                |all| all[0].next = vec![to("why", most("recommend", 11))],
                "/questions/0/next/0/when",
            ),
            (
                |all| all[0].next = vec![to("why", most("why", 1))],
                "/questions/0/next/0/when",
            ),
            (|all| all[0].next = vec![to(END, None)], "/questions/1"),
        ];
        for (spoil, at) in cases {
            let mut all = asked();
            spoil(&mut all);
            let faults = Questions(&all).faults("en");
            assert_eq!(
                faults.first().map(|own| own.0.as_str()),
                Some(at),
                "{faults:?}"
            );
        }
    }

    #[test]
    fn words_are_read_in_ones_own_language_or_its_kin() {
        let all: Words = [("en", "Why?"), ("de", "Warum?")]
            .map(|(language, text)| (language.to_owned(), text.to_owned()))
            .into();
        for (language, want) in [
            (Some("de-AT"), "Warum?"),
            (Some("fr"), "Why?"),
            (None, "Why?"),
        ] {
            assert_eq!(said(&all, language, "en"), want);
        }
    }
}
