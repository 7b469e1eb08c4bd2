//! Members: each row is an enrolment, with the identities that the row names.

use super::{At, ImportDone, ImportOptions, ImportProgress, each_row};
use crate::members::{Identity, MemberRef, NewMember};
use crate::portal::own_key;
use crate::rows::{self, CUSTOMER};
use crate::{App, Error};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::outcome::Verdict;
use regulars_lake::{Field, Table};
use std::collections::BTreeMap;

/// Which columns name which identities.
const IDENTITIES: [(Field, &str); 5] = [
    (Field::Customer, CUSTOMER),
    (Field::Email, "email"),
    (Field::Phone, "phone"),
    (Field::Card, "card"),
    // Under this one those who sell are found when a sale names them.
    (Field::Staff, "staff"),
];

pub(super) fn import(
    app: &App,
    tenant: TenantId,
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<ImportDone, Error> {
    let source = rows::source(options)?;
    let ask = (tenant, Table::Members);
    each_row(app, ask, options, progress, |at, _, done| {
        enrol(app, tenant, person(&at, &source), done)
    })
}

/// Enrols one; the row's own error comes back, any other ends the import.
fn enrol(
    app: &App,
    tenant: TenantId,
    new: NewMember,
    done: &mut ImportDone,
) -> Result<Option<Error>, Error> {
    match app.enrol(tenant, new) {
        Ok((_, receipt)) => {
            done.events += u64::from(!receipt.duplicate);
            done.duplicates += u64::from(receipt.duplicate);
            let refused = receipt.verdict != Verdict::Accepted && !receipt.duplicate;
            done.refused += u64::from(refused);
            Ok(None)
        }
        Err(error) => of_the_row(error).map(Some),
    }
}

/// What is wrong with a row is told of the row; anything else ends the import.
pub(super) fn of_the_row(error: Error) -> Result<Error, Error> {
    match error {
        Error::Invalid(_) | Error::KeyReused(_) | Error::IdentityTaken { .. } => Ok(error),
        other => Err(other),
    }
}

/// The member whom a row is of, who becomes one if they are none.
pub(super) fn joined(
    app: &App,
    tenant: TenantId,
    identities: Vec<Identity>,
) -> Result<MemberId, Error> {
    for identity in &identities {
        match app.member(tenant, &MemberRef::Identity(identity.clone())) {
            Ok(member) if member.enrolled_at.is_some() => return Ok(member.id),
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let new = NewMember {
        key: own_key("moved-in")?,
        identities,
        attributes: BTreeMap::new(),
        occurred_at: None,
        referral_code: None,
    };
    Ok(app.enrol(tenant, new)?.0.id)
}

/// All that a row names somebody by.
pub(super) fn identities(at: &At<'_>) -> Vec<Identity> {
    let mut identities = Vec::new();
    for (field, kind) in IDENTITIES {
        let value = at.reader.text(at.batch, field, at.row);
        // The reader refuses rows with texts that are none of ours.
        if let (Some(Ok(value)), Ok(kind)) = (value.map(Text::new), Text::new(kind)) {
            identities.push(Identity { kind, value });
        }
    }
    identities
}

fn person(at: &At<'_>, source: &Text) -> NewMember {
    let customer = at.reader.text(at.batch, Field::Customer, at.row);
    let external_id = Text::new(format!("member/{}", customer.unwrap_or_default()));
    let joined = at.batch.number(Field::Time, at.row);
    NewMember {
        key: EventKey {
            source: source.clone(),
            external_id: external_id.unwrap_or_default(),
        },
        identities: identities(at),
        attributes: BTreeMap::new(),
        occurred_at: joined.map(Timestamp::from_micros),
        referral_code: None,
    }
}
