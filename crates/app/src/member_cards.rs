//! Plastic cards: made in batches for a printer, good for nobody until a till activates one for a member,
//! replaced when one is lost.
//!
//! A number has a check digit, so that a slip of a finger is told from a card that nobody has, and so many
//! digits that nobody draws somebody else's. Whose a card is, the identity `card` says, as for cards from
//! elsewhere; the table of cards says only which of ours may not become one by itself: a blank one, and one
//! that is no longer good ([ADR 0118](../../../docs/adr/0118-what-does-a-member-show-at-a-till.md)).

use crate::identities::form;
use crate::{App, Error, Member, MemberRef, Page, PageAsk, input, people, versioned};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::event::Fault;
use regulars_store::{CARD, CardCount, CardRow, CardState, Store};
use serde::{Deserialize, Serialize};

/// The records that say what batches there are.
const BATCH: &str = "card-batch";
/// So many cards a batch has at most.
pub const CARDS_MOST: u32 = 100_000;
/// So many numbers there are for each card that is made: who draws one by chance gets none.
const SPARE: u128 = 10_000;
const DIGITS_LEAST: usize = 8;
const DIGITS_MOST: usize = 19;
const NAME_MOST: usize = 40;
/// So many cards are added in one transaction: tills wait for no more than that.
const PART: usize = 5_000;
/// How often numbers are drawn anew that are there already.
const TRIES: u32 = 100;

/// Cards that are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeMemberCards {
    /// The batch's name: said again after it was interrupted, it goes on where it stopped.
    pub batch: String,
    /// The digits that all numbers begin with.
    pub prefix: String,
    /// How many digits a number has, the check digit among them.
    pub digits: usize,
    /// How many cards the batch is to have.
    pub count: u32,
}

/// A batch of cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberCardBatch {
    /// Its name.
    pub batch: String,
    /// The digits that all numbers begin with.
    pub prefix: String,
    /// How many digits a number has.
    pub digits: usize,
    /// When it was made.
    pub made_at: Timestamp,
    /// How many cards nobody has yet.
    pub blank: u64,
    /// How many members have.
    pub active: u64,
    /// How many are no longer good.
    pub ended: u64,
}

/// What is kept of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    prefix: String,
    digits: usize,
    made_at: Timestamp,
}

/// A card, and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct PlasticCard {
    /// As it stands.
    pub row: CardRow,
    /// Who has it; nobody if it is blank or no longer good.
    pub holder: Option<MemberId>,
}

impl MakeMemberCards {
    fn check(&self) -> Result<(), Error> {
        let mut faults = Vec::new();
        let mut wrong = |at: &str, what: String| faults.push(Fault::new(at, what));
        let named =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if self.batch.is_empty() || self.batch.len() > NAME_MOST || !self.batch.chars().all(named) {
            let what = format!("must be 1 to {NAME_MOST} small letters, digits and dashes");
            wrong("/batch", what);
        }
        if !self.prefix.bytes().all(|digit| digit.is_ascii_digit()) {
            wrong("/prefix", "must be digits".into());
        }
        if !(DIGITS_LEAST..=DIGITS_MOST).contains(&self.digits) {
            wrong(
                "/digits",
                format!("must be {DIGITS_LEAST} to {DIGITS_MOST}"),
            );
        }
        if !(1..=CARDS_MOST).contains(&self.count) {
            wrong("/count", format!("must be 1 to {CARDS_MOST}"));
        }
        let drawn = self.digits.saturating_sub(self.prefix.len() + 1);
        let room = u32::try_from(drawn)
            .ok()
            .and_then(|drawn| 10_u128.checked_pow(drawn));
        if faults.is_empty() && room.is_none_or(|room| room < SPARE * u128::from(self.count)) {
            let what = format!(
                "are too few: with this prefix {drawn} are drawn, and of {SPARE} numbers at most one may be a \
                 card; take more digits, a shorter prefix or fewer cards"
            );
            faults.push(Fault::new("/digits", what));
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Error::Invalid(faults)),
        }
    }

    fn draw(&self) -> String {
        let mut number = self.prefix.clone();
        while number.len() + 1 < self.digits {
            // Bytes from 250 on would make small digits likelier.
            let drawn = input::random();
            let fair = drawn.iter().filter(|byte| **byte < 250);
            let room = self.digits - 1 - number.len();
            number.extend(fair.take(room).map(|byte| char::from(b'0' + byte % 10)));
        }
        number.push(check_digit(&number));
        number
    }
}

