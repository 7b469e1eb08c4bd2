//! Numbers that nobody can have chosen: the secret of each month, draws, and the check of both.
//!
//! The hash of a month's secret is published before the month begins; the number of a play is an
//! HMAC of the play's own key under that secret, and when the month is over the secret is told. So
//! anybody can work out each number again, and nobody can have picked a secret that suits the plays.

use crate::app::Core;
use crate::{App, Error, NOW};
use regulars_base::{EventKey, Name, Period, TenantId, Text, Timestamp, Zone};
use regulars_engine::event::{Contest, Event, Incoming, Kind, Placed, Play, Who};
use regulars_engine::outcome::{GameNote, Note, Verdict};
use regulars_engine::program::DrawRule;
use regulars_store::{Board, DrawSecret, Ticket};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Secrets that are known already.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<BTreeMap<(TenantId, i32), [u8; 32]>>);

/// What is published of a month's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The first day of the month (UTC).
    pub month: String,
    /// SHA-256 of the secret.
    pub promise: [u8; 32],
    /// When it was made.
    pub made_at: Timestamp,
    /// The secret, once the month is over.
    pub secret: Option<[u8; 32]>,
}

/// What a check of draws found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawCheck {
    /// Plays that were checked.
    pub plays: u64,
    /// Of these, plays whose month has a secret.
    pub proven: u64,
    /// What is wrong, in words.
    pub wrong: Vec<String>,
}

/// The winners of a draw, in order of their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Tickets in all.
    pub tickets: i64,
    /// SHA-256 of the list of tickets: wallet and count, by wallet.
    pub list: [u8; 32],
    /// The month of the secret.
    pub month: i32,
    /// Who won, first the winners, then the alternates.
    pub places: Vec<Ticket>,
    /// How many of these are winners.
    pub winners: i64,
}

/// The month that a moment falls into, by which secrets are told apart.
fn month_of(at: Timestamp) -> i32 {
    Period::Month.number(Zone::UTC.day(at))
}

/// HMAC-SHA256 (RFC 2104).
pub(crate) fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        for (byte, of_key) in block.iter_mut().zip(key) {
            *byte ^= of_key;
        }
        block
    };
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update(message)
        .finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner);
    outer.finalize().into()
}

/// What a play's number is made of: its key and the player's own words, with zeros between.
fn message(key: &EventKey, nonce: &Text) -> Vec<u8> {
    let parts = [
        "play",
        key.source.as_str(),
        key.external_id.as_str(),
        nonce.as_str(),
    ];
    parts.join("\0").into_bytes()
}

fn fresh_secret(period: i32, made_at: Timestamp) -> DrawSecret {
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(&crate::input::random());
    secret[16..].copy_from_slice(&crate::input::random());
    DrawSecret {
        period,
        secret,
        made_at,
    }
}

fn first_16(of: [u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&of[..16]);
    half
}

impl Core {
    /// Whether the secret of this moment's month is at hand.
    pub(crate) fn has_secret(&self, tenant: TenantId, at: Timestamp) -> bool {
        let known = self
            .secrets
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.contains_key(&(tenant, month_of(at)))
    }

