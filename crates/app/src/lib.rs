//! The use cases: what a server, a command line and a test call. The imperative shell around the
//! engine: it reads the clock, asks the store, decides in memory and writes.
//!
//! Everything here is synchronous. [`App`] is a handle: cheap to clone, `Send + Sync`, and used
//! from as many threads as one likes. One file holds one use case:
//!
//! | file | what [`App`] can do |
//! |---|---|
//! | `app.rs` | `open`, `close`, `now`, `health`, `tick_due`, `seal` |
//! | `ingest.rs` | `submit`, `ingest`, `ingest_one`: events, durable when answered |
//! | `preview.rs` | `preview`: what an event would do; nothing is written |
//! | `privacy.rs` | `all_about`, `erase`: what a member may ask for by law |
//! | `consents.rs` | `consents_of`: what a member allowed and took back, with its proof |
//! | `retention.rs` | `retention`, `retain`: what is not kept for ever |
//! | `tenants.rs` | `create_tenant`, `tenants`, `tenant`, `tenant_named` |
//! | `keys.rs` | `create_key`, `keys`, `revoke_key`, `authenticate` |
//! | `people.rs`, `roles.rs` | `people`, `invite`, `take_up`, `sign_in`, `roles`, `put_role`: who may do what |
//! | `held_adjustments.rs` | `hold_adjustment`, `approve_adjustment`, `reject_adjustment`: by two persons |
//! | `audit.rs` | `note`, `acts`, `prove_audit`: who did what |
//! | `shop_settings.rs` | `shop_settings`, `set_shop_settings` |
//! | `till.rs` | `at_till`: the member before a cashier |
//! | `segments.rs` | `segments`, `make_segment`, `preview_segment`, `segment_members`, `segment_growth` |
//! | `advocates.rs` | `advocates`, `advocacy_of`: members by how much they do beside paying |
//! | `scores.rs` | `score_members`, `score_run`, `scores_of`: what models say of members, every night |
//! | `surveys.rs` | `surveys`, `put_survey`, `ask_by_survey`, `answer_asking`, `survey_figures`: what members are asked |
//! | `service.rs` | `open_service_case`, `service_cases`, `reply_in_case`, `make_good`, `take_letter`: what members are not happy with |
//! | `suspicions.rs` | `suspicions`, `look_for_suspicions`, `rule_suspicion`: who takes advantage of the program |
//! | `published.rs` | nothing to call: events that others publish at a broker are taken in |
//! | `crm.rs` | `export_contacts`, `import_contacts`, `take_contact`: members as a CRM has them |
//! | `timeline.rs`, `contacts.rs` | `timeline`, `note_contact`: all that happened with a member |
//! | `sessions.rs` | `open_session`, `session`, `end_session`: operators who sign in |
//! | `second_factor.rs`, `passkeys.rs` | `begin_totp`, `pass_step`, `add_passkey`, `sign_in_by_passkey`: what people show beside a password |
//! | `plan.rs` | `plan`: what a program file would change |
//! | `programs.rs` | [`check`], `apply`, `programs`, `program_text`, `roll_back`, `program_in_force` |
//! | `members.rs` | `enrol`, `member`, `members`, `find_members`, `patch_member`, `merge` |
//! | `member_cards.rs` | `make_member_cards`, `plastic_card`, `activate_card`, `replace_card` |
//! | `passes.rs` | `member_card`, `apple_pass`, `google_pass`: what members show at a till |
//! | `balances.rs` | `balances`: now, or as of a date |
//! | `journeys.rs` | `journeys`, `put_journey`, `set_journey_state`, `journey_members`, `preview_journey` |
//! | `lift.rs` | `journey_lift`, `send_lift`, `control_group`: what was brought, against those who were held out |
//! | `offers.rs` | `offer_sets`, `put_offer_set`, `offers_of`, `take_offer`, `offer_set_figures`: an offer for each member |
//! | `leaderboards.rs` | `leaderboard`, `nickname`, `set_nickname` |
//! | `draws.rs` | `promises`, `verify_draws`, `drawn`, `cause` |
//! | `explain.rs` | `explain`, `event`: each entry of the ledger with its reasons in words |
//! | `messages.rs` | `templates`, `send_message`, `sends`, `outbox`, `unsubscribe`: what is written to members |
//! | `membership.rs` | `happen`: plans and payments as they are sent; `invoices` |
//! | `payments.rs` | `ask_payments`, `payment_webhook`: what invoices ask for, and what providers answer |
//! | `webhooks.rs` | `add_endpoint`, `endpoints`, `replay`, `tell_webhooks`: others who are told what happens |
//! | `connectors.rs` | `add_connector`, `take_delivery`, `deliveries`, `reconcile`: what shops tell |
//! | `redemptions.rs` | `redeem`, `commit_redemption`, `cancel_redemption`, `redemptions`, `adjust` |
//! | `past.rs` | `past`: what became of a member's redemptions, and what they ever got |
//! | `fulfilments.rs` | `fulfilments`, `set_address`, `bring_supplier_codes`, `supplier_codes`, `entitlements` |
//! | `perks.rs` | `perk`, `perk_of_house`, `stock`: what else happens to rewards |
//! | `overview.rs` | `overview`: the shop at a glance |
//! | `statement.rs` | `statement`: by month, in points and in money |
//! | `coalition.rs` | `settlement`, `close_period`, `partner_entries`, `post_with_partner`: partners who share points |
//! | `import.rs` | `import`: orders and members out of files |
//! | `export.rs` | `export`: everything as Parquet |
//! | `carry.rs` | `carry_out`, and [`carry_in`]: everything of a merchant, into another database |
//! | `verify.rs` | `verify`: proves every balance from the first entry |
//! | `backup.rs` | `backup`, and [`restore`] |
//! | `vault.rs` | `vault`, `turn_vault`, `leave_names`, `finds_exactly` |
//! | `backtest.rs` | [`backtest`]: a program over an order file, without a database; in parts |
//! | `coupons.rs` | `make_codes`, `bring_codes`, `codes`, `code`, `void_code`, `transfer_code`, `quote_codes` |
//! | `groups.rs` | `found_group`, `group`, `groups`, `invite_person`, `join_group`, `leave_group`, `close_group`, `team_challenges` |
//! | `demo.rs` | `load_demo`: a shop with members, two years of orders, and nine weeks lived day by day |
//!
//! The time of an event that happens as it is sent is [`NOW`]: the server's clock decides, and the
//! same request sent again is still the same request.
//!
//! A refusal (too few points, unknown reward ...) is no [`Error`]: it is a fact, recorded like any
//! other, and stands in the [`Receipt`].

