//! Streaming XML for the office readers: one token at a time, never recursive, never expanding entities, memory
//! bounded by the largest single tag or text. Never decides what a tag means.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::archive::Struck;
use super::{Reason, Stop};

/// Why reading one part ended early.
#[derive(Debug)]
pub(super) enum Fault {
    /// The receiver wants no more: the whole reading ends.
    Stop(Stop),
    /// This part is damaged or too big: the rest can still be read.
    Bad(Reason),
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// What the XML holds next.
pub(super) enum Token<'t> {
    /// An element begins (an empty one is a beginning and an end).
    Start(&'t Tag<'t>),
    /// An element ends; its name with prefix.
    End(&'t str),
    /// Character data, unescaped.
    Text(&'t str),
}

/// What to do with the element that just began.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Go on inside it.
    Into,
    /// Leave it out, with everything inside; its end is not told.
    Skip,
}

/// The beginning of an element.
pub(super) struct Tag<'t>(BytesStart<'t>);

impl Tag<'_> {
    /// Name with prefix.
    pub(super) fn name(&self) -> &str {
        self.0.name().0
    }

    /// Name without prefix.
    pub(super) fn local(&self) -> &str {
        local(self.name())
    }

    /// The value of an attribute, whatever its prefix.
    pub(super) fn attr(&self, wanted: &str) -> Option<String> {
        self.find(|key| local(key) == wanted)
    }

    /// The value of an attribute by its name with prefix.
    pub(super) fn attr_exact(&self, wanted: &str) -> Option<String> {
        self.find(|key| key == wanted)
    }

    fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let found = self
            .0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| wanted(attribute.key.0))?;
        let value = found.normalized_value(XmlVersion::Implicit1_0);
        Some(value.map_or_else(|_| found.value.into_owned(), Cow::into_owned))
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Reads the tokens of one part.
pub(super) struct Xml<R: Read> {
    reader: quick_xml::Reader<Utf8<R>>,
    buffer: Vec<u8>,
    depth: usize,
    part: String,
}

impl<R: Read> Xml<R> {
    /// Reads XML from `inner`; `part` names it in messages.
    pub(super) fn new(inner: R, part: &str) -> Self {
        let mut reader = quick_xml::Reader::from_reader(Utf8::new(inner));
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().allow_dangling_amp = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
            part: part.to_owned(),
        }
    }

    /// Tells every token in order to `each`, until the end.
    pub(super) fn each(
        mut self,
        mut each: impl FnMut(Token<'_>) -> Result<Step, Fault>,
    ) -> Result<(), Fault> {
        // Depth below which everything is left out.
        let mut skipping: Option<usize> = None;
        loop {
            self.buffer.clear();
            let event = self
                .reader
                .read_event_into(&mut self.buffer)
                .map_err(|error| broken(&self.part, &error))?;
            match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if skipping.is_none() && each(Token::Start(&Tag(start)))? == Step::Skip {
                        skipping = Some(self.depth);
                    }
                }
                Event::End(end) => {
                    if skipping.is_none() {
                        each(Token::End(end.name().0))?;
                    } else if skipping == Some(self.depth) {
                        skipping = None;
                    }
                    self.depth = self.depth.saturating_sub(1);
                }
                Event::Eof if self.depth > 0 => return Err(cut_off(&self.part)),
                Event::Eof => return Ok(()),
                _ if skipping.is_some() => {}
                Event::Text(text) => {
                    each(Token::Text(&text.xml10_content()))?;
                }
                Event::CData(data) => {
                    each(Token::Text(&data.xml10_content()))?;
                }
                Event::GeneralRef(reference) => {
                    each(Token::Text(&resolve(&reference)))?;
                }
                _ => {}
            }
        }
    }
}

/// The character of a reference. Entities that a document type declares are kept as written: expanding them is
/// how a few bytes become gigabytes.
fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return char.to_string();
    }
    match &**reference {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => format!("&{other};"),
    }
}