    /// The secret of a month, made if need be: that of the next month with it.
    fn secret(&self, tenant: TenantId, month: i32, now: Timestamp) -> Result<[u8; 32], Error> {
        let known = || {
            self.secrets
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(secret) = known().get(&(tenant, month)) {
            return Ok(*secret);
        }
        self.promise(tenant, now)?;
        let secrets = self.pool.with(|store| Ok(store.draw_secrets(tenant)?))?;
        let mut found = None;
        for own in secrets {
            known().insert((tenant, own.period), own.secret);
            if own.period == month {
                found = Some(own.secret);
            }
        }
        found.ok_or_else(|| Error::Bug("a month has no secret although one was made".into()))
    }

    /// Makes the secrets of this month and the next, where there are none.
    pub(crate) fn promise(&self, tenant: TenantId, now: Timestamp) -> Result<(), Error> {
        let there = self.pool.with(|store| Ok(store.draw_secrets(tenant)?))?;
        for period in [month_of(now), month_of(now) + 1] {
            if there.iter().any(|own| own.period == period) {
                continue;
            }
            let made = fresh_secret(period, now);
            self.write(move |store| Ok(store.add_draw_secret(tenant, &made)?))?;
        }
        Ok(())
    }

    /// The randomness of a play that is recorded now.
    pub(crate) fn draw_number(
        &self,
        tenant: TenantId,
        key: &EventKey,
        play: &Play,
        now: Timestamp,
    ) -> Result<[u8; 16], Error> {
        let secret = self.secret(tenant, month_of(now), now)?;
        Ok(first_16(hmac(&secret, &message(key, &play.nonce))))
    }
}

impl App {
    /// What is published of the secrets: a promise for each month, this one and the next among
    /// them, and the secrets of those that are over.
    pub fn promises(&self, tenant: TenantId) -> Result<Vec<Promise>, Error> {
        let now = self.now();
        self.core().promise(tenant, now)?;
        let secrets = self
            .core()
            .pool
            .with(|store| Ok(store.draw_secrets(tenant)?))?;
        let promise = |own: DrawSecret| Promise {
            month: Period::Month.first_day(own.period).to_string(),
            promise: Sha256::digest(own.secret).into(),
            made_at: own.made_at,
            secret: (own.period < month_of(now)).then_some(own.secret),
        };
        Ok(secrets.into_iter().map(promise).collect())
    }

