//! Orders: read, turned into events and written side by side.

use super::{ImportDone, ImportOptions, ImportProgress, Pulse, rejects};
use crate::app::Core;
use crate::input::{self, Timing};
use crate::lane::{Item, Reply, Tally};
use crate::rejects::Rejects;
use crate::rows::{self, Rows};
use crate::versions::Versions;
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_engine::event::Incoming;
use regulars_engine::needs;
use regulars_lake::Reject;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many parts of the file may be on their way into the database.
const AHEAD: usize = 4;

/// How often it is noted how far the import is.
const NOTED_EVERY: Duration = Duration::from_secs(2);

/// An import that is under way.
struct Import<'a> {
    core: &'a Core,
    tenant: TenantId,
    /// The bookmark's name.
    job: String,
    versions: Arc<Versions>,
    /// Whether the events that are under way go through one lane, because some of them may draw on
    /// what all members share: then their order decides who gets the last of it.
    in_order: bool,
    /// How many events an earlier import of this file had written.
    skip: u64,
    /// How many events were met so far.
    met: u64,
    under_way: VecDeque<Sent>,
    rejects: Rejects,
    done: ImportDone,
    noted: Instant,
}

/// A part of the file that is on its way into the database.
struct Sent {
    tally: Arc<Tally>,
    events: u64,
    /// Events of the file up to its end.
    upto: u64,
    /// The line of each event.
    lines: Vec<u64>,
}

pub(super) fn import(
    app: &App,
    tenant: TenantId,
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<ImportDone, Error> {
    let (_, program) = app.program_in_force(tenant, app.now())?;
    let mut rows = Rows::open(options, &program)?;
    let mut import = begin(app, tenant, options, &rows)?;
    let mut pulse = Pulse {
        tell: progress,
        told: None,
    };
    loop {
        let part = match rows.next() {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => {
                import.settle(0)?;
                return Err(rows::failed(options, &error));
            }
        };
        for reject in &part.rejects {
            import.rejects.write(reject)?;
        }
        import.send(part.events)?;
        import.settle(AHEAD)?;
        if !pulse.beat(import.progress(part.done, &rows)) {
            import.done.stopped = true;
            break;
        }
    }
    import.settle(0)?;
    import.done.rows = rows.rows;
    if !import.done.stopped {
        (pulse.tell)(import.progress(rows.total(), &rows));
    }
    import.finish()
}

/// An import that goes on where an earlier one of the same file stopped.
fn begin<'a>(
    app: &'a App,
    tenant: TenantId,
    options: &ImportOptions,
    rows: &Rows,
) -> Result<Import<'a>, Error> {
    let core = app.core();
    let job = format!("import/{}/{}", rows.source(), rows.digest());
    let noted = core.pool.with(|store| Ok(store.bookmark(tenant, &job)?))?;
    let skip = noted.and_then(|noted| noted.parse().ok()).unwrap_or(0);
    Ok(Import {
        core,
        tenant,
        versions: app.versions(tenant)?,
        in_order: false,
        job,
        skip,
        met: 0,
        under_way: VecDeque::new(),
        rejects: Rejects::new(rejects(options)),
        done: ImportDone {
            found: rows.found(),
            resumed: skip > 0,
            ..ImportDone::default()
        },
        noted: Instant::now(),
    })
}

