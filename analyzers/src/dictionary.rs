//! The dictionary. Owns the automaton of word forms that the program carries: which lemmas a form has, and how a
//! word takes part in compounds. Only looks up; how it was made is in `examples/woordenlijst.rs`, where it comes
//! from in `data/README.md`.

use crate::compound::{Lexicon, Part};
use crate::inflect::Kind;
use fst::raw::{Fst, Output};
use fst::{IntoStreamer, Streamer};
use std::sync::LazyLock;

static FORMS: &[u8] = include_bytes!("../data/woordvormen.fst");
static GROUPS: &str = include_str!("../data/groepen.txt");

/// Everything that decides what a word is a form of: part of the fingerprint.
pub(crate) static LISTS: [&[u8]; 3] = [FORMS, GROUPS.as_bytes(), crate::spelling::LIST.as_bytes()];

static DICTIONARY: LazyLock<Option<Dictionary>> = LazyLock::new(Dictionary::load);

/// The automaton, and what its values stand for.
pub(crate) struct Dictionary {
    forms: Fst<&'static [u8]>,
    groups: Vec<Group>,
}

/// What all words of one group have in common.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) part: Part,
    /// It is a word; otherwise it exists only inside compounds.
    pub(crate) is_word: bool,
    /// A verb that its particle separates from.
    pub(crate) separable: bool,
    /// It is known as a name only.
    pub(crate) is_name: bool,
    /// Its parts have nothing to do with its meaning.
    pub(crate) whole: bool,
    rules: Box<[Rule]>,
}

/// From a form to one of its lemmas.
#[derive(Debug)]
struct Rule {
    kind: Option<Kind>,
    strip: u8,
    /// Where a "ge" has to go.
    ge: Option<u8>,
    ending: &'static str,
}

impl Dictionary {
    /// The dictionary of this program. Its bytes are part of the program, and a test reads all of them.
    pub(crate) fn get() -> Option<&'static Dictionary> {
        DICTIONARY.as_ref()
    }

    fn load() -> Option<Dictionary> {
        Some(Dictionary {
            forms: Fst::new(FORMS).ok()?,
            groups: GROUPS
                .lines()
                .filter(|line| !line.starts_with('#'))
                .map(Group::read)
                .collect(),
        })
    }

    /// What is known of a folded word.
    pub(crate) fn entry<'a>(&'static self, word: &'a str) -> Option<Entry<'a>> {
        let group = self.group(self.forms.get(word)?)?;
        Some(Entry { word, group })
    }

    fn group(&self, value: Output) -> Option<&Group> {
        self.groups.get(usize::try_from(value.value()).ok()?)
    }

    /// Every word that has the lemma, in alphabetical order. Goes through the whole dictionary.
    pub(crate) fn forms_of(&'static self, lemma: &str) -> Vec<String> {
        let mut forms = Vec::new();
        let mut stream = self.forms.stream().into_stream();
        while let Some((word, value)) = stream.next() {
            if let Ok(word) = std::str::from_utf8(word)
                && let Some(group) = self.group(value).filter(|group| group.is_word)
                && (Entry { word, group }).has_lemma(lemma)
            {
                forms.push(word.to_owned());
            }
        }
        forms
    }
}

impl Lexicon for Dictionary {
    fn beginnings(&self, text: &str, found: &mut dyn FnMut(usize, Part)) {
        let mut node = self.forms.root();
        let mut value = Output::zero();
        for (at, byte) in text.bytes().enumerate() {
            let Some(way) = node.find_input(byte) else {
                return;
            };
            let transition = node.transition(way);
            value = value.cat(transition.out);
            node = self.forms.node(transition.addr);
            if node.is_final()
                && let Some(group) = self.group(value.cat(node.final_output()))
            {
                found(at + 1, group.part);
            }
        }
    }
}

/// A word of the dictionary.
pub(crate) struct Entry<'a> {
    pub(crate) word: &'a str,
    pub(crate) group: &'static Group,
}

