//! Which text of an ODF document the program does not show: by a style, a section or a field. Writes nothing.

use std::collections::HashMap;
use std::io::Read;

use super::super::tokens::{Fault, Step, Tag, Token, Xml};

/// Styles build on styles; honest ones not deeper than this.
const DEEPEST: usize = 32;

/// What a style says of showing text, and which style it builds on.
#[derive(Clone, Debug, Default)]
struct Style {
    hides: Option<bool>,
    parent: String,
}

/// The styles by family and name, as they come by.
#[derive(Clone, Debug, Default)]
pub(super) struct Styles {
    all: HashMap<String, Style>,
    current: String,
}

impl Styles {
    /// Those of a part, as far as it can be read.
    pub(super) fn read<R: Read>(xml: Xml<R>) -> Result<Self, Fault> {
        let mut styles = Self::default();
        xml.each(|token| {
            if let Token::Start(tag) = token {
                styles.tag(tag);
            }
            Ok(Step::Into)
        })?;
        Ok(styles)
    }

    /// Takes in a tag that may be of a style.
    pub(super) fn tag(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "style:style" => {
                let attr = |name: &str| tag.attr_exact(name).unwrap_or_default();
                let family = attr("style:family");
                self.current = key(&family, &attr("style:name"));
                let parent = key(&family, &attr("style:parent-style-name"));
                let style = Style {
                    hides: None,
                    parent,
                };
                self.all.insert(self.current.clone(), style);
            }
            "style:text-properties" => {
                if let Some(display) = tag.attr_exact("text:display")
                    && let Some(style) = self.all.get_mut(&self.current)
                {
                    style.hides = Some(display == "none");
                }
            }
            // The text properties of what follows belong to no named style.
            "style:default-style" | "text:list-style" => self.current.clear(),
            _ => {}
        }
    }

    /// Whether the style that a tag names hides its text.
    pub(super) fn hide(&self, family: &str, tag: &Tag<'_>) -> bool {
        let name = tag.attr_exact("text:style-name").unwrap_or_default();
        let mut style = self.all.get(&key(family, &name));
        for _ in 0..DEEPEST {
            match style {
                Some(Style {
                    hides: Some(hides), ..
                }) => return *hides,
                Some(Style { parent, .. }) => style = self.all.get(parent),
                None => break,
            }
        }
        false
    }
}

fn key(family: &str, name: &str) -> String {
    format!("{family}/{name}")
}

/// The elements around the current place that may hide their text.
#[derive(Default)]
pub(super) struct Scopes {
    /// Of each: whether it is a paragraph, and whether it hides.
    open: Vec<(bool, bool)>,
    hiding: usize,
}

impl Scopes {
    /// Whether text is hidden here.
    pub(super) fn hide(&self) -> bool {
        self.hiding > 0
    }

    /// Such an element begins.
    pub(super) fn begin(&mut self, is_paragraph: bool, hides: bool) {
        self.hiding += usize::from(hides);
        self.open.push((is_paragraph, hides));
    }

    /// The last one ends.
    pub(super) fn end(&mut self) {
        if let Some((_, hides)) = self.open.pop() {
            self.hiding -= usize::from(hides);
        }
    }

    /// A field hides the paragraph that it stands in.
    pub(super) fn hide_paragraph(&mut self) {
        let paragraph = self.open.iter_mut().rev().find(|(is, _)| *is);
        if let Some((_, hides @ false)) = paragraph {
            *hides = true;
            self.hiding += 1;
        }
    }
}

/// Whether a section or field is not shown now.
pub(super) fn is_hidden(tag: &Tag<'_>) -> bool {
    let is = |name: &str, value: &str| tag.attr_exact(name).is_some_and(|it| it == value);
    is("text:display", "none") || is("text:is-hidden", "true")
}
