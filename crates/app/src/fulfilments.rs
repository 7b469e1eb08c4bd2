//! What is sent to members and where to, codes of suppliers, and what is open to members.

use crate::page::no_cursor;
use crate::{App, Error, MemberRef, Page, PageAsk, Receipt, members};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp, WalletId};
use regulars_engine::event::{CodesAdded, PerkEvent};
use regulars_engine::program::words;
use regulars_engine::state::{FulfilmentStage, Wallet};
use regulars_store::{FulfilmentAsk, Member, Store};
use std::str::FromStr as _;

/// A redemption that is sent to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FulfilmentView {
    /// The redemption's id.
    pub redemption: String,
    /// Whose it is.
    pub member: MemberId,
    /// The reward's id in the program file.
    pub reward: String,
    /// How many.
    pub quantity: i64,
    /// How far it has come: `ordered`, `dispatched` ...
    pub state: String,
    /// Since when.
    pub since: Timestamp,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking: String,
    /// Where it is sent to, if that is known.
    pub address: Option<String>,
}

/// Codes of a supplier that were brought in.
#[derive(Clone, Debug)]
pub struct SupplierCodesIn {
    /// So many are new; the others were there.
    pub added: i64,
    /// What came of it.
    pub receipt: Receipt,
}

/// Something that is open to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// What, as the program calls it.
    pub to: String,
    /// The reward that opened it.
    pub reward: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when; nothing for ever.
    pub until: Option<Timestamp>,
}

/// The longest address, in bytes.
const ADDRESS_MOST: usize = 2000;

/// The most codes that are brought in at once.
const CODES_MOST: usize = 100_000;

impl App {
    /// Redemptions that are sent, by when they came to where they are.
    pub fn fulfilments(
        &self,
        tenant: TenantId,
        state: Option<&str>,
        page: &PageAsk,
    ) -> Result<Page<FulfilmentView>, Error> {
        let known = |word: &str| FulfilmentStage::ALL.iter().any(|own| own.word() == word);
        if state.is_some_and(|state| !known(state)) {
            let all = FulfilmentStage::ALL.map(FulfilmentStage::word);
            let what = format!("is no state; they are {}", all.join(", "));
            return Err(Error::invalid("/state", what));
        }
        let ask = FulfilmentAsk {
            state: state.map(ToOwned::to_owned),
            after: match &page.after {
                Some(after) => Some(cursor(after)?),
                None => None,
            },
        };
        let limit = page.limit();
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let pool = &self.core().pool;
        let rows = pool.with(|store| Ok(store.fulfilments(tenant, &ask, limit + 1)?))?;
        let page = Page::cut(rows, limit, |row| {
            let (since, wallet) = (
                row.since.micros(),
                MemberId::from_bytes(*row.wallet.bytes()),
            );
            format!("{since}/{wallet}/{}", row.redemption)
        });
        Ok(page.map(|row| FulfilmentView {
            redemption: row.redemption,
            member: row.member,
            reward: row
                .reward
                .map_or("", |reward| words::id_of(&program, reward))
                .to_owned(),
            quantity: row.quantity,
            state: row.state,
            since: row.since,
            carrier: row.carrier,
            tracking: row.tracking,
            address: row.address,
        }))
    }

    /// Says where a redemption of a member, or of their group, is sent to; nothing to forget it. It
    /// stands beside the log.
    pub fn set_address(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        redemption: &str,
        address: Option<&str>,
    ) -> Result<(), Error> {
        if address.is_some_and(|address| address.trim().is_empty() || address.len() > ADDRESS_MOST)
        {
            let what = format!("must not be empty, and at most {ADDRESS_MOST} bytes");
            return Err(Error::invalid("/address", what));
        }
        let none = || Error::not_found("redemption", redemption);
        let id = Text::new(redemption).map_err(|_| none())?;
        let (member, wallets) = self.wallets_of(tenant, who)?;
        let mut wallets = wallets.iter();
        let known = wallets.find(|(_, own)| own.redemption(&id).is_some());
        let (wallet, _) = known.ok_or_else(none)?;
        // It is the address of whoever it was asked for, and goes when they are erased: also where the
        // redemption is their group's.
        let of = (*wallet, redemption);
        let pool = &self.core().pool;
        pool.with(|store| Ok(store.set_address(tenant, of, (member, address))?))
    }