impl Entry<'_> {
    /// Calls `found` with each lemma and its kind (none: a name, a word that is only itself).
    pub(crate) fn lemmas(&self, mut found: impl FnMut(Option<Kind>, String)) {
        for rule in &self.group.rules {
            found(rule.kind, rule.apply(self.word));
        }
    }

    /// Whether the word is its own lemma, as that kind of word.
    pub(crate) fn is_own(&self, kind: Kind) -> bool {
        let own =
            |rule: &Rule| rule.kind == Some(kind) && rule.strip == 0 && rule.ending.is_empty();
        self.group.is_word && self.group.rules.iter().any(own)
    }

    fn has_lemma(&self, lemma: &str) -> bool {
        self.group
            .rules
            .iter()
            .any(|rule| rule.length(self.word) == lemma.len() && rule.apply(self.word) == lemma)
    }
}

impl Group {
    /// One line of the list of groups: how common as first and as last part (a letter from a, or -), marks
    /// (s takes a linking s, h stays whole, w is a word), and the rules.
    fn read(line: &'static str) -> Group {
        let mut fields = line.split(' ');
        let is_name = fields.clone().skip(1).all(|field| field.starts_with('P'));
        let marks = fields.next().unwrap_or_default().as_bytes();
        let step = |at: usize| {
            let letter = marks.get(at)?;
            letter.is_ascii_lowercase().then(|| letter - b'a')
        };
        Group {
            part: Part {
                first: step(0),
                last: step(1),
                takes_s: marks.get(2..).unwrap_or_default().contains(&b's'),
            },
            is_name,
            separable: marks.get(2..).unwrap_or_default().contains(&b'v'),
            is_word: marks.get(2..).unwrap_or_default().contains(&b'w'),
            whole: marks.get(2..).unwrap_or_default().contains(&b'h'),
            rules: fields.filter_map(Rule::read).collect(),
        }
    }
}

impl Rule {
    /// `N2:is`: a noun, two bytes off, "is" on. `V1:en@3`: and "ge" at byte 3 goes.
    fn read(field: &'static str) -> Option<Rule> {
        let (head, tail) = field.split_once(':')?;
        let (ending, ge) = match tail.split_once('@') {
            Some((ending, ge)) => (ending, Some(ge.parse().ok()?)),
            None => (tail, None),
        };
        Some(Rule {
            kind: match head.get(..1)? {
                "N" => Some(Kind::Noun),
                "V" => Some(Kind::Verb),
                "A" => Some(Kind::Adjective),
                _ => None,
            },
            strip: head.get(1..)?.parse().ok()?,
            ge,
            ending,
        })
    }

    /// How long the lemma is.
    fn length(&self, word: &str) -> usize {
        let off = usize::from(self.strip) + self.ge.map_or(0, |_| 2);
        word.len().saturating_sub(off) + self.ending.len()
    }

    fn apply(&self, word: &str) -> String {
        let kept = word
            .get(..word.len().saturating_sub(usize::from(self.strip)))
            .unwrap_or_default();
        let (before, after) = match self.ge.map(usize::from) {
            Some(ge) => (
                kept.get(..ge).unwrap_or_default(),
                kept.get(ge + 2..).unwrap_or_default(),
            ),
            None => (kept, ""),
        };
        [before, after, self.ending].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_lemmas_that_are_words() {
        let dictionary = Dictionary::get().unwrap();
        let mut stream = dictionary.forms.stream().into_stream();
        let mut words = 0;
        while let Some((word, value)) = stream.next() {
            let word = std::str::from_utf8(word).unwrap();
            let group = dictionary.group(value).unwrap();
            let mut lemmas = 0;
            Entry { word, group }.lemmas(|_, lemma| {
                lemmas += 1;
                assert!(
                    lemma.len() > 1 && lemma.bytes().all(|b| b.is_ascii_lowercase()),
                    "{word}: {lemma:?}"
                );
            });
            assert!(lemmas > 0, "{word}");
            words += 1;
        }
        assert!(words > 300_000, "{words} words");
    }

    #[test]
    fn beginnings_are_the_words_that_a_text_begins_with() {
        let mut found = Vec::new();
        Dictionary::get()
            .unwrap()
            .beginnings("wetsvoorstel", &mut |len, _| found.push(len));
        assert!(
            found.contains(&"wet".len()) && found.contains(&"wetsvoorstel".len()),
            "{found:?}"
        );
    }
}
