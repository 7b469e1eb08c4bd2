//! What models say of members.

use regulars_api::json::unscaled;
use regulars_api::score::{MemberLabelOut, MemberScoreOut, MemberScoresOut, ScoreOut, ScoresOut};
use regulars_app::{LABELS, MemberScores, SCORES, ScoreModel, ScoreRun};

/// What there is, and how it came about the last time.
pub fn scores(run: Option<&ScoreRun>) -> ScoresOut {
    let model = |name: &str| run.and_then(|run| run.models.iter().find(|own| own.name == name));
    let one = |name: &str, says: &str, values: &[&str]| {
        let model: Option<&ScoreModel> = model(name);
        let refused = model.filter(|own| !own.refused.is_empty());
        ScoreOut {
            name: name.to_owned(),
            says: says.to_owned(),
            values: values.iter().map(|own| (*own).to_owned()).collect(),
            members: model.map(|own| own.members),
            refused: refused.map(|own| own.refused.clone()),
            why: refused.map(|own| own.why.clone()),
            better_than_guess: model.and_then(|own| own.is_better),
        }
    };
    ScoresOut {
        asked_at: run.map(|own| own.at().to_string()),
        as_of: run.and_then(ScoreRun::as_of).map(|day| day.to_string()),
        window_days: run.map_or(0, |own| own.window_days),
        customers: run.map_or(0, |own| own.customers),
        changed: run.map_or(0, |own| own.changed),
        scores: SCORES
            .iter()
            .map(|(name, says)| one(name, says, &[]))
            .collect(),
        labels: LABELS
            .iter()
            .map(|(name, says, values)| one(name, says, values))
            .collect(),
    }
}

/// What is said of a member.
pub fn member_scores(own: &MemberScores) -> MemberScoresOut {
    let scores = own.scores.iter().map(|(name, value)| MemberScoreOut {
        name: name.clone(),
        says: said(
            SCORES
                .iter()
                .find(|known| known.0 == name)
                .map(|known| known.1),
        ),
        value: number(*value),
    });
    let labels = own.labels.iter().map(|(name, value)| MemberLabelOut {
        name: name.clone(),
        says: said(
            LABELS
                .iter()
                .find(|known| known.0 == name)
                .map(|known| known.1),
        ),
        value: value.clone(),
    });
    MemberScoresOut {
        member: own.member.to_string(),
        as_of: own.as_of.map(|day| day.to_string()),
        scores: scores.collect(),
        labels: labels.collect(),
    }
}

fn said(says: Option<&str>) -> String {
    says.unwrap_or_default().to_owned()
}

/// Thousandths, with no more digits than it takes.
fn number(thousandths: i64) -> String {
    let text = unscaled(thousandths, 3);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}
