//! Attributes that are fields of the program's profile: when one is filled, that counts by itself.

use crate::{App, Error, NOW};
use regulars_base::{EventKey, MemberId, TenantId, Text};
use regulars_engine::event::{Event, Incoming, Kind, Who};
use serde_json::Value;
use std::collections::BTreeMap;

impl App {
    /// Says which fields of the profile a member has filled, where that was not said before: an event
    /// `profile` for each, as the shop could send it itself. It goes by what is kept of the member now, so that
    /// nothing is lost if a request was cut short between keeping it and saying so; each field counts
    /// once ever, however often it is said.
    pub(crate) fn tell_profile(
        &self,
        tenant: TenantId,
        member: MemberId,
        attributes: &BTreeMap<String, Value>,
    ) -> Result<(), Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        if program.profile.fields.is_empty() {
            return Ok(());
        }
        let row = self
            .core()
            .pool
            .with(|store| Ok::<_, Error>(store.wallet(tenant, member)?))?;
        let Some(wallet) = row.map(|row| row.state) else {
            return Ok(());
        };
        // Of whoever is no member yet it is said when they join.
        if wallet.enrolled_at.is_none() {
            return Ok(());
        }
        let known = wallet.engagement.map(|own| own.profile).unwrap_or_default();
        let fields = program.profile.fields.iter();
        let new = fields.filter(|(id, name)| {
            !known.contains(name) && attributes.get(id).is_some_and(is_filled)
        });
        let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
        for (field, _) in new {
            let event = Event {
                // A field counts once ever, so its event has one key for ever.
                key: EventKey {
                    source: text("profile")?,
                    external_id: text(&format!("{member}/{field}"))?,
                },
                occurred_at: NOW,
                recorded_at: NOW,
                entropy: [0; 16],
                kind: Kind::Profile(vec![text(field)?]),
            };
            let who = Who::Member(member);
            self.ingest_one(tenant, Incoming { who, event })?;
        }
        Ok(())
    }
}

/// Whether somebody wrote something there.
fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_empty_fills_nothing() {
        for empty in [json!(null), json!(""), json!("  "), json!([]), json!({})] {
            assert!(!is_filled(&empty), "{empty}");
        }
        for filled in [json!("x"), json!(0), json!(false), json!(["tea"])] {
            assert!(is_filled(&filled), "{filled}");
        }
    }
}
