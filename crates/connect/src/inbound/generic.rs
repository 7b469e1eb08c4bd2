//! Whatever has no connector of its own: it sends our own events (as `POST /v1/events` takes them), one or a
//! list, signed by Standard Webhooks; in a `CloudEvents` envelope (JSON, version 1.0) or without.

use super::{Fault, Headers, News, Parcel, json};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The most events of a delivery.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Envelope<'a> {
    specversion: Option<String>,
    id: Option<String>,
    #[serde(rename = "type")]
    topic: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// What a delivery says.
pub(super) fn read(headers: &Headers, body: &str) -> Result<Parcel, Fault> {
    let outer: &RawValue = json(body)?;
    let id = headers.get("webhook-id");
    if outer.get().starts_with('[') {
        return Ok(Parcel::new(id, "events").with(events(outer)?));
    }
    let envelope: Envelope<'_> = json(body)?;
    let topic = envelope.topic.as_deref().unwrap_or("event");
    match envelope.specversion.as_deref() {
        None => Ok(Parcel::new(id, topic).with(events(outer)?)),
        Some("1.0") => {
            let data = envelope
                .data
                .ok_or_else(|| Fault("the envelope has no `data`".into()))?;
            // The header is what is signed; the envelope's own number is for those who read it.
            let own = envelope.id.filter(|_| id.is_empty()).unwrap_or_default();
            let id = if id.is_empty() { &own } else { id };
            Ok(Parcel::new(id, topic).with(events(data)?))
        }
        Some(other) => Err(Fault(format!(
            "CloudEvents `{other:.20}` is not read; send version 1.0"
        ))),
    }
}

fn events(raw: &RawValue) -> Result<Vec<News>, Fault> {
    if !raw.get().starts_with('[') {
        return Ok(vec![News::Own(raw.get().to_owned())]);
    }
    let all: Vec<&RawValue> = json(raw.get())?;
    if all.len() > MOST {
        return Err(Fault(format!(
            "holds more than {MOST} events; send them in parts"
        )));
    }
    Ok(all
        .iter()
        .map(|own| News::Own(own.get().to_owned()))
        .collect())
}
