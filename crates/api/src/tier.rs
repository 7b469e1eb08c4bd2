//! Tiers that are given, taken away and taken over, on the wire. [`crate::event`] reads them: a test
//! compares their fields.

use serde::Serialize;
use utoipa::ToSchema;

/// A member is given a tier by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TierGrantIn {
    /// Which tier, by its id in the program file.
    #[schema(example = "regular")]
    pub tier: String,
    /// The first moment at which it holds no more; for ever if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-12-24T00:00:00Z")]
    pub until: Option<String>,
    /// Why: shown to the member and to auditors.
    #[schema(example = "Two orders went wrong")]
    pub reason: String,
    /// Who did it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A tier that was given by hand is taken away again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TierRevokeIn {
    /// Why: shown to the member and to auditors.
    pub reason: String,
    /// Who did it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A tier of another program is taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TierMatchIn {
    /// The other program, by its id in `[[match]]` of the program file.
    #[schema(example = "other-cafe")]
    pub program: String,
    /// The member's tier there, by its id in `tiers` of that `[[match]]`.
    #[schema(example = "gold")]
    pub tier: String,
    /// What was shown as proof: a number, a reference.
    #[schema(example = "card 4711, seen in the shop")]
    pub proof: String,
    /// Who looked at it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{read_grant, read_match, read_revoke};
    use regulars_base::Text;
    use serde_json::value::to_raw_value;

    #[test]
    fn what_the_document_describes_is_what_is_read() {
        let caller = Text::new("key").expect("short");
        let some = |text: &str| Some(text.to_owned());
        let grant = TierGrantIn {
            tier: "gold".into(),
            until: some("2025-12-24T00:00:00Z"),
            reason: "sorry".into(),
            by: some("mia"),
        };
        let raw = to_raw_value(&grant).expect("it is JSON");
        let read = read_grant(&raw, &caller).expect("it is right");
        assert_eq!((read.tier.as_str(), read.by.as_str()), ("gold", "mia"));
        assert_eq!(read.until.map(|at| at.to_string()), grant.until);
        let revoke = TierRevokeIn {
            reason: "a mistake".into(),
            by: None,
        };
        let raw = to_raw_value(&revoke).expect("it is JSON");
        let read = read_revoke(&raw, &caller).expect("it is right");
        assert_eq!(
            (read.reason.as_str(), read.by.as_str()),
            ("a mistake", "key")
        );
        let matched = TierMatchIn {
            program: "other".into(),
            tier: "gold".into(),
            proof: "card 4711".into(),
            by: None,
        };
        let raw = to_raw_value(&matched).expect("it is JSON");
        let read = read_match(&raw, &caller).expect("it is right");
        assert_eq!(
            (read.proof.as_str(), read.by.as_str()),
            ("card 4711", "key")
        );
        for wrong in ["{}", r#"{"reason":""}"#, r#"{"reason":"x","more":1}"#] {
            let raw = serde_json::from_str(wrong).expect("it is JSON");
            assert!(read_revoke(raw, &caller).is_err(), "{wrong}");
        }
    }
}
