//! Promotions: rules of the program file that multiply what others give, or give so many points between
//! two days. They are made where the rules are made: in the program file.

use super::body::{bad_cursor, cursor, limit};
use super::fault::wrong;
use super::{Loyalty, page_of, programs};
use crate::auth::{Key, Programs, Read};
use crate::extract::{Asked, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::Json;
use axum::extract::State;
use regulars_api::Code;
use regulars_api::square::{
    Addition, AvailableTime, Incentive, Multiplier, Promotion, TriggerLimit,
};
use regulars_app::ProgramVersion;
use regulars_base::{Period, Ratio, Rounding, Timestamp};
use regulars_engine::program::{Effect, Formula, LimitScope, Limited, Rule, Trigger};
use serde::Deserialize;
use serde_json::{Value, json};

const STATUSES: [&str; 4] = ["ACTIVE", "SCHEDULED", "ENDED", "CANCELED"];

/// Which promotions.
#[derive(Deserialize)]
pub(super) struct PromotionsQuery {
    status: Option<String>,
    cursor: Option<String>,
    limit: Option<i64>,
}

/// List promotions, in Square's shape
#[utoipa::path(get, path = "/compat/square/v2/loyalty/programs/{program}/promotions", responses((status = 200, description = "A page of them")))]
pub(super) async fn square_list_promotions(
    State(server): State<Server>,
    key: Key<Read>,
    Params(program): Params<String>,
    Asked(query): Asked<PromotionsQuery>,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    loyalty.is(&program)?;
    let status = query.status.as_deref().filter(|status| !status.is_empty());
    if let Some(status) = status.filter(|status| !STATUSES.contains(status)) {
        let detail = format!("`{status}` is no status; they are {}", STATUSES.join(", "));
        return Err(wrong("INVALID_ENUM_VALUE", "status", detail));
    }
    let limit = limit(query.limit)?;
    let left = cursor(query.cursor.as_deref())?;
    let left = left.map(|left| left.parse::<usize>()).transpose();
    let left = left.map_err(|_| bad_cursor())?;
    let mut all = promotions(&server, &loyalty).await?;
    all.retain(|own| status.is_none_or(|status| own.status == status));
    let (page, left) = page_of(all, left, limit);
    let mut out = json!({ "loyalty_promotions": page });
    if let Some(left) = left {
        out["cursor"] = view::cursor(&left.to_string()).into();
    }
    Ok(Json(out))
}

/// Which promotion.
#[derive(Deserialize)]
pub(super) struct PromotionPath {
    program: String,
    promotion: String,
}

/// See a promotion, in Square's shape
#[utoipa::path(get, path = "/compat/square/v2/loyalty/programs/{program}/promotions/{promotion}", responses((status = 200, description = "The promotion")))]
pub(super) async fn square_get_promotion(
    State(server): State<Server>,
    key: Key<Read>,
    Params(path): Params<PromotionPath>,
) -> Result<Json<Value>, Failure> {
    let found = find(&server, &key, &path).await?;
    Ok(Json(json!({ "loyalty_promotion": found })))
}

/// Make a promotion, in Square's shape: the program file is where that is done
#[utoipa::path(post, path = "/compat/square/v2/loyalty/programs/{program}/promotions", responses((status = 405, description = "Not here")))]
pub(super) async fn square_create_promotion(
    State(server): State<Server>,
    key: Key<Programs>,
    Params(program): Params<String>,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    loyalty.is(&program)?;
    let detail = "promotions are rules of the program file: add an [[earn]] with `times`, or with `from` \
                  and `until`, and apply it (POST /v1/programs)";
    Err(wrong("METHOD_NOT_ALLOWED", "loyalty_promotion", detail))
}

/// Cancel a promotion, in Square's shape: the program file is where that is done
#[utoipa::path(post, path = "/compat/square/v2/loyalty/programs/{program}/promotions/{promotion}/cancel", responses((status = 405, description = "Not here")))]
pub(super) async fn square_cancel_promotion(
    State(server): State<Server>,
    key: Key<Programs>,
    Params(path): Params<PromotionPath>,
) -> Result<Json<Value>, Failure> {
    let found = find(&server, &key, &path).await?;
    let detail = format!(
        "promotions are rules of the program file: take `{}` out of it, or let it end by `until`, and \
         apply it (POST /v1/programs)",
        found.id
    );
    Err(wrong("METHOD_NOT_ALLOWED", "promotion_id", detail))
}

async fn find<A>(
    server: &Server,
    key: &Key<A>,
    path: &PromotionPath,
) -> Result<Promotion, Failure> {
    let loyalty = Loyalty::of(server, key.tenant).await?;
    loyalty.is(&path.program)?;
    let all = promotions(server, &loyalty).await?;
    let found = all.into_iter().find(|own| own.id == path.promotion);
    found.ok_or_else(|| {
        let detail = format!("there is no promotion `{}`", path.promotion);
        Failure::new(Code::NotFound, detail)
    })
}

async fn promotions(server: &Server, loyalty: &Loyalty) -> Result<Vec<Promotion>, Failure> {
    let (_, version) = programs::versions(server, loyalty).await?;
    let now = server.app().now();
    let rules = loyalty.program.rules.iter();
    let each = |rule| promotion(loyalty, rule, &version, now);
    Ok(rules.filter_map(each).collect())
}

/// What a rule gives as a promotion; nothing if it is none.
pub(super) fn incentive(loyalty: &Loyalty, rule: &Rule) -> Option<Incentive> {
    if rule.on != Trigger::Purchase {
        return None;
    }
    match &rule.effect {
        Effect::Times { factor, of, .. } => {
            let gives_ours = |at: &u16| {
                let rule = loyalty.program.rules.get(usize::from(*at));
                rule.is_some_and(|rule| gives(loyalty, rule).is_some())
            };
            of.iter().any(gives_ours).then(|| Incentive {
                kind: "POINTS_MULTIPLIER",
                points_multiplier_data: Some(multiplier(*factor)),
                points_addition_data: None,
            })
        }
        Effect::Give { .. } => {
            let dated = rule.from.is_some() || rule.until.is_some();
            let Formula::Fixed(units) = gives(loyalty, rule).filter(|_| dated)? else {
                return None;
            };
            let points_addition = loyalty.whole(units);
            Some(Incentive {
                kind: "POINTS_ADDITION",
                points_multiplier_data: None,
                points_addition_data: Some(Addition { points_addition }),
            })
        }
    }
}

/// How many loyalty points a rule gives, if it gives any.
fn gives(loyalty: &Loyalty, rule: &Rule) -> Option<Formula> {
    let Effect::Give { gifts, .. } = &rule.effect else {
        return None;
    };
    let ours = gifts
        .iter()
        .find(|gift| usize::from(gift.points) == loyalty.at);
    ours.map(|gift| gift.formula)
}

fn multiplier(factor: Ratio) -> Multiplier {
    let thousandths = factor.of(1000, Rounding::Down);
    Multiplier {
        points_multiplier: (factor.den() == 1).then_some(factor.num()),
        multiplier: format!("{}.{:03}", thousandths / 1000, thousandths % 1000),
    }
}

fn promotion(
    loyalty: &Loyalty,
    rule: &Rule,
    version: &ProgramVersion,
    now: Timestamp,
) -> Option<Promotion> {
    let incentive = incentive(loyalty, rule)?;
    let zone = &loyalty.program.zone;
    let day = |at: Timestamp| zone.day(at);
    let first = day(rule.from.unwrap_or(version.in_force_from));
    let at = version.applied_at.to_string();
    Some(Promotion {
        id: rule.id.clone(),
        name: rule.id.clone(),
        incentive,
        available_time: AvailableTime {
            start_date: rule.from.map(|from| day(from).to_string()),
            end_date: rule
                .until
                .map(|until| day(until.plus_micros(-1)).to_string()),
            // The whole of each day: what else a rule asks for has no counterpart.
            time_periods: vec![format!(
                "BEGIN:VEVENT\nDTSTART:{}T000000\nDURATION:P1D\nRRULE:FREQ=DAILY\nEND:VEVENT",
                first.to_string().replace('-', "")
            )],
        },
        trigger_limit: trigger_limit(rule),
        status: match () {
            () if rule.from.is_some_and(|from| now < from) => "SCHEDULED",
            () if rule.until.is_some_and(|until| until <= now) => "ENDED",
            () => "ACTIVE",
        },
        created_at: at.clone(),
        updated_at: at,
        loyalty_program_id: loyalty.id(),
    })
}

fn trigger_limit(rule: &Rule) -> Option<TriggerLimit> {
    let of_member = |own: &&regulars_engine::program::Limit| {
        own.per == LimitScope::Member && own.what == Limited::Times
    };
    let mut limits = rule.limits.iter().filter(of_member);
    limits.find_map(|own| {
        let interval = match own.every {
            None => "ALL_TIME",
            Some(Period::Day) => "DAY",
            Some(_) => return None,
        };
        Some(TriggerLimit {
            times: own.most,
            interval,
        })
    })
}
