//! The tree of a question. Words stay as the user wrote them; the engine side analyses them. Never knows how a
//! question is written: the lexer, parser and printer do.

use crate::PartialDate;
use std::collections::BTreeSet;

/// A question as a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// Every document (an empty question).
    All,
    /// A word. Written with joiners (`woo-verzoek`) it means its parts, side by side.
    Word(Word),
    /// What stood between quotes: exactly these words, side by side.
    Phrase(Phrase),
    /// Words, phrases and their combinations inside one field.
    Field(TextField, Box<Query>),
    /// `type:`, a file format.
    Format(String),
    /// `datum:`
    Date(DateSpan),
    /// A number of the document between bounds, both inclusive.
    Number(NumberField, NumberSpan),
    /// All of them (two or more).
    And(Vec<Query>),
    /// One of them at least (two or more).
    Or(Vec<Query>),
    /// All documents but these.
    Not(Box<Query>),
    /// Two texts near each other.
    Near(Near),
    /// `n VAN (a, b, c)`: at least n of them.
    Quorum {
        /// How many, from 1 to the number of parts.
        at_least: usize,
        /// The parts (one or more).
        of: Vec<Query>,
    },
    /// `binnen:zin(...)`: everything within one sentence, paragraph, page or family.
    Within(Unit, Box<Query>),
}

/// A word of a question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    /// As written, without the signs of its form and without switches.
    pub text: String,
    /// How literally it is meant.
    pub form: Form,
    /// What the user changed in its expansions; always the default unless `form` is [`Form::Woordvorm`].
    pub switches: Switches,
}

/// How literally a word is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// In any word form, with all its other expansions.
    #[default]
    Woordvorm,
    /// `=woord`: only as written.
    Exact,
    /// The text holds `*` (any number of characters) or `?` (exactly one), in the exact stream.
    Pattern,
    /// `woord~1`, `woord~2`: that many characters different at most.
    Fuzzy(u8),
}

/// A phrase of a question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// As written, without quotes. May hold `*` and `?` attached to letters or digits.
    pub text: String,
}

/// Which expansions of one word are on or off, besides what the whole search says; the default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Switches {
    /// Kinds that are off: `{-deel}`.
    pub off: BTreeSet<ExpansionKind>,
    /// `{+breed}`: also every indexed word that contains it. Never together with [`ExpansionKind::Breed`] off.
    pub broad: bool,
    /// Single expansions that are off: `{-"huurtoeslag"}`.
    pub without: BTreeSet<String>,
}

/// A kind of expansion of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpansionKind {
    /// Other forms of the word.
    Vorm,
    /// Compounds of which it is a part.
    Deel,
    /// Synonyms and abbreviations.
    Synoniem,
    /// Other ways to write it: old spelling, separable writing, diacritics.
    Schrijfwijze,
    /// Words that differ by a typing or reading error.
    Spelling,
    /// Every word that contains it.
    Breed,
}

impl ExpansionKind {
    /// All kinds, in the order in which they are printed.
    pub const ALL: [ExpansionKind; 6] = [
        ExpansionKind::Vorm,
        ExpansionKind::Deel,
        ExpansionKind::Synoniem,
        ExpansionKind::Schrijfwijze,
        ExpansionKind::Spelling,
        ExpansionKind::Breed,
    ];

    /// The name in a question.
    pub fn name(self) -> &'static str {
        match self {
            ExpansionKind::Vorm => "vorm",
            ExpansionKind::Deel => "deel",
            ExpansionKind::Synoniem => "synoniem",
            ExpansionKind::Schrijfwijze => "schrijfwijze",
            ExpansionKind::Spelling => "spelling",
            ExpansionKind::Breed => "breed",
        }
    }
}

/// `left NEAR/n right`, `left P/n right`. Its sides are words, phrases, OR-groups of those, or proximity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Near {
    /// The side written first.
    pub left: Box<Query>,
    /// The side written last.
    pub right: Box<Query>,
    /// How far apart at most, from 1 to [`MAX_DISTANCE`](super::MAX_DISTANCE).
    pub distance: u32,
    /// Whether left must come before right.
    pub ordered: bool,
}

