//! Tiers of another program: whoever is not a member yet becomes one, and does not fall below the tier that they
//! had there until the day that is said.
//!
//! It is a tier given by hand, with where it was held as the reason: from its end on the member's own figures count,
//! and before it they may rise by them. Nothing of what they once did for it comes along, since it was not done here.
//! The events' ids are made of the member, the tier and the end, so the same file again gives nothing twice.

use super::balances::{expires, text};
use super::people::{identities, joined, of_the_row};
use super::{At, ImportDone, ImportOptions, ImportProgress, TierEnd, TierProof, each_row};
use crate::members::MemberRef;
use crate::membership::as_sent;
use crate::{App, Error, rows};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Kind, TierGrant};
use regulars_engine::outcome::Verdict;
use regulars_lake::{Field, Table};
use std::collections::BTreeMap;

/// What the file calls a tier that is none here.
const NONE: &str = "-";

pub(super) fn import(
    app: &App,
    tenant: TenantId,
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<ImportDone, Error> {
    let (_, program) = app.program_in_force(tenant, app.now())?;
    let mut moving = Moving {
        app,
        tenant,
        source: rows::source(options)?,
        levels: levels(&options.levels, &program)?,
        end: options.tiers_end,
        of: BTreeMap::new(),
        places: BTreeMap::new(),
        rows: Vec::new(),
        not_taken: vec![0; program.tiers.len()],
    };
    let ask = (tenant, Table::Tiers);
    let mut done = each_row(app, ask, options, progress, |at, program, done| {
        moving.take(&at, program, done)
    })?;
    done.tiers = moving.proofs(&program)?;
    Ok(done)
}

/// What tiers of the file are called here: their places, or nothing for what is no tier here.
fn levels(said: &[String], program: &Program) -> Result<BTreeMap<String, Option<usize>>, Error> {
    let mut levels = BTreeMap::new();
    for pair in said {
        let wrong = |what: String| Error::invalid("/levels", what);
        let split = pair.rsplit_once('=').filter(|own| !own.0.is_empty());
        let (level, tier) = split.ok_or_else(|| {
            let what = format!("`{pair}` is not LEVEL=TIER: the tier in the file, then ours");
            wrong(what)
        })?;
        let place = match tier {
            NONE => None,
            tier => Some(place(program, tier).ok_or_else(|| {
                let what = format!("`{tier}` is no tier of the program: {}", ids(program));
                wrong(what)
            })?),
        };
        if levels.insert(level.to_lowercase(), place).is_some() {
            return Err(wrong(format!("`{level}` is said twice")));
        }
    }
    Ok(levels)
}

/// The tier of this id.
fn place(program: &Program, id: &str) -> Option<usize> {
    let is = |own: &regulars_engine::program::TierRule| own.id.eq_ignore_ascii_case(id);
    program.tiers.iter().position(is)
}

fn ids(program: &Program) -> String {
    let ids: Vec<&str> = program.tiers.iter().map(|own| own.id.as_str()).collect();
    match ids.is_empty() {
        true => "it has none".to_owned(),
        false => ids.join(", "),
    }
}

/// Tiers that are brought here.
struct Moving<'a> {
    app: &'a App,
    tenant: TenantId,
    /// Where they were held: the file's name, or what it is said to be of.
    source: Text,
    levels: BTreeMap<String, Option<usize>>,
    end: Option<TierEnd>,
    /// The highest tier that each member was given by this file.
    of: BTreeMap<MemberId, usize>,
    /// What a tier of the file is here, as far as it was met.
    places: BTreeMap<String, Option<usize>>,
    /// Rows that were taken: whose, and which tier.
    rows: Vec<(MemberId, usize)>,
    /// How many rows of each tier were not.
    not_taken: Vec<u64>,
}

