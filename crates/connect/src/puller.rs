//! Asks platforms for what their deliveries lost: page by page, at their pace.

use crate::courier::agent;
use crate::inbound::{Answer, Request};
use std::io::Read as _;
use std::time::Duration;

/// The most of one page.
const PAGE_MOST: u64 = 32 << 20;
/// So often a page is asked for again that was not to be had.
const TRIES: u32 = 5;
/// The longest time that a platform may have us wait for a page.
const ASKED_MOST: Duration = Duration::from_secs(120);

/// Asks platforms.
#[derive(Clone, Debug)]
pub struct Puller {
    agent: ureq::Agent,
}

/// Why a page was not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnswered(pub String);

impl Puller {
    /// `private` allows addresses in the house.
    pub fn new(private: bool) -> Self {
        Self {
            agent: agent(private, "Regulars-Connectors/1"),
        }
    }

    /// Gets a page. `wait` is called for the pauses that the platform asks for, and says whether to go on.
    pub fn get(
        &self,
        ask: &Request,
        wait: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<Answer, NotAnswered> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (why, asked) = match self.once(ask) {
                Ok(answer) => return Ok(answer),
                Err(Broken::ForGood(why)) => return Err(NotAnswered(why)),
                Err(Broken::ForNow(why, asked)) => (why, asked),
            };
            let own = Duration::from_secs(1 << tries.min(5));
            let pause = asked.unwrap_or(own);
            if tries >= TRIES || pause > ASKED_MOST || !wait(pause) {
                return Err(NotAnswered(why));
            }
        }
    }

    fn once(&self, ask: &Request) -> Result<Answer, Broken> {
        let (name, value) = &ask.pass;
        let sent = self.agent.get(&ask.url).header(*name, value).call();
        let mut answer =
            sent.map_err(|error| Broken::ForNow(crate::courier::words(error), None))?;
        let header = |name: &str| {
            let found = answer.headers().get(name).and_then(|own| own.to_str().ok());
            found.unwrap_or_default().to_owned()
        };
        let (link, pages, after) = (
            header("link"),
            header("x-wp-totalpages"),
            header("retry-after"),
        );
        let status = answer.status().as_u16();
        match status {
            200 => {}
            429 | 500..=599 => {
                let asked = after.trim().parse::<f64>().ok().filter(|own| *own >= 0.0);
                let asked = asked.and_then(|own| Duration::try_from_secs_f64(own).ok());
                return Err(Broken::ForNow(format!("status {status}"), asked));
            }
            401 | 403 => {
                let why = format!("status {status}: look at what lets us in");
                return Err(Broken::ForGood(why));
            }
            _ => return Err(Broken::ForGood(format!("status {status}"))),
        }
        let mut body = String::new();
        let mut reader = answer.body_mut().as_reader().take(PAGE_MOST + 1);
        let read = reader.read_to_string(&mut body);
        read.map_err(|error| Broken::ForNow(format!("the answer broke off: {error}"), None))?;
        if body.len() as u64 > PAGE_MOST {
            return Err(Broken::ForGood("a page is longer than 32 MiB".into()));
        }
        Ok(Answer {
            url: ask.url.clone(),
            link,
            pages,
            body,
        })
    }
}

enum Broken {
    ForNow(String, Option<Duration>),
    ForGood(String),
}
