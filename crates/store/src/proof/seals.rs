//! The tenant's chain of seals.

use super::{Proof, SealRow, Stop, wrong};
use crate::error::{Error, Result};
use crate::hash::seal_hash;
use crate::record::Seal;
use regulars_base::WalletId;

/// The length of one head in a seal: wallet, number, hash.
pub(crate) const HEAD: usize = 16 + 8 + 32;

/// So many batches go into one seal: after an import of millions, one seal of all of them would take
/// hundreds of megabytes.
pub(crate) const TOGETHER: usize = 64;

/// The newest row of a wallet's log, at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Head {
    pub(crate) wallet: WalletId,
    pub(crate) seq: i64,
    pub(crate) hash: [u8; 32],
}

/// Heads as a seal keeps them, and a batch that waits for one.
pub(crate) fn heads_of(heads: impl IntoIterator<Item = Head>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for head in heads {
        bytes.extend_from_slice(head.wallet.bytes());
        bytes.extend_from_slice(&head.seq.to_be_bytes());
        bytes.extend_from_slice(&head.hash);
    }
    bytes
}

/// The heads that several batches left, sorted.
pub(crate) fn heads_in<'a>(batches: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<Head>> {
    let mut heads = Vec::new();
    for batch in batches {
        let (bound, rest) = batch.as_chunks::<HEAD>();
        if !rest.is_empty() {
            return Err(Error::Corrupt("the heads of a batch cannot be read".into()));
        }
        heads.extend(bound.iter().map(head));
    }
    heads.sort_unstable();
    Ok(heads)
}

/// What a seal of several batches binds: of each wallet the newest head.
pub(crate) fn newest_of<'a>(batches: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>> {
    let heads = heads_in(batches)?;
    let wallets = heads.chunk_by(|one, next| one.wallet == next.wallet);
    Ok(heads_of(wallets.filter_map(<[Head]>::last).copied()))
}

impl Proof<'_> {
    /// The chain itself, and every head that it binds, sorted.
    pub(super) fn chain(
        &mut self,
        seals: &[SealRow],
        expected: Option<&[u8; 32]>,
    ) -> Result<Vec<Head>, Stop> {
        let mut before = [0; 32];
        let mut heads = Vec::new();
        for (at, seal) in seals.iter().enumerate() {
            let no = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1);
            if seal.no != no {
                return wrong("seals", no.to_string(), "the row is missing");
            }
            let hash = seal_hash(&before, self.tenant, no, seal.at, &seal.heads);
            if hash != seal.hash {
                let what = "its hash does not follow from what it holds";
                return wrong("seals", no.to_string(), what);
            }
            before = hash;
            let (bound, rest) = seal.heads.as_chunks::<HEAD>();
            if !rest.is_empty() {
                return wrong("seals", no.to_string(), "its heads cannot be read");
            }
            heads.extend(bound.iter().map(head));
            self.verified.seals += 1;
            self.verified.head = Some(Seal {
                no,
                at: seal.at,
                hash,
                wallets: bound.len() as u64,
            });
        }
        if let Some(expected) = expected
            && !seals.iter().any(|seal| seal.hash == *expected)
        {
            let what = "the head that was expected is not in the chain";
            return wrong("seals", seals.len().to_string(), what);
        }
        heads.sort_unstable();
        Ok(heads)
    }
}

fn head(bytes: &[u8; HEAD]) -> Head {
    let (wallet, rest) = bytes
        .split_first_chunk::<16>()
        .expect("a head has 56 bytes");
    let (seq, hash) = rest.split_first_chunk::<8>().expect("40 are left");
    Head {
        wallet: WalletId::from_bytes(*wallet),
        seq: i64::from_be_bytes(*seq),
        hash: *hash.first_chunk().expect("32 are left"),
    }
}
