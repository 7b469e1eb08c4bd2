//! API keys: shown once, hashed, revocable.

use crate::support::{CAFE, Shop, moment};
use regulars_app::{Error, NewKey, Scope};
use regulars_testkit::TestDb;

regulars_testkit::on_both! { a_key_opens_what_its_scopes_say_until_it_is_revoked }

fn a_key_opens_what_its_scopes_say_until_it_is_revoked(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let new = |expires_at| NewKey {
        store: None,
        rate: None,
        name: "till".into(),
        scopes: vec![Scope::Ingest],
        partner: None,
        expires_at,
    };
    let key = shop.app.create_key(shop.tenant, new(None)).expect("a key");
    let caller = shop.app.authenticate(&key.secret).expect("it is known");
    assert_eq!(caller.tenant, shop.tenant);
    assert!(caller.may(Scope::Ingest) && !caller.may(Scope::Program));
    let listed = shop.app.keys(shop.tenant).expect("keys are listed");
    assert_eq!(listed.len(), 1);
    assert!(!format!("{listed:?}").contains(&key.secret));

    let brief = shop
        .app
        .create_key(shop.tenant, new(Some(moment("2025-03-01T10:00:00Z"))))
        .expect("a key");
    shop.set("2025-03-01T10:00:00Z");
    let over = shop.app.authenticate(&brief.secret);
    assert!(matches!(over, Err(Error::Unauthorized)));

    shop.app
        .revoke_key(shop.tenant, &key.info.id)
        .expect("it is there");
    let revoked = shop.app.authenticate(&key.secret);
    assert!(matches!(revoked, Err(Error::Unauthorized)));
    let unknown = shop.app.revoke_key(shop.tenant, "key_0");
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
}
