//! The document is what is committed, and what the server serves.

use crate::testapp::TestApp;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_committed_document_is_the_one_that_the_routes_make() {
    let path = "../../openapi.json";
    let document = regulars_server::document();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &document).expect("the document can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == document,
        "openapi.json is old; run this test with UPDATE=1"
    );
}

#[test]
fn the_server_serves_its_own_document() {
    let app = TestApp::new();
    let served = app.get("/v1/openapi.json").with(200);
    let own: Value = serde_json::from_str(&regulars_server::document()).expect("is JSON");
    assert_eq!(served, own);
    assert!(
        own["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let mut ids = BTreeSet::new();
    for methods in own["paths"].as_object().expect("has paths").values() {
        for operation in methods.as_object().expect("has methods").values() {
            let id = operation["operationId"]
                .as_str()
                .expect("has an id")
                .to_owned();
            assert!(operation["summary"].is_string(), "{id} has no summary");
            assert!(ids.insert(id.clone()), "{id} is there twice");
        }
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let own: Value = serde_json::from_str(&regulars_server::document()).expect("is JSON");
    let mut open = vec![&own];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
                    let to = to.trim_start_matches('#');
                    assert!(own.pointer(to).is_some(), "{to} leads nowhere");
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}
