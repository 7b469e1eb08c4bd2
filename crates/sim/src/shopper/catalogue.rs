//! What the demo shop sells.

/// Something on the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its number.
    pub sku: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What kind of thing.
    pub category: &'static str,
    /// Whose.
    pub brand: &'static str,
    /// Its price, tax included, in cents.
    pub price: i64,
    /// Its tax in per cent.
    pub tax: i64,
    /// Whether it can be sent.
    pub sent: bool,
}

const fn product(
    sku: &'static str,
    name: &'static str,
    category: &'static str,
    brand: &'static str,
    price: i64,
) -> Product {
    let cup = matches!(category.as_bytes(), b"coffee" | b"tea");
    Product {
        sku,
        name,
        category,
        brand,
        price,
        tax: if cup { 19 } else { 7 },
        sent: matches!(category.as_bytes(), b"coffee-beans" | b"gift-card"),
    }
}

/// The menu.
pub const CATALOGUE: [Product; 16] = [
    product("ESP", "Espresso", "coffee", "house", 260),
    product("CAP", "Cappuccino", "coffee", "house", 380),
    product("FLA", "Flat white", "coffee", "house", 420),
    product("FIL", "Filter coffee", "coffee", "house", 340),
    product("TEA", "Darjeeling", "tea", "Leaf & Co", 360),
    product("HOT", "Hot chocolate", "coffee", "house", 440),
    product("CRO", "Croissant", "cake", "bakery", 280),
    product("CHE", "Cheesecake", "cake", "bakery", 480),
    product("BAN", "Banana bread", "cake", "bakery", 390),
    product("BRE", "Breakfast plate", "breakfast", "house", 1290),
    product("GRA", "Granola bowl", "breakfast", "house", 890),
    product("ETH", "Ethiopia, 250 g", "coffee-beans", "Kaffa", 1390),
    product("COL", "Colombia, 250 g", "coffee-beans", "Huila", 1250),
    product("BLE", "House blend, 1 kg", "coffee-beans", "house", 3290),
    product("GIF", "Gift card", "gift-card", "house", 2500),
    product("CUP", "Cup, deposit", "deposit", "house", 200),
];
