//! Finds in a text what a plan matched, by the same terms and positions as the index. Owns where in a word the match
//! lies; what matches is in `plan`.

use crate::TextField;
use crate::plan::{Kind, Leaf, Places, Plan, Span, marked};
use std::collections::HashMap;
use std::ops::Range;
use zv_analyzers::{Stream, Token, TokenKind, Unit, stored_tokens};

/// After so many words a text is looked at for the first time, when the first matches are enough.
const FIRST_LOOK: u32 = 4_000;
/// Every next look is so many times as far.
const NEXT_LOOK: u32 = 4;

/// A match of one leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The leaf.
    pub leaf: usize,
    /// Which of its alternatives.
    pub alternative: usize,
    /// Where, in bytes.
    pub range: Range<usize>,
}

/// The matches in `text`, by place; `title`: the text is a title. `enough`, when given: once there are so many, only
/// words that were not met yet are still looked for.
pub fn scan(text: &str, plan: &Plan, title: bool, enough: Option<usize>) -> Vec<Match> {
    let in_text = |leaf: &Leaf| match leaf.field {
        None => true,
        Some(TextField::Titel) => title,
        Some(_) => false,
    };
    let wanted: Vec<usize> = (0..plan.leaves.len())
        .filter(|leaf| in_text(&plan.leaves[*leaf]) && plan.leaves[*leaf].wanted)
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut reading = Reading::new(text, plan, &in_text);
    let mut tokens = stored_tokens(text);
    let mut look = FIRST_LOOK;
    while tokens.advance() {
        let token = tokens.token();
        if token.position >= look && enough.is_some() {
            look = look.saturating_mul(NEXT_LOOK);
            let found = reading.matches(plan);
            let met = |leaf: &usize| found.iter().any(|m| m.leaf == *leaf);
            if enough.is_some_and(|enough| found.len() >= enough) && wanted.iter().all(met) {
                return found;
            }
        }
        reading.take(token);
    }
    reading.matches(plan)
}

/// A step of an alternative of a leaf.
type Step = (usize, usize, usize);

/// What was met of a plan so far.
struct Reading<'t> {
    text: &'t str,
    /// For each stream its terms, each with the steps that it may be.
    terms: [HashMap<&'t str, Vec<Step>>; STREAMS.len()],
    /// Where each step was met.
    met: HashMap<Step, Vec<(u32, Range<usize>)>>,
    starts: Vec<(Unit, u32)>,
    /// The letters to look for within a compound.
    parts: HashMap<(usize, usize), &'t str>,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str, plan: &'t Plan, in_text: &dyn Fn(&Leaf) -> bool) -> Self {
        let mut reading = Reading {
            text,
            terms: STREAMS.map(|_| HashMap::new()),
            met: HashMap::new(),
            starts: Vec::new(),
            parts: HashMap::new(),
        };
        for (number, leaf) in plan
            .leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| in_text(leaf))
        {
            for (at, alternative) in leaf.active() {
                if alternative.kind == Kind::Deel {
                    reading.parts.insert((number, at), &alternative.text);
                }
                for (step, terms) in alternative.steps_and_exceptions() {
                    for term in terms {
                        reading.want(term, (number, at, step));
                    }
                }
            }
        }
        reading
    }

    fn want(&mut self, stored: &'t str, step: Step) {
        for (slot, stream) in STREAMS.into_iter().enumerate().rev() {
            let term = match stream.mark() {
                Some(mark) => stored.strip_prefix(mark),
                None => Some(stored),
            };
            if let Some(term) = term {
                self.terms[slot].entry(term).or_default().push(step);
                return;
            }
        }
    }

    fn take(&mut self, token: &Token) {
        if let TokenKind::Start(unit) = token.kind {
            self.starts.push((unit, token.position));
            return;
        }
        let Some(slot) = STREAMS.iter().position(|stream| *stream == token.stream) else {
            return;
        };
        let Some(steps) = self.terms[slot].get(token.term.as_str()) else {
            return;
        };
        for step in steps {
            let range = match self.parts.get(&(step.0, step.1)) {
                Some(part) if token.stream == Stream::Deel => within(self.text, token, part),
                _ => token.from..token.to,
            };
            let met = self.met.entry(*step).or_default();
            if met.last().is_none_or(|(last, _)| *last != token.position) {
                met.push((token.position, range));
            }
        }
    }

    fn matches(&mut self, plan: &Plan) -> Vec<Match> {
        let mut found: Vec<Match> = marked(&plan.root, &plan.leaves, self)
            .into_iter()
            .filter_map(|(leaf, alternative, span)| {
                let steps = plan
                    .leaves
                    .get(leaf)?
                    .alternatives
                    .get(alternative)?
                    .steps
                    .len();
                let range = self.range((leaf, alternative, steps.checked_sub(1)?), span)?;
                Some(Match {
                    leaf,
                    alternative,
                    range,
                })
            })
            .collect();
        found.sort_unstable_by_key(|found| (found.range.start, found.range.end));
        found
    }

    /// From the first step at the beginning of the span to `last` at its end.
    fn range(&self, last: Step, span: Span) -> Option<Range<usize>> {
        let at = |step: Step, position: u32| {
            let met = self.met.get(&step)?;
            let found = met
                .binary_search_by_key(&position, |(position, _)| *position)
                .ok()?;
            met.get(found).map(|(_, range)| range)
        };
        let (first, last) = (at((last.0, last.1, 0), span.from)?, at(last, span.to)?);
        Some(first.start..last.end)
    }
}

const STREAMS: [Stream; 4] = [
    Stream::Exact,
    Stream::Woordvorm,
    Stream::Deel,
    Stream::Grens,
];

impl Places for Reading<'_> {
    fn step(&mut self, leaf: usize, alternative: usize, step: usize) -> Vec<u32> {
        let met = self.met.get(&(leaf, alternative, step));
        met.map_or_else(Vec::new, |met| {
            met.iter().map(|(position, _)| *position).collect()
        })
    }

    fn starts(&mut self, unit: Unit) -> Vec<u32> {
        let larger = self.starts.iter().filter(|(met, _)| *met >= unit);
        larger.map(|(_, position)| *position).collect()
    }
}

/// Where the part lies in the compound that `token` stands for, when it is written there as it is; else all of it.
fn within(text: &str, token: &Token, part: &str) -> Range<usize> {
    let whole = token.from..token.to;
    let word = &text[whole.clone()];
    if !word.is_ascii() {
        return whole;
    }
    let word = word.to_ascii_lowercase();
    // A word of several lemmas shows them with a slash in between.
    let found = part.split('/').find_map(|lemma| {
        let at = word.rfind(lemma)?;
        Some(token.from + at..token.from + at + lemma.len())
    });
    found.unwrap_or(whole)
}
