//! One text as the analyzer cuts it: which terms stand where, and where sentences, paragraphs and pages begin.
//! Never knows questions.

use std::collections::BTreeMap;
use std::ops::Range;
use zv_analyzers::{Stream, TokenKind, Unit, tokens};

/// The positions of the first and the last word of what was found.
pub type Span = (u32, u32);

/// A body, a title, a name: nothing that is looked for side by side, near or together crosses from one into another.
#[derive(Clone)]
pub struct Text {
    places: BTreeMap<u32, Vec<(Stream, String)>>,
    starts: Vec<(u32, Unit)>,
}

impl Text {
    pub fn of(text: &str) -> Self {
        let mut places: BTreeMap<u32, Vec<(Stream, String)>> = BTreeMap::new();
        let mut starts = Vec::new();
        let mut found = tokens(text);
        while found.advance() {
            let token = found.token();
            match token.kind {
                TokenKind::Start(unit) => starts.push((token.position, unit)),
                TokenKind::Part | TokenKind::Whole | TokenKind::Variant => places
                    .entry(token.position)
                    .or_default()
                    .push((token.stream, token.term.clone())),
            }
        }
        Text { places, starts }
    }

    /// Where words stand.
    pub fn positions(&self) -> impl Iterator<Item = u32> + '_ {
        self.places.keys().copied()
    }

    /// Everything that stands at `position`.
    pub fn at(&self, position: u32) -> &[(Stream, String)] {
        self.places.get(&position).map_or(&[], Vec::as_slice)
    }

    /// Everything that stands anywhere.
    pub fn terms(&self) -> impl Iterator<Item = &(Stream, String)> {
        self.places.values().flatten()
    }

    /// The positions of every sentence, paragraph or page: each has at least one word.
    pub fn units(&self, unit: Unit) -> Vec<Range<u32>> {
        let begins = |start: &&(u32, Unit)| match unit {
            Unit::Zin => true,
            // A page begins a paragraph too.
            Unit::Alinea => start.1 != Unit::Zin,
            Unit::Pagina => start.1 == Unit::Pagina,
        };
        let mut from = 0;
        let mut units = Vec::new();
        let ends = self.starts.iter().filter(begins).map(|(at, _)| *at);
        for to in ends.chain([u32::MAX]) {
            if self
                .positions()
                .any(|position| from <= position && position < to)
            {
                units.push(from..to);
            }
            from = to;
        }
        units
    }
}
