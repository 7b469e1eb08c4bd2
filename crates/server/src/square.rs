//! Square's Loyalty API, spoken by this server: a till or a script that was written for it works when its
//! base address is changed. It is a face: each path turns the question into a use case that our own API
//! has too, and the answer into Square's shape ([ADR 0104]). What has no counterpart stands in the manual
//! (`docs/manual/square.md`).
//!
//! The paths are no part of the OpenAPI document: their shapes are described where they come from.
//!
//! [ADR 0104]: ../../../docs/adr/0104-what-is-an-api-of-somebody-else-here.md

mod accounts;
mod body;
mod events;
mod fault;
mod programs;
mod promotions;
mod rewards;

pub(crate) use fault::written;

use crate::failure::Failure;
use crate::state::Server;
use regulars_api::Code;
use regulars_app::MemberRef;
use regulars_base::{EventKey, TenantId, Text};
use regulars_engine::Program;
use regulars_engine::program::Points;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The beginning of all its paths.
pub(crate) const PREFIX: &str = "/compat/square/";
/// The source of the events that come in here, and of the orders that it names.
const SOURCE: &str = "square";
/// The longest idempotency key.
const KEY_MOST: usize = 128;
/// The most of a page, and what a page has that is not asked for.
const PAGE_MOST: usize = 30;

/// The paths.
pub(crate) fn paths() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(programs::square_list_programs))
        .routes(routes!(programs::square_get_program))
        .routes(routes!(programs::square_calculate_points))
        .routes(routes!(
            promotions::square_list_promotions,
            promotions::square_create_promotion
        ))
        .routes(routes!(promotions::square_get_promotion))
        .routes(routes!(promotions::square_cancel_promotion))
        .routes(routes!(accounts::square_create_account))
        .routes(routes!(accounts::square_search_accounts))
        .routes(routes!(accounts::square_get_account))
        .routes(routes!(accounts::square_accumulate_points))
        .routes(routes!(accounts::square_adjust_points))
        .routes(routes!(rewards::square_create_reward))
        .routes(routes!(rewards::square_search_rewards))
        .routes(routes!(
            rewards::square_get_reward,
            rewards::square_delete_reward
        ))
        .routes(routes!(rewards::square_redeem_reward))
        .routes(routes!(events::square_search_events))
}

/// The program, and the points that are the loyalty points of this API: the first that can be spent.
struct Loyalty {
    tenant: TenantId,
    program: Arc<Program>,
    at: usize,
}

impl Loyalty {
    async fn of(server: &Server, tenant: TenantId) -> Result<Self, Failure> {
        let Some(program) = server.program(tenant).await? else {
            return Err(Failure::new(Code::NoProgram, "there is no loyalty program"));
        };
        let spendable = |points: &Points| points.spendable;
        let Some(at) = program.points.iter().position(spendable) else {
            let detail = "the loyalty program has no points that can be spent";
            return Err(Failure::new(Code::NoProgram, detail));
        };
        Ok(Self {
            tenant,
            program,
            at,
        })
    }

    fn points(&self) -> &Points {
        &self.program.points[self.at]
    }

    /// The id of the program: the merchant's, which no new version changes.
    fn id(&self) -> String {
        self.tenant.to_string()
    }

    /// Refuses an id that is not the program's.
    fn is(&self, id: &str) -> Result<(), Failure> {
        if id == "main" || id == self.id() {
            return Ok(());
        }
        let detail = format!("there is no loyalty program `{id}`; `main` is the one there is");
        Err(Failure::new(Code::NotFound, detail))
    }

    /// Whole points; a part of one does not count.
    fn whole(&self, units: i64) -> i64 {
        units.div_euclid(self.one())
    }

    /// So many whole points in the smallest unit.
    fn units(&self, whole: i64) -> Option<i64> {
        whole.checked_mul(self.one())
    }

    fn one(&self) -> i64 {
        10_i64.pow(u32::from(self.points().decimals))
    }
}

/// A member by the id of an account.
fn account_ref(id: &str) -> Result<MemberRef, Failure> {
    let unknown = |_| {
        let detail = format!("there is no loyalty account `{id}`");
        Failure::new(Code::NotFound, detail)
    };
    id.parse().map(MemberRef::Id).map_err(unknown)
}

/// The key of an event that a request makes: each sort of request has keys of its own.
fn event_key(what: &str, key: &Text) -> EventKey {
    let id = Text::new(format!("{what}-{key}"));
    EventKey {
        source: source(),
        external_id: id.expect("a word and a checked key are shorter than a text may be"),
    }
}

fn source() -> Text {
    Text::new(SOURCE).expect("a word is a text")
}

/// A page of what there is, the newest first, where `left` says how many of the oldest are still to come:
/// what comes in meanwhile moves nothing.
fn page_of<T>(
    mut newest_first: Vec<T>,
    left: Option<usize>,
    limit: usize,
) -> (Vec<T>, Option<usize>) {
    let all = newest_first.len();
    let begin = all - left.unwrap_or(all).min(all);
    let end = begin.saturating_add(limit).min(all);
    newest_first.truncate(end);
    let page = newest_first.split_off(begin);
    (page, (end < all).then_some(all - end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_between_two_pages_is_not_told_twice() {
        let (first, left) = page_of(vec![5, 4, 3, 2, 1], None, 2);
        assert_eq!((first, left), (vec![5, 4], Some(3)));
        let (second, left) = page_of(vec![7, 6, 5, 4, 3, 2, 1], left, 2);
        assert_eq!((second, left), (vec![3, 2], Some(1)));
        let (third, left) = page_of(vec![7, 6, 5, 4, 3, 2, 1], left, 2);
        assert_eq!((third, left), (vec![1], None));
    }
}
