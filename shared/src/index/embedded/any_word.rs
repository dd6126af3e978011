//! Any of the words of a question, in the order of how much of it a document covers; or all of them. Owns the query: which
//! documents match is decided by what is evidence of the words alone, whatever stands beside them.

use super::bm25::idf;
use super::evidence::{Evidence, Weighed};
use super::words_scorer::{Own, WordLists, WordsScorer};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

/// A rare word is so much more of the question than a common one: this power of its idf.
const RARITY: Score = 2.0;

/// One word of the question.
#[derive(Clone, Debug)]
pub struct Word {
    /// What stands for it; the best counts.
    pub evidence: Vec<Evidence>,
    /// Which of it tells how rare the word is.
    pub rarity: Option<usize>,
    /// Finds no documents; only adds to the score of those that any word found.
    pub beside: Vec<Beside>,
}

impl Word {
    /// With nothing beside it.
    pub fn of(evidence: Vec<Evidence>) -> Self {
        Word {
            evidence,
            rarity: None,
            beside: Vec::new(),
        }
    }
}

/// What only ranks.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Where it stands.
    pub evidence: Evidence,
    /// How much of its word a document has that has it.
    pub share: Score,
    /// Whether it still counts where the word itself stands.
    pub also: bool,
}

/// Matches documents with any of the words, or with all of them.
#[derive(Clone, Debug)]
pub struct Words {
    words: Vec<Word>,
    wanted: Wanted,
}

/// How many of the words a document must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One will do.
    Any,
    /// Every one.
    All,
}

impl Words {
    /// One word that `evidence` stands for.
    pub fn one(evidence: Vec<Evidence>) -> Box<dyn Query> {
        Self::any(vec![Word::of(evidence)])
    }

    /// Any of `words`.
    pub fn any(words: Vec<Word>) -> Box<dyn Query> {
        let wanted = Wanted::Any;
        Box::new(Words { words, wanted })
    }

    /// All of the words that each of `evidence` stands for; their scores are added up.
    pub fn all(evidence: Vec<Vec<Evidence>>) -> Box<dyn Query> {
        let words = evidence.into_iter().map(Word::of).collect();
        let wanted = Wanted::All;
        Box::new(Words { words, wanted })
    }

    /// The one query that says the same, without a score: tantivy's own counts without walking.
    fn plain(&self) -> Option<Box<dyn Query>> {
        let [word] = self.words.as_slice() else {
            return None;
        };
        let [only] = word.evidence.as_slice() else {
            return None;
        };
        match (only.terms.as_slice(), only.phrases.as_slice()) {
            ([term], []) => {
                let term = Term::from_field_text(only.field, term);
                Some(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
            }
            ([], [phrase]) => Some(phrase.box_clone()),
            _ => None,
        }
    }
}

impl Query for Words {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        if let (EnableScoring::Disabled { .. }, Some(plain)) = (&scoring, self.plain()) {
            return plain.weight(scoring);
        }
        let documents = match scoring {
            EnableScoring::Disabled { .. } => 0,
            EnableScoring::Enabled {
                statistics_provider: statistics,
                ..
            } => statistics.total_num_docs()?,
        };
        let mut words = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let evidence = Weighed::of(&word.evidence, scoring)?;
            let frequency = word.rarity.map_or(0, |kind| evidence.frequency(kind));
            let mut beside = Vec::with_capacity(word.beside.len());
            for Beside {
                evidence,
                share,
                also,
            } in &word.beside
            {
                let evidence = Weighed::of(std::slice::from_ref(evidence), scoring)?;
                beside.push((evidence, *share, *also));
            }
            words.push(WordWeight {
                evidence,
                rarity: idf(frequency, documents).powf(RARITY),
                beside,
            });
        }
        Ok(Box::new(WordsWeight {
            words,
            wanted: self.wanted,
        }))
    }
}

struct WordWeight {
    evidence: Weighed,
    rarity: Score,
    beside: Vec<(Weighed, Score, bool)>,
}

struct WordsWeight {
    words: Vec<WordWeight>,
    wanted: Wanted,
}

impl WordsWeight {
    fn open(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<WordsScorer> {
        let total: Score = self.words.iter().map(|word| word.rarity).sum();
        let mut words = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let mut beside = Vec::with_capacity(word.beside.len());
            for (weighed, share, also) in &word.beside {
                let lists = weighed.open(reader, boost)?;
                if lists.next() != TERMINATED {
                    beside.push((lists, *share, *also));
                }
            }
            words.push(WordLists {
                found: word.evidence.open(reader, boost)?,
                share: word.rarity / total.max(Score::MIN_POSITIVE),
                beside,
                own: Own::default(),
            });
        }
        Ok(WordsScorer::new(words, self.wanted, reader.max_doc()))
    }
}

impl Weight for WordsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let scorer = self.open(reader, boost)?;
        if scorer.doc() == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(scorer))
    }

    /// As tantivy does it, a window at a time.
    fn for_each(
        &self,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        let mut scorer = self.open(reader, 1.0)?;
        let mut more = scorer.doc() != TERMINATED;
        while more {
            let (start, docs, scores) = scorer.scored();
            for (at, score) in docs.iter().zip(scores) {
                callback(start + DocId::from(*at), *score);
            }
            more = scorer.fill();
        }
        Ok(())
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("how much of the question", 0.0))
    }
}
