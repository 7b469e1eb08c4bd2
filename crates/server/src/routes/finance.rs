//! What points mean in the books.

use super::balances::{Moment, end_of, read_moment};
use crate::auth::{Adjust, Key, Read};
use crate::extract::{Asked, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::finance::{BooksOut, BooksPeriodOut, FinanceOut};
use regulars_base::Text;
use serde::Deserialize;
use utoipa::IntoParams;

/// As of when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FinanceQuery {
    /// A moment (`2025-03-01T09:00:00Z`), or a day (`2025-03-31`: its end, in the program's time
    /// zone); now if left out.
    at: Option<String>,
}

/// See what points mean in the books
///
/// What is owed and how old it is, how much of it is expected never to be redeemed (by month of issue, with
/// interval), what redemptions cost, and which part of sales is still to be earned (IFRS 15). It goes over
/// the whole log: ask for it once a month, not once an order.
#[utoipa::path(get, path = "/v1/finance", tag = "finance", params(FinanceQuery), responses(
    (status = 200, body = FinanceOut, description = "The finances"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_finance(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<FinanceQuery>,
) -> Result<axum::Json<FinanceOut>, Failure> {
    let tenant = key.tenant;
    let asked = query.at.as_deref().map(read_moment).transpose()?;
    let finance = server.call(move |app| {
        let as_of = match asked {
            None => None,
            Some(Moment::At(at)) => Some(at),
            Some(Moment::EndOf(day)) => {
                let (_, program) = app.program_in_force(tenant, app.now())?;
                Some(end_of(&program.zone, day))
            }
        };
        app.finance(tenant, as_of)
    });
    Ok(axum::Json(view::finance(&finance.await?)))
}

/// See the books of points
///
/// Month by month: those that are closed, as they were closed, and the next one, as it would be closed now.
#[utoipa::path(get, path = "/v1/finance/periods", tag = "finance", responses(
    (status = 200, body = BooksOut, description = "The books"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_books(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<BooksOut>, Failure> {
    let tenant = key.tenant;
    let books = server.call(move |app| app.books(tenant)).await?;
    Ok(axum::Json(BooksOut {
        periods: books.iter().map(view::books_period).collect(),
    }))
}

/// Close a month of the books
///
/// What points came to is put down, chained like every other entry, and does not change any more: what is
/// told late counts for the next month. Months are closed one after the other, once they are over; closing
/// one again answers the same.
#[utoipa::path(post, path = "/v1/finance/periods/{period}/close", tag = "finance",
    params(("period" = String, Path, description = "The month: `2025-03`")),
    responses(
        (status = 200, body = BooksPeriodOut, description = "The month, closed"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn close_books(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(period): Params<String>,
) -> Result<axum::Json<BooksPeriodOut>, Failure> {
    let (tenant, by) = (key.tenant, Text::new(&key.name).unwrap_or_default());
    let closed = server.call(move |app| app.close_books(tenant, &period, by));
    Ok(axum::Json(view::books_period(&closed.await?)))
}
