//! The people of the demo shop, who are made up, and what waits for somebody there: so that who looks
//! at it sees a shop and not numbers. The same number is the same person each time.

use crate::{App, Error, Identity, MemberPatch, MemberRef, NewClaim, ProposeAward};
use regulars_base::{CivilDay, MemberId, TenantId, Text};
use regulars_engine::event::Who;
use regulars_sim::shopper;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const FIRST: [&str; 40] = [
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Elif",
    "Felix",
    "Greta",
    "Hassan",
    "Ida",
    "Jonas",
    "Katharina",
    "Leon",
    "Mila",
    "Noah",
    "Olga",
    "Paul",
    "Quirin",
    "Rosa",
    "Samuel",
    "Tereza",
    "Ulrich",
    "Vera",
    "Wei",
    "Xenia",
    "Yusuf",
    "Zoë",
    "Amara",
    "Bastian",
    "Carmen",
    "Dmitri",
    "Emma",
    "Frieda",
    "Georg",
    "Hanna",
    "Ivan",
    "Jule",
    "Karim",
    "Lucía",
    "Mehmet",
    "Nora",
];
const LAST: [&str; 37] = [
    "Weber",
    "Schmidt",
    "Yılmaz",
    "Fischer",
    "Kowalski",
    "Becker",
    "Nguyen",
    "Hoffmann",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Petrova",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmer",
    "Braun",
    "Krüger",
    "Hofmann",
    "Hartmann",
    "Lange",
    "Li",
    "Werner",
    "Krause",
    "Lehmann",
    "Köhler",
    "Maier",
    "Rossi",
    "Haddad",
    "Vogel",
    "Friedrich",
    "Keller",
    "Günther",
    "Frank",
];

/// Orders that members say were not counted: the number, cents, how many days before the end of the
/// history, and what the receipt says.
const CLAIMED: [(&str, i64, i32, &str); 3] = [
    (
        "R-CLAIM-1",
        2480,
        3,
        "Forgot my card at the till, receipt in the photo. 24.80 EUR.",
    ),
    (
        "R-CLAIM-2",
        960,
        6,
        "Two flat whites and a slice of cake, 9.60 EUR.",
    ),
    (
        "R-CLAIM-3",
        4350,
        9,
        "Beans for the office, paid by a colleague.",
    ),
];

/// A made-up name. The two lists have no common measure, so a pair comes again late.
pub(super) fn name(number: u32) -> (&'static str, &'static str) {
    let at = number as usize;
    (FIRST[at % FIRST.len()], LAST[at % LAST.len()])
}

/// In letters that every mail server takes.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.to_lowercase().chars() {
        match letter {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'ë' => plain.push('e'),
            'í' | 'ı' => plain.push('i'),
            other if other.is_ascii_alphanumeric() => plain.push(other),
            _ => {}
        }
    }
    plain
}

pub(super) fn who(number: u32) -> Option<MemberRef> {
    match shopper::who(number) {
        Who::Identity { kind, value } => Some(MemberRef::Identity(Identity { kind, value })),
        _ => None,
    }
}

impl App {
    /// Gives the members of the demo shop their names and addresses.
    pub(super) fn name_people(&self, tenant: TenantId, members: u32) -> Result<(), Error> {
        (0..members).try_for_each(|number| self.name_person(tenant, number).map(drop))
    }

    /// Gives a member of the demo shop their name and address. Nobody, if they have not come yet.
    pub(super) fn name_person(
        &self,
        tenant: TenantId,
        number: u32,
    ) -> Result<Option<MemberId>, Error> {
        let Some(who) = who(number) else {
            return Ok(None);
        };
        let member = match self.member(tenant, &who) {
            Ok(member) => member,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (first, last) = name(number);
        let email = format!("{}.{}{number}@example.com", plain(first), plain(last));
        let mut attributes = BTreeMap::new();
        attributes.insert("name".to_owned(), format!("{first} {last}").into());
        let patch = MemberPatch {
            add_identities: vec![identity("email", &email)],
            attributes,
            ..MemberPatch::default()
        };
        self.patch_member(tenant, member.id, patch)?;
        Ok(Some(member.id))
    }

    /// Lets members claim orders, and somebody propose an award: what waits for a person.
    pub(super) fn let_some_wait(
        &self,
        tenant: TenantId,
        members: u32,
        end: CivilDay,
    ) -> Result<(), Error> {
        let mut claims = CLAIMED.iter().peekable();
        let mut awarded = String::from("member,kind,points,reason\n");
        for number in 0..members {
            let Some(who) = who(number) else { continue };
            if number % 9 == 4 && self.member(tenant, &who).is_ok() {
                let _ = writeln!(awarded, "{who},beans,25,sorry for the broken machine");
            }
            let Some((order, total, days, text)) = claims.peek() else {
                continue;
            };
            let claim = NewClaim {
                source: word("till"),
                order: word(order),
                on: end.plus_days(-days),
                total: *total,
                reference: None,
                text: Some((*text).to_owned()),
                by: "member".into(),
                lines: Vec::new(),
            };
            match self.file_claim(tenant, &who, &claim) {
                Ok(_) => drop(claims.next()),
                // Whoever is no member, or joined after that day, claims nothing.
                Err(Error::Invalid(_) | Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let award = ProposeAward {
            text: awarded,
            by: "Marketing".into(),
            note: "25 beans for everybody who came while the machine was broken".into(),
        };
        self.propose_award(tenant, &award).map(drop)
    }
}

pub(super) fn identity(kind: &str, value: &str) -> Identity {
    Identity {
        kind: word(kind),
        value: word(value),
    }
}

pub(super) fn word(text: &str) -> Text {
    Text::new(text).expect("short and printable, so a text")
}
