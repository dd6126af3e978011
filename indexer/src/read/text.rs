//! Plain text, Markdown, CSV, TSV and JSON: the characters of the file itself, piece by piece, whatever its
//! size. Never interprets layout, except that a form feed ends a page.

use super::encoding::{self, Failure};
use super::{Input, Limits, Outcome, Output, key};

/// Reads a `txt`, `md`, `csv`, `tsv` or `json` document.
pub fn read_text(
    format: &str,
    input: &mut Input,
    _limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    match text(format, input, output) {
        Ok(()) => Outcome::Whole,
        Err(failure) => failure.into(),
    }
}

fn text(format: &str, input: &mut Input, output: &mut dyn Output) -> Result<(), Failure> {
    let encoding = encoding::detect(input, None)?;
    let mut json = JsonStrings::default();
    let mut first = true;
    encoding::decode(input, encoding, |piece| {
        if std::mem::take(&mut first)
            && format == "md"
            && let Some(title) = markdown_title(piece)
        {
            output.property(key::TITLE, &title)?;
        }
        if format == "json" {
            return Ok(output.text(&json.readable(piece))?);
        }
        let mut pages = piece.split('\u{c}');
        let Some(mut page) = pages.next() else {
            return Ok(());
        };
        for next in pages {
            give(output, page)?;
            output.end_page()?;
            page = next;
        }
        give(output, page)
    })
}

fn give(output: &mut dyn Output, text: &str) -> Result<(), Failure> {
    if !text.is_empty() {
        output.text(text)?;
    }
    Ok(())
}

/// `title:` or `titel:` of the front matter, else the first heading of level 1, else of any.
fn markdown_title(text: &str) -> Option<String> {
    let mut lines = text.lines().peekable();
    if lines.next_if(|line| line.trim_end() == "---").is_some() {
        for line in lines
            .by_ref()
            .take_while(|line| !matches!(line.trim_end(), "---" | "..."))
        {
            let title = line
                .strip_prefix("title:")
                .or_else(|| line.strip_prefix("titel:"));
            let title = title
                .map(|t| t.trim().trim_matches(['"', '\'']))
                .filter(|t| !t.is_empty());
            if title.is_some() {
                return title.map(str::to_owned);
            }
        }
    }
    let mut in_code = false;
    let mut lower = None;
    for line in lines {
        if line.starts_with("```") || line.starts_with("~~~") {
            in_code = !in_code;
        } else if !in_code && let Some((level, heading)) = heading(line) {
            if level == 1 {
                return Some(heading.to_owned());
            }
            lower = lower.or(Some(heading));
        }
    }
    lower.map(str::to_owned)
}

/// Level and text of a heading. Many writers forget the space, but `#woord` is a tag.
fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    let marked =
        text.starts_with([' ', '\t']) || (level > 1 && text.starts_with(char::is_alphabetic));
    let text = text.trim().trim_end_matches('#').trim_end();
    ((1..=6).contains(&level) && marked && !text.is_empty()).then_some((level, text))
}

/// Undoes the escapes inside strings of JSON: `\n` must not become a letter of the next word, and `\u00e9` is
/// an é. Everything else stays as it is, so broken JSON is read too.
#[derive(Default)]
struct JsonStrings {
    in_string: bool,
    /// An escape that is not finished: `\`, `\u`, `\u0`, ...
    escape: String,
    /// The first half of a character beyond the basic plane.
    high: Option<u16>,
}

impl JsonStrings {
    fn readable(&mut self, piece: &str) -> String {
        let mut out = String::with_capacity(piece.len());
        for c in piece.chars() {
            if self.escape.is_empty() {
                match c {
                    '\\' if self.in_string => self.escape.push(c),
                    '"' => {
                        self.in_string = !self.in_string;
                        self.plain(c, &mut out);
                    }
                    _ => self.plain(c, &mut out),
                }
            } else {
                self.escaped(c, &mut out);
            }
        }
        out
    }

    fn plain(&mut self, c: char, out: &mut String) {
        if self.high.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        out.push(c);
    }

