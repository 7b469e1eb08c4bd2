//! What the service desk does for a member beside moving points: it puts them on hold and lets them go, and
//! gives free rewards again.

use crate::membership::as_sent;
use crate::{App, Error, MemberRef, Receipt};
use regulars_base::{EventKey, TenantId, Text};
use regulars_engine::event::{Kind, PerkEvent};

impl App {
    /// The desk puts a member on hold, lets them go, gives a free reward again, or takes that back. Look at
    /// the receipt's verdict: a refusal is no error.
    pub fn serve(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        kind: Kind,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let Some((reason, _)) = desk_reason(&kind) else {
            return Err(Error::invalid(
                "/type",
                "is nothing that the service desk does",
            ));
        };
        if reason.as_str().trim().is_empty() {
            let what = "is empty: say why, the member and auditors will read it";
            return Err(Error::invalid("/reason", what));
        }
        self.ingest_one(tenant, as_sent(who, key, kind))
    }
}

/// Why the desk does it, and who does.
pub fn desk_reason(kind: &Kind) -> Option<(&Text, &Text)> {
    match kind {
        Kind::MemberHold(asked) => Some((&asked.reason, &asked.by)),
        Kind::Perk(perk) => match &**perk {
            PerkEvent::Reissue(asked) => Some((&asked.reason, &asked.by)),
            PerkEvent::ReissueBack(asked) => Some((&asked.reason, &asked.by)),
            PerkEvent::Gift(asked) => Some((&asked.reason, &asked.by)),
            _ => None,
        },
        _ => None,
    }
}
