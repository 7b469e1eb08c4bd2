//! What the people of the demo shop have made of it: households, friends, codes of coupons, nicknames.
//! Each step may be done again, since a loading that was cut off is completed.

use super::people::{identity, name, plain, who, word};
use crate::coupons::batch_of;
use crate::{App, BringCodes, Error, MemberRef, NewGroup, NewMember, SignUpAsk};
use regulars_base::{CivilDay, EventKey, TenantId, Timestamp};
use regulars_engine::code::Code;
use regulars_engine::event::{CodeAssign, CodeUse, GroupInvite, GroupJoin, GroupSet, Kind};
use regulars_sim::shopper::{self, Dice};
use std::collections::BTreeMap;

/// Of the regulars, by their place among them: who is on leaderboards under a nickname, who has used a
/// code, and who has one in hand.
const NICKNAMES: [&str; 8] = [
    "Espresso",
    "Flat White",
    "Crema",
    "Ristretto",
    "Cortado",
    "Lungo",
    "Macchiato",
    "Affogato",
];
const CODES: usize = 40;
const CODES_USED: usize = 11;
const CODES_IN_HAND: usize = 6;
/// Two households: head and one more.
const HOUSEHOLDS: [(usize, usize); 2] = [(21, 22), (23, 24)];
/// Friends whom regulars sent.
const FRIENDS: u32 = 3;

/// What the steps have in common.
pub(super) struct Year {
    pub(super) tenant: TenantId,
    pub(super) seed: u64,
    pub(super) members: u32,
    pub(super) from: CivilDay,
    pub(super) days: i32,
    pub(super) end: Timestamp,
}

impl App {
    /// What a year brings beside orders, once these are there.
    pub(super) fn live_a_year(&self, year: &Year) -> Result<(), Error> {
        let regulars = shopper::regulars(year.seed, year.members, year.days);
        let regulars: Vec<MemberRef> = regulars.into_iter().filter_map(who).collect();
        for (nickname, member) in NICKNAMES.iter().zip(&regulars) {
            self.set_nickname(year.tenant, member, Some(nickname))?;
        }
        self.hand_out_codes(year, &regulars)?;
        for (head, other) in HOUSEHOLDS {
            if let (Some(head), Some(other)) = (regulars.get(head), regulars.get(other)) {
                self.found_household(year, head, other)?;
            }
        }
        for (number, referrer) in (0..FRIENDS).zip(&regulars) {
            self.bring_friend(year, number, referrer)?;
        }
        match regulars.as_slice() {
            [referrer, .., customer] => self.doubt(year, referrer, customer),
            _ => Ok(()),
        }
    }

    /// A batch of codes: some used, some in somebody's hand, the others free.
    fn hand_out_codes(&self, year: &Year, regulars: &[MemberRef]) -> Result<(), Error> {
        let (_, pattern, _) = self.campaign(year.tenant, "sorry")?;
        let mut dice = Dice::of(year.seed, &[8]);
        let mut fill = |bytes: &mut [u8]| {
            for part in bytes.chunks_mut(8) {
                part.copy_from_slice(&dice.draw().to_le_bytes()[..part.len()]);
            }
        };
        let codes: Vec<Code> = (0..CODES).map(|_| pattern.draw(&mut fill)).collect();
        let bring = BringCodes {
            coupon: "sorry".into(),
            codes: codes.iter().map(ToString::to_string).collect(),
            batch: batch_of(Some("demo")),
        };
        self.bring_codes(year.tenant, &bring)?;
        let ways = (0..CODES_USED + CODES_IN_HAND).zip(codes).zip(regulars);
        for ((place, code), member) in ways {
            let key = key(&format!("code-{place}"));
            let kind = match place < CODES_USED {
                true => Kind::CodeUse(CodeUse { code, order: None }),
                false => Kind::CodeAssign(CodeAssign { code }),
            };
            self.happen(year.tenant, member, kind, key)?;
        }
        Ok(())
    }

    fn found_household(
        &self,
        year: &Year,
        head: &MemberRef,
        other: &MemberRef,
    ) -> Result<(), Error> {
        let (head, other) = (
            self.member(year.tenant, head)?,
            self.member(year.tenant, other)?,
        );
        let number = head.id.to_string();
        let founded = self.found_group(
            year.tenant,
            NewGroup {
                key: key(&format!("household-{number}")),
                identity: identity("household", &number),
                set: GroupSet {
                    group: word("family"),
                    title: word(&format!("Household of {}", called(&head.attributes))),
                    manager: word(""),
                    from: None,
                    until: None,
                },
                head: Some(MemberRef::Id(head.id)),
            },
        )?;
        let group = founded.member;
        let invite = Kind::GroupInvite(Box::new(GroupInvite {
            person: other.id,
            role: word(""),
        }));
        let join = Kind::GroupJoin(GroupJoin { group });
        for (mark, who, kind) in [("invite", group, invite), ("join", other.id, join)] {
            let key = key(&format!("household-{number}-{mark}"));
            self.happen(year.tenant, &MemberRef::Id(who), kind, key)?;
        }
        Ok(())
    }

    /// Somebody new, who was sent by a member and has bought once.
    fn bring_friend(&self, year: &Year, number: u32, referrer: &MemberRef) -> Result<(), Error> {
        let at = year.members + number;
        let Some(MemberRef::Identity(own)) = who(at) else {
            return Ok(());
        };
        let (first, last) = name(at);
        let email = format!("{}.{}{at}@example.com", plain(first), plain(last));
        let code = self.referral_code(year.tenant, referrer)?.code;
        let mut attributes = BTreeMap::new();
        attributes.insert("name".to_owned(), format!("{first} {last}").into());
        let new = NewMember {
            key: key(&format!("friend-{at}")),
            identities: vec![own, identity("email", &email)],
            attributes,
            occurred_at: Some(year.end.plus_micros(-12 * 86_400_000_000)),
            referral_code: Some(word(&code)),
        };
        self.enrol(year.tenant, new)?;
        let order = shopper::first_order(year.seed, at, year.from, year.days);
        self.send_history(year.tenant, &[order])
    }

    /// Somebody who was a customer before says that a member sent them: somebody must look at it.
    fn doubt(&self, year: &Year, referrer: &MemberRef, customer: &MemberRef) -> Result<(), Error> {
        let code = self.referral_code(year.tenant, referrer)?.code;
        let ask = SignUpAsk {
            key: key("doubt"),
            who: customer.clone(),
            codes: vec![(word(&code), Some(year.end.plus_micros(-2 * 86_400_000_000)))],
            clicks: Vec::new(),
            marks: Vec::new(),
        };
        self.sign_up(year.tenant, ask).map(drop)
    }
}

pub(super) fn key(id: &str) -> EventKey {
    EventKey {
        source: word("console"),
        external_id: word(&format!("demo-{id}")),
    }
}

fn called(attributes: &BTreeMap<String, serde_json::Value>) -> String {
    let name = attributes.get("name").and_then(|name| name.as_str());
    name.unwrap_or("somebody").to_owned()
}
