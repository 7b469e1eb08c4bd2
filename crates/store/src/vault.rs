//! The vault: personal fields as they stand in the database where a shop wants them closed, with a key that is not in
//! it. Which fields, says one list ([`FIELDS`]); all else stands in clear for a reason ([`CLEAR`]).
//!
//! A field that is only read back is closed for its place: merchant, table, column and row. Copied elsewhere it does
//! not open. What things are found by is hashed with a key, or closed so that it looks the same each time.
//!
//! Which key is in force the database says, in one row with a number (`epoch`) that every transaction looks at first.
//! So whoever turns the key waits for those who write, and everybody after that writes with the new one.

mod around;
mod field;
mod keys;
mod turn;

pub(crate) use around::Around;
pub use field::{CLEAR, FIELDS, VaultField};
pub(crate) use field::{Field, guards, is_code};
pub use keys::VaultKeys;
pub(crate) use turn::{TABLES, Table, select, update};
pub use turn::{VaultPlace, VaultStep};

use crate::carry::{CarriedTable, Cell};
use crate::error::{Error, Result};
use crate::finding::{Asked, Reach, words_of_names, words_of_text};
use crate::hash::{Key, identity_key};
use crate::record::{Identity, Member};
use keys::VaultKey;
use regulars_base::MemberId;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an identity is found by, from its kind and value.
type HashOf<'h> = dyn Fn(&str, &str) -> Key + 'h;

/// What stands before a closed cell. After it the key's id, then a point.
const MARK: char = '!';
/// How `older` calls what stood in clear.
const IN_CLEAR: &str = "clear";
/// And that words of names may still stand as they did before a merchant decided otherwise.
const NAMES: &str = "names";

/// How the vault of a database stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VaultState {
    /// How often it was changed.
    pub epoch: i64,
    /// The key with which things are closed; nothing where they stand in clear.
    pub key: Option<String>,
    /// Keys under which some may still stand, while the key is turned.
    pub older: Vec<String>,
    /// Whether some may still stand in clear.
    pub from_clear: bool,
    /// Whether words of names may still stand as they did before somebody decided otherwise.
    pub names_turn: bool,
    /// Merchants (by number) who leave the words of names in clear.
    pub(crate) clear_names: BTreeSet<i64>,
}

impl VaultState {
    /// Whether everything is as it shall be: nothing is being turned.
    pub fn is_settled(&self) -> bool {
        self.older.is_empty() && !self.from_clear && !self.names_turn
    }

    /// From the row of the database.
    pub(crate) fn read(epoch: i64, key: &str, older: &str, clear_names: &str) -> Self {
        let own = |word: &&str| ![IN_CLEAR, NAMES].contains(word);
        let has = |word: &str| older.split_whitespace().any(|own| own == word);
        Self {
            epoch,
            key: Some(key.to_owned()).filter(|key| !key.is_empty()),
            older: older
                .split_whitespace()
                .filter(own)
                .map(str::to_owned)
                .collect(),
            from_clear: has(IN_CLEAR),
            names_turn: has(NAMES),
            clear_names: clear_names
                .split_whitespace()
                .filter_map(|no| no.parse().ok())
                .collect(),
        }
    }

    /// As the row has them: key, older ones, merchants who leave names in clear.
    pub(crate) fn stored(&self) -> (String, String, String) {
        let mut older = self.older.clone();
        older.extend(self.from_clear.then(|| IN_CLEAR.to_owned()));
        older.extend(self.names_turn.then(|| NAMES.to_owned()));
        let names: Vec<String> = self.clear_names.iter().map(i64::to_string).collect();
        (
            self.key.clone().unwrap_or_default(),
            older.join(" "),
            names.join(" "),
        )
    }

    /// What it is once another key is in force (or none).
    pub(crate) fn turned_to(&self, key: Option<&str>) -> Self {
        let mut next = self.clone();
        next.epoch += 1;
        if next.key.as_deref() != key {
            match next.key.take() {
                Some(before) => next.older.insert(0, before),
                None => next.from_clear = true,
            }
            next.older.retain(|own| Some(own.as_str()) != key);
            next.from_clear &= key.is_some();
            next.key = key.map(str::to_owned);
        }
        next
    }

    /// What it is once nothing stands under an older key.
    pub(crate) fn settled(&self) -> Self {
        Self {
            epoch: self.epoch + 1,
            older: Vec::new(),
            from_clear: false,
            names_turn: false,
            ..self.clone()
        }
    }

