//! A stream of events: NDJSON in, NDJSON out.

use crate::client::Request;
use crate::testapp::{TestApp, purchase};
use serde_json::Value;

fn stream(app: &TestApp, body: Vec<u8>) -> Vec<Value> {
    let answer = Request::new("POST", "/v1/events/stream")
        .key(&app.admin)
        .header("Content-Type", "application/x-ndjson")
        .body(body)
        .send(app.address);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}

#[test]
fn each_line_has_a_result_and_wrong_lines_do_no_harm() {
    let app = TestApp::new();
    let mut body = Vec::new();
    for number in 0..3000 {
        let event = purchase(&format!("R-{number}"), "ana@example.com", "1.00");
        body.extend_from_slice(event.to_string().as_bytes());
        body.push(b'\n');
    }
    body.extend_from_slice(b"\n{\"type\": \n\xff\xfe\n");
    body.extend_from_slice("[".repeat(65).as_bytes());
    body.extend_from_slice(b"\n");
    body.extend_from_slice(
        purchase("last", "ana@example.com", "1.00")
            .to_string()
            .as_bytes(),
    );
    let results = stream(&app, body);
    let lines: Vec<u64> = results
        .iter()
        .filter_map(|result| result["line"].as_u64())
        .collect();
    let expected: Vec<u64> = (1..=3000).chain(3002..=3005).collect();
    assert_eq!(lines, expected);
    let codes: Vec<&Value> = results[3000..]
        .iter()
        .map(|result| &result["problem"]["code"])
        .collect();
    assert_eq!(
        codes,
        ["invalid_json", "invalid_utf8", "too_deep"]
            .map(Value::from)
            .iter()
            .chain([&Value::Null])
            .collect::<Vec<_>>()
    );
    assert!(results[..3000].iter().all(|result| result["status"] == 201));
    assert_eq!(app.beans("email:ana@example.com"), "3001");
}

#[test]
fn a_line_that_is_too_long_is_refused_alone() {
    let app = TestApp::new();
    let long = format!("{{\"x\":\"{}\"}}", "x".repeat(4 * 1024 * 1024));
    let event = purchase("R-1", "ana@example.com", "1.00").to_string();
    let results = stream(&app, format!("{long}\n{event}\n").into_bytes());
    assert_eq!(results[0]["problem"]["code"], "too_large");
    assert_eq!(results[1]["status"], 201);
}