mod advocates;
mod app;
mod audit;
mod awards;
mod background;
mod backtest;
mod backup;
mod balances;
mod carry;
mod cases;
mod catalogue;
mod claims;
mod coalition;
mod config;
mod connectors;
mod consents;
mod contacts;
mod coupons;
mod crm;
mod decide;
mod demo;
mod desk;
mod dimensions;
pub mod doors;
mod draws;
mod duplicates;
mod engagement;
mod error;
mod explain;
mod export;
mod finance;
mod fit;
mod follow;
mod fulfilments;
mod gift_cards;
mod groups;
mod held_adjustments;
mod identities;
mod import;
mod ingest;
mod input;
mod insight;
mod jobs;
mod journeys;
mod keys;
mod lane;
mod leaderboards;
mod library;
mod lift;
mod log_replay;
mod master_data;
pub mod measured;
mod member_cards;
mod members;
mod membership;
mod messages;
mod movers;
mod offers;
mod only_setting;
mod overview;
mod page;
mod passes;
mod passkeys;
mod past;
mod payments;
mod people;
mod perks;
mod plan;
mod plan_figures;
mod pool;
mod portal;
mod preview;
mod privacy;
mod profile;
mod programs;
mod proposals;
mod published;
mod quotes;
mod receipt;
mod recent;
mod recommendations;
mod redemptions;
mod referrals;
mod rejects;
mod retention;
mod roles;
mod rotated;
mod rows;
mod sandbox;
mod scores;
mod scratch;
mod second_factor;
mod segments;
mod sell_through;
mod service;
mod sessions;
mod shop_settings;
mod standing;
mod statement;
mod surveys;
mod suspicions;
mod takeovers;
mod tenants;
mod till;
mod timeline;
mod trial;
mod vault;
mod verify;
mod versioned;
mod versions;
mod walk;
mod watch;
mod webhooks;
mod worker;

