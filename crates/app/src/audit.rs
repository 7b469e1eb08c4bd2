//! The audit trail: what people and keys did. Each line's hash covers the line and the one before it, so
//! nothing in it can be changed, put in or taken out unseen.

use crate::{App, Error, Page, PageAsk};
use regulars_base::{TenantId, Timestamp};
use regulars_store::{AuditAsk, AuditLine, AuditProof};
use serde::{Deserialize, Serialize};

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Its number in the trail, from 1.
    pub no: i64,
    /// When.
    pub at: Timestamp,
    /// The id of the person or the key.
    pub actor: String,
    /// What they did, by the name of the operation of the API.
    pub act: String,
    /// To what: the path without its fixed parts, ids only.
    pub target: String,
    /// What else is known of it.
    pub told: Told,
    /// Covers the line and the hash of the one before.
    pub hash: [u8; 32],
}

/// What else is known of what somebody did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What the person or the key is called.
    pub name: String,
    /// Why it was not done: the code of the refusal. Empty if it was done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub refused: String,
    /// How it was before, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// How it is since.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub after: String,
    /// Why it was done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The request's id, as it stands in the server's log.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub request: String,
}

/// Something to be put down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAct {
    /// The id of the person or the key.
    pub actor: String,
    /// What they did.
    pub act: String,
    /// To what.
    pub target: String,
    /// What else is known of it.
    pub told: Told,
}

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActsAsk {
    /// Of whom alone, by id.
    pub actor: Option<String>,
    /// What alone.
    pub act: Option<String>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Before when.
    pub to: Option<Timestamp>,
}

impl App {
    /// Puts down what somebody did.
    pub fn note(&self, tenant: TenantId, new: NewAct) -> Result<(), Error> {
        let body =
            serde_json::to_string(&new.told).map_err(|error| Error::Bug(error.to_string()))?;
        let line = AuditLine {
            no: 0,
            at: self.now(),
            actor: new.actor,
            act: new.act,
            target: new.target,
            body,
            hash: [0; 32],
        };
        self.core()
            .pool
            .with(|store| Ok(store.append_audit(tenant, &line)?))
    }

    /// What was done, newest first.
    pub fn acts(
        &self,
        tenant: TenantId,
        ask: &ActsAsk,
        page: &PageAsk,
    ) -> Result<Page<Act>, Error> {
        let before = page.cursor()?;
        let ask = AuditAsk {
            actor: ask.actor.clone(),
            act: ask.act.clone(),
            from: ask.from,
            to: ask.to,
            before,
        };
        let limit = page.limit();
        let lines = self
            .core()
            .pool
            .with(|store| Ok(store.audit(tenant, &ask, limit + 1)?))?;
        Page::cut(lines, limit, |line| line.no.to_string()).try_map(told)
    }

    /// Proves the trail: the numbers have no gaps, each hash is that of its line and the one before, and
    /// the newest is the one that is known as such. `verify` proves it too, with the books.
    pub fn prove_audit(&self, tenant: TenantId) -> Result<AuditProof, Error> {
        let core = self.core();
        core.pool.with(|store| Ok(store.prove_audit(tenant)?))
    }
}

fn told(line: AuditLine) -> Result<Act, Error> {
    let told = serde_json::from_str(&line.body)
        .map_err(|error| Error::Corrupt(format!("line {} of the audit trail: {error}", line.no)))?;
    Ok(Act {
        no: line.no,
        at: line.at,
        actor: line.actor,
        act: line.act,
        target: line.target,
        told,
        hash: line.hash,
    })
}
