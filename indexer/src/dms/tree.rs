//! An XML document in memory as a tree, bounded in depth and number. Never follows an entity, a schema or a link, and
//! never decides what an element means.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};
use std::ops::ControlFlow;

/// Deeper is no description of a document.
const DEPTH: usize = 100;
/// Neither are more elements.
const NODES: usize = 500_000;

/// An element. Names are without prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: Vec<(String, String)>,
    /// Its own text, white space collapsed.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Node>,
}

impl Node {
    /// Whether it has this name; capitals differ from one export to the other.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The elements in it with this name.
    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.is(name))
    }

    /// The first of them.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.is(name))
    }

    /// The element at the end of this way.
    pub fn at(&self, way: &[&str]) -> Option<&Node> {
        way.iter().try_fold(self, |node, name| node.child(name))
    }

    /// The text at the end of this way, when there is any.
    pub fn text_at(&self, way: &[&str]) -> Option<&str> {
        let text = self.at(way)?.text.as_str();
        (!text.is_empty()).then_some(text)
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(found.1.as_str())
    }

    /// Every element below it with this name, however deep.
    pub fn below<'n>(&'n self, name: &str, found: &mut Vec<&'n Node>) {
        for child in &self.children {
            if child.is(name) {
                found.push(child);
            }
            child.below(name, found);
        }
    }

    /// Everything below it that has text: the names on the way, and the text.
    pub fn leaves(&self, each: &mut dyn FnMut(&str, &str)) {
        if !self.text.is_empty() {
            each(&self.name, &self.text);
        }
        for child in &self.children {
            child.leaves(&mut |way, text| each(&format!("{} {way}", self.name), text));
        }
    }
}

/// The root; `None` when this is not well-formed, or larger than a description can be.
pub fn parse(xml: &str) -> Option<Node> {
    walk(xml, false, &mut |open, done| match open.last_mut() {
        Some(above) => {
            above.children.push(done);
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(done),
    })
}

/// Hands over each element right below the root as soon as it is closed, until `each` says `false`: a list may have more
/// of them than fit in a tree. Whether it was well-formed as far as it was read.
pub fn each(xml: &str, each: &mut dyn FnMut(Node) -> bool) -> bool {
    let end = walk(xml, true, &mut |open, done| {
        let goes_on = match open {
            [] => false,
            [_] => each(done),
            [.., above] => {
                above.children.push(done);
                true
            }
        };
        match goes_on {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(Node::default()),
        }
    });
    end.is_some()
}

/// Builds element after element; `closed` gets each that is closed with those that are still open. `apart` tells that what
/// is right below the root is not kept, and each of these may be as large as a description.
fn walk(
    xml: &str,
    apart: bool,
    closed: &mut dyn FnMut(&mut [Node], Node) -> ControlFlow<Node>,
) -> Option<Node> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Node> = Vec::new();
    let mut number = 0usize;
    loop {
        let done = match reader.read_event().ok()? {
            Event::Start(start) => {
                number = match apart && open.len() == 1 {
                    true => 1,
                    false => number + 1,
                };
                if open.len() >= DEPTH || number > NODES {
                    return None;
                }
                open.push(element(&start));
                None
            }
            Event::Empty(start) => {
                number += 1;
                if number > NODES {
                    return None;
                }
                Some(element(&start))
            }
            Event::End(_) => {
                let mut done = open.pop()?;
                done.text = done.text.split_whitespace().collect::<Vec<_>>().join(" ");
                Some(done)
            }
            Event::Text(piece) => push(&mut open, &piece),
            Event::CData(piece) => push(&mut open, &piece),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(c)) => push(&mut open, c.encode_utf8(&mut [0; 4])),
                _ => match escape::resolve_xml_entity(&reference) {
                    Some(meant) => push(&mut open, meant),
                    None => push(&mut open, &format!("&{};", &*reference)),
                },
            },
            Event::Eof => return None,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => None,
        };
        if let Some(done) = done
            && let ControlFlow::Break(root) = closed(&mut open, done)
        {
            return Some(root);
        }
    }
}

fn push(open: &mut [Node], piece: &str) -> Option<Node> {
    if let Some(node) = open.last_mut() {
        node.text.push_str(piece);
    }
    None
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn element(start: &BytesStart<'_>) -> Node {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
        attributes.push((local(attribute.key.0), value));
    }
    Node {
        name: local(start.name().0),
        attributes,
        ..Node::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tree_has_names_without_prefix_and_text_without_layout() {
        let root = parse(
            "<?xml version=\"1.0\"?><m:a xmlns:m=\"x\"><b  Type=\"1 &amp; 2\">een\n  twee &lt;3</b><!-- c --><b/></m:a>",
        )
        .unwrap();
        assert!(root.is("A"));
        assert_eq!(root.text_at(&["b"]), Some("een twee <3"));
        assert_eq!(root.child("b").unwrap().attribute("type"), Some("1 & 2"));
        assert_eq!(root.all("b").count(), 2);
    }

    #[test]
    fn what_is_not_closed_or_too_deep_is_none() {
        assert_eq!(parse("<a><b>"), None);
        assert_eq!(parse("geen xml"), None);
        let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
        assert_eq!(parse(&deep), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[<>/a-c=\"'&;!?\\[\\] -]{0,200}") {
            let _tree = parse(&text);
        }
    }
}
