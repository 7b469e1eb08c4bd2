//! The demo shop's segments.

use crate::segments::SegmentDraft;
use crate::{App, Error};
use regulars_base::TenantId;
use std::time::Duration;

/// Id, name, condition.
const SEGMENTS: [(&str, &str, &str); 3] = [
    (
        "often-here",
        "Here often: three orders or more in a month",
        "orders(30) >= 3",
    ),
    (
        "slipping-away",
        "Slipping away: were here often, and not for a month",
        "orders_ever >= 10 && days_since_order > 30",
    ),
    (
        "new-faces",
        "New faces: the first order is less than three months old",
        "days_since_first_order < 90",
    ),
];

/// How long two years of a small shop may take.
const PATIENCE: Duration = Duration::from_secs(600);

impl App {
    /// Makes the segments that are not there yet.
    pub(super) fn make_segments(&self, tenant: TenantId) -> Result<(), Error> {
        self.follow_segments(tenant, PATIENCE)?;
        for (id, name, condition) in SEGMENTS {
            let draft = SegmentDraft {
                name: name.into(),
                condition: condition.into(),
            };
            match self.make_segment(tenant, id, &draft) {
                Ok(_) | Err(Error::Exists { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
