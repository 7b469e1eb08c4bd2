//! Members: each row is an enrolment, with the identities that the row names.

use super::{ImportDone, ImportOptions, ImportProgress, Pulse, rejects};
use crate::members::{Identity, NewMember};
use crate::rejects::Rejects;
use crate::rows::{self, CUSTOMER};
use crate::{App, Error};
use regulars_base::{EventKey, TenantId, Text, Timestamp};
use regulars_engine::outcome::Verdict;
use regulars_lake::{Batch, Field, Reader, Reject, Table};
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
    let (_, program) = app.program_in_force(tenant, app.now())?;
    let lake = rows::lake_options(options, Table::Members, &program)?;
    let mut reader = rows::open(options, &lake)?;
    let source = rows::source(options)?;
    let mut rejects = Rejects::new(rejects(options));
    let mut done = ImportDone {
        found: reader.found().to_string(),
        ..ImportDone::default()
    };
    let mut pulse = Pulse {
        tell: progress,
        told: None,
    };
    while let Some(chunk) = reader.next().map_err(|e| rows::failed(options, &e))? {
        for reject in &chunk.rejects {
            rejects.write(reject)?;
        }
        done.rows += (chunk.batch.len() + chunk.rejects.len()) as u64;
        for row in 0..chunk.batch.len() {
            let new = person(&reader, &chunk.batch, row, &source);
            if let Some(error) = enrol(app, tenant, new, &mut done)? {
                rejects.write(&Reject {
                    line: chunk.batch.line(row),
                    reason: error.to_string(),
                    text: String::new(),
                    order: None,
                })?;
            }
            let told = ImportProgress {
                done: chunk.done,
                total: reader.total(),
                rows: done.rows,
                events: done.events + done.duplicates,
                rejected: rejects.count,
            };
            if !pulse.beat(told) {
                done.stopped = true;
                break;
            }
        }
        if done.stopped {
            break;
        }
    }
    done.rejected = rejects.count;
    done.rejects = rejects.finish()?;
    Ok(done)
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
        Err(error @ (Error::Invalid(_) | Error::KeyReused(_) | Error::IdentityTaken { .. })) => {
            Ok(Some(error))
        }
        Err(error) => Err(error),
    }
}

fn person(reader: &Reader, batch: &Batch, row: usize, source: &Text) -> NewMember {
    let mut identities = Vec::new();
    for (field, kind) in IDENTITIES {
        let value = reader.text(batch, field, row);
        // The reader refuses rows with texts that are none of ours.
        if let (Some(Ok(value)), Ok(kind)) = (value.map(Text::new), Text::new(kind)) {
            identities.push(Identity { kind, value });
        }
    }
    let customer = reader.text(batch, Field::Customer, row).unwrap_or_default();
    let external_id = Text::new(format!("member/{customer}")).unwrap_or_default();
    NewMember {
        key: EventKey {
            source: source.clone(),
            external_id,
        },
        identities,
        attributes: BTreeMap::new(),
        occurred_at: batch.number(Field::Time, row).map(Timestamp::from_micros),
        referral_code: None,
    }
}
