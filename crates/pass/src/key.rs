//! A private key, as merchants have it in a file.

use crate::Fault;
use der::SecretDocument;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use std::fmt;

/// Signs by RSA with SHA-256, which both wallets ask for.
pub(crate) struct Key(RsaKeyPair);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Reads a key as PEM: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), without a password.
    pub(crate) fn read(pem: &str, what: &'static str) -> Result<Self, Fault> {
        let (label, document) = SecretDocument::from_pem(pem.trim())
            .map_err(|error| Fault::unusable(what, format!("it is no PEM: {error}")))?;
        let pair = match label {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(document.as_bytes()),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(document.as_bytes()),
            other => {
                let why = format!(
                    "it is `{other}`; an RSA key without a password is needed: \
                     `openssl pkcs8 -topk8 -nocrypt`"
                );
                return Err(Fault::unusable(what, why));
            }
        };
        pair.map(Self).map_err(|error| {
            let why = format!("it is no RSA key of 2048 bits or more: {error}");
            Fault::unusable(what, why)
        })
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(Fault::unwritten)?;
        Ok(signature)
    }

    /// Its public half, as certificates carry it.
    pub(crate) fn public(&self) -> &[u8] {
        self.0.public().as_ref()
    }
}
