//! Leaderboards and nicknames.

use crate::{App, Error, MemberRef, members};
use regulars_base::{TenantId, Timestamp};
use regulars_store::{Board, Standing};

/// A leaderboard in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaderboard {
    /// Its id in the program file.
    pub board: String,
    /// What people call it.
    pub title: String,
    /// The first day of the period; nothing if it counts for ever.
    pub begins_on: Option<String>,
    /// When the period is closed; nothing if it never is.
    pub closes_at: Option<Timestamp>,
    /// The decimals of its figures.
    pub decimals: u8,
    /// The first places.
    pub top: Vec<Standing>,
    /// The place of the member who was asked for.
    pub own: Option<Standing>,
    /// Their neighbours, themselves among them.
    pub around: Vec<Standing>,
}

/// What is asked of a leaderboard.
#[derive(Clone, Debug, Default)]
pub struct LeaderboardAsk {
    /// The period that this moment falls into; now, if nothing.
    pub at: Option<Timestamp>,
    /// How many of the first places.
    pub top: usize,
    /// Whose place is asked for.
    pub member: Option<MemberRef>,
    /// How many neighbours on each side.
    pub around: usize,
}

/// The shortest and the longest nickname, in letters.
const NICKNAME: (usize, usize) = (2, 24);

impl App {
    /// Who has most.
    pub fn leaderboard(
        &self,
        tenant: TenantId,
        board: &str,
        ask: &LeaderboardAsk,
    ) -> Result<Leaderboard, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let mut boards = program.games.boards.iter();
        let rule = boards.find(|own| own.id == board);
        let rule = rule.ok_or_else(|| Error::NotFound {
            what: "leaderboard",
            name: board.to_owned(),
        })?;
        let period = rule.period(&program.zone, ask.at.unwrap_or(now));
        let of = Board {
            board: rule.name,
            period,
        };
        let (top, own, around) = self.core().pool.with(|store| {
            let top = store.standings(tenant, of, (0, ask.top))?;
            let own = match &ask.member {
                None => None,
                Some(who) => {
                    let member = members::find(store, tenant, who)?;
                    store.standing(tenant, of, member.wallet, ask.around)?
                }
            };
            let (own, around) = own.map_or((None, Vec::new()), |(own, near)| (Some(own), near));
            Ok((top, own, around))
        })?;
        let closes_at = rule.closes_at(&program.zone, period);
        let decimals = match rule.counts {
            regulars_engine::program::Counts::Points(place) => {
                program.points[usize::from(place)].decimals
            }
            _ => 0,
        };
        Ok(Leaderboard {
            board: rule.id.clone(),
            title: rule.title.clone(),
            begins_on: rule.every.map(|every| every.first_day(period).to_string()),
            closes_at: (closes_at < Timestamp::LAST).then_some(closes_at),
            decimals,
            top,
            own,
            around,
        })
    }

    /// A member's nickname, if they chose one.
    pub fn nickname(&self, tenant: TenantId, who: &MemberRef) -> Result<Option<String>, Error> {
        self.core().pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            Ok(store.nickname(tenant, member.id)?)
        })
    }

    /// Chooses a nickname: from then on the member appears on leaderboards, under it. Nothing takes
    /// it away.
    pub fn set_nickname(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        nickname: Option<&str>,
    ) -> Result<(), Error> {
        let nickname = nickname.map(well_formed).transpose()?;
        let who = who.clone();
        self.core().write(move |store| {
            let member = members::find(store, tenant, &who)?.id;
            let key = nickname.as_ref().map(|nickname| nickname.to_lowercase());
            let both = key.as_deref().zip(nickname.as_deref());
            match store.set_nickname(tenant, member, both)? {
                true => Ok(()),
                false => Err(Error::invalid(
                    "/nickname",
                    "is taken: choose another one".to_owned(),
                )),
            }
        })
    }
}

/// Letters, digits and what is between words; not like an address or a number of somebody.
fn well_formed(text: &str) -> Result<String, Error> {
    let letters = text.chars().count();
    let fits = |letter: char| letter.is_alphanumeric() || " -_.'".contains(letter);
    let ends = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    let named = text.chars().any(char::is_alphabetic);
    let (short, long) = NICKNAME;
    if (short..=long).contains(&letters) && text.chars().all(fits) && !ends && named {
        Ok(text.to_owned())
    } else {
        let what = format!(
            "must have {short} to {long} letters, digits, spaces or `-_.'`, one letter at least"
        );
        Err(Error::invalid("/nickname", what))
    }
}