/// A number of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberField {
    /// `grootte:`, in bytes.
    Grootte,
    /// `paginas:`
    Paginas,
}

impl NumberField {
    /// The name in a question, without the colon.
    pub fn name(self) -> &'static str {
        match self {
            NumberField::Grootte => "grootte",
            NumberField::Paginas => "paginas",
        }
    }
}

/// Bounds of a number, both inclusive; an open end is `None`. Not both ends are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NumberSpan {
    /// Smallest.
    pub from: Option<u64>,
    /// Largest.
    pub to: Option<u64>,
}

/// Where everything must stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// One sentence.
    Zin,
    /// One paragraph.
    Alinea,
    /// One page.
    Pagina,
    /// A document with everything that belongs to it: a mail and its attachments.
    Familie,
}

impl Unit {
    /// All units.
    pub const ALL: [Unit; 4] = [Unit::Zin, Unit::Alinea, Unit::Pagina, Unit::Familie];

    /// The name in a question.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Zin => "zin",
            Unit::Alinea => "alinea",
            Unit::Pagina => "pagina",
            Unit::Familie => "familie",
        }
    }
}

/// A field that words and phrases can be restricted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextField {
    /// `titel:`
    Titel,
    /// `van:`
    Van,
    /// `aan:`
    Aan,
    /// `pad:`
    Pad,
}

impl TextField {
    /// The name in a question, without the colon.
    pub fn name(self) -> &'static str {
        match self {
            TextField::Titel => "titel",
            TextField::Van => "van",
            TextField::Aan => "aan",
            TextField::Pad => "pad",
        }
    }
}

/// A period, both ends inclusive; an open end is `None`. Not both ends are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateSpan {
    /// First date.
    pub from: Option<PartialDate>,
    /// Last date.
    pub to: Option<PartialDate>,
}

impl From<&str> for Word {
    /// The word in any word form, nothing switched.
    fn from(text: &str) -> Self {
        Word {
            text: text.to_owned(),
            form: Form::Woordvorm,
            switches: Switches::default(),
        }
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Phrase {
            text: text.to_owned(),
        }
    }
}

impl Phrase {
    /// Whether any of its words is a pattern.
    pub fn has_wildcards(&self) -> bool {
        self.text.contains(['*', '?'])
    }
}

impl Query {
    /// The number of words and phrases.
    pub fn leaves_in_order(&self) -> usize {
        match self {
            Query::Word(_) | Query::Phrase(_) => 1,
            Query::Field(_, inner) | Query::Not(inner) | Query::Within(_, inner) => {
                inner.leaves_in_order()
            }
            Query::Near(near) => near.left.leaves_in_order() + near.right.leaves_in_order(),
            Query::And(parts) | Query::Or(parts) | Query::Quorum { of: parts, .. } => {
                parts.iter().map(Query::leaves_in_order).sum()
            }
            Query::All | Query::Format(_) | Query::Date(_) | Query::Number(..) => 0,
        }
    }

    /// The word with this number, counted from 0 over words and phrases in the order of the question; `None` for a
    /// phrase.
    pub fn word_mut(&mut self, number: usize) -> Option<&mut Word> {
        fn find<'q>(query: &'q mut Query, left: &mut usize) -> Option<&'q mut Word> {
            match query {
                Query::Word(_) | Query::Phrase(_) if *left > 0 => {
                    *left -= 1;
                    None
                }
                Query::Word(word) => Some(word),
                Query::Field(_, inner) | Query::Not(inner) | Query::Within(_, inner) => {
                    find(inner, left)
                }
                Query::Near(near) => {
                    let count = near.left.leaves_in_order();
                    if *left < count {
                        return find(&mut near.left, left);
                    }
                    *left -= count;
                    find(&mut near.right, left)
                }
                Query::And(parts) | Query::Or(parts) | Query::Quorum { of: parts, .. } => {
                    for part in parts {
                        let count = part.leaves_in_order();
                        if *left < count {
                            return find(part, left);
                        }
                        *left -= count;
                    }
                    None
                }
                _ => None,
            }
        }
        let mut left = number;
        find(self, &mut left)
    }
}