/// The digit that makes a number right by the rule of ISO/IEC 7812 (Luhn's): it finds each wrong digit, and
/// each swap of neighbours but that of 0 and 9.
fn check_digit(digits: &str) -> char {
    let sum = |(place, digit): (usize, u8)| {
        let own = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
        own / 10 + own % 10
    };
    let sum: u32 = digits.bytes().rev().enumerate().map(sum).sum();
    char::from_digit((10 - sum % 10) % 10, 10).expect("a remainder of ten is a digit")
}

/// Whether a number's last digit fits the others.
fn fits(number: &str) -> bool {
    number.len() > 1
        && number.bytes().all(|digit| digit.is_ascii_digit())
        && number.ends_with(check_digit(&number[..number.len() - 1]))
}

impl App {
    /// Makes cards that nobody has yet. Said again with the same name it adds what is missing.
    pub fn make_member_cards(
        &self,
        tenant: TenantId,
        make: &MakeMemberCards,
    ) -> Result<MemberCardBatch, Error> {
        make.check()?;
        let now = self.now();
        let kept = Kept {
            prefix: make.prefix.clone(),
            digits: make.digits,
            made_at: now,
        };
        let found = self
            .core()
            .pool
            .with(|store| store_batch(store, tenant, &make.batch, &kept))?;
        if (&found.prefix, found.digits) != (&kept.prefix, kept.digits) {
            return Err(Error::Exists {
                what: "batch of cards",
                name: make.batch.clone(),
            });
        }
        let counted = |app: &Self| -> Result<usize, Error> {
            let counts = app
                .core()
                .pool
                .with(|store| Ok(store.card_counts(tenant)?))?;
            let own = counts.iter().filter(|own| own.batch == make.batch);
            Ok(usize::try_from(own.map(|own| own.cards).sum::<u64>()).unwrap_or(usize::MAX))
        };
        let most = usize::try_from(make.count).unwrap_or(usize::MAX);
        for _ in 0..TRIES.saturating_add(make.count / 1000) {
            let missing = most.saturating_sub(counted(self)?);
            if missing == 0 {
                return self.member_card_batch(tenant, &make.batch);
            }
            let numbers: Vec<String> = (0..missing.min(PART)).map(|_| make.draw()).collect();
            let batch = make.batch.clone();
            self.core()
                .write(move |store| Ok(store.add_cards(tenant, (&batch, now), &numbers)?))?;
        }
        Err(Error::invalid(
            "/digits",
            "are too few: nearly all numbers are there already",
        ))
    }

    /// All batches, by their names.
    pub fn member_card_batches(&self, tenant: TenantId) -> Result<Vec<MemberCardBatch>, Error> {
        self.core().pool.with(|store| {
            let counts = store.card_counts(tenant)?;
            let rows = store.settings(tenant, BATCH)?;
            let batch =
                |row: &regulars_store::Setting| Ok(told(&row.id, people::read(row)?, &counts));
            rows.iter().map(batch).collect()
        })
    }

    fn member_card_batch(&self, tenant: TenantId, batch: &str) -> Result<MemberCardBatch, Error> {
        let all = self.member_card_batches(tenant)?;
        let own = all.into_iter().find(|own| own.batch == batch);
        own.ok_or_else(|| Error::not_found("batch of cards", batch))
    }

    /// The cards of a batch, by their numbers.
    pub fn member_cards(
        &self,
        tenant: TenantId,
        batch: &str,
        page: &PageAsk,
    ) -> Result<Page<CardRow>, Error> {
        self.member_card_batch(tenant, batch)?;
        let limit = page.limit();
        let cards = self
            .core()
            .pool
            .with(|store| Ok(store.cards(tenant, (batch, page.after.as_deref()), limit + 1)?))?;
        Ok(Page::cut(cards, limit, |card| card.number.clone()))
    }

    /// A card by its number, as it is typed. One from elsewhere is found where a member has it.
    pub fn plastic_card(&self, tenant: TenantId, number: &str) -> Result<PlasticCard, Error> {
        let number = form::card(number).unwrap_or_default();
        self.core().pool.with(|store| {
            let holder = store.member_by_identity(tenant, CARD, &number)?;
            let row = match (store.card(tenant, &number)?, &holder) {
                (Some(row), _) => row,
                (None, Some(member)) => CardRow {
                    number: number.clone(),
                    batch: String::new(),
                    state: CardState::Active,
                    member: Some(member.id),
                    at: member.created_at,
                    next: None,
                },
                (None, None) if fits(&number) => return Err(Error::not_found("card", &number)),
                (None, None) => {
                    let what =
                        "is no card of this shop, and its last digit does not fit: it is mistyped";
                    return Err(Error::invalid("/number", what));
                }
            };
            let holder = holder.map(|member| member.id);
            Ok(PlasticCard { row, holder })
        })
    }

