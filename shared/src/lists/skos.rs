//! Lists as SKOS: the labels of a concept, Dutch or without a language, mean the same. Reads RDF/XML here and Turtle
//! in `turtle`. Other languages, broader and narrower concepts do not count; a concept with one label has no synonym.

use super::csv::decoded;
use super::list::{Builder, List, ListError, Origin, Row};
use super::turtle;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use std::collections::HashMap;

pub(super) const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const OWL: &str = "http://www.w3.org/2002/07/owl#";
const LABELS: [&str; 3] = ["prefLabel", "altLabel", "hiddenLabel"];

/// Whether the property `name` of namespace SKOS is a label.
fn is_label(name: &str) -> bool {
    LABELS.contains(&name)
}

/// What is read of a property, given its full address.
pub(super) fn wanted(address: &str) -> Option<Wanted> {
    if address.strip_prefix(SKOS).is_some_and(is_label) {
        Some(Wanted::Label)
    } else if address.strip_prefix(OWL) == Some("versionInfo") {
        Some(Wanted::Version)
    } else {
        None
    }
}

/// What is read of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Label,
    Version,
}

/// The concepts of a file, in the order in which they are met.
#[derive(Default)]
pub(super) struct Concepts {
    builder: Builder,
    concepts: Vec<(usize, Vec<String>)>,
    by_subject: HashMap<String, usize>,
}

impl Concepts {
    /// Takes what stands at `line`.
    pub fn take(
        &mut self,
        wanted: Wanted,
        subject: &str,
        text: &str,
        language: &str,
        line: usize,
    ) -> Result<(), ListError> {
        if wanted == Wanted::Version {
            if self.builder.stated.is_none() && !text.trim().is_empty() {
                self.builder.stated = Some(Builder::term(text, line)?);
            }
            return Ok(());
        }
        let language = language.to_ascii_lowercase();
        if !(language.is_empty() || language == "nl" || language.starts_with("nl-")) {
            return Ok(());
        }
        let term = Builder::term(text, line)?;
        let next = self.concepts.len();
        let at = *self.by_subject.entry(subject.to_owned()).or_insert(next);
        if at == next {
            self.concepts.push((line, Vec::new()));
        }
        if let Some((_, terms)) = self.concepts.get_mut(at)
            && !terms.contains(&term)
        {
            terms.push(term);
            // Before the row is complete, so that no file makes this slow.
            if terms.len() > super::MAX_ROW {
                let terms = std::mem::take(terms);
                return self.builder.add(row(terms), line);
            }
        }
        Ok(())
    }

    pub fn finish(mut self, name: &str, origin: Origin, line: usize) -> Result<List, ListError> {
        for (line, terms) in self.concepts {
            if terms.len() > 1 {
                self.builder.add(row(terms), line)?;
            }
        }
        self.builder.finish(name, origin, line)
    }
}

fn row(terms: Vec<String>) -> Row {
    Row {
        terms,
        only_to: Vec::new(),
    }
}

/// Reads a list in RDF/XML.
pub fn parse_xml(name: &str, origin: Origin, bytes: &[u8]) -> Result<List, ListError> {
    let text = decoded(bytes);
    let mut reader = XmlReader {
        xml: NsReader::from_str(&text),
        lines: Lines::new(&text),
        open: Vec::new(),
        label: None,
        concepts: Concepts::default(),
    };
    reader.read()?;
    let line = reader.lines.at(text.len());
    reader.concepts.finish(name, origin, line)
}

/// Reads a list in Turtle.
pub fn parse_turtle(name: &str, origin: Origin, bytes: &[u8]) -> Result<List, ListError> {
    turtle::parse(name, origin, &decoded(bytes))
}

/// The lines of a text, asked for from its beginning to its end.
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Self {
        Lines {
            text,
            at: 0,
            line: 1,
        }
    }

    /// The line, from 1, of a byte at or behind the one asked for before.
    pub fn at(&mut self, at: usize) -> usize {
        let passed = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = self.at.max(at);
        self.line
    }
}