    /// What it is once a merchant leaves the words of names in clear, or does not any more.
    pub(crate) fn with_names(&self, tenant: i64, clear: bool) -> Self {
        let mut next = self.clone();
        let changed = match clear {
            true => next.clear_names.insert(tenant),
            false => next.clear_names.remove(&tenant),
        };
        if changed {
            next.epoch += 1;
            next.names_turn = true;
        }
        next
    }

    /// Whether something may stand in clear that is to be closed, or was.
    const fn may_be_clear(&self) -> bool {
        self.key.is_none() || self.from_clear
    }

    /// Refuses to go on without a key that something may be closed with.
    fn check(&self, keys: Option<&VaultKeys>) -> Result<()> {
        let there = |id: &String| keys.is_some_and(|keys| keys.get(id).is_some());
        let mut needed = self.key.iter().chain(&self.older);
        let Some(missing) = needed.find(|id| !there(id)) else {
            return Ok(());
        };
        let closed = format!("personal fields of this database are closed with the key {missing}");
        Err(Error::Vault(match keys {
            None => format!(
                "{closed}, and no key is there; name the file that has it: --vault-keys FILE, or REGULARS_VAULT_KEYS"
            ),
            Some(keys) => {
                let ids: Vec<&str> = keys.ids().collect();
                let ids = ids.join(", ");
                format!(
                    "{closed}, and the file of keys has {ids} alone; add the line with that key"
                )
            }
        }))
    }
}

/// What a connection knows of the vault.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vault(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    keys: VaultKeys,
    now: Mutex<Now>,
}

#[derive(Debug, Default)]
struct Now {
    state: Arc<VaultState>,
    /// By which epoch what is written now was closed.
    pinned: Option<i64>,
}

impl Vault {
    pub(crate) fn new(keys: Option<&VaultKeys>) -> Self {
        Self(keys.map(|keys| {
            Arc::new(Inner {
                keys: keys.clone(),
                now: Mutex::default(),
            })
        }))
    }

    /// Whether there are keys, so that each transaction looks how the vault stands.
    pub(crate) const fn has_keys(&self) -> bool {
        self.0.is_some()
    }

    fn now(&self) -> Option<MutexGuard<'_, Now>> {
        // What is known of the vault is whole at every moment.
        let inner = self.0.as_ref()?;
        Some(inner.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a transaction found in the vault's row. An error if a key is missing, or if what is to be written was
    /// closed by another one meanwhile: then it is to be closed anew.
    pub(crate) fn found(&self, state: VaultState) -> Result<()> {
        state.check(self.0.as_ref().map(|inner| &inner.keys))?;
        if let Some(mut now) = self.now() {
            let pinned = now.pinned;
            let epoch = state.epoch;
            now.state = Arc::new(state);
            if pinned.is_some_and(|pinned| pinned != epoch) {
                return Err(Error::Retry(TURNED.into()));
            }
        }
        Ok(())
    }

    /// Whether this is the epoch that is known, and by which what is written now was closed.
    pub(crate) fn is_known(&self, epoch: i64) -> bool {
        self.now().is_none_or(|now| {
            now.state.epoch == epoch && now.pinned.is_none_or(|pinned| pinned == epoch)
        })
    }

    /// What is written from now on was closed by this epoch.
    pub(crate) fn pin(&self, epoch: Option<i64>) {
        if let Some(mut now) = self.now() {
            now.pinned = epoch;
        }
    }

    /// Whether personal fields may be closed, so that the database cannot read them.
    pub(crate) fn may_be_closed(&self) -> bool {
        let state = self.state();
        state.key.is_some() || !state.is_settled()
    }

    pub(crate) fn keys(&self) -> Option<&VaultKeys> {
        self.0.as_ref().map(|inner| &inner.keys)
    }

    pub(crate) fn state(&self) -> Arc<VaultState> {
        self.now()
            .map(|now| Arc::clone(&now.state))
            .unwrap_or_default()
    }

    /// The vault as it stands now, of a merchant.
    pub(crate) fn of(&self, tenant: i64) -> TenantVault {
        TenantVault {
            tenant,
            keys: self.keys().cloned(),
            state: self.state(),
        }
    }
}

/// What somebody is told who would close something without a key.
pub(crate) const NO_KEYS: &str = "there is no key to close anything with; name a file of keys: --vault-keys FILE, or REGULARS_VAULT_KEYS";

/// What [`Vault::found`] says where the key was turned between closing and writing.
const TURNED: &str = "the key of the vault was turned";

/// Whether something is to be closed anew, and written again.
pub(crate) fn was_turned(error: &Error) -> bool {
    matches!(error, Error::Retry(why) if why == TURNED)
}

/// The vault as it stood when a transaction looked, for the rows of a merchant.
#[derive(Clone, Debug)]
pub(crate) struct TenantVault {
    pub(crate) tenant: i64,
    keys: Option<VaultKeys>,
    state: Arc<VaultState>,
}

impl Default for TenantVault {
    fn default() -> Self {
        Vault::default().of(0)
    }
}

impl TenantVault {
    pub(crate) fn epoch(&self) -> i64 {
        self.state.epoch
    }

