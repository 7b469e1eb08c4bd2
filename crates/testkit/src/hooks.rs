//! A receiver of webhooks on a port of this machine: it keeps what it was sent, and answers as the test's
//! script says.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the receiver does with a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Answers with this status.
    Status(u16),
    /// Answers with this status and one more header.
    With(u16, &'static str),
    /// Takes so long, then answers 204.
    Slow(Duration),
    /// Takes it and hangs up before it answers.
    Lose,
    /// Answers 200 with a body that does not end.
    Endless,
}

/// A webhook that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Where it was sent to.
    pub path: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub seconds: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// What it says.
    pub body: String,
    /// The status that it was answered with; nothing if it was not.
    pub status: Option<u16>,
}

/// The receiver. It ends with the test's process.
pub struct HookStandIn {
    /// Where it listens.
    pub address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
}

#[derive(Default)]
struct Desk {
    script: VecDeque<Reply>,
    usual: Option<Reply>,
    /// Webhooks whose body has this text are answered so, whatever the script says.
    about: Option<(String, Reply)>,
    hooks: Vec<Hook>,
}

impl HookStandIn {
    /// Listens on a free port; answers 204.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let desk = Arc::new(Mutex::new(Desk::default()));
        let shared = Arc::clone(&desk);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let desk = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &desk));
            }
        });
        Self { address, desk }
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    /// What it does with the next webhooks; after them with all.
    pub fn play(&self, script: &[Reply]) {
        self.desk().script.extend(script.iter().cloned());
    }

    /// What it does with each webhook from now on.
    pub fn always(&self, reply: Reply) {
        self.desk().usual = Some(reply);
    }

    /// What it does with those that say this; nothing special any more, if nothing.
    pub fn about(&self, about: Option<(&str, Reply)>) {
        self.desk().about = about.map(|(text, reply)| (text.to_owned(), reply));
    }

    /// All that came in, in that order.
    pub fn hooks(&self) -> Vec<Hook> {
        self.desk().hooks.clone()
    }

    /// What it took.
    pub fn taken(&self) -> Vec<Hook> {
        let mut hooks = self.hooks();
        hooks.retain(|hook| matches!(hook.status, Some(200..=299)));
        hooks
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers requests of one connection.
fn serve(stream: &TcpStream, desk: &Mutex<Desk>) {
    let mut reader = BufReader::new(stream);
    while let Some(hook) = read(&mut reader) {
        let reply = {
            let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
            let reply = match &desk.about {
                Some((text, reply)) if hook.body.contains(text.as_str()) => reply.clone(),
                _ => {
                    let next = desk.script.pop_front();
                    let usual = desk.usual.clone().unwrap_or(Reply::Status(204));
                    next.unwrap_or(usual)
                }
            };
            let status = match &reply {
                Reply::Status(status) | Reply::With(status, _) => Some(*status),
                Reply::Slow(_) => Some(204),
                Reply::Lose => None,
                Reply::Endless => Some(200),
            };
            desk.hooks.push(Hook { status, ..hook });
            reply
        };
        if !answer(stream, &reply) {
            return;
        }
    }
}

/// Whether the connection stays.
fn answer(mut stream: &TcpStream, reply: &Reply) -> bool {
    let head = |status: u16, more: &str| {
        format!("HTTP/1.1 {status} Said\r\n{more}content-length: 0\r\n\r\n")
    };
    let head = match reply {
        Reply::Status(status) => head(*status, ""),
        Reply::With(status, more) => head(*status, &format!("{more}\r\n")),
        Reply::Slow(time) => {
            std::thread::sleep(*time);
            head(204, "")
        }
        Reply::Lose => return false,
        Reply::Endless => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut good = stream.write_all(head.as_bytes()).is_ok();
            let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
            while good {
                good = stream.write_all(chunk.as_bytes()).is_ok();
            }
            return false;
        }
    };
    stream.write_all(head.as_bytes()).is_ok()
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Hook> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let header = |name: &str| {
        let mut pairs = lines.iter().filter_map(|line| line.split_once(':'));
        let pair = pairs.find(|(own, _)| own.eq_ignore_ascii_case(name));
        pair.map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Hook {
        path: lines.first()?.split(' ').nth(1)?.to_owned(),
        id: header("webhook-id"),
        seconds: header("webhook-timestamp").parse().unwrap_or(0),
        signature: header("webhook-signature"),
        body: String::from_utf8(body).ok()?,
        status: None,
    })
}
