//! Products and stores.

use regulars_api::amount::Amount;
use regulars_api::master_data::{MasterRejectOut, MasterTakenOut, ProductOut, StoreOut};
use regulars_app::{MasterEntry, MasterTaken};
use regulars_base::Currency;

/// A product, its price in the program's currency.
pub fn product(own: MasterEntry, currency: Currency) -> ProductOut {
    let said = |text: String| (!text.is_empty()).then_some(text);
    ProductOut {
        id: own.id,
        name: own.name,
        category: said(own.category),
        price: own.price.map(|minor| Amount::money(minor, currency)),
        brand: said(own.brand),
        size: said(own.size),
        attributes: own.attributes,
        changed_at: own.changed_at.to_string(),
    }
}

/// A store.
pub fn store(own: MasterEntry) -> StoreOut {
    StoreOut {
        id: own.id,
        name: own.name,
        attributes: own.attributes,
        changed_at: own.changed_at.to_string(),
    }
}

/// What became of a file.
pub fn master_taken(own: MasterTaken) -> MasterTakenOut {
    let rejects = own.rejects.into_iter();
    MasterTakenOut {
        taken: own.taken,
        rejected: own.rejected,
        rejects: rejects
            .map(|(line, reason)| MasterRejectOut { line, reason })
            .collect(),
    }
}