/// An element that is open.
struct Open {
    /// What its properties are about.
    subject: String,
    /// The language of the text in it.
    language: String,
}

struct Label {
    wanted: Wanted,
    text: String,
    line: usize,
}

struct XmlReader<'t> {
    xml: NsReader<&'t [u8]>,
    lines: Lines<'t>,
    open: Vec<Open>,
    label: Option<Label>,
    concepts: Concepts,
}

impl XmlReader<'_> {
    fn read(&mut self) -> Result<(), ListError> {
        loop {
            let event = self.xml.read_event();
            let line = self.lines.at(self.xml.buffer_position() as usize);
            match event.map_err(|_| broken(line))? {
                Event::Start(element) => self.start(&element, line)?,
                Event::Empty(element) => {
                    self.start(&element, line)?;
                    self.end()?;
                }
                Event::End(_) => self.end()?,
                Event::Text(text) => self.text(&text.xml10_content()),
                Event::CData(text) => self.text(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let text = resolved(&reference);
                    if self.label.is_some() && text.is_none() {
                        return Err(broken(line));
                    }
                    self.text(&text.unwrap_or_default());
                }
                Event::Eof if self.open.is_empty() => return Ok(()),
                Event::Eof => return Err(broken(line)),
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(label) = &mut self.label {
            label.text.push_str(text);
        }
    }

    fn start(&mut self, element: &BytesStart<'_>, line: usize) -> Result<(), ListError> {
        if self.label.is_some() {
            return Err(ListError::new(
                line,
                "In een label staat een ander element. Een label hoort alleen tekst te hebben.",
            ));
        }
        let (namespace, local) = self.xml.resolver().resolve_element(element.name());
        let wanted = address(&namespace, local.as_ref()).and_then(|name| wanted(&name));
        // Without a name of its own nothing else can be about it.
        let mut subject = format!("{line} {}", self.xml.buffer_position());
        let mut language = self
            .open
            .last()
            .map_or("", |open| open.language.as_str())
            .to_owned();
        let mut labels = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|_| broken(line))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value =
                value.map_or_else(|_| attribute.value.to_string(), |value| value.to_string());
            if attribute.key.as_ref() == "xml:lang" {
                language = value;
                continue;
            }
            let (namespace, local) = self.xml.resolver().resolve_attribute(attribute.key);
            let Some(name) = address(&namespace, local.as_ref()) else {
                continue;
            };
            if let Some("about" | "ID" | "nodeID") = name.strip_prefix(RDF) {
                subject = value;
            } else if let Some(wanted) = self::wanted(&name) {
                labels.push((wanted, value));
            }
        }
        for (wanted, value) in labels {
            self.concepts
                .take(wanted, &subject, &value, &language, line)?;
        }
        self.label = wanted.map(|wanted| Label {
            wanted,
            text: String::new(),
            line,
        });
        self.open.push(Open { subject, language });
        Ok(())
    }

    fn end(&mut self) -> Result<(), ListError> {
        let open = self.open.pop();
        let (Some(label), Some(open)) = (self.label.take(), open) else {
            return Ok(());
        };
        let about = self.open.last().map_or("", |about| about.subject.as_str());
        self.concepts
            .take(label.wanted, about, &label.text, &open.language, label.line)
    }
}

/// The full address of a name. Some programs write namespaces as entities of their document type.
fn address(namespace: &ResolveResult<'_>, local: &str) -> Option<String> {
    let ResolveResult::Bound(Namespace(namespace)) = namespace else {
        return None;
    };
    let namespace = match *namespace {
        "&skos;" => SKOS,
        "&rdf;" => RDF,
        "&owl;" => OWL,
        other => other,
    };
    Some(format!("{namespace}{local}"))
}

fn resolved(reference: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return Some(char.to_string());
    }
    let char = match &**reference {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    };
    Some(char.to_owned())
}

fn broken(line: usize) -> ListError {
    ListError::new(
        line,
        "Dit is geen geldige RDF/XML. Maak het bestand opnieuw, of lever de lijst aan als CSV.",
    )
}

#[cfg(test)]
#[path = "skos/tests.rs"]
mod tests;
