//! A question with everything that it really asks for: each word with its forms, compounds, synonyms and
//! wildcards as terms of the index, each of which can be shown and switched off. An engine only matches terms.
//!
//! | file | owns |
//! |---|---|
//! | `expand` | from a question to its plan |
//! | `word` | the alternatives of one word or phrase |
//! | `figures` | other ways to write dates, numbers and papers of parliament |
//! | `suggest` | "bedoelde u" and suggestions while typing |
//! | `pattern` | what wildcards match |
//! | `spans` | where in a text a plan matches, given where its terms stand |
//!
//! Never reads an index: what words there are comes through [`Vocabulary`].

mod expand;
mod figures;
mod pattern;
mod spans;
mod suggest;
mod word;

pub use expand::expand;
pub use pattern::Pattern;
pub use spans::{Places, Span, found, marked, side_by_side, words_near};
pub use suggest::{completions, did_you_mean};

use crate::DateSpan;
use crate::index::IndexError;
use crate::lists::{ListName, Lists};
use crate::query::{NumberField, NumberSpan, TextField, Unit};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A wildcard, a fuzzy word or a word in mode breed may stand for this many words of the index. More is an error:
/// nothing is cut silently.
pub const MAX_TERMS: usize = 10_000;

/// How far a question is widened by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Only words as they are written in the question.
    Exact,
    /// Word forms, compounds, other spellings and synonyms.
    #[default]
    Normaal,
    /// Also every indexed word that contains the word, or differs from it by one letter.
    Breed,
}

impl Mode {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Mode; 3] = [Mode::Exact, Mode::Normaal, Mode::Breed];

    /// The name in the API and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Exact => "exact",
            Mode::Normaal => "normaal",
            Mode::Breed => "breed",
        }
    }
}

/// What decides how a question is widened, besides the question itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Widening {
    /// How far.
    pub mode: Mode,
    /// Synonyms and abbreviations.
    pub lists: Arc<Lists>,
}

/// The words that an index holds, as written; of a part of an index only those that stand in a document of it, and
/// `limit` counts only these.
pub trait Vocabulary {
    /// The words with `letters` in them that `keep` wants, sorted; at most `limit`. `keep` is asked first, also about
    /// words outside the part: only what is returned may be shown.
    fn containing(
        &self,
        field: Option<TextField>,
        letters: &str,
        keep: &dyn Fn(&str) -> bool,
        limit: usize,
    ) -> Result<Vec<String>, IndexError>;

    /// The words that differ from `word` by at most `distance` letters, sorted; at most `limit`.
    fn similar(
        &self,
        field: Option<TextField>,
        word: &str,
        distance: u8,
        limit: usize,
    ) -> Result<Vec<String>, IndexError>;
}

/// An index without words.
#[derive(Clone, Copy, Debug)]
pub struct NoWords;

impl Vocabulary for NoWords {
    fn containing(
        &self,
        _: Option<TextField>,
        _: &str,
        _: &dyn Fn(&str) -> bool,
        _: usize,
    ) -> Result<Vec<String>, IndexError> {
        Ok(Vec::new())
    }

    fn similar(
        &self,
        _: Option<TextField>,
        _: &str,
        _: u8,
        _: usize,
    ) -> Result<Vec<String>, IndexError> {
        Ok(Vec::new())
    }
}

/// A question, worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What must hold.
    pub root: Node,
    /// The words and phrases, in the order of the question.
    pub leaves: Vec<Leaf>,
}

/// What must hold of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Anything.
    All,
    /// The leaf with this number matches.
    Leaf(usize),
    /// All of them.
    And(Vec<Node>),
    /// One of them at least.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// At least so many of them.
    AtLeast(usize, Vec<Node>),
    /// Two texts near each other; its sides hold only `Leaf`, `Or` and `Near`.
    Near(Box<Near>),
    /// Within one sentence, paragraph or page: holds no fields, dates, formats and numbers.
    Within(zv_analyzers::Unit, Box<Node>),
    /// Within a document and everything that belongs with it.
    Family(Box<Node>),
    /// A file format.
    Format(String),
    /// A period.
    Date(DateSpan),
    /// A number.
    Number(NumberField, NumberSpan),
}

/// Two texts near each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The side written first.
    pub left: Node,
    /// The side written last.
    pub right: Node,
    /// The facing ends are at most so many positions apart.
    pub distance: u32,
    /// Whether left comes first.
    pub ordered: bool,
}

/// A word or phrase with what stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// As it stands in the canonical question.
    pub text: String,
    /// Which word or phrase of the question it is, counted from 0 in the order of the question.
    pub number: usize,
    /// The field that it must stand in.
    pub field: Option<TextField>,
    /// False under an odd number of NIETs: what matches there is no reason for a hit.
    pub wanted: bool,
    /// Any of these is a match, unless it is off.
    pub alternatives: Vec<Alternative>,
}

impl Leaf {
    /// The alternatives that count.
    pub fn active(&self) -> impl Iterator<Item = (usize, &Alternative)> {
        self.alternatives
            .iter()
            .enumerate()
            .filter(|(_, alternative)| alternative.on)
    }
}

/// One way in which a word or phrase can stand in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Why it stands for the word.
    pub kind: Kind,
    /// As it is shown.
    pub text: String,
    /// What must stand at consecutive positions: at each any of these stored terms.
    pub steps: Vec<Vec<String>>,
    /// Stored terms where the first step does not count: words as written that are switched off, or the mark of what
    /// is only a part of something else.
    pub except: Vec<String>,
    /// The lists that a synonym comes from.
    pub lists: Vec<Arc<ListName>>,
    /// Whether it counts.
    pub on: bool,
}

impl Alternative {
    /// The steps with their numbers, and behind them what does not count.
    pub fn steps_and_exceptions(&self) -> impl Iterator<Item = (usize, &[String])> {
        let except = Some(self.except.as_slice()).filter(|except| !except.is_empty());
        self.steps
            .iter()
            .map(Vec::as_slice)
            .chain(except)
            .enumerate()
    }
}

/// Why an alternative stands for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The word as it is written in the question.
    Exact,
    /// Another form of the word.
    Vorm,
    /// A compound with the word in it.
    Deel,
    /// Another way to write it.
    Schrijfwijze,
    /// A synonym or abbreviation.
    Synoniem,
    /// What a wildcard stands for.
    Jokerteken,
    /// A word that differs by a letter or two.
    Spelling,
    /// A word with the word in it.
    Breed,
}

impl Kind {
    /// All of them, the strongest first.
    pub const ALL: [Kind; 8] = [
        Kind::Exact,
        Kind::Vorm,
        Kind::Deel,
        Kind::Schrijfwijze,
        Kind::Synoniem,
        Kind::Jokerteken,
        Kind::Spelling,
        Kind::Breed,
    ];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Exact => "exact",
            Kind::Vorm => "vorm",
            Kind::Deel => "deel",
            Kind::Schrijfwijze => "schrijfwijze",
            Kind::Synoniem => "synoniem",
            Kind::Jokerteken => "jokerteken",
            Kind::Spelling => "spelling",
            Kind::Breed => "breed",
        }
    }
}

/// The unit of the analyzer, when it is one within a text.
fn unit_in_text(unit: Unit) -> Option<zv_analyzers::Unit> {
    match unit {
        Unit::Zin => Some(zv_analyzers::Unit::Zin),
        Unit::Alinea => Some(zv_analyzers::Unit::Alinea),
        Unit::Pagina => Some(zv_analyzers::Unit::Pagina),
        Unit::Familie => None,
    }
}
