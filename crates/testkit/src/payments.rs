//! A stand-in for a payment provider, on a port of this machine: it takes forms, answers JSON, keeps
//! what was asked under each idempotency key, and does what the test's script says.

use std::collections::{HashMap, VecDeque};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// What the stand-in does with the next request that it has not seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Play {
    /// Does it.
    Succeed,
    /// Refuses the card, for this reason.
    Decline(&'static str),
    /// Says that it will tell later.
    Process,
    /// Does it, and hangs up before it answers.
    LoseAnswer,
    /// Does nothing, and answers with an error of its own.
    Break,
    /// Does nothing, and never answers.
    Hang,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where: `/v1/payment_intents`.
    pub path: String,
    /// The idempotency key.
    pub key: String,
    /// The form, field by field.
    pub form: Vec<(String, String)>,
    /// What the answer calls it.
    pub id: String,
}

/// The stand-in. It ends with the test's process.
pub struct PayStandIn {
    /// Where it listens.
    pub address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
}

#[derive(Default)]
struct Desk {
    script: VecDeque<Play>,
    /// What was answered under each key.
    known: HashMap<String, (u16, String)>,
    /// What was done.
    done: Vec<Asked>,
    requests: usize,
    secret: String,
}

impl Asked {
    /// A field of the form.
    pub fn field(&self, name: &str) -> &str {
        let mut fields = self.form.iter();
        let field = fields.find(|(own, _)| own == name);
        field.map_or("", |(_, value)| value)
    }
}

impl PayStandIn {
    /// Listens on a free port; takes requests that carry this secret key.
    pub fn start(secret: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let desk = Arc::new(Mutex::new(Desk {
            secret: secret.to_owned(),
            ..Desk::default()
        }));
        let shared = Arc::clone(&desk);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let desk = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, &desk));
            }
        });
        Self { address, desk }
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it does with the next new requests; after them it succeeds.
    pub fn play(&self, script: &[Play]) {
        self.desk().script.extend(script);
    }

    /// What was really done: each once, however often it was asked.
    pub fn done(&self) -> Vec<Asked> {
        self.desk().done.clone()
    }

    /// How many requests came in.
    pub fn requests(&self) -> usize {
        self.desk().requests
    }

    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers one request.
fn answer(mut stream: TcpStream, desk: &Mutex<Desk>) {
    let Some((head, body)) = read(&mut stream) else {
        return;
    };
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let line = lines.find(|(own, _)| own.eq_ignore_ascii_case(name));
        line.map_or("", |(_, value)| value.trim()).to_owned()
    };
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (key, authorised) = (header("idempotency-key"), header("authorization"));
    let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
    desk.requests += 1;
    if authorised != format!("Bearer {}", desk.secret) {
        let error = r#"{"error": {"type": "invalid_request_error"}}"#;
        return send(&mut stream, 401, error);
    }
    if let Some((status, body)) = desk.known.get(&key) {
        return send(&mut stream, *status, body);
    }
    let play = desk.script.pop_front().unwrap_or(Play::Succeed);
    match play {
        Play::Break => {
            let error = r#"{"error": {"type": "api_error"}}"#;
            return send(&mut stream, 500, error);
        }
        Play::Hang => {
            drop(desk);
            // Until whoever asked gives up.
            let _ = stream.read(&mut [0; 1]);
            return;
        }
        _ => {}
    }
    let refund = path.ends_with("/refunds");
    let id = format!(
        "{}_{}",
        if refund { "re" } else { "pi" },
        desk.done.len() + 1
    );
    let asked = Asked {
        path,
        key: key.clone(),
        form: form(&body),
        id: id.clone(),
    };
    let (status, body) = match play {
        Play::Decline(why) => (
            402,
            format!(
                r#"{{"error": {{"type": "card_error", "code": "card_declined",
                    "decline_code": "{why}", "payment_intent": {{"id": "{id}"}}}}}}"#
            ),
        ),
        Play::Process => (200, format!(r#"{{"id": "{id}", "status": "processing"}}"#)),
        _ => (200, format!(r#"{{"id": "{id}", "status": "succeeded"}}"#)),
    };
    if status == 200 {
        desk.done.push(asked);
    }
    desk.known.insert(key, (status, body.clone()));
    drop(desk);
    if play != Play::LoseAnswer {
        send(&mut stream, status, &body);
    }
}

/// Head and body of a request.
fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length
                .and_then(|length| length.trim().parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
        }
    }
}

fn send(stream: &mut TcpStream, status: u16, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}

/// The fields of a form, decoded.
fn form(body: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            bytes.push(match byte {
                b'%' => match (digit(), digit()) {
                    (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or(b'?'),
                    _ => b'?',
                },
                b'+' => b' ',
                other => other,
            });
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let fields = body.split('&').filter_map(|field| field.split_once('='));
    fields
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}
