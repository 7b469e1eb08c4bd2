//! From what the application answers to what is sent. One file for each kind of answer.

mod access;
mod advocate;
mod balance;
mod catalogue;
mod claim;
mod connector;
mod coupon;
mod desk;
mod draft;
mod duplicate;
mod finance;
mod games;
mod gift_card;
mod group;
mod invoice;
mod journey;
mod ledger;
mod lift;
mod master_data;
mod member;
mod member_card;
mod message;
mod metric;
mod offer;
mod overview;
mod partner;
mod portal;
mod program;
mod quote;
mod receipt;
mod recommendation;
mod redemption;
mod retention;
mod score;
mod segment;
mod sell_through;
mod service;
mod standing;
mod survey;
mod suspicion;
mod timeline;
mod webhook;

pub(crate) use access::caller;
pub use access::{api_key, tenant};
pub use advocate::advocate;
pub use balance::{balance, submission};
pub use catalogue::{campaigns, games, plans, rewards, subscriber};
pub use claim::{award, award_rejects, claim};
pub use connector::{connector, delivery, own_event, platforms};
pub use coupon::{batch_id, code, code_batch, validated};
pub use desk::person;
pub(crate) use desk::{
    act, acts_file, at_till, audit_proof, held, role, shop_settings, till, told_of_held,
};
pub(crate) use draft::{cards, proposal, sample, sandbox, trial};
pub use duplicate::duplicate;
pub use finance::{books_period, finance};
pub use games::{cause_month, drawn, leaderboard, promise};
pub use gift_card::{gift_card, made_card};
pub use group::{group, team_challenge};
pub use invoice::invoice;
pub(crate) use journey::journey_of;
pub use journey::{
    journey, journey_member, journey_preview, journey_sample, journey_state, journeys,
};
pub use ledger::entry;
pub use lift::{control_draw, control_group, in_control_group, lift, power};
pub use master_data::{master_taken, product, store};
pub use member::member;
pub(crate) use member::whole_member;
pub use member_card::{
    CARDS_HEAD, card_batch as member_card_batch, card_lines, member_card, plastic_card,
};
pub use message::{
    message, message_preview, message_settings, message_stage, send, template, templates,
};
pub(crate) use metric::{alert, behind_figure, job, metric, metric_figures};
pub use offer::{
    offer_choice, offer_set, offer_set_draft, offer_set_figures, personal_offer, taken_offer,
};
pub use overview::overview;
pub use partner::{partner_entry, partner_statement, settlement};
pub(crate) use portal::{consent_entry, me, member_session, no_portal, own_claim, portal, widget};
pub use portal::{member_export, own_entry};
pub(crate) use program::finding;
pub use program::{check, members_plan, mover, plan, plan_figures, rolled_back, version};
pub use quote::quote;
pub(crate) use receipt::{answer, refused, result};
pub use receipt::{preview, receipt};
pub(crate) use recommendation::recommended;
pub use recommendation::{comparison, recommendation_status, recommendations};
pub(crate) use redemption::{fulfilment, redemption};
pub(crate) use retention::kept_for;
pub use retention::{aged, retention};
pub use score::{member_scores, scores};
pub use segment::{segment, segment_member, segment_preview, segments};
pub(crate) use segment::{segment_growth, segment_move};
pub use sell_through::report;
pub use service::{case, case_line, own_case, service_report, service_settings};
pub(crate) use survey::survey_stage_name;
pub use survey::{
    answers, answers_file, asked_question, asking, survey, survey_draft, survey_figures,
    survey_settings, survey_stage, themes, to_answer,
};
pub use suspicion::{read_suspicion_rules, suspicion, suspicion_rules};
pub use timeline::{contact, happened, own_contact};
pub use webhook::{endpoint, troubles, webhook};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regulars_api::{Amount, PageOut};
use regulars_app::{Page, PageAsk};
use regulars_base::{Name, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::words;

use crate::failure::Failure;
use crate::language::reader;

/// So many points, with the decimals that the program gives them.
pub(crate) fn points(program: &Program, name: Name, units: i64) -> Amount {
    let decimals = program
        .terms_named(name)
        .map_or(0, |points| points.decimals);
    Amount::number(units, decimals)
}

/// What the program calls points; those of an earlier program by their number.
pub(crate) fn points_id(program: &Program, name: Name) -> String {
    match program.terms_named(name) {
        Some(points) => points.id.clone(),
        None => format!("{:08x}", name.number()),
    }
}

/// A moment, or nothing where it stands for never.
pub(crate) fn unless_never(at: Timestamp) -> Option<String> {
    (at < Timestamp::LAST && at > Timestamp::FIRST).then(|| at.to_string())
}

/// A page; its cursor is wrapped, so that nobody builds on what is in it.
pub(crate) fn page<T, U>(page: Page<T>, each: impl FnMut(T) -> U) -> PageOut<U> {
    let page = page.map(each);
    PageOut {
        items: page.items,
        next: page.next.map(|next| URL_SAFE_NO_PAD.encode(next)),
    }
}

/// A cursor that is no page's own, wrapped the same way.
pub(crate) fn cursor(next: &str) -> String {
    URL_SAFE_NO_PAD.encode(next)
}

/// Which page is asked for.
pub(crate) fn page_ask(after: Option<&str>, limit: Option<usize>) -> Result<PageAsk, Failure> {
    let unwrap = |cursor: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        String::from_utf8(bytes).ok()
    };
    let after = match after {
        None => None,
        Some(cursor) => match unwrap(cursor) {
            Some(inner) => Some(inner),
            None => {
                let what = "is no cursor of ours; send the `next` of the page before";
                return Err(Failure::parameter("after", what));
            }
        },
    };
    let limit = limit.unwrap_or(0);
    if limit > 1000 {
        return Err(Failure::parameter("limit", "must be 1 to 1000"));
    }
    Ok(PageAsk { after, limit })
}

/// Why an event was refused, in words.
pub(crate) fn why(program: &Program, refusal: &regulars_engine::outcome::Refusal) -> String {
    words::refusal(reader(program), refusal)
}
