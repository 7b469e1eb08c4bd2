//! Who gets a send: page by page, in the order of members, everybody of its audience gets a row.
//!
//! The oldest send is planned first, by whoever writes a page first; so two sends never count what a member got
//! lately at the same time, and a cap holds across all of them.

use super::addressee::{Desk, Known};
use super::template::Compiled;
use super::{Audience, Kept, channel, confirm, kept};
use crate::app::Core;
use crate::{App, Error};
use regulars_base::{MemberId, TenantId};
use regulars_engage::{Channel, Sending, holdout};
use regulars_store::{MessageRow, MessageStage, RecommendedRow, SendPlan, SendRow, Store};
use std::time::Duration;

/// So many members are looked at together.
const TOGETHER: usize = 1000;
/// So many pages are planned in a turn; then it is another tenant's.
const TURN: usize = 10;
/// How often a server looks whether something is to be planned.
const EVERY: Duration = Duration::from_millis(500);
/// Why a message waits for the night to end.
pub(super) const QUIET: &str = "quiet_hours";
/// What becomes of everybody where the template cannot be written any more.
const TEMPLATE: &str = "template_wrong";

/// Plans until the app is closed.
pub(crate) fn run(core: &Core) {
    while !core.stop.wait(EVERY) {
        while core.plan_round() {}
    }
}

impl App {
    /// Plans all sends that wait for it; how many members got a row. The server does so by itself.
    pub fn plan_sends(&self, tenant: TenantId) -> Result<usize, Error> {
        self.core().plan_sends(tenant)
    }
}

impl Core {
    fn plan_sends(&self, tenant: TenantId) -> Result<usize, Error> {
        let mut planned = 0;
        while let Some(rows) = self.plan_turn(tenant)? {
            planned += rows;
        }
        Ok(planned)
    }

    /// One turn of each tenant, in their order; whether one of them has more to plan.
    fn plan_round(&self) -> bool {
        let tenants = self.pool.with(|store| Ok(store.tenants()?));
        let mut more = false;
        for tenant in tenants.unwrap_or_default() {
            match self.plan_turn(tenant.id) {
                Ok(turn) => more |= turn.is_some(),
                Err(error) => {
                    tracing::warn!(%error, tenant = tenant.name, "messages could not be planned, and are again");
                }
            }
        }
        more
    }

    /// Plans a few pages of the oldest send; how many members got a row. Nothing where nothing is to be planned.
    fn plan_turn(&self, tenant: TenantId) -> Result<Option<usize>, Error> {
        if self.stop.wait(Duration::ZERO) {
            return Ok(None);
        }
        let next = self.pool.with(|store| Ok(store.send_to_plan(tenant)?))?;
        next.map(|row| self.plan_one(tenant, row)).transpose()
    }

    /// Plans one send to its end, to that of its turn, or until somebody else is faster.
    fn plan_one(&self, tenant: TenantId, mut row: SendRow) -> Result<usize, Error> {
        let kept = kept(&row)?;
        let desk = Desk::open(self, tenant, channel(&kept.channel)?)?;
        let template = kept.says.compiled(desk.program());
        if let Err(error) = &template {
            tracing::warn!(%error, send = row.id, "its template names what the program no longer has");
        }
        let template = template.ok();
        let mut planned = 0;
        for _ in 0..TURN {
            let (rows, noted, after, done) = self.pool.with(|store| {
                let members = page(store, tenant, &kept, row.after)?;
                let mut known = desk.look(store, &members, true)?;
                // A letter to one member is no campaign.
                let is_campaign = matches!(kept.audience, Audience::Segment(_));
                for own in &mut known {
                    own.who.in_control_group = is_campaign && desk.is_in_control_group(own.member);
                    own.who.held_out =
                        holdout::is_held_out(&desk.secret, &row.id, own.member, kept.hold_out);
                }
                if let Some(template) = &template {
                    desk.recommend(store, &mut known, (template, false))?;
                }
                let rows: Vec<MessageRow> = known
                    .iter()
                    .map(|own| written(&desk, &row, &kept, own, template.as_ref()))
                    .collect::<Result<_, _>>()?;
                let noted: Vec<RecommendedRow> = known.iter_mut().flat_map(Known::noted).collect();
                Ok((
                    rows,
                    noted,
                    members.last().copied().or(row.after),
                    members.len() < TOGETHER,
                ))
            })?;
            let (count, id, seen) = (rows.len(), row.id.clone(), row.after);
            let moved = self.write(move |store| {
                let plan = SendPlan {
                    send: &id,
                    seen,
                    after,
                    done,
                    rows: &rows,
                };
                let moved = store.plan_send(tenant, &plan)?;
                if moved && !noted.is_empty() {
                    store.note_recommended(tenant, &noted)?;
                }
                Ok(moved)
            })?;
            if !moved {
                return Ok(planned);
            }
            planned += count;
            row.after = after;
            if done || self.stop.wait(Duration::ZERO) {
                return Ok(planned);
            }
        }
        Ok(planned)
    }
}

/// The next members of an audience.
fn page(
    store: &mut dyn Store,
    tenant: TenantId,
    kept: &Kept,
    after: Option<MemberId>,
) -> Result<Vec<MemberId>, Error> {
    match &kept.audience {
        Audience::Member(id) => Ok(match after {
            None => vec![*id],
            Some(_) => Vec::new(),
        }),
        Audience::Segment(segment) => {
            let members = store.segment_members(tenant, segment, after, TOGETHER)?;
            Ok(members.into_iter().map(|(id, _)| id).collect())
        }
        // A journey writes its messages itself.
        Audience::Journey(_) => Ok(Vec::new()),
    }
}

/// The row of a member.
pub(super) fn written(
    desk: &Desk,
    send: &SendRow,
    kept: &Kept,
    known: &Known,
    template: Option<&Compiled>,
) -> Result<MessageRow, Error> {
    let now = desk.now();
    let comes = kept.channel != Channel::Inbox.name();
    let mut row = MessageRow {
        send: send.id.clone(),
        member: known.member,
        channel: kept.channel.clone(),
        stage: MessageStage::NotSent,
        reason: String::new(),
        at: now,
        due: None,
        tries: 0,
        counts: comes && !confirm::is_letter(&send.id),
        address: None,
        content: None,
    };
    let (due, template) = match (desk.sending_of(known, &send.id), template) {
        (Sending::Not(reason), _) => {
            reason.code().clone_into(&mut row.reason);
            return Ok(row);
        }
        (_, None) => {
            TEMPLATE.clone_into(&mut row.reason);
            return Ok(row);
        }
        (Sending::Send, Some(template)) => (now, template),
        (Sending::Wait(until), Some(template)) => {
            QUIET.clone_into(&mut row.reason);
            (until, template)
        }
    };
    let says = desk.rendered(known, template);
    row.content =
        Some(serde_json::to_string(&says).map_err(|error| Error::Bug(error.to_string()))?);
    row.address = desk.hash(known);
    // What lies in the inbox has arrived.
    (row.stage, row.due) = match comes {
        true => (MessageStage::Waiting, Some(due)),
        false => (MessageStage::Sent, None),
    };
    Ok(row)
}
