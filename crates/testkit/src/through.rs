//! A store that does all as another does, but for its batches: for tests of tests, and of what happens
//! when a database fails.

use regulars_base::{EventKey, MemberId, Name, TenantId, Text, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::state::{SharedKey, Wallet};
use regulars_store::{
    Aging, ApiKey, Ask, AskingCount, AskingMove, AskingRow, AskingStage, AuditAsk, AuditLine,
    AuditProof, Board, BoughtOf, BoughtRow, BroughtCodes, CardCount, CardRow, CarriedRows,
    CarriedTable, Case, CaseMove, Cell, CodeBatch, CodeFilter, CodeRow, Commit, ConfirmationRow,
    Counts, Cursor, DeliveryAsk, DeliveryBounds, DeliveryRow, DrawSecret, DuplicatePlace,
    DuplicateRow, FulfilmentAsk, FulfilmentRow, Identity, IdentityRow, Issue, Issued, JourneyAsk,
    JourneyCount, JourneyCrowd, JourneyDeed, JourneyRow, Loaded, Logged, MasterAsk, MasterRow,
    MasterSort, Member, MemberPatch, MemberSession, MessageAsk, MessageRow, MessageStage, Moved,
    NewVersion, Noted, OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferTaking, OrderRow,
    PaymentRequest, PeriodSum, RecommendedCount, RecommendedRow, Result, Rewrite, Rewritten, Seal,
    Sealed, SegmentAsk, SegmentDay, SegmentFill, SegmentMove, SegmentPass, SegmentRun, SendPlan,
    SendRow, Session, Setting, ShownCode, SignInCode, Standing, Store, Tenant, Ticket, VaultPlace,
    VaultState, VaultStep, Verified, Version, WalletRow, WebhookAgain, WebhookHealth,
    WebhookLetter, WebhookMoves, WebhookStream,
};
use std::path::Path;

/// What happens to a batch instead: it is given the store that does it right.
pub type Batch = Box<
    dyn FnMut(
            &mut dyn Store,
            TenantId,
            &[Ask],
            &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
        ) -> Result<()>
        + Send,
>;

/// The same store, whose batches go through `batch`.
pub fn through(inner: Box<dyn Store>, batch: Batch) -> Box<dyn Store> {
    Box::new(Through { inner, batch })
}

struct Through {
    inner: Box<dyn Store>,
    batch: Batch,
}

macro_rules! pass_on {
    ($($verb:ident($($name:ident: $of:ty),*) -> $result:ty;)+) => {
        $(fn $verb(&mut self, $($name: $of),*) -> $result { self.inner.$verb($($name),*) })+
    };
}

impl Store for Through {
    fn batch(
        &mut self,
        tenant: TenantId,
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> Result<()> {
        (self.batch)(&mut *self.inner, tenant, asks, decide)
    }

    pass_on! {
        members_by_identities(tenant: TenantId, identities: &[Identity]) -> Result<Vec<Member>>;
        identities(tenant: TenantId, after: &[u8], limit: usize) -> Result<Vec<IdentityRow>>;
        rewrite_identities(tenant: TenantId, rewrites: &[Rewrite]) -> Result<Vec<Rewritten>>;
        keep_typed(tenant: TenantId, member: MemberId, typed: &[(Identity, String)]) -> Result<()>;
        typed(tenant: TenantId, member: MemberId) -> Result<Vec<(Identity, String)>>;
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
        member(tenant: TenantId, id: MemberId) -> Result<Option<Member>>;
        standing_member(tenant: TenantId, id: MemberId) -> Result<Option<Member>>;
        with_merged(tenant: TenantId, id: MemberId) -> Result<Vec<(MemberId, WalletId)>>;
        member_by_identity(tenant: TenantId, kind: &str, value: &str) -> Result<Option<Member>>;
        members(tenant: TenantId, after: Option<MemberId>, limit: usize) -> Result<Vec<Member>>;
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
        payment_requests(
            tenant: TenantId,
            now: Timestamp,
            limit: usize
        ) -> Result<Vec<PaymentRequest>>;
        put_off_payment(tenant: TenantId, request: &PaymentRequest) -> Result<()>;
        moved(tenant: TenantId, boundaries: &[Timestamp]) -> Result<Vec<Moved>>;
        counts(tenant: TenantId) -> Result<Counts>;
        standings(tenant: TenantId, board: Board, page: (usize, usize)) -> Result<Vec<Standing>>;
        standing(
            tenant: TenantId,
            board: Board,
            wallet: WalletId,
            around: usize
        ) -> Result<Option<(Standing, Vec<Standing>)>>;
        tickets(tenant: TenantId, board: Board) -> Result<Vec<Ticket>>;
        score_sums(tenant: TenantId, board: Name) -> Result<Vec<PeriodSum>>;
        nickname(tenant: TenantId, member: MemberId) -> Result<Option<String>>;
        set_nickname(
            tenant: TenantId,
            member: MemberId,
            nickname: Option<(&str, &str)>
        ) -> Result<bool>;
        draw_secrets(tenant: TenantId) -> Result<Vec<DrawSecret>>;
        add_draw_secret(tenant: TenantId, secret: &DrawSecret) -> Result<()>;
        each_wallet(tenant: TenantId, each: &mut dyn FnMut(WalletRow) -> Result<()>) -> Result<()>;
        each_event(tenant: TenantId, each: &mut dyn FnMut(Logged) -> Result<()>) -> Result<()>;
        bookmark(tenant: TenantId, job: &str) -> Result<Option<String>>;
        set_bookmark(tenant: TenantId, job: &str, value: Option<&str>) -> Result<()>;
        open_case(tenant: TenantId, case: &Case, marks: &[[u8; 32]]) -> Result<Option<String>>;
        case(tenant: TenantId, kind: &str, id: &str) -> Result<Option<Case>>;
        cases(
            tenant: TenantId,
            of: (&str, Option<&str>),
            after: Option<&str>,
            limit: usize
        ) -> Result<Vec<Case>>;
        move_case(tenant: TenantId, of: (&str, &str), to: &CaseMove) -> Result<bool>;
        replace_case(tenant: TenantId, seen: &Case, next: &Case) -> Result<bool>;
        create_session(session: &Session) -> Result<()>;
        session(hash: &[u8; 32]) -> Result<Option<Session>>;
        sessions(tenant: TenantId, key: &str) -> Result<Vec<Session>>;
        touch_session(tenant: TenantId, hash: &[u8; 32], at: Timestamp) -> Result<()>;
        end_session(tenant: TenantId, hash: &[u8; 32]) -> Result<bool>;
        setting(tenant: TenantId, kind: &str, id: &str) -> Result<Option<Setting>>;
        settings(tenant: TenantId, kind: &str) -> Result<Vec<Setting>>;
        put_setting(tenant: TenantId, setting: &Setting) -> Result<bool>;
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
        find_members(tenant: TenantId, text: &str, limit: usize) -> Result<Vec<Member>>;
        shared(tenant: TenantId, keys: &[SharedKey]) -> Result<Vec<i64>>;
        active(tenant: TenantId, from: Timestamp, to: Timestamp) -> Result<u64>;
        seal(tenant: TenantId, now: Timestamp) -> Result<Option<Seal>>;
        head(tenant: TenantId) -> Result<Option<Seal>>;
        verify(
            tenant: TenantId,
            expected: Option<&[u8; 32]>,
            progress: &mut dyn FnMut(u64)
        ) -> Result<Verified>;
        fulfilments(
            tenant: TenantId,
            ask: &FulfilmentAsk,
            limit: usize
        ) -> Result<Vec<FulfilmentRow>>;
        submitters(
            tenant: TenantId,
            after: Option<MemberId>,
            limit: usize
        ) -> Result<Vec<MemberId>>;
        subscribers(
            tenant: TenantId,
            after: Option<MemberId>,
            limit: usize
        ) -> Result<Vec<MemberId>>;
        set_address(
            tenant: TenantId,
            of: (WalletId, &str),
            to: (MemberId, Option<&str>)
        ) -> Result<()>;
        bring_supplier_codes(
            tenant: TenantId,
            of: (Name, &str),
            codes: &[String]
        ) -> Result<BroughtCodes>;
        show_supplier_codes(
            tenant: TenantId,
            reward: Name,
            numbers: (i64, i64),
            at: Timestamp
        ) -> Result<Vec<ShownCode>>;
        sealed(tenant: TenantId, after: i64, limit: usize) -> Result<Vec<Sealed>>;
        add_send(tenant: TenantId, send: &SendRow) -> Result<()>;
        send(tenant: TenantId, id: &str) -> Result<Option<SendRow>>;
        sends(tenant: TenantId, before: Option<(Timestamp, &str)>, limit: usize) -> Result<Vec<SendRow>>;
        send_to_plan(tenant: TenantId) -> Result<Option<SendRow>>;
        plan_send(tenant: TenantId, plan: &SendPlan<'_>) -> Result<bool>;
        stop_send(tenant: TenantId, id: &str, at: Timestamp) -> Result<bool>;
        add_askings(tenant: TenantId, rows: &[AskingRow]) -> Result<usize>;
        asking(tenant: TenantId, member: MemberId, id: &str) -> Result<Option<AskingRow>>;
        askings(
            tenant: TenantId,
            of: (&str, Option<AskingStage>),
            after: Option<&str>,
            limit: usize
        ) -> Result<Vec<AskingRow>>;
        askings_of(tenant: TenantId, member: MemberId, limit: usize) -> Result<Vec<AskingRow>>;
        claim_askings(tenant: TenantId, times: (Timestamp, Timestamp), limit: usize) -> Result<Vec<AskingRow>>;
        move_askings(tenant: TenantId, moves: &[AskingMove]) -> Result<usize>;
        asking_counts(tenant: TenantId, survey: &str) -> Result<Vec<AskingCount>>;
        put_master_data(tenant: TenantId, sort: MasterSort, rows: &[MasterRow]) -> Result<()>;
        master_data(
            tenant: TenantId,
            sort: MasterSort,
            ask: &MasterAsk,
            limit: usize
        ) -> Result<Vec<MasterRow>>;
        master_data_listed(tenant: TenantId, sort: MasterSort, ids: &[&str]) -> Result<Vec<MasterRow>>;
        delete_master_data(tenant: TenantId, sort: MasterSort, id: &str) -> Result<bool>;
        replace_product_links(tenant: TenantId, links: &[(String, String)]) -> Result<()>;
        product_links(tenant: TenantId, products: &[&str]) -> Result<Vec<(String, String)>>;
        note_recommended(tenant: TenantId, rows: &[RecommendedRow]) -> Result<()>;
        recommended_counts(tenant: TenantId, since: i32) -> Result<Vec<RecommendedCount>>;
        add_offer_choice(tenant: TenantId, choice: &OfferChoice) -> Result<bool>;
        offer_choices_of(tenant: TenantId, wallet: WalletId, limit: usize) -> Result<Vec<OfferChoice>>;
        offer_choices(
            tenant: TenantId,
            of: (&str, Option<(WalletId, u32)>),
            limit: usize
        ) -> Result<Vec<OfferChoice>>;
        offer_known(tenant: TenantId, set: &str) -> Result<Vec<OfferKnown>>;
        offer_budget(tenant: TenantId, set: &str) -> Result<i64>;
        take_offer(
            tenant: TenantId,
            key: &OfferKey,
            cost_budget_at: (i64, i64, Timestamp)
        ) -> Result<OfferTaking>;
        settle_offer_taking(tenant: TenantId, key: &OfferKey, refused: Option<&str>) -> Result<bool>;
        offers_to_book(tenant: TenantId, before: Timestamp, limit: usize) -> Result<Vec<OfferChoice>>;
        offers_to_settle(tenant: TenantId, now: Timestamp, limit: usize) -> Result<Vec<OfferChoice>>;
        settle_offers(tenant: TenantId, outcomes: &[OfferOutcome]) -> Result<usize>;
        claim_messages(tenant: TenantId, times: (Timestamp, Timestamp), limit: usize) -> Result<Vec<MessageRow>>;
        move_messages(tenant: TenantId, held: Timestamp, rows: &[MessageRow]) -> Result<Vec<bool>>;
        settle_message(tenant: TenantId, was: Option<Timestamp>, row: &MessageRow) -> Result<bool>;
        message(tenant: TenantId, send: &str, member: MemberId) -> Result<Option<MessageRow>>;
        messages(tenant: TenantId, send: &str, ask: &MessageAsk, limit: usize) -> Result<Vec<MessageRow>>;
        messages_of(tenant: TenantId, member: MemberId, channel: Option<&str>, limit: usize) -> Result<Vec<MessageRow>>;
        message_counts(tenant: TenantId, send: &str) -> Result<Vec<(MessageStage, String, i64)>>;
        messages_lately(tenant: TenantId, members: &[MemberId], since: Timestamp) -> Result<Vec<(MemberId, u32)>>;
        members_listed(tenant: TenantId, members: &[MemberId]) -> Result<Vec<Member>>;
        add_bounce(tenant: TenantId, address: &[u8; 32], at: Timestamp) -> Result<()>;
        bounced(tenant: TenantId, addresses: &[[u8; 32]]) -> Result<Vec<[u8; 32]>>;
        begin_webhook(tenant: TenantId, endpoint: &str, sealed: i64) -> Result<()>;
        end_webhook(tenant: TenantId, endpoint: &str) -> Result<()>;
        webhook(tenant: TenantId, endpoint: &str) -> Result<Option<WebhookHealth>>;
        note_webhook_work(
            tenant: TenantId,
            of: (&str, Timestamp),
            seals: (i64, i64),
            heads: &[(WalletId, u64)]
        ) -> Result<bool>;
        claim_webhook_streams(
            tenant: TenantId,
            endpoint: &str,
            times: (Timestamp, Timestamp),
            limit: usize
        ) -> Result<Vec<WebhookStream>>;
        claim_webhook_letters(
            tenant: TenantId,
            endpoint: &str,
            times: (Timestamp, Timestamp),
            limit: usize
        ) -> Result<Vec<WebhookLetter>>;
        move_webhook(tenant: TenantId, endpoint: &str, moves: &WebhookMoves) -> Result<()>;
        webhook_troubles(
            tenant: TenantId,
            endpoint: &str,
            limit: usize
        ) -> Result<(Vec<WebhookStream>, Vec<WebhookLetter>)>;
        tell_again(tenant: TenantId, of: (&str, Timestamp), again: WebhookAgain) -> Result<u64>;
        reset_webhook(tenant: TenantId, endpoint: &str, at: Timestamp) -> Result<()>;
        note_delivery(
            tenant: TenantId,
            connector: &str,
            new: &DeliveryRow,
            bounds: DeliveryBounds
        ) -> Result<Noted>;
        move_delivery(tenant: TenantId, connector: &str, now: &DeliveryRow) -> Result<bool>;
        delivery(
            tenant: TenantId,
            connector: &str,
            delivery: &str
        ) -> Result<Option<DeliveryRow>>;
        deliveries(
            tenant: TenantId,
            connector: &str,
            ask: &DeliveryAsk,
            limit: usize
        ) -> Result<Vec<DeliveryRow>>;
        deliveries_in(tenant: TenantId, connector: &str, state: &str) -> Result<u64>;
        forget_deliveries(tenant: TenantId, connector: &str) -> Result<()>;
        segment_run(tenant: TenantId) -> Result<Option<SegmentRun>>;
        wallets(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<WalletRow>>;
        portraits(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<(WalletId, String)>>;
        portraits_due(tenant: TenantId, day: i32, most: usize) -> Result<Vec<WalletId>>;
        bought(tenant: TenantId, of: &BoughtOf, after: Option<WalletId>, limit: usize) -> Result<Vec<BoughtRow>>;
        segment_pass(tenant: TenantId, pass: &SegmentPass) -> Result<bool>;
        count_asked(tenant: TenantId, ask: SegmentAsk<'_>) -> Result<(i64, i64)>;
        find_highest(
            tenant: TenantId,
            of: (&str, i64),
            after: Option<(i64, MemberId)>,
            limit: usize
        ) -> Result<Vec<(MemberId, i64)>>;
        find_asked(
            tenant: TenantId,
            ask: SegmentAsk<'_>,
            after: Option<MemberId>,
            limit: usize
        ) -> Result<Vec<MemberId>>;
        fill_segment(tenant: TenantId, fill: SegmentFill<'_>) -> Result<Option<(i64, i64)>>;
        segment_members(
            tenant: TenantId,
            segment: &str,
            after: Option<MemberId>,
            limit: usize
        ) -> Result<Vec<(MemberId, Timestamp)>>;
        segments_of(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<(WalletId, String)>>;
        segment_moves(
            tenant: TenantId,
            segment: &str,
            after: i64,
            limit: usize
        ) -> Result<Vec<SegmentMove>>;
        segment_growth(tenant: TenantId, segment: &str, from: i32) -> Result<Vec<SegmentDay>>;
        segment_size(tenant: TenantId, segment: &str) -> Result<i64>;
        journeys_of(tenant: TenantId, wallets: &[WalletId]) -> Result<Vec<JourneyRow>>;
        journeys_due(
            tenant: TenantId,
            due: (&[String], Timestamp),
            most: usize
        ) -> Result<Vec<WalletId>>;
        wake_portraits(tenant: TenantId, day: i32) -> Result<()>;
        end_journey(tenant: TenantId, journey: &str) -> Result<u64>;
        journey_members(
            tenant: TenantId,
            journey: &str,
            ask: &JourneyAsk,
            limit: usize
        ) -> Result<Vec<JourneyRow>>;
        journey_deeds(
            tenant: TenantId,
            whose: (&str, WalletId),
            limit: usize
        ) -> Result<Vec<JourneyDeed>>;
        journey_counts(
            tenant: TenantId,
            journey: &str
        ) -> Result<(Vec<JourneyCount>, Vec<JourneyCrowd>)>;
        deeds_to_book(tenant: TenantId, limit: usize) -> Result<Vec<JourneyDeed>>;
        settle_deed(tenant: TenantId, deed: &JourneyDeed) -> Result<bool>;
        add_cards(tenant: TenantId, of: (&str, Timestamp), numbers: &[String]) -> Result<usize>;
        card(tenant: TenantId, number: &str) -> Result<Option<CardRow>>;
        cards(
            tenant: TenantId,
            of: (&str, Option<&str>),
            limit: usize
        ) -> Result<Vec<CardRow>>;
        card_counts(tenant: TenantId) -> Result<Vec<CardCount>>;
        activate_card(
            tenant: TenantId,
            number: &str,
            member: MemberId,
            at: Timestamp
        ) -> Result<bool>;
        replace_card(
            tenant: TenantId,
            of: (&str, Option<&str>),
            at: Timestamp
        ) -> Result<Option<MemberId>>;
        settle() -> Result<()>;
        count_aged(tenant: TenantId, what: Aging, before: Timestamp) -> Result<u64>;
        let_aged_go(
            tenant: TenantId,
            what: Aging,
            before: Timestamp,
            limit: usize
        ) -> Result<u64>;
        carried_tables() -> Result<Vec<CarriedTable>>;
        carry_out(
            tenant: TenantId,
            each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>
        ) -> Result<()>;
        rows_about(
            tenant: TenantId,
            who: (MemberId, WalletId),
            each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>
        ) -> Result<()>;
        carry_in(
            tenant: &Tenant,
            rows: &mut dyn FnMut(&CarriedTable) -> Result<CarriedRows>
        ) -> Result<()>;
        vault() -> Result<VaultState>;
        turn_vault(to: Option<&str>) -> Result<VaultState>;
        turn_vault_portion(place: &VaultPlace, limit: usize, only_look: bool) -> Result<VaultStep>;
        settle_vault() -> Result<VaultState>;
        leave_names(tenant: TenantId, clear: bool) -> Result<VaultState>;
        finds_exactly(tenant: TenantId) -> Result<bool>;
        backup(to: &Path) -> Result<()>;
    }
}
