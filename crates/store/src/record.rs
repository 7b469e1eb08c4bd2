//! The rows that readers get, as plain values.

use regulars_base::{MemberId, Name, TenantId, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::state::CodeRecord;
use regulars_engine::{Outcome, event::Event};
use regulars_ledger::Account;

/// A merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, unique in the database.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// A key to the API. The secret itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Whose.
    pub tenant: TenantId,
    /// Its public id, unique in the tenant.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: Vec<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, if it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Since when it is void.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the day.
    pub used_at: Option<Timestamp>,
}

/// An operator who signed in. The secret itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub tenant: TenantId,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// The id of the key that it was signed in with: what that may do, the session may.
    pub key: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// From where, in words that only whoever keeps it reads.
    pub about: String,
}

/// Something that people of a merchant set by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What sort of thing: whoever keeps it knows what the text says.
    pub kind: String,
    /// Its id, unique in the tenant and the sort.
    pub id: String,
    /// How often it was written, from 1.
    pub version: i64,
    /// What it says.
    pub body: String,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number, from 1, without gaps. Of a new one: not looked at.
    pub no: i64,
    /// When.
    pub at: Timestamp,
    /// Who: the id of a person or a key.
    pub actor: String,
    /// What they did.
    pub act: String,
    /// To what.
    pub target: String,
    /// What else is known of it: a JSON object.
    pub body: String,
    /// Covers the line and the hash of the line before it. Of a new one: not looked at.
    pub hash: [u8; 32],
}

/// Which lines of the audit trail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditAsk {
    /// Of whom alone.
    pub actor: Option<String>,
    /// What alone.
    pub act: Option<String>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Before when.
    pub to: Option<Timestamp>,
    /// Numbered below this one.
    pub before: Option<i64>,
}

/// What proving the audit trail came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditProof {
    /// How many lines there are.
    pub lines: i64,
    /// The hash of the newest, if there is one.
    pub head: Option<[u8; 32]>,
    /// The first line that is not as it was written, and what is wrong; nothing if all are.
    pub wrong: Option<(i64, &'static str)>,
}

/// A code that was sent to an address, so that whoever reads its mail may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInCode {
    /// The address, hashed.
    pub address: [u8; 32],
    /// The code, hashed.
    pub hash: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// How often one was tried since.
    pub attempts: i64,
    /// How often a code was asked for, this one too, since `asked_since`.
    pub asked: i64,
    /// Since when it is counted.
    pub asked_since: Timestamp,
}

impl SignInCode {
    /// How long it counts how often a code was asked for: an hour, in microseconds.
    pub const COUNTED_MICROS: i64 = 3600 * 1_000_000;
}

/// A member who signed in. The secret itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSession {
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// Who.
    pub member: MemberId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// One way of recognising a customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// What sort: `email`, `phone`, `card`, `customer` ...
    pub kind: String,
    /// Its value, as the source writes it.
    pub value: String,
}

/// A customer, enrolled or not, with what is known of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id.
    pub id: MemberId,
    /// The wallet.
    pub wallet: WalletId,
    /// The member who took this one over.
    pub merged_into: Option<MemberId>,
    /// When the row was made (not: when they enrolled, which the wallet knows).
    pub created_at: Timestamp,
    /// How to recognise them, sorted.
    pub identities: Vec<Identity>,
    /// What is known of the person: a JSON object.
    pub attributes: String,
}

/// What to change about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberPatch {
    /// The new JSON object, instead of the old one.
    pub attributes: Option<String>,
    /// Identities to add.
    pub add: Vec<Identity>,
    /// Identities to take away.
    pub remove: Vec<Identity>,
}

/// One row of the log: an event and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Whose wallet.
    pub wallet: WalletId,
    /// The member it concerned.
    pub member: MemberId,
    /// Its number in the wallet's log, from 1.
    pub seq: u64,
    /// The event.
    pub event: Event,
    /// The number of the program version that decided it.
    pub program: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// Its hash, which covers the hash of the row before it.
    pub hash: [u8; 32],
}

/// Where a page of a log starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Forwards: rows with a greater number. `After(0)` starts at the oldest.
    After(u64),
    /// Backwards: rows with a smaller number. `Before(u64::MAX)` starts at the newest.
    Before(u64),
}

/// A program version to apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// SHA-256 of the text.
    pub hash: [u8; 32],
    /// The program file.
    pub text: String,
    /// From when on it decides.
    pub in_force_from: Timestamp,
    /// When it was applied.
    pub applied_at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why.
    pub note: String,
    /// The number of the newest version that the writer has seen (0 if none): if there is a newer
    /// one, this is a [`Conflict`](crate::Conflict).
    pub after: i64,
}