    /// Brings in codes of a supplier for a reward, as one batch, however often it is sent.
    pub fn bring_supplier_codes(
        &self,
        tenant: TenantId,
        reward: &str,
        batch: &str,
        codes: &[String],
    ) -> Result<SupplierCodesIn, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let rule = program.rewards.iter().find(|own| own.id == reward);
        let rule = rule.ok_or_else(|| Error::not_found("reward", reward))?;
        if !rule.codes {
            let what = format!("`{reward}` has no codes of a supplier: add `codes = true` to it");
            return Err(Error::invalid("/reward", what));
        }
        if codes.is_empty() || codes.len() > CODES_MOST {
            let what = format!("must hold 1 to {CODES_MOST} codes");
            return Err(Error::invalid("/codes", what));
        }
        for (at, code) in codes.iter().enumerate() {
            if code.trim().is_empty() || Text::new(code).is_err() {
                let what = "must be one line of at most 255 bytes";
                return Err(Error::invalid(format!("/codes/{at}"), what));
            }
        }
        let wrong = |error: regulars_base::TextError| Error::invalid("/batch", error.to_string());
        let key = EventKey {
            source: Text::new("supplier-codes").unwrap_or_default(),
            external_id: Text::new(format!("{reward}/{batch}")).map_err(wrong)?,
        };
        // First the codes, then that they are there: whoever is cut off in between sends the batch again.
        let name = rule.name;
        let brought = self
            .core()
            .pool
            .with(|store| Ok(store.bring_supplier_codes(tenant, (name, batch), codes)?))?;
        if brought.missing > 0 {
            let what = "was brought in before, with other codes; give these another name";
            return Err(Error::invalid("/batch", what));
        }
        if brought.of_batch == 0 {
            let what = "were all brought in before, with another batch";
            return Err(Error::invalid("/codes", what));
        }
        let perk = PerkEvent::CodesAdded(CodesAdded {
            reward: Text::new(reward).unwrap_or_default(),
            count: brought.of_batch,
        });
        let receipt = self.perk_of_house(tenant, perk, key)?;
        let added = brought.added;
        Ok(SupplierCodesIn { added, receipt })
    }

    /// Shows the codes that a redemption brought. To a member once; to whoever may see them again, as
    /// often as they like.
    pub fn supplier_codes(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        redemption: &str,
        again: bool,
    ) -> Result<Vec<String>, Error> {
        let (_, wallets) = self.wallets_of(tenant, who)?;
        let mut numbers = wallets.iter().flat_map(|(_, own)| &own.perks().numbers);
        let own = numbers.find(|own| own.redemption.as_str() == redemption);
        let own = own.ok_or_else(|| Error::not_found("code of redemption", redemption))?;
        let now = self.now();
        let shown = self.core().pool.with(|store| {
            let numbers = (own.first, own.count);
            Ok(store.show_supplier_codes(tenant, own.reward, numbers, now)?)
        })?;
        if let (false, Some(at)) = (again, shown.iter().find_map(|code| code.shown_before)) {
            return Err(Error::ShownBefore(at));
        }
        Ok(shown.into_iter().map(|code| code.code).collect())
    }

    /// What is open to a member now: by what they did themselves, and by their group.
    pub fn entitlements(
        &self,
        tenant: TenantId,
        who: &MemberRef,
    ) -> Result<Vec<Entitlement>, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let (_, wallets) = self.wallets_of(tenant, who)?;
        let open = wallets.iter().flat_map(|(_, own)| &own.perks().access);
        let open = open.filter(|own| own.from <= now && now < own.until);
        let view = |own: &regulars_engine::state::Access| Entitlement {
            to: own.to.to_string(),
            reward: words::id_of(&program, own.reward).to_owned(),
            from: own.from,
            until: (own.until < Timestamp::LAST).then_some(own.until),
        };
        Ok(open.map(view).collect())
    }

    /// A member, their wallet as it is by now, and that of the group that they belong to.
    pub(crate) fn wallets_of(
        &self,
        tenant: TenantId,
        who: &MemberRef,
    ) -> Result<(MemberId, Vec<(WalletId, Wallet)>), Error> {
        let at = self.now();
        let core = self.core();
        let (member, found, versions) = core.pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let wallet = |member: &Member, store: &mut dyn Store| {
                let row = store.wallet(tenant, member.id)?;
                let wallet = row.map(|row| row.state).unwrap_or_default();
                Ok::<_, Error>((member.id, member.wallet, wallet))
            };
            let mut found = vec![wallet(&member, store)?];
            if let Some(belongs) = found[0].2.member_of() {
                let group = members::find(store, tenant, &MemberRef::Id(belongs.group))?;
                found.push(wallet(&group, store)?);
            }
            let versions = core.versions.latest(tenant, store)?;
            Ok((member.id, found, versions))
        })?;
        let by_now = |(member, place, wallet): (MemberId, WalletId, Wallet)| {
            Ok((place, versions.caught_up(member, wallet, at)?))
        };
        let wallets = found
            .into_iter()
            .map(by_now)
            .collect::<Result<_, Error>>()?;
        Ok((member, wallets))
    }
}

/// A place in the list.
fn cursor(written: &str) -> Result<(Timestamp, WalletId, String), Error> {
    let read = || {
        let (since, rest) = written.split_once('/')?;
        let (wallet, redemption) = rest.split_once('/')?;
        let since = Timestamp::from_micros(since.parse().ok()?);
        let wallet = MemberId::from_str(wallet).ok()?;
        Some((
            since,
            WalletId::from_bytes(*wallet.bytes()),
            redemption.to_owned(),
        ))
    };
    read().ok_or_else(no_cursor)
}
