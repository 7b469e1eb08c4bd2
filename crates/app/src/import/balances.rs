//! Balances of another program: whoever is not a member yet becomes one, and what they hold there is taken
//! over with the end that it was promised.
//!
//! A row says who, how many points, and, if it likes, until when they are good. Somebody may have several,
//! with different ends. The events' ids are made of the member, the points and the end, so the same file
//! again, or a newer one of the same program, takes over nothing twice.

use super::people::{identities, joined, of_the_row};
use super::{At, BalanceProof, ImportDone, ImportOptions, ImportProgress, each_row};
use crate::members::MemberRef;
use crate::membership::as_sent;
use crate::{App, Error, rows};
use regulars_base::{EventKey, TenantId, Text, Timestamp, Zone};
use regulars_engine::Program;
use regulars_engine::event::{Kind, OpeningBalance};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::Points;
use regulars_lake::{Field, Table};
use std::collections::BTreeMap;

pub(super) fn import(
    app: &App,
    tenant: TenantId,
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<ImportDone, Error> {
    let mut moving = Moving {
        app,
        tenant,
        source: rows::source(options)?,
        points: options.points.as_deref(),
        proofs: BTreeMap::new(),
        seen: BTreeMap::new(),
    };
    let ask = (tenant, Table::Balances);
    let mut done = each_row(app, ask, options, progress, |at, program, done| {
        moving.take(&at, program, done)
    })?;
    done.balances = moving.proofs.into_values().collect();
    Ok(done)
}

/// A balance that is brought here.
struct Moving<'a> {
    app: &'a App,
    tenant: TenantId,
    /// Where they were held: the file's name, or what it is said to be of.
    source: Text,
    points: Option<&'a str>,
    proofs: BTreeMap<String, BalanceProof>,
    /// How many balances were alike so far.
    seen: BTreeMap<String, u32>,
}

impl Moving<'_> {
    /// Takes a row; what is wrong with it comes back, anything else ends the import.
    fn take(
        &mut self,
        at: &At<'_>,
        program: &Program,
        done: &mut ImportDone,
    ) -> Result<Option<Error>, Error> {
        let named = at
            .reader
            .text(at.batch, Field::Points, at.row)
            .or(self.points);
        let points = match points(program, named) {
            Ok(points) => points,
            // What no row says is not the row's fault.
            Err(error) if named.is_none() => return Err(error),
            Err(error) => return Ok(Some(error)),
        };
        let held = at.batch.number(Field::Balance, at.row).unwrap_or(0);
        let amount = match in_units(held, points.decimals) {
            Ok(amount) => amount,
            Err(error) => return Ok(Some(error)),
        };
        self.proof(points).in_file += i128::from(amount);
        let balance = OpeningBalance {
            points: text(&points.id)?,
            amount,
            expires_at: expires(&program.zone, at),
            from: self.source.clone(),
        };
        match self.bring(identities(at), balance) {
            Ok(None) => Ok(None),
            Ok(Some(receipt)) => {
                done.events += u64::from(!receipt.duplicate);
                done.duplicates += u64::from(receipt.duplicate);
                let proof = self.proof(points);
                match receipt.verdict {
                    Verdict::Accepted => {
                        let moved = receipt
                            .points
                            .iter()
                            .filter(|own| own.points == points.name);
                        proof.in_ledger += moved.map(|own| i128::from(own.change)).sum::<i128>();
                        Ok(None)
                    }
                    Verdict::Refused(_) => {
                        proof.not_taken += i128::from(amount);
                        done.refused += u64::from(!receipt.duplicate);
                        let why = receipt.reasons().pop().unwrap_or_default();
                        Ok(Some(Error::invalid("/balance", why)))
                    }
                }
            }
            Err(error) => {
                let error = of_the_row(error)?;
                self.proof(points).not_taken += i128::from(amount);
                Ok(Some(error))
            }
        }
    }

    fn proof(&mut self, points: &Points) -> &mut BalanceProof {
        let entry = self.proofs.entry(points.id.clone());
        entry.or_insert_with(|| BalanceProof {
            points: points.id.clone(),
            decimals: points.decimals,
            ..BalanceProof::default()
        })
    }

    /// The receipt of the balance; nothing for a balance of nothing, whose holder becomes a member.
    fn bring(
        &mut self,
        identities: Vec<crate::members::Identity>,
        balance: OpeningBalance,
    ) -> Result<Option<crate::Receipt>, Error> {
        let member = joined(self.app, self.tenant, identities)?;
        if balance.amount == 0 {
            return Ok(None);
        }
        let end = balance.expires_at.map(|at| at.to_string());
        let alike = format!("{member}/{}/{}", balance.points, end.unwrap_or_default());
        let seen = self.seen.entry(alike.clone()).or_default();
        *seen += 1;
        let key = EventKey {
            source: self.source.clone(),
            external_id: text(&format!("balance/{alike}/{seen}"))?,
        };
        let kind = Kind::OpeningBalance(Box::new(balance));
        let event = as_sent(&MemberRef::Id(member), key, kind);
        self.app.ingest_one(self.tenant, event).map(Some)
    }
}

/// The points of this id, or the only ones.
fn points<'p>(program: &'p Program, id: Option<&str>) -> Result<&'p Points, Error> {
    let ids = || {
        let ids: Vec<_> = program.points.iter().map(|own| own.id.as_str()).collect();
        ids.join(", ")
    };
    match (id, &program.points[..]) {
        (None, [only]) => Ok(only),
        (None, _) => {
            let what = format!(
                "does not say which points: name one of {} by --points",
                ids()
            );
            Err(Error::invalid("/points", what))
        }
        (Some(id), all) => all.iter().find(|own| own.id == id).ok_or_else(|| {
            let what = format!("`{id}` is none of the program's points: {}", ids());
            Error::invalid("/points", what)
        }),
    }
}

/// Thousandths in the smallest unit of points with so many decimals.
fn in_units(thousandths: i64, decimals: u8) -> Result<i64, Error> {
    let wrong = |what: String| Err(Error::invalid("/balance", what));
    if thousandths < 0 {
        return wrong("is below zero: what a member owes is not taken over".to_owned());
    }
    let scaled = i128::from(thousandths) * 10_i128.pow(u32::from(decimals));
    match (scaled % 1000, i64::try_from(scaled / 1000)) {
        (0, Ok(units)) => Ok(units),
        (0, Err(_)) => wrong("is beyond the range of points".to_owned()),
        _ => wrong(format!(
            "has more than the {decimals} decimals of these points"
        )),
    }
}

/// The first moment at which they are gone. A day without a time is the last on which they are good.
pub(super) fn expires(zone: &Zone, at: &At<'_>) -> Option<Timestamp> {
    let said = Timestamp::from_micros(at.batch.number(Field::Expires, at.row)?);
    let day = zone.day(said);
    Some(match zone.start_of(day) == said {
        true => zone.start_of(day.plus_days(1)),
        false => said,
    })
}

pub(super) fn text(own: &str) -> Result<Text, Error> {
    Text::new(own).map_err(|error| Error::Bug(error.to_string()))
}
