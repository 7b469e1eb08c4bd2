//! Messages of journeys: written when a journey comes to a step that sends one, into the same outbox and by the
//! same rules as any other.

use super::addressee::{Desk, Known};
use super::plan::written;
use super::template::{Compiled, Kept as Template};
use super::{Audience, Kept, SEND, TEMPLATE};
use crate::Error;
use crate::app::Core;
use crate::people::read;
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engage::Channel;
use regulars_store::{MessageRow, SendRow, SendStage};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A message that a journey sends.
pub(crate) struct Letter {
    pub(crate) member: MemberId,
    /// The journey's id and name.
    pub(crate) journey: (String, String),
    /// When the journey was started.
    pub(crate) begun: Timestamp,
    pub(crate) step: String,
    /// The how many-th time the member is in it.
    pub(crate) entry: u32,
    pub(crate) template: String,
    pub(crate) channel: Channel,
    pub(crate) held_out: bool,
    /// Whether that is because they are in the control group of the whole program.
    pub(crate) in_control_group: bool,
}

impl Letter {
    /// The id of the send that it belongs to: one for each step of a journey, and for each time that somebody
    /// comes in again; the same whoever makes it.
    fn send(&self) -> String {
        let millis = u64::try_from(self.begun.micros().div_euclid(1000)).unwrap_or(0);
        let mut hasher = Sha256::new();
        for part in [&self.journey.0, &self.step] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hasher.update(self.entry.to_be_bytes());
        let hash = hasher.finalize();
        let hash: String = hash
            .iter()
            .take(10)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{SEND}{millis:012x}{hash}")
    }
}

/// The rows of messages, in their order, with the send of each.
pub(crate) fn letters(
    core: &Core,
    tenant: TenantId,
    wanted: &[Letter],
) -> Result<Vec<(SendRow, MessageRow)>, Error> {
    let channels: BTreeSet<Channel> = wanted.iter().map(|own| own.channel).collect();
    let mut desks = BTreeMap::new();
    for channel in channels {
        let desk = Desk::open(core, tenant, channel)?;
        let of_channel = wanted.iter().filter(|own| own.channel == channel);
        let members: BTreeSet<MemberId> = of_channel.map(|own| own.member).collect();
        let members: Vec<MemberId> = members.into_iter().collect();
        let known = core.pool.with(|store| desk.look(store, &members, true))?;
        let known: BTreeMap<MemberId, Known> =
            known.into_iter().map(|own| (own.member, own)).collect();
        desks.insert(channel, (desk, known));
    }
    let mut templates: BTreeMap<&str, Option<Template>> = BTreeMap::new();
    for own in wanted {
        if !templates.contains_key(own.template.as_str()) {
            let row = core
                .pool
                .with(|store| Ok(store.setting(tenant, TEMPLATE, &own.template)?))?;
            templates.insert(&own.template, row.as_ref().map(read).transpose()?);
        }
    }
    let mut rows = Vec::with_capacity(wanted.len());
    for own in wanted {
        let lost = || Error::Bug("a message's channel was not looked at".into());
        let (desk, known) = desks.get_mut(&own.channel).ok_or_else(lost)?;
        let template = templates
            .get(own.template.as_str())
            .and_then(Option::as_ref);
        rows.push(one(core, (desk, known), own, template)?);
    }
    Ok(rows)
}

fn one(
    core: &Core,
    (desk, known): (&Desk, &mut BTreeMap<MemberId, Known>),
    own: &Letter,
    template: Option<&Template>,
) -> Result<(SendRow, MessageRow), Error> {
    let kept = Kept {
        name: format!("{}: {}", own.journey.1, own.step),
        template: own.template.clone(),
        channel: own.channel.name().to_owned(),
        audience: Audience::Journey(own.journey.0.clone()),
        says: template.cloned().unwrap_or_default(),
        hold_out: 0,
    };
    let send = SendRow {
        id: own.send(),
        stage: SendStage::Planned,
        after: None,
        body: serde_json::to_string(&kept).map_err(|error| Error::Bug(error.to_string()))?,
        made_at: desk.now(),
    };
    let compiled: Option<Compiled> = template.and_then(|own| own.compiled(desk.program()).ok());
    let who = known.get_mut(&own.member);
    let who = who.ok_or_else(|| Error::Bug("a message's member was not looked at".into()))?;
    who.who.held_out = own.held_out;
    if let Some(template) = &compiled {
        core.recommend_by_letter(desk, who, template)?;
    }
    who.who.in_control_group = own.in_control_group;
    let row = written(desk, &send, &kept, who, compiled.as_ref())?;
    // The next one in the same pass sees it.
    if row.counts && row.due.is_some() {
        who.who.lately = who.who.lately.saturating_add(1);
    }
    Ok((send, row))
}

impl Core {
    /// Looks up what a letter recommends to somebody, and notes it.
    fn recommend_by_letter(
        &self,
        desk: &Desk,
        who: &mut Known,
        template: &Compiled,
    ) -> Result<(), Error> {
        let who_else = std::slice::from_mut(who);
        self.pool
            .with(|store| desk.recommend(store, who_else, (template, false)))?;
        let (tenant, noted) = (desk.tenant(), who.noted());
        match noted.is_empty() {
            true => Ok(()),
            false => self.write(move |store| Ok(store.note_recommended(tenant, &noted)?)),
        }
    }
}
