//! The tenant's chain of seals.

use super::{Proof, SealRow, Stop, wrong};
use crate::hash::seal_hash;
use crate::record::Seal;
use crate::writes::signed;
use regulars_base::WalletId;

/// The length of one head in a seal: wallet, number, hash.
pub(crate) const HEAD: usize = 16 + 8 + 32;

/// One head in a seal.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SealedHead {
    pub(crate) wallet: WalletId,
    pub(crate) seq: i64,
    pub(crate) head: [u8; 32],
}

/// Heads as a seal keeps them.
pub(crate) fn heads_of(heads: &[(WalletId, u64, [u8; 32])]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(heads.len() * HEAD);
    for (wallet, seq, head) in heads {
        bytes.extend_from_slice(wallet.bytes());
        bytes.extend_from_slice(&signed(*seq).to_be_bytes());
        bytes.extend_from_slice(head);
    }
    bytes
}

impl Proof<'_> {
    /// The chain itself, and every head that it binds, sorted.
    pub(super) fn chain(
        &mut self,
        seals: &[SealRow],
        expected: Option<&[u8; 32]>,
    ) -> Result<Vec<SealedHead>, Stop> {
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

fn head(bytes: &[u8; HEAD]) -> SealedHead {
    let (wallet, rest) = bytes
        .split_first_chunk::<16>()
        .expect("a head has 56 bytes");
    let (seq, head) = rest.split_first_chunk::<8>().expect("40 are left");
    SealedHead {
        wallet: WalletId::from_bytes(*wallet),
        seq: i64::from_be_bytes(*seq),
        head: *head.first_chunk().expect("32 are left"),
    }
}
