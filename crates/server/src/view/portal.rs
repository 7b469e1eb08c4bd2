//! What members see.

use super::{points, points_id, receipt};
use crate::auth;
use crate::language::reader;
use regulars_api::claim::ClaimOut;
use regulars_api::consent::ConsentEntryOut;
use regulars_api::ledger::LedgerEntryOut;
use regulars_api::portal::{
    AcceptedTermsOut, ExplainedPartOut, ExportedCaseOut, FaqOut, MeOut, MemberExportOut,
    MemberSessionOut, PortalOut, ReachableOut, TermsOut, TitledOut, WidgetOut,
};
use regulars_api::receipt::{PointsOut, Verdict};
use regulars_api::service::{CaseLineOut, CaseOut};
use regulars_app::{
    About, Cell, Claim, ConsentEntry, Error, Explained, Own, Reachable, Shown, SignedInMember,
};
use regulars_base::Timestamp;
use regulars_engine::Program;
use regulars_engine::program::words::summary::{Part, for_members};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What everybody may see.
pub(crate) fn portal(shop: &str, shown: &Shown) -> PortalOut {
    let Shown { portal, program } = shown;
    let faq = portal.faq.iter().map(|own| FaqOut {
        question: own.question.clone(),
        answer: own.answer.clone(),
    });
    let boards = program.games.boards.iter();
    let consents = program.activities.iter();
    PortalOut {
        shop: shop.to_owned(),
        title: portal.title.clone(),
        locale: program.locale.clone(),
        currency: program.currency.to_string(),
        colour: portal.colour.hex(),
        colour_dark: portal.colour_dark.hex(),
        logo: portal.logo.clone(),
        contact: portal.contact.clone(),
        terms: portal.terms.as_ref().map(|terms| TermsOut {
            version: terms.version.clone(),
            text: terms.text.clone(),
        }),
        faq: faq.collect(),
        explained: explained(program),
        points: program.points.iter().map(|own| own.id.clone()).collect(),
        tiers: tiers(program),
        leaderboards: boards.map(|own| titled(&own.id, &own.title)).collect(),
        consents: consents
            .filter(|own| own.consent.is_some())
            .map(|own| own.id.clone())
            .collect(),
        profile: program
            .profile
            .fields
            .iter()
            .map(|(id, _)| id.clone())
            .collect(),
        referral: program.referral.is_some(),
    }
}

fn titled(id: &str, title: &str) -> TitledOut {
    TitledOut {
        id: id.to_owned(),
        title: title.to_owned(),
    }
}

fn tiers(program: &Program) -> Vec<TitledOut> {
    let tiers = program.tiers.iter();
    tiers
        .map(|own| titled(&own.id, &in_words(&own.id)))
        .collect()
}

/// How the program works, from its file.
fn explained(program: &Program) -> Vec<ExplainedPartOut> {
    let part = |part: Part| ExplainedPartOut {
        kind: part.kind.to_owned(),
        says: part.lines(),
        title: part.name,
    };
    let parts = for_members(reader(program)).into_iter();
    parts.map(part).collect()
}

/// An id as people read it.
fn in_words(id: &str) -> String {
    id.replace(['-', '_'], " ")
}

/// A reward, as it stands for a member.
fn offer(program: &Program, own: &Reachable) -> ReachableOut {
    let reward = &program.rewards[own.place];
    let amounts = |list: &[(regulars_base::Name, i64)]| -> Vec<PointsOut> {
        let each = |(name, units): &(regulars_base::Name, i64)| PointsOut {
            points: points_id(program, *name),
            amount: points(program, *name, *units),
        };
        list.iter().map(each).collect()
    };
    let (verdict, code, detail) = receipt::verdict(program, &own.verdict);
    ReachableOut {
        reward: reward.id.clone(),
        title: reward.title.clone(),
        price: amounts(&own.price),
        missing: amounts(&own.missing),
        within_reach: verdict == Verdict::Accepted,
        code,
        detail,
        vouchers: own.vouchers,
    }
}

/// All that a member's first page shows.
pub(crate) fn me(own: Own) -> MeOut {
    let program = &own.balances.program;
    let decimals = |id: &str| {
        let found = program.points.iter().find(|points| points.id == id);
        found.map(|points| points.decimals)
    };
    let redemptions = own.redemptions.into_iter();
    let redemptions = redemptions.map(|view| super::redemption(view, &decimals));
    let terms = own.terms.into_iter().map(|(version, at)| AcceptedTermsOut {
        version,
        accepted_at: at.to_string(),
    });
    MeOut {
        rewards: own.rewards.iter().map(|it| offer(program, it)).collect(),
        redemptions: redemptions.collect(),
        balance: super::balance(&own.balances),
        member: super::member(own.member),
        nickname: own.nickname,
        referral_link: own.referral.as_ref().and_then(|it| it.link.clone()),
        referral_code: own.referral.map(|it| it.code),
        terms: terms.collect(),
    }
}

