//! A store with a vault: what is written goes in closed, what is read comes out open. What has to be looked for inside
//! of a transaction (identities, names) the two databases close themselves.

use super::turn::VaultPlace;
use super::{Field, TenantVault, Vault, VaultState, VaultStep, was_turned};
use crate::error::{Error, Result};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::store::Store;
use crate::{
    Aging, ApiKey, Ask, AskingCount, AskingMove, AskingRow, AskingStage, AuditAsk, AuditLine,
    AuditProof, Board, BoughtOf, BoughtRow, BroughtCodes, CardCount, CardRow, CarriedRows,
    CarriedTable, Case, CaseMove, Cell, CodeBatch, CodeFilter, CodeRow, Commit, ConfirmationRow,
    Counts, Cursor, DeliveryAsk, DeliveryBounds, DeliveryRow, DrawSecret, DuplicatePlace,
    DuplicateRow, FulfilmentAsk, FulfilmentRow, Identity, IdentityRow, Issue, Issued, JourneyAsk,
    JourneyCount, JourneyCrowd, JourneyDeed, JourneyRow, Loaded, Logged, MasterAsk, MasterRow,
    MasterSort, Member, MemberPatch, MemberSession, MessageAsk, MessageRow, MessageStage, Moved,
    NewVersion, Noted, OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferTaking, OrderRow,
    PaymentRequest, PeriodSum, RecommendedCount, RecommendedRow, Rewrite, Rewritten, Seal, Sealed,
    SegmentAsk, SegmentDay, SegmentFill, SegmentMove, SegmentPass, SegmentRun, SendPlan, SendRow,
    Session, Setting, ShownCode, SignInCode, Standing, Tenant, Ticket, Verified, Version,
    WalletRow, WebhookAgain, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream,
};
use regulars_base::{EventKey, MemberId, Name, TenantId, Text, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::state::{SharedKey, Wallet};
use std::path::Path;

/// So often something is closed anew because the key was turned meanwhile.
const TRIES: usize = 5;
/// So many rows of a table are brought to the newest key at once where somebody waits for it.
const AT_ONCE: usize = 500;

/// A database that knows how its vault stands.
pub(crate) trait Vaulted: Store {
    /// How it stands.
    fn known(&self) -> &Vault;
    /// The same for a merchant.
    fn vault_for(&mut self, tenant: TenantId) -> Result<TenantVault>;
}

macro_rules! vaulted {
    ($($store:ty),+) => {
        $(impl Vaulted for $store {
            fn known(&self) -> &Vault {
                self.own_vault()
            }
            fn vault_for(&mut self, tenant: TenantId) -> Result<TenantVault> {
                self.vault_of(tenant)
            }
        })+
    };
}
vaulted!(Sqlite, Postgres);

/// A store with a vault around it.
#[derive(Debug)]
pub(crate) struct Around<S> {
    inner: S,
}

impl<S: Vaulted> Around<S> {
    pub(crate) const fn new(inner: S) -> Self {
        Self { inner }
    }

    /// Closes and writes; once more, where the key was turned in between.
    fn closing<T>(
        &mut self,
        tenant: TenantId,
        mut work: impl FnMut(&mut S, &TenantVault) -> Result<T>,
    ) -> Result<T> {
        let mut tried = 1;
        loop {
            let vault = self.inner.vault_for(tenant)?;
            self.inner.known().pin(Some(vault.epoch()));
            let done = work(&mut self.inner, &vault);
            self.inner.known().pin(None);
            match done {
                Err(error) if was_turned(&error) && tried < TRIES => tried += 1,
                done => return done,
            }
        }
    }

    /// Opens what was read, with what is known of the vault by then.
    fn opening<T>(
        &mut self,
        tenant: TenantId,
        read: impl FnOnce(&mut S) -> Result<T>,
        open: impl FnOnce(&TenantVault, T) -> Result<T>,
    ) -> Result<T> {
        let found = read(&mut self.inner)?;
        let vault = self.inner.vault_for(tenant)?;
        open(&vault, found)
    }

    fn people(
        &mut self,
        tenant: TenantId,
        read: impl FnOnce(&mut S) -> Result<Vec<Member>>,
    ) -> Result<Vec<Member>> {
        self.opening(tenant, read, |vault, found| {
            found.into_iter().map(|own| vault.member(own)).collect()
        })
    }

    fn person(
        &mut self,
        tenant: TenantId,
        read: impl FnOnce(&mut S) -> Result<Option<Member>>,
    ) -> Result<Option<Member>> {
        self.opening(tenant, read, |vault, found| {
            found.map(|own| vault.member(own)).transpose()
        })
    }

    /// No nickname stands under an older key any more: two that look the same are the same.
    fn turn_nicknames(&mut self) -> Result<()> {
        let own = |place: &VaultPlace| super::TABLES[place.table].name == "nicknames";
        let first = super::TABLES
            .iter()
            .position(|table| table.name == "nicknames");
        let mut place = first.map(|table| VaultPlace { table, after: None });
        while let Some(at) = place.filter(own) {
            place = self.inner.turn_vault_portion(&at, AT_ONCE, false)?.next;
        }
        Ok(())
    }
}

impl TenantVault {
    fn put(&self, field: Field, row: &[&[u8]], text: &mut String) {
        if let std::borrow::Cow::Owned(closed) = self.close(field, row, text) {
            *text = closed;
        }
    }

    fn take(&self, field: Field, row: &[&[u8]], cell: &mut String) -> Result<()> {
        *cell = self.open(field, row, std::mem::take(cell))?;
        Ok(())
    }

    fn put_case(&self, case: &Case) -> Case {
        let mut case = case.clone();
        let row = [case.kind.as_bytes(), case.id.as_bytes()];
        self.put(Field::Case, &row, &mut case.body);
        case
    }

    fn take_case(&self, mut case: Case) -> Result<Case> {
        let row = [case.kind.as_bytes(), case.id.as_bytes()];
        self.take(Field::Case, &row, &mut case.body)?;
        Ok(case)
    }

    fn put_setting(&self, setting: &Setting) -> Setting {
        let mut setting = setting.clone();
        let row = [setting.kind.as_bytes(), setting.id.as_bytes()];
        self.put(Field::Setting, &row, &mut setting.body);
        setting
    }

    fn take_setting(&self, mut setting: Setting) -> Result<Setting> {
        let row = [setting.kind.as_bytes(), setting.id.as_bytes()];
        self.take(Field::Setting, &row, &mut setting.body)?;
        Ok(setting)
    }

    fn take_session(&self, mut session: Session) -> Result<Session> {
        self.take(Field::About, &[&session.hash], &mut session.about)?;
        Ok(session)
    }

    fn put_send(&self, send: &SendRow) -> SendRow {
        let mut send = send.clone();
        self.put(Field::Send, &[send.id.as_bytes()], &mut send.body);
        send
    }

    fn take_send(&self, mut send: SendRow) -> Result<SendRow> {
        self.take(Field::Send, &[send.id.as_bytes()], &mut send.body)?;
        Ok(send)
    }

    fn put_message(&self, message: &MessageRow) -> MessageRow {
        let mut message = message.clone();
        let row: [&[u8]; 2] = [message.send.as_bytes(), message.member.bytes()];
        if let Some(content) = &mut message.content {
            self.put(Field::Message, &row, content);
        }
        self.put(Field::Reason, &[], &mut message.reason);
        message
    }

    fn put_messages(&self, messages: &[MessageRow]) -> Vec<MessageRow> {
        messages.iter().map(|own| self.put_message(own)).collect()
    }

    fn take_message(&self, mut message: MessageRow) -> Result<MessageRow> {
        let row: [&[u8]; 2] = [message.send.as_bytes(), message.member.bytes()];
        if let Some(content) = &mut message.content {
            self.take(Field::Message, &row, content)?;
        }
        self.take(Field::Reason, &[], &mut message.reason)?;
        Ok(message)
    }

    fn take_messages(&self, messages: Vec<MessageRow>) -> Result<Vec<MessageRow>> {
        messages
            .into_iter()
            .map(|own| self.take_message(own))
            .collect()
    }

    fn put_asking(&self, asking: &AskingRow) -> AskingRow {
        let mut asking = asking.clone();
        let row: [&[u8]; 2] = [asking.member.bytes(), asking.id.as_bytes()];
        if let Some(words) = &mut asking.words {
            self.put(Field::Answer, &row, words);
        }
        asking
    }

    fn take_asking(&self, mut asking: AskingRow) -> Result<AskingRow> {
        let row: [&[u8]; 2] = [asking.member.bytes(), asking.id.as_bytes()];
        if let Some(words) = &mut asking.words {
            self.take(Field::Answer, &row, words)?;
        }
        Ok(asking)
    }

    fn take_askings(&self, askings: Vec<AskingRow>) -> Result<Vec<AskingRow>> {
        askings
            .into_iter()
            .map(|own| self.take_asking(own))
            .collect()
    }

    fn put_delivery(&self, connector: &str, row: &DeliveryRow) -> DeliveryRow {
        let mut row = row.clone();
        let place = [connector.as_bytes(), row.delivery.as_bytes()];
        self.put(Field::Said, &place, &mut row.said);
        if let Some(body) = &mut row.body {
            self.put(Field::Told, &place, body);
        }
        row
    }

    fn take_delivery(&self, connector: &str, mut row: DeliveryRow) -> Result<DeliveryRow> {
        let place = [connector.as_bytes(), row.delivery.as_bytes()];
        self.take(Field::Said, &place, &mut row.said)?;
        if let Some(body) = &mut row.body {
            self.take(Field::Told, &place, body)?;
        }
        Ok(row)
    }

    fn take_standing(&self, standing: &mut Standing) -> Result<()> {
        self.take(Field::Nickname, &[], &mut standing.nickname)
    }
}

macro_rules! pass_on {
    ($($verb:ident($($name:ident: $of:ty),*) -> $result:ty;)+) => {
        $(fn $verb(&mut self, $($name: $of),*) -> $result { self.inner.$verb($($name),*) })+
    };
}

impl<S: Vaulted> Store for Around<S> {
    fn batch(
        &mut self,
        tenant: TenantId,
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> Result<()> {
        self.inner.batch(tenant, asks, decide)
    }

    // ── members ──

    fn member(&mut self, tenant: TenantId, id: MemberId) -> Result<Option<Member>> {
        self.person(tenant, |store| store.member(tenant, id))
    }

    fn standing_member(&mut self, tenant: TenantId, id: MemberId) -> Result<Option<Member>> {
        self.person(tenant, |store| store.standing_member(tenant, id))
    }

    fn member_by_identity(
        &mut self,
        tenant: TenantId,
        kind: &str,
        value: &str,
    ) -> Result<Option<Member>> {
        self.person(tenant, |store| {
            store.member_by_identity(tenant, kind, value)
        })
    }

    fn members_by_identities(
        &mut self,
        tenant: TenantId,
        identities: &[Identity],
    ) -> Result<Vec<Member>> {
        self.people(tenant, |store| {
            store.members_by_identities(tenant, identities)
        })
    }

    fn members(
        &mut self,
        tenant: TenantId,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<Member>> {
        self.people(tenant, |store| store.members(tenant, after, limit))
    }

    fn members_listed(&mut self, tenant: TenantId, members: &[MemberId]) -> Result<Vec<Member>> {
        self.people(tenant, |store| store.members_listed(tenant, members))
    }

    fn find_members(&mut self, tenant: TenantId, text: &str, limit: usize) -> Result<Vec<Member>> {
        self.people(tenant, |store| store.find_members(tenant, text, limit))
    }

    fn identities(
        &mut self,
        tenant: TenantId,
        after: &[u8],
        limit: usize,
    ) -> Result<Vec<IdentityRow>> {
        self.opening(
            tenant,
            |store| store.identities(tenant, after, limit),
            |vault, mut rows| {
                for row in &mut rows {
                    vault.open_identity(row.member, &mut row.identity)?;
                }
                Ok(rows)
            },
        )
    }

    fn typed(&mut self, tenant: TenantId, member: MemberId) -> Result<Vec<(Identity, String)>> {
        self.opening(
            tenant,
            |store| store.typed(tenant, member),
            |vault, mut rows| {
                for (own, typed) in &mut rows {
                    let row: [&[u8]; 2] = [member.bytes(), own.kind.as_bytes()];
                    vault.take(Field::IdentityTyped, &row, typed)?;
                    vault.open_identity(member, own)?;
                }
                rows.sort();
                Ok(rows)
            },
        )
    }

    // ── leaderboards ──

    fn nickname(&mut self, tenant: TenantId, member: MemberId) -> Result<Option<String>> {
        self.opening(
            tenant,
            |store| store.nickname(tenant, member),
            |vault, found| {
                found
                    .map(|own| vault.open(Field::Nickname, &[], own))
                    .transpose()
            },
        )
    }

    fn set_nickname(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        nickname: Option<(&str, &str)>,
    ) -> Result<bool> {
        if nickname.is_some() && !self.inner.known().state().is_settled() {
            self.turn_nicknames()?;
        }
        self.closing(tenant, |store, vault| {
            let closed = nickname.map(|(key, shown)| {
                let key = vault.close(Field::NicknameKey, &[], key);
                (key, vault.close(Field::Nickname, &[], shown))
            });
            let closed = closed.as_ref().map(|(key, shown)| (&**key, &**shown));
            store.set_nickname(tenant, member, closed)
        })
    }

    fn standings(
        &mut self,
        tenant: TenantId,
        board: Board,
        page: (usize, usize),
    ) -> Result<Vec<Standing>> {
        self.opening(
            tenant,
            |store| store.standings(tenant, board, page),
            |vault, mut rows| {
                rows.iter_mut()
                    .try_for_each(|row| vault.take_standing(row))?;
                Ok(rows)
            },
        )
    }

    fn standing(
        &mut self,
        tenant: TenantId,
        board: Board,
        wallet: WalletId,
        around: usize,
    ) -> Result<Option<(Standing, Vec<Standing>)>> {
        self.opening(
            tenant,
            |store| store.standing(tenant, board, wallet, around),
            |vault, mut found| {
                if let Some((own, others)) = &mut found {
                    vault.take_standing(own)?;
                    others
                        .iter_mut()
                        .try_for_each(|row| vault.take_standing(row))?;
                }
                Ok(found)
            },
        )
    }

    // ── cases, settings, sessions ──

    fn open_case(
        &mut self,
        tenant: TenantId,
        case: &Case,
        marks: &[[u8; 32]],
    ) -> Result<Option<String>> {
        self.closing(tenant, |store, vault| {
            store.open_case(tenant, &vault.put_case(case), marks)
        })
    }

    fn case(&mut self, tenant: TenantId, kind: &str, id: &str) -> Result<Option<Case>> {
        self.opening(
            tenant,
            |store| store.case(tenant, kind, id),
            |vault, found| found.map(|own| vault.take_case(own)).transpose(),
        )
    }

    fn cases(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<&str>),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Case>> {
        self.opening(
            tenant,
            |store| store.cases(tenant, of, after, limit),
            |vault, found| found.into_iter().map(|own| vault.take_case(own)).collect(),
        )
    }

    fn move_case(&mut self, tenant: TenantId, of: (&str, &str), to: &CaseMove) -> Result<bool> {
        self.closing(tenant, |store, vault| {
            let mut to = to.clone();
            vault.put(
                Field::Case,
                &[of.0.as_bytes(), of.1.as_bytes()],
                &mut to.body,
            );
            store.move_case(tenant, of, &to)
        })
    }

    fn replace_case(&mut self, tenant: TenantId, seen: &Case, next: &Case) -> Result<bool> {
        self.closing(tenant, |store, vault| {
            // It looks another way each time that it is closed: compared is what it says.
            let Some(stands) = store.case(tenant, &seen.kind, &seen.id)? else {
                return Ok(false);
            };
            if vault.take_case(stands.clone())? != *seen {
                return Ok(false);
            }
            store.replace_case(tenant, &stands, &vault.put_case(next))
        })
    }

    fn create_session(&mut self, session: &Session) -> Result<()> {
        self.closing(session.tenant, |store, vault| {
            let mut session = session.clone();
            vault.put(Field::About, &[&session.hash], &mut session.about);
            store.create_session(&session)
        })
    }

    fn session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>> {
        let Some(found) = self.inner.session(hash)? else {
            return Ok(None);
        };
        let vault = self.inner.vault_for(found.tenant)?;
        vault.take_session(found).map(Some)
    }

    fn sessions(&mut self, tenant: TenantId, key: &str) -> Result<Vec<Session>> {
        self.opening(
            tenant,
            |store| store.sessions(tenant, key),
            |vault, found| {
                found
                    .into_iter()
                    .map(|own| vault.take_session(own))
                    .collect()
            },
        )
    }

    fn setting(&mut self, tenant: TenantId, kind: &str, id: &str) -> Result<Option<Setting>> {
        self.opening(
            tenant,
            |store| store.setting(tenant, kind, id),
            |vault, found| found.map(|own| vault.take_setting(own)).transpose(),
        )
    }

    fn settings(&mut self, tenant: TenantId, kind: &str) -> Result<Vec<Setting>> {
        self.opening(
            tenant,
            |store| store.settings(tenant, kind),
            |vault, found| {
                found
                    .into_iter()
                    .map(|own| vault.take_setting(own))
                    .collect()
            },
        )
    }

    fn put_setting(&mut self, tenant: TenantId, setting: &Setting) -> Result<bool> {
        self.closing(tenant, |store, vault| {
            store.put_setting(tenant, &vault.put_setting(setting))
        })
    }

    // ── messages ──

    fn add_send(&mut self, tenant: TenantId, send: &SendRow) -> Result<()> {
        self.closing(tenant, |store, vault| {
            store.add_send(tenant, &vault.put_send(send))
        })
    }

    fn send(&mut self, tenant: TenantId, id: &str) -> Result<Option<SendRow>> {
        self.opening(
            tenant,
            |store| store.send(tenant, id),
            |vault, found| found.map(|own| vault.take_send(own)).transpose(),
        )
    }

    fn sends(
        &mut self,
        tenant: TenantId,
        before: Option<(Timestamp, &str)>,
        limit: usize,
    ) -> Result<Vec<SendRow>> {
        self.opening(
            tenant,
            |store| store.sends(tenant, before, limit),
            |vault, found| found.into_iter().map(|own| vault.take_send(own)).collect(),
        )
    }

    fn send_to_plan(&mut self, tenant: TenantId) -> Result<Option<SendRow>> {
        self.opening(
            tenant,
            |store| store.send_to_plan(tenant),
            |vault, found| found.map(|own| vault.take_send(own)).transpose(),
        )
    }

    fn plan_send(&mut self, tenant: TenantId, plan: &SendPlan<'_>) -> Result<bool> {
        self.closing(tenant, |store, vault| {
            let rows = vault.put_messages(plan.rows);
            let plan = SendPlan {
                rows: &rows,
                ..plan.clone()
            };
            store.plan_send(tenant, &plan)
        })
    }

    fn claim_messages(
        &mut self,
        tenant: TenantId,
        times: (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<MessageRow>> {
        self.opening(
            tenant,
            |store| store.claim_messages(tenant, times, limit),
            TenantVault::take_messages,
        )
    }

    fn move_messages(
        &mut self,
        tenant: TenantId,
        held: Timestamp,
        rows: &[MessageRow],
    ) -> Result<Vec<bool>> {
        self.closing(tenant, |store, vault| {
            store.move_messages(tenant, held, &vault.put_messages(rows))
        })
    }

    fn settle_message(
        &mut self,
        tenant: TenantId,
        was: Option<Timestamp>,
        row: &MessageRow,
    ) -> Result<bool> {
        self.closing(tenant, |store, vault| {
            store.settle_message(tenant, was, &vault.put_message(row))
        })
    }

    fn message(
        &mut self,
        tenant: TenantId,
        send: &str,
        member: MemberId,
    ) -> Result<Option<MessageRow>> {
        self.opening(
            tenant,
            |store| store.message(tenant, send, member),
            |vault, found| found.map(|own| vault.take_message(own)).transpose(),
        )
    }

    fn messages(
        &mut self,
        tenant: TenantId,
        send: &str,
        ask: &MessageAsk,
        limit: usize,
    ) -> Result<Vec<MessageRow>> {
        let Some(reason) = &ask.reason else {
            let read = |store: &mut S| store.messages(tenant, send, ask, limit);
            return self.opening(tenant, read, TenantVault::take_messages);
        };
        let vault = self.inner.vault_for(tenant)?;
        let mut found = Vec::new();
        for reason in vault.alike(Field::Reason, reason) {
            let ask = MessageAsk {
                reason: Some(reason),
                ..ask.clone()
            };
            let read = |store: &mut S| store.messages(tenant, send, &ask, limit);
            found.extend(self.opening(tenant, read, TenantVault::take_messages)?);
        }
        found.sort_by_key(|own| own.member);
        found.dedup_by_key(|own| own.member);
        found.truncate(limit);
        Ok(found)
    }

    fn messages_of(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        channel: Option<&str>,
        limit: usize,
    ) -> Result<Vec<MessageRow>> {
        self.opening(
            tenant,
            |store| store.messages_of(tenant, member, channel, limit),
            TenantVault::take_messages,
        )
    }

    fn message_counts(
        &mut self,
        tenant: TenantId,
        send: &str,
    ) -> Result<Vec<(MessageStage, String, i64)>> {
        self.opening(
            tenant,
            |store| store.message_counts(tenant, send),
            |vault, found| {
                let mut all: Vec<(MessageStage, String, i64)> = Vec::new();
                for (stage, why, count) in found {
                    let why = vault.open(Field::Reason, &[], why)?;
                    let same =
                        |own: &&mut (MessageStage, String, i64)| own.0 == stage && own.1 == why;
                    match all.iter_mut().find(same) {
                        Some(own) => own.2 += count,
                        None => all.push((stage, why, count)),
                    }
                }
                all.sort();
                Ok(all)
            },
        )
    }

    fn segment_pass(&mut self, tenant: TenantId, pass: &SegmentPass) -> Result<bool> {
        let journeys = &pass.journeys;
        if journeys.sends.is_empty() && journeys.messages.is_empty() {
            return self.inner.segment_pass(tenant, pass);
        }
        self.closing(tenant, |store, vault| {
            let mut pass = pass.clone();
            let journeys = &mut pass.journeys;
            journeys.messages = vault.put_messages(&journeys.messages);
            journeys.sends = journeys
                .sends
                .iter()
                .map(|own| vault.put_send(own))
                .collect();
            store.segment_pass(tenant, &pass)
        })
    }

    // ── surveys ──

    fn add_askings(&mut self, tenant: TenantId, rows: &[AskingRow]) -> Result<usize> {
        self.closing(tenant, |store, vault| {
            let rows: Vec<AskingRow> = rows.iter().map(|own| vault.put_asking(own)).collect();
            store.add_askings(tenant, &rows)
        })
    }

    fn asking(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        id: &str,
    ) -> Result<Option<AskingRow>> {
        self.opening(
            tenant,
            |store| store.asking(tenant, member, id),
            |vault, found| found.map(|own| vault.take_asking(own)).transpose(),
        )
    }

    fn askings(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<AskingStage>),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<AskingRow>> {
        self.opening(
            tenant,
            |store| store.askings(tenant, of, after, limit),
            TenantVault::take_askings,
        )
    }

    fn askings_of(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        limit: usize,
    ) -> Result<Vec<AskingRow>> {
        self.opening(
            tenant,
            |store| store.askings_of(tenant, member, limit),
            TenantVault::take_askings,
        )
    }

    fn claim_askings(
        &mut self,
        tenant: TenantId,
        times: (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<AskingRow>> {
        self.opening(
            tenant,
            |store| store.claim_askings(tenant, times, limit),
            TenantVault::take_askings,
        )
    }

    fn move_askings(&mut self, tenant: TenantId, moves: &[AskingMove]) -> Result<usize> {
        self.closing(tenant, |store, vault| {
            let put = |own: &AskingMove| AskingMove {
                was: own.was,
                row: vault.put_asking(&own.row),
            };
            let moves: Vec<AskingMove> = moves.iter().map(put).collect();
            store.move_askings(tenant, &moves)
        })
    }

    // ── connectors ──

    fn note_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        new: &DeliveryRow,
        bounds: DeliveryBounds,
    ) -> Result<Noted> {
        let noted = self.closing(tenant, |store, vault| {
            store.note_delivery(
                tenant,
                connector,
                &vault.put_delivery(connector, new),
                bounds,
            )
        })?;
        Ok(match noted {
            Noted::Earlier(row) => {
                let vault = self.inner.vault_for(tenant)?;
                Noted::Earlier(vault.take_delivery(connector, row)?)
            }
            other => other,
        })
    }

    fn move_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        now: &DeliveryRow,
    ) -> Result<bool> {
        self.closing(tenant, |store, vault| {
            store.move_delivery(tenant, connector, &vault.put_delivery(connector, now))
        })
    }

    fn delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        delivery: &str,
    ) -> Result<Option<DeliveryRow>> {
        self.opening(
            tenant,
            |store| store.delivery(tenant, connector, delivery),
            |vault, found| {
                found
                    .map(|own| vault.take_delivery(connector, own))
                    .transpose()
            },
        )
    }

    fn deliveries(
        &mut self,
        tenant: TenantId,
        connector: &str,
        ask: &DeliveryAsk,
        limit: usize,
    ) -> Result<Vec<DeliveryRow>> {
        self.opening(
            tenant,
            |store| store.deliveries(tenant, connector, ask, limit),
            |vault, found| {
                let found = found.into_iter();
                found
                    .map(|own| vault.take_delivery(connector, own))
                    .collect()
            },
        )
    }

    // ── what is sent ──

    fn fulfilments(
        &mut self,
        tenant: TenantId,
        ask: &FulfilmentAsk,
        limit: usize,
    ) -> Result<Vec<FulfilmentRow>> {
        self.opening(
            tenant,
            |store| store.fulfilments(tenant, ask, limit),
            |vault, mut rows| {
                for row in &mut rows {
                    let place: [&[u8]; 2] = [row.wallet.bytes(), row.redemption.as_bytes()];
                    if let Some(address) = &mut row.address {
                        vault.take(Field::Address, &place, address)?;
                    }
                }
                Ok(rows)
            },
        )
    }

    fn set_address(
        &mut self,
        tenant: TenantId,
        of: (WalletId, &str),
        to: (MemberId, Option<&str>),
    ) -> Result<()> {
        self.closing(tenant, |store, vault| {
            let place: [&[u8]; 2] = [of.0.bytes(), of.1.as_bytes()];
            let address = to.1.map(|own| vault.close(Field::Address, &place, own));
            store.set_address(tenant, of, (to.0, address.as_deref()))
        })
    }

    // ── everything ──

    /// Rows come out open. What they are sorted by may be something else than what stood there closed.
    fn carry_out(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
    ) -> Result<()> {
        let mut kept: Option<(CarriedTable, Vec<Vec<Cell>>)> = None;
        self.inner.carry_out(tenant, &mut |table, row| {
            if kept.as_ref().is_some_and(|(own, _)| own.name != table.name) {
                sorted(kept.take(), each)?;
            }
            match table.is_sorted_by_what_is_closed() {
                true => {
                    let (_, rows) = kept.get_or_insert_with(|| (table.clone(), Vec::new()));
                    rows.push(row.to_vec());
                    Ok(())
                }
                false => each(table, row),
            }
        })?;
        sorted(kept, each)
    }

    // ── the vault itself ──

    fn turn_vault(&mut self, to: Option<&str>) -> Result<VaultState> {
        let keys = self.inner.known().keys();
        if let (Some(id), Some(keys)) = (to, keys)
            && keys.get(id).is_none()
        {
            return Err(Error::Missing("key in the file of keys"));
        }
        self.inner.turn_vault(to)
    }

    pass_on! {
        vault() -> Result<VaultState>;
        turn_vault_portion(place: &VaultPlace, limit: usize, only_look: bool) -> Result<VaultStep>;
        settle_vault() -> Result<VaultState>;
        leave_names(tenant: TenantId, clear: bool) -> Result<VaultState>;
        finds_exactly(tenant: TenantId) -> Result<bool>;
        rewrite_identities(tenant: TenantId, rewrites: &[Rewrite]) -> Result<Vec<Rewritten>>;
        keep_typed(tenant: TenantId, member: MemberId, typed: &[(Identity, String)]) -> Result<()>;
        find_duplicates(tenant: TenantId, at: Timestamp) -> Result<u64>;
        duplicates(tenant: TenantId, from: (bool, Option<DuplicatePlace>), limit: usize) -> Result<Vec<DuplicateRow>>;
        note_duplicate(tenant: TenantId, pair: &DuplicateRow) -> Result<()>;
        part_duplicate(tenant: TenantId, pair: (MemberId, MemberId), not_same: bool) -> Result<bool>;
        confirmations(tenant: TenantId, members: &[MemberId]) -> Result<Vec<ConfirmationRow>>;
        due_confirmations(tenant: TenantId, now: Timestamp, limit: usize) -> Result<Vec<ConfirmationRow>>;
        add_confirmations(tenant: TenantId, rows: &[ConfirmationRow]) -> Result<()>;
        move_confirmation(tenant: TenantId, seen: &ConfirmationRow, next: &ConfirmationRow) -> Result<bool>;
        peek(tenant: TenantId, asks: &[Ask]) -> Result<Loaded>;
        commit_lightly() -> Result<()>;
        create_tenant(tenant: &Tenant) -> Result<()>;
        tenants() -> Result<Vec<Tenant>>;
        create_api_key(key: &ApiKey) -> Result<()>;
        api_key(hash: &[u8; 32]) -> Result<Option<ApiKey>>;
        api_keys(tenant: TenantId) -> Result<Vec<ApiKey>>;
        revoke_api_key(tenant: TenantId, id: &str, at: Timestamp) -> Result<bool>;
        end_api_key(tenant: TenantId, id: &str, at: Timestamp) -> Result<bool>;
        touch_api_key(tenant: TenantId, id: &str, at: Timestamp) -> Result<()>;
        apply_program(tenant: TenantId, version: &NewVersion) -> Result<i64>;
        program_versions(tenant: TenantId) -> Result<Vec<Version>>;
        program_text(tenant: TenantId, hash: &[u8; 32]) -> Result<Option<String>>;
        with_merged(tenant: TenantId, id: MemberId) -> Result<Vec<(MemberId, WalletId)>>;
        create_member(tenant: TenantId, member: &Member) -> Result<()>;
        patch_member(tenant: TenantId, id: MemberId, patch: &MemberPatch) -> Result<()>;
        erase_member(tenant: TenantId, id: MemberId) -> Result<()>;
        wallet(tenant: TenantId, member: MemberId) -> Result<Option<WalletRow>>;
        wallet_at(tenant: TenantId, wallet: WalletId, at: Timestamp) -> Result<Wallet>;
        log(tenant: TenantId, wallet: WalletId, cursor: Cursor, limit: usize) -> Result<Vec<Logged>>;
        event(tenant: TenantId, key: &EventKey) -> Result<Option<Logged>>;
        order(tenant: TenantId, source: &Text, number: &Text) -> Result<Option<OrderRow>>;
        issue_codes(tenant: TenantId, issue: &Issue, codes: &[Code]) -> Result<Issued>;
        code_batches(tenant: TenantId) -> Result<Vec<CodeBatch>>;
        code(tenant: TenantId, code: &Code) -> Result<Option<CodeRow>>;
        codes(tenant: TenantId, filter: &CodeFilter, limit: usize) -> Result<Vec<CodeRow>>;
        code_history(tenant: TenantId, code: &Code) -> Result<Vec<Logged>>;
        void_code(tenant: TenantId, code: &Code, at: Timestamp) -> Result<bool>;
        due(tenant: TenantId, now: Timestamp, limit: usize) -> Result<Vec<(MemberId, Timestamp)>>;
        payment_requests(tenant: TenantId, now: Timestamp, limit: usize) -> Result<Vec<PaymentRequest>>;
        put_off_payment(tenant: TenantId, request: &PaymentRequest) -> Result<()>;
        moved(tenant: TenantId, boundaries: &[Timestamp]) -> Result<Vec<Moved>>;
        counts(tenant: TenantId) -> Result<Counts>;
        tickets(tenant: TenantId, board: Board) -> Result<Vec<Ticket>>;
        score_sums(tenant: TenantId, board: Name) -> Result<Vec<PeriodSum>>;
        draw_secrets(tenant: TenantId) -> Result<Vec<DrawSecret>>;
        add_draw_secret(tenant: TenantId, secret: &DrawSecret) -> Result<()>;
        each_wallet(tenant: TenantId, each: &mut dyn FnMut(WalletRow) -> Result<()>) -> Result<()>;
        each_event(tenant: TenantId, each: &mut dyn FnMut(Logged) -> Result<()>) -> Result<()>;
        bookmark(tenant: TenantId, job: &str) -> Result<Option<String>>;
        set_bookmark(tenant: TenantId, job: &str, value: Option<&str>) -> Result<()>;
        touch_session(tenant: TenantId, hash: &[u8; 32], at: Timestamp) -> Result<()>;
        end_session(tenant: TenantId, hash: &[u8; 32]) -> Result<bool>;
        delete_setting(tenant: TenantId, kind: &str, id: &str) -> Result<bool>;
        append_audit(tenant: TenantId, line: &AuditLine) -> Result<()>;
        audit(tenant: TenantId, ask: &AuditAsk, limit: usize) -> Result<Vec<AuditLine>>;
        prove_audit(tenant: TenantId) -> Result<AuditProof>;
        put_sign_in_code(tenant: TenantId, code: &SignInCode) -> Result<()>;
        sign_in_code(tenant: TenantId, address: &[u8; 32]) -> Result<Option<SignInCode>>;
        try_sign_in_code(tenant: TenantId, address: &[u8; 32], most: i64) -> Result<Option<SignInCode>>;
        use_sign_in_code(tenant: TenantId, address: &[u8; 32], hash: &[u8; 32]) -> Result<bool>;
        create_member_session(tenant: TenantId, session: &MemberSession) -> Result<()>;
        member_session(tenant: TenantId, hash: &[u8; 32]) -> Result<Option<MemberSession>>;
        end_member_session(tenant: TenantId, hash: &[u8; 32]) -> Result<bool>;
        accept_terms(tenant: TenantId, member: MemberId, version: &str, at: Timestamp) -> Result<()>;
        accepted_terms(tenant: TenantId, member: MemberId) -> Result<Vec<(String, Timestamp)>>;
        portal_secret(tenant: TenantId, fresh: &[u8; 32]) -> Result<[u8; 32]>;
        shared(tenant: TenantId, keys: &[SharedKey]) -> Result<Vec<i64>>;
        active(tenant: TenantId, from: Timestamp, to: Timestamp) -> Result<u64>;
        seal(tenant: TenantId, now: Timestamp) -> Result<Option<Seal>>;
        head(tenant: TenantId) -> Result<Option<Seal>>;
        verify(tenant: TenantId, expected: Option<&[u8; 32]>, progress: &mut dyn FnMut(u64)) -> Result<Verified>;
        submitters(tenant: TenantId, after: Option<MemberId>, limit: usize) -> Result<Vec<MemberId>>;
        subscribers(tenant: TenantId, after: Option<MemberId>, limit: usize) -> Result<Vec<MemberId>>;
        bring_supplier_codes(tenant: TenantId, of: (Name, &str), codes: &[String]) -> Result<BroughtCodes>;
        show_supplier_codes(tenant: TenantId, reward: Name, numbers: (i64, i64), at: Timestamp) -> Result<Vec<ShownCode>>;
        sealed(tenant: TenantId, after: i64, limit: usize) -> Result<Vec<Sealed>>;
        stop_send(tenant: TenantId, id: &str, at: Timestamp) -> Result<bool>;
        asking_counts(tenant: TenantId, survey: &str) -> Result<Vec<AskingCount>>;
        put_master_data(tenant: TenantId, sort: MasterSort, rows: &[MasterRow]) -> Result<()>;
        master_data(tenant: TenantId, sort: MasterSort, ask: &MasterAsk, limit: usize) -> Result<Vec<MasterRow>>;
        master_data_listed(tenant: TenantId, sort: MasterSort, ids: &[&str]) -> Result<Vec<MasterRow>>;
        delete_master_data(tenant: TenantId, sort: MasterSort, id: &str) -> Result<bool>;
        replace_product_links(tenant: TenantId, links: &[(String, String)]) -> Result<()>;
        product_links(tenant: TenantId, products: &[&str]) -> Result<Vec<(String, String)>>;
        note_recommended(tenant: TenantId, rows: &[RecommendedRow]) -> Result<()>;
        recommended_counts(tenant: TenantId, since: i32) -> Result<Vec<RecommendedCount>>;
        add_offer_choice(tenant: TenantId, choice: &OfferChoice) -> Result<bool>;
        offer_choices_of(tenant: TenantId, wallet: WalletId, limit: usize) -> Result<Vec<OfferChoice>>;
        offer_choices(tenant: TenantId, of: (&str, Option<(WalletId, u32)>), limit: usize) -> Result<Vec<OfferChoice>>;
        offer_known(tenant: TenantId, set: &str) -> Result<Vec<OfferKnown>>;
        offer_budget(tenant: TenantId, set: &str) -> Result<i64>;
        take_offer(tenant: TenantId, key: &OfferKey, cost_budget_at: (i64, i64, Timestamp)) -> Result<OfferTaking>;
        settle_offer_taking(tenant: TenantId, key: &OfferKey, refused: Option<&str>) -> Result<bool>;
        offers_to_book(tenant: TenantId, before: Timestamp, limit: usize) -> Result<Vec<OfferChoice>>;
        offers_to_settle(tenant: TenantId, now: Timestamp, limit: usize) -> Result<Vec<OfferChoice>>;
        settle_offers(tenant: TenantId, outcomes: &[OfferOutcome]) -> Result<usize>;
        messages_lately(tenant: TenantId, members: &[MemberId], since: Timestamp) -> Result<Vec<(MemberId, u32)>>;
        add_bounce(tenant: TenantId, address: &[u8; 32], at: Timestamp) -> Result<()>;
        bounced(tenant: TenantId, addresses: &[[u8; 32]]) -> Result<Vec<[u8; 32]>>;
        begin_webhook(tenant: TenantId, endpoint: &str, sealed: i64) -> Result<()>;
        end_webhook(tenant: TenantId, endpoint: &str) -> Result<()>;
        webhook(tenant: TenantId, endpoint: &str) -> Result<Option<WebhookHealth>>;
        note_webhook_work(tenant: TenantId, of: (&str, Timestamp), seals: (i64, i64), heads: &[(WalletId, u64)]) -> Result<bool>;
        claim_webhook_streams(tenant: TenantId, endpoint: &str, times: (Timestamp, Timestamp), limit: usize) -> Result<Vec<WebhookStream>>;
        claim_webhook_letters(tenant: TenantId, endpoint: &str, times: (Timestamp, Timestamp), limit: usize) -> Result<Vec<WebhookLetter>>;
        move_webhook(tenant: TenantId, endpoint: &str, moves: &WebhookMoves) -> Result<()>;
        webhook_troubles(tenant: TenantId, endpoint: &str, limit: usize) -> Result<(Vec<WebhookStream>, Vec<WebhookLetter>)>;
        tell_again(tenant: TenantId, of: (&str, Timestamp), again: WebhookAgain) -> Result<u64>;
        reset_webhook(tenant: TenantId, endpoint: &str, at: Timestamp) -> Result<()>;
        deliveries_in(tenant: TenantId, connector: &str, state: &str) -> Result<u64>;
        forget_deliveries(tenant: TenantId, connector: &str) -> Result<()>;
        segment_run(tenant: TenantId) -> Result<Option<SegmentRun>>;
        wallets(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<WalletRow>>;
        portraits(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<(WalletId, String)>>;
        portraits_due(tenant: TenantId, day: i32, most: usize) -> Result<Vec<WalletId>>;
        bought(tenant: TenantId, of: &BoughtOf, after: Option<WalletId>, limit: usize) -> Result<Vec<BoughtRow>>;
        count_asked(tenant: TenantId, ask: SegmentAsk<'_>) -> Result<(i64, i64)>;
        find_highest(tenant: TenantId, of: (&str, i64), after: Option<(i64, MemberId)>, limit: usize) -> Result<Vec<(MemberId, i64)>>;
        find_asked(tenant: TenantId, ask: SegmentAsk<'_>, after: Option<MemberId>, limit: usize) -> Result<Vec<MemberId>>;
        fill_segment(tenant: TenantId, fill: SegmentFill<'_>) -> Result<Option<(i64, i64)>>;
        segment_members(tenant: TenantId, segment: &str, after: Option<MemberId>, limit: usize) -> Result<Vec<(MemberId, Timestamp)>>;
        segments_of(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<(WalletId, String)>>;
        segment_moves(tenant: TenantId, segment: &str, after: i64, limit: usize) -> Result<Vec<SegmentMove>>;
        segment_growth(tenant: TenantId, segment: &str, from: i32) -> Result<Vec<SegmentDay>>;
        segment_size(tenant: TenantId, segment: &str) -> Result<i64>;
        journeys_of(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<JourneyRow>>;
        journeys_due(tenant: TenantId, due: (&[String], Timestamp), most: usize) -> Result<Vec<WalletId>>;
        wake_portraits(tenant: TenantId, day: i32) -> Result<()>;
        end_journey(tenant: TenantId, journey: &str) -> Result<u64>;
        journey_members(tenant: TenantId, journey: &str, ask: &JourneyAsk, limit: usize) -> Result<Vec<JourneyRow>>;
        journey_deeds(tenant: TenantId, whose: (&str, WalletId), limit: usize) -> Result<Vec<JourneyDeed>>;
        journey_counts(tenant: TenantId, journey: &str) -> Result<(Vec<JourneyCount>, Vec<JourneyCrowd>)>;
        deeds_to_book(tenant: TenantId, limit: usize) -> Result<Vec<JourneyDeed>>;
        settle_deed(tenant: TenantId, deed: &JourneyDeed) -> Result<bool>;
        add_cards(tenant: TenantId, of: (&str, Timestamp), numbers: &[String]) -> Result<usize>;
        card(tenant: TenantId, number: &str) -> Result<Option<CardRow>>;
        cards(tenant: TenantId, of: (&str, Option<&str>), limit: usize) -> Result<Vec<CardRow>>;
        card_counts(tenant: TenantId) -> Result<Vec<CardCount>>;
        activate_card(tenant: TenantId, number: &str, member: MemberId, at: Timestamp) -> Result<bool>;
        replace_card(tenant: TenantId, of: (&str, Option<&str>), at: Timestamp) -> Result<Option<MemberId>>;
        settle() -> Result<()>;
        count_aged(tenant: TenantId, what: Aging, before: Timestamp) -> Result<u64>;
        let_aged_go(tenant: TenantId, what: Aging, before: Timestamp, limit: usize) -> Result<u64>;
        carried_tables() -> Result<Vec<CarriedTable>>;
        rows_about(tenant: TenantId, who: (MemberId, WalletId), each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()> ) -> Result<()>;
        carry_in(tenant: &Tenant, rows: &mut dyn FnMut(&CarriedTable) -> Result<CarriedRows> ) -> Result<()>;
        backup(to: &Path) -> Result<()>;
    }
}

/// Tells rows that were kept until all of their table were there.
fn sorted(
    kept: Option<(CarriedTable, Vec<Vec<Cell>>)>,
    each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
) -> Result<()> {
    let Some((table, mut rows)) = kept else {
        return Ok(());
    };
    table.sort(&mut rows)?;
    rows.iter().try_for_each(|row| each(&table, row))
}
