//! Any of several words, in the order of how much of the question a document covers. Owns the scorer; which documents
//! match is decided by the words alone, whatever stands beside them.

use super::any_term::idf;
use tantivy::query::{BooleanQuery, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

/// How much a document loses that lacks a part of the question: its score is multiplied by this power of the share
/// that it has.
const COVERAGE: Score = 0.3;
/// A rare word is so much more of the question than a common one: this power of its idf.
const RARITY: Score = 2.0;

/// One word of the question.
#[derive(Debug)]
pub struct Word {
    /// Finds documents, and scores them.
    pub found: Box<dyn Query>,
    /// Terms that tell how rare the word is.
    pub terms: Vec<Term>,
    /// Finds no documents; only adds to the score of those that any word found.
    pub beside: Vec<Beside>,
}

/// What only ranks.
#[derive(Debug)]
pub struct Beside {
    /// Where it stands, scored.
    pub query: Box<dyn Query>,
    /// How much of its word a document has that has it.
    pub share: Score,
    /// Whether it still counts where the word itself stands.
    pub also: bool,
}

impl Clone for Word {
    fn clone(&self) -> Self {
        Word {
            found: self.found.box_clone(),
            terms: self.terms.clone(),
            beside: self.beside.clone(),
        }
    }
}

impl Clone for Beside {
    fn clone(&self) -> Self {
        Beside {
            query: self.query.box_clone(),
            share: self.share,
            also: self.also,
        }
    }
}

/// Matches documents with any of the words.
#[derive(Clone, Debug)]
pub struct Covered(pub Vec<Word>);

impl Query for Covered {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled {
            statistics_provider: statistics,
            ..
        } = scoring
        else {
            let found = self.0.iter().map(|word| word.found.box_clone());
            return BooleanQuery::union(found.collect()).weight(scoring);
        };
        let documents = statistics.total_num_docs()?;
        let mut words = Vec::with_capacity(self.0.len());
        for word in &self.0 {
            let mut frequency = 0;
            for term in &word.terms {
                frequency += statistics.doc_freq(term)?;
            }
            let beside = word.beside.iter();
            words.push(WordWeight {
                found: word.found.weight(scoring)?,
                rarity: idf(frequency, documents).powf(RARITY),
                beside: beside
                    .map(|beside| {
                        let weight = beside.query.weight(scoring)?;
                        Ok((weight, beside.share, beside.also))
                    })
                    .collect::<tantivy::Result<_>>()?,
            });
        }
        Ok(Box::new(CoveredWeight(words)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0
            .iter()
            .for_each(|word| word.found.query_terms(visitor));
    }
}

struct WordWeight {
    found: Box<dyn Weight>,
    rarity: Score,
    beside: Vec<(Box<dyn Weight>, Score, bool)>,
}

struct CoveredWeight(Vec<WordWeight>);

impl Weight for CoveredWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let total: Score = self.0.iter().map(|word| word.rarity).sum();
        let mut words = Vec::with_capacity(self.0.len());
        for word in &self.0 {
            let mut beside = Vec::with_capacity(word.beside.len());
            for (weight, share, also) in &word.beside {
                let scorer = weight.scorer(reader, boost)?;
                if scorer.doc() != TERMINATED {
                    beside.push((scorer, *share, *also));
                }
            }
            words.push(WordScorer {
                found: word.found.scorer(reader, boost)?,
                share: word.rarity / total.max(Score::MIN_POSITIVE),
                beside,
            });
        }
        let mut scorer = CoveredScorer { words, doc: 0 };
        scorer.lowest();
        Ok(Box::new(scorer))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("how much of the question", 0.0))
    }
}

struct WordScorer {
    found: Box<dyn Scorer>,
    /// How much of the question it is.
    share: Score,
    beside: Vec<(Box<dyn Scorer>, Score, bool)>,
}

impl WordScorer {
    /// The score of `doc`, and how much of the word it has.
    fn score(&mut self, doc: DocId) -> (Score, Score) {
        let (mut score, mut has) = (0.0, 0.0);
        let found = self.found.doc() == doc;
        for (scorer, share, also) in &mut self.beside {
            if found && !*also {
                continue;
            }
            if scorer.doc() < doc {
                scorer.seek(doc);
            }
            if scorer.doc() == doc {
                score += scorer.score();
                has += *share;
            }
        }
        if found {
            return (score + self.found.score(), 1.0);
        }
        (score, has.min(1.0))
    }
}

struct CoveredScorer {
    words: Vec<WordScorer>,
    doc: DocId,
}

impl CoveredScorer {
    fn lowest(&mut self) -> DocId {
        let docs = self.words.iter().map(|word| word.found.doc());
        self.doc = docs.min().unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for CoveredScorer {
    fn advance(&mut self) -> DocId {
        for word in &mut self.words {
            if word.found.doc() == self.doc && self.doc != TERMINATED {
                word.found.advance();
            }
        }
        self.lowest()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for word in &mut self.words {
            if word.found.doc() < target {
                word.found.seek(target);
            }
        }
        self.lowest()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        let hints = self.words.iter().map(|word| word.found.size_hint());
        hints.max().unwrap_or(0)
    }

    fn cost(&self) -> u64 {
        self.words.iter().map(|word| word.found.cost()).sum()
    }
}

impl Scorer for CoveredScorer {
    fn score(&mut self) -> Score {
        let (mut score, mut covered) = (0.0, 0.0);
        for word in &mut self.words {
            let (found, has) = word.score(self.doc);
            score += found;
            covered += has * word.share;
        }
        score * covered.powf(COVERAGE)
    }
}
