//! A signature beside what it signs: PKCS#7, now called CMS (RFC 5652), with the certificates in it.

use crate::Fault;
use crate::key::Key;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Any, Encode as _, Tag};
use ring::digest::{SHA256, digest};
use spki::AlgorithmIdentifierOwned;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Signs `content` with the key of the first certificate, at so many seconds since 1970; the others lead from
/// it to an authority.
pub(crate) fn detached(
    content: &[u8],
    certificates: &[Certificate],
    key: &Key,
    at_seconds: u64,
) -> Result<Vec<u8>, Fault> {
    seal(content, certificates, key, at_seconds)?
        .to_der()
        .map_err(Fault::unwritten)
}

fn seal(
    content: &[u8],
    certificates: &[Certificate],
    key: &Key,
    at_seconds: u64,
) -> Result<ContentInfo, Fault> {
    let own = certificates
        .first()
        .ok_or_else(|| Fault::unwritten("there is no certificate"))?;
    let signed = attributes(content, at_seconds).map_err(Fault::unwritten)?;
    // What is signed is the set itself; in the signature it stands under a tag of its own.
    let signature = key.sign(&signed.to_der().map_err(Fault::unwritten)?)?;
    assemble(own, certificates, signed, signature).map_err(Fault::unwritten)
}

fn attributes(content: &[u8], at_seconds: u64) -> der::Result<SetOfVec<Attribute>> {
    let one = |oid, value: Any| -> der::Result<Attribute> {
        Ok(Attribute {
            oid,
            values: SetOfVec::from_iter([value])?,
        })
    };
    let hash = OctetString::new(digest(&SHA256, content).as_ref())?;
    let at = UtcTime::from_unix_duration(Duration::from_secs(at_seconds))?;
    SetOfVec::from_iter([
        one(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        one(MESSAGE_DIGEST, Any::encode_from(&hash)?)?,
        one(SIGNING_TIME, Any::encode_from(&at)?)?,
    ])
}

fn assemble(
    own: &Certificate,
    certificates: &[Certificate],
    signed: SetOfVec<Attribute>,
    signature: Vec<u8>,
) -> der::Result<ContentInfo> {
    let algorithm = |oid| AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    };
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: own.tbs_certificate.issuer.clone(),
            serial_number: own.tbs_certificate.serial_number.clone(),
        }),
        digest_alg: algorithm(SHA_256),
        signed_attrs: Some(signed),
        signature_algorithm: AlgorithmIdentifierOwned {
            oid: RSA,
            parameters: Some(Any::new(Tag::Null, [])?),
        },
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let all = certificates.iter().cloned();
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::from_iter([algorithm(SHA_256)])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet(SetOfVec::from_iter(
            all.map(CertificateChoices::Certificate),
        )?)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::from_iter([signer])?),
    };
    Ok(ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&data)?,
    })
}