impl Moving<'_> {
    /// Takes a row; what is wrong with it comes back, anything else ends the import.
    fn take(
        &mut self,
        at: &At<'_>,
        program: &Program,
        done: &mut ImportDone,
    ) -> Result<Option<Error>, Error> {
        let level = at.reader.text(at.batch, Field::Tier, at.row);
        let place = match level.map(|level| self.place(program, level)).transpose() {
            // In a lowest tier are all who are members.
            Ok(place) => place.flatten().unwrap_or(0),
            Err(error) => return Ok(Some(error)),
        };
        let until = match (expires(&program.zone, at), self.end) {
            (Some(at), _) | (None, Some(TierEnd::At(at))) => Some(at),
            (None, Some(TierEnd::Never)) => None,
            // What no row says is not the row's fault.
            (None, None) if place > 0 => {
                let what = "is missing: until when members keep the tier that they had, before their own figures \
                            count; say it with --until DAY, or --until never";
                return Err(Error::invalid("/until", what));
            }
            (None, None) => None,
        };
        let taken = self.row(at, program, (place, until), done);
        let wrong = match taken {
            Ok(Ok(member)) => {
                if level.is_some() {
                    self.rows.push((member, place));
                }
                return Ok(None);
            }
            Ok(Err(why)) => why,
            Err(error) => of_the_row(error)?,
        };
        if let (Some(not_taken), true) = (self.not_taken.get_mut(place), level.is_some()) {
            *not_taken += 1;
        }
        Ok(Some(wrong))
    }

    /// The tier of the program that one of the file is; nothing if it is none here.
    fn place(&mut self, program: &Program, level: &str) -> Result<Option<usize>, Error> {
        if let Some(known) = self.places.get(level) {
            return Ok(*known);
        }
        let said = self.levels.get(&level.to_lowercase()).copied();
        let found = said.or_else(|| place(program, level).map(Some));
        let found = found.ok_or_else(|| {
            let what = format!(
                "`{level}` is no tier of the program ({}): say which it is with --level {level}=TIER, or \
                 --level {level}=- if it is none here",
                ids(program)
            );
            Error::invalid("/tier", what)
        })?;
        self.places.insert(level.to_owned(), found);
        Ok(found)
    }

    /// Whose row it is, who has the tier from now on; or why they have not.
    fn row(
        &mut self,
        at: &At<'_>,
        program: &Program,
        (place, until): (usize, Option<Timestamp>),
        done: &mut ImportDone,
    ) -> Result<Result<MemberId, Error>, Error> {
        let member = joined(self.app, self.tenant, identities(at))?;
        // Of several tiers (one of each set there) the highest counts.
        if place == 0 || self.of.get(&member).is_some_and(|own| *own >= place) {
            return Ok(Ok(member));
        }
        let receipt = self.give(member, (program.tiers[place].id.as_str(), until))?;
        done.events += u64::from(!receipt.duplicate);
        done.duplicates += u64::from(receipt.duplicate);
        if let Verdict::Refused(_) = receipt.verdict {
            done.refused += u64::from(!receipt.duplicate);
            let why = receipt.reasons().pop().unwrap_or_default();
            return Ok(Err(Error::invalid("/tier", why)));
        }
        self.of.insert(member, place);
        Ok(Ok(member))
    }

    fn give(
        &self,
        member: MemberId,
        (tier, until): (&str, Option<Timestamp>),
    ) -> Result<crate::Receipt, Error> {
        let end = until.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let key = EventKey {
            source: self.source.clone(),
            external_id: text(&format!("tier/{member}/{tier}/{end}"))?,
        };
        let grant = TierGrant {
            tier: text(tier)?,
            until,
            reason: text(&format!("held in {}", self.source))?,
            by: self.source.clone(),
        };
        let event = as_sent(&MemberRef::Id(member), key, Kind::TierGrant(grant));
        self.app.ingest_one(self.tenant, event)
    }

    /// Where those of the rows stand, as it is read anew.
    fn proofs(&self, program: &Program) -> Result<Vec<TierProof>, Error> {
        let each = program.tiers.iter().zip(&self.not_taken);
        let mut proofs: Vec<TierProof> = each
            .map(|(tier, not_taken)| TierProof {
                tier: tier.id.clone(),
                in_file: *not_taken,
                standing: 0,
                not_taken: *not_taken,
            })
            .collect();
        let tenant = self.tenant;
        self.app.core().pool.with(|store| {
            for (member, place) in &self.rows {
                let row = store.wallet(tenant, *member)?;
                let stands = row.map_or(0, |row| program.tier_at(row.state.tier.name));
                let proof = &mut proofs[*place];
                proof.in_file += 1;
                proof.standing += u64::from(stands >= *place);
            }
            Ok(())
        })?;
        proofs.retain(|own| own.in_file > 0);
        Ok(proofs)
    }
}
