//! Rewards that members asked for: points are set aside, the reward is used, or the points come back.

use super::body::Body;
use super::fault::wrong;
use super::{Loyalty, account_ref, accounts, event_key, events, programs, source};
use crate::auth::{Key, Read, Redeem};
use crate::extract::Params;
use crate::failure::Failure;
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use regulars_api::square::Reward;
use regulars_app::{App, Error, MemberRef, PastRedemption, Stands};
use regulars_base::{EventKey, MemberId, TenantId, Text};
use regulars_engine::program::words;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The ids of rewards that were asked for here begin so.
const OWN: &str = "rwd_";
const STATUSES: [&str; 3] = ["ISSUED", "REDEEMED", "DELETED"];

/// The redemption that a request makes. Square's ids are at most 36 characters long and its keys 128, so
/// the id comes from the key.
fn redemption_of(key: &Text) -> Text {
    let hash = Sha256::digest(format!("reward:{key}").as_bytes());
    let digits: String = hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Text::new(format!("{OWN}{digits}")).expect("letters and digits are a text")
}

/// A reward's id: of one that was asked for here, the redemption's; it leads to the event, and so to the
/// member. Of others the member and the redemption.
pub(super) fn reward_id(member: MemberId, redemption: &str) -> String {
    match redemption.starts_with(OWN) {
        true => redemption.to_owned(),
        false => format!("{member}.{redemption}"),
    }
}

/// The key of the event that asked for a reward here.
fn asked(redemption: &Text) -> EventKey {
    EventKey {
        source: source(),
        external_id: redemption.clone(),
    }
}

/// Whose reward it is, and which redemption.
fn place(app: &App, tenant: TenantId, id: &str) -> Result<(MemberId, Text), Error> {
    let unknown = || Error::NotFound {
        what: "loyalty reward",
        name: id.to_owned(),
    };
    if id.starts_with(OWN) {
        let redemption = Text::new(id).map_err(|_| unknown())?;
        let found = app.event(tenant, &asked(&redemption));
        let found = found.map_err(|error| match error {
            Error::NotFound { .. } => unknown(),
            other => other,
        });
        return Ok((found?.member, redemption));
    }
    let (member, redemption) = id.split_once('.').ok_or_else(unknown)?;
    let member = member.parse().map_err(|_| unknown())?;
    Ok((member, Text::new(redemption).map_err(|_| unknown())?))
}

fn found(app: &App, tenant: TenantId, id: &str) -> Result<(MemberId, PastRedemption), Error> {
    let (member, redemption) = place(app, tenant, id)?;
    let past = app.past(tenant, &MemberRef::Id(member))?;
    let mut all = past.redemptions.into_iter().rev();
    let own = all.find(|own| own.id == redemption.as_str());
    let own = own.ok_or_else(|| Error::NotFound {
        what: "loyalty reward",
        name: id.to_owned(),
    })?;
    Ok((member, own))
}

fn reward(loyalty: &Loyalty, member: MemberId, own: &PastRedemption) -> Reward {
    let ours = loyalty.points().name;
    let cost = own.cost.iter().filter(|(points, _)| *points == ours);
    Reward {
        id: reward_id(member, &own.id),
        status: status(own.stands),
        loyalty_account_id: member.to_string(),
        reward_tier_id: words::id_of(&loyalty.program, own.reward).to_owned(),
        points: loyalty.whole(cost.map(|(_, units)| units).sum()),
        order_id: own.order.clone(),
        created_at: own.made_at.to_string(),
        updated_at: own.moved_at.to_string(),
        redeemed_at: match own.stands {
            Stands::Used(at) => Some(at.to_string()),
            _ => None,
        },
    }
}

fn status(stands: Stands) -> &'static str {
    match stands {
        Stands::Held(_) => "ISSUED",
        Stands::Used(_) => "REDEEMED",
        Stands::GivenBack => "DELETED",
    }
}

/// Create a reward, in Square's shape: the points are set aside
#[utoipa::path(post, path = "/compat/square/v2/loyalty/rewards", responses((status = 200, description = "The reward")))]
pub(super) async fn square_create_reward(
    State(server): State<Server>,
    key: Key<Redeem>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let redemption = redemption_of(&body.idempotency_key()?);
    let who = account_ref(body.text("reward.loyalty_account_id")?.as_str())?;
    let tier = body.text("reward.reward_tier_id")?;
    offered(&loyalty, &tier)?;
    let redeem = regulars_app::Redeem {
        key: asked(&redemption),
        who,
        reward: tier,
        quantity: 1,
        order: body.maybe_text("reward.order_id")?,
        commit: false,
    };
    let tenant = key.tenant;
    let done = server.call(move |app| {
        let (_, receipt) = app.redeem(tenant, redeem)?;
        if receipt.verdict != regulars_engine::outcome::Verdict::Accepted {
            return Ok((receipt, None));
        }
        Ok((receipt, Some(found(app, tenant, redemption.as_str())?)))
    });
    let (receipt, made) = done.await?;
    accounts::accepted(&receipt)?;
    let (member, own) = made.ok_or_else(|| Failure::internal("a reward that was made is lost"))?;
    Ok(Json(json!({ "reward": reward(&loyalty, member, &own) })))
}

