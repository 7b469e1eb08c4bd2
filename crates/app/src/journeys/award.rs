//! Points that journeys give: events like any other, under a key of the journey, the member, the entry and the
//! step, so that each is booked once, whatever stops in between.

use super::JOURNEY;
use super::follow::AWARD;
use crate::app::Core;
use crate::input::Timing;
use crate::membership::as_sent;
use crate::{Error, MemberRef};
use regulars_base::{EventKey, MemberId, TenantId, Text};
use regulars_engine::event::{Adjustment, Incoming, Kind};
use regulars_engine::outcome::Verdict;
use regulars_store::JourneyDeed;
use serde::{Deserialize, Serialize};

/// So many are booked together.
const TOGETHER: usize = 200;

/// The word for points that the program refused.
const REFUSED: &str = "refused";

/// What is kept of points until they are booked.
#[derive(Serialize, Deserialize)]
struct Kept {
    points: String,
    reason: String,
}

/// What is kept of points until they are booked, as text.
pub(super) fn kept(points: &str, reason: &str) -> Result<String, Error> {
    let kept = Kept {
        points: points.to_owned(),
        reason: reason.to_owned(),
    };
    serde_json::to_string(&kept).map_err(|error| Error::Bug(error.to_string()))
}

impl Core {
    /// Books what journeys gave and was not booked; how much of it.
    pub(crate) fn book_awards(&self, tenant: TenantId) -> Result<usize, Error> {
        let mut booked = 0;
        loop {
            let deeds = self
                .pool
                .with(|store| Ok(store.deeds_to_book(tenant, TOGETHER)?))?;
            if deeds.is_empty() {
                return Ok(booked);
            }
            let incoming = deeds.iter().map(event).collect::<Result<Vec<_>, _>>()?;
            let answers = self.ingest_by(tenant, incoming, &[], Timing::Live);
            for (deed, answer) in deeds.into_iter().zip(answers) {
                let refused = match answer {
                    // One that was booked before a stop, by a text that was changed since.
                    Err(Error::KeyReused(_)) => None,
                    Ok(receipt) if receipt.verdict == Verdict::Accepted => None,
                    // Why stands in the member's log, under the event's key.
                    Ok(_) => Some(REFUSED.to_owned()),
                    Err(Error::NotFound { what, .. }) => Some(format!("no_{what}")),
                    Err(error) => return Err(error),
                };
                let settled = JourneyDeed {
                    points: if refused.is_some() { 0 } else { deed.points },
                    reason: refused.unwrap_or_default(),
                    ..deed
                };
                self.write(move |store| Ok(store.settle_deed(tenant, &settled)?))?;
                booked += 1;
            }
        }
    }
}

/// The event of an award.
fn event(deed: &JourneyDeed) -> Result<Incoming, Error> {
    let wrong = |error: &dyn std::fmt::Display| {
        Error::Corrupt(format!(
            "an award of the journey {} cannot be read: {error}",
            deed.journey
        ))
    };
    let kept: Kept = serde_json::from_str(&deed.reason).map_err(|error| wrong(&error))?;
    let text = |text: &str| Text::new(text).map_err(|error| wrong(&error));
    let member = MemberId::from_bytes(*deed.wallet.bytes());
    let id = format!("{}/{member}/{}/{}", deed.journey, deed.entry, deed.step);
    let key = EventKey {
        source: text(JOURNEY)?,
        external_id: text(&id)?,
    };
    let adjustment = Adjustment {
        points: text(&kept.points)?,
        amount: deed.points,
        reason: text(&kept.reason)?,
        by: text(&format!("{JOURNEY} {} ({AWARD})", deed.journey))?,
    };
    Ok(as_sent(
        &MemberRef::Id(member),
        key,
        Kind::Adjustment(adjustment),
    ))
}
