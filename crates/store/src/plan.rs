//! What a batch must find, and what it makes of what was found. The same for both databases: they
//! only differ in how they look things up.

use crate::batch::{Answer, Ask, Loaded, OrderRow, WalletRow};
use crate::card::{CARD, CardRow};
use crate::error::{Error, Result};
use crate::hash::{Key, event_key, order_identity, order_key};
use crate::record::{Identity, Logged};
use crate::vault::TenantVault;
use regulars_base::{MemberId, WalletId};
use regulars_engine::code::Code;
use regulars_engine::event::Who;
use regulars_engine::group;
use regulars_engine::state::{Codes, Order, Shared, SharedKey, Wallet};
use std::collections::HashMap;

/// The keys to look up for a batch. The lists are sorted and each key is there once, so that rows
/// are locked in the same order by everybody.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The event key of each ask, in order of the asks.
    pub(crate) of_ask: Vec<Key>,
    /// Event keys.
    pub(crate) events: Vec<Key>,
    /// Orders that somebody looks at.
    pub(crate) orders: Vec<Key>,
    /// Orders that are only placed: as a rule there is nothing to be found.
    pub(crate) placed: Vec<Key>,
    /// Those of them whose owner is asked for.
    pub(crate) owned: Vec<Key>,
    /// Identities; those that stand for orders among them.
    pub(crate) identities: Vec<Key>,
    /// Numbers of cards among them.
    pub(crate) cards: Vec<(Key, String)>,
    /// Members.
    pub(crate) members: Vec<MemberId>,
    /// Those of them whose own wallet is asked for, though they were merged.
    pub(crate) parted: Vec<MemberId>,
    /// Shared figures.
    pub(crate) shared: Vec<SharedKey>,
    /// Codes of coupons.
    pub(crate) codes: Vec<Code>,
    /// Keys under which an identity may still stand, each with the one that it has by now.
    pub(crate) older: Vec<(Key, Key)>,
    /// How identities stand.
    pub(crate) vault: TenantVault,
}

/// The kind of identity by which receipts name who sold.
const STAFF: &str = regulars_engine::STAFF;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) events: HashMap<Key, (Logged, [u8; 32])>,
    pub(crate) orders: HashMap<Key, FoundOrder>,
    pub(crate) identities: HashMap<Key, MemberId>,
    /// Cards that nobody has, though they were made here.
    pub(crate) cards: HashMap<Key, CardRow>,
    /// Each member's wallet, and who took them over.
    pub(crate) members: HashMap<MemberId, (WalletId, Option<MemberId>)>,
    /// Owners of wallets that orders name.
    pub(crate) owners: HashMap<WalletId, MemberId>,
    pub(crate) wallets: HashMap<WalletId, WalletRow>,
    pub(crate) shared: Shared,
    pub(crate) codes: Codes,
    pub(crate) program: i64,
}

/// An order as it was found.
#[derive(Debug)]
pub(crate) struct FoundOrder {
    pub(crate) wallet: WalletId,
    pub(crate) purchased: bool,
    pub(crate) state: Order,
}

/// What the commit must know beside what the closure sees.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// The identities of new members, by the place of their wallet.
    pub(crate) identities: Vec<(usize, Identity)>,
    /// For each order: its key, whether it was found, and whether its purchase was seen.
    pub(crate) orders: Vec<(Key, bool, bool)>,
    /// How identities are to stand.
    pub(crate) vault: TenantVault,
}

impl Wanted {
    /// What `asks` need.
    pub(crate) fn of(asks: &[Ask], vault: TenantVault) -> Self {
        let mut wanted = Self {
            vault,
            ..Self::default()
        };
        for ask in asks {
            let key = event_key(&ask.key);
            wanted.of_ask.push(key);
            wanted.events.push(key);
            let order = ask.order.as_ref();
            if let Some(number) = order {
                let key = order_key(&ask.key.source, number);
                match ask.purchase && ask.who != Who::OfOrder {
                    true => wanted.placed.push(key),
                    false => wanted.orders.push(key),
                }
                if ask.looks || ask.is_refund() {
                    wanted.owned.push(key);
                }
            }
            match &ask.who {
                Who::Member(member) => wanted.members.push(*member),
                Who::Identity { kind, value } => {
                    let key = wanted.identity(kind.as_str(), value.as_str());
                    if kind.as_str() == CARD {
                        wanted.cards.push((key, value.to_string()));
                    }
                }
                Who::OfOrder => {
                    if let Some(number) = order {
                        wanted.owned.push(order_key(&ask.key.source, number));
                        let stands = order_identity(&ask.key.source, number);
                        wanted.identity(&stands.kind, &stands.value);
                    }
                }
            }
            if let Some(own) = &ask.staff {
                wanted.identity(STAFF, own.as_str());
            }
            wanted.members.extend(&ask.also);
            wanted.members.extend(ask.parts);
            wanted.parted.extend(ask.parts);
            wanted.shared.extend(&ask.shared);
            wanted.codes.extend(ask.codes.iter().cloned());
        }
        sort(&mut wanted.events);
        sort(&mut wanted.orders);
        sort(&mut wanted.placed);
        let orders = &wanted.orders;
        wanted
            .placed
            .retain(|key| orders.binary_search(key).is_err());
        sort(&mut wanted.owned);
        sort(&mut wanted.identities);
        sort(&mut wanted.cards);
        sort(&mut wanted.members);
        sort(&mut wanted.shared);
        sort(&mut wanted.codes);
        wanted
    }