    /// Works out each play again: its number from the month's secret and its key, and its prize from
    /// the number and the odds of the program's version that decided.
    pub fn verify_draws(&self, tenant: TenantId) -> Result<DrawCheck, Error> {
        let versions = self.versions(tenant)?;
        let mut check = DrawCheck::default();
        self.core().pool.with(|store| {
            let secrets = store.draw_secrets(tenant)?;
            store.each_event(tenant, &mut |logged| {
                let Kind::Play(play) = &logged.event.kind else {
                    return Ok(());
                };
                check.plays += 1;
                let event = &logged.event;
                let month = month_of(event.recorded_at);
                if let Some(own) = secrets.iter().find(|own| own.period == month) {
                    check.proven += 1;
                    let number = first_16(hmac(&own.secret, &message(&event.key, &play.nonce)));
                    if number != event.entropy {
                        check.wrong.push(format!(
                            "play {:?} has another number than its key and the secret of {}",
                            event.key.external_id.as_str(),
                            Period::Month.first_day(month),
                        ));
                    }
                }
                let program = versions.numbered(logged.program);
                let mut games = program.iter().flat_map(|program| &program.games.games);
                let game = games.find(|game| game.id == play.game.as_str());
                let (Some(game), Verdict::Accepted) = (game, &logged.outcome.verdict) else {
                    return Ok(());
                };
                let roll = game.roll(event.entropy);
                let drawn = game.prize_at(roll).map(|place| game.prizes[place].name);
                let same = |note: &Note| {
                    matches!(note, Note::Games(note) if matches!(&**note,
                        GameNote::Played { roll: own, drawn: prize, .. }
                            if *own == roll && *prize == drawn))
                };
                if !logged.outcome.trace.iter().any(same) {
                    check.wrong.push(format!(
                        "play {:?} came to something else than number {roll} of {}",
                        event.key.external_id.as_str(),
                        game.whole,
                    ));
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(check)
    }

    /// Who wins a draw that is closed: the same whenever it is asked.
    pub fn drawn(&self, tenant: TenantId, draw: &str) -> Result<Drawn, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let rule = program.games.draws.iter().find(|own| own.id == draw);
        let rule = rule.ok_or_else(|| Error::NotFound {
            what: "draw",
            name: draw.to_owned(),
        })?;
        self.core().winners(tenant, rule, now)
    }
}

impl Core {
    /// Draws the places of a closed draw, without putting tickets back: the member whose ticket was
    /// drawn is out.
    fn winners(&self, tenant: TenantId, rule: &DrawRule, now: Timestamp) -> Result<Drawn, Error> {
        if now < rule.closes {
            let what = format!("is open until {}: nobody has won yet", rule.closes);
            return Err(Error::invalid("/draw", what));
        }
        let month = month_of(rule.closes);
        let secret = self.secret_or_now(tenant, month, now)?;
        let board = Board {
            board: rule.name,
            period: 0,
        };
        let tickets = self.pool.with(|store| Ok(store.tickets(tenant, board)?))?;
        let places = usize::try_from(rule.winners + rule.alternates).unwrap_or(0);
        Ok(Drawn {
            tickets: tickets.iter().map(|ticket| ticket.count).sum(),
            list: list_hash(&tickets),
            month,
            places: draw(&secret, &rule.id, tickets, places),
            winners: rule.winners,
        })
    }

    /// Draws may close in a month in which nothing was running yet.
    fn secret_or_now(
        &self,
        tenant: TenantId,
        month: i32,
        now: Timestamp,
    ) -> Result<[u8; 32], Error> {
        let there = self.pool.with(|store| Ok(store.draw_secrets(tenant)?))?;
        if !there.iter().any(|own| own.period == month) && month < month_of(now) {
            let made = fresh_secret(month, now);
            self.write(move |store| Ok(store.add_draw_secret(tenant, &made)?))?;
        }
        self.secret(tenant, month, now)
    }

    /// Pays the places of boards and draws that have closed since this was done last.
    pub(crate) fn pay_places(&self, tenant: TenantId, now: Timestamp) -> Result<usize, Error> {
        let versions = self
            .pool
            .with(|store| self.versions.latest(tenant, store))?;
        let Ok((_, program)) = versions.at(now) else {
            return Ok(0);
        };
        let games = &program.games;
        let mut placed: Vec<Incoming> = Vec::new();
        let mut marks: Vec<(String, String)> = Vec::new();
        if !games.games.is_empty() || !games.draws.is_empty() {
            self.promise(tenant, now)?;
        }
        for board in games.boards.iter().filter(|own| !own.prizes.is_empty()) {
            let mut period = board.period(&program.zone, now);
            while board.closes_at(&program.zone, period) > now {
                period -= 1;
            }
            let job = format!("leaderboard {}", board.id);
            let done = self.bookmark(tenant, &job)?;
            let done = done.and_then(|done| done.parse::<i32>().ok());
            let last = board.prizes.last().map_or(0, |prize| prize.to);
            let last = usize::try_from(last).unwrap_or(0);
            for period in done.map_or(period, |done| done + 1)..=period {
                let of = Board {
                    board: board.name,
                    period,
                };
                let winners = self
                    .pool
                    .with(|store| Ok(store.standings(tenant, of, (0, last))?))?;
                for winner in winners
                    .iter()
                    .filter(|own| board.prize(own.place).is_some())
                {
                    let contest = Contest::Leaderboard(text(&board.id));
                    let who = Who::Member(winner.member);
                    placed.push(place(who, contest, period, winner.place));
                }
            }
            if done != Some(period) {
                marks.push((job, period.to_string()));
            }
        }
        for rule in games.draws.iter().filter(|rule| rule.closes <= now) {
            let job = format!("draw {}", rule.id);
            if self.bookmark(tenant, &job)?.is_some() {
                continue;
            }
            let drawn = self.winners(tenant, rule, now)?;
            let winners = (1..=rule.winners).zip(&drawn.places);
            placed.extend(winners.map(|(number, winner)| {
                let contest = Contest::Draw(text(&rule.id));
                place(Who::Member(winner.member), contest, 0, number)
            }));
            marks.push((job, "drawn".to_owned()));
        }
        let count = placed.len();
        for incoming in placed {
            let lane = self.lane_of(tenant, &incoming);
            let prepared = crate::input::prepare(incoming, &[], crate::input::Timing::Live, now)?;
            let tally = std::sync::Arc::new(crate::lane::Tally::default());
            let reply = crate::lane::Reply::Tally(std::sync::Arc::clone(&tally), 0);
            lane.push(tenant, [crate::lane::Item::new(prepared, reply)]);
            if let Some((_, error)) = tally.wait(1).failed.pop() {
                return Err(error);
            }
        }
        for (job, mark) in marks {
            self.write(move |store| Ok(store.set_bookmark(tenant, &job, Some(&mark))?))?;
        }
        Ok(count)
    }

    fn bookmark(&self, tenant: TenantId, job: &str) -> Result<Option<String>, Error> {
        self.pool.with(|store| Ok(store.bookmark(tenant, job)?))
    }
}

fn text(text: &str) -> Text {
    Text::new(text).expect("an id is a short text")
}

/// The event by which a place is paid: the same however often it is made.
fn place(who: Who, contest: Contest, period: i32, place: i64) -> Incoming {
    let (Contest::Leaderboard(id) | Contest::Draw(id)) = &contest;
    Incoming {
        who,
        event: Event {
            key: EventKey {
                source: text("places"),
                external_id: text(&format!("{id}/{period}/{place}")),
            },
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind: Kind::Placed(Placed {
                contest,
                period,
                place,
            }),
        },
    }
}

fn list_hash(tickets: &[Ticket]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for ticket in tickets {
        hash.update(ticket.wallet.bytes());
        hash.update(ticket.count.to_be_bytes());
    }
    hash.finalize().into()
}

/// Draws so many places from tickets that are sorted by wallet.
fn draw(secret: &[u8; 32], id: &str, mut tickets: Vec<Ticket>, places: usize) -> Vec<Ticket> {
    let mut drawn = Vec::new();
    let list = list_hash(&tickets);
    for place in 1..=places {
        let left: i64 = tickets.iter().map(|ticket| ticket.count).sum();
        let Ok(left) = u128::try_from(left) else {
            break;
        };
        if left == 0 {
            break;
        }
        let mut message = ["draw", id, &place.to_string(), ""].join("\0").into_bytes();
        message.extend(list);
        let number = u128::from_be_bytes(first_16(hmac(secret, &message))) % left;
        let mut upto = 0_u128;
        let found = tickets.iter().position(|ticket| {
            upto += u128::from(ticket.count.unsigned_abs());
            number < upto
        });
        let Some(found) = found else { break };
        drawn.push(tickets.remove(found));
    }
    drawn
}

/// The statement of a cause: what it got in each month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseMonth {
    /// The first day of the month.
    pub month: String,
    /// How much, in minor units of the program's currency.
    pub amount: i64,
    /// From how many members.
    pub members: i64,
}

impl App {
    /// What a cause got, month by month, what merchants added included.
    pub fn cause(&self, tenant: TenantId, cause: &str) -> Result<Vec<CauseMonth>, Error> {
        let name = Name::of(&format!("cause {cause}"));
        let (_, program) = self.program_in_force(tenant, self.now())?;
        if !program.games.causes.iter().any(|own| own.name == name) {
            return Err(Error::NotFound {
                what: "cause",
                name: cause.to_owned(),
            });
        }
        let sums = self
            .core()
            .pool
            .with(|store| Ok(store.score_sums(tenant, name)?))?;
        let month = |sum: &regulars_store::PeriodSum| CauseMonth {
            month: Period::Month.first_day(sum.period).to_string(),
            amount: sum.sum,
            members: sum.members,
        };
        Ok(sums.iter().map(month).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_base::{MemberId, WalletId};

    /// RFC 4231, test case 1 has a key of 20 bytes: padded with zeros to a block it is the same.
    #[test]
    fn the_hmac_is_that_of_the_rfc() {
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        let hex: String = hmac(&key, b"Hi There")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected);
    }

    #[test]
    fn a_draw_gives_each_ticket_the_same_chance_and_nobody_two_places() {
        let ticket = |number: u8, count| Ticket {
            wallet: WalletId::from_bytes([number; 16]),
            member: MemberId::from_bytes([number; 16]),
            count,
        };
        let mut first = [0_i64; 3];
        for number in 0..3000_u32 {
            let secret: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
            let tickets = vec![ticket(0, 1), ticket(1, 2), ticket(2, 3)];
            let places = draw(&secret, "summer", tickets.clone(), 5);
            assert_eq!(places.len(), 3, "there are three members");
            assert_eq!(places, draw(&secret, "summer", tickets, 5));
            first[usize::from(places[0].wallet.bytes()[0])] += 1;
        }
        // Chi-square with two degrees of freedom: 13.8 is passed by chance once in a thousand.
        let expected = [500_i64, 1000, 1500];
        let sum: i64 = first
            .iter()
            .zip(expected)
            .map(|(seen, hoped)| (seen - hoped) * (seen - hoped) * 1000 / hoped)
            .sum();
        assert!(sum < 13_800, "{first:?}");
    }
}