    /// Hands a blank card out to a member: from now on its number finds them. Said again it is the same.
    pub fn activate_card(
        &self,
        tenant: TenantId,
        number: &str,
        who: &MemberRef,
    ) -> Result<PlasticCard, Error> {
        let card = self.plastic_card(tenant, number)?;
        let member = self.known_person(tenant, who)?.id;
        match (card.row.state, card.holder) {
            (CardState::Blank, _) => {}
            (CardState::Active, Some(holder)) if holder == member => return Ok(card),
            (CardState::Active, Some(_)) => {
                return Err(Error::IdentityTaken {
                    kind: CARD.to_owned(),
                    value: card.row.number,
                });
            }
            _ => return Err(Error::NoCard(Box::new(card.row))),
        }
        let (own, now) = (card.row.number.clone(), self.now());
        let done = self
            .core()
            .write(move |store| Ok(store.activate_card(tenant, &own, member, now)?))?;
        match done {
            true => self.plastic_card(tenant, &card.row.number),
            false => Err(Error::Retry(
                "somebody else took the card this moment".into(),
            )),
        }
    }

    /// A member lost a card, or wants it no more: its number is refused from now on, with this reason, and a
    /// blank card takes its place, if one is named. Who the member is.
    pub fn replace_card(
        &self,
        tenant: TenantId,
        old: &str,
        new: Option<&str>,
    ) -> Result<(PlasticCard, Member), Error> {
        let lost = self.plastic_card(tenant, old)?;
        let holder = lost
            .holder
            .ok_or_else(|| Error::NoCard(Box::new(lost.row.clone())))?;
        let next = new.map(|new| self.plastic_card(tenant, new)).transpose()?;
        if let Some(next) = &next
            && next.row.state != CardState::Blank
        {
            let what = "is not blank: take a card that nobody had";
            return Err(Error::invalid("/by", what));
        }
        let (old, now) = (lost.row.number.clone(), self.now());
        let new = next.as_ref().map(|next| next.row.number.clone());
        let by = new.clone();
        let done = self
            .core()
            .write(move |store| Ok(store.replace_card(tenant, (&old, by.as_deref()), now)?))?;
        if done.is_none() {
            return Err(Error::Retry(
                "somebody else took one of the cards this moment".into(),
            ));
        }
        let shown = new.as_deref().unwrap_or(&lost.row.number);
        let card = self.plastic_card(tenant, shown)?;
        Ok((card, self.member(tenant, &MemberRef::Id(holder))?))
    }
}

/// The batch as it is kept; made, if it was not there.
fn store_batch(
    store: &mut dyn Store,
    tenant: TenantId,
    batch: &str,
    new: &Kept,
) -> Result<Kept, Error> {
    if let Some(row) = store.setting(tenant, BATCH, batch)? {
        return people::read(&row);
    }
    let row = versioned::next(BATCH, (batch, None), new)?;
    match store.put_setting(tenant, &row)? {
        true => Ok(new.clone()),
        false => Err(Error::Retry(
            "somebody else makes a batch of this name".into(),
        )),
    }
}

fn told(batch: &str, kept: Kept, counts: &[CardCount]) -> MemberCardBatch {
    let so_many = |state| {
        let own = counts
            .iter()
            .find(|own| own.batch == batch && own.state == state);
        own.map_or(0, |own| own.cards)
    };
    MemberCardBatch {
        batch: batch.to_owned(),
        prefix: kept.prefix,
        digits: kept.digits,
        made_at: kept.made_at,
        blank: so_many(CardState::Blank),
        active: so_many(CardState::Active),
        ended: so_many(CardState::Ended),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard's own explanations, and a well-known test number.
    #[test]
    fn the_check_digit_is_that_of_published_examples() {
        assert_eq!(check_digit("7992739871"), '3');
        assert!(fits("4111111111111111"));
    }

    #[test]
    fn each_wrong_digit_is_found() {
        let make = MakeMemberCards {
            batch: "one".into(),
            prefix: "290".into(),
            digits: 16,
            count: 10,
        };
        let number = make.draw();
        assert!(number.starts_with("290") && number.len() == 16 && fits(&number));
        for place in 0..number.len() {
            for digit in '0'..='9' {
                let mut wrong = number.clone();
                wrong.replace_range(place..=place, &digit.to_string());
                assert_eq!(fits(&wrong), wrong == number, "{wrong} of {number}");
            }
        }
    }

    #[test]
    fn a_number_that_could_be_guessed_is_refused() {
        let make = |digits, count| MakeMemberCards {
            batch: "one".into(),
            prefix: "29".into(),
            digits,
            count,
        };
        assert!(make(12, 100_000).check().is_ok());
        assert!(make(11, 100_000).check().is_err());
        assert!(make(8, 10).check().is_ok());
        assert!(make(8, 11).check().is_err());
    }
}
