//! Reads licence expressions such as `MIT OR (Apache-2.0 WITH LLVM-exception AND BSD-3-Clause)`.

/// Whether the accepted licences are enough for an expression.
pub(crate) fn satisfied(expression: &str, accepted: &[&str]) -> Result<bool, String> {
    // `MIT/Apache-2.0` is an old way to write a choice.
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        words: &words,
        accepted,
    };
    let answer = reader.choice()?;
    match reader.words.first() {
        None => Ok(answer),
        Some(word) => Err(format!("`{word}` was not expected")),
    }
}

struct Reader<'a> {
    words: &'a [&'a str],
    accepted: &'a [&'a str],
}

impl<'a> Reader<'a> {
    fn choice(&mut self) -> Result<bool, String> {
        let mut answer = self.all()?;
        while self.skip("OR") {
            answer |= self.all()?;
        }
        Ok(answer)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut answer = self.one()?;
        while self.skip("AND") {
            answer &= self.one()?;
        }
        Ok(answer)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.skip("(") {
            let answer = self.choice()?;
            return if self.skip(")") {
                Ok(answer)
            } else {
                Err("`)` is missing".to_owned())
            };
        }
        let name = self.next().ok_or("it ends too early")?;
        if self.skip("WITH") {
            let exception = self.next().ok_or("it ends after WITH")?;
            // An exception only adds permissions.
            let both = format!("{name} WITH {exception}");
            return Ok(self.accepted.contains(&both.as_str()) || self.accepted.contains(&name));
        }
        Ok(self.accepted.contains(&name))
    }

    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn skip(&mut self, word: &str) -> bool {
        let here = self.words.first() == Some(&word);
        if here {
            self.words = &self.words[1..];
        }
        here
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    #[test]
    fn choices_conjunctions_and_exceptions_are_understood() {
        let accepted = ["MIT", "Apache-2.0", "ISC", "Apache-2.0 WITH LLVM-exception"];
        let cases = [
            ("MIT", Ok(true)),
            ("GPL-3.0-only", Ok(false)),
            ("MIT/Apache-2.0", Ok(true)),
            ("GPL-3.0-only OR MIT", Ok(true)),
            ("GPL-3.0-only AND MIT", Ok(false)),
            ("(GPL-2.0 OR ISC) AND MIT", Ok(true)),
            ("Apache-2.0 WITH LLVM-exception OR MPL-2.0", Ok(true)),
            ("GPL-2.0 WITH Classpath-exception-2.0", Ok(false)),
            ("MIT AND (ISC OR", Err("it ends too early".to_owned())),
            ("MIT ISC", Err("`ISC` was not expected".to_owned())),
        ];
        for (expression, expected) in cases {
            assert_eq!(satisfied(expression, &accepted), expected, "{expression}");
        }
    }
}
