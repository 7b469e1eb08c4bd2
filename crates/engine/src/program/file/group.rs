//! Households and organisations.

use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const GROUP_SECTION: Section = Section {
    key: "group",
    form: Form::Many,
    body: Body::Fields(&GROUP),
    doc: "Members who share points, and perhaps a tier: a household, or an organisation with several \
          buyers. A group has a wallet of its own. What its people buy earns there, and what they spend \
          is paid from there; what is personal (the birthday, consents, activities, a referral code, \
          points from before, free rewards of their own) stays with each. Store credit given to \
          somebody who belongs to a group is the group's, since it pays for what the group buys; \
          whoever leaves takes along what they brought of it, as far as it is there, unless \
          `on_leaving` is `nothing`. A team is a group that shares nothing but challenges: those \
          that say `team` count what its people do together, and give to each of them. Somebody belongs \
          to one group at a time.",
    example: r#"[[group]]
id         = "family"
title      = "Family"
kind       = "household"
people_max = 6
on_leaving = "brought_in"

[[group]]
id    = "company"
title = "Company"
kind  = "organisation"
people_max = 50
role  = [
  { id = "owner",  may = ["buy", "spend", "invite", "manage"] },
  { id = "buyer",  may = ["buy"] },
  { id = "office", may = ["buy", "spend"], spend_max = { beans = 2000 } },
]

[[group]]
id    = "crew"
title = "Crew"
kind  = "team"
join  = "open"
people_max = 20"#,
};

/// A sort of group.
pub const GROUP: Table = Table {
    name: "a sort of group",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        or("title", Shape::Text, "the id", "What people call it."),
        or(
            "kind",
            Shape::Choice(&[
                ("household", "people who live together"),
                ("organisation", "a business, a school, a club"),
                (
                    "team",
                    "people who do challenges together; each keeps their own wallet",
                ),
            ]),
            "\"household\"",
            "What it is. A household has the roles `head` (may do all), `adult` (buys and spends) and \
             `child` (buys); an organisation says its own; a team has `captain` (may do all) and `player`.",
        ),
        or(
            "people_max",
            Shape::Whole(1, 200),
            "8",
            "How many may belong to it.",
        ),
        or(
            "join",
            Shape::Choice(&[
                ("invited", "who was invited, and says yes"),
                ("open", "whoever asks"),
            ]),
            "\"invited\"",
            "Who may come in.",
        ),
        or(
            "invited_for",
            Shape::Phrase("^[0-9]+ (days?|weeks?)$", "14 days"),
            "14 days",
            "For how long an invitation holds.",
        ),
        or(
            "bring",
            Shape::Flag,
            "`false`",
            "Whether people bring the points that they have along. They keep their dates. Otherwise these \
             stay theirs.",
        ),
        or(
            "rejoin",
            Shape::Phrase("^[0-9]+ (days?|weeks?)$", "90 days"),
            "at once",
            "For how long after leaving a group one may not come into one of this sort.",
        ),
        or(
            "on_leaving",
            Shape::Choice(&[
                (
                    "nothing",
                    "nothing; when the group is closed its head gets all",
                ),
                ("equal", "as much as everybody else would"),
                ("brought_in", "in proportion to what they brought in"),
            ]),
            "\"nothing\"",
            "What whoever leaves takes along of the points that are free then: those that lapse soonest \
             first, with their dates, rounded down. Tier, progress and cards stay with the group.",
        ),
        or(
            "head_leaves",
            Shape::Choice(&[
                ("longest", "whoever has been in it longest is its head"),
                (
                    "refused",
                    "they cannot while there is anybody else: it is handed on or closed first",
                ),
            ]),
            "\"longest\"",
            "What happens when the head of a group leaves.",
        ),
        or(
            "role",
            Shape::List(&Shape::Table(&GROUP_ROLE)),
            "those of a household",
            "What people in it may do. The first is the role of its head: one has it. The second is what \
             people are if nothing else is said.",
        ),
    ],
};

/// What people with a role may do.
pub const GROUP_ROLE: Table = Table {
    name: "a role in a group",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        needed(
            "may",
            Shape::List(&Shape::Choice(&[
                ("buy", "buy for the group"),
                ("spend", "spend its points"),
                ("invite", "invite others"),
                (
                    "manage",
                    "put others out, give roles, change what is known of the group, close it",
                ),
            ])),
            "What they may do.",
        ),
        or(
            "spend_max",
            Shape::Map(&Shape::Amount),
            "any number",
            "How many points each of them may spend in a calendar month.",
        ),
    ],
};