    /// The key with which things are closed now; nothing where they stand in clear.
    fn key(&self) -> Option<(&str, &VaultKey)> {
        let id = self.state.key.as_deref()?;
        self.keys.as_ref()?.get(id).map(|key| (id, key))
    }

    /// Keys under which something may still stand.
    fn older(&self) -> impl Iterator<Item = (&str, &VaultKey)> {
        let keys = self.keys.as_ref();
        let older = self.state.older.iter();
        older.filter_map(move |id| Some((id.as_str(), keys?.get(id)?)))
    }

    // ── what is read back ──

    /// A field as it is to stand: closed, or as it is.
    pub(crate) fn close<'t>(&self, field: Field, row: &[&[u8]], text: &'t str) -> Cow<'t, str> {
        match self.key() {
            None => Cow::Borrowed(text),
            Some(_) if field.keeps_codes() && is_code(text) => Cow::Borrowed(text),
            Some(with) => Cow::Owned(self.closed(with, field, row, text)),
        }
    }

    fn closed(
        &self,
        (id, key): (&str, &VaultKey),
        field: Field,
        row: &[&[u8]],
        text: &str,
    ) -> String {
        let place = self.place(field, row);
        let closed = key.close(&place, text, field.is_alike());
        match field.is_found() {
            true => format!("{MARK}{id}.{}.{closed}", self.token(key, text)),
            false => format!("{MARK}{id}.{closed}"),
        }
    }

    /// A field as it was written.
    pub(crate) fn open(&self, field: Field, row: &[&[u8]], cell: String) -> Result<String> {
        if self.keys.is_none() {
            return Ok(cell);
        }
        let (table, column) = field.place();
        match self.opened(field, row, &cell) {
            Some(text) => Ok(text),
            None if self.state.may_be_clear() || field.may_stand_in_clear(&cell) => Ok(cell),
            None => Err(Error::Corrupt(format!(
                "a value of {table}.{column} is not what was closed for its place: it was changed, or copied from another"
            ))),
        }
    }

    fn opened(&self, field: Field, row: &[&[u8]], cell: &str) -> Option<String> {
        let (id, closed) = cell.strip_prefix(MARK)?.split_once('.')?;
        let closed = match field.is_found() {
            true => closed.split_once('.')?.1,
            false => closed,
        };
        let key = self.keys.as_ref()?.get(id)?;
        key.open(&self.place(field, row), closed)
    }

    /// Whether a cell stands as it is to stand now.
    pub(crate) fn is_as_it_shall(&self, field: Field, cell: &str) -> bool {
        let own = cell
            .strip_prefix(MARK)
            .and_then(|rest| rest.split_once('.'));
        match (&self.state.key, own) {
            (Some(key), Some((id, _))) => id == key,
            (Some(_), None) => field.keeps_codes() && is_code(cell),
            (None, own) => {
                own.is_none_or(|(id, _)| !self.state.older.iter().any(|older| older == id))
            }
        }
    }

    /// What a cell is closed for: merchant, table, column, and whatever names its row.
    fn place(&self, field: Field, row: &[&[u8]]) -> Vec<u8> {
        let (table, column) = field.place();
        let mut place = self.tenant.to_be_bytes().to_vec();
        let row = row.iter().copied();
        for part in [table.as_bytes(), column.as_bytes()].into_iter().chain(row) {
            place.extend((part.len() as u64).to_be_bytes());
            place.extend(part);
        }
        place
    }

    // ── what things are found by ──

    /// All ways in which a value may stand that is the same each time; the one in which it is to stand first.
    pub(crate) fn alike(&self, field: Field, text: &str) -> Vec<String> {
        let all = self.key().into_iter().chain(self.older());
        let mut ways: Vec<String> = all
            .map(|with| self.closed(with, field, &[], text))
            .collect();
        if self.state.may_be_clear() || (field.keeps_codes() && is_code(text)) {
            ways.push(text.to_owned());
        }
        ways
    }

    /// The key of an identity.
    pub(crate) fn identity_key(&self, kind: &str, value: &str) -> Key {
        match self.key() {
            None => identity_key(kind, value),
            Some((_, key)) => self.keyed(key, kind, value),
        }
    }

    /// Other keys under which it may still stand.
    pub(crate) fn older_identity_keys(&self, kind: &str, value: &str) -> Vec<Key> {
        let mut keys: Vec<Key> = self
            .older()
            .map(|(_, key)| self.keyed(key, kind, value))
            .collect();
        if self.state.key.is_some() && self.state.from_clear {
            keys.push(identity_key(kind, value));
        }
        keys
    }

    /// All keys under which it may stand.
    pub(crate) fn identity_keys(&self, kind: &str, value: &str) -> Vec<Key> {
        let mut keys = vec![self.identity_key(kind, value)];
        keys.extend(self.older_identity_keys(kind, value));
        keys
    }

    fn keyed(&self, key: &VaultKey, kind: &str, value: &str) -> Key {
        let mut what = self.tenant.to_be_bytes().to_vec();
        for part in ["identity", kind, value] {
            what.extend((part.len() as u64).to_be_bytes());
            what.extend(part.as_bytes());
        }
        let mut short: Key = [0; 20];
        short.copy_from_slice(&key.hash(&what)[..20]);
        short
    }

    /// What an identity is found by whose kind nobody says, capitals or not.
    fn token(&self, key: &VaultKey, value: &str) -> String {
        let mut what = self.tenant.to_be_bytes().to_vec();
        what.extend(b"value");
        what.extend(value.trim().to_ascii_lowercase().as_bytes());
        key.token(&what)
    }

    /// A new identity as it is to stand, with its key.
    pub(crate) fn identity(&self, member: MemberId, identity: &Identity) -> (Key, Identity) {
        let Identity { kind, value } = identity;
        let row: [&[u8]; 2] = [member.bytes(), kind.as_bytes()];
        let closed = Identity {
            kind: kind.clone(),
            value: self.close(Field::IdentityValue, &row, value).into_owned(),
        };
        (self.identity_key(kind, value), closed)
    }

    /// What is known of a person, as it is to stand.
    pub(crate) fn attributes<'t>(&self, member: MemberId, attributes: &'t str) -> Cow<'t, str> {
        self.close(Field::Attributes, &[member.bytes()], attributes)
    }

    /// A person as they are.
    pub(crate) fn member(&self, mut member: Member) -> Result<Member> {
        if self.keys.is_none() {
            return Ok(member);
        }
        let id = member.id;
        for identity in &mut member.identities {
            self.open_identity(id, identity)?;
        }
        member.identities.sort();
        let attributes = std::mem::take(&mut member.attributes);
        member.attributes = self.open(Field::Attributes, &[id.bytes()], attributes)?;
        Ok(member)
    }

    pub(crate) fn open_identity(&self, member: MemberId, identity: &mut Identity) -> Result<()> {
        let row: [&[u8]; 2] = [member.bytes(), identity.kind.as_bytes()];
        let cell = std::mem::take(&mut identity.value);
        identity.value = self.open(Field::IdentityValue, &row, cell)?;
        Ok(())
    }

    /// The secret of a merchant as it is to stand.
    pub(crate) fn close_secret(&self, secret: &[u8; 32]) -> Vec<u8> {
        match self.key() {
            None => secret.to_vec(),
            Some(with) => self
                .closed(with, Field::Secret, &[], &keys::hex(secret))
                .into_bytes(),
        }
    }

    /// The secret as it was made.
    pub(crate) fn open_secret(&self, cell: &[u8]) -> Result<[u8; 32]> {
        if let Ok(clear) = <[u8; 32]>::try_from(cell)
            && self.state.may_be_clear()
        {
            return Ok(clear);
        }
        let text = std::str::from_utf8(cell).ok();
        let open = text.and_then(|text| self.opened(Field::Secret, &[], text));
        let open = open.and_then(|digits| keys::bytes(&digits));
        open.ok_or_else(|| Error::Corrupt("the secret of a merchant is not what was closed".into()))
    }

    pub(crate) fn is_secret_as_it_shall(&self, cell: &[u8]) -> bool {
        match std::str::from_utf8(cell) {
            Ok(text) if cell.len() != 32 => self.is_as_it_shall(Field::Secret, text),
            _ => self.state.key.is_none(),
        }
    }

    /// A row as somebody outside reads it: open, and with the keys that it has without a vault.
    pub(crate) fn open_row(&self, table: &CarriedTable, row: Vec<Cell>) -> Result<Vec<Cell>> {
        self.row(
            table,
            row,
            |field, place, cell| {
                Ok(match (field, cell) {
                    (Field::Secret, Cell::Bytes(bytes)) => {
                        Cell::Bytes(self.open_secret(&bytes)?.into())
                    }
                    (_, Cell::Text(text)) => Cell::Text(self.open(field, place, text)?),
                    (_, other) => other,
                })
            },
            (true, &identity_key),
        )
    }

    /// A row that comes from outside as it is to stand.
    pub(crate) fn close_row(&self, table: &CarriedTable, row: Vec<Cell>) -> Result<Vec<Cell>> {
        self.row(
            table,
            row,
            |field, place, cell| {
                Ok(match (field, cell) {
                    (Field::Secret, Cell::Bytes(bytes)) => match <[u8; 32]>::try_from(&*bytes) {
                        Ok(secret) => Cell::Bytes(self.close_secret(&secret)),
                        Err(_) => Cell::Bytes(bytes),
                    },
                    (Field::Word, Cell::Text(text)) if self.leaves_names() => Cell::Text(text),
                    (_, Cell::Text(text)) => {
                        Cell::Text(self.close(field, place, &text).into_owned())
                    }
                    (_, other) => other,
                })
            },
            (false, &|kind: &str, value: &str| {
                self.identity_key(kind, value)
            }),
        )
    }

    fn row(
        &self,
        table: &CarriedTable,
        row: Vec<Cell>,
        cell: impl Fn(Field, &[&[u8]], Cell) -> Result<Cell>,
        (opens, key): (bool, &HashOf<'_>),
    ) -> Result<Vec<Cell>> {
        if self.keys.is_none() {
            return Ok(row);
        }
        let mut next = row.clone();
        for (at, (column, _)) in table.columns.iter().enumerate() {
            let Some(field) = Field::of(&table.name, column) else {
                continue;
            };
            let place = field
                .row()
                .iter()
                .map(|own| Ok(row[table.at(own)?].bytes()));
            let place: Vec<&[u8]> = place.collect::<Result<_>>()?;
            next[at] = cell(field, &place, row[at].clone())?;
        }
        if table.name == "identities" {
            let (kind, value) = (table.at("kind")?, table.at("value")?);
            let open = if opens { &next } else { &row };
            if let (Cell::Text(kind), Cell::Text(value)) = (open[kind].clone(), open[value].clone())
            {
                next[table.at("hash")?] = Cell::Bytes(key(&kind, &value).to_vec());
            }
        }
        Ok(next)
    }

    /// The words of a name as they are to stand.
    pub(crate) fn words(&self, attributes: &str) -> Vec<String> {
        let words = words_of_names(attributes).into_iter();
        match self.key().filter(|_| !self.leaves_names()) {
            None => words.collect(),
            Some(with) => words
                .map(|word| self.closed(with, Field::Word, &[], &word))
                .collect(),
        }
    }

    /// Whether the merchant leaves the words of names in clear.
    pub(crate) fn leaves_names(&self) -> bool {
        self.state.key.is_none() || self.state.clear_names.contains(&self.tenant)
    }

    /// What somebody looks for, in all ways in which it may stand.
    pub(crate) fn asked(&self, text: &str) -> Vec<Asked> {
        let Some(now) = self.key() else {
            let mut all = vec![Asked::of(text)];
            all.extend(self.older().map(|with| self.asked_exactly(with, text)));
            return all;
        };
        let keys = std::iter::once(now).chain(self.older());
        let mut all: Vec<Asked> = keys.map(|with| self.asked_exactly(with, text)).collect();
        if self.leaves_names() || self.state.may_be_clear() || self.state.names_turn {
            all.push(Asked::of(text));
        }
        all
    }

    fn asked_exactly(&self, with: (&str, &VaultKey), text: &str) -> Asked {
        let words = words_of_text(text);
        let closed = words
            .iter()
            .map(|word| self.closed(with, Field::Word, &[], word));
        Asked {
            value: Reach::of(format!("{MARK}{}.{}.", with.0, self.token(with.1, text))),
            words: closed.map(Reach::of).collect(),
        }
    }
}
