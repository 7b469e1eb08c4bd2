//! A pass for Apple Wallet: a folder as a zip file, with the hash of each file, and a signature over the
//! hashes.

use crate::key::Key;
use crate::{Card, Fault, icon, seal};
use der::asn1::ObjectIdentifier;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use x509_cert::Certificate;
use x509_cert::der::asn1::{PrintableStringRef, Utf8StringRef};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What sort of file a pass is.
pub const MIME: &str = "application/vnd.apple.pkpass";

const CERTIFICATE: &str = "certificate of Apple passes";
/// Where a certificate says for which passes it is (its `UID`), and by which team (`OU`).
const USER_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// Makes passes of one merchant.
#[derive(Debug)]
pub struct ApplePasses {
    /// The merchant's, and those that lead from it to Apple.
    certificates: Vec<Certificate>,
    key: Key,
    pass_type: String,
    team: String,
}

impl ApplePasses {
    /// With the merchant's certificate, its private key, and the certificates that lead from it to Apple, all
    /// as PEM. Which passes they are and which team makes them, the certificate says.
    pub fn new(certificate: &str, key: &str, chain: &str) -> Result<Self, Fault> {
        let mut certificates = read(certificate)?;
        let Some(own) = certificates.first() else {
            return Err(Fault::unusable(CERTIFICATE, "there is none in the file"));
        };
        let says = |oid, what: &str| {
            subject(own, oid).ok_or_else(|| {
                let why = format!(
                    "its subject has no {what}: take the one that Apple issued for the pass type"
                );
                Fault::unusable(CERTIFICATE, why)
            })
        };
        let (pass_type, team) = (says(USER_ID, "UID")?, says(UNIT, "OU")?);
        let key = Key::read(key, "key of Apple passes")?;
        let public = &own.tbs_certificate.subject_public_key_info;
        if public.subject_public_key.raw_bytes() != key.public() {
            return Err(Fault::unusable(CERTIFICATE, "it is of another key"));
        }
        certificates.truncate(1);
        certificates.extend(read(chain)?);
        if certificates.len() < 2 {
            let why = "the file of those that lead to Apple has none: it is Apple's WWDR certificate, as PEM";
            return Err(Fault::unusable(CERTIFICATE, why));
        }
        Ok(Self {
            certificates,
            key,
            pass_type,
            team,
        })
    }

    /// The pass of a card, signed at so many seconds since 1970.
    pub fn pass(&self, card: &Card, at_seconds: u64) -> Result<Vec<u8>, Fault> {
        let mut files = self.files(card)?;
        let hex = |bytes: &[u8]| -> String {
            let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
            hash.as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect()
        };
        let hashes: BTreeMap<_, _> = files.iter().map(|(name, own)| (*name, hex(own))).collect();
        let manifest = serde_json::to_vec(&hashes).map_err(Fault::unwritten)?;
        let signature = seal::detached(&manifest, &self.certificates, &self.key, at_seconds)?;
        files.insert("manifest.json", manifest);
        files.insert("signature", signature);
        zipped(&files)
    }

    fn files(&self, card: &Card) -> Result<BTreeMap<&'static str, Vec<u8>>, Fault> {
        let mut files = BTreeMap::new();
        let says = serde_json::to_vec(&self.says(card)).map_err(Fault::unwritten)?;
        files.insert("pass.json", says);
        match &card.logo {
            Some(logo) => {
                files.insert("icon.png", logo.clone());
                files.insert("icon@2x.png", logo.clone());
                files.insert("logo.png", logo.clone());
            }
            None => {
                files.insert("icon.png", icon::square(card.colour, 29)?);
                files.insert("icon@2x.png", icon::square(card.colour, 58)?);
            }
        }
        Ok(files)
    }

    fn says(&self, card: &Card) -> serde_json::Value {
        let [red, green, blue] = card.colour;
        let name = (!card.name.is_empty()).then(|| json!({"key": "name", "value": card.name}));
        json!({
            "formatVersion": 1,
            "passTypeIdentifier": self.pass_type,
            "teamIdentifier": self.team,
            "serialNumber": card.id,
            "organizationName": card.shop,
            "description": card.program,
            "logoText": card.program,
            "backgroundColor": format!("rgb({red}, {green}, {blue})"),
            "foregroundColor": "rgb(255, 255, 255)",
            "labelColor": "rgb(255, 255, 255)",
            "barcodes": [{
                "format": "PKBarcodeFormatQR",
                "message": card.number,
                "messageEncoding": "utf-8",
                "altText": card.number,
            }],
            "storeCard": {"primaryFields": name.into_iter().collect::<Vec<_>>()},
        })
    }
}

/// All certificates of a file.
fn read(pem: &str) -> Result<Vec<Certificate>, Fault> {
    // The library takes an empty file for one that ends too early, by a subtraction that overflows.
    if !pem.contains("-----BEGIN") {
        return Ok(Vec::new());
    }
    Certificate::load_pem_chain(pem.as_bytes())
        .map_err(|error| Fault::unusable(CERTIFICATE, format!("it is no PEM: {error}")))
}

/// What the subject of a certificate says.
fn subject(certificate: &Certificate, oid: ObjectIdentifier) -> Option<String> {
    let names = certificate.tbs_certificate.subject.0.iter();
    let own = names
        .flat_map(|part| part.0.iter())
        .find(|own| own.oid == oid)?;
    let utf8 = own
        .value
        .decode_as::<Utf8StringRef<'_>>()
        .map(|text| text.as_str().to_owned());
    utf8.or_else(|_| {
        let text = own.value.decode_as::<PrintableStringRef<'_>>()?;
        Ok::<_, der::Error>(text.as_str().to_owned())
    })
    .ok()
}

fn zipped(files: &BTreeMap<&'static str, Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in files {
        zip.start_file(*name, plain).map_err(Fault::unwritten)?;
        zip.write_all(bytes).map_err(Fault::unwritten)?;
    }
    Ok(zip.finish().map_err(Fault::unwritten)?.into_inner())
}
