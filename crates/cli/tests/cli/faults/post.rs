//! Who takes what a shop sends: a provider of text messages that knows a message by its key, and a mail server.
//! Both are real servers on ports of this machine, and remember what they took.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// By what way something came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Provider,
    Letter,
}

/// What one of the two took.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    /// How often it was told something whole.
    pub(super) requests: usize,
    /// How often each address got something.
    got: BTreeMap<String, usize>,
    /// What was said under each key.
    keys: BTreeMap<String, String>,
    /// What cannot be.
    pub(super) wrong: Vec<String>,
}

impl Desk {
    /// How often somebody got something.
    pub(super) fn times(&self, to: &str) -> usize {
        self.got.get(to).copied().unwrap_or(0)
    }

    /// How many got something more than once.
    pub(super) fn more_than_once(&self) -> usize {
        self.got.values().filter(|times| **times > 1).count()
    }
}

#[derive(Default)]
struct State {
    provider: Desk,
    letters: Desk,
    /// Whether the provider takes what it knows for something new.
    forgets: bool,
    /// Whether taking something needs a moment.
    pauses: bool,
    /// From which request on a way hangs; whether it takes first what it does not answer.
    hangs: Option<(Way, usize, bool)>,
    /// How many hang.
    hanging: usize,
}

impl State {
    fn desk(&mut self, way: Way) -> &mut Desk {
        match way {
            Way::Provider => &mut self.provider,
            Way::Letter => &mut self.letters,
        }
    }
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread of the test panicked")
    }

    /// Takes something, and comes back when it is to be answered.
    fn take(&self, way: Way, (key, to, says): (&str, &str, &str)) {
        let mut state = self.state();
        if state.pauses {
            // So that a kill comes upon some that are under way.
            let last = key.bytes().next_back().unwrap_or(0);
            let pause = Duration::from_micros(400 * u64::from(last % 9));
            drop(state);
            std::thread::sleep(pause);
            state = self.state();
        }
        state.desk(way).requests += 1;
        let hangs = state.hangs;
        let hangs =
            hangs.filter(|(own, after, _)| *own == way && state.desk(way).requests > *after);
        if hangs.is_none_or(|own| own.2) {
            let honours = way == Way::Provider && !state.forgets;
            count(state.desk(way), honours, (key, to, says));
        }
        if hangs.is_some() {
            state.hanging += 1;
            while state.hangs.is_some() {
                state = self.changed.wait(state).expect("no thread panicked");
            }
        }
    }
}

fn count(desk: &mut Desk, honours: bool, (key, to, says): (&str, &str, &str)) {
    let before = desk.keys.insert(key.to_owned(), says.to_owned());
    if let Some(before) = before {
        if before != says {
            desk.wrong
                .push(format!("{key} said {before}, and then {says}"));
        }
        if honours {
            return;
        }
    }
    *desk.got.entry(to.to_owned()).or_default() += 1;
}

/// Both of them. They end with the test's process.
pub(super) struct Post {
    provider: SocketAddr,
    mail: SocketAddr,
    shared: Arc<Shared>,
}

impl Post {
    /// Listens on free ports.
    pub(super) fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let listen = |serve: fn(&TcpStream, &Shared) -> Option<()>| {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let address = listener.local_addr().expect("it listens");
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let shared = Arc::clone(&shared);
                    std::thread::spawn(move || serve(&stream, &shared));
                }
            });
            address
        };
        Self {
            provider: listen(provide),
            mail: listen(take_letters),
            shared: Arc::clone(&shared),
        }
    }

    pub(super) fn provider_url(&self) -> String {
        format!("http://{}/messages", self.provider)
    }

    pub(super) fn mail_url(&self) -> String {
        format!("smtp://{}", self.mail)
    }

    /// What came by a way.
    pub(super) fn desk(&self, way: Way) -> Desk {
        self.shared.state().desk(way).clone()
    }

    /// How often one of the two was told something.
    pub(super) fn requests(&self) -> u64 {
        let state = self.shared.state();
        (state.provider.requests + state.letters.requests) as u64
    }

    /// How many got something, by both ways.
    pub(super) fn delivered(&self) -> u64 {
        let state = self.shared.state();
        (state.provider.got.len() + state.letters.got.len()) as u64
    }

    /// Forgets what came.
    pub(super) fn empty(&self) {
        let mut state = self.shared.state();
        (state.provider, state.letters) = (Desk::default(), Desk::default());
    }

    pub(super) fn pauses(&self, pauses: bool) {
        self.shared.state().pauses = pauses;
    }

    pub(super) fn forgets(&self, forgets: bool) {
        self.shared.state().forgets = forgets;
    }

    /// From this request on one of them says nothing more; whether it takes what it does not answer.
    pub(super) fn hangs(&self, way: Way, after: usize, takes: bool) {
        self.shared.state().hangs = Some((way, after, takes));
    }

    pub(super) fn hangs_no_more(&self) {
        self.shared.state().hangs = None;
        self.shared.changed.notify_all();
    }

    pub(super) fn hanging(&self) -> usize {
        self.shared.state().hanging
    }
}

/// Answers requests of one connection until it ends.
fn provide(stream: &TcpStream, shared: &Shared) -> Option<()> {
    let mut from = BufReader::new(stream);
    loop {
        let (mut key, mut length) = (String::new(), 0);
        loop {
            let line = line(&mut from)?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                match name.to_ascii_lowercase().as_str() {
                    "webhook-id" => value.trim().clone_into(&mut key),
                    "content-length" => length = value.trim().parse().ok()?,
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        from.read_exact(&mut body).ok()?;
        let told: serde_json::Value = serde_json::from_slice(&body).ok()?;
        let to = told["to"].as_str()?;
        shared.take(Way::Provider, (&key, to, &told.to_string()));
        let mut to = stream;
        to.write_all(b"HTTP/1.1 204 Taken\r\ncontent-length: 0\r\n\r\n")
            .ok()?;
    }
}

/// Takes the letters of one connection, by SMTP, until it ends. Half of a letter is none.
fn take_letters(stream: &TcpStream, shared: &Shared) -> Option<()> {
    let mut from = BufReader::new(stream);
    let mut out = stream;
    let mut say = |text: &str| out.write_all(text.as_bytes()).ok();
    say("220 here\r\n")?;
    let mut to = String::new();
    loop {
        let told = line(&mut from)?;
        match told.split([' ', ':']).next().unwrap_or_default() {
            "RCPT" => {
                let address = told.split(['<', '>']).nth(1);
                address.unwrap_or_default().clone_into(&mut to);
                say("250 yes\r\n")?;
            }
            "DATA" => {
                say("354 go on\r\n")?;
                let (mut id, mut letter) = (String::new(), String::new());
                loop {
                    let told = line(&mut from)?;
                    if told == "." {
                        break;
                    }
                    if let Some(value) = told.strip_prefix("Message-ID: ") {
                        value.clone_into(&mut id);
                    }
                    letter.push_str(&told);
                }
                assert!(!id.is_empty(), "a letter has an id: {letter}");
                shared.take(Way::Letter, (&id, &to, ""));
                say("250 taken\r\n")?;
            }
            "QUIT" => return say("221 bye\r\n"),
            _ => say("250 yes\r\n")?,
        }
    }
}

/// The next line; nothing when whoever speaks is gone.
fn line(from: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let count = from.read_line(&mut line).ok()?;
    let whole = count > 0 && line.ends_with('\n');
    whole.then(|| line.trim_end().to_owned())
}
