//! The audit trail: numbered without gaps, each line's hash that of the line and the one before, and
//! the newest the one that is known as such.

use super::{Proof, Stop, Stream, wrong};
use crate::error::Result;
use crate::hash::audit_hash;
use crate::record::{AuditLine, AuditProof};

/// The number and the hash of the newest line, as they stand beside the trail.
pub(crate) type AuditHead = Option<(i64, [u8; 32])>;

/// Proves a trail from its first line on.
pub(crate) fn prove_audit(lines: Stream<'_, AuditLine>, head: AuditHead) -> Result<AuditProof> {
    let (newest, newest_hash) = head.unwrap_or_default();
    let mut proof = AuditProof {
        lines: newest,
        head: head.map(|(_, hash)| hash),
        wrong: None,
    };
    let (mut no, mut before) = (0, [0; 32]);
    for line in lines {
        let line = line?;
        let fault = match line.no {
            other if other != no + 1 => Some((no + 1, "the row is missing")),
            own if own > newest => Some((own, "it stands behind the newest row that is known")),
            own if audit_hash(&before, &line) != line.hash => {
                Some((own, "its hash does not follow from what it holds"))
            }
            _ => None,
        };
        if fault.is_some() {
            proof.wrong = fault;
            return Ok(proof);
        }
        (no, before) = (line.no, line.hash);
    }
    if no < newest {
        proof.wrong = Some((no + 1, "the row is missing"));
    } else if before != newest_hash {
        proof.wrong = Some((no, "its hash is not the one that is known as the newest"));
    }
    Ok(proof)
}

impl Proof<'_> {
    pub(super) fn audit(
        &mut self,
        lines: Stream<'_, AuditLine>,
        head: AuditHead,
    ) -> Result<(), Stop> {
        let proof = prove_audit(lines, head)?;
        if let Some((no, what)) = proof.wrong {
            return wrong("audit", no.to_string(), what);
        }
        self.verified.acts = u64::try_from(proof.lines).unwrap_or(0);
        Ok(())
    }
}
