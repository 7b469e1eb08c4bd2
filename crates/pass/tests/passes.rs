//! What is given out is held against readers that are not ours: a decoder of QR codes, the wallets' formats,
//! and `openssl` where the machine has it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfo};
use der::asn1::OctetStringRef;
use der::{Decode as _, Encode as _};
use regulars_pass::{ApplePasses, Card, Fault, GooglePasses, qr_svg};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::process::Command;
use x509_cert::Certificate;

const CERTIFICATE: &str = include_str!("certificates/certificate.pem");
const KEY: &str = include_str!("certificates/key.pem");
const AUTHORITY: &str = include_str!("certificates/authority.pem");
/// In the year 2026.
const NOW: u64 = 1_795_900_000;

fn card() -> Card {
    Card {
        id: "mem_0190".into(),
        number: "2900012345678".into(),
        name: "Ana Łuć".into(),
        program: "Bean Club".into(),
        shop: "Bean & Co".into(),
        colour: [122, 62, 29],
        logo: None,
    }
}

fn public_key() -> Vec<u8> {
    let own = Certificate::load_pem_chain(CERTIFICATE.as_bytes()).expect("a certificate");
    let key = &own[0]
        .tbs_certificate
        .subject_public_key_info
        .subject_public_key;
    key.raw_bytes().to_vec()
}

/// The dark squares of a picture, from the strokes `Mx yhNv1h-Nz` that stand in it.
fn squares(svg: &str) -> (usize, Vec<bool>) {
    let between = |from: &str, to: &str| {
        let rest = svg.split_once(from).expect("it stands there").1;
        rest.split_once(to).expect("it ends").0.to_owned()
    };
    let side: usize = between("viewBox=\"0 0 ", " ").parse().expect("a number");
    let mut dark = vec![false; side * side];
    let strokes = svg.rsplit_once("<path d=\"").expect("a path").1;
    let strokes = strokes.split_once('"').expect("it ends").0;
    for stroke in strokes.split_terminator('z') {
        let rest = stroke.strip_prefix('M').expect("a stroke begins");
        let (at, rest) = rest.split_once('h').expect("it goes right");
        let (x, y) = at.split_once(' ').expect("two numbers");
        let long = rest.split_once('v').expect("it goes down").0;
        let number = |text: &str| text.parse::<usize>().expect("a number");
        for step in 0..number(long) {
            dark[number(y) * side + number(x) + step] = true;
        }
    }
    (side, dark)
}

#[test]
fn a_decoder_reads_the_number_off_the_picture() {
    for text in [
        "2900012345678",
        "mem_01h455vb4pex5vsknk084sn02q",
        "card:Ünï-9",
    ] {
        let (side, dark) = squares(&qr_svg(text).expect("a picture"));
        let quiet = |place: usize| place % side < 4 || place / side < 4;
        assert!(
            dark.iter()
                .enumerate()
                .all(|(place, own)| !(quiet(place) && *own))
        );
        let at = |x: usize, y: usize| if dark[y / 6 * side + x / 6] { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * 6, side * 6, at);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "{text}");
        assert_eq!(grids[0].decode().expect("it is read").1, text);
    }
}

fn unzipped(pass: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(pass)).expect("a zip file");
    let files = zip.len();
    let read = |place: usize| {
        let mut bytes = Vec::new();
        let mut file = zip.by_index(place).expect("it is there");
        let name = file.name().expect("a name").into_owned();
        file.read_to_end(&mut bytes).expect("it can be read");
        (name, bytes)
    };
    (0..files).map(read).collect()
}

fn apple() -> ApplePasses {
    ApplePasses::new(CERTIFICATE, KEY, AUTHORITY).expect("they fit")
}

#[test]
fn an_apple_pass_has_what_it_must_and_a_hash_of_each_file() {
    let files = unzipped(&apple().pass(&card(), NOW).expect("a pass"));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let all = [
        "icon.png",
        "icon@2x.png",
        "manifest.json",
        "pass.json",
        "signature",
    ];
    assert_eq!(names, all);
    let says: serde_json::Value = serde_json::from_slice(&files["pass.json"]).expect("JSON");
    assert_eq!(says["formatVersion"], 1);
    assert_eq!(says["passTypeIdentifier"], "pass.example.club");
    assert_eq!(says["teamIdentifier"], "TEAM123456");
    assert_eq!(says["serialNumber"], "mem_0190");
    assert_eq!(says["barcodes"][0]["message"], "2900012345678");
    assert_eq!(says["barcodes"][0]["format"], "PKBarcodeFormatQR");
    assert_eq!(says["storeCard"]["primaryFields"][0]["value"], "Ana Łuć");
    assert_eq!(says["backgroundColor"], "rgb(122, 62, 29)");
    for field in ["organizationName", "description"] {
        assert!(
            says[field].as_str().is_some_and(|own| !own.is_empty()),
            "{field}"
        );
    }
    let hashes: BTreeMap<String, String> =
        serde_json::from_slice(&files["manifest.json"]).expect("hashes");
    let signed: Vec<&str> = hashes.keys().map(String::as_str).collect();
    assert_eq!(signed, ["icon.png", "icon@2x.png", "pass.json"]);
    for (name, hash) in &hashes {
        let own = digest(&SHA1_FOR_LEGACY_USE_ONLY, &files[name]);
        let own: String = own
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hash, &own, "{name}");
    }
    let (icon, retina) = (&files["icon.png"], &files["icon@2x.png"]);
    for (bytes, side) in [(icon, 29), (retina, 58)] {
        let decoder = png::Decoder::new(Cursor::new(bytes));
        let reader = decoder.read_info().expect("a PNG");
        assert_eq!((reader.info().width, reader.info().height), (side, side));
    }
}