    /// An identity is looked for, under all keys that it may have; its own.
    fn identity(&mut self, kind: &str, value: &str) -> Key {
        let key = self.vault.identity_key(kind, value);
        self.identities.push(key);
        for older in self.vault.older_identity_keys(kind, value) {
            self.identities.push(older);
            self.older.push((older, key));
        }
        key
    }

    /// All orders, also those that are only placed.
    pub(crate) fn all_orders(&self) -> Vec<Key> {
        let mut all = [&self.orders[..], &self.placed].concat();
        sort(&mut all);
        all
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

impl Found {
    /// Has identities that were found under an older key known under their own.
    pub(crate) fn rename_older(&mut self, wanted: &Wanted) {
        for (older, key) in &wanted.older {
            if let Some(member) = self.identities.get(older).copied() {
                self.identities.insert(*key, member);
            }
        }
    }

    /// Whether something was there that ought to be new: an event, or an order that a purchase
    /// places.
    pub(crate) fn has_known(&self, wanted: &Wanted) -> bool {
        let mut placed = wanted.placed.iter();
        !self.events.is_empty() || placed.any(|key| self.orders.contains_key(key))
    }

    /// The wallets of the orders whose owner is asked for.
    pub(crate) fn wallets_owning(&self, wanted: &Wanted) -> Vec<WalletId> {
        let orders = wanted.owned.iter().filter_map(|key| self.orders.get(key));
        let mut wallets: Vec<WalletId> = orders.map(|order| order.wallet).collect();
        sort(&mut wallets);
        wallets
    }

    /// The members that are named by what was found, and are not looked up yet. Asked again until
    /// it is empty, this follows every merge to its end.
    pub(crate) fn members_missing(&self) -> Vec<MemberId> {
        let named = self.identities.values().chain(self.owners.values());
        let into = self.members.values().filter_map(|(_, into)| into.as_ref());
        let mut missing: Vec<MemberId> = named.chain(into).copied().collect();
        missing.retain(|member| !self.members.contains_key(member));
        sort(&mut missing);
        missing
    }

    /// Cards that nobody has as an identity: whether they were made here is looked up for these only, so
    /// that the cards that members have cost nothing.
    pub(crate) fn cards_missing(&self, wanted: &Wanted) -> Vec<(Key, String)> {
        let missing = |(key, _): &&(Key, String)| !self.identities.contains_key(key);
        wanted.cards.iter().filter(missing).cloned().collect()
    }

    /// The member that `member` stands for, and their wallet.
    pub(crate) fn standing(&self, member: MemberId) -> Result<Option<(MemberId, WalletId)>> {
        let mut at = member;
        for _ in 0..=self.members.len() {
            match self.members.get(&at) {
                None if at == member => return Ok(None),
                None => return Err(Error::Corrupt(format!("{member} was merged into nobody"))),
                Some((wallet, None)) => return Ok(Some((at, *wallet))),
                Some((_, Some(into))) => at = *into,
            }
        }
        Err(Error::Corrupt(format!("{member} was merged in a circle")))
    }

    /// The wallets that the batch will work on, sorted.
    pub(crate) fn wallets_wanted(&self, wanted: &Wanted) -> Result<Vec<WalletId>> {
        let named = self.identities.values().chain(self.owners.values());
        let mut wallets = Vec::new();
        for member in named.chain(&wanted.members) {
            wallets.extend(self.standing(*member)?.map(|(_, wallet)| wallet));
        }
        let own = |member| self.members.get(member).map(|(wallet, _)| *wallet);
        wallets.extend(wanted.parted.iter().filter_map(own));
        sort(&mut wallets);
        Ok(wallets)
    }

    /// Whether a wallet is wanted that was merged into another, and that nobody asked for so.
    pub(crate) fn has_merged(&self, wanted: &Wanted) -> bool {
        let merged = |row: &&WalletRow| row.merged_into.is_some();
        let mut merged = self.wallets.values().filter(merged);
        merged.any(|row| !wanted.parted.contains(&row.member))
    }

    /// Puts together what the closure gets.
    pub(crate) fn assemble(self, asks: &[Ask], wanted: &Wanted) -> Result<(Loaded, Aside)> {
        let mut desk = Desk {
            loaded: Loaded {
                answers: Vec::with_capacity(asks.len()),
                program: self.program,
                ..Loaded::default()
            },
            aside: Aside {
                vault: wanted.vault.clone(),
                ..Aside::default()
            },
            wallets: HashMap::with_capacity(asks.len()),
            orders: HashMap::with_capacity(asks.len()),
            made: HashMap::new(),
            owners: Vec::new(),
            found: self,
        };
        let mut first: HashMap<Key, usize> = HashMap::with_capacity(asks.len());
        for (at, (ask, key)) in asks.iter().zip(&wanted.of_ask).enumerate() {
            let answer = match (desk.found.events.get(key), first.get(key)) {
                (Some((row, input)), _) if *input == ask.input => {
                    Answer::Seen(Box::new(row.clone()))
                }
                (Some(_), _) => Answer::KeyReused,
                (None, Some(earlier)) if asks[*earlier].input == ask.input => {
                    Answer::SameAs(*earlier)
                }
                (None, Some(_)) => Answer::KeyReused,
                (None, None) => {
                    first.insert(*key, at);
                    // Before the event itself, which may make a member of this very identity.
                    desk.staff(at, ask)?;
                    desk.answer(ask)?
                }
            };
            desk.loaded.answers.push(answer);
        }
        for member in asks.iter().flat_map(|ask| &ask.also) {
            if desk.loaded.others.iter().all(|(named, _)| named != member) {
                let place = desk.standing(*member)?;
                desk.loaded.others.push((*member, place));
            }
        }
        for member in &wanted.parted {
            desk.take_as_it_is(*member);
        }
        desk.loaded.shared = desk.found.shared;
        desk.loaded.codes = desk.found.codes;
        Ok((desk.loaded, desk.aside))
    }
}

/// A batch while it is put together.
struct Desk {
    found: Found,
    loaded: Loaded,
    aside: Aside,
    wallets: HashMap<WalletId, usize>,
    orders: HashMap<Key, usize>,
    /// New members of this batch, by identity.
    made: HashMap<Key, usize>,
    /// For each order: the place of the wallet that owns it after the asks so far, and whether
    /// their purchase was among them.
    owners: Vec<(Option<usize>, bool)>,
}

impl Desk {
    fn answer(&mut self, ask: &Ask) -> Result<Answer> {
        let order = ask.order.is_some().then(|| self.order(ask)).transpose()?;
        // A refund finds its order, whoever sends it.
        let owner = order.filter(|_| ask.is_refund());
        let owner = owner.and_then(|place| self.owners[place].0);
        let wallet = match (owner, self.card(ask)) {
            (Some(owner), _) => Some(owner),
            (None, Some(card)) => return Ok(Answer::NoCard(Box::new(card))),
            (None, None) => self.wallet(ask, order)?,
        };
        let Some(wallet) = wallet else {
            return Ok(Answer::UnknownMember);
        };
        let wallet = order.filter(|_| ask.pays_out).map_or(wallet, |place| {
            self.of_own_group(wallet, place).unwrap_or(wallet)
        });
        let order = match order.filter(|_| ask.looks) {
            Some(place) => order.filter(|_| self.owners[place].0 == Some(wallet)),
            None => order,
        };
        if let Some(order) = order.filter(|_| !ask.looks) {
            let (owner, purchased) = &mut self.owners[order];
            if owner.is_none() || (ask.purchase && !*purchased) {
                *owner = Some(wallet);
            }
            *purchased |= ask.purchase;
        }
        Ok(Answer::Fresh { wallet, order })
    }

    /// The card by which somebody is named, if it is one of ours that nobody has.
    fn card(&self, ask: &Ask) -> Option<CardRow> {
        let Who::Identity { kind, value } = &ask.who else {
            return None;
        };
        let key = || self.aside.vault.identity_key(kind.as_str(), value.as_str());
        match self.found.cards.is_empty() {
            true => None,
            false => self.found.cards.get(&key()).cloned(),
        }
    }

    /// The wallet of the group that somebody belongs to, if it placed the order.
    fn of_own_group(&self, person: usize, order: usize) -> Option<usize> {
        let owner = self.owners[order].0?;
        let (person, placed_by) = (&self.loaded.wallets[person], &self.loaded.wallets[owner]);
        group::is_own_groups(&person.state, placed_by.member).then_some(owner)
    }

    fn order(&mut self, ask: &Ask) -> Result<usize> {
        let number = ask.order.as_ref().expect("only asked where there is one");
        let key = order_key(&ask.key.source, number);
        if let Some(place) = self.orders.get(&key) {
            return Ok(*place);
        }
        let found = self.found.orders.remove(&key);
        let place = self.loaded.orders.len();
        self.orders.insert(key, place);
        let purchased = found.as_ref().is_some_and(|found| found.purchased);
        self.aside.orders.push((key, found.is_some(), purchased));
        let wallet = found.as_ref().map(|found| found.wallet);
        self.loaded.orders.push(OrderRow {
            source: ask.key.source.clone(),
            number: number.clone(),
            wallet,
            state: found.map(|found| found.state).unwrap_or_default(),
        });
        let owner = match wallet.and_then(|wallet| self.found.owners.get(&wallet).copied()) {
            Some(member) => self.standing(member)?,
            None => None,
        };
        self.owners.push((owner, purchased));
        Ok(place)
    }

    fn wallet(&mut self, ask: &Ask, order: Option<usize>) -> Result<Option<usize>> {
        let identity = match &ask.who {
            Who::Member(member) => return self.standing(*member),
            Who::Identity { kind, value } => Identity {
                kind: kind.to_string(),
                value: value.to_string(),
            },
            Who::OfOrder => match (order, &ask.order) {
                (Some(place), Some(number)) => {
                    if let Some(owner) = self.owners[place].0 {
                        return Ok(Some(owner));
                    }
                    order_identity(&ask.key.source, number)
                }
                _ => return Ok(None),
            },
        };
        let key = self
            .aside
            .vault
            .identity_key(&identity.kind, &identity.value);
        if let Some(member) = self.found.identities.get(&key) {
            return self.standing(*member);
        }
        if let Some(place) = self.made.get(&key) {
            return Ok(Some(*place));
        }
        let place = self.loaded.wallets.len();
        self.loaded.wallets.push(WalletRow {
            wallet: WalletId::from_bytes(*ask.fresh.bytes()),
            member: ask.fresh,
            seq: 0,
            head: [0; 32],
            newest: None,
            no: None,
            state: Wallet::default(),
            due_at: None,
            merged_into: None,
            is_new: true,
        });
        self.made.insert(key, place);
        self.aside.identities.push((place, identity));
        Ok(Some(place))
    }

    /// Who sold, as far as somebody is known by then.
    fn staff(&mut self, at: usize, ask: &Ask) -> Result<()> {
        let Some(own) = &ask.staff else { return Ok(()) };
        let key = self.aside.vault.identity_key(STAFF, own.as_str());
        let place = match self.found.identities.get(&key) {
            Some(member) => self.standing(*member)?,
            None => self.made.get(&key).copied(),
        };
        self.loaded.staff.extend(place.map(|place| (at, place)));
        Ok(())
    }

    /// A member's own wallet, whether or not they were merged into another.
    fn take_as_it_is(&mut self, member: MemberId) {
        let Some((wallet, _)) = self.found.members.get(&member).copied() else {
            return;
        };
        if let Some(row) = self.found.wallets.remove(&wallet) {
            let place = self.loaded.wallets.len();
            self.loaded.wallets.push(row);
            self.wallets.insert(wallet, place);
        }
    }

    fn standing(&mut self, member: MemberId) -> Result<Option<usize>> {
        let Some((_, wallet)) = self.found.standing(member)? else {
            return Ok(None);
        };
        if let Some(place) = self.wallets.get(&wallet) {
            return Ok(Some(*place));
        }
        let row = self.found.wallets.remove(&wallet);
        let row = row.ok_or_else(|| Error::Corrupt(format!("{member} has no wallet row")))?;
        let place = self.loaded.wallets.len();
        self.loaded.wallets.push(row);
        self.wallets.insert(wallet, place);
        Ok(Some(place))
    }
}