pub use advocates::{Advocate, AdvocateOrder};
pub use app::{App, Health};
pub use audit::{Act, ActsAsk, NewAct, Told};
pub use awards::{Award, AwardRow, AwardState, ProposeAward};
pub use backtest::{
    Backtest, BacktestMonth, BacktestReport, HISTORY_MOST, InOnePiece, Joining, MemberDifference,
    Share, Sides, backtest, backtest_part, backtest_together, totals,
};
pub use backup::{BackupDone, restore};
pub use balances::{
    Balance, Balances, CardInHand, ChallengeInHand, GamesInHand, Shared, UpcomingExpiry,
    VoucherInHand,
};
pub use carry::{Carried, CarriedBalance, CarriedIn, carry_in};
pub use catalogue::Catalogue;
pub use claims::{Claim, ClaimState, KeptOrder, Match, NewClaim, Ruling};
pub use coalition::{BookedEntry, Dispute, PeriodSettlement, figure};
pub use config::{Around, Chance, Clock, Config};
pub use connectors::{
    Connector, ConnectorPatch, ConnectorState, Delivery, DeliveryState, Inbound, NewConnector,
    ReadEvent, Reconciled, Told as DeliveryTold,
};
pub use consents::ConsentEntry;
pub use contacts::{Contact, ContactKind, NewContact};
pub use coupons::{BringCodes, Brought, CodeView, MakeCodes, Quoted, batch_of};
pub use crm::{ConsentSaid, ContactCame, ContactSaid, ContactsCame};
pub use demo::{Demo, DemoExtent, load_demo};
pub use desk::desk_reason;
pub use draws::{CauseMonth, DrawCheck, Drawn, Promise};
pub use duplicates::Duplicate;
pub use engagement::{Consented, Engaged, Waiting};
pub use error::Error;
pub use explain::Explained;
pub use export::{ExportDone, FactsDone};
pub use finance::{
    BooksLine, BooksPeriod, Deferred, Finance, FinanceDone, IssueCohort, PointsFinance,
};
pub use fit::{Answers, Fitted, GENEROSITY_MOST, fit};
pub use fulfilments::{Entitlement, FulfilmentView, SupplierCodesIn};
pub use gift_cards::{CardRef, CardView, MadeCard, MakeCards};
pub use groups::{
    Acting, GroupFilter, GroupInHand, NewGroup, PersonInHand, TeamChallenge, TeamPart,
};
pub use held_adjustments::{HeldAdjustment, HeldState};
pub use identities::{BroughtOver, is_email_address};
pub use import::{
    BalanceProof, ImportDone, ImportFile, ImportOptions, ImportProgress, TierEnd, TierProof,
};
pub use insight::{
    BehindFigure, Elsewhere, Insight, InsightDone, InsightOptions, List, insight, insight_with,
};
pub use jobs::{FinanceAsJson, Job, JobAsk, JobState};
pub use journeys::{
    JOURNEYS, JourneyMember, JourneyMembersAsk, JourneySample, JourneyState, JourneyStep,
    JourneyTrial, JourneyView, TrialCount,
};
pub use keys::{Caller, CreatedKey, KeyInfo, NewKey, Rate, Scope};
pub use leaderboards::{Leaderboard, LeaderboardAsk};
pub use library::{LIBRARY, Sample};
pub use lift::{
    CONTROL_PERCENT_MOST, ControlDraw, ControlGroupView, LIFT_DAYS_MOST, LeftOut, LiftAnswer,
    LiftAnyDay, LiftAsk, LiftGroup, LiftMetric, LiftRefusal, LiftView, Power, PowerWarning,
};
pub use master_data::{MasterEntry, MasterFind, MasterForm, MasterSort, MasterTaken};
pub use member_cards::{CARDS_MOST, MakeMemberCards, MemberCardBatch, PlasticCard};
pub use members::{Identity, Member, MemberPatch, MemberRef, NewMember};
pub use membership::{Invoices, StandingPlan, Subscriber, SubscriberFilter};
pub use messages::{
    Audience, ChannelSettings, ConfirmStands, Confirming, LinkOwner, MessagePreview,
    MessageSettings, NewSend, OutboxAsk, OutboxMessage, Rendered, Send, Template, TemplateDraft,
    TemplateWords, WhenUncertain,
};
pub use movers::{Both, MembersPlan, Mover, MoverStanding, PointsPlan, TierMoves};
pub use offers::{
    ChoiceView, KnownOf, MemberOffer, OfferChance, OfferFigures, OfferRegret, OfferReplay,
    OfferSetFigures, OfferSetView, OfferState, ReplayWay, TakenOffer,
};
pub use overview::{ACTIVE_DAYS, BudgetUsed, Overview};
pub use page::{Page, PageAsk};
pub use passes::Passes;
pub use passkeys::{NewPasskey, PasskeyAsk, PasskeyInfo, ShownPasskey, Site};
pub use past::{Past, PastRedemption, Stands};
pub use people::{Invited, NewPerson, PASSWORD_LEAST, Person, PersonPatch, PersonState};
pub use perks::StockLeft;
pub use plan::{Plan, PlanEffect};
pub use plan_figures::{PlanFigures, PlanMover, PlanOrders, PlanPoints};
pub use portal::{
    MEMBER_SESSION_MICROS, MemberSecret, MemberSignIn, Own, Reachable, Shown, SignedInMember,
    WidgetToken,
};
pub use preview::Preview;
pub use privacy::{About, KeptRow};
pub use programs::{
    Apply, Checked, Finding, LostPoints, ProgramVersion, RollBack, RolledBack, check,
};
pub use proposals::{Proposal, ProposalEffect, ProposalState};
pub use quotes::{CommitQuote, QuoteAsk, Quoting};
pub use receipt::{PointsMoved, Receipt};
pub use recommendations::{
    Compared, Evaluated, RECOMMENDED_MOST, RecommendAsk, Recommendation, RecommendationModel,
    RecommendationSettings, RecommendationStatus, Recommended, Why, evaluate_recommendations,
};
pub use redemptions::{Redeem, RedemptionView};
pub use referrals::{CODE, InReview, ReferralCode, ReferralStanding, SignUpAsk};
pub use regulars_connect as connect;
pub use regulars_engage as engage;
pub use regulars_engine::program::condition::figure::{LABELS, SCORES};
pub use regulars_lake::facts::FactsProgress;
pub use regulars_mail as mail;
pub use regulars_metrics as metrics;
pub use regulars_metrics::{
    Figure as MetricFigure,
    catalog::{ALL as CATALOG, Metric as CatalogMetric},
    report::Report as InsightReport,
};
pub use regulars_pass as pass;
pub use regulars_pay as pay;
pub use regulars_store::{
    AskingStage, AuditProof, CardRow, CardState, Cell, CodeBatch, CodeRow, CodeState,
    ConfirmationRow, Counts, Database, JourneyCount, JourneyCrowd, JourneyDeed, MessageStage,
    OfferChoice, OfferStage, Seal, SendStage, Standing, Tenant, Ticket, VaultKeys, VaultState,
    Verified, Wrong, identity_key, sync_name,
};
pub use retention::{Aged, Retention};
pub use roles::Role;
pub use sandbox::{Promoted, SANDBOX_MEMBERS_MOST, Sandbox};
pub use scores::{MemberScores, ScoreModel, ScoreRun};
pub use second_factor::{Entry, OwnFactors, Step, StepAsks, TotpBegun};
pub use segments::{
    MoveCause, Moved, Segment, SegmentDay, SegmentDraft, SegmentMember, SegmentPreview,
    segment_figures,
};
pub use sell_through::{NewReport, Report, ReportState, Waits};
pub use service::{
    Agent, FollowUp, InboundDone, InboundLetter, LineKind, MadeGood, NewCase, ServiceAsk,
    ServiceCase, ServiceCause, ServiceChange, ServiceLine, ServiceOutcome, ServiceReport,
    ServiceSettings, ServiceState,
};
pub use sessions::{OwnSession, SessionInfo, SignedIn, Whence};
pub use shop_settings::{ShopSettings, SignOn, TillLimits};
pub use statement::MonthStatement;
pub use surveys::{
    AnswerRow, AnswerState, Asking, AskingAsk, Progress, QuestionFigures, Survey, SurveyDraft,
    SurveyFigures, SurveyFiguresAsk, SurveyGroup, SurveyLink, SurveySettings, SurveyTrigger,
    SurveyWay, ThemeFigures,
};
pub use suspicions::{
    Ruled, Suspicion, SuspicionAsk, SuspicionRuling, SuspicionState, SuspicionsLooked, Taken,
    TakenState,
};
pub use till::AtTill;
pub use timeline::Happened;
pub use trial::{SAMPLE_MEMBERS, SHOP_MOST, Trial, TrialOrders, Tried};
pub use vault::{VaultProgress, VaultReport};
pub use watch::{Alert, Watched, WrittenReport};
pub use webhooks::{
    Endpoint, EndpointPatch, EndpointState, Failing, NewEndpoint, Outbound, PausedBy, Render,
    Replay, Troubles,
};

/// Stands in `Event::occurred_at` for "as it arrives": replaced by the server's clock, while the
/// input's hash covers this value, so that the same request sent later is still the same.
pub const NOW: regulars_base::Timestamp = regulars_base::Timestamp::LAST;