fn broken(part: &str, error: &quick_xml::Error) -> Fault {
    if let quick_xml::Error::Io(error) = error {
        return Fault::Bad(io_reason(part, error));
    }
    Fault::Bad(Reason::Broken(format!(
        "onderdeel {part} is geen geldige XML"
    )))
}

fn cut_off(part: &str) -> Fault {
    Fault::Bad(Reason::Broken(format!("onderdeel {part} is afgekapt")))
}

/// What an error while unpacking `part` means to the user.
pub(super) fn io_reason(part: &str, error: &io::Error) -> Reason {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(Struck(reason)) => reason.clone(),
        None => Reason::Broken(format!("onderdeel {part} is niet uit te pakken")),
    }
}

/// Turns UTF-8 or UTF-16 (by its mark) into valid UTF-8; bytes that are neither become U+FFFD, so that one
/// wrong byte does not cost a whole part.
struct Utf8<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    raw_from: usize,
    raw_to: usize,
    out: Vec<u8>,
    from: usize,
    to: usize,
    end: bool,
    done: bool,
}

const CHUNK: usize = 16 * 1024;

impl<R: Read> Utf8<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            decoder: encoding_rs::UTF_8.new_decoder(),
            raw: vec![0; CHUNK],
            raw_from: 0,
            raw_to: 0,
            out: vec![0; 3 * CHUNK],
            from: 0,
            to: 0,
            end: false,
            done: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.from == self.to && !self.done {
            if self.raw_from == self.raw_to && !self.end {
                self.raw_to = self.inner.read(&mut self.raw)?;
                self.raw_from = 0;
                self.end = self.raw_to == 0;
            }
            let source = &self.raw[self.raw_from..self.raw_to];
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(source, &mut self.out, self.end);
            self.raw_from += read;
            self.from = 0;
            self.to = written;
            self.done = self.end && result == encoding_rs::CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Utf8<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(&self.out[self.from..self.to])
    }

    fn consume(&mut self, count: usize) {
        self.from = (self.from + count).min(self.to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All character data of some XML, elements named `weg` left out.
    fn text_of(xml: &[u8]) -> Result<String, Fault> {
        let mut all = String::new();
        Xml::new(xml, "proef").each(|token| {
            match token {
                Token::Start(tag) if tag.local() == "weg" => return Ok(Step::Skip),
                Token::Text(text) => all.push_str(text),
                _ => {}
            }
            Ok(Step::Into)
        })?;
        Ok(all)
    }

    #[test]
    fn a_skipped_element_goes_with_all_it_holds() {
        let xml = b"<a>1<x:weg><weg>2</weg>3</x:weg><weg/>4</a>";
        assert_eq!(text_of(xml).unwrap(), "14");
    }

    #[test]
    fn character_references_become_characters_but_declared_entities_do_not_grow() {
        let xml = b"<!DOCTYPE a [<!ENTITY b 'xxxx'>]><a>A &amp; B &#233;&b;</a>";
        assert_eq!(text_of(xml).unwrap(), "A & B \u{e9}&b;");
    }

    #[test]
    fn utf16_and_wrong_bytes_are_read() {
        let utf16: Vec<u8> = "\u{feff}<a>co\u{f6}rdinatie</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text_of(&utf16).unwrap(), "co\u{f6}rdinatie");
        assert_eq!(text_of(b"<a>co\xf6rd</a>").unwrap(), "co\u{fffd}rd");
    }

    #[test]
    fn a_cut_off_part_is_an_error_and_names_the_part() {
        let Err(Fault::Bad(reason)) = text_of(b"<a>tekst<b>") else {
            panic!("accepted");
        };
        assert_eq!(
            reason.to_string(),
            "beschadigd: onderdeel proef is afgekapt"
        );
    }

    #[test]
    fn a_million_nested_elements_do_not_recurse() {
        let deep = "<a>".repeat(1_000_000) + "diep" + &"</a>".repeat(1_000_000);
        assert_eq!(text_of(deep.as_bytes()).unwrap(), "diep");
    }
}