/// A program version. The one in force at a moment is the one with the latest `in_force_from` not
/// after it, of several the one with the greatest number; before all, the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1, without gaps.
    pub no: i64,
    /// SHA-256 of the text.
    pub hash: [u8; 32],
    /// From when on it decides.
    pub in_force_from: Timestamp,
    /// When it was applied.
    pub applied_at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why.
    pub note: String,
}

/// So many points moved between two accounts in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The stretch: 0 before the first boundary, 1 between the first and the second, and so on.
    pub stretch: usize,
    /// Which points.
    pub points: Name,
    /// The account they left.
    pub from: Account,
    /// The account they entered.
    pub to: Account,
    /// How many.
    pub amount: i64,
    /// In how many postings.
    pub postings: i64,
}

/// One link of the tenant's chain: it binds the heads of all wallets that were written since the
/// link before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Its number, from 1, without gaps.
    pub no: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Its hash: the head to export, or to sign.
    pub hash: [u8; 32],
    /// How many wallets it binds.
    pub wallets: u64,
}

/// What a seal names: wallets that moved, and up to which number of their log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The seal's number.
    pub no: i64,
    /// When it was made.
    pub at: Timestamp,
    /// The wallets.
    pub heads: Vec<(WalletId, u64)>,
}

/// Something that waits for a person. What it says is the application's affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What sort.
    pub kind: String,
    /// Its id, unique among those of its sort.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// What it says.
    pub body: String,
}

/// A case goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseMove {
    /// The state that it must be in.
    pub from: String,
    /// The state that it comes into.
    pub to: String,
    /// What it says from then on.
    pub body: String,
    /// Whether its marks are free for another case.
    pub frees_marks: bool,
}

/// What a check of everything came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many wallets were folded again.
    pub wallets: u64,
    /// How many log rows.
    pub events: u64,
    /// How many entries.
    pub entries: u64,
    /// How many links of the tenant's chain.
    pub seals: u64,
    /// How many lines of the audit trail.
    pub acts: u64,
    /// The newest link.
    pub head: Option<Seal>,
    /// The first row that is wrong; nothing if all are right.
    pub wrong: Option<Wrong>,
}

/// A row that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The table.
    pub table: &'static str,
    /// The row's key, as people write it.
    pub row: String,
    /// What is wrong with it.
    pub what: String,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Members, merged ones not counted.
    pub members: u64,
    /// Log rows.
    pub events: u64,
    /// Entries.
    pub entries: u64,
    /// Orders.
    pub orders: u64,
    /// Program versions.
    pub versions: u64,
}

/// Codes that are to be there from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Of which campaign.
    pub coupon: Name,
    /// The batch that they belong to.
    pub batch: [u8; 16],
    /// How many codes the whole batch is to have.
    pub asked: i64,
    /// When.
    pub issued_at: Timestamp,
    /// When they are void; [`Timestamp::LAST`] if never.
    pub expires_at: Timestamp,
}

/// What became of codes that were to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issued {
    /// So many are new.
    pub added: i64,
    /// These were there already, or stand twice among them; they stay as they were.
    pub known: Vec<Code>,
}

/// A batch of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeBatch {
    /// Its id.
    pub batch: [u8; 16],
    /// Of which campaign.
    pub coupon: Name,
    /// How many it is to have.
    pub asked: i64,
    /// How many it has.
    pub made: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// A code as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// The code.
    pub code: Code,
    /// Of which campaign.
    pub coupon: Name,
    /// In which batch it came.
    pub batch: [u8; 16],
    /// When.
    pub issued_at: Timestamp,
    /// When it is void by itself.
    pub expires_at: Option<Timestamp>,
    /// How often it is used.
    pub used: i64,
    /// In whose hand it is.
    pub holder: Option<WalletId>,
    /// When an operator made it void.
    pub void_at: Option<Timestamp>,
}

/// Which codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeFilter {
    /// Of this campaign.
    pub coupon: Option<Name>,
    /// Of this batch.
    pub batch: Option<[u8; 16]>,
    /// After this one, in the order of the codes.
    pub after: Option<Code>,
    /// Of those only the ones that stand so.
    pub standing: Option<CodeAsk>,
}

/// Where a code stands. Of what is true of several at once the first holds, in the order: void, used,
/// expired, assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Free: whoever has it may use it.
    Issued,
    /// In a member's hand.
    Assigned,
    /// As often as it may be.
    Used,
    /// Not used in time.
    Expired,
    /// Made void by hand.
    Void,
}

/// Codes that stand so, at a moment, where each may be used so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeAsk {
    /// How.
    pub state: CodeState,
    /// When.
    pub at: Timestamp,
    /// How often each may be used.
    pub uses: i64,
}

impl CodeState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Issued,
        Self::Assigned,
        Self::Used,
        Self::Expired,
        Self::Void,
    ];

    /// As it is told.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Assigned => "assigned",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Void => "void",
        }
    }

    /// By what is told.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// The same in SQL, as both databases read it: a code's state, with the placeholders of how often it may
