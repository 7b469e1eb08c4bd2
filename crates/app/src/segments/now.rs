//! The figures of one member this moment: what is kept of them, with what is new in their log.

use super::follow::parsed;
use crate::Error;
use regulars_base::{TenantId, WalletId};
use regulars_engage::{Figures, Portrait, Seen};
use regulars_engine::Program;
use regulars_store::{Cursor, Store, WalletRow};

/// How many rows of a log are read at a time.
const ROWS: usize = 1000;

/// Their figures on a day, and their wallet; nothing of whom there is no wallet. Nothing
/// is written: whoever follows the log does that.
pub(crate) fn figures_now(
    store: &mut dyn Store,
    tenant: TenantId,
    (program, today): (&Program, i32),
    wallet: WalletId,
) -> Result<Option<(Figures, WalletRow)>, Error> {
    let found = portrait_of(store, tenant, program, wallet)?;
    Ok(found.map(|(portrait, row)| (portrait.figures(program, &row.state, today), row)))
}

/// What is kept of a member, with what is new in their log, and their wallet.
pub(crate) fn portrait_of(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
    wallet: WalletId,
) -> Result<Option<(Portrait, WalletRow)>, Error> {
    let Some(row) = store.wallets(tenant, &[wallet])?.into_iter().next() else {
        return Ok(None);
    };
    let kept = store.portraits(tenant, &[wallet])?;
    let kept = kept.first().map(|own| parsed(&own.1)).transpose()?;
    let mut portrait = kept.unwrap_or_default();
    while portrait.seq < row.seq {
        let logged = store.log(tenant, wallet, Cursor::After(portrait.seq), ROWS)?;
        if logged.is_empty() {
            let what = format!("the log of {wallet} ends before its wallet");
            return Err(Error::Corrupt(what));
        }
        for own in logged.into_iter().filter(|own| own.seq <= row.seq) {
            // What a merged member did is known as far as it is kept of them.
            if let Seen::TakesIn(member) = portrait.take(program, own.seq, &own.event, &own.outcome)
            {
                let other = WalletId::from_bytes(*member.bytes());
                for (_, state) in store.portraits(tenant, &[other])? {
                    portrait.take_in(&parsed(&state)?);
                }
            }
        }
    }
    Ok(Some((portrait, row)))
}
