//! Letters that come in, taken apart.

use mail_parser::MessageParser;

/// A letter that came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// What it is about.
    pub subject: String,
    /// What it says, as plain text; of one that has HTML alone, that without its marks.
    pub text: String,
    /// Its `Message-ID`, without brackets.
    pub id: String,
    /// What `In-Reply-To` and `References` name.
    pub answers: Vec<String>,
    /// The addresses to which it went.
    pub to: Vec<String>,
}

/// Takes a letter apart; nothing if it is none.
pub fn read(raw: &[u8]) -> Option<Came> {
    let message = MessageParser::default().parse(raw)?;
    let named = [message.in_reply_to(), message.references()];
    let answers = named.into_iter().filter_map(|own| own.as_text_list());
    let to = message.to().into_iter().flat_map(|all| all.iter());
    Some(Came {
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        id: message.message_id().unwrap_or_default().to_owned(),
        answers: answers.flatten().map(|own| own.to_string()).collect(),
        to: to
            .filter_map(|own| own.address.as_deref())
            .map(str::to_owned)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_taken_apart_however_it_was_written() {
        let raw = "From: Ana <ana@example.com>\r\nTo: Club <club@shop.example>\r\n\
            Subject: =?utf-8?B?0KHQv9Cw0YHQuNCx0L4=?=\r\nMessage-ID: <c@example.com>\r\n\
            In-Reply-To: <b@shop.example>\r\nReferences: <a@shop.example>\r\n <b@shop.example>\r\n\
            MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\n=D0=94=D0=B0\r\n";
        let came = read(raw.as_bytes()).expect("is a letter");
        assert_eq!(came.subject, "Спасибо");
        assert_eq!(came.text.trim(), "Да");
        assert_eq!(came.id, "c@example.com");
        assert_eq!(
            came.answers,
            ["b@shop.example", "a@shop.example", "b@shop.example"]
        );
        assert_eq!(came.to, ["club@shop.example"]);
        assert_eq!(read(b""), None);
    }
}
