//! How long personal data are kept.

use regulars_api::retention::{AgedOut, RetentionBody};
use regulars_app::{Aged, Retention};

/// The times, as they are sent.
pub const fn retention(own: Retention) -> RetentionBody {
    RetentionBody {
        members_months: own.members_months,
        messages_days: own.messages_days,
        answers_days: own.answers_days,
        addresses_days: own.addresses_days,
        cases_days: own.cases_days,
        contacts_days: own.contacts_days,
    }
}

/// The times, as they came.
pub(crate) const fn kept_for(body: RetentionBody) -> Retention {
    Retention {
        members_months: body.members_months,
        messages_days: body.messages_days,
        answers_days: body.answers_days,
        addresses_days: body.addresses_days,
        cases_days: body.cases_days,
        contacts_days: body.contacts_days,
    }
}

/// How much of each.
pub const fn aged(own: Aged) -> AgedOut {
    AgedOut {
        members: own.members,
        on_plan: own.on_plan,
        messages: own.messages,
        answers: own.answers,
        addresses: own.addresses,
        cases: own.cases,
        contacts: own.contacts,
    }
}
