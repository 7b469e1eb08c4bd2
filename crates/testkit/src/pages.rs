//! A platform that is asked for pages, on a port of this machine: it keeps what it was asked, and answers as
//! the test says.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// What it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAsked {
    /// Path and query.
    pub path: String,
    /// All headers, names in small letters.
    pub headers: Vec<(String, String)>,
}

impl PageAsked {
    /// What a header says; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }
}

/// What it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSaid {
    /// The status.
    pub status: u16,
    /// One more header: `link: <…>; rel="next"`.
    pub header: String,
    /// The body.
    pub body: String,
}

/// The platform. It ends with the test's process.
pub struct PageStandIn {
    /// Where it listens.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<PageAsked>>>,
}

type Say = dyn Fn(usize, &PageAsked) -> PageSaid + Send + Sync;

impl PageStandIn {
    /// Listens on a free port; `say` hears how often it was asked before.
    pub fn start(say: impl Fn(usize, &PageAsked) -> PageSaid + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (shared, say): (_, Arc<Say>) = (Arc::clone(&asked), Arc::new(say));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, say) = (Arc::clone(&shared), Arc::clone(&say));
                std::thread::spawn(move || serve(&stream, &asked, &*say));
            }
        });
        Self { address, asked }
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All that it was asked, in that order.
    pub fn asked(&self) -> Vec<PageAsked> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }
}

fn serve(stream: &TcpStream, all: &Mutex<Vec<PageAsked>>, say: &Say) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        let before = {
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(asked.clone());
            all.len() - 1
        };
        let said = say(before, &asked);
        let more = match said.header.is_empty() {
            true => String::new(),
            false => format!("{}\r\n", said.header),
        };
        let answer = format!(
            "HTTP/1.1 {} Said\r\ncontent-type: application/json\r\n{more}content-length: {}\r\n\r\n{}",
            said.status,
            said.body.len(),
            said.body
        );
        let mut writer = stream;
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<PageAsked> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Some(PageAsked {
        path: first.split(' ').nth(1)?.to_owned(),
        headers,
    })
}
