//! The lines of a conversation, as the chat readers write them: which piece of a page is which message, by whom
//! and when. Never reads an export itself and never changes a text.
//!
//! A message begins with a line `[2024-03-15 14:03:22] Naam: tekst` (seconds only when known), a line of the
//! program itself with `[2024-03-15 14:03] * tekst`. Its further lines begin with two spaces.

use std::ops::Range;

/// One message of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// `JJJJ-MM-DD UU:MM` or `JJJJ-MM-DD UU:MM:SS`; empty for text before the first message of a page.
    pub moment: &'a str,
    /// Who wrote it; `None` for lines of the program itself and text before the first message.
    pub sender: Option<&'a str>,
    /// The text with its marks, as it stands on the page: further lines still begin with two spaces.
    pub text: &'a str,
}

/// The messages of a page in their order. The ranges are bytes of the page; together they cover it.
pub fn messages(page: &str) -> impl Iterator<Item = (Range<usize>, Message<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = page.get(at..).filter(|rest| !rest.is_empty())?;
        let length = next_head(rest).unwrap_or(rest.len());
        let range = at..at + length;
        at = range.end;
        Some((range, message(&rest[..length])))
    })
}

/// Where the second message of `text` begins: the first line after its own that is a head.
fn next_head(text: &str) -> Option<usize> {
    text.match_indices('\n')
        .map(|(end, _)| end + 1)
        .find(|start| moment(&text[*start..]).is_some())
}

fn message(text: &str) -> Message<'_> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let Some(moment) = moment(text) else {
        return Message {
            moment: "",
            sender: None,
            text,
        };
    };
    // The moment stands between brackets, and a space follows.
    let rest = &text[moment.len() + 3..];
    let line = rest.split('\n').next().unwrap_or_default();
    let (sender, text) = match (rest.strip_prefix("* "), line.find(": ")) {
        (Some(system), _) => (None, system),
        (None, Some(at)) if at > 0 => (Some(&rest[..at]), &rest[at + 2..]),
        _ => (None, rest),
    };
    Message {
        moment,
        sender,
        text,
    }
}

/// The moment, if `text` begins with the head of a message.
fn moment(text: &str) -> Option<&str> {
    const SHAPE: &[u8] = b"[0000-00-00 00:00";
    let bytes = text.as_bytes();
    let fits = |from: usize, shape: &[u8]| {
        bytes.get(from..from + shape.len()).is_some_and(|found| {
            let same = |(byte, wanted): (&u8, &u8)| match wanted {
                b'0' => byte.is_ascii_digit(),
                _ => byte == wanted,
            };
            found.iter().zip(shape).all(same)
        })
    };
    if !fits(0, SHAPE) {
        return None;
    }
    let end = SHAPE.len() + if fits(SHAPE.len(), b":00") { 3 } else { 0 };
    fits(end, b"] ").then(|| &text[1..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(page: &str) -> Vec<(&str, Option<&str>, &str)> {
        messages(page)
            .map(|(_, message)| (message.moment, message.sender, message.text))
            .collect()
    }

    #[test]
    fn a_page_falls_apart_into_messages() {
        let page = "[2024-03-15 14:03:22] Jan de Wit: De kade: morgen\n  en overmorgen\n\
                    [2024-03-15 14:04] * Jan heeft de groep gemaakt: Kade\n\
                    [2024-03-15 14:05] Fatima: \n  [2024-03-15 14:03:22] Jan: dit is een citaat\n";
        assert_eq!(
            parts(page),
            [
                (
                    "2024-03-15 14:03:22",
                    Some("Jan de Wit"),
                    "De kade: morgen\n  en overmorgen"
                ),
                ("2024-03-15 14:04", None, "Jan heeft de groep gemaakt: Kade"),
                (
                    "2024-03-15 14:05",
                    Some("Fatima"),
                    "\n  [2024-03-15 14:03:22] Jan: dit is een citaat"
                ),
            ]
        );
    }

    #[test]
    fn text_that_is_no_message_is_not_lost() {
        assert_eq!(
            parts("  Gesprek met Jan\n[2024-03-15 14:05] Jan: hoi"),
            [
                ("", None, "  Gesprek met Jan"),
                ("2024-03-15 14:05", Some("Jan"), "hoi")
            ]
        );
        assert_eq!(parts("[2024-03-15] Jan: hoi\n").len(), 1);
        assert_eq!(
            parts("[2024-03-15 14:05] \n"),
            [("2024-03-15 14:05", None, "")]
        );
        assert!(parts("").is_empty());
    }

    proptest! {
        #[test]
        fn the_ranges_cover_the_page(pieces in proptest::collection::vec("\\[2024-03-15 14:03(:22)?\\] |Jan|: |\\* |\n|  |é|\\[|[0-9]", 0..40)) {
            let page = pieces.concat();
            let mut at = 0;
            for (range, message) in messages(&page) {
                prop_assert_eq!(range.start, at);
                prop_assert!(range.end > at);
                prop_assert!(page[range.clone()].contains(message.text));
                at = range.end;
            }
            prop_assert_eq!(at, page.len());
        }
    }
}
