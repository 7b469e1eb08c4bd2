//! Keys, callers and merchants.

use regulars_api::access::{ApiKeyOut, CallerOut, ScopeName, TenantOut};
use regulars_app::{Caller, KeyInfo, Scope, Tenant};

/// A key; its secret only when it was just made.
pub fn api_key(info: KeyInfo, secret: Option<String>) -> ApiKeyOut {
    ApiKeyOut {
        id: info.id,
        name: info.name,
        scopes: scopes(&info.scopes),
        created_at: info.created_at.to_string(),
        expires_at: info.expires_at.map(|at| at.to_string()),
        revoked_at: info.revoked_at.map(|at| at.to_string()),
        used_at: info.used_at.map(|at| at.to_string()),
        partner: info.partner,
        store: info.store,
        rate: info.rate.map(|rate| rate.to_string()),
        secret,
    }
}

/// Who calls.
pub(crate) fn caller(caller: &Caller) -> CallerOut {
    CallerOut {
        tenant: caller.tenant.to_string(),
        key: caller.key.clone(),
        name: caller.name.clone(),
        scopes: scopes(&caller.scopes),
        partner: caller.partner.clone(),
        store: caller.store.clone(),
    }
}

/// A merchant; with its first key only when it was just made.
pub fn tenant(tenant: &Tenant, key: Option<ApiKeyOut>) -> TenantOut {
    TenantOut {
        id: tenant.id.to_string(),
        name: tenant.name.to_string(),
        key,
    }
}

/// What somebody may do.
pub(super) fn scopes(scopes: &[Scope]) -> Vec<ScopeName> {
    let name = |scope: &Scope| match scope {
        Scope::Read => ScopeName::Read,
        Scope::Ingest => ScopeName::Ingest,
        Scope::Redeem => ScopeName::Redeem,
        Scope::Adjust => ScopeName::Adjust,
        Scope::Program => ScopeName::Program,
        Scope::Admin => ScopeName::Admin,
        Scope::Till => ScopeName::Till,
    };
    scopes.iter().map(name).collect()
}
