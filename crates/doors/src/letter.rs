//! Letters that come in, as they came over the wire: taken apart, without what they quote, sorted by theme.

use regulars_engage::{default_themes, themes_of, unquoted};

pub(crate) fn open(data: &[u8]) {
    let Some(came) = regulars_mail::read(data) else {
        return;
    };
    assert_eq!(
        Some(&came),
        regulars_mail::read(data).as_ref(),
        "read twice"
    );
    let own = unquoted(&came.text);
    assert!(own.len() <= came.text.len(), "{own}");
    assert_eq!(own, own.trim());
    let themes = default_themes();
    let found = themes_of(&own, &themes).len();
    assert!(found <= themes.len());
}