/// What the widget shows.
pub(crate) fn widget(shop: &str, shown: &Shown, own: &Own) -> WidgetOut {
    let Shown { portal, program } = shown;
    WidgetOut {
        shop: shop.to_owned(),
        title: portal.title.clone(),
        colour: portal.colour.hex(),
        colour_dark: portal.colour_dark.hex(),
        balance: super::balance(&own.balances),
        rewards: own
            .rewards
            .iter()
            .map(|it| offer(&own.balances.program, it))
            .collect(),
        tiers: tiers(program),
        survey: None,
    }
}

/// All that is kept about a member.
pub fn member_export(about: About<LedgerEntryOut>, now: Timestamp) -> MemberExportOut {
    let contacts = about.contacts.into_iter().map(super::own_contact);
    let first = about.own.balances.program.points.first();
    let decimals = first.map_or(0, |points| points.decimals);
    let cases = about.cases.into_iter().map(|(case, lines)| {
        let nobody = |line: CaseLineOut| CaseLineOut { by: None, ..line };
        ExportedCaseOut {
            case: CaseOut {
                agent: None,
                ..super::case(&case, now, decimals)
            },
            lines: lines
                .into_iter()
                .map(super::case_line)
                .map(nobody)
                .collect(),
        }
    });
    let mut kept = BTreeMap::<String, Vec<Map<String, Value>>>::new();
    for row in about.kept {
        let columns = row.columns.into_iter();
        let columns = columns.filter_map(|(name, cell)| Some((name.clone(), shown(&name, cell)?)));
        kept.entry(row.table).or_default().push(columns.collect());
    }
    MemberExportOut {
        made_at: now.to_string(),
        me: me(about.own),
        ledger: about.entries,
        consents: about.consents.into_iter().map(consent_entry).collect(),
        contacts: contacts.collect(),
        claims: about.claims.iter().map(own_claim).collect(),
        cases: cases.collect(),
        kept,
    }
}

/// A member allowed something, or took it back.
pub(crate) fn consent_entry(own: ConsentEntry) -> ConsentEntryOut {
    ConsentEntryOut {
        purpose: own.purpose,
        given: own.given,
        member: own.member.to_string(),
        at: own.at.to_string(),
        recorded_at: own.recorded_at.to_string(),
        source: own.source,
        said: own.said.into_iter().collect(),
        program_version: own.version,
        hash: own.hash,
    }
}

/// What a column says, for people: times as times, and what is kept as JSON as that.
fn shown(name: &str, cell: Cell) -> Option<Value> {
    let is_time = name.ends_with("_at") || ["at", "due", "since", "until"].contains(&name);
    match cell {
        Cell::Nothing => None,
        Cell::Number(micros) if is_time => Some(Timestamp::from_micros(micros).to_string().into()),
        Cell::Number(number) => Some(number.into()),
        Cell::Text(text) if text.starts_with(['{', '[']) => {
            Some(serde_json::from_str(&text).unwrap_or(Value::String(text)))
        }
        Cell::Text(text) => Some(text.into()),
        Cell::Bytes(bytes) => Some(
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into(),
        ),
    }
}

/// A line of a member's own ledger: the reasons, not who of the shop did something by hand.
pub fn own_entry(entry: &Explained) -> LedgerEntryOut {
    LedgerEntryOut {
        by: None,
        ..super::entry(entry)
    }
}

/// A claim as the member sees it: how it stands, not who of the shop decided.
pub(crate) fn own_claim(claim: &Claim) -> ClaimOut {
    ClaimOut {
        decided_by: None,
        ..super::claim(claim)
    }
}

/// What is missing where a shop has no pages for members.
pub(crate) fn no_portal(shop: &str) -> Error {
    Error::NotFound {
        what: "portal",
        name: shop.chars().take(100).collect(),
    }
}

/// Who is signed in, and the token that their page has to send.
pub(crate) fn member_session(
    shop: String,
    session: SignedInMember,
    secret: &str,
    joined: bool,
) -> MemberSessionOut {
    MemberSessionOut {
        shop,
        member: session.member.to_string(),
        expires_at: session.expires_at.to_string(),
        csrf_token: auth::csrf_token(secret, false),
        terms_due: session.terms_due,
        joined,
    }
}
