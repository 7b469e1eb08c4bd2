//! The table of contents: every path of the server.

use crate::failure::Failure;
use crate::rate::Doors;
use crate::routes::balances;
use crate::routes::{
    adjustments, advocates, audit, awards, catalogue, claims, connectors, coupons, desk, drafts,
    duplicates, events, finance, games, gift_cards, groups, health, held_adjustments, journeys,
    keys, ledger, lift, master_data, me, member_cards, members, memberships, messages, metrics,
    offers, oneself, overview, partners, payments, people, perks, portal, preview, privacy,
    programs, proposals, quotes, recommendations, redemptions, referrals, retention, sandbox,
    scores, segments, sell_through, service, sessions, shop_settings, sign_on, submissions,
    surveys, suspicions, tenants, tiers, till, timeline, webhooks,
};
use crate::serve::Settings;
use crate::state::Server;
use crate::{acting, console, home, language, layer, mcp, openapi, rate, room, square};
use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware;
use regulars_api::Code;
use regulars_app::App;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The paths of version 1, and with them their document: what is not here is in neither. By area: in one
/// function they would not fit on the stack of a thread, as they are before the compiler optimises them.
pub(crate) fn paths() -> OpenApiRouter<Server> {
    let areas = [
        members_paths,
        rewards_paths,
        partners_paths,
        program_paths,
        engagement_paths,
        desk_paths,
        own_paths,
        connections_paths,
    ];
    let begin = OpenApiRouter::with_openapi(openapi::head());
    let mut paths = areas.into_iter().fold(begin, |paths, area| area(paths));
    openapi::as_read(paths.get_openapi_mut());
    paths
}

/// What happens, and members: who they are and what they have.
fn members_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(events::create_event))
        .routes(routes!(events::create_events))
        .routes(routes!(events::stream_events))
        .routes(routes!(events::get_event))
        .routes(routes!(preview::preview_event))
        .routes(routes!(members::list_members, members::create_member))
        .routes(routes!(members::look_up_member))
        .routes(routes!(members::get_member, members::update_member))
        .routes(routes!(members::merge_member))
        .routes(routes!(duplicates::list_duplicates))
        .routes(routes!(duplicates::find_duplicates))
        .routes(routes!(duplicates::part_duplicate))
        .routes(routes!(suspicions::list_suspicions))
        .routes(routes!(suspicions::find_suspicions))
        .routes(routes!(suspicions::get_suspicion))
        .routes(routes!(suspicions::clear_suspicion))
        .routes(routes!(suspicions::reverse_suspicion))
        .routes(routes!(
            suspicions::get_suspicion_rules,
            suspicions::set_suspicion_rules
        ))
        .routes(routes!(members::unmerge_member))
        .routes(routes!(member_cards::get_member_card))
        .routes(routes!(member_cards::get_card_picture))
        .routes(routes!(member_cards::get_apple_pass))
        .routes(routes!(member_cards::get_google_pass))
        .routes(routes!(member_cards::get_own_card))
        .routes(routes!(member_cards::get_own_apple_pass))
        .routes(routes!(member_cards::get_own_google_pass))
        .routes(routes!(
            member_cards::list_card_batches,
            member_cards::make_card_batch
        ))
        .routes(routes!(member_cards::export_card_batch))
        .routes(routes!(member_cards::get_plastic_card))
        .routes(routes!(member_cards::activate_card))
        .routes(routes!(member_cards::replace_card))
        .routes(routes!(privacy::export_member))
        .routes(routes!(privacy::erase_member))
        .routes(routes!(privacy::list_consents))
        .routes(routes!(balances::get_balance))
        .routes(routes!(submissions::list_submissions))
        .routes(routes!(ledger::list_ledger))
        .routes(routes!(timeline::list_timeline))
        .routes(routes!(timeline::create_contact))
        .routes(routes!(games::get_leaderboard))
        .routes(routes!(games::get_nickname, games::update_nickname))
        .routes(routes!(games::list_promises))
        .routes(routes!(games::get_draw))
        .routes(routes!(games::get_cause))
}

