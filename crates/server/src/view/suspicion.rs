//! Suspicions, as whoever decides sees them.

use regulars_api::Amount;
use regulars_api::suspicion::{
    PaceBody, SignOut, SignRuleBody, SuspicionOut, SuspicionRulesBody, TakenOut,
};
use regulars_app::engage::suspicion::{
    Pace, PaceOf, PacePer, Sign, SignKind, SignRule, SuspicionRules,
};
use regulars_app::{Error, Suspicion, Taken};
use regulars_engine::event::Fault;

fn sign(own: &Sign) -> SignOut {
    SignOut {
        sign: own.kind.name().to_owned(),
        of: own.of.clone(),
        weight: own.weight,
        text: own.text(),
        figures: own.figures.clone(),
        members: own.others.iter().map(ToString::to_string).collect(),
    }
}

fn taken(own: &Taken) -> TakenOut {
    TakenOut {
        member: own.member.to_string(),
        points: own.points.to_string(),
        given: Amount::number(own.given, own.decimals),
        amount: Amount::number(own.amount, own.decimals),
        later: Amount::number(own.later, own.decimals),
        state: own.state.name().to_owned(),
    }
}

/// A suspicion, with what is taken back or would be.
pub fn suspicion(own: &Suspicion, takes: &[Taken]) -> SuspicionOut {
    SuspicionOut {
        id: own.id.clone(),
        state: own.state.name().to_owned(),
        suspect: own.suspect.kind().to_owned(),
        suspect_id: own.suspect.id(),
        suspect_name: own.name.clone(),
        score: own.score,
        signs: own.signs.iter().map(sign).collect(),
        opened_at: own.opened_at.to_string(),
        changed_at: own.changed_at.to_string(),
        held_at: own.held_at.map(|at| at.to_string()),
        decided_by: own.decided_by.clone(),
        decided_at: own.decided_at.map(|at| at.to_string()),
        reason: own.reason.clone(),
        taken: takes.iter().map(taken).collect(),
    }
}

/// What is taken for suspicious; all signs, also those that are as they are by default.
pub fn suspicion_rules(own: &SuspicionRules) -> SuspicionRulesBody {
    let pace = |pace: &Pace| PaceBody {
        of: pace.of.name().to_owned(),
        per: pace.per.name().to_owned(),
        minutes: pace.minutes,
        most: pace.most,
        weight: pace.weight,
    };
    let kinds = SignKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| *kind != SignKind::Pace);
    let signs = kinds.map(|kind| {
        let rule = own.signs.get(&kind).copied();
        let SignRule { limit, weight } = rule.unwrap_or(SignRule::default_of(kind));
        SignRuleBody {
            sign: kind.name().to_owned(),
            limit,
            weight,
        }
    });
    SuspicionRulesBody {
        on: own.on,
        review_from: own.review_from,
        hold_from: own.hold_from,
        days: own.days,
        paces: own.paces.iter().map(pace).collect(),
        signs: signs.collect(),
    }
}

/// The rules in what somebody sends.
///
/// # Errors
/// A name in it is none.
pub fn read_suspicion_rules(body: &SuspicionRulesBody) -> Result<SuspicionRules, Error> {
    let mut faults = Vec::new();
    let mut rules = SuspicionRules {
        on: body.on,
        review_from: body.review_from,
        hold_from: body.hold_from,
        days: body.days,
        paces: Vec::new(),
        signs: std::collections::BTreeMap::new(),
    };
    for (place, own) in body.paces.iter().enumerate() {
        let of = PaceOf::by_name(&own.of);
        let per = PacePer::by_name(&own.per);
        if of.is_none() {
            let what = "must be purchases, redemptions or points";
            faults.push(Fault::new(format!("/paces/{place}/of"), what));
        }
        if per.is_none() {
            let what = "must be member, store or seller";
            faults.push(Fault::new(format!("/paces/{place}/per"), what));
        }
        if let (Some(of), Some(per)) = (of, per) {
            rules.paces.push(Pace {
                of,
                per,
                minutes: own.minutes,
                most: own.most,
                weight: own.weight,
            });
        }
    }
    for (place, own) in body.signs.iter().enumerate() {
        let SignRuleBody { limit, weight, .. } = *own;
        match SignKind::by_name(&own.sign).filter(|kind| *kind != SignKind::Pace) {
            Some(kind) => {
                rules.signs.insert(kind, SignRule { limit, weight });
            }
            None => {
                let names = SignKind::ALL.map(SignKind::name)[1..].join(", ");
                let what = format!("is no sign; there are {names}");
                faults.push(Fault::new(format!("/signs/{place}/sign"), what));
            }
        }
    }
    match faults.is_empty() {
        true => Ok(rules),
        false => Err(Error::Invalid(faults)),
    }
}
