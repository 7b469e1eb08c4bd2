//! What is written down, and how it is found again: one trait, two databases, plain SQL.
//!
//! The heart is [`Store::batch`]: it loads what a batch of events asks for, calls a pure closure
//! that decides them, and writes what came of it, in one short transaction. Everything else is
//! reading, and a few small writes that no event makes (profiles, keys, programs).
//!
//! **Invariants.** Log and entries are only ever added to. A wallet's row is a cache of its log.
//! The store never re-implements a rule: it writes the states that the closure leaves. Whoever
//! writes a wallet holds its row locked, and rows are locked in sorted order.

mod aging;
mod asking;
mod batch;
mod board;
mod bought;
mod card;
mod carry;
mod confirmation;
mod connector;
mod database;
mod duplicate;
mod error;
mod finding;
mod format;
mod hash;
mod identity;
mod journey;
mod master_data;
mod message;
mod migrations;
mod offer;
mod order;
mod plan;
mod postgres;
mod proof;
mod record;
mod segments;
mod sqlite;
mod store;
mod vault;
mod verbs;
mod webhook;
mod writes;

pub use aging::Aging;
pub use asking::{AskingCount, AskingMove, AskingRow, AskingStage};
pub use batch::{Answer, Ask, Commit, Loaded, OrderRow, Other, WalletRow};
pub use bought::{BoughtOf, BoughtRow};
pub use card::{CARD, CardCount, CardRow, CardState};
pub use carry::{CARRIED_VERSION, CarriedRows, CarriedTable, Cell, CellKind};
pub use confirmation::ConfirmationRow;
pub use connector::{DeliveryAsk, DeliveryBounds, DeliveryRow, Noted};
pub use database::Database;
pub use duplicate::{DuplicatePlace, DuplicateRow};
pub use error::{Conflict, Error, Result};
pub use hash::{audit_hash, identity_key, input_hash};
pub use identity::{IdentityRow, Rewrite, Rewritten};
pub use journey::{JourneyAsk, JourneyCount, JourneyCrowd, JourneyDeed, JourneyPass, JourneyRow};
pub use master_data::{MasterAsk, MasterRow, MasterSort, RecommendedCount, RecommendedRow};
pub use message::{MessageAsk, MessageRow, MessageStage, SendPlan, SendRow, SendStage};
pub use offer::{OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferStage, OfferTaking};
pub use postgres::Postgres;
pub use record::{
    ApiKey, AuditAsk, AuditLine, AuditProof, Board, BroughtCodes, Case, CaseMove, CodeAsk,
    CodeBatch, CodeFilter, CodeRow, CodeState, Counts, Cursor, DrawSecret, FulfilmentAsk,
    FulfilmentRow, Identity, Issue, Issued, Logged, Member, MemberPatch, MemberSession, Moved,
    NewVersion, PaymentRequest, PeriodSum, Seal, Sealed, Session, Setting, ShownCode, SignInCode,
    Standing, Tenant, Ticket, Verified, Version, Wrong,
};
pub use segments::{
    MoveCause, PortraitRow, SegmentAsk, SegmentDay, SegmentFill, SegmentMove, SegmentPass,
    SegmentRun,
};
pub use sqlite::{Sqlite, restore, sync_name};
pub use store::Store;
pub use vault::{CLEAR, FIELDS, VaultField, VaultKeys, VaultPlace, VaultState, VaultStep};
pub use webhook::{WebhookAgain, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream};