/// What members get, and what they pay with.
fn rewards_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(
            redemptions::list_redemptions,
            redemptions::create_redemption
        ))
        .routes(routes!(quotes::quote_basket))
        .routes(routes!(quotes::commit_quote))
        .routes(routes!(redemptions::commit_redemption))
        .routes(routes!(redemptions::cancel_redemption))
        .routes(routes!(adjustments::create_adjustment))
        .routes(routes!(perks::return_redemption))
        .routes(routes!(perks::update_automatic_rewards))
        .routes(routes!(perks::list_stock))
        .routes(routes!(perks::move_stock))
        .routes(routes!(perks::list_fulfilments))
        .routes(routes!(perks::update_fulfilment))
        .routes(routes!(perks::update_address))
        .routes(routes!(perks::bring_supplier_codes))
        .routes(routes!(perks::show_code))
        .routes(routes!(perks::pick_reward))
        .routes(routes!(perks::update_attributes))
        .routes(routes!(perks::list_entitlements))
        .routes(routes!(memberships::change_membership))
        .routes(routes!(memberships::list_invoices))
        .routes(routes!(memberships::tell_payment))
        .routes(routes!(payments::payment_webhook))
        .routes(routes!(tiers::create_tier_grant))
        .routes(routes!(tiers::create_tier_revocation))
        .routes(routes!(tiers::create_tier_match))
        .routes(routes!(desk::hold_member))
        .routes(routes!(desk::release_member))
        .routes(routes!(desk::create_reissue))
        .routes(routes!(desk::create_reward_gift))
        .routes(routes!(desk::undo_reissue))
        .routes(routes!(referrals::create_transfer))
        .routes(routes!(referrals::create_referral_code))
        .routes(routes!(referrals::create_click))
        .routes(routes!(referrals::sign_up_member))
        .routes(routes!(referrals::list_reviews))
        .routes(routes!(referrals::review_referral))
        .routes(routes!(catalogue::list_rewards))
        .routes(routes!(catalogue::list_coupons))
        .routes(routes!(catalogue::list_plans))
        .routes(routes!(catalogue::list_games))
        .routes(routes!(catalogue::list_memberships))
        .routes(routes!(coupons::validate_codes))
        .routes(routes!(coupons::list_codes, coupons::make_codes))
        .routes(routes!(coupons::bring_codes))
        .routes(routes!(coupons::get_code))
        .routes(routes!(coupons::void_code))
        .routes(routes!(coupons::list_member_codes))
        .routes(routes!(coupons::transfer_code))
        .routes(routes!(gift_cards::make_gift_cards))
        .routes(routes!(gift_cards::ask_gift_card))
        .routes(routes!(gift_cards::reserve_gift_card))
        .routes(routes!(gift_cards::get_gift_card))
        .routes(routes!(gift_cards::move_gift_card))
        .routes(routes!(gift_cards::replace_gift_card))
        .routes(routes!(gift_cards::create_store_credit))
        .routes(routes!(claims::keep_order))
        .routes(routes!(claims::create_claim))
        .routes(routes!(claims::list_claims))
        .routes(routes!(claims::get_claim))
        .routes(routes!(claims::approve_claim))
        .routes(routes!(claims::reject_claim))
        .routes(routes!(sell_through::create_report))
        .routes(routes!(sell_through::list_reports))
        .routes(routes!(sell_through::get_report))
        .routes(routes!(sell_through::approve_report))
        .routes(routes!(sell_through::reject_report))
        .routes(routes!(sell_through::withdraw_report))
        .routes(routes!(awards::propose_award, awards::list_awards))
        .routes(routes!(awards::get_award))
        .routes(routes!(awards::get_award_rejects))
        .routes(routes!(awards::approve_award))
        .routes(routes!(awards::reject_award))
        .routes(routes!(awards::undo_award))
}

/// Partners, the books, and what the figures say.
fn partners_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(partners::list_partners))
        .routes(routes!(partners::get_partner_statement))
        .routes(routes!(partners::list_partner_entries))
        .routes(routes!(partners::create_partner_post))
        .routes(routes!(partners::get_settlement))
        .routes(routes!(partners::close_settlement))
        .routes(routes!(finance::get_finance))
        .routes(routes!(finance::list_books))
        .routes(routes!(finance::close_books))
        .routes(routes!(metrics::list_metrics))
        .routes(routes!(metrics::get_metric))
        .routes(routes!(metrics::list_customers))
        .routes(routes!(metrics::list_metric_customers))
        .routes(routes!(metrics::list_alerts))
        .routes(routes!(metrics::list_jobs, metrics::begin_job))
        .routes(routes!(metrics::get_job))
        .routes(routes!(metrics::cancel_job))
        .routes(routes!(metrics::get_job_result))
        .routes(routes!(groups::list_groups, groups::create_group))
        .routes(routes!(groups::get_group, groups::update_group))
        .routes(routes!(groups::list_team_challenges))
        .routes(routes!(groups::invite_person))
        .routes(routes!(groups::update_person))
        .routes(routes!(groups::put_out_person))
        .routes(routes!(groups::close_group))
        .routes(routes!(groups::join_group))
        .routes(routes!(groups::leave_group))
}

