//! What happened with a member.

use regulars_api::receipt::PointsOut;
use regulars_api::timeline::{ContactOut, HappenedOut};
use regulars_app::{Contact, Happened};

/// Something that happened.
pub fn happened(own: &Happened) -> HappenedOut {
    let told = told(own);
    HappenedOut {
        kind: own.kind().to_owned(),
        at: own.at().to_string(),
        id: told.id.unwrap_or_else(|| own.id()),
        what: told.what,
        state: told.state,
        order: told.order,
        says: told
            .says
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect(),
        points: told.points,
        by: told.by,
    }
}

/// What differs from sort to sort.
#[derive(Default)]
struct Told {
    id: Option<String>,
    what: String,
    state: Option<String>,
    order: Option<String>,
    says: Vec<String>,
    points: Vec<PointsOut>,
    by: Option<String>,
}

fn told(own: &Happened) -> Told {
    match own {
        Happened::Entry(own) => {
            let entry = super::entry(own);
            let refused = entry.detail.is_some();
            Told {
                id: Some(entry.seq.to_string()),
                what: entry.kind,
                state: Some(if refused { "refused" } else { "accepted" }.to_owned()),
                order: entry.order,
                says: entry.said.into_iter().chain(entry.reasons).collect(),
                points: entry.points,
                by: entry.by,
            }
        }
        Happened::Message(own) => Told {
            what: own.channel.clone(),
            state: Some(super::message_stage(own.stage).to_owned()),
            says: vec![
                own.says
                    .as_ref()
                    .map(|says| says.subject.clone())
                    .unwrap_or_default(),
                own.reason.clone(),
            ],
            ..Told::default()
        },
        Happened::Survey(own) => Told {
            what: own.survey.clone(),
            state: Some(super::survey_stage_name(own.stage).to_owned()),
            says: vec![own.reason.clone()],
            ..Told::default()
        },
        Happened::Case(own) => Told {
            what: own.cause.name().to_owned(),
            state: Some(own.state.name().to_owned()),
            says: vec![own.subject.clone()],
            by: own.agent.as_ref().map(|agent| agent.name.clone()),
            ..Told::default()
        },
        Happened::Contact(own) => Told {
            what: own.kind.name().to_owned(),
            says: vec![own.text.clone()],
            by: Some(own.by.name.clone()),
            ..Told::default()
        },
    }
}

/// A contact.
pub fn contact(own: Contact) -> ContactOut {
    ContactOut {
        id: own.id,
        kind: own.kind.name().to_owned(),
        at: own.at.to_string(),
        text: own.text,
        by: Some(own.by.name),
    }
}

/// A contact as the member sees it: what was said, not who of the shop it was.
pub fn own_contact(own: Contact) -> ContactOut {
    ContactOut {
        by: None,
        ..contact(own)
    }
}
