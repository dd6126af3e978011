//! Which styles of a Word document hide the text that they are given to. Writes nothing.

use std::collections::{HashMap, HashSet};

use super::super::package::Package;
use super::super::tokens::{Fault, Step, Tag, Token, local};

/// Styles build on styles; honest ones not deeper than this.
const DEEPEST: usize = 32;

/// What a style says of showing text, and which style it builds on.
#[derive(Default)]
struct Style {
    hides: Option<bool>,
    parent: String,
}

/// The identities of the styles in a part that hide text.
pub(super) fn hiding(package: &mut Package<'_>, part: &str) -> Result<HashSet<String>, Fault> {
    let mut styles: HashMap<String, Style> = HashMap::new();
    let mut current: Option<(String, Style)> = None;
    package.xml(part)?.each(|token| {
        match token {
            Token::Start(tag) => match (tag.local(), &mut current) {
                ("style", _) => {
                    let id = tag.attr("styleId").unwrap_or_default();
                    current = Some((id, Style::default()));
                }
                ("basedOn", Some((_, style))) => {
                    style.parent = tag.attr("val").unwrap_or_default();
                }
                ("vanish", Some((_, style))) => style.hides = Some(is_on(tag)),
                // Of the paragraph's mark, or of a part of a table.
                ("pPr" | "tblStylePr", _) => return Ok(Step::Skip),
                _ => {}
            },
            Token::End(name) if local(name) == "style" => styles.extend(current.take()),
            _ => {}
        }
        Ok(Step::Into)
    })?;
    let hides = |id: &String| {
        let mut style = styles.get(id);
        for _ in 0..DEEPEST {
            match style {
                Some(Style {
                    hides: Some(hides), ..
                }) => return *hides,
                Some(Style { parent, .. }) => style = styles.get(parent),
                None => break,
            }
        }
        false
    };
    Ok(styles.keys().filter(|id| hides(id)).cloned().collect())
}

/// Whether a property that is on or off is on.
pub(super) fn is_on(tag: &Tag<'_>) -> bool {
    !matches!(tag.attr("val").as_deref(), Some("0" | "false" | "off"))
}