/// The program, and who works on it.
fn program_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(programs::list_programs, programs::apply_program))
        .routes(routes!(programs::check_program))
        .routes(routes!(programs::plan_program))
        .routes(routes!(programs::plan_program_members))
        .routes(routes!(drafts::get_program_schema))
        .routes(routes!(drafts::program_cards))
        .routes(routes!(drafts::try_program))
        .routes(routes!(drafts::list_library))
        .routes(routes!(drafts::get_library_text))
        .routes(routes!(drafts::fit_library))
        .routes(routes!(proposals::get_approval, proposals::update_approval))
        .routes(routes!(
            proposals::list_proposals,
            proposals::propose_program
        ))
        .routes(routes!(proposals::get_proposal))
        .routes(routes!(proposals::approve_proposal))
        .routes(routes!(proposals::reject_proposal))
        .routes(routes!(
            sandbox::get_sandbox,
            sandbox::make_sandbox,
            sandbox::discard_sandbox
        ))
        .routes(routes!(sandbox::promote_sandbox))
        .routes(routes!(sandbox::enter_sandbox))
        .routes(routes!(sandbox::leave_sandbox))
        .routes(routes!(programs::get_program))
        .routes(routes!(programs::get_program_text))
        .routes(routes!(programs::roll_back_program))
        .routes(routes!(keys::list_keys, keys::create_key))
        .routes(routes!(keys::get_current_key))
        .routes(routes!(keys::delete_key))
        .routes(routes!(keys::rotate_key))
        .routes(routes!(sessions::create_session))
        .routes(routes!(sessions::get_session, sessions::delete_session))
        .routes(routes!(sessions::sign_in_person))
        .routes(routes!(sessions::take_up_invitation))
        .routes(routes!(sessions::show_second_factor))
        .routes(routes!(sessions::ask_passkey))
        .routes(routes!(sessions::sign_in_by_passkey))
        .routes(routes!(oneself::get_own_factors))
        .routes(routes!(oneself::begin_totp))
        .routes(routes!(oneself::confirm_totp))
        .routes(routes!(oneself::end_totp))
        .routes(routes!(oneself::renew_recovery_codes))
        .routes(routes!(oneself::ask_for_passkey))
        .routes(routes!(oneself::add_passkey))
        .routes(routes!(oneself::remove_passkey))
        .routes(routes!(
            oneself::list_own_sessions,
            oneself::end_other_sessions
        ))
        .routes(routes!(oneself::end_own_session))
        .routes(routes!(people::take_off_second_factor))
        .routes(routes!(people::list_people, people::invite_somebody))
        .routes(routes!(people::change_person))
        .routes(routes!(people::invite_again))
        .routes(routes!(people::list_roles))
        .routes(routes!(people::put_role, people::delete_role))
}

