//! The till: what it has to know, and the member before it. What it sells and redeems are events like any
//! other.

use crate::auth::{Key, Till};
use crate::extract::In;
use crate::failure::Failure;
use crate::routes::coupons::Guesser;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::desk::{TillFindIn, TillMemberOut, TillOut};
use regulars_api::{Code, Problem};
use regulars_app::{Caller, ShopSettings};
use regulars_engine::Program;
use regulars_engine::event::{Event, Kind};

/// What the sources of tills begin with: whoever may only sell cannot speak for a shop.
pub(super) const SOURCE: &str = "till";

/// See what a till has to know
#[utoipa::path(get, path = "/v1/till", tag = "till", responses(
    (status = 200, body = TillOut, description = "Currency, stamp cards, limits"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_till(
    State(server): State<Server>,
    key: Key<Till>,
) -> Result<axum::Json<TillOut>, Failure> {
    let tenant = key.tenant;
    let known = server.call(move |app| {
        let (_, program) = app.program_in_force(tenant, app.now())?;
        Ok((program, app.shop_settings(tenant)?, app.tenant(tenant)?))
    });
    let (program, settings, tenant) = known.await?;
    Ok(axum::Json(view::till(&program, settings, tenant.name)))
}

/// Find the member before a till
///
/// By the whole of what is on the card or in the telephone: a till finds nobody by a first letter. The
/// text goes in the body, so that no number stands in an address. The answer has what a cashier needs.
#[utoipa::path(post, path = "/v1/till/find", tag = "till", request_body = TillFindIn, responses(
    (status = 200, body = TillMemberOut, description = "The member"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn find_at_till(
    State(server): State<Server>,
    key: Key<Till>,
    In(body): In<TillFindIn>,
) -> Result<axum::Json<TillMemberOut>, Failure> {
    let guesses = guesses_left(&server, &key)?;
    let tenant = key.tenant;
    let found = server
        .call(move |app| app.at_till(tenant, &body.text))
        .await;
    guesses.noted(&found, &[Code::UnknownMember]);
    Ok(axum::Json(view::at_till(&found?)))
}

/// What a till may still try: numbers that nobody has are counted.
pub(super) struct GuessesLeft<'a> {
    server: &'a Server,
    guesser: Guesser,
}

/// Refuses a till that tried too many numbers that nobody has.
pub(super) fn guesses_left<'a>(
    server: &'a Server,
    caller: &Caller,
) -> Result<GuessesLeft<'a>, Failure> {
    let guesser = Guesser::of(caller, crate::callers::name(("till", &caller.key)));
    guesser.may(server, "too many numbers were tried that nobody has")?;
    Ok(GuessesLeft { server, guesser })
}

impl GuessesLeft<'_> {
    /// Counts an answer that was one of these.
    pub(super) fn noted<T>(&self, answer: &Result<T, Failure>, wrong: &[Code]) {
        let Err(failure) = answer else { return };
        if wrong.iter().any(|own| own.code() == failure.problem.code) {
            self.guesser.wrong(self.server, 1);
        }
    }
}

/// Refuses what a cashier may not send: they sell, and give what a member redeems at once, from a source
/// of a till, up to the amount that the shop has set.
pub(super) fn may_be_sent(
    caller: &Caller,
    settings: &ShopSettings,
    program: &Program,
    event: &Event,
) -> Result<(), Failure> {
    let refuse = |detail: String| Err(Failure::new(Code::Forbidden, detail));
    if !event.key.source.as_str().starts_with(SOURCE) {
        let detail = format!("a cashier's events have a source that begins with `{SOURCE}`");
        return refuse(detail);
    }
    match &event.kind {
        Kind::Purchase(bought) => {
            let most = settings.till.amount_most;
            let minor = 10_i64.pow(u32::from(program.currency.exponent()));
            let own = bought.payments.iter().all(|paid| paid.from.is_none());
            if bought.total > i64::from(most).saturating_mul(minor) {
                return refuse(format!(
                    "a cashier enters sales of at most {most} {}; more is for a manager",
                    program.currency
                ));
            }
            match own && bought.codes.is_empty() && bought.rewards.is_empty() {
                true => Ok(()),
                false => refuse("a cashier's sale is paid with money alone".into()),
            }
        }
        Kind::RewardRequest(asked) if asked.commit => Ok(()),
        _ => refuse(format!("`{}` may only sell and redeem", caller.name)),
    }
}