fn signer(signature: &[u8]) -> SignerInfo {
    let content = ContentInfo::from_der(signature).expect("CMS");
    let data: SignedData = content.content.decode_as().expect("signed data");
    assert!(data.encap_content_info.econtent.is_none(), "it is detached");
    assert_eq!(data.certificates.expect("certificates").0.len(), 2);
    data.signer_infos.0.get(0).expect("a signer").clone()
}

#[test]
fn the_signature_is_over_the_hashes_and_by_the_merchants_key() {
    let files = unzipped(&apple().pass(&card(), NOW).expect("a pass"));
    let signer = signer(&files["signature"]);
    let attributes = signer.signed_attrs.expect("signed attributes");
    let message_digest = der::asn1::ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
    let own = attributes.iter().find(|own| own.oid == message_digest);
    let hash = own.expect("a digest").values.get(0).expect("one");
    let hash = hash.decode_as::<OctetStringRef<'_>>().expect("bytes");
    assert_eq!(
        hash.as_bytes(),
        digest(&SHA256, &files["manifest.json"]).as_ref()
    );
    let signed = attributes.to_der().expect("DER");
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key());
    assert!(key.verify(&signed, signer.signature.as_bytes()).is_ok());
    assert!(
        key.verify(b"something else", signer.signature.as_bytes())
            .is_err()
    );
}

/// Whether `openssl` takes the signature for one over these hashes; nothing where there is no `openssl`.
fn openssl_takes(manifest: &[u8], signature: &[u8]) -> Option<bool> {
    Command::new("openssl").arg("version").output().ok()?;
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("it is written");
        path
    };
    let checked = Command::new("openssl")
        .args([
            "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-in",
        ])
        .arg(put("signature", signature))
        .arg("-content")
        .arg(put("manifest.json", manifest))
        .arg("-CAfile")
        .arg(put("authority.pem", AUTHORITY.as_bytes()))
        .output();
    Some(checked.expect("openssl runs").status.success())
}

#[test]
fn openssl_takes_the_signature_and_none_over_other_hashes() {
    let files = unzipped(&apple().pass(&card(), NOW).expect("a pass"));
    let (manifest, signature) = (&files["manifest.json"], &files["signature"]);
    let Some(taken) = openssl_takes(manifest, signature) else {
        return;
    };
    assert!(taken);
    let mut other = manifest.clone();
    other[5] ^= 1;
    assert_eq!(openssl_takes(&other, signature), Some(false));
}

#[test]
fn what_does_not_fit_is_refused_with_what_to_do() {
    let why = |fault: Result<ApplePasses, Fault>| fault.expect_err("refused").to_string();
    let other = why(ApplePasses::new(AUTHORITY, KEY, AUTHORITY));
    assert!(other.contains("UID"), "{other}");
    let alone = why(ApplePasses::new(CERTIFICATE, KEY, ""));
    assert!(alone.contains("WWDR"), "{alone}");
    let no_key = why(ApplePasses::new(CERTIFICATE, CERTIFICATE, AUTHORITY));
    assert!(no_key.contains("pkcs8"), "{no_key}");
    let class = GooglePasses::new(&account(), "club").expect_err("refused");
    assert!(class.to_string().contains("a dot"), "{class}");
}

fn account() -> String {
    serde_json::json!({
        "type": "service_account",
        "client_email": "club@example.iam.gserviceaccount.com",
        "private_key": KEY,
        "private_key_id": "k1",
    })
    .to_string()
}

#[test]
fn a_google_link_carries_the_card_signed_by_the_account() {
    let passes = GooglePasses::new(&account(), "3388000000012345678.club").expect("they fit");
    let link = passes.link(&card(), NOW).expect("a link");
    let token = link
        .strip_prefix("https://pay.google.com/gp/v/save/")
        .expect("the address");
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("three parts: {token}");
    };
    let read = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64");
    let json = |part: &str| serde_json::from_slice::<serde_json::Value>(&read(part)).expect("JSON");
    assert_eq!(
        json(header),
        serde_json::json!({"alg": "RS256", "typ": "JWT", "kid": "k1"})
    );
    let says = json(claims);
    assert_eq!(says["iss"], "club@example.iam.gserviceaccount.com");
    assert_eq!(
        (&says["aud"], &says["typ"]),
        (&"google".into(), &"savetowallet".into())
    );
    assert_eq!(says["iat"], NOW);
    let object = &says["payload"]["loyaltyObjects"][0];
    assert_eq!(object["id"], "3388000000012345678.mem_0190");
    assert_eq!(object["classId"], "3388000000012345678.club");
    assert_eq!(object["barcode"]["value"], "2900012345678");
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key());
    let signed = format!("{header}.{claims}");
    assert!(key.verify(signed.as_bytes(), &read(signature)).is_ok());
    assert!(key.verify(claims.as_bytes(), &read(signature)).is_err());
}
