//! Members.

use regulars_api::member::{IdentityOut, MemberOut};
use regulars_app::{App, Error, Identity, Member};
use regulars_base::TenantId;
use std::collections::BTreeMap;

/// A member.
pub fn member(member: Member) -> MemberOut {
    with(member, &BTreeMap::new())
}

/// A member, with how their identities were typed.
pub(crate) fn whole_member(
    app: &App,
    tenant: TenantId,
    member: Member,
) -> Result<MemberOut, Error> {
    let typed = app.typed(tenant, member.id)?;
    Ok(with(member, &typed))
}

fn with(member: Member, typed: &BTreeMap<Identity, String>) -> MemberOut {
    let identities = member.identities.into_iter().map(|own| IdentityOut {
        typed: typed.get(&own).cloned(),
        kind: own.kind.to_string(),
        value: own.value.to_string(),
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
