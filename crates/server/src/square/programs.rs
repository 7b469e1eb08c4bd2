//! The program, and what a purchase would earn.

use super::body::{Body, missing};
use super::fault::wrong;
use super::{Loyalty, account_ref, promotions, source};
use crate::auth::{Key, Read};
use crate::extract::Params;
use crate::failure::Failure;
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use regulars_api::square::{
    AccrualRule, CatalogReference, ExpirationPolicy, Money, Program as ProgramOut, RewardTier,
    SpendData, Terminology, VisitData,
};
use regulars_app::{KeptOrder, NOW, Preview, ProgramVersion};
use regulars_base::{Currency, EventKey, Span, Text, Timestamp};
use regulars_engine::event::{Event, Incoming, Kind, Purchase, PurchaseParts, Who};
use regulars_engine::outcome::{Note, Verdict};
use regulars_engine::program::{Effect, Expiry, Formula, Reward, Rule, Trigger};
use serde_json::{Value, json};

/// List the loyalty programs, in Square's shape
#[utoipa::path(get, path = "/compat/square/v2/loyalty/programs", responses((status = 200, description = "The one there is")))]
pub(super) async fn square_list_programs(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<Json<Value>, Failure> {
    let program = program(&server, &Loyalty::of(&server, key.tenant).await?).await?;
    Ok(Json(json!({ "programs": [program] })))
}

/// See the loyalty program, in Square's shape
#[utoipa::path(get, path = "/compat/square/v2/loyalty/programs/{program}", responses((status = 200, description = "The program")))]
pub(super) async fn square_get_program(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    loyalty.is(&id)?;
    let program = program(&server, &loyalty).await?;
    Ok(Json(json!({ "program": program })))
}

async fn program(server: &Server, loyalty: &Loyalty) -> Result<ProgramOut, Failure> {
    let (first, now) = versions(server, loyalty).await?;
    let (points, at) = (loyalty.points(), now.applied_at.to_string());
    let rules = loyalty.program.rules.iter();
    let terms = |own: &Reward| RewardTier {
        id: own.id.clone(),
        points: tier_price(loyalty, own).unwrap_or(0),
        name: own.title.clone(),
        created_at: at.clone(),
        pricing_rule_reference: CatalogReference {
            object_id: own.id.clone(),
            catalog_version: now.version,
        },
    };
    let when = server.app().now();
    let offered = |own: &&Reward| in_force(own.from, own.until, when);
    let tiers = loyalty.program.rewards.iter().filter(offered);
    let tiers = tiers.filter(|own| tier_price(loyalty, own).is_some());
    let mut reward_tiers: Vec<RewardTier> = tiers.map(terms).collect();
    reward_tiers.sort_by_key(|tier| tier.points);
    Ok(ProgramOut {
        id: loyalty.id(),
        status: "ACTIVE",
        reward_tiers,
        expiration_policy: expiry(&points.expiry),
        terminology: Terminology {
            one: points.one.clone(),
            other: points.other.clone(),
        },
        location_ids: Vec::new(),
        created_at: first.applied_at.to_string(),
        updated_at: at.clone(),
        accrual_rules: rules
            .filter(|rule| in_force(rule.from, rule.until, when))
            .filter_map(|rule| accrual(loyalty, rule))
            .collect(),
    })
}

/// The first version, and the one in force.
pub(super) async fn versions(
    server: &Server,
    loyalty: &Loyalty,
) -> Result<(ProgramVersion, ProgramVersion), Failure> {
    let tenant = loyalty.tenant;
    let known = server.call(move |app| {
        let (version, _) = app.program_in_force(tenant, app.now())?;
        Ok((app.programs(tenant)?, version))
    });
    let (versions, version) = known.await?;
    let first = versions.iter().min_by_key(|own| own.version).cloned();
    let now = versions.into_iter().find(|own| own.version == version);
    let lost = || Failure::internal("the version in force is not in the list of versions");
    first.zip(now).ok_or_else(lost)
}

pub(super) fn in_force(from: Option<Timestamp>, until: Option<Timestamp>, at: Timestamp) -> bool {
    from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
}

/// What a reward takes, if it is one that whole loyalty points alone buy.
pub(super) fn tier_price(loyalty: &Loyalty, reward: &Reward) -> Option<i64> {
    let [(at, units)] = reward.price.as_slice() else {
        return None;
    };
    let whole = loyalty.whole(*units);
    let is = usize::from(*at) == loyalty.at && loyalty.units(whole) == Some(*units);
    (is && reward.menu().is_none()).then_some(whole)
}

fn expiry(expiry: &Expiry) -> Option<ExpirationPolicy> {
    let Expiry::After { span, .. } = expiry else {
        return None;
    };
    let expiration_duration = match span {
        Span::Days(days) => format!("P{days}D"),
        Span::Months(months) if months % 12 == 0 => format!("P{}Y", months / 12),
        Span::Months(months) => format!("P{months}M"),
    };
    Some(ExpirationPolicy {
        expiration_duration,
    })
}

/// A rule that gives loyalty points for a purchase as such or for its amount. The others have no
/// counterpart, or are promotions.
fn accrual(loyalty: &Loyalty, rule: &Rule) -> Option<AccrualRule> {
    let Effect::Give { gifts, base, .. } = &rule.effect else {
        return None;
    };
    if rule.on != Trigger::Purchase || promotions::incentive(loyalty, rule).is_some() {
        return None;
    }
    let own = gifts
        .iter()
        .find(|gift| usize::from(gift.points) == loyalty.at)?;
    let tax_mode = if base.tax { "AFTER_TAX" } else { "BEFORE_TAX" };
    match own.formula {
        Formula::PerAmount { points, per } => {
            let (points, per) = whole_points(points, per, loyalty.one())?;
            let amount_money = Money {
                amount: per,
                currency: loyalty.program.currency.to_string(),
            };
            Some(AccrualRule {
                accrual_type: "SPEND",
                points,
                spend_data: Some(SpendData {
                    amount_money,
                    tax_mode,
                }),
                ..AccrualRule::default()
            })
        }
        Formula::Fixed(units) if loyalty.units(loyalty.whole(units)) == Some(units) => {
            Some(AccrualRule {
                accrual_type: "VISIT",
                points: loyalty.whole(units),
                visit_data: Some(VisitData { tax_mode }),
                ..AccrualRule::default()
            })
        }
        _ => None,
    }
}

/// `points` of the smallest unit per amount, as whole points: half a point for 1 is one for 2.
fn whole_points(points: i64, per: i64, one: i64) -> Option<(i64, i64)> {
    let ratio = regulars_base::Ratio::new(points, one).ok()?;
    Some((ratio.num(), per.checked_mul(ratio.den())?))
}

/// Calculate what a purchase would earn, in Square's shape
///
/// Of an order that is kept under the source `square`, or of an amount. Nothing is written.
#[utoipa::path(post, path = "/compat/square/v2/loyalty/programs/{program}/calculate", responses((status = 200, description = "The points")))]
pub(super) async fn square_calculate_points(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    loyalty.is(&id)?;
    let account = body.maybe_text("loyalty_account_id")?;
    let who = match &account {
        Some(id) => account_ref(id.as_str())?.who(),
        // Nobody has this identity, so it is as for somebody who was never here.
        None => Who::Identity {
            kind: source(),
            value: Text::new("nobody yet").expect("words are a text"),
        },
    };
    let order = body.maybe_text("order_id")?;
    let amount = match &order {
        Some(_) => None,
        None => Some(of_amount(&body)?),
    };
    let tenant = key.tenant;
    let preview = server.call(move |app| {
        let (at, purchase) = match (order, amount) {
            (Some(order), _) => {
                let KeptOrder { at, purchase, .. } = app.kept_order(tenant, &source(), &order)?;
                (at, purchase)
            }
            (None, purchase) => (NOW, purchase.expect("one of the two is there")),
        };
        app.preview(tenant, bought(who, at, purchase))
    });
    let preview = preview.await?;
    let (points, promotion) = earned(&loyalty, &preview, account.is_none())?;
    Ok(Json(
        json!({ "points": points, "promotion_points": promotion }),
    ))
}

/// A purchase of an amount alone.
fn of_amount(body: &Body) -> Result<Purchase, Failure> {
    let field = "transaction_amount_money";
    if body.at(field).is_none() {
        return Err(missing("order_id"));
    }
    let (amount_at, currency_at) = (format!("{field}.amount"), format!("{field}.currency"));
    let total = body.whole(&amount_at)?;
    let named = body.text(&currency_at)?;
    let currency = Currency::new(named.as_str())
        .map_err(|error| wrong("INVALID_ENUM_VALUE", &currency_at, error.to_string()))?;
    let purchase = Purchase::new(PurchaseParts {
        order: Text::new("calculate").expect("a word is a text"),
        currency,
        total: Some(total),
        delivery: 0,
        discount: 0,
        lines: Vec::new(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
        codes: Vec::new(),
    });
    purchase.map_err(|faults| {
        let what = faults
            .first()
            .map_or("is wrong", |fault| fault.what.as_str());
        wrong("INVALID_VALUE", &amount_at, format!("`{amount_at}` {what}"))
    })
}

fn bought(who: Who, at: Timestamp, purchase: Purchase) -> Incoming {
    Incoming {
        who,
        event: Event {
            key: EventKey {
                source: source(),
                external_id: purchase.order.clone(),
            },
            occurred_at: at,
            recorded_at: NOW,
            entropy: [0; 16],
            kind: Kind::Purchase(Box::new(purchase)),
        },
    }
}

/// What the rules would give: those of the program, and those that are promotions.
fn earned(loyalty: &Loyalty, preview: &Preview, nobody: bool) -> Result<(i64, i64), Failure> {
    let outcome = &preview.outcome;
    if let Verdict::Refused(refusal) = &outcome.verdict {
        let why = crate::view::why(&preview.program, refusal);
        return Err(wrong("BAD_REQUEST", "order_id", why));
    }
    if nobody && outcome.trace.contains(&Note::Kept) {
        let detail = "what a customer does who is no member counts once they are: name the account";
        return Err(wrong(
            "MISSING_REQUIRED_PARAMETER",
            "loyalty_account_id",
            detail,
        ));
    }
    let ours = preview.program.points.get(loyalty.at).map(|own| own.name);
    let (mut base, mut promoted) = (0, 0);
    for note in &outcome.trace {
        match note {
            Note::Gave {
                rule,
                points,
                given,
                ..
            } if Some(*points) == ours => {
                let rule = preview.program.rules.get(usize::from(*rule));
                match rule.and_then(|rule| promotions::incentive(loyalty, rule)) {
                    Some(_) => promoted += given,
                    None if rule.is_some_and(|rule| rule.on == Trigger::Purchase) => base += given,
                    None => {}
                }
            }
            Note::TierGave { points, given, .. } if Some(*points) == ours => base += given,
            _ => {}
        }
    }
    Ok((loyalty.whole(base), loyalty.whole(promoted)))
}
