//! Tills that go on telling whatever happens: one by one and in batches, some of it twice.

use crate::faults::Dice;
use crate::faults::book::{Book, MEMBERS, Told};
use crate::serving::Server;
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many tell at once.
const TILLS: u64 = 4;

/// A connection that stays open.
pub(super) struct Line {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Line {
    pub(super) fn to(address: &str) -> Self {
        Self {
            address: address.trim_start_matches("http://").to_owned(),
            stream: None,
        }
    }

    /// Asks, and reads the whole answer. A connection that broke is made anew the next time.
    pub(super) fn ask(
        &mut self,
        (method, path): (&str, &str),
        key: &str,
        body: &str,
    ) -> io::Result<(u16, String)> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_secs(60)))?;
                BufReader::new(stream)
            }
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let answer = read(&mut stream)?;
        self.stream = Some(stream);
        Ok(answer)
    }
}

/// Status and body of an answer, whole or not at all.
fn read(stream: &mut BufReader<TcpStream>) -> io::Result<(u16, String)> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (mut status, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(cut());
        }
        let line = line.trim_end();
        if status.is_none() {
            status = line
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok());
            status.ok_or_else(cut)?;
        } else if line.is_empty() {
            break;
        } else if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let body = String::from_utf8(body).map_err(io::Error::other)?;
    status.map(|status| (status, body)).ok_or_else(cut)
}

/// Says that it is over when it is dropped, so that tills stop also where a test panics.
pub(super) struct Over<'a>(pub(super) &'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Those who tell, and whom.
pub(super) struct Load<'a> {
    pub(super) book: &'a Book,
    /// Tells the rounds of a test apart.
    pub(super) round: u64,
    /// The servers that they tell; each till goes to the next one when its own is gone.
    pub(super) addresses: Vec<String>,
    pub(super) key: &'a str,
    /// How much is written by now: to know later what was acknowledged before a moment.
    pub(super) mark: &'a (dyn Fn() -> u64 + Sync),
}

impl<'a> Load<'a> {
    /// On one server.
    pub(super) fn on(server: &Server, book: &'a Book, key: &'a str, round: u64) -> Self {
        Self {
            book,
            round,
            addresses: vec![server.text("listening").to_owned()],
            key,
            mark: &|| 0,
        }
    }

    /// Lets all tills tell until `fault` has done what it does.
    pub(super) fn during<T>(&self, dice: &mut Dice, fault: impl FnOnce() -> T) -> T {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for till in 0..TILLS {
                let (own, over) = (Dice(dice.next()), &over);
                scope.spawn(move || self.till(till, own, over));
            }
            let _over = Over(&over);
            fault()
        })
    }

    fn till(&self, till: u64, mut dice: Dice, over: &AtomicBool) {
        let (mut made, mut own) = (0, Vec::new());
        let mut at = usize::try_from(till).expect("there are few") % self.addresses.len();
        let mut line = Line::to(&self.addresses[at]);
        while !over.load(Ordering::Relaxed) {
            let many = if dice.chance(30) {
                2 + dice.below(11)
            } else {
                1
            };
            let mut sent = Vec::new();
            for _ in 0..many {
                sent.push(self.one(till, &mut made, &mut own, &mut dice));
            }
            // Within a batch each stands once: what stands twice is answered twice.
            sent.sort_by(|a: &Told, b| a.id.cmp(&b.id));
            sent.dedup_by(|a, b| a.id == b.id);
            if self.send(&mut line, &sent, &mut dice).is_err() {
                at = (at + 1) % self.addresses.len();
                line = Line::to(&self.addresses[at]);
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }

    /// The next event of a till: a new one, one that was told before, or a refund.
    fn one(&self, till: u64, made: &mut u64, own: &mut Vec<Told>, dice: &mut Dice) -> Told {
        if dice.chance(15)
            && let Some(old) = self.book.any_acknowledged(dice.next())
        {
            return old;
        }
        if !own.is_empty() && dice.chance(10) {
            // Maybe it was never answered: then whoever told it tells it again.
            let at = usize::try_from(dice.below(own.len() as u64)).expect("is small");
            return own[at].clone();
        }
        *made += 1;
        let id = format!("r{}-{till}-{made}", self.round);
        let told = match own.pop().filter(|_| dice.chance(20)) {
            Some(bought) if self.book.is_acknowledged(&bought.id) => refund(id, &bought),
            _ => purchase(id, dice),
        };
        self.book.tell(told.clone());
        if told.points > 0 {
            own.push(told.clone());
        }
        told
    }

    fn send(&self, line: &mut Line, sent: &[Told], dice: &mut Dice) -> io::Result<()> {
        if let [one] = sent {
            if one.acknowledged.is_some() && one.points > 0 && dice.chance(20) {
                return self.send_another(line, one);
            }
            let (status, said) =
                line.ask(("POST", "/v1/events"), self.key, &one.body.to_string())?;
            self.book.answered(&one.id, status, (self.mark)(), &said);
            return Ok(());
        }
        let bodies: Vec<&Value> = sent.iter().map(|told| &told.body).collect();
        let bodies = json!(bodies).to_string();
        let (status, said) = line.ask(("POST", "/v1/events/batch"), self.key, &bodies)?;
        let mark = (self.mark)();
        let answer: Value = serde_json::from_str(&said).unwrap_or_default();
        for (at, told) in sent.iter().enumerate() {
            let own = &answer["results"][at];
            let of = own["status"]
                .as_u64()
                .and_then(|status| u16::try_from(status).ok());
            let words = own["problem"].to_string();
            match of {
                Some(of) => self.book.answered(&told.id, of, mark, &words),
                None => self.book.answered(&told.id, status, mark, &said),
            }
        }
        Ok(())
    }

    /// Sends another content under an acknowledged id, which must never count.
    fn send_another(&self, line: &mut Line, told: &Told) -> io::Result<()> {
        let mut body = told.body.clone();
        body["total"] = json!("999.00");
        body["lines"] = json!([{"category": "beans", "quantity": "1", "amount": "999.00"}]);
        let (status, said) = line.ask(("POST", "/v1/events"), self.key, &body.to_string())?;
        if status < 300 {
            self.book
                .fault(format!("another content counts under {}: {said}", told.id));
        }
        Ok(())
    }
}

pub(super) fn purchase(id: String, dice: &mut Dice) -> Told {
    let member = usize::try_from(dice.below(MEMBERS as u64)).expect("is small");
    let euros = i64::try_from(1 + dice.below(40)).expect("is small");
    let is_coffee = dice.chance(30);
    let (category, total) = (
        if is_coffee { "coffee" } else { "beans" },
        format!("{euros}.00"),
    );
    let body = json!({
        "type": "purchase", "source": "till", "id": id, "order": id,
        "customer": {"kind": "customer", "value": format!("c{member}")}, "currency": "EUR", "total": total,
        "lines": [{"category": category, "quantity": "1", "amount": total}],
    });
    let points = euros + if is_coffee { 20 } else { 0 };
    Told::new(id, member, points, body)
}

/// All of a purchase comes back. One that may not be there is not refunded: the refund would be kept until it comes,
/// and which of the two takes the points away would be the server's choice.
fn refund(id: String, bought: &Told) -> Told {
    let body = json!({
        "type": "refund", "source": "till", "id": id, "order": bought.id,
        "customer": bought.body["customer"],
    });
    Told::new(id, bought.member, -bought.points, body)
}
