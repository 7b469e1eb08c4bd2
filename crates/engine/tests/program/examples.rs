//! The example programs compile, without a word.

use regulars_engine::program::compile::compile;

const EXAMPLES: [(&str, &str); 4] = [
    (
        "coffee-shop",
        include_str!("../../../../programs/coffee-shop.toml"),
    ),
    ("fashion", include_str!("../../../../programs/fashion.toml")),
    ("grocery", include_str!("../../../../programs/grocery.toml")),
    ("cdnow", include_str!("../../../../programs/cdnow.toml")),
];

#[test]
fn every_example_compiles_without_a_word() {
    for (name, text) in EXAMPLES {
        let (program, said) = compile(text);
        let said: Vec<String> = said
            .iter()
            .map(|one| one.render(&format!("{name}.toml"), text))
            .collect();
        assert!(said.is_empty(), "{}", said.join("\n"));
        assert!(program.is_some(), "{name} gives a program");
    }
}