/// be used and of the moment.
pub(crate) fn code_state_sql(uses: &str, at: &str) -> String {
    format!(
        "CASE WHEN void_at IS NOT NULL THEN 'void' WHEN used >= {uses} THEN 'used'
              WHEN expires_at <= {at} THEN 'expired' WHEN holder IS NOT NULL THEN 'assigned'
              ELSE 'issued' END"
    )
}

impl Issue {
    pub(crate) fn expires_micros(&self) -> Option<i64> {
        (self.expires_at != Timestamp::LAST).then(|| self.expires_at.micros())
    }
}

impl CodeRow {
    /// Where it stands at a moment, if it may be used so often.
    pub fn state(&self, uses: i64, at: Timestamp) -> CodeState {
        match () {
            () if self.void_at.is_some() => CodeState::Void,
            () if self.used >= uses => CodeState::Used,
            () if self.expires_at.is_some_and(|end| end <= at) => CodeState::Expired,
            () if self.holder.is_some() => CodeState::Assigned,
            () => CodeState::Issued,
        }
    }

    /// What decisions see of it.
    pub fn record(&self) -> CodeRecord {
        CodeRecord {
            coupon: self.coupon,
            expires_at: self.expires_at.unwrap_or(Timestamp::LAST),
            used: self.used,
            assigned: self.holder.is_some(),
            void: self.void_at.is_some(),
        }
    }
}

impl Version {
    /// The version of `versions` (by number) that is in force at `at`.
    pub fn in_force(versions: &[Self], at: Timestamp) -> Option<&Self> {
        versions
            .iter()
            .filter(|version| version.in_force_from <= at)
            .max_by_key(|version| (version.in_force_from, version.no))
            .or(versions.first())
    }
}

/// A wallet whose invoices ask for a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequest {
    /// Which.
    pub wallet: WalletId,
    /// Whose it is.
    pub member: MemberId,
    /// How often it was tried.
    pub tries: u32,
    /// When it was tried first.
    pub first_at: Option<Timestamp>,
    /// When it may be tried next.
    pub not_before: Timestamp,
}

/// A leaderboard (or a draw) in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Board {
    /// Which.
    pub board: Name,
    /// The number of the period; 0 where it counts for ever.
    pub period: i32,
}

impl Board {
    /// Its number in the table.
    pub(crate) fn number(self) -> i64 {
        self.board.number().into()
    }
}

/// A place on a leaderboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The place: 1 is the first.
    pub place: i64,
    /// Under which name the member appears.
    pub nickname: String,
    /// Who.
    pub member: MemberId,
    /// With how much.
    pub figure: i64,
    /// Since when.
    pub reached_at: Timestamp,
}

/// The tickets of a member in a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Whose.
    pub wallet: WalletId,
    /// Whose.
    pub member: MemberId,
    /// How many.
    pub count: i64,
}

/// What all members together have in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodSum {
    /// The number of the period.
    pub period: i32,
    /// How much.
    pub sum: i64,
    /// How many members.
    pub members: i64,
}

/// The secret that the numbers of a month come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawSecret {
    /// The number of the month (UTC).
    pub period: i32,
    /// The secret.
    pub secret: [u8; 32],
    /// When it was made.
    pub made_at: Timestamp,
}

/// A redemption that is sent to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FulfilmentRow {
    /// In which wallet it stands.
    pub wallet: WalletId,
    /// Its id there.
    pub redemption: String,
    /// Whose it is.
    pub member: MemberId,
    /// Which reward.
    pub reward: Option<Name>,
    /// How many.
    pub quantity: i64,
    /// How far it has come, in one word.
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

/// Which of them, in the order in which they came to where they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FulfilmentAsk {
    /// Those that have come so far.
    pub state: Option<String>,
    /// Those after this one: since when, in which wallet, and its id.
    pub after: Option<(Timestamp, WalletId, String)>,
}

/// What became of a supplier's codes that were brought in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BroughtCodes {
    /// So many are new.
    pub added: i64,
    /// So many of this batch are there in all.
    pub of_batch: i64,
    /// The batch was there before, and so many of these codes are in none: they were not brought in.
    pub missing: i64,
}

/// A supplier's code that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCode {
    /// The code.
    pub code: String,
    /// When it was shown before.
    pub shown_before: Option<Timestamp>,
}

impl FulfilmentAsk {
    /// Where the page begins, for the databases.
    pub(crate) fn cursor(&self) -> (i64, &[u8], &str) {
        match &self.after {
            Some((since, wallet, redemption)) => (since.micros(), wallet.bytes(), redemption),
            None => (i64::MIN, &[], ""),
        }
    }
}
