//! What happens to rewards beside being asked for and used: they come back in part, their stock
//! changes, members switch off what is redeemed by itself.

use crate::{App, Error, MemberRef, NOW, Receipt};
use regulars_base::{EventKey, MemberId, TenantId, Text};
use regulars_engine::event::{Event, Incoming, Kind, PerkEvent, Who};
use regulars_engine::program::words;
use regulars_engine::state::SharedKey;
use regulars_store::Ask;

/// How many of a reward there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockLeft {
    /// The reward's id in the program file.
    pub reward: String,
    /// What people call it.
    pub title: String,
    /// How many are left.
    pub left: i64,
}

impl App {
    /// Something happens to a reward of a member. Look at the receipt's verdict.
    pub fn perk(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        perk: PerkEvent,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        self.happen(tenant, who, Kind::Perk(Box::new(perk)), key)
    }

    /// Something happens to a reward that concerns no member: its stock changes. Look at the receipt's
    /// verdict.
    pub fn perk_of_house(
        &self,
        tenant: TenantId,
        perk: PerkEvent,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let event = Event {
            key,
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind: Kind::Perk(Box::new(perk)),
        };
        let who = Who::house();
        self.ingest_one(tenant, Incoming { who, event })
    }

    /// How many are left of each reward whose stock is counted.
    pub fn stock(&self, tenant: TenantId) -> Result<Vec<StockLeft>, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let counted = program.rewards.iter().filter(|own| own.stock.is_some());
        let keys: Vec<SharedKey> = counted
            .clone()
            .map(|own| SharedKey {
                name: own.name,
                period: 0,
            })
            .collect();
        let used = self.core().pool.with(|store| {
            let loaded = store.peek(tenant, &[figures(keys.clone())])?;
            Ok(loaded.shared)
        })?;
        let left = counted.zip(&keys).map(|(own, key)| StockLeft {
            reward: words::id_of(&program, own.name).to_owned(),
            title: own.title.clone(),
            left: own.stock.unwrap_or(0) - used.used(*key),
        });
        Ok(left.collect())
    }
}

/// A look at shared figures, and at nothing else.
fn figures(shared: Vec<SharedKey>) -> Ask {
    Ask {
        key: EventKey {
            source: Text::default(),
            external_id: Text::default(),
        },
        input: [0; 32],
        who: Who::house(),
        order: None,
        purchase: false,
        looks: false,
        pays_out: false,
        shared,
        codes: Vec::new(),
        also: Vec::new(),
        staff: None,
        parts: None,
        fresh: MemberId::from_bytes([0; 16]),
    }
}
