//! The verbs of a store. Both databases have all of them, and the conformance suite holds them to
//! the same answers.

use crate::aging::Aging;
use crate::asking::{AskingCount, AskingMove, AskingRow, AskingStage};
use crate::batch::{Ask, Commit, Loaded, OrderRow, WalletRow};
use crate::bought::{BoughtOf, BoughtRow};
use crate::card::{CardCount, CardRow};
use crate::carry::{CarriedRows, CarriedTable, Cell};
use crate::confirmation::ConfirmationRow;
use crate::connector::{DeliveryAsk, DeliveryBounds, DeliveryRow, Noted};
use crate::duplicate::{DuplicatePlace, DuplicateRow};
use crate::error::Result;
use crate::identity::{IdentityRow, Rewrite, Rewritten};
use crate::journey::{JourneyAsk, JourneyCount, JourneyCrowd, JourneyDeed, JourneyRow};
use crate::master_data::{MasterAsk, MasterRow, MasterSort, RecommendedCount, RecommendedRow};
use crate::message::{MessageAsk, MessageRow, MessageStage, SendPlan, SendRow};
use crate::offer::{OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferTaking};
use crate::record::{
    ApiKey, AuditAsk, AuditLine, AuditProof, Board, BroughtCodes, Case, CaseMove, CodeBatch,
    CodeFilter, CodeRow, Counts, Cursor, DrawSecret, FulfilmentAsk, FulfilmentRow, Identity, Issue,
    Issued, Logged, Member, MemberPatch, MemberSession, Moved, NewVersion, PaymentRequest,
    PeriodSum, Seal, Sealed, Session, Setting, ShownCode, SignInCode, Standing, Tenant, Ticket,
    Verified, Version,
};
use crate::segments::{SegmentAsk, SegmentDay, SegmentFill, SegmentMove, SegmentPass, SegmentRun};
use crate::vault::{VaultPlace, VaultState, VaultStep};
use crate::webhook::{WebhookAgain, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream};
use regulars_base::{EventKey, MemberId, Name, TenantId, Text, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::state::{SharedKey, Wallet};
use std::path::Path;

/// One connection to the database. Whoever needs several opens several
/// ([`Database::connect`](crate::Database::connect)); a lane of the application owns one.
pub trait Store: Send {
    /// Loads and locks what `asks` name, calls `decide`, and writes the commits and the states
    /// that it left, all in one transaction that is on the disk when this returns.
    ///
    /// `decide` is called again, on states loaded again, after a serialization failure, after a
    /// connection that was lost, or when an event turns out to be known; so it starts its own
    /// results anew each time.
    /// Shared figures are moved by the sum of the commits' `Change::Drawn`, members of unknown
    /// identities are created with the first commit on their wallet, and a wallet, order or figure
    /// that no commit touches is not written.
    fn batch(
        &mut self,
        tenant: TenantId,
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> Result<()>;

    /// Loads the same as [`Store::batch`], locks nothing and writes nothing: for previews.
    fn peek(&mut self, tenant: TenantId, asks: &[Ask]) -> Result<Loaded>;

    // ── tenants and keys ──

    /// From now on the newest of what this connection commits may be lost with the power, never a part of a
    /// commit, and never one before another: for what can be made again.
    fn commit_lightly(&mut self) -> Result<()>;

    /// Adds a tenant; its name must be new.
    fn create_tenant(&mut self, tenant: &Tenant) -> Result<()>;
    /// All tenants, by name.
    fn tenants(&mut self) -> Result<Vec<Tenant>>;
    /// Adds a key.
    fn create_api_key(&mut self, key: &ApiKey) -> Result<()>;
    /// The key with this hash, void or not.
    fn api_key(&mut self, hash: &[u8; 32]) -> Result<Option<ApiKey>>;
    /// All keys of a tenant, oldest first, void ones too.
    fn api_keys(&mut self, tenant: TenantId) -> Result<Vec<ApiKey>>;
    /// Makes a key void; `false` if there is none of that id that was not void.
    fn revoke_api_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool>;
    /// A key is taken until then, and not for longer. `false` if there is none of that id.
    fn end_api_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool>;
    /// Notes that a key was used; written at most once a day.
    fn touch_api_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<()>;

    // ── programs ──

    /// Adds a program version and returns its number.
    fn apply_program(&mut self, tenant: TenantId, version: &NewVersion) -> Result<i64>;
    /// All versions, by number.
    fn program_versions(&mut self, tenant: TenantId) -> Result<Vec<Version>>;
    /// The text with this hash.
    fn program_text(&mut self, tenant: TenantId, hash: &[u8; 32]) -> Result<Option<String>>;

    // ── members ──

    /// A member by id, merged ones as they are (not redirected).
    fn member(&mut self, tenant: TenantId, id: MemberId) -> Result<Option<Member>>;
    /// The member that an id stands for: of a merged one, the member who took it over.
    fn standing_member(&mut self, tenant: TenantId, id: MemberId) -> Result<Option<Member>>;
    /// A member with their wallet, and all who were merged into them, with theirs: the member first.
    fn with_merged(&mut self, tenant: TenantId, id: MemberId) -> Result<Vec<(MemberId, WalletId)>>;
    /// The member with this identity, redirected.
    fn member_by_identity(
        &mut self,
        tenant: TenantId,
        kind: &str,
        value: &str,
    ) -> Result<Option<Member>>;
    /// The members with any of these identities, redirected, each once.
    fn members_by_identities(
        &mut self,
        tenant: TenantId,
        identities: &[Identity],
    ) -> Result<Vec<Member>>;
    /// All identities, in the order of their keys, from behind one; from the first if it is empty.
    fn identities(
        &mut self,
        tenant: TenantId,
        after: &[u8],
        limit: usize,
    ) -> Result<Vec<IdentityRow>>;
    /// Writes identities in another way, and keeps what stood there as what was typed; what became of each.
    fn rewrite_identities(
        &mut self,
        tenant: TenantId,
        rewrites: &[Rewrite],
    ) -> Result<Vec<Rewritten>>;
    /// Keeps how identities of a member were typed, beside them.
    fn keep_typed(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        typed: &[(Identity, String)],
    ) -> Result<()>;
    /// Identities of a member that were typed in another way, with how.
    fn typed(&mut self, tenant: TenantId, member: MemberId) -> Result<Vec<(Identity, String)>>;
    /// Looks for pairs of members who may be one person, by what they have in common; how many there are now.
    /// What somebody said of a pair stays.
    fn find_duplicates(&mut self, tenant: TenantId, at: Timestamp) -> Result<u64>;
    /// Pairs of members who may be one person, or of whom somebody said that they are two; those for whom most
    /// speaks first, from behind a place. Merged ones are not among them.
    fn duplicates(
        &mut self,
        tenant: TenantId,
        from: (bool, Option<DuplicatePlace>),
        limit: usize,
    ) -> Result<Vec<DuplicateRow>>;
    /// Notes a pair that was found in another way, unless it is there.
    fn note_duplicate(&mut self, tenant: TenantId, pair: &DuplicateRow) -> Result<()>;
    /// Notes whether somebody says that a pair is two; `false` if there is no such pair.
    fn part_duplicate(
        &mut self,
        tenant: TenantId,
        pair: (MemberId, MemberId),
        not_same: bool,
    ) -> Result<bool>;
    /// What these members are to confirm, or have.
    fn confirmations(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
    ) -> Result<Vec<ConfirmationRow>>;
    /// Those of whom a letter is due, the longest due first.
    fn due_confirmations(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ConfirmationRow>>;
    /// Adds what is to be confirmed, in the place of what was asked for before it.
    fn add_confirmations(&mut self, tenant: TenantId, rows: &[ConfirmationRow]) -> Result<()>;
    /// Moves one on that is not confirmed yet; `false` if it is not as it was seen.
    fn move_confirmation(
        &mut self,
        tenant: TenantId,
        seen: &ConfirmationRow,
        next: &ConfirmationRow,
    ) -> Result<bool>;
    /// Members by id (so: by age), merged ones not among them.
    fn members(
        &mut self,
        tenant: TenantId,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<Member>>;
    /// Adds a customer with an empty wallet, who is not enrolled.
    fn create_member(&mut self, tenant: TenantId, member: &Member) -> Result<()>;
    /// Changes what is known of a person.
    fn patch_member(&mut self, tenant: TenantId, id: MemberId, patch: &MemberPatch) -> Result<()>;
    /// Forgets the person: attributes and identities go, wallet, log and figures stay.
    fn erase_member(&mut self, tenant: TenantId, id: MemberId) -> Result<()>;

    // ── wallets, log, orders ──

    /// A member's wallet (redirected).
    fn wallet(&mut self, tenant: TenantId, member: MemberId) -> Result<Option<WalletRow>>;
    /// The wallet as it was at `at`: all that was recorded by then, folded.
    fn wallet_at(&mut self, tenant: TenantId, wallet: WalletId, at: Timestamp) -> Result<Wallet>;
    /// A page of a wallet's log.
    fn log(
        &mut self,
        tenant: TenantId,
        wallet: WalletId,
        cursor: Cursor,
        limit: usize,
    ) -> Result<Vec<Logged>>;
    /// An event by its key.
    fn event(&mut self, tenant: TenantId, key: &EventKey) -> Result<Option<Logged>>;
    /// An order by its number.
    fn order(&mut self, tenant: TenantId, source: &Text, number: &Text)
    -> Result<Option<OrderRow>>;
    /// Members whose wallets need a tick by `now`, the longest overdue first.
    fn due(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(MemberId, Timestamp)>>;

    /// Wallets whose invoices ask for a payment, and that may be looked at by `now`; those that wait
    /// longest first.
    fn payment_requests(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<PaymentRequest>>;
    /// Notes when a request is to be looked at again. Nothing, if it was answered meanwhile.
    fn put_off_payment(&mut self, tenant: TenantId, request: &PaymentRequest) -> Result<()>;

    /// Members in whose wallets submissions wait for somebody to look at them, in the order of their ids;
    /// it may name others, never fewer.
    fn submitters(
        &mut self,
        tenant: TenantId,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<MemberId>>;

    /// Members whose wallets are on a plan, in the order of their ids; it may name others, never fewer.
    fn subscribers(
        &mut self,
        tenant: TenantId,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<MemberId>>;

    // ── codes of coupons ──

    /// Adds codes to a batch, all or none in one transaction; those that are there already stay as
    /// they are, and are named.
    fn issue_codes(&mut self, tenant: TenantId, issue: &Issue, codes: &[Code]) -> Result<Issued>;
    /// All batches of codes, by age.
    fn code_batches(&mut self, tenant: TenantId) -> Result<Vec<CodeBatch>>;
    /// A code.
    fn code(&mut self, tenant: TenantId, code: &Code) -> Result<Option<CodeRow>>;
    /// Codes in their own order.
    fn codes(
        &mut self,
        tenant: TenantId,
        filter: &CodeFilter,
        limit: usize,
    ) -> Result<Vec<CodeRow>>;
    /// The log rows of all that happened to a code since it was issued, by when they were recorded.
    fn code_history(&mut self, tenant: TenantId, code: &Code) -> Result<Vec<Logged>>;
    /// Makes a code void; `false` if there is none that was not void.
    fn void_code(&mut self, tenant: TenantId, code: &Code, at: Timestamp) -> Result<bool>;

    // ── figures ──

    /// What moved between accounts by the time it became true, in the stretches between
    /// `boundaries` (sorted): before the first, between each and the next, from the last on.
    fn moved(&mut self, tenant: TenantId, boundaries: &[Timestamp]) -> Result<Vec<Moved>>;
    /// How much there is.
    fn counts(&mut self, tenant: TenantId) -> Result<Counts>;

    // ── leaderboards and draws ──

    /// Places of a leaderboard in order, of those who have a nickname: so many, after so many.
    fn standings(
        &mut self,
        tenant: TenantId,
        board: Board,
        page: (usize, usize),
    ) -> Result<Vec<Standing>>;
    /// The place of one of them, and of so many neighbours on each side, themselves among them.
    fn standing(
        &mut self,
        tenant: TenantId,
        board: Board,
        wallet: WalletId,
        around: usize,
    ) -> Result<Option<(Standing, Vec<Standing>)>>;
    /// Everybody's tickets, by wallet.
    fn tickets(&mut self, tenant: TenantId, board: Board) -> Result<Vec<Ticket>>;
    /// What all together have of a figure, by period.
    fn score_sums(&mut self, tenant: TenantId, board: Name) -> Result<Vec<PeriodSum>>;
    /// A member's nickname.
    fn nickname(&mut self, tenant: TenantId, member: MemberId) -> Result<Option<String>>;
    /// Sets a nickname (what it is told apart by, and as it is shown), or takes it away. `false` if
    /// it is somebody else's.
    fn set_nickname(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        nickname: Option<(&str, &str)>,
    ) -> Result<bool>;
    /// The secrets of draws, by month.
    fn draw_secrets(&mut self, tenant: TenantId) -> Result<Vec<DrawSecret>>;
    /// Adds the secret of a month that has none.
    fn add_draw_secret(&mut self, tenant: TenantId, secret: &DrawSecret) -> Result<()>;

    // ── segments ──

    /// How far the log is followed for segments; nothing where nobody asks for any.
    fn segment_run(&mut self, tenant: TenantId) -> Result<Option<SegmentRun>>;
    /// Wallets by their ids, those that are there.
    fn wallets(&mut self, tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<WalletRow>>;
    /// What is kept of wallets, of those of whom something is.
    fn portraits(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<(WalletId, String)>>;
    /// Wallets whose portraits change by this day without an event, so many.
    fn portraits_due(&mut self, tenant: TenantId, day: i32, most: usize) -> Result<Vec<WalletId>>;
    /// Writes what is kept, and who came and went with that; `false`, and nothing is done, if somebody else
    /// wrote since it was seen.
    fn segment_pass(&mut self, tenant: TenantId, pass: &SegmentPass) -> Result<bool>;
    /// Of how many members a condition holds, and of how many it was asked.
    fn count_asked(&mut self, tenant: TenantId, ask: SegmentAsk<'_>) -> Result<(i64, i64)>;
    /// Members of whom a condition holds, in the order of their ids.
    fn find_asked(
        &mut self,
        tenant: TenantId,
        ask: SegmentAsk<'_>,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<MemberId>>;
    /// Members with a figure of their own name (by its key) of so much at least, the highest first, those of the
    /// same by their ids; after this place.
    fn find_highest(
        &mut self,
        tenant: TenantId,
        of: (&str, i64),
        after: Option<(i64, MemberId)>,
        limit: usize,
    ) -> Result<Vec<(MemberId, i64)>>;
    /// Brings who is in a segment to what it asks; how many came and how many went. Nothing, and nothing
    /// is done, if somebody else wrote since it was seen.
    fn fill_segment(
        &mut self,
        tenant: TenantId,
        fill: SegmentFill<'_>,
    ) -> Result<Option<(i64, i64)>>;
    /// Who is in a segment, and since when, in the order of their ids.
    fn segment_members(
        &mut self,
        tenant: TenantId,
        segment: &str,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<(MemberId, Timestamp)>>;
    /// The segments that wallets are in.
    fn segments_of(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<(WalletId, String)>>;
    /// Who came and went, after this number.
    fn segment_moves(
        &mut self,
        tenant: TenantId,
        segment: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<SegmentMove>>;
    /// How many came and went on each day since this one on which somebody did.
    fn segment_growth(
        &mut self,
        tenant: TenantId,
        segment: &str,
        from: i32,
    ) -> Result<Vec<SegmentDay>>;
    /// How many are in a segment.
    fn segment_size(&mut self, tenant: TenantId, segment: &str) -> Result<i64>;
    /// What is kept of those who are compared with others, after a wallet, so many, in the order of their ids.
    fn bought(
        &mut self,
        tenant: TenantId,
        of: &BoughtOf,
        after: Option<WalletId>,
        limit: usize,
    ) -> Result<Vec<BoughtRow>>;

    // ── journeys ──

    /// Where members are in journeys.
    fn journeys_of(&mut self, tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<JourneyRow>>;
    /// Whose are due by `now` in one of these journeys, so many.
    fn journeys_due(
        &mut self,
        tenant: TenantId,
        due: (&[String], Timestamp),
        most: usize,
    ) -> Result<Vec<WalletId>>;
    /// Has all members looked at by a day (number): what days set off may have changed.
    fn wake_portraits(&mut self, tenant: TenantId, day: i32) -> Result<()>;
    /// Everybody is out of a journey; how many were in it.
    fn end_journey(&mut self, tenant: TenantId, journey: &str) -> Result<u64>;
    /// Who is in a journey, in the order of their ids.
    fn journey_members(
        &mut self,
        tenant: TenantId,
        journey: &str,
        ask: &JourneyAsk,
        limit: usize,
    ) -> Result<Vec<JourneyRow>>;
    /// What was done for a member, the newest entry first, in its order.
    fn journey_deeds(
        &mut self,
        tenant: TenantId,
        whose: (&str, WalletId),
        limit: usize,
    ) -> Result<Vec<JourneyDeed>>;
    /// How often what was done, and how many members are where.
    fn journey_counts(
        &mut self,
        tenant: TenantId,
        journey: &str,
    ) -> Result<(Vec<JourneyCount>, Vec<JourneyCrowd>)>;
    /// Points that are still to be booked.
    fn deeds_to_book(&mut self, tenant: TenantId, limit: usize) -> Result<Vec<JourneyDeed>>;
    /// Points were booked, or refused; `false`, and nothing is done, if that was known.
    fn settle_deed(&mut self, tenant: TenantId, deed: &JourneyDeed) -> Result<bool>;

    // ── everything, one by one ──

    /// Calls `each` with every wallet, by id.
    fn each_wallet(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(WalletRow) -> Result<()>,
    ) -> Result<()>;
    /// Calls `each` with every log row, by wallet and number.
    fn each_event(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(Logged) -> Result<()>,
    ) -> Result<()>;

    // ── jobs ──

    /// A job's bookmark: how far it came.
    fn bookmark(&mut self, tenant: TenantId, job: &str) -> Result<Option<String>>;
    /// Sets a job's bookmark; nothing removes it.
    fn set_bookmark(&mut self, tenant: TenantId, job: &str, value: Option<&str>) -> Result<()>;

    // ── cases ──

    /// Adds a case, unless its id or one of its marks is taken: then the id of the case that has it.
    fn open_case(
        &mut self,
        tenant: TenantId,
        case: &Case,
        marks: &[[u8; 32]],
    ) -> Result<Option<String>>;
    /// A case.
    fn case(&mut self, tenant: TenantId, kind: &str, id: &str) -> Result<Option<Case>>;
    /// Cases of a sort, in one state or in any, by id.
    fn cases(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<&str>),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Case>>;
    /// Moves a case on; `false`, and nothing is done, if it is not in the state that it must be in.
    fn move_case(&mut self, tenant: TenantId, of: (&str, &str), to: &CaseMove) -> Result<bool>;
    /// Writes a case anew that several people work on; `false`, and nothing is done, if it is no longer as
    /// the caller saw it.
    fn replace_case(&mut self, tenant: TenantId, seen: &Case, next: &Case) -> Result<bool>;

    // ── operators and what they ask ──

    /// Adds a session, and takes away those of the tenant that are over.
    fn create_session(&mut self, session: &Session) -> Result<()>;
    /// The session with this hash, over or not.
    fn session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>>;
    /// The sessions that stand for this key or person, oldest first, over or not.
    fn sessions(&mut self, tenant: TenantId, key: &str) -> Result<Vec<Session>>;
    /// Notes that a session was used.
    fn touch_session(&mut self, tenant: TenantId, hash: &[u8; 32], at: Timestamp) -> Result<()>;
    /// Takes a session away; `false` if there was none.
    fn end_session(&mut self, tenant: TenantId, hash: &[u8; 32]) -> Result<bool>;
    /// Members one of whose identities begins with `text` (in small letters or capitals), then those
    /// whose name has a word that begins with each word of it; merged ones redirected, each once.
    fn find_members(&mut self, tenant: TenantId, text: &str, limit: usize) -> Result<Vec<Member>>;
    /// How far shared figures have come, one for each key.
    fn shared(&mut self, tenant: TenantId, keys: &[SharedKey]) -> Result<Vec<i64>>;
    /// How many wallets bought something at or after `from` and before `to`.
    fn active(&mut self, tenant: TenantId, from: Timestamp, to: Timestamp) -> Result<u64>;

    // ── what is set by hand, and who did what ──

    /// Something that was set by hand.
    fn setting(&mut self, tenant: TenantId, kind: &str, id: &str) -> Result<Option<Setting>>;
    /// All of a sort that were set by hand, by their ids.
    fn settings(&mut self, tenant: TenantId, kind: &str) -> Result<Vec<Setting>>;
    /// Writes the version of a setting that comes after the one before, the first if there is none;
    /// `false`, and nothing is done, if somebody else was faster.
    fn put_setting(&mut self, tenant: TenantId, setting: &Setting) -> Result<bool>;
    /// Takes a setting away; `false` if there is none.
    fn delete_setting(&mut self, tenant: TenantId, kind: &str, id: &str) -> Result<bool>;
    /// Adds a line to the audit trail: it is numbered and chained here.
    fn append_audit(&mut self, tenant: TenantId, line: &AuditLine) -> Result<()>;
    /// Lines of the audit trail, newest first.
    fn audit(&mut self, tenant: TenantId, ask: &AuditAsk, limit: usize) -> Result<Vec<AuditLine>>;
    /// Proves the audit trail from its first line on.
    fn prove_audit(&mut self, tenant: TenantId) -> Result<AuditProof>;

    // ── webhooks ──

    /// Begins to keep how far an endpoint was told: of what is sealed after this seal.
    fn begin_webhook(&mut self, tenant: TenantId, endpoint: &str, sealed: i64) -> Result<()>;
    /// Forgets all of an endpoint.
    fn end_webhook(&mut self, tenant: TenantId, endpoint: &str) -> Result<()>;
    /// How an endpoint fares.
    fn webhook(&mut self, tenant: TenantId, endpoint: &str) -> Result<Option<WebhookHealth>>;
    /// Notes up to where there is something to tell of these wallets, and that it is known up to a later
    /// seal; `false`, and nothing is done, if somebody else was faster.
    fn note_webhook_work(
        &mut self,
        tenant: TenantId,
        of: (&str, Timestamp),
        seals: (i64, i64),
        heads: &[(WalletId, u64)],
    ) -> Result<bool>;
    /// Streams that are to be told by `now`, those that wait longest first. They are the caller's until the
    /// second moment; whoever stops meanwhile leaves them to others then.
    fn claim_webhook_streams(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        times: (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<WebhookStream>>;
    /// The same of events that are told by themselves.
    fn claim_webhook_letters(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        times: (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<WebhookLetter>>;
    /// Writes what came of it. What is no longer the caller's stays as it is.
    fn move_webhook(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        moves: &WebhookMoves,
    ) -> Result<()>;
    /// Streams whose next event failed, and events that are told by themselves, by wallet.
    fn webhook_troubles(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        limit: usize,
    ) -> Result<(Vec<WebhookStream>, Vec<WebhookLetter>)>;
    /// Has events told once more; how many.
    fn tell_again(
        &mut self,
        tenant: TenantId,
        of: (&str, Timestamp),
        again: WebhookAgain,
    ) -> Result<u64>;
    /// Forgets that an endpoint failed: what waits is tried at once.
    fn reset_webhook(&mut self, tenant: TenantId, endpoint: &str, at: Timestamp) -> Result<()>;

    // ── connectors ──

    /// Notes what a platform told, before anything is done about it, and forgets what is too old. What came
    /// before is counted once more.
    fn note_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        new: &DeliveryRow,
        bounds: DeliveryBounds,
    ) -> Result<Noted>;
    /// Writes what became of it: topic, state, words and whether it is kept; `false` if it is not there.
    fn move_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        now: &DeliveryRow,
    ) -> Result<bool>;
    /// Something that was told.
    fn delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        delivery: &str,
    ) -> Result<Option<DeliveryRow>>;
    /// What was told, newest first.
    fn deliveries(
        &mut self,
        tenant: TenantId,
        connector: &str,
        ask: &DeliveryAsk,
        limit: usize,
    ) -> Result<Vec<DeliveryRow>>;
    /// How many deliveries are in a state.
    fn deliveries_in(&mut self, tenant: TenantId, connector: &str, state: &str) -> Result<u64>;
    /// Forgets all that was told to a connector.
    fn forget_deliveries(&mut self, tenant: TenantId, connector: &str) -> Result<()>;

    // ── cards ──

    /// Adds blank cards of a batch, made at this time, but for numbers that are there; how many are new.
    fn add_cards(
        &mut self,
        tenant: TenantId,
        of: (&str, Timestamp),
        numbers: &[String],
    ) -> Result<usize>;
    /// A card by its number.
    fn card(&mut self, tenant: TenantId, number: &str) -> Result<Option<CardRow>>;
    /// Cards of a batch by their numbers, after this one.
    fn cards(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<&str>),
        limit: usize,
    ) -> Result<Vec<CardRow>>;
    /// How many cards of each batch stand how.
    fn card_counts(&mut self, tenant: TenantId) -> Result<Vec<CardCount>>;
    /// Hands a blank card out: it becomes an identity of the member. `false` if there is no such blank card.
    fn activate_card(
        &mut self,
        tenant: TenantId,
        number: &str,
        member: MemberId,
        at: Timestamp,
    ) -> Result<bool>;
    /// Takes a card from whoever has it: it is no longer good, and a blank one takes its place, if one is
    /// named. Whose it was; nothing, and nothing done, if nobody has the old one or the new one is not blank.
    fn replace_card(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<Option<MemberId>>;

    // ── surveys ──

    /// Adds askings, but for those that are there already; how many are new.
    fn add_askings(&mut self, tenant: TenantId, rows: &[AskingRow]) -> Result<usize>;
    /// An asking of a member.
    fn asking(&mut self, tenant: TenantId, member: MemberId, id: &str)
    -> Result<Option<AskingRow>>;
    /// Askings of a survey, at one stage or at any, by their ids.
    fn askings(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<AskingStage>),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<AskingRow>>;
    /// Askings of a member, the newest first.
    fn askings_of(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        limit: usize,
    ) -> Result<Vec<AskingRow>>;
    /// Askings that are due by `now`, those that wait longest first. They are the caller's until the second
    /// moment; whoever stops meanwhile leaves them to others then.
    fn claim_askings(
        &mut self,
        tenant: TenantId,
        times: (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<AskingRow>>;
    /// Writes how far askings came that were at a stage and due at a moment, all at once; how many of them still
    /// were. Of the others nothing is changed.
    fn move_askings(&mut self, tenant: TenantId, moves: &[AskingMove]) -> Result<usize>;
    /// How many askings of a survey are at which stage, and why.
    fn asking_counts(&mut self, tenant: TenantId, survey: &str) -> Result<Vec<AskingCount>>;

    // ── products, stores and what is recommended ──

    /// Says of products or stores what they are; what was said of the same ids before is gone.
    fn put_master_data(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        rows: &[MasterRow],
    ) -> Result<()>;
    /// Products or stores, by their ids.
    fn master_data(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        ask: &MasterAsk,
        limit: usize,
    ) -> Result<Vec<MasterRow>>;
    /// Those of these ids that are there, in the order in which they are named.
    fn master_data_listed(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        ids: &[&str],
    ) -> Result<Vec<MasterRow>>;
    /// Takes one away; `false` if it was not there.
    fn delete_master_data(&mut self, tenant: TenantId, sort: MasterSort, id: &str) -> Result<bool>;
    /// Says what goes with products: each with a text. What was said before is gone.
    fn replace_product_links(&mut self, tenant: TenantId, links: &[(String, String)])
    -> Result<()>;
    /// What goes with these products, in the order in which they are named.
    fn product_links(
        &mut self,
        tenant: TenantId,
        products: &[&str],
    ) -> Result<Vec<(String, String)>>;
    /// Notes what was recommended to members, once more for what was on that day and place before.
    fn note_recommended(&mut self, tenant: TenantId, rows: &[RecommendedRow]) -> Result<()>;
    /// How often something was recommended since a day, by place.
    fn recommended_counts(&mut self, tenant: TenantId, since: i32)
    -> Result<Vec<RecommendedCount>>;

    // ── personal offers ──

    /// Adds what was chosen for somebody; `false`, and nothing is done, if something was in this round.
    fn add_offer_choice(&mut self, tenant: TenantId, choice: &OfferChoice) -> Result<bool>;
    /// What was chosen for somebody, of all sets, in each the newest round first.
    fn offer_choices_of(
        &mut self,
        tenant: TenantId,
        wallet: WalletId,
        limit: usize,
    ) -> Result<Vec<OfferChoice>>;
    /// What was chosen of a set, by wallet and round, after one of them.
    fn offer_choices(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<(WalletId, u32)>),
        limit: usize,
    ) -> Result<Vec<OfferChoice>>;
    /// What is known of the offers of a set: of those whose days are over, and that were shown.
    fn offer_known(&mut self, tenant: TenantId, set: &str) -> Result<Vec<OfferKnown>>;
    /// What was drawn of the budget of a set, in minor units.
    fn offer_budget(&mut self, tenant: TenantId, set: &str) -> Result<i64>;
    /// Somebody takes an offer that stands: so much of the budget is drawn for it, at a moment, if it pays that.
    fn take_offer(
        &mut self,
        tenant: TenantId,
        key: &OfferKey,
        cost_budget_at: (i64, i64, Timestamp),
    ) -> Result<OfferTaking>;
    /// What was being booked is booked; or was refused, and the budget has its cost again. `false`, and nothing is
    /// done, if it is not being booked.
    fn settle_offer_taking(
        &mut self,
        tenant: TenantId,
        key: &OfferKey,
        refused: Option<&str>,
    ) -> Result<bool>;
    /// What is being booked since this moment or longer.
    fn offers_to_book(
        &mut self,
        tenant: TenantId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<OfferChoice>>;
    /// Choices whose days are over, and of which it is not known yet what came.
    fn offers_to_settle(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<OfferChoice>>;
    /// Says what came of choices, each once; of those that were shown it is known from then on. How many are new.
    fn settle_offers(&mut self, tenant: TenantId, outcomes: &[OfferOutcome]) -> Result<usize>;

    // ── messages ──

    /// Adds a message to a segment or to a member, that is to be planned.
    fn add_send(&mut self, tenant: TenantId, send: &SendRow) -> Result<()>;
    /// A send.
    fn send(&mut self, tenant: TenantId, id: &str) -> Result<Option<SendRow>>;
    /// Sends (`snd_…`) that were made before this one, by its moment and its id; the newest first. Those of a journey
    /// are made with their first message.
    fn sends(
        &mut self,
        tenant: TenantId,
        before: Option<(Timestamp, &str)>,
        limit: usize,
    ) -> Result<Vec<SendRow>>;
    /// The oldest send that is being planned.
    fn send_to_plan(&mut self, tenant: TenantId) -> Result<Option<SendRow>>;
    /// Writes the rows of a page of members; `false`, and nothing is done, if somebody else was faster, or
    /// it was stopped.
    fn plan_send(&mut self, tenant: TenantId, plan: &SendPlan<'_>) -> Result<bool>;
    /// Stops a send: what waits is not sent. `false` if it was stopped before, or is not there.
    fn stop_send(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool>;
    /// Messages that are due by `now`, those that wait longest first. They are the caller's until the second
    /// moment; whoever stops meanwhile leaves them to others then.
    fn claim_messages(
        &mut self,
        tenant: TenantId,
        times: (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<MessageRow>>;
    /// Writes what became of messages that are the caller's until `held`; of each whether it still was:
    /// what is no longer the caller's stays as it is.
    fn move_messages(
        &mut self,
        tenant: TenantId,
        held: Timestamp,
        rows: &[MessageRow],
    ) -> Result<Vec<bool>>;
    /// Writes what somebody says of a message that was due at `was`; `false`, and nothing is done, if it no
    /// longer is.
    fn settle_message(
        &mut self,
        tenant: TenantId,
        was: Option<Timestamp>,
        row: &MessageRow,
    ) -> Result<bool>;
    /// The message of a send to a member.
    fn message(
        &mut self,
        tenant: TenantId,
        send: &str,
        member: MemberId,
    ) -> Result<Option<MessageRow>>;
    /// Messages of a send, in the order of members.
    fn messages(
        &mut self,
        tenant: TenantId,
        send: &str,
        ask: &MessageAsk,
        limit: usize,
    ) -> Result<Vec<MessageRow>>;
    /// Messages to a member, on one channel or on all, the newest first.
    fn messages_of(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        channel: Option<&str>,
        limit: usize,
    ) -> Result<Vec<MessageRow>>;
    /// How many messages of a send are at which stage, and, of those that were not sent, why.
    fn message_counts(
        &mut self,
        tenant: TenantId,
        send: &str,
    ) -> Result<Vec<(MessageStage, String, i64)>>;
    /// How many messages that count for the cap members got, or are about to get, since then; of those who
    /// have any.
    fn messages_lately(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
        since: Timestamp,
    ) -> Result<Vec<(MemberId, u32)>>;
    /// Members by their ids, those that are there, in the order of their ids.
    fn members_listed(&mut self, tenant: TenantId, members: &[MemberId]) -> Result<Vec<Member>>;
    /// Notes that an address, as a hash, takes nothing any more.
    fn add_bounce(&mut self, tenant: TenantId, address: &[u8; 32], at: Timestamp) -> Result<()>;
    /// Which of these addresses take nothing any more.
    fn bounced(&mut self, tenant: TenantId, addresses: &[[u8; 32]]) -> Result<Vec<[u8; 32]>>;

    // ── members who sign in ──

    /// Keeps a code for its address instead of the one before, and takes away those of the tenant that
    /// are over and no longer count.
    fn put_sign_in_code(&mut self, tenant: TenantId, code: &SignInCode) -> Result<()>;
    /// The code of an address, over or not.
    fn sign_in_code(&mut self, tenant: TenantId, address: &[u8; 32]) -> Result<Option<SignInCode>>;
    /// Counts one more try of the code of an address, unless there were `most`, and answers it.
    fn try_sign_in_code(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        most: i64,
    ) -> Result<Option<SignInCode>>;
    /// Uses a code up; `false` if it was used, or replaced, meanwhile.
    fn use_sign_in_code(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        hash: &[u8; 32],
    ) -> Result<bool>;
    /// Adds a member's session, and takes away those of the tenant that are over.
    fn create_member_session(&mut self, tenant: TenantId, session: &MemberSession) -> Result<()>;
    /// The session with this hash, over or not.
    fn member_session(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
    ) -> Result<Option<MemberSession>>;
    /// Takes a session away; `false` if there was none.
    fn end_member_session(&mut self, tenant: TenantId, hash: &[u8; 32]) -> Result<bool>;
    /// Notes that a member accepted terms; what was noted before stays.
    fn accept_terms(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        version: &str,
        at: Timestamp,
    ) -> Result<()>;
    /// What a member accepted, and when: the newest last.
    fn accepted_terms(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<(String, Timestamp)>>;
    /// The tenant's secret for tokens: `fresh`, if there was none.
    fn portal_secret(&mut self, tenant: TenantId, fresh: &[u8; 32]) -> Result<[u8; 32]>;

    // ── proof ──

    /// Binds the heads of all wallets written since the last seal into the tenant's chain, in as many
    /// seals as that takes; answers the newest. Nothing if there were none.
    fn seal(&mut self, tenant: TenantId, now: Timestamp) -> Result<Option<Seal>>;
    /// The newest seal.
    fn head(&mut self, tenant: TenantId) -> Result<Option<Seal>>;
    /// Seals after this one, in order, with the wallets that they name.
    fn sealed(&mut self, tenant: TenantId, after: i64, limit: usize) -> Result<Vec<Sealed>>;
    /// Proves everything from the first entry on, and names the first row that is wrong.
    /// `expected` is an exported head, which must be in the chain. `progress` is told the number
    /// of log rows read so far, now and then.
    fn verify(
        &mut self,
        tenant: TenantId,
        expected: Option<&[u8; 32]>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Verified>;

    // ── what is sent, and codes of suppliers ──

    /// Redemptions that are sent, by when they came to where they are.
    fn fulfilments(
        &mut self,
        tenant: TenantId,
        ask: &FulfilmentAsk,
        limit: usize,
    ) -> Result<Vec<FulfilmentRow>>;
    /// Says where a redemption of a wallet is sent to, and whose address that is; nothing to forget it.
    fn set_address(
        &mut self,
        tenant: TenantId,
        of: (WalletId, &str),
        to: (MemberId, Option<&str>),
    ) -> Result<()>;
    /// Adds codes of a supplier as a batch, numbered on from those that a reward has; those that are
    /// there already stay as they are, and so does a batch that is.
    fn bring_supplier_codes(
        &mut self,
        tenant: TenantId,
        of: (Name, &str),
        codes: &[String],
    ) -> Result<BroughtCodes>;
    /// Shows the codes of a reward with so many numbers from this one on.
    fn show_supplier_codes(
        &mut self,
        tenant: TenantId,
        reward: Name,
        numbers: (i64, i64),
        at: Timestamp,
    ) -> Result<Vec<ShownCode>>;

    /// Brings what is durable already to where it stays, beside whoever writes: work that a writer
    /// would else have to stop for. PostgreSQL does that by itself.
    fn settle(&mut self) -> Result<()>;

    // ── what is not kept for ever ──

    /// How much there is of something that is older than a moment and still says something.
    fn count_aged(&mut self, tenant: TenantId, what: Aging, before: Timestamp) -> Result<u64>;
    /// Lets so much of it go at most; how much went.
    fn let_aged_go(
        &mut self,
        tenant: TenantId,
        what: Aging,
        before: Timestamp,
        limit: usize,
    ) -> Result<u64>;

    // ── from one database to another ──

    /// The tables of which a merchant's rows are carried, in the order in which they go in: the same for both
    /// databases.
    fn carried_tables(&mut self) -> Result<Vec<CarriedTable>>;
    /// Calls `each` with every row of a tenant, table by table, of one consistent picture: sorted, and the same
    /// for both databases.
    fn carry_out(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
    ) -> Result<()>;
    /// Calls `each` with every row that is a member's, by their id or their wallet's, table by table: those that
    /// are not carried, too. But for the log and what is a cache of it, which are read in other ways.
    fn rows_about(
        &mut self,
        tenant: TenantId,
        who: (MemberId, WalletId),
        each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
    ) -> Result<()>;
    /// Adds a tenant, which must be new, with all its rows, in one transaction. `rows` gives those of each table,
    /// in the order in which [`Store::carry_out`] told them.
    fn carry_in(
        &mut self,
        tenant: &Tenant,
        rows: &mut dyn FnMut(&CarriedTable) -> Result<CarriedRows>,
    ) -> Result<()>;

    // ── the vault: personal fields that are closed ──

    /// How the vault stands.
    fn vault(&mut self) -> Result<VaultState>;
    /// From now on things are closed with this key of those that there are, or not any more: whoever writes is waited
    /// for, and everybody after that does so. What stands there already is brought to it portion by portion.
    fn turn_vault(&mut self, to: Option<&str>) -> Result<VaultState>;
    /// Brings a portion of all rows to how they are to stand; or only looks how many do not.
    fn turn_vault_portion(
        &mut self,
        place: &VaultPlace,
        limit: usize,
        only_look: bool,
    ) -> Result<VaultStep>;
    /// Everything stands as it is to: older keys are not needed any more. To be said after a whole round in which
    /// nothing changed the vault.
    fn settle_vault(&mut self) -> Result<VaultState>;
    /// A merchant leaves the words of names in clear, so that members are found by how these begin; or does not any
    /// more.
    fn leave_names(&mut self, tenant: TenantId, clear: bool) -> Result<VaultState>;
    /// Whether members are found by whole identities and whole words of their names alone.
    fn finds_exactly(&mut self, tenant: TenantId) -> Result<bool>;

    /// Writes a consistent copy of the whole database to a new file, while it is in use.
    fn backup(&mut self, to: &Path) -> Result<()>;
}
