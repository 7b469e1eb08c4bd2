//! Members.

use regulars_api::member::{IdentityIn, MemberOut};
use regulars_app::Member;

/// A member.
pub fn member(member: Member) -> MemberOut {
    let identities = member.identities.into_iter().map(|identity| IdentityIn {
        kind: identity.kind,
        value: identity.value,
    });
    MemberOut {
        id: member.id.to_string(),
        enrolled_at: member.enrolled_at.map(|at| at.to_string()),
        created_at: member.created_at.to_string(),
        identities: identities.collect(),
        attributes: member.attributes,
        merged_into: member.merged_into.map(|into| into.to_string()),
    }
}