/// What is said to members and asked of them, and what came of it.
fn engagement_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(segments::list_segments, segments::make_segment))
        .routes(routes!(segments::preview_segment))
        .routes(routes!(
            segments::get_segment,
            segments::change_segment,
            segments::delete_segment
        ))
        .routes(routes!(segments::list_segment_members))
        .routes(routes!(segments::list_segment_moves))
        .routes(routes!(segments::get_segment_growth))
        .routes(routes!(advocates::list_advocates))
        .routes(routes!(advocates::get_advocacy))
        .routes(routes!(scores::list_scores))
        .routes(routes!(scores::get_member_scores))
        .routes(routes!(journeys::list_journeys))
        .routes(routes!(journeys::preview_journey))
        .routes(routes!(journeys::take_journey))
        .routes(routes!(
            journeys::get_journey,
            journeys::put_journey,
            journeys::delete_journey
        ))
        .routes(routes!(journeys::set_journey_state))
        .routes(routes!(journeys::list_journey_members))
        .routes(routes!(journeys::get_journey_member))
        .routes(routes!(journeys::complete_task))
        .routes(routes!(lift::get_journey_lift))
        .routes(routes!(lift::get_send_lift))
        .routes(routes!(lift::get_segment_power))
        .routes(routes!(lift::get_control_group, lift::set_control_group))
        .routes(routes!(lift::get_member_control_group))
        .routes(routes!(offers::list_offer_sets))
        .routes(routes!(offers::get_offer_set, offers::put_offer_set))
        .routes(routes!(offers::get_offer_set_figures))
        .routes(routes!(offers::get_offer_set_lift))
        .routes(routes!(offers::list_offers))
        .routes(routes!(offers::take_offer))
        .routes(routes!(offers::list_offer_choices))
        .routes(routes!(messages::list_templates))
        .routes(routes!(messages::preview_message))
        .routes(routes!(
            messages::get_template,
            messages::put_template,
            messages::delete_template
        ))
        .routes(routes!(messages::list_sends, messages::create_send))
        .routes(routes!(messages::get_send))
        .routes(routes!(messages::stop_send))
        .routes(routes!(messages::list_messages))
        .routes(routes!(messages::list_member_messages))
        .routes(routes!(messages::message_bounced))
        .routes(routes!(messages::resolve_message))
        .routes(routes!(
            messages::get_message_settings,
            messages::set_message_settings
        ))
        .routes(routes!(service::list_cases, service::open_case))
        .routes(routes!(service::get_cases_report))
        .routes(routes!(service::take_letter))
        .routes(routes!(service::get_case, service::change_case))
        .routes(routes!(service::say_in_case))
        .routes(routes!(service::make_case_good))
        .routes(routes!(
            service::get_case_settings,
            service::set_case_settings
        ))
        .routes(routes!(surveys::list_surveys))
        .routes(routes!(surveys::get_survey, surveys::put_survey))
        .routes(routes!(surveys::list_askings, surveys::ask_by_survey))
        .routes(routes!(surveys::get_survey_figures))
        .routes(routes!(surveys::export_answers))
        .routes(routes!(
            surveys::get_survey_settings,
            surveys::set_survey_settings
        ))
}

/// People at work: the till, the desk, what needs a second one.
fn desk_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(audit::list_acts))
        .routes(routes!(audit::list_act_names))
        .routes(routes!(audit::export_acts))
        .routes(routes!(audit::prove_audit))
        .routes(routes!(held_adjustments::list_adjustments))
        .routes(routes!(held_adjustments::approve_adjustment))
        .routes(routes!(held_adjustments::reject_adjustment))
        .routes(routes!(
            shop_settings::get_settings,
            shop_settings::set_settings
        ))
        .routes(routes!(retention::get_retention, retention::set_retention))
        .routes(routes!(retention::preview_retention))
        .routes(routes!(retention::run_retention))
        .routes(routes!(shop_settings::get_front_door))
        .routes(routes!(sign_on::begin_sign_on))
        .routes(routes!(sign_on::finish_sign_on))
        .routes(routes!(till::get_till))
        .routes(routes!(till::find_at_till))
}

/// What a member sees and does by themselves.
fn own_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(portal::get_portal))
        .routes(routes!(portal::send_code))
        .routes(routes!(portal::create_member_session))
        .routes(routes!(portal::create_widget_token))
        .routes(routes!(portal::show_widget))
        .routes(routes!(me::get_inbox))
        .routes(routes!(me::get_me, me::leave))
        .routes(routes!(surveys::list_own_surveys))
        .routes(routes!(surveys::answer_own_survey))
        .routes(routes!(offers::list_own_offers))
        .routes(routes!(offers::take_own_offer))
        .routes(routes!(service::list_own_cases, service::open_own_case))
        .routes(routes!(service::say_in_own_case))
        .routes(routes!(me::get_member_session, me::delete_member_session))
        .routes(routes!(me::accept_terms))
        .routes(routes!(me::list_own_ledger))
        .routes(routes!(me::create_own_redemption))
        .routes(routes!(me::cancel_own_redemption))
        .routes(routes!(me::create_own_claim))
        .routes(routes!(me::get_own_claim))
        .routes(routes!(me::update_consent))
        .routes(routes!(me::update_own_profile))
        .routes(routes!(me::update_own_nickname))
        .routes(routes!(me::get_own_leaderboard))
        .routes(routes!(me::join_own_challenge))
        .routes(routes!(me::export_me))
}

