//! XML: the text between the tags, an element a line where the layout says so. Never follows an entity, a
//! schema or a link; what is not well-formed is read as plain text. What describes another document gives what it says
//! as properties, too.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::encoding::{self, Failure};
use super::{Input, Limits, Outcome, Output, Reason, text};
use crate::dms;

/// Larger files are not taken into memory: they are read as plain text, tags and all.
const IN_MEMORY: u64 = 64 << 20;

/// Reads an `xml` or `svg` document.
pub fn read_xml(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    match xml(input, output) {
        Ok(Some(true)) => Outcome::Whole,
        Ok(Some(false)) => Outcome::Partial(Reason::Broken("dit bestand houdt te vroeg op".into())),
        Ok(None) => text::read_text("txt", input, limits, output),
        Err(failure) => failure.into(),
    }
}

/// Whether all elements were closed; `None` when nothing was given, because this is no XML that can be read in
/// memory.
fn xml(input: &mut Input, output: &mut dyn Output) -> Result<Option<bool>, Failure> {
    if input.size > IN_MEMORY {
        return Ok(None);
    }
    let encoding = encoding::detect_declared(input)?;
    let mut whole = String::new();
    encoding::decode(input, encoding, |piece| {
        whole.push_str(piece);
        Ok(())
    })?;
    // A list of files may be all attributes, without any text.
    if let Some(facts) = dms::describe(&whole) {
        for (key, value) in &facts.properties {
            output.property(key, value)?;
        }
    }
    let Some((text, closed)) = text_nodes(&whole) else {
        return Ok(None);
    };
    if !text.is_empty() {
        output.text(&text)?;
    }
    Ok(Some(closed))
}

/// The text of all elements and whether they were all closed, or `None` when the document is not well-formed or has no text between its tags.
fn text_nodes(xml: &str) -> Option<(String, bool)> {
    let mut reader = Reader::from_str(xml);
    let mut out = Text::default();
    let mut elements = 0u32;
    let mut open = 0usize;
    loop {
        match reader.read_event().ok()? {
            event @ (Event::Start(_) | Event::Empty(_)) => {
                open += usize::from(matches!(event, Event::Start(_)));
                elements = elements.saturating_add(1);
                out.start();
            }
            Event::End(_) => {
                open = open.saturating_sub(1);
                out.end();
            }
            Event::Text(piece) => out.push(&piece),
            Event::CData(piece) => out.push(&piece),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(c)) => out.push(c.encode_utf8(&mut [0; 4])),
                _ => match quick_xml::escape::resolve_xml_entity(&reference) {
                    Some(meant) => out.push(meant),
                    None => out.push(&format!("&{};", &*reference)),
                },
            },
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    let complete = elements > 0 && !out.text.is_empty();
    complete.then(|| (out.finish(), open == 0))
}

/// Joins text nodes: white space collapses, and a new element after a closed one starts a line. An element
/// inside a running sentence does not, so that no word falls apart.
#[derive(Default)]
struct Text {
    text: String,
    space: bool,
    line: bool,
    after_end: bool,
}

impl Text {
    fn start(&mut self) {
        self.line |= self.after_end;
    }

    fn end(&mut self) {
        self.after_end = true;
    }

    fn push(&mut self, piece: &str) {
        for word in piece.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end_matches(char::is_whitespace);
            if !bare.is_empty() {
                self.word(bare);
            }
            self.space |= bare.len() < word.len();
        }
    }

    fn word(&mut self, word: &str) {
        if !self.text.is_empty() {
            if self.line {
                self.text.push('\n');
            } else if self.space {
                self.text.push(' ');
            }
        }
        self.text.push_str(word);
        (self.space, self.line, self.after_end) = (false, false, false);
    }

    fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::read_bytes;
    use super::*;

    #[test]
    fn elements_become_lines_and_sentences_stay_whole() {
        let xml = "<?xml version=\"1.0\"?>\n<wet>\n <titel>Wet open\n overheid</titel>\n <al>Een <b>be</b>sluit van \
                   &euro; &lt;5 &#233;n <i>meer</i> niet</al><al><![CDATA[a<b]]></al>\n</wet>";
        let (format, out, outcome) = read_bytes("wet.xml", xml.as_bytes());
        assert_eq!((format.as_str(), outcome), ("xml", Outcome::Whole));
        assert_eq!(
            out.rest,
            "Wet open overheid\nEen besluit van &euro; <5 én meer niet\na<b\n"
        );
    }

    #[test]
    fn a_document_without_its_end_is_not_called_whole() {
        let (_, out, outcome) = read_bytes(
            "a.xml",
            b"<?xml version=\"1.0\"?><r><al>Het besluit</al><al>over",
        );
        assert_eq!(out.rest, "Het besluit\nover\n");
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Broken(_))),
            "{outcome:?}"
        );
    }

    #[test]
    fn the_declared_encoding_counts() {
        let xml = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>co\u{f6}rdinatie</a>";
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(xml);
        assert_eq!(read_bytes("x.xml", &bytes).1.rest, "coördinatie\n");
    }

    #[test]
    fn broken_xml_and_xml_of_attributes_only_stay_readable() {
        let (format, out, outcome) =
            read_bytes("x.xml", b"<?xml version=\"1.0\"?><a>een<b>twee</a>");
        assert_eq!((format.as_str(), outcome), ("xml", Outcome::Whole));
        assert!(out.rest.contains("een<b>twee"));
        let (_, out, _) = read_bytes("x.xml", b"<?xml version=\"1.0\"?><a naam=\"besluit\"/>");
        assert!(out.rest.contains("besluit"));
    }

    #[test]
    fn nesting_does_not_matter() {
        let deep = format!(
            "<?xml version=\"1.0\"?>{}kern{}",
            "<a>".repeat(200_000),
            "</a>".repeat(200_000)
        );
        assert_eq!(read_bytes("x.xml", deep.as_bytes()).1.rest, "kern\n");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[<>/a&;! \\[\\]\"=?-]{0,80}") {
            let _ = text_nodes(&text);
        }
    }
}
