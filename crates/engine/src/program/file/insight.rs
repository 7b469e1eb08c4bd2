//! What figures about customers are made from, and who is told of them.

use super::{Body, Form, Section, Shape, Table, or};

const FIELD_OF_ACTIVITY: Shape = Shape::Phrase(
    r"^[a-z0-9][a-z0-9_-]*\.[a-z0-9][a-z0-9_-]*$",
    "survey.recommend",
);

pub(super) const INSIGHT_SECTION: Section = Section {
    key: "insight",
    form: Form::Once,
    body: Body::Fields(&INSIGHT),
    doc: "What reports about customers take for granted: which answers are those of a survey, when a \
          customer counts as lost, which actions count as engagement; and which reports and alerts are \
          written by themselves. It gives nobody any points.",
    example: r#"[insight]
active_days = 90
margin      = "40%"
recommend   = "survey.recommend"
loyalty     = ["survey.again", "survey.others"]
engagement  = { review = 3, visit = 1 }
kinds       = ["freebie if extras_per_purchase >= 4", "advocate if referrals >= 2"]
reports     = ["every month by store"]
alerts      = ["churn_rate above 0.1", "nps below 20 by quarter"]"#,
};

/// What figures about customers are made from.
pub const INSIGHT: Table = Table {
    name: "what figures about customers are made from",
    others: None,
    fields: &[
        or(
            "active_days",
            Shape::Whole(1, 36_525),
            "the days within which nine of ten returns come",
            "For how many days after a purchase a customer counts as active: churn and retention.",
        ),
        or(
            "margin",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?%$", "40%"),
            "\"100%\"",
            "What stays of sales: lifetime value and payback.",
        ),
        or(
            "points",
            Shape::Id,
            "the first points of the file",
            "The points whose redemption rate and liability are shown.",
        ),
        or(
            "recommend",
            FIELD_OF_ACTIVITY,
            "nobody is asked",
            "The field of an activity that holds the answer to \"would you recommend us\", 0 to 10.",
        ),
        or(
            "loyalty",
            Shape::List(&FIELD_OF_ACTIVITY),
            "nobody is asked",
            "Fields with answers of the Customer Loyalty Index, 1 (surely) to 6 (surely not).",
        ),
        or(
            "attachment",
            Shape::List(&FIELD_OF_ACTIVITY),
            "nobody is asked",
            "Fields with answers on trust and attachment, 0 to 100.",
        ),
        or(
            "engagement",
            Shape::Map(&Shape::Whole(0, 1_000_000)),
            "each activity counts 1",
            "What each activity weighs in the brand engagement score; what is not named counts nothing. \
             `referral` is a friend who came.",
        ),
        or(
            "extras",
            Shape::List(&Shape::Id),
            "none are known",
            "Activities that are free extras (visits, gifts, checks): the kind of loyalty `freebie`.",
        ),
        or(
            "kinds",
            Shape::List(&Shape::Phrase(
                r"^[a-z]+ if [a-z_]+ (>=|<=) [0-9]+(\.[0-9]+)?( and [a-z_]+ (>=|<=) [0-9]+(\.[0-9]+)?)*$",
                "price if discount_share >= 0.6",
            )),
            "scores alone decide",
            "Rules that say of which kind of loyalty a customer is, before scores do; the first that \
             holds.",
        ),
        or(
            "reports",
            Shape::List(&Shape::Phrase(
                r"^every (day|week|month|quarter|year)( by [a-z_]+(,[a-z_]+)*)?$",
                "every month by store",
            )),
            "none",
            "Reports that are written when a period is over.",
        ),
        or(
            "alerts",
            Shape::List(&Shape::Phrase(
                r"^[a-z_]+ (above|below) -?[0-9]+(\.[0-9]+)?( by (day|week|month|quarter|year))?$",
                "churn_rate above 0.1",
            )),
            "none",
            "Somebody is told, once, when a figure of a period that is over crosses this. The metric is one \
             of the catalog, by its name in files. Shares are numbers from 0 to 1; money is in minor units.",
        ),
    ],
};