/// Only what whole loyalty points buy is a reward tier.
fn offered(loyalty: &Loyalty, tier: &Text) -> Result<(), Failure> {
    let mut rewards = loyalty.program.rewards.iter();
    let field = "reward.reward_tier_id";
    match rewards.find(|own| own.id == tier.as_str()) {
        None => {
            let detail = format!("the program has no reward tier `{tier}`");
            Err(wrong("NOT_FOUND", field, detail))
        }
        Some(own) if programs::tier_price(loyalty, own).is_none() => {
            let detail =
                format!("`{tier}` is not for loyalty points alone: ask for it at /v1/members");
            Err(wrong("UNSUPPORTED_LOYALTY_REWARD_TIER", field, detail))
        }
        Some(_) => Ok(()),
    }
}

/// See a reward, in Square's shape
#[utoipa::path(get, path = "/compat/square/v2/loyalty/rewards/{reward}", responses((status = 200, description = "The reward")))]
pub(super) async fn square_get_reward(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let tenant = key.tenant;
    let (member, own) = server.call(move |app| found(app, tenant, &id)).await?;
    Ok(Json(json!({ "reward": reward(&loyalty, member, &own) })))
}

/// Delete a reward, in Square's shape: the points come back
///
/// What is used is not given back here.
#[utoipa::path(delete, path = "/compat/square/v2/loyalty/rewards/{reward}", responses((status = 200, description = "They are back")))]
pub(super) async fn square_delete_reward(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(id): Params<String>,
) -> Result<Json<Value>, Failure> {
    let tenant = key.tenant;
    let done = server.call(move |app| {
        let (member, own) = found(app, tenant, &id)?;
        let redemption = Text::new(&own.id).unwrap_or_default();
        match own.stands {
            Stands::GivenBack => Ok(Some(None)),
            Stands::Used(_) => Ok(None),
            Stands::Held(_) => {
                let key = event_key("delete", &short(&redemption));
                let who = MemberRef::Id(member);
                let receipt = app.cancel_redemption(tenant, &who, redemption, key)?;
                Ok(Some(Some(receipt)))
            }
        }
    });
    match done.await? {
        None => {
            let detail = "the reward is redeemed: its points do not come back";
            Err(wrong("BAD_REQUEST", "reward_id", detail))
        }
        Some(receipt) => {
            receipt.as_ref().map_or(Ok(()), accounts::accepted)?;
            Ok(Json(json!({})))
        }
    }
}

/// A redemption's id as a part of a key: a long one by its hash.
fn short(redemption: &Text) -> Text {
    match redemption.as_str().len() {
        0..=200 => redemption.clone(),
        _ => redemption_of(redemption),
    }
}

/// Redeem a reward, in Square's shape: what was set aside is spent
#[utoipa::path(post, path = "/compat/square/v2/loyalty/rewards/{reward}/redeem", responses((status = 200, description = "It is used")))]
pub(super) async fn square_redeem_reward(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(id): Params<String>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let once = event_key("redeem", &body.idempotency_key()?);
    body.text("location_id")?;
    let (tenant, end) = (key.tenant, once.clone());
    let done = server.call(move |app| {
        let (member, redemption) = place(app, tenant, &id)?;
        let who = MemberRef::Id(member);
        app.commit_redemption(tenant, &who, redemption, None, end)
    });
    let (_, receipt) = done.await?;
    accounts::accepted(&receipt)?;
    let events = events::of_key(&server, &loyalty, once).await?;
    let redeemed = events.iter().find(|own| own.redeem_reward.is_some());
    Ok(Json(json!({ "event": redeemed })))
}

/// Search rewards, in Square's shape
///
/// Of one account, the newest first; of all, account by account.
#[utoipa::path(post, path = "/compat/square/v2/loyalty/rewards/search", responses((status = 200, description = "A page of them")))]
pub(super) async fn square_search_rewards(
    State(server): State<Server>,
    key: Key<Read>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let field = "query.status";
    let wanted = body.maybe_text(field)?;
    if let Some(text) = wanted
        .as_ref()
        .filter(|own| !STATUSES.contains(&own.as_str()))
    {
        let detail = format!("`{text}` is no status; they are {}", STATUSES.join(", "));
        return Err(wrong("INVALID_ENUM_VALUE", field, detail));
    }
    let account = body.maybe_text("query.loyalty_account_id")?;
    let account = account.map(|id| account_ref(id.as_str())).transpose()?;
    let walk = events::Walk::of(&body, account)?;
    let tenant = key.tenant;
    let found = server.call(move |app| {
        walk.go(app, tenant, &mut |member| {
            let past = app.past(tenant, &MemberRef::Id(member))?;
            let is = |own: &PastRedemption| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.as_str() == status(own.stands))
            };
            let all = past.redemptions.into_iter().rev().filter(is);
            Ok(all.map(|own| (member, own)).collect())
        })
    });
    let (rewards, next) = found.await.map_err(accounts::of_cursor)?;
    let mut out = json!({});
    if !rewards.is_empty() {
        let each = rewards
            .iter()
            .map(|(member, own)| reward(&loyalty, *member, own));
        out["rewards"] = json!(each.collect::<Vec<_>>());
    }
    if let Some(next) = next {
        out["cursor"] = crate::view::cursor(&next).into();
    }
    Ok(Json(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_no_longer_than_square_takes() {
        let key = Text::new("k".repeat(128)).expect("is short enough");
        assert_eq!(redemption_of(&key).as_str().len(), 36);
        let other = Text::new("k".repeat(127)).expect("is short enough");
        assert_ne!(redemption_of(&key), redemption_of(&other));
    }
}