/// Other systems, and this one.
fn connections_paths(paths: OpenApiRouter<Server>) -> OpenApiRouter<Server> {
    paths
        .routes(routes!(webhooks::list_endpoints, webhooks::create_endpoint))
        .routes(routes!(
            webhooks::get_endpoint,
            webhooks::update_endpoint,
            webhooks::delete_endpoint
        ))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(webhooks::test_endpoint))
        .routes(routes!(webhooks::list_troubles))
        .routes(routes!(webhooks::replay_events))
        .routes(routes!(
            connectors::list_connectors,
            connectors::create_connector
        ))
        .routes(routes!(
            connectors::get_connector,
            connectors::update_connector,
            connectors::delete_connector
        ))
        .routes(routes!(connectors::rotate_connector_secret))
        .routes(routes!(connectors::list_deliveries))
        .routes(routes!(connectors::move_delivery))
        .routes(routes!(connectors::begin_reconciliation))
        .routes(routes!(connectors::take_delivery))
        .routes(routes!(
            master_data::list_products,
            master_data::put_products
        ))
        .routes(routes!(
            master_data::get_product,
            master_data::delete_product
        ))
        .routes(routes!(master_data::list_stores, master_data::put_stores))
        .routes(routes!(master_data::delete_store))
        .routes(routes!(recommendations::list_recommendations))
        .routes(routes!(
            recommendations::get_recommendation_status,
            recommendations::set_recommendation_settings
        ))
        .routes(routes!(recommendations::compare_products))
        .routes(routes!(recommendations::list_own_recommendations))
        .routes(routes!(overview::get_overview))
        .routes(routes!(tenants::list_tenants, tenants::create_tenant))
        .routes(routes!(health::get_health))
        .routes(routes!(health::get_readiness))
}

/// Everything that the server answers.
pub fn router(app: App, settings: Settings) -> Router {
    let server = Server::new(app, settings);
    let (paths, document) = paths().split_for_parts();
    let doors = Doors::of(&document);
    let pages = home::pages(document);
    let paths = layered(
        paths
            .merge(pages)
            .merge(console::pages())
            .merge(crate::portal::pages())
            .merge(crate::unsubscribe::pages())
            .merge(crate::confirm::pages())
            .merge(crate::survey_page::pages())
            .merge(square::paths().split_for_parts().0)
            .with_state(server.clone())
            .layer(middleware::from_fn_with_state(server.clone(), acting::note))
            .layer(middleware::from_fn_with_state(
                (server.clone(), doors),
                rate::at_the_door,
            ))
            .layer(middleware::from_fn_with_state(server, room::at_the_door)),
    );
    mcp::with(paths)
}

/// What every request goes through, whatever the paths are.
pub(crate) fn layered(paths: Router) -> Router {
    paths
        .fallback(unknown_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(layer::panicked))
        .layer(middleware::from_fn(layer::finish))
        // Around the last, which writes problems down anew: these name their language, too.
        .layer(middleware::from_fn(language::read))
}

async fn unknown_route(uri: Uri) -> Failure {
    let path: String = uri.path().chars().take(200).collect();
    let detail = format!("`{path}` is no path here; the list of all paths is at /docs");
    Failure::new(Code::UnknownRoute, detail)
}

async fn method_not_allowed(method: Method, uri: Uri) -> Failure {
    let path: String = uri.path().chars().take(200).collect();
    let detail = format!("`{path}` does not take {method}; what it takes is at /docs");
    Failure::new(Code::MethodNotAllowed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_panic_is_answered_with_a_problem_that_names_the_request_and_not_the_cause() {
        async fn broken() -> &'static str {
            panic!("the secret cause")
        }
        let paths = layered(Router::new().route("/v1/broken", get(broken)));
        let request = Request::get("/v1/broken").header("X-Request-Id", "mine-1");
        let request = request.body(Body::empty()).expect("is a request");
        let answer = paths.oneshot(request).await.expect("is answered");
        assert_eq!(answer.status(), 500);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await;
        let body = String::from_utf8(body.expect("has a body").to_vec()).expect("is text");
        assert!(
            body.contains("\"internal\"") && body.contains("mine-1"),
            "{body}"
        );
        assert!(!body.contains("secret"), "{body}");
    }
}
