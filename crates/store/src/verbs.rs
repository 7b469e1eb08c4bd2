//! The verbs of the trait, each with the function that does it; both databases have functions of
//! these names, in files of the same names.

/// Implements [`Store`](crate::Store) by the functions of the two databases.
macro_rules! verbs {
    ($store:ty) => {
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
        use crate::master_data::{
            MasterAsk, MasterRow, MasterSort, RecommendedCount, RecommendedRow,
        };
        use crate::message::{MessageAsk, MessageRow, MessageStage, SendPlan, SendRow};
        use crate::offer::{OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferTaking};
        use crate::record::{
            ApiKey, AuditAsk, AuditLine, AuditProof, Board, BroughtCodes, Case, CaseMove,
            CodeBatch, CodeFilter, CodeRow, Counts, Cursor, DrawSecret, FulfilmentAsk,
            FulfilmentRow, Identity, Issue, Issued, Logged, Member, MemberPatch, MemberSession,
            Moved, NewVersion, PaymentRequest, PeriodSum, Seal, Sealed, Session, Setting,
            ShownCode, SignInCode, Standing, Tenant, Ticket, Verified, Version,
        };
        use crate::segments::{
            SegmentAsk, SegmentDay, SegmentFill, SegmentMove, SegmentPass, SegmentRun,
        };
        use crate::vault::{VaultPlace, VaultState, VaultStep};
        use crate::webhook::{
            WebhookAgain, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream,
        };
        use regulars_base::{EventKey, MemberId, Name, TenantId, Text, Timestamp, WalletId};
        use regulars_engine::code::Code;
        use regulars_engine::state::{SharedKey, Wallet};
        use std::path::Path;

        impl crate::store::Store for $store {
            fn batch(
                &mut self,
                tenant: TenantId,
                asks: &[Ask],
                decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
            ) -> Result<()> {
                self.run_batch(tenant, asks, decide)
            }
            fn peek(&mut self, tenant: TenantId, asks: &[Ask]) -> Result<Loaded> {
                self.run_peek(tenant, asks)
            }
            fn commit_lightly(&mut self) -> Result<()> {
                self.set_light()
            }
            fn create_tenant(&mut self, tenant: &Tenant) -> Result<()> {
                self.insert_tenant(tenant)
            }
            fn tenants(&mut self) -> Result<Vec<Tenant>> {
                self.read_tenants()
            }
            fn create_api_key(&mut self, key: &ApiKey) -> Result<()> {
                self.insert_key(key)
            }
            fn api_key(&mut self, hash: &[u8; 32]) -> Result<Option<ApiKey>> {
                self.read_key(hash)
            }
            fn api_keys(&mut self, tenant: TenantId) -> Result<Vec<ApiKey>> {
                self.read_keys(tenant)
            }
            fn revoke_api_key(
                &mut self,
                tenant: TenantId,
                id: &str,
                at: Timestamp,
            ) -> Result<bool> {
                self.revoke_key(tenant, id, at)
            }
            fn end_api_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
                self.end_key(tenant, id, at)
            }
            fn touch_api_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<()> {
                self.touch_key(tenant, id, at)
            }
            fn apply_program(&mut self, tenant: TenantId, version: &NewVersion) -> Result<i64> {
                self.insert_version(tenant, version)
            }
            fn program_versions(&mut self, tenant: TenantId) -> Result<Vec<Version>> {
                self.read_versions(tenant)
            }
            fn program_text(
                &mut self,
                tenant: TenantId,
                hash: &[u8; 32],
            ) -> Result<Option<String>> {
                self.read_program(tenant, hash)
            }
            fn member(&mut self, tenant: TenantId, id: MemberId) -> Result<Option<Member>> {
                self.read_member(tenant, id, false)
            }
            fn standing_member(
                &mut self,
                tenant: TenantId,
                id: MemberId,
            ) -> Result<Option<Member>> {
                self.read_member(tenant, id, true)
            }
            fn with_merged(
                &mut self,
                tenant: TenantId,
                id: MemberId,
            ) -> Result<Vec<(MemberId, WalletId)>> {
                self.read_with_merged(tenant, id)
            }
            fn member_by_identity(
                &mut self,
                tenant: TenantId,
                kind: &str,
                value: &str,
            ) -> Result<Option<Member>> {
                self.read_member_by_identity(tenant, kind, value)
            }
            fn members_by_identities(
                &mut self,
                tenant: TenantId,
                identities: &[Identity],
            ) -> Result<Vec<Member>> {
                self.read_members_by_identities(tenant, identities)
            }
            fn identities(
                &mut self,
                tenant: TenantId,
                after: &[u8],
                limit: usize,
            ) -> Result<Vec<IdentityRow>> {
                self.read_identities(tenant, after, limit)
            }
            fn rewrite_identities(
                &mut self,
                tenant: TenantId,
                rewrites: &[Rewrite],
            ) -> Result<Vec<Rewritten>> {
                self.update_identities(tenant, rewrites)
            }
            fn keep_typed(
                &mut self,
                tenant: TenantId,
                member: MemberId,
                typed: &[(Identity, String)],
            ) -> Result<()> {
                self.put_typed(tenant, member, typed)
            }
            fn typed(
                &mut self,
                tenant: TenantId,
                member: MemberId,
            ) -> Result<Vec<(Identity, String)>> {
                self.read_typed(tenant, member)
            }
            fn find_duplicates(&mut self, tenant: TenantId, at: Timestamp) -> Result<u64> {
                self.seek_duplicates(tenant, at)
            }
            fn duplicates(
                &mut self,
                tenant: TenantId,
                from: (bool, Option<DuplicatePlace>),
                limit: usize,
            ) -> Result<Vec<DuplicateRow>> {
                self.read_duplicates(tenant, from, limit)
            }
            fn note_duplicate(&mut self, tenant: TenantId, pair: &DuplicateRow) -> Result<()> {
                self.put_duplicate(tenant, pair)
            }
            fn part_duplicate(
                &mut self,
                tenant: TenantId,
                pair: (MemberId, MemberId),
                not_same: bool,
            ) -> Result<bool> {
                self.update_duplicate(tenant, pair, not_same)
            }
            fn confirmations(
                &mut self,
                tenant: TenantId,
                members: &[MemberId],
            ) -> Result<Vec<ConfirmationRow>> {
                self.read_confirmations(tenant, members)
            }
            fn due_confirmations(
                &mut self,
                tenant: TenantId,
                now: Timestamp,
                limit: usize,
            ) -> Result<Vec<ConfirmationRow>> {
                self.read_due_confirmations(tenant, now, limit)
            }
            fn add_confirmations(
                &mut self,
                tenant: TenantId,
                rows: &[ConfirmationRow],
            ) -> Result<()> {
                self.insert_confirmations(tenant, rows)
            }
            fn move_confirmation(
                &mut self,
                tenant: TenantId,
                seen: &ConfirmationRow,
                next: &ConfirmationRow,
            ) -> Result<bool> {
                self.update_confirmation(tenant, seen, next)
            }
            fn members(
                &mut self,
                tenant: TenantId,
                after: Option<MemberId>,
                limit: usize,
            ) -> Result<Vec<Member>> {
                self.read_members(tenant, after, limit)
            }
            fn create_member(&mut self, tenant: TenantId, member: &Member) -> Result<()> {
                self.insert_member(tenant, member)
            }
            fn patch_member(
                &mut self,
                tenant: TenantId,
                id: MemberId,
                patch: &MemberPatch,
            ) -> Result<()> {
                self.update_member(tenant, id, patch)
            }
            fn erase_member(&mut self, tenant: TenantId, id: MemberId) -> Result<()> {
                self.forget_member(tenant, id)
            }
            fn wallet(&mut self, tenant: TenantId, member: MemberId) -> Result<Option<WalletRow>> {
                self.read_wallet(tenant, member)
            }
            fn wallet_at(
                &mut self,
                tenant: TenantId,
                wallet: WalletId,
                at: Timestamp,
            ) -> Result<Wallet> {
                self.read_wallet_at(tenant, wallet, at)
            }
            fn log(
                &mut self,
                tenant: TenantId,
                wallet: WalletId,
                cursor: Cursor,
                limit: usize,
            ) -> Result<Vec<Logged>> {
                self.read_log(tenant, wallet, cursor, limit)
            }
            fn event(&mut self, tenant: TenantId, key: &EventKey) -> Result<Option<Logged>> {
                self.read_event(tenant, key)
            }
            fn order(
                &mut self,
                tenant: TenantId,
                source: &Text,
                number: &Text,
            ) -> Result<Option<OrderRow>> {
                self.read_order(tenant, source, number)
            }
            fn due(
                &mut self,
                tenant: TenantId,
                now: Timestamp,
                limit: usize,
            ) -> Result<Vec<(MemberId, Timestamp)>> {
                self.read_due(tenant, now, limit)
            }
            fn payment_requests(
                &mut self,
                tenant: TenantId,
                now: Timestamp,
                limit: usize,
            ) -> Result<Vec<PaymentRequest>> {
                self.read_payment_requests(tenant, now, limit)
            }
            fn submitters(
                &mut self,
                tenant: TenantId,
                after: Option<MemberId>,
                limit: usize,
            ) -> Result<Vec<MemberId>> {
                self.read_listed(tenant, crate::writes::WAITING, after, limit)
            }
            fn subscribers(
                &mut self,
                tenant: TenantId,
                after: Option<MemberId>,
                limit: usize,
            ) -> Result<Vec<MemberId>> {
                self.read_listed(tenant, crate::writes::SUBSCRIBERS, after, limit)
            }
            fn put_off_payment(
                &mut self,
                tenant: TenantId,
                request: &PaymentRequest,
            ) -> Result<()> {
                self.write_payment_request(tenant, request)
            }
            fn issue_codes(
                &mut self,
                tenant: TenantId,
                issue: &Issue,
                codes: &[Code],
            ) -> Result<Issued> {
                self.insert_codes(tenant, issue, codes)
            }
            fn code_batches(&mut self, tenant: TenantId) -> Result<Vec<CodeBatch>> {
                self.read_code_batches(tenant)
            }
            fn code(&mut self, tenant: TenantId, code: &Code) -> Result<Option<CodeRow>> {
                self.read_code(tenant, code)
            }
            fn codes(
                &mut self,
                tenant: TenantId,
                filter: &CodeFilter,
                limit: usize,
            ) -> Result<Vec<CodeRow>> {
                self.read_codes(tenant, filter, limit)
            }
            fn code_history(&mut self, tenant: TenantId, code: &Code) -> Result<Vec<Logged>> {
                self.read_code_history(tenant, code)
            }
            fn void_code(&mut self, tenant: TenantId, code: &Code, at: Timestamp) -> Result<bool> {
                self.end_code(tenant, code, at)
            }
            fn moved(&mut self, tenant: TenantId, boundaries: &[Timestamp]) -> Result<Vec<Moved>> {
                self.read_moved(tenant, boundaries)
            }
            fn counts(&mut self, tenant: TenantId) -> Result<Counts> {
                self.read_counts(tenant)
            }
            fn standings(
                &mut self,
                tenant: TenantId,
                board: Board,
                page: (usize, usize),
            ) -> Result<Vec<Standing>> {
                self.read_standings(tenant, board, page)
            }
            fn standing(
                &mut self,
                tenant: TenantId,
                board: Board,
                wallet: WalletId,
                around: usize,
            ) -> Result<Option<(Standing, Vec<Standing>)>> {
                self.read_standing(tenant, board, wallet, around)
            }
            fn tickets(&mut self, tenant: TenantId, board: Board) -> Result<Vec<Ticket>> {
                self.read_tickets(tenant, board)
            }
            fn score_sums(&mut self, tenant: TenantId, board: Name) -> Result<Vec<PeriodSum>> {
                self.read_sums(tenant, board.number().into())
            }
            fn nickname(&mut self, tenant: TenantId, member: MemberId) -> Result<Option<String>> {
                self.read_nickname(tenant, member)
            }
            fn set_nickname(
                &mut self,
                tenant: TenantId,
                member: MemberId,
                nickname: Option<(&str, &str)>,
            ) -> Result<bool> {
                self.write_nickname(tenant, member, nickname)
            }
            fn draw_secrets(&mut self, tenant: TenantId) -> Result<Vec<DrawSecret>> {
                self.read_secrets(tenant)
            }
            fn add_draw_secret(&mut self, tenant: TenantId, secret: &DrawSecret) -> Result<()> {
                self.insert_secret(tenant, secret)
            }
            fn segment_run(&mut self, tenant: TenantId) -> Result<Option<SegmentRun>> {
                self.read_segment_run(tenant)
            }
            fn wallets(
                &mut self,
                tenant: TenantId,
                wallets: &[WalletId],
            ) -> Result<Vec<WalletRow>> {
                self.read_wallets(tenant, wallets)
            }
            fn portraits(
                &mut self,
                tenant: TenantId,
                wallets: &[WalletId],
            ) -> Result<Vec<(WalletId, String)>> {
                self.read_portraits(tenant, wallets)
            }
            fn portraits_due(
                &mut self,
                tenant: TenantId,
                day: i32,
                most: usize,
            ) -> Result<Vec<WalletId>> {
                self.read_portraits_due(tenant, day, most)
            }
            fn segment_pass(&mut self, tenant: TenantId, pass: &SegmentPass) -> Result<bool> {
                self.write_segment_pass(tenant, pass)
            }
            fn count_asked(&mut self, tenant: TenantId, ask: SegmentAsk<'_>) -> Result<(i64, i64)> {
                self.count_members(tenant, ask)
            }
            fn find_asked(
                &mut self,
                tenant: TenantId,
                ask: SegmentAsk<'_>,
                after: Option<MemberId>,
                limit: usize,
            ) -> Result<Vec<MemberId>> {
                self.find_by_segment(tenant, ask, after, limit)
            }
            fn find_highest(
                &mut self,
                tenant: TenantId,
                of: (&str, i64),
                after: Option<(i64, MemberId)>,
                limit: usize,
            ) -> Result<Vec<(MemberId, i64)>> {
                self.read_highest(tenant, of, after, limit)
            }
            fn fill_segment(
                &mut self,
                tenant: TenantId,
                fill: SegmentFill<'_>,
            ) -> Result<Option<(i64, i64)>> {
                self.write_segment_fill(tenant, fill)
            }
            fn segment_members(
                &mut self,
                tenant: TenantId,
                segment: &str,
                after: Option<MemberId>,
                limit: usize,
            ) -> Result<Vec<(MemberId, Timestamp)>> {
                self.read_segment_members(tenant, segment, after, limit)
            }
            fn segments_of(
                &mut self,
                tenant: TenantId,
                wallets: &[WalletId],
            ) -> Result<Vec<(WalletId, String)>> {
                self.read_segments_of(tenant, wallets)
            }
            fn segment_moves(
                &mut self,
                tenant: TenantId,
                segment: &str,
                after: i64,
                limit: usize,
            ) -> Result<Vec<SegmentMove>> {
                self.read_segment_moves(tenant, segment, after, limit)
            }
            fn segment_growth(
                &mut self,
                tenant: TenantId,
                segment: &str,
                from: i32,
            ) -> Result<Vec<SegmentDay>> {
                self.read_segment_growth(tenant, segment, from)
            }
            fn segment_size(&mut self, tenant: TenantId, segment: &str) -> Result<i64> {
                self.count_segment(tenant, segment)
            }
            fn bought(
                &mut self,
                tenant: TenantId,
                of: &BoughtOf,
                after: Option<WalletId>,
                limit: usize,
            ) -> Result<Vec<BoughtRow>> {
                self.read_bought(tenant, of, after, limit)
            }
            fn journeys_of(
                &mut self,
                tenant: TenantId,
                wallets: &[WalletId],
            ) -> Result<Vec<JourneyRow>> {
                self.read_journeys_of(tenant, wallets)
            }
            fn journeys_due(
                &mut self,
                tenant: TenantId,
                due: (&[String], Timestamp),
                most: usize,
            ) -> Result<Vec<WalletId>> {
                self.read_journeys_due(tenant, due, most)
            }
            fn wake_portraits(&mut self, tenant: TenantId, day: i32) -> Result<()> {
                self.write_wake(tenant, day)
            }
            fn end_journey(&mut self, tenant: TenantId, journey: &str) -> Result<u64> {
                self.write_journey_end(tenant, journey)
            }
            fn journey_members(
                &mut self,
                tenant: TenantId,
                journey: &str,
                ask: &JourneyAsk,
                limit: usize,
            ) -> Result<Vec<JourneyRow>> {
                self.read_journey_members(tenant, journey, ask, limit)
            }
            fn journey_deeds(
                &mut self,
                tenant: TenantId,
                whose: (&str, WalletId),
                limit: usize,
            ) -> Result<Vec<JourneyDeed>> {
                self.read_journey_deeds(tenant, whose, limit)
            }
            fn journey_counts(
                &mut self,
                tenant: TenantId,
                journey: &str,
            ) -> Result<(Vec<JourneyCount>, Vec<JourneyCrowd>)> {
                self.read_journey_counts(tenant, journey)
            }
            fn deeds_to_book(
                &mut self,
                tenant: TenantId,
                limit: usize,
            ) -> Result<Vec<JourneyDeed>> {
                self.read_deeds_to_book(tenant, limit)
            }
            fn settle_deed(&mut self, tenant: TenantId, deed: &JourneyDeed) -> Result<bool> {
                self.write_deed(tenant, deed)
            }
            fn each_wallet(
                &mut self,
                tenant: TenantId,
                each: &mut dyn FnMut(WalletRow) -> Result<()>,
            ) -> Result<()> {
                self.visit_wallets(tenant, each)
            }
            fn each_event(
                &mut self,
                tenant: TenantId,
                each: &mut dyn FnMut(Logged) -> Result<()>,
            ) -> Result<()> {
                self.visit_events(tenant, each)
            }
            fn bookmark(&mut self, tenant: TenantId, job: &str) -> Result<Option<String>> {
                self.read_bookmark(tenant, job)
            }
            fn set_bookmark(
                &mut self,
                tenant: TenantId,
                job: &str,
                value: Option<&str>,
            ) -> Result<()> {
                self.write_bookmark(tenant, job, value)
            }
            fn open_case(
                &mut self,
                tenant: TenantId,
                case: &Case,
                marks: &[[u8; 32]],
            ) -> Result<Option<String>> {
                self.insert_case(tenant, case, marks)
            }
            fn case(&mut self, tenant: TenantId, kind: &str, id: &str) -> Result<Option<Case>> {
                self.read_case(tenant, kind, id)
            }
            fn cases(
                &mut self,
                tenant: TenantId,
                of: (&str, Option<&str>),
                after: Option<&str>,
                limit: usize,
            ) -> Result<Vec<Case>> {
                self.read_cases(tenant, of, after, limit)
            }
            fn move_case(
                &mut self,
                tenant: TenantId,
                of: (&str, &str),
                to: &CaseMove,
            ) -> Result<bool> {
                self.update_case(tenant, of, to)
            }
            fn replace_case(&mut self, tenant: TenantId, seen: &Case, next: &Case) -> Result<bool> {
                self.rewrite_case(tenant, seen, next)
            }
            fn create_session(&mut self, session: &Session) -> Result<()> {
                self.insert_session(session)
            }
            fn session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>> {
                self.read_session(hash)
            }
            fn sessions(&mut self, tenant: TenantId, key: &str) -> Result<Vec<Session>> {
                self.read_sessions(tenant, key)
            }
            fn touch_session(
                &mut self,
                tenant: TenantId,
                hash: &[u8; 32],
                at: Timestamp,
            ) -> Result<()> {
                self.mark_session(tenant, hash, at)
            }
            fn end_session(&mut self, tenant: TenantId, hash: &[u8; 32]) -> Result<bool> {
                self.delete_session(tenant, hash)
            }
            fn setting(
                &mut self,
                tenant: TenantId,
                kind: &str,
                id: &str,
            ) -> Result<Option<Setting>> {
                self.read_setting(tenant, kind, id)
            }
            fn settings(&mut self, tenant: TenantId, kind: &str) -> Result<Vec<Setting>> {
                self.read_settings(tenant, kind)
            }
            fn put_setting(&mut self, tenant: TenantId, setting: &Setting) -> Result<bool> {
                self.write_setting(tenant, setting)
            }
            fn delete_setting(&mut self, tenant: TenantId, kind: &str, id: &str) -> Result<bool> {
                self.remove_setting(tenant, kind, id)
            }
            fn append_audit(&mut self, tenant: TenantId, line: &AuditLine) -> Result<()> {
                self.insert_audit(tenant, line)
            }
            fn audit(
                &mut self,
                tenant: TenantId,
                ask: &AuditAsk,
                limit: usize,
            ) -> Result<Vec<AuditLine>> {
                self.read_audit(tenant, ask, limit)
            }
            fn prove_audit(&mut self, tenant: TenantId) -> Result<AuditProof> {
                self.run_prove_audit(tenant)
            }
            fn add_send(&mut self, tenant: TenantId, send: &SendRow) -> Result<()> {
                self.insert_send(tenant, send)
            }
            fn send(&mut self, tenant: TenantId, id: &str) -> Result<Option<SendRow>> {
                self.read_send(tenant, id)
            }
            fn sends(
                &mut self,
                tenant: TenantId,
                before: Option<(Timestamp, &str)>,
                limit: usize,
            ) -> Result<Vec<SendRow>> {
                self.read_sends(tenant, before, limit)
            }
            fn send_to_plan(&mut self, tenant: TenantId) -> Result<Option<SendRow>> {
                self.read_send_to_plan(tenant)
            }
            fn plan_send(&mut self, tenant: TenantId, plan: &SendPlan<'_>) -> Result<bool> {
                self.write_send_plan(tenant, plan)
            }
            fn stop_send(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
                self.end_send(tenant, id, at)
            }
            fn claim_messages(
                &mut self,
                tenant: TenantId,
                times: (Timestamp, Timestamp),
                limit: usize,
            ) -> Result<Vec<MessageRow>> {
                self.take_messages(tenant, times, limit)
            }
            fn move_messages(
                &mut self,
                tenant: TenantId,
                held: Timestamp,
                rows: &[MessageRow],
            ) -> Result<Vec<bool>> {
                self.write_messages(tenant, held, rows)
            }
            fn settle_message(
                &mut self,
                tenant: TenantId,
                was: Option<Timestamp>,
                row: &MessageRow,
            ) -> Result<bool> {
                self.write_message(tenant, was, row)
            }
            fn message(
                &mut self,
                tenant: TenantId,
                send: &str,
                member: MemberId,
            ) -> Result<Option<MessageRow>> {
                self.read_message(tenant, send, member)
            }
            fn messages(
                &mut self,
                tenant: TenantId,
                send: &str,
                ask: &MessageAsk,
                limit: usize,
            ) -> Result<Vec<MessageRow>> {
                self.read_messages(tenant, send, ask, limit)
            }
            fn messages_of(
                &mut self,
                tenant: TenantId,
                member: MemberId,
                channel: Option<&str>,
                limit: usize,
            ) -> Result<Vec<MessageRow>> {
                self.read_messages_of(tenant, member, channel, limit)
            }
            fn message_counts(
                &mut self,
                tenant: TenantId,
                send: &str,
            ) -> Result<Vec<(MessageStage, String, i64)>> {
                self.read_message_counts(tenant, send)
            }
            fn messages_lately(
                &mut self,
                tenant: TenantId,
                members: &[MemberId],
                since: Timestamp,
            ) -> Result<Vec<(MemberId, u32)>> {
                self.read_message_lately(tenant, members, since)
            }
            fn members_listed(
                &mut self,
                tenant: TenantId,
                members: &[MemberId],
            ) -> Result<Vec<Member>> {
                self.read_members_listed(tenant, members)
            }
            fn add_bounce(
                &mut self,
                tenant: TenantId,
                address: &[u8; 32],
                at: Timestamp,
            ) -> Result<()> {
                self.insert_bounce(tenant, address, at)
            }
            fn bounced(
                &mut self,
                tenant: TenantId,
                addresses: &[[u8; 32]],
            ) -> Result<Vec<[u8; 32]>> {
                self.read_bounced(tenant, addresses)
            }
            fn add_askings(&mut self, tenant: TenantId, rows: &[AskingRow]) -> Result<usize> {
                self.insert_askings(tenant, rows)
            }
            fn asking(
                &mut self,
                tenant: TenantId,
                member: MemberId,
                id: &str,
            ) -> Result<Option<AskingRow>> {
                self.read_asking(tenant, member, id)
            }
            fn askings(
                &mut self,
                tenant: TenantId,
                of: (&str, Option<AskingStage>),
                after: Option<&str>,
                limit: usize,
            ) -> Result<Vec<AskingRow>> {
                self.read_askings(tenant, of, after, limit)
            }
            fn askings_of(
                &mut self,
                tenant: TenantId,
                member: MemberId,
                limit: usize,
            ) -> Result<Vec<AskingRow>> {
                self.read_askings_of(tenant, member, limit)
            }
            fn claim_askings(
                &mut self,
                tenant: TenantId,
                times: (Timestamp, Timestamp),
                limit: usize,
            ) -> Result<Vec<AskingRow>> {
                self.take_askings(tenant, times, limit)
            }
            fn move_askings(&mut self, tenant: TenantId, moves: &[AskingMove]) -> Result<usize> {
                self.write_askings(tenant, moves)
            }
            fn asking_counts(
                &mut self,
                tenant: TenantId,
                survey: &str,
            ) -> Result<Vec<AskingCount>> {
                self.read_asking_counts(tenant, survey)
            }
            fn put_master_data(
                &mut self,
                tenant: TenantId,
                sort: MasterSort,
                rows: &[MasterRow],
            ) -> Result<()> {
                self.write_master_data(tenant, sort, rows)
            }
            fn master_data(
                &mut self,
                tenant: TenantId,
                sort: MasterSort,
                ask: &MasterAsk,
                limit: usize,
            ) -> Result<Vec<MasterRow>> {
                self.read_master_data(tenant, sort, ask, limit)
            }
            fn master_data_listed(
                &mut self,
                tenant: TenantId,
                sort: MasterSort,
                ids: &[&str],
            ) -> Result<Vec<MasterRow>> {
                self.read_master_data_listed(tenant, sort, ids)
            }
            fn delete_master_data(
                &mut self,
                tenant: TenantId,
                sort: MasterSort,
                id: &str,
            ) -> Result<bool> {
                self.remove_master_data(tenant, sort, id)
            }
            fn replace_product_links(
                &mut self,
                tenant: TenantId,
                links: &[(String, String)],
            ) -> Result<()> {
                self.write_product_links(tenant, links)
            }
            fn product_links(
                &mut self,
                tenant: TenantId,
                products: &[&str],
            ) -> Result<Vec<(String, String)>> {
                self.read_product_links(tenant, products)
            }
            fn note_recommended(
                &mut self,
                tenant: TenantId,
                rows: &[RecommendedRow],
            ) -> Result<()> {
                self.write_recommended(tenant, rows)
            }
            fn recommended_counts(
                &mut self,
                tenant: TenantId,
                since: i32,
            ) -> Result<Vec<RecommendedCount>> {
                self.read_recommended_counts(tenant, since)
            }
            fn add_offer_choice(&mut self, tenant: TenantId, choice: &OfferChoice) -> Result<bool> {
                self.insert_offer_choice(tenant, choice)
            }
            fn offer_choices_of(
                &mut self,
                tenant: TenantId,
                wallet: WalletId,
                limit: usize,
            ) -> Result<Vec<OfferChoice>> {
                self.read_offer_choices_of(tenant, wallet, limit)
            }
            fn offer_choices(
                &mut self,
                tenant: TenantId,
                of: (&str, Option<(WalletId, u32)>),
                limit: usize,
            ) -> Result<Vec<OfferChoice>> {
                self.read_offer_choices(tenant, of, limit)
            }
            fn offer_known(&mut self, tenant: TenantId, set: &str) -> Result<Vec<OfferKnown>> {
                self.read_offer_known(tenant, set)
            }
            fn offer_budget(&mut self, tenant: TenantId, set: &str) -> Result<i64> {
                self.read_offer_budget(tenant, set)
            }
            fn take_offer(
                &mut self,
                tenant: TenantId,
                key: &OfferKey,
                cost_budget_at: (i64, i64, Timestamp),
            ) -> Result<OfferTaking> {
                self.begin_offer_taking(tenant, key, cost_budget_at)
            }
            fn settle_offer_taking(
                &mut self,
                tenant: TenantId,
                key: &OfferKey,
                refused: Option<&str>,
            ) -> Result<bool> {
                self.end_offer_taking(tenant, key, refused)
            }
            fn offers_to_book(
                &mut self,
                tenant: TenantId,
                before: Timestamp,
                limit: usize,
            ) -> Result<Vec<OfferChoice>> {
                self.read_offers_to_book(tenant, before, limit)
            }
            fn offers_to_settle(
                &mut self,
                tenant: TenantId,
                now: Timestamp,
                limit: usize,
            ) -> Result<Vec<OfferChoice>> {
                self.read_offers_to_settle(tenant, now, limit)
            }
            fn settle_offers(
                &mut self,
                tenant: TenantId,
                outcomes: &[OfferOutcome],
            ) -> Result<usize> {
                self.write_offer_outcomes(tenant, outcomes)
            }
            fn put_sign_in_code(&mut self, tenant: TenantId, code: &SignInCode) -> Result<()> {
                self.write_sign_in_code(tenant, code)
            }
            fn sign_in_code(
                &mut self,
                tenant: TenantId,
                address: &[u8; 32],
            ) -> Result<Option<SignInCode>> {
                self.read_sign_in_code(tenant, address)
            }
            fn try_sign_in_code(
                &mut self,
                tenant: TenantId,
                address: &[u8; 32],
                most: i64,
            ) -> Result<Option<SignInCode>> {
                self.count_sign_in_try(tenant, address, most)
            }
            fn use_sign_in_code(
                &mut self,
                tenant: TenantId,
                address: &[u8; 32],
                hash: &[u8; 32],
            ) -> Result<bool> {
                self.delete_sign_in_code(tenant, address, hash)
            }
            fn create_member_session(
                &mut self,
                tenant: TenantId,
                session: &MemberSession,
            ) -> Result<()> {
                self.insert_member_session(tenant, session)
            }
            fn member_session(
                &mut self,
                tenant: TenantId,
                hash: &[u8; 32],
            ) -> Result<Option<MemberSession>> {
                self.read_member_session(tenant, hash)
            }
            fn end_member_session(&mut self, tenant: TenantId, hash: &[u8; 32]) -> Result<bool> {
                self.delete_member_session(tenant, hash)
            }
            fn accept_terms(
                &mut self,
                tenant: TenantId,
                member: MemberId,
                version: &str,
                at: Timestamp,
            ) -> Result<()> {
                self.insert_terms(tenant, member, version, at)
            }
            fn accepted_terms(
                &mut self,
                tenant: TenantId,
                member: MemberId,
            ) -> Result<Vec<(String, Timestamp)>> {
                self.read_terms(tenant, member)
            }
            fn portal_secret(&mut self, tenant: TenantId, fresh: &[u8; 32]) -> Result<[u8; 32]> {
                self.read_or_add_portal_secret(tenant, fresh)
            }
            fn find_members(
                &mut self,
                tenant: TenantId,
                text: &str,
                limit: usize,
            ) -> Result<Vec<Member>> {
                self.search_members(tenant, text, limit)
            }
            fn shared(&mut self, tenant: TenantId, keys: &[SharedKey]) -> Result<Vec<i64>> {
                self.read_shared(tenant, keys)
            }
            fn active(&mut self, tenant: TenantId, from: Timestamp, to: Timestamp) -> Result<u64> {
                self.count_active(tenant, from, to)
            }
            fn seal(&mut self, tenant: TenantId, now: Timestamp) -> Result<Option<Seal>> {
                self.make_seal(tenant, now)
            }
            fn head(&mut self, tenant: TenantId) -> Result<Option<Seal>> {
                self.read_head(tenant)
            }
            fn sealed(
                &mut self,
                tenant: TenantId,
                after: i64,
                limit: usize,
            ) -> Result<Vec<Sealed>> {
                self.read_sealed(tenant, after, limit)
            }
            fn verify(
                &mut self,
                tenant: TenantId,
                expected: Option<&[u8; 32]>,
                progress: &mut dyn FnMut(u64),
            ) -> Result<Verified> {
                self.run_verify(tenant, expected, progress)
            }
            fn fulfilments(
                &mut self,
                tenant: TenantId,
                ask: &FulfilmentAsk,
                limit: usize,
            ) -> Result<Vec<FulfilmentRow>> {
                self.read_fulfilments(tenant, ask, limit)
            }
            fn set_address(
                &mut self,
                tenant: TenantId,
                of: (WalletId, &str),
                to: (MemberId, Option<&str>),
            ) -> Result<()> {
                self.write_address(tenant, of, to)
            }
            fn bring_supplier_codes(
                &mut self,
                tenant: TenantId,
                of: (Name, &str),
                codes: &[String],
            ) -> Result<BroughtCodes> {
                self.insert_supplier_codes(tenant, of, codes)
            }
            fn show_supplier_codes(
                &mut self,
                tenant: TenantId,
                reward: Name,
                numbers: (i64, i64),
                at: Timestamp,
            ) -> Result<Vec<ShownCode>> {
                self.update_shown_codes(tenant, reward, numbers, at)
            }
            fn begin_webhook(
                &mut self,
                tenant: TenantId,
                endpoint: &str,
                sealed: i64,
            ) -> Result<()> {
                self.insert_webhook(tenant, endpoint, sealed)
            }
            fn end_webhook(&mut self, tenant: TenantId, endpoint: &str) -> Result<()> {
                self.remove_webhook(tenant, endpoint)
            }
            fn webhook(
                &mut self,
                tenant: TenantId,
                endpoint: &str,
            ) -> Result<Option<WebhookHealth>> {
                self.read_webhook(tenant, endpoint)
            }
            fn note_webhook_work(
                &mut self,
                tenant: TenantId,
                of: (&str, Timestamp),
                seals: (i64, i64),
                heads: &[(WalletId, u64)],
            ) -> Result<bool> {
                self.write_webhook_work(tenant, of, seals, heads)
            }
            fn claim_webhook_streams(
                &mut self,
                tenant: TenantId,
                endpoint: &str,
                times: (Timestamp, Timestamp),
                limit: usize,
            ) -> Result<Vec<WebhookStream>> {
                self.take_webhook_streams(tenant, endpoint, times, limit)
            }
            fn claim_webhook_letters(
                &mut self,
                tenant: TenantId,
                endpoint: &str,
                times: (Timestamp, Timestamp),
                limit: usize,
            ) -> Result<Vec<WebhookLetter>> {
                self.take_webhook_letters(tenant, endpoint, times, limit)
            }
            fn move_webhook(
                &mut self,
                tenant: TenantId,
                endpoint: &str,
                moves: &WebhookMoves,
            ) -> Result<()> {
                self.write_webhook_moves(tenant, endpoint, moves)
            }
            fn webhook_troubles(
                &mut self,
                tenant: TenantId,
                endpoint: &str,
                limit: usize,
            ) -> Result<(Vec<WebhookStream>, Vec<WebhookLetter>)> {
                self.read_webhook_troubles(tenant, endpoint, limit)
            }
            fn tell_again(
                &mut self,
                tenant: TenantId,
                of: (&str, Timestamp),
                again: WebhookAgain,
            ) -> Result<u64> {
                self.write_webhook_again(tenant, of, again)
            }
            fn reset_webhook(
                &mut self,
                tenant: TenantId,
                endpoint: &str,
                at: Timestamp,
            ) -> Result<()> {
                self.reset_webhook_row(tenant, endpoint, at)
            }
            fn note_delivery(
                &mut self,
                tenant: TenantId,
                connector: &str,
                new: &DeliveryRow,
                bounds: DeliveryBounds,
            ) -> Result<Noted> {
                self.insert_delivery(tenant, connector, new, bounds)
            }
            fn move_delivery(
                &mut self,
                tenant: TenantId,
                connector: &str,
                now: &DeliveryRow,
            ) -> Result<bool> {
                self.update_delivery(tenant, connector, now)
            }
            fn delivery(
                &mut self,
                tenant: TenantId,
                connector: &str,
                delivery: &str,
            ) -> Result<Option<DeliveryRow>> {
                self.read_delivery(tenant, connector, delivery)
            }
            fn deliveries(
                &mut self,
                tenant: TenantId,
                connector: &str,
                ask: &DeliveryAsk,
                limit: usize,
            ) -> Result<Vec<DeliveryRow>> {
                self.read_deliveries(tenant, connector, ask, limit)
            }
            fn deliveries_in(
                &mut self,
                tenant: TenantId,
                connector: &str,
                state: &str,
            ) -> Result<u64> {
                self.count_deliveries(tenant, connector, state)
            }
            fn forget_deliveries(&mut self, tenant: TenantId, connector: &str) -> Result<()> {
                self.delete_deliveries(tenant, connector)
            }
            fn add_cards(
                &mut self,
                tenant: TenantId,
                of: (&str, Timestamp),
                numbers: &[String],
            ) -> Result<usize> {
                self.insert_cards(tenant, of, numbers)
            }
            fn card(&mut self, tenant: TenantId, number: &str) -> Result<Option<CardRow>> {
                self.read_card(tenant, number)
            }
            fn cards(
                &mut self,
                tenant: TenantId,
                of: (&str, Option<&str>),
                limit: usize,
            ) -> Result<Vec<CardRow>> {
                self.read_cards(tenant, of, limit)
            }
            fn card_counts(&mut self, tenant: TenantId) -> Result<Vec<CardCount>> {
                self.count_cards(tenant)
            }
            fn activate_card(
                &mut self,
                tenant: TenantId,
                number: &str,
                member: MemberId,
                at: Timestamp,
            ) -> Result<bool> {
                self.hand_out_card(tenant, number, member, at)
            }
            fn replace_card(
                &mut self,
                tenant: TenantId,
                of: (&str, Option<&str>),
                at: Timestamp,
            ) -> Result<Option<MemberId>> {
                self.end_card(tenant, of, at)
            }
            fn settle(&mut self) -> Result<()> {
                self.carry_over()
            }
            fn count_aged(
                &mut self,
                tenant: TenantId,
                what: Aging,
                before: Timestamp,
            ) -> Result<u64> {
                self.count_old(tenant, what, before)
            }
            fn let_aged_go(
                &mut self,
                tenant: TenantId,
                what: Aging,
                before: Timestamp,
                limit: usize,
            ) -> Result<u64> {
                self.let_old_go(tenant, what, before, limit)
            }
            fn carried_tables(&mut self) -> Result<Vec<CarriedTable>> {
                self.read_carried_tables()
            }
            fn carry_out(
                &mut self,
                tenant: TenantId,
                each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
            ) -> Result<()> {
                self.visit_all_rows(tenant, each)
            }
            fn rows_about(
                &mut self,
                tenant: TenantId,
                who: (MemberId, WalletId),
                each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
            ) -> Result<()> {
                self.visit_rows_about(tenant, who, each)
            }
            fn carry_in(
                &mut self,
                tenant: &Tenant,
                rows: &mut dyn FnMut(&CarriedTable) -> Result<CarriedRows>,
            ) -> Result<()> {
                self.write_all_rows(tenant, rows)
            }
            fn vault(&mut self) -> Result<VaultState> {
                self.read_vault()
            }
            fn turn_vault(&mut self, to: Option<&str>) -> Result<VaultState> {
                if to.is_some() && !self.own_vault().has_keys() {
                    return Err(crate::Error::Vault(crate::vault::NO_KEYS.into()));
                }
                self.write_vault(&|now| now.turned_to(to))
            }
            fn turn_vault_portion(
                &mut self,
                place: &VaultPlace,
                limit: usize,
                only_look: bool,
            ) -> Result<VaultStep> {
                self.turn_portion(place, limit, only_look)
            }
            fn settle_vault(&mut self) -> Result<VaultState> {
                let settled = self.write_vault(&VaultState::settled)?;
                self.wipe()?;
                Ok(settled)
            }
            fn finds_exactly(&mut self, tenant: TenantId) -> Result<bool> {
                let no = self.tenant_no(tenant)?;
                self.read_vault()?;
                Ok(!self.own_vault().of(no).leaves_names())
            }
            fn leave_names(&mut self, tenant: TenantId, clear: bool) -> Result<VaultState> {
                let no = self.tenant_no(tenant)?;
                self.write_vault(&|now| now.with_names(no, clear))
            }
            fn backup(&mut self, to: &Path) -> Result<()> {
                self.write_backup(to)
            }
        }
    };
}

pub(crate) use verbs;