impl Import<'_> {
    /// Sends events on their way; those that an earlier import had written are left out.
    fn send(&mut self, events: Vec<(u64, Incoming)>) -> Result<(), Error> {
        // One lane keeps the order by itself.
        let draws = |(_, incoming): &(u64, Incoming)| self.may_draw(incoming);
        self.turn(self.core.lanes.len() > 1 && events.iter().any(draws))?;
        let left_out = self.skip.saturating_sub(self.met);
        self.met += events.len() as u64;
        let left_out = usize::try_from(left_out)
            .unwrap_or(usize::MAX)
            .min(events.len());
        self.done.duplicates += left_out as u64;
        // Asked for each part: the ids of new members begin with it, and members who come one after
        // the other shall stand side by side.
        let now = self.core.config.clock.now();
        let tally = Arc::new(Tally::default());
        let mut lanes: Vec<Vec<Item>> = self.core.lanes.iter().map(|_| Vec::new()).collect();
        let mut lines = Vec::with_capacity(events.len() - left_out);
        for (line, incoming) in events.into_iter().skip(left_out) {
            let number = lines.len() as u64;
            lines.push(line);
            let lane = match self.in_order {
                true => 0,
                false => self.core.lane_number(self.tenant, &incoming),
            };
            match input::prepare(incoming, &[], Timing::History, now) {
                Ok(prepared) => {
                    let reply = Reply::Tally(Arc::clone(&tally), number);
                    lanes[lane].push(Item::new(prepared, reply));
                }
                Err(error) => tally.fail(number, error),
            }
        }
        for (lane, items) in self.core.lanes.iter().zip(lanes) {
            lane.push(self.tenant, items);
        }
        self.under_way.push_back(Sent {
            tally,
            events: lines.len() as u64,
            upto: self.met,
            lines,
        });
        Ok(())
    }

    /// Whether the event may draw on what all members share.
    fn may_draw(&self, incoming: &Incoming) -> bool {
        let event = &incoming.event;
        let program = self.versions.at(event.occurred_at);
        // Whoever belongs to a group shares its wallet with others, who may be anywhere in the file.
        program.is_ok_and(|(_, program)| {
            let needs = needs(program, event);
            // What a sale gives to staff comes into another wallet, whose limits and tier it moves.
            !program.groups.is_empty() || !needs.shared.is_empty() || needs.staff.is_some()
        })
    }

    /// From all lanes to one, or back. A customer's events change lanes then, so what is under way
    /// is waited for first.
    fn turn(&mut self, in_order: bool) -> Result<(), Error> {
        if self.in_order != in_order {
            self.settle(0)?;
            self.in_order = in_order;
        }
        Ok(())
    }

    /// Waits until at most so many parts are under way.
    fn settle(&mut self, most: usize) -> Result<(), Error> {
        while self.under_way.len() > most {
            let Some(sent) = self.under_way.pop_front() else {
                return Ok(());
            };
            self.count(&sent)?;
            if sent.upto > self.skip && self.noted.elapsed() >= NOTED_EVERY {
                self.note(sent.upto)?;
            }
        }
        Ok(())
    }

    fn count(&mut self, sent: &Sent) -> Result<(), Error> {
        let mut sums = sent.tally.wait(sent.events);
        let failed = std::mem::take(&mut sums.failed);
        self.done.events += sent.events - sums.duplicates - failed.len() as u64;
        self.done.duplicates += sums.duplicates;
        self.done.refused += sums.refused;
        drop(sums);
        for (number, error) in failed {
            if !is_about_the_row(&error) {
                return Err(error);
            }
            let line = usize::try_from(number)
                .ok()
                .and_then(|at| sent.lines.get(at));
            self.rejects.write(&Reject {
                line: line.copied().unwrap_or_default(),
                reason: error.to_string(),
                text: String::new(),
                order: None,
            })?;
        }
        Ok(())
    }

    fn progress(&self, done: u64, rows: &Rows) -> ImportProgress {
        ImportProgress {
            done,
            total: rows.total(),
            rows: rows.rows,
            events: self.done.events + self.done.duplicates,
            rejected: self.rejects.count,
        }
    }

    /// Everything up to here is written: an import of the same file goes on from here.
    fn note(&mut self, upto: u64) -> Result<(), Error> {
        self.bookmark(Some(upto.to_string()))?;
        self.noted = Instant::now();
        Ok(())
    }

    fn bookmark(&self, value: Option<String>) -> Result<(), Error> {
        let (tenant, job) = (self.tenant, self.job.clone());
        self.core
            .write(move |store| Ok(store.set_bookmark(tenant, &job, value.as_deref())?))
    }

    fn finish(mut self) -> Result<ImportDone, Error> {
        if self.done.stopped {
            self.note(self.met)?;
        } else {
            // The whole file is in. Should it come again, its keys will say so.
            self.bookmark(None)?;
        }
        self.done.rejected = self.rejects.count;
        self.done.rejects = self.rejects.finish()?;
        Ok(self.done)
    }
}

/// Whether the error is the row's own, so that the others can go on.
const fn is_about_the_row(error: &Error) -> bool {
    matches!(
        error,
        Error::Invalid(_) | Error::KeyReused(_) | Error::NotFound { .. } | Error::Bug(_)
    )
}
