//! Recommendations.

use super::product;
use regulars_api::recommendation::{
    ComparedOut, ComparisonOut, RecommendationOut, RecommendationStatusOut, RecommendationsOut,
    RecommendedOut, StepUpOut,
};
use regulars_app::{Compared, Recommendation, RecommendationStatus, Recommended, Why};
use regulars_base::Currency;

/// What is recommended to a member.
pub fn recommendations(own: Recommended, currency: Currency) -> RecommendationsOut {
    RecommendationsOut {
        member: own.member.map(|member| member.to_string()),
        held_out: own.held_out,
        built_at: own.built_at.map(|at| at.to_string()),
        items: recommended(own.items, currency),
    }
}

/// Recommendations one by one.
pub(crate) fn recommended(
    items: Vec<Recommendation>,
    currency: Currency,
) -> Vec<RecommendationOut> {
    let each = items.into_iter().map(|own| {
        let (kind, because, times) = match own.why {
            Why::Together(because) => ("together", Some(because), None),
            Why::After(because) => ("after", Some(because), None),
            Why::Also(because) => ("also", Some(because), None),
            Why::Again(times) => ("again", None, Some(times)),
            Why::Popular => ("popular", None, None),
        };
        RecommendationOut {
            product: product(own.product, currency),
            kind: kind.to_owned(),
            both: because.as_ref().map(|own| own.both),
            of: because.as_ref().map(|own| own.of),
            times,
            bought: because.map(|own| own.bought),
            bought_name: own.bought_name,
        }
    });
    each.collect()
}

/// How they stand.
pub fn recommendation_status(own: RecommendationStatus) -> RecommendationStatusOut {
    let shown = own.shown.into_iter().map(|own| RecommendedOut {
        place: own.place,
        held_out: own.held_out,
        members: own.members,
        times: own.times,
    });
    RecommendationStatusOut {
        built_at: own.model.built_at().map(|at| at.to_string()),
        lines: own.model.lines,
        baskets: own.model.baskets,
        customers: own.model.customers,
        products: own.model.products,
        links: own.model.links,
        hold_out: own.settings.hold_out,
        shown: shown.collect(),
    }
}

/// Products side by side.
pub fn comparison(all: Vec<Compared>, currency: Currency) -> ComparisonOut {
    let items = all.into_iter().map(|own| ComparedOut {
        product: product(own.product, currency),
        baskets: own.baskets,
        customers: own.customers,
        again: own.again,
        step_up: own
            .step_up
            .map(|(product, moved, of)| StepUpOut { product, moved, of }),
    });
    ComparisonOut {
        items: items.collect(),
    }
}