    fn escaped(&mut self, c: char, out: &mut String) {
        if self.escape.len() == 1 && c != 'u' {
            self.escape.clear();
            let meant = match c {
                'n' | 'r' | 'f' => '\n',
                't' => '\t',
                'b' => ' ',
                other => other,
            };
            return self.plain(meant, out);
        }
        if self.escape.len() >= 2 && !c.is_ascii_hexdigit() {
            let text = std::mem::take(&mut self.escape);
            out.push_str(&text);
            return self.plain(c, out);
        }
        self.escape.push(c);
        if self.escape.len() < 6 {
            return;
        }
        let unit = u16::from_str_radix(&self.escape[2..], 16).unwrap_or(0xfffd);
        self.escape.clear();
        if (0xd800..0xdc00).contains(&unit) {
            if self.high.replace(unit).is_some() {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            return;
        }
        let units = self.high.take().into_iter().chain([unit]);
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{Collected, input, limits, read_bytes};
    use super::super::{Outcome, Reason};
    use super::*;

    #[test]
    fn a_form_feed_ends_a_page() {
        let (format, out, outcome) =
            read_bytes("nota.txt", "één\u{c}twee\u{c}\u{c}vier".as_bytes());
        assert_eq!((format.as_str(), outcome), ("txt", Outcome::Whole));
        assert_eq!(out.pages, ["één", "twee", ""]);
        assert_eq!(out.rest, "vier");
    }

    #[test]
    fn markdown_has_a_title() {
        let title = |text: &str| {
            read_bytes("x.md", text.as_bytes())
                .1
                .values(key::TITLE)
                .join("|")
        };
        assert_eq!(
            title("tekst\n# Besluit over gas #\n# Tweede\n"),
            "Besluit over gas"
        );
        assert_eq!(
            title("---\ndatum: 2020\ntitel: \"Nota\"\n---\n# Anders\n"),
            "Nota"
        );
        assert_eq!(title("---\ndatum: 2020\n---\n# Kop\n"), "Kop");
        assert_eq!(title("<meta>\n\n##Besluit\n\n### Artikel 1\n"), "Besluit");
        assert_eq!(title("```\n# geen kop\n```\n#tag\ntekst"), "");
    }

    #[test]
    fn json_is_read_as_its_strings_mean() {
        let json = r#"{"a": "regel een\nregel twee", "b": "caf\u00e9 \ud83d\ude00 \"zo\""}"#;
        let (format, out, outcome) = read_bytes("x.json", json.as_bytes());
        assert_eq!((format.as_str(), outcome), ("json", Outcome::Whole));
        assert_eq!(
            out.rest,
            "{\"a\": \"regel een\nregel twee\", \"b\": \"café 😀 \"zo\"\"}"
        );
        let broken = JsonStrings::default().readable(r#""\ud83dx \u00zz"#);
        assert_eq!(broken, "\"\u{fffd}x \\u00zz");
    }

    #[test]
    fn a_csv_keeps_its_cells() {
        let (format, out, _) = read_bytes("lijst.csv", b"naam;plaats\r\nJan;Den Haag\r\n");
        assert_eq!(
            (format.as_str(), out.rest.as_str()),
            ("csv", "naam;plaats\nJan;Den Haag\n")
        );
    }

    #[test]
    fn a_text_of_many_pieces_comes_whole_and_in_pieces() {
        let text: String = (0..200_000).map(|i| format!("woord{i} ")).collect();
        let (_, out, outcome) = read_bytes("groot.txt", text.as_bytes());
        assert_eq!(outcome, Outcome::Whole);
        assert!(out.rest == text);
    }

    #[test]
    fn a_receiver_that_wants_no_more_gets_no_more() {
        let text = "woord ".repeat(100_000);
        let mut out = Collected {
            stop_after: Some(1000),
            ..Collected::default()
        };
        let outcome = read_text(
            "txt",
            &mut input("x.txt", text.as_bytes()),
            &limits(),
            &mut out,
        );
        assert!(matches!(outcome, Outcome::Partial(Reason::Limit(_))));
        assert!(out.rest.len() < text.len() / 2);
    }

    proptest! {
        #[test]
        fn json_escapes_do_not_depend_on_the_pieces(text in "[\"\\\\nud83e0c x\u{e9}]{0,60}", cut in 0usize..60) {
            let cut = text.char_indices().map(|(i, _)| i).nth(cut).unwrap_or(text.len());
            let mut pieces = JsonStrings::default();
            let mut found = pieces.readable(&text[..cut]);
            found.push_str(&pieces.readable(&text[cut..]));
            prop_assert_eq!(found, JsonStrings::default().readable(&text));
        }

        #[test]
        fn what_json_writes_is_what_is_read(text in "\\PC{0,40}") {
            let written = serde_json::to_string(&text).expect("writing");
            prop_assert_eq!(JsonStrings::default().readable(&written), format!("\"{text}\""));
        }
    }
}
